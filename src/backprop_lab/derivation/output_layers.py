"""The output layers: softmax, and the two activations whose slope a cross-entropy cancels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import sympy

from backprop_lab.chain_rule import sigmoid
from backprop_lab.derivation.door import check_outputs
from backprop_lab.derivation.expressions import (
    Definitions,
    Formula,
    column,
    gradient,
    jacobian,
    latex,
    letters,
    matrix,
    ordinary,
    substitution,
    symbol,
)
from backprop_lab.derivation.formulas import ACTIVATIONS, LOSSES, SPELLED_OUT
from backprop_lab.derivation.steps import Derivation, Step

__all__ = [
    "derive_sigmoid_cross_entropy",
    "derive_softmax",
    "derive_softmax_cross_entropy",
    "softmax_jacobian",
    "sums_to_one",
]


def softmax_jacobian(a: Sequence[Formula]) -> Formula:
    """Return diag(a) - a a^T."""
    return sympy.ImmutableMatrix(sympy.diag(*a)) - column(a) * column(a).T


def sums_to_one(y: Sequence[Formula]) -> Definitions:
    """Return what the last target is where all sum to 1."""
    *others, last = y
    return ((last, 1 - sympy.Add(*others)),)


def derive_softmax(n: int) -> Derivation:
    r"""Derive the Jacobian of softmax, $\operatorname{diag}(a) - a a^{\mathsf T}$, for n outputs.

    Raises
    ------
    ValueError
        If n is no whole number from 2 to 9.
    """
    n = check_outputs(n)
    return Derivation("the Jacobian of softmax", tuple(_softmax_steps(n)), _softmax_definitions(n))


def derive_softmax_cross_entropy(n: int) -> Derivation:
    """Derive dC/dz = a - y for softmax with categorical cross-entropy, for any target that sums to 1.

    A one-hot target is such a target, and so is a smoothed one. All steps but the last hold for any y.

    Raises
    ------
    ValueError
        If n is no whole number from 2 to 9.
    """
    n = check_outputs(n)
    steps = (*_softmax_steps(n), *_cross_entropy_steps(n))
    return Derivation("softmax with cross-entropy", steps, _softmax_definitions(n))


def derive_sigmoid_cross_entropy() -> Derivation:
    """Derive dC/dz = a - y for the sigmoid with binary cross-entropy, for any target y."""
    z, a, y = symbol("z"), symbol("a"), symbol("y")
    entropy, share = LOSSES["binary_cross_entropy"], SPELLED_OUT[sigmoid](z)
    cost, da, slope = entropy.term(a, y), entropy.slope(a, y), ACTIVATIONS["sigmoid"].slope(z, a)
    dC_da, da_dz, dC_dz = ordinary("C", "a"), ordinary("a", "z"), ordinary("C", "z")
    one_fraction = (a - y) / slope
    da_witness, witness = sympy.diff(cost, a), sympy.diff(substitution({a: share})(cost), z)
    steps = (
        Step("The definition.", rf"a = \sigma(z) = {latex(share)}", share),
        Step("The loss.", rf"C = {latex(cost)}", cost),
        Step("How the loss changes with the prediction.", rf"{dC_da} = {latex(da)}", da, da_witness),
        Step("Bring both terms over one denominator.", f"{dC_da} = {latex(one_fraction)}", one_fraction, da_witness),
        Step("The slope of the sigmoid.", f"{da_dz} = {latex(slope)}", slope, sympy.diff(share, z)),
        Step("Chain rule: the slope cancels the denominator.", f"{dC_dz} = {dC_da} {da_dz} = a - y", a - y, witness),
    )
    return Derivation("sigmoid with binary cross-entropy", steps, ((a, share),))


def _softmax(z: Iterable[Formula]) -> list[Formula]:
    powers = [sympy.exp(entry) for entry in z]
    return [power / sympy.Add(*powers) for power in powers]


def _softmax_definitions(n: int) -> Definitions:
    return tuple(zip(letters("a", n), _softmax(letters("z", n)), strict=True))


def _softmax_steps(n: int) -> Iterator[Step]:
    z, a = letters("z", n), letters("a", n)
    powers = [sympy.exp(entry) for entry in z]
    total = sympy.Add(*powers)
    witness = jacobian(_softmax(z), z)
    yield Step(
        "The definition: shares of the sum, so that each output depends on every input.",
        r"a_i = \frac{e^{z_i}}{\sum_k e^{z_k}}",
        column(_softmax(z)),
    )
    yield Step(
        "Quotient rule; exp(z_j) is in the sum always, and in the numerator where i = j.",
        r"\frac{\partial a_i}{\partial z_j} = "
        r"\frac{[i = j]\, e^{z_i} \sum_k e^{z_k} - e^{z_i} e^{z_j}}{\left(\sum_k e^{z_k}\right)^2}",
        matrix(
            [(int(i == j) * p * total - p * q) / total**2 for j, q in enumerate(powers)] for i, p in enumerate(powers)
        ),
        witness,
    )
    yield Step(
        "Each exponential over the sum is an output.",
        r"\frac{\partial a_i}{\partial z_j} = a_i \left([i = j] - a_j\right)",
        matrix([p * (int(i == j) - q) for j, q in enumerate(a)] for i, p in enumerate(a)),
        witness,
    )
    yield Step(
        "As a matrix, with a as a column.",
        r"\frac{\partial a}{\partial z} = \operatorname{diag}(a) - a a^{\mathsf T} = " + latex(softmax_jacobian(a)),
        softmax_jacobian(a),
        witness,
    )


def _cross_entropy_steps(n: int) -> Iterator[Step]:
    z, a, y = column(letters("z", n)), column(letters("a", n)), column(letters("y", n))
    entropy = LOSSES["categorical_cross_entropy"]
    cost = sympy.Add(*map(entropy.term, a, y))
    witness = gradient(substitution(definitions=_softmax_definitions(n))(cost), z)
    yield Step(
        "The loss: minus the logarithm of each output, weighted by the target.", r"C = -\sum_i y_i \ln a_i", cost
    )
    da = column(map(entropy.slope, a, y))
    yield Step(
        "How the loss changes with each output.",
        r"\frac{\partial C}{\partial a_i} = -\frac{y_i}{a_i}",
        da,
        gradient(cost, a),
    )
    yield Step(
        "z_j reaches the loss through every output: add over the paths.",
        r"\frac{\partial C}{\partial z_j} = \sum_i \frac{\partial C}{\partial a_i} \frac{\partial a_i}{\partial z_j}"
        r" = -\sum_i \frac{y_i}{a_i}\, a_i \left([i = j] - a_j\right)",
        softmax_jacobian(a).T * da,
        witness,
    )
    yield Step(
        "The a_i cancels; where i = j there is one more term.",
        r"\frac{\partial C}{\partial z_j} = a_j \sum_i y_i - y_j",
        a * sympy.Add(*y) - y,
        witness,
    )
    formula = r"\frac{\partial C}{\partial z} = a - y"
    yield Step("The targets sum to 1.", formula, a - y, witness, where=sums_to_one(y))
