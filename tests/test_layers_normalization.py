"""Promise: normalizations give PyTorch's outputs, gradients and running statistics."""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.layers import BatchNorm, LayerNorm
from layer_witness import TIGHT, assert_right, stirred

seeds = st.integers(0, 2**32 - 1)


def random_batch(seed: int, images: bool) -> tuple[BatchNorm, np.ndarray]:
    rng = np.random.default_rng(seed)
    N, n, height, width = (int(k) for k in rng.integers(1, 5, size=4))
    layer = BatchNorm(n, momentum=float(rng.random()), eps=1e-3)
    stirred(layer, rng)
    layer.running_mean[:], layer.running_variance[:] = rng.normal(size=n), rng.random(n) + 0.1
    shape = (N + 1, n, height, width) if images else (N + 1, n)
    return layer, 3 * rng.normal(size=shape) + 1


@pytest.mark.parametrize("images", [False, True])
@pytest.mark.parametrize("training", [False, True])
@given(seed=seeds)
def test_batch_normalization_is_that_of_pytorch(images: bool, training: bool, seed: int) -> None:
    torch = pytest.importorskip("torch")
    layer, x = random_batch(seed, images)
    running = [torch.tensor(layer.running_mean), torch.tensor(layer.running_variance)]
    ours = copy.deepcopy(layer)

    def theirs(x: Any, scale: Any, shift: Any) -> Any:
        return torch.nn.functional.batch_norm(
            x, *running, scale, shift, training=training, momentum=layer.momentum, eps=layer.eps
        )

    assert_right(layer, x, theirs, training=training)
    ours.forward(x, training=training)
    np.testing.assert_allclose(ours.running_mean, running[0].numpy(), **TIGHT)
    np.testing.assert_allclose(ours.running_variance, running[1].numpy(), **TIGHT)


@given(seed=seeds, axes=st.integers(1, 3))
def test_layer_normalization_is_that_of_pytorch(seed: int, axes: int) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    *shape, n = (int(k) for k in rng.integers(1, 5, size=axes + 1))
    layer = stirred(LayerNorm(n + 1, eps=1e-3), rng)
    x = 3 * rng.normal(size=(*shape, n + 1)) + 1
    assert_right(
        layer, x, lambda x, scale, shift: torch.nn.functional.layer_norm(x, (n + 1,), scale, shift, eps=layer.eps)
    )
    np.testing.assert_array_equal(layer.forward(x)[0], layer.forward(x, training=True)[0])


def test_a_batch_by_hand() -> None:
    """1 and 3 have mean 2 and variance 1: normalized they are -1 and 1, and the running ones are 0.2 and 1.1."""
    layer = BatchNorm(1, eps=1e-300)
    a, _ = layer.forward(np.array([[1.0], [3.0]]), training=True)
    np.testing.assert_allclose(a, [[-1], [1]], **TIGHT)
    np.testing.assert_allclose(layer.running_mean, [0.2], **TIGHT)  # 0.9 * 0 + 0.1 * 2
    np.testing.assert_allclose(layer.running_variance, [1.1], **TIGHT)  # 0.9 * 1 + 0.1 * 2, since 1 * 2 / (2 - 1) = 2


def test_evaluation_changes_nothing_and_treats_each_example_alone() -> None:
    layer, x = random_batch(3, images=False)
    before = copy.deepcopy(layer)
    whole, _ = layer.forward(x)
    np.testing.assert_allclose(whole, np.concatenate([layer.forward(row[np.newaxis])[0] for row in x]), **TIGHT)
    np.testing.assert_array_equal(layer.running_mean, before.running_mean)
    np.testing.assert_array_equal(layer.running_variance, before.running_variance)


@given(seed=seeds)
def test_moving_or_scaling_a_whole_batch_changes_nothing_so_the_gradient_has_no_such_part(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(5, 3))
    layer = stirred(BatchNorm(3, eps=1e-300), rng)
    a, cache = layer.forward(x, training=True)
    dx, _ = layer.backward(cache, rng.normal(size=a.shape))
    np.testing.assert_allclose(dx.sum(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose((dx * x).sum(axis=0), 0, atol=1e-10)


def test_a_unit_that_never_changes_is_not_divided_by_zero() -> None:
    a, cache = BatchNorm(2).forward(np.ones((4, 2)), training=True)
    np.testing.assert_array_equal(a, np.zeros((4, 2)))
    assert np.isfinite(BatchNorm(2).backward(cache, np.eye(4)[:, :2])[0]).all()


@pytest.mark.parametrize(
    ("layer", "x", "error", "message"),
    [
        (
            BatchNorm(3),
            np.ones((4, 2)),
            ValueError,
            "BatchNorm expects inputs of shape (N, 3) or (N, 3, height, width) ",
        ),
        (BatchNorm(3), np.ones((4, 3, 3)), ValueError, "but got shape (4, 3, 3)"),
        (BatchNorm(3), np.ones((4, 3), int), TypeError, "BatchNorm expects floating-point inputs but got dtype int64"),
        (BatchNorm(3), np.ones((1, 3)), ValueError, "BatchNorm expects more than one number a unit in training, got o"),
        (BatchNorm(3), np.ones((0, 3)), ValueError, "BatchNorm expects at least one example but got shape (0, 3)"),
        (LayerNorm(3), np.ones((4, 2)), ValueError, "LayerNorm expects inputs of width 3 but got shape (4, 2)"),
        (
            LayerNorm(3),
            np.ones(3),
            ValueError,
            "LayerNorm expects inputs of width 3 but got shape (3,): write x[np.newaxis]",
        ),
    ],
)
def test_inputs_that_do_not_fit_are_refused(layer: Any, x: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        layer.forward(x, training=True)


@pytest.mark.parametrize("layer", [BatchNorm(3), LayerNorm(3)])
def test_an_upstream_gradient_of_another_shape_is_refused(layer: Any) -> None:
    _, cache = layer.forward(np.ones((4, 3)))
    with pytest.raises(ValueError, match=re.escape("Norm has an output of shape (4, 3) but da has shape (3,)")):
        layer.backward(cache, np.ones(3))


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: BatchNorm(0), ValueError, "n is 0, expected a whole number, at least 1"),
        (lambda: BatchNorm(3, momentum=1.5), ValueError, "momentum is 1.5, expected a share from 0 to 1"),
        (lambda: BatchNorm(3, momentum="a"), TypeError, "momentum is 'a', expected a share from 0 to 1"),
        (lambda: BatchNorm(3, momentum=True), TypeError, "momentum is True, expected a share from 0 to 1"),
        (lambda: BatchNorm(3, eps=None), TypeError, "eps is None, expected a positive number"),
        (lambda: LayerNorm(3, eps=True), TypeError, "eps is True, expected a positive number"),
        (lambda: BatchNorm(3, eps=0), ValueError, "eps is 0, expected a positive number"),
        (lambda: BatchNorm(3, dtype=int), TypeError, "dtype is int64, expected a floating-point type"),
        (lambda: LayerNorm(0), ValueError, "n is 0, expected a whole number, at least 1"),
        (lambda: LayerNorm(3, eps=-1), ValueError, "eps is -1, expected a positive number"),
    ],
)
def test_layers_that_can_not_be_are_refused(build: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        build()


def test_they_say_what_they_are() -> None:
    assert repr([BatchNorm(3), LayerNorm(2)]) == "[BatchNorm(3), LayerNorm(2)]"


@pytest.mark.parametrize(("dtype", "large"), [(np.float64, 1e200), (np.float64, 1e308), (np.float32, 1e20)])
def test_a_variance_that_overflows_is_told_and_moves_no_running_statistics(dtype: Any, large: float) -> None:
    layer, x = BatchNorm(2, dtype=dtype), np.array([[0, large], [1, -large], [2, large]], dtype)
    message = f"BatchNorm expects inputs whose variance is finite in {np.dtype(dtype)}: those of unit 1 are too large"
    with pytest.raises(FloatingPointError, match=re.escape(message)):
        layer.forward(x, training=True)
    np.testing.assert_array_equal(layer.running_mean, [0, 0])
    np.testing.assert_array_equal(layer.running_variance, [1, 1])
