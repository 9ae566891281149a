r"""The residual connection: $a = x + F(x)$.

Its backward rule is a sum as well: $\partial C / \partial x$ is what comes back through F plus what comes back
untouched, so that the gradient reaches the layers below however small the slopes in F are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.layers.base import Layer
from backprop_lab.layers.sequential import Sequential, backward_through, copies, forward_through

__all__ = ["Residual", "ResidualCache"]


class ResidualCache(NamedTuple):
    """What `Residual` keeps: the cache of each layer of the branch, and that of the shortcut."""

    branch: list[object]
    shortcut: list[object]


class Residual(Layer):
    """Layers with a way around them: x + F(x), or shortcut(x) + F(x) (He et al. 2016, equations 1 and 2).

    Parameters
    ----------
    layers : Layer, Sequential or a sequence of them
        The branch F, first layer first. They are copied. Of a Sequential the loss is left out.
    shortcut : Layer, optional
        A projection for where F changes the shape: a Dense, or a Conv2D of window 1. It is copied too.
        Default: x itself.

    Attributes
    ----------
    parameters : dict
        Those of the branch by number and name, "1.W", and those of the shortcut, "shortcut.W".

    Raises
    ------
    TypeError
        If one is no layer.
    ValueError
        If the branch is empty, or a layer that learns occurs twice.

    Examples
    --------
    >>> from backprop_lab.layers import Activate, Dense
    >>> list(Residual([Dense(3, 4), Activate("relu"), Dense(4, 3)]).parameters)
    ['1.W', '1.b', '3.W', '3.b']
    """

    def __init__(
        self,
        layers: Layer | Sequential | Iterable[Layer | Sequential],
        shortcut: Layer | None = None,
    ) -> None:
        self._branch = copies(layers)
        self._shortcut = () if shortcut is None else copies(shortcut)
        super().__init__(
            **{
                f"{key}.{name}": array
                for key, layer in self._inner().items()
                for name, array in layer.parameters.items()
            }
        )

    @property
    def branch(self) -> tuple[Layer, ...]:
        """The layers of F; they read their numbers from `parameters`."""
        self._hand_down()
        return self._branch

    @property
    def shortcut(self) -> Layer | None:
        """The projection, or None; it reads its numbers from `parameters`."""
        self._hand_down()
        return self._shortcut[0] if self._shortcut else None

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, ResidualCache]:
        """Return x + F(x), and the caches of the layers inside.

        Raises
        ------
        ValueError
            If the two parts have different shapes.
        """
        self._hand_down()
        straight, shortcut = forward_through(self._shortcut, x, training=training, rng=rng)
        bent, branch = forward_through(self._branch, x, training=training, rng=rng)
        if straight.shape != bent.shape:
            hint = "" if self._shortcut else ": give a shortcut, a layer that makes the one shape of the other"
            raise ValueError(
                f"{type(self).__name__} can't add its input of shape {straight.shape} to the output of its layers of "
                f"shape {bent.shape}{hint}"
            )
        return straight + bent, ResidualCache(branch, shortcut)

    def backward(self, cache: ResidualCache, da: Array) -> tuple[Array, dict[str, Array]]:
        """Return dC/dx, the sum of both ways, and the gradients of the layers inside by number and name."""
        self._hand_down()
        straight, shortcut = backward_through(self._shortcut, cache.shortcut, da)
        bent, branch = backward_through(self._branch, cache.branch, da)
        gradients = {
            f"{key}.{name}": array
            for key, inner in zip(self._inner(), [*branch, *shortcut], strict=True)
            for name, array in inner.items()
        }
        return straight + bent, gradients

    def _inner(self) -> dict[str, Layer]:
        """Return the layers inside, by what their parameters' names start with."""
        keys = [*map(str, range(1, len(self._branch) + 1)), *["shortcut"] * len(self._shortcut)]
        return dict(zip(keys, [*self._branch, *self._shortcut], strict=True))

    def _hand_down(self) -> None:
        """Let the layers inside read from `parameters`, whose arrays may have been exchanged."""
        for key, layer in self._inner().items():
            for name in layer.parameters:
                layer.parameters[name] = self.parameters[f"{key}.{name}"]

    def __repr__(self) -> str:
        shortcut = f", shortcut={self._shortcut[0]!r}" if self._shortcut else ""
        return f"Residual([{', '.join(map(repr, self._branch))}]{shortcut})"
