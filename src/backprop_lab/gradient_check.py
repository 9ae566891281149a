r"""Is a gradient right? Ask the function itself.

A derivative is what happens to the output when one input moves a little, so any gradient can be checked with nothing
but the function: move each input by $h$ both ways and compare. The checker imports NumPy alone; it shares no code with
what it judges.

| method | derivative | calls of f | error | default h in float64 |
|---|---|---|---|---|
| central | $(f(x + h) - f(x - h)) / 2h$ | $2n$ | $h^2 f'''/6$, and rounding $u f / h$ | $u^{1/3}$, 6e-6 |
| forward | $(f(x + h) - f(x)) / h$ | $n + 1$ | $h f''/2$, and rounding $2 u f / h$ | $u^{1/2}$, 1.5e-8 |
| complex | $\operatorname{Im} f(x + ih) / h$ | $n$ | $h^2 f'''/6$ | 1e-20 |

The first two subtract what is nearly equal, so there is a best step: too large and the curve bends, too small and the
digits are gone. The complex step (Squire and Trapp 1998) subtracts nothing, and its step can be so small that only the
rounding of f remains; but f must be written so that it takes complex numbers.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

__all__ = [
    "GradientCheck",
    "Method",
    "StepErrors",
    "check_directions",
    "check_gradient",
    "numerical_gradient",
    "step_errors",
]

Array = npt.NDArray[np.floating[Any]]
Scalar = Callable[[Any], Any]
Method = Literal["central", "forward", "complex"]

# method: (relative error that is let pass in float64, in float32). Right gradients stay a thousand times below the
# first; of the second the quotient itself uses up a tenth.
TOLERANCES = {"central": (1e-6, 1e-2), "forward": (1e-5, 3e-2), "complex": (1e-10, 1e-4)}
COMPLEX_STEP = 1e-20  # its square is lost beside 1, so that the quotient is the derivative to the last digit


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
    method : str
        How the numerical values came about: "central", "forward" or "complex".
    unit : str
        What was compared: an "entry" each, or a "direction" each.
    cause : str
        What probably went wrong, where a simple mistake fits the numbers: a sign, a constant factor, a transpose; else
        empty.
    """

    relative_error: float
    absolute_error: float
    worst: tuple[int, ...]
    given: float
    numerical: float
    entries: int
    kinks: int
    tolerance: float
    method: Method = "central"
    unit: str = "entry"
    cause: str = ""

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
        units = self.unit if self.entries == 1 else {"entry": "entries"}.get(self.unit, f"{self.unit}s")
        entries = f"{self.entries} {units}"
        text = f"gradient {verdict}: {entries}, relative error {self._error()}"
        if not self.passed:
            index = f" at {list(self.worst)}" if self.worst else ""
            how = "the complex step" if self.method == "complex" else "differences"
            text += f"\n  worst{index}: given {self.given:.6g}, by {how} {self.numerical:.6g}"
        if self.kinks:
            text += f"\n  {self.kinks} left out, the function has a kink there"
        return text


@dataclass(frozen=True, eq=False)
class StepErrors:
    """How the error of a numerical gradient depends on the step: with differences the shape of a V.

    Attributes
    ----------
    h : array (n,)
        Steps, smallest first.
    error : array (n,)
        |numerical - gradient| / (|numerical| + |gradient|) at each, norms over all entries.
    method : str
        "central", "forward" or "complex".
    """

    h: Array
    error: Array
    method: Method

    @property
    def best(self) -> float:
        """The step with the smallest error."""
        return float(self.h[self.error.argmin()])

    @property
    def smallest(self) -> float:
        """The error at the best step."""
        return float(self.error.min())

    def __repr__(self) -> str:
        return (
            f"StepErrors({self.method}: {len(self.h)} steps from {self.h[0]:.2g} to {self.h[-1]:.2g}, "
            f"smallest error {self.smallest:.1e} at h = {self.best:.1e})"
        )


def numerical_gradient(f: Scalar, x: npt.ArrayLike, h: float | None = None, *, method: Method = "central") -> Array:
    """Return the gradient of f at x by difference quotients, or by the complex step (Squire and Trapp 1998).

    Parameters
    ----------
    f : callable
        From an array of the shape of x to one number. It is never handed x itself, so it can't change it. For the
        complex step it is handed complex numbers and must let them through: no `float(...)`, `abs`, `.real` or
        conjugate, and a condition, as ReLU has, on the real part.
    x : array
        Any shape, floating point.
    h : float, optional
        Step, for entries around 1; it grows with larger ones. Default: for central differences the cube root of the
        rounding unit (6e-6 in float64), which balances the error of the quotient, of order h^2, against rounding, of
        order 1/h; for forward differences the square root; for the complex step 1e-20, where only rounding is left.
    method : str
        "central": two calls of f an entry. "forward": one, and one more in all. "complex": one.

    Returns
    -------
    array
        df/dx, of the shape of x. The error is about 1e-10 of the size of f and its third derivative with central
        differences, 1e-8 of f and its second with forward ones, and that of rounding with the complex step.

    Raises
    ------
    TypeError
        If x is not floating point with at least 32 bits, or f does not return one number, or for the complex step not
        a complex one.
    ValueError
        If x or a value of f is not finite, h is not positive, or there is no such method.
    """
    x, method = _floats("x", x), _method(method)
    here = _value(f, x.copy()) if method == "forward" else 0.0
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        gradient[index] = _quotient(f, x, here, index, h, method)
    return gradient


def check_gradient(
    f: Scalar,
    x: npt.ArrayLike,
    gradient: npt.ArrayLike,
    *,
    tolerance: float | None = None,
    h: float | None = None,
    method: Method = "central",
    entries: int | None = None,
    seed: int | np.random.Generator = 0,
) -> GradientCheck:
    """Compare a gradient of f at x with difference quotients, or with the complex step.

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
        forgotten factor is far above; 1e-2 in float32. With forward differences 1e-5 and 3e-2, with the complex step
        1e-10 and 1e-4.
    h : float, optional
        Step; see `numerical_gradient`.
    method : str
        "central", "forward" or "complex"; see `numerical_gradient`.
    entries : int, optional
        Compare only so many entries, drawn at random without repetition. Default: all.
    seed : int or numpy.random.Generator
        Where that draw starts.

    Returns
    -------
    GradientCheck
        True where the gradient is right.

    Raises
    ------
    TypeError, ValueError
        If x and gradient are not finite floats of equal shape, f is not a finite number, or an option is not usable.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0, 2.0])
    >>> bool(check_gradient(lambda x: float(x @ x), x, 2 * x))
    True
    >>> check = check_gradient(lambda x: float(x @ x), x, -2 * x)
    >>> bool(check), check.cause
    (False, 'factor -1: the sign is turned')
    """
    x, gradient = _claim(x, gradient)
    tolerance, method = _tolerance(tolerance, x, method), _method(method)
    if entries is None:
        return _check(f, x, gradient, tolerance, h, method)
    _check_count("entries", entries, x.size)
    chosen = np.sort(np.random.default_rng(seed).choice(x.size, entries, replace=False))

    def of_the_chosen(part: Any) -> Any:
        moved = x.astype(part.dtype)
        moved.flat[chosen] = part
        return f(moved)

    check = _check(of_the_chosen, x.ravel()[chosen], gradient.ravel()[chosen], tolerance, h, method)
    return replace(check, worst=_index(int(chosen[check.worst]), x.shape))


def check_directions(
    f: Scalar,
    x: npt.ArrayLike,
    gradient: npt.ArrayLike,
    *,
    directions: int = 4,
    tolerance: float | None = None,
    h: float | None = None,
    method: Method = "central",
    seed: int | np.random.Generator = 0,
) -> GradientCheck:
    """Compare the slopes of f along random directions with those that a gradient claims: a handful of calls of f.

    The slope along a unit vector v is the gradient times v, so a wrong gradient gives itself away along almost every
    direction, however many entries it has. Where it is wrong the probes do not say. An error in a single one of n
    entries is diluted by about the square root of n.

    Parameters
    ----------
    f, x, gradient, tolerance, h, method
        As for `check_gradient`.
    directions : int
        How many, at least 1. Central differences take two calls of f each.
    seed : int or numpy.random.Generator
        Where their draw starts: uniform over the unit sphere.

    Returns
    -------
    GradientCheck
        `worst` is the number of the direction, `given` and `numerical` its two slopes.
    """
    x, gradient = _claim(x, gradient)
    tolerance, method = _tolerance(tolerance, x, method), _method(method)
    _check_count("directions", directions)
    v = np.random.default_rng(seed).normal(size=(directions, x.size))
    v = (v / np.linalg.norm(v, axis=1, keepdims=True)).astype(x.dtype)

    def along(shares: Any) -> Any:
        return f(x + (shares @ v).reshape(x.shape))

    check = _check(along, np.zeros(directions, x.dtype), v @ gradient.ravel(), tolerance, h, method)
    return replace(check, unit="direction")


def step_errors(
    f: Scalar,
    x: npt.ArrayLike,
    gradient: npt.ArrayLike,
    *,
    method: Method = "central",
    steps: npt.ArrayLike | None = None,
) -> StepErrors:
    """Return how far the numerical gradient is from a right one, for steps over many orders of magnitude.

    Parameters
    ----------
    f, x, method
        As for `numerical_gradient`.
    gradient : array
        The right gradient, of the shape of x.
    steps : array (n,), optional
        Default: four each power of ten, from 0.1 down to 1e-13 in float64 and to 1e-6 in float32.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0])
    >>> curve = step_errors(lambda x: np.exp(x[0]), x, np.exp(x))
    >>> 1e-6 < curve.best < 1e-4
    True
    """
    x, gradient = _claim(x, gradient)
    method = _method(method)
    if steps is None:
        decades = 12 if _is_double(x) else 5
        steps = 10.0 ** np.linspace(-1 - decades, -1, 4 * decades + 1)
    h = np.sort(_floats("steps", steps).ravel())
    if h.size == 0:
        raise ValueError("steps is empty: expected at least one")
    error = np.empty_like(h)
    for place, step in enumerate(h):
        numerical = numerical_gradient(f, x, float(step), method=method)
        size = float(np.linalg.norm(numerical) + np.linalg.norm(gradient))
        error[place] = float(np.linalg.norm(numerical - gradient)) / size if size else 0.0
    return StepErrors(h, error, method)


def _check(f: Scalar, x: Array, gradient: Array, tolerance: float, h: float | None, method: Method) -> GradientCheck:
    numerical = numerical_gradient(f, x, h, method=method)
    smooth = np.ones(x.shape, bool)
    scale = float(np.abs(gradient).max() + np.abs(numerical).max())
    here = _value(f, x.copy())
    floor = 1e-3 * max(1.0, abs(here))  # below this the quotient is rounding noise
    if method == "complex":
        floor = float(64 * np.finfo(x.dtype).eps * max(1.0, abs(here))) / tolerance  # so is the last digit of f's slope
        h = None  # to look for kinks takes a step along the real axis
    for index in map(tuple, np.argwhere(np.abs(gradient - numerical) > tolerance * scale)):
        noise = float(16 * np.finfo(x.dtype).eps * max(1.0, abs(here)) / _step(x, index, h, 0.1))
        if _has_kink(f, x, here, index, h, noise):
            low, high = sorted(_sides(f, x, here, index, h, 0.1))
            margin = tolerance * max(scale, floor) + noise
            if method != "complex":
                numerical[index] = (low + high) / 2  # right where the kink is farther away than a tenth of a step
            excused = high - low > margin and low - margin <= gradient[index] <= high + margin
            smooth[index] = not excused
    difference = np.where(smooth, np.abs(gradient - numerical), 0)
    worst = _index(int(difference.argmax()), x.shape)
    norms = float(np.linalg.norm(gradient[smooth]) + np.linalg.norm(numerical[smooth]))
    check = GradientCheck(
        relative_error=float(np.linalg.norm(difference)) / max(norms, floor),
        absolute_error=float(difference[worst]),
        worst=worst,
        given=float(gradient[worst]),
        numerical=float(numerical[worst]),
        entries=x.size,
        kinks=int((~smooth).sum()),
        tolerance=tolerance,
        method=method,
    )
    if check.passed:
        return check
    if method == "complex":
        real = _quotient(f, x, here, worst, None, "central")
        if abs(real - check.given) < 0.01 * abs(check.numerical - check.given):
            cause = "f loses imaginary parts (abs, .real, a conjugate): central differences agree with the gradient"
            return replace(check, cause=cause)
    return replace(check, cause=_likely_cause(gradient, numerical, smooth, tolerance))


def _likely_cause(gradient: Array, numerical: Array, smooth: npt.NDArray[np.bool_], tolerance: float) -> str:
    """Name the simple mistake that makes these numbers from the right ones, or return nothing."""
    given, right = gradient[smooth], numerical[smooth]
    close = max(10 * tolerance, 1e-5)

    def is_close(claim: Array) -> bool:
        return bool(np.linalg.norm(given - claim) <= close * np.linalg.norm(given))

    if not given.any():
        return "all zero: was it computed at all?"
    if not right.any():
        return ""
    factor = float(given @ right / (right @ right))
    if is_close(factor * right) and (named := _factor(factor, close, any_number=given.size > 1)):
        return named
    if gradient.ndim == 2 and smooth.all() and is_close(numerical.T.ravel()):
        return "transposed: the same numbers in the order of the transpose"
    wrong = np.argwhere(np.abs(gradient - numerical) * smooth > close * np.abs(right).max())
    if len(wrong) == 1 and given.size > 1:
        return f"a single entry: only the one at {wrong[0].tolist()} is wrong"
    return ""


def _factor(factor: float, close: float, *, any_number: bool) -> str:
    """Say what a constant factor between a claim and the right gradient means."""
    size, sign = abs(factor), "" if factor > 0 else " and a turned sign"

    def is_about(number: float) -> bool:
        return abs(size - number) <= close * number

    if is_about(1):
        return "factor -1: the sign is turned" if factor < 0 else ""
    if is_about(2):
        return f"factor {factor:.0f}: a square without its 1/2, a path counted twice, or a missing mean over 2{sign}"
    if is_about(0.5):
        return f"factor {'-' * (factor < 0)}1/2: a 1/2 too many, a path left out, or a mean over 2 too many{sign}"
    for n, shown in ((round(size), "{}"), (round(1 / size), "1/{}")):
        if 2 < n < 10**7 and is_about(n if shown == "{}" else 1 / n):
            mean = "the mean over {} is missing" if shown == "{}" else "a mean over {} too many"
            return f"factor {'-' * (factor < 0)}{shown.format(n)}: {mean.format(n)}{sign}"
    return f"factor {factor:.6g} throughout" if any_number else ""


def _quotient(f: Scalar, x: Array, here: float, index: tuple[int, ...], h: float | None, method: Method) -> float:
    if method == "complex":
        return _imaginary(f, x, index, h)
    if method == "forward":
        step = _step(x, index, h, root=np.sqrt)
        return (_moved(f, x, index, step) - here) / step
    step = _step(x, index, h)
    return (_moved(f, x, index, step) - _moved(f, x, index, -step)) / (2 * step)


def _imaginary(f: Scalar, x: Array, index: tuple[int, ...], h: float | None) -> float:
    """Return the imaginary part of f(x + ih) over h: h f'(x) - h^3 f'''(x) / 6 + ..., with nothing subtracted."""
    step = _positive(COMPLEX_STEP if h is None else h) * max(1.0, abs(float(x[index])))
    moved = x.astype(np.result_type(x.dtype, np.complex64))
    moved[index] += 1j * step
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)  # said below, with what to do about it
        try:
            value = np.asarray(f(moved))
        except TypeError as error:
            raise TypeError(f"f does not take complex numbers, which the complex step needs: {error}") from error
    if value.size == 1 and not np.iscomplexobj(value):
        raise TypeError(
            f"f returned the real number {value.item()!r} for a complex x, but the complex step needs the imaginary "
            "part: leave out float(...), abs and .real, or choose method='central'"
        )
    if value.size != 1:
        raise TypeError(f"f returned an array of shape {value.shape}, expected one number")
    if not np.isfinite(value).all():
        raise ValueError(f"f returned {value.item()} for a complex x, expected a finite number")
    return float(value.imag.item()) / step


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


def _step(
    x: Array, index: tuple[int, ...], h: float | None, part: float = 1, root: Callable[[Any], Any] = np.cbrt
) -> float:
    h = _positive(float(root(np.finfo(x.dtype).eps)) if h is None else h)
    value = float(x[index])
    moved = x.dtype.type(value + part * h * max(1.0, abs(value)))
    if moved == value and part < 1:
        moved = np.nextafter(moved, x.dtype.type(np.inf))
    if moved == value:
        raise ValueError(f"h is {h}: {value:g} does not move by so little in {x.dtype}")
    return float(moved) - value  # the step that the format can really take


def _positive(h: float) -> float:
    if not 0 < h < np.inf:
        raise ValueError(f"h is {h}, expected a positive step")
    return h


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


def _index(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(place, shape))


def _is_double(x: Array) -> bool:
    return bool(np.finfo(x.dtype).eps < 1e-12)


def _method(method: Method) -> Method:
    if method not in get_args(Method):
        raise ValueError(f"unknown method {method!r}: choose one of {', '.join(get_args(Method))}")
    return method


def _tolerance(tolerance: float | None, x: Array, method: Method) -> float:
    if tolerance is None:
        return TOLERANCES[_method(method)][0 if _is_double(x) else 1]
    if not 0 < tolerance < np.inf:  # NaN fails both comparisons
        raise ValueError(f"tolerance is {tolerance}, expected a positive number such as 1e-6")
    return float(tolerance)


def _check_count(name: str, value: int, largest: int | None = None) -> None:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < 1 or (largest is not None and value > largest):
        top = "up" if largest is None else f"to {largest}"
        raise ValueError(f"{name} is {value!r}, expected a whole number from 1 {top}")


def _claim(x: npt.ArrayLike, gradient: npt.ArrayLike) -> tuple[Array, Array]:
    """Return x and the gradient that is claimed there, or say why they can't be compared."""
    if hasattr(gradient, "vector"):
        raise TypeError("gradient is an object that holds one gradient for each layer: pass gradients.vector")
    x, gradient = _floats("x", x), _floats("gradient", gradient)
    if x.shape != gradient.shape:
        raise ValueError(f"gradient has shape {gradient.shape} but x has {x.shape}: they must be twins")
    if x.size == 0:
        raise ValueError("x is empty: there is nothing to check")
    return x, gradient


def _floats(name: str, value: npt.ArrayLike) -> Array:
    array = np.asarray(value)
    if not np.issubdtype(array.dtype, np.floating):
        raise TypeError(
            f"{name} has dtype {array.dtype}, expected floating point: a small step is lost in whole numbers"
        )
    if array.dtype == np.float16:
        raise TypeError(f"{name} has dtype float16, too coarse for a small step: convert it to float64")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has values that are not finite")
    return array
