"""A small network in which the terms of an equation are drawn where they live, as SVG text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import svg

from backprop_lab.figures.diagram import (
    BACKWARD_INK,
    FORWARD_INK,
    GOOD_INK,
    INK,
    PAPER,
    THIRD_INK,
    on_paper,
    picture,
    text,
)

__all__ = ["FACTOR", "KNOWN", "RESULT", "WEIGHT", "WIDEST", "Cue", "Part", "Unit", "term_diagram"]

WIDTH, ROW, RADIUS = 376, 96, 19
COLUMNS = (24, 112, 262)
LOSS_X, LOSS_SIZE = 354, 15
TOP, FOOT = 34, 22  # for the names of the layers, and for the input that is always 1
SIZE = 13
NEAR_END = 0.66  # where on an edge its number stands: there, edges to one unit are apart
WIDEST = 3

Stroke = Literal["solid", "dashed", "dotted", "double"]
DASHES: dict[Stroke, list[float | int | Decimal]] = {"dashed": [7, 4], "dotted": [2, 3]}
Point = tuple[float, float]


@dataclass(frozen=True)
class Cue:
    """How one term looks, in the formula and in the picture: its ink, and its stroke as second cue."""

    ink: str
    stroke: Stroke


RESULT = Cue(BACKWARD_INK, "solid")
KNOWN = Cue(THIRD_INK, "dashed")
WEIGHT = Cue(GOOD_INK, "double")
FACTOR = Cue(FORWARD_INK, "dotted")


@dataclass(frozen=True)
class Part:
    """A piece of a term at one place: its number, its cue, and whether this frame is about it."""

    text: str
    cue: Cue
    strong: bool = False


@dataclass(frozen=True)
class Unit:
    """What is written above, in and below a unit, and the term that its ring belongs to."""

    above: Part | None = None
    inside: Part | None = None
    below: Part | None = None
    ring: Part | None = None


def term_diagram(
    sizes: tuple[int, int, int],
    units: Mapping[tuple[int, int], Unit],
    edges: Mapping[tuple[int, int, int], Part],
    label: str,
    *,
    to_loss: Mapping[int, Part] | None = None,
    from_one: Mapping[int, Part] | None = None,
) -> str:
    """Return the SVG of a network with one hidden layer, its input at the left and its loss C at the right.

    Parameters
    ----------
    sizes : tuple of int
        Units a layer, the input first; at most three each.
    units : mapping
        (layer, unit) to Unit; layer 0 is the input.
    edges : mapping
        (layer, unit, unit below) to Part; what is not there is a thin line.
    label : str
        The picture in words.
    to_loss : mapping, optional
        Output unit to the Part that stands between it and the loss.
    from_one : mapping, optional
        Output unit to the Part on its bias: an edge from an input that is always 1. None: no such input is drawn.

    Raises
    ------
    ValueError
        If there are not three layers, or one is too wide.
    """
    if len(sizes) != len(COLUMNS) or max(sizes) > WIDEST:
        raise ValueError(f"the network has sizes {sizes}, expected three layers of at most {WIDEST} units")
    body = ROW * max(sizes)
    place = {
        (layer, unit): (float(COLUMNS[layer]), TOP + body * (unit + 0.5) / size)
        for layer, size in enumerate(sizes)
        for unit in range(size)
    }
    loss, one = (float(LOSS_X), TOP + body / 2), (187.0, TOP + body - 2)
    lines: list[svg.Element] = []
    numbers: list[svg.Element] = []
    for layer, (n_in, n_out) in enumerate(pairwise(sizes), start=1):
        for unit in range(n_out):
            for source in range(n_in):
                start, end = place[layer - 1, source], place[layer, unit]
                part = edges.get((layer, unit, source))
                lines += _line(start, end, part)
                numbers += _on_line(part, start, end)
    for unit in range(sizes[2]):
        at = place[2, unit]
        part = (to_loss or {}).get(unit)
        lines += _line(at, loss, part)
        if part:
            y = at[1] + (-6 if at[1] < loss[1] else 16 if at[1] > loss[1] else -6)
            numbers.append(_written(part, at[0] + RADIUS + 7, y, "start"))
        if from_one is not None:
            lines += _line(one, at, from_one.get(unit))
    shapes = [shape for key, at in place.items() for shape in _unit(at, units.get(key, Unit()))]
    shapes += _box(loss, "C")
    if from_one is not None:
        part = next(iter(from_one.values()), None)
        shapes += _unit(one, Unit(inside=Part("1", FACTOR, bool(part and part.strong))))
    names = [
        text(name, x, 15, size=SIZE, anchor="middle")
        for name, x in zip(("input", "layer 1", "layer 2", "loss"), (*COLUMNS, LOSS_X), strict=True)
    ]
    return picture(WIDTH, TOP + body + FOOT, [*lines, *numbers, *shapes, *names], label, scale=1.15)


def _line(start: Point, end: Point, part: Part | None) -> list[svg.Element]:
    """Draw an edge; a double one as a broad line with paper along its middle."""
    if part is None:
        return [_stretch(start, end, INK, 1, opacity=0.4)]
    width = 3.4 if part.strong else 1.6
    if part.cue.stroke == "double":
        return [
            _stretch(start, end, part.cue.ink, 2 * width),
            _stretch(start, end, PAPER, 0.8 * width),
        ]
    return [_stretch(start, end, part.cue.ink, width, part.cue)]


def _stretch(start: Point, end: Point, ink: str, width: float, cue: Cue | None = None, opacity: float = 1) -> svg.Line:
    return svg.Line(
        x1=round(start[0], 1),
        y1=round(start[1], 1),
        x2=round(end[0], 1),
        y2=round(end[1], 1),
        stroke_width=width,
        stroke_dasharray=DASHES.get(cue.stroke) if cue else None,
        opacity=opacity,
        style=f"stroke:{ink}",
    )


def _on_line(part: Part | None, start: Point, end: Point) -> list[svg.Element]:
    if part is None or not part.text:
        return []
    x, y = (a + NEAR_END * (b - a) for a, b in zip(start, end, strict=True))
    return on_paper(part.text, x, y + 4.5, size=SIZE, ink=part.cue.ink, bold=part.strong)


def _unit(at: Point, unit: Unit) -> list[svg.Element]:
    x, y = at
    ring = unit.ring
    parts: list[svg.Element] = [
        svg.Circle(
            cx=round(x, 1),
            cy=round(y, 1),
            r=RADIUS,
            stroke_width=1.3 if ring is None else 4 if ring.strong else 2.2,
            stroke_dasharray=DASHES.get(ring.cue.stroke) if ring else None,
            style=f"fill:{PAPER};stroke:{ring.cue.ink if ring else INK}",
        )
    ]
    if unit.inside:
        parts.append(_written(unit.inside, x, y + 4.5, "middle"))
    for part, baseline in ((unit.above, y - RADIUS - 6), (unit.below, y + RADIUS + 15)):
        if part:
            parts += on_paper(part.text, x, baseline, size=SIZE, ink=part.cue.ink, bold=part.strong)
    return parts


def _box(at: Point, name: str) -> list[svg.Element]:
    x, y = at
    box = svg.Rect(
        x=round(x - LOSS_SIZE, 1),
        y=round(y - LOSS_SIZE, 1),
        width=2 * LOSS_SIZE,
        height=2 * LOSS_SIZE,
        rx=4,
        stroke_width=1.3,
        style=f"fill:{PAPER};stroke:{INK}",
    )
    return [box, text(name, x, y + 5, size=15, anchor="middle")]


def _written(part: Part, x: float, y: float, anchor: Literal["start", "middle"]) -> svg.Text:
    return text(part.text, x, y, size=SIZE, anchor=anchor, ink=part.cue.ink, bold=part.strong)
