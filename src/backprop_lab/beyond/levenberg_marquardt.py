r"""Levenberg-Marquardt: least squares with a model of the curvature.

For residuals $r = \hat y - y$ with Jacobian $J = \partial r/\partial\theta$ the sum of squares $\frac12 |r|^2$ has the
gradient $J^T r$ and, near a good fit, about the Hessian $J^T J$ (Gauss-Newton). Levenberg (1944) and Marquardt (1963)
add a damping $\mu$ that shortens the step and turns it against the gradient where that model is not to be trusted:
$(J^T J + \mu I)\, s = -J^T r$.

It is no alternative to backpropagation: the Jacobian of a network is computed by it (Hagan and Menhaj 1994). It needs a
sum of squares, and memory for $J^T J$, which grows with the square of the number of parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_float_array, as_number, as_whole
from backprop_lab.beyond.credit import carry_back, check_kind
from backprop_lab.beyond.descent import Run, examples
from backprop_lab.network import Network

__all__ = ["LevenbergMarquardtRun", "damped_step", "residual_jacobian", "train_by_levenberg_marquardt"]

SUMS_OF_SQUARES = ("half_squared_error", "mean_squared_error")


@dataclass(frozen=True, kw_only=True, repr=False)
class LevenbergMarquardtRun(Run):
    """A run, and what steered it; one entry for each step that was tried.

    Attributes
    ----------
    damping : tuple of float
        With which the step was computed.
    gain_ratio : tuple of float
        By how much the sum of squares fell, over the fall that the linear model promised: 1 where the model is
        right, 0 or below where the step was taken back.
    """

    damping: tuple[float, ...]
    gain_ratio: tuple[float, ...]


def residual_jacobian(network: Network, x: npt.ArrayLike) -> Array:
    """Return the derivative of every residual with respect to every parameter.

    One backward pass for each output, over the whole batch at once: a delta that is not summed over the examples gives
    a row for each of them.

    Parameters
    ----------
    network : Network
        Any output activation.
    x : array (N, n_in)

    Returns
    -------
    array (N * n_out, n_parameters)
        Row e * n_out + k belongs to output k of example e; the columns are in the order of `network.parameters`. It is
        the Jacobian of the predictions too: the targets are constants.

    Raises
    ------
    TypeError, ValueError
        If network is no Network, or x not a batch of finite floats of the width of the input layer.
    """
    check_kind("network", network, Network)
    y_hat, caches = network.forward(x)
    places = network.with_parameters(np.arange(network.parameters.size, dtype=float))  # of each W and b in the vector
    last, (n, n_out) = network.layers[-1], y_hat.shape
    jacobian = np.empty((n, n_out, network.parameters.size), y_hat.dtype)
    for k in range(n_out):
        da = np.zeros_like(y_hat)
        da[:, k] = 1  # the derivative of output k, and not of a loss: nothing is averaged over the batch
        deltas = carry_back(network, caches, last.activation.delta(da, caches[-1].z, y_hat))
        for place, cache, delta in zip(places.layers, caches, deltas, strict=True):
            rows = delta[:, :, np.newaxis] * cache.a_in[:, np.newaxis, :]
            jacobian[:, k, place.W.ravel().astype(np.intp)] = rows.reshape(n, -1)
            jacobian[:, k, place.b.astype(np.intp)] = delta
    return jacobian.reshape(n * n_out, -1)


def damped_step(jacobian: npt.ArrayLike, residuals: npt.ArrayLike, damping: float) -> Array:
    r"""Return the step s of $(J^T J + \mu I)\, s = -J^T r$ (Levenberg 1944; Hagan and Menhaj 1994).

    Parameters
    ----------
    jacobian : array (M, P)
    residuals : array (M,)
    damping : float
        $\mu$, positive. Small: the Gauss-Newton step. Large: a short step against the gradient, $-J^T r/\mu$.

    Returns
    -------
    array (P,)

    Raises
    ------
    TypeError, ValueError
        If the arrays are not finite floats of these shapes, or the damping is not positive.
    FloatingPointError
        If their squares overflow.
    """
    J, r = as_float_array("jacobian", jacobian), as_float_array("residuals", residuals)
    if J.ndim != 2 or r.shape != J.shape[:1]:
        raise ValueError(f"jacobian has shape {J.shape} and residuals {r.shape}, expected (M, P) and (M,)")
    as_number("damping", damping)
    for name, array in (("jacobian", J), ("residuals", r)):
        _sum_of_squares(name, array)  # a finite one bounds every product below
    curvature = J.T @ J
    curvature[np.diag_indices_from(curvature)] += damping
    step: Array = np.linalg.solve(curvature, -(J.T @ r))
    return step


def train_by_levenberg_marquardt(
    network: Network, x: npt.ArrayLike, y: npt.ArrayLike, *, steps: int, damping: float = 0.01, factor: float = 10.0
) -> LevenbergMarquardtRun:
    """Train `network` in place by damped Gauss-Newton steps on all examples.

    A step that does not lower the sum of squares is taken back. The damping is divided by `factor` where the gain ratio
    is above 3/4 and multiplied by it where it is below 1/4. Training ends early where no step of the model promises a
    fall that the number format could show.

    Parameters
    ----------
    network : Network
        With half or mean squared error as its loss. Its parameters are changed.
    x, y : array (N, n_in), array (N, n_out)
        Examples and targets, floating point.
    steps : int
        That are tried at most, at least 1.
    damping : float
        At the start; positive.
    factor : float
        Above 1; Marquardt (1963) takes 10.

    Raises
    ------
    TypeError, ValueError
        If the data or an option is not usable, or the loss is no sum of squares.
    FloatingPointError
        If the squares of the Jacobian or of the residuals overflow. The network keeps its last parameters.
    """
    check_kind("network", network, Network)
    if network.loss_function.name not in SUMS_OF_SQUARES:
        raise ValueError(
            f"the loss is {network.loss_function}, but Levenberg-Marquardt is for sums of squares: "
            f"choose one of {', '.join(SUMS_OF_SQUARES)}"
        )
    x, y = examples(network, x, y)
    as_whole("steps", steps)
    as_number("damping", damping)
    as_number("factor", factor)
    if factor <= 1:
        raise ValueError(f"factor is {factor}, expected more than 1")

    def residuals(candidate: Network) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):  # a step that leads there is taken back
            return (candidate.predict(x) - y).ravel()

    r, jacobian, jacobians = residuals(network), residual_jacobian(network, x), 1
    for name, array in (("residuals", r), ("jacobian", jacobian)):
        _sum_of_squares(name, array)
    precision = float(np.finfo(network.parameters.dtype).eps)
    losses, dampings, gains = [network.loss(x, y)], [], []
    for _ in range(steps):
        damping = max(damping, precision * _sum_of_squares("jacobian", jacobian))  # with less the system is singular
        step = damped_step(jacobian, r, damping)
        promised = float(step @ (damping * step - jacobian.T @ r)) / 2
        if promised <= precision * float(r @ r) / 2:
            break
        candidate = network.with_parameters(network.parameters + step)
        r_new = residuals(candidate)
        with np.errstate(over="ignore"):
            gain = float(r @ r - r_new @ r_new) / 2 / promised if np.isfinite(r_new).all() else -np.inf
        dampings.append(float(damping))
        gains.append(gain)
        if gain > 0:
            network.parameters[...] = candidate.parameters
            r, jacobian, jacobians = r_new, residual_jacobian(network, x), jacobians + 1
        damping = damping / factor if gain > 0.75 else damping * factor if gain < 0.25 else damping
        losses.append(network.loss(x, y))
    return LevenbergMarquardtRun(
        loss=tuple(losses),
        forward=(1 + len(gains)) * len(x),
        backward=jacobians * y.size,
        damping=tuple(dampings),
        gain_ratio=tuple(gains),
    )


def _sum_of_squares(name: str, array: Array) -> float:
    with np.errstate(over="ignore"):  # reported below
        total = float(np.square(array).sum())
    if not np.isfinite(total):
        raise FloatingPointError(
            f"the squares of the {name} overflow, with entries up to {np.abs(array).max():.3g}: scale the data"
        )
    return total
