"""The exercises of chapter 4, Deriving backpropagation.

Networks of any depth come as lists of weights and biases, first layer first; one example at a time. References come
from the library where it has them. Their witness is central differences of a way forward written out once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.activations import identity, relu, tanh
from backprop_lab.arrays import Array
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.misconceptions import REVERSED, SAYS
from backprop_lab.course.number import Number
from backprop_lab.gradient_check import numerical_gradient
from backprop_lab.network import Network

__all__ = ["EXERCISES", "Piece", "Wrong", "close", "varied"]

Piece = Callable[..., Any]
Wrong = tuple[str, dict[str, Piece], str]  # name of the mistake, pieces that are exchanged, what is said


def close(given: Any, expected: Array) -> bool:
    """Say whether a gradient is that of central differences."""
    return np.shape(given) == expected.shape and bool(
        np.abs(given - expected).max(initial=0) <= 1e-6 * (1 + np.abs(expected).max(initial=0))
    )


def varied(run: Callable[..., Any], wrong: Iterable[Wrong], turned: dict[str, Piece] | None = None) -> list[Mistake]:
    """Return a mistake for each entry, and once more with the sign turned round besides."""

    def mutant(pieces: Mapping[str, Piece]) -> Callable[..., Any]:
        return lambda **inputs: run(pieces, **inputs)

    wrong = list(wrong)
    again = (
        [(name, {**pieces, **turned}, says) for name, pieces, says in wrong if not pieces.keys() & turned.keys()]
        if turned
        else []
    )
    return [Mistake(name, mutant(pieces), says) for name, pieces, says in wrong] + [
        Mistake(name, mutant(pieces), f"{says or SAYS[name]} {REVERSED}") for name, pieces, says in again
    ]


# ------------------------------------------------------------------ 4.1


def zero(right: str, mistake: str, says: str) -> Choice:
    """Return the choice between zero and nonzero."""
    return Choice(right, {"nonzero" if right == "zero" else "zero": (mistake, says)})


# ------------------------------------------------------------------ 4.2 and 4.3: tables by hand


def table() -> SimpleNamespace:
    """Return two tanh units that feed three others, whose deltas are known."""
    q = SimpleNamespace(
        W=np.array([[0.7, -0.3], [-1.1, 0.4], [0.2, 0.9]]),
        delta=np.array([0.15, -0.2, 0.35]),
        a=np.array([0.5, -0.8]),
    )
    q.back, q.slope = q.W.T @ q.delta, 1 - q.a**2
    return q


def two_paths() -> SimpleNamespace:
    """Return a 2-2-2-1 network, with the slopes of its hidden units."""
    q = SimpleNamespace(
        x=np.array([1.5, -0.8]),
        s1=np.array([0.55, 0.9]),
        W2=np.array([[0.45, -0.65], [0.8, 0.25]]),
        s2=np.array([0.85, 0.35]),
        W3=np.array([-0.6, 1.1]),
        delta3=0.24,
    )
    q.paths = q.delta3 * q.W3 * q.s2 * q.W2[:, 0] * q.s1[0] * q.x[1]
    return q


def through(q: SimpleNamespace, **changed: Any) -> Any:
    """Return the sum over the paths of 4.3 with some factors exchanged."""
    f = {"x": q.x[1], "s1": q.s1[0], "W2": q.W2[:, 0], "s2": q.s2, "W3": q.W3, "delta3": q.delta3, **changed}
    return (f["delta3"] * f["W3"] * f["s2"] * f["W2"]).sum() * f["s1"] * f["x"]


def loss_along(q: SimpleNamespace) -> float:
    """Return the gradient of 4.3 by differences: units that are straight lines with these slopes."""

    def loss(w: Array) -> float:
        sent = [q.s1[0] * float(w) * q.x[1], 0.0]
        sent = [q.s2[k] * sum(q.W2[k, j] * sent[j] for j in range(2)) for k in range(2)]
        return float(q.delta3 * sum(q.W3[k] * sent[k] for k in range(2)))

    return float(numerical_gradient(loss, np.array(0.3)))


# ------------------------------------------------------------------ 4.4: one layer

CURVES: tuple[tuple[Callable[..., Any], Callable[..., Any]], ...] = (
    (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    (np.sin, np.cos),
    (lambda z: np.log1p(np.exp(z)), lambda z: 1 / (1 + np.exp(-np.asarray(z)))),
    (lambda z: np.asarray(z) ** 2, lambda z: 2 * np.asarray(z)),
)


def draw_layer(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return what the way back through one layer reads."""
    n_in, n_out = widths[0], widths[-1]
    W, a_in = rng.normal(size=(n_out, n_in)), rng.normal(size=n_in)
    slope = CURVES[rng.integers(len(CURVES))][1]
    return {"da": rng.normal(size=n_out), "W": W, "z": W @ a_in + rng.normal(size=n_out), "a_in": a_in, "slope": slope}


def layer_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare with differences of a loss that is linear in what the layer sends."""
    f = next(function for function, slope in CURVES if slope is inputs["slope"])
    da, W, a_in = inputs["da"], inputs["W"], inputs["a_in"]
    b = inputs["z"] - W @ a_in
    yield close(outputs["dW"], numerical_gradient(lambda W: float(da @ f(W @ a_in + b)), W))
    yield close(outputs["db"], numerical_gradient(lambda b: float(da @ f(W @ a_in + b)), b))
    yield close(outputs["da_in"], numerical_gradient(lambda a: float(da @ f(W @ a + b)), a_in))


RIGHT_LAYER: dict[str, Piece] = {
    "delta": lambda q: q.da * q.slope(q.z),
    "dW": lambda q, delta: np.outer(delta, q.a_in),
    "db": lambda q, delta: delta,
    "da_in": lambda q, delta: q.W.T @ delta,
    "all": lambda three: three,
}


def one_layer(pieces: Mapping[str, Piece], **inputs: Any) -> Any:
    """Return dW, db, da_in with some pieces exchanged."""
    q, piece = SimpleNamespace(**inputs), SimpleNamespace(**{**RIGHT_LAYER, **pieces})
    delta = piece.delta(q)
    return piece.all((piece.dW(q, delta), piece.db(q, delta), piece.da_in(q, delta)))


NO_SLOPE = (
    "The slope of the layer's activation is missing: what arrives is known where the layer sends, not where it sums."
)
SUMMED = "You added up over the units of the layer, so that all get the same: each has a bias of its own."
OWN_WEIGHT = "You multiplied by the weight itself, which its own gradient does not contain."
PAST = "On the way down you went past the slope: what goes through the weights is delta, which has passed it."
ALL_TURNED: dict[str, Piece] = {"all": lambda three: tuple(-each for each in three)}
WRONG_LAYER: tuple[Wrong, ...] = (
    ("sign", ALL_TURNED, "Every sign is turned round: nothing is subtracted on the way back through a layer."),
    ("slope", {"delta": lambda q: q.da}, NO_SLOPE),
    ("slope", {"delta": lambda q: q.slope(q.z)}, ""),
    (
        "slope",
        {"delta": lambda q: q.da * q.slope(q.z) ** 2},
        "The slope is in there twice: each link gives one factor.",
    ),
    ("slope", {"delta": lambda q: q.da * q.z}, "You took the pre-activation where the slope at it belongs."),
    (
        "divided",
        {"delta": lambda q: q.da / q.slope(q.z)},
        "You divided by the slope: a chain multiplies its links, forward and back.",
    ),
    (
        "added",
        {"delta": lambda q: q.da + q.slope(q.z)},
        "You added two links of one path: along a path slopes multiply, only different paths are added.",
    ),
    (
        "bias",
        {"delta": lambda q: q.da * q.slope(q.W @ q.a_in)},
        "You took the slope at the weighted sum without its bias: z is among what you get.",
    ),
    (
        "M5",
        {"delta": lambda q: q.da * q.slope(q.a_in)},
        "You took the slope at what comes in; it belongs at the pre-activation of this layer.",
    ),
    ("M5", {"delta": lambda q: q.da * q.slope(q.da)}, "You took the slope at a gradient; it belongs at z."),
    ("M8", {"dW": lambda q, delta: np.outer(q.a_in, delta)}, ""),
    (
        "incoming",
        {"dW": lambda q, delta: np.outer(delta, np.ones(len(q.a_in)))},
        "You left out what comes in: that is the gradient of the bias, once for each weight.",
    ),
    (
        "incoming",
        {"dW": lambda q, delta: np.outer(delta, q.z)},
        "You multiplied by what this layer makes; a weight carries what comes in.",
    ),
    ("slope", {"dW": lambda q, delta: np.outer(q.da, q.a_in)}, NO_SLOPE),
    ("M13", {"dW": lambda q, delta: np.outer(delta, q.a_in) * q.W}, OWN_WEIGHT),
    ("M13", {"dW": lambda q, delta: delta[:, np.newaxis] * q.W}, OWN_WEIGHT),
    (
        "inner",
        {"dW": lambda q, delta: np.asarray(delta.sum() * q.a_in)},
        "You added up over the units: each has a row of weights of its own, and so a row of gradients.",
    ),
    ("slope", {"db": lambda q, delta: q.da}, NO_SLOPE),
    ("bias", {"db": lambda q, delta: np.ones_like(delta)}, "You stopped at the slope of z in its bias."),
    ("bias", {"db": lambda q, delta: np.asarray(delta.sum())}, SUMMED),
    ("bias", {"db": lambda q, delta: np.full_like(delta, delta.sum())}, SUMMED),
    (
        "bias",
        {"db": lambda q, delta: np.asarray(delta.mean())},
        "You took the mean over the units, so that all get the same: each has a bias of its own.",
    ),
    (
        "bias",
        {"db": lambda q, delta: np.zeros_like(delta)},
        "The bias gets no gradient at all, so it would never learn.",
    ),
    (
        "bias",
        {"db": lambda q, delta: delta * (q.z - q.W @ q.a_in)},
        "You multiplied by the bias itself: think of it as a weight whose input never changes.",
    ),
    ("M7", {"da_in": lambda q, delta: q.W.T @ q.da}, PAST),
    (
        "parentheses",
        {"da_in": lambda q, delta: (q.W.T @ q.da) * q.slope(q.z)},
        "On the way down you went through the weights first and the slope after: the slope is nearer to the loss.",
    ),
    ("M8", {"da_in": lambda q, delta: q.W @ delta}, "On the way down the weight matrix is the wrong way round."),
    ("M6", {"da_in": lambda q, delta: np.linalg.pinv(q.W) @ delta}, ""),
    (
        "M1",
        {"da_in": lambda q, delta: q.W[0] * delta[0]},
        "You followed the first unit only: an input acts on every unit, and all its paths must be added.",
    ),
    (
        "M1",
        {"da_in": lambda q, delta: q.W[-1] * delta[-1]},
        "The last unit has overwritten the others: an input acts on every unit, and all its paths must be added.",
    ),
    (
        "M1",
        {"da_in": lambda q, delta: q.W.T @ delta / len(delta)},
        "You took the mean over the units that an input feeds: what comes along several paths adds up.",
    ),
    (
        "M1",
        {"da_in": lambda q, delta: q.W.sum(axis=0) * delta.sum()},
        "You added weights and deltas apart: each path keeps its own weight with its own delta.",
    ),
    ("weights-forgotten", {"da_in": lambda q, delta: np.full(len(q.a_in), delta.sum())}, ""),
    (
        "too-far",
        {"da_in": lambda q, delta: q.W.T @ delta * q.slope(q.a_in)},
        "You went one slope too far: asked for is what reaches the activations below, not their pre-activations.",
    ),
    (
        "incoming",
        {"da_in": lambda q, delta: q.W.T @ delta * q.a_in},
        "You multiplied by the input itself on the way down: z depends on an input by its weight.",
    ),
    ("update-first", {"da_in": lambda q, delta: (q.W - np.outer(delta, q.a_in)).T @ delta}, ""),
    *(
        (
            "given-slope",
            {"delta": lambda q, form=form: q.da * form(q.z)},
            "You assumed an activation function: which one it is you are not told, and its slope is handed in.",
        )
        for form in (
            lambda z: 1 - z**2,
            lambda z: 1 - np.tanh(z) ** 2,
            lambda z: z * (1 - z),
            lambda z: 1 / (2 + 2 * np.cosh(z)),
            lambda z: (z > 0).astype(float),
        )
    ),
    (
        "M5",
        {"delta": lambda q: q.da * q.slope(q.slope(q.z))},
        "You took the slope at a slope; it belongs at the pre-activation.",
    ),
    (
        "M12",
        {"delta": lambda q: q.slope(q.da * q.z)},
        "You put what comes back into the slope: the two are factors.",
    ),
    (
        "slope",
        {"delta": lambda q: q.da * q.slope(q.z) * q.z},
        "You multiplied by the pre-activation as well: the link is the slope alone.",
    ),
    (
        "bias",
        {"db": lambda q, delta: delta / len(delta)},
        "You divided by the number of units: each has a bias of its own.",
    ),
    (
        "bias",
        {"db": lambda q, delta: q.slope(q.z)},
        "For the bias you took the slope alone: what comes back is a factor.",
    ),
    (
        "upstream",
        {"da_in": lambda q, delta: q.W.T @ q.z},
        "You carried the pre-activation down: what goes back comes from the loss.",
    ),
)
LAYER_MISTAKES = varied(one_layer, WRONG_LAYER, ALL_TURNED)

# ------------------------------------------------------------------ 4.5 and 4.8: networks of any depth

ACTIVATIONS = {"tanh": tanh, "relu": relu, "identity": identity}
NAMES = {1: ["tanh"], 2: ["tanh", "identity"], 3: ["relu", "tanh", "tanh"]}
CURVE: dict[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0),
    "identity": lambda z: z,
}


def draw_plain(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Any]:
    """Return x, y, weights, biases."""
    pairs = list(pairwise(widths))
    return {
        "x": rng.normal(size=widths[0]),
        "y": rng.normal(size=widths[-1]),
        "weights": [rng.normal(size=(n_out, n_in)) / np.sqrt(n_in) for n_in, n_out in pairs],
        "biases": [rng.normal(size=n_out) / 2 for _, n_out in pairs],
    }


def draw_deep(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a network with the names of its activations; some ReLU units are on, some off, none is at its corner."""
    names = NAMES[len(widths) - 1]
    while True:
        inputs = draw_plain(rng, widths)
        z = inputs["weights"][0] @ inputs["x"] + inputs["biases"][0]
        if names[0] != "relu" or (np.abs(z).min() > 0.01 and 0 < (z > 0).sum() < len(z)):
            return {**inputs, "names": list(names)}


def loss_of_layers(y: Array, x: Array, weights: list[Array], biases: list[Array], names: list[str]) -> float:
    """Return half the squared error, written out once more."""
    for W, b, name in zip(weights, biases, names, strict=True):
        x = CURVE[name](W @ x + b)
    return float(((x - y) ** 2).sum() / 2)


def deep_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare lists of gradients with central differences."""
    given = {"names": ["tanh"] * len(inputs["weights"]), **inputs}
    for output, name in (("dW", "weights"), ("db", "biases")):
        agree = []
        for k, gradient in enumerate(outputs[output]):

            def loss(value: Array, k: int = k, name: str = name) -> float:
                return loss_of_layers(**{**given, name: [*given[name][:k], value, *given[name][k + 1 :]]})

            agree.append(close(gradient, numerical_gradient(loss, given[name][k])))
        yield len(agree) == len(inputs["weights"]) and all(agree)


def deep_gradients(
    x: Array, y: Array, weights: list[Array], biases: list[Array], names: list[str] | None = None
) -> tuple[list[Array], list[Array]]:
    """Return (dW, db) from the library, for names or for tanh everywhere."""
    names = names or ["tanh"] * len(weights)
    pairs = list(zip(weights, biases, strict=True))
    gradients = Network.from_weights(pairs, hidden=names[:-1], output=names[-1]).gradients(x[np.newaxis], y[np.newaxis])
    return [layer.dW for layer in gradients], [layer.db for layer in gradients]


RIGHT_PASS: dict[str, Piece] = {
    "miss": lambda a, y: a - y,
    "slope": lambda q: ACTIVATIONS[q.name].slope(q.z),
    "outer": np.outer,
    "incoming": lambda q: q.a_in,
    "bias": lambda q, delta, da: delta,
    "carry": lambda q, delta, da, dW: q.W.T @ delta,
    "lists": lambda dW, db, weights, biases: (dW, db),
    "names": lambda names: names,
    "b": lambda b: b,
    "order": reversed,
}


def way_back(
    pieces: Mapping[str, Piece],
    x: Array,
    y: Array,
    weights: list[Array],
    biases: list[Array],
    names: list[str] | None = None,
) -> Any:
    """Return (dW, db) with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_PASS, **pieces})
    names, a = piece.names(names or ["tanh"] * len(weights)), x
    kept: list[Any] = []
    for k, (W, b) in enumerate(zip(weights, biases, strict=True)):
        z = W @ a + piece.b(b)
        layer = SimpleNamespace(
            W=W, b=b, z=z, a_in=a, a=CURVE[names[k]](z), name=names[k], last=k == len(weights) - 1, x=x
        )
        layer.below, layer.name_below = (kept[-1] if kept else None), names[k - 1]
        kept.append(layer)
        a = layer.a
    da = piece.miss(a, y)
    dW: list[Any] = []
    db: list[Any] = []
    for layer in piece.order(kept):
        delta = da * piece.slope(layer)
        dW.insert(0, piece.outer(delta, piece.incoming(layer)))
        db.insert(0, piece.bias(layer, delta, da))
        da = piece.carry(layer, delta, da, dW[0])
    return piece.lists(dW, db, weights, biases)


def slope_where(where: str, tanh_slope: Callable[[Any], Array]) -> dict[str, Piece]:
    """Return a slope that is wrong for the tanh layers that are hidden, last, or any."""

    def slope(q: SimpleNamespace) -> Any:
        here = where == "any" or q.last == (where == "last")
        return tanh_slope(q) if here and q.name == "tanh" else RIGHT_PASS["slope"](q)

    return {"slope": slope}


def slope_instead(where: str, other: Callable[[Any], Any]) -> dict[str, Piece]:
    """Return a slope that is replaced in the layers that are hidden, last, or any."""
    return {
        "slope": lambda q: other(q) if where == "any" or q.last == (where == "last") else RIGHT_PASS["slope"](q),
    }


def slope_relu(other: Callable[[Any], Any]) -> dict[str, Piece]:
    """Return a slope that is wrong for ReLU."""
    return {"slope": lambda q: other(q) if q.name == "relu" else RIGHT_PASS["slope"](q)}


def _first_lost(gradients: list[Array]) -> list[Array]:
    """Return zeros for the first of several layers."""
    return [np.zeros_like(gradients[0]), *gradients[1:]] if gradients[1:] else gradients


PLACES = {"any": "each layer", "hidden": "the hidden layers", "last": "the output layer"}
ONE_FACTOR = "Your slope of tanh is not right: differentiate it once more, or look at its value at zero."


def renamed(names: Callable[[list[str]], list[str]]) -> dict[str, Piece]:
    """Return a way back on which the layers go by other names than on the way forward."""

    def order(kept: list[SimpleNamespace]) -> list[SimpleNamespace]:
        other = names([layer.name for layer in kept])
        return [SimpleNamespace(**{**vars(layer), "name": name}) for layer, name in zip(kept, other, strict=True)][::-1]

    return {"order": order}


def slope_identity(other: Callable[[Any], Any]) -> dict[str, Piece]:
    """Return a slope that is wrong for the identity."""
    return {"slope": lambda q: other(q) if q.name == "identity" else RIGHT_PASS["slope"](q)}


def bare_products(
    x: Array, y: Array, weights: list[Array], biases: list[Array], names: list[str] | None = None
) -> tuple[list[Array], list[Array]]:
    """Make the gradients of the weights from what arrives at each layer before it has passed the slope."""
    _, db = deep_gradients(x, y, weights, biases, names)
    names, sent = names or ["tanh"] * len(weights), [x]
    for W, b, name in zip(weights, biases, names, strict=True):
        sent.append(CURVE[name](W @ sent[-1] + b))
    arrives = [W.T @ delta for W, delta in zip(weights[1:], db[1:], strict=True)] + [sent[-1] - y]
    return [np.outer(da, a) for da, a in zip(arrives, sent[:-1], strict=True)], db


BARE = Mistake(
    "M7", bare_products, "For the weights you took what arrives at the layer: it has yet to pass the slope there."
)


WRONG_PASS: tuple[Wrong, ...] = (
    ("M7", slope_instead("hidden", lambda q: np.ones_like(q.z)), ""),
    ("M13", slope_instead("last", lambda q: np.ones_like(q.z)), ""),
    (
        "M7",
        slope_instead("any", lambda q: np.ones_like(q.z)),
        "You left out the slopes of all activations: the miss travelled through the weights alone.",
    ),
    *(
        (
            "M5",
            slope_where(where, lambda q: tanh.slope(q.a)),
            f"You took the slope of tanh in {place} at the activation; it belongs at the pre-activation.",
        )
        for where, place in PLACES.items()
    ),
    *(
        (
            "M5",
            slope_where(where, lambda q: 1 - q.z**2),
            f"In {place} you put the pre-activation into the short form of the slope, meant for the activation.",
        )
        for where, place in PLACES.items()
    ),
    ("slope", slope_where("any", lambda q: q.a * (1 - q.a)), "You used the sigmoid's slope for tanh."),
    ("slope", slope_where("any", lambda q: 1 - q.a), ONE_FACTOR),
    ("slope", slope_where("any", lambda q: 1 + q.a**2), ONE_FACTOR),
    ("slope", slope_where("any", lambda q: q.a**2 - 1), "The sign of your slope of tanh is turned: tanh only rises."),
    ("slope", slope_where("any", lambda q: 2 * (1 - q.a**2)), ONE_FACTOR),
    (
        "slope",
        slope_where("any", lambda q: q.a),
        "You multiplied by the activation itself, where its slope belongs.",
    ),
    (
        "update-first",
        {"carry": lambda q, delta, da, dW: (q.W - dW).T @ delta},
        "You changed weights before the way back used them: gradients belong to the old weights.",
    ),
    (
        "update-first",
        {"carry": lambda q, delta, da, dW: (q.W - 0.1 * dW).T @ delta},
        "You changed weights before the way back used them: gradients belong to the old weights.",
    ),
    (
        "factor-2",
        {"miss": lambda a, y: 2 * (a - y)},
        "Everything is twice too large: the half in the loss cancels the two that comes down from the square.",
    ),
    (
        "sign",
        {"miss": lambda a, y: y - a},
        "Every sign is turned round: look at which way round you subtracted prediction and target.",
    ),
    (
        "mean",
        {"miss": lambda a, y: (a - y) / len(y)},
        "You took a mean over the outputs: this loss adds them up.",
    ),
    (
        "mean",
        {"miss": lambda a, y: 2 * (a - y) / len(y)},
        "That is the gradient of the mean squared error: this loss is half a sum.",
    ),
    (
        "M8",
        {"carry": lambda q, delta, da, dW: q.W @ delta},
        "On the way back the weight matrix is the wrong way round: a unit must collect over what it feeds.",
    ),
    ("M6", {"carry": lambda q, delta, da, dW: np.linalg.pinv(q.W) @ delta}, ""),
    (
        "M1",
        {"carry": lambda q, delta, da, dW: q.W[0] * delta[0]},
        "You followed one path only: a hidden unit acts on every unit above, and all its paths must be added.",
    ),
    (
        "M1",
        {"carry": lambda q, delta, da, dW: q.W[-1] * delta[-1]},
        "The last path has overwritten the others: a unit acts on every unit above, and all its paths are added.",
    ),
    (
        "M1",
        {"carry": lambda q, delta, da, dW: q.W.T @ delta / len(delta)},
        "You took the mean over the units above: what comes along several paths adds up.",
    ),
    ("weights-forgotten", {"carry": lambda q, delta, da, dW: np.full(q.W.shape[1], delta.sum())}, ""),
    ("M7", {"carry": lambda q, delta, da, dW: q.W.T @ da}, PAST),
    ("M8", {"outer": lambda delta, a_in: np.outer(a_in, delta)}, ""),
    (
        "incoming",
        {"incoming": lambda q: q.below.z if q.below else q.x},
        "For the weights you took what the layer below receives, where what it sends belongs.",
    ),
    (
        "incoming",
        {"incoming": lambda q: q.a},
        "You multiplied by what the layer sends: a weight carries what comes in.",
    ),
    (
        "incoming",
        {"incoming": lambda q: q.x},
        "You multiplied by the input of the network in every layer: each has an input of its own.",
    ),
    (
        "incoming",
        {"incoming": lambda q: np.ones_like(q.a_in)},
        "You left out what comes in: that is the gradient of the bias, once for each weight.",
    ),
    (
        "bias",
        {"bias": lambda q, delta, da: delta * q.b},
        "You multiplied the bias gradient by the bias itself: think of it as a weight whose input never changes.",
    ),
    ("bias", {"bias": lambda q, delta, da: np.ones_like(delta)}, "You stopped at the slope of z in its bias."),
    ("bias", {"bias": lambda q, delta, da: np.asarray(delta.sum())}, SUMMED),
    ("bias", {"bias": lambda q, delta, da: np.full_like(delta, delta.sum())}, SUMMED),
    (
        "bias",
        {"bias": lambda q, delta, da: np.full_like(delta, delta.mean())},
        "You took the mean over the units, so that all get the same: each has a bias of its own.",
    ),
    (
        "bias",
        {"bias": lambda q, delta, da: np.zeros_like(delta)},
        "The biases get no gradient at all, so they would never learn.",
    ),
    (
        "bias",
        {"bias": lambda q, delta, da: da},
        "For the biases you stopped at the activation: its slope lies between it and the bias.",
    ),
    ("bias", {"b": np.zeros_like}, "You left out the biases on the way forward."),
    (
        "no-activation",
        {"names": lambda names: [*names[:-1], "identity"] if names[-1] != "identity" else names},
        "The last layer has lost its activation function, on the way forward and on the way back.",
    ),
    (
        "no-activation",
        {"names": lambda names: ["identity"] * len(names)},
        "There is no activation in this at all: a network without them is one linear map.",
    ),
    (
        "wrong-layer",
        {"carry": lambda q, delta, da, dW: q.below.W.T @ delta if q.below else delta},
        "On the way down you took the weights of the layer that you go to; those that lead out of it are needed.",
    ),
    (
        "M2",
        {"order": lambda kept: kept},
        "You went through the layers from the first to the last: on the way back the last comes first.",
    ),
    (
        "M2",
        {"order": lambda kept: kept, "lists": lambda dW, db, weights, biases: (dW[::-1], db[::-1])},
        "You went through the layers from the first to the last: on the way back the last comes first.",
    ),
    (
        "parentheses",
        {
            "slope": lambda q: RIGHT_PASS["slope"](q) if q.last else np.ones_like(q.z),
            "carry": lambda q, delta, da, dW: q.W.T @ (delta * RIGHT_PASS["slope"](q.below) if q.below else delta),
        },
        "You multiplied by the slopes of a layer before the matrix had carried anything down to it.",
    ),
    (
        "off-by-one",
        {"lists": lambda dW, db, weights, biases: (_first_lost(dW), _first_lost(db))},
        "Your loop stops one layer early: the first layer gets nothing.",
    ),
    (
        "order",
        {"lists": lambda dW, db, weights, biases: (dW[::-1], db[::-1])},
        "The lists come last layer first, in the order of the way back: turn them round.",
    ),
    (
        "order",
        {"lists": lambda dW, db, weights, biases: (dW[::-1], db)},
        "The weight gradients come last layer first, in the order of the way back: turn their list round.",
    ),
    (
        "order",
        {"lists": lambda dW, db, weights, biases: (dW, db[::-1])},
        "The bias gradients come last layer first, in the order of the way back: turn their list round.",
    ),
    (
        "swapped",
        {"lists": lambda dW, db, weights, biases: (db, dW)},
        "You returned bias gradients first, weight gradients second: the other order is asked for.",
    ),
    (
        "M13",
        {"lists": lambda dW, db, weights, biases: ([d * W for d, W in zip(dW, weights, strict=True)], db)},
        OWN_WEIGHT,
    ),
    (
        "M9",
        {
            "lists": lambda dW, db, weights, biases: (
                [W - d for W, d in zip(weights, dW, strict=True)],
                [b - d for b, d in zip(biases, db, strict=True)],
            )
        },
        "Those are parameters after a step: the gradients are asked for, and the step is another function's work.",
    ),
    ("target", {"miss": lambda a, y: a}, "The target is gone: what goes back begins with the miss."),
    (
        "M13 loss",
        {"miss": lambda a, y: (a - y) ** 2 / 2},
        "You sent the loss itself on its way back: what travels is a slope, and begins as that of the loss.",
    ),
    (
        "slope",
        slope_instead("any", lambda q: RIGHT_PASS["slope"](q) ** 2),
        "The slope is in there twice in each layer: each link gives one factor.",
    ),
    (
        "slope",
        {"carry": lambda q, delta, da, dW: (q.W.T @ delta) * (1 - q.a_in**2)},
        "On the way down you took the slope of the layer below, which it takes itself once more when its turn comes.",
    ),
    (
        "off-by-one",
        slope_instead("any", lambda q: 1 - q.a_in**2),
        "You took the slope with what comes in: it belongs to what this layer makes.",
    ),
    (
        "slope",
        slope_instead("any", lambda q: 1 / np.cosh(q.z) if q.name == "tanh" else RIGHT_PASS["slope"](q)),
        "In your slope of tanh a square is missing.",
    ),
)
NAMED_ONLY: tuple[Wrong, ...] = (
    (
        "one-activation",
        {"names": lambda names: ["tanh"] * len(names)},
        "That is a network with tanh in every layer: each has an activation of its own.",
    ),
    (
        "M5",
        slope_instead("any", lambda q: 1 - q.z**2),
        "In every layer you put the pre-activation into the short form of the slope of tanh, meant for the activation.",
    ),
    (
        "wrong-layer",
        slope_instead("any", lambda q: 1 - q.a**2),
        "You took the slope of tanh in every layer: each has an activation of its own.",
    ),
    (
        "relu",
        slope_relu(lambda q: np.ones_like(q.z)),
        "Your slope of ReLU is one everywhere: what ReLU sends is never negative, so test what it receives.",
    ),
    ("relu", slope_relu(lambda q: q.a), "You took the value of ReLU for its slope, which is zero or one."),
    ("relu", slope_relu(lambda q: 1.0 * (q.z < 0)), "Your ReLU is on where it should be off, and off where it is on."),
    ("relu", slope_relu(lambda q: np.sign(q.z)), "Where a ReLU is off its slope is zero, not minus one."),
    (
        "wrong-layer",
        {"slope": lambda q: ACTIVATIONS[q.name_below].slope(q.z)},
        "You took the slope of the activation of the layer below: each layer has its own name.",
    ),
    (
        "wrong-layer",
        slope_instead("any", lambda q: tanh.slope(q.z)),
        "You took the slope of tanh in every layer: each has an activation of its own.",
    ),
    (
        "wrong-layer",
        slope_instead("any", lambda q: relu.slope(q.z)),
        "You took the slope of ReLU in every layer: each has an activation of its own.",
    ),
    (
        "order",
        renamed(lambda names: names[::-1]),
        "On the way back the layers have each other's activation functions: the names stand first layer first.",
    ),
    (
        "off-by-one",
        renamed(lambda names: [*names[1:], names[-1]]),
        "On the way back each layer has the activation function of the one above it.",
    ),
    (
        "slope",
        slope_identity(lambda q: q.z),
        "For the identity you took its value as its slope: it is a straight line.",
    ),
    (
        "slope",
        slope_identity(lambda q: np.zeros_like(q.z)),
        "For the identity you took zero as its slope: then nothing would come through.",
    ),
)
SIGN_TURNED: dict[str, Piece] = {"miss": lambda a, y: y - a}
FIRST_BUG = slope_where("any", lambda q: 1 - q.z**2)
SECOND_BUG: dict[str, Piece] = {"bias": lambda q, delta, da: da}
THIRD_BUG: dict[str, Piece] = {"carry": lambda q, delta, da, dW: q.W.T @ da}
TWO_LEFT: tuple[Wrong, ...] = (
    ("two-left", {**FIRST_BUG, **SECOND_BUG}, "One bug is gone. Look at the slope and at what the biases get."),
    ("two-left", {**FIRST_BUG, **THIRD_BUG}, "One bug is gone. Look at the slope and at what is carried down."),
    ("two-left", {**SECOND_BUG, **THIRD_BUG}, "One bug is gone. Look at what the biases get and what is carried down."),
    ("three-left", {**FIRST_BUG, **SECOND_BUG, **THIRD_BUG}, "All three bugs are still there."),
)

# ------------------------------------------------------------------ 4.6: a matrix that is used twice


def draw_tied(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return x, W, b, c for widths (n_in, n_code)."""
    n_in, n_code = widths[0], widths[-1]
    return {
        "x": rng.normal(size=n_in),
        "W": rng.normal(size=(n_code, n_in)) / np.sqrt(n_in),
        "b": rng.normal(size=n_code) / 2,
        "c": rng.normal(size=n_in) / 2,
    }


def tied_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare with central differences."""
    for name in ("W", "b", "c"):

        def loss(value: Array, name: str = name) -> float:
            q = SimpleNamespace(**{**inputs, name: value})
            n_code, n_in = q.W.shape
            code = [np.tanh(sum(q.W[j, i] * q.x[i] for i in range(n_in)) + q.b[j]) for j in range(n_code)]
            again = [sum(q.W[j, i] * code[j] for j in range(n_code)) + q.c[i] for i in range(n_in)]
            return float(sum((again[i] - q.x[i]) ** 2 for i in range(n_in)) / 2)

        yield close(outputs[f"d{name}"], numerical_gradient(loss, inputs[name]))


RIGHT_TIED: dict[str, Piece] = {
    "miss": lambda a, x: a - x,
    "slope": lambda z, a: 1 - a**2,
    "carry": lambda W, delta: W @ delta,
    "first": lambda delta1, x: np.outer(delta1, x),
    "second": lambda delta2, z, a: np.outer(a, delta2),
    "sum": lambda first, second, W: first + second,
    "db": lambda delta1, da1, b: delta1,
    "dc": lambda delta2, c: delta2,
    "b": lambda b: b,
    "c": lambda c: c,
    "f": np.tanh,
}


def tied(pieces: Mapping[str, Piece], x: Array, W: Array, b: Array, c: Array) -> Any:
    """Return dW, db, dc with some pieces exchanged."""
    piece = SimpleNamespace(**{**RIGHT_TIED, **pieces})
    z1 = W @ x + piece.b(b)
    a1 = piece.f(z1)
    delta2 = piece.miss(W.T @ a1 + piece.c(c), x)
    da1 = piece.carry(W, delta2)
    delta1 = da1 * piece.slope(z1, a1)
    dW = piece.sum(piece.first(delta1, x), piece.second(delta2, z1, a1), W)
    return dW, piece.db(delta1, da1, b), piece.dc(delta2, c)


def tied_other(
    second: Callable[[Array, Array, Array], Array], dc: Callable[[Array, Array, Array], Array] | None = None
) -> Callable[..., Any]:
    """Return the gradients with another part of the second layer, from (a1, x, delta2), or another dc."""

    def gradients(x: Array, W: Array, b: Array, c: Array) -> Any:
        dW, db, delta2 = tied({}, x, W, b, c)
        a1 = np.tanh(W @ x + b)
        dW = dW - np.outer(a1, delta2) + second(a1, x, delta2)
        return dW, db, dc(W, db, delta2) if dc else delta2

    return gradients


TIED_OTHER = (
    Mistake(
        "incoming",
        tied_other(lambda a1, x, delta2: np.outer(a1, x)),
        "In the part of the second layer you took the target for its delta: its delta is the miss.",
    ),
    Mistake(
        "bias",
        tied_other(lambda a1, x, delta2: np.outer(a1, delta2), lambda W, db, delta2: W.T @ db),
        "For the bias of the output you carried the delta of the code forward again: its own layer has one.",
    ),
)


WRONG_TIED: tuple[Wrong, ...] = (
    (
        "M1",
        {"sum": lambda first, second, W: first},
        "You took what the matrix does in the first layer only: it works in both, and all its paths are added.",
    ),
    (
        "M1",
        {"sum": lambda first, second, W: second},
        "You took what the matrix does in the second layer only: it works in both, and all its paths are added.",
    ),
    (
        "M1",
        {"sum": lambda first, second, W: (first + second) / 2},
        "You took the mean of the two uses: changes that reach the loss by two ways add up.",
    ),
    (
        "M12",
        {"sum": lambda first, second, W: first * second},
        "You multiplied the two uses by one another: links of one path are multiplied, different paths are added.",
    ),
    (
        "M1",
        {"sum": lambda first, second, W: first - second},
        "You subtracted the second use from the first: they add up, each with its own sign.",
    ),
    (
        "M1",
        {"sum": lambda first, second, W: 2 * first},
        "You counted the first use twice: the second is another one, with another delta and another input.",
    ),
    (
        "M1",
        {"sum": lambda first, second, W: 2 * second},
        "You counted the second use twice: the first is another one, with another delta and another input.",
    ),
    (
        "M8",
        {"second": lambda delta2, z, a: np.outer(delta2, a)},
        "The part of the second layer is the gradient of the transpose: lay it as the matrix itself lies.",
    ),
    ("M8", {"first": lambda delta1, x: np.outer(x, delta1)}, "The part of the first layer lies on its side."),
    ("M8", {"sum": lambda first, second, W: (first + second).T}, ""),
    (
        "M8",
        {"carry": lambda W, delta: W.T @ delta},
        "On the way back you used the transpose once more: the second layer has the transpose on its way forward.",
    ),
    (
        "M6",
        {"carry": lambda W, delta: np.linalg.pinv(W.T) @ delta},
        "You went back through an inverse: nothing is undone there, sensitivities are collected.",
    ),
    (
        "M1",
        {"carry": lambda W, delta: W[:, 0] * delta[0]},
        "You followed the first output only: a code unit acts on every output, and all its paths must be added.",
    ),
    (
        "M1",
        {"carry": lambda W, delta: W @ delta / len(delta)},
        "You took the mean over the outputs on the way back: what comes along several paths adds up.",
    ),
    ("weights-forgotten", {"carry": lambda W, delta: np.full(len(W), delta.sum())}, ""),
    ("M7", {"slope": lambda z, a: np.ones_like(z)}, ""),
    (
        "M5",
        {"slope": lambda z, a: 1 - np.tanh(a) ** 2},
        "You took the slope of tanh at the activation; it belongs at the pre-activation.",
    ),
    ("M5 short form", {"slope": lambda z, a: 1 - z**2}, ""),
    ("slope", {"slope": lambda z, a: a * (1 - a)}, "You used the sigmoid's slope for tanh."),
    ("slope", {"slope": lambda z, a: 1 - a}, ONE_FACTOR),
    ("slope", {"slope": lambda z, a: 1 + a**2}, ONE_FACTOR),
    ("slope", {"slope": lambda z, a: a}, "You multiplied by the activation itself, where its slope belongs."),
    (
        "sign",
        {"miss": lambda a, x: x - a},
        "Every sign is turned round: look at which way round you subtracted output and target.",
    ),
    (
        "factor-2",
        {"miss": lambda a, x: 2 * (a - x)},
        "Everything is twice too large: the half in the loss cancels the two that comes down from the square.",
    ),
    ("mean", {"miss": lambda a, x: (a - x) / len(x)}, "You took a mean over the outputs: this loss adds them up."),
    (
        "mean",
        {"miss": lambda a, x: 2 * (a - x) / len(x)},
        "That is the gradient of the mean squared error: this loss is half a sum.",
    ),
    (
        "slope",
        {"miss": lambda a, x: (a - x) * (1 - a**2)},
        "You took a slope of tanh at the output as well: the second layer has no activation function.",
    ),
    (
        "slope",
        {"miss": lambda a, x: (a - x) * (1 - np.tanh(a) ** 2)},
        "You took a slope of tanh at the output as well: the second layer has no activation function.",
    ),
    (
        "incoming",
        {"second": lambda delta2, z, a: np.outer(z, delta2)},
        "Into the second layer goes what the code units send, not what they receive.",
    ),
    ("bias", {"b": np.zeros_like}, "You left out the bias of the code on the way forward."),
    ("bias", {"c": np.zeros_like}, "You left out the bias of the output on the way forward."),
    (
        "no-activation",
        {"f": lambda z: z, "slope": lambda z, a: np.ones_like(z)},
        "There is no activation in this at all: a network without one is a linear map.",
    ),
    (
        "no-activation",
        {"f": lambda z: z},
        "The way forward has lost its tanh.",
    ),
    ("M7", {"db": lambda delta1, da1, b: da1}, "The bias of the code lies below its tanh: the slope is missing."),
    ("bias", {"db": lambda delta1, da1, b: delta1 * b}, "You multiplied a bias gradient by the bias itself."),
    ("bias", {"db": lambda delta1, da1, b: np.asarray(delta1.sum())}, SUMMED),
    ("bias", {"db": lambda delta1, da1, b: np.ones_like(b)}, "You stopped at the slope of z in its bias."),
    ("bias", {"dc": lambda delta2, c: delta2 * c}, "You multiplied a bias gradient by the bias itself."),
    ("bias", {"dc": lambda delta2, c: np.asarray(delta2.sum())}, SUMMED),
    ("bias", {"dc": lambda delta2, c: np.ones_like(c)}, "You stopped at the slope of z in its bias."),
    ("M13", {"sum": lambda first, second, W: (first + second) * W}, OWN_WEIGHT),
    (
        "M9",
        {
            "sum": lambda first, second, W: W - first - second,
            "db": lambda delta1, da1, b: b - delta1,
            "dc": lambda delta2, c: c - delta2,
        },
        "Those are parameters after a step: the gradients are asked for, and the step is another function's work.",
    ),
    ("target", {"miss": lambda a, x: a}, "The target is gone: what goes back begins with the miss."),
    ("target", {"miss": lambda a, x: a + x}, "You added output and target: the miss is a difference."),
    (
        "slope",
        {"miss": lambda a, x: np.tanh(a) - x},
        "You bent the output: the second layer has no activation function.",
    ),
    (
        "incoming",
        {"second": lambda delta2, z, a: np.outer(1 - a**2, delta2)},
        "Into the second layer goes what the code units send, not the slope of their tanh.",
    ),
    (
        "bias",
        {"dc": lambda delta2, c: np.zeros_like(c)},
        "The bias of the output gets nothing: it moves the output one to one.",
    ),
)

# ------------------------------------------------------------------ 4.7

NOT_THIS_BUG = {
    "a": ("no-bug", "something is wrong here: a gradient check of it fails."),
    "b": ("M7", "count the slopes: each hidden layer that is passed on the way has given its own."),
    "c": ("M5", "each slope that is there is taken at a pre-activation."),
    "d": ("wrong-layer", "the weights belong to the layers where they are used."),
    "e": ("incoming", "each weight gradient has what comes in through its own weights."),
    "f": ("parentheses", "products of a matrix come first, then entry by entry, as they should."),
}


def bug(right: str) -> Choice:
    """Return the choice among all bugs."""
    return Choice.among(NOT_THIS_BUG, right)


# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "4.1",
        "Zero or not?",
        rung="predict",
        points=6,
        difficulty=2,
        minutes=5,
        kind=Parts(
            {
                "dw1_11": zero(
                    "zero", "incoming", "what comes in through this weight is nothing, so turning it does nothing."
                ),
                "db1_1": zero(
                    "nonzero", "bias", "a silent input silences weights, not the bias, whose input never changes."
                ),
                "db1_2": zero(
                    "zero", "M7", "the path from this bias leads through a unit whose slope you can read off."
                ),
                "dw2_12": zero("zero", "incoming", "ask what comes in through this weight, from a ReLU that is off."),
                "dw2_11": zero("nonzero", "M10", "unit 1 sends something, and the unit above it is on."),
                "da1_2": zero(
                    "nonzero",
                    "M10",
                    "the unit is off, but this asks what would happen if it sent something: the slope of the unit "
                    "lies below that place.",
                ),
            }
        ),
        praise="A ReLU that is off stops what passes through it and sends nothing; what arrives is another matter.",
        hints=(
            "A weight's gradient has two factors: zero if either is. Which factors are zero here?",
            "An input of zero silences the weights that lead out of it. A unit that is off has slope zero, and sends "
            "zero.",
            "Go through BP3 and BP4 one by one: delta of unit 2 is zero, its activation is zero, input 1 is zero. "
            "Everything else is not. And what stands in the gradient by an activation: is the unit's own slope in it?",
        ),
    ),
    Exercise(
        "4.2",
        "Down the columns",
        rung="hand-compute",
        points=1,
        difficulty=1,
        minutes=5,
        kind=Number(
            setting=table,
            right=lambda q: q.back * q.slope,
            witness=lambda q: numerical_gradient(
                lambda z: float(sum(q.delta[k] * (q.W[k] * np.tanh(z)).sum() for k in range(3))), np.arctanh(q.a)
            ),
            mistakes=(
                Mistake(
                    "delta",
                    lambda q: q.W.sum(axis=0) * q.slope,
                    "You added the weights of each column alone: along each comes back a delta, times the weight.",
                ),
                Mistake(
                    "M12",
                    lambda q: q.back + q.slope,
                    "You added the slope to what comes back: along a path links multiply.",
                ),
                Mistake(
                    "M1",
                    lambda q: q.W[:2].T @ q.delta[:2] * q.slope,
                    "You followed the paths to two units above only: there are three.",
                ),
                Mistake(
                    "M8",
                    lambda q: q.W[:2] @ q.delta[:2] * q.slope,
                    "You went along rows: the weights from one hidden unit stand in a column.",
                ),
                Mistake(
                    "M13",
                    lambda q: q.back * q.slope * q.a,
                    "You multiplied by what the unit sends as well: that is a factor of gradients further up.",
                ),
                Mistake("M7", lambda q: q.back),
                Mistake("slope", lambda q: q.back * q.a * (1 - q.a), "You used the sigmoid's slope for tanh."),
                Mistake("slope", lambda q: q.back * (1 - q.a), ONE_FACTOR),
                Mistake("slope", lambda q: q.back * (1 + q.a**2), ONE_FACTOR),
                Mistake("slope", lambda q: q.back * q.a, "You multiplied by the activation, where its slope belongs."),
                Mistake("slope", lambda q: q.back * q.a**2, ONE_FACTOR),
                Mistake("slope", lambda q: q.slope, "Those are the slopes alone: nothing has come back through them."),
                Mistake("slope", lambda q: q.back * q.slope[::-1], "The slopes of the two units are swapped."),
                Mistake(
                    "M5",
                    lambda q: q.back * (1 - np.tanh(q.a) ** 2),
                    "You took the slope of tanh at the activation; it belongs at the pre-activation.",
                ),
                Mistake("M5", lambda q: q.back * (1 - np.arctanh(q.a) ** 2), SAYS["M5 short form"]),
                Mistake("M6", lambda q: np.linalg.pinv(q.W) @ q.delta * q.slope),
                Mistake("M6", lambda q: (q.delta[:, None] / q.W).sum(axis=0) * q.slope, "You divided by the weights."),
                Mistake("weights-forgotten", lambda q: q.delta.sum() * q.slope),
                Mistake("M1", lambda q: q.W[0] * q.delta[0] * q.slope, "You followed the path to the first unit only."),
                Mistake(
                    "M1", lambda q: q.W[1] * q.delta[1] * q.slope, "You followed the path to the second unit only."
                ),
                Mistake(
                    "M1",
                    lambda q: q.W[2] * q.delta[2] * q.slope,
                    "The last path has overwritten the others: what comes along all three is added.",
                ),
                Mistake(
                    "M1",
                    lambda q: q.back * q.slope / 3,
                    "You took the mean over the three paths: what comes along several paths adds up.",
                ),
                Mistake(
                    "M1",
                    lambda q: q.W.sum(axis=0) * q.delta.sum() * q.slope,
                    "You added weights and deltas apart: each path keeps its own weight with its own delta.",
                ),
                Mistake(
                    "M8",
                    lambda q: q.W.ravel().reshape(2, 3) @ q.delta * q.slope,
                    "You read the table along its rows: those who hear a unit stand in its column.",
                ),
                Mistake("sign", lambda q: np.abs(q.W).T @ q.delta * q.slope, "You lost the minus of some weights."),
                Mistake("sign", lambda q: q.W.T @ np.abs(q.delta) * q.slope, "You lost the minus of a delta."),
                Mistake("swapped", lambda q: (q.back * q.slope)[::-1]),
            ),
        ),
        praise="Down a column, weight times delta, then the unit's own slope: a sum over all whom the unit speaks to.",
        hints=(
            "Whom does the first hidden unit speak to, and with which weights? They stand in one column.",
            "For each hidden unit: three products, weight times delta, added up. What comes back has reached the "
            "activation; delta belongs to z.",
            "Unit 1: 0.7 times 0.15, plus (-1.1) times (-0.2), plus 0.2 times 0.35; all that times one minus the "
            "square of 0.5, which is the slope of tanh written with its activation.",
        ),
    ),
    Exercise(
        "4.3",
        "Path by path",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Number(
            setting=two_paths,
            right=lambda q: q.paths.sum(),
            witness=loss_along,
            mistakes=(
                *(
                    Mistake(
                        "slope",
                        lambda q, form=form: through(q, s1=form(q.s1[0]), s2=form(q.s2)),
                        "You put the given numbers into a short form once more: they are the slopes already.",
                    )
                    for form in (lambda n: 1 - n**2, lambda n: n * (1 - n))
                ),
                Mistake(
                    "delta",
                    lambda q: through(q, delta3=q.delta3**2),
                    "Delta of the output is in there twice: each path has it once.",
                ),
                Mistake(
                    "swapped",
                    lambda q: through(q, W3=q.W3[::-1]),
                    "The weights of the output are swapped: each belongs to one unit of layer 2.",
                ),
                Mistake(
                    "M8",
                    lambda q: through(q, W2=q.W2[1]),
                    "You took a row of the weights of layer 2: the paths begin at one unit, in one column.",
                ),
                Mistake(
                    "M8",
                    lambda q: through(q, W2=np.diag(q.W2)),
                    "You went along the diagonal of the weights of layer 2: both paths begin at the same unit.",
                ),
                Mistake(
                    "M7",
                    lambda q: q.paths[0] + q.paths[1] / q.s1[0],
                    "On one of the paths the slope of layer 1 is missing: both pass that unit.",
                ),
                Mistake(
                    "M7",
                    lambda q: q.paths[1] + q.paths[0] / q.s1[0],
                    "On one of the paths the slope of layer 1 is missing: both pass that unit.",
                ),
                Mistake(
                    "M8", lambda q: through(q, x=q.x.sum()), "You took both inputs: the weight carries one of them."
                ),
                Mistake("M1", lambda q: q.paths[0], "You followed the path through the first unit of layer 2 only."),
                Mistake("M1", lambda q: q.paths[1], "You followed the path through the second unit of layer 2 only."),
                Mistake("M1", lambda q: q.paths.mean(), "You took the mean of the paths: they add up."),
                Mistake("M1", lambda q: q.paths[0] - q.paths[1], "You took the difference of the paths: they add up."),
                Mistake(
                    "M12",
                    lambda q: q.paths.prod(),
                    "You multiplied the paths by one another: links of one path are multiplied, paths are added.",
                ),
                Mistake(
                    "M8",
                    lambda q: through(q, W2=q.W2[0]),
                    "You took a row of the second table: the weights that lead out of a unit stand in its column.",
                ),
                Mistake(
                    "M8",
                    lambda q: through(q, W2=q.W2[:, 1], s1=q.s1[1]),
                    "You followed the other unit of layer 1: the first index of a weight names where it leads.",
                ),
                Mistake(
                    "M8",
                    lambda q: through(q, W2=q.W2[:, 1], s1=q.s1[1], x=q.x[0]),
                    "The two indices of the weight are swapped: the first names where it leads, the second where it "
                    "comes from.",
                ),
                Mistake("M8", lambda q: through(q, x=q.x[0]), "You took the other input: the second index names it."),
                Mistake("slope", lambda q: through(q, s1=q.s1[1]), "You took the slope of the other unit of layer 1."),
                Mistake("slope", lambda q: through(q, s2=q.s2[::-1]), "The slopes of layer 2 are swapped."),
                Mistake("M7", lambda q: through(q, s1=1.0), "The slope of layer 1 is missing."),
                Mistake("M7", lambda q: through(q, s2=1.0), "The slopes of layer 2 are missing."),
                Mistake("M7", lambda q: through(q, s1=1.0, s2=1.0), "The slopes of both hidden layers are missing."),
                Mistake(
                    "incoming",
                    lambda q: through(q, x=1.0),
                    "That is a delta: what comes in through the weight is missing.",
                ),
                Mistake("delta", lambda q: through(q, delta3=1.0), "You left out delta of the output."),
                Mistake("weights-forgotten", lambda q: through(q, W3=1.0), "The weights of the output are missing."),
                Mistake("weights-forgotten", lambda q: through(q, W2=1.0), "The weights of layer 2 are missing."),
                Mistake(
                    "too-many-paths",
                    lambda q: q.delta3 * (q.W3 * q.s2 * (q.W2 @ q.s1)).sum() * q.x[1],
                    "You added paths that do not begin at this weight: it acts through one unit of layer 1.",
                ),
                Mistake("sign", lambda q: through(q, x=abs(q.x[1])), "You lost the minus of the input."),
                Mistake("sign", lambda q: through(q, W3=abs(q.W3)), "You lost the minus of an output weight."),
            ),
        ),
        praise="Two paths that share their beginning and their end: that is why the sum can be done once for a unit.",
        hints=(
            "How many paths lead from this weight to the loss? Through which units does each go?",
            "Multiply along each path: an input, a slope, a weight, a slope, a weight, delta of the output. What do "
            "you do with the products?",
            "Both paths begin with the second input and the slope of unit 1, and end with delta of the output. "
            "Between: 0.45 times 0.85 times (-0.6) for one, 0.8 times 0.35 times 1.1 for the other.",
        ),
    ),
    Exercise(
        "4.4",
        "Back through one layer",
        rung="complete",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Function(
            outputs=("dW", "db", "da_in"),
            inputs=draw_layer,
            right=lambda **inputs: one_layer({}, **inputs),
            witness=layer_agrees,
            mistakes=tuple(LAYER_MISTAKES),
            widths=((2, 4), (5, 3), (3, 1), (1, 4), (4, 2)),
            square=(3, 3),
        ),
        praise="Whatever stands above and below, this is all that a layer has to do on the way back.",
        hints=(
            "What arrives is a slope at what the layer sends. Which value do weights, bias and input act on first?",
            "First go to z, entry by entry. From there three things hang: weights, bias, and the activations below.",
            "delta is da times slope(z). dW is the outer product of delta and a_in, db is delta, and da_in is W "
            "transposed times delta.",
        ),
    ),
    Exercise(
        "4.5",
        "Any depth, any activation",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=15,
        kind=Function(
            outputs=("dW", "db"),
            inputs=draw_deep,
            right=deep_gradients,
            witness=deep_agrees,
            mistakes=(*varied(way_back, (*WRONG_PASS, *NAMED_ONLY), SIGN_TURNED), BARE),
            widths=((3, 4, 2), (2, 5, 3, 4), (4, 3)),
        ),
        praise="One loop forward, one loop back: with three layers or with thirty, the lines are the same.",
        hints=(
            "Write the way forward as a loop that keeps, for each layer, what comes in and what it sums to.",
            "Begin the way back with how the loss changes with the prediction. In each layer: through its own slope, "
            "read off both gradients, then down through the weights. Go through the layers from the last to the first.",
            "In the loop over reversed(list(zip(weights, names, kept))): delta is da times by_name[name].slope(z); "
            "insert np.outer(delta, a_in) and delta at place 0 of the two lists; then da is W.T @ delta.",
        ),
    ),
    Exercise(
        "4.6",
        "One matrix, used twice",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=("dW", "db", "dc"),
            inputs=draw_tied,
            right=lambda **inputs: tied({}, **inputs),
            witness=tied_agrees,
            mistakes=(*varied(tied, WRONG_TIED, {"miss": lambda a, x: x - a}), *TIED_OTHER),
            widths=((4, 2), (3, 5), (2, 1), (5, 3)),
            square=(3, 3),
        ),
        praise="Two uses, two contributions, added; and where forward goes through the transpose, back goes without.",
        hints=(
            "Pretend for a moment that the two layers had matrices of their own. What would their gradients be?",
            "The second layer's matrix is the transpose of W: its gradient lies on its side. Turn it before you add. "
            "And which matrix carries its delta back?",
            "delta2 is the miss. delta1 is (W @ delta2) times (1 - a1 squared). Then dW has two parts: "
            "np.outer(delta1, x) and np.outer(a1, delta2).",
        ),
    ),
    Exercise(
        "4.7",
        "Find the bug",
        rung="debug",
        points=4,
        difficulty=2,
        minutes=8,
        kind=Parts({"A": bug("c"), "B": bug("b"), "C": bug("f"), "D": bug("a")}),
        praise="All four run, and give every gradient its right shape: only the numbers tell.",
        hints=(
            "Hold each line against BP1 to BP3. One pass is right, though it looks different.",
            "In each line for a delta count: one matrix, one slope for each layer that is passed. And in which order "
            "do they come?",
            "tanh.slope wants a pre-activation. One pass hands it something else; one goes down two layers at once and "
            "passes an activation without noticing; one multiplies by the slope before the matrix has done its work.",
        ),
    ),
    Exercise(
        "4.8",
        "Repair it",
        rung="debug",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("dW", "db"),
            inputs=draw_plain,
            right=deep_gradients,
            witness=deep_agrees,
            mistakes=(*varied(way_back, (*TWO_LEFT, *WRONG_PASS), SIGN_TURNED), BARE),
            widths=((3, 4, 2), (2, 5, 3, 4), (4, 3)),
        ),
        praise="All three are gone: with one layer two of them could not even have been seen.",
        hints=(
            "The judge tells which gradients are wrong, and for which depth. What do the wrong ones share?",
            "One bug is in how steep tanh is. Two are alike: something is read that has not yet passed the slope.",
            "The short form of the slope of tanh has the activation in it, not z. A bias gradient is delta, and what "
            "goes down through the weights is delta too.",
        ),
    ),
    Exercise(
        "4.9",
        "A chain of three",
        rung="derive",
        points=2,
        difficulty=2,
        minutes=7,
        kind=Derivation("4.9"),
        praise="One path, so one product: two weights, two slopes, the miss and the input, and no plus anywhere.",
        hints=(
            "Put a finger on the weight and follow it to the loss: how many links do you pass?",
            "Each weight further on is a link, and so is each activation. The output sends on what it receives, so its "
            "slope is one. tanh and sigmoid have slopes that can be written with what they send.",
            "From the loss back: the miss a3 - y, the weight w3, the slope of the sigmoid, the weight w2, the slope of "
            "tanh, and what comes in through w1.",
        ),
    ),
    Exercise(
        "4.10",
        "The gradient of a bias",
        rung="derive",
        points=2,
        difficulty=2,
        minutes=8,
        kind=Derivation("4.10"),
        praise="Of all the paths that might have been, one is left, and its last link is one: the gradient is delta.",
        hints=(
            "In which of the two pre-activations does this bias stand? With which factor?",
            "Of the sum over both units one term is zero. In the other the last factor is how fast z changes with its "
            "bias. What is left has a name.",
            "It is the loss differentiated by the second pre-activation: the miss of the product, times the other "
            "factor of the product, times the slope of the second tanh.",
        ),
    ),
    Exercise(
        "4.11",
        "A shortcut",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=10,
        kind=Derivation("4.11"),
        praise="However small the second weight and slope are, the one of the shortcut stays: very deep networks live "
        "on it.",
        hints=(
            "In how many ways does the activation of the first unit act on the prediction?",
            "Along one way it passes a weight and a tanh, along the other nothing at all. Each way gives a product; "
            "the products are added.",
            "The tanh of the second unit sends the prediction minus a1, so its slope can be written with that. The "
            "factor for the step from a1 to the prediction is one plus w2 times this slope.",
        ),
    ),
    Exercise(
        "4.12",
        "Why transposed?",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Essay(
            (
                "Repeats the formula, says that back is the opposite of forward, or calls the transpose an inverse.",
                "Says that the shapes fit only so, or that rows and columns change places: no reason in what units do.",
                "Gives the reason: a unit adds up over all units that it feeds, and their weights stand in one column.",
                "Does that, and refutes the inverse with a reason or an example.",
            )
        ),
        praise="",
        hints=(
            "Take one hidden unit. Which entries of the matrix does it meet on the way forward, and in whose sums?",
            "Nudge what the unit sends by a little. How much does each pre-activation above change, and what does the "
            "loss make of each change?",
            "Write the sum with indices, and look which index it runs over. Then ask of the inverse what it would find "
            "out, whether anybody wants to know that, and whether the matrix of a 300-to-10 layer has one.",
        ),
    ),
)
