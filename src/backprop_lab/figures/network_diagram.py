"""A small network with its numbers, as SVG text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

import svg

from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, on_paper, picture, text

__all__ = ["WIDEST", "Edge", "Marks", "Node", "network_diagram"]

WIDTH, RADIUS, ROW = 500, 33, 164
SIZE, LINE = 15, 17  # of the letters, and from one line to the next: legible on a telephone
LEFT, RIGHT = 40, 122
WIDEST = 6
LABELLED_EDGES = 4
# Where on a line its numbers stand: of crossing lines, of two lines to one unit, of more lines to one unit.
NEAR_START, LATE, EARLY = 0.36, 0.56, 0.5


@dataclass(frozen=True)
class Node:
    """What is written at a unit: inside it and below it in blue, above it in red; empty where not known yet.

    Under that the bias, with its gradient in red; beside it, at the output, lines of (text, ink).
    """

    inside: str = ""
    below: str = ""
    above: str = ""
    bias: str = ""
    bias_gradient: str = ""
    beside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Edge:
    """What is written at a weight: its value, and its gradient in red."""

    value: str = ""
    gradient: str = ""


@dataclass(frozen=True)
class Marks:
    """What this frame is about: layers of units and of weights, drawn strong in this ink.

    What is new there is bold: in FORWARD_INK what stands in blue, in BACKWARD_INK what stands in red, else weights and
    biases. `through` are the layers of weights that numbers flow through: drawn strong, with nothing new.
    """

    ink: str = INK
    units: frozenset[int] = field(default_factory=frozenset)
    weights: frozenset[int] = field(default_factory=frozenset)
    through: frozenset[int] = field(default_factory=frozenset)

    def bold(self, strong: bool, ink: str) -> bool:
        """Whether text in this ink is what is new here."""
        return strong and self.ink == ink


def network_diagram(
    sizes: tuple[int, ...],
    nodes: Mapping[tuple[int, int], Node],
    edges: Mapping[tuple[int, int, int], Edge],
    marks: Marks,
    label: str,
) -> str:
    """Return the SVG of a network, input at the left.

    Parameters
    ----------
    sizes : tuple of int
        Units a layer, the input first; at most six each.
    nodes : mapping
        (layer, unit) to Node; layer 0 is the input.
    edges : mapping
        (layer, unit, unit below) to Edge. The numbers are written where two layers share at most four weights.
    marks : Marks
        Layers of units and of weights that are drawn strong.
    label : str
        The picture in words.
    """
    height = ROW * max(sizes) + 10
    place = {
        (layer, unit): (
            LEFT + layer * (WIDTH - LEFT - RIGHT) / (len(sizes) - 1),
            height / 2 - 12 + (unit - (size - 1) / 2) * ROW,
        )
        for layer, size in enumerate(sizes)
        for unit in range(size)
    }
    lines: list[svg.Element] = []
    numbers: list[svg.Element] = []
    for layer, (below, size) in enumerate(pairwise(sizes), start=1):
        strong = layer in marks.weights | marks.through
        for unit in range(size):
            for source in range(below):
                start, end = place[layer - 1, source], place[layer, unit]
                lines.append(_line(start, end, marks.ink if strong else INK, strong))
                if below * size <= LABELLED_EDGES:
                    to_one = LATE if below <= 2 else EARLY
                    share = to_one if size == 1 else 0.5 if unit == source else NEAR_START
                    numbers += _edge_text(edges.get((layer, unit, source), Edge()), start, end, share, layer, marks)
    circles = [part for key, at in place.items() for part in _unit(at, nodes.get(key, Node()), key[0], marks)]
    return picture(WIDTH, height, [*lines, *numbers, *circles], label, scale=1.1)


def _line(start: tuple[float, float], end: tuple[float, float], ink: str, strong: bool) -> svg.Element:
    return svg.Line(
        x1=round(start[0], 1),
        y1=round(start[1], 1),
        x2=round(end[0], 1),
        y2=round(end[1], 1),
        stroke_width=2.5 if strong else 1,
        stroke_dasharray=_dashes(ink),
        opacity=1 if strong else 0.45,
        style=f"stroke:{ink}",
    )


def _dashes(ink: str) -> list[float | int | Decimal] | None:
    """Return the dashes of what flows backward: a second cue beside the ink."""
    return [7, 4] if ink == BACKWARD_INK else None


def _edge_text(
    edge: Edge, start: tuple[float, float], end: tuple[float, float], share: float, layer: int, marks: Marks
) -> list[svg.Element]:
    new = layer in marks.weights
    x, y = start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
    parts: list[svg.Element] = []
    if edge.value:
        parts += on_paper(edge.value, x, y - 3, size=SIZE, ink=INK, bold=marks.bold(new, INK))
    if edge.gradient:
        parts += on_paper(
            edge.gradient, x, y - 3 + LINE, size=SIZE, ink=BACKWARD_INK, bold=marks.bold(new, BACKWARD_INK)
        )
    return parts


def _unit(at: tuple[float, float], node: Node, layer: int, marks: Marks) -> list[svg.Element]:
    x, y = at
    strong = layer in marks.units
    parts: list[svg.Element] = [
        svg.Circle(
            cx=round(x, 1),
            cy=round(y, 1),
            r=RADIUS,
            stroke_width=4 if strong else 1.5,
            stroke_dasharray=_dashes(marks.ink) if strong else None,
            style=f"fill:var(--bl-paper, #fff);stroke:{marks.ink if strong else INK}",
        )
    ]
    if node.inside:
        parts.append(
            text(
                node.inside, x, y + 5, size=SIZE, anchor="middle", ink=FORWARD_INK, bold=marks.bold(strong, FORWARD_INK)
            )
        )
    if node.above:
        parts += on_paper(
            node.above, x, y - RADIUS - 7, size=SIZE, ink=BACKWARD_INK, bold=marks.bold(strong, BACKWARD_INK)
        )
    if node.below:
        parts += on_paper(
            node.below, x, y + RADIUS + LINE, size=SIZE, ink=FORWARD_INK, bold=marks.bold(strong, FORWARD_INK)
        )
    if node.bias:
        parts += on_paper(node.bias, x, y + RADIUS + 2 * LINE, size=SIZE, ink=INK, bold=marks.bold(strong, INK))
    if node.bias_gradient:
        parts += on_paper(node.bias_gradient, x, y + RADIUS + 3 * LINE, size=SIZE, ink=BACKWARD_INK, bold=False)
    for row, (line, ink) in enumerate(node.beside):
        parts.append(text(line, x + RADIUS + 8, y - 12 + LINE * row, size=SIZE, ink=ink))
    return parts
