"""Where the weights start: drawn from a generator, so that a seed tells the whole story."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from backprop_lab.arrays import Array, choose

__all__ = ["INITIALIZATIONS", "Initialization", "he", "normal", "xavier", "zeros"]

Initialization = Callable[[np.random.Generator, int, int], Array]


def zeros(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    """Return zeros of shape (n_out, n_in): every unit of a layer stays a copy of the others."""
    return np.zeros((n_out, n_in))


def normal(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    """Draw from the standard normal distribution, shape (n_out, n_in)."""
    return rng.standard_normal((n_out, n_in))


def xavier(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    """Draw with variance 2 / (n_in + n_out), for tanh and sigmoid (Glorot and Bengio 2010, equation 12)."""
    return normal(rng, n_out, n_in) * math.sqrt(2 / (n_in + n_out))


def he(rng: np.random.Generator, n_out: int, n_in: int) -> Array:
    """Draw with variance 2 / n_in, for ReLU (He et al. 2015, equation 10)."""
    return normal(rng, n_out, n_in) * math.sqrt(2 / n_in)


INITIALIZATIONS: dict[str, Initialization] = {"zeros": zeros, "normal": normal, "xavier": xavier, "he": he}


def initialization(name: str) -> Initialization:
    """Return the initialization of this name; a ValueError lists the names that there are."""
    return choose("initialization", name, INITIALIZATIONS)
