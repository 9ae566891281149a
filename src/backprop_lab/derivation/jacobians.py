r"""The chain rule with several variables in and out: products of Jacobians, from the input and from the output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import sympy

from backprop_lab.derivation.door import check_expressions, check_symbols, names
from backprop_lab.derivation.expressions import Definitions, Formula, jacobian, latex, letters, substitution
from backprop_lab.derivation.steps import Derivation, Step

__all__ = ["VectorFunction", "derive_jacobian_product", "derive_vector_jacobian_product"]


@dataclass(frozen=True)
class VectorFunction:
    """A function from several numbers to several numbers.

    Attributes
    ----------
    inputs : tuple of sympy.Symbol
        (n,), all different.
    outputs : tuple of sympy.Expr
        (m,), each a function of the inputs.

    Raises
    ------
    TypeError
        If an input is no symbol, or an output no SymPy expression.
    ValueError
        If there is no input or no output, an input occurs twice, or an output has another symbol.
    """

    inputs: tuple[Formula, ...]
    outputs: tuple[Formula, ...]

    def __post_init__(self) -> None:
        check_symbols("inputs", self.inputs)
        check_expressions("outputs", self.outputs)
        if len(set(self.inputs)) < len(self.inputs) or not self.inputs or not self.outputs:
            raise ValueError(
                f"inputs is {self.inputs} and outputs {self.outputs}: expected at least one each, no input twice"
            )
        for output in self.outputs:
            if strange := output.free_symbols - set(self.inputs):
                raise ValueError(f"the output {output} has {names(strange)}, expected {names(self.inputs)} alone")

    @property
    def jacobian(self) -> Formula:
        """The slopes of all outputs with respect to all inputs, an ImmutableMatrix of shape (m, n)."""
        return jacobian(self.outputs, self.inputs)


def derive_jacobian_product(functions: Sequence[VectorFunction]) -> Derivation:
    r"""Derive the Jacobian of a chain of vector functions from the input: $J_k \cdots J_2 J_1$, the inner two first.

    Parameters
    ----------
    functions : sequence of VectorFunction
        In the order in which they are applied; each takes as many inputs as the one before has outputs.

    Returns
    -------
    Derivation
        The Jacobian of each function, then each product, then the whole written out in the inputs of the first.

    Raises
    ------
    TypeError, ValueError
        If a function is none, there is none, or the numbers of outputs and inputs do not match.
    """
    functions, definitions = _check_functions(functions)
    first, *rest = functions
    write_out = substitution(definitions=definitions)
    steps = _jacobian_steps(functions)
    product = witness = first.jacobian
    for k, function in enumerate(rest, start=2):
        factor, product = product, function.jacobian * product
        witness = jacobian(map(write_out, function.outputs), first.inputs)
        (m, n), width = function.jacobian.shape, len(first.inputs)
        words = (
            f"Row times column, {m} x {n} times {n} x {width}: {m * n * width} multiplications. "
            "Each entry is a sum over the paths through what lies between."
        )
        inner = f"({_product(k - 1, 1)})" if k > 2 else "J_{1}"
        formula = rf"J_{{{k}}} {inner} = {latex(function.jacobian)} {latex(factor)} = {latex(product)}"
        steps.append(Step(words, formula, product, witness))
    result = write_out(product)
    formula = rf"{_product(len(functions), 1)} = {latex(result)}"
    steps.append(Step("Write the inner values out.", formula, result, witness))
    return Derivation("the product of Jacobians from the input", tuple(steps), definitions)


def derive_vector_jacobian_product(
    functions: Sequence[VectorFunction], v: Sequence[Formula] | None = None
) -> Derivation:
    r"""Derive $v^{\mathsf T} J_k \cdots J_1$ from the output: one row, and never a product of two Jacobians.

    This is the gradient of $v^{\mathsf T} s$ with respect to the inputs of the first function, s being the outputs of
    the last; with a single output and v = 1 it is the gradient.

    Parameters
    ----------
    functions : sequence of VectorFunction
        As for `derive_jacobian_product`.
    v : sequence of sympy.Expr or numbers, optional
        One entry for each output of the last function. Default: symbols v_1, v_2, ...

    Raises
    ------
    TypeError, ValueError
        As for `derive_jacobian_product`; also if v has another length.
    """
    functions, definitions = _check_functions(functions)
    outputs = functions[-1].outputs
    if v is None:
        v = letters("v", len(outputs))
    if len(v) != len(outputs):
        raise ValueError(f"v has {len(v)} entries but the last function has {len(outputs)} outputs")
    row = sympy.ImmutableMatrix([list(v)])
    steps = _jacobian_steps(functions)
    weighted = sympy.Add(*(weight * output for weight, output in zip(row, outputs, strict=True)))
    for k in range(len(functions), 0, -1):
        function = functions[k - 1]
        if k < len(functions):
            weighted = substitution(dict(zip(functions[k].inputs, function.outputs, strict=True)))(weighted)
        factor, row, witness = row, row * function.jacobian, jacobian([weighted], function.inputs)
        m, n = function.jacobian.shape
        words = f"A row of {m} times {m} x {n} is a row of {n}: {m * n} multiplications."
        name = rf"v^{{\mathsf T}} {_product(len(functions), k)}"
        steps.append(Step(words, rf"{name} = {latex(factor)} {latex(function.jacobian)} = {latex(row)}", row, witness))
    result = substitution(definitions=definitions)(row)
    steps.append(Step("Write the inner values out.", rf"{name} = {latex(result)}", result, witness))
    return Derivation("the vector-Jacobian product from the output", tuple(steps), definitions)


def _jacobian_steps(functions: Sequence[VectorFunction]) -> list[Step]:
    return [
        Step(
            f"Function {k} has a row of slopes for each output and a column for each input.",
            rf"J_{{{k}}} = {latex(function.jacobian)}",
            function.jacobian,
            function.jacobian,
        )
        for k, function in enumerate(functions, start=1)
    ]


def _product(last: int, first: int) -> str:
    return " ".join(f"J_{{{k}}}" for k in range(last, first - 1, -1))


def _check_functions(functions: Sequence[VectorFunction]) -> tuple[tuple[VectorFunction, ...], Definitions]:
    """Return the functions, and what the inputs of all but the first stand for."""
    functions = tuple(functions)
    if not functions:
        raise ValueError("functions is empty: expected at least one VectorFunction")
    for function in functions:
        if not isinstance(function, VectorFunction):
            raise TypeError(f"functions contains {function!r}, expected VectorFunction(inputs, outputs)")
    definitions: list[tuple[Formula, Formula]] = []
    for number, (inner, outer) in enumerate(pairwise(functions), start=2):
        if len(inner.outputs) != len(outer.inputs):
            raise ValueError(
                f"function {number} has {len(outer.inputs)} inputs but function {number - 1} has "
                f"{len(inner.outputs)} outputs"
            )
        definitions += zip(outer.inputs, inner.outputs, strict=True)
    inputs = [*functions[0].inputs, *(symbol for symbol, _ in definitions)]
    if len(set(inputs)) < len(inputs):
        raise ValueError(f"functions have the inputs {', '.join(map(str, inputs))}: expected all of them different")
    return functions, tuple(definitions)
