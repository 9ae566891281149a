"""Promise: with the right matrices it is backpropagation; with random ones it learns, and its angle tells why."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import reduce
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import Network, xor
from backprop_lab.beyond import (
    Run,
    angle,
    direct_feedback_deltas,
    feedback_deltas,
    random_direct_feedback,
    random_feedback,
    run,
    train_by_backpropagation,
    train_by_direct_feedback_alignment,
    train_by_feedback_alignment,
)

seeds = st.integers(0, 2**32 - 1)
X, Y = xor()


def random_case(
    witness: SimpleNamespace, seed: int, hidden_layers: int, hidden: str = "tanh"
) -> tuple[Network, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = [int(n) for n in rng.integers(2, 6, size=hidden_layers + 2)]
    network = Network(sizes, hidden=hidden, output="softmax", loss="categorical_cross_entropy", seed=rng)
    n = int(rng.integers(1, 6))
    return (
        network,
        rng.normal(size=(n, sizes[0])),
        witness.targets(rng, "categorical_cross_entropy", (n, sizes[-1])),
    )


def is_backpropagation(network: Network, x: np.ndarray, y: np.ndarray, rule: Callable[..., Any]) -> bool:
    _, caches = network.forward(x)
    deltas, truth = rule(caches, y), network.backward(caches, y)
    return all(np.allclose(d, t.delta, rtol=1e-12, atol=1e-16) for d, t in zip(deltas, truth, strict=True))


# --------------------------------------------------------- the right matrices


@given(seed=seeds, depth=st.integers(0, 3))
def test_with_the_weights_as_feedback_it_is_backpropagation(witness: SimpleNamespace, seed: int, depth: int) -> None:
    network, x, y = random_case(witness, seed, depth)
    weights = [layer.W for layer in network.layers[1:]]
    assert is_backpropagation(network, x, y, lambda caches, y: feedback_deltas(network, caches, y, weights))


@given(seed=seeds)
def test_with_one_hidden_layer_direct_feedback_through_the_weights_is_too(witness: SimpleNamespace, seed: int) -> None:
    network, x, y = random_case(witness, seed, 1)
    weights = [network.layers[1].W]
    assert is_backpropagation(network, x, y, lambda caches, y: direct_feedback_deltas(network, caches, y, weights))


@given(seed=seeds, depth=st.integers(2, 4))
def test_in_a_linear_network_direct_feedback_through_the_products_is_too(
    witness: SimpleNamespace, seed: int, depth: int
) -> None:
    network, x, y = random_case(witness, seed, depth, hidden="identity")
    weights = [layer.W for layer in network.layers[1:]]
    products = [reduce(np.matmul, reversed(weights[l:])) for l in range(depth)]
    assert is_backpropagation(network, x, y, lambda caches, y: direct_feedback_deltas(network, caches, y, products))


def test_with_one_hidden_layer_both_are_the_same() -> None:
    network = Network([2, 5, 1], hidden="tanh", seed=1)
    runs = [
        train(network.with_parameters(network.parameters), X, Y, epochs=10, learning_rate=1.0, seed=4)
        for train in (train_by_feedback_alignment, train_by_direct_feedback_alignment)
    ]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("mistake", ["sign", "no slope", "layer below", "one per cent"])
def test_a_wrong_backward_pass_would_be_found(witness: SimpleNamespace, mistake: str) -> None:
    network, x, y = random_case(witness, 3, 2)
    weights = [layer.W for layer in network.layers[1:]]

    def wrong(caches: Sequence[Any], y: Any) -> Any:
        deltas = feedback_deltas(network, caches, y, weights)
        if mistake == "sign":
            return feedback_deltas(network, caches, y, [-W for W in weights])
        if mistake == "no slope":
            return [deltas[1] @ weights[0], deltas[2] @ weights[1], deltas[2]]
        if mistake == "layer below":
            return [np.zeros_like(deltas[0]), *deltas[1:]]
        return [deltas[0] * 1.01, *deltas[1:]]

    assert is_backpropagation(network, x, y, lambda caches, y: feedback_deltas(network, caches, y, weights))
    assert not is_backpropagation(network, x, y, wrong)


# ----------------------------------------------------------- random matrices


def test_random_matrices_have_the_shapes_that_the_rules_ask_for() -> None:
    network = Network([2, 5, 4, 3], seed=1, dtype=np.float32)
    assert [B.shape for B in random_feedback(network, 0)] == [(4, 5), (3, 4)]
    assert [B.shape for B in random_direct_feedback(network, 0)] == [(3, 5), (3, 4)]
    assert {B.dtype for B in random_feedback(network) + random_direct_feedback(network)} == {np.dtype("float32")}
    np.testing.assert_array_equal(random_feedback(network, 7)[0], random_feedback(network, 7)[0])
    assert (random_feedback(network, 7)[0] != random_feedback(network, 8)[0]).all()


def test_the_output_layer_learns_from_its_true_delta() -> None:
    network = Network([2, 4, 3, 2], hidden="tanh", seed=1)
    _, caches = network.forward(X)
    y = np.eye(2)[[0, 1, 1, 0]]
    for rule, draw in ((feedback_deltas, random_feedback), (direct_feedback_deltas, random_direct_feedback)):
        deltas = rule(network, caches, y, draw(network))
        np.testing.assert_allclose(deltas[-1], network.backward(caches, y)[-1].delta, rtol=1e-12)
        assert angle(deltas[0], network.backward(caches, y)[0].delta) > 10


def mean_hidden_angle(run: Run, epoch: int) -> float:
    return float(np.mean(run.angles[epoch][:-1]))


@pytest.mark.parametrize("method", ["feedback alignment", "direct feedback alignment"])
def test_on_the_digits_it_learns_and_its_angle_falls(method: str) -> None:
    """From near 90 degrees, as chance has it, to well below: the forward weights align (Lillicrap et al. 2016)."""
    result = run(method, "digits", epochs=8)
    assert result.accuracy is not None
    assert result.accuracy > 0.9  # a tenth by chance
    assert 75 < mean_hidden_angle(result.run, 0) < 100
    assert mean_hidden_angle(result.run, -1) < 60
    assert result.run.angles[-1][-1] == pytest.approx(0, abs=1e-6)
    assert (result.forward, result.backward) == (8 * 1437, 8 * 1437)


@pytest.mark.parametrize("seed", range(3))
def test_it_learns_xor(seed: int) -> None:
    result = run("feedback alignment", "xor", seed=seed)
    assert result.accuracy == 1
    assert result.loss < 0.01  # one half for every example costs 0.125


def test_without_feedback_the_hidden_layer_stays() -> None:
    network = Network([2, 4, 1], hidden="tanh", seed=1)
    before = network.layers[0].W.copy()
    run = train_by_feedback_alignment(network, X, Y, epochs=5, learning_rate=1.0, feedback=[np.zeros((1, 4))])
    np.testing.assert_array_equal(network.layers[0].W, before)
    assert run.angles[0] == (90.0, 0.0)


def test_the_matrices_stay_as_they_are_even_where_the_weights_themselves_are_handed_in() -> None:
    network, fixed = (Network([2, 4, 1], hidden="tanh", seed=1) for _ in range(2))
    options: dict[str, Any] = {"epochs": 50, "learning_rate": 1.0}
    live = train_by_feedback_alignment(network, X, Y, feedback=[network.layers[1].W], **options)
    kept = train_by_feedback_alignment(fixed, X, Y, feedback=[fixed.layers[1].W.copy()], **options)
    truth = train_by_backpropagation(Network([2, 4, 1], hidden="tanh", seed=1), X, Y, **options)
    assert live == kept
    assert live.loss[1] == pytest.approx(truth.loss[1], rel=1e-12)  # the first step is that of backpropagation
    assert live.loss[-1] != pytest.approx(truth.loss[-1], rel=1e-3)  # and then W moves on


def test_float32_stays_float32() -> None:
    for train in (train_by_feedback_alignment, train_by_direct_feedback_alignment):
        network = Network([2, 4, 3, 1], hidden="tanh", seed=1, dtype=np.float32)
        train(network, X, Y, epochs=3, learning_rate=0.5)
        assert network.parameters.dtype == np.float32


@pytest.mark.parametrize("rule", [feedback_deltas, direct_feedback_deltas])
@pytest.mark.parametrize(
    ("feedback", "error", "message"),
    [
        ([], ValueError, "feedback has 0 matrices, expected 1: one for each hidden layer"),
        ([np.ones((4, 1))], ValueError, "feedback[0] has shape (4, 1), expected (1, 4)"),
        ([np.ones((1, 4), int)], TypeError, "feedback[0] has dtype int64, expected floating point"),
        ([np.full((1, 4), np.nan)], ValueError, "feedback[0][0, 0] is nan, expected finite numbers"),
    ],
)
def test_matrices_that_do_not_fit_are_refused(
    rule: Callable[..., Any], feedback: Any, error: type[Exception], message: str
) -> None:
    network = Network([2, 4, 1])
    _, caches = network.forward(X)
    with pytest.raises(error, match=re.escape(message)):
        rule(network, caches, Y, feedback)


@pytest.mark.parametrize("train", [train_by_feedback_alignment, train_by_direct_feedback_alignment])
def test_feedback_that_is_no_list_is_refused(train: Any) -> None:
    with pytest.raises(TypeError, match="feedback is 3, expected a list of 1 matrices, one for each hidden layer"):
        train(Network([2, 3, 1]), X, Y, feedback=3, epochs=1, learning_rate=0.1)
