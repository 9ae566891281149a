"""Promise: the pass runs in the chosen order, and is right just where every node waits for all its users."""

from __future__ import annotations

import re
from itertools import permutations

import ipywidgets
import pytest

from backprop_lab import Node, gradient
from backprop_lab.figures.diagram import BACKWARD_INK, number
from backprop_lab.widgets import schedule_the_backward_pass
from backprop_lab.widgets.schedule_the_backward_pass import ORDERS, Schedule, graph
from box_clashes import clashes
from frames import pictures, sentence, texts, values
from interactives import walk

INNER = "spqrf"
NAMES = list(ORDERS)
ROWS = "frqpsyx"
USERS = {"s": "pq", "p": "f", "q": "r", "r": "f", "f": ""}
# Slopes at x = 2, y = 3, by hand: s = xy = 6, p = s - 1 = 5, q = s - 4 = 2, r = q^2 = 4, f = p r = 20.
SLOPES = {"s": {"x": 3, "y": 2}, "p": {"s": 1}, "q": {"s": 1}, "r": {"q": 4}, "f": {"p": 4, "r": 5}}
TRUTH = {"f": 1, "r": 5, "q": 20, "p": 4, "s": 24, "y": 48, "x": 72}


def pass_by_hand(order: list[str]) -> dict[str, float]:
    has = dict.fromkeys(ROWS, 0.0) | {"f": 1.0}
    for name in order:
        for operand, slope in SLOPES[name].items():
            has[operand] += has[name] * slope
    return has


@pytest.fixture(scope="module")
def player():
    return schedule_the_backward_pass()


def test_every_frame_shows_what_each_node_has_after_so_many_steps(player):
    assert player.counts == (6, 7)
    for which, order in enumerate(ORDERS):
        for step in range(7):
            html = player.shown(which, step)
            has = pass_by_hand(order.split()[:step])
            assert values(html) == [has[name] for name in ROWS]
            red = texts(html, BACKWARD_INK)
            assert [red.count(number(v)) >= 1 for v in has.values()] == [True] * 7
            label = pictures(html)[0].get("aria-label")
            for name, value in has.items():
                assert f"gradient {number(value)}," in label[label.index(f"{name}: value") :].split(";")[0]


def test_the_truth_beside_it_is_the_gradient_by_the_library_and_by_hand(player):
    nodes = graph()
    assert {name: gradient(nodes["f"])[node] for name, node in nodes.items()} == TRUTH
    for name in ROWS:
        row = re.search(rf"<tr><td>{name}</td>(.*?)</tr>", player.shown(0, 3))[1]
        assert re.findall("<td[^>]*>(.*?)</td>", row)[-2] == str(TRUTH[name])


def test_the_verdict_at_the_end_says_whether_all_gradients_are_right(player):
    right = []
    for which, order in enumerate(ORDERS):
        shown = [player.shown(which, step) for step in range(7)]
        assert not any(verdict in html for html in shown[:-1] for verdict in ("bl-right", "bl-wrong"))
        is_right = pass_by_hand(order.split()) == TRUTH
        assert ("bl-right" in shown[-1], "bl-wrong" in shown[-1]) == (is_right, not is_right)
        assert ("too early" in sentence(shown[-1])) == (not is_right)
        right += [order] * is_right
    assert right == ["f r q p s", "f p r q s"]


def test_of_all_orders_just_those_are_right_in_which_every_node_waits_for_its_users():
    for order in permutations(INNER):
        nodes = graph()
        waits = all(order.index(user) < order.index(name) for name in INNER for user in USERS[name])
        schedule = Schedule.of(nodes["f"], [nodes[name] for name in order])
        assert schedule.is_right() == waits == (not schedule.early())
        assert {name: schedule.gradient(node) for name, node in nodes.items()} == pass_by_hand(list(order))


def test_there_are_two_right_orders_and_one_with_which_x_gets_too_much(player):
    """What `try_this` promises."""
    ends = [values(player.shown(which, 6))[-1] for which in range(6)]
    assert [x == TRUTH["x"] for x in ends].count(True) == 2
    assert [x > TRUTH["x"] for x in ends].count(True) == 1
    assert all(
        f"x has {number(x)} instead of 72" in sentence(player.shown(i, 6)) for i, x in enumerate(ends) if x != 72
    )


def test_s_says_how_many_contributions_have_arrived(player):
    branch = NAMES.index("f p s r q")
    got = [[t for t in texts(player.shown(branch, step)) if t.startswith("got")] for step in range(6)]
    assert got == [[f"got {n} of 2"] for n in (0, 0, 1, 1, 1, 2)]
    assert "“got 0 of 2” says" in sentence(player.shown(branch, 0))
    assert "③ too early" in texts(player.shown(branch, 3))
    assert "1 of 2 contributions had reached it. It did not wait for q." in sentence(player.shown(branch, 3))
    assert "③ early, ⑥" in texts(player.shown(NAMES.index("f p s r q s"), 6))
    assert not any("early" in t for t in texts(player.shown(NAMES.index("f p r q s"), 6)))


def test_the_menu_does_not_give_away_which_orders_are_right_and_begins_with_the_one_of_the_question(player):
    menu, slider = player.controls
    assert [label for label, _ in menu.options] == [order.replace(" ", ", ") for order in ORDERS]
    assert menu.label == "f, p, s, r, q"
    assert "f has handed its gradient on to p and r, and p to s" in player.children[2].children[0].value
    assert "p has 4 and hands on" in sentence(player.shown(menu.index, slider.index))
    right = [which for which in range(6) if "bl-right" in player.shown(which, 6)]
    assert right not in ([4, 5], [0, 1])  # they stand among the others


def test_nobody_gets_more_contributions_than_there_are(player):
    """Handed on twice to a node with one user: 2, not 1."""
    seen = 0
    for which in range(player.counts[0]):
        for step in range(player.counts[1]):
            html = player.shown(which, step)
            assert all(int(some) <= int(of) for some, of in re.findall(r"\b(\d) of (\d)\b", html))
            seen += "2, not 1" in html
    assert seen


def test_the_sentence_says_what_is_handed_on(player):
    assert "s has 4 and hands on: 4 × 3 = 12 to x and 4 × 2 = 8 to y." in sentence(
        player.shown(NAMES.index("f p s r q"), 3)
    )
    assert "s has 24 and hands on: 24 × 3 = 72 to x and 24 × 2 = 48 to y." in sentence(
        player.shown(NAMES.index("f p r q s"), 5)
    )


def test_in_the_question_r_is_the_only_one_who_has_all_and_has_not_handed_on():
    nodes = graph()
    schedule = Schedule.of(nodes["f"], [nodes["f"], nodes["p"]])
    ready = [n for n in "spqr" if len(schedule.received[nodes[n]]) == len(USERS[n])]
    assert ready == ["p", "r"]  # and p has handed on
    words = " ".join(w.value for w in walk(schedule_the_backward_pass()) if isinstance(getattr(w, "value", None), str))
    assert "<li>r</li>" in words
    assert "C. Right.</strong> r has all that it will get." in words
    assert "A. Not quite.</strong> It has received a part: 4, from p." in words


def test_a_schedule_runs_on_any_graph():
    x = Node(1.5, "x")
    f = x * x
    schedule = Schedule.of(f, [f])
    assert schedule.gradient(x) == 3.0
    assert schedule.users(x) == [f, f]
    assert schedule.is_right()


def test_nothing_in_the_pictures_lies_on_anything_else(player):
    assert [clashes(player.shown(which, step)) for which in range(6) for step in range(7)] == [[]] * 42


def test_nothing_moves_while_the_order_runs(player):
    def frames_of_boxes(html):
        return [tuple(r.get(key) for key in ("x", "y", "width", "height")) for r in pictures(html)[0].iter("rect")]

    assert len({tuple(frames_of_boxes(player.shown(w, s))) for w in range(6) for s in range(7)}) == 1


# ------------------------------------------------------------------- a reader with a kernel


def compute(player, typed: str) -> str:
    """Type an order, press Compute, and return the answer."""
    box = next(w for w in walk(player) if isinstance(w, ipywidgets.Text))
    box.value = typed
    next(w for w in walk(player) if isinstance(w, ipywidgets.Button) and w.description == "Compute").click()
    return next(w.value for w in walk(player) if isinstance(w, ipywidgets.HTML) and "role=" in w.value[:40])


def test_any_order_can_be_typed_in():
    player = schedule_the_backward_pass()
    assert "Computed" in compute(player, "f, r, p, q, s")
    assert player.counts == (6,)
    assert "bl-right" in player.shown(5)
    assert "Computed" in compute(player, "f p r")
    assert player.counts == (4,)
    assert "Wrong.</strong> s and q never handed on. So x has 0" in sentence(player.shown(3))
    assert "Computed" in compute(player, "s f p r q s")
    assert "what s handed on too early was 0, which adds nothing" in sentence(player.shown(6))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("f, t", "the order names 't', expected names among"),
        ("f, x", "the order names x, an input"),
        ("", "the order is empty, expected names of nodes"),
        ("f " * 10, "the order has 10 steps, expected at most 9"),
    ],
)
def test_an_order_that_is_none_is_refused_and_nothing_is_lost(typed, message):
    player = schedule_the_backward_pass()
    before = player.shown(1, 6)
    assert message in compute(player, typed).replace("&#x27;", "'")
    assert player.shown(1, 6) == before
