"""The derivations of chapter 8, Backpropagation in NumPy."""

from __future__ import annotations

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

a_s = sympy.Symbol("a_s", positive=True)
x_1, y_1, a_1, a_2, a_3 = sympy.symbols("x_1 y_1 a_1 a_2 a_3", real=True)
w_1, w_2, w_3, b_1, b_2, b_3 = sympy.symbols("w_1 w_2 w_3 b_1 b_2 b_3", real=True)
CHAIN = {
    a_1: sympy.tanh(w_1 * x_1 + b_1),
    a_2: sympy.tanh(w_2 * a_1 + b_2),
    a_3: 1 / (1 + sympy.exp(-(w_3 * a_2 + b_3))),
}
miss = a_3 - y_1
s_1, s_2 = 1 - a_1**2, 1 - a_2**2


def softplus_slope() -> sympy.Expr:
    """Return the slope of the softplus, with z written as a function of the activation."""
    z = sympy.Symbol("z", real=True)
    return sympy.diff(sympy.log(1 + sympy.exp(z)), z).subs(z, sympy.log(sympy.exp(a_s) - 1))


def chain_slope() -> sympy.Expr:
    """Return SymPy's slope of the whole loss in the first weight, with names put back for what is evaluated often.

    The loss is the binary cross-entropy with a = sigma(z) put in.
    """
    hidden_1 = sympy.tanh(w_1 * x_1 + b_1)
    hidden_2 = sympy.tanh(w_2 * hidden_1 + b_2)
    z_3 = w_3 * hidden_2 + b_3
    slope = sympy.diff(sympy.log(1 + sympy.exp(z_3)) - y_1 * z_3, w_1)
    return slope.xreplace({hidden_2: a_2}).xreplace({hidden_1: a_1})


DERIVATIONS = {
    "8.10": Expression(
        right=1 - sympy.exp(-a_s),
        claim=softplus_slope,
        mistakes=(
            Mistake(
                "inverse",
                1 / (sympy.exp(a_s) - 1),
                "You have turned something round: from the activation first get the exponential of z, then put "
                "it into the slope.",
            ),
            Mistake(
                "M12",
                sympy.exp(a_s),
                "That is one plus the exponential of z, written with the activation: a good start, the slope is "
                "still to come.",
            ),
            Mistake("M5", a_s, "That is the activation itself: how it moves with z is asked for."),
            Mistake(
                "tanh",
                1 - a_s,
                "You took what the activation lacks to one: that goes with a curve that ends at one.",
            ),
            Mistake(
                "inverse",
                1 / (1 + 1 / sympy.log(a_s)),
                "You turned the softplus round the wrong way: first undo the logarithm, then what is inside it.",
            ),
            Mistake(
                "inverse",
                a_s / (1 + a_s),
                "You took the exponential of z for the activation: the logarithm around it has to be undone.",
            ),
            Mistake(
                "inverse",
                1 / (1 + sympy.exp(1 - sympy.exp(a_s))),
                "You took the exponential of z for z itself: one more logarithm leads to z.",
            ),
            Mistake(
                "sign",
                (sympy.exp(a_s) - 1) / (sympy.exp(a_s) + 1),
                "Below the fraction a sign is wrong: put the exponential of z into the slope once more, above "
                "and below.",
            ),
            Mistake("M12", 1 - sympy.exp(-2 * a_s), "A two has come in: there is no square in the softplus."),
            Mistake("M12", (1 - sympy.exp(-a_s)) ** 2, "You took the slope twice: it is a factor once."),
            Mistake(
                "not-done",
                sympy.log(1 + sympy.exp(a_s)),
                "That is the softplus of the activation: the slope is asked for.",
            ),
            Mistake(
                "inverse",
                (a_s - 1) / a_s,
                "You lost a logarithm when you turned the softplus round: the activation stands in an exponent.",
            ),
            Mistake(
                "M5",
                1 / (1 + sympy.exp(-a_s)),
                "Your slope is right as a function of z, and you put the activation where z belongs: write z with "
                "the activation first.",
            ),
            Mistake("sigmoid", a_s * (1 - a_s), "That is how the slope of the sigmoid is read off its activation."),
            Mistake("tanh", 1 - a_s**2, "That is how the slope of the tanh is read off its activation."),
            Mistake(
                "M12",
                sympy.exp(-a_s),
                "You took the slope of the logarithm alone: the link inside it has a slope as well.",
            ),
            Mistake(
                "M12",
                sympy.exp(a_s) - 1,
                "You took the slope of what is inside the logarithm alone: the logarithm has one as well.",
            ),
            Mistake(
                "M12",
                1 / a_s,
                "You differentiated the logarithm at the activation: what is inside it is another thing.",
            ),
            Mistake(
                "inverse",
                sympy.log(sympy.exp(a_s) - 1),
                "That is z itself, written with the activation: a good start, the slope is still to come.",
            ),
            Mistake(
                "inverse",
                1 / (1 - sympy.exp(-a_s)),
                "That is how z moves with the activation: asked for is how the activation moves with z.",
            ),
            Mistake(
                "M5",
                sympy.exp(-a_s) / (1 + sympy.exp(-a_s)),
                "You put the activation where z belongs, and took what the slope lacks to one.",
            ),
            Mistake(
                "M12",
                sympy.exp(-a_s) * (1 - sympy.exp(-a_s)),
                "You differentiated once too often: that is the slope of the slope.",
            ),
            Mistake("sign", 1 - sympy.exp(a_s), "A sign in the exponent is lost: a slope of the softplus is positive."),
            Mistake(
                "sign",
                1 + sympy.exp(-a_s),
                "A sign is lost: the softplus is nowhere steeper than one.",
            ),
            Mistake("rectified", sympy.Integer(1), "That is the slope of a rectified unit where it is open."),
            Mistake(
                "inner",
                1 + sympy.exp(a_s),
                "You put the activation into the logarithm: it is what the logarithm gives.",
            ),
            Mistake(
                "inner",
                (sympy.exp(a_s) - 1) * sympy.exp(a_s),
                "You multiplied by what is inside the logarithm: the slope of a logarithm divides by it.",
            ),
            Mistake(
                "M12",
                a_s * (1 - sympy.exp(-a_s)),
                "You multiplied by the activation as well: a composition has one factor for each link, and "
                "each link is differentiated.",
            ),
        ),
    ),
    "8.11": Expression(
        right=miss * w_3 * s_2 * w_2 * s_1 * x_1,
        claim=chain_slope,
        where=CHAIN,
        mistakes=(
            Mistake(
                "M12",
                miss * (w_3 * s_2 + w_2 * s_1) * x_1,
                "You added what belongs to different layers: links of one chain are multiplied.",
            ),
            Mistake(
                "slope",
                miss * w_3 * s_2 * w_2 * a_1 * (1 - a_1) * x_1,
                "The slope of the first hidden unit is that of a sigmoid: it is a tanh.",
            ),
            Mistake(
                "slope",
                miss * w_3 * a_2 * (1 - a_2) * w_2 * s_1 * x_1,
                "The slope of the second hidden unit is that of a sigmoid: it is a tanh.",
            ),
            Mistake(
                "incoming",
                miss * w_3 * a_2 * s_2 * w_2 * a_1 * s_1 * x_1,
                "You multiplied by the activations besides: on the way back their slopes are passed, not their values.",
            ),
            Mistake(
                "incoming",
                miss * w_3 * s_2 * a_1 * w_2 * s_1 * x_1,
                "You multiplied by an activation besides: that belongs to the gradient of the second weight.",
            ),
            Mistake(
                "off-by-one",
                miss * w_2 * s_1 * w_1 * s_2 * x_1,
                "Your weights are one layer too low: the way back passes the weight above each unit.",
            ),
            Mistake(
                "off-by-one",
                miss * w_3 * s_2 * w_1 * s_1 * x_1,
                "You passed the first weight in place of the second: the way back from unit two to unit one "
                "passes what joins them.",
            ),
            Mistake(
                "off-by-one",
                miss * w_3**2 * s_2 * s_1 * x_1,
                "You passed the third weight twice: each link has a weight of its own.",
            ),
            Mistake(
                "off-by-one",
                miss * w_3 * s_2**2 * w_2 * x_1,
                "You passed the second unit twice: each has a slope of its own.",
            ),
            Mistake(
                "one-term",
                -y_1 * (1 - a_3) * w_3 * s_2 * w_2 * s_1 * x_1,
                "You differentiated the first term of the loss only.",
            ),
            Mistake(
                "one-term",
                (1 - y_1) * a_3 * w_3 * s_2 * w_2 * s_1 * x_1,
                "You differentiated the second term of the loss only.",
            ),
            Mistake(
                "upstream",
                w_3 * s_2 * w_2 * s_1 * x_1,
                "The first link is missing: how much the loss minds the prediction.",
            ),
            Mistake(
                "slope",
                miss * w_3 * s_2 * w_2 * (1 - x_1**2) * x_1,
                "You took a slope of the input: it is that of the first unit.",
            ),
            Mistake(
                "slope",
                miss * w_3 * (1 - a_2) ** 2 * w_2 * (1 - a_1) ** 2 * x_1,
                "You squared too much in the slopes of the tanh: the square belongs to the activation alone.",
            ),
            Mistake(
                "slope",
                miss * w_3 / sympy.cosh(w_2 * a_1 + b_2) * w_2 / sympy.cosh(w_1 * x_1 + b_1) * x_1,
                "You lost the squares in the slopes of the tanh.",
            ),
            Mistake(
                "incoming",
                miss * w_3 * s_2 * w_2 * s_1 * (x_1 + 1),
                "You added the gradient of the bias: that of the weight is asked for.",
            ),
            Mistake("too-early", miss * w_3 * s_2, "That is delta of the second layer: the loop has further to go."),
            Mistake("too-early", miss, "That is delta of the output: the loop has further to go."),
            Mistake("M7", miss * w_3 * w_2 * s_1 * x_1, "The slope of the second hidden unit is missing."),
            Mistake("M7", miss * w_3 * s_2 * w_2 * x_1, "The slope of the first hidden unit is missing."),
            Mistake("M7", miss * w_3 * w_2 * x_1, "The slopes of both hidden units are missing."),
            Mistake(
                "slope",
                miss * w_3 * a_2 * (1 - a_2) * w_2 * a_1 * (1 - a_1) * x_1,
                "Those are slopes of the sigmoid: the hidden units are tanh.",
            ),
            Mistake(
                "slope",
                miss * w_3 * (1 - a_2) * w_2 * (1 - a_1) * x_1,
                "You lost the squares in the slopes of the tanh.",
            ),
            Mistake(
                "slope",
                miss * w_3 * (1 + a_2**2) * w_2 * (1 + a_1**2) * x_1,
                "The sign inside your slopes of the tanh is wrong: it is steepest at zero.",
            ),
            Mistake(
                "M5",
                miss * w_3 * (1 - sympy.tanh(a_2) ** 2) * w_2 * (1 - sympy.tanh(a_1) ** 2) * x_1,
                "You took the slopes of the tanh at the activations; they belong at the pre-activations.",
            ),
            Mistake(
                "extra-slope",
                miss * a_3 * (1 - a_3) * w_3 * s_2 * w_2 * s_1 * x_1,
                "There is one slope too many at the output: that would be the squared error. With this loss it "
                "has cancelled.",
            ),
            Mistake(
                "extra-slope",
                miss * (1 - a_3**2) * w_3 * s_2 * w_2 * s_1 * x_1,
                "There is a slope of the tanh at the output: it is a sigmoid, and its slope has cancelled.",
            ),
            Mistake(
                "half-way",
                miss / (a_3 * (1 - a_3)) * w_3 * s_2 * w_2 * s_1 * x_1,
                "The slope of the output's sigmoid is missing: your first factor is the slope in its activation.",
            ),
            Mistake("weights-forgotten", miss * s_2 * w_2 * s_1 * x_1, "The weight of the output is missing."),
            Mistake("weights-forgotten", miss * w_3 * s_2 * s_1 * x_1, "The weight of the second layer is missing."),
            Mistake("weights-forgotten", miss * s_2 * s_1 * x_1, "Both weights on the way are missing."),
            Mistake(
                "own-value",
                miss * w_3 * s_2 * w_2 * s_1 * w_1 * x_1,
                "You passed the weight itself as well: its own gradient ends at what it is multiplied with.",
            ),
            Mistake(
                "own-value",
                miss * w_3 * s_2 * w_2 * s_1 * w_1,
                "You multiplied by the weight itself: its derivative leaves what it is multiplied with.",
            ),
            Mistake(
                "incoming",
                miss * w_3 * s_2 * w_2 * s_1,
                "That is delta of the first layer: what comes in through the weight is missing.",
            ),
            Mistake(
                "incoming",
                miss * w_3 * s_2 * w_2 * s_1 * a_1,
                "You multiplied by what the first unit sends: a weight carries what comes in.",
            ),
            Mistake(
                "too-early",
                miss * w_3 * s_2 * a_1,
                "That is the gradient of the second weight: the loop has one more turn.",
            ),
            Mistake("too-early", miss * a_2, "That is the gradient of the third weight: the loop has two more turns."),
            Mistake(
                "off-by-one",
                miss * w_3 * (1 - a_3**2) * w_2 * s_2 * x_1,
                "Your slopes are one layer too far up: each belongs to the unit that the delta arrives at.",
            ),
            Mistake(
                "M12",
                miss + w_3 * s_2 + w_2 * s_1 + x_1,
                "You added the links: along one path they are multiplied.",
            ),
            Mistake(
                "M12",
                miss * w_3 * (a_2 * w_2 * s_1 + s_2 * a_1) * x_1,
                "This looks like the rule for products: the layers are inside one another, not side by side.",
            ),
            Mistake(
                "M13 loss",
                -(y_1 * sympy.log(a_3) + (1 - y_1) * sympy.log(1 - a_3)) * w_3 * s_2 * w_2 * s_1 * x_1,
                "You began with the loss itself: the chain begins with its slope.",
            ),
        ),
    ),
}
