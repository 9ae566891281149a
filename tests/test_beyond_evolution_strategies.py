"""Promise: the estimate is unbiased and knows its own error, and descent on it learns, at a price that is counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop_lab import Network, xor
from backprop_lab.beyond import GradientEstimate, angle, estimate_gradient, run, train_by_evolution_strategies

X, Y = xor()


def quadratic(seed: int, size: int = 30) -> tuple[Callable[[Any], float], np.ndarray, np.ndarray]:
    """Return a function whose third derivatives vanish, so that blurring leaves its gradient as it is, and a point."""
    rng = np.random.default_rng(seed)
    A, theta = rng.normal(size=(size, size)), rng.normal(size=size)
    return lambda t: float(t @ A @ t + t.sum()), theta, (A + A.T) @ theta + 1


def is_unbiased(estimate: GradientEstimate, truth: np.ndarray) -> bool:
    """Ask whether the errors look like normal ones of the claimed size: their mean square is 1, the largest below 5."""
    z = (estimate.gradient - truth) / estimate.standard_error
    return bool(0.4 < (z**2).mean() < 2 and np.abs(z).max() < 5)


# ----------------------------------------------------------------------- the estimate


@pytest.mark.parametrize("seed", range(5))
def test_it_is_unbiased_within_its_standard_error(seed: int) -> None:
    f, theta, truth = quadratic(seed)
    assert is_unbiased(estimate_gradient(f, theta, pairs=2000, spread=0.5, seed=seed), truth)


def test_at_a_network_it_estimates_what_backpropagation_computes() -> None:
    network = Network([2, 4, 3, 1], hidden="tanh", seed=1)
    truth = network.gradients(X, Y).vector
    estimate = estimate_gradient(
        lambda theta: network.with_parameters(theta).loss(X, Y), network.parameters, pairs=1500, spread=1e-3, seed=2
    )
    assert is_unbiased(estimate, truth)
    assert angle(estimate.gradient, truth) < 15


@pytest.mark.parametrize("factor", [-1, 0.5, 0, 1.5])
def test_a_biased_estimate_would_be_found(factor: float) -> None:
    f, theta, truth = quadratic(0)
    right = estimate_gradient(f, theta, pairs=2000, spread=0.5)
    assert not is_unbiased(GradientEstimate(factor * right.gradient, right.standard_error, 4000), truth)
    assert not is_unbiased(GradientEstimate(right.gradient, 3 * right.standard_error, 4000), truth)
    assert not is_unbiased(GradientEstimate(right.gradient, right.standard_error / 3, 4000), truth)


def test_its_variance_is_that_of_the_formula_and_falls_as_one_over_the_pairs() -> None:
    """|g|^2 (P + 1) / n in all, for a linear function."""
    slope = np.random.default_rng(0).normal(size=40)
    for pairs in (10, 100):
        errors = [
            estimate_gradient(lambda t: float(slope @ t), np.zeros(40), pairs=pairs, seed=seed).gradient - slope
            for seed in range(300)
        ]
        expected = float(slope @ slope) * (40 + 1) / pairs
        assert np.mean([e @ e for e in errors]) == pytest.approx(expected, rel=0.15)


def test_pairs_cancel_what_is_even_in_the_step() -> None:
    """At the bottom of a bowl every pair has equal values: the estimate is zero, without noise."""
    estimate = estimate_gradient(lambda t: float(t @ t), np.zeros(5), pairs=3, spread=0.1)
    np.testing.assert_array_equal(estimate.gradient, np.zeros(5))


def test_two_values_a_pair_at_points_of_any_shape_and_never_at_the_callers_array() -> None:
    theta, seen = np.random.default_rng(0).normal(size=(2, 3)), []

    def f(t: Any) -> float:
        seen.append(t.copy())
        t[...] = 0  # to no avail
        return float(seen[-1].sum())

    before = theta.copy()
    estimate = estimate_gradient(f, theta, pairs=7, spread=0.01)
    assert len(seen) == estimate.evaluations == 14
    assert estimate.gradient.shape == estimate.standard_error.shape == (2, 3)
    np.testing.assert_array_equal(theta, before)
    np.testing.assert_allclose(seen[0] + seen[1], 2 * theta)
    again = estimate_gradient(lambda t: float(t.sum()), theta, pairs=7, spread=0.01)
    np.testing.assert_allclose(estimate.gradient, again.gradient)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"x": np.ones(2, int)}, TypeError, "x has dtype int64, expected floating point"),
        ({"x": np.array([np.nan])}, ValueError, "x[0] is nan, expected finite numbers"),
        ({"pairs": 1}, ValueError, "pairs is 1, expected a whole number, at least 2"),
        ({"spread": 0.0}, ValueError, "spread is 0.0, expected a positive number"),
        ({"f": lambda t: t}, TypeError, "f returned an array of shape (2,), expected one number"),
        ({"f": lambda t: np.inf}, FloatingPointError, "f returned a value that is not finite near x"),
    ],
)
def test_what_can_not_be_estimated_is_refused(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    options = {"f": lambda t: float(t.sum()), "x": np.ones(2), "pairs": 3} | changes
    with pytest.raises(error, match=re.escape(message)), np.errstate(invalid="ignore"):
        estimate_gradient(options.pop("f"), options.pop("x"), **options)


# ----------------------------------------------------------------------- the training


@pytest.mark.parametrize("seed", range(3))
def test_it_learns_xor_with_forward_passes_only_but_many(seed: int) -> None:
    ours, theirs = run("evolution strategies", "xor", seed=seed), run("backpropagation", "xor", seed=seed)
    assert ours.accuracy == 1
    assert ours.loss < 0.01  # one half for every example costs 0.125
    assert ours.backward == 0
    assert ours.forward == 1000 * 4 * 16 == 16 * theirs.forward


def test_on_the_digits_it_is_worse_than_backpropagation_at_many_times_the_cost() -> None:
    ours, theirs = run("evolution strategies", "digits"), run("backpropagation", "digits")
    assert ours.accuracy is not None
    assert theirs.accuracy is not None
    assert 0.7 < ours.accuracy < theirs.accuracy  # a tenth by chance
    assert ours.loss > 3 * theirs.loss
    assert ours.forward == 6 * 1437 * 64 > 10 * (theirs.forward + theirs.backward)


def test_a_seed_tells_the_whole_story_and_float32_stays_float32() -> None:
    options: dict[str, Any] = {"epochs": 3, "learning_rate": 0.5, "pairs": 4, "batch_size": 2}
    networks = [Network([2, 3, 1], hidden="tanh", seed=1, dtype=np.float32) for _ in range(3)]
    first, second, third = (
        train_by_evolution_strategies(network, X, Y, seed=seed, **options)
        for network, seed in zip(networks, (4, 4, 5), strict=True)
    )
    assert first == second != third
    assert networks[0].parameters.dtype == np.float32
    assert first.loss[-1] == networks[0].loss(X, Y)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs is 0, expected a whole number, at least 1"),
        ({"learning_rate": 0.0}, ValueError, "learning_rate is 0.0, expected a positive number"),
        ({"pairs": 0}, ValueError, "pairs is 0, expected a whole number, at least 2"),
        ({"y": Y[:2]}, ValueError, "x has 4 examples but y has 2"),
        (
            {"learning_rate": 1e200},
            FloatingPointError,
            "the loss is not finite in epoch 1: try a smaller learning rate",
        ),
    ],
)
def test_a_bad_option_is_refused(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    options: dict[str, Any] = {"x": X, "y": Y, "epochs": 20, "learning_rate": 0.1, "pairs": 2} | changes
    with pytest.raises(error, match=re.escape(message)):
        train_by_evolution_strategies(Network([2, 3, 1], hidden="identity", output="identity"), **options)


def test_a_step_beyond_all_numbers_is_not_taken_and_what_is_no_function_is_refused() -> None:
    network, x = Network([1, 1], output="identity", seed=1), np.array([[1e3]])
    before = network.parameters.copy()
    with pytest.raises(FloatingPointError, match="the update is not finite in epoch 1: try a smaller learning rate"):
        train_by_evolution_strategies(network, x, -x, epochs=1, learning_rate=1e307, pairs=2)
    np.testing.assert_array_equal(network.parameters, before)
    with pytest.raises(TypeError, match="f is None, expected a function"):
        estimate_gradient(None, np.ones(2), pairs=2)  # type: ignore[arg-type]
