"""The derivation of the capstone: one hidden unit and three classes."""

from __future__ import annotations

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

x, v, b, a = sympy.symbols("x v b a", real=True)
w_1, w_2, w_3, c_1, c_2, c_3 = sympy.symbols("w_1 w_2 w_3 c_1 c_2 c_3", real=True)
p_1, p_2, p_3 = sympy.symbols("p_1 p_2 p_3", real=True)
logits = (w_1 * a + c_1, w_2 * a + c_2, w_3 * a + c_3)
all_exps = sum(sympy.exp(z) for z in logits)
STANDS_FOR = {
    a: sympy.tanh(v * x + b),
    **{p: sympy.exp(z) / all_exps for p, z in zip((p_1, p_2, p_3), logits, strict=True)},
}


def slope_of_three() -> sympy.Expr:
    """Return dC/dv by SymPy, for the second class."""
    loss = sympy.log(all_exps) - logits[1]
    return sympy.diff(loss.xreplace({a: STANDS_FOR[a]}), v)


mean_weight = p_1 * w_1 + p_2 * w_2 + p_3 * w_3
steep = 1 - a**2
THREE_CLASSES = (
    Mistake("M7", (mean_weight - w_2) * x),
    Mistake(
        "M1",
        (p_2 - 1) * w_2 * steep * x,
        "You followed the right class only: the unit acts on the other two logits as well.",
    ),
    Mistake(
        "M1",
        (p_1 * w_1 + p_3 * w_3) * steep * x,
        "You left out the right class: its logit has a share too, and is subtracted besides.",
    ),
    Mistake("target", mean_weight * steep * x, "The target is missing: you took the shares for the deltas."),
    Mistake(
        "target",
        -w_2 * steep * x,
        "That is the part of the logit that is subtracted; the sum of the exponentials moves as well.",
    ),
    Mistake(
        "target",
        (p_1 * w_1 + p_2 * w_2 + p_3 * w_3 - 1) * steep * x,
        "You subtracted one; it belongs to the delta of the right class, so it meets a weight.",
    ),
    Mistake("target", (mean_weight - w_1) * steep * x, "You took another class for the right one."),
    Mistake("target", (mean_weight - w_3) * steep * x, "You took another class for the right one."),
    Mistake(
        "weights-forgotten",
        (p_1 + p_2 + p_3 - 1) * steep * x + 0 * w_1,
        "What you have is zero, whatever the network says. Either the deltas are added up without "
        "their weights, or SymPy "
        "took the derivative: for it the shares and the activation are symbols that do not move.",
    ),
    Mistake(
        "mean",
        ((w_1 + w_2 + w_3) / 3 - w_2) * steep * x,
        "You took the plain mean of the weights: each counts with the share of its class.",
    ),
    Mistake(
        "mean",
        (mean_weight - w_2) / 3 * steep * x,
        "You divided by the number of classes; nothing is averaged over them.",
    ),
    Mistake(
        "slope", (mean_weight - w_2) * a * (1 - a) * x, "That is the slope of the sigmoid; the hidden unit is tanh."
    ),
    Mistake("slope", (mean_weight - w_2) * (1 - a) * x, "In the slope of tanh a square is missing."),
    Mistake("slope", (mean_weight - w_2) * (1 + a**2) * x, "The sign inside the slope of tanh is wrong."),
    Mistake(
        "M5",
        (mean_weight - w_2) * (1 - (v * x + b) ** 2) * x,
        "You put z into the short form of the slope of tanh, which is meant for the activation.",
    ),
    Mistake(
        "M5",
        (mean_weight - w_2) * (1 - sympy.tanh(a) ** 2) * x,
        "You took the slope of tanh at the activation; it belongs at z.",
    ),
    Mistake(
        "incoming",
        (mean_weight - w_2) * steep,
        "What comes in is missing: that is the gradient of the bias of the hidden unit.",
    ),
    Mistake(
        "incoming",
        (mean_weight - w_2) * steep * a,
        "You multiplied by what the unit sends; its weight carries what comes in.",
    ),
    Mistake(
        "incoming",
        (mean_weight - w_2) * steep * v,
        "You multiplied by the weight itself; its derivative leaves the input. So you have the gradient of the input.",
    ),
    Mistake(
        "extra-slope",
        ((p_1 * (1 - p_1) * p_1 * w_1) + (p_2 - 1) * p_2 * (1 - p_2) * w_2 + p_3 * (1 - p_3) * p_3 * w_3) * steep * x,
        "You put a slope behind each share: that of the softmax is in the difference already.",
    ),
    Mistake(
        "M12",
        (p_1 * w_1 * p_2 * w_2 * p_3 * w_3 - w_2) * steep * x,
        "You multiplied the paths by one another: different paths are added.",
    ),
    Mistake("not-done", sympy.log(all_exps) - logits[1], "That is the loss itself, not yet its derivative."),
    Mistake(
        "bias",
        (mean_weight - w_2 + p_1 * c_1 + p_2 * c_2 + p_3 * c_3 - c_2) * steep * x,
        "The biases of the logits do not move with the hidden unit.",
    ),
    Mistake(
        "target",
        ((p_1 - 1) * w_1 + (p_2 - 1) * w_2 + (p_3 - 1) * w_3) * steep * x,
        "You took the target off at every class: it is one at the right class alone.",
    ),
    Mistake(
        "M1",
        (p_2 - 1) * (w_1 + w_2 + w_3) * steep * x,
        "You sent the delta of the right class down all three weights: each logit has a delta of its own.",
    ),
    Mistake(
        "incoming",
        (mean_weight - w_2) * steep * w_2,
        "What comes in through this weight is the input; an outgoing weight has got into its place.",
    ),
    Mistake(
        "M7",
        mean_weight - w_2,
        "You stopped at the hidden unit: the slope of tanh and what comes in are still missing.",
    ),
    Mistake("incoming", (mean_weight - w_2) * steep * x**2, "What comes in is there twice."),
    Mistake(
        "incoming",
        (mean_weight - w_2) * steep * x * v,
        "The weight itself is a factor too many: its derivative leaves the input alone.",
    ),
    Mistake(
        "incoming",
        (mean_weight - w_2) * steep * a * x,
        "The activation is a factor too many: through this weight comes the input, and then the slope of tanh.",
    ),
    Mistake(
        "incoming", (mean_weight - w_2) * steep * b, "What comes in through this weight is the input, not the bias."
    ),
    Mistake(
        "incoming",
        (mean_weight - w_2) * steep * (x + 1),
        "The bias does not move with this weight: what comes in is the input alone.",
    ),
    Mistake(
        "slope",
        (mean_weight - w_2) * (1 - a) ** 2 * x,
        "In the slope of tanh the square is in the wrong place: the activation alone is squared.",
    ),
    Mistake(
        "slope",
        (mean_weight - w_2) / steep * x,
        "You divided by the slope of tanh: along a chain slopes are multiplied.",
    ),
    Mistake("slope", (mean_weight - w_2) * a * x, "You multiplied by the activation where its slope belongs."),
    Mistake("slope", (mean_weight - w_2) * 2 * a * x, "That is the slope of a square; the hidden unit is tanh."),
    Mistake(
        "M5",
        (mean_weight - w_2) * (1 - x**2) * x,
        "You put the input into the short form of the slope of tanh, which is meant for the activation.",
    ),
    Mistake(
        "M5",
        (mean_weight - w_2) * (1 - v**2) * x,
        "You put the weight into the short form of the slope of tanh, which is meant for the activation.",
    ),
    Mistake(
        "target",
        (mean_weight - 2 * p_2 * w_2 + w_2) * steep * x,
        "At the right class the sign is turned round, and at the others not: delta is the share "
        "minus the target everywhere.",
    ),
    Mistake(
        "target",
        (mean_weight - 2 * p_2 * w_2) * steep * x,
        "You turned the sign of the right class's share round; its target is what is taken off.",
    ),
    Mistake(
        "M1",
        (p_1 - 1) * w_1 * steep * x,
        "You followed one logit only, and not the one of the right class: the unit acts on all three.",
    ),
    Mistake(
        "M1",
        (p_1 * w_1 - w_2) * steep * x,
        "You left out paths: the unit acts on all three logits, and each has its share.",
    ),
    Mistake(
        "M13",
        -w_2 / p_2 * steep * x,
        "You went from the probability straight to its weight: the softmax stands between.",
    ),
    Mistake(
        "softmax",
        p_2 * (mean_weight - w_2) * steep * x,
        "The share of the right class is a factor too many: the logarithm divides by it.",
    ),
    Mistake(
        "softmax",
        p_2 * (1 - p_2) * w_2 * steep * x,
        "That is how the share of the right class moves with its own logit; the loss is minus its "
        "logarithm, and the other logits move as well.",
    ),
    Mistake("weights", (w_1 + w_2 + w_3) * steep * x, "The deltas are missing: you added up the weights alone."),
    Mistake("weights", (p_2 - 1) * steep * x, "You left out the outgoing weights, and the other two logits."),
    Mistake(
        "weights",
        (p_1 * c_1 + (p_2 - 1) * c_2 + p_3 * c_3) * steep * x,
        "You took the biases of the logits where their weights belong.",
    ),
    Mistake(
        "weights",
        (p_1 * logits[0] + (p_2 - 1) * logits[1] + p_3 * logits[2]) * steep * x,
        "You took the logits themselves; what a logit has to do with the hidden unit is its weight.",
    ),
    Mistake("brackets", (mean_weight - w_2) - a**2 * x, "The brackets round the slope of tanh are missing."),
    Mistake(
        "brackets",
        p_1 * w_1 + (p_2 - 1) * w_2 + p_3 * w_3 * steep * x,
        "Brackets are missing round the sum over the classes: the slope and what comes in belong to all of it.",
    ),
    Mistake(
        "brackets",
        (p_1 * w_1 + p_2 - w_2 + p_3 * w_3) * steep * x,
        "The brackets round the delta of the right class are missing.",
    ),
)


DERIVATIONS = {
    "17.12": Expression(
        right=(mean_weight - w_2) * steep * x,
        claim=slope_of_three,
        where=STANDS_FOR,
        mistakes=THREE_CLASSES,
    ),
}
