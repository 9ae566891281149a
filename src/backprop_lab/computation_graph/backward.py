"""Backpropagation: the gradient of a node with respect to all others, by one walk back through the graph."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backprop_lab.computation_graph.node import Node, as_node
from backprop_lab.computation_graph.operation import Number
from backprop_lab.computation_graph.order import collect


@dataclass(frozen=True, eq=False, repr=False)
class Gradient(Mapping[Node, Number]):
    """The derivatives of f with respect to every node that it depends on: `gradient(f)[x]` is df/dx.

    It is 0 for a node that f does not depend on; `x in gradient(f)` says whether it does.
    """

    of: Node
    _entries: dict[Node, Number]
    _zero: Number

    def __getitem__(self, node: Node) -> Number:
        return self._entries.get(as_node(node), self._zero)

    def __contains__(self, node: object) -> bool:
        return node in self._entries

    def __iter__(self) -> Iterator[Node]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        named = [f"{node.name}: {float(g):.6g}" for node, g in self._entries.items() if node.name is not None]
        more = [f"and {len(named) - 8} more"] if len(named) > 8 else []
        return f"Gradient of {self.of.formula()} ({', '.join(named[:8] + more)})"


def gradient(f: Node, create_graph: bool = False) -> Gradient:
    """Return the derivatives of f with respect to every node that it depends on, by reverse accumulation.

    A node hands on what it has received only when all who use it have reported, which is the reverse of a topological
    order. Nothing is left on the nodes, so a second call gives the same.

    Parameters
    ----------
    f : Node
        The output.
    create_graph : bool
        Whether the derivatives are nodes in turn, functions of the same inputs, to be differentiated again:
        `gradient(gradient(f, create_graph=True)[x])[y]` is the second derivative with respect to x and y.

    Returns
    -------
    Gradient
        df/dx as `gradient(f)[x]`, a float, or a Node with `create_graph`.

    Raises
    ------
    TypeError
        If f is no Node.
    OverflowError
        If a derivative is too large for a float.

    References
    ----------
    Linnainmaa (1976); Griewank and Walther (2008), section 3.2.
    """
    entries: dict[Node, Any] = {}  # what each node has received, operands before those who use them
    collect(as_node(f), entries)
    entries[f] = 1.0
    if create_graph:
        return _gradient_as_graph(f, entries)
    for node, received in reversed(entries.items()):
        slope = node._left_slope
        if slope is not None:
            entries[node._left] += received * slope  # +=, not =: other paths may end here too
        slope = node._right_slope
        if slope is not None:
            entries[node._right] += received * slope
    if not math.isfinite(sum(entries.values())):  # one look at them all; what is not finite spreads to the sum
        for node, received in reversed(entries.items()):
            if not math.isfinite(received):
                raise OverflowError(f"the derivative with respect to {node.formula()} is too large for a float")
    return Gradient(f, entries, 0.0)


def _gradient_as_graph(f: Node, entries: dict[Node, Any]) -> Gradient:
    """Do the same walk with slopes that are nodes."""
    for node, received in reversed(entries.items()):
        operation, operands = node.operation, node.operands
        for position, operand in enumerate(operands):
            if operation is not None and isinstance(operand, Node):
                slope = operation.slope(position, operands, node)
                entries[operand] = _sum(entries[operand], _product(received, slope))
    nodes = {node: g if isinstance(g, Node) else Node(g) for node, g in entries.items()}
    return Gradient(f, nodes, Node(0.0))


# A sum with the constant 0 and a product with the constants 0 and 1 need no node.


def _sum(a: Number, b: Number) -> Number:
    if _is(0, a):
        return b
    return a if _is(0, b) else a + b


def _product(a: Number, b: Number) -> Number:
    if _is(0, a) or _is(0, b):
        return 0.0
    if _is(1, a):
        return b
    return a if _is(1, b) else a * b


def _is(constant: float, number: Number) -> bool:
    return isinstance(number, float) and number == constant
