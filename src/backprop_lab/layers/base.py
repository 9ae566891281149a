r"""What every layer is: a forward rule, a backward rule, and the numbers that training changes.

`forward` hands back a cache next to its result, and `backward` takes it: what a pass remembers belongs to the caller,
so that a layer can be used twice in one pass and a gradient never mixes with the gradient of another call. An output
may be the input itself or a view of it (the identity, `Flatten`), and a dx the da: copy before you write into one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from backprop_lab.arrays import Array

__all__ = ["Layer"]


class Layer(ABC):
    """A differentiable function of its input and its parameters.

    Attributes
    ----------
    parameters : dict of str to array
        What training changes, by name; empty for a layer without any. The arrays may be exchanged for others of their
        shape (a view into one long vector, say), so a layer reads them from here at every call.
    """

    def __init__(self, **parameters: Array) -> None:
        self.parameters: dict[str, Array] = parameters

    @abstractmethod
    def forward(self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None) -> tuple[Array, Any]:
        """Return the output and the cache that `backward` needs.

        Parameters
        ----------
        x : array
            The input, examples along the first axis.
        training : bool
            Whether dropout drops and batch normalization uses the statistics of the batch.
        rng : numpy.random.Generator, optional
            Where a layer that draws takes its numbers from; needed by those alone, and only in training.
        """

    @abstractmethod
    def backward(self, cache: Any, da: Array) -> tuple[Array, dict[str, Array]]:
        """Return the gradient with respect to the input and to each parameter.

        Parameters
        ----------
        cache
            What `forward` returned.
        da : array
            dC/d(output), of the output's shape.

        Returns
        -------
        dx : array
            dC/d(input), of the input's shape.
        gradients : dict of str to array
            dC/d(parameter), with the names and shapes of `parameters`.
        """
