"""Promise: a plant is as high as its share, a dead one has a cross, and nothing is written over anything else."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pytest

from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK
from backprop_lab.figures.garden import GROWTH, SPROUT, Plant, garden

NAMESPACE = "{http://www.w3.org/2000/svg}"
DEAD, BUD, LOW, HIGH = Plant(0.0, 0.0), Plant(0.0, 1.2e-5), Plant(0.25, 0.0123), Plant(1.0, 2.5)


def draw(plants: list[Plant]) -> ElementTree.Element:
    return ElementTree.fromstring(garden(plants, "a label", title="some units"))


def crosses(root: ElementTree.Element) -> int:
    """Count the thick strokes: only crosses are 3 wide, with two strokes each."""
    return (
        sum(len(re.findall("[Mm]", p.get("d"))) for p in root.iter(f"{NAMESPACE}path") if p.get("stroke-width") == "3")
        // 2
    )


def fences(root: ElementTree.Element, dashed: bool) -> int:
    paths = [p for p in root.iter(f"{NAMESPACE}path") if "Z" in p.get("d")]
    return sum(p.get("d").count("Z") for p in paths if (p.get("stroke-dasharray") is not None) == dashed)


def test_a_plant_is_as_high_as_its_share():
    low, high = sorted((float(c.get("cy")) for c in draw([LOW, HIGH]).iter(f"{NAMESPACE}circle")), reverse=True)
    assert low - high == pytest.approx(0.75 * GROWTH)
    (alone,) = draw([LOW]).iter(f"{NAMESPACE}circle")
    stems = next(p.get("d") for p in draw([LOW]).iter(f"{NAMESPACE}path") if p.get("stroke-width") == "2.5")
    ground = float(re.search(r"M [\d.]+ ([\d.]+)", stems)[1])
    assert ground - float(alone.get("cy")) == pytest.approx(SPROUT + 0.25 * GROWTH)


@pytest.mark.parametrize("plants", [[DEAD], [BUD], [HIGH], [DEAD, BUD, LOW, DEAD, HIGH], [DEAD] * 16])
def test_the_dead_have_a_cross_and_whoever_no_example_activates_a_dashed_fence(plants):
    root = draw(plants)
    assert crosses(root) == sum(plant.dead for plant in plants)
    assert fences(root, dashed=True) == sum(plant.share == 0 for plant in plants)
    assert fences(root, dashed=False) == sum(plant.share > 0 for plant in plants)
    assert len(list(root.iter(f"{NAMESPACE}circle"))) == sum(plant.share > 0 for plant in plants)


def test_both_numbers_of_each_plant_are_written_in_their_inks():
    written = [(t.text, t.get("style")) for t in draw([DEAD, BUD, LOW, HIGH]).iter(f"{NAMESPACE}text")][4:]
    shares = [text for text, style in written if FORWARD_INK in style]
    gradients = [text.replace("\N{NO-BREAK SPACE}", " ") for text, style in written if BACKWARD_INK in style]
    assert shares == ["0%", "0%", "25%", "100%"]
    assert gradients == ["0", "1.2 × 10⁻⁵", "0.012", "2.5"]


def test_no_text_covers_another_or_leaves_the_picture():
    root = draw([Plant(1.0, 1.2e-15)] * 16)
    width, height = map(float, root.get("viewBox").split()[2:])
    boxes = []
    for t in root.iter(f"{NAMESPACE}text"):
        size = float(t.get("font-size"))
        long = 0.56 * size * len(t.text)
        left = float(t.get("x")) - (long / 2 if t.get("text-anchor") == "middle" else 0)
        boxes.append((left, float(t.get("y")) - size, left + long, float(t.get("y")) + 2))
    assert all(left >= 0 and right <= width and top >= 0 and bottom <= height for left, top, right, bottom in boxes)
    for (l1, t1, r1, b1), (l2, t2, r2, b2) in itertools.combinations(boxes, 2):
        assert r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1


def test_a_garden_that_is_none_is_refused():
    with pytest.raises(ValueError, match="plants is empty"):
        garden([], "label")
    with pytest.raises(ValueError, match=r"the share of a plant is 1.2, expected 0 to 1"):
        garden([Plant(1.2, 0.0)], "label")
