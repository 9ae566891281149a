"""Promise: an embedding looks up rows, and the gradients of a row that is used twice add up."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.layers import Embedding
from layer_witness import TIGHT, assert_right

seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds, axes=st.integers(1, 3))
def test_an_embedding_is_that_of_pytorch(seed: int, axes: int) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    n_rows, n_out, *shape = (int(k) for k in rng.integers(1, 5, size=axes + 2))
    layer = Embedding(n_rows, n_out, seed=rng)
    assert_right(layer, rng.integers(n_rows, size=shape), torch.nn.functional.embedding)


def test_it_is_a_dense_layer_on_one_hot_inputs() -> None:
    rng = np.random.default_rng(0)
    layer, x = Embedding(5, 3, seed=rng), rng.integers(5, size=7)
    a, cache = layer.forward(x)
    da = rng.normal(size=a.shape)
    np.testing.assert_allclose(a, np.eye(5)[x] @ layer.parameters["table"], **TIGHT)
    np.testing.assert_allclose(layer.backward(cache, da)[1]["table"], np.eye(5)[x].T @ da, **TIGHT)


def test_a_row_used_twice_gets_both_gradients_where_the_two_usual_mistakes_keep_one() -> None:
    layer, x = Embedding(3, 1), np.array([2, 0, 2])
    da = np.array([[1.0], [10.0], [100.0]])
    _, cache = layer.forward(x)
    _, gradients = layer.backward(cache, da)
    np.testing.assert_array_equal(gradients["table"], [[10], [0], [101]])
    assigned, buffered = np.zeros((3, 1)), np.zeros((3, 1))
    assigned[x] = da
    buffered[x] += da
    np.testing.assert_array_equal(assigned, [[10], [0], [100]])
    np.testing.assert_array_equal(buffered, [[10], [0], [100]])


def test_there_is_no_gradient_with_respect_to_an_index() -> None:
    layer = Embedding(3, 2)
    a, cache = layer.forward(np.array([1, 2]))
    assert layer.backward(cache, np.ones(a.shape))[0] is None


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.array([0.0, 1.0]), TypeError, "Embedding expects integer indices but got dtype float64"),
        (np.array([True]), TypeError, "Embedding expects integer indices but got dtype bool"),
        (np.array([0, 3]), ValueError, "Embedding expects indices from 0 to 2 but got 0 to 3"),
        (np.array([-1, 1]), ValueError, "Embedding expects indices from 0 to 2 but got -1 to 1"),
        (np.zeros((0, 2), int), ValueError, "Embedding expects at least one example but got shape (0, 2)"),
        (np.array(1), ValueError, "Embedding expects at least one example but got shape ()"),
    ],
)
def test_indices_that_are_not_in_the_table_are_refused(x: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        Embedding(3, 2).forward(x)


def test_what_can_not_be_is_refused() -> None:
    with pytest.raises(ValueError, match="n_rows is 0, expected a whole number, at least 1"):
        Embedding(0, 2)
    with pytest.raises(ValueError, match="n_out is -1, expected a whole number, at least 1"):
        Embedding(3, -1)
    with pytest.raises(TypeError, match="dtype is int64, expected a floating-point type"):
        Embedding(3, 2, dtype=int)
    layer = Embedding(3, 2)
    _, cache = layer.forward(np.array([1, 2]))
    with pytest.raises(ValueError, match=re.escape("Embedding has an output of shape (2, 2) but da has shape (2,)")):
        layer.backward(cache, np.ones(2))
    assert repr(layer) == "Embedding(3, 2)"
