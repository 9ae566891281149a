"""One training loop for every rule that hands each layer a delta, backpropagation among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_batch, as_number, as_whole
from backprop_lab.beyond.credit import angle, carry_back, check_kind, gradient_from_deltas, output_delta
from backprop_lab.network import LayerCache, Network
from backprop_lab.training import mini_batches

__all__ = [
    "Rule",
    "Run",
    "check_finite",
    "descend",
    "examples",
    "moved",
    "shown",
    "train_by_backpropagation",
]

Rule = Callable[[Sequence[LayerCache], Array], Sequence[Array]]


@dataclass(frozen=True)
class Run:
    """What a training run has seen and what it cost.

    Attributes
    ----------
    loss : tuple of float
        What the method lowers, on all training examples: before the first step, then after each epoch (or step,
        where the method has no epochs).
    forward, backward : int
        Passes of one example through the whole network that the method itself needed. What is computed only to be
        written down here is not counted.
    angles : tuple of tuple of float
        For each epoch, for each layer, the angle in degrees between its delta and the true one, mean over the steps;
        empty where a method has no deltas.
    """

    loss: tuple[float, ...]
    forward: int
    backward: int
    angles: tuple[tuple[float, ...], ...] = ()

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(loss {shown(self.loss[0])} to {shown(self.loss[-1])}, "
            f"{self.forward} forward, {self.backward} backward)"
        )


def shown(loss: float) -> str:
    """Return a loss in four digits; the digits of one that has all but vanished differ between machines."""
    return f"{loss:.4g}" if loss >= 1e-9 else "below 1e-9"


def descend(
    network: Network,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    rule: Rule,
    *,
    epochs: int,
    learning_rate: float,
    batch_size: int | None = None,
    seed: int | np.random.Generator = 0,
) -> Run:
    """Train `network` in place by gradient descent on what `rule` takes for the gradient.

    Parameters
    ----------
    network : Network
        Its parameters are changed.
    x, y : array (N, n_in), array (N, n_out)
        Examples and targets, floating point.
    rule : callable
        (caches, y) to one delta for each layer, first layer first.
    epochs : int
        Passes over the data, at least 1.
    learning_rate : float
        Positive.
    batch_size : int, optional
        Examples a step. Default: all of them.
    seed : int or numpy.random.Generator
        Where the shuffling starts; used only with mini-batches.

    Raises
    ------
    TypeError, ValueError
        If the data or an option is not usable.
    FloatingPointError
        If an update, or what it leads to, stops being finite; the network keeps the parameters it had before that step.
    """
    x, y = examples(network, x, y)
    if not callable(rule):
        raise TypeError(f"rule is {rule!r}, expected a function (caches, y) that returns one delta for each layer")
    as_whole("epochs", epochs)
    as_number("learning_rate", learning_rate)
    rng, losses, angles = np.random.default_rng(seed), [network.loss(x, y)], []
    for epoch in range(epochs):
        steps = []
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # reported below
            for rows in mini_batches(len(x), batch_size, rng):
                _, caches = network.forward(x[rows])
                deltas = rule(caches, y[rows])
                update, truth = gradient_from_deltas(network, caches, deltas), network.backward(caches, y[rows])
                check_finite(truth.vector, epoch)
                parameters = moved(network.parameters, update, learning_rate, epoch)
                steps.append([angle(delta, true.delta) for delta, true in zip(deltas, truth, strict=True)])
                network.parameters = parameters
            losses.append(network.loss(x, y))
        angles.append(tuple(float(mean) for mean in np.mean(steps, axis=0)))
    return Run(tuple(losses), epochs * len(x), epochs * len(x), tuple(angles))


def train_by_backpropagation(
    network: Network,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    epochs: int,
    learning_rate: float,
    batch_size: int | None = None,
    seed: int | np.random.Generator = 0,
) -> Run:
    """Train `network` in place by backpropagation and gradient descent: what every other rule is held against.

    The arguments and errors are those of `descend`.
    """

    def rule(caches: Sequence[LayerCache], y: Array) -> Sequence[Array]:
        return carry_back(network, caches, output_delta(network, caches, y))

    return descend(network, x, y, rule, epochs=epochs, learning_rate=learning_rate, batch_size=batch_size, seed=seed)


def moved(parameters: Array, gradient: Array, learning_rate: float, epoch: int) -> Array:
    """Return where a step of descent leads, or say that it leads beyond all numbers."""
    after = parameters - learning_rate * gradient
    check_finite(after, epoch)
    return after


def check_finite(update: Array, epoch: int) -> None:
    """Refuse to go on with an update that is not finite; epochs count from 0."""
    if not np.isfinite(update).all():
        raise FloatingPointError(f"the update is not finite in epoch {epoch + 1}: try a smaller learning rate")


def examples(network: Network, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
    """Return the examples and targets in the network's number format, or say why it can't learn from them."""
    check_kind("network", network, Network)
    dtype = network.parameters.dtype
    x, y = as_batch("x", x, network.sizes[0], dtype), as_batch("y", y, network.sizes[-1], dtype)
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} examples but y has {len(y)}")
    return x, y
