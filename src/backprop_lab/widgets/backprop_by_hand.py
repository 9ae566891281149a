"""Backpropagation by hand: one quantity after the other is asked, and a wrong value is answered with its thought."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from string import ascii_uppercase
from types import SimpleNamespace

import numpy as np

from backprop_lab.examples import LEARNING_RATE, worked_example
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, number
from backprop_lab.figures.network_diagram import Marks
from backprop_lab.figures.powers import with_powers
from backprop_lab.figures.step_diagram import step_diagram
from backprop_lab.trace import Quantity, Trace, trace_step
from backprop_lab.widgets.own import Field, Own, Scene, read_number
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Slider, math
from backprop_lab.widgets.slips import ASKED, Asked, Slip

__all__ = ["backprop_by_hand"]

OFFERED = 4  # wrong values, beside the right one
LETTERS = ascii_uppercase[: OFFERED + 1]
INKS = {"forward": FORWARD_INK, "loss": FORWARD_INK, "backward": BACKWARD_INK}
PRINTED = "delta1"
ENOUGH = 0.01  # a typed value must be given to one in a hundred
ROUNDED = 0.002  # how far off it may be where it was rounded on the way


def backprop_by_hand() -> FramePlayer:
    """Return the interactive, on the 2-2-1 network that the book works by hand."""
    sheet = _sheet()
    asked = next(place for place, question in enumerate(sheet.questions) if question.asked.name == PRINTED)
    return FramePlayer(
        "backprop by hand",
        *_scene(sheet),
        "Two of these numbers need no computing at all: they already stand in the picture. Which two?",
        printed=(asked, 1 + sheet.questions[asked].right),
        own=_own(sheet),
    )


def _own(sheet: Sheet) -> Own:
    """Return a box for each quantity."""
    labels = [question.asked.label for question in sheet.questions]
    return Own([Field(label, "", partial(_typed, label)) for label in labels], lambda *typed: _scene(sheet, typed))


@dataclass(frozen=True)
class Option:
    """A value that is offered; without a slip it is the right one."""

    value: float
    slip: Slip | None = None


@dataclass(frozen=True)
class Asking:
    """A quantity with its options in the order in which they are shown, and the place of the right one."""

    asked: Asked
    options: tuple[Option, ...]
    right: int


@dataclass(frozen=True)
class Sheet:
    """One training step with everything that is asked about it."""

    trace: Trace
    values: SimpleNamespace
    questions: tuple[Asking, ...]


@dataclass(frozen=True)
class Typed:
    """A number that a reader has typed, and one unit of its last digit."""

    value: float
    unit: float


def _sheet() -> Sheet:
    trace = trace_step(*worked_example(), LEARNING_RATE)
    values = SimpleNamespace(**{name: quantity.value for name, quantity in trace.items()})
    rng = random.Random(5)
    questions = []
    for asked in ASKED:
        options = [Option(asked.right(values))]
        options += [Option(float(slip.value(values)), slip) for slip in asked.slips[:OFFERED]]
        rng.shuffle(options)
        right = next(place for place, option in enumerate(options) if option.slip is None)
        questions.append(Asking(asked, tuple(options), right))
    return Sheet(trace, values, tuple(questions))


def _scene(sheet: Sheet, typed: Sequence[Typed | None] = ()) -> Scene:
    """Return the frames and controls; with typed values there is one answer more, "typed"."""
    judged = [_judge(sheet, *pair) for pair in zip(sheet.questions, typed, strict=True)] if typed else []

    def frame(place: int, answer: int) -> Frame:
        question = sheet.questions[place]
        if answer == 0:
            return _frame(sheet, place, _question(question.asked), None, ())
        if answer > len(LETTERS):
            verdict, says = judged[place]
            shown = range(len(LETTERS)) if verdict else ()
            return _frame(sheet, place, says, verdict, shown)
        option = question.options[answer - 1]
        lead = f"<strong>{LETTERS[answer - 1]}.</strong>"
        if option.slip:
            return _frame(sheet, place, f"{lead} {_wrong(option.slip)}", False, [answer - 1])
        return _frame(sheet, place, f"{lead} {_right(sheet, question.asked)}", True, range(len(LETTERS)))

    def answers(place: int) -> list[str]:
        """Write on each button its value: who reads on a telephone need not look for it in the table."""
        asking = sheet.questions[place]
        values = [number(option.value, asking.asked.digits) for option in asking.options]
        named = [f"{letter}: {value}" for letter, value in zip(LETTERS, values, strict=True)]
        return ["?", *named, *(["typed"] if typed else [])]

    first = next((place for place, (verdict, _) in enumerate(judged) if not verdict), 0)
    labels = [question.asked.name for question in sheet.questions]
    controls = [
        Slider("quantity", labels, start=first),
        Buttons("answer", answers, start=1 + len(LETTERS) if typed else 0),
    ]
    return frame, controls


# ------------------------------------------------------------------ frames


def _frame(sheet: Sheet, place: int, sentence: str, verdict: bool | None, revealed: Sequence[int]) -> Frame:
    question = sheet.questions[place]
    rows = [
        (
            LETTERS[letter],
            (option.slip.thought if option.slip else "the right value") if letter in revealed else "",
            number(option.value, question.asked.digits),
        )
        for letter, option in enumerate(question.options)
    ]
    picture = _picture(sheet, place, solved=bool(verdict))
    return Frame((picture,), sentence, ("answer", "the thought behind it", "value"), tuple(rows), verdict)


def _question(asked: Asked) -> str:
    given = f" The learning rate is {number(LEARNING_RATE)}." if asked.name.startswith("new") else ""
    return f"Compute {math(asked.symbol)}, {asked.asks}.{given} Everything that it needs stands in the picture."


def _wrong(slip: Slip) -> str:
    return f"Not quite. {slip.says}"


def _right(sheet: Sheet, asked: Asked) -> str:
    """Work it out; with what comes in between and stands nowhere in the picture: dC/da and the slope."""
    quantity = sheet.trace[asked.name]
    between = [sheet.trace[name] for name in quantity.depends_on if name.startswith(("da", "slope"))]
    worked = []
    for step in (*between, quantity):
        digits = asked.digits if step is quantity else 6
        value, arithmetic = float(step.value[asked.index]), step.arithmetic[_place(step, asked.index)]
        shown = number(value, digits)
        read = _readable(arithmetic)
        link = ", rounded " if _is_number(arithmetic) else " = "  # a number alone is a copy: nothing is computed
        equal = "" if read == shown else f"{read}{link}"
        worked.append(f"{math(f'{step.symbol} = {step.formula}')}, here {equal}{shown}")
    return f"Right. {'; '.join(worked)}."


def _is_number(arithmetic: str) -> bool:
    try:
        float(arithmetic)
    except ValueError:
        return False
    return True


def _place(quantity: Quantity, index: tuple[int, ...]) -> int:
    """Return the place of an entry in a list of all, row by row."""
    return int(np.ravel_multi_index(index, quantity.value.shape)) if index else 0


def _readable(arithmetic: str) -> str:
    """0.4*0.14 - 1 as 0.4 · 0.14 − 1, with squares raised."""
    return with_powers(arithmetic).replace("*", " · ").replace("-", "−").replace("^2", "²")


def _picture(sheet: Sheet, place: int, solved: bool) -> str:
    """Draw what is known before this quantity; it itself as a question mark until it is solved."""
    asked = sheet.questions[place].asked
    names = [question.asked.name for question in sheet.questions]
    known = {*(quantity.name for quantity in sheet.trace.phase("given")), *names[: place + solved]}

    def written(name: str, *index: int) -> str:
        new = f"new_{name}"
        if (asked.name, asked.index) in ((name, index), (new, index)) and not solved:
            return "?"
        if new in known:
            return number(sheet.trace[new].value[index], 6)
        return number(sheet.trace[name].value[index]) if name in known else ""

    state = f"it is {number(asked.right(sheet.values), asked.digits)}" if solved else "not known yet"
    done = ", ".join(names[:place]) or "nothing"
    label = (
        f"The 2-2-1 network with its example. Computed already: {done}. Asked: {asked.label}, {asked.asks}; {state}."
    )
    return step_diagram(worked_example()[0].sizes, written, _marks(sheet, asked), label)


def _marks(sheet: Sheet, asked: Asked) -> Marks:
    ink = INKS.get(sheet.trace[asked.name].phase, INK)
    layer = frozenset([1 if "1" in asked.name else 2])
    return Marks(ink, weights=layer) if "W" in asked.name else Marks(ink, units=layer)


# ------------------------------------------------------------------ typed values


def _typed(label: str, text: str) -> Typed | None:
    """Read a number and how exactly it is given; an empty box is no answer."""
    if not text.strip():
        return None
    value = read_number(label)(text)
    exponent = Decimal(text.strip().replace("−", "-")).as_tuple().exponent
    return Typed(value, 10.0 ** int(exponent))


def _judge(sheet: Sheet, question: Asking, typed: Typed | None) -> tuple[bool | None, str]:
    """Say whether what was typed is right, and else which thought gives it."""
    asked = question.asked
    if typed is None:
        return None, f"You have not typed a value for {math(asked.symbol)} yet. {_question(asked)}"
    lead = f"You typed {number(typed.value, 7)}."
    right = asked.right(sheet.values)
    wrong = [Option(float(slip.value(sheet.values)), slip) for slip in asked.slips]
    slips = [option for option in wrong if _agree(option.value, typed)]
    if _agree(right, typed) and (slips or typed.unit > ENOUGH * abs(right)):
        thought = f" ({slips[0].slip.thought})" if slips and slips[0].slip else ""
        return None, f"{lead} That may be right, or something else{thought}: type more digits."
    near = [option for option in (Option(right), *wrong) if _agree(option.value, typed) or _nearly(option.value, typed)]
    if not near:
        return False, f"{lead} No slip that we know gives this number. {_question(asked)}"
    nearest = min(near, key=lambda option: abs(option.value - typed.value))
    if nearest.slip:
        return False, f"{lead} {_wrong(nearest.slip)}"
    return True, f"{lead} {_right(sheet, asked)}"


def _nearly(value: float, typed: Typed) -> bool:
    """Whether `value` may have become what is typed by rounding on the way."""
    return abs(value - typed.value) <= ROUNDED * abs(value)


def _agree(value: float, typed: Typed) -> bool:
    """Whether someone may have typed this for `value`: rounded, or with the last digits cut off."""
    rounded = abs(value - typed.value) <= 0.5001 * typed.unit
    return rounded or (value * typed.value >= 0 and 0 <= abs(value) - abs(typed.value) < typed.unit)
