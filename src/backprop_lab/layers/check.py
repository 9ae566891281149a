"""Is the backward rule of a layer right? Ask its forward rule."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_float_array, as_number
from backprop_lab.gradient_check import GradientCheck, check_gradient
from backprop_lab.layers.base import Layer
from backprop_lab.layers.sequential import as_layer

__all__ = ["LayerCheck", "check_layer"]


@dataclass(frozen=True)
class LayerCheck:
    """What the comparison found; true where nothing was wrong.

    Attributes
    ----------
    layer : str
        The layer that was judged, in words.
    checks : dict of str to GradientCheck
        One for "x" and for each parameter, by name.
    faults : tuple of str
        What can't be compared: a gradient that is missing or of another shape, an array that was changed.
    zero : tuple of str
        The parameters whose gradient is right and zero throughout, as that of W is at x = 0. A sign that is turned or
        a factor does not show there: take another x.
    """

    layer: str
    checks: dict[str, GradientCheck]
    faults: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()

    @property
    def wrong(self) -> tuple[str, ...]:
        """The names of the gradients that central differences contradict."""
        return tuple(name for name, check in self.checks.items() if not check)

    @property
    def passed(self) -> bool:
        """Whether every gradient is right and nothing else is wrong."""
        return not self.wrong and not self.faults

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        right = ", ".join(name for name, check in self.checks.items() if check and name not in self.zero)
        lines = [f"{self.layer}: gradients {'right' if self.passed else 'WRONG'}"]
        for name in self.wrong:
            check = self.checks[name]
            index = f"{list(check.worst)}" if check.worst else ""
            lines.append(
                f"  {name}{index}: given {check.given:.6g}, by differences {check.numerical:.6g} "
                f"(relative error {check.relative_error:.2g})"
            )
        lines += [f"  {fault}" for fault in self.faults]
        if right:
            lines.append(f"  right: {right}")
        lines += [f"  {name}: the gradient is zero here, which proves little" for name in self.zero]
        kinks = [f"{check.kinks} of {name}" for name, check in self.checks.items() if check.kinks]
        if kinks:
            lines.append(f"  left out, the function has a kink there: {', '.join(kinks)}")
        return "\n".join(lines)


def check_layer(
    layer: Layer,
    x: npt.ArrayLike,
    *,
    training: bool = False,
    seed: int | np.random.Generator = 0,
    tolerance: float | None = None,
) -> LayerCheck:
    """Compare the backward rule of a layer with central differences of its forward rule.

    A random upstream gradient da stands for the layers above: backward must give the gradient of sum(da * output), with
    respect to x and to each parameter. A layer that draws gets the same draw in each forward pass. A second forward
    pass, at another x, comes before the first backward: what a layer keeps on itself or writes into a buffer of its own
    would be overwritten by it. The layer is copied, and judged in float64.

    Parameters
    ----------
    layer : Layer
        Any layer, your own too. It stays as it is.
    x : array
        A small batch, since each entry costs two forward passes. Integers have no gradient: with them only the
        parameters are compared, and backward must return None for dx.
    training : bool
        Which of the two forward passes to judge; for dropout and batch normalization do both.
    seed : int or numpy.random.Generator
        Where da, and what the layer draws, come from.
    tolerance : float, optional
        Relative error that is let pass, below 1. Default: that of `check_gradient` in float64, 1e-6.

    Returns
    -------
    LayerCheck
        True where the rule is right; else it names the parameter, the entry and both numbers.

    Raises
    ------
    TypeError, ValueError
        If the layer or the tolerance is none, x is masked, the layer refuses it, or an output is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from backprop_lab.layers import Dense, check_layer
    >>> check_layer(Dense(3, 2), np.random.default_rng(0).normal(size=(4, 3)))
    Dense(3, 2): gradients right
      right: x, W, b
    """
    layer = copy.deepcopy(as_layer("layer", layer))
    if tolerance is not None:
        tolerance = as_number("tolerance", tolerance, "a positive number below 1 such as 1e-6", lambda t: 0 < t < 1)
    for name, array in layer.parameters.items():
        layer.parameters[name] = np.array(array, np.float64)
    differentiable = np.ma.isMaskedArray(x) or not np.issubdtype(np.asarray(x).dtype, np.integer)
    x = np.array(as_float_array("x", x, np.float64) if differentiable else x)
    rng = np.random.default_rng(seed)
    draw = int(rng.integers(2**63))

    def forward(x: Any) -> tuple[Array, Any]:
        return layer.forward(x, training=training, rng=np.random.default_rng(draw))

    handed = x.copy()
    out, cache = forward(handed)
    a = np.array(out)
    forward(np.flip(x) / 2 if differentiable else np.flip(x))  # another x from where a layer is likely to be defined
    is_reused = not np.array_equal(out, a)
    da = rng.standard_normal(a.shape)
    handed_down, before = da.copy(), {name: array.copy() for name, array in layer.parameters.items()}
    dx, gradients = _kept(layer.backward(cache, handed_down))
    faults = []
    if is_reused:
        faults.append("the output was changed by the next forward pass: it is a buffer that is used again")
    if not np.array_equal(handed, x):
        faults.append("x was changed in place")
    if not np.array_equal(handed_down, da):
        faults.append("da was changed in place")
    for name, array in before.items():
        if not np.array_equal(layer.parameters[name], array):
            faults.append(f"{name} was changed in place")
            layer.parameters[name] = array
    if not faults and not _same((dx, gradients), layer.backward(cache, da.copy())):
        faults.append("a second backward with the same cache gave another gradient")

    claims = {name: gradients.get(name) for name in layer.parameters}
    points: dict[str, Array] = dict(layer.parameters)
    functions: dict[str, Callable[[Array], float]] = {
        name: _of_parameter(layer, name, forward, x, da) for name in claims
    }
    if differentiable:
        claims, points = {"x": dx, **claims}, {"x": x, **points}
        functions["x"] = lambda moved: float((forward(moved)[0] * da).sum())
    elif dx is not None:
        faults.append("x: integers have no derivative, expected None for dx")
    faults += [f"{name}: a gradient, but no parameter of this name" for name in gradients if name not in claims]

    checks = {}
    for name, claim in claims.items():
        if fault := _no_gradient(claim, points[name].shape):
            faults.append(f"{name}: {fault}")
        else:
            claim = np.asarray(claim, np.float64)
            checks[name] = check_gradient(functions[name], points[name], claim, tolerance=tolerance)
    zero = tuple(name for name in layer.parameters if checks.get(name) and not np.any(claims[name]))
    return LayerCheck(repr(layer), checks, tuple(faults), zero)


def _of_parameter(
    layer: Layer, name: str, forward: Callable[[Any], tuple[Array, Any]], x: Any, da: Array
) -> Callable[[Array], float]:
    """Return sum(da * output) as a function of one parameter of the layer."""

    def function(value: Array) -> float:
        own = layer.parameters[name]
        layer.parameters[name] = value
        try:
            return float((forward(x.copy())[0] * da).sum())
        finally:
            layer.parameters[name] = own

    return function


def _no_gradient(claim: Any, shape: tuple[int, ...]) -> str:
    """Say why a claim can't be the gradient of an array of this shape; nothing if it may be."""
    if claim is None:
        return "backward gave no gradient"
    claim = np.asarray(claim)
    if claim.shape != shape:
        return f"the gradient has shape {claim.shape}, expected {shape}"
    if not np.issubdtype(claim.dtype, np.floating):
        return f"the gradient has dtype {claim.dtype}, expected floating point"
    return "" if np.isfinite(claim).all() else "the gradient is not finite"


def _kept(result: tuple[Any, dict[str, Any]]) -> tuple[Any, dict[str, Any]]:
    """Copy what backward returned, in case that it is an array which a second call uses again."""
    dx, gradients = result
    return copy.deepcopy(dx), copy.deepcopy(dict(gradients))


def _same(one: tuple[Any, dict[str, Any]], other: tuple[Any, dict[str, Any]]) -> bool:
    pairs = [(one[0], other[0]), *((one[1][name], other[1].get(name)) for name in one[1])]
    return all(a is b if a is None or b is None else np.array_equal(a, b) for a, b in pairs)
