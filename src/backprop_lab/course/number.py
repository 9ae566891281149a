"""Answers that are numbers or arrays of numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array
from backprop_lab.course.exercise import Mistake
from backprop_lab.course.misconceptions import REVERSED
from backprop_lab.course.reading import Rejected, read_array, same
from backprop_lab.course.verdict import CheckerError, Verdict, wrong

__all__ = ["Number"]

CLOSE = 5e-3  # nearer than this, but not right: what rounding to three digits in between can do
FIVE = "at least five significant digits"


@dataclass(frozen=True)
class Number:
    """A number or an array.

    Attributes
    ----------
    setting : callable
        () to whatever the other functions read their quantities from.
    right : callable
        From the setting to the right value, computed by the library.
    witness : callable
        From the setting to the same value, computed in a way that shares no code with `right`.
    mistakes : tuple of Mistake
        Their `wrong` goes from the setting to the value that the mistake leads to.
    tolerance : float
        Relative to the largest entry. The default takes five correct digits.
    start : callable, optional
        From the setting to what the answer began with. An updated weight is compared by its step from there.
    """

    setting: Callable[[], Any]
    right: Callable[[Any], npt.ArrayLike]
    witness: Callable[[Any], npt.ArrayLike]
    mistakes: tuple[Mistake, ...]
    tolerance: float = 5e-5
    start: Callable[[Any], Array] | None = None

    def judge(self, answer: Any, seed: int) -> Verdict:
        """Return the verdict; nothing is random here."""
        setting = self.setting()
        right = np.asarray(self.right(setting), float)
        if not same(np.asarray(self.witness(setting), float), right, 1e-6):
            raise CheckerError("the library and an independent computation disagree about this exercise")
        shapes = [np.shape(mistake.wrong(setting)) for mistake in self.mistakes]
        try:
            given = read_array(answer, right.shape, "your answer")
        except Rejected as rejected:
            if rejected.verdict.mistake == "shape" and np.shape(answer) in shapes:  # a mistake may have another shape
                return self._recognise(np.asarray(answer, float), setting) or rejected.verdict
            return rejected.verdict
        if same(given, right, self.tolerance):
            return Verdict(1)
        if _few_digits(given, right, self.tolerance):
            return wrong("digits", f"Too few digits to tell: give {FIVE}.")
        return self._recognise(given, setting) or self._general(answer, given, right, setting)

    def _start(self, setting: Any) -> Array:
        return np.zeros(()) if self.start is None else np.asarray(self.start(setting), float)

    def _recognise(self, given: Array, setting: Any) -> Verdict | None:
        """Find the nearest mistake, or the nearest one that is turned round besides."""
        start = self._start(setting)
        near = 1e-3 if self.start is None else 5e-3  # a step of two percent has two digits less than its weight
        for sign in (1, -1):
            found = []
            for mistake in self.mistakes:
                value = np.asarray(mistake.wrong(setting), float)
                if sign < 0:
                    value = 2 * start - value if value.shape == start.shape else -value
                found.append((_distance(given, value, start), mistake))
            distance, nearest = min(found, key=lambda pair: pair[0])
            if distance <= near:
                verdict = nearest.verdict
                return verdict if sign > 0 else wrong(verdict.mistake, f"{verdict.message} {REVERSED}")
            right = np.asarray(self.right(setting), float)
            if sign > 0 and any(
                _distance(given, start + factor * (right - start), start) <= near for factor in (1, -1, 2, 0.5)
            ):
                return None  # explained by one mistake: no need for two
        return None

    def _general(self, answer: Any, given: Array, right: Array, setting: Any) -> Verdict:
        start = self._start(setting)
        if same(given, -right, 1e-3):
            return wrong(
                "sign",
                "The size is right, the sign is not: is a minus lost, or did you subtract the wrong way round?",
            )
        if any(_distance(given, start + factor * (right - start), start) <= 1e-3 for factor in (2, 0.5)):
            return wrong(
                "factor-2", "You are off by a factor of two: look at each half and each two, and what becomes of it."
            )
        if _distance(given, right, start) <= CLOSE:
            return wrong(
                "rounded",
                f"Very close, but rounded or cut off somewhere: keep all digits on the way, and give {FIVE}.",
            )
        if np.asarray(answer).dtype.kind in "iu":
            return wrong("integers", "These are whole numbers: were the decimals cut off on the way?")
        if right.shape:
            hits = int((np.abs(given - right) <= self.tolerance * np.abs(right).max()).sum())
            if hits:
                return wrong("some-entries", f"{hits} of the {right.size} entries are right, the others are not.")
        return wrong(
            "unknown",
            "This is not it, and the mistake is not one that I recognise. Look first whether all that you started "
            "from is right, then compare your steps with the chapter's.",
        )


def _distance(given: Array, value: Array, start: Array) -> float:
    """Return how far an answer is from a value, relative to how far the value is from the start."""
    if given.shape != value.shape:
        return np.inf
    gap = float(np.abs(given - value).max(initial=0))
    near = start if start.shape in ((), value.shape) else np.zeros(())  # a mistake may have another shape
    away = float(np.abs(value - near).max(initial=0))
    if gap <= 1e-12:
        return 0.0
    return gap / away if away else np.inf


def _few_digits(given: Array, right: Array, tolerance: float) -> bool:
    """Say whether each entry is the right one, rounded to two, three or four digits at the end."""
    return all(
        abs(value - entry) <= tolerance * abs(entry)
        or any(abs(value - float(f"{entry:.{digits}e}")) <= 1e-9 * abs(entry) for digits in (1, 2, 3))
        for value, entry in zip(given.ravel().tolist(), right.ravel().tolist(), strict=True)
    )
