r"""Schedules: a learning rate that changes as training goes on.

A schedule is a function from the step, counted from 0, to a learning rate. Any function of that kind will do, and
wherever an optimizer or `train` takes a learning rate, it takes a schedule. Steps are those of the optimizer, one a
mini-batch: for a rule that counts epochs, multiply by the steps that an epoch takes.

| schedule | learning rate at step $t$ |
|---|---|
| `Constant` | $\eta$ |
| `StepDecay` | $\eta\, c^{\lfloor t / n \rfloor}$ |
| `ExponentialDecay` | $\eta\, c^t$ |
| `InverseTimeDecay` | $\eta / (1 + k t)$ |
| `CosineAnnealing` | $\eta_{min} + \frac12 (\eta - \eta_{min}) (1 + \cos(\pi t / T))$ |
| `WarmUp` | $\frac{t + 1}{n}$ of the first rate of the schedule that follows |
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from backprop_lab.arrays import as_number, as_whole

__all__ = [
    "Constant",
    "CosineAnnealing",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRate",
    "Schedule",
    "StepDecay",
    "WarmUp",
    "as_learning_rate",
]

Schedule = Callable[[int], float]
LearningRate = float | Schedule


def as_learning_rate(value: LearningRate, name: str = "learning_rate") -> LearningRate:
    """Return a learning rate as a float, or a schedule as it is.

    Raises
    ------
    TypeError
        If it is neither a number nor a function of the step.
    ValueError
        If the number is not positive and finite.
    """
    if isinstance(value, type):
        raise TypeError(
            f"{name} is the class {value.__name__}, expected a schedule made with it: {value.__name__}(...)"
        )
    if callable(value):
        return value
    return as_number(name, value, "a positive number or a schedule, a function of the step")


@dataclass(frozen=True)
class Constant:
    """Keep the learning rate as it is.

    Parameters
    ----------
    learning_rate : float
        Positive.
    """

    learning_rate: float

    def __post_init__(self) -> None:
        _positive(self, "learning_rate")

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step, counted from 0."""
        as_whole("step", step, 0)
        return self.learning_rate


@dataclass(frozen=True)
class StepDecay:
    """Multiply the learning rate by a factor, every so many steps.

    Parameters
    ----------
    learning_rate : float
        At the start; positive.
    factor : float
        Above 0, at most 1.
    every : int
        Steps from one change to the next.
    """

    learning_rate: float
    factor: float
    every: int

    def __post_init__(self) -> None:
        _positive(self, "learning_rate")
        _share(self, "factor")
        as_whole("every", self.every)

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step, counted from 0."""
        return self.learning_rate * self.factor ** (as_whole("step", step, 0) // self.every)


@dataclass(frozen=True)
class ExponentialDecay:
    """Multiply the learning rate by the same factor after each step.

    Parameters
    ----------
    learning_rate : float
        At the start; positive.
    factor : float
        Above 0, at most 1. With 0.999 the learning rate is halved about every 693 steps.
    """

    learning_rate: float
    factor: float

    def __post_init__(self) -> None:
        _positive(self, "learning_rate")
        _share(self, "factor")

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step, counted from 0."""
        return self.learning_rate * self.factor ** as_whole("step", step, 0)


@dataclass(frozen=True)
class InverseTimeDecay:
    """Let the learning rate fall as one over the time.

    Its sum is infinite and the sum of its squares is not: with noisy gradients, that is what convergence asks for
    (Robbins and Monro 1951).

    Parameters
    ----------
    learning_rate : float
        At the start; positive.
    decay : float
        Per step, positive: the learning rate is halved after 1 / decay steps.
    """

    learning_rate: float
    decay: float

    def __post_init__(self) -> None:
        _positive(self, "learning_rate")
        _positive(self, "decay")

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step, counted from 0."""
        return self.learning_rate / (1 + self.decay * as_whole("step", step, 0))


@dataclass(frozen=True)
class CosineAnnealing:
    """Let the learning rate fall along half a cosine (Loshchilov and Hutter 2017, equation 5).

    Parameters
    ----------
    learning_rate : float
        At the start; positive.
    steps : int
        How many the fall takes.
    lowest : float
        Where it ends, from 0 up to `learning_rate`.
    growth : int, optional
        Start again at the top after each fall, and let each fall take this many times as long as the one before: the
        warm restarts of the paper, where it is called T_mult. Default: one fall, then the lowest rate for good.
    """

    learning_rate: float
    steps: int
    lowest: float = 0.0
    growth: int | None = None

    def __post_init__(self) -> None:
        _positive(self, "learning_rate")
        as_whole("steps", self.steps)
        top = self.learning_rate
        as_number("lowest", self.lowest, f"a number from 0 to {top:g}", lambda number: 0 <= number <= top)
        if self.growth is not None:
            as_whole("growth", self.growth)

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step, counted from 0."""
        step, steps = as_whole("step", step, 0), self.steps
        if self.growth == 1:
            step %= steps
        elif self.growth is not None:
            while step >= steps:
                step, steps = step - steps, steps * self.growth
        share = min(step / steps, 1)
        return self.lowest + (self.learning_rate - self.lowest) * (1 + math.cos(math.pi * share)) / 2


@dataclass(frozen=True)
class WarmUp:
    """Let the learning rate rise in equal parts to where another schedule starts (Goyal et al. 2017, section 2.2).

    Parameters
    ----------
    steps : int
        How many the rise takes. The first of them has 1 / steps of the full rate, the last one all of it.
    then : float or Schedule
        What follows; its own steps count from the end of the rise.
    """

    steps: int
    then: LearningRate

    def __post_init__(self) -> None:
        as_whole("steps", self.steps)
        object.__setattr__(self, "then", as_learning_rate(self.then, "then"))

    def __call__(self, step: int) -> float:
        """Return the learning rate at this step, counted from 0."""
        share = min((as_whole("step", step, 0) + 1) / self.steps, 1)
        return share * (self.then(max(step - self.steps, 0)) if callable(self.then) else self.then)


def _positive(schedule: object, name: str) -> None:
    object.__setattr__(schedule, name, as_number(name, getattr(schedule, name)))


def _share(schedule: object, name: str) -> None:
    value = as_number(name, getattr(schedule, name), "a number above 0, at most 1", lambda number: 0 < number <= 1)
    object.__setattr__(schedule, name, value)
