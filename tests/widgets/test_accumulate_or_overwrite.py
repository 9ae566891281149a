"""Promise: what the nodes hold after each step is what such a program computes, and it is judged by the library."""

from __future__ import annotations

import re

import pytest

from backprop_lab import gradient
from backprop_lab.figures.diagram import BACKWARD_INK, number
from backprop_lab.widgets import accumulate_or_overwrite
from backprop_lab.widgets.accumulate_or_overwrite import STEPS, WRITINGS, ZEROINGS, graph
from box_clashes import clashes
from frames import pictures, sentence, texts, values
from interactives import walk

TRUTH = {"f": 1.0, "s": 3.0, "y": 8.0, "x": 3.0}
EVERY = [(w, z, step) for w in range(2) for z in range(3) for step in range(6)]


def program(adds: bool, zeroed: str, step: int) -> dict[str, float]:
    """Do it with plain numbers: f = s y, s = x + y at x = 2, y = 3."""
    g = dict.fromkeys("fsyx", 0.0)

    def write(name: str, share: float) -> None:
        g[name] = g[name] + share if adds else share

    for now in range(1, step + 1):
        if now == 3:
            g |= dict.fromkeys(zeroed, 0.0)
        elif now in (1, 4):
            g["f"] = 1.0
            write("s", 1.0 * 3)
            write("y", 1.0 * 5)
        else:
            handed = g["s"]
            write("x", handed)
            write("y", handed)
    return g


@pytest.fixture(scope="module")
def player():
    return accumulate_or_overwrite()


def expected(w: int, z: int, step: int) -> dict[str, float]:
    return program(WRITINGS[w] == "+=", ["", "xy", "fsyx"][z], step)


def test_every_frame_shows_what_the_nodes_hold(player):
    assert player.counts == (len(WRITINGS), len(ZEROINGS), len(STEPS))
    for setting in EVERY:
        html, held = player.shown(*setting), expected(*setting)
        assert values(html) == list(held.values())
        red = texts(html, BACKWARD_INK)
        label = pictures(html)[0].get("aria-label")
        for name, value in held.items():
            assert number(value) in red
            assert f"holds {number(value)}," in label[label.index(f"{name}: value") :].split(";")[0]


def test_a_finished_backward_is_right_just_if_all_is_as_by_the_library(player):
    nodes = graph()
    assert {name: gradient(nodes["f"])[nodes[name]] for name in "fsyx"} == TRUTH
    for setting in EVERY:
        html = player.shown(*setting)
        is_right = expected(*setting) == TRUTH
        is_done = setting[-1] in (2, 5)
        assert ("bl-right" in html) == (is_done and is_right)
        assert ("bl-wrong" in html) == (is_done and not is_right)
        judged = [t for t in texts(html) if t == "✓ right" or t.startswith("not ")]
        wrong = [f"not {number(TRUTH[n])}" for n, v in expected(*setting).items() if v != TRUTH[n]]
        assert sorted(t for t in judged if t != "✓ right") == (sorted(wrong) if is_done else [])
        assert len(judged) == (4 if is_done else 0)


def test_only_adding_up_with_every_node_zeroed_survives_two_backwards(player):
    assert [(w, z) for w in range(2) for z in range(3) if "bl-right" in player.shown(w, z, 5)] == [(1, 2)]


def test_with_overwriting_just_the_node_that_is_used_twice_is_wrong_and_a_second_time_changes_nothing(player):
    """The first is what `try_this` asks for."""
    for z in range(3):
        held = expected(0, z, 2)
        assert [name for name in held if held[name] != TRUTH[name]] == ["y"]
        assert held == expected(0, z, 5)
        assert values(player.shown(0, z, 2)) == values(player.shown(0, z, 5))
    assert "nobody would notice" in sentence(player.shown(0, 0, 2))
    assert "changes nothing" in sentence(player.shown(0, 0, 5))


def test_with_nothing_zeroed_x_holds_three_times_its_gradient(player):
    held = dict(zip("fsyx", values(player.shown(1, 0, 5)), strict=True))
    assert held["x"] == 3 * TRUTH["x"]
    assert "x holds 3 times its gradient: it kept 3, and 6 came on top" in sentence(player.shown(1, 0, 5))


def test_zeroing_the_inputs_alone_is_not_enough_where_inner_nodes_keep_theirs(player):
    assert "s had kept 3 and handed on 6 instead of 3" in sentence(player.shown(1, 1, 5))
    assert values(player.shown(1, 1, 5)) == [1, 6, 11, 6]


def test_pytorch_which_keeps_gradients_at_the_leaves_needs_no_more_than_that():
    torch = pytest.importorskip("torch")
    x, y = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)
    f = (x + y) * y
    f.backward(retain_graph=True)
    x.grad, y.grad = None, None
    f.backward()
    assert (float(x.grad), float(y.grad)) == (TRUTH["x"], TRUTH["y"])


def test_the_right_option_of_the_question_is_what_two_passes_without_zeroing_leave(player):
    words = " ".join(w.value for w in walk(player) if isinstance(getattr(w, "value", None), str))
    assert re.findall("<li>(.*?)</li>", words) == ["3", "6", "9", "12"]
    assert expected(1, 0, 2)["x"] == 3
    assert expected(1, 0, 5)["x"] == 9
    assert "C. Right.</strong> x keeps 3. In the second pass s holds 3 + 3 and hands it all on" in words


def test_it_starts_between_the_two_passes_that_the_question_is_about(player):
    writing, zeroing, step = player.controls
    assert (writing.label, zeroing.label, step.label) == ("+=", "no node", "between")


def test_the_history_says_how_y_came_to_what_it_holds(player):
    assert "5, then 3" in texts(player.shown(0, 0, 2))
    assert "5 + 3" in texts(player.shown(1, 0, 2))
    assert "8 + 5 + 6" in texts(player.shown(1, 0, 5))


def test_nothing_in_the_pictures_lies_on_anything_else(player):
    assert {setting: clashes(player.shown(*setting)) for setting in EVERY} == {setting: [] for setting in EVERY}
