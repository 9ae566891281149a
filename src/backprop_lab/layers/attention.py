r"""Scaled dot-product attention and its gradient.

Each query looks at all keys and takes the average of the values, weighted by how well the keys fit
(Vaswani et al. 2017, equation 1):

$$ S = \frac{Q K^T}{\sqrt{d_k}}, \quad A = \mathrm{softmax}(S), \quad O = A V $$

Two products and a softmax, so three steps back: two product rules and the softmax's Jacobian, row by row. No step of
the sequence waits for another, and from any step to any other the gradient passes one softmax, not a chain of steps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backprop_lab.activations import softmax
from backprop_lab.arrays import Array, as_type, as_whole
from backprop_lab.initialization import Initialization, draw
from backprop_lab.layers.base import Layer
from backprop_lab.layers.door import floats, misfit, recall, upstream

__all__ = [
    "AttentionCache",
    "ScaledDotProductAttention",
    "SelfAttentionCache",
    "attention",
    "attention_backward",
    "causal_mask",
]


@dataclass(frozen=True)
class AttentionCache:
    """What attention keeps for the backward pass.

    Attributes
    ----------
    q : array (..., T_q, d_k)
    k : array (..., T_k, d_k)
    v : array (..., T_k, d_v)
    weights : array (..., T_q, T_k)
        How much each query takes of each value: A. Each row sums to 1.
    """

    q: Array
    k: Array
    v: Array
    weights: Array


def attention(
    q: npt.ArrayLike, k: npt.ArrayLike, v: npt.ArrayLike, mask: npt.NDArray[np.bool_] | None = None
) -> tuple[Array, AttentionCache]:
    r"""Return softmax(q k^T / sqrt(d_k)) v (Vaswani et al. 2017, equation 1).

    Parameters
    ----------
    q : array (..., T_q, d_k)
        Queries. The axes in front (examples, heads) are the same in all three.
    k : array (..., T_k, d_k)
        Keys.
    v : array (..., T_k, d_v)
        Values, one for each key.
    mask : array of bool, optional
        Where a query may look: True at (query, key), of a shape that broadcasts to (..., T_q, T_k). Default: anywhere.

    Returns
    -------
    out : array (..., T_q, d_v)
    cache : AttentionCache
        For `attention_backward`; its `weights` show who looks at whom.

    Raises
    ------
    TypeError
        If q, k or v is not floating point, or the mask not boolean.
    ValueError
        If the shapes don't fit or are empty, or a query may look nowhere.

    Examples
    --------
    >>> import numpy as np
    >>> q = k = v = np.eye(3)
    >>> out, cache = attention(q, k, v, mask=causal_mask(3))
    >>> cache.weights.round(2)
    array([[1.  , 0.  , 0.  ],
           [0.36, 0.64, 0.  ],
           [0.26, 0.26, 0.47]])
    """
    q, k, v = _queries_keys_values(q, k, v)
    # Unscaled, a score of d_k independent terms has a spread of sqrt(d_k), and softmax saturates.
    scores = q @ np.swapaxes(k, -1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(_as_mask(mask, scores.shape), scores, -np.inf)
    weights = softmax(scores)
    return weights @ v, AttentionCache(q, k, v, weights)


def attention_backward(cache: AttentionCache, d_out: npt.ArrayLike) -> tuple[Array, Array, Array]:
    """Return the gradients with respect to queries, keys and values.

    The mask is not needed: where a query may not look its weight is 0, and so is the softmax's Jacobian.

    Parameters
    ----------
    cache : AttentionCache
        What `attention` returned.
    d_out : array (..., T_q, d_v)
        dC/d(out).

    Returns
    -------
    dq, dk, dv : array
        Of the shapes of q, k and v.

    Raises
    ------
    TypeError, ValueError
        If d_out is not floating point or not of the shape of the output.
    """
    q, k, v, weights = cache.q, cache.k, cache.v, cache.weights
    d_out = _floating("d_out", d_out)
    shape = (*q.shape[:-1], v.shape[-1])
    if d_out.shape != shape:
        raise ValueError(f"d_out has shape {d_out.shape}, expected {shape}, that of the output")
    dv = np.swapaxes(weights, -1, -2) @ d_out
    d_weights = d_out @ np.swapaxes(v, -1, -2)
    d_scores = weights * (d_weights - (weights * d_weights).sum(axis=-1, keepdims=True))
    d_products = d_scores / math.sqrt(q.shape[-1])
    dq = d_products @ k
    dk = np.swapaxes(d_products, -1, -2) @ q
    return dq, dk, dv


def causal_mask(steps: int) -> npt.NDArray[np.bool_]:
    """Return the mask (steps, steps) that lets each step look at itself and at what came before."""
    return np.tri(as_whole("steps", steps), dtype=bool)


@dataclass(frozen=True)
class SelfAttentionCache:
    """What the layer keeps: its input x (N, T, n_in), and what attention keeps."""

    x: Array
    attention: AttentionCache


class ScaledDotProductAttention(Layer):
    r"""Self-attention with one head: (N, T, n_in) to (N, T, n_value).

    Queries, keys and values are three linear maps of one sequence, $q_t = W_q x_t$, $k_t = W_k x_t$, $v_t = W_v x_t$,
    the same at every step. As x is used three times, its gradient is the sum of three.

    Parameters
    ----------
    n_in, n_key : int
        Width of the input, and of the queries and keys.
    n_value : int, optional
        Width of the values and of the output. Default: n_key.
    causal : bool
        Whether a step is kept from looking at later ones.
    initialization : str or Initialization
        How each matrix is drawn.
    seed : int or numpy.random.Generator
        Where the draw starts.
    dtype : dtype
        float64 or float32.

    Attributes
    ----------
    parameters : dict
        W_q (n_key, n_in), W_k (n_key, n_in), W_v (n_value, n_in). The `attention.weights` of the cache are (N, T, T).

    Raises
    ------
    TypeError
        If dtype is neither of the two.
    ValueError
        If a width is not a whole number from 1 up, or the initialization is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> layer = ScaledDotProductAttention(3, 4, 2, causal=True, seed=0)
    >>> out, cache = layer.forward(np.ones((5, 7, 3)))
    >>> out.shape, cache.attention.weights.shape
    ((5, 7, 2), (5, 7, 7))
    """

    def __init__(
        self,
        n_in: int,
        n_key: int,
        n_value: int | None = None,
        *,
        causal: bool = False,
        initialization: str | Initialization = "xavier",
        seed: int | np.random.Generator = 0,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        n_in, n_key, dtype = as_whole("n_in", n_in), as_whole("n_key", n_key), as_type(dtype)
        n_value = n_key if n_value is None else as_whole("n_value", n_value)
        rng = np.random.default_rng(seed)
        widths = {"W_q": n_key, "W_k": n_key, "W_v": n_value}
        super().__init__(
            **{name: draw(initialization, rng, n_out, n_in).astype(dtype) for name, n_out in widths.items()}
        )
        self.causal = causal

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, SelfAttentionCache]:
        """Return the output (N, T, n_value) and the cache."""
        W_q, W_k, W_v = (self.parameters[name] for name in ("W_q", "W_k", "W_v"))
        x = floats(self, x)
        if x.ndim != 3 or x.shape[2] != W_q.shape[1]:
            raise misfit(self, f"shape (N, T, {W_q.shape[1]})", x, (None, None, W_q.shape[1]))
        mask = causal_mask(x.shape[1]) if self.causal else None
        out, cache = attention(x @ W_q.T, x @ W_k.T, x @ W_v.T, mask)
        return out, SelfAttentionCache(x, cache)

    def backward(self, cache: SelfAttentionCache, da: Array) -> tuple[Array, dict[str, Array]]:
        """Return dC/dx and the gradients of the three matrices, summed over the steps."""
        W_q, W_k, W_v = (self.parameters[name] for name in ("W_q", "W_k", "W_v"))
        cache = recall(self, cache, SelfAttentionCache, lambda kept: kept.x.shape[2:] == W_q.shape[1:])
        x = cache.x
        da = upstream(self, da, (*x.shape[:2], len(W_v)))
        dq, dk, dv = attention_backward(cache.attention, da)
        dx = dq @ W_q + dk @ W_k + dv @ W_v
        examples_and_steps = ([0, 1], [0, 1])  # a weight is shared by both, so its gradient sums over both
        return dx, {
            "W_q": np.tensordot(dq, x, examples_and_steps),
            "W_k": np.tensordot(dk, x, examples_and_steps),
            "W_v": np.tensordot(dv, x, examples_and_steps),
        }

    def __repr__(self) -> str:
        W_q, W_v = self.parameters["W_q"], self.parameters["W_v"]
        return f"ScaledDotProductAttention({W_q.shape[1]}, {len(W_q)}, {len(W_v)}, causal={self.causal})"


def _floating(name: str, value: npt.ArrayLike) -> Array:
    array = np.asarray(value)
    if not np.issubdtype(array.dtype, np.floating):
        raise TypeError(f"{name} has dtype {array.dtype}, expected floating point")
    return array


def _queries_keys_values(q: npt.ArrayLike, k: npt.ArrayLike, v: npt.ArrayLike) -> tuple[Array, Array, Array]:
    q, k, v = _floating("q", q), _floating("k", k), _floating("v", v)
    shapes = f"q has shape {q.shape}, k {k.shape} and v {v.shape}"
    if min(q.ndim, k.ndim, v.ndim) < 2 or not q.shape[:-2] == k.shape[:-2] == v.shape[:-2]:
        raise ValueError(
            f"{shapes}, expected (..., T_q, d_k), (..., T_k, d_k), (..., T_k, d_v) with equal axes in front"
        )
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"{shapes}: a query of width {q.shape[-1]} can't meet a key of width {k.shape[-1]}")
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(f"{shapes}: {k.shape[-2]} keys need as many values, not {v.shape[-2]}")
    if 0 in (*q.shape, *k.shape, *v.shape):
        raise ValueError(f"{shapes}: expected at least one of each")
    return q, k, v


def _as_mask(mask: npt.NDArray[np.bool_], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise TypeError(f"mask has dtype {mask.dtype}, expected bool: True where a query may look")
    try:
        mask = np.broadcast_to(mask, shape)
    except ValueError:
        raise ValueError(f"mask has shape {mask.shape}, expected one that broadcasts to {shape}: query, key") from None
    if not mask.any(axis=-1).all():
        where = tuple(int(i) for i in np.argwhere(~mask.any(axis=-1))[0])
        raise ValueError(f"mask is False all along row {list(where)}: each query needs a key that it may look at")
    return mask
