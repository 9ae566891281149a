"""Promise: the parts that all rules share are backpropagation's own, and the loop that trains by them hides nothing."""

from __future__ import annotations

import math
import re
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import Network, check_gradient, train, xor
from backprop_lab.beyond import (
    Run,
    angle,
    carry_back,
    descend,
    gradient_from_deltas,
    output_delta,
    train_by_backpropagation,
    train_by_direct_feedback_alignment,
    train_by_evolution_strategies,
    train_by_feedback_alignment,
    train_by_synthetic_gradients,
)
from backprop_lab.layers import Dense, Sequential

seeds = st.integers(0, 2**32 - 1)
X, Y = xor()


def random_case(witness: SimpleNamespace, seed: int) -> tuple[Network, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = [int(n) for n in rng.integers(2, 6, size=rng.integers(2, 6))]
    loss, output = [
        ("half_squared_error", "identity"),
        ("mean_squared_error", "tanh"),
        ("categorical_cross_entropy", "softmax"),
        ("binary_cross_entropy", "sigmoid"),
    ][rng.integers(4)]
    network = Network(sizes, hidden=str(rng.choice(["tanh", "sigmoid", "relu"])), output=output, loss=loss, seed=rng)
    network.parameters += rng.normal(size=network.parameters.shape) / 2
    n = int(rng.integers(1, 6))
    return network, rng.normal(size=(n, sizes[0])), witness.targets(rng, loss, (n, sizes[-1]))


# ------------------------------------------------------------------------ the parts


@given(seed=seeds)
def test_carried_through_its_own_weights_delta_is_that_of_backpropagation(witness: SimpleNamespace, seed: int) -> None:
    network, x, y = random_case(witness, seed)
    _, caches = network.forward(x)
    deltas, truth = carry_back(network, caches, output_delta(network, caches, y)), network.backward(caches, y)
    for delta, true in zip(deltas, truth, strict=True):
        np.testing.assert_allclose(delta, true.delta, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(gradient_from_deltas(network, caches, deltas), truth.vector, rtol=1e-12, atol=1e-15)


@given(seed=seeds)
def test_the_gradient_from_deltas_is_that_of_an_independent_implementation(witness: SimpleNamespace, seed: int) -> None:
    network, x, y = random_case(witness, seed)
    _, caches = network.forward(x)
    gradient = gradient_from_deltas(network, caches, carry_back(network, caches, output_delta(network, caches, y)))
    expected = witness.grad(witness.loss_of_parameters(network, x, y))(network.parameters)
    np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-11)
    assert check_gradient(lambda theta: network.with_parameters(theta).loss(x, y), network.parameters, gradient)


@given(seed=seeds)
def test_carrying_back_is_linear_in_each_row(witness: SimpleNamespace, seed: int) -> None:
    network, x, y = random_case(witness, seed)
    _, caches = network.forward(x)
    delta, factors = output_delta(network, caches, y), np.random.default_rng(seed).normal(size=(len(x), 1))
    for once, scaled in zip(
        carry_back(network, caches, delta), carry_back(network, caches, factors * delta), strict=True
    ):
        np.testing.assert_allclose(scaled, factors * once, rtol=1e-12, atol=1e-15)


def test_nothing_that_is_handed_in_changes_and_a_second_call_gives_the_same() -> None:
    network = Network([2, 3, 1], hidden="tanh", seed=3)
    _, caches = network.forward(X)
    delta, parameters = output_delta(network, caches, Y), network.parameters.copy()
    kept = delta.copy()
    first, second = (gradient_from_deltas(network, caches, carry_back(network, caches, delta)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(delta, kept)
    np.testing.assert_array_equal(network.parameters, parameters)
    assert not np.shares_memory(first, network.parameters)


# ------------------------------------------------------------------------- the angle


@pytest.mark.parametrize("degrees", [0.0, 1e-7, 30.0, 90.0, 135.0, 180.0])
def test_an_angle_is_measured_to_the_last_digits_even_near_zero(degrees: float) -> None:
    turned = np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])
    assert angle(np.array([5.0, 0.0]), 0.1 * turned) == pytest.approx(degrees, rel=1e-9, abs=1e-13)


def test_an_array_is_taken_as_one_long_vector_and_zero_points_nowhere() -> None:
    u, v = np.random.default_rng(0).normal(size=(2, 3, 4))
    cosine = (u * v).sum() / np.sqrt((u * u).sum() * (v * v).sum())
    assert angle(u, v) == angle(v, u) == pytest.approx(np.degrees(np.arccos(cosine)))
    assert angle(u, u) == 0
    assert angle(u, -u) == 180
    assert angle(u, 0 * u) == 90


# ------------------------------------------------------------------------- the loop


def test_training_by_backpropagation_is_what_train_does() -> None:
    ours, theirs = (Network([2, 3, 1], hidden="tanh", seed=1) for _ in range(2))
    run = train_by_backpropagation(ours, X, Y, epochs=20, learning_rate=0.5)
    train(theirs, X, Y, epochs=20, learning_rate=0.5)
    np.testing.assert_allclose(ours.parameters, theirs.parameters, rtol=1e-10)
    assert run.angles == ((0.0, 0.0),) * 20


def test_a_run_says_what_it_reached_and_what_it_cost() -> None:
    network = Network([2, 3, 1], hidden="tanh", seed=1)
    at_start = network.loss(X, Y)
    run = train_by_backpropagation(network, X, Y, epochs=5, learning_rate=0.5, batch_size=3)
    assert len(run.loss) == 1 + 5
    assert run.loss[0] == at_start
    assert run.loss[-1] == network.loss(X, Y)
    assert (run.forward, run.backward) == (20, 20)
    assert repr(Run((0.25, 1e-30), 8, 4)) == "Run(loss 0.25 to below 1e-9, 8 forward, 4 backward)"


def test_the_angle_is_seen_by_the_loop_and_not_told_by_the_rule() -> None:
    """A rule with the sign wrong goes the other way, 180 degrees off; one without slopes is somewhere between."""
    network = Network([2, 3, 1], hidden="tanh", seed=1)

    def wrong_sign(caches: Any, y: Any) -> Any:
        return [-delta for delta in carry_back(network, caches, output_delta(network, caches, y))]

    def no_slope(caches: Any, y: Any) -> Any:
        delta = output_delta(network, caches, y)
        return [delta @ network.layers[1].W, delta]

    run = descend(network, X, Y, wrong_sign, epochs=1, learning_rate=0.1)
    assert run.angles == ((180.0, 180.0),)
    assert run.loss[1] > run.loss[0]
    hidden, output = descend(network, X, Y, no_slope, epochs=1, learning_rate=0.1).angles[0]
    assert 0.1 < hidden < 90
    assert output == 0


def test_a_seed_tells_the_whole_story_and_the_data_stay_as_they_are() -> None:
    x, y = X.copy(), Y.copy()
    x.flags.writeable = y.flags.writeable = False
    options: dict[str, Any] = {"epochs": 5, "learning_rate": 0.5, "batch_size": 2}
    first, second, third = (
        train_by_backpropagation(Network([2, 3, 1], seed=1), x, y, seed=seed, **options) for seed in (4, 4, 5)
    )
    assert first == second != third


def test_float32_stays_float32() -> None:
    network = Network([2, 3, 1], hidden="tanh", seed=1, dtype=np.float32)
    _, caches = network.forward(X)
    deltas = carry_back(network, caches, output_delta(network, caches, Y.astype(np.float32)))
    assert {array.dtype for array in (*deltas, gradient_from_deltas(network, caches, deltas))} == {np.dtype("float32")}
    train_by_backpropagation(network, X, Y, epochs=2, learning_rate=0.5)
    assert network.parameters.dtype == np.float32


# ------------------------------------------------------------------------- the door


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs is 0, expected a whole number, at least 1"),
        ({"epochs": True}, ValueError, "epochs is True, expected a whole number"),
        ({"epochs": 1.5}, ValueError, "epochs is 1.5, expected a whole number"),
        ({"learning_rate": -0.1}, ValueError, "learning_rate is -0.1, expected a positive number"),
        ({"learning_rate": float("nan")}, ValueError, "learning_rate is nan, expected a positive number"),
        ({"learning_rate": "fast"}, TypeError, "learning_rate is 'fast', expected a positive number"),
        ({"batch_size": 0}, ValueError, "batch_size is 0, expected a whole number, at least 1"),
        ({"x": X[:, :1]}, ValueError, "x has shape (4, 1), expected (N, 2)"),
        ({"x": X[:3]}, ValueError, "x has 3 examples but y has 4"),
        ({"x": X.astype(int)}, TypeError, "x has dtype int64, expected floating point"),
        ({"x": X * np.nan}, ValueError, "x[0, 0] is nan, expected finite numbers"),
        ({"x": X[:0], "y": Y[:0]}, ValueError, "x is empty: expected at least one example"),
        ({"y": Y.ravel()}, ValueError, "y has shape (4,), expected (N, 1)"),
    ],
)
def test_a_bad_option_is_refused_before_anything_moves(
    changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    network = Network([2, 3, 1])
    before = network.parameters.copy()
    with pytest.raises(error, match=re.escape(message)):
        train_by_backpropagation(network, **{"x": X, "y": Y, "epochs": 1, "learning_rate": 0.1} | changes)
    np.testing.assert_array_equal(network.parameters, before)


def test_deltas_and_matrices_of_another_shape_are_refused() -> None:
    network = Network([2, 3, 1])
    _, caches = network.forward(X)
    delta = output_delta(network, caches, Y)
    with pytest.raises(ValueError, match=re.escape("delta has shape (4,), expected (4, 1)")):
        carry_back(network, caches, delta.ravel())
    with pytest.raises(ValueError, match=re.escape("feedback[0] has shape (3, 1), expected (1, 3)")):
        carry_back(network, caches, delta, [np.ones((3, 1))])
    with pytest.raises(ValueError, match="feedback has 2 matrices, expected 1: one for each hidden layer"):
        carry_back(network, caches, delta, [np.ones((1, 3))] * 2)
    with pytest.raises(TypeError, match=r"feedback\[0\] has dtype int64, expected floating point"):
        carry_back(network, caches, delta, [np.ones((1, 3), dtype=int)])
    with pytest.raises(ValueError, match=re.escape("delta of layer 1 has shape (4, 1), expected (4, 3)")):
        gradient_from_deltas(network, caches, [delta, delta])
    with pytest.raises(ValueError, match="deltas has 1 entries but the network has 2 layers"):
        gradient_from_deltas(network, caches, [delta])
    with pytest.raises(ValueError, match=re.escape("y has shape (4, 2)")):
        output_delta(network, caches, X)
    with pytest.raises(ValueError, match=re.escape("u has shape (2,) but v has (3,): expected equal shapes")):
        angle(np.ones(2), np.ones(3))


def test_it_stops_when_the_update_is_no_number_and_keeps_the_parameters() -> None:
    network = Network([2, 3, 3, 1], hidden="identity", output="identity", seed=1)
    with pytest.raises(FloatingPointError, match=r"the update is not finite in epoch \d+: try a smaller learning rate"):
        train_by_backpropagation(network, X, Y, epochs=2000, learning_rate=30.0)
    assert np.isfinite(network.parameters).all()


@pytest.mark.parametrize("learning_rate", [1e307, 1e304])
def test_a_step_beyond_all_numbers_is_not_taken(learning_rate: float) -> None:
    rng = np.random.default_rng(0)
    network = Network([3, 2], output="identity")
    before = network.parameters.copy()
    x, y = 1e4 * rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    with pytest.raises(FloatingPointError, match="the update is not finite in epoch 1: try a smaller learning rate"):
        train_by_backpropagation(network, x, y, epochs=1, learning_rate=learning_rate)
    np.testing.assert_array_equal(network.parameters, before)


def test_an_angle_needs_no_square_that_overflows_or_vanishes() -> None:
    for size in (1e200, 1e-200, 1.0):
        assert angle(np.full(2, size), np.array([size, 0])) == pytest.approx(45, rel=1e-14)
        assert angle(np.array([size, 0]), np.array([0, -size])) == pytest.approx(90, rel=1e-14)
        assert angle(np.full(2, size), np.full(2, -size)) == pytest.approx(180, rel=1e-14)


@pytest.mark.parametrize("network", [None, Sequential([Dense(2, 1)]), Network])
@pytest.mark.parametrize(
    "train",
    [
        train_by_backpropagation,
        train_by_feedback_alignment,
        train_by_direct_feedback_alignment,
        train_by_synthetic_gradients,
        partial(train_by_evolution_strategies, pairs=2),
    ],
)
def test_only_a_network_can_be_trained(train: Any, network: Any) -> None:
    with pytest.raises(TypeError, match=r"^network is .*, expected a Network$"):
        train(network, X, Y, epochs=1, learning_rate=0.1)


def test_what_is_no_rule_no_list_or_no_cache_is_refused() -> None:
    network: Any = Network([2, 3, 1])
    caches = network.forward(X)[1]
    delta = np.ones((4, 1))
    wrong: list[tuple[Any, type[Exception], str]] = [
        (
            lambda: descend(network, X, Y, None, epochs=1, learning_rate=0.1),
            TypeError,
            "rule is None, expected a functi",
        ),
        (
            lambda: descend(network, X, Y, lambda caches, y: None, epochs=1, learning_rate=0.1),
            TypeError,
            "deltas is None, expected a list of arrays, one for each layer",
        ),
        (lambda: carry_back(None, caches, delta), TypeError, "network is None, expected a Network"),
        (lambda: carry_back(network, None, delta), TypeError, "caches is None, expected what forward returned: 2"),
        (lambda: carry_back(network, caches[1:], delta), ValueError, "caches holds 1 things, expected what forward"),
        (
            lambda: carry_back(network, caches, np.ones((4, 1), int)),
            TypeError,
            "delta has dtype int64, expected floating",
        ),
        (lambda: carry_back(network, caches, delta, 3), TypeError, "feedback is 3, expected a list of 1 matrices, one"),
        (lambda: output_delta(network, [], Y), ValueError, "caches holds 0 things"),
        (lambda: gradient_from_deltas(network, caches, ["a", delta]), ValueError, "delta of layer 1 has shape ()"),
    ]
    for call, error, message in wrong:
        with pytest.raises(error, match=re.escape(message)):
            call()


def test_lists_are_deltas_too_and_what_is_not_finite_is_carried_for_the_caller_to_report() -> None:
    network = Network([2, 3, 1], dtype=np.float32)
    _, caches = network.forward(X)
    delta = output_delta(network, caches, Y)
    assert delta.dtype == np.float32
    deltas: Any = carry_back(network, caches, delta.tolist())
    expected = gradient_from_deltas(network, caches, carry_back(network, caches, delta))
    np.testing.assert_allclose(gradient_from_deltas(network, caches, [d.tolist() for d in deltas]), expected, rtol=1e-6)
    assert np.isnan(carry_back(network, caches, np.full((4, 1), np.nan))[0]).all()
