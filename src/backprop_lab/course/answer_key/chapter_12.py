"""The exercises of chapter 12, Overfitting and regularization.

Mutants are passes with exchangeable pieces. References come from the library where it has the function; witnesses are
numerical differences and plain loops.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.number import Number
from backprop_lab.gradient_check import check_gradient, numerical_gradient
from backprop_lab.optimizers import AdamW
from backprop_lab.regularization import L1, L2, EarlyStopping, penalty_and_gradient

__all__ = ["EXERCISES"]

Pieces = Mapping[str, Callable[..., Any]]
Wrong = tuple[str, Pieces, str]


def chosen(right: Pieces, wrong: Pieces) -> SimpleNamespace:
    """Return the pieces of a pass, some exchanged."""
    return SimpleNamespace(**{**right, **wrong})


def made(run: Callable[..., Any], table: Sequence[Wrong]) -> tuple[Mistake, ...]:
    """Return a mistake for each row of the table: `run` with its pieces."""
    return tuple(Mistake(name, functools.partial(run, wrong), says) for name, wrong, says in table)


def two_options(right: str, other: str, mistake: str, says: str) -> Choice:
    """Return a choice between two words."""
    return Choice(right, {other: (mistake, says)})


# ------------------------------------------------------------------ 12.1: two prices

PRICES = {
    "A": two_options(
        "no",
        "yes",
        "share",
        "a step takes a share of what is left; how often can one take a share until nothing is left?",
    ),
    "B": two_options(
        "yes", "no", "amount", "this price takes an amount, whatever the size; compare it with the small weight."
    ),
    "C": two_options("yes", "no", "share", "what does a step multiply each of the two weights by?"),
    "D": two_options(
        "no",
        "yes",
        "amount",
        "one price takes a share, the other an amount; count what each has taken after all steps.",
    ),
    "E": two_options(
        "yes", "no", "amount", "this price does not get weaker as the weight gets smaller; count the steps it needs."
    ),
}

# ------------------------------------------------------------------ 12.2: a step with a price


def priced_step() -> SimpleNamespace:
    """Return a unit with three weights and a bias, its gradient without the price, rate and strength."""
    return SimpleNamespace(
        W=np.array([0.84, -1.52, 2.1]), b=0.62, dW=np.array([0.31, -0.23, 0.07]), db=-0.36, rate=0.4, strength=0.3
    )


def stepped(q: SimpleNamespace, shrink: float, decay_bias: float = 0.0, way: float = 1.0) -> Array:
    """Return weights and bias after a step that takes away a multiple of each."""
    return np.array([*(q.W - shrink * q.W - way * q.rate * q.dW), q.b - decay_bias * q.b - way * q.rate * q.db])


def step_by_differences(q: SimpleNamespace) -> Array:
    """Return the step along the differences of a loss that has this gradient, with the price."""

    def loss(p: Array) -> float:
        return float(p[:3] @ q.dW + p[3] * q.db + q.strength / 2 * (p[:3] ** 2).sum())

    start = np.array([*q.W, q.b])
    return np.asarray(start - q.rate * numerical_gradient(loss, start))


STEP_MISTAKES = (
    Mistake("bias", lambda q: stepped(q, q.rate * q.strength, q.rate * q.strength), "You shrank the bias as well."),
    Mistake("no-decay", lambda q: stepped(q, 0), "That is the step without the price."),
    Mistake(
        "learning-rate",
        lambda q: stepped(q, q.strength),
        "You took the whole strength for the share: a step takes as much of the price's gradient as of any other.",
    ),
    Mistake(
        "learning-rate",
        lambda q: stepped(q, q.strength, q.strength),
        "You took the whole strength for the share, and shrank the bias as well.",
    ),
    Mistake(
        "factor-2",
        lambda q: stepped(q, q.rate * q.strength / 2),
        "You kept the half of the price: the square brings a two down, which cancels it.",
    ),
    Mistake(
        "factor-2",
        lambda q: stepped(q, 2 * q.rate * q.strength),
        "You forgot the half of the price: it cancels the two that the square brings down.",
    ),
    Mistake("sign", lambda q: stepped(q, -q.rate * q.strength), "Your price makes the weights grow."),
    Mistake("ascent", lambda q: stepped(q, q.rate * q.strength, way=-1), ""),
    Mistake("ascent", lambda q: stepped(q, -q.rate * q.strength, way=-1), ""),
    Mistake(
        "L1",
        lambda q: stepped(q, 0) - q.rate * q.strength * np.array([*np.sign(q.W), 0]),
        "That is the other price, the one with the magnitude: this one takes a share.",
    ),
    Mistake(
        "order",
        lambda q: np.array([*((1 - q.rate * q.strength) * (q.W - q.rate * q.dW)), q.b - q.rate * q.db]),
        "You shrank what the step led to: the price belongs to the old weights, like every gradient.",
    ),
    Mistake("M9", lambda q: np.array([*(q.dW + q.strength * q.W), q.db])),
    Mistake("step-only", lambda q: stepped(q, q.rate * q.strength) - np.array([*q.W, q.b])),
    Mistake("step-only", lambda q: np.array([*q.W, q.b]) - stepped(q, q.rate * q.strength)),
    Mistake(
        "learning-rate",
        lambda q: np.array([*(q.W - q.dW - q.strength * q.W), q.b - q.db]),
    ),
    Mistake("no-step", lambda q: np.array([*q.W, q.b])),
    *(
        Mistake(
            "sign",
            lambda q, lost=lost: stepped(
                SimpleNamespace(**{**vars(q), lost: np.abs(vars(q)[lost])}), q.rate * q.strength
            ),
            f"You lost the minus of {what}.",
        )
        for lost, what in (("W", "a weight"), ("dW", "the gradient of a weight"), ("db", "the gradient of the bias"))
    ),
    Mistake(
        "bias",
        lambda q: np.array([*stepped(q, q.rate * q.strength)[:3], q.b]),
        "You left the bias where it was: it has no price, but it takes the step.",
    ),
    Mistake(
        "M9",
        lambda q: np.array([*((1 - q.rate * q.strength) * q.W), q.b]),
        "You only shrank the weights: the step along the gradient of the loss is missing.",
    ),
    Mistake(
        "price-itself",
        lambda q: stepped(q, 0) - q.rate * q.strength / 2 * np.array([*q.W**2, 0]),
        "You subtracted the price itself: a step goes along its derivative.",
    ),
    Mistake(
        "price-itself",
        lambda q: stepped(q, 0) - q.rate * q.strength / 2 * (q.W**2).sum() * np.array([1, 1, 1, 0]),
        "You subtracted the whole price from each weight: a step goes along its derivative by that weight.",
    ),
    Mistake(
        "price-itself",
        lambda q: stepped(q, 0) - q.rate * q.strength * q.W.sum() * np.array([1, 1, 1, 0]),
        "You made one number of all weights: each pays for itself.",
    ),
    Mistake(
        "price-itself",
        lambda q: stepped(q, 0) - q.rate * q.strength * np.sqrt((q.W**2).sum()) * np.array([1, 1, 1, 0]),
        "You took the length of all weights: each pays for itself.",
    ),
    Mistake(
        "mean",
        lambda q: stepped(q, q.rate * q.strength / 3),
        "You shared the price out among the weights: it is a sum, not a mean.",
    ),
    Mistake(
        "swapped",
        lambda q: np.array([*(q.W - q.strength * (q.dW + q.rate * q.W)), q.b - q.strength * q.db]),
        "Rate and strength have changed places.",
    ),
    Mistake("order", lambda q: np.roll(stepped(q, q.rate * q.strength), 1), "The bias comes last."),
    Mistake(
        "rate",
        lambda q: np.array([*(q.W - q.rate * q.strength * (q.dW + q.W)), q.b - q.rate * q.db]),
        "You multiplied the gradient of the loss by the strength too: only the price has it.",
    ),
    Mistake(
        "price-itself",
        lambda q: stepped(SimpleNamespace(**{**vars(q), "dW": (1 + q.strength) * q.dW}), 0),
        "You charged for the gradients: the weights pay.",
    ),
    Mistake(
        "bias",
        lambda q: stepped(q, q.rate * q.strength, -q.rate * q.strength),
        "Your price makes the bias grow: it has none.",
    ),
)

# ------------------------------------------------------------------ 12.3: dropout by hand


def thinned_unit() -> SimpleNamespace:
    """Return four hidden units, one of them dropped, and a linear output."""
    return SimpleNamespace(
        a=np.array([0.8, 1.5, 0.6, 2.2]),
        kept=np.array([1.0, 0.0, 1.0, 1.0]),
        keep=0.8,
        w=np.array([0.5, -1.1, 1.9, 0.3]),
        b=0.1,
        y=1.2,
    )


def back_through_mask(
    q: SimpleNamespace, up: Callable[[SimpleNamespace], Any], down: Callable[[SimpleNamespace], Any]
) -> Array:
    """Return dC/da with one factor on the way up and another on the way down."""
    miss = q.w @ (up(q) * q.a) + q.b - q.y
    return np.asarray(miss * q.w * down(q))


def inverted(q: SimpleNamespace) -> Array:
    """Return the mask of the chapter."""
    return np.asarray(q.kept / q.keep)


def everybody(q: SimpleNamespace) -> Array:
    """Return a mask of ones."""
    return np.ones(4)


def another_mask(silent: int, q: SimpleNamespace) -> Array:
    """Return the mask with another unit silenced."""
    return np.asarray((np.arange(4) != silent) / q.keep)


def thinned_by_differences(q: SimpleNamespace) -> Array:
    """Return dC/da by differences."""

    def loss(a: Array) -> float:
        out = q.b + sum(w * v * k / q.keep for w, v, k in zip(q.w, a, q.kept, strict=True))
        return float((out - q.y) ** 2 / 2)

    return numerical_gradient(loss, q.a)


def both_ways(name: str, mask: Callable[[SimpleNamespace], Any], says: str) -> Mistake:
    """Return the mistake of a wrong mask, the same up and down."""
    return Mistake(name, lambda q: back_through_mask(q, mask, mask), says)


MASK_MISTAKES = (
    both_ways("scale", lambda q: q.kept, "What is kept is not made larger: then the next layer gets too little."),
    both_ways(
        "scale", lambda q: q.kept * q.keep, "You made what is kept smaller: it has to make up for what is missing."
    ),
    both_ways(
        "rate",
        lambda q: q.kept / (1 - q.keep),
        "You divided by the probability to be dropped: it is that to be kept.",
    ),
    both_ways("scale", lambda q: q.kept * (2 - q.keep), "You added the missing share: a factor has to make up for it."),
    both_ways(
        "dropped",
        lambda q: (1 - q.kept) / q.keep,
        "You kept the unit that is dropped, and dropped the others.",
    ),
    both_ways("no-dropout", everybody, "That is the gradient without dropout."),
    Mistake(
        "mask",
        lambda q: back_through_mask(q, inverted, everybody),
        "The mask is missing on the way back: a unit that was silent had no part in the loss.",
    ),
    Mistake(
        "scale-back",
        lambda q: back_through_mask(q, inverted, lambda q: q.kept),
        "On the way back you dropped, and did not scale: the mask is a factor, the same both ways.",
    ),
    Mistake(
        "scale-back",
        lambda q: back_through_mask(q, lambda q: q.kept, inverted),
        "On the way up you dropped, and did not scale: the mask is a factor, the same both ways.",
    ),
    Mistake(
        "mask",
        lambda q: back_through_mask(q, everybody, inverted),
        "The mask is missing on the way up: the unit that is dropped does not count in the output.",
    ),
    Mistake(
        "mask",
        lambda q: back_through_mask(q, everybody, lambda q: q.kept),
        "The mask is missing on the way up, and on the way back it is not scaled.",
    ),
    Mistake(
        "mask",
        lambda q: back_through_mask(q, lambda q: q.kept, everybody),
        "The mask is missing on the way back, and on the way up it is not scaled.",
    ),
    Mistake(
        "twice",
        lambda q: back_through_mask(q, inverted, lambda q: inverted(q) ** 2),
        "On the way back the mask is in there twice.",
    ),
    Mistake(
        "incoming",
        lambda q: (q.w @ (inverted(q) * q.a) + q.b - q.y) * inverted(q) * q.a,
        "That is the gradient of the weights: asked is that of the activations.",
    ),
    Mistake("weights-forgotten", lambda q: (q.w @ (inverted(q) * q.a) + q.b - q.y) * inverted(q)),
    Mistake(
        "bias",
        lambda q: (q.w @ (inverted(q) * q.a) - q.y) * q.w * inverted(q),
        "You left out the bias of the output.",
    ),
    Mistake(
        "upstream", lambda q: q.w * inverted(q), "That is the slope of the output: how much the loss minds is missing."
    ),
    Mistake("M13 loss", lambda q: (q.w @ (inverted(q) * q.a) + q.b - q.y) ** 2 / 2 * q.w * inverted(q)),
    Mistake(
        "mask",
        lambda q: back_through_mask(q, inverted, lambda q: 1 / q.keep),
        "On the way back you scaled, and did not drop: a unit that was silent had no part in the loss.",
    ),
    Mistake(
        "mask",
        lambda q: back_through_mask(q, lambda q: 1 / q.keep, inverted),
        "On the way up you scaled, and did not drop: the silent unit does not count in the output.",
    ),
    Mistake(
        "mask",
        lambda q: back_through_mask(q, everybody, lambda q: 1 / q.keep),
        "The mask is missing both ways: a silent unit has no part in the output, nor in the loss.",
    ),
    *(
        both_ways(
            "dropped",
            functools.partial(another_mask, silent),
            "You silenced another unit: Python counts from zero, the statement from one.",
        )
        for silent in (0, 2, 3)
    ),
    Mistake(
        "scale",
        lambda q: (q.w @ (inverted(q) * q.a) + q.b - q.y / q.keep) * q.w * inverted(q),
        "You scaled the target: the mask acts on the activations only.",
    ),
    Mistake(
        "scale",
        lambda q: ((q.w @ (q.kept * q.a) + q.b) / q.keep - q.y) * q.w * inverted(q),
        "You scaled the bias too: the mask acts on the activations only.",
    ),
    Mistake(
        "scale",
        lambda q: (q.w @ (q.kept * q.a) + q.b - q.y) / q.keep * q.w * inverted(q),
        "You scaled the miss: the mask acts on the activations, before the target is subtracted.",
    ),
    both_ways(
        "scale",
        lambda q: q.kept / np.sqrt(q.keep),
        "You took the root of the probability: the mean is to be kept, and it goes by the factor itself.",
    ),
    both_ways(
        "scale",
        lambda q: q.kept * 4 / 3,
        "You counted the units that are left: the factor comes from the probability, not from how the dice fell.",
    ),
    Mistake(
        "incoming",
        lambda q: (q.w @ (inverted(q) * q.a) + q.b - q.y) * q.w * q.a * inverted(q),
        "You multiplied with the activations as well: what an activation is worth does not depend on itself.",
    ),
    Mistake(
        "bias",
        lambda q: (q.w @ (inverted(q) * q.a) - q.b - q.y) * q.w * inverted(q),
        "You subtracted the bias: the output adds it.",
    ),
    Mistake(
        "scale",
        lambda q: back_through_mask(q, lambda q: q.keep, inverted),
        "On the way up you scaled as for evaluation: this is training, with a mask.",
    ),
    Mistake(
        "upstream",
        lambda q: np.asarray(q.w @ (inverted(q) * q.a) + q.b - q.y),
        "That is the miss of the output: it has to go back through weights and mask.",
    ),
)

# ------------------------------------------------------------------ 12.4: dropout

DROPOUT_CASES: dict[tuple[int, ...], tuple[float, bool]] = {
    (5, 3): (0.3, True),
    (1, 6): (0.6, True),
    (4, 2): (0.3, False),
    (2, 7): (0.75, True),
    (6, 4): (0.6, False),
}


def draw_dropout(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Any]:
    """Return activations, some of them zero, what comes from above, and draws; training or not, by the widths."""
    rate, training = DROPOUT_CASES[widths]
    a = rng.normal(size=widths) * (rng.random(widths) > 0.25)
    if training:
        a[0, 0] = 0
    draws = rng.random(widths)
    draws[0, :2] = rate + 0.2, rate - 0.2  # one of each, and a kept unit that happens to send nothing
    draws[-1, -1] = rate  # not below it, so kept
    a[-1, -1] = 1.5
    return {"a": a, "da": rng.normal(size=widths), "draws": draws, "rate": rate, "training": training}


DROPOUT_PIECES: Pieces = {
    "kept": lambda draws, rate: draws >= rate,
    "up": lambda kept, rate: kept / (1 - rate),
    "down": lambda mask, kept, a, rate: mask,
    "off": lambda rate: 1.0,
    "off_back": lambda rate: 1.0,
    "switch": lambda training: training,
    "back": lambda da, factor, a: da * factor,
}


def dropout(wrong: Pieces, a: Array, da: Array, draws: Array, rate: float, training: bool) -> tuple[Array, Array]:
    """Return what goes up and what comes back, with some pieces exchanged."""
    piece = chosen(DROPOUT_PIECES, wrong)
    if not piece.switch(training):
        return a * piece.off(rate), piece.back(da, piece.off_back(rate), a)
    kept = piece.kept(draws, rate)
    mask = piece.up(kept, rate)
    return a * mask, piece.back(da, piece.down(mask, kept, a, rate), a)


def dropout_by_loops(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Judge: number by number up, and by differences of sum(da * output) down."""
    q = SimpleNamespace(**inputs)

    def up(a: Array) -> Array:
        if not q.training:
            return a
        rows = [
            [v / (1.0 - q.rate) if d >= q.rate else 0.0 for v, d in zip(*pair, strict=True)]
            for pair in zip(a, q.draws, strict=True)
        ]
        return np.array(rows)

    yield np.allclose(up(q.a), outputs["dropped"], rtol=1e-12, atol=0)
    yield check_gradient(lambda a: float((q.da * up(a)).sum()), q.a, outputs["da_in"])


DROPOUT_WRONG: tuple[Wrong, ...] = (
    (
        "mask",
        {"down": lambda mask, kept, a, rate: 1.0},
        "The mask is missing on the way back: a unit that was silent had no part in the loss.",
    ),
    (
        "scale-back",
        {"down": lambda mask, kept, a, rate: kept * 1.0},
        "On the way back you drop, and do not scale: the mask is a factor, the same both ways.",
    ),
    (
        "scale-back",
        {"up": lambda kept, rate: kept * 1.0, "down": lambda mask, kept, a, rate: kept / (1 - rate)},
        "On the way up you drop, and do not scale: the mask is a factor, the same both ways.",
    ),
    (
        "scale-back",
        {"down": lambda mask, kept, a, rate: kept * (1 - rate)},
        "On the way back you undo the scaling: nothing is undone there, the factor is the same.",
    ),
    (
        "scale",
        {"up": lambda kept, rate: kept * 1.0},
        "What is kept is not made larger, so in training the next layer gets less than in evaluation.",
    ),
    (
        "scale",
        {"up": lambda kept, rate: kept * 1.0, "off": lambda rate: 1 - rate, "off_back": lambda rate: 1 - rate},
        "That is dropout as in the first paper, which scales in evaluation: here training does it.",
    ),
    (
        "scale",
        {"off": lambda rate: 1 - rate, "off_back": lambda rate: 1 - rate},
        "You scale in evaluation too: training has made up for it already.",
    ),
    (
        "scale",
        {"off": lambda rate: 1 - rate},
        "You scale on the way up in evaluation too: training has made up for it already.",
    ),
    (
        "scale",
        {"off": lambda rate: 1 / (1 - rate), "off_back": lambda rate: 1 / (1 - rate)},
        "You make everything larger in evaluation: there nothing is missing.",
    ),
    (
        "scale",
        {"up": lambda kept, rate: kept * (1 - rate)},
        "You make what is kept smaller: it has to make up for what is missing.",
    ),
    (
        "rate",
        {"up": lambda kept, rate: kept / rate},
        "You divided by the probability to be dropped: it is that to be kept.",
    ),
    (
        "rate",
        {"kept": lambda draws, rate: draws < rate},
        "You keep what should be dropped: the rate is the share of those that are silenced.",
    ),
    (
        "rate",
        {"kept": lambda draws, rate: draws < rate, "up": lambda kept, rate: kept / rate},
        "You took the rate for the probability to be kept: it is the share of those that are silenced.",
    ),
    (
        "rate",
        {"kept": lambda draws, rate: draws < 1 - rate},
        "You keep as many as you should, but not those whose draw is at or above the rate.",
    ),
    (
        "always-on",
        {"switch": lambda training: True},
        "You drop in evaluation too: then the answer is a matter of dice.",
    ),
    (
        "mode",
        {"switch": lambda training: not training},
        "You drop in evaluation and not in training: it is the other way round.",
    ),
    ("no-dropout", {"switch": lambda training: False}, "You never drop anything."),
    (
        "twice",
        {"down": lambda mask, kept, a, rate: mask**2},
        "On the way back the mask is in there twice.",
    ),
    (
        "dropped",
        {"down": lambda mask, kept, a, rate: (1 - kept) / (1 - rate)},
        "The gradient comes back to the units that were silent: it belongs to the others.",
    ),
    (
        "from-activation",
        {"down": lambda mask, kept, a, rate: (a * mask != 0) / (1 - rate)},
        "You read the mask off the activations: a unit that was kept may have sent nothing of its own accord.",
    ),
    (
        "from-activation",
        {"down": lambda mask, kept, a, rate: (a * mask > 0) / (1 - rate)},
        "On the way back you ask which activations are positive: that is the mask of a ReLU.",
    ),
    (
        "incoming",
        {"back": lambda da, factor, a: da * factor * a},
        "You multiplied by the activation: the slope of a product by one factor is the other factor.",
    ),
    (
        "upstream",
        {"back": lambda da, factor, a: np.zeros_like(da) + factor},
        "You return the slope alone: what comes from above is missing.",
    ),
    (
        "sign",
        {"back": lambda da, factor, a: -da * factor},
        "The sign is turned round on the way back.",
    ),
)


def dropout_with(
    mask: Callable[[SimpleNamespace], Any],
    results: Callable[[SimpleNamespace], tuple[Any, Any]] = lambda q: (q.a * q.mask, q.da * q.mask),
) -> Callable[..., tuple[Any, Any]]:
    """Return dropout with another mask in training, or with other results."""

    def run(a: Array, da: Array, draws: Array, rate: float, training: bool) -> tuple[Any, Any]:
        q = SimpleNamespace(a=a, da=da, draws=draws, rate=rate, training=training, kept=draws >= rate)
        q.mask = np.ones_like(a) * (mask(q) if training else 1.0)
        return results(q)

    return run


def proper(q: SimpleNamespace) -> Any:
    """Return the mask of the statement."""
    return q.kept / (1 - q.rate)


DROPOUT_EXTRA = (
    Mistake(
        "edge",
        dropout_with(lambda q: (q.draws > q.rate) / (1 - q.rate)),
        "A draw that just meets the rate is not below it: look at what happens where the two are equal.",
    ),
    Mistake(
        "rate",
        dropout_with(lambda q: (q.draws >= 1 - q.rate) / (1 - q.rate)),
        "You compare the draws with the probability to be kept: an entry is silenced where its draw is below the rate.",
    ),
    Mistake(
        "rate", dropout_with(lambda q: (q.draws >= 0.5) / 0.5), "Your rate is always a half: use the one that is given."
    ),
    Mistake(
        "mode",
        dropout_with(proper, lambda q: (q.a * q.mask, q.da * q.mask * q.training)),
        "In evaluation nothing comes back: the mask is gone, the gradient is not.",
    ),
    Mistake(
        "mode",
        dropout_with(proper, lambda q: (q.a * q.mask * q.training, q.da * q.mask * q.training)),
        "In evaluation you silence everything: nothing happens to the activations there.",
    ),
    Mistake(
        "mode",
        dropout_with(proper, lambda q: (q.a * q.mask, q.da * proper(q))),
        "In evaluation you drop on the way back only: neither way has a mask there.",
    ),
    Mistake(
        "from-activation",
        dropout_with(proper, lambda q: (q.a * q.mask, q.da * (q.a * q.mask > 0) / (1 - q.rate))),
        "You made the mask for the way back from what went up: an activation may be zero or negative and be kept.",
    ),
    Mistake(
        "relu",
        dropout_with(proper, lambda q: (q.a * q.mask, q.da * q.mask * (q.a > 0))),
        "You put the slope of a ReLU into it: dropout only multiplies.",
    ),
    Mistake(
        "incoming",
        dropout_with(proper, lambda q: (q.a * q.mask, q.a * q.mask)),
        "You return what goes up twice: what comes back is made from the gradient.",
    ),
    Mistake(
        "no-dropout",
        dropout_with(proper, lambda q: (q.a, q.da * q.mask)),
        "The mask is on the way back only: what goes up has passed it too.",
    ),
    Mistake(
        "results-swapped",
        dropout_with(proper, lambda q: (q.da * q.mask, q.a * q.mask)),
        "The two results have changed places: what goes up comes first.",
    ),
    Mistake(
        "scale",
        dropout_with(lambda q: q.kept / q.kept.mean()),
        "You counted how many were kept: the factor comes from the rate, not from how the dice fell.",
    ),
    Mistake(
        "scale",
        dropout_with(lambda q: q.kept / np.sqrt(1 - q.rate)),
        "You took the root: the mean is to be kept, and it goes by the factor itself.",
    ),
    Mistake(
        "scale",
        dropout_with(lambda q: q.kept * (1 + q.rate)),
        "You added the rate: a factor has to make up for the share that is missing.",
    ),
    Mistake(
        "integers",
        dropout_with(lambda q: q.kept // (1 - q.rate)),
        "You divided with two strokes: that cuts off the decimals of the factor.",
    ),
    Mistake(
        "scale",
        dropout_with(lambda q: q.draws / (1 - q.rate)),
        "You multiplied by the draws themselves: they only decide who is silenced.",
    ),
    Mistake(
        "rows",
        dropout_with(lambda q: (q.draws[:, :1] >= q.rate) / (1 - q.rate)),
        "You silence whole rows: each entry has a draw of its own.",
    ),
    Mistake(
        "rows",
        dropout_with(lambda q: (q.draws[:1] >= q.rate) / (1 - q.rate)),
        "All examples share the dice of the first: each entry has a draw of its own.",
    ),
    Mistake(
        "twice",
        dropout_with(proper, lambda q: (q.a * q.mask**2, q.da * q.mask)),
        "On the way up the mask is in there twice.",
    ),
)

# ------------------------------------------------------------------ 12.5: prices and their gradients


def draw_prices(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Any]:
    """Return parameters with some weights that are exactly zero, gradients without a price, and two strengths."""
    shapes = [(n_out, n_in) for n_in, n_out in pairwise(widths)]
    weights = [rng.normal(size=shape) * (rng.random(shape) > 0.2) for shape in shapes]
    for W in weights:
        W[0, 0] = 0
    return {
        "weights": weights,
        "biases": [rng.normal(size=shape[0]) for shape in shapes],
        "dW": [rng.normal(size=shape) for shape in shapes],
        "db": [rng.normal(size=shape[0]) for shape in shapes],
        "l1": float(rng.uniform(0.2, 0.9)),
        "l2": float(rng.uniform(0.2, 0.9)),
    }


def library_prices(
    weights: list[Array], biases: list[Array], dW: list[Array], db: list[Array], l1: float, l2: float
) -> tuple[float, list[Array], list[Array]]:
    """Return the library's price, and the gradients with it."""
    vector = np.concatenate([W.ravel() for W in weights])
    price, gradient = penalty_and_gradient([L1(l1), L2(l2)], vector)
    ends = np.cumsum([W.size for W in weights])[:-1]
    extra = [part.reshape(W.shape) for part, W in zip(np.split(gradient, ends), weights, strict=True)]
    return price, [d + e for d, e in zip(dW, extra, strict=True)], db


def prices_agree(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Judge: the price by loops, the gradients by differences of a loss that is linear but for the price."""
    q = SimpleNamespace(**inputs)

    def price(weights: Sequence[Array]) -> float:
        entries = [float(v) for W in weights for v in W.ravel()]
        return float(sum(q.l1 * abs(v) + q.l2 * v * v / 2 for v in entries))

    yield abs(price(q.weights) - outputs["price"]) < 1e-9
    for l, (W, d) in enumerate(zip(q.weights, q.dW, strict=True)):

        def loss(value: Array, l: int = l, d: Array = d) -> float:
            return float((d * value).sum()) + price([value if k == l else V for k, V in enumerate(q.weights)])

        yield check_gradient(loss, W, outputs["dW"][l])
        yield not (outputs["dW"][l] - d)[W == 0].any()  # what is agreed on for the kink
    yield all(map(np.array_equal, outputs["db"], q.db))


def size_of(weights: Sequence[Array]) -> int:
    """Count the entries."""
    return sum(W.size for W in weights)


PRICE_PIECES: Pieces = {
    "magnitudes": lambda W: np.abs(W).sum(),
    "squares": lambda W: (W**2).sum() / 2,
    "sign": np.sign,
    "share": lambda W: W,
    "divide": lambda price, weights: price,
    "divide_back": lambda extra, weights: extra,
    "base": lambda d: d,
    "on_bias": lambda b, l1, l2: 0 * b,
    "bias_price": lambda b, l1, l2: 0.0,
    "strengths": lambda l1, l2: (l1, l2),
    "which": lambda l, count: True,
}


def priced(
    wrong: Pieces, weights: list[Array], biases: list[Array], dW: list[Array], db: list[Array], l1: float, l2: float
) -> tuple[float, list[Array], list[Array]]:
    """Return price and gradients, with some pieces exchanged."""
    piece = chosen(PRICE_PIECES, wrong)
    l1, l2 = piece.strengths(l1, l2)
    costly = [W if piece.which(l, len(weights)) else 0 * W for l, W in enumerate(weights)]
    price = sum(l1 * piece.magnitudes(W) + l2 * piece.squares(W) for W in costly)
    price = piece.divide(price, weights) + sum(piece.bias_price(b, l1, l2) for b in biases)
    extra = [piece.divide_back(l1 * piece.sign(W) + l2 * piece.share(W), weights) for W in costly]
    return (
        float(price),
        [piece.base(d) + e for d, e in zip(dW, extra, strict=True)],
        [piece.base(d) + piece.on_bias(b, l1, l2) for d, b in zip(db, biases, strict=True)],
    )


def nothing(*arguments: Any) -> float:
    """Leave a term out."""
    return 0.0


HALF = "The half of the square price"
PRICE_WRONG: tuple[Wrong, ...] = (
    (
        "bias",
        {
            "on_bias": lambda b, l1, l2: l1 * np.sign(b) + l2 * b,
            "bias_price": lambda b, l1, l2: l1 * np.abs(b).sum() + l2 * (b**2).sum() / 2,
        },
        "You charge for the biases too: a bias makes no unit steeper, and its price would depend on where zero is.",
    ),
    (
        "bias",
        {"on_bias": lambda b, l1, l2: l1 * np.sign(b) + l2 * b},
        "The biases have no part in the price, and so none in its gradient.",
    ),
    (
        "bias",
        {"on_bias": lambda b, l1, l2: l2 * b},
        "The biases have no part in the price, and so none in its gradient.",
    ),
    (
        "bias",
        {"bias_price": lambda b, l1, l2: l1 * np.abs(b).sum() + l2 * (b**2).sum() / 2},
        "Your price counts the biases too.",
    ),
    ("factor-2", {"squares": lambda W: (W**2).sum()}, f"{HALF} is missing; your gradient knows of it."),
    (
        "factor-2",
        {"squares": lambda W: (W**2).sum(), "share": lambda W: 2 * W},
        f"{HALF} is missing, and so its gradient is twice too large.",
    ),
    (
        "factor-2",
        {"share": lambda W: 2 * W},
        "In the gradient of the square price there is a two too many: the half of the price cancels it.",
    ),
    (
        "factor-2",
        {"share": lambda W: W / 2},
        "You kept the half in the gradient: the square brings a two down, which cancels it.",
    ),
    (
        "factor-2",
        {"magnitudes": lambda W: np.abs(W).sum() / 2},
        "The price on magnitudes has no half: nothing brings a two down there.",
    ),
    (
        "factor-2",
        {"magnitudes": lambda W: np.abs(W).sum() / 2, "sign": lambda W: np.sign(W) / 2},
        "The price on magnitudes has no half: nothing brings a two down there.",
    ),
    (
        "at-zero",
        {"sign": lambda W: np.where(W >= 0, 1.0, -1.0)},
        "A weight of exactly zero is pushed as if it were positive: what is agreed on for the kink is no push.",
    ),
    (
        "at-zero",
        {"sign": lambda W: np.where(W > 0, 1.0, -1.0)},
        "A weight of exactly zero is pushed as if it were negative: what is agreed on for the kink is no push.",
    ),
    (
        "slope",
        {"sign": np.abs},
        "You took the magnitude itself for its derivative: how steep is it on either side of zero?",
    ),
    (
        "slope",
        {"sign": np.ones_like},
        "Your push has the same direction for all weights: for negative ones the price falls as the weight rises.",
    ),
    (
        "slope",
        {"sign": lambda W: W},
        "For the price on magnitudes you took a share of the weight: it pulls with the same force however small it is.",
    ),
    (
        "slope",
        {"sign": lambda W: (W > 0) * 1.0},
        "Negative weights are not pushed at all: that is the slope of a ReLU.",
    ),
    (
        "slope",
        {"share": lambda W: W**2},
        "You added the square itself: what belongs there is its derivative.",
    ),
    (
        "slope",
        {"share": lambda W: W**2 / 2},
        "You added the price itself: what belongs there is its derivative.",
    ),
    (
        "slope",
        {"share": np.abs},
        "You lost the sign of the weights: the price pulls each of them towards zero.",
    ),
    ("sign", {"divide_back": lambda extra, weights: -extra}, "Your price makes the weights grow."),
    (
        "mean",
        {
            "divide": lambda price, weights: price / size_of(weights),
            "divide_back": lambda extra, weights: extra / size_of(weights),
        },
        "You took the mean over the weights: the price is a sum.",
    ),
    (
        "mean",
        {"divide": lambda price, weights: price / size_of(weights)},
        "You took the mean over the weights in the price: it is a sum.",
    ),
    (
        "mean",
        {"magnitudes": lambda W: np.abs(W).mean(), "squares": lambda W: (W**2).mean() / 2},
        "You took means over the weights of a layer in the price: it is a sum.",
    ),
    (
        "root",
        {"squares": lambda W: np.sqrt((W**2).sum()) / 2},
        "You took the root: the price is the sum of the squares, not the norm.",
    ),
    (
        "swapped",
        {"strengths": lambda l1, l2: (l2, l1)},
        "The two strengths are swapped.",
    ),
    ("L2-only", {"magnitudes": nothing, "sign": nothing}, "The price on magnitudes is missing."),
    ("L1-only", {"squares": nothing, "share": nothing}, "The price on squares is missing."),
    ("L2-only", {"magnitudes": nothing}, "The price lacks the magnitudes; your gradient knows of them."),
    ("L1-only", {"squares": nothing}, "The price lacks the squares; your gradient knows of them."),
    ("L2-only", {"sign": nothing}, "In the gradient the price on magnitudes is missing."),
    ("L1-only", {"share": nothing}, "In the gradient the price on squares is missing."),
    (
        "extra-only",
        {"base": nothing},
        "You return the gradient of the price alone: the one of the loss stays, and something is added.",
    ),
    ("no-decay", {"divide_back": nothing}, "The price is not in the gradient at all."),
    (
        "one-layer",
        {"which": lambda l, count: l == 0},
        "Only the first layer pays: the price is on all weights.",
    ),
    (
        "one-layer",
        {"which": lambda l, count: l == count - 1},
        "Only the last layer pays: the price is on all weights.",
    ),
    (
        "one-layer",
        {"which": lambda l, count: l < count - 1},
        "The last layer does not pay: the price is on all weights.",
    ),
    (
        "matrix-norm",
        {"magnitudes": lambda W: np.linalg.norm(W, 1)},
        "You asked for the 1-norm of a matrix as a map, which is its heaviest column: the price takes all entries.",
    ),
    (
        "unsigned",
        {"magnitudes": lambda W: W.sum()},
        "In the price the bars are missing: weights of opposite sign cancel.",
    ),
    (
        "unsigned",
        {"magnitudes": lambda W: abs(W.sum())},
        "You added up before you took the magnitude: weights of opposite sign cancel.",
    ),
    ("square-of-sum", {"squares": lambda W: W.sum() ** 2 / 2}, "You squared the sum: each weight is squared first."),
)


PriceResults = tuple[float, list[Array], list[Array]]


def repriced(change: Callable[[SimpleNamespace, PriceResults], Any]) -> Callable[..., Any]:
    """Return right results, of which something is changed."""
    return lambda **inputs: change(SimpleNamespace(**inputs), priced({}, **inputs))


PRICE_EXTRA = (
    Mistake(
        "sign-of-gradient",
        repriced(
            lambda q, r: (r[0], [d + q.l1 * np.sign(d) + q.l2 * W for d, W in zip(q.dW, q.weights, strict=True)], r[2])
        ),
        "You took the sign of the gradient: it is the weight that pays.",
    ),
    Mistake(
        "price-of-gradient",
        repriced(lambda q, r: (priced({}, **{**vars(q), "weights": q.dW})[0], *r[1:])),
        "Your price is that of the gradients: the weights pay.",
    ),
    Mistake(
        "mean",
        repriced(
            lambda q, r: (
                r[0],
                [d + q.l1 * np.sign(W) + q.l2 * W / len(q.weights) for d, W in zip(q.dW, q.weights, strict=True)],
                r[2],
            )
        ),
        "You divided a price by the number of layers: it is a sum.",
    ),
    Mistake(
        "last-layer",
        repriced(
            lambda q, r: (
                sum(q.l1 * np.abs(W).sum() for W in q.weights) + q.l2 / 2 * (q.weights[-1] ** 2).sum(),
                *r[1:],
            )
        ),
        "The square price is that of the last layer only: where does the loop end?",
    ),
    Mistake(
        "not-summed",
        repriced(
            lambda q, r: (np.array([q.l1 * np.abs(W).sum() + q.l2 / 2 * (W**2).sum() for W in q.weights]), *r[1:])
        ),
        "You return a price for each layer: one price is asked for, the sum.",
    ),
)

# ------------------------------------------------------------------ 12.6: decoupled weight decay

MEAN, SQUARE = 0.9, 0.999


def draw_steps(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Any]:
    """Return weights, the gradients of four steps, and the settings."""
    shape = widths[:2]
    return {
        "W": rng.normal(size=shape),
        "gradients": [rng.normal(size=shape) * 10.0 ** rng.integers(-1, 2) for _ in range(4)],
        "learning_rate": float(rng.uniform(0.05, 0.2)),
        "decay": float(rng.uniform(0.3, 0.9)),
        "epsilon": float(rng.uniform(0.01, 0.05)),
    }


def library_decay(W: Array, gradients: list[Array], learning_rate: float, decay: float, epsilon: float) -> Array:
    """Return the weights after the library's steps."""
    optimizer, vector = AdamW(learning_rate, weight_decay=decay, epsilon=epsilon), W.ravel().copy()
    for gradient in gradients:
        optimizer.step(vector, gradient.ravel())
    return vector.reshape(W.shape)


def decay_by_loops(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Judge: one weight after the other, with the running means written out as sums."""
    q = SimpleNamespace(**inputs)
    for index in np.ndindex(q.W.shape):
        w = float(q.W[index])
        for t in range(1, len(q.gradients) + 1):
            seen = [float(g[index]) for g in q.gradients[:t]]
            mean, square = (
                sum((1 - b) * b ** (t - 1 - k) * v for k, v in enumerate(values)) / (1 - b**t)
                for b, values in ((MEAN, seen), (SQUARE, [v * v for v in seen]))
            )
            w -= q.learning_rate * (q.decay * w + mean / (square**0.5 + q.epsilon))
        yield abs(w - outputs["new_W"][index]) < 1e-9


ADAM_PIECES: Pieces = {
    "seen": lambda g, W, decay: g,
    "m": lambda m, g: MEAN * m + (1 - MEAN) * g,
    "s": lambda s, g: SQUARE * s + (1 - SQUARE) * g**2,
    "mhat": lambda m, t, g: m / (1 - MEAN**t),
    "shat": lambda s, t: s / (1 - SQUARE**t),
    "keep_m": lambda m, mhat: m,
    "keep_s": lambda s, shat: s,
    "quotient": lambda mhat, shat, epsilon: mhat / (np.sqrt(shat) + epsilon),
    "decayed": lambda W, first, step, rate, decay: (1 - rate * decay) * W - rate * step,
}


def adam(wrong: Pieces, W: Array, gradients: list[Array], learning_rate: float, decay: float, epsilon: float) -> Array:
    """Return the weights after all steps, with some pieces exchanged."""
    piece = chosen(ADAM_PIECES, wrong)
    m, s, first = np.zeros_like(W), np.zeros_like(W), W
    for t, gradient in enumerate(gradients, start=1):
        g = piece.seen(gradient, W, decay)
        m, s = piece.m(m, g), piece.s(s, g)
        mhat, shat = piece.mhat(m, t, g), piece.shat(s, t)
        m, s = piece.keep_m(m, mhat), piece.keep_s(s, shat)
        W = piece.decayed(W, first, piece.quotient(mhat, shat, epsilon), learning_rate, decay)
    return W


def once(
    W: Array, gradients: list[Array], learning_rate: float, decay: float, epsilon: float, *, at_end: bool
) -> Array:
    """Shrink only once, before all steps or after them."""
    share = 1 - learning_rate * decay
    start = W if at_end else share * W
    moved = adam({"decayed": plain}, start, gradients, learning_rate, decay, epsilon)
    return share * moved if at_end else moved


def plain(W: Array, first: Array, step: Array, rate: float, decay: float) -> Array:
    """Take a step without decay."""
    return W - rate * step


def coupled(g: Array, W: Array, decay: float) -> Array:
    """Put the price into the gradient."""
    return g + decay * W


ADAM_WRONG: tuple[Wrong, ...] = (
    (
        "coupled",
        {"seen": coupled, "decayed": plain},
        "You put the price into the gradient, and Adam divides it by the size of the gradient with the rest: that is "
        "what decoupling avoids.",
    ),
    (
        "coupled",
        {"seen": coupled},
        "You charge twice: in the gradient, where Adam divides it, and beside it.",
    ),
    (
        "coupled",
        {
            "decayed": lambda W, first, step, rate, decay: W - rate * step,
            "quotient": lambda mhat, shat, epsilon: mhat / (np.sqrt(shat) + epsilon),
            "seen": lambda g, W, decay: g + decay * W / 2,
        },
        "You put the price into the gradient, and half of it at that: Adam divides it with the rest.",
    ),
    ("no-decay", {"decayed": plain}, "That is Adam without decay."),
    (
        "learning-rate",
        {"decayed": lambda W, first, step, rate, decay: (1 - decay) * W - rate * step},
        "You took the whole decay for the share by which the weights shrink in a step.",
    ),
    (
        "learning-rate",
        {"decayed": lambda W, first, step, rate, decay: (1 - rate * decay) * W - step},
        "You left out the learning rate in Adam's step.",
    ),
    (
        "learning-rate",
        {"decayed": lambda W, first, step, rate, decay: (1 - rate) * W - rate * step},
        "The weights shrink by the learning rate alone: the strength of the decay is missing.",
    ),
    (
        "order",
        {"decayed": lambda W, first, step, rate, decay: (1 - rate * decay) * (W - rate * step)},
        "You shrink what the step led to: the old weights shrink, then comes the step.",
    ),
    (
        "stale",
        {"decayed": lambda W, first, step, rate, decay: W - rate * decay * first - rate * step},
        "You take the same amount in each step, a share of the very first weights: it is a share of what is there now.",
    ),
    (
        "sign",
        {"decayed": lambda W, first, step, rate, decay: (1 + rate * decay) * W - rate * step},
        "Your decay makes the weights grow.",
    ),
    (
        "factor-2",
        {"decayed": lambda W, first, step, rate, decay: (1 - rate * decay / 2) * W - rate * step},
        "You halved the decay: the half of the price has been cancelled by the two of the square.",
    ),
    (
        "factor-2",
        {"decayed": lambda W, first, step, rate, decay: (1 - 2 * rate * decay) * W - rate * step},
        "You doubled the decay: the half of the price has cancelled the two of the square.",
    ),
    (
        "L1",
        {"decayed": lambda W, first, step, rate, decay: W - rate * decay * np.sign(W) - rate * step},
        "You take an amount from each weight: decay takes a share.",
    ),
    ("ascent", {"decayed": lambda W, first, step, rate, decay: (1 - rate * decay) * W + rate * step}, ""),
    (
        "bias-correction",
        {"mhat": lambda m, t, g: m, "shat": lambda s, t: s},
        "The means start at zero and are too small at first: nothing makes up for that here.",
    ),
    (
        "bias-correction",
        {"shat": lambda s, t: s},
        "The mean of the squares starts at zero and is too small at first: nothing makes up for that here.",
    ),
    (
        "bias-correction",
        {"mhat": lambda m, t, g: m},
        "The mean of the gradients starts at zero and is too small at first: nothing makes up for that here.",
    ),
    (
        "bias-correction",
        {"keep_m": lambda m, mhat: mhat, "keep_s": lambda s, shat: shat},
        "You carry the corrected means on to the next step: what runs on are the means themselves.",
    ),
    (
        "time",
        {"mhat": lambda m, t, g: m / (1 - MEAN ** (t + 1)), "shat": lambda s, t: s / (1 - SQUARE ** (t + 1))},
        "Your steps are counted from two: the first is number one.",
    ),
    (
        "time",
        {"mhat": lambda m, t, g: m / (1 - MEAN), "shat": lambda s, t: s / (1 - SQUARE)},
        "You make up for the start as if every step were the first: the exponent is the number of the step.",
    ),
    (
        "root",
        {"quotient": lambda mhat, shat, epsilon: mhat / (shat + epsilon)},
        "The root of the mean square is missing.",
    ),
    (
        "epsilon",
        {"quotient": lambda mhat, shat, epsilon: mhat / np.sqrt(shat + epsilon)},
        "You put epsilon under the root: it is added to the root.",
    ),
    (
        "epsilon",
        {"quotient": lambda mhat, shat, epsilon: mhat / np.sqrt(shat)},
        "Epsilon is missing below the fraction bar.",
    ),
    (
        "quotient",
        {"quotient": lambda mhat, shat, epsilon: mhat},
        "Nothing is divided by the usual size of the gradient: that is momentum.",
    ),
    (
        "momentum",
        {"mhat": lambda m, t, g: g},
        "Above the fraction bar stands the last gradient: it is the running mean.",
    ),
    (
        "square",
        {"s": lambda s, g: SQUARE * s + (1 - SQUARE) * np.abs(g)},
        "You average magnitudes: it is the squares that are averaged, and then the root.",
    ),
    (
        "swapped",
        {"m": lambda m, g: (1 - MEAN) * m + MEAN * g, "s": lambda s, g: (1 - SQUARE) * s + SQUARE * g**2},
        "Your means keep little of the past and take most from the new gradient: the shares are swapped.",
    ),
    (
        "swapped",
        {
            "m": lambda m, g: SQUARE * m + (1 - SQUARE) * g,
            "s": lambda s, g: MEAN * s + (1 - MEAN) * g**2,
            "mhat": lambda m, t, g: m / (1 - SQUARE**t),
            "shat": lambda s, t: s / (1 - MEAN**t),
        },
        "The shares of the two means are swapped.",
    ),
    (
        "mean",
        {"m": lambda m, g: MEAN * m + g, "s": lambda s, g: SQUARE * s + g**2},
        "Your means are no means: the new gradient enters with its full size.",
    ),
    (
        "memory",
        {"m": lambda m, g: (1 - MEAN) * g, "s": lambda s, g: (1 - SQUARE) * g**2},
        "Your means start anew in each step: they have to remember.",
    ),
    (
        "correction",
        {"mhat": lambda m, t, g: m / (1 - SQUARE**t), "shat": lambda s, t: s / (1 - MEAN**t)},
        "The two corrections have changed places.",
    ),
    (
        "in-quotient",
        {
            "quotient": lambda mhat, shat, epsilon: (mhat, np.sqrt(shat) + epsilon),
            "decayed": lambda W, first, step, rate, decay: W - rate * (step[0] + decay * W) / step[1],
        },
        "The decay is divided by the size of the gradients, like what stands above the line: decoupled means that "
        "it is not.",
    ),
    (
        "usual-share",
        {"s": lambda s, g: 0.99 * s + 0.01 * g**2},
        "The shares of the second mean are others than those of the statement.",
    ),
    (
        "learning-rate",
        {"decayed": lambda W, first, step, rate, decay: (1 - rate) * W * decay - rate * step},
        "You multiplied the weights by the decay: a step takes a small share of them away.",
    ),
    (
        "one-step",
        {"mhat": lambda m, t, g: 0.1 * g / (1 - MEAN**t)},
        "Your mean of gradients forgets everything: the old mean keeps its share.",
    ),
    ("sum", {"m": lambda m, g: MEAN * m + g}, "Your first mean is a sum: a new gradient goes in with a share."),
    (
        "square",
        {"s": lambda s, g: SQUARE * s + (1 - SQUARE) * g},
        "In the second mean the square is missing: under the root there may then be something negative.",
    ),
    (
        "count",
        {"mhat": lambda m, t, g: m / (1 - MEAN ** (t - 1)), "shat": lambda s, t: s / (1 - SQUARE ** (t - 1))},
        "You count the steps from zero: the first correction then divides by nothing.",
    ),
    (
        "precedence",
        {"quotient": lambda mhat, shat, epsilon: mhat / np.sqrt(shat) + epsilon},
        "Python divides before it adds: your epsilon is added to the quotient. Brackets help.",
    ),
    (
        "precedence",
        {
            "quotient": lambda mhat, shat, epsilon: (mhat / np.sqrt(shat), epsilon),
            "decayed": lambda W, first, step, rate, decay: (1 - rate * decay) * W - rate * step[0] + step[1],
        },
        "Python divides before it adds: your epsilon is added to the weights. Brackets help.",
    ),
)


def with_gradients(change: Callable[[list[Array]], list[Array]]) -> Callable[..., Array]:
    """Return the weights after right steps along other gradients."""
    return lambda **inputs: adam({}, **{**inputs, "gradients": change(inputs["gradients"])})


def squared_means(W: Array, gradients: list[Array], learning_rate: float, decay: float, epsilon: float) -> Array:
    """Let the second mean be one of squares of the first."""
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m = MEAN * m + (1 - MEAN) * g
        s = SQUARE * s + (1 - SQUARE) * m**2
        step = m / (1 - MEAN**t) / (np.sqrt(s / (1 - SQUARE**t)) + epsilon)
        W = (1 - learning_rate * decay) * W - learning_rate * step
    return W


def growing_decay(W: Array, gradients: list[Array], learning_rate: float, decay: float, epsilon: float) -> Array:
    """Raise the share that stays to the power of the step."""
    kept = iter(range(1, len(gradients) + 1))

    def decayed(W: Array, first: Array, step: Array, rate: float, decay: float) -> Array:
        return (1 - rate * decay) ** next(kept) * W - rate * step

    return adam({"decayed": decayed}, W, gradients, learning_rate, decay, epsilon)


def decayed_mean(W: Array, gradients: list[Array], learning_rate: float, decay: float, epsilon: float) -> Array:
    """Put the price into the mean of gradients, and decay as well or not."""
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m, s = MEAN * m + (1 - MEAN) * (g + decay * W), SQUARE * s + (1 - SQUARE) * g**2
        step = m / (1 - MEAN**t) / (np.sqrt(s / (1 - SQUARE**t)) + epsilon)
        W = W - learning_rate * step
    return W


def decayed_twice(W: Array, gradients: list[Array], learning_rate: float, decay: float, epsilon: float) -> Array:
    """Put the price into the mean of gradients besides the decay."""
    m, s = np.zeros_like(W), np.zeros_like(W)
    for t, g in enumerate(gradients, start=1):
        m, s = MEAN * m + (1 - MEAN) * (g + decay * W), SQUARE * s + (1 - SQUARE) * g**2
        step = m / (1 - MEAN**t) / (np.sqrt(s / (1 - SQUARE**t)) + epsilon)
        W = (1 - learning_rate * decay) * W - learning_rate * step
    return W


ADAM_EXTRA = (
    Mistake(
        "first-only",
        with_gradients(lambda gradients: gradients[:1]),
        "Only the first step is taken: where does the return stand?",
    ),
    Mistake(
        "last-missing",
        with_gradients(lambda gradients: gradients[:-1]),
        "The last step is missing: there is one for each gradient.",
    ),
    Mistake(
        "gradients",
        with_gradients(lambda gradients: gradients[::-1]),
        "You took the gradients in reverse: the first step has the first one.",
    ),
    Mistake(
        "gradients",
        with_gradients(lambda gradients: [np.mean(gradients, axis=0)]),
        "You took one step along the mean of all gradients: there is a step for each.",
    ),
    Mistake("square", squared_means, "You squared the mean of gradients: the second mean is one of squared gradients."),
    Mistake("decay-grows", growing_decay, "The share that a step takes does not depend on which step it is."),
    Mistake(
        "L2",
        decayed_mean,
        "The decay is inside the mean of gradients, so it gets divided with it: decoupled means that it is not.",
    ),
    Mistake(
        "L2",
        decayed_twice,
        "The decay acts twice: beside the step, and inside the mean of gradients, where it does not belong.",
    ),
    Mistake(
        "decay-again",
        lambda **q: (1 - q["learning_rate"] * q["decay"]) * adam({}, **q),
        "You shrink once more at the end: each step has done so already.",
    ),
)

# ------------------------------------------------------------------ 12.7: early stopping

# Ranks of the losses, epoch by epoch: ties, a tie with the best, a better one too late, an end before patience is out.
COURSES: dict[tuple[int, ...], tuple[int, ...]] = {
    (9, 3): (9, 7, 5, 6, 5, 8, 7, 9, 2),
    (8, 2): (8, 6, 7, 5, 6, 4, 5, 4),
    (7, 4): (2, 3, 4, 6, 5, 7, 1),
    (11, 5): (9, 8, 8, 7, 9, 10, 8, 9, 8, 3, 4),
    (5, 1): (7, 5, 3, 4, 1),
    (6, 3): (9, 6, 4, 2, 5, 6),
}


def draw_course(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Any]:
    """Return validation losses of a course with random sizes, and the patience."""
    ranks = COURSES[widths]
    sizes = np.sort(rng.uniform(0.2, 2.5, max(ranks) + 1))
    return {"losses": [float(sizes[rank]) for rank in ranks], "patience": widths[-1]}


def library_stop(losses: list[float], patience: int) -> tuple[int, int]:
    """Return the best epoch and the last that is trained, from the library's callback."""
    stopper = EarlyStopping(patience)
    model, history = SimpleNamespace(parameters=np.zeros(1)), SimpleNamespace(validation_loss=[])
    for loss in losses:
        history.validation_loss.append(loss)
        if stopper(model, history):
            break
    return stopper.best_epoch, len(history.validation_loss)


def stop_by_definition(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Judge: the last epoch is the first whose best lies `patience` back, by searching, or the end."""
    losses, patience = inputs["losses"], inputs["patience"]
    ends = [
        last
        for last in range(1, len(losses) + 1)
        if last - (1 + losses[:last].index(min(losses[:last]))) >= patience or last == len(losses)
    ]
    yield outputs["last_epoch"] == ends[0]
    yield outputs["best_epoch"] == 1 + losses[: ends[0]].index(min(losses[: ends[0]]))


STOP_PIECES: Pieces = {
    "better": lambda loss, best, previous: loss < best,
    "waits": lambda better, loss, best, previous: 0 if better else None,
    "enough": lambda waited, patience: waited >= patience,
    "answer": lambda best, last, losses: (best, last),
}


def stop(wrong: Pieces, losses: list[float], patience: int) -> tuple[float, float]:
    """Return the best epoch and the last, with some pieces exchanged."""
    piece = chosen(STOP_PIECES, wrong)
    best, previous, best_epoch, waited = np.inf, np.inf, 0, 0
    epoch = 0
    for epoch, loss in enumerate(losses, start=1):
        better = piece.better(loss, best, previous)
        new = piece.waits(better, loss, best, previous)
        waited = waited + 1 if new is None else new
        if better:
            best, best_epoch = loss, epoch
        previous = loss
        if waited and piece.enough(waited, patience):
            break
    first, second = piece.answer(best_epoch, epoch, losses)
    return first, second


def going_on(better: bool, loss: float, best: float, previous: float) -> int | None:
    """Forget the waiting where the loss fell from the epoch before."""
    return 0 if loss < previous else None


STOP_WRONG: tuple[Wrong, ...] = (
    (
        "tie",
        {"better": lambda loss, best, previous: loss <= best},
        "You count a loss that is just as low as a new best: better means lower.",
    ),
    (
        "previous",
        {"better": lambda loss, best, previous: loss < previous},
        "You compare with the epoch before: a new best has to beat the best.",
    ),
    (
        "previous",
        {"waits": going_on},
        "You forget the waiting as soon as the loss falls from one epoch to the next: only a new best ends it.",
    ),
    (
        "patience",
        {"enough": lambda waited, patience: waited > patience},
        "You wait one epoch too long.",
    ),
    (
        "patience",
        {"enough": lambda waited, patience: waited >= patience - 1},
        "You stop one epoch too early.",
    ),
    (
        "patience",
        {"enough": lambda waited, patience: True},
        "You stop at the first epoch that is no better: patience is not used.",
    ),
    (
        "patience",
        {"enough": lambda waited, patience: False, "answer": lambda best, last, losses: (best, last)},
        "You never stop: all epochs are looked at, and the best of all is taken.",
    ),
    (
        "future",
        {"answer": lambda best, last, losses: (1 + int(np.argmin(losses)), last)},
        "Your best epoch may lie after the stop, where nobody has trained.",
    ),
    (
        "last-kept",
        {"answer": lambda best, last, losses: (last, last)},
        "You keep the parameters of the last epoch: one goes back to the best.",
    ),
    (
        "last-kept",
        {"answer": lambda best, last, losses: (best, best)},
        "You say that training ended with the best epoch: to know that it was the best, one had to wait.",
    ),
    (
        "beyond",
        {"answer": lambda best, last, losses: (best, len(losses))},
        "You let training go on to the last loss of the list, though you stopped looking before.",
    ),
    (
        "zero-based",
        {"answer": lambda best, last, losses: (best - 1, last - 1)},
        "You count epochs from zero: the first is epoch one.",
    ),
    (
        "zero-based",
        {"answer": lambda best, last, losses: (best - 1, last)},
        "You count the best epoch from zero: the first is epoch one.",
    ),
    (
        "zero-based",
        {"answer": lambda best, last, losses: (best, last - 1)},
        "You count the last epoch from zero, or leave out the one after which it stops: it has been trained too.",
    ),
    (
        "off-by-one",
        {"answer": lambda best, last, losses: (best, last + 1)},
        "Your last epoch is one too many: training stops right after it.",
    ),
    (
        "off-by-one",
        {"answer": lambda best, last, losses: (best + 1, last + 1)},
        "You count one epoch too many: the first is epoch one.",
    ),
    (
        "swapped",
        {"answer": lambda best, last, losses: (last, best)},
        "The two are in the wrong order: first the best, then the last.",
    ),
    (
        "loss",
        {"answer": lambda best, last, losses: (losses[best - 1], last)},
        "You return the best loss: asked is its epoch.",
    ),
    (
        "loss",
        {"answer": lambda best, last, losses: (losses[best - 1], losses[last - 1])},
        "You return losses: asked are the epochs.",
    ),
    (
        "highest",
        {"better": lambda loss, best, previous: best == np.inf or loss > best},
        "You look for the highest: a loss should fall.",
    ),
    (
        "waited",
        {"answer": lambda best, last, losses: (best, last - best)},
        "You return how long was waited: asked is the number of the last epoch.",
    ),
)


def never_forgetting(losses: list[float], patience: int) -> tuple[int, int]:
    """Count all epochs that were no new best, and never start again."""
    worse = 0
    for last in range(1, len(losses) + 1):
        worse += min(losses[:last], default=0) != losses[last - 1] or losses[last - 1] in losses[: last - 1]
        if worse >= patience:
            break
    return 1 + int(np.argmin(losses[:last])), last


def too_confident(losses: list[float], patience: int) -> tuple[int, int]:
    """Take the best plus patience for the last epoch, even beyond the end."""
    best, _ = library_stop(losses, patience)
    return best, best + patience


def unboxed(inputs: Inputs, result: Any) -> Any:
    """Take an array of two for two numbers, and arrays of one for one."""
    if isinstance(result, np.ndarray) and result.shape == (2,):
        result = tuple(result)
    if isinstance(result, tuple | list):
        return tuple(each.reshape(()) if isinstance(each, np.ndarray) and each.size == 1 else each for each in result)
    return result


def early(losses: list[float], patience: int, *, seen_first: bool, needed: int = 0) -> tuple[int, int]:
    """Ask whether to end before the loss of the epoch is looked at, or with another patience."""
    best, best_epoch, epoch = np.inf, 0, 0
    for epoch, loss in enumerate(losses, start=1):
        if not seen_first and epoch - best_epoch >= patience + needed:
            break
        if loss < best:
            best, best_epoch = loss, epoch
        if seen_first and epoch - best_epoch >= patience + needed:
            break
    return best_epoch, epoch


def against_earlier(losses: list[float], patience: int) -> tuple[int, int]:
    """End where a loss is above the one `patience` epochs before."""
    for end in range(patience, len(losses)):
        if losses[end] > losses[end - patience]:
            return 1 + int(np.argmin(losses[: end + 1])), end + 1
    return 1 + int(np.argmin(losses)), len(losses)


STOP_EXTRA = (
    Mistake(
        "reset",
        never_forgetting,
        "You add up all epochs that were no better: with a new best the waiting starts again.",
    ),
    Mistake(
        "beyond",
        too_confident,
        "You let training go on beyond the last loss that there is: it may end before patience does.",
    ),
    Mistake(
        "patience",
        functools.partial(early, seen_first=False),
        "You end training before you have looked at the epoch's own loss: a new best starts the waiting again.",
    ),
    Mistake(
        "patience",
        functools.partial(early, seen_first=True, needed=-1),
        "You end training one epoch too early: count how far back the best lies.",
    ),
    Mistake(
        "late",
        functools.partial(early, seen_first=False, needed=1),
        "You notice the end one epoch later: training ends after the epoch in which the best lies that far back.",
    ),
    Mistake(
        "previous",
        against_earlier,
        "You compare with the loss of some epochs before: it is the best so far that counts.",
    ),
)

# ------------------------------------------------------------------ 12.8: what a gradient check sees

CAUGHT = "the claim and the loss that it is held against differ here: think of the quotient of differences."
PASSES = (
    "the gradient is that of the loss that is computed; that this is not the loss one wants, no difference can tell."
)
CHECKS = {
    "A": two_options("caught", "passes", "M11", CAUGHT),
    "B": two_options("passes", "caught", "intention", PASSES),
    "C": two_options("caught", "passes", "mask", CAUGHT),
    "D": two_options("passes", "caught", "intention", PASSES),
    "E": two_options("passes", "caught", "intention", PASSES),
    "F": two_options(
        "passes",
        "caught",
        "M9",
        "a check looks at the gradient, before any optimizer has touched it.",
    ),
}

# ------------------------------------------------------------------ 12.9: a network with dropout and decay


def draw_thinned(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Any]:
    """Return a batch, a network, which units are kept (N, m), rate and decay."""
    count, n_in, m, n_out = widths
    rate = float(rng.choice([0.3, 0.4, 0.6]))
    kept = (rng.random((count, m)) >= rate) * 1.0
    kept[0, :2] = 1, 0
    return {
        "x": rng.normal(size=(count, n_in)),
        "y": rng.normal(size=(count, n_out)),
        "W1": rng.normal(size=(m, n_in)),
        "b1": rng.uniform(0.1, 0.9, m),
        "W2": rng.normal(size=(n_out, m)),
        "b2": rng.normal(size=n_out),
        "kept": kept,
        "rate": rate,
        "decay": float(rng.uniform(0.2, 0.8)),
    }


def thinned_loss(
    x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array, kept: Array, rate: float, decay: float
) -> float:
    """Return the loss, example by example."""
    total = 0.0
    for row, target, mask in zip(x, y, kept, strict=True):
        h = np.maximum(W1 @ row + b1, 0) * mask / (1 - rate)
        total += float(((W2 @ h + b2 - target) ** 2).sum()) / 2
    return total / len(x) + decay / 2 * float((W1**2).sum() + (W2**2).sum())


def thinned_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with differences."""
    for name in ("W1", "b1", "W2", "b2"):

        def loss(value: Array, name: str = name) -> float:
            return thinned_loss(**{**inputs, name: value})

        yield check_gradient(loss, inputs[name], outputs[f"d{name}"])


THIN_PIECES: Pieces = {
    "scale": lambda kept, rate: kept / (1 - rate),
    "up": lambda h, mask: h * mask,
    "mean": lambda miss: miss / len(miss),
    "down": lambda dh, mask, kept, rate: dh * mask,
    "through": lambda dh, z: dh * (z > 0),
    "sent": lambda h, thin: thin,
    "pay": lambda W, decay, count: decay * W,
    "pay_first": lambda W, decay: 0 * W,
    "pay_bias": lambda b, decay: 0.0,
    "sum": lambda delta, b: delta.sum(axis=0),
    "miss": lambda out, y: out - y,
}


def thinned(
    wrong: Pieces,
    x: Array,
    y: Array,
    W1: Array,
    b1: Array,
    W2: Array,
    b2: Array,
    kept: Array,
    rate: float,
    decay: float,
) -> tuple[Array, ...]:
    """Return the gradients of a network with dropout and decay, with some pieces exchanged."""
    piece = chosen(THIN_PIECES, wrong)
    z = x @ W1.T + b1
    h = np.maximum(z, 0)
    mask = piece.scale(kept, rate)
    thin = piece.up(h, mask)
    delta2 = piece.mean(piece.miss(thin @ W2.T + b2, y))
    delta1 = piece.through(piece.down(delta2 @ W2, mask, kept, rate), z)
    n = len(x)
    return (
        delta1.T @ x + piece.pay(W1, decay, n) + piece.pay_first(W1, decay),
        piece.sum(delta1, b1) + piece.pay_bias(b1, decay),
        delta2.T @ piece.sent(h, thin) + piece.pay(W2, decay, n),
        piece.sum(delta2, b2) + piece.pay_bias(b2, decay),
    )


THIN_BUGS: dict[str, Pieces] = {
    "what the mask is divided by": {"scale": lambda kept, rate: kept / rate},
    "the mask on the way back": {"down": lambda dh, mask, kept, rate: dh},
    "who pays the price": {"pay_bias": lambda b, decay: decay * b},
}
THIN_WRONG: tuple[Wrong, ...] = (
    (
        "rate",
        THIN_BUGS["what the mask is divided by"],
        "You divide by the probability to be dropped: it is that to be kept.",
    ),
    (
        "mask",
        THIN_BUGS["the mask on the way back"],
        "The mask is missing on the way back: a unit that was silent had no part in the loss.",
    ),
    (
        "bias",
        THIN_BUGS["who pays the price"],
        "The biases pay too: the price in this loss is on the weights alone.",
    ),
    *(
        ("two-left", {**THIN_BUGS[one], **THIN_BUGS[other]}, f"One bug is gone. Look at {one}, and at {other}.")
        for one, other in combinations(THIN_BUGS, 2)
    ),
    (
        "three-left",
        {name: piece for bug in THIN_BUGS.values() for name, piece in bug.items()},
        "All three bugs are still there.",
    ),
    (
        "scale",
        {"scale": lambda kept, rate: kept},
        "What is kept is not made larger, so the next layer gets too little.",
    ),
    (
        "scale",
        {"scale": lambda kept, rate: kept * (1 - rate)},
        "You make what is kept smaller: it has to make up for what is missing.",
    ),
    (
        "scale-back",
        {"down": lambda dh, mask, kept, rate: dh * kept},
        "On the way back you drop, and do not scale: the mask is a factor, the same both ways.",
    ),
    (
        "scale-back",
        {"down": lambda dh, mask, kept, rate: dh * kept * (1 - rate)},
        "On the way back you undo the scaling: nothing is undone there, the factor is the same.",
    ),
    (
        "scale-back",
        {"up": lambda h, mask: h * (mask > 0)},
        "On the way up you drop, and do not scale: the mask is a factor, the same both ways.",
    ),
    ("twice", {"down": lambda dh, mask, kept, rate: dh * mask**2}, "On the way back the mask is in there twice."),
    (
        "dropped",
        {"scale": lambda kept, rate: (1 - kept) / (1 - rate)},
        "You keep those that are dropped, and drop the others.",
    ),
    (
        "mask",
        {"up": lambda h, mask: h},
        "The mask is missing on the way up: units that are dropped still count in the output.",
    ),
    (
        "no-dropout",
        {"scale": lambda kept, rate: np.ones_like(kept)},
        "There is no dropout any more: the mask has gone both ways.",
    ),
    (
        "incoming",
        {"sent": lambda h, thin: h},
        "For the second weights you took the activations before the mask: what reaches them has passed it.",
    ),
    (
        "no-decay",
        {"pay": lambda W, decay, count: 0 * W},
        "The price is not in the gradients at all: the weights pay.",
    ),
    (
        "factor-2",
        {"pay": lambda W, decay, count: decay / 2 * W},
        "You kept the half of the price: the square brings a two down, which cancels it.",
    ),
    (
        "factor-2",
        {"pay": lambda W, decay, count: 2 * decay * W},
        "There is a two too many in the price's gradient: the half of the price cancels it.",
    ),
    (
        "mean",
        {"pay": lambda W, decay, count: decay * W / count},
        "You divided the price by the number of examples: it is in the loss once, whatever the batch is.",
    ),
    (
        "sign",
        {"pay": lambda W, decay, count: -decay * W},
        "Your price makes the weights grow.",
    ),
    (
        "L1",
        {"pay": lambda W, decay, count: decay * np.sign(W)},
        "That is the price on magnitudes: this loss has squares.",
    ),
    (
        "one-layer",
        {"pay_first": lambda W, decay: -decay * W},
        "Only the second layer pays: the price is on all weights.",
    ),
    (
        "mean",
        {"mean": lambda miss: miss},
        "The mean over the batch is missing.",
    ),
    (
        "mean",
        {"mean": lambda miss: miss / len(miss) ** 2},
        "You took the mean over the batch twice.",
    ),
    (
        "mean",
        {"mean": lambda miss: miss / miss.size},
        "You divided by the number of outputs as well: the mean runs over the examples.",
    ),
    (
        "mean",
        {"sum": lambda delta, b: delta.mean(axis=0)},
        "You took the mean over the batch twice, in the biases: it is in the deltas already.",
    ),
    ("factor-2", {"miss": lambda out, y: 2 * (out - y)}, "The half of the squared error is missing."),
    (
        "ascent",
        {"miss": lambda out, y: y - out},
        "You turned round the miss: prediction minus target.",
    ),
    (
        "M7",
        {"through": lambda dh, z: dh},
        "Nothing is blocked by ReLU on the way back: its slope is missing.",
    ),
    (
        "axis",
        {"sum": lambda delta, b: delta.sum(axis=1)},
        "You added up over the units for the biases: examples are added.",
    ),
    (
        "slope",
        {"through": lambda dh, z: dh * np.maximum(z, 0)},
        "You multiplied by the activation itself: a unit that is on passes on what comes back, at its full size.",
    ),
    (
        "scale",
        {"scale": lambda kept, rate: kept / kept.mean()},
        "You counted how many were kept: the factor comes from the rate, not from how the dice fell.",
    ),
    ("inner-sign", {"miss": lambda out, y: out + y}, "You added the targets: the miss is a difference."),
)


# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "12.1",
        "Two weights, two prices",
        rung="predict",
        points=5,
        difficulty=1,
        minutes=5,
        kind=Parts(PRICES),
        praise="The square takes a share of what is left, the magnitude an amount: only the second arrives at zero.",
        hints=(
            "Write down what one step does to a weight, for each price. In which of the two does the weight itself "
            "occur?",
            "The square price multiplies a weight by one and the same number in each step. The other subtracts one "
            "and the same number, as long as that leads nowhere beyond zero.",
            "Share and amount: both are made of learning rate times strength. Count for the small weight how many "
            "steps of that amount it lasts, and do the same for the large one.",
        ),
    ),
    Exercise(
        "12.2",
        "A step with a price",
        rung="hand-compute",
        points=2,
        difficulty=1,
        minutes=5,
        kind=Number(
            setting=priced_step,
            right=lambda q: np.array(
                [
                    *(q.W - q.rate * (q.dW + penalty_and_gradient(L2(q.strength), q.W)[1])),
                    q.b - q.rate * q.db,
                ]
            ),
            witness=step_by_differences,
            mistakes=STEP_MISTAKES,
            start=lambda q: np.array([*q.W, q.b]),
        ),
        praise="First a share of each weight goes, then comes the usual step; the bias only takes the step.",
        hints=(
            "What is the gradient of the loss with its price, for a weight, and for the bias?",
            "For a weight the strength times the weight is added to the gradient that you are given; for the bias "
            "nothing is added. Then a step of gradient descent as always.",
            "New weight: (1 - rate * strength) times the old one, minus rate times its gradient. New bias: the old one "
            "minus rate times its gradient.",
        ),
    ),
    Exercise(
        "12.3",
        "One unit is silent",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Number(
            setting=thinned_unit,
            right=lambda q: back_through_mask(q, inverted, inverted),
            witness=thinned_by_differences,
            mistakes=MASK_MISTAKES,
        ),
        praise="The same factor stands on both ways; the silent unit hears nothing, though its weight is not small.",
        hints=(
            "First the mask: which number belongs to a unit that is kept, which to the one that is dropped?",
            "Then up: multiply each activation by its mask, then the output and its miss. Then down: miss, times "
            "weight, times what?",
            "The mask is 1/k for those that are kept. On the way back each entry is miss times w times its mask; the "
            "miss is that of the output which was computed with the mask.",
        ),
    ),
    Exercise(
        "12.4",
        "Dropout, both ways",
        rung="complete",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("dropped", "da_in"),
            inputs=draw_dropout,
            right=functools.partial(dropout, {}),
            witness=dropout_by_loops,
            mistakes=(*made(dropout, DROPOUT_WRONG), *DROPOUT_EXTRA),
            widths=tuple(DROPOUT_CASES),
            square=None,
        ),
        praise="One mask, used twice; and in evaluation a layer that does nothing at all.",
        hints=(
            "The mask is a factor for each entry. What is it in training, for those whose draw is below the rate, and "
            "for the others? What is it in evaluation?",
            "In training it is nothing for a draw below the rate, and for the others one divided by the probability "
            "to be kept, which is not the rate. In evaluation it is one.",
            "mask is (draws >= rate) / (1 - rate) in training, np.ones_like(a) otherwise. The first result is a * "
            "mask; the second comes from da with the same mask.",
        ),
    ),
    Exercise(
        "12.5",
        "Both prices",
        rung="implement",
        points=4,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("price", "dW", "db"),
            inputs=draw_prices,
            right=library_prices,
            witness=prices_agree,
            mistakes=(*made(priced, PRICE_WRONG), *PRICE_EXTRA),
            widths=((3, 4, 2), (2, 5, 3, 4), (4, 3)),
            square=(3, 3, 3),
            seen=unboxed,
        ),
        praise="The gradient of the loss stays as it is, and something is added: for weights, and not for biases.",
        hints=(
            "The price is a sum over all weights of all layers. Its derivative by one weight concerns this weight "
            "only.",
            "A half of a square has a simple derivative. A magnitude falls on the left of zero and rises on the "
            "right, with the same steepness: NumPy has a function for that, which is 0 at 0.",
            "For each layer add l1 * np.sign(W) + l2 * W to its dW. The price is the sum of l1 times magnitudes and "
            "l2 / 2 times squares. db comes out as it went in.",
        ),
    ),
    Exercise(
        "12.6",
        "Decay beside Adam",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=15,
        kind=Function(
            outputs=("new_W",),
            inputs=draw_steps,
            right=library_decay,
            witness=decay_by_loops,
            mistakes=(
                *ADAM_EXTRA,
                *made(adam, ADAM_WRONG),
                *(
                    Mistake(
                        "once", functools.partial(once, at_end=at_end), "You shrink the weights once: each step does."
                    )
                    for at_end in (False, True)
                ),
            ),
            widths=((2, 3), (4, 1), (3, 5)),
            square=None,
        ),
        praise="Both means have never seen the decay: that is what decoupled means.",
        hints=(
            "Take it apart: Adam's step from the gradients alone, and beside it the shrinking of the weights.",
            "Keep two running means, of the gradient and of its square, which start at zero. In step t divide each by "
            "one minus its share to the power t, for the quotient only: what runs on are the means themselves.",
            "In each step: update m and s; m_hat is m / (1 - 0.9**t), s_hat is s / (1 - 0.999**t); then W becomes (1 - "
            "learning_rate * decay) * W minus learning_rate times m_hat over (root of s_hat, plus epsilon).",
        ),
    ),
    Exercise(
        "12.7",
        "Patience",
        rung="implement",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("best_epoch", "last_epoch"),
            inputs=draw_course,
            right=library_stop,
            witness=stop_by_definition,
            mistakes=(*made(stop, STOP_WRONG), *STOP_EXTRA),
            widths=tuple(COURSES),
            square=None,
            seen=unboxed,
        ),
        praise="Nothing after the stop is ever seen, however good it would have been: that is the price of stopping.",
        hints=(
            "Go through the losses as training would meet them, one after the other: what has to be remembered?",
            "Remember the best loss so far and its epoch. After each epoch: is it a new best? If not, how long ago "
            "was the best?",
            "Count with enumerate(losses, start=1). If the loss is below the best, note it and its epoch; stop where "
            "epoch minus best epoch has reached patience. If that never happens, the last epoch is that of the last "
            "loss.",
        ),
    ),
    Exercise(
        "12.8",
        "What a gradient check can see",
        rung="debug",
        points=6,
        difficulty=2,
        minutes=6,
        kind=Parts(CHECKS),
        praise="A check vouches for a gradient, not for what you meant.",
        hints=(
            "The check computes the loss of this program at two places nearby, and compares the quotient with what "
            "this program claims.",
            "Ask for each: is the claimed gradient the derivative of the loss that the program itself computes? "
            "Nobody asks whether that loss makes sense.",
            "Two of the six break the agreement of loss and claim. In the others both are changed alike, or the harm "
            "is done before the loss or after the gradient.",
        ),
    ),
    Exercise(
        "12.9",
        "Repair the thinned network",
        rung="debug",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("dW1", "db1", "dW2", "db2"),
            inputs=draw_thinned,
            right=functools.partial(thinned, {}),
            witness=thinned_agrees,
            mistakes=(
                *made(thinned, THIN_WRONG),
                Mistake(
                    "order",
                    lambda **inputs: tuple(thinned({}, **inputs)[place] for place in (0, 2, 1, 3)),
                    "The gradients are in another order than asked: each bias follows its weights.",
                ),
                Mistake(
                    "mask",
                    lambda **q: (
                        (r := thinned({}, **q))[0] + q["decay"] * q["W1"] * (q["kept"].mean(axis=0)[:, None] - 1),
                        *r[1:],
                    ),
                    "You put the dice into the price: a weight pays whether its unit is kept or not.",
                ),
            ),
            widths=((5, 3, 4, 2), (1, 2, 5, 3), (6, 4, 3, 2)),
            square=(4, 4, 4, 4),
        ),
        praise="Three small lines, and each of them would have trained a network that nobody had in mind.",
        hints=(
            "Write down the loss first. What is multiplied by what on the way up? Who pays the price?",
            "One bug is in the mask itself, one on the way back, one in the last lines. The judge says which "
            "gradients are wrong.",
            "What is kept is divided by the probability to be kept. The mask belongs on the way back too. And the "
            "price is on W1 and W2 alone.",
        ),
    ),
    Exercise(
        "12.10",
        "The price of dropout",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=10,
        kind=Derivation("12.10"),
        praise="A price on the weights after all, weighed with what comes in: where an input is silent, its weight is "
        "free.",
        hints=(
            "Write each mask as 1 plus a noise of mean 0. What is the variance of that noise? The chapter has it.",
            "The output is then the one without dropout, plus noise on each input times weight and input. Square, "
            "take the mean: which terms survive?",
            "Terms with a single noise have mean 0, and so has the product of the two. What is left is half of the "
            "variance of the mask times the squares of w times x, added up.",
        ),
    ),
    Exercise(
        "12.11",
        "A label that may be flipped",
        rung="derive",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Derivation("12.11"),
        praise="It is the delta of a softened label: the best answer is no longer sure, and cannot be.",
        hints=(
            "For one label you know delta of this pair from the chapter on losses. Here there are two cases, each "
            "with its own label.",
            "The mean of the losses has the mean of the deltas: each case counts with its probability. In the second "
            "case the label is 1 - y.",
            "Probability to be kept times (a - y), plus probability to be flipped times (a - (1 - y)).",
        ),
    ),
    Exercise(
        "12.12",
        "Better on what it has never seen?",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Essay(
            (
                "Takes the numbers at their face: says that the network generalizes better than it learns, or that "
                "there is a bug.",
                "Gives one reason why the two losses can't be compared as they are.",
                "Gives both reasons, or more, and says what to compute for a fair comparison.",
                "Does that, and says what the third number is worth and why.",
            )
        ),
        praise="",
        hints=(
            "Are the two losses the same function? What is switched on in the one and not in the other?",
            "Dropout and the price: in which of the two numbers are they? How would you compute the training loss so "
            "that it can be compared with the other?",
            "For the last question ask what the validation set was used for before. Sixty times.",
        ),
    ),
)
