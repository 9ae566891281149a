"""A network as dots and lines, however wide: for the look of a whole layer of weights, not for single numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from backprop_lab.figures.style import BACKWARD

__all__ = ["plot_wires"]

THICKEST = 2.0  # points


def plot_wires(
    ax: Axes, sizes: Sequence[int], strengths: Sequence[npt.ArrayLike] | None = None, *, ink: str = BACKWARD
) -> None:
    """Draw a column of dots for each layer, and a line for each weight.

    Parameters
    ----------
    ax : Axes
        Its ticks and frame are switched off. Layer l stands at x = l, the first unit on top, between y = 0 and 1.
    sizes : sequence of int
        Units of each layer, the input first.
    strengths : sequence of array (n_out, n_in), optional
        One array for each layer of weights. The larger its size, whatever its sign, the thicker and the less
        transparent its line is drawn; the largest of all sets the scale. Without them all lines are alike: grey, and
        the fainter the more there are between two columns.
    ink : str
        The colour of the strengths: as it stands, that of what flows backward.

    Raises
    ------
    ValueError
        If there are more or fewer arrays than layers of weights, or one has another shape.
    """
    shapes = [(n_out, n_in) for n_in, n_out in pairwise(sizes)]
    if strengths is not None and [np.shape(s) for s in strengths] != shapes:
        raise ValueError(f"strengths has the shapes {[np.shape(s) for s in strengths]}, expected {shapes}")
    heights = [1 - (np.arange(n) + 0.5) / n for n in sizes]
    largest = 1.0 if strengths is None else max(float(np.abs(s).max()) for s in strengths) or 1.0
    for l, (below, above) in enumerate(pairwise(heights)):
        ends = [[(l, start), (l + 1, end)] for end in above for start in below]
        ax.add_collection(LineCollection(ends, colors="0.6", alpha=_faint(len(ends)), linewidths=0.6, zorder=0))
        if strengths is not None:
            share = np.abs(np.asarray(strengths[l], dtype=float)).ravel() / largest
            order = np.argsort(share)  # the strongest on top
            drawn = LineCollection(
                [ends[k] for k in order], colors=ink, linewidths=THICKEST * share[order], alpha=share[order]
            )
            ax.add_collection(drawn)
    for l, column in enumerate(heights):
        size = min(40.0, 1200 / len(column))
        ax.scatter(np.full(len(column), l), column, s=size, color="white", edgecolor="0.35", linewidth=0.8, zorder=3)
    ax.set(xlim=(-0.08, len(sizes) - 0.92), ylim=(0, 1))
    ax.set_axis_off()


def _faint(lines: int) -> float:
    """Return how opaque each of so many lines is: a few stand alone, thousands would make a grey block."""
    return float(np.clip(20 / lines, 0.12, 0.8))
