"""Schedule the backward pass: choose the order in which nodes hand their gradient on, and see who was too early."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isclose

from backprop_lab.computation_graph import Edge, Node, gradient, topological_order
from backprop_lab.figures.box_diagram import Arrow, Box, Words, box_diagram
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, GOOD_INK, INK, THIRD_INK, number
from backprop_lab.widgets.own import Field, Own, Scene
from backprop_lab.widgets.player import Frame, FramePlayer, Menu, Question, Slider
from backprop_lab.widgets.words import listed

__all__ = ["ORDERS", "Hand", "Schedule", "graph", "schedule_the_backward_pass"]

# Each order as it stands in the menu, and what there is to learn from it. The names would give the answer away.
ORDERS: Mapping[str, str] = {
    "s p q r f": "That is the order of the way forward: there, a node hands on before anything has reached it.",
    "f r q p s": (
        "It is the order in which the nodes were computed, reversed. This always works: whoever uses a node was "
        "computed after it, so reversed they all come before it."
    ),
    "f p s r q": (
        "It follows one branch to its end, then the other. That does for a tree. Here two branches meet again, in s."
    ),
    "f p s r q s": (
        "Handing on again does not mend it: what came first is contained in what is handed on the second time, so it "
        "is counted twice."
    ),
    "f p r q s": "More than one order is right: p and r do not need each other. Only s must come after both p and q.",
    "f p r s q": (
        "The nearest to f come first. From f to s there is a short way and a long one; s must wait for the long one."
    ),
}
ASKED = "f p s r q"  # the order that the question begins with
ASKED_STEP = 2
PLACES = {
    **{"x": (62, 66), "y": (62, 274), "s": (62, 170)},
    **{"p": (236, 84), "q": (188, 256), "r": (284, 256), "f": (378, 170)},
}
WIDTH, HEIGHT = 416, 334
NARROW_BOX, WIDE_BOX = 62, 110
DEFINITIONS = "s = x · y,  p = s − 1,  q = s − 4,  r = q²,  f = p · r"
CIRCLED = "①②③④⑤⑥⑦⑧⑨"


def graph() -> dict[str, Node]:
    """Return the nodes by name: s is used by p and, a longer way, by q."""
    x, y = Node(2.0, "x"), Node(3.0, "y")
    s = x * y
    p, q = s - 1, s - 4
    r = q**2
    return {"x": x, "y": y, "s": s, "p": p, "q": q, "r": r, "f": p * r}


@dataclass(frozen=True)
class Hand:
    """One node hands on.

    Attributes
    ----------
    node : Node
    amount : float
        What it had received until then.
    arrived : int
        How many contributions that was.
    shares : tuple of (Edge, float)
        To each operand: amount times slope.
    """

    node: Node
    amount: float
    arrived: int
    shares: tuple[tuple[Edge, float], ...]


@dataclass
class Schedule:
    """A backward pass in an order that somebody chose: nobody waits for anybody.

    Attributes
    ----------
    f : Node
        The output; it starts with 1.
    received : dict
        Node to its contributions, each with who handed it on.
    hands : list of Hand
        What has happened so far.
    """

    f: Node
    received: dict[Node, list[tuple[Node, float]]] = field(init=False)
    hands: list[Hand] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with nothing received."""
        self.received = {node: [] for node in topological_order(self.f)}

    @classmethod
    def of(cls, f: Node, order: Sequence[Node]) -> Schedule:
        """Run a pass in this order."""
        schedule = cls(f)
        for node in order:
            schedule.hand_on(node)
        return schedule

    def gradient(self, node: Node) -> float:
        """Return what a node has so far."""
        return (node is self.f) + sum(share for _, share in self.received[node])

    def hand_on(self, node: Node) -> None:
        """Let a node hand on what it has."""
        amount = self.gradient(node)
        shares = tuple((edge, amount * edge.slope) for edge in node.edges)
        self.hands.append(Hand(node, amount, len(self.received[node]), shares))
        for edge, share in shares:
            self.received[edge.source].append((node, share))

    def users(self, node: Node) -> list[Node]:
        """Return who uses a node, so who has something to hand on to it."""
        return [edge.target for other in self.received for edge in other.edges if edge.source is node]

    def early(self) -> list[Hand]:
        """Return when somebody handed on before all contributions had arrived."""
        return [hand for hand in self.hands if hand.arrived < len(self.users(hand.node))]

    def is_right(self) -> bool:
        """Compare with the gradient by the library."""
        truth = gradient(self.f)
        return all(isclose(self.gradient(node), truth[node]) for node in self.received)


def schedule_the_backward_pass() -> FramePlayer:
    """Return the interactive: six orders, step by step; with a kernel, any order."""
    orders = list(ORDERS)
    steps = max(len(order.split()) for order in orders)

    def frame(which: int, step: int) -> Frame:
        order = orders[which]
        return _frame(order.split(), step, is_last=step == steps, remark=ORDERS[order])

    settings = ["start", *map(str, range(1, steps)), "end"]
    return FramePlayer(
        "schedule the backward pass",
        frame,
        [
            Menu("order", [order.replace(" ", ", ") for order in orders], start=orders.index(ASKED)),
            Slider("step", settings, start=ASKED_STEP, milliseconds=1500),
        ],
        "Find two orders that are right, and one with which x gets too much rather than too little.",
        predict=_question(),
        printed=(orders.index(ASKED), steps),
        own=Own([Field("order", "f, r, p, q, s", _read_order)], _own_scene),
    )


def _own_scene(order: list[str]) -> Scene:
    last = len(order)
    settings = ["start", *map(str, range(1, last)), "end"]
    return lambda step: _frame(order, step, is_last=step == last, remark=""), [Slider("step", settings, start=last)]


def _read_order(typed: str) -> list[str]:
    """Read names between commas or spaces."""
    if not typed.strip(" ,\n"):
        raise ValueError("the order is empty, expected names of nodes with commas between, such as f, r, p, q, s")
    order = re.split(r"[\s,]+", typed.strip(" ,\n"))
    can = [name for name, node in graph().items() if node.edges]
    for name in order:
        if name in ("x", "y"):
            raise ValueError(f"the order names {name}, an input: it keeps what it gets. Expected names among {can}")
        if name not in can:
            raise ValueError(f"the order names {name!r}, expected names among {can}, with commas between")
    if len(order) > len(CIRCLED):
        raise ValueError(f"the order has {len(order)} steps, expected at most {len(CIRCLED)}")
    return order


# ------------------------------------------------------------------------------------ a frame


def _frame(order: Sequence[str], step: int, *, is_last: bool, remark: str) -> Frame:
    nodes = graph()
    names = {node: name for name, node in nodes.items()}
    schedule = Schedule.of(nodes["f"], [nodes[name] for name in order[:step]])
    verdict = schedule.is_right() if is_last else None
    words = _what_happened(schedule, names, order, step)
    if is_last:
        words = _conclusion(schedule, names, remark)
    return Frame(
        (_picture(schedule, names, step if step <= len(order) else 0, is_last=is_last),),
        words,
        ("node", "contributions", "handed on", "by the library", "has"),
        tuple(_rows(schedule, names)),
        verdict,
    )


def _what_happened(schedule: Schedule, names: Mapping[Node, str], order: Sequence[str], step: int) -> str:
    if step == 0:
        return (
            f"f starts with 1, the others with 0. The order will be {', '.join(order)}. Who hands on sends to "
            "each operand what it has at that moment, times the slope. What arrives is added: in s, “got 0 of 2” says "
            "that none of its two contributions is there yet, and so in every node."
        )
    if step > len(order):
        return "All have handed on. Are the gradients right?"
    hand = schedule.hands[-1]
    shares = " and ".join(f"{_product(hand.amount, e.slope)} to {names[e.source]}" for e, _ in hand.shares)
    users = len(schedule.users(hand.node))
    waiting = ""
    if users:
        waiting = f" {_count(hand.arrived, users)} had reached it."
        if hand.arrived < users:
            missing = [names[node] for node in _missing(schedule, hand)]
            waiting += f" It did not wait for {' and '.join(missing)}."
        elif any(other.node is hand.node for other in schedule.hands[:-1]):
            waiting += " It had handed on before."
    return f"<strong>{step}.</strong> {names[hand.node]} has {number(hand.amount)} and hands on: {shares}.{waiting}"


def _missing(schedule: Schedule, hand: Hand) -> list[Node]:
    there = [giver for giver, _ in schedule.received[hand.node][: hand.arrived]]
    return [node for node in schedule.users(hand.node) if node not in there]


def _conclusion(schedule: Schedule, names: Mapping[Node, str], remark: str) -> str:
    truth = gradient(schedule.f)
    first = next(iter(schedule.early()), None)
    if schedule.is_right():
        how = "each node handed on once, and only when all contributions to it had arrived"
        if first:  # with nothing in hand, which does no harm
            how = f"what {names[first.node]} handed on too early was {number(first.amount)}, which adds nothing"
        return f"<strong>Right.</strong> The gradients are those of the library: {how}. {remark}".strip()
    why = ""
    if first:
        name, users = names[first.node], len(schedule.users(first.node))
        too_early = list(dict.fromkeys(names[hand.node] for hand in schedule.early()))
        were = "was" if len(too_early) == 1 else "were"
        why = (
            f" {listed(too_early)} {were} too early: when {first.arrived} of {users} contributions had reached "
            f"{name}, it handed on {number(first.amount)} instead of {number(truth[first.node])}."
        )
    never = [n for n in schedule.received if n.edges and n not in [hand.node for hand in schedule.hands]]
    if never:
        why += f" {listed([names[n] for n in never])} never handed on."
    often = [n for n in schedule.received if sum(hand.node is n for hand in schedule.hands) > 1]
    if often:
        why += f" {listed([names[n] for n in often])} handed on more than once."
    wrong = [n for n in schedule.received if not n.edges and not isclose(schedule.gradient(n), truth[n])]
    got = " and ".join(f"{names[n]} has {number(schedule.gradient(n))} instead of {number(truth[n])}" for n in wrong)
    return f"<strong>Wrong.</strong>{why} {f'So {got}.' if got else ''} {remark}".strip()


def _rows(schedule: Schedule, names: Mapping[Node, str]) -> Iterator[tuple[str, ...]]:
    truth = gradient(schedule.f)
    for node in reversed(schedule.received):
        given = schedule.received[node]
        arrived = _of(len(given), len(schedule.users(node))) if node is not schedule.f else "set to 1"
        if len(given) > 1:
            arrived += f": {' + '.join(number(share) for _, share in given)}"
        handed = ", then ".join(
            f"{number(hand.amount)}{' (too early)' if hand in schedule.early() else ''}"
            for hand in schedule.hands
            if hand.node is node
        )
        if not node.edges:
            handed = "an input"
        yield names[node], arrived, handed or "not yet", number(truth[node]), number(schedule.gradient(node))


def _picture(schedule: Schedule, names: Mapping[Node, str], step: int, *, is_last: bool) -> str:
    """Draw what each node has; a dashed arrow back for each hand-on, the slopes on the arrows of the way forward."""
    truth, early = gradient(schedule.f), schedule.early()
    active = schedule.hands[-1].node if schedule.hands and step else None
    handed = {edge: share for hand in schedule.hands for edge, share in hand.shares}  # the last one, if several
    boxes, facts = {}, []
    for node, name in names.items():
        has, users = schedule.gradient(node), len(schedule.users(node))
        third = Words("start" if node is schedule.f else _of(len(schedule.received[node]), users))
        if name == "s":
            third = Words(f"got {third.content}")
        if is_last:
            good = isclose(has, truth[node])
            third = Words("✓ right", GOOD_INK) if good else Words(f"not {number(truth[node])}", THIRD_INK)
        times = [i for i, hand in enumerate(schedule.hands) if hand.node is node]
        late_enough = [CIRCLED[i] for i in times if schedule.hands[i] not in early]
        too_early = "".join(CIRCLED[i] for i in times if schedule.hands[i] in early)
        note = ", ".join([f"{too_early} early", *late_enough] if late_enough else [f"{too_early} too early"])
        handed_on = Words(note, THIRD_INK, bold=True) if too_early else Words("".join(late_enough))
        is_wide = name == "s"
        boxes[name] = Box(
            *PLACES[name],
            lines=(
                Words(f"{name} = {number(node.value)}", FORWARD_INK),
                Words(number(has), BACKWARD_INK, bold=True),
                third,
                *([handed_on] if is_wide else []),
            ),
            width=WIDE_BOX if is_wide else NARROW_BOX,
            above=handed_on if name in "fp" else None,
            below=handed_on if name in "qr" else None,
            rounded=not node.edges,
            strong=node is active,
            ink=BACKWARD_INK if node is active else INK,
        )
        facts.append(
            f"{name}: value {number(node.value)}, gradient {number(has)}, {third.content}"
            + (f", handed on at step {' and '.join(str(i + 1) for i in times)}" if times else "")
            + (", too early" if too_early else "")
        )
    arrows = []
    for edge in (edge for node in names for edge in node.edges):
        lower, upper = names[edge.source], names[edge.target]
        slope = number(edge.slope)
        if edge in handed:
            is_new = edge.target is active
            share = number(handed[edge])
            arrows.append(Arrow(upper, lower, slope, share, ink=BACKWARD_INK, dashed=True, strong=is_new))
            facts.append(f"{upper} handed {share} to {lower}")
        else:
            arrows.append(Arrow(lower, upper, slope, faint=True))
    label = f"Computation graph of f with {DEFINITIONS}. {'; '.join(facts)}."
    notes = [
        (6.0, 18.0, Words(DEFINITIONS)),
        (6.0, HEIGHT - 6.0, Words("on an arrow: its slope, and")),
        (196.0, HEIGHT - 6.0, Words("what was handed on", BACKWARD_INK)),
    ]
    return box_diagram(boxes, arrows, WIDTH, HEIGHT, label, notes=notes)


def _of(arrived: int, users: int) -> str:
    """Write 1 of 2; and where somebody handed on again, that it is one too many."""
    return f"{arrived} of {users}" if arrived <= users else f"{arrived}, not {users}"


def _product(amount: float, slope: float) -> str:
    return f"{number(amount)} × {number(slope)} = {number(amount * slope)}"


def _count(arrived: int, users: int) -> str:
    if users == 1:
        return "The one contribution to it" if arrived else "Nothing"
    return f"{arrived} of {users} contributions"


def _question() -> Question:
    schedule = Schedule.of(f := (nodes := graph())["f"], [nodes["f"], nodes["p"]])
    s, truth = nodes["s"], gradient(f)
    now, later = schedule.gradient(s), truth[s]
    right = "r"
    return Question(
        "Take $s = xy$, $p = s - 1$, $q = s - 4$, $r = q^2$ and $f = p \\cdot r$. Backward, f has handed its gradient "
        "on to p and r, and p to s. Whose turn is it now?",
        {
            "s: it has received a gradient": (
                f"It has received a part: {number(now)}, from p. The rest comes from q. If s hands on now, x and y get "
                f"their share of {number(now)} and not of {number(later)}."
            ),
            "r or s: sums do not depend on the order of their terms": (
                "The sum in s does not. But s hands on what the sum is at that moment, and a term that comes later is "
                "not handed on any more."
            ),
            right: (
                "r has all that it will get. s is used by p and by q, so it waits until both have reported, and q can "
                "report only after r."
            ),
            "q: s waits for it": "s does. But nothing has reached q so far: r must hand on first.",
        },
        right,
    )
