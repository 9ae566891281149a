"""Promise: the two pictures of a chain show what is known, forward to the right, backward dashed and to the left."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from backprop_lab.computation_graph import Node, gradient, sin
from backprop_lab.figures.chain_pictures import chain_pictures
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK


def parse(drawing: str) -> ElementTree.Element:
    root = ElementTree.fromstring(drawing)
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
    return root


def texts(drawing: str, ink: str = "") -> list[str]:
    return [t.text or "" for t in parse(drawing).iter("text") if ink in t.get("style", "")]


def chain() -> tuple[Node, Node, Node, dict[Node, str]]:
    x = Node(2, "x")
    a = x * 3
    z = a + 5
    return x, a, z, {x: "x", a: "a", z: "z"}


def test_all_numbers_operations_and_slopes_are_written() -> None:
    _, _, z, names = chain()
    drawing = chain_pictures(z, names, values=names, gradients=gradient(z))
    assert texts(drawing, FORWARD_INK)[1:] == ["2", "6", "11"]
    assert sorted(texts(drawing, BACKWARD_INK)[1:]) == ["1", "1", "3", "× 1", "× 3"]
    assert {"× 3", "+ 5", "dx", "da", "dz"} <= set(texts(drawing, "currentColor"))
    label = parse(drawing).get("aria-label", "")
    assert "x = 2; a = 6; z = 11" in label
    assert "dz = 1; da = 1, which is dz times the slope 1; dx = 3, which is da times the slope 3" in label


def test_a_value_with_a_power_of_ten_fits_into_its_box() -> None:
    x = Node(2, "x")
    a = x * 617283.0
    z = a + 5
    drawing = parse(chain_pictures(z, {x: "x", a: "a", z: "z"}, values=[x, a, z], gradients={}))
    long = [
        t
        for t in drawing.iter("text")
        if "×\N{NO-BREAK SPACE}10" in (t.text or "") and t.get("text-anchor") == "middle"
    ]
    assert len(long) == 3  # two values and the factor on the arrow
    assert sum(0.6 * float(t.get("font-size", "nan")) * len(t.text or "") < 64 for t in long) == 2


def test_what_is_not_known_yet_is_not_shown_and_nothing_moves() -> None:
    x, a, z, names = chain()
    early, late = (
        chain_pictures(z, names, values=[x, a], gradients={}, newest=a),
        chain_pictures(z, names, values=names, gradients=gradient(z), newest=x),
    )
    assert texts(early, FORWARD_INK)[1:] == ["2", "6"]
    assert texts(early, BACKWARD_INK)[1:] == []
    assert "z not known yet" in parse(early).get("aria-label", "")
    places = [[(r.get("x"), r.get("y")) for r in parse(d).iter("rect")] for d in (early, late)]
    assert places[0] == places[1]
    assert parse(early).get("viewBox") == parse(late).get("viewBox")


def test_the_way_back_is_dashed_and_leads_to_the_left() -> None:
    _, _, z, names = chain()
    lines = list(parse(chain_pictures(z, names, values=names, gradients=gradient(z))).iter("line"))
    assert len(lines) == 4
    for line in lines:
        to_the_left = float(line.get("x2", "nan")) < float(line.get("x1", "nan"))
        assert to_the_left == ("stroke-dasharray" in line.attrib)


def test_what_is_no_chain_is_refused() -> None:
    x, y = Node(2, "x"), Node(3, "y")
    for f in (x * y, x * x, x, sin(sin(sin(sin(sin(x)))))):
        with pytest.raises(ValueError, match="is no chain of 2 to 5 nodes"):
            chain_pictures(f, {}, values=[], gradients={})
