"""Promise: both pictures show the numbers of z = 3x + c, each gradient under its value, and x does not change them."""

from __future__ import annotations

import re

import pytest

from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, number
from backprop_lab.widgets import forward_and_backward_pictures
from backprop_lab.widgets.two_pictures import ADDED, XS, _question
from frames import numbers, pictures, sentence, texts
from graph_rows import by_node, compute

LAST = 5


@pytest.fixture(scope="module")
def player():
    return forward_and_backward_pictures()


def lower(html: str) -> list[str]:
    """Return what flows back: all texts in its ink but the title."""
    return [t for t in texts(html, BACKWARD_INK) if not t.startswith("Backward")]


def test_every_value_and_gradient_is_in_its_picture_and_in_the_table(player):
    assert player.counts == (len(XS), len(ADDED), LAST + 1)
    for i, x in enumerate(XS):
        for j, added in enumerate(ADDED):
            html = player.shown(i, j, LAST)
            values = {"x": x, "a": 3 * x, "z": 3 * x + added}
            assert [t for t in texts(html, FORWARD_INK) if ":" not in t] == [number(v) for v in values.values()]
            assert {name: row[1] for name, row in by_node(html).items()} == {n: number(v) for n, v in values.items()}
            assert {name: row[3] for name, row in by_node(html).items()} == {"x": "3", "a": "1", "z": "1"}


def test_the_sources_example_gives_six_eleven_and_back_one_one_three(player):
    """S2-22, S2-24; errata E-16: three nodes, three lines."""
    at_two = XS.index(2.0)
    said = [numbers(sentence(player.shown(at_two, 0, step)).split("</strong>")[1]) for step in range(LAST + 1)]
    assert [said[1][-1], said[2][-1]] == [6, 11]
    assert [said[3][0], said[4][2], said[5][2]] == [1, 1, 3]
    assert "three lines" in sentence(player.shown(at_two, 0, LAST))


def test_each_step_adds_one_number(player):
    for step in range(LAST + 1):
        rows = by_node(player.shown(0, 0, step)).values()
        assert sum(bool(row[1]) for row in rows) == min(step + 1, 3)
        assert sum(bool(row[3]) for row in rows) == max(step - 2, 0)


def test_neither_x_nor_what_is_added_changes_a_gradient(player):
    """What to try."""
    shown = {tuple(lower(player.shown(i, j, LAST))) for i in range(len(XS)) for j in range(len(ADDED))}
    assert len(shown) == 1


def test_each_gradient_stands_under_its_value(player):
    for picture in pictures(player.shown(0, 1, LAST)):
        boxes = [(float(r.get("x")), float(r.get("y"))) for r in picture.iter("rect")]
        upper, low = boxes[0::2], boxes[1::2]
        assert [x for x, _ in upper] == [x for x, _ in low]
        assert all(below[1] > above[1] for above, below in zip(upper, low, strict=True))


def test_what_is_added_below_zero_is_taken_away_and_no_two_signs_meet(player):
    html = player.shown(0, 2, LAST)
    assert "a − 8" in html
    assert "− 8" in texts(html)
    assert re.search(r"[+−] −\d", html) is None
    assert "Whether 8 or another number is taken away" in sentence(player.shown(0, 2, LAST - 1))


def test_the_right_prediction_is_the_slope_times_the_step():
    question = _question()
    assert float(question.right) == pytest.approx(3 * 2.1 + 5 - (3 * 2 + 5))
    assert list(question.options) == ["0.8", "0.3", "1.1", "1.5"]


def test_own_factor_and_summand_are_taken_and_bad_ones_refused():
    player = forward_and_backward_pictures()
    assert "Computed" in compute(player, "0.5", "-4", "7")
    html = player.shown(0, 0, LAST)
    assert {name: (row[1], row[3]) for name, row in by_node(html).items()} == {
        "x": ("0.5", "−4"),
        "a": ("−2", "1"),
        "z": ("5", "1"),
    }
    assert "times contains &#x27;many&#x27;" in compute(player, "1", "many", "2")
    assert player.shown(0, 0, LAST) == html
