"""The derivations of chapter 4, Deriving backpropagation."""

from __future__ import annotations

import sympy

from backprop_lab.course.answer_key.chapter_04 import ONE_FACTOR, OWN_WEIGHT
from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression
from backprop_lab.course.misconceptions import SAYS

__all__ = ["DERIVATIONS"]

x, y = sympy.symbols("x y", real=True)
w1, w2, w3, b1, b2, b3 = sympy.symbols("w1 w2 w3 b1 b2 b3", real=True)
z1, z2, z3, a1, a2, a3 = sympy.symbols("z1 z2 z3 a1 a2 a3", real=True)
x_1, x_2, w_11, w_12, w_21, w_22 = sympy.symbols("x_1 x_2 w_11 w_12 w_21 w_22", real=True)
b_1, b_2, z_1, z_2, a_1, a_2 = sympy.symbols("b_1 b_2 z_1 z_2 a_1 a_2", real=True)
sp_tanh = sympy.tanh
Meanings = dict[sympy.Symbol, sympy.Expr]


def s(u: sympy.Expr) -> sympy.Expr:
    """Return the sigmoid of u, written out."""
    return 1 / (1 + sympy.exp(-u))


def written_out(loss: sympy.Expr, meanings: Meanings) -> sympy.Expr:
    """Return the loss in terms of parameters and input alone."""
    while loss.free_symbols & meanings.keys():
        loss = loss.xreplace(meanings)
    return loss


CHAIN: Meanings = {
    a3: z3,
    z3: w3 * a2 + b3,
    a2: s(z2),
    z2: w2 * a1 + b2,
    a1: sp_tanh(z1),
    z1: w1 * x + b1,
}
PAIR: Meanings = {
    a_1: sp_tanh(z_1),
    a_2: sp_tanh(z_2),
    z_1: w_11 * x_1 + w_12 * x_2 + b_1,
    z_2: w_21 * x_1 + w_22 * x_2 + b_2,
}
SKIP: Meanings = {a2: a1 + sp_tanh(z2), z2: w2 * a1 + b2, a1: sp_tanh(z1), z1: w1 * x + b1}

miss, slope1, slope2 = a3 - y, 1 - a1**2, a2 * (1 - a2)
chain = miss * w3 * slope2 * w2 * slope1 * x
pair_miss = a_1 * a_2 - y
long_slope = 1 - (a2 - a1) ** 2
skip = (a2 - y) * (1 + w2 * long_slope) * slope1 * x

CHAIN_MISTAKES = (
    Mistake("M7", miss * w3 * w2 * x, "You left out the slopes of both hidden units."),
    Mistake("M7", miss * w3 * slope2 * w2 * x, "You left out the slope of the first unit."),
    Mistake("M7", miss * w3 * w2 * slope1 * x, "You left out the slope of the second unit."),
    Mistake("M5 short form", miss * w3 * slope2 * w2 * (1 - z1**2) * x),
    Mistake("M5 short form", miss * w3 * z2 * (1 - z2) * w2 * slope1 * x),
    Mistake("M5 short form both", miss * w3 * z2 * (1 - z2) * w2 * (1 - z1**2) * x, SAYS["M5 short form"]),
    Mistake(
        "M5",
        miss * w3 * slope2 * w2 * (1 - sp_tanh(a1) ** 2) * x,
        "You took the slope of tanh at the activation; it belongs at the pre-activation.",
    ),
    Mistake("M5", miss * w3 * s(a2) * (1 - s(a2)) * w2 * slope1 * x),
    Mistake("slope", miss * w3 * slope2 * w2 * a1 * (1 - a1) * x, "The first unit is a tanh, not a sigmoid."),
    Mistake("slope", miss * w3 * (1 - a2**2) * w2 * slope1 * x, "The second unit is a sigmoid, not a tanh."),
    Mistake(
        "slope",
        miss * w3 * (1 - a2**2) * w2 * a1 * (1 - a1) * x,
        "The two slopes are swapped: the first unit is a tanh, the second a sigmoid.",
    ),
    Mistake("slope", miss * w3 * slope2 * w2 * (1 - a1) * x, ONE_FACTOR),
    Mistake("slope", miss * w3 * a2 * w2 * slope1 * x, "Your slope of the sigmoid has one factor only; it has two."),
    Mistake(
        "slope", miss * w3 * (1 - a2) * w2 * slope1 * x, "Your slope of the sigmoid has one factor only; it has two."
    ),
    Mistake(
        "slope",
        miss * a3 * (1 - a3) * w3 * slope2 * w2 * slope1 * x,
        "You gave the output the slope of a sigmoid: it sends on what it receives.",
    ),
    Mistake(
        "slope",
        miss * (1 - a3**2) * w3 * slope2 * w2 * slope1 * x,
        "You gave the output the slope of tanh: it sends on what it receives.",
    ),
    Mistake("weights-forgotten", miss * slope2 * slope1 * x),
    Mistake("weights-forgotten", miss * slope2 * w2 * slope1 * x, "The weight of the output is missing on the way."),
    Mistake("weights-forgotten", miss * w3 * slope2 * slope1 * x, "The weight of the second unit is missing."),
    Mistake(
        "incoming",
        miss * w3 * slope2 * w2 * slope1,
        "That is delta of the first unit: what comes in through the weight is missing.",
    ),
    Mistake(
        "incoming",
        miss * w3 * slope2 * w2 * slope1 * a1,
        "You multiplied by what the unit sends; a weight carries what comes in.",
    ),
    Mistake("M13", miss * w3 * slope2 * w2 * slope1 * w1, OWN_WEIGHT),
    Mistake("M13", miss * w3 * slope2 * w2 * slope1 * w1 * x, OWN_WEIGHT),
    Mistake("too-early", miss * w3 * slope2 * a1, "That is the gradient of the second weight: go one unit further."),
    Mistake("too-early", miss * a2, "That is the gradient of the third weight: go on, two units further."),
    Mistake(
        "M12",
        miss**2 / 2 * w3 * slope2 * w2 * slope1 * x,
        "You multiplied the loss itself by the slopes: a chain is differentiated link by link, each once.",
    ),
    Mistake(
        "M12",
        miss + w3 * slope2 + w2 * slope1 + x,
        "You added links of one path: along a path slopes multiply.",
    ),
    Mistake("M13", w3 * slope2 * w2 * slope1 * x, "That is how the output changes: the loss has a link of its own."),
    Mistake("M6", miss / w3 * slope2 / w2 * slope1 * x, "You divided by the weights: nothing is undone on the way."),
    Mistake(
        "M12",
        miss * (w3 * slope2 + w2 * slope1 * x),
        "You added links of one path: along a path they multiply.",
    ),
    Mistake("slope", miss * a2 * a1 * x, "You took what the units send for what the path needs: slopes and weights."),
    Mistake("slope", miss * w3 * a2 * w2 * a1 * x, "You took what the units send for the slopes of their curves."),
    Mistake(
        "target", a3 * w3 * slope2 * w2 * slope1 * x, "The target is gone: the loss changes at the rate of the miss."
    ),
    Mistake("slope", chain * z3, "You gave the output its value as a slope: it sends on what it receives."),
    Mistake("slope", chain * a3, "You gave the output its value as a slope: it sends on what it receives."),
    Mistake(
        "bias",
        miss * (w3 + b3) * slope2 * w2 * slope1 * x,
        "A bias stands in the slope of a sum: it does not move with what comes in.",
    ),
    Mistake(
        "bias",
        miss * (w3 + b3) * slope2 * (w2 + b2) * slope1 * x,
        "A bias stands in the slope of a sum: it does not move with what comes in.",
    ),
    Mistake("bias", miss * w3 * slope2 * w2 * slope1 * (x + b1), "The bias does not move with the weight."),
    Mistake("incoming", miss * w3 * slope2 * w2 * slope1 * z1, "You took the whole sum for what the weight carries."),
    Mistake(
        "wrong-loss",
        (a2 - y) * w3 * slope2 * w2 * slope1 * x,
        "The miss is that of the output, not of the unit before.",
    ),
)

PAIR_MISTAKES = (
    Mistake(
        "too-many-paths",
        pair_miss * (a_1 * (1 - a_2**2) + a_2 * (1 - a_1**2)),
        "You let the bias act on both units: it stands in one of the two sums.",
    ),
    Mistake(
        "wrong-unit",
        pair_miss * a_2 * (1 - a_1**2),
        "That is the gradient of the other bias.",
    ),
    Mistake(
        "bias",
        pair_miss * a_1 * (1 - a_2**2) * b_2,
        "You multiplied by the bias itself: how fast does z change with its bias?",
    ),
    Mistake(
        "incoming",
        pair_miss * a_1 * (1 - a_2**2) * x_2,
        "You multiplied by an input: that is the gradient of a weight. A bias has an input of one.",
    ),
    Mistake("incoming", pair_miss * a_1 * (1 - a_2**2) * x_1, "That is the gradient of a weight, not of the bias."),
    Mistake(
        "M7",
        pair_miss * a_1,
        "That is the slope at what the unit sends: on the way to the bias lies the slope of its tanh.",
    ),
    Mistake("M13", pair_miss, "You took the miss alone: the links down to the bias are missing."),
    Mistake(
        "M13",
        pair_miss * (1 - a_2**2),
        "You forgot how this loss depends on the activation: the other one is a factor there.",
    ),
    Mistake("slope", pair_miss * a_1 * a_2 * (1 - a_2), "You used the sigmoid's slope for tanh."),
    Mistake("slope", pair_miss * a_1 * (1 - a_2), ONE_FACTOR),
    Mistake("slope", pair_miss * a_1 * (1 + a_2**2), ONE_FACTOR),
    Mistake("M5 short form", pair_miss * a_1 * (1 - z_2**2)),
    Mistake(
        "M5",
        pair_miss * a_1 * (1 - sp_tanh(a_2) ** 2),
        "You took the slope of tanh at the activation; it belongs at the pre-activation.",
    ),
    Mistake(
        "slope",
        pair_miss * a_1 * (1 - a_1**2),
        "You took the slope of the other unit: the bias goes through its own unit's tanh.",
    ),
    Mistake(
        "slope",
        pair_miss * a_1 * (1 - a_1**2) * (1 - a_2**2),
        "You took the slopes of both units: the path goes through one of them.",
    ),
    Mistake("slope", a_1 * (1 - a_2**2), "How much the loss minds the product is missing."),
    Mistake(
        "M12",
        pair_miss**2 / 2 * a_1 * (1 - a_2**2),
        "You multiplied the loss itself by the slopes: a chain is differentiated link by link, each once.",
    ),
    Mistake(
        "M12",
        pair_miss * a_1 * a_2 * (1 - a_2**2),
        "Differentiating a product by one of its factors leaves the other factor, not the product.",
    ),
    Mistake(
        "M12",
        pair_miss * (a_1 + a_2) * (1 - a_2**2),
        "You added both activations: differentiating a product by one of its factors leaves the other.",
    ),
    Mistake(
        "wrong-loss",
        (a_2 - y) * (1 - a_2**2),
        "That is for a loss of one output alone: this one looks at a product of two.",
    ),
    Mistake(
        "wrong-loss",
        (a_1 + a_2 - y) * (1 - a_2**2),
        "You took the sum of the two activations in the loss: it is their product.",
    ),
    Mistake(
        "wrong-factor", pair_miss * a_2 * (1 - a_2**2), "Beside the moving activation stands the other one, not itself."
    ),
    Mistake("wrong-loss", (a_2 - y) * a_1 * (1 - a_2**2), "The miss is that of the product, not of one activation."),
    Mistake(
        "wrong-loss",
        (a_1 + a_2 - y) * a_1 * (1 - a_2**2),
        "This loss multiplies the two activations: the miss is that of the product.",
    ),
    Mistake(
        "incoming",
        pair_miss * a_1 * (1 - a_2**2) * (x_1 + x_2),
        "You multiplied by the inputs: those belong to weights. A bias has an input of one.",
    ),
    Mistake(
        "incoming", pair_miss * a_1 * (1 - a_2**2) * w_22, "You multiplied by a weight: the bias is added beside it."
    ),
    Mistake(
        "incoming", pair_miss * a_1 * (1 - a_2**2) * w_21, "You multiplied by a weight: the bias is added beside it."
    ),
    Mistake(
        "slope",
        pair_miss * (1 - a_2**2) * (1 - a_1**2),
        "You took the slopes of both units along one path: the bias passes one tanh, its own.",
    ),
    Mistake(
        "M12",
        pair_miss * (1 + a_1) * (1 - a_2**2),
        "Differentiating a product by one of its factors leaves the other factor: nothing is added to it.",
    ),
    Mistake(
        "too-many-paths",
        pair_miss * (a_2 * (1 - a_1**2) + a_1 * (1 - a_2**2)) / 2,
        "You took the mean over both units: the bias stands in one of the two sums.",
    ),
    Mistake(
        "too-many-paths",
        pair_miss * (a_2 * (1 - a_1**2) * w_12 + a_1 * (1 - a_2**2) * w_22),
        "You let the bias act on both units, through weights: it stands in one of the two sums.",
    ),
    Mistake("M5", pair_miss * z_1 * (1 - a_2**2), "The loss multiplies what the units send, not what they receive."),
    Mistake(
        "M5",
        pair_miss * a_1 * (1 - (a_1 * a_2) ** 2),
        "You took the slope at the product: it belongs to the tanh of one unit.",
    ),
    Mistake("target", a_1 * a_2 * a_1 * (1 - a_2**2), "The target is gone: the loss changes at the rate of the miss."),
    Mistake("too-few-paths", sympy.Integer(0), "You let the bias act on nothing: it stands in one of the two sums."),
)

SKIP_MISTAKES = (
    Mistake(
        "M1",
        (a2 - y) * slope1 * x,
        "You took the shortcut only: there is a second path, through the second unit.",
    ),
    Mistake(
        "M1",
        (a2 - y) * w2 * long_slope * slope1 * x,
        "You took the long path only: there is a second one, the shortcut past the second unit.",
    ),
    Mistake(
        "M1",
        (a2 - y) * (1 + w2 * long_slope) / 2 * slope1 * x,
        "You took the mean of the paths: changes that reach the loss by two paths add up.",
    ),
    Mistake(
        "M1",
        (a2 - y) * (1 - w2 * long_slope) * slope1 * x,
        "You took the difference of the paths: they add up, each with its own sign.",
    ),
    Mistake(
        "M12",
        (a2 - y) * slope1 * x * (a2 - y) * w2 * long_slope * slope1 * x,
        "You multiplied the paths by one another: links of one path are multiplied, different paths are added.",
    ),
    Mistake(
        "slope",
        (a2 - y) * (1 + w2 * (1 - a2**2)) * slope1 * x,
        "In your slope of the second tanh stands what leaves the sum: what does the tanh alone send?",
    ),
    Mistake(
        "M1",
        (a2 - y) * w2 * (1 - a2**2) * slope1 * x,
        "You took the long path only, and in the slope of its tanh stands what leaves the sum.",
    ),
    Mistake(
        "slope",
        (a2 - y) * (1 - a2**2) * (1 + w2) * slope1 * x,
        "You put the sum itself through a tanh: it comes after the tanh, and the shortcut meets no second slope.",
    ),
    Mistake(
        "slope",
        (a2 - y) * long_slope * (1 + w2) * slope1 * x,
        "You gave the shortcut the slope of the second tanh: it goes past it.",
    ),
    Mistake(
        "slope",
        (a2 - y) * (1 + w2) * slope1 * x,
        "The slope of the second tanh is missing on the long path.",
    ),
    Mistake("M7", (a2 - y) * (1 + w2 * long_slope) * x, "The slope of the first tanh is missing, on both paths."),
    Mistake("M7", (a2 - y) * (1 + w2) * x, "Both slopes are missing."),
    Mistake(
        "slope",
        (a2 - y) * (x + w2 * long_slope * slope1 * x),
        "The slope of the first tanh is missing on the shortcut: it begins after that tanh.",
    ),
    Mistake(
        "weights-forgotten",
        (a2 - y) * (1 + long_slope) * slope1 * x,
        "The weight of the second unit is missing on the long path.",
    ),
    Mistake(
        "weights",
        (a2 - y) * w2 * (1 + long_slope) * slope1 * x,
        "You gave the shortcut the second weight: it goes past it.",
    ),
    Mistake(
        "incoming",
        (a2 - y) * (1 + w2 * long_slope) * slope1,
        "That is delta of the first unit: what comes in through the weight is missing.",
    ),
    Mistake(
        "incoming",
        (a2 - y) * (1 + w2 * long_slope) * slope1 * a1,
        "You multiplied by what the unit sends; a weight carries what comes in.",
    ),
    Mistake("M13", (a2 - y) * (1 + w2 * long_slope) * slope1 * w1, OWN_WEIGHT),
    Mistake(
        "M13", (1 + w2 * long_slope) * slope1 * x, "That is how the output changes: the loss has a link of its own."
    ),
    Mistake(
        "M5 short form",
        (a2 - y) * (1 + w2 * (1 - z2**2)) * slope1 * x,
    ),
    Mistake("M5 short form", (a2 - y) * (1 + w2 * long_slope) * (1 - z1**2) * x),
    Mistake("M5 short form both", (a2 - y) * (1 + w2 * (1 - z2**2)) * (1 - z1**2) * x, SAYS["M5 short form"]),
    Mistake(
        "slope",
        (a2 - y) * (1 + w2 * slope1) * slope1 * x,
        "You took the slope of the first tanh twice: the second has its own.",
    ),
    Mistake(
        "slope",
        (a2 - y) * (1 + w2 * (a2 - a1) * (1 - a2 + a1)) * a1 * (1 - a1) * x,
        "You used the sigmoid's slope for tanh.",
    ),
    Mistake(
        "too-early", (a2 - y) * long_slope * a1, "That is the gradient of the second weight: the first is asked for."
    ),
    Mistake(
        "wrong-loss",
        (a2 - a1 - y) * (1 + w2 * long_slope) * slope1 * x,
        "You took the miss of the tanh alone: the prediction is the sum.",
    ),
    Mistake(
        "M12",
        (a2 - y) * w2 * long_slope * slope1**2 * x**2,
        "You multiplied the two paths: links of one path multiply, different paths add.",
    ),
    Mistake(
        "slope",
        (a2 - y) * (a1 + w2 * long_slope) * slope1 * x,
        "On the shortcut you took what it carries for its slope.",
    ),
    Mistake(
        "incoming",
        (a2 - y) * (1 + w2 * long_slope * x) * slope1,
        "On the shortcut the input is missing: it stands before both paths.",
    ),
    Mistake(
        "incoming",
        (a2 - y) * (x + w2 * long_slope) * slope1,
        "On the long path the input is missing: it stands before both paths.",
    ),
    Mistake(
        "slope",
        (a2 - y) * (slope1 + w2 * long_slope) * x,
        "On the long path the slope of the first tanh is missing: it stands before both paths.",
    ),
    Mistake(
        "M12",
        (a2 - y) ** 2 / 2 * (1 + w2 * long_slope) * slope1 * x,
        "You multiplied the loss itself by the slopes: a chain is differentiated link by link, each once.",
    ),
    Mistake(
        "slope",
        (a2 - y) * (1 + w2 * (1 - (a2 + a1) ** 2)) * slope1 * x,
        "In the slope of the second tanh a sign is wrong: what does that tanh alone send?",
    ),
    Mistake(
        "slope",
        (a2 - y) * (1 + w2 * (1 - a2**2 + a1**2)) * slope1 * x,
        "In the slope of the second tanh you squared a difference term by term.",
    ),
    Mistake(
        "slope",
        (a2 - y) * (1 + w2 * (1 - (a2 - a1))) * slope1 * x,
        "In the slope of the second tanh a square is missing.",
    ),
    Mistake(
        "slope", (a2 - y) * (1 + w2 * (a2 - a1)) * slope1 * x, "You took what the second tanh sends for its slope."
    ),
    Mistake(
        "M5",
        (a2 - y) * (1 + w2 * (1 - sp_tanh(a2) ** 2)) * slope1 * x,
        "You took the slope of the second tanh at what leaves the sum: it belongs at its pre-activation.",
    ),
    Mistake(
        "brackets", (a2 - y + w2 * long_slope) * slope1 * x, "Brackets are missing: the miss belongs to both paths."
    ),
    Mistake(
        "brackets",
        (a2 - y) * w2 * long_slope * slope1 * x + 1,
        "The shortcut has no more than a one: what stands before both paths is missing there.",
    ),
    Mistake(
        "incoming",
        (a2 - y) * (1 + w2 * a1 * long_slope) * slope1 * x,
        "On the long path stands what the first unit sends: that belongs to the gradient of the second weight.",
    ),
)


DERIVATIONS = {
    "4.9": Expression(
        right=chain,
        claim=lambda: sympy.diff(written_out((a3 - y) ** 2 / 2, CHAIN), w1),
        where=CHAIN,
        mistakes=CHAIN_MISTAKES,
    ),
    "4.10": Expression(
        right=pair_miss * a_1 * (1 - a_2**2),
        claim=lambda: sympy.diff(written_out((a_1 * a_2 - y) ** 2 / 2, PAIR), b_2),
        where=PAIR,
        mistakes=PAIR_MISTAKES,
    ),
    "4.11": Expression(
        right=skip,
        claim=lambda: sympy.diff(written_out((a2 - y) ** 2 / 2, SKIP), w1),
        where=SKIP,
        mistakes=SKIP_MISTAKES,
    ),
}
