"""The exercises of chapter 16, Beyond backpropagation.

References come from the library where it has them. The round of Levenberg-Marquardt is drawn so that the model's
promise is kept to a chosen share: each branch of its rule occurs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.activations import sigmoid
from backprop_lab.arrays import Array
from backprop_lab.beyond import damped_step, direct_feedback_deltas, oja
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.number import Number
from backprop_lab.network import Network

__all__ = ["EXERCISES"]

Named = Mapping[str, Any]
Piece = Callable[..., Any]


def made(run: Callable[..., Any], pieces: Any) -> tuple[Mistake, ...]:
    """Return a mistake for each (name, exchanged pieces, says)."""
    return tuple(
        Mistake(name, lambda wrong=wrong, **inputs: run(wrong, **inputs), says) for name, wrong, says in pieces
    )


# ------------------------------------------------------------------ 16.1, 16.2 and 16.8: what the options say


def turned(right: str, says: str) -> Choice:
    """Return the choice between the true delta and its opposite."""
    return Choice(right, {"-" if right == "+" else "+": ("minus-signs", says)})


FIRST_ONLY = "count every turned matrix on the way down to this layer, not whether there is one at all."
ABOVE = "this layer's delta does not pass the turned matrix: which way does delta travel?"
BELOW = "this layer's delta passes the turned matrix on its way down, though that is not the last one it passes."

NEEDS = {
    "a": (
        "derivative",
        "somewhere in it a loss is differentiated: ask how the update gets its direction.",
    ),
    "b": (
        "one-layer",
        "that would be a loss in every layer, and nothing that comes down from the layer above.",
    ),
    "c": (
        "exact",
        "not every layer is handed its exact delta here, carried down from the output.",
    ),
    "d": (
        "other-matrix",
        "look at which matrices a delta passes here, and whether it passes any.",
    ),
    "e": (
        "models",
        "nothing is taught here by what one layer sends down to the next.",
    ),
}

NOT_THIS_BUG = {
    "a": ("no-bug", "something is wrong here: hold it against the formula of the chapter, factor by factor."),
    "b": ("redrawn", "look at where its random numbers are drawn, and whether that is where they should be."),
    "c": ("sign", "this does go the way that it should: follow one sign through."),
    "d": ("M7", "count the factors of each delta once more: no slope is missing."),
    "e": ("leak", "nothing leaks here, or it leaks as it should."),
    "f": ("M8", "try its shapes: every product fits, and no matrix lies on its side."),
}


# ------------------------------------------------------------------ 16.3: one step by hand


def two_weights() -> SimpleNamespace:
    """Return the model v w x at two examples, with its residuals and its Jacobian (columns: w, v)."""
    w, v, mu = 1.5, -0.8, 0.4
    x, y = np.array([1.0, 2.0]), np.array([0.6, -1.0])
    r, J = v * w * x - y, np.outer(x, [v, w])
    return SimpleNamespace(w=w, v=v, mu=mu, x=x, y=y, r=r, J=J, H=J.T @ J, g=J.T @ r, I=np.eye(2))


def by_rank_one(q: SimpleNamespace) -> Any:
    """Return the step from the one direction in which this Jacobian can look."""
    direction = np.array([q.v, q.w])
    xx, xr = sum(a * a for a in q.x), sum(a * b for a, b in zip(q.x, q.r, strict=True))
    return -xr * direction / (xx * sum(direction**2) + q.mu)


def solved(H: Any, g: Any) -> Any:
    """Return the step of a bowl."""
    return np.linalg.solve(H, -g)


UNDAMPED = (
    "The damping is missing: that is the shortest of the many Gauss-Newton steps, which this table alone can't tell."
)
STEP_BY_HAND = (
    Mistake("damping", lambda q: -np.linalg.pinv(q.J) @ q.r, UNDAMPED),
    Mistake("damping", lambda q: solved(q.H + q.mu, q.g), "You added the damping to every entry, not to the diagonal."),
    Mistake("damping", lambda q: solved(q.H - q.mu * q.I, q.g), "You subtracted the damping."),
    Mistake("damping", lambda q: solved(q.H + q.I, q.g), "You added a one to the diagonal, where the damping belongs."),
    Mistake("damping", lambda q: solved(q.H + q.mu**2 * q.I, q.g), "You squared the damping."),
    Mistake("damping", lambda q: solved(q.H + q.mu / 2 * q.I, q.g), "You halved the damping: its half is used up."),
    Mistake(
        "damping",
        lambda q: solved(q.H + q.mu * np.diag([1, 0]), q.g),
        "You damped the first parameter only: each has its entry on the diagonal.",
    ),
    Mistake(
        "damping",
        lambda q: solved(q.H + q.mu * np.diag([0, 1]), q.g),
        "You damped the second parameter only: each has its entry on the diagonal.",
    ),
    Mistake(
        "diagonal",
        lambda q: -q.g / (np.diag(q.H) + q.mu),
        "You left out the entries off the diagonal: the two parameters act together.",
    ),
    Mistake("gradient", lambda q: q.g, "That is the gradient: the step divides it by the curvature."),
    Mistake("gradient", lambda q: -q.g / q.mu, "That is the step for a very large damping: the table has dropped out."),
    Mistake("no-transpose", lambda q: solved(q.J @ q.J.T + q.mu * q.I, q.g), "You built the table of the examples."),
    Mistake("target", lambda q: solved(q.H + q.mu * q.I, q.J.T @ (q.r + q.y)), "You took predictions for residuals."),
    Mistake("target", lambda q: solved(q.H + q.mu * q.I, -q.J.T @ q.y), "You took targets for residuals."),
    Mistake(
        "mean",
        lambda q: solved(q.H + q.mu * q.I, q.g / 2),
        "You took a mean on one side only: table and gradient add over the same examples.",
    ),
    Mistake(
        "one-example",
        lambda q: solved(np.outer(q.J[0], q.J[0]) + q.mu * q.I, q.J[0] * q.r[0]),
        "That is the first example alone.",
    ),
    Mistake(
        "one-example",
        lambda q: solved(np.outer(q.J[1], q.J[1]) + q.mu * q.I, q.J[1] * q.r[1]),
        "That is the second example alone.",
    ),
    Mistake(
        "swapped",
        lambda q: damped_step(q.J, q.r, q.mu)[::-1],
        "The two parameters are swapped: the slope for one contains the other.",
    ),
    Mistake(
        "too-far",
        lambda q: np.array([q.w, q.v]) + damped_step(q.J, q.r, q.mu),
        "These are parameters after the step; the step is asked for.",
    ),
    Mistake(
        "derivative",
        lambda q: damped_step(np.outer([1.0, 1.0], [q.v, q.w]), q.r, q.mu),
        "In your Jacobian the input is missing.",
    ),
    Mistake(
        "diagonal",
        lambda q: solved(q.H + q.mu * np.diag(np.diag(q.H)), q.g),
        "You damped in proportion to the diagonal, which some do; here every parameter gets the same.",
    ),
    Mistake(
        "damping",
        lambda q: solved(q.H + 2 * q.mu * q.I, q.g),
        "You doubled the damping, or took means over the examples: the loss is a sum, so nothing is halved.",
    ),
    Mistake(
        "newton",
        lambda q: solved(q.H + (q.r @ q.x) * (1 - q.I) + q.mu * q.I, q.g),
        "Your table has second derivatives of the model in it: Levenberg-Marquardt leaves them out.",
    ),
    Mistake(
        "gradient",
        lambda q: -q.mu * q.g,
        "You took the damping for a learning rate: it is added to the diagonal, and the table is solved for the step.",
    ),
    Mistake(
        "no-jacobian",
        lambda q: solved(q.H + q.mu * q.I, q.r),
        "You put the residuals where the gradient belongs: the Jacobian is missing there.",
    ),
    Mistake(
        "half",
        lambda q: solved(2 * q.H + q.mu * q.I, q.g),
        "The two sides belong to different losses: half the sum of squares has neither a two in the table nor one in "
        "the gradient.",
    ),
    Mistake(
        "target",
        lambda q: solved(q.H + q.mu * q.I, q.J.T @ (q.r + 2 * q.y)),
        "You added the targets to the predictions: a residual is their difference.",
    ),
    Mistake(
        "one-number", lambda q: damped_step(q.J, q.r, q.mu)[0], "That is the step of one parameter: two are asked for."
    ),
    Mistake(
        "one-number", lambda q: damped_step(q.J, q.r, q.mu)[1], "That is the step of one parameter: two are asked for."
    ),
)

# ------------------------------------------------------------------ 16.4: one example for Oja


def one_unit() -> SimpleNamespace:
    """Return a linear unit and the example that it sees."""
    w, x = np.array([0.7, -0.4]), np.array([1.5, -1.0])
    return SimpleNamespace(w=w, x=x, eta=0.2, a=float(w @ x))


def oja_in_pairs(q: SimpleNamespace) -> list[float]:
    """Return the new weights, one at a time."""
    a = q.w[0] * q.x[0] + q.w[1] * q.x[1]
    return [w + q.eta * a * x - q.eta * a * a * w for w, x in zip(q.w, q.x, strict=True)]


OJA_BY_HAND = (
    Mistake("hebb", lambda q: q.w + q.eta * q.a * q.x, "That is Hebb's rule: nothing leaks."),
    Mistake(
        "leak",
        lambda q: q.w + q.eta * q.a * (q.x - q.w),
        "Your leak lacks a factor: it goes with the square of the activity.",
    ),
    Mistake(
        "leak",
        lambda q: q.w + q.eta * (q.a * q.x - q.w),
        "Your leak is the weight itself: how active the unit is must be in it, twice.",
    ),
    Mistake(
        "leak",
        lambda q: q.w + q.eta * q.a * (q.x + q.a * q.w),
        "Your leak has the wrong sign: it makes the weights grow.",
    ),
    Mistake("leak", lambda q: q.w + q.eta * q.a * (q.x - q.a), "Your leak does not contain the weight."),
    Mistake(
        "leak",
        lambda q: q.w + q.eta * q.a * (q.x - q.a * q.x),
        "Your leak contains the input where the weight belongs.",
    ),
    Mistake(
        "activity",
        lambda q: q.w + q.eta * (q.x - q.a * q.w),
        "The activity in front is missing: a silent unit must not learn.",
    ),
    Mistake(
        "rate-twice",
        lambda q: q.w + q.eta * q.a * (q.x - q.eta * q.a * q.w),
        "The rate stands before the whole change, once.",
    ),
    Mistake("learning-rate", lambda q: q.w + q.a * (q.x - q.a * q.w)),
    Mistake(
        "step-only",
        lambda q: q.eta * q.a * (q.x - q.a * q.w),
        "That is the change alone: the new weights are asked for.",
    ),
    Mistake(
        "descent",
        lambda q: q.w - q.eta * q.a * (q.x - q.a * q.w),
        "You subtracted the change: there is no loss to go down here.",
    ),
    Mistake(
        "normalized",
        lambda q: (q.w + q.eta * q.a * q.x) / np.linalg.norm(q.w + q.eta * q.a * q.x),
        "You brought the length to one by force; Oja's leak does it little by little.",
    ),
    Mistake("no-step", lambda q: q.w),
    Mistake("sign", lambda q: oja(q.w, np.abs(q.x), q.eta), "You lost the minus of the second input."),
    Mistake("sign", lambda q: oja(np.abs(q.w), q.x, q.eta), "You lost the minus of the second weight."),
    Mistake(
        "sign",
        lambda q: q.w + q.eta * 0.65 * (q.x - 0.65 * q.w),
        "Minus times minus: look at the second product in the activity.",
    ),
    Mistake("leak", lambda q: q.w + q.eta * q.a * (q.x - q.a**2 * q.w), "The activity is in your leak once too often."),
    Mistake(
        "length",
        lambda q: q.w + q.eta * q.a * (q.x - q.a * (q.w @ q.w)),
        "You put the squared length of the weights into the leak; each weight leaks by itself.",
    ),
    Mistake(
        "activity",
        lambda q: q.w + q.eta * (q.x - q.w),
        "You moved the weights towards the input: how active the unit is plays no part in that.",
    ),
    Mistake(
        "leak",
        lambda q: q.w + q.eta * q.a**2 * (q.x - q.w),
        "The square of the activity belongs to the leak alone; with the input it stands once.",
    ),
    Mistake(
        "normalized",
        lambda q: oja(q.w, q.x, q.eta) / np.linalg.norm(oja(q.w, q.x, q.eta)),
        "You brought the length to one by force, after the leak: the leak alone does it little by little.",
    ),
    Mistake(
        "activity",
        lambda q: q.w + q.eta * np.tanh(q.a) * (q.x - np.tanh(q.a) * q.w),
        "You sent the activity through a tanh: this unit is linear.",
    ),
    Mistake(
        "activity",
        lambda q: q.w + q.eta * q.x.sum() * (q.x - q.x.sum() * q.w),
        "You took the sum of the inputs for the activity: each comes in through its weight.",
    ),
    Mistake(
        "activity",
        lambda q: q.w + q.eta * q.w * q.x * (q.x - q.w * q.x * q.w),
        "You gave each weight an activity of its own: the unit has one, which is a sum.",
    ),
    Mistake(
        "activity",
        lambda q: q.w + q.eta * q.a / 2 * (q.x - q.a / 2 * q.w),
        "You took a mean for the activity: it is a sum.",
    ),
    Mistake(
        "activity",
        lambda q: q.w + q.eta * q.a / np.linalg.norm(q.w) * (q.x - q.a / np.linalg.norm(q.w) * q.w),
        "You divided the activity by the length of the weights: it is taken as it is.",
    ),
    Mistake(
        "late-leak",
        lambda q: (q.w + q.eta * q.a * q.x) * (1 - q.eta * q.a**2),
        "You let the new weight leak: both parts of the step are taken from the old one.",
    ),
    Mistake("learning-rate", lambda q: q.w + q.eta**2 * q.a * (q.x - q.a * q.w), "The learning rate is squared."),
    Mistake(
        "learning-rate",
        lambda q: q.w + q.eta * q.a * q.x - q.a**2 * q.w,
        "The learning rate is missing before the leak: it belongs to the whole step.",
    ),
    Mistake(
        "learning-rate",
        lambda q: q.eta * q.w + q.eta * q.a * (q.x - q.a * q.w),
        "The learning rate belongs to the step, not to the old weight.",
    ),
    Mistake(
        "unsigned",
        lambda q: q.w + np.abs(q.eta * q.a * (q.x - q.a * q.w)),
        "You dropped the sign of the step: a weight may also fall.",
    ),
    Mistake(
        "normalized",
        lambda q: q.w + q.eta * q.a * (q.x / np.linalg.norm(q.x) - q.a * q.w),
        "You scaled the example to length one: it is taken as it is.",
    ),
    Mistake(
        "leak",
        lambda q: q.w + q.eta * q.a * (q.x - q.a * q.w / np.linalg.norm(q.w)),
        "In your leak the weights are scaled to length one: they are taken as they are.",
    ),
    Mistake(
        "delta-rule",
        lambda q: q.w + q.eta * (1 - q.a) * q.x,
        "You taught the unit a target of one: this rule has no target.",
    ),
)

# ------------------------------------------------------------------ 16.5: straight from the output

RIGHT_DIRECT: dict[str, Piece] = {
    "delta": lambda delta: delta,
    "told": lambda delta, B, below: delta @ B,
    "slope": lambda told, slope: told * slope,
    "outer": lambda delta, a_in: delta.T @ a_in,
    "bias": lambda delta: delta.sum(axis=0),
    "output": lambda delta, slopes, B: delta,
    "place": lambda k, n: k,
    "a_in": lambda k, n: k,
    "order": lambda listed: listed,
}


def draw_direct(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return the output's delta, slopes, incoming activations and feedback, for widths (N, n_in, ..., n_out).

    A single hidden layer is one of sigmoids, more are of tanh: who makes slopes from activations goes wrong somewhere.
    """
    N, n_in, *hidden, n_out = widths
    tanh = len(hidden) > 1
    a = [rng.normal(size=(N, n_in)), *(rng.uniform(-0.95 if tanh else 0.05, 0.95, (N, n)) for n in hidden)]
    return {
        "delta": rng.normal(size=(N, n_out)) / N,
        "slopes": [1 - each**2 if tanh else each * (1 - each) for each in a[1:]],
        "a_in": a,
        "B": [rng.normal(size=(n_out, n)) for n in hidden],
    }


def direct(wrong: Mapping[str, Piece], delta: Array, slopes: Any, a_in: Any, B: Any) -> tuple[list[Any], list[Any]]:
    """Return the updates' directions with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_DIRECT, **wrong})
    delta = piece.delta(delta)
    deltas: list[Any] = [piece.output(delta, slopes, B)]
    for k in reversed(range(len(B))):
        told = piece.told(delta, B[piece.place(k, len(B))], deltas[0])
        deltas.insert(0, piece.slope(told, slopes[k]))
    n = len(deltas)
    dW = [piece.outer(d, a_in[piece.a_in(k, n)]) for k, d in enumerate(deltas)]
    return piece.order(dW), piece.order([piece.bias(d) for d in deltas])


def direct_by_library(delta: Array, slopes: Any, a_in: Any, B: Any) -> tuple[list[Array], list[Array]]:
    """Return the same from the library's deltas, through a network that has these activations."""
    layers = [(np.zeros((s.shape[1], a.shape[1])), np.zeros(s.shape[1])) for s, a in zip(slopes, a_in, strict=False)]
    layers.append((np.zeros((delta.shape[1], a_in[-1].shape[1])), np.zeros(delta.shape[1])))
    found_W: list[list[Array]] = [[] for _ in layers]
    found_b: list[list[Array]] = [[] for _ in layers]
    for e in range(len(delta)):  # a bias can give one example any activation
        tanh = len(slopes) > 1
        biases = [
            *(np.arctanh(a[e]) if tanh else np.log(a[e] / (1 - a[e])) for a in a_in[1:]),
            np.zeros(delta.shape[1]),
        ]
        each = [(W, b) for (W, _), b in zip(layers, biases, strict=True)]
        hidden = "tanh" if tanh else "sigmoid"
        network = Network.from_weights(each, hidden=hidden, output="identity", loss="half_squared_error")
        _, caches = network.forward(a_in[0][e : e + 1])
        for k, told in enumerate(direct_feedback_deltas(network, caches, -delta[e : e + 1], B)):
            found_W[k].append(told.T @ a_in[k][e : e + 1])
            found_b[k].append(told[0])
    return [np.sum(f, axis=0) for f in found_W], [np.sum(f, axis=0) for f in found_b]


def direct_in_sums(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Add up the products of every path, index by index."""
    delta, slopes, a_in, B = inputs.values()
    told = [np.einsum("ek,ki,ei->ei", delta, matrix, slope) for matrix, slope in zip(B, slopes, strict=True)]
    for name, values in outputs.items():
        sums = "ei,ej->ij" if name == "dW" else "ei,ej->i"
        yield all(
            np.allclose(value, np.einsum(sums, d, a if name == "dW" else np.ones((len(a), 1))))
            for value, d, a in zip(values, [*told, delta], a_in, strict=True)
        )


MEAN = "The mean over the batch is in delta already: what the examples give is added up."
DIRECT_PIECES = (
    (
        "M7",
        {"slope": lambda told, slope: told},
        "You left out the slopes: feedback tells a unit what its activation should do, not yet its z.",
    ),
    ("M7", {"slope": lambda told, slope: told * slope**2}, "The slope is in it twice."),
    ("M7", {"slope": lambda told, slope: told / slope}, "You divided by the slope: on the way back it multiplies."),
    (
        "M5",
        {"slope": lambda told, slope: told * (1 - slope**2)},
        "You made a slope out of the slope: what is handed over is the slope already.",
    ),
    (
        "M8",
        {"told": lambda delta, B, below: delta @ B.T},
        "Your feedback matrix lies on its side: it has a row for each output.",
    ),
    (
        "M6",
        {"told": lambda delta, B, below: delta @ np.linalg.pinv(B).T},
        "You went through an inverse of the feedback: nothing is undone there.",
    ),
    (
        "step-by-step",
        {"told": lambda delta, B, below: below @ B},
        "You carried delta down layer by layer; in the direct way each hidden layer hears the output alone.",
    ),
    (
        "no-feedback",
        {"told": lambda delta, B, below: np.repeat(delta.sum(axis=1, keepdims=True), B.shape[1], axis=1)},
        "The feedback matrices are not used: all units of a layer are told the same.",
    ),
    (
        "M1",
        {"told": lambda delta, B, below: delta[:, :1] * B[0]},
        "You listened to the first output only: what all of them say is added.",
    ),
    (
        "M1",
        {"told": lambda delta, B, below: delta[:, -1:] * B[-1]},
        "You listened to the last output only: what all of them say is added.",
    ),
    (
        "sign",
        {"told": lambda delta, B, below: -delta @ B},
        "What the hidden layers are told is turned round: feedback may be random, but its minus is not yours to add.",
    ),
    (
        "order",
        {"place": lambda k, n: n - 1 - k},
        "The feedback matrices are used in the wrong order: the first belongs to the first hidden layer.",
    ),
    ("order", {"order": lambda listed: listed[::-1]}, "Your lists begin at the output; the first layer comes first."),
    ("mean", {"outer": lambda delta, a: delta.T @ a / len(a), "bias": lambda delta: delta.mean(axis=0)}, MEAN),
    ("mean", {"outer": lambda delta, a: delta.T @ a / len(a)}, MEAN),
    ("mean", {"bias": lambda delta: delta.mean(axis=0)}, MEAN),
    (
        "mean",
        {"outer": lambda delta, a: delta.T @ a * len(a), "bias": lambda delta: delta.sum(axis=0) * len(delta)},
        "You undid the mean over the batch: delta has it already, as it should.",
    ),
    ("M8", {"outer": lambda delta, a: a.T @ delta}, ""),
    (
        "mixed",
        {"outer": lambda delta, a: np.outer(delta.sum(axis=0), a.mean(axis=0))},
        "You added up the batch before you multiplied: each example's delta meets its own activation.",
    ),
    (
        "mixed",
        {"outer": lambda delta, a: np.outer(delta.sum(axis=0), a.sum(axis=0))},
        "You added up the batch before you multiplied: each example's delta meets its own activation.",
    ),
    (
        "one-example",
        {"outer": lambda delta, a: np.outer(delta[0], a[0]), "bias": lambda delta: delta[0]},
        "That is the first example alone.",
    ),
    ("bias", {"bias": lambda delta: delta[0]}, "Of the bias gradients only the first example is left."),
    ("bias", {"bias": lambda delta: delta[-1]}, "Of the bias gradients only the last example is left."),
    (
        "axis",
        {"bias": lambda delta: delta.sum(axis=1)},
        "The bias gradients are added up over the units; the examples are what is added.",
    ),
    (
        "axis",
        {"bias": lambda delta: np.full(delta.shape[1], delta.sum())},
        "The bias gradients are added up over everything: each unit has a bias of its own.",
    ),
    (
        "not-summed",
        {"bias": lambda delta: delta},
        "Your bias gradients have a row for each example: they are yet to be added up.",
    ),
    (
        "shifted",
        {"a_in": lambda k, n: min(k + 1, n - 1)},
        "You took what a layer sends, where what comes in to it belongs.",
    ),
    (
        "output",
        {"output": lambda delta, slopes, B: delta @ B[-1] @ B[-1].T},
        "The delta of the output needs no feedback: it is the true one.",
    ),
    (
        "mean",
        {"told": lambda delta, B, below: delta @ B / len(delta)},
        "You took the mean over the batch once more for the hidden layers: delta has it already.",
    ),
    (
        "mixed",
        {"slope": lambda told, slope: told * slope.mean(axis=0)},
        "You averaged the slopes over the batch: each example has its own.",
    ),
    (
        "signs-only",
        {"told": lambda delta, B, below: np.sign(delta @ B)},
        "You kept the sign of what the hidden layers are told and threw its size away.",
    ),
    (
        "signs-only",
        {"told": lambda delta, B, below: np.sign(delta) @ B},
        "You sent the signs of delta through the feedback: its sizes count too.",
    ),
    (
        "output-slope",
        {"output": lambda delta, slopes, B: delta * (1 - delta**2)},
        "The delta of the output is the true one already: it needs no slope.",
    ),
    (
        "mixed",
        {"told": lambda delta, B, below: np.ones((len(delta), 1)) * (delta.sum(axis=0) @ B)},
        "You added delta up over the examples before the feedback: each example has its own.",
    ),
    (
        "mixed",
        {"told": lambda delta, B, below: np.ones((len(delta), 1)) * (delta.mean(axis=0) @ B)},
        "You took the mean of delta over the examples before the feedback: each example has its own.",
    ),
    (
        "first-feedback",
        {"told": lambda delta, B, below: (delta @ B[:, :1]) * np.ones((1, B.shape[1]))},
        "All units of a layer are told the same in yours: each has a column of the feedback of its own.",
    ),
)


def own_slope(slope: Callable[[Array], Array]) -> Callable[..., Any]:
    """Return a function that makes the slopes itself, from the activations."""
    return lambda delta, slopes, a_in, B: direct({}, delta, [slope(a) for a in a_in[1:]], a_in, B)


def in_pairs(delta: Array, slopes: Any, a_in: Any, B: Any) -> tuple[list[Any], list[Any]]:
    """Return the two lists in the wrong order."""
    dW, db = direct({}, delta, slopes, a_in, B)
    return db, dW


def output_first(delta: Array, slopes: Any, a_in: Any, B: Any) -> tuple[list[Any], list[Any]]:
    """Return deltas with that of the output at the beginning, against activations from the first on."""
    right = [*((delta @ matrix) * slope for matrix, slope in zip(B, slopes, strict=True)), delta]
    deltas = [right[-1], *right[:-1]]
    return [d.T @ a for d, a in zip(deltas, a_in, strict=True)], [d.sum(axis=0) for d in deltas]


OWN_SLOPE = (
    "You made the slopes from the activations, as for one certain function: what the hidden units are is not said, and "
    "the slopes are handed over."
)
DIRECT_MISTAKES = (
    Mistake("own-slope tanh", own_slope(lambda a: 1 - a**2), OWN_SLOPE),
    Mistake("own-slope sigmoid", own_slope(lambda a: a * (1 - a)), OWN_SLOPE),
    Mistake("own-slope again", own_slope(lambda a: 1 - np.tanh(a) ** 2), OWN_SLOPE),
    Mistake("M5", own_slope(lambda a: a), "You took the activations for the slopes."),
    Mistake("swapped", in_pairs, "The two lists are exchanged: weights first, then biases."),
    Mistake(
        "order",
        output_first,
        "The delta of the output stands first in your list: it comes last, after the hidden layers.",
    ),
)

# ------------------------------------------------------------------ 16.6: one number for all

RIGHT_GUESS: dict[str, Piece] = {
    "noise": lambda noise, sigma: noise,
    "slope": lambda C, theta, e, sigma: (C(theta + sigma * e) - C(theta - sigma * e)) / (2 * sigma),
    "vote": lambda slope, e, sigma: slope * e,
    "pool": lambda votes, slopes, noise: votes.mean(axis=0),
}


def draw_guess(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a loss, a place, directions (n, P) and a long reach, so that each way to ask has a value of its own."""
    n, P = widths
    c, w, d = rng.normal(size=(3, P))

    def C(theta: Any) -> float:
        theta = np.asarray(theta, float)
        if theta.shape != (P,):
            raise ValueError(f"C takes an array of shape ({P},), got one of shape {theta.shape}")
        return float((c * np.sin(theta)).sum() + (w * theta).sum() ** 2 / P + (d * theta**3).sum() / 4)

    return {
        "C": C,
        "theta": rng.normal(size=P),
        "noise": rng.normal(size=(n, P)),
        "sigma": float(rng.uniform(0.2, 0.4)),
    }


def guess(wrong: Mapping[str, Piece], C: Piece, theta: Array, noise: Array, sigma: float) -> Any:
    """Return the estimate with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_GUESS, **wrong})
    noise = piece.noise(noise, sigma)
    slopes = np.array([piece.slope(C, theta, e, sigma) for e in noise])
    votes = np.array([piece.vote(slope, e, sigma) for slope, e in zip(slopes, noise, strict=True)])
    return piece.pool(votes, slopes, noise)


def guess_in_loops(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Write the estimate out, number by number."""
    C, theta, noise, sigma = inputs.values()
    total = [0.0] * len(theta)
    for e in noise.tolist():
        up = C([t + sigma * d for t, d in zip(theta, e, strict=True)])
        down = C([t - sigma * d for t, d in zip(theta, e, strict=True)])
        total = [s + (up - down) * d / 2 / sigma / len(noise) for s, d in zip(total, e, strict=True)]
    yield np.allclose(outputs["gradient"], total, rtol=1e-10)


def asked(up: float, down: float, over: Callable[[float], float]) -> Mapping[str, Piece]:
    """Return a difference of two values elsewhere, or divided by something else."""
    return {"slope": lambda C, t, e, s: (C(t + up * s * e) - C(t + down * s * e)) / over(s)}


def best_only(votes: Array, slopes: Array, noise: Array) -> Any:
    """Return the direction in which the loss falls most, turned up."""
    return noise[np.abs(slopes).argmax()] * slopes[np.abs(slopes).argmax()]


ONE_SIDED = "You went to one side only; a pair takes the same direction both ways."
REACH = "The reach is in it once too often or too seldom: the difference is divided by twice the reach, and by no more."
GUESS_PIECES = (
    ("one-sided", asked(1, 0, lambda s: s), ONE_SIDED),
    ("one-sided", asked(0, -1, lambda s: s), ONE_SIDED),
    (
        "one-sided",
        asked(1, 0, lambda s: 2 * s),
        "You subtracted the value in the middle, yet divided as if you had gone both ways.",
    ),
    (
        "one-sided",
        {"slope": lambda C, t, e, s: C(t + s * e) / s},
        "You weighed each direction by the loss itself: without a difference the whole height of the loss is noise.",
    ),
    (
        "factor-2",
        asked(1, -1, lambda s: s),
        "The two places are twice the reach apart: everything comes out twice too large.",
    ),
    ("reach", asked(1, -1, lambda s: 2), REACH),
    ("reach", asked(1, -1, lambda s: 1), REACH),
    ("reach", asked(1, -1, lambda s: 2 * s**2), REACH),
    (
        "precedence",
        asked(1, -1, lambda s: 2 / s),
        "Python reads from left to right: you divided by two and multiplied by the reach. Brackets help.",
    ),
    (
        "reach",
        {"slope": lambda C, t, e, s: (C(t + e) - C(t - e)) / (2 * s)},
        "You went the whole direction: the reach says how far along it.",
    ),
    (
        "reach",
        {"slope": lambda C, t, e, s: (C(t + e) - C(t - e)) / 2},
        "You went the whole direction: the reach says how far along it.",
    ),
    (
        "sign",
        asked(-1, 1, lambda s: 2 * s),
        "Down minus up: the estimate points downhill, and the gradient points uphill.",
    ),
    (
        "sum",
        {"pool": lambda votes, slopes, noise: votes.sum(axis=0)},
        "You added up the pairs: with more of them the estimate would grow, not become better.",
    ),
    (
        "mean",
        {"pool": lambda votes, slopes, noise: votes.sum(axis=0) / (2 * len(votes))},
        "You divided by the number of values; each pair makes one estimate.",
    ),
    (
        "mean",
        {"pool": lambda votes, slopes, noise: votes.mean(axis=0) / len(votes)},
        "The mean over the pairs is taken twice.",
    ),
    (
        "mean",
        {"pool": lambda votes, slopes, noise: votes.sum(axis=0) / votes.shape[1]},
        "You divided by the number of parameters; the mean is over the pairs.",
    ),
    (
        "axis",
        {"pool": lambda votes, slopes, noise: votes.mean(axis=1)},
        "You took the mean over the parameters: one number for each pair is left. The pairs are what is averaged.",
    ),
    (
        "axis",
        {"pool": lambda votes, slopes, noise: votes.mean()},
        "You took the mean over everything: each parameter has an entry of its own.",
    ),
    (
        "apart",
        {"pool": lambda votes, slopes, noise: slopes.mean() * noise.mean(axis=0)},
        "You averaged slopes and directions apart: each slope belongs to its own direction.",
    ),
    (
        "no-direction",
        {"pool": lambda votes, slopes, noise: slopes},
        "These are the slopes along the directions: how they become a vote on each parameter is missing.",
    ),
    (
        "no-direction",
        {"pool": lambda votes, slopes, noise: slopes.mean()},
        "That is the mean slope, one number: how it becomes a vote on each parameter is missing.",
    ),
    (
        "unsigned",
        {"slope": lambda C, t, e, s: abs(C(t + s * e) - C(t - s * e)) / (2 * s)},
        "You took the size of the difference: its sign says which of the two ways is up.",
    ),
    (
        "signs-only",
        {"vote": lambda slope, e, s: np.sign(slope) * e},
        "You kept the sign of the slope and threw its size away.",
    ),
    (
        "signs-only",
        {"vote": lambda slope, e, s: slope * np.sign(e)},
        "You kept the signs of the direction and threw its sizes away.",
    ),
    (
        "best-only",
        {"pool": best_only},
        "You kept one pair of all and threw the others away: the estimate is their mean.",
    ),
    (
        "last-only",
        {"pool": lambda votes, slopes, noise: votes[-1]},
        "Only the last pair is left: is something overwritten in the loop?",
    ),
    (
        "last-only",
        {"pool": lambda votes, slopes, noise: votes[-1] / len(votes)},
        "Only the last pair is left: is something overwritten in the loop?",
    ),
    (
        "last-only",
        {"pool": lambda votes, slopes, noise: votes[0]},
        "Only the first pair is left: where does the return stand?",
    ),
    (
        "divided",
        {"vote": lambda slope, e, s: slope / e},
        "You divided by the direction: then a parameter that hardly moved would get the largest share.",
    ),
    (
        "divided",
        {"vote": lambda slope, e, s: slope * e / (e @ e)},
        "You divided by the squared length of the direction: then the mean is no longer the gradient.",
    ),
    (
        "unit-length",
        {"noise": lambda noise, s: noise / np.linalg.norm(noise, axis=1, keepdims=True)},
        "You brought the directions to length one: their lengths belong to the estimate.",
    ),
    (
        "least-squares",
        {"pool": lambda votes, slopes, noise: np.linalg.pinv(noise) @ slopes},
        "You solved for the gradient that fits the slopes best. A good thing, but another estimate.",
    ),
    (
        "median",
        {"pool": lambda votes, slopes, noise: np.median(votes, axis=0)},
        "You took the median of the votes: right on average is their mean.",
    ),
    (
        "mean",
        {"pool": lambda votes, slopes, noise: votes.sum(axis=0) / (len(votes) - 1)},
        "You divided by one less than the number of pairs, as for a variance: this is a plain mean.",
    ),
    (
        "mean-direction",
        {"noise": lambda noise, sigma: noise.mean(axis=0, keepdims=True)},
        "You took the mean of the directions and asked there once: each direction makes a pair of its own.",
    ),
    (
        "sum-of-pair",
        {"slope": lambda C, t, e, s: (C(t + s * e) + C(t - s * e)) / (2 * s)},
        "You added the two values of a pair: their difference tells the slope.",
    ),
    (
        "standardized",
        {"pool": lambda votes, slopes, noise: votes.mean(axis=0) / votes.std(axis=0)},
        "You divided by the spread of the votes: then the mean is no longer the gradient.",
    ),
    (
        "unit-length",
        {"pool": lambda votes, slopes, noise: votes.mean(axis=0) / np.linalg.norm(votes.mean(axis=0))},
        "You scaled the estimate to length one: how steep it is there is part of the gradient.",
    ),
    (
        "one-sided",
        {"slope": lambda C, t, e, s: C(t + s * e) / (2 * s)},
        "You weighed each direction by the loss itself: without a difference the whole height of the loss is noise.",
    ),
    (
        "no-noise",
        {"noise": lambda noise, sigma: np.eye(noise.shape[1])},
        "You went along the parameters one by one: the directions are the rows of the noise.",
    ),
    (
        "no-noise",
        {"noise": lambda noise, sigma: np.eye(noise.shape[1]), "pool": lambda votes, slopes, noise: votes.sum(axis=0)},
        "These are central differences, one parameter at a time: the directions are the rows of the noise.",
    ),
    (
        "axis",
        {"pool": lambda votes, slopes, noise: np.full(noise.shape[1], votes.mean())},
        "You averaged over pairs and parameters: each parameter has an estimate of its own.",
    ),
    (
        "reach",
        {"slope": lambda C, t, e, s: (C(t + s * e) - C(t - e)) / (2 * s)},
        "Downward you went the whole direction: the reach belongs to both sides.",
    ),
    (
        "reach",
        {"slope": lambda C, t, e, s: (C(t + e) - C(t - s * e)) / (2 * s)},
        "Upward you went the whole direction: the reach belongs to both sides.",
    ),
    (
        "mean",
        {"pool": lambda votes, slopes, noise: votes.sum(axis=0) / len(votes) ** 0.5},
        "You divided by the root of the number of pairs: that is how fast the error falls, the mean has the number "
        "itself.",
    ),
    ("missing-pair", {"pool": lambda votes, slopes, noise: votes[1:].mean(axis=0)}, "The first pair is left out."),
    ("missing-pair", {"pool": lambda votes, slopes, noise: votes[:-1].mean(axis=0)}, "The last pair is left out."),
    (
        "axis",
        {"pool": lambda votes, slopes, noise: votes.mean(axis=0).sum()},
        "You added the estimates of all parameters up: each parameter has one of its own.",
    ),
    (
        "rounded-down",
        {"slope": lambda C, t, e, s: (C(t + s * e) - C(t - s * e)) / (2 * s) // 1},
        "Two strokes round down: the quotient has decimals.",
    ),
)


def stepped(sign: int) -> Callable[..., Any]:
    """Return parameters after a step in place of the estimate."""
    return lambda C, theta, noise, sigma: theta + sign * guess({}, C, theta, noise, sigma)


GUESS_MISTAKES = (
    Mistake(
        "stepped", stepped(1), "You returned parameters, and uphill ones: the estimate of the gradient is asked for."
    ),
    Mistake("stepped", stepped(-1), "You returned parameters after a step: the estimate of the gradient is asked for."),
)

# ------------------------------------------------------------------ 16.7: a slope for the spike


def trace_of(x: Array, leak: float) -> Array:
    """Return how each voltage depends on the weights, with resets as constants."""
    trace = np.zeros_like(x)
    for t, row in enumerate(x):
        trace[t] = row + (leak * trace[t - 1] if t else 0)
    return trace


RIGHT_SPIKE: dict[str, Piece] = {
    "reset": lambda v, s: v - s,
    "fires": lambda v: float(v >= 1),
    "input": lambda wx, leak: wx,
    "decay": lambda leak: leak,
    "slope": lambda v, s: 1 / (1 + abs(v - 1)) ** 2,
    "trace": lambda x, leak, v, s, slope: trace_of(x, leak),
    "upstream": lambda u: u,
    "pool": lambda terms: terms.sum(axis=0),
    "spikes": lambda v, s: s,
}


def draw_spikes(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return weights (n,), inputs (T, n), upstream (T,) and a leak; in the first step the voltage is 1 exactly."""
    T, n = widths
    x, w = rng.uniform(0, 1.2, (T, n)), rng.uniform(-0.2, 0.9, n)
    x[0], w[0] = 0, 0.5
    x[0, 0] = 2
    return {"w": w, "x": x, "u": rng.normal(size=T), "leak": float(rng.uniform(0.7, 0.95))}


def spike(wrong: Mapping[str, Piece], w: Array, x: Array, u: Array, leak: float) -> tuple[Any, Any]:
    """Return spikes and the surrogate gradient with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_SPIKE, **wrong})
    v, voltages, spikes = 0.0, [], []
    for row in x:
        v = piece.decay(leak) * v + piece.input(w @ row, leak)
        spikes.append(piece.fires(v))
        voltages.append(v)
        v = piece.reset(v, spikes[-1])
    volts, s = np.array(voltages), np.array(spikes)
    slope = np.array([piece.slope(*pair) for pair in zip(volts, s, strict=True)])
    trace = piece.trace(x, leak, volts, s, slope)
    return piece.spikes(volts, s), piece.pool((piece.upstream(u) * slope)[:, np.newaxis] * trace)


def spike_backwards(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Go forward with plain numbers, then carry dC/dv back in time."""
    w, x, u, leak = inputs.values()
    left, fired, voltages = 0.0, [], []
    for row in x.tolist():
        voltages.append(left * leak + sum(a * b for a, b in zip(w.tolist(), row, strict=True)))
        fired.append(1 if voltages[-1] >= 1 else 0)
        left = voltages[-1] - fired[-1]
    dw, dv = np.zeros(len(w)), 0.0
    for t in reversed(range(len(x))):
        dv = leak * dv + u[t] * (1 + abs(voltages[t] - 1)) ** -2
        dw = dw + dv * x[t]
    yield np.array_equal(np.asarray(outputs["spikes"], float), fired)
    yield np.allclose(outputs["dw"], dw, rtol=1e-10)


def as_spikes(inputs: Inputs, result: Any) -> tuple[Any, Any]:
    """Read True as one spike."""
    spikes, dw = result
    spikes = np.asarray(spikes)
    return (spikes.astype(int) if spikes.dtype == bool else spikes), dw


def through_reset(x: Array, leak: float, v: Array, s: Array, slope: Array) -> Array:
    """Return the trace with the surrogate slope in the reset too."""
    trace = np.zeros_like(x)
    for t, row in enumerate(x):
        trace[t] = row + (leak * (1 - slope[t - 1]) * trace[t - 1] if t else 0)
    return trace


def wiped(x: Array, leak: float, v: Array, s: Array, slope: Array) -> Array:
    """Return the trace that ends with each spike."""
    trace = np.zeros_like(x)
    for t, row in enumerate(x):
        trace[t] = row + (leak * (1 - s[t - 1]) * trace[t - 1] if t else 0)
    return trace


def late_trace(x: Array, leak: float, v: Array, s: Array, slope: Array) -> Array:
    """Return the trace of inputs that are late by a step, the last one before the first."""
    return trace_of(np.roll(x, 1, axis=0), leak)


def power_trace(x: Array, leak: float, v: Array, s: Array, slope: Array) -> Array:
    """Return a trace with a power of the leak in each step."""
    trace = np.zeros_like(x)
    for t, row in enumerate(x):
        trace[t] = row + (leak**t * trace[t - 1] if t else 0)
    return trace


def outside_leak(w: Array, x: Array, u: Array, leak: float) -> tuple[Array, Array]:
    """Subtract the spike after the leak."""
    return stepwise(w, x, u, leak, lambda v, fired: leak * v - fired[-1])


def late_reset(w: Array, x: Array, u: Array, leak: float) -> tuple[Array, Array]:
    """Subtract the spike a step too late."""
    return stepwise(w, x, u, leak, lambda v, fired: leak * (v - (fired[-2] if len(fired) > 1 else 0.0)))


def stepwise(
    w: Array, x: Array, u: Array, leak: float, rest: Callable[[float, list[float]], float]
) -> tuple[Array, Array]:
    """Return spikes and gradient; `rest` makes what is left of the voltage and the spikes so far."""
    v, fired, voltages = 0.0, [0.0], []
    for row in x:
        v = rest(v, fired) + float(w @ row)
        voltages.append(v)
        fired.append(float(v >= 1))
    slope = 1 / (1 + np.abs(np.array(voltages) - 1)) ** 2
    return np.array(fired[1:]), (u * slope) @ trace_of(x, leak)


def of_right(change: Callable[[Array, Array, Array, Array], tuple[Any, Any]]) -> Callable[..., Any]:
    """Return a right answer that is changed at the end, by (w, u, spikes, dw)."""
    return lambda w, x, u, leak: change(w, u, *spike({}, w, x, u, leak))


def fading_by_leak(w: Array, x: Array, u: Array, leak: float) -> tuple[Any, Any]:
    """Let the gradient leak."""
    return spike(
        {"pool": lambda terms: sum(leak ** (len(terms) - 1 - t) * term for t, term in enumerate(terms))}, w, x, u, leak
    )


def with_spikes(upstream: Callable[[Array, Array], Array]) -> Callable[..., Any]:
    """Return a pass whose upstream is made of (u, spikes)."""
    return lambda w, x, u, leak: spike({}, w, x, upstream(u, spike({}, w, x, u, leak)[0]), leak)


SPIKE_MISTAKES = (
    Mistake("reset", outside_leak, "The spike is subtracted before the rest leaks, not after."),
    Mistake("reset", late_reset, "The spike is subtracted a step too late."),
    Mistake("trace", fading_by_leak, "What each step adds to the gradient does not leak: the voltage does."),
    Mistake(
        "upstream",
        with_spikes(lambda u, s: s),
        "You sent the spikes back: the way back begins with what the loss says of them.",
    ),
    Mistake(
        "upstream",
        with_spikes(lambda u, s: u - s),
        "You took what arrives for a target: it is the derivative by the spikes already.",
    ),
    Mistake(
        "incoming",
        of_right(lambda w, u, s, dw: (s, dw * w)),
        "You multiplied by the weights: the derivative leaves what they are multiplied with.",
    ),
    Mistake(
        "stepped",
        of_right(lambda w, u, s, dw: (s, w - dw)),
        "You returned weights after a step: the gradient is asked for.",
    ),
    Mistake(
        "mean",
        of_right(lambda w, u, s, dw: (s, dw / max(s.sum(), 1))),
        "You divided by the number of spikes: what the steps give is added.",
    ),
    Mistake("swapped", of_right(lambda w, u, s, dw: (dw, s)), "Spikes and gradient are exchanged in what you return."),
)
WRONG_SLOPE = (
    "That is not the surrogate slope of the statement, or it is taken elsewhere than at the distance to the threshold."
)
SPIKE_PIECES = (
    (
        "M1",
        {"trace": lambda x, leak, v, s, slope: x},
        "You let the weight act on a voltage through the input of the same step alone: what came in before is still "
        "in it, leaked.",
    ),
    (
        "leak",
        {"trace": lambda x, leak, v, s, slope: trace_of(x, 1.0)},
        "In the way back nothing leaks: what came in long ago counts as much as what comes in now.",
    ),
    (
        "leak",
        {"trace": lambda x, leak, v, s, slope: leak * trace_of(x, leak)},
        "In the way back the leak is in it once too often: the input of the same step has not leaked yet.",
    ),
    ("leak", {"trace": lambda x, leak, v, s, slope: trace_of(x, leak**2)}, "In the way back the leak is squared."),
    ("leak", {"decay": lambda leak: 1.0}, "Your voltage does not leak."),
    ("leak", {"decay": lambda leak: 1 - leak}, "You let the voltage lose the share that it should keep."),
    (
        "leak",
        {"input": lambda wx, leak: (1 - leak) * wx},
        "You scaled the input by what leaks: here it comes in whole.",
    ),
    ("leak", {"input": lambda wx, leak: leak * wx}, "You let the new input leak too: only the old voltage does."),
    ("reset-path", {"trace": through_reset}, "You differentiated the reset as well; here it counts as a constant."),
    (
        "reset-path",
        {"trace": wiped},
        "You let each spike wipe out the past; the reset subtracts one and leaves the rest.",
    ),
    ("reset", {"reset": lambda v, s: v}, "After a spike the voltage has yet to drop."),
    (
        "reset",
        {"reset": lambda v, s: v * (1 - s)},
        "After a spike you set the voltage to nothing; it drops by one and keeps what was above.",
    ),
    (
        "threshold",
        {"fires": lambda v: float(v > 1)},
        "The neuron fires when the voltage reaches the threshold, not only when it is above.",
    ),
    ("threshold", {"fires": lambda v: float(v >= 0)}, "Your threshold is nothing; a spike takes a voltage of one."),
    (
        "honest-slope",
        {"slope": lambda v, s: 0.0},
        "You took the true slope of the step: it is zero nearly everywhere, so nothing is ever learned.",
    ),
    (
        "surrogate",
        {"slope": lambda v, s: 1.0},
        "You passed the step as if it were not there: its surrogate slope is missing.",
    ),
    (
        "surrogate",
        {"slope": lambda v, s: s},
        "You took the spike itself in place of a slope: a silent neuron could never learn to fire.",
    ),
    (
        "surrogate",
        {"slope": lambda v, s: 1 / (1 + abs(v)) ** 2},
        "You took the surrogate slope at the voltage itself: it is largest at the threshold.",
    ),
    (
        "surrogate",
        {"slope": lambda v, s: 1 / (1 + abs(v - s - 1)) ** 2},
        "You took the surrogate slope after the reset: it belongs to the voltage that was compared.",
    ),
    (
        "surrogate",
        {"slope": lambda v, s: 1 / (1 + abs(v - s)) ** 2},
        "You took the surrogate slope after the reset, and not at the threshold.",
    ),
    ("surrogate", {"slope": lambda v, s: 1 / (1 + abs(v - 1))}, "In the surrogate slope a square is missing."),
    (
        "surrogate",
        {"slope": lambda v, s: 1 / (1 + (v - 1) ** 2)},
        "You squared the distance alone; the square goes round the whole bracket.",
    ),
    ("surrogate", {"slope": lambda v, s: 1 / (1 + max(v - 1, 0)) ** 2}, WRONG_SLOPE),
    (
        "surrogate",
        {"slope": lambda v, s: sigmoid(np.array(v - 1.0)) * (1 - sigmoid(np.array(v - 1.0)))},
        "That is the slope of the sigmoid, another surrogate than the one asked for.",
    ),
    ("upstream", {"upstream": np.ones_like}, "You left out how much the loss minds each spike."),
    ("upstream", {"upstream": lambda u: u[::-1]}, "The upstream gradients are used in the wrong order of time."),
    ("sign", {"upstream": lambda u: -u}, "The gradient has the wrong sign."),
    (
        "mean",
        {"pool": lambda terms: terms.mean(axis=0)},
        "You took the mean over time: one weight is used in every step, and its uses add up.",
    ),
    ("M1", {"pool": lambda terms: terms[-1]}, "Only the last step is left: every use of a weight counts."),
    ("axis", {"pool": lambda terms: terms.sum(axis=1)}, "You added up over the weights; time is what is added up."),
    ("voltages", {"spikes": lambda v, s: v}, "Where spikes are asked for you returned the voltages."),
    (
        "counted",
        {"spikes": lambda v, s: s.cumsum()},
        "You counted the spikes up to each step; each step has its own zero or one.",
    ),
    ("counted", {"spikes": lambda v, s: s.sum()}, "You counted the spikes; each step has its own zero or one."),
    (
        "surrogate",
        {"slope": lambda v, s: s / (1 + abs(v - 1)) ** 2},
        "Only steps with a spike count in yours: the pretended slope is there below the threshold too, or a silent "
        "neuron could never learn.",
    ),
    ("reset", {"reset": lambda v, s: v - 0.5 * s}, "After a spike the voltage drops by another amount than one."),
    (
        "halved",
        {"slope": lambda v, s: 0.5 / (1 + abs(v - 1)) ** 2},
        "A half has got into your surrogate slope: at the threshold it is one.",
    ),
    (
        "upstream",
        {"upstream": lambda u: np.roll(u, 1)},
        "The gradients of the spikes are off by a step: each belongs to its own spike.",
    ),
    (
        "upstream",
        {"upstream": lambda u: np.roll(u, -1)},
        "The gradients of the spikes are off by a step: each belongs to its own spike.",
    ),
    (
        "surrogate",
        {"slope": lambda v, s: 1 / (1 + 10 * abs(v - 1)) ** 2},
        "A factor has got into your surrogate slope: the distance to the threshold is taken as it is.",
    ),
    (
        "surrogate",
        {"slope": lambda v, s: 1 / (1 + (v - 1)) ** 2},
        "Below the threshold your slope grows: it falls with the distance, on both sides.",
    ),
    (
        "surrogate",
        {"slope": lambda v, s: max(0.0, 1 - abs(v - 1))},
        "Your slope is a triangle, another surrogate than the one asked for.",
    ),
    (
        "surrogate",
        {"slope": lambda v, s: 1 / (1 + abs(v - 1)) ** 0.5},
        "Your slope falls too slowly with the distance to the threshold: look at the power.",
    ),
    (
        "surrogate",
        {"slope": lambda v, s: np.exp(-abs(v - 1))},
        "Your slope falls like an exponential, another surrogate than the one asked for.",
    ),
    ("threshold", {"fires": lambda v: float(v >= 0.5)}, "Your threshold is too low; a spike takes a voltage of one."),
    (
        "reset",
        {"reset": lambda v, s: 0.0},
        "You set the voltage to nothing after every step: only a spike lowers it, and by one.",
    ),
    (
        "trace",
        {"trace": lambda x, leak, v, s, slope: trace_of(x, leak) - x + np.roll(x, 1, axis=0)},
        "In the way back the inputs are off by a step.",
    ),
    ("trace", {"trace": late_trace}, "In the way back the inputs are off by a step."),
    (
        "trace",
        {"trace": power_trace},
        "In the way back the leak is raised to the number of the step: it acts once from each step to the next.",
    ),
    (
        "mean",
        {"pool": lambda terms: terms.sum(axis=0) / len(terms) ** 0.5},
        "You divided by something that has to do with the number of steps: what the steps give is added.",
    ),
    (
        "late-leak",
        {"reset": lambda v, s: v - s, "spikes": lambda v, s: np.roll(s, 1)},
        "Your spikes are late by a step.",
    ),
)

# ------------------------------------------------------------------ 16.9: a round of Levenberg-Marquardt

CASES: dict[tuple[int, ...], tuple[float, float]] = {
    (6, 2): (0.9, 0.02),
    (4, 3): (0.5, 4.0),
    (5, 2): (0.12, 0.3),
    (7, 3): (-0.7, 0.3),
    (5, 4): (0.9, 3.0),
}
RIGHT_ROUND: dict[str, Piece] = {
    "residuals": lambda r: r,
    "table": lambda J, mu: J.T @ J + mu * np.eye(J.shape[1]),
    "step": lambda H, J, r: np.linalg.solve(H, -J.T @ r),
    "promise": lambda r, J, s, mu: (r @ r - (r + J @ s) @ (r + J @ s)) / 2,
    "fall": lambda r, r_new: (r @ r - r_new @ r_new) / 2,
    "ratio": lambda fall, promise: fall / promise,
    "damping": lambda gain, mu: mu / 10 if gain > 0.75 else mu * 10 if gain < 0.25 else mu,
    "keep": lambda gain: gain > 0,
    "moved": lambda theta, s: theta + s,
}


def draw_round(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return residuals that keep a chosen share of what their linear model promises, for widths (M, P)."""
    M, P = widths
    gain, mu = CASES.get(widths, (0.5, 0.3))
    theta, J_0, r_0 = rng.normal(size=P), rng.normal(size=(M, P)), rng.normal(size=M)
    s = damped_step(J_0, r_0, mu)
    end = r_0 + J_0 @ s
    q = rng.normal(size=M)
    q -= (q @ end) * end / (end @ end)
    q /= np.linalg.norm(q)
    bend = np.sqrt((1 - gain) * (r_0 @ r_0 - end @ end)) / (s @ s)

    def r(at: Any) -> Array:
        d = np.asarray(at, float) - theta
        return np.asarray(r_0 + J_0 @ d + bend * (d @ d) * q)

    def J(at: Any) -> Array:
        return J_0 + 2 * bend * np.outer(q, np.asarray(at, float) - theta)

    return {"r": r, "J": J, "theta": theta.copy(), "mu": mu}


def one_round(wrong: Mapping[str, Piece], r: Piece, J: Piece, theta: Array, mu: float) -> tuple[Any, ...]:
    """Return parameters, damping and gain after one round with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_ROUND, **wrong})
    now, slopes = piece.residuals(r(theta)), J(theta)
    s = piece.step(piece.table(slopes, mu), slopes, now)
    r_new = r(theta + s)
    gain = piece.ratio(piece.fall(now, r_new), piece.promise(now, slopes, s, mu))
    return (piece.moved(theta, s) if piece.keep(gain) else theta), piece.damping(gain, mu), gain


def round_by_library(r: Piece, J: Piece, theta: Array, mu: float) -> tuple[Any, ...]:
    """Return the same with the library's step and its form of the promise."""
    now, slopes = r(theta), J(theta)
    s = damped_step(slopes, now, mu)
    after = r(theta + s)
    gain = (now @ now - after @ after) / (s @ (mu * s - slopes.T @ now))
    return (theta + s if gain > 0 else theta), mu * (0.1 if gain > 0.75 else 10 if gain < 0.25 else 1), gain


def round_by_least_squares(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Find the step as a longer problem of least squares, and judge it by sums."""
    r, J, theta, mu = inputs.values()
    now, slopes = r(theta), J(theta)
    P = len(theta)
    s, *_ = np.linalg.lstsq(np.vstack([slopes, np.sqrt(mu) * np.eye(P)]), np.append(-now, np.zeros(P)), rcond=None)

    def half(v: Array) -> float:
        return float(sum(each**2 for each in v.tolist()) / 2)

    kept = (half(now) - half(r(theta + s))) / (half(now) - half(now + slopes @ s))
    yield np.allclose(outputs["new_theta"], theta + s * (kept > 0))
    yield np.isclose(outputs["new_mu"] / mu, {True: 0.1, False: 1.0}[kept > 0.75] * (10 if kept < 0.25 else 1))
    yield bool(np.isclose(outputs["gain"], kept))


SWAPPED: dict[str, Piece] = {"damping": lambda gain, mu: mu * 10 if gain > 0.75 else mu / 10 if gain < 0.25 else mu}
FIRST_ORDER: dict[str, Piece] = {"promise": lambda r, J, s, mu: -(J.T @ r) @ s}
ALWAYS: dict[str, Piece] = {"keep": lambda gain: True}
SWAPS = "Where the model kept its promise you damp more, where it broke it you damp less: it is the other way round."
PROMISE = (
    "Your promise is that of the straight line; the model is a bowl, and by the end of the step it has flattened out."
)
TAKEN_BACK = "You keep a step that made the loss rise."
PROMISED_ELSE = (
    "Your promise is not the fall of the model's sum of squares: look at what you subtract, and at every half."
)
TABLE = "Your table is not the one of the step: look at where the damping is added."
ROUND_PIECES = (
    ("swapped", SWAPPED, SWAPS),
    ("promise", FIRST_ORDER, PROMISE),
    ("kept", ALWAYS, TAKEN_BACK),
    (
        "two-left",
        {**SWAPPED, **FIRST_ORDER},
        "One bug is gone. Look at what the model promises and at when the damping grows.",
    ),
    ("two-left", {**SWAPPED, **ALWAYS}, "One bug is gone. Look at which steps are kept and at when the damping grows."),
    (
        "two-left",
        {**FIRST_ORDER, **ALWAYS},
        "One bug is gone. Look at what the model promises and at which steps are kept.",
    ),
    ("three-left", {**SWAPPED, **FIRST_ORDER, **ALWAYS}, "All three bugs are still there."),
    ("promise", {"promise": lambda r, J, s, mu: r @ r - (r + J @ s) @ (r + J @ s)}, PROMISED_ELSE),
    ("promise", {"promise": lambda r, J, s, mu: (r @ r - (r + J @ s) @ (r + J @ s)) / 4}, PROMISED_ELSE),
    (
        "promise",
        {"promise": lambda r, J, s, mu: -(J.T @ r) @ s / 2},
        "You counted the damping into the promise: it makes long steps dear, and is no part of the loss.",
    ),
    (
        "promise",
        {"promise": lambda r, J, s, mu: -(J.T @ r) @ s + (J @ s) @ (J @ s) / 2},
        "The bend of the bowl has the wrong sign in your promise: it takes away from the fall.",
    ),
    (
        "promise",
        {"promise": lambda r, J, s, mu: (r @ r) / 2},
        "You took the whole loss for the promise: the model does not fall to nothing.",
    ),
    (
        "promise",
        {"promise": lambda r, J, s, mu: ((r + J @ s) @ (r + J @ s)) / 2},
        "You took what the model leaves of the loss, not by how much it falls.",
    ),
    (
        "promise",
        {"promise": lambda r, J, s, mu: (r @ r - (J @ s) @ (J @ s)) / 2},
        "The model's residuals are the old ones and what the step adds, together.",
    ),
    (
        "ratio",
        {"ratio": lambda fall, promise: promise / fall},
        "Your quotient stands on its head: what came true belongs above what was promised.",
    ),
    (
        "ratio",
        {"ratio": lambda fall, promise: fall},
        "You judged the step by the fall itself; what counts is its share of the promise.",
    ),
    (
        "lengths",
        {"fall": lambda r, r_new: np.linalg.norm(r) - np.linalg.norm(r_new)},
        "You compared lengths with squares: the loss is half the squared length.",
    ),
    (
        "unsigned",
        {"fall": lambda r, r_new: abs(r @ r - r_new @ r_new) / 2},
        "You took the size of the change: a loss that rises has not kept any promise.",
    ),
    ("sign", {"step": lambda H, J, r: np.linalg.solve(H, J.T @ r)}, "Your step goes uphill."),
    (
        "M8",
        {"table": lambda J, mu: J @ J.T + mu * np.eye(len(J))},
        "Your table is that of the residuals, and not of the parameters: the Jacobian lies on its side.",
    ),
    (
        "gradient",
        {"step": lambda H, J, r: -J.T @ r},
        "You stepped along the gradient: the table of curvature is not used.",
    ),
    ("table", {"table": lambda J, mu: J.T @ J}, "Your table has no damping."),
    (
        "table",
        {"table": lambda J, mu: J.T @ J + mu},
        "You added the damping to every entry; it belongs on the diagonal.",
    ),
    ("table", {"table": lambda J, mu: J.T @ J - mu * np.eye(J.shape[1])}, TABLE),
    ("table", {"table": lambda J, mu: J.T @ J + np.eye(J.shape[1]) / mu}, TABLE),
    (
        "table",
        {"table": lambda J, mu: np.diag(np.diag(J.T @ J)) + mu * np.eye(J.shape[1])},
        "Only the diagonal of your table is left: parameters act together.",
    ),
    (
        "table",
        {"table": lambda J, mu: J.T @ J * (1 + mu * np.eye(J.shape[1]))},
        "You damped in proportion to the diagonal, which some do; here every parameter gets the same.",
    ),
    ("table", {"table": lambda J, mu: 2 * J.T @ J + mu * np.eye(J.shape[1])}, TABLE),
    (
        "kept",
        {"keep": lambda gain: gain >= 0.25},
        "You took back a step that lowered the loss, because it kept too little of its promise: only one that does "
        "not lower the loss is taken back.",
    ),
    (
        "kept",
        {"keep": lambda gain: gain > 0.75},
        "You took back a step that lowered the loss, because it kept too little of its promise: only one that does "
        "not lower the loss is taken back.",
    ),
    ("kept", {"keep": lambda gain: gain < 0}, "You keep the steps that should be taken back, and only those."),
    ("kept", {"keep": lambda gain: False}, "No step is ever taken."),
    (
        "damping",
        {"damping": lambda gain, mu: mu / 10 if gain > 0 else mu * 10},
        "There are three cases for the damping, not two: in the middle it stays.",
    ),
    (
        "damping",
        {"damping": lambda gain, mu: mu / 10 if gain > 0.75 else mu * 10},
        "There are three cases for the damping, not two: in the middle it stays.",
    ),
    (
        "damping",
        {"damping": lambda gain, mu: mu / 10 if gain > 0.25 else mu * 10},
        "There are three cases for the damping, not two: in the middle it stays.",
    ),
    (
        "damping",
        {"damping": lambda gain, mu: mu / 10 if gain > 0.75 else mu * 10 if gain <= 0 else mu},
        "A step may be kept and still have kept too little of its promise: the damping then grows too.",
    ),
    (
        "damping",
        {"damping": lambda gain, mu: mu / 2 if gain > 0.75 else mu * 2 if gain < 0.25 else mu},
        "The damping changes by another factor than the one asked for.",
    ),
    ("damping", {"damping": lambda gain, mu: mu}, "The damping never changes."),
    ("step-only", {"moved": lambda theta, s: s}, "You returned the step in place of the parameters to which it leads."),
    ("twice", {"moved": lambda theta, s: theta + 2 * s}, "The step is taken twice."),
    (
        "damping",
        {"damping": lambda gain, mu: mu / 10 if gain > 0.75 else mu * 2 if gain < 0.25 else mu},
        "The damping grows by another factor than the one asked for.",
    ),
    (
        "damping",
        {"damping": lambda gain, mu: mu / 2 if gain > 0.75 else mu * 10 if gain < 0.25 else mu},
        "The damping falls by another factor than the one asked for.",
    ),
    (
        "ratio",
        {"ratio": lambda fall, promise: promise},
        "You returned the promise; the gain is what share of it came true.",
    ),
    ("moved", {"moved": lambda theta, s: theta - s}, "You took the step backwards: it points downhill already."),
    (
        "lengths",
        {
            "fall": lambda r, r_new: np.linalg.norm(r) - np.linalg.norm(r_new),
            "promise": lambda r, J, s, mu: np.linalg.norm(r) - np.linalg.norm(r + J @ s),
        },
        "You compared lengths; the loss is half the square of the length.",
    ),
    (
        "clipped",
        {"ratio": lambda fall, promise: max(0.0, fall / promise)},
        "You cut the gain off at nothing: where the loss rises it is negative, and tells how much.",
    ),
    (
        "damping",
        {"damping": lambda gain, mu: mu / 10 if gain > 0.75 else mu + 10 if gain < 0.25 else mu},
        "You added to the damping where it has to be multiplied.",
    ),
    (
        "damping",
        {"damping": lambda gain, mu: mu - 10 if gain > 0.75 else mu + 10 if gain < 0.25 else mu},
        "The damping is multiplied and divided; you added and subtracted.",
    ),
    (
        "swapped",
        {"damping": lambda gain, mu: mu / 10 if gain > 0.75 else mu / 10 if gain < 0.25 else mu},
        "Where the model broke its promise the damping has to grow.",
    ),
    (
        "damping",
        {"damping": lambda gain, mu: mu if gain <= 0 else mu / 10 if gain > 0.75 else mu * 10 if gain < 0.25 else mu},
        "A round that fails leaves your damping as it was: that is when it has to grow.",
    ),
)


def until_taken(r: Piece, J: Piece, theta: Array, mu: float) -> tuple[Any, ...]:
    """Begin anew with more damping until the loss falls."""
    for _ in range(50):
        theta_new, new_mu, gain = one_round({}, r, J, theta, mu)
        if gain > 0:
            break
        mu = new_mu
    return theta_new, new_mu, gain


def exchanged(r: Piece, J: Piece, theta: Array, mu: float) -> tuple[Any, ...]:
    """Return the gain before the damping."""
    theta_new, new_mu, gain = one_round({}, r, J, theta, mu)
    return theta_new, gain, new_mu


ROUND_MISTAKES = (
    Mistake(
        "until-taken",
        until_taken,
        "You went on until a step was taken: this is one round, and one that fails returns the parameters as they "
        "were.",
    ),
    Mistake("exchanged", exchanged, "Damping and gain are exchanged in what you return."),
)

# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "16.1",
        "Minus signs on the way down",
        rung="predict",
        points=6,
        difficulty=1,
        minutes=4,
        kind=Parts(
            {
                "all, layer 3": turned("-", FIRST_ONLY),
                "all, layer 2": turned("+", FIRST_ONLY),
                "all, layer 1": turned("-", FIRST_ONLY),
                "one, layer 3": turned("+", ABOVE),
                "one, layer 2": turned("-", "this layer's delta comes straight out of the turned matrix."),
                "one, layer 1": turned("-", BELOW),
            }
        ),
        praise=(
            "A delta collects a factor from each matrix that it passes, so signs multiply; slopes of tanh never turn "
            "one."
        ),
        hints=(
            "Start at the output, whose delta is true, and go down. Which matrix do you pass to reach each layer?",
            "A matrix that is minus the true one turns the sign of all that passes it. What do two of them do?",
            "Layer 3 passes one feedback matrix, layer 2 two, layer 1 three. In the second network only one of the "
            "three is turned: who lies below it?",
        ),
    ),
    Exercise(
        "16.2",
        "What is left of backpropagation?",
        rung="predict",
        points=6,
        difficulty=2,
        minutes=5,
        kind=Parts(
            {
                "Levenberg-Marquardt": Choice.among(NEEDS, "c"),
                "synthetic gradients": Choice.among(NEEDS, "e"),
                "direct feedback alignment": Choice.among(NEEDS, "d"),
                "Oja": Choice.among(NEEDS, "a"),
                "forward-forward": Choice.among(NEEDS, "b"),
                "evolution strategies": Choice.among(NEEDS, "a"),
            }
        ),
        praise="Only two of the six differentiate nothing: one has no loss at all, the other only asks for its value.",
        hints=(
            "Ask of each: is there a slope f'(z) in it? And does anything come down from the layer above?",
            "One of them is an optimizer: it does more with what backpropagation gives. One has a loss in every layer. "
            "One has no loss.",
            "The models of synthetic gradients learn from what the layer above sends down, one exact step. Direct "
            "feedback has a matrix too, and a slope. Evolution strategies ask for two numbers.",
        ),
    ),
    Exercise(
        "16.3",
        "A step into a valley without a floor",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=8,
        kind=Number(
            setting=two_weights,
            right=lambda q: damped_step(q.J, q.r, q.mu),
            witness=by_rank_one,
            mistakes=STEP_BY_HAND,
        ),
        praise=(
            "The table alone is singular, since w and v only act through their product; the damping picks the "
            "shortest way."
        ),
        hints=(
            "First the two residuals, then the Jacobian: a row for each example, a column for w and one for v.",
            "The prediction by w has the slope v x, by v the slope w x. Build the table of the columns' products and "
            "the "
            "gradient, and add the damping on the diagonal.",
            "With two unknowns, solve by hand: from (p, q; q, t) s = h the first entry is (t h1 - q h2) / (p t - q q), "
            "the second (p h2 - q h1) / (p t - q q). The right-hand side is minus the gradient.",
        ),
    ),
    Exercise(
        "16.4",
        "One example for Oja",
        rung="hand-compute",
        points=2,
        difficulty=1,
        minutes=4,
        kind=Number(
            setting=one_unit,
            right=lambda q: oja(q.w, q.x, q.eta),
            witness=oja_in_pairs,
            mistakes=OJA_BY_HAND,
            tolerance=2e-5,
            start=lambda q: q.w,
        ),
        praise=(
            "The length went from below one towards one, and nobody measured it: the leak knows only its own weight."
        ),
        hints=(
            "First the activity: the sum of weight times input. Mind that minus times minus is plus.",
            "Hebb's part is activity times input. The leak takes off the activity squared times the weight itself.",
            "For each weight: old weight plus rate times activity times (input minus activity times old weight).",
        ),
    ),
    Exercise(
        "16.5",
        "Straight from the output",
        rung="complete",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("dW", "db"),
            inputs=draw_direct,
            right=direct_by_library,
            witness=direct_in_sums,
            mistakes=(*made(direct, DIRECT_PIECES), *DIRECT_MISTAKES),
            widths=((4, 3, 5, 2), (1, 4, 2, 5, 3), (6, 2, 4, 3, 5)),
            square=(3, 3, 3, 3, 3),
        ),
        praise=(
            "No layer waited for another: every hidden delta needs the output's delta, its own matrix and its own "
            "slope."
        ),
        hints=(
            "One hidden layer at a time: its feedback matrix and its slopes, and the delta of the output. No more.",
            "delta has shape (N, n_out), the matrix (n_out, width): which product has a row for each example and a "
            "column for each unit? Then the slope. BP3 and BP4 are as always.",
            "told is (delta @ matrix) * slope. The delta of the output is delta itself. For each layer the weights get "
            "told.T @ (what comes in), the bias told.sum(axis=0).",
        ),
    ),
    Exercise(
        "16.6",
        "Guess a gradient",
        rung="implement",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("gradient",),
            inputs=draw_guess,
            right=lambda **inputs: guess({}, **inputs),
            witness=guess_in_loops,
            mistakes=(*made(guess, GUESS_PIECES), *GUESS_MISTAKES),
            widths=((5, 3), (3, 4), (7, 2)),
            square=None,
        ),
        praise="It never looked inside: C could be a game, a circuit or somebody else's program.",
        hints=(
            "One row of the noise at a time: go that way, go the other way, compare.",
            "Difference over distance gives the slope along the direction, one number. It multiplies the whole "
            "direction: that is this pair's vote for the gradient.",
            "Each vote is (C(theta + sigma * e) - C(theta - sigma * e)) / (2 * sigma) * e. Return the mean over rows.",
        ),
    ),
    Exercise(
        "16.7",
        "A slope for the spike",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=15,
        kind=Function(
            outputs=("spikes", "dw"),
            inputs=draw_spikes,
            right=lambda **inputs: spike({}, **inputs),
            witness=spike_backwards,
            mistakes=(*made(spike, SPIKE_PIECES), *SPIKE_MISTAKES),
            widths=((9, 2), (12, 3), (7, 4)),
            square=None,
            seen=as_spikes,
        ),
        praise="A weight is used in every step, so its gradient is a sum over time; the lie is told in one place only.",
        hints=(
            "Write the way forward first, and keep every voltage as it was when it was compared with the threshold.",
            "How does a voltage depend on the weights? Through the input of its step, and, leaked, through all inputs "
            "before: p is leak times the p before, plus x[t].",
            "In the same loop: p = leak * p + x[t], and dw grows by u[t] times the surrogate slope at v times p.",
        ),
    ),
    Exercise(
        "16.8",
        "Find the bug",
        rung="debug",
        points=5,
        difficulty=2,
        minutes=8,
        kind=Parts(
            {
                "A": Choice.among(NOT_THIS_BUG, "e"),
                "B": Choice.among(NOT_THIS_BUG, "b"),
                "C": Choice.among(NOT_THIS_BUG, "a"),
                "D": Choice.among(NOT_THIS_BUG, "d"),
                "E": Choice.among(NOT_THIS_BUG, "c"),
            }
        ),
        praise="Random is not the same as arbitrary: noise is new in each step, feedback must not be.",
        hints=(
            "Each snippet has a formula in the chapter. Write it beside the code and compare factor by factor.",
            "One of them is right. One draws something inside the loop that must be drawn before it. One climbs.",
            "Look at the leak of Oja's rule: how often is the activity in it? Look at both hidden deltas of the direct "
            "way. And which way does a model of synthetic gradients move: against its own gradient?",
        ),
    ),
    Exercise(
        "16.9",
        "Repair a round",
        rung="debug",
        points=4,
        difficulty=3,
        minutes=14,
        kind=Function(
            outputs=("new_theta", "new_mu", "gain"),
            inputs=draw_round,
            right=round_by_library,
            witness=round_by_least_squares,
            mistakes=(*made(one_round, ROUND_PIECES), *ROUND_MISTAKES),
            widths=tuple(CASES),
            square=(3, 3),
        ),
        praise="All three are gone: the model is asked what it promised, and trusted as far as it kept its word.",
        hints=(
            "The step itself is right. Look at the three lines after it: what is promised, what is kept, what becomes "
            "of the damping.",
            "The model says that the residuals after the step are r + J s. What is half their sum of squares, and how "
            "far is that below the loss now?",
            "promised is half of r @ r minus half of (r + J @ s) @ (r + J @ s). A gain above 3/4 makes the damping "
            "smaller. And a step that raises the loss is not taken: return the old theta.",
        ),
    ),
    Exercise(
        "16.10",
        "Derive the step of one neuron",
        rung="derive",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Derivation("16.10"),
        praise=(
            "Where the neuron saturates its squared slope drops out beside the damping, and the step fades as a "
            "gradient does."
        ),
        hints=(
            "One example makes one residual, and the Jacobian is a single row: the slope of a by w and by b.",
            "With one row j, the table is the product of j with itself. Try a step along j: it turns the two equations "
            "into one.",
            "Put s as a multiple t of j into the equation: then (j.j + mu) t is minus the residual. j.j is the squared "
            "slope of the sigmoid times the sum of the squares of x and one. The step of w is t times the entry of w.",
        ),
    ),
    Exercise(
        "16.11",
        "Derive what the guess finds on average",
        rung="derive",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Derivation("16.11"),
        praise="With a reach of one or more the two valleys are gone from what it sees: only one at zero is left.",
        hints=(
            "Write out C at theta plus the reach times epsilon and at theta minus it, and subtract: half of the terms "
            "cancel.",
            "What is left has one or three factors epsilon. Divide by twice the reach, multiply by epsilon, and then "
            "take the mean term by term.",
            "The fourth power leaves 8 theta^3 (sigma eps) + 8 theta (sigma eps)^3 in the difference, the square "
            "4 theta (sigma eps). Mind the factors one half and three before them. Then the means 1 and 3.",
        ),
    ),
    Exercise(
        "16.12",
        "Three customers",
        rung="essay",
        points=4,
        difficulty=3,
        minutes=20,
        kind=Essay(
            (
                "Names a method for some customers, with no reason, or recommends one for all because it is newer or "
                "faster.",
                "Gives a fitting method for each, with what it replaces, but not what it costs or still needs.",
                "For each says what is replaced, what is still needed and what it costs.",
                "Does that, and says for each what would change the advice: a fact or a measurement.",
            )
        ),
        praise="",
        hints=(
            "Begin with what keeps each of them from using plain backpropagation. Nothing, for one of them.",
            "For the circuit: what can be measured? For the eight machines: who waits for whom? Then look up the "
            "price.",
            "Count passes. A good estimate of a gradient of P entries takes about P pairs. What stays exact in "
            "synthetic "
            "gradients, and what is guessed? Would you measure an angle, a time, or a score on held-out examples?",
        ),
    ),
)
