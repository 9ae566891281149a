"""Promise: every activation and its slope are right wherever a float can go, and never warn on the way."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.activations import (
    ACTIVATIONS,
    Activation,
    activation,
    elu,
    gelu,
    leaky_relu,
    make_elu,
    make_leaky_relu,
    relu,
    sigmoid,
    softmax,
    softplus,
    tanh,
)

ELEMENT_WISE = [f for f in ACTIVATIONS.values() if f.element_wise]
EXACT = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "relu": lambda z: max(z, mpmath.mpf(0)),
    "leaky_relu": lambda z: max(z, z * mpmath.mpf(0.01)),
    "elu": lambda z: z if z > 0 else mpmath.expm1(z),
    "gelu": lambda z: z * mpmath.erfc(-z / mpmath.sqrt(2)) / 2,
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
}
EPSILON = np.finfo(float).eps


@pytest.mark.parametrize("f", ELEMENT_WISE, ids=repr)
@given(z=st.floats(-700, 700))
def test_the_value_has_all_its_digits(f: Activation, z: float) -> None:
    with mpmath.workdps(40):
        exact = EXACT[f.name](mpmath.mpf(z))
        conditioning = z * z if f is gelu else 0  # its lower tail turns an error of z into z^2 times as much
        error = abs(float(f(np.array([z]))[0]) - exact)
        assert error <= (4 + conditioning) * EPSILON * abs(exact) + np.finfo(float).tiny


@pytest.mark.parametrize("f", ELEMENT_WISE, ids=repr)
@given(z=st.floats(-40, 40).filter(lambda z: abs(z) > 1e-6))
def test_the_slope_is_the_derivative_at_z(f: Activation, z: float) -> None:
    with mpmath.workdps(40):
        exact = mpmath.diff(EXACT[f.name], mpmath.mpf(z), h=mpmath.mpf(10) ** -15)
        assert abs(float(f.slope(np.array([z]))[0]) - exact) <= 4 * EPSILON


@given(st.lists(st.floats(-300, 300), min_size=1, max_size=6))
def test_softmax_has_all_its_digits(z: list[float]) -> None:
    with mpmath.workdps(40):
        powers = [mpmath.exp(mpmath.mpf(q)) for q in z]
        for ours, power in zip(softmax(np.array([z]))[0], powers, strict=True):
            exact = power / sum(powers)
            assert abs(float(ours) - exact) <= 400 * EPSILON * exact  # z - max(z) is rounded before exp


def test_softmax_of_the_three_class_example() -> None:
    """Erratum E-38: z = (2, 1, 0.1)."""
    np.testing.assert_allclose(softmax(np.array([[2, 1, 0.1]])), [[0.6590, 0.2424, 0.0986]], atol=5e-5)


def test_softmax_takes_each_row_by_itself_and_ignores_a_shift() -> None:
    z = np.random.default_rng(0).normal(size=(5, 3))
    together = softmax(z)
    np.testing.assert_allclose(together.sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_allclose(together, [softmax(row[np.newaxis])[0] for row in z], rtol=1e-15)
    np.testing.assert_allclose(together, softmax(z + 100), rtol=1e-12)


def test_hand_worked_values() -> None:
    assert sigmoid(np.array([0.0]))[0] == 0.5
    assert sigmoid.slope(np.array([0.0]))[0] == 0.25
    assert tanh.slope(np.array([0.0]))[0] == 1.0
    np.testing.assert_array_equal(relu(np.array([-2.0, 0.0, 3.0])), [0, 0, 3])


def test_the_slope_of_relu_at_its_kink_is_zero_as_in_the_frameworks() -> None:
    np.testing.assert_array_equal(relu.slope(np.array([-1.0, -0.0, 0.0, 1e-300, 1.0])), [0, 0, 0, 1, 1])


@pytest.mark.parametrize("z", [0.0, 2.0, -3.0])
def test_the_slope_is_asked_at_z_not_at_the_activation(z: float) -> None:
    """Erratum E-20: x (1 - x) at x = 2 is -2, the slope of the sigmoid is 0.1050."""
    a = 1 / (1 + np.exp(-z))
    assert sigmoid.slope(np.array([z]))[0] == pytest.approx(a * (1 - a), rel=1e-14)


@pytest.mark.parametrize("f", ELEMENT_WISE, ids=repr)
def test_the_slope_is_the_same_from_a_stored_activation(f: Activation) -> None:
    z = np.linspace(-3, 3, 7).reshape(1, 7)
    np.testing.assert_array_equal(f.slope(z), f.slope(z, f(z)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("f", [*ELEMENT_WISE, softmax], ids=repr)
def test_extreme_pre_activations_neither_overflow_nor_warn(f: Activation, dtype: type) -> None:
    z = np.array([[-1e4, -800, -89, -0.0, 0, 89, 800, 1e4]], dtype=dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        a = f(z)
        slope = f.slope(z) if f is not softmax else np.zeros_like(z)
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()
    assert a.dtype == slope.dtype == dtype
    assert a.shape == slope.shape == z.shape


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_saturated_units_are_exactly_saturated(dtype: type) -> None:
    z = np.array([-1e4, 1e4], dtype=dtype)
    np.testing.assert_array_equal(sigmoid(z), [0, 1])
    np.testing.assert_array_equal(sigmoid.slope(z), [0, 0])
    np.testing.assert_array_equal(tanh(z), [-1, 1])
    np.testing.assert_array_equal(tanh.slope(z), [0, 0])
    np.testing.assert_array_equal(softmax(z[np.newaxis]), [[0, 1]])


@pytest.mark.parametrize("f", [*ELEMENT_WISE, softmax], ids=repr)
def test_what_goes_in_is_not_changed(f: Activation) -> None:
    z = np.linspace(-2, 2, 6).reshape(2, 3)
    before = z.copy()
    z.flags.writeable = False
    f(z)
    if f is not softmax:
        f.slope(z)
    np.testing.assert_array_equal(z, before)


def test_the_two_with_a_parameter_can_be_made_with_another_one() -> None:
    z = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_array_equal(make_leaky_relu(0.25)(z), [-0.5, 0, 3])
    np.testing.assert_array_equal(make_leaky_relu(0.25).slope(z), [0.25, 0.25, 1])
    np.testing.assert_allclose(make_elu(2.0)(z), [2 * (np.exp(-2) - 1), 0, 3])
    np.testing.assert_allclose(make_elu(2.0).slope(z), [2 * np.exp(-2), 2, 1])
    assert make_leaky_relu(0.25) != leaky_relu
    assert make_elu(2.0) != elu


@pytest.mark.parametrize("value", [-0.1, 1.5, float("nan"), True, "0.1", None])
def test_a_parameter_that_can_not_be_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"negative_slope is .*, expected a number from 0 to 1"):
        make_leaky_relu(value)
    if value != 1.5:
        with pytest.raises(ValueError, match=r"alpha is .*, expected a number from 0 up"):
            make_elu(value)


def test_gelu_and_softplus_at_hand_worked_points() -> None:
    """GELU(1) is the share of the normal distribution below 1; softplus(0) is ln 2."""
    assert gelu(np.array([1.0]))[0] == pytest.approx(0.8413447460685429, rel=1e-15)
    assert gelu.slope(np.array([0.0]))[0] == 0.5
    assert softplus(np.array([0.0]))[0] == pytest.approx(np.log(2), rel=1e-15)


def test_softmax_refuses_to_name_a_slope() -> None:
    with pytest.raises(TypeError, match="softmax has no element-wise slope: each output depends on every input"):
        softmax.slope(np.zeros((1, 3)))


def test_an_activation_is_found_by_its_name_and_says_it() -> None:
    for name, f in ACTIVATIONS.items():
        assert activation(name) is f
        assert activation(f) is f
        assert repr(f) == name


def test_an_unknown_name_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(
        ValueError,
        match="unknown activation 'sigmod': choose one of elu, gelu, identity, leaky_relu, relu, sigmoid, soft",
    ):
        activation("sigmod")


def test_whole_numbers_are_taken_as_floats() -> None:
    for f in ACTIVATIONS.values():
        np.testing.assert_array_equal(f(np.array([0, 1])), f(np.array([0.0, 1.0])))
        np.testing.assert_array_equal(f(np.array([0, 1], np.uint8)), f(np.array([0.0, 1.0])))
    for f in ELEMENT_WISE:
        np.testing.assert_array_equal(f.slope(np.array([0, 1])), f.slope(np.array([0.0, 1.0])))
    assert sigmoid.slope(0) == 0.25


def test_arrays_of_different_shapes_are_not_broadcast() -> None:
    with pytest.raises(ValueError, match=r"da has shape \(5, 1\), z \(5,\) and a \(5,\): expected three alike"):
        sigmoid.delta(np.ones((5, 1)), np.zeros(5), np.zeros(5))


def test_a_copy_of_an_activation_is_that_activation() -> None:
    for f in ACTIVATIONS.values():
        assert copy.deepcopy(f) is f
        assert pickle.loads(pickle.dumps(f)) is f
    own = make_elu(2.0)
    assert copy.deepcopy(own) == own


@pytest.mark.parametrize("name", [["relu"], None, 3])
def test_what_is_no_name_is_refused(name: Any) -> None:
    with pytest.raises(TypeError, match=r"activation is .*, expected a name: one of elu, gelu"):
        activation(name)
