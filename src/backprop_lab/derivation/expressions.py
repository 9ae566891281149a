"""SymPy expressions: how parts are put in, and short names for matrices, symbols and LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import sympy

__all__ = [
    "Definitions",
    "Formula",
    "Rules",
    "column",
    "entries",
    "gradient",
    "jacobian",
    "latex",
    "letters",
    "matrix",
    "ordinary",
    "partial",
    "substitution",
    "symbol",
]

Formula = Any  # sympy.Expr or sympy.ImmutableMatrix; SymPy has no types
Definitions = tuple[tuple[Formula, Formula], ...]
Rules = Mapping[Any, Callable[..., Formula]]


def substitution(
    known: Mapping[Formula, Formula] | None = None,
    definitions: Definitions = (),
    rules: Rules | None = None,
    digits: int = 0,
) -> Callable[[Formula], Formula]:
    """Return a function that builds formulas anew from below, with other parts put in; each part is built once.

    SymPy's own substitution walks through equal parts again and again, and a nested network is made of equal parts.

    Parameters
    ----------
    known : mapping of part to part
        What is put in, and for what.
    definitions : tuple of (symbol, expression)
        What other symbols stand for, each in terms of those before it.
    rules : mapping of SymPy function to callable
        How a function is written instead.
    digits : int
        Compute each part that has become a number at once, with so many digits. 0: leave numbers as they are.
    """
    memo, rules = dict(known or {}), rules or {}

    def build(formula: Formula) -> Formula:
        if formula not in memo:
            built = rewrite(formula, [build(arg) for arg in formula.args])
            if digits and built.args and isinstance(built, sympy.Expr) and not built.free_symbols:
                built = built.evalf(digits)
            memo[formula] = built
        return memo[formula]

    def rewrite(formula: Formula, args: list[Formula]) -> Formula:
        if formula.func in rules:
            return rules[formula.func](*args)
        changed = any(new is not old for new, old in zip(args, formula.args, strict=True))
        return formula.func(*args) if changed else formula

    for name, meaning in definitions:
        if name not in memo:
            memo[name] = build(meaning)
    return build


def entries(formula: Formula) -> Iterator[tuple[tuple[int, ...], Formula]]:
    """Yield the places and entries of a matrix; an expression is its own only entry, at ()."""
    yield from ((place, formula[place] if place else formula) for place in np.ndindex(np.shape(formula)))


def matrix(rows: Iterable[Iterable[Formula]]) -> Formula:
    """Return the matrix of these rows."""
    return sympy.ImmutableMatrix([list(row) for row in rows])


def column(items: Iterable[Formula]) -> Formula:
    """Return the column of these entries."""
    return matrix([item] for item in items)


def gradient(function: Formula, variables: Formula) -> Formula:
    """Return the derivatives with respect to the entries of a matrix, in its shape."""
    return variables.applyfunc(lambda variable: sympy.diff(function, variable))


def jacobian(functions: Iterable[Formula], variables: Iterable[Formula]) -> Formula:
    """Return one row for each function and one column for each variable."""
    variables = list(variables)
    return matrix([sympy.diff(function, variable) for variable in variables] for function in functions)


def symbol(name: str) -> Formula:
    """Return the real symbol of this name, in LaTeX."""
    return sympy.Symbol(name, real=True)


def letters(letter: str, n: int) -> list[Formula]:
    """Return the symbols letter_1 to letter_n."""
    return [symbol(f"{letter}_{{{i}}}") for i in range(1, n + 1)]


def latex(formula: Formula) -> str:
    """Return the formula in LaTeX, with ln for the natural logarithm."""
    return str(sympy.latex(formula, ln_notation=True))


def ordinary(above: str, below: str) -> str:
    """Return the LaTeX of d(above)/d(below)."""
    return rf"\frac{{d{above}}}{{d{below}}}"


def partial(above: str, below: str) -> str:
    """Return the LaTeX of the partial derivative."""
    return rf"\frac{{\partial {above}}}{{\partial {below}}}"
