"""The derivations of chapter 1, Why backpropagation."""

from __future__ import annotations

from collections.abc import Mapping

import sympy

from backprop_lab.course.answer_key.chapter_01 import OWN_WEIGHT
from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

w, b, x, y, z, a = sympy.symbols("w b x y z a", real=True)
u, w_1, w_2, v_1, v_2, h, h_1, h_2, y_hat = sympy.symbols("u w_1 w_2 v_1 v_2 h h_1 h_2 y_hat", real=True)

BENT = {a: sympy.tanh(z), z: w * x + b}
ROADS = {y_hat: v_1 * h_1 + v_2 * h_2 + h, h_1: w_1 * h, h_2: w_2 * h, h: u * x}


def written_out(expression: sympy.Expr, meanings: Mapping[sympy.Symbol, sympy.Expr]) -> sympy.Expr:
    """Return an expression in which nothing stands for something else."""
    while expression.free_symbols & meanings.keys():
        expression = expression.xreplace(dict(meanings))
    return expression


ONE_UNIT = (
    Mistake("M13", (a - y) * x, "You took the miss for delta: on its way to the sum it has to pass the bend."),
    Mistake("M13", a - y, "You stopped at the rate of the loss for the answer: two links lead on to the weight."),
    Mistake(
        "incoming", (a - y) * (1 - a**2), "You stopped at the sum, that is delta: the weight moves it as x is large."
    ),
    Mistake("slope", (1 - a**2) * x, "That is the rate of the answer: how much the loss minds it is missing."),
    Mistake("slope", 1 - a**2, "That is the slope of the bend alone: two more links belong to the road."),
    Mistake("incoming", x, "That is the last link alone: how the sum reacts to the weight."),
    Mistake(
        "M13", 2 * (a - y) * x, "You took twice the miss for delta: the half meets the square, and the bend is missing."
    ),
    Mistake(
        "M13", (a - y) * w, "The bend is missing, and you multiplied with the weight itself, not with what comes in."
    ),
    Mistake("M13", a * x, "Neither the target nor the bend plays a part: two links are not what they should be."),
    Mistake("miss", (a - y) ** 2 * (1 - a**2) * x, "The square is still there: its slope belongs on the road."),
    Mistake("target", (a + y) * (1 - a**2) * x, "You added answer and target: the miss is a difference."),
    Mistake("brackets", a - y * (1 - a**2) * x, "Brackets are missing: the whole miss is multiplied."),
    Mistake(
        "slope", (a - y) * (1 - a**2) ** 2 * x, "The slope of the bend comes in twice: one link holds it, and no other."
    ),
    Mistake("own-weight", (a - y) * (1 - a**2) * (x + w), "You let the input move too: it stands still like all else."),
    Mistake("own-weight", (a - y) * (1 - a**2) * w, "You multiplied with the weight itself, not with what comes in."),
    Mistake("own-weight", (a - y) * (1 - a**2) * w * x, OWN_WEIGHT),
    Mistake(
        "own-weight",
        (a - y) * (1 - a**2) * z,
        "You multiplied with the whole sum: of it only what stands beside the weight counts.",
    ),
    Mistake(
        "bias",
        (a - y) * (1 - a**2) * (x + 1),
        "You let the bias move too: here the weight alone moves, and all else stands still.",
    ),
    Mistake(
        "bias", (a - y) * (1 - a**2) * (x + b), "You kept the bias: with the weight alone moving, it is a constant."
    ),
    Mistake("M5", (a - y) * (1 - sympy.tanh(a) ** 2) * x, "You bent twice: the slope belongs at z, not at a."),
    Mistake("M5", (a - y) * (1 - z**2) * x, "You put z into the short form of the slope, which is meant for a."),
    Mistake(
        "M5", (a - y) * (1 - sympy.tanh(x) ** 2) * x, "You took the slope of the bend at the input, not at the sum."
    ),
    Mistake(
        "M5", (a - y) * (1 - sympy.tanh(w) ** 2) * x, "You took the slope of the bend at the weight, not at the sum."
    ),
    Mistake("bias", (a - y) * (1 - sympy.tanh(w * x) ** 2) * x, "You took the slope of the bend without the bias."),
    Mistake("M12", (a - y) * ((1 - a**2) + x), "You added two rates: one follows the other, so they are multiplied."),
    Mistake("slope", (a - y) * (1 - a) ** 2 * x, "In your slope of the bend the square is in the wrong place."),
    Mistake("M5", (a - y) * (1 - y**2) * x, "You took the slope of the bend where the target is."),
    Mistake("slope", (a - y) * a * x, "You took the value of the bend for its slope."),
    Mistake("slope", (a - y) * (1 - a) * x, "In your slope of the bend a square is missing."),
    Mistake("slope", (a - y) * (1 + a**2) * x, "Your slope of the bend grows where the S is flat: look at its sign."),
    Mistake("slope", (a - y) * a * (1 - a) * x, "That slope belongs to another bend, which runs from zero to one."),
    Mistake("slope", (a - y) * a**2 * x, "Your slope of the bend is zero where the S is steepest."),
    Mistake("M13 loss", (a - y) ** 2 / 2 * (1 - a**2) * x, "You kept the loss itself: its slope belongs there."),
    Mistake("target", a * (1 - a**2) * x, "The target is gone: the rate of the loss is the miss, not the answer."),
    Mistake(
        "M12",
        (a - y) ** 2 / 2 + (a - y) * (1 - a**2) * x,
        "This looks like a rule for products: the loss and the bend are inside one another.",
    ),
    Mistake(
        "M12", (a - y) + (1 - a**2) + x, "You added the rates: along one road, link after link, they are multiplied."
    ),
    Mistake("not-done", (a - y) ** 2 / 2, "That is the loss itself, not yet a slope of it."),
    Mistake("M6", (a - y) / (1 - a**2) * x, "You divided by the slope of the bend: rates in a row are multiplied."),
    Mistake("M6", (a - y) * (1 - a**2) / x, "You divided by the input: rates in a row are multiplied."),
    Mistake("M9", w - (a - y) * (1 - a**2) * x, "That is a weight after a step: asked for is its slope."),
    Mistake("input-squared", (a - y) * (1 - a**2) * x**2, "The input comes in twice: one link holds it, and no other."),
    Mistake("target", (z - y) * (1 - a**2) * x, "You took the sum for the answer in the miss: what is sent is bent."),
    Mistake(
        "M13",
        (a - y) * (1 - (a - y) ** 2) * x,
        "You put the miss into the short form of the slope, which is meant for the activation.",
    ),
    Mistake("M5", (a - y) * (1 - sympy.tanh(x) ** 2), "You took the slope of the bend at the input: it belongs at z."),
    Mistake("slope", (a - y) * x / sympy.cosh(z), "In your slope of the bend a square is missing."),
    Mistake(
        "M12",
        (a - y) * ((1 - a**2) * z + a * x),
        "You took the rule for a product: here one function stands inside the other.",
    ),
)

upper, lower, straight = v_1 * w_1, v_2 * w_2, sympy.Integer(1)
all_roads = upper + lower + straight
off = y_hat - y
THREE_ROADS = (
    Mistake("M1", off * upper * x, "You followed one road of three: a change travels along all of them."),
    Mistake("M1", off * lower * x, "You followed one road of three: a change travels along all of them."),
    Mistake("M1", off * x, "You followed the straight road only: a change travels along all of them."),
    Mistake(
        "M1", off * (upper + lower) * x, "The straight road is missing: h acts on the answer without a detour too."
    ),
    Mistake("M1", off * (upper + straight) * x, "The road through the second unit is missing."),
    Mistake("M1", off * (lower + straight) * x, "The road through the first unit is missing."),
    Mistake("M1", off * all_roads * x / 3, "You took the mean of the roads: each carries the change in full."),
    Mistake("M1", off * (upper + lower) * x / 2, "You took the mean of two roads, and left out the straight one."),
    Mistake("M12", off * upper * lower * x, "You multiplied the roads: links of one road multiply, roads add up."),
    Mistake("M12", off * upper * lower, "You multiplied the roads: links of one road multiply, roads add up."),
    Mistake("M12", off * (upper * lower + 1) * x, "You multiplied two of the roads: links multiply, roads add up."),
    Mistake(
        "input", off * (upper + lower), "The straight road is missing, and what comes in through the early weight."
    ),
    Mistake("input", off * (upper + lower + x), "On two roads the input is missing: it stands before all three."),
    Mistake(
        "input", off * ((upper + lower) * x + 1), "On the straight road the input is missing: it stands before all."
    ),
    Mistake("input", off * all_roads * x**2, "The input comes in twice: one link holds it, and no other."),
    Mistake("own-weight", off * (upper + lower) * h, f"{OWN_WEIGHT} And the straight road is missing."),
    Mistake("miss", all_roads, "You added up the roads from h to the answer: a link is missing at each end."),
    Mistake("miss", off**2 * all_roads * x, "The square is still there: its slope belongs on the road."),
    Mistake(
        "M1",
        off * (v_1 + v_2) * (w_1 + w_2) * x,
        "You added roads that do not exist, and left out the straight one.",
    ),
    Mistake(
        "straight",
        off * (upper + lower + x) * x,
        "On the straight road you took the input for the slope: there h is handed on as it is.",
    ),
    Mistake("M12", off * (v_1 + w_1 + v_2 + w_2 + 1) * x, "You added the links of a road: they multiply."),
    Mistake(
        "M1",
        off * ((v_1 + v_2) * (w_1 + w_2) + 1) * x,
        "You added roads that do not exist: each unit has its own weight in and its own weight out.",
    ),
    Mistake(
        "swapped",
        off * (v_1 * w_2 + v_2 * w_1 + 1) * x,
        "You changed roads on the way: a weight out goes with the weight into the same unit.",
    ),
    Mistake("M1", off * (upper - lower + 1) * x, "You took a difference of roads: they add up, each with its sign."),
    Mistake("input", off * all_roads, "You stopped at h: what comes in through the early weight is missing."),
    Mistake(
        "own-weight", off * all_roads * u, "You multiplied with the early weight itself, and not with what comes in."
    ),
    Mistake("own-weight", off * all_roads * h, OWN_WEIGHT),
    Mistake("own-weight", off * y_hat, OWN_WEIGHT),
    Mistake(
        "M4",
        off * (v_1 * h_1 + v_2 * h_2 + 1) * x,
        "On two roads you took what travels there for a slope: the slopes are the weights alone.",
    ),
    Mistake(
        "weights-forgotten", off * (w_1 + w_2) * x, "You kept the weights into the units only: more is on the roads."
    ),
    Mistake(
        "weights-forgotten", off * (v_1 + v_2) * x, "You kept the weights behind the units only: more is on the roads."
    ),
    Mistake("miss", all_roads * x, "That is the slope of the answer: how much the loss minds it is missing."),
    Mistake("M13", off, "You took the miss: it has yet to be seen from the place of this weight."),
    Mistake("M13 loss", off**2 / 2 * all_roads * x, "You kept the loss itself: its slope belongs there."),
    Mistake("target", y_hat * all_roads * x, "The target is gone: the rate of the loss is the miss."),
    Mistake(
        "weights-forgotten", off * (v_1 + v_2 + 1) * x, "The weights into the two units are missing on their roads."
    ),
    Mistake("weights-forgotten", off * (w_1 + w_2 + 1) * x, "The weights behind the two units are missing."),
    Mistake(
        "M4",
        off * (h_1 + h_2 + h) * x,
        "You added what travels on the roads: their slopes are what is asked for.",
    ),
    Mistake("weights-forgotten", 3 * off * x, "You counted the roads: each has weights on it as well."),
    Mistake(
        "straight",
        off * (upper + lower + h) * x,
        "On the straight road you took what travels there for its slope: h is handed on as it is.",
    ),
    Mistake("straight", off * (upper + lower + u) * x, "On the straight road there is no weight but the early one."),
    Mistake("M9", u - off * all_roads * x, "That is a weight after a step: asked for is its slope."),
    Mistake("not-done", off**2 / 2, "That is the loss itself, not yet a slope of it."),
    Mistake(
        "M12",
        off * x * (1 + v_1 * w_1) * (1 + v_2 * w_2),
        "You multiplied roads by one another: links of one road multiply, roads add up.",
    ),
    Mistake("M1", off * x * (v_1 * w_1 + v_2 * w_2 + 2), "You counted the straight road twice."),
    Mistake(
        "own-weight",
        off * (v_1 * w_1 + v_2 * w_2 + 1) * x * h,
        "You kept what travels: after the early weight there are slopes only.",
    ),
    Mistake(
        "M12",
        off + x * (v_1 * w_1 + v_2 * w_2 + 1),
        "You added the miss to the roads: along a road it is a factor like all others.",
    ),
)


DERIVATIONS = {
    "1.10": Expression(
        right=(a - y) * (1 - a**2) * x,
        claim=lambda: sympy.diff(written_out((a - y) ** 2 / 2, BENT), w),
        where=BENT,
        mistakes=ONE_UNIT,
    ),
    "1.11": Expression(
        right=off * all_roads * x,
        claim=lambda: sympy.diff(written_out(off**2 / 2, ROADS), u),
        where=ROADS,
        mistakes=THREE_ROADS,
    ),
}
