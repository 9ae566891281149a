"""Promise: in the picture of a network each number stands at its own unit or weight, and no text lies on another."""

from __future__ import annotations

import itertools

import pytest

from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK
from backprop_lab.figures.network_diagram import Edge, Marks, Node, network_diagram
from drawings import circles, cut_off, distance, lines, overlapping, parse, written

SIZES = [(2, 2, 1), (1, 2, 1), (2, 2, 2), (2, 1), (1, 1, 1)]


def places(root, sizes):
    """Return (layer, unit) to the middle of its circle: from left to right, and from top to bottom."""
    middles = sorted(at for at, _, _ in circles(root))
    keys = [(layer, unit) for layer, size in enumerate(sizes) for unit in range(size)]
    return dict(zip(keys, middles, strict=True))


NO_MARKS = Marks()


def full(sizes, marks=NO_MARKS):
    """Draw a network with another number everywhere, as long as they get."""
    count = itertools.count(10)
    nodes, edges = {}, {}
    for layer, size in enumerate(sizes):
        for unit in range(size):
            beside = (("y 0.01", INK), ("C 0.2608", FORWARD_INK)) if layer == len(sizes) - 1 and unit == 0 else ()
            n = [next(count) for _ in range(5)]
            if layer == 0:
                nodes[layer, unit] = Node(f"0.{n[0]}")
                continue
            nodes[layer, unit] = Node(
                f"0.59{n[0]}", f"z −0.37{n[1]}", f"δ −0.01{n[2]}", f"b −0.3498{n[3]}", f"−0.013{n[4]}", beside
            )
            for source in range(sizes[layer - 1]):
                edges[layer, unit, source] = Edge(f"−0.1499{next(count)}", f"−0.00068{next(count)}")
    return nodes, edges, parse(network_diagram(sizes, nodes, edges, marks, "a network with a number everywhere"))


@pytest.mark.parametrize("sizes", [(2, 2, 1), (1, 2, 1), (2, 1), (1, 1, 1), (2, 3, 1)])
def test_no_text_lies_on_another_or_is_cut_off(sizes):
    _, _, root = full(sizes)
    assert overlapping(root) == []
    assert cut_off(root) == []


@pytest.mark.parametrize("sizes", SIZES)
def test_the_numbers_of_a_weight_stand_at_its_own_line_and_at_no_other(sizes):
    _, edges, root = full(sizes)
    at = places(root, sizes)
    stands = {t.text: t for t in written(root)}
    for (layer, unit, source), edge in edges.items():
        value, gradient = stands[edge.value], stands[edge.gradient]
        middle = ((value.at[0] + gradient.at[0]) / 2, (value.box[3] + gradient.box[1]) / 2)
        mine = distance(middle, at[layer - 1, source], at[layer, unit])
        others = [distance(middle, at[l - 1, s], at[l, u]) for l, u, s in edges if (l, u, s) != (layer, unit, source)]
        assert mine < 5
        assert mine < min(others, default=99) / 2


@pytest.mark.parametrize("sizes", SIZES)
def test_the_numbers_of_a_unit_stand_above_in_and_below_its_circle(sizes):
    nodes, _, root = full(sizes)
    at = places(root, sizes)
    stands = {t.text: t.at for t in written(root)}
    for layer, size in enumerate(sizes):
        column = [at[layer, unit] for unit in range(size)]
        texts = [nodes[layer, unit] for unit in range(size)]
        assert len({x for x, _ in column}) == 1
        order = [
            stands[text]
            for node in texts
            for text in (node.above, node.inside, node.below, node.bias, node.bias_gradient)
            if text
        ]
        assert all(x == pytest.approx(column[0][0], abs=0.2) for x, _ in order)
        assert [y for _, y in order] == sorted(y for _, y in order)  # each unit's five lines, then the next unit's
        for (_, y), node in zip(column, texts, strict=True):
            assert stands[node.inside][1] == pytest.approx(y, abs=8)


def test_gradients_are_red_and_lean_and_values_are_not():
    nodes, edges, root = full((2, 2, 1))
    ink = {t.text: t.ink for t in written(root)}
    assert all(BACKWARD_INK in ink[edge.gradient] and BACKWARD_INK not in ink[edge.value] for edge in edges.values())
    assert all(BACKWARD_INK in ink[node.above] for node in nodes.values() if node.above)
    assert all(FORWARD_INK in ink[node.inside] for node in nodes.values())
    leaning = {t.text for t in root.iter("text") if t.get("font-style") == "italic"}
    assert leaning == {text for text, style in ink.items() if BACKWARD_INK in style}


def test_what_flows_backward_is_dashed():
    for ink, is_dashed in ((FORWARD_INK, False), (BACKWARD_INK, True)):
        _, _, root = full((2, 2, 1), Marks(ink, units=frozenset([1]), through=frozenset([2])))
        strong = [line for _, _, line in lines(root) if ink in line.get("style")]
        rings = [circle for _, _, circle in circles(root) if ink in circle.get("style")]
        assert (len(strong), len(rings)) == (2, 2)
        assert all((shape.get("stroke-dasharray") is not None) == is_dashed for shape in strong + rings)


@pytest.mark.parametrize(
    ("marks", "bold"),
    [
        (Marks(BACKWARD_INK, units=frozenset([2]), through=frozenset([2])), {"above"}),
        (Marks(FORWARD_INK, units=frozenset([2])), {"inside", "below"}),
        (Marks(INK, units=frozenset([2])), {"bias"}),
        (Marks(INK, weights=frozenset([2])), {"value"}),
        (Marks(BACKWARD_INK, weights=frozenset([2])), {"gradient"}),
        (Marks(), set()),
    ],
)
def test_only_what_is_new_is_bold(marks, bold):
    nodes, edges, root = full((2, 2, 1), marks)
    seen = {t.text for t in written(root) if t.bold}
    names = {text: name for name, text in vars(nodes[2, 0]).items() if isinstance(text, str)}
    for source in range(2):
        names |= {text: name for name, text in vars(edges[2, 0, source]).items()}
    assert {names[text] for text in seen} == bold
