"""Promise: the stepper shows each quantity of one training step, when it is computed and not before, in its place."""

from __future__ import annotations

import re

import numpy as np
import pytest

from backprop_lab import Network, trace_step
from backprop_lab.examples import LEARNING_RATE, worked_example
from backprop_lab.figures.diagram import BACKWARD_INK, number
from backprop_lab.widgets import backprop_stepper
from backprop_lab.widgets.backprop_stepper import _entry_latex, _question, _scene
from backprop_lab.widgets.own import own_example
from drawings import circles, cut_off, distance, overlapping, written
from frames import pictures, texts, values


def example():
    network = Network([2, 3, 1], hidden="tanh", seed=3)
    return network, np.array([[0.5, -1.0]]), np.array([[1.0]])


def steps_of(network, x, y, learning_rate):
    return [quantity for quantity in trace_step(network, x, y, learning_rate).values() if quantity.phase != "given"]


def asks(player) -> bool:
    stack = [player]
    while stack:
        widget = stack.pop()
        stack += getattr(widget, "children", ())
        if "bl-predict" in getattr(widget, "_dom_classes", ()):
            return True
    return False


def test_the_stepper_shows_each_quantity_of_the_trace_in_order():
    network, x, y = example()
    player = backprop_stepper(network, x, y, 0.1)
    steps = steps_of(network, x, y, 0.1)
    assert player.counts == (len(steps) + 1,)
    for place, quantity in enumerate(steps, start=1):
        assert values(player.shown(place)) == pytest.approx(quantity.value.ravel().tolist(), abs=6e-11)


def test_the_stepper_shows_no_gradient_before_it_is_computed():
    network, x, y = example()
    player = backprop_stepper(network, x, y, 0.1)
    names = [quantity.name for quantity in steps_of(network, x, y, 0.1)]
    for place, name in enumerate(names, start=1):
        drawn = any("δ" in text for text in texts(player.shown(place)))
        assert drawn == (place > names.index("delta2")), name


def test_without_arguments_it_steps_through_the_example_worked_by_hand():
    steps = steps_of(*worked_example(), LEARNING_RATE)
    player = backprop_stepper()
    assert player.counts == (len(steps) + 1,)
    for place, quantity in enumerate(steps, start=1):
        assert values(player.shown(place)) == pytest.approx(quantity.value.ravel().tolist(), abs=6e-11)


def test_the_readout_names_each_quantity_as_one_reads_it():
    assert [label for label, _ in backprop_stepper().controls[0].options] == [
        *("start", "z⁽¹⁾", "a⁽¹⁾", "z⁽²⁾", "a⁽²⁾", "C", "∂C/∂a⁽²⁾", "f′(z⁽²⁾)", "δ⁽²⁾", "∂C/∂W⁽²⁾"),
        *("∂C/∂b⁽²⁾", "∂C/∂a⁽¹⁾", "f′(z⁽¹⁾)"),
        *("δ⁽¹⁾", "∂C/∂W⁽¹⁾", "∂C/∂b⁽¹⁾", "new W⁽²⁾", "new b⁽²⁾", "new W⁽¹⁾", "new b⁽¹⁾"),
    ]


def test_in_the_last_picture_each_weight_has_its_own_new_value_and_gradient_at_its_line():
    network, x, y = worked_example()
    gradients = network.gradients(x, y)
    root = pictures(backprop_stepper().shown(19))[0]
    middles = iter(sorted(at for at, _, _ in circles(root)))
    at = {(layer, unit): next(middles) for layer, size in enumerate(network.sizes) for unit in range(size)}
    stands = {t.text: t for t in written(root)}
    for l, (layer, gradient) in enumerate(zip(network.layers, gradients, strict=True), start=1):
        for unit, source in np.ndindex(layer.W.shape):
            moved = layer.W[unit, source] - LEARNING_RATE * gradient.dW[unit, source]
            value, slope = stands[number(moved, 6)], stands[number(gradient.dW[unit, source])]
            middle = (value.at[0], (value.box[3] + slope.box[1]) / 2)
            assert distance(middle, at[l - 1, source], at[l, unit]) < 5
            assert BACKWARD_INK in slope.ink
        for unit, delta in enumerate(gradient.delta[0]):
            assert stands[f"δ {number(delta)}"].at[0] == pytest.approx(at[l, unit][0], abs=0.2)
            bias = stands[f"b {number(layer.b[unit] - LEARNING_RATE * delta, 6)}"]
            assert abs(bias.at[1] - at[l, unit][1]) < 80


@pytest.mark.parametrize("player", [backprop_stepper(), backprop_stepper(*example(), 0.1)], ids=["ours", "2-3-1"])
def test_no_text_lies_on_another_at_any_step(player):
    for place in range(player.counts[0]):
        root = pictures(player.shown(place))[0]
        assert overlapping(root) == [], place
        assert cut_off(root) == [], place


def test_the_weights_that_move_most_are_the_last_ones():
    """What the reader is asked to find."""
    network, x, y = worked_example()
    first, last = (np.abs(gradient.dW) for gradient in network.gradients(x, y))
    assert last.min() > 50 * first.max()


def test_it_stands_at_the_loss_where_it_asks_and_at_the_start_where_it_does_not():
    (asking,) = backprop_stepper().controls
    (plain,) = backprop_stepper(predict=False).controls
    assert (asking.label, plain.label) == ("C", "start")


def test_delta_of_the_output_comes_before_everything_else_that_the_question_offers():
    order = [quantity.name for quantity in steps_of(*worked_example(), LEARNING_RATE)]
    assert r"\delta^{(2)}" in _question(2).right
    assert order.index("delta2") < min(order.index(name) for name in ("dW1", "new_W2"))
    needed, known = {"delta2"}, set(order[: order.index("C")]) | {"x", "y", "W1", "W2", "b1", "b2"}
    trace = trace_step(*worked_example(), LEARNING_RATE)
    for name in ("delta2", "da2", "slope2"):
        needed |= set(trace[name].depends_on)
    assert needed - known == {"delta2", "da2", "slope2"}


def test_it_asks_first_on_its_own_example_and_on_a_page_s_only_where_told():
    assert asks(backprop_stepper())
    assert not asks(backprop_stepper(*example(), 0.1))
    assert asks(backprop_stepper(*example(), 0.1, predict=True))
    assert not asks(backprop_stepper(predict=False))


def test_a_reader_with_a_kernel_can_give_their_own_weights_and_learning_rate():
    network, x, y = worked_example()
    own = own_example(network, x, y, lambda *values: _scene(*values, 0.5))
    frame, controls = own.read([field.text for field in own.fields])
    steps = steps_of(network, x, y, 0.5)
    assert values(frame(len(steps)).html()) == pytest.approx(steps[-1].value.ravel().tolist(), abs=6e-11)
    assert len(controls[0].settings) == len(steps) + 1
    with pytest.raises(ValueError, match="learning"):
        _scene(network, x, y, -1.0)


@pytest.mark.parametrize("typed", ["1e300", "-1"])
def test_a_learning_rate_out_of_bounds_is_refused_with_the_bounds(typed):
    player = backprop_stepper()
    stage = next(pages.children[0] for pages in player.children if type(pages).__name__ == "Stack")
    _, row, answer = stage.children[-1].children
    row.children[-2].value = typed
    row.children[-1].click()
    assert "expected a number from 0 to 1000" in answer.value


def test_on_paper_stands_the_last_step():
    player = backprop_stepper()
    assert player.children[-1].value == player.shown(19)


def test_the_stepper_refuses_a_network_that_is_too_wide_two_examples_and_half_an_example():
    with pytest.raises(ValueError, match="at most 6"):
        backprop_stepper(Network([2, 9, 1]), np.ones((1, 2)), np.ones((1, 1)), 0.1)
    with pytest.raises(ValueError, match="follows one"):
        backprop_stepper(Network([2, 2, 1]), np.ones((2, 2)), np.ones((2, 1)), 0.1)
    with pytest.raises(TypeError, match="all three or none"):
        backprop_stepper(Network([2, 2, 1]))


@pytest.mark.parametrize(
    ("symbol", "place", "expected"),
    [
        ("C", "", "C"),
        ("z^{(1)}", "2", "z^{(1)}_{2}"),
        (r"\frac{\partial C}{\partial W^{(1)}}", "2,1", r"\frac{\partial C}{\partial W^{(1)}_{21}}"),
        (r"\sigma'(z^{(2)})", "1", r"\sigma'(z^{(2)}_{1})"),
        (r"W^{(1)}_{\text{new}}", "1,2", r"W^{(1)}_{\text{new},12}"),
    ],
)
def test_an_entry_gets_its_index_where_it_belongs(symbol, place, expected):
    assert _entry_latex(symbol, place) == expected


def test_every_step_says_its_formula_and_what_it_needs():
    player = backprop_stepper()
    for place in range(1, player.counts[0]):
        html = player.shown(place)
        assert re.search(rf"Step {place} of 19\.</strong>", html)
        assert "It needs" in html
