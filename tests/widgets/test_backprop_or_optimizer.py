"""Promise: all five get the same gradient of the same loss, and each step is what the rule of its optimizer says."""

from __future__ import annotations

import re

import numpy as np
import pytest

from backprop_lab import numerical_gradient
from backprop_lab.widgets import backprop_or_optimizer
from backprop_lab.widgets.backprop_or_optimizer import NAMES, RATES, START, STEPS, _own_scene, _question
from frames import numbers, pictures, plain, sentence, texts

PLAIN, MOMENTUM, NESTEROV, RMSPROP, ADAM = range(5)
HESSIAN = np.array([0.5, 10.0])


def way(which, steps=STEPS + 1):
    """Return places after each step by the rules of the papers, written out once more."""
    rate, w = RATES[which], np.array(START)
    v, s, places = np.zeros(2), np.zeros(2), [np.array(START)]
    for t in range(1, steps + 1):
        g = HESSIAN * w
        if which == PLAIN:
            step = g
        elif which in (MOMENTUM, NESTEROV):
            v = 0.9 * v + g
            step = v if which == MOMENTUM else g + 0.9 * v
        elif which == RMSPROP:
            s = 0.9 * s + 0.1 * g**2
            step = g / np.sqrt(s)
        else:
            v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g**2
            step = v / (1 - 0.9**t) / np.sqrt(s / (1 - 0.999**t))
        w = w - rate * step
        places.append(w)
    return np.array(places)


@pytest.fixture(scope="module")
def player():
    return backprop_or_optimizer()


def cells(html):
    rows = re.findall(r"<tr><td>(.*?)</tr>", html)
    return [[float(plain(cell)) for cell in re.findall(r"<td[^>]*>([^<]*)</td>", row)[-2:]] for row in rows]


def test_every_frame_shows_the_gradient_and_what_the_optimizer_makes_of_it(player):
    assert player.counts == (5, STEPS + 1)
    for which in range(5):
        places = way(which)
        for k in range(STEPS + 1):
            w, gradient, step, new = cells(player.shown(which, k))
            assert w == pytest.approx(places[k], rel=6e-3, abs=2e-9)
            assert gradient == pytest.approx(HESSIAN * places[k], rel=6e-3, abs=2e-9)
            assert step == pytest.approx(places[k + 1] - places[k], rel=6e-3, abs=2e-9)
            assert new == pytest.approx(places[k + 1], rel=6e-3, abs=2e-9)


def test_the_gradient_is_the_slope_of_the_loss_by_differences(player):
    for which, k in [(PLAIN, 3), (ADAM, 7)]:
        slopes = numerical_gradient(lambda w: float(0.25 * w[0] ** 2 + 5 * w[1] ** 2), way(which)[k])
        assert cells(player.shown(which, k))[1] == pytest.approx(slopes, rel=6e-3)


def test_at_the_start_the_gradient_is_the_same_for_all_and_the_steps_are_not(player):
    frames = [player.shown(which, 0) for which in range(5)]
    assert len({pictures(html)[0].get("aria-label") for html in frames}) == 1  # what backpropagation does
    assert len({str(cells(html)[1]) for html in frames}) == 1
    assert len({str(cells(html)[2]) for html in frames}) > 3
    assert all("the same for all five" in sentence(html) for html in frames)
    assert "the same for all five" not in sentence(player.shown(ADAM, 1))
    assert _question().right.startswith("The gradient;")


def test_adam_and_rmsprop_step_first_equally_far_in_both_directions(player):
    """The line "Try this" asks for them: however different the two parts of the gradient are."""
    gradient = np.abs(cells(player.shown(0, 0))[1])
    assert max(gradient) > 3 * min(gradient)
    alike = []
    for which in range(5):
        across, up = np.abs(cells(player.shown(which, 0))[2])
        if across == pytest.approx(up, rel=1e-3):
            alike.append(NAMES[which])
    assert alike == ["RMSProp", "Adam"]


def test_the_graph_and_the_table_show_a_number_alike(player):
    for which in range(5):
        for k in range(STEPS + 1):
            html = player.shown(which, k)
            shown = texts(html)
            (w, gradient) = re.findall(r"<tr><td>(.*?)</tr>", html)[:2]
            for place, name in enumerate(("w₁", "w₂")):
                at = shown.index(name)
                assert shown[at + 1 : at + 3] == [
                    re.findall(r"<td[^>]*>([^<]*)</td>", row)[-2:][place] for row in (w, gradient)
                ]


def test_momentum_and_nesterov_go_straight_against_the_gradient_at_the_first_step_only(player):
    for which in (MOMENTUM, NESTEROV):
        assert " 0° off" in sentence(player.shown(which, 0))
        assert " 0° off" not in sentence(player.shown(which, 3))
    assert "at every step; at the first, Momentum and Nesterov do, too" in list(_question().options.values())[1]


def test_a_number_with_a_power_of_ten_fits_into_its_box(player):
    """In a wide font a letter takes 0.64 of its height, a raised one and a space half of that."""
    for which in range(5):
        for k in range(STEPS + 1):
            graph = pictures(player.shown(which, k))[0]
            for t in graph.iter("text"):
                if "×\N{NO-BREAK SPACE}10" in t.text:
                    narrow = sum(letter in "⁻⁰¹²³⁴⁵⁶⁷⁸⁹.\N{NO-BREAK SPACE}" for letter in t.text)
                    assert float(t.get("font-size")) * (0.64 * len(t.text) - 0.3 * narrow + 0.2) < 66


def test_only_gradient_descent_always_steps_straight_against_the_gradient(player):
    for which in range(5):
        places = way(which)
        for k in range(STEPS + 1):
            step, down = places[k + 1] - places[k], -HESSIAN * places[k]
            angle = np.degrees(np.arccos(np.clip(step @ down / np.linalg.norm(step) / np.linalg.norm(down), -1, 1)))
            found = re.search(r"(\d+)° off", sentence(player.shown(which, k)))
            assert float(found[1]) == pytest.approx(angle, abs=0.6)
            assert angle == pytest.approx(0, abs=1e-4) or which != PLAIN
    first = way(ADAM, 1)
    assert np.linalg.norm(first[1] - first[0]) > 0


def test_the_numbers_of_the_prediction_are_those_of_the_first_steps():
    reasons = list(_question().options.values())
    assert numbers(reasons[0]) == pytest.approx([*way(PLAIN, 1)[1], *way(ADAM, 1)[1]], rel=6e-3)
    down, step = -HESSIAN * START, way(ADAM, 1)[1] - START
    angle = np.degrees(np.arccos(step @ down / np.linalg.norm(step) / np.linalg.norm(down)))
    assert numbers(reasons[1]) == pytest.approx([angle], abs=0.6)


def test_the_sentence_and_the_picture_say_the_numbers_of_the_table(player):
    for which, k in [(PLAIN, 0), (MOMENTUM, 5), (RMSPROP, 11), (ADAM, 20)]:
        html = player.shown(which, k)
        w, gradient, step, _ = cells(html)
        assert numbers(sentence(html))[:2] == pytest.approx(gradient)
        assert numbers(sentence(html).split("makes the step")[1])[:2] == pytest.approx(step)
        label = pictures(html)[1].get("aria-label")
        assert numbers(label) == pytest.approx([k, *w, *gradient, 0.1, *step])


def test_the_step_is_drawn_from_where_it_is_to_where_it_goes(player):
    """A unit is as long both ways, so the arrow and the line between minimum and place tell the scale."""
    html = player.shown(ADAM, 4)
    places = way(ADAM)
    arrow = next(line for line in pictures(html)[1].iter("polyline") if line.get("stroke-width") == "3")
    (x0, y0), (x1, y1) = ([float(n) for n in p.split(",")] for p in arrow.get("points").split())
    minimum = next(c for c in pictures(html)[1].iter("circle") if "good" in c.get("style"))
    scale = (x0 - float(minimum.get("cx"))) / places[4, 0]
    assert (x1 - x0, y0 - y1) == pytest.approx(tuple(scale * (places[5] - places[4])), abs=0.3)


def test_a_reader_s_own_start_and_rates_are_used():
    frame, _ = _own_scene(np.array([2.0, -3.0]), 0.2, *RATES[1:])
    assert cells(frame(PLAIN, 0).html())[3] == pytest.approx([2 - 0.2 * 0.5 * 2, -3 + 0.2 * 10 * 3])


def test_rates_that_fly_off_are_no_error():
    frame, _ = _own_scene(np.array([10.0, 10.0]), *[10.0] * 5)
    for which in range(5):
        html = frame(which, STEPS).html()
        assert "nan" not in html
    assert "no step after" in sentence(frame(PLAIN, STEPS).html())


def test_the_minimum_itself_is_a_start():
    frame, _ = _own_scene(np.array([0.0, 0.0]), *RATES)
    assert cells(frame(ADAM, 3).html())[2] == [0, 0]
    assert "off" not in sentence(frame(ADAM, 3).html())


def test_a_start_out_of_sight_is_refused():
    with pytest.raises(ValueError, match="start"):
        _own_scene(np.array([1.0, 11.0]), *RATES)
