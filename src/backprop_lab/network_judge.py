r"""The forward pass of a network, computed anew: what its loss does when a pre-activation moves.

Every derivative here is a rate of change of the loss or of one of its parts. With the complex step (Squire and Trapp
1998) it is $\operatorname{Im} f(ih) / h$, exact to rounding; where a formula for complex numbers is not known it is the
central difference $(f(h) - f(-h)) / 2h$.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_batch, as_float_array
from backprop_lab.complex_formulas import ACTIVATIONS, FUSED, LOSSES, Formula, Numbers
from backprop_lab.network import Network

__all__ = ["STEPS", "Judge", "Way", "read_network", "rounding_bounds"]

Way = Literal["complex", "central"]

# The square of the complex step is 0 in floating point, so that no real part is moved across a kink.
STEPS = {"complex": 1e-200, "central": float(np.cbrt(np.finfo(float).eps))}


@dataclass(frozen=True)
class Judge:
    """A network at one batch, in float64.

    A step is an array (K, N): K ways to move one pre-activation, each with its own step for each of N examples.

    Attributes
    ----------
    names : tuple of str
        The layers' activations, whose formulas are `activations`.
    output_losses : callable
        From the activation of the output layer (K, N, n_out) to each example's loss (K, N).
    fused : callable or None
        The same from its pre-activation, where activation and loss are a matched pair, whose delta is a - y.
    shares : array (N,)
        How much each example counts in the mean; they sum to 1.
    a_in, z, a : tuple of array
        What goes into each layer, its pre-activation and its activation.
    eps : float
        Relative rounding of the network's own numbers.
    takes_complex : bool
        Whether a formula for complex numbers is known for every function of the network.
    on_kink : bool
        Whether 0 counts as positive where a function has a kink.
    """

    W: tuple[Array, ...]
    b: tuple[Array, ...]
    names: tuple[str, ...]
    activations: tuple[Formula, ...]
    output_losses: Formula
    fused: Callable[[Numbers], Numbers] | None
    y: Array
    shares: Array
    a_in: tuple[Array, ...]
    z: tuple[Array, ...]
    a: tuple[Array, ...]
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
        return self.output_losses(self.activations[-1](z, self.on_kink), self.on_kink)

    @cached_property
    def loss(self) -> float:
        """The loss C."""
        with np.errstate(all="ignore"):  # an infinite loss is compared like any other
            return float(self.example_losses(self.z[-1][np.newaxis])[0] @ self.shares)

    # ------------------------------------------------------------------- moving one pre-activation

    def losses_after(self, l: int, unit: int, step: Numbers) -> Numbers:
        """Return each example's loss (K, N) after a step (K, N) of the pre-activation of one unit in layer l."""
        if l == len(self.W) - 1:
            z = np.broadcast_to(self.z[l], (len(step), *self.z[l].shape)).astype(step.dtype)
            z[:, :, unit] += step
            return self.example_losses(z)
        da = self.activations[l](self.z[l][:, unit] + step, self.on_kink) - self.a[l][:, unit]
        z = self.z[l + 1] + da[:, :, np.newaxis] * self.W[l + 1][:, unit]  # a rank-one change for each step
        for above in range(l + 2, len(self.W)):
            z = _times(self.activations[above - 1](z, self.on_kink), self.W[above]) + self.b[above]
        return self.example_losses(z)

    def slopes(self, l: int, unit: int, direction: Array) -> Array:
        """Return the slope of each example's loss (K, N) along K directions (K, N) of one unit's pre-activation."""
        return np.asarray(self.rate(lambda h: self.losses_after(l, unit, h * direction)))

    def directions(self, l: int) -> Array:
        """Return how a unit's pre-activation moves with each of its weights, and with its bias: (n_in + 1, N)."""
        return np.vstack([self.a_in[l].T, np.ones(len(self.shares))])

    def delta(self, l: int) -> Array:
        """Return dC/dz of layer l, (N, n_out): a step of a bias, example by example."""
        ones = np.ones((1, len(self.shares)))
        return np.stack([self.slopes(l, unit, ones)[0] * self.shares for unit in range(len(self.W[l]))], axis=1)

    # ----------------------------------------------------------------------------- moving anything else

    def probe(self, moves: list[Array]) -> float:
        """Return the slope of C along a direction of all parameters: a matrix like [W | b] for each layer."""

        def after(h: complex) -> complex:
            z: Numbers = self.a_in[0]
            for l, move in enumerate(moves):
                a = z if l == 0 else self.activations[l - 1](z, False)
                z = _times(a, self.W[l]) + self.b[l] + h * (_times(a, move[:, :-1]) + move[:, -1])
            return complex(self.example_losses(z[np.newaxis])[0] @ self.shares)

        return float(np.real(self.rate(after)))

    def output_gradient(self, a: Array) -> Array:
        """Return dC/da of the output layer, (N, n_out), where it gives a."""

        def slope(unit: Array) -> Any:
            return self.rate(lambda h: self.output_losses((a + h * unit)[np.newaxis], False)[0])

        return np.stack([slope(unit) * self.shares for unit in np.eye(a.shape[1])], axis=1)

    def slope(self, l: int, z: Array) -> Array:
        """Return the local derivative of the activation of layer l at z."""
        return np.asarray(self.rate(lambda h: self.activations[l](z + h, False)))


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

    W, b = [layer.W.astype(float) for layer in network.layers], [layer.b.astype(float) for layer in network.layers]
    formulas: list[Formula] = []
    zs, activations = [], [x.astype(float)]
    for l, layer in enumerate(network.layers):
        zs.append(activations[-1] @ W[l].T + b[l])
        formulas.append(_formula(layer.activation, zs[-1]))
        activations.append(formulas[-1](zs[-1], False))

    name, output = network.loss_function.name, network.layers[-1].activation.name
    formula, fused = LOSSES.get(name), FUSED.get((name, output))
    own = Judge(
        W=tuple(W),
        b=tuple(b),
        names=tuple(layer.activation.name for layer in network.layers),
        activations=tuple(formulas),
        output_losses=lambda a, on_kink: _one_by_one(network.loss_function, a, targets),
        fused=None,
        y=targets,
        shares=counts / counts.sum(),
        a_in=tuple(activations[:-1]),
        z=tuple(zs),
        a=tuple(activations[1:]),
        eps=float(np.finfo(dtype).eps),
        takes_complex=False,
        method="central",
    )
    judges = [own]
    if formula is not None:
        known = all(ACTIVATIONS.get(f) is used for f, used in zip(own.names, formulas, strict=True))
        ours = replace(
            own,
            output_losses=lambda a, on_kink: formula(a, targets, on_kink),
            fused=None if fused is None else lambda z: fused(z, targets),
            takes_complex=known,
            method=method if known else "central",
        )
        judges.insert(0, ours)
    close = 1e-9 if own.eps < 1e-12 else 1e-3
    for judge in judges:
        if np.isclose(judge.loss, loss, rtol=close, atol=1e-12):
            return judge
    raise ValueError(
        f"network.loss says {loss:.9g}, but that is not the loss of its layers' predictions: "
        "mend the forward pass first"
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
    lost = 16 * judge.eps
    bound, of_the_loss = _output_bounds(judge, lost)
    quotient = of_the_loss / STEPS["central"] if judge.method == "central" else 0.0
    found: list[Array] = []
    for l in reversed(range(len(judge.W))):
        delta = np.abs(judge.delta(l))
        found.insert(0, (bound + lost * delta).T @ np.abs(judge.directions(l)).T + quotient)
        if l > 0:
            W, slope = np.abs(judge.W[l]), np.abs(judge.slope(l - 1, judge.z[l - 1]))
            rounded = slope + np.fmin(1, np.abs(judge.a[l - 1]))
            bound = (bound + lost * delta) @ W * slope + lost * (delta @ W) * rounded
    return found


def _output_bounds(judge: Judge, lost: float) -> tuple[Array, float]:
    """Return bounds for the rounding in delta of the output layer, (N, n_out), and in the loss."""
    a, rounding = judge.a[-1], lost * max(1.0, abs(judge.loss))
    bound = lost * (np.abs(a) + np.abs(judge.y)) * judge.shares[:, np.newaxis]  # of a - y
    if judge.fused is not None:
        return bound, rounding
    with np.errstate(all="ignore"):
        da, beside = judge.output_gradient(a), a * (1 + lost / 2)
        moved = np.fmin(np.abs(da - judge.output_gradient(beside)), np.abs(da))  # where 1 - a has cancelled
        losses = [judge.output_losses(p[np.newaxis], False)[0] @ judge.shares for p in (a, beside)]
        rounding = float(np.fmax(rounding, abs(losses[1] - losses[0])))
    if judge.names[-1] == "softmax":
        whole = np.abs(da) + (np.abs(da) * a).sum(axis=1, keepdims=True)
        bound += a * (lost * whole + moved + (moved * a).sum(axis=1, keepdims=True))
    else:
        slope = np.abs(judge.slope(len(judge.W) - 1, judge.z[-1]))
        bound += lost * np.abs(da) * (slope + np.fmin(1, np.abs(a))) + moved * slope
    return bound, rounding
