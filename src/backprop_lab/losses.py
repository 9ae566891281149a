r"""Losses: one number for how wrong the predictions are, and its gradient with respect to them.

The mean over the batch enters here and nowhere else: every gradient that leaves this module carries its $1/N$. With
sample weights $w$ the mean is the weighted one, $\sum_n w_n C_n / \sum_n w_n$, so that a weight of 2 is the same as
having the example twice.

| loss | one example | $\partial C / \partial a$ | matched activation |
|---|---|---|---|
| half squared error | $\frac12 \sum_i (a_i - y_i)^2$ | $(a - y)/N$ | identity |
| mean squared error | $\frac1n \sum_i (a_i - y_i)^2$ | $2(a - y)/(Nn)$ | |
| binary cross-entropy | $-\sum_i y_i \ln a_i + (1 - y_i) \ln(1 - a_i)$ | $(a - y)/(a (1 - a) N)$ | sigmoid |
| categorical cross-entropy | $-\sum_i y_i \ln a_i$ | $-y/(a N)$ | softmax |
| hinge | $\sum_i \max(0, 1 - y_i a_i)$ | $-y\,[y a < 1]/N$ | |

With its matched activation each of the three has $\partial C / \partial z = (a - y)/N$: the slope of the
activation cancels. That form is exact where $a$ has rounded to 0 or 1 and the product of the two factors
would be $\infty \cdot 0$. Cross-entropies are in nats.

Everything that the library knows of a loss stands in one place, its `Loss` below. A new one needs nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any, Literal, SupportsFloat

import numpy as np
import numpy.typing as npt

from backprop_lab.activations import Activation, identity, sigmoid, softmax
from backprop_lab.arithmetic import difference, factor, number, total
from backprop_lab.arrays import Array, as_float_array, choose

__all__ = [
    "LOSSES",
    "Loss",
    "as_sample_weights",
    "binary_cross_entropy",
    "categorical_cross_entropy",
    "half_squared_error",
    "hinge",
    "loss",
    "mean_squared_error",
]


@dataclass(frozen=True)
class Loss:
    """A loss: the mean over the batch of one number for each example.

    Call it for its value, `half_squared_error(a, y)`; ask it for its gradient, `half_squared_error.slope(a, y)`.

    Attributes
    ----------
    name : str
        What `loss(name)` finds it by.
    latex : str
        One example's loss, as the book writes it.
    function : callable
        (a, y), both (N, n), to one number for each element; they are summed over n and averaged over N.
    slope_of : callable
        (a, y) to the derivative of `function` with respect to a, element by element.
    mean_over_outputs : bool
        Whether the n elements of an example are averaged too, instead of summed.
    matched : Activation or None
        The activation with which dC/dz = (a - y) / N.
    from_z : callable or None
        (z, y) to one number for each element, through the matched activation, stable for large |z|.
    expects : str
        What the targets may be: "numbers", "shares" (from 0 to 1; the predictions too), "distributions" (shares, and
        each row sums to 1) or "signs" (-1 or +1).
    slope_latex : str
        The formula of the slope of one example in LaTeX, with `$a` where the prediction stands.
    text, slope_text : callable or None
        (a, y) of one element to its terms of the loss, and to its slope, as arithmetic; see `texts`.
    """

    name: str
    latex: str
    function: Callable[[Array, Array], Array]
    slope_of: Callable[[Array, Array], Array]
    mean_over_outputs: bool = False
    matched: Activation | None = None
    from_z: Callable[[Array, Array], Array] | None = None
    expects: Literal["numbers", "shares", "distributions", "signs"] = "numbers"
    slope_latex: str = ""
    text: Callable[[float, float], Sequence[str]] | None = None
    slope_text: Callable[[float, float], str] | None = None

    def __call__(self, a: Array, y: Array, sample_weights: npt.ArrayLike | None = None) -> float:
        """Return C, the mean over the batch, for predictions a and targets y of shape (N, n), sample weights (N,).

        Raises
        ------
        TypeError
            If one of them is not floating point.
        ValueError
            If the shapes differ, a value is not finite, or a prediction or target is not one that this loss can have.
        """
        a, y, weights = self._door(a, y, sample_weights)
        return self._mean(a, y, weights)

    def slope(self, a: Array, y: Array, sample_weights: npt.ArrayLike | None = None) -> Array:
        """Return dC/da, of the shape of a: the mean over the batch is in it."""
        a, y, weights = self._door(a, y, sample_weights)
        return self._slope(a, y, weights)

    def value(self, activation: Activation, z: Array, a: Array, y: Array, sample_weights: Array | None = None) -> float:
        """Return C at the output layer a = activation(z), stable for large |z| where the two match.

        z, a and y are (N, n), sample weights (N,). Shapes are checked, values are not.
        """
        _check_alike(z, a, y)
        if self.from_z is not None and activation == self.matched:
            return _mean(self.from_z(z, y), sample_weights)
        return self._mean(a, y, sample_weights)

    def delta(self, activation: Activation, z: Array, a: Array, y: Array, sample_weights: Array | None = None) -> Array:
        """Return delta = dC/dz at the output layer (BP1), of the shape of z.

        The chain rule through a = activation(z). Where loss and activation match, the two factors are fused
        into (a - y) / N. Softmax is not element-wise: with another loss its full Jacobian is applied.
        z, a and y are (N, n), sample weights (N,). Shapes are checked, values are not.
        """
        _check_alike(z, a, y)
        if activation == self.matched:
            return _shared(a - y, sample_weights)
        return activation.delta(self._slope(a, y, sample_weights), z, a)

    def check_targets(self, y: Array, shape: tuple[int, ...]) -> Array:
        """Return the targets y, or say why this loss can't use them."""
        y = as_float_array("y", y)
        if len(shape) != 2 and y.shape == shape:
            raise ValueError(f"y and the predictions have shape {shape}, expected two axes (N, n): one example a row")
        if y.shape != shape:
            raise ValueError(
                f"y has shape {y.shape} and the predictions {shape}: "
                "expected two equal shapes (N, n), one example a row"
            )
        if len(y) == 0:
            raise ValueError("y is empty: expected at least one example")
        if self.needs_probabilities and (y.min() < 0 or y.max() > 1):
            raise ValueError(f"{self.name} needs targets from 0 to 1, got {y.min():g} to {y.max():g}")
        if self.expects == "signs" and not (np.abs(y) == 1).all():
            odd = y[np.abs(y) != 1][0]
            raise ValueError(f"{self.name} needs targets of -1 or +1, got {odd:g}: 2 * y - 1 makes them from 0 and 1")
        if self.expects == "distributions" and not np.allclose(y.sum(axis=1), 1, atol=1e-6):
            row = int(np.argmax(np.abs(y.sum(axis=1) - 1)))
            raise ValueError(
                f"each row of y must sum to 1, but row {row} sums to {y[row].sum():g}: "
                "one_hot(labels, n) makes such targets from class numbers"
            )
        return y

    @property
    def needs_probabilities(self) -> bool:
        """Whether predictions and targets must lie between 0 and 1."""
        return self.expects in ("shares", "distributions")

    def _door(self, a: Array, y: Array, sample_weights: npt.ArrayLike | None) -> tuple[Array, Array, Array | None]:
        a, y = as_float_array("a", a), self.check_targets(y, np.shape(a))
        return a, y, as_sample_weights(sample_weights, len(a), a.dtype)

    def _mean(self, a: Array, y: Array, sample_weights: Array | None) -> float:
        self._check_predictions(a)
        with np.errstate(divide="ignore"):  # a prediction of exactly 0 or 1 that is wrong costs infinity
            return _mean(self.function(a, y), sample_weights) / (a.shape[1] if self.mean_over_outputs else 1)

    def _slope(self, a: Array, y: Array, sample_weights: Array | None) -> Array:
        self._check_predictions(a)
        with np.errstate(divide="ignore"):  # and is infinitely steep there
            slope = self.slope_of(a, y) / a.shape[1] if self.mean_over_outputs else self.slope_of(a, y)
        return _shared(slope, sample_weights)

    def _check_predictions(self, a: Array) -> None:
        if self.needs_probabilities and ((a < 0) | (a > 1)).any():
            raise ValueError(
                f"{self.name} needs predictions from 0 to 1, got {a.min():g} to {a.max():g}: "
                "sigmoid and softmax make such"
            )

    # ------------------------------------------------------ how the book writes it, with symbols and with numbers

    def formula(self, a: str) -> str:
        """Return the loss of one example in LaTeX, for this name of the prediction."""
        return self.latex.replace("a_i", f"{a}_i")

    def slope_formula(self, a: str) -> str:
        """Return the slope of one example in LaTeX, for this name of the prediction, or nothing."""
        return Template(self.slope_latex).substitute(a=a)

    def texts(self, a: Iterable[SupportsFloat], y: Iterable[SupportsFloat]) -> str:
        """Return C of one example as arithmetic; terms that a target of 0 or 1 makes zero are left out."""
        a, y = list(a), list(y)
        if self.text is None:
            return f"{self.name}({', '.join(map(number, a))}; {', '.join(map(number, y))})"
        terms = [term for p, t in zip(a, y, strict=True) for term in self.text(float(p), float(t))]
        return total([f"{term}/{len(a)}" for term in terms] if self.mean_over_outputs else terms)

    def slope_texts(self, a: Iterable[SupportsFloat], y: Iterable[SupportsFloat]) -> list[str]:
        """Return dC/da of one example as arithmetic, for each entry."""
        a, y = list(a), list(y)
        if self.slope_text is None:
            return [f"{self.name}'({number(p)}; {number(t)})" for p, t in zip(a, y, strict=True)]
        texts = [self.slope_text(float(p), float(t)) for p, t in zip(a, y, strict=True)]
        return [f"{text}/{len(a)}" for text in texts] if self.mean_over_outputs else texts

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Let a copy or a file hold the name, for those of the library."""
        return (loss, (self.name,)) if LOSSES.get(self.name) is self else super().__reduce__()

    def __repr__(self) -> str:
        return self.name


def _check_alike(z: Array, a: Array, y: Array) -> None:
    if not z.shape == a.shape == y.shape:
        raise ValueError(f"z has shape {z.shape}, a {a.shape} and y {y.shape}: expected three equal shapes (N, n)")


def as_sample_weights(value: npt.ArrayLike | None, n: int, dtype: npt.DTypeLike) -> Array | None:
    """Return the weights of n examples, shape (n,), or None where there are none; bad ones are refused.

    Raises
    ------
    TypeError
        If they are not floating point.
    ValueError
        If the shape is not (n,), one is negative or not finite, or all are zero.
    """
    if value is None:
        return None
    weights = as_float_array("sample_weights", value, dtype)
    if weights.shape != (n,):
        raise ValueError(f"sample_weights has shape {weights.shape}, expected ({n},): one weight an example")
    if weights.min() < 0 or not weights.any():
        raise ValueError(
            f"sample_weights has a smallest value of {weights.min():g}, expected none below 0 and one above"
        )
    return weights


def _mean(elements: Array, sample_weights: Array | None) -> float:
    """Sum over the outputs, and take the mean over the batch."""
    if sample_weights is None:
        return float(elements.sum() / len(elements))
    with np.errstate(invalid="ignore"):
        weighted = np.where(sample_weights > 0, sample_weights * elements.sum(axis=1), 0)  # weight 0: even if infinite
    return float(weighted.sum() / sample_weights.sum())


def _shared(gradient: Array, sample_weights: Array | None) -> Array:
    """Give each example its share of the mean."""
    if sample_weights is None:
        return gradient / len(gradient)
    share = (sample_weights / sample_weights.sum())[:, np.newaxis]
    return np.asarray(np.where(share > 0, gradient, 0) * share)


def _y_log_a(y: Array, a: Array) -> Array:
    return np.where(y == 0, 0, y * np.log(np.where(y == 0, 1, a)))  # 0 log 0 is 0


def _y_over_a(y: Array, a: Array) -> Array:
    return np.where(y == 0, 0, y / np.where(y == 0, 1, a))  # its derivative: 0 / 0 is 0


def _log_softmax(z: Array) -> Array:
    below = z - z.max(axis=1, keepdims=True)  # at most 0: nothing overflows, and no digits cancel
    return np.asarray(below - np.log(np.exp(below).sum(axis=1, keepdims=True)))


def _minus_y_ln_a(a: float, y: float) -> list[str]:
    return [f"-{number(y)}*ln({number(a)})"] if y else []


def _minus_y_over_a(a: float, y: float) -> list[str]:
    return [f"-{number(y)}/{number(a)}"] if y else []


half_squared_error = Loss(
    "half_squared_error",
    r"\tfrac12 \sum_i (a_i - y_i)^2",
    lambda a, y: np.square(a - y) / 2,
    lambda a, y: a - y,
    matched=identity,
    slope_latex="$a - y",
    text=lambda a, y: [f"({difference(a, y)})^2/2"],
    slope_text=difference,
)
mean_squared_error = Loss(
    "mean_squared_error",
    r"\tfrac1n \sum_i (a_i - y_i)^2",
    lambda a, y: np.square(a - y),
    lambda a, y: 2 * (a - y),
    mean_over_outputs=True,
    slope_latex=r"\tfrac2n ($a - y)",
    text=lambda a, y: [f"({difference(a, y)})^2"],
    slope_text=lambda a, y: f"2*({difference(a, y)})",
)
binary_cross_entropy = Loss(
    "binary_cross_entropy",
    r"-\sum_i \left[ y_i \ln a_i + (1 - y_i) \ln (1 - a_i) \right]",
    lambda a, y: -_y_log_a(y, a) - _y_log_a(1 - y, 1 - a),
    lambda a, y: _y_over_a(1 - y, 1 - a) - _y_over_a(y, a),
    matched=sigmoid,
    from_z=lambda z, y: np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))),
    expects="shares",
    slope_latex=r"\frac{1 - y}{1 - $a} - \frac{y}{$a}",
    text=lambda a, y: _minus_y_ln_a(a, y) + _minus_y_ln_a(1 - a, 1 - y),
    slope_text=lambda a, y: total(_minus_y_over_a(a, y) + [t[1:] for t in _minus_y_over_a(1 - a, 1 - y)]),
)
categorical_cross_entropy = Loss(
    "categorical_cross_entropy",
    r"-\sum_i y_i \ln a_i",
    lambda a, y: -_y_log_a(y, a),
    lambda a, y: -_y_over_a(y, a),
    matched=softmax,
    from_z=lambda z, y: -y * _log_softmax(z),
    expects="distributions",
    slope_latex=r"-\frac{y}{$a}",
    text=_minus_y_ln_a,
    slope_text=lambda a, y: total(_minus_y_over_a(a, y)),
)
hinge = Loss(  # Cortes and Vapnik (1995), with the slope 0 at its kink
    "hinge",
    r"\sum_i \max(0,\, 1 - y_i a_i)",
    lambda a, y: np.maximum(1 - y * a, 0),
    lambda a, y: -y * (y * a < 1),
    expects="signs",
    slope_latex="-y \\odot [y \\odot $a < 1]",
    text=lambda a, y: [f"max(0, 1 - {factor(y)}*{factor(a)})"],
    slope_text=lambda a, y: f"{number(-y)} if {number(y)}*{factor(a)} < 1 else 0",
)

LOSSES = {
    f.name: f for f in (half_squared_error, mean_squared_error, binary_cross_entropy, categorical_cross_entropy, hinge)
}  # found by name


def loss(name: str | Loss) -> Loss:
    """Return the loss of this name; a Loss is returned as it is.

    Raises
    ------
    ValueError
        If there is none of this name; the message lists those that there are.
    """
    return name if isinstance(name, Loss) else choose("loss", name, LOSSES)
