"""Promise: every loss, its slope and its output error are right, stable where they say so, and refuse bad targets."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_lab.activations import ACTIVATIONS, Activation, identity, sigmoid, softmax
from backprop_lab.gradient_check import check_gradient, numerical_gradient
from backprop_lab.losses import (
    LOSSES,
    Loss,
    binary_cross_entropy,
    categorical_cross_entropy,
    half_squared_error,
    hinge,
    loss,
    mean_squared_error,
)

PAIRS = list(product(LOSSES.values(), ACTIVATIONS.values()))
MATCHED = [
    (half_squared_error, identity),
    (binary_cross_entropy, sigmoid),
    (categorical_cross_entropy, softmax),
]
seeds = st.integers(0, 2**32 - 1)


def rows(*values: float) -> np.ndarray:
    return np.array([values], dtype=float)


def output_layer(f: Loss, g: Activation, seed: int, witness: SimpleNamespace) -> tuple[np.ndarray, np.ndarray]:
    """Draw z and y of a random shape, such that g(z) is a prediction that the loss f can have."""
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(1, 5)), int(rng.integers(2, 5)))
    z = rng.normal(size=shape)
    if f.name.endswith("cross_entropy") and g.name not in ("sigmoid", "softmax"):
        z = rng.uniform(0.05, 0.95, size=shape)
        z = np.log(np.expm1(z)) if g.name == "softplus" else z
    return z, witness.targets(rng, f.name, shape)


# ------------------------------------------------------------------ by hand


def test_half_squared_error_by_hand() -> None:
    assert half_squared_error(rows(1, 3, 0), rows(0, 1, 0)) == 2.5
    np.testing.assert_array_equal(half_squared_error.slope(rows(1, 3, 0), rows(0, 1, 0)), rows(1, 2, 0))


def test_mean_squared_error_by_hand() -> None:
    assert mean_squared_error(rows(1, 3, 0), rows(0, 1, 0)) == pytest.approx(5 / 3)
    np.testing.assert_allclose(mean_squared_error.slope(rows(1, 3, 0), rows(0, 1, 0)), rows(2 / 3, 4 / 3, 0))


def test_the_two_squared_errors_of_the_worked_example_differ_by_a_factor_of_two() -> None:
    """Erratum E-14: C = 0.2607995472 with the half, 0.5215990943 without."""
    a, y = rows(0.7322181764), rows(0.01)
    assert half_squared_error(a, y) == pytest.approx(0.2607995472, abs=2e-10)
    assert mean_squared_error(a, y) == pytest.approx(0.5215990943, abs=2e-10)


def test_binary_cross_entropy_by_hand() -> None:
    """Erratum E-38: a prediction of 0.9 for y = 0 costs ln 10 = 2.3026, not 0."""
    assert binary_cross_entropy(rows(0.9), rows(0)) == pytest.approx(2.302585093, abs=5e-10)
    assert binary_cross_entropy(rows(0.5, 0.5), rows(0, 1)) == pytest.approx(2 * np.log(2))
    np.testing.assert_allclose(binary_cross_entropy.slope(rows(0.75, 0.75), rows(0, 1)), rows(4, -4 / 3))


def test_categorical_cross_entropy_by_hand() -> None:
    assert categorical_cross_entropy(rows(0.5, 0.25, 0.25), rows(0, 1, 0)) == pytest.approx(2 * np.log(2))
    np.testing.assert_allclose(categorical_cross_entropy.slope(rows(0.5, 0.25, 0.25), rows(0, 1, 0)), rows(0, -4, 0))


def test_the_output_error_of_the_three_class_example() -> None:
    """Erratum E-38: z = (2, 1, 0.1), class 2; the element-wise formula would give (0, -0.7576, 0)."""
    z, y = rows(2, 1, 0.1), rows(0, 1, 0)
    expected = rows(0.6590, -0.7576, 0.0986)
    np.testing.assert_allclose(categorical_cross_entropy.delta(softmax, z, softmax(z), y), expected, atol=5e-5)
    by_the_jacobian = replace(categorical_cross_entropy, matched=None, from_z=None)
    np.testing.assert_allclose(by_the_jacobian.delta(softmax, z, softmax(z), y), expected, atol=5e-5)


def test_a_squared_error_behind_a_sigmoid_has_the_extra_factor() -> None:
    """Erratum E-21: 0.1416 against 0.7222 on the worked example, 4.539e-05 against 0.999955 at z = 10, y = 0."""
    for z, y, matched, extra in ((1.005905967102, 0.01, 0.7222181764, 0.1416087257), (10.0, 0.0, 0.999955, 4.539e-05)):
        z_row, y_row, a = rows(z), rows(y), sigmoid(rows(z))
        assert binary_cross_entropy.delta(sigmoid, z_row, a, y_row)[0, 0] == pytest.approx(matched, rel=1e-6)
        assert half_squared_error.delta(sigmoid, z_row, a, y_row)[0, 0] == pytest.approx(extra, rel=1e-4)


# ------------------------------------------------------------ by other means


@pytest.mark.parametrize("f", LOSSES.values(), ids=repr)
@given(seed=seeds)
def test_the_value_is_the_independent_one(f: Loss, witness: SimpleNamespace, seed: int) -> None:
    z, y = output_layer(f, sigmoid, seed, witness)
    a = witness.activations["sigmoid"](z)
    assert f(a, y) == pytest.approx(witness.losses[f.name](a, y), rel=1e-12)


@pytest.mark.parametrize("f", LOSSES.values(), ids=repr)
@given(seed=seeds)
def test_the_slope_is_the_derivative_with_respect_to_the_prediction(
    f: Loss, witness: SimpleNamespace, seed: int
) -> None:
    z, y = output_layer(f, sigmoid, seed, witness)
    a = np.asarray(witness.activations["sigmoid"](z))
    assert check_gradient(lambda a: f(a, y), a, f.slope(a, y))
    by_autograd = witness.grad(lambda a: witness.losses[f.name](a, y))(a)
    np.testing.assert_allclose(f.slope(a, y), by_autograd, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize(("f", "g"), PAIRS, ids=lambda part: part.name)
@settings(max_examples=8)
@given(seed=seeds)
def test_value_and_delta_are_right_through_z_for_every_pair(
    f: Loss, g: Activation, witness: SimpleNamespace, seed: int
) -> None:
    z, y = output_layer(f, g, seed, witness)
    assert f.value(g, z, g(z), y) == pytest.approx(f(g(z), y), rel=1e-10)
    delta = f.delta(g, z, g(z), y)
    assert check_gradient(lambda z: f.value(g, z, g(z), y), z, delta)
    by_autograd = witness.grad(lambda z: witness.losses[f.name](witness.activations[g.name](z), y))(z)
    np.testing.assert_allclose(delta, by_autograd, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("f", "g"), MATCHED, ids=lambda part: part.name)
@given(seed=seeds)
def test_fusing_a_matched_pair_changes_nothing_but_the_rounding(
    f: Loss, g: Activation, witness: SimpleNamespace, seed: int
) -> None:
    z, y = output_layer(f, g, seed, witness)
    factor_by_factor = replace(f, matched=None, from_z=None)
    np.testing.assert_allclose(f.delta(g, z, g(z), y), factor_by_factor.delta(g, z, g(z), y), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("f", LOSSES.values(), ids=repr)
def test_the_mean_over_the_batch_enters_once(f: Loss, witness: SimpleNamespace) -> None:
    z, y = output_layer(f, sigmoid, 7, witness)
    a = sigmoid(z)
    single = [f.slope(a[i : i + 1], y[i : i + 1])[0] for i in range(len(a))]
    np.testing.assert_allclose(f.slope(a, y), np.array(single) / len(a), rtol=1e-12)
    assert f(np.tile(a, (3, 1)), np.tile(y, (3, 1))) == pytest.approx(f(a, y), rel=1e-12)


# ------------------------------------------------------------------ stability


@given(st.floats(-40, 40), st.floats(0, 1))
def test_binary_cross_entropy_through_z_has_all_its_digits(z: float, y: float) -> None:
    with mpmath.workdps(60):
        s = 1 / (1 + mpmath.exp(-mpmath.mpf(z)))
        exact = -(y * mpmath.log(s) + (1 - mpmath.mpf(y)) * mpmath.log(1 - s))
        ours = binary_cross_entropy.value(sigmoid, rows(z), sigmoid(rows(z)), rows(y))
        assert abs(ours - exact) <= 1e-15 * max(abs(z), float(exact))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_matched_pairs_are_exact_at_ten_thousand(dtype: type) -> None:
    far = np.array([[1e4, -1e4], [1e4, -1e4]], dtype=dtype)
    y = np.array([[0, 1], [1, 0]], dtype=dtype)  # all wrong, all right
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert binary_cross_entropy.value(sigmoid, far, sigmoid(far), y) == 1e4  # two outputs, half of the examples
        assert categorical_cross_entropy.value(softmax, far, softmax(far), y) == 1e4
        for f, g in ((binary_cross_entropy, sigmoid), (categorical_cross_entropy, softmax)):
            delta = f.delta(g, far, g(far), y)
            np.testing.assert_array_equal(delta, [[0.5, -0.5], [0, 0]])
            assert delta.dtype == dtype


def test_the_fused_form_survives_where_the_product_of_the_factors_does_not() -> None:
    """Erratum E-23: sigmoid(37) rounds to 1, so that the two factors are infinity and 0."""
    z, y = rows(37.0), rows(0.0)
    with np.errstate(invalid="ignore"):
        product_form = replace(binary_cross_entropy, matched=None).delta(sigmoid, z, sigmoid(z), y)
    assert np.isnan(product_form).all()
    np.testing.assert_array_equal(binary_cross_entropy.delta(sigmoid, z, sigmoid(z), y), [[1.0]])


@pytest.mark.parametrize("f", [binary_cross_entropy, categorical_cross_entropy], ids=repr)
def test_a_certain_prediction_costs_nothing_when_right_and_infinity_when_wrong(f: Loss) -> None:
    right, wrong = rows(1, 0), rows(0, 1)
    assert f(right, right) == 0
    assert f(wrong, right) == np.inf


def test_a_certain_right_prediction_has_a_finite_slope() -> None:
    """0 / 0 is the 0 of a class that is not the target, or the slope of -ln(1 - a) at a = 0."""
    np.testing.assert_array_equal(binary_cross_entropy.slope(rows(0, 1), rows(0, 1)), rows(1, -1))
    np.testing.assert_array_equal(categorical_cross_entropy.slope(rows(0, 1), rows(0, 1)), rows(0, -1))


@pytest.mark.parametrize("f", LOSSES.values(), ids=repr)
def test_what_goes_in_is_not_changed(f: Loss) -> None:
    a, y = rows(0.25, 0.75), rows(-1, 1) if f is hinge else rows(0, 1)
    z = a.copy()
    for array in (a, y, z):
        array.flags.writeable = False
    f(a, y)
    f.slope(a, y)
    f.delta(sigmoid, z, sigmoid(z), y)
    np.testing.assert_array_equal(a, z)


# ------------------------------------------------------------------- the door


@pytest.mark.parametrize("f", LOSSES.values(), ids=repr)
@pytest.mark.parametrize(
    ("a", "y", "error", "message"),
    [
        (rows(0.5, 0.5), np.array([0.0, 1.0]), ValueError, r"y has shape \(2,\) and the predictions \(1, 2\)"),
        (
            rows(0.5, 0.5),
            np.array([[0.0], [1.0]]),
            ValueError,
            r"expected two equal shapes \(N, n\), one example a row",
        ),
        (np.array([0.5, 0.5]), np.array([0.0, 1.0]), ValueError, r"have shape \(2,\), expected two axes \(N, n\)"),
        (np.zeros((0, 2)), np.zeros((0, 2)), ValueError, "y is empty: expected at least one example"),
        (rows(0.5, 0.5), np.array([[0, 1]]), TypeError, "y has dtype int64, expected floating point"),
        (np.array([[0, 1]]), rows(0, 1), TypeError, "a has dtype int64, expected floating point"),
        (rows(0.5, 0.5), rows(0, np.nan), ValueError, r"y\[0, 1\] is nan, expected finite numbers"),
        (rows(np.inf, 0.5), rows(0, 1), ValueError, r"a\[0, 0\] is inf, expected finite numbers"),
    ],
)
def test_every_loss_refuses(f: Loss, a: np.ndarray, y: np.ndarray, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        f(a, y)
    with pytest.raises(error, match=message):
        f.slope(a, y)


@pytest.mark.parametrize("f", [binary_cross_entropy, categorical_cross_entropy], ids=repr)
def test_cross_entropies_refuse_targets_and_predictions_that_are_no_probabilities(f: Loss) -> None:
    with pytest.raises(ValueError, match="needs targets from 0 to 1, got -1 to 2"):
        f(rows(0.5, 0.5), rows(-1, 2))
    for of in (f, f.slope, lambda a, y: f.value(identity, a, a, y)):
        with pytest.raises(ValueError, match=r"needs predictions from 0 to 1, got -0\.25 to 1\.25"):
            of(rows(-0.25, 1.25), rows(0, 1))


def test_categorical_cross_entropy_refuses_rows_that_do_not_sum_to_one() -> None:
    with pytest.raises(ValueError, match=r"each row of y must sum to 1, but row 1 sums to 0: one_hot\(labels, n\)"):
        categorical_cross_entropy(np.full((2, 2), 0.5), np.array([[0.0, 1.0], [0.0, 0.0]]))


def test_hinge_by_hand() -> None:
    """Right and far enough costs nothing; right but near, and wrong, cost what is missing to 1."""
    a, y = rows(2, 0.25, 0.5), rows(1, 1, -1)
    assert hinge(a, y) == 0 + 0.75 + 1.5
    np.testing.assert_array_equal(hinge.slope(a, y), rows(0, -1, 1))


def test_hinge_refuses_targets_that_are_no_signs() -> None:
    with pytest.raises(ValueError, match=r"hinge needs targets of -1 or \+1, got 0: 2 \* y - 1 makes them"):
        hinge(rows(0.5, 0.5), rows(0, 1))


# -------------------------------------------------------------- sample weights


@pytest.mark.parametrize(("f", "g"), PAIRS, ids=lambda part: part.name)
@settings(max_examples=5)
@given(seed=seeds)
def test_a_weight_of_two_is_the_same_as_having_the_example_twice(
    f: Loss, g: Activation, witness: SimpleNamespace, seed: int
) -> None:
    z, y = output_layer(f, g, seed, witness)
    weights = np.random.default_rng(seed).integers(0, 3, size=len(z)).astype(float)
    weights[0] += 1
    times = np.repeat(np.arange(len(z)), weights.astype(int))
    repeated = g(z[times])
    assert f(g(z), y, weights) == pytest.approx(f(repeated, y[times]), rel=1e-10)
    assert f.value(g, z, g(z), y, weights) == pytest.approx(f(repeated, y[times]), rel=1e-10)
    for ours, one_by_one in (
        (f.slope(g(z), y, weights), f.slope(repeated, y[times])),
        (f.delta(g, z, g(z), y, weights), f.delta(g, z[times], repeated, y[times])),
    ):
        summed = np.zeros_like(z)
        np.add.at(summed, times, one_by_one)
        np.testing.assert_allclose(ours, summed, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ([1.0], ValueError, r"sample_weights has shape \(1,\), expected \(2,\): one weight an example"),
        ([[1.0], [1.0]], ValueError, r"sample_weights has shape \(2, 1\), expected \(2,\)"),
        ([1.0, -1.0], ValueError, "sample_weights has a smallest value of -1, expected none below 0"),
        ([0.0, 0.0], ValueError, "sample_weights has a smallest value of 0, expected none below 0 and one above"),
        ([1, 2], TypeError, "sample_weights has dtype int64, expected floating point"),
        ([1.0, np.nan], ValueError, r"sample_weights\[1\] is nan"),
    ],
)
def test_sample_weights_that_can_not_be_are_refused(weights: list[float], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        half_squared_error(np.ones((2, 1)), np.zeros((2, 1)), weights)


def test_a_loss_is_found_by_its_name_and_says_it() -> None:
    for name, f in LOSSES.items():
        assert loss(name) is f
        assert loss(f) is f
        assert repr(f) == name
    with pytest.raises(ValueError, match="unknown loss 'mse': choose one of binary_cross_entropy, categorical_cross_"):
        loss("mse")


def test_the_table_of_the_module_names_the_matched_pairs() -> None:
    assert [(f.name, f.matched) for f in LOSSES.values() if f.matched] == [(f.name, g) for f, g in MATCHED]
    z = rows(0.3)
    assert numerical_gradient(lambda z: half_squared_error(z, rows(1.0)), z)[0, 0] == pytest.approx(0.3 - 1.0)


def test_categorical_cross_entropy_keeps_its_digits_for_large_logits_that_are_close() -> None:
    """ln(1 + 1/e) wherever the two logits lie: adding the largest back would cancel digits."""
    z, y = np.array([[1e7, 1e7 - 1]], np.float32), np.array([[1, 0]], np.float32)
    assert categorical_cross_entropy.value(softmax, z, softmax(z), y) == pytest.approx(0.3132617, rel=1e-6)


def test_a_target_that_would_be_broadcast_is_refused_at_the_output_layer_too() -> None:
    z, a = np.zeros((3, 1)), np.full((3, 1), 0.5)
    for use in (binary_cross_entropy.delta, binary_cross_entropy.value):
        with pytest.raises(ValueError, match=r"z has shape \(3, 1\), a \(3, 1\) and y \(3,\): expected three equal"):
            use(sigmoid, z, a, np.ones(3))


def test_a_copy_of_a_loss_is_that_loss() -> None:
    for f in LOSSES.values():
        assert copy.deepcopy(f) is f
        assert pickle.loads(pickle.dumps(f)) is f
