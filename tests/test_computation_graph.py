"""Promise: the gradient of any program is right, twice in a row, at any depth, and costs what we say.

Nothing is left on the nodes, every path counts, and where there is no derivative the message names the operation.
"""

from __future__ import annotations

import dataclasses
import gc
import math
import operator
import re
import threading
import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import autograd.numpy as anp
import numpy as np
import pytest
import sympy
from autograd import grad as autograd_grad
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import check_gradient
from backprop_lab import computation_graph as cg
from backprop_lab.computation_graph import (
    OPERATIONS,
    Edge,
    Node,
    Operation,
    OperationCount,
    Path,
    count_operations,
    evaluate,
    exp,
    gradient,
    log,
    maximum,
    minimum,
    paths,
    relu,
    sigmoid,
    sin,
    slope_cost,
    sqrt,
    tanh,
    topological_order,
)

seeds = st.integers(0, 2**32 - 1)

# ---------------------------------------------------------------- the witnesses

# Each operation a second and a third time, and where it can be tried: from, to.
UNARY: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], float, float]] = {
    "neg": (operator.neg, operator.neg, -3, 3),
    "abs": (anp.abs, sympy.Abs, -3, 3),
    "exp": (anp.exp, sympy.exp, -3, 3),
    "log": (anp.log, sympy.log, 0.1, 5),
    "sqrt": (anp.sqrt, sympy.sqrt, 0.1, 5),
    "sin": (anp.sin, sympy.sin, -5, 5),
    "cos": (anp.cos, sympy.cos, -5, 5),
    "tan": (anp.tan, sympy.tan, -1.4, 1.4),
    "asin": (anp.arcsin, sympy.asin, -0.95, 0.95),
    "acos": (anp.arccos, sympy.acos, -0.95, 0.95),
    "atan": (anp.arctan, sympy.atan, -5, 5),
    "sinh": (anp.sinh, sympy.sinh, -3, 3),
    "cosh": (anp.cosh, sympy.cosh, -3, 3),
    "tanh": (anp.tanh, sympy.tanh, -3, 3),
    "sigmoid": (lambda u: 1 / (1 + anp.exp(-u)), lambda u: 1 / (1 + sympy.exp(-u)), -6, 6),
    "relu": (lambda u: anp.where(u > 0, u, 0.0 * u), lambda u: sympy.Max(u, 0), -3, 3),
}
BINARY: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    "+": (operator.add, operator.add),
    "-": (operator.sub, operator.sub),
    "*": (operator.mul, operator.mul),
    "/": (operator.truediv, operator.truediv),
    "**": (operator.pow, operator.pow),
    "maximum": (anp.maximum, sympy.Max),
    "minimum": (anp.minimum, sympy.Min),
}


def point(rng: np.random.Generator, name: str) -> list[float]:
    if name in UNARY:
        return [float(rng.uniform(*UNARY[name][2:]))]
    left = rng.uniform(0.2, 3) if name == "**" else rng.uniform(-3, 3)
    return [float(left), float(rng.choice([-1, 1]) * rng.uniform(0.3, 3))]


def slopes_of(operation: Operation, x: Sequence[float]) -> list[float]:
    nodes = [Node(value) for value in x]
    grad = gradient(operation(*nodes))
    return [grad[node] for node in nodes]


def rule_is_right(operation: Operation, witness: Callable[..., Any], x: Sequence[float]) -> bool:
    """Judge an operation's slopes by HIPS autograd."""
    expected = [autograd_grad(witness, i)(*x) for i in range(len(x))]
    return bool(np.allclose(slopes_of(operation, x), expected, rtol=1e-9, atol=1e-11))


class Language:
    """What a random program is computed in: the functions that it may call."""

    def __init__(self, functions: dict[str, Callable[..., Any]]) -> None:
        self.f = functions


OURS = Language(dict(OPERATIONS))
AUTOGRAD = Language({name: row[0] for name, row in (UNARY | BINARY).items()})
SYMPY = Language({name: row[1] for name, row in (UNARY | BINARY).items()})

# Steps that keep every number within the domain of the next: each takes one or two numbers of any size up to 3 or so.
STEPS: dict[str, Callable[..., Any]] = {
    "sum": lambda f, a, b: f["tanh"](a + b),
    "difference": lambda f, a, b: f["sin"](a - 2 * b),
    "product": lambda f, a, b: a * b / 3,
    "quotient": lambda f, a, b: a / (1 + b * b),
    "reversed quotient": lambda f, a, b: 2.0 / (3 + f["sin"](a)) - b / 2,
    "power": lambda f, a, b: (0.5 + f["sigmoid"](a)) ** b,
    "square": lambda f, a: a**2 / 4 - 1,
    "base": lambda f, a: 0.5 ** f["sin"](a),
    "exp": lambda f, a: f["exp"](-a * a) - f["cosh"](f["cos"](a)),
    "log": lambda f, a: f["log"](2 + f["cos"](a)),
    "sqrt": lambda f, a: f["sqrt"](1 + a * a),
    "asin": lambda f, a: f["asin"](0.8 * f["sin"](a)) - f["acos"](f["tanh"](a) / 2),
    "atan": lambda f, a: f["atan"](a) + f["sinh"](f["sin"](a)),
    "tan": lambda f, a: f["tan"](f["sin"](a)),
    "neg": lambda f, a: -a,
}


def draw_program(rng: np.random.Generator, inputs: int = 3, length: int = 7) -> list[tuple[str, list[int]]]:
    """Draw a straight-line program; each step uses any numbers before it, so nodes are reused and diamonds arise."""
    program = []
    for step in range(length):
        name = str(rng.choice(list(STEPS)))
        arity = STEPS[name].__code__.co_argcount - 1
        last = inputs + step - 1
        program.append((name, [last, *(int(rng.integers(0, last + 1)) for _ in range(arity - 1))]))
    return program


def run(program: list[tuple[str, list[int]]], inputs: Sequence[Any], language: Language) -> Any:
    numbers = list(inputs)
    for name, places in program:
        numbers.append(STEPS[name](language.f, *(numbers[i] for i in places)))
    return numbers[-1] + numbers[0] * numbers[1] + numbers[2]  # all inputs count


def gradient_that_overwrites(f: Node) -> dict[Node, float]:
    """Make the famous mistake: = for +=."""
    grad = {f: 1.0}
    for node in reversed(topological_order(f)):
        for edge in node.edges:
            grad[edge.source] = grad[node] * edge.slope
    return grad


def gradient_depth_first(f: Node) -> dict[Node, float]:
    """Make the other one: each node reports as soon as it hears something, and its total each time."""
    grad: Counter[Node] = Counter({f: 1.0})  # type: ignore[dict-item]

    def visit(node: Node) -> None:
        for edge in node.edges:
            grad[edge.source] += grad[node] * edge.slope  # type: ignore[assignment]
            visit(edge.source)

    visit(f)
    return dict(grad)


# ---------------------------------------------------------------- each rule


def test_every_operation_has_a_witness() -> None:
    assert set(OPERATIONS) == set(UNARY) | set(BINARY)


@pytest.mark.parametrize("name", OPERATIONS)
@given(seed=seeds)
def test_each_operation_has_the_value_and_slopes_of_autograd(name: str, seed: int) -> None:
    x = point(np.random.default_rng(seed), name)
    witness = (UNARY | BINARY)[name][0]
    assert OPERATIONS[name](*x) == pytest.approx(float(witness(*x)), rel=1e-12)
    assert rule_is_right(OPERATIONS[name], witness, x)


@pytest.mark.parametrize("name", OPERATIONS)
@given(seed=seeds)
def test_each_operation_has_the_slopes_of_central_differences(name: str, seed: int) -> None:
    x = point(np.random.default_rng(seed), name)
    operation = OPERATIONS[name]
    assert check_gradient(lambda v: operation(*map(float, v)), np.array(x), np.array(slopes_of(operation, x)))


@pytest.mark.parametrize("name", OPERATIONS)
@given(seed=seeds)
def test_each_operation_has_the_second_derivatives_of_sympy(name: str, seed: int) -> None:
    x = point(np.random.default_rng(seed), name)
    symbols = sympy.symbols("u v", real=True)[: len(x)]
    expression = (UNARY | BINARY)[name][1](*symbols)
    nodes = [Node(value) for value in x]
    first = gradient(OPERATIONS[name](*nodes), create_graph=True)
    for a, u in zip(nodes, symbols, strict=True):
        second = gradient(first[a])
        for b, v in zip(nodes, symbols, strict=True):
            formula = sympy.diff(expression, u, v).replace(sympy.DiracDelta, lambda _: sympy.Integer(0))
            expected = float(formula.subs(dict(zip(symbols, x, strict=True))))
            assert second[b] == pytest.approx(expected, rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("name", OPERATIONS)
@given(seed=seeds)
def test_a_wrong_slope_is_found(name: str, seed: int) -> None:
    """Test the tester: sign, a factor of 1.001, a forgotten slope, operands exchanged."""
    x = point(np.random.default_rng(seed), name)
    operation, witness = OPERATIONS[name], (UNARY | BINARY)[name][0]
    right = slopes_of(operation, x)
    mistakes: list[tuple[Callable[..., Any], ...]] = []
    for i, slope in enumerate(operation.slopes):
        wrong = [lambda *o, s=slope: -s(*o), lambda *o, s=slope: 1.001 * s(*o), lambda *o: 1.0]
        mistakes += [(*operation.slopes[:i], w, *operation.slopes[i + 1 :]) for w in wrong]
    mistakes.append(operation.slopes[::-1])
    for slopes in mistakes:
        planted = dataclasses.replace(operation, slopes=slopes)
        if not np.allclose(slopes_of(planted, x), right, rtol=1e-6):
            assert not rule_is_right(planted, witness, x)
    assert any(not rule_is_right(dataclasses.replace(operation, slopes=s), witness, x) for s in mistakes) or not any(
        right
    )


@pytest.mark.parametrize("symbol", ["+", "-", "*", "/", "**"])
@given(seed=seeds)
def test_the_operators_follow_the_table_with_nodes_and_constants_on_either_side(symbol: str, seed: int) -> None:
    """The three most frequent operators have code of their own; it must say what the table says."""
    operation, (a, b) = OPERATIONS[symbol], point(np.random.default_rng(seed), symbol)
    infix = BINARY[symbol][1]
    for left, right in ((Node(a), Node(b)), (Node(a), b), (a, Node(b))):
        result = infix(left, right)
        assert isinstance(result, Node)
        assert result.operation is operation
        assert result.operands == (left, right)
        assert result.value == pytest.approx(infix(a, b), rel=1e-15)
        expected = {
            i: operation.slope(i, (a, b), result.value) for i, o in enumerate((left, right)) if o in result.operands
        }
        for edge in result.edges:
            assert edge.slope == pytest.approx(expected[edge.position], rel=1e-15)
        assert len(result.edges) == sum(isinstance(o, Node) for o in (left, right))


def test_kinks_take_the_slopes_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    cases = [
        (relu, torch.relu, [0.0]),
        (abs, torch.abs, [0.0]),
        (maximum, torch.maximum, [2.0, 2.0]),
        (minimum, torch.minimum, [2.0, 2.0]),
    ]
    for ours, theirs, x in cases:
        nodes = [Node(value) for value in x]
        tensors = [torch.tensor(value, requires_grad=True) for value in x]
        theirs(*tensors).backward()
        grad = gradient(ours(*nodes))
        assert [grad[node] for node in nodes] == [float(t.grad) for t in tensors]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda x: x**2, (0.0, 2.0)),
        (lambda x: x**1, (1.0, 0.0)),
        (lambda x: x**0, (0.0, 0.0)),
        (lambda x: x**3, (0.0, 0.0)),
    ],
)
def test_powers_have_their_derivatives_at_zero(make: Callable[[Node], Node], expected: tuple[float, float]) -> None:
    x = Node(0.0)
    first = gradient(make(x), create_graph=True)[x]
    assert (first.value, gradient(first)[x]) == expected


def test_zero_to_a_positive_power_does_not_change_with_the_power() -> None:
    b = Node(2.0)
    assert gradient(0.0**b)[b] == 0


def test_the_sigmoid_never_overflows() -> None:
    for u, expected in ((800.0, 1.0), (-800.0, 0.0), (-30.0, math.exp(-30))):
        x = Node(u)
        f = sigmoid(x)
        assert f.value == pytest.approx(expected, rel=1e-12)
        assert gradient(f)[x] == pytest.approx(expected * (1 - expected), rel=1e-12)


# ---------------------------------------------------------------- whole programs


@given(seed=seeds)
def test_the_gradient_of_a_random_program_is_that_of_autograd(seed: int) -> None:
    rng = np.random.default_rng(seed)
    program, x = draw_program(rng), rng.normal(size=3)
    nodes = [Node(float(value)) for value in x]
    f = run(program, nodes, OURS)
    grad = gradient(f)
    assert f.value == pytest.approx(float(run(program, x, AUTOGRAD)), rel=1e-12)
    expected = autograd_grad(lambda v: run(program, v, AUTOGRAD))(x)
    np.testing.assert_allclose([grad[node] for node in nodes], expected, rtol=1e-9, atol=1e-11)


@given(seed=seeds)
def test_the_gradient_of_a_random_program_is_that_of_central_differences(seed: int) -> None:
    rng = np.random.default_rng(seed)
    program, x = draw_program(rng), rng.normal(size=3)
    nodes = [Node(float(value)) for value in x]
    f = run(program, nodes, OURS)
    grad = gradient(f)
    assert check_gradient(
        lambda v: evaluate(f, dict(zip(nodes, map(float, v), strict=True))), x, np.array([grad[node] for node in nodes])
    )


@given(seed=st.integers(0, 7))
def test_second_and_third_derivatives_of_a_random_program_are_those_of_sympy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    program, x = draw_program(rng, length=3), rng.normal(size=3)
    nodes, symbols = [Node(float(value)) for value in x], sympy.symbols("x y z", real=True)
    expression, at = run(program, symbols, SYMPY), dict(zip(symbols, x, strict=True))
    first = gradient(run(program, nodes, OURS), create_graph=True)
    second = gradient(first[nodes[2]], create_graph=True)
    third = gradient(second[nodes[0]])
    for node, symbol in zip(nodes, symbols, strict=True):
        for ours, by in (
            (first[node].value, [symbol]),
            (second[node].value, [symbols[2], symbol]),
            (third[node], [symbols[2], symbols[0], symbol]),
        ):
            assert ours == pytest.approx(float(sympy.diff(expression, *by).subs(at)), rel=1e-9, abs=1e-10)


@given(seed=st.integers(0, 11))
def test_the_hessian_of_a_random_program_is_that_of_jax(seed: int) -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    language = Language(
        {
            name: getattr(jnp, {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}.get(name, name), None)
            for name in UNARY
        }
        | {"sigmoid": jax.nn.sigmoid}
    )
    rng = np.random.default_rng(seed)
    program, x = draw_program(rng, length=5), rng.normal(size=3)
    nodes = [Node(float(value)) for value in x]
    first = gradient(run(program, nodes, OURS), create_graph=True)
    hessian = [[gradient(first[a])[b] for b in nodes] for a in nodes]
    expected = jax.hessian(lambda v: run(program, v, language))(jnp.array(x))
    np.testing.assert_allclose(hessian, expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(hessian, np.transpose(hessian), rtol=1e-9, atol=1e-11)


@given(seed=seeds)
def test_the_gradient_as_a_graph_has_the_same_numbers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes = [Node(float(value)) for value in rng.normal(size=3)]
    f = run(draw_program(rng), nodes, OURS)
    numbers, graph = gradient(f), gradient(f, create_graph=True)
    assert set(numbers) == set(graph)
    for node in numbers:
        assert isinstance(graph[node], Node)
        assert graph[node].value == pytest.approx(numbers[node], rel=1e-11, abs=1e-13)


@given(seed=seeds)
def test_two_calls_give_the_same_and_change_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes = [Node(float(value)) for value in rng.normal(size=3)]
    f = run(draw_program(rng), nodes, OURS)
    before = [(node.value, node.operands, node.edges) for node in topological_order(f)]
    first = dict(gradient(f))
    gradient(f * 2 + nodes[0])  # another graph over the same nodes
    gradient(f, create_graph=True)
    assert dict(gradient(f)) == first
    assert [(node.value, node.operands, node.edges) for node in topological_order(f)] == before


def test_the_example_of_the_book_is_right() -> None:
    """At x = 2, y = 3 the graph of f = (x + y) y has f = 15, df/dx = 3, df/dy = 8."""
    x, y = Node(2, "x"), Node(3, "y")
    f = (x + y) * y
    grad = gradient(f)
    assert (f.value, grad[x], grad[y], grad[f]) == (15, 3, 8, 1)
    assert repr(f) == "Node(15, (x + y) * y)"
    assert repr(grad) == "Gradient of (x + y) * y (x: 3, y: 8)"


def test_x_times_3_plus_5_has_slope_3() -> None:
    x = Node(2, "x")
    a = x * 3
    z = a + 5
    grad = gradient(z)
    assert (a.value, z.value, grad[z], grad[a], grad[x]) == (6, 11, 1, 1, 3)


def test_a_sigmoid_neuron_with_cross_entropy_has_a_minus_y_for_its_delta() -> None:
    w, x, b = Node(0.7, "w"), Node(-1.2, "x"), Node(0.3, "b")
    z = w * x + b
    a = sigmoid(z)
    for y in (0.0, 1.0):
        grad = gradient(-(y * log(a) + (1 - y) * log(1 - a)))
        assert grad[z] == pytest.approx(a.value - y, rel=1e-12)
        assert grad[w] == pytest.approx((a.value - y) * x.value, rel=1e-12)


def test_equals_for_plus_equals_is_found_wherever_a_node_is_used_twice() -> None:
    x, y = Node(2, "x"), Node(3, "y")
    f = (x + y) * y
    assert gradient_that_overwrites(f)[y] in (1 * 3, 5)
    assert gradient(f)[y] == 8
    assert gradient_that_overwrites(x * y)[y] == gradient(x * y)[y]  # one path: the mistake does not show


@given(seed=seeds)
def test_both_famous_mistakes_are_found_by_a_random_program(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes = [Node(float(value)) for value in rng.normal(size=3)]
    a = tanh(nodes[0] + nodes[1] * nodes[2])
    f = run(draw_program(rng, length=3), [a * a, a, nodes[2]], OURS)  # a is reused, and so is what lies below
    right = [gradient(f)[node] for node in nodes]
    for wrong in (gradient_that_overwrites(f), gradient_depth_first(f)):
        assert not np.allclose([wrong[node] for node in nodes], right, rtol=1e-6)


@pytest.mark.parametrize("levels", [1, 2, 5, 60])
def test_a_ladder_of_diamonds_doubles_the_derivative_and_takes_no_longer(levels: int) -> None:
    """60 diamonds have 2^60 paths; a walk by paths would never end."""
    x = Node(1.0, "x")
    f = x
    for _ in range(levels):
        f = f + f
    assert gradient(f)[x] == 2.0**levels
    assert count_operations(f).products == 2 * levels


def test_the_same_node_as_both_operands_counts_twice() -> None:
    x = Node(3.0)
    assert gradient(x * x)[x] == 6
    assert gradient(x - x)[x] == 0
    assert gradient(x / x)[x] == pytest.approx(0)
    assert gradient(x**x)[x] == pytest.approx(27 * (math.log(3) + 1))


def test_a_gradient_flows_to_nodes_of_a_class_of_their_own() -> None:
    class Weight(Node):
        pass

    x, w = Node(2.0), Weight(3.0)
    for f in (w * x, x * w, x / (1 / w), abs(w) * x):
        assert (gradient(f)[w], gradient(f)[x]) == (pytest.approx(2), pytest.approx(3))


def test_the_gradient_is_zero_for_what_f_does_not_depend_on() -> None:
    x, y = Node(2.0), Node(3.0)
    grad = gradient(x * x)
    assert grad[y] == 0
    assert x in grad
    assert y not in grad
    assert len(grad) == 2
    assert gradient(x * x, create_graph=True)[y].value == 0


def test_an_input_is_its_own_gradient() -> None:
    x = Node(2.0)
    assert gradient(x)[x] == 1
    assert gradient(x, create_graph=True)[x].value == 1


def test_no_gradient_flows_to_constants() -> None:
    x = Node(2.0)
    f = 3 * x + 4
    assert topological_order(f) == [x, *[n for n in topological_order(f) if n.operation]]
    assert len(topological_order(f)) == 3
    assert (3 - x).operands == (3.0, x)


@pytest.mark.parametrize("two", [2, 2.0, np.float64(2), np.float32(2), np.int64(2), Fraction(2)])
def test_plain_numbers_of_any_kind_stand_on_either_side(two: Any) -> None:
    x = Node(3.0)
    results = [two + x, x + two, two * x, x * two, two - x, x - two, two / x, x / two, two**x, x**two]
    assert [r.value for r in results] == pytest.approx([5, 5, 6, 6, -1, 1, 2 / 3, 1.5, 8, 9])
    assert all(isinstance(r, Node) for r in results)


def test_nodes_compare_by_value_and_are_equal_only_to_themselves() -> None:
    x, y = Node(2.0), Node(2.0)
    assert x <= y
    assert x >= 2
    assert x < 3
    assert x > 1.5
    assert x == x
    assert x != y
    assert x != 2
    assert float(+x) == 2.0
    assert abs(-x).value == 2


def test_arrays_of_nodes_multiply_as_matrices() -> None:
    W, x = np.array([[Node(1.0), Node(2.0)], [Node(3.0), Node(4.0)]]), np.array([Node(5.0), Node(6.0)])
    z = W @ x
    assert [n.value for n in z] == [17, 39]
    assert gradient(z[1])[W[1, 0]] == 5


def test_a_node_can_not_be_changed() -> None:
    x = Node(2.0, "x")
    for name in ("value", "name", "operation", "operands", "edges", "grad"):
        with pytest.raises(AttributeError):
            setattr(x, name, 3.0)


# ---------------------------------------------------------------- order and depth


@given(seed=seeds)
def test_the_order_has_every_node_once_and_after_its_operands(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes = [Node(float(value)) for value in rng.normal(size=3)]
    program = draw_program(rng)
    f, g = run(program, nodes, OURS), run(program[:2], nodes, OURS)
    order = topological_order(f, g, f)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order)
    assert {f, g, *nodes} <= set(order)
    for node in order:
        assert all(place[edge.source] < place[node] for edge in node.edges)
    assert all(node.operation is None for node in order[:3])


def test_a_chain_of_a_million_nodes_is_built_differentiated_and_deleted_with_a_small_stack() -> None:
    found: list[float] = []

    def work() -> None:
        x = Node(1.0, "x")
        f = x
        for _ in range(1_000_000):
            f = f + x
        found.extend((f.value, gradient(f)[x]))
        del f
        found.append(gradient(x * x)[x])

    size = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
    assert found == [1_000_001, 1_000_001, 2]


def test_everything_else_takes_a_deep_graph_too() -> None:
    x = Node(0.5, "x")
    f = x
    for _ in range(20_000):
        f = tanh(f * 1.0001)
    slope = gradient(f)[x]
    assert gradient(f, create_graph=True)[x].value == pytest.approx(slope, rel=1e-9)
    assert paths(f, x)[0].product == pytest.approx(slope, rel=1e-9)
    assert evaluate(f, {x: 0.5}) == f.value
    assert count_operations(f).forward == 40_000
    assert "(...)" in repr(f)
    assert len(repr(f)) < 100


def test_a_node_takes_at_most_130_bytes_and_200_while_it_is_differentiated() -> None:
    x, n = Node(1.0), 80_000
    gc.collect()
    tracemalloc.start()
    try:
        f = x
        for _ in range(n):
            f = f + x
        graph, _ = tracemalloc.get_traced_memory()
        grad = gradient(f)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grad[x] == n + 1
    assert graph / n < 130
    assert peak / n < 200


def test_a_graph_is_no_rubbish_for_the_collector_but_goes_at_once() -> None:
    """Nodes hold their operands only, so there are no circles to be found later."""
    gc.collect()
    gc.disable()
    try:
        x = Node(1.0)
        f = sin(x * x) + exp(x)
        gradient(f, create_graph=True)
        before = sum(type(o) is Node for o in gc.get_objects())
        del f
        assert sum(type(o) is Node for o in gc.get_objects()) == before - 4
        assert gc.collect() == 0
    finally:
        gc.enable()


# ---------------------------------------------------------------- evaluating again


@given(seed=seeds)
def test_a_graph_evaluated_at_other_values_is_the_program_there(seed: int) -> None:
    rng = np.random.default_rng(seed)
    program, nodes = draw_program(rng), [Node(float(v)) for v in rng.normal(size=3)]
    f = run(program, nodes, OURS)
    here, x = f.value, [float(v) for v in rng.normal(size=3)]
    assert evaluate(f, dict(zip(nodes, x, strict=True))) == pytest.approx(float(run(program, x, AUTOGRAD)), rel=1e-12)
    assert evaluate(f, {}) == here
    other = [Node(v) for v in x]
    again = evaluate(f, dict(zip(nodes, other, strict=True)))
    expected = autograd_grad(lambda v: run(program, v, AUTOGRAD))(np.array(x))
    np.testing.assert_allclose([gradient(again)[node] for node in other], expected, rtol=1e-9, atol=1e-11)
    assert f.value == here


def test_an_inner_node_can_be_given_a_value_and_shows_its_gradient_as_a_difference() -> None:
    x, y = Node(2.0, "x"), Node(3.0, "y")
    s = x + y
    f = s * y
    assert evaluate(f, {s: 6.0}) - f.value == gradient(f)[s]
    assert evaluate(f, {s: 6.0, x: 100.0}) == 18
    assert evaluate(f, {f: 1.0}) == 1
    assert evaluate(x, {x: 7}) == 7
    assert evaluate(x, {}) == 2


def test_evaluating_refuses_what_has_no_effect_and_what_is_no_number() -> None:
    x, y = Node(2.0, "x"), Node(3.0, "y")
    with pytest.raises(ValueError, match=re.escape("x * x does not depend on y, so a value for it has no effect")):
        evaluate(x * x, {y: 1.0})
    with pytest.raises(TypeError, match="expected a Node, got str: 'x'"):
        evaluate(x * x, {"x": 1.0})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="the value of x is '1', expected a real number"):
        evaluate(x * x, {x: "1"})
    with pytest.raises(ValueError, match="the value of x is nan, expected a finite number"):
        evaluate(x * x, {x: math.nan})
    with pytest.raises(ZeroDivisionError, match=re.escape("1 / 0 is not defined")):
        evaluate(1 / x, {x: 0.0})


# ---------------------------------------------------------------- paths


def test_the_paths_of_the_example_are_two_and_add_up_to_eight() -> None:
    x, y = Node(2, "x"), Node(3, "y")
    s = x + y
    f = s * y
    found = paths(f, y)
    assert [path.factors for path in found] == [(1, 3), (5,)]
    assert [path.product for path in found] == [3, 5]
    assert found[0].edges == (Edge(y, s, 1, 1.0), Edge(s, f, 0, 3.0))
    assert [path.product for path in paths(f, x)] == [3]
    assert paths(f, f) == [Path(())]
    assert paths(f, f)[0].product == 1
    assert paths(s, Node(1.0)) == []


@given(seed=seeds)
def test_the_sum_over_the_paths_is_the_gradient_of_every_node(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes = [Node(float(value)) for value in rng.normal(size=3)]
    f = run(draw_program(rng, length=5), nodes, OURS)
    for node, derivative in gradient(f).items():
        found = paths(f, node)
        assert sum(path.product for path in found) == pytest.approx(derivative, rel=1e-10, abs=1e-12)
        assert len({path.edges for path in found}) == len(found)
        for path in found:
            ends = [node, *(edge.target for edge in path.edges)]
            assert [edge.source for edge in path.edges] == ends[:-1]
            assert ends[-1] is f


def test_too_many_paths_are_counted_and_refused() -> None:
    x = Node(1.0, "x")
    f = x
    for _ in range(40):
        f = f + f
    with pytest.raises(ValueError, match=r"there are 1,099,511,627,776 paths to .*, expected at most 10,000"):
        paths(f, x)
    assert len(paths(x * x + x, x)) == 3
    with pytest.raises(ValueError, match=r"there are 3 paths to \(x \* x\) \+ x, expected at most 2"):
        paths(x * x + x, x, most=2)


# ---------------------------------------------------------------- counting


def test_the_counts_of_the_example_are_those_by_hand() -> None:
    x, y = Node(2, "x"), Node(3, "y")
    count = count_operations((x + y) * y)
    assert count == OperationCount(forward=2, slopes=0, products=4, sums=1)
    assert count.backward == 5
    assert count.ratio == 3.5
    assert count_operations(x) == OperationCount(0, 0, 0, 0)
    assert count_operations(x).ratio == 1


@pytest.mark.parametrize(
    ("make", "slopes"),
    [
        (lambda x: x + x, 0),
        (lambda x: x * x, 0),
        (lambda x: exp(x), 0),
        (lambda x: sin(x), 1),
        (lambda x: tanh(x), 2),
        (lambda x: x / (x + 1), 3),  # 1/b and -out/b
    ],
)
def test_slopes_cost_what_their_formulas_say(make: Callable[[Node], Node], slopes: int) -> None:
    assert count_operations(make(Node(0.5))).slopes == slopes


@given(seed=seeds)
def test_the_counts_are_those_of_a_walk_that_counts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    f = run(draw_program(rng), [Node(float(value)) for value in rng.normal(size=3)], OURS)
    order = topological_order(f)
    grad: dict[Node, float] = {f: 1.0}
    products = sums = 0
    for node in reversed(order):
        for edge in node.edges:
            part = grad[node] * edge.slope
            products += 1
            if edge.source in grad:
                grad[edge.source] += part
                sums += 1
            else:
                grad[edge.source] = part
    count = count_operations(f)
    assert (count.forward, count.products, count.sums) == (sum(bool(n.operation) for n in order), products, sums)
    assert count.slopes == sum(slope_cost(edge) for node in order for edge in node.edges)
    assert count.ratio <= 10  # the dearest operation is ** with two variables


@given(seed=seeds)
def test_the_gradient_of_a_polynomial_costs_at_most_five_times_its_value(seed: int) -> None:
    """Baur and Strassen (1983)."""
    rng = np.random.default_rng(seed)
    numbers = [Node(float(value)) for value in rng.normal(size=8)]
    for _ in range(30):
        a, b = (numbers[int(i)] for i in rng.integers(0, len(numbers), size=2))
        numbers.append([a + b, a - b, a * b / 4, a * 3][rng.integers(4)])
    assert count_operations(numbers[-1]).ratio <= 5


# ---------------------------------------------------------------- the door

X, Y = Node(2.0, "x"), Node(3.0, "y")


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: log(X - 2), ValueError, "log(x - 2) is not defined at x - 2 = 0"),
        (lambda: log(0), ValueError, "log(0) is not defined"),
        (lambda: log(Node(0.0)), ValueError, "log(0) is not defined"),
        (lambda: X / (Y - 3), ZeroDivisionError, "x / (y - 3) is not defined at x = 2, y - 3 = 0"),
        (lambda: X / 0, ZeroDivisionError, "x / 0 is not defined at x = 2"),
        (lambda: 1 / (X - X), ZeroDivisionError, "1 / (x - x) is not defined at x - x = 0"),
        (lambda: (X - 2) ** -1, ValueError, "(x - 2) ** (-1) is not defined at x - 2 = 0"),
        (lambda: (-X) ** 0.5, ValueError, "(-x) ** 0.5 is not defined at -x = -2"),
        (lambda: (-X) ** Y, ValueError, "(-x) ** y has no finite slope at -x = -2, y = 3"),
        (lambda: sqrt(-X), ValueError, "sqrt(-x) is not defined at -x = -2"),
        (lambda: sqrt(-Node(1.0)), ValueError, "sqrt(-1) is not defined"),
        (lambda: sqrt(X - 2), ZeroDivisionError, "sqrt(x - 2) has no finite slope at x - 2 = 0"),
        (lambda: cg.asin(X / 2), ZeroDivisionError, "asin(x / 2) has no finite slope at x / 2 = 1"),
        (lambda: cg.acos(X), ValueError, "acos(x) is not defined at x = 2"),
        (lambda: exp(X * 1000), OverflowError, "exp(x * 1000) is too large for a float at x * 1000 = 2000"),
        (lambda: X * 1e308, OverflowError, "x * 1e+308 is too large for a float at x = 2"),
        (lambda: Node(1e200) * Node(1e200), OverflowError, "1e+200 * 1e+200 is too large for a float"),
        (lambda: 1 / (X * 1e-200), OverflowError, "1 / (x * 1e-200) has no finite slope at x * 1e-200 = 2e-200"),
        (lambda: X + math.nan, ValueError, "x + nan has an operand nan, expected finite numbers"),
        (lambda: X * math.inf, ValueError, "x * inf has an operand inf, expected finite numbers"),
        (lambda: maximum(X, math.nan), ValueError, "max(x, nan) has an operand nan, expected finite numbers"),
        (lambda: exp("x"), TypeError, "exp takes numbers, nodes or duals, got str: 'x'"),
        (lambda: exp(X, Y), TypeError, "exp takes 1 operand(s), got 2"),
        (lambda: X + "y", TypeError, "unsupported operand type(s) for +: 'Node' and 'str'"),
        (lambda: X * np.ones(2), TypeError, "operand 'Node' does not support ufuncs (__array_ufunc__=None)"),
        (lambda: X < "y", TypeError, "'<' not supported between instances of 'Node' and 'str'"),
        (lambda: Node("2"), TypeError, "the value of an input is '2', expected a real number"),
        (lambda: Node(True, "t"), TypeError, "the value of t is True, expected a real number"),
        (lambda: Node(2j), TypeError, "the value of an input is 2j, expected a real number"),
        (lambda: Node(math.nan, "x"), ValueError, "the value of x is nan, expected a finite number"),
        (lambda: Node(math.inf), ValueError, "the value of an input is inf, expected a finite number"),
        (lambda: Node(1.0, 7), TypeError, "the name of an input is 7, expected text"),  # type: ignore[arg-type]
        (lambda: gradient(3.0), TypeError, "expected a Node, got float: 3.0"),
        (lambda: gradient(X)["x"], TypeError, "expected a Node, got str: 'x'"),
        (lambda: paths(X, 2), TypeError, "expected a Node, got int: 2"),
        (lambda: evaluate(2.0, {}), TypeError, "expected a Node, got float: 2.0"),
        (lambda: count_operations("f"), TypeError, "expected a Node, got str: 'f'"),
        (lambda: topological_order(1), TypeError, "expected a Node, got int: 1"),
    ],
)
def test_what_is_wrong_is_said(make: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == message


def test_a_gradient_that_is_too_large_names_the_first_node() -> None:
    x = Node(1e-200, "x")
    f = x
    for _ in range(4):
        f = f * 1e150 * 1e-100
    g = (Node(1e-300, "w") * 1e300) * 1e300
    assert math.isfinite(gradient(f)[x])
    with pytest.raises(OverflowError, match="the derivative with respect to w is too large for a float"):
        gradient(g)


def test_derivatives_that_are_too_large_only_when_added_up_are_given() -> None:
    x, y = Node(1e-10), Node(1e-10)
    grad = gradient(x * 1.5e308 + y * 1.5e308)
    assert (grad[x], grad[y]) == (1.5e308, 1.5e308)


def test_a_formula_goes_down_to_a_depth() -> None:
    f = (X + Y) * -Node(-1.0)
    assert f.formula() == "(x + y) * (-(-1))"
    assert f.formula(depth=1) == "(...) * (...)"
    assert (X.formula(), Node(1.5).formula()) == ("x", "1.5")


def test_operations_are_found_by_name_and_show_it() -> None:
    assert all(repr(operation) == name for name, operation in OPERATIONS.items())
    assert SimpleNamespace(op=(X * Y).operation).op is OPERATIONS["*"]
    assert repr(Node(1.5)) == "Node(1.5)"
    assert repr(X) == "Node(2, x)"
    assert repr(X - (-Node(-1.0))) == "Node(1, x - (-(-1)))"
