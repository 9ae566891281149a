"""Promise: the promised and the real change of the loss are the slope times h and the difference of two losses."""

from __future__ import annotations

import re

import numpy as np
import pytest

from backprop_lab import Network
from backprop_lab.examples import worked_example
from backprop_lab.figures.diagram import number
from backprop_lab.widgets import nudge
from backprop_lab.widgets.nudge import ASKED, STEPS
from frames import numbers, pictures, sentence, values


def test_every_frame_compares_the_promise_with_the_truth():
    network = Network([2, 2, 1], hidden="tanh", loss="binary_cross_entropy", seed=4)
    x, y = np.array([[0.5, -1.0]]), np.array([[1.0]])
    player, theta, slopes = nudge(network, x, y), network.parameters.copy(), network.gradients(x, y).vector
    assert player.counts == (theta.size, len(STEPS))
    for which in range(theta.size):
        for place, h in enumerate(STEPS):
            moved = theta.copy()
            moved[which] += h
            real = network.with_parameters(moved).loss(x, y) - network.loss(x, y)
            html = player.shown(which, place)
            expected = [slopes[which], slopes[which] * h, real, real - slopes[which] * h]
            assert values(html) == pytest.approx(expected, rel=1e-3, abs=1e-12)
            told = [slopes[which] * h, real, real - slopes[which] * h]
            assert numbers(sentence(html))[-3:] == pytest.approx(told, rel=1e-3, abs=1e-12)
            assert numbers(pictures(html)[0].get("aria-label"))[-3:] == pytest.approx(told, rel=1e-3, abs=1e-12)


def test_the_tangent_touches_the_curve_where_the_weight_is():
    player = nudge()
    curve, tangent, _ = pictures(player.shown(0, 0))[0].iter("polyline")
    points = np.array([[float(n) for n in p.split(",")] for p in curve.get("points").split()])
    (x1, y1), (x2, y2) = (map(float, p.split(",")) for p in tangent.get("points").split())
    middle = points[len(points) // 2]
    assert middle == pytest.approx([(x1 + x2) / 2, (y1 + y2) / 2], abs=0.2)


def test_the_dotted_gap_joins_the_promise_with_the_truth_and_both_are_in_the_frame():
    player = nudge()
    for which in range(player.counts[0]):
        for step in range(len(STEPS)):
            root = pictures(player.shown(which, step))[0]
            *_, gap = root.iter("polyline")
            ends = [tuple(map(float, end.split(","))) for end in gap.get("points").split()]
            _, promised, real = [(float(c.get("cx")), float(c.get("cy"))) for c in root.iter("circle")]
            assert ends == [promised, real]
            frame = next(part for part in root.iter("svg") if part is not root)
            top, height = float(frame.get("y")), float(frame.get("height"))
            assert all(top <= y <= top + height for _, y in ends)


def changes(network, x, y, which: int, h: float) -> tuple[float, float]:
    """Return the promised and the real change of the loss."""
    moved = network.parameters.copy()
    moved[which] += h
    promised = network.gradients(x, y).vector[which] * h
    return promised, network.with_parameters(moved).loss(x, y) - network.loss(x, y)


def test_for_some_weights_even_the_largest_step_keeps_the_promise_and_for_others_not():
    """What `try_this` asks for: those into the first layer, whose curves are almost straight."""
    network, x, y = worked_example()
    off = []
    for which in range(network.parameters.size):
        promised, real = changes(network, x, y, which, max(STEPS))
        off.append(abs(real - promised) / abs(promised))
    assert min(off) < 0.05
    assert max(off) > 0.5


def test_of_a_small_step_ten_times_smaller_the_gap_is_about_a_hundred_times_smaller():
    """What the page of the lab says."""
    network, x, y = worked_example()
    for which in range(network.parameters.size):
        (large, real_large), (small, real_small) = (changes(network, x, y, which, h) for h in (0.1, 0.01))
        assert (real_large - large) / (real_small - small) == pytest.approx(100, rel=0.1)
        assert real_large / real_small == pytest.approx(10, rel=0.1)


def test_it_starts_where_it_asks_with_a_gap_that_can_be_seen():
    player = nudge()
    root = pictures(player.shown(*(control.index for control in player.controls)))[0]
    _, promised, real = [float(circle.get("cy")) for circle in root.iter("circle")]
    assert abs(promised - real) > 15
    assert STEPS[player.controls[1].index] == ASKED
    assert "You raise this weight by 4" in player.children[2].children[0].value


def test_all_weights_share_one_scale_so_that_the_bias_of_the_output_is_seen_to_matter_most():
    """What `try_this` asks for."""
    player = nudge()
    network, x, y = worked_example()
    slopes = network.gradients(x, y).vector
    scales, steepness = set(), []
    for which in range(player.counts[0]):
        root = pictures(player.shown(which, 0))[0]
        scales.add(str([(t.text, t.get("y")) for t in root.iter("text") if t.get("text-anchor") == "end"]))
        _, tangent, _ = root.iter("polyline")
        (x1, y1), (x2, y2) = (map(float, p.split(",")) for p in tangent.get("points").split())
        steepness.append((y1 - y2) / (x2 - x1))
    assert len(scales) == 1
    assert steepness == pytest.approx(slopes * steepness[-1] / slopes[-1], abs=0.003)
    assert player.controls[0].options[int(np.argmax(slopes))][0] == "b2[1]"


def test_the_prediction_is_right_about_the_promise_and_about_the_gap():
    network, x, y = worked_example()
    options = re.findall("<li>(.*?)</li>", nudge().children[2].children[0].value)
    reasons = [page.value for page in nudge().children[2].children[-1].children]
    (right,) = [option for option, reason in zip(options, reasons, strict=False) if "Right." in reason]
    promised, real = changes(network, x, y, 6, ASKED)
    assert numbers(right) == pytest.approx([promised], rel=0.02)
    assert "the change is another" in right
    assert abs(real - promised) > 0.3 * abs(promised)
    assert f"really changes by {number(real, 2)}" in reasons[options.index(right)]


def test_numbers_that_are_too_large_are_refused_by_name():
    player = nudge()
    stage = next(pages.children[0] for pages in player.children if type(pages).__name__ == "Stack")
    _, row, answer = stage.children[-1].children
    before = player.shown(0, 0)
    row.children[1].value = "1e200"
    row.children[-1].click()
    assert "y contains a number of size 1e+200, expected numbers from -1e+06 to 1e+06" in answer.value
    assert player.shown(0, 0) == before
    row.children[1].value = "1e6"
    row.children[-1].click()
    assert "Computed" in answer.value


def test_an_example_that_is_no_example_is_refused():
    network = Network([2, 2, 1])
    with pytest.raises(TypeError, match="all three or none"):
        nudge(network)
    with pytest.raises(ValueError, match="3"):
        nudge(network, np.ones((1, 3)), np.ones((1, 1)))
