"""A curve with a point and its tangent, as SVG text."""

from __future__ import annotations

import numpy as np
import svg

from backprop_lab.arrays import Array
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, number, picture, text

__all__ = ["curve_panel"]

WIDTH, HEIGHT = 260, 210
LEFT, RIGHT, TOP, BOTTOM = 50, 10, 34, 30


def curve_panel(
    xs: Array,
    ys: Array,
    at: float,
    value: float,
    slope: float,
    *,
    title: str,
    x_name: str,
    y_name: str,
) -> str:
    """Return an SVG panel: the curve, the point (at, value) on it, and the tangent there.

    Parameters
    ----------
    xs, ys : array (n,)
        The curve; xs ascending. It has a gap where ys is not finite.
    at, value, slope : float
        The point (at, value) and the slope of the tangent.
    title, x_name, y_name : str
        Plain text; the title stands above the panel.
    """
    low, high = float(xs[0]), float(xs[-1])
    y_low, y_high = _limits(ys, value)

    def px(x: float) -> float:
        return round(float(LEFT + (x - low) / (high - low) * (WIDTH - LEFT - RIGHT)), 1)

    def py(y: float) -> float:
        return round(float(HEIGHT - BOTTOM - (y - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)), 1)

    elements: list[svg.Element] = [
        text(title, 4, 16, size=14, bold=True),
        svg.Path(
            d=[svg.M(LEFT, TOP), svg.V(HEIGHT - BOTTOM), svg.H(WIDTH - RIGHT)],
            fill="none",
            stroke="currentColor",
            opacity=0.6,
        ),
        text(x_name, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, anchor="middle"),
        text(number(low, 3), LEFT, HEIGHT - 12, size=12),
        text(number(high, 3), WIDTH - RIGHT, HEIGHT - 12, size=12, anchor="end"),
        text(y_name, LEFT - 5, (TOP + HEIGHT - BOTTOM) / 2, anchor="end"),
        text(number(y_low, 2), LEFT - 4, HEIGHT - BOTTOM, size=12, anchor="end"),
        text(number(y_high, 2), LEFT - 4, TOP + 10, size=12, anchor="end"),
    ]
    for run in _runs(xs, ys, y_low, y_high):
        points = [svg.Point(px(x), py(y)) for x, y in run]
        elements.append(svg.Polyline(points=points, fill="none", stroke_width=2.5, style=f"stroke:{FORWARD_INK}"))
    (x1, y1), (x2, y2) = _tangent(px(at), py(value), px, py, slope, low, high, y_low, y_high)
    elements += [
        svg.Path(
            d=[svg.M(px(at), HEIGHT - BOTTOM), svg.V(py(value)), svg.H(LEFT)],
            fill="none",
            stroke="currentColor",
            stroke_dasharray=[2, 3],
            opacity=0.7,
        ),
        svg.Line(x1=x1, y1=y1, x2=x2, y2=y2, stroke_width=2.5, style=f"stroke:{BACKWARD_INK}"),
        svg.Circle(cx=px(at), cy=py(value), r=5, style=f"fill:{INK}"),
    ]
    label = (
        f"{title}: at {x_name} = {number(at)} the value is {number(value)} and the tangent has slope {number(slope)}"
    )
    return picture(WIDTH, HEIGHT, elements, label)


def _limits(ys: Array, value: float) -> tuple[float, float]:
    """Show the curve with a little air; a curve that is flat gets one unit."""
    finite = np.append(ys[np.isfinite(ys)], value)
    low, high = float(finite.min()), float(finite.max())
    air = 0.08 * (high - low) or 0.5
    return low - air, high + air


def _runs(xs: Array, ys: Array, low: float, high: float) -> list[list[tuple[float, float]]]:
    """Split the curve where it is not defined."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(xs, ys, strict=True):
        if np.isfinite(y) and low <= y <= high:
            runs[-1].append((float(x), float(y)))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _tangent(  # type: ignore[no-untyped-def]
    x0: float, y0: float, px, py, slope: float, low: float, high: float, y_low: float, y_high: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Draw 45 pixels of tangent to each side of the point, cut off at the frame."""
    dx = (px(high) - px(low)) / (high - low)
    dy = (py(y_high) - py(y_low)) / (y_high - y_low) * slope
    length = 45 / np.hypot(dx, dy)

    def end(sign: int) -> tuple[float, float]:
        reach = length
        if dy:
            room = (TOP - y0) if sign * dy < 0 else (HEIGHT - BOTTOM - y0)
            reach = min(reach, room / (sign * dy))
        reach = min(reach, ((WIDTH - RIGHT - x0) if sign > 0 else (x0 - LEFT)) / dx)
        return round(float(x0 + sign * reach * dx), 1), round(float(y0 + sign * reach * dy), 1)

    return end(-1), end(1)
