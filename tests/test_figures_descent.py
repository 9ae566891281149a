"""Promise: arrows point where they should, circles are round, and level lines lie where the loss has this value."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_lab.figures.descent import View, ellipses, equal_units, sum_of_two
from backprop_lab.figures.diagram import BACKWARD_INK, INK
from backprop_lab.figures.plot import Dot
from backprop_lab.landscapes import valley
from frames import pictures


def places(svg: str) -> list[np.ndarray]:
    """Return the points in pixels of each line of a picture."""
    lines = pictures(svg)[0].iter("polyline")
    return [np.array([[float(n) for n in p.split(",")] for p in line.get("points").split()]) for line in lines]


def test_units_are_as_many_pixels_as_the_plot_draws():
    view = View((-2.0, 3.0), (0.0, 8.0))
    svg = view.plot([Dot(-1.0, 2.0), Dot(1.0, 6.0)], "two dots, to measure the units", "t", "x", "y")
    one, other = ((float(c.get("cx")), float(c.get("cy"))) for c in pictures(svg)[0].iter("circle"))
    across, up = view.units
    assert other[0] - one[0] == pytest.approx(2 * across, abs=0.2)
    assert one[1] - other[1] == pytest.approx(4 * up, abs=0.2)


def test_equal_units_are_equal():
    across, up = equal_units((-5.0, 5.0), (-1.0, 3.0)).units
    assert across == pytest.approx(up, rel=0.01)


@pytest.mark.parametrize("head", [(2.0, 5.0), (-1.5, 1.0), (0.5, 7.5), (2.5, 2.0)])
def test_an_arrow_ends_at_its_head_with_wings_on_both_sides(head):
    view = View((-2.0, 3.0), (0.0, 8.0))
    shaft, wings = places(view.plot(view.arrow((0.5, 2.0), head), "an arrow", "t", "x", "y"))
    assert shaft[1] == pytest.approx(wings[1])
    along = (shaft[1] - shaft[0]) / np.linalg.norm(shaft[1] - shaft[0])
    across = np.array([-along[1], along[0]])
    for wing in (wings[0], wings[2]):
        assert (wing - wings[1]) @ along == pytest.approx(-9, abs=0.3)
    assert sorted(((wings[0] - wings[1]) @ across, (wings[2] - wings[1]) @ across)) == pytest.approx(
        [-4.5, 4.5], abs=0.3
    )


def test_an_arrow_of_no_length_is_not_drawn():
    assert View((0, 1), (0, 1)).arrow((0.5, 0.5), (0.5, 0.5)) == []


def test_what_flows_backward_is_dashed():
    view = View((0, 1), (0, 1))
    assert view.arrow((0, 0), (1, 1), BACKWARD_INK)[0].dashes
    assert not view.arrow((0, 0), (1, 1), INK)[0].dashes


@pytest.mark.parametrize("turn", [0.0, 0.4])
def test_level_lines_lie_where_the_loss_has_this_value(turn):
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    hessian = axes @ valley(0.5, 10.0).hessian([0.0, 0.0]) @ axes.T
    for level, ring in zip((0.5, 3.0), ellipses(hessian, (0.5, 3.0)), strict=True):
        points = np.stack([ring.xs, ring.ys])
        assert (points * (hessian @ points)).sum(axis=0) / 2 == pytest.approx(level)


def test_the_graph_of_a_sum_shows_values_and_gradients_of_all_its_nodes():
    _, loss = valley(0.5, 10.0).graph([-4.0, 0.3])
    (svg,) = pictures(sum_of_two(loss, "the graph", 200))
    written = [t.text for t in svg.iter("text")]
    first = ["w₁", "−4", "−2", "^ 2", "16", "0.25", "× 0.25", "4", "1"]
    second = ["w₂", "0.3", "3", "^ 2", "0.09", "5", "× 5", "0.45", "1"]
    assert written == ["the graph", *first, *second, "+", "4.45", "1", "C"]
    assert "C is 4.45; w₁ is −4, its gradient −2" in svg.get("aria-label")


def test_the_boxes_of_the_graph_stay_where_they_are():
    boxes = []
    for place in ([-4.0, 0.3], [0.000123, -0.0456]):
        (svg,) = pictures(sum_of_two(valley().graph(place)[1], "the graph", 200))
        boxes.append([(box.get("x"), box.get("y"), box.get("width")) for box in svg.iter("rect")])
    assert boxes[0] == boxes[1]
    assert len(boxes[0]) == 7
