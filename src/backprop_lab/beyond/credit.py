r"""Credit assignment: which layer gets which delta, and how deltas become an update.

Backpropagation sends $\delta$ down through $W$ (BP2). Every rule in this package that needs no other loss than the
network's changes that one line: other matrices, one jump from the output, or a prediction. What follows is the same
for all: $\partial C/\partial W = \delta^T a_{in}$ (BP3) and $\partial C/\partial b = \sum \delta$ (BP4).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_float_array
from backprop_lab.network import LayerCache, Network

__all__ = [
    "angle",
    "as_list",
    "at_unit_scale",
    "carry_back",
    "check_feedback",
    "check_kind",
    "check_shape",
    "gradient_from_deltas",
    "output_delta",
]

T = TypeVar("T")


def output_delta(network: Network, caches: Sequence[LayerCache], y: Array) -> Array:
    """Return delta = dC/dz of the output layer (BP1), of shape (N, n_out), for targets y of that shape.

    Raises
    ------
    TypeError, ValueError
        If the caches are not those of this network, or y are no targets for it.
    """
    cache = _check_caches(network, caches)[-1]
    y = network.loss_function.check_targets(as_float_array("y", y, network.parameters.dtype), cache.a.shape)
    return network.loss_function.delta(network.layers[-1].activation, cache.z, cache.a, y)


def carry_back(
    network: Network, caches: Sequence[LayerCache], delta: Array, feedback: Sequence[npt.ArrayLike] | None = None
) -> list[Array]:
    """Carry the delta of the output layer down to the first (BP2).

    Parameters
    ----------
    network : Network
    caches : sequence of LayerCache
        What `network.forward` returned.
    delta : array (N, n_out)
        At the output layer. Row e may be any multiple of dC/dz of example e: the rule is linear in it.
    feedback : sequence of array, optional
        What stands in for W of the second layer, the third, ..., each of the shape of that W. Default: W itself.

    Returns
    -------
    list of array
        One delta (N, width) for each layer, first layer first.

    Raises
    ------
    TypeError, ValueError
        If delta is not floating point, a matrix not of finite floats, one of them of another shape, or the number of
        matrices or caches is wrong. A delta that is not finite is carried down as it is, for the caller to report.
    """
    caches = _check_caches(network, caches)
    delta = check_shape("delta", delta, caches[-1].z.shape)
    matrices: Sequence[Array] = [layer.W for layer in network.layers[1:]]
    if feedback is not None:
        matrices = check_feedback(feedback, [W.shape for W in matrices])
    deltas = [delta]
    for B, layer, cache in zip(reversed(matrices), network.layers[-2::-1], caches[-2::-1], strict=True):
        delta = (delta @ B) * layer.activation.slope(cache.z, cache.a)
        deltas.insert(0, delta)
    return deltas


def gradient_from_deltas(network: Network, caches: Sequence[LayerCache], deltas: Sequence[Array]) -> Array:
    """Return the gradient (n_parameters,) that these deltas imply (BP3 and BP4), in the order of the parameters.

    Raises
    ------
    TypeError
        If a delta is not floating point. One that is not finite is let pass, for the caller to report.
    ValueError
        If there is not one delta and one cache for each layer, of the shape of its z.
    """
    caches, deltas = _check_caches(network, caches), as_list("deltas", deltas, "a list of arrays, one for each layer")
    if len(deltas) != len(network.layers):
        raise ValueError(f"deltas has {len(deltas)} entries but the network has {len(network.layers)} layers")
    gradient = network.with_parameters(network.parameters)  # a network is the shape of its gradient
    for number, (layer, cache, delta) in enumerate(zip(gradient.layers, caches, deltas, strict=True), start=1):
        delta = check_shape(f"delta of layer {number}", delta, cache.z.shape)
        layer.W[...] = delta.T @ cache.a_in
        layer.b[...] = delta.sum(axis=0)
    return gradient.parameters


def angle(u: npt.ArrayLike, v: npt.ArrayLike) -> float:
    """Return the angle in degrees, 0 to 180, between two arrays of one shape, each taken as one long vector.

    An update that is less than 90 degrees from the gradient lowers the loss if the step is short enough.

    Raises
    ------
    TypeError
        If either is not floating point.
    ValueError
        If the shapes differ, or a value is not finite. Zero has no direction: 90 degrees, it helps nothing.
    """
    u, v = as_float_array("u", u), as_float_array("v", v)
    if u.shape != v.shape:
        raise ValueError(f"u has shape {u.shape} but v has {v.shape}: expected equal shapes")
    if not (u.any() and v.any()):
        return 90.0
    (u, _), (v, _) = at_unit_scale(u), at_unit_scale(v)  # a square may be too large or too small for the number format
    u, v = u / np.linalg.norm(u), v / np.linalg.norm(v)
    # arccos(u . v) loses half the digits near 0 and 180 degrees
    return math.degrees(2 * math.atan2(float(np.linalg.norm(u - v)), float(np.linalg.norm(u + v))))


def check_feedback(feedback: Sequence[npt.ArrayLike], shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """Return feedback matrices of these shapes, or say which is none."""
    feedback = as_list("feedback", feedback, f"a list of {len(shapes)} matrices, one for each hidden layer")
    if len(feedback) != len(shapes):
        raise ValueError(f"feedback has {len(feedback)} matrices, expected {len(shapes)}: one for each hidden layer")
    matrices = [as_float_array(f"feedback[{number}]", matrix) for number, matrix in enumerate(feedback)]
    for number, (matrix, shape) in enumerate(zip(matrices, shapes, strict=True)):
        check_shape(f"feedback[{number}]", matrix, shape)
    return matrices


def check_shape(name: str, array: npt.ArrayLike, shape: tuple[int, ...]) -> Array:
    """Return an array of floats; refuse one of another shape, which broadcasting would hide."""
    array = np.asarray(array)
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
    if not np.issubdtype(array.dtype, np.floating):
        raise TypeError(f"{name} has dtype {array.dtype}, expected floating point")
    return array


def check_kind(name: str, value: object, kind: type) -> None:
    """Refuse what is not of this class, the class itself too."""
    if not isinstance(value, kind):
        what = f"the class {value.__name__}" if isinstance(value, type) else f"{value!r}"
        raise TypeError(f"{name} is {what}, expected a {kind.__name__}")


def as_list(name: str, value: Iterable[T], expected: str) -> list[T]:
    """Return a list; refuse what is none, a string among it."""
    if isinstance(value, (str, Mapping)) or not isinstance(value, Iterable):
        raise TypeError(f"{name} is {value!r}, expected {expected}")
    return list(value)


def at_unit_scale(a: Array, axis: int | None = None) -> tuple[Array, npt.NDArray[np.integer]]:
    """Return a / 2^e, and e, so that the largest magnitude (along an axis) lies from 1/2 to 1: no digit is lost."""
    _, e = np.frexp(np.abs(a).max(axis=axis, keepdims=True, initial=0))
    return np.asarray(np.ldexp(a, -e)), e


def _check_caches(network: Network, caches: Sequence[LayerCache]) -> list[LayerCache]:
    check_kind("network", network, Network)
    expected = f"what forward returned: {len(network.layers)}, one a layer"
    caches = as_list("caches", caches, expected)
    if [type(cache) for cache in caches] != [LayerCache] * len(network.layers):
        raise ValueError(f"caches holds {len(caches)} things, expected {expected}")
    return caches
