"""Promise: every value and gradient of the demo is the graph's, each appears at its step, and merging paths add."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backprop_lab import Network
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, number
from backprop_lab.widgets import gradient_flow_demo
from backprop_lab.widgets.gradient_flow_demo import BIAS, GRAPHS, POINTS, WEIGHT, _question
from frames import numbers, pictures, sentence, texts
from graph_rows import by_node, compute

STEPS = (7, 6, 8, 12)  # until all is done


def by_hand(which: int, x: float, y: float) -> tuple[dict[str, float], dict[str, float]]:
    """Return values and gradients of the four graphs, differentiated by hand."""
    if which == 0:
        return {"x": x, "y": y, "s": x + y, "f": (x + y) * y}, {"x": y, "y": x + 2 * y, "s": y, "f": 1}
    if which == 1:
        return {"x": x, "a": 3 * x, "z": 3 * x + 5}, {"x": 3, "a": 1, "z": 1}
    if which == 2:
        return {"x": x, "a": x * x, "b": 3 * x, "f": x * x + 3 * x}, {"x": 2 * x + 3, "a": 1, "b": 1, "f": 1}
    z = WEIGHT * x + BIAS
    a = 1 / (1 + math.exp(-z))
    delta = (a - y) * a * (1 - a)
    values = {"w": WEIGHT, "x": x, "b": BIAS, "m": WEIGHT * x, "z": z, "a": a, "C": (a - y) ** 2 / 2}
    return values, {"w": delta * x, "x": delta * WEIGHT, "b": delta, "m": delta, "z": delta, "a": a - y, "C": 1}


@pytest.fixture(scope="module")
def player():
    return gradient_flow_demo()


def test_at_the_end_every_node_has_its_value_and_its_gradient(player):
    assert player.counts == (len(GRAPHS), len(POINTS), max(STEPS) + 1)
    for which, steps in enumerate(STEPS):
        for point, (x, y) in enumerate(POINTS):
            assert player.count(which, point) == steps + 1  # the slider ends where the story does
            html = player.shown(which, point, steps)
            values, gradients = by_hand(which, x, y)
            rows = by_node(html)
            assert {name: row[1] for name, row in rows.items()} == {n: number(v) for n, v in values.items()}
            assert {name: row[3] for name, row in rows.items()} == {n: number(g) for n, g in gradients.items()}
            assert sorted(texts(html, FORWARD_INK)) == sorted(map(number, values.values()))
            assert set(map(number, gradients.values())) <= set(texts(html, BACKWARD_INK))
            assert "Done" in sentence(html)


def test_the_nudges_measure_the_gradients_of_the_inputs(player):
    for which, (steps, inputs) in enumerate(zip(STEPS, ("xy", "x", "x", "wxb"), strict=True)):
        for point, (x, y) in enumerate(POINTS):
            measured = numbers(sentence(player.shown(which, point, steps)))[-len(inputs) :]
            expected = [by_hand(which, x, y)[1][name] for name in inputs]
            assert measured == pytest.approx(expected, rel=1e-3, abs=1e-9)


def test_each_step_adds_one_number_forward_before_backward(player):
    for which, steps in enumerate(STEPS):
        count, before = len(by_hand(which, 2, 3)[0]), None
        for step in range(steps):
            rows = by_node(player.shown(which, 0, step)).values()
            known = (sum(bool(row[1]) for row in rows), sum(bool(row[3]) for row in rows))
            if before is not None:
                assert sum(known) == sum(before) + 1
            assert known[1] == 0 or known[0] == count
            before = known
        assert before == (count, count)


def test_where_paths_merge_both_contributions_are_shown_and_added(player):
    html = player.shown(0, 0, 5)
    assert {"+3", "+5", "8"} <= set(texts(html, BACKWARD_INK))
    assert "3 × 1 = 3 from s and 1 × 5 = 5 from f. ∂f/∂y = 3 + 5 = 8" in sentence(html)
    assert by_node(html)["y"][2] == "3 × 1 + 1 × 5"
    for point, (x, _) in enumerate(POINTS):
        said = sentence(player.shown(2, point, 7))
        assert numbers(said.split("∂f/∂x = ")[1]) == pytest.approx([2 * x, 3, 2 * x + 3])


def test_the_gradient_goes_back_on_dashed_edges_only_after_the_way_forward(player):
    def dashed(step: int) -> int:
        return sum("stroke-dasharray" in path.attrib for path in pictures(player.shown(0, 0, step))[0].iter("path"))

    assert [dashed(step) for step in range(8)] == [0, 0, 0, 0, 1, 3, 4, 4]


def test_nothing_moves_while_the_steps_and_the_point_change(player):
    for which, steps in enumerate(STEPS):
        frames = [
            [tuple(r.get(k) for k in ("x", "y", "width")) for r in pictures(player.shown(which, p, s))[0].iter("rect")]
            for p in range(len(POINTS))
            for s in range(steps + 1)
        ]
        assert all(boxes == frames[0] for boxes in frames)


def test_the_neuron_has_the_loss_and_gradients_of_a_network_with_one_neuron(player):
    network = Network.from_weights(
        [(np.array([[WEIGHT]]), np.array([BIAS]))], hidden=[], output="sigmoid", loss="half_squared_error"
    )
    for point, (x, y) in enumerate(POINTS):
        rows = by_node(player.shown(3, point, 12))
        example = np.array([[x]]), np.array([[y]])
        dw, db = network.gradients(*example).vector
        assert rows["C"][1] == number(network.loss(*example))
        assert (rows["w"][3], rows["b"][3]) == (number(dw), number(db))


def test_two_paths_of_equal_strength_can_cancel(player):
    """What to try: x = -1.5 in x^2 + 3x."""
    assert POINTS[1][0] == -1.5
    html = player.shown(2, 1, STEPS[2])
    assert {"+3", "−3"} <= set(texts(html, BACKWARD_INK))
    assert by_node(html)["x"][3] == "0"


def test_the_quick_check_asks_for_eight_and_explains_each_path():
    question = _question()
    x, y = POINTS[0]
    assert (x, y) == (2, 3)
    assert question.right == number(x + 2 * y) == "8"
    assert set(question.options) == {"3", "5", "8", "15"}
    assert "sum alone" in question.options["3"]
    assert "product alone" in question.options["5"]


def test_own_values_of_x_and_y_are_taken_and_bad_ones_refused():
    player = gradient_flow_demo()
    assert "Computed" in compute(player, "4", "−2")
    assert player.counts == (4, 1, 13)
    assert by_node(player.shown(0, 0, 7))["y"][3] == "0"  # x + 2y
    for x, message in (("four", "which is not a number"), ("1e9", "expected a number from -100 to 100")):
        assert message in compute(player, x, "1")
        assert by_node(player.shown(0, 0, 7))["x"][1] == "4"
