"""`check` and `hint`: what a student calls."""

from __future__ import annotations

import importlib
import textwrap
from dataclasses import replace
from typing import Any

from backprop_lab.course.exercise import Derivation, Exercise
from backprop_lab.course.solved import count, record
from backprop_lab.course.verdict import NotAnswered, NotYet, UnknownExercise

__all__ = ["check", "exercises", "find_exercise", "hint", "hint_text", "progress"]

_hints_shown: dict[str, int] = {}


def check(number: str, answer: Any, *, seed: int = 0, quiet: bool = False) -> float | None:
    """Judge an answer at once.

    Parameters
    ----------
    number : str
        Of the exercise, such as "5.4".
    answer : anything
        The student's.
    seed : int
        Where the random inputs of the check start. A function is called with inputs drawn from it.
    quiet : bool
        Print nothing where it is right.

    Returns
    -------
    float or None
        The points, for an exercise in parts, of which some may be right; else nothing: it is right.

    Raises
    ------
    NotYet
        If it is wrong (an AssertionError); the message names the mistake. `NotAnswered`, one of its kind, if there is
        no answer yet.
    CheckerError
        If the checker can't trust its own reference.
    """
    exercise = find_exercise(number)
    verdict = exercise.kind.judge(answer, seed)
    if verdict.share == 0:
        raise (NotAnswered if verdict.mistake == "missing" else NotYet)(number, verdict)
    if verdict.share == 1 and not quiet:
        record(number)
    if not quiet:
        says = f"partly right. {verdict.message}" if verdict.share < 1 else f"right. {exercise.praise}"
        print(f"{number} {says}")
    return round(exercise.points * verdict.share, 2) if hasattr(exercise.kind, "parts") else None


def hint(number: str, level: int | None = None) -> None:
    """Print a hint: the next one at each call, or the one of this level, 1 to 3.

    Raises
    ------
    ValueError
        If there is no such exercise or level.
    """
    if level is None:
        level = min(_hints_shown.get(number, 0) + 1, len(_listed(number).hints))
        _hints_shown[number] = level
    text, levels = hint_text(number, level)
    print(textwrap.fill(f"Hint {level} of {levels} for {number}: {text}", 96))


def hint_text(number: str, level: int) -> tuple[str, int]:
    """Return a hint to an exercise, and how many there are.

    Raises
    ------
    ValueError
        If there is no such exercise or level.
    """
    hints = _listed(number).hints
    if level not in range(1, len(hints) + 1):
        raise ValueError(f"level is {level!r}, expected 1 to {len(hints)}")
    return hints[level - 1], len(hints)


def progress(chapter: int) -> None:
    """Print how many of a chapter's exercises have been solved on this machine.

    Raises
    ------
    ValueError
        If the chapter has none.
    """
    done, total = count(chapter)
    print(f"chapter {chapter}: {done} of {total} solved")


def exercises(chapter: int) -> tuple[Exercise, ...]:
    """Return the exercises of a chapter, in order, with a `Derivation` where `find_exercise` has the `Expression`.

    Raises
    ------
    ValueError
        If the chapter has none.
    """
    module = f"backprop_lab.course.answer_key.chapter_{int(chapter):02d}"
    try:
        table: tuple[Exercise, ...] = importlib.import_module(module).EXERCISES
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise ValueError(f"chapter {chapter} has no exercises") from None
    return table


def find_exercise(number: str) -> Exercise:
    """Return the exercise of this number.

    Raises
    ------
    ValueError
        If there is none; the message says which there are.
    """
    exercise = _listed(number)
    kind = exercise.kind
    return replace(exercise, kind=kind.expression) if isinstance(kind, Derivation) else exercise


def _listed(number: str) -> Exercise:
    """Return the exercise as its chapter lists it."""
    if not isinstance(number, str):
        raise UnknownExercise(f'Write the number of the exercise in quotation marks, such as "5.4", not {number!r}.')
    chapter, dot, place = number.partition(".")
    if not (dot and chapter.isdecimal() and place.isdecimal()):
        raise UnknownExercise(f'{number!r} is no exercise: write chapter and number as text, such as "5.4"')
    try:
        table = exercises(int(chapter))
    except ValueError:
        raise UnknownExercise(f"there is no exercise {number}: chapter {chapter} has none") from None
    for exercise in table:
        if exercise.number == number:
            return exercise
    raise UnknownExercise(f"there is no exercise {number}: there are {table[0].number} to {table[-1].number}")
