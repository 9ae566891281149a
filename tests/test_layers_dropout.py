"""Promise: dropout keeps the expected value, has the gradient of its own mask, and does nothing in evaluation."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.layers import Dropout
from layer_witness import assert_right

seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds, rate=st.floats(0, 0.95))
def test_in_training_the_gradient_is_that_of_pytorch_for_the_same_mask(seed: int, rate: float) -> None:
    torch = pytest.importorskip("torch")
    shape = np.random.default_rng(seed).integers(1, 6, size=2)
    x = np.random.default_rng(seed).normal(size=shape)
    mask = np.random.default_rng(seed).random(shape) >= rate
    assert_right(Dropout(rate), x, lambda x: x * torch.tensor(mask) / (1 - rate), training=True, seed=seed)


@given(seed=seeds, rate=st.floats(0, 0.95))
def test_in_evaluation_it_is_the_identity_and_draws_nothing(seed: int, rate: float) -> None:
    x = np.random.default_rng(seed).normal(size=(3, 4))
    assert_right(Dropout(rate), x, lambda x: x * 1)
    np.testing.assert_array_equal(Dropout(rate).forward(x)[0], x)


def test_the_share_that_is_dropped_is_the_rate_and_the_mean_stays() -> None:
    """Four standard errors of 100,000 draws; Srivastava et al. (2014), section 10."""
    a, _ = Dropout(0.3).forward(np.ones((1000, 100)), training=True, rng=np.random.default_rng(0))
    assert set(np.unique(a)) == {0, 1 / 0.7}
    assert (a == 0).mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 1e5))
    assert a.mean() == pytest.approx(1, abs=4 * np.sqrt(0.3 / 0.7 / 1e5))


def test_the_same_draw_drops_the_same_units_in_both_types() -> None:
    x = np.ones((20, 20))
    double, _ = Dropout(0.5).forward(x, training=True, rng=np.random.default_rng(1))
    single, _ = Dropout(0.5).forward(x.astype(np.float32), training=True, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(double, single)


def test_a_rate_of_zero_needs_no_generator() -> None:
    np.testing.assert_array_equal(Dropout(0).forward(np.ones((2, 2)), training=True)[0], np.ones((2, 2)))


def test_in_training_it_asks_for_a_generator() -> None:
    with pytest.raises(
        ValueError, match=re.escape("Dropout draws in training: pass rng, such as np.random.default_rn")
    ):
        Dropout(0.5).forward(np.ones((2, 2)), training=True)


def test_a_seed_is_refused_since_two_layers_that_start_from_it_would_drop_the_same() -> None:
    message = "Dropout expects a Generator but got rng=0: write np.random.default_rng(...)"
    with pytest.raises(TypeError, match=re.escape(message)):
        Dropout(0.5).forward(np.ones((2, 2)), training=True, rng=0)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [1, 1.5, -0.1, np.nan, "half", None, True])
def test_a_rate_that_is_no_share_is_refused(rate: Any) -> None:
    error = TypeError if rate in ("half", None) or rate is True else ValueError
    with pytest.raises(error, match=f"rate is {re.escape(repr(rate))}, expected the share to drop, from 0 up to"):
        Dropout(rate)


def test_bad_arrays_are_refused_and_it_says_what_it_is() -> None:
    layer = Dropout(0.25)
    with pytest.raises(TypeError, match="Dropout expects floating-point inputs but got dtype int64"):
        layer.forward(np.ones((2, 2), int))
    _, cache = layer.forward(np.ones((2, 2)))
    with pytest.raises(ValueError, match=re.escape("Dropout has an output of shape (2, 2) but da has shape (2,)")):
        layer.backward(cache, np.ones(2))
    assert repr(layer) == "Dropout(0.25)"
