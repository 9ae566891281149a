"""What a descent is drawn with: arrows, level lines of a valley, equal units, and the graph the gradient comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import svg

from backprop_lab.arrays import Array
from backprop_lab.computation_graph import Node, gradient
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, number, picture, text
from backprop_lab.figures.plot import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Item, Line, plot

__all__ = ["FAINT_INK", "View", "ellipses", "equal_units", "sum_of_two"]

FAINT_INK = "var(--bl-line, #767676)"
NAMES = 18  # what a plot adds above where it has a title and a name of y
HEAD, HALF = 9.0, 4.5  # of an arrow, in pixels
BOX_WIDTH, BOX_HEIGHT, GAP = 66.0, 62.0, 18.0
SIGNS = {"*": "×", "**": "^", "+": "+"}


@dataclass(frozen=True)
class View:
    """The part of a plane that a plot shows, and its size in pixels; the same for all frames of an interactive."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    width: float = WIDTH
    height: float = HEIGHT + NAMES

    @property
    def units(self) -> tuple[float, float]:
        """Pixels for each unit of x and of y."""
        (left, right), (low, high) = self.x_range, self.y_range
        across, up = self.width - LEFT - RIGHT, self.height - BOTTOM - TOP - NAMES
        return across / (right - left), up / (high - low)

    def plot(self, items: Sequence[Item], label: str, title: str, x_name: str, y_name: str) -> str:
        """Return the SVG of a plot of this part; `label` says the numbers in words."""
        return plot(
            items,
            label,
            title=title,
            x_name=x_name,
            y_name=y_name,
            x_range=self.x_range,
            y_range=self.y_range,
            width=self.width,
            height=self.height,
        )

    def arrow(self, tail: Sequence[float], head: Sequence[float], ink: str = INK, thick: float = 2.2) -> list[Item]:
        """Return an arrow from point to point; what flows backward is dashed. One shorter than a pixel is left out."""
        (x0, y0), (x1, y1) = map(_pair, (tail, head))
        across, up = self.units
        dx, dy = (x1 - x0) * across, (y1 - y0) * up
        length = math.hypot(dx, dy)
        if length < 1:
            return []
        size = min(1.0, length / HEAD)
        back, side = HEAD * size / length, HALF * size / length
        wings = [
            (x1 - (back * dx - sign * side * dy) / across, y1 - (back * dy + sign * side * dx) / up) for sign in (1, -1)
        ]
        shaft = Line([x0, x1], [y0, y1], ink, thick=thick, dashes=(5, 3) if ink == BACKWARD_INK else ())
        (xa, ya), (xb, yb) = wings
        return [shaft, Line([xa, x1, xb], [ya, y1, yb], ink, thick=thick)]


def equal_units(x_range: tuple[float, float], y_range: tuple[float, float], width: float = WIDTH) -> View:
    """Return a view as wide as said and so high that a unit of y is as long as one of x: circles are round."""
    (left, right), (low, high) = x_range, y_range
    unit = (width - LEFT - RIGHT) / (right - left)
    return View(x_range, y_range, width, round(unit * (high - low) + BOTTOM + TOP + NAMES, 1))


def ellipses(hessian: Array, levels: Sequence[float], points: int = 33) -> list[Item]:
    """Return the level lines of the valley x·(hessian)·x / 2 in the plane, one for each level, thin and grey.

    Parameters
    ----------
    hessian : array (2, 2)
        Symmetric, with positive eigenvalues.
    levels : sequence of float
        Positive.
    """
    curvatures, axes = np.linalg.eigh(hessian)
    angles = np.linspace(0, 2 * np.pi, points)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    rings = [axes @ (np.sqrt(2 * level / curvatures)[:, np.newaxis] * circle) for level in levels]
    return [Line(xs, ys, FAINT_INK, thick=0.7) for xs, ys in rings]


def sum_of_two(loss: Node, title: str, height: float, shown: Callable[[float], str] = number) -> str:
    """Return the SVG of the graph of a sum of two chains, each from one input, its boxes always at the same places.

    (`graph_diagram` draws any graph, with boxes as wide as their numbers.) In a box stand what is computed, its value,
    and the gradient of the sum with respect to it.

    Parameters
    ----------
    loss : Node
        A sum; each of its two operands comes from one input by operations on one node and constants, at most two.
    title : str
        Plain text above it.
    height : float
        Of the picture, in pixels.
    shown : callable
        From a number to what is written for it.
    """
    chains = [_chain(operand) for operand in loss.operands]
    slopes = gradient(loss)
    middle = (TOP + 8 + height) / 2
    rows = (middle - 0.62 * BOX_HEIGHT, middle + 0.62 * BOX_HEIGHT)
    column = BOX_WIDTH + GAP
    width = 4 * column - GAP + 2
    parts: list[svg.Element] = [text(title, 4, 17, size=15, bold=True)]
    said = []
    for chain, y in zip(chains, rows, strict=True):
        for place, node in enumerate(chain):
            left = 1 + place * column
            numbers = (shown(float(node.value)), shown(float(slopes[node])))
            parts += _box(_written(node), *numbers, left, y)
            parts += _two_ways(left + BOX_WIDTH, y, middle if place == len(chain) - 1 else y)
            said.append(f"{_written(node)} is {numbers[0]}, its gradient {numbers[1]}")
    total = shown(float(loss.value))
    parts += [*_box(_written(loss), total, "1", 1 + 3 * column, middle)]
    parts.append(text("C", 1 + 3.5 * column - GAP / 2, middle - BOX_HEIGHT / 2 - 5, size=14, anchor="middle"))
    return picture(width, height, parts, f"The computation graph: C is {total}; {'; '.join(said)}.")


def _chain(node: Node) -> list[Node]:
    """Return the nodes from the one input to this one."""
    before = [operand for operand in node.operands if isinstance(operand, Node)]
    return [*_chain(before[0]), node] if before else [node]


def _written(node: Node) -> str:
    if node.operation is None:
        return node.name or ""
    constants = [number(operand) for operand in node.operands if not isinstance(operand, Node)]
    return " ".join([SIGNS[node.operation.name], *constants])


def _box(title: str, value: str, slope: str, left: float, y: float) -> list[svg.Element]:
    top = y - BOX_HEIGHT / 2
    box = svg.Rect(
        x=left,
        y=round(top, 1),
        width=BOX_WIDTH,
        height=BOX_HEIGHT,
        rx=6,
        style=f"fill:none;stroke:{INK}",
    )
    lines = ((title, INK, True), (value, FORWARD_INK, False), (slope, BACKWARD_INK, False))
    return [
        box,
        *(
            text(line, left + BOX_WIDTH / 2, top + 18 * row - 1, size=_size(line), anchor="middle", ink=ink, bold=bold)
            for row, (line, ink, bold) in enumerate(lines, start=1)
        ),
    ]


def _size(line: str) -> float:
    """Return the size of the letters with which a line fits into a box: a number with a power of ten gets smaller."""
    return 13.5 if len(line) < 10 else 9.5


def _two_ways(left: float, y: float, y_right: float) -> list[svg.Element]:
    """Draw the way of the value to the next box, and below it the way of the gradient back."""
    parts: list[svg.Element] = []
    dashed: list[Decimal | float | int] = [3, 2]
    for shift, ink, tip, dashes in ((-5, FORWARD_INK, 1, None), (7, BACKWARD_INK, -1, dashed)):
        y0, y1 = round(y + shift, 1), round(y + (y_right - y) * 0.45 + shift, 1)
        x0, x1 = left + 1, left + GAP - 1
        x, at = (x1, y1) if tip > 0 else (x0, y0)
        head = [svg.Point(x - 5 * tip, at - 4), svg.Point(x, at), svg.Point(x - 5 * tip, at + 4)]
        style = f"stroke:{ink}"
        parts += [
            svg.Line(x1=x0, y1=y0, x2=x1, y2=y1, stroke_width=1.8, stroke_dasharray=dashes, style=style),
            svg.Polyline(points=head, fill="none", stroke_width=1.8, style=style),
        ]
    return parts


def _pair(point: Sequence[float]) -> tuple[float, float]:
    x, y = point
    return float(x), float(y)
