r"""Training: forward, backward, step; again and again.

One step takes a mini-batch, asks the model for its loss and gradient, adds the gradient of the penalties, clips the
sum, and hands it to the optimizer. Everything that can be looked at beforehand is: within the loop only the numbers
that the steps themselves make are watched.
"""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_batch, as_float_array, as_whole
from backprop_lab.clipping import Clipping
from backprop_lab.losses import as_sample_weights
from backprop_lab.network import Network
from backprop_lab.optimizers import OPTIMIZERS, GradientDescent, Optimizer, make_optimizer
from backprop_lab.recorded import RecordedStep
from backprop_lab.regularization import Penalty, is_weight, parts, penalty_and_gradient
from backprop_lab.schedules import LearningRate

__all__ = ["Augmentation", "Callback", "History", "Model", "accuracy", "mini_batches", "one_hot", "train"]


class Model(Protocol):
    """What can be trained: `Network`, `layers.Sequential`, and whatever offers the same."""

    @property
    def parameters(self) -> Array:
        """One vector of all parameters, to be changed in place."""

    def loss_and_gradients(self, x: Any, y: Any, /) -> tuple[float, Any]:
        """Return the mean loss of a batch, and its gradient as an object with a `vector`.

        With sample weights it is handed `sample_weights=`, and where its signature has `rng`, a Generator.
        """

    def loss(self, x: Any, y: Any, /) -> float:
        """Return the mean loss of a batch, in evaluation."""

    def predict(self, x: Any, /) -> Array:
        """Return the predictions for a batch, in evaluation."""


@dataclass
class History:
    """What training has seen, one entry an epoch.

    Attributes
    ----------
    loss : list of float
        Mean loss over the batches of the epoch, each measured just before its step; without penalties.
    validation_loss, validation_accuracy : list of float
        Measured after the epoch on the validation set; empty where there was none.
    penalty : list of float
        Mean over the batches of what the penalties added to the loss; empty where there was none.
    gradient_norm : list of float
        The largest number that clipping found in the epoch, before it clipped; empty where there was no clipping.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    penalty: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)

    def __repr__(self) -> str:
        return (
            f"History({len(self.loss)} epochs, loss {self.loss[0]:.4f} to {self.loss[-1]:.4f})"
            if self.loss
            else "History(0 epochs)"
        )


Callback = Callable[[Any, History], bool | None]
Augmentation = Callable[[Array, np.random.Generator], Array]
Step = Callable[..., tuple[float, Array]]


def train(
    network: Model,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    epochs: int,
    learning_rate: LearningRate | None = None,
    optimizer: Optimizer | str | None = None,
    batch_size: int | None = None,
    validation: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    seed: int | np.random.Generator = 0,
    progress: bool = False,
    sample_weights: npt.ArrayLike | None = None,
    regularization: Penalty | Sequence[Penalty] = (),
    clipping: Clipping | None = None,
    augmentation: Augmentation | None = None,
    callbacks: Sequence[Callback] = (),
) -> History:
    """Train `network` in place and return what happened.

    Parameters
    ----------
    network : Network, layers.Sequential or another Model
        Its parameters are changed.
    x, y : array (N, n_in), array (N, n_out)
        Examples and targets, floating point.
    epochs : int
        Passes over the data, at least 1.
    learning_rate : float or Schedule
        For plain gradient descent, or for the optimizer that is named. A schedule is a function of the step, counted
        from 0 through all epochs.
    optimizer : Optimizer or str
        Anything with `step(parameters, gradient)` that changes the parameters in place; or the name of one of
        `optimizers.OPTIMIZERS`, which is then made anew, with this learning rate if there is one.
    batch_size : int, optional
        Examples a step. Default: all of them. The last batch of an epoch may be smaller.
    validation : pair (x, y), optional
        Held-out examples on which loss and accuracy are measured after each epoch.
    seed : int or numpy.random.Generator
        Where the shuffling starts, with mini-batches; dropout and augmentation draw from a child of it, so that they
        don't change the order.
    progress : bool
        Show a progress bar.
    sample_weights : array (N,), optional
        How much each example counts in the mean of its batch. One with a weight of 0 is left out.
    regularization : Penalty or sequence of them
        Added to the loss, for the weights and not for the biases.
    clipping : Clipping, optional
        Limits the gradient, that of the penalties included.
    augmentation : callable, optional
        (x of a batch, Generator) to new examples of the same shape: `random_shift`, say. Targets stay, and so must
        the x that it is given.
    callbacks : sequence of callables
        Each is called with (network, history) after each epoch; one that returns True ends training. One that has a
        method `finish` has it called, with the same arguments, at the end.

    Raises
    ------
    TypeError, ValueError
        If the data or an option is not usable.
    FloatingPointError
        If the gradient, the loss or the parameters stop being finite; the message names epoch, step and layer. The
        network keeps the parameters it had before that step. Also if the predictions on the validation set are not
        finite.
    """
    _check_model(network)
    if not np.isfinite(network.parameters).all():
        raise FloatingPointError(
            f"the parameters {_last_layer_not_finite(network, network.parameters)}are not finite before the first step"
        )
    optimizer = _find_optimizer(optimizer, learning_rate)
    data = _with_weights(_examples("x", "y", x, y, network), sample_weights, network)
    held_out = None if validation is None else _held_out(validation, network)
    as_whole("epochs", epochs)
    penalties = _find_penalties(regularization)
    _check_options(clipping, augmentation, callbacks)

    rng, history, parameters, n = np.random.default_rng(seed), History(), network.parameters, len(data[0])
    step = _make_step(network, rng)
    if augmentation is not None:
        step = _augmented(step, augmentation, rng)
    where = is_weight(network) if penalties else None
    clip = None if clipping is None else _make_clip(clipping, network)
    careful = partial(_careful_step, optimizer, network, np.empty_like(parameters))
    quick = partial(optimizer.step, parameters) if _is_bounded(optimizer) else None
    with _counter(epochs, progress) as bar:
        for epoch in bar:
            total = penalty = norm = size = 0.0
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # reported with the layer's name
                for number, rows in enumerate(mini_batches(n, batch_size, rng)):
                    batch = [array[rows] for array in data]
                    loss, gradient = step(*batch)
                    share = len(batch[0]) if len(batch) == 2 else float(batch[2].sum())
                    if penalties:
                        cost, slope = penalty_and_gradient(penalties, parameters, where)
                        gradient += slope
                        penalty += cost * share
                    # one product finds what is not finite, and now and then a square that is too large
                    suspect = not math.isfinite(loss + float(gradient.dot(gradient)))
                    if suspect:
                        _check_finite(network, loss, gradient, epoch, number)
                    if clip is not None:
                        gradient, found = clip(gradient)
                        norm = max(norm, found)
                    if quick is None or suspect:
                        careful(gradient, epoch, number)
                    else:
                        quick(gradient)
                    total += loss * share
                    size += share
            history.loss.append(total / size)
            if penalties:
                history.penalty.append(penalty / size)
            if clip is not None:
                history.gradient_norm.append(norm)
            if held_out is not None:
                _validate(network, *held_out, history)
            if progress:
                bar.set_postfix(loss=f"{history.loss[-1]:.4f}", refresh=False)
            if any([callback(network, history) for callback in callbacks]):  # all of them, before any has its way
                break
    for callback in callbacks:
        if hasattr(callback, "finish"):
            callback.finish(network, history)
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


def _counter(epochs: int, progress: bool) -> AbstractContextManager[Any]:
    """Return what counts the epochs: with a bar, if progress is to be seen."""
    if not progress:
        return nullcontext(range(epochs))
    from tqdm.auto import tqdm, trange

    if sys.platform == "emscripten":
        tqdm.monitor_interval = 0  # a browser has no thread that could watch the bar
    bar: AbstractContextManager[Any] = trange(epochs, desc="training", unit="epoch")
    return bar


# ------------------------------------------------------------------ what a step is made of


def _make_step(network: Model, rng: np.random.Generator) -> Step:
    """Return what the loop calls: (x, y) of a batch, or (x, y, sample weights), to its loss and gradient vector."""
    ask: Callable[..., tuple[float, Any]] = network.loss_and_gradients
    options = {"rng": rng.spawn(1)[0]} if "rng" in inspect.signature(ask).parameters else {}
    recorded: dict[int, RecordedStep] = {}  # by batch size: the last batch of an epoch may be smaller

    def as_it_is_read(x: Array, y: Array, *weights: Array) -> tuple[float, Array]:
        loss, gradients = ask(x, y, **options, **({"sample_weights": weights[0]} if weights else {}))
        return loss, gradients.vector

    def as_recorded(x: Array, y: Array, *weights: Array) -> tuple[float, Array]:
        if weights:
            return as_it_is_read(x, y, *weights)
        step = recorded.get(len(x))
        if step is None:
            step = recorded[len(x)] = RecordedStep(cast(Network, network), len(x))
        return step.run(x, y), step.gradient

    return as_recorded if _is_plain(network) else as_it_is_read


PASSES = ("forward", "backward", "loss_and_gradients")
PLAIN = {name: getattr(Network, name) for name in PASSES}


def _is_plain(network: Model) -> bool:
    """Whether this is a Network with its own two passes: not a subclass, and nobody has put others in their place."""
    if type(network) is not Network or set(PASSES) & set(vars(network)):
        return False
    return {name: getattr(Network, name) for name in PASSES} == PLAIN


def _augmented(step: Step, augmentation: Augmentation, rng: np.random.Generator) -> Step:
    child = rng.spawn(1)[0]
    return lambda x, *rest: step(augmentation(x, child), *rest)


def _make_clip(clipping: Clipping, network: Model) -> Callable[[Array], tuple[Array, float]]:
    """Return what clips a gradient vector, and says what it found."""
    if clipping.by != "norm":

        def clip(gradient: Array) -> tuple[Array, float]:
            (clipped,), found = clipping([gradient])
            return clipped, found

        return clip

    vector = np.empty_like(network.parameters)
    views = [part.array for part in parts(network, vector)]

    def clip_each(gradient: Array) -> tuple[Array, float]:
        vector[...] = gradient
        clipped, norms = clipping(views)
        for view, array in zip(views, clipped, strict=True):
            view[...] = array
        return vector, max(norms)

    return clip_each


def mini_batches(n: int, batch_size: int | None, rng: np.random.Generator) -> Iterator[slice | npt.NDArray[np.intp]]:
    """Yield the rows of each batch of one epoch: shuffled, or all n in their order where there is one batch."""
    if batch_size is not None:
        as_whole("batch_size", batch_size)
    if batch_size is None or batch_size >= n:
        yield slice(None)
        return
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


def _is_bounded(optimizer: Optimizer) -> bool:
    """Say whether a step along a gradient of ordinary size can't overflow, so that no copy needs to be kept of before.

    That holds for the optimizers here, whose steps are gradients or less times constants. Of one's own who knows.
    """
    if type(optimizer) not in OPTIMIZERS.values() or not isinstance(optimizer, GradientDescent):
        return False
    rate, decay = optimizer.learning_rate, getattr(optimizer, "weight_decay", 0)
    return not callable(rate) and rate <= 1 and rate * decay <= 1 and getattr(optimizer, "epsilon", 1) >= 1e-12


def _careful_step(
    optimizer: Optimizer, network: Model, before: Array, gradient: Array, epoch: int, number: int
) -> None:
    """Take a step, and take it back where it leads to parameters that are not finite."""
    np.copyto(before, network.parameters)
    optimizer.step(network.parameters, gradient)
    if not np.isfinite(network.parameters).all():
        layer = _last_layer_not_finite(network, network.parameters)
        np.copyto(network.parameters, before)
        raise FloatingPointError(
            f"the parameters {layer}are not finite after epoch {epoch + 1}, step {number + 1}, though the gradient "
            "was: the step is taken back; try a smaller learning rate, or look at the optimizer"
        )


# ------------------------------------------------------------------------ when it runs away


def _check_finite(network: Model, loss: float, gradient: Array, epoch: int, number: int) -> None:
    """Raise an error if the loss or the gradient is not finite, and say where."""
    where = f"at epoch {epoch + 1}, step {number + 1}: try a smaller learning rate"
    if isinstance(network, Network) and math.isinf(loss):
        output, loss_function = network.activations[-1], network.loss_function
        if loss_function.needs_probabilities and output != loss_function.matched:
            where += (
                f", or {loss_function.matched} as output, with which {loss_function} is exact: {output} has saturated"
            )
    if not np.isfinite(gradient).all():
        raise FloatingPointError(f"the gradient {_last_layer_not_finite(network, gradient)}is not finite {where}")
    if not math.isfinite(loss):
        raise FloatingPointError(f"the loss is {loss}, though the gradient of every layer is finite, {where}")


def _last_layer_not_finite(network: Model, vector: Array) -> str:
    """Name the layer nearest to the output: backpropagation came there first."""
    try:
        bad = [part.layer for part in parts(network, vector) if not np.isfinite(part.array).all()]
    except ValueError:  # a model that has no layers to name
        bad = []
    return f"of layer {bad[-1]} " if bad else ""


def _validate(network: Model, x: Array, y: Array, history: History) -> None:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        y_hat, loss = network.predict(x), network.loss(x, y)
    if not np.isfinite(y_hat).all():
        raise FloatingPointError(
            f"the predictions on the validation set are not finite after epoch {len(history.loss)}: "
            "try a smaller learning rate"
        )
    history.validation_loss.append(loss)
    history.validation_accuracy.append(accuracy(y_hat, y))


# ---------------------------------------------------------------------------- the door


def _check_model(network: Model) -> None:
    if isinstance(network, type):
        raise TypeError(f"network is the class {network.__name__}, expected a network made with it")
    for name in ("parameters", "loss_and_gradients", "loss", "predict"):
        if not hasattr(network, name):
            raise TypeError(f"network is a {type(network).__name__} without {name}, expected a Network or a Sequential")


def _find_optimizer(optimizer: Optimizer | str | None, learning_rate: LearningRate | None) -> Optimizer:
    if isinstance(optimizer, str):
        return make_optimizer(optimizer, learning_rate)
    if (learning_rate is None) == (optimizer is None):
        raise ValueError("give either learning_rate or optimizer")
    if learning_rate is not None:
        return GradientDescent(learning_rate)
    if isinstance(optimizer, type):
        name = optimizer.__name__
        raise TypeError(f"optimizer is the class {name}, expected one made with it: {name}(learning_rate=...)")
    if not callable(getattr(optimizer, "step", None)):
        raise TypeError(
            f"optimizer is {optimizer!r}, expected one with step(parameters, gradient), or a name: "
            f"{', '.join(sorted(OPTIMIZERS))}"
        )
    return optimizer  # type: ignore[return-value]


def _find_penalties(regularization: Penalty | Sequence[Penalty]) -> list[Penalty]:
    penalties: list[Any] = list(regularization) if isinstance(regularization, (list, tuple)) else [regularization]
    for penalty in penalties:
        if isinstance(penalty, type) or not callable(penalty) or not hasattr(penalty, "gradient"):
            raise TypeError(f"regularization is {penalty!r}, expected a penalty such as L2(0.01), or several")
    return penalties


def _check_options(clipping: Clipping | None, augmentation: Augmentation | None, callbacks: Sequence[Callback]) -> None:
    if clipping is not None and not isinstance(clipping, Clipping):
        raise TypeError(f'clipping is {clipping!r}, expected one such as Clipping("global_norm", 1.0)')
    if augmentation is not None and not callable(augmentation):
        raise TypeError(f"augmentation is {augmentation!r}, expected a function of (x, rng)")
    if not isinstance(callbacks, (list, tuple)):
        raise TypeError(f"callbacks is {callbacks!r}, expected a list of functions of (network, history)")
    for callback in callbacks:
        if isinstance(callback, type) or not callable(callback):
            raise TypeError(f"callbacks holds {callback!r}, expected functions of (network, history)")


def _examples(x_name: str, y_name: str, x: npt.ArrayLike, y: npt.ArrayLike, network: Model) -> tuple[Array, Array]:
    """Return examples and targets that this model can read, as arrays of its type."""
    dtype = network.parameters.dtype
    if isinstance(network, Network):
        x, y = as_batch(x_name, x, network.sizes[0], dtype), as_batch(y_name, y, network.sizes[-1], dtype)
    else:
        x = np.asarray(x)
        x = x if np.issubdtype(x.dtype, np.integer) else as_float_array(x_name, x, dtype)  # integers: of an embedding
        y = as_float_array(y_name, y, dtype)
        for name, array in ((x_name, x), (y_name, y)):
            if array.ndim == 0 or array.size == 0:
                raise ValueError(f"{name} has shape {array.shape}, expected at least one example, the first axis")
    if len(x) != len(y):
        raise ValueError(f"{x_name} has {len(x)} examples but {y_name} has {len(y)}")
    if hasattr(network, "loss_function"):
        network.loss_function.check_targets(y, y.shape)
    if not isinstance(network, Network):
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            network.loss(x[:1], y[:1])  # the model's own door, before anything moves
    return x, y


def _held_out(validation: tuple[npt.ArrayLike, npt.ArrayLike], network: Model) -> tuple[Array, Array]:
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise ValueError("validation must be a pair (x, y) of held-out examples and their targets")
    return _examples("validation x", "validation y", *validation, network)


def _with_weights(data: tuple[Array, ...], sample_weights: npt.ArrayLike | None, network: Model) -> tuple[Array, ...]:
    """Return x, y and, if there are any, the sample weights, without examples that weigh nothing."""
    weights = as_sample_weights(sample_weights, len(data[0]), network.parameters.dtype)
    if weights is None:
        return data
    counts = weights > 0
    return tuple(array[counts] for array in (*data, weights))
