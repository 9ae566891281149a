"""The derivations of chapter 5, One step by hand."""

from __future__ import annotations

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

x_1, x_2, y_1 = sympy.symbols("x_1 x_2 y_1", real=True)
z1_1, z1_2, a1_1, a1_2, z2_1, a2_1 = sympy.symbols("z1_1 z1_2 a1_1 a1_2 z2_1 a2_1", real=True)
w1_11, w1_12, w1_21, w1_22, w2_11, w2_12 = sympy.symbols("w1_11 w1_12 w1_21 w1_22 w2_11 w2_12", real=True)
b, b1_1, b1_2, b2_1 = sympy.symbols("b b1_1 b1_2 b2_1", real=True)


def s(u: sympy.Expr) -> sympy.Expr:
    """Return the sigmoid of u, written out."""
    return 1 / (1 + sympy.exp(-u))


def output() -> dict[sympy.Symbol, sympy.Expr]:
    """Return what z and activation of the output stand for."""
    return {a2_1: s(z2_1), z2_1: w2_11 * a1_1 + w2_12 * a1_2 + b2_1}


def hidden(bias_1: sympy.Expr, bias_2: sympy.Expr) -> dict[sympy.Symbol, sympy.Expr]:
    """Return what every z and every activation of the 2-2-1 network stands for."""
    return {
        **output(),
        a1_1: s(z1_1),
        a1_2: s(z1_2),
        z1_1: w1_11 * x_1 + w1_12 * x_2 + bias_1,
        z1_2: w1_21 * x_1 + w1_22 * x_2 + bias_2,
    }


def loss_of(meanings: dict[sympy.Symbol, sympy.Expr]) -> sympy.Expr:
    """Return the loss in terms of parameters and input alone."""
    loss = (a2_1 - y_1) ** 2 / 2
    while loss.free_symbols & meanings.keys():
        loss = loss.xreplace(meanings)
    return loss


out = (a2_1 - y_1) * a2_1 * (1 - a2_1)
slope_1, slope_2 = a1_1 * (1 - a1_1), a1_2 * (1 - a1_2)


DERIVATIONS = {
    "5.15": Expression(
        right=(a2_1 - y_1) * a2_1 * (1 - a2_1),
        claim=lambda: sympy.diff((s(z2_1) - y_1) ** 2 / 2, z2_1),
        where=output(),
        mistakes=(
            Mistake(
                "M12",
                (a2_1 - y_1) ** 2 * a2_1 * (1 - a2_1),
                "You kept the square: the outer link of the chain has to be differentiated too.",
            ),
            Mistake(
                "M12", a2_1 - y_1 + a2_1 * (1 - a2_1), "You added the two links: links of one chain are multiplied."
            ),
            Mistake(
                "logit",
                (z2_1 - y_1) * a2_1 * (1 - a2_1),
                "You compared what the output receives with the target: the prediction is what it sends.",
            ),
            Mistake(
                "slope",
                (a2_1 - y_1) * y_1 * (1 - y_1),
                "You put the target into the slope: it is taken where the unit is, not where it should be.",
            ),
            Mistake(
                "slope",
                (a2_1 - y_1) * a2_1 * (1 - y_1),
                "One factor of your slope has the target in it: the slope belongs to the activation alone.",
            ),
            Mistake(
                "slope",
                (a2_1 - y_1) * (a2_1 * (1 - a2_1)) ** 2,
                "You passed the sigmoid twice: its slope is a factor once.",
            ),
            Mistake(
                "slope",
                (a2_1 - y_1) * sympy.exp(-z2_1),
                "You differentiated the exponential alone: it stands in a denominator.",
            ),
            Mistake(
                "slope",
                (a2_1 - y_1) * sympy.exp(z2_1) / (1 + sympy.exp(-z2_1)) ** 2,
                "The minus of an exponent is lost on the way through the quotient rule.",
            ),
            Mistake(
                "sign",
                (a2_1 + y_1) * a2_1 * (1 - a2_1),
                "You added the target to the prediction: what counts is how far they are apart.",
            ),
            Mistake("too-far", out * a1_1, "You went on, to the gradient of a weight: delta is asked for."),
            Mistake("too-far", out * a1_2, "You went on, to the gradient of a weight: delta is asked for."),
            Mistake("too-far", out * w2_11, "You went on, through a weight: delta of the output is asked for."),
            Mistake(
                "M13",
                a2_1 - y_1,
                "You took the derivative with respect to the activation: one more link leads to the pre-activation.",
            ),
            Mistake("slope", a2_1 * (1 - a2_1)),
            Mistake("M5 short form", (a2_1 - y_1) * z2_1 * (1 - z2_1)),
            Mistake("M5", (a2_1 - y_1) * s(a2_1) * (1 - s(a2_1))),
            Mistake(
                "slope",
                (a2_1 - y_1) * a2_1,
                "Your slope of the sigmoid has one factor only: differentiate it once more with the quotient rule.",
            ),
            Mistake(
                "slope",
                (a2_1 - y_1) * (1 - a2_1),
                "Your slope of the sigmoid has one factor only: differentiate it once more with the quotient rule.",
            ),
            Mistake(
                "slope",
                (a2_1 - y_1) * a2_1 * (1 + a2_1),
                "The sign inside your slope of the sigmoid is wrong: this one would grow for ever.",
            ),
            Mistake("tanh", (a2_1 - y_1) * (1 - a2_1**2), "That is the slope of the hyperbolic tangent."),
            Mistake(
                "M12",
                (a2_1 - y_1) ** 2 / 2 * a2_1 * (1 - a2_1),
                "You multiplied the loss itself by the slope: a chain is differentiated link by link, each once.",
            ),
            Mistake(
                "M12",
                (a2_1 - y_1) ** 2 / 2 + (a2_1 - y_1) * a2_1 * (1 - a2_1),
                "This looks like the rule for products: loss and activation are inside one another, not side by side.",
            ),
            Mistake("not-done", (a2_1 - y_1) ** 2 / 2, "That is the loss itself, not yet its derivative."),
            Mistake(
                "divided",
                (a2_1 - y_1) / (a2_1 * (1 - a2_1)),
                "You divided by the slope: a chain multiplies its links.",
            ),
        ),
    ),
    "5.16": Expression(
        right=out * w2_11 * slope_1 * x_2,
        claim=lambda: sympy.diff(loss_of(hidden(b1_1, b1_2)), w1_12),
        where=hidden(b1_1, b1_2),
        mistakes=(
            Mistake("M8", out * w2_12 * slope_1 * x_2, "You went back through the weight of the other hidden unit."),
            Mistake(
                "M8",
                out * w2_12 * slope_1 * x_1,
                "You went back through the weight of the other hidden unit, and took the other input.",
            ),
            Mistake("M8", out * w2_11 * slope_2 * x_2, "You took the slope of the other hidden unit."),
            Mistake(
                "too-many-paths",
                out * (w2_11 + w2_12) * slope_1 * x_2,
                "You went back through both output weights: one of them leads from this hidden unit.",
            ),
            Mistake(
                "too-many-paths",
                out * w2_11 * slope_1 * (x_1 + x_2),
                "You let both inputs come in: one comes through this weight.",
            ),
            Mistake("delta", out * a1_2, "That is the gradient of a weight of the output layer."),
            Mistake(
                "incoming",
                out * w2_11 * slope_1 * a1_2,
                "You multiplied by what a hidden unit sends; this weight carries an input.",
            ),
            Mistake(
                "tanh",
                out * w2_11 * (1 - a1_1**2) * x_2,
                "You took the slope of the tanh: the hidden unit is a sigmoid.",
            ),
            Mistake(
                "slope",
                out * w2_11 * (1 - a1_1) * x_2,
                "Your slope of the hidden sigmoid has one factor only; it has two, and is never above a quarter.",
            ),
            Mistake(
                "slope",
                out * w2_11 * a1_1 * x_2,
                "Your slope of the hidden sigmoid has one factor only; it has two, and is never above a quarter.",
            ),
            Mistake(
                "slope",
                a2_1 * (1 - a2_1) * w2_11 * slope_1 * x_2,
                "You began with the slope of the output: how much the loss minds the prediction is missing.",
            ),
            Mistake(
                "M13",
                out * w2_11 * slope_1 * w1_12 * x_2,
                "You multiplied by the weight itself besides; its derivative leaves what it is multiplied with.",
            ),
            Mistake(
                "M5",
                (a2_1 - y_1) * z2_1 * (1 - z2_1) * w2_11 * slope_1 * x_2,
                "In the output you put the pre-activation into the short form of the slope, meant for the activation.",
            ),
            Mistake(
                "M5",
                out * w2_11 * x_2 * (1 - x_2),
                "You took the slope of the hidden unit from its input; it belongs to its own activation.",
            ),
            Mistake(
                "M12",
                (a2_1 - y_1) ** 2 / 2 * a2_1 * (1 - a2_1) * w2_11 * slope_1 * x_2,
                "You began with the loss itself: the outer link of the chain has to be differentiated too.",
            ),
            Mistake("M7", out * w2_11 * x_2),
            Mistake("M5 short form", out * w2_11 * z1_1 * (1 - z1_1) * x_2),
            Mistake("M13", (a2_1 - y_1) * w2_11 * slope_1 * x_2),
            Mistake(
                "M8",
                out * w2_12 * slope_2 * x_1,
                "You took the weight with the two indices swapped: the first names the unit that it leads to, "
                "the second the input that it comes from.",
            ),
            Mistake("M8", out * w2_11 * slope_1 * x_1, "You took the other input: the second index names it."),
            Mistake("M8", out * w2_12 * slope_2 * x_2, "You took the other hidden unit: the first index names it."),
            Mistake(
                "too-many-paths",
                out * (w2_11 * slope_1 + w2_12 * slope_2) * x_2,
                "You added a path that does not begin at this weight: it reaches the output through one "
                "hidden unit alone.",
            ),
            Mistake("weights-forgotten", out * slope_1 * x_2),
            Mistake(
                "incoming",
                out * w2_11 * slope_1,
                "That is delta of the hidden unit: what comes in through the weight is missing.",
            ),
            Mistake(
                "incoming",
                out * w2_11 * slope_1 * a1_1,
                "You multiplied by what the unit sends; a weight carries what comes in.",
            ),
            Mistake(
                "M13",
                out * w2_11 * slope_1 * w1_12,
                "You multiplied by the weight itself; its derivative leaves what it is multiplied with.",
            ),
            Mistake(
                "M5",
                (a2_1 - y_1) * a2_1 * (1 - a2_1) * w2_11 * x_2 * (1 - x_2) * x_2,
                "You took the slope of the hidden unit from its input; it belongs to its own activation.",
            ),
            Mistake(
                "one-sigmoid",
                (a2_1 - y_1) * w2_11 * x_2,
                "Both slopes are missing: you differentiated a network without activations.",
            ),
            Mistake("delta", out * a1_1, "That is the gradient of a weight of the output layer."),
        ),
    ),
    "5.17": Expression(
        right=out * (w2_11 * slope_1 + w2_12 * slope_2),
        claim=lambda: sympy.diff(loss_of(hidden(b, b)), b),
        where=hidden(b, b),
        mistakes=(
            Mistake("M1", 2 * out * w2_12 * slope_2, "You counted one path twice: the two units differ."),
            Mistake(
                "M1",
                out * (w2_11 + w2_12) * slope_1,
                "You took one slope for both paths: each path keeps its own weight with its own slope.",
            ),
            Mistake(
                "M1",
                out * (w2_11 + w2_12) * slope_2,
                "You took one slope for both paths: each path keeps its own weight with its own slope.",
            ),
            Mistake(
                "M1",
                out * (w2_11 + w2_12) * (a1_1 + a1_2) * (1 - a1_1 - a1_2),
                "You added the activations before the slope was taken: each path keeps its own weight with its "
                "own slope.",
            ),
            Mistake(
                "M7",
                2 * out,
                "You counted delta of the output twice: this bias acts through the hidden units, and each way "
                "has a weight and a slope.",
            ),
            Mistake("M7", (a2_1 - y_1) * (w2_11 + w2_12), "You left out the slopes of both layers."),
            Mistake(
                "incoming",
                out * (w2_11 * slope_1 * x_1 + w2_12 * slope_2 * x_2),
                "You multiplied by inputs: what comes in through a bias is one.",
            ),
            Mistake(
                "incoming",
                out * (w2_11 * slope_1 + w2_12 * slope_2) * (x_1 + x_2),
                "You multiplied by inputs: what comes in through a bias is one.",
            ),
            Mistake(
                "too-many-paths",
                out * (1 + w2_11 * slope_1 + w2_12 * slope_2),
                "You counted a direct way to the output: this bias acts through the hidden units alone.",
            ),
            Mistake(
                "too-many-paths",
                out * (w2_11 * slope_1 * (w1_11 + w1_12) + w2_12 * slope_2 * (w1_21 + w1_22)),
                "You went on, through the first weights: the bias is added after them.",
            ),
            Mistake("M5 short form", out * (w2_11 * z1_1 * (1 - z1_1) + w2_12 * z1_2 * (1 - z1_2))),
            Mistake(
                "tanh",
                out * (w2_11 * (1 - a1_1**2) + w2_12 * (1 - a1_2**2)),
                "You took the slopes of the tanh: the hidden units are sigmoids.",
            ),
            Mistake(
                "slope",
                out * (w2_11 * a1_1 + w2_12 * a1_2),
                "Your slope of the hidden sigmoid has one factor only; it has two, and is never above a quarter.",
            ),
            Mistake(
                "slope",
                out * (w2_11 * (1 - a1_1) + w2_12 * (1 - a1_2)),
                "Your slope of the hidden sigmoid has one factor only; it has two, and is never above a quarter.",
            ),
            Mistake(
                "slope",
                a2_1 * (1 - a2_1) * (w2_11 * slope_1 + w2_12 * slope_2),
                "You began with the slope of the output: how much the loss minds the prediction is missing.",
            ),
            Mistake(
                "M12",
                (a2_1 - y_1) ** 2 / 2 * a2_1 * (1 - a2_1) * (w2_11 * slope_1 + w2_12 * slope_2),
                "You began with the loss itself: the outer link of the chain has to be differentiated too.",
            ),
            Mistake(
                "M1",
                out * w2_11 * slope_1,
                "You followed the path through the first unit only: the bias acts on both, and all paths must "
                "be added.",
            ),
            Mistake(
                "M1",
                out * w2_12 * slope_2,
                "You followed the path through the second unit only: the bias acts on both, and all paths "
                "must be added.",
            ),
            Mistake(
                "M1",
                out * (w2_11 * slope_1 + w2_12 * slope_2) / 2,
                "You took the mean of the paths: changes that reach the loss by two paths add up.",
            ),
            Mistake(
                "M12",
                out * w2_11 * slope_1 * w2_12 * slope_2,
                "You multiplied the paths by one another: links of one path are multiplied, different paths are added.",
            ),
            Mistake(
                "M1",
                out * (w2_11 * slope_1 - w2_12 * slope_2),
                "You took the difference of the paths: they add up, each with its own sign.",
            ),
            Mistake("M7", out * (w2_11 + w2_12), "You left out the slopes of the hidden activations."),
            Mistake("M13", (a2_1 - y_1) * (w2_11 * slope_1 + w2_12 * slope_2)),
            Mistake("weights-forgotten", out * (slope_1 + slope_2)),
            Mistake(
                "M1",
                out * (w2_11 + w2_12) * (slope_1 + slope_2),
                "You added weights and slopes apart: each path keeps its own weight with its own slope.",
            ),
            Mistake("M1", 2 * out * w2_11 * slope_1, "You counted one path twice: the two units differ."),
            Mistake(
                "incoming",
                out * (w2_11 * slope_1 + w2_12 * slope_2) * b,
                "You multiplied by the bias itself; its derivative leaves an input of one.",
            ),
            Mistake("swapped", out * (w2_11 * slope_2 + w2_12 * slope_1)),
            Mistake("M7", out, "You stopped at delta of the output: this bias acts through the hidden units."),
        ),
    ),
}
