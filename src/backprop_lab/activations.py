r"""Activation functions and their slopes.

An activation turns the pre-activation $z$ of a layer into its activation $a = f(z)$. Backpropagation needs
one more thing of it: the slope $f'(z)$. The slope is *at z*, even where it is cheaper to compute from $a$,
as in $\sigma'(z) = a (1 - a)$.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backprop_lab.arrays import Array, choose

__all__ = ["ACTIVATIONS", "Activation", "activation", "identity", "relu", "sigmoid", "softmax", "tanh"]


@dataclass(frozen=True)
class Activation:
    """An activation function and its slope.

    Call it for its value, `sigmoid(z)`; ask it for its slope, `sigmoid.slope(z)`.

    Attributes
    ----------
    name : str
        What `activation(name)` finds it by.
    latex : str
        How the book writes it.
    function : callable
        z to f(z), any shape.
    slope_from : callable or None
        (z, f(z)) to f'(z), element by element; None where one output depends on several inputs (softmax).
    """

    name: str
    latex: str
    function: Callable[[Array], Array]
    slope_from: Callable[[Array, Array], Array] | None

    def __call__(self, z: Array) -> Array:
        """Return a = f(z), of the shape of z."""
        return self.function(np.asarray(z))

    def slope(self, z: Array, a: Array | None = None) -> Array:
        """Return the local derivative f'(z), of the shape of z.

        Parameters
        ----------
        z : array
            Pre-activation. The slope is taken here.
        a : array, optional
            f(z), where the caller has kept it: saves computing it again.

        Raises
        ------
        TypeError
            For softmax, whose outputs each depend on every input: it has a Jacobian, not a slope.
        """
        if self.slope_from is None:
            raise TypeError(f"{self.name} has no element-wise slope: each output depends on every input")
        z = np.asarray(z)
        return self.slope_from(z, self.function(z) if a is None else a)

    def __repr__(self) -> str:
        return self.name


def _sigmoid(z: Array) -> Array:
    e: Array = np.exp(-np.abs(z))  # at most 1: never overflows
    a: Array = np.where(z >= 0, 1, e) / (1 + e)
    return a


def _softmax(z: Array) -> Array:
    e: Array = np.exp(z - z.max(axis=-1, keepdims=True))  # the largest exponent is 0: never overflows
    a: Array = e / e.sum(axis=-1, keepdims=True)
    return a


identity = Activation("identity", r"\mathrm{id}", lambda z: z, lambda z, a: np.ones_like(z))
sigmoid = Activation("sigmoid", r"\sigma", _sigmoid, lambda z, a: a * (1 - a))
tanh = Activation("tanh", r"\tanh", np.tanh, lambda z, a: 1 - a * a)
relu = Activation("relu", r"\mathrm{ReLU}", lambda z: np.maximum(z, 0), lambda z, a: (z > 0).astype(z.dtype))
softmax = Activation("softmax", r"\mathrm{softmax}", _softmax, None)

ACTIVATIONS = {f.name: f for f in (identity, sigmoid, tanh, relu, softmax)}


def activation(name: str | Activation) -> Activation:
    """Return the activation of this name; an Activation is returned as it is.

    Raises
    ------
    ValueError
        If there is none of this name; the message lists those that there are.
    """
    return name if isinstance(name, Activation) else choose("activation", name, ACTIVATIONS)
