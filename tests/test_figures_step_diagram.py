"""Promise: each quantity of a step is written at its place, and what is not known is left out."""

from __future__ import annotations

from xml.etree import ElementTree

from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK
from backprop_lab.figures.network_diagram import Marks
from backprop_lab.figures.step_diagram import step_diagram


def texts(written) -> list[tuple[str, str]]:
    root = ElementTree.fromstring(step_diagram((2, 2, 1), written, Marks(), "A network"))
    return [(t.text or "", t.get("style", "")) for t in root.iter() if t.tag.endswith("text")]


def test_every_entry_is_asked_for_once_and_written_in_its_ink():
    asked = []

    def written(name: str, *index: int) -> str:
        asked.append((name, *index))
        return f"{name}{list(index)}"

    found = dict(texts(written))
    for place in ("x[0]", "a1[1]", "z z2[0]", "C C[]"):
        assert FORWARD_INK in found[place]
    for place in ("δ delta1[1]", "dW1[1, 0]", "db2[0]"):
        assert BACKWARD_INK in found[place]
    for place in ("b b1[1]", "W2[0, 1]", "y y[0]"):
        assert "currentColor" in found[place]
    once = {entry for entry in asked if entry != ("C",)}
    assert len(asked) - asked.count(("C",)) == len(once) == 30  # x, y, and W, b, z, a, delta, dW, db of two layers


def test_what_is_not_known_is_left_out():
    found = [text for text, _ in texts(lambda name, *index: "1" if name in "xyW1W2" or name[0] == "b" else "")]
    assert not any(text.startswith(("z", "δ", "C")) for text in found)
