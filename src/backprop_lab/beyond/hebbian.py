r"""Hebbian learning: a weight grows when both its ends are active.

For one linear unit $a = w \cdot x$ Hebb's idea (1949) reads $w \leftarrow w + \eta\, a\, x$. Nothing holds it: $w$
grows without bound. Oja (1982) lets each weight leak as much as the unit is active,
$w \leftarrow w + \eta\, a\,(x - a w)$. The rule averaged over the data rests at length 1 and at the first principal
component; one example at a time, w comes to rest there only if the rate falls. With a constant rate it goes on
wandering around it. `train_by_hebbian_rule` uses $\eta$ in the first epoch and $\eta/k$ in the k-th.

No target, no error, no backward pass: every weight uses only what is at its two ends. The same direction is found by
backpropagation in a linear network that must give back its input through one unit (Baldi and Hornik 1989).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_float_array, as_number, as_whole, choose
from backprop_lab.beyond.credit import angle
from backprop_lab.beyond.descent import Run

__all__ = ["RULES", "HebbianRun", "angle_between_lines", "hebb", "oja", "principal_component", "train_by_hebbian_rule"]


def hebb(w: Array, x: Array, learning_rate: float) -> Array:
    """Return w (n,) after one example x (n,) by the plain rule (Hebb 1949): what fires together, wires together."""
    a = w @ x
    return np.asarray(w + learning_rate * a * x)


def oja(w: Array, x: Array, learning_rate: float) -> Array:
    """Return w (n,) after one example x (n,) by Oja's rule (1982).

    For w to come to rest, let the rate fall from epoch to epoch.
    """
    a = w @ x
    return np.asarray(w + learning_rate * a * (x - a * w))


RULES: dict[str, Callable[[Array, Array, float], Array]] = {"hebb": hebb, "oja": oja}


@dataclass(frozen=True, kw_only=True, repr=False)
class HebbianRun(Run):
    """A run, and where it went; `length` and `angle` have an entry before the first step and one after each epoch.

    Attributes
    ----------
    w : array (n,)
        The weights at the end.
    length : tuple of float
        Of w.
    angle : tuple of float
        Between w and the first principal component, in degrees from 0 to 90: the sign is nobody's.
    """

    w: Array = field(compare=False)
    length: tuple[float, ...]
    angle: tuple[float, ...]


def principal_component(x: npt.ArrayLike) -> Array:
    """Return the unit vector (n,) along which the examples x (N, n) have the largest mean square, by eigenvalues.

    For centered data, mean zero in each column, that is the direction of the largest variance.

    Raises
    ------
    TypeError, ValueError
        If x is not a non-empty batch of finite floats.
    """
    x = _check_examples(x)
    direction: Array = np.linalg.eigh(x.T @ x / len(x)).eigenvectors[:, -1]
    return direction


def angle_between_lines(u: npt.ArrayLike, v: npt.ArrayLike) -> float:
    """Return the angle in degrees, 0 to 90, between the lines along u and v."""
    degrees = angle(u, v)
    return min(degrees, 180 - degrees)


def train_by_hebbian_rule(
    x: npt.ArrayLike, *, epochs: int, learning_rate: float, rule: str = "oja", seed: int | np.random.Generator = 0
) -> HebbianRun:
    """Let one linear unit look at the examples, one at a time, in a new order each epoch, at a rate that falls.

    Parameters
    ----------
    x : array (N, n)
        Examples, floating point; centered, if the principal component is to be that of the variance.
    epochs : int
        At least 1.
    learning_rate : float
        In the first epoch; in the k-th it is learning_rate / k, by either rule. At a constant rate every example would
        go on pulling w its own way; at this one w comes to rest under Oja's rule: the sum of the rates diverges, that
        of their squares does not (Robbins and Monro 1951).
    rule : str
        "oja", or "hebb", which grows without bound.
    seed : int or numpy.random.Generator
        For the first weights, of length 1, and the orders.

    Returns
    -------
    HebbianRun
        Its loss is half the mean squared distance from an example to its image a w: what the unit does not tell of it.

    Raises
    ------
    TypeError, ValueError
        If the examples or an option are not usable.
    FloatingPointError
        If the weights overflow.
    """
    x = _check_examples(x)
    as_whole("epochs", epochs)
    as_number("learning_rate", learning_rate)
    step, rng, target = choose("rule", rule, RULES), np.random.default_rng(seed), principal_component(x)
    w: Array = rng.standard_normal(x.shape[1:]).astype(x.dtype)
    w /= np.linalg.norm(w)
    path, losses = [w], [_unexplained(x, w)]
    for epoch in range(epochs):
        with np.errstate(over="ignore", invalid="ignore"):  # reported below
            for example in x[rng.permutation(len(x))]:
                w = step(w, example, learning_rate / (epoch + 1))
            losses.append(_unexplained(x, w))
        if not np.isfinite(losses[-1]):
            reason = "nothing holds them" if rule == "hebb" else "try a smaller learning rate"
            raise FloatingPointError(f"the weights grew beyond all bounds in epoch {epoch + 1}: {reason}")
        path.append(w)
    return HebbianRun(
        loss=tuple(losses),
        forward=epochs * len(x),
        backward=0,
        w=w,
        length=tuple(float(np.linalg.norm(w)) for w in path),
        angle=tuple(angle_between_lines(w, target) for w in path),
    )


def _unexplained(x: Array, w: Array) -> float:
    rest = x - np.outer(x @ w, w)
    return float((rest * rest).sum() / (2 * len(x)))


def _check_examples(x: npt.ArrayLike) -> Array:
    x = as_float_array("x", x)
    if x.ndim != 2 or x.size == 0:
        raise ValueError(f"x has shape {x.shape}, expected (N, n): one example a row, at least one")
    return x
