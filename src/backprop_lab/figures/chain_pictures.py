"""A chain of operations twice as SVG text: values forward above, and below each value its gradient, backward."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import svg

from backprop_lab.computation_graph import Node, topological_order
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, number, picture, text
from backprop_lab.figures.graph_diagram import operation_text

__all__ = ["MOST_NODES", "chain_pictures"]

MOST_NODES = 5
BOX, HEIGHT, GAP, SIDE = 64, 44, 72, 6
FIRST, SECOND = 50, 148  # the middles of the two rows
SIZE, LINE, ARROW = 15, 17, 8


def chain_pictures(
    f: Node,
    names: Mapping[Node, str],
    *,
    values: Collection[Node],
    gradients: Mapping[Node, float],
    newest: Node | None = None,
) -> str:
    """Return the SVG of a chain: above, the operations on the way forward; below, the slopes on the way back.

    Parameters
    ----------
    f : Node
        The end of a chain: each operation has one operand that is a node.
    names : mapping of Node to str
        Of every node.
    values : collection of Node
        Those whose values are known yet.
    gradients : mapping of Node to float
        Those that are known yet. The slope over which the gradient came is written on its dashed arrow.
    newest : Node, optional
        The node that this picture is about, drawn strong: below if it has a gradient, otherwise above.

    Raises
    ------
    ValueError
        If f is no chain of two to five nodes.
    """
    nodes = topological_order(f)
    if not 2 <= len(nodes) <= MOST_NODES or any(len(node.edges) != 1 for node in nodes[1:]):
        raise ValueError(f"{f!r} is no chain of 2 to {MOST_NODES} nodes in which each is computed from the one before")
    place = {node: SIDE + BOX / 2 + i * (BOX + GAP) for i, node in enumerate(nodes)}
    parts: list[svg.Element] = [
        text("Forward: values", SIDE, 16, size=SIZE, ink=FORWARD_INK, bold=True),
        text("Backward: gradients", SIDE, FIRST + HEIGHT / 2 + 40, size=SIZE, ink=BACKWARD_INK, bold=True),
    ]
    said_forward, said_back = [], []
    for node in nodes:
        x, name, known, arrived = place[node], names[node], node in values, node in gradients
        strong = node is newest
        value, slope_to = number(node.value) if known else "", number(gradients[node]) if arrived else ""
        parts += _box(x, FIRST, name, value, FORWARD_INK, strong and not arrived)
        parts += _box(x, SECOND, f"d{name}", slope_to, BACKWARD_INK, strong and arrived)
        said_forward.append(f"{name} = {value}" if known else f"{name} not known yet")
        said_back.append(f"d{name} = {slope_to}" if arrived else f"d{name} not known yet")
        for edge in node.edges:
            start, end = place[edge.source] + BOX / 2, x - BOX / 2
            parts += _arrow(start, end, FIRST, FORWARD_INK if known else INK, strong and not arrived, known)
            parts.append(text(operation_text(node), (start + end) / 2, FIRST - 8, size=SIZE, anchor="middle"))
            crossed = edge.source in gradients
            strong_edge = edge.source is newest and crossed
            parts += _arrow(end, start, SECOND, BACKWARD_INK if crossed else INK, strong_edge, crossed)
            if crossed:
                slope = f"× {number(edge.slope)}"
                parts.append(
                    text(
                        slope,
                        (start + end) / 2,
                        SECOND - 8,
                        size=SIZE,
                        anchor="middle",
                        ink=BACKWARD_INK,
                        bold=strong_edge,
                    )
                )
                said_back[-2] += f", which is d{name} times the slope {number(edge.slope)}"
    said_back.reverse()
    operations = ", ".join(f"{names[node]} by {operation_text(node)}" for node in nodes[1:])
    label = f"Forward, {operations}: {'; '.join(said_forward)}. Below it, backward: {'; '.join(said_back)}."
    return picture(place[f] + BOX / 2 + SIDE, SECOND + HEIGHT / 2 + 6, parts, label)


def _box(x: float, y: float, name: str, content: str, ink: str, strong: bool) -> list[svg.Element]:
    box = svg.Rect(
        x=round(x - BOX / 2, 1),
        y=y - HEIGHT / 2,
        width=BOX,
        height=HEIGHT,
        rx=6,
        stroke_width=4 if strong else 1.5,
        style=f"fill:var(--bl-paper, #fff);stroke:{ink if strong else INK}",
    )
    parts: list[svg.Element] = [box, text(name, x, y - 4, size=SIZE, anchor="middle", bold=True)]
    if content:
        size = SIZE if len(content) < 9 else 9.5  # with a power of ten
        parts.append(text(content, x, y - 4 + LINE, size=size, anchor="middle", ink=ink, bold=strong))
    return parts


def _arrow(start: float, end: float, y: float, ink: str, strong: bool, active: bool) -> list[svg.Element]:
    """Draw an arrow from start to end; the way back, to the left, is dashed."""
    back = end < start
    tail = end + (ARROW if back else -ARROW)
    opacity = 1 if active else 0.4
    return [
        svg.Line(
            x1=round(start, 1),
            y1=y,
            x2=round(tail, 1),
            y2=y,
            stroke_width=3 if strong else 1.5,
            stroke_dasharray=[6, 4] if back else None,
            opacity=opacity,
            style=f"stroke:{ink}",
        ),
        svg.Polygon(
            points=[svg.Point(end, y), svg.Point(tail, y - 4.5), svg.Point(tail, y + 4.5)],
            opacity=opacity,
            style=f"fill:{ink}",
        ),
    ]
