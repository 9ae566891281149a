"""The exercises of chapter 6, Losses and output layers.

Batches are rows. An answer with a NaN or an infinity anywhere is compared as if it were `LOST` everywhere, so that an
overflow is recognised by its name. References come from the library; their witness is `logaddexp` and differences.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.activations import sigmoid, softmax
from backprop_lab.arrays import Array
from backprop_lab.course.answer_key.chapter_04 import Piece, Wrong, close, varied
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.number import Number
from backprop_lab.gradient_check import numerical_gradient
from backprop_lab.losses import binary_cross_entropy, categorical_cross_entropy

__all__ = ["EXERCISES"]

LOST = -1e5  # stands for every entry of an array that is not finite


def told(inputs: Inputs, result: Any) -> Any:
    """Return loss and gradients, with arrays that are not finite replaced; a loss may be an array of one entry."""
    if not isinstance(result, tuple | list) or not 1 < len(result) < 4:
        return result
    C, *others = map(_finite, result)
    return (C.reshape(()) if isinstance(C, np.ndarray) and C.size == 1 else C, *others)


def told_alone(inputs: Inputs, result: Any) -> Any:
    """Return the only result, replaced where it is not finite."""
    return _finite(result)


def _finite(value: Any) -> Any:
    try:
        array = np.asarray(value)
    except ValueError:
        return value
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return value
    return np.full(array.shape, LOST)


# ------------------------------------------------------------------ 6.1, 6.7 and 6.10


def grows(right: str, mistake: str, says: str) -> Choice:
    """Return the choice between grows, shrinks and stays."""
    return Choice(right, {other: (mistake, says) for other in ("grows", "shrinks", "stays") if other != right})


def same(right: str, mistake: str, says: str) -> Choice:
    """Return the choice between same and different."""
    return Choice(right, {"different" if right == "same" else "same": (mistake, says)})


NOT_THIS_BUG = {
    "a": ("no-bug", "something is wrong here: a gradient check of it fails."),
    "b": ("slope", "the slope of the output layer is in there, or has been cancelled rightly: follow the links."),
    "c": ("factor", "the constants of loss and delta belong together: differentiate the loss as it stands."),
    "d": ("M1", "each output hangs on its own z here, or all paths are there."),
    "e": ("sign", "the difference is taken in the right order."),
}


def bug(right: str) -> Choice:
    """Return the choice among all bugs."""
    return Choice.among(NOT_THIS_BUG, right)


# ------------------------------------------------------------------ 6.2 and 6.3: numbers


def rates() -> SimpleNamespace:
    """Return a batch, and the rate that was used with a sum."""
    return SimpleNamespace(N=24, K=7, rate=0.0035)


def rate_by_steps(q: SimpleNamespace) -> float:
    """Return the other rate by measuring both steps on random numbers."""
    rng = np.random.default_rng(0)
    a, y = rng.normal(size=(2, q.N, q.K))
    summed = numerical_gradient(lambda a: float(((a - y) ** 2).sum() / 2), a)
    mean = numerical_gradient(lambda a: float(((a - y) ** 2).mean()), a)
    return float(q.rate * np.linalg.norm(summed) / np.linalg.norm(mean))


def smoothed() -> SimpleNamespace:
    """Return one example with a smoothed label."""
    z, t = np.array([0.4, -0.9, 1.3]), np.array([0.05, 0.9, 0.05])
    return SimpleNamespace(z=z, t=t, hard=np.array([0.0, 1.0, 0.0]), a=softmax(z))


CLIPS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)
SURE = "You limited the probabilities: then the most wrong answers all cost the same, and their slope is lost."
NO_LOGITS = (
    "For large z there is a NaN or an infinity: the loss went through a probability that has rounded to zero or one."
)
NO_MEAN = "The mean over the examples is missing."
TWICE = "The mean over the examples is in there twice: it enters once, with the loss."
OVER_K = "You took a mean over the outputs too: they are summed, only examples are averaged."
FLAT = "You kept the slope of the output activation: with this loss it cancels."

# ------------------------------------------------------------------ 6.4: shares


def draw_shares(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return z and a temperature; a batch of four has rows far above, far below, and far apart."""
    z, temperature = 2 * rng.normal(size=widths), float(rng.uniform(0.4, 2))
    if widths[0] == 4:
        temperature /= 3  # far from one, so that what is divided by it twice shows
        z += np.array([[1500.0], [-1500.0], [0.0], [0.0]])
        z[2, 0], z[3, 1] = 3000.0, -3000.0
        z[3, 2] = z[3, 0]  # a tie
    return {"z": z, "temperature": temperature}


def shares_agree(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare one by one: a share is one over the sum of the exponentials of differences."""
    z, T = inputs["z"], inputs["temperature"]
    with np.errstate(over="ignore"):
        expected = [[1 / np.exp((row - each) / T).sum() for each in row] for row in z]
    yield bool(np.allclose(outputs["a"], expected, rtol=1e-9, atol=1e-15))


RIGHT_SHARES: dict[str, Piece] = {
    "scaled": lambda z, T: z / T,
    "shift": lambda s: s.max(axis=1, keepdims=True),
    "e": np.exp,
    "total": lambda e: e.sum(axis=1, keepdims=True),
    "shares": lambda e, total: e / total,
}


def shares_with(pieces: Mapping[str, Piece], z: Array, temperature: float) -> Any:
    """Return the shares with some pieces exchanged."""
    piece = SimpleNamespace(**{**RIGHT_SHARES, **pieces})
    scaled = piece.scaled(z, temperature)
    e = piece.e(scaled - piece.shift(scaled))
    return piece.shares(e, piece.total(e))


NO_SHIFT: dict[str, Piece] = {"shift": lambda s: 0.0}
OVERFLOWS = "For large z there is a NaN: an exponential has overflowed, or all those of a row have vanished."
WRONG_SHARES: tuple[Wrong, ...] = (
    (
        "sum",
        {"total": lambda e: np.sqrt((e**2).sum(axis=1, keepdims=True))},
        "You divided by the length of each row: your rows do not add up to one.",
    ),
    (
        "exponential",
        {"e": lambda s: np.exp(-s)},
        "You turned the sign in the exponents: the largest logit is to get the largest share.",
    ),
    ("rounded", {"shares": lambda e, total: np.round(e / total, 3)}, "You rounded the shares."),
    ("log", {"shares": lambda e, total: np.log(e / total)}, "Those are logarithms of the shares."),
    (
        "clipped",
        {"total": lambda e: e.sum(axis=1, keepdims=True) + 1e-3},
        "You added something below the fraction: your rows do not add up to one.",
    ),
    (
        "clipped",
        {"total": lambda e: e.sum(axis=1, keepdims=True) + 1e-2},
        "You added something below the fraction: your rows do not add up to one.",
    ),
    (
        "clipped",
        {"total": lambda e: e.sum(axis=1, keepdims=True) + 1e-5},
        "You added something below the fraction: your rows do not add up to one.",
    ),
    (
        "clipped",
        {"total": lambda e: e.sum(axis=1, keepdims=True) + 1.0},
        "You added something below the fraction: your rows do not add up to one.",
    ),
    (
        "axis",
        {"total": lambda e: e.sum(axis=0, keepdims=True)},
        "You summed over the examples: each row is shared out.",
    ),
    ("axis", {"total": lambda e: e.sum()}, "You summed over the whole batch: each row is shared out by itself."),
    (
        "axis",
        {"total": lambda e: e.sum(axis=1)},
        "The sums of the rows have lost their axis, so they were laid along the columns.",
    ),
    (
        "axis",
        {"shift": lambda s: s.max(axis=0)},
        "You subtracted the largest of each column: only the same for a whole row leaves its shares alone.",
    ),
    (
        "axis",
        {"shift": lambda s: s.max(axis=0), "total": lambda e: e.sum(axis=0)},
        "You went along the columns: each row is an example, and is shared out by itself.",
    ),
    ("temperature", {"scaled": lambda z, T: z}, "The temperature has no effect."),
    (
        "temperature",
        {"scaled": lambda z, T: z * T},
        "A higher temperature must make the shares more alike: yours makes them less so.",
    ),
    (
        "mean",
        {"total": lambda e: e.mean(axis=1, keepdims=True)},
        "You divided by a mean: your rows do not add up to one.",
    ),
    ("sum", {"total": lambda e: 1.0}, "Nothing is shared out yet: your rows do not add up to one."),
    (
        "sum",
        {"total": lambda e: e.sum(axis=1, keepdims=True) - e},
        "You left each class out of its own sum: those are odds, not shares.",
    ),
    (
        "sigmoid",
        {"shares": lambda e, total: e / (1 + e)},
        "You put each entry through a curve of its own: shares compete.",
    ),
    ("log", {"shares": lambda e, total: np.log(total / e)}, "Those are surprises, logarithms of the shares."),
    (
        "exponential",
        {"e": lambda s: np.exp(-s), "shift": lambda s: s.min(axis=1, keepdims=True)},
        "The largest logit gets the smallest share: look at the sign in the exponent.",
    ),
    ("exponential", {"e": lambda s: 2.0**s}, "You raised another number than e to the power of z."),
    (
        "exponential",
        {"e": lambda s: s, **NO_SHIFT},
        "You shared out the logits as they are: the exponential that makes them positive is missing.",
    ),
)
SHARES_MISTAKES = (
    Mistake("temperature", lambda z, temperature: softmax(z / temperature**2), "You divided by the temperature twice."),
    Mistake(
        "temperature", lambda z, temperature: softmax(z / np.sqrt(temperature)), "You took a root of the temperature."
    ),
    Mistake(
        "sigmoid",
        lambda z, temperature: sigmoid(z / temperature),
        "You put each entry through a curve of its own: shares compete.",
    ),
    Mistake(
        "sum",
        lambda z, temperature: (
            lambda s: np.exp(s - s.max(axis=1, keepdims=True)) / np.exp(s).sum(axis=1, keepdims=True)
        )(z / temperature),
        "You subtracted above the fraction and not below it: both take the same exponentials.",
    ),
    Mistake(
        "sum",
        lambda z, temperature: (lambda s: np.exp(s - s.max(axis=1, keepdims=True)) / s.sum(axis=1, keepdims=True))(
            z / temperature
        ),
        "Below the fraction stands the sum of the logits, where the sum of the exponentials belongs.",
    ),
    Mistake(
        "temperature",
        lambda z, temperature: softmax(z) / temperature,
        "You divided by the temperature after the shares were made: it belongs to the logits.",
    ),
    *varied(shares_with, WRONG_SHARES),
    *varied(
        shares_with,
        [
            (name, {**pieces, **NO_SHIFT}, f"{says} Besides, f{OVERFLOWS[1:]}")
            for name, pieces, says in WRONG_SHARES
            if "shift" not in pieces and name in ("axis", "temperature", "mean")
        ],
    ),
    *varied(
        shares_with,
        [
            ("overflow", NO_SHIFT, OVERFLOWS),
            (
                "overflow",
                {**NO_SHIFT, "shares": lambda e, total: np.nan_to_num(e / total)},
                "You put zeros where the result was no number: the rows that overflow have lost their shares.",
            ),
            (
                "clipped",
                {**NO_SHIFT, "e": lambda s: np.exp(np.clip(s, -500, 500))},
                "You limited the logits: large ones that differ become alike.",
            ),
            (
                "clipped",
                {
                    **NO_SHIFT,
                    "e": lambda s: np.exp(np.minimum(s, 500)),
                    "shares": lambda e, total: np.nan_to_num(e / total),
                },
                "You limited the logits: large ones that differ become alike.",
            ),
        ],
    ),
)

# ------------------------------------------------------------------ 6.5: binary cross-entropy from logits


def draw_logits(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return z and targets: zeros, ones and shares; a batch of four or of one has logits of hundreds."""
    z, y = 2 * rng.normal(size=widths), rng.integers(0, 2, size=widths) * 1.0
    y[0, 0] = rng.uniform(0.1, 0.4)
    if widths[0] in (1, 4):
        z[0, :3], y[0, :3] = rng.uniform(760, 900, 3) * [1, -1, 1], [0.0, 1.0, 1.0]
    return {"z": z, "y": y}


def logits_agree(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare with NumPy's own logarithm of a sum of exponentials, and its differences."""
    z, y = inputs["z"], inputs["y"]

    def of_one(z: Array, y: float) -> float:
        return float(np.logaddexp(0, z) - y * z)

    rows = [[of_one(z[n, k], y[n, k]) for k in range(z.shape[1])] for n in range(len(z))]
    yield math.isclose(outputs["C"], sum(map(sum, rows)) / len(z), rel_tol=1e-9)
    slopes = np.empty_like(z)
    for place in np.ndindex(*z.shape):
        slopes[place] = numerical_gradient(lambda u, t=y[place]: of_one(u, t), z[place]) / len(z)  # type: ignore[misc]
    yield close(outputs["delta"], slopes)


RIGHT_BINARY: dict[str, Piece] = {
    "each": lambda q: np.logaddexp(0, q.z) - q.y * q.z,
    "mean": lambda each: each.sum() / len(each),
    "core": lambda q: q.a - q.y,
    "share": lambda core: core / len(core),
    "sign": lambda delta: delta,
}


def binary(pieces: Mapping[str, Piece], z: Array, y: Array) -> Any:
    """Return C and delta with some pieces exchanged."""
    piece = SimpleNamespace(**{**RIGHT_BINARY, **pieces})
    with np.errstate(all="ignore"):
        q = SimpleNamespace(z=z, y=y, a=1 / (1 + np.exp(-z)))
        return piece.mean(piece.each(q)), piece.sign(piece.share(piece.core(q)))


def through(a: Array, y: Array) -> Array:
    """Return the cross-entropy by its formula in the probability."""
    return np.asarray(-y * np.log(a) - (1 - y) * np.log(1 - a))


def plus(epsilon: float) -> Piece:
    """Return the cross-entropy with a little added inside each logarithm."""
    return lambda q: -q.y * np.log(q.a + epsilon) - (1 - q.y) * np.log(1 - q.a + epsilon)


def clip(epsilon: float) -> Piece:
    """Return the cross-entropy of limited probabilities."""
    return lambda q: through(np.clip(q.a, epsilon, 1 - epsilon), q.y)


MEANS: tuple[tuple[Piece, str], ...] = (
    (lambda each: each.mean(), OVER_K),
    (lambda each: each.sum(), NO_MEAN),
    (
        lambda each: each.mean(axis=1).sum(),
        "You took the mean over the outputs and the sum over the examples: the other way round.",
    ),
)
SHARES: tuple[tuple[Piece, str], ...] = (
    (lambda core: core / core.size, OVER_K),
    (lambda core: core, NO_MEAN),
    (
        lambda core: core / core.shape[1],
        "You divided by the number of outputs: the examples are averaged, outputs are summed.",
    ),
    (lambda core: core / len(core) ** 2, TWICE),
)
NAIVE: Piece = lambda q: through(q.a, q.y)  # noqa: E731
QUOTIENT: Piece = lambda q: -(q.y / q.a - (1 - q.y) / (1 - q.a)) * q.a * (1 - q.a)  # noqa: E731
HALF_SQUARE: dict[str, Piece] = {
    "each": lambda q: (q.a - q.y) ** 2 / 2,
    "core": lambda q: (q.a - q.y) * q.a * (1 - q.a),
}
ONE_TERM: dict[str, Piece] = {"each": lambda q: q.y * np.logaddexp(0, -q.z), "core": lambda q: -q.y * (1 - q.a)}
SOFT: dict[str, Piece] = {
    "each": lambda q: -q.y * log_shares(q.z),
    "core": lambda q: softmax(q.z) * q.y.sum(axis=1, keepdims=True) - q.y,
}
YES_OR_NO = "Your loss takes each target for a yes or a no: shares are allowed."
HARD: tuple[tuple[Piece, str], ...] = (
    (lambda q: np.logaddexp(0, q.z) - (q.y > 0.5) * q.z, YES_OR_NO),
    (lambda q: -np.log(np.where(q.y > 0.5, q.a, 1 - q.a)), f"{YES_OR_NO} {NO_LOGITS}"),
)
WRONG_BINARY: tuple[Wrong, ...] = (
    (
        "formula",
        {"each": lambda q: np.minimum(q.z, 0) - q.y * q.z + np.log1p(np.exp(-np.abs(q.z)))},
        "Your form for large logits is not the loss: try it for one entry, with z at nought and far from it on "
        "either side.",
    ),
    (
        "formula",
        {"each": lambda q: np.abs(q.z) - q.y * q.z + np.log1p(np.exp(-np.abs(q.z)))},
        "Your form for large logits is not the loss: try it for one entry, with z at nought and far from it on "
        "either side.",
    ),
    (
        "formula",
        {"each": lambda q: np.maximum(q.z, 0) - q.y * q.z - np.log1p(np.exp(-np.abs(q.z)))},
        "Your form for large logits is not the loss: try it for one entry, with z at nought and far from it on "
        "either side.",
    ),
    ("categorical", {"each": lambda q: np.logaddexp(0, -q.z)}, "Your loss takes every target for a yes."),
    (
        "categorical",
        {"each": lambda q: (1 - q.y) * np.logaddexp(0, q.z)},
        "Your loss has no term for a target of one: then a missed yes costs nothing.",
    ),
    (
        "logarithm",
        {"each": lambda q: np.maximum(q.z, 0) - q.y * q.z + np.log2(1 + np.exp(-np.abs(q.z)))},
        "You took a logarithm to the base two.",
    ),
    (
        "mean",
        {"mean": lambda each: each.sum(axis=1)},
        "Your loss is one number for each example: their mean is still to be taken.",
    ),
    (
        "mean",
        {"mean": lambda each: each.sum(axis=0) / len(each)},
        "Your loss is one number for each label: they are summed.",
    ),
    (
        "mean",
        {"share": lambda core: core.mean(axis=0)},
        "You averaged the rows of delta: it keeps a row for each example, and the mean only makes them smaller.",
    ),
    (
        "sign",
        {"sign": lambda delta: -delta},
        "The sign of delta is turned round: look at which way round you subtracted.",
    ),
    ("overflow", {"each": NAIVE}, NO_LOGITS),
    *(("hard-targets", {"each": each}, says) for each, says in HARD),
    *(
        ("hard-targets", {"each": each, "core": lambda q: q.a - (q.y > 0.5)}, f"{says} Delta does it too.")
        for each, says in HARD
    ),
    (
        "hard-targets",
        {"core": lambda q: q.a - (q.y > 0.5)},
        "Delta takes each target for a yes or a no: shares are allowed.",
    ),
    ("overflow", {"each": NAIVE, "core": QUOTIENT}, NO_LOGITS),
    (
        "overflow",
        {"core": QUOTIENT},
        "For large z delta is no number: it divides by something that has rounded to zero.",
    ),
    *(("clipped", {"each": how(epsilon)}, SURE) for epsilon in CLIPS for how in (clip, plus)),
    *(("overflow", {"each": NAIVE, "mean": mean}, f"{NO_LOGITS} Besides: {says}") for mean, says in MEANS),
    *(
        ("overflow", {"each": NAIVE, "mean": mean, "share": share}, f"{NO_LOGITS} Besides: {says}")
        for (mean, says), (share, _) in zip(MEANS, SHARES, strict=False)
    ),
    *(("mean", {"mean": mean}, says) for mean, says in MEANS),
    *(("mean", {"share": share}, says) for share, says in SHARES),
    *(("mean", {"mean": mean, "share": share}, says) for (mean, says), (share, _) in zip(MEANS, SHARES, strict=False)),
    *(
        ("clipped", {"each": how(epsilon), "mean": mean, **share}, f"{SURE} Besides: {says}")
        for epsilon in CLIPS[4:]
        for how in (clip, plus)
        for (mean, says), (share_of, _) in zip(MEANS, SHARES, strict=False)
        for share in ({}, {"share": share_of})
    ),
    (
        "M10",
        {"core": lambda q: (q.a - q.y) * (np.abs(q.z) < 30)},
        "You silenced the units that are most sure, right or wrong.",
    ),
    ("categorical", ONE_TERM, "Your loss has no term for a target of zero: then a false yes costs nothing."),
    (
        "categorical",
        {"each": ONE_TERM["each"]},
        "Your loss has no term for a target of zero: then a false yes costs nothing.",
    ),
    (
        "categorical",
        {"core": ONE_TERM["core"]},
        "Your delta comes from one term of the loss: where the target is zero, nothing pulls z down.",
    ),
    (
        "categorical",
        {"each": lambda q: -q.y * np.log(q.a), "core": ONE_TERM["core"]},
        f"Your loss has no term for a target of zero. {NO_LOGITS}",
    ),
    (
        "swapped",
        {"each": lambda q: np.logaddexp(0, q.z) - (1 - q.y) * q.z},
        "You swapped the two terms of the loss: yes and no.",
    ),
    ("swapped", {"each": lambda q: through(1 - q.a, q.y)}, f"You swapped the two terms of the loss. {NO_LOGITS}"),
    (
        "sign",
        {"each": lambda q: q.y * q.z - np.logaddexp(0, q.z)},
        "Your loss is negative: a surprise has a minus before it.",
    ),
    (
        "sign",
        {"each": lambda q: -through(q.a, q.y)},
        f"Your loss is negative: a surprise has a minus before it. {NO_LOGITS}",
    ),
    (
        "sign",
        {"each": lambda q: np.logaddexp(0, q.z) + q.y * q.z},
        "The sign of the term with the target is wrong in the loss.",
    ),
    (
        "formula",
        {"each": lambda q: np.maximum(q.z, 0) - q.y * q.z},
        "You kept the straight lines only: the logarithm that joins them is missing.",
    ),
    (
        "formula",
        {"each": lambda q: np.log1p(np.exp(-np.abs(q.z))) - q.y * q.z},
        "For positive z a term is missing: what was taken out of the exponential has to come back.",
    ),
    *(
        (
            "formula",
            {"each": lambda q, size=size: np.maximum(q.z, 0) - q.y * q.z + np.log1p(np.exp(size(q.z)))},
            "The exponent is not kept at or below zero: look at its sign and at what stands in it.",
        )
        for size in (np.abs, np.negative)
    ),
    ("formula", {"each": lambda q: np.logaddexp(0, q.z)}, "The target does not enter your loss."),
    (
        "formula",
        {"each": lambda q: np.maximum(q.z, 0) - q.y * q.z + np.exp(-np.abs(q.z))},
        "There is an exponential where the logarithm of one plus it belongs.",
    ),
    (
        "base",
        {"each": lambda q: RIGHT_BINARY["each"](q) / np.log(2)},
        "Your loss is in bits: take the natural logarithm.",
    ),
    (
        "base",
        {"each": lambda q: RIGHT_BINARY["each"](q) / np.log(10)},
        "You took the logarithm to base ten: nats are asked for.",
    ),
    (
        "wrong-loss",
        HALF_SQUARE,
        "That is the half squared error with its delta: the binary cross-entropy is asked for.",
    ),
    (
        "wrong-loss",
        {"each": HALF_SQUARE["each"]},
        "You print the half squared error, and your delta is of another loss.",
    ),
    (
        "wrong-loss",
        {"each": lambda q: (q.a - q.y) ** 2},
        "You print a squared error, and your delta is of another loss.",
    ),
    ("mismatch", {"core": HALF_SQUARE["core"]}, FLAT),
    ("softmax", SOFT, "You let the labels compete: each is a yes-or-no question of its own."),
    (
        "softmax",
        {"core": SOFT["core"]},
        "In delta you let the labels compete: each is a yes-or-no question of its own.",
    ),
    (
        "softmax",
        {"core": lambda q: softmax(q.z) - q.y},
        "In delta you let the labels compete: each is a question of its own.",
    ),
    (
        "slope",
        {"core": lambda q: (q.a - q.y) / (q.a * (1 - q.a))},
        "That is the slope at the probability: one more link leads to the logit.",
    ),
    ("slope", {"core": lambda q: q.a * (1 - q.a)}, "That is the slope of the sigmoid alone."),
    ("factor-2", {"core": lambda q: 2 * (q.a - q.y)}, "Delta is twice too large: there is no square here."),
    ("target", {"core": lambda q: q.a}, "You returned the probabilities: the target has no part in your delta."),
    (
        "logit",
        {"core": lambda q: q.z - q.y},
        "You compared the logits with the targets: the probabilities belong there.",
    ),
    (
        "decided",
        {"core": lambda q: (q.a > 0.5) - q.y},
        "You rounded the probabilities to decisions: how sure a unit is counts.",
    ),
)
TURNED_ROUND = "Your two results are swapped: the loss comes first."
BINARY_MISTAKES = [
    *varied(binary, WRONG_BINARY, {"sign": lambda delta: -delta}),
    Mistake("swapped", lambda z, y: binary({}, z, y)[::-1], TURNED_ROUND),
]

# ------------------------------------------------------------------ 6.6: smoothed and weighted


def log_shares(z: Array) -> Array:
    """Return the logarithms of the shares of each row."""
    return np.asarray(z - np.logaddexp.reduce(z, axis=1, keepdims=True))


def draw_weighted(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return logits, class numbers, class weights, a smoothing; a batch of two or three has large logits."""
    N, K = widths
    z, labels = 1.5 * rng.normal(size=widths), rng.integers(0, K, N).astype(np.intp)
    if N > 1:
        labels[1] = (labels[0] + 1) % K  # two classes at least
    if N in (2, 3):
        z += np.array([1000.0, -1000.0, 0.0])[:N, np.newaxis]
        z[0, labels[0]] = 100.0  # a right answer that is nearly called impossible
    weights = rng.uniform(0.4, 3, K)
    return {"z": z, "labels": labels, "weights": weights, "smoothing": float(rng.uniform(0.1, 0.3))}


def weighted_agree(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare with sums over all examples and classes, and their differences."""
    z, labels, weights, smoothing = inputs.values()
    N, K = z.shape
    z = z - z.max(axis=1, keepdims=True)  # changes no share, and small numbers have better differences

    def row(u: Array, n: int) -> float:
        total = np.logaddexp.reduce(u)
        cost = sum((smoothing / K + (1 - smoothing) * (k == labels[n])) * (total - u[k]) for k in range(K))
        return float(weights[labels[n]] * cost / N)

    yield math.isclose(outputs["C"], sum(row(z[n], n) for n in range(N)), rel_tol=1e-9)
    yield close(
        outputs["delta"],
        np.array([numerical_gradient(lambda u, n=n: row(u, n), z[n]) for n in range(N)]),  # type: ignore[misc]
    )


def targets_of(labels: Array, K: int, right: float, other: float) -> Array:
    """Return a row for each label."""
    return np.asarray(np.where(np.arange(K) == labels[:, np.newaxis], right, other))


RIGHT_WEIGHTED: dict[str, Piece] = {
    "target": lambda q: targets_of(q.labels, q.K, 1 - q.e + q.e / q.K, q.e / q.K),
    "loss_target": lambda q: q.t,
    "logs": lambda q: log_shares(q.z),
    "row": lambda q: q.weights[q.labels][:, np.newaxis],
    "loss_row": lambda q: q.w,
    "mean": lambda each: each.sum() / len(each),
    "axis": lambda z: softmax(z),
    "core": lambda q: q.a - q.t,
    "share": lambda core: core / len(core),
    "sign": lambda delta: delta,
    "both": lambda q, C, delta: (C, delta),
}


def weighted(pieces: Mapping[str, Piece], z: Array, labels: Array, weights: Array, smoothing: float) -> Any:
    """Return C and delta with some pieces exchanged."""
    piece = SimpleNamespace(**{**RIGHT_WEIGHTED, **pieces})
    with np.errstate(all="ignore"):
        q = SimpleNamespace(z=z, labels=labels, weights=weights, e=smoothing, N=len(z), K=z.shape[1])
        q.hard = targets_of(labels, q.K, 1.0, 0.0)
        q.a, q.t, q.w = piece.axis(z), piece.target(q), piece.row(q)
        C = piece.mean(-piece.loss_row(q) * piece.loss_target(q) * piece.logs(q))
        return piece.both(q, C, piece.sign(piece.share(q.w * piece.core(q))))


def library_weighted(z: Array, labels: Array, weights: Array, smoothing: float) -> tuple[float, Array]:
    """Return C and delta from the library, whose weighted mean divides by the sum of the weights."""
    t = targets_of(labels, z.shape[1], 1 - smoothing + smoothing / z.shape[1], smoothing / z.shape[1])
    each, a = weights[labels], softmax(z)
    back = each.sum() / len(z)
    C = categorical_cross_entropy.value(softmax, z, a, t, each) * back
    return C, categorical_cross_entropy.delta(softmax, z, a, t, each) * back


def one_sum(z: Array) -> Array:
    """Return logarithms of shares, with the right shift and the sum along the wrong axis."""
    shifted = z - z.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=0)))


def sharing(right: Callable[[Any], float], other: Callable[[Any], float]) -> dict[str, Piece]:
    """Return another way to smooth."""
    return {"target": lambda q: targets_of(q.labels, q.K, right(q), other(q))}


BY_WEIGHTS = "You divided by the sum of the weights: asked for is the mean over the examples, by their number."
COLUMNS = "You weighed the columns: the weight of an example is that of its right class, for the whole row."
SUM_OF_WEIGHTS: tuple[Wrong, ...] = (
    ("mean", {}, BY_WEIGHTS),
    ("overflow", {"logs": lambda q: np.log(q.a)}, f"{NO_LOGITS} Besides: {BY_WEIGHTS}"),
    *(
        ("clipped", {"logs": lambda q, e=e: np.log(np.clip(q.a, e, 1 - e))}, f"{SURE} Besides: {BY_WEIGHTS}")
        for e in CLIPS[4:]
    ),
)
WRONG_WEIGHTED: tuple[Wrong, ...] = (
    (
        "smoothing",
        sharing(lambda q: 1 - q.e + q.e / (q.K - 1), lambda q: q.e / (q.K - 1)),
        "You shared the smoothing by the number of the other classes: the right one gets its part too, so count it.",
    ),
    (
        "smoothing",
        sharing(lambda q: 1 - q.e + q.e / 2, lambda q: q.e / 2),
        "You shared the smoothing as if there were two classes.",
    ),
    (
        "smoothing",
        sharing(lambda q: 1 - q.e + q.e / q.N, lambda q: q.e / q.N),
        "You shared the smoothing by the number of examples: it is shared among the classes.",
    ),
    (
        "smoothing",
        sharing(lambda q: 1 - q.e + q.e / q.K, lambda q: 0.0),
        "The other classes have got nothing of what is shared out.",
    ),
    ("weights", {"core": lambda q: q.w * (q.a - q.t)}, "The class weights are in delta twice."),
    (
        "weights",
        {"core": lambda q: q.a - q.t / q.w},
        "In delta you weighed the shares and not the targets: the weight stands before both.",
    ),
    (
        "weights",
        {"core": lambda q: q.a / q.w - q.t},
        "In delta you weighed the targets and not the shares: the weight stands before both.",
    ),
    (
        "one-class",
        {"core": lambda q: (q.a - q.t) * q.hard},
        "Your delta has the right class only: every logit stands in the sum of exponentials.",
    ),
    (
        "weights",
        {"row": lambda q: q.weights[q.labels][:, np.newaxis] / q.weights.mean()},
        "You divided the weights by their mean: they count as they are given.",
    ),
    (
        "weights",
        {"row": lambda q: q.weights[q.labels][:, np.newaxis] / q.weights.sum()},
        "You divided the weights by their sum: they count as they are given.",
    ),
    (
        "weights",
        {"row": lambda q: q.weights[np.sort(q.labels)][:, np.newaxis]},
        "The weights stand with other examples: they follow the labels, in their order.",
    ),
    (
        "weights",
        {"row": lambda q: np.resize(q.weights, q.N)[:, np.newaxis]},
        "You took the weights in the order of the examples: the label says which.",
    ),
    (
        "off-by-one",
        {"target": lambda q: targets_of((q.labels - 1) % q.K, q.K, 1 - q.e + q.e / q.K, q.e / q.K)},
        "You counted the classes from one: a label is the place itself, and the first place is zero.",
    ),
    (
        "axis",
        {
            "logs": lambda q: (
                q.z - q.z.max(axis=1, keepdims=True) - np.log(np.exp(q.z - q.z.max(axis=1, keepdims=True)).sum())
            ),
            "axis": lambda z: np.exp(z - z.max(axis=1, keepdims=True)) / np.exp(z - z.max(axis=1, keepdims=True)).sum(),
        },
        "You summed over the whole batch: each row is shared out by itself.",
    ),
    (
        "sign",
        {"sign": lambda delta: -delta},
        "The sign of delta is turned round: look at which way round you subtracted.",
    ),
    ("smoothing", {"target": lambda q: q.hard}, "The labels are not smoothed."),
    ("smoothing", {"loss_target": lambda q: q.hard}, "Delta knows smoothed labels, the loss does not."),
    ("smoothing", {"core": lambda q: q.a - q.hard}, "The loss knows smoothed labels, delta does not."),
    (
        "smoothing",
        sharing(lambda q: 1 - q.e, lambda q: q.e / (q.K - 1)),
        "You shared the smoothing among the wrong classes only: the right one gets its part too.",
    ),
    (
        "smoothing",
        sharing(lambda q: 1 - q.e, lambda q: q.e / q.K),
        "Your targets do not add up to one: the right class has not got its part of what is shared out.",
    ),
    (
        "smoothing",
        sharing(lambda q: 1.0, lambda q: q.e / q.K),
        "Your targets do not add up to one: what is shared out has to be taken from the right class.",
    ),
    (
        "smoothing",
        sharing(lambda q: 1 + q.e / q.K, lambda q: q.e / q.K),
        "Your targets do not add up to one: what is shared out has to be taken from the right class.",
    ),
    (
        "smoothing",
        sharing(lambda q: 1.0, lambda q: q.e),
        "Your targets do not add up to one: every class has got all that was to be shared out.",
    ),
    (
        "smoothing",
        sharing(lambda q: 1 - q.e, lambda q: q.e),
        "Your targets do not add up to one: every wrong class has got all that was to be shared out.",
    ),
    (
        "smoothing",
        sharing(lambda q: q.e + (1 - q.e) / q.K, lambda q: (1 - q.e) / q.K),
        "You smoothed too much: the share that is kept and the share that is given away are swapped.",
    ),
    ("overflow", {"logs": lambda q: np.log(q.a)}, NO_LOGITS),
    (
        "overflow",
        {"axis": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), "logs": lambda q: np.log(q.a)},
        f"{OVERFLOWS} Loss and delta are lost with it.",
    ),
    ("overflow", {"axis": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)}, OVERFLOWS),
    *(
        ("clipped", {"logs": how}, SURE)
        for epsilon in CLIPS
        for how in (
            lambda q, epsilon=epsilon: np.log(np.clip(q.a, epsilon, 1 - epsilon)),
            lambda q, epsilon=epsilon: np.log(q.a + epsilon),
        )
    ),
    ("weights", {"row": lambda q: np.ones((q.N, 1))}, "The class weights have no effect."),
    ("weights", {"loss_row": lambda q: np.ones((q.N, 1))}, "Delta knows the class weights, the loss does not."),
    (
        "weights",
        {"row": lambda q: np.ones((q.N, 1)), "loss_row": RIGHT_WEIGHTED["row"]},
        "The loss knows the class weights, delta does not.",
    ),
    ("weights", {"row": lambda q: q.weights}, COLUMNS),
    ("weights", {"row": lambda q: q.weights, "loss_row": RIGHT_WEIGHTED["row"]}, f"{COLUMNS} In the loss it is right."),
    ("weights", {"loss_row": lambda q: q.weights}, f"{COLUMNS} In delta it is right."),
    (
        "weights",
        {"row": lambda q: 1 / q.weights[q.labels][:, np.newaxis]},
        "You divided by the weights of the classes.",
    ),
    *(
        (name, {"both": lambda q, C, delta: (C * q.N / q.w.sum(), delta * q.N / q.w.sum()), **logs}, says)
        for name, logs, says in SUM_OF_WEIGHTS
    ),
    *(
        ("clipped", {"logs": lambda q, e=e: np.log(q.a + e), "mean": mean}, f"{SURE} Besides: {says}")
        for e in CLIPS[4:]
        for mean, says in MEANS
    ),
    ("mean", {"both": lambda q, C, delta: (C * q.N / q.w.sum(), delta)}, f"In the loss: {BY_WEIGHTS}"),
    ("mean", {"both": lambda q, C, delta: (C, delta * q.N / q.w.sum())}, f"In delta: {BY_WEIGHTS}"),
    *(("mean", {"mean": mean}, says) for mean, says in MEANS),
    *(("mean", {"share": share}, says) for share, says in SHARES),
    *(("mean", {"mean": mean, "share": share}, says) for (mean, says), (share, _) in zip(MEANS, SHARES, strict=False)),
    *(
        ("overflow", {"logs": lambda q: np.log(q.a), "mean": mean}, f"{NO_LOGITS} Besides: {says}")
        for mean, says in MEANS
    ),
    (
        "M1",
        {"core": lambda q: -q.t * (1 - q.a)},
        "In delta each logit hears of its own output only: it acts on all of them, and all paths are added.",
    ),
    ("mismatch", {"core": lambda q: (q.a - q.t) * q.a * (1 - q.a)}, FLAT),
    (
        "slope",
        {"core": lambda q: -q.t / q.a},
        "That is the slope at the shares: softmax lies between them and the logits.",
    ),
    (
        "axis",
        {"axis": lambda z: softmax(z.T).T},
        "Your shares add up over the examples: each row is shared out by itself.",
    ),
    (
        "axis",
        {"axis": lambda z: softmax(z.T).T, "logs": lambda q: log_shares(q.z.T).T},
        "Your shares add up over the examples: each row is shared out by itself.",
    ),
    (
        "axis",
        {"axis": lambda z: np.exp(one_sum(z)), "logs": lambda q: one_sum(q.z)},
        "You summed over the examples: each row is shared out by itself.",
    ),
    ("sigmoid", {"axis": lambda z: sigmoid(z)}, "In delta you used sigmoids: the classes compete, and share one sum."),
    ("target", {"core": lambda q: q.a}, "The targets have no part in your delta."),
    ("factor-2", {"core": lambda q: 2 * (q.a - q.t)}, "Delta is twice too large: there is no square here."),
    (
        "sign",
        {"mean": lambda each: -each.sum() / len(each)},
        "Your loss is negative: a surprise has a minus before it.",
    ),
    ("base", {"logs": lambda q: log_shares(q.z) / np.log(2)}, "Your loss is in bits: take the natural logarithm."),
    (
        "logit",
        {"logs": lambda q: q.z},
        "You put the logits themselves where their shares' logarithms belong: the sum of exponentials is missing.",
    ),
)
WEIGHTED_MISTAKES = [
    *varied(weighted, WRONG_WEIGHTED, {"sign": lambda delta: -delta}),
    Mistake("swapped", lambda **inputs: weighted({}, **inputs)[::-1], TURNED_ROUND),
]

# ------------------------------------------------------------------ 6.8: a softmax layer to repair


def draw_layer(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a batch, one-hot targets and the parameters of a softmax layer, for widths (N, n_in, K)."""
    N, n_in, K = widths
    y = np.eye(K)[rng.integers(0, K, N)]
    return {"x": rng.normal(size=(N, n_in)), "y": y, "W": rng.normal(size=(K, n_in)), "b": rng.normal(size=K)}


def layer_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare with differences of a loss that is written out once more."""

    def loss(**changed: Array) -> float:
        q = SimpleNamespace(**{**inputs, **changed})
        z = np.array([[row @ w + b for w, b in zip(q.W, q.b, strict=True)] for row in q.x])
        return float(sum(np.logaddexp.reduce(z[n]) - z[n] @ q.y[n] for n in range(len(z))) / len(z))

    yield math.isclose(outputs["C"], loss(), rel_tol=1e-9)
    yield close(outputs["dW"], numerical_gradient(lambda W: loss(W=W), inputs["W"]))
    yield close(outputs["db"], numerical_gradient(lambda b: loss(b=b), inputs["b"]))


RIGHT_LAYER: dict[str, Piece] = {
    "shares": lambda z: softmax(z),
    "C": lambda a, y: -(y * np.log(a)).sum() / len(y),
    "core": lambda a, y: a - y,
    "share": lambda core: core / len(core),
    "dW": lambda delta, x, W: delta.T @ x,
    "db": lambda delta, b: delta.sum(axis=0),
    "turn": lambda d: d,
}


def softmax_layer(pieces: Mapping[str, Piece], x: Array, y: Array, W: Array, b: Array) -> Any:
    """Return C, dW, db with some pieces exchanged."""
    piece = SimpleNamespace(**{**RIGHT_LAYER, **pieces})
    with np.errstate(all="ignore"):
        a = piece.shares(x @ W.T + b)
        delta = piece.share(piece.core(a, y))
        return piece.C(a, y), piece.turn(piece.dW(delta, x, W)), piece.turn(piece.db(delta, b))


ALONG: dict[str, Callable[[Array], Any]] = {  # what is subtracted
    "the batch": lambda z: z.max(),
    "a row": lambda z: z.max(axis=1, keepdims=True),
}


def summed(along: str, total: Callable[[Array], Any]) -> dict[str, Piece]:
    """Return shares with a sum along the wrong axis."""

    def shares(z: Array) -> Any:
        e = np.exp(z - ALONG[along](z))
        return e / total(e)

    return {"shares": shares}


BATCH_SUMS = [summed(along, np.sum) for along in ALONG]
SECOND_BUG: dict[str, Piece] = {"C": lambda a, y: -(y * np.log(a)).mean()}
THIRD_BUG: dict[str, Piece] = {"dW": lambda delta, x, W: delta.T @ x / len(x)}
SIGMOID_TOO: Piece = lambda a, y: (a - y) * a * (1 - a)  # noqa: E731
WRONG_LAYER: tuple[Wrong, ...] = (
    (
        "mean",
        {"share": lambda core: core / core.shape[1]},
        "In the gradients you divided by the number of classes: the mean is over the examples.",
    ),
    *(
        entry
        for first in BATCH_SUMS
        for entry in (
            ("two-left", {**first, **SECOND_BUG}, "One bug is gone. Look at the shares and at the mean in the loss."),
            (
                "two-left",
                {**first, **THIRD_BUG},
                "One bug is gone. Look at the shares and at how often a mean is taken.",
            ),
            ("three-left", {**first, **SECOND_BUG, **THIRD_BUG}, "All three bugs are still there."),
            ("axis", first, "Your shares add up to one over the whole batch: each row is shared out by itself."),
        )
    ),
    ("two-left", {**SECOND_BUG, **THIRD_BUG}, "One bug is gone. Look at each mean: over what, and how often?"),
    *(
        ("axis", summed(along, total), says)
        for along in ALONG
        for total, says in (
            (lambda e: e.sum(axis=0), "You summed over the examples: each row is shared out by itself."),
            (
                lambda e: e.sum(axis=1),
                "The sums of the rows have lost their axis, so they were laid along the columns.",
            ),
        )
    ),
    ("mean", SECOND_BUG, "Your loss is averaged over the classes too: it is summed over them."),
    ("mean", {"C": lambda a, y: -(y * np.log(a)).sum()}, "Your loss is a sum over the examples: the mean is missing."),
    (
        "mean",
        {"C": lambda a, y: -(y * np.log(a)).sum() / y.shape[1]},
        "In the loss you divided by the number of classes: the mean is over the examples.",
    ),
    ("mean", THIRD_BUG, "The weight gradient has the mean twice: it is in delta already."),
    (
        "mean",
        {"db": lambda delta, b: delta.mean(axis=0)},
        "The bias gradient has the mean twice: it is in delta already.",
    ),
    (
        "mean",
        {**THIRD_BUG, "db": lambda delta, b: delta.mean(axis=0)},
        "Both gradients have the mean twice: it is in delta already.",
    ),
    ("mean", {"share": lambda core: core}, "The mean over the examples is missing in the gradients."),
    (
        "mean",
        {"share": lambda core: core, "C": lambda a, y: -(y * np.log(a)).sum()},
        "The mean over the examples is missing, in the loss and in the gradients.",
    ),
    ("mean", {"share": lambda core: core / core.size}, "In the gradients you took a mean over the classes too."),
    (
        "mean",
        {"share": lambda core: core / core.size, **SECOND_BUG},
        "You averaged over the classes too, in the loss and in the gradients.",
    ),
    (
        "mean",
        {"share": lambda core: core, **THIRD_BUG},
        "The mean has gone from the bias gradient: taken out of delta, it must come back in both.",
    ),
    ("M8", {"dW": lambda delta, x, W: x.T @ delta}, ""),
    ("M13", {"dW": lambda delta, x, W: delta.T @ x * W}, "You multiplied by the weights themselves."),
    (
        "incoming",
        {"dW": lambda delta, x, W: np.outer(delta.sum(axis=0), x.sum(axis=0))},
        "You added up the examples before you multiplied: each delta belongs to its own input.",
    ),
    (
        "incoming",
        {"dW": lambda delta, x, W: np.outer(delta.sum(axis=0), x.mean(axis=0))},
        "You averaged the examples before you multiplied: each delta belongs to its own input.",
    ),
    (
        "batch",
        {"dW": lambda delta, x, W: np.outer(delta[0], x[0])},
        "Only the first example has a part in the weights.",
    ),
    (
        "batch",
        {"dW": lambda delta, x, W: np.outer(delta[-1], x[-1])},
        "Only the last example has a part in the weights.",
    ),
    ("batch", {"db": lambda delta, b: delta[0]}, "Only the first example has a part in the bias gradient."),
    ("axis", {"db": lambda delta, b: delta.sum(axis=1)}, "You summed the bias gradient along the wrong axis."),
    (
        "bias",
        {"db": lambda delta, b: np.asarray(delta.sum())},
        "You added up over the classes: each has a bias of its own.",
    ),
    ("bias", {"db": lambda delta, b: delta.sum(axis=0) * b}, "You multiplied the bias gradient by the bias itself."),
    ("bias", {"db": lambda delta, b: np.zeros_like(b)}, "The biases get no gradient at all."),
    (
        "shape",
        {"db": lambda delta, b: delta},
        "The bias gradient is still one for each example: they have to be summed.",
    ),
    (
        "sign",
        {"turn": lambda d: -d},
        "The gradients point the wrong way: look at which way round you subtracted.",
    ),
    ("M1", {"core": lambda a, y: -y * (1 - a)}, "Each logit hears of its own output only: it acts on all shares."),
    ("mismatch", {"core": SIGMOID_TOO}, FLAT),
    (
        "slope",
        {"core": lambda a, y: -y / a},
        "That is the slope at the shares: softmax lies between them and the logits.",
    ),
    ("sigmoid", {"shares": lambda z: sigmoid(z)}, "You used a sigmoid for each class: the classes compete."),
    (
        "sign",
        {"C": lambda a, y: (y * np.log(a)).sum() / len(y)},
        "Your loss is negative: a surprise has a minus before it.",
    ),
    (
        "wrong-loss",
        {"C": lambda a, y: ((a - y) ** 2).sum() / len(y) / 2},
        "You print the half squared error, and your gradients are those of another loss.",
    ),
    (
        "wrong-loss",
        {"C": lambda a, y: -(y * np.log(a) + (1 - y) * np.log1p(-a)).sum() / len(y)},
        "You print the binary cross-entropy of each class, and your gradients are those of another loss.",
    ),
)
LAYER_MISTAKES = varied(softmax_layer, WRONG_LAYER, {"turn": lambda d: -d})

# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "6.1",
        "Shares that compete",
        rung="predict",
        points=6,
        difficulty=1,
        minutes=4,
        kind=Parts(
            {
                "all_plus_5": grows("stays", "shift", "softmax sees differences of logits, and none has changed."),
                "all_doubled": grows("grows", "scale", "doubling the logits doubles their differences."),
                "hot": grows("shrinks", "temperature", "a temperature above one brings the logits closer together."),
                "smallest_hot": grows("grows", "temperature", "what the large share loses has to go somewhere."),
                "ratio": grows("stays", "ratio", "write the ratio as exponentials: whose logits are left in it?"),
                "loss": grows("grows", "M1", "raising a wrong class takes from the share of the right one."),
            }
        ),
        praise="Softmax sees differences only, and what one share gains the others lose in proportion.",
        hints=(
            "Write a share as an exponential over a sum of exponentials, or as one over a sum of exponentials of "
            "differences.",
            "Adding the same to all logits changes no difference. Doubling stretches the differences, a temperature "
            "above "
            "one shrinks them.",
            "In a ratio of two shares the sum cancels. And the loss is minus the logarithm of the share of the "
            "right class: "
            "it grows when that share shrinks.",
        ),
    ),
    Exercise(
        "6.2",
        "The same step with another mean",
        rung="hand-compute",
        points=1,
        difficulty=2,
        minutes=4,
        kind=Number(
            setting=rates,
            right=lambda q: q.rate * q.N * q.K / 2,
            witness=rate_by_steps,
            mistakes=(
                Mistake(
                    "inverse",
                    lambda q: q.rate / q.N,
                    "A shorter gradient needs a larger rate, and this mean is over the outputs too.",
                ),
                Mistake(
                    "inverse",
                    lambda q: q.rate / q.K,
                    "A shorter gradient needs a larger rate, and this mean is over the examples too.",
                ),
                Mistake(
                    "factor-2",
                    lambda q: q.rate * q.N * 2,
                    "You turned the factor of two round, and this mean is over the outputs as well as the examples.",
                ),
                Mistake(
                    "factor-2",
                    lambda q: q.rate * q.K * 2,
                    "You turned the factor of two round, and this mean is over the examples as well as the outputs.",
                ),
                Mistake(
                    "mean", lambda q: q.rate * (q.N + q.K), "The table has more entries than rows and columns together."
                ),
                Mistake("count", lambda q: q.N * q.K, "That is the number of entries: the rate itself is asked for."),
                Mistake(
                    "decimal", lambda q: q.rate * q.N * q.K / 20, "The digits are right, the decimal point is not."
                ),
                Mistake("decimal", lambda q: q.rate * q.N * q.K * 5, "The digits are right, the decimal point is not."),
                Mistake(
                    "M9",
                    lambda q: q.rate * np.sqrt(q.N * q.K / 2),
                    "A factor in the loss is that same factor in the gradient.",
                ),
                Mistake("unchanged", lambda q: q.rate, "The direction stays, the length of the gradient does not."),
                Mistake(
                    "factor-2",
                    lambda q: q.rate * q.N * q.K,
                    "Look at the half of one loss and at the two that comes down from the square of the other.",
                ),
                Mistake(
                    "factor-2",
                    lambda q: q.rate * q.N * q.K * 2,
                    "You counted the half of the first loss the wrong way, or twice: differentiate both losses.",
                ),
                Mistake(
                    "factor-2",
                    lambda q: q.rate * q.N * q.K / 4,
                    "You counted a two twice: differentiate both losses and compare.",
                ),
                Mistake("inverse", lambda q: q.rate / (q.N * q.K) * 2, "A shorter gradient needs a larger rate."),
                Mistake("inverse", lambda q: q.rate / (q.N * q.K), "A shorter gradient needs a larger rate."),
                Mistake("inverse", lambda q: q.rate / (q.N * q.K) / 2, "A shorter gradient needs a larger rate."),
                Mistake("mean", lambda q: q.rate * q.N / 2, "This mean is over the outputs as well as the examples."),
                Mistake("mean", lambda q: q.rate * q.N, "This mean is over the outputs as well as the examples."),
                Mistake("mean", lambda q: q.rate * q.K / 2, "This mean is over the examples as well as the outputs."),
                Mistake("mean", lambda q: q.rate * q.K, "This mean is over the examples as well as the outputs."),
                Mistake(
                    "mean", lambda q: q.rate * q.N / q.K, "Both counts stand below the sum: neither cancels the other."
                ),
                Mistake(
                    "mean",
                    lambda q: q.rate * (q.N + q.K) / 2,
                    "The table has more entries than rows and columns together.",
                ),
                Mistake("factor-2", lambda q: q.rate / 2, "The two means are missing."),
                Mistake("factor-2", lambda q: q.rate * 2, "The two means are missing."),
                Mistake(
                    "count",
                    lambda q: q.N * q.K / 2,
                    "That is the factor between the two: the rate itself is asked for.",
                ),
                Mistake(
                    "M9",
                    lambda q: q.rate * np.sqrt(q.N * q.K),
                    "A factor in the loss is that same factor in the gradient.",
                ),
            ),
        ),
        praise="A factor before the loss is a factor before every gradient, and the rate takes up its inverse.",
        hints=(
            "A step is the rate times the gradient. By which factor is the second gradient shorter?",
            "Differentiate both losses by one entry of a. In the first the half cancels the two; in the second the "
            "two stays "
            "and the number of entries stands below.",
            "The gradients are a - y, and 2 (a - y) divided by the number of all entries of the batch. The rate "
            "must grow by "
            "what the gradient has shrunk.",
        ),
    ),
    Exercise(
        "6.3",
        "Delta with a smoothed label",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Number(
            setting=smoothed,
            right=lambda q: q.a - q.t,
            witness=lambda q: numerical_gradient(lambda z: float(np.log(np.exp(z).sum()) * q.t.sum() - q.t @ z), q.z),
            mistakes=(
                Mistake(
                    "smoothing",
                    lambda q: q.a - np.array([0.1, 0.9, 0.1]),
                    "You smoothed for yourself: take the target as it is given. It adds up to one.",
                ),
                Mistake(
                    "smoothing",
                    lambda q: q.a - np.array([0.025, 0.95, 0.025]),
                    "You smoothed for yourself: take the target as it is given.",
                ),
                Mistake(
                    "smoothing",
                    lambda q: q.a - np.array([0.05, 0.95, 0.05]),
                    "You smoothed for yourself: take the target as it is given.",
                ),
                Mistake("sign", lambda q: softmax(abs(q.z)) - q.t, "You lost the minus of a logit."),
                Mistake(
                    "M13 loss",
                    lambda q: np.log(q.a) - q.t,
                    "You took logarithms of the shares: they belong to the loss, not to its slope.",
                ),
                Mistake(
                    "target", lambda q: q.a * (1 - q.t), "You multiplied the shares by what the target lacks to one."
                ),
                Mistake(
                    "M1",
                    lambda q: (q.a - q.t) * q.hard,
                    "You kept the right class only: every logit stands in the sum of exponentials.",
                ),
                Mistake(
                    "wrong-class",
                    lambda q: q.a - q.hard[[0, 2, 1]],
                    "The target stands at another class, and it is not the smoothed one.",
                ),
                Mistake(
                    "mean", lambda q: 3 * (q.a - q.t), "You multiplied by the number of classes: this is one example."
                ),
                Mistake(
                    "exponential",
                    lambda q: 2**q.z / (2**q.z).sum() - q.t,
                    "You raised another number than e to the power of z.",
                ),
                Mistake(
                    "softmax",
                    lambda q: q.a - softmax(q.t),
                    "You sent the target through a softmax too: it is a share already.",
                ),
                Mistake("smoothing", lambda q: q.a - q.hard, "You took the hard label: the smoothed one is given."),
                Mistake(
                    "M1", lambda q: -q.t * (1 - q.a), "Each logit hears of its own output only: all paths are added."
                ),
                Mistake("mismatch", lambda q: (q.a - q.t) * q.a * (1 - q.a), FLAT),
                Mistake(
                    "mismatch",
                    lambda q: q.a * ((q.a - q.t) - (q.a * (q.a - q.t)).sum()),
                    "You took softmax with a squared error: the loss here is the cross-entropy.",
                ),
                Mistake("slope", lambda q: -q.t / q.a, "That is the slope at the shares: go on through softmax."),
                Mistake("target", lambda q: q.a, "Those are the shares: the target has no part in them."),
                Mistake("target", lambda q: q.a * q.t, "You multiplied share and target."),
                Mistake(
                    "sigmoid",
                    lambda q: sigmoid(q.z) - q.t,
                    "You used a sigmoid for each class: the shares have one sum.",
                ),
                Mistake(
                    "logit", lambda q: q.z - q.t, "You compared the logits with the target: the shares belong there."
                ),
                Mistake(
                    "exponential",
                    lambda q: q.z / q.z.sum() - q.t,
                    "You shared out the logits: the exponential is missing.",
                ),
                Mistake("mean", lambda q: (q.a - q.t) / 3, "You took a mean over the classes: this is one example."),
                Mistake("M13 loss", lambda q: -q.t * np.log(q.a), "Those are the terms of the loss itself."),
                Mistake("M13 loss", lambda q: -(q.t * np.log(q.a)).sum(), "That is the loss itself."),
                Mistake("exponential", lambda q: softmax(-q.z) - q.t, "You turned the sign in the exponents."),
                Mistake("sum", lambda q: np.exp(q.z) - q.t, "The exponentials are not shared out yet."),
                Mistake("slope", lambda q: q.a * (1 - q.a), "Those are slopes of softmax alone."),
                Mistake("wrong-class", lambda q: q.a - q.t[[1, 0, 2]], "The target stands at another class."),
                Mistake("wrong-class", lambda q: q.a - q.t[[2, 0, 1]], "The target stands at another class."),
            ),
        ),
        praise="The three add up to zero: what the right class is to gain the others are to lose.",
        hints=(
            "What is left of softmax and its cross-entropy when both are differentiated together? Does a smoothed "
            "label "
            "change that?",
            "The proof used of the target only that it adds up to one, and this one does. First compute the three "
            "shares.",
            "The shares are exp(z) over their sum; then subtract the target, entry by entry. The three results must "
            "add up "
            "to nothing.",
        ),
    ),
    Exercise(
        "6.4",
        "Softmax that survives",
        rung="complete",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Function(
            outputs=("a",),
            inputs=draw_shares,
            right=lambda z, temperature: softmax(z / temperature),
            witness=shares_agree,
            mistakes=tuple(SHARES_MISTAKES),
            widths=((3, 2), (2, 5), (4, 3), (1, 4)),
            square=(3, 3),
            seen=told_alone,
        ),
        praise="Every exponent is at most zero: nothing can overflow, and no row can vanish.",
        hints=(
            "What may be subtracted from a row of logits without changing a share? And what should be?",
            "Subtract from each row its own largest entry, then exponentiate. One largest for the whole batch is "
            "not enough: "
            "a row that lies far below it would vanish.",
            "e is np.exp of scaled minus scaled.max(axis=1, keepdims=True); total is e.sum(axis=1, keepdims=True).",
        ),
    ),
    Exercise(
        "6.5",
        "Any number of labels, from the logits",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=("C", "delta"),
            inputs=draw_logits,
            right=lambda z, y: (
                binary_cross_entropy.value(sigmoid, z, sigmoid(z), y),
                binary_cross_entropy.delta(sigmoid, z, sigmoid(z), y),
            ),
            witness=logits_agree,
            mistakes=tuple(BINARY_MISTAKES),
            widths=((3, 2), (4, 3), (2, 4), (1, 5)),
            square=(3, 3),
            seen=told,
        ),
        praise="Finite for every logit, and as loud as it should be where an answer is sure and wrong.",
        hints=(
            "Which two things does the loss add, for one logit, when the probability is not used at all?",
            "The stable line of the chapter has a maximum, a product, and a logarithm of one plus something that is "
            "at most "
            "one. Sum over labels and examples, then divide by the number of examples only.",
            "Each entry costs np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))). Its slope is the sigmoid of "
            "z minus "
            "the target; it gets the same division by the number of rows.",
        ),
    ),
    Exercise(
        "6.6",
        "Weighted and smoothed",
        rung="implement",
        points=5,
        difficulty=3,
        minutes=15,
        kind=Function(
            outputs=("C", "delta"),
            inputs=draw_weighted,
            right=library_weighted,
            witness=weighted_agree,
            mistakes=tuple(WEIGHTED_MISTAKES),
            widths=((4, 3), (3, 5), (1, 4), (5, 2)),
            square=(3, 3),
            seen=told,
        ),
        praise="Weights and smoothing change the target and the loudness: share minus target is still the core of "
        "delta.",
        hints=(
            "Write the targets as a table first, a row for each example. Do its rows add up to one?",
            "The logarithms of the shares come from z: z minus the logarithm of the sum of exponentials, with the "
            "largest "
            "taken out. The weight of an example is that of its label, and multiplies its whole row.",
            "targets: smoothing / K everywhere, and 1 - smoothing more at the label. weights[labels][:, np.newaxis] "
            "multiplies both the loss of a row and its share minus target; then divide both by len(z).",
        ),
    ),
    Exercise(
        "6.7",
        "Does this delta belong to this loss?",
        rung="debug",
        points=5,
        difficulty=2,
        minutes=8,
        kind=Parts({"A": bug("b"), "B": bug("c"), "C": bug("a"), "D": bug("d"), "E": bug("c")}),
        praise="A delta is right or wrong only for a loss: print what you minimize.",
        hints=(
            "For each program differentiate the loss that it prints. Do not trust that delta looks familiar.",
            "A matched pair has lost its slope, any other pair keeps it. A mean in the loss is a factor in delta, "
            "and so is "
            "whatever is done to z before the activation.",
            "One program takes a matched delta with a loss that does not match. Two have a wrong constant. One "
            "takes the "
            "diagonal of a table. One is right, though written in two steps.",
        ),
    ),
    Exercise(
        "6.8",
        "Repair it",
        rung="debug",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("C", "dW", "db"),
            inputs=draw_layer,
            right=lambda x, y, W, b: softmax_layer({}, x, y, W, b),
            witness=layer_agrees,
            mistakes=tuple(LAYER_MISTAKES),
            widths=((4, 3, 2), (5, 2, 3), (3, 4, 5), (1, 3, 4)),
            square=(3, 3, 3),
            seen=told,
        ),
        praise="The mean is taken once, over the examples, and the loss that is printed is the one that is minimized.",
        hints=(
            "With one example two of the three bugs can't be seen. What is different with several?",
            "Check that each row of shares adds up to one. Then count every mean: over what is it taken, and is it "
            "taken "
            "once?",
            "The sum under the shares needs axis=1 and keepdims=True. The loss is a sum divided by len(y). And dW "
            "must not "
            "be divided again: delta has the mean in it.",
        ),
    ),
    Exercise(
        "6.9",
        "The derivation once more",
        rung="derive",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Derivation("6.9"),
        praise="The loss divides by the very slope that the sigmoid multiplies by; the slope of the hidden unit stays.",
        hints=(
            "The way from the weight to the loss is the old one; only its last link is new. Differentiate the loss "
            "by a2.",
            "The two terms over a common denominator have a2 (1 - a2) below. What does the sigmoid's slope do with "
            "that?",
            "Delta of the output is what is left, prediction minus target. Then back as always: w2, the slope 1 - "
            "a1**2 of "
            "the hidden tanh, and x.",
        ),
    ),
    Exercise(
        "6.10",
        "What is different?",
        rung="predict",
        points=6,
        difficulty=1,
        minutes=4,
        kind=Parts(
            {
                "dC_da": same("different", "loss-link", "this is the one link that contains the loss."),
                "sigmoid_slope": same("same", "slope", "the sigmoid does not know which loss comes after it."),
                "carry": same("same", "BP2", "what carries a delta down reads weights and a slope, no loss."),
                "delta_1": same(
                    "different", "number", "the rule stays, but it is handed another number to carry down."
                ),
                "incoming": same("same", "BP3", "what came in through the weight was there before there was a loss."),
                "step": same(
                    "different",
                    "number",
                    "the gradients differ by a factor; ask what that does to the steps of one and the same rate.",
                ),
            }
        ),
        praise="One link is exchanged, and through it every number; no rule of the way back has changed.",
        hints=(
            "Which of the formulas BP1 to BP4 mention the loss?",
            "Only the first factor of BP1 does. But a rule can stay the same while the number that it hands on "
            "changes.",
            "Sort into rules (slope, carry, incoming) and numbers (delta, step): which of them contains the first "
            "factor of "
            "BP1?",
        ),
    ),
    Exercise(
        "6.11",
        "A pair that does not match",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=12,
        kind=Derivation("6.11"),
        praise="Three paths, and the share in front of all: where it is nearly zero the class is deaf, however wrong.",
        hints=(
            "In how many outputs does the first logit stand? Along each there is a miss and a slope.",
            "The slope of the first share by its own logit is a_1 (1 - a_1); that of another share by it has a "
            "minus. Add the "
            "three products.",
            "The sum over i of (a_i - y_i) times the slope of a_i by z_1; for i other than 1 the slope is minus a_i "
            "a_1. Take "
            "a_1 out of all terms if you like.",
        ),
    ),
    Exercise(
        "6.12",
        "Sure, wrong, and deaf",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Essay(
            (
                "Says that cross-entropy is better or punishes more, or repeats formulas: no reason from the two "
                "factors.",
                "Says that the slope of a saturated sigmoid is small, but not why the cross-entropy makes up for it.",
                "Gives both: the flat sigmoid lets delta vanish, and the slope of the cross-entropy grows as it "
                "shrinks.",
                "Does that, and says what the gradient check can tell and what it can't, with a reason.",
            )
        ),
        praise="",
        hints=(
            "Delta is a product of two slopes. What does each do when the unit is sure of the wrong answer?",
            "Take a target of zero and an output near one. How large is the slope of the squared error there, how "
            "large that "
            "of the cross-entropy, and how large the slope of the sigmoid?",
            "The check compares a gradient with the loss that it is given. Does it know what you want the network "
            "to learn, "
            "or how fast?",
        ),
    ),
)
