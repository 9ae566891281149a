"""Pictures of what flows through a network: values forward in blue, gradients backward in red, layer by layer.

Each function draws numbers that the caller has measured into an Axes that the caller has made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.ticker import MaxNLocator

from backprop_lab.arrays import Array
from backprop_lab.figures.style import BACKWARD, FORWARD

__all__ = ["plot_flow_over_training", "plot_gradient_flow"]

Direction = Literal["backward", "forward"]
INKS = {"backward": BACKWARD, "forward": FORWARD}
MARKERS = "osD^vPX*<>"  # told apart without color too
LINE_STYLES = ("-", "--", "-.", ":")


def plot_gradient_flow(
    ax: Axes,
    lines: Mapping[str, Sequence[float] | Array],
    *,
    direction: Direction = "backward",
    label: str = r"$|dW|$",
    log: bool = True,
) -> None:
    """Draw one line over the layers for each configuration; values that a logarithm can't show leave a gap.

    Parameters
    ----------
    ax : Axes
    lines : mapping
        Name of a configuration to one value for each layer, first layer first.
    direction : str
        "backward" for gradients, in shades of red; "forward" for activations, in shades of blue.
    label : str
        What the vertical axis shows.
    log : bool
        Whether that axis is logarithmic.

    Raises
    ------
    ValueError
        If there is no line, or the direction is neither.
    """
    if not lines:
        raise ValueError("lines is empty: expected at least one configuration")
    for number, ((name, values), ink) in enumerate(zip(lines.items(), _shades(direction, len(lines)), strict=True)):
        heights = _shown(values, log)
        ax.plot(
            1 + np.arange(len(heights)),
            heights,
            color=ink,
            linestyle=LINE_STYLES[number % len(LINE_STYLES)],
            marker=MARKERS[number % len(MARKERS)],
            markersize=5,
            markevery=max(1, len(heights) // 10),
            label=name,
        )
    ax.set_xlabel("layer")
    ax.set_ylabel(label)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if log:
        ax.set_yscale("log")
    _legend(ax, len(lines))


def plot_flow_over_training(
    ax: Axes,
    steps: npt.ArrayLike,
    values: npt.ArrayLike,
    *,
    direction: Direction = "backward",
    label: str = r"$|dW|$",
    unit: str = "epoch",
    log: bool = True,
) -> None:
    """Draw one line over the course of training for each layer, the first layer lightest.

    Parameters
    ----------
    ax : Axes
    steps : array (n,)
        When the values were measured.
    values : array (n, n_layers)
        One column a layer.
    direction, label, log
        As for `plot_gradient_flow`.
    unit : str
        What `steps` counts; the label of the horizontal axis.

    Raises
    ------
    ValueError
        If the shapes do not fit, or the direction is neither.
    """
    steps, values = np.asarray(steps), np.asarray(values, dtype=float)
    if values.ndim != 2 or steps.shape != values.shape[:1]:
        raise ValueError(f"steps has shape {steps.shape} and values {values.shape}, expected (n,) and (n, n_layers)")
    n = values.shape[1]
    for number, ink in enumerate(reversed(_shades(direction, n)), start=1):
        style = LINE_STYLES[(number - 1) % len(LINE_STYLES)]
        ax.plot(steps, _shown(values[:, number - 1], log), color=ink, linestyle=style, label=f"layer {number}")
    ax.set_xlabel(unit)
    ax.set_ylabel(label)
    if log:
        ax.set_yscale("log")
    _legend(ax, n)


def _shown(values: npt.ArrayLike, log: bool) -> Array:
    heights = np.asarray(values, dtype=float)
    return np.where(np.isfinite(heights) & ((heights > 0) | (not log)), heights, np.nan)


def _shades(direction: Direction, n: int) -> list[tuple[float, float, float]]:
    """Return n shades of the ink of a direction, from dark to light; for one line the ink itself."""
    if direction not in INKS:
        raise ValueError(f"unknown direction {direction!r}: choose one of {', '.join(sorted(INKS))}")
    ink = np.array(to_rgb(INKS[direction]))
    if n == 1:
        return [(float(ink[0]), float(ink[1]), float(ink[2]))]
    shades = []
    for share in np.linspace(-0.55, 0.5, n):  # towards black, then towards white
        shade = ink * (1 + share) if share < 0 else ink + share * (1 - ink)
        shades.append((float(shade[0]), float(shade[1]), float(shade[2])))
    return shades


def _legend(ax: Axes, n: int) -> None:
    """Put the legend beside the lines, where it hides none; a single line needs none."""
    if n > 1:
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), handlelength=3)
