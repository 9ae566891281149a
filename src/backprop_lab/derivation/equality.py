"""The judge: whether a claim equals its witness, shown symbolically where that can be done, else at random points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import sympy

from backprop_lab.derivation.expressions import Definitions, Formula, entries, substitution
from backprop_lab.derivation.formulas import SPELLED_OUT

__all__ = ["Equality", "compare"]

DIGITS, MORE_DIGITS, POINTS, MOST_TERMS = 30, 50, 5, 5_000


@dataclass(frozen=True)
class Equality:
    """Whether two formulas are equal, and how that was found; true or false by itself.

    Attributes
    ----------
    holds : bool
    how : str
        "symbolic": the difference of every entry was shown to be zero. "numerical": at random points, computed with 50
        digits, the two agree to 30, or some entry does not.
    wrong : tuple of str
        Where they differ, as "step 3, entry (1, 2)"; counted from 1. Empty where they are equal.
    """

    holds: bool
    how: Literal["symbolic", "numerical"]
    wrong: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.holds


def compare(
    where: str, claim: Formula, witness: Formula, definitions: Definitions, rng: np.random.Generator
) -> Equality:
    """Compare two formulas entry by entry; `where` starts each entry of `Equality.wrong`."""
    if np.shape(claim) != np.shape(witness):
        return Equality(False, "symbolic", (f"{where}, shape {np.shape(claim)} instead of {np.shape(witness)}",))
    different = _different(claim, witness, definitions, rng)
    # one point first: it is cheap, and expanding what is not zero may take long
    if not different and _is_shown(claim, witness, definitions):
        return Equality(True, "symbolic")
    different = different.union(*(_different(claim, witness, definitions, rng) for _ in range(POINTS)))
    return Equality(not different, "numerical", tuple(where + _entry(place) for place in sorted(different)))


def _entry(place: tuple[int, ...]) -> str:
    return f", entry ({', '.join(str(i + 1) for i in place)})" if place else ""


def _different(
    claim: Formula, witness: Formula, definitions: Definitions, rng: np.random.Generator
) -> set[tuple[int, ...]]:
    """Return the places of the entries that differ at a random point."""
    formulas = (claim, witness, *(meaning for _, meaning in definitions))
    free = set().union(*(formula.free_symbols for formula in formulas)) - {name for name, _ in definitions}
    point = {s: sympy.Float(rng.uniform(-1, 1), MORE_DIGITS) for s in sorted(free, key=str)}
    put_in = substitution(point, definitions, SPELLED_OUT, MORE_DIGITS)
    tolerance = sympy.Float(10, MORE_DIGITS) ** -DIGITS
    return {
        place
        for (place, one), (_, other) in zip(entries(put_in(claim)), entries(put_in(witness)), strict=True)
        # what stays without a value, as an undefined function does, differs too
        if (abs(one - other) <= tolerance * max(1, abs(other))) != sympy.true
    }


def _is_shown(claim: Formula, witness: Formula, definitions: Definitions) -> bool:
    write_out = substitution(definitions=definitions)
    pairs = zip(entries(write_out(claim)), entries(write_out(witness)), strict=True)
    return all(_is_zero(one - other) for (_, one), (_, other) in pairs)


def _is_zero(difference: Formula) -> bool:
    """Show that an expression is zero whatever its symbols are; False where that can't be shown."""
    spelled_out = substitution(rules=SPELLED_OUT)(difference)
    return any(_has_zero_numerator(form) for form in dict.fromkeys((difference, spelled_out)))


def _has_zero_numerator(expression: Formula) -> bool:
    numerator, _ = sympy.fraction(sympy.together(expression))
    return _count_terms(numerator) <= MOST_TERMS and bool(sympy.expand(numerator) == 0)


def _count_terms(expression: Formula) -> int:
    """Return how many terms expanding makes of an expression, before any cancel."""
    if expression.is_Add:
        return sum(map(_count_terms, expression.args))
    if expression.is_Mul:
        return math.prod(map(_count_terms, expression.args))
    if expression.is_Pow and expression.exp.is_Integer:
        return int(_count_terms(expression.base) ** abs(expression.exp))
    return 1
