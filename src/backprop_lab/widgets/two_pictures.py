"""Two pictures of one chain, z = 3x + 5: the values on the way forward, and below each its gradient on the way back."""

from __future__ import annotations

from collections.abc import Sequence

from backprop_lab.computation_graph import Node, evaluate
from backprop_lab.figures.chain_pictures import chain_pictures
from backprop_lab.figures.diagram import bracketed, number
from backprop_lab.widgets.own import Field, Own, Scene, read_number
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Question, Slider
from backprop_lab.widgets.small_graphs import SmallGraph, Step, walk

__all__ = ["ADDED", "FACTOR", "XS", "forward_and_backward_pictures"]

FACTOR = 3.0
ADDED = (5.0, 50.0, -8.0)
XS = (-4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 5.0)
START = 2.0
LARGEST = 1000.0


def forward_and_backward_pictures() -> FramePlayer:
    """Return the interactive on x -> times 3 -> plus 5 -> z; x moves, and so may what is added."""
    frame, controls = _scene(XS, FACTOR, ADDED)
    boxes = {"x": START, "times": FACTOR, "plus": ADDED[0]}
    fields = [Field(name, number(value), read_number(name, -LARGEST, LARGEST)) for name, value in boxes.items()]
    return FramePlayer(
        "two pictures",
        frame,
        controls,
        "Go to the last step. Then move x, and add another number: what changes in the lower picture?",
        predict=_question(),
        printed=(XS.index(START), 0, len(walk(_chain(START, FACTOR, ADDED[0]))) - 1),
        own=Own(fields, lambda x, times, plus: _scene((x,), times, (plus,))),
    )


def _chain(x: float, factor: float, added: float) -> SmallGraph:
    u = Node(x, "x")
    a = u * factor
    z = a + added if added >= 0 else a - (-added)
    return SmallGraph(z, {u: "x", a: "a", z: "z"})


def _scene(xs: Sequence[float], factor: float, added: Sequence[float]) -> Scene:
    def frame(where: int, which: int, place: int) -> Frame:
        graph = _chain(xs[where], factor, added[which])
        steps = walk(graph)
        taken = steps[: place + 1]
        known = {*graph.inputs, *(step.node for step in taken if step.kind == "forward" and step.node)}
        back = {step.node for step in taken if step.kind in ("seed", "backward") and step.node}
        picture = chain_pictures(
            graph.output,
            graph.names,
            values=known,
            gradients={node: graph.gradients[node] for node in back},
            newest=steps[place].node,
        )
        sentence = f"<strong>Step {place} of {len(steps) - 1}.</strong> {_story(graph, steps[place])}"
        return Frame((picture,), sentence, ("node", "value", "received × slope", "gradient"), graph.rows(known, back))

    start = xs.index(START) if START in xs else 0
    return frame, [
        Slider("x =", [number(x) for x in xs], start=start),
        Buttons("add", [number(c) for c in added]),
        Slider("step", ["x is given", "a", "z", "dz", "da", "dx"], milliseconds=1800),
    ]


def _story(graph: SmallGraph, step: Step) -> str:
    x, a, z = graph.nodes
    node = step.node
    if node is None:
        return f"x = {number(x.value)} is given. Forward comes first: each value from the one before it."
    name, result = graph.names[node], number(graph.gradients[node])
    if step.kind == "forward":
        way = f"{name} = {graph.formula(node)} = {graph.arithmetic(node)} = {number(node.value)}"
        return f'<span class="bl-forward">Forward:</span> {way}.'
    start = '<span class="bl-backward">Backward:</span>'
    if node is z:
        return (
            f"{start} dz = {result}. It starts at the end, where z grows exactly as fast as itself. (dz, da and dx are "
            "short for ∂z/∂z, ∂z/∂a and ∂z/∂x: how fast z grows with each.)"
        )
    (edge,) = graph.edges_from(node)
    way = f"d{name} = d{graph.names[edge.target]} × {bracketed(edge.slope)} = {graph.products(node)[0]} = {result}"
    if node is a:
        added = number(float(z.operands[1]))
        done = "added" if z.operation and z.operation.name == "+" else "taken away"
        return f"{start} {way}. Whether {added} or another number is {done}, z moves as a does: the slope is 1."
    return f"{start} {way}. Three nodes, three lines: x is reached, and there is no fourth."


def _question() -> Question:
    x, rise = START, 0.1
    graph = _chain(x, FACTOR, ADDED[0])
    u, z = graph.inputs[0], graph.output
    right = number(float(evaluate(z, {u: x + rise})) - z.value)
    return Question(
        f"$z = {number(FACTOR)}x + {number(ADDED[0])}$ at $x = {number(x)}$. You raise x by {number(rise)}. "
        "By how much does z rise?",
        {
            number((FACTOR + ADDED[0]) * rise): (
                f"That counts the {number(ADDED[0])} too. But it is added before and after, whatever x is: "
                "it cancels in the rise."
            ),
            right: (
                f"Times {number(FACTOR)} stretches every rise of x; the {number(ADDED[0])} that is added shifts z, "
                "and leaves the rise alone."
            ),
            number(z.value * rise): (
                f"That is the value of z, {number(z.value)}, times the step. A value is no slope: it says where z is, "
                "not how fast it moves."
            ),
            number(FACTOR * ADDED[0] * rise): (
                f"That multiplies {number(FACTOR)} by {number(ADDED[0])}. Slopes do multiply along the chain, "
                f"but the slope of adding {number(ADDED[0])} is 1."
            ),
        },
        right,
    )
