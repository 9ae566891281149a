"""Operator overloading: what lets `x * y + 2` be written of nodes and dual numbers as of floats."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from backprop_lab.computation_graph.operation import NUMBERS, Number, Operand, Operation
from backprop_lab.computation_graph.rules import absolute, add, divide, multiply, negative, power, subtract

Method = Callable[[Any, Number], Any]


def _infix(operation: Operation) -> tuple[Method, Method]:
    """Return the methods for `self + other` and `other + self`."""

    def method(self: Number, other: Number) -> Any:
        return operation(self, other) if isinstance(other, NUMBERS) else NotImplemented

    def reflected(self: Number, other: Number) -> Any:
        return operation(other, self) if isinstance(other, NUMBERS) else NotImplemented

    return method, reflected


def _relation(holds: Callable[[float, float], bool]) -> Method:
    def method(self: Number, other: Number) -> Any:
        return holds(float(self), float(other)) if isinstance(other, NUMBERS) else NotImplemented

    return method


class Differentiable(Operand):
    """A number that is computed with as usual and carries a derivative along; the base of Node and Dual.

    Comparisons compare values. Only `==` does not: two nodes are equal if they are the same node.
    """

    __slots__ = ()
    __array_ufunc__ = None  # so that NumPy's numbers leave np.float64(2) * x to x

    __add__, __radd__ = _infix(add)
    __sub__, __rsub__ = _infix(subtract)
    __mul__, __rmul__ = _infix(multiply)
    __truediv__, __rtruediv__ = _infix(divide)
    __pow__, __rpow__ = _infix(power)
    __lt__, __le__ = _relation(operator.lt), _relation(operator.le)
    __gt__, __ge__ = _relation(operator.gt), _relation(operator.ge)

    def __neg__(self) -> Any:
        return negative(self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return absolute(self)
