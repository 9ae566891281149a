"""Promise: the judge passes every right gradient, catches every wrong one, and says what it could not judge."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import Network, check_gradient, numerical_gradient, relu, train, xor

H = np.cbrt(np.finfo(float).eps)  # the default step for entries around 1
seeds = st.integers(0, 2**32 - 1)


def random_network(seed: int, hidden: str = "tanh") -> tuple[Network, np.ndarray, np.ndarray]:
    """Draw a network in which no two layers are alike, with biases, and a batch of several examples."""
    rng = np.random.default_rng(seed)
    network = Network([3, 4, 3, 2], hidden=hidden, output="sigmoid", initialization="normal", seed=rng)
    network.parameters += 0.3 * rng.normal(size=network.parameters.shape)
    return network, rng.normal(size=(4, 3)), rng.random((4, 2))


def judged(network: Network, x: np.ndarray, y: np.ndarray, gradient: np.ndarray, **options: Any) -> Any:
    return check_gradient(lambda p: network.with_parameters(p).loss(x, y), network.parameters, gradient, **options)


# ------------------------------------------------------------ central differences


def test_the_numerical_gradient_of_functions_done_by_hand() -> None:
    x = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, -1.0]])
    for f, slope in (
        (lambda x: float((x**3).sum()), 3 * x**2),
        (lambda x: float(np.sin(x).sum()), np.cos(x)),
        (lambda x: float(x[0, 0] * x[1, 2]), np.array([[-1.0, 0, 0], [0, 0, 1.0]])),
        (lambda x: 7, np.zeros((2, 3))),
    ):
        gradient = numerical_gradient(f, x)
        assert gradient.shape == x.shape
        np.testing.assert_allclose(gradient, slope, atol=1e-8)


def test_one_number_is_an_array_too() -> None:
    assert numerical_gradient(lambda x: float(x) ** 2, 3.0) == pytest.approx(6)
    assert check_gradient(lambda x: float(x) ** 2, np.array(3.0), np.array(6.0))
    assert not check_gradient(lambda x: float(x) ** 2, np.array(3.0), np.array(9.0))


def test_the_error_falls_with_the_square_of_the_step() -> None:
    def error(h: float) -> float:
        return abs(numerical_gradient(lambda x: float(np.exp(x[0])), np.array([0.0]), h=h)[0] - 1)

    assert error(1e-1) / error(1e-2) == pytest.approx(100, rel=0.01)


def test_the_step_grows_with_a_large_entry() -> None:
    assert numerical_gradient(lambda x: float(x[0] ** 2), np.array([1e12]))[0] == pytest.approx(2e12, rel=1e-8)


def test_the_step_is_one_that_the_format_can_take() -> None:
    """With a step that is rounded on the way to x + h a straight line would get the slope 1 plus or minus 1e-3."""
    x = np.float32([1.2345678])
    assert numerical_gradient(lambda x: float(x[0]), x, h=1e-4)[0] == 1


@given(seed=seeds)
def test_f_never_sees_x_itself(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(2, 3))
    before, seen = x.copy(), []

    def careless(point: np.ndarray) -> float:
        seen.append(np.shares_memory(point, x))
        value = float((point**2).sum())
        point[:] = np.nan  # spoils what it was handed
        return value

    np.testing.assert_allclose(numerical_gradient(careless, x), 2 * x, atol=1e-8)
    assert check_gradient(careless, x, 2 * x)
    assert not check_gradient(careless, x, 3 * x)
    assert not any(seen)
    np.testing.assert_array_equal(x, before)


# --------------------------------------------------------- right gradients pass


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu", "identity"])
@given(seed=seeds)
def test_a_right_gradient_passes(hidden: str, seed: int) -> None:
    network, x, y = random_network(seed, hidden)
    check = judged(network, x, y, network.gradients(x, y).vector)
    assert check
    assert check.relative_error < 1e-7
    assert check.entries == network.parameters.size


def trained_network(seed: int, epochs: int) -> tuple[Network, np.ndarray, np.ndarray]:
    network, (x, y) = Network([2, 4, 1], hidden="tanh", loss="binary_cross_entropy", seed=seed), xor()
    train(network, x, y, epochs=epochs, learning_rate=2.0)
    return network, x, y


@pytest.mark.parametrize("seed", range(3))
def test_the_tiny_gradients_of_a_trained_network_are_still_judged(seed: int) -> None:
    """Erratum E-29: there a gradient that is wrong by a factor of 2 differs by next to nothing."""
    network, x, y = trained_network(seed, epochs=2000)
    gradient = network.gradients(x, y).vector
    assert np.linalg.norm(gradient) < 2e-3
    assert judged(network, x, y, gradient)
    for wrong in (2 * gradient, gradient / 2, -gradient, 1.01 * gradient, 0 * gradient):
        assert not judged(network, x, y, wrong)


def test_a_gradient_of_a_hundred_thousandth_is_judged() -> None:
    """The numbers of erratum E-29: the norm is 1.8e-5, twice the gradient differs by only 1.8e-5."""
    network, x, y = trained_network(0, epochs=1000)
    gradient = network.gradients(x, y).vector
    scale = 1.8e-5 / np.linalg.norm(gradient)

    def scaled(parameters: np.ndarray) -> float:
        return scale * network.with_parameters(parameters).loss(x, y)

    assert check_gradient(scaled, network.parameters, scale * gradient)
    assert not check_gradient(scaled, network.parameters, 2 * scale * gradient)
    assert not check_gradient(scaled, network.parameters, 0 * gradient)


def test_a_vanished_gradient_passes() -> None:
    assert check_gradient(lambda x: float(np.cosh(x).sum()) * 1e3, np.zeros(5), np.zeros(5))


# ----------------------------------------------------- test the tester: wrong ones fail


def without_mean(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return network.gradients(x, y).vector * len(x)


def off_by_a_thousandth(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return network.gradients(x, y).vector * 1.001


def one_layer_off_by_a_thousandth(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    gradients = network.gradients(x, y)
    gradients[1].dW[...] *= 1.001
    return gradients.vector


def one_layer_with_its_sign_turned(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    gradients = network.gradients(x, y)
    gradients[0].dW[...] *= -1
    return gradients.vector


def one_entry_with_its_sign_turned(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    vector = network.gradients(x, y).vector
    vector[np.abs(vector).argmax()] *= -1
    return vector


def with_the_layer_transposed(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    gradients = network.gradients(x, y)
    dW = gradients[1].dW
    dW[...] = dW.T.reshape(dW.shape).copy()  # the same numbers, in the order of the transpose
    return gradients.vector


def without_the_slope(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    _, caches = network.forward(x)
    gradients = network.gradients(x, y)
    delta = gradients[2].delta @ network.layers[2].W
    gradients[1].dW[...] = delta.T @ caches[1].a_in
    return gradients.vector


def without_the_bias_term(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    gradients = network.gradients(x, y)
    gradients[1].db[...] = 0
    return gradients.vector


def with_a_mean_over_the_bias_term(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    gradients = network.gradients(x, y)
    gradients[2].db[...] = gradients[2].delta.mean(axis=0)
    return gradients.vector


MISTAKES = [
    without_mean,
    off_by_a_thousandth,
    one_layer_off_by_a_thousandth,
    one_layer_with_its_sign_turned,
    one_entry_with_its_sign_turned,
    with_the_layer_transposed,
    without_the_slope,
    without_the_bias_term,
    with_a_mean_over_the_bias_term,
]


@pytest.mark.parametrize("hidden", ["tanh", "relu"])
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_typical_mistake_is_rejected_in_every_network(mistake: Callable[..., np.ndarray], hidden: str) -> None:
    judgements = 0
    for seed in range(5):
        network, x, y = random_network(seed, hidden)
        wrong = mistake(network, x, y)
        right = network.gradients(x, y).vector
        if np.linalg.norm(wrong - right) > 1e-6:  # dead ReLUs may leave nothing to be wrong about
            judgements += 1
            check = judged(network, x, y, wrong)
            assert not check
            assert check.kinks == 0
    assert judgements >= 4


@given(seed=seeds, share=st.floats(1e-3, 1e3) | st.floats(-1e3, -1e-3))
def test_one_wrong_entry_is_found_and_named(seed: int, share: float) -> None:
    network, x, y = random_network(seed)
    right = network.gradients(x, y).vector
    worst = int(np.abs(right).argmax())
    wrong = right.copy()
    wrong[worst] *= 1 + share
    check = judged(network, x, y, wrong)
    assert not check
    assert check.worst == (worst,)
    assert check.given == wrong[worst]
    assert check.numerical == pytest.approx(right[worst], rel=1e-4, abs=1e-8)
    assert check.absolute_error == pytest.approx(abs(share * right[worst]), rel=1e-3)


def test_a_single_precision_check_still_finds_the_usual_mistakes() -> None:
    network = Network([3, 5, 2], dtype=np.float32, initialization="normal", seed=2)
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(4, 3)), rng.random((4, 2))
    gradient = network.gradients(x, y).vector
    assert judged(network, x, y, gradient)
    for wrong in (-gradient, 4 * gradient, 1.1 * gradient):
        assert not judged(network, x, y, wrong)


# -------------------------------------------------------------------------- kinks


def bent(at: float, left: float = 1.0, right: float = 2.0) -> Callable[[np.ndarray], float]:
    """Make a function of one entry with a kink, its slopes to the left and right of it."""
    return lambda x: float(np.where(x[0] < at, left, right) * (x[0] - at))


@pytest.mark.parametrize("claim", [0.0, 0.25, 1.0])
def test_at_a_kink_any_slope_between_the_sides_is_let_be_and_counted(claim: float) -> None:
    check = check_gradient(lambda x: float(relu(x).sum()), np.array([0.0, 3.0]), np.array([claim, 1.0]))
    assert check
    assert check.kinks == 1
    assert repr(check) == (
        "gradient right: 2 entries, relative error below 1e-06\n  1 left out, the function has a kink there"
    )


@pytest.mark.parametrize("claim", [-1.0, -0.01, 1.01, 2.0])
def test_at_a_kink_a_slope_that_is_on_neither_side_is_rejected(claim: float) -> None:
    check = check_gradient(lambda x: float(relu(x).sum()), np.array([0.0, 3.0]), np.array([claim, 1.0]))
    assert not check
    assert check.kinks == 0


DISTANCES = [0.001, 0.03, 0.05, 0.055, 0.06, 0.08, 0.09, 0.0999, 0.11, 0.2, 0.25, 1 / 3, 0.5, 0.9, 0.99, 1.01]


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("share", DISTANCES)
def test_a_kink_anywhere_within_a_step_never_costs_a_right_gradient_its_verdict(share: float, side: int) -> None:
    at = side * share * H
    assert check_gradient(bent(at), np.array([0.0]), np.array([2.0 if at < 0 else 1.0]))


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("share", [share for share in DISTANCES if share > 0.1])
@pytest.mark.parametrize("factor", [1.001, 0.999, 1.5, 2.0, -1.0])
def test_a_wrong_gradient_near_but_not_at_a_kink_is_caught(share: float, side: int, factor: float) -> None:
    at = side * share * H
    right = 2.0 if at < 0 else 1.0
    check = check_gradient(bent(at), np.array([0.0]), np.array([factor * right]))
    assert not check
    assert check.kinks == 0
    assert check.numerical == pytest.approx(right, rel=1e-6)


@pytest.mark.parametrize("x", [0.0, 1e-7, 1e-5, 1e-3, 2e-3, 0.1])
@pytest.mark.parametrize("scale", [1.0, 1e3, 1e6])
def test_a_smooth_valley_is_not_taken_for_a_kink(x: float, scale: float) -> None:
    """Near a minimum the slopes to the left and right differ in sign, and yet a wrong gradient has no excuse."""

    def f(x: np.ndarray) -> float:
        return scale * float(x[0] ** 2)

    right = 2 * scale * x
    assert check_gradient(f, np.array([x]), np.array([right]))
    for wrong in (1.0005 * right + 1e-6 * scale, -right - 1e-6 * scale):
        check = check_gradient(f, np.array([x]), np.array([wrong]))
        assert not check
        assert check.kinks == 0


def test_a_jump_is_not_taken_for_a_kink() -> None:
    check = check_gradient(lambda x: float(x[0] > 0), np.array([0.0]), np.array([1.0]))
    assert not check
    assert check.kinks == 0


def network_on_its_kinks() -> tuple[Network, np.ndarray, np.ndarray]:
    """Return a ReLU network and a batch with a blank example: its hidden units are exactly at the kink."""
    rng = np.random.default_rng(3)
    network = Network([3, 4, 2], hidden="relu", output="identity", initialization="normal", seed=rng)
    return network, np.vstack([np.zeros((1, 3)), rng.normal(size=(4, 3))]), rng.normal(size=(5, 2))


def test_the_kinks_of_a_relu_network_are_left_out_and_counted() -> None:
    """Erratum E-27: a padded input with zero biases is exactly at the kink, and that is not rare."""
    network, x, y = network_on_its_kinks()
    check = judged(network, x, y, network.gradients(x, y).vector)
    assert check
    assert check.kinks == 4  # the four biases of the hidden layer; a blank input has no weights to move


@pytest.mark.parametrize("factor", [1.001, 2.0, -1.0])
def test_kinks_do_not_excuse_the_other_entries(factor: float) -> None:
    network, x, y = network_on_its_kinks()
    assert not judged(network, x, y, factor * network.gradients(x, y).vector)


# --------------------------------------------------------------------- what it says


def test_a_passing_check_says_a_bound_and_a_failing_one_says_where() -> None:
    x = np.array([[1.0, 2.0], [3.0, 4.0]])

    def f(x: np.ndarray) -> float:
        return float((x**2).sum())

    assert repr(check_gradient(f, x, 2 * x)) == "gradient right: 4 entries, relative error below 1e-06"
    wrong = 2 * x
    wrong[1, 0] = 5
    assert repr(check_gradient(f, x, wrong)) == (
        "gradient WRONG: 4 entries, relative error 0.047\n  worst at [1, 0]: given 5, by differences 6"
    )
    assert repr(check_gradient(lambda x: float(x) ** 2, np.array(1.0), np.array(1.0))) == (
        "gradient WRONG: 1 entry, relative error 0.33\n  worst: given 1, by differences 2"
    )


def test_the_tolerance_is_the_callers_choice() -> None:
    x = np.array([1.0])
    assert not check_gradient(lambda x: float(x[0] ** 2), x, np.array([2.002]))
    check = check_gradient(lambda x: float(x[0] ** 2), x, np.array([2.002]), tolerance=1e-3)
    assert check.passed
    assert check.relative_error == pytest.approx(0.002 / 4.002, rel=1e-6)
    assert repr(check) == "gradient right: 1 entry, relative error below 0.001"


# ------------------------------------------------------------------------- the door


def square(x: np.ndarray) -> float:
    return float((x**2).sum())


@pytest.mark.parametrize(
    ("f", "x", "gradient", "error", "message"),
    [
        (square, np.array([1, 2]), np.array([2.0, 4.0]), TypeError, "x has dtype int64, expected floating point"),
        (square, np.array([1.0, 2.0]), np.array([2, 4]), TypeError, "gradient has dtype int64, expected floating po"),
        (square, np.array([1.0, np.nan]), np.ones(2), ValueError, "x has values that are not finite"),
        (square, np.ones(2), np.array([np.inf, 1.0]), ValueError, "gradient has values that are not finite"),
        (square, np.ones((2, 3)), np.ones((3, 2)), ValueError, "gradient has shape (3, 2) but x has (2, 3)"),
        (square, np.ones(2), np.ones((2, 1)), ValueError, "they must be twins"),
        (square, np.ones(0), np.ones(0), ValueError, "x is empty: there is nothing to check"),
        (lambda x: x, np.ones(2), np.ones(2), TypeError, "f returned an array of shape (2,), expected one number"),
        (lambda x: None, np.ones(2), np.ones(2), TypeError, "f returned None, expected one number"),
        (lambda x: "0.5", np.ones(2), np.ones(2), TypeError, "f returned '0.5', expected one number"),
        (lambda x: 1j, np.ones(2), np.ones(2), TypeError, "f returned 1j, expected one number"),
        (lambda x: np.nan, np.ones(2), np.ones(2), ValueError, "f returned nan, expected a finite number"),
        (lambda x: np.inf, np.ones(2), np.ones(2), ValueError, "f returned inf, expected a finite number"),
    ],
)
def test_what_can_not_be_judged_is_refused(
    f: Any, x: np.ndarray, gradient: np.ndarray, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        check_gradient(f, x, gradient)


@pytest.mark.parametrize("h", [0.0, -1e-5, np.nan, np.inf])
def test_a_step_that_is_none_is_refused(h: float) -> None:
    with pytest.raises(ValueError, match="expected a positive step"):
        numerical_gradient(square, np.ones(2), h=h)


def test_a_step_that_the_format_can_not_take_is_refused_rather_than_divided_by() -> None:
    with pytest.raises(ValueError, match="h is 1e-17: 1 does not move by so little in float64"):
        numerical_gradient(square, np.ones(2), h=1e-17)


@pytest.mark.parametrize("h", [10.0**-k for k in range(1, 16)])
def test_any_step_that_moves_x_gets_a_verdict(h: float) -> None:
    check = check_gradient(lambda x: float(np.sin(x[0])), np.array([1.0]), np.array([np.cos(1.0)]), h=h)
    assert check.passed == (h < 5e-3) or h < 1e-7  # below 1e-7 rounding decides
