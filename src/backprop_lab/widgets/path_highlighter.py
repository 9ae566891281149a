"""The path highlighter: the product of the slopes along each path, and the sum of all paths, which is the gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backprop_lab.computation_graph import Node, Path, paths
from backprop_lab.figures.diagram import bracketed, number
from backprop_lab.figures.graph_diagram import graph_diagram
from backprop_lab.figures.running_sum import running_sum
from backprop_lab.widgets.own import Field, Own, Scene, read_number
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Menu, Question, Slider
from backprop_lab.widgets.small_graphs import SmallGraph, rooms
from backprop_lab.widgets.words import listed, together

__all__ = ["GRAPHS", "path_highlighter"]

LARGEST = 100.0
NOISE = 1e-12


@dataclass(frozen=True)
class Example:
    """A graph of the menu: its title, how to make it, and where it is looked at."""

    title: str
    make: Callable[[float, float], SmallGraph]
    at: tuple[float, float]


def product_of_sum(x: float, y: float) -> SmallGraph:
    """Return f = (x + y) y: two paths from y."""
    a, b = Node(x, "x"), Node(y, "y")
    s = a + b
    f = s * b
    return SmallGraph(f, {a: "x", b: "y", s: "s", f: "f"})


def product_of_difference(x: float, y: float) -> SmallGraph:
    """Return f = (x - y) y: two paths from y, of opposite sign."""
    a, b = Node(x, "x"), Node(y, "y")
    s = a - b
    f = s * b
    return SmallGraph(f, {a: "x", b: "y", s: "s", f: "f"})


def lattice(x: float, y: float) -> SmallGraph:
    """Return f = (s + t) (s t) with s = x + y and t = x y: four paths from each input."""
    a, b = Node(x, "x"), Node(y, "y")
    s, t = a + b, a * b
    u, v = s + t, s * t
    f = u * v
    return SmallGraph(f, {a: "x", b: "y", s: "s", t: "t", u: "u", v: "v", f: "f"})


GRAPHS = (
    Example("f = (x + y) · y", product_of_sum, (2.0, 3.0)),
    Example("f = (x − y) · y", product_of_difference, (6.0, 3.0)),
    Example("f = (s + t) · (s · t)", lattice, (1.0, 2.0)),
)
INPUTS = ("x", "y")


def path_highlighter() -> FramePlayer:
    """Return the interactive: choose a graph, an input, and one path after the other."""
    frame, controls = _scene([example.at for example in GRAPHS])
    start = zip(INPUTS, GRAPHS[0].at, strict=True)
    fields = [Field(name, number(value), read_number(name, -LARGEST, LARGEST)) for name, value in start]
    return FramePlayer(
        "path highlighter",
        frame,
        controls,
        "In one graph every single path says that f depends on y, and yet the gradient of y is 0. Find it.",
        predict=_question(),
        printed=(0, 1, 1),
        own=Own(fields, lambda x, y: _scene([(x, y)] * len(GRAPHS))),
    )


def _scene(points: Sequence[tuple[float, float]]) -> Scene:
    graphs = [example.make(*point) for example, point in zip(GRAPHS, points, strict=True)]
    room = [next(rooms([graph])) for graph in graphs]
    ways = [[paths(graph.output, node) for node in _inputs(graph)] for graph in graphs]
    most = max(len(found) for row in ways for found in row)

    def frame(which: int, side: int, place: int) -> Frame:
        graph, found = graphs[which], ways[which][side]
        node = _inputs(graph)[side]
        out, name = graph.names[graph.output], graph.names[node]
        counted = min(place + 1, len(found))
        path = found[place] if place < len(found) else None
        total = float(graph.gradients[node])
        so_far = sum(path.product for path in found[:counted])
        complete = counted == len(found)
        strong = {edge for one in ([path] if path else found) for edge in one.edges}
        graph_picture = graph_diagram(
            graph.output,
            names={n: word for n, word in graph.names.items() if n.operation is not None},
            gradients={node: total} if complete else {},
            marked=[*strong, *{end for edge in strong for end in (edge.source, edge.target)}],
            room=room[which],
        )
        gradient = f"∂{out}/∂{name}"
        parts = [(f"{_way(graph, one)}: {_product(one)}", one.product) for one in found]
        sum_picture = running_sum(parts, counted, total, newest=place if path else None, name=gradient)
        rows = [
            (
                together(_way(graph, one)),
                together(_product(one)) if i < counted else "",
                number(one.product) if i < counted else "",
            )
            for i, one in enumerate(found)
        ]
        rows += [
            ("sum so far", "", number(so_far)),
            (f"{gradient} by backpropagation", "", number(total)),
            ("still missing", "", number(_missing(total, so_far))),
        ]
        return Frame(
            (graph_picture, sum_picture),
            _story(graph, node, found, place, most),
            ("path", "product of its slopes", "number"),
            tuple(rows),
        )

    return frame, [
        Menu("graph", [example.title for example in GRAPHS], start=len(GRAPHS) - 1),
        Buttons("input", INPUTS),
        Slider("path", [*(str(i + 1) for i in range(most)), "all"], milliseconds=2000),
    ]


def _story(graph: SmallGraph, node: Node, found: Sequence[Path], place: int, most: int) -> str:
    """Say what this path gives, and what is still missing."""
    out, name, total = graph.names[graph.output], graph.names[node], float(graph.gradients[node])
    gradient = f"∂{out}/∂{name}"
    everything = " + ".join(number(one.product) if not i else bracketed(one.product) for i, one in enumerate(found))
    whole = f"{everything} = {number(total)}" if len(found) > 1 else number(total)
    if place >= len(found):
        several = len(found) > 1
        count = f"{len(found)} paths lead" if several else "1 path leads"
        start = f"There is no path {place + 1}: only" if place < most else "All together:"
        subject = "Their sum" if several else "Its product"
        return (
            f"{start} {count} from {name} to {out}. {subject} is the gradient by backpropagation: {gradient} = {whole}."
        )
    path, counted = found[place], place + 1
    rule = "slopes multiply along it" if len(path.edges) > 1 else "its only edge has the slope"
    start = f"<strong>Path {counted} of {len(found)}:</strong> {_way(graph, path)}; {rule}: {_product(path)}."
    if counted == len(found):
        return (
            f"{start} Now every path is counted, and the sum is the gradient by backpropagation: {gradient} = {whole}."
        )
    so_far = sum(one.product for one in found[:counted])
    said = f"{start} Sum so far: {number(so_far)}. Backpropagation says {gradient} = {number(total)}"
    left = f"{len(found) - counted} {'path is' if len(found) - counted == 1 else 'paths are'}"
    missing = _missing(total, so_far)
    if not missing:
        return f"{said}. Nothing is missing here, but {left} still to come: together they give 0 at this place."
    lesson = "one path is not enough" if counted == 1 else f"{counted} paths are not enough"
    return f"{said}: {lesson}, {number(missing)} is still missing."


def _missing(total: float, so_far: float) -> float:
    """Return the difference, without what rounding leaves of it."""
    return 0.0 if abs(total - so_far) < NOISE * max(1.0, abs(total)) else total - so_far


def _inputs(graph: SmallGraph) -> list[Node]:
    return sorted(graph.inputs, key=lambda node: graph.names[node])


def _way(graph: SmallGraph, path: Path) -> str:
    """Write y → s → f."""
    return " → ".join([graph.names[path.edges[0].source], *(graph.names[edge.target] for edge in path.edges)])


def _product(path: Path) -> str:
    """Write 1 × 3 = 3; a path of one edge is its slope."""
    first, *rest = path.factors
    written = " × ".join([number(first), *map(bracketed, rest)])
    return f"{written} = {number(path.product)}" if rest else written


def _question() -> Question:
    graph = lattice(*GRAPHS[-1].at)
    node = _inputs(graph)[0]
    ways = {name: len(paths(graph.output, n)) for n, name in graph.names.items() if n.operation is None}
    right = str(ways["x"])
    edges = len(graph.edges_from(node))
    return Question(
        "$s = x + y$, $t = x\\,y$, and then $f = (s + t)\\,(s\\,t)$. On how many paths does x act on f?",
        {
            "1": "x comes in once, but its value is used several times: every use starts a path of its own.",
            str(edges): (
                f"That counts where x itself is used, in {listed(['s', 't'])}. Each of them is used twice in turn, "
                "and there each path splits again."
            ),
            right: "Two uses of x, and each of the results is used twice: the paths double from layer to layer.",
            str(sum(ways.values())): "That counts the paths of y too. The gradient of x sums over the paths from x.",
        },
        right,
    )
