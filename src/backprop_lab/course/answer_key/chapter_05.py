"""The exercises of chapter 5, One step by hand.

Most use the sister of the chapter's network: the same 2-2-1 architecture with other numbers. References come from the
library; each has a witness that does not, so that a mistake in the library can't turn a right answer into a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.activations import sigmoid
from backprop_lab.course.answer_key.two_layers import (
    DELTA_MISTAKES,
    STEP_MISTAKES,
    all_gradients,
    by_differences,
    combined,
    deltas_agree,
    deltas_from_kept,
    draw,
    draw_kept,
    draw_step,
    gradients_agree,
    mutants,
    new_parameters,
    plain_prediction,
    reference,
    step_agrees,
)
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function
from backprop_lab.course.misconceptions import SAYS
from backprop_lab.course.number import Number
from backprop_lab.gradient_check import numerical_gradient
from backprop_lab.network import Network
from backprop_lab.trace import trace_step

__all__ = ["EXERCISES", "LEARNING_RATE", "SISTER", "sister"]

# ------------------------------------------------------------------ the sister network

SISTER = {
    "x": np.array([0.8, -0.4]),
    "y": np.array([0.25]),
    "W1": np.array([[0.3, -0.7], [0.6, 0.2]]),
    "b1": np.array([0.1, -0.2]),
    "W2": np.array([[-0.5, 0.9]]),
    "b2": np.array([0.15]),
}
LEARNING_RATE = 0.5


def sister() -> SimpleNamespace:
    """Return every quantity of one step of the sister network by its name in code: z1, delta2, new_W2, ..."""
    network = Network.from_weights([(SISTER["W1"], SISTER["b1"]), (SISTER["W2"], SISTER["b2"])])
    trace = trace_step(network, SISTER["x"][np.newaxis], SISTER["y"][np.newaxis], LEARNING_RATE)
    return SimpleNamespace(**{name: quantity.value for name, quantity in trace.items()})


# ------------------------------------------------------------------ the bugs of exercises 5.13 and 5.14

NOT_THIS_BUG = {
    "a": ("no-bug", "something is wrong here: a gradient check of it fails."),
    "b": ("M7", "the hidden activation is passed on the way back, count the factors of that line."),
    "c": ("M5", "each slope that is there is taken where it belongs."),
    "d": ("M8", "each weight gradient has a row for each unit of its layer, as it should."),
    "e": ("update-first", "no weight is changed before its last use."),
    "f": ("sign", "the difference is taken in the right order."),
}

FIRST_BUG = {"error": lambda a2, y: y - a2}
SECOND_BUG = {"slope1": lambda z1, a1: z1 * (1 - z1)}
THIRD_BUG = {"bias": lambda delta, b: np.full_like(b, delta.sum())}


def bug(right: str) -> Choice:
    """Return the choice among all bugs."""
    return Choice.among(NOT_THIS_BUG, right)


def sign(right: str, mistake: str, says: str) -> Choice:
    """Return the choice between plus and minus."""
    return Choice(right, {"-" if right == "+" else "+": (mistake, says)})


# ------------------------------------------------------------------ mistakes that several exercises share

OUTPUT_DELTA = (
    Mistake(
        "tanh", lambda q: ((q.a2 - q.y) * (1 - q.a2**2))[0], "You took the slope of the tanh: the output is a sigmoid."
    ),
    Mistake(
        "logit",
        lambda q: ((q.z2 - q.y) * q.slope2)[0],
        "You compared what the output receives with the target: the prediction is what it sends.",
    ),
    Mistake(
        "sign",
        lambda q: ((q.a2 + q.y) * q.slope2)[0],
        "You added the target to the prediction: what counts is how far they are apart.",
    ),
    Mistake(
        "divided", lambda q: ((q.a2 - q.y) / q.slope2)[0], "You divided by the slope: a chain multiplies its links."
    ),
    Mistake(
        "slope",
        lambda q: ((q.a2 - q.y) * q.slope2**2)[0],
        "You passed the output's sigmoid twice: its slope is a factor once.",
    ),
    Mistake(
        "slope",
        lambda q: ((q.a2 - q.y) * q.y * (1 - q.y))[0],
        "You put the target into the slope: it is taken where the unit is, not where it should be.",
    ),
    Mistake("M13 loss", lambda q: ((q.a2 - q.y) ** 2 * q.slope2)[0]),
    Mistake("M13", lambda q: q.a2[0] - q.y[0]),
    Mistake("M5", lambda q: (q.a2 - q.y)[0] * sigmoid.slope(q.a2)[0]),
    Mistake("M5 short form", lambda q: ((q.a2 - q.y) * q.z2 * (1 - q.z2))[0]),
    Mistake("slope", lambda q: (q.a2 * (1 - q.a2))[0]),
    Mistake(
        "slope",
        lambda q: ((q.a2 - q.y) * q.a2)[0],
        "Your slope of the output's sigmoid has one factor only; it has two, and is never above a quarter.",
    ),
    Mistake(
        "slope",
        lambda q: ((q.a2 - q.y) * (1 - q.a2))[0],
        "Your slope of the output's sigmoid has one factor only; it has two, and is never above a quarter.",
    ),
    Mistake("M13 loss", lambda q: q.C),
    Mistake("M13 loss", lambda q: q.C * q.slope2[0]),
)


def carried(mistakes: tuple[Mistake, ...], on: Callable[[SimpleNamespace, Any], Any]) -> tuple[Mistake, ...]:
    """Return the mistakes of an exercise before, as they show when one goes on with their result."""
    return tuple(
        Mistake(
            mistake.name,
            lambda q, wrong=mistake.wrong: on(q, wrong(q)),
            f"{mistake.says or SAYS[mistake.name]} It comes from an exercise before.",
        )
        for mistake in mistakes
    )


HIDDEN_DELTA = (
    Mistake(
        "tanh",
        lambda q: q.W2[0] * q.delta2 * (1 - q.a1**2),
        "You took the slope of the tanh: the hidden units are sigmoids.",
    ),
    Mistake(
        "slope",
        lambda q: q.W2[0] * q.delta2 * q.slope1 * q.slope2,
        "The slope of the output is in there twice: it is in delta of the output already.",
    ),
    Mistake(
        "slope",
        lambda q: q.W2[0] * q.delta2 * q.slope1**2,
        "You passed the hidden sigmoids twice: each slope is a factor once.",
    ),
    Mistake("slope", lambda q: q.W2[0] * q.delta2 * q.slope1[::-1], "The slopes of the two hidden units are swapped."),
    Mistake(
        "slope",
        lambda q: q.W2[0] * q.delta2 * q.x * (1 - q.x),
        "You took the slope from the inputs: each hidden unit has a slope at its own place.",
    ),
    Mistake("sign", lambda q: abs(q.W2[0]) * q.delta2 * q.slope1, "You lost the minus of an output weight."),
    Mistake(
        "M1",
        lambda q: q.W2.sum() * q.delta2 * q.slope1,
        "You added up the output weights: each hidden unit goes back through its own.",
    ),
    Mistake(
        "M8",
        lambda q: q.W1 @ (q.delta2[0] * np.ones(2)) * q.slope1,
        "You went back through the weights of the first layer: those between the hidden layer and the output lead "
        "back to it.",
    ),
    Mistake(
        "M8",
        lambda q: q.W1[0] * q.delta2 * q.slope1,
        "You went back through the weights of the first layer: those between the hidden layer and the output lead "
        "back to it.",
    ),
    Mistake(
        "M8",
        lambda q: q.W1[:, 0] * q.delta2 * q.slope1,
        "You went back through the weights of the first layer: those between the hidden layer and the output lead "
        "back to it.",
    ),
    Mistake(
        "hidden-target",
        lambda q: (q.a1 - q.y) * q.slope1,
        "You compared the hidden units with the target: they have none, what they hear comes back from the output.",
    ),
    Mistake("M7", lambda q: q.W2[0] * q.delta2),
    Mistake("M13", lambda q: q.W2[0] * (q.a2 - q.y) * q.slope1),
    Mistake(
        "M5",
        lambda q: q.W2[0] * q.delta2 * sigmoid.slope(q.a1),
        "You took the slope of the hidden sigmoid at its activation; it belongs at its pre-activation.",
    ),
    Mistake("M5 short form", lambda q: q.W2[0] * q.delta2 * q.z1 * (1 - q.z1)),
    Mistake(
        "slope",
        lambda q: q.W2[0] * q.delta2 * q.slope2,
        "You took the slope of the output once more: each unit has its own slope.",
    ),
    Mistake("weights-forgotten", lambda q: q.delta2 * q.slope1),
    Mistake(
        "M8",
        lambda q: q.W1.sum(axis=0) * q.delta2 * q.slope1,
        "The two output weights are swapped, or you went back through the weights of the first layer: each hidden "
        "unit goes back through the one weight that leads from it to the output.",
    ),
    Mistake("update-first", lambda q: q.new_W2[0] * q.delta2 * q.slope1),
    Mistake("M6", lambda q: np.linalg.pinv(q.W2)[:, 0] * q.delta2 * q.slope1),
    Mistake(
        "M6",
        lambda q: q.delta2 / q.W2[0] * q.slope1,
        "You divided by the weights on the way back: nothing is undone, sensitivities are multiplied.",
    ),
    Mistake("swapped", lambda q: q.delta1[::-1]),
    Mistake(
        "slope",
        lambda q: q.W2[0] * q.delta2 * q.a1,
        "Your slope of the hidden sigmoid has one factor only; it has two, and is never above a quarter.",
    ),
    Mistake(
        "slope",
        lambda q: q.W2[0] * q.delta2 * (1 - q.a1),
        "Your slope of the hidden sigmoid has one factor only; it has two, and is never above a quarter.",
    ),
    Mistake(
        "M7",
        lambda q: q.W2[0] * (q.a2 - q.y),
        "You left out the slopes of both activations: the miss travelled through the weights alone.",
    ),
    *carried(
        tuple(m for m in OUTPUT_DELTA if m.name != "M13" and "sigmoid twice" not in m.says),
        lambda q, delta2: q.W2[0] * delta2 * q.slope1,
    ),
)


def stepped(rate: float) -> Callable[..., Any]:
    """Return a function that takes a step where the gradients are asked for."""
    return lambda **inputs: new_parameters(reference)(learning_rate=rate, **inputs)


def early(rate: float) -> Callable[..., Any]:
    """Return a pass whose way back reads output weights after a step."""
    return combined(all_gradients, {"carry": lambda W2, delta2, dW2: (W2 - rate * dW2).T @ delta2})


STEPPED = "Those are parameters after a step: the gradients are asked for, and the step is another function's work."
ORDERS = tuple(
    Mistake(
        "order",
        lambda names=names, **inputs: tuple(vars(reference(**inputs))[name] for name in names.split()),
        "All four are there, in another order: the gradients of each layer's weights and biases go together, first "
        "layer first.",
    )
    for names in ("dW1 dW2 db1 db2", "dW2 db2 dW1 db1", "db1 dW1 db2 dW2")
)


def times_own_weights(**inputs: Any) -> tuple[Any, ...]:
    """Return the gradients, those of the weights multiplied by the weights."""
    dW1, db1, dW2, db2 = all_gradients(reference(**inputs))
    return dW1 * inputs["W1"], db1, dW2 * inputs["W2"], db2


OWN_WEIGHTS = Mistake(
    "M13", times_own_weights, "You multiplied by the weights themselves, which their own gradients do not contain."
)
GRADIENT_MISTAKES = (
    *mutants(all_gradients),
    *ORDERS,
    OWN_WEIGHTS,
    Mistake("M9", stepped(1.0), STEPPED),
    Mistake("M9", stepped(LEARNING_RATE), STEPPED),
    Mistake("update-first", early(LEARNING_RATE)),
)

# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "5.1",
        "Which parameter moves most?",
        rung="predict",
        points=1,
        difficulty=1,
        minutes=2,
        kind=Choice(
            "c",
            {
                "a": (
                    "first-layer",
                    "You went by the place in the network; yet what comes back to the first layer has been "
                    "multiplied by a weight and a slope on its way, both below one.",
                ),
                "b": (
                    "large-weight",
                    "You went by the size of the weight itself; its gradient asks what comes in through the "
                    "weight, and how much the loss minds.",
                ),
                "d": (
                    "M9",
                    "The learning rate is the same for all, the gradient is not: the rate only scales what "
                    "backpropagation has found.",
                ),
            },
        ),
        praise="The bias hears delta of the output undamped; an incoming activation below one damps it for a weight.",
        hints=(
            "Each step is the learning rate times a gradient. Only the gradients differ.",
            "Compare inside the output layer first: its weights and its bias share one delta. What else is in "
            "each gradient?",
            "A sigmoid sends less than one, a bias has an input of one. And a first-layer gradient carries a "
            "further weight, slope and input, each below one here.",
        ),
    ),
    Exercise(
        "5.2",
        "Signs before numbers",
        rung="predict",
        points=5,
        difficulty=2,
        minutes=4,
        kind=Parts(
            {
                "dW2_11": sign("+", "M13", "the weight is negative, yet its own sign is no factor of its gradient."),
                "delta1_1": sign("-", "M7", "on the way back to this unit you pass a weight: mind its sign."),
                "delta1_2": sign("+", "M7", "on the way back to this unit you pass a weight: mind its sign."),
                "dW1_11": sign(
                    "-",
                    "M13",
                    "a gradient in the first layer takes its sign from the unit and from the input, not from the "
                    "output's miss alone.",
                ),
                "dW1_12": sign("+", "M13", "the sign of the input counts as well as that of the unit."),
            }
        ),
        praise="Slopes of the sigmoid are positive, so a sign is decided by the miss, weights and inputs.",
        hints=(
            "Which factors of a gradient can be negative at all? The slope of a sigmoid can't.",
            "The prediction is above the target. From there go back: one weight for each hidden unit, then one "
            "input for each first-layer weight.",
            "delta of the output is positive. A hidden delta has the sign of delta of the output times the weight "
            "between; a weight's gradient the sign of its unit's delta times its input.",
        ),
    ),
    Exercise(
        "5.3",
        "What the hidden layer receives",
        rung="hand-compute",
        points=1,
        difficulty=1,
        minutes=3,
        kind=Number(
            setting=sister,
            right=lambda q: q.z1,
            witness=lambda q: [
                sum(w * v for w, v in zip(row, q.x, strict=True)) + c for row, c in zip(q.W1, q.b1, strict=True)
            ],
            mistakes=(
                Mistake("swapped", lambda q: q.z1[::-1]),
                Mistake(
                    "swapped",
                    lambda q: q.W1 @ q.x[::-1] + q.b1,
                    "You swapped the two inputs: along a row of weights they come in their own order.",
                ),
                Mistake("bias", lambda q: q.W1 @ q.x + 2 * q.b1, "You added the biases twice."),
                Mistake(
                    "bias", lambda q: q.W1 @ q.x + q.b1.sum(), "You gave each unit both biases: it has one of its own."
                ),
                Mistake(
                    "bias",
                    lambda q: q.W1 @ q.x + q.b2,
                    "You added the bias of the output: the hidden units have biases of their own.",
                ),
                Mistake(
                    "incoming",
                    lambda q: q.W1.sum(axis=1) + q.b1,
                    "You added up the weights alone: each is multiplied by what comes in through it.",
                ),
                Mistake(
                    "unsummed",
                    lambda q: q.W1[0] * q.x + q.b1,
                    "You multiplied entry by entry: each unit adds up over both inputs.",
                ),
                Mistake(
                    "unsummed",
                    lambda q: np.diag(q.W1) * q.x + q.b1,
                    "You took one product for each unit: it adds up over both inputs.",
                ),
                Mistake(
                    "unsummed",
                    lambda q: q.W1 * q.x + q.b1,
                    "The products are not added up yet: each unit adds up over both inputs.",
                ),
                Mistake(
                    "M8",
                    lambda q: q.W1.T @ q.x + q.b1,
                    "You went down the columns of the weight matrix: the weights of a unit stand in its row.",
                ),
                Mistake("bias", lambda q: q.W1 @ q.x),
                Mistake("bias", lambda q: q.W1 @ q.x - q.b1, "You subtracted the bias."),
                Mistake("sign", lambda q: q.W1 @ abs(q.x) + q.b1, "You lost the minus of the second input."),
                Mistake("sign", lambda q: abs(q.W1) @ q.x + q.b1, "You lost the minus of a weight."),
                Mistake(
                    "too-far",
                    lambda q: q.a1,
                    "That is what the layer sends: you went one step too far, through the sigmoid.",
                ),
                Mistake(
                    "bias",
                    lambda q: q.W1 @ (q.x + q.b1),
                    "You added the bias before the weights: it comes after them, once for each unit.",
                ),
            ),
        ),
        praise="Each unit reads its own row of the weights: two products, one bias.",
        hints=(
            "One unit at a time: which numbers of W1 belong to the first unit?",
            "The first unit: its first weight times the first input, plus its second weight times the second "
            "input, plus its bias. Mind that minus times minus is plus.",
            "In code it is W1 @ x + b1; by hand, 0.3 times 0.8, plus (-0.7) times (-0.4), plus 0.1 for the first unit.",
        ),
    ),
    Exercise(
        "5.4",
        "The prediction",
        rung="hand-compute",
        points=1,
        difficulty=1,
        minutes=4,
        kind=Number(
            setting=sister,
            right=lambda q: q.a2[0],
            witness=lambda q: plain_prediction(q.x, q.W1, q.b1, q.W2, q.b2)[0],
            mistakes=(
                Mistake(
                    "bias",
                    lambda q: sigmoid(q.W2 @ sigmoid(q.W1 @ q.x) + q.b2)[0],
                    "You left out the biases of the hidden layer.",
                ),
                Mistake(
                    "bias", lambda q: sigmoid(q.W2 @ sigmoid(q.W1 @ q.x))[0], "You left out the biases of both layers."
                ),
                Mistake("too-far", lambda q: sigmoid(q.a2)[0], "You went through one sigmoid too many."),
                Mistake(
                    "tanh",
                    lambda q: sigmoid(q.W2 @ np.tanh(q.z1) + q.b2)[0],
                    "You sent the hidden layer through a tanh: it is a sigmoid.",
                ),
                Mistake(
                    "tanh",
                    lambda q: np.tanh(q.W2 @ np.tanh(q.z1) + q.b2)[0],
                    "You took the tanh in both layers: they are sigmoids.",
                ),
                Mistake(
                    "M8",
                    lambda q: sigmoid(q.W2 @ sigmoid(q.W1.T @ q.x + q.b1) + q.b2)[0],
                    "You went down the columns of the first weights: the weights of a unit stand in its row.",
                ),
                Mistake(
                    "swapped",
                    lambda q: sigmoid(q.W2 @ q.a1[::-1] + q.b2)[0],
                    "Each output weight has met the other hidden unit.",
                ),
                Mistake(
                    "weights-forgotten",
                    lambda q: sigmoid(q.a1.sum() + q.b2)[0],
                    "You added up the hidden activations: the output weighs each of them.",
                ),
                Mistake(
                    "incoming",
                    lambda q: sigmoid(q.W2 @ q.x + q.b2)[0],
                    "You skipped the hidden layer: the output reads what the hidden units send.",
                ),
                Mistake("target", lambda q: q.y[0], "That is the target: the prediction is what the network says."),
                Mistake("too-early", lambda q: q.z2[0], "You stopped before the output's sigmoid."),
                Mistake(
                    "no-activation",
                    lambda q: sigmoid(q.W2 @ q.z1 + q.b2)[0],
                    "The hidden layer's activation is missing: its pre-activations went on as they were.",
                ),
                Mistake("bias", lambda q: sigmoid(q.W2 @ q.a1)[0], "You left out the bias of the output."),
                Mistake("bias", lambda q: sigmoid(q.W2 @ q.a1 - q.b2)[0], "You subtracted the bias of the output."),
                Mistake("exponent", lambda q: 1 - q.a2[0], "You lost the minus in the exponent of the sigmoid."),
                Mistake(
                    "exponent",
                    lambda q: sigmoid(q.W2 @ (1 - q.a1) + q.b2)[0],
                    "You lost the minus in the exponent of the hidden sigmoids.",
                ),
                Mistake(
                    "sign", lambda q: sigmoid(abs(q.W2) @ q.a1 + q.b2)[0], "You lost the minus of an output weight."
                ),
                Mistake(
                    "no-activation",
                    lambda q: (q.W2 @ q.z1 + q.b2)[0],
                    "There is no activation in this at all: a network without them is one linear map.",
                ),
            ),
        ),
        praise="Two sigmoids, one after the other: the output knows the input only through the hidden layer.",
        hints=(
            "Three steps lead from z1 to the prediction: which?",
            "Send both hidden pre-activations through the sigmoid, weigh what comes out with W2, add the bias b2, "
            "and go through the sigmoid once more.",
            "In code, with a1 for sigmoid(z1): the prediction is the sigmoid of W2 @ a1 + b2. Mind that the first "
            "output weight is negative.",
        ),
    ),
    Exercise(
        "5.5",
        "Delta of the output",
        rung="hand-compute",
        points=1,
        difficulty=2,
        minutes=4,
        kind=Number(
            setting=sister,
            right=lambda q: q.delta2[0],
            witness=lambda q: by_differences("b2", SISTER)[0],
            mistakes=(
                *OUTPUT_DELTA,
                Mistake(
                    "M12",
                    lambda q: (q.a2 - q.y + q.slope2)[0],
                    "You added the two links: links of one chain are multiplied.",
                ),
                Mistake("too-far", lambda q: q.delta2 * q.W2[0], "You went on, into the weights: delta is asked for."),
                Mistake(
                    "too-far",
                    lambda q: q.dW2[0],
                    "Those are the gradients of the output weights: delta is the part that both share.",
                ),
            ),
        ),
        praise="The miss times the slope at z: delta is smaller than the miss, by a factor of four at least.",
        hints=(
            "delta is a derivative with respect to z. The loss depends on the prediction, the prediction on z: "
            "how many factors does that make?",
            "One factor is how the loss changes with the prediction, the other how the prediction changes with z. "
            "The second is the slope of the sigmoid.",
            "Prediction minus target, times the prediction, times one minus the prediction.",
        ),
    ),
    Exercise(
        "5.6",
        "Delta of the hidden layer",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=5,
        kind=Number(
            setting=sister,
            right=lambda q: q.delta1,
            witness=lambda q: by_differences("b1", SISTER),
            mistakes=(
                *HIDDEN_DELTA,
                Mistake(
                    "M12",
                    lambda q: q.W2[0] * q.delta2 + q.slope1,
                    "You added the slope: links of one chain are multiplied.",
                ),
                Mistake(
                    "too-far",
                    lambda q: q.delta1 * q.x,
                    "You went on, to what comes in: delta is asked for, not yet a gradient of weights.",
                ),
                Mistake(
                    "delta",
                    lambda q: q.delta2 * q.a1,
                    "Those are the gradients of the output weights: go back through these weights instead.",
                ),
                Mistake(
                    "sum",
                    lambda q: q.delta1.sum(),
                    "You added up the two units: each has a delta of its own.",
                ),
            ),
        ),
        praise="Back through the weight, then through the slope: the two units get opposite signs from their weights.",
        hints=(
            "Go back the way that the signal came, from the output to one hidden unit. What do you pass?",
            "You pass the weight between the two, and the activation of the hidden unit. Each gives one factor.",
            "For each hidden unit: its output weight, times delta of the output, times a(1 - a) with its own "
            "activation a.",
        ),
    ),
    Exercise(
        "5.7",
        "The gradient of the first weights",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=4,
        kind=Number(
            setting=sister,
            right=lambda q: q.dW1,
            witness=lambda q: by_differences("W1", SISTER),
            mistakes=(
                Mistake("M9", lambda q: q.new_W1, "Those are weights after the step: the gradient is asked for."),
                Mistake(
                    "M13",
                    lambda q: q.delta1[:, np.newaxis] * q.W1,
                    "You multiplied by the weight itself, where what comes in through it belongs.",
                ),
                Mistake(
                    "M13",
                    lambda q: q.delta2[0] * q.W1,
                    "You multiplied delta of the output by these weights: asked for is delta of each unit, times "
                    "what comes in.",
                ),
                Mistake(
                    "incoming",
                    lambda q: np.outer(q.delta1, q.z1),
                    "You multiplied by what the hidden layer receives in all; a weight carries one input.",
                ),
                Mistake(
                    "slope",
                    lambda q: np.outer(q.delta1 * q.slope1, q.x),
                    "The slope of the hidden layer is in there twice: delta has it already.",
                ),
                Mistake(
                    "slope",
                    lambda q: np.outer(q.delta1, q.x * (1 - q.x)),
                    "You took a slope of the inputs: they pass no activation, and a weight carries them as they are.",
                ),
                Mistake("swapped", lambda q: np.outer(q.delta1, q.x[::-1]), "Each weight has met the other input."),
                Mistake(
                    "bias",
                    lambda q: np.outer(q.delta1, q.x) + q.b1[:, np.newaxis],
                    "You added the biases: they have no part in the gradient of a weight.",
                ),
                Mistake(
                    "M8",
                    lambda q: np.diag(q.delta1 * q.x),
                    "Every unit meets every input: you kept the pairs of the same number only.",
                ),
                Mistake(
                    "M8",
                    lambda q: q.delta1 @ q.x,
                    "An inner product of two vectors is one number: every unit must meet every input.",
                ),
                Mistake("M8", lambda q: q.dW1.T),
                Mistake(
                    "incoming",
                    lambda q: np.outer(q.delta1, q.a1),
                    "You multiplied by what the hidden layer sends; a weight carries what comes in.",
                ),
                Mistake(
                    "delta",
                    lambda q: np.outer([q.delta2[0]] * 2, q.x),
                    "You used delta of the output; these weights belong to the hidden units.",
                ),
                Mistake(
                    "M9",
                    lambda q: q.W1 - q.new_W1,
                    "That is the step: the learning rate belongs to the update, the gradient knows nothing of it.",
                ),
                Mistake("sign", lambda q: np.outer(q.delta1, abs(q.x)), "You lost the minus of the second input."),
                Mistake(
                    "M8",
                    lambda q: q.delta1 * q.x,
                    "Multiplied entry by entry, two vectors make a vector: every unit must meet every input.",
                ),
                Mistake(
                    "incoming",
                    lambda q: np.outer(q.delta1, [1, 1]),
                    "You left out what comes in: that is the gradient of the bias, once for each weight.",
                ),
                Mistake(
                    "M13",
                    lambda q: q.dW1 * q.W1,
                    "You multiplied by the weight itself, which its own gradient does not contain.",
                ),
                *carried(
                    tuple(m for m in HIDDEN_DELTA if "sigmoids twice" not in m.says),
                    lambda q, delta1: np.outer(delta1, q.x),
                ),
            ),
        ),
        praise="One row for each unit, one column for each input: the shape twin of the weights.",
        hints=(
            "The weight from input 2 to unit 1: which delta, and which incoming value, does it feel?",
            "Every unit meets every input: the result is a table with a row for each unit and a column for each input.",
            "Row i, column j: delta of hidden unit i times input j. In code, an outer product of delta1 and x, in "
            "this order.",
        ),
    ),
    Exercise(
        "5.8",
        "Take the step",
        rung="hand-compute",
        points=1,
        difficulty=1,
        minutes=4,
        kind=Number(
            setting=sister,
            right=lambda q: q.new_W2,
            witness=lambda q: SISTER["W2"] - LEARNING_RATE * by_differences("W2", SISTER),
            mistakes=(
                Mistake(
                    "incoming",
                    lambda q: q.W2 - LEARNING_RATE * q.delta2 * q.x,
                    "You took the inputs of the network: through the output weights comes what the hidden units send.",
                ),
                Mistake(
                    "incoming",
                    lambda q: q.W2 - LEARNING_RATE * q.delta2 * q.a2,
                    "You took what the output sends: through its weights comes what the hidden units send.",
                ),
                Mistake(
                    "incoming",
                    lambda q: q.W2 - LEARNING_RATE * q.delta2 * q.slope1,
                    "You took the slopes of the hidden units, where what they send belongs.",
                ),
                Mistake(
                    "delta",
                    lambda q: q.W2 - LEARNING_RATE * q.delta1 * q.a1,
                    "You used the deltas of the hidden layer; these weights belong to the output.",
                ),
                Mistake(
                    "M13",
                    lambda q: q.W2 - LEARNING_RATE * q.dW2 * q.W2,
                    "You multiplied the gradient by the weight itself, which it does not contain.",
                ),
                Mistake("sign", lambda q: abs(q.W2) - LEARNING_RATE * q.dW2, "You lost the minus of the first weight."),
                Mistake(
                    "learning-rate",
                    lambda q: LEARNING_RATE * (q.W2 - q.dW2),
                    "You scaled the old weights too: the learning rate belongs to the gradient alone.",
                ),
                Mistake(
                    "learning-rate",
                    lambda q: LEARNING_RATE * q.W2 - q.dW2,
                    "You scaled the old weights: the learning rate belongs to the gradient.",
                ),
                Mistake(
                    "factor-2",
                    lambda q: q.W2 - q.dW2 / 4,
                    "Half a step: the learning rate is in there twice, or the half of the loss is left over.",
                ),
                Mistake("ascent", lambda q: 2 * q.W2 - q.new_W2),
                Mistake(
                    "learning-rate",
                    lambda q: q.W2 - q.dW2,
                    "This went twice as far as one step: the learning rate is left out, or your cell changed W2 and "
                    "has run twice. In the second case W2 is no longer the given one: run the sister's cell again.",
                ),
                Mistake(
                    "changed-given",
                    lambda q: q.W2 - 3 * LEARNING_RATE * q.dW2,
                    "These are several steps: your cell changed W2 and has run more than once. W2 is no longer the "
                    "given one: run the sister's cell again.",
                ),
                Mistake(
                    "learning-rate",
                    lambda q: q.W2 - q.dW2 / 20,
                    "The direction is right, the step is ten times too small: look at the learning rate.",
                ),
                Mistake(
                    "incoming",
                    lambda q: q.W2 - LEARNING_RATE * q.delta2 * q.z1,
                    "You took what the hidden layer receives, where what it sends belongs.",
                ),
                Mistake(
                    "incoming",
                    lambda q: q.W2 - LEARNING_RATE * q.delta2 * (1 - q.a1),
                    "What comes in through a weight is the activation, not what it lacks to one.",
                ),
                Mistake("swapped", lambda q: q.W2 - LEARNING_RATE * q.delta2 * q.a1[::-1]),
                Mistake("swapped", lambda q: q.new_W2[:, ::-1]),
                Mistake(
                    "delta",
                    lambda q: q.W2 - LEARNING_RATE * q.delta1,
                    "You used the deltas of the hidden layer; these weights belong to the output.",
                ),
                Mistake("step-only", lambda q: q.W2 - q.new_W2),
                Mistake("step-only", lambda q: q.new_W2 - q.W2),
                Mistake("M9", lambda q: q.dW2),
                Mistake(
                    "M13",
                    lambda q: q.W2 - LEARNING_RATE * q.delta2,
                    "You left out what comes in through the weights: that is how the bias moves.",
                ),
                Mistake("no-step", lambda q: q.W2),
                Mistake("learning-rate", lambda q: q.W2 - q.dW2 / LEARNING_RATE, "You divided by the learning rate."),
                *carried(OUTPUT_DELTA, lambda q, delta2: q.W2 - LEARNING_RATE * delta2 * q.a1),
            ),
            tolerance=2e-5,
            start=lambda q: q.W2,
        ),
        praise="Both weights went down, against their gradients: the negative one too.",
        hints=(
            "First the gradient of the two output weights, then the step. Which way does a step go?",
            "The gradient of an output weight is delta of the output times the activation that comes in through "
            "the weight.",
            "New weight: old weight minus 0.5 times delta of the output times the hidden activation. Twice, for "
            "the two units.",
        ),
    ),
    Exercise(
        "5.9",
        "Wrong, and hardly any delta",
        rung="hand-compute",
        points=1,
        difficulty=1,
        minutes=4,
        kind=Number(
            setting=lambda: SimpleNamespace(z=6.0, y=0.2, a=float(sigmoid(np.array(6.0)))),
            right=lambda q: (q.a - q.y) * float(sigmoid.slope(np.array(q.z))),
            witness=lambda q: numerical_gradient(lambda z: float((1 / (1 + np.exp(-z)) - q.y) ** 2 / 2), np.array(q.z)),
            mistakes=(
                Mistake("M13 loss", lambda q: (q.a - q.y) ** 2 / 2 * q.a * (1 - q.a)),
                Mistake("M13 loss", lambda q: (q.a - q.y) ** 2 * q.a * (1 - q.a)),
                Mistake(
                    "logit",
                    lambda q: (q.z - q.y) * q.a * (1 - q.a),
                    "You compared what the unit receives with the target: the prediction is what it sends.",
                ),
                Mistake(
                    "tanh",
                    lambda q: (q.a - q.y) * (1 - q.a**2),
                    "You took the slope of the tanh: the unit is a sigmoid.",
                ),
                Mistake(
                    "tanh",
                    lambda q: (np.tanh(q.z) - q.y) * (1 - np.tanh(q.z) ** 2),
                    "You took a tanh: the unit is a sigmoid.",
                ),
                Mistake(
                    "exponent",
                    lambda q: (1 - q.a - q.y) * q.a * (1 - q.a),
                    "You lost the minus in the exponent of the sigmoid.",
                ),
                Mistake(
                    "target",
                    lambda q: (q.a - SISTER["y"][0]) * q.a * (1 - q.a),
                    "You took the target of the sister: this unit has one of its own.",
                ),
                Mistake(
                    "M12",
                    lambda q: q.a - q.y + q.a * (1 - q.a),
                    "You added the two links: links of one chain are multiplied.",
                ),
                Mistake(
                    "divided",
                    lambda q: (q.a - q.y) / (q.a * (1 - q.a)),
                    "You divided by the slope: a chain multiplies its links.",
                ),
                Mistake(
                    "M13",
                    lambda q: q.a - q.y,
                    "You took the miss for delta: the output is badly wrong, and delta says how little z can do "
                    "about it.",
                ),
                Mistake("slope", lambda q: q.a * (1 - q.a)),
                Mistake("M5", lambda q: (q.a - q.y) * sigmoid.slope(np.array(q.a))),
                Mistake("M5 short form", lambda q: (q.a - q.y) * q.z * (1 - q.z)),
                Mistake(
                    "slope",
                    lambda q: (q.a - q.y) * (1 - q.a),
                    "Your slope of the sigmoid has one factor only: the other is close to one, but it belongs there.",
                ),
                Mistake(
                    "slope",
                    lambda q: (q.a - q.y) * q.a,
                    "Your slope of the sigmoid has one factor only, and the one that is missing is the small one.",
                ),
                Mistake(
                    "M10", lambda q: 0.0, "It is small, but it is not nothing: a sigmoid never quite stops rising."
                ),
                Mistake("M13 loss", lambda q: (q.a - q.y) ** 2 / 2),
            ),
        ),
        praise="The output is far off and yet its delta nearly vanishes: the unit is saturated.",
        hints=(
            "It is the exercise on delta of the output with another z. What does the sigmoid look like out there?",
            "Compute the activation first, with all its digits: how far is it from one? That distance is a factor "
            "of the slope.",
            "With a for sigmoid(6): a minus the target, times a, times (1 - a). Do not round a, or the last "
            "factor is lost.",
        ),
    ),
    Exercise(
        "5.10",
        "Complete the way back",
        rung="complete",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Function(
            outputs=("delta2", "delta1"),
            inputs=draw_kept,
            right=deltas_from_kept,
            witness=deltas_agree,
            mistakes=(
                *DELTA_MISTAKES,
                Mistake(
                    "order",
                    lambda **kept: deltas_from_kept(**kept)[::-1],
                    "The two deltas are swapped: that of the output comes first.",
                ),
            ),
        ),
        praise="It runs on networks of any width: each hidden unit collects over all the outputs that it feeds.",
        hints=(
            "You did both lines by hand in the exercises before; now let NumPy do all units at once.",
            "With several outputs, a hidden unit gets something back from each. Which matrix adds that up: look "
            "at shapes, (n_out, n_hidden) and (n_out,) shall give (n_hidden,).",
            "delta2 is (a2 - y) times the slope at z2. For delta1 multiply delta2 by W2 transposed, then by the "
            "slope at z1.",
        ),
    ),
    Exercise(
        "5.11",
        "All gradients of one example",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=("dW1", "db1", "dW2", "db2"),
            inputs=draw,
            right=lambda **inputs: all_gradients(reference(**inputs)),
            witness=gradients_agree,
            mistakes=GRADIENT_MISTAKES,
        ),
        praise="Numerical differences agree: one way forward, one way back, and every parameter knows its slope.",
        hints=(
            "Write the way forward first and keep z1, a1, z2 and a2: the way back needs them all.",
            "The deltas are those of the exercise before. Each weight gradient is an outer product, each bias "
            "gradient a delta.",
            "After the deltas: dW1 is np.outer(delta1, x), db1 is delta1; the output layer has the same with "
            "delta2 and a1.",
        ),
    ),
    Exercise(
        "5.12",
        "One step of gradient descent",
        rung="implement",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("new_W1", "new_b1", "new_W2", "new_b2"),
            inputs=draw_step,
            right=new_parameters(reference),
            witness=step_agrees,
            mistakes=STEP_MISTAKES,
        ),
        praise="Old weights for every gradient, new arrays for the result: the caller's parameters are as they were.",
        hints=(
            "Backpropagation gives gradients; it does not change a weight. That is the work of this function.",
            "Compute all four gradients with the old parameters first, and only then the four new parameters.",
            "Four lines of the kind new_W1, which is W1 - learning_rate * dW1; never W1 -= ..., which changes the "
            "caller's array.",
        ),
    ),
    Exercise(
        "5.13",
        "Find the bug",
        rung="debug",
        points=4,
        difficulty=2,
        minutes=8,
        kind=Parts({"A": bug("c"), "B": bug("a"), "C": bug("e"), "D": bug("b")}),
        praise="The three wrong ones would still learn a little, which is why such bugs live long.",
        hints=(
            "Hold each line against what you wrote in the exercises before. One pass is right, though it looks "
            "different.",
            "Ask of each slope where it is taken, of each weight whether it is still the old one, of each delta "
            "how many factors it has.",
            "sigmoid.slope wants the pre-activation. One pass hands it something else, one has a factor too few, "
            "one reads a weight after changing it.",
        ),
    ),
    Exercise(
        "5.14",
        "Repair it",
        rung="debug",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("dW1", "db1", "dW2", "db2"),
            inputs=draw,
            right=lambda **inputs: all_gradients(reference(**inputs)),
            witness=gradients_agree,
            mistakes=(
                *mutants(all_gradients, not_reversed=("M5", "bias")),  # those are two of the bugs
                *ORDERS,
                OWN_WEIGHTS,
                Mistake(
                    "two-left",
                    combined(all_gradients, FIRST_BUG, SECOND_BUG),
                    "One bug is gone. Look at the direction of the miss and at a slope.",
                ),
                Mistake(
                    "two-left",
                    combined(all_gradients, FIRST_BUG, THIRD_BUG),
                    "One bug is gone. Look at the direction of the miss and at what the bias gradients add up.",
                ),
                Mistake(
                    "two-left",
                    combined(all_gradients, SECOND_BUG, THIRD_BUG),
                    "One bug is gone. Look at a slope and at what the bias gradients add up.",
                ),
                Mistake(
                    "three-left",
                    combined(all_gradients, FIRST_BUG, SECOND_BUG, THIRD_BUG),
                    "All three bugs are still there.",
                ),
            ),
        ),
        praise="All three are gone, and the gradient checker agrees.",
        hints=(
            "Start from the output and go back line by line. The judge tells which gradients are wrong: what do "
            "they share?",
            "One bug turns every gradient round. One is in how steep the hidden sigmoid is. One makes all units "
            "of a layer share what each should have alone.",
            "The miss is prediction minus target. The slope of the hidden layer has a1 in it, not z1. A bias "
            "gradient is a delta, with nothing added up.",
        ),
    ),
    Exercise(
        "5.15",
        "Derive delta of the output",
        rung="derive",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Derivation("5.15"),
        praise="Two links, two factors: how the loss changes with the activation, how the activation changes with z.",
        hints=(
            "The loss is a function of the activation, the activation a function of z. Differentiate each by itself.",
            "The derivative of half a square is what was squared. The slope of the sigmoid can be written with "
            "the activation alone: see the chapter.",
            "Multiply (a - y) by the slope of the sigmoid, which is a times something that makes it vanish at a = "
            "0 and at a = 1.",
        ),
    ),
    Exercise(
        "5.16",
        "Derive the gradient of one weight",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=10,
        kind=Derivation("5.16"),
        praise="Five factors, one for each link of the one path from this weight to the loss.",
        hints=(
            "Put a finger on the weight and follow it to the loss: which quantities do you pass? Each link gives "
            "one factor.",
            "From the weight to the pre-activation of hidden unit 1, through its sigmoid, through an output "
            "weight, through the output's sigmoid, into the loss.",
            "Begin with delta of the output, from the exercise before, and append: the weight between, the slope "
            "a1_1 (1 - a1_1), and what comes in through the weight.",
        ),
    ),
    Exercise(
        "5.17",
        "A bias that is shared",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=8,
        kind=Derivation("5.17"),
        praise="Two paths, added: wherever one value is used twice, its gradient is a sum.",
        hints=(
            "How many ways lead from this bias to the loss?",
            "Go each way by itself, as in the exercise before, as if the other unit were not there. What do you "
            "do with the two results?",
            "Both ways share delta of the output; the rest of each is a weight times a slope. The shared bias "
            "gets what both units would have got as biases of their own, together.",
        ),
    ),
    Exercise(
        "5.18",
        "Two factors, in words",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Essay(
            (
                "Repeats the formula, or says that large errors make large gradients: no reason for two factors.",
                "Gives a reason for one of the two factors, and asserts the other.",
                "Gives a reason for both factors, by what a small change of the weight does.",
                "Does that, and answers the last question with a reason or an example.",
            )
        ),
        praise="",
        hints=(
            "Turn the weight a little, in your mind. What changes first, and by how much?",
            "The change of the unit's z is the change of the weight times something. What the loss makes of that "
            "change of z has a name.",
            "Take each factor to zero in turn. Then think of the saturated unit of exercise 5.9: its delta was "
            "nearly zero. Was its output right?",
        ),
    ),
)
