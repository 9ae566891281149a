"""Promise: convolution, with any window, stride and padding, is PyTorch's, forward and backward."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.layers import Conv2D, Flatten
from layer_witness import TIGHT, assert_right, stirred

seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds)
def test_a_convolution_is_that_of_pytorch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    N, n_in, n_out = (int(k) for k in rng.integers(1, 4, size=3))
    window, stride = (tuple(int(k) for k in rng.integers(1, 4, size=2)) for _ in range(2))
    padding = tuple(int(k) for k in rng.integers(0, 3, size=2))
    height, width = (max(1, k - 2 * p) + int(rng.integers(0, 4)) for k, p in zip(window, padding, strict=True))
    layer = stirred(Conv2D(n_in, n_out, window, stride=stride, padding=padding, seed=rng), rng)
    x = rng.normal(size=(N, n_in, height, width))
    assert_right(layer, x, lambda x, W, b: torch.nn.functional.conv2d(x, W, b, stride=stride, padding=padding))


def test_a_convolution_by_hand() -> None:
    """Goodfellow, Bengio and Courville (2016), equation 9.6: the window is not turned over."""
    layer = Conv2D(1, 1, 2)
    layer.parameters["W"][...] = [[[[1, 2], [3, 4]]]]
    layer.parameters["b"][...] = 10
    z, cache = layer.forward(np.arange(9.0).reshape(1, 1, 3, 3))
    np.testing.assert_allclose(z, [[[[37, 47], [67, 77]]]], **TIGHT)  # 0 + 2*1 + 3*3 + 4*4 + 10, ...
    dx, gradients = layer.backward(cache, np.array([[[[1.0, 0.0], [0.0, 2.0]]]]))
    np.testing.assert_allclose(dx, [[[[1, 2, 0], [3, 6, 4], [0, 6, 8]]]], **TIGHT)  # the middle lies in both windows
    np.testing.assert_allclose(gradients["W"], [[[[8, 11], [17, 20]]]], **TIGHT)  # 0 + 2*4, 1 + 2*5, 3 + 2*7, 4 + 2*8
    np.testing.assert_allclose(gradients["b"], [3], **TIGHT)


def test_the_weights_of_one_place_count_once_for_each_place() -> None:
    """Erratum E-35: 36,928 parameters of a 3 by 3 convolution, 64 to 64."""
    layer = Conv2D(64, 64, 3, padding=1)
    assert sum(array.size for array in layer.parameters.values()) == 36_928
    assert layer.forward(np.zeros((1, 64, 7, 7)))[0].shape == (1, 64, 7, 7)


@given(seed=seeds)
def test_flatten_is_that_of_pytorch(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 4, size=rng.integers(2, 5))
    assert_right(Flatten(), rng.normal(size=shape), lambda x: x.flatten(1))


@pytest.mark.parametrize(
    ("layer", "x", "error", "message"),
    [
        (Conv2D(3, 2, 3), np.ones((4, 2, 8, 8)), ValueError, "Conv2D expects inputs of shape (N, 3, height, wid"),
        (Conv2D(3, 2, 3), np.ones((3, 8, 8)), ValueError, "but got shape (3, 8, 8)"),
        (Conv2D(1, 2, (5, 3), padding=(1, 0)), np.ones((4, 1, 2, 8)), ValueError, "expects inputs of at least 3 by 3"),
        (Conv2D(1, 2, 3), np.ones((4, 1, 8, 8), int), TypeError, "Conv2D expects floating-point inputs but got dt"),
        (Conv2D(1, 2, 3), np.ones((0, 1, 8, 8)), ValueError, "Conv2D expects at least one example but got shape (0, 1"),
        (Flatten(), np.ones(3), ValueError, "Flatten expects inputs of shape (N, ...) but got shape (3,)"),
    ],
)  # fmt: skip
def test_inputs_that_do_not_fit_are_refused(layer: Any, x: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        layer.forward(x)


@pytest.mark.parametrize(("layer", "shape"), [(Conv2D(1, 2, 3), "(2, 2, 2, 2)"), (Flatten(), "(2, 16)")])
def test_an_upstream_gradient_of_another_shape_is_refused(layer: Any, shape: str) -> None:
    _, cache = layer.forward(np.ones((2, 1, 4, 4)))
    with pytest.raises(ValueError, match=re.escape(f"has an output of shape {shape} but da has shape (2,)")):
        layer.backward(cache, np.ones(2))


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: Conv2D(0, 2, 3), ValueError, "n_in is 0, expected a whole number, at least 1"),
        (lambda: Conv2D(1, 2, 0), ValueError, "window is 0, expected a whole number, at least 1"),
        (lambda: Conv2D(1, 2, (3, 3, 3)), ValueError, "window is (3, 3, 3), expected one whole number or a pair (vert"),
        (lambda: Conv2D(1, 2, 3, stride=0), ValueError, "stride is 0, expected a whole number, at least 1"),
        (lambda: Conv2D(1, 2, 3, padding=-1), ValueError, "padding is -1, expected a whole number, at least 0"),
        (lambda: Conv2D(1, 2, 3, dtype=int), TypeError, "dtype is int64, expected a floating-point type"),
        (lambda: Conv2D(1, 2, 3, initialization="x"), ValueError, "unknown initialization 'x': choose one of"),
    ],
)
def test_layers_that_can_not_be_are_refused(build: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        build()


def test_they_say_what_they_are() -> None:
    layers = [Conv2D(1, 2, 3), Conv2D(1, 2, (3, 5), stride=2, padding=(1, 2)), Flatten()]
    assert repr(layers) == "[Conv2D(1, 2, 3), Conv2D(1, 2, (3, 5), stride=2, padding=(1, 2)), Flatten()]"
