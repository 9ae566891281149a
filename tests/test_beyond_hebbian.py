"""Promise: Oja's rule finds the first principal component, plain Hebb finds no end, and backpropagation agrees."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.beyond import (
    angle_between_lines,
    hebb,
    oja,
    principal_component,
    problem,
    train_by_backpropagation,
    train_by_hebbian_rule,
)

seeds = st.integers(0, 2**32 - 1)


def cloud(seed: int, n: int = 400) -> np.ndarray:
    """Draw a centered cloud that is longest along one direction, in random orientation."""
    rng = np.random.default_rng(seed)
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    x = rng.normal(size=(n, 4)) * [2.0, 1.0, 0.7, 0.3] @ rotation
    return x - x.mean(axis=0)


# -------------------------------------------------------------------------- the rules


def test_both_rules_by_hand() -> None:
    """At w = (1, 2), x = (3, -1) the activation is 1; a rate of 0.1."""
    w, x = np.array([1.0, 2.0]), np.array([3.0, -1.0])
    np.testing.assert_allclose(hebb(w, x, 0.1), [1.3, 1.9])
    np.testing.assert_allclose(oja(w, x, 0.1), [1.2, 1.7])
    np.testing.assert_array_equal(w, [1.0, 2.0])


@given(seed=seeds)
def test_oja_rests_on_average_at_the_eigenvectors_and_nowhere_else(seed: int) -> None:
    x = cloud(seed)
    eigenvectors = np.linalg.eigh(x.T @ x).eigenvectors.T
    mean_step = [np.mean([oja(w, example, 1.0) - w for example in x], axis=0) for w in eigenvectors]
    np.testing.assert_allclose(mean_step, np.zeros((4, 4)), atol=1e-12)
    between = (eigenvectors[0] + eigenvectors[3]) / np.sqrt(2)
    assert np.abs(np.mean([oja(between, example, 1.0) - between for example in x], axis=0)).max() > 0.01


@given(seed=seeds)
def test_the_component_is_the_direction_of_the_largest_mean_square(seed: int) -> None:
    x = cloud(seed)
    component = principal_component(x)
    _, _, directions = np.linalg.svd(x)
    assert np.linalg.norm(component) == pytest.approx(1)
    assert angle_between_lines(component, directions[0]) == pytest.approx(0, abs=1e-5)


def test_a_line_has_no_sign() -> None:
    u, v = np.array([1.0, 0.0]), np.array([-1.0, 1.0])
    assert angle_between_lines(u, v) == pytest.approx(45)
    assert angle_between_lines(u, -u) == 0


# ----------------------------------------------------------------------- the training


@pytest.mark.parametrize("seed", range(4))
def test_oja_finds_the_first_principal_component(seed: int) -> None:
    x = cloud(seed)
    run = train_by_hebbian_rule(x, epochs=10, learning_rate=0.02, seed=seed)
    eigenvector = np.linalg.eigh(np.cov(x, rowvar=False)).eigenvectors[:, -1]
    assert angle_between_lines(run.w, eigenvector) < 3  # degrees; a random direction is some 60 away
    assert np.linalg.norm(run.w) == pytest.approx(1, abs=0.02)
    assert run.angle[-1] == pytest.approx(angle_between_lines(run.w, eigenvector), abs=1e-5)
    assert run.angle[0] > 10 * run.angle[-1]
    assert run.loss[-1] == pytest.approx(((x - np.outer(x @ eigenvector, eigenvector)) ** 2).sum() / 800, rel=0.01)
    assert (run.forward, run.backward) == (10 * 400, 0)
    assert len(run.loss) == len(run.length) == len(run.angle) == 11
    assert run.length[0] == pytest.approx(1)


@pytest.mark.parametrize("seed", range(3))
def test_on_the_digits_it_agrees_with_the_eigenvector_and_with_backpropagation(seed: int) -> None:
    """A linear network that must give back its input through one unit has its minimum there (Baldi and Hornik 1989)."""
    p = problem("component")
    component = principal_component(p.x)
    best = ((p.x - np.outer(p.x @ component, component)) ** 2).sum() / (2 * len(p.x))
    ours = train_by_hebbian_rule(p.x, epochs=15, learning_rate=0.03, seed=seed)
    network = p.network(seed)
    theirs = train_by_backpropagation(network, p.x, p.y, epochs=15, learning_rate=0.2, batch_size=32, seed=seed)
    assert ours.angle[-1] < 3
    assert angle_between_lines(network.layers[1].W[:, 0], component) < 10
    assert best <= ours.loss[-1] < 1.001 * best
    assert best < theirs.loss[-1] < 1.01 * best
    assert 1.1 * best < ours.loss[0]  # a random direction tells nearly nothing


def test_plain_hebb_turns_the_same_way_but_grows_without_bound() -> None:
    x = cloud(0)
    run = train_by_hebbian_rule(x, epochs=2, learning_rate=0.01, rule="hebb")
    assert run.angle[-1] < 10
    assert run.length[-1] > 1000
    with pytest.raises(
        FloatingPointError, match=r"the weights grew beyond all bounds in epoch \d+: nothing holds them"
    ):
        train_by_hebbian_rule(x, epochs=100, learning_rate=1.0, rule="hebb")


def test_a_seed_tells_the_whole_story_float32_stays_float32_and_the_data_stay_as_they_are() -> None:
    x = cloud(0).astype(np.float32)
    x.flags.writeable = False
    first, second, third = (train_by_hebbian_rule(x, epochs=2, learning_rate=0.02, seed=seed) for seed in (4, 4, 5))
    assert first == second != third
    np.testing.assert_array_equal(first.w, second.w)
    assert first.w.dtype == np.float32


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"x": np.ones(3)}, ValueError, "x has shape (3,), expected (N, n): one example a row, at least one"),
        ({"x": np.ones((0, 3))}, ValueError, "x has shape (0, 3), expected (N, n)"),
        ({"x": np.ones((3, 2), int)}, TypeError, "x has dtype int64, expected floating point"),
        ({"x": np.full((3, 2), np.nan)}, ValueError, "x[0, 0] is nan"),
        ({"epochs": 0}, ValueError, "epochs is 0, expected a whole number"),
        ({"learning_rate": -1.0}, ValueError, "learning_rate is -1.0, expected a positive number"),
        ({"rule": "sanger"}, ValueError, "unknown rule 'sanger': choose one of hebb, oja"),
        ({"learning_rate": 50.0}, FloatingPointError, "in epoch 1: try a smaller learning rate"),
    ],
)
def test_a_bad_option_is_refused(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        train_by_hebbian_rule(**{"x": cloud(0), "epochs": 1, "learning_rate": 0.1} | changes)
