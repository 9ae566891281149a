"""Promise: a curve, its point and its tangent lie where the axes say; what is not defined is said to be so."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from backprop_lab.figures.curve import curve_panel, panel_grid

SVG = "{http://www.w3.org/2000/svg}"
NAMES = {"title": "t", "x_name": "x", "y_name": "y"}


def panel(*args, **kwargs) -> ET.Element:
    """Return a panel as a tree."""
    return ET.fromstring(curve_panel(*args, **NAMES | kwargs))


def found(root: ET.Element, tag: str) -> list[dict[str, str]]:
    """Return the attributes of all elements of a kind."""
    return [element.attrib for element in root.iter(SVG + tag)]


def points(polyline: dict[str, str]) -> np.ndarray:
    """Return the pixels of a polyline, one row for each point."""
    return np.array([float(value) for value in re.split(r"[ ,]+", polyline["points"].strip())]).reshape(-1, 2)


def test_the_tangent_of_a_panel_has_the_slope_that_the_axes_say():
    xs = np.linspace(-1, 1, 21)
    root = panel(xs, xs**2, 0.5, 0.25, 1.0)
    (line,), (curve,) = found(root, "line"), map(points, found(root, "polyline"))
    pixels_per_unit = (curve[-1, 0] - curve[0, 0]) / 2, curve[0, 1] - curve[10, 1]
    run = (float(line["x2"]) - float(line["x1"])) / pixels_per_unit[0]
    rise = (float(line["y2"]) - float(line["y1"])) / pixels_per_unit[1]
    assert rise / run == pytest.approx(1.0, abs=0.02)


def test_the_tangent_is_dashed_and_the_curve_is_not():
    xs = np.linspace(-1, 1, 21)
    root = panel(xs, xs**2, 0.5, 0.25, 1.0)
    assert found(root, "line")[0]["stroke-dasharray"]
    assert "stroke-dasharray" not in found(root, "polyline")[0]


def test_a_number_with_a_power_of_ten_fits_beside_the_axis():
    xs = np.linspace(-1, 1, 21)
    beside = [t for t in panel(xs, -2e5 * xs**2 - 1e5, 0.5).iter(SVG + "text") if "×" in t.text]
    assert len(beside) == 2
    assert all(float(t.get("x")) + 5.7 * float(t.get("font-size")) < 53 for t in beside)
    assert all(t.get("text-anchor") == "start" for t in beside)


def test_the_dot_lies_on_the_curve_and_in_the_middle_of_its_tangent():
    xs = np.linspace(-1, 1, 21)
    root = panel(xs, np.sin(3 * xs), xs[14], np.sin(3 * xs[14]), 3 * np.cos(3 * xs[14]))
    (dot,), (line,), (curve,) = found(root, "circle"), found(root, "line"), map(points, found(root, "polyline"))
    at = [float(dot["cx"]), float(dot["cy"])]
    assert at == pytest.approx(curve[14], abs=0.11)
    assert at == pytest.approx([(float(line[f"{c}1"]) + float(line[f"{c}2"])) / 2 for c in "xy"], abs=0.11)


def test_a_panel_says_the_numbers_of_its_point_at_the_axes():
    line = np.array([0.0, 1.0])
    texts = [text.text for text in panel(line, -line, 0.5, -0.5, -1.0, note="× slope −1").iter(SVG + "text")]
    assert {"x = 0.5", "y = −0.5", "× slope −1", "t"} <= set(texts)


def test_where_there_is_no_value_the_panel_says_so_and_draws_no_dot_and_no_tangent():
    xs = np.linspace(-1, 1, 21)
    with np.errstate(invalid="ignore"):
        root = panel(xs, np.sqrt(xs), -0.5)
    assert found(root, "circle") == found(root, "line") == []
    assert "y: no value" in [text.text for text in root.iter(SVG + "text")]
    assert "at x = −0.5 y has no value" in root.attrib["aria-label"]
    (curve,) = map(points, found(root, "polyline"))
    assert len(curve) == 11  # those from 0 to 1


def test_a_curve_through_a_pole_is_cut_there_and_its_foot_fills_the_frame():
    xs = np.linspace(-2, 2, 200)
    runs = [points(run) for run in found(panel(xs, 1 / xs**3, 1.0, 1.0, -3.0), "polyline")]
    assert len(runs) == 2
    assert abs(runs[0][0, 1] - runs[0][60, 1]) > 3  # the left part is not pressed flat by the pole


@pytest.mark.parametrize(("x", "where"), [(1e-2, "above"), (-1e-2, "below")])
def test_a_point_outside_the_frame_is_not_drawn_and_said_to_be_outside(x, where):
    xs = np.linspace(-2, 2, 200)
    root = panel(xs, 1 / xs**3, x, 1 / x**3, -3 / x**4)
    assert found(root, "circle") == []
    assert any(text.text.endswith(f"({where} the frame)") for text in root.iter(SVG + "text"))


def test_a_curve_that_is_flat_has_a_frame_of_one_unit():
    (curve,) = map(points, found(panel(np.array([0.0, 1.0]), np.full(2, 1e9), 0.5, 1e9, 0.0), "polyline"))
    assert np.isfinite(curve).all()
    assert curve[0, 1] == curve[1, 1]


def test_only_the_whole_has_a_border():
    line = np.array([0.0, 1.0])
    assert found(panel(line, line, 0, 0, 1), "rect") == []
    assert len(found(panel(line, line, 0, 0, 1, is_whole=True), "rect")) == 1


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (2, 2), (3, 3), (4, 2), (5, 3), (6, 3)])
def test_panels_stand_in_rows_of_one_length(count, columns):
    assert f"/ {columns})" in panel_grid(["<svg/>"] * count)


def test_what_is_written_on_a_panel_is_escaped():
    line = np.array([0.0, 1.0])
    panel(line, line, 0, 0, 1, title="a<b", x_name="&", y_name='"', note="<")
