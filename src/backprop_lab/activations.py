r"""Activation functions and their slopes.

An activation turns the pre-activation $z$ of a layer into its activation $a = f(z)$. Backpropagation needs
one more thing of it: the slope $f'(z)$. The slope is *at z*, even where it is cheaper to compute from $a$,
as in $\sigma'(z) = a (1 - a)$.

Everything that the library knows of an activation stands in one place, its `Activation` below: how it is computed, how
its slope is computed, and how the book writes them. A new one needs nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from string import Template
from typing import Any, SupportsFloat

import numpy as np
import numpy.typing as npt

from backprop_lab.arithmetic import factor, number, total, weighted_sum
from backprop_lab.arrays import Array, choose

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "activation",
    "elu",
    "gelu",
    "identity",
    "leaky_relu",
    "make_elu",
    "make_leaky_relu",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]


@dataclass(frozen=True)
class Activation:
    """An activation function and its slope.

    Call it for its value, `sigmoid(z)`; ask it for its slope, `sigmoid.slope(z)`.

    Attributes
    ----------
    name : str
        What `activation(name)` finds it by.
    latex : str
        How the book writes it.
    function : callable
        z to f(z), any shape; it must not change z.
    slope_from : callable or None
        (z, f(z)) to f'(z), element by element, as numbers or as truth values for 0 and 1; None where one output depends
        on several inputs (softmax).
    slope_latex, slope_text : str
        The formula of the slope, in LaTeX and as arithmetic, with `$z` and `$a` where z and f(z) stand.
    """

    name: str
    latex: str
    function: Callable[[Array], Array]
    slope_from: Callable[[Array, Array], npt.NDArray[Any]] | None
    slope_latex: str = ""
    slope_text: str = ""

    @property
    def element_wise(self) -> bool:
        """Whether each output depends on its own input alone, so that there is a slope."""
        return self.slope_from is not None

    def __call__(self, z: npt.ArrayLike) -> Array:
        """Return a = f(z), of the shape of z; whole numbers are taken as floats."""
        return self.function(_as_floats(z))

    def slope(self, z: npt.ArrayLike, a: Array | None = None) -> Array:
        """Return the local derivative f'(z), of the shape of z.

        Parameters
        ----------
        z : array
            Pre-activation. The slope is taken here.
        a : array, optional
            f(z), where the caller has kept it: saves computing it again.

        Raises
        ------
        TypeError
            For softmax, whose outputs each depend on every input: it has a Jacobian, not a slope.
        """
        if self.slope_from is None:
            raise TypeError(f"{self.name} has no element-wise slope: each output depends on every input")
        z = _as_floats(z)
        return np.asarray(self.slope_from(z, self.function(z) if a is None else a), z.dtype)

    def delta(self, da: Array, z: Array, a: Array) -> Array:
        """Return dC/dz from da = dC/da, both of shape (N, n): through the slope, or through softmax's Jacobian.

        The Jacobian of softmax is diag(a) - a a^T, so that dC/dz = a * (da - a . da) in each row.

        Raises
        ------
        ValueError
            If the three shapes differ: they would be broadcast.
        """
        if not np.shape(da) == np.shape(z) == np.shape(a):
            raise ValueError(f"da has shape {np.shape(da)}, z {np.shape(z)} and a {np.shape(a)}: expected three alike")
        if self.element_wise:
            return da * self.slope(z, a)
        return np.asarray(a * (da - (da * a).sum(axis=-1, keepdims=True)))

    # ------------------------------------------------------ how the book writes it, with symbols and with numbers

    def slope_formula(self, z: str, a: str) -> str:
        """Return the slope in LaTeX, for these names of z and f(z); empty where the activation gives none."""
        return Template(self.slope_latex).substitute(z=z, a=a)

    def slope_needs(self) -> str:
        """Return what the slope's formula is written with: "a" where the stored activation is enough, else "z"."""
        return "a" if "$a" in self.slope_text and "$z" not in self.slope_text else "z"

    def texts(self, z: Iterable[SupportsFloat]) -> list[str]:
        """Return f(z) as arithmetic, for each entry; for softmax with the sum over all of them."""
        if self.element_wise:
            return [f"{self.name}({number(q)})" for q in z]
        powers = [f"exp({number(q)})" for q in z]
        return [f"{power}/({total(powers)})" for power in powers]

    def slope_texts(self, z: Iterable[SupportsFloat], a: Iterable[SupportsFloat]) -> list[str]:
        """Return f'(z) as arithmetic, for each entry."""
        template = Template(self.slope_text or f"{self.name}'($z)")
        return [template.substitute(z=number(q), a=factor(p)) for q, p in zip(z, a, strict=True)]

    def delta_texts(self, a: Iterable[SupportsFloat], da: Iterable[SupportsFloat]) -> list[str]:
        """Return softmax's dC/dz as arithmetic, for each entry: its Jacobian times dC/da."""
        return [f"{number(p)}*({number(d)} - ({weighted_sum(a, da)}))" for p, d in zip(a, da, strict=True)]

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Let a copy or a file hold the name, for those of the library."""
        return (activation, (self.name,)) if ACTIVATIONS.get(self.name) is self else super().__reduce__()

    def __repr__(self) -> str:
        return self.name


def _as_floats(z: npt.ArrayLike) -> Array:
    z = np.asarray(z)
    return z.astype(np.float64) if z.dtype.kind in "iub" else z


def _sigmoid(z: Array) -> Array:
    with np.errstate(over="ignore"):  # exp(-z) may become infinite: then 1 / (1 + exp(-z)) is the 0 that it should be
        a: Array = 1 / (1 + np.exp(-z))
        return a


def _softmax(z: Array) -> Array:
    e: Array = np.exp(z - z.max(axis=-1, keepdims=True))  # the largest exponent is 0: never overflows
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


_erfc = np.frompyfunc(math.erfc, 1, 1)  # NumPy has no error function of its own


def _normal_share(z: Array) -> Array:
    """Return the share of a standard normal distribution that lies below z, with all its digits in the lower tail."""
    return np.asarray(_erfc(-z / math.sqrt(2)) / 2, z.dtype)


def _normal_density(z: Array) -> Array:
    return np.asarray(np.exp(-z * z / 2) / math.sqrt(2 * math.pi), z.dtype)


identity = Activation(
    "identity",
    r"\mathrm{id}",
    lambda z: z,
    lambda z, a: np.ones_like(z),
    slope_latex="1",
    slope_text="1",
)
sigmoid = Activation(
    "sigmoid",
    r"\sigma",
    _sigmoid,
    lambda z, a: a * (1 - a),
    slope_latex=r"$a \odot (1 - $a)",
    slope_text="$a*(1 - $a)",
)
tanh = Activation(
    "tanh",
    r"\tanh",
    np.tanh,
    lambda z, a: 1 - a * a,
    slope_latex=r"1 - $a \odot $a",
    slope_text="1 - $a^2",
)
relu = Activation(
    "relu",
    r"\mathrm{ReLU}",
    lambda z: np.maximum(z, 0),
    lambda z, a: a > 0,  # exactly where z > 0; at the kink 0, as in the frameworks
    slope_latex="[$z > 0]",
    slope_text="1 if $z > 0 else 0",
)
softplus = Activation(  # Dugas et al. (2001)
    "softplus",
    r"\mathrm{softplus}",
    lambda z: np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))),  # ln(1 + e^z), with no exponent above 0
    lambda z, a: _sigmoid(z),
    slope_latex=r"\sigma($z)",
    slope_text="sigmoid($z)",
)
gelu = Activation(  # Hendrycks and Gimpel (2016), the exact form
    "gelu",
    r"\mathrm{GELU}",
    lambda z: z * _normal_share(z),
    lambda z, a: _normal_share(z) + z * _normal_density(z),
    slope_latex=r"\Phi($z) + $z \odot \varphi($z)",
    slope_text="Phi($z) + ($z)*phi($z)",
)


def make_leaky_relu(negative_slope: float = 0.01, name: str = "leaky_relu") -> Activation:
    """Return a leaky ReLU (Maas et al. 2013): z where z > 0, else negative_slope * z, and so is its slope at 0.

    Raises
    ------
    ValueError
        If negative_slope is not a number from 0 to 1.
    """
    slope = _number("negative_slope", negative_slope, 1)
    return Activation(
        name,
        r"\mathrm{LeakyReLU}",
        lambda z: np.maximum(z, slope * z),
        lambda z, a: np.maximum(z > 0, z.dtype.type(slope)),
        slope_latex=f"[$z > 0] + {slope:g}\\,[$z \\le 0]",
        slope_text=f"1 if $z > 0 else {slope:g}",
    )


def make_elu(alpha: float = 1.0, name: str = "elu") -> Activation:
    """Return an ELU (Clevert et al. 2016): z where z > 0, else alpha * (exp(z) - 1).

    Raises
    ------
    ValueError
        If alpha is not a finite number from 0 up.
    """
    alpha = _number("alpha", alpha, math.inf)
    return Activation(
        name,
        r"\mathrm{ELU}",
        lambda z: np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0)),
        lambda z, a: np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0))),
        slope_latex=f"[$z > 0] + {alpha:g}\\, e^{{$z}} [$z \\le 0]",
        slope_text=f"1 if $z > 0 else {alpha:g}*exp($z)",
    )


def _number(name: str, value: float, top: float) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float, np.number))
        or not 0 <= value <= top
        or value == math.inf
    ):
        raise ValueError(f"{name} is {value!r}, expected a number from 0 {'up' if top == math.inf else f'to {top:g}'}")
    return float(value)


leaky_relu = make_leaky_relu()
elu = make_elu()
softmax = Activation("softmax", r"\mathrm{softmax}", _softmax, None)

ACTIVATIONS = {
    f.name: f for f in (identity, sigmoid, tanh, relu, leaky_relu, elu, gelu, softplus, softmax)
}  # found by name


def activation(name: str | Activation) -> Activation:
    """Return the activation of this name; an Activation is returned as it is.

    Raises
    ------
    ValueError
        If there is none of this name; the message lists those that there are.
    """
    return name if isinstance(name, Activation) else choose("activation", name, ACTIVATIONS)
