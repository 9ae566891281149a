"""The gradient flow demo: values forward, then gradients backward: products along paths, sums where paths merge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from backprop_lab.computation_graph import Node, Operation, evaluate, sigmoid
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, bracketed, number
from backprop_lab.figures.graph_diagram import graph_diagram
from backprop_lab.losses import half_squared_error
from backprop_lab.widgets.own import Field, Own, Scene, read_number
from backprop_lab.widgets.player import Frame, FramePlayer, Menu, Question, Slider
from backprop_lab.widgets.small_graphs import SmallGraph, Step, rooms, walk
from backprop_lab.widgets.words import listed

__all__ = ["GRAPHS", "POINTS", "gradient_flow_demo"]

POINTS = ((2.0, 3.0), (-1.5, 0.75), (0.5, 1.0))
WEIGHT, BIAS = 0.5, -0.5
LARGEST = 100.0
NUDGE = 1e-4


@dataclass(frozen=True)
class Example:
    """A graph of the menu: its title, how to make it for x and y, and what is given besides x, in words."""

    title: str
    make: Callable[[float, float], SmallGraph]
    given: str = ""


def product_of_sum(x: float, y: float) -> SmallGraph:
    """Return f = (x + y) y, where y is used twice."""
    a, b = Node(x, "x"), Node(y, "y")
    s = a + b
    f = s * b
    return SmallGraph(f, {a: "x", b: "y", s: "s", f: "f"})


def line(x: float, y: float) -> SmallGraph:
    """Return z = 3x + 5."""
    u = Node(x, "x")
    a = 3 * u
    z = a + 5
    return SmallGraph(z, {u: "x", a: "a", z: "z"})


def two_branches(x: float, y: float) -> SmallGraph:
    """Return f = x^2 + 3x, where x is used twice."""
    u = Node(x, "x")
    a, b = u**2, 3 * u
    f = a + b
    return SmallGraph(f, {u: "x", a: "a", b: "b", f: "f"})


def neuron(x: float, y: float) -> SmallGraph:
    """Return the half squared error of one sigmoid neuron on the example (x, y)."""
    target = np.array([[y]])
    loss = Operation(
        "loss",
        f"½({{}} − {bracketed(y)})²",
        lambda a: half_squared_error(np.array([[a]]), target),
        (lambda a, out: float(half_squared_error.slope(np.array([[a]]), target)[0, 0]),),
    )
    w, u, b = Node(WEIGHT, "w"), Node(x, "x"), Node(BIAS, "b")
    m = w * u
    z = m + b
    a = sigmoid(z)
    C = loss(a)
    return SmallGraph(C, {w: "w", u: "x", b: "b", m: "m", z: "z", a: "a", C: "C"})


GRAPHS = (
    Example("f = (x + y) · y", product_of_sum),
    Example("z = 3x + 5", line, " y is not used in this graph."),
    Example("f = x² + 3x, two paths", two_branches, " y is not used in this graph."),
    Example("one sigmoid neuron, y is its target", neuron, " The target is y = {y}."),
)


def gradient_flow_demo() -> FramePlayer:
    """Return the demo: four graphs, some values of x and y, and the steps of one forward and one backward pass."""
    frame, controls = _scene(POINTS)
    last = len(walk(GRAPHS[0].make(*POINTS[0])))
    start = zip(("x", "y"), POINTS[0], strict=True)
    fields = [Field(name, number(value), read_number(name, -LARGEST, LARGEST)) for name, value in start]
    return FramePlayer(
        "gradient flow demo",
        frame,
        controls,
        "Take f = x² + 3x at x = −1.5 and step to the end. What do the gradients of its two paths add up to?",
        predict=_question(),
        printed=(0, 0, last),
        own=Own(fields, lambda x, y: _scene([(x, y)])),
    )


def _scene(points: Sequence[tuple[float, float]]) -> Scene:
    graphs = [[example.make(*point) for point in points] for example in GRAPHS]
    room = [list(rooms(row)) for row in graphs]
    walks = [[walk(graph) for graph in row] for row in graphs]

    def steps_of(which: int, point: int) -> list[str]:
        return [str(step) for step in range(len(walks[which][point]) + 1)]

    def frame(which: int, point: int, place: int) -> Frame:
        graph, steps = graphs[which][point], walks[which][point]
        done = place == len(steps)
        taken = steps[: place + 1]
        known = {*graph.inputs, *(step.node for step in taken if step.kind == "forward" and step.node)}
        back = {step.node for step in taken if step.kind in ("seed", "backward") and step.node}
        now = None if done else steps[place].node
        crossed = {edge for node in back for edge in graph.edges_from(node)}
        forward = not done and steps[place].kind == "forward"
        strong = [] if now is None else [now, *(now.edges if forward else graph.edges_from(now))]
        picture = graph_diagram(
            graph.output,
            names={node: name for node, name in graph.names.items() if node.operation is not None},
            values=known,
            gradients={node: graph.gradients[node] for node in back},
            slopes=[edge for edge in graph.edges if edge.target in known],
            contributions={edge: graph.contribution(edge) for edge in crossed},
            marked=strong,
            ink=FORWARD_INK if forward else BACKWARD_INK,
            room=room[which][point],
        )
        y = number(points[point][1])
        story = _end(graph) if done else _story(graph, steps[place], GRAPHS[which].given.format(y=y))
        sentence = f"<strong>Step {place} of {len(steps)}.</strong> {story}"
        return Frame((picture,), sentence, ("node", "value", "received × slope", "gradient"), graph.rows(known, back))

    return frame, [
        Menu("graph", [example.title for example in GRAPHS]),
        Menu("at", [f"x = {number(x)}, y = {number(y)}" for x, y in points]),
        Slider("step", steps_of, milliseconds=1800),
    ]


def _story(graph: SmallGraph, step: Step, given: str) -> str:
    """Say which rule gives the number of this step, with its numbers."""
    node, names = step.node, graph.names
    if node is None:
        return f"Given: {listed([f'{names[n]} = {number(n.value)}' for n in graph.inputs])}.{given}"
    name, out = names[node], names[graph.output]
    if step.kind == "forward":
        slopes = listed([f"{number(edge.slope)} for {names[edge.source]}" for edge in node.edges])
        where = "On the edges stand its slopes" if len(node.edges) > 1 else "On the edge stands its slope"
        return (
            f'<span class="bl-forward">Forward:</span> {name} = {graph.formula(node)} = {graph.arithmetic(node)} = '
            f"{number(node.value)}. {where}: {slopes}."
        )
    start = '<span class="bl-backward">Backward'
    gradient = f"∂{out}/∂{name}"
    if step.kind == "seed":
        return f"{start}:</span> it starts at the end. {gradient} = 1, for {out} grows exactly as fast as itself."
    edges, products = graph.edges_from(node), graph.products(node)
    result = number(graph.gradients[node])
    if len(edges) == 1:
        target = names[edges[0].target]
        return (
            f"{start}, multiply along the edge:</span> what {target} has received, times the slope. "
            f"{gradient} = {products[0]} = {result}."
        )
    parts = [number(graph.contribution(edge)) for edge in edges]
    added = " + ".join([parts[0], *(bracketed(graph.contribution(edge)) for edge in edges[1:])])
    each = listed(
        [
            f"{product} = {part} from {names[edge.target]}"
            for product, part, edge in zip(products, parts, edges, strict=True)
        ]
    )
    return (
        f"{start}, multiply along each edge and add:</span> {name} is used {len(edges)} times, so here paths merge. "
        f"{each}. {gradient} = {added} = {result}."
    )


def _end(graph: SmallGraph) -> str:
    """Compare with small nudges of the inputs: the witness of the gradients."""
    found = []
    for node in graph.inputs:
        up, down = (float(evaluate(graph.output, {node: node.value + h})) for h in (NUDGE, -NUDGE))
        slope = (up - down) / (2 * NUDGE)
        found.append(f"{number(0.0 if abs(slope) < NUDGE**2 else slope)} for {graph.names[node]}")
    return (
        f"Done: one walk back gave the gradient of every node. Nudging each input by {number(NUDGE)} up and down "
        f"measures the same: {listed(found)}."
    )


def _question() -> Question:
    x, y = POINTS[0]
    graph = product_of_sum(x, y)
    node = next(node for node in graph.inputs if node.name == "y")
    through = {graph.names[edge.target]: number(graph.contribution(edge)) for edge in graph.edges_from(node)}
    right = number(graph.gradients[node])
    by_sum, by_product = through["s"], through["f"]
    return Question(
        f"$f = (x + y)\\,y$ at $x = {number(x)}$, $y = {number(y)}$. What is $\\partial f / \\partial y$?",
        {
            by_sum: "That is the path through the sum alone. But y also multiplies, beside the sum.",
            by_product: "That is the path through the product alone, as if x + y stood still. But y is in the sum too.",
            right: f"y acts on two paths: through the product {by_product}, through the sum {by_sum}. They add.",
            number(graph.output.value): "That is f itself, the value. The gradient says how fast it changes with y.",
        },
        right,
    )
