"""The derivations of chapter 15, Frameworks. They run with NumPy alone; the frameworks are read, not run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

z, beta, g, s = sympy.symbols("z beta g s", real=True)
w, x, u, v = sympy.symbols("w x u v", real=True)


def sigma(t: sympy.Expr) -> sympy.Expr:
    """Return the sigmoid, written out."""
    return 1 / (1 + sympy.exp(-t))


def product_mistakes() -> Iterator[Mistake]:
    """Yield wrong backward rules for z, from pieces."""
    second = {
        "": (slope_s, ""),
        "one": (s, "Your slope of the sigmoid has one factor only."),
        "other": (1 - s, "Your slope of the sigmoid has one factor only."),
        "none": (sympy.Integer(1), "The slope of the sigmoid is missing."),
    }
    firsts = (("", s, ""), ("M1", sympy.Integer(0), "You held the factor z still: it moves too."))
    for factor, outside in ((g, ""), (sympy.Integer(1), "What is received is missing: a backward rule multiplies.")):
        if outside:
            yield Mistake("upstream", s, f"{outside} And you held the sigmoid still: z moves it too.")
        else:
            yield Mistake("M1", g * s, "You held the sigmoid still: z moves it too.")
        for name, first, says in firsts:
            for slope, slope_says in second.values():
                for inner, inner_says in (
                    (beta, ""),
                    (sympy.Integer(1), "The inner slope is missing: inside the sigmoid z is multiplied."),
                ):
                    for own, own_says in (
                        (z, ""),
                        (sympy.Integer(1), "A product has two terms: its slopes are not multiplied."),
                    ):
                        if slope is not slope_s and (own != z or (first == 0 and inner == 1)):
                            continue  # they coincide with others
                        told = [each for each in (outside, says, own_says, inner_says, slope_says) if each]
                        wrong_name = "upstream" if outside else name if says and not own_says else ""
                        wrong_name = wrong_name or ("M12" if own_says or inner_says else "slope")
                        if told:
                            yield Mistake(wrong_name, factor * (first + own * inner * slope), " ".join(told))


def stop_mistakes() -> Iterator[Mistake]:
    """Yield wrong ways through the two terms, from pieces."""
    firsts: tuple[tuple[str, Any, str], ...] = (
        ("", x, ""),
        ("slope", 1, "The slope of u is missing."),
        ("slope", w, "For u you took the other factor: which of the two moves?"),
        ("factor-2", 2 * x, "In the first term the half is lost."),
        ("M1", 0, "You left out the first term: there it is the other one that moves."),
    )
    seconds: tuple[tuple[str, Any, str], ...] = (
        ("", 2 * w, ""),
        ("slope", w, "The slope of the square of w lacks a factor of two."),
        ("slope", 1, "The slope of v is missing."),
        ("slope", w**2, "For v you took its value in place of its slope."),
        ("slope", 2 * w**2, "For v you took twice its value in place of its slope."),
        ("factor-2", 4 * w, "In the second term the half is lost."),
        ("M1", 0, "You left out the second term: there it is the other one that moves."),
    )
    for first_name, first, first_says in firsts:
        for second_name, second, second_says in seconds:
            for sign in (-1, 1) if second and first else (-1,):
                turned = "In the second term the sign is lost: what moves there is subtracted." if sign > 0 else ""
                told = [each for each in (first_says, second_says, turned) if each]
                if told and (first or second):
                    yield Mistake(
                        first_name or second_name or "sign", miss * (first + sign * beta * second), " ".join(told)
                    )


def stopped() -> sympy.Expr:
    """Return the derivative in which what is stopped is a constant."""
    still_u, still_v = sympy.symbols("still_u still_v", real=True)
    loss = (w * x - still_v) ** 2 / 2 + beta * (still_u - w**2) ** 2 / 2
    return sympy.diff(loss, w).subs({still_u: w * x, still_v: w**2})


slope_s = s * (1 - s)
miss = u - v


DERIVATIONS = {
    "15.10": Expression(
        right=g * (s + beta * z * slope_s),
        claim=lambda: g * sympy.diff(z * sigma(beta * z), z),
        where={s: sigma(beta * z)},
        mistakes=(
            *product_mistakes(),
            Mistake(
                "M5 short form",
                g * (s + beta * z * beta * z * (1 - beta * z)),
                "You put what goes into the sigmoid into the short form of its slope, which is meant for its output.",
            ),
            Mistake(
                "M5 short form",
                g * (s + beta * z * z * (1 - z)),
                "You put z into the short form of the slope, which is meant for the sigmoid's output.",
            ),
            Mistake("M5", g * (s + beta * z * sigma(s) * (1 - sigma(s)))),
            Mistake(
                "sign", g * (s - beta * z * slope_s), "The sign between the two terms is wrong: the sigmoid rises."
            ),
            Mistake("other-input", g * z**2 * slope_s, "That is the gradient for the parameter of the function."),
            Mistake(
                "other-input",
                z**2 * slope_s,
                "That is the slope for the parameter of the function, and what is received is missing.",
            ),
            Mistake("sum", g + s + beta * z * slope_s, "You added what is received: it is multiplied."),
            Mistake("one-term", s + g * beta * z * slope_s, "What is received multiplies one of your two terms only."),
            Mistake("one-term", g * s + beta * z * slope_s, "What is received multiplies one of your two terms only."),
            Mistake("value", g * z * s, "That is the output times what is received: it is the slope that is needed."),
            Mistake("slope", g * (s + beta * z**2 * slope_s), "In the second term z has too high a power."),
            Mistake("tanh", g * (s + beta * z * (1 - s**2)), "That is the slope of the tanh: this is a sigmoid."),
            Mistake(
                "slope",
                g * (s + beta * z * s**2),
                "The slope of the sigmoid has two different factors: what it is, and what it lacks to one.",
            ),
            Mistake("inner", g * beta * (s + z * slope_s), "The inner slope belongs to the second term alone."),
            Mistake("inner", g * (s + beta**2 * z * slope_s), "The inner slope stands there twice."),
            Mistake(
                "first",
                g * (1 + beta * z * slope_s),
                "In the first term the sigmoid is missing: z is multiplied by it.",
            ),
            Mistake(
                "first",
                g * (z + beta * slope_s),
                "In each term one factor moves and the other one stays: yours are exchanged.",
            ),
            Mistake("first", g * (z * s + beta * z * slope_s), "In the first term z moves: it no longer stands there."),
            Mistake("upstream", (s + beta * z * slope_s) / g, "You divided by what is received: it is multiplied."),
            Mistake("upstream", g**2 * (s + beta * z * slope_s), "What is received is squared."),
            Mistake(
                "sign",
                g * (s - z * slope_s),
                "The sign between the two terms is wrong, and the inner slope is missing.",
            ),
            Mistake(
                "inside",
                g * (s + beta * z * sigma(z) * (1 - sigma(z))),
                "You took the slope of the sigmoid at z: inside it z is multiplied.",
            ),
            Mistake(
                "inside",
                g * (s + beta * z * sympy.exp(-z) / (1 + sympy.exp(-beta * z)) ** 2),
                "Written out, your slope has lost the factor of z in an exponent.",
            ),
            Mistake("M12", g * s * beta * z * slope_s, "You multiplied the two terms: a product's slopes are added."),
            Mistake("upstream", g, "You handed on what is received, as it came."),
            Mistake("M12", g * (s + beta * (1 - s)), "In the second term z is missing, and half of the slope."),
        ),
    ),
    "15.11": Expression(
        right=miss * x - 2 * beta * w * miss,
        claim=stopped,
        where={u: w * x, v: w**2},
        mistakes=(
            Mistake(
                "stop",
                (1 + beta) * miss * (x - 2 * w),
                "That is the derivative of the function, as if nothing were stopped.",
            ),
            Mistake(
                "stop",
                miss * (x - 2 * w),
                "Either the factor of the second term is lost, or you stopped nothing in the first and all of the "
                "second.",
            ),
            Mistake(
                "stop",
                beta * miss * (x - 2 * w),
                "Either the factor of the second term got to both, or you stopped all of the first and nothing in "
                "the second.",
            ),
            Mistake(
                "stop",
                beta * miss * x - 2 * w * miss,
                "In each term you let move what is stopped, and held still what moves.",
            ),
            *stop_mistakes(),
            Mistake("M13 loss", (1 + beta) * miss**2 / 2, "That is the loss itself."),
            Mistake(
                "not-done",
                miss**2 / 2 * x - 2 * beta * w * miss**2 / 2,
                "You left the squares standing: they are differentiated too.",
            ),
            Mistake("stop", sympy.Integer(0) * w, "You stopped everything: in each term one side is left to move."),
            Mistake(
                "exchanged",
                miss * x - beta * miss * x,
                "In the second term it is v that moves: you took the slope of u.",
            ),
            Mistake(
                "exchanged",
                2 * w * miss - beta * miss * 2 * w,
                "In the first term it is u that moves: you took the slope of v.",
            ),
            Mistake("slopes-only", x - 2 * beta * w, "The miss is missing: these are the slopes of what moves."),
            Mistake(
                "miss",
                u * x - 2 * beta * w * v,
                "In each term you kept the one that moves: the miss is a difference.",
            ),
            Mistake(
                "miss",
                u * x + 2 * beta * w * v,
                "In each term you kept the one that moves: the miss is a difference.",
            ),
            Mistake(
                "miss",
                miss * x - 2 * beta * w * v,
                "In the second term the miss is a difference, like in the first.",
            ),
            Mistake(
                "miss",
                miss * x - 2 * beta * w * u,
                "In the second term the miss is a difference, like in the first.",
            ),
            Mistake(
                "stop", miss * (x - 2 * w) - 2 * beta * w * miss, "In the first term v is stopped: you let it move."
            ),
            Mistake("stop", miss * x + beta * miss * (x - 2 * w), "In the second term u is stopped: you let it move."),
            Mistake(
                "square",
                miss**2 * (x - 2 * beta * w),
                "The miss is still squared: the derivative of the square has it once.",
            ),
            Mistake("factor", miss * (x - beta**2 * w), "The factor of the second term is squared in yours."),
            Mistake(
                "factor-2",
                miss * (x - beta * w / 2),
                "In the second term a half is left: the two that comes down cancels it, and v has a slope of its own.",
            ),
            Mistake("M12", 2 * beta * w * x * miss, "You multiplied the two terms: they are added."),
        ),
    ),
}
