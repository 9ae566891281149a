"""What lies on what in a picture of boxes and arrows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree

import numpy as np

from frames import pictures

Area = tuple[float, float, float, float]


def clashes(html: str) -> list[str]:
    """Return what overlaps: a text with another, with the border of a box, an arrow or the edge of the picture."""
    found = []
    for picture in pictures(html):
        width, height = map(float, picture.get("viewBox", "").split()[2:])
        words = {f"{t.text} ({i})": _area(t) for i, t in enumerate(picture.iter("text")) if t.text}
        boxes = [_box(r) for r in picture.iter("rect")]
        for name, (left, top, right, bottom) in words.items():
            if left < 0 or top < 0 or right > width or bottom > height:
                found.append(f"{name} is cut off")
            inside = [b for b in boxes if b[0] <= left and b[1] <= top and b[2] >= right and b[3] >= bottom]
            if any(_overlap(words[name], b) for b in boxes if b not in inside):
                found.append(f"{name} lies on a border")
            if not inside and any(_inside(point, words[name]) for point in _lines(picture)):
                found.append(f"{name} lies on an arrow")
        found += [f"{a} lies on {b}" for a, b in combinations(words, 2) if _overlap(words[a], words[b])]
        found += ["two boxes overlap" for a, b in combinations(boxes, 2) if _overlap(a, b)]
    return found


def _area(t: ElementTree.Element) -> Area:
    """Estimate what a line of text covers; a little less than it may, as letters are mostly narrow."""
    size, x, y = (float(t.get(key, 0)) for key in ("font-size", "x", "y"))
    width = 0.5 * size * len(t.text or "")
    left = x - {"start": 0, "middle": width / 2, "end": width}[t.get("text-anchor", "start")]
    return left, y - 0.7 * size, left + width, y


def _box(r: ElementTree.Element) -> Area:
    x, y, width, height = (float(r.get(key, 0)) for key in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def _lines(picture: ElementTree.Element) -> Iterator[tuple[float, float]]:
    for line in picture.iter("line"):
        x1, y1, x2, y2 = (float(line.get(key, 0)) for key in ("x1", "y1", "x2", "y2"))
        for share in np.linspace(0, 1, 40):
            yield x1 + share * (x2 - x1), y1 + share * (y2 - y1)


def _inside(point: tuple[float, float], area: Area) -> bool:
    return area[0] < point[0] < area[2] and area[1] < point[1] < area[3]


def _overlap(a: Area, b: Area) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
