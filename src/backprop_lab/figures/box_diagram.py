"""Boxes with a few words in them and arrows between them, at given places, as SVG text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot

import svg

from backprop_lab.figures.diagram import BACKWARD_INK, INK, picture, text

__all__ = ["Arrow", "Box", "Words", "box_diagram"]

LINE, HEAD, AIR = 18, 8, 5  # from one line of a box to the next; an arrow head; between an arrow and its labels
LETTER = 0.56  # mean width of a letter, in units of its height


@dataclass(frozen=True)
class Words:
    """A line of text, in its ink."""

    content: str
    ink: str = INK
    bold: bool = False


@dataclass(frozen=True)
class Box:
    """A box around (x, y), with lines of words.

    Attributes
    ----------
    x, y, width : float
    lines : tuple of Words
        The box is as high as they need.
    above, below : Words, optional
        A note outside.
    rounded, dashed, strong : bool
        How its outline is drawn, so that kinds of boxes differ in more than colour.
    ink : str
        Of the outline.
    """

    x: float
    y: float
    lines: tuple[Words, ...]
    width: float = 56
    above: Words | None = None
    below: Words | None = None
    rounded: bool = False
    dashed: bool = False
    strong: bool = False
    ink: str = INK

    @property
    def height(self) -> float:
        """Its height in the picture."""
        return LINE * len(self.lines) + 10


@dataclass(frozen=True)
class Arrow:
    """A straight arrow from one box to another, with a word on its upper and on its lower side."""

    start: str
    end: str
    above: str = ""
    below: str = ""
    below_ink: str = BACKWARD_INK
    ink: str = INK
    dashed: bool = False
    strong: bool = False
    faint: bool = False


def box_diagram(
    boxes: Mapping[str, Box],
    arrows: Sequence[Arrow],
    width: float,
    height: float,
    label: str,
    *,
    size: float = 15,
    notes: Sequence[tuple[float, float, Words]] = (),
) -> str:
    """Return the SVG of the boxes and arrows.

    Parameters
    ----------
    boxes : mapping
        Name to Box; the names are not written.
    arrows : sequence of Arrow
        Later ones lie above earlier ones; all lie below the boxes.
    width, height : float
    label : str
        The picture in words, with its numbers.
    size : float
        Of the letters; notes are one smaller.
    notes : sequence of (x, y, Words)
        Text that begins at a place.

    Raises
    ------
    ValueError
        If an arrow names a box that is not there.
    """
    for arrow in arrows:
        for end in (arrow.start, arrow.end):
            if end not in boxes:
                raise ValueError(f"an arrow from {arrow.start!r} to {arrow.end!r}, but the boxes are {list(boxes)}")
    parts: list[svg.Element] = []
    for arrow in arrows:
        parts += _draw_arrow(arrow, boxes, size)
    for box in boxes.values():
        parts += _draw_box(box, size)
    parts += [text(note.content, x, y, size=size - 1, ink=note.ink, bold=note.bold) for x, y, note in notes]
    return picture(width, height, parts, label)


def _draw_box(box: Box, size: float) -> list[svg.Element]:
    top = box.y - box.height / 2
    parts: list[svg.Element] = [
        svg.Rect(
            x=round(box.x - box.width / 2, 1),
            y=round(top, 1),
            width=box.width,
            height=box.height,
            rx=min(18, box.height / 2) if box.rounded else 5,
            stroke_width=3.5 if box.strong else 1.5,
            stroke_dasharray=[4, 4] if box.dashed else None,
            style=f"fill:var(--bl-paper, #fff);stroke:{box.ink}",
        )
    ]
    for row, words in enumerate(box.lines):
        y = top + LINE * (row + 1)
        parts.append(text(words.content, box.x, y, size=size, anchor="middle", ink=words.ink, bold=words.bold))
    for note, y in ((box.above, top - 6), (box.below, top + box.height + size)):
        if note:
            parts.append(text(note.content, box.x, y, size=size - 1, anchor="middle", ink=note.ink, bold=note.bold))
    return parts


def _draw_arrow(arrow: Arrow, boxes: Mapping[str, Box], size: float) -> list[svg.Element]:
    """Draw from border to border, on the line through the middles."""
    start, end = boxes[arrow.start], boxes[arrow.end]
    x0, y0 = _border(start, end)
    x1, y1 = _border(end, start)
    length = hypot(x1 - x0, y1 - y0)
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    neck_x, neck_y = x1 - HEAD * dx, y1 - HEAD * dy
    opacity = 0.5 if arrow.faint else 1
    parts: list[svg.Element] = [
        svg.Line(
            x1=round(x0, 1),
            y1=round(y0, 1),
            x2=round(neck_x, 1),
            y2=round(neck_y, 1),
            stroke_width=2.8 if arrow.strong else 1.4,
            stroke_dasharray=[5, 4] if arrow.dashed else None,
            opacity=opacity,
            style=f"stroke:{arrow.ink}",
        ),
        svg.Polygon(
            points=[
                svg.Point(round(x1, 1), round(y1, 1)),
                svg.Point(round(neck_x - 4.5 * dy, 1), round(neck_y + 4.5 * dx, 1)),
                svg.Point(round(neck_x + 4.5 * dy, 1), round(neck_y - 4.5 * dx, 1)),
            ],
            opacity=opacity,
            style=f"fill:{arrow.ink}",
        ),
    ]
    up_x, up_y = (dy, -dx) if dx > 0 or (dx == 0 and dy < 0) else (-dy, dx)  # at a right angle to the arrow
    for label, ink, side in ((arrow.above, INK, 1), (arrow.below, arrow.below_ink, -1)):
        if label:
            away = AIR + abs(up_x) * LETTER * size * len(label) / 2 + abs(up_y) * 0.4 * size
            x, y = (x0 + x1) / 2 + side * away * up_x, (y0 + y1) / 2 + side * away * up_y
            parts.append(text(label, x, y + 0.36 * size, size=size, anchor="middle", ink=ink, bold=arrow.strong))
    return parts


def _border(box: Box, other: Box) -> tuple[float, float]:
    """Return where the line from the middle of a box to that of another leaves it."""
    dx, dy = other.x - box.x, other.y - box.y
    share = min(
        box.width / 2 / abs(dx) if dx else float("inf"),
        box.height / 2 / abs(dy) if dy else float("inf"),
    )
    return box.x + share * dx, box.y + share * dy
