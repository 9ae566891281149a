"""Embedding: a row of a table for each index."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_type, as_whole
from backprop_lab.layers.base import Layer
from backprop_lab.layers.door import recall, upstream

__all__ = ["Embedding"]


class Embedding(Layer):
    """Look up a vector for each index: a = table[x].

    It is a dense layer without bias on one-hot inputs, which never makes the many products with zero.

    Parameters
    ----------
    n_rows : int
        Number of different indices (words of a vocabulary, say): 0 to n_rows - 1.
    n_out : int
        Width of each vector.
    seed : int or numpy.random.Generator
        Where the draw of the table, standard normal, starts. In a model hand one Generator to all layers.
    dtype : dtype
        float64 or float32.

    Attributes
    ----------
    parameters : dict
        table (n_rows, n_out).

    Raises
    ------
    ValueError
        If a number is below 1.
    TypeError
        If dtype is neither of the two.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Embedding(5, 2)
    >>> a, cache = layer.forward(np.array([[3, 0, 3]]))
    >>> dx, gradients = layer.backward(cache, np.ones(a.shape))
    >>> a.shape, dx, gradients["table"][:, 0]
    ((1, 3, 2), None, array([1., 0., 0., 2., 0.]))
    """

    def __init__(
        self, n_rows: int, n_out: int, *, seed: int | np.random.Generator = 0, dtype: npt.DTypeLike = np.float64
    ) -> None:
        shape = as_whole("n_rows", n_rows), as_whole("n_out", n_out)
        super().__init__(table=np.random.default_rng(seed).standard_normal(shape).astype(as_type(dtype)))

    def forward(
        self, x: npt.NDArray[Any], *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, npt.NDArray[np.integer]]:
        """Return the vectors (..., n_out) for the indices x (...), and x.

        Raises
        ------
        TypeError
            If x is not of integers.
        ValueError
            If an index is not in the table; a negative one would silently count from the end.
        """
        x, table = np.asarray(x), self.parameters["table"]
        if not np.issubdtype(x.dtype, np.integer):
            raise TypeError(f"{type(self).__name__} expects integer indices but got dtype {x.dtype}")
        if x.size == 0 or x.ndim == 0:
            raise ValueError(f"{type(self).__name__} expects at least one example but got shape {x.shape}")
        if x.min() < 0 or x.max() >= len(table):
            raise ValueError(
                f"{type(self).__name__} expects indices from 0 to {len(table) - 1} but got {x.min()} to {x.max()}"
            )
        return table[x], x

    def backward(self, cache: npt.NDArray[np.integer], da: Array) -> tuple[Any, dict[str, Array]]:
        """Return None for dx, and the gradient of the table.

        An index is a whole number: it can't move a little, so there is no dC/dx. Zeros would be a false answer, that
        the loss does not depend on the indices.

        An index that occurs twice uses its row twice, and the two gradients add up. The mistake to know is `=` for
        `+=`: `dtable[x] = da` keeps the last of them only, and so does `dtable[x] += da`, which NumPy carries out once
        for each row; `np.add.at` adds every one.
        """
        table = self.parameters["table"]
        cache = recall(self, cache, np.ndarray, lambda x: np.issubdtype(x.dtype, np.integer))
        da = upstream(self, da, (*cache.shape, table.shape[1]))
        dtable = np.zeros(table.shape, np.result_type(table, da))
        np.add.at(dtable, cache, da)
        return None, {"table": dtable}

    def __repr__(self) -> str:
        n_rows, n_out = self.parameters["table"].shape
        return f"Embedding({n_rows}, {n_out})"
