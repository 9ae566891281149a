"""A computation graph as SVG text: values forward in blue, gradients backward in red, a slope on each edge."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import svg

from backprop_lab.computation_graph import Edge, Node, gradient, topological_order
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, number, picture, text

__all__ = ["MOST_NODES", "graph_diagram", "operation_text"]

MOST_NODES = 40
SIZE, LETTER, LINE = 15, 9, 18  # of the letters: height, width at most, from one line to the next
BOX, NAME = 3 * LINE + 10, 16  # the height of a box, and of the name above it
PORT = 17  # from the middle of a box to where each of two edges comes in
BEND, ARROW, AIR = 40, 8, 16  # the part of a gap in which edges bend; an arrow head; between two things in a column
STRAIGHT = 10  # how much more an edge wants to be straight where it passes through columns
NARROW = 460  # a picture wider than this scrolls sideways on a telephone: its letters stay legible

# How an operation is written in its box; with a constant the constant stands beside it.
SIGNS = {"*": "×", "-": "−", "/": "÷", "**": "^", "maximum": "max", "minimum": "min"}
COMMUTATIVE = ("+", "*", "maximum", "minimum")


def graph_diagram(
    f: Node,
    *,
    names: Mapping[Node, str] | None = None,
    values: Collection[Node] | None = None,
    gradients: Mapping[Node, float] | None = None,
    slopes: bool | Collection[Edge] = True,
    contributions: Mapping[Edge, float] | None = None,
    marked: Collection[Node | Edge] = (),
    ink: str = BACKWARD_INK,
    digits: int = 4,
    room: Mapping[Node | Edge, int] | None = None,
) -> str:
    """Return the SVG of the graph of f, inputs at the left.

    In a box stand the operation, with its constant if it has one, or the name of the input; under that the value, and
    the gradient of f with respect to it. An edge carries its slope, the local derivative.

    Parameters
    ----------
    f : Node
        With at most 40 nodes below it; up to 20 or so are easy to read.
    names : mapping, optional
        Node to the name written above its box (in it for an input), as {s: "s"}.
    values : collection of Node, optional
        Those whose values are known yet. Default: all.
    gradients : mapping, optional
        Node to gradient, where known yet; {} for a picture of the way forward. Default: `gradient(f)`.
    slopes : bool or collection of Edge
        Whether to write the slopes on the edges; or those that are known yet.
    contributions : mapping, optional
        Edge to what has flowed back over it, the gradient received times the slope. The edge is dashed and leads back
        to its operand; where several leave one node, each carries its number, for there they are added.
    marked : collection of Node and Edge, optional
        Drawn strong, as the edges of one of `paths(f, x)`.
    ink : str
        In which colour, as BACKWARD_INK.
    digits : int
        Significant digits of the numbers.
    room : mapping, optional
        Node or Edge to the letters that its longest number takes in any picture of a series, so that nothing moves
        from one to the next. Default: what is written now.

    Returns
    -------
    str
        An svg element that says all numbers in its label; where it is wide, in a div that scrolls.

    Raises
    ------
    ValueError
        If the graph has more than 40 nodes, or a node or edge that is spoken of is not in it.
    """
    nodes = topological_order(f)
    if len(nodes) > MOST_NODES:
        raise ValueError(f"the graph has {len(nodes)} nodes, expected at most {MOST_NODES}")
    names = dict(names or {})
    gradients = gradient(f) if gradients is None else gradients
    known = set(nodes if values is None else values)
    contributions, room = contributions or {}, room or {}
    edges = [edge for node in nodes for edge in node.edges]
    sloped = set(edges if slopes is True else slopes or ())
    for what, some in (
        *(("names", names), ("values", known), ("slopes", sloped), ("gradients", gradients)),
        *(("contributions", contributions), ("marked", marked), ("room", room)),
    ):
        for item in some:
            if (item.target if isinstance(item, Edge) else item) not in nodes:
                raise ValueError(f"{what} contains {item!r}, which is not in the graph of {f!r}")

    faces = {node: _Face(node, names.get(node), node in known, gradients, digits, room.get(node, 0)) for node in nodes}
    labels = {edge: number(edge.slope, digits) if edge in sloped else "" for edge in edges}
    merging = {edge for edge in edges if sum(edge.source is other.source for other in edges) > 1}
    parted = {
        edge: _signed(contributions[edge], digits) if edge in contributions and edge in merging else ""
        for edge in edges
    }
    letters = {edge: max(len(labels[edge]), len(parted[edge]), room.get(edge, 0)) for edge in edges}
    plan = _lay_out(nodes, faces, letters)
    parts: list[svg.Element] = []
    for edge in sorted(edges, key=lambda edge: edge in marked):  # strong edges lie above the others
        back = edge in contributions
        parts += _draw_edge(plan.routes[edge], ink if edge in marked or back else INK, edge in marked, back)
    for edge in edges:
        x, y = plan.routes[edge][-1]
        for content, below, colour in ((labels[edge], -5, INK), (parted[edge], LINE - 4, BACKWARD_INK)):
            if content:
                strong = edge in marked
                parts.append(text(content, x - ARROW - 3, y + below, size=SIZE, anchor="end", ink=colour, bold=strong))
    for node in nodes:
        parts += faces[node].draw(*plan.places[node], ink if node in marked else INK, node in marked)
    label = _in_words(f, nodes, faces, labels, parted, known, gradients, digits)
    drawing = picture(plan.width, plan.height, parts, label)
    if plan.width <= NARROW:
        return drawing
    return (
        '<div role="group" tabindex="0" aria-label="computation graph, scrolls sideways" '
        'style="overflow-x:auto;flex:1 1 100%">'
        f'<div style="min-width:{plan.width * 0.8:.0f}px">{drawing}</div></div>'
    )


# ------------------------------------------------------------------------------------ boxes


class _Face:
    """What is written at a node."""

    def __init__(
        self, node: Node, name: str | None, known: bool, gradients: Mapping[Node, float], digits: int, room: int
    ) -> None:
        name = name or node.name
        self.is_input = node.operation is None
        self.title = (name or "") if self.is_input else operation_text(node, digits)
        self.above = "" if self.is_input else name or ""
        self.value = number(node.value, digits) if known else ""
        self.gradient = number(gradients[node], digits) if node in gradients else ""
        value = number(node.value, digits)  # room for what is to come, so that frames of one graph have one layout
        letters = max(room, *map(len, (self.title, self.above, value, self.gradient)))
        self.width = max(LETTER * letters + 14, 50)

    def draw(self, x: float, y: float, ink: str, strong: bool) -> list[svg.Element]:
        """Draw the box around (x, y); an input is rounder."""
        box = svg.Rect(
            x=round(x - self.width / 2, 1),
            y=round(y - BOX / 2, 1),
            width=self.width,
            height=BOX,
            rx=20 if self.is_input else 5,
            stroke_width=4 if strong else 1.5,
            style=f"fill:var(--bl-paper, #fff);stroke:{ink}",
        )
        top = y - BOX / 2 + LINE
        lines = [(self.title, INK, True), (self.value, FORWARD_INK, strong), (self.gradient, BACKWARD_INK, strong)]
        parts: list[svg.Element] = [box]
        if self.above:
            parts.append(text(self.above, x, y - BOX / 2 - 5, size=SIZE, anchor="middle"))
        parts += [
            text(content, x, top + LINE * row, size=SIZE, anchor="middle", ink=colour, bold=bold)
            for row, (content, colour, bold) in enumerate(lines)
            if content
        ]
        return parts


def operation_text(node: Node, digits: int = 4) -> str:
    """Return the operation, with a constant operand on its side: × 3, 1 −."""
    operation = node.operation
    assert operation is not None
    sign = SIGNS.get(operation.name, operation.name)
    constants = [(position, number(o, digits)) for position, o in enumerate(node.operands) if not isinstance(o, Node)]
    if not constants:
        return sign
    position, constant = constants[0]
    commutes = operation.name in COMMUTATIVE
    return f"{constant} {sign}" if position == 0 and not commutes else f"{sign} {constant}"


def _signed(value: float, digits: int) -> str:
    """Write a number that is added: +3."""
    return f"{'+' if value >= 0 else ''}{number(value, digits)}"


def _draw_edge(route: list[tuple[float, float]], ink: str, strong: bool, back: bool = False) -> list[svg.Element]:
    """Draw straight stretches, the bends between them, and the arrow head; the way back is dashed, its head first."""
    (x, y), *rest = route
    d: list[svg.PathData] = [svg.M(x, y)]
    for (x0, y0), (x1, y1) in pairwise(route):
        if y0 == y1:
            d.append(svg.L(x1, y1))
        else:
            middle = round((x0 + x1) / 2, 1)
            d.append(svg.C(middle, y0, middle, y1, x1, y1))
    (x, y), tail = ((x, y), ARROW) if back else (rest[-1], -ARROW)
    if not back:
        d[-1] = svg.L(round(x - ARROW, 1), y)
    width, opacity = (3, 1) if strong else (1.6, 1) if back else (1.3, 0.6)
    return [
        svg.Path(
            d=d,
            fill="none",
            stroke_width=width,
            stroke_dasharray=[6, 4] if back else None,
            opacity=opacity,
            style=f"stroke:{ink}",
        ),
        svg.Polygon(
            points=[svg.Point(x, y), svg.Point(x + tail, y - 4.5), svg.Point(x + tail, y + 4.5)],
            opacity=opacity,
            style=f"fill:{ink}",
        ),
    ]


# ----------------------------------------------------------------------------------- layout


@dataclass(frozen=True, eq=False)
class _Bypass:
    """Where an edge passes through a column between its ends: it takes a place there as a node does."""

    edge: Edge
    column: int


_Item = Node | _Bypass


@dataclass(frozen=True)
class _Plan:
    """Where everything goes.

    Attributes
    ----------
    places : dict
        Node to the middle of its box.
    routes : dict
        Edge to points; stretches between two points of one height are straight.
    width, height : float
    """

    places: dict[Node, tuple[float, float]]
    routes: dict[Edge, list[tuple[float, float]]]
    width: float
    height: float


def _lay_out(nodes: list[Node], faces: Mapping[Node, _Face], widths: Mapping[Edge, int]) -> _Plan:
    """Plan the picture in columns, from left to right by the longest way to f (Sugiyama et al. 1981).

    An edge that skips a column has a place of its own there, so it never runs behind a box. Within a column, things
    stand in the order of what they are connected with, as near to its height as the others let them.
    """
    column = _columns(nodes)
    chains: dict[Edge, list[_Item]] = {
        edge: [edge.source, *(_Bypass(edge, c) for c in range(column[edge.source] + 1, column[node])), node]
        for node in nodes
        for edge in node.edges
    }
    columns: list[list[_Item]] = [[] for _ in range(max(column.values()) + 1)]
    for item in [*nodes, *(item for chain in chains.values() for item in chain[1:-1])]:
        columns[column[item] if isinstance(item, Node) else item.column].append(item)
    links = [link for chain in chains.values() for link in pairwise(chain)]
    columns = _untangle(columns, links)
    heights = _settle(columns, links, faces)

    sides: list[tuple[float, float]] = []  # of the boxes of each column: left and right
    for c, items in enumerate(columns):
        letters = max((widths[edge] for edge in chains if column[edge.target] == c), default=0)
        left = sides[-1][1] + BEND + ARROW + LETTER * letters + 6 if c else AIR / 2
        sides.append((left, left + max(faces[item].width for item in items if isinstance(item, Node))))

    reach = {
        item: (heights[item] - _reach(item, True, faces), heights[item] + _reach(item, False, faces))
        for item in heights
    }
    top, bottom = min(up for up, _ in reach.values()) - AIR / 2, max(down for _, down in reach.values()) + AIR / 2
    heights = {item: round(height - top, 1) for item, height in heights.items()}
    places = {node: (round(sum(sides[column[node]]) / 2, 1), heights[node]) for node in nodes}
    ports = _ports(nodes, chains, heights)
    routes = {}
    for edge, chain in chains.items():
        x, y = places[edge.source]
        points = [(round(x + faces[edge.source].width / 2, 1), y)]
        for (_, bend), item in zip(sides[column[edge.source] :], chain[1:], strict=False):
            points.append((bend, y))
            y = heights[item] + (ports[edge] if item is edge.target else 0)
            points.append((round(bend + BEND, 1), y))
        routes[edge] = [*points, (round(places[edge.target][0] - faces[edge.target].width / 2, 1), y)]
    return _Plan(places, routes, round(sides[-1][1] + AIR / 2, 1), round(bottom - top, 1))


def _reach(item: _Item, up: bool, faces: Mapping[Node, _Face]) -> float:
    """Return how far something reaches above or below its middle; the slope of an edge stands above it."""
    if isinstance(item, _Bypass):
        return NAME if up else 2
    return BOX / 2 + (NAME if up and faces[item].above else 0)


def _columns(nodes: list[Node]) -> dict[Node, int]:
    """Return the column of each node: just left of the first one that uses it, so that few edges skip columns."""
    from_the_right = dict.fromkeys(nodes, 0)
    for node in reversed(nodes):
        for edge in node.edges:
            from_the_right[edge.source] = max(from_the_right[edge.source], from_the_right[node] + 1)
    last = max(from_the_right.values())
    return {node: last - steps for node, steps in from_the_right.items()}


def _untangle(columns: list[list[_Item]], links: list[tuple[_Item, _Item]]) -> list[list[_Item]]:
    """Reorder the columns so that few edges cross: each thing to the mean rank of its neighbours, there and back."""
    best, fewest = columns, _crossings(columns, links)
    for turn in range(12):
        columns = [list(items) for items in columns]
        forward = turn % 2 == 0
        for items in columns[1:] if forward else columns[-2::-1]:
            rank = {item: (i + 0.5) / len(c) for c in columns for i, item in enumerate(c)}
            wish: dict[_Item, float] = {}
            for item in items:
                near = [rank[a if forward else b] for a, b in links if (b if forward else a) is item]
                wish[item] = float(np.mean(near)) if near else rank[item]
            items.sort(key=wish.__getitem__)
        crossings = _crossings(columns, links)
        if crossings < fewest:
            best, fewest = columns, crossings
    return best


def _crossings(columns: list[list[_Item]], links: list[tuple[_Item, _Item]]) -> int:
    """Count pairs of edges that cross; of two that end at one operation the left operand should lie above."""
    rank = {item: i for items in columns for i, item in enumerate(items)}
    column = {item: c for c, items in enumerate(columns) for item in items}
    ends = [(column[a], rank[a], rank[b] + _position(a, b) / 2) for a, b in links]
    return sum(
        c == other and (a - a2) * (b - b2) < 0 for i, (c, a, b) in enumerate(ends) for other, a2, b2 in ends[i + 1 :]
    )


def _position(source: _Item, target: _Item) -> float:
    if isinstance(target, _Bypass):
        return 0
    edge = source.edge if isinstance(source, _Bypass) else next(e for e in target.edges if e.source is source)
    return edge.position


def _settle(
    columns: list[list[_Item]], links: list[tuple[_Item, _Item]], faces: Mapping[Node, _Face]
) -> dict[_Item, float]:
    """Give each thing a height near that of its neighbours, in the order of its column and far enough apart."""
    gaps = [[_reach(a, False, faces) + AIR + _reach(b, True, faces) for a, b in pairwise(items)] for items in columns]
    heights: dict[_Item, float] = {}
    for items, between in zip(columns, gaps, strict=True):
        total = np.concatenate([[0.0], np.cumsum(between)])
        heights |= dict(zip(items, total - total[-1] / 2, strict=True))
    for turn in range(24):
        order = list(zip(columns, gaps, strict=True))
        for items, between in order if turn % 2 == 0 else reversed(order):
            wanted = []
            for item in items:
                near = [(a if b is item else b) for a, b in links if item in (a, b)]
                pull = [STRAIGHT if isinstance(item, _Bypass) and isinstance(n, _Bypass) else 1 for n in near]
                wanted.append(float(np.average([heights[n] for n in near], weights=pull)) if near else heights[item])
            heights |= dict(zip(items, _apart(wanted, between), strict=True))
    return heights


def _apart(wanted: list[float], gaps: list[float]) -> list[float]:
    """Return the places nearest to those wanted, in least squares, that are at least the gaps apart."""
    offsets = np.concatenate([[0.0], np.cumsum(gaps)])
    pools: list[list[float]] = []  # those that touch each other are moved as one
    for target in np.array(wanted) - offsets:
        pools.append([float(target)])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    shifts = [float(np.mean(pool)) for pool in pools for _ in pool]
    return [float(shift + offset) for shift, offset in zip(shifts, offsets, strict=True)]


def _ports(nodes: list[Node], chains: Mapping[Edge, list[_Item]], heights: Mapping[_Item, float]) -> dict[Edge, float]:
    """Say how far below the middle of its box each edge comes in: the left operand above, unless the order is free."""
    ports: dict[Edge, float] = {}
    for node in nodes:
        edges = list(node.edges)
        assert node.operation is not None or not edges
        if len(edges) == 1:
            ports[edges[0]] = 0
        elif edges:
            if node.operation is not None and node.operation.name in COMMUTATIVE:
                edges.sort(key=lambda edge: heights[chains[edge][-2]])
            ports |= {edges[0]: -PORT, edges[1]: PORT}
    return ports


# ------------------------------------------------------------------------------------ words


def _in_words(
    f: Node,
    nodes: list[Node],
    faces: Mapping[Node, _Face],
    labels: Mapping[Edge, str],
    parted: Mapping[Edge, str],
    known: Collection[Node],
    gradients: Mapping[Node, float],
    digits: int,
) -> str:
    """Say the graph as a list of assignments, with every number of the picture."""
    operations = [node for node in nodes if node.operation is not None]
    called = {node: faces[node].above or f"v{i}" for i, node in enumerate(operations, start=1)}
    inputs = [node for node in nodes if node.operation is None]
    called |= {node: faces[node].title or f"input {i}" for i, node in enumerate(inputs, start=1)}
    sentences = []
    for node in nodes:
        words = called[node]
        if node.operation is not None:
            operands = [called[o] if isinstance(o, Node) else number(o, digits) for o in node.operands]
            words += f" = {node.operation.template.format(*operands)}"
        facts = []
        if node in known:
            facts.append(f"value {faces[node].value}")
        if node in gradients:
            facts.append(f"gradient {faces[node].gradient}")
        facts += [f"slope {labels[edge]} for {called[edge.source]}" for edge in node.edges if labels[edge]]
        facts += [
            f"adds {parted[edge].removeprefix('+')} to the gradient of {called[edge.source]}"
            for edge in node.edges
            if parted[edge]
        ]
        sentences.append(f"{words}: {', '.join(facts)}" if facts else words)
    return f"computation graph of {called[f]}. {'; '.join(sentences)}"
