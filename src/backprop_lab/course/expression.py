"""Answers that are SymPy expressions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.misconceptions import REVERSED
from backprop_lab.course.reading import describe, is_missing
from backprop_lab.course.verdict import MISSING, CheckerError, Verdict, wrong

__all__ = ["Expression"]

POINTS, DIGITS = 8, 30
MOST_DENOMINATOR = 1000
Point = dict[sympy.Symbol, sympy.Expr]


@dataclass(frozen=True)
class _Draw:
    """Random points, and the values there of the reference and of each mistake."""

    points: list[Point]
    right: list[sympy.Expr]
    mistaken: list[list[sympy.Expr]]


@dataclass(frozen=True)
class Expression:
    """An expression, right in every form: it is compared by its values at random points, to 30 digits.

    Two different analytic expressions that agree at eight random points to 30 digits do not occur, and nothing has to
    be simplified, which can take for ever.

    Attributes
    ----------
    right : SymPy expression
        One form of the answer.
    claim : callable
        () to the same by another way: the derivative that SymPy takes of the whole function. Judges `right`.
    where : mapping
        What some symbols stand for, `{a: sigma(z)}`: with it an answer may use either.
    mistakes : tuple of Mistake
        Their `wrong` is an expression.
    """

    right: sympy.Expr
    claim: Callable[[], sympy.Expr]
    mistakes: tuple[Mistake, ...]
    where: Mapping[sympy.Symbol, sympy.Expr] = field(default_factory=dict)

    def judge(self, answer: Any, seed: int) -> Verdict:
        """Return the verdict; `seed` is where what is random starts."""
        if is_missing(answer):
            return MISSING
        if isinstance(answer, int | float) and not isinstance(answer, bool):
            answer = sympy.Float(answer)
        if isinstance(answer, sympy.MatrixBase) and answer.shape == (1, 1):
            answer = answer[0, 0]
        if not isinstance(answer, sympy.Expr):
            return wrong("type", f"Expected a SymPy expression, got {describe(answer)}.")
        known = self._known
        unknown = sorted(symbol.name for symbol in answer.free_symbols if symbol.name not in known)
        if unknown:
            return wrong("symbols", f"There is no {unknown[0]} in this exercise: use only {', '.join(known)}.")
        answer = answer.xreplace({symbol: known[symbol.name] for symbol in answer.free_symbols})
        answer = answer.xreplace({number: _exact(number) for number in answer.atoms(sympy.Float)})
        answer = answer.doit()
        if answer.has(sympy.Derivative, sympy.Integral):
            return wrong("not-done", "There is a derivative left in it that has yet to be taken.")
        return self._compare(answer, self._drawn(seed))

    @property
    def symbols(self) -> tuple[str, ...]:
        """The names that an answer may contain."""
        return tuple(self._known)

    @functools.cached_property
    def _claim(self) -> sympy.Expr:
        return self.claim()

    @functools.cached_property
    def _known(self) -> dict[str, sympy.Symbol]:
        expressions = [self.right, self._claim, *self.where, *self.where.values()]
        symbols = {symbol for expression in expressions for symbol in expression.free_symbols}
        return {symbol.name: symbol for symbol in sorted(symbols, key=str)}

    @functools.cached_property
    def _draws(self) -> dict[int, _Draw]:
        return {}

    def _drawn(self, seed: int) -> _Draw:
        """Return points and what the reference and the mistakes are there: the same for every answer with this seed."""
        if seed not in self._draws:
            rng = np.random.default_rng(seed)
            points = [self._point(list(self._known.values()), rng) for _ in range(POINTS)]
            right = list(_values(self.right, points))
            if not _agree(right, _values(self._claim, points)):
                raise CheckerError("the reference and SymPy's own derivative disagree about this exercise")
            self._draws[seed] = _Draw(points, right, [list(_values(each.wrong, points)) for each in self.mistakes])
        return self._draws[seed]

    def _compare(self, answer: sympy.Expr, draw: _Draw) -> Verdict:
        values, right = list(_values(answer, draw.points)), draw.right
        if any(not value.is_number or not value.is_finite for value in values):
            return wrong("nan", "It has no value at some points: look for a division by zero.")
        if _agree(values, right):
            return Verdict(1)
        for mistake, mistaken in zip(self.mistakes, draw.mistaken, strict=True):
            if _agree(values, mistaken):
                return mistake.verdict
        for factor, name, says in (
            (-1, "sign", "It is right up to its sign: look at which way round you subtracted."),
            (2, "factor-2", "It is twice too large: look at each half and each two, and what becomes of it."),
            (
                sympy.Rational(1, 2),
                "factor-2",
                "It is half of what it should be: look at each half and each two, and what becomes of it.",
            ),
        ):
            if _agree(values, [factor * value for value in right]):
                return wrong(name, says)
        for mistake, mistaken in zip(self.mistakes, draw.mistaken, strict=True):
            if _agree(values, [-value for value in mistaken]):
                return wrong(mistake.verdict.mistake, f"{mistake.verdict.message} {REVERSED}")
        return wrong(
            "unknown",
            "It is not equal to what is asked for, and the mistake is not one that I recognise. Look first at the "
            "factors: in a derivative, each link from the end back to what you differentiate by gives one.",
        )

    def _point(self, symbols: list[sympy.Symbol], rng: np.random.Generator) -> Point:
        """Draw a rational number for each free symbol, then compute what the others stand for."""
        free = [symbol for symbol in symbols if symbol not in self.where]
        numbers = rng.choice([-1, 1], len(free)) * rng.integers(9, 150, len(free))
        point = {symbol: _number(symbol, int(n)) for symbol, n in zip(free, numbers, strict=True)}
        waiting = dict(self.where)
        while waiting:  # one may stand for an expression in another
            for symbol in [s for s, value in waiting.items() if value.free_symbols <= point.keys()]:
                point[symbol] = waiting.pop(symbol).evalf(DIGITS, subs=point)
        return point


def _number(symbol: sympy.Symbol, n: int) -> sympy.Expr:
    """Return n / 97, or what of it suits the assumptions of the symbol: positive, or a whole number."""
    n = abs(n) if symbol.is_positive or symbol.is_nonnegative else n
    return sympy.Integer(n) if symbol.is_integer else sympy.Rational(n, 97)


def _exact(number: sympy.Float) -> sympy.Expr:
    """Return the fraction for which a Python number stands: a third for 1 / 3, which has 16 digits only."""
    if not number.is_finite:
        return number
    fraction = Fraction(str(number)).limit_denominator(MOST_DENOMINATOR)
    near = sympy.Rational(fraction.numerator, fraction.denominator)
    return near if abs(near - number) <= abs(number) * sympy.Float(4e-16) else number


def _values(expression: sympy.Expr, points: list[Point]) -> Iterator[sympy.Expr]:
    return (expression.evalf(DIGITS, subs=point) for point in points)


def _agree(values: Iterable[sympy.Expr], expected: Iterable[sympy.Expr]) -> bool:
    return all(
        abs(value - right) <= sympy.Float(10) ** -20 * (abs(right) + sympy.Float(10) ** -9)
        for value, right in zip(values, expected, strict=True)
    )
