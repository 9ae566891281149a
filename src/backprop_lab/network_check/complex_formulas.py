"""Activations and losses a second time, from their formulas, for complex numbers: what the judge of a network uses.

Nothing here is shared with `activations` and `losses`. A condition, as in ReLU, looks at the real part; `on_kink` says
whether a real part of 0 counts as positive.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["ACTIVATIONS", "FUSED", "LOSSES", "Formula", "Numbers"]

Numbers = npt.NDArray[Any]  # real, or complex in the middle of a complex step
Formula = Callable[[Numbers, bool], Numbers]  # (z, on_kink) to a


def _positive(z: Numbers, on_kink: bool) -> npt.NDArray[np.bool_]:
    return z.real >= 0 if on_kink else z.real > 0


def _decay(z: Numbers) -> Numbers:
    """Return exp(-z) where z is positive and exp(z) elsewhere: at most 1 in size, so that it never overflows."""
    return np.asarray(np.exp(np.where(z.real >= 0, -z, z)))


def _sigmoid(z: Numbers, on_kink: bool) -> Numbers:
    e = _decay(z)
    return np.asarray(np.where(z.real >= 0, 1, e) / (1 + e))


def _softplus(z: Numbers, on_kink: bool) -> Numbers:
    return np.asarray(np.where(z.real >= 0, z, 0) + np.log(1 + _decay(z)))


def _elu(z: Numbers, on_kink: bool) -> Numbers:
    positive = z.real > 0
    return np.asarray(np.where(positive, z, np.exp(np.where(positive, 0, z)) - 1))


_erfc = np.frompyfunc(math.erfc, 1, 1)


def _gelu(z: Numbers, on_kink: bool) -> Numbers:
    """Return z times the normal distribution below z, continued off the real axis along the imaginary direction.

    From x to x + iy the distribution grows by the integral of its density over that path; for a path as short as the
    complex step the midpoint rule is exact.
    """
    share = np.asarray(_erfc(-z.real / math.sqrt(2)) / 2, dtype=float)
    if np.iscomplexobj(z):
        middle = z.real + 0.5j * z.imag
        share = share + 1j * z.imag * np.exp(-middle * middle / 2) / math.sqrt(2 * math.pi)
    return np.asarray(z * share)


def _softmax(z: Numbers, on_kink: bool) -> Numbers:
    e = np.exp(z - z.real.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _log(y: Numbers, a: Numbers) -> Numbers:
    """Return y ln a, with 0 ln 0 = 0."""
    return np.asarray(np.where(y == 0, 0, y * np.log(np.where(y == 0, 1, a))))


def _log_sum_exp(z: Numbers) -> Numbers:
    top = z.real.max(axis=-1, keepdims=True)
    total = np.exp(z - top) @ np.ones(z.shape[-1])  # over a short axis a product is faster than a sum
    return np.asarray(top[..., 0] + np.log(total))


ACTIVATIONS: dict[str, Formula] = {
    "identity": lambda z, on_kink: z,
    "sigmoid": _sigmoid,
    "tanh": lambda z, on_kink: np.tanh(z),
    "relu": lambda z, on_kink: np.where(_positive(z, on_kink), z, 0),
    "leaky_relu": lambda z, on_kink: np.where(_positive(z, on_kink), z, 0.01 * z),
    "elu": _elu,
    "gelu": _gelu,
    "softplus": _softplus,
    "softmax": _softmax,
}
# (a, y, on_kink) to one number for each example.
LOSSES: dict[str, Callable[[Numbers, Numbers, bool], Numbers]] = {
    "half_squared_error": lambda a, y, on_kink: ((a - y) ** 2).sum(axis=-1) / 2,
    "mean_squared_error": lambda a, y, on_kink: ((a - y) ** 2).mean(axis=-1),
    "binary_cross_entropy": lambda a, y, on_kink: -(_log(y, a) + _log(1 - y, 1 - a)).sum(axis=-1),
    "categorical_cross_entropy": lambda a, y, on_kink: -_log(y, a).sum(axis=-1),
    "hinge": lambda a, y, on_kink: np.where(_positive(1 - y * a, on_kink), 1 - y * a, 0).sum(axis=-1),
}
# (z, y) to the same, from the pre-activation of the output layer, where the loss alone would divide 0 by 0.
FUSED: dict[tuple[str, str], Callable[[Numbers, Numbers], Numbers]] = {
    ("binary_cross_entropy", "sigmoid"): lambda z, y: (_softplus(z, False) - y * z).sum(axis=-1),
    ("categorical_cross_entropy", "softmax"): lambda z, y: y.sum(axis=-1) * _log_sum_exp(z) - (y * z).sum(axis=-1),
}
