"""Axles in a row, joined by wheels and chains, as SVG text: each chain passes on a turn, times its factor.

The radii of a pair of wheels have the ratio of its factor, to scale; a chain that crosses itself turns the next axle
the other way, which is a factor below zero. Several pairs multiply their factors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import svg

from backprop_lab.figures.diagram import FORWARD_INK, GOOD_INK, INK, THIRD_INK, bracketed, number, picture, text

__all__ = ["MOST_TURN", "Axle", "Pair", "gear_train"]

MOST_TURN = 330  # degrees; beyond, a turn could be taken for another
LEFT, SPACING, CENTRE, HEIGHT = 62, 108, 118, 268
RADII = 46  # the sum of the radii of a pair, so that wheels on neighbouring axles never touch
DIAL = 50  # radius of the arc that shows the turn
TOOTH = 6  # pixels from one tooth to the next, about
INKS = (THIRD_INK, GOOD_INK)
LINKS = ((5, 2), (2, 2))  # the dashes of a chain: a second cue beside the colour


@dataclass(frozen=True)
class Axle:
    """What turns: its name, and the value of the quantity that it stands for."""

    name: str
    value: float


@dataclass(frozen=True)
class Pair:
    """A pair of wheels from one axle to the next: how many times as far the next one turns, and what that is called."""

    name: str
    factor: float


def gear_train(axles: Sequence[Axle], pairs: Sequence[Pair], turn: float) -> str:
    """Return the SVG of axles in a row, the first of them turned.

    Parameters
    ----------
    axles : sequence of Axle
    pairs : sequence of Pair
        One fewer.
    turn : float
        By how many degrees the first axle is turned, clockwise.

    Raises
    ------
    ValueError
        If there is not one pair between each two axles, or an axle would turn by more than 330 degrees.
    """
    if len(pairs) != len(axles) - 1 or not pairs:
        raise ValueError(
            f"there are {len(axles)} axles and {len(pairs)} pairs, expected one pair between each two axles"
        )
    turns = list(accumulate((pair.factor for pair in pairs), lambda so_far, factor: so_far * factor, initial=turn))
    for axle, by in zip(axles, turns, strict=True):
        if not abs(by) <= MOST_TURN:
            raise ValueError(f"{axle.name} would turn by {by:g} degrees, expected at most {MOST_TURN}")
    xs = [LEFT + SPACING * place for place in range(len(axles))]
    parts: list[svg.Element] = []
    for place, pair in enumerate(pairs):
        parts += _draw_pair(xs[place], xs[place + 1], pair, place)
    for x, axle, by in zip(xs, axles, turns, strict=True):
        parts += _draw_turn(x, axle, by)
    product = math.prod(pair.factor for pair in pairs)
    parts += _draw_product(xs[0], xs[-1], product)
    return picture(xs[-1] + LEFT, HEIGHT, parts, _in_words(axles, pairs, turns, product))


def radii(factor: float) -> tuple[float, float]:
    """Return the radii of the driving and of the driven wheel: their ratio is the size of the factor."""
    size = abs(factor)
    return RADII * size / (1 + size), RADII / (1 + size)


def _draw_pair(x1: float, x2: float, pair: Pair, place: int) -> list[svg.Element]:
    ink = INKS[place % len(INKS)]
    driving, driven = radii(pair.factor)
    middle = (x1 + x2) / 2
    parts = [
        text(f"× {bracketed(pair.factor)}", middle, 20, size=15, anchor="middle", bold=True, ink=ink),
        text(pair.name, middle, 38, size=13, anchor="middle", ink=ink),
        *_wheel(x1, driving, ink),
        *_wheel(x2, driven, ink),
    ]
    for (ax, ay), (bx, by) in _chain(x1, driving, x2, driven, pair.factor):
        parts.append(
            svg.Line(
                x1=round(ax, 1),
                y1=round(ay, 1),
                x2=round(bx, 1),
                y2=round(by, 1),
                stroke_width=2.5,
                stroke_dasharray=list(LINKS[place % len(LINKS)]),
                style=f"stroke:{ink}",
            )
        )
    return parts


def _wheel(x: float, radius: float, ink: str) -> list[svg.Element]:
    if radius < 3:  # too small for teeth
        return [svg.Circle(cx=x, cy=CENTRE, r=round(max(radius, 1), 1), style=f"fill:{ink}")]
    teeth = max(round(2 * math.pi * radius / TOOTH), 5)
    dash = round(math.pi * radius / teeth, 3)
    return [
        svg.Circle(cx=x, cy=CENTRE, r=round(radius - 1.5, 1), fill_opacity=0.13, style=f"fill:{ink};stroke:{ink}"),
        svg.Circle(
            cx=x,
            cy=CENTRE,
            r=round(radius, 1),
            fill="none",
            stroke_width=3,
            stroke_dasharray=[dash],
            style=f"stroke:{ink}",
        ),
    ]


def _chain(
    x1: float, r1: float, x2: float, r2: float, factor: float
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the two straight runs of the chain: they touch both wheels, and cross where the factor is below zero."""
    if factor == 0:
        return []
    side = 1 if factor > 0 else -1
    lean = (r1 - side * r2) / (x2 - x1)
    rise = math.sqrt(1 - lean**2)
    return [
        (
            (x1 + r1 * lean, CENTRE - up * r1 * rise),
            (x2 + side * r2 * lean, CENTRE - side * up * r2 * rise),
        )
        for up in (1, -1)
    ]


def _draw_turn(x: float, axle: Axle, turn: float) -> list[svg.Element]:
    """Draw where the hand of the axle was, where it is, and the way between."""
    tip_x, tip_y = _on_dial(x, turn, DIAL)
    value = f"{axle.name} = {number(axle.value)}"
    size = 14 if "×" not in value else 9.5  # a power of ten is long
    shade: list[svg.Element] = []
    if abs(turn) > 1:
        large, clockwise = abs(turn) > 180, turn > 0
        arc = svg.Arc(DIAL, DIAL, 0, large, clockwise, tip_x, tip_y)
        shade = [
            svg.Path(
                d=[svg.M(x, CENTRE), svg.V(CENTRE - DIAL), arc, svg.Z()], fill_opacity=0.13, style=f"fill:{FORWARD_INK}"
            ),
            svg.Path(d=[svg.M(x, CENTRE - DIAL), arc], fill="none", stroke_width=2, style=f"stroke:{FORWARD_INK}"),
            *_arrow_head(x, turn),
        ]
    return [
        *shade,
        svg.Path(d=[svg.M(x, CENTRE), svg.V(CENTRE - DIAL)], stroke="currentColor", stroke_dasharray=[2, 3]),
        svg.Line(x1=x, y1=CENTRE, x2=tip_x, y2=tip_y, stroke_width=3, style=f"stroke:{FORWARD_INK}"),
        svg.Circle(cx=x, cy=CENTRE, r=4, style=f"fill:{INK}"),
        text(value, x, CENTRE + DIAL + 24, size=size, anchor="middle", bold=True),
        text(f"turns {number(turn, 3)}°", x, CENTRE + DIAL + 43, size=14, anchor="middle", ink=FORWARD_INK),
    ]


def _arrow_head(x: float, turn: float) -> list[svg.Element]:
    """Draw the head at the end of the arc; it points the way of the turn."""
    way = math.copysign(min(abs(turn), 9), turn)
    corners = [_on_dial(x, turn, DIAL), _on_dial(x, turn - way, DIAL - 5), _on_dial(x, turn - way, DIAL + 5)]
    return [svg.Polygon(points=[svg.Point(*corner) for corner in corners], style=f"fill:{FORWARD_INK}")]


def _on_dial(x: float, angle: float, radius: float) -> tuple[float, float]:
    """Return a place at an angle from twelve o'clock, clockwise, in degrees."""
    radians = math.radians(angle)
    return round(x + radius * math.sin(radians), 1), round(CENTRE - radius * math.cos(radians), 1)


def _draw_product(first: float, last: float, product: float) -> list[svg.Element]:
    """Draw a bracket below the axles with what all pairs do together."""
    top = CENTRE + DIAL + 54
    bracket = [svg.M(first, top), svg.V(top + 9), svg.H(last), svg.V(top)]
    return [
        svg.Path(d=bracket, fill="none", stroke="currentColor", opacity=0.6),
        text(f"together × {bracketed(product)}", (first + last) / 2, top + 29, size=16, anchor="middle", bold=True),
    ]


def _in_words(axles: Sequence[Axle], pairs: Sequence[Pair], turns: Sequence[float], product: float) -> str:
    told = [f"{axles[0].name} = {number(axles[0].value)} turns by {number(turns[0], 3)} degrees"]
    for pair, axle, turn in zip(pairs, axles[1:], turns[1:], strict=True):
        moved = f"{axle.name} = {number(axle.value)} turns by {number(turn, 3)} degrees"
        told.append(f"{pair.name} = {number(pair.factor)}, so {moved}")
    return f"{'; '.join(told)}. Together times {number(product)}."
