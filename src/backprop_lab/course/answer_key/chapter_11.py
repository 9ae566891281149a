"""The exercises of chapter 11, Vanishing and exploding gradients.

References come from the library, mutants from passes written here with exchangeable pieces. The witnesses are numerical
differences of losses that are written out once more.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.activations import sigmoid
from backprop_lab.arrays import Array
from backprop_lab.clipping import clip_by_global_norm
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.misconceptions import REVERSED, SAYS
from backprop_lab.course.number import Number
from backprop_lab.gradient_check import check_gradient, numerical_gradient
from backprop_lab.gradient_flow import measure_gradient_flow
from backprop_lab.layers import Activate, Dense, LayerNorm, Residual
from backprop_lab.network import Network

__all__ = ["EXERCISES"]

Pieces = Mapping[str, Callable[..., Any]]
Wrong = tuple[str, Pieces, str]


def chosen(right: Pieces, wrong: Pieces) -> SimpleNamespace:
    """Return the pieces of a pass, some exchanged."""
    return SimpleNamespace(**{**right, **wrong})


def made(run: Callable[..., Any], table: Sequence[Wrong]) -> tuple[Mistake, ...]:
    """Return a mistake for each row of the table: `run` with its pieces."""
    return tuple(Mistake(name, functools.partial(run, wrong), says) for name, wrong, says in table)


def reversed_too(table: Sequence[Wrong], sign: str, turn: Callable[..., Any]) -> list[Wrong]:
    """Return the rows once more with the piece `sign` turned round, where they leave it alone."""
    rows = [row for row in table if sign not in row[1]]
    return [(name, {**wrong, sign: turn}, f"{says or SAYS[name]} {REVERSED}") for name, wrong, says in rows]


# ------------------------------------------------------------------ 11.1: six chains


def fate(right: str, **reasons: tuple[str, str]) -> Choice:
    """Return the choice among the three things that can become of delta."""
    return Choice(right, reasons)


CHAINS = {
    "A": fate(
        "vanishes",
        level=("slope", "you may have taken the sigmoid's slope for a third: at its best it is smaller."),
        explodes=("large-weight", "you looked at the weight alone; each layer has a second factor."),
    ),
    "B": fate(
        "vanishes",
        level=("relu-safe", "a slope of one is only one of the two factors of a layer."),
        explodes=("large-weight", "neither of the two factors of a layer is above one here."),
    ),
    "C": fate(
        "level",
        vanishes=("saturation", "a tanh vanishes gradients where it is flat; look how steep it is where this one is."),
        explodes=("sign", "the sign is turned at every layer, which is not a matter of size."),
    ),
    "D": fate(
        "level",
        vanishes=("one-factor", "you went by the small weights only; a product takes all of them together."),
        explodes=("one-factor", "you went by the large weights only; a product takes all of them together."),
    ),
    "E": fate(
        "explodes",
        vanishes=("sigmoid-always", "a sigmoid's small slope can be outdone by what stands beside it."),
        level=("slope", "slope and weight don't cancel here: multiply the two."),
    ),
    "F": fate(
        "vanishes",
        level=("M10", "one of the factors is not like the others; put its value into the product."),
        explodes=("M10", "you left the blocked unit out of the product; what does it multiply by?"),
    ),
}

# ------------------------------------------------------------------ 11.2: one saturated unit


def saturated_chain() -> SimpleNamespace:
    """Return three sigmoid units in a row, the middle one far out."""
    z = np.array([0.7, -5.5, 1.3])
    q = SimpleNamespace(z=z, a=np.asarray(sigmoid(z)), w2=1.6, w3=-2.4, delta3=0.35)
    q.slope = np.asarray(sigmoid.slope(z))
    return q


def back(q: SimpleNamespace, slope: Any, w2: float | None = None, w3: float | None = None) -> Array:
    """Return (delta1, delta2) with these slopes of units 1 and 2, and these weights."""
    delta2 = (q.w3 if w3 is None else w3) * q.delta3 * slope[1]
    return np.array([(q.w2 if w2 is None else w2) * delta2 * slope[0], delta2])


def chain_witness(q: SimpleNamespace) -> Array:
    """Return the same by differences of what unit 3 receives."""

    def s(z: Any) -> Any:
        return 1 / (1 + np.exp(-z))

    by_2 = numerical_gradient(lambda z: float(q.w3 * s(z)), q.z[1])
    b2 = q.z[1] - q.w2 * s(q.z[0])
    by_1 = numerical_gradient(lambda z: float(q.w3 * s(q.w2 * s(z) + b2)), q.z[0])
    return np.array([q.delta3 * by_1, q.delta3 * by_2])


NO_SLOPE = "You left out a slope: what comes back through a weight has yet to pass the unit that it comes to."
CHAIN_MISTAKES = (
    Mistake("M7", lambda q: back(q, [1, 1])),
    Mistake("M7", lambda q: back(q, [1, q.slope[1]]), f"{NO_SLOPE} Look at unit 1."),
    Mistake("M7", lambda q: back(q, [q.slope[0], 1]), f"{NO_SLOPE} Look at unit 2."),
    Mistake("M5", lambda q: back(q, sigmoid.slope(q.a))),
    Mistake("M5 short form", lambda q: back(q, q.z * (1 - q.z))),
    Mistake("slope", lambda q: back(q, q.a), "Your slope of the sigmoid has one factor only; it has two."),
    Mistake("slope", lambda q: back(q, 1 - q.a), "Your slope of the sigmoid has one factor only; it has two."),
    Mistake(
        "slope",
        lambda q: back(q, q.slope[1:]),
        "You passed the slope of the unit above: delta of a unit has that unit's own slope, and the one above is in "
        "the delta that you start from.",
    ),
    Mistake(
        "slope",
        lambda q: back(q, [0.25, 0.25]),
        "You took the steepest slope that a sigmoid has for each unit; these units are not at zero.",
    ),
    Mistake(
        "slope",
        lambda q: back(q, 1 - q.a**2),
        "That is the slope of the hyperbolic tangent, with the activation of a sigmoid.",
    ),
    Mistake(
        "slope",
        lambda q: back(q, q.slope[:2] * [1, q.slope[2]]),
        "The slope of unit 3 is in there once more: it is in its delta already.",
    ),
    Mistake(
        "slope",
        lambda q: back(q, 1 - np.tanh(q.z) ** 2),
        "That is the slope of the hyperbolic tangent: these units are sigmoids.",
    ),
    Mistake("weights-forgotten", lambda q: back(q, q.slope, 1, 1)),
    Mistake(
        "index",
        lambda q: back(q, q.slope, q.w3, q.w2),
        "You passed the weights in the wrong order: the last one lies between units 2 and 3.",
    ),
    Mistake("M6", lambda q: back(q, q.slope, 1 / q.w2, 1 / q.w3), "You divided by the weights: they multiply."),
    Mistake("divided", lambda q: back(q, 1 / q.slope), "You divided by the slopes: they multiply."),
    Mistake("swapped", lambda q: back(q, q.slope)[::-1], "The two deltas are in the wrong order: unit 1 comes first."),
    Mistake(
        "M10",
        lambda q: np.zeros(2),
        "Small is not nothing: a sigmoid never quite stops rising, so something is left.",
    ),
    Mistake(
        "upstream",
        lambda q: back(q, q.slope) / q.delta3,
        "You left out the delta that comes from unit 3: what you have is how much of it would arrive.",
    ),
    Mistake(
        "weights-forgotten",
        lambda q: back(q, q.slope, 1),
        "The weight between units 1 and 2 is missing in delta of unit 1.",
    ),
    Mistake(
        "upstream",
        lambda q: np.array([q.w2 * q.slope[0] * q.delta3, back(q, q.slope)[1]]),
        "Delta of unit 1 starts from delta of unit 2, not from that of unit 3: you skipped the saturated unit.",
    ),
    Mistake(
        "index",
        lambda q: back(q, q.slope, q.w2, q.w2),
        "You passed the first weight twice: unit 3 is reached by another one.",
    ),
    Mistake(
        "index",
        lambda q: back(q, q.slope, q.w3, q.w3),
        "You passed the last weight twice: between units 1 and 2 lies another one.",
    ),
    Mistake(
        "M6",
        lambda q: back(q, [1, 1], 1 / q.w2, 1 / q.w3),
        "You divided by the weights, and the slopes are missing: nothing is undone on the way back.",
    ),
    Mistake(
        "too-many-paths",
        lambda q: np.array([q.w2 * q.slope[0] * q.delta3, 0]) + np.array([1, 1]) * back(q, q.slope)[1],
        "You added up along the row: there is one path only, and links of one path are multiplied.",
    ),
    Mistake(
        "sign",
        lambda q: back(q, q.slope) * [1, -1],
        "The minus of the last weight belongs to both deltas: the first is made from the second.",
    ),
    Mistake(
        "sign",
        lambda q: back(q, q.slope) * [-1, 1],
        "The minus of the last weight belongs to both deltas: the first is made from the second.",
    ),
)

# ------------------------------------------------------------------ 11.3: Xavier under ReLU

LAYERS, WIDTH = 16, 96


def level(q: SimpleNamespace, steps: float = LAYERS - 1, passed: float = 0.5) -> float:
    """Return the factor of the spread over some steps, with this mean squared slope."""
    variance_factor = q.n * 2 / (q.n + q.n) * passed
    return float(variance_factor ** (steps / 2))


SPREAD_MISTAKES = (
    Mistake(
        "steps",
        lambda q: level(q, LAYERS),
        "You counted the layers; between the first and the last there is one step fewer.",
    ),
    Mistake("steps", lambda q: level(q, LAYERS - 2), "You counted one step too few between the two layers."),
    Mistake("steps", lambda q: level(q, LAYERS + 1), "You counted steps that lead beyond the two hidden layers."),
    Mistake(
        "variance",
        lambda q: level(q) ** 2,
        "That is the square of it: you have the factor of the variance, or you squared the mean slope where the mean "
        "of the squared slopes belongs.",
    ),
    Mistake(
        "variance",
        lambda q: level(q, LAYERS) ** 2,
        "That is the factor of the variance, over one step too many; asked is that of its root.",
    ),
    Mistake("variance", lambda q: level(q) ** 0.5, "You took the root twice."),
    Mistake(
        "relu-safe",
        lambda q: 1.0,
        "You found that nothing is lost: you let the units that are off through, or took He's rule, which makes good "
        "for them.",
    ),
    Mistake("one-step", lambda q: level(q, 1), "That is what one step does."),
    Mistake("one-step", lambda q: level(q, 2), "That is what one step does to the variance."),
    Mistake("slope", lambda q: level(q, passed=1 / 16), "You took the slope of a sigmoid: these are ReLU units."),
    Mistake("slope", lambda q: 0.25 ** (LAYERS - 1), "You took the slope of a sigmoid: these are ReLU units."),
    Mistake("up", lambda q: 1 / level(q), "You divided where you should multiply: on the way down delta gets smaller."),
    Mistake(
        "linear",
        lambda q: 0.5**0.5 / (LAYERS - 1),
        "You divided by the number of steps: factors are multiplied, not shared out.",
    ),
    Mistake("linear", lambda q: 0.5 * (LAYERS - 1), "You added up the steps: factors are multiplied."),
    Mistake(
        "n",
        lambda q: float(q.n ** (-(LAYERS - 1) / 2)),
        "You left the number of terms in the sum out: it cancels the one in the variance of the weights.",
    ),
    Mistake(
        "n",
        lambda q: float(q.n**-0.5),
        "That is the spread of a weight: asked is what all layers together do to delta.",
    ),
    Mistake(
        "linear",
        lambda q: (LAYERS - 1) * 0.5**0.5,
        "You multiplied by the number of steps: a factor for each step has to be multiplied with itself.",
    ),
)

# ------------------------------------------------------------------ 11.4: a ReLU network, all examples at once


def draw_deep(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Any]:
    """Return a batch and a network; widths are (N, n_in, ..., n_out). One z of a blank example is exactly zero."""
    n, *sizes = widths
    x = rng.normal(size=(n, sizes[0]))
    if n > 1:
        x[0] = 0
    biases = [rng.uniform(0.1, 0.9, size) for size in sizes[1:]]
    biases[0][0] = 0
    return {
        "x": x,
        "y": np.eye(sizes[-1])[rng.integers(0, sizes[-1], n)],
        "weights": [rng.normal(size=(n_out, n_in)) for n_in, n_out in pairwise(sizes)],
        "biases": biases,
    }


def deep_network(weights: Sequence[Array], biases: Sequence[Array]) -> Network:
    """Return the library's network."""
    pairs = list(zip(weights, biases, strict=True))
    return Network.from_weights(pairs, hidden="relu", output="softmax", loss="categorical_cross_entropy")


def deep_gradients(x: Array, y: Array, weights: list[Array], biases: list[Array]) -> tuple[list[Array], list[Array]]:
    """Return the library's gradients."""
    gradients = deep_network(weights, biases).gradients(x, y)
    return [layer.dW for layer in gradients], [layer.db for layer in gradients]


def softmax_of(z: Array) -> Array:
    """Return the shares, written out once more."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def deep_loss(x: Array, y: Array, weights: Sequence[Array], biases: Sequence[Array]) -> float:
    """Return the loss, written out once more."""
    a, last = x, len(weights) - 1
    for l, (W, b) in enumerate(zip(weights, biases, strict=True)):
        z = a @ W.T + b
        a = softmax_of(z) if l == last else np.maximum(z, 0)
    return float(-(y * np.log(a)).sum() / len(x))


def deep_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare each gradient with differences; at the kink any slope between its two sides will do."""
    for name, given in (("weights", outputs["dW"]), ("biases", outputs["db"])):
        for l, gradient in enumerate(given):

            def loss(value: Array, name: str = name, l: int = l) -> float:
                changed = {**inputs, name: [value if k == l else p for k, p in enumerate(inputs[name])]}
                return deep_loss(**changed)

            yield check_gradient(loss, inputs[name][l], gradient)


DEEP_PIECES: Pieces = {
    "top": lambda z, a, y: (a - y) / len(y),
    "carry": lambda delta, W: delta @ W,
    "through": lambda back, z, a: back * (z > 0),
    "outer": lambda delta, a_in: delta.T @ a_in,
    "sent": lambda z, a, own: a,
    "masking": lambda zs, l: zs[l - 1],
    "early": lambda delta, below: delta,
    "bias": lambda delta, b: delta.sum(axis=0),
    "order": lambda arrays: arrays,
}


def deep_pass(
    wrong: Pieces, x: Array, y: Array, weights: list[Array], biases: list[Array]
) -> tuple[list[Array], list[Array]]:
    """Return the gradients with some pieces exchanged for wrong ones."""
    piece = chosen(DEEP_PIECES, wrong)
    zs: list[Array] = []
    activations = [x]
    for W, b in zip(weights, biases, strict=True):
        zs.append(activations[-1] @ W.T + b)
        activations.append(np.maximum(zs[-1], 0))
    activations[-1] = softmax_of(zs[-1])
    delta = piece.top(zs[-1], activations[-1], y)
    dW: list[Array] = []
    db: list[Array] = []
    for l in reversed(range(len(weights))):
        below = delta
        if l:
            below = piece.through(piece.carry(delta, weights[l]), piece.masking(zs, l), activations[l])
        used = piece.early(delta, below)
        dW.insert(0, piece.outer(used, piece.sent(zs[l - 1] if l else x, activations[l], activations[l + 1])))
        db.insert(0, piece.bias(used, biases[l]))
        delta = below
    return piece.order(dW), piece.order(db)


MEAN_TWICE = "You took the mean over the batch twice: it enters once, in the delta of the output."
DEEP_WRONG: tuple[Wrong, ...] = (
    (
        "M7",
        {"through": lambda back, z, a: back},
        "Nothing is blocked on the way back: the slope of ReLU is missing, or you test something that is never "
        "negative, such as its activation.",
    ),
    (
        "at-zero",
        {"through": lambda back, z, a: back * (z >= 0)},
        "Where z is exactly zero you let the gradient pass: the statement says what is agreed on.",
    ),
    (
        "at-zero",
        {"through": lambda back, z, a: back * np.heaviside(z, 0.5)},
        "Where z is exactly zero you let half of the gradient pass: the statement says what is agreed on.",
    ),
    (
        "relu-back",
        {"through": lambda back, z, a: np.maximum(back, 0)},
        "You applied ReLU to what comes back: what is blocked is decided by what went up, and a gradient may be "
        "negative.",
    ),
    (
        "relu-back",
        {"through": lambda back, z, a: np.maximum(back, 0) * (z > 0)},
        "Besides the mask you cut off what comes back below zero: a gradient may be negative.",
    ),
    (
        "mask",
        {"through": lambda back, z, a: back * (z <= 0)},
        "Your mask is the wrong way round: it blocks the units that are on.",
    ),
    (
        "slope",
        {"through": lambda back, z, a: back * a},
        "You multiplied by the activation itself: a unit that is on passes on what comes back, at its full size.",
    ),
    (
        "slope",
        {"through": lambda back, z, a: back * z},
        "You multiplied by the pre-activation: a unit that is on passes on what comes back, at its full size.",
    ),
    (
        "slope",
        {"through": lambda back, z, a: back * a * (1 - a)},
        "That is the slope of a sigmoid: the hidden units here are ReLU.",
    ),
    (
        "slope",
        {"through": lambda back, z, a: back * (1 - a**2)},
        "That is the slope of the hyperbolic tangent: the hidden units here are ReLU.",
    ),
    (
        "slope",
        {"through": lambda back, z, a: back * np.sign(z)},
        "You took the sign of z for the slope: it is minus one where the slope is zero.",
    ),
    (
        "leaky",
        {"through": lambda back, z, a: np.where(z > 0, back, 0.01 * back)},
        "A unit that is off lets through a hundredth: that is the leaky ReLU.",
    ),
    (
        "output-mask",
        {"top": lambda z, a, y: (a - y) / len(y) * (z > 0)},
        "You put the mask on the output layer too, which has a softmax and no ReLU.",
    ),
    (
        "sign",
        {"top": lambda z, a, y: (y - a) / len(y)},
        "Every sign is turned round: look at which way round you subtracted prediction and target.",
    ),
    (
        "factor-2",
        {"top": lambda z, a, y: 2 * (a - y) / len(y)},
        "Everything is twice too large: there is no square in this loss.",
    ),
    (
        "mean",
        {"top": lambda z, a, y: a - y},
        "The mean over the batch is missing: with more examples your gradient grows.",
    ),
    ("mean", {"top": lambda z, a, y: (a - y) / len(y) ** 2}, MEAN_TWICE),
    (
        "mean",
        {"top": lambda z, a, y: (a - y) / a.size},
        "You divided by the number of outputs as well: the loss is a mean over examples only.",
    ),
    (
        "mean",
        {"top": lambda z, a, y: (a - y) / y.shape[1]},
        "You divided by the number of outputs: the mean runs over the examples.",
    ),
    (
        "matched",
        {"top": lambda z, a, y: (a - y) * a * (1 - a) / len(y)},
        "You put in a slope at the output: softmax and cross-entropy have settled it between them.",
    ),
    (
        "link",
        {"top": lambda z, a, y: -y / a / len(y)},
        "You stopped at the derivative by the prediction: the softmax still lies between that and z.",
    ),
    (
        "link",
        {"top": lambda z, a, y: -y * (1 - a) / len(y)},
        "You took the softmax for a row of sigmoids: each of its outputs depends on every z of the layer.",
    ),
    (
        "M8",
        {"carry": lambda delta, W: delta @ W.T},
        "On the way back the weight matrix is the wrong way round: each unit must collect over what it feeds.",
    ),
    ("M6", {"carry": lambda delta, W: delta @ np.linalg.pinv(W).T}, ""),
    ("M1", {"carry": lambda delta, W: np.outer(delta[:, 0], W[0])}, ""),
    (
        "weights-forgotten",
        {"carry": lambda delta, W: np.repeat(delta.sum(axis=1, keepdims=True), W.shape[1], axis=1)},
        "",
    ),
    ("M8", {"outer": lambda delta, a_in: a_in.T @ delta}, ""),
    (
        "incoming",
        {"sent": lambda z, a, own: z},
        "For the weights you took what the layer below receives, where what it sends belongs.",
    ),
    (
        "incoming",
        {"sent": lambda z, a, own: own},
        "For the weights you took what the layer itself sends, where what comes into it belongs.",
    ),
    (
        "wrong-layer",
        {"masking": lambda zs, l: zs[l]},
        "Your mask is that of the layer above: what comes back to a layer passes that layer's own units.",
    ),
    (
        "too-early",
        {"early": lambda delta, below: below},
        "You took delta one layer down before you noted the gradients of the layer.",
    ),
    (
        "first-example",
        {"outer": lambda delta, a_in: np.outer(delta[0], a_in[0]), "bias": lambda delta, b: delta[0]},
        "You used the first example only: each example of the batch adds its part.",
    ),
    ("mean", {"outer": lambda delta, a_in: delta.T @ a_in / len(delta)}, f"{MEAN_TWICE} Look at the weights."),
    ("mean", {"bias": lambda delta, b: delta.mean(axis=0)}, f"{MEAN_TWICE} Look at the biases."),
    (
        "mean",
        {"bias": lambda delta, b: delta.sum(axis=0) * len(delta)},
        "The mean over the batch is missing in the biases.",
    ),
    (
        "axis",
        {"bias": lambda delta, b: delta.sum(axis=1)},
        "You added up the bias gradients over the units; each unit has a bias of its own, and examples are added.",
    ),
    (
        "bias",
        {"bias": lambda delta, b: delta.sum(axis=0) * b},
        "You multiplied the bias gradient by the bias itself: think of the bias as a weight whose input is one.",
    ),
    (
        "bias",
        {"bias": lambda delta, b: np.full_like(b, delta.sum())},
        "You added up the bias gradient over the units, so that all get the same: each has a bias of its own.",
    ),
    (
        "bias",
        {"bias": lambda delta, b: np.asarray(delta.sum())},
        "You added up the bias gradient over the units, so that all get the same: each has a bias of its own.",
    ),
    ("order", {"order": lambda arrays: arrays[::-1]}, "The lists are in the order of the way back: first layer first."),
    (
        "link",
        {"top": lambda z, a, y: (z - y) / len(y)},
        "You took what the softmax receives for the prediction: the miss is that of its shares.",
    ),
)


def mean_over_layers(x: Array, y: Array, weights: list[Array], biases: list[Array]) -> tuple[list[Array], list[Array]]:
    """Divide by the number of layers where that of the examples belongs."""
    return deep_pass({"top": lambda z, a, y: (a - y) / len(weights)}, x, y, weights, biases)


def changed_weights(x: Array, y: Array, weights: list[Array], biases: list[Array]) -> tuple[list[Array], list[Array]]:
    """Change the weights of a layer before the way back passes them."""
    taken: list[Array] = []

    def outer(delta: Array, a_in: Array) -> Array:
        taken.insert(0, delta.T @ a_in)
        return taken[0]

    def carry(delta: Array, W: Array) -> Array:
        a_in = sent[len(weights) - 1 - len(taken)]
        return delta @ (W - delta.T @ a_in)

    sent = [x]
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        sent.append(np.maximum(sent[-1] @ W.T + b, 0))
    return deep_pass({"outer": outer, "carry": carry}, x, y, weights, biases)


DEEP_MISTAKES = (
    Mistake(
        "update-first",
        changed_weights,
        "You changed weights before the way back used them: gradients belong to the old weights.",
    ),
    Mistake("mean", mean_over_layers, "You divided by the number of layers: the mean runs over the examples."),
)
DEEP_TABLE = (*DEEP_WRONG, *reversed_too(DEEP_WRONG, "top", lambda z, a, y: (y - a) / len(y)))

# ------------------------------------------------------------------ 11.5: clipping

CASES: dict[tuple[int, ...], tuple[float, float]] = {
    (2, 4, 3): (0.6, 7.0),
    (5, 2, 3): (0.8, 0.3),
    (3, 4, 2): (1.1, 0.0),
    (4, 3, 5): (1.8, 1.5),
    (2, 5, 4): (0.6, 0.7),
}


def draw_gradients(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Any]:
    """Return a list of arrays whose common norm is long, short, zero, or near the limit, by the widths."""
    n_in, n_hidden, n_out = widths
    limit, norm = CASES.get(widths, (0.6, 7.0))
    arrays = [rng.normal(size=shape) for shape in ((n_hidden, n_in), (n_hidden,), (n_out, n_hidden))]
    length = np.sqrt(sum(float((array**2).sum()) for array in arrays))
    return {"gradients": [array * (norm / length) for array in arrays], "limit": limit}


def plain_clip(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Judge: the norm by plain loops; the clipped is as long as it should be and has the same direction."""
    flat = [float(v) for array in inputs["gradients"] for v in array.ravel()]
    short = [float(v) for array in outputs["clipped"] for v in array.ravel()]
    norm, length = (sum(v * v for v in vector) ** 0.5 for vector in (flat, short))
    yield abs(outputs["norm"] - norm) <= 1e-9
    yield abs(length - min(norm, inputs["limit"])) <= 1e-9
    yield all(abs(s * norm - v * length) <= 1e-9 for s, v in zip(short, flat, strict=True))


def length(arrays: Sequence[Array]) -> float:
    """Return the norm of all arrays together."""
    return float(np.sqrt(sum((array**2).sum() for array in arrays)))


CLIP_PIECES: Pieces = {
    "norm": length,
    "too_long": lambda norm, limit: norm > limit,
    "shorten": lambda g, norm, limit: g * (limit / norm),
    "leave": lambda g, limit: g,
    "found": lambda norm, limit, clipped: norm,
}


def clip(wrong: Pieces, gradients: list[Array], limit: float) -> tuple[list[Array], float]:
    """Clip, with some pieces exchanged."""
    piece = chosen(CLIP_PIECES, wrong)
    norm = piece.norm(gradients)
    with np.errstate(all="ignore"):
        if piece.too_long(norm, limit):
            clipped = [np.asarray(piece.shorten(g, np.float64(norm), limit)) for g in gradients]
        else:
            clipped = [piece.leave(g, limit) for g in gradients]
        return clipped, piece.found(norm, limit, clipped)


def no_nan(inputs: Inputs, result: Any) -> Any:
    """Where the gradient is zero, show nothing-by-nothing as a number, so that what led there can be recognised.

    And take an array of one number for a number.
    """
    clipped, norm = result
    norm = np.reshape(norm, ()) if np.size(norm) == 1 else norm
    if any(array.any() for array in inputs["gradients"]):
        return clipped, norm
    return [np.nan_to_num(np.asarray(array, float), nan=-777.0, posinf=777.0) for array in clipped], norm


def own_norm(g: Array, norm: float, limit: float) -> Array:
    """Shorten one array by itself."""
    return np.asarray(g * min(1.0, limit / max(float(np.sqrt((g**2).sum())), 1e-300)))


BY_VALUE = (
    "You limited each entry by itself: that is clipping by value, which turns the direction of the step. By norm all "
    "entries get the same factor."
)
BY_ARRAY = "You limited each array by itself: then the layers no longer fit together, and the direction is turned."
ALWAYS = (
    "You rescaled a gradient that was within the limit too: clipping makes long ones shorter, and leaves the others."
)
CLIP_WRONG: tuple[Wrong, ...] = (
    ("M10", {"shorten": lambda g, norm, limit: np.clip(g, -limit, limit)}, BY_VALUE),
    (
        "M10",
        {
            "shorten": lambda g, norm, limit: np.clip(g, -limit, limit),
            "found": lambda norm, limit, clipped: length(clipped),
        },
        BY_VALUE,
    ),
    ("M10", {"shorten": lambda g, norm, limit: np.minimum(g, limit)}, f"{BY_VALUE} And you limited one side only."),
    ("each-array", {"shorten": own_norm}, BY_ARRAY),
    (
        "each-array",
        {
            "too_long": lambda norm, limit: True,
            "shorten": lambda g, norm, limit: g * (limit / norm if float(np.sqrt((g**2).sum())) > limit else 1.0),
        },
        "You asked for each array whether it is too long: the norm of all of them together decides, for all alike.",
    ),
    ("always", {"too_long": lambda norm, limit: True}, ALWAYS),
    (
        "always",
        {"too_long": lambda norm, limit: norm > 0},
        ALWAYS,
    ),
    (
        "reversed",
        {"too_long": lambda norm, limit: norm < limit},
        "You have it the wrong way round: short gradients are stretched, and long ones stay.",
    ),
    (
        "reversed",
        {"too_long": lambda norm, limit: 0 < norm < limit},
        "You have it the wrong way round: short gradients are stretched, and long ones stay.",
    ),
    (
        "no-clip",
        {"too_long": lambda norm, limit: False},
        "Nothing is ever shortened: the gradients come out as they went in.",
    ),
    (
        "limit",
        {"shorten": lambda g, norm, limit: g / norm},
        "You made long gradients one long, whatever the limit is.",
    ),
    (
        "inverted",
        {"shorten": lambda g, norm, limit: g * (norm / limit)},
        "Your factor is upside down: it makes long gradients longer.",
    ),
    (
        "twice",
        {"shorten": lambda g, norm, limit: g * (limit / norm) ** 2},
        "You applied the factor twice: the result is shorter than the limit.",
    ),
    (
        "after",
        {"found": lambda norm, limit, clipped: length(clipped)},
        "The norm that you return is the one after clipping: asked is the one that was found.",
    ),
    (
        "square",
        {"norm": lambda arrays: length(arrays) ** 2},
        "The root is missing: that is the square of the norm.",
    ),
    (
        "square",
        {"too_long": lambda norm, limit: norm**2 > limit},
        "You compared the square of the norm with the limit.",
    ),
    (
        "square",
        {
            "too_long": lambda norm, limit: norm**2 > limit,
            "shorten": lambda g, norm, limit: g * limit / norm**2,
        },
        "You compared the square of the norm with the limit, and divided by it too.",
    ),
    (
        "sum",
        {"norm": lambda arrays: float(sum(np.linalg.norm(array) for array in arrays))},
        "You added up the norms of the arrays: squares are added, and the root comes last.",
    ),
    (
        "absolute",
        {"norm": lambda arrays: float(sum(np.abs(array).sum() for array in arrays))},
        "You added up magnitudes in place of squares: that is another norm.",
    ),
    (
        "largest",
        {"norm": lambda arrays: float(max(np.abs(array).max() for array in arrays))},
        "You took the largest entry for the length.",
    ),
    (
        "largest",
        {"norm": lambda arrays: float(max(np.linalg.norm(array) for array in arrays))},
        "You took the length of the longest array for the length of all of them together.",
    ),
    (
        "mean",
        {"norm": lambda arrays: length(arrays) / float(np.sqrt(sum(array.size for array in arrays)))},
        "You took the mean of the squares: the length of a vector is the root of their sum.",
    ),
    (
        "mean",
        {"norm": lambda arrays: float(np.mean([np.linalg.norm(array) for array in arrays]))},
        "You took the mean of the norms of the arrays: squares are added, and the root comes last.",
    ),
    (
        "spectral",
        {"norm": lambda arrays: float(np.sqrt(sum(np.linalg.norm(array, 2) ** 2 for array in arrays)))},
        "Of a matrix you took the largest stretch, not the length of its entries: look at what your function for "
        "norms does with two axes.",
    ),
    (
        "first-array",
        {"norm": lambda arrays: length(arrays[:1])},
        "You measured the first array only: the norm is that of all of them together.",
    ),
    (
        "first-array",
        {"norm": lambda arrays: length(arrays[-1:])},
        "You measured the last array only: the norm is that of all of them together.",
    ),
    (
        "sign",
        {"shorten": lambda g, norm, limit: np.abs(g) * (limit / norm)},
        "You lost the signs: a clipped gradient points where it pointed before.",
    ),
    (
        "subtracted",
        {"shorten": lambda g, norm, limit: g - (norm - limit)},
        "You subtracted what is too long: that is no shortening, and it turns the direction. A factor is wanted.",
    ),
    (
        "zeroed",
        {"shorten": lambda g, norm, limit: 0 * g},
        "You throw a gradient away that is too long: it keeps its direction and becomes shorter.",
    ),
    (
        "norm",
        {"found": lambda norm, limit, clipped: limit / norm if norm > limit else 1.0},
        "You return the factor: the norm that was found is asked for.",
    ),
    (
        "M10",
        {"shorten": lambda g, norm, limit: np.sign(g) * limit},
        "You kept the signs alone: every entry then has the size of the limit, and the direction is turned.",
    ),
    (
        "factor",
        {"shorten": lambda g, norm, limit: g * np.sqrt(limit / norm)},
        "You took the root of the factor: the norm grows with the factor itself.",
    ),
    (
        "norm",
        {"norm": lambda arrays: length([array for array in arrays if array.ndim > 1])},
        "Your norm leaves out arrays of one dimension, such as biases: it is that of all entries.",
    ),
    (
        "norm",
        {"norm": lambda arrays: float(np.sqrt(sum(array.sum() ** 2 for array in arrays)))},
        "You added up before you squared: then entries of opposite sign cancel.",
    ),
)

# ------------------------------------------------------------------ 11.6: the flow over the epochs


def draw_training(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Any]:
    """Return a network with its batch, a learning rate and how many epochs: never as many as layers."""
    epochs = 3 if len(widths) == 5 else 5
    return {**draw_deep(rng, widths), "learning_rate": float(rng.uniform(0.1, 0.4)), "epochs": epochs}


def library_flow(*, learning_rate: float, epochs: int, x: Array, y: Array, **parameters: Any) -> Array:
    """Return the norms, measured by the library."""
    network, rows = deep_network(**parameters), []
    for _ in range(epochs):
        rows.append(measure_gradient_flow(network, x, y).gradient_norm)
        network.parameters = network.parameters - learning_rate * network.gradients(x, y).vector
    return np.array(rows)


FLOW_PIECES: Pieces = {
    "gradients": functools.partial(deep_pass, {}),
    "size": lambda dW, db, W, rate: np.sqrt((dW**2).sum()),
    "rate": lambda rate: rate,
    "bias_rate": lambda rate: rate,
    "collect": lambda new, old: new,
    "rows": lambda rows: rows[:-1],
}


def flow(
    wrong: Pieces,
    x: Array,
    y: Array,
    weights: list[Array],
    biases: list[Array],
    learning_rate: float,
    epochs: int,
) -> Array:
    """Return the norms over the epochs, with some pieces exchanged."""
    piece = chosen(FLOW_PIECES, wrong)
    rows, old = [], None
    for _ in range(epochs + 1):  # one more, for those who measure too late
        new = piece.gradients(x, y, weights, biases)
        dW, db = piece.collect(new, new if old is None else old)
        old = dW, db
        rows.append([piece.size(*layer, learning_rate) for layer in zip(dW, db, weights, strict=True)])
        weights = [W - piece.rate(learning_rate) * d for W, d in zip(weights, dW, strict=True)]
        biases = [b - piece.bias_rate(piece.rate(learning_rate)) * d for b, d in zip(biases, db, strict=True)]
    return np.asarray(piece.rows(np.array(rows)))


def flow_by_hand(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Judge: the same by the pass of this file, whose gradients are those of numerical differences."""
    yield np.allclose(flow({}, **inputs), outputs["norms"], rtol=1e-9, atol=0)


def added_up(new: Any, old: Any) -> Any:
    """Add new gradients to the old ones, but for the first time."""
    if new is old:
        return new
    return tuple([a + b for a, b in zip(*pair, strict=True)] for pair in zip(new, old, strict=True))


def one_by_one(
    x: Array, y: Array, weights: list[Array], biases: list[Array], learning_rate: float, epochs: int
) -> Array:
    """Measure on the batch, but step after each example."""
    rows = []
    for _ in range(epochs):
        rows.append([np.sqrt((dW**2).sum()) for dW in deep_pass({}, x, y, weights, biases)[0]])
        for n in range(len(x)):
            dW, db = deep_pass({}, x[n : n + 1], y[n : n + 1], weights, biases)
            weights = [W - learning_rate * d for W, d in zip(weights, dW, strict=True)]
            biases = [b - learning_rate * d for b, d in zip(biases, db, strict=True)]
    return np.array(rows)


BEFORE = ("M7", "at-zero", "relu-back", "mean", "slope", "matched", "incoming", "bias", "mask", "leaky")
FLOW_WRONG: tuple[Wrong, ...] = (
    (
        "late",
        {"rows": lambda rows: rows[1:]},
        "You measured after the step: the first row belongs to the network as it was given.",
    ),
    (
        "epochs",
        {"rows": lambda rows: rows},
        "There is one row too many: one for each epoch, each before that epoch's step.",
    ),
    ("epochs", {"rows": lambda rows: rows[:-2]}, "There is one row too few: one for each epoch, the first included."),
    (
        "no-step",
        {"rate": lambda rate: 0.0},
        "All rows are the same: either no parameter ever changes, or the gradients are computed only once.",
    ),
    (
        "no-step",
        {"bias_rate": lambda rate: 0.0},
        "The biases never change: a step changes all parameters.",
    ),
    ("learning-rate", {"rate": lambda rate: 1.0}, ""),
    (
        "learning-rate",
        {"bias_rate": lambda rate: 1.0},
        "You left out the learning rate in the step of the biases.",
    ),
    ("ascent", {"rate": lambda rate: -rate}, ""),
    ("ascent", {"bias_rate": lambda rate: -rate}, "Your biases go uphill."),
    ("M3", {"collect": added_up}, ""),
    (
        "square",
        {"size": lambda dW, db, W, rate: (dW**2).sum()},
        "The root is missing: those are squares of norms.",
    ),
    (
        "mean",
        {"size": lambda dW, db, W, rate: np.abs(dW).mean()},
        "You took the mean magnitude of an entry: asked is the norm, the length of the whole gradient.",
    ),
    (
        "mean",
        {"size": lambda dW, db, W, rate: np.sqrt((dW**2).mean())},
        "You took the mean of the squares before the root: the length of a vector is the root of their sum.",
    ),
    (
        "mean",
        {"size": lambda dW, db, W, rate: np.sqrt((dW**2).sum()) / dW.size},
        "You divided the norm by the number of entries: asked is the norm itself.",
    ),
    (
        "mean",
        {"size": lambda dW, db, W, rate: dW.mean()},
        "You took the mean of the entries, in which signs cancel: asked is the norm.",
    ),
    (
        "spectral",
        {"size": lambda dW, db, W, rate: np.linalg.norm(dW, 2)},
        "You took the largest stretch of the matrix: asked is the length of all its entries together.",
    ),
    (
        "absolute",
        {"size": lambda dW, db, W, rate: np.abs(dW).sum()},
        "You added up magnitudes in place of squares: that is another norm.",
    ),
    (
        "absolute",
        {"size": lambda dW, db, W, rate: np.linalg.norm(dW, 1)},
        "That is the largest sum of a column: asked is the root of the sum of all squares.",
    ),
    (
        "largest",
        {"size": lambda dW, db, W, rate: np.abs(dW).max()},
        "You took the largest entry for the length.",
    ),
    (
        "cancelled",
        {"size": lambda dW, db, W, rate: abs(dW.sum())},
        "You added up the entries, in which signs cancel: asked is the norm.",
    ),
    (
        "bias",
        {"size": lambda dW, db, W, rate: np.sqrt((dW**2).sum() + (db**2).sum())},
        "You measured weights and bias together: asked is the gradient of the weights.",
    ),
    (
        "bias",
        {"size": lambda dW, db, W, rate: np.sqrt((db**2).sum())},
        "You measured the gradient of the biases: asked is that of the weights.",
    ),
    (
        "weights",
        {"size": lambda dW, db, W, rate: np.sqrt((W**2).sum())},
        "You measured the weights themselves: asked is their gradient.",
    ),
    (
        "weights",
        {"size": lambda dW, db, W, rate: np.sqrt((dW**2).sum() / (W**2).sum())},
        "You divided by the norm of the weights: asked is that of the gradient, as it is.",
    ),
    (
        "step-only",
        {"size": lambda dW, db, W, rate: rate * np.sqrt((dW**2).sum())},
        "You measured the step: the gradient has no learning rate in it.",
    ),
    (
        "logarithm",
        {"size": lambda dW, db, W, rate: np.log10(np.sqrt((dW**2).sum()))},
        "You took the logarithm: that is for the axis of the picture.",
    ),
    (
        "axis",
        {"rows": lambda rows: rows[:-1].T},
        "The table lies on its side: a row for each epoch, a column for each layer.",
    ),
    ("order", {"rows": lambda rows: rows[:-1, ::-1]}, "The last layer comes first in your rows: first layer first."),
    (
        "last-only",
        {"rows": lambda rows: rows[-2]},
        "That is one epoch only: a row for each, collected as training goes on.",
    ),
    (
        "total",
        {"rows": lambda rows: np.sqrt((rows[:-1] ** 2).sum(axis=1))},
        "You put all layers together into one norm: each layer has a column of its own.",
    ),
    *(
        (
            name,
            {"gradients": functools.partial(deep_pass, wrong)},
            f"{says or SAYS[name]} It comes from the exercise about the backward equations.",
        )
        for name, wrong, says in DEEP_WRONG
        if name in BEFORE and wrong.keys() <= {"top", "through", "sent"}
    ),
    (
        "relative",
        {"rows": lambda rows: rows[:-1] / rows[0]},
        "You divided by the first row: the norms themselves are asked for.",
    ),
    (
        "relative",
        {"rows": lambda rows: rows[:-1] / rows[:-1, -1:]},
        "You divided by the norm of the last layer: the norms themselves are asked for.",
    ),
    (
        "added-up",
        {"rows": lambda rows: np.cumsum(rows[:-1], axis=0)},
        "You added the rows up: each belongs to its own epoch.",
    ),
    ("flat", {"rows": lambda rows: rows[:-1].ravel()}, "Your table is one long row: epochs go down, layers across."),
    (
        "first-row",
        {"rows": lambda rows: np.concatenate([rows[:1], 0 * rows[1:-1]])},
        "Only the first row is filled: where does the return stand?",
    ),
)


def other_flow(
    size: Callable[[Array, Array], Any] = lambda dW, x: np.sqrt((dW**2).sum()),
    rate: Callable[[float, Array], float] = lambda rate, x: rate,
    rate_of_biases: Callable[[float, Array], float] = lambda rate, x: rate,
    layer_by_layer: bool = False,
) -> Callable[..., Array]:
    """Return a training in which size or rates may look at the batch, or each layer steps before the next is noted."""

    def walk(x: Array, y: Array, weights: list[Array], biases: list[Array], learning_rate: float, epochs: int) -> Array:
        weights, biases, rows = list(weights), list(biases), []
        for _ in range(epochs):
            dW, db = deep_pass({}, x, y, weights, biases)
            row = []
            for l in range(len(weights)):
                if layer_by_layer:
                    dW, db = deep_pass({}, x, y, weights, biases)
                row.append(size(dW[l], x))
                weights[l] = weights[l] - rate(learning_rate, x) * dW[l]
                biases[l] = biases[l] - rate_of_biases(learning_rate, x) * db[l]
            rows.append(row)
        return np.array(rows)

    return walk


FLOW_MISTAKES = (
    *made(flow, FLOW_WRONG),
    Mistake(
        "update-first",
        other_flow(layer_by_layer=True),
        "You let each layer step before the next was noted: the gradients of an epoch belong to one place.",
    ),
    Mistake("learning-rate", other_flow(rate=lambda rate, x: 1.0), "Your weights step without the learning rate."),
    Mistake(
        "mean",
        other_flow(size=lambda dW, x: np.sqrt((dW**2).sum()) * len(x)),
        "You multiplied the norms by the number of examples: the gradient is that of the mean.",
    ),
    Mistake(
        "mean",
        other_flow(size=lambda dW, x: np.sqrt((dW**2).sum()) / len(x)),
        "You divided the norms by the number of examples: the mean is in the gradient already.",
    ),
    Mistake(
        "mean",
        other_flow(rate=lambda rate, x: rate / len(x), rate_of_biases=lambda rate, x: rate / len(x)),
        "You divided the step by the number of examples: the mean is in the gradient already.",
    ),
    Mistake(
        "mean",
        other_flow(rate=lambda rate, x: rate / len(x)),
        "You divided the step of the weights by the number of examples: the mean is in the gradient already.",
    ),
    Mistake(
        "norm",
        other_flow(size=lambda dW, x: np.sqrt((dW**2).sum(axis=0)).mean()),
        "You took the mean of the norms of the columns: one norm is asked for, of all entries.",
    ),
    Mistake(
        "norm",
        other_flow(size=lambda dW, x: np.sqrt((dW**2).sum(axis=1)).mean()),
        "You took the mean of the norms of the rows: one norm is asked for, of all entries.",
    ),
    Mistake(
        "batch",
        one_by_one,
        "You took a step after each example: an epoch here is one step, along the gradient of the whole batch.",
    ),
)

# ------------------------------------------------------------------ 11.7: layer normalization


def draw_normalization(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Any]:
    """Return upstream gradient and pre-activations (N, n), scale (n,) and a large epsilon, so that it shows."""
    shape = widths[:2]
    return {
        "da": rng.normal(size=shape),
        "z": rng.normal(0.5, 1.5, size=shape),
        "scale": rng.uniform(0.4, 1.8, shape[1]) * rng.choice([-1, 1], shape[1]),
        "eps": float(rng.uniform(0.1, 0.4)),
    }


def library_normalization(da: Array, z: Array, scale: Array, eps: float) -> tuple[Array, Array, Array]:
    """Return the library's gradients."""
    layer = LayerNorm(z.shape[1], eps=eps)
    layer.parameters["scale"][...] = scale
    _, cache = layer.forward(z, training=True)
    dz, gradients = layer.backward(cache, da)
    return dz, gradients["scale"], gradients["shift"]


def normalization_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with differences of sum(da * a)."""
    start = {"z": inputs["z"], "scale": inputs["scale"], "shift": np.zeros_like(inputs["scale"])}
    for name, value in start.items():

        def loss(changed: Array, name: str = name) -> float:
            q = {**start, name: changed}
            centered = q["z"] - q["z"].sum(axis=1, keepdims=True) / q["z"].shape[1]
            s = np.sqrt((centered**2).sum(axis=1, keepdims=True) / q["z"].shape[1] + inputs["eps"])
            return float((inputs["da"] * (q["scale"] * centered / s + q["shift"])).sum())

        yield check_gradient(loss, value, outputs[f"d{name}"])


NORM_PIECES: Pieces = {
    "axis": lambda: 1,
    "s": lambda z, axis, eps: np.sqrt(z.var(axis=axis, keepdims=True) + eps),
    "g": lambda da, scale: da * scale,
    "common": lambda g, axis: g.mean(axis=axis, keepdims=True),
    "along": lambda g, hat, axis, s: hat * (g * hat).mean(axis=axis, keepdims=True),
    "by": lambda dz, s: dz / s,
    "late": lambda dz, scale: dz,
    "dscale": lambda da, hat, z, scale: (da * hat).sum(axis=0),
    "dshift": lambda da, scale: da.sum(axis=0),
}


def normalized(wrong: Pieces, da: Array, z: Array, scale: Array, eps: float) -> tuple[Array, Array, Array]:
    """Return the three gradients with some pieces exchanged."""
    piece = chosen(NORM_PIECES, wrong)
    axis = piece.axis()
    s = piece.s(z, axis, eps)
    hat = (z - z.mean(axis=axis, keepdims=True)) / s
    g = piece.g(da, scale)
    dz = piece.by(g - piece.common(g, axis) - piece.along(g, hat, axis, s), s)
    return piece.late(dz, scale), piece.dscale(da, hat, z, scale), piece.dshift(da, scale)


def nothing(*arguments: Any) -> float:
    """Leave a term out."""
    return 0.0


NORM_WRONG: tuple[Wrong, ...] = (
    (
        "M1",
        {"common": nothing, "along": nothing},
        "You took mean and deviation for constants: every z acts on them too, and those paths are missing.",
    ),
    ("M1", {"common": nothing}, "The path through the mean is missing: every z moves it."),
    ("M1", {"along": nothing}, "The path through the deviation is missing: every z moves it."),
    (
        "axis",
        {"axis": lambda: 0},
        "Your means run over the batch: that is batch normalization. Here each example is normalized over its units.",
    ),
    (
        "axis",
        {"common": lambda g, axis: g.mean(axis=0), "along": lambda g, hat, axis, s: hat * (g * hat).mean(axis=0)},
        "On the way back your means run over the batch: an example was normalized over its units, by itself.",
    ),
    (
        "axis",
        {"common": lambda g, axis: g.mean(), "along": lambda g, hat, axis, s: hat * (g * hat).mean()},
        "On the way back your means run over everything: an example was normalized over its units, by itself.",
    ),
    ("scale", {"g": lambda da, scale: da}, "The scale is missing on the way back to z."),
    (
        "scale",
        {"g": lambda da, scale: da, "late": lambda dz, scale: dz * scale},
        "You multiplied by the scale too late: on the way back it comes first, before the means are taken.",
    ),
    (
        "scale",
        {"g": lambda da, scale: da / scale},
        "You divided by the scale on the way back: it multiplies, as it did on the way forward.",
    ),
    (
        "sum",
        {
            "common": lambda g, axis: g.sum(axis=1, keepdims=True),
            "along": lambda g, hat, axis, s: hat * (g * hat).sum(axis=1, keepdims=True),
        },
        "You took sums where means belong: each z is only a share of its mean.",
    ),
    (
        "sum",
        {"common": lambda g, axis: g.sum(axis=1, keepdims=True)},
        "In the path through the mean you took a sum where a mean belongs.",
    ),
    (
        "sum",
        {"along": lambda g, hat, axis, s: hat * (g * hat).sum(axis=1, keepdims=True)},
        "In the path through the deviation you took a sum where a mean belongs.",
    ),
    (
        "along",
        {"along": lambda g, hat, axis, s: (g * hat).mean(axis=axis, keepdims=True)},
        "In the path through the deviation the normalized value is missing once: it is there twice.",
    ),
    (
        "along",
        {"along": lambda g, hat, axis, s: g * (hat**2).mean(axis=axis, keepdims=True)},
        "In the path through the deviation the mean has got hold of the wrong factors: whose gradient is collected?",
    ),
    *(
        (
            "along",
            {"along": lambda g, hat, axis, s, power=power: hat * s**power * (g * hat).mean(axis=1, keepdims=True)},
            "In the path through the deviation you took the centered z for the normalized one.",
        )
        for power in (1, 2)
    ),
    *(
        (
            "factor-2",
            {"along": lambda g, hat, axis, s, f=factor: f * hat * (g * hat).mean(axis=1, keepdims=True)},
            "The path through the deviation is off by a factor of two: a root has a half in its derivative, a square "
            "has a two.",
        )
        for factor in (0.5, 2.0)
    ),
    (
        "sign",
        {"common": lambda g, axis: -g.mean(axis=1, keepdims=True)},
        "The path through the mean has the wrong sign.",
    ),
    (
        "sign",
        {"along": lambda g, hat, axis, s: -hat * (g * hat).mean(axis=1, keepdims=True)},
        "The path through the deviation has the wrong sign.",
    ),
    (
        "sign",
        {
            "common": lambda g, axis: -g.mean(axis=1, keepdims=True),
            "along": lambda g, hat, axis, s: -hat * (g * hat).mean(axis=1, keepdims=True),
        },
        "The paths through mean and deviation have the wrong sign.",
    ),
    ("divided", {"by": lambda dz, s: dz}, "You left out the deviation that everything is divided by."),
    ("divided", {"by": lambda dz, s: dz * s}, "You multiplied by the deviation: on the way back it divides too."),
    ("divided", {"by": lambda dz, s: dz / s**2}, "You divided by the variance, or twice by the deviation."),
    (
        "eps",
        {"s": lambda z, axis, eps: z.std(axis=axis, keepdims=True)},
        "You left out epsilon: it is in the deviation, and so in all that is divided by it.",
    ),
    (
        "eps",
        {"s": lambda z, axis, eps: z.std(axis=axis, keepdims=True) + eps},
        "You added epsilon to the root: it belongs to the variance, under it.",
    ),
    (
        "root",
        {"s": lambda z, axis, eps: z.var(axis=axis, keepdims=True) + eps},
        "The root is missing: you divided by the variance.",
    ),
    (
        "ddof",
        {"s": lambda z, axis, eps: np.sqrt(z.var(axis=axis, keepdims=True, ddof=1) + eps)},
        "You divided by one less than the number of units in the variance: here it is the plain mean.",
    ),
    (
        "dscale",
        {"dscale": lambda da, hat, z, scale: (da * z).sum(axis=0)},
        "The scale multiplies the normalized values, not the raw ones.",
    ),
    (
        "dscale",
        {"dscale": lambda da, hat, z, scale: (da * scale * hat).sum(axis=0)},
        "In the gradient of the scale you multiplied by the scale itself.",
    ),
    (
        "upstream",
        {"dscale": lambda da, hat, z, scale: hat.sum(axis=0)},
        "In the gradient of the scale what comes from above is missing.",
    ),
    (
        "mean",
        {"dscale": lambda da, hat, z, scale: (da * hat).mean(axis=0), "dshift": lambda da, scale: da.mean(axis=0)},
        "You took a mean over the batch for scale and shift: it is in what comes from above already, so add.",
    ),
    (
        "mean",
        {"dscale": lambda da, hat, z, scale: (da * hat).mean(axis=0)},
        "You took a mean over the batch for the scale: it is in what comes from above already, so add.",
    ),
    (
        "mean",
        {"dshift": lambda da, scale: da.mean(axis=0)},
        "You took a mean over the batch for the shift: it is in what comes from above already, so add.",
    ),
    (
        "axis",
        {"dscale": lambda da, hat, z, scale: (da * hat).sum(axis=1), "dshift": lambda da, scale: da.sum(axis=1)},
        "You added up over the units for scale and shift: each unit has its own, and examples are added.",
    ),
    (
        "axis",
        {"dscale": lambda da, hat, z, scale: da * hat, "dshift": lambda da, scale: da},
        "You kept one row for each example for scale and shift: all examples share them, so add.",
    ),
    (
        "dshift",
        {"dshift": lambda da, scale: (da * scale).sum(axis=0)},
        "You multiplied the gradient of the shift by the scale: the shift is added after it.",
    ),
)


def other_norm(
    dz: Callable[[SimpleNamespace], Array], mean: Callable[[Array], Any] = lambda z: z.mean(axis=1, keepdims=True)
) -> Callable[..., tuple[Array, ...]]:
    """Return the gradients with another rule for dz, or another mean."""

    def gradients(da: Array, z: Array, scale: Array, eps: float) -> tuple[Array, ...]:
        m = mean(z)
        s = np.sqrt(((z - m) ** 2).mean(axis=1, keepdims=True) + eps)
        q = SimpleNamespace(da=da, z=z, scale=scale, eps=eps, s=s, hat=(z - m) / s, g=da * scale, of=of_row)
        return dz(q), (da * q.hat).sum(axis=0), da.sum(axis=0)

    return gradients


def of_row(values: Array) -> Array:
    """Return the mean of each row."""
    return np.asarray(values.mean(axis=1, keepdims=True))


def row_rule(q: SimpleNamespace) -> Any:
    """Return dz by the rule."""
    return (q.g - q.of(q.g) - q.hat * q.of(q.g * q.hat)) / q.s


NORM_EXTRA = (
    Mistake(
        "hat",
        other_norm(lambda q: (q.g - q.of(q.g) - q.z * q.of(q.g * q.z)) / q.s),
        "You took z itself where its normalized value belongs.",
    ),
    Mistake(
        "hat",
        other_norm(lambda q: (q.g - q.of(q.g) - q.hat * q.scale * q.of(q.g * q.hat)) / q.s),
        "In the last term you took the scaled value: what is normalized comes before the scale.",
    ),
    Mistake(
        "scale",
        other_norm(lambda q: (q.g - q.of(q.da) - q.hat * q.of(q.g * q.hat)) / q.s),
        "In the first mean the scale is missing: it is the mean of what arrives at the normalized values.",
    ),
    Mistake(
        "scale",
        other_norm(lambda q: (q.g - q.of(q.g) - q.hat * q.of(q.da * q.hat)) / q.s),
        "In the second mean the scale is missing: it is the mean of what arrives at the normalized values.",
    ),
    Mistake(
        "scale",
        other_norm(lambda q: (q.g - q.of(q.da) - q.hat * q.of(q.da * q.hat)) / q.s),
        "In both means the scale is missing: they are of what arrives at the normalized values.",
    ),
    Mistake(
        "eps",
        other_norm(lambda q: row_rule(q) * q.s / (q.s + q.eps)),
        "Epsilon is in there twice: the deviation has it already.",
    ),
    Mistake(
        "mean",
        other_norm(lambda q: row_rule(q) / len(q.z)),
        "You divided by the number of examples: a mean over the batch is in the incoming gradient already.",
    ),
    Mistake(
        "axis",
        other_norm(row_rule, mean=lambda z: z.mean()),
        "Your mean runs over the whole batch: each example has its own.",
    ),
    Mistake(
        "order",
        lambda **inputs: (lambda r: (r[0], r[2], r[1]))(normalized({}, **inputs)),
        "The last two results have changed places: scale before shift.",
    ),
    Mistake(
        "shared",
        lambda **inputs: (lambda r: (r[0], r[1].sum(), r[2]))(normalized({}, **inputs)),
        "You added up the units too: each has a scale of its own.",
    ),
)

# ------------------------------------------------------------------ 11.8: five starts

NOT_THIS_START = {
    "a": ("no-bug", "its variance is not what the rule asks for, or its units are not independent."),
    "b": ("variance", "the root is where it belongs."),
    "c": ("copies", "each weight is drawn by itself."),
    "d": ("uniform", "the variance of a uniform draw is a third of its reach squared; put it in."),
    "e": ("fan", "look again which number of units it counts."),
    "f": ("half", "the two that makes good for the half of ReLU is there, or its like for another draw."),
}


def start(right: str) -> Choice:
    """Return the choice among all flaws."""
    return Choice(right, {letter: reason for letter, reason in NOT_THIS_START.items() if letter != right})


# ------------------------------------------------------------------ 11.9: a residual block


def draw_block(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Any]:
    """Return upstream gradient, inputs and parameters of a block; one z of a blank example is exactly zero."""
    count, n, m = widths
    x, b1 = rng.normal(size=(count, n)), rng.normal(size=m)
    if count > 1:
        x[0] = 0
        b1[0] = 0
    return {
        "da": rng.normal(size=(count, n)),
        "x": x,
        "W1": rng.normal(size=(m, n)),
        "b1": b1,
        "W2": rng.normal(size=(n, m)),
        "b2": rng.normal(size=n),
    }


def library_block(da: Array, x: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, ...]:
    """Return the library's gradients."""
    n, m = x.shape[1], len(b1)
    block = Residual([Dense(n, m), Activate("relu"), Dense(m, n)])
    for name, value in (("1.W", W1), ("1.b", b1), ("3.W", W2), ("3.b", b2)):
        block.parameters[name] = value
    _, cache = block.forward(x, training=True)
    dx, gradients = block.backward(cache, da)
    return dx, gradients["1.W"], gradients["1.b"], gradients["3.W"], gradients["3.b"]


def block_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with differences of sum(da * a)."""
    for name in ("x", "W1", "b1", "W2", "b2"):

        def loss(value: Array, name: str = name) -> float:
            q = SimpleNamespace(**{**inputs, name: value})
            h = np.maximum(q.x @ q.W1.T + q.b1, 0)
            return float((q.da * (q.x + h @ q.W2.T + q.b2)).sum())

        yield check_gradient(loss, inputs[name], outputs[f"d{name}"])


BLOCK_PIECES: Pieces = {
    "carry": lambda da, W2: da @ W2,
    "through": lambda dh, z: dh * (z > 0),
    "shortcut": lambda da, inner, x, z: da + inner,
    "inner": lambda dz, W1: dz @ W1,
    "sent": lambda z: np.maximum(z, 0),
    "outer": lambda d, a_in: d.T @ a_in,
    "bias": lambda d, b: d.sum(axis=0),
}


def block(wrong: Pieces, da: Array, x: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, ...]:
    """Return the gradients of a block with some pieces exchanged."""
    piece = chosen(BLOCK_PIECES, wrong)
    z = x @ W1.T + b1
    dz = piece.through(piece.carry(da, W2), z)
    dx = piece.shortcut(da, piece.inner(dz, W1), x, z)
    return dx, piece.outer(dz, x), piece.bias(dz, b1), piece.outer(da, piece.sent(z)), piece.bias(da, b2)


BLOCK_BUGS: dict[str, dict[str, Callable[..., Any]]] = {
    "the mask": {"through": lambda dh, z: dh},
    "the way around": {"shortcut": lambda da, inner, x, z: inner},
    "what the second layer is sent": {"sent": lambda z: z},
}
BUG_NAMES = list(BLOCK_BUGS)
BLOCK_WRONG: tuple[Wrong, ...] = (
    (
        "M7",
        BLOCK_BUGS["the mask"],
        "Your mask lets everything pass: after ReLU no activation is negative, so a test for that is always true.",
    ),
    (
        "M1",
        BLOCK_BUGS["the way around"],
        "You followed one path only: the input reaches the sum by the way around as well, and paths are added.",
    ),
    (
        "incoming",
        BLOCK_BUGS["what the second layer is sent"],
        "For the second weights you took what the hidden units receive, where what they send belongs.",
    ),
    *(
        (
            "two-left",
            {**BLOCK_BUGS[one], **BLOCK_BUGS[other]},
            f"One bug is gone. Look at {one} and at {other}.",
        )
        for one, other in ((BUG_NAMES[0], BUG_NAMES[1]), (BUG_NAMES[0], BUG_NAMES[2]), (BUG_NAMES[1], BUG_NAMES[2]))
    ),
    (
        "three-left",
        {name: piece for bug in BLOCK_BUGS.values() for name, piece in bug.items()},
        "All three bugs are still there.",
    ),
    (
        "at-zero",
        {"through": lambda dh, z: dh * (z >= 0)},
        "Where z is exactly zero you let the gradient pass: what is agreed on for the kink is zero.",
    ),
    (
        "at-zero",
        {"through": lambda dh, z: dh * np.heaviside(z, 0.5)},
        "Where z is exactly zero you let half of the gradient pass: what is agreed on for the kink is zero.",
    ),
    (
        "relu-back",
        {"through": lambda dh, z: np.maximum(dh, 0)},
        "You applied ReLU to what comes back: what is blocked is decided by what went up.",
    ),
    (
        "relu-back",
        {"through": lambda dh, z: np.maximum(dh, 0) * (z > 0)},
        "Besides the mask you cut off what comes back below zero: a gradient may be negative.",
    ),
    ("mask", {"through": lambda dh, z: dh * (z <= 0)}, "Your mask is the wrong way round."),
    (
        "slope",
        {"through": lambda dh, z: dh * np.maximum(z, 0)},
        "You multiplied by the activation itself: a unit that is on passes on what comes back, at its full size.",
    ),
    (
        "shortcut",
        {"shortcut": lambda da, inner, x, z: x + inner},
        "You added the input itself: what the way around brings back is a gradient, not an activation.",
    ),
    (
        "shortcut",
        {"shortcut": lambda da, inner, x, z: 1 + inner},
        "You added the slope of the way around, and forgot what it multiplies: the gradient that comes from above.",
    ),
    (
        "shortcut",
        {"shortcut": lambda da, inner, x, z: 2 * da + inner},
        "You counted the way around twice.",
    ),
    (
        "shortcut",
        {"shortcut": lambda da, inner, x, z: (da + inner) / 2},
        "You took the mean of the two paths: what comes along them is added.",
    ),
    ("shortcut", {"shortcut": lambda da, inner, x, z: da}, "Nothing comes back through the layers inside the block."),
    (
        "M12",
        {"shortcut": lambda da, inner, x, z: da * inner},
        "You multiplied the two paths by one another: links of one path are multiplied, paths are added.",
    ),
    (
        "M12",
        {"shortcut": lambda da, inner, x, z: da * (1 + inner)},
        "You multiplied what comes back inside by what comes from above once more: it is in there already.",
    ),
    ("sign", {"shortcut": lambda da, inner, x, z: da - inner}, "The two paths are added, and you subtracted."),
    (
        "M8",
        {"carry": lambda da, W2: da @ W2.T},
        "On the way back through the second weights the matrix is the wrong way round.",
    ),
    (
        "M8",
        {"inner": lambda dz, W1: dz @ W1.T},
        "On the way back through the first weights the matrix is the wrong way round.",
    ),
    ("M8", {"outer": lambda d, a_in: a_in.T @ d}, ""),
    ("M6", {"carry": lambda da, W2: da @ np.linalg.pinv(W2).T}, ""),
    (
        "mean",
        {"outer": lambda d, a_in: d.T @ a_in / len(d), "bias": lambda d, b: d.mean(axis=0)},
        "You took a mean over the batch: it is in what comes from above already, so add.",
    ),
    (
        "mean",
        {"bias": lambda d, b: d.mean(axis=0)},
        "You took a mean over the batch for the biases: it is in what comes from above already, so add.",
    ),
    (
        "mean",
        {"outer": lambda d, a_in: d.T @ a_in / len(d)},
        "You took a mean over the batch for the weights: it is in what comes from above already, so add.",
    ),
    ("axis", {"bias": lambda d, b: d.sum(axis=1)}, "You added up over the units for the biases: examples are added."),
    ("bias", {"bias": lambda d, b: np.full_like(b, d.sum())}, "You gave all biases of a layer the same gradient."),
)


def reordered(places: tuple[int, ...]) -> Callable[..., tuple[Array, ...]]:
    """Return the right gradients in another order."""

    def gradients(**inputs: Array) -> tuple[Array, ...]:
        results = block({}, **inputs)
        return tuple(results[place] for place in places)

    return gradients


def also_in_W1(**inputs: Array) -> tuple[Array, ...]:
    """Let the shortcut lead to the first weights too."""
    dx, dW1, *rest = block({}, **inputs)
    return (dx, dW1 + (inputs["da"] @ inputs["W2"]).T @ inputs["x"], *rest)


BLOCK_EXTRA = (
    *made(
        block,
        (
            (
                "masked-shortcut",
                {"shortcut": lambda da, inner, x, z: da * (x > 0) + inner},
                "You put a mask on the way around: there is no unit on it.",
            ),
            (
                "mean",
                {"shortcut": lambda da, inner, x, z: da / len(x) + inner},
                "You divided what comes by the way around: all means are in it already.",
            ),
            ("slope", {"sent": lambda z: z > 0}, "The second weights met the mask: they met what the units sent."),
        ),
    ),
    Mistake(
        "M4",
        lambda **q: block({"carry": lambda da, W2: (da + q["x"]) @ W2}, **q),
        "You added what was sent along the way around to what comes back: only gradients come back.",
    ),
    Mistake(
        "wrong-path",
        lambda **q: block({"carry": lambda da, W2: da @ W2 + da @ q["W1"].T}, **q),
        "The way around leads past both layers, so the hidden layer hears nothing of it.",
    ),
    Mistake(
        "too-many-paths",
        also_in_W1,
        "The gradient of the first weights has a way around as well: there are no weights on it.",
    ),
    Mistake(
        "order",
        reordered((0, 3, 4, 1, 2)),
        "The two layers have changed places in what you return: first the inner one.",
    ),
    Mistake(
        "order",
        reordered((0, 1, 3, 2, 4)),
        "The gradients are in another order than asked: each bias follows its weights.",
    ),
)

# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "11.1",
        "Six chains",
        rung="predict",
        points=6,
        difficulty=1,
        minutes=5,
        kind=Parts(CHAINS),
        praise="Neither the unit nor the weight decides: it is their product, layer for layer.",
        hints=(
            "One step down multiplies delta by a weight and a slope. Is the product of the two above one, below one, "
            "or one?",
            "At zero a sigmoid has the steepest slope it can have, and so has a tanh. They are not the same. A ReLU "
            "has one of two slopes.",
            "Multiply weight and slope for each chain; where the weights take turns, take two layers together. A "
            "single factor of nothing makes the whole product nothing.",
        ),
    ),
    Exercise(
        "11.2",
        "A saturated unit on the way",
        rung="hand-compute",
        points=2,
        difficulty=1,
        minutes=5,
        kind=Number(
            setting=saturated_chain,
            right=lambda q: back(q, q.slope),
            witness=chain_witness,
            mistakes=CHAIN_MISTAKES,
        ),
        praise="The factor of the saturated unit is in its own delta and in every delta below it.",
        hints=(
            "Go down one unit at a time: unit 2 first, from the delta of unit 3, then unit 1 from what you found.",
            "Each step has two factors: the weight between the two units, and the slope of the unit that you arrive "
            "at, at its own z.",
            "delta of unit 2 is w3 times the given delta times a(1 - a) with the activation of unit 2; delta of unit 1 "
            "is w2 times that times a(1 - a) with the activation of unit 1.",
        ),
    ),
    Exercise(
        "11.3",
        "The wrong rule for the unit",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=5,
        kind=Number(
            setting=lambda: SimpleNamespace(n=WIDTH),
            right=level,
            witness=lambda q: np.prod([np.sqrt(sum([1 / q.n] * (q.n // 2))) for _ in range(LAYERS - 1)]),
            mistakes=SPREAD_MISTAKES,
        ),
        praise="A factor that looks harmless in one layer is what decides in many.",
        hints=(
            "What does one step down do to the variance of delta? The chapter has the formula: units above, variance "
            "of the weights, mean square of the slopes.",
            "In a layer that is square Xavier's variance is one over the number of units. What is left of the formula? "
            "Then count the steps from the last layer to the first: there are fewer steps than layers.",
            "The variance is multiplied by the mean squared slope of ReLU at each step. Raise it to the number of "
            "steps, then take the root, as the standard deviation is asked for.",
        ),
    ),
    Exercise(
        "11.4",
        "The backward equations of a ReLU network",
        rung="complete",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Function(
            outputs=("dW", "db"),
            inputs=draw_deep,
            right=deep_gradients,
            witness=deep_agrees,
            mistakes=(*made(deep_pass, DEEP_TABLE), *DEEP_MISTAKES),
            widths=((1, 4, 3, 5, 2), (6, 3, 5, 4, 2), (7, 2, 4, 3)),
            square=(4, 4, 4, 4),
        ),
        praise="No slope to compute, a mask to apply: on or off is all that ReLU says on the way back.",
        hints=(
            "Start with delta of the output, which has no slope in it: softmax and cross-entropy match. The mean over "
            "the batch goes in here and nowhere else.",
            "Then go through the layers from the last to the first. Note the gradients of a layer before you take "
            "delta one layer down.",
            "In the loop, for layer l: delta.T @ a[l] and delta.sum(axis=0) are its gradients; then delta @ "
            "weights[l], and a mask made from z[l - 1], give the next delta. Below the first layer there is no mask "
            "to take.",
        ),
    ),
    Exercise(
        "11.5",
        "Clip by norm",
        rung="implement",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("clipped", "norm"),
            inputs=draw_gradients,
            right=clip_by_global_norm,
            witness=plain_clip,
            mistakes=(
                *made(clip, CLIP_WRONG),
                Mistake(
                    "factor",
                    lambda gradients, limit: clip(
                        {"shorten": lambda g, norm, limit: g * limit / norm / len(gradients)}, gradients, limit
                    ),
                    "You shared the limit out among the arrays: it is that of all of them together.",
                ),
            ),
            widths=tuple(CASES),
            square=None,
            tolerance=1e-5,  # a small number below the fraction bar, as some frameworks put there, is no mistake
            seen=no_nan,
        ),
        praise="One factor for all entries of all arrays: the step gets shorter and keeps its direction.",
        hints=(
            "Imagine all entries of all arrays in one long vector. How long is it?",
            "The sum of the squares of all entries, over all arrays, then one root. Compare that with the limit; only "
            "where it is larger something has to be done.",
            "Where the norm is above the limit, multiply every array by limit / norm; else return copies as they are. "
            "In both cases return the norm that you found first.",
        ),
    ),
    Exercise(
        "11.6",
        "Gradient flow over the epochs",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=("norms",),
            inputs=draw_training,
            right=library_flow,
            witness=flow_by_hand,
            mistakes=FLOW_MISTAKES,
            widths=((1, 4, 3, 5, 2), (6, 3, 5, 4, 2), (7, 2, 4, 3)),
            square=(4, 4, 4, 4),
        ),
        praise="Measure first, draw later: the table holds what every layer heard before every step.",
        hints=(
            "Your function for the backward equations gives all gradients at once. What remains is a loop: measure, "
            "then step.",
            "Each turn of the loop: the gradients of the whole batch, one norm for each dW into a row, then new "
            "weights and new biases, in new lists.",
            "A row is [np.sqrt((d**2).sum()) for d in dW]; append it before the parameters change. New parameters are "
            "the old ones minus learning_rate times their gradients, and np.array(rows) is the table.",
        ),
    ),
    Exercise(
        "11.7",
        "Back through a layer normalization",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=15,
        kind=Function(
            outputs=("dz", "dscale", "dshift"),
            inputs=draw_normalization,
            right=library_normalization,
            witness=normalization_agrees,
            mistakes=(*made(normalized, NORM_WRONG), *NORM_EXTRA),
            widths=((5, 3), (2, 6), (4, 7)),
            square=(4, 4),
        ),
        praise="What all units of an example want in common, and what would only stretch them, does not get through.",
        hints=(
            "The chapter has the rule for a batch normalization. What changes is over what the means are taken: here "
            "over the units of one example.",
            "Before the rule: what arrives at the normalized values is da times the scale, entry by entry. Scale and "
            "shift are shared by all examples, so their gradients are sums over examples.",
            "With g for da * scale and hat for the normalized z: g minus its mean minus hat times the mean of g * hat, "
            "all divided by the deviation; both means with axis=1 and keepdims=True.",
        ),
    ),
    Exercise(
        "11.8",
        "Five starts",
        rung="debug",
        points=5,
        difficulty=2,
        minutes=6,
        kind=Parts({"A": start("b"), "B": start("a"), "C": start("d"), "D": start("e"), "E": start("c")}),
        praise="Only the variance counts for the level, not the shape of the draw; and copies stay copies.",
        hints=(
            "Compute the variance of one weight for each line, and compare it with what the rule asks for.",
            "A number times a draw has the variance of the draw times the square of the number. A uniform draw from -1 "
            "to 1 has a variance of its own, which is not one: the chapter has it.",
            "For the lines with a uniform draw: reach squared over three. For the others: what stands beside the "
            "normal draw, squared. And one line draws nothing at all.",
        ),
    ),
    Exercise(
        "11.9",
        "Repair the shortcut",
        rung="debug",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("dx", "dW1", "db1", "dW2", "db2"),
            inputs=draw_block,
            right=library_block,
            witness=block_agrees,
            mistakes=(*made(block, BLOCK_WRONG), *BLOCK_EXTRA),
            widths=((1, 3, 4), (5, 4, 2), (6, 2, 5)),
            square=(4, 4, 4),
        ),
        praise="The gradient from above comes back twice: untouched by the way around, and through the layers.",
        hints=(
            "The judge tells which results are wrong. One bug can spoil several of them: which line do they share?",
            "How many ways lead from x to the sum? When is the test in the mask ever false? What does the second layer "
            "multiply its weights with?",
            "The mask must look at z and be false at zero. The second weights meet h. And what comes from above, da, "
            "is added to what comes back through the layers.",
        ),
    ),
    Exercise(
        "11.10",
        "A start for the leaky ReLU",
        rung="derive",
        points=2,
        difficulty=2,
        minutes=8,
        kind=Derivation("11.10"),
        praise="At a slope of zero on the left it is He's rule, at a slope of one the rule for a linear unit.",
        hints=(
            "Follow the chapter's way up: only the mean square of the activation is another one.",
            "Split the mean square at zero. Each side holds one half of the mean square of z; on the left every value "
            "is multiplied by alpha before it is squared.",
            "The mean square is a half of (1 + alpha squared) times the variance of z. Put it into the formula for the "
            "way up, ask for a factor of one, and solve for the variance of the weights.",
        ),
    ),
    Exercise(
        "11.11",
        "One weight in two blocks",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=10,
        kind=Derivation("11.11"),
        praise="The one in the bracket is the way around: it stays, however small weight and slope are.",
        hints=(
            "The weight is used twice. Treat the two uses as two weights first, then add their gradients.",
            "The second use is close to the output: what does a small change of it do to a2? The first use changes a1, "
            "and a1 reaches a2 by two ways.",
            "The factor from a1 to a2 is one for the way around, plus what the second block does: weight times slope "
            "of tanh at a1, which is one minus h2 squared. The rest: h1 for the first use, h2 for the second.",
        ),
    ),
    Exercise(
        "11.12",
        "A saturated layer",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Essay(
            (
                "Says that gradients get small, without a reason, or blames the learning rate.",
                "Gives the slope as the reason, but not which layers it concerns, or says that all of them hear "
                "little.",
                "Says what happens in the layer, below it and above it, each with a reason.",
                "Does that, and answers both questions at the end with a reason or a number.",
            )
        ),
        praise="",
        hints=(
            "Write the product of factors that leads from the loss to a layer below the saturated one. Which of the "
            "factors is small?",
            "Now do the same for a layer above it, and for the layer itself. In which of the products is the small "
            "factor?",
            "For the first question think of a sigmoid at its steepest, many times over. For the second: what would a "
            "rate that is large enough for the lowest layers do to the highest?",
        ),
    ),
)
