r"""Gradient clipping: a step must not be longer than the region in which the gradient tells the truth.

Where a loss has a cliff, one huge gradient throws the parameters far away (Pascanu et al. 2013). Clipping limits it:

| function | what is limited | direction of the whole gradient |
|---|---|---|
| `clip_by_value` | each entry | changes |
| `clip_by_norm` | the norm of each array | changes, but not within an array |
| `clip_by_global_norm` | the norm of all arrays together | stays |

Each returns new arrays, and what it found before clipping.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, overload

import numpy as np

from backprop_lab.arrays import Array, as_float_array, as_number, choose

__all__ = ["Clipping", "clip_by_global_norm", "clip_by_norm", "clip_by_value"]


@overload
def clip_by_value(gradients: Array, limit: float) -> tuple[Array, float]: ...
@overload
def clip_by_value(gradients: Sequence[Array], limit: float) -> tuple[list[Array], float]: ...
def clip_by_value(gradients: Array | Sequence[Array], limit: float) -> tuple[Array | list[Array], float]:
    """Limit each entry to the range from -limit to limit.

    Parameters
    ----------
    gradients : array or sequence of arrays
        Floating point, any shapes.
    limit : float
        Positive.

    Returns
    -------
    clipped : array or list of arrays
        New arrays of the same shapes.
    largest : float
        The largest magnitude of an entry, before clipping.

    Raises
    ------
    TypeError
        If an array is not floating point, or the limit is no number.
    ValueError
        If a value is not finite, there is none, or the limit is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> clip_by_value(np.array([3.0, -4.0, 1.0]), 2.0)
    (array([ 2., -2.,  1.]), 4.0)
    """
    arrays, limit = _arrays(gradients), as_number("limit", limit)
    clipped = [np.clip(array, -limit, limit) for array in arrays]
    return _like(gradients, clipped), max(map(_largest, arrays))


@overload
def clip_by_norm(gradients: Array, limit: float) -> tuple[Array, float]: ...
@overload
def clip_by_norm(gradients: Sequence[Array], limit: float) -> tuple[list[Array], list[float]]: ...
def clip_by_norm(
    gradients: Array | Sequence[Array], limit: float
) -> tuple[Array, float] | tuple[list[Array], list[float]]:
    """Limit the Euclidean norm of each array by itself.

    Parameters
    ----------
    gradients : array or sequence of arrays
        Floating point, any shapes.
    limit : float
        Positive.

    Returns
    -------
    clipped : array or list of arrays
        New arrays of the same shapes; what is within the limit is a copy.
    norms : float or list of float
        The norm of each array, before clipping.

    Raises
    ------
    TypeError, ValueError
        As for `clip_by_value`.

    Examples
    --------
    >>> import numpy as np
    >>> clip_by_norm([np.array([3.0, 4.0]), np.array([0.6])], 1.0)
    ([array([0.6, 0.8]), array([0.6])], [5.0, 0.6])
    """
    arrays, limit = _arrays(gradients), as_number("limit", limit)
    norms = [_norm([array]) for array in arrays]
    clipped = [_scaled(array, norm, limit) for array, norm in zip(arrays, norms, strict=True)]
    return (clipped[0], norms[0]) if isinstance(gradients, np.ndarray) else (clipped, norms)


@overload
def clip_by_global_norm(gradients: Array, limit: float) -> tuple[Array, float]: ...
@overload
def clip_by_global_norm(gradients: Sequence[Array], limit: float) -> tuple[list[Array], float]: ...
def clip_by_global_norm(gradients: Array | Sequence[Array], limit: float) -> tuple[Array | list[Array], float]:
    """Limit the Euclidean norm of all arrays together (Pascanu et al. 2013, algorithm 1).

    Parameters
    ----------
    gradients : array or sequence of arrays
        Floating point, any shapes: the gradient as one vector, or one array for each parameter array.
    limit : float
        Positive; the paper's threshold.

    Returns
    -------
    clipped : array or list of arrays
        New arrays of the same shapes, all multiplied by the same factor, limit / norm, where the norm is larger.
    norm : float
        The norm of all of them together, before clipping.

    Raises
    ------
    TypeError, ValueError
        As for `clip_by_value`.

    Examples
    --------
    >>> import numpy as np
    >>> clip_by_global_norm([np.array([3.0]), np.array([4.0])], 1.0)
    ([array([0.6]), array([0.8])], 5.0)
    """
    arrays, limit = _arrays(gradients), as_number("limit", limit)
    norm = _norm(arrays)
    return _like(gradients, [_scaled(array, norm, limit) for array in arrays]), norm


@dataclass(frozen=True)
class Clipping:
    """One of the three ways and its limit, for training.

    Parameters
    ----------
    by : {"global_norm", "norm", "value"}
        What is limited. With "norm", training takes each W and each b by itself.
    limit : float
        Positive.

    Examples
    --------
    >>> import numpy as np
    >>> Clipping("value", 2.0)([np.array([3.0, -1.0])])
    ([array([ 2., -1.])], 3.0)
    """

    by: Literal["global_norm", "norm", "value"]
    limit: float

    def __post_init__(self) -> None:
        choose("way of clipping", self.by, WAYS)
        object.__setattr__(self, "limit", as_number("limit", self.limit))

    def __call__(self, gradients: Sequence[Array]) -> tuple[list[Array], Any]:
        """Return the arrays clipped, and what the function found."""
        clipped, found = WAYS[self.by](gradients, self.limit)
        return clipped, found


WAYS: dict[str, Any] = {"global_norm": clip_by_global_norm, "norm": clip_by_norm, "value": clip_by_value}


def _arrays(gradients: Array | Sequence[Array]) -> list[Array]:
    if isinstance(gradients, np.ndarray):
        return [as_float_array("gradient", gradients)]
    if isinstance(gradients, str) or not isinstance(gradients, Sequence):
        raise TypeError(f"gradients is {gradients!r}, expected an array, or a sequence of arrays")
    if len(gradients) == 0:
        raise ValueError("gradients is empty: expected at least one array")
    return [as_float_array(f"gradient {number}", array) for number, array in enumerate(gradients, start=1)]


def _like(gradients: Array | Sequence[Array], clipped: list[Array]) -> Array | list[Array]:
    return clipped[0] if isinstance(gradients, np.ndarray) else clipped


def _largest(array: Array) -> float:
    return float(np.abs(array).max(initial=0))


def _norm(arrays: Sequence[Array]) -> float:
    """Return the norm of all arrays together: divided by the largest entry first, no square overflows."""
    top = max(map(_largest, arrays))
    if top == 0:
        return 0.0
    return top * math.sqrt(sum(float(np.square(array / top, dtype=np.float64).sum()) for array in arrays))


def _scaled(array: Array, norm: float, limit: float) -> Array:
    return array * (limit / norm) if norm > limit else array.copy()
