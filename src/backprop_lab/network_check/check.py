r"""Is every gradient of a network right? Ask its forward pass, at every weight.

Changing one weight changes one pre-activation: $W_{ij} + h$ adds $h\,a_j$ to $z_i$, and a bias is a weight from a unit
that is always 1. So only the layers above need to be computed again, the first of them by a rank-one change, and many
weights at once. That is the plain loop over all parameters without what it repeats, and still nothing but the forward
pass: no line of this check is shared with the backward pass that it judges, and the activations and losses are written
a second time, in `complex_formulas`.

With the complex step (Squire and Trapp 1998) the slope is $\operatorname{Im} C(w + ih) / h$, exact to rounding. A
condition, as in ReLU, looks at the real part, so a kink that is near does no harm; one that is hit exactly is left out
and counted where the given value lies between the slopes on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_float_array
from backprop_lab.network import Gradients, Network
from backprop_lab.network_check.diagnosis import diagnose
from backprop_lab.network_check.judge import STEPS, Judge, Way, read_network, rounding_bounds
from backprop_lab.network_check.reports import NetworkCheck, TensorCheck, WrongWeight

__all__ = ["NetworkCheck", "TensorCheck", "WrongWeight", "check_network", "find_wrong_weight"]

Claims = Gradients | Sequence[tuple[npt.ArrayLike, npt.ArrayLike]] | npt.ArrayLike
Mask = npt.NDArray[np.bool_]

# In float64, and for gradients that were computed in float32:
TOLERANCES = {"complex": (1e-10, 1e-4), "central": (1e-6, 1e-2)}  # of a verdict
PROBES = {"complex": (1e-12, 1e-5), "central": (1e-7, 1e-3)}  # of a probe
CHUNK = 2**20  # bytes of the largest array of a batch of weights: about what stays in a processor's cache


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
    judge = read_network(network, x, y, sample_weights, method)
    tolerance = _tolerance(tolerance, TOLERANCES, judge)
    claims = _claims(network, judge, gradients, sample_weights)
    masks = _drawn(claims, entries, seed)
    tensors: list[TensorCheck] = []
    for l, (claim, mask, noise) in enumerate(zip(claims, masks, rounding_bounds(judge), strict=True)):
        tensors += _compare(judge, l, claim, mask, noise, tolerance)
    check = NetworkCheck(tuple(tensors), judge.method, tolerance)
    if check.passed:
        return check
    with np.errstate(all="ignore"):  # a loss that is infinitely steep explains nothing, and is no reason to stop
        causes, summary = diagnose(judge, claims, [not tensor.passed for tensor in tensors])
    named = tuple(replace(tensor, cause=cause) for tensor, cause in zip(tensors, causes, strict=True))
    return replace(check, tensors=named, cause=summary)


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
    judge = read_network(network, x, y, None, method)
    claims = _claims(network, judge, gradients, None)
    given = np.concatenate([claim.ravel() for claim in claims])
    bounds = np.concatenate([bound.ravel() for bound in rounding_bounds(judge)])
    noise = _tolerance(tolerance, PROBES, judge) * np.linalg.norm(given) + np.linalg.norm(bounds)
    rng = np.random.default_rng(seed)
    # Signs and sizes are random, so that two errors don't cancel; no share is small, so that none is overlooked.
    shares = rng.choice([-1.0, 1.0], given.size) * rng.uniform(0.5, 1.5, given.size)
    ends = np.cumsum([claim.size for claim in claims])

    def slope(suspects: npt.NDArray[np.intp]) -> float:
        direction = np.zeros_like(given)
        direction[suspects] = shares[suspects]
        moves = np.split(direction, ends[:-1])
        return judge.probe([move.reshape(claim.shape) for move, claim in zip(moves, claims, strict=True)])

    def wrong(suspects: npt.NDArray[np.intp]) -> bool:
        return bool(abs(slope(suspects) - given[suspects] @ shares[suspects]) > noise)

    suspects, probes = np.arange(given.size), 1
    if not wrong(suspects):
        return None
    while len(suspects) > 1:
        half, rest = np.array_split(suspects, 2)
        suspects, probes = half if wrong(half) else rest, probes + 1
    found = int(suspects[0])
    l = int(np.searchsorted(ends, found, side="right"))
    unit, source = np.unravel_index(found - (ends[l] - claims[l].size), claims[l].shape)
    is_bias = source == claims[l].shape[1] - 1
    index = (int(unit),) if is_bias else (int(unit), int(source))
    numerical = slope(suspects) / float(shares[found])
    return WrongWeight(l + 1, "b" if is_bias else "W", index, float(given[found]), numerical, probes)


# --------------------------------------------------------------------------------------------- the door


def _claims(
    network: Network, judge: Judge, gradients: Claims | None, sample_weights: npt.ArrayLike | None
) -> list[Array]:
    """Return the claim as one matrix [dW | db] for each layer, checked."""
    if gradients is None:
        gradients = network.gradients(judge.layers[0].a_in, judge.y, sample_weights)
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
    if len(pairs) != len(judge.layers):
        raise ValueError(f"gradients has {len(pairs)} layers but the network has {len(judge.layers)}")
    claims = []
    for number, (pair, layer) in enumerate(zip(pairs, judge.layers, strict=True), start=1):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError(f"gradients[{number - 1}] is no pair (dW, db) for layer {number}")
        dW, db = as_float_array(f"dW of layer {number}", pair[0]), as_float_array(f"db of layer {number}", pair[1])
        for name, given, shape in (("dW", dW, layer.W.shape), ("db", db, layer.b.shape)):
            if given.shape != shape:
                raise ValueError(f"{name} of layer {number} has shape {given.shape}, expected {shape}: its partner's")
        claims.append(np.column_stack([dW, db]).astype(float))
    return claims


def _tolerance(value: float | None, defaults: dict[str, tuple[float, float]], judge: Judge) -> float:
    default = defaults[judge.method][0 if judge.eps < 1e-12 else 1]
    if value is None:
        return default
    if not 0 < value < np.inf:  # NaN fails both comparisons
        raise ValueError(f"tolerance is {value}, expected a positive number such as {default:g}")
    return float(value)


def _drawn(claims: list[Array], entries: int | None, seed: int | np.random.Generator) -> list[Mask]:
    """Return which parameters to compare: a mask over [W | b] for each layer."""
    if entries is None:
        return [np.ones(claim.shape, bool) for claim in claims]
    ends = np.cumsum([claim.size for claim in claims])
    total = int(ends[-1])
    if not isinstance(entries, (int, np.integer)) or isinstance(entries, bool) or not 1 <= entries <= total:
        raise ValueError(f"entries is {entries!r}, expected a whole number from 1 to {total}")
    chosen = np.zeros(total, bool)
    chosen[np.random.default_rng(seed).choice(total, entries, replace=False)] = True
    return [part.reshape(claim.shape) for part, claim in zip(np.split(chosen, ends[:-1]), claims, strict=True)]


# --------------------------------------------------------------------------------------- the comparison


def _compare(judge: Judge, l: int, claim: Array, mask: Mask, noise: Array, tolerance: float) -> list[TensorCheck]:
    """Judge W and b of one layer."""
    numerical = _gradient(judge, l, mask)
    sizes = np.where(mask, np.abs(claim) + np.abs(numerical), 0)
    largest = np.repeat([sizes[:, :-1].max(), sizes[:, -1].max()], [claim.shape[1] - 1, 1])
    margin = noise + tolerance * largest
    doubtful = mask & (np.abs(claim - numerical) > margin)
    smooth = mask
    if doubtful.any():
        smooth = mask & ~_kinked(judge, l, claim, numerical, doubtful, margin, noise)
    checks = []
    for name, part in (("W", np.s_[:, :-1]), ("b", np.s_[:, -1])):
        compared, usable = mask[part], smooth[part]
        given, right = claim[part], numerical[part]
        difference = np.where(usable, np.abs(given - right), 0)
        worst = tuple(int(i) for i in np.unravel_index(int(difference.argmax()), difference.shape))
        size = float(np.linalg.norm(given[usable]) + np.linalg.norm(right[usable]))
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
                numerical=float(right[worst]),
                entries=int(compared.sum()),
                kinks=int((compared & ~usable).sum()),
                passed=error <= tolerance * size,
            )
        )
    return checks


def _gradient(judge: Judge, l: int, mask: Mask) -> Array:
    """Return dC/d[W | b] of layer l, (n_out, n_in + 1), where the mask is set."""
    directions, result = judge.layers[l].directions, np.zeros(mask.shape)
    for unit, chosen in _batches(judge, l, mask):
        result[unit, chosen] = judge.slopes(l, unit, directions[chosen]) @ judge.shares
    return result


def _batches(judge: Judge, l: int, mask: Mask) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
    """Cut the chosen parameters of a layer into batches: (unit, which of its weights)."""
    widest = max(len(layer.W) for layer in judge.layers[l + 1 :] or judge.layers[l:])
    size = max(1, CHUNK // (16 * widest * len(judge.shares)))
    for unit, row in enumerate(mask):
        chosen = np.flatnonzero(row)
        for start in range(0, len(chosen), size):
            yield unit, chosen[start : start + size]


# ----------------------------------------------------------------------------------------------- kinks


def _kinked(judge: Judge, l: int, claim: Array, numerical: Array, doubtful: Mask, margin: Array, noise: Array) -> Mask:
    """Say which of the doubtful entries a kink excuses: given between the slopes on its two sides.

    What central differences find doubtful they compute again in `numerical`, with a tenth of the step: most kinks, and
    most of the curve, are outside of that.
    """
    if judge.method == "complex":
        low = high = numerical
        sides = [replace(judge, on_kink=True)] if _hits_a_kink(judge) else []
    else:
        low, high = _look_closer(judge, l, numerical, doubtful)
        margin = margin + 100 * noise  # of the shortest quotient
        # Where many kinks are in one place there is no slope to a side, but a slope all the same.
        sides = [replace(judge, method="complex", on_kink=side) for side in (False, True)] * judge.takes_complex
    for side in sides:
        slopes = _gradient(side, l, doubtful)
        low, high = np.minimum(low, slopes), np.maximum(high, slopes)
    return doubtful & (high - low > margin) & (low - margin <= claim) & (claim <= high + margin)


def _hits_a_kink(judge: Judge) -> bool:
    """Say whether a pre-activation, or 1 - ya of the hinge loss, is exactly 0."""
    return any((layer.z == 0).any() for layer in judge.layers) or bool((judge.y * judge.layers[-1].a == 1).any())


def _look_closer(judge: Judge, l: int, numerical: Array, doubtful: Mask) -> tuple[Array, Array]:
    """Return the least and the greatest slope to either side, a tenth and a hundredth of a step wide.

    Two kinks may lie closer than a tenth.
    """
    low, high, directions = np.zeros(doubtful.shape), np.zeros(doubtful.shape), judge.layers[l].directions
    for unit, chosen in _batches(judge, l, doubtful):
        slopes = []
        for h in (STEPS["central"] / 10, STEPS["central"] / 100):
            behind, here, ahead = (judge.losses_after(l, unit, step * directions[chosen]) for step in (-h, 0.0, h))
            slopes += [(here - behind) @ judge.shares / h, (ahead - here) @ judge.shares / h]
        low[unit, chosen], high[unit, chosen] = np.min(slopes, axis=0), np.max(slopes, axis=0)
        numerical[unit, chosen] = (slopes[0] + slopes[1]) / 2
    return low, high
