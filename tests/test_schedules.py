"""Promise: a schedule gives the learning rates of its formula, and those of PyTorch; an optimizer follows it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.arrays import as_number
from backprop_lab.optimizers import GradientDescent
from backprop_lab.schedules import (
    Constant,
    CosineAnnealing,
    ExponentialDecay,
    InverseTimeDecay,
    Schedule,
    StepDecay,
    WarmUp,
    as_learning_rate,
)

ALL: list[Schedule] = [
    Constant(0.1),
    StepDecay(0.1, factor=0.5, every=3),
    ExponentialDecay(0.1, factor=0.9),
    InverseTimeDecay(0.1, decay=0.5),
    CosineAnnealing(0.1, steps=10, lowest=0.01),
    CosineAnnealing(0.1, steps=4, growth=2),
    WarmUp(4, ExponentialDecay(0.1, factor=0.9)),
]


def rates(schedule: Schedule, steps: int) -> list[float]:
    return [schedule(step) for step in range(steps)]


# ---------------------------------------------------------------------- the formulas


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Constant(0.5), [0.5, 0.5, 0.5]),
        (StepDecay(1.0, factor=0.5, every=2), [1, 1, 0.5, 0.5, 0.25]),
        (ExponentialDecay(1.0, factor=0.5), [1, 0.5, 0.25]),
        (InverseTimeDecay(1.0, decay=1.0), [1, 1 / 2, 1 / 3, 1 / 4]),
        (CosineAnnealing(2.0, steps=3), [2, 1.5, 0.5, 0, 0]),  # cos 60 degrees is one half
        (CosineAnnealing(2.0, steps=2, lowest=1.0, growth=1), [2, 1.5, 2, 1.5, 2]),
        (CosineAnnealing(2.0, steps=1, growth=2), [2, 2, 1, 2, 1 + math.sqrt(0.5), 1, 1 - math.sqrt(0.5), 2]),
        (WarmUp(4, 1.0), [0.25, 0.5, 0.75, 1, 1, 1]),
        (WarmUp(2, ExponentialDecay(1.0, factor=0.5)), [0.5, 1, 1, 0.5, 0.25]),
    ],
)
def test_the_first_rates_by_hand(schedule: Schedule, expected: list[float]) -> None:
    assert rates(schedule, len(expected)) == pytest.approx(expected, rel=1e-14, abs=1e-16)


@pytest.mark.parametrize("schedule", ALL, ids=repr)
def test_a_schedule_is_a_value(schedule: Schedule) -> None:
    assert eval(repr(schedule)) == schedule
    assert rates(schedule, 30) == rates(schedule, 30)


@given(step=st.integers(0, 10**6), factor=st.floats(0.5, 1), every=st.integers(1, 1000))
def test_a_decay_starts_at_the_learning_rate_and_never_rises(step: int, factor: float, every: int) -> None:
    for schedule in (
        StepDecay(0.3, factor, every),
        ExponentialDecay(0.3, factor),
        InverseTimeDecay(0.3, factor),
        CosineAnnealing(0.3, every),
    ):
        assert schedule(0) == 0.3
        assert 0 <= schedule(step + 1) <= schedule(step) <= 0.3


def test_the_warm_restarts_are_those_of_the_paper() -> None:
    """Loshchilov and Hutter (2017), with T_0 = 10 and T_mult = 2: restarts after 10, 30, 70 and 150 steps."""
    schedule = CosineAnnealing(0.05, steps=10, growth=2)
    tops = [step for step in range(200) if schedule(step) == 0.05]
    assert tops == [0, 10, 30, 70, 150]
    assert schedule(20) == pytest.approx(0.025)  # half of the second fall


# ---------------------------------------------------------------------------- PyTorch


def torch_rates(make: Callable[[Any, Any], Any], steps: int) -> list[float]:
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = make(torch.optim.lr_scheduler, optimizer)
    found = []
    for _ in range(steps):
        found.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return found


@pytest.mark.parametrize(
    ("schedule", "make", "steps"),
    [
        (StepDecay(0.1, factor=0.5, every=3), lambda s, o: s.StepLR(o, 3, gamma=0.5), 20),
        (ExponentialDecay(0.1, factor=0.9), lambda s, o: s.ExponentialLR(o, 0.9), 20),
        (InverseTimeDecay(0.1, decay=0.5), lambda s, o: s.LambdaLR(o, lambda t: 1 / (1 + t / 2)), 20),
        (CosineAnnealing(0.1, 10, lowest=0.01), lambda s, o: s.CosineAnnealingLR(o, 10, eta_min=0.01), 11),
        (CosineAnnealing(0.1, 4, growth=2), lambda s, o: s.CosineAnnealingWarmRestarts(o, 4, T_mult=2), 40),
        (WarmUp(5, 0.1), lambda s, o: s.LinearLR(o, start_factor=0.2, total_iters=4), 20),
    ],
)
def test_the_rates_are_those_of_pytorch(schedule: Schedule, make: Callable[[Any, Any], Any], steps: int) -> None:
    assert rates(schedule, steps) == pytest.approx(torch_rates(make, steps), rel=1e-12, abs=1e-16)


# ------------------------------------------------------------------------ in use


@pytest.mark.parametrize("schedule", [*ALL, lambda step: 0.1 / (step + 1)])
def test_gradient_descent_steps_by_the_rate_of_each_step(schedule: Schedule) -> None:
    optimizer, parameters = GradientDescent(schedule), np.zeros(1)
    for step in range(12):
        before = parameters.copy()
        assert optimizer.rate == schedule(step)
        optimizer.step(parameters, np.ones(1))
        assert before - parameters == pytest.approx(schedule(step), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("rate", [-0.1, math.nan, math.inf])
def test_a_rate_that_is_none_is_refused_when_it_comes_and_nothing_moves(rate: float) -> None:
    def rule(step: int) -> float:
        return 0.1 if step < 2 else rate

    optimizer, parameters = GradientDescent(rule), np.zeros(2)
    optimizer.step(parameters, np.ones(2))
    optimizer.step(parameters, np.ones(2))
    with pytest.raises(ValueError, match=rf"gives for step 2 is {rate}, expected a number from 0 up"):
        optimizer.step(parameters, np.ones(2))
    np.testing.assert_array_equal(parameters, [-0.2, -0.2])


def test_a_rate_of_zero_moves_nothing() -> None:
    parameters = np.ones(2)
    GradientDescent(lambda step: 0.0).step(parameters, np.ones(2))
    np.testing.assert_array_equal(parameters, 1)


# ---------------------------------------------------------------------------- the door


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Constant(0.0), ValueError, "learning_rate is 0.0, expected a positive number"),
        (lambda: Constant("0.1"), TypeError, "learning_rate is '0.1', expected a positive number"),
        (
            lambda: StepDecay(0.1, factor=0.0, every=2),
            ValueError,
            "factor is 0.0, expected a number above 0, at most 1",
        ),
        (lambda: StepDecay(0.1, factor=0.5, every=0), ValueError, "every is 0, expected a whole number, at least 1"),
        (lambda: ExponentialDecay(0.1, factor=1.1), ValueError, "factor is 1.1, expected a number above 0, at most 1"),
        (lambda: ExponentialDecay(-0.1, factor=1), ValueError, "learning_rate is -0.1, expected a positive number"),
        (lambda: InverseTimeDecay(0.1, decay=-1), ValueError, "decay is -1, expected a positive number"),
        (lambda: CosineAnnealing(0.1, steps=2.5), ValueError, "steps is 2.5, expected a whole number, at least 1"),
        (lambda: CosineAnnealing(0.1, 5, lowest=0.2), ValueError, "lowest is 0.2, expected a number from 0 to 0.1"),
        (lambda: CosineAnnealing(0.1, 5, growth=0), ValueError, "growth is 0, expected a whole number, at least 1"),
        (lambda: WarmUp(0, 0.1), ValueError, "steps is 0, expected a whole number, at least 1"),
        (lambda: WarmUp(5, "0.1"), TypeError, "then is '0.1', expected a positive number or a schedule"),
        (
            lambda: WarmUp(5, ExponentialDecay),
            TypeError,
            "then is the class ExponentialDecay, expected a schedule made",
        ),
        (lambda: as_learning_rate(None), TypeError, "learning_rate is None, expected a positive number or a schedule"),
        (lambda: as_number("n", np.True_), TypeError, "n is np.True_, expected a positive number"),
    ],
)
def test_a_bad_number_is_refused(make: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        make()


@pytest.mark.parametrize("schedule", ALL, ids=repr)
@pytest.mark.parametrize("step", [-1, 1.5, True])
def test_a_step_that_is_none_is_refused(schedule: Schedule, step: Any) -> None:
    with pytest.raises(ValueError, match=rf"step is {step}, expected a whole number, at least 0"):
        schedule(step)


@pytest.mark.parametrize("number", [1, 0.5, np.float32(0.5), np.int64(2)])
def test_every_kind_of_number_is_a_learning_rate(number: Any) -> None:
    assert as_learning_rate(number) == float(number)
    assert type(as_learning_rate(number)) is float
