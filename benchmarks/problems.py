"""The networks that are trained, with their first weights and their one batch: the same numbers for every peer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Pairs = list[tuple[Array, Array]]  # (W, b) of each layer, or their gradients (dW, db); W of shape (n_out, n_in)


@dataclass(frozen=True)
class Problem:
    """A network, its loss, and the size of its batch.

    Attributes
    ----------
    sizes : tuple of int
        Widths from the input to the output.
    batch_size : int
        Examples in the batch.
    hidden, output, loss : str
        By the names of `backprop_lab`: sigmoid or relu; sigmoid, identity or softmax; half_squared_error or
        categorical_cross_entropy.
    dtype : str
        "float64" or "float32".
    learning_rate : float
        So small that the weights hardly move: the last step of a run works on the same numbers as the first.
    """

    sizes: tuple[int, ...]
    batch_size: int
    hidden: str
    output: str
    loss: str
    dtype: str = "float64"
    learning_rate: float = 1e-4

    @property
    def name(self) -> str:
        """The widths: 784-128-10, or 1024 x 8 for eight layers of one width."""
        layers = len(self.sizes) - 1
        return (
            f"{self.sizes[0]} x {layers}"
            if layers > 2 and len(set(self.sizes)) == 1
            else "-".join(map(str, self.sizes))
        )

    def weights(self) -> Pairs:
        """Draw W (n_out, n_in) and b (n_out,) of each layer."""
        rng = np.random.default_rng(0)
        return [
            (self._cast(rng.normal(size=(n_out, n_in)) * np.sqrt(2 / n_in)), self._cast(rng.normal(size=n_out) / 10))
            for n_in, n_out in pairwise(self.sizes)
        ]

    def batch(self) -> tuple[Array, Array]:
        """Draw x (N, n_in) and targets y (N, n_out) that fit the output layer."""
        rng, shape = np.random.default_rng(1), (self.batch_size, self.sizes[-1])
        x = rng.normal(size=(self.batch_size, self.sizes[0]))
        if self.output == "softmax":
            y = np.eye(shape[1])[rng.integers(shape[1], size=shape[0])]
        else:
            y = rng.uniform(size=shape)
        return self._cast(x), self._cast(y)

    def _cast(self, array: Array) -> Array:
        return array.astype(self.dtype)


PROBLEMS = (
    Problem((2, 4, 1), 4, "sigmoid", "sigmoid", "half_squared_error"),
    Problem((64, 32, 10), 32, "relu", "softmax", "categorical_cross_entropy"),
    Problem((784, 128, 10), 128, "relu", "softmax", "categorical_cross_entropy"),
    Problem((784, 512, 512, 10), 128, "relu", "softmax", "categorical_cross_entropy"),
    Problem((1024,) * 9, 256, "relu", "identity", "half_squared_error"),
)


def in_both_types(problems: tuple[Problem, ...]) -> list[Problem]:
    """Return each problem in float64 and in float32."""
    return [replace(problem, dtype=dtype) for problem in problems for dtype in ("float64", "float32")]
