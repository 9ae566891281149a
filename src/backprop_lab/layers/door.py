"""What the layers ask of the arrays and numbers that they are handed.

A layer looks at type and shape, which costs next to nothing. Whether the values are finite is asked once, where the
data enter a model: numbers that overflow inside it are for training to report.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array
from backprop_lab.layers.base import Layer

__all__ = ["as_pair", "as_type", "as_whole", "floats", "misfit", "upstream"]


def floats(layer: Layer, x: npt.ArrayLike) -> Array:
    """Return the input x of a layer as an array; refuse one that is not floating point or has no example."""
    x = np.asarray(x)
    if not np.issubdtype(x.dtype, np.floating):
        raise TypeError(f"{type(layer).__name__} expects floating-point inputs but got dtype {x.dtype}")
    if x.size == 0:
        raise ValueError(f"{type(layer).__name__} expects at least one example but got shape {x.shape}")
    return x


def misfit(layer: Layer, expected: str, x: npt.NDArray[np.generic]) -> ValueError:
    """Return the error that says which inputs a layer expects, to be raised by the caller."""
    hint = ": examples are rows, write x[np.newaxis] for one example" if x.ndim == 1 else ""
    return ValueError(f"{type(layer).__name__} expects inputs of {expected} but got shape {x.shape}{hint}")


def upstream(layer: Layer, da: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return da as an array; refuse one that is not of the output's shape, and would be broadcast to it."""
    da = np.asarray(da)
    if da.shape != shape:
        raise ValueError(f"{type(layer).__name__} has an output of shape {shape} but da has shape {da.shape}")
    if not np.issubdtype(da.dtype, np.floating):
        raise TypeError(f"{type(layer).__name__} expects da in floating point but got dtype {da.dtype}")
    return da


def as_type(dtype: npt.DTypeLike) -> np.dtype[Any]:
    """Return dtype as a NumPy type; refuse one that is not floating point."""
    kind = np.dtype(dtype)
    if not np.issubdtype(kind, np.floating):
        raise TypeError(f"dtype is {kind}, expected a floating-point type such as float64")
    return kind


def as_whole(name: str, value: int, least: int = 1) -> int:
    """Return value as an int; refuse what is no whole number or less than `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} is {value!r}, expected a whole number, at least {least}")
    return int(value)


def as_pair(name: str, value: int | tuple[int, int], least: int = 1) -> tuple[int, int]:
    """Return (vertical, horizontal); one number stands for both."""
    if not isinstance(value, (tuple, list)):
        value = (value, value)
    if len(value) != 2:
        raise ValueError(f"{name} is {value!r}, expected one whole number or a pair (vertical, horizontal)")
    return as_whole(name, value[0], least), as_whole(name, value[1], least)
