"""Promise: the lines of the picture of a schedule are its actions, and its time and memory are those of its cost."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from backprop_lab.checkpointing import bisection, every_kth, revolve, store_all
from backprop_lab.figures.schedule_diagram import schedule_diagram, tasks
from frames import pictures

PLANS = [store_all(5), every_kth(12, 4), bisection(16), revolve(16, 3), revolve(1, 1), revolve(33, 2)]


def lines(path) -> list[tuple[float, ...]]:
    """Read `M x y L x y` and `M x y H x` as (x1, y1, x2, y2)."""
    found: list[tuple[float, ...]] = []
    x = y = 0.0
    for letter, numbers in re.findall(r"([MLHVh]) ([-\d. ]+)", path.get("d")):
        values = [float(n) for n in numbers.split()]
        to = {"M": (*values, y), "L": (*values, y), "H": (values[0], y), "h": (x + values[0], y), "V": (x, values[0])}
        if letter != "M":
            found.append((x, y, *to[letter][:2]))
        x, y = to[letter][:2]
    return found


def drawn(schedule, now: int = 0) -> list[list[tuple[float, ...]]]:
    """Return the five scaled paths: kept, forward, backward, held, memory."""
    done = tasks(schedule)
    picture = pictures(schedule_diagram(schedule, done, now, done[-1].stop))[0]
    return [lines(path) for path in picture.iter("path") if path.get("transform")]


@pytest.mark.parametrize("schedule", PLANS, ids=repr)
def test_the_time_is_that_of_the_schedule(schedule):
    done = tasks(schedule)
    of_all = 3 * schedule.depth - 1
    assert done[-1].stop == pytest.approx(schedule.relative_time() * of_all)
    assert all(task.stop == after.start for task, after in pairwise(done))


@pytest.mark.parametrize("schedule", PLANS, ids=repr)
def test_the_memory_is_that_of_the_schedule(schedule):
    peak = schedule.cost([1] * (schedule.depth + 1)).peak_bytes
    assert max(task.arrays for task in tasks(schedule)) == peak
    memory = drawn(schedule)[4]
    assert max(y for _, _, _, y in memory) == peak
    assert memory[-1][2] == tasks(schedule)[-1].stop


@pytest.mark.parametrize("schedule", PLANS, ids=repr)
def test_each_forward_step_goes_up_by_one_layer_and_each_backward_step_down(schedule):
    kept, forward, backward, *_ = drawn(schedule)
    runs = schedule.cost([1] * (schedule.depth + 1)).forward_steps
    assert sum(y2 - y1 for _, y1, _, y2 in forward) == runs == sum(x2 - x1 for x1, _, x2, _ in forward)
    assert [y1 - y2 for _, y1, _, y2 in backward] == [1] * schedule.depth
    assert [y1 for _, y1, _, _ in backward] == list(range(schedule.depth, 0, -1))
    assert len(kept) == sum(action.name == "store" for action in schedule.actions)


@pytest.mark.parametrize("schedule", PLANS, ids=repr)
def test_a_sweep_starts_from_what_is_kept_or_has_just_been_reached(schedule):
    kept, forward, *_ = drawn(schedule)
    for x, y, *_ in forward:
        assert y == 0 or any(a <= x <= b and y == l for a, l, b, _ in kept)


def test_what_is_run_again_is_marked_so():
    done = tasks(revolve(16, 3))
    again = sum(task.again for task in done)
    assert again == revolve(16, 3).cost([1] * 17).recomputed_layers


def test_the_marks_are_what_is_in_memory_at_that_moment():
    schedule = revolve(16, 3)
    for now, task in enumerate(tasks(schedule)):
        held = drawn(schedule, now)[3]
        assert sorted(y for _, y, _, _ in held) == list(task.moment.activations)
        assert {x for x, *_ in held} == {(task.start + task.stop) / 2}
