"""Judge the third repair: gradients that add up from step to step, because nobody clears them.

The reader's `step(W, b, parts, learning_rate)` runs `backward` on each part of a batch, which adds to `.grad`, and
moves `.value`. Several steps of it are compared with gradient descent on the whole batch and, where they differ, with
what each usual thought would do. W and b are one vector here: first W, row by row, then b.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.course.calling import call, no_function
from backprop_lab.course.reading import Rejected, read_array, same
from backprop_lab.course.verdict import CheckerError, Verdict, wrong
from backprop_lab.gradient_check import numerical_gradient

__all__ = ["LEARNING_RATE", "judge"]

LEARNING_RATE = 0.1  # as published
STEPS = 4
SHAPES = ((3, 2, (4, 2, 5)), (2, 1, (3, 6)), (4, 3, (2, 3, 1, 4)))  # inputs, outputs, lengths of the parts
TOLERANCE = 1e-8

Part = tuple[Array, Array]


@dataclass
class Plain:
    """A parameter, where the reader's own class is not given."""

    value: Array

    def __post_init__(self) -> None:
        self.grad = np.zeros_like(self.value)


@dataclass(frozen=True)
class Problem:
    """A linear layer with the half squared error, its batch in parts, and the learning rate of its steps."""

    W: Array
    b: Array
    parts: tuple[Part, ...]
    rate: float

    @property
    def start(self) -> Array:
        """The parameters at the start."""
        return np.concatenate([self.W.ravel(), self.b])

    @property
    def size(self) -> int:
        """How many examples the batch has."""
        return sum(len(x) for x, _ in self.parts)

    def loss(self, at: Array) -> float:
        """Return the mean loss over the whole batch."""
        return 0.5 * sum(float((self._miss(at, part) ** 2).sum()) for part in self.parts) / self.size

    def gradient(self, at: Array, parts: slice = slice(None)) -> Array:
        """Return what these parts contribute to the gradient of the mean over the whole batch."""
        total = np.zeros_like(at)
        for part in self.parts[parts]:
            delta = self._miss(at, part) / self.size
            total += np.concatenate([(delta.T @ part[0]).ravel(), delta.sum(axis=0)])
        return total

    def _miss(self, at: Array, part: Part) -> Array:
        W, b = at[: self.W.size].reshape(self.W.shape), at[self.W.size :]
        return part[0] @ W.T + b - part[1]


def draw(rng: np.random.Generator, n_in: int, n_out: int, lengths: Sequence[int]) -> Problem:
    """Draw a problem with parts of these lengths."""
    parts = tuple((rng.standard_normal((n, n_in)), rng.standard_normal((n, n_out))) for n in lengths)
    return Problem(rng.standard_normal((n_out, n_in)), rng.standard_normal(n_out), parts, rng.uniform(0.05, 0.2))


@dataclass(frozen=True)
class Moment:
    """A step about to be taken: its number, from 1, where it stands, and the gradients of all steps so far, summed."""

    problem: Problem
    number: int
    at: Array
    total: Array

    @property
    def fresh(self) -> Array:
        """The gradient of the place where it stands."""
        return self.problem.gradient(self.at)

    @property
    def is_weight(self) -> Array:
        """1 at the entries of W, 0 at those of b."""
        return (np.arange(self.at.size) < self.problem.W.size).astype(float)


Thought = Callable[[Moment], Array]


def descend(problem: Problem, thought: Thought) -> list[Array]:
    """Return the parameters after each step along what the thought takes for the gradient."""
    at, total, walk = problem.start, np.zeros_like(problem.start), []
    for number in range(1, STEPS + 1):
        total = total + problem.gradient(at)
        at = at - problem.rate * thought(Moment(problem, number, at, total))
        walk.append(at)
    return walk


def descend_by_parts(problem: Problem, kept: str, own_mean: bool) -> list[Array]:
    """Return the parameters after each step of one who moves after each part.

    Parameters
    ----------
    problem : Problem
    kept : str
        What a part finds of the gradients before it: "none", those of this "step", or "all".
    own_mean : bool
        Whether each part is a mean over its own examples, not a share of the mean over the batch.
    """
    at, grad, walk = problem.start, np.zeros_like(problem.start), []
    for _ in range(STEPS):
        if kept == "step":
            grad = np.zeros_like(at)
        for k, (x, _y) in enumerate(problem.parts):
            one = problem.gradient(at, slice(k, k + 1)) * (problem.size / len(x) if own_mean else 1)
            grad = one if kept == "none" else grad + one
            at = at - problem.rate * grad
        walk.append(at)
    return walk


VALUES = "You set the values to 0, and with them all that was learned: it is the gradients that have to be cleared."
THOUGHTS: tuple[tuple[str, Thought, str], ...] = (
    (
        "last-part",
        lambda moment: moment.problem.gradient(moment.at, slice(-1, None)),
        "Only the last part of the batch counts: what the parts before it gave is cleared or overwritten before the "
        "step. Within one step the gradients have to add up, that is what += is for; between two steps they must not.",
    ),
    (
        "first-part",
        lambda moment: moment.problem.gradient(moment.at, slice(1)),
        "Only the first part of the batch counts: the step comes before the others have been heard.",
    ),
    (
        "one-forgotten",
        lambda moment: np.where(moment.is_weight, moment.fresh, moment.total),
        "W is right, b still collects: every parameter that gets a gradient has to be cleared.",
    ),
    (
        "one-forgotten",
        lambda moment: np.where(moment.is_weight, moment.total, moment.fresh),
        "b is right, W still collects: every parameter that gets a gradient has to be cleared.",
    ),
    ("values", lambda moment: moment.at / moment.problem.rate, VALUES),
)

STEP_PER_PART = (
    "You take a step after each part, so that the next part is asked at another place. The parts belong to one batch: "
    "their gradients are all taken where the step begins, added up, and then one step is taken."
)
LEFT_OVER = {
    "none": "",
    "step": "",
    "all": " And nobody clears: each of these small steps also moves along all gradients before it.",
}
SHARED = (
    "It works. One thing to know: .grad of the parameters that are handed in is never touched. If you made new ones "
    "around the same values, the caller sees the step only because -= writes into these shared arrays; with copies, or "
    "with = in its place, the old parameters would never move."
)


def judge(
    answer: Any, seed: int, *, parameter: Callable[[Array], Any] = Plain, learning_rate: float = LEARNING_RATE
) -> Verdict:
    """Return the verdict on a repaired `step`.

    Parameters
    ----------
    answer : callable
        (W, b, parts, learning_rate); moves W.value and b.value.
    seed : int
        Where the draws start.
    parameter : callable
        The reader's class: from a value to a thing with `.value` and `.grad`, zero at first.
    learning_rate : float
        What the reader trains with now, to name the thought where it was lowered. The check has its own.
    """
    if refused := no_function(answer):
        return refused
    rng = np.random.default_rng(seed)
    problems = [draw(rng, *shape) for shape in SHAPES]
    for problem in problems:
        if not np.allclose(problem.gradient(problem.start), numerical_gradient(problem.loss, problem.start)):
            raise CheckerError("the gradient of the check disagrees with differences of its loss")
    try:
        walks = [_walk(answer, parameter, problem) for problem in problems]
        for name, thought, says in (("", lambda moment: moment.fresh, ""), *THOUGHTS):
            if all(_same(walk, descend(problem, thought)) for walk, problem in zip(walks, problems, strict=True)):
                return wrong(name, says) if name else Verdict(1, "", _shared(answer, parameter, problems[0]))
        for kept, own_mean in product(LEFT_OVER, (False, True)):
            by_parts = [descend_by_parts(problem, kept, own_mean) for problem in problems]
            if all(map(_same, walks, by_parts)):
                return wrong("step-per-part", f"{STEP_PER_PART}{LEFT_OVER[kept]}")
        return _fitted(answer, parameter, problems[0], walks[0], learning_rate < LEARNING_RATE)
    except Rejected as rejected:
        verdict = rejected.verdict
        if verdict.mistake == "crashed" and "NoneType" in verdict.message:
            return wrong("none", f"{verdict.message}. None is not 0: what is added to has to be an array.")
        return verdict


def _made(parameter: Callable[[Array], Any], value: Array) -> Any:
    made = call(parameter, value.copy())
    if not hasattr(made, "value") or not hasattr(made, "grad"):
        raise Rejected(wrong("type", "A parameter needs a value and a grad: leave both names in the class."))
    return made


def _walk(answer: Any, parameter: Callable[[Array], Any], problem: Problem) -> list[Array]:
    """Return the parameters after each step of the reader's function."""
    W, b = _made(parameter, problem.W), _made(parameter, problem.b)
    walk = []
    for _ in range(STEPS):
        parts = [(x.copy(), y.copy()) for x, y in problem.parts]
        result = call(answer, W, b, list(parts), problem.rate)
        for given, kept in zip(parts, problem.parts, strict=True):
            if not all(map(np.array_equal, given, kept)):
                raise Rejected(wrong("changed-inputs", "Your step changes the data, which the next step still needs."))
        values = read_array(W.value, problem.W.shape, "W.value"), read_array(b.value, problem.b.shape, "b.value")
        walk.append(np.concatenate([value.ravel() for value in values]))
        if np.array_equal(walk[-1], problem.start) and isinstance(result, tuple | list):
            raise Rejected(NEW_PARAMETERS)
    return walk


NEW_PARAMETERS = wrong(
    "new-parameters",
    "The parameters that were handed in never change: you work on new ones, and the caller goes on with the old. Fresh "
    "objects do have fresh gradients, but it is enough to clear those that are there.",
)


def _shared(answer: Any, parameter: Callable[[Array], Any], problem: Problem) -> str:
    """Return a remark where a right step leaves the gradients that it is handed as they are, or nothing."""
    return SHARED if _leaves_gradients(answer, parameter, problem) else ""


def _leaves_gradients(answer: Any, parameter: Callable[[Array], Any], problem: Problem) -> bool:
    W, b = _made(parameter, problem.W), _made(parameter, problem.b)
    try:
        W.grad, b.grad = np.ones_like(problem.W), np.ones_like(problem.b)
    except AttributeError:  # of a class whose gradient can't be set from outside
        return False
    call(answer, W, b, list(problem.parts), problem.rate)
    return np.array_equal(W.grad, np.ones_like(problem.W)) and np.array_equal(b.grad, np.ones_like(problem.b))


def _same(walk: list[Array], other: list[Array]) -> bool:
    return all(same(given, expected, TOLERANCE) for given, expected in zip(walk, other, strict=True))


def _fitted(
    answer: Any, parameter: Callable[[Array], Any], problem: Problem, walk: list[Array], lowered: bool
) -> Verdict:
    """Explain the second step as a share of its own gradient and a share of the first step's."""
    first, second = (problem.start - walk[0]) / problem.rate, (walk[0] - walk[1]) / problem.rate
    if not first.any():
        return _still(answer, parameter, problem)
    nothing = np.zeros_like(problem.start)
    if same(walk[0], -problem.rate * problem.gradient(nothing), TOLERANCE):
        return wrong("values", VALUES)
    old, fresh = problem.gradient(problem.start), problem.gradient(walk[0])
    share = float(first @ old / (old @ old))
    (now, before), *_ = np.linalg.lstsq(np.stack([fresh, first], axis=1), second, rcond=None)
    if not (np.allclose(first, share * old) and np.allclose(second, now * fresh + before * first)):
        return wrong("unknown", "These are not the steps of gradient descent yet, and I don't recognise what they are.")
    if share < 0:
        return wrong("sign", "You go uphill: the step adds the gradient, where it should subtract it.")
    if 0 < now < share - 1e-6 and abs(before - now / share) < 1e-6:
        return wrong(
            "divided",
            "You divide by the number of calls, or of steps. That makes a mean of all gradients so far, most of them "
            "of places where the weights no longer are. The size is mended, the direction is not.",
        )
    if abs(before) < 1e-6:
        return wrong(
            "scaled",
            "The gradients are cleared now, but each step is the right one times a number of yours. The mean over the "
            "batch is in backward already, and the learning rate in step.",
        )
    if before < 1 - 1e-6:
        return wrong(
            "fades",
            "You let the old gradients fade instead of clearing them. That is an optimizer of its own, momentum, and "
            "a useful one; but it was not asked for, and .grad is not its place: it would no longer hold the gradient.",
        )
    if lowered or abs(share - 1) > 1e-6:
        return wrong(
            "learning-rate",
            "You made the steps smaller, and the gradients still pile up: the second step still holds the gradient of "
            "the first, the third holds both. The swings take longer, and do not end.",
        )
    return wrong(
        "accumulated",
        "The first step is right. The second moves along its own gradient plus that of the first, the third along all "
        "three: backward adds to what .grad holds, and nobody has cleared it.",
    )


def _still(answer: Any, parameter: Callable[[Array], Any], problem: Problem) -> Verdict:
    """Say why nothing moves: gradients cleared too early, or copies moved."""
    if _leaves_gradients(answer, parameter, problem):
        return NEW_PARAMETERS
    return wrong(
        "too-early",
        "The values do not move: you clear the gradients after the backward passes have filled them, and before the "
        "step has read them. Think of the order.",
    )
