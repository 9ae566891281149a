"""Small computation graphs with names: what the interactives about graphs share."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from backprop_lab.computation_graph import Edge, Gradient, Node, gradient, topological_order
from backprop_lab.figures.diagram import bracketed, number
from backprop_lab.widgets.words import together

__all__ = ["SmallGraph", "Step", "rooms", "walk"]

SIGNS = {" + ": " + ", " - ": " − ", " * ": " × ", " / ": " ÷ "}


@dataclass(frozen=True, eq=False)
class SmallGraph:
    """A graph of which every node has a name.

    Attributes
    ----------
    output : Node
    names : mapping of Node to str
        Of every node, inputs too.
    """

    output: Node
    names: Mapping[Node, str]

    @cached_property
    def nodes(self) -> list[Node]:
        """Inputs first, each node after its operands."""
        return topological_order(self.output)

    @cached_property
    def edges(self) -> list[Edge]:
        """Those that come in at each node in turn."""
        return [edge for node in self.nodes for edge in node.edges]

    @cached_property
    def gradients(self) -> Gradient:
        """By backpropagation."""
        return gradient(self.output)

    @property
    def inputs(self) -> list[Node]:
        """The nodes that no operation gave."""
        return [node for node in self.nodes if node.operation is None]

    def edges_from(self, node: Node) -> list[Edge]:
        """Return the edges over which a node has an effect, and over which its gradient comes back."""
        return [edge for edge in self.edges if edge.source is node]

    def contribution(self, edge: Edge) -> float:
        """Return what flows back over an edge: the gradient that its target has received, times the slope."""
        return float(self.gradients[edge.target] * edge.slope)

    def formula(self, node: Node) -> str:
        """Write an operation in HTML with the names of its operands: s × y."""
        return _written(node, [self.names[o] if isinstance(o, Node) else number(float(o)) for o in node.operands])

    def arithmetic(self, node: Node) -> str:
        """Write an operation in HTML with the numbers of its operands: 5 × 3."""
        values = [float(operand) for operand in node.operands]
        inside = node.operation is not None and node.operation.is_infix  # sigmoid(−1) needs no second brackets
        return _written(node, [bracketed(v) if inside and i + (v < 0) else number(v) for i, v in enumerate(values)])

    def products(self, node: Node) -> list[str]:
        """Write received × slope for each edge over which a gradient comes back to a node."""
        return [f"{number(self.gradients[e.target])} × {bracketed(e.slope)}" for e in self.edges_from(node)]

    def rows(self, known: Collection[Node], back: Collection[Node]) -> tuple[tuple[str, str, str, str], ...]:
        """Return a row for each node: itself, its value, received × slope, its gradient; empty where not known yet."""
        rows = []
        for node in self.nodes:
            name = self.names[node]
            arrived = node in back
            rows.append(
                (
                    name if node.operation is None else together(f"{name} = {self.formula(node)}"),
                    number(node.value) if node in known else "",
                    " + ".join(self.products(node)) if arrived else "",
                    number(self.gradients[node]) if arrived else "",
                )
            )
        return tuple(rows)


@dataclass(frozen=True)
class Step:
    """One step of the walk through a graph.

    Attributes
    ----------
    kind : str
        start: the inputs are given; forward: a node gets its value; seed: the output gets the gradient 1; backward: a
        node gets its gradient.
    node : Node or None
        The node that gets it.
    """

    kind: Literal["start", "forward", "seed", "backward"]
    node: Node | None = None


def walk(graph: SmallGraph) -> list[Step]:
    """Return the steps of backpropagation, one node at a time: in topological order, then in the reverse order."""
    *before, output = graph.nodes
    forward = [Step("forward", node) for node in graph.nodes if node.operation is not None]
    return [Step("start"), *forward, Step("seed", output), *(Step("backward", node) for node in reversed(before))]


def rooms(graphs: Sequence[SmallGraph]) -> Iterator[dict[Node | Edge, int]]:
    """Yield for each of some graphs of one shape how many letters its numbers need in any of them."""
    of_nodes = [[max(_letters(n.value), _letters(g.gradients[n])) for n in g.nodes] for g in graphs]
    of_edges = [
        [
            max(_letters(e.slope), 1 + _letters(abs(g.contribution(e))) if len(g.edges_from(e.source)) > 1 else 0)
            for e in g.edges
        ]
        for g in graphs
    ]
    nodes, edges = map(max, zip(*of_nodes, strict=True)), map(max, zip(*of_edges, strict=True))
    letters = [*nodes, *edges]
    for graph in graphs:
        yield dict(zip([*graph.nodes, *graph.edges], letters, strict=True))


def _letters(value: float) -> int:
    return len(number(value))


def _written(node: Node, operands: Sequence[str]) -> str:
    assert node.operation is not None
    template = re.sub(r" [-+*/] ", lambda sign: SIGNS[sign[0]], node.operation.template)
    return re.sub(r" \*\* (.+)", r"<sup>\1</sup>", template.format(*operands))
