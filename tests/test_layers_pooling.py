"""Promise: pooling is PyTorch's, forward and backward, where windows overlap and where numbers tie."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.layers import AveragePool2D, MaxPool2D
from layer_witness import TIGHT, assert_right, by_pytorch

seeds = st.integers(0, 2**32 - 1)
KINDS = {"max_pool2d": MaxPool2D, "avg_pool2d": AveragePool2D}


def random_case(seed: int, kind: str) -> tuple[Any, dict[str, Any], np.ndarray]:
    rng = np.random.default_rng(seed)
    window, stride = (tuple(int(k) for k in rng.integers(1, 4, size=2)) for _ in range(2))
    options = {"stride": stride if rng.random() < 0.7 else None}
    size = [k + int(rng.integers(0, 4)) for k in window]
    N, channels = rng.integers(1, 4, size=2)
    return KINDS[kind](window, **options), {"kernel_size": window, **options}, rng.normal(size=(N, channels, *size))


@pytest.mark.parametrize("kind", KINDS)
@given(seed=seeds)
def test_pooling_is_that_of_pytorch(kind: str, seed: int) -> None:
    torch = pytest.importorskip("torch")
    layer, options, x = random_case(seed, kind)
    assert_right(layer, x, lambda x: getattr(torch.nn.functional, kind)(x, **options))


@given(seed=seeds)
def test_at_a_tie_the_first_one_gets_the_gradient_as_in_pytorch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    layer, options, x = random_case(seed, "max_pool2d")
    x = np.random.default_rng(seed).integers(0, 2, size=x.shape).astype(float)
    a, cache = layer.forward(x)
    da = np.random.default_rng(seed).normal(size=a.shape)
    _, dx, _ = by_pytorch(lambda x: torch.nn.functional.max_pool2d(x, **options), x, {}, da)
    np.testing.assert_allclose(layer.backward(cache, da)[0], dx, **TIGHT)


def test_pooling_by_hand() -> None:
    x = np.array([[[[1.0, 2.0, 0.0], [4.0, 3.0, 9.0], [5.0, 5.0, 1.0]]]])
    largest, mean = MaxPool2D(2, stride=1), AveragePool2D(2, stride=1)
    da = np.array([[[[1.0, 10.0], [100.0, 1000.0]]]])
    a, cache = largest.forward(x)
    np.testing.assert_array_equal(a, [[[[4, 9], [5, 9]]]])
    np.testing.assert_array_equal(largest.backward(cache, da)[0], [[[[0, 0, 0], [1, 0, 1010], [100, 0, 0]]]])
    a, cache = mean.forward(x)
    np.testing.assert_array_equal(a, [[[[2.5, 3.5], [4.25, 4.5]]]])
    expected = [[[[0.25, 2.75, 2.5], [25.25, 277.75, 252.5], [25, 275, 250]]]]
    np.testing.assert_array_equal(mean.backward(cache, da)[0], expected)


@pytest.mark.parametrize("kind", KINDS.values())
def test_what_is_left_over_at_the_edge_has_no_gradient(kind: Any) -> None:
    layer = kind(2)
    a, cache = layer.forward(np.arange(25.0).reshape(1, 1, 5, 5))
    assert a.shape == (1, 1, 2, 2)
    dx, _ = layer.backward(cache, np.ones(a.shape))
    assert dx.shape == (1, 1, 5, 5)
    assert not dx[..., 4, :].any()
    assert not dx[..., 4].any()


@pytest.mark.parametrize(("kind", "name"), [(MaxPool2D, "MaxPool2D"), (AveragePool2D, "AveragePool2D")])
def test_bad_inputs_are_refused(kind: Any, name: str) -> None:
    expected = f"{name} expects inputs of shape (N, channels, height, width), at least 2 by 3, but got shape "
    for shape in ((1, 4, 4), (1, 1, 1, 3), (1, 1, 2, 2)):
        with pytest.raises(ValueError, match=re.escape(f"{expected}{shape}")):
            kind((2, 3)).forward(np.ones(shape))
    with pytest.raises(TypeError, match=f"{name} expects floating-point inputs but got dtype int64"):
        kind(2).forward(np.ones((1, 1, 4, 4), int))
    with pytest.raises(ValueError, match="window is 0, expected a whole number, at least 1"):
        kind(0)
    with pytest.raises(ValueError, match=re.escape("stride is 0, expected a whole number, at least 1")):
        kind(2, stride=0)
    _, cache = kind(2).forward(np.ones((1, 1, 4, 4)))
    with pytest.raises(ValueError, match=re.escape(f"{name} has an output of shape (1, 1, 2, 2) but da has shape (2")):
        kind(2).backward(cache, np.ones((2, 2)))


def test_they_say_what_they_are() -> None:
    assert repr([MaxPool2D(2), AveragePool2D((2, 3), stride=1)]) == "[MaxPool2D(2), AveragePool2D((2, 3), stride=1)]"
