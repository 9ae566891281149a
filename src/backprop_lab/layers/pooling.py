"""Pooling: each window of an image gives one number, its largest or its mean."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array
from backprop_lab.layers.base import Layer
from backprop_lab.layers.convolution import add_windows, windows
from backprop_lab.layers.door import as_pair, floats, misfit, recall, upstream

__all__ = ["AveragePool2D", "MaxPool2D", "PoolingCache"]


class PoolingCache(NamedTuple):
    """What pooling keeps: the shapes of images and output, and which entry of each window won, if one did."""

    input: tuple[int, ...]
    output: tuple[int, ...]
    winners: Any


class _Pool2D(Layer):
    """What the two kinds of pooling share: windows in, one number for each out; no parameters.

    Inputs (N, C, height, width) become (N, C, rows, columns) with rows = (height - window) // stride + 1, and columns
    likewise; what is left over at the lower and right edge is not looked at.
    """

    def __init__(self, window: int | tuple[int, int], *, stride: int | tuple[int, int] | None = None) -> None:
        super().__init__()
        self.window = as_pair("window", window)
        self.stride = self.window if stride is None else as_pair("stride", stride)

    @abstractmethod
    def _pool(self, flat: Array) -> tuple[Array, Any]:
        """Return one number for each window (..., entries), and which entry won."""

    @abstractmethod
    def _spread(self, cache: PoolingCache, da: Array) -> Array:
        """Return the gradient of each entry of each window, (..., entries)."""

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, PoolingCache]:
        """Return the pooled images (N, C, rows, columns), and what the backward pass needs.

        Raises
        ------
        ValueError
            If x is not a batch of images at least as large as the window.
        """
        x = floats(self, x)
        if x.ndim != 4 or x.shape[2] < self.window[0] or x.shape[3] < self.window[1]:
            size = " by ".join(map(str, self.window))
            raise misfit(self, f"shape (N, channels, height, width), at least {size},", x, (None,) * 4)
        views = windows(x, self.window, self.stride)
        a, winners = self._pool(views.reshape(*views.shape[:4], -1))
        return a, PoolingCache(x.shape, a.shape, winners)

    def backward(self, cache: PoolingCache, da: Array) -> tuple[Array, dict[str, Array]]:
        """Return dC/dx: each window hands its gradient to its entries; where windows overlap, the shares add up."""
        cache = recall(self, cache, PoolingCache)
        da = upstream(self, da, cache.output)
        dwindows = self._spread(cache, da).reshape(*cache.output, *self.window)
        return add_windows(dwindows, cache.input, self.stride), {}

    def __repr__(self) -> str:
        window, stride = (p[0] if p[0] == p[1] else p for p in (self.window, self.stride))
        options: Any = "" if self.stride == self.window else f", stride={stride}"
        return f"{type(self).__name__}({window}{options})"


class MaxPool2D(_Pool2D):
    """The largest number of each window.

    Only the winner of a window receives its gradient. Where several tie, it is the first one, row by row, as in
    PyTorch: at a tie the maximum has a kink, and that is one of the slopes there.

    Parameters
    ----------
    window : int or pair of int
        Height and width of a window; one number for a square.
    stride : int or pair of int, optional
        Steps from one window to the next. Default: the window, so that windows do not overlap.

    Raises
    ------
    ValueError
        If a number is below 1.
    """

    def _pool(self, flat: Array) -> tuple[Array, npt.NDArray[np.intp]]:
        winners = flat.argmax(axis=-1)
        return np.take_along_axis(flat, winners[..., np.newaxis], axis=-1)[..., 0], winners

    def _spread(self, cache: PoolingCache, da: Array) -> Array:
        entries = np.arange(self.window[0] * self.window[1])
        return np.where(cache.winners[..., np.newaxis] == entries, da[..., np.newaxis], 0)


class AveragePool2D(_Pool2D):
    """The mean of each window; its gradient is shared equally.

    Parameters
    ----------
    window : int or pair of int
        Height and width of a window; one number for a square.
    stride : int or pair of int, optional
        Steps from one window to the next. Default: the window, so that windows do not overlap.

    Raises
    ------
    ValueError
        If a number is below 1.
    """

    def _pool(self, flat: Array) -> tuple[Array, None]:
        return flat.mean(axis=-1), None

    def _spread(self, cache: PoolingCache, da: Array) -> Array:
        entries = self.window[0] * self.window[1]
        return np.repeat(da[..., np.newaxis] / entries, entries, axis=-1)
