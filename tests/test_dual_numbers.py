"""Promise: forward mode agrees with reverse mode and with independent implementations, also one inside another.

The same functions take floats, nodes and dual numbers; the counts say which way to a Jacobian is the cheaper one.
"""

from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import elementwise_grad, jacobian
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import check_gradient
from backprop_lab.computation_graph import (
    OPERATIONS,
    Node,
    cos,
    count_operations,
    evaluate,
    exp,
    gradient,
    log,
    maximum,
    sigmoid,
    sin,
    slope_cost,
    sqrt,
    tanh,
    topological_order,
)
from backprop_lab.dual_numbers import (
    Dual,
    Jacobian,
    derivative,
    directional_derivative,
    jacobian_by_columns,
    jacobian_by_rows,
)

seeds = st.integers(0, 2**32 - 1)


def make_function(seed: int, n: int, m: int) -> Callable[..., Any]:
    """Return a smooth function of n numbers to m numbers; `f` says by which sin, exp, tanh, log."""
    rng = np.random.default_rng(seed)
    A, B, c = rng.normal(size=(4, n)), rng.normal(size=(m, 4)), rng.normal(size=m)

    def function(x: Any, f: Any = OPERATIONS) -> list[Any]:
        hidden = []
        for row in A:
            z = sum(float(a) * value for a, value in zip(row, x, strict=True))
            hidden.append(f["tanh"](z) + f["sin"](z) * x[0] / (2 + z * z))
        outputs = []
        for row, shift in zip(B, c, strict=True):
            mixed = sum(float(b) * h for b, h in zip(row, hidden, strict=True))
            outputs.append(f["exp"](mixed / 5) * float(shift) - f["log"](1 + mixed**2) + (2 + f["sin"](mixed)) ** x[-1])
        return outputs

    return function


AUTOGRAD = {"tanh": anp.tanh, "sin": anp.sin, "exp": anp.exp, "log": anp.log}


def expected_jacobian(function: Callable[..., Any], x: np.ndarray) -> np.ndarray:
    return np.asarray(jacobian(lambda v: anp.array(function(v, AUTOGRAD)))(x))


# ---------------------------------------------------------------- one derivative

CURVES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "exp of sin": (lambda x: exp(sin(x)), lambda x: anp.exp(anp.sin(x))),
    "quotient": (lambda x: (1 + x) / (2 + x * x), lambda x: (1 + x) / (2 + x * x)),
    "powers": (  # autograd's own power has a wrong second derivative where the exponent is 0
        lambda x: x**3 - 2**x + (2 + sin(x)) ** x,
        lambda x: x**3 - anp.exp(x * anp.log(2)) + anp.exp(x * anp.log(2 + anp.sin(x))),
    ),
    "log of sqrt": (lambda x: log(sqrt(1 + x * x)), lambda x: anp.log(anp.sqrt(1 + x * x))),
    "sigmoid": (lambda x: sigmoid(3 * x) - x, lambda x: 1 / (1 + anp.exp(-3 * x)) - x),
    "reflected": (
        lambda x: 1 - (2 / (3 + tanh(x))) + (-x) * cos(x),
        lambda x: 1 - (2 / (3 + anp.tanh(x))) - x * anp.cos(x),
    ),
}


@pytest.mark.parametrize("name", CURVES)
@given(x=st.floats(-2, 2))
def test_the_first_three_derivatives_are_those_of_autograd(name: str, x: float) -> None:
    ours, witness = CURVES[name]
    expected = witness
    derived = ours
    for _ in range(3):
        derived, expected = (lambda x, f=derived: derivative(f, x)), elementwise_grad(expected)
        assert derived(x) == pytest.approx(float(expected(x)), rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("name", OPERATIONS)
@given(seed=seeds)
def test_forward_and_reverse_agree_on_each_operation(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    operation = OPERATIONS[name]
    x = [float(v) for v in rng.uniform(0.1, 0.9, size=len(operation.slopes))]
    direction = [float(v) for v in rng.normal(size=len(x))]
    nodes = [Node(value) for value in x]
    grad = gradient(operation(*nodes))
    reverse = sum(grad[node] * part for node, part in zip(nodes, direction, strict=True))
    assert directional_derivative(lambda v: operation(*v), x, direction) == pytest.approx(reverse, rel=1e-12, abs=1e-14)


def test_floats_nodes_and_duals_take_the_same_functions_and_get_the_same_numbers() -> None:
    def f(x: Any, y: Any) -> Any:
        return maximum(x * sin(y), x - y) / (1 + exp(-x)) + abs(x) ** 1.5

    number, node, dual = f(1.2, 0.4), f(Node(1.2), Node(0.4)), f(Dual(1.2, 1.0), Dual(0.4))
    assert isinstance(number, float)
    assert node.value == number
    assert dual.value == number


def test_the_product_rule_is_what_the_square_of_epsilon_leaves() -> None:
    product = Dual(2.0, 3.0) * Dual(5.0, 7.0)
    assert (product.value, product.tangent) == (10, 2 * 7 + 3 * 5)
    x = Dual(3.0, 1.0)
    assert repr(x * x + 2 * x) == "Dual(15, 8)"


@pytest.mark.parametrize("two", [2, 2.0, np.float64(2), np.int64(2)])
def test_plain_numbers_of_any_kind_stand_on_either_side(two: Any) -> None:
    x = Dual(3.0, 1.0)
    results = [two + x, x + two, two * x, x * two, two - x, x - two, two / x, x / two, two**x, x**two]
    assert [r.value for r in results] == pytest.approx([5, 5, 6, 6, -1, 1, 2 / 3, 1.5, 8, 9])
    assert [r.tangent for r in results] == pytest.approx([1, 1, 2, 2, -1, 1, -2 / 9, 0.5, 8 * math.log(2), 6])
    assert x > two
    assert x >= 3
    assert x < 4
    assert x <= Dual(3.0)
    assert float(x) == 3


def test_whole_numbers_give_the_same_as_floats() -> None:
    x = Dual(0, 1)
    assert ((x**0).tangent, (x**1).tangent, (x**2).tangent) == (0, 1, 0)


# ---------------------------------------------------------------- one inside another


def test_a_derivative_inside_a_derivative_keeps_its_own_tangent() -> None:
    """Siskind and Pearlmutter (2005): d/dx [x d/dy (x + y)] is 1; who mixes up the tangents gets 2."""
    assert derivative(lambda x: x * derivative(lambda y: x + y, 1.0), 1.0) == 1
    assert derivative(lambda x: derivative(lambda y: x * y * y, x), 3.0) == pytest.approx(4 * 3.0)


def test_with_one_level_for_all_the_tangents_are_confused() -> None:
    """Test the tester: the mistake that levels are there for gives 2."""

    def mistaken(f: Callable[[Any], Any], x: Any) -> Any:
        return f(Dual(x, 1.0)).tangent

    assert float(mistaken(lambda x: x * mistaken(lambda y: x + y, 1.0), 1.0)) == 2


@given(seed=seeds)
def test_a_graph_of_duals_and_duals_of_nodes_give_the_hessian_times_a_vector(seed: int) -> None:
    rng = np.random.default_rng(seed)
    function, x, v = make_function(seed, 3, 1), rng.normal(size=3), rng.normal(size=3)
    nodes = [Node(float(value)) for value in x]
    f = function(nodes)[0]
    first = gradient(f, create_graph=True)
    hessian = np.array([[gradient(first[a])[b] for b in nodes] for a in nodes])
    slope = directional_derivative(lambda u: function(u)[0], nodes, list(map(float, v)))
    reverse_over_forward = gradient(slope)
    np.testing.assert_allclose([reverse_over_forward[node] for node in nodes], hessian @ v, rtol=1e-8, atol=1e-9)
    duals = {node: Dual(node.value, float(part)) for node, part in zip(nodes, v, strict=True)}
    forward_over_reverse = [evaluate(first[node], duals).tangent for node in nodes]
    np.testing.assert_allclose(forward_over_reverse, hessian @ v, rtol=1e-8, atol=1e-9)


# ---------------------------------------------------------------- Jacobians


@given(seed=seeds, n=st.integers(1, 5), m=st.integers(1, 5))
def test_columns_and_rows_give_the_jacobian_of_autograd(seed: int, n: int, m: int) -> None:
    function, x = make_function(seed, n, m), np.random.default_rng(seed + 1).normal(size=n)
    expected = expected_jacobian(function, x)
    columns, rows = jacobian_by_columns(function, x), jacobian_by_rows(function, x)
    assert columns.matrix.shape == rows.matrix.shape == (m, n)
    np.testing.assert_allclose(columns.matrix, expected, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(rows.matrix, expected, rtol=1e-9, atol=1e-11)
    assert (columns.passes, rows.passes) == (n, m)


@given(seed=seeds)
def test_a_jacobian_is_that_of_central_differences(seed: int) -> None:
    function, x = make_function(seed, 3, 2), np.random.default_rng(seed + 1).normal(size=3)
    for way in (jacobian_by_columns, jacobian_by_rows):
        for i, row in enumerate(way(function, x).matrix):
            assert check_gradient(lambda v, i=i: function(list(map(float, v)))[i], x, row)


@given(seed=seeds, n=st.integers(1, 5), m=st.integers(1, 5))
def test_the_derivative_along_a_direction_is_the_jacobian_times_it(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    function, x, v = make_function(seed, n, m), rng.normal(size=n), rng.normal(size=n)
    before = x.copy()
    along = directional_derivative(function, x, v)
    np.testing.assert_allclose(along, expected_jacobian(function, x) @ v, rtol=1e-8, atol=1e-10)
    np.testing.assert_array_equal(directional_derivative(function, x, v), along)
    np.testing.assert_array_equal(x, before)


def test_a_transposed_jacobian_and_a_slope_off_by_a_thousandth_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Test the tester."""
    function, x = make_function(0, 3, 3), np.array([0.3, -0.7, 1.1])
    expected = expected_jacobian(function, x)
    assert not np.allclose(jacobian_by_rows(function, x).matrix.T, expected, rtol=1e-4)
    planted = dataclasses.replace(OPERATIONS["tanh"], slopes=(lambda u, out: 1.001 * (1 - out * out),))
    for way in (jacobian_by_columns, jacobian_by_rows):
        matrix = way(lambda v: function(v, OPERATIONS | {"tanh": planted}), x).matrix
        assert not np.allclose(matrix, expected, rtol=1e-5)


def test_outputs_may_be_inputs_constants_and_twice_the_same() -> None:
    def f(x: Any) -> list[Any]:
        s = x[0] * x[1]
        return [x[1], 3.0, s, s]

    for way in (jacobian_by_columns, jacobian_by_rows):
        assert way(f, [2.0, 5.0]).matrix.tolist() == [[0, 1], [0, 0], [5, 2], [5, 2]]
    assert directional_derivative(f, [2.0, 5.0], [1.0, 0.0]) == (0, 0, 5, 5)


# ---------------------------------------------------------------- what it costs


def test_the_cheaper_way_is_that_with_fewer_passes() -> None:
    for n, m in ((8, 1), (8, 2), (2, 8), (1, 8)):
        function, x = make_function(0, n, m), np.linspace(-1, 1, n)
        columns, rows = jacobian_by_columns(function, x).operations, jacobian_by_rows(function, x).operations
        assert (columns > rows) == (n > m)


def test_the_gradient_of_one_output_costs_rows_a_constant_and_columns_the_number_of_inputs() -> None:
    def cost(way: Callable[..., Jacobian], n: int) -> float:
        function, x = make_function(0, n, 1), np.linspace(-1, 1, n)
        nodes = [Node(float(value)) for value in x]
        return way(function, x).operations / count_operations(function(nodes)[0]).forward

    assert all(cost(jacobian_by_rows, n) < 5 for n in (2, 10, 50))
    assert cost(jacobian_by_columns, 50) > 2.5 * cost(jacobian_by_columns, 5) > 4 * cost(jacobian_by_rows, 5)


def test_the_counts_of_a_small_example_are_those_by_hand() -> None:
    """Three values and one slope; then what a pass takes for each column or row."""

    def f(v: Any) -> list[Any]:
        x, y = v
        return [(x + y) * y, sin(x)]

    # x reaches +, * and sin by one edge each: 3; y reaches + by one and * by two: 1 + (2 + 1)
    assert jacobian_by_columns(f, [2.0, 3.0]).operations == 3 + 1 + 3 + 4
    # the first output has 4 edges and y gets a sum, the second one edge
    assert jacobian_by_rows(f, [2.0, 3.0]).operations == 3 + 1 + 5 + 1


@given(seed=seeds, n=st.integers(1, 4), m=st.integers(1, 4))
def test_the_count_of_the_columns_is_what_dual_numbers_really_do(seed: int, n: int, m: int) -> None:
    """Run on duals whose parts are nodes, forward mode leaves a node for each operation: values, slopes, tangents."""
    function, x = make_function(seed, n, m), np.random.default_rng(seed).normal(size=n)
    nodes = [Node(float(value)) for value in x]
    values = topological_order(*function(nodes))
    expected = sum(node.operation is not None for node in values)
    expected += sum(slope_cost(edge) for node in values for edge in node.edges)
    for j in range(n):
        made: list[str] = []

        class Counted(float):
            """A tangent that notes what is done with it."""

            def __mul__(self, other: Any) -> Any:
                made.append("product")  # noqa: B023
                return Counted(float(self) * float(other))

            __rmul__ = __mul__

            def __add__(self, other: Any) -> Any:
                made.append("sum")  # noqa: B023
                return Counted(float(self) + float(other))

        plain = [float(value) for value in x]
        function([Dual(value, Counted(1.0), 7) if i == j else value for i, value in enumerate(plain)])
        expected += len(made)
    assert jacobian_by_columns(function, x).operations == expected


# ---------------------------------------------------------------- the door

X = Dual(2.0, 1.0)


def pair(v: Any) -> list[Any]:
    return [v[0] * v[1], v[0]]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dual("2"), TypeError, "the value is '2', expected a number, a Node or a Dual"),
        (lambda: Dual(2.0, True), TypeError, "the tangent is True, expected a number, a Node or a Dual"),
        (lambda: Dual(math.nan), ValueError, "the value is nan, expected a finite number"),
        (lambda: Dual(2.0, math.inf), ValueError, "the tangent is inf, expected a finite number"),
        (lambda: Dual(2.0, 1.0, 0), ValueError, "level is 0, expected a whole number from 1 up"),
        (lambda: log(X - 2), ValueError, "log(0) is not defined"),
        (lambda: 1 / (X - 2), ZeroDivisionError, "1 / 0 is not defined"),
        (lambda: sqrt(X - 2), ZeroDivisionError, "sqrt(0) has no finite slope"),
        (lambda: log(Dual(Node(0.0, "x"), 1.0)), ValueError, "log(x) is not defined at x = 0"),
        (lambda: X + math.nan, ValueError, "2 + nan has an operand nan, expected finite numbers"),
        (lambda: X + "y", TypeError, "unsupported operand type(s) for +: 'Dual' and 'str'"),
        (
            lambda: derivative(lambda x: "y", 1.0),
            TypeError,
            "the result of f is 'y', expected a number, a Node or a Dual",
        ),
        (
            lambda: derivative(lambda x: [x], 1.0),
            TypeError,
            "f returned 1 numbers, expected one: see jacobian_by_columns",
        ),
        (
            lambda: directional_derivative(pair, [1.0, 2.0], [1.0]),
            ValueError,
            "x has 2 entries and the direction 1: expected as many, at least one",
        ),
        (
            lambda: directional_derivative(pair, [], []),
            ValueError,
            "x has 0 entries and the direction 0: expected as many, at least one",
        ),
        (
            lambda: jacobian_by_rows(pair, [1, 2]),
            TypeError,
            "x has dtype int64, expected floating point: write np.array(..., dtype=float)",
        ),
        (
            lambda: jacobian_by_columns(pair, [[1.0, 2.0]]),
            ValueError,
            "x has shape (1, 2), expected (n,) with at least one entry",
        ),
        (lambda: jacobian_by_rows(pair, [1.0, math.nan]), ValueError, "x[1] is nan, expected finite numbers"),
        (lambda: jacobian_by_rows(lambda v: 2.0, [1.0]), TypeError, "f returned 2.0, expected a list of numbers"),
        (
            lambda: jacobian_by_columns(lambda v: [], [1.0]),
            ValueError,
            "f returned an empty list, expected at least one number",
        ),
        (
            lambda: jacobian_by_rows(lambda v: ["y"], [1.0]),
            TypeError,
            "the result of f is 'y', expected a number, a Node or a Dual",
        ),
    ],
)
def test_what_is_wrong_is_said(make: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value).splitlines()[0] == message


def test_a_dual_number_can_not_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        X.value = 3.0  # type: ignore[misc]


def test_relations_of_duals_and_nodes_are_those_of_their_values() -> None:
    for relation in (operator.lt, operator.le, operator.gt, operator.ge):
        for a, b in ((Dual(1.0, 5.0), Node(2.0)), (Node(2.0), Dual(2.0)), (Dual(3.0), 2)):
            assert relation(a, b) == relation(float(a), float(b))
