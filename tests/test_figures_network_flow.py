"""Promise: each number stands at its unit or edge, sizes are in proportion, and no text lies over another."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from backprop_lab.figures.diagram import BACKWARD_INK, INK
from backprop_lab.figures.network_flow import HEIGHT, MOST_HIDDEN, WIDTH, Edges, Square, decimal, network_flow


def drawing(hidden: int = 3, ink: str = BACKWARD_INK):
    """Return a network with numbers that all differ, and its picture."""
    rng = np.random.default_rng(hidden)
    values = rng.uniform(-0.99, 0.99, (hidden + 3, 4))
    edges = Edges(rng.normal(size=(hidden, 2)), rng.normal(size=(1, hidden)), 3, 3.0, ink)
    squares = [Square(f"s{i}", row, 3, 1.0, ink, "∂C/∂b −0.123") for i, row in enumerate(values)]
    inputs = [Square("x₁", np.array([0.0, 0, 1, 1]), 0), Square("x₂", np.array([0.0, 1, 0, 1]), 0)]
    text = network_flow(inputs, squares[:-3], squares[-3], (squares[-2], squares[-1]), edges, ("l", "r"), "words")
    root = ElementTree.fromstring(text)
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
    return values, edges, root


def placed(root) -> list[tuple[str, float, float, float, float]]:
    """Return (text, left, top, right, bottom) of each text, as wide as letters usually are."""
    found = []

    def walk(element, dx: float, dy: float, anchor: str) -> None:
        moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", ""))
        if moved:
            dx, dy = dx + float(moved[1]), dy + float(moved[2])
        anchor = "middle" if "text-anchor:middle" in element.get("style", "") else element.get("text-anchor", anchor)
        if element.tag == "text":
            size, x, y = float(element.get("font-size")), float(element.get("x")) + dx, float(element.get("y")) + dy
            width = 0.53 * size * len(element.text)
            left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
            found.append((element.text, left, y - 0.75 * size, left + width, y))
        for child in element:
            walk(child, dx, dy, anchor)

    walk(root, 0, 0, "start")
    return found


@pytest.mark.parametrize("hidden", range(1, MOST_HIDDEN + 1))
def test_every_number_is_written_once_and_none_lies_over_another(hidden):
    values, edges, root = drawing(hidden)
    texts = placed(root)
    written = sorted(t for t, *_ in texts if re.fullmatch(r"−?\d\.\d{3}", t))
    expected = [*values.ravel(), *edges.hidden.ravel(), *edges.output.ravel()]
    assert written == sorted(decimal(value, 3) for value in expected)
    for (s, l1, t1, r1, b1), (t, l2, t2, r2, b2) in itertools.combinations(texts, 2):
        assert r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1, f"{s} lies over {t}"
    assert all(left >= 0 and right <= WIDTH and top >= 0 and bottom <= HEIGHT for _, left, top, right, bottom in texts)


def test_an_edge_is_as_thick_as_its_number_is_large_and_dashed_where_it_is_negative():
    _, edges, root = drawing()
    lines = list(root.iter("line"))
    values = [*edges.hidden.T.ravel(), *edges.output[0]]
    thick = [float(line.get("stroke-width")) for line in lines]
    assert thick == pytest.approx([0.8 + 6.2 * abs(value) / 3 for value in values], abs=0.051)
    assert [line.get("stroke-dasharray") is not None for line in lines] == [value < 0 for value in values]


def test_an_edge_runs_between_its_units():
    _, _, root = drawing()
    lines = [[float(line.get(k)) for k in ("x1", "y1", "x2", "y2")] for line in root.iter("line")]
    assert len({(x, y) for x, y, _, _ in lines[:6]}) == 2
    assert [line[2:] for line in lines[:3]] == [line[2:] for line in lines[3:6]]
    assert {tuple(line[2:]) for line in lines[6:]} == {tuple(lines[6][2:])}
    assert [line[3] for line in lines[:3]] == [line[1] for line in lines[6:]]


def test_the_four_examples_stand_where_their_inputs_are():
    corners = Square("x", np.array([1.0, 2.0, 3.0, 4.0]), 0)  # (0, 0), (0, 1), (1, 0), (1, 1)
    edges = Edges(np.ones((1, 2)), np.ones((1, 1)), 3, 1.0)
    root = ElementTree.fromstring(
        network_flow([corners, corners], [corners], corners, (corners, corners), edges, ("l", "r"), "words")
    )
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
    at = {t: ((left + right) / 2, bottom) for t, left, _, right, bottom in placed(root) if t in "1234" and t}
    assert at["1"][0] == at["2"][0] < at["3"][0] == at["4"][0]
    assert at["2"][1] == at["4"][1] < at["1"][1] == at["3"][1]


def test_what_flows_backward_leans():
    for ink, leans in ((BACKWARD_INK, True), (INK, False)):
        text = ElementTree.tostring(drawing(ink=ink)[2], encoding="unicode")
        assert ("font-style:italic" in text) is leans


def test_decimals_have_a_real_minus_and_no_negative_zero():
    assert [decimal(value, 2) for value in (-0.004, -0.5, 2)] == ["0.00", "−0.50", "2.00"]


def test_a_network_that_does_not_fit_is_refused():
    square = Square("s", np.zeros(4))
    edges = Edges(np.ones((2, 2)), np.ones((1, 2)), 3, 1.0)
    with pytest.raises(ValueError, match="expected 2 and 1 to 4"):
        network_flow([square] * 2, [square] * 5, square, (square, square), edges, ("", ""), "words")
    with pytest.raises(ValueError, match=r"expected \(\(3, 2\), \(1, 3\)\)"):
        network_flow([square] * 2, [square] * 3, square, (square, square), edges, ("", ""), "words")
