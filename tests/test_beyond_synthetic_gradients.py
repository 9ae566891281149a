"""Promise: with perfect models it is backpropagation; the models learn by descent; and the network learns from them."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import Network, check_gradient, xor
from backprop_lab.beyond import (
    GradientModel,
    gradient_models,
    run,
    synthetic_deltas,
    train_by_synthetic_gradients,
)

seeds = st.integers(0, 2**32 - 1)
X, Y = xor()


def random_case(witness: SimpleNamespace, seed: int) -> tuple[Network, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = [int(n) for n in rng.integers(2, 6, size=rng.integers(2, 6))]
    network = Network(sizes, hidden="tanh", output="softmax", loss="categorical_cross_entropy", seed=rng)
    n = int(rng.integers(1, 6))
    return network, rng.normal(size=(n, sizes[0])), witness.targets(rng, "categorical_cross_entropy", (n, sizes[-1]))


def oracles(network: Network, x: np.ndarray, y: np.ndarray, factor: float = 1) -> list[Callable[..., np.ndarray]]:
    """Return models that know dC/da (times a factor), because backpropagation told them."""
    truth = network.gradients(x, y)
    das = [factor * truth[l + 1].delta @ network.layers[l + 1].W for l in range(len(network.layers) - 1)]
    return [lambda a, y, da=da: da for da in das]


# ------------------------------------------------------------------------- the deltas


@given(seed=seeds)
def test_with_perfect_models_it_is_backpropagation(witness: SimpleNamespace, seed: int) -> None:
    network, x, y = random_case(witness, seed)
    _, caches = network.forward(x)
    models = oracles(network, x, y)
    deltas, das = synthetic_deltas(network, caches, y, models)
    for delta, true in zip(deltas, network.backward(caches, y), strict=True):
        np.testing.assert_allclose(delta, true.delta, rtol=1e-12, atol=1e-16)
    for da, model in zip(das, models, strict=True):  # and the models are told that they are right
        np.testing.assert_allclose(da, model(None, None), rtol=1e-12, atol=1e-16)


def test_models_that_are_off_by_one_per_cent_would_be_found(witness: SimpleNamespace) -> None:
    network, x, y = random_case(witness, 3)
    _, caches = network.forward(x)
    deltas, _ = synthetic_deltas(network, caches, y, oracles(network, x, y, factor=1.01))
    assert len(deltas) > 2
    assert not np.allclose(deltas[0], network.backward(caches, y)[0].delta, rtol=1e-3)


def test_a_model_learns_from_the_layer_above_whose_own_delta_may_be_a_prediction() -> None:
    network = Network([2, 4, 3, 1], hidden="tanh", seed=1)
    _, caches = network.forward(X)
    zero, guess = np.zeros((4, 4)), np.full((4, 3), 0.1)
    deltas, das = synthetic_deltas(network, caches, Y, [lambda a, y: zero, lambda a, y: guess])
    slope = 1 - caches[1].a ** 2
    np.testing.assert_allclose(deltas[0], 0)
    np.testing.assert_allclose(deltas[1], guess * slope)
    np.testing.assert_allclose(das[0], (guess * slope) @ network.layers[1].W)  # a prediction handed down
    np.testing.assert_allclose(das[1], network.backward(caches, Y)[2].delta @ network.layers[2].W)  # the truth


# ------------------------------------------------------------------------- the models


@given(seed=seeds)
def test_a_model_learns_by_descent_on_half_its_squared_error(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, width, n_out = (int(size) for size in rng.integers(1, 5, size=3))
    a, y, da = rng.normal(size=(n, width)), rng.normal(size=(n, n_out)), rng.normal(size=(n, width)) / n
    model = GradientModel(rng.normal(size=(width, width + n_out + 1)))

    def half_squared_error(M: np.ndarray) -> float:
        return float((((GradientModel(M)(a, y) - da) * n) ** 2).sum() / (2 * n))  # of one example's gradient

    before = model.M.copy()
    step = model.learned(a, y, da, learning_rate=0.1).M - before
    assert check_gradient(half_squared_error, before, -step / 0.1)
    np.testing.assert_array_equal(model.M, before)


def test_a_model_that_can_know_the_gradient_comes_to_know_it() -> None:
    """Through an identity and half the squared error dC/da is linear in the activation and the target."""
    rng, network = np.random.default_rng(0), Network([4, 3, 2], hidden="tanh", output="identity", seed=1)
    network.parameters += rng.normal(size=network.parameters.shape) / 2
    model = gradient_models(network)[0]
    for _ in range(1500):
        x, y = rng.normal(size=(16, 4)), rng.normal(size=(16, 2))
        _, caches = network.forward(x)
        da = network.backward(caches, y)[1].delta @ network.layers[1].W
        model = model.learned(caches[0].a, y, da, learning_rate=0.2)
    W, b = network.layers[1].W, network.layers[1].b
    np.testing.assert_allclose(model.M, np.hstack([W.T @ W, -W.T, (W.T @ b)[:, np.newaxis]]), atol=1e-6)


def test_a_prediction_does_not_depend_on_the_batch_but_for_its_mean() -> None:
    rng = np.random.default_rng(0)
    model = GradientModel(rng.normal(size=(3, 6)))
    a, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    one_by_one = [model(a[[e]], y[[e]]) for e in range(5)]
    np.testing.assert_allclose(model(a, y), np.vstack(one_by_one) / 5)


# ----------------------------------------------------------------------- the training


@pytest.mark.parametrize("seed", range(3))
def test_it_learns_xor_nearly_as_backpropagation_does(seed: int) -> None:
    ours, theirs = run("synthetic gradients", "xor", seed=seed), run("backpropagation", "xor", seed=seed)
    assert ours.accuracy == theirs.accuracy == 1
    assert ours.loss < 2 * theirs.loss < 0.01  # one half for every example costs 0.125
    assert ours.run.angles[0] == (90.0, 0.0)  # the models begin at zero
    assert ours.run.angles[-1][0] < 30


def test_it_learns_the_digits_and_the_lower_layers_learn_later() -> None:
    result = run("synthetic gradients", "digits", epochs=8)
    assert result.accuracy is not None
    assert result.accuracy > 0.85  # a tenth by chance
    first, last = result.run.angles[0], result.run.angles[-1]
    assert first[0] > first[1] > first[2] == pytest.approx(0, abs=1e-6)
    assert last[0] < first[0]


def test_without_learning_models_the_hidden_layers_hardly_move() -> None:
    network = Network([2, 4, 1], hidden="tanh", seed=1)
    before = network.layers[0].W.copy()
    train_by_synthetic_gradients(network, X, Y, epochs=50, learning_rate=0.5, model_learning_rate=1e-12)
    np.testing.assert_allclose(network.layers[0].W, before, atol=1e-9)


def test_float32_stays_float32_and_a_seed_tells_the_whole_story() -> None:
    networks = [Network([2, 4, 1], hidden="tanh", seed=1, dtype=np.float32) for _ in range(2)]
    first, second = (
        train_by_synthetic_gradients(network, X, Y, epochs=3, learning_rate=0.5, batch_size=2, seed=5)
        for network in networks
    )
    assert first == second
    assert networks[0].parameters.dtype == gradient_models(networks[0])[0].M.dtype == np.float32


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_learning_rate": 0.0}, "model_learning_rate is 0.0, expected a positive number"),
        ({"learning_rate": -1.0}, "learning_rate is -1.0, expected a positive number"),
        ({"x": X[:1]}, "x has 1 examples but y has 4"),
    ],
)
def test_a_bad_option_is_refused(changes: dict[str, Any], message: str) -> None:
    options = {"x": X, "y": Y, "epochs": 1, "learning_rate": 0.1} | changes
    with pytest.raises(ValueError, match=re.escape(message)):
        train_by_synthetic_gradients(Network([2, 3, 1]), **options)


def test_each_hidden_layer_needs_a_model() -> None:
    network = Network([2, 3, 1])
    _, caches = network.forward(X)
    with pytest.raises(ValueError, match="models has 0 entries, expected 1: one for each hidden layer"):
        synthetic_deltas(network, caches, Y, [])


@pytest.mark.parametrize(
    ("models", "error", "message"),
    [
        (None, TypeError, "models is None, expected a list of functions of (a, y), one for each hidden layer"),
        ([3], TypeError, "model 1 is 3, expected a function of (a, y)"),
        ([lambda a, y: 0.0], ValueError, "the prediction of model 1 has shape (), expected (4, 3)"),
    ],
)
def test_what_predicts_no_gradient_is_refused(models: Any, error: type[Exception], message: str) -> None:
    network = Network([2, 3, 1])
    with pytest.raises(error, match=re.escape(message)):
        synthetic_deltas(network, network.forward(X)[1], Y, models)
