"""A curve with a point and its tangent, as SVG text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import svg

from backprop_lab.arrays import Array
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, number, picture, text

__all__ = ["curve_panel", "panel_grid"]

WIDTH, HEIGHT = 240, 230
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 62, 38
REACH = 45  # of the tangent, in pixels to each side
FOOT = 10  # how many times its middle half a curve may rise in the frame
FAR = 2000  # pixels beyond the frame at which what leaves it may stop


def curve_panel(
    xs: Array,
    ys: Array,
    at: float | None,
    value: float | None = None,
    slope: float | None = None,
    *,
    title: str,
    x_name: str,
    y_name: str,
    note: str = "",
    is_whole: bool = False,
) -> str:
    """Return an SVG panel: the curve, the point (at, value) on it, and the tangent there.

    Parameters
    ----------
    xs, ys : array (n,)
        The curve; xs ascending. It has a gap where ys is not finite.
    at, value, slope : float or None
        The point (at, value) and the slope of the tangent. Without a value and a slope the place
        is marked and said to have none; without `at` there is only the curve.
    title, x_name, y_name : str
        Plain text; the title stands above the panel, the names beside their axes, with the numbers of the point.
    note : str
        Stands under the title in the ink of the tangent, as "× slope 0.69".
    is_whole : bool
        Whether to draw a border: this panel is what the others make together.
    """
    low, high = float(xs[0]), float(xs[-1])
    y_low, y_high = _limits(ys)

    def px(x: float) -> float:
        return round(float(LEFT + (x - low) / (high - low) * (WIDTH - LEFT - RIGHT)), 1)

    def py(y: float) -> float:
        pixel = HEIGHT - BOTTOM - (y - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)
        return round(float(np.clip(pixel, -FAR, FAR)), 1)

    runs = [
        svg.Polyline(
            points=[svg.Point(px(x), py(y)) for x, y in run],
            fill="none",
            stroke_width=2.5,
            style=f"stroke:{FORWARD_INK}",
        )
        for run in _runs(xs, ys, y_low, y_high)
    ]
    parts = [*_border(is_whole), *_axes(title, note, (low, high), (y_low, y_high))]
    x_text, y_text = x_name, y_name
    tangent: list[svg.Element] = []
    marks: list[svg.Element] = []
    label = title
    if at is not None:
        x_text = f"{x_name} = {number(at)}"
        label += f": at {x_text} {y_name} has no value"
    if at is not None and (value is None or slope is None):
        marks = [_dotted([svg.M(px(at), HEIGHT - BOTTOM), svg.V(TOP)])]
        y_text = f"{y_name}: no value"
    elif at is not None and value is not None and slope is not None:
        y_text = f"{y_name} = {number(value)}"
        label = f"{title}: at {x_text} the value is {number(value)} and the tangent has slope {number(slope)}"
        tangent = [
            _tangent(
                px(at), py(value), slope * (py(y_low) - py(y_high)) / (y_high - y_low), px(high) - px(low), high - low
            )
        ]
        marks = [_dotted([svg.M(px(at), HEIGHT - BOTTOM), svg.V(max(py(value), TOP)), svg.H(LEFT)])]
        if not y_low <= value <= y_high:
            y_text += f" ({'above' if value > y_high else 'below'} the frame)"
        else:
            marks.append(svg.Circle(cx=px(at), cy=py(value), r=5, style=f"fill:{INK}"))
    parts += [
        text(x_text, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, anchor="middle", ink=FORWARD_INK),
        text(y_text, 9, TOP - 8, ink=FORWARD_INK),
        # A nested svg cuts off what leaves the frame; it needs no id.
        svg.SVG(
            x=LEFT,
            y=TOP,
            width=WIDTH - RIGHT - LEFT,
            height=HEIGHT - BOTTOM - TOP,
            viewBox=svg.ViewBoxSpec(LEFT, TOP, WIDTH - RIGHT - LEFT, HEIGHT - BOTTOM - TOP),
            elements=[*runs, *tangent],
        ),
        *marks,
    ]
    return picture(WIDTH, HEIGHT, parts, label)


def panel_grid(panels: Sequence[str]) -> str:
    """Return panels of one size: one row up to three, then rows of two or three; fewer a row where it is narrow."""
    columns = {1: 1, 2: 2, 4: 2}.get(len(panels), 3)
    widest = f"max(200px, calc((100% - {16 * columns}px) / {columns}))"
    style = f"display:grid;flex:1 1 100%;gap:8px 16px;grid-template-columns:repeat(auto-fit,minmax({widest},1fr))"
    return f'<div style="{style}">{"".join(panels)}</div>'


def _border(is_whole: bool) -> list[svg.Element]:
    if not is_whole:
        return []
    return [
        svg.Rect(x=1, y=1, width=WIDTH - 2, height=HEIGHT - 2, rx=8, fill="none", stroke="currentColor", opacity=0.5)
    ]


def _axes(title: str, note: str, x_ends: tuple[float, float], y_ends: tuple[float, float]) -> list[svg.Element]:
    """Draw the frame with the numbers at its ends, and what stands above it."""
    return [
        text(title, 9, 18, size=14, bold=True),
        *([text(note, 9, 36, size=14, ink=BACKWARD_INK)] if note else []),
        svg.Path(
            d=[svg.M(LEFT, TOP), svg.V(HEIGHT - BOTTOM), svg.H(WIDTH - RIGHT)],
            fill="none",
            stroke="currentColor",
            opacity=0.6,
        ),
        text(number(x_ends[0], 3), LEFT, HEIGHT - BOTTOM + 15, size=12),
        text(number(x_ends[1], 3), WIDTH - RIGHT, HEIGHT - BOTTOM + 15, size=12, anchor="end"),
        _left_of_axis(number(y_ends[0], 2), HEIGHT - BOTTOM),
        _left_of_axis(number(y_ends[1], 2), TOP + 10),
    ]


def _left_of_axis(shown: str, y: float) -> svg.Text:
    """Write a number beside the axis of y; a long one with a power of ten smaller, and from the border on."""
    return text(shown, LEFT - 4, y, size=12, anchor="end") if len(shown) < 9 else text(shown, 1, y, size=9)


def _dotted(d: list[svg.PathData]) -> svg.Path:
    return svg.Path(d=d, fill="none", stroke="currentColor", stroke_dasharray=[2, 3], opacity=0.7)


def _tangent(x: float, y: float, rise: float, width: float, units: float) -> svg.Line:
    """Draw the tangent at a pixel; `rise` is in pixels for each unit of x, of which `width` pixels hold `units`."""
    run = width / units
    reach = REACH / np.hypot(run, rise)
    dx, dy = float(reach * run), float(reach * rise)
    return svg.Line(
        x1=round(x - dx, 1),
        y1=round(y + dy, 1),
        x2=round(x + dx, 1),
        y2=round(y - dy, 1),
        stroke_width=2.5,
        stroke_dasharray=[7, 4],
        style=f"stroke:{BACKWARD_INK}",
    )


def _limits(ys: Array) -> tuple[float, float]:
    """Show the curve with a little air, and of a pole only its foot; a curve that is flat gets one unit."""
    finite = ys[np.isfinite(ys)]
    if not finite.size:
        return -1.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    few, most = np.percentile(finite, [25, 75])
    if most > few:
        low, high = max(low, float(few - FOOT * (most - few))), min(high, float(most + FOOT * (most - few)))
    air = 0.08 * (high - low)
    return (low - air, high + air) if air > 1e-12 * max(abs(low), abs(high)) else (low - 0.5, high + 0.5)


def _runs(xs: Array, ys: Array, low: float, high: float) -> list[list[tuple[float, float]]]:
    """Split the curve where it is not defined, and where it leaves the frame at one side to return at the other."""
    runs: list[list[tuple[float, float]]] = [[]]
    before = np.nan
    for x, y in zip(xs, ys, strict=True):
        if not np.isfinite(y) or (before > high and y < low) or (before < low and y > high):
            runs.append([])
        if np.isfinite(y):
            runs[-1].append((float(x), float(y)))
        before = y
    return [run for run in runs if len(run) > 1]
