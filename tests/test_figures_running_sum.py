"""Promise: each bar starts where the one before it ends, points where it goes, and the last ends at the total."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.figures.running_sum import running_sum


def parse(drawing: str) -> ElementTree.Element:
    root = ElementTree.fromstring(drawing)
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
    return root


def bars(drawing: str) -> list[tuple[float, float]]:
    """Return start and tip of each bar."""
    found = []
    for bar in parse(drawing).iter("polygon"):
        xs = [float(pair.replace(",", " ").split()[0]) for pair in bar.get("points", "").split(" ") if "," in pair]
        found.append((xs[0], xs[2]))
    return found


def total_line(drawing: str) -> float:
    return float(list(parse(drawing).iter("line"))[1].get("x1", "nan"))


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=6))
def test_the_bars_are_laid_end_to_end_in_proportion(amounts: list[int]) -> None:
    parts = [(f"part {i}", float(a)) for i, a in enumerate(amounts)]
    drawing = running_sum(parts, len(parts), float(sum(amounts)))
    found = bars(drawing)
    assert len(found) == len(parts)
    for (_, tip), (start, _) in pairwise(found):
        assert start == tip
    assert found[-1][1] == total_line(drawing)
    lengths = np.array([tip - start for start, tip in found])
    assert np.sign(lengths) == pytest.approx(np.sign(amounts))
    if any(amounts):
        scale = np.abs(lengths).max() / np.abs(amounts).max()
        assert lengths == pytest.approx(np.array(amounts) * scale, abs=0.3)


def test_what_is_not_counted_yet_has_its_place_and_no_bar() -> None:
    parts = [("a: 3", 3.0), ("b: 5", 5.0)]
    one, two = running_sum(parts, 1, 8.0, name="slope"), running_sum(parts, 2, 8.0, name="slope")
    assert (len(bars(one)), len(bars(two))) == (1, 2)
    assert bars(one)[0] == bars(two)[0]
    assert parse(one).get("viewBox") == parse(two).get("viewBox")
    assert parse(one).get("aria-label") == "Running sum: a: 3. Sum so far 3; slope = 8."
    assert "stroke-dasharray" in list(parse(one).iter("line"))[1].attrib
    assert "stroke-dasharray" not in list(parse(two).iter("line"))[1].attrib


def test_no_dotted_line_runs_into_words() -> None:
    root = parse(running_sum([("a: 1", 1.0), ("b: 2", 2.0), ("c: 3", 3.0)], 3, 6.0))
    dotted = [line for line in root.iter("line") if line.get("stroke-dasharray") == "2 3"]
    words = [float(t.get("y", "nan")) for t in root.iter("text") if ": " in (t.text or "")]
    assert (len(dotted), len(words)) == (2, 3)
    for line in dotted:
        high, low = float(line.get("y1", "nan")), float(line.get("y2", "nan"))
        assert low > high
        assert not any(high < y and low > y - 12 for y in words)


def test_more_than_there_is_can_not_be_counted() -> None:
    with pytest.raises(ValueError, match="3 parts are counted, expected 0 to 1"):
        running_sum([("a", 1.0)], 3, 1.0)
