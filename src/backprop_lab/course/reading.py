"""Read what a student handed in, and explain what is wrong with its kind, shape or values."""

from __future__ import annotations

from typing import Any

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.course.verdict import MISSING, Verdict, wrong

__all__ = ["Rejected", "describe", "is_missing", "read_array", "same"]


class Rejected(Exception):  # noqa: N818  # not an error of ours: it carries the verdict out of a nested call
    """The verdict is found; carries it to whoever judges."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


def is_missing(answer: Any) -> bool:
    """Say whether this is a place where an answer still has to go: None, `...`, NotImplementedError, empty text."""
    if answer is None or answer is Ellipsis or answer is NotImplemented or answer is NotImplementedError:
        return True
    return isinstance(answer, NotImplementedError) or (isinstance(answer, str) and not answer.strip())


def describe(answer: Any) -> str:
    """Say in a few words what kind of thing this is."""
    if isinstance(answer, str):
        return "text"
    if isinstance(answer, np.ndarray):
        return f"an array of shape {answer.shape}"
    if isinstance(answer, tuple | list):
        return f"a {type(answer).__name__} of {len(answer)}"
    if isinstance(answer, bool | int | float | complex):
        return "a number" if not isinstance(answer, bool) else "True or False"
    if isinstance(described := getattr(answer, "described", None), str):  # it stayed in the student's process
        return described
    return "a function" if callable(answer) else f"a thing of type {type(answer).__name__}"


def read_array(answer: Any, shape: tuple[int, ...], name: str) -> Array:
    """Return the answer as a float array of this shape, or raise `Rejected` with the explanation.

    For one number, shape (), an array of one entry is taken too.
    """
    expected = "one number" if shape == () else f"an array of shape {shape}"
    if is_missing(answer):
        raise Rejected(MISSING if name == "your answer" else wrong("missing", f"{name} is still None."))
    try:
        array = np.asarray(answer)
    except ValueError:
        raise Rejected(wrong("ragged", f"Expected {expected} for {name}, got rows of different lengths.")) from None
    if array.dtype == object:  # SymPy numbers, for instance
        try:
            array = array.astype(float)
        except (TypeError, ValueError, OverflowError):
            raise Rejected(wrong("type", f"Expected {expected} for {name}, got {describe(answer)}.")) from None
    if array.dtype.kind not in "iuf":
        kind = {"b": "True or False", "U": "text", "S": "text", "c": "complex numbers"}.get(
            array.dtype.kind, "no numbers"
        )
        raise Rejected(wrong("type", f"Expected {expected} for {name}, got {kind}."))
    if shape == () and array.size == 1:
        array = array.reshape(())
    if array.shape != shape:
        got = "one number" if array.shape == () else f"shape {array.shape}"
        raise Rejected(wrong("shape", f"Expected {expected} for {name}, got {got}."))
    array = array.astype(float)
    if np.isnan(array).any():
        raise Rejected(
            wrong(
                "nan",
                f"There is a NaN in {name}: nothing divided by nothing, or the root or logarithm of a negative number?",
            )
        )
    if np.isinf(array).any():
        raise Rejected(
            wrong("nan", f"There is an infinite value in {name}: look for a division by zero, or an overflow.")
        )
    return array


def same(given: Array, expected: Array, tolerance: float) -> bool:
    """Say whether two arrays agree, relative to the largest entry that is expected."""
    if given.shape != expected.shape:
        return False
    return bool(np.abs(given - expected).max(initial=0) <= tolerance * np.abs(expected).max(initial=0) + 1e-12)
