r"""The forward pass of a network, computed anew: what its loss does when a pre-activation moves.

Every derivative here is a rate of change of the loss or of one of its parts. With the complex step (Squire and Trapp
1998) it is $\operatorname{Im} f(ih) / h$, exact to rounding; where a formula for complex numbers is not known it is the
central difference $(f(h) - f(-h)) / 2h$.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_batch, as_float_array
from backprop_lab.network import Network
from backprop_lab.network_check.complex_formulas import ACTIVATIONS, FUSED, LOSSES, Formula, Numbers

__all__ = ["STEPS", "Judge", "JudgedLayer", "Way", "read_network", "rounding_bounds"]

Way = Literal["complex", "central"]

# The square of the complex step is 0 in floating point, so that no real part is moved across a kink.
STEPS = {"complex": 1e-200, "central": float(np.cbrt(np.finfo(float).eps))}


@dataclass(frozen=True)
class JudgedLayer:
    """One layer at one batch, in float64: a = f(a_in @ W.T + b)."""

    W: Array
    b: Array
    name: str
    f: Formula
    a_in: Array
    z: Array
    a: Array

    @property
    def directions(self) -> Array:
        """How a unit's pre-activation moves with each of its weights, and with its bias: (n_in + 1, N)."""
        return np.vstack([self.a_in.T, np.ones(len(self.a_in))])


@dataclass(frozen=True)
class Judge:
    """A network at one batch, in float64.

    A step is an array (K, N): K ways to move one pre-activation, each with its own step for each of N examples.

    Attributes
    ----------
    output_losses : callable
        From the activation of the output layer (K, N, n_out) to each example's loss (K, N).
    fused : callable or None
        The same from its pre-activation, where activation and loss are a matched pair, whose delta is a - y.
    shares : array (N,)
        How much each example counts in the mean; they sum to 1.
    eps : float
        Relative rounding of the network's own numbers.
    takes_complex : bool
        Whether a formula for complex numbers is known for every function of the network.
    on_kink : bool
        Whether 0 counts as positive where a function has a kink.
    """

    layers: tuple[JudgedLayer, ...]
    output_losses: Formula
    fused: Callable[[Numbers], Numbers] | None
    y: Array
    shares: Array
    eps: float
    takes_complex: bool
    method: Way
    on_kink: bool = False

    def rate(self, f: Callable[[Any], Any]) -> Any:
        """Return df/dh at h = 0, by the judge's method."""
        h = STEPS[self.method]
        if self.method == "complex":
            return f(1j * h).imag / h
        return (f(h) - f(-h)) / (2 * h)

    def example_losses(self, z: Numbers) -> Numbers:
        """Return each example's loss (K, N) from the pre-activation of the output layer (K, N, n_out)."""
        if self.fused is not None:
            return self.fused(z)
        return self.output_losses(self.layers[-1].f(z, self.on_kink), self.on_kink)

    @cached_property
    def loss(self) -> float:
        """The loss C."""
        with np.errstate(all="ignore"):  # an infinite loss is compared like any other
            return float(self.example_losses(self.layers[-1].z[np.newaxis])[0] @ self.shares)

    # ------------------------------------------------------------------- moving one pre-activation

    def losses_after(self, l: int, unit: int, step: Numbers) -> Numbers:
        """Return each example's loss (K, N) after a step (K, N) of the pre-activation of one unit in layer l."""
        here, *above = self.layers[l:]
        if not above:
            z = np.broadcast_to(here.z, (len(step), *here.z.shape)).astype(step.dtype)
            z[:, :, unit] += step
            return self.example_losses(z)
        da = here.f(here.z[:, unit] + step, self.on_kink) - here.a[:, unit]
        z = above[0].z + da[:, :, np.newaxis] * above[0].W[:, unit]  # a rank-one change for each step
        for below, layer in pairwise(above):
            z = _times(below.f(z, self.on_kink), layer.W) + layer.b
        return self.example_losses(z)

    def slopes(self, l: int, unit: int, direction: Array) -> Array:
        """Return the slope of each example's loss (K, N) along K directions (K, N) of one unit's pre-activation."""
        return np.asarray(self.rate(lambda h: self.losses_after(l, unit, h * direction)))

    def delta(self, l: int) -> Array:
        """Return dC/dz of layer l, (N, n_out): a step of a bias, example by example."""
        ones = np.ones((1, len(self.shares)))
        return np.stack([self.slopes(l, unit, ones)[0] * self.shares for unit in range(len(self.layers[l].W))], axis=1)

    # ----------------------------------------------------------------------------- moving anything else

    def probe(self, moves: list[Array]) -> float:
        """Return the slope of C along a direction of all parameters: a matrix like [W | b] for each layer."""

        def after(h: complex) -> complex:
            a: Numbers = self.layers[0].a_in
            for layer, move in zip(self.layers, moves, strict=True):
                z = _times(a, layer.W) + layer.b + h * (_times(a, move[:, :-1]) + move[:, -1])
                a = layer.f(z, False)
            return complex(self.example_losses(z[np.newaxis])[0] @ self.shares)

        return float(np.real(self.rate(after)))

    def output_gradient(self, a: Array) -> Array:
        """Return dC/da of the output layer, (N, n_out), where it gives a."""

        def slope(unit: Array) -> Any:
            return self.rate(lambda h: self.output_losses((a + h * unit)[np.newaxis], False)[0])

        return np.stack([slope(unit) * self.shares for unit in np.eye(a.shape[1])], axis=1)

    def slope(self, l: int, z: Array) -> Array:
        """Return the local derivative of the activation of layer l at z."""
        return np.asarray(self.rate(lambda h: self.layers[l].f(z + h, False)))


def _times(a: Numbers, W: Array) -> Numbers:
    """Return a @ W.T; a complex a by two real products, half the work of a complex one."""
    if not np.iscomplexobj(a):
        return np.asarray(a @ W.T)
    product: Numbers = np.empty((*a.shape[:-1], len(W)), complex)
    product.real, product.imag = a.real @ W.T, a.imag @ W.T
    return product


# ------------------------------------------------------------------------------------ reading a network


def read_network(
    network: Network, x: npt.ArrayLike, y: npt.ArrayLike, weights: npt.ArrayLike | None, method: Way
) -> Judge:
    """Read a network's numbers; take its own functions, and central differences, where no formula is known.

    Raises
    ------
    TypeError, ValueError
        If the examples do not fit the network, there is no such method, the loss is not finite, or it is not that of
        the predictions which the layers make.
    """
    if method not in STEPS:
        raise ValueError(f"unknown method {method!r}: choose one of {', '.join(sorted(STEPS))}")
    if not isinstance(network, Network):
        raise TypeError(f"network is of type {type(network).__name__}, expected a Network")
    dtype = network.parameters.dtype
    x = as_batch("x", x, network.sizes[0], dtype)
    loss = network.loss(x, y, weights)
    if not np.isfinite(loss):
        raise ValueError(f"the loss is {loss}: a prediction is as wrong as can be, and there is no gradient to check")
    targets = as_float_array("y", y, dtype).astype(float)
    counts = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)

    layers: list[JudgedLayer] = []
    a = x.astype(float)
    for layer in network.layers:
        W, b = layer.W.astype(float), layer.b.astype(float)
        z = a @ W.T + b
        f = _formula(layer.activation, z)
        layers.append(JudgedLayer(W, b, layer.activation.name, f, a, z, f(z, False)))
        a = layers[-1].a
    own = Judge(
        layers=tuple(layers),
        output_losses=lambda a, on_kink: _one_by_one(network.loss_function, a, targets),
        fused=None,
        y=targets,
        shares=counts / counts.sum(),
        eps=float(np.finfo(dtype).eps),
        takes_complex=False,
        method="central",
    )
    close = 1e-9 if own.eps < 1e-12 else 1e-3
    for judge in (_with_formula(own, network.loss_function.name, method), own):
        if np.isclose(judge.loss, loss, rtol=close, atol=1e-12):
            return judge
    raise ValueError(
        f"network.loss says {loss:.9g}, but that is not the loss of its layers' predictions: "
        "mend the forward pass first"
    )


def _with_formula(judge: Judge, loss: str, method: Way) -> Judge:
    """Return a judge that computes the loss by the formula of that name, if there is one."""
    formula, fused = LOSSES.get(loss), FUSED.get((loss, judge.layers[-1].name))
    if formula is None:
        return judge
    takes_complex = all(layer.f is ACTIVATIONS.get(layer.name) for layer in judge.layers)
    return replace(
        judge,
        output_losses=lambda a, on_kink: formula(a, judge.y, on_kink),
        fused=None if fused is None else lambda z: fused(z, judge.y),
        takes_complex=takes_complex,
        method=method if takes_complex else "central",
    )


def _formula(activation: Any, z: Array) -> Formula:
    """Return the formula of an activation's name, if it gives the numbers that the activation gives; else its own."""
    formula = ACTIVATIONS.get(activation.name)
    if formula is not None and np.allclose(formula(z, False), activation(z), rtol=1e-9, atol=1e-12):
        return formula
    return lambda z, on_kink: np.asarray(activation(z), dtype=float)


def _one_by_one(loss: Any, a: Numbers, y: Array) -> Numbers:
    """Return a loss of one's own for each example of each batch: (K, N)."""
    return np.array([[loss(row[np.newaxis], t[np.newaxis]) for row, t in zip(batch, y, strict=True)] for batch in a])


# ----------------------------------------------------------------------------- what rounding may do


def rounding_bounds(judge: Judge) -> list[Array]:
    """Return a bound for the rounding in the gradient of each entry of [W | b], layer by layer.

    A running error analysis (Wilkinson 1963): what each operation of a right backward pass in the network's precision
    may lose, carried down with absolute values. A slope such as a (1 - a) loses a rounding of a, not of itself.
    Central differences add the rounding of the loss over the step.
    """
    lost, quotient = 16 * judge.eps, 0.0
    if judge.method == "central":
        quotient = lost * max(1.0, abs(judge.loss)) / STEPS["central"]

    def of_slope(l: int) -> Array:
        return np.asarray(np.abs(judge.slope(l, judge.layers[l].z)) + np.fmin(1, np.abs(judge.layers[l].a)))

    a = judge.layers[-1].a
    bound = lost * (np.abs(a) + np.abs(judge.y)) * judge.shares[:, np.newaxis]  # of a - y
    if judge.fused is None:
        with np.errstate(all="ignore"):  # of a step of central differences out of the loss's domain nothing is known
            da = np.nan_to_num(np.abs(judge.output_gradient(a)), posinf=0)
        bound += lost * da * of_slope(-1)
    found: list[Array] = []
    for l, layer in reversed(list(enumerate(judge.layers))):
        delta = np.abs(judge.delta(l))
        found.insert(0, (bound + lost * delta).T @ np.abs(layer.directions).T + quotient)
        if l > 0:
            W, slope = np.abs(layer.W), np.abs(judge.slope(l - 1, judge.layers[l - 1].z))
            bound = (bound + lost * delta) @ W * slope + lost * (delta @ W) * of_slope(l - 1)
    return found
