"""The picture of a numerical gradient's error over its step: numbers in, lines out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from backprop_lab.gradient_check import StepErrors

__all__ = ["plot_step_errors"]

INKS = ("#0a7d45", "#6b4fb3", "#8a5a00", "#555555")  # of the book's, without the two that mean forward and backward
LINE_STYLES = ("-", "--", "-.", ":")  # told apart without color too
ZERO = 1e-17  # where an error of exactly 0 is drawn


def plot_step_errors(ax: Axes, curves: Mapping[str, StepErrors]) -> None:
    """Draw the error of each method over the step, both axes logarithmic, with a dot at the best step.

    Differences give a V: to the right the curve of the function is in the way, to the left rounding. The complex step
    has no left arm. An error of exactly 0 is drawn at 1e-17.

    Parameters
    ----------
    ax : Axes
    curves : mapping
        Label to what `step_errors` returned.

    Raises
    ------
    ValueError
        If there is no curve.
    """
    if not curves:
        raise ValueError("curves is empty: expected at least one")
    for number, (label, curve) in enumerate(curves.items()):
        error = np.maximum(curve.error, ZERO)
        best = int(curve.error.argmin())
        ink = INKS[number % len(INKS)]
        ax.plot(curve.h, error, color=ink, linestyle=LINE_STYLES[number % len(LINE_STYLES)], label=label)
        ax.plot(curve.h[best], error[best], "o", color=ink, markersize=8)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel("step $h$")
    ax.set_ylabel("relative error")
    if len(curves) > 1:
        ax.legend()
