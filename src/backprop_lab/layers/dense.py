r"""The dense layer, and the activation as a layer of its own.

What `Network` does in one layer, $a = f(W a_{in} + b)$, is here two: `Dense` makes $z$ and `Activate` makes $a$. The
equations of backpropagation fall apart in the same place: `Activate.backward` turns dC/da into delta, and
`Dense.backward` turns delta into dW, db and the dC/da of the layer below.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backprop_lab.activations import Activation
from backprop_lab.activations import activation as find_activation
from backprop_lab.arrays import Array, as_type, as_whole
from backprop_lab.initialization import Initialization, draw
from backprop_lab.layers.base import Layer
from backprop_lab.layers.door import floats, misfit, recall, upstream

__all__ = ["Activate", "ActivateCache", "Dense"]


class Dense(Layer):
    """An affine map of the last axis: z = a_in @ W.T + b.

    Inputs (N, n_in) become (N, n_out). With more axes, as in (N, time, n_in), the same map is applied at each place.

    Parameters
    ----------
    n_in, n_out : int
        Widths of the input and of the output.
    initialization : str or Initialization
        How W is drawn; b starts at zero.
    seed : int or numpy.random.Generator
        Where the draw starts. Layers of equal shape and seed start with equal weights: in a model hand one Generator
        to all of them.
    dtype : dtype
        float64 or float32.

    Attributes
    ----------
    parameters : dict
        W (n_out, n_in) and b (n_out,).

    Raises
    ------
    ValueError
        If a width is below 1, the initialization is unknown, or one of your own returns another shape.
    TypeError
        If dtype is neither of the two.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Dense(3, 2, seed=0)
    >>> z, cache = layer.forward(np.ones((4, 3)))
    >>> da_in, gradients = layer.backward(cache, np.ones((4, 2)))
    >>> z.shape, da_in.shape, gradients["W"].shape, gradients["b"]
    ((4, 2), (4, 3), (2, 3), array([4., 4.]))
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        initialization: str | Initialization = "xavier",
        seed: int | np.random.Generator = 0,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        n_in, n_out, dtype = as_whole("n_in", n_in), as_whole("n_out", n_out), as_type(dtype)
        W = draw(initialization, np.random.default_rng(seed), n_out, n_in)
        super().__init__(W=W.astype(dtype), b=np.zeros(n_out, dtype))

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, Array]:
        """Return z (..., n_out) for x (..., n_in), and x, which the backward pass needs."""
        x, W = floats(self, x), self.parameters["W"]
        if x.ndim < 2 or x.shape[-1] != W.shape[1]:
            raise misfit(self, f"width {W.shape[1]}", x, (None, W.shape[1]))
        return x @ W.T + self.parameters["b"], x

    def backward(self, cache: Array, da: Array) -> tuple[Array, dict[str, Array]]:
        """Return dC/dx, the first factor of BP2, and dW (BP3) and db (BP4), which Nielsen (2015) numbers 4 and 3."""
        W = self.parameters["W"]
        a_in = recall(self, cache, np.ndarray, lambda x: x.shape[-1:] == W.shape[1:])
        delta = upstream(self, da, (*a_in.shape[:-1], len(W)))  # the output is z, so its gradient is delta
        rows = delta.reshape(-1, len(W))
        dW = rows.T @ a_in.reshape(-1, W.shape[1])
        db = rows.sum(axis=0)
        return delta @ W, {"W": dW, "b": db}

    def __repr__(self) -> str:
        n_out, n_in = self.parameters["W"].shape
        return f"Dense({n_in}, {n_out})"


class ActivateCache(NamedTuple):
    """What `Activate` keeps for the backward pass: z and a = f(z), of the same shape."""

    z: Array
    a: Array


class Activate(Layer):
    """An activation as a layer: a = f(z), element by element; softmax over the last axis.

    Parameters
    ----------
    activation : str or Activation
        Which one.

    Raises
    ------
    ValueError
        If there is none of this name; the message lists those that there are.
    """

    def __init__(self, activation: str | Activation) -> None:
        super().__init__()
        self.activation = find_activation(activation)

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, ActivateCache]:
        """Return a = f(x), of the shape of x, and the pair (x, a)."""
        z = floats(self, x)
        a = self.activation(z)
        return a, ActivateCache(z, a)

    def backward(self, cache: ActivateCache, da: Array) -> tuple[Array, dict[str, Array]]:
        r"""Return delta = dC/dz: `da * slope`, or for softmax the product of da with its Jacobian.

        The Jacobian of softmax is $\partial a_i / \partial z_k = a_i ([i = k] - a_k)$; its product with da needs no
        matrix.
        """
        z, a = recall(self, cache, ActivateCache)
        return self.activation.delta(upstream(self, da, a.shape), z, a), {}

    def __repr__(self) -> str:
        return f"Activate({self.activation})"
