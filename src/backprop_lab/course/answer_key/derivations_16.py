"""The derivations of chapter 16, Beyond backpropagation."""

from __future__ import annotations

from typing import Any

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

x, y, w, b = sympy.symbols("x y w b", real=True)
a, theta = sympy.symbols("a theta", real=True)
mu, sigma = sympy.symbols("mu sigma", positive=True)


def s(u: Any) -> sympy.Expr:
    """Return the sigmoid of u, written out."""
    return 1 / (1 + sympy.exp(-u))


def step_of_neuron() -> sympy.Expr:
    """Return the step of the weight, by Cramer's rule on derivatives that SymPy takes."""
    r = s(w * x + b) - y
    J = [sympy.diff(r, w), sympy.diff(r, b)]
    g, H = [r * each for each in J], [[p * q for q in J] for p in J]
    top = -g[0] * (H[1][1] + mu) + g[1] * H[0][1]
    return top / ((H[0][0] + mu) * (H[1][1] + mu) - H[0][1] * H[1][0])


k = a * (1 - a)
miss = a - y
span = x**2 + 1
NEURON_MISTAKES = (
    Mistake(
        "M13",
        -miss * x / (span + mu),
        "The slope of the sigmoid is missing: the Jacobian is that of the prediction, not of z.",
    ),
    Mistake("M13", -miss * x / (k**2 * span + mu), "The slope is missing in the gradient; in the table you have it."),
    Mistake("slope", -miss * k * x / (span + mu), "The slope is missing in the table; in the gradient you have it."),
    Mistake(
        "slope", -miss * k * x / (k * span + mu), "In the table the slope occurs in both factors, so it is squared."
    ),
    Mistake(
        "bias",
        -miss * k * x / (k**2 * x**2 + mu),
        "You left the bias out: weight and bias move together, and the table holds how.",
    ),
    Mistake(
        "bias",
        -miss * k * x * (k**2 * (1 - x**2) + mu) / ((k**2 * x**2 + mu) * (k**2 + mu) - k**4 * x**2),
        "An entry off the diagonal has the wrong factor: it is a product of the two slopes.",
    ),
    Mistake(
        "bias",
        -miss * k * (k**2 * (x**2 - x + 1) + mu) / (k**2 * span + mu),
        "You have swapped weight and bias somewhere on the way.",
    ),
    Mistake("bias", -miss * k / (k**2 * span + mu), "That is the step of the bias."),
    Mistake(
        "square", -miss * k * x / (k**2 * (x + 1) ** 2 + mu), "You added before you squared: the table adds squares."
    ),
    Mistake(
        "damping",
        -miss * x / (k * span),
        "The damping is missing: without it one example can't tell weight and bias apart.",
    ),
    Mistake("damping", -miss * k * x / (k**2 * span + mu**2), "The damping is squared."),
    Mistake(
        "damping",
        -miss * k * x / (k**2 * span + 2 * mu),
        "The damping is doubled: the half before it is used up by the square.",
    ),
    Mistake(
        "damping",
        -miss * k * x / (k**2 * span + mu / 2),
        "The damping is halved: the half before it is used up by the square.",
    ),
    Mistake(
        "damping",
        -miss * k * x / (k**2 * span),
        "The damping is missing: without it one example can't tell weight and bias apart.",
    ),
    Mistake("damping", -miss * k * x / (k**2 * span * mu), "You multiplied by the damping; it is added."),
    Mistake("damping", -miss * k * x / (k**2 * span + 1 + mu), "Something besides the damping is added to the table."),
    Mistake("gradient", -miss * k * x, "That is the gradient, turned round: the step divides it by the curvature."),
    Mistake(
        "gradient", -miss * k * x / mu, "That is the step for a very large damping: the curvature has dropped out."
    ),
    Mistake(
        "newton",
        -miss * k * x / ((k**2 + miss * k * (1 - 2 * a)) * span + mu),
        "You took the second derivative of the loss, with the bend of the sigmoid in it; this method takes the "
        "residual as straight.",
    ),
    Mistake(
        "residual",
        -k * x / (k**2 * span + mu),
        "The residual is missing: the step has to know how far off the prediction is.",
    ),
    Mistake(
        "residual", -a * k * x / (k**2 * span + mu), "You took the prediction for the residual: the target is missing."
    ),
    Mistake("residual", -(miss**2) / 2 * k * x / (k**2 * span + mu), "You took the loss for the residual."),
    Mistake("M5", -miss * s(a) * (1 - s(a)) * x / ((s(a) * (1 - s(a))) ** 2 * span + mu)),
    Mistake(
        "M5 short form", -miss * (w * x + b) * (1 - w * x - b) * x / (((w * x + b) * (1 - w * x - b)) ** 2 * span + mu)
    ),
    Mistake("too-far", w - miss * k * x / (k**2 * span + mu), "That is the new weight; the step alone is asked for."),
    Mistake(
        "damping",
        -miss / (k * x),
        "You divided the residual by one slope: that step would make it zero if the bias stood still, and nothing "
        "damps it.",
    ),
    Mistake(
        "damping",
        -miss * k * x / (k**2 * (span + mu)),
        "The damping is multiplied by the squared slope: it stands beside it.",
    ),
    Mistake(
        "square",
        -miss * k * x / (k**2 * x**2 + 1 + mu),
        "The bias has the same slope of the sigmoid in its entry: brackets are missing.",
    ),
    Mistake(
        "derivative",
        -miss * k * x / (k**2 * (w**2 + b**2) + mu),
        "You put the parameters into the table; the slopes by the parameters belong there.",
    ),
    Mistake(
        "square",
        -miss * k * x / (k**2 * (x + 1) + mu),
        "The table holds squares of slopes: that of the weight has the input squared.",
    ),
    Mistake(
        "tanh",
        -miss * (1 - a**2) * x / ((1 - a**2) ** 2 * span + mu),
        "That is the slope of the tanh: this neuron is a sigmoid.",
    ),
    Mistake(
        "residual",
        -(miss**2) * k * x / (k**2 * span + mu),
        "The residual is squared: in the gradient of half its square it stands once.",
    ),
    Mistake(
        "upside-down", -(k**2 * span + mu) / (miss * k * x), "Your quotient is upside down: the table belongs below."
    ),
    Mistake(
        "damping",
        -miss * k * x / (k**2 * (x**2 * (1 + mu) + 1)),
        "Your damping is a factor of one entry: it is added to the whole diagonal.",
    ),
    Mistake(
        "damping",
        -miss * k * x / (k**2 * span * (1 + mu)),
        "Your damping is a factor of the table: it is added to the diagonal.",
    ),
    Mistake("gradient", -mu * miss * k * x, "You took the damping for a learning rate."),
    Mistake(
        "incoming",
        -miss * k * x**2 / (k**2 * span + mu),
        "The input is squared above the line: in the gradient it stands once.",
    ),
    Mistake("target", y * k * x / (k**2 * span + mu), "Of the residual only the target is left."),
    Mistake(
        "too-much",
        -miss * k * x / (k**2 * x**2 + mu) - miss * k / (k**2 + mu),
        "You added the steps of weight and bias, each solved alone: they move together, and the step of the weight is "
        "asked for.",
    ),
    Mistake(
        "root",
        -miss * k * x / sympy.sqrt(k**2 * span + mu),
        "There is no root in the table: it holds products of slopes.",
    ),
)


def blurred_slope() -> sympy.Expr:
    """Return the slope of the blurred loss: blurring a polynomial is running the heat equation on it."""
    loss = theta**4 / 2 - 3 * theta**2
    blurred = sum(((sigma**2 / 2) ** n / sympy.factorial(n)) * sympy.diff(loss, theta, 2 * n) for n in range(3))
    return sympy.diff(blurred, theta)


BLUR_MISTAKES = (
    Mistake(
        "no-blur",
        2 * theta**3 - 6 * theta,
        "That is the slope of the loss itself, as if the reach were nothing: a term with the reach stays.",
    ),
    Mistake(
        "moments",
        2 * theta**3 + 2 * sigma**2 * theta - 6 * theta,
        "You took the mean of the fourth power for one; it is larger.",
    ),
    Mistake(
        "moments",
        6 * theta**3 + 2 * sigma**2 * theta - 18 * theta,
        "You have swapped the means of the second and the fourth power.",
    ),
    Mistake(
        "moments",
        6 * theta**3 + 6 * sigma**2 * theta - 18 * theta,
        "You took the mean of the second power for three; it is one.",
    ),
    Mistake(
        "moments",
        2 * theta**3 + 4 * sigma**2 * theta - 6 * theta,
        "You took another mean of the fourth power than the given one.",
    ),
    Mistake(
        "moments",
        2 * theta**3 + 30 * sigma**2 * theta - 6 * theta,
        "You took the mean of the sixth power: there are three of the noise in the cube, and one more in front.",
    ),
    Mistake(
        "forgot-direction",
        sympy.Integer(0),
        "You averaged the slopes without their directions: they cancel. The direction stands behind the quotient.",
    ),
    Mistake(
        "binomial",
        2 * theta**3 + 3 * sigma**2 * theta / 2 - 6 * theta,
        "A binomial coefficient is missing before the cube of the noise.",
    ),
    Mistake("binomial", theta**3 / 2 + 3 * sigma**2 * theta / 2 - 3 * theta, "The binomial coefficients are missing."),
    Mistake(
        "binomial",
        2 * theta**3 + 9 * sigma**2 * theta - 6 * theta,
        "A binomial coefficient of the fourth power is not right.",
    ),
    Mistake(
        "reach",
        2 * theta**3 + 6 * sigma * theta - 6 * theta,
        "The power of the reach is not right: three come from the cube, one goes with the quotient.",
    ),
    Mistake(
        "reach",
        2 * theta**3 + 6 * sigma**3 * theta - 6 * theta,
        "The power of the reach is not right: three come from the cube, one goes with the quotient.",
    ),
    Mistake(
        "reach",
        2 * theta**3 + 6 * theta - 6 * theta,
        "The reach has dropped out of the second term: it must be small where the reach is.",
    ),
    Mistake("reach", sigma * (2 * theta**3 + 6 * sigma**2 * theta - 6 * theta), "You have yet to divide by the reach."),
    Mistake(
        "reach",
        2 * sigma * (2 * theta**3 + 6 * sigma**2 * theta - 6 * theta),
        "You have yet to divide by twice the reach.",
    ),
    Mistake(
        "reach", (2 * theta**3 + 6 * sigma**2 * theta - 6 * theta) / sigma, "You divided by the reach once too often."
    ),
    Mistake(
        "blur-sign",
        2 * theta**3 - 6 * sigma**2 * theta - 6 * theta,
        "The term with the reach has the wrong sign: all terms of a power of a sum are added.",
    ),
    Mistake(
        "blurred-loss",
        theta**4 / 2 + 3 * sigma**2 * theta**2 + 3 * sigma**4 / 2 - 3 * theta**2 - 3 * sigma**2,
        "That is the mean of the loss, not yet of the estimate.",
    ),
    Mistake("blurred-loss", theta**4 / 2 - 3 * theta**2, "That is the loss itself."),
    Mistake("parabola", 2 * theta**3 + 6 * sigma**2 * theta, "The parabola has got lost."),
    Mistake("parabola", 2 * theta**3 + 6 * sigma**2 * theta - 3 * theta, "The slope of the parabola is not right."),
    Mistake("one-term", 6 * sigma**2 * theta, "That is what the blur adds; the slope itself belongs to it."),
    Mistake(
        "even-terms",
        2 * theta**3 + 6 * sigma**2 * theta - 6 * theta + sigma**3 / 2,
        "Even powers of the noise cancel between up and down: they are the same on both sides.",
    ),
    Mistake(
        "half",
        4 * theta**3 + 6 * sigma**2 * theta - 6 * theta,
        "The half before the fourth power is lost in one of the terms.",
    ),
    Mistake("half", 4 * theta**3 + 12 * sigma**2 * theta - 6 * theta, "The half before the fourth power is lost."),
    Mistake(
        "elsewhere",
        2 * (theta + sigma) ** 3 - 6 * (theta + sigma),
        "That is the slope at the upper place: the mean over all noise is asked for.",
    ),
    Mistake(
        "reach",
        2 * theta**3 + 6 * sigma**4 * theta - 6 * theta,
        "The power of the reach is not right: three come from the cube, one goes with the quotient.",
    ),
    Mistake(
        "binomial",
        theta**3 / 2 + 3 * sigma**2 * theta / 2 - 6 * theta,
        "Binomial coefficients are missing in the fourth power.",
    ),
    Mistake(
        "binomial",
        2 * theta**3 + 3 * sigma**2 * theta - 6 * theta,
        "A factor of two is lost in the second term: both sides of the pair contribute to it.",
    ),
    Mistake(
        "binomial",
        2 * theta**3 + 12 * sigma**2 * theta - 6 * theta,
        "The second term is twice too large: the difference is divided by twice the reach.",
    ),
    Mistake(
        "moments", 2 * theta**3 + 18 * sigma**2 * theta - 6 * theta, "The mean of the fourth power is in there twice."
    ),
    Mistake(
        "moments",
        2 * theta**3 + 6 * sigma**2 * theta - 18 * theta,
        "The parabola meets the second power of the noise only, and that has the mean one.",
    ),
    Mistake(
        "parabola", 2 * theta**3 + 6 * sigma**2 * theta + 6 * theta, "The parabola opens downwards: its sign is lost."
    ),
    Mistake(
        "parabola",
        2 * theta**3 + 6 * sigma**2 * theta - 6 * theta - 6 * sigma**2,
        "The parabola gives nothing but its slope: the rest of it is the same on both sides.",
    ),
    Mistake(
        "blurred",
        2 * theta**3 + 6 * sigma**2 * theta**2 - 6 * theta,
        "In the second term the place has the wrong power: the powers of place and noise add up to four.",
    ),
    Mistake("curvature", 6 * theta**2 - 6, "That is the second derivative of the loss."),
    Mistake(
        "blurred",
        2 * theta**3 + 6 * sigma**2 * theta - 6 * theta + 3 * sigma**4,
        "Even powers of the noise cancel between up and down: they are the same on both sides.",
    ),
    Mistake(
        "blurred",
        2 * sigma**2 * theta**3 - 6 * theta,
        "The reach belongs to another term: sort by the powers of the noise.",
    ),
    Mistake(
        "moments",
        2 * theta**3 + sigma**2 * theta - 6 * theta,
        "In the second term the coefficient is not that of the fourth power times the mean of the noise.",
    ),
)


DERIVATIONS = {
    "16.10": Expression(
        right=-miss * k * x / (k**2 * span + mu),
        claim=step_of_neuron,
        where={a: s(w * x + b)},
        mistakes=NEURON_MISTAKES,
    ),
    "16.11": Expression(
        right=2 * theta**3 + 6 * sigma**2 * theta - 6 * theta, claim=blurred_slope, mistakes=BLUR_MISTAKES
    ),
}
