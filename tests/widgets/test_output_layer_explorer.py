"""Promise: loss, slopes and delta of the explorer are those of the formulas, and its claims hold."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from backprop_lab.widgets import output_layer_explorer
from backprop_lab.widgets.output_layer_explorer import LOSSES, TARGETS, ZS
from frames import numbers, pictures, sentence, values

SQUARED, ENTROPY = 0, 1


@pytest.fixture(scope="module")
def player():
    return output_layer_explorer()


def expected(which: int, y: float, z: float) -> list[float]:
    """Return a, a - y, C, dC/da, the slope of the sigmoid and delta, by the formulas, with nothing of the library."""
    a, rest = 1 / (1 + math.exp(-z)), 1 / (1 + math.exp(z))
    slope = a * rest
    if which == SQUARED:
        cost, da = (a - y) ** 2 / 2, a - y
    else:
        cost, da = -y * math.log(a) - (1 - y) * math.log(rest), (1 - y) / rest - y / a
    return [a, a - y, cost, da, slope, da * slope]


def test_every_frame_shows_the_numbers_of_the_formulas(player):
    assert player.counts == (len(LOSSES), len(TARGETS), len(ZS))
    for which in range(len(LOSSES)):
        for target, y in enumerate(TARGETS):
            for place, z in enumerate(ZS):
                a, off, cost, da, slope, delta = right = expected(which, y, z)
                html = player.shown(which, target, place)
                assert values(html) == pytest.approx(right, rel=1e-3)
                assert numbers(sentence(html))[:6] == pytest.approx([z, a, y, da, slope, delta], rel=1e-3)
                costs, slopes = (numbers(picture.get("aria-label")) for picture in pictures(html))
                assert costs == pytest.approx([y, z, cost, delta], rel=1e-3)
                assert slopes == pytest.approx([z, delta, off], rel=1e-3)


def test_the_tangent_goes_through_the_dot_and_has_the_slope_delta(player):
    """In pixels: the two pictures of a frame have the same horizontal axis, so its scale cancels."""
    for which in range(len(LOSSES)):
        for place in range(len(ZS)):
            curve, tangent = pictures(player.shown(which, 0, place))[0].iter("polyline")
            (x1, y1), (x2, y2) = ends(tangent)
            (dot,) = pictures(player.shown(which, 0, place))[0].iter("circle")
            x, y = float(dot.get("cx")), float(dot.get("cy"))
            assert y1 + (y2 - y1) * (x - x1) / (x2 - x1) == pytest.approx(y, abs=0.3)
            near = sorted(ends(curve), key=lambda point: abs(point[0] - x))[:3]
            assert all(y1 + (y2 - y1) * (px - x1) / (x2 - x1) == pytest.approx(py, abs=2.5) for px, py in near)


def ends(line) -> list[tuple[float, float]]:
    return [tuple(map(float, point.split(","))) for point in line.get("points").split()]


def test_with_the_squared_error_the_unit_is_told_most_where_it_is_not_most_wrong(player):
    """What `try_this` asks for: the table of the setting with the largest delta, and of the largest z."""
    told = [values(player.shown(SQUARED, 0, place)) for place in range(len(ZS))]
    most = max(told, key=lambda row: row[-1])
    assert most[1] == pytest.approx(2 / 3, abs=0.002)  # at z = ln 2, between two settings
    assert most[-1] == pytest.approx(4 / 27, rel=1e-3)
    assert told[-1][1] > 0.999
    assert told[-1][-1] < most[-1] / 1000


def test_with_the_cross_entropy_delta_is_the_difference_everywhere(player):
    for target in range(len(TARGETS)):
        for place in range(len(ZS)):
            row = values(player.shown(ENTROPY, target, place))
            assert row[-1] == row[1]  # printed alike, also where four digits would make 1 of it


def test_the_sentence_says_that_a_very_wrong_unit_is_told_little_only_where_it_is_less_than_a_tenth_of_the_most(player):
    for which in range(len(LOSSES)):
        for target, y in enumerate(TARGETS):
            for place, z in enumerate(ZS):
                _, off, *_, delta = expected(which, y, z)
                says = "less than a tenth" in sentence(player.shown(which, target, place))
                assert says == (abs(off) > 0.9 and abs(delta) < 0.1 * 4 / 27)


def test_it_opens_where_the_question_asks(player):
    """The squared error, the target 0 and the largest z."""
    assert [chooser.index for chooser in player.controls] == [SQUARED, 0, len(ZS) - 1]


def test_the_axis_of_delta_has_no_empty_half(player):
    """Delta and the difference lie on one side of zero for each target, and fill most of the picture."""
    for target in range(len(TARGETS)):
        picture = pictures(player.shown(SQUARED, target, 0))[1]
        (inner,) = (part for part in picture.iter("svg") if part is not picture)
        heights = [y for line in picture.iter("polyline") for _, y in ends(line)]
        assert max(heights) - min(heights) > 0.7 * float(inner.get("height"))


def test_the_prediction_is_right(player):
    options = re.findall("<li>(.*?)</li>", player.children[2].children[0].value)
    reasons = [page.value for page in player.children[2].children[-1].children]
    (right,) = [option for option, reason in zip(options, reasons, strict=False) if "Right." in reason]
    assert numbers(right)[0] == pytest.approx(expected(SQUARED, 0.0, ZS[-1])[-1], rel=0.05)
    assert np.isclose(numbers(options[1])[0], expected(SQUARED, 0.0, ZS[-1])[1] / 4, rtol=1e-3)
