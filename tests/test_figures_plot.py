"""Promise: in a small plot everything lies where the axes say, and what is not seen is cut off."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK
from backprop_lab.figures.plot import Bars, Dot, Line, Mark, plot
from frames import pictures


def parse(drawing: str) -> ET.Element:
    return pictures(drawing)[0]


def texts(drawing: str) -> dict[str, tuple[float, float]]:
    """Return each text with its place."""
    return {t.text or "": (float(t.get("x")), float(t.get("y"))) for t in parse(drawing).iter("text")}


def circles(drawing: str) -> list[tuple[float, float]]:
    return [(float(c.get("cx")), float(c.get("cy"))) for c in parse(drawing).iter("circle")]


def polylines(drawing: str) -> list[list[tuple[float, float]]]:
    return [
        [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        for line in parse(drawing).iter("polyline")
    ]


finite = st.floats(-50, 50, allow_nan=False)


@given(st.tuples(finite, finite).filter(lambda p: abs(p[0] - p[1]) > 1), st.floats(0, 1))
def test_a_dot_lies_between_the_ticks_of_its_axes_in_proportion(ends, share):
    low, high = sorted(ends)
    value = low + share * (high - low)
    drawing = plot([Dot(0, value)], "label", x_range=(-1, 1), y_range=(low, high), height=230)
    ((x, y),) = circles(drawing)
    assert x == pytest.approx((52 + 320 - 14) / 2, abs=0.11)
    assert y == pytest.approx(190 - share * (190 - 32), abs=0.11)


def test_ticks_carry_the_number_of_their_place():
    drawing = plot([Line([0, 10], [0, 1])], "label", x_range=(0, 10), y_range=(0, 1))
    named = texts(drawing)
    assert named["4"][0] == pytest.approx(52 + 0.4 * (320 - 14 - 52), abs=0.1)
    assert named["0.2"][1] - 4 == pytest.approx(190 - 0.2 * (190 - 32), abs=0.1)


def test_a_logarithmic_axis_gives_each_power_of_ten_the_same_room():
    drawing = plot([Line([1, 2, 3], [1e-2, 1, 1e2], dots=True)], "label", log_y=True, y_range=(1e-2, 1e2))
    heights = [y for _, y in circles(drawing)]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.11)
    assert {"10⁻²", "1", "10²"} <= set(texts(drawing))


def test_a_line_has_a_gap_where_it_is_not_defined():
    drawing = plot([Line([0, 1, 2, 3, 4], [0, 1, np.nan, 1, 0])], "label")
    assert [len(line) for line in polylines(drawing)] == [2, 2]
    on_log = plot([Line([0, 1, 2, 3, 4], [1, 1, 0, 1, 2])], "label", log_y=True)
    assert [len(line) for line in polylines(on_log)] == [2, 2]


def test_what_leaves_the_frame_is_cut_off_and_its_numbers_stay_short():
    drawing = plot([Line([0, 1], [0, 1e30])], "label", y_range=(0, 1))
    inner = list(parse(drawing).iter("svg"))[1]
    assert (float(inner.get("x")), float(inner.get("y"))) == (52, 32)
    assert polylines(drawing)[0][1][1] == pytest.approx(32 - 2000)


def test_bars_stand_on_zero_and_reach_their_height():
    drawing = plot([Bars([0, 1, 2], [1, 2])], "label", x_range=(0, 2), y_range=(0, 2))
    heights = [float(bar.get("height")) for bar in parse(drawing).iter("rect")]
    assert heights == pytest.approx([79, 158], abs=0.2)


def test_a_name_stands_at_the_last_point_that_is_seen_and_inside_the_frame():
    drawing = plot([Line([0, 1, 2], [0, 0.5, 5], FORWARD_INK, "C")], "label", x_range=(0, 2), y_range=(0, 1))
    x, y = texts(drawing)["C"]
    assert (x, y) == pytest.approx((52 + (320 - 14 - 52) / 2, 190 - 0.5 * 158 - 9), abs=0.2)
    at_the_edge = plot([Dot(2, 0.5, name="a long name")], "label", x_range=(0, 2), y_range=(0, 1))
    assert texts(at_the_edge)["a long name"][0] < 320 - 14 - 30


def test_a_mark_crosses_the_frame_where_it_belongs():
    drawing = plot([Mark(x=1, name="here"), Mark(y=0.5)], "label", x_range=(0, 2), y_range=(0, 1))
    dashed = [path.get("d") for path in parse(drawing).iter("path") if path.get("stroke-dasharray")]
    assert dashed == ["M 179 190 V 32", "M 52 111 H 306"]


def test_a_line_can_be_told_by_its_dashes():
    drawing = plot([Line([0, 1], [0, 1], BACKWARD_INK, dashes=(6, 3))], "label")
    assert next(parse(drawing).iter("polyline")).get("stroke-dasharray") == "6 3"


def test_titles_and_label_are_escaped():
    drawing = plot([Line([0, 1], [0, 1])], 'a < "b"', title="C < D & E", x_name="<", y_name=">")
    assert parse(drawing).get("aria-label") == 'a < "b"'
    assert {"C < D & E", "<", ">"} <= set(texts(drawing))


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ({"x_range": (1, 1)}, "smaller first"),
        ({"y_range": (0, 1), "log_y": True}, "positive"),
        ({"y_range": (0, float("nan"))}, "finite"),
    ],
)
def test_a_range_that_is_none_is_refused(ranges, message):
    with pytest.raises(ValueError, match=message):
        plot([Line([0, 1], [0, 1])], "label", **ranges)


def test_a_flat_line_and_nothing_at_all_still_have_axes():
    assert len(polylines(plot([Line([0, 1], [3, 3])], "label"))) == 1
    assert polylines(plot([Line([0, 1], [np.nan, np.nan])], "label")) == []
