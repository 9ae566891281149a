"""Promise: the Jacobian is right, the step solves the damped least squares, and both reach what SciPy reaches."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import Network, check_gradient, xor
from backprop_lab.beyond import damped_step, residual_jacobian, run, train_by_levenberg_marquardt

seeds = st.integers(0, 2**32 - 1)
X, Y = xor()


def random_case(seed: int) -> tuple[Network, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = [int(n) for n in rng.integers(1, 5, size=rng.integers(2, 5))]
    output = str(rng.choice(["identity", "tanh", "sigmoid", "softmax"]))
    network = Network(sizes, hidden=str(rng.choice(["tanh", "sigmoid"])), output=output, seed=rng)
    network.parameters += rng.normal(size=network.parameters.shape) / 2
    n = int(rng.integers(1, 6))
    return network, rng.normal(size=(n, sizes[0])), rng.normal(size=(n, sizes[-1]))


def is_jacobian(network: Network, x: np.ndarray, jacobian: np.ndarray, seed: int) -> bool:
    """Ask central differences, with residuals of random weights: a gradient that no two rows have in common."""
    weights = np.random.default_rng(seed).normal(size=len(jacobian))
    return bool(
        check_gradient(
            lambda theta: float(weights @ network.with_parameters(theta).predict(x).ravel()),
            network.parameters,
            weights @ jacobian,
        )
    )


# --------------------------------------------------------------------- the Jacobian


@given(seed=seeds)
def test_the_jacobian_is_that_of_central_differences(seed: int) -> None:
    network, x, _ = random_case(seed)
    jacobian = residual_jacobian(network, x)
    assert jacobian.shape == (len(x) * network.sizes[-1], network.parameters.size)
    assert is_jacobian(network, x, jacobian, seed)


def columns_of(network: Network) -> Any:
    """Return where each weight and bias lies in the parameters, in layers of whole numbers."""
    return network.with_parameters(np.arange(network.parameters.size, dtype=float)).layers


@given(seed=seeds)
def test_the_jacobian_is_that_of_an_independent_implementation(witness: SimpleNamespace, seed: int) -> None:
    network, x, _ = random_case(seed)
    jacobian = residual_jacobian(network, x)
    for row, ours in enumerate(jacobian):
        expected = witness.grad(lambda weights, row=row: predictions(witness, network, weights, x)[row])(
            [(np.array(layer.W), np.array(layer.b)) for layer in network.layers]
        )
        for (dW, db), column in zip(expected, columns_of(network), strict=True):
            np.testing.assert_allclose(ours[column.W.astype(int)], dW, rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(ours[column.b.astype(int)], db, rtol=1e-9, atol=1e-12)


def predictions(witness: SimpleNamespace, network: Network, weights: Any, x: np.ndarray) -> Any:
    a = x
    for (W, b), layer in zip(weights, network.layers, strict=True):
        a = witness.activations[layer.activation.name](a @ W.T + b)
    return a.ravel()


@pytest.mark.parametrize("output", ["identity", "softmax"])
def test_the_jacobian_is_that_of_jax(output: str) -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    network, x = Network([3, 4, 2], hidden="tanh", output=output, seed=1), np.random.default_rng(1).normal(size=(5, 3))
    last = {"identity": lambda z: z, "softmax": lambda z: jax.nn.softmax(z, axis=1)}[output]

    @jax.jit
    def predictions(weights: Any) -> Any:
        (V, c), (W, b) = weights
        return last(jax.numpy.tanh(x @ V.T + c) @ W.T + b).ravel()

    jacobian = residual_jacobian(network, x)
    expected = jax.jacrev(predictions)([(np.array(layer.W), np.array(layer.b)) for layer in network.layers])
    for (dW, db), column in zip(expected, columns_of(network), strict=True):
        np.testing.assert_allclose(jacobian[:, column.W.astype(int)], dW, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(jacobian[:, column.b.astype(int)], db, rtol=1e-9, atol=1e-12)


@given(seed=seeds)
def test_its_product_with_the_residuals_is_the_gradient(seed: int) -> None:
    network, x, y = random_case(seed)
    residuals = (network.predict(x) - y).ravel()
    gradient = residual_jacobian(network, x).T @ residuals / len(x)
    np.testing.assert_allclose(gradient, network.gradients(x, y).vector, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("mistake", ["sign", "mean over the batch", "order of the rows", "slope", "one per cent"])
def test_a_wrong_jacobian_would_be_found(mistake: str) -> None:
    network = Network([3, 4, 2], hidden="tanh", output="identity", seed=1)
    x = np.random.default_rng(1).normal(size=(5, 3))
    right = residual_jacobian(network, x)
    linear = Network.from_weights([(layer.W, layer.b) for layer in network.layers], hidden="identity")
    wrong = {
        "sign": -right,
        "mean over the batch": right / len(x),
        "order of the rows": right.reshape(5, 2, -1).transpose(1, 0, 2).reshape(right.shape),
        "slope": residual_jacobian(linear, x),
        "one per cent": right * np.where(np.arange(right.shape[1]) == 7, 1.01, 1),
    }
    assert is_jacobian(network, x, right, seed=2)
    assert not is_jacobian(network, x, wrong[mistake], seed=2)


def test_float32_stays_float32_and_nothing_that_is_handed_in_changes() -> None:
    network, x = Network([2, 3, 2], hidden="tanh", seed=1, dtype=np.float32), X.astype(np.float32)
    x.flags.writeable, before = False, network.parameters.copy()
    first, second = residual_jacobian(network, x), residual_jacobian(network, x)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(network.parameters, before)
    run = train_by_levenberg_marquardt(network, x, np.eye(2, dtype=np.float32)[[0, 1, 1, 0]], steps=20)
    assert network.parameters.dtype == np.float32
    assert run.loss[-1] < 0.01


# ------------------------------------------------------------------------- the step


@given(seed=seeds)
def test_the_step_solves_the_augmented_least_squares(seed: int) -> None:
    """Minimizing |r + J s|^2 + damping |s|^2 is least squares with sqrt(damping) I below J and zeros below r."""
    rng = np.random.default_rng(seed)
    m, p = rng.integers(1, 9, size=2)
    J, r, damping = rng.normal(size=(m, p)), rng.normal(size=m), float(10 ** rng.uniform(-3, 3))
    augmented = np.vstack([J, np.sqrt(damping) * np.eye(p)])
    expected = np.linalg.lstsq(augmented, np.concatenate([-r, np.zeros(p)]), rcond=None)[0]
    np.testing.assert_allclose(damped_step(J, r, damping), expected, rtol=1e-8, atol=1e-10)


def test_little_damping_is_gauss_newton_and_much_is_a_short_step_against_the_gradient() -> None:
    rng = np.random.default_rng(0)
    J, r = rng.normal(size=(9, 4)), rng.normal(size=9)
    np.testing.assert_allclose(damped_step(J, r, 1e-12), np.linalg.lstsq(J, -r, rcond=None)[0], rtol=1e-9)
    np.testing.assert_allclose(damped_step(J, r, 1e9) * 1e9, -(J.T @ r), rtol=1e-7)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            (np.ones((3, 2)), np.ones(2), 1.0),
            ValueError,
            "jacobian has shape (3, 2) and residuals (2,), expected (M, P)",
        ),
        ((np.ones(3), np.ones(3), 1.0), ValueError, "jacobian has shape (3,) and residuals (3,), expected (M, P)"),
        ((np.ones((3, 2), int), np.ones(3), 1.0), TypeError, "jacobian has dtype int64"),
        ((np.ones((3, 2)), np.full(3, np.inf), 1.0), ValueError, "residuals[0] is inf"),
        ((np.ones((3, 2)), np.ones(3), 0.0), ValueError, "damping is 0.0, expected a positive number"),
    ],
)
def test_a_step_from_what_fits_together_badly_is_refused(
    arguments: tuple[Any, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        damped_step(*arguments)


# ----------------------------------------------------------------------- the method


@pytest.mark.parametrize("seed", range(5))
def test_it_reaches_the_minimum_that_scipy_reaches(seed: int) -> None:
    """Both start beside the curve that the noise was added to; from anywhere they may find different minima."""
    optimize, rng = pytest.importorskip("scipy.optimize"), np.random.default_rng(seed)
    weights = [(np.array([[3.0], [3.0]]), np.array([-3.0, 3.0])), (np.array([[1.0, -0.8]]), np.array([0.2]))]
    truth = Network.from_weights(weights, hidden="tanh", output="identity")
    x = np.linspace(-2, 2, 60)[:, np.newaxis]
    y = truth.predict(x) + 0.05 * rng.normal(size=x.shape)
    network = truth.with_parameters(truth.parameters + 0.3 * rng.normal(size=truth.parameters.shape))
    theirs = optimize.least_squares(
        lambda theta: (network.with_parameters(theta).predict(x) - y).ravel(), network.parameters.copy(), method="lm"
    )
    run = train_by_levenberg_marquardt(network, x, y, steps=50)
    assert run.loss[0] > 2 * run.loss[-1]
    assert run.loss[-1] == pytest.approx(theirs.cost / len(x), rel=1e-9)
    np.testing.assert_allclose(network.parameters, theirs.x, rtol=1e-3, atol=1e-4)
    assert 0.5 * 0.05**2 / 2 < run.loss[-1] < 0.05**2 / 2 * 1.5  # the noise is what remains


def test_a_linear_problem_is_solved_in_one_step_of_gain_one() -> None:
    rng = np.random.default_rng(0)
    x, y, network = rng.normal(size=(20, 3)), rng.normal(size=(20, 2)), Network([3, 2], output="identity", seed=1)
    run = train_by_levenberg_marquardt(network, x, y, steps=1, damping=1e-9)
    ones = np.hstack([x, np.ones((20, 1))])
    residuals = ones @ np.linalg.lstsq(ones, y, rcond=None)[0] - y
    assert run.gain_ratio == (pytest.approx(1),)
    assert network.loss(x, y) == pytest.approx((residuals**2).sum() / 40)


@pytest.mark.parametrize("damping", [1e-6, 1e3])
def test_the_loss_never_rises_and_the_damping_follows_the_gain(damping: float) -> None:
    network = Network([2, 3, 1], hidden="tanh", seed=3)
    run = train_by_levenberg_marquardt(network, X, Y, steps=25, damping=damping)
    assert run.damping[0] == damping
    assert len(run.loss) == len(run.damping) + 1 == len(run.gain_ratio) + 1
    for before, after, gain in zip(run.loss[:-1], run.loss[1:], run.gain_ratio, strict=True):
        assert after < before if gain > 0 else after == before
    for before, after, gain in zip(run.damping[:-1], run.damping[1:], run.gain_ratio[:-1], strict=True):
        factor = 0.1 if gain > 0.75 else 10 if gain < 0.25 else 1
        assert after == pytest.approx(factor * before) or (
            factor < 1 and after > factor * before
        )  # kept above rounding
    assert run.loss[-1] == network.loss(X, Y)


def test_a_step_that_raises_the_loss_is_taken_back_and_damped() -> None:
    network = Network([2, 3, 1], hidden="tanh", seed=3)
    run = train_by_levenberg_marquardt(network, X, Y, steps=40, damping=1e-8)
    assert min(run.gain_ratio) < 0
    assert run.loss[-1] < 1e-6


def test_passes_are_counted_one_back_for_each_output_of_each_accepted_step() -> None:
    network = Network([2, 3, 2], hidden="tanh", output="identity", seed=3)
    run = train_by_levenberg_marquardt(network, X, np.eye(2)[[0, 1, 1, 0]], steps=10)
    accepted = sum(gain > 0 for gain in run.gain_ratio)
    assert run.forward == 4 * (1 + len(run.gain_ratio))
    assert run.backward == 4 * 2 * (1 + accepted)


def test_it_stops_where_it_can_fall_no_further() -> None:
    x, y = np.array([[1.0], [2.0]]), np.array([[3.0], [5.0]])
    network = Network.from_weights([([[2.0]], [1.0])], output="identity")
    run = train_by_levenberg_marquardt(network, x, y, steps=50)
    assert run.loss == (0.0,)
    assert run.gain_ratio == ()
    np.testing.assert_array_equal(network.layers[0].W, [[2.0]])


def test_it_needs_far_fewer_passes_than_gradient_descent_on_a_fit() -> None:
    ours, theirs = run("Levenberg-Marquardt", "fit"), run("backpropagation", "fit")
    assert ours.loss < theirs.loss / 10
    assert ours.forward + ours.backward < (theirs.forward + theirs.backward) / 10


@pytest.mark.parametrize(
    ("options", "changes", "message"),
    [
        (
            {"loss": "binary_cross_entropy"},
            {},
            "the loss is binary_cross_entropy, but Levenberg-Marquardt is for sums of squares: "
            "choose one of half_squared_error, mean_squared_error",
        ),
        ({}, {"steps": 0}, "steps is 0, expected a whole number, at least 1"),
        ({}, {"damping": -1.0}, "damping is -1.0, expected a positive number"),
        ({}, {"factor": 1.0}, "factor is 1.0, expected more than 1"),
        ({}, {"x": X[:2]}, "x has 2 examples but y has 4"),
        ({}, {"y": Y * np.nan}, "y[0, 0] is nan"),
    ],
)
def test_a_bad_option_is_refused(options: dict[str, Any], changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        train_by_levenberg_marquardt(Network([2, 3, 1], **options), **{"x": X, "y": Y, "steps": 1} | changes)


def test_squares_that_overflow_are_told_and_the_parameters_stay() -> None:
    network = Network([2, 1], output="identity")
    before = network.parameters.copy()
    with pytest.raises(
        FloatingPointError, match=r"the squares of the residuals overflow, with entries up to 1.08e\+199: scale"
    ):
        train_by_levenberg_marquardt(network, 1e200 * X, Y, steps=3)
    network.parameters = np.zeros(3)
    with pytest.raises(
        FloatingPointError, match=r"the squares of the jacobian overflow, with entries up to 1e\+200: sc"
    ):
        train_by_levenberg_marquardt(network, 1e200 * X, Y, steps=3)
    with pytest.raises(FloatingPointError, match="the squares of the jacobian overflow"):
        damped_step(np.full((2, 2), 1e200), np.ones(2), 1.0)
    assert not np.array_equal(network.parameters, before)
    np.testing.assert_array_equal(network.parameters, np.zeros(3))


@pytest.mark.parametrize("network", [None, Network])
def test_only_a_network_has_a_jacobian(network: Any) -> None:
    for call in (lambda: residual_jacobian(network, X), lambda: train_by_levenberg_marquardt(network, X, Y, steps=1)):
        with pytest.raises(TypeError, match=r"network is .*, expected a Network"):
            call()
