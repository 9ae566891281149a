"""The derivations of chapter 3, Computation graphs and automatic differentiation."""

from __future__ import annotations

from collections.abc import Iterator

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

h, k, s, r = sympy.symbols("h k s r", positive=True)
a, b, c, d = sympy.symbols("a b c d", real=True)
SHARED = "{} of the three ways from h to f is missing: count the edges that leave h, and those that leave s."
through_root = (s + h) / (2 * r)


def three_way_mistakes() -> Iterator[Mistake]:
    """Yield wrong slopes of the root, with all ways from h to f and with one of the others missing."""
    for name, part, says in (
        ("M4", (s + h) / (2 * s), "You wrote the slope of the root with its input."),
        ("M4", (s + h) / (2 * sympy.sqrt(r)), "You took the root of the root in its slope."),
        ("factor-2", (s + h) / r, "In the slope of the root a factor of two is missing."),
        ("power", (s + h) * r / 2, "In the slope of the root the power did not go down."),
        ("received", 1 / (2 * r), "At the root its slope stands alone: what the root has received is a factor."),
    ):
        yield Mistake(name, r + k * (r + part), says)
        for left in (k * (r + part), r + k * part):
            yield Mistake("M1", left, f"{SHARED.format('One')} {says}")


THREE_WAYS = (
    Mistake(
        "swapped",
        (s + h) * (k + 1) + r * k / (2 * r),
        "At the last product you gave each factor its own value back: the slope for one factor is the other one.",
    ),
    Mistake(
        "swapped",
        (s + h) * (k + 1) + through_root * k,
        "At the last product the sum got its own value back: the slope for one factor is the other one.",
    ),
    Mistake(
        "swapped",
        r * (k + 1) + r * k / (2 * r),
        "At the last product the root got its own value back: the slope for one factor is the other one.",
    ),
    Mistake(
        "received",
        r * (k + 1) + s * k / (2 * r),
        "What the root receives is the whole sum beside it: you took a part of it.",
    ),
    Mistake(
        "received",
        r * (k + 1) + h * k / (2 * r),
        "What the root receives is the whole sum beside it: you took a part of it.",
    ),
    Mistake("value", r * (s + h), "That is f itself: its slope is asked for."),
    Mistake(
        "value",
        r * (s + 1) + through_root * k,
        "On the way that goes straight from s to the sum you took s itself for its slope.",
    ),
    Mistake("M6", r * (k + 1) + (s + h) * k * 2 * r, "You took the slope of the square for that of the root."),
    Mistake(
        "received",
        r * k + 1 + through_root * k,
        "On the way that goes straight from h to the sum the factor beside the sum is missing.",
    ),
)


def quotient_mistakes() -> Iterator[Mistake]:
    """Yield wrong tangents of a quotient, from what may stand above and below the line."""
    above: tuple[tuple[str, sympy.Expr, str], ...] = (
        ("", b * c - a * d, ""),
        ("sign", b * c + a * d, "The sign between the two terms is that of a product: a larger divisor makes less."),
        ("M1", b * c, "You held the divisor still: it moves too."),
        ("M1", -a * d, "You held the upper number still: it moves too."),
        ("factor", b - a * d, "In the first term the divisor is lost."),
        ("factor", b * c - a, "In the second term the tangent of the divisor is lost."),
        ("factor", b * c - d, "In the second term the upper number is lost."),
        ("swapped", b * d - a * c, "Value and tangent have changed places in the divisor."),
    )
    below: tuple[tuple[str, sympy.Expr, str], ...] = (
        ("", c**2, ""),
        ("square", c, "Below the line a factor of the divisor is missing."),
        ("square", sympy.Integer(1), "What stood below the line has been lost."),
        ("square", c**3, "Below the line a factor of the divisor is too many."),
        ("second-order", d**2, "You divided by the square of a tangent: it is of second order."),
        ("second-order", c * d, "You divided by a tangent: a number that stands still would make it infinite."),
    )
    named_elsewhere = (b * c + a * d, b / d)
    for above_name, over, over_says in above:
        for below_name, under, under_says in below:
            if (above_name or below_name) and over / under not in named_elsewhere:
                yield Mistake(above_name or below_name, over / under, f"{over_says} {under_says}".strip())


def derivative_of_quotient() -> sympy.Expr:
    """Return the slope of the quotient of two numbers that move, at the moment they start."""
    t = sympy.Symbol("t", real=True)
    return sympy.diff((a + b * t) / (c + d * t), t).subs(t, 0)


DERIVATIONS = {
    "3.10": Expression(
        right=r + k * (r + through_root),
        claim=lambda: sympy.diff(sympy.sqrt(h * k) * (h * k + h), h),
        where={s: h * k, r: sympy.sqrt(h * k)},
        mistakes=(
            Mistake("M1", k * (r + through_root), SHARED.format("One")),
            Mistake("M1", r + k * r, SHARED.format("One")),
            Mistake("M1", r + k * through_root, SHARED.format("One")),
            Mistake("M1", r, SHARED.format("More than one")),
            Mistake("M1", k * r, SHARED.format("More than one")),
            Mistake(
                "M1",
                k * through_root,  # has the value of the mean, and of a difference, of the ways
                "Ways from h to f are missing, or were not added in full, by a minus or a mean: count the edges "
                "that leave h, and those that leave s.",
            ),
            *three_way_mistakes(),
            *THREE_WAYS,
            Mistake(
                "slope",
                r + k * r + through_root,
                "On the way through the root the slope of s is missing.",
            ),
            Mistake(
                "slope",
                2 * r + k * through_root,
                "On the way that goes straight from s to the sum the slope of s is missing.",
            ),
            Mistake(
                "slope",
                2 * r + through_root,
                "You left out the slope of s: what s has received passes the product on its way to h.",
            ),
            Mistake("slope", r + through_root, "Two things are missing: a way, and the slope of s on the way to h."),
            Mistake(
                "slope",
                through_root,
                "You went through the root alone, and left out the slope of s on the way to h.",
            ),
            Mistake(
                "slope",
                k * (2 * r + through_root),
                "You sent the direct way through s as well: h is used in the sum itself.",
            ),
            Mistake(
                "swapped",
                r + h * (r + through_root),
                "At the product that makes s each factor gets the other one, not its own value.",
            ),
            Mistake(
                "M12",
                r * k * r * k * through_root,
                "You multiplied the ways by one another: links of one way multiply, different ways add.",
            ),
            Mistake(
                "M12",
                (k + 1) * k / (2 * r),
                "You multiplied the slopes of the two factors: a product has two terms.",
            ),
            Mistake("other-input", h * (r + through_root), "That is the slope for k."),
        ),
    ),
    "3.11": Expression(
        right=(b * c - a * d) / c**2,
        claim=derivative_of_quotient,
        mistakes=(
            Mistake("factor", b - a * d / c**2, "In the first term what stood below the line has been lost."),
            Mistake(
                "second-order",
                (b * c - a * d) / (c + d) ** 2,
                "Below the line the tangent is still there: the small unit has no size of its own.",
            ),
            Mistake("M12", b - d, "You subtracted the tangents: a quotient does not move like a difference."),
            Mistake("M12", b * d / c**2, "You multiplied the tangents: that part is of second order."),
            Mistake("square", (b * c - a * d) / a**2, "You divided by the square of the upper number."),
            Mistake("swapped", (a * b - c * d) / c**2, "Each tangent goes with the other number, not its own."),
            Mistake("M12", a * d + b * c, "That is the tangent of a product."),
            Mistake("M12", b / d, "You divided the tangents by one another: that is not how a quotient moves."),
            *quotient_mistakes(),
            Mistake(
                "complex",
                (b * c - a * d) / (c**2 + d**2),
                "You calculated as with complex numbers, where the square of the unit is minus one; here it is "
                "nothing.",
            ),
            Mistake(
                "second-order",
                (b * c - a * d) / (c**2 - d**2),
                "You let the square of the small unit be one; here it is nothing.",
            ),
            Mistake("swapped", (b * d - a * c) / c**2, "Value and tangent have changed places in the divisor."),
            Mistake(
                "second-order",
                (b * c - a * d) / (c * (c + d)),
                "You set the small unit to one below the line: its square is nothing, itself it is not a number.",
            ),
            Mistake("value", a / c, "That is the value of the quotient; its tangent is asked for."),
        ),
    ),
}
