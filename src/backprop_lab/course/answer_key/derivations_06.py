"""The derivations of chapter 6, Losses and output layers."""

from __future__ import annotations

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

x, y = sympy.symbols("x y", real=True)
w1, w2, b1, b2, z1, z2, a1, a2 = sympy.symbols("w1 w2 b1 b2 z1 z2 a1 a2", real=True)
z_1, z_2, z_3, a_1, a_2, a_3, y_1, y_2, y_3 = sympy.symbols("z_1 z_2 z_3 a_1 a_2 a_3 y_1 y_2 y_3", real=True)


def s(u: sympy.Expr) -> sympy.Expr:
    """Return the sigmoid of u, written out."""
    return 1 / (1 + sympy.exp(-u))


CHAIN = {a2: s(z2), z2: w2 * a1 + b2, a1: sympy.tanh(z1), z1: w1 * x + b1}
TOTAL = sympy.exp(z_1) + sympy.exp(z_2) + sympy.exp(z_3)
SHARED = {a_1: sympy.exp(z_1) / TOTAL, a_2: sympy.exp(z_2) / TOTAL, a_3: sympy.exp(z_3) / TOTAL}


def chain_loss() -> sympy.Expr:
    """Return the binary cross-entropy in terms of parameters and input alone."""
    z = w2 * sympy.tanh(w1 * x + b1) + b2
    return -y * sympy.log(s(z)) - (1 - y) * sympy.log(1 - s(z))


back = w2 * (1 - a1**2) * x
CHAIN_MISTAKES = (
    Mistake(
        "incoming",
        (a2 - y) * w2 * (1 - a1**2) * w1,
        "You multiplied by the weight itself, where what comes in through it belongs.",
    ),
    Mistake("slope", (a2 - y) * w2 * (1 - a1) * x, "You lost the square in the slope of the tanh."),
    Mistake(
        "slope",
        (a2 - y) * w2 * (1 - a1) ** 2 * x,
        "You squared too much in the slope of the tanh: the square belongs to the activation alone.",
    ),
    Mistake(
        "slope",
        (a2 - y) * w2 * (1 + a1**2) * x,
        "The sign inside your slope of the tanh is wrong: it is steepest at nought.",
    ),
    Mistake("slope", (a2 - y) * w2 * x / sympy.cosh(z1), "You lost the square in the slope of the tanh."),
    Mistake(
        "slope",
        (a2 - y) * w2 * (1 - x**2) * x,
        "You took the slope of the tanh at the input: it belongs to the hidden unit.",
    ),
    Mistake(
        "M5",
        (a2 - y) * w2 * (1 - sympy.tanh(a1) ** 2) * x,
        "You took the slope of the tanh at the activation; it belongs at the pre-activation.",
    ),
    Mistake("bias", (a2 - y) * w2 * (1 - sympy.tanh(w1 * x) ** 2) * x, "The bias is missing in the slope of the tanh."),
    Mistake(
        "M12",
        (-y * sympy.log(a2) - (1 - y) * sympy.log(1 - a2)) * back,
        "You began with the loss itself: a chain is differentiated link by link.",
    ),
    Mistake(
        "tanh",
        (a2 - y) * (1 - a2**2) * back,
        "You put the slope of a tanh into the output: it is a sigmoid, and its slope has cancelled.",
    ),
    Mistake(
        "tanh",
        (a2 - y) / (a2 * (1 - a2)) * (1 - a2**2) * back,
        "You took the slope of the tanh for the output too: it is a sigmoid.",
    ),
    Mistake(
        "slope",
        a2 * (1 - a2) * back,
        "You began with the slope of the output: how much the loss minds the prediction is missing.",
    ),
    Mistake(
        "swapped",
        (y / (1 - a2) - (1 - y) / a2) * a2 * (1 - a2) * back,
        "You swapped yes and no: each target belongs to its own logarithm.",
    ),
    Mistake(
        "too-far",
        (a2 - y) * w2 * a1 * (1 - a1**2) * x,
        "You multiplied by what the hidden unit sends besides: on the way back its slope is passed, not its value.",
    ),
    Mistake(
        "mismatch",
        (a2 - y) * a2 * (1 - a2) * back,
        "That is the result for the half squared error: what has the cross-entropy done with the slope of the sigmoid?",
    ),
    Mistake(
        "slope", (a2 - y) / (a2 * (1 - a2)) * back, "You went past the sigmoid of the output: its slope is missing."
    ),
    Mistake("slope", (a2 - y) / (a2 * (1 - a2)), "That is how the loss changes with the output: go on, to the weight."),
    Mistake("slope", (a2 - y) / (a2 * (1 - a2)) ** 2 * back, "You divided by the slope once more: a chain multiplies."),
    Mistake("categorical", -y * (1 - a2) * back, "You differentiated the first term of the loss only."),
    Mistake("categorical", (1 - y) * a2 * back, "You differentiated the second term of the loss only."),
    Mistake(
        "sign",
        (-y * (1 - a2) - (1 - y) * a2) * back,
        "You lost a minus in the second term: inside its logarithm stands one minus a.",
    ),
    Mistake("slope", -(y / a2) * back, "You differentiated the first term only, and went past the sigmoid."),
    Mistake(
        "slope",
        -(y / a2 + (1 - y) / (1 - a2)) * back,
        "You lost a minus in the second term, and the slope of the sigmoid is missing.",
    ),
    Mistake("M7", (a2 - y) * w2 * x),
    Mistake(
        "M7", (a2 - y) * a2 * (1 - a2) * w2 * x, "Here is the slope that cancels, and the one that stays is missing."
    ),
    Mistake("M5 short form", (a2 - y) * w2 * (1 - z1**2) * x),
    Mistake("slope", (a2 - y) * w2 * a1 * (1 - a1) * x, "The hidden unit is a tanh, not a sigmoid."),
    Mistake(
        "slope",
        (a2 - y) * a2 * (1 - a2) * w2 * a1 * (1 - a1) * x,
        "The hidden unit is a tanh; and a slope should cancel.",
    ),
    Mistake("weights-forgotten", (a2 - y) * (1 - a1**2) * x, "The weight between the two units is missing."),
    Mistake("incoming", (a2 - y) * w2 * (1 - a1**2), "What comes in through the weight is missing."),
    Mistake(
        "incoming",
        (a2 - y) * w2 * (1 - a1**2) * a1,
        "You multiplied by what the unit sends; a weight carries what comes in.",
    ),
    Mistake("too-early", a2 - y, "That is delta of the output: go on, to the first weight."),
    Mistake("too-early", (a2 - y) * a1, "That is the gradient of the second weight: go on, to the first."),
    Mistake("too-early", (a2 - y) * a2 * (1 - a2), "That is delta of the output under another loss."),
    Mistake(
        "M13", (a2 - y) * back * w1, "You multiplied by the weight itself, which its own gradient does not contain."
    ),
    Mistake("M13 loss", -y * sympy.log(a2) - (1 - y) * sympy.log(1 - a2)),
    Mistake(
        "M12",
        (-y * sympy.log(a2) - (1 - y) * sympy.log(1 - a2)) * a2 * (1 - a2) * back,
        "You multiplied the loss itself by the slopes: a chain is differentiated link by link, each once.",
    ),
    Mistake("logit", (z2 - y) * back, "You compared the logit with the target: the probability belongs there."),
)

miss_1, miss_2, miss_3 = a_1 - y_1, a_2 - y_2, a_3 - y_3
mixed = a_1 * miss_1 + a_2 * miss_2 + a_3 * miss_3
JACOBIAN_MISTAKES = (
    Mistake(
        "M8",
        miss_1 - a_1 * a_2 * miss_2 - a_1 * a_3 * miss_3,
        "The slope in the path through the unit's own share is missing.",
    ),
    Mistake(
        "upstream",
        a_1 * (1 - a_1) * miss_1 - a_1 * a_2 - a_1 * a_3,
        "In the paths through the other shares you left out how much the loss minds them.",
    ),
    Mistake("mean", a_1 * (miss_1 - mixed) / 3, "You took a mean over the outputs: the loss adds them up."),
    Mistake(
        "slope",
        (1 - a_1) * miss_1 - a_1 * miss_2 - a_1 * miss_3,
        "Each slope of softmax has two shares in it: one is missing in every path.",
    ),
    Mistake(
        "slope",
        a_1 * (1 - a_1) * miss_1 - a_2 * miss_2 - a_3 * miss_3,
        "The slopes beside the diagonal have two shares in them: that of the logit is missing.",
    ),
    Mistake(
        "M8",
        a_1 * (1 - a_1) * miss_1 - a_2 * a_3 * (miss_2 + miss_3),
        "The slopes beside the diagonal join the share of this logit with each of the others.",
    ),
    Mistake(
        "slope",
        a_1**2 * miss_1 - a_1 * a_2 * miss_2 - a_1 * a_3 * miss_3,
        "The slope in the path through the unit's own share is not a square: the numerator and the sum both hold "
        "this logit.",
    ),
    Mistake(
        "sum",
        a_1 * (miss_1 - miss_1 - miss_2 - miss_3),
        "You subtracted the sum of the misses: each counts with its own share.",
    ),
    Mistake("M12", a_1 * (1 - a_1) * (miss_1**2 + miss_2**2 + miss_3**2) / 2, "You multiplied the loss by a slope."),
    Mistake("M13 loss", (miss_1**2 + miss_2**2 + miss_3**2) / 2),
    Mistake(
        "M8",
        a_1 * (1 - a_1) * (miss_1 + miss_2 + miss_3),
        "You put one slope with all misses: each path has a slope of its own.",
    ),
    Mistake(
        "M8",
        a_1 * (1 - a_1) * miss_1 - a_1 * (1 - a_2) * miss_2 - a_1 * (1 - a_3) * miss_3,
        "The slopes beside the diagonal are products of two shares.",
    ),
    Mistake(
        "M12",
        -a_1 * (1 - a_1) * miss_1 * a_1 * a_2 * miss_2 * a_1 * a_3 * miss_3,
        "You multiplied the paths by one another: different paths are added.",
    ),
    Mistake(
        "M12",
        a_1 * (1 - a_1) * miss_1 * a_1 * a_2 * miss_2 * a_1 * a_3 * miss_3,
        "You multiplied the paths by one another: different paths are added.",
    ),
    Mistake(
        "M1", a_1 * (1 - a_1) * miss_1 - a_1 * mixed, "You counted the way through the sum into the own share twice."
    ),
    Mistake(
        "M12",
        a_1 * (miss_1 - miss_1**2 - miss_2**2 - miss_3**2),
        "In the bracket each miss is weighed with itself: it is weighed with the share.",
    ),
    Mistake(
        "matched",
        miss_1,
        "That is delta with the cross-entropy, whose slope cancels softmax's: a square cancels nothing.",
    ),
    Mistake(
        "M1",
        miss_1 * a_1 * (1 - a_1),
        "You followed the path through the first output only: its logit acts on all three.",
    ),
    Mistake("M1", -a_1 * (a_2 * miss_2 + a_3 * miss_3), "The path through the unit's own output is missing."),
    Mistake(
        "M1",
        a_1 * (1 - a_1) * miss_1 - a_1 * a_2 * miss_2,
        "Two paths are there: the logit acts on the third output too.",
    ),
    Mistake(
        "sign",
        a_1 * (1 - a_1) * miss_1 + a_1 * a_2 * miss_2 + a_1 * a_3 * miss_3,
        "What one class gains the others lose: mind the sign of the slopes beside the diagonal.",
    ),
    Mistake(
        "M1", a_1 * miss_1, "Each logit stands in the sum of exponentials as well: the paths through it are missing."
    ),
    Mistake("M1", -a_1 * mixed, "The diagonal has a term of its own: the numerator of the unit's own share."),
    Mistake("M12", miss_1**2 / 2 * a_1 * (1 - a_1), "You multiplied the loss by a slope."),
    Mistake(
        "M8",
        a_1 * (1 - a_1) * miss_1 - a_2 * (1 - a_2) * miss_2 - a_3 * (1 - a_3) * miss_3,
        "You took the diagonal of the table for all three paths: the slopes of the second and third share by the first "
        "logit stand beside it.",
    ),
    Mistake(
        "M8",
        a_1 * (1 - a_1) * miss_1 + a_2 * (1 - a_2) * miss_2 + a_3 * (1 - a_3) * miss_3,
        "You took the diagonal of the table for all three paths: the slopes of the second and third share by the first "
        "logit stand beside it.",
    ),
    Mistake(
        "M8",
        (a_1 * (1 - a_1) - a_1 * a_2 - a_1 * a_3) * miss_1,
        "You put one miss with all slopes: each output has its own.",
    ),
    Mistake("wrong-unit", a_2 * (miss_2 - mixed), "That is delta of the second logit."),
    Mistake("wrong-unit", a_3 * (miss_3 - mixed), "That is delta of the third logit."),
    Mistake("slope", a_1 * (1 - a_1), "That is a slope of softmax alone."),
    Mistake(
        "slope", miss_1 - mixed, "The share in front of the brackets is missing: every slope of it has that factor."
    ),
    Mistake("sum", miss_1 + miss_2 + miss_3, "You added the misses: each path has slopes of its own."),
    Mistake(
        "sigmoid",
        (s(z_1) - y_1) * s(z_1) * (1 - s(z_1)),
        "That is for three sigmoids: here the outputs share one sum.",
    ),
)


DERIVATIONS = {
    "6.9": Expression(
        right=(a2 - y) * back,
        claim=lambda: sympy.diff(chain_loss(), w1),
        where=CHAIN,
        mistakes=CHAIN_MISTAKES,
    ),
    "6.11": Expression(
        right=a_1 * (miss_1 - mixed),
        claim=lambda: sympy.diff(
            sum(((SHARED[a] - t) ** 2 for a, t in ((a_1, y_1), (a_2, y_2), (a_3, y_3))), sympy.Integer(0)) / 2, z_1
        ),
        where=SHARED,
        mistakes=JACOBIAN_MISTAKES,
    ),
}
