"""How the tests read a drawing: where its texts and lines stand, and whether texts lie on each other."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from xml.etree import ElementTree

Point = tuple[float, float]


@dataclass(frozen=True)
class Written:
    """A text with the middle of its baseline, and the rectangle that its letters fill (left, top, right, bottom)."""

    text: str
    at: Point
    box: tuple[float, float, float, float]
    ink: str
    bold: bool


def parse(drawing: str) -> ElementTree.Element:
    """Return the svg element of a drawing, with plain tag names."""
    root = ElementTree.fromstring(drawing)
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
    return root


def number_of(element: ElementTree.Element, name: str) -> float:
    return float(element.get(name, "nan"))


def written(root: ElementTree.Element) -> list[Written]:
    """Return all texts of a picture; a letter is taken to be 0.52 of its size wide."""
    found = []
    for t in root.iter("text"):
        x, y, size = (number_of(t, name) for name in ("x", "y", "font-size"))
        width = 0.52 * size * len(t.text or "")
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[t.get("text-anchor", "start")] * width
        box = (left, y - 0.72 * size, left + width, y)
        found.append(
            Written(t.text or "", (left + width / 2, y), box, t.get("style", ""), t.get("font-weight") == "bold")
        )
    return found


def lines(root: ElementTree.Element) -> list[tuple[Point, Point, ElementTree.Element]]:
    return [
        ((number_of(line, "x1"), number_of(line, "y1")), (number_of(line, "x2"), number_of(line, "y2")), line)
        for line in root.iter("line")
    ]


def circles(root: ElementTree.Element) -> list[tuple[Point, float, ElementTree.Element]]:
    return [((number_of(c, "cx"), number_of(c, "cy")), number_of(c, "r"), c) for c in root.iter("circle")]


def distance(point: Point, start: Point, end: Point) -> float:
    """Return how far a point lies from a stretch between two points."""
    (px, py), (x, y), (dx, dy) = point, start, (end[0] - start[0], end[1] - start[1])
    share = max(0.0, min(1.0, ((px - x) * dx + (py - y) * dy) / (dx * dx + dy * dy)))
    return float(((px - x - share * dx) ** 2 + (py - y - share * dy) ** 2) ** 0.5)


def overlapping(root: ElementTree.Element) -> list[tuple[str, str]]:
    """Return the pairs of texts that lie on each other."""
    return [
        (one.text, other.text)
        for one, other in itertools.combinations(written(root), 2)
        if one.box[0] < other.box[2]
        and other.box[0] < one.box[2]
        and one.box[1] < other.box[3]
        and other.box[1] < one.box[3]
    ]


def cut_off(root: ElementTree.Element) -> list[str]:
    """Return the texts that leave the picture."""
    _, _, width, height = map(float, root.get("viewBox", "").split())
    return [t.text for t in written(root) if t.box[0] < 0 or t.box[1] < 0 or t.box[2] > width or t.box[3] > height]
