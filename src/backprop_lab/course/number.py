"""Answers that are numbers or arrays of numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array
from backprop_lab.course.exercise import Mistake
from backprop_lab.course.reading import Rejected, read_array, same
from backprop_lab.course.verdict import CheckerError, Verdict, wrong

__all__ = ["Number"]

CLOSE = 0.03  # nearer than this, but not right: rounded in between


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
    """

    setting: Callable[[], Any]
    right: Callable[[Any], npt.ArrayLike]
    witness: Callable[[Any], npt.ArrayLike]
    mistakes: tuple[Mistake, ...]
    tolerance: float = 5e-5

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
        return self._recognise(given, setting) or self._general(answer, given, right)

    def _recognise(self, given: Array, setting: Any) -> Verdict | None:
        for mistake in self.mistakes:
            if same(given, np.asarray(mistake.wrong(setting), float), 1e-3):
                return mistake.verdict
        return None

    def _general(self, answer: Any, given: Array, right: Array) -> Verdict:
        if same(given, -right, 1e-3):
            return wrong("sign", "The size is right, the sign is not: look at which way round you subtracted.")
        if same(given, 2 * right, 1e-3) or same(given, right / 2, 1e-3):
            return wrong(
                "factor-2", "You are off by a factor of two: look at the half in the loss and what becomes of it."
            )
        if same(given, right, CLOSE):
            return wrong("rounded", "Very close: you rounded in between. Keep all digits and round only at the end.")
        if np.asarray(answer).dtype.kind in "iu":
            return wrong("integers", "These are whole numbers: were the decimals cut off on the way?")
        if right.shape:
            hits = int((np.abs(given - right) <= self.tolerance * np.abs(right).max()).sum())
            if hits:
                return wrong("some-entries", f"{hits} of the {right.size} entries are right, the others are not.")
        return wrong(
            "unknown", "This is not it, and no mistake that is known. Compare your steps with the chapter's table."
        )
