"""Promise: by norm a gradient keeps its direction, by value it turns by up to 45 degrees, and no sign changes."""

from __future__ import annotations

import re

import numpy as np
import pytest

from backprop_lab import numerical_gradient
from backprop_lab.widgets import clip_by_value_or_norm
from backprop_lab.widgets.clip_by_value_or_norm import ANGLES, LIMITS, NORM, _own_scene, _question
from frames import numbers, pictures, sentence

VALUE, BY_NORM = range(2)
RATE = 0.6


def clipped(way, g, limit):
    """Clip, written out once more."""
    if way == VALUE:
        return np.array([min(max(part, -limit), limit) for part in g])
    return g * min(1.0, limit / np.hypot(*g))


def before(angle, norm=NORM):
    return norm * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])


def loss(place):
    """Return the height in the crater: a bowl, and a wall at a distance of 1."""
    r2 = place @ place
    return NORM * (r2 / 20 + 0.45 / (1 + np.exp(4 - 4 * r2)))


def angle_between(a, b):
    return float(np.degrees(np.arccos(np.clip(a @ b / np.hypot(*a) / np.hypot(*b), -1, 1))))


@pytest.fixture(scope="module")
def player():
    return clip_by_value_or_norm()


def cells(html):
    rows = re.findall(r"<tr><td>(.*?)</tr>", html)
    found = [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in rows]
    return [[float(cell.replace("−", "-")) for cell in row[-2:] if cell] for row in found]


def test_every_frame_shows_the_gradient_before_and_after(player):
    assert player.counts == (2, len(LIMITS), len(ANGLES))
    for way in (VALUE, BY_NORM):
        for at, limit in enumerate(LIMITS):
            for place, angle in enumerate(ANGLES):
                g = before(angle)
                after = clipped(way, g, limit)
                first, second, norm, direction, here, losses, turned, cosine = cells(player.shown(way, at, place))
                assert first == pytest.approx([g[0], after[0]], rel=6e-3, abs=1e-8)
                assert second == pytest.approx([g[1], after[1]], rel=6e-3, abs=1e-8)
                assert norm == pytest.approx([NORM, np.hypot(*after)], rel=6e-3)
                assert direction == pytest.approx([angle, np.degrees(np.arctan2(*after[::-1]))], rel=6e-3, abs=1e-6)
                assert here == pytest.approx([loss(g / NORM)] * 2, rel=6e-3)
                ends = [g / NORM - RATE * step for step in (g, after)]
                assert losses == pytest.approx([loss(end) for end in ends], rel=6e-3)
                told = numbers(sentence(player.shown(way, at, place)).partition("The loss here is")[2])
                assert told == pytest.approx([here[0], *losses])
                assert turned == pytest.approx([angle_between(g, after)], rel=6e-3, abs=1e-4)
                assert cosine == pytest.approx([np.cos(np.radians(angle_between(g, after)))], rel=6e-3)


def test_the_gradient_shown_is_that_of_the_crater_at_the_place_of_the_step():
    for angle in ANGLES:
        slope = numerical_gradient(loss, before(angle) / NORM)
        assert slope == pytest.approx(before(angle), abs=1e-6)


def test_without_clipping_the_step_leads_far_out_and_with_a_limit_of_1_or_2_down_into_the_crater(player):
    for way in (VALUE, BY_NORM):
        for at, limit in enumerate(LIMITS):
            for place, angle in enumerate(ANGLES):
                html = player.shown(way, at, place)
                (here, _), (free, held) = cells(html)[4:6]
                assert free > 2 * here
                end = before(angle) / NORM - RATE * clipped(way, before(angle), limit)
                assert ("into the crater" in sentence(html)) == (np.hypot(*end) < 1)
                if limit in (1.0, 2.0):
                    assert held < 0.5 * here
                if limit == max(LIMITS):
                    assert held == free


def test_it_starts_where_it_asks(player):
    html = player.shown(*(control.index for control in player.controls))
    question = player.children[2].children[0].value
    assert [pair[0] for pair in cells(html)[:2]] == numbers(question)[:2]
    assert cells(html)[0][1] == numbers(question)[2]


def test_by_norm_nothing_turns_and_by_value_up_to_nearly_45_degrees(player):
    turned = {
        way: [cells(player.shown(way, at, place))[6][0] for at in range(len(LIMITS)) for place in range(len(ANGLES))]
        for way in (VALUE, BY_NORM)
    }
    assert max(turned[BY_NORM]) == 0
    assert 35 < max(turned[VALUE]) < 45


def test_gradients_almost_along_an_axis_turn_most(player):
    """The line "Try this" asks for it."""
    turned = {angle: cells(player.shown(VALUE, 0, place))[6][0] for place, angle in enumerate(ANGLES)}
    assert [angle for angle in ANGLES if turned[angle] == 0] == [0, 45, 90, 135]
    assert {angle for angle in ANGLES if turned[angle] == max(turned.values())} == {5, 85, 175}


def test_no_part_changes_its_sign(player):
    for way in (VALUE, BY_NORM):
        for at in range(len(LIMITS)):
            for place in range(len(ANGLES)):
                for part, left in cells(player.shown(way, at, place))[:2]:
                    assert np.sign(part) == np.sign(left)


def test_the_arrows_are_as_long_as_the_gradients(player):
    html = player.shown(VALUE, LIMITS.index(2.0), ANGLES.index(15.0))
    long, short = (
        next(
            line
            for line in pictures(html)[0].iter("polyline")
            if cue in (line.get("stroke-dasharray") or "", line.get("stroke-width"))
        )
        for cue in ("5 3", "3.2")
    )
    arrows = []
    for line in (long, short):
        (x0, y0), (x1, y1) = ([float(n) for n in p.split(",")] for p in line.get("points").split())
        arrows.append(np.array([x1 - x0, y0 - y1]))
    scale = np.hypot(*arrows[0]) / NORM
    assert arrows[0] == pytest.approx(scale * before(15.0), abs=0.3)
    assert arrows[1] == pytest.approx(scale * clipped(VALUE, before(15.0), 2.0), abs=0.3)


def test_sentence_and_picture_say_the_numbers(player):
    html = player.shown(VALUE, LIMITS.index(1.0), ANGLES.index(15.0))
    g, after = before(15.0), clipped(VALUE, before(15.0), 1.0)
    assert "both parts are cut" in sentence(html)
    assert numbers(sentence(html))[:2] == pytest.approx([1.0, angle_between(g, after)], rel=6e-3)
    assert numbers(pictures(html)[0].get("aria-label")) == pytest.approx([*g, *after, 1.0], rel=6e-3)
    assert "one part is cut" in sentence(player.shown(VALUE, LIMITS.index(2.0), ANGLES.index(15.0)))
    by_norm = sentence(player.shown(BY_NORM, LIMITS.index(2.0), 0))
    assert numbers(by_norm)[:2] == pytest.approx([2 / NORM, 2.0])
    assert "stays as it is" in sentence(player.shown(BY_NORM, LIMITS.index(5.0), 3))


def test_the_numbers_of_the_prediction_are_true():
    question, g = _question(), before(15.0)
    assert numbers(question.question)[:2] == pytest.approx(list(g), rel=6e-3)
    assert numbers(question.question)[2:] == [1.0] * 2
    after = clipped(VALUE, g, 1.0)
    assert after == pytest.approx([1.0] * 2)
    reasons = list(question.options.values())
    assert numbers(reasons[0]) == pytest.approx([1.0, g[0] / g[1], angle_between(g, after)], rel=6e-3)
    assert "gradient there is 0:" in reasons[3]
    assert question.right.startswith("By norm")


def test_a_reader_s_own_gradient_is_clipped():
    frame, controls = _own_scene(np.array([3.0, -4.0]), 1.5)
    limit, direction = controls[1], controls[2]
    html = frame(BY_NORM, limit.start, direction.start).html()
    assert limit.settings[limit.start] == "1.5"
    assert cells(html)[:2] == pytest.approx(np.array([[3.0, 0.9], [-4.0, -1.2]]))


@pytest.mark.parametrize("gradient", [[0.0, 0.0], [1e6, 0.0]])
def test_a_gradient_of_no_direction_or_out_of_sight_is_refused(gradient):
    with pytest.raises(ValueError, match="norm"):
        _own_scene(np.array(gradient), 1.0)
