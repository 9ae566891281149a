"""Matrices as grids of cells in a row, with signs between them that say whether the shapes fit, as SVG text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import svg

from backprop_lab.figures.diagram import INK, PAPER, picture, text

__all__ = ["Grid", "Sign", "shape_diagram"]

WIDTH, HEIGHT = 340, 132
CELL, LETTER, GAP = 15, 7.4, 8
SIZE, SIGN = 13, 17
NAME_LINE, MIDDLE, SHAPE_LINE, CHECK_LINE = 16, 54, 104, 124


@dataclass(frozen=True)
class Grid:
    """A matrix: its name, its shape, and how it is drawn.

    Where it is only wanted (`outline`), its cells are empty; where `dark` names a row or a column, the first is dark.
    `written` stands below instead of the shape: (2,), of an array with one axis.
    """

    name: str
    rows: int
    columns: int
    ink: str = INK
    outline: bool = False
    dark: Literal["", "row", "column"] = ""
    written: str = ""

    @property
    def shape(self) -> str:
        """The shape as one reads it: 3 × 2."""
        return self.written or f"{self.rows} × {self.columns}"

    def opacity(self, row: int, column: int) -> float:
        """How full of ink a cell is."""
        first = {"": 1, "row": row, "column": column}[self.dark] == 0
        return 0 if self.outline else 0.9 if first else 0.25 if self.dark else 0.35


@dataclass(frozen=True)
class Sign:
    """A sign between two grids, in one line or two, and below it what a look at the shapes says."""

    sign: str
    check: str = ""
    ink: str = INK
    bold: bool = False


def shape_diagram(items: Sequence[Grid | Sign], label: str) -> str:
    """Return the SVG of grids and signs in one row, each grid with its name above and its shape below.

    Raises
    ------
    ValueError
        If the row is wider than the picture.
    """
    widths = [_width(item) for item in items]
    total = sum(widths) + GAP * (len(items) - 1)
    if total > WIDTH:
        raise ValueError(f"the row is {total:.0f} wide, expected at most {WIDTH}")
    x, parts = 2.0, list[svg.Element]()
    for item, width in zip(items, widths, strict=True):
        middle = x + width / 2
        parts += _grid(item, middle) if isinstance(item, Grid) else _sign(item, middle)
        x += width + GAP
    return picture(WIDTH, HEIGHT, parts, label, scale=1.25)


def _width(item: Grid | Sign) -> float:
    if isinstance(item, Grid):
        return max(item.columns * CELL, LETTER * len(item.name), LETTER * len(item.shape))
    return max(SIGN * 0.6 * max(map(len, item.sign.split("\n"))), LETTER * len(item.check))


def _grid(grid: Grid, middle: float) -> list[svg.Element]:
    left, top = middle - grid.columns * CELL / 2, MIDDLE - grid.rows * CELL / 2
    cells: list[svg.Element] = [
        svg.Rect(
            x=round(left + column * CELL + 1, 1),
            y=round(top + row * CELL + 1, 1),
            width=CELL - 2,
            height=CELL - 2,
            rx=2,
            stroke_width=1.2,
            stroke_dasharray=[2, 2] if grid.outline else None,
            fill_opacity=grid.opacity(row, column),
            style=f"fill:{PAPER if grid.outline else grid.ink};stroke:{grid.ink}",
        )
        for row in range(grid.rows)
        for column in range(grid.columns)
    ]
    return [
        text(grid.name, middle, NAME_LINE, size=SIZE, anchor="middle", ink=grid.ink),
        *cells,
        text(grid.shape, middle, SHAPE_LINE, size=SIZE, anchor="middle"),
    ]


def _sign(sign: Sign, middle: float) -> list[svg.Element]:
    lines = sign.sign.split("\n")
    top = MIDDLE + 6 - SIGN * 0.6 * (len(lines) - 1)
    parts: list[svg.Element] = [
        text(line, middle, top + SIGN * 1.2 * number, size=SIGN, anchor="middle") for number, line in enumerate(lines)
    ]
    if sign.check:
        check = text(sign.check, middle, CHECK_LINE, size=SIZE, anchor="middle", ink=sign.ink, bold=sign.bold)
        parts.append(check)
    return parts
