"""A small plot as SVG text: lines, dots and bars on one pair of axes, legible at the width of a telephone.

Plots that do not move are drawn by matplotlib; this is for interactives, where a picture must be small and quick.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import svg

from backprop_lab.figures.diagram import FORWARD_INK, INK, number, on_paper, picture, text

__all__ = ["Bars", "Dot", "Line", "Mark", "plot"]

WIDTH, HEIGHT = 320, 230
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 32, 40
MOST_TICKS = 6


@dataclass(frozen=True, eq=False)
class Line:
    """A line through points; it has a gap where one is not finite, and is cut off at the frame.

    Attributes
    ----------
    xs, ys : array (n,)
    ink : str
        As FORWARD_INK.
    name : str
        Written at its last point that is seen.
    dashes : tuple of int
        A second cue beside the colour: (6, 3) for dashes, (2, 3) for dots.
    dots : bool
        Whether to draw the points, too.
    thick : float
        In pixels; 0 for dots without a line.
    """

    xs: npt.ArrayLike
    ys: npt.ArrayLike
    ink: str = FORWARD_INK
    name: str = ""
    dashes: tuple[int, ...] = ()
    dots: bool = False
    thick: float = 2.2


@dataclass(frozen=True)
class Dot:
    """One point, with a name beside it; a square is told from a dot without its colour."""

    x: float
    y: float
    ink: str = INK
    name: str = ""
    radius: float = 5
    square: bool = False


@dataclass(frozen=True, eq=False)
class Bars:
    """Bars from 0 to each height, between edges: a histogram, edges (n + 1,) and heights (n,)."""

    edges: npt.ArrayLike
    heights: npt.ArrayLike
    ink: str = FORWARD_INK


@dataclass(frozen=True)
class Mark:
    """A dashed line across the frame, at an x or at a y, with a name."""

    x: float | None = None
    y: float | None = None
    ink: str = INK
    name: str = ""


Item = Line | Dot | Bars | Mark


def plot(
    items: Sequence[Item],
    label: str,
    *,
    title: str = "",
    x_name: str = "",
    y_name: str = "",
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    x_ticks: Sequence[tuple[float, str]] | None = None,
    width: float = WIDTH,
    height: float = HEIGHT,
) -> str:
    """Return the SVG of a plot.

    Parameters
    ----------
    items : sequence of Line, Dot, Bars or Mark
        Drawn in this order.
    label : str
        What the picture says, with its numbers, for readers who can't see it.
    title, x_name, y_name : str
        Plain text. The name of y stands above the axis.
    x_range, y_range : pair of float, optional
        What is seen; default: all finite points, with some air above and below.
    log_x, log_y : bool
        Logarithmic axes; what is not positive is not drawn.
    x_ticks : sequence of (place, text), optional
        Default: a few round numbers.

    Raises
    ------
    ValueError
        If a range is empty, or not positive on a logarithmic axis.
    """
    x_range = x_range or _range([x for item in items for x in _xs(item)], log_x, air=0)
    y_range = y_range or _range([y for item in items for y in _ys(item)], log_y, air=0.06)
    top = TOP + (18 if title and y_name else 0)
    across = _Axis(x_range, log_x, LEFT, width - RIGHT)
    up = _Axis(y_range, log_y, height - BOTTOM, top)
    frame: list[svg.Element] = [*_ticks(across, up, x_ticks)]
    if title:
        frame.append(text(title, 4, 17, size=15, bold=True))
    if y_name:
        frame.append(text(y_name, 4, top - 10, size=13))
    if x_name:
        frame.append(text(x_name, (LEFT + width - RIGHT) / 2, height - 6, size=13, anchor="middle"))
    # A nested svg cuts off what leaves the frame; it needs no id, which would be the same in every picture of a page.
    inner = svg.SVG(
        x=LEFT,
        y=top,
        width=width - RIGHT - LEFT,
        height=height - BOTTOM - top,
        viewBox=svg.ViewBoxSpec(LEFT, top, width - RIGHT - LEFT, height - BOTTOM - top),
        elements=[part for item in items for part in _draw(item, across, up)],
    )
    names = [part for item in items for part in _name(item, across, up)]
    return picture(width, height, [*frame, inner, *names], label)


class _Axis:
    """From a quantity to pixels."""

    def __init__(self, limits: tuple[float, float], log: bool, first: float, last: float) -> None:
        low, high = limits
        if not (math.isfinite(low) and math.isfinite(high) and low < high and (low > 0 or not log)):
            positive = "positive " if log else ""
            raise ValueError(f"the range of an axis is {limits}, expected two finite {positive}numbers, smaller first")
        self.limits, self.log, self.first, self.last = limits, log, first, last
        self._scale: Callable[[float], float] = math.log10 if log else float

    def __call__(self, value: float) -> float:
        low, high = map(self._scale, self.limits)
        pixel = round(self.first + (self._scale(value) - low) / (high - low) * (self.last - self.first), 1)
        return int(pixel) if pixel.is_integer() else pixel  # 88 is shorter than 88.0, and there are many

    def holds(self, value: float) -> bool:
        low, high = self.limits
        return low <= value <= high

    def shows(self, value: float) -> bool:
        """Whether the value has a place, seen or not."""
        return math.isfinite(value) and (value > 0 or not self.log)

    def ticks(self) -> list[tuple[float, str]]:
        low, high = self.limits
        if self.log:
            powers = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
            every = max(1, math.ceil(len(powers) / MOST_TICKS))
            return [(10.0**power, _power(power)) for power in powers if power % every == 0]
        step = _round_step((high - low) / (MOST_TICKS - 1))
        first = math.ceil(low / step - 1e-9)
        return [(i * step, number(round(i * step, 12))) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def _round_step(step: float) -> float:
    """Return 1, 2 or 5 times a power of ten, at least as large."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9))


def _power(power: int) -> str:
    raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return {0: "1", 1: "10"}.get(power, f"10{raised}")


def _range(values: list[float], log: bool, air: float) -> tuple[float, float]:
    seen = [value for value in values if math.isfinite(value) and (value > 0 or not log)]
    if not seen:
        return (0.1, 1.0) if log else (0.0, 1.0)
    low, high = min(seen), max(seen)
    if log:
        factor = (high / low) ** air if high > low else 3.0
        return low / factor, high * factor
    room = air * (high - low) if high > low else max(abs(high), 1.0) / 2
    return low - room, high + room


def _xs(item: Item) -> list[float]:
    if isinstance(item, Line):
        return [float(x) for x in np.asarray(item.xs)]
    if isinstance(item, Bars):
        return [float(x) for x in np.asarray(item.edges)]
    return [] if item.x is None else [item.x]


def _ys(item: Item) -> list[float]:
    if isinstance(item, Line):
        return [float(y) for y in np.asarray(item.ys)]
    if isinstance(item, Bars):
        return [0.0, *(float(y) for y in np.asarray(item.heights))]
    return [] if item.y is None else [item.y]


def _ticks(across: _Axis, up: _Axis, x_ticks: Sequence[tuple[float, str]] | None) -> list[svg.Element]:
    parts: list[svg.Element] = [
        svg.Path(
            d=[svg.M(across.first, up.last), svg.V(up.first), svg.H(across.last)],
            fill="none",
            stroke="currentColor",
            opacity=0.6,
        )
    ]
    for value, name in across.ticks() if x_ticks is None else x_ticks:
        x = across(value)
        parts.append(svg.Path(d=[svg.M(x, up.first), svg.V(up.first + 4)], stroke="currentColor", opacity=0.6))
        parts.append(text(name, x, up.first + 17, size=12, anchor="middle"))
    for value, name in up.ticks():
        y = up(value)
        parts.append(svg.Path(d=[svg.M(across.first, y), svg.H(across.last)], stroke="currentColor", opacity=0.13))
        size = 12 if len(name) < 9 else 9  # −2 × 10⁻⁵ would not fit
        parts.append(text(name, across.first - 5, y + 4, size=size, anchor="end"))
    return parts


def _draw(item: Item, across: _Axis, up: _Axis) -> list[svg.Element]:
    if isinstance(item, Line):
        return _draw_line(item, across, up)
    if isinstance(item, Bars):
        return [
            svg.Rect(
                x=across(left),
                y=up(height),
                width=round(max(across(right) - across(left) - 1, 0.5), 1),
                height=round(up(0) - up(height), 1),
                opacity=0.75,
                style=f"fill:{item.ink}",
            )
            for (left, right), height in zip(pairwise(_xs(item)), _ys(item)[1:], strict=True)
        ]
    if isinstance(item, Dot):
        if not (across.shows(item.x) and up.shows(item.y)):
            return []
        if item.square:
            corner, side = (across(item.x) - item.radius, up(item.y) - item.radius), 2 * item.radius
            x, y = (round(place, 1) for place in corner)
            return [svg.Rect(x=x, y=y, width=side, height=side, style=f"fill:{item.ink}")]
        return [svg.Circle(cx=across(item.x), cy=up(item.y), r=item.radius, style=f"fill:{item.ink}")]
    parts: list[svg.Element] = []
    for d in (
        [] if item.x is None else [svg.M(across(item.x), up.first), svg.V(up.last)],
        [] if item.y is None else [svg.M(across.first, up(item.y)), svg.H(across.last)],
    ):
        if d:
            parts.append(svg.Path(d=d, fill="none", stroke_dasharray=[3, 3], style=f"stroke:{item.ink}"))
    return parts


def _draw_line(line: Line, across: _Axis, up: _Axis) -> list[svg.Element]:
    runs: list[list[svg.Point]] = [[]]
    for x, y in zip(_xs(line), _ys(line), strict=True):
        if across.shows(x) and up.shows(y):
            runs[-1].append(svg.Point(across(x), _near(up(y), up)))
        elif runs[-1]:
            runs.append([])
    parts: list[svg.Element] = [
        svg.Polyline(
            points=run,
            fill="none",
            stroke_width=line.thick,
            stroke_dasharray=list(line.dashes) or None,
            style=f"stroke:{line.ink}",
        )
        for run in runs
        if len(run) > 1 and line.thick
    ]
    if line.dots:
        parts += [svg.Circle(cx=point.x, cy=point.y, r=3.5, style=f"fill:{line.ink}") for run in runs for point in run]
    return parts


def _near(pixel: float, up: _Axis) -> float:
    """Keep what lies far outside the frame outside it, without numbers of a hundred digits."""
    return max(up.last - 2000, min(up.first + 2000, pixel))


def _name(item: Item, across: _Axis, up: _Axis) -> list[svg.Element]:
    """Write the name of a thing where it is seen: a line's at its end."""
    if isinstance(item, Bars) or not item.name:
        return []
    if isinstance(item, Mark):
        if item.x is not None:
            return on_paper(item.name, _inside(across(item.x), item.name, across), up.last + 11, size=12, ink=item.ink)
        assert item.y is not None
        half = 0.3 * 12 * len(item.name)
        return on_paper(item.name, across.last - half - 2, up(item.y) - 4, size=12, ink=item.ink)
    points = [(item.x, item.y)] if isinstance(item, Dot) else list(zip(_xs(item), _ys(item), strict=True))
    seen = [(x, y) for x, y in points if across.shows(x) and up.shows(y) and across.holds(x) and up.holds(y)]
    if not seen:
        return []
    x, y = seen[-1]
    height = up(y) - 9
    return on_paper(
        item.name,
        _inside(across(x), item.name, across),
        height if height > up.last + 10 else up(y) + 18,
        size=13,
        ink=item.ink,
        bold=True,
    )


def _inside(x: float, content: str, across: _Axis) -> float:
    """Move the middle of a text so that it does not leave the frame."""
    half = 0.3 * 13 * len(content) + 2
    return min(max(x, across.first + half), across.last - half)
