"""A network of two layers as an exercise: random inputs, references, their mutants and an independent witness.

Most functions take one example: x (n_in,), y (n_out,), W1 (n_hidden, n_in), b1, W2 (n_out, n_hidden), b2. All
activations are sigmoids, the loss is half the squared error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.activations import sigmoid
from backprop_lab.arrays import Array
from backprop_lab.course.exercise import Mistake
from backprop_lab.course.function import Inputs
from backprop_lab.course.misconceptions import REVERSED, SAYS
from backprop_lab.gradient_check import GradientCheck, check_gradient, numerical_gradient
from backprop_lab.network import Network

__all__ = [
    "DELTA_MISTAKES",
    "STEP_MISTAKES",
    "all_gradients",
    "by_differences",
    "combined",
    "deltas_agree",
    "deltas_from_kept",
    "draw",
    "draw_kept",
    "draw_step",
    "gradients_agree",
    "mutants",
    "new_parameters",
    "plain_prediction",
    "reference",
    "step_agrees",
]

PARAMETERS = ("W1", "b1", "W2", "b2")


def draw(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return random inputs by name, for widths (n_in, n_hidden, n_out)."""
    n_in, n_hidden, n_out = widths
    return {
        "x": rng.normal(size=n_in),
        "y": rng.uniform(0.05, 0.95, n_out),
        "W1": rng.normal(size=(n_hidden, n_in)),
        "b1": rng.normal(size=n_hidden),
        "W2": rng.normal(size=(n_out, n_hidden)),
        "b2": rng.normal(size=n_out),
    }


def draw_step(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return random inputs with a learning rate."""
    return {**draw(rng, widths), "learning_rate": float(rng.uniform(0.2, 0.8))}


def draw_kept(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return what the way back reads after a way forward: y, z1, z2, a2, W2."""
    x, y, W1, b1, W2, b2 = draw(rng, widths).values()
    z1 = W1 @ x + b1
    z2 = W2 @ sigmoid(z1) + b2
    return {"y": y, "z1": z1, "z2": z2, "a2": sigmoid(z2), "W2": W2}


def inputs_from_kept(*, y: Array, z1: Array, z2: Array, a2: Array, W2: Array) -> dict[str, Array]:
    """Return inputs of a network with these z: the first layer hands z1 through."""
    return {
        "x": z1,
        "y": y,
        "W1": np.eye(len(z1)),
        "b1": np.zeros(len(z1)),
        "W2": W2,
        "b2": z2 - W2 @ sigmoid(z1),
    }


# ------------------------------------------------------------------ witnesses: NumPy alone, nothing of the network


def plain_prediction(x: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    """Return the prediction, written out once more."""
    a1 = 1 / (1 + np.exp(-(W1 @ x + b1)))
    return np.asarray(1 / (1 + np.exp(-(W2 @ a1 + b2))))


def _loss_of(name: str, inputs: Inputs) -> Callable[[Array], float]:
    """C as a function of one of the inputs."""

    def loss(value: Array) -> float:
        given = {**inputs, name: value}
        y = given.pop("y")
        return float(((plain_prediction(**given) - y) ** 2).sum() / 2)

    return loss


def by_differences(name: str, inputs: Inputs) -> Array:
    """Return dC/d(name) by central differences."""
    return numerical_gradient(_loss_of(name, inputs), inputs[name])


def gradients_agree(inputs: Inputs, outputs: Mapping[str, Array]) -> Iterator[GradientCheck]:
    """Compare gradients, by their names, with central differences."""
    for name, gradient in outputs.items():
        parameter = name.replace("delta", "b").removeprefix("d")  # delta is dC/dz, and z moves as its bias does
        yield check_gradient(_loss_of(parameter, inputs), inputs[parameter], gradient)


def deltas_agree(kept: Inputs, outputs: Mapping[str, Array]) -> Iterator[GradientCheck]:
    """Compare deltas with central differences in z."""
    return gradients_agree(inputs_from_kept(**kept), outputs)


def step_agrees(inputs: Inputs, outputs: Mapping[str, Array]) -> Iterator[GradientCheck]:
    """Compare how far each parameter moved with central differences."""
    before = {name: value for name, value in inputs.items() if name != "learning_rate"}
    for name in PARAMETERS:
        gradient = (before[name] - outputs[f"new_{name}"]) / inputs["learning_rate"]
        yield check_gradient(_loss_of(name, before), before[name], gradient)


# ------------------------------------------------------------------ references


def reference(x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> SimpleNamespace:
    """Return the gradients of one example, from the library."""
    first, second = Network.from_weights([(W1, b1), (W2, b2)]).gradients(x[np.newaxis], y[np.newaxis])
    return SimpleNamespace(
        delta1=first.delta[0], delta2=second.delta[0], dW1=first.dW, db1=first.db, dW2=second.dW, db2=second.db
    )


def deltas_from_kept(**kept: Array) -> tuple[Array, ...]:
    """Return (delta2, delta1) from the library."""
    return both_deltas(reference(**inputs_from_kept(**kept)))


def both_deltas(gradients: SimpleNamespace) -> tuple[Array, ...]:
    """Return (delta2, delta1)."""
    return gradients.delta2, gradients.delta1


def all_gradients(gradients: SimpleNamespace) -> tuple[Array, ...]:
    """Return (dW1, db1, dW2, db2)."""
    return gradients.dW1, gradients.db1, gradients.dW2, gradients.db2


def new_parameters(
    gradients: Callable[..., SimpleNamespace], rate: Callable[[float], float] = lambda rate: rate
) -> Callable[..., tuple[Array, ...]]:
    """Return a function that takes one step of gradient descent along these gradients."""

    def step(*, learning_rate: float, **inputs: Array) -> tuple[Array, ...]:
        slopes = all_gradients(gradients(**inputs))
        return tuple(inputs[name] - rate(learning_rate) * dC for name, dC in zip(PARAMETERS, slopes, strict=True))

    return step


# ------------------------------------------------------------------ mutants

Piece = Callable[..., Array]
RIGHT_PIECES: dict[str, Piece] = {
    "z1": lambda W1, x, b1: W1 @ x + b1,
    "z2": lambda W2, a1, b2: W2 @ a1 + b2,
    "hidden": sigmoid,
    "output": sigmoid,
    "error": lambda a2, y: a2 - y,
    "upper": lambda delta2, a2, y: delta2,
    "slope2": lambda z2, a2: a2 * (1 - a2),
    "slope1": lambda z1, a1: a1 * (1 - a1),
    "carry": lambda W2, delta2, dW2: W2.T @ delta2,
    "outer": lambda delta, a_in: np.outer(delta, a_in),
    "sent": lambda z1, a1: a1,
    "bias": lambda delta, b: delta,
}


def one_pass(pieces: Mapping[str, Piece], x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array):  # type: ignore[no-untyped-def]
    """Return the gradients of one example with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_PIECES, **pieces})
    z1 = piece.z1(W1, x, b1)
    a1 = piece.hidden(z1)
    z2 = piece.z2(W2, a1, b2)
    a2 = piece.output(z2)
    delta2 = piece.error(a2, y) * piece.slope2(z2, a2)
    dW2 = piece.outer(delta2, piece.sent(z1, a1))
    delta1 = piece.carry(W2, piece.upper(delta2, a2, y), dW2) * piece.slope1(z1, a1)
    dW1, db1, db2 = piece.outer(delta1, x), piece.bias(delta1, b1), piece.bias(delta2, b2)
    return SimpleNamespace(delta1=delta1, delta2=delta2, dW1=dW1, db1=db1, dW2=dW2, db2=db2)


def _no_slope(z: Array, a: Array) -> Array:
    return np.ones_like(z)


def _slope_at_a(z: Array, a: Array) -> Array:
    return sigmoid.slope(a)


def _short_form_of_z(z: Array, a: Array) -> Array:
    return z * (1 - z)


WRONG_PIECES: tuple[tuple[str, dict[str, Piece], str], ...] = (
    (
        "tanh",
        {"slope1": lambda z1, a1: 1 - a1**2, "slope2": lambda z2, a2: 1 - a2**2},
        "You took the slopes of the tanh: both layers are sigmoids.",
    ),
    ("tanh", {"slope1": lambda z1, a1: 1 - a1**2}, "You took the slope of the tanh: the hidden units are sigmoids."),
    ("tanh", {"slope2": lambda z2, a2: 1 - a2**2}, "You took the slope of the tanh: the outputs are sigmoids."),
    (
        "step",
        {"slope1": lambda z1, a1: (z1 > 0) * 1.0},
        "You took the slope of a rectified unit: the hidden units are sigmoids.",
    ),
    (
        "slope",
        {"slope1": lambda z1, a1: (a1 * (1 - a1)) ** 2},
        "You passed the hidden sigmoids twice: each slope is a factor once.",
    ),
    (
        "slope",
        {"slope2": lambda z2, a2: (a2 * (1 - a2)) ** 2},
        "You passed the output's sigmoids twice: each slope is a factor once.",
    ),
    (
        "slope",
        {"slope1": lambda z1, a1: a1 * (1 + a1)},
        "The sign inside your slope of the hidden sigmoid is wrong: it is never above a quarter.",
    ),
    (
        "slope",
        {"slope2": lambda z2, a2: a2 * (1 + a2)},
        "The sign inside your slope of the output's sigmoid is wrong: it is never above a quarter.",
    ),
    (
        "slope",
        {"upper": lambda delta2, a2, y: delta2 * a2 * (1 - a2)},
        "The slope of the output is in the hidden delta twice: delta of the output has it already.",
    ),
    (
        "M13",
        {"upper": lambda delta2, a2, y: a2 - y},
        "You sent back the miss of the output: its delta goes back, with the slope of the output in it.",
    ),
    (
        "divided",
        {"slope2": lambda z2, a2: 1 / (a2 * (1 - a2))},
        "You divided by the slope of the output: a chain multiplies its links.",
    ),
    (
        "mean",
        {"error": lambda a2, y: (a2 - y) / len(y)},
        "You divided by the number of outputs: this loss adds them up.",
    ),
    (
        "M13 loss",
        {"error": lambda a2, y: (a2 - y) ** 2 / 2},
        "You took the loss itself, where a derivative of it belongs.",
    ),
    (
        "M13 loss",
        {"error": lambda a2, y: (a2 - y) ** 2},
        "You kept the square of the miss: the loss is differentiated as well.",
    ),
    (
        "logit",
        {"error": lambda a2, y: np.log(a2 / (1 - a2)) - y},
        "You compared what the output receives with the target: the prediction is what it sends, after its sigmoid.",
    ),
    (
        "sum",
        {"error": lambda a2, y: np.full(len(y), (a2 - y).sum())},
        "You added up the misses: each output has a delta of its own.",
    ),
    (
        "M1",
        {"carry": lambda W2, delta2, dW2: W2.T @ delta2 / len(delta2)},
        "You took the mean of the paths: what comes back by several paths adds up.",
    ),
    (
        "M1",
        {"carry": lambda W2, delta2, dW2: W2[-1] * delta2[-1]},
        "What the last output sends back has overwritten the others: all paths must be added.",
    ),
    (
        "M1",
        {"carry": lambda W2, delta2, dW2: W2.sum(axis=0) * delta2.sum()},
        "You added weights and deltas apart: each path keeps its own weight with its own delta.",
    ),
    (
        "delta",
        {"carry": lambda W2, delta2, dW2: W2.sum(axis=0)},
        "Nothing of the output's delta came back: the weights alone don't say how much the loss minds.",
    ),
    (
        "sign",
        {"carry": lambda W2, delta2, dW2: np.abs(W2).T @ delta2},
        "You lost the signs of the weights on the way back.",
    ),
    (
        "incoming",
        {"sent": lambda z1, a1: a1 * (1 - a1)},
        "For the output weights you took the slope of the hidden layer, where what it sends belongs.",
    ),
    (
        "incoming",
        {"sent": lambda z1, a1: sigmoid(a1)},
        "For the output weights you sent the hidden activations through a sigmoid once more.",
    ),
    (
        "incoming",
        {"outer": lambda delta, a_in: np.outer(delta, np.ones_like(a_in))},
        "You left out what comes in through the weights: that is how biases move.",
    ),
    (
        "bias",
        {"bias": lambda delta, b: np.full_like(b, delta.mean())},
        "You took the mean of the bias gradient over the units: each has a bias of its own.",
    ),
    (
        "keepdims",
        {"bias": lambda delta, b: delta[:, np.newaxis]},
        "Your bias gradients are columns: a gradient has the shape of its parameter.",
    ),
    (
        "bias",
        {"z1": lambda W1, x, b1: W1 @ x, "z2": lambda W2, a1, b2: W2 @ a1},
        "On the way forward the biases are missing.",
    ),
    ("bias", {"z1": lambda W1, x, b1: W1 @ x}, "On the way forward the biases of the hidden layer are missing."),
    ("bias", {"z2": lambda W2, a1, b2: W2 @ a1}, "On the way forward the biases of the output are missing."),
    (
        "no-activation",
        {"hidden": lambda z: z, "slope1": lambda z1, a1: sigmoid.slope(z1)},
        "On the way forward the hidden layer has no activation.",
    ),
    ("M7", {"slope1": _no_slope}, ""),
    ("M13", {"slope2": _no_slope}, ""),
    (
        "M7",
        {"slope1": _no_slope, "slope2": _no_slope},
        "You left out the slopes of both activations: the miss travelled through the weights alone.",
    ),
    ("M5", {"slope1": _slope_at_a, "slope2": _slope_at_a}, ""),
    (
        "M5",
        {"slope1": _slope_at_a},
        "You took the slope of the hidden sigmoid at its activation; it belongs at its pre-activation.",
    ),
    (
        "M5",
        {"slope2": _slope_at_a},
        "You took the slope of the output's sigmoid at its activation; it belongs at its pre-activation.",
    ),
    ("M5 short form", {"slope1": _short_form_of_z, "slope2": _short_form_of_z}, ""),
    (
        "M5",
        {"slope1": _short_form_of_z},
        "In the hidden layer you put the pre-activation into the short form of the slope, meant for the activation.",
    ),
    (
        "M5",
        {"slope2": _short_form_of_z},
        "In the output layer you put the pre-activation into the short form of the slope, meant for the activation.",
    ),
    (
        "slope",
        {"slope1": lambda z1, a1: a1},
        "Your slope of the hidden sigmoid has one factor only; it has two, and is never above a quarter.",
    ),
    (
        "slope",
        {"slope1": lambda z1, a1: 1 - a1},
        "Your slope of the hidden sigmoid has one factor only; it has two, and is never above a quarter.",
    ),
    (
        "slope",
        {"slope2": lambda z2, a2: a2},
        "Your slope of the output's sigmoid has one factor only; it has two, and is never above a quarter.",
    ),
    (
        "slope",
        {"slope2": lambda z2, a2: 1 - a2},
        "Your slope of the output's sigmoid has one factor only; it has two, and is never above a quarter.",
    ),
    (
        "sign",
        {"error": lambda a2, y: y - a2},
        "Every sign is turned round: look at which way round you subtracted prediction and target.",
    ),
    (
        "factor-2",
        {"error": lambda a2, y: 2 * (a2 - y)},
        "Everything is twice too large: the half in the loss cancels the two that comes down from the square.",
    ),
    (
        "M8",
        {"carry": lambda W2, delta2, dW2: W2 @ delta2},
        "On the way back the weight matrix is the wrong way round: each hidden unit must collect over what it feeds.",
    ),
    ("M6", {"carry": lambda W2, delta2, dW2: np.linalg.pinv(W2) @ delta2}, ""),
    (
        "M1",
        {"carry": lambda W2, delta2, dW2: W2[0] * delta2[0]},
        "You followed one path only: a hidden unit acts on every output, and all its paths must be added.",
    ),
    ("weights-forgotten", {"carry": lambda W2, delta2, dW2: np.full(W2.shape[1], delta2.sum())}, ""),
    ("update-first", {"carry": lambda W2, delta2, dW2: (W2 - dW2).T @ delta2}, ""),
    ("M8", {"outer": lambda delta, a_in: np.outer(a_in, delta)}, ""),
    (
        "incoming",
        {"sent": lambda z1, a1: z1},
        "For the output weights you took what the hidden layer receives, where what it sends belongs.",
    ),
    (
        "bias",
        {"bias": lambda delta, b: delta * b},
        "You multiplied the bias gradient by the bias itself: think of the bias as a weight whose input never changes.",
    ),
    (
        "bias",
        {"bias": lambda delta, b: np.ones_like(b)},
        "You stopped at the slope of the pre-activation in the bias: the loss is still some factors away.",
    ),
    (
        "bias",
        {"bias": lambda delta, b: np.asarray(delta.sum())},
        "You added up the bias gradient over the units, so that all get the same: each has a bias of its own.",
    ),
    (
        "bias",
        {"bias": lambda delta, b: np.full_like(b, delta.sum())},
        "You added up the bias gradient over the units, so that all get the same: each has a bias of its own.",
    ),
)


# The same with the difference of prediction and target turned round besides.
REVERSED_PIECES: tuple[tuple[str, dict[str, Piece], str], ...] = tuple(
    (name, {**wrong, "error": lambda a2, y: y - a2}, f"{says or SAYS[name]} {REVERSED}")
    for name, wrong, says in WRONG_PIECES
    if "error" not in wrong
)


def mutants(
    select: Callable[[SimpleNamespace], tuple[Array, ...]], not_reversed: tuple[str, ...] = ()
) -> tuple[Mistake, ...]:
    """Return what `select` takes out of a pass, once for each wrong piece, and once more with the sign turned round.

    Mistakes named in `not_reversed` are there only once.
    """
    turned = [piece for piece in REVERSED_PIECES if piece[0] not in not_reversed]
    return tuple(Mistake(name, combined(select, wrong), says) for name, wrong, says in (*WRONG_PIECES, *turned))


def combined(select: Callable[[SimpleNamespace], Any], *wrong: Mapping[str, Piece]) -> Callable[..., Any]:
    """Return what `select` takes out of a pass with all these wrong pieces."""
    pieces = {name: piece for some in wrong for name, piece in some.items()}
    return lambda **inputs: select(one_pass(pieces, **inputs))


def _updated_too_early(*, learning_rate: float, **inputs: Array) -> tuple[Array, ...]:
    early: dict[str, Piece] = {"carry": lambda W2, delta2, dW2: (W2 - learning_rate * dW2).T @ delta2}
    return new_parameters(lambda **i: one_pass(early, **i))(learning_rate=learning_rate, **inputs)


def _step_with(wrong: Mapping[str, Piece]) -> Callable[..., tuple[Array, ...]]:
    return new_parameters(lambda **inputs: one_pass(wrong, **inputs))


def _deltas_with(wrong: Mapping[str, Piece]) -> Callable[..., tuple[Array, ...]]:
    return lambda **kept: both_deltas(one_pass(wrong, **inputs_from_kept(**kept)))


AFTER_ANOTHER = (
    "You changed some parameters before the gradients of the others were computed: all gradients are those of the old "
    "parameters."
)


def _one_after_the_other(groups: tuple[str, ...]) -> Callable[..., tuple[Array, ...]]:
    """Return a step in which each group of parameters moves along gradients at what is already changed."""

    def step(learning_rate: float, **inputs: Array) -> tuple[Array, ...]:
        now = dict(inputs)
        for group in groups:
            slopes = dict(zip(PARAMETERS, all_gradients(reference(**now)), strict=True))
            now |= {name: now[name] - learning_rate * slopes[name] for name in group.split()}
        return tuple(now[name] for name in PARAMETERS)

    return step


DELTA_MISTAKES = tuple(
    Mistake(name, _deltas_with(wrong), says)
    for name, wrong, says in (*WRONG_PIECES, *REVERSED_PIECES)
    if not wrong.keys() & {"outer", "sent", "bias", "z1", "z2", "hidden", "output"}  # they don't show in a delta
)
STEP_MISTAKES = (
    *(
        Mistake("update-first", _one_after_the_other(groups), AFTER_ANOTHER)
        for groups in (("W2 b2", "W1 b1"), ("W1 b1", "W2 b2"), ("W1", "b1", "W2", "b2"), ("W2", "b2", "W1", "b1"))
    ),
    Mistake(
        "two-steps",
        lambda learning_rate, **i: _one_after_the_other(("W1 b1 W2 b2", "W1 b1 W2 b2"))(learning_rate, **i),
        "You took two steps: one is asked for.",
    ),
    Mistake(
        "learning-rate",
        new_parameters(reference, lambda rate: rate**2),
        "The learning rate is in there twice.",
    ),
    Mistake(
        "learning-rate",
        lambda learning_rate, **i: tuple(
            learning_rate * (i[name] - g) for name, g in zip(PARAMETERS, all_gradients(reference(**i)), strict=True)
        ),
        "You scaled the old parameters too: the learning rate belongs to the gradient alone.",
    ),
    Mistake(
        "learning-rate",
        new_parameters(reference, lambda rate: 0.5),
        "Your learning rate is a number of its own: use the one that is given.",
    ),
    Mistake(
        "M12",
        lambda learning_rate, **i: tuple(
            i[name] * (1 - learning_rate * g) for name, g in zip(PARAMETERS, all_gradients(reference(**i)), strict=True)
        ),
        "You multiplied the old parameters by what is to be subtracted from them.",
    ),
    Mistake(
        "sign",
        lambda learning_rate, **i: tuple(
            learning_rate * g - i[name] for name, g in zip(PARAMETERS, all_gradients(reference(**i)), strict=True)
        ),
        "You subtracted the old parameters from the step: it is the other way round.",
    ),
    Mistake("ascent", new_parameters(reference, lambda rate: -rate)),
    Mistake("learning-rate", new_parameters(reference, lambda rate: 1.0)),
    Mistake(
        "learning-rate",
        new_parameters(reference, lambda rate: 1 / rate),
        "You divided by the learning rate: a smaller rate must give a smaller step.",
    ),
    Mistake("update-first", _updated_too_early),
    Mistake("step-only", lambda learning_rate, **i: tuple(learning_rate * g for g in all_gradients(reference(**i)))),
    Mistake("step-only", lambda learning_rate, **i: tuple(-learning_rate * g for g in all_gradients(reference(**i)))),
    Mistake("M9", lambda learning_rate, **i: all_gradients(reference(**i))),
    Mistake("no-step", lambda learning_rate, **i: tuple(i[name] for name in PARAMETERS)),
    *(
        Mistake(name, _step_with(wrong), says)
        for name, wrong, says in (*WRONG_PIECES, *REVERSED_PIECES)
        if name not in ("update-first", "sign")
    ),
)
