r"""Where the weights start: drawn from a generator, so that a seed tells the whole story.

A layer with $n_{in}$ inputs multiplies the variance of what passes by about $n_{in} \mathrm{Var}(W)$ on the way up, and
that of the gradient by $n_{out} \mathrm{Var}(W)$ on the way down. The initializations differ in which of the two they
keep near 1.

| name | drawn from | variance | for |
|---|---|---|---|
| `zeros` | | 0 | to see why it fails: units stay copies |
| `normal` | normal | 1 | |
| `xavier`, `xavier_uniform` | normal, uniform | $2 / (n_{in} + n_{out})$ | tanh, sigmoid |
| `he`, `he_uniform` | normal, uniform | $2 / n_{in}$ | ReLU |
| `orthogonal` | orthonormal rows or columns | $1 / \max(n_{in}, n_{out})$ | deep and linear |

All but `zeros` take a scale: `normal(scale=0.01)` is an initialization too, and `constant(0.5)` another.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, cast, overload

import numpy as np

from backprop_lab.arrays import Array, as_float_array, as_number, choose

__all__ = [
    "INITIALIZATIONS",
    "Initialization",
    "Scaled",
    "constant",
    "draw",
    "he",
    "he_uniform",
    "initialization",
    "normal",
    "orthogonal",
    "xavier",
    "xavier_uniform",
    "zeros",
]

Initialization = Callable[[np.random.Generator, int, int], Array]


@dataclass(frozen=True)
class constant:  # noqa: N801  written like the other initializations
    """Set all weights to one number: every unit of a layer stays a copy of the others.

    Parameters
    ----------
    value : float
        Finite.
    """

    value: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", as_number("value", self.value, "a finite number", lambda number: True))

    def __call__(self, rng: np.random.Generator, n_out: int, n_in: int) -> Array:
        """Return the weights, shape (n_out, n_in)."""
        return np.full((n_out, n_in), self.value)


@dataclass(frozen=True, repr=False)
class Scaled:
    """An initialization whose draws are multiplied by a number: what `normal(scale=0.01)` returns.

    Parameters
    ----------
    draw : Initialization
        What is multiplied.
    scale : float
        Positive.
    """

    draw: Initialization
    scale: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", as_number("scale", self.scale))

    def __call__(self, rng: np.random.Generator, n_out: int, n_in: int) -> Array:
        """Draw weights of shape (n_out, n_in)."""
        return self.draw(rng, n_out, n_in) * self.scale

    def __repr__(self) -> str:
        return f"{getattr(self.draw, '__name__', self.draw)}(scale={self.scale:g})"


class Scalable(Protocol):
    """An initialization that is called with a generator to draw, and with a scale to make another one."""

    @overload
    def __call__(self, rng: np.random.Generator, n_out: int, n_in: int) -> Array: ...
    @overload
    def __call__(self, *, scale: float) -> Scaled: ...


def _scalable(draw: Initialization) -> Scalable:
    @wraps(draw)
    def draw_or_scale(*arguments: Any, scale: float | None = None, **named: Any) -> Array | Initialization:
        chosen = draw if scale is None else Scaled(draw, scale)
        return chosen(*arguments, **named) if arguments or named else chosen

    return cast(Scalable, draw_or_scale)


def zeros(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    """Return zeros of shape (n_out, n_in): every unit of a layer stays a copy of the others."""
    return np.zeros((n_out, n_in))


@_scalable
def normal(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    """Draw from the standard normal distribution, shape (n_out, n_in)."""
    return rng.standard_normal((n_out, n_in))


@_scalable
def xavier(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    """Draw with variance 2 / (n_in + n_out), for tanh and sigmoid (Glorot and Bengio 2010, equation 12)."""
    return normal(rng, n_out, n_in) * math.sqrt(2 / (n_in + n_out))


@_scalable
def xavier_uniform(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    """Draw with the variance of `xavier`, evenly between two bounds (Glorot and Bengio 2010, equation 16)."""
    return _uniform(rng, n_out, n_in, 2 / (n_in + n_out))


@_scalable
def he(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    """Draw with variance 2 / n_in, for ReLU (He et al. 2015, equation 10)."""
    return normal(rng, n_out, n_in) * math.sqrt(2 / n_in)


@_scalable
def he_uniform(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    """Draw with the variance of `he`, evenly between two bounds."""
    return _uniform(rng, n_out, n_in, 2 / n_in)


@_scalable
def orthogonal(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    """Draw rows of length 1 at right angles, or columns where there are fewer of them (Saxe et al. 2014).

    Every such matrix is as likely as any other. Then W keeps the length of what passes, or of the gradient.
    """
    tall = normal(rng, max(n_out, n_in), min(n_out, n_in))
    Q, R = np.linalg.qr(tall)
    Q *= np.where(np.diagonal(R) < 0, -1, 1)  # the signs that QR happens to choose would favor some matrices
    return Q if n_out >= n_in else Q.T


def _uniform(rng: np.random.Generator, n_out: int, n_in: int, variance: float) -> Array:
    bound = math.sqrt(3 * variance)  # the variance between -bound and bound is bound^2 / 3
    return rng.uniform(-bound, bound, (n_out, n_in))


INITIALIZATIONS: dict[str, Initialization] = {
    "zeros": zeros,
    "normal": normal,
    "xavier": xavier,
    "xavier_uniform": xavier_uniform,
    "he": he,
    "he_uniform": he_uniform,
    "orthogonal": orthogonal,
}  # found by name


def initialization(name: str | Initialization) -> Initialization:
    """Return the initialization of this name; one that is no name is returned as it is.

    Raises
    ------
    TypeError
        If it is neither a name nor a function (rng, n_out, n_in), or `constant` without its number.
    ValueError
        If there is none of this name; the message lists those that there are.
    """
    if name in ("constant", constant):
        raise TypeError("the initialization constant needs its number: constant(0.5)")
    if isinstance(name, str):
        return choose("initialization", name, INITIALIZATIONS)
    if not callable(name):
        raise TypeError(f"initialization is {name!r}, expected a name or a function (rng, n_out, n_in)")
    return name


def draw(name: str | Initialization, rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    """Return weights (n_out, n_in) drawn by this initialization; what your own function returns is checked.

    Raises
    ------
    TypeError, ValueError
        If there is no such initialization, or it does not return finite floats of this shape.
    """
    W = as_float_array("what the initialization returns", initialization(name)(rng, n_out, n_in))
    if W.shape != (n_out, n_in):
        raise ValueError(f"the initialization returns shape {W.shape}, expected (n_out, n_in) = ({n_out}, {n_in})")
    return W
