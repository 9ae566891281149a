"""The exercises of chapter 8, Backpropagation in NumPy.

The network of the coding exercises has any depth, given as a list of pairs (W, b): tanh in the hidden layers, softmax
at the output, and the mean over the batch of the categorical cross-entropy. Examples are rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.activations import sigmoid
from backprop_lab.arrays import Array
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.misconceptions import REVERSED, SAYS
from backprop_lab.course.number import Number
from backprop_lab.course.reading import Rejected
from backprop_lab.course.verdict import wrong
from backprop_lab.gradient_check import numerical_gradient
from backprop_lab.network import Network

__all__ = ["EXERCISES", "LABELS", "PROBABILITIES", "SHARES"]

Piece = Callable[..., Any]
Pieces = Mapping[str, Piece]
Layers = Sequence[tuple[Array, Array]]
Wrong = tuple[str, Pieces, str]

# ------------------------------------------------------------------ 8.1: where a check says wrong

WHERE = {
    "a": ("where", "some gradient does change with this line: follow what reads its result."),
    "b": ("where", "not all six go through this line: which of them never read its result?"),
    "c": ("where", "the biases are not the only ones that read this, or not those that do."),
    "d": ("where", "ask once more which layers read this, on the way back from the output to the input."),
    "e": ("where", "ask once more which arrays of which layers read this."),
    "f": ("where", "ask once more whether the weights of the first layer are alone in reading this."),
}


def where(right: str, **special: tuple[str, str]) -> Choice:
    """Return the choice among the sets of arrays."""
    return Choice.among({**WHERE, **special}, right)


# ------------------------------------------------------------------ 8.2: delta of a softmax by hand

PROBABILITIES = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])
LABELS = (2, 0)


def soft(z: Array) -> Array:
    """Return the softmax of each row."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def two_pictures() -> SimpleNamespace:
    """Return probabilities, one-hot targets and delta of the library."""
    y = np.eye(3)[list(LABELS)]
    identity = Network.from_weights([(np.eye(3), np.zeros(3))], output="softmax", loss="categorical_cross_entropy")
    (layer,) = identity.gradients(np.log(PROBABILITIES), y)
    return SimpleNamespace(a=PROBABILITIES, y=y, delta=layer.delta)


def plain_delta() -> Array:
    """Return the slope of the mean loss in each z, by differences."""

    def loss(z: Array) -> float:
        logs = [math.log(math.exp(row[k]) / sum(map(math.exp, row))) for row, k in zip(z, LABELS, strict=True)]
        return -sum(logs) / len(logs)

    return numerical_gradient(loss, np.log(PROBABILITIES))


# ------------------------------------------------------------------ 8.3: what the biases alone can learn

SHARES = (0.7, 0.2, 0.1)


def plateau() -> SimpleNamespace:
    """Return shares of the classes."""
    return SimpleNamespace(p=np.array(SHARES))


def descended() -> float:
    """Return the loss at which gradient descent in three biases comes to rest, on ten examples."""
    y = np.repeat(np.eye(3), np.round(10 * np.array(SHARES)).astype(int), axis=0)
    b = np.zeros((1, 3))
    for _ in range(400):
        b = b - (soft(b) - y).mean(axis=0)
    return float(-(y * np.log(soft(b))).sum(axis=1).mean())


# ------------------------------------------------------------------ 8.4: one-hot, loss, accuracy


def draw_scores(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return probabilities (N, K), mostly right, and labels (N,)."""
    N, K = widths
    labels = rng.integers(K, size=N).astype(np.intp)
    z = rng.normal(size=(N, K)) + 1.2 * np.eye(K)[labels]
    return {"a": soft(z), "labels": labels}


def as_numbers(inputs: Inputs, result: Any) -> Any:
    """Return the result with truth values as numbers, and arrays of one entry as numbers where a number is expected."""
    if not isinstance(result, tuple | list):
        return result
    values = [v.astype(float) if isinstance(v, np.ndarray) and v.dtype.kind == "b" else v for v in result]
    return tuple(v.item() if k and isinstance(v, np.ndarray) and v.size == 1 else v for k, v in enumerate(values))


RIGHT_SCORE: dict[str, Piece] = {
    "y": lambda a, k: np.eye(a.shape[1])[k],
    "loss": lambda a, k: float(-np.log(a[np.arange(len(a)), k]).mean()),
    "accuracy": lambda a, k: float((a.argmax(axis=1) == k).mean()),
}


def score(**mutated: Piece) -> Callable[..., tuple[Any, ...]]:
    """Return (y, loss, accuracy) with some of them exchanged for wrong ones."""
    pieces = {**RIGHT_SCORE, **mutated}
    return lambda a, labels: tuple(piece(a, labels) for piece in pieces.values())


def score_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with plain loops."""
    a, labels = inputs["a"].tolist(), inputs["labels"].tolist()
    rows = [[1.0 if k == label else 0.0 for k in range(len(row))] for row, label in zip(a, labels, strict=True)]
    yield outputs["y"].tolist() == rows
    total = -sum(math.log(row[label]) for row, label in zip(a, labels, strict=True))
    yield abs(outputs["loss"] - total / len(a)) < 1e-12
    hits = sum(row.index(max(row)) == label for row, label in zip(a, labels, strict=True))
    yield outputs["accuracy"] == hits / len(a)


def picked(a: Array, k: Array) -> Array:
    """Return the probability that each row gives to its label."""
    return np.asarray(a[np.arange(len(a)), k])


FROM_ONE = "You counted the classes from one: a label is the place itself, and the first place is zero."
LOSS_SUM = "Your loss is a sum over the examples: this one is their mean."
SCORE_WRONG: tuple[Wrong, ...] = (
    (
        "mean",
        {"loss": lambda a, k: -np.log(picked(a, k)).sum() / a.shape[1]},
        "You divided the loss by the number of classes: the mean is over the examples.",
    ),
    (
        "mean",
        {"accuracy": lambda a, k: (a.argmax(axis=1) == k).sum() / a.shape[1]},
        "You divided the hits by the number of classes: the share is of the examples.",
    ),
    (
        "axis",
        {"accuracy": lambda a, k: (a.argmax(axis=0)[k] == k).mean()},
        "You asked each class for its example: ask each row for its largest probability.",
    ),
    (
        "clipped",
        {"loss": lambda a, k: -np.log(picked(a, k) + 1e-2).mean()},
        "You added something inside the logarithm, and the loss is another by it.",
    ),
    (
        "clipped",
        {"loss": lambda a, k: -np.log(picked(a, k) + 1e-3).mean()},
        "You added something inside the logarithm, and the loss is another by it.",
    ),
    (
        "clipped",
        {"loss": lambda a, k: -np.log(picked(a, k) + 1e-4).mean()},
        "You added something inside the logarithm, and the loss is another by it.",
    ),
    (
        "clipped",
        {"loss": lambda a, k: -np.log(picked(a, k) + 1e-5).mean()},
        "You added something inside the logarithm, and the loss is another by it.",
    ),
    (
        "axis",
        {"loss": lambda a, k: -np.log(a[:, k]).mean()},
        "Every example has paid for the labels of all: each row has a label of its own.",
    ),
    (
        "axis",
        {"y": lambda a, k: np.repeat(np.isin(np.arange(a.shape[1]), k)[None] * 1.0, len(a), axis=0)},
        "You put a one at every label in every row: each row has a label of its own.",
    ),
    (
        "labels",
        {"loss": lambda a, k: -(k[:, None] * np.log(a)).sum() / len(a)},
        "You weighed with the numbers of the classes: they only name a place.",
    ),
    (
        "softmax",
        {"loss": lambda a, k: -np.log(picked(soft(a), k)).mean()},
        "You took the softmax once more: these are probabilities already.",
    ),
    (
        "mean",
        {"loss": lambda a, k: -np.log(picked(a, k))},
        "Your loss is one number for each example: their mean is still to be taken.",
    ),
    ("off-by-one", {"y": lambda a, k: np.eye(a.shape[1])[k - 1]}, FROM_ONE),
    ("transposed", {"y": lambda a, k: np.eye(a.shape[1])[k].T}, "Each example has a row here, each class a column."),
    (
        "prediction",
        {"y": lambda a, k: np.eye(a.shape[1])[a.argmax(axis=1)]},
        "Your one stands where the network puts its largest probability: the target is what came true.",
    ),
    (
        "prediction",
        {"y": lambda a, k: (a >= 0.5) * 1.0},
        "You made targets out of the probabilities: the target is what came true, whatever the network says.",
    ),
    ("labels", {"y": lambda a, k: np.eye(a.shape[1])[k] * k[:, None]}, "A one marks the class, not its number."),
    ("labels", {"y": lambda a, k: np.eye(a.shape[1])[k] * (k[:, None] + 1)}, "A one marks the class, not its number."),
    ("labels", {"y": lambda a, k: 1 - np.eye(a.shape[1])[k]}, "Zeros and ones are exchanged."),
    ("sum", {"loss": lambda a, k: -np.log(picked(a, k)).sum()}, LOSS_SUM),
    (
        "mean",
        {"loss": lambda a, k: -np.log(picked(a, k)).sum() / a.size},
        "You divided by the number of entries: most of them are zero in a one-hot row, and the mean is over examples.",
    ),
    ("sign", {"loss": lambda a, k: np.log(picked(a, k)).mean()}, "You lost the minus: logarithms of shares are below."),
    ("logarithm", {"loss": lambda a, k: -np.log2(picked(a, k)).mean()}, "You took a logarithm to the base two."),
    ("logarithm", {"loss": lambda a, k: -np.log10(picked(a, k)).mean()}, "You took a logarithm to the base ten."),
    (
        "logarithm",
        {"loss": lambda a, k: -np.log(picked(a, k).mean())},
        "You averaged the probabilities first: each example pays for its own, and the payments are averaged.",
    ),
    (
        "logarithm",
        {"loss": lambda a, k: (1 - picked(a, k)).mean()},
        "You averaged what the probabilities lack to one: the cost is a logarithm.",
    ),
    (
        "binary",
        {"loss": lambda a, k: -(np.log(picked(a, k)) + np.log(1 - a).sum(axis=1) - np.log(1 - picked(a, k))).mean()},
        "That is the binary cross-entropy of every class by itself: with one class among several only the one that "
        "came true is paid for.",
    ),
    (
        "binary",
        {
            "loss": lambda a, k: (
                -(np.log(picked(a, k)) + np.log(1 - a).sum(axis=1) - np.log(1 - picked(a, k))).sum() / a.size
            )
        },
        "That is the binary cross-entropy of every class by itself: with one class among several only the one that "
        "came true is paid for.",
    ),
    (
        "prediction",
        {"loss": lambda a, k: -np.log(a.max(axis=1)).mean()},
        "You charged for the largest probability: what counts is the one that was given to what came true.",
    ),
    (
        "all-classes",
        {"loss": lambda a, k: -np.log(a).sum(axis=1).mean()},
        "You charged for every class: only the probability of what came true is paid for.",
    ),
    (
        "all-classes",
        {"loss": lambda a, k: -np.log(a).mean()},
        "You charged for every class: only the probability of what came true is paid for.",
    ),
    (
        "entropy",
        {"loss": lambda a, k: -(a * np.log(a)).sum(axis=1).mean()},
        "You weighed the logarithms with the probabilities themselves: the weights are the targets.",
    ),
    (
        "squares",
        {"loss": lambda a, k: ((a - np.eye(a.shape[1])[k]) ** 2).sum(axis=1).mean() / 2},
        "That is half the squared error: this loss is a cross-entropy.",
    ),
    (
        "squares",
        {"loss": lambda a, k: ((a - np.eye(a.shape[1])[k]) ** 2).mean()},
        "That is the mean squared error: this loss is a cross-entropy.",
    ),
    ("off-by-one", {"loss": lambda a, k: -np.log(picked(a, k - 1)).mean()}, FROM_ONE),
    (
        "off-by-one",
        {
            "y": lambda a, k: np.eye(a.shape[1])[k - 1],
            "loss": lambda a, k: -np.log(picked(a, k - 1)).mean(),
            "accuracy": lambda a, k: (a.argmax(axis=1) == (k - 1) % a.shape[1]).mean(),
        },
        FROM_ONE,
    ),
    ("off-by-one", {"accuracy": lambda a, k: (a.argmax(axis=1) + 1 == k).mean()}, FROM_ONE),
    (
        "count",
        {"accuracy": lambda a, k: (a.argmax(axis=1) == k).sum() * 1.0},
        "That is how many are right: an accuracy is the share.",
    ),
    (
        "count",
        {"accuracy": lambda a, k: 100 * (a.argmax(axis=1) == k).mean()},
        "That is a number of percent: the share is asked for, from zero to one.",
    ),
    (
        "error-rate",
        {"accuracy": lambda a, k: (a.argmax(axis=1) != k).mean()},
        "That is the share of those that are wrong.",
    ),
    (
        "entries",
        {"accuracy": lambda a, k: (np.eye(a.shape[1])[a.argmax(axis=1)] == np.eye(a.shape[1])[k]).mean()},
        "You counted entries of one-hot rows: most are zero in both, and so agree even where the answer is wrong.",
    ),
    (
        "entries",
        {"accuracy": lambda a, k: ((a >= 0.5) == np.eye(a.shape[1])[k]).mean()},
        "You counted entries on the right side of one half: with several classes the largest probability decides.",
    ),
    (
        "threshold",
        {"accuracy": lambda a, k: (picked(a, k) >= 0.5).mean()},
        "You asked for a probability of one half: with several classes the largest decides, and it may be smaller.",
    ),
    (
        "threshold",
        {"accuracy": lambda a, k: picked(a, k).mean()},
        "You averaged the probabilities of the labels: an accuracy counts, an answer is right or it is not.",
    ),
    (
        "threshold",
        {"accuracy": lambda a, k: a.max(axis=1).mean()},
        "You averaged how sure the network is: an accuracy counts how often it is right.",
    ),
    (
        "axis",
        {"accuracy": lambda a, k: (a.argmax(axis=0) == k).mean()},
        "You looked for the largest in each column: the classes of one example stand in its row.",
    ),
    (
        "argmin",
        {"accuracy": lambda a, k: (a.argmin(axis=1) == k).mean()},
        "You took the smallest probability for the answer.",
    ),
)
SCORE_MISTAKES = (
    *(Mistake(name, score(**pieces), says) for name, pieces, says in SCORE_WRONG),
    Mistake(
        "order",
        lambda a, labels: tuple(score()(a, labels)[k] for k in (0, 2, 1)),
        "Loss and accuracy are swapped.",
    ),
)

# ------------------------------------------------------------------ 8.5 and 8.6: a network of any depth

DEPTHS = ((5, 3, 4, 2), (1, 4, 3, 5, 2), (6, 2, 3))  # examples, then the widths of the layers: two, three, one
SQUARE = (3, 3, 3, 3)


def draw_layers(rng: np.random.Generator, widths: Sequence[int]) -> list[tuple[Array, Array]]:
    """Return a pair (W, b) for each layer."""
    pairs = pairwise(widths)
    return [(1.5 * rng.normal(size=(n_out, n_in)) / math.sqrt(n_in), rng.normal(size=n_out)) for n_in, n_out in pairs]


def draw_deep(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return x and layers for widths (N, n_in, ..., n_out)."""
    return {"x": rng.normal(size=widths[:2]), "layers": draw_layers(rng, widths[1:])}


def draw_back(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return what the way back reads: activations, one-hot targets and layers."""
    x, layers = draw_deep(rng, widths).values()
    y = np.eye(widths[-1])[rng.integers(widths[-1], size=widths[0])]
    return {"activations": plain_forward(x, layers), "y": y, "layers": layers}


def library(layers: Layers) -> Network:
    """Return the library's network of these layers."""
    return Network.from_weights(layers, hidden="tanh", output="softmax", loss="categorical_cross_entropy")


def forward(x: Array, layers: Layers) -> list[Array]:
    """Return the input and all activations, from the library."""
    _, caches = library(layers).forward(x)
    return [x, *(cache.a for cache in caches)]


def backward(activations: list[Array], y: Array, layers: Layers) -> tuple[list[Array], list[Array]]:
    """Return the gradients of all weights and all biases, from the library."""
    gradients = library(layers).gradients(activations[0], y)
    return [each.dW for each in gradients], [each.db for each in gradients]


def forward_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare with loops over numbers."""
    good = True
    for n, row in enumerate(inputs["x"].tolist()):
        for number, (W, b) in enumerate(inputs["layers"], start=1):
            z = [sum(w * v for w, v in zip(weights, row, strict=True)) + c for weights, c in zip(W, b, strict=True)]
            last = number == len(inputs["layers"])
            row = [math.exp(v) / sum(map(math.exp, z)) for v in z] if last else [math.tanh(v) for v in z]
            good = good and np.allclose(outputs["activations"][number][n], row, rtol=1e-9)
    yield good


RIGHT_FORWARD: dict[str, Piece] = {
    "first": lambda x: x,
    "z": lambda a_in, W, b: a_in @ W.T + b,
    "hidden": np.tanh,
    "output": soft,
    "keep": lambda z, a: a,
    "next": lambda x, a: a,
    "is_last": lambda number, count: number == count,
    "all": lambda activations: activations,
}


def plain_forward(x: Array, layers: Layers, pieces: Pieces = RIGHT_FORWARD) -> list[Array]:
    """Return the input and all activations, with pieces that may be wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_FORWARD, **pieces})
    a = piece.first(x)
    activations = [a]
    for number, (W, b) in enumerate(layers, start=1):
        z = piece.z(a, W, b)
        made = piece.output(z) if piece.is_last(number, len(layers)) else piece.hidden(z)
        activations.append(piece.keep(z, made))
        a = piece.next(x, made)
    result: list[Array] = piece.all(activations)
    return result


def logistic(z: Array) -> Array:
    """Return the sigmoid."""
    return np.asarray(sigmoid(z))


FORWARD_WRONG: tuple[Wrong, ...] = (
    ("bias", {"z": lambda a, W, b: a @ W.T + 2 * b}, "You added the biases twice."),
    (
        "output",
        {"output": lambda z: np.eye(z.shape[1])[z.argmax(axis=1)]},
        "Your output says which class: its probabilities are asked for.",
    ),
    (
        "output",
        {"is_last": lambda number, count: number > 1},
        "You have a tanh in the first layer only: all hidden layers are tanh, the softmax is for the last.",
    ),
    ("bias", {"z": lambda a, W, b: a @ W.T}, "You left out the biases."),
    ("bias", {"z": lambda a, W, b: a @ W.T - b}, "You subtracted the biases."),
    ("bias", {"z": lambda a, W, b: (a + b.mean()) @ W.T}, "You added a bias before the weights: it comes after them."),
    ("M8", {"z": lambda a, W, b: a @ W + b}, "The weights are the wrong way round: a row of them belongs to a unit."),
    ("output", {"output": np.tanh}, "You sent the output through a tanh as well: there the softmax belongs."),
    ("output", {"output": logistic}, "You sent the output through a sigmoid: there the softmax belongs."),
    ("output", {"output": lambda z: z}, "The softmax is missing: your last entry holds sums, not probabilities."),
    ("output", {"hidden": soft}, "You sent the hidden layers through a softmax as well: it belongs to the output."),
    ("output", {"output": lambda z: soft(soft(z))}, "You took the softmax twice."),
    ("output", {"output": lambda z: soft(np.tanh(z))}, "You sent the output through a tanh before the softmax."),
    ("output", {"output": lambda z: np.log(soft(z))}, "Your output holds logarithms of probabilities."),
    (
        "output",
        {"output": lambda z: z.argmax(axis=1)},
        "Your output says which class: its probabilities are asked for.",
    ),
    ("hidden", {"hidden": logistic}, "Your hidden units are sigmoids: these are tanh."),
    ("hidden", {"hidden": lambda z: z}, "Your hidden layers have no activation: their sums went on as they were."),
    ("hidden", {"hidden": lambda z: np.maximum(z, 0)}, "Your hidden units are rectified: these are tanh."),
    (
        "axis",
        {"output": lambda z: soft(z.T).T},
        "Your softmax goes down the columns: the classes of an example are a row.",
    ),
    (
        "axis",
        {"output": lambda z: np.exp(z) / np.exp(z).sum()},
        "Your softmax divides by the sum over the whole batch: each row has a sum of its own.",
    ),
    ("softmax", {"output": np.exp}, "Your softmax lacks its sum: the probabilities of a row add up to one."),
    ("softmax", {"output": lambda z: z / z.sum(axis=1, keepdims=True)}, "Your softmax lacks its exponential."),
    (
        "softmax",
        {"output": lambda z: np.exp(z - z.max(axis=1, keepdims=True))},
        "Your softmax lacks its sum: the probabilities of a row add up to one.",
    ),
    ("softmax", {"output": lambda z: soft(-z)}, "Your softmax has a minus in its exponent."),
    (
        "cache",
        {"keep": lambda z, a: z},
        "You kept what each layer receives: what it sends is what the way back and the caller ask for.",
    ),
    (
        "cache",
        {"keep": lambda z, a: a if np.allclose(a.sum(axis=1), 1) else z},
        "You kept what the hidden layers receive: what they send is what the way back asks for.",
    ),
    (
        "hidden",
        {"hidden": lambda z: z, "output": lambda z: z},
        "None of your layers has an activation: the sums went on as they were.",
    ),
    ("cache", {"first": np.tanh}, "You sent the input through an activation: the network gets it as it is."),
    (
        "order",
        {"all": lambda activations: activations[::-1]},
        "Your list begins with the output: the input comes first.",
    ),
    (
        "not-passed-on",
        {"next": lambda x, a: x},
        "Every layer gets the input of the network: it should get what the layer before it sends.",
    ),
    (
        "cache",
        {"all": lambda activations: activations[1:]},
        "Your list begins with the first layer: the input is an entry too, since the way back needs it.",
    ),
    (
        "cache",
        {"all": lambda activations: activations[:-1]},
        "Your list ends before the output: that is an entry too.",
    ),
    (
        "output",
        {"is_last": lambda number, count: number >= count - 1},
        "Your softmax begins one layer too early: only the last layer has it.",
    ),
    (
        "early-return",
        {"all": lambda activations: activations[:2]},
        "You return after the first layer: is the return inside the loop?",
    ),
    (
        "cache",
        {"all": lambda activations: activations[-1:]},
        "Your list holds the output alone: the way back needs what every layer sends.",
    ),
    (
        "cache",
        {"all": lambda activations: activations[1:-1]},
        "Your list holds the hidden layers alone: input and output are entries too.",
    ),
)


def numbered(inputs: Inputs, result: Any) -> Any:
    """Return a list with an entry for each activation, empty where one is missing: so what is missing can be told."""
    if isinstance(result, np.ndarray):
        says = "You return one array: the way back needs what every layer sends, in a list."
        raise Rejected(wrong("cache", says))
    entries = [np.asarray(entry, float) for entry in result]
    return entries + [np.zeros(0)] * (len(inputs["layers"]) + 1 - len(entries))


RIGHT_BACK: dict[str, Piece] = {
    "miss": lambda a, y: (a - y) / len(y),
    "outer": lambda delta, a_in, a: delta.T @ a_in,
    "bias": lambda delta, b: delta.sum(axis=0),
    "carry": lambda delta, W, dW: delta @ W,
    "slope": lambda a: 1 - a**2,
    "slope_of": lambda a_in, a: a_in,
    "both": lambda dWs, dbs: (dWs, dbs),
}


def plain_backward(
    activations: list[Array], y: Array, layers: Layers, pieces: Pieces = RIGHT_BACK
) -> tuple[list[Array], list[Array]]:
    """Return the gradients, with pieces that may be wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_BACK, **pieces})
    delta = piece.miss(activations[-1], y)
    dWs: list[Array] = []
    dbs: list[Array] = []
    for (W, b), a_in, a in reversed(list(zip(layers, activations[:-1], activations[1:], strict=True))):
        dW = piece.outer(delta, a_in, a)
        dWs.insert(0, dW)
        dbs.insert(0, piece.bias(delta, b))
        delta = piece.carry(delta, W, dW) * piece.slope(piece.slope_of(a_in, a))
    result: tuple[list[Array], list[Array]] = piece.both(dWs, dbs)
    return result


def mean_loss(x: Array, y: Array, layers: Layers) -> float:
    """Return the mean of the cross-entropy, by this module's own way forward."""
    return float(-(y * np.log(plain_forward(x, layers)[-1])).sum() / len(y))


def slopes_by_differences(x: Array, y: Array, layers: Layers) -> tuple[list[Array], list[Array]]:
    """Return the gradients by central differences."""

    def of(number: int, place: int) -> Array:
        def loss(value: Array) -> float:
            changed = [list(pair) for pair in layers]
            changed[number][place] = value
            return mean_loss(x, y, [(W, b) for W, b in changed])

        return numerical_gradient(loss, layers[number][place])

    count = range(len(layers))
    return [of(k, 0) for k in count], [of(k, 1) for k in count]


def near(given: Any, expected: Any, rtol: float = 1e-6) -> bool:
    """Say whether two arrays have the same shape and nearly the same entries."""
    return np.shape(given) == np.shape(expected) and np.allclose(given, expected, rtol=rtol, atol=1e-8)


def backward_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare with central differences."""
    expected = slopes_by_differences(inputs["activations"][0], inputs["y"], inputs["layers"])
    for given, slopes in zip(outputs.values(), expected, strict=True):
        yield all(near(g, s, 1e-5) for g, s in zip(given, slopes, strict=True))


TWICE = "You took the mean twice: it is in the delta of the output, and every later line carries it along."
ONE = "Only one example has a say: all of them act through the same weights and biases, and are added up."
AXIS = "You added the bias gradient along the wrong axis: add over the examples, each unit has its own bias."
BACK_WRONG: tuple[Wrong, ...] = (
    (
        "slope",
        {"slope": lambda a: logistic(a) * (1 - logistic(a))},
        "You took the slope of the sigmoid: these units are tanh, whose slope is read off the activation.",
    ),
    ("slope", {"slope": lambda a: (1 - a**2) ** 2}, "You passed each tanh twice: its slope is a factor once."),
    ("factor-2", {"slope": lambda a: (1 - a**2) / 2}, "Each slope of the tanh is halved: there is no half in it."),
    ("M7", {"slope": np.ones_like}, ""),
    ("slope", {"slope": lambda a: a * (1 - a)}, "That is the slope of the sigmoid: these units are tanh."),
    ("slope", {"slope": lambda a: 1 - a}, "You lost the square in the slope of the tanh."),
    ("slope", {"slope": lambda a: 1 + a**2}, "The sign inside your slope of the tanh is wrong: it is largest at zero."),
    ("slope", {"slope": lambda a: a**2}, "Your slope of the tanh is what it lacks to one: it is largest at zero."),
    ("slope", {"slope": lambda a: (a > 0) * 1.0}, "That is the slope of a rectified unit: these units are tanh."),
    (
        "M5",
        {"slope": lambda a: 1 - np.tanh(a) ** 2},
        "You took the tanh of an activation: it is a tanh already, so that its slope needs no other.",
    ),
    ("slope", {"slope": lambda a: a}, "You multiplied by the activation itself, where the slope belongs."),
    ("slope", {"slope": lambda a: 1 / (1 - a**2)}, "You divided by the slope: sensitivities are multiplied."),
    ("M8", {"carry": lambda d, W, dW: d @ W.T}, "On the way back the weights are the wrong way round."),
    ("M6", {"carry": lambda d, W, dW: d @ np.linalg.pinv(W).T}, ""),
    (
        "M1",
        {"carry": lambda d, W, dW: d[:, :1] * W[0]},
        "You followed one path only: a unit acts on every unit above it, and all its paths must be added.",
    ),
    (
        "weights-forgotten",
        {"carry": lambda d, W, dW: np.repeat(d.sum(axis=1)[:, None], W.shape[1], axis=1)},
        "You left out the weights on the way back.",
    ),
    (
        "not-passed-on",
        {"carry": lambda d, W, dW: d @ dW},
        "You went back through the gradient of the weights: it is an end, the way back takes the weights.",
    ),
    ("update-first", {"carry": lambda d, W, dW: d @ (W - dW)}, "You changed weights before the way back used them."),
    (
        "not-passed-on",
        {"carry": lambda d, W, dW: d, "slope": lambda a: 1.0},
        "The delta of the output serves all your layers: each layer has a delta of its own.",
    ),
    (
        "off-by-one",
        {"outer": lambda d, a_in, a: d.T @ a},
        "You multiplied delta by what the layer sends: a weight carries what comes in.",
    ),
    (
        "off-by-one",
        {"slope_of": lambda a_in, a: a},
        "Your slopes are one layer too far up: each belongs to the units that the delta arrives at.",
    ),
    (
        "off-by-one",
        {"slope_of": lambda a_in, a: a, "outer": lambda d, a_in, a: d.T @ a},
        "Your activations are one layer too far up: each layer needs what came in.",
    ),
    ("M8", {"outer": lambda d, a_in, a: a_in.T @ d}, ""),
    (
        "transpose",
        {"outer": lambda d, a_in, a: d @ a_in},
        "You multiplied delta as it lies: its examples must meet the examples of what came in.",
    ),
    (
        "mean-twice",
        {"outer": lambda d, a_in, a: d.T @ a_in / len(d), "bias": lambda d, b: d.mean(axis=0)},
        TWICE,
    ),
    ("mean-twice", {"outer": lambda d, a_in, a: d.T @ a_in / len(d)}, TWICE),
    ("mean-twice", {"bias": lambda d, b: d.mean(axis=0)}, TWICE),
    ("mean-twice", {"carry": lambda d, W, dW: d @ W / len(d)}, TWICE),
    ("M1", {"outer": lambda d, a_in, a: np.outer(d[0], a_in[0]), "bias": lambda d, b: d[0]}, ONE),
    ("M1", {"outer": lambda d, a_in, a: np.outer(d[-1], a_in[-1]), "bias": lambda d, b: d[-1]}, ONE),
    ("M1", {"bias": lambda d, b: d[0]}, ONE),
    (
        "average-first",
        {"outer": lambda d, a_in, a: np.outer(d.sum(axis=0), a_in.mean(axis=0))},
        "You averaged the examples first and multiplied then: each delta belongs with the input of its own example.",
    ),
    ("axis", {"bias": lambda d, b: d.sum(axis=1)}, AXIS),
    ("axis", {"bias": lambda d, b: np.asarray(d.sum())}, f"{AXIS} Yours is added over both axes."),
    ("axis", {"bias": lambda d, b: np.full_like(b, d.sum())}, f"{AXIS} Yours is added over both axes."),
    ("unsummed", {"bias": lambda d, b: d}, "The bias gradient is not added up yet: a bias acts in every row."),
    (
        "keepdims",
        {"bias": lambda d, b: d.sum(axis=0, keepdims=True)},
        "You kept an axis that the bias does not have: a gradient has the shape of its partner.",
    ),
    ("bias", {"bias": lambda d, b: d.sum(axis=0) * b}, "You multiplied the bias gradient by the bias itself."),
    (
        "bias",
        {"bias": lambda d, b: np.ones_like(b)},
        "You stopped at the slope of the pre-activation in the bias: the loss is still some factors away.",
    ),
    ("bias", {"bias": lambda d, b: np.zeros_like(b)}, "Your biases get no gradient: they are learned too."),
    (
        "order",
        {"both": lambda dWs, dbs: (dWs[::-1], dbs[::-1])},
        "Your lists begin with the output layer, where the loop begins: the first layer comes first.",
    ),
    ("swapped", {"both": lambda dWs, dbs: (dbs, dWs)}, "Your two lists are swapped: the weights come first."),
    (
        "shifted",
        {"both": lambda dWs, dbs: (dWs, dbs[::-1])},
        "Only one of your two lists begins with the first layer: both should.",
    ),
)
BACK_MISSES: tuple[tuple[str, Piece, str], ...] = (
    ("sum", lambda a, y: a - y, "That is the gradient of a sum over the examples: the loss is their mean."),
    ("sign", lambda a, y: (y - a) / len(y), "Every sign is turned round: look at how you subtracted."),
    ("factor-2", lambda a, y: 2 * (a - y) / len(y), "Twice too large: there is no square in this loss."),
    ("sum", lambda a, y: y - a, f"That is the gradient of a sum over the examples. {REVERSED}"),
    (
        "mean",
        lambda a, y: (a - y) / y.size,
        "You divided by the number of entries: the mean is over the examples, which are rows.",
    ),
    ("mean", lambda a, y: (a - y) / y.shape[1], "You divided by the number of classes: the mean is over the examples."),
    (
        "extra-slope",
        lambda a, y: (a - y) / len(y) * a * (1 - a),
        "You multiplied the delta of the output by one more slope: in this pair of softmax and loss it has cancelled.",
    ),
    (
        "extra-slope",
        lambda a, y: (a - y) / len(y) * (1 - a**2),
        "You multiplied the delta of the output by the slope of a tanh: the output is a softmax, and its slope is in "
        "this difference already.",
    ),
    (
        "half-way",
        lambda a, y: -y / a / len(y),
        "You stopped at the probabilities: delta is the slope in z, on the other side of the softmax.",
    ),
    (
        "half-way",
        lambda a, y: -y / a / len(y) * a * (1 - a),
        "You gave the softmax a slope place by place: each of its outputs depends on every z of the row.",
    ),
    (
        "M13 loss",
        lambda a, y: (a - y) ** 2 / len(y),
        "You squared the miss: that is a cost, and its slope belongs here.",
    ),
    ("targets", lambda a, y: a / len(y), "You left out the targets."),
    (
        "M13 loss",
        lambda a, y: -y * np.log(a) / len(y),
        "You took the loss itself, where its slope belongs.",
    ),
)


def back(**pieces: Piece) -> Callable[..., Any]:
    """Return a way back with these wrong pieces."""
    return lambda activations, y, layers: plain_backward(activations, y, layers, pieces)


def stepped(activations: list[Array], y: Array, layers: Layers) -> tuple[list[Array], list[Array]]:
    """Return new parameters where the gradients are asked for."""
    new = moved(layers, backward(activations, y, layers), 1.0)
    return [W for W, _ in new], [b for _, b in new]


BACK_MISTAKES = (
    Mistake("M9", stepped, "Those are parameters after a step: the gradients are asked for."),
    *(Mistake(name, back(miss=piece), says) for name, piece, says in BACK_MISSES),
    *(Mistake(name, back(**pieces), says) for name, pieces, says in BACK_WRONG),
    *(
        Mistake(name, back(**pieces, miss=BACK_MISSES[1][1]), f"{says or SAYS[name]} {REVERSED}")
        for name, pieces, says in BACK_WRONG
    ),
    *(
        Mistake(name, back(**pieces, miss=BACK_MISSES[0][1]), f"{says or SAYS[name]} Besides, the mean is missing.")
        for name, pieces, says in BACK_WRONG
        if name not in ("mean-twice", "average-first", "update-first", "M6")
    ),
)


def no_pairs(inputs: Inputs, result: Any) -> Any:
    """Return the result, unless it is a list with a pair for each layer."""
    pairs = isinstance(result, tuple | list) and all(isinstance(p, tuple | list) and len(p) == 2 for p in result)
    if pairs and [[np.ndim(part) for part in pair] for pair in result] == [[2, 1]] * len(inputs["layers"]):
        raise Rejected(wrong("pairs", "You return a pair for each layer: asked for are two lists, of dW and of db."))
    return result


# ------------------------------------------------------------------ 8.7: the training loop


def draw_training(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a small data set, layers, an order for each epoch, a batch size that does not fit, and a rate."""
    N, batch_size, epochs, *sizes = widths
    return {
        "x": rng.normal(size=(N, sizes[0])),
        "y": np.eye(sizes[-1])[rng.integers(sizes[-1], size=N)],
        "layers": draw_layers(rng, sizes),
        "orders": [rng.permutation(N) for _ in range(epochs)],
        "batch_size": batch_size,
        "learning_rate": float(rng.uniform(0.3, 0.9)),
    }


def train(
    x: Array, y: Array, layers: Layers, orders: list[Array], batch_size: int, learning_rate: float
) -> tuple[list[Array], list[Array], list[float]]:
    """Return weights, biases and losses, with the gradients of the library."""
    network, losses = library(layers), []
    for order in orders:
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            loss, gradients = network.loss_and_gradients(x[rows], y[rows])
            losses.append(loss)
            network.parameters = network.parameters - learning_rate * gradients.vector
    return [layer.W.copy() for layer in network.layers], [layer.b.copy() for layer in network.layers], losses


def train_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare with a loop whose gradients are central differences."""
    x, y, layers, orders, size, rate = inputs.values()
    losses = []
    for order in orders:
        waiting = list(order)
        while waiting:
            rows, waiting = waiting[:size], waiting[size:]
            losses.append(mean_loss(x[rows], y[rows], layers))
            dWs, dbs = slopes_by_differences(x[rows], y[rows], layers)
            layers = [(W - rate * dW, b - rate * db) for (W, b), dW, db in zip(layers, dWs, dbs, strict=True)]
    yield all(near(g, W) for g, (W, _) in zip(outputs["W"], layers, strict=True))
    yield all(near(g, b) for g, (_, b) in zip(outputs["b"], layers, strict=True))
    yield near(outputs["losses"], losses)


def slices(order: Array, size: int) -> list[Array]:
    """Return an order cut into pieces, the last of which may be shorter."""
    return [order[start : start + size] for start in range(0, len(order), size)]


def gradient_of(x: Array, y: Array, now: Layers, epoch: Layers, rate: float) -> Any:
    """Return the gradients of a mini-batch at the weights of now."""
    return plain_backward(plain_forward(x, now), y, now)


def moved(layers: Layers, gradients: Any, rate: float) -> list[tuple[Array, Array]]:
    """Return the layers after a step."""
    return [(W - rate * dW, b - rate * db) for (W, b), dW, db in zip(layers, *gradients, strict=True)]


RIGHT_LOOP: dict[str, Piece] = {
    "orders": lambda orders: orders,
    "cut": slices,
    "targets": lambda y, rows, order: y[rows],
    "gradients": gradient_of,
    "collected": lambda new, old: new,
    "rate": lambda rate, rows, size: rate,
    "rate_of": lambda rate, N: rate,
    "step": moved,
    "loss": lambda x, y, before, after, X, Y, size: mean_loss(x, y, before),
    "stop": lambda batch, epoch: False,
    "losses": lambda losses, count: losses,
    "end": lambda layers, start: layers,
    "give": lambda Ws, bs, losses: (Ws, bs, losses),
}


def loop(**mutated: Piece) -> Callable[..., Any]:
    """Return a training loop with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_LOOP, **mutated})

    def run(
        x: Array, y: Array, layers: Layers, orders: list[Array], batch_size: int, learning_rate: float
    ) -> tuple[Any, ...]:
        now, losses, old = list(layers), [], None
        for number, order in enumerate(piece.orders(orders)):
            epoch = now
            for place, rows in enumerate(piece.cut(order, batch_size)):
                targets = piece.targets(y, rows, order)
                old = piece.collected(piece.gradients(x[rows], targets, now, epoch, learning_rate), old)
                after = piece.step(now, old, piece.rate_of(piece.rate(learning_rate, rows, batch_size), len(x)))
                losses.append(piece.loss(x[rows], targets, now, after, x, y, batch_size))
                now = after
                if piece.stop(place, number):
                    return [W for W, _ in now], [b for _, b in now], losses
        now = piece.end(now, layers)
        recorded = piece.losses(losses, len(orders))
        result: tuple[Any, ...] = piece.give([W for W, _ in now], [b for _, b in now], recorded)
        return result

    return run


def out_of_step(y: Array, rows: Array, order: Array) -> Array:
    """Return targets in the order of the data, for inputs that were shuffled."""
    start = int(np.flatnonzero(order == rows[0])[0])
    return y[start : start + len(rows)]


def summed(new: Any, old: Any) -> Any:
    """Return gradients on top of those of all batches before."""
    return (
        new
        if old is None
        else tuple([n + o for n, o in zip(*both, strict=True)] for both in zip(new, old, strict=True))
    )


def stepped_layer_by_layer(x: Array, y: Array, now: Layers, epoch: Layers, rate: float) -> Any:
    """Return gradients whose way back reads weights after a step."""
    return plain_backward(plain_forward(x, now), y, now, {"carry": lambda d, W, dW: d @ (W - rate * dW)})


def shuffled_again(orders: list[Array]) -> list[Array]:
    """Return orders of data that stay shuffled from one epoch to the next."""
    result = [orders[0]]
    for order in orders[1:]:
        result.append(result[-1][order])
    return result


def weights_only(layers: Layers, gradients: Any, rate: float) -> list[tuple[Array, Array]]:
    """Return the layers after a step of the weights alone."""
    return [(W, b) for (W, _), (_, b) in zip(moved(layers, gradients, rate), layers, strict=True)]


def biases_only(layers: Layers, gradients: Any, rate: float) -> list[tuple[Array, Array]]:
    """Return the layers after a step of the biases alone."""
    return [(W, b) for (_, b), (W, _) in zip(moved(layers, gradients, rate), layers, strict=True)]


def last_layer_only(layers: Layers, gradients: Any, rate: float) -> list[tuple[Array, Array]]:
    """Return the layers after a step of the last one alone."""
    return [*layers[:-1], moved(layers, gradients, rate)[-1]]


def with_back(**pieces: Piece) -> Piece:
    """Return gradients with wrong pieces in the way back."""
    return lambda x, y, now, epoch, rate: plain_backward(plain_forward(x, now), y, now, pieces)


ORDER = "Your order is not the one that was given"
LOOP_WRONG: tuple[Wrong, ...] = (
    (
        "out-of-step",
        {"orders": shuffled_again, "targets": out_of_step},
        "The inputs are shuffled, the targets are not: both have to take the same rows.",
    ),
    (
        "order",
        {"orders": lambda orders: [order[order] for order in orders]},
        "Your rows are shuffled twice: when the data were put in order, and again when the mini-batches were cut.",
    ),
    (
        "order",
        {"orders": lambda orders: [rows[order] for rows, order in zip(shuffled_again(orders), orders, strict=True)]},
        "Your rows are shuffled twice: when the data were put in order, and again when the mini-batches were cut.",
    ),
    (
        "loss-sum",
        {"loss": lambda x, y, before, after, X, Y, size: mean_loss(x, y, before) * len(x) / len(X)},
        "You divided the loss by the number of all examples: the mean is over those of the mini-batch.",
    ),
    (
        "ascent",
        {
            "step": lambda layers, g, rate: [
                (W - rate * dW, b + rate * db) for (W, b), dW, db in zip(layers, *g, strict=True)
            ]
        },
        "Your biases go uphill: both steps go against the gradient.",
    ),
    (
        "ascent",
        {
            "step": lambda layers, g, rate: [
                (W + rate * dW, b - rate * db) for (W, b), dW, db in zip(layers, *g, strict=True)
            ]
        },
        "Your weights go uphill: both steps go against the gradient.",
    ),
    (
        "prediction",
        {"loss": lambda x, y, before, after, X, Y, size: -np.log(plain_forward(x, before)[-1].max(axis=1)).mean()},
        "You charged for the largest probability: what counts is the one that was given to what came true.",
    ),
    (
        "skipped",
        {"cut": lambda order, size: slices(order, size)[:1]},
        "You use the first mini-batch of each epoch only: cut the whole order.",
    ),
    (
        "skipped",
        {"cut": lambda order, size: slices(order, size)[1:]},
        "You leave out the first mini-batch of each epoch: where does your range begin?",
    ),
    (
        "loss-after",
        {"loss": lambda x, y, before, after, X, Y, size: mean_loss(x, y, after)},
        "You recorded the loss after the step: asked for is what the mini-batch cost before it.",
    ),
    (
        "loss-of-all",
        {"loss": lambda x, y, before, after, X, Y, size: mean_loss(X, Y, before)},
        "You recorded the loss of the whole data set: asked for is that of the mini-batch.",
    ),
    (
        "loss-of-all",
        {"loss": lambda x, y, before, after, X, Y, size: mean_loss(X, Y, after)},
        "You recorded the loss of the whole data set, after the step: asked for is that of the mini-batch, before it.",
    ),
    (
        "loss-sum",
        {"loss": lambda x, y, before, after, X, Y, size: mean_loss(x, y, before) * len(x)},
        "You recorded a sum over the examples: the loss of a mini-batch is a mean.",
    ),
    (
        "loss-sum",
        {"loss": lambda x, y, before, after, X, Y, size: mean_loss(x, y, before) / y.shape[1]},
        "You divided the loss by the number of classes too: the mean is over the examples.",
    ),
    (
        "sign",
        {"loss": lambda x, y, before, after, X, Y, size: -mean_loss(x, y, before)},
        "Your losses are negative: the minus before the logarithm is lost.",
    ),
    (
        "loss-sum",
        {"loss": lambda x, y, before, after, X, Y, size: mean_loss(x, y, before) * len(x) / size},
        "You divided the loss by the batch size in the last mini-batch too: it has fewer examples.",
    ),
    (
        "loss-sum",
        {"losses": lambda losses, count: np.cumsum(losses)},
        "Your losses add up from one mini-batch to the next: each is the loss of its own.",
    ),
    *(
        (
            "other-loss",
            {"loss": lambda x, y, before, after, X, Y, size, of=of: of(plain_forward(x, before)[-1], y)},
            "You recorded another loss than the one that is minimized, the categorical cross-entropy.",
        )
        for of in (
            lambda a, y: ((a - y) ** 2).sum(axis=1).mean() / 2,
            lambda a, y: ((a - y) ** 2).sum(axis=1).mean(),
            lambda a, y: ((a - y) ** 2).mean(),
            lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)).mean(),
            lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum(axis=1).mean(),
        )
    ),
    (
        "epoch-losses",
        {"losses": lambda losses, count: losses[-(len(losses) // count) :]},
        "Only the losses of the last epoch are there: the list begins anew in each.",
    ),
    (
        "epoch-losses",
        {"losses": lambda losses, count: np.reshape(losses, (count, -1)).mean(axis=1)},
        "You recorded one loss for each epoch: asked for is one for each mini-batch.",
    ),
    (
        "epoch-losses",
        {"losses": lambda losses, count: losses[len(losses) // count - 1 :: len(losses) // count]},
        "You recorded the loss of the last mini-batch of each epoch only.",
    ),
    (
        "short-batch",
        {"cut": lambda order, size: [rows for rows in slices(order, size) if len(rows) == size]},
        "The last mini-batch of an epoch is left out, because it is shorter: its examples are never used.",
    ),
    (
        "short-batch",
        {"cut": lambda order, size: [order[k : k + size] for k in range(0, len(order) - 1, size)]},
        "A last mini-batch of a single example is left out: where does your range end?",
    ),
    *(
        (
            "off-by-one",
            {"cut": lambda order, size, cut=cut: [order[k : k + cut(size)] for k in range(0, len(order), size)]},
            "Your mini-batches have one example too many or too few: where does a slice end?",
        )
        for cut in (lambda size: size - 1, lambda size: size + 1)
    ),
    (
        "off-by-one",
        {"cut": lambda order, size: [order[k : k + size] for k in range(1, len(order), size)]},
        "The first example of each order is left out: where does your range begin?",
    ),
    (
        "overlap",
        {"cut": lambda order, size: [order[k : k + size] for k in range(len(order))]},
        "Your mini-batches overlap: the next one begins where the last one ended.",
    ),
    (
        "short-batch",
        {"rate": lambda rate, rows, size: rate * len(rows) / size},
        "You divided by the batch size in the last mini-batch too: it has fewer examples, and its mean is over those.",
    ),
    (
        "whole-batch",
        {"cut": lambda order, size: [order]},
        "You made one step an epoch, with all examples: the step belongs after each mini-batch.",
    ),
    (
        "whole-batch",
        {"cut": lambda order, size: [order] * len(slices(order, size))},
        "Every step uses all examples: it should use those of its mini-batch alone.",
    ),
    (
        "swapped",
        {"give": lambda Ws, bs, losses: (bs, Ws, losses)},
        "Your two lists of parameters are swapped: the weights come first.",
    ),
    ("order", {"orders": lambda orders: [np.sort(o) for o in orders]}, f"{ORDER}: the data are cut as they lie."),
    ("order", {"orders": lambda orders: [orders[0]] * len(orders)}, f"{ORDER}: all epochs use the first."),
    ("order", {"orders": lambda orders: [np.argsort(o) for o in orders]}, f"{ORDER}, but its inverse."),
    ("order", {"orders": lambda orders: [o[::-1] for o in orders]}, f"{ORDER}, but its reverse."),
    (
        "order",
        {"orders": lambda orders: orders[::-1]},
        f"{ORDER}: the epochs are in the reverse order.",
    ),
    (
        "order",
        {"orders": shuffled_again},
        f"{ORDER}: from the second epoch on you shuffle what is shuffled already, so keep the data as they came.",
    ),
    (
        "out-of-step",
        {"targets": out_of_step},
        "Inputs and targets are out of step: the inputs are shuffled, the targets are not.",
    ),
    ("ascent", {"rate": lambda rate, rows, size: -rate}, ""),
    ("learning-rate", {"rate": lambda rate, rows, size: 1.0}, ""),
    ("learning-rate", {"rate": lambda rate, rows, size: 1 / rate}, "You divided by the learning rate."),
    (
        "mean-twice",
        {"rate": lambda rate, rows, size: rate / len(rows)},
        "You divided by the number of examples in the step: the mean is in the gradient already.",
    ),
    (
        "mean-twice",
        {"rate": lambda rate, rows, size: rate / size},
        "You divided by the batch size in the step: the mean is in the gradient already.",
    ),
    (
        "mean-twice",
        {"rate_of": lambda rate, N: rate / N},
        "You divided by the number of all examples in the step: the mean over the mini-batch is in the gradient.",
    ),
    (
        "sum",
        {"rate": lambda rate, rows, size: rate * len(rows)},
        "Your step is that of a sum over the mini-batch: the loss is its mean.",
    ),
    ("early-return", {"stop": lambda batch, epoch: True}, "You return inside the loop, after the first step."),
    (
        "early-return",
        {"orders": lambda orders: orders[:1]},
        "You return after the first epoch: is the return inside the loop?",
    ),
    (
        "last-epoch",
        {"orders": lambda orders: orders[:-1]},
        "The last epoch is left out: where does your loop end?",
    ),
    (
        "stale",
        {"gradients": lambda x, y, now, epoch, rate: plain_backward(plain_forward(x, epoch), y, now)},
        "The way forward runs before the mini-batches, once an epoch: from the second step on its activations are "
        "those of old weights.",
    ),
    (
        "stale",
        {"gradients": lambda x, y, now, epoch, rate: plain_backward(plain_forward(x, epoch), y, epoch)},
        "All gradients of an epoch are those of the weights at its start: after each step they change.",
    ),
    (
        "stale",
        {
            "gradients": lambda x, y, now, epoch, rate: plain_backward(plain_forward(x, epoch), y, epoch),
            "loss": lambda x, y, before, after, X, Y, size: mean_loss(x, y, before),
            "orders": lambda orders: [np.concatenate(orders)],
        },
        "All your gradients are those of the weights at the start: after each step they change.",
    ),
    (
        "M3",
        {"collected": summed},
        "Gradients of earlier mini-batches are still in there: each step starts from nothing.",
    ),
    ("update-first", {"gradients": stepped_layer_by_layer}, "You changed weights before the way back used them."),
    ("no-step", {"end": lambda layers, start: start}, "These are the old parameters: the steps were lost on the way."),
    (
        "no-step",
        {"step": lambda layers, gradients, rate: layers},
        "These are the old parameters, and your losses are theirs too: no step was made.",
    ),
    ("bias", {"step": weights_only}, "Your biases stay as they are: they are learned too."),
    ("weights", {"step": biases_only}, "Your weights stay as they are: only the biases learn."),
    ("weights", {"step": last_layer_only}, "Only the last layer learns: each layer makes its step."),
    (
        "M9",
        {"step": lambda layers, gradients, rate: list(zip(*gradients, strict=True))},
        "You put the gradients in the place of the parameters: the step has yet to be taken.",
    ),
    ("M7", {"gradients": with_back(slope=np.ones_like)}, ""),
    ("mean-twice", {"gradients": with_back(bias=lambda d, b: d.mean(axis=0))}, TWICE),
    (
        "ascent",
        {
            "rate": lambda rate, rows, size: -rate,
            "loss": lambda x, y, before, after, X, Y, size: mean_loss(x, y, after),
        },
        f"{SAYS['ascent']} Besides, the losses are taken after the steps.",
    ),
)
LOOP_MISTAKES = tuple(Mistake(name, loop(**pieces), says) for name, pieces, says in LOOP_WRONG)


def losses_as_array(inputs: Inputs, result: Any) -> Any:
    """Return the result with its last entry as one array, so that too few losses can be recognised."""
    if not isinstance(result, tuple | list) or len(result) < 2:
        return result
    try:
        losses = np.array([np.asarray(loss, float).item() for loss in result[-1]])
    except (TypeError, ValueError):
        return result
    return (*result[:-1], losses)


# ------------------------------------------------------------------ 8.8: find the bug in a training loop

LOOP_BUGS = {
    "a": ("no-bug", "something is wrong here: go through two mini-batches by hand."),
    "b": ("out-of-step", "examples and targets are taken from the same rows."),
    "c": ("short-batch", "every example is used, the last ones of an epoch too."),
    "d": ("stale", "the activations are those of the weights of now."),
    "e": ("M3", "each step uses the gradients of its own mini-batch alone."),
    "f": ("update-first", "no weight changes between a way forward and the end of its way back."),
}


def loop_bug(right: str) -> Choice:
    """Return the choice among all bugs."""
    return Choice(right, {letter: reason for letter, reason in LOOP_BUGS.items() if letter != right})


# ------------------------------------------------------------------ 8.9: a loop to repair

OLD = ("W1", "b1", "W2", "b2")


def draw_learning(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return data of two classes, the parameters of two layers, a rate and a number of steps."""
    N, n_in, n_hidden, steps = widths
    (W1, b1), (W2, b2) = draw_layers(rng, (n_in, n_hidden, 1))
    return {
        "x": rng.normal(size=(N, n_in)),
        "y": (rng.permutation(N)[:, np.newaxis] % 2).astype(float),
        "W1": W1,
        "b1": b1,
        "W2": W2,
        "b2": b2,
        "learning_rate": float(rng.uniform(0.4, 0.9)),
        "steps": steps,
    }


def learn(x: Array, y: Array, *rest: Any, **named: Any) -> tuple[Any, ...]:
    """Return the four parameters and the losses, with the gradients of the library."""
    W1, b1, W2, b2, rate, steps = (*rest, *named.values())
    network = Network.from_weights([(W1, b1), (W2, b2)], hidden="tanh", loss="binary_cross_entropy")
    losses = []
    for _ in range(steps):
        loss, gradients = network.loss_and_gradients(x, y)
        losses.append(loss)
        network.parameters = network.parameters - rate * gradients.vector
    first, second = network.layers
    return first.W.copy(), first.b.copy(), second.W.copy(), second.b.copy(), losses


def binary_loss(x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> float:
    """Return the mean of the binary cross-entropy, written out once more."""
    z = np.tanh(x @ W1.T + b1) @ W2.T + b2
    return float(np.mean(np.logaddexp(0, z) - y * z))


def binary_loss_in(place: int, x: Array, y: Array, theta: list[Array]) -> Callable[[Array], float]:
    """Return the loss as a function of one of the four parameters."""

    def loss(value: Array) -> float:
        W1, b1, W2, b2 = tuple([*theta[:place], value, *theta[place + 1 :]])
        return binary_loss(x, y, W1, b1, W2, b2)

    return loss


def learn_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare with steps along central differences."""
    x, y, *theta, rate, steps = inputs.values()
    losses = []
    for _ in range(steps):
        losses.append(binary_loss(x, y, *theta))
        slopes = [numerical_gradient(binary_loss_in(k, x, y, theta), theta[k]) for k in range(4)]
        theta = [p - rate * slope for p, slope in zip(theta, slopes, strict=True)]
    for name, value in zip(OLD, theta, strict=True):
        yield near(outputs[f"new_{name}"], value)
    yield near(outputs["losses"], losses)


RIGHT_LEARN: dict[str, Piece] = {
    "cache": lambda now, start: now,
    "carry": lambda delta2, W2, new_W2, dW2: delta2 @ W2,
    "steps": range,
    "miss": lambda a2, y: (a2 - y) / len(y),
    "slope": lambda a1: 1 - a1**2,
    "new": lambda p, dp, rate: p - rate * dp,
    "hidden": np.tanh,
    "a1": lambda now, start: now,
    "bias1": lambda delta1: delta1.sum(axis=0),
    "end": lambda theta, start: theta,
    "scale1": lambda gradient, n: gradient,
    "scale2": lambda gradient, n: gradient,
    "loss": lambda before, after, n: before,
    "stop": lambda k: False,
    "cost": lambda a2, y: -np.mean(y * np.log(a2) + (1 - y) * np.log(1 - a2)),
}


def learning(**mutated: Piece) -> Callable[..., tuple[Any, ...]]:
    """Return the loop with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_LEARN, **mutated})

    def run(
        x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array, learning_rate: float, steps: int
    ) -> tuple[Any, ...]:
        start = theta = [W1, b1, W2, b2]
        losses = []
        for k in piece.steps(steps):
            W1, b1, W2, b2 = piece.cache(theta, start)
            a1 = piece.hidden(x @ piece.a1(W1, start[0]).T + piece.a1(b1, start[1]))
            a2 = sigmoid(a1 @ W2.T + b2)
            delta2 = piece.miss(a2, y)
            W2 = theta[2]
            dW2 = delta2.T @ a1
            delta1 = piece.carry(delta2, W2, piece.new(W2, dW2, learning_rate), dW2) * piece.slope(a1)
            first = [piece.scale1(g, len(x)) for g in (delta1.T @ x, piece.bias1(delta1))]
            slopes = [*first, *(piece.scale2(g, len(x)) for g in (dW2, delta2.sum(axis=0)))]
            before = piece.cost(a2, y)
            theta = [piece.new(p, dp, learning_rate) for p, dp in zip(theta, slopes, strict=True)]
            theta = piece.end(theta, start)
            losses.append(piece.loss(before, binary_loss(x, y, *theta), len(x)))
            if piece.stop(k):
                break
        return *theta, losses

    return run


STALE: Pieces = {"cache": lambda now, start: start}
EARLY: Pieces = {"carry": lambda delta2, W2, new_W2, dW2: delta2 @ new_W2}
SHORT: Pieces = {"steps": lambda steps: range(1, steps)}
STALE_SAYS = "The way forward stands before the loop, so its activations stay those of the first weights."
EARLY_SAYS = "The way back reads weights of the output that have been changed already."
SHORT_SAYS = "The loop makes one step too few: count its turns."
LEARN_WRONG: tuple[Wrong, ...] = (
    (
        "bias",
        {"end": lambda theta, start: [*theta[:3], start[3]]},
        "The bias of the output stays as it was: it makes its steps too.",
    ),
    (
        "bias",
        {"end": lambda theta, start: [theta[0], start[1], *theta[2:]]},
        "The biases of the hidden layer stay as they were: they make their steps too.",
    ),
    ("stale", STALE, f"Two bugs are gone. {STALE_SAYS}"),
    ("update-first", EARLY, f"Two bugs are gone. {EARLY_SAYS}"),
    ("off-by-one", SHORT, f"Two bugs are gone. {SHORT_SAYS}"),
    ("two-left", {**STALE, **EARLY}, f"One bug is gone. {STALE_SAYS} {EARLY_SAYS}"),
    ("two-left", {**STALE, **SHORT}, f"One bug is gone. {STALE_SAYS} {SHORT_SAYS}"),
    ("two-left", {**EARLY, **SHORT}, f"One bug is gone. {EARLY_SAYS} {SHORT_SAYS}"),
    ("three-left", {**STALE, **EARLY, **SHORT}, "All three bugs are still there."),
    ("off-by-one", {"steps": lambda steps: range(steps + 1)}, "Now the loop makes one step too many: count its turns."),
    (
        "early-return",
        {"stop": lambda k: True},
        "The return stands inside the loop: it ends after a single step.",
    ),
    (
        "sign",
        {"new": lambda p, dp, rate: p + rate * dp},
        "Your steps go uphill: the gradient points to where the loss grows.",
    ),
    ("sum", {"miss": lambda a2, y: a2 - y}, "The mean over the batch is gone."),
    (
        "mean-twice",
        {"miss": lambda a2, y: (a2 - y) / len(y) ** 2},
        "You took the mean twice: once it is in the delta of the output.",
    ),
    ("mean-twice", {"scale1": lambda g, n: g / n}, "You took the mean twice in the first layer."),
    ("mean-twice", {"scale2": lambda g, n: g / n}, "You took the mean twice in the second layer."),
    ("learning-rate", {"new": lambda p, dp, rate: p - dp}, ""),
    ("M7", {"slope": np.ones_like}, ""),
    ("slope", {"slope": lambda a1: a1 * (1 - a1)}, "That is the slope of the sigmoid: the hidden units are tanh."),
    ("slope", {"slope": lambda a1: 1 - a1}, "You lost the square in the slope of the tanh."),
    (
        "extra-slope",
        {"miss": lambda a2, y: (a2 - y) / len(y) * a2 * (1 - a2)},
        "You put a slope into the delta of the output: with this loss it has cancelled.",
    ),
    (
        "not-passed-on",
        {"carry": lambda delta2, W2, new_W2, dW2: delta2 @ dW2},
        "You went back through the gradient of the weights: it is an end, the way back takes the weights.",
    ),
    (
        "weights-forgotten",
        {"carry": lambda delta2, W2, new_W2, dW2: np.repeat(delta2, W2.shape[1], axis=1)},
        "You left out the weights on the way back.",
    ),
    (
        "stale",
        {"a1": lambda now, start: start},
        "The hidden activations are made before the loop, so they stay those of the first weights.",
    ),
    ("hidden", {"hidden": logistic}, "Your hidden units are sigmoids on the way forward: these are tanh."),
    (
        "hidden",
        {"hidden": logistic, "slope": lambda a1: a1 * (1 - a1)},
        "Your hidden units have become sigmoids: these are tanh.",
    ),
    ("axis", {"bias1": lambda delta1: delta1.sum()}, "All hidden biases get the same: each unit has one of its own."),
    ("mean-twice", {"bias1": lambda delta1: delta1.mean(axis=0)}, "A bias gradient takes the mean a second time."),
    ("weights", {"end": lambda theta, start: [*theta[:2], *start[2:]]}, "The output layer makes no step."),
    ("weights", {"end": lambda theta, start: [*start[:2], *theta[2:]]}, "The hidden layer makes no step."),
    *(
        (
            "other-loss",
            {"cost": cost},
            "You recorded another loss than the one that is minimized, the binary cross-entropy with both its terms.",
        )
        for cost in (
            lambda a2, y: -np.mean(y * np.log(a2)),
            lambda a2, y: np.mean((a2 - y) ** 2),
            lambda a2, y: np.mean((a2 - y) ** 2) / 2,
        )
    ),
    (
        "loss-after",
        {"loss": lambda before, after, n: after},
        "Your losses are those after the steps: asked for is the loss before each of them.",
    ),
    (
        "loss-sum",
        {"loss": lambda before, after, n: before * n},
        "Your losses are sums over the examples: this loss is a mean.",
    ),
    (
        "sign",
        {"loss": lambda before, after, n: -before},
        "Your losses are negative: the minus before the logarithm is lost.",
    ),
)
LEARN_MISTAKES = tuple(Mistake(name, learning(**pieces), says) for name, pieces, says in LEARN_WRONG)


# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "8.1",
        "Where will it say wrong?",
        rung="predict",
        points=5,
        difficulty=2,
        minutes=8,
        kind=Parts(
            {
                "A": where("b", c=("where", "the missing mean travels with delta: what reads a delta?")),
                "B": where("c", b=("where", "the weights do not read this sum. Which arrays do?")),
                "C": where(
                    "a",
                    **dict.fromkeys(
                        "bcdef",
                        (
                            "M9",
                            "the step uses the gradient, it does not make it: a wrong step leaves the gradient right.",
                        ),
                    ),
                ),
                "D": where(
                    "d",
                    b=("update-first", "the gradients of layer 3 were complete before its weights were changed."),
                    e=("update-first", "the first delta that reads the changed weights is that of layer 2."),
                    a=("update-first", "the way back reads these weights after they were changed."),
                ),
                "E": where(
                    "f",
                    a=("cache", "the list holds the array itself, not a copy: what changes x changes the cache."),
                    e=("cache", "the bias gradient does not read what came in. Which array does?"),
                    b=("cache", "the way forward was complete before the change: which line of the way back reads x?"),
                ),
            }
        ),
        praise="Which gradients are wrong tells where the bug sits: each line has its readers, and no others.",
        hints=(
            "For each change ask: which line of the way back reads the result, and which read what that line makes?",
            "Every delta is made from the one above it. Each weight gradient reads a delta and what came in; each "
            "bias gradient reads a delta alone.",
            "A spoils the first delta of all, B is no delta at all. C comes after every gradient. D spoils the delta "
            "that reads W3. E changes what came into the first layer, and nothing else.",
        ),
    ),
    Exercise(
        "8.2",
        "Two pictures, three classes",
        rung="hand-compute",
        points=1,
        difficulty=1,
        minutes=4,
        kind=Number(
            setting=two_pictures,
            right=lambda q: q.delta,
            witness=lambda q: plain_delta(),
            mistakes=(
                Mistake("M13 loss", lambda q: -(q.y * np.log(q.a)).sum() / 2),
                Mistake(
                    "M13 loss",
                    lambda q: (np.log(q.a) - q.y) / 2,
                    "You took logarithms of the probabilities: they belong to the loss, not to its slope.",
                ),
                Mistake(
                    "squares",
                    lambda q: (q.a - q.y) ** 2 / 4,
                    "You squared the differences: they are the slope as they are.",
                ),
                Mistake(
                    "one-class",
                    lambda q: q.a * (1 - q.y) / 2,
                    "You left out the right classes: there the target is still to be subtracted.",
                ),
                Mistake(
                    "softmax",
                    lambda q: (soft(q.a) - q.y) / 2,
                    "You took the softmax once more: these are probabilities already.",
                ),
                Mistake(
                    "sum",
                    lambda q: 2 * (q.a - q.y),
                    "You multiplied by the number of pictures: the loss is their mean.",
                ),
                Mistake(
                    "half-way",
                    lambda q: -q.y / q.a,
                    "You stopped at the probabilities, and left out the mean: delta is the slope in z, on the other "
                    "side of the softmax.",
                ),
                Mistake(
                    "sign",
                    lambda q: abs(q.a - q.y) / 2,
                    "You lost the signs: the right class is to gain, the others are to lose.",
                ),
                Mistake(
                    "labels",
                    lambda q: (q.a - 1) / 2,
                    "You subtracted one from every probability: the target is one at the right class alone.",
                ),
                Mistake("sum", lambda q: q.a - q.y, "The mean over the two pictures is missing."),
                Mistake(
                    "mean",
                    lambda q: (q.a - q.y) / 3,
                    "You divided by the number of classes: the mean is over the pictures.",
                ),
                Mistake(
                    "mean",
                    lambda q: (q.a - q.y) / 6,
                    "You divided by the number of entries: the mean is over the pictures.",
                ),
                Mistake(
                    "off-by-one",
                    lambda q: (q.a - np.eye(3)[[1, 2]]) / 2,
                    "You counted the classes from one: a label is the place itself, and the first place is zero.",
                ),
                Mistake(
                    "off-by-one",
                    lambda q: (q.a - np.array([[0, 1, 0], [0, 0, 0]])) / 2,
                    "You counted the classes from one: a label is the place itself, and the first place is zero.",
                ),
                Mistake(
                    "extra-slope",
                    lambda q: (q.a - q.y) * q.a * (1 - q.a) / 2,
                    "You multiplied by one more slope: in this pair of softmax and loss it has cancelled.",
                ),
                Mistake(
                    "one-class",
                    lambda q: (q.a - q.y) * q.y / 2,
                    "You left out the other classes: their probabilities share one sum with the right one, so each z "
                    "of the row matters.",
                ),
                Mistake(
                    "half-way",
                    lambda q: -q.y / q.a / 2,
                    "You stopped at the probabilities: delta is the slope in z, on the other side of the softmax.",
                ),
                Mistake("M13 loss", lambda q: -np.log(q.a) * q.y / 2),
                Mistake("swapped", lambda q: (q.a - q.y[::-1]) / 2, "The targets of the two pictures are swapped."),
                Mistake(
                    "prediction",
                    lambda q: (q.a - np.eye(3)[q.a.argmax(axis=1)]) / 2,
                    "You took the largest probability for the target: the target is what came true.",
                ),
                Mistake(
                    "labels",
                    lambda q: (q.a - np.array(LABELS)[:, None]) / 2,
                    "You subtracted the number of the class from every probability: it only names a place.",
                ),
                Mistake(
                    "mean",
                    lambda q: (q.a - q.y).mean(axis=0),
                    "You averaged the rows: delta keeps a row for each picture, and the mean only makes them smaller.",
                ),
                Mistake("M8", lambda q: q.delta.T, "Each picture has a row here, each class a column."),
                Mistake("too-early", lambda q: q.a / 2, "You left out the targets."),
                Mistake(
                    "half-way",
                    lambda q: q.a * (1 - q.a) / 2,
                    "That is a slope of each probability alone: the targets are missing.",
                ),
            ),
        ),
        praise="Each row adds up to zero: what the right class is to gain, the others are to lose.",
        hints=(
            "Write the targets as one-hot rows first. The first class has the label 0.",
            "For softmax with categorical cross-entropy BP1 is a difference, with no slope left in it.",
            "Probability minus one-hot target, in every place of both rows, then the mean over two pictures.",
        ),
    ),
    Exercise(
        "8.3",
        "The first plateau",
        rung="hand-compute",
        points=1,
        difficulty=2,
        minutes=5,
        kind=Number(
            setting=plateau,
            right=lambda q: -(q.p * np.log(q.p)).sum(),
            witness=lambda q: descended(),
            mistakes=(
                Mistake(
                    "accuracy",
                    lambda q: q.p[0],
                    "That is the accuracy of a network that always says the most frequent class: the loss charges a "
                    "logarithm.",
                ),
                Mistake(
                    "one-class", lambda q: -(q.p * np.log(q.p))[:2].sum(), "The part of the third class is missing."
                ),
                Mistake(
                    "one-class",
                    lambda q: -np.log(q.p[1]),
                    "That is what an example of the second class costs: the others cost something else.",
                ),
                Mistake(
                    "one-class",
                    lambda q: -np.log(q.p[2]),
                    "That is what an example of the rarest class costs: the others cost less.",
                ),
                Mistake(
                    "swapped",
                    lambda q: -(q.p * np.log(q.p[[1, 0, 2]])).sum(),
                    "The classes got mixed up: each pays for the probability that it is given itself.",
                ),
                Mistake(
                    "no-knowledge",
                    lambda q: np.log(200),
                    "You shared the probability among the pictures: it is shared among the classes.",
                ),
                Mistake(
                    "no-knowledge",
                    lambda q: np.log(2),
                    "You shared the probability among two classes: there are three, and they are not alike.",
                ),
                Mistake(
                    "unweighted",
                    lambda q: -np.log(q.p).sum() / 200,
                    "You divided the costs of the three classes by the number of all pictures: how many pay each of "
                    "them?",
                ),
                Mistake(
                    "count",
                    lambda q: -(200 * q.p * np.log(200 * q.p)).sum(),
                    "You took logarithms of counts: the network gives probabilities.",
                ),
                Mistake("count", lambda q: -100 * (q.p * np.log(q.p)).sum(), "You made percent of it."),
                Mistake(
                    "no-knowledge",
                    lambda q: np.log(3),
                    "That is the cost of a network that gives all classes the same: biases can learn what is frequent.",
                ),
                Mistake(
                    "error-rate",
                    lambda q: 1 - q.p[0],
                    "That is the share of wrong answers of a network that always says the most frequent class: the "
                    "loss charges a logarithm.",
                ),
                Mistake(
                    "one-class",
                    lambda q: -np.log(q.p[0]),
                    "That is what an example of the most frequent class costs: the others cost more.",
                ),
                Mistake(
                    "one-class",
                    lambda q: -q.p[0] * np.log(q.p[0]),
                    "That is the part of the most frequent class only: the others have a part too.",
                ),
                Mistake(
                    "unweighted",
                    lambda q: -np.log(q.p).sum(),
                    "You added the costs of the three classes: how many examples pay each of them?",
                ),
                Mistake(
                    "unweighted",
                    lambda q: -np.log(q.p).mean(),
                    "You gave the three classes the same say: the mean is over examples, not over classes.",
                ),
                Mistake("logarithm", lambda q: -(q.p * np.log2(q.p)).sum(), "You took logarithms to the base two."),
                Mistake("logarithm", lambda q: -(q.p * np.log10(q.p)).sum(), "You took logarithms to the base ten."),
                Mistake(
                    "mean",
                    lambda q: -(q.p * np.log(q.p)).sum() / 3,
                    "You divided by the number of classes once more: the shares are the mean already.",
                ),
                Mistake(
                    "binary",
                    lambda q: -(q.p * np.log(q.p) + (1 - q.p) * np.log(1 - q.p)).sum(),
                    "That is the cost of three separate yes-or-no questions: here one class among three comes true.",
                ),
                Mistake(
                    "squares",
                    lambda q: 1 - (q.p**2).sum(),
                    "You weighed with what the probabilities lack to one: the loss charges a logarithm.",
                ),
                Mistake(
                    "squares",
                    lambda q: (1 - (q.p**2).sum()) / 2,
                    "That is the plateau of half the squared error: the loss charges a logarithm.",
                ),
                Mistake(
                    "logarithm",
                    lambda q: -np.log((q.p**2).sum()),
                    "You averaged the probabilities first, and took the logarithm then: each example pays for its own.",
                ),
                Mistake("sum", lambda q: -200 * (q.p * np.log(q.p)).sum(), "That is the sum over the examples."),
                Mistake(
                    "exponential",
                    lambda q: np.exp(-(q.p * np.log(q.p)).sum()),
                    "You took the exponential at the end: the loss itself is asked for.",
                ),
            ),
        ),
        praise="Below this line a network has begun to look at its inputs.",
        hints=(
            "What does the best network answer that never looks at its inputs? The same for all, but what?",
            "It answers how frequent each class is. An example costs minus the logarithm of the share of its class.",
            "Weigh the cost of each class with its share of the examples, and add up the three products. The logarithm "
            "is the natural one.",
        ),
    ),
    Exercise(
        "8.4",
        "One-hot, loss, accuracy",
        rung="complete",
        points=2,
        difficulty=1,
        minutes=7,
        kind=Function(
            outputs=("y", "loss", "accuracy"),
            inputs=draw_scores,
            right=score(),
            witness=score_agrees,
            mistakes=SCORE_MISTAKES,
            widths=((40, 4), (1, 3), (60, 5)),
            square=(3, 3),
            seen=as_numbers,
        ),
        praise="The loss asks how much probability the truth was given, the accuracy only whether it was given most.",
        hints=(
            "A one-hot row is a row of the identity matrix. Which one?",
            "The loss needs, from each row of probabilities, the one at the place of the label; a product with the "
            "one-hot rows leaves nothing else. The answer of the network is the place of the largest.",
            "np.eye(K)[labels] makes the targets. The loss is minus the sum of y * np.log(a), divided by N. For the "
            "accuracy compare a.argmax(axis=1) with the labels, and take the mean.",
        ),
    ),
    Exercise(
        "8.5",
        "Forward, and keep",
        rung="implement",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("activations",),
            inputs=draw_deep,
            right=forward,
            witness=lambda inputs, outputs: forward_agrees(inputs, outputs),
            mistakes=tuple(
                Mistake(
                    name,
                    lambda x, layers, pieces=pieces: plain_forward(x, layers, pieces),
                    says,
                )
                for name, pieces, says in FORWARD_WRONG
            ),
            widths=DEPTHS,
            square=SQUARE,
            seen=numbered,
        ),
        praise="The list is the cache: what the way back needs of every layer is in it, the input too.",
        hints=(
            "Begin with a list that holds x. Each layer reads the last entry of the list and appends one.",
            "All layers make z in the same way; only the activation of the last one differs. How does the loop know "
            "that it is at the last?",
            "For each (W, b): z is activations[-1] @ W.T + b. Append softmax(z) if the number of the layer is that of "
            "the last, else np.tanh(z).",
        ),
    ),
    Exercise(
        "8.6",
        "Back, for any depth",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=14,
        kind=Function(
            outputs=("dW", "db"),
            inputs=draw_back,
            right=backward,
            witness=backward_agrees,
            mistakes=BACK_MISTAKES,
            widths=DEPTHS,
            square=SQUARE,
            seen=no_pairs,
        ),
        praise="One delta travels down through all the layers, and each reads it twice: for W and for b.",
        hints=(
            "Go through the layers from the last to the first. What does each need: which activation, which delta?",
            "Layer by layer: first the gradients of its W and b, from delta and from what came in; then the delta of "
            "the layer below. The slope of the tanh is there in the activation.",
            "Begin with (a - y) / N for the last activation a. In the loop: delta.T @ a_in, delta.sum(axis=0), and "
            "then (delta @ W) * (1 - a_in**2). Put new entries at the front of both lists.",
        ),
    ),
    Exercise(
        "8.7",
        "The training loop",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=14,
        kind=Function(
            outputs=("W", "b", "losses"),
            inputs=draw_training,
            right=train,
            witness=train_agrees,
            mistakes=LOOP_MISTAKES,
            widths=((7, 3, 2, 4, 6, 5), (5, 2, 3, 4, 6), (9, 5, 3, 2, 4, 6, 7)),
            square=None,
            seen=losses_as_array,
        ),
        praise="Everything that learns is in one line of it; the rest chooses examples and keeps the record.",
        hints=(
            "Two loops, one inside the other: over the orders, and over the places where a mini-batch begins.",
            "Inside: take the rows, of x and of y; forward; record the loss; back; and only then new layers. Build a "
            "new list of pairs rather than changing the arrays that you were given.",
            "range(0, len(x), batch_size) gives the beginnings, order[start : start + batch_size] the rows, and the "
            "last piece comes out shorter by itself. New layers: (W - learning_rate * dW, b - learning_rate * db).",
        ),
    ),
    Exercise(
        "8.8",
        "Six loops",
        rung="debug",
        points=6,
        difficulty=2,
        minutes=10,
        kind=Parts({part: loop_bug(right) for part, right in zip("ABCDEF", "bcadea", strict=True)}),
        praise="None of these four bugs is in the gradient: a gradient check of the backward pass finds none of them.",
        hints=(
            "Take seven examples and mini-batches of three, and write down which rows of x and of y the first two "
            "steps use.",
            "Ask of each step: which examples, with which targets? Which weights made the activations? Which "
            "gradients are in it?",
            "Two of them are right. One forgets to shuffle the targets, one loses the examples that do not fill a "
            "batch, one looks forward too rarely, one never empties its sums.",
        ),
    ),
    Exercise(
        "8.9",
        "It does not learn",
        rung="debug",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("new_W1", "new_b1", "new_W2", "new_b2", "losses"),
            inputs=draw_learning,
            right=learn,
            witness=learn_agrees,
            mistakes=LEARN_MISTAKES,
            widths=((5, 2, 3, 4), (4, 3, 5, 2), (6, 3, 2, 4)),
            square=None,
            seen=losses_as_array,
        ),
        praise="All three are gone: the right formulas, in the right order, the right number of times.",
        hints=(
            "Print the losses. What does it mean when they are all the same?",
            "One bug is what stands before the loop, one is the order of two lines, one is how often the loop turns.",
            "The way forward belongs into the loop. delta1 has to be made before W2 changes. And range(1, steps) has "
            "fewer turns than range(steps).",
        ),
    ),
    Exercise(
        "8.10",
        "A slope out of the cache",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=8,
        kind=Derivation("8.10"),
        praise="So a softplus layer may forget its z: the activation in the cache is enough for BP2.",
        hints=(
            "Differentiate with respect to z first. You have met the result under another name.",
            "Solve the formula of the activation for the exponential of z, and put that into the slope.",
            "The slope is e to the z, divided by one plus e to the z. The denominator is e to the a, the numerator "
            "one less than that.",
        ),
    ),
    Exercise(
        "8.11",
        "Unroll the loop",
        rung="derive",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Derivation("8.11"),
        praise="Two factors for each turn of the loop, a weight and a slope: with depth, that is a long product.",
        hints=(
            "Write down what the loop of the backward pass has in its hand after each turn, with these letters.",
            "It begins with the delta of the output, which for this pair of sigmoid and loss is a difference. Each "
            "turn multiplies by a weight and by a slope.",
            "Difference at the output, times w_3, times the slope of unit 2, times w_2, times the slope of unit 1; "
            "then what came in. A slope of the tanh is one minus the square of its activation.",
        ),
    ),
    Exercise(
        "8.12",
        "But it reads the digits",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Essay(
            (
                "Says that the gradient is wrong and should be repaired, or that a good accuracy is enough: no reason.",
                "Says that the wrong direction still points downhill, or that a check would find the bug, without "
                "saying why the network learns all the same.",
                "Explains why it learns (positive slopes: signs kept, sizes wrong, so often downhill), and names a "
                "case where that fails.",
                "Does that, and says what one should do to know, before the training and not after it: a check of "
                "every array, which also says where the bug sits.",
            )
        ),
        praise="",
        hints=(
            "How does a delta without its slope differ from the right one, in sign and in size?",
            "dW1 adds up over the examples. When do terms of wrong sizes, all with the right signs, still make a sum "
            "that points downhill? What changes with a second hidden layer?",
            "Ask what accuracy can tell and what it can't, and which test would have told the right from the wrong "
            "gradient in a second, and at which layer.",
        ),
    ),
)
