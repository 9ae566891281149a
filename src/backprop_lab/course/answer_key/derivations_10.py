"""The derivations of chapter 10, Gradient descent and its variants."""

from __future__ import annotations

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

g_1, g_2 = sympy.symbols("g_1 g_2", real=True)
lambda_1, lambda_2 = sympy.symbols("lambda_1 lambda_2", positive=True)
beta, sigma, tau = sympy.symbols("beta sigma tau", positive=True)

SQUARED = g_1**2 + g_2**2
CURVED = lambda_1 * g_1**2 + lambda_2 * g_2**2
NOISE = sigma**2 * (1 - beta) / (1 + beta)


def lowest_along_gradient() -> sympy.Expr:
    """Return the rate at which one step ends lowest, by letting SymPy minimise the loss along the line."""
    rate = sympy.Symbol("rate")
    curved = ((lambda_1, g_1), (lambda_2, g_2))
    loss = sum(curvature * (g / curvature - rate * g) ** 2 / 2 for curvature, g in curved)
    (lowest,) = sympy.solve(sympy.diff(loss, rate), rate)
    return lowest


def variance_at_rest() -> sympy.Expr:
    """Return the variance that a step of the mean leaves as it is."""
    variance = sympy.Symbol("V")
    (rest,) = sympy.solve(beta**2 * variance + (1 - beta) ** 2 * sigma**2 - variance, variance)
    return rest


DERIVATIONS = {
    "10.10": Expression(
        right=SQUARED / CURVED,
        claim=lowest_along_gradient,
        mistakes=(
            Mistake(
                "long-run",
                2 / (lambda_1 + lambda_2),
                "That is the best rate for many steps from anywhere; here it is one step, along this gradient.",
            ),
            Mistake(
                "limit",
                2 * SQUARED / CURVED,
                "There the loss is just as high as before the step; or a half has been lost on the way.",
            ),
            Mistake("half", SQUARED / CURVED / 2, "The square of the rate has a two in its derivative."),
            Mistake("inverted", CURVED / SQUARED, "That is the curvature along the gradient: the rate is one over it."),
            Mistake(
                "one-direction",
                1 / lambda_1,
                "That rate arrives at once in one direction; the step moves along both.",
            ),
            Mistake(
                "one-direction",
                1 / lambda_2,
                "That rate arrives at once in one direction; the step moves along both.",
            ),
            Mistake(
                "plain-mean",
                1 / (lambda_1 + lambda_2),
                "The curvatures count as much as the gradient goes in their direction.",
            ),
            Mistake(
                "plain-mean",
                (1 / lambda_1 + 1 / lambda_2) / 2,
                "A mean of two rates: the two directions count as much as the gradient goes along them.",
            ),
            Mistake(
                "squares",
                (g_1 + g_2) / (lambda_1 * g_1 + lambda_2 * g_2),
                "The parts of the gradient come in with their squares: once from the slope, once from the step.",
            ),
            Mistake(
                "squares",
                sympy.sqrt(SQUARED) / CURVED,
                "That is for a step of given direction and length one: the gradient has its own length.",
            ),
            Mistake(
                "curvature-squared",
                SQUARED / (lambda_1**2 * g_1**2 + lambda_2**2 * g_2**2),
                "The curvature came in twice below the line.",
            ),
            Mistake(
                "curvature-squared",
                CURVED / (lambda_1**2 * g_1**2 + lambda_2**2 * g_2**2),
                "That makes the next gradient shortest; the loss is to be lowest.",
            ),
            Mistake(
                "place",
                (g_1**2 / lambda_1 + g_2**2 / lambda_2) / SQUARED,
                "That leads to the point of the line that is nearest to the minimum; the loss is to be lowest.",
            ),
            Mistake(
                "undivided",
                SQUARED,
                "That is how fast the loss falls at first: how it bends has no part in it yet.",
            ),
            Mistake(
                "product",
                SQUARED / (lambda_1 * lambda_2),
                "The curvatures came in as a product: the two directions know nothing of each other.",
            ),
            Mistake("sign", -SQUARED / CURVED, "A rate is positive: the step goes against the gradient already."),
            Mistake(
                "one-curvature",
                (g_1**2 + g_2**2) / (lambda_2 * g_1**2 + lambda_1 * g_2**2),
                "The two curvatures have changed places: each weighs its own part of the gradient.",
            ),
            Mistake("one-curvature", (g_1**2 + g_2**2) / (g_1**2 + lambda_2 * g_2**2), "One curvature is missing."),
            Mistake("one-curvature", 2 / lambda_1, "That is the limit of one direction alone."),
            Mistake(
                "squares",
                (g_1 * lambda_1 + g_2 * lambda_2) / (lambda_1 * g_1**2 + lambda_2 * g_2**2),
                "Above the line stands the slope of the loss along the step: it has the square of the gradient.",
            ),
            Mistake(
                "squares",
                (g_1**2 / lambda_1**2 + g_2**2 / lambda_2**2) / (g_1**2 / lambda_1 + g_2**2 / lambda_2),
                "You stepped along the place in place of the gradient: the two are not parallel here.",
            ),
            Mistake(
                "newton",
                1 / lambda_1 + 1 / lambda_2,
                "Each direction has been given its own best rate, and then you added them: one rate serves both.",
            ),
            Mistake("newton", sympy.Integer(1), "That is the best rate only where all curvatures are one."),
        ),
    ),
    "10.11": Expression(
        right=NOISE,
        claim=variance_at_rest,
        where={beta: tau / (1 + tau)},
        mistakes=(
            Mistake(
                "unchanged",
                sigma**2,
                "The weights of a mean sum to one, but variances are weighted with their squares; mixed "
                "products vanish.",
            ),
            Mistake(
                "squares",
                sigma**2 * (1 - beta),
                "You counted the gradients by their weights: variances go by the squares of the weights, "
                "powers of beta and share.",
            ),
            Mistake(
                "squares",
                sigma**2 / (1 + beta),
                "The weights have not all been squared: the share in front is missing its square.",
            ),
            Mistake(
                "last-only", sigma**2 * (1 - beta) ** 2, "That is the newest gradient alone: older ones add theirs."
            ),
            Mistake(
                "sum",
                sigma**2 / (1 - beta**2),
                "That is the variance of momentum's sum: a mean has a share in front of each gradient.",
            ),
            Mistake(
                "root",
                sigma * (1 - beta) / (1 + beta),
                "Spread and variance are mixed: sigma is a spread, the variance has its square.",
            ),
            Mistake(
                "root",
                sigma * sympy.sqrt((1 - beta) / (1 + beta)),
                "That is the spread: the variance is asked for.",
            ),
            Mistake(
                "inverted",
                sigma**2 * (1 + beta) / (1 - beta),
                "A mean would be noisier than what it averages: you have it upside down.",
            ),
            Mistake(
                "share",
                (1 + beta) / (1 - beta),
                "That is how many gradients the mean is worth: the variance is asked for.",
            ),
            Mistake(
                "share",
                (1 - beta) / (1 + beta),
                "That is the share: the variance of the noise itself belongs to it.",
            ),
            Mistake(
                "inner-sign",
                sigma**2 * (1 - beta) ** 2 / (1 + beta**2),
                "The series of the squares has a minus below the line.",
            ),
            Mistake(
                "share",
                sigma**2 * beta**2 / (1 - beta**2),
                "The shares are the wrong way round: beta is what stays of the old mean.",
            ),
            Mistake(
                "squares",
                sigma**2 * (1 - beta) ** 2 / (1 - beta) ** 2 / 2,
                "The mixed products are no part of it, and no half either.",
            ),
            Mistake(
                "share",
                sigma**2 / tau,
                "The mean age is not the number of gradients that a mean is worth: it is near it for a long memory.",
            ),
            Mistake(
                "recursion",
                (beta * sigma) ** 2 + ((1 - beta) * sigma) ** 2,
                "That is one step of the recursion: it has to rest.",
            ),
            Mistake(
                "share",
                sigma**2 / (2 * tau),
                "For a long memory that is near it: the newest gradient has been left out of the count.",
            ),
            Mistake(
                "sum",
                sigma**2 / (1 - beta),
                "You added up the weights of a sum, unsquared: a mean has a share in front, and variances go "
                "by squares.",
            ),
            Mistake(
                "unchanged",
                sympy.Integer(0),
                "It would be nothing if all gradients counted alike: old ones fade, so noise is left.",
            ),
            Mistake(
                "inner-sign",
                sigma**2 * (1 - beta) / (1 + beta**2),
                "Below the line a power is too many: cancel once more.",
            ),
            Mistake(
                "root",
                sigma**2 / sympy.sqrt(1 + 2 * tau),
                "You took the root of the share alone: spreads have a root, variances have none.",
            ),
        ),
    ),
}
