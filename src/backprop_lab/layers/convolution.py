r"""Convolution of images, as one matrix product over all windows.

What is called convolution here is, as in every framework, cross-correlation (Goodfellow, Bengio and Courville 2016,
equation 9.6): $z_{o, i, j} = b_o + \sum_{c, k, l} W_{o, c, k, l} \, x_{c, i + k, j + l}$. Writing each window as a row
makes it a dense layer on windows (Chellapilla, Puri and Simard 2006), with the same backward rule. One thing is new: an
entry of the image lies in several windows, so its gradient is a sum.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from backprop_lab.arrays import Array, as_type, as_whole
from backprop_lab.initialization import Initialization, draw
from backprop_lab.layers.base import Layer
from backprop_lab.layers.door import as_pair, floats, misfit, recall, upstream

__all__ = ["Conv2D", "ConvolutionCache", "Flatten", "add_windows", "windows"]


def windows(x: Array, window: tuple[int, int], stride: tuple[int, int]) -> Array:
    """Return every window of the images x (N, C, height, width), without copying: (N, C, rows, columns, *window)."""
    return sliding_window_view(x, window, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]


def add_windows(dwindows: Array, shape: tuple[int, ...], stride: tuple[int, int]) -> Array:
    """Return the gradient of the images, of this shape, from that of their windows: overlaps add up."""
    dx = np.zeros(shape, dwindows.dtype)
    rows, columns, *window = dwindows.shape[2:]
    for i, j in np.ndindex(*window):
        below, right = i + stride[0] * rows, j + stride[1] * columns
        dx[:, :, i : below : stride[0], j : right : stride[1]] += dwindows[..., i, j]
    return dx


class ConvolutionCache(NamedTuple):
    """What `Conv2D` keeps: the windows as rows, the shape of the padded images and that of the output."""

    patches: Array
    padded: tuple[int, ...]
    output: tuple[int, ...]


class Conv2D(Layer):
    """A convolution over images: the same small weights at every place.

    Inputs (N, n_in, height, width) become (N, n_out, rows, columns) with
    rows = (height + 2 padding - window) // stride + 1, and columns likewise.

    Parameters
    ----------
    n_in, n_out : int
        Channels of the input and of the output.
    window : int or pair of int
        Height and width of the weights; one number for a square.
    stride : int or pair of int
        Steps from one window to the next.
    padding : int or pair of int
        Rows of zeros above and below, columns of zeros left and right.
    initialization : str or Initialization
        How W is drawn, as for a dense layer from the n_in * height * width numbers of a window; b starts at zero.
    seed : int or numpy.random.Generator
        Where the draw starts. In a model hand one Generator to all layers.
    dtype : dtype
        float64 or float32.

    Attributes
    ----------
    parameters : dict
        W (n_out, n_in, height, width), as PyTorch's `Conv2d.weight`, and b (n_out,).

    Raises
    ------
    ValueError
        If a number is out of range or the initialization is unknown.
    TypeError
        If dtype is neither of the two.

    Examples
    --------
    >>> import numpy as np
    >>> Conv2D(1, 6, 3, padding=1).forward(np.zeros((5, 1, 8, 8)))[0].shape
    (5, 6, 8, 8)
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        window: int | tuple[int, int],
        *,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        initialization: str | Initialization = "he",
        seed: int | np.random.Generator = 0,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        n_in, n_out, dtype = as_whole("n_in", n_in), as_whole("n_out", n_out), as_type(dtype)
        shape = (n_out, n_in, *as_pair("window", window))
        self.stride, self.padding = as_pair("stride", stride), as_pair("padding", padding, least=0)
        W = draw(initialization, np.random.default_rng(seed), n_out, math.prod(shape[1:]))
        super().__init__(W=W.reshape(shape).astype(dtype), b=np.zeros(n_out, dtype))

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, ConvolutionCache]:
        """Return z (N, n_out, rows, columns) for the images x, and what the backward pass needs.

        Raises
        ------
        ValueError
            If x is not a batch of images with n_in channels, at least as large as the window.
        """
        x, W = floats(self, x), self.parameters["W"]
        n_out, n_in, *window = W.shape
        if x.ndim != 4 or x.shape[1] != n_in:
            raise misfit(self, f"shape (N, {n_in}, height, width)", x, (None, n_in, None, None))
        (above, left), (height, width) = self.padding, window
        padded = np.pad(x, ((0, 0), (0, 0), (above, above), (left, left)))
        if padded.shape[2] < height or padded.shape[3] < width:
            raise misfit(self, f"at least {height - 2 * above} by {width - 2 * left}", x)
        views = windows(padded, (height, width), self.stride)
        rows, columns = views.shape[2:4]
        patches = views.transpose(0, 2, 3, 1, 4, 5).reshape(-1, W[0].size)
        z = (patches @ W.reshape(n_out, -1).T + self.parameters["b"]).reshape(len(x), rows, columns, n_out)
        z = z.transpose(0, 3, 1, 2)
        return z, ConvolutionCache(patches, padded.shape, z.shape)

    def backward(self, cache: ConvolutionCache, da: Array) -> tuple[Array, dict[str, Array]]:
        """Return dC/dx, dW and db: those of a dense layer on windows, and then a sum over the windows of an entry."""
        W = self.parameters["W"]
        cache = recall(self, cache, ConvolutionCache, lambda kept: kept.patches.shape[1] == W[0].size)
        delta = upstream(self, da, cache.output).transpose(0, 2, 3, 1).reshape(-1, len(W))
        dW = (delta.T @ cache.patches).reshape(W.shape)
        db = delta.sum(axis=0)
        N, _, rows, columns = cache.output
        dwindows = (delta @ W.reshape(len(W), -1)).reshape(N, rows, columns, *W.shape[1:]).transpose(0, 3, 1, 2, 4, 5)
        dpadded = add_windows(dwindows, cache.padded, self.stride)
        above, left = self.padding
        dx = dpadded[:, :, above : cache.padded[2] - above, left : cache.padded[3] - left]
        return dx, {"W": dW, "b": db}

    def __repr__(self) -> str:
        n_out, n_in, *window = self.parameters["W"].shape
        options = "".join(
            f", {name}={_short(value)}"
            for name, value, usual in (("stride", self.stride, (1, 1)), ("padding", self.padding, (0, 0)))
            if value != usual
        )
        return f"Conv2D({n_in}, {n_out}, {_short(tuple(window))}{options})"


class Flatten(Layer):
    """Lay out each example as one row: (N, ...) becomes (N, n), as a dense layer after a convolution needs it."""

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, tuple[int, ...]]:
        """Return x as (N, n), a view where possible, and its shape."""
        x = floats(self, x)
        if x.ndim < 2:
            raise misfit(self, "shape (N, ...)", x, (None, None))
        return x.reshape(len(x), -1), x.shape

    def backward(self, cache: tuple[int, ...], da: Array) -> tuple[Array, dict[str, Array]]:
        """Return da in the shape that the input had."""
        cache = recall(self, cache, tuple, lambda shape: len(shape) >= 2)
        return upstream(self, da, (cache[0], math.prod(cache[1:]))).reshape(cache), {}

    def __repr__(self) -> str:
        return "Flatten()"


def _short(pair: tuple[int, ...]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else str(pair)
