"""The door: every array and number that a user hands in passes here, and a bad one is refused with a reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
T = TypeVar("T")


def as_float_array(name: str, value: npt.ArrayLike, dtype: npt.DTypeLike | None = None) -> Array:
    """Return `value` as a floating-point array, or say why it is none.

    Parameters
    ----------
    name : str
        What the caller calls it; the error message starts with it.
    value : array_like
        Any shape. Must be floating point and finite.
    dtype : dtype, optional
        Convert to this floating-point type. Default: keep the type.

    Raises
    ------
    TypeError
        If the values are not floating point, or masked. Integers are refused because a step of 1e-5 added to an
        integer array is silently lost.
    ValueError
        If a value is NaN, infinite or too large for the type, or the rows have different lengths.
    """
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array, whose mask would be lost: fill in or leave out what is masked")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} is not a rectangular array: {error}") from None
    if not np.issubdtype(array.dtype, np.floating):
        hint = ": write np.array(..., dtype=float)" if array.dtype.kind in "iub" else ""
        raise TypeError(f"{name} has dtype {array.dtype}, expected floating point{hint}")
    if dtype is not None:
        with np.errstate(over="ignore"):  # what is too large for the type becomes infinite, and is refused below
            array = array.astype(dtype, copy=False)
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name}{list(where) or ''} is {array[where]}, expected finite numbers")
    return array


def as_batch(name: str, value: npt.ArrayLike, width: int, dtype: npt.DTypeLike | None = None) -> Array:
    """Return `value` as a batch of shape (N, width): one example a row, N at least 1.

    Raises
    ------
    TypeError
        If the values are not floating point.
    ValueError
        If the shape is not (N, width), the batch is empty, or a value is not finite.
    """
    batch = as_float_array(name, value, dtype)
    if batch.ndim == 1 and (batch.size == width or width == 1):
        one, column = f"{name}[np.newaxis, :] for one example", f"{name}[:, np.newaxis] for a column"
        hints = [hint for hint, fits in ((one, batch.size == width), (column, width == 1)) if fits]
        raise ValueError(f"{name} has shape {batch.shape}, expected (N, {width}): write {', '.join(hints)}")
    if batch.ndim != 2 or batch.shape[1] != width:
        raise ValueError(f"{name} has shape {batch.shape}, expected (N, {width}): one example a row")
    if len(batch) == 0:
        raise ValueError(f"{name} is empty: expected at least one example")
    return batch


def choose(what: str, name: str, table: Mapping[str, T]) -> T:
    """Look `name` up in `table`; a ValueError lists the names that there are."""
    if not isinstance(name, str):
        raise TypeError(f"{what} is {name!r}, expected a name: one of {', '.join(sorted(table))}")
    if name not in table:
        raise ValueError(f"unknown {what} {name!r}: choose one of {', '.join(sorted(table))}")
    return table[name]


def as_number(
    name: str,
    value: float,
    expected: str = "a positive number",
    is_right: Callable[[float], bool] = lambda number: number > 0,
) -> float:
    """Return `value` as a float, or say that it is not the number that was expected.

    Parameters
    ----------
    name : str
        What the caller calls it; the error message starts with it.
    value : float
        A finite number.
    expected : str
        What it has to be, for the error message.
    is_right : callable
        Whether it is.

    Raises
    ------
    TypeError
        If it is no number at all; a truth value is none.
    ValueError
        If it is not finite, or not as expected.
    """
    wrong = f"{name} is {value!r}, expected {expected}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(wrong)
    if not (math.isfinite(value) and is_right(value)):
        raise ValueError(wrong)
    return float(value)


def as_whole(name: str, value: int, least: int = 1) -> int:
    """Return `value` as an int, or raise a ValueError: it is not whole, or smaller than `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} is {value!r}, expected a whole number, at least {least}")
    return int(value)


def as_type(dtype: npt.DTypeLike) -> np.dtype[Any]:
    """Return `dtype` as a NumPy type, or raise a TypeError: it is neither float64 nor float32."""
    expected = "expected a floating-point type: float64 or float32"
    try:
        kind = np.dtype(dtype)
    except TypeError:
        raise TypeError(f"dtype is {dtype!r}, {expected}") from None
    if kind not in (np.float64, np.float32):
        raise TypeError(f"dtype is {kind}, {expected}")
    return kind
