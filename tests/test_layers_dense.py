"""Promise: the dense layer and the activation as a layer give the gradients of PyTorch and of central differences."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import Network
from backprop_lab.activations import ACTIVATIONS, make_leaky_relu, tanh
from backprop_lab.layers import Activate, Dense
from layer_witness import TIGHT, assert_right, by_pytorch, stirred

seeds = st.integers(0, 2**32 - 1)
BY_PYTORCH = {
    "identity": lambda torch, z: z * 1,
    "sigmoid": lambda torch, z: torch.sigmoid(z),
    "tanh": lambda torch, z: torch.tanh(z),
    "relu": lambda torch, z: torch.relu(z),
    "leaky_relu": lambda torch, z: torch.nn.functional.leaky_relu(z, 0.01),
    "elu": lambda torch, z: torch.nn.functional.elu(z),
    "gelu": lambda torch, z: torch.nn.functional.gelu(z),
    "softplus": lambda torch, z: torch.nn.functional.softplus(z, threshold=1000),
    "softmax": lambda torch, z: torch.softmax(z, -1),
}


@given(seed=seeds, axes=st.integers(1, 3))
def test_a_dense_layer_is_that_of_pytorch_with_any_axes_in_front(seed: int, axes: int) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    *shape, n_in, n_out = rng.integers(1, 5, size=axes + 2)
    layer = stirred(Dense(int(n_in), int(n_out), seed=rng), rng)
    assert_right(layer, rng.normal(size=(*shape, n_in)), torch.nn.functional.linear)


def test_every_activation_of_the_library_is_tried() -> None:
    assert set(ACTIVATIONS) <= set(BY_PYTORCH)


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(seed=seeds)
def test_an_activation_is_that_of_pytorch(name: str, seed: int) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 5, size=rng.integers(2, 4))
    assert_right(Activate(name), 2 * rng.normal(size=shape), lambda z: BY_PYTORCH[name](torch, z))


def test_the_jacobian_of_softmax_is_complete() -> None:
    """Column k of the Jacobian is what da = e_k brings back: a_i ([i = k] - a_k)."""
    _, cache = Activate("softmax").forward(np.log([[0.2, 0.3, 0.5]]))
    columns = [Activate("softmax").backward(cache, e[np.newaxis])[0][0] for e in np.eye(3)]
    expected = [[0.16, -0.06, -0.1], [-0.06, 0.21, -0.15], [-0.1, -0.15, 0.25]]
    np.testing.assert_allclose(columns, expected, **TIGHT)


def test_an_activation_of_your_own_may_be_wrapped() -> None:
    layer = Activate(make_leaky_relu(0.25, "quarter"))
    _, cache = layer.forward(np.array([[-2.0, 2.0]]))
    np.testing.assert_array_equal(layer.backward(cache, np.array([[1.0, 1.0]]))[0], [[0.25, 1]])
    assert repr(layer) == "Activate(quarter)"


def test_dense_and_activate_obey_bp2_to_bp4_like_a_network() -> None:
    rng = np.random.default_rng(0)
    network = Network([3, 4, 2], hidden="tanh", output="identity", seed=1)
    x, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    first, second = Dense(3, 4), Dense(4, 2)
    for layer, same in ((first, network.layers[0]), (second, network.layers[1])):
        layer.parameters.update(W=same.W, b=same.b)
    z1, cache1 = first.forward(x)
    a1, cache_a1 = Activate(tanh).forward(z1)
    z2, cache2 = second.forward(a1)
    da1, gradients2 = second.backward(cache2, (z2 - y) / 5)
    delta1, _ = Activate(tanh).backward(cache_a1, da1)
    _, gradients1 = first.backward(cache1, delta1)
    for ours, theirs in zip((gradients1, gradients2), network.gradients(x, y), strict=True):
        np.testing.assert_allclose(ours["W"], theirs.dW, **TIGHT)
        np.testing.assert_allclose(ours["b"], theirs.db, **TIGHT)


def test_the_witness_tells_a_transposed_matrix() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    layer, x, da = Dense(3, 3, seed=rng), rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    _, dx, _ = by_pytorch(torch.nn.functional.linear, x, layer.parameters, da)
    assert not np.allclose(da @ layer.parameters["W"].T, dx)
    np.testing.assert_allclose(da @ layer.parameters["W"], dx, **TIGHT)


def test_the_same_seed_gives_the_same_layer_and_one_generator_two_different_ones() -> None:
    np.testing.assert_array_equal(Dense(3, 3, seed=5).parameters["W"], Dense(3, 3, seed=5).parameters["W"])
    rng = np.random.default_rng(5)
    one, other = Dense(3, 3, seed=rng), Dense(3, 3, seed=rng)
    assert not np.array_equal(one.parameters["W"], other.parameters["W"])
    assert Dense(3, 2, dtype=np.float32).parameters["W"].dtype == np.float32
    assert repr(one) == "Dense(3, 3)"


def test_an_initialization_of_your_own_may_be_given() -> None:
    layer = Dense(3, 2, initialization=lambda rng, n_out, n_in: np.full((n_out, n_in), 0.5))
    np.testing.assert_array_equal(layer.parameters["W"], np.full((2, 3), 0.5))


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.ones((4, 2)), ValueError, "Dense expects inputs of width 3 but got shape (4, 2)"),
        (
            np.ones(3),
            ValueError,
            "Dense expects inputs of width 3 but got shape (3,): write x[np.newaxis] for one example",
        ),
        (np.ones((0, 3)), ValueError, "Dense expects at least one example but got shape (0, 3)"),
        (np.ones((4, 3), int), TypeError, "Dense expects floating-point inputs but got dtype int64"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(x: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        Dense(3, 2).forward(x)


def test_an_upstream_gradient_that_would_be_broadcast_is_refused() -> None:
    layer = Dense(3, 2)
    _, cache = layer.forward(np.ones((4, 3)))
    with pytest.raises(ValueError, match=re.escape("Dense has an output of shape (4, 2) but da has shape (2,)")):
        layer.backward(cache, np.ones(2))
    with pytest.raises(TypeError, match="Dense expects da in floating point but got dtype int64"):
        layer.backward(cache, np.ones((4, 2), int))


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: Dense(0, 2), ValueError, "n_in is 0, expected a whole number, at least 1"),
        (lambda: Dense(3, 2.5), ValueError, "n_out is 2.5, expected a whole number, at least 1"),
        (lambda: Dense(3, True), ValueError, "n_out is True, expected a whole number, at least 1"),
        (lambda: Dense(3, 2, initialization="ones"), ValueError, "unknown initialization 'ones': choose one of"),
        (
            lambda: Dense(3, 2, dtype=int),
            TypeError,
            "dtype is int64, expected a floating-point type: float64 or float32",
        ),
        (lambda: Dense(3, 2, dtype=np.float16), TypeError, "dtype is float16, expected a floating-point type: float64"),
        (lambda: Dense(3, 2, dtype=np.longdouble), TypeError, "expected a floating-point type: float64 or float32"),
        (
            lambda: Dense(3, 2, initialization=lambda rng, n_out, n_in: np.ones((n_in, n_out))),
            ValueError,
            "the initialization returns shape (3, 2), expected (n_out, n_in) = (2, 3)",
        ),
        (
            lambda: Dense(1, 1, initialization=lambda rng, n_out, n_in: np.array([[np.nan]])),
            ValueError,
            "what the initialization returns[0, 0] is nan, expected finite numbers",
        ),
        (lambda: Activate("sin"), ValueError, "unknown activation 'sin': choose one of"),
    ],
)
def test_layers_that_can_not_be_are_refused(build: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        build()
