"""Promise: each part of an equation is drawn at its own unit or edge, in its ink and its stroke."""

from __future__ import annotations

import pytest

from backprop_lab.figures.diagram import PAPER
from backprop_lab.figures.term_diagram import FACTOR, KNOWN, RESULT, WEIGHT, Part, Unit, term_diagram
from drawings import circles, cut_off, distance, lines, overlapping, parse, written

SIZES = [(2, 3, 2), (2, 2, 1), (3, 3, 3), (1, 1, 1)]


def draw(sizes, cue=WEIGHT, strong=False):
    """Draw everything that can be drawn, with another number everywhere."""
    units = {
        (layer, unit): Unit(
            Part(f"f′ 0.2{layer}{unit}", FACTOR), Part(f".{layer}{unit}", FACTOR), Part(f"δ −0.0{layer}{unit}", RESULT),
            Part("", KNOWN, strong),
        )
        for layer in (1, 2)
        for unit in range(sizes[layer])
    }  # fmt: skip
    edges = {
        (2, unit, source): Part(f"−.{unit}{source}", cue, strong)
        for unit in range(sizes[2])
        for source in range(sizes[1])
    }
    to_loss = {unit: Part(f"∂C/∂a 0.{unit}", KNOWN) for unit in range(sizes[2])}
    from_one = {unit: Part("", RESULT) for unit in range(sizes[2])}
    drawing = term_diagram(sizes, units, edges, "everything at once", to_loss=to_loss, from_one=from_one)
    return units, edges, parse(drawing)


def places(root, sizes):
    """Return the middles of the units; the input that is always 1 has the letter 1 in it."""
    one = next(t.at for t in written(root) if t.text == "1")
    middles = sorted({at for at, _, _ in circles(root) if abs(at[0] - one[0]) > 1})
    keys = [(layer, unit) for layer, size in enumerate(sizes) for unit in range(size)]
    return dict(zip(keys, middles, strict=True))


@pytest.mark.parametrize("sizes", SIZES)
def test_no_text_is_cut_off_and_none_lies_on_another(sizes):
    _, _, root = draw(sizes)
    assert cut_off(root) == []
    if sizes != (3, 3, 3):  # nine edges with nine numbers: they are too many for a picture of this size
        assert overlapping(root) == []


@pytest.mark.parametrize("sizes", SIZES)
def test_each_text_stands_at_its_unit_or_on_its_edge(sizes):
    units, edges, root = draw(sizes)
    at, stands = places(root, sizes), {t.text: t for t in written(root)}
    for key, unit in units.items():
        above, inside, below = (stands[part.text].at for part in (unit.above, unit.inside, unit.below))
        assert above[0] == inside[0] == pytest.approx(below[0]) == pytest.approx(at[key][0], abs=0.2)
        assert above[1] < at[key][1] < inside[1] < below[1]
        assert below[1] - above[1] < 70
    for (layer, unit, source), part in edges.items():
        x, y = stands[part.text].at
        gaps = {key: distance((x, y - 4.5), at[key[0] - 1, key[2]], at[key[0], key[1]]) for key in edges}
        assert min(gaps, key=gaps.get) == (layer, unit, source)


def test_a_stroke_is_the_second_cue_of_an_ink():
    for cue, dashes in ((RESULT, None), (KNOWN, "7 4"), (FACTOR, "2 3")):
        _, edges, root = draw((2, 3, 2), cue)
        drawn = [line for _, _, line in lines(root) if cue.ink in line.get("style")]
        assert len(drawn) >= len(edges)
        seen = {line.get("stroke-dasharray") for line in drawn}
        assert any((s.replace(",", " ") if s else s) == dashes for s in seen)
    _, edges, root = draw((2, 3, 2), WEIGHT)
    paper = [line for _, _, line in lines(root) if PAPER in line.get("style")]
    assert len(paper) == len(edges)  # along the middle of each: a double line


def test_what_is_strong_is_bold_and_thick():
    thick = {}
    for strong in (False, True):
        _, edges, root = draw((2, 3, 2), RESULT, strong)
        bold = {t.text for t in written(root) if t.bold}
        assert bold == ({part.text for part in edges.values()} if strong else set())
        thick[strong] = max(float(line.get("stroke-width")) for _, _, line in lines(root))
    assert thick[True] > 1.5 * thick[False]


def test_a_network_that_does_not_fit_the_picture_is_refused():
    with pytest.raises(ValueError, match="at most 3"):
        term_diagram((2, 4, 1), {}, {}, "too wide")
