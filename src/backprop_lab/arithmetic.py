r"""Formulas with the numbers put in, as text: `0.15*0.05 + 0.2*0.1 + 0.35`.

Numbers have six significant digits. `^` is a power and `ln` the natural logarithm; everything else is Python's, so that
the text can be evaluated and compared with the value that it explains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import SupportsFloat

from backprop_lab.activations import Activation
from backprop_lab.losses import Loss

__all__ = [
    "activation_texts",
    "difference",
    "factor",
    "loss_slope_texts",
    "loss_text",
    "number",
    "product",
    "slope_texts",
    "softmax_delta_texts",
    "total",
    "weighted_sum",
]

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


def activation_texts(f: Activation, z: Numbers) -> list[str]:
    """Return f(z) for each entry; for softmax with the sum over all of them."""
    if f.name == "softmax":
        powers = [f"exp({number(q)})" for q in z]
        return [f"{power}/({total(powers)})" for power in powers]
    return [f"{f.name}({number(q)})" for q in z]


def slope_texts(f: Activation, z: Numbers, a: Numbers) -> list[str]:
    """Return f'(z) for each entry, from a where that is shorter."""
    match f.name:
        case "sigmoid":
            return [f"{number(p)}*(1 - {number(p)})" for p in a]
        case "tanh":
            return [f"1 - {factor(p)}^2" for p in a]
        case "identity":
            return ["1" for _ in z]
        case "relu":
            return [f"1 if {number(q)} > 0 else 0" for q in z]
        case name:
            return [f"{name}'({number(q)})" for q in z]


def loss_text(loss: Loss, a: Numbers, y: Numbers) -> str:
    """Return C for one example; terms that are zero because of a target of 0 or 1 are left out."""
    pairs = _pairs(a, y)
    match loss.name:
        case "half_squared_error":
            return total([f"({difference(p, t)})^2/2" for p, t in pairs])
        case "mean_squared_error":
            return total([f"({difference(p, t)})^2/{len(pairs)}" for p, t in pairs])
        case "binary_cross_entropy":
            both = [(q, s) for p, t in pairs for q, s in ((p, t), (1 - p, 1 - t))]
            return total([f"-{number(t)}*ln({number(p)})" for p, t in both if t])
        case "categorical_cross_entropy":
            return total([f"-{number(t)}*ln({number(p)})" for p, t in pairs if t])
        case name:
            return f"{name}({', '.join(map(number, a))}; {', '.join(map(number, y))})"


def loss_slope_texts(loss: Loss, a: Numbers, y: Numbers) -> list[str]:
    """Return dC/da for each entry; terms that are zero because of a target of 0 or 1 are left out."""
    pairs = _pairs(a, y)
    match loss.name:
        case "half_squared_error":
            return [difference(p, t) for p, t in pairs]
        case "mean_squared_error":
            return [f"2/{len(pairs)}*({difference(p, t)})" for p, t in pairs]
        case "binary_cross_entropy":
            signed = [(("-", t, p), ("", 1 - t, 1 - p)) for p, t in pairs]
            return [total([f"{sign}{number(t)}/{number(p)}" for sign, t, p in terms if t]) for terms in signed]
        case "categorical_cross_entropy":
            return [f"-{number(t)}/{number(p)}" if t else "0" for p, t in pairs]
        case name:
            return [f"{name}'({number(p)}; {number(t)})" for p, t in pairs]


def softmax_delta_texts(a: Numbers, da: Numbers) -> list[str]:
    """Return dC/dz for each entry where a = softmax(z): its Jacobian times dC/da."""
    return [f"{number(p)}*({number(d)} - ({weighted_sum(a, da)}))" for p, d in zip(a, da, strict=True)]


def _pairs(a: Numbers, y: Numbers) -> list[tuple[float, float]]:
    return [(float(p), float(t)) for p, t in zip(a, y, strict=True)]
