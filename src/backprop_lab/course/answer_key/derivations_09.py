"""The derivations of chapter 9, Gradient checking."""

from __future__ import annotations

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

h, k, f_0, f_1, f_2 = sympy.symbols("h k f_0 f_1 f_2", real=True)
d, s_left, s_right = sympy.symbols("d s_left s_right", real=True)


def parabola(t: sympy.Expr) -> sympy.Expr:
    """Return f(x + t) for a parabola, by Taylor's formula."""
    return f_0 + f_1 * t + f_2 * t**2 / 2


def uneven() -> sympy.Expr:
    """Return the error of the quotient for a parabola, which has no terms after the leading one."""
    return parabola(h) / (h + k) - parabola(-k) / (h + k) - f_1


def bent() -> sympy.Expr:
    """Return the central difference of two straight pieces, from the values at both places."""
    up = f_0 + s_right * h
    down = f_0 - s_right * d - s_left * (h - d)  # to the kink, and on from there
    return up / (2 * h) - down / (2 * h)


BEND = f_2 * (h - k) / 2
MIXED = (s_right * (h + d) + s_left * (h - d)) / (2 * h)


DERIVATIONS = {
    "9.10": Expression(
        right=BEND,
        claim=uneven,
        mistakes=(
            Mistake("one-sided", h * f_2 / 2, "That is the forward difference alone: the lower place is missing."),
            Mistake("one-sided", -k * f_2 / 2, "That is the backward difference alone: the upper place is missing."),
            Mistake(
                "cancelled",
                sympy.Integer(0),
                "In this order nothing is left only where both steps are equal.",
            ),
            Mistake("sign", -BEND, "It is right up to its sign: the error is formula minus slope."),
            Mistake(
                "inner-sign",
                (h**2 + k**2) / (h + k) * f_2 / 2,
                "Both squares came in with a plus: the lower place is subtracted.",
            ),
            Mistake(
                "inner-sign",
                (h + k) * f_2 / 2,
                "The two steps are added: look at what the square does to a step down, and then the subtraction.",
            ),
            Mistake("factorial", (h - k) * f_2, "Taylor's half in front of the second derivative is missing."),
            Mistake(
                "divided",
                (h**2 - k**2) * f_2 / 2,
                "You have not yet divided by the distance of the two places.",
            ),
            Mistake(
                "divided",
                (h**2 - k**2) * f_2 / (4 * h),
                "You divided by twice the upper step: the distance of the two places is another.",
            ),
            Mistake(
                "divided",
                (h**2 - k**2) * f_2 / (2 * h),
                "You divided by the upper step: the distance of the two places is another.",
            ),
            Mistake("not-subtracted", f_1 + BEND, "That is what the formula gives; its error is what is left."),
            Mistake("not-subtracted", f_1, "That is the slope itself: the formula is not exact."),
            Mistake("order", (h - k) ** 2 * f_2 / 2, "The square is taken after the subtraction, not before."),
            Mistake("order", (h - k) * f_1 / 2, "The derivative in it is one too low: the slope itself drops out."),
            Mistake(
                "central",
                f_2 * h**2 / 6,
                "That is the pattern of the central difference: with two lengths the squares no longer cancel.",
            ),
            Mistake(
                "inner-sign",
                f_1 * (h - k) / (h + k),
                "You took the lower slope term with the wrong sign: the slope terms add up to the whole distance.",
            ),
            Mistake(
                "inner-sign",
                f_1 * (h - k) / (h + k) + BEND - f_1,
                "You took the lower slope term with the wrong sign: the slope terms add up to the whole distance.",
            ),
            Mistake(
                "order",
                h * k * f_2 / 2,
                "A product of both steps is of second order: something of first order is left.",
            ),
            Mistake(
                "not-subtracted",
                (f_0 + f_1 * h) / (h + k),
                "In your formula the values themselves have not cancelled: both places have the same one.",
            ),
        ),
    ),
    "9.11": Expression(
        right=MIXED,
        claim=bent,
        mistakes=(
            Mistake(
                "half",
                (s_left + s_right) / 2,
                "You took the mean of both slopes: that is right only where the kink is in the middle.",
            ),
            Mistake(
                "kink-ignored", s_right, "That is the slope at the place itself: the lower point is past the kink."
            ),
            Mistake("kink-ignored", s_left, "That is the slope on the other side of the kink."),
            Mistake(
                "swapped",
                (s_left * (h + d) + s_right * (h - d)) / (2 * h),
                "The two slopes have changed places: the kink is on the left, so most of the way is on its right.",
            ),
            Mistake(
                "from-the-kink",
                (s_right * h + s_left * (h - d)) / (2 * h),
                "The piece between the kink and the place itself is missing.",
            ),
            Mistake(
                "from-the-kink",
                (s_right * (h + d) + s_left * h) / (2 * h),
                "The left piece is too long: the slope there counts from the kink on.",
            ),
            Mistake(
                "from-the-kink",
                (s_right * (h - d) + s_left * d) / (2 * h),
                "The two pieces do not make up the whole way.",
            ),
            Mistake(
                "from-the-kink",
                (s_right * h + s_left * d) / (2 * h),
                "The two pieces do not make up the whole way.",
            ),
            Mistake(
                "one-sided",
                (s_right * d + s_left * (h - d)) / h,
                "You moved down only: the central difference asks on both sides.",
            ),
            Mistake(
                "inner-sign",
                (s_right * (h + d) - s_left * (h - d)) / (2 * h),
                "The left piece came in with a minus: going down it, then subtracting, gives a plus.",
            ),
            Mistake(
                "inner-sign",
                (s_right * (h - d) - s_left * (h - d)) / (2 * h),
                "What the loss does on the way down is subtracted, and it goes down there already.",
            ),
            Mistake(
                "factor-2",
                (s_right * (h + d) + s_left * (h - d)) / h,
                "You divided by the step, or each side by its own: there is one distance, that of the two places.",
            ),
            Mistake(
                "divided",
                s_right * (h + d) + s_left * (h - d),
                "A difference is not yet a slope: divide by the distance.",
            ),
            Mistake(
                "error",
                MIXED - s_right,
                "That is the error: what the central difference itself gives is asked for.",
            ),
            Mistake(
                "pieces",
                (s_left * d + s_right * (2 * h - d)) / (2 * h),
                "You gave the left slope the way from the place to the kink: it holds beyond the kink only.",
            ),
            Mistake(
                "pieces",
                (s_left * d + s_right * (h - d)) / h,
                "You moved down only, and exchanged the two pieces of that way.",
            ),
        ),
    ),
}
