"""The derivations of chapter 12, Overfitting and regularization."""

from __future__ import annotations

import functools
from itertools import product

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

k, p = sympy.symbols("k p", positive=True)
w1, w2, x1, x2, y, a, z = sympy.symbols("w1 w2 x1 x2 y a z", real=True)
VARIANCE = (1 - k) / k
SQUARES = w1**2 * x1**2 + w2**2 * x2**2
OUT = w1 * x1 + w2 * x2
HALF_OF = sympy.Rational(1, 2)


@functools.cache
def price_of_dropout() -> sympy.Expr:
    """Return the mean loss over the four masks, less the loss without dropout."""
    mean = sympy.Integer(0)
    for kept_1, kept_2 in product((0, 1), repeat=2):
        chance = (k if kept_1 else 1 - k) * (k if kept_2 else 1 - k)
        mean += chance * (kept_1 * w1 * x1 / k + kept_2 * w2 * x2 / k - y) ** 2 / 2
    return sympy.sympify(mean - (OUT - y) ** 2 / 2)


@functools.cache
def noisy_delta() -> sympy.Expr:
    """Return the derivative of the mean loss over a label that may be flipped."""
    s = 1 / (1 + sympy.exp(-z))

    def loss(label: sympy.Expr) -> sympy.Expr:
        return -(label * sympy.log(s) + (1 - label) * sympy.log(1 - s))

    return sympy.diff((1 - p) * loss(y) + p * loss(1 - y), z)


DERIVATIONS = {
    "12.10": Expression(
        right=VARIANCE / 2 * SQUARES,
        claim=price_of_dropout,
        mistakes=(
            Mistake("factor-2", VARIANCE * SQUARES, "The half of the loss is missing."),
            Mistake(
                "mean-square",
                SQUARES / (2 * k),
                "You took the mean square of the mask: what the loss without dropout has of it is to be subtracted.",
            ),
            Mistake(
                "unscaled",
                k * (1 - k) / 2 * SQUARES,
                "That is the variance of a mask of zeros and ones: what is kept is made larger here.",
            ),
            Mistake(
                "unscaled",
                VARIANCE / (2 * k) * SQUARES,
                "You divided by the probability to be kept once too often: the variance of zeros and ones has it too.",
            ),
            Mistake("unscaled", (1 - k) / 2 * SQUARES, "The scaling enters the variance squared: count it again."),
            Mistake(
                "inverted",
                k / (1 - k) / 2 * SQUARES,
                "Your variance is upside down: where nothing is dropped there is no noise.",
            ),
            Mistake(
                "one-mask",
                VARIANCE / 2 * OUT**2,
                "You gave both inputs the same mask: they are dropped independently, so mixed terms have mean zero.",
            ),
            Mistake(
                "L2",
                VARIANCE / 2 * (w1**2 + w2**2),
                "You forgot what the noise is multiplied by: an input that is large makes the noise large.",
            ),
            Mistake(
                "L2",
                VARIANCE / 2 * (x1**2 + x2**2),
                "You forgot the weights: noise on an input comes out multiplied by its weight.",
            ),
            Mistake(
                "square",
                VARIANCE / 2 * (w1 * x1 + w2 * x2),
                "A variance grows with the square of what the noise is multiplied by.",
            ),
            Mistake(
                "square",
                VARIANCE / 2 * (w1 * x1**2 + w2 * x2**2),
                "The weights have to be squared as well.",
            ),
            Mistake(
                "not-done",
                (OUT - y) ** 2 / 2 + VARIANCE / 2 * SQUARES,
                "That is the whole mean loss: asked is what the dice add to it.",
            ),
            Mistake(
                "mean-square",
                (1 / k**2 - 1) / 2 * SQUARES,
                "The mean square of the mask is not the square of its largest value: it is that only with some "
                "probability.",
            ),
            Mistake("sign", -VARIANCE / 2 * SQUARES, "Your sign is turned round: noise makes the mean loss larger."),
            Mistake(
                "deviation",
                sympy.sqrt(VARIANCE) / 2 * SQUARES,
                "You took the standard deviation of the mask: the loss is a square.",
            ),
            Mistake("one-input", VARIANCE / 2 * w1**2 * x1**2, "Both inputs have a mask: one is missing."),
            Mistake(
                "one-mask",
                VARIANCE / 2 * SQUARES + VARIANCE * w1 * w2 * x1 * x2 / 2,
                "A mixed term is left: the masks are independent, so their noises cancel on average.",
            ),
            Mistake("target", VARIANCE / 2 * (SQUARES + y**2), "The target has no mask: it adds no noise."),
            Mistake(
                "one-mask",
                VARIANCE / 2 * (OUT - y) ** 2,
                "You multiplied the whole miss by a mask: only the inputs have one.",
            ),
            Mistake(
                "unnoticed",
                sympy.Integer(0),
                "On average the output is the same, the square of its miss is not: noise has a price.",
            ),
            Mistake(
                "L2",
                (1 - k) / 2 * (w1**2 + w2**2),
                "That is a plain price with the share that is dropped as its strength: derive it from the "
                "variance of a mask.",
            ),
            Mistake(
                "square",
                VARIANCE / 2 * (sympy.Abs(w1 * x1) + sympy.Abs(w2 * x2)),
                "A variance grows with the square of what the noise is multiplied by.",
            ),
            Mistake("square", VARIANCE / 2 * (w1**2 * x1 + w2**2 * x2), "The inputs have to be squared as well."),
            Mistake(
                "one-mask",
                VARIANCE / 2 * SQUARES + w1 * w2 * x1 * x2,
                "A mixed term is left: the masks are independent, so their noises cancel on average.",
            ),
            Mistake(
                "mean-square",
                k / 2 * SQUARES,
                "You took the probability for the variance, and nothing is made larger.",
            ),
            Mistake("unscaled", (1 - k) ** 2 / k**2 / 2 * SQUARES, "You squared the variance: it is a square already."),
            Mistake(
                "unscaled",
                k * (1 - k) / 2 * SQUARES + ((k * OUT - y) ** 2 - (OUT - y) ** 2) / 2,
                "That is dropout without scaling: then the mean output changes too.",
            ),
        ),
    ),
    "12.11": Expression(
        right=a - (1 - p) * y - p * (1 - y),
        claim=noisy_delta,
        where={a: 1 / (1 + sympy.exp(-z))},
        mistakes=(
            Mistake("clean", a - y, "That is delta for the clean label: the flipped one has a gradient too."),
            Mistake("flipped", a - (1 - y), "That is delta for the flipped label: it is flipped only sometimes."),
            Mistake(
                "half",
                (1 - p) * (a - y),
                "You left out the case that the label is flipped: then there is a gradient too, another one.",
            ),
            Mistake(
                "half",
                a - (1 - p) * y,
                "Of the flipped label only the part with the activation is there: what does a flipped zero become?",
            ),
            Mistake(
                "turned",
                (1 - 2 * p) * (a - y),
                "You turned delta round for a flipped label: it is the label that is flipped, from one to zero or "
                "back.",
            ),
            Mistake(
                "swapped",
                a - p * y - (1 - p) * (1 - y),
                "The two probabilities are swapped: the label is kept more often than not.",
            ),
            Mistake(
                "M13",
                (a - (1 - p) * y - p * (1 - y)) * a * (1 - a),
                "There is a slope too many: for this loss and this unit it cancels.",
            ),
            Mistake(
                "M13",
                (a - y) * a * (1 - a),
                "There is a slope too many, and the flipped label is missing.",
            ),
            Mistake(
                "link",
                (a - (1 - p) * y - p * (1 - y)) / (a * (1 - a)),
                "That is the derivative by the activation: one more link leads to z.",
            ),
            Mistake(
                "shift",
                a - y + p,
                "The flipped label has the wrong sign, so that targets are moved down: it pulls like any label.",
            ),
            Mistake("shift", a - y - p, "You moved every target up: a label of one is flipped down."),
            Mistake(
                "turned",
                a - (1 - p) * y + p * y,
                "You took minus the label for the flipped one: flipped, a one is a zero.",
            ),
            Mistake(
                "half",
                (1 - p) * (a - y) + p * (a - 1),
                "For the flipped label you took a target of one always.",
            ),
            Mistake(
                "mean",
                a - HALF_OF,
                "You gave both labels the same weight: the label is kept with another probability than it is flipped.",
            ),
            Mistake("M5 short form", z - (1 - p) * y - p * (1 - y), "You put z where the activation belongs."),
            Mistake("mean", 2 * a - 1, "You added up the two deltas: a mean weighs each with its probability."),
            Mistake(
                "smoothed",
                a - (1 - p) * y - p / 2,
                "You mixed the label with a half: flipped, it becomes the other label.",
            ),
            Mistake(
                "turned",
                (1 - p) * (a - y) + p * (1 - a - y),
                "You flipped the prediction: it is the label that is flipped.",
            ),
            Mistake("half", a - p * (1 - y), "Only the flipped label is in there: most of the time it is kept."),
            Mistake(
                "shift",
                a - y + p * (1 - y),
                "The flipped label is subtracted like any other, and the kept one loses a share.",
            ),
            Mistake(
                "twice",
                a - y - 2 * p + 4 * p * y,
                "You counted the flip twice: going from one label to the other is one change.",
            ),
            Mistake(
                "twice",
                a - y + p * (a - 1 + y),
                "You added the flipped case to a whole one: together the probabilities are one.",
            ),
            Mistake(
                "M13 loss",
                -((y + p - 2 * p * y) * sympy.log(a) + (1 - y - p + 2 * p * y) * sympy.log(1 - a)),
                "That is the mean loss: its derivative is asked for.",
            ),
            Mistake(
                "M13 loss",
                -(1 - p) * sympy.log(a) - p * sympy.log(1 - a),
                "That is the mean loss for a label of one: its derivative is asked for, for both labels.",
            ),
            Mistake("one-label", a - 1 + p, "That is right for a label of one only."),
            Mistake("one-label", a - p, "That is right for a label of zero only."),
            Mistake(
                "link",
                -(y + p - 2 * p * y) / a,
                "Of the loss you kept one logarithm, and one more link leads to z.",
            ),
            Mistake("link", -(y - p) / a, "Of the loss you kept one logarithm, and one more link leads to z."),
            Mistake(
                "turned",
                a - sympy.Abs(y - p),
                "The mean label is near that only for one label; keep both cases apart, each with its probability.",
            ),
        ),
    ),
}
