"""Call a function that a student wrote, and say in the student's terms where it stopped."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from backprop_lab.course.reading import Rejected, describe, is_missing
from backprop_lab.course.verdict import MISSING, Verdict, wrong

__all__ = ["Failure", "Frame", "StudentError", "call", "no_function"]

# Where this library, Python's and the installed ones lie. In the browser sysconfig has other names for their folders.
LIBRARIES = (Path(__file__).parents[1], Path(traceback.__file__).parent, Path(np.__file__).parents[1])
NOT_OURS = (*map(str, LIBRARIES), "<frozen")
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")  # before Python 3.12 functions of their own


@dataclass(frozen=True)
class Frame:
    """One line of a student's code that was running when it stopped."""

    name: str
    line: int
    code: str


@dataclass(frozen=True)
class Failure:
    """An error in a student's code, in words: it may have happened in another process.

    Attributes
    ----------
    kind : str
        The name of the exception's class.
    text : str
        What the exception says.
    frames : tuple of Frame
        The student's own, the innermost last.
    """

    kind: str
    text: str
    frames: tuple[Frame, ...] = ()

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """Describe an exception that was caught here."""
        summaries = traceback.extract_tb(error.__traceback__)
        own = [each for each in summaries if not each.filename.startswith(NOT_OURS)]
        frames = tuple(Frame(each.name, each.lineno or 0, each.line or "") for each in own)
        return cls(type(error).__name__, str(error), frames)

    @property
    def headline(self) -> str:
        """The first line of what Python says."""
        return f"{self.kind}: {self.text}".splitlines()[0][:160]

    @property
    def place(self) -> str:
        """Which line of the student's code stopped."""
        if not self.frames:
            return ""
        last = self.frames[-1]
        code = f": {last.code[:80]}" if last.code else ""
        name = next((frame.name for frame in reversed(self.frames) if frame.name not in COMPREHENSIONS), "")
        inside = f", inside {name}" if name.isidentifier() else ""
        return f", in line {last.line} of the cell{inside}{code}"


class StudentError(Exception):
    """A student's function stopped in another process."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.headline)
        self.failure = failure


def no_function(answer: Any) -> Verdict | None:
    """Return the verdict on an answer that can't be called, or None."""
    if is_missing(answer):
        return MISSING
    if not callable(answer):
        return wrong("type", f"Expected a function, got {describe(answer)}.")
    return None


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what the student's function returns, without NumPy's warnings.

    Raises
    ------
    Rejected
        If it stops, with the error and the line; if it is still to be written, as missing.
    """
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of an empty mean, say
            return function(*arguments)
    except Exception as error:
        failure = error.failure if isinstance(error, StudentError) else Failure.of(error)
        if "NotImplementedError" in (failure.kind, failure.text.partition(":")[0]):
            names = [frame.name for frame in failure.frames]
            if failure.kind == "NotImplementedError" and len(names) > 1 and names[-1] != names[0]:
                says = f"Your function calls {names[-1]}, which is not answered yet: do that exercise first."
                raise Rejected(wrong("calls-missing", says)) from None
            raise Rejected(MISSING) from None
        raise Rejected(wrong("crashed", f"Your function stopped with {failure.headline}{failure.place}")) from None
