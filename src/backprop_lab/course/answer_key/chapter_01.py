"""The exercises of chapter 1, Why backpropagation.

Networks are as small as the ideas allow: weights in a row, one unit, a few roads. What is nudged is nudged by a long
step, so that each way to form the quotient has a value of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.misconceptions import REVERSED
from backprop_lab.course.number import Number
from backprop_lab.gradient_check import check_gradient, numerical_gradient
from backprop_lab.network import Network
from backprop_lab.operations import multiply_adds

__all__ = ["EXERCISES"]

Changes = dict[str, Any]

# ------------------------------------------------------------------ 1.2 and 1.8: what does what, what is wrong

STEPS = {
    "forward": (
        "forward",
        "the forward pass runs the recipe as it stands: it knows no target, asks for no slope and changes nothing.",
    ),
    "loss": (
        "M13",
        "the loss is one number that says how wrong the answer is: it knows nothing of single weights, and moves none.",
    ),
    "backward": ("M9", "backpropagation hands over the slopes of one loss: it moves nothing and needs no rate."),
    "update": ("M9", "the update takes the slopes as they are handed to it: it finds none."),
}


def step(right: str, **reasons: str) -> Choice:
    """Return the choice among the four steps of a round, with reasons of its own against some."""
    return Choice(
        right, {name: (mistake, reasons.get(name, says)) for name, (mistake, says) in STEPS.items() if name != right}
    )


NOT_THIS_BUG = {
    "a": ("no-bug", "try it with numbers: it does not do what a round should."),
    "b": ("ascent", "take the sign of the step together with that of the difference: downhill it goes."),
    "c": ("M13", "what it moves the weight by is meant as a slope, and is not the bare miss."),
    "d": ("update-first", "no parameter has taken its step when a slope is computed."),
    "e": ("not-undone", "there is no nudge in it that stays."),
    "f": ("divided", "no quotient in it has the wrong denominator."),
}


def bug(right: str) -> Choice:
    """Return the choice among all bugs."""
    return Choice.among(NOT_THIS_BUG, right)


# ------------------------------------------------------------------ 1.3: three weights in a row


def row_of_three() -> SimpleNamespace:
    """Return the chain of the exercise, its answer and its miss."""
    w, x, y = np.array([1.5, -0.4, 2.0]), 0.7, 1.1
    y_hat = w.prod() * x
    return SimpleNamespace(w=w, x=x, y=y, y_hat=y_hat, miss=y_hat - y)


def before(w: Array) -> Array:
    """Return for each weight the product of those between it and the input."""
    return np.array([w[:k].prod() for k in range(len(w))])


def after(w: Array) -> Array:
    """Return for each weight the product of those between it and the answer."""
    return np.array([w[k + 1 :].prod() for k in range(len(w))])


def others_added(w: Array) -> Array:
    """Return for each weight the sum of the others."""
    return np.asarray(w.sum() - w)


def row_loss(w: Array, x: float, y: float) -> float:
    """Return the loss of a chain of weights."""
    return float((math.prod(w.tolist()) * x - y) ** 2 / 2)


OWN_WEIGHT = "You kept the weight itself among the factors: its own slope holds all the others, and not itself."
SHARES = "You dealt out the miss in shares: a slope is no share, and slopes need not add up to anything."

ROW_OF_THREE = (
    Mistake(
        "M13", lambda q: np.full(3, q.miss), "You gave each weight the miss: it has yet to be seen from its place."
    ),
    Mistake("M13", lambda q: np.full(3, q.miss / 3), SHARES),
    Mistake("M13", lambda q: q.miss * q.w / q.w.sum(), SHARES),
    Mistake("own-weight", lambda q: np.full(3, q.miss * q.y_hat), OWN_WEIGHT),
    Mistake(
        "own-weight",
        lambda q: q.miss * q.w * q.x,
        "You multiplied each weight with the input: its slope is made of what it is multiplied with.",
    ),
    Mistake("input", lambda q: q.miss * before(q.w) * after(q.w), "You left out the input: it begins each road."),
    Mistake(
        "input",
        lambda q: q.miss * before(q.w) * after(q.w) * np.array([q.x, 1, 1]),
        "You gave the input to the first weight only: it stands before the others too.",
    ),
    Mistake(
        "miss",
        lambda q: before(q.w) * after(q.w) * q.x,
        "These are the slopes of the answer: what is missing is how much the loss minds it.",
    ),
    Mistake(
        "M13 loss",
        lambda q: q.miss**2 / 2 * before(q.w) * after(q.w) * q.x,
        "You multiplied with the loss itself, where its slope for the answer belongs.",
    ),
    Mistake(
        "target",
        lambda q: q.y_hat * before(q.w) * after(q.w) * q.x,
        "You took the answer where the miss belongs: the target has to be subtracted.",
    ),
    Mistake(
        "target",
        lambda q: (q.y_hat + q.y) * before(q.w) * after(q.w) * q.x,
        "You lost a minus in the miss: it is the answer minus the target, and the answer is below zero.",
    ),
    Mistake(
        "miss",
        lambda q: q.miss**2 * before(q.w) * after(q.w) * q.x,
        "The miss comes in twice: the loss changes with the answer at the rate of the miss.",
    ),
    Mistake(
        "swapped",
        lambda q: (q.miss * before(q.w) * after(q.w) * q.x)[::-1],
        "The order is turned round: the first slope belongs to the weight next to the input.",
    ),
    Mistake(
        "before-only",
        lambda q: q.miss * before(q.w) * q.x,
        "You multiplied with what comes in only: the weights between this one and the answer belong to its road too.",
    ),
    Mistake(
        "after-only",
        lambda q: q.miss * after(q.w) * q.x,
        "You multiplied with the weights behind each one only: those before it decide what comes in.",
    ),
    Mistake(
        "neighbour",
        lambda q: q.miss * q.x * q.w[[1, 0, 1]],
        "You multiplied with one neighbour only: in a row of three each slope holds both other weights.",
    ),
    Mistake(
        "M12",
        lambda q: q.miss * q.x * others_added(q.w),
        "You added the other weights: along one road slopes are multiplied.",
    ),
    Mistake(
        "M9", lambda q: q.w - q.miss * before(q.w) * after(q.w) * q.x, "Those are weights after a step, no slopes."
    ),
    Mistake(
        "M6",
        lambda q: q.miss / q.w,
        "You divided by the weight: nothing is undone here, the slopes on the road are multiplied.",
    ),
    Mistake("own-weight", lambda q: q.miss * q.x * np.cumprod(q.w), OWN_WEIGHT),
    Mistake("own-weight", lambda q: q.miss * np.cumprod(q.w[::-1])[::-1], OWN_WEIGHT),
    Mistake("own-weight", lambda q: q.miss * q.x * np.cumprod(q.w[::-1])[::-1], OWN_WEIGHT),
    Mistake("own-weight", lambda q: q.miss * q.w, OWN_WEIGHT),
    Mistake(
        "weights-forgotten",
        lambda q: np.full(3, q.miss * q.x),
        "You stopped at the miss and the input: the other weights of the row are factors too.",
    ),
    Mistake(
        "before-only",
        lambda q: q.miss * before(q.w),
        "You multiplied with the weights before each one only, and left out the input that comes first of all.",
    ),
    Mistake(
        "input",
        lambda q: (q.w.prod() - q.y) * q.x * before(q.w) * after(q.w),
        "The answer in your miss lacks the input: it begins the row.",
    ),
    Mistake(
        "sign",
        lambda q: q.miss * q.x * before(np.abs(q.w)) * after(np.abs(q.w)),
        "You lost the minus of a weight.",
    ),
    Mistake(
        "sign",
        lambda q: np.abs(q.miss * q.x * before(q.w) * after(q.w)),
        "You lost the signs: a slope says which way the loss goes, not only how fast.",
    ),
    Mistake(
        "M9",
        lambda q: q.w - 0.1 * q.miss * q.x * before(q.w) * after(q.w),
        "Those are weights after a step: asked for are the slopes.",
    ),
)

# ------------------------------------------------------------------ 1.4: a table from two nudges


def two_nudges() -> SimpleNamespace:
    """Return the inputs of a layer and the measured slope of the first weight of each unit."""
    x, first = np.array([0.5, -2.0, 0.8]), np.array([0.3, -0.14])
    return SimpleNamespace(x=x, first=first, delta=first / x[0], inputs=np.append(x, 1.0))


def table_by_differences(q: SimpleNamespace) -> Array:
    """Nudge every entry of a layer whose loss has the measured slopes."""

    def loss(table: Array, scale: Array) -> float:
        return float((scale * (table[:, 0] * 0.5 + table[:, 1] * -2 + table[:, 2] * 0.8 + table[:, 3])).sum())

    zeros, ones = np.zeros((2, 4)), np.ones(2)
    unscaled = numerical_gradient(lambda table: loss(table, ones), zeros)[:, 0]
    return numerical_gradient(lambda table: loss(table, q.first / unscaled), zeros)


TWO_NUDGES = (
    Mistake(
        "incoming",
        lambda q: np.outer(q.first, q.inputs),
        "You took the measured slope for delta: it has passed one input already.",
    ),
    Mistake(
        "incoming",
        lambda q: np.outer(q.first * q.x[0], q.inputs),
        "To get delta out of a measured slope you multiplied with the input once more: it is in there already.",
    ),
    Mistake(
        "M13",
        lambda q: np.repeat(q.first[:, None], 4, axis=1),
        "You gave all parameters of a unit one slope: they share the road behind the sum, not what comes in.",
    ),
    Mistake(
        "bias",
        lambda q: np.outer(q.delta, np.append(q.x, 0)),
        "You gave the biases no slope: a bias moves the sum of its unit as fast as it moves itself.",
    ),
    Mistake(
        "bias",
        lambda q: np.column_stack([np.outer(q.delta, q.x), np.ones(2)]),
        "You stopped at the slope of the sum for the bias: how the loss reacts to that sum is still to come.",
    ),
    Mistake(
        "bias",
        lambda q: np.column_stack([np.outer(q.delta, q.x), q.first]),
        "You took the measured slope for that of the bias: the one has an input in it, the other has not.",
    ),
    Mistake(
        "incoming",
        lambda q: np.outer(q.first, np.append(q.x, 0)),
        "You took the measured slope for delta: it has passed one input already. And the bias has a slope too.",
    ),
    Mistake(
        "bias",
        lambda q: np.column_stack([np.outer(q.delta, q.x), q.delta * q.x.sum()]),
        "You added up the row for the bias: what comes in through it is a one, whatever the inputs are.",
    ),
    Mistake("bias", lambda q: np.outer(q.delta, q.x), "The slopes of the biases are missing: the fourth column."),
    Mistake(
        "M8",
        lambda q: np.outer(q.inputs, q.delta),
        "The table lies on its side: a row belongs to a unit, a column to an input.",
    ),
    Mistake("swapped", lambda q: np.outer(q.delta[::-1], q.inputs), "The two units are swapped."),
    Mistake(
        "one-delta",
        lambda q: np.outer(q.delta[[0, 0]], q.inputs),
        "You used the first unit's delta in both rows: each unit has its own road to the loss.",
    ),
    Mistake(
        "sign",
        lambda q: np.outer(q.delta, np.abs(q.inputs)),
        "You lost the minus of an input: with it a weight works the other way round.",
    ),
    Mistake("sign", lambda q: np.outer(np.abs(q.delta), q.inputs), "You lost the minus of a measured slope."),
    Mistake(
        "M6",
        lambda q: np.outer(q.delta, 1 / q.inputs),
        "You divided by each input: from delta to the slope of a weight one multiplies.",
    ),
    Mistake(
        "M6",
        lambda q: np.outer(q.first, 1 / q.inputs),
        "You divided the measured slope by each input: it holds the first input, and no other.",
    ),
    Mistake(
        "order",
        lambda q: np.outer(q.delta, np.roll(q.inputs, 1)),
        "The bias stands in the wrong column: it comes last here.",
    ),
    Mistake(
        "delta-only",
        lambda q: np.repeat(q.delta[:, None], 4, axis=1),
        "You wrote delta everywhere: what comes in through each weight is missing.",
    ),
    Mistake(
        "unmeasured",
        lambda q: np.outer(q.first, [1.0, 0.0, 0.0, 0.0]),
        "You left at zero what was not measured: one slope of a unit gives its delta, and delta the other slopes.",
    ),
    Mistake(
        "divided",
        lambda q: np.outer(q.first, [*q.x[0] / q.x, 1.0]),
        "You divided by the other inputs: a slope grows with what comes in through its own weight.",
    ),
    Mistake(
        "divided",
        lambda q: np.column_stack([np.outer(q.first, q.x[0] / q.x), q.delta]),
        "You divided by the other inputs: a slope grows with what comes in through its own weight.",
    ),
    Mistake("sign", lambda q: np.abs(np.outer(q.delta, q.inputs)), "You lost all signs."),
    Mistake(
        "bias",
        lambda q: np.column_stack([np.outer(q.delta, q.x), np.full(2, q.x[0])]),
        "You wrote an input for the slope of the bias: there belongs delta, with what the bias is multiplied by.",
    ),
    Mistake(
        "bias",
        lambda q: np.column_stack([np.outer(q.delta, q.x), -q.delta]),
        "The sign of the slope of the bias is turned round: a bias is added, as if its input were a one.",
    ),
)

# ------------------------------------------------------------------ 1.5: the bill


def draw_widths(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return the widths of a network, with as many layers as asked for."""
    return {"widths": [int(n + rng.integers(0, 6)) for n in widths]}


def bill(widths: list[int]) -> tuple[int, int, int]:
    """Return (forward, backward, nudging), counted by the library."""
    cost = multiply_adds(widths)
    return cost.forward, cost.backward, 2 * Network(widths, seed=0).parameters.size * cost.forward


def bill_by_counting(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Walk along every line and tick it off."""
    forward = backward = parameters = 0
    for place, (n_in, n_out) in enumerate(pairwise(inputs["widths"])):
        for _ in range(n_out):
            parameters += 1
            for _ in range(n_in):
                parameters, forward = parameters + 1, forward + 1
                backward += 1 if place == 0 else 2
    yield outputs["forward"] == forward
    yield outputs["backward"] == backward
    yield outputs["nudging"] == 2 * parameters * forward


def other_bill(
    backward: Callable[[list[int], list[int]], float] | None = None,
    nudging: Callable[[list[int], int, int], float] | None = None,
) -> Callable[..., tuple[float, float, float]]:
    """Return a bill with another backward pass (weights of each layer, widths) or another nudging (widths, W, B)."""

    def wrong(widths: list[int]) -> tuple[float, float, float]:
        lines = [n_in * n_out for n_in, n_out in pairwise(widths)]
        right = bill(widths)
        nudge = nudging(widths, sum(lines), sum(widths[1:])) if nudging else right[2]
        return right[0], backward(lines, widths) if backward else right[1], nudge

    return wrong


def in_order(*places: int) -> Callable[..., tuple[float, ...]]:
    """Return the three counts in another order."""
    return lambda widths: tuple(bill(widths)[place] for place in places)


def other_forward(widths: list[int]) -> tuple[float, ...]:
    """Return a bill whose forward pass counts the biases too."""
    forward, backward, nudging = bill(widths)
    return forward + sum(widths[1:]), backward, nudging


NO_BIASES = "You nudged the weights only: the biases are parameters as well."
ONE_WAY = "You nudged one way only: central differences step both ways."
NOT_SPARED = "You carried the slopes below the first layer too: there are only inputs, which nobody wants to train."
ONCE_BACK = "You let the backward pass do the work of a forward pass: it has two products in a layer, not one."

BILLS = (
    Mistake("not-spared", other_bill(lambda lines, widths: 2 * sum(lines)), NOT_SPARED),
    Mistake(
        "not-spared",
        other_bill(lambda lines, widths: 3 * sum(lines)),
        f"{NOT_SPARED} And you counted the forward pass.",
    ),
    Mistake("once-back", other_bill(lambda lines, widths: sum(lines)), ONCE_BACK),
    Mistake(
        "last-spared",
        other_bill(lambda lines, widths: sum(lines) + sum(lines[:-1])),
        "You spared the last layer the carrying: it is the first one that has nothing to train below it.",
    ),
    Mistake(
        "carry-only",
        other_bill(lambda lines, widths: sum(lines[1:])),
        "You counted the carrying only: the slopes of the weights themselves take work too.",
    ),
    Mistake(
        "both-passes",
        other_bill(lambda lines, widths: 3 * sum(lines) - lines[0]),
        "You counted the forward pass into the backward pass.",
    ),
    Mistake(
        "first-left-out",
        other_bill(lambda lines, widths: 2 * sum(lines[1:])),
        "You spared the first layer everything: its carrying falls away, its weights still want their slopes.",
    ),
    Mistake(
        "once-back",
        other_bill(lambda lines, widths: 2 * sum(lines) - lines[-1] - lines[0]),
        "You spared two layers the carrying: only below the first is there nothing to train.",
    ),
    Mistake(
        "once-back",
        other_bill(lambda lines, widths: sum(lines) + sum(lines[2:])),
        "You spared two layers the carrying: only below the first is there nothing to train.",
    ),
    Mistake("biases", other_bill(nudging=lambda widths, w, b: 2 * w * w), NO_BIASES),
    Mistake(
        "biases",
        other_bill(nudging=lambda widths, w, b: 2 * (w + b) ** 2),
        "You counted a multiply-add for each bias: here the products with weights alone are counted.",
    ),
    Mistake(
        "biases",
        other_bill(nudging=lambda widths, w, b: 2 * (w + b + widths[0] - widths[-1]) * w),
        "You gave the inputs biases and the outputs none: each unit has one, and inputs are no units.",
    ),
    Mistake("one-way", other_bill(nudging=lambda widths, w, b: (w + b + 1) * w), ONE_WAY),
    Mistake("one-way", other_bill(nudging=lambda widths, w, b: (w + b) * w), ONE_WAY),
    Mistake("biases", other_bill(nudging=lambda widths, w, b: w * w), f"{NO_BIASES} {ONE_WAY}"),
    Mistake(
        "passes",
        other_bill(nudging=lambda widths, w, b: 2 * (w + b)),
        "That is how many forward passes nudging takes: each of them has its own multiply-adds.",
    ),
    Mistake("passes", other_bill(nudging=lambda widths, w, b: w + b), "That is how many parameters there are."),
    Mistake(
        "backward-too",
        other_bill(nudging=lambda widths, w, b: 2 * (w + b) * (3 * w - widths[0] * widths[1])),
        "You let each nudge take a backward pass too: nudging needs nothing but the loss.",
    ),
    Mistake(
        "biases",
        other_bill(nudging=lambda widths, w, b: 2 * (w + b + widths[0]) * w),
        "You gave the inputs biases too: only units have one.",
    ),
    Mistake(
        "biases",
        other_bill(nudging=lambda widths, w, b: 2 * (w + len(widths) - 1) * w),
        "You gave each layer a single bias: each unit has its own.",
    ),
    Mistake(
        "extra-pass",
        other_bill(nudging=lambda widths, w, b: (2 * (w + b) + 1) * w),
        "You counted a forward pass at the start as well: with steps both ways nobody asks for it.",
    ),
    Mistake(
        "units",
        other_bill(lambda lines, widths: sum(lines) + len(lines) - 1),
        "You counted one multiply-add for carrying through a layer: it goes through every weight.",
    ),
    Mistake(
        "units",
        other_bill(lambda lines, widths: sum(lines) + sum(widths[1:])),
        "You counted the units for the carrying: it goes through every weight of a layer.",
    ),
    Mistake(
        "units",
        other_bill(lambda lines, widths: 2 * sum(lines) - widths[0]),
        "You spared as many multiply-adds as there are inputs: what falls away goes through every weight of a layer.",
    ),
    Mistake(
        "biases",
        other_bill(lambda lines, widths: 2 * sum(lines) - lines[0] + sum(widths[1:])),
        "You counted the biases in the backward pass: only products with weights count.",
    ),
    Mistake(
        "last-only",
        other_bill(lambda lines, widths: lines[-1]),
        "You counted the last layer only: the way back goes through all layers.",
    ),
    Mistake(
        "backward-too",
        other_bill(nudging=lambda widths, w, b: 2 * (w + b) * (2 * w - widths[0] * widths[1])),
        "You let each nudge take a backward pass: nudging needs forward passes and nothing else.",
    ),
    Mistake(
        "backward-too",
        other_bill(nudging=lambda widths, w, b: 2 * (w + b) * w + 2 * w - widths[0] * widths[1]),
        "You added a backward pass to the nudging: it needs none.",
    ),
    Mistake(
        "once",
        other_bill(nudging=lambda widths, w, b: 2 * w),
        "You counted two forward passes in all: it takes two for each parameter.",
    ),
    Mistake(
        "units",
        other_bill(nudging=lambda widths, w, b: 2 * (len(widths) - 1) * w),
        "You nudged each layer as a whole: it is the parameters that are nudged, one by one.",
    ),
    Mistake("swapped", in_order(0, 2, 1), "Backward and nudging are swapped in what you return."),
    Mistake("swapped", in_order(1, 0, 2), "Forward and backward are swapped in what you return."),
    Mistake("biases", other_forward, "You counted the biases in the forward pass: only products with weights count."),
    Mistake(
        "units",
        other_bill(nudging=lambda widths, w, b: 2 * b * w),
        "You nudged each unit once: it is the parameters that are nudged, every weight and every bias.",
    ),
    Mistake(
        "first-left-out",
        other_bill(lambda lines, widths: sum(lines) + lines[0]),
        "You gave the first layer two products and the others one: it is the first layer that is spared something.",
    ),
    Mistake(
        "biases",
        other_bill(nudging=lambda widths, w, b: 2 * (w + 1) * w),
        "You gave the network a single bias: each unit has its own.",
    ),
    Mistake(
        "biases",
        other_bill(nudging=lambda widths, w, b: 2 * (w + b - widths[-1]) * w),
        "You left out the biases of the last layer: its units have them too.",
    ),
    Mistake(
        "biases",
        other_bill(nudging=lambda widths, w, b: 2 * w * w + b),
        "You counted one product for the nudge of a bias: it takes a whole forward pass, like that of a weight.",
    ),
    Mistake(
        "biases",
        other_bill(nudging=lambda widths, w, b: 2 * w * w + 2 * b),
        "You counted one product for the nudge of a bias: it takes a whole forward pass, like that of a weight.",
    ),
    Mistake(
        "one-way",
        other_bill(nudging=lambda widths, w, b: (2 * w + b) * w),
        "You nudged the biases one way only: with central differences they step both ways too.",
    ),
    Mistake(
        "units",
        other_bill(nudging=lambda widths, w, b: 2 * math.prod(widths) * w),
        "You multiplied all widths with one another: there are weights between neighbouring layers only.",
    ),
)

# ------------------------------------------------------------------ 1.6: nudge one way


class Counted:
    """A loss that counts how often it is asked."""

    def __init__(self, rng: np.random.Generator, n: int) -> None:
        self.mix, self.shift, self.bend = rng.normal(size=(3, n)), rng.normal(size=3), rng.uniform(0.5, 2, n)
        self.calls, self.n, self.__name__ = 0, n, "loss_of"

    def __call__(self, w: Any) -> float:
        """Return the loss and count."""
        self.calls += 1
        return self.value(w)

    def value(self, w: Any) -> float:
        """Return the loss."""
        w = np.asarray(w, float)
        if w.shape != (self.n,):
            raise ValueError(f"loss_of wants all weights at once, shape ({self.n},), and got shape {w.shape}")
        return float(np.sin(self.mix @ w + self.shift).sum() + (self.bend * w**2).sum() + 3)


class Nudged(NamedTuple):
    """What the reference and its mutants return; the calls are counted where they are compared."""

    slopes: Array
    evaluations: int = 0


def draw_loss(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a loss of that many weights, a place and a long step."""
    n = widths[0]
    w = rng.uniform(0.3, 1.5, n) * rng.choice([-1, 1], n)
    return {"loss_of": Counted(rng, n), "w": w, "h": float(rng.uniform(0.05, 0.2))}


def counted(inputs: Inputs, result: Any) -> tuple[Any, int]:
    """Return the slopes and how often the loss has been asked for them."""
    loss: Counted = inputs["loss_of"]
    calls, loss.calls = loss.calls, 0
    return result.slopes if isinstance(result, Nudged) else result, calls


def moved(w: Array, k: int, value: float) -> Array:
    """Return the weights with one of them exchanged."""
    return np.array([value if place == k else entry for place, entry in enumerate(w)])


def nudged(
    quotient: Callable[[float, float, float], float] = lambda there, base, h: (there - base) / h,
    to: Callable[[float, float], float] = lambda v, h: v + h,
    h_is: Callable[[float], float] = lambda h: h,
    extra: Callable[[int], int] = lambda n: 0,
) -> Callable[..., Nudged]:
    """Return a function that nudges one weight after the other, one way."""

    def slopes(loss_of: Counted, w: Array, h: float) -> Nudged:
        h = h_is(h)
        base = min(loss_of(w) for _ in range(1 + extra(len(w))))  # the same each time
        return Nudged(np.array([quotient(loss_of(moved(w, k, to(v, h))), base, h) for k, v in enumerate(w)]))

    return slopes


def both_ways(denominator: float, h_is: Callable[[float], float] = lambda h: h) -> Callable[..., Nudged]:
    """Return a function that steps both ways."""

    def slopes(loss_of: Counted, w: Array, h: float) -> Nudged:
        h = h_is(h)
        changes = [loss_of(moved(w, k, v + h)) - loss_of(moved(w, k, v - h)) for k, v in enumerate(w)]
        return Nudged(np.array(changes) / (denominator * h))

    return slopes


def walked(loss_of: Counted, w: Array, h: float, *, from_base: bool) -> Nudged:
    """Nudge without going back."""
    losses = [loss_of(w + h * (np.arange(len(w)) < k)) for k in range(len(w) + 1)]
    return Nudged((np.array(losses[1:]) - (losses[0] if from_base else np.array(losses[:-1]))) / h)


def relative_step(loss_of: Counted, w: Array, h: float, *, by_own: bool) -> Nudged:
    """Nudge each weight in proportion to itself."""
    changes = nudged(lambda there, base, h: there - base, to=lambda v, h: v * (1 + h))(loss_of, w, h).slopes
    return Nudged(changes / (h * w if by_own else h))


def all_at_once(loss_of: Counted, w: Array, h: float) -> Nudged:
    """Nudge all weights together."""
    base = loss_of(w)
    return Nudged(np.full(len(w), (loss_of(w + h) - base) / h))


def moving_base(loss_of: Counted, w: Array, h: float) -> Nudged:
    """Compare each nudged loss with the one before."""
    losses = [loss_of(place) for place in (w, *(w + h * np.eye(len(w))))]
    return Nudged(np.diff(losses) / h)


def one_left_out(place: int) -> Callable[..., Nudged]:
    """Return a function that leaves the slope of one weight at zero."""

    def slopes(loss_of: Counted, w: Array, h: float) -> Nudged:
        base, result = loss_of(w), np.zeros(len(w))
        for k in [k for k in range(len(w)) if k != place % len(w)]:
            result[k] = (loss_of(moved(w, k, w[k] + h)) - base) / h
        return Nudged(result)

    return slopes


def nudging_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare with quotients written out, and the count with one more than there are weights."""
    loss, w, h = inputs["loss_of"], inputs["w"], inputs["h"]
    steps = w + h * np.eye(len(w))
    values = np.array([loss.value(row) for row in steps])
    yield np.allclose(outputs["slopes"], (values - loss.value(w)) / h, rtol=1e-9, atol=1e-12)
    yield loss.calls == len(w) + 1


TOO_MANY = (
    "The slopes are right, and dearer than they need be: does the loss at the start change from weight to weight?"
)
OWN_STEP = "You nudged by a step of your own: the step is handed in."
SIMPLE_NUDGES: tuple[tuple[str, Callable[..., Nudged], str], ...] = (
    (
        "central",
        both_ways(2),
        "You stepped both ways: here the step is one way, which saves nearly half of the passes.",
    ),
    ("central", both_ways(1), "You stepped both ways, and divided by one step where two lie between."),
    (
        "down",
        nudged(lambda there, base, h: (base - there) / h, to=lambda v, h: v - h),
        "You nudged down: here each weight is moved up.",
    ),
    (
        "divided",
        nudged(lambda there, base, h: there - base),
        "You left the change as it is: a slope is change per step.",
    ),
    (
        "divided",
        nudged(lambda there, base, h: (there - base) * h),
        "You multiplied with the step: a slope is per step.",
    ),
    ("divided", nudged(lambda there, base, h: (there - base) / 2 / h), "You divided by two steps: one was taken."),
    (
        "base",
        nudged(lambda there, base, h: there / h),
        "You took the nudged loss itself: what counts is how far it is from the loss at the start.",
    ),
    (
        "ratio",
        nudged(lambda there, base, h: (there - base) / base / h),
        "You divided by the loss at the start: a slope is no percentage.",
    ),
    (
        "not-undone",
        lambda **i: walked(**i, from_base=True),
        "Your nudges stay: when the second weight is moved, the first is still where the nudge has put it.",
    ),
    (
        "not-undone",
        lambda **i: walked(**i, from_base=False),
        "You walk on from nudge to nudge: each slope is asked for at the start, with all others where they were.",
    ),
    (
        "base",
        nudged(lambda there, base, h: there - base / h),
        "You divided the loss at the start only: the whole change is divided. Look at the brackets.",
    ),
    ("step", nudged(to=lambda v, h: v + 2 * h), "You moved by two steps and divided by one."),
    ("step", nudged(to=lambda v, h: v + h / 2), "You moved by half a step and divided by a whole one."),
    ("step", nudged(to=lambda v, h: v + h * h), "You moved by the square of the step."),
    (
        "not-undone",
        moving_base,
        "You compare each nudged loss with the nudged one before it: all are compared with the loss at the start.",
    ),
    (
        "others-lost",
        lambda loss_of, w, h: Nudged(
            (np.array([loss_of(row) for row in np.diag(w + h)]) - loss_of(w)) / h,
        ),
        "You nudge one weight while the others are zero: all others stay as they are.",
    ),
    (
        "others-lost",
        lambda loss_of, w, h: Nudged(
            (np.array([loss_of(row) for row in h * np.eye(len(w))]) - loss_of(w)) / h,
        ),
        "You ask for the loss at the step alone: the step has to be added to the weights.",
    ),
    (
        "others-lost",
        lambda loss_of, w, h: Nudged(
            (np.array([loss_of(row) for row in h * np.eye(len(w))]) - loss_of(0 * w)) / h,
        ),
        "You measure at weights that are zero: the slopes are wanted where the weights are.",
    ),
    (
        "mean",
        lambda loss_of, w, h: Nudged(nudged()(loss_of, w, h).slopes / len(w)),
        "You divided by the number of weights: a slope is no share.",
    ),
    (
        "own-weight",
        lambda loss_of, w, h: Nudged(nudged()(loss_of, w, h).slopes * w),
        "You multiplied each quotient with its weight: the quotient is all that is asked for.",
    ),
    ("all-at-once", all_at_once, "You moved all weights at once: then nobody can tell who did what."),
    (
        "relative",
        lambda **i: relative_step(**i, by_own=False),
        "You moved each weight in proportion to itself: the step is the same for all.",
    ),
    (
        "relative",
        lambda **i: relative_step(**i, by_own=True),
        "You moved each weight in proportion to itself: the step is the same for all.",
    ),
    ("replaced", nudged(to=lambda v, h: h), "You put the step in the weight's place, where it should be added to it."),
    *(("own-step", nudged(h_is=lambda _, step=step: step), OWN_STEP) for step in (1e-3, 1e-4, 1e-5, 1e-6)),  # type: ignore[misc]
    *(("own-step", both_ways(2, lambda _, step=step: step), OWN_STEP) for step in (1e-3, 1e-5)),  # type: ignore[misc]
    ("off-by-one", one_left_out(-1), "Your loop ends one weight too early."),
    ("off-by-one", one_left_out(0), "Your loop begins one weight too late: the first has the number zero."),
)


def first_only(loss_of: Counted, w: Array, h: float) -> Nudged:
    """Return after the first weight."""
    base, slopes = loss_of(w), np.zeros(len(w))
    slopes[0] = (loss_of(moved(w, 0, w[0] + h)) - base) / h
    return Nudged(slopes)


def per_weight(loss_of: Counted, w: Array, h: float) -> Nudged:
    """Divide the change by the weight instead of the step."""
    return Nudged(nudged(h_is=lambda h: h)(loss_of, w, h).slopes * h / w)


ONE_WAY_NUDGES = (
    Mistake("evaluations", nudged(extra=lambda n: n - 1), TOO_MANY),
    Mistake("evaluations", nudged(extra=lambda n: n), TOO_MANY),
    Mistake("evaluations", nudged(extra=lambda n: 1), TOO_MANY),
    *(Mistake(*entry) for entry in SIMPLE_NUDGES),
    Mistake(
        "sign",
        nudged(lambda there, base, h: abs(there - base) / h),
        "You took the size of each slope: its sign says which way the weight should go.",
    ),
    Mistake(
        "M9",
        lambda loss_of, w, h: Nudged(w - nudged()(loss_of, w, h).slopes),
        "Those are weights after a step: asked for are the slopes.",
    ),
    Mistake(
        "sign",
        nudged(lambda there, base, h: (base - there) / h),
        "You subtracted the wrong way round: where the nudge raises the loss, the slope is positive.",
    ),
    *(
        Mistake(name, lambda wrong=wrong, **i: Nudged(-wrong(**i).slopes), f"{says} {REVERSED}")
        for name, wrong, says in SIMPLE_NUDGES
        if name != "own-step"
    ),
    Mistake("off-by-one", first_only, "Only the first weight was nudged: is the return inside the loop?"),
    Mistake("divided", per_weight, "You divided by the weight: a slope is change per step."),
    Mistake(
        "divided",
        nudged(lambda there, base, h: (there - base) / base),
        "You divided by the loss at the start: a slope is change per step, not the share that was won.",
    ),
)

# ------------------------------------------------------------------ 1.7: back along a row of weights

LOST = 1e6  # stands for a slope that was computed as 0 / 0


def draw_row(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return weights in a row, an input and a target; in a long row one of the weights is zero."""
    w = rng.uniform(0.5, 1.8, widths[0]) * rng.choice([-1, 1], widths[0])
    if len(w) > 3:
        w[rng.integers(1, len(w) - 1)] = 0.0
    return {"w": w, "x": float(rng.uniform(0.5, 1.5)), "y": float(rng.uniform(1.5, 3))}


def swept(
    factors: Callable[[Array, float], Array] | None = None,
    miss: Callable[[float, float], float] = lambda y_hat, y: y_hat - y,
) -> Callable[..., Array]:
    """Return the slopes of a row of weights; `factors` (w, x) are what the answer's slope for each weight is."""

    def slopes(w: Array, x: float, y: float) -> Array:
        y_hat = float(w.prod()) * x
        right = before(w) * after(w) * x
        return np.asarray(miss(y_hat, y) * (factors(w, x) if factors else right))

    return slopes


def row_by_library(w: Array, x: float, y: float) -> Array:
    """Return the slopes of a row of weights from a network of width one without bends."""
    network = Network.from_weights(
        [(np.array([[weight]]), np.zeros(1)) for weight in w], hidden="identity", output="identity"
    )
    gradients = network.gradients(np.array([[x]]), np.array([[y]]))
    return np.array([layer.dW[0, 0] for layer in gradients])


def row_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with central differences."""
    x, y = inputs["x"], inputs["y"]
    yield check_gradient(lambda w: row_loss(w, x, y), inputs["w"], outputs["slopes"])


def lost_is_told(inputs: Inputs, result: Any) -> Any:
    """Put a number where a division by a weight of zero has left none, so that this thought can be recognised."""
    w = inputs["w"]
    if not isinstance(result, np.ndarray | list | tuple) or np.shape(result) != w.shape or w.all():
        return result
    slopes = np.array(result)
    if slopes.dtype.kind != "f":
        return result
    slopes[(w == 0) & ~np.isfinite(slopes)] = LOST
    return slopes


def guarded(w: Array, x: float) -> Array:
    """Return the answer divided by each weight, or zero."""
    return np.asarray(np.divide(w.prod() * x, w, out=np.zeros(len(w)), where=w != 0))


def by_division(top: Callable[[float, float, float], float]) -> Callable[..., Array]:
    """Return slopes of which each is something (of answer, miss and input) divided by the weight."""

    def slopes(w: Array, x: float, y: float) -> Array:
        y_hat = float(w.prod()) * x
        return np.asarray(np.divide(top(y_hat, y_hat - y, x), w, out=np.full(len(w), LOST), where=w != 0))

    return slopes


def updated_row(w: Array, x: float, y: float) -> Array:
    """Return slopes of a sweep that moves each weight before it goes on, by a rate of one."""
    gradient, slopes = w.prod() * x - y, np.zeros(len(w))
    for k in range(len(w))[::-1]:
        slopes[k] = gradient * before(w)[k] * x
        gradient *= w[k] - slopes[k]
    return slopes


def sweep_with(
    start: Callable[[float], float] = lambda miss: miss,
    sent_on: Callable[[float, float, float], float] = lambda came, weight, x: came * weight,
    slope: Callable[[float, float, float], float] = lambda back, came, weight: back * came,
    onward: Callable[[float, float, float], float] = lambda back, weight, slope: back * weight,
    order: Callable[[int], list[int]] = lambda n: list(range(n))[::-1],
    came_first: Callable[[float], float] = lambda x: x,
) -> Callable[..., Array]:
    """Return a sweep, line by line, with some of its lines exchanged."""

    def slopes(w: Array, x: float, y: float) -> Array:
        came, result = [came_first(x)], np.zeros(len(w))
        for weight in w:
            came.append(sent_on(came[-1], weight, x))
        back = start(came[-1] - y)
        for k in order(len(w)):
            result[k] = slope(back, came[k], w[k])
            back = onward(back, w[k], result[k])
        return result

    return slopes


def one_weight_off(w: Array, x: float, y: float) -> Array:
    """Return the slopes of a sweep that goes on through the weight before."""
    back, result = w.prod() * x - y, np.zeros(len(w))
    for k in range(len(w))[::-1]:
        result[k] = back * before(w)[k] * x
        back *= w[k - 1]
    return result


UNDONE = "You divided the miss by the weight: nothing is undone on the way back, slopes are multiplied."
BY_OWN = "You divided the answer by the weight itself: think of what becomes of that where the weight is zero."
ROW_PIECES: tuple[tuple[str, Callable[[Array, float], Array], str], ...] = (
    ("M13", lambda w, x: np.ones(len(w)), "You gave each weight the miss: it has yet to travel back to each of them."),
    ("M13", lambda w, x: np.full(len(w), 1 / len(w)), SHARES),
    ("own-weight", lambda w, x: np.full(len(w), w.prod() * x), OWN_WEIGHT),
    (
        "own-weight",
        lambda w, x: w * x,
        "You multiplied each weight with the input: its slope is made of what it is multiplied with, not of itself.",
    ),
    ("input", lambda w, x: before(w) * after(w), "You left out the input: it is the first thing on each road."),
    (
        "before-only",
        lambda w, x: before(w) * x,
        "You used what comes in only: on the way back the miss has to pass the weights between.",
    ),
    (
        "after-only",
        lambda w, x: after(w),
        "You stopped at what comes back to each weight: what comes in through it is missing.",
    ),
    (
        "after-only",
        lambda w, x: after(w) * x,
        "You took the input for what comes into every weight: after the first it has been multiplied on its way.",
    ),
    (
        "after-only",
        lambda w, x: np.append(after(w)[:-1], 1) * np.append(x, w[:-1]),
        "You took the weight before for what comes into the next: what comes in is a value of the forward pass.",
    ),
    (
        "off-by-one",
        lambda w, x: np.append(after(w)[1:], 1) * before(w) * x,
        "Your way back is one weight off: the first thing that it passes from the answer is the last weight.",
    ),
    (
        "off-by-one",
        lambda w, x: np.append(1, before(w)[:-1]) * after(w) * x,
        "What comes in is one weight off: into the second weight comes what the first has sent on.",
    ),
    (
        "swapped",
        lambda w, x: (before(w) * after(w) * x)[::-1],
        "The order is turned round: a sweep that begins at the end finds the last slope first.",
    ),
    (
        "M12",
        lambda w, x: others_added(w) * x if len(w) > 1 else np.full(1, x),
        "You added the other weights: along one road slopes are multiplied.",
    ),
    (
        "neighbour",
        lambda w, x: x * np.append(w[1:], 1),
        "You passed one weight on the way back: each sends its slope on to the one before.",
    ),
    (
        "divided",
        guarded,
        "You divided by the weight, and gave a weight of zero no slope: it can be the steepest of all.",
    ),
)
SWEEPS: tuple[tuple[str, Changes, str], ...] = (
    (
        "M12",
        {"onward": lambda back, weight, slope: back + weight},
        "On the way back you added the weight: it multiplies.",
    ),
    ("M12", {"slope": lambda back, came, weight: back + came}, "You added what comes back and what came in: multiply."),
    ("M12", {"sent_on": lambda came, weight, x: came + weight}, "On the way forward you added the weights."),
    (
        "onward",
        {"onward": lambda back, weight, slope: weight},
        "You handed on the weight alone: what has come back so far is lost.",
    ),
    (
        "onward",
        {"onward": lambda back, weight, slope: slope * weight},
        "You handed on the slope of the weight: it holds what came in, which belongs to this weight only.",
    ),
    (
        "onward",
        {"onward": lambda back, weight, slope: slope},
        "You handed on the slope of the weight: what goes on is what came back, through the weight.",
    ),
    (
        "own-weight",
        {"slope": lambda back, came, weight: back * weight},
        "You multiplied what comes back with the weight itself: its slope has what came in as a factor.",
    ),
    (
        "sent-on",
        {"sent_on": lambda came, weight, x: weight * x},
        "On the way forward each weight multiplied the input: from the second on, what the weight before has sent.",
    ),
    (
        "order",
        {"order": lambda n: list(range(n))},
        "Your way back begins at the first weight: it has to begin at the end.",
    ),
    (
        "off-by-one",
        {"order": lambda n: list(range(1, n))[::-1]},
        "Your way back ends before it has reached the first weight.",
    ),
    ("off-by-one", {"order": lambda n: list(range(n - 1))[::-1]}, "Your way back has left out the last weight."),
    ("input", {"came_first": lambda x: 1.0}, "The input is missing from the start: the answer is wrong already."),
)


def first_weight_always(w: Array, x: float, y: float) -> Array:
    """Return the slopes of a sweep that goes back through the first weight each time."""
    miss = w.prod() * x - y
    return np.array([miss * before(w)[k] * x * w[0] ** (len(w) - 1 - k) for k in range(len(w))])


def miss_each_time(w: Array, x: float, y: float) -> Array:
    """Return the slopes of a sweep that takes a new miss at each weight."""
    came = x * np.cumprod(np.append(1.0, w))
    back, slopes = came[-1] - y, np.zeros(len(w))
    for k in range(len(w))[::-1]:
        slopes[k] = back * came[k]
        back = (came[k] - y) * w[k]
    return slopes


ROW_MISTAKES = (
    *(Mistake(name, sweep_with(**changes), says) for name, changes, says in SWEEPS),
    *(
        Mistake(name, sweep_with(start=lambda miss: -miss, **changes), f"{says} {REVERSED}")
        for name, changes, says in SWEEPS
    ),
    Mistake(
        "off-by-one", one_weight_off, "You went back through the weight before: the way leads through its own weight."
    ),
    Mistake(
        "miss",
        swept(miss=lambda y_hat, y: (y_hat - y) ** 2),
        "You sent the square of the miss back: its slope is wanted.",
    ),
    Mistake("miss", swept(miss=lambda y_hat, y: float(np.sign(y_hat - y))), "You sent back the sign of the miss only."),
    Mistake("target", swept(miss=lambda y_hat, y: -y), "You sent the target back, and the answer plays no part."),
    Mistake("target", swept(miss=lambda y_hat, y: y_hat + y), "You added answer and target: the miss is a difference."),
    Mistake("target", swept(miss=lambda y_hat, y: (y_hat - y) / y), "You took the miss in parts of the target."),
    *(Mistake(name, swept(factors), says) for name, factors, says in ROW_PIECES),
    Mistake("divided", by_division(lambda y_hat, miss, x: miss * y_hat), BY_OWN),
    Mistake("divided", by_division(lambda y_hat, miss, x: -miss * y_hat), f"{BY_OWN} {REVERSED}"),
    Mistake("M6", by_division(lambda y_hat, miss, x: miss), UNDONE),
    Mistake("M6", by_division(lambda y_hat, miss, x: miss * x), UNDONE),
    Mistake(
        "miss",
        swept(miss=lambda y_hat, y: 1.0),
        "These are the slopes of the answer: what is missing is how much the loss minds it.",
    ),
    Mistake(
        "M13 loss",
        swept(miss=lambda y_hat, y: (y_hat - y) ** 2 / 2),
        "You sent the loss itself on its way back: what travels is a slope, and begins as that of the loss.",
    ),
    Mistake("target", swept(miss=lambda y_hat, y: y_hat), "You sent the answer back, and the target plays no part."),
    Mistake("sign", swept(miss=lambda y_hat, y: abs(y_hat - y)), "You lost the sign of the miss."),
    Mistake(
        "M9",
        lambda **i: i["w"] - swept()(**i),
        "Those are weights after a step: backpropagation moves none.",
    ),
    Mistake(
        "update-first", updated_row, "You moved the weights while going back: each slope belongs to the old weights."
    ),
    *(
        Mistake(name, swept(factors, lambda y_hat, y: y - y_hat), f"{says} {REVERSED}")
        for name, factors, says in ROW_PIECES
    ),
    Mistake("wrong-weight", first_weight_always, "You went back through the first weight each time: each has its own."),
    Mistake(
        "M13",
        miss_each_time,
        "You compared with the target at each weight: there is one miss, at the end, and it is sent back.",
    ),
    Mistake(
        "added",
        lambda w, x, y: np.cumsum(swept()(w, x, y)),
        "You added up the slopes along the row: each weight has one of its own.",
    ),
)

# ------------------------------------------------------------------ 1.9: a round of one bent unit


def draw_round(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a unit with n inputs, N examples and a rate."""
    n, examples = widths
    return {
        "w": rng.normal(size=n),
        "b": float(rng.normal()),
        "x": rng.normal(size=(examples, n)),
        "y": rng.uniform(-0.9, 0.9, examples),
        "rate": float(rng.uniform(0.3, 0.8)),
    }


ROUND_PIECES: Changes = {
    "bend": np.tanh,
    "sum": lambda x, w, b: x @ w + b,
    "miss": lambda a, y: a - y,
    "felt": lambda miss: miss,  # what of the miss goes back
    "slope": lambda z, a: 1 - a**2,
    "slope_of_w": None,  # as `slope`, unless it differs
    "size": lambda y, w: len(y),
    "size_of_b": None,
    "late": False,  # whether the slope of the bias is read after the weights have moved
    "in": lambda x: x,
    "weigh": lambda slope, w: slope,
    "bias": lambda slope, b: slope,
    "way": lambda value, rate, slope: value - rate * slope,
    "loss": lambda miss, miss_after, y: (miss**2).mean() / 2,
}


def one_round(**changes: Any) -> Callable[..., tuple[Any, Any, Any]]:
    """Return one round of training of a unit, with some of its pieces exchanged."""
    piece = SimpleNamespace(**{**ROUND_PIECES, **changes})
    slope_of_w, size_of_b = piece.slope_of_w or piece.slope, piece.size_of_b or piece.size

    def new(w: Array, b: float, x: Array, y: Array, rate: float) -> tuple[Any, Any, Any]:
        def there(w: Array, b: float) -> tuple[Array, Array, Array]:
            z = piece.sum(x, w, b)
            return z, piece.bend(z), piece.miss(piece.bend(z), y)

        z, a, miss = there(w, b)
        dw = piece.__dict__["in"](x).T @ (piece.felt(miss) * slope_of_w(z, a)) / piece.size(y, w)
        new_w = piece.way(w, rate, piece.weigh(dw, w))
        z_b, a_b, miss_b = there(new_w, b) if piece.late else (z, a, miss)
        slope_of_b = (piece.felt(miss_b) * piece.slope(z_b, a_b)).sum() / size_of_b(y, w)
        new_b = piece.way(b, rate, piece.bias(slope_of_b, b))
        return new_w, new_b, piece.loss(a - y, there(new_w, new_b)[2], y)

    return new


def round_by_library(w: Array, b: float, x: Array, y: Array, rate: float) -> tuple[Any, Any, Any]:
    """Return one round of training by the library's network."""
    network = Network.from_weights([(w[np.newaxis], np.array([b]))], output="tanh")
    loss, (layer,) = network.loss_and_gradients(x, y[:, np.newaxis])
    return w - rate * layer.dW[0], b - rate * layer.db[0], loss


def round_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare how far each parameter moved with central differences, and the loss with a plain loop."""
    w, b, x, y, rate = inputs.values()

    def loss(w: Array, b: Any) -> float:
        misses = [
            math.tanh(sum(map(math.prod, zip(row, w, strict=True))) + float(b)) - t for row, t in zip(x, y, strict=True)
        ]
        return math.fsum(miss * miss for miss in misses) / (2 * len(misses))

    yield check_gradient(lambda value: loss(value, b), w, (w - outputs["new_w"]) / rate)
    yield check_gradient(lambda value: loss(w, value), np.array(b), (b - outputs["new_b"]) / rate)
    yield math.isclose(outputs["loss"], loss(w, b), rel_tol=1e-9)


def flat(z: Array, a: Array) -> Array:
    """Return the slope of nothing bent."""
    return np.ones_like(z)


def uphill(value: Any, rate: float, slope: Any) -> Any:
    """Take the step the wrong way."""
    return value + rate * slope


FIRST_BUG, SECOND_BUG, THIRD_BUG = {"slope_of_w": flat}, {"late": True}, {"size_of_b": lambda y, w: 1}
LATE = "You read the slope of the bias after the weights had moved: all slopes belong to one place."
FLAT_W = "In the slope of the weights the bend of the unit is missing: they act through the sum, and the sum is bent."
SUM_B = "For the bias you added up the examples, and the loss is their mean."
NO_BEND = "You took the miss for delta: the slope of the bend is missing."

ROUND_WRONG: tuple[tuple[str, Changes, str], ...] = (
    ("M13", FIRST_BUG, FLAT_W),
    ("update-first", SECOND_BUG, LATE),
    ("mean", THIRD_BUG, SUM_B),
    ("M13", {"slope": flat}, NO_BEND),
    (
        "M5",
        {"slope": lambda z, a: 1 - np.tanh(a) ** 2},
        "You bent twice: the slope belongs at z, not at the activation.",
    ),
    (
        "M5",
        {"slope": lambda z, a: 1 - z**2},
        "You put z into a short form of the slope that is meant for the activation.",
    ),
    ("slope", {"slope": lambda z, a: a * (1 - a)}, "That slope belongs to another bend, which runs from zero to one."),
    ("slope", {"slope": lambda z, a: 1 + a**2}, "Your slope of the bend grows where the S is flat: look at its sign."),
    ("slope", {"slope": lambda z, a: 1 - a}, "In your slope of the bend a square is missing."),
    ("slope", {"slope": lambda z, a: (1 - a) ** 2}, "In your slope of the bend the square is in the wrong place."),
    (
        "M6",
        {"slope": lambda z, a: 1 / (1 - a**2)},
        "You divided by the slope of the bend: rates in a row are multiplied.",
    ),
    ("slope", {"slope": lambda z, a: a**2}, "Your slope of the bend is zero where the S is steepest."),
    ("mean", {"size": lambda y, w: 1}, "You added up the examples, and the loss is their mean."),
    (
        "mean",
        {"size": lambda y, w: len(w)},
        "You divided by the number of inputs: the loss is the mean over the examples.",
    ),
    (
        "mean",
        {"size": lambda y, w: len(y) ** 2},
        "You divided by the number of examples twice: the mean is taken once.",
    ),
    ("mean", {"size": lambda y, w: 2 * len(y)}, "You halved once more: the half of the loss is gone with the square."),
    (
        "factor-2",
        {"size": lambda y, w: len(y) / 2},
        "Your slopes are twice too large: the half in the loss meets the square.",
    ),
    (
        "bias",
        {"bias": lambda slope, b: slope * b},
        "You multiplied the slope of the bias with the bias: what comes in through it is a one.",
    ),
    ("bias", {"bias": lambda slope, b: 0 * b}, "The bias did not move: it is a parameter like the weights."),
    ("bias", {"bias": lambda slope, b: 1.0}, "You took one for the slope of the bias: how the loss reacts is missing."),
    (
        "incoming",
        {"in": lambda x: np.ones_like(x)},
        "What comes in through each weight is missing, so that all weights move alike.",
    ),
    ("target", {"miss": lambda a, y: a}, "The target is gone: what goes back is the miss, not the answer."),
    ("target", {"miss": lambda a, y: a + y}, "You added answer and target: the miss is a difference."),
    ("miss", {"felt": lambda miss: miss**2}, "You sent the square of the miss back: its slope is wanted."),
    ("miss", {"felt": np.sign}, "You sent back the sign of the miss only: its size counts too."),
    ("miss", {"felt": abs}, "You lost the sign of the miss: examples that are too low pull the other way."),
    (
        "M13",
        {"felt": lambda miss: (miss**2).mean() / 2},
        "You sent the loss itself back: what goes back is its slope for each answer, which is the miss.",
    ),
    (
        "mean",
        {"felt": lambda miss: miss.mean()},
        "You took the mean miss for all examples: each has a miss of its own.",
    ),
    ("bias", {"sum": lambda x, w, b: x @ w}, "You left the bias out of the forward pass."),
    ("bias", {"sum": lambda x, w, b: x @ w - b}, "You subtracted the bias in the forward pass."),
    ("no-activation", {"bend": lambda z: z}, "The bend is missing in the forward pass: the sum is not yet the answer."),
    (
        "own-weight",
        {"weigh": lambda slope, w: slope * w},
        "You multiplied the slope of each weight with the weight: what comes in through it is the factor.",
    ),
    ("two-left", FIRST_BUG | SECOND_BUG, f"One bug is gone. {FLAT_W} {LATE}"),
    ("two-left", FIRST_BUG | THIRD_BUG, f"One bug is gone. {FLAT_W} {SUM_B}"),
    ("two-left", SECOND_BUG | THIRD_BUG, f"One bug is gone. {LATE} {SUM_B}"),
    ("three-left", FIRST_BUG | SECOND_BUG | THIRD_BUG, "All three bugs are still there."),
)


def bent_at_miss(w: Array, b: float, x: Array, y: Array, rate: float) -> tuple[Any, Any, Any]:
    """Put the miss into the short form of the slope."""
    miss = np.tanh(x @ w + b) - y
    delta = miss * (1 - miss**2) / len(y)
    return w - rate * x.T @ delta, b - rate * delta.sum(), (miss**2).mean() / 2


ROUND_MISTAKES = (
    *(Mistake(name, one_round(**changes), says) for name, changes, says in ROUND_WRONG),
    Mistake("ascent", one_round(way=uphill), "You went uphill: the slope says where the loss grows."),
    Mistake(
        "slope",
        one_round(felt=np.ones_like),
        "That is the slope of the answer alone: how far it is from the target plays no part.",
    ),
    Mistake(
        "M13",
        one_round(**{"in": lambda x: np.ones_like(x), "slope": flat}),
        "You moved every weight by the miss: neither what comes in nor the bend plays a part.",
    ),
    Mistake(
        "learning-rate",
        one_round(way=lambda value, rate, slope: value - slope),
        "You left out the rate.",
    ),
    Mistake(
        "learning-rate",
        one_round(way=lambda value, rate, slope: value - slope / rate),
        "You divided by the rate: a smaller rate must give a smaller step.",
    ),
    Mistake("M9", one_round(way=lambda value, rate, slope: slope), "Those are slopes: the step has yet to be taken."),
    Mistake(
        "step-only",
        one_round(way=lambda value, rate, slope: -rate * slope),
        "That is the step alone: the new parameters are where it leads to.",
    ),
    Mistake(
        "step-only",
        one_round(way=lambda value, rate, slope: rate * slope),
        "That is the step alone: the new parameters are where it leads to.",
    ),
    Mistake("no-step", one_round(way=lambda value, rate, slope: value), "These are the old parameters, unchanged."),
    Mistake(
        "loss",
        one_round(loss=lambda miss, after, y: (after**2).mean() / 2),
        "That is the loss after the step: asked for is the one before it.",
    ),
    Mistake(
        "loss", one_round(loss=lambda miss, after, y: (miss**2).mean()), "The half in front of the square is gone."
    ),
    Mistake("loss", one_round(loss=lambda miss, after, y: (miss**2).sum() / 2), "The loss is the mean, not the sum."),
    Mistake("loss", one_round(loss=lambda miss, after, y: (miss**2).sum()), "You added up whole squares."),
    Mistake(
        "loss", one_round(loss=lambda miss, after, y: miss.mean()), "You took the mean miss: its square is missing."
    ),
    Mistake(
        "loss",
        one_round(loss=lambda miss, after, y: miss.mean() ** 2 / 2),
        "You squared the mean: misses of both signs then cancel.",
    ),
    Mistake("loss", one_round(loss=lambda miss, after, y: abs(miss).mean()), "You left out the square."),
    *(
        Mistake(name, one_round(**{**changes, "way": uphill}), f"{says} Besides, you went uphill.")
        for name, changes, says in ROUND_WRONG
    ),
    Mistake(
        "M13", bent_at_miss, "You put the miss into the short form of the slope, which is meant for the activation."
    ),
    Mistake(
        "learning-rate",
        one_round(way=lambda value, rate, slope: value - rate * rate * slope),
        "The rate is in there twice: one step is scaled once.",
    ),
)

# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "1.1",
        "The steepest of three",
        rung="predict",
        points=1,
        difficulty=1,
        minutes=3,
        kind=Choice(
            "b",
            {
                "a": (
                    "large-weight",
                    "You went by the size of the weight itself; its slope is made of all that stands beside it.",
                ),
                "c": (
                    "last-layer",
                    "You went by the place: near to the answer or far from it, the same factors stand in the row.",
                ),
                "d": (
                    "M13",
                    "The answer is off by one amount, that is true, and each weight hears of it through other factors: "
                    "the gradient is not the error.",
                ),
            },
        ),
        praise="A weight is steep when its companions are large: it is they that carry a nudge of it to the answer.",
        hints=(
            "Nudge one weight in your mind, by 0.01 say. By how much does the product change?",
            "A nudge of one weight arrives multiplied with the two others and the input.",
            "Compare the product of the other two weights for each of the three: for which is it largest?",
        ),
    ),
    Exercise(
        "1.2",
        "Whose work is it?",
        rung="predict",
        points=5,
        difficulty=1,
        minutes=4,
        kind=Parts(
            {
                "A": step("backward", update="by then it is settled which way is better: the update only uses it."),
                "B": step("update"),
                "C": step("loss", backward="by the time of the backward pass the target has been looked at already."),
                "D": step(
                    "forward",
                    loss="the loss reads the answer alone; these numbers were there before it.",
                    backward="the backward pass reads these numbers, so that they must be there before it.",
                    update="the backward pass needs these numbers, and the update comes after it.",
                ),
                "E": step("update"),
            }
        ),
        praise="Backpropagation finds out which way each weight should go; it neither chooses how far nor moves it.",
        hints=(
            "Go through the chapter's one_round, line by line.",
            "Which line changes a number of the network? Which line is the first to read y?",
            "Forward knows x and the weights; the loss adds y; backward adds slopes; the update adds the rate, and "
            "moves.",
        ),
    ),
    Exercise(
        "1.3",
        "Three weights in a row",
        rung="hand-compute",
        points=2,
        difficulty=1,
        minutes=6,
        kind=Number(
            setting=row_of_three,
            right=lambda q: q.miss * before(q.w) * after(q.w) * q.x,
            witness=lambda q: numerical_gradient(lambda w: row_loss(w, q.x, q.y), q.w),
            mistakes=ROW_OF_THREE,
        ),
        praise="One miss, three slopes, and even their signs differ: each weight sees the miss from its own place.",
        hints=(
            "Forward first: what is the answer, and by how much is it off? Mind the sign.",
            "The answer is one product. How fast does a product change with one of its factors?",
            "Each slope is the miss times the input times the two weights that it does not belong to.",
        ),
    ),
    Exercise(
        "1.4",
        "Eight slopes from two nudges",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=7,
        kind=Number(
            setting=two_nudges,
            right=lambda q: np.outer(q.delta, q.inputs),
            witness=table_by_differences,
            mistakes=TWO_NUDGES,
        ),
        praise="Two nudges were enough: behind the sum of a unit, all its parameters share one road to the loss.",
        hints=(
            "All parameters of one unit act through one sum. What does a nudge of the first weight do to it?",
            "The slope of a weight is delta of its unit times what comes in. You know one slope of each unit and what "
            "comes in there.",
            "Divide the measured slope by the first input, that is delta; then multiply it with each input in turn. "
            "For the bias, what comes in is a one.",
        ),
    ),
    Exercise(
        "1.5",
        "The bill",
        rung="complete",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("forward", "backward", "nudging"),
            inputs=draw_widths,
            right=bill,
            witness=bill_by_counting,
            mistakes=BILLS,
            widths=((4, 9, 3), (7, 5), (6, 2, 11, 3)),
            square=None,
        ),
        praise="Backward is less than two forward passes, whatever the widths; nudging has the parameters as a factor.",
        hints=(
            "Ask of each layer what the backward pass does there: one thing for every layer, a second for most.",
            "Carrying the slopes below the first layer is left out. And what is nudged is each weight and each bias.",
            "Backward: all the weights, and once more those of all layers but the first. Nudging: two forward passes "
            "for each parameter, and there is a bias for each entry of widths[1:].",
        ),
    ),
    Exercise(
        "1.6",
        "Nudge one way",
        rung="implement",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("slopes", "the number of loss evaluations"),
            inputs=draw_loss,
            right=nudged(),
            witness=lambda inputs, outputs: nudging_agrees(inputs, outputs),
            mistakes=ONE_WAY_NUDGES,
            widths=((4,), (1,), (6,)),
            square=None,
            seen=counted,
        ),
        praise="The loss at the start is asked for once and used by all: work that is not done twice.",
        hints=(
            "The chapter's slopes_by_nudging steps both ways. What changes when each weight is only moved up?",
            "The loss at the start is the same for each weight: where does that line belong?",
            "Before the loop, base is loss_of(w). In the loop: a copy of w with h added to entry i, its loss, minus "
            "base, divided by h.",
        ),
    ),
    Exercise(
        "1.7",
        "One sweep back",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=("slopes",),
            inputs=draw_row,
            right=row_by_library,
            witness=row_agrees,
            mistakes=ROW_MISTAKES,
            widths=((3,), (5,), (1,), (2,)),
            square=None,
            seen=lost_is_told,
        ),
        praise="Each product is used again by the next weight: one pass forward, one back, no matter how long the row.",
        hints=(
            "Go forward and write down what comes into each weight. The way back will need these values.",
            "Start back at the answer with its miss. At each weight: its slope is what comes back times what came in. "
            "What goes on to the weight before?",
            "Back is the miss at first; for i from the last to the first: slopes[i] is back times what came in there; "
            "then back is multiplied with w[i]. No division anywhere.",
        ),
    ),
    Exercise(
        "1.8",
        "Find the bug",
        rung="debug",
        points=5,
        difficulty=2,
        minutes=8,
        kind=Parts({"A": bug("a"), "B": bug("d"), "C": bug("f"), "D": bug("e"), "E": bug("c")}),
        praise="Each of the four makes the loss fall from some starts, which is why such bugs live long.",
        hints=(
            "Take numbers, w 1, b 0, x 2, y 0 say, and follow each round. What are the two slopes there?",
            "One version looks as if it went uphill. Look at which way round it subtracts.",
            "Ask of each slope: is everything where it was at the start when it is computed? Ask of each quotient: how "
            "far apart are the two places?",
        ),
    ),
    Exercise(
        "1.9",
        "Repair the round",
        rung="debug",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=("new_w", "new_b", "loss"),
            inputs=draw_round,
            right=round_by_library,
            witness=round_agrees,
            mistakes=ROUND_MISTAKES,
            widths=((3, 5), (4, 1), (2, 6)),
            square=None,
        ),
        praise="Forward, loss, backward, update, each in its place: both slopes are read before anything moves.",
        hints=(
            "Compare the two slopes with each other: whatever the loss makes of the sum, it makes for both.",
            "Nothing may move before both slopes are known. And the loss is a mean: what does that do to a slope?",
            "Delta is the miss times the slope of the bend, divided by the number of examples. The weights get x.T @ "
            "delta, the bias the sum of delta, both from the first forward pass.",
        ),
    ),
    Exercise(
        "1.10",
        "The slope of one bent unit",
        rung="derive",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Derivation("1.10"),
        praise="Three links, three factors: the loss, the bend, the sum.",
        hints=(
            "Go from the weight to the loss: which quantities do you pass?",
            "The weight moves the sum, the sum moves the answer, the answer moves the loss. Find the three rates one "
            "by one.",
            "The rates are a - y for the loss, 1 - a**2 for the bend, and for the sum what the weight is multiplied "
            "with.",
        ),
    ),
    Exercise(
        "1.11",
        "Three roads",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=8,
        kind=Derivation("1.11"),
        praise="The miss and the input are on every road, so they stand outside the sum: shared pieces, used once.",
        hints=(
            "How many roads lead from h to the answer?",
            "Each road has its own product of slopes; the straight one has no weight on it. What do you do with the "
            "three?",
            "The loss minds the answer by y_hat - y; the answer changes with h by the sum over the roads; h changes "
            "with u by the input. Multiply the three.",
        ),
    ),
    Exercise(
        "1.12",
        "What is wrong with this sentence?",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Essay(
            (
                "Repeats a definition of backpropagation, or finds one slip without saying why it is one.",
                "Finds one of the three mistakes and says with a reason what is so instead.",
                "Finds two of the three, each with a reason or an example.",
                "Finds all three, each with a reason or an example, and says what is right about the sentence.",
            )
        ),
        praise="",
        hints=(
            "Take the sentence word by word: sends, the error, lowers, every weight, its share.",
            "What does one_round change in its third line? What do the slopes of a network add up to? When should a "
            "weight be raised although the answer is too high?",
            "The three: it moves nothing; what comes back are slopes and no shares of the error; and a slope has a "
            "sign, so some weights go up.",
        ),
    ),
)
