r"""Optimizers: what is done with a gradient once backpropagation has computed it.

All of them move one vector of parameters $\theta$ in place, given the gradient $g$. Their numbers are those of
`torch.optim`, and $v$, $s$ and $m$ start at zero.

| optimizer | a step |
|---|---|
| `GradientDescent` | $\theta \leftarrow \theta - \eta g$ |
| `Momentum` | $v \leftarrow \mu v + g$, $\theta \leftarrow \theta - \eta v$ |
| `Nesterov` | $v \leftarrow \mu v + g$, $\theta \leftarrow \theta - \eta (g + \mu v)$ |
| `AdaGrad` | $s \leftarrow s + g^2$, $\theta \leftarrow \theta - \eta g / (\sqrt s + \epsilon)$ |
| `RMSProp` | $s \leftarrow \rho s + (1 - \rho) g^2$, $\theta \leftarrow \theta - \eta g / (\sqrt s + \epsilon)$ |
| `Adam` | $m \leftarrow \beta_1 m + (1 - \beta_1) g$, $s \leftarrow \beta_2 s + (1 - \beta_2) g^2$, $\theta \leftarrow \theta - \eta \hat m / (\sqrt{\hat s} + \epsilon)$ |
| `AdamW` | $\theta \leftarrow \theta - \eta \lambda \theta$, and then as `Adam` |

An optimizer is one run's companion: what it remembers belongs to the parameters that it moved. Its arrays are made at the
first step and written over at every later one, so that no step of a long vector waits for memory.
"""  # noqa: E501  a row of a table is one line

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_number, choose
from backprop_lab.schedules import LearningRate, as_learning_rate

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "GradientDescent",
    "Memory",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSProp",
    "make_optimizer",
]


class Optimizer(Protocol):
    """Anything that can take a step; what it remembers between steps is its own affair."""

    def step(self, parameters: Array, gradient: Array) -> None:
        """Move `parameters` one step, in place; both have shape (n_parameters,)."""


class Memory:
    """What an optimizer keeps from one step to the next.

    Attributes
    ----------
    steps : int
        How many it has taken.
    arrays : dict of str to array (n_parameters,)
        What its rule remembers, by name; empty before the first step.
    work : array (n_parameters,)
        Room for results on the way, written over at every step.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.arrays: dict[str, Array] = {}
        self.work: Array = np.empty(0)


@dataclass(frozen=True)
class GradientDescent:
    """Step against the gradient: theta <- theta - learning_rate * gradient.

    On mini-batches it is stochastic gradient descent (Robbins and Monro 1951); `SGD` is another name for it.

    Parameters
    ----------
    learning_rate : float or Schedule
        Length of the step in units of the gradient; positive. Or a function of the step, counted from 0.

    Attributes
    ----------
    memory : Memory
        How many steps were taken, and what this optimizer remembers of them.

    Raises
    ------
    TypeError
        If the learning rate is neither a number nor a schedule.
    ValueError
        If it is not positive and finite.

    Examples
    --------
    >>> import numpy as np
    >>> parameters = np.array([1.0, 2.0])
    >>> GradientDescent(0.5).step(parameters, np.array([1.0, -1.0]))
    >>> parameters
    array([0.5, 2.5])
    """

    learning_rate: LearningRate
    memory: Memory = field(default_factory=Memory, init=False, repr=False, compare=False)
    remembers: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "learning_rate", as_learning_rate(self.learning_rate))

    def step(self, parameters: Array, gradient: Array) -> None:
        """Move `parameters` one step, in place; both have shape (n_parameters,)."""
        rate, work = self._begin(parameters, gradient)
        np.multiply(gradient, rate, work)
        np.subtract(parameters, work, parameters)

    def reset(self) -> None:
        """Forget all steps: the next one is the first, of parameters of any number."""
        object.__setattr__(self, "memory", Memory())

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        if not callable(self.learning_rate):
            return self.learning_rate
        step = self.memory.steps
        return as_number(
            f"the learning rate that {self.learning_rate!r} gives for step {step}",
            self.learning_rate(step),
            "a number from 0 up",
            lambda number: number >= 0,
        )

    def _begin(self, parameters: Array, gradient: Array) -> tuple[float, Array]:
        """Return the learning rate of this step and room to work in, and count the step."""
        memory, work = self.memory, self.memory.work
        try:
            fits = gradient.shape == work.shape == parameters.shape and work.dtype == parameters.dtype
        except AttributeError:  # no arrays: said below
            fits = False
        if not fits:
            self._make_room(parameters, gradient)
            work = memory.work
        rate = self.learning_rate if type(self.learning_rate) is float else self.rate
        memory.steps += 1
        return rate, work

    def _make_room(self, parameters: Array, gradient: Array) -> None:
        name, arrays = type(self).__name__, self.memory.arrays
        if not isinstance(parameters, np.ndarray) or not np.issubdtype(parameters.dtype, np.floating):
            kind = getattr(parameters, "dtype", type(parameters).__name__)
            raise TypeError(f"parameters is of type {kind}, expected a floating-point array, to be changed in place")
        if not isinstance(gradient, np.ndarray):
            hint = ": pass its vector" if hasattr(gradient, "vector") else ""
            raise TypeError(f"gradient is of type {type(gradient).__name__}, expected an array{hint}")
        if gradient.shape != parameters.shape:
            raise ValueError(f"gradient has shape {gradient.shape} but parameters has {parameters.shape}")
        if arrays and (parameters.shape, parameters.dtype) != (self.memory.work.shape, self.memory.work.dtype):
            raise ValueError(
                f"parameters has shape {parameters.shape} and dtype {parameters.dtype}, but this {name} remembers "
                f"steps of {self.memory.work.shape} and {self.memory.work.dtype}: make a new one, or reset() it"
            )
        self.memory.work = np.empty_like(parameters)
        arrays.update((remembered, np.zeros_like(parameters)) for remembered in self.remembers)


SGD = GradientDescent


@dataclass(frozen=True)
class Momentum(GradientDescent):
    """Step along a sum of all gradients so far, the older the fainter (Polyak 1964).

    Written as in PyTorch, the learning rate multiplies the velocity. With a learning rate that changes, that is not
    quite the form of Sutskever et al. (2013), in which it multiplies each gradient as it comes in.

    Parameters
    ----------
    learning_rate : float or Schedule
        As for `GradientDescent`. A steady gradient is followed 1 / (1 - momentum) times as fast as there.
    momentum : float
        What stays of the velocity after a step, from 0 up to but below 1.
    """

    momentum: float = 0.9
    remembers: ClassVar[tuple[str, ...]] = ("velocity",)

    def __post_init__(self) -> None:
        super().__post_init__()
        _set_share(self, "momentum")

    def step(self, parameters: Array, gradient: Array) -> None:
        """Move `parameters` one step, in place; both have shape (n_parameters,)."""
        rate, work = self._begin(parameters, gradient)
        velocity = self.memory.arrays["velocity"]
        velocity *= self.momentum
        velocity += gradient
        np.multiply(velocity, rate, work)
        parameters -= work


@dataclass(frozen=True)
class Nesterov(Momentum):
    """Step along the velocity as it will be: momentum that looks ahead (Nesterov 1983; Sutskever et al. 2013).

    The parameters kept here are those that look ahead, so that the gradient is asked where they are.

    Parameters
    ----------
    learning_rate, momentum
        As for `Momentum`.
    """

    def step(self, parameters: Array, gradient: Array) -> None:
        """Move `parameters` one step, in place; both have shape (n_parameters,)."""
        rate, work = self._begin(parameters, gradient)
        velocity = self.memory.arrays["velocity"]
        velocity *= self.momentum
        velocity += gradient
        np.multiply(velocity, self.momentum, work)
        work += gradient
        work *= rate
        parameters -= work


@dataclass(frozen=True)
class AdaGrad(GradientDescent):
    """Give each parameter its own rate, which falls with the gradients that it has seen (Duchi et al. 2011).

    Parameters
    ----------
    learning_rate : float or Schedule
        Length of the first step of each parameter, whatever its gradient.
    epsilon : float
        Keeps the quotient finite; positive.
    """

    epsilon: float = 1e-10
    remembers: ClassVar[tuple[str, ...]] = ("square_sum",)

    def __post_init__(self) -> None:
        super().__post_init__()
        _set_positive(self, "epsilon")

    def step(self, parameters: Array, gradient: Array) -> None:
        """Move `parameters` one step, in place; both have shape (n_parameters,)."""
        rate, work = self._begin(parameters, gradient)
        square_sum = self.memory.arrays["square_sum"]
        np.square(gradient, work)
        square_sum += work
        np.sqrt(square_sum, work)
        work += self.epsilon
        np.divide(gradient, work, work)
        work *= rate
        parameters -= work


@dataclass(frozen=True)
class RMSProp(GradientDescent):
    """Divide by the root of a running mean of the squared gradient (Tieleman and Hinton 2012, lecture 6.5).

    Parameters
    ----------
    learning_rate : float or Schedule
        About the length of a step of each parameter, whatever its gradient.
    decay : float
        What stays of the mean after a step, from 0 up to but below 1. The lecture has 0.9, PyTorch 0.99.
    epsilon : float
        Keeps the quotient finite; positive.
    """

    decay: float = 0.9
    epsilon: float = 1e-8
    remembers: ClassVar[tuple[str, ...]] = ("square_mean",)

    def __post_init__(self) -> None:
        super().__post_init__()
        _set_share(self, "decay")
        _set_positive(self, "epsilon")

    def step(self, parameters: Array, gradient: Array) -> None:
        """Move `parameters` one step, in place; both have shape (n_parameters,)."""
        rate, work = self._begin(parameters, gradient)
        square_mean = self.memory.arrays["square_mean"]
        np.square(gradient, work)
        work *= 1 - self.decay
        square_mean *= self.decay
        square_mean += work
        np.sqrt(square_mean, work)
        work += self.epsilon
        np.divide(gradient, work, work)
        work *= rate
        parameters -= work


@dataclass(frozen=True)
class Adam(GradientDescent):
    """Divide a running mean of the gradient by the root of one of its square (Kingma and Ba 2015, algorithm 1).

    Both means start at zero and are too small at first; dividing by 1 - decay^t makes up for that.

    Parameters
    ----------
    learning_rate : float or Schedule
        About the longest step that a parameter takes.
    decay_mean, decay_square : float
        What stays of the two means after a step, from 0 up to but below 1: the paper's beta_1 and beta_2.
    epsilon : float
        Keeps the quotient finite; positive.
    """

    learning_rate: LearningRate = 0.001
    decay_mean: float = 0.9
    decay_square: float = 0.999
    epsilon: float = 1e-8
    remembers: ClassVar[tuple[str, ...]] = ("mean", "square_mean")

    def __post_init__(self) -> None:
        super().__post_init__()
        _set_share(self, "decay_mean")
        _set_share(self, "decay_square")
        _set_positive(self, "epsilon")

    def step(self, parameters: Array, gradient: Array) -> None:
        """Move `parameters` one step, in place; both have shape (n_parameters,)."""
        self._move(parameters, gradient, *self._begin(parameters, gradient))

    def _move(self, parameters: Array, gradient: Array, rate: float, work: Array) -> None:
        mean, square_mean = self.memory.arrays["mean"], self.memory.arrays["square_mean"]
        mean *= self.decay_mean
        np.multiply(gradient, 1 - self.decay_mean, work)
        mean += work
        square_mean *= self.decay_square
        np.square(gradient, work)
        work *= 1 - self.decay_square
        square_mean += work

        t = self.memory.steps
        np.divide(square_mean, 1 - self.decay_square**t, work)
        np.sqrt(work, work)
        work += self.epsilon
        np.divide(mean, work, work)
        work *= rate / (1 - self.decay_mean**t)
        parameters -= work


@dataclass(frozen=True)
class AdamW(Adam):
    """Shrink the parameters, and then step as Adam does (Loshchilov and Hutter 2019, algorithm 2).

    An L2 penalty would go through the gradient, and Adam would divide it by the size of the gradient: the parameters
    with the largest gradients would be held back least. Here all of them shrink by the same share.

    Parameters
    ----------
    learning_rate, decay_mean, decay_square, epsilon
        As for `Adam`.
    weight_decay : float
        Per step and unit of learning rate, from 0 up: a step shrinks by learning_rate * weight_decay, as in PyTorch.
        (The paper leaves the learning rate out and multiplies by its schedule alone.)
    decayed : array of bool (n_parameters,), optional
        Which parameters shrink; `regularization.is_weight(model)` leaves the biases as they are. Default: all.
    """

    weight_decay: float = 0.01
    decayed: npt.NDArray[np.bool_] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        decay = as_number("weight_decay", self.weight_decay, "a number from 0 up", lambda number: number >= 0)
        object.__setattr__(self, "weight_decay", decay)
        if self.decayed is not None:
            kind = getattr(self.decayed, "dtype", type(self.decayed).__name__)
            if kind != np.bool_:
                raise TypeError(f"decayed is of type {kind}, expected an array of truth values, one a parameter")
            object.__setattr__(self, "decayed", self.decayed.copy())

    def step(self, parameters: Array, gradient: Array) -> None:
        """Move `parameters` one step, in place; both have shape (n_parameters,)."""
        if self.decayed is not None and self.decayed.shape != parameters.shape:
            raise ValueError(f"decayed has shape {self.decayed.shape} but parameters has {parameters.shape}")
        rate, work = self._begin(parameters, gradient)
        np.multiply(parameters, rate * self.weight_decay, work)
        if self.decayed is not None:
            work *= self.decayed
        parameters -= work
        self._move(parameters, gradient, rate, work)


OPTIMIZERS: dict[str, type[GradientDescent]] = {
    "adagrad": AdaGrad,
    "adam": Adam,
    "adamw": AdamW,
    "gradient_descent": GradientDescent,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RMSProp,
    "sgd": SGD,
}  # found by name


def make_optimizer(name: str, learning_rate: LearningRate | None = None) -> GradientDescent:
    """Return a new optimizer of this name, with everything but the learning rate at its default.

    Parameters
    ----------
    name : str
        One of `OPTIMIZERS`.
    learning_rate : float or Schedule, optional
        Adam and AdamW take 0.001, as in their papers, where there is none; the others need one.

    Raises
    ------
    TypeError
        If the learning rate is neither a number nor a schedule.
    ValueError
        If the name is unknown, or the learning rate is missing or not positive.
    """
    kind = choose("optimizer", name, OPTIMIZERS)
    if learning_rate is not None:
        return kind(learning_rate)
    if fields(kind)[0].default is MISSING:
        raise ValueError(f"optimizer={name!r} needs learning_rate too")
    return kind()  # type: ignore[call-arg]


def _set_share(optimizer: object, name: str) -> None:
    expected = "a number from 0 up to but below 1"
    value = as_number(name, getattr(optimizer, name), expected, lambda number: 0 <= number < 1)
    object.__setattr__(optimizer, name, value)


def _set_positive(optimizer: object, name: str) -> None:
    object.__setattr__(optimizer, name, as_number(name, getattr(optimizer, name)))
