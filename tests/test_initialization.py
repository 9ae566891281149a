"""Promise: weights start with the variance that the papers name, drawn from the generator alone."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import Network, train, xor
from backprop_lab.initialization import (
    INITIALIZATIONS,
    Scaled,
    constant,
    he,
    he_uniform,
    initialization,
    normal,
    orthogonal,
    xavier,
    xavier_uniform,
    zeros,
)

N_OUT, N_IN = 200, 300
VARIANCES = {
    "normal": (normal, 1.0),
    "xavier": (xavier, 2 / (200 + 300)),  # Glorot and Bengio 2010, equation 12
    "xavier_uniform": (xavier_uniform, 2 / (200 + 300)),  # equation 16
    "he": (he, 2 / 300),  # He et al. 2015, equation 10
    "he_uniform": (he_uniform, 2 / 300),
    "orthogonal": (orthogonal, 1 / 300),  # 200 rows of length 1 and 300 entries
    "scaled": (he(scale=3), 9 * 2 / 300),
}
sizes = st.integers(1, 12)
seeds = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("name", VARIANCES)
def test_the_draw_has_mean_zero_and_the_variance_of_the_paper(name: str) -> None:
    draw, variance = VARIANCES[name]
    W = draw(np.random.default_rng(0), N_OUT, N_IN)
    assert W.shape == (N_OUT, N_IN)
    assert abs(W.mean()) < 5 * np.sqrt(variance / W.size)
    assert W.var() == pytest.approx(variance, rel=5 * np.sqrt(2 / W.size))


@pytest.mark.parametrize("name", INITIALIZATIONS)
def test_the_generator_decides_everything(name: str) -> None:
    draw = initialization(name)
    first, second = (draw(np.random.default_rng(3), 4, 5) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    if name != "zeros":
        assert not np.array_equal(first, draw(np.random.default_rng(4), 4, 5))


@pytest.mark.parametrize("name", INITIALIZATIONS)
def test_a_network_starts_with_these_weights_and_without_biases(name: str) -> None:
    network = Network([3, 4, 2], initialization=name, seed=8)
    rng = np.random.default_rng(8)
    for layer in network.layers:
        np.testing.assert_array_equal(layer.W, initialization(name)(rng, *layer.W.shape))
        np.testing.assert_array_equal(layer.b, 0)


def test_units_that_start_at_zero_stay_copies_of_each_other() -> None:
    network = Network([2, 4, 1], initialization="zeros", loss="binary_cross_entropy")
    train(network, *xor(), epochs=50, learning_rate=1.0)
    first = network.layers[0]
    np.testing.assert_array_equal(first.W, np.tile(first.W[0], (4, 1)))
    assert np.isclose(network.loss(*xor()), np.log(2))


def test_zeros_are_zeros() -> None:
    np.testing.assert_array_equal(zeros(np.random.default_rng(0), 2, 3), np.zeros((2, 3)))


# --------------------------------------------------------------------- stored numbers stay


@given(seed=seeds, n_out=sizes, n_in=sizes)
def test_the_draws_that_notebooks_have_stored_come_again(seed: int, n_out: int, n_in: int) -> None:
    """To the last bit: one call of the generator, times the root of the variance."""
    for name, factor in (("normal", 1.0), ("xavier", math.sqrt(2 / (n_in + n_out))), ("he", math.sqrt(2 / n_in))):
        expected = np.random.default_rng(seed).standard_normal((n_out, n_in)) * factor
        np.testing.assert_array_equal(initialization(name)(np.random.default_rng(seed), n_out, n_in), expected)


# -------------------------------------------------------------------------- the new ones


@pytest.mark.parametrize(
    ("draw", "bound"), [(xavier_uniform, math.sqrt(6 / (N_IN + N_OUT))), (he_uniform, math.sqrt(6 / N_IN))]
)
def test_the_uniform_ones_fill_their_range_evenly(draw: Any, bound: float) -> None:
    W = draw(np.random.default_rng(0), N_OUT, N_IN)
    assert bound * 0.999 < np.abs(W).max() <= bound
    counts, _ = np.histogram(W, bins=10, range=(-bound, bound))
    np.testing.assert_allclose(counts, W.size / 10, atol=5 * math.sqrt(W.size / 10))


@given(seed=seeds, n_out=sizes, n_in=sizes)
def test_orthogonal_rows_or_columns_are_orthonormal(seed: int, n_out: int, n_in: int) -> None:
    W = orthogonal(np.random.default_rng(seed), n_out, n_in)
    assert W.shape == (n_out, n_in)
    product = W @ W.T if n_out <= n_in else W.T @ W
    np.testing.assert_allclose(product, np.eye(min(n_out, n_in)), atol=1e-13)


@given(seed=seeds)
def test_a_square_orthogonal_matrix_keeps_the_length_both_ways(seed: int) -> None:
    rng = np.random.default_rng(seed)
    W, x = orthogonal(rng, 6, 6), rng.normal(size=6)
    assert np.linalg.norm(W @ x) == pytest.approx(np.linalg.norm(x))
    assert np.linalg.norm(W.T @ x) == pytest.approx(np.linalg.norm(x))


def test_no_orthogonal_matrix_is_favored() -> None:
    """In one dimension they are +1 and -1; in more, the mean of each entry is 0. Bare QR gives one sign only."""
    rng = np.random.default_rng(0)
    signs = [float(orthogonal(rng, 1, 1)[0, 0]) for _ in range(400)]
    assert set(signs) == {-1.0, 1.0}
    assert abs(np.mean(signs)) < 5 / math.sqrt(400)
    mean = np.mean([orthogonal(rng, 3, 3) for _ in range(2000)], axis=0)
    assert np.abs(mean).max() < 5 / math.sqrt(3 * 2000)
    bare = np.mean([np.linalg.qr(rng.normal(size=(3, 3)))[0] for _ in range(2000)], axis=0)
    assert np.abs(bare).max() > 5 / math.sqrt(3 * 2000)  # the test would find the missing sign


# --------------------------------------------------------------- with a number of one's own


@pytest.mark.parametrize("draw", [normal, xavier, xavier_uniform, he, he_uniform, orthogonal])
def test_a_scale_multiplies_the_draw(draw: Any) -> None:
    plain, rng = draw(np.random.default_rng(1), 3, 4), np.random.default_rng(1)
    np.testing.assert_array_equal(draw(scale=0.01)(rng, 3, 4), plain * 0.01)
    np.testing.assert_array_equal(draw(np.random.default_rng(1), 3, 4, scale=0.5), plain * 0.5)
    np.testing.assert_array_equal(draw(rng=np.random.default_rng(1), n_out=3, n_in=4), plain)
    assert repr(draw(scale=0.01)) == f"{draw.__name__}(scale=0.01)"
    assert draw(scale=0.01) == draw(scale=0.01) != draw(scale=0.02)


def test_a_constant_is_that_number_everywhere() -> None:
    np.testing.assert_array_equal(constant(0.5)(np.random.default_rng(0), 2, 3), np.full((2, 3), 0.5))
    assert constant(0.5) == constant(0.5)
    assert constant(-1).value == -1.0


@pytest.mark.parametrize(
    "draw",
    [constant(0.5), normal(scale=0.01), orthogonal, Scaled(zeros, 2), lambda rng, n_out, n_in: np.eye(n_out, n_in)],
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_network_takes_an_initialization_beside_names(draw: Any, dtype: Any) -> None:
    network, rng = Network([3, 4, 2], initialization=draw, seed=8, dtype=dtype), np.random.default_rng(8)
    for layer in network.layers:
        np.testing.assert_array_equal(layer.W, draw(rng, *layer.W.shape).astype(dtype))
        assert layer.W.dtype == dtype


def test_units_that_start_at_a_constant_stay_copies_too() -> None:
    network = Network([2, 4, 1], initialization=constant(0.5), loss="binary_cross_entropy")
    train(network, *xor(), epochs=50, learning_rate=1.0)
    first = network.layers[0]
    assert not np.allclose(first.W, 0.5)
    np.testing.assert_allclose(first.W, np.tile(first.W[0], (4, 1)), rtol=1e-12)


# ----------------------------------------------------------------------------- the door


def test_an_unknown_name_is_refused_with_the_names_that_there_are() -> None:
    names = "he, he_uniform, normal, orthogonal, xavier, xavier_uniform, zeros"
    with pytest.raises(ValueError, match=f"unknown initialization 'glorot': choose one of {names}"):
        initialization("glorot")


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        ("constant", TypeError, "the initialization constant needs its number: constant(0.5)"),
        (constant, TypeError, "the initialization constant needs its number: constant(0.5)"),
        (0.5, TypeError, "initialization is 0.5, expected a name or a function (rng, n_out, n_in)"),
        (None, TypeError, "initialization is None, expected a name or a function (rng, n_out, n_in)"),
    ],
)
def test_what_is_no_initialization_is_refused(bad: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        Network([2, 1], initialization=bad)


@pytest.mark.parametrize(
    ("value", "error"),
    [(0, ValueError), (-1.0, ValueError), (math.nan, ValueError), ("1", TypeError), (True, TypeError)],
)
def test_a_scale_that_is_none_is_refused(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=re.escape(f"scale is {value!r}, expected a positive number")):
        normal(scale=value)


@pytest.mark.parametrize(("value", "error"), [(math.inf, ValueError), ("1", TypeError), (None, TypeError)])
def test_a_constant_that_is_none_is_refused(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=re.escape(f"value is {value!r}, expected a finite number")):
        constant(value)
