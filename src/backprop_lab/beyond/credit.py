r"""Credit assignment: which layer gets which delta, and how deltas become an update.

Backpropagation sends $\delta$ down through $W$ (BP2). Every rule in this package that needs no other loss than the
network's changes that one line: other matrices, one jump from the output, or a prediction. What follows is the same
for all: $\partial C/\partial W = \delta^T a_{in}$ (BP3) and $\partial C/\partial b = \sum \delta$ (BP4).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_float_array
from backprop_lab.network import LayerCache, Network

__all__ = ["angle", "carry_back", "check_feedback", "check_shape", "gradient_from_deltas", "output_delta"]


def output_delta(network: Network, caches: Sequence[LayerCache], y: Array) -> Array:
    """Return delta = dC/dz of the output layer (BP1), of shape (N, n_out), for targets y of that shape."""
    cache = caches[-1]
    y = network.loss_function.check_targets(y, cache.a.shape)
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
        If delta or a matrix is not of finite floats, or of another shape, or the number of matrices is wrong.
    """
    check_shape("delta", delta, caches[-1].z.shape)
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
    ValueError
        If there is not one delta for each layer, of the shape of its z.
    """
    if len(deltas) != len(network.layers):
        raise ValueError(f"deltas has {len(deltas)} entries but the network has {len(network.layers)} layers")
    gradient = network.with_parameters(network.parameters)  # a network is the shape of its gradient
    for number, (layer, cache, delta) in enumerate(zip(gradient.layers, caches, deltas, strict=True), start=1):
        check_shape(f"delta of layer {number}", delta, cache.z.shape)
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
    lengths = float(np.linalg.norm(u)), float(np.linalg.norm(v))
    if 0 in lengths:
        return 90.0
    u, v = u / lengths[0], v / lengths[1]
    # arccos(u . v) loses half the digits near 0 and 180 degrees
    return math.degrees(2 * math.atan2(float(np.linalg.norm(u - v)), float(np.linalg.norm(u + v))))


def check_feedback(feedback: Sequence[npt.ArrayLike], shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """Return feedback matrices of these shapes, or say which is none."""
    if len(feedback) != len(shapes):
        raise ValueError(f"feedback has {len(feedback)} matrices, expected {len(shapes)}: one for each hidden layer")
    matrices = [as_float_array(f"feedback[{number}]", matrix) for number, matrix in enumerate(feedback)]
    for number, (matrix, shape) in enumerate(zip(matrices, shapes, strict=True)):
        check_shape(f"feedback[{number}]", matrix, shape)
    return matrices


def check_shape(name: str, array: Array, shape: tuple[int, ...]) -> None:
    """Refuse an array of another shape: broadcasting would hide it."""
    if np.shape(array) != shape:
        raise ValueError(f"{name} has shape {np.shape(array)}, expected {shape}")
