"""Broken notebooks that the reader repairs, in `book/repair/`; the check cell at the end of each asks `check_repair`.

A check never stops the notebook: as published, each is broken, and has to run to its end.
"""

from __future__ import annotations

import inspect
import math
import numbers
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backprop_lab.course import repair_accumulation, repair_dead_layer, repair_nan
from backprop_lab.course.verdict import UnknownExercise, Verdict

__all__ = ["REPAIRS", "Repair", "check_repair", "judge_repair"]

WIDTH = 72  # letters that fit into a cell of the page


@dataclass(frozen=True)
class Repair:
    """One broken notebook.

    Attributes
    ----------
    number : int
        Of its file in `book/repair/`.
    title : str
        What is seen of it first.
    judge : callable
        (answer, seed, **settings) to a Verdict. Settings are what else the reader may have changed; each has as default
        what is published.
    praise : str
        What to take along, shown with a repair that is right.
    """

    number: int
    title: str
    judge: Callable[..., Verdict]
    praise: str


REPAIRS = (
    Repair(
        1,
        "training turns to NaN",
        repair_nan.judge,
        "Loss and delta no longer pass through p, so nothing is left that rounding could turn into 0 / 0. Alone, each "
        "of the two slopes breaks down where a prediction is sure; their product, taken on paper, does not.",
    ),
    Repair(
        2,
        "a layer does not learn",
        repair_dead_layer.judge,
        "Every layer gets a gradient, in networks of other widths and depths as well, and no two units are copies.",
    ),
    Repair(
        3,
        "gradients pile up",
        repair_accumulation.judge,
        "Within a step the parts add up, between steps nothing is left over: each step moves along the gradient of the "
        "place where it stands.",
    ),
)


def judge_repair(number: int, answer: Any, *, seed: int = 0, **settings: Any) -> Verdict:
    """Return the verdict on the repaired code.

    Parameters
    ----------
    number : int
        Of the notebook.
    answer : callable
        What the reader repaired.
    seed : int
        Where the random data of the check start.
    **settings
        What else the reader may have changed: see the `judge` of the repair.

    Raises
    ------
    ValueError
        If there is no such repair.
    TypeError
        If it has no such setting, or a setting is not of its kind.
    CheckerError
        If the checker can't trust its own reference.
    """
    repair = _find(number)
    known = list(inspect.signature(repair.judge).parameters)[2:]
    for name, value in settings.items():
        if name not in known:
            raise TypeError(f"repair {number} has no setting {name}: choose from {', '.join(known)}")
        if name == "learning_rate":
            if not isinstance(value, numbers.Real) or isinstance(value, bool) or not math.isfinite(value):
                raise TypeError(f"learning_rate is {value!r}, expected a number")
        elif not callable(value):
            raise TypeError(f"{name} is {value!r}, expected a class or a function")
    return repair.judge(answer, seed, **settings)


def _find(number: int) -> Repair:
    for repair in REPAIRS:
        if repair.number == number and not isinstance(number, bool):
            return repair
    raise UnknownExercise(f"there is no repair {number!r}: there are {REPAIRS[0].number} to {REPAIRS[-1].number}")


def check_repair(number: int, answer: Any, *, seed: int = 0, **settings: Any) -> None:
    """Print whether the code is repaired, or what is still wrong with it and why; parameters as for `judge_repair`."""
    verdict = judge_repair(number, answer, seed=seed, **settings)
    if verdict.share == 1:
        says = f"repaired. {verdict.message or _find(number).praise}"
    else:
        says = f"{'not answered' if verdict.mistake == 'missing' else 'not repaired'} yet. {verdict.message}"
    print(textwrap.fill(f"Repair {number}: {says}", WIDTH))
