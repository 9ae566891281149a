"""Promise: each way is gradient descent's, and 2 over the largest curvature is the border between near and far."""

from __future__ import annotations

import re

import numpy as np
import pytest

from backprop_lab.widgets import learning_rate_explorer
from backprop_lab.widgets.learning_rate_explorer import RATES, STARTS, STEPS, _own_scene, _question
from frames import numbers, pictures, plain, sentence, texts, value_cells

PARABOLA, TWO, VALLEY = range(3)
WIDTH, CENTRE = 1 / 3, -13 / 6  # of the dip beside two minima, worked out on paper for a curvature of 10 at -2
DEPTH = 4 / 3 * np.exp(1 / 8)


def loss(which, w):
    if which == PARABOLA:
        return 5 * w[0] ** 2
    if which == VALLEY:
        return 0.25 * w[0] ** 2 + 5 * w[1] ** 2
    return 0.5 * w[0] ** 2 - DEPTH * np.exp(-(((w[0] - CENTRE) / WIDTH) ** 2) / 2)


def slopes(which, w):
    if which == PARABOLA:
        return 10 * w
    if which == VALLEY:
        return np.array([0.5, 10.0]) * w
    return w + DEPTH * (w - CENTRE) / WIDTH**2 * np.exp(-(((w - CENTRE) / WIDTH) ** 2) / 2)


def bends(which, w):
    if which == PARABOLA:
        return [10.0]
    if which == VALLEY:
        return [0.5, 10.0]
    u = (w - CENTRE) / WIDTH
    return 1 + DEPTH / WIDTH**2 * (1 - u**2) * np.exp(-(u**2) / 2)


def way(which, rate, steps=STEPS[-1]):
    points = [np.array(STARTS[which])]
    for _ in range(steps):
        points.append(points[-1] - rate * slopes(which, points[-1]))
    return points


@pytest.fixture(scope="module")
def player():
    return learning_rate_explorer()


def cells(html):
    """Return the numbers of each row of the table."""
    rows = re.findall(r"<tr><td>(.*?)</tr>", html)
    return [[float(plain(cell)) for cell in re.findall(r"<td[^>]*>([^<]*)</td>", row)] for row in rows]


def test_every_frame_shows_where_gradient_descent_is(player):
    assert player.counts == (3, len(RATES), len(STEPS))
    for which in range(3):
        for at, rate in enumerate(RATES):
            points = way(which, rate)
            for place, k in enumerate(STEPS):
                html = player.shown(which, at, place)
                curvature, factor, w, gradient, step = cells(html)
                assert w == pytest.approx(points[k], rel=6e-3, abs=2e-9)
                assert gradient == pytest.approx(slopes(which, points[k]), rel=6e-3, abs=2e-9)
                assert step == pytest.approx(-rate * slopes(which, points[k]), rel=6e-3, abs=2e-9)
                assert curvature == pytest.approx(bends(which, points[k]), rel=6e-3, abs=1e-6)
                assert factor == pytest.approx(1 - rate * np.array(bends(which, points[k])), rel=6e-3, abs=1e-6)
                said, truth = plain(sentence(html)), loss(which, points[k])
                if 0 < truth < 1e-9:
                    assert "the loss is below 10⁻⁹." in said
                else:
                    told = float(re.search(r"the loss is (\S+?)\.? ", said + " ")[1])
                    assert told == pytest.approx(truth, rel=6e-3)
                assert f"{k} steps" not in html or k != 1


def test_the_pictures_say_the_same_numbers_as_the_table(player):
    for which, at, place in [(PARABOLA, 3, 2), (TWO, 7, 4), (VALLEY, 6, 5)]:
        html = player.shown(which, at, place)
        _, _, w, gradient, _ = cells(html)
        first, second = (picture.get("aria-label") for picture in pictures(html))
        n = len(w)
        assert numbers(first)[-1 - 2 * n : -1] == pytest.approx([*w, *gradient])
        begin, now, k = numbers(second)
        assert (begin, now, k) == pytest.approx(
            (loss(which, STARTS[which]), loss(which, way(which, RATES[at])[STEPS[place]]), STEPS[place]), rel=6e-3
        )


def test_the_way_is_drawn_at_its_places(player):
    """In the valley a unit is as long both ways, so pixels are places times one number, and moved."""
    html = player.shown(VALLEY, RATES.index(0.19), STEPS.index(6))
    line = next(line for line in pictures(html)[0].iter("polyline") if line.get("stroke-width") == "1.2")
    pixels = np.array([[float(n) for n in p.split(",")] for p in line.get("points").split()])
    points = np.array(way(VALLEY, 0.19)[:7])
    scale = (pixels[-1, 0] - pixels[0, 0]) / (points[-1, 0] - points[0, 0])
    assert pixels[:, 0] - pixels[0, 0] == pytest.approx((points[:, 0] - points[0, 0]) * scale, abs=0.2)
    assert pixels[:, 1] - pixels[0, 1] == pytest.approx(-(points[:, 1] - points[0, 1]) * scale, abs=0.4)


def test_the_slider_names_one_and_two_over_the_curvature(player):
    labels = [label for label, _ in player.controls[1].options]
    assert "0.1 = 1/λ" in labels
    assert "0.2 = 2/λ" in labels
    assert sum("λ" in label for label in labels) == 2


def test_at_two_over_the_curvature_it_jumps_between_two_points_for_ever(player):
    places = [float(cells(player.shown(PARABOLA, RATES.index(0.2), place))[2][0]) for place in range(len(STEPS))]
    assert places == [(-1.0) ** k for k in STEPS]
    assert "two points for ever" in sentence(player.shown(PARABOLA, RATES.index(0.2), 3))
    assert _question().right == "It jumps to and fro between two points for ever."


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (0.01, "creeps"),
        (0.05, "from one side"),
        (0.1, "at once"),
        (0.19, "nearer each time"),
        (0.21, "further each time"),
    ],
)
def test_the_words_fit_the_way(player, rate, words):
    assert words in sentence(player.shown(PARABOLA, RATES.index(rate), 2))


def test_the_numbers_of_the_prediction_are_true():
    assert 1 - 0.1 * 10 == 0
    question = _question()
    flies_off = question.options["It flies off, further at each step."]
    assert "w = −1.1" in flies_off
    assert way(PARABOLA, 0.21, 1)[1] == pytest.approx(-1.1)


def test_in_the_valley_a_rate_below_the_border_of_the_steep_direction_is_best():
    """The line "Try this" asks for it."""
    last = {rate: loss(VALLEY, way(VALLEY, rate)[-1]) for rate in RATES}
    best = min(last, key=last.get)
    assert 0.1 < best < 0.2
    points = np.array(way(VALLEY, best))
    assert abs(points[-1, 0]) > 10 * abs(points[-1, 1])  # the flat direction holds it back
    steep = np.abs(np.array(way(VALLEY, 0.21))[:, 1])
    assert (np.diff(steep) > 0).all()  # and the steep one forbids more


def test_beside_two_minima_large_rates_end_in_the_lower_one():
    """The line "Try this" asks for it."""
    ends = [way(TWO, rate)[-1][0] for rate in RATES]
    is_lower = [end > -1 for end in ends]
    assert is_lower == sorted(is_lower)  # small rates first
    assert 0 < sum(is_lower) < len(RATES)
    assert loss(TWO, [0.0]) < loss(TWO, [-2.0])


def test_the_frames_say_on_which_side_it_is(player):
    for at, rate in enumerate(RATES):
        side = "flat, lower" if way(TWO, rate)[-1][0] > -1 else "sharp, higher"
        assert side in sentence(player.shown(TWO, at, len(STEPS) - 1))
    said = sentence(player.shown(TWO, 0, 0))
    assert [n for n in numbers(said) if n in (0.2, 2.0)][-2:] == [0.2, 2.0]
    assert slopes(TWO, np.array([-2.0])) == pytest.approx(0, abs=1e-12)


def test_what_has_left_the_picture_is_said_to_have_left(player):
    assert "left the picture" in sentence(player.shown(PARABOLA, RATES.index(0.25), STEPS.index(3)))
    assert "left the picture" not in sentence(player.shown(PARABOLA, RATES.index(0.2), STEPS.index(3)))


def test_a_reader_s_own_rate_and_start_are_walked():
    frame, controls = _own_scene(0.12, 0.5, 1.0, np.array([3.0, -0.5]))
    assert controls[1].settings[controls[1].start] == "0.12"
    html = frame(PARABOLA, controls[1].start, STEPS.index(2)).html()
    assert float(value_cells(html)[2].replace("−", "-")) == pytest.approx(0.5 * 0.2**2, rel=6e-3)


def test_an_own_rate_that_flies_off_is_no_error():
    frame, controls = _own_scene(10.0, 50.0, -50.0, np.array([50.0, 50.0]))
    for which in range(3):
        html = frame(which, controls[1].start, len(STEPS) - 1).html()
        assert "no step after" in sentence(html)
        assert "nan" not in html
        assert not any("inf" in text for text in texts(html))


def test_a_start_out_of_sight_is_refused():
    with pytest.raises(ValueError, match="valley"):
        _own_scene(0.1, 1.0, 1.0, np.array([1.0, 99.0]))


def test_it_starts_with_the_parabola_and_the_rate_that_it_asks_about():
    landscape, rate, _ = learning_rate_explorer().controls
    assert (landscape.label, rate.label) == ("parabola", "0.2 = 2/λ")
