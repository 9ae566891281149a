"""Promise: the arrows are what the formulas need, neither more nor less."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from backprop_lab import trace_step
from backprop_lab.examples import worked_example
from backprop_lab.widgets import dependency_strip
from backprop_lab.widgets.dependency_strip import LINE, PLACES, backward_order, gradients_needed, values_needed
from box_clashes import clashes
from frames import numbers, pictures, sentence, texts, value_cells
from interactives import walk

ORDER = ["da2", "dz2", "dW2", "db2", "da1", "dz1", "dW1", "db1"]
NEEDS = {"da2": [], "dz2": ["da2"], "dW2": ["dz2"], "db2": ["dz2"], "da1": ["dz2"], "dz1": ["da1"]} | {
    "dW1": ["dz1"],
    "db1": ["dz1"],
}
# The backward pass of two sigmoid layers with half the squared error, as functions of what each gradient needs.
FORMULAS = {
    "da2": lambda g, v: v["a2"] - v["y"],
    "dz2": lambda g, v: g["da2"] * v["a2"] * (1 - v["a2"]),
    "dW2": lambda g, v: np.outer(g["dz2"], v["a1"]),
    "db2": lambda g, v: g["dz2"],
    "da1": lambda g, v: v["W2"].T @ g["dz2"],
    "dz1": lambda g, v: g["da1"] * v["a1"] * (1 - v["a1"]),
    "dW1": lambda g, v: np.outer(g["dz1"], v["x"]),
    "db1": lambda g, v: g["dz1"],
}


@pytest.fixture(scope="module")
def player():
    return dependency_strip()


@pytest.fixture(scope="module")
def trace():
    return trace_step(*worked_example(), 0.01)


def test_the_order_is_that_of_the_formulas_and_not_the_line(trace):
    assert backward_order(trace) == ORDER
    assert {name: gradients_needed(trace, name) for name in ORDER} == NEEDS
    for place, name in enumerate(ORDER):
        assert set(NEEDS[name]) <= set(ORDER[:place])


def test_each_gradient_follows_from_what_the_strip_says_it_needs_and_from_nothing_else(trace):
    """A formula that is given only what the strip names would raise a KeyError if it needed more."""
    for name in ORDER:
        gradients = {n: trace[n.replace("dz", "delta")].value for n in gradients_needed(trace, name)}
        values = {n: trace[n].value for n in values_needed(trace, name)}
        found = FORMULAS[name](gradients, values)
        assert found == pytest.approx(trace[name.replace("dz", "delta")].value, rel=1e-12)


def test_dW2_is_a_leaf_and_one_arrow_of_the_line_is_wrong(trace, player):
    """What `try_this` and the prediction ask for."""
    wrong = [b for a, b in itertools.pairwise(LINE) if a not in gradients_needed(trace, b)]
    assert wrong == ["da1"]
    assert [name for name in ORDER if "dW2" in gradients_needed(trace, name)] == []
    shown = {name: player.shown(1, step) for step, name in enumerate(ORDER)}
    assert [name for name in ORDER if "bl-wrong" in shown[name]] == ["da1"]
    assert [name for name in ORDER if "bl-right" in shown[name]] == [n for n in LINE if n != "da1"]
    assert "The line draws dW2 → da1. Wrong" in sentence(shown["da1"])
    assert "not the gradient dW2" in sentence(shown["da1"])


def test_the_right_option_of_the_question_is_what_da1_needs(player):
    words = " ".join(w.value for w in walk(player) if isinstance(getattr(w, "value", None), str))
    options = re.findall(r"<li>(d\w\d)</li>", words)
    right = re.findall(r"<strong>([A-D])\. Right", words)
    assert [options["ABCD".index(letter)] for letter in right] == NEEDS["da1"]


def test_a_value_that_only_the_slope_needs_is_explained(player):
    for step, name in enumerate(ORDER):
        assert (" with <math" in sentence(player.shown(0, step))) == name.startswith("dz")


def arrows(html: str) -> set[tuple[str, str]]:
    """Read the dashed arrows, those of gradients: which box is nearest to where each begins and ends."""
    found = set()
    heads = list(pictures(html)[0].iter("polygon"))
    for line, head in zip(pictures(html)[0].iter("line"), heads, strict=True):
        if not line.get("stroke-dasharray"):
            continue
        start = float(line.get("x1")), float(line.get("y1"))
        end = tuple(map(float, head.get("points").split()[0].split(",")))
        found.add((nearest(start), nearest(end)))
    return found


def nearest(point: tuple[float, float]) -> str:
    """Return the box on whose border the point lies."""
    return min(PLACES, key=lambda name: max(abs(point[0] - PLACES[name][0]) / 28, abs(point[1] - PLACES[name][1]) / 14))


def test_the_arrows_in_the_picture_are_the_dependencies(player):
    for step in range(8):
        assert arrows(player.shown(0, step)) == {(a, b) for b, needed in NEEDS.items() for a in needed}
        assert arrows(player.shown(1, step)) == set(itertools.pairwise(LINE))


def test_what_flows_backward_is_dashed_and_what_was_known_before_is_solid(player):
    """The book's rule, in every picture of it: blue and solid forward, red and dashed backward."""
    for drawing, step in itertools.product(range(2), range(8)):
        picture = pictures(player.shown(drawing, step))[0]
        for line in picture.iter("line"):
            dashed, style = bool(line.get("stroke-dasharray")), line.get("style")
            assert not ("forward" in style and dashed)
            assert not ("backward" in style and not dashed)
        assert "values known before" in [t.text for t in picture.iter("text")]


def test_each_frame_says_what_is_needed_and_by_whom(player, trace):
    for step, name in enumerate(ORDER):
        text = re.sub("<[^>]*>", "", sentence(player.shown(0, step)))
        assert text.startswith(f"{name}.")
        needed, _, handed = text.partition("handed on to")
        assert set(NEEDS[name]) | set(values_needed(trace, name)) <= set(re.findall(r"\w+", needed))
        users = [other for other in ORDER if name in NEEDS[other]]
        assert re.findall(r"d\w\d", handed) == users
        assert ("leaf" in text) == (not users)


def test_the_numbers_in_the_table_are_those_of_the_step(player, trace):
    for drawing in range(2):
        for step, name in enumerate(ORDER):
            html = player.shown(drawing, step)
            users = [other for other in ORDER if name in NEEDS[other]]
            names = [name, *NEEDS[name], *values_needed(trace, name), *users]
            for cell, shown in zip(value_cells(html), names, strict=True):
                quantity = trace[shown.replace("dz", "delta")]
                assert numbers(cell) == pytest.approx(quantity.value.ravel(), rel=1e-3)


def test_what_is_not_known_yet_has_a_dashed_outline(player):
    for step in range(8):
        dashed = [bool(r.get("stroke-dasharray")) for r in pictures(player.shown(0, step))[0].iter("rect")]
        assert sum(dashed) == len(ORDER) - 1 - step


def test_the_line_is_written_below_its_arrows(player):
    assert "dW1 ← dz1 ← da1 ← dW2 ← dz2 ← da2" in texts(player.shown(1, 0))


def test_nothing_in_the_pictures_lies_on_anything_else(player):
    for drawing in range(2):
        for step in range(8):
            assert clashes(player.shown(drawing, step)) == []


def test_it_starts_at_the_gradient_that_it_asks_about():
    assert dependency_strip().controls[1].label == "da1"
