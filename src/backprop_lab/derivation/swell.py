"""Expression swell: how many operations a gradient takes as formulas, and by backpropagation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sympy

from backprop_lab.chain_rule import sigmoid, softplus
from backprop_lab.derivation.expressions import Formula, substitution
from backprop_lab.derivation.formulas import SPELLED_OUT
from backprop_lab.derivation.network_of_symbols import symbolic_network

__all__ = ["ExpressionSwell", "count_operations"]


@dataclass(frozen=True)
class ExpressionSwell:
    """How many operations the gradient of one network with respect to all its parameters takes, written in three ways.

    Attributes
    ----------
    sizes : tuple of int
    parameters : int
        How many entries the gradient has.
    raw : int
        One formula for each entry, as SymPy differentiates the composed loss.
    shared : int
        The same formulas with every common part computed once (`sympy.cse`).
    backpropagation : int
        The forward and the backward pass, line by line.
    """

    sizes: tuple[int, ...]
    parameters: int
    raw: int
    shared: int
    backpropagation: int


def count_operations(
    sizes: Sequence[int],
    *,
    hidden: str | Sequence[str] = "sigmoid",
    output: str = "sigmoid",
    loss: str = "half_squared_error",
) -> ExpressionSwell:
    """Count the operations of a gradient for one example: raw, with sharing, and by backpropagation.

    The rule, for all three: each +, -, *, /, power, change of sign and function (exp, log, tanh, the ReLU and its step)
    between scalars is one operation, as `sympy.count_ops` has it, and the sigmoid is written 1 / (1 + exp(-z)), four of
    them. What has a name costs nothing when it is used again: an activation in its own slope, a delta in dW and db.
    Neither the loss itself nor the mean over the batch is counted, which would add one division for each output.

    Parameters
    ----------
    sizes, hidden, output, loss
        As for `symbolic_network`. 3-3-3-3-2 takes some seconds.

    Raises
    ------
    ValueError
        As for `symbolic_network`.

    Examples
    --------
    >>> count_operations([2, 2, 1])
    ExpressionSwell(sizes=(2, 2, 1), parameters=9, raw=725, shared=42, backpropagation=42)
    """
    network = symbolic_network(sizes, hidden=hidden, output=output, loss=loss)
    spell_out = substitution(rules={f: SPELLED_OUT[f] for f in (sigmoid, softplus)})
    composed = spell_out(network.cost_from())
    gradient = [sympy.diff(composed, parameter) for parameter in network.parameters]
    parts, rest = sympy.cse(gradient, order="none")
    return ExpressionSwell(
        network.sizes,
        len(gradient),
        raw=_operations(gradient),
        shared=_operations([*(part for _, part in parts), *rest]),
        backpropagation=_operations(spell_out(line) for _, line in (*network.forward, *network.backward)),
    )


def _operations(expressions: Iterable[Formula]) -> int:
    return sum(int(sympy.count_ops(expression)) for expression in expressions)
