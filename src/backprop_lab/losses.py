r"""Losses: one number for how wrong the predictions are, and its gradient with respect to them.

The mean over the batch enters here and nowhere else: every gradient that leaves this module carries its $1/N$.

| loss | one example | $\partial C / \partial a$ | matched activation |
|---|---|---|---|
| half squared error | $\frac12 \sum_i (a_i - y_i)^2$ | $(a - y)/N$ | identity |
| mean squared error | $\frac1n \sum_i (a_i - y_i)^2$ | $2(a - y)/(Nn)$ | |
| binary cross-entropy | $-\sum_i y_i \ln a_i + (1 - y_i) \ln(1 - a_i)$ | $(a - y)/(a (1 - a) N)$ | sigmoid |
| categorical cross-entropy | $-\sum_i y_i \ln a_i$ | $-y/(a N)$ | softmax |

With its matched activation each of the three has $\partial C / \partial z = (a - y)/N$: the slope of the
activation cancels. That form is exact where $a$ has rounded to 0 or 1 and the product of the two factors
would be $\infty \cdot 0$. Cross-entropies are in nats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backprop_lab.activations import Activation
from backprop_lab.arrays import Array, as_float_array, choose

__all__ = [
    "LOSSES",
    "Loss",
    "binary_cross_entropy",
    "categorical_cross_entropy",
    "half_squared_error",
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
    matched : str or None
        The name of the activation with which dC/dz = (a - y) / N.
    from_z : callable or None
        (z, y) to one number for each element, through the matched activation, stable for large |z|.
    """

    name: str
    latex: str
    function: Callable[[Array, Array], Array]
    slope_of: Callable[[Array, Array], Array]
    matched: str | None = None
    from_z: Callable[[Array, Array], Array] | None = None

    def __call__(self, a: Array, y: Array) -> float:
        """Return C, the mean over the batch, for predictions a and targets y of shape (N, n).

        Raises
        ------
        TypeError
            If either is not floating point.
        ValueError
            If the shapes differ, a value is not finite, or a prediction or target is not one that this loss can have.
        """
        a, y = as_float_array("a", a), self.check_targets(y, np.shape(a))
        return self._mean(a, y)

    def slope(self, a: Array, y: Array) -> Array:
        """Return dC/da, of the shape of a: the mean over the batch is in it."""
        a, y = as_float_array("a", a), self.check_targets(y, np.shape(a))
        self._check_predictions(a)
        return self._slope(a, y)

    def value(self, activation: Activation, z: Array, a: Array, y: Array) -> float:
        """Return C at the output layer a = activation(z), stable for large |z| where the two match."""
        if self.from_z is not None and activation.name == self.matched:
            return float(self.from_z(z, y).sum() / len(z))
        return self._mean(a, y)

    def delta(self, activation: Activation, z: Array, a: Array, y: Array) -> Array:
        """Return delta = dC/dz at the output layer (BP1), of the shape of z.

        The chain rule through a = activation(z). Where loss and activation match, the two factors are fused
        into (a - y) / N. Softmax is not element-wise: with another loss its full Jacobian is applied.
        """
        if activation.name == self.matched:
            return (a - y) / len(a)
        dC_da = self._slope(a, y)
        if activation.name == "softmax":
            return np.asarray(a * (dC_da - (dC_da * a).sum(axis=1, keepdims=True)))
        return dC_da * activation.slope(z, a)

    def check_targets(self, y: Array, shape: tuple[int, ...]) -> Array:
        """Return the targets y, or say why this loss can't use them."""
        y = as_float_array("y", y)
        if len(shape) != 2 or y.shape != shape:
            raise ValueError(
                f"y has shape {y.shape} and the predictions {shape}: "
                "expected two equal shapes (N, n), one example a row"
            )
        if len(y) == 0:
            raise ValueError("y is empty: expected at least one example")
        if self.name.endswith("cross_entropy") and (y.min() < 0 or y.max() > 1):
            raise ValueError(f"{self.name} needs targets from 0 to 1, got {y.min():g} to {y.max():g}")
        if self.name == "categorical_cross_entropy" and not np.allclose(y.sum(axis=1), 1, atol=1e-6):
            row = int(np.argmax(np.abs(y.sum(axis=1) - 1)))
            raise ValueError(
                f"each row of y must sum to 1, but row {row} sums to {y[row].sum():g}: "
                "one_hot(labels, n) makes such targets from class numbers"
            )
        return y

    def _mean(self, a: Array, y: Array) -> float:
        self._check_predictions(a)
        with np.errstate(divide="ignore"):  # a prediction of exactly 0 or 1 that is wrong costs infinity
            return float(self.function(a, y).sum() / len(a))

    def _slope(self, a: Array, y: Array) -> Array:
        with np.errstate(divide="ignore"):  # and is infinitely steep there
            return self.slope_of(a, y) / len(a)

    def _check_predictions(self, a: Array) -> None:
        if self.name.endswith("cross_entropy") and ((a < 0) | (a > 1)).any():
            raise ValueError(
                f"{self.name} needs predictions from 0 to 1, got {a.min():g} to {a.max():g}: "
                "sigmoid and softmax make such"
            )

    def __repr__(self) -> str:
        return self.name


def _y_log_a(y: Array, a: Array) -> Array:
    return np.where(y == 0, 0, y * np.log(np.where(y == 0, 1, a)))  # 0 log 0 is 0


def _y_over_a(y: Array, a: Array) -> Array:
    return np.where(y == 0, 0, y / np.where(y == 0, 1, a))  # its derivative: 0 / 0 is 0


half_squared_error = Loss(
    "half_squared_error",
    r"\tfrac12 \sum_i (a_i - y_i)^2",
    lambda a, y: (a - y) ** 2 / 2,
    lambda a, y: a - y,
    matched="identity",
)
mean_squared_error = Loss(
    "mean_squared_error",
    r"\tfrac1n \sum_i (a_i - y_i)^2",
    lambda a, y: (a - y) ** 2 / a.shape[1],
    lambda a, y: 2 * (a - y) / a.shape[1],
)
binary_cross_entropy = Loss(
    "binary_cross_entropy",
    r"-\sum_i \left[ y_i \ln a_i + (1 - y_i) \ln (1 - a_i) \right]",
    lambda a, y: -_y_log_a(y, a) - _y_log_a(1 - y, 1 - a),
    lambda a, y: _y_over_a(1 - y, 1 - a) - _y_over_a(y, a),
    matched="sigmoid",
    from_z=lambda z, y: np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))),
)
categorical_cross_entropy = Loss(
    "categorical_cross_entropy",
    r"-\sum_i y_i \ln a_i",
    lambda a, y: -_y_log_a(y, a),
    lambda a, y: -_y_over_a(y, a),
    matched="softmax",
    from_z=lambda z, y: -y * (z - _log_sum_exp(z)),
)


def _log_sum_exp(z: Array) -> Array:
    top = z.max(axis=1, keepdims=True)
    return np.asarray(top + np.log(np.exp(z - top).sum(axis=1, keepdims=True)))


LOSSES = {f.name: f for f in (half_squared_error, mean_squared_error, binary_cross_entropy, categorical_cross_entropy)}


def loss(name: str | Loss) -> Loss:
    """Return the loss of this name; a Loss is returned as it is.

    Raises
    ------
    ValueError
        If there is none of this name; the message lists those that there are.
    """
    return name if isinstance(name, Loss) else choose("loss", name, LOSSES)
