"""Promise: a curve, its point and its tangent lie where the axes say."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from backprop_lab.figures.curve import curve_panel


def test_the_tangent_of_a_panel_has_the_slope_that_the_axes_say():
    xs = np.linspace(-1, 1, 21)
    root = ET.fromstring(curve_panel(xs, xs**2, 0.5, 0.25, 1.0, title="t", x_name="x", y_name="y"))
    line = root.find("{http://www.w3.org/2000/svg}line").attrib
    curve = root.find("{http://www.w3.org/2000/svg}polyline").attrib["points"]
    points = np.array([float(value) for value in re.split(r"[ ,]+", curve.strip())]).reshape(-1, 2)
    pixels_per_unit = (points[-1, 0] - points[0, 0]) / 2, points[0, 1] - points[10, 1]
    run = (float(line["x2"]) - float(line["x1"])) / pixels_per_unit[0]
    rise = (float(line["y2"]) - float(line["y1"])) / pixels_per_unit[1]
    assert rise / run == pytest.approx(1.0, abs=0.02)


def test_what_is_written_on_a_panel_is_escaped():
    line = np.array([0.0, 1.0])
    ET.fromstring(curve_panel(line, line, 0, 0, 1, title="a<b", x_name="&", y_name='"'))
