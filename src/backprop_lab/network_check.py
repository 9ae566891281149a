r"""Is every gradient of a network right? Ask its forward pass, at every weight.

Changing one weight changes one pre-activation: $W_{ij} + h$ adds $h\,a_j$ to $z_i$, and a bias is a weight from a unit
that is always 1. So only the layers above need to be computed again, the first of them by a rank-one change, and many
weights at once. That is the plain loop over all parameters without what it repeats, and still nothing but the forward
pass: no line of this check is shared with the backward pass that it judges, and the activations and losses are written
here a second time, from their formulas, for complex numbers.

With the complex step (Squire and Trapp 1998) the slope is $\operatorname{Im} C(w + ih) / h$, exact to rounding. A
condition, as in ReLU, looks at the real part, so a kink that is near does no harm; one that is hit exactly is left out
and counted where the given value lies between the slopes on both sides.

A wrong gradient in one layer makes all layers below it wrong. The diagnosis therefore walks from the output down,
carries along what a mistake would have handed on, and names the topmost layer at fault.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_batch, as_float_array
from backprop_lab.network import Gradients, Network

__all__ = ["NetworkCheck", "TensorCheck", "WrongWeight", "check_network", "find_wrong_weight"]

Numbers = npt.NDArray[Any]  # real, or complex in the middle of a complex step
Way = Literal["complex", "central"]
Claims = Gradients | Sequence[tuple[npt.ArrayLike, npt.ArrayLike]] | npt.ArrayLike

# The square of the complex step is 0 in floating point, so that no real part is moved across a kink.
STEPS = {"complex": 1e-200, "central": float(np.cbrt(np.finfo(float).eps))}
# In float64, and for gradients that were computed in float32:
TOLERANCES = {"complex": (1e-10, 1e-4), "central": (1e-6, 1e-2)}  # of a verdict
PROBES = {"complex": (1e-12, 1e-5), "central": (1e-7, 1e-3)}  # of a probe
CLOSE = {"complex": (1e-6, 1e-3), "central": (1e-4, 1e-3)}  # of a diagnosis
CHUNK = 2**20  # bytes of the largest array of a batch of weights: about what stays in a processor's cache


@dataclass(frozen=True)
class TensorCheck:
    """What was found in the weights or in the biases of one layer.

    Attributes
    ----------
    layer : int
        From 1.
    name : str
        "W" or "b".
    relative_error : float
        |given - numerical| / (|given| + |numerical|), norms over the entries that were compared: from 0 to 1. The
        denominator has a floor, below which both are rounding noise.
    absolute_error : float
        Largest absolute difference of an entry.
    worst : tuple of int
        Index of that entry in W or b, with its two values in `given` and `numerical`.
    entries, kinks : int
        How many were compared, and how many of these left out because the loss has a kink there; with central
        differences, within a step of there.
    passed : bool
        Whether the relative error is within the tolerance.
    cause : str
        What probably went wrong, where a simple mistake fits the numbers; else empty.
    """

    layer: int
    name: str
    relative_error: float
    absolute_error: float
    worst: tuple[int, ...]
    given: float
    numerical: float
    entries: int
    kinks: int
    passed: bool
    cause: str = ""


@dataclass(frozen=True)
class NetworkCheck:
    """What the comparison found, for W and b of each layer, first layer first.

    Attributes
    ----------
    tensors : tuple of TensorCheck
        W and b of layer 1, W and b of layer 2, and so on.
    method : str
        "complex", or "central" where an activation or the loss is not one of the library's.
    tolerance : float
        The relative error up to which a tensor passes.
    cause : str
        What probably went wrong and in which layer, where simple mistakes explain it; else empty.
    """

    tensors: tuple[TensorCheck, ...]
    method: Way
    tolerance: float
    cause: str = ""

    @property
    def passed(self) -> bool:
        """Whether every tensor passed."""
        return all(tensor.passed for tensor in self.tensors)

    def __bool__(self) -> bool:
        return self.passed

    @property
    def errors(self) -> Array:
        """The relative errors, shape (n_layers, 2): a row for each layer, W and b."""
        return np.array([tensor.relative_error for tensor in self.tensors]).reshape(-1, 2)

    @property
    def worst(self) -> TensorCheck:
        """The tensor with the largest absolute error, of those that failed if any did."""
        return max(self.tensors, key=lambda tensor: (not tensor.passed, tensor.absolute_error))

    @property
    def topmost(self) -> int | None:
        """The highest layer that is wrong; the layers below may have inherited its error. None if all is right."""
        return max((tensor.layer for tensor in self.tensors if not tensor.passed), default=None)

    @property
    def entries(self) -> int:
        """How many parameters were compared."""
        return sum(tensor.entries for tensor in self.tensors)

    @property
    def kinks(self) -> int:
        """How many of them were left out because the loss has a kink there."""
        return sum(tensor.kinks for tensor in self.tensors)

    def __repr__(self) -> str:
        how = "the complex step" if self.method == "complex" else "central differences"
        n_layers = len(self.tensors) // 2
        scope = f"{self.entries:,} entries in {n_layers} layer{'s' * (n_layers > 1)} by {how}"
        if self.passed:  # as a bound: the digits of a passing error are rounding noise and differ between machines
            text = f"network gradient right: {scope}, every error below {self.tolerance:g}"
        else:
            text = f"network gradient WRONG: {scope}"
            for W, b in zip(self.tensors[::2], self.tensors[1::2], strict=True):
                errors = (f"{t.name} {'right' if t.passed else f'off by {t.relative_error:.2g}'}" for t in (W, b))
                text += f"\n  layer {W.layer}: {', '.join(errors)}"
            worst = self.worst
            text += (
                f"\n  worst at {worst.name}{list(worst.worst)} of layer {worst.layer}: "
                f"given {worst.given:.6g}, by {how} {worst.numerical:.6g}"
            )
            if self.cause:
                text += f"\n  likely cause: {self.cause}"
        if self.kinks:
            text += f"\n  {self.kinks} left out, the loss has a kink there"
        return text


@dataclass(frozen=True)
class WrongWeight:
    """A parameter whose gradient is wrong: layer from 1, "W" or "b", its index, its two values, the probes it took."""

    layer: int
    name: str
    index: tuple[int, ...]
    given: float
    numerical: float
    probes: int

    def __repr__(self) -> str:
        return (
            f"wrong at {self.name}{list(self.index)} of layer {self.layer}: given {self.given:.9g}, "
            f"by its own probe {self.numerical:.9g}; found with {self.probes} probes"
        )


def check_network(
    network: Network,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    gradients: Claims | None = None,
    sample_weights: npt.ArrayLike | None = None,
    method: Way = "complex",
    entries: int | None = None,
    tolerance: float | None = None,
    seed: int | np.random.Generator = 0,
) -> NetworkCheck:
    """Compare the gradient of every parameter of a network with what its forward pass says.

    Parameters
    ----------
    network : Network
    x, y : array (N, n_in), array (N, n_out)
        Examples and targets, floating point. A batch of about 32 is plenty; the cost is proportional to it.
    gradients : Gradients, sequence of pairs (dW, db), or array (n_parameters,), optional
        The claim. Default: `network.gradients(x, y)`.
    sample_weights : array (N,), optional
        How much each example counts in the mean.
    method : str
        "complex": the complex step, exact to rounding. "central": central differences, which need nothing of the
        activations but their values; they take its place where an activation or the loss is not one of the library's.
    entries : int, optional
        Compare only so many parameters, drawn at random without repetition. Default: all.
    tolerance : float, optional
        Relative error of a tensor that is let pass. Default: 1e-10 with the complex step, 1e-6 with central
        differences; in float32, 1e-4 and 1e-2.
    seed : int or numpy.random.Generator
        Where the draw of `entries` starts.

    Returns
    -------
    NetworkCheck
        True where the gradient is right.

    Raises
    ------
    TypeError, ValueError
        If the examples or the claim do not fit the network, an option is not usable, or the forward pass of the network
        is not what its layers say.

    Notes
    -----
    Central differences cannot see gradients far below 1e-10 of the loss, as a deep network of sigmoids has them; the
    complex step can. Memory: batches of weights are cut so that no array of theirs takes much more than a megabyte,
    or what a single weight needs.

    References
    ----------
    Squire and Trapp (1998), Using complex variables to estimate derivatives of real functions.

    Examples
    --------
    >>> import numpy as np
    >>> network = Network([2, 3, 1], seed=0)
    >>> x, y = np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[1.0], [0.0]])
    >>> check_network(network, x, y)
    network gradient right: 13 entries in 2 layers by the complex step, every error below 1e-10
    """
    judge = _Judge.of(network, x, y, sample_weights, method)
    eps = float(np.finfo(network.parameters.dtype).eps)
    tolerance = _tolerance(tolerance, TOLERANCES, judge.method, eps)
    claims = _claims(network, judge, gradients, sample_weights)
    masks = _drawn(judge, entries, seed)
    tensors: list[TensorCheck] = []
    for l, (claim, mask, noise) in enumerate(zip(claims, masks, judge.noise(eps), strict=True)):
        tensors += _compare(judge, l, claim, mask, noise, tolerance)
    if all(tensor.passed for tensor in tensors):
        return NetworkCheck(tuple(tensors), judge.method, tolerance)
    wrong = [(not W.passed, not b.passed) for W, b in zip(tensors[::2], tensors[1::2], strict=True)]
    with np.errstate(all="ignore"):  # a loss that is infinitely steep explains nothing, and is no reason to stop
        causes, summary = _diagnose(judge, claims, wrong, _tolerance(None, CLOSE, judge.method, eps))
    named = tuple(replace(tensor, cause=cause) for tensor, cause in zip(tensors, causes, strict=True))
    return NetworkCheck(named, judge.method, tolerance, summary)


def find_wrong_weight(
    network: Network,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    gradients: Claims | None = None,
    method: Way = "complex",
    tolerance: float | None = None,
    seed: int | np.random.Generator = 0,
) -> WrongWeight | None:
    """Find one parameter whose gradient is wrong, by bisection with directional probes.

    A probe moves half of the suspects at once, each by its own random share, and compares the slope of the loss with
    the sum that the gradient claims. If they agree, the error is in the other half. One forward pass says whether
    anything is wrong, and 17 more find one wrong weight among 100,000.

    Parameters
    ----------
    network, x, y, gradients, method
        As for `check_network`.
    tolerance : float, optional
        The disagreement of a probe that is put down to rounding, as a share of the norm of the gradient. Default: 1e-12
        with the complex step, 1e-7 with central differences; in float32 1e-5 and 1e-3.
    seed : int or numpy.random.Generator
        Where the draw of the shares starts.

    Returns
    -------
    WrongWeight or None
        None where the first probe finds nothing wrong. Where several are wrong, one of them.
    """
    judge = _Judge.of(network, x, y, None, method)
    eps = float(np.finfo(network.parameters.dtype).eps)
    tolerance = _tolerance(tolerance, PROBES, judge.method, eps)
    claims = _claims(network, judge, gradients, None)
    given = np.concatenate([claim.ravel() for claim in claims])
    rng = np.random.default_rng(seed)
    # Signs and sizes are random, so that two errors don't cancel; no share is small, so that none is overlooked.
    shares = rng.choice([-1.0, 1.0], given.size) * rng.uniform(0.5, 1.5, given.size)
    bound = np.concatenate([noise.ravel() for noise in judge.noise(eps)])
    noise = tolerance * float(np.linalg.norm(given)) + float(np.linalg.norm(bound))
    probes = 0

    def slope(chosen: npt.NDArray[np.intp]) -> float:
        nonlocal probes
        probes += 1
        direction = np.zeros_like(given)
        direction[chosen] = shares[chosen]
        return judge.probe(direction)

    def wrong(chosen: npt.NDArray[np.intp]) -> bool:
        return abs(slope(chosen) - float(given[chosen] @ shares[chosen])) > noise

    suspects = np.arange(given.size)
    if not wrong(suspects):
        return None
    while len(suspects) > 1:
        half, rest = suspects[: len(suspects) // 2], suspects[len(suspects) // 2 :]
        suspects = half if wrong(half) else rest
    found, needed = int(suspects[0]), probes
    place = found
    for number, claim in enumerate(claims, start=1):
        if place < claim.size:
            unit, source = divmod(place, claim.shape[1])
            is_bias = source == claim.shape[1] - 1
            index = (unit,) if is_bias else (unit, source)
            numerical = slope(suspects) / float(shares[found])
            return WrongWeight(number, "b" if is_bias else "W", index, float(given[found]), numerical, needed)
        place -= claim.size
    raise AssertionError("unreachable: every suspect is in a layer")


# ------------------------------------------------------- the forward pass, from its formulas, for complex numbers


def _positive(z: Numbers, on_kink: bool) -> npt.NDArray[np.bool_]:
    """Say where z counts as positive; `on_kink` decides for 0. A complex number is judged by its real part."""
    return z.real >= 0 if on_kink else z.real > 0


def _sigmoid(z: Numbers, on_kink: bool) -> Numbers:
    upper = z.real >= 0
    e = np.exp(np.where(upper, -z, z))  # at most 1 in size: never overflows
    return np.asarray(np.where(upper, 1, e) / (1 + e))


def _softplus(z: Numbers, on_kink: bool = False) -> Numbers:
    upper = z.real >= 0
    return np.asarray(np.where(upper, z, 0) + np.log(1 + np.exp(np.where(upper, -z, z))))


def _elu(z: Numbers, on_kink: bool) -> Numbers:
    positive = _positive(z, on_kink)
    return np.asarray(np.where(positive, z, np.exp(np.where(positive, 0, z)) - 1))


_erfc = np.frompyfunc(math.erfc, 1, 1)


def _gelu(z: Numbers, on_kink: bool) -> Numbers:
    """Return z times the normal distribution below z, continued off the real axis along the imaginary direction.

    From x to x + iy the distribution grows by the integral of its density over that path; for a path as short as the
    complex step the midpoint rule is exact.
    """
    share = np.asarray(_erfc(-z.real / math.sqrt(2)) / 2, dtype=float)
    if np.iscomplexobj(z):
        middle = z.real + 0.5j * z.imag
        share = share + 1j * z.imag * np.exp(-middle * middle / 2) / math.sqrt(2 * math.pi)
    return np.asarray(z * share)


def _softmax(z: Numbers, on_kink: bool) -> Numbers:
    e = np.exp(z - z.real.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _log(y: Array, a: Numbers) -> Numbers:
    """Return y ln a, with 0 ln 0 = 0."""
    return np.asarray(np.where(y == 0, 0, y * np.log(np.where(y == 0, 1, a))))


def _log_sum_exp(z: Numbers) -> Numbers:
    top = z.real.max(axis=-1, keepdims=True)
    return np.asarray(top[..., 0] + np.log(np.exp(z - top) @ np.ones(z.shape[-1])))


_ACTIVATIONS: dict[str, Callable[[Numbers, bool], Numbers]] = {
    "identity": lambda z, on_kink: z,
    "sigmoid": _sigmoid,
    "tanh": lambda z, on_kink: np.tanh(z),
    "relu": lambda z, on_kink: np.where(_positive(z, on_kink), z, 0),
    "leaky_relu": lambda z, on_kink: np.where(_positive(z, on_kink), z, 0.01 * z),
    "elu": _elu,
    "gelu": _gelu,
    "softplus": _softplus,
    "softmax": _softmax,
}
# (a, y, on_kink) to one number for each example
_LOSSES: dict[str, Callable[[Numbers, Array, bool], Numbers]] = {
    "half_squared_error": lambda a, y, on_kink: ((a - y) ** 2).sum(axis=-1) / 2,
    "mean_squared_error": lambda a, y, on_kink: ((a - y) ** 2).mean(axis=-1),
    "binary_cross_entropy": lambda a, y, on_kink: -(_log(y, a) + _log(1 - y, 1 - a)).sum(axis=-1),
    "categorical_cross_entropy": lambda a, y, on_kink: -_log(y, a).sum(axis=-1),
    "hinge": lambda a, y, on_kink: np.where(_positive(1 - y * a, on_kink), 1 - y * a, 0).sum(axis=-1),
}
# The same from the pre-activation of the output layer, where the loss alone would divide 0 by 0.
_FROM_Z: dict[tuple[str, str], Callable[[Numbers, Array], Numbers]] = {
    ("binary_cross_entropy", "sigmoid"): lambda z, y: (_softplus(z) - y * z).sum(axis=-1),
    ("categorical_cross_entropy", "softmax"): lambda z, y: y.sum(axis=-1) * _log_sum_exp(z) - (y * z).sum(axis=-1),
}


def _times(a: Numbers, W: Array) -> Numbers:
    """Return a @ W.T; a complex a by two real products, half the work of a complex one."""
    if not np.iscomplexobj(a):
        return np.asarray(a @ W.T)
    product: Numbers = np.empty((*a.shape[:-1], len(W)), complex)
    product.real, product.imag = a.real @ W.T, a.imag @ W.T
    return product


@dataclass(frozen=True)
class _Judge:
    """The forward pass of a network at one batch, and what its loss does when a pre-activation moves.

    A step is an array (K, N): K ways to move one pre-activation, each with its own step for each of N examples.
    """

    W: tuple[Array, ...]
    b: tuple[Array, ...]
    names: tuple[str, ...]
    activations: tuple[Callable[[Numbers, bool], Numbers], ...]
    example_losses: Callable[[Numbers, bool], Numbers]  # from z of the output layer (K, N, n_out) to (K, N)
    output_losses: Callable[[Numbers, bool], Numbers]  # the same from its activation
    y: Array
    shares: Array  # how much each example counts in the mean; they sum to 1
    a_in: tuple[Array, ...]
    z: tuple[Array, ...]
    a: tuple[Array, ...]
    fused: bool  # whether loss and output are a matched pair, whose delta is a - y
    takes_complex: bool  # whether a formula of ours is known for every function of the network
    method: Way

    @classmethod
    def of(
        cls, network: Network, x: npt.ArrayLike, y: npt.ArrayLike, weights: npt.ArrayLike | None, method: Way
    ) -> _Judge:
        """Read a network's numbers; take its own functions, and central differences, where no formula is known."""
        if method not in STEPS:
            raise ValueError(f"unknown method {method!r}: choose one of {', '.join(sorted(STEPS))}")
        if not isinstance(network, Network):
            raise TypeError(f"network is of type {type(network).__name__}, expected a Network")
        x = as_batch("x", x, network.sizes[0], network.parameters.dtype)
        loss = network.loss(x, y) if weights is None else network.loss(x, y, weights)
        if not np.isfinite(loss):
            raise ValueError(
                f"the loss is {loss}: a prediction is as wrong as can be, and there is no gradient to check"
            )
        y = as_float_array("y", y, network.parameters.dtype).astype(float)
        counts = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
        a: Numbers = x.astype(float)
        takes_complex = True
        inputs, zs, outputs, formulas = [], [], [], []
        for layer in network.layers:
            inputs.append(a)
            zs.append(a @ layer.W.astype(float).T + layer.b.astype(float))
            formula = _formula(layer.activation, zs[-1])
            if formula is None:
                takes_complex, formula = False, _as_formula(layer.activation)
            formulas.append(formula)
            a = formula(zs[-1], False)
            outputs.append(a)

        shares = counts / counts.sum()
        close = 1e-9 if np.finfo(network.parameters.dtype).eps < 1e-12 else 1e-3
        ways = _losses(network, formulas[-1], y)
        known, of_z, of_a = next(
            (way for way in ways if np.isclose(_mean(way[1], zs[-1], shares), loss, rtol=close, atol=1e-12)),
            (False, None, None),
        )
        if of_z is None or of_a is None:
            raise ValueError(
                f"network.loss says {loss:.9g}, but that is not the loss of its layers' predictions: "
                "mend the forward pass first"
            )
        takes_complex = takes_complex and known
        return cls(
            W=tuple(layer.W.astype(float) for layer in network.layers),
            b=tuple(layer.b.astype(float) for layer in network.layers),
            names=tuple(layer.activation.name for layer in network.layers),
            activations=tuple(formulas),
            example_losses=of_z,
            output_losses=of_a,
            y=y,
            shares=shares,
            a_in=tuple(inputs),
            z=tuple(zs),
            a=tuple(outputs),
            fused=known and (network.loss_function.name, network.layers[-1].activation.name) in _FROM_Z,
            takes_complex=takes_complex,
            method=method if takes_complex else "central",
        )

    # ------------------------------------------------------------------- moving one pre-activation

    def outputs(self, l: int, unit: int, step: Numbers, on_kink: bool = False) -> Numbers:
        """Return z of the output layer (K, N, n_out) after a step (K, N) of one unit's pre-activation in layer l."""
        if l == len(self.W) - 1:
            z = np.broadcast_to(self.z[l], (len(step), *self.z[l].shape)).astype(step.dtype)
            z[:, :, unit] += step
            return z
        da = self.activations[l](self.z[l][:, unit] + step, on_kink) - self.a[l][:, unit]
        z = self.z[l + 1] + da[:, :, np.newaxis] * self.W[l + 1][:, unit]  # a rank-one change for each step
        for above in range(l + 2, len(self.W)):
            z = _times(self.activations[above - 1](z, on_kink), self.W[above]) + self.b[above]
        return z

    def slopes(self, l: int, unit: int, direction: Array, on_kink: bool = False) -> Array:
        """Return the slope of each example's loss (K, N) along K directions (K, N) of one unit's pre-activation."""
        h = STEPS[self.method]
        if self.method == "complex":
            moved = self.example_losses(self.outputs(l, unit, 1j * h * direction, on_kink), on_kink)
            return np.asarray(moved.imag / h)
        ahead, behind = (
            self.example_losses(self.outputs(l, unit, step * direction, on_kink), on_kink) for step in (h, -h)
        )
        return np.asarray((ahead - behind) / (2 * h))

    def directions(self, l: int) -> Array:
        """Return how a unit's pre-activation moves with each of its weights, and with its bias: (n_in + 1, N)."""
        return np.vstack([self.a_in[l].T, np.ones(len(self.a_in[l]))])

    def gradient(self, l: int, mask: npt.NDArray[np.bool_], on_kink: bool = False) -> Array:
        """Return dC/d[W | b] of layer l, (n_out, n_in + 1), where the mask is set."""
        directions, result = self.directions(l), np.zeros(mask.shape)
        for unit, chosen in self.batches(l, mask):
            result[unit, chosen] = self.slopes(l, unit, directions[chosen], on_kink) @ self.shares
        return result

    def batches(self, l: int, mask: npt.NDArray[np.bool_]) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
        """Cut the chosen parameters of a layer into batches: (unit, which of its weights)."""
        widest = max(len(W) for W in self.W[min(l + 1, len(self.W) - 1) :])
        size = max(1, CHUNK // (16 * widest * len(self.shares)))
        for unit, row in enumerate(mask):
            chosen = np.flatnonzero(row)
            for start in range(0, len(chosen), size):
                yield unit, chosen[start : start + size]

    def probe(self, direction: Array) -> float:
        """Return the slope of C along a direction of all parameters, in the order of [W | b], layer by layer."""
        h = STEPS[self.method]
        if self.method == "complex":
            return float((self.loss_after(direction, 1j * h)).imag / h)
        return float((self.loss_after(direction, h) - self.loss_after(direction, -h)).real / (2 * h))

    def loss_after(self, direction: Array, h: complex) -> complex:
        """Return C after a step of all parameters."""
        a: Numbers = self.a_in[0]
        start = 0
        for l, (W, b) in enumerate(zip(self.W, self.b, strict=True)):
            move = direction[start : start + W.size + b.size].reshape(len(W), -1)
            start += move.size
            z = _times(a, W) + b + h * (_times(a, move[:, :-1]) + move[:, -1])
            a = self.activations[l](z, False) if l < len(self.W) - 1 else z
        return complex(self.example_losses(a[np.newaxis], False)[0] @ self.shares)

    # ----------------------------------------------------------- what the verdict and the diagnosis need besides

    @cached_property
    def loss(self) -> float:
        """The loss C."""
        return _mean(self.example_losses, self.z[-1], self.shares)

    @cached_property
    def hits_a_kink(self) -> bool:
        """Whether a pre-activation, or 1 - ya of the hinge loss, is exactly 0."""
        return any(bool((z == 0).any()) for z in self.z) or bool((self.y * self.a[-1] == 1).any())

    def delta(self, l: int) -> Array:
        """Return dC/dz of layer l, (N, n_out): a step of a bias, example by example."""
        ones = np.ones((1, len(self.shares)))
        units = (self.slopes(l, unit, ones)[0] * self.shares for unit in range(len(self.W[l])))
        return np.stack(list(units), axis=1)

    def output_gradient(self, a: Array) -> Array:
        """Return dC/da of the output layer, (N, n_out), where it gives a."""
        h, result = STEPS[self.method], np.zeros_like(a)
        for unit in range(a.shape[1]):
            move = np.zeros(a.shape[1])
            move[unit] = h
            if self.method == "complex":
                slopes = self.output_losses((a + 1j * move)[np.newaxis], False)[0].imag / h
            else:
                ahead, behind = (self.output_losses((a + step)[np.newaxis], False)[0] for step in (move, -move))
                slopes = (ahead - behind) / (2 * h)
            result[:, unit] = slopes * self.shares
        return result

    def slope(self, l: int, z: Array) -> Array:
        """Return the local derivative of the activation of layer l at z."""
        f, h = self.activations[l], STEPS[self.method]
        if self.method == "complex":
            return np.asarray(f(z + 1j * h, False).imag / h)
        return np.asarray((f(z + h, False) - f(z - h, False)) / (2 * h))

    def noise(self, eps: float) -> list[Array]:
        """Return a bound for the rounding in the gradient of each entry of [W | b], layer by layer.

        A running error analysis (Wilkinson 1963): what each operation of a right backward pass in this precision may
        lose, carried down with absolute values. A slope such as a (1 - a) loses a rounding of a, not of itself.
        Central differences add the rounding of the loss over the step.
        """
        a, lost = self.a[-1], 16 * eps
        rounding = lost * max(1.0, abs(self.loss))
        bound = lost * (np.abs(a) + np.abs(self.y)) * self.shares[:, np.newaxis]  # of a - y
        if not self.fused:
            with np.errstate(all="ignore"):
                da, beside = self.output_gradient(a), a * (1 + 8 * eps)
                moved = np.fmin(np.abs(da - self.output_gradient(beside)), np.abs(da))  # where 1 - a has cancelled
                values = [self.output_losses(p[np.newaxis], False)[0] @ self.shares for p in (a, beside)]
                rounding = np.fmax(rounding, abs(values[1] - values[0]))
            if self.names[-1] == "softmax":
                whole = np.abs(da) + (np.abs(da) * a).sum(axis=1, keepdims=True)
                bound += a * (lost * whole + moved + (moved * a).sum(axis=1, keepdims=True))
            else:
                slope = np.abs(self.slope(len(self.W) - 1, self.z[-1]))
                bound += lost * np.abs(da) * (slope + np.fmin(1, np.abs(a))) + moved * slope
        quotient = float(rounding) / STEPS["central"] if self.method == "central" else 0.0
        found: list[Array] = []
        for l in reversed(range(len(self.W))):
            delta, size = np.abs(self.delta(l)), np.abs(self.directions(l))
            found.insert(0, (bound + lost * delta).T @ size.T + quotient)
            if l > 0:
                W, slope = np.abs(self.W[l]), np.abs(self.slope(l - 1, self.z[l - 1]))
                rounded = slope + np.fmin(1, np.abs(self.a[l - 1]))
                bound = (bound + lost * delta) @ W * slope + lost * (delta @ W) * rounded
        return found


def _formula(activation: Any, z: Array) -> Callable[[Numbers, bool], Numbers] | None:
    """Return the formula of an activation's name, if it gives the numbers that the activation gives."""
    formula = _ACTIVATIONS.get(activation.name)
    if formula is None or not np.allclose(formula(z, False), activation(z), rtol=1e-9, atol=1e-12):
        return None
    return formula


def _as_formula(activation: Any) -> Callable[[Numbers, bool], Numbers]:
    return lambda z, on_kink: np.asarray(activation(z), dtype=float)


def _losses(
    network: Network, output: Callable[[Numbers, bool], Numbers], y: Array
) -> Iterator[tuple[bool, Callable[[Numbers, bool], Numbers], Callable[[Numbers, bool], Numbers]]]:
    """Yield ways to compute each example's loss, the best first: (by a formula of ours, from z, from a)."""
    name = network.loss_function.name
    formula, fused = _LOSSES.get(name), _FROM_Z.get((name, network.layers[-1].activation.name))
    if formula is not None:

        def ours(a: Numbers, on_kink: bool) -> Numbers:
            return formula(a, y, on_kink)

        def from_z(z: Numbers, on_kink: bool) -> Numbers:
            return fused(z, y) if fused is not None else ours(output(z, on_kink), on_kink)

        yield True, from_z, ours

    def own(a: Numbers, on_kink: bool) -> Numbers:
        return _one_by_one(network.loss_function, a, y)

    yield False, lambda z, on_kink: own(output(z, on_kink), on_kink), own


def _mean(losses: Callable[[Numbers, bool], Numbers], z: Array, shares: Array) -> float:
    with np.errstate(all="ignore"):  # an infinite loss is compared like any other
        return float(losses(z[np.newaxis], False)[0] @ shares)


def _one_by_one(loss: Any, a: Numbers, y: Array) -> Numbers:
    """Return a loss of one's own for each example of each batch: (K, N)."""
    return np.array([[loss(row[np.newaxis], t[np.newaxis]) for row, t in zip(batch, y, strict=True)] for batch in a])


# --------------------------------------------------------------------------------------------- the comparison


def _claims(
    network: Network, judge: _Judge, gradients: Claims | None, sample_weights: npt.ArrayLike | None
) -> list[Array]:
    """Return the claim as one matrix [dW | db] for each layer, checked."""
    if gradients is None:
        weighted = () if sample_weights is None else (sample_weights,)
        gradients = network.gradients(judge.a_in[0], judge.y, *weighted)
    pairs: list[tuple[Any, Any]]
    if isinstance(gradients, Gradients):
        pairs = [(layer.dW, layer.db) for layer in gradients]
    elif isinstance(gradients, np.ndarray):
        vector = as_float_array("gradients", gradients)
        if vector.shape != network.parameters.shape:
            raise ValueError(
                f"gradients has shape {vector.shape}, expected {network.parameters.shape}: one a parameter"
            )
        # Laid over a network's parameters, the vector falls into the layers in the network's own order.
        pairs = [(layer.W, layer.b) for layer in network.with_parameters(vector).layers]
    else:
        pairs = list(gradients)  # type: ignore[arg-type]
    if len(pairs) != len(judge.W):
        raise ValueError(f"gradients has {len(pairs)} layers but the network has {len(judge.W)}")
    claims = []
    for number, (pair, W) in enumerate(zip(pairs, judge.W, strict=True), start=1):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError(f"gradients[{number - 1}] is no pair (dW, db) for layer {number}")
        dW, db = as_float_array(f"dW of layer {number}", pair[0]), as_float_array(f"db of layer {number}", pair[1])
        for name, given, shape in (("dW", dW, W.shape), ("db", db, (len(W),))):
            if given.shape != shape:
                raise ValueError(f"{name} of layer {number} has shape {given.shape}, expected {shape}: its partner's")
        claims.append(np.column_stack([dW, db]).astype(float))
    return claims


def _tolerance(value: float | None, defaults: dict[str, tuple[float, float]], method: Way, eps: float) -> float:
    if value is None:
        return defaults[method][0 if eps < 1e-12 else 1]
    if not 0 < value < np.inf:  # NaN fails both comparisons
        raise ValueError(f"tolerance is {value}, expected a positive number such as {defaults[method][0]:g}")
    return float(value)


def _drawn(judge: _Judge, entries: int | None, seed: int | np.random.Generator) -> list[npt.NDArray[np.bool_]]:
    """Return which parameters to compare: a mask over [W | b] for each layer."""
    shapes = [(len(W), W.shape[1] + 1) for W in judge.W]
    total = sum(rows * columns for rows, columns in shapes)
    if entries is None:
        return [np.ones(shape, bool) for shape in shapes]
    if not isinstance(entries, (int, np.integer)) or isinstance(entries, bool) or not 1 <= entries <= total:
        raise ValueError(f"entries is {entries!r}, expected a whole number from 1 to {total}")
    chosen = np.zeros(total, bool)
    chosen[np.random.default_rng(seed).choice(total, entries, replace=False)] = True
    ends = np.cumsum([rows * columns for rows, columns in shapes])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(chosen, ends), shapes, strict=True)]


def _compare(
    judge: _Judge, l: int, claim: Array, mask: npt.NDArray[np.bool_], noise: Array, tolerance: float
) -> list[TensorCheck]:
    """Judge W and b of one layer."""
    numerical = judge.gradient(l, mask)
    smooth = _without_kinks(judge, l, claim, numerical, mask, tolerance, noise)
    checks = []
    for name, part in (("W", np.s_[:, :-1]), ("b", np.s_[:, -1])):
        compared, usable = mask[part], smooth[part]
        given, truth = claim[part], numerical[part]
        difference = np.where(usable, np.abs(given - truth), 0)
        worst = tuple(int(i) for i in np.unravel_index(int(difference.argmax()), difference.shape))
        size = float(np.linalg.norm(given[usable]) + np.linalg.norm(truth[usable]))
        size = max(size, float(np.linalg.norm(noise[part][usable])) / tolerance)
        error = float(np.linalg.norm(difference))
        checks.append(
            TensorCheck(
                layer=l + 1,
                name=name,
                relative_error=error / size if error else 0.0,
                absolute_error=float(difference[worst]),
                worst=worst,
                given=float(given[worst]),
                numerical=float(truth[worst]),
                entries=int(compared.sum()),
                kinks=int((compared & ~usable).sum()),
                passed=error <= tolerance * size,
            )
        )
    return checks


def _without_kinks(
    judge: _Judge,
    l: int,
    claim: Array,
    numerical: Array,
    mask: npt.NDArray[np.bool_],
    tolerance: float,
    noise: Array,
) -> npt.NDArray[np.bool_]:
    """Return the mask without the entries that a kink excuses: given between the slopes on its two sides.

    What central differences find doubtful they compute again in `numerical`, with a tenth of the step: most kinks, and
    most of the curve, are outside of that.
    """
    sizes = np.where(mask, np.abs(claim) + np.abs(numerical), 0)
    margin = noise + tolerance * np.append(np.full(sizes.shape[1] - 1, sizes[:, :-1].max()), sizes[:, -1].max())
    doubtful = mask & (np.abs(claim - numerical) > margin)
    if not doubtful.any():
        return mask
    low, high = np.zeros(mask.shape), np.zeros(mask.shape)
    bent = doubtful
    if judge.method == "complex":
        if not judge.hits_a_kink:
            return mask
        other = judge.gradient(l, doubtful, on_kink=True)  # 0 counts as positive now
        low, high = np.minimum(numerical, other), np.maximum(numerical, other)
    else:
        bent = np.zeros(mask.shape, bool)
        for unit, chosen in judge.batches(l, doubtful):
            parts = [_sides(judge, l, unit, chosen, part) for part in (1, 1 / 3, 1 / 10, 1 / 100)]
            whole, third, tenth, _ = (np.abs(right - left) for left, right in parts)
            allowed = 0.05 * whole + 10 * noise[unit, chosen]
            # Where the loss is smooth the two sides differ in proportion to the step; a kink breaks the proportion.
            bent[unit, chosen] = (np.abs(third - whole / 3) > allowed) | (np.abs(tenth - whole / 10) > allowed)
            near = np.array([parts[2], parts[3]])  # two kinks may lie closer than a tenth of a step
            low[unit, chosen], high[unit, chosen] = near.min(axis=(0, 1)), near.max(axis=(0, 1))
            numerical[unit, chosen] = (parts[2][0] + parts[2][1]) / 2  # a tenth of a step, for a closer look
        if judge.takes_complex and bent.any():  # many kinks in one place: no slope to a side, but a slope all the same
            exact = replace(judge, method="complex")
            for numbers in (exact.gradient(l, bent), exact.gradient(l, bent, on_kink=True)):
                low, high = (
                    np.where(bent, np.minimum(low, numbers), low),
                    np.where(bent, np.maximum(high, numbers), high),
                )
        margin = margin + 100 * noise  # of the shortest quotient
    between = (low - margin <= claim) & (claim <= high + margin)
    kinked = bent & between & ((high - low > margin) | (np.abs(claim - numerical) <= margin))
    return mask & ~kinked


def _sides(judge: _Judge, l: int, unit: int, chosen: npt.NDArray[np.intp], part: float) -> tuple[Array, Array]:
    """Return the slopes of C to the left and to the right, over that part of a step of central differences."""
    h, direction = part * STEPS["central"], judge.directions(l)[chosen]
    behind, here, ahead = (
        judge.example_losses(judge.outputs(l, unit, step * direction), False) for step in (-h, 0.0, h)
    )
    return (here - behind) @ judge.shares / h, (ahead - here) @ judge.shares / h


# ---------------------------------------------------------------------------------------------- the diagnosis


def _diagnose(
    judge: _Judge, claims: list[Array], wrong: list[tuple[bool, bool]], close: float
) -> tuple[list[str], str]:
    """Explain the wrong tensors, from the output down; return a cause for each tensor, and a summary.

    At each layer the delta that the accused must have had is guessed from what it handed down and a list of mistakes.
    The guess counts if the gradient of the weights or of the biases follows from it.
    """
    causes = [""] * (2 * len(claims))
    said: list[tuple[int, str]] = []
    delta_above: Array | None = None
    inherited = False
    for l in reversed(range(len(claims))):
        dW, db = claims[l][:, :-1], claims[l][:, -1]
        guess = None
        for text, delta in _deltas(judge, l, delta_above):
            fits = _both_fit(judge, l, dW, db, delta, close)
            if all(fits) or (guess is None and any(fits)):
                guess = (text, delta, fits)
            if all(fits):
                break
        if guess is None and (factor := _common_factor(judge, l, dW, db, delta_above, close)) is not None:
            text, delta = factor
            guess = (text, delta, (True, True))
        # Where delta explains neither, look for mistakes in both products of the delta that should be there.
        text, delta, fits = guess or ("", next(_deltas(judge, l, delta_above))[1], (False, False))
        found = [text if fit else "" for fit in fits]
        for place, (name, given, truth, mistakes) in enumerate(
            (
                ("dW", dW, delta.T @ judge.a_in[l], _weight_mistakes(judge, l, delta)),
                ("db", db, delta.sum(axis=0), _bias_mistakes(delta)),
            )
        ):
            if not fits[place]:
                found[place] = _mistake(given, truth, mistakes, judge, l, place, close)
            elif wrong[l][place] and not found[place] and not inherited:  # wrong by less than the guesses can tell
                found[place] = _single(name, given, truth)
        explained = all(fit or cause for fit, cause in zip(fits, found, strict=True))
        for place in (0, 1):
            if wrong[l][place]:
                causes[2 * l + place] = found[place] or ("inherited from the layer above" if inherited else "")
        new = [cause for place, cause in enumerate(found) if cause and wrong[l][place]]
        said += [(l + 1, cause) for cause in dict.fromkeys(new)]
        if not explained:
            return causes, _summary(said, [])  # what lies below can't be told from what was handed down
        inherited = inherited or bool(text)
        delta_above = delta
    return causes, _summary(said, wrong)


def _both_fit(judge: _Judge, l: int, dW: Array, db: Array, delta: Array, close: float) -> tuple[bool, bool]:
    """Say whether the gradient of the weights, and that of the biases, follows from this delta."""
    a_in, size = judge.a_in[l], np.abs(delta)
    return (
        _fits(dW, delta.T @ a_in, close, float(np.linalg.norm(size.T @ np.abs(a_in)))),
        _fits(db, delta.sum(axis=0), close, float(np.linalg.norm(size.sum(axis=0)))),
    )


def _summary(said: list[tuple[int, str]], wrong: list[tuple[bool, bool]]) -> str:
    """Put the causes into a line, topmost layer first, layers with the same cause together."""
    layers: dict[str, list[int]] = {}
    for layer, cause in said:
        layers.setdefault(cause, []).append(layer)
    parts = [f"layer{'s' * (len(where) > 1)} {', '.join(map(str, where))}: {cause}" for cause, where in layers.items()]
    named = {layer for layer, _ in said}
    if parts and any(any(flags) and number not in named for number, flags in enumerate(wrong, start=1)):
        parts.append("the layers below inherit it")
    return "; ".join(parts)


def _deltas(judge: _Judge, l: int, delta_above: Array | None) -> Iterator[tuple[str, Array]]:
    """Yield what delta of a layer may have been: first without a new mistake, then with one, and its name."""
    last = l == len(judge.W) - 1
    name, z, a = judge.names[l], judge.z[l], judge.a[l]
    if last:
        plain, da = judge.delta(l), judge.output_gradient(a)
    else:
        assert delta_above is not None
        da = delta_above @ judge.W[l + 1]
        plain = da * judge.slope(l, z)
    yield "", plain
    yield f"the slope of {name} is missing in delta", da
    if name == "softmax":
        yield "softmax taken element by element, a (1 - a) in place of its Jacobian", da * a * (1 - a)
    else:
        slope = judge.slope(l, z)
        yield f"the slope of {name} is taken twice", da * slope * slope
        yield f"the slope of {name} is taken at a, not at z", da * judge.slope(l, a)
    if last:
        difference = (a - judge.y) * judge.shares[:, np.newaxis]
        if not _fits(plain, difference, 1e-6):
            yield "delta is a - y, which belongs to another loss or activation", difference
    elif delta_above is not None and judge.W[l + 1].shape[0] == judge.W[l + 1].shape[1]:
        transposed = (delta_above @ judge.W[l + 1].T) * judge.slope(l, z)
        yield f"W of layer {l + 2} is transposed in delta = (delta @ W) * slope", transposed


def _common_factor(
    judge: _Judge, l: int, dW: Array, db: Array, delta_above: Array | None, close: float
) -> tuple[str, Array] | None:
    """Return the factor by which W and b are off alike, in words, and delta times it."""
    delta = next(_deltas(judge, l, delta_above))[1]
    truth = delta.T @ judge.a_in[l]
    if not truth.any():
        return None
    factor = float((dW * truth).sum() / (truth * truth).sum())
    if factor and all(_both_fit(judge, l, dW, db, factor * delta, close)):
        return f"delta has the {_factor(factor, judge, close)}", factor * delta
    return None


def _factor(factor: float, judge: _Judge, close: float) -> str:
    """Say what a factor means, knowing the batch and the outputs."""
    examples, outputs = len(judge.shares), judge.y.shape[1]
    turned = "and the sign is turned" if factor < 0 else ""
    meanings = [
        (1.0, "factor -1: the sign is turned"),
        (float(examples), f"factor N = {examples}: the mean over the batch is missing"),
        (1 / examples, f"factor 1/N = 1/{examples}: the mean over the batch is taken once too often"),
        (2.0, "factor 2: a square without its 1/2"),
        (0.5, "factor 1/2: a 1/2 too many"),
        (float(outputs), f"factor n = {outputs}: the mean over the outputs is missing"),
        (1 / outputs, f"factor 1/n = 1/{outputs}: a mean over the outputs too many"),
    ]
    for value, meaning in meanings:
        if abs(abs(factor) - value) <= close * value:
            return meaning if value == 1 or not turned else f"{meaning}, {turned}"
    return f"factor {factor:.6g}"


def _weight_mistakes(judge: _Judge, l: int, delta: Array) -> Iterator[tuple[str, Array]]:
    """Yield the dW that usual mistakes make from a right delta."""
    a_in = judge.a_in[l]
    truth = delta.T @ a_in
    yield "dW is all zero", np.zeros_like(truth)
    yield "dW is transposed: the numbers of delta.T @ a_in in the order of a_in.T @ delta", truth.T.reshape(truth.shape)
    if l > 0:
        yield "dW is made with z of the layer below, not with its activation", delta.T @ judge.z[l - 1]
    for name, row in (("last", np.s_[-1:]), ("first", np.s_[:1])):
        yield f"dW holds the {name} example only: = where += is meant", delta[row].T @ a_in[row]


def _bias_mistakes(delta: Array) -> Iterator[tuple[str, Array]]:
    """Yield the db that usual mistakes make from a right delta."""
    yield "db is all zero", np.zeros(delta.shape[1])
    yield "db is the mean of delta, not its sum: the mean is in delta already", delta.mean(axis=0)
    for name, row in (("last", delta[-1]), ("first", delta[0])):
        yield f"db holds the {name} example only: = where += is meant", row
    yield "db is one number, the sum over the units too", np.full(delta.shape[1], delta.sum())


def _mistake(
    given: Array,
    truth: Array,
    mistakes: Iterator[tuple[str, Array]],
    judge: _Judge,
    l: int,
    place: int,
    close: float,
) -> str:
    """Name the mistake that makes `given` in place of `truth`."""
    name, parameter = (("dW", judge.W[l]), ("db", judge.b[l]))[place]
    for text, made in mistakes:
        if _fits(given, made, close):
            return text
    if truth.any():
        factor = float((given * truth).sum() / (truth * truth).sum())
        if factor and _fits(given, factor * truth, close) and given.size > 1:
            return f"{name} has the {_factor(factor, judge, close)}"
    if parameter.any() and parameter.size > 1:
        rest = given - truth
        decay = float((rest * parameter).sum() / (parameter * parameter).sum())
        if _fits(rest, decay * parameter, close):
            return f"{name} holds {decay:.4g} {name[1]} on top: weight decay, which this loss does not have"
    return _single(name, given, truth)


def _single(name: str, given: Array, truth: Array) -> str:
    """Say where the only wrong entry is, if there is but one."""
    off = np.abs(given - truth)
    if given.size == 1 or (off > 1e-3 * off.max()).sum() != 1:
        return ""
    return f"{name} is wrong in a single entry, {[int(i) for i in np.unravel_index(off.argmax(), off.shape)]}"


def _fits(given: Array, made: Array, close: float, size: float = 0.0) -> bool:
    """Say whether one was made like the other; `size` is that of the terms which may have cancelled in them."""
    return bool(np.linalg.norm(given - made) <= close * np.linalg.norm(given) + close**2 * size)
