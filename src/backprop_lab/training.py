"""Training: forward, backward, step; again and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from tqdm.auto import trange

from backprop_lab.arrays import Array, as_batch, as_float_array
from backprop_lab.network import Gradients, Network
from backprop_lab.optimizers import GradientDescent, Optimizer

__all__ = ["History", "accuracy", "one_hot", "train"]


@dataclass
class History:
    """What training has seen, one entry an epoch.

    Attributes
    ----------
    loss : list of float
        Mean loss over the batches of the epoch, each measured just before its step.
    validation_loss, validation_accuracy : list of float
        Measured after the epoch on the validation set; empty where there was none.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)

    def __repr__(self) -> str:
        return (
            f"History({len(self.loss)} epochs, loss {self.loss[0]:.4f} to {self.loss[-1]:.4f})"
            if self.loss
            else "History(0 epochs)"
        )


def train(
    network: Network,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    epochs: int,
    learning_rate: float | None = None,
    optimizer: Optimizer | None = None,
    batch_size: int | None = None,
    validation: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    seed: int | np.random.Generator = 0,
    progress: bool = False,
) -> History:
    """Train `network` in place and return what happened.

    Parameters
    ----------
    network : Network
        Its parameters are changed.
    x, y : array (N, n_in), array (N, n_out)
        Examples and targets, floating point.
    epochs : int
        Passes over the data, at least 1.
    learning_rate : float
        For plain gradient descent. Give this or `optimizer`.
    optimizer : Optimizer
        Anything with `step(parameters, gradient)` that changes the parameters in place.
    batch_size : int, optional
        Examples a step. Default: all of them. The last batch of an epoch may be smaller.
    validation : pair (x, y), optional
        Held-out examples on which loss and accuracy are measured after each epoch.
    seed : int or numpy.random.Generator
        Where the shuffling starts; used only with mini-batches.
    progress : bool
        Show a progress bar.

    Raises
    ------
    TypeError, ValueError
        If the data or an option is not usable.
    FloatingPointError
        If the gradient stops being finite; the message names epoch, step and layer. The network keeps the parameters
        it had before that step. Also if the predictions on the validation set are not finite.
    """
    if (learning_rate is None) == (optimizer is None):
        raise ValueError("give either learning_rate or optimizer")
    if optimizer is None:
        optimizer = GradientDescent(float(learning_rate or 0))
    x, y = _examples("x", "y", x, y, network)
    if validation is not None:
        if not isinstance(validation, (tuple, list)) or len(validation) != 2:
            raise ValueError("validation must be a pair (x, y) of held-out examples and their targets")
        validation = _examples("validation x", "validation y", *validation, network)
    _check_count("epochs", epochs)
    if batch_size is not None:
        _check_count("batch_size", batch_size)

    rng, history = np.random.default_rng(seed), History()
    with trange(epochs, desc="training", unit="epoch", disable=not progress) as bar:
        for epoch in bar:
            total = 0.0
            for step, rows in enumerate(_batches(len(x), batch_size, rng)):
                with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # reported with the layer's name
                    batch_loss, gradients = network.loss_and_gradients(x[rows], y[rows])
                    if not np.isfinite(gradients.vector).all():
                        raise FloatingPointError(_where_not_finite(gradients, epoch, step))
                    optimizer.step(network.parameters, gradients.vector)
                total += batch_loss * len(x[rows])
            history.loss.append(total / len(x))
            if validation is not None:
                _validate(network, *validation, history)
            bar.set_postfix(loss=f"{history.loss[-1]:.4f}", refresh=False)
    return history


def one_hot(labels: npt.ArrayLike, n: int) -> Array:
    """Return targets (N, n) with a 1 in the column of each label, from class numbers 0 to n - 1.

    Raises
    ------
    TypeError
        If the labels are not integers.
    ValueError
        If a label is below 0 or above n - 1, or the labels are not a vector.
    """
    labels = np.asarray(labels)
    if not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(f"labels has dtype {labels.dtype}, expected integers")
    if labels.ndim != 1:
        raise ValueError(f"labels has shape {labels.shape}, expected (N,)")
    if len(labels) and (labels.min() < 0 or labels.max() >= n):
        raise ValueError(f"labels run from {labels.min()} to {labels.max()}, expected 0 to {n - 1}")
    targets: Array = np.eye(n)[labels]
    return targets


def accuracy(y_hat: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Return the share of examples that are classified right, from 0 to 1.

    With several outputs the largest wins; with one, the threshold is one half. Both arrays are (N, n).
    """
    y_hat, y = as_float_array("y_hat", y_hat), as_float_array("y", y)
    if y_hat.shape != y.shape or y.ndim != 2 or len(y) == 0:
        raise ValueError(f"y_hat has shape {y_hat.shape} and y {y.shape}: expected two equal shapes (N, n)")
    if y.shape[1] == 1:
        return float(((y_hat >= 0.5) == (y >= 0.5)).mean())
    return float((y_hat.argmax(axis=1) == y.argmax(axis=1)).mean())


def _examples(x_name: str, y_name: str, x: npt.ArrayLike, y: npt.ArrayLike, network: Network) -> tuple[Array, Array]:
    dtype = network.parameters.dtype
    x, y = as_batch(x_name, x, network.sizes[0], dtype), as_batch(y_name, y, network.sizes[-1], dtype)
    if len(x) != len(y):
        raise ValueError(f"{x_name} has {len(x)} examples but {y_name} has {len(y)}")
    return x, y


def _check_count(name: str, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name} is {value!r}, expected a whole number, at least 1")


def _validate(network: Network, x: Array, y: Array, history: History) -> None:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        y_hat, loss = network.predict(x), network.loss(x, y)
    if not np.isfinite(y_hat).all():
        raise FloatingPointError(
            f"the predictions on the validation set are not finite after epoch {len(history.loss)}: "
            "try a smaller learning rate"
        )
    history.validation_loss.append(loss)
    history.validation_accuracy.append(accuracy(y_hat, y))


def _batches(n: int, batch_size: int | None, rng: np.random.Generator) -> Iterator[slice | npt.NDArray[np.intp]]:
    if batch_size is None or batch_size >= n:
        yield slice(None)
        return
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


def _where_not_finite(gradients: Gradients, epoch: int, step: int) -> str:
    bad = [
        number
        for number, gradient in enumerate(gradients, start=1)
        if not (np.isfinite(gradient.dW).all() and np.isfinite(gradient.db).all())
    ]
    return (
        f"the gradient of layer {bad[-1]} is not finite at epoch {epoch + 1}, step {step + 1}: "
        "try a smaller learning rate"
    )
