"""Promise: wheels have the ratio of their factor, hands stand where the turn says, chains touch their wheels."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.figures.gears import CENTRE, DIAL, LEFT, RADII, SPACING, Axle, Pair, gear_train, radii
from frames import numbers, pictures, texts

factors = st.floats(-4, 4).map(lambda factor: round(factor, 3))


def drawn(first: float, second: float, turn: float = 20.0):
    """Return the picture of three axles as a tree, and as text."""
    axles = [Axle("x", 0.5), Axle("u", -1.0), Axle("y", 2.0)]
    html = gear_train(axles, [Pair("g′(x)", first), Pair("f′(u)", second)], turn)
    return pictures(html)[0], html


def hands(picture) -> list[tuple[float, float]]:
    """Return the tips of the hands, as seen from their axles, y upward."""
    lines = [line for line in picture.iter("line") if line.get("stroke-width") == "3"]
    return [(float(line.get("x2")) - float(line.get("x1")), CENTRE - float(line.get("y2"))) for line in lines]


@given(factors)
def test_the_radii_of_a_pair_have_the_ratio_of_its_factor_and_always_the_same_sum(factor):
    driving, driven = radii(factor)
    assert driving == pytest.approx(abs(factor) * driven)
    assert driving + driven == pytest.approx(RADII)


@given(factors, factors)
def test_each_hand_stands_where_the_product_of_the_factors_turns_it(first, second):
    picture, html = drawn(first, second)
    turns = [20.0, 20.0 * first, 20.0 * first * second]
    for (x, y), turn in zip(hands(picture), turns, strict=True):
        assert (x, y) == pytest.approx((DIAL * np.sin(np.radians(turn)), DIAL * np.cos(np.radians(turn))), abs=0.11)
    shown = [numbers(text)[0] for text in texts(html) if text.startswith("turns")]
    assert shown == pytest.approx(turns, rel=6e-3, abs=1e-9)
    assert numbers(texts(html)[-1]) == pytest.approx([first * second], rel=1e-3, abs=1e-9)


@given(factors, factors)
def test_a_chain_touches_both_wheels_and_crosses_itself_just_where_the_factor_is_below_zero(first, second):
    picture, _ = drawn(first, second)
    runs = [line for line in picture.iter("line") if line.get("stroke-dasharray")]
    pairs = [(place, factor) for place, factor in enumerate((first, second)) if factor != 0]
    assert len(runs) == 2 * len(pairs)
    for (place, factor), upper, lower in zip(pairs, runs[::2], runs[1::2], strict=True):
        centres = LEFT + SPACING * place, LEFT + SPACING * (place + 1)
        ends = []
        for line in (upper, lower):
            (x1, y1), (x2, y2) = [(float(line.get(f"x{end}")), float(line.get(f"y{end}"))) for end in (1, 2)]
            along = np.array([x2 - x1, y2 - y1]) / np.hypot(x2 - x1, y2 - y1)
            for centre, radius, (x, y) in zip(centres, radii(factor), ((x1, y1), (x2, y2)), strict=True):
                spoke = np.array([x - centre, y - CENTRE])
                assert np.hypot(*spoke) == pytest.approx(radius, abs=0.15)
                assert spoke @ along == pytest.approx(0, abs=0.15)  # a tangent
            ends.append((y1, y2))
        (start_1, end_1), (start_2, end_2) = ends
        crosses = (start_1 - start_2) * (end_1 - end_2) < 0
        if min(radii(factor)) > 1:
            assert crosses == (factor < 0)


@given(factors, factors)
def test_what_belongs_to_neighbouring_axles_does_not_touch(first, second):
    picture, _ = drawn(first, second)
    circles = [(float(c.get("cx")), float(c.get("r"))) for c in picture.iter("circle")]
    for (x1, r1), (x2, r2) in itertools.combinations(circles, 2):
        assert x1 == x2 or abs(x1 - x2) > r1 + r2
    corners = [
        [float(corner.split(",")[0]) for corner in head.get("points").split()] for head in picture.iter("polygon")
    ]
    for xs in corners:
        axle = min((LEFT + SPACING * place for place in range(3)), key=lambda x: abs(x - np.mean(xs)))
        assert all(abs(x - axle) <= SPACING / 2 + 1.1 for x in xs)


def test_the_label_says_all_numbers():
    picture, _ = drawn(1.5, -2)
    assert numbers(picture.get("aria-label")) == [0.5, 20, 1.5, -1, 30, -2, 2, -60, -3]


def test_a_value_with_a_power_of_ten_stays_between_its_neighbours_and_in_the_picture():
    """Written small: in a wide, bold font its letters take about 0.6 of their height."""
    axles = [Axle("x", 0.5), Axle("u", 0.9975), Axle("y", -3.1384e-6)]
    (picture,) = pictures(gear_train(axles, [Pair("a", 1), Pair("b", 1)], 20))
    (value,) = [t for t in picture.iter("text") if "10⁻⁶" in t.text]
    half = 0.3 * float(value.get("font-size")) * len(value.text)
    assert half < SPACING / 2
    assert float(value.get("x")) + half < float(picture.get("viewBox").split()[2])


def test_no_factor_no_chain():
    picture, _ = drawn(0, 2)
    assert len([line for line in picture.iter("line") if line.get("stroke-dasharray")]) == 2


@pytest.mark.parametrize(
    ("pairs", "turn", "message"),
    [
        ([], 10, "expected one pair between each two axles"),
        ([Pair("a", 1), Pair("b", 2)], 10, "2 axles and 2 pairs"),
        ([Pair("a", 40)], 10, "y would turn by 400 degrees"),
        ([Pair("a", float("nan"))], 10, "y would turn by nan degrees"),
    ],
)
def test_what_cannot_be_drawn_is_refused(pairs, turn, message):
    with pytest.raises(ValueError, match=message):
        gear_train([Axle("x", 0), Axle("y", 0)], pairs, turn)
