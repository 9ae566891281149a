r"""Evolution strategies: learn from the loss alone.

Move all parameters at once in a random direction $\epsilon$, both ways, and keep of $\epsilon$ as much as the loss
differs: $\frac{C(\theta + \sigma\epsilon) - C(\theta - \sigma\epsilon)}{2\sigma}\,\epsilon$. Its mean over
$\epsilon \sim N(0, I)$ is the gradient of the loss blurred over a distance of $\sigma$: the gradient itself, up to
terms in $\sigma^2$. Rechenberg (1973) improved designs by random variation and selection; Salimans et al. (2017) train
networks with the estimate above, in pairs $\pm\epsilon$ (antithetic, or mirrored, sampling).

In code $\theta$ is `x`, as in `numerical_gradient`, and $\sigma$ is `spread`.

No backward pass, no derivative, any network. The price is noise: with $n$ pairs the estimate of a gradient $g$ of $P$
entries has variance $|g|^2 (P + 1)/n$ in all, where a backward pass costs about two forward passes and has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_float_array, as_number, as_whole
from backprop_lab.beyond.descent import Run, examples, moved
from backprop_lab.network import Network
from backprop_lab.training import mini_batches

__all__ = ["GradientEstimate", "estimate_gradient", "train_by_evolution_strategies"]


@dataclass(frozen=True, eq=False)
class GradientEstimate:
    """A gradient that was guessed from values.

    Attributes
    ----------
    gradient : array
        Of the shape of the point.
    standard_error : array
        Of each of its entries, from the spread over the pairs.
    evaluations : int
        Of the function: two for each pair.
    """

    gradient: Array
    standard_error: Array
    evaluations: int


def estimate_gradient(
    f: Callable[[Array], float],
    x: npt.ArrayLike,
    *,
    pairs: int,
    spread: float = 0.01,
    seed: int | np.random.Generator = 0,
) -> GradientEstimate:
    """Estimate the gradient of f at x from pairs of values (Salimans et al. 2017, section 2).

    Parameters
    ----------
    f : callable
        From an array of the shape of x to one number. It is never handed x itself.
    x : array
        Any shape, floating point.
    pairs : int
        Random directions, at least 2.
    spread : float
        How far along them, positive. The bias grows with its square; rounding with its inverse.
    seed : int or numpy.random.Generator

    Raises
    ------
    TypeError, ValueError
        If x is not finite floats, f does not return one number, or an option is not usable.
    FloatingPointError
        If a value of f is not finite.
    """
    if not callable(f):
        raise TypeError(f"f is {f!r}, expected a function of an array that returns one number")
    x = as_float_array("x", x)
    as_whole("pairs", pairs, least=2)
    as_number("spread", spread)
    noise = np.random.default_rng(seed).standard_normal((pairs, *x.shape)).astype(x.dtype)
    slopes = np.array([(f(x + spread * e) - f(x - spread * e)) / (2 * spread) for e in noise], x.dtype)
    if slopes.shape != (pairs,):
        raise TypeError(f"f returned an array of shape {slopes.shape[1:]}, expected one number")
    if not np.isfinite(slopes).all():
        raise FloatingPointError("f returned a value that is not finite near x")
    votes = slopes.reshape(-1, *([1] * x.ndim)) * noise
    return GradientEstimate(votes.mean(axis=0), votes.std(axis=0, ddof=1) / np.sqrt(pairs), 2 * pairs)


def train_by_evolution_strategies(
    network: Network,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    epochs: int,
    learning_rate: float,
    pairs: int,
    spread: float = 0.05,
    batch_size: int | None = None,
    seed: int | np.random.Generator = 0,
) -> Run:
    """Train `network` in place by descent on estimated gradients: forward passes only.

    Parameters
    ----------
    pairs, spread
        As in `estimate_gradient`; drawn anew for each step.
    network, x, y, epochs, learning_rate, batch_size, seed
        As in `descend`.

    Raises
    ------
    TypeError, ValueError
        If the data or an option is not usable.
    FloatingPointError
        If the loss stops being finite, or a step leads beyond all numbers, which is not taken.
    """
    x, y = examples(network, x, y)
    as_whole("epochs", epochs)
    as_number("learning_rate", learning_rate)
    rng, candidate = np.random.default_rng(seed), network.with_parameters(network.parameters)
    losses, forward = [network.loss(x, y)], 0
    for epoch in range(epochs):
        with np.errstate(over="ignore", invalid="ignore"):  # reported below, or by estimate_gradient
            for rows in mini_batches(len(x), batch_size, rng):
                x_batch, y_batch = x[rows], y[rows]

                def loss(parameters: Array, x: Array = x_batch, y: Array = y_batch) -> float:
                    candidate.parameters[...] = parameters
                    return candidate.loss(x, y)

                estimate = estimate_gradient(loss, network.parameters, pairs=pairs, spread=spread, seed=rng)
                network.parameters = moved(network.parameters, estimate.gradient, learning_rate, epoch)
                forward += estimate.evaluations * len(x_batch)
            losses.append(network.loss(x, y))
        if not np.isfinite(losses[-1]):
            raise FloatingPointError(f"the loss is not finite in epoch {epoch + 1}: try a smaller learning rate")
    return Run(tuple(losses), forward=forward, backward=0)
