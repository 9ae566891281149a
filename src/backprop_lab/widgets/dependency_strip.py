"""The dependency strip: which gradients a gradient of a two-layer network needs, and who needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backprop_lab.examples import LEARNING_RATE, worked_example
from backprop_lab.figures.box_diagram import Arrow, Box, Words, box_diagram
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, number
from backprop_lab.trace import Quantity, Trace, trace_step
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Question, Slider, math
from backprop_lab.widgets.words import listed

__all__ = ["DRAWINGS", "LINE", "backward_order", "dependency_strip", "gradients_needed", "values_needed"]

DRAWINGS = ("as the formulas say", "as often drawn")
# The strip that is often drawn, from the loss on: a line, so that each gradient seems to need the one before it.
LINE = ("da2", "dz2", "dW2", "da1", "dz1", "dW1")
# Which of the four equations the quantities without a number of their own belong to.
PARTS = {"da2": "the first factor of BP1", "da1": "the first factor of BP2"}
CHAIN, LEAVES, ABOVE, BELOW = 122, 208, 50, 280  # the rows
PLACES = {
    **{"da2": (346, CHAIN), "dz2": (256, CHAIN), "da1": (148, CHAIN), "dz1": (58, CHAIN)},
    **{"dW2": (226, LEAVES), "db2": (294, LEAVES), "dW1": (34, LEAVES), "db1": (102, LEAVES)},
}
WIDTH, HEIGHT, BOX = 380, 326, 56
ASKED = "da1"


def dependency_strip() -> FramePlayer:
    """Return the interactive, on the network that is worked by hand: each gradient in turn, from the loss on."""
    trace = trace_step(*worked_example(), LEARNING_RATE)
    order = backward_order(trace)
    return FramePlayer(
        "dependency strip",
        lambda drawing, step: _frame(trace, order, order[step], is_line=drawing == 1),
        [Buttons("arrows", DRAWINGS), Slider("compute", order, start=order.index(ASKED), milliseconds=2000)],
        "Switch to the arrows that are often drawn: a single line. Only one of them is wrong. Which?",
        predict=_question(trace),
        printed=(0, order.index(ASKED)),
    )


def backward_order(trace: Trace) -> list[str]:
    """Return the gradients in the order in which the library computes them, as da2, dz2 (the delta of layer 2), dW2."""
    return [_short(q.name) for q in trace.phase("backward") if not q.name.startswith("slope")]


def gradients_needed(trace: Trace, name: str) -> list[str]:
    """Return the gradients in the formula of a gradient."""
    return [_short(n) for n in _in_formula(trace, name) if trace[n].phase == "backward"]


def values_needed(trace: Trace, name: str) -> list[str]:
    """Return what the formula of a gradient takes from the way forward, as a1, or from outside, as W2 and y."""
    return [n for n in _in_formula(trace, name) if trace[n].phase != "backward"]


def _in_formula(trace: Trace, name: str) -> list[str]:
    """Look through the slope of the activation at what it is computed from."""
    found: list[str] = []
    for needed in trace[_long(name)].depends_on:
        found += trace[needed].depends_on if needed.startswith("slope") else [needed]
    return found


def _short(name: str) -> str:
    return name.replace("delta", "dz")


def _long(name: str) -> str:
    return name.replace("dz", "delta")


# ------------------------------------------------------------------------------------ a frame


def _frame(trace: Trace, order: Sequence[str], name: str, *, is_line: bool) -> Frame:
    needs = gradients_needed(trace, name)
    values = values_needed(trace, name)
    needed_by = [other for other in order if name in gradients_needed(trace, other)]
    quantity = trace[_long(name)]
    formula = math(f"{quantity.symbol} = {quantity.formula}")
    for slope in (trace[n] for n in quantity.depends_on if n.startswith("slope")):
        formula += f" with {math(f'{slope.symbol} = {slope.formula}')}"
    part = f" ({PARTS[name]})" if name in PARTS else ""
    sentence, verdict = f"{formula}. {_sentence(needs, values, needed_by)}", None
    if is_line:
        sentence, verdict = _judged(trace, name, needs, formula)
    rows = [
        (f"{name}, computed now", quantity.meaning + part, _written(quantity)),
        *((f"needs {n}", trace[_long(n)].meaning, _written(trace[_long(n)])) for n in needs),
        *((f"needs {n}", trace[n].meaning, _written(trace[n])) for n in values),
        *((f"is handed on to {n}", trace[_long(n)].meaning, _written(trace[_long(n)])) for n in needed_by),
    ]
    return Frame(
        (_picture(trace, order, name, is_line=is_line),),
        f"<strong>{name}.</strong> {sentence}",
        ("name", "what it is", "value"),
        tuple(rows),
        verdict,
    )


def _sentence(needs: Sequence[str], values: Sequence[str], needed_by: Sequence[str]) -> str:
    named = f"the value{'s' if len(values) > 1 else ''} {listed(values)}" if values else "nothing else"
    start = (
        f"It needs the gradient {listed(needs)}, and {named}"
        if needs
        else f"Here the way back begins: it needs only {named}, and no other gradient"
    )
    after = f"It is handed on to {listed(needed_by)}." if needed_by else "No gradient needs it: it is a leaf."
    return f"{start}. {after}"


def _judged(trace: Trace, name: str, needs: Sequence[str], formula: str) -> tuple[str, bool | None]:
    """Compare the arrow that the line draws to a gradient with its formula."""
    if name not in LINE:
        return f"The line leaves it out. Its formula {formula} needs {listed(needs)}, and it is a leaf.", None
    place = LINE.index(name)
    if place == 0:
        return "Here the line begins, and so do the formulas.", True
    before = LINE[place - 1]
    if before in needs:
        return f"The line draws {before} → {name}. Right: {before} is in its formula {formula}.", True
    return (
        f"The line draws {before} → {name}. Wrong: its formula {formula} takes {listed(values_needed(trace, name))} "
        f"itself and not the gradient {before}. It looks plausible, since code computes {before} before {name}. "
        f"But a line has no room for a branch: from {listed(needs)} come both, separately."
    ), False


def _picture(trace: Trace, order: Sequence[str], name: str, *, is_line: bool) -> str:
    known = order[: order.index(name)]
    boxes, arrows, facts = {}, [], []
    for other in order:
        x, y = PLACES[other]
        is_now = other == name
        boxes[other] = Box(
            x,
            y,
            (Words(other, BACKWARD_INK, bold=is_now),),
            width=BOX,
            dashed=not is_now and other not in known,
            strong=is_now,
            ink=BACKWARD_INK if is_now else INK,
        )
        values = values_needed(trace, other)
        if values:
            tag = f"values of {other}"
            boxes[tag] = Box(
                x,
                ABOVE if y == CHAIN else BELOW,
                (Words(", ".join(values), FORWARD_INK, bold=is_now),),
                width=BOX,
                rounded=True,
                ink=FORWARD_INK,
            )
            arrows.append(Arrow(tag, other, ink=FORWARD_INK if is_now else INK, strong=is_now, faint=not is_now))
        for needed in _drawn(trace, other, is_line=is_line):
            strong = name in (other, needed)
            ink = BACKWARD_INK if is_now else INK
            arrows.append(Arrow(needed, other, ink=ink, dashed=True, strong=strong, faint=not strong))
            facts.append(f"{needed} to {other}")
    notes = [
        (6.0, 22.0, Words("values known before", FORWARD_INK)),
        (316.0, 22.0, Words("loss C →")),
        (6.0, HEIGHT - 8.0, Words(" ← ".join(reversed(LINE)) if is_line else "")),
    ]
    arrows.sort(key=lambda arrow: arrow.strong)
    label = (
        f"The gradients of a two-layer network, from the loss at the right to the input at the left. Arrows from "
        f"{', from '.join(facts)}. Computed now: {name}. Known before: {', '.join(known) or 'none'}."
    )
    return box_diagram(boxes, arrows, WIDTH, HEIGHT, label, size=16, notes=notes)


def _drawn(trace: Trace, name: str, *, is_line: bool) -> list[str]:
    if not is_line:
        return gradients_needed(trace, name)
    return [LINE[LINE.index(name) - 1]] if name in LINE[1:] else []


def _written(quantity: Quantity) -> str:
    """Write a vector as 1, 2 and a matrix row by row."""
    rows = quantity.value.reshape(-1, quantity.value.shape[-1])
    return "; ".join(", ".join(number(float(value)) for value in row) for row in rows)


def _question(trace: Trace) -> Question:
    name = ASKED
    (right,) = gradients_needed(trace, name)
    formula = f"${trace[name].symbol} = {trace[name].formula}$"
    reasons: Mapping[str, str] = {
        "dW2": (
            "So it is often drawn, and code does compute dW2 before da1. But the formula, "
            f"{formula}, takes the weights themselves and not their gradient. dW2 is a leaf: it hands nothing on."
        ),
        right: f"{formula}, and $\\delta^{{(2)}}$ is dz2. dW2, db2 and da1 all come from it, separately.",
        "dz1": r"It is the other way round: $\delta^{(1)}$, that is dz1, is da1 times the slope of the activation.",
        "dW1": "That comes later: it needs dz1, and dz1 needs da1.",
    }
    return Question(
        "Two layers, computed backward: da2, dz2, dW2, db2, da1, dz1, dW1, db1, where da1 is short for the gradient "
        f"${trace[name].symbol}$, and so on. Which gradient must be known before da1 can be computed?",
        reasons,
        right,
    )
