"""The derivations of chapter 11, Vanishing and exploding gradients."""

from __future__ import annotations

import functools

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

n, alpha = sympy.symbols("n alpha", positive=True)
w, y, a0, a1, a2, h1, h2 = sympy.symbols("w y a0 a1 a2 h1 h2", real=True)
TWO = sympy.Integer(2)


@functools.cache
def leaky_variance() -> sympy.Expr:
    """Solve n Var(W) E[a^2] = Var(z), with the mean square of a leaky ReLU by integration."""
    v, W = sympy.symbols("v W", positive=True)
    t = sympy.Symbol("t", real=True)
    density = sympy.exp(-(t**2) / (2 * v)) / sympy.sqrt(2 * sympy.pi * v)
    half = sympy.integrate(t**2 * density, (t, 0, sympy.oo))
    (found,) = sympy.solve(n * W * (half + alpha**2 * half) - v, W)
    return found


def shared_block_loss() -> sympy.Expr:
    """Return the loss of two residual blocks with one weight, in terms of the weight and the input alone."""
    first = a0 + w * sympy.tanh(a0)
    return (first + w * sympy.tanh(first) - y) ** 2 / 2


MISS = a2 - y
SLOPE_1, SLOPE_2 = 1 - h1**2, 1 - h2**2


DERIVATIONS = {
    "11.10": Expression(
        right=TWO / ((1 + alpha**2) * n),
        claim=leaky_variance,
        mistakes=(
            Mistake("he", TWO / n, "That is the rule for the plain ReLU: the left half is not cut off here."),
            Mistake("half", 1 / n, "You let both halves pass at full size: then every unit would be linear."),
            Mistake(
                "square",
                TWO / ((1 + alpha) * n),
                "The slope on the left enters once; in a mean square it has to be squared.",
            ),
            Mistake(
                "square",
                TWO / ((1 + alpha) ** 2 * n),
                "You squared the sum of the two slopes: each half has its own square.",
            ),
            Mistake(
                "half",
                1 / ((1 + alpha**2) * n),
                "Each of the two halves holds one half of the mean square of z: the half is missing.",
            ),
            Mistake("sign", TWO / ((1 - alpha**2) * n), "You subtracted the left half; squares add up."),
            Mistake(
                "sign",
                TWO / ((1 - alpha) ** 2 * n),
                "You gave the left half the other sign before squaring; each half has its own square.",
            ),
            Mistake(
                "inverted",
                (1 + alpha**2) * n / 2,
                "That is upside down: it is what the variance of a weight is multiplied by.",
            ),
            Mistake(
                "inverted",
                (1 + alpha**2) / (2 * n),
                "You multiplied by the mean square where you should divide by it.",
            ),
            Mistake(
                "inverted",
                2 * (1 + alpha**2) / n,
                "More gets through a leaky unit, so the weights have to be smaller, not larger.",
            ),
            Mistake(
                "deviation",
                sympy.sqrt(TWO / ((1 + alpha**2) * n)),
                "That is the standard deviation; asked is the variance.",
            ),
            Mistake("n", TWO / (1 + alpha**2), "The number of inputs is missing: the sum has as many terms."),
            Mistake(
                "n",
                TWO / ((1 + alpha**2) * n**2),
                "The number of inputs enters twice: the variance of a sum of independent terms grows with it once.",
            ),
            Mistake("left-only", TWO / (alpha**2 * n), "You counted the left half only."),
            Mistake(
                "half",
                4 / ((1 + alpha**2) * n),
                "You took a quarter for each half: one half of the mean square lies on each side.",
            ),
            Mistake(
                "variance",
                1 / (n * ((1 + alpha**2) / 2 - (1 - alpha) ** 2 / (2 * sympy.pi))),
                "You took the variance of the activation; what counts in the sum above is its mean square.",
            ),
            Mistake(
                "weighted",
                TWO / ((1 - alpha + alpha**2) * n),
                "Check your mean square: at a slope of one on both sides it must be that of z itself.",
            ),
            Mistake(
                "square",
                4 / ((1 + alpha) ** 2 * n),
                "You took the mean slope and squared it: the squares come first, then their mean.",
            ),
            Mistake("half", 1 / ((1 + alpha**2 / 2) * n), "You halved the left side only: each side holds one half."),
            Mistake(
                "half", 1 / ((TWO / 4 + alpha**2) * n), "You halved the right side only: each side holds one half."
            ),
            Mistake("left-only", TWO / (alpha * n), "You counted the left half only, and its slope has to be squared."),
            Mistake("n", TWO / (n + alpha**2), "The number of inputs multiplies the whole mean square, of both sides."),
            Mistake(
                "sign",
                TWO / ((2 - alpha) * n),
                "Put a slope of nothing and a slope of one on the left into your rule: both have to fit.",
            ),
            Mistake(
                "inverted",
                (1 + alpha) ** 2 / (4 * n),
                "You multiplied by the square of the mean slope: mean squares count, and you divide by them.",
            ),
            Mistake(
                "uniform",
                6 / ((1 + alpha**2) * n),
                "That is the square of the reach of a uniform draw; asked is the variance.",
            ),
        ),
    ),
    "11.11": Expression(
        right=MISS * (h2 + (1 + w * SLOPE_2) * h1),
        claim=lambda: sympy.diff(shared_block_loss(), w),
        where={h1: sympy.tanh(a0), a1: a0 + w * h1, h2: sympy.tanh(a1), a2: a1 + w * h2},
        mistakes=(
            Mistake(
                "M1",
                MISS * h2,
                "You followed the weight in the second block only: it is in the first one too, and paths add up.",
            ),
            Mistake(
                "M1",
                MISS * (1 + w * SLOPE_2) * h1,
                "You followed the weight in the first block only: it is in the second one too, and paths add up.",
            ),
            Mistake(
                "shortcut",
                MISS * (h2 + w * SLOPE_2 * h1),
                "From the first block to the output you went through the second block only, and forgot the way "
                "around it.",
            ),
            Mistake(
                "shortcut",
                MISS * (h2 + h1),
                "From the first block to the output you went by the way around only; there is one through the "
                "second block as well.",
            ),
            Mistake(
                "M7",
                MISS * (h2 + (1 + w) * h1),
                "On the way back through the second block the slope of tanh is missing.",
            ),
            Mistake(
                "slope",
                MISS * (h2 + (1 + w * SLOPE_1) * h1),
                "You took the slope of the first tanh; back through the second block you pass the second.",
            ),
            Mistake(
                "slope",
                MISS * (h2 + (1 + w * h2 * (1 - h2)) * h1),
                "That is the slope of a sigmoid: this unit is a tanh.",
            ),
            Mistake(
                "slope",
                MISS * (h2 + (1 + w * (1 - h2)) * h1),
                "Your slope of tanh has no square: differentiate it once more.",
            ),
            Mistake(
                "slope",
                MISS * (h2 + (1 + w * (1 - a1**2)) * h1),
                "You put what the tanh receives into its slope, which is written with what it sends.",
            ),
            Mistake(
                "weights-forgotten",
                MISS * (h2 + (1 + SLOPE_2) * h1),
                "On the way back through the second block the weight is missing.",
            ),
            Mistake(
                "too-many-paths",
                MISS * (h2 * (1 + w * SLOPE_2) + h1 * (1 + w * SLOPE_2)),
                "In the second block the weight acts on the output at once: nothing lies between.",
            ),
            Mistake(
                "too-many-paths",
                MISS * (h2 + (1 + w * SLOPE_2) * (1 + w * SLOPE_1) * h1),
                "You went back through the first block as well: the weight enters inside it, after its tanh.",
            ),
            Mistake(
                "M12",
                MISS * h2 * (1 + w * SLOPE_2) * h1,
                "You multiplied the two paths by one another: links of one path are multiplied, paths are added.",
            ),
            Mistake(
                "M1",
                MISS * (h2 + (1 + w * SLOPE_2) * h1) / 2,
                "You took the mean of the two paths: they add up.",
            ),
            Mistake(
                "upstream",
                h2 + (1 + w * SLOPE_2) * h1,
                "That is the derivative of the output: how much the loss minds it is missing.",
            ),
            Mistake(
                "M13 loss",
                MISS**2 / 2 * (h2 + (1 + w * SLOPE_2) * h1),
            ),
            Mistake(
                "input",
                MISS * (1 + w * SLOPE_2) * (1 + w * SLOPE_1),
                "That is the derivative by the input of the two blocks, not by their weight.",
            ),
            Mistake(
                "plain",
                MISS * (SLOPE_2 * h2 + (1 + w * SLOPE_2) * SLOPE_1 * h1),
                "The weight stands outside the tanh: from the weight to the sum no slope is passed.",
            ),
            Mistake(
                "slope",
                MISS * (h2 + (1 + w * (1 - sympy.tanh(h2) ** 2)) * h1),
                "You took the slope of tanh at what it sends; it belongs at what it receives.",
            ),
            Mistake(
                "input",
                MISS * (a1 + (1 + w * SLOPE_2) * a0),
                "The weight multiplies what a tanh sends, not what it receives.",
            ),
            Mistake(
                "plain",
                MISS * (h2 + (1 + w * SLOPE_2) * SLOPE_1 * h1),
                "The weight stands outside the first tanh: from the weight to the sum its slope is not passed.",
            ),
            Mistake(
                "weights-forgotten",
                MISS * (h2 + (1 + w**2 * SLOPE_2) * h1),
                "The weight is passed once on the way back through the second block.",
            ),
            Mistake(
                "weights-forgotten",
                MISS * (h2 + SLOPE_2 * h1),
                "Through the second block the weight is missing, and the way around it too.",
            ),
            Mistake(
                "upstream",
                (a1 - y) * (h2 + (1 + w * SLOPE_2) * h1),
                "The miss is that of the last output, not of the one in the middle.",
            ),
            Mistake("index", MISS * (h1 + (1 + w * SLOPE_2) * h2), "The two activations have changed places."),
            Mistake(
                "shortcut",
                MISS * (h2 + w * SLOPE_2 * h1 + 1),
                "The way around belongs to the path of the first use: it multiplies the first activation.",
            ),
        ),
    ),
}
