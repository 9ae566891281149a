"""Promise: arrows go from border to border, labels stand beside them, and an arrow to nowhere is refused."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from backprop_lab.figures.box_diagram import Arrow, Box, Words, box_diagram
from box_clashes import clashes
from frames import pictures, texts

BOXES = {
    "a": Box(40, 60, (Words("a = 1"), Words("2")), above=Words("over"), below=Words("under"), rounded=True),
    "b": Box(240, 60, (Words("b"), Words("")), dashed=True, strong=True),
    "c": Box(40, 240, (Words("c"),)),
}


def draw(*arrows: Arrow) -> str:
    return box_diagram(
        BOXES, arrows, 300, 280, "three boxes with arrows between them", notes=[(5, 275, Words("below"))]
    )


def only(html: str, tag: str) -> list[ElementTree.Element]:
    return list(pictures(html)[0].iter(tag))


def tip(html: str) -> tuple[float, float]:
    x, y = only(html, "polygon")[0].get("points").split()[0].split(",")
    return float(x), float(y)


def test_an_arrow_leaves_one_box_and_ends_at_the_border_of_the_other():
    html = draw(Arrow("a", "b"))
    line = only(html, "line")[0]
    assert (float(line.get("x1")), float(line.get("y1"))) == (40 + 56 / 2, 60)
    assert tip(html) == (240 - 56 / 2, 60)
    assert tip(draw(Arrow("b", "a"))) == (40 + 56 / 2, 60)
    assert tip(draw(Arrow("a", "c"))) == (40, 240 - BOXES["c"].height / 2)


@pytest.mark.parametrize(("start", "end"), [("a", "b"), ("b", "a"), ("a", "c"), ("c", "a"), ("b", "c"), ("c", "b")])
def test_labels_stand_on_the_two_sides_of_an_arrow_whichever_way_it_goes(start, end):
    html = draw(Arrow(start, end, "up", "down"))
    place = {t.text: np.array([float(t.get("x")), float(t.get("y")) - 0.36 * 15]) for t in only(html, "text")}
    p, q = (np.array([BOXES[name].x, BOXES[name].y]) for name in (start, end))

    def side(point):
        (dx, dy), (ex, ey) = q - p, point - p
        return dx * ey - dy * ex

    assert side(place["up"]) * side(place["down"]) < 0
    assert place["up"][1] < place["down"][1] or place["up"][0] < place["down"][0]


def test_every_word_is_written_and_kinds_of_lines_differ_in_form():
    html = draw(Arrow("a", "b", "x", dashed=True, strong=True), Arrow("b", "c", faint=True))
    assert sorted(texts(html)) == sorted(["a = 1", "2", "over", "under", "b", "", "c", "x", "below"])
    strong, faint = only(html, "line")
    assert strong.get("stroke-dasharray")
    assert float(strong.get("stroke-width")) > float(faint.get("stroke-width"))
    assert float(faint.get("opacity")) < 1
    outlines = only(html, "rect")
    assert [bool(r.get("stroke-dasharray")) for r in outlines] == [False, True, False]
    assert float(outlines[0].get("rx")) > float(outlines[1].get("rx"))


def test_an_arrow_to_nowhere_is_refused():
    with pytest.raises(ValueError, match=r"from 'a' to 'd', but the boxes are \['a', 'b', 'c'\]"):
        draw(Arrow("a", "d"))


def test_what_lies_on_something_else_would_be_found():
    """Test the tester."""
    word = Words("a long word")
    good = {"a": Box(60, 40, (Words("a"),)), "b": Box(240, 40, (Words("b"),))}
    for boxes, arrows, notes, complaint in (
        (good, [], [], None),
        (good, [Arrow("a", "b")], [(120, 45, word)], "on an arrow"),
        (good, [], [(60, 45, word)], "on a border"),
        (good, [], [(250, 100, word)], "cut off"),
        (good, [], [(120, 100, word), (130, 105, word)], "lies on a long word"),
        (good | {"c": Box(80, 50, (Words(""),))}, [], [], "boxes overlap"),
    ):
        found = clashes(box_diagram(boxes, arrows, 300, 120, "a picture to be looked through", notes=notes))
        assert any(complaint in line for line in found) if complaint else found == []
