"""The exercises of chapter 7, Matrix form and batches.

Examples are rows, W has a row for each unit, and the loss is the mean over the batch of what its examples cost. The
network of the coding exercises is that of chapter 5, two layers of sigmoids with half the squared error, for a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.activations import sigmoid
from backprop_lab.arrays import Array
from backprop_lab.course.answer_key.two_layers import WRONG_PIECES, Piece, plain_prediction
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.misconceptions import REVERSED, SAYS
from backprop_lab.course.number import Number
from backprop_lab.gradient_check import GradientCheck, check_gradient, numerical_gradient
from backprop_lab.network import Network

__all__ = ["EXERCISES", "PAIR", "pair"]

# ------------------------------------------------------------------ 7.1: shapes

SHAPES = {"a": "(6, 4)", "b": "(6, 3)", "c": "(3, 4)", "d": "(3,)", "e": "(6, 6)", "f": "(6, 1)", "g": ""}
REFUSED = "NumPy does not refuse this one: write the two shapes below one another, the last axes in line."


def shape(right: str, name: str, says: str, **special: tuple[str, str]) -> Choice:
    """Return the choice of a shape, with one reason for most of the wrong ones."""
    reasons = {letter: (name, says) for letter in SHAPES} | {"g": ("refused", REFUSED)} | special
    return Choice(right, {letter: reason for letter, reason in reasons.items() if letter != right})


FLAT = (
    "broadcast",
    "you took a flat array for a column. NumPy aligns shapes from the right, so that it counts as a single row.",
)

# ------------------------------------------------------------------ 7.3 and 7.4: two examples, three inputs, two units

PAIR = {
    "x": np.array([[1.2, -0.5, 0.8], [-0.4, 0.9, 0.3]]),
    "y": np.array([[0.2, 0.7], [-0.9, 0.5]]),
    "W": np.array([[0.5, -0.2, 0.1], [0.3, 0.4, -0.6]]),
    "b": np.array([0.1, -0.2]),
}


def pair() -> SimpleNamespace:
    """Return inputs, output and gradients of the linear layer of two units."""
    x, y, W, b = PAIR.values()
    network = Network.from_weights([(W, b)], output="identity")
    (layer,) = network.gradients(x, y)
    return SimpleNamespace(x=x, y=y, W=W, b=b, a=network.predict(x), delta=layer.delta, dW=layer.dW, db=layer.db)


def pair_loss(W: Array, b: Array) -> float:
    """Return the mean of half the squared misses, example by example."""
    total = 0.0
    for row, target in zip(PAIR["x"], PAIR["y"], strict=True):
        for weights, bias, t in zip(W, b, target, strict=True):
            total += (float(weights @ row) + float(bias) - float(t)) ** 2 / 2
    return total / 2


def pair_delta() -> Array:
    """Return delta by nudging each z, which an extra bias for each example and unit does."""
    x, y, W, b = PAIR.values()

    def loss(z: Array) -> float:
        return sum(float(((z[n] - y[n]) ** 2).sum()) / 2 for n in range(2)) / 2

    return numerical_gradient(loss, np.array([[w @ row + c for w, c in zip(W, b, strict=True)] for row in x]))


DELTA_OF_PAIR = (
    Mistake(
        "sum", lambda q: 2 * (q.a - q.y), "The half of the loss has cancelled with its two, and the mean is missing."
    ),
    Mistake("M13 loss", lambda q: (q.a - q.y) ** 2 / 2),
    Mistake(
        "sign",
        lambda q: (q.a + q.y) / 2,
        "You added the targets: what counts is how far each prediction is from its own.",
    ),
    Mistake(
        "swapped", lambda q: (q.a - q.y[::-1]) / 2, "Each prediction was compared with the target of the other example."
    ),
    Mistake(
        "swapped",
        lambda q: (q.a - q.y.T) / 2,
        "The targets lie on their side: a row of them belongs to an example, as with the predictions.",
    ),
    Mistake(
        "swapped",
        lambda q: (q.x @ q.W[::-1].T + q.b - q.y) / 2,
        "The rows of the weights are swapped: each belongs to a unit.",
    ),
    Mistake(
        "mean", lambda q: (q.a - q.y) / np.sqrt(2), "You divided by a root: a mean divides by the number of examples."
    ),
    Mistake(
        "mean",
        lambda q: (q.x.mean(axis=0) @ q.W.T + q.b - q.y) / 2,
        "You averaged the inputs before the way forward: each example has a row of its own.",
    ),
    Mistake("mean", lambda q: q.a - q.y / 2, "You took the mean of the targets alone: it is over the whole miss."),
    Mistake("mean", lambda q: q.a / 2 - q.y, "You took the mean of the predictions alone: it is over the whole miss."),
    Mistake("mean", lambda q: (q.a - q.y) / 8, "You divided too often: the mean is over the examples, once."),
    Mistake(
        "sigmoid",
        lambda q: (sigmoid(q.a) - q.y) * sigmoid.slope(q.a) / 2,
        "You made sigmoids of these units: they are linear, and send on what they receive.",
    ),
    Mistake(
        "sigmoid",
        lambda q: (q.a - q.y) * sigmoid.slope(q.a) / 2,
        "You put in the slope of a sigmoid: these units are linear, and send on what they receive.",
    ),
    Mistake(
        "sign",
        lambda q: abs(q.a - q.y) / 2,
        "You lost the signs of the misses: each says which way its prediction is off.",
    ),
    Mistake("sum", lambda q: q.a - q.y, "That is the delta of the sum over the examples: the loss is their mean."),
    Mistake(
        "mean",
        lambda q: (q.a - q.y) / 4,
        "You divided by the number of entries: the mean is over the examples, and inside an example the outputs add.",
    ),
    Mistake("bias", lambda q: (q.a - q.b - q.y) / 2, "You left out the biases on the way forward."),
    Mistake(
        "bias",
        lambda q: (q.a - 2 * q.b - q.y) / 2,
        "You subtracted the biases on the way forward.",
    ),
    Mistake(
        "bias",
        lambda q: (q.a - q.b + q.b[:, np.newaxis] - q.y) / 2,
        "You gave the biases to the examples, one each: there is one for each unit, the same in every row.",
    ),
    Mistake(
        "M8",
        lambda q: q.delta.T,
        "Rows and columns are swapped: each example has a row here, each unit a column.",
    ),
    Mistake("M13 loss", lambda q: (q.a - q.y) ** 2 / 4),
    Mistake("too-early", lambda q: q.a, "That is the prediction: its miss, and the mean, are still to come."),
    Mistake(
        "too-early",
        lambda q: q.a / 2,
        "You left out the targets: what counts is how far each prediction is from its own.",
    ),
    Mistake(
        "sigmoid",
        lambda q: (q.a - q.y) * q.a * (1 - q.a) / 2,
        "You put in the slope of a sigmoid: these units are linear, and send on what they receive.",
    ),
    Mistake(
        "sigmoid",
        lambda q: (sigmoid(q.a) - q.y) / 2,
        "You sent the sums through a sigmoid: these units are linear, and send on what they receive.",
    ),
    Mistake(
        "mean",
        lambda q: (q.a - q.y).mean(axis=0),
        "You averaged the rows: delta keeps a row for each example, and the mean only makes the rows smaller.",
    ),
    Mistake(
        "mean",
        lambda q: (q.a - q.y) / 3,
        "You divided by the number of inputs: the mean is over the examples.",
    ),
    Mistake(
        "M8",
        lambda q: (q.x @ q.W.reshape(3, 2) + q.b - q.y) / 2,
        "You cut the weights anew where they have to be turned: reshape keeps the order of the numbers.",
    ),
    Mistake("swapped", lambda q: q.delta[::-1], "The two examples are swapped: row n belongs to example n."),
    Mistake("swapped", lambda q: q.delta[:, ::-1]),
    Mistake("sign", lambda q: (abs(q.x) @ q.W.T + q.b - q.y) / 2, "You lost the minus of an input."),
    Mistake("sign", lambda q: (q.x @ abs(q.W).T + q.b - q.y) / 2, "You lost the minus of a weight."),
)

WEIGHTS_OF_PAIR = (
    Mistake("M9", lambda q: q.W - q.dW, "Those are weights after a step: the gradient is asked for."),
    Mistake(
        "own-value",
        lambda q: q.delta @ q.W,
        "You multiplied by the weights: that goes back to the inputs, and the gradient of the weights takes what "
        "came in.",
    ),
    Mistake(
        "incoming", lambda q: q.delta.T @ q.a, "You multiplied by what the layer sends: a weight carries what comes in."
    ),
    Mistake("incoming", lambda q: q.delta.T @ q.y, "You multiplied by the targets: a weight carries what comes in."),
    Mistake(
        "average-first",
        lambda q: np.outer(q.delta.mean(axis=0), q.x.mean(axis=0)),
        "You averaged the examples first and multiplied then: each delta belongs with the input of its own example, "
        "and the mean is in delta already.",
    ),
    Mistake(
        "mean-twice", lambda q: q.dW / 4, "You divided again: the mean is in delta already, and what is left is to add."
    ),
    Mistake(
        "mean-twice",
        lambda q: q.dW / 3,
        "You divided by the number of inputs: the mean is in delta already, and what is left is to add.",
    ),
    Mistake(
        "mean-twice",
        lambda q: q.dW / 6,
        "You divided by the number of entries: the mean is in delta already, and what is left is to add.",
    ),
    Mistake(
        "bias",
        lambda q: q.dW + q.b[:, np.newaxis],
        "You added the biases: they have no part in the gradient of a weight.",
    ),
    Mistake(
        "unsummed",
        lambda q: np.einsum("ni,nj->nij", q.delta, q.x),
        "The examples are not added up yet: both act through the same weights.",
    ),
    Mistake(
        "mean-twice",
        lambda q: q.dW / 2,
        "You took the mean a second time: it is in delta already, and what is left is to add.",
    ),
    Mistake("sum", lambda q: 2 * q.dW, "That is twice too much: is the mean in your delta?"),
    Mistake("M8", lambda q: q.dW.T),
    Mistake(
        "transpose",
        lambda q: q.delta @ q.x,
        "You multiplied delta as it lies. It fits, because there are as many examples as units, but examples must "
        "meet examples.",
    ),
    Mistake(
        "M1",
        lambda q: np.outer(q.delta[0], q.x[0]),
        "That is what the first example says, alone: both act through the same weights.",
    ),
    Mistake(
        "M1",
        lambda q: np.outer(q.delta[1], q.x[1]),
        "That is what the second example says, alone: both act through the same weights.",
    ),
    Mistake(
        "average-first",
        lambda q: np.outer(q.delta.sum(axis=0), q.x.sum(axis=0)),
        "You added up the rows first and multiplied then: each delta belongs with the input of its own example.",
    ),
    Mistake(
        "average-first",
        lambda q: np.outer(q.delta.sum(axis=0), q.x.mean(axis=0)),
        "You averaged the examples first and multiplied then: each delta belongs with the input of its own example.",
    ),
    Mistake(
        "swapped",
        lambda q: q.delta.T @ q.x[::-1],
        "Each delta has met the input of the other example.",
    ),
    Mistake(
        "M1",
        lambda q: np.outer(q.delta[0], q.x[0]) - np.outer(q.delta[1], q.x[1]),
        "You took the difference of the two examples: their wishes add up, each with its own sign.",
    ),
    Mistake("sign", lambda q: q.delta.T @ abs(q.x), "You lost the minus of the inputs."),
    Mistake(
        "incoming",
        lambda q: np.repeat(q.delta.sum(axis=0)[:, np.newaxis], 3, axis=1),
        "You left out what comes in: that is the gradient of the biases, once for each weight.",
    ),
    Mistake("incoming", lambda q: q.db, "You left out what comes in: that is the gradient of the biases."),
    Mistake(
        "own-value",
        lambda q: q.dW * q.W,
        "You multiplied by the weight itself, which its own gradient does not contain.",
    ),
    *(
        Mistake(
            mistake.name,
            lambda q, wrong=mistake.wrong: wrong(q).T @ q.x,
            f"{mistake.says or SAYS[mistake.name]} It comes from the exercise before.",
        )
        for mistake in DELTA_OF_PAIR
        if mistake.name not in ("M8", "mean", "sum") and "examples are swapped" not in mistake.says
    ),
)

# ------------------------------------------------------------------ 7.5: broadcast forward, sum backward


def draw_scaled(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return x (N, n), a gain for each unit, an offset for each example, and what arrives from above."""
    N, n = widths
    return {
        "x": rng.normal(size=(N, n)),
        "gain": rng.normal(size=n) + 0.5,
        "offset": rng.normal(size=(N, 1)),
        "upstream": rng.normal(size=(N, n)),
    }


def scaled_agrees(inputs: Inputs, outputs: Mapping[str, Array]) -> Iterator[GradientCheck]:
    """Compare with central differences of the sum of all entries, each with its own weight."""
    for name, gradient in outputs.items():

        def total(value: Array, name: str = name[1:]) -> float:
            given = {**inputs, name: value}
            return float(np.vdot(given["upstream"], given["x"] * given["gain"] + given["offset"]))

        yield check_gradient(total, inputs[name[1:]], gradient)


Scaled = dict[str, Callable[[Any], Array]]  # q has x, g, u: inputs, gain and upstream
RIGHT_SCALED: Scaled = {
    "dx": lambda q: q.u * q.g,
    "dgain": lambda q: (q.u * q.x).sum(axis=0),
    "doffset": lambda q: q.u.sum(axis=1, keepdims=True),
}


def scaled(**wrong: Callable[[Any], Array]) -> Callable[..., tuple[Array, ...]]:
    """Return (dx, dgain, doffset), with some of them exchanged for wrong ones."""

    def gradients(x: Array, gain: Array, offset: Array, upstream: Array) -> tuple[Array, ...]:
        q = SimpleNamespace(x=x, g=gain, u=upstream, c=offset)
        return tuple(piece(q) for piece in {**RIGHT_SCALED, **wrong}.values())

    return gradients


UPSTREAM = "You left out what arrives from above: each place of the result matters to the loss by its own amount."
NO_INPUT = (
    "The gain is multiplied by x on the way forward: what comes back to it has to be multiplied by x too, place by "
    "place, before it is added up."
)
SCALED_MEAN = (
    "You took a mean over the copies: what is copied forward is added up on the way back. If the loss is a mean, "
    "that is in what arrives from above."
)
SCALED_AXIS = "You added along the wrong axis: add over the axis along which this array was copied."
UNSUMMED = "It is not added up yet: many copies were made of one number, and it has one slope."


def scaled_in_order(**inputs: Any) -> tuple[Array, ...]:
    """Return the right results, the last two swapped."""
    dx, dgain, doffset = scaled()(**inputs)
    return dx, doffset, dgain


SCALED_MISTAKES = (
    Mistake("swapped", scaled_in_order, "Your last two results are swapped: that of the gain comes first."),
    Mistake(
        "incoming",
        scaled(dgain=lambda q: (q.u * (q.g * q.x + q.c)).sum(axis=0)),
        "You multiplied by what the layer sends: the gain is multiplied by x.",
    ),
    Mistake(
        "M12",
        scaled(dgain=lambda q: (q.u * (q.x + q.c)).sum(axis=0)),
        "You brought the offset into the gradient of the gain: the gain is multiplied by x alone.",
    ),
    Mistake(
        "incoming",
        scaled(dx=lambda q: q.u * q.g * q.x),
        "You multiplied by x besides: what x is multiplied with on the way forward is the gain alone.",
    ),
    Mistake(
        "M12",
        scaled(dx=lambda q: q.u * q.g + q.c),
        "You added the offset on the way back: what is added forward lets a slope through as it is.",
    ),
    Mistake(
        "axis",
        scaled(dgain=lambda q: np.full(len(q.g), (q.u * q.x).sum())),
        "You added over both axes: each unit has a gain of its own.",
    ),
    Mistake("upstream", scaled(dgain=lambda q: q.x.sum(axis=0)), UPSTREAM),
    Mistake("upstream", scaled(dx=lambda q: q.g + 0 * q.x), UPSTREAM),
    Mistake("upstream", scaled(dx=lambda q: q.g), UPSTREAM),
    Mistake("upstream", scaled(doffset=lambda q: np.full((len(q.u), 1), float(q.u.shape[1]))), UPSTREAM),
    Mistake("upstream", scaled(doffset=lambda q: np.ones((len(q.u), 1))), UPSTREAM),
    Mistake(
        "upstream",
        scaled(
            dx=lambda q: q.g + 0 * q.x,
            dgain=lambda q: q.x.sum(axis=0),
            doffset=lambda q: np.full((len(q.u), 1), float(q.u.shape[1])),
        ),
        UPSTREAM,
    ),
    Mistake(
        "upstream",
        scaled(dx=lambda q: q.g + 0 * q.x, dgain=lambda q: q.x.sum(axis=0), doffset=lambda q: np.ones((len(q.u), 1))),
        UPSTREAM,
    ),
    Mistake("incoming", scaled(dgain=lambda q: q.u.sum(axis=0)), NO_INPUT),
    Mistake(
        "average-first",
        scaled(dgain=lambda q: q.u.sum(axis=0) * q.x.sum(axis=0)),
        "You added first and multiplied then: each copy of the gain has met the x of its own place.",
    ),
    Mistake(
        "average-first",
        scaled(dgain=lambda q: q.u.sum(axis=0) * q.x.mean(axis=0)),
        "You averaged x first and multiplied then: each copy of the gain has met the x of its own place.",
    ),
    Mistake(
        "own-value",
        scaled(dgain=lambda q: (q.u * q.g).sum(axis=0)),
        "You multiplied by the gain itself, which its own gradient does not contain.",
    ),
    Mistake(
        "own-value",
        scaled(dgain=lambda q: (q.u * q.x * q.g).sum(axis=0)),
        "You multiplied by the gain itself besides: its own gradient does not contain it.",
    ),
    Mistake("mean", scaled(dgain=lambda q: (q.u * q.x).mean(axis=0)), SCALED_MEAN),
    Mistake(
        "average-first",
        scaled(dgain=lambda q: q.u.mean(axis=0) * q.x.mean(axis=0)),
        "You averaged both first and multiplied then: each copy of the gain has met the x of its own place.",
    ),
    Mistake(
        "unsummed",
        scaled(dgain=lambda q: q.u.T @ q.x),
        "You let every unit meet every other, as with weights: a gain meets the x of its own unit alone.",
    ),
    Mistake("mean", scaled(doffset=lambda q: np.full((len(q.u), 1), q.u.mean())), SCALED_MEAN),
    Mistake("mean", scaled(doffset=lambda q: q.u.mean(axis=1, keepdims=True)), SCALED_MEAN),
    Mistake("mean", scaled(doffset=lambda q: q.u.sum(axis=1, keepdims=True) / len(q.u)), SCALED_MEAN),
    Mistake(
        "mean",
        scaled(dgain=lambda q: (q.u * q.x).mean(axis=0), doffset=lambda q: q.u.mean(axis=1, keepdims=True)),
        SCALED_MEAN,
    ),
    Mistake("axis", scaled(dgain=lambda q: (q.u * q.x).sum(axis=1)), SCALED_AXIS),
    Mistake("axis", scaled(dgain=lambda q: (q.u * q.x).sum(axis=1, keepdims=True)), SCALED_AXIS),
    Mistake("axis", scaled(doffset=lambda q: q.u.sum(axis=0)), SCALED_AXIS),
    Mistake("axis", scaled(doffset=lambda q: q.u.sum(axis=0, keepdims=True)), SCALED_AXIS),
    Mistake(
        "axis",
        scaled(dgain=lambda q: (q.u * q.x).sum(axis=1), doffset=lambda q: q.u.sum(axis=0)),
        "You swapped the axes of gain and offset: add over the axis along which each of them was copied.",
    ),
    Mistake(
        "axis",
        scaled(dgain=lambda q: np.asarray((q.u * q.x).sum())),
        "You added over both axes: each unit has a gain of its own.",
    ),
    Mistake(
        "axis",
        scaled(doffset=lambda q: np.full((len(q.u), 1), q.u.sum())),
        "You added over both axes: each example has an offset of its own.",
    ),
    Mistake(
        "axis",
        scaled(doffset=lambda q: np.asarray(q.u.sum())),
        "You added over both axes: each example has an offset of its own.",
    ),
    Mistake("unsummed", scaled(dgain=lambda q: q.u * q.x), UNSUMMED),
    Mistake("unsummed", scaled(doffset=lambda q: q.u), UNSUMMED),
    Mistake("unsummed", scaled(dgain=lambda q: q.u * q.x, doffset=lambda q: q.u), UNSUMMED),
    Mistake(
        "keepdims",
        scaled(doffset=lambda q: q.u.sum(axis=1)),
        "You lost an axis: the offset is a column, and a flat array would lie down across the rows.",
    ),
    Mistake(
        "keepdims",
        scaled(dgain=lambda q: (q.u * q.x).sum(axis=0, keepdims=True)),
        "You kept an axis that the gain does not have: a gradient has the shape of its partner.",
    ),
    Mistake(
        "M1",
        scaled(dgain=lambda q: (q.u * q.x)[0]),
        "You took what the first example says, alone: the gain acts in every row.",
    ),
    Mistake(
        "M1",
        scaled(dgain=lambda q: (q.u * q.x)[-1]),
        "What the last example says has overwritten the others: the gain acts in every row, and its rows add up.",
    ),
    Mistake(
        "M1",
        scaled(doffset=lambda q: q.u[:, -1:]),
        "What the last unit says has overwritten the others: the offset acts in every unit, and they add up.",
    ),
    Mistake(
        "M1",
        scaled(doffset=lambda q: q.u[:, :1]),
        "You took what the first unit says, alone: the offset acts in every unit.",
    ),
    Mistake(
        "M12",
        scaled(doffset=lambda q: (q.u * q.g).sum(axis=1, keepdims=True)),
        "You took the offset through the gain: it is added after the multiplication, and never meets the gain.",
    ),
    Mistake(
        "M12",
        scaled(doffset=lambda q: (q.u * q.x).sum(axis=1, keepdims=True)),
        "You took the offset through x: it is added, and what is added lets everything through as it is.",
    ),
    Mistake(
        "own-value",
        scaled(doffset=lambda q: (q.u * q.c).sum(axis=1, keepdims=True)),
        "You multiplied by the offset itself, which its own gradient does not contain.",
    ),
    Mistake("gain-forgotten", scaled(dx=lambda q: q.u), "You left out the gain on the way back to x."),
    Mistake(
        "own-value",
        scaled(dx=lambda q: q.u * q.x),
        "You multiplied by x itself on the way back to x: what stands beside it on the way forward is the gain.",
    ),
    Mistake(
        "M6",
        scaled(dx=lambda q: q.u / q.g),
        "You divided by the gain on the way back: nothing is undone, sensitivities are multiplied.",
    ),
    Mistake(
        "axis",
        scaled(dx=lambda q: (q.u * q.g).sum(axis=0)),
        "You added up the gradient of x: nothing of x was copied, each entry is used once.",
    ),
)

# ------------------------------------------------------------------ 7.6: all gradients of a batch

BATCH_WIDTHS = ((5, 2, 4, 3), (1, 3, 2, 4), (4, 5, 3, 2))  # examples, inputs, hidden units, outputs


def draw_batch(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return random inputs by name, for widths (N, n_in, n_hidden, n_out)."""
    N, n_in, n_hidden, n_out = widths
    return {
        "x": rng.normal(size=(N, n_in)),
        "y": rng.uniform(0.05, 0.95, (N, n_out)),
        "W1": rng.normal(size=(n_hidden, n_in)),
        "b1": rng.normal(size=n_hidden),
        "W2": rng.normal(size=(n_out, n_hidden)),
        "b2": rng.normal(size=n_out),
    }


def batch_gradients(x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, ...]:
    """Return (dW1, db1, dW2, db2) from the library."""
    first, second = Network.from_weights([(W1, b1), (W2, b2)]).gradients(x, y)
    return first.dW, first.db, second.dW, second.db


def batch_agrees(inputs: Inputs, outputs: Mapping[str, Array]) -> Iterator[GradientCheck]:
    """Compare with central differences of the loss, computed example by example."""
    for name, gradient in outputs.items():

        def loss(value: Array, name: str = name[1:]) -> float:
            given = {**inputs, name: value}
            x, y = given.pop("x"), given.pop("y")
            costs = [((plain_prediction(row, **given) - t) ** 2).sum() / 2 for row, t in zip(x, y, strict=True)]
            return float(sum(costs)) / len(costs)

        yield check_gradient(loss, inputs[name[1:]], gradient)


RIGHT_BATCH: dict[str, Piece] = {
    "z1": lambda a_in, W, b: a_in @ W.T + b,
    "z2": lambda a_in, W, b: a_in @ W.T + b,
    "hidden": sigmoid,
    "output": sigmoid,
    "miss": lambda a2, y: (a2 - y) / len(y),
    "slope2": lambda z2, a2: a2 * (1 - a2),
    "slope1": lambda z1, a1: a1 * (1 - a1),
    "carry": lambda W2, delta2, dW2: delta2 @ W2,
    "outer": lambda delta, a_in: delta.T @ a_in,
    "sent": lambda z1, a1: a1,
    "bias": lambda delta, b: delta.sum(axis=0),
}


def one_batch(pieces: Mapping[str, Piece], x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array):  # type: ignore[no-untyped-def]
    """Return the gradients of a batch with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_BATCH, **pieces})
    z1 = piece.z1(x, W1, b1)
    a1 = piece.hidden(z1)
    z2 = piece.z2(a1, W2, b2)
    a2 = piece.output(z2)
    delta2 = piece.miss(a2, y) * piece.slope2(z2, a2)
    dW2 = piece.outer(delta2, piece.sent(z1, a1))
    delta1 = piece.carry(W2, delta2, dW2) * piece.slope1(z1, a1)
    return piece.outer(delta1, x), piece.bias(delta1, b1), dW2, piece.bias(delta2, b2)


MEAN_TWICE = (
    "You took the mean twice: once it is in the delta of the output, every later line carries it along, and a "
    "second one makes the gradient smaller by the number of examples."
)
ONE_EXAMPLE = "Only one example has a say: all of them act through the same weights and biases, and are added up."
NO_MEAN = "That is the gradient of a sum over the examples: the loss is their mean, so the mean is missing somewhere."
BIAS_AXIS = "You added the bias gradient along the wrong axis: add over the examples, each unit has its own bias."
BATCH_PIECES: tuple[tuple[str, dict[str, Piece], str], ...] = (
    (
        "M1",
        {"carry": lambda W2, d, dW2: d.sum(axis=1, keepdims=True) * W2.sum(axis=0)},
        "You added weights and deltas apart: each path keeps its own weight with its own delta.",
    ),
    (
        "average-first",
        {"carry": lambda W2, d, dW2: np.broadcast_to(d.mean(axis=0), d.shape) @ W2},
        "You averaged the deltas over the batch on the way back: each example keeps a row of its own.",
    ),
    (
        "incoming",
        {"outer": lambda d, a_in: np.repeat(d.sum(axis=0)[:, np.newaxis], a_in.shape[1], axis=1)},
        "You left out what comes in through the weights: that is how biases move.",
    ),
    *(piece for piece in WRONG_PIECES if piece[1].keys() <= {"slope1", "slope2", "sent"}),
    ("mean-twice", {"outer": lambda d, a: d.T @ a / len(a), "bias": lambda d, b: d.mean(axis=0)}, MEAN_TWICE),
    ("mean-twice", {"outer": lambda d, a: d.T @ a / len(a)}, MEAN_TWICE),
    ("mean-twice", {"bias": lambda d, b: d.mean(axis=0)}, MEAN_TWICE),
    *(
        (name, dict.fromkeys(places, wrong), says)
        for name, wrong, says in (
            ("bias", lambda a_in, W, b: a_in @ W.T, "You left out a bias on the way forward."),
            ("bias", lambda a_in, W, b: a_in @ W.T - b, "You subtracted a bias on the way forward."),
            ("M8", lambda a_in, W, b: a_in @ W + b, "On the way forward some weights are the wrong way round."),
        )
        for places in (("z1", "z2"), ("z1",), ("z2",))
    ),
    (
        "no-activation",
        {"hidden": lambda z: z, "slope1": lambda z1, a1: np.ones_like(z1)},
        "The hidden layer has no activation in your pass: its sums went on as they were.",
    ),
    (
        "no-activation",
        {"hidden": lambda z: z, "slope1": lambda z1, a1: sigmoid(z1) * (1 - sigmoid(z1))},
        "On the way forward the hidden layer's activation is missing: its sums went on as they were.",
    ),
    (
        "no-activation",
        {"output": lambda z: z, "slope2": lambda z2, a2: sigmoid(z2) * (1 - sigmoid(z2))},
        "On the way forward the output's activation is missing: its sums were compared with the targets.",
    ),
    (
        "no-activation",
        {"output": lambda z: z, "slope2": lambda z2, a2: np.ones_like(z2)},
        "The output has no activation in your pass: its sums are compared with the targets as they are.",
    ),
    ("M8", {"carry": lambda W2, d, dW2: d @ W2.T}, "On the way back the weight matrix is the wrong way round."),
    ("M8", {"outer": lambda d, a: a.T @ d}, ""),
    (
        "transpose",
        {"outer": lambda d, a: d @ a},
        "You multiplied delta as it lies: its examples must meet the examples of what came in, so it has to be turned.",
    ),
    (
        "transpose",
        {"outer": lambda d, a: d @ a.T},
        "You turned what came in, where delta has to be turned: add over the examples, not over units.",
    ),
    (
        "broadcast",
        {"outer": lambda d, a: d * a},
        "Multiplied place by place, nothing is added up: every unit must meet every input, over all examples.",
    ),
    ("axis", {"bias": lambda d, b: d.sum(axis=1)}, BIAS_AXIS),
    ("axis", {"bias": lambda d, b: np.asarray(d.sum())}, f"{BIAS_AXIS} Yours is added over both axes."),
    ("axis", {"bias": lambda d, b: np.full_like(b, d.sum())}, f"{BIAS_AXIS} Yours is added over both axes."),
    ("axis", {"bias": lambda d, b: d.mean(axis=1)}, BIAS_AXIS),
    (
        "unsummed",
        {"outer": lambda d, a: np.einsum("ni,nk->nik", d, a)},
        "You have a table for each example, and they are not added up yet: each weight has one slope.",
    ),
    ("unsummed", {"bias": lambda d, b: d}, "The bias gradient is not added up yet: a bias acts in every row."),
    (
        "keepdims",
        {"bias": lambda d, b: d.sum(axis=0, keepdims=True)},
        "You kept an axis that the bias does not have: a gradient has the shape of its partner.",
    ),
    ("M1", {"outer": lambda d, a: np.outer(d[0], a[0]), "bias": lambda d, b: d[0]}, ONE_EXAMPLE),
    ("M1", {"outer": lambda d, a: np.outer(d[-1], a[-1]), "bias": lambda d, b: d[-1]}, ONE_EXAMPLE),
    ("M1", {"bias": lambda d, b: d[0]}, ONE_EXAMPLE),
    ("M1", {"bias": lambda d, b: d[-1]}, ONE_EXAMPLE),
    (
        "average-first",
        {"outer": lambda d, a: np.outer(d.sum(axis=0), a.mean(axis=0))},
        "You averaged the examples first and multiplied then: each delta belongs with the input of its own example.",
    ),
    (
        "average-first",
        {"outer": lambda d, a: np.outer(d.sum(axis=0), a.sum(axis=0))},
        "You added the examples first and multiplied then: each delta belongs with the input of its own example.",
    ),
    ("bias", {"bias": lambda d, b: d.sum(axis=0) * b}, "You multiplied the bias gradient by the bias itself."),
    (
        "bias",
        {"bias": lambda d, b: np.ones_like(b)},
        "You stopped at the slope of the pre-activation in the bias: the loss is still some factors away.",
    ),
    ("weights-forgotten", {"carry": lambda W2, d, dW2: np.repeat(d.sum(axis=1)[:, None], W2.shape[1], axis=1)}, ""),
    (
        "M1",
        {"carry": lambda W2, d, dW2: d[:, :1] * W2[0]},
        "You followed one path only: a hidden unit acts on every output, and all its paths must be added.",
    ),
    ("M6", {"carry": lambda W2, d, dW2: d @ np.linalg.pinv(W2).T}, ""),
    ("update-first", {"carry": lambda W2, d, dW2: d @ (W2 - dW2)}, ""),
    (
        "M7",
        {"carry": lambda W2, d, dW2: d @ dW2},
        "You went back through the gradient of the weights: it is an end, the way back takes the weights.",
    ),
)
MISSES: tuple[tuple[str, Piece, str], ...] = (
    ("sign", lambda a2, y: (y - a2) / len(y), "Every sign is turned round: look at how you subtracted."),
    ("sum", lambda a2, y: a2 - y, NO_MEAN),
    ("factor-2", lambda a2, y: 2 * (a2 - y) / len(y), "Twice too large: the half of the loss cancels the two."),
    (
        "mean",
        lambda a2, y: (a2 - y) / y.size,
        "You divided by the number of all entries: the mean is over the examples, and inside an example the outputs "
        "add.",
    ),
    (
        "sum",
        lambda a2, y: y - a2,
        f"{NO_MEAN} {REVERSED}",
    ),
    (
        "average-first",
        lambda a2, y: (a2 - y).mean(axis=0) + 0 * a2,
        "You averaged the misses over the batch, so that all rows go back alike: each example keeps its own.",
    ),
    (
        "average-first",
        lambda a2, y: (a2 - y).mean() + 0 * a2,
        "You averaged all misses to one number: each example and each output keeps its own.",
    ),
    (
        "mean",
        lambda a2, y: (a2 - y) / y.shape[1],
        "You divided by the number of outputs: the mean is over the examples, which are rows.",
    ),
)


def broken_batch(**pieces: Piece) -> Callable[..., Any]:
    """Return a pass with these wrong pieces."""
    return lambda **inputs: one_batch(pieces, **inputs)


def average_example(**inputs: Array) -> tuple[Array, ...]:
    """Return the gradients of one example, the average of all: the mean is taken where nothing is linear yet."""
    given = {n: v.mean(axis=0, keepdims=True) if n in ("x", "y") else v for n, v in inputs.items()}
    return batch_gradients(**given)


def batch_step(**inputs: Array) -> tuple[Array, ...]:
    """Return new parameters where gradients are asked for."""
    gradients = batch_gradients(**inputs)
    return tuple(inputs[n] - g for n, g in zip(("W1", "b1", "W2", "b2"), gradients, strict=True))


BATCH_MISTAKES = (
    *(Mistake(name, broken_batch(miss=piece), says) for name, piece, says in MISSES),
    *(Mistake(name, broken_batch(**pieces), says) for name, pieces, says in BATCH_PIECES),
    Mistake(
        "average-first",
        average_example,
        "You averaged the examples before the way forward: a mean of the losses is not the loss of a mean example.",
    ),
    Mistake(
        "mean",
        lambda **inputs: tuple(g * len(inputs["x"]) / inputs["x"].shape[1] for g in batch_gradients(**inputs)),
        "You divided by the number of inputs: the mean is over the examples, which are rows.",
    ),
    Mistake(
        "mean",
        lambda **inputs: tuple(g * len(inputs["x"]) / len(inputs["W1"]) for g in batch_gradients(**inputs)),
        "You divided by the number of hidden units: the mean is over the examples.",
    ),
    *(
        Mistake(
            "swapped",
            lambda places=places, **inputs: tuple(batch_gradients(**inputs)[k] for k in places),
            "Your results come in another order than dW1, db1, dW2, db2.",
        )
        for places in ((2, 3, 0, 1), (0, 2, 1, 3), (1, 0, 3, 2))
    ),
    Mistake("M9", batch_step, "Those are parameters after a step: the gradients are asked for."),
    *(
        Mistake(name, broken_batch(**pieces, miss=MISSES[0][1]), f"{says or SAYS[name]} {REVERSED}")
        for name, pieces, says in BATCH_PIECES
    ),
    *(
        Mistake(name, broken_batch(**pieces, miss=MISSES[1][1]), f"{says or SAYS[name]} Besides, the mean is missing.")
        for name, pieces, says in BATCH_PIECES
        if name != "mean-twice" and "mean" not in says and name != "M6"
    ),
)

# ------------------------------------------------------------------ 7.7: micro-batches


def draw_pieces(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return the gradients of some micro-batches, and how many examples each has, all different."""
    count, n_out, n_in = widths
    return {
        "gradients": [rng.normal(size=(n_out, n_in)) for _ in range(count)],
        "sizes": [int(size) for size in rng.permutation([1, 3, 4, 7, 10])[:count]],
    }


def whole(gradients: list[Array], sizes: list[int]) -> Array:
    """Return the mean over all examples."""
    return np.asarray(np.average(gradients, axis=0, weights=sizes))


def whole_agrees(inputs: Inputs, outputs: Mapping[str, Array]) -> Iterator[bool]:
    """Compare with a mean over the single examples, in which those of a piece have the mean of their piece."""
    single = [g for g, n in zip(inputs["gradients"], inputs["sizes"], strict=True) for _ in range(n)]
    yield bool(np.allclose(outputs["dW"], np.mean(single, axis=0), rtol=1e-10))


def weighted(weight: Callable[[list[int]], list[float] | Array]) -> Callable[..., Array]:
    """Return the sum of the gradients with these weights, made from the sizes."""

    def total(gradients: list[Array], sizes: list[int]) -> Array:
        return np.asarray(sum(w * g for w, g in zip(weight(sizes), gradients, strict=True)))

    return total


def shares(count: int, *places: int) -> list[float]:
    """Return weights of one at these places, else zero."""
    return [float(k in [p % count for p in places]) for k in range(count)]


def fading(n: list[int]) -> list[float]:
    """Return the weights of a mean with each next one: the first and the second a half, of what is then there."""
    weights = [1.0]
    for _ in n[1:]:
        weights = [w / 2 for w in weights] + [0.5]
    return weights


EQUAL_SAY = "You gave every micro-batch the same say: one with more examples speaks for more of the mean."
NOT_A_MEAN = "That is the gradient of a sum over the examples: the loss of the whole batch is their mean."
PIECES_MISTAKES = (
    Mistake(
        "inverse",
        weighted(lambda n: 1 / np.array(n) / sum(n)),
        "You divided each gradient by its size: each is a mean already, and a larger micro-batch should count more.",
    ),
    Mistake(
        "weights",
        weighted(lambda n: np.array([1, *n[1:]]) / sum(n)),
        "The first micro-batch is in the sum without its size.",
    ),
    Mistake(
        "weights",
        weighted(lambda n: np.sqrt(n) / sum(n)),
        "You weighed with the root of the sizes: each example counts once.",
    ),
    Mistake("weights", weighted(lambda n: np.array(n) ** 2 / sum(n)), "You multiplied by each size twice."),
    Mistake(
        "inverse",
        weighted(lambda n: (sum(n) - np.array(n)) / sum(n)),
        "You weighed each micro-batch with the number of all the other examples: it counts with its own.",
    ),
    Mistake(
        "M3",
        weighted(lambda n: (np.array(n) + np.eye(len(n))[0]) / sum(n)),
        "The sum begins with the first gradient, which the loop adds once more: it begins with nothing.",
    ),
    Mistake(
        "swapped",
        weighted(lambda n: np.sort(n) / sum(n)),
        "You sorted the sizes: each belongs to the gradient at its own place.",
    ),
    Mistake(
        "axis",
        lambda gradients, sizes: (
            sum(n * g.sum() for n, g in zip(sizes, gradients, strict=True)) / sum(sizes) + 0 * gradients[0]
        ),
        "You added over the weights too: each weight has a slope of its own.",
    ),
    Mistake(
        "divisor",
        lambda gradients, sizes: sum(n * g for n, g in zip(sizes, gradients, strict=True)) / len(gradients[0]),
        "You divided by the number of rows of a gradient, which are units: the sizes tell how many examples there are.",
    ),
    Mistake(
        "integers",
        lambda gradients, sizes: sum(n * g for n, g in zip(sizes, gradients, strict=True)) // sum(sizes),
        "You divided with the rest thrown away: these are no whole numbers.",
    ),
    Mistake(
        "median",
        lambda gradients, sizes: np.median(gradients, axis=0),
        "You took a middle one of the gradients: a mean counts every example.",
    ),
    Mistake("mean", weighted(lambda n: [1 / len(n)] * len(n)), EQUAL_SAY),
    Mistake(
        "sum",
        weighted(lambda n: [1.0] * len(n)),
        "You added up means: with a second micro-batch just like the first your result would double, and a mean stays.",
    ),
    Mistake("sum", weighted(lambda n: np.array(n)), NOT_A_MEAN),
    Mistake(
        "divisor",
        weighted(lambda n: np.array(n) / len(n)),
        "You divided by the number of micro-batches: the sizes tell how many examples the mean is over.",
    ),
    Mistake(
        "divisor",
        weighted(lambda n: [1 / sum(n)] * len(n)),
        "You divided by the number of examples what had been divided before: each gradient is a mean already, and "
        "stands for as many examples as its micro-batch has.",
    ),
    Mistake(
        "divisor",
        weighted(lambda n: np.array(n) / sum(n) / len(n)),
        "You took the mean twice: after the examples are counted, nothing is left to divide by.",
    ),
    Mistake(
        "divisor",
        weighted(lambda n: np.array(n) / sum(n) ** 2),
        "You divided by the number of examples twice: once each share is made, nothing is left to divide by.",
    ),
    Mistake(
        "divisor",
        weighted(lambda n: np.array(n) / np.mean(n)),
        "You divided by the mean size: the mean is over the examples of all micro-batches together.",
    ),
    Mistake(
        "divisor",
        weighted(lambda n: np.array(n) / max(n)),
        "You divided by the size of the largest micro-batch: the mean is over the examples of all.",
    ),
    Mistake(
        "divisor",
        weighted(lambda n: np.array(n) / n[0]),
        "You divided by the size of the first micro-batch, as if all had that size: count the examples of all.",
    ),
    Mistake(
        "divisor",
        weighted(lambda n: np.array(n) / n[-1]),
        "You divided by the size of the last micro-batch: count the examples of all.",
    ),
    Mistake(
        "divisor",
        weighted(lambda n: np.array(n) / (sum(n) - 1)),
        "You divided by one too few: this is a mean, not the estimate of a variance.",
    ),
    Mistake("M1", weighted(lambda n: shares(len(n), -1)), "The last micro-batch has overwritten all others: add up."),
    Mistake("M1", weighted(lambda n: shares(len(n), 0)), "Only the first micro-batch has a say: does the loop go on?"),
    Mistake(
        "M1",
        weighted(lambda n: np.array(n) / sum(n) * shares(len(n), -1)),
        "The last micro-batch has overwritten all others: what they say, each with its weight, is added.",
    ),
    Mistake(
        "M1",
        weighted(lambda n: np.array(n) / sum(n) * shares(len(n), 0)),
        "Only the first micro-batch has a say: does the loop go on?",
    ),
    Mistake(
        "inverse",
        weighted(lambda n: 1 / np.array(n)),
        "You divided each gradient by its size: each is a mean already, and a larger micro-batch should count more.",
    ),
    Mistake(
        "inverse",
        weighted(lambda n: 1 / np.array(n) / len(n)),
        "You divided each gradient by its size: each is a mean already, and a larger micro-batch should count more.",
    ),
    Mistake(
        "inverse",
        weighted(lambda n: 1 / np.array(n) / sum(1 / k for k in n)),
        "Your weights fall with the size: a larger micro-batch should count more.",
    ),
    Mistake(
        "squares",
        weighted(lambda n: np.array(n) ** 2 / sum(k * k for k in n)),
        "Your weights are the squares of the sizes: twice the examples count twice, not four times.",
    ),
    Mistake(
        "squares",
        weighted(lambda n: np.sqrt(n) / np.sqrt(n).sum()),
        "Your weights are the roots of the sizes: the root belongs to the noise, a mean counts heads.",
    ),
    Mistake(
        "off-by-one",
        weighted(lambda n: np.array([*n[:-1], 0]) / sum(n[:-1])),
        "The last micro-batch is left out: where does your loop end?",
    ),
    Mistake(
        "off-by-one",
        weighted(lambda n: np.array([*n[:-1], 0]) / sum(n)),
        "The last micro-batch is left out of the sum: where does your loop end?",
    ),
    Mistake(
        "off-by-one",
        weighted(lambda n: np.array([0, *n[1:]]) / sum(n[1:])),
        "The first micro-batch is left out: where does your loop begin?",
    ),
    Mistake(
        "off-by-one",
        weighted(lambda n: np.array([0, *n[1:]]) / sum(n)),
        "The first micro-batch is left out of the sum: where does your loop begin?",
    ),
    Mistake(
        "running-mean",
        weighted(fading),
        "You took the mean with each next one: so the last counts half, and the first ones hardly at all.",
    ),
    Mistake(
        "running-mean",
        weighted(lambda n: fading([0, *n])[1:]),
        "You took the mean with each next one, and began with zero: so the last counts half, the first hardly at all.",
    ),
    Mistake(
        "swapped",
        weighted(lambda n: np.array(n[::-1]) / sum(n)),
        "The sizes are in the reverse order: each belongs to the gradient at its own place.",
    ),
    Mistake(
        "axis",
        lambda gradients, sizes: np.asarray(whole(gradients, sizes).sum(axis=0)),
        "You added over the units too: each weight has a slope of its own.",
    ),
    Mistake(
        "axis",
        lambda gradients, sizes: np.asarray(whole(gradients, sizes).mean()),
        "You averaged over the weights too: each weight has a slope of its own.",
    ),
    Mistake(
        "axis",
        lambda gradients, sizes: np.asarray(np.mean(gradients)),
        "You averaged over the weights too: each weight has a slope of its own.",
    ),
    Mistake(
        "unsummed",
        lambda gradients, sizes: np.array([n * g / sum(sizes) for g, n in zip(gradients, sizes, strict=True)]),
        "These are the shares of the micro-batches, one by one: they have yet to be added up.",
    ),
    Mistake("M8", lambda gradients, sizes: whole(gradients, sizes).T),
)

# ------------------------------------------------------------------ 7.8: find the bug

CONVENTION_BUGS = {
    "a": ("no-bug", "something is wrong here: write the shape of each array beside its name."),
    "b": ("mean-twice", "there is no second mean here: look for a division by the number of examples."),
    "c": ("M8", "the gradient of the weights has the shape of the weights in this convention."),
    "d": ("axis", "the sum goes over the axis on which the examples of this convention lie."),
    "e": ("keepdims", "the bias gradient has the shape of the bias in this convention."),
    "f": ("transpose", "the weights are the right way round on the way back: try the shapes with odd widths."),
}


def convention_bug(right: str) -> Choice:
    """Return the choice among all bugs."""
    return Choice(right, {letter: reason for letter, reason in CONVENTION_BUGS.items() if letter != right})


# ------------------------------------------------------------------ 7.9: targets that arrive flat


def draw_flat(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return the data and the parameters of one linear unit, with flat targets."""
    N, n_in = widths
    return {
        "x": rng.normal(size=(N, n_in)),
        "y": rng.normal(size=N) + 1,
        "W": rng.normal(size=(1, n_in)),
        "b": rng.normal(size=1),
    }


def regression(x: Array, y: Array, W: Array, b: Array) -> tuple[Any, ...]:
    """Return (loss, dW, db) from the library."""
    loss, (layer,) = Network.from_weights([(W, b)], output="identity").loss_and_gradients(x, y[:, np.newaxis])
    return loss, layer.dW, layer.db


def regression_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with a loop over the examples, and with its central differences."""

    def loss(W: Array, b: Array) -> float:
        misses = [float(W[0] @ row) + float(b[0]) - float(t) for row, t in zip(inputs["x"], inputs["y"], strict=True)]
        return sum(miss**2 for miss in misses) / 2 / len(misses)

    yield abs(outputs["loss"] - loss(inputs["W"], inputs["b"])) <= 1e-12 * outputs["loss"]
    yield check_gradient(lambda W: loss(W, inputs["b"]), inputs["W"], outputs["dW"])
    yield check_gradient(lambda b: loss(inputs["W"], b), inputs["b"], outputs["db"])


def one_number(inputs: Inputs, result: Any) -> Any:
    """Return the result with the loss, its first entry, as a number where it is an array of one entry."""
    if isinstance(result, tuple | list) and isinstance(result[0], np.ndarray) and result[0].size == 1:
        return (result[0].item(), *result[1:])
    return result


RIGHT_REGRESSION: dict[str, Callable[..., Any]] = {
    "a": lambda x, W, b: x @ W.T + b,
    "miss": lambda a, y: a - y[:, np.newaxis],
    "loss": lambda miss: float(np.mean(miss**2)) / 2,
    "delta": lambda miss: miss.mean(axis=1, keepdims=True) / len(miss),
    "dW": lambda delta, x: delta.T @ x,
    "db": lambda delta, b: delta.sum(axis=0),
}


def unit(**wrong: Callable[..., Any]) -> Callable[..., tuple[Any, ...]]:
    """Return (loss, dW, db) with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_REGRESSION, **wrong})

    def run(x: Array, y: Array, W: Array, b: Array) -> tuple[Any, ...]:
        miss = piece.miss(piece.a(x, W, b), y)
        delta = piece.delta(miss)
        return piece.loss(miss), piece.dW(delta, x), piece.db(delta, b)

    return run


TABLE: dict[str, Callable[..., Any]] = {"miss": lambda a, y: a - y}
SECOND_MEAN: dict[str, Callable[..., Any]] = {"dW": lambda delta, x: delta.T @ x / len(x)}
NO_HALF: dict[str, Callable[..., Any]] = {"loss": lambda miss: float(np.mean(miss**2))}
TURNED: dict[str, Callable[..., Any]] = {"miss": lambda a, y: y[:, np.newaxis] - a}
TURNED_SAYS = "You turned the miss round: both gradients point the other way."
TABLE_SAYS = "Every prediction is still compared with every target: print the shape of the miss."
SECOND_SAYS = "One line takes the mean a second time: it is in delta already."
HALF_SAYS = "The loss lacks its half, which its gradient knows of."
REGRESSION_MISTAKES = (
    Mistake(
        "mean-twice",
        unit(loss=lambda miss: float(np.mean(miss**2)) / 2 / len(miss)),
        "The loss takes the mean a second time.",
    ),
    Mistake(
        "factor-2",
        unit(loss=lambda miss: float(np.mean(miss**2)) * 2),
        "In the loss you multiplied where the half belongs.",
    ),
    Mistake(
        "factor-2",
        unit(delta=lambda miss: miss.mean(axis=1, keepdims=True) / len(miss) / 2),
        "Your gradients have a half in them: that of the loss cancels the two that comes down from the square.",
    ),
    Mistake(
        "broadcast",
        unit(miss=lambda a, y: (a - y).sum(axis=1, keepdims=True)),
        "Each prediction is still compared with every target, and the misses are then added up: print the shape of "
        "the difference.",
    ),
    Mistake(
        "broadcast",
        unit(miss=lambda a, y: (a - y).mean(axis=0)[:, np.newaxis]),
        "Each prediction is still compared with every target, and then averaged: print the shape of the difference.",
    ),
    Mistake(
        "keepdims",
        unit(db=lambda delta, b: delta.sum(axis=0, keepdims=True)),
        "You kept an axis that the bias does not have: a gradient has the shape of its partner.",
    ),
    Mistake(
        "unsummed",
        unit(loss=lambda miss: np.mean(miss**2, axis=1) / 2),
        "Your loss is one number for each example: the mean over them is still to be taken.",
    ),
    Mistake("broadcast", unit(**TABLE), f"Two bugs are gone. {TABLE_SAYS}"),
    Mistake("mean-twice", unit(**SECOND_MEAN), f"Two bugs are gone. {SECOND_SAYS}"),
    Mistake("factor-2", unit(**NO_HALF), f"Two bugs are gone. {HALF_SAYS}"),
    Mistake("two-left", unit(**TABLE, **SECOND_MEAN), f"One bug is gone. {TABLE_SAYS} {SECOND_SAYS}"),
    Mistake("two-left", unit(**TABLE, **NO_HALF), f"One bug is gone. {TABLE_SAYS} {HALF_SAYS}"),
    Mistake("two-left", unit(**SECOND_MEAN, **NO_HALF), f"One bug is gone. {SECOND_SAYS} {HALF_SAYS}"),
    Mistake("three-left", unit(**TABLE, **SECOND_MEAN, **NO_HALF), "All three bugs are still there."),
    Mistake("sign", unit(**TURNED), TURNED_SAYS),
    Mistake("sign", unit(**TURNED, **SECOND_MEAN), f"{TURNED_SAYS} {SECOND_SAYS}"),
    Mistake("sign", unit(**TURNED, **NO_HALF), f"{TURNED_SAYS} {HALF_SAYS}"),
    Mistake("sign", unit(**TURNED, **SECOND_MEAN, **NO_HALF), f"{TURNED_SAYS} {SECOND_SAYS} {HALF_SAYS}"),
    Mistake("sign", unit(miss=lambda a, y: y - a), f"{TURNED_SAYS} {TABLE_SAYS}"),
    Mistake(
        "bias",
        unit(a=lambda x, W, b: x @ W.T),
        "You left out the bias on the way forward, so that every miss is off by it.",
    ),
    Mistake(
        "sum",
        unit(delta=lambda miss: miss.mean(axis=1, keepdims=True)),
        "The mean is gone from the gradients altogether: the loss has it, so it belongs there once.",
    ),
    Mistake(
        "sum",
        unit(delta=lambda miss: miss.mean(axis=1, keepdims=True), **SECOND_MEAN),
        "The weights have their mean now, and the bias has none: it belongs to both, once.",
    ),
    Mistake(
        "mean-twice",
        unit(dW=SECOND_MEAN["dW"], db=lambda delta, b: delta.mean(axis=0)),
        "You gave the bias a second mean too. None of the two lines needs one: it is in delta.",
    ),
    Mistake(
        "mean-twice",
        unit(db=lambda delta, b: delta.mean(axis=0)),
        "Now the bias gradient takes the mean a second time: it is in delta already.",
    ),
    Mistake(
        "factor-2",
        unit(delta=lambda miss: 2 * miss.mean(axis=1, keepdims=True) / len(miss)),
        "Your gradients are twice too large: the half of the loss cancels the two that comes down from the square.",
    ),
    Mistake(
        "factor-2",
        unit(delta=lambda miss: 2 * miss.mean(axis=1, keepdims=True) / len(miss), **NO_HALF),
        "Loss and gradients agree, but of another loss: this one has a half.",
    ),
    Mistake(
        "sum",
        unit(loss=lambda miss: float(np.sum(miss**2)) / 2),
        "Your loss is a sum over the examples, and its gradient that of a mean.",
    ),
    Mistake(
        "sum",
        unit(
            loss=lambda miss: float(np.sum(miss**2)) / 2,
            delta=lambda miss: miss.mean(axis=1, keepdims=True),
        ),
        "Loss and gradients agree, but of a sum over the examples: this loss is a mean.",
    ),
    Mistake(
        "broadcast",
        unit(miss=lambda a, y: a - y.mean()),
        "You compared every prediction with the mean target: each has a target of its own.",
    ),
    Mistake(
        "broadcast",
        unit(miss=lambda a, y: a - y[0]),
        "You compared every prediction with the first target: each has a target of its own.",
    ),
    Mistake(
        "broadcast",
        unit(miss=lambda a, y: a - y, delta=lambda miss: miss.sum(axis=1, keepdims=True) / len(miss)),
        "The miss is a table, and you added along its rows: nothing that is done with this table afterwards helps.",
    ),
    Mistake(
        "broadcast",
        unit(miss=lambda a, y: a - y, dW=lambda delta, x: delta.T @ x, loss=lambda miss: float(np.sum(miss**2)) / 2),
        "The miss is a table, and you added all of it: nothing that is done with this table afterwards helps.",
    ),
    Mistake(
        "broadcast",
        unit(miss=lambda a, y: a - y[::-1, None]),
        "The targets are in the reverse order: each belongs to the prediction of its own row.",
    ),
    Mistake(
        "M8",
        unit(dW=lambda delta, x: x.T @ delta),
        "The gradient of the weights lies on its side: it has the shape of its partner.",
    ),
    Mistake(
        "shape",
        unit(dW=lambda delta, x: (delta.T @ x)[0]),
        "The gradient of the weights has lost an axis: it has the shape of its partner, one row for the one unit.",
    ),
    Mistake(
        "shape",
        unit(db=lambda delta, b: np.asarray(delta.sum())),
        "The gradient of the bias has lost its axis: it has the shape of its partner, one entry for the one unit.",
    ),
    Mistake(
        "axis",
        unit(db=lambda delta, b: delta.sum(axis=1)),
        "You added the bias gradient along the wrong axis: the bias acts in every row.",
    ),
    Mistake("bias", unit(db=lambda delta, b: delta.sum(axis=0) * b), "You multiplied the bias gradient by the bias."),
    Mistake(
        "mean",
        unit(dW=lambda delta, x: delta.T @ x / x.shape[1], db=lambda delta, b: delta.sum(axis=0)),
        "You divided by the number of inputs too: the mean is over the examples.",
    ),
    *(
        Mistake(
            "average-first",
            unit(dW=lambda delta, x, row=row: delta.sum() * row(x)),
            "You added up deltas and inputs apart: each delta belongs with the input of its own example.",
        )
        for row in (lambda x: x.sum(axis=0, keepdims=True), lambda x: x.mean(axis=0, keepdims=True))
    ),
    Mistake(
        "M13 loss",
        unit(delta=lambda miss: miss**2 / 2 / len(miss)),
        "You went back with the cost of each example, where its slope belongs.",
    ),
    Mistake(
        "sign",
        unit(miss=lambda a, y: np.abs(a - y[:, np.newaxis])),
        "You took the size of each miss: the loss does not mind, but its slope needs the sign.",
    ),
    Mistake(
        "M9",
        lambda x, y, W, b: (lambda loss, dW, db: (loss, W - dW, b - db))(*regression(x, y, W, b)),
        "Those are parameters after a step: the gradients are asked for.",
    ),
    Mistake(
        "swapped",
        lambda x, y, W, b: (*regression(x, y, W, b)[1:], regression(x, y, W, b)[0]),
        "Your results come in another order than loss, dW, db.",
    ),
    Mistake(
        "loss",
        unit(loss=lambda miss: float(np.mean(miss))),
        "Your loss is the mean miss: misses of both signs would cancel, so each is squared.",
    ),
    Mistake(
        "loss",
        unit(loss=lambda miss: float(np.mean(miss)) ** 2 / 2),
        "You averaged the misses first and squared then: misses of both signs would cancel.",
    ),
    Mistake(
        "loss",
        unit(loss=lambda miss: float(np.mean(np.abs(miss))) / 2),
        "Your loss takes the size of each miss: this one takes its square.",
    ),
    Mistake(
        "loss",
        unit(loss=lambda miss: float(np.sqrt(np.mean(miss**2)))),
        "You took a root at the end of the loss: this one has none.",
    ),
)


# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "7.1",
        "Say the shape",
        rung="predict",
        points=6,
        difficulty=1,
        minutes=5,
        kind=Parts(
            {
                "A": shape(
                    "a",
                    "shape",
                    "the examples stay rows, and the product takes the axis of the units away.",
                    c=("M8", "a row belongs to an example here, not to a unit."),
                ),
                "B": shape(
                    "c",
                    "shape",
                    "the shared axis of a product disappears, and here that is the axis of the examples.",
                    a=("batch", "the examples have been added up: their number can't be in the result."),
                    b=("batch", "the examples have been added up: their number can't be in the result."),
                ),
                "C": Choice(
                    "g",
                    {
                        letter: (
                            "transpose",
                            "look at the two axes that must be equally long, the last of the left array and the "
                            "first of the right.",
                        )
                        for letter in "abcdef"
                    },
                ),
                "D": shape(
                    "d",
                    "axis",
                    "axis 0 is the one that is added up, and without keepdims it disappears.",
                ),
                "E": shape("e", *FLAT),
                "F": shape(
                    "b",
                    "broadcast",
                    "an axis of length one is stretched, and a flat array counts as a row: both happen here.",
                ),
            }
        ),
        praise="The last two are no gradients at all, and NumPy computes both of them without a word.",
        hints=(
            "In a matrix product the inner axes must be equally long and disappear. In a sum or difference shapes "
            "are aligned from the right.",
            "A flat array counts as one row. An axis of length one is stretched to the length that is needed. If "
            "two lengths differ and neither is one, NumPy refuses.",
            "Write shapes below one another: for the difference 6 and 1 above, 6 below at the right. The last axes "
            "are 1 and 6, the first are 6 and none: each pair gives the longer one.",
        ),
    ),
    Exercise(
        "7.2",
        "Everybody twice",
        rung="predict",
        points=1,
        difficulty=2,
        minutes=3,
        kind=Choice(
            "b",
            {
                "a": (
                    "sum",
                    "You let twice the examples push twice as hard: that is so with a sum, and this loss is a mean.",
                ),
                "c": (
                    "mean",
                    "If delta kept its size and had twice the rows, the sum over them would double. What has the "
                    "mean done to each row?",
                ),
                "d": (
                    "mean-twice",
                    "You took the mean of twice as many once more: what each row has lost, the second copy of it "
                    "brings back.",
                ),
            },
        ),
        praise="Twice the rows, each half as tall: a mean does not notice, and so the learning rate need not either.",
        hints=(
            "Does the loss change? Then ask the same of its slope in one weight.",
            "delta is the slope of the mean loss in one entry of z, and the mean is now over twice as many examples.",
            "Each example has half the say in the mean, so each row of delta is half of what it was; dW adds up twice "
            "as many rows.",
        ),
    ),
    Exercise(
        "7.3",
        "Two deltas at once",
        rung="hand-compute",
        points=1,
        difficulty=1,
        minutes=5,
        kind=Number(
            setting=pair,
            right=lambda q: q.delta,
            witness=lambda q: pair_delta(),
            mistakes=DELTA_OF_PAIR,
        ),
        praise="A row for each example, and the mean is in it already: no later line needs another.",
        hints=(
            "Each example by itself first: what do its two units send, and how far is that from its targets?",
            "The units are linear, so their slope is one. What is left of delta is the slope of the loss in the "
            "prediction, and the loss is a mean over two examples.",
            "In code: x @ W.T + b, minus y, and all of that divided by the number of examples, which is the number of "
            "rows.",
        ),
    ),
    Exercise(
        "7.4",
        "Two votes, one gradient",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Number(
            setting=pair,
            right=lambda q: q.dW,
            witness=lambda q: numerical_gradient(lambda W: pair_loss(W, q.b), q.W),
            mistakes=WEIGHTS_OF_PAIR,
        ),
        praise="Where the two examples disagree about a weight, little is left of both their wishes.",
        hints=(
            "One weight leads from input k to unit i. Through which examples does it act, and what does each say?",
            "Each example says: delta of the unit times the input, both from its own row. The two are added, and "
            "nothing is divided any more.",
            "Row i, column k: delta of example 1 at unit i times its input k, plus the same of example 2. In code, "
            "delta turned round, times x.",
        ),
    ),
    Exercise(
        "7.5",
        "A gain and an offset",
        rung="complete",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("dx", "dgain", "doffset"),
            inputs=draw_scaled,
            right=scaled(),
            witness=scaled_agrees,
            mistakes=SCALED_MISTAKES,
            widths=((4, 3), (1, 5), (6, 2)),
            square=(3, 3),
        ),
        praise="Copied forward, added backward: the axis that was stretched is the one that is added up.",
        hints=(
            "Write down one entry of z: which entry of x, of the gain and of the offset is in it?",
            "How many entries of z does one gain act on, and how many one offset? All of them send something back, "
            "each times what stands beside the gain, or the offset, on the way forward.",
            "The gain is copied down the rows, so add upstream times x over axis 0. The offset is copied across, so "
            "add upstream over axis 1, and keep the axis, since the offset is a column.",
        ),
    ),
    Exercise(
        "7.6",
        "Batches of any size",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=("dW1", "db1", "dW2", "db2"),
            inputs=draw_batch,
            right=batch_gradients,
            witness=batch_agrees,
            mistakes=BATCH_MISTAKES,
            widths=BATCH_WIDTHS,
            square=(3, 3, 3, 3),
        ),
        praise="One example or a thousand, the same lines: five matrix products, and broadcasting for the biases.",
        hints=(
            "Take your lines for one example and ask of each: which of these arrays get a row for each example now?",
            "Forward, products are turned round: x @ W1.T + b1. Back, delta2 @ W2 needs no transpose. The mean enters "
            "in the first line of the way back, and nowhere else.",
            "delta2 is (a2 - y) / len(x) times its slope, delta1 is delta2 @ W2 times its slope. Each dW is its delta, "
            "transposed, times what came in; each db its delta, summed over axis 0.",
        ),
    ),
    Exercise(
        "7.7",
        "Too large for the memory",
        rung="implement",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("dW",),
            inputs=draw_pieces,
            right=whole,
            witness=whole_agrees,
            mistakes=PIECES_MISTAKES,
            widths=((3, 2, 4), (4, 3, 2), (2, 4, 3)),
            square=None,
        ),
        praise="A mean of means is a mean only when each has the weight of those it stands for.",
        hints=(
            "What did each micro-batch divide by, and what should the whole batch have divided by?",
            "Turn each mean back into a sum over its examples. Sums can be added without further thought.",
            "Add up size times gradient over all micro-batches, and divide once, by the sum of the sizes. Begin with "
            "a zero of your own, not with the first gradient, or += will change the caller's array.",
        ),
    ),
    Exercise(
        "7.8",
        "Six ways back",
        rung="debug",
        points=6,
        difficulty=3,
        minutes=12,
        kind=Parts({part: convention_bug(right) for part, right in zip("ABCDEF", "aebcad", strict=True)}),
        praise="In every convention two questions decide: where do the examples lie, and which shape has the partner?",
        hints=(
            "Put a number on each width, 5 examples, 3 inputs, 4 hidden units, 2 outputs, and write the shape of "
            "every array beside its name.",
            "A weight gradient has the shape of its weights; a bias gradient that of its bias, and adds over the axis "
            "of the examples. Nobody divides after delta2.",
            "In two programs nothing is wrong. One divides where it should not; one has a weight gradient on its side; "
            "one adds over the units; one loses an axis that its bias has.",
        ),
    ),
    Exercise(
        "7.9",
        "Repair a regression",
        rung="debug",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("loss", "dW", "db"),
            inputs=draw_flat,
            right=regression,
            witness=regression_agrees,
            mistakes=REGRESSION_MISTAKES,
            seen=one_number,
            widths=((5, 3), (4, 2), (6, 4)),
            square=(3, 3),
        ),
        praise="All three are gone. The loudest of them was silent: a table of misses where a column belongs.",
        hints=(
            "Print the shape of the miss. Is it what you would have said?",
            "One bug is a shape that fits and should not. One is a mean too many. One is in the loss itself, beside "
            "its gradient.",
            "Make a column of the targets, y[:, np.newaxis], before you subtract. Then count how often dW is divided "
            "by the number of examples, and read the loss in the text once more.",
        ),
    ),
    Exercise(
        "7.10",
        "One weight, two examples",
        rung="derive",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Derivation("7.10"),
        praise="BP3 in small: one product for each example, added, with the mean taken once.",
        hints=(
            "How many ways lead from the weight to the loss?",
            "Go through one example by itself, as in chapter 5: what it costs, its activation, its z, the weight. "
            "Then the other, and then think of the mean.",
            "For each example: miss, times the slope of the tanh, which is one minus the square of the activation, "
            "times the input of that example. Add the two, and take half of it for the mean.",
        ),
    ),
    Exercise(
        "7.11",
        "When rows look at each other",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=8,
        kind=Derivation("7.11"),
        praise="Centred forward, centred backward: a row now hears from the others, as in batch normalization.",
        hints=(
            "In how many places does this z occur? Write out all three centred values before you count.",
            "It is in its own row directly, and by way of the mean in every row. What is the slope of the mean in "
            "one of the three?",
            "Direct path: the slope d_1 as it is. Through the mean: into it with a third, then out into each row with "
            "a minus, so that minus a third of each of the three slopes comes back. Add.",
        ),
    ),
    Exercise(
        "7.12",
        "Is a large batch harmful?",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Essay(
            (
                "Says that a larger batch needs a smaller learning rate, without a reason.",
                "Says that the sum, and with it the step, has become about ten times as large, and stops there, or "
                "repairs it without saying why the repair works.",
                "Explains why the longer step makes the loss rise, and gives a repair that is exact: the mean, or a "
                "rate divided by the batch size.",
                "Does that, and says what a larger batch really changes once the mean is taken: less noise for more "
                "arithmetic a step, and fewer steps.",
            )
        ),
        praise="",
        hints=(
            "Take a batch of twenty, and put every example into it ten times. What has become of the sum, what of "
            "the mean?",
            "The direction is nearly the same in both, the length is not. What does a step do that is ten times too "
            "long for its valley?",
            "Divide, once, and ask again what differs between twenty and two hundred: how sure is the direction, what "
            "does a step cost, how many steps make an epoch?",
        ),
    ),
)
