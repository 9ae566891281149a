"""The derivations of chapter 7, Matrix form and batches."""

from __future__ import annotations

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

v, c = sympy.symbols("v c", real=True)
x_1, x_2, y_1, y_2, a_1, a_2 = sympy.symbols("x_1 x_2 y_1 y_2 a_1 a_2", real=True)
z_1, z_2, z_3, p_1, p_2, p_3 = sympy.symbols("z_1 z_2 z_3 p_1 p_2 p_3", real=True)
d_1, d_2, d_3 = sympy.symbols("d_1 d_2 d_3", real=True)

TANH = {a_1: sympy.tanh(v * x_1 + c), a_2: sympy.tanh(v * x_2 + c)}
m_1, m_2 = a_1 - y_1, a_2 - y_2
s_1, s_2 = 1 - a_1**2, 1 - a_2**2
first, second = m_1 * s_1 * x_1, m_2 * s_2 * x_2
d_mean, z_mean = (d_1 + d_2 + d_3) / 3, (z_1 + z_2 + z_3) / 3
CENTRED = {p_1: z_1 - z_mean, p_2: z_2 - z_mean, p_3: z_3 - z_mean}


def tanh_loss() -> sympy.Expr:
    """Return the mean of what the two examples cost, in terms of parameters and data."""
    return sum((a - y) ** 2 for a, y in zip(TANH.values(), (y_1, y_2), strict=True)) / 4


def centred_loss() -> sympy.Expr:
    """Return a loss whose slope in each centred value is d: a sum of these with weights d."""
    return sum(d * p for d, p in zip((d_1, d_2, d_3), CENTRED.values(), strict=True))


DERIVATIONS = {
    "7.10": Expression(
        right=(first + second) / 2,
        claim=lambda: sympy.diff(tanh_loss(), v),
        where=TANH,
        mistakes=(
            Mistake(
                "incoming",
                ((a_1 - y_1) * (1 - a_1**2) * a_1 + (a_2 - y_2) * (1 - a_2**2) * a_2) / 2,
                "You multiplied by what the unit sends: a weight carries what comes in.",
            ),
            Mistake(
                "slope",
                ((1 - a_1**2) * x_1 + (1 - a_2**2) * x_2) / 2,
                "You left out the misses: how much the loss minds each prediction.",
            ),
            Mistake(
                "slope",
                ((a_1 - y_1) * x_1 / sympy.cosh(v * x_1 + c) + (a_2 - y_2) * x_2 / sympy.cosh(v * x_2 + c)) / 2,
                "You lost the square in the slope of the tanh.",
            ),
            Mistake(
                "slope",
                ((a_1 - y_1) * (1 - x_1**2) * x_1 + (a_2 - y_2) * (1 - x_2**2) * x_2) / 2,
                "You took the slope of the tanh from the input: it belongs to the activation.",
            ),
            Mistake(
                "slope",
                ((a_1 - y_1) * (1 - a_1) ** 2 * x_1 + (a_2 - y_2) * (1 - a_2) ** 2 * x_2) / 2,
                "You squared too much in the slope of the tanh: the square belongs to the activation alone.",
            ),
            Mistake(
                "slope",
                ((a_1 - y_1) * a_1 * x_1 + (a_2 - y_2) * a_2 * x_2) / 2,
                "You took the tanh itself where its slope belongs.",
            ),
            Mistake("mean", first / 2 + second, "The mean has reached the first example only."),
            Mistake("mean", first + second / 2, "The mean has reached the second example only."),
            Mistake(
                "bias",
                (
                    (a_1 - y_1) * (1 - sympy.tanh(v * x_1) ** 2) * x_1
                    + (a_2 - y_2) * (1 - sympy.tanh(v * x_2) ** 2) * x_2
                )
                / 2,
                "The bias is missing in the slopes of the tanh.",
            ),
            Mistake(
                "incoming",
                (first * x_1 + second * x_2) / 2,
                "What comes in is in there twice: once for each example is enough.",
            ),
            Mistake(
                "average-first",
                ((a_1 + a_2) / 2 - (y_1 + y_2) / 2) * (1 - ((a_1 + a_2) / 2) ** 2) * (x_1 + x_2) / 2,
                "You averaged the examples first: a mean of the losses is not the loss of a mean example.",
            ),
            Mistake(
                "average-first",
                (a_1 - y_1 + a_2 - y_2) / 2 * (1 - a_1**2) * x_1,
                "You averaged the misses first: each miss belongs with the slope and the input of its own example.",
            ),
            Mistake("sum", first + second, "That is the slope of a sum over the examples: the loss is their mean."),
            Mistake(
                "mean-twice",
                (first + second) / 4,
                "You took the mean twice, or kept a half that the square has used up.",
            ),
            Mistake(
                "factor-2",
                2 * (first + second),
                "Count again: the half of each cost cancels the two of its square, and the mean brings a half.",
            ),
            Mistake(
                "M1",
                first / 2,
                "You followed the path through the first example only: the weight acts on both.",
            ),
            Mistake(
                "M1",
                second / 2,
                "You followed the path through the second example only: the weight acts on both.",
            ),
            Mistake(
                "M1",
                first,
                "That is the slope of what the first example costs, alone: the weight acts on both.",
            ),
            Mistake(
                "M1",
                second,
                "That is the slope of what the second example costs, alone: the weight acts on both.",
            ),
            Mistake(
                "M1",
                (first - second) / 2,
                "You took the difference of the two examples: their slopes add up, each with its own sign.",
            ),
            Mistake(
                "M12",
                first * second / 2,
                "You multiplied the two paths by one another: links of one path are multiplied, paths are added.",
            ),
            Mistake(
                "M12",
                first * second,
                "You multiplied the two paths by one another: links of one path are multiplied, paths are added.",
            ),
            Mistake(
                "M13",
                (m_1 * x_1 + m_2 * x_2) / 2,
                "You left out the slopes of the tanh: the miss reached the weight undamped.",
            ),
            Mistake(
                "M13",
                m_1 * x_1 + m_2 * x_2,
                "You left out the slopes of the tanh, and the mean over the examples.",
            ),
            Mistake(
                "M13",
                (m_1 + m_2) / 2,
                "You stopped at the activation: the tanh and the input of each example are still to be passed.",
            ),
            Mistake(
                "incoming",
                (m_1 * s_1 + m_2 * s_2) / 2,
                "That is the slope in the bias: what comes in through the weight is missing, in each example.",
            ),
            Mistake(
                "sigmoid",
                (m_1 * a_1 * (1 - a_1) * x_1 + m_2 * a_2 * (1 - a_2) * x_2) / 2,
                "That is the slope of the sigmoid: this unit is a tanh.",
            ),
            Mistake(
                "slope",
                (m_1 * (1 - a_1) * x_1 + m_2 * (1 - a_2) * x_2) / 2,
                "You lost the square in the slope of the tanh: it is the same on both sides of zero.",
            ),
            Mistake(
                "slope",
                (m_1 * (1 + a_1**2) * x_1 + m_2 * (1 + a_2**2) * x_2) / 2,
                "The sign inside your slope of the tanh is wrong: it is steepest at zero.",
            ),
            Mistake(
                "M5",
                (m_1 * (1 - sympy.tanh(a_1) ** 2) * x_1 + m_2 * (1 - sympy.tanh(a_2) ** 2) * x_2) / 2,
                "You took the slope of the tanh at the activation; it belongs at the pre-activation.",
            ),
            Mistake(
                "M5",
                (m_1 * (1 - (v * x_1 + c) ** 2) * x_1 + m_2 * (1 - (v * x_2 + c) ** 2) * x_2) / 2,
                "You put the pre-activation into the short form of the slope, which is meant for the activation.",
            ),
            Mistake(
                "average-first",
                (m_1 + m_2) / 2 * (s_1 + s_2) / 2 * (x_1 + x_2) / 2,
                "You averaged miss, slope and input apart: each example keeps its own three together.",
            ),
            Mistake(
                "average-first",
                (m_1 * s_1 + m_2 * s_2) / 2 * (x_1 + x_2) / 2,
                "You averaged deltas and inputs apart: each delta belongs with the input of its own example.",
            ),
            Mistake(
                "average-first",
                (m_1 * s_1 + m_2 * s_2) / 2 * (x_1 + x_2),
                "You added the deltas and the inputs apart: each delta belongs with the input of its own example.",
            ),
            Mistake(
                "average-first",
                (m_1 + m_2) * (s_1 * x_1 + s_2 * x_2) / 2,
                "You added the misses apart: each miss belongs with slope and input of its own example.",
            ),
            Mistake(
                "swapped",
                (m_1 * s_1 * x_2 + m_2 * s_2 * x_1) / 2,
                "Each delta has met the input of the other example.",
            ),
            Mistake(
                "own-value",
                (m_1 * s_1 + m_2 * s_2) * v / 2,
                "You multiplied by the weight itself; its derivative leaves what it is multiplied with.",
            ),
            Mistake(
                "own-value",
                (first + second) * v / 2,
                "You multiplied by the weight itself besides: its own slope does not contain it.",
            ),
            Mistake("not-done", (m_1**2 + m_2**2) / 4, "That is the loss itself, not yet its slope."),
            Mistake(
                "M12",
                (m_1**2 * s_1 * x_1 + m_2**2 * s_2 * x_2) / 4,
                "You kept the square of the miss: the outer link of the chain has to be differentiated too.",
            ),
        ),
    ),
    "7.11": Expression(
        right=d_1 - d_mean,
        claim=lambda: sympy.diff(centred_loss(), z_1),
        where=CENTRED,
        mistakes=(
            Mistake(
                "sum",
                2 * (d_1 + d_2 + d_3) / 3,
                "You gave all three the slope of the own row: a row meets itself directly, the others through "
                "the mean alone.",
            ),
            Mistake(
                "sign",
                d_1 + d_1 / 3 - (d_2 + d_3) / 3,
                "In the own row the mean is subtracted as well: from there too comes a minus.",
            ),
            Mistake("M1", 2 * d_1 / 3 - d_2 / 3, "You left out the third row: the mean is subtracted there too."),
            Mistake("M1", 2 * d_1 / 3 - d_3 / 3, "You left out the second row: the mean is subtracted there too."),
            Mistake("mean", d_1 - (d_1 + d_2 + d_3) / 2, "You divided by two: the mean is over all three rows."),
            Mistake("mean", d_1 / 2 - (d_2 + d_3) / 4, "You took a mean over other numbers than three."),
            Mistake("mean", (d_1 - d_2 - d_3) / 3, "You took a third of the direct path too: it has a slope of one."),
            Mistake(
                "M12",
                d_1 - p_1,
                "You subtracted what the layer sends: on the way back it is the slopes that travel.",
            ),
            Mistake(
                "upstream",
                sympy.Rational(2, 3) + 0 * d_1,
                "That is the slope of one row in one number: what arrives from above is left out.",
            ),
            Mistake(
                "M12",
                sympy.Rational(2, 3) * d_1 * (d_2 + d_3),
                "You multiplied the paths by one another: they are added.",
            ),
            Mistake("M12", 2 * d_1 * d_2 * d_3 / 27, "You multiplied the paths by one another: they are added."),
            Mistake(
                "rounded",
                d_1 - sympy.Rational(33, 100) * (d_1 + d_2 + d_3),
                "You rounded a third: a fraction keeps it whole.",
            ),
            Mistake(
                "rounded",
                sympy.Rational(667, 1000) * d_1 - sympy.Rational(333, 1000) * (d_2 + d_3),
                "You rounded thirds: a fraction keeps them whole.",
            ),
            Mistake(
                "M1",
                d_1,
                "You followed the direct path only: this z is in the mean too, and the mean is in all three rows.",
            ),
            Mistake(
                "M1",
                d_1 - d_1 / 3,
                "You followed the mean into its own row only: it is subtracted in the other rows as well.",
            ),
            Mistake(
                "M1",
                d_1 - (d_2 + d_3) / 3,
                "You left out the path through the mean into the first row itself.",
            ),
            Mistake(
                "M1",
                -(d_2 + d_3) / 3,
                "You left out the direct path, and that through the mean into the first row.",
            ),
            Mistake("M1", -d_mean, "You followed the mean only: the first row holds this z directly too."),
            Mistake(
                "mean",
                d_1 - 3 * d_mean,
                "The way into the mean has a slope of its own: one of three numbers moves it by a third.",
            ),
            Mistake(
                "mean",
                d_1 - (d_2 + d_3) / 2,
                "You left this row out of the mean and divided by two: the mean is over all three rows.",
            ),
            Mistake(
                "mean",
                d_1 - d_mean / 3,
                "You took the third twice: once on the way into the mean is enough, then copies are added up.",
            ),
            Mistake("sign", d_1 + d_mean, "The mean is subtracted: what comes back along it has a minus."),
            Mistake(
                "sum",
                3 * d_mean,
                "You added up all three: that is what comes back to something added in every row.",
            ),
            Mistake("sum", d_mean, "You took the mean of all three: what of the direct path?"),
            Mistake(
                "weights",
                p_1,
                "You centred z once more: on the way back it is the slopes that travel.",
            ),
            Mistake(
                "weights",
                d_1 * p_1,
                "You multiplied by the centred value: an addition lets a slope through as it is.",
            ),
            Mistake(
                "mean",
                d_1 - d_2 - d_3,
                "The way into the mean has a slope of its own, a third; and the mean reaches the first row too.",
            ),
            Mistake(
                "sign",
                d_1 + (d_2 + d_3 - d_1) / 3,
                "The mean is subtracted in every row: from each of them a minus comes back.",
            ),
            Mistake("M1", d_1 / 3, "That is a way through the mean only, and only into the first row."),
            Mistake(
                "cancels",
                sympy.Integer(0),
                "You let it cancel: that is so only where the slopes in all three rows are equal.",
            ),
            Mistake("swapped", d_2 - d_mean, "You went to the second row: the slope in the first is asked for."),
            Mistake("swapped", d_3 - d_mean, "You went to the third row: the slope in the first is asked for."),
            Mistake(
                "mean",
                3 * d_1 - 3 * d_mean,
                "Three times too large: you kept the sum, where the mean is subtracted.",
            ),
            Mistake(
                "M12",
                d_1 * (1 - d_mean),
                "You multiplied the paths by one another: links of one path are multiplied, paths are added.",
            ),
        ),
    ),
}
