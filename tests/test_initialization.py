"""Promise: weights start with the variance that the papers name, drawn from the generator alone."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_lab import Network, train, xor
from backprop_lab.initialization import INITIALIZATIONS, he, initialization, normal, xavier, zeros

N_OUT, N_IN = 200, 300
VARIANCES = {
    "normal": (normal, 1.0),
    "xavier": (xavier, 2 / (200 + 300)),  # Glorot and Bengio 2010, equation 12
    "he": (he, 2 / 300),  # He et al. 2015, equation 10
}


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


def test_an_unknown_name_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(ValueError, match="unknown initialization 'glorot': choose one of he, normal, xavier, zeros"):
        initialization("glorot")
