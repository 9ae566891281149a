"""Promise: the four equations give the gradient, of any network, loss and batch; and the door lets nothing wrong in."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backprop_lab.network
from backprop_lab import Activation, Network, check_gradient, sigmoid, train, xor
from witness import HIDDEN, OUTPUTS

seeds = st.integers(0, 2**32 - 1)


def random_case(witness: SimpleNamespace, seed: int, **fixed: Any) -> tuple[Network, np.ndarray, np.ndarray]:
    """Draw a network of random depth and widths with random biases too, a batch, and targets."""
    rng = np.random.default_rng(seed)
    sizes = [int(n) for n in rng.integers(1, 6, size=rng.integers(2, 6))]
    loss = fixed.get("loss", str(rng.choice(list(OUTPUTS))))
    options = {
        "hidden": str(rng.choice(HIDDEN)),
        "output": str(rng.choice(OUTPUTS[loss])),
        "loss": loss,
    } | fixed
    if options["output"] == "softmax":
        sizes[-1] = max(2, sizes[-1])
    sizes = options.pop("sizes", sizes)
    network = Network(sizes, seed=rng, **options)
    network.parameters += rng.normal(size=network.parameters.shape) / 2
    batch = int(rng.integers(1, 6))
    return network, rng.normal(size=(batch, sizes[0])), witness.targets(rng, loss, (batch, sizes[-1]))


def gradient_is_right(network: Network, x: np.ndarray, y: np.ndarray) -> bool:
    return bool(
        check_gradient(
            lambda theta: network.with_parameters(theta).loss(x, y), network.parameters, network.gradients(x, y).vector
        )
    )


# ------------------------------------------------------ the equations, by other means


@pytest.mark.parametrize("loss", OUTPUTS)
@given(seed=seeds)
def test_the_gradient_is_that_of_an_independent_implementation(loss: str, witness: SimpleNamespace, seed: int) -> None:
    network, x, y = random_case(witness, seed, loss=loss)
    cost = witness.loss_of_parameters(network, x, y)
    assert network.loss(x, y) == pytest.approx(cost(network.parameters), rel=1e-10, abs=1e-14)
    expected = witness.grad(cost)(network.parameters)
    size = np.abs(expected).max()
    np.testing.assert_allclose(network.gradients(x, y).vector, expected, rtol=1e-8, atol=1e-11 * max(1, size))


@pytest.mark.parametrize("loss", OUTPUTS)
@given(seed=seeds)
def test_the_gradient_is_that_of_central_differences(loss: str, witness: SimpleNamespace, seed: int) -> None:
    assert gradient_is_right(*random_case(witness, seed, loss=loss))


@given(seed=seeds)
def test_each_layer_obeys_the_four_equations(witness: SimpleNamespace, seed: int) -> None:
    """BP1 to BP4, with explicit indices: no matrix product, no transpose."""
    network, x, y = random_case(witness, seed, loss="half_squared_error", output="tanh")
    prediction, caches = network.forward(x)
    gradients, n = network.backward(caches, y), len(x)
    for e in range(n):
        for i, (a, target) in enumerate(zip(prediction[e], y[e], strict=True)):
            assert gradients[-1].delta[e, i] == pytest.approx((a - target) / n * (1 - a * a))
    for l in range(len(network.layers) - 1):
        above = network.layers[l + 1]
        for e, k in np.ndindex(gradients[l].delta.shape):
            pulled = sum(above.W[i, k] * gradients[l + 1].delta[e, i] for i in range(len(above.b)))
            slope = network.activations[l].slope(caches[l].z)[e, k]
            assert gradients[l].delta[e, k] == pytest.approx(pulled * slope, abs=1e-15)
    for gradient, cache in zip(gradients, caches, strict=True):
        for i, k in np.ndindex(gradient.dW.shape):
            expected = sum(gradient.delta[e, i] * cache.a_in[e, k] for e in range(n))
            assert gradient.dW[i, k] == pytest.approx(expected, abs=1e-15)
        for i in range(len(gradient.db)):
            assert gradient.db[i] == pytest.approx(sum(gradient.delta[:, i]), abs=1e-15)


@given(seed=seeds)
def test_delta_is_the_derivative_with_respect_to_z(witness: SimpleNamespace, seed: int) -> None:
    """A bias adds to z, so a bias of its own for each example has delta as its gradient."""
    network, x, y = random_case(witness, seed, hidden="tanh", loss="mean_squared_error", output="sigmoid")

    def loss_with_nudge(l: int, nudge: np.ndarray) -> float:
        a = x
        for number, layer in enumerate(network.layers):
            a = layer.activation(a @ layer.W.T + layer.b + (nudge if number == l else 0))
        return network.loss_function(a, y)

    for l, gradient in enumerate(network.gradients(x, y)):
        assert check_gradient(
            lambda nudge, l=l: loss_with_nudge(l, nudge), np.zeros_like(gradient.delta), gradient.delta
        )


# ----------------------------------------------------------- the worked example, to ten decimals

# Errata, section 2: exact values; the source that prints this example has 14 of its 31 results wrong at four decimals.
WORKED_EXAMPLE = {
    "z1": ["0.3775000000", "0.3925000000"],
    "a1": ["0.5932699921", "0.5968843783"],
    "z2": ["1.0059059671"],
    "a2": ["0.7322181764"],
    "C": ["0.2607995472"],
    "a2 - y": ["0.7222181764"],
    "slope2": ["0.1960747185"],
    "delta2": ["0.1416087257"],
    "dW2": ["0.0840122076", "0.0845240362"],
    "db2": ["0.1416087257"],
    "slope1": ["0.2413007086", "0.2406134172"],
    "delta1": ["0.0136681143", "0.0153328317"],
    "dW1": ["0.0006834057", "0.0013668114", "0.0007666416", "0.0015332832"],
    "db1": ["0.0136681143", "0.0153328317"],
    "new W2": ["0.3991598779", "0.4491547596"],
    "new b2": ["0.4985839127"],
    "new W1": ["0.1499931659", "0.1999863319", "0.2499923336", "0.2999846672"],
    "new b1": ["0.3498633189", "0.3498466717"],
}


def worked_network() -> tuple[Network, np.ndarray, np.ndarray]:
    W1, b1 = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([0.35, 0.35])
    W2, b2 = np.array([[0.40, 0.45]]), np.array([0.50])
    return Network.from_weights([(W1, b1), (W2, b2)]), np.array([[0.05, 0.10]]), np.array([[0.01]])


def worked_example_in_forty_digits() -> dict[str, list[mpmath.mpf]]:
    """Compute the example with nothing but mpmath, unit by unit."""
    m = mpmath.mpf
    x, y, eta = [m("0.05"), m("0.10")], m("0.01"), m("0.01")
    W1, b1 = [[m("0.15"), m("0.20")], [m("0.25"), m("0.30")]], [m("0.35")] * 2
    W2, b2 = [m("0.40"), m("0.45")], m("0.50")
    z1 = [W1[i][0] * x[0] + W1[i][1] * x[1] + b1[i] for i in range(2)]
    a1 = [1 / (1 + mpmath.exp(-z)) for z in z1]
    z2 = W2[0] * a1[0] + W2[1] * a1[1] + b2
    a2 = 1 / (1 + mpmath.exp(-z2))
    slope2, slope1 = a2 * (1 - a2), [a * (1 - a) for a in a1]
    delta2 = (a2 - y) * slope2
    delta1 = [W2[i] * delta2 * slope1[i] for i in range(2)]
    dW2, dW1 = [delta2 * a for a in a1], [delta1[i] * x[k] for i in range(2) for k in range(2)]
    return {
        "z1": z1, "a1": a1, "z2": [z2], "a2": [a2], "C": [(a2 - y) ** 2 / 2], "a2 - y": [a2 - y],
        "slope2": [slope2], "delta2": [delta2], "dW2": dW2, "db2": [delta2],
        "slope1": slope1, "delta1": delta1, "dW1": dW1, "db1": delta1,
        "new W2": [W2[i] - eta * dW2[i] for i in range(2)], "new b2": [b2 - eta * delta2],
        "new W1": [W1[i // 2][i % 2] - eta * dW1[i] for i in range(4)],
        "new b1": [b1[i] - eta * delta1[i] for i in range(2)],
    }  # fmt: skip


def worked_example_by_the_library() -> dict[str, Any]:
    network, x, y = worked_network()
    (first, second), caches = network.layers, network.forward(x)[1]
    loss, gradients = network.loss_and_gradients(x, y)
    stepped = network.with_parameters(network.parameters - 0.01 * gradients.vector)
    return {
        "z1": caches[0].z, "a1": caches[0].a, "z2": caches[1].z, "a2": network.predict(x), "C": loss,
        "a2 - y": network.loss_function.slope(caches[1].a, y),
        "slope2": second.activation.slope(caches[1].z), "delta2": gradients[1].delta,
        "dW2": gradients[1].dW, "db2": gradients[1].db,
        "slope1": first.activation.slope(caches[0].z), "delta1": gradients[0].delta,
        "dW1": gradients[0].dW, "db1": gradients[0].db,
        "new W2": stepped.layers[1].W, "new b2": stepped.layers[1].b,
        "new W1": stepped.layers[0].W, "new b1": stepped.layers[0].b,
    }  # fmt: skip


def test_the_worked_example_counts_the_31_results_and_the_error_they_imply() -> None:
    assert sum(map(len, WORKED_EXAMPLE.values())) == 31 + 1


@pytest.mark.parametrize("name", WORKED_EXAMPLE)
def test_the_worked_example_is_right_to_ten_decimals(name: str) -> None:
    with mpmath.workdps(40):
        exact = worked_example_in_forty_digits()[name]
    ours = np.ravel(worked_example_by_the_library()[name])
    assert [f"{float(value):.10f}" for value in exact] == WORKED_EXAMPLE[name]
    assert [f"{value:.10f}" for value in ours] == WORKED_EXAMPLE[name]
    np.testing.assert_allclose(ours, [float(value) for value in exact], rtol=1e-14)


@pytest.mark.parametrize(("eta", "a2", "C"), [(0.01, 0.7317376920, 0.2604526480), (0.5, 0.7075666155, 0.2432995915)])
def test_one_step_of_the_worked_example_does_what_the_errata_say(eta: float, a2: float, C: float) -> None:
    """Erratum E-69."""
    network, x, y = worked_network()
    network.parameters -= eta * network.gradients(x, y).vector
    assert network.predict(x)[0, 0] == pytest.approx(a2, abs=5e-11)
    assert network.loss(x, y) == pytest.approx(C, abs=5e-11)


def test_ten_thousand_steps_of_the_worked_example_end_where_the_errata_say() -> None:
    """Erratum E-69, with eta = 0.5; that is enough steps to show any error that adds up."""
    network, x, y = worked_network()
    for _ in range(10_000):
        network.parameters -= 0.5 * network.gradients(x, y).vector
    assert network.predict(x)[0, 0] == pytest.approx(0.0119277415, abs=5e-11)


def test_the_first_step_lowers_the_loss_by_eta_times_the_squared_gradient() -> None:
    """Erratum E-63: predicted 3.468258e-4, actual 3.468992e-4."""
    network, x, y = worked_network()
    gradient = network.gradients(x, y).vector
    stepped = network.with_parameters(network.parameters - 0.01 * gradient)
    assert 0.01 * gradient @ gradient == pytest.approx(3.468258e-4, abs=5e-11)
    assert network.loss(x, y) - stepped.loss(x, y) == pytest.approx(3.468992e-4, abs=5e-11)


# ------------------------------------------------------------------ the batch


@given(seed=seeds)
def test_a_batch_has_the_mean_of_the_gradients_of_its_examples(witness: SimpleNamespace, seed: int) -> None:
    network, x, y = random_case(witness, seed)
    single = [network.gradients(x[i : i + 1], y[i : i + 1]).vector for i in range(len(x))]
    np.testing.assert_allclose(network.gradients(x, y).vector, np.mean(single, axis=0), rtol=1e-9, atol=1e-12)


@given(seed=seeds)
def test_the_mean_enters_once_so_a_doubled_batch_has_the_same_gradient(witness: SimpleNamespace, seed: int) -> None:
    network, x, y = random_case(witness, seed)
    doubled = network.gradients(np.tile(x, (2, 1)), np.tile(y, (2, 1)))
    np.testing.assert_allclose(doubled.vector, network.gradients(x, y).vector, rtol=1e-9, atol=1e-12)
    assert network.loss(np.tile(x, (2, 1)), np.tile(y, (2, 1))) == pytest.approx(network.loss(x, y), rel=1e-12)


# ---------------------------------------------------------- nothing is kept, nothing is changed


@given(seed=seeds)
def test_nothing_that_goes_in_is_changed_and_a_second_backward_gives_the_same(
    witness: SimpleNamespace, seed: int
) -> None:
    network, x, y = random_case(witness, seed)
    _, caches = network.forward(x)
    kept = [network.parameters, x, y, *(array for c in caches for array in (c.a_in, c.z, c.a))]
    before = [array.copy() for array in kept]
    for array in kept:
        array.flags.writeable = False
    first, second = network.backward(caches, y), network.backward(caches, y)
    np.testing.assert_array_equal(first.vector, second.vector)
    np.testing.assert_array_equal(first.vector, network.gradients(x, y).vector)
    assert not np.shares_memory(first.vector, second.vector)
    for array, original in zip(kept, before, strict=True):
        np.testing.assert_array_equal(array, original)


def test_with_parameters_leaves_the_original_alone() -> None:
    network, x, y = worked_network()
    before, other = network.parameters.copy(), np.arange(9.0)
    copy = network.with_parameters(other)
    np.testing.assert_array_equal(network.parameters, before)
    np.testing.assert_array_equal(copy.parameters, other)
    copy.parameters[:] = 0
    np.testing.assert_array_equal(other, np.arange(9.0))
    np.testing.assert_array_equal(network.parameters, before)
    assert repr(copy) == repr(network)
    assert copy.loss(x, y) != network.loss(x, y)


def test_from_weights_copies_its_weights() -> None:
    W, b = np.ones((1, 2)), np.zeros(1)
    network = Network.from_weights([(W, b)])
    network.parameters += 1
    np.testing.assert_array_equal(W, np.ones((1, 2)))
    np.testing.assert_array_equal(network.layers[0].W, [[2, 2]])


@given(seed=seeds)
def test_one_vector_holds_it_all_and_the_layers_are_views(witness: SimpleNamespace, seed: int) -> None:
    network, x, y = random_case(witness, seed)
    gradients = network.gradients(x, y)
    for layer, gradient in zip(network.layers, gradients, strict=True):
        assert layer.W.shape == gradient.dW.shape
        assert layer.b.shape == gradient.db.shape
        assert np.shares_memory(layer.W, network.parameters)
        assert np.shares_memory(layer.b, network.parameters)
        assert np.shares_memory(gradient.dW, gradients.vector)
        assert np.shares_memory(gradient.db, gradients.vector)
    flat = [np.column_stack([gradient.dW, gradient.db]).ravel() for gradient in gradients]
    np.testing.assert_array_equal(np.concatenate(flat), gradients.vector)
    assert not np.shares_memory(gradients.vector, network.parameters)


def test_gradients_are_a_sequence_of_layers() -> None:
    network, x, y = worked_network()
    gradients = network.gradients(x, y)
    assert len(gradients) == 2
    assert gradients[-1] is gradients[1]
    assert gradients[:1] == (gradients[0],)


# -------------------------------------------------------------------- float32


@pytest.mark.parametrize(
    ("loss", "output"),
    [
        ("half_squared_error", "identity"),
        ("mean_squared_error", "tanh"),
        ("binary_cross_entropy", "sigmoid"),
        ("categorical_cross_entropy", "softmax"),
    ],
)
@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "identity"])
@settings(max_examples=5)
@given(seed=seeds)
def test_a_float32_network_stays_float32_and_agrees(
    loss: str, output: str, hidden: str, witness: SimpleNamespace, seed: int
) -> None:
    double, x, y = random_case(witness, seed, loss=loss, output=output, hidden=hidden)
    single = Network(double.sizes, hidden=hidden, output=output, loss=loss, dtype=np.float32)
    single.parameters[:] = double.parameters
    prediction, caches = single.forward(x)
    gradients = single.backward(caches, y)
    arrays = [prediction, gradients.vector, *(c.z for c in caches), *(g.delta for g in gradients)]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
    expected = double.gradients(x, y).vector
    np.testing.assert_allclose(gradients.vector, expected, rtol=1e-3, atol=1e-4 * max(1, np.abs(expected).max()))
    assert single.loss(x, y) == pytest.approx(double.loss(x, y), rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_every_activation_keeps_float32(hidden: str) -> None:
    network = Network([2, 3, 1], hidden=hidden, dtype=np.float32)
    assert {gradient.delta.dtype for gradient in network.gradients(*xor())} == {np.dtype(np.float32)}


def test_a_float32_gradient_passes_the_check_in_float32() -> None:
    network, (x, y) = Network([2, 3, 1], dtype=np.float32, seed=1), xor()
    assert gradient_is_right(network, x, y)


# --------------------------------------------------------------------- the door

BATCH = np.array([[0.05, 0.10]])
TARGET = np.array([[0.01]])


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (np.array([[0.1, 0.2, 0.3]]), TARGET, ValueError, "x has shape (1, 3), expected (N, 2): one example a row"),
        (BATCH[0], TARGET, ValueError, "x has shape (2,), expected (N, 2): write x[np.newaxis, :] for one example"),
        (np.array([[0, 1]]), TARGET, TypeError, "x has dtype int64, expected floating point: write np.array(..., dt"),
        ([[True, False]], TARGET, TypeError, "x has dtype bool, expected floating point"),
        ([["a", "b"]], TARGET, TypeError, "x has dtype <U1, expected floating point"),
        ([[0.1, 0.2], [0.3]], TARGET, ValueError, "x is not a rectangular array"),
        (np.array([[0.1, np.nan]]), TARGET, ValueError, "x[0, 1] is nan, expected finite numbers"),
        (np.array([[0.1, np.inf]]), TARGET, ValueError, "x[0, 1] is inf, expected finite numbers"),
        (np.zeros((0, 2)), np.zeros((0, 1)), ValueError, "x is empty: expected at least one example"),
        (BATCH, np.array([0.01]), ValueError, "y has shape (1,) and the predictions (1, 1)"),
        (BATCH, np.array([[0.0, 1.0]]), ValueError, "y has shape (1, 2) and the predictions (1, 1)"),
        (BATCH, np.array([[0.0], [1.0]]), ValueError, "y has shape (2, 1) and the predictions (1, 1)"),
        (BATCH, np.array([[1]]), TypeError, "y has dtype int64, expected floating point"),
        (BATCH, np.array([[np.nan]]), ValueError, "y[0, 0] is nan, expected finite numbers"),
    ],
)
def test_a_bad_batch_is_refused_with_what_was_expected(x: Any, y: Any, error: type[Exception], message: str) -> None:
    network, _, _ = worked_network()
    for use in (network.loss, network.gradients, network.loss_and_gradients):
        with pytest.raises(error, match=re.escape(message)):
            use(x, y)


def test_targets_in_one_dimension_never_broadcast() -> None:
    """Errata E-17, E-19: (4, 1) minus (4,) would silently be a 4 by 4 array."""
    network, (x, y) = Network([2, 4, 1]), xor()
    with pytest.raises(ValueError, match=r"y has shape \(4,\) and the predictions \(4, 1\)"):
        network.loss(x, y.ravel())


def test_what_is_too_large_for_float32_is_refused_there() -> None:
    with pytest.raises(ValueError, match=r"x\[0, 1\] is inf, expected finite numbers"):
        Network([2, 1], dtype=np.float32).predict(np.array([[0.0, 1e300]]))


def test_one_column_in_one_dimension_is_told_how_to_become_a_column() -> None:
    with pytest.raises(
        ValueError, match=r"x has shape \(4,\), expected \(N, 1\): write x\[:, np.newaxis\] for a column"
    ):
        Network([1, 1]).predict(np.zeros(4))


@pytest.mark.parametrize(
    ("sizes", "options", "error", "message"),
    [
        ([2], {}, ValueError, "sizes is [2], expected at least an input and an output width such as [2, 4, 1]"),
        ([], {}, ValueError, "sizes is [], expected at least an input and an output width"),
        (3, {}, ValueError, "sizes is 3, expected at least an input and an output width"),
        ("21", {}, ValueError, "sizes is '21', expected at least an input and an output width"),
        ([2, 0, 1], {}, ValueError, "sizes is [2, 0, 1], expected whole numbers from 1 up"),
        ([2, -3, 1], {}, ValueError, "expected whole numbers from 1 up"),
        ([2, 1.5, 1], {}, ValueError, "expected whole numbers from 1 up"),
        ([2, True], {}, ValueError, "expected whole numbers from 1 up"),
        ([2, 1], {"hidden": "sin"}, ValueError, "unknown activation 'sin': choose one of elu, gelu, identity"),
        ([2, 1], {"output": "Sigmoid"}, ValueError, "unknown activation 'Sigmoid': choose one of elu, gelu, identity"),
        ([2, 1], {"loss": "mse"}, ValueError, "unknown loss 'mse': choose one of binary_cross_entropy"),
        (
            [2, 1],
            {"initialization": "ones"},
            ValueError,
            "unknown initialization 'ones': choose one of he, he_uniform",
        ),
        ([2, 3, 1], {"hidden": "softmax"}, ValueError, "softmax is for the output layer: a hidden layer needs"),
        ([2, 1], {"dtype": int}, TypeError, "dtype is int64, expected a floating-point type: float64 or float32"),
    ],
)
def test_a_network_that_can_not_be_is_refused(
    sizes: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        Network(sizes, **options)


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ([], ValueError, "weights is empty: expected one pair (W, b) for each layer"),
        ([(np.ones(2), np.ones(1))], ValueError, "W of layer 1 has shape (2,), expected (n_out, n_in)"),
        ([(np.ones((3, 2)), np.ones(2))], ValueError, "b of layer 1 has shape (2,), expected (3,): W has 3 rows"),
        (
            [(np.ones((3, 2)), np.ones(3)), (np.ones((1, 2)), np.ones(1))],
            ValueError,
            "W of layer 2 has 2 columns but layer 1 has 3 units",
        ),
        ([(np.ones((1, 2), dtype=int), np.ones(1))], TypeError, "W of layer 1 has dtype int64, expected floating"),
        ([(np.ones((1, 2)), np.array([np.nan]))], ValueError, "b of layer 1[0] is nan, expected finite numbers"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        Network.from_weights(weights)


def test_parameters_that_do_not_fit_are_refused() -> None:
    network, _, _ = worked_network()
    with pytest.raises(ValueError, match=r"parameters has shape \(8,\), expected \(9,\)"):
        network.with_parameters(np.zeros(8))
    with pytest.raises(TypeError, match="parameters has dtype int64, expected floating point"):
        network.with_parameters(np.zeros(9, dtype=int))


def test_a_cross_entropy_behind_an_output_that_is_no_probability_is_refused() -> None:
    network = Network([2, 1], output="identity", loss="binary_cross_entropy", initialization="normal", seed=1)
    with pytest.raises(ValueError, match="binary_cross_entropy needs predictions from 0 to 1"):
        network.gradients(*xor())


def test_softmax_may_stand_alone_and_a_network_says_what_it_is() -> None:
    network = Network([4, 3], hidden="softmax", output="softmax", loss="categorical_cross_entropy")
    assert repr(network) == ("Network(4-3, hidden=none, output=softmax, loss=categorical_cross_entropy, 15 parameters)")


def test_the_same_seed_gives_the_same_network() -> None:
    first, second, other = (Network([3, 4, 2], seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.parameters, second.parameters)
    assert not np.array_equal(first.parameters, other.parameters)


# ------------------------------------------------------------------ mutation proof

# Each typical mistake, as a change of one line of Network.backward; networks are square so that all shapes fit.
MISTAKES = {
    "BP1 without the mean": ("sample_weights)  # BP1", "sample_weights) * len(y)  # BP1"),
    "BP1 with the sign turned": ("self.loss_function.delta(", "-self.loss_function.delta("),
    "BP2 without the slope": ("(delta @ above.W) * layer.activation.slope(cache.z, cache.a)", "delta @ above.W"),
    "BP2 with the matrix transposed": (
        "(delta @ above.W) * layer.activation.slope(cache.z, cache.a)",
        "(delta @ above.W.T) * layer.activation.slope(cache.z, cache.a)",
    ),
    "BP2 with the inverse for the transpose": ("above.W)", "np.linalg.inv(above.W).T)"),
    "BP2 with the slope taken at a": (".slope(cache.z, cache.a)", ".slope(cache.a)"),
    "BP2 with the weights of the layer itself": ("(delta @ above.W)", "(delta @ layer.W)"),
    "BP3 transposed": ("delta.T @ cache.a_in", "cache.a_in.T @ delta"),
    "BP3 with the layer's own output": ("delta.T @ cache.a_in", "delta.T @ cache.a"),
    "BP4 with a mean for the sum": ("delta.sum(axis=0)", "delta.mean(axis=0)"),
    "BP4 forgotten": ("delta.sum(axis=0)", "0"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_typical_mistake_in_backward_is_found_by_the_gradient_check(
    mistake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong = MISTAKES[mistake]
    source = textwrap.dedent(inspect.getsource(Network.backward))
    assert source.count(right) == 1
    namespace = dict(vars(backprop_lab.network))
    exec(source.replace(right, wrong), namespace)
    monkeypatch.setattr(Network, "backward", namespace["backward"])
    for seed in range(5):
        rng = np.random.default_rng(seed)
        network = Network([3, 3, 3, 3], hidden="tanh", initialization="normal", seed=rng)
        assert not gradient_is_right(network, rng.normal(size=(4, 3)), rng.random((4, 3)))


def test_without_a_mistake_the_same_networks_pass() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        network = Network([3, 3, 3, 3], hidden="tanh", initialization="normal", seed=rng)
        assert gradient_is_right(network, rng.normal(size=(4, 3)), rng.random((4, 3)))


def test_setting_the_parameters_moves_the_layers():
    network = Network([2, 3, 1])
    x = np.array([[0.5, -1.0]])
    other = network.with_parameters(network.parameters + 0.5)
    network.parameters = network.parameters + 0.5
    np.testing.assert_array_equal(network.predict(x), other.predict(x))
    with pytest.raises(ValueError, match="expected"):
        network.parameters = np.zeros(3)


def test_a_deep_copy_has_a_vector_of_its_own_that_its_layers_follow():
    network = Network([2, 3, 1])
    x = np.array([[0.5, -1.0]])
    before = network.predict(x)
    twin = copy.deepcopy(network)
    twin.parameters += 1.0
    assert not np.allclose(twin.predict(x), before)
    np.testing.assert_array_equal(network.predict(x), before)


def test_a_masked_array_is_refused_and_only_integers_are_told_to_become_floats():
    network = Network([2, 1])
    with pytest.raises(TypeError, match="mask would be lost"):
        network.predict(np.ma.masked_array([[1.0, 2.0]], mask=[[True, False]]))
    with pytest.raises(TypeError, match=r"dtype=float"):
        network.predict([[1, 2]])
    with pytest.raises(TypeError, match=r"expected floating point$"):
        network.predict([["a", "b"]])


# ------------------------------------------------- an activation for each layer, weights for each example, and x


@given(seed=seeds)
def test_each_hidden_layer_may_have_its_own_activation(witness: SimpleNamespace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [str(name) for name in rng.choice(HIDDEN, size=3)]
    network, x, y = random_case(witness, seed, sizes=[2, 4, 3, 5, 2], hidden=names, loss="mean_squared_error")
    assert [layer.activation.name for layer in network.layers[:-1]] == names
    expected = witness.grad(witness.loss_of_parameters(network, x, y))(network.parameters)
    np.testing.assert_allclose(network.gradients(x, y).vector, expected, rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize(
    ("hidden", "message"),
    [
        (["tanh"], "hidden names 1 activations, but there are 2 hidden layers"),
        (["tanh", "softmax"], "softmax is for the output layer: a hidden layer needs an element-wise slope"),
        (["tanh", "sin"], "unknown activation 'sin'"),
    ],
)
def test_activations_that_do_not_fit_are_refused(hidden: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Network([2, 3, 3, 1], hidden=hidden)


@pytest.mark.parametrize("loss", OUTPUTS)
@given(seed=seeds)
def test_the_gradient_with_respect_to_the_input_is_there_on_request(
    loss: str, witness: SimpleNamespace, seed: int
) -> None:
    network, x, y = random_case(witness, seed, loss=loss)
    assert network.gradients(x, y).dx is None
    gradients = network.gradients(x, y, inputs=True)
    np.testing.assert_array_equal(gradients.vector, network.gradients(x, y).vector)
    assert check_gradient(lambda x: network.loss(x, y), x, gradients.dx)


@given(seed=seeds)
def test_a_sample_weight_of_two_is_the_same_as_having_the_example_twice(witness: SimpleNamespace, seed: int) -> None:
    network, x, y = random_case(witness, seed)
    counts = np.random.default_rng(seed).integers(1, 4, size=len(x))
    weighted = network.loss_and_gradients(x, y, counts.astype(float))
    loss, gradients = network.loss_and_gradients(np.repeat(x, counts, axis=0), np.repeat(y, counts, axis=0))
    assert weighted[0] == pytest.approx(loss, rel=1e-10)
    np.testing.assert_allclose(weighted[1].vector, gradients.vector, rtol=1e-8, atol=1e-12)
    assert network.loss(x, y, counts.astype(float)) == weighted[0]


# ------------------------------------------------------------------ what a user does with a network


@given(seed=seeds)
def test_what_is_saved_is_loaded(witness: SimpleNamespace, seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    network, x, _ = random_case(witness, seed)
    path = tmp_path_factory.mktemp("saved") / "network"
    network.save(path)
    loaded = Network.load(path)
    assert repr(loaded) == repr(network)
    assert loaded.parameters.dtype == network.parameters.dtype
    np.testing.assert_array_equal(loaded.predict(x), network.predict(x))


def test_float32_and_a_single_layer_survive_the_file(tmp_path: Path) -> None:
    network = Network([3, 2], output="softmax", loss="categorical_cross_entropy", dtype=np.float32)
    network.save(tmp_path / "one.npz")
    loaded = Network.load(tmp_path / "one.npz")
    assert loaded.parameters.dtype == np.float32
    np.testing.assert_array_equal(loaded.parameters, network.parameters)


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    text, other, array, late = (tmp_path / name for name in ("text", "other.npz", "array.npy", "late.npz"))
    text.write_text("weights")
    np.savez(other, a=np.zeros(3))
    np.save(array, np.zeros(3))
    Network([2, 1]).save(late)
    with np.load(late) as file:
        np.savez(late, **{**file, "version": 99})
    for path in (text, other, array):
        with pytest.raises(ValueError, match=f"{path.name} is not a file that Network.save wrote"):
            Network.load(path)
    with pytest.raises(ValueError, match="has version 99, and this library reads up to 1: update backprop_lab"):
        Network.load(late)
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "nowhere.npz")


def test_a_function_of_your_own_is_used_but_can_not_be_saved(tmp_path: Path) -> None:
    """The name alone says nothing: a sigmoid of your own is not taken for the library's, with its fused error."""
    steep = Activation("sigmoid", "s", lambda z: sigmoid(3 * z), lambda z, a: 3 * a * (1 - a))
    network = Network([2, 3, 1], hidden=steep, output=steep, loss="binary_cross_entropy")
    network.parameters += 0.3
    assert gradient_is_right(network, *xor())
    with pytest.raises(ValueError, match="the activation sigmoid is not found by its name, so a file can't hold it"):
        network.save(tmp_path / "own.npz")
    assert not list(tmp_path.iterdir())


def test_the_summary_counts_every_parameter() -> None:
    network = Network([784, 128, 10], hidden="relu", output="softmax", loss="categorical_cross_entropy")
    assert network.summary().splitlines() == [
        "layer  inputs  units  activation                          parameters",
        "--------------------------------------------------------------------",
        "1         784    128  relu                                   100,480",
        "2         128     10  softmax                                  1,290",
        "--------------------------------------------------------------------",
        "total                 categorical_cross_entropy, float64     101,770",
    ]


def test_the_caches_of_another_network_are_refused() -> None:
    small, wide, deep = Network([2, 3, 1]), Network([2, 4, 1]), Network([2, 3, 3, 1])
    x, y = xor()
    with pytest.raises(ValueError, match="the cache of layer 1 has 2 inputs and 4 units, but the layer has 2 and 3"):
        small.backward(wide.forward(x)[1], y)
    with pytest.raises(ValueError, match="caches is not what forward returned: expected 2, one a layer"):
        small.backward(deep.forward(x)[1], y)
    with pytest.raises(ValueError, match="caches is not what forward returned"):
        small.backward(small.forward(x), y)  # the pair, not its second part


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (None, "weights is None, expected one pair (W, b) for each layer"),
        ([np.ones((2, 2))], "weights holds a ndarray for layer 1, expected one pair (W, b) for each layer"),
        ([(np.ones((1, 2)), np.ones(1), "relu")], "weights holds 3 things for layer 1, expected one pair (W, b)"),
        (Network([2, 1]).layers, "weights holds a Layer for layer 1, expected one pair (W, b) for each layer"),
    ],
)
def test_weights_that_are_no_pairs_are_refused(weights: Any, message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        Network.from_weights(weights)


def test_widths_may_come_as_an_array_and_half_precision_is_refused() -> None:
    assert Network(np.array([2, 3, 1])).sizes == (2, 3, 1)
    with pytest.raises(TypeError, match="dtype is float16, expected a floating-point type: float64 or float32"):
        Network([2, 1], dtype=np.float16)


def test_gradients_say_what_they_are_and_are_not_compared_by_mistake() -> None:
    network, x, y = worked_network()
    first, second = network.gradients(x, y), network.gradients(x, y)
    assert repr(first) == f"Gradients(2 layers, 9 parameters, norm {np.sqrt((first.vector**2).sum()):.6g})"
    assert (first == second) is False  # no ambiguous truth value of an array


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda network: pickle.loads(pickle.dumps(network))])
def test_every_kind_of_copy_learns_by_itself(how: Any) -> None:
    network, (x, y) = Network([2, 4, 1], hidden="tanh", dtype=np.float32), xor()
    network.note = "kept"
    before = network.predict(x)
    twin = how(network)
    np.testing.assert_array_equal(twin.predict(x), before)
    assert (repr(twin), twin.note, twin.parameters.dtype) == (repr(network), "kept", np.float32)
    train(twin, x, y, epochs=5, learning_rate=1.0)
    assert not np.allclose(twin.predict(x), before)
    np.testing.assert_array_equal(network.predict(x), before)


def test_a_network_that_holds_nan_can_be_copied_and_looked_at_but_not_saved(tmp_path: Path) -> None:
    network = Network([2, 1])
    network.layers[0].W[0, 0] = np.nan
    assert np.isnan(copy.deepcopy(network).parameters[0])
    with pytest.raises(ValueError, match=r"parameters\[0\] is nan"):
        network.save(tmp_path / "nan.npz")
    assert not list(tmp_path.iterdir())
    with pytest.raises(FloatingPointError, match="the parameters of layer 1 are not finite before the first step"):
        train(network, *xor(), epochs=1, learning_rate=0.1)


def test_parameters_that_overflow_in_float32_are_refused() -> None:
    with pytest.raises(ValueError, match=r"parameters\[0\] is inf"):
        Network([2, 1], dtype=np.float32).parameters = np.full(3, 1e300)


@pytest.mark.parametrize("hidden", [None, 3, np.tanh])
def test_hidden_activations_that_are_none_are_refused(hidden: Any) -> None:
    with pytest.raises(TypeError, match=r"hidden is .*, expected the name of an activation, an Activation, or a list"):
        Network([2, 3, 1], hidden=hidden)


def test_caches_of_two_passes_are_refused() -> None:
    network, (x, y) = Network([2, 3, 1]), xor()
    mixed = [network.forward(x)[1][0], network.forward(x[:2])[1][1]]
    with pytest.raises(ValueError, match="the caches hold batches of different lengths: they are not of one forward"):
        network.backward(mixed, y[:2])
    with pytest.raises(ValueError, match="caches is not what forward returned"):
        network.backward(None, y)


@pytest.mark.parametrize(
    ("own", "error", "message"),
    [
        (lambda rng, n_out, n_in: np.zeros((n_in, n_out)), ValueError, "returns shape (2, 3), expected (n_out, n_in)"),
        (lambda rng, n_out, n_in: 1.0, ValueError, "the initialization returns shape (), expected (n_out, n_in)"),
        (lambda rng, n_out, n_in: np.full((n_out, n_in), np.nan), ValueError, "what the initialization returns[0, 0]"),
        (3, TypeError, "initialization is 3, expected a name or a function (rng, n_out, n_in)"),
    ],
)
def test_an_initialization_of_your_own_is_checked(own: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        Network([2, 3], initialization=own)


def test_join_puts_pairs_into_the_order_of_the_parameters() -> None:
    network = Network([2, 3, 1], seed=4)
    network.parameters += 0.5
    np.testing.assert_array_equal(network.join([(layer.W, layer.b) for layer in network.layers]), network.parameters)
    with pytest.raises(ValueError, match=r"the matrices have the shapes \[\(3, 2\)\], expected \[\(3, 2\), \(1, 3\)\]"):
        network.join([(np.ones((3, 2)), np.ones(3))])
