"""Promise: the stepper shows each quantity of one training step, when it is computed and not before."""

from __future__ import annotations

import re

import numpy as np
import pytest

from backprop_lab import Network, trace_step
from backprop_lab.widgets import backprop_stepper
from backprop_lab.widgets.backprop_stepper import _entry_latex
from frames import values


def example():
    network = Network([2, 3, 1], hidden="tanh", seed=3)
    return network, np.array([[0.5, -1.0]]), np.array([[1.0]])


def test_the_stepper_shows_each_quantity_of_the_trace_in_order():
    network, x, y = example()
    player = backprop_stepper(network, x, y, 0.1)
    steps = [quantity for quantity in trace_step(network, x, y, 0.1).values() if quantity.phase != "given"]
    assert player.counts == (len(steps) + 1,)
    for place, quantity in enumerate(steps, start=1):
        assert values(player.shown(place)) == pytest.approx(quantity.value.ravel().tolist(), abs=6e-11)


def test_the_stepper_shows_no_gradient_before_it_is_computed():
    network, x, y = example()
    player = backprop_stepper(network, x, y, 0.1)
    names = [quantity.name for quantity in trace_step(network, x, y, 0.1).values() if quantity.phase != "given"]
    for place, name in enumerate(names, start=1):
        drawn = "δ" in re.sub("<math.*?</math>", "", player.shown(place))
        assert drawn == (place > names.index("delta2")), name


def test_the_stepper_refuses_a_network_that_is_too_wide_and_two_examples():
    with pytest.raises(ValueError, match="at most 6"):
        backprop_stepper(Network([2, 9, 1]), np.ones((1, 2)), np.ones((1, 1)), 0.1)
    with pytest.raises(ValueError, match="follows one"):
        backprop_stepper(Network([2, 2, 1]), np.ones((2, 2)), np.ones((2, 1)), 0.1)


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
