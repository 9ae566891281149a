r"""Reversible blocks: the backward pass computes its activations from the output, so none are kept.

A block (Gomez et al. 2017) cuts its input into halves $x_1, x_2$ and adds to each half a function of
the other one:

$$ y_1 = x_1 + F(x_2), \qquad y_2 = x_2 + G(y_1). $$

Whatever F and G are, it can be run backward, as each sum can be undone with what is known by then:

$$ x_2 = y_2 - G(y_1), \qquad x_1 = y_1 - F(x_2). $$

So a chain of blocks keeps its last output alone, whatever its length. The price is one more run of each F and G, and
rounding: an inverse in floating point is not exact, and its errors are handed on from block to block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_float_array
from backprop_lab.layers.base import Layer
from backprop_lab.layers.sequential import as_layer

__all__ = ["BlockGradients", "ChainGradients", "ReversibleBlock", "ReversibleChain", "inversion_errors"]


@dataclass(frozen=True, eq=False)
class BlockGradients:
    """What a block's backward pass returns.

    Attributes
    ----------
    x : array
        The block's input, computed again: the output of the block below.
    dx : array
        dC/dx.
    F, G : dict of str to array
        dC/d(parameter) of the two layers.
    """

    x: Array
    dx: Array
    F: Mapping[str, Array]
    G: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class ChainGradients:
    """What a chain's backward pass returns.

    Attributes
    ----------
    x : array
        The chain's input, computed again.
    dx : array
        dC/dx.
    F, G : tuple of dict of str to array
        dC/d(parameter) of the layers of each block, first block first.
    """

    x: Array
    dx: Array
    F: tuple[Mapping[str, Array], ...]
    G: tuple[Mapping[str, Array], ...]


@dataclass(frozen=True, eq=False)
class ReversibleBlock:
    """One block: y1 = x1 + F(x2), y2 = x2 + G(y1).

    The halves are those of axis 1, the features of a (N, n) input or the channels of a (N, channels, height, width)
    one; their number must be even.

    Attributes
    ----------
    F, G : Layer
        From a half to an array of the same shape. The same input must give the same output, so no dropout.

    Raises
    ------
    TypeError
        If F or G is no Layer; several layers make one as a Residual.
    """

    F: Layer
    G: Layer

    def __post_init__(self) -> None:
        as_layer("F", self.F)
        as_layer("G", self.G)

    def forward(self, x: npt.ArrayLike) -> Array:
        """Return the output, of the shape of x. Nothing else is kept.

        Raises
        ------
        TypeError
            If x is not floating point.
        ValueError
            If x can't be cut into halves, is not finite, or F or G changes the shape.
        """
        x1, x2 = _halves("x", x)
        y1 = x1 + _run("F", self.F, x2)[0]
        y2 = x2 + _run("G", self.G, y1)[0]
        return np.concatenate([y1, y2], axis=1)

    def inverse(self, y: npt.ArrayLike) -> Array:
        """Return the input that gave the output y, up to rounding. It raises what `forward` raises."""
        y1, y2 = _halves("y", y)
        x2 = y2 - _run("G", self.G, y1)[0]
        x1 = y1 - _run("F", self.F, x2)[0]
        return np.concatenate([x1, x2], axis=1)

    def backward(self, y: npt.ArrayLike, dy: npt.ArrayLike) -> BlockGradients:
        """Return the input, and the gradients at it, from the output alone.

        F and G are run once more, each just before its own backward pass (Gomez et al. 2017, algorithm 1).

        Parameters
        ----------
        y : array
            What `forward` returned.
        dy : array
            dC/dy, of the shape of y.

        Raises
        ------
        TypeError
            If one of them is not floating point.
        ValueError
            If their shapes differ, or they are no outputs of this block.
        """
        (y1, y2), (dy1, dy2) = _halves("y", y), _halves("dy", dy)
        if np.shape(dy) != np.shape(y):
            raise ValueError(f"dy has shape {np.shape(dy)} but y has {np.shape(y)}: they must be twins")
        g, cache = _run("G", self.G, y1)
        x2 = y2 - g
        dy1_through_G, dG = self.G.backward(cache, dy2)
        dy1 = dy1 + dy1_through_G  # y1 acts on the loss directly, and through y2
        f, cache = _run("F", self.F, x2)
        x1 = y1 - f
        dx2_through_F, dF = self.F.backward(cache, dy1)
        dx1, dx2 = dy1, dy2 + dx2_through_F
        return BlockGradients(np.concatenate([x1, x2], axis=1), np.concatenate([dx1, dx2], axis=1), dF, dG)


@dataclass(frozen=True, eq=False)
class ReversibleChain:
    """Blocks one after the other: the activation memory of a step doesn't depend on how many there are.

    Attributes
    ----------
    blocks : sequence of ReversibleBlock
        First block first.

    Raises
    ------
    TypeError
        If blocks is no list of ReversibleBlock.
    ValueError
        If there is no block.
    """

    blocks: Sequence[ReversibleBlock]

    def __post_init__(self) -> None:
        if not isinstance(self.blocks, (tuple, list)):
            raise TypeError(f"blocks is {self.blocks!r}, expected a list of ReversibleBlock")
        if len(self.blocks) == 0:
            raise ValueError("blocks is empty: expected at least one block")
        for number, block in enumerate(self.blocks, start=1):
            if not isinstance(block, ReversibleBlock):
                raise TypeError(f"block {number} is {block!r}, expected a ReversibleBlock")

    def forward(self, x: npt.ArrayLike) -> Array:
        """Return the output, of the shape of x. What is between the blocks is forgotten."""
        a = as_float_array("x", x)
        for block in self.blocks:
            a = block.forward(a)
        return a

    def inverse(self, y: npt.ArrayLike) -> Array:
        """Return the input that gave the output y, up to rounding."""
        a = as_float_array("y", y)
        for block in reversed(self.blocks):
            a = block.inverse(a)
        return a

    def backward(self, y: npt.ArrayLike, dy: npt.ArrayLike) -> ChainGradients:
        """Return the input, and the gradients, from the output y and dy = dC/dy."""
        a, da = as_float_array("y", y), as_float_array("dy", dy)
        F: list[Mapping[str, Array]] = []
        G: list[Mapping[str, Array]] = []
        for block in reversed(self.blocks):
            found = block.backward(a, da)
            a, da = found.x, found.dx
            F.insert(0, found.F)
            G.insert(0, found.G)
        return ChainGradients(a, da, tuple(F), tuple(G))


def inversion_errors(chain: ReversibleChain, x: npt.ArrayLike) -> Array:
    """Measure how far the activations that are computed again are off, from the top of the chain down.

    Parameters
    ----------
    chain : ReversibleChain
    x : array
        Its input.

    Returns
    -------
    array (blocks + 1,)
        |computed again - true| / |true|, norms over the whole batch, after undoing 0, 1, 2, ... blocks; the first is 0.
        The true activations are kept for it, so this is an experiment and no way to train.
    """
    if not isinstance(chain, ReversibleChain):
        raise TypeError(f"chain is {chain!r}, expected a ReversibleChain")
    true = [as_float_array("x", x)]
    for block in chain.blocks:
        true.append(block.forward(true[-1]))
    a, errors = true[-1], [0.0]
    for block, a_in in zip(reversed(chain.blocks), true[-2::-1], strict=True):
        a = block.inverse(a)
        errors.append(float(np.linalg.norm(a - a_in) / max(np.linalg.norm(a_in), np.finfo(a.dtype).tiny)))
    return np.array(errors)


def _halves(name: str, value: npt.ArrayLike) -> tuple[Array, Array]:
    """Return the two halves along axis 1."""
    array = as_float_array(name, value)
    if array.ndim < 2 or array.shape[1] == 0 or array.shape[1] % 2:
        raise ValueError(f"{name} has shape {array.shape}, expected (N, n, ...) with an even n, to be cut into halves")
    if len(array) == 0:
        raise ValueError(f"{name} is empty: expected at least one example")
    middle = array.shape[1] // 2
    return array[:, :middle], array[:, middle:]


def _run(name: str, layer: Layer, half: Array) -> tuple[Array, Any]:
    out, cache = layer.forward(half)
    if out.shape != half.shape:
        raise ValueError(f"{name} makes {out.shape} of {half.shape}: a half must keep its shape")
    return out, cache
