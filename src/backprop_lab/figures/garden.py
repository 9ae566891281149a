"""A hidden layer as a garden: one plant a unit, as high as the share of examples for which it is active."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import svg

from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, GOOD_INK, INK, picture, text
from backprop_lab.figures.powers import in_powers

__all__ = ["GROWTH", "SPROUT", "Plant", "garden"]

COLUMNS = 4
TILE_WIDTH, TILE_HEIGHT, GAP = 77.0, 84.0, 4.0
TOP = 78.0
STEM, GROUND = 50.0, 60.0  # within a tile
SPROUT, GROWTH = 9.0, 30.0  # height of a plant that is hardly ever active, and what is added to it up to always


@dataclass(frozen=True)
class Plant:
    """One unit.

    Attributes
    ----------
    share : float
        Share of the examples for which the unit is active, 0 to 1.
    gradient : float
        Size of the gradient of its weights and its bias. Where it and the share are 0 the plant is dead; where the
        share alone is 0, a bud.
    """

    share: float
    gradient: float

    @property
    def dead(self) -> bool:
        """Whether no example activates it, and no gradient reaches it."""
        return self.share == 0 and self.gradient == 0


def garden(plants: Sequence[Plant], label: str, *, title: str = "") -> str:
    """Return the SVG of the plants, four in a row, with the share in blue and the gradient in red.

    Parameters
    ----------
    plants : sequence of Plant
    label : str
        What the picture says, for readers who can't see it.

    Raises
    ------
    ValueError
        If there is no plant, or a share is not between 0 and 1.
    """
    if not plants:
        raise ValueError("plants is empty, expected at least one")
    for plant in plants:
        if not 0 <= plant.share <= 1:
            raise ValueError(f"the share of a plant is {plant.share}, expected 0 to 1")
    spots = [_spot(place) for place in range(len(plants))]
    both = list(zip(plants, spots, strict=True))
    awake = [(plant, spot) for plant, spot in both if plant.share > 0]
    asleep = [(plant, spot) for plant, spot in both if plant.share == 0]
    crosses = [spot for plant, spot in both if plant.dead]
    elements: list[svg.Element] = [
        text(title, 4, 17, size=15, bold=True),
        text("blue: active for this share of the examples", 4, 36, size=12, ink=FORWARD_INK),
        text("red: size of the gradient of its weights", 4, 52, size=12, ink=BACKWARD_INK),
        text("cross: dead; ring: never active, yet learning", 4, 68, size=12),
        *_path([part for _, spot in awake for part in _fence(*spot)], INK, opacity=0.35),
        *_path([part for _, spot in asleep for part in _fence(*spot)], INK, dashes=(4, 3)),
        *_path([part for plant, spot in awake for part in _stem(plant.share, *spot)], GOOD_INK, thick=2.5),
        *_path([part for plant, spot in asleep if not plant.dead for part in _bud(*spot)], GOOD_INK, thick=2),
        *_path([part for spot in crosses for part in _cross(*spot)], INK, thick=3),
    ]
    for plant, (x, y) in awake:
        elements.append(svg.Circle(cx=x + STEM, cy=_top(plant.share, y), r=6, style=f"fill:{GOOD_INK}"))
    for plant, (x, y) in both:
        elements.append(text(f"{100 * plant.share:.0f}%", x + 4, y + 14, size=12, ink=FORWARD_INK))
        elements.append(
            text(
                in_powers(plant.gradient, 2),
                x + TILE_WIDTH / 2,
                y + TILE_HEIGHT - 7,
                size=12,
                anchor="middle",
                ink=BACKWARD_INK,
            )
        )
    rows = -(-len(plants) // COLUMNS)
    width, height = COLUMNS * (TILE_WIDTH + GAP), TOP + rows * (TILE_HEIGHT + GAP)
    return picture(width, height, elements, label)


def _spot(place: int) -> tuple[float, float]:
    row, column = divmod(place, COLUMNS)
    return 2 + column * (TILE_WIDTH + GAP), TOP + row * (TILE_HEIGHT + GAP)


def _path(
    d: list[svg.PathData],
    ink: str,
    *,
    thick: float = 1,
    dashes: tuple[float, ...] = (),
    opacity: float | None = None,
) -> list[svg.Element]:
    """Draw all strokes of one kind at once, which keeps the picture small."""
    if not d:
        return []
    path = svg.Path(
        d=d,
        fill="none",
        stroke_width=thick,
        stroke_dasharray=list(dashes) or None,
        opacity=opacity,
        style=f"stroke:{ink}",
    )
    return [path]


def _fence(x: float, y: float) -> list[svg.PathData]:
    return [svg.M(x, y), svg.h(TILE_WIDTH), svg.v(TILE_HEIGHT - 2), svg.h(-TILE_WIDTH), svg.Z()]


def _top(share: float, y: float) -> float:
    return round(y + GROUND - SPROUT - GROWTH * share, 1)


def _stem(share: float, x: float, y: float) -> list[svg.PathData]:
    """Draw the ground, and a stem with a leaf."""
    height = y + GROUND - _top(share, y)
    leaf = round(0.4 * height, 1)
    return [
        svg.M(x + STEM - 14, y + GROUND),
        svg.h(28),
        svg.M(x + STEM, y + GROUND),
        svg.v(-round(height, 1)),
        svg.M(x + STEM, y + GROUND - leaf),
        svg.l(min(8.0, leaf), -min(5.0, leaf)),
    ]


def _bud(x: float, y: float) -> list[svg.PathData]:
    """Draw the ground, and a hollow bud close to it."""
    return [
        svg.M(x + STEM - 14, y + GROUND),
        svg.h(28),
        svg.m(-14, 0),
        svg.v(-5),
        svg.a(4, 4, 0, True, True, 0.1, 0),
    ]


def _cross(x: float, y: float) -> list[svg.PathData]:
    return [
        svg.M(x + STEM - 9, y + GROUND - 24),
        svg.l(18, 18),
        svg.m(0, -18),
        svg.l(-18, 18),
    ]
