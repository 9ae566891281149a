"""Optimizers: what is done with a gradient once backpropagation has computed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from backprop_lab.arrays import Array

__all__ = ["GradientDescent", "Optimizer"]


class Optimizer(Protocol):
    """Anything that can take a step; what it remembers between steps is its own affair."""

    def step(self, parameters: Array, gradient: Array) -> None:
        """Move `parameters` one step, in place; both have shape (n_parameters,)."""


@dataclass(frozen=True)
class GradientDescent:
    """Step against the gradient: theta <- theta - learning_rate * gradient.

    Parameters
    ----------
    learning_rate : float
        Length of the step in units of the gradient; positive.
    """

    learning_rate: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise ValueError(f"learning_rate is {self.learning_rate}, expected a positive number")

    def step(self, parameters: Array, gradient: Array) -> None:
        """Move `parameters` one step, in place; both have shape (n_parameters,)."""
        parameters -= self.learning_rate * gradient
