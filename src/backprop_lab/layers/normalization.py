r"""Normalization: subtract the mean, divide by the standard deviation, then scale and shift.

The statistics depend on the inputs, so the gradient has to pass through them. With $\hat x = (x - m) / s$, where $m$ is
the mean and $s^2$ the variance of n numbers plus a small constant,

$$\frac{\partial C}{\partial x} = \frac1s \left( d\hat x - \overline{d\hat x}
- \hat x \; \overline{d\hat x \, \hat x} \right),$$

the bars being means over the same n numbers: what is left of the gradient has no part along the constant vector, nor
(but for the small constant) along $\hat x$, since moving x that way changes nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_number, as_type, as_whole
from backprop_lab.layers.base import Layer
from backprop_lab.layers.door import floats, misfit, recall, upstream

__all__ = ["BatchNorm", "LayerNorm", "NormalizationCache"]


class NormalizationCache(NamedTuple):
    """What a normalization keeps for the backward pass.

    `normalized` is (x - mean) / deviation, of the shape of x; `deviation` broadcasts against it. `from_input` says
    whether mean and deviation come from this very input, so that the gradient has to pass through them.
    """

    normalized: Array
    deviation: Array
    from_input: bool


def _through_normalization(cache: NormalizationCache, dnormalized: Array, axes: tuple[int, ...]) -> Array:
    """Return dC/dx from dC/d(normalized)."""
    if not cache.from_input:
        return np.asarray(dnormalized / cache.deviation)
    mean = dnormalized.mean(axis=axes, keepdims=True)
    along = (dnormalized * cache.normalized).mean(axis=axes, keepdims=True)
    return np.asarray((dnormalized - mean - cache.normalized * along) / cache.deviation)


class BatchNorm(Layer):
    """Normalize each unit over the batch (Ioffe and Szegedy 2015, algorithm 1).

    Inputs are (N, n), or images (N, n, height, width), whose channels are normalized over batch and places. In training
    the statistics are those of the batch, and the running ones move towards them; in evaluation the running ones are
    used, so that the answer for one example does not depend on its neighbors.

    Parameters
    ----------
    n : int
        Number of units or channels.
    momentum : float
        By which share the running statistics move to those of each batch, from 0 to 1 (PyTorch's convention; Keras
        names the other share).
    eps : float
        Added to the variance, so that a unit that never changes is not divided by zero.
    dtype : dtype
        float64 or float32.

    Attributes
    ----------
    parameters : dict
        scale (n,), from 1, and shift (n,), from 0.
    running_mean, running_variance : array (n,)
        From 0 and 1. The one thing that a forward pass, in training, changes in a layer; training does not follow a
        gradient for them. The variance is the unbiased one, with N - 1.

    Raises
    ------
    ValueError
        If n, momentum or eps is out of range.
    TypeError
        If momentum or eps is no number, or dtype neither of the two.
    """

    def __init__(self, n: int, *, momentum: float = 0.1, eps: float = 1e-5, dtype: npt.DTypeLike = np.float64) -> None:
        n, dtype = as_whole("n", n), as_type(dtype)
        self.momentum = as_number("momentum", momentum, "a share from 0 to 1", lambda share: 0 <= share <= 1)
        self.eps = as_number("eps", eps)
        self.running_mean, self.running_variance = np.zeros(n), np.ones(n)
        super().__init__(scale=np.ones(n, dtype), shift=np.zeros(n, dtype))

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, NormalizationCache]:
        """Return the normalized, scaled and shifted x, and what the backward pass needs.

        Raises
        ------
        ValueError
            If the shape does not fit, or in training a unit has one number only, whose variance says nothing.
        FloatingPointError
            If the variance of a unit overflows in training. The running statistics stay as they were, as they do
            whenever this raises; what goes wrong later (targets that do not fit, say) finds them moved.
        """
        x, n = floats(self, x), len(self.parameters["scale"])
        if x.ndim not in (2, 4) or x.shape[1] != n:
            raise misfit(self, f"shape (N, {n}) or (N, {n}, height, width)", x, (None, n), (None, n, None, None))
        if training:
            centered, variance = self._of_batch(x)
        else:
            centered = x - _along_units(self.running_mean.astype(x.dtype), x)
            variance = self.running_variance.astype(x.dtype)
        deviation = _along_units(np.sqrt(variance + self.eps), x)
        cache = NormalizationCache(centered / deviation, deviation, training)
        scale, shift = (_along_units(self.parameters[name], x) for name in ("scale", "shift"))
        return scale * cache.normalized + shift, cache

    def backward(self, cache: NormalizationCache, da: Array) -> tuple[Array, dict[str, Array]]:
        """Return dC/dx and the gradients of scale and shift; in training through the statistics of the batch too."""
        cache = recall(self, cache, NormalizationCache)
        da, axes = upstream(self, da, cache.normalized.shape), _all_but_units(cache.normalized)
        gradients = {"scale": (da * cache.normalized).sum(axis=axes), "shift": da.sum(axis=axes)}
        dnormalized = da * _along_units(self.parameters["scale"], da)
        return _through_normalization(cache, dnormalized, axes), gradients

    def _of_batch(self, x: Array) -> tuple[Array, Array]:
        """Return x - mean and the variance (n,) of a batch, and move the running statistics towards its own."""
        axes, count = _all_but_units(x), x.size // x.shape[1]
        if count == 1:
            raise ValueError(f"{type(self).__name__} expects more than one number a unit in training, got one")
        with np.errstate(over="ignore", invalid="ignore"):  # reported below
            mean = x.mean(axis=axes)
            centered = x - _along_units(mean, x)
            variance = np.square(centered).mean(axis=axes)
            unbiased = variance * (count / (count - 1))
        if not np.isfinite(unbiased).all():
            raise FloatingPointError(
                f"{type(self).__name__} expects inputs whose variance is finite in {x.dtype}: those of unit "
                f"{np.isfinite(unbiased).argmin()} are too large"
            )
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_variance += self.momentum * (unbiased - self.running_variance)
        return centered, variance

    def __repr__(self) -> str:
        return f"BatchNorm({len(self.parameters['scale'])})"


class LayerNorm(Layer):
    """Normalize each example over its last axis (Ba, Kiros and Hinton 2016): the same in training and evaluation.

    Parameters
    ----------
    n : int
        Width of the last axis; inputs are (N, n), or have more axes, as in (N, time, n).
    eps : float
        Added to the variance.
    dtype : dtype
        float64 or float32.

    Attributes
    ----------
    parameters : dict
        scale (n,), from 1, and shift (n,), from 0.

    Raises
    ------
    ValueError
        If n or eps is out of range.
    TypeError
        If eps is no number, or dtype neither of the two.
    """

    def __init__(self, n: int, *, eps: float = 1e-5, dtype: npt.DTypeLike = np.float64) -> None:
        n, dtype = as_whole("n", n), as_type(dtype)
        self.eps = as_number("eps", eps)
        super().__init__(scale=np.ones(n, dtype), shift=np.zeros(n, dtype))

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, NormalizationCache]:
        """Return the normalized, scaled and shifted x (..., n), and what the backward pass needs."""
        x, scale = floats(self, x), self.parameters["scale"]
        if x.ndim < 2 or x.shape[-1] != len(scale):
            raise misfit(self, f"width {len(scale)}", x, (None, len(scale)))
        mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
        deviation = np.sqrt(variance + self.eps)
        cache = NormalizationCache((x - mean) / deviation, deviation, True)
        return scale * cache.normalized + self.parameters["shift"], cache

    def backward(self, cache: NormalizationCache, da: Array) -> tuple[Array, dict[str, Array]]:
        """Return dC/dx, through mean and deviation too, and the gradients of scale and shift."""
        cache = recall(self, cache, NormalizationCache)
        da = upstream(self, da, cache.normalized.shape)
        leading = tuple(range(da.ndim - 1))
        gradients = {"scale": (da * cache.normalized).sum(axis=leading), "shift": da.sum(axis=leading)}
        return _through_normalization(cache, da * self.parameters["scale"], (-1,)), gradients

    def __repr__(self) -> str:
        return f"LayerNorm({len(self.parameters['scale'])})"


def _all_but_units(x: Array) -> tuple[int, ...]:
    return (0, *range(2, x.ndim))


def _along_units(values: Array, x: Array) -> Array:
    """Return values (n,) with axes of length 1 behind, so that they meet the second axis of x."""
    return values.reshape(-1, *(1,) * (x.ndim - 2))
