"""A node of the graph: a number that remembers how it was computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from backprop_lab.computation_graph.differentiable import Differentiable
from backprop_lab.computation_graph.operation import Number, Operation
from backprop_lab.computation_graph.rules import add, multiply, subtract


class Node(Differentiable):
    """A number that remembers how it was computed: an input, or the result of an operation on other numbers.

    A node never changes: it keeps its value, its operands and its slopes at their values. Plain numbers among the
    operands are constants and no nodes; no gradient flows to them.

    Parameters
    ----------
    value : float
        Of an input. Finite.
    name : str, optional
        How texts and pictures call it.

    Raises
    ------
    TypeError
        If the value is no real number or the name no text.
    ValueError
        If the value is NaN or infinite.
    """

    # 112 bytes a node with its value; a tuple of operands and one of slopes would nearly double that.
    __slots__ = ("_left", "_left_slope", "_name", "_operation", "_right", "_right_slope", "_value")
    level = 0

    _left: Number
    _right: Number
    _left_slope: float | None  # None where nothing flows: a constant, or no operand at all
    _right_slope: float | None
    _name: str | None
    _operation: Operation | None
    _value: float

    def __init__(self, value: float, name: str | None = None) -> None:
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(f"the value of {name or 'an input'} is {value!r}, expected a real number")
        if not math.isfinite(value):
            raise ValueError(f"the value of {name or 'an input'} is {value}, expected a finite number")
        if not isinstance(name, str | None):
            raise TypeError(f"the name of an input is {name!r}, expected text")
        self._value, self._name, self._operation = float(value), name, None
        self._left = self._right = self._left_slope = self._right_slope = None

    @property
    def value(self) -> float:
        """The number itself."""
        return self._value

    @property
    def name(self) -> str | None:
        """The name of an input, if it has one."""
        return self._name

    @property
    def operation(self) -> Operation | None:
        """The operation whose result this is; None for an input."""
        return self._operation

    @property
    def operands(self) -> tuple[Number, ...]:
        """What the operation was applied to: nodes, and floats for constants."""
        if self._operation is None:
            return ()
        return (self._left,) if len(self._operation.slopes) == 1 else (self._left, self._right)

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The edges that come in, with their slopes: one for each operand that is a node."""
        sides = ((self._left, self._left_slope), (self._right, self._right_slope))
        return tuple(
            Edge(operand, self, position, slope) for position, (operand, slope) in enumerate(sides) if slope is not None
        )

    def apply(self, operation: Operation, operands: Sequence[Number]) -> Node:
        """Return the node of this operation on nodes and plain numbers; its slopes are computed at once."""
        if len(operands) == 1:
            result = operation.compute((self._value,), operands)
            return _record(operation, result, self, operation.slope(0, (self._value,), result, operands))
        values = [operand._value if isinstance(operand, Node) else float(operand) for operand in operands]
        result = operation.compute(values, operands)
        sides: list[Any] = []
        for position, operand in enumerate(operands):
            if isinstance(operand, Node):
                sides += operand, operation.slope(position, values, result, operands)
            else:
                sides += values[position], None
        return _record(operation, result, *sides)

    # The most frequent operations, without a look at the table: the value, then each operand with its slope.

    def __add__(self, other: Number) -> Node:
        if type(other) is Node:
            return _record(add, self._value + other._value, self, 1.0, other, 1.0)
        if type(other) is float:
            return _record(add, self._value + other, self, 1.0, other, None)
        return super().__add__(other)  # type: ignore[no-any-return]

    def __sub__(self, other: Number) -> Node:
        if type(other) is Node:
            return _record(subtract, self._value - other._value, self, 1.0, other, -1.0)
        if type(other) is float:
            return _record(subtract, self._value - other, self, 1.0, other, None)
        return super().__sub__(other)  # type: ignore[no-any-return]

    def __mul__(self, other: Number) -> Node:
        if type(other) is Node:
            return _record(multiply, self._value * other._value, self, other._value, other, self._value)
        if type(other) is float:
            return _record(multiply, self._value * other, self, other, other, None)
        return super().__mul__(other)  # type: ignore[no-any-return]

    def __float__(self) -> float:
        return self._value

    def formula(self, depth: int = 3, inside: bool = False) -> str:
        """Write how the node was computed, down to a depth: `(x + y) * y`. An input without a name is a number."""
        if self._operation is None:
            return super().formula(inside=inside) if self._name is None else self._name
        if depth == 0:
            return "(...)"
        text = self._operation.formula(self.operands, depth - 1)
        return f"({text})" if inside and self._operation.is_infix else text

    def __repr__(self) -> str:
        anonymous = self._operation is None and self._name is None
        return f"Node({self._value:.6g}{'' if anonymous else f', {self.formula()}'})"


_new = object.__new__


def _record(
    operation: Operation,
    value: float,
    left: Number,
    left_slope: float | None,
    right: Number = None,
    right_slope: float | None = None,
) -> Node:
    if value - value:  # 0 but for what is infinite or NaN, and a third of the time of isfinite
        operation(left, right)  # raises, and says what is wrong
    node = _new(Node)  # Node(...) would check the value and the name again, as of an input
    node._value = value
    node._operation = operation
    node._left = left
    node._left_slope = left_slope
    node._right = right
    node._right_slope = right_slope
    node._name = None
    return node


def as_node(f: object) -> Node:
    """Return f if it is a node, and refuse it otherwise."""
    if not isinstance(f, Node):
        raise TypeError(f"expected a Node, got {type(f).__name__}: {f!r}")
    return f


@dataclass(frozen=True)
class Edge:
    """An edge of a graph, with its local derivative.

    Attributes
    ----------
    source, target : Node
        The operand, and the result of the operation on it.
    position : int
        Which operand, 0 or 1: x * x has two edges from x.
    slope : float
        The derivative of the target with respect to this operand alone.
    """

    source: Node
    target: Node
    position: int
    slope: float
