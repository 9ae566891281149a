"""What every derivation asks of what it is handed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import sympy

from backprop_lab.derivation.expressions import Formula

__all__ = ["WIDEST", "check_expressions", "check_outputs", "check_sizes", "check_symbols", "names"]

WIDEST = 9  # an index has one digit


def check_sizes(name: str, sizes: Sequence[int]) -> tuple[int, ...]:
    """Return at least two widths from 1 up, or say what is wrong."""
    if isinstance(sizes, str) or not isinstance(sizes, (Sequence, np.ndarray)) or len(sizes) < 2:
        raise ValueError(f"{name} is {sizes!r}, expected at least an input and an output width such as [2, 2, 1]")
    if not all(_is_whole(size) and size >= 1 for size in sizes):
        raise ValueError(f"{name} is {list(sizes)!r}, expected whole numbers from 1 up")
    return tuple(int(size) for size in sizes)


def check_outputs(n: int) -> int:
    """Return a number of outputs of which each can have an index, or say what is wrong."""
    if not _is_whole(n) or not 2 <= n <= WIDEST:
        raise ValueError(f"n is {n!r}, expected a whole number of outputs from 2 to {WIDEST}")
    return int(n)


def check_expressions(name: str, expressions: Iterable[Formula]) -> None:
    """Refuse what is no SymPy expression."""
    for expression in expressions:
        if not isinstance(expression, sympy.Expr):
            raise TypeError(f"{name} contains {expression!r}, expected SymPy expressions such as sympy.sin(t)")


def check_symbols(name: str, symbols: Iterable[Formula]) -> None:
    """Refuse what is no symbol."""
    for symbol in symbols:
        if not isinstance(symbol, sympy.Symbol):
            raise TypeError(f"{name} contains {symbol!r}, expected symbols such as sympy.Symbol('t', real=True)")


def names(symbols: Iterable[Formula]) -> str:
    """Return the names of the symbols, for a message."""
    return ", ".join(sorted(map(str, symbols))) or "no symbols"


def _is_whole(number: object) -> bool:
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool)
