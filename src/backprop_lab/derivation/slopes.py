"""The slope of each activation, from its definition."""

from __future__ import annotations

import sympy

from backprop_lab.arrays import choose
from backprop_lab.derivation.expressions import Formula, latex, substitution, symbol
from backprop_lab.derivation.formulas import ACTIVATIONS, SPELLED_OUT, normal_share
from backprop_lab.derivation.steps import Derivation, Step

__all__ = ["derive_slope"]

Z, A = symbol("z"), symbol("a")


def derive_slope(activation: str) -> Derivation:
    """Derive the slope of an activation from its definition.

    Parameters
    ----------
    activation : str
        identity, sigmoid, tanh, relu, leaky_relu, elu, gelu or softplus, with the library's constants.

    Raises
    ------
    ValueError
        If there is none of this name; the message lists those that there are. For softmax see `derive_softmax`.

    Examples
    --------
    >>> derive_slope("sigmoid").result
    a*(1 - a)
    """
    f = choose("activation", activation, ACTIVATIONS)
    named = f.function(Z)
    meaning = substitution(rules=SPELLED_OUT)(named)
    witness = sympy.diff(meaning, Z)
    shown = meaning if named.func in SPELLED_OUT else named
    steps = [Step("The definition.", rf"a = f(z) = {latex(shown)}", meaning)]
    for words, expression, formula in _ways(f.slope(Z, A))[activation]:
        steps.append(Step(words, f"f'(z) = {formula or latex(expression)}", expression, witness))
    return Derivation(f"the slope of {activation}", tuple(steps), ((A, meaning),))


def _ways(slope: Formula) -> dict[str, list[tuple[str, Formula, str]]]:
    """Return how one comes from each activation's definition to its slope: words, expression, LaTeX.

    The LaTeX is written by hand where SymPy would put the factors together again.
    """
    e, minus = sympy.exp(Z), sympy.exp(-Z)
    share, rest, quotient = 1 / (1 + minus), minus / (1 + minus), (e - minus) / (e + minus)
    chain = "Chain rule: the outer slope of {} is {}, the inner one is {}."
    swapped = "Quotient rule: the slope of the numerator is the denominator, and the other way round."
    weighted = "Product rule: the share of a normal distribution below z, and z times the slope of that share."
    one_minus = rf"{latex(share)} \left(1 - {latex(share)}\right)"
    return {
        "identity": [("A line of slope 1.", slope, "")],
        "sigmoid": [
            (chain.format("1/u", "-1/u^2", "-exp(-z)"), minus / (1 + minus) ** 2, ""),
            ("Take it apart into two factors.", share * rest, rf"{latex(share)} \cdot {latex(rest)}"),
            ("Add and subtract 1 in the numerator of the second.", share * (1 - share), one_minus),
            ("The second factor is 1 - a: the slope needs no new exponential.", slope, ""),
        ],
        "tanh": [
            (swapped, ((e + minus) ** 2 - (e - minus) ** 2) / (e + minus) ** 2, ""),
            ("Divide both terms.", 1 - quotient**2, rf"1 - \left({latex(quotient)}\right)^2"),
            ("The quotient is a itself: the slope needs no new exponential.", slope, ""),
        ],
        "relu": [("Slope 1 above 0 and 0 below; at the kink we choose 0.", slope, "")],
        "leaky_relu": [("Slope 1 above 0 and the leak below, as one formula; at the kink the leak.", slope, "")],
        "elu": [("Slope 1 above 0 and an exponential below, as one formula.", slope, "")],
        "gelu": [
            (weighted, normal_share(Z) + Z * sympy.diff(normal_share(Z), Z), ""),
            ("The slope of the share is the density.", slope, r"\Phi(z) + z\, \varphi(z)"),
        ],
        "softplus": [
            (chain.format("ln(u)", "1/u", "exp(z)"), e / (1 + e), ""),
            ("Divide by exp(z) above and below.", share, ""),
            ("That is the sigmoid.", slope, ""),
        ],
    }
