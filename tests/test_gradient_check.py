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
from backprop_lab.gradient_check import check_directions, step_errors

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


# --------------------------------------------------- other methods: forward differences, the complex step


def wave(x: np.ndarray) -> Any:
    """Every entry differs from its neighbors, and complex numbers pass through."""
    return (np.sin(x) * np.exp(x / 2)).sum() + x.ravel()[0] * x.ravel()[-1]


def slope_of_wave(x: np.ndarray) -> np.ndarray:
    slope = (np.cos(x) + np.sin(x) / 2) * np.exp(x / 2)
    slope.flat[0] += x.flat[-1]
    slope.flat[-1] += x.flat[0]
    return slope


@pytest.mark.parametrize(("method", "bound"), [("central", 1e-9), ("forward", 1e-6), ("complex", 1e-15)])
@given(seed=seeds)
def test_each_method_is_as_exact_as_it_says(method: Any, bound: float, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(3, 2))
    right = slope_of_wave(x)
    error = np.linalg.norm(numerical_gradient(wave, x, method=method) - right) / np.linalg.norm(right)
    assert error < bound
    assert check_gradient(wave, x, right, method=method)
    for wrong in (-right, 2 * right, 1.001 * right, right.T.reshape(3, 2), 0 * right):
        assert not check_gradient(wave, x, wrong, method=method)


@pytest.mark.parametrize(("method", "calls"), [("central", 12), ("forward", 7), ("complex", 6)])
def test_each_method_takes_as_many_calls_as_it_says(method: Any, calls: int) -> None:
    """Erratum E-32: 2n for central differences, n + 1 for forward ones."""
    seen = []

    def counted(x: np.ndarray) -> Any:
        seen.append(x.dtype.kind)
        return wave(x)

    numerical_gradient(counted, np.ones((2, 3)), method=method)
    assert len(seen) == calls
    assert set(seen) == {"c" if method == "complex" else "f"}


def test_the_complex_step_has_no_step_that_is_too_small() -> None:
    x = np.array([0.7])
    for h in (1e-8, 1e-20, 1e-100, 1e-200):
        assert numerical_gradient(wave, x, h, method="complex")[0] == pytest.approx(slope_of_wave(x)[0], rel=1e-15)


def test_the_complex_step_agrees_with_jax() -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    x = np.random.default_rng(0).normal(size=(2, 3))

    def f(x: Any) -> Any:
        np_or_jnp = jax.numpy if isinstance(x, jax.Array) else np
        return np_or_jnp.log(1 + np_or_jnp.exp(x)).sum() * np_or_jnp.tanh(x[0, 0] * x[1, 2])

    right = np.asarray(jax.grad(f)(jax.numpy.asarray(x)))
    check = check_gradient(f, x, right, method="complex")
    assert check
    assert check.relative_error < 1e-15


def test_a_complex_step_in_single_precision() -> None:
    x = np.float32([[0.5, -1.5, 2.0]])
    assert numerical_gradient(wave, x, method="complex").dtype == np.float32
    assert check_gradient(wave, x, slope_of_wave(x), method="complex")
    assert not check_gradient(wave, x, np.float32(1.001) * slope_of_wave(x), method="complex")


@pytest.mark.parametrize(
    "careless",
    [
        lambda x: float(wave(x)),
        lambda x: wave(x).real,
        lambda x: np.abs(wave(x)),
        lambda x: 7,
    ],
)
def test_a_function_that_drops_the_imaginary_part_is_refused_by_the_complex_step(careless: Any) -> None:
    with pytest.raises(TypeError, match="complex"):
        numerical_gradient(careless, np.ones(2), method="complex")


def test_a_function_that_loses_imaginary_parts_on_its_way_is_blamed_in_place_of_the_gradient() -> None:
    x = np.array([0.5, 2.0])
    check = check_gradient(lambda x: (np.abs(x) * x).sum(), x, 2 * x, method="complex")
    assert not check
    assert check.cause.startswith("f loses imaginary parts (abs, .real, a conjugate)")
    wrong = check_gradient(lambda x: (x**2).sum(), x, -2 * x, method="complex")
    assert wrong.cause == "factor -1: the sign is turned"


def test_a_failing_check_says_by_which_method() -> None:
    x = np.array([1.0, 2.0])
    assert repr(check_gradient(lambda x: (x**2).sum(), x, 3 * x, method="complex")) == (
        "gradient WRONG: 2 entries, relative error 0.2\n  worst at [1]: given 6, by the complex step 4"
    )


@pytest.mark.parametrize("method", ["central", "forward", "complex"])
def test_kinks_are_left_out_and_counted_by_every_method(method: Any) -> None:
    def f(x: np.ndarray) -> Any:
        return np.where(x.real > 0, x, 0).sum()

    x = np.array([0.0, 3.0])
    for claim in (0.0, 1.0):
        check = check_gradient(f, x, np.array([claim, 1.0]), method=method)
        assert check
        assert check.kinks <= 1
    for claim in (-0.5, 1.5):
        assert not check_gradient(f, x, np.array([claim, 1.0]), method=method)
    assert not check_gradient(f, x, np.array([0.0, 0.9]), method=method)


@pytest.mark.parametrize("distance", [1e-9, 1e-7, 1e-6])
def test_a_kink_within_a_step_does_not_mislead_the_complex_step(distance: float) -> None:
    check = check_gradient(
        lambda x: np.where(x.real > distance, x, 0).sum(), np.array([0.0, 3.0]), np.array([0.0, 1.0]), method="complex"
    )
    assert check
    assert check.kinks == 0


# ----------------------------------------------------------------- fewer calls: directions and samples


@pytest.mark.parametrize("method", ["central", "forward", "complex"])
@given(seed=seeds)
def test_a_handful_of_directions_judges_a_gradient_of_any_size(method: Any, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(30, 20))
    right = slope_of_wave(x)
    calls = []

    def counted(x: np.ndarray) -> Any:
        calls.append(1)
        return wave(x)

    check = check_directions(counted, x, right, directions=3, method=method, seed=seed)
    assert check
    assert check.entries == 3
    assert len(calls) <= 7  # and not 1,200
    for wrong in (-right, 2 * right, 1.01 * right, right.T.reshape(x.shape), np.zeros_like(x)):
        assert not check_directions(wave, x, wrong, method=method, seed=seed)


def test_directions_judge_a_whole_network_and_catch_each_typical_mistake() -> None:
    network, x, y = random_network(0)

    def f(p: np.ndarray) -> float:
        return network.with_parameters(p).loss(x, y)

    assert check_directions(f, network.parameters, network.gradients(x, y).vector)
    for mistake in MISTAKES:
        assert not check_directions(f, network.parameters, mistake(network, x, y)), mistake.__name__


def test_a_check_of_directions_says_so() -> None:
    x = np.array([1.0, 2.0])
    assert repr(check_directions(square, x, 2 * x)) == "gradient right: 4 directions, relative error below 1e-06"
    one = repr(check_directions(square, x, -2 * x, directions=1))
    assert re.match(r"gradient WRONG: 1 direction, relative error 1\n  worst at \[0\]: given .*, by differences", one)
    assert check_directions(square, x, -2 * x).cause == "factor -1: the sign is turned"


@given(seed=seeds)
def test_a_sample_of_entries_finds_an_error_that_lies_in_it(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(4, 5))
    right = slope_of_wave(x)
    check = check_gradient(wave, x, right, entries=7, seed=seed)
    assert check
    assert check.entries == 7
    wrong = right + 1e-3
    check = check_gradient(wave, x, wrong, entries=7, seed=seed)
    assert not check
    assert len(check.worst) == 2
    assert check.given == wrong[check.worst]
    assert check.numerical == pytest.approx(right[check.worst], abs=1e-8)
    assert check_gradient(wave, x, right, entries=20, seed=seed).entries == 20


def test_a_sample_leaves_out_what_it_does_not_hold_and_the_seed_decides() -> None:
    x = np.ones(1000)
    wrong = 2 * x
    wrong[17] = 0
    assert not check_gradient(square, x, wrong)
    verdicts = {bool(check_gradient(square, x, wrong, entries=300, seed=seed)) for seed in range(12)}
    assert verdicts == {True, False}
    assert check_gradient(square, x, wrong, entries=5, seed=3) == check_gradient(square, x, wrong, entries=5, seed=3)


# ------------------------------------------------------------------------------- the error over the step


def loss_curve(method: Any, seed: int, dtype: Any = np.float64, steps: Any = None) -> Any:
    """Return the errors for the 2-4-1 network of erratum E-28, on XOR, with all of the numbers in one type."""
    rng = np.random.RandomState(seed)
    parameters = np.concatenate([0.5 * rng.randn(8), np.zeros(4), 0.5 * rng.randn(4), np.zeros(1)])
    x, y = (part.astype(dtype) for part in xor())

    def f(p: np.ndarray) -> Any:
        hidden = 1 / (1 + np.exp(-(x @ p[:8].reshape(2, 4) + p[8:12])))
        z = hidden @ p[12:16] + p[16]
        a = 1 / (1 + np.exp(-z))
        return -np.mean(y[:, 0] * np.log(a) + (1 - y[:, 0]) * np.log(1 - a))

    gradient = numerical_gradient(f, parameters, method="complex").astype(dtype)
    return step_errors(f, parameters.astype(dtype), gradient, method=method, steps=steps)


@pytest.mark.parametrize(
    ("h", "error"), [(1e-3, 3.1e-8), (1e-4, 3.1e-10), (1e-6, 8.3e-10), (1e-7, 7.1e-9), (1e-8, 8.5e-8)]
)
def test_the_errors_over_the_step_are_those_of_erratum_28(h: float, error: float) -> None:
    """Medians over 20 seeds: 1e-7 is far from the best step of central differences."""
    errors = [loss_curve("central", seed, steps=[h]).error[0] for seed in range(20)]
    assert np.median(errors) == pytest.approx(error, rel=0.5)


@pytest.mark.parametrize(
    ("method", "low", "high", "best"), [("central", 3e-6, 2e-4, 1e-9), ("forward", 1e-9, 1e-6, 1e-6)]
)
def test_differences_have_a_best_step_and_lose_on_both_sides_of_it(
    method: Any, low: float, high: float, best: float
) -> None:
    curve = loss_curve(method, 0)
    assert low < curve.best < high
    assert curve.smallest < best
    assert curve.error[0] > 1e3 * curve.smallest < curve.error[-1]
    assert (np.diff(curve.h) > 0).all()


def test_the_complex_step_has_one_side_only() -> None:
    curve = loss_curve("complex", 0)
    assert (curve.error[curve.h < 1e-8] < 1e-14).all()
    assert curve.error[-1] > 1e-4
    assert loss_curve("complex", 0, steps=[1e-100]).smallest < 1e-14


def test_in_single_precision_the_best_step_is_large_and_the_usual_one_useless() -> None:
    """Erratum E-28: at 1e-7 nine tenths of the gradient are noise, the best is near 1e-2."""
    curve = loss_curve("central", 0, np.float32)
    assert curve.h.min() == pytest.approx(1e-6)
    assert 1e-3 < curve.best < 0.1
    assert curve.smallest < 1e-4
    assert loss_curve("central", 0, np.float32, steps=[1e-6]).error[0] > 0.01


def test_a_curve_says_its_best_step() -> None:
    curve = step_errors(lambda x: np.exp(x[0]), np.array([0.0]), np.array([1.0]), steps=[1e-2, 1e-1])
    assert curve.h.tolist() == [0.01, 0.1]
    assert curve.best == 0.01
    assert repr(curve) == "StepErrors(central: 2 steps from 0.01 to 0.1, smallest error 8.3e-06 at h = 1.0e-02)"


# --------------------------------------------------------------------------------------- likely causes


@given(seed=seeds)
def test_a_simple_mistake_is_named(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(4, 3))
    right = slope_of_wave(x)
    for claim, cause in (
        (-right, "factor -1: the sign is turned"),
        (2 * right, "factor 2: a square without its 1/2, a path counted twice, or a missing mean over 2"),
        (right / 2, "factor 1/2: a 1/2 too many, a path left out, or a mean over 2 too many"),
        (32 * right, "factor 32: the mean over 32 is missing"),
        (right / 32, "factor 1/32: a mean over 32 too many"),
        (-32 * right, "factor -32: the mean over 32 is missing and a turned sign"),
        (1.7 * right, "factor 1.7 throughout"),
        (5.3 * right, "factor 5.3 throughout"),
        (right.T.reshape(4, 3), "transposed: the same numbers in the order of the transpose"),
        (0 * right, "all zero: was it computed at all?"),
    ):
        for method in ("central", "complex"):
            check = check_gradient(wave, x, claim, method=method)  # type: ignore[arg-type]
            assert not check
            assert check.cause == cause
    single = right.copy()
    single[2, 1] += 1
    assert check_gradient(wave, x, single).cause == "a single entry: only the one at [2, 1] is wrong"


def test_a_square_matrix_that_is_transposed_is_named() -> None:
    x = np.random.default_rng(0).normal(size=(3, 3))
    assert check_gradient(wave, x, slope_of_wave(x).T).cause.startswith("transposed")


def test_no_cause_is_made_up() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 3))
    assert check_gradient(wave, x, slope_of_wave(x)).cause == ""
    assert check_gradient(wave, x, rng.normal(size=(4, 3))).cause == ""
    assert (
        check_gradient(lambda x: 3.0 * x[0], np.array([1.0]), np.array([3.7])).cause == ""
    )  # one number fits anything
    assert check_gradient(lambda x: 7.0, np.ones(2), np.ones(2)).cause == ""


def test_the_cause_is_not_shown_where_it_was_not_asked_for() -> None:
    assert "sign" not in repr(check_gradient(square, np.ones(2), -2 * np.ones(2)))


# -------------------------------------------------------------------------------- the door, continued


@pytest.mark.parametrize("tolerance", [0.0, -1e-6, np.nan, np.inf])
def test_a_tolerance_that_is_none_is_refused(tolerance: float) -> None:
    for check in (check_gradient, check_directions):
        with pytest.raises(ValueError, match=f"tolerance is {tolerance}, expected a positive number"):
            check(square, np.ones(2), np.ones(2), tolerance=tolerance)


def test_half_precision_is_refused() -> None:
    half = np.ones(2, np.float16)
    with pytest.raises(TypeError, match="x has dtype float16, too coarse for a small step: convert it to float64"):
        numerical_gradient(square, half)
    with pytest.raises(TypeError, match="gradient has dtype float16"):
        check_gradient(square, np.ones(2), half)


def test_the_gradients_of_a_network_are_handed_in_as_a_vector() -> None:
    network, x, y = random_network(0)
    with pytest.raises(TypeError, match=r"one gradient for each layer: pass gradients\.vector"):
        judged(network, x, y, network.gradients(x, y))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(method="backward"), "unknown method 'backward': choose one of central, forward, complex"),
        (dict(entries=0), "entries is 0, expected a whole number from 1 to 2"),
        (dict(entries=3), "entries is 3, expected a whole number from 1 to 2"),
        (dict(entries=1.5), "entries is 1.5, expected a whole number from 1 to 2"),
        (dict(entries=True), "entries is True, expected a whole number from 1 to 2"),
    ],
)
def test_an_option_that_is_none_is_refused(options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        check_gradient(square, np.ones(2), np.ones(2), **options)


def test_directions_and_steps_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="directions is 0, expected a whole number from 1 up"):
        check_directions(square, np.ones(2), np.ones(2), directions=0)
    with pytest.raises(ValueError, match="steps is empty: expected at least one"):
        step_errors(square, np.ones(2), np.ones(2), steps=np.array([]))
    with pytest.raises(ValueError, match="expected a positive step"):
        step_errors(square, np.ones(2), np.ones(2), steps=[0.0, 1.0])
    with pytest.raises(TypeError, match="steps has dtype int64"):
        step_errors(square, np.ones(2), np.ones(2), steps=[1, 2])
    with pytest.raises(ValueError, match="expected a positive step"):
        numerical_gradient(wave, np.ones(2), -1.0, method="complex")
    with pytest.raises(TypeError, match=re.escape("f returned an array of shape (2,), expected one number")):
        numerical_gradient(lambda x: x, np.ones(2), method="complex")
    with pytest.raises(ValueError, match="expected a finite number"):
        numerical_gradient(lambda x: x[0] * np.inf, np.ones(2), method="complex")
