"""Pictures of training: loss curves, a confusion matrix, small pictures side by side, the surface of a classifier.

Each function draws numbers that the caller has measured into an Axes that the caller has made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.contour import QuadContourSet
from matplotlib.image import AxesImage

from backprop_lab.arrays import Array

__all__ = ["plot_confusion_matrix", "plot_decision_surface", "plot_losses", "plot_pictures"]

LINE_STYLES = ("-", "--", ":", "-.")  # told apart without colour too
CAPTION = 3  # pixels of room below a picture that has a caption
ROUNDING = 1e-6  # a surface that leaves one half by less is flat


def plot_losses(
    ax: Axes,
    losses: Mapping[str, Sequence[float] | Array],
    *,
    first: int = 1,
    every: int = 1,
    unit: str = "epoch",
) -> None:
    """Draw one line for each list of losses; values that are not finite leave a gap.

    Parameters
    ----------
    ax : Axes
    losses : mapping
        Label to losses, one value a step.
    first, every : int
        What the first value belongs to, and how far the next one is: with first = 0 and every = 100 the values stand
        at 0, 100, 200.
    unit : str
        What is counted; the label of the horizontal axis.
    """
    for number, (label, values) in enumerate(losses.items()):
        heights = np.asarray(values, dtype=float)
        steps = first + every * np.arange(len(heights))
        heights = np.where(np.isfinite(heights), heights, np.nan)
        ax.plot(steps, heights, linestyle=LINE_STYLES[number % len(LINE_STYLES)], label=label)
    ax.set_xlabel(unit)
    ax.set_ylabel("loss")
    if len(losses) > 1:
        ax.legend()


def plot_confusion_matrix(ax: Axes, counts: npt.ArrayLike) -> AxesImage:
    """Draw how often each class was taken for each; right answers lie on the diagonal, empty cells stay blank.

    Parameters
    ----------
    ax : Axes
    counts : integer array (n, n)
        Row: the true class. Column: the class that the network said.

    Raises
    ------
    ValueError
        If counts is not square.
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"counts has shape {counts.shape}, expected (n, n): a row and a column for each class")
    top = max(1, int(counts.max()))
    image = ax.imshow(counts, cmap="Greys", norm=PowerNorm(0.5, vmin=0, vmax=top))  # one mistake stays visible
    for row, column in np.argwhere(counts):
        dark = counts[row, column] > top / 4
        ax.text(column, row, f"{counts[row, column]}", ha="center", va="center", color="white" if dark else "black")
    ax.set_xticks(range(len(counts)))
    ax.set_yticks(range(len(counts)))
    ax.set_xlabel("what the network said")
    ax.set_ylabel("what it is")
    ax.grid(False)
    return image


def plot_pictures(
    ax: Axes,
    pictures: npt.ArrayLike,
    captions: Sequence[str] | None = None,
    *,
    columns: int = 10,
    signed: bool = False,
) -> AxesImage:
    """Draw square pictures side by side, all on one scale of brightness.

    Parameters
    ----------
    ax : Axes
        Its ticks and frame are switched off.
    pictures : array (N, side * side)
        The rows of a picture one after the other.
    captions : sequence of str, optional
        One line of text below each picture.
    columns : int
        Pictures in a row.
    signed : bool
        False: 0 is white and the largest value black. True: 0 is white, positive values green, negative purple.

    Returns
    -------
    AxesImage
        For a colour bar.

    Raises
    ------
    ValueError
        If there are no pictures, they are not square, or there are more or fewer captions than pictures.
    """
    pictures = np.asarray(pictures, dtype=float)
    side = int(np.sqrt(pictures.shape[-1])) if pictures.ndim == 2 else 0
    if pictures.size == 0 or side * side != pictures.shape[-1]:
        raise ValueError(f"pictures has shape {pictures.shape}, expected (N, side * side)")
    if captions is not None and len(captions) != len(pictures):
        raise ValueError(f"there are {len(captions)} captions for {len(pictures)} pictures")

    columns = min(columns, len(pictures))
    width, height = side + 1, side + 1 + (CAPTION if captions is not None else 0)
    sheet = np.full((height * -(-len(pictures) // columns), width * columns), np.nan)
    for number, picture in enumerate(pictures):
        top, left = height * (number // columns), width * (number % columns)
        sheet[top : top + side, left : left + side] = picture.reshape(side, side)
        if captions is not None:
            ax.text(left + side / 2 - 0.5, top + side + 0.3, captions[number], ha="center", va="top", fontsize=9)

    largest = float(np.nanmax(np.abs(sheet))) or 1.0
    image = ax.imshow(
        sheet,
        cmap="PRGn" if signed else "Greys",
        vmin=-largest if signed else 0,
        vmax=largest,
    )
    ax.set_axis_off()
    return image


def plot_decision_surface(
    ax: Axes,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    values: npt.ArrayLike,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
) -> QuadContourSet:
    """Draw what a network with two inputs and one output says everywhere, and the examples on top.

    Parameters
    ----------
    ax : Axes
    first, second : array (n,), array (m,)
        The values of the two inputs on a grid.
    values : array (m, n)
        What the network says at each point of the grid, from 0 to 1. A line marks one half where it is crossed.
    x, y : array (N, 2), array (N, 1)
        Examples with targets 0 (circles) and 1 (squares).

    Returns
    -------
    QuadContourSet
        For a colour bar.
    """
    values, x, y = np.asarray(values, dtype=float), np.asarray(x), np.asarray(y)
    levels = np.linspace(0, 1, 20)
    surface = ax.contourf(first, second, values, levels=levels, cmap="PuOr", vmin=-0.2, vmax=1.2, zorder=-1)
    ax.set_rasterization_zorder(0)  # what lies below is pixels in a drawing: its thousands of corners would weigh more
    if values.min() < 0.5 - ROUNDING and values.max() > 0.5 + ROUNDING:
        ax.contour(first, second, values, levels=[0.5], colors="black", linewidths=2)
    for target, marker in ((0, "o"), (1, "s")):
        chosen = x[y[:, 0] == target]
        ax.plot(
            chosen[:, 0], chosen[:, 1], marker, color="black", mec="white", mew=1.5, ms=11, label=f"target {target}"
        )
    ax.set_xlabel("$x_1$")
    ax.set_ylabel("$x_2$")
    ax.set_aspect("equal")
    ax.grid(False)
    return surface
