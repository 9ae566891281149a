"""Paths: the multivariate chain rule as it is written, a sum over all ways from x to f."""

from __future__ import annotations

import math
from dataclasses import dataclass

from backprop_lab.computation_graph.node import Edge, Node, as_node
from backprop_lab.computation_graph.order import topological_order


@dataclass(frozen=True)
class Path:
    """A way from x to f.

    Attributes
    ----------
    edges : tuple of Edge
        From x on; empty where x is f itself.
    """

    edges: tuple[Edge, ...]

    @property
    def factors(self) -> tuple[float, ...]:
        """The slope of each edge."""
        return tuple(edge.slope for edge in self.edges)

    @property
    def product(self) -> float:
        """What this path adds to df/dx."""
        return math.prod(self.factors)


def paths(f: Node, x: Node, most: int = 10_000) -> list[Path]:
    """Return every path from x to f; the sum of their products is df/dx (the multivariate chain rule).

    Shows what reverse accumulation computes, not how: the number of paths can double with every operation.

    Parameters
    ----------
    f, x : Node
        The output, and the node to differentiate with respect to.
    most : int
        The number of paths beyond which to refuse.

    Raises
    ------
    ValueError
        If there are more than `most` paths; the message says how many.

    Examples
    --------
    >>> x, y = Node(2, "x"), Node(3, "y")
    >>> [path.factors for path in paths((x + y) * y, y)]
    [(1.0, 3.0), (5.0,)]
    """
    f, x = as_node(f), as_node(x)
    number: dict[Node, int] = {}  # of paths from x to the node
    for node in topological_order(f):
        number[node] = 1 if node is x else sum(number[edge.source] for edge in node.edges)
    if number[f] > most:
        raise ValueError(f"there are {number[f]:,} paths to {f.formula()}, expected at most {most:,}")
    if f is x:
        return [Path(())]
    found: list[Path] = []
    way: list[Edge] = []  # from f down to where we are
    waiting = [(0, edge) for edge in reversed(f.edges)]  # edges still to try, and how many come before on the way
    while waiting:
        before, edge = waiting.pop()
        if number[edge.source]:
            way[before:] = [edge]
            if edge.source is x:
                found.append(Path(tuple(reversed(way))))
            else:
                waiting += [(before + 1, e) for e in reversed(edge.source.edges)]
    return found
