"""A checkpointing schedule over time, as SVG text: what is run, what is kept, and how much memory that takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import svg

from backprop_lab.checkpointing import Moment, Schedule
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, THIRD_INK, picture, text

__all__ = ["Task", "schedule_diagram", "tasks"]

WIDTH, HEIGHT = 340, 392
LEFT, RIGHT = 40, 12
TOP, FLOOR = 44, 236  # of the layers
CEILING, BOTTOM = 284, 346  # of the memory


@dataclass(frozen=True)
class Task:
    """An action of a schedule that takes time.

    Attributes
    ----------
    start, stop : int
        In matrix products since the pass began: a layer takes one forward and two backward, the first layer one.
    moment : Moment
        The action, and what is in memory while it runs.
    arrays : int
        How many activations and deltas that is.
    again : bool
        Whether it runs a layer forward that has been run before.
    """

    start: int
    stop: int
    moment: Moment
    arrays: int
    again: bool


def tasks(schedule: Schedule) -> tuple[Task, ...]:
    """Return what a schedule does, in order; keeping, restoring and forgetting take no time."""
    one_each = [1] * (schedule.depth + 1)
    done, time, seen = [], 0, set()
    for moment in schedule.moments():
        name, l = moment.action.name, moment.action.index
        if name not in ("forward", "backward"):
            continue
        cost = 1 if name == "forward" else (2 if l > 1 else 1) + (l == schedule.depth)
        done.append(Task(time, time + cost, moment, moment.bytes_held(one_each), name == "forward" and l in seen))
        seen.add(l)
        time += cost
    return tuple(done)


def schedule_diagram(schedule: Schedule, done: Sequence[Task], now: int, longest: int) -> str:
    """Return the SVG: layers over time, with what is kept; below it the number of arrays in memory.

    Parameters
    ----------
    schedule : Schedule
    done : sequence of Task
        Its tasks.
    now : int
        Which of them is marked.
    longest : int
        Where the axis of time ends, in matrix products: the same for schedules that are to be compared.
    """
    depth, task = schedule.depth, done[now]
    most = depth + 2

    across, up = (WIDTH - RIGHT - LEFT) / longest, (FLOOR - TOP) / depth  # pixels a product, a layer
    now_x = round(LEFT + across * (task.start + task.stop) / 2, 1)
    layers = _scaled(across, up, FLOOR)
    memory = _scaled(across, (BOTTOM - CEILING) / most, BOTTOM)
    forward, backward = _paths(depth, done)
    size = round(max(min(9, 0.84 * up), 2.5), 1)  # of the marks for what is held
    held: list[svg.PathData] = [
        part for l in task.moment.activations for part in (svg.M((task.start + task.stop) / 2, l), svg.h(0))
    ]
    deltas: list[svg.PathData] = [
        part
        for l in task.moment.deltas
        for part in (svg.M(round(now_x + size / 2 + 1, 1), round(FLOOR - l * up, 1)), svg.h(size))
    ]
    elements: list[svg.Element] = [
        text("Which layer is at work, and what is kept", 4, 16, size=14, bold=True),
        text("layer", 4, TOP - 10, size=12),
        text(str(depth), LEFT - 6, TOP + 4, size=12, anchor="end"),
        text("x", LEFT - 6, FLOOR + 4, size=12, anchor="end"),
        _axes(TOP, FLOOR),
        svg.Path(d=[svg.M(now_x, TOP - 6), svg.V(FLOOR)], stroke=INK, stroke_dasharray=[3, 3], opacity=0.7),
        svg.Path(d=[svg.M(now_x, CEILING), svg.V(BOTTOM)], stroke=INK, stroke_dasharray=[3, 3], opacity=0.7),
        _path(_kept(schedule, done), layers, THIRD_INK, width=round(min(5, 0.5 * up), 1), opacity=0.75),
        _path(forward, layers, FORWARD_INK, width=1.6),
        _path(backward, layers, BACKWARD_INK, width=2.2, stroke_dasharray=[3, 2]),
        _path(held, layers, FORWARD_INK, width=size, stroke_linecap="round"),
        svg.Path(d=deltas, stroke_width=size, style=f"stroke:{BACKWARD_INK}"),
        *_legend(),
        text("arrays in memory", 4, CEILING - 12, size=12),
        text(str(most), LEFT - 6, CEILING + 4, size=12, anchor="end"),
        text("0", LEFT - 6, BOTTOM + 4, size=12, anchor="end"),
        _axes(CEILING, BOTTOM),
        svg.Path(d=[svg.M(LEFT, CEILING), svg.H(WIDTH - RIGHT)], stroke=INK, stroke_dasharray=[2, 3], opacity=0.5),
        _path(_memory(done), memory, INK, width=1.8),
        svg.Circle(
            cx=now_x,
            cy=round(BOTTOM - task.arrays / most * (BOTTOM - CEILING), 1),
            r=5,
            style=f"fill:{INK}",
        ),
        text("time, in matrix products", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, size=12, anchor="middle"),
        text("0", LEFT, BOTTOM + 17, size=12, anchor="middle"),
        text(str(longest), WIDTH - 4, BOTTOM + 17, size=12, anchor="end"),
    ]
    label = (
        f"{schedule.name}, {depth} layers: {done[-1].stop} matrix products, at most "
        f"{max(each.arrays for each in done)} arrays. Marked: {task.moment.action}, with {task.arrays} in memory."
    )
    return picture(WIDTH, HEIGHT, elements, label, scale=1.25)


def _axes(top: float, bottom: float) -> svg.Element:
    return svg.Path(d=[svg.M(LEFT, top), svg.V(bottom), svg.H(WIDTH - RIGHT)], fill="none", stroke=INK, opacity=0.5)


def _scaled(across: float, up: float, floor: float) -> list[svg.Transform]:
    """Return the way from (matrix products, layers or arrays) to pixels: paths keep whole numbers, and stay short."""
    return [svg.Translate(LEFT, floor), svg.Scale(round(across, 5), -round(up, 5))]


def _path(d: list[svg.PathData], transform: list[svg.Transform], ink: str, width: float, **more: Any) -> svg.Element:
    return svg.Path(
        d=d,
        transform=transform,
        fill="none",
        stroke_width=width,
        style=f"stroke:{ink};vector-effect:non-scaling-stroke",
        **more,
    )


def _paths(depth: int, done: Sequence[Task]) -> tuple[list[svg.PathData], list[svg.PathData]]:
    """Return the sweeps upward and the steps downward; a sweep is one line."""
    forward: list[svg.PathData] = []
    backward: list[svg.PathData] = []
    end = (-1, -1)  # of the sweep that was drawn last: time, layer
    for task in done:
        name, l, start = task.moment.action.name, task.moment.action.index, task.start
        if name == "forward" or l == depth:
            if end == (start, l - 1):
                forward.pop()
            else:
                forward.append(svg.M(start, l - 1))
            end = (start + 1, l)
            forward.append(svg.L(*end))
            start += 1
        if name == "backward":
            backward += [svg.M(start, l), svg.L(task.stop, l - 1)]
    return forward, backward


def _kept(schedule: Schedule, done: Sequence[Task]) -> list[svg.PathData]:
    """Return a line for each snapshot, from when it is stored to when it is freed."""
    lines: list[svg.PathData] = []
    since: dict[int, int] = {}
    times = iter(done)
    now = 0
    for moment in schedule.moments():
        name, l = moment.action.name, moment.action.index
        if name in ("forward", "backward"):
            now = next(times).stop
        elif name == "store":
            since[l] = now
        elif name == "free":
            lines += [svg.M(since.pop(l), l), svg.H(now)]
    return lines


def _memory(done: Sequence[Task]) -> list[svg.PathData]:
    curve: list[svg.PathData] = [svg.M(0, done[0].arrays)]
    for arrays, run in groupby(done, lambda task: task.arrays):
        *_, last = run
        curve += [svg.V(arrays), svg.H(last.stop)]
    return curve


def _legend() -> list[svg.Element]:
    y = FLOOR + 17
    return [
        svg.Path(d=[svg.M(LEFT, y - 4), svg.H(LEFT + 16)], stroke_width=1.6, style=f"stroke:{FORWARD_INK}"),
        text("forward", LEFT + 20, y, size=12, ink=FORWARD_INK),
        svg.Path(
            d=[svg.M(LEFT + 82, y - 4), svg.H(LEFT + 98)],
            stroke_width=2.2,
            stroke_dasharray=[3, 2],
            style=f"stroke:{BACKWARD_INK}",
        ),
        text("backward", LEFT + 102, y, size=12, ink=BACKWARD_INK),
        svg.Path(
            d=[svg.M(LEFT + 174, y - 4), svg.H(LEFT + 190)], stroke_width=5, style=f"stroke:{THIRD_INK}", opacity=0.75
        ),
        text("kept snapshot", LEFT + 194, y, size=12, ink=THIRD_INK),
    ]
