r"""The residual connection: $a = x + F(x)$.

Its backward rule is a sum as well: $\partial C / \partial x$ is what comes back through F plus what comes back
untouched, so that the gradient reaches the layers below however small the slopes in F are.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.layers.base import Layer
from backprop_lab.layers.door import floats, recall
from backprop_lab.layers.sequential import Sequential, backward_through, copies, flat, forward_through, held

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
    shortcut : Layer, Sequential or a sequence of them, optional
        A projection for where F changes the shape: a Dense, or a Conv2D of window 1, with a BatchNorm behind it as in a
        ResNet. They are copied too. Default: x itself.

    Attributes
    ----------
    parameters : dict
        Those of the branch by number and name, "1.W", and those of the shortcut, "shortcut.W", where it has several
        layers by number, "shortcut.1.W".
    copied_from : tuple of weakref.ref
        The arrays that were handed in, as long as they live: a model refuses them beside their copies. A copy of the
        block or a stored one has none.

    Raises
    ------
    TypeError
        If one is no layer.
    ValueError
        If the branch or a shortcut is empty, or two layers share what they learn.

    Examples
    --------
    >>> from backprop_lab.layers import Activate, Dense
    >>> list(Residual([Dense(3, 4), Activate("relu"), Dense(4, 3)]).parameters)
    ['1.W', '1.b', '3.W', '3.b']
    """

    def __init__(
        self,
        layers: Layer | Sequential | Iterable[Layer | Sequential],
        shortcut: Layer | Sequential | Iterable[Layer | Sequential] | None = None,
    ) -> None:
        branch, way_around = flat(layers), [] if shortcut is None else flat(shortcut)
        both = copies([*branch, *way_around])
        self._branch, self._shortcut = both[: len(branch)], both[len(branch) :]
        self.copied_from = tuple(weakref.ref(array) for layer in (*branch, *way_around) for array in held(layer))
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
    def shortcut(self) -> tuple[Layer, ...]:
        """The layers of the projection, none where x itself is added; they read their numbers from `parameters`."""
        self._hand_down()
        return self._shortcut

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
        x = np.asarray(x)
        x = x if np.issubdtype(x.dtype, np.integer) else floats(self, x)  # whole numbers are for an Embedding to judge
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
        cache = recall(self, cache, ResidualCache, lambda kept: len(kept.shortcut) == len(self._shortcut))
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
        numbered = {str(number): layer for number, layer in enumerate(self._branch, start=1)}
        if len(self._shortcut) == 1:
            return numbered | {"shortcut": self._shortcut[0]}
        return numbered | {f"shortcut.{number}": layer for number, layer in enumerate(self._shortcut, start=1)}

    def _hand_down(self) -> None:
        """Let the layers inside read from `parameters`, whose arrays may have been exchanged."""
        for key, layer in self._inner().items():
            for name in layer.parameters:
                layer.parameters[name] = self.parameters[f"{key}.{name}"]

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "copied_from": ()}

    def __repr__(self) -> str:
        way_around: Any = self._shortcut[0] if len(self._shortcut) == 1 else list(self._shortcut)
        return f"Residual({list(self._branch)!r}{f', shortcut={way_around!r}' if self._shortcut else ''})"
