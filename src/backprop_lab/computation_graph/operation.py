"""What an operation is: a function of one or two numbers, with its derivative with respect to each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, TypeAlias

Number: TypeAlias = Any  # a float, a Node or a Dual: every rule is written once for all of them


class Operand:
    """A number that says itself what an operation on it gives."""

    __slots__ = ()
    level: int  # among several operands that of the highest level decides, and takes the others for constants

    def apply(self, operation: Operation, operands: Sequence[Number]) -> Number:
        """Return the result of an operation on operands of which this has the highest level."""
        raise NotImplementedError

    def __float__(self) -> float:
        raise NotImplementedError

    def formula(self, depth: int = 3, inside: bool = False) -> str:
        """Write the number; `inside` an infix formula in brackets where it needs them."""
        return _digits(self, inside)


NUMBERS = (float, int, Operand, Real)  # what is computed with; a look at Real takes a while, so it is last


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Operation:
    """An elementary operation and its slopes.

    Call it with plain numbers, nodes or dual numbers, `log(x)`; it answers in kind.

    Attributes
    ----------
    name : str
        What it is found by in `OPERATIONS`.
    template : str
        How it is written, with {} where the operands stand.
    function : callable
        From floats to a float. May raise what `math` raises.
    slopes : tuple of callable
        For each operand, (operands, result) to the derivative with respect to that operand. Written with arithmetic
        and operations only, so that a slope of nodes is a node, and can be differentiated again.
    """

    name: str
    template: str
    function: Callable[..., float]
    slopes: tuple[Callable[..., Number], ...]

    def __call__(self, *operands: Number) -> Number:
        """Return the result, of the richest kind among the operands: float, Node, Dual.

        Raises
        ------
        TypeError
            If an operand is no number, or there are too many or too few.
        ValueError, ZeroDivisionError, OverflowError
            If there is no finite result, or (but for plain numbers) no finite slope; the message names the operation
            and its operands. Also if an operand is NaN or infinite.
        """
        if len(operands) != len(self.slopes):
            raise TypeError(f"{self.name} takes {len(self.slopes)} operand(s), got {len(operands)}")
        decides: Operand | None = None
        for operand in operands:
            if isinstance(operand, Operand):
                if decides is None or operand.level > decides.level:
                    decides = operand
            elif not isinstance(operand, NUMBERS):
                raise TypeError(f"{self.name} takes numbers, nodes or duals, got {type(operand).__name__}: {operand!r}")
            elif not math.isfinite(operand):
                raise ValueError(f"{self.formula(operands)} has an operand {operand}, expected finite numbers")
        if decides is None:
            return self.compute([float(operand) for operand in operands], operands)
        return decides.apply(self, operands)

    def compute(self, values: Sequence[float], shown: Sequence[Number]) -> float:
        """Return the result for finite numbers; an error speaks of the operands as `shown`."""
        try:
            result = float(self.function(*values))
        except (ValueError, ZeroDivisionError) as error:
            raise type(error)(self._complaint(shown, "is not defined")) from None
        except OverflowError:
            result = math.inf
        if not math.isfinite(result):
            raise OverflowError(self._complaint(shown, "is too large for a float"))
        return result

    def slope(self, position: int, operands: Sequence[Number], result: Number, shown: Sequence[Number] = ()) -> Number:
        """Return the derivative of the result with respect to the operand at this position.

        Raises
        ------
        ValueError, ZeroDivisionError, OverflowError
            If there is no finite one, as for the square root at 0.
        """
        try:
            slope = self.slopes[position](*operands, result)
            if isinstance(slope, float) and not math.isfinite(slope):
                raise OverflowError
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            raise type(error)(self._complaint(shown or operands, "has no finite slope")) from None
        return slope

    def formula(self, operands: Sequence[Number], depth: int = 2) -> str:
        """Write the operation with these operands, and their own formulas down to a depth."""
        return self.template.format(*(_written(operand, depth, self.is_infix) for operand in operands))

    @property
    def is_infix(self) -> bool:
        """Whether it is written without brackets of its own: `a + b`, `-a`."""
        return self.template.startswith(("{}", "-"))

    def _complaint(self, operands: Sequence[Number], what: str) -> str:
        """Say what is wrong, and where: log(x - y) is not defined at x - y = 0."""
        written = ((_written(operand, 2), _digits(operand)) for operand in operands)
        places = dict.fromkeys(f"{formula} = {digits}" for formula, digits in written if formula != digits)
        return f"{self.formula(operands)} {what}{' at ' if places else ''}{', '.join(places)}"

    def __repr__(self) -> str:
        return self.name


def _written(number: Number, depth: int, inside: bool = False) -> str:
    return number.formula(depth, inside) if isinstance(number, Operand) else _digits(number, inside)


def _digits(number: Number, inside: bool = False) -> str:
    return f"({float(number):.6g})" if inside and number < 0 else f"{float(number):.6g}"
