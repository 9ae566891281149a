"""Promise: each optimizer takes the steps of its paper and of PyTorch, in place, and makes its arrays once."""

from __future__ import annotations

import math
import re
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_lab import Network, xor
from backprop_lab.optimizers import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSProp,
    make_optimizer,
)
from backprop_lab.schedules import ExponentialDecay, Schedule

ALL = [GradientDescent, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW]
REMEMBERING = ALL[1:]
seeds = st.integers(0, 2**32 - 1)
rates = st.floats(1e-4, 0.5)
shares = st.floats(0, 0.999)


def run(optimizer: Any, gradients: list[np.ndarray], start: np.ndarray) -> list[np.ndarray]:
    """Return the parameters after each step."""
    parameters, path = start.copy(), []
    for gradient in gradients:
        optimizer.step(parameters, gradient)
        path.append(parameters.copy())
    return path


def drawn(seed: int, steps: int = 12) -> tuple[list[np.ndarray], np.ndarray]:
    """Draw gradients of very different sizes, some of them zero, and a start."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 9))
    sizes = 10.0 ** rng.uniform(-4, 3, size=n) * (rng.random(n) > 0.1)
    return [rng.normal(size=n) * sizes for _ in range(steps)], rng.normal(size=n)


# ----------------------------------------------------------------------------- PyTorch

PAIRS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "gradient_descent": (lambda r, d, e, w: GradientDescent(r), lambda t, p, r, d, e, w: t.SGD(p, lr=r)),
    "momentum": (lambda r, d, e, w: Momentum(r, d), lambda t, p, r, d, e, w: t.SGD(p, lr=r, momentum=d)),
    "nesterov": (
        lambda r, d, e, w: Nesterov(r, d),
        lambda t, p, r, d, e, w: t.SGD(p, lr=r, momentum=d, nesterov=d > 0),
    ),
    "adagrad": (lambda r, d, e, w: AdaGrad(r, e), lambda t, p, r, d, e, w: t.Adagrad(p, lr=r, eps=e)),
    "rmsprop": (lambda r, d, e, w: RMSProp(r, d, e), lambda t, p, r, d, e, w: t.RMSprop(p, lr=r, alpha=d, eps=e)),
    "adam": (
        lambda r, d, e, w: Adam(r, d, 1 - (1 - d) / 10, e),
        lambda t, p, r, d, e, w: t.Adam(p, lr=r, betas=(d, 1 - (1 - d) / 10), eps=e),
    ),
    "adamw": (
        lambda r, d, e, w: AdamW(r, d, 1 - (1 - d) / 10, e, weight_decay=w),
        lambda t, p, r, d, e, w: t.AdamW(p, lr=r, betas=(d, 1 - (1 - d) / 10), eps=e, weight_decay=w),
    ),
}


def of_torch(
    name: str, gradients: list[np.ndarray], start: np.ndarray, *numbers: float, schedule: Schedule | None = None
) -> list[np.ndarray]:
    """Return the path of torch.optim."""
    torch = pytest.importorskip("torch")
    parameters = torch.tensor(start.copy(), requires_grad=True)
    optimizer = PAIRS[name][1](torch.optim, [parameters], *numbers)
    path = []
    for step, gradient in enumerate(gradients):
        if schedule is not None:
            optimizer.param_groups[0]["lr"] = schedule(step)
        parameters.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(parameters.detach().numpy().copy())
    return path


def assert_same(path: list[np.ndarray], expected: list[np.ndarray]) -> None:
    for ours, theirs in zip(path, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12 * max(1, np.abs(theirs).max()))


@pytest.mark.parametrize("name", PAIRS)
@given(seed=seeds, rate=rates, share=shares, epsilon=st.sampled_from([1e-10, 1e-8, 1e-3]), decay=st.floats(0, 0.5))
def test_each_step_is_that_of_pytorch(
    name: str, seed: int, rate: float, share: float, epsilon: float, decay: float
) -> None:
    numbers, (gradients, start) = (rate, share, epsilon, decay), drawn(seed)
    assert_same(run(PAIRS[name][0](*numbers), gradients, start), of_torch(name, gradients, start, *numbers))


@pytest.mark.parametrize("name", PAIRS)
def test_with_a_schedule_too(name: str) -> None:
    schedule, (gradients, start) = ExponentialDecay(0.1, factor=0.8), drawn(3)
    expected = of_torch(name, gradients, start, 0.1, 0.9, 1e-8, 0.1, schedule=schedule)
    assert_same(run(PAIRS[name][0](schedule, 0.9, 1e-8, 0.1), gradients, start), expected)


MISTAKES: dict[str, tuple[str, Callable[[], Any]]] = {
    "no correction for the start": ("adam", lambda: WrongAdam(correct=False)),
    "epsilon inside the root": ("adam", lambda: WrongAdam(inside=True)),
    "steps counted from zero": ("adam", lambda: WrongAdam(first=2)),
    "momentum without looking ahead": ("nesterov", lambda: Momentum(0.1, 0.9)),
    "another learning rate by a millionth": ("momentum", lambda: Momentum(0.1 * (1 + 1e-6), 0.9)),
    "decay through the gradient": ("adamw", lambda: WrongAdam(penalty=0.1)),
}


class WrongAdam:
    """Adam as it is often written, with one mistake."""

    def __init__(self, *, correct: bool = True, inside: bool = False, first: int = 1, penalty: float = 0) -> None:
        self.correct, self.inside, self.t, self.penalty = correct, inside, first - 1, penalty
        self.m: Any = 0.0
        self.s: Any = 0.0

    def step(self, parameters: np.ndarray, gradient: np.ndarray) -> None:
        """Move."""
        gradient = gradient + self.penalty * parameters
        self.t += 1
        self.m = 0.9 * self.m + 0.1 * gradient
        self.s = 0.99 * self.s + 0.01 * gradient**2
        m, s = (self.m / (1 - 0.9**self.t), self.s / (1 - 0.99**self.t)) if self.correct else (self.m, self.s)
        parameters -= 0.1 * m / (np.sqrt(s + 1e-8) if self.inside else np.sqrt(s) + 1e-8)


def test_adam_written_out_is_adam() -> None:
    gradients, start = drawn(0)
    assert_same(run(WrongAdam(), gradients, start), of_torch("adam", gradients, start, 0.1, 0.9, 1e-8, 0.1))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_comparison_finds_a_mistake(mistake: str) -> None:
    name, make = MISTAKES[mistake]
    gradients, start = drawn(0)
    expected = of_torch(name, gradients, start, 0.1, 0.9, 1e-8, 0.1)
    with pytest.raises(AssertionError):
        assert_same(run(make(), gradients, start), expected)


# ----------------------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        (GradientDescent(0.1), [0.8, 0.7]),
        (Momentum(0.1, 0.5), [0.8, 0.6]),  # v = 2, then 0.5 * 2 + 1 = 2
        (Nesterov(0.1, 0.5), [0.7, 0.5]),  # 2 + 0.5 * 2 = 3, then 1 + 0.5 * 2 = 2
        (AdaGrad(0.1), [0.9, 0.9 - 0.1 / math.sqrt(5)]),
        (RMSProp(0.1, 0.5), [1 - 0.2 / math.sqrt(2), 1 - 0.2 / math.sqrt(2) - 0.1 / math.sqrt(1.5)]),
        (Adam(0.1, 0.5, 0.5), [0.9, 0.9 - 0.1 * (1 / 0.75) / math.sqrt(1.5 / 0.75)]),  # m = 1, 1; s = 2, 1.5
        (AdamW(0.1, 0.5, 0.5, weight_decay=1.0), [0.8, 0.72 - 0.1 * (1 / 0.75) / math.sqrt(1.5 / 0.75)]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_two_steps_by_hand_from_1_along_gradients_of_2_and_1(optimizer: Any, expected: list[float]) -> None:
    path = run(optimizer, [np.array([2.0]), np.array([1.0])], np.array([1.0]))
    assert [float(p[0]) for p in path] == pytest.approx(expected, rel=1e-7)


def test_without_momentum_momentum_is_gradient_descent() -> None:
    gradients, start = drawn(1)
    expected = run(GradientDescent(0.1), gradients, start)
    for optimizer in (Momentum(0.1, 0), Nesterov(0.1, 0)):
        np.testing.assert_array_equal(run(optimizer, gradients, start), expected)


@pytest.mark.parametrize("kind", [Adam, AdamW])
def test_the_size_of_the_gradient_hardly_matters_to_adam(kind: type[Adam]) -> None:
    gradients, start = drawn(2)
    small = run(kind(0.1, epsilon=1e-300), gradients, start)
    large = run(kind(0.1, epsilon=1e-300), [1000 * g for g in gradients], start)
    np.testing.assert_allclose(small, large, rtol=1e-12)


def test_weights_can_shrink_and_biases_stay() -> None:
    start, where = np.array([1.0, 1.0, -2.0]), np.array([True, False, True])
    parameters = start.copy()
    AdamW(0.1, weight_decay=0.5, decayed=where).step(parameters, np.zeros(3))
    np.testing.assert_allclose(parameters, [0.95, 1.0, -1.9], rtol=1e-15)
    given_away = where.copy()
    optimizer = AdamW(0.1, decayed=given_away)
    given_away[:] = False
    np.testing.assert_array_equal(optimizer.decayed, where)


# ------------------------------------------------------------------------- in place, and once


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_parameters_move_in_place_in_their_type_and_the_gradient_stays(kind: type[SGD], dtype: Any) -> None:
    parameters, gradient = np.ones(5, dtype), np.linspace(-1, 1, 5, dtype=dtype)
    gradient.flags.writeable = False
    optimizer = kind(0.1)
    optimizer.step(parameters, gradient)
    optimizer.step(parameters, gradient)
    assert parameters.dtype == dtype
    assert (parameters[[0, 1, 3, 4]] != 1).all()
    kept = [optimizer.memory.work, *optimizer.memory.arrays.values()]
    assert all(array.dtype == dtype and array.shape == (5,) for array in kept)
    assert not any(np.shares_memory(array, other) for array in kept for other in (parameters, gradient))


@pytest.mark.parametrize("kind", ALL)
def test_no_step_but_the_first_makes_an_array(kind: type[SGD]) -> None:
    optimizer, parameters, gradient = kind(0.1), np.ones(100_000), np.linspace(-1, 1, 100_000)
    if kind is AdamW:
        optimizer = AdamW(0.1, decayed=parameters > 0)
    optimizer.step(parameters, gradient)
    tracemalloc.start()
    try:
        optimizer.step(parameters, gradient)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < parameters.nbytes / 10


class Counted(np.ndarray):
    """An array that counts the NumPy functions that it takes part in."""

    calls = 0

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        Counted.calls += 1
        plain = [np.asarray(i) if isinstance(i, Counted) else i for i in inputs]
        if out is not None:
            options["out"] = tuple(np.asarray(o) for o in out)
        return getattr(ufunc, method)(*plain, **options)


def test_gradient_descent_is_two_calls() -> None:
    optimizer, parameters, gradient = GradientDescent(0.1), np.ones(5).view(Counted), np.ones(5).view(Counted)
    optimizer.step(parameters, gradient)
    Counted.calls = 0
    optimizer.step(parameters, gradient)
    assert Counted.calls == 2
    np.testing.assert_allclose(np.asarray(parameters), 0.8)


def test_gradient_descent_takes_the_step_of_its_formula_to_the_last_bit() -> None:
    gradients, start = drawn(5)
    expected = start - 0.3 * gradients[0]
    np.testing.assert_array_equal(run(GradientDescent(0.3), gradients[:1], start)[0], expected)


# ------------------------------------------------------------------------------- the memory


@pytest.mark.parametrize("kind", REMEMBERING)
@pytest.mark.parametrize("other", [np.ones(4), np.ones(3, np.float32)])
def test_parameters_of_another_size_or_type_are_refused(kind: type[SGD], other: np.ndarray) -> None:
    optimizer = kind(0.1)
    optimizer.step(np.ones(3), np.ones(3))
    memory = {name: array.copy() for name, array in optimizer.memory.arrays.items()}
    message = (
        f"parameters has shape {other.shape} and dtype {other.dtype}, but this {kind.__name__} remembers steps of "
        "(3,) and float64: make a new one, or reset() it"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        optimizer.step(other, np.ones_like(other))
    np.testing.assert_array_equal(other, 1)
    assert optimizer.memory.steps == 1
    for name, array in memory.items():
        np.testing.assert_array_equal(optimizer.memory.arrays[name], array)


def test_gradient_descent_remembers_nothing_and_takes_any_size() -> None:
    optimizer = GradientDescent(0.1)
    for shape, dtype in ((3, np.float64), (4, np.float64), (4, np.float32)):
        parameters = np.ones(shape, dtype)
        optimizer.step(parameters, np.ones_like(parameters))
        np.testing.assert_array_equal(parameters, dtype(1) - dtype(0.1))


@pytest.mark.parametrize("kind", ALL)
def test_after_a_reset_it_is_as_new(kind: type[SGD]) -> None:
    gradients, start = drawn(6)
    optimizer = kind(0.1)
    first = run(optimizer, gradients, start)
    optimizer.reset()
    assert optimizer.memory.steps == 0
    np.testing.assert_array_equal(run(optimizer, gradients, start), first)
    optimizer.reset()
    optimizer.step(np.ones(99), np.ones(99))


@pytest.mark.parametrize("kind", REMEMBERING)
def test_two_optimizers_share_nothing(kind: type[SGD]) -> None:
    first, second = kind(0.1), kind(0.1)
    first.step(np.ones(3), np.ones(3))
    assert second.memory.steps == 0
    assert second.memory.arrays == {}
    assert sorted(first.memory.arrays) == sorted(kind.remembers)
    assert first == second  # as rules they are equal, whatever they have seen


def test_it_says_what_it_is() -> None:
    assert repr(GradientDescent(0.1)) == "GradientDescent(learning_rate=0.1)"
    assert repr(Momentum(0.1)) == "Momentum(learning_rate=0.1, momentum=0.9)"
    assert repr(Adam()) == "Adam(learning_rate=0.001, decay_mean=0.9, decay_square=0.999, epsilon=1e-08)"
    assert SGD is GradientDescent


# ------------------------------------------------------------------------------------ the door

POSITIVE = "expected a positive number"
FRACTION = "expected a number from 0 up to but below 1"


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(
    ("rate", "error"),
    [
        ("0.1", TypeError),
        (True, TypeError),
        (None, TypeError),
        ([0.1], TypeError),
        (np.array([0.1]), TypeError),
        (1j, TypeError),
        (math.nan, ValueError),
        (math.inf, ValueError),
        (-1, ValueError),
        (0, ValueError),
    ],
)
def test_a_learning_rate_that_is_none_is_refused(kind: type[SGD], rate: Any, error: type[Exception]) -> None:
    message = f"learning_rate is {rate!r}, expected a positive number or a schedule, a function of the step"
    with pytest.raises(error, match=re.escape(message)):
        kind(rate)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Momentum(0.1, 1.0), ValueError, f"momentum is 1.0, {FRACTION}"),
        (lambda: Momentum(0.1, -0.1), ValueError, f"momentum is -0.1, {FRACTION}"),
        (lambda: Nesterov(0.1, "0.9"), TypeError, f"momentum is '0.9', {FRACTION}"),
        (lambda: RMSProp(0.1, decay=1), ValueError, f"decay is 1, {FRACTION}"),
        (lambda: RMSProp(0.1, epsilon=0), ValueError, f"epsilon is 0, {POSITIVE}"),
        (lambda: AdaGrad(0.1, epsilon=-1), ValueError, f"epsilon is -1, {POSITIVE}"),
        (lambda: Adam(0.1, decay_mean=math.nan), ValueError, f"decay_mean is nan, {FRACTION}"),
        (lambda: Adam(0.1, decay_square=1), ValueError, f"decay_square is 1, {FRACTION}"),
        (lambda: Adam(0.1, epsilon=False), TypeError, f"epsilon is False, {POSITIVE}"),
        (lambda: AdamW(0.1, weight_decay=-0.1), ValueError, "weight_decay is -0.1, expected a number from 0 up"),
        (lambda: AdamW(0.1, decayed=np.ones(3)), TypeError, "decayed is of type float64, expected an array of truth"),
        (lambda: AdamW(0.1, decayed=[True]), TypeError, "decayed is of type list, expected an array of truth"),
        (lambda: GradientDescent(ExponentialDecay), TypeError, "learning_rate is the class ExponentialDecay"),
        (lambda: make_optimizer("adem", 0.1), ValueError, "unknown optimizer 'adem': choose one of adagrad, adam"),
        (lambda: make_optimizer("momentum"), ValueError, "optimizer='momentum' needs learning_rate too"),
    ],
)
def test_a_bad_number_is_refused(make: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        make()


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(
    ("parameters", "gradient", "error", "message"),
    [
        (np.ones(3), np.ones(2), ValueError, "gradient has shape (2,) but parameters has (3,)"),
        (np.ones(3), np.ones((3, 1)), ValueError, "gradient has shape (3, 1) but parameters has (3,)"),
        (np.ones(3, int), np.ones(3), TypeError, "parameters is of type int64, expected a floating-point array"),
        ([1.0], np.ones(1), TypeError, "parameters is of type list, expected a floating-point array"),
        (np.ones(3), [1.0] * 3, TypeError, "gradient is of type list, expected an array"),
    ],
)
def test_what_can_not_be_stepped_is_refused(
    kind: type[SGD], parameters: Any, gradient: Any, error: type[Exception], message: str
) -> None:
    before = np.array(parameters)
    with pytest.raises(error, match=re.escape(message)):
        kind(0.1).step(parameters, gradient)
    np.testing.assert_array_equal(parameters, before)


def test_the_gradients_object_gets_a_hint() -> None:
    network = Network([2, 1])
    with pytest.raises(TypeError, match="gradient is of type Gradients, expected an array: pass its vector"):
        GradientDescent(0.1).step(network.parameters, network.gradients(*xor()))


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("decayed has shape (2,) but parameters has (3,)")):
        AdamW(0.1, decayed=np.array([True, False])).step(np.ones(3), np.ones(3))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_is_found_by_name_with_the_defaults(name: str) -> None:
    assert make_optimizer(name, 0.1) == OPTIMIZERS[name](0.1)
    assert type(make_optimizer(name, 0.1)) is OPTIMIZERS[name]
    assert make_optimizer("adam") == Adam(0.001)
    assert make_optimizer("adamw") == AdamW(0.001)


# ------------------------------------------------------------------------------------- they learn


@pytest.mark.parametrize("kind", ALL)
@settings(max_examples=5)
@given(seed=seeds)
def test_all_of_them_go_down_a_bowl(kind: type[SGD], seed: int) -> None:
    rng = np.random.default_rng(seed)
    curvature, parameters = rng.uniform(0.5, 2, size=6), rng.uniform(-1, 1, size=6)
    start, optimizer = curvature @ parameters**2, kind(0.05)
    for _ in range(300):
        optimizer.step(parameters, 2 * curvature * parameters)
    assert curvature @ parameters**2 < 0.05 * start
