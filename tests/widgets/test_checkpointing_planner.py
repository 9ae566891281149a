"""Promise: the planner shows what a schedule costs, and at each moment what is in memory."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import numpy as np
import pytest

from backprop_lab.checkpointing import bisection, every_kth, revolve, square_root, store_all
from backprop_lab.widgets import checkpointing_planner
from backprop_lab.widgets.checkpointing_planner import DEPTHS, MOMENTS, SCHEDULES
from frames import numbers, pictures, sentence, values

NAMES = list(SCHEDULES)
PLANS = [
    store_all,
    lambda depth: every_kth(depth, 4),
    square_root,
    bisection,
    *(lambda depth, s=s: revolve(depth, s) for s in (2, 4, 8, 10)),
]


@pytest.fixture(scope="module")
def player():
    return checkpointing_planner()


def cost(schedule) -> tuple[int, int, float]:
    """Return arrays at most, forward steps, relative time: counted action by action, one product each way and two."""
    depth, steps, products, most = schedule.depth, 0, 0, 0
    stored: set[int] = set()
    at_hand: set[int] = {0}
    delta: set[int] = set()
    for action in schedule.actions:
        l = action.index
        if action.name == "store":
            stored.add(l)
        elif action.name == "free":
            stored.remove(l)
        elif action.name == "restore":
            at_hand = {l}
        elif action.name == "forward":
            most = max(most, len({0, l} | at_hand | stored) + len(delta))
            at_hand, steps, products = {l}, steps + 1, products + 1
        else:
            made = {l, l - 1} - {0}
            most = max(most, len({0} | at_hand | stored) + len(made))
            turns = l == depth
            steps, products = steps + turns, products + turns + (2 if l > 1 else 1)
            at_hand, delta = set(), {l - 1} - {0}
    return most, steps, products / (3 * depth - 1)


def table(html: str) -> list[list[float]]:
    """Return the numbers of the first three rows: of store all, and of the schedule."""
    rows = html.split("<tr>")[2:5]
    return [numbers(row.split("</td>", 1)[1].replace("class=", "").replace("td", "")) for row in rows]


def test_every_table_compares_the_schedule_with_storing_all(player):
    assert player.counts == (len(DEPTHS), len(NAMES), MOMENTS + 1)
    for place, depth in enumerate(DEPTHS):
        for which, plan in enumerate(PLANS):
            html = player.shown(place, which, 3)
            expected = list(zip(cost(store_all(depth)), cost(plan(depth)), strict=True))
            for row, pair in zip(table(html), expected, strict=True):
                assert row == pytest.approx(list(pair), rel=5e-3)
            if which and expected == [(value, value) for value, _ in expected]:
                assert f"the same as storing all: {expected[0][0]} arrays at most" in sentence(html)
                assert "times as long" not in sentence(html)
            elif which:
                arrays, _, time = cost(plan(depth))
                assert numbers(sentence(html))[-3:] == pytest.approx(
                    [time, arrays, cost(store_all(depth))[0]], rel=5e-3
                )


def test_at_every_moment_what_is_named_is_what_is_counted(player):
    for place in range(len(DEPTHS)):
        for which in range(len(NAMES)):
            for part in range(MOMENTS + 1):
                html = player.shown(place, which, part)
                words = sentence(html).split("in memory are")[1].split(".")[0]
                now = values(html)[-1]
                assert sum(numbers(words)) == now <= values(html)[0]
                assert f"{now:.0f} in memory" in pictures(html)[0].get("aria-label")


def test_a_pass_begins_with_layer_1_and_ends_with_layer_1(player):
    for which in range(len(NAMES)):
        assert "Now layer 1 is run forward;" in sentence(player.shown(1, which, 0))
        assert "Now layer 1 is reversed" in sentence(player.shown(1, which, MOMENTS))


def test_the_chosen_schedule_stands_at_its_memory_and_its_time(player):
    for place, depth in enumerate(DEPTHS):
        for which, plan in enumerate(PLANS):
            plane = pictures(player.shown(place, which, 0))[1]
            (chosen,) = [dot for dot in plane.iter("circle") if float(dot.get("r")) == 7]
            arrays, _, _ = cost(plan(depth))
            x0, _, width, _ = map(float, list(plane.iter("svg"))[1].get("viewBox").split())
            most = cost(store_all(depth))[0] + 2
            assert float(chosen.get("cx")) == pytest.approx(x0 + arrays / most * width, abs=0.2)
    for place in range(len(DEPTHS)):  # the axis is one for all schedules of a depth: the higher, the longer
        heights = {}
        for which, plan in enumerate(PLANS):
            plane = pictures(player.shown(place, which, 0))[1]
            heights[cost(plan(DEPTHS[place]))[2]] = next(
                float(dot.get("cy")) for dot in plane.iter("circle") if float(dot.get("r")) == 7
            )
        ordered = [heights[time] for time in sorted(heights)]
        assert ordered == sorted(ordered, reverse=True)


def test_revolve_with_enough_snapshots_is_said_to_be_the_same_as_storing_all(player):
    html = player.shown(DEPTHS.index(8), NAMES.index("revolve, 10 snapshots"), 0)
    assert "the same as storing all" in sentence(html)
    assert '<th scope="col">store all</th><th scope="col">store all</th>' not in player.shown(0, 0, 0)


def test_in_the_plane_revolve_has_dots_and_the_others_squares_and_a_key_says_so(player):
    for place in range(len(DEPTHS)):
        for which, name in enumerate(NAMES):
            plane = pictures(player.shown(place, which, 0))[1]
            dots = [dot for dot in plane.iter("circle") if float(dot.get("r")) == 4]
            squares = [r for r in plane.iter("rect") if r.get("width") == r.get("height")]
            assert (len(dots), len(squares)) == (4, 4)
            written = [t.text for t in plane.iter("text")]
            assert {f"⬤ {name}", "● revolve, dashed", "■ other plans"} <= set(written)
            assert all(other in plane.get("aria-label") for other in NAMES)


def test_the_key_lies_on_no_dot_and_on_no_line(player):
    for place in range(len(DEPTHS)):
        for which in range(len(NAMES)):
            plane = pictures(player.shown(place, which, 0))[1]
            papers = [
                [float(r.get(name)) for name in ("x", "y", "width", "height")]
                for r in plane.iter("rect")
                if r.get("width") != r.get("height")
            ]
            points = [(float(c.get("cx")), float(c.get("cy"))) for c in plane.iter("circle")]
            for line in plane.iter("polyline"):
                ends = np.array([[float(n) for n in p.split(",")] for p in line.get("points").split()])
                points += [tuple(a + t * (b - a)) for a, b in pairwise(ends) for t in np.linspace(0, 1, 21)]
            assert len(papers) == 3
            rows = sorted((y, y + height) for _, y, _, height in papers)
            assert all(upper <= lower + 0.11 for (_, upper), (lower, _) in pairwise(rows))
            for x, y, width, height in papers:
                assert not [p for p in points if x < p[0] < x + width and y < p[1] < y + height]


def test_one_revolve_schedule_beats_the_square_root_twice_at_32_layers():
    """What the reader is sent to look for."""
    place = DEPTHS.index(32)
    arrays, _, time = cost(square_root(DEPTHS[place]))
    better = [
        name for name, plan in zip(NAMES, PLANS, strict=True) if cost(plan(32))[0] < arrays and cost(plan(32))[2] < time
    ]
    assert better == ["revolve, 8 snapshots"]


def test_the_right_prediction_is_what_revolve_takes(player):
    question = player.children[2].children[0].value
    arrays_of_all, steps_of_all, _ = cost(store_all(16))
    _, steps, time = cost(revolve(16, 4))
    options = re.findall("<li>(.*?)</li>", question)
    assert options == [f"about {ratio:.1f} times as long" for ratio in (1, time, 2, 4)]
    reasons = " ".join(child.value for child in player.children[2].children[2].children)
    assert f"{steps} layer runs in all, not {steps_of_all}" in reasons
    assert "B. Right." in reasons
    assert arrays_of_all == 18
    assert math.isclose(time, (steps + 31) / 47)


def own(player, *texts: str) -> str:
    """Type texts into the boxes, press Compute, and return what the player answers."""
    stage = player.children[-2].children[0]
    box = next(child for child in stage.children if "bl-own" in child._dom_classes)
    _, row, answer = box.children
    *fields, compute = row.children
    for field, typed in zip(fields, texts, strict=True):
        field.value = typed
    compute.click()
    return answer.value


def test_a_reader_can_plan_their_own(player):
    assert "Computed" in own(player, "25", "3", "5")
    assert player.counts == (1, 5, MOMENTS + 1)
    for which, plan in enumerate((revolve(25, 3), every_kth(25, 5), square_root(25), bisection(25), store_all(25))):
        assert table(player.shown(0, which, 2))[2][1] == pytest.approx(cost(plan)[2], rel=5e-3)
    assert "expected a whole number from 2 to 128" in own(player, "2.5", "3", "5")
    assert "layers is 1000" in own(player, "1000", "3", "5")
