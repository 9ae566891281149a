"""What the layers ask of the arrays and numbers that they are handed.

A layer looks at type and shape, which costs next to nothing. Whether the values are finite is asked once, where the
data enter a model: numbers that overflow inside it are for training to report.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_whole
from backprop_lab.layers.base import Layer

__all__ = ["as_pair", "floats", "misfit", "recall", "upstream"]

C = TypeVar("C")


def floats(layer: Layer, x: npt.ArrayLike) -> Array:
    """Return the input x in the type of the layer's parameters; refuse what is not floating point or has no example."""
    x = np.asarray(x)
    if not np.issubdtype(x.dtype, np.floating):
        raise TypeError(f"{type(layer).__name__} expects floating-point inputs but got dtype {x.dtype}")
    if x.size == 0:
        raise ValueError(f"{type(layer).__name__} expects at least one example but got shape {x.shape}")
    return _in_its_type(layer, x)


def misfit(layer: Layer, expected: str, x: npt.NDArray[np.generic], *patterns: tuple[int | None, ...]) -> ValueError:
    """Return the error that says which inputs a layer expects, to be raised by the caller.

    Where x has one axis too few for one of the patterns (None for any length), it says how to write the missing one.
    """
    kind = {1: "a column", 3: "one channel"}.get(x.ndim)
    hints = [
        (x[np.newaxis], "x[np.newaxis] for one example"),
        *([(x[:, np.newaxis], f"x[:, np.newaxis] for {kind}")] if kind else []),
    ]
    fitting = [text for widened, text in hints if any(_fits(widened.shape, pattern) for pattern in patterns)]
    hint = f": write {', '.join(fitting)}" if fitting else ""
    return ValueError(f"{type(layer).__name__} expects inputs of {expected} but got shape {x.shape}{hint}")


def recall(layer: Layer, cache: Any, kind: type[C], is_own: Callable[[C], bool] = lambda cache: True) -> C:
    """Return the cache; refuse one of another type, or of another layer of this type as far as its shapes tell."""
    if type(cache) is kind and is_own(cache):
        return cache
    got = "that of another layer" if type(cache) is kind else "None" if cache is None else f"a {type(cache).__name__}"
    raise ValueError(f"{type(layer).__name__} expects the cache that its forward returned but got {got}")


def upstream(layer: Layer, da: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return da in the type of the parameters; refuse one not of the output's shape, which would be broadcast to it."""
    da = np.asarray(da)
    if da.shape != shape:
        raise ValueError(f"{type(layer).__name__} has an output of shape {shape} but da has shape {da.shape}")
    if not np.issubdtype(da.dtype, np.floating):
        raise TypeError(f"{type(layer).__name__} expects da in floating point but got dtype {da.dtype}")
    return _in_its_type(layer, da)


def as_pair(name: str, value: int | tuple[int, int], least: int = 1) -> tuple[int, int]:
    """Return (vertical, horizontal); one number stands for both."""
    if not isinstance(value, (tuple, list)):
        value = (value, value)
    if len(value) != 2:
        raise ValueError(f"{name} is {value!r}, expected one whole number or a pair (vertical, horizontal)")
    return as_whole(name, value[0], least), as_whole(name, value[1], least)


def _in_its_type(layer: Layer, array: Array) -> Array:
    own = next(iter(layer.parameters.values()), array)
    return array if array.dtype == own.dtype else array.astype(own.dtype)


def _fits(shape: tuple[int, ...], pattern: tuple[int | None, ...]) -> bool:
    return len(shape) == len(pattern) and all(n in (None, m) for m, n in zip(shape, pattern, strict=True))
