"""Promise: a residual connection adds its input, and the gradient comes back both ways."""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.layers import Activate, BatchNorm, Conv2D, Dense, Dropout, LayerNorm, Residual, Sequential
from layer_witness import TIGHT, assert_right, stirred

seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds)
def test_a_residual_block_is_that_of_pytorch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    N, n, hidden = (int(k) for k in rng.integers(1, 5, size=3))
    layer = stirred(Residual([Dense(n, hidden, seed=rng), Activate("tanh"), Dense(hidden, n, seed=rng)]), rng)
    linear = torch.nn.functional.linear
    assert_right(layer, rng.normal(size=(N, n)), lambda x, W, b, V, c: x + linear(torch.tanh(linear(x, W, b)), V, c))


@given(seed=seeds)
def test_with_a_projection_it_is_that_of_pytorch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    branch = [Conv2D(2, 3, 3, stride=2, padding=1, seed=rng), BatchNorm(3), Activate("sigmoid")]
    layer = stirred(Residual(branch, shortcut=Conv2D(2, 3, 1, stride=2, seed=rng)), rng)
    F = torch.nn.functional

    def theirs(x: Any, W: Any, b: Any, scale: Any, shift: Any, V: Any, c: Any) -> Any:
        z = F.conv2d(x, W, b, stride=2, padding=1)
        return F.conv2d(x, V, c, stride=2) + torch.sigmoid(F.batch_norm(z, None, None, scale, shift, training=True))

    assert list(layer.parameters) == ["1.W", "1.b", "2.scale", "2.shift", "shortcut.W", "shortcut.b"]
    assert_right(layer, rng.normal(size=(2, 2, 4, 5)), theirs, training=True)


@given(seed=seeds)
def test_a_projection_of_several_layers_is_that_of_pytorch_and_all_of_them_learn(seed: int) -> None:
    """The usual block of a ResNet: normalization on both ways."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    branch = [Conv2D(2, 3, 3, stride=2, padding=1, seed=rng), BatchNorm(3), Activate("tanh")]
    projection = Sequential([Conv2D(2, 3, 1, stride=2, seed=rng), BatchNorm(3)])
    layer = stirred(Residual(branch, shortcut=projection), rng)
    F = torch.nn.functional

    def theirs(x: Any, W: Any, b: Any, scale: Any, shift: Any, V: Any, c: Any, scale2: Any, shift2: Any) -> Any:
        z = F.batch_norm(F.conv2d(x, W, b, stride=2, padding=1), None, None, scale, shift, training=True)
        around = F.batch_norm(F.conv2d(x, V, c, stride=2), None, None, scale2, shift2, training=True)
        return around + torch.tanh(z)

    names = ["shortcut.1.W", "shortcut.1.b", "shortcut.2.scale", "shortcut.2.shift"]
    assert list(layer.parameters) == ["1.W", "1.b", "2.scale", "2.shift", *names]
    assert repr(layer).endswith("shortcut=[Conv2D(2, 3, 1, stride=2), BatchNorm(3)])")
    assert_right(layer, rng.normal(size=(2, 2, 4, 5)), theirs, training=True)
    model = Sequential([layer])
    assert sum(array.size for array in layer.parameters.values()) == model.parameters.size


def test_one_block_inside_another_is_that_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    inner = Residual([LayerNorm(3), Dense(3, 3, seed=rng)])
    layer = stirred(Residual([inner, Activate("softplus")]), rng)
    F = torch.nn.functional

    def theirs(x: Any, scale: Any, shift: Any, W: Any, b: Any) -> Any:
        return x + F.softplus(x + F.linear(F.layer_norm(x, (3,), scale, shift), W, b))

    assert list(layer.parameters) == ["1.1.scale", "1.1.shift", "1.2.W", "1.2.b"]
    assert_right(layer, rng.normal(size=(4, 3)), theirs)


def test_the_gradient_reaches_the_input_untouched_where_the_branch_is_flat() -> None:
    layer = Residual([Dense(3, 3, initialization="zeros"), Activate("tanh")])
    x, da = np.random.default_rng(0).normal(size=(2, 4, 3))
    a, cache = layer.forward(x)
    np.testing.assert_array_equal(a, x)
    np.testing.assert_array_equal(layer.backward(cache, da)[0], da)


def test_a_sequential_may_be_the_branch_and_training_and_draws_reach_it() -> None:
    layer = Residual(Sequential([Dense(3, 3, initialization="zeros"), Dropout(0.5)]))
    layer.parameters["1.b"][...] = 1
    x = np.zeros((50, 3))
    a, _ = layer.forward(x, training=True, rng=np.random.default_rng(0))
    assert set(np.unique(a)) == {0, 2}
    np.testing.assert_array_equal(layer.forward(x)[0], np.ones((50, 3)))
    assert_right(layer, x, lambda x, W, b: x + x @ W.T + b)


def test_exchanged_parameters_are_those_of_the_layers_inside_also_in_a_copy() -> None:
    layer = Residual([Residual([Dense(2, 2)])], shortcut=Dense(2, 2))
    layer.parameters["1.1.W"] = np.full((2, 2), 7.0)
    layer.parameters["shortcut.b"] = np.full(2, 8.0)
    for one in (layer, copy.deepcopy(layer)):
        inner = one.branch[0]
        assert isinstance(inner, Residual)
        np.testing.assert_array_equal(inner.branch[0].parameters["W"], np.full((2, 2), 7.0))
        np.testing.assert_array_equal(one.shortcut[0].parameters["b"], [8, 8])


def test_the_layers_are_copied() -> None:
    dense = Dense(2, 2)
    layer = Residual([dense])
    layer.parameters["1.W"][...] = 0
    assert dense.parameters["W"].any()
    assert layer.shortcut == ()


def test_parts_that_can_not_be_added_are_refused() -> None:
    message = "Residual can't add its input of shape (4, 3) to the output of its layers of shape (4, 5): give a short"
    with pytest.raises(ValueError, match=re.escape(message)):
        Residual([Dense(3, 5)]).forward(np.ones((4, 3)))
    with pytest.raises(ValueError, match=re.escape("of shape (4, 2) to the output of its layers of shape (4, 5)")):
        Residual([Dense(3, 5)], shortcut=Dense(3, 2)).forward(np.ones((4, 3)))
    with pytest.raises(ValueError, match=re.escape("layer 2 (Dense) expects inputs of width 4 but got shape (4, 3)")):
        Residual([Dense(3, 3), Dense(4, 3)]).forward(np.ones((4, 3)))
    layer = Residual([Activate("tanh")])
    _, cache = layer.forward(np.ones((4, 3)))
    with pytest.raises(ValueError, match=re.escape("layer 1 (Activate) has an output of shape (4, 3) but da has")):
        layer.backward(cache, np.ones(3))


def test_a_branch_that_can_not_be_is_refused() -> None:
    dense = Dense(2, 2)
    with pytest.raises(ValueError, match="layers is empty: expected at least one"):
        Residual([])
    with pytest.raises(TypeError, match="layer 1 is 'relu', expected a Layer: write Activate"):
        Residual(["relu"])
    with pytest.raises(ValueError, match=re.escape("layer 3 is layer 1 once more, Dense(2, 2): the layers are copied")):
        Residual([dense, Activate("relu"), dense])
    with pytest.raises(ValueError, match="layer 2 is layer 1 once more"):
        Residual(dense, shortcut=dense)
    with pytest.raises(ValueError, match="layers is empty: expected at least one"):
        Residual(dense, shortcut=[])
    for wrong in (None, 3, "relu", {"1": dense}):
        with pytest.raises(TypeError, match=re.escape(f"layers is {wrong!r}, expected a list of layers")):
            Residual(wrong)


def test_it_says_what_it_is() -> None:
    layer = Residual([Dense(2, 3), Activate("relu")], shortcut=Dense(2, 3))
    assert repr(layer) == "Residual([Dense(2, 3), Activate(relu)], shortcut=Dense(2, 3))"
    assert repr(Residual(Activate("relu"))) == "Residual([Activate(relu)])"


def test_the_witness_tells_a_block_without_its_straight_way() -> None:
    layer, x = Residual([Dense(3, 3)]), np.random.default_rng(0).normal(size=(4, 3))
    a, cache = layer.forward(x)
    da = np.random.default_rng(1).normal(size=a.shape)
    dx, _ = layer.backward(cache, da)
    np.testing.assert_allclose(dx - da @ layer.parameters["1.W"], da, **TIGHT)


def test_lists_are_inputs_too_and_the_cache_of_another_layer_is_refused() -> None:
    layer = Residual([Dense(2, 2)])
    a, cache = layer.forward([[0.5, 1.0]])
    np.testing.assert_array_equal(a, layer.forward(np.array([[0.5, 1.0]]))[0])
    assert layer.backward(cache, np.ones((1, 2)))[0].shape == (1, 2)
    for wrong in (None, cache.branch, Residual([Dense(2, 2)], shortcut=Dense(2, 2)).forward(a)[1]):
        with pytest.raises(ValueError, match="Residual expects the cache that its forward returned but got"):
            layer.backward(wrong, a)
