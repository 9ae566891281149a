"""The library's activations and losses as formulas, each with its slope as the book writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy

from backprop_lab.chain_rule import sigmoid, softplus
from backprop_lab.derivation.expressions import Formula, Rules

__all__ = ["ACTIVATIONS", "LOSSES", "SPELLED_OUT", "normal_share", "relu", "step"]


class _Piecewise(sympy.Function):  # type: ignore[misc]  # SymPy has no types
    """A function with a kink, as a name of its own: no expression falls apart into cases."""

    nargs = 1
    is_real = True
    form: str

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = self.form % printer._print(self.args[0])
        return text if exp is None else rf"{text}^{{{exp}}}"


class relu(_Piecewise):  # noqa: N801  SymPy prints the name of the class
    """The ReLU for SymPy; its slope is `step`."""

    form = r"\mathrm{ReLU}{\left(%s\right)}"

    def fdiff(self, argindex: int = 1) -> Formula:  # noqa: D102  SymPy's own
        return step(self.args[0])


class step(_Piecewise):  # noqa: N801
    """1 where its argument is above 0, else 0: the slope of the ReLU, 0 at the kink."""

    form = r"\left[%s > 0\right]"

    def fdiff(self, argindex: int = 1) -> Formula:  # noqa: D102  SymPy's own
        return sympy.Integer(0)


SPELLED_OUT: Rules = {
    sigmoid: lambda u: 1 / (1 + sympy.exp(-u)),
    softplus: lambda u: sympy.log(1 + sympy.exp(u)),
    sympy.tanh: lambda u: (sympy.exp(u) - sympy.exp(-u)) / (sympy.exp(u) + sympy.exp(-u)),
    relu: lambda u: sympy.Piecewise((u, u > 0), (0, True)),
    step: lambda u: sympy.Piecewise((1, u > 0), (0, True)),
}
LEAK = sympy.Rational(1, 100)


def normal_share(z: Formula) -> Formula:
    """Return the share of the standard normal distribution that lies below z."""
    return (1 + sympy.erf(z / sympy.sqrt(2))) / 2


def _normal_density(z: Formula) -> Formula:
    return sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi)


@dataclass(frozen=True)
class ActivationFormula:
    """f(z), and f'(z) from z and a = f(z)."""

    function: Callable[[Formula], Formula]
    slope: Callable[[Formula, Formula], Formula]


@dataclass(frozen=True)
class LossFormula:
    """One output's term of the loss, and its slope, from a prediction a and its target y."""

    term: Callable[[Formula, Formula], Formula]
    slope: Callable[[Formula, Formula], Formula]


ACTIVATIONS = {
    "identity": ActivationFormula(lambda z: z, lambda z, a: sympy.Integer(1)),
    "sigmoid": ActivationFormula(sigmoid, lambda z, a: a * (1 - a)),
    "tanh": ActivationFormula(sympy.tanh, lambda z, a: 1 - a**2),
    "relu": ActivationFormula(relu, lambda z, a: step(z)),
    "leaky_relu": ActivationFormula(
        lambda z: LEAK * z + (1 - LEAK) * relu(z), lambda z, a: LEAK + (1 - LEAK) * step(z)
    ),
    "elu": ActivationFormula(
        lambda z: relu(z) + sympy.exp(z - relu(z)) - 1, lambda z, a: step(z) + (1 - step(z)) * sympy.exp(z - relu(z))
    ),
    "gelu": ActivationFormula(
        lambda z: z * normal_share(z), lambda z, a: normal_share(z) + z * _normal_density(z)
    ),
    "softplus": ActivationFormula(softplus, lambda z, a: sigmoid(z)),
}  # fmt: skip
LOSSES = {
    "half_squared_error": LossFormula(lambda a, y: (a - y) ** 2 / 2, lambda a, y: a - y),
    "mean_squared_error": LossFormula(lambda a, y: (a - y) ** 2, lambda a, y: 2 * (a - y)),
    "binary_cross_entropy": LossFormula(
        lambda a, y: -y * sympy.log(a) - (1 - y) * sympy.log(1 - a), lambda a, y: (1 - y) / (1 - a) - y / a
    ),
    "categorical_cross_entropy": LossFormula(lambda a, y: -y * sympy.log(a), lambda a, y: -y / a),
    "hinge": LossFormula(lambda a, y: relu(1 - y * a), lambda a, y: -y * step(1 - y * a)),
}
