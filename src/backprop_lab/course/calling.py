"""Call a function that a student wrote, and say in the student's terms where it stopped."""

from __future__ import annotations

import sysconfig
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from backprop_lab.course.reading import Rejected, describe, is_missing
from backprop_lab.course.verdict import MISSING, Verdict, wrong

__all__ = ["call", "no_function"]

NOT_OURS = (str(Path(__file__).parents[1]), sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), "<frozen")


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
        text = f"{type(error).__name__}: {error}"
        frames = _frames(error)
        if "NotImplementedError" in text:
            if isinstance(error, NotImplementedError) and len(frames) > 1 and frames[-1].name != frames[0].name:
                says = f"Your function calls {frames[-1].name}, which is not answered yet: do that exercise first."
                raise Rejected(wrong("calls-missing", says)) from None
            raise Rejected(MISSING) from None
        first_line = text.splitlines()[0][:160]
        says = f"Your function stopped with {first_line}{_place(frames)}"
        raise Rejected(wrong("crashed", says)) from None


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the frames that are the student's own, the innermost last."""
    return [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(NOT_OURS)]


def _place(frames: list[traceback.FrameSummary]) -> str:
    """Say which line of the student's code stopped."""
    if not frames:
        return ""
    last = frames[-1]
    code = f": {last.line[:80]}" if last.line else ""
    inside = f", inside {last.name}" if last.name.isidentifier() else ""
    return f", in line {last.lineno} of the cell{inside}{code}"
