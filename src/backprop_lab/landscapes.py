r"""Landscapes: losses of one or two parameters, small enough to see every step of a descent.

| landscape | loss | what it is for |
|---|---|---|
| `parabola` | $\lambda w^2 / 2$ | the largest learning rate, $2 / \lambda$ |
| `two_minima` | a parabola with a narrow dip beside its bottom | a minimum that large steps can't stay in |
| `valley` | $(\lambda_1 w_1^2 + \lambda_2 w_2^2) / 2$ | one direction steep, the other flat |
| `bent_valley` | $(1 - w_1)^2 + 100 (w_2 - w_1^2)^2$ | a valley that turns (Rosenbrock 1960) |
| `saddle` | $w_1^2 / 2 + w_2^4 / 4 - w_2^2 / 2$ | a gradient that vanishes where there is no minimum |
| `crater` | $s\,(r^2 / 20 + 0.45\,\sigma(4 r^2 - 4))$, $r^2 = w_1^2 + w_2^2$ | a wall where the gradient is long |

Each is one formula. Gradient and curvatures come from its computation graph, by backpropagation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_float_array, as_number, as_whole
from backprop_lab.computation_graph import Differentiable, Node, exp, gradient
from backprop_lab.optimizers import GradientDescent

__all__ = ["Landscape", "Walk", "bent_valley", "crater", "parabola", "saddle", "two_minima", "valley", "walk"]

TOO_FAR = 1e12  # a walk ends where the loss has grown beyond this


@dataclass(frozen=True)
class Landscape:
    """A loss as a function of one or two parameters.

    Attributes
    ----------
    name : str
        Plain text: "a valley".
    latex : str
        The right side of C = ..., in TeX.
    parameters : tuple of str
        Their names as plain text, in the order of the arguments of the formula.
    formula : callable
        The loss, of one argument for each parameter: numbers, arrays of one shape, or nodes of a computation graph.
    minima : tuple of tuple of float
        Where the minima are, the lowest first.
    """

    name: str
    latex: str
    parameters: tuple[str, ...]
    formula: Callable[..., Any]
    minima: tuple[tuple[float, ...], ...]

    def value(self, point: npt.ArrayLike) -> float:
        """Return the loss at a point of shape (n_parameters,)."""
        return float(self.formula(*self._point(point)))

    def graph(self, point: npt.ArrayLike) -> tuple[list[Node], Node]:
        """Return the parameters at a point as nodes, and the loss as a node computed from them."""
        nodes = [Node(float(w), name) for w, name in zip(self._point(point), self.parameters, strict=True)]
        return nodes, self.formula(*nodes)

    def gradient(self, point: npt.ArrayLike) -> Array:
        """Return the gradient of the loss, of shape (n_parameters,), by backpropagation."""
        nodes, loss = self.graph(point)
        slopes = gradient(loss)
        return np.array([slopes[node] for node in nodes], dtype=float)

    def hessian(self, point: npt.ArrayLike) -> Array:
        """Return the second derivatives, of shape (n_parameters, n_parameters): backpropagation, twice."""
        nodes, loss = self.graph(point)
        slopes = gradient(loss, create_graph=True)
        second = [gradient(slopes[row]) for row in nodes]
        return np.array([[float(of_row[column]) for column in nodes] for of_row in second])

    def curvatures(self, point: npt.ArrayLike) -> Array:
        """Return the eigenvalues of the second derivatives, ascending: the curvatures along the principal axes."""
        return np.asarray(np.linalg.eigvalsh(self.hessian(point)))

    def largest_rate(self, point: npt.ArrayLike) -> float:
        """Return 2 over the largest curvature: near a minimum here, gradient descent comes nearer below this rate.

        Raises
        ------
        ValueError
            If no direction curves upwards here.
        """
        largest = float(self.curvatures(point)[-1])
        if largest <= 0:
            raise ValueError(f"the largest curvature of {self.name} here is {largest:g}, expected a positive one")
        return 2 / largest

    def _point(self, point: npt.ArrayLike) -> Array:
        array = as_float_array("point", point)
        if array.shape != (len(self.parameters),):
            raise ValueError(f"point has shape {array.shape}, but {self.name} has {len(self.parameters)} parameter(s)")
        return array


@dataclass(frozen=True, eq=False)
class Walk:
    """Where an optimizer went.

    Attributes
    ----------
    points : array (n + 1, n_parameters)
        The start, and the parameters after each step.
    gradients : array (n + 1, n_parameters)
        The gradient at each of these points.
    losses : array (n + 1,)
        The loss at each.
    """

    points: Array
    gradients: Array
    losses: Array

    def __len__(self) -> int:
        return len(self.points) - 1


def walk(landscape: Landscape, optimizer: GradientDescent, start: npt.ArrayLike, steps: int) -> Walk:
    """Let an optimizer take some steps from a start.

    Parameters
    ----------
    landscape : Landscape
    optimizer : GradientDescent
        Any of `optimizers`. A new one of its settings walks: what this one remembers is neither used nor changed.
    start : array (n_parameters,)
    steps : int
        How many, from 0 up. A walk ends before, with fewer points, where the loss grows beyond 1e12.

    Returns
    -------
    Walk
    """
    optimizer = replace(optimizer)
    place = as_float_array("start", start).copy()
    points, gradients, losses = [place.copy()], [landscape.gradient(place)], [landscape.value(place)]
    for _ in range(as_whole("steps", steps, least=0)):
        optimizer.step(place, gradients[-1])
        if not (np.abs(place) < TOO_FAR).all() or landscape.value(place) > TOO_FAR:
            break
        points.append(place.copy())
        gradients.append(landscape.gradient(place))
        losses.append(landscape.value(place))
    return Walk(np.array(points), np.array(gradients), np.array(losses))


def parabola(curvature: float = 10.0) -> Landscape:
    """Return C = curvature w² / 2."""
    half = as_number("curvature", curvature) / 2
    return Landscape("a parabola", rf"{half:g}\,w^2", ("w",), lambda w: half * w**2, ((0.0,),))


def two_minima(place: float = -2.0, curvature: float = 10.0) -> Landscape:
    """Return C = w² / 2 with a dip: a sharp minimum at `place`, beside the flat and lower one near 0.

    Parameters
    ----------
    place : float
        Where the sharp minimum is; not 0.
    curvature : float
        Its curvature; at least 8, so that it is the higher one. At the flat minimum it is about 1.
    """
    place = as_number("place", place, "a number other than 0", lambda number: number != 0)
    curvature = as_number("curvature", curvature, "a number from 8 up", lambda number: number >= 8)
    # The dip is a bell curve, -depth exp(-u²/2) with u = (w - centre) / width. At `place`, |u| is a half: so both
    # its slope there, which must cancel the parabola's, and its curvature, which must make up the rest, are known.
    width = 1.5 * abs(place) / (curvature - 1)
    centre = place + math.copysign(width / 2, place)
    depth = (curvature - 1) / 0.75 * width**2 * math.exp(1 / 8)
    sharpness = 1 / (2 * width**2)

    def formula(w: Any) -> Any:
        return 0.5 * w**2 - depth * _exp(-sharpness * (w - centre) ** 2)

    latex = rf"\tfrac12 w^2 - {depth:.4g}\,e^{{-{sharpness:.4g}\,(w {-centre:+.4g})^2}}"
    return Landscape("two minima", latex, ("w",), formula, ((_flat_minimum(depth, sharpness, centre),), (place,)))


def valley(flat: float = 0.5, steep: float = 10.0) -> Landscape:
    """Return C = (flat w₁² + steep w₂²) / 2: two curvatures, one along each axis."""
    flat, steep = as_number("flat", flat), as_number("steep", steep)
    return Landscape(
        "a valley",
        rf"{flat / 2:g}\,w_1^2 + {steep / 2:g}\,w_2^2",
        ("w₁", "w₂"),
        lambda w1, w2: flat / 2 * w1**2 + steep / 2 * w2**2,
        ((0.0, 0.0),),
    )


def bent_valley() -> Landscape:
    """Return Rosenbrock's function: down into the valley is easy, along it is not."""
    return Landscape(
        "a bent valley",
        r"(1 - w_1)^2 + 100\,(w_2 - w_1^2)^2",
        ("w₁", "w₂"),
        lambda w1, w2: (1.0 - w1) ** 2 + 100.0 * (w2 - w1**2) ** 2,
        ((1.0, 1.0),),
    )


def saddle() -> Landscape:
    """Return C = w₁²/2 + w₂⁴/4 − w₂²/2: at the origin a saddle, between minima at w₂ = 1 and w₂ = −1."""
    return Landscape(
        "a saddle",
        r"\tfrac12 w_1^2 + \tfrac14 w_2^4 - \tfrac12 w_2^2",
        ("w₁", "w₂"),
        lambda w1, w2: 0.5 * w1**2 + 0.25 * w2**4 - 0.5 * w2**2,
        ((0.0, 1.0), (0.0, -1.0)),
    )


def crater(steepness: float = 5.0) -> Landscape:
    """Return a bowl behind a wall: on the wall, at a distance of 1 from the minimum, the gradient has this length."""
    steepness = as_number("steepness", steepness)

    def formula(w1: Any, w2: Any) -> Any:
        square = w1**2 + w2**2
        return steepness * (square / 20 + 0.45 / (1 + _exp(4 - 4 * square)))

    return Landscape(
        "a crater",
        rf"{steepness:g}\,(r^2 / 20 + 0.45\,\sigma(4 r^2 - 4)),\ r^2 = w_1^2 + w_2^2",
        ("w₁", "w₂"),
        formula,
        ((0.0, 0.0),),
    )


def _exp(u: Any) -> Any:
    return exp(u) if isinstance(u, Differentiable) else np.exp(u)


def _flat_minimum(depth: float, sharpness: float, centre: float) -> float:
    """Return where w = -d(dip)/dw near 0: the dip is so far away that each round comes much nearer."""
    w = 0.0
    for _ in range(60):
        w = -2 * sharpness * depth * (w - centre) * math.exp(-sharpness * (w - centre) ** 2)
    return w
