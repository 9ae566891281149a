"""Dropout: in training, each unit is silent for a while."""

from __future__ import annotations

import numpy as np

from backprop_lab.arrays import Array, as_number
from backprop_lab.layers.base import Layer
from backprop_lab.layers.door import floats, recall, upstream

__all__ = ["Dropout"]


class Dropout(Layer):
    """Set each number to zero with probability `rate`, and divide the others by 1 - rate; in training only.

    The division keeps the expected value of each unit, so that evaluation is the identity ("inverted" dropout;
    Srivastava et al. 2014, section 10, scale at training time). The original multiplies by 1 - rate at evaluation
    instead.

    Parameters
    ----------
    rate : float
        Probability of being dropped, from 0 up to but not including 1.

    Raises
    ------
    TypeError, ValueError
        If the rate is no number or out of range.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        expected = "the share to drop, from 0 up to but not including 1"
        self.rate = as_number("rate", rate, expected, lambda rate: 0 <= rate < 1)

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, Array]:
        """Return x with units dropped, and the mask: the factor of each number. In evaluation the factors are 1.

        Raises
        ------
        ValueError
            If it is to draw, and there is no rng to draw from.
        TypeError
            If rng is no Generator. A seed is none: two layers that started from it would drop the same units.
        """
        x = floats(self, x)
        if not training or self.rate == 0:
            mask = np.ones_like(x)
        elif rng is None:
            raise ValueError(f"{type(self).__name__} draws in training: pass rng, such as np.random.default_rng(0)")
        elif not isinstance(rng, np.random.Generator):
            raise TypeError(
                f"{type(self).__name__} expects a Generator but got rng={rng!r}: write np.random.default_rng(...)"
            )
        else:
            mask = (rng.random(x.shape) >= self.rate).astype(x.dtype) / (1 - self.rate)
        return x * mask, mask

    def backward(self, cache: Array, da: Array) -> tuple[Array, dict[str, Array]]:
        """Return da times the mask of the forward pass: a unit that was silent is not to blame."""
        cache = recall(self, cache, np.ndarray)
        return upstream(self, da, cache.shape) * cache, {}

    def __repr__(self) -> str:
        return f"Dropout({self.rate:g})"
