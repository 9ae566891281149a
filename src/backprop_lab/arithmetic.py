r"""Formulas with the numbers put in, as text: `0.15*0.05 + 0.2*0.1 + 0.35`.

Numbers have six significant digits. `^` is a power and `ln` the natural logarithm; everything else is Python's, so that
the text can be evaluated and compared with the value that it explains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import SupportsFloat

__all__ = ["difference", "factor", "number", "product", "total", "weighted_sum"]

Numbers = Iterable[SupportsFloat]


def number(value: SupportsFloat) -> str:
    """Return the number with six significant digits; a negative zero is a zero."""
    return f"{float(value) + 0.0:.6g}"


def factor(value: SupportsFloat) -> str:
    """Return a number as it stands behind a sign: in brackets where it is negative."""
    return f"({number(value)})" if float(value) < 0 else number(value)


def product(left: SupportsFloat, right: SupportsFloat) -> str:
    """Return left*right."""
    return f"{number(left)}*{factor(right)}"


def difference(left: SupportsFloat, right: SupportsFloat) -> str:
    """Return left - right."""
    return f"{number(left)} - {factor(right)}"


def total(terms: Sequence[str]) -> str:
    """Join the terms with +, or with - before one that starts with a minus; nothing at all is 0."""
    text = " + ".join(terms) or "0"
    return text.replace("+ -", "- ")


def weighted_sum(weights: Numbers, values: Numbers, *more: SupportsFloat) -> str:
    """Return the sum of the weights times the values, and of what comes after."""
    return total([*map(product, weights, values), *map(number, more)])
