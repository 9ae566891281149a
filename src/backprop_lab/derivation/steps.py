"""What a derivation is: steps, each in words, in LaTeX and as an expression, and each with a witness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import sympy

from backprop_lab.arrays import Array
from backprop_lab.derivation.door import names
from backprop_lab.derivation.equality import DIGITS, Equality, compare
from backprop_lab.derivation.expressions import Definitions, Formula, entries, substitution
from backprop_lab.derivation.formulas import SPELLED_OUT

__all__ = ["Derivation", "Step"]


@dataclass(frozen=True)
class Step:
    """One step of a derivation.

    Attributes
    ----------
    words : str
        What happens, in a sentence.
    latex : str
        The step as an equation.
    expression : sympy.Expr or sympy.ImmutableMatrix
        Its right-hand side.
    witness : sympy.Expr, sympy.ImmutableMatrix or None
        The same by differentiating the composed function; None for a definition, which claims nothing.
    where : tuple of (symbol, expression)
        What this step assumes besides the definitions of its derivation.
    """

    words: str
    latex: str
    expression: Formula
    witness: Formula | None = None
    where: Definitions = ()


@dataclass(frozen=True)
class Derivation:
    """A derivation: steps that lead to a result.

    Attributes
    ----------
    title : str
    steps : tuple of Step
    definitions : tuple of (symbol, expression)
        What the symbols in the steps stand for, each in terms of those before it.
    source : str
        Whom it follows.
    """

    title: str
    steps: tuple[Step, ...]
    definitions: Definitions = ()
    source: str = ""

    @property
    def result(self) -> Formula:
        """The right-hand side of the last step."""
        return self.steps[-1].expression

    @property
    def latex(self) -> str:
        """All steps below each other, as one aligned environment."""
        lines = " \\\\\n".join(s.latex.replace(" = ", " &= ", 1) for s in self.steps)
        return f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}"

    @cached_property
    def equal(self) -> Equality:
        """Whether every step equals its witness: "symbolic" if each was shown symbolically."""
        verdicts = self.check()
        wrong = tuple(place for verdict in verdicts for place in verdict.wrong)
        symbolic = all(verdict.how == "symbolic" for verdict in verdicts)
        how: Literal["symbolic", "numerical"] = "symbolic" if symbolic else "numerical"
        return Equality(not wrong, how, wrong)

    def check(self, seed: int | np.random.Generator = 0) -> tuple[Equality, ...]:
        """Compare each step that claims something with its witness, at points drawn from this seed.

        Returns
        -------
        tuple of Equality
            One for each step with a witness, in order.
        """
        rng = np.random.default_rng(seed)
        return tuple(
            compare(f"step {number}", s.expression, s.witness, (*s.where, *self.definitions), rng)
            for number, s in enumerate(self.steps, start=1)
            if s.witness is not None
        )

    def at(self, values: Mapping[Formula, float]) -> tuple[Array, ...]:
        """Return the right-hand side of every step with numbers put in, as float64: shape () or that of the matrix.

        Parameters
        ----------
        values : mapping of sympy.Symbol to float
            A number for each symbol that the definitions leave free.

        Raises
        ------
        ValueError
            If a symbol has no number, or an entry no real value there.
        """
        return tuple(_numbers(s.expression, values, (*s.where, *self.definitions)) for s in self.steps)

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"

    def __repr__(self) -> str:
        return f"Derivation({self.title}: {len(self.steps)} steps)"


def _numbers(formula: Formula, values: Mapping[Formula, float], definitions: Definitions) -> Array:
    known = {name: sympy.Float(float(value), DIGITS) for name, value in values.items()}
    put_in = substitution(known, definitions, SPELLED_OUT, DIGITS)
    numbers = np.empty(np.shape(formula))
    for place, entry in entries(formula):
        number = put_in(entry)
        if number.free_symbols:
            raise ValueError(f"values has no number for {names(number.free_symbols)}")
        if not (number.is_real and number.is_finite):
            raise ValueError(f"{entry} has no finite real value there")
        numbers[place] = float(number)
    return numbers
