"""The checkpointing planner: choose what the forward pass keeps, and see what that costs in memory and in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backprop_lab.checkpointing import Schedule, bisection, every_kth, revolve, square_root, store_all
from backprop_lab.figures.diagram import FORWARD_INK, GOOD_INK, THIRD_INK, number
from backprop_lab.figures.plot import Dot, Line, plot
from backprop_lab.figures.schedule_diagram import Task, schedule_diagram, tasks
from backprop_lab.widgets.own import Field, Own, Scene, read_whole
from backprop_lab.widgets.player import Frame, FramePlayer, Menu, Question, Slider

__all__ = ["DEPTHS", "MOMENTS", "SCHEDULES", "checkpointing_planner"]

DEPTHS = (8, 16, 32, 64)
MOMENTS = 8  # a pass is shown at its start and at the end of so many parts
FEWEST, MOST = 2, 14  # snapshots along the line of revolve

LOWEST = 0.9  # relative time that is seen

Plan = Callable[[int], Schedule]
Size = tuple[int, int, float]  # arrays at most, forward steps, time relative to storing all


def _revolve(snapshots: int) -> Plan:
    return lambda depth: revolve(depth, snapshots)


SCHEDULES: dict[str, Plan] = {
    "store all": store_all,
    "every 4th": lambda depth: every_kth(depth, 4),
    "square root": square_root,
    "bisection": bisection,
    **{f"revolve, {snapshots} snapshots": _revolve(snapshots) for snapshots in (2, 4, 8, 10)},
}


def checkpointing_planner() -> FramePlayer:
    """Return the interactive: depths, schedules, and moments of the pass."""
    return FramePlayer(
        "checkpointing planner",
        *_scene(DEPTHS, SCHEDULES, start=1),
        "With 32 layers one of the revolve schedules beats the square root both in memory and in time. Which?",
        predict=_question(),
        own=Own(
            [
                Field("layers", "24", read_whole("layers", 2, 128)),
                Field("snapshots of revolve", "3", read_whole("snapshots", 2, 128)),
                Field("k of every k-th", "6", read_whole("k", 1, 128)),
            ],
            _own_scene,
        ),
    )


def _own_scene(depth: int, snapshots: int, k: int) -> Scene:
    return _scene(
        (depth,),
        {
            f"revolve, {snapshots} snapshots": _revolve(snapshots),
            f"every {k}": lambda layers: every_kth(layers, k),
            "square root": square_root,
            "bisection": bisection,
            "store all": store_all,
        },
    )


def _scene(depths: Sequence[int], plans: dict[str, Plan], start: int = 0) -> Scene:
    names, made = list(plans), {depth: [plan(depth) for plan in plans.values()] for depth in depths}
    done = {depth: [tasks(schedule) for schedule in made[depth]] for depth in depths}
    longest = {depth: max(each[-1].stop for each in done[depth]) for depth in depths}
    sizes = {depth: [_size(schedule) for schedule in made[depth]] for depth in depths}
    of_all = {depth: _size(store_all(depth)) for depth in depths}
    planes = {depth: _planes(depth, sizes[depth], names) for depth in depths}

    def frame(place: int, which: int, part: int) -> Frame:
        depth = depths[place]
        walked, mine = done[depth][which], sizes[depth][which]
        now = _now(walked, part)
        return Frame(
            (schedule_diagram(made[depth][which], walked, now, longest[depth]), planes[depth][which]),
            _sentence(depth, names[which], walked[now], mine, of_all[depth]),
            ("quantity", "store all", names[which] if names[which] != "store all" else "chosen: the same"),
            _rows(walked[now], mine, of_all[depth]),
        )

    here = "revolve, 4 snapshots"
    return frame, [
        Menu("layers", [str(depth) for depth in depths], start=start),
        Menu("schedule", names, start=names.index(here) if here in names else 0),
        Slider(
            "moment",
            ["start", *(f"{part}/{MOMENTS}" for part in range(1, MOMENTS)), "end"],
            start=MOMENTS // 2,
            milliseconds=900,
        ),
    ]


def _now(done: Sequence[Task], part: int) -> int:
    """Return the task that runs when so many parts of the time are over."""
    time = part / MOMENTS * done[-1].stop
    return next((place for place, task in enumerate(done) if task.stop > time), len(done) - 1)


def _size(schedule: Schedule) -> Size:
    """Return the most arrays at once, the forward steps, and the time relative to storing all."""
    cost = schedule.cost([1] * (schedule.depth + 1))
    return cost.peak_bytes, cost.forward_steps, schedule.relative_time()


def _sentence(depth: int, name: str, task: Task, mine: Size, of_all: Size) -> str:
    arrays, _, time = mine
    l = task.moment.action.index
    if task.moment.action.name == "forward":
        doing = f"layer {l} is run forward{' again' if task.again else ''}"
    elif l == depth:
        doing = f"layer {l} is run forward, the loss is taken, and the pass turns around"
    else:
        doing = f"layer {l} is reversed: its input is at hand"
    compared = (
        "It is what the others are compared with."
        if name == "store all"
        else f"That is the same as storing all: {arrays} arrays at most, and no layer is run forward twice."
        if mine == of_all
        else f"In all it takes {number(time, 3)} times as long as storing all, and holds {arrays} arrays at most, "
        f"not {of_all[0]}."
    )
    kinds = _count(len(task.moment.activations), "activation")
    if deltas := len(task.moment.deltas):
        kinds += f" and {_count(deltas, 'delta')}"
    return f"Now {doing}; in memory are {kinds}. {compared}"


def _count(how_many: int, name: str) -> str:
    return f"{how_many} {name}{'s' if how_many != 1 else ''}"


def _rows(task: Task, mine: Size, of_all: Size) -> tuple[tuple[str, ...], ...]:
    names = (
        "arrays in memory at most: activations, deltas and the input",
        "layers run forward, in all",
        "time, relative",
    )
    rows = [(name, number(a, 3), number(b, 3)) for name, a, b in zip(names, of_all, mine, strict=True)]
    return (*rows, ("arrays in memory now", "", str(task.arrays)))


def _planes(depth: int, sizes: Sequence[Size], names: Sequence[str]) -> list[str]:
    """Draw memory against time, once for each schedule that may be chosen: the line of revolve, and all schedules."""
    of_all, line = _size(store_all(depth))[0], [_size(revolve(depth, s)) for s in range(FEWEST, max(depth, MOST))]
    high = max(time for _, _, time in [*line, *sizes])
    others: list[Line | Dot] = [
        Line([arrays for arrays, _, _ in line], [time for _, _, time in line], FORWARD_INK, thick=1.6, dashes=(5, 3))
    ]
    for (arrays, _, time), name in zip(sizes, names, strict=True):
        is_revolve = "revolve" in name
        others.append(Dot(arrays, time, FORWARD_INK if is_revolve else THIRD_INK, radius=4, square=not is_revolve))
    top = 1 + 1.5 * max(high - 1, 0.3)

    def key(row: int, words: str, ink: str) -> Line:
        """Write a row of the key at the right of the frame, where few arrays and little time leave room."""
        return Line([of_all + 2], [top - (0.1 + 0.085 * row) * (top - LOWEST)], ink, words, thick=0)

    keys = [key(1, "● revolve, dashed", FORWARD_INK), key(2, "■ other plans", THIRD_INK)]
    told = "; ".join(
        f"{name}: {arrays} arrays, {number(time, 3)} times"
        for (arrays, _, time), name in zip(sizes, names, strict=True)
    )

    def plane(arrays: int, time: float, name: str) -> str:
        return plot(
            [*others, Dot(arrays, time, GOOD_INK, radius=7), key(0, f"⬤ {name}", GOOD_INK), *keys],
            f"Memory and time of all schedules for {depth} layers. {name}: at most {arrays} arrays, "
            f"{number(time, 3)} times as long as storing all. Revolve along the dashed line, from "
            f"{line[0][0]} arrays and {number(line[0][2], 3)} times to {line[-1][0]} and {number(line[-1][2], 3)}. "
            f"All: {told}.",
            title="The price of memory",
            x_name="arrays in memory at most",
            y_name="relative time",
            x_range=(0, of_all + 2),
            y_range=(LOWEST, top),
            height=300,
        )

    return [plane(arrays, time, name) for (arrays, _, time), name in zip(sizes, names, strict=True)]


def _question() -> Question:
    depth, snapshots = 16, 4
    plan = revolve(depth, snapshots)
    _, steps, time = _size(plan)
    right = _times(time)
    return Question(
        f"A network has {depth} layers, and memory for {snapshots} snapshots only: activations that are kept. All "
        "others have to be computed again for the backward pass. How long does the whole pass take, compared with "
        "keeping all?",
        {
            _times(1.0): (
                "As long as before: that would be so if the backward pass needed deltas alone. But the gradient of a "
                "weight is delta times the activation below it, and without the activations there is no gradient."
            ),
            right: (
                f"That is {steps} layer runs in all, not {depth}; the backward pass, two thirds of the work, is as "
                "long as before."
            ),
            _times(2.0): (
                "That would be all the work done twice. But only forward steps are done again, and forward is a third "
                "of the work: backward a layer takes two matrix products, forward one."
            ),
            _times(depth / snapshots): (
                "That would be memory paid in work, one for one. With a good plan there are "
                f"{steps} layer runs in all, not {depth}."
            ),
        },
        right,
    )


def _times(ratio: float) -> str:
    return f"about {ratio:.1f} times as long"
