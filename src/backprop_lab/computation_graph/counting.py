"""What it costs: the operations of a graph and of its gradient."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from backprop_lab.computation_graph.node import Edge, Node
from backprop_lab.computation_graph.operation import Operation
from backprop_lab.computation_graph.order import topological_order


@dataclass(frozen=True)
class OperationCount:
    """How many operations the value of a graph takes, and how many its gradient takes beyond that.

    Attributes
    ----------
    forward : int
        Operations of the graph itself.
    slopes : int
        To compute the local derivatives: none for sums and products, one for sin, two for tanh.
    products : int
        Gradient received times slope: one for each edge.
    sums : int
        Additions where several edges leave one node.
    """

    forward: int
    slopes: int
    products: int
    sums: int

    @property
    def backward(self) -> int:
        """All that the gradient takes beyond the value."""
        return self.slopes + self.products + self.sums

    @property
    def ratio(self) -> float:
        """Value and gradient together, in units of the value alone: a small constant (Baur and Strassen 1983)."""
        return (self.forward + self.backward) / self.forward if self.forward else 1.0


def count_operations(f: Node) -> OperationCount:
    """Count the operations of f and of its gradient with respect to all inputs together.

    Each elementary operation counts one, exp like +.

    Examples
    --------
    >>> x, y = Node(2, "x"), Node(3, "y")
    >>> count_operations((x + y) * y)
    OperationCount(forward=2, slopes=0, products=4, sums=1)
    """
    nodes = topological_order(f)
    edges = [edge for node in nodes for edge in node.edges]
    return OperationCount(
        forward=sum(node.operation is not None for node in nodes),
        slopes=sum(map(slope_cost, edges)),
        products=len(edges),
        sums=len(edges) - (len(nodes) - 1),  # the first edge that reports to a node needs no addition
    )


def slope_cost(edge: Edge) -> int:
    """Return how many operations the slope of an edge takes beyond the value: none for a sum, one for sin."""
    assert edge.target.operation is not None
    return _slope_cost(edge.target.operation, edge.position)


@cache
def _slope_cost(operation: Operation, position: int) -> int:
    """Compute the slope from nodes, and count those that it makes."""
    operands = [Node(0.5) for _ in operation.slopes]
    result = operation(*operands)
    slope = operation.slope(position, operands, result)
    return len({*topological_order(slope)} - {*operands, result}) if isinstance(slope, Node) else 0
