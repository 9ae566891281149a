"""The derivations of chapter 2, The chain rule."""

from __future__ import annotations

from collections.abc import Mapping

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

k = sympy.Symbol("k", positive=True)
w, x, b, z, a, y, y_hat, s = sympy.symbols("w x b z a y y_hat s", real=True)
exp, log = sympy.exp, sympy.log
steep = exp(k * z)
SOFT = {s: log(1 + steep) / k}


def sig(u: sympy.Expr) -> sympy.Expr:
    """Return the sigmoid of u, written out."""
    return 1 / (1 + exp(-u))


SOFTPLUS = (
    Mistake("outer-factor", k * sig(k * z), "The factor in front of the logarithm is gone: a constant factor stays."),
    Mistake(
        "inner-slope",
        sig(k * z) / k,
        "The innermost link is missing: the exponent itself moves with z, and not one to one.",
    ),
    Mistake("inner-slope", sig(k * z) / k**2, "You divided by the inner slope: slopes are multiplied."),
    Mistake("outer-factor", k**2 * sig(k * z), "The factor in front of the logarithm is turned over."),
    Mistake(
        "links-missing",
        1 / (1 + steep),
        "The slope of the exponential is missing, or its sign: inside the logarithm there is one more link.",
    ),
    Mistake(
        "links-missing",
        1 / (k * (1 + steep)),
        "That is the slope of the outer links alone: the logarithm's argument moves, too.",
    ),
    Mistake("links-missing", k / (1 + steep), "The slope of the exponential is missing, and a factor is turned over."),
    Mistake(
        "place", sig(z), "In the slopes you lost the factor in the exponent: they are read where the value has arrived."
    ),
    Mistake("place", exp(z) / (1 + steep), "In the slope of the exponential the exponent lost a factor."),
    Mistake("place", exp(z) / (1 + exp(z)) * k, "You lost the factor in the exponent: read slopes where the value is."),
    Mistake("place", steep / (1 + exp(z)), "In the slope of the logarithm the exponent lost a factor."),
    Mistake("place", k * exp(z) / (1 + steep), "In the slope of the exponential the exponent lost a factor."),
    Mistake("place", sig(z / k), "The factor in the exponent is turned over."),
    Mistake("outer-factor", steep / (k + steep), "The factor that cancels has not left the denominator whole."),
    Mistake("own-factor", z * sig(k * z), "You kept z as a factor: of the exponent only its companion stays."),
    Mistake("own-factor", k * z * sig(k * z), "You kept the whole exponent as a factor: only its slope is one."),
    Mistake("own-factor", z * sig(k * z) / k, "You kept z as a factor: of the exponent only its companion stays."),
    Mistake("M12", 1 / (1 + steep) + steep, "You added the slopes of two links: along one path they multiply."),
    Mistake("M12", log(1 + steep) * steep * k, "You multiplied the function itself with an inner slope."),
    Mistake("not-done", log(1 + steep), "You dropped the factor in front, and have yet to take the slope."),
    Mistake("slope", 1 + steep, "That is what the logarithm receives: its slope is one divided by that."),
    Mistake("slope", 1 - exp(-k * z), "In the other form it is the output in the exponent, not the input."),
    Mistake("slope", sympy.tanh(k * z), "That is another switch: it runs from minus one to one."),
    Mistake("other-variable", -log(1 + steep) / k**2, "You differentiated the factor in front: k stands still."),
    Mistake(
        "other-variable",
        sig(k * z) - log(1 + steep) / k**2,
        "You differentiated the factor in front as well: k stands still.",
    ),
    Mistake("place", 1 / z, "You read the slope of the logarithm at z: it belongs at what the logarithm receives."),
    Mistake(
        "place",
        sympy.Integer(1),
        "You read the slope of the logarithm at the exponential alone: the one that is added is part of it.",
    ),
    Mistake(
        "place", 1 / (k * z), "You read the slope of the logarithm at the exponent: it belongs at what it receives."
    ),
    Mistake("slope", steep, "The slope of the logarithm is missing: what is left is the slope of what stands in it."),
    Mistake("slope", k * steep, "You kept the inner slopes only: the logarithm has a slope as well."),
    Mistake("slope", steep / k, "The slope of the logarithm is missing, and a factor is left over."),
    Mistake(
        "slope",
        steep / (1 + steep) ** 2,
        "You squared the denominator: that is the rule for a quotient, here is a logarithm.",
    ),
    Mistake(
        "slope", k * steep / (1 + steep) ** 2, "You differentiated once too often: this is the slope of the slope."
    ),
    Mistake("slope", (1 + steep) / steep, "The fraction is upside down."),
    Mistake("slope", (1 + steep) * steep, "You multiplied with what the logarithm receives, where its slope divides."),
    Mistake(
        "slope",
        (z * exp(k * z - 1)) / (1 + steep),
        "You used the rule for powers on the exponential: there the variable stands in the exponent.",
    ),
    Mistake("slope", (1 + k * steep) / (k * (1 + steep)), "The one that is added does not move: it has no slope."),
    Mistake(
        "M12", log(k * steep) / k, "You put the inner slope into the logarithm: slopes multiply, they do not nest."
    ),
    Mistake(
        "M12", log(1 + k * steep) / k, "You put the inner slope into the logarithm: slopes multiply, they do not nest."
    ),
    Mistake(
        "M12", 1 / (k * k * steep), "You put the inner slope into the outer one: slopes multiply, they do not nest."
    ),
    Mistake(
        "M12", log(1 + steep) * steep, "You multiplied the function itself with the inner slope: take its own slope."
    ),
    Mistake("M12", s * k * steep, "You multiplied the function itself with the inner slope: take its own slope."),
    Mistake(
        "M12", 1 / (k * (1 + steep)) + k * steep, "You added the slopes of the links: along one path they multiply."
    ),
    Mistake(
        "M4", sig(k * s), "You put the output in the place of the input: this form of the slope is written with z."
    ),
    Mistake("M4", 1 - exp(-s), "In the form with the output a factor is missing in the exponent."),
    Mistake("M4", 1 - exp(k * s), "In the form with the output a sign in the exponent is wrong."),
    Mistake(
        "other-variable",
        sympy.diff(log(1 + steep) / k, k),
        "You differentiated by the other letter: z moves, k stands still.",
    ),
    Mistake("not-done", s, "That is the function itself, not yet its slope."),
    Mistake(
        "M4", 1 - s, "From the output to the slope leads an exponential: what you wrote belongs to another function."
    ),
    Mistake("M4", s * (1 - s), "You took the slope of the sigmoid, with the output: this function is another one."),
    Mistake("slope", sympy.tanh(k * z / 2), "That is another switch: it runs from minus one to one."),
    Mistake("hard", sympy.Heaviside(z), "That is where it leads to for a very large factor: here the corner is round."),
    Mistake("outer-factor", 1 - exp(-k * s) / k, "In the form with the output a factor is too many."),
)

TWICE = {y_hat: w * a, a: sig(z), z: w * x + b}
off = y_hat - y
direct, through = a, w * a * (1 - a) * x
TIED_NEURON = (
    Mistake("M1", off * direct, "You followed the path on the way out only: the weight works on the way in too."),
    Mistake(
        "M1", off * through, "You followed the path through the sigmoid only: the weight works on the way out too."
    ),
    Mistake("M1", off * (direct + through) / 2, "You took the mean of the two paths: they add up."),
    Mistake("M1", off * (direct - through), "You took the difference of the two paths: they add up."),
    Mistake("M12", off * direct * through, "You multiplied the paths: links multiply, paths add."),
    Mistake("M12", off * a * (1 - a) * x, "You took the product of two slopes for the slope of a product."),
    Mistake("M12", off * a * a * (1 - a) * x, "You treated a product as if one factor stood inside the other."),
    Mistake("slope", off * (a + w * x), "On the path through the sigmoid its slope is missing."),
    Mistake("slope", off * (a + w * a * x), "Your slope of the sigmoid has one factor only; it has two."),
    Mistake("slope", off * (a + w * (1 - a) * x), "Your slope of the sigmoid has one factor only; it has two."),
    Mistake("slope", off * (a + w * (1 - a**2) * x), "For the sigmoid you took the slope of tanh."),
    Mistake("slope", off * (a + w * a * (1 + a) * x), "The slope of the sigmoid has a wrong sign in it."),
    Mistake("M5", off * (a + w * z * (1 - z) * x), "You put z into the short form of the slope, which is meant for a."),
    Mistake(
        "M5", off * (a + w * sig(a) * (1 - sig(a)) * x), "You read the slope of the sigmoid at a: it belongs at z."
    ),
    Mistake(
        "M5",
        off * (a + w * sig(x) * (1 - sig(x)) * x),
        "You read the slope of the sigmoid at the input: it belongs at z.",
    ),
    Mistake("M5", off * (a + w * y_hat * (1 - y_hat) * x), "You read the short form of the slope at the answer."),
    Mistake("incoming", off * (a + w * a * (1 - a)), "On the path through the sigmoid the input is missing."),
    Mistake(
        "incoming",
        off * (a * x + through),
        "You put the input on the path on the way out: a is all that comes in there.",
    ),
    Mistake(
        "incoming", off * (a + w * a * (1 - a) * z), "You took the whole sum for what the weight is multiplied with."
    ),
    Mistake(
        "incoming",
        off * (a + w * a * (1 - a) * (x + b)),
        "The bias does not move with the weight: it is no part of the slope.",
    ),
    Mistake("incoming", off * (a + w * a * (1 - a) * w), "You took the weight for what it is multiplied with."),
    Mistake(
        "weights-forgotten",
        off * (a + a * (1 - a) * x),
        "On the path through the sigmoid the weight on the way out is missing.",
    ),
    Mistake("own-factor", off * (w * a + through), "You kept the weight on the way out: only its companion stays."),
    Mistake(
        "own-factor", off * (w + through), "On the way out you took the weight for its own slope: its companion is."
    ),
    Mistake("own-factor", off * (1 + through), "On the way out the other factor of the product is missing."),
    Mistake(
        "own-factor", off * (w + a * (1 - a) * x), "The factors of the product are mixed up between the two paths."
    ),
    Mistake("M1", 2 * off * direct, "You counted one path twice: the two differ."),
    Mistake("M1", 2 * off * through, "You counted one path twice: the two differ."),
    Mistake("M1", direct, "One path is missing, and how much the loss minds the answer."),
    Mistake("M1", through, "One path is missing, and how much the loss minds the answer."),
    Mistake("own-factor", off * w * a, "You multiplied with the answer itself: of a product the companion stays."),
    Mistake("own-factor", off * w * (direct + through), "You kept the weight on both paths: it is on one of them."),
    Mistake("own-factor", off * a * (direct + through), "The output of the sigmoid is a factor too often."),
    Mistake(
        "own-factor", off * a * (1 + through), "The output of the sigmoid stands before one path, not before both."
    ),
    Mistake(
        "own-factor", off * (a + w**2 * a * (1 - a) * x), "The weight comes in twice on the path through the sigmoid."
    ),
    Mistake(
        "incoming", off * (a + w * a * (1 - a) * x**2), "The input comes in twice on the path through the sigmoid."
    ),
    Mistake("incoming", off * (a + a * (1 - a)), "Weight and input are missing on the path through the sigmoid."),
    Mistake("incoming", off * (direct + through + b), "The bias does not move with the weight: it adds nothing."),
    Mistake("own-factor", off * (w * a + a * (1 - a) * x), "The weight is on the wrong path."),
    Mistake("slope", off * (a + w * x * exp(-z)), "Your slope of the sigmoid has lost its denominator."),
    Mistake("slope", off * (a + w * (1 - a) ** 2 * x), "In your slope of the sigmoid one factor comes twice."),
    Mistake("M7", off * w * x, "You multiplied in and out as if there were no sigmoid, and no second path."),
    Mistake("M7", off * x, "You followed the way in, without sigmoid and without the way out."),
    Mistake("M7", off * a * x, "You took the product of what comes in at the two places: the paths add up."),
    Mistake(
        "M5", off * y_hat * (1 - y_hat) * x, "You read the slope of the sigmoid at the answer, and left out a path."
    ),
    Mistake("incoming", off * a * (1 - a), "You stopped at the sum, and left out the way out."),
    Mistake("M13", (a - y) * a * (1 - a), "You took a for the answer, and stopped at the sum."),
    Mistake("target", (y_hat + y) * (direct + through), "You added answer and target: the miss is a difference."),
    Mistake("brackets", y_hat - y * (direct + through), "Brackets are missing: the whole miss is multiplied."),
    Mistake("miss", direct + through, "That is the slope of the answer: how much the loss minds it is missing."),
    Mistake("M13", off, "You stopped at the miss: it has yet to travel back to the weight."),
    Mistake("M13", (a - y) * a * (1 - a) * x, "You took a for the answer: the weight works once more behind it."),
    Mistake(
        "M13",
        (a - y) * (direct + through),
        "You took a for the answer in the miss: the weight works once more behind it.",
    ),
    Mistake("M13 loss", off**2 / 2 * (direct + through), "You kept the loss itself: its slope belongs there."),
    Mistake("miss", off**2 * (direct + through), "The square is still there: its slope belongs on the path."),
    Mistake("target", y_hat * (direct + through), "The target is gone: the loss changes at the rate of the miss."),
    Mistake("M9", w - off * (direct + through), "That is a weight after a step: asked for is its gradient."),
    Mistake("not-done", off**2 / 2, "That is the loss itself, not yet its derivative."),
    Mistake("other-variable", off * w * a * (1 - a), "That is the gradient of the bias."),
    Mistake("brackets", off * direct + through, "Brackets are missing: the miss belongs to both paths."),
    Mistake(
        "slope",
        off * a * (1 - a) * (a + w * x),
        "You gave both paths the slope of the sigmoid: the weight on the way out comes after it.",
    ),
    Mistake("brackets", a + off * w * a * (1 - a) * x, "Brackets are missing: the miss belongs to both paths."),
)


def written_out(expression: sympy.Expr, meanings: Mapping[sympy.Symbol, sympy.Expr]) -> sympy.Expr:
    """Return an expression in which nothing stands for something else."""
    while expression.free_symbols & meanings.keys():
        expression = expression.xreplace(dict(meanings))
    return expression


DERIVATIONS = {
    "2.11": Expression(
        right=sig(k * z),
        claim=lambda: sympy.diff(log(1 + steep) / k, z),
        where=SOFT,
        mistakes=SOFTPLUS,
    ),
    "2.12": Expression(
        right=off * (direct + through),
        claim=lambda: sympy.diff(written_out(off**2 / 2, TWICE), w),
        where=TWICE,
        mistakes=TIED_NEURON,
    ),
}
