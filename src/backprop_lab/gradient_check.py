r"""Is a gradient right? Ask the function itself.

A derivative is what happens to the output when one input moves a little, so any gradient can be checked with nothing
but the function: move each input by $h$ both ways and compare. The checker imports NumPy alone; it shares no code with
what it judges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["GradientCheck", "check_gradient", "numerical_gradient"]

Array = npt.NDArray[np.floating[Any]]
Scalar = Callable[[Array], float]


@dataclass(frozen=True)
class GradientCheck:
    """What the comparison found.

    Attributes
    ----------
    relative_error : float
        |gradient - numerical| / (|gradient| + |numerical|), norms over all entries: from 0 to 1. Where the gradient
        nearly vanishes the denominator is at least a thousandth of |f| or of 1: smaller slopes drown in rounding.
    absolute_error : float
        Largest absolute difference of an entry.
    worst : tuple of int
        Index of that entry, with its two values in `given` and `numerical`.
    kinks : int
        Entries where the function has a kink, as ReLU does at 0, too near for a difference quotient to judge, and where
        the given value is the slope on one side of it or between the two. They are left out of the errors.
    tolerance : float
        The relative error up to which the gradient passes.
    """

    relative_error: float
    absolute_error: float
    worst: tuple[int, ...]
    given: float
    numerical: float
    entries: int
    kinks: int
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether the relative error is within the tolerance."""
        return self.relative_error <= self.tolerance

    def __bool__(self) -> bool:
        return self.passed

    def _error(self) -> str:
        """Return a passing error as a bound: its own digits are rounding noise and differ between machines."""
        return f"below {self.tolerance:g}" if self.passed else f"{self.relative_error:.2g}"

    def __repr__(self) -> str:
        verdict = "right" if self.passed else "WRONG"
        entries = f"{self.entries} {'entry' if self.entries == 1 else 'entries'}"
        text = f"gradient {verdict}: {entries}, relative error {self._error()}"
        if not self.passed:
            index = f" at {list(self.worst)}" if self.worst else ""
            text += f"\n  worst{index}: given {self.given:.6g}, by differences {self.numerical:.6g}"
        if self.kinks:
            text += f"\n  {self.kinks} left out, the function has a kink there"
        return text


def numerical_gradient(f: Scalar, x: npt.ArrayLike, h: float | None = None) -> Array:
    """Return the gradient of f at x by central differences: two calls of f an entry.

    Parameters
    ----------
    f : callable
        From an array of the shape of x to one number. It is never handed x itself, so it can't change it.
    x : array
        Any shape, floating point.
    h : float, optional
        Step, for entries around 1; it grows with larger ones. Default: the cube root of the rounding unit (6e-6 in
        float64), which balances the error of the quotient, of order h^2, against rounding, of order 1/h.

    Returns
    -------
    array
        df/dx, of the shape of x. The error is about 1e-10 of the size of f and its third derivative.

    Raises
    ------
    TypeError
        If x is not floating point, or f does not return one number.
    ValueError
        If x or a value of f is not finite, or h is not positive.
    """
    x = _floats("x", x)
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        step = _step(x, index, h)
        gradient[index] = (_moved(f, x, index, step) - _moved(f, x, index, -step)) / (2 * step)
    return gradient


def check_gradient(
    f: Scalar,
    x: npt.ArrayLike,
    gradient: npt.ArrayLike,
    *,
    tolerance: float | None = None,
    h: float | None = None,
) -> GradientCheck:
    """Compare a gradient of f at x with central differences.

    Parameters
    ----------
    f : callable
        From an array of the shape of x to one number.
    x : array
        Where. Floating point, best float64.
    gradient : array
        The claim, of the shape of x.
    tolerance : float, optional
        Relative error that is let pass. Default: 1e-6 in float64, where right gradients reach 1e-9 or so and a
        forgotten factor is far above; 1e-2 in float32.
    h : float, optional
        Step; see `numerical_gradient`.

    Returns
    -------
    GradientCheck
        True where the gradient is right.

    Raises
    ------
    TypeError, ValueError
        If x and gradient are not finite floats of equal shape, or f is not a finite number.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0, 2.0])
    >>> bool(check_gradient(lambda x: float(x @ x), x, 2 * x))
    True
    >>> bool(check_gradient(lambda x: float(x @ x), x, x))
    False
    """
    x, gradient = _floats("x", x), _floats("gradient", gradient)
    if x.shape != gradient.shape:
        raise ValueError(f"gradient has shape {gradient.shape} but x has {x.shape}: they must be twins")
    if x.size == 0:
        raise ValueError("x is empty: there is nothing to check")
    if tolerance is None:
        tolerance = 1e-6 if np.finfo(x.dtype).eps < 1e-12 else 1e-2
    numerical = numerical_gradient(f, x, h)
    smooth = np.ones(x.shape, bool)
    scale = float(np.abs(gradient).max() + np.abs(numerical).max())
    here = _value(f, x.copy())
    floor = 1e-3 * max(1.0, abs(here))  # below this the quotient is rounding noise
    for index in map(tuple, np.argwhere(np.abs(gradient - numerical) > tolerance * scale)):
        noise = float(16 * np.finfo(x.dtype).eps * max(1.0, abs(here)) / _step(x, index, h, 0.1))
        if _has_kink(f, x, here, index, h, noise):
            low, high = sorted(_sides(f, x, here, index, h, 0.1))
            margin = tolerance * max(scale, floor) + noise
            numerical[index] = (low + high) / 2  # right where the kink is farther away than a tenth of a step
            excused = high - low > margin and low - margin <= gradient[index] <= high + margin
            smooth[index] = not excused
    difference = np.where(smooth, np.abs(gradient - numerical), 0)
    worst = tuple(int(i) for i in np.unravel_index(int(difference.argmax()), x.shape))
    norms = float(np.linalg.norm(gradient[smooth]) + np.linalg.norm(numerical[smooth]))
    return GradientCheck(
        relative_error=float(np.linalg.norm(difference)) / max(norms, floor),
        absolute_error=float(difference[worst]),
        worst=worst,
        given=float(gradient[worst]),
        numerical=float(numerical[worst]),
        entries=x.size,
        kinks=int((~smooth).sum()),
        tolerance=tolerance,
    )


def _sides(
    f: Scalar, x: Array, here: float, index: tuple[int, ...], h: float | None, part: float
) -> tuple[float, float]:
    """Return the slopes from f(x) = here to the left and to the right, over that part of a step."""
    step = _step(x, index, h, part)
    return (here - _moved(f, x, index, -step)) / step, (_moved(f, x, index, step) - here) / step


def _has_kink(f: Scalar, x: Array, here: float, index: tuple[int, ...], h: float | None, noise: float) -> bool:
    """Say whether f has a kink within a step of x.

    Where f is smooth the slopes to the left and to the right differ in proportion to the step. A kink breaks the
    proportion at a third of the step, at a tenth of it, or at both. A jump is no kink: there the slopes grow.
    """

    def bend(part: float) -> float:
        left, right = _sides(f, x, here, index, h, part)
        return abs(right - left)

    whole, third, tenth = bend(1), bend(1 / 3), bend(1 / 10)
    bent = abs(third - whole / 3) > 0.05 * whole + noise or abs(tenth - whole / 10) > 0.05 * whole + noise
    return bent and tenth < 2 * whole


def _step(x: Array, index: tuple[int, ...], h: float | None, part: float = 1) -> float:
    if h is None:
        h = float(np.cbrt(np.finfo(x.dtype).eps))
    if not 0 < h < np.inf:
        raise ValueError(f"h is {h}, expected a positive step")
    value = float(x[index])
    moved = x.dtype.type(value + part * h * max(1.0, abs(value)))
    if moved == value and part < 1:
        moved = np.nextafter(moved, x.dtype.type(np.inf))
    if moved == value:
        raise ValueError(f"h is {h}: {value:g} does not move by so little in {x.dtype}")
    return float(moved) - value  # the step that the format can really take


def _moved(f: Scalar, x: Array, index: tuple[int, ...], step: float) -> float:
    moved = x.copy()
    moved[index] += step
    return _value(f, moved)


def _value(f: Scalar, x: Array) -> float:
    value = np.asarray(f(x))
    if value.size != 1:
        raise TypeError(f"f returned an array of shape {value.shape}, expected one number")
    if not np.issubdtype(value.dtype, np.floating) and not np.issubdtype(value.dtype, np.integer):
        raise TypeError(f"f returned {value.item()!r}, expected one number")
    if not np.isfinite(value).all():
        raise ValueError(f"f returned {value.item()}, expected a finite number")
    return float(value.item())


def _floats(name: str, value: npt.ArrayLike) -> Array:
    array = np.asarray(value)
    if not np.issubdtype(array.dtype, np.floating):
        raise TypeError(
            f"{name} has dtype {array.dtype}, expected floating point: a small step is lost in whole numbers"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has values that are not finite")
    return array
