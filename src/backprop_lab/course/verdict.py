"""What a check says, and how a notebook shows it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

__all__ = [
    "MISSING",
    "CheckerError",
    "NoCheck",
    "NotAnswered",
    "NotYet",
    "Plain",
    "UnknownExercise",
    "Verdict",
    "wrong",
]


@dataclass(frozen=True)
class Verdict:
    """The judgement of one answer.

    Attributes
    ----------
    share : float
        Of the points: 1 is right, 0 is not.
    mistake : str
        The name of the thought behind a wrong answer: M1 to M14, or a word such as `sign`. "missing" where there is no
        answer, empty where it is right.
    message : str
        What the student reads. Names the mistake, never the right value or formula.
    """

    share: float
    mistake: str = ""
    message: str = ""


MISSING = Verdict(0, "missing", "Write your answer in the cell above, run it, then run this cell again.")


def wrong(mistake: str, message: str) -> Verdict:
    """Return the verdict on an answer that earns nothing."""
    return Verdict(0, mistake, message)


class Plain(Exception):  # noqa: N818
    """In a notebook only the message is shown, no traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of the traceback."""
        return [line for part in str(self).split("\n") for line in textwrap.wrap(part, 96)]


class UnknownExercise(Plain, ValueError):  # noqa: N818
    """There is no exercise of this number."""


class NoCheck(Plain, TypeError):  # noqa: N818
    """The exercise is read by a person: it has no check."""


class NotYet(Plain, AssertionError):  # noqa: N818  # what the student reads
    """An answer that is not right. In a notebook only its message is shown, no traceback.

    Attributes
    ----------
    mistake : str
        As in `Verdict`.
    """

    says = "not yet"

    def __init__(self, number: str, verdict: Verdict) -> None:
        super().__init__(f"{number} {self.says}. {verdict.message}")
        self.mistake = verdict.mistake


class NotAnswered(NotYet):
    """There is no answer yet."""

    says = "not answered yet"


class CheckerError(RuntimeError):
    """The checker's reference disagrees with an independent witness: no answer can be judged."""
