"""Promise: a recorded step is the network's own step, for every activation, loss and batch, and makes no arrays."""

from __future__ import annotations

import copy
import tracemalloc
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_lab import Network
from backprop_lab.activations import Activation
from backprop_lab.recorded import Plan, RecordedStep, record
from witness import HIDDEN, PAIRS

seeds = st.integers(0, 2**32 - 1)


def agree(network: Network, step: RecordedStep, x: np.ndarray, y: np.ndarray) -> None:
    """Assert that the recorded step and the network's own two passes give the same, up to rounding."""
    loss, gradients = network.loss_and_gradients(x, y)
    tolerance = 1e-12 if network.parameters.dtype == np.float64 else 3e-5
    assert step.run(x, y) == pytest.approx(loss, rel=tolerance, abs=tolerance)
    size = max(1.0, float(np.abs(gradients.vector).max()))
    np.testing.assert_allclose(step.gradient, gradients.vector, rtol=tolerance, atol=tolerance * size)
    assert step.gradient.dtype == network.parameters.dtype


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("loss", "output"), PAIRS)
@settings(max_examples=4)
@given(seed=seeds, hidden=st.lists(st.sampled_from(HIDDEN), max_size=3))
def test_it_is_the_step_of_the_network(
    loss: str, output: str, dtype: Any, hidden: list[str], witness: SimpleNamespace, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    sizes = [int(n) for n in rng.integers(1, 6, size=len(hidden) + 2)]
    sizes[-1] = max(sizes[-1], 2)
    network = Network(sizes, hidden=hidden, output=output, loss=loss, seed=rng, dtype=dtype)
    network.parameters += rng.normal(size=network.parameters.shape).astype(dtype) / 2
    n = int(rng.integers(1, 6))
    step = RecordedStep(network, n)
    for _ in range(2):
        x = rng.normal(size=(n, sizes[0])).astype(dtype)
        agree(network, step, x, witness.targets(rng, loss, (n, sizes[-1])).astype(dtype))
        network.parameters -= dtype(0.1) * step.gradient  # it follows the network


def test_every_hidden_activation_and_the_input_layer_alone() -> None:
    rng = np.random.default_rng(0)
    for hidden in HIDDEN:
        network = Network([3, 4, 4, 2], hidden=hidden, output="identity")
        agree(network, RecordedStep(network, 5), rng.normal(size=(5, 3)), rng.normal(size=(5, 2)))


def test_a_function_of_your_own_is_recorded_too() -> None:
    """One of NumPy's element-wise functions, one that can't be taken apart, and one that asks about its numbers."""
    swish = Activation("swish", "s", lambda z: z / (1 + np.exp(-z)), lambda z, a: a + (1 - a / z) * a / z * z)
    clipped = Activation("clipped", "c", lambda z: np.clip(z, -1, 1), lambda z, a: np.where(np.abs(z) < 1, 1.0, 0.0))
    asking = Activation("asking", "q", lambda z: z * 2 if z.max() > 0 else z * 3, lambda z, a: a / z)
    rng = np.random.default_rng(1)
    network = Network([3, 4, 4, 4, 2], hidden=[swish, clipped, asking], output="tanh")
    agree(network, RecordedStep(network, 5), rng.normal(size=(5, 3)), rng.normal(size=(5, 2)))


def test_neither_the_data_nor_the_parameters_are_changed() -> None:
    network, rng = Network([3, 4, 2], hidden="relu"), np.random.default_rng(0)
    x, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    before = [array.copy() for array in (x, y, network.parameters)]
    for array in (x, y, network.parameters):
        array.flags.writeable = False
    RecordedStep(network, 5).run(x, y)
    for array, original in zip((x, y, network.parameters), before, strict=True):
        np.testing.assert_array_equal(array, original)


def test_a_run_makes_no_arrays() -> None:
    network = Network([64, 256, 256, 10], hidden="tanh", output="softmax", loss="categorical_cross_entropy")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(128, 64)), np.eye(10)[rng.integers(10, size=128)]
    step = RecordedStep(network, 128)
    step.run(x, y)
    tracemalloc.start()
    step.run(x, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 1024  # NumPy's buffers for mixed types; one layer's activations are 256 KB


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "softplus"])
def test_the_library_s_functions_are_taken_apart_into_calls_of_numpy(name: str) -> None:
    step = RecordedStep(Network([2, 3, 1], hidden=name), 4)
    assert {type(f) for f, _ in step._plan} <= {np.ufunc, type(np.dot), partial}


def test_an_overflow_in_the_sigmoid_is_no_error() -> None:
    network = Network([1, 1, 1], initialization="zeros")
    network.parameters += 1e4
    x, y = np.array([[-1.0]]), np.array([[0.0]])
    with np.errstate(over="ignore"):  # as train does
        agree(network, RecordedStep(network, 1), x, y)


@pytest.mark.parametrize("n", [0, -1, 2.0, True, "4"])
def test_a_batch_size_that_can_not_be_is_refused(n: Any) -> None:
    with pytest.raises(ValueError, match=f"batch_size is {n!r}, expected a whole number, at least 1"):
        RecordedStep(Network([2, 1]), n)


def test_another_shape_is_refused_and_never_broadcast() -> None:
    step = RecordedStep(Network([2, 1]), 4)
    for x, y in ((np.ones((1, 2)), np.ones((4, 1))), (np.ones((4, 2)), np.ones((1, 1))), (np.ones((5, 2)), np.ones(5))):
        with pytest.raises(ValueError, match=r"expected \(4, 2\) and \(4, 1\): a recorded step is for one batch size"):
            step.run(x, y)


# ------------------------------------------------------------------- taking a function apart

FUNCTIONS: list[Callable[..., Any]] = [
    lambda x, y: x + y,
    lambda x, y: x,
    lambda x, y: y,
    lambda x, y: -x,
    lambda x, y: (x - y) * (x - y) + x * y - x / (1 + y * y),
    lambda x, y: np.exp(-x) * np.tanh(y) * np.exp(-x) + x,
    lambda x, y: (x > 0) * y + (y > x) * x,
    lambda x, y: 2.5 - np.maximum(x, 0) + np.abs(y) ** 3,
    lambda x, y: np.where(x > y, x, y),  # can't be taken apart
    lambda x, y: x.clip(0),  # nor can this
    lambda x, y: x if y.sum() > 0 else y,  # nor this
    lambda x, y: [x * y, x + y, x - y][1],  # operations whose result is not used
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("into", ["another", "x", "y"])
def test_what_is_recorded_is_the_function(function: Callable[..., Any], into: str, dtype: Any) -> None:
    rng = np.random.default_rng(0)
    x, y, other = (np.empty((3, 4), dtype) for _ in range(3))
    out = {"another": other, "x": x, "y": y}[into]
    do = Plan()
    record(do, function, x, y, out=out)
    for _ in range(2):  # recorded once, run on numbers that it has not seen
        x[...], y[...] = rng.normal(size=(2, 3, 4))
        before, expected = (x.copy(), y.copy()), function(x.copy(), y.copy())
        do.run()
        np.testing.assert_allclose(out, expected, rtol=1e-6 if dtype is np.float32 else 1e-14)
        assert out.dtype == dtype
        for array, original in zip((x, y), before, strict=True):
            if array is not out:
                np.testing.assert_array_equal(array, original)


def test_predictions_that_are_no_probabilities_are_refused_as_by_the_network() -> None:
    network = Network([1, 1], output="identity", loss="binary_cross_entropy")
    network.parameters += 2
    with pytest.raises(ValueError, match="binary_cross_entropy needs predictions from 0 to 1"):
        RecordedStep(network, 1).run(np.array([[1.0]]), np.array([[1.0]]))


def test_what_is_no_network_is_refused_and_a_step_can_not_be_copied() -> None:
    with pytest.raises(TypeError, match="network is None, expected a Network"):
        RecordedStep(None, 3)
    step = RecordedStep(Network([2, 1]), 3)
    with pytest.raises(TypeError, match="a recorded step can't be copied or stored: record another one"):
        copy.deepcopy(step)
