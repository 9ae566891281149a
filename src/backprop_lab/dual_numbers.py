r"""Forward mode: dual numbers, which compute value and derivative together.

A dual number has the form $a + b\,\varepsilon$ with $\varepsilon^2 = 0$ (Clifford 1873); to differentiate a program by
computing with such pairs is Wengert's idea (1964). In $(a + b\,\varepsilon)(c + d\,\varepsilon) = ac + (ad +
bc)\,\varepsilon$ the second part is the product rule, and for any $f$ what follows in the Taylor series vanishes:
$f(a + b\,\varepsilon) = f(a) + f'(a)\, b\,\varepsilon$.

The operations and their slopes are those of `backprop_lab.computation_graph`, so a function written with them takes
floats, nodes and dual numbers alike:

    >>> from backprop_lab.computation_graph import exp, sin
    >>> round(derivative(lambda x: exp(sin(x)), 0.0), 12)
    1.0

A pass forward gives the derivative along one direction, a pass backward that of one output: `jacobian_by_columns` and
`jacobian_by_rows` compute the same matrix and count what each takes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_float_array
from backprop_lab.computation_graph import (
    NUMBERS,
    Differentiable,
    Node,
    Number,
    Operation,
    count_operations,
    gradient,
    slope_cost,
    topological_order,
)

__all__ = [
    "Dual",
    "Jacobian",
    "derivative",
    "directional_derivative",
    "jacobian_by_columns",
    "jacobian_by_rows",
]


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Dual(Differentiable):
    """A value and a tangent, the derivative of the value along the direction that the inputs were given.

    Attributes
    ----------
    value : float, Node or Dual
        The number itself.
    tangent : float, Node or Dual
        Its derivative along that direction.
    level : int
        Which differentiation the tangent belongs to, from 1. A derivative within a derivative has a level of its own,
        or it would take the outer tangent for its own ("perturbation confusion", Siskind and Pearlmutter 2005).

    Examples
    --------
    >>> x = Dual(3.0, 1.0)
    >>> x * x + 2 * x
    Dual(15, 8)
    """

    value: Number
    tangent: Number = 0.0
    level: int = 1

    def __post_init__(self) -> None:
        """Refuse what is no number, and a level that nodes and plain numbers have."""
        if not isinstance(self.level, int) or self.level < 1:
            raise ValueError(f"level is {self.level!r}, expected a whole number from 1 up")
        _check("value", self.value)
        _check("tangent", self.tangent)

    def apply(self, operation: Operation, operands: Sequence[Number]) -> Dual:
        """Return the result with its tangent: the sum over the operands of slope times tangent."""
        own = [isinstance(operand, Dual) and operand.level == self.level for operand in operands]
        values = [_plain(operand.value if mine else operand) for operand, mine in zip(operands, own, strict=True)]
        result = operation(*values)
        parts = [
            operation.slope(position, values, result) * operand.tangent
            for position, (operand, mine) in enumerate(zip(operands, own, strict=True))
            if mine
        ]
        return Dual(result, parts[0] if len(parts) == 1 else parts[0] + parts[1], self.level)

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        return f"Dual({_shown(self.value)}, {_shown(self.tangent)})"


def _check(what: str, part: Number) -> None:
    if isinstance(part, bool) or not isinstance(part, NUMBERS):
        raise TypeError(f"the {what} is {part!r}, expected a number, a Node or a Dual")
    if not isinstance(part, Differentiable) and not math.isfinite(part):
        raise ValueError(f"the {what} is {part}, expected a finite number")


def _plain(part: Number) -> Number:
    return part if isinstance(part, Differentiable) else float(part)


def _shown(part: Number) -> str:
    return str(part) if isinstance(part, Differentiable) else f"{float(part):.6g}"


# Each differentiation takes the next level, so that one inside another, begun later, has the outermost numbers. Level 1
# is left for duals made by hand.
_levels = count(2)


def derivative(f: Callable[[Number], Number], x: Number) -> Number:
    """Return f'(x) of a function of one number, by one pass forward.

    May stand inside another: `derivative(lambda x: derivative(f, x), 2.0)` is f''(2).

    Parameters
    ----------
    f : callable
        Written with arithmetic and the operations of `computation_graph`.
    x : float, Node or Dual
        The derivative is of the same kind: that of a Node is a Node.

    Raises
    ------
    TypeError
        If x or f(x) is no number.
    """
    slope = directional_derivative(lambda inputs: f(inputs[0]), [x], [1.0])
    if isinstance(slope, tuple):
        raise TypeError(f"f returned {len(slope)} numbers, expected one: see jacobian_by_columns")
    return slope


def directional_derivative(
    f: Callable[[list[Number]], Any], x: Sequence[Number] | Array, direction: Sequence[Number] | Array
) -> Any:
    """Return the derivative of f at x along a direction, the Jacobian times the direction, by one pass forward.

    Parameters
    ----------
    f : callable
        From a list of n numbers to a number, or to a sequence of m numbers.
    x : sequence of n numbers
        Where. Floats, nodes or dual numbers.
    direction : sequence of n numbers
        Its length counts: the derivative along 2v is twice that along v.

    Returns
    -------
    number, or tuple of m numbers
        As f returns a number or a sequence.

    Raises
    ------
    TypeError
        If an entry, or what f returns, is no number.
    ValueError
        If x and the direction are not of one length, or empty.
    """
    if len(x) != len(direction) or not len(x):
        raise ValueError(f"x has {len(x)} entries and the direction {len(direction)}: expected as many, at least one")
    level = next(_levels)
    outputs = f([Dual(value, tangent, level) for value, tangent in zip(x, direction, strict=True)])
    if isinstance(outputs, list | tuple | np.ndarray):
        return tuple(_tangent(output, level) for output in outputs)
    return _tangent(outputs, level)


def _tangent(output: Number, level: int) -> Number:
    if isinstance(output, Dual) and output.level == level:
        return output.tangent
    _check("result of f", output)
    return 0.0  # f does not depend on x


# --------------------------------------------------------------------------------- Jacobians


@dataclass(frozen=True, eq=False)
class Jacobian:
    """The Jacobian of a function, and what it took.

    Attributes
    ----------
    matrix : array (m, n)
        Row i is the gradient of output i; column j the derivative along input j.
    passes : int
        Passes beyond the one that computes the values: n forward, or m backward.
    operations : int
        Elementary operations: those of the values and the slopes once, since all passes can share them, and of each
        pass the products of tangents or gradients with slopes and their sums.
    """

    matrix: Array
    passes: int
    operations: int


def jacobian_by_columns(f: Callable[[list[Number]], Any], x: npt.ArrayLike) -> Jacobian:
    """Return the Jacobian of f at x by forward mode: a pass for each of the n inputs. The cheaper way where n < m.

    In pass j the input j is a dual number and the others are plain, so that only what depends on it has a tangent.

    Parameters
    ----------
    f : callable
        From a list of n numbers to a sequence of m numbers.
    x : array (n,)
        Floating point.

    Raises
    ------
    TypeError
        If x is not floating point, or f does not return a sequence of numbers.
    ValueError
        If x is not a vector of at least one entry, or f returns nothing.
    """
    x = _vector(x)
    inputs, outputs = _graph(f, x)
    matrix, operations = np.zeros((len(outputs), x.size)), _count_shared(outputs)
    values = [float(value) for value in x]
    for j, column in enumerate(matrix.T):
        level = next(_levels)
        column[:] = [
            _tangent(output, level) for output in f([*values[:j], Dual(values[j], 1.0, level), *values[j + 1 :]])
        ]
        operations += _count_tangents(outputs, inputs[j])
    return Jacobian(matrix, x.size, operations)


def jacobian_by_rows(f: Callable[[list[Number]], Any], x: npt.ArrayLike) -> Jacobian:
    """Return the Jacobian of f at x by reverse mode: a pass for each of the m outputs. The cheaper way where m < n.

    f is run once on nodes, and each row is the gradient of one output. For what f and x may be and what raises, see
    `jacobian_by_columns`.
    """
    x = _vector(x)
    inputs, outputs = _graph(f, x)
    matrix, operations = np.zeros((len(outputs), x.size)), _count_shared(outputs)
    for row, output in zip(matrix, outputs, strict=True):
        if isinstance(output, Node):
            grad, cost = gradient(output), count_operations(output)
            row[:] = [grad[node] for node in inputs]
            operations += cost.products + cost.sums
    return Jacobian(matrix, len(outputs), operations)


def _vector(x: npt.ArrayLike) -> Array:
    array = as_float_array("x", x)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"x has shape {array.shape}, expected (n,) with at least one entry")
    return array


def _sequence(outputs: Any) -> list[Number]:
    if not isinstance(outputs, list | tuple | np.ndarray):
        raise TypeError(f"f returned {outputs!r}, expected a list of numbers")
    if not len(outputs):
        raise ValueError("f returned an empty list, expected at least one number")
    for output in outputs:
        _check("result of f", output)
    return list(outputs)


def _graph(f: Callable[[list[Number]], Any], x: Array) -> tuple[list[Node], list[Number]]:
    inputs = [Node(float(value)) for value in x]
    return inputs, _sequence(f(list(inputs)))


def _nodes(outputs: Sequence[Number]) -> list[Node]:
    return topological_order(*(output for output in outputs if isinstance(output, Node)))


def _count_shared(outputs: Sequence[Number]) -> int:
    """Count the operations of the values and of the slopes."""
    nodes = _nodes(outputs)
    values = sum(node.operation is not None for node in nodes)
    return values + sum(slope_cost(edge) for node in nodes for edge in node.edges)


def _count_tangents(outputs: Sequence[Number], x: Node) -> int:
    """Count one pass forward: a product for each edge from what depends on x, a sum where two of them meet."""
    depends, operations = {x}, 0
    for node in _nodes(outputs):
        edges = sum(edge.source in depends for edge in node.edges)
        if edges:
            depends.add(node)
            operations += 2 * edges - 1
    return operations
