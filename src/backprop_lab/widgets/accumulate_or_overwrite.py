"""= or +=: gradients that are kept on the nodes, written or added, zeroed or not, after one and two backward passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isclose

from backprop_lab.computation_graph import Edge, Node, gradient, topological_order
from backprop_lab.figures.box_diagram import Arrow, Box, Words, box_diagram
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, GOOD_INK, INK, THIRD_INK, number
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Question, Slider

__all__ = ["STEPS", "WRITINGS", "ZEROINGS", "Kept", "accumulate_or_overwrite", "graph"]

WRITINGS = ("=", "+=")
ZEROINGS = ("no node", "x and y", "every node")
STEPS = ("start", "1st: f", "1st: s", "between", "2nd: f", "2nd: s")
PLACES = {"x": (50, 70), "y": (50, 226), "s": (176, 104), "f": (306, 148)}
WIDTH, HEIGHT, BOX = 356, 292, 88


def graph() -> dict[str, Node]:
    """Return f = (x + y) y by its nodes: y is used twice, the others once."""
    x, y = Node(2.0, "x"), Node(3.0, "y")
    s = x + y
    return {"x": x, "y": y, "s": s, "f": s * y}


@dataclass
class Kept:
    """Gradients that stay on the nodes, as micrograd keeps them.

    Attributes
    ----------
    f : Node
    adds : bool
        Whether a product that arrives is added to what is there, or written over it.
    grad : dict
        Node to what it holds.
    arrivals : dict
        Node to what has arrived in this pass, in order; where things are added, after what it held before.
    handed : list of (Node, Node, float)
        Who handed what to whom in this pass.
    """

    f: Node
    adds: bool
    grad: dict[Node, float] = field(init=False)
    arrivals: dict[Node, list[float]] = field(init=False)
    handed: list[tuple[Node, Node, float]] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with zeros."""
        self.grad = dict.fromkeys(topological_order(self.f), 0.0)
        self.new_pass()

    def new_pass(self) -> None:
        """Begin a backward pass with what the nodes hold."""
        self.arrivals = {node: [held] if held and self.adds else [] for node, held in self.grad.items()}
        self.handed = []

    def zero(self, which: list[Node]) -> None:
        """Set the gradient of some nodes to 0."""
        for node in which:
            self.grad[node], self.arrivals[node] = 0.0, []

    def hand_on(self, node: Node) -> None:
        """Let a node hand on what it holds; f holds 1 first."""
        if node is self.f:
            self.grad[node] = 1.0
        for edge in node.edges:
            share = self.grad[node] * edge.slope
            self.grad[edge.source] = self.grad[edge.source] + share if self.adds else share
            self.arrivals[edge.source].append(share)
            self.handed.append((node, edge.source, share))


def accumulate_or_overwrite() -> FramePlayer:
    """Return the interactive: two ways to write, three ways to zero, two backward passes in steps."""
    return FramePlayer(
        "write or add: = or +=",
        _frame,
        [
            Buttons("write with", WRITINGS, start=1),
            Buttons("before the 2nd backward set to 0", ZEROINGS),
            Slider("backward", STEPS, start=STEPS.index("between"), milliseconds=1800),
        ],
        "Write with = instead. Which node is wrong after the first backward already, and why do the others come out "
        "right?",
        predict=_question(),
        printed=(1, 0, 5),
    )


def run(adds: bool, zeroing: int, step: int) -> tuple[dict[str, Node], Kept]:
    """Go so many steps; return the nodes by name and what they hold."""
    nodes = graph()
    kept = Kept(nodes["f"], adds)
    for now in range(1, step + 1):
        if now == 3:
            kept.new_pass()
            kept.zero([[], [nodes["x"], nodes["y"]], list(nodes.values())][zeroing])
        else:
            kept.hand_on(nodes["f" if now in (1, 4) else "s"])
    return nodes, kept


# ------------------------------------------------------------------------------------ a frame


def _frame(writing: int, zeroing: int, step: int) -> Frame:
    adds = bool(writing)
    nodes, kept = run(adds, zeroing, step)
    truth = gradient(nodes["f"])
    is_done = step in (2, 5)
    wrong = [name for name, node in nodes.items() if not isclose(kept.grad[node], truth[node])]
    if is_done:
        verdict = not wrong
        sentence = (_right if verdict else _wrong)(adds, zeroing, step, nodes, kept)
        sentence = f"<strong>{'Right' if verdict else 'Wrong'}.</strong> {sentence}"
    else:
        verdict = None
        sentence = _what_happens(adds, zeroing, step, nodes, kept)
    rows = []
    for name, node in reversed(list(nodes.items())):
        used = sum(edge.source is node for other in nodes.values() for edge in other.edges)
        times = "the output" if not used else "once" if used == 1 else "twice"
        rows.append((name, times, _history(kept, node), number(truth[node]), number(kept.grad[node])))
    return Frame(
        (_picture(nodes, kept, step, is_done=is_done),),
        sentence,
        ("node", "used", "made of", "by the library", "holds"),
        tuple(rows),
        verdict,
    )


def _history(kept: Kept, node: Node) -> str:
    """Write 5 + 3 where things are added, 5, then 3 where they are written over."""
    if node is kept.f:
        return "set to 1" if kept.grad[node] else "0"
    came = [number(share) for share in kept.arrivals[node]]
    return (" + " if kept.adds else ", then ").join(came) or number(kept.grad[node])


def _what_happens(adds: bool, zeroing: int, step: int, nodes: Mapping[str, Node], kept: Kept) -> str:
    if step == 0:
        return "f = (x + y) · y, forward only: every node holds the gradient 0. Now press Next to go backward."
    if step == 3:
        before, held = run(adds, zeroing, step=2)
        facts = ", ".join(f"{name} {number(held.grad[before[name]])}" for name in reversed(list(before)))
        who = ("nothing is", "only x and y are", "every node is")[zeroing]
        return f"The nodes hold what the first backward left: {facts}. Before the second, {who} set to 0."
    names = {node: name for name, node in nodes.items()}
    f = nodes["f"]
    shares = " and ".join(
        f"1 × {number(edge.slope)} = {number(edge.slope)} to {names[edge.source]}" for edge in f.edges
    )
    how = "added to what is there" if adds else "written over what is there"
    which = "First" if step == 1 else "Second"
    return f"{which} backward. f is set to 1 and hands on: {shares}. Each is {how}."


def _right(adds: bool, zeroing: int, step: int, nodes: Mapping[str, Node], kept: Kept) -> str:
    y = nodes["y"]
    if step == 2:
        return (
            f"y is used twice, and both contributions count: {_history(kept, y)} = {number(kept.grad[y])}. With += "
            "each path adds its part."
        )
    return "With every node zeroed, the second backward gives what the first gave. So: += within a pass, 0 before it."


def _wrong(adds: bool, zeroing: int, step: int, nodes: Mapping[str, Node], kept: Kept) -> str:
    truth = gradient(nodes["f"])
    x, y, s = (nodes[name] for name in "xys")
    if not adds:
        lost, last = kept.arrivals[y][-2:]
        if step == 2:
            return (
                f"y is used twice. The {number(last)} from s was written over the {number(lost)} from f, so one path "
                f"is lost: y should have {number(lost)} + {number(last)} = {number(truth[y])}. The nodes that are used "
                "once, s and x, are right: in a function without reuse nobody would notice."
            )
        return (
            f"As after the first: = forgets what a node held, so a second backward changes nothing, zeroed or not. But "
            f"y still has {number(kept.grad[y])} instead of {number(truth[y])}."
        )
    old, new = kept.arrivals[s]
    if zeroing == 0:
        times = number(kept.grad[x] / truth[x])
        return (
            f"x holds {times} times its gradient: it kept {number(kept.arrivals[x][0])}, and "
            f"{number(kept.arrivals[x][1])} came on top, because s had kept its {number(old)}, too, got {number(new)} "
            "more, and handed on both. What inner nodes keep is handed on again."
        )
    return (
        f"x and y began at 0, but s had kept {number(old)} and handed on {number(kept.grad[s])} instead of "
        f"{number(truth[s])}. Whoever keeps a gradient must be zeroed, inner nodes too. (PyTorch keeps them only at "
        "inputs and weights, so there it is enough to zero those.)"
    )


def _picture(nodes: Mapping[str, Node], kept: Kept, step: int, *, is_done: bool) -> str:
    """Draw what each node holds, and how it came to that in this pass."""
    names = {node: name for name, node in nodes.items()}
    truth = gradient(nodes["f"])
    active = {1: "f", 2: "s", 4: "f", 5: "s"}.get(step)
    boxes, facts = {}, []
    for name, node in nodes.items():
        held = number(kept.grad[node])
        judged = None
        if is_done:
            good = isclose(kept.grad[node], truth[node])
            judged = Words("✓ right", GOOD_INK) if good else Words(f"not {number(truth[node])}", THIRD_INK, bold=True)
        history = _history(kept, node)
        boxes[name] = Box(
            *PLACES[name],
            lines=(
                Words(f"{name} = {number(node.value)}", FORWARD_INK),
                Words(held, BACKWARD_INK, bold=True),
                Words(history if history != held else ""),
            ),
            width=BOX,
            below=judged,
            rounded=not node.edges,
            strong=name == active,
            ink=BACKWARD_INK if name == active else INK,
        )
        facts.append(
            f"{name}: value {number(node.value)}, holds {held}, made of {history}"
            + (f", {judged.content}" if judged else "")
        )
    arrows = []
    for edge in _edges(nodes):
        lower, upper = names[edge.source], names[edge.target]
        share = [given for giver, taker, given in kept.handed if (giver, taker) == (edge.target, edge.source)]
        if share:
            back = Arrow(upper, lower, number(edge.slope), number(share[0]), ink=BACKWARD_INK, dashed=True)
            arrows.append(back if upper != active else Arrow(**vars(back) | {"strong": True}))
            facts.append(f"{upper} handed {number(share[0])} to {lower}")
        else:
            arrows.append(Arrow(lower, upper, number(edge.slope), faint=True))
    label = f"Computation graph of f = s y with s = x + y. {'; '.join(facts)}."
    notes = [
        (6.0, 18.0, Words("f = s · y,  s = x + y")),
        (130.0, HEIGHT - 28.0, Words("on an arrow: its slope,")),
        (130.0, HEIGHT - 8.0, Words("and what was handed on", BACKWARD_INK)),
    ]
    return box_diagram(boxes, arrows, WIDTH, HEIGHT, label, notes=notes)


def _edges(nodes: Mapping[str, Node]) -> Iterator[Edge]:
    for node in nodes.values():
        yield from node.edges


def _question() -> Question:
    nodes, once = run(adds=True, zeroing=0, step=2)
    again, twice = run(adds=True, zeroing=0, step=5)
    x, s = again["x"], again["s"]
    first, held = once.grad[nodes["x"]], twice.grad[x]
    kept, new = twice.arrivals[s]
    right = number(held)
    return Question(
        f"Let $f = (x + y) \\cdot y$, with $s = x + y$, at x = {number(x.value)}, y = {number(again['y'].value)}. "
        f"Every node keeps its gradient, and what arrives is added to it, with +=. One backward pass gives x the "
        f"gradient {number(first)}, which is right. You set nothing to zero and go backward once more. What does x "
        f"hold then?",
        {
            number(first): (
                "The gradient of x is still that. But the nodes were not set to zero, and += adds to what is there."
            ),
            number(2 * first): (
                f"So it would be if x alone had kept something. But s had kept its {number(kept)}, too. It gets "
                f"{number(new)} more, and hands on both."
            ),
            right: (
                f"x keeps {number(first)}. In the second pass s holds {number(kept)} + {number(new)} and hands it all "
                f"on, "
                "so that much comes on top. What inner nodes keep is handed on again."
            ),
            number(4 * first): (
                f"That counts the doubling twice. s hands on twice as much, {number(kept + new)}, but x adds it to the "
                f"{number(first)} that it kept."
            ),
        },
        right,
    )
