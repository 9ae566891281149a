"""Learning rate explorer: how far to step against the gradient, on three landscapes of equal largest curvature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop_lab.arrays import Array, as_number
from backprop_lab.figures.descent import View, ellipses, equal_units
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, GOOD_INK, INK, number, ten_to
from backprop_lab.figures.plot import Dot, Item, Line, Mark
from backprop_lab.landscapes import Landscape, Walk, parabola, two_minima, valley, walk
from backprop_lab.optimizers import GradientDescent
from backprop_lab.widgets.own import Field, Own, Scene, read_number, read_vector
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Question, Slider, math

__all__ = ["CURVATURE", "FLAT", "RATES", "STARTS", "STEPS", "learning_rate_explorer"]

CURVATURE, FLAT = 10.0, 0.5
RATES = (0.01, 0.03, 0.05, 0.1, 0.15, 0.18, 0.19, 0.2, 0.21, 0.25)
STARTS = ((1.0,), (-2.3,), (-4.5, 1.0))
STEPS = (0, 1, 2, 3, 4, 6, 9, 14, 20)
POINTS = 33
SHRUNK = 0.1  # the arrow of the gradient is drawn at a tenth of its length
FAR = 50.0  # how far from the minimum a reader may start
NOTHING = 1e-9
_PARTIAL = math(r"\partial C / \partial w")


def learning_rate_explorer() -> FramePlayer:
    """Return the interactive: a parabola, a curve with two minima, and a valley, each of largest curvature 10."""
    fields = [
        Field("learning rate", "0.12", read_number("the learning rate", 0.0001, 10.0)),
        Field("start on the parabola", "1", read_number("the start", -FAR, FAR)),
        Field("start beside two minima", "-2.3", read_number("the start", -FAR, FAR)),
        Field("start in the valley", "-4.5, 1", read_vector("the start", 2)),
    ]
    return FramePlayer(
        "learning rate explorer",
        *_scene(RATES, STARTS, RATES.index(2 / CURVATURE)),
        "Which rates end in the lower one of two minima: small or large ones? And in the valley, which has the lowest "
        "loss at the last step, and what forbids a larger one?",
        predict=_question(),
        printed=(2, RATES.index(0.19), len(STEPS) - 1),
        own=Own(fields, _own_scene),
    )


def _own_scene(rate: float, on_parabola: float, beside_two: float, in_valley: Array) -> Scene:
    if np.abs(in_valley).max() > FAR:
        raise ValueError(f"the start in the valley is {in_valley.tolist()}, expected numbers from {-FAR:g} to {FAR:g}")
    rates = tuple(sorted({*RATES, rate}))
    return _scene(rates, ((on_parabola,), (beside_two,), tuple(in_valley.tolist())), rates.index(rate))


@dataclass(frozen=True)
class _Stage:
    """One landscape with what all its frames share."""

    landscape: Landscape
    start: tuple[float, ...]
    view: View
    ground: tuple[Item, ...]
    top: float  # of the axis of the loss

    @property
    def flat(self) -> bool:
        """Whether there is one parameter: the picture is a curve, not a map."""
        return len(self.start) == 1


def _scene(rates: Sequence[float], starts: Sequence[tuple[float, ...]], at: int) -> Scene:
    stages = [
        _curve(parabola(CURVATURE), starts[0], (-1.7, 1.7), (-0.8, 13.0)),
        _curve(two_minima(curvature=CURVATURE), starts[1], (-2.8, 1.3), (-0.15, 1.9)),
        _map(valley(FLAT, CURVATURE), starts[2]),
    ]
    walks = [
        [walk(stage.landscape, GradientDescent(as_number("rate", rate)), stage.start, STEPS[-1]) for rate in rates]
        for stage in stages
    ]

    def frame(which: int, rate: int, step: int) -> Frame:
        stage, path, eta = stages[which], walks[which][rate], rates[rate]
        k = min(STEPS[step], len(path))
        outside = "" if _is_seen(stage, path, k) else " It has left the picture."
        if k < STEPS[step]:
            outside += f" The loss has grown beyond all bounds: no step after {k} is computed."
        return Frame(
            (_place(stage, path, k), _losses(stage, path, k)),
            _in_words(stage, path, k, eta) + outside,
            ("quantity", *_names(stage)),
            _rows(stage, path, k, eta),
        )

    controls = [
        Buttons("landscape", ["parabola", "two minima", "valley"]),
        Slider("learning rate η =", [_named(rate) for rate in rates], start=at, back="Smaller", forth="Larger"),
        Slider("step", list(map(str, STEPS)), start=STEPS.index(6), milliseconds=600),
    ]
    return frame, controls


def _named(rate: float) -> str:
    names = {1 / CURVATURE: " = 1/λ", 2 / CURVATURE: " = 2/λ"}
    return number(rate) + names.get(rate, "")


# ------------------------------------------------------------------------------------ what is seen


def _curve(
    landscape: Landscape, start: tuple[float, ...], seen: tuple[float, float], heights: tuple[float, float]
) -> _Stage:
    """Show the range `seen` and these heights, or more where a reader starts outside."""
    (w,) = start
    low, high = min(seen[0], 1.2 * w), max(seen[1], 1.2 * w)
    ws = np.linspace(low, high, POINTS)
    if len(landscape.minima) > 1:  # the sharp one is narrow
        ws = np.union1d(ws, landscape.minima[-1][0] + np.linspace(-0.8, 0.8, POINTS))
    floor, ceiling = heights[0], max(heights[1], 1.5 * landscape.value(start))
    view = View((low, high), (floor * ceiling / heights[1], ceiling))
    return _Stage(
        landscape, start, view, (Line(ws, landscape.formula(ws), FORWARD_INK),), 1.5 * _cost(landscape, start)
    )


def _map(landscape: Landscape, start: tuple[float, ...]) -> _Stage:
    across, up = max(5.0, 1.1 * abs(start[0])), max(2.2, 2.2 * abs(start[1]))
    cost = _cost(landscape, start)
    levels = [cost * share for share in (0.1, 0.5, 1.5)]
    rings = ellipses(landscape.hessian(landscape.minima[0]), levels)
    return _Stage(landscape, start, equal_units((-across, across), (-up, up)), tuple(rings), 1.5 * cost)


def _cost(landscape: Landscape, start: tuple[float, ...]) -> float:
    return max(landscape.value(start), 0.5)


def _place(stage: _Stage, path: Walk, k: int) -> str:
    """Draw the landscape with the way so far, and the gradient where it is now."""
    height = path.losses if stage.flat else path.points[:, 1]
    xs, ys = path.points[: k + 1, 0], height[: k + 1]
    arrow = SHRUNK * path.gradients[k]
    head = (xs[-1] + arrow[0], ys[-1] + (0 if stage.flat else arrow[1]))
    items: list[Item] = [
        *stage.ground,
        Line(xs, ys, INK, dots=True, thick=1.2),
        Dot(xs[-1], ys[-1], INK, radius=6),
        *stage.view.arrow((xs[-1], ys[-1]), head, BACKWARD_INK),
    ]
    if not stage.flat:
        items.insert(len(stage.ground), Dot(0, 0, GOOD_INK, radius=4))
    x_name, y_name = (stage.landscape.parameters[0], "C") if stage.flat else stage.landscape.parameters
    label = (
        f"{stage.landscape.name[0].upper()}{stage.landscape.name[1:]} with the way of {_steps(k)}, now at "
        f"{_all(path.points[k])}. The dashed arrow is the gradient there, {_all(path.gradients[k])}, "
        f"at {number(SHRUNK)} of its length."
    )
    title = "The way; dashed: 0.1 × gradient"
    return stage.view.plot(items, label, title, x_name, y_name)


def _is_seen(stage: _Stage, path: Walk, k: int) -> bool:
    x, y = (path.points[k, 0], path.losses[k]) if stage.flat else path.points[k]
    (left, right), (low, high) = stage.view.x_range, stage.view.y_range
    return bool(left <= x <= right and low <= y <= high)


def _losses(stage: _Stage, path: Walk, k: int) -> str:
    view = View((-0.5, STEPS[-1] + 0.5), (-0.06 * stage.top, stage.top))
    marks = [
        Mark(y=stage.landscape.value(minimum), ink=GOOD_INK, name=name)
        for minimum, name in zip(stage.landscape.minima[::-1], ("sharp minimum", "flat minimum"), strict=False)
        if len(stage.landscape.minima) > 1
    ]
    items: list[Item] = [
        *marks,
        Line(np.arange(k + 1), path.losses[: k + 1], FORWARD_INK),
        Dot(k, path.losses[k], INK, radius=6),
    ]
    label = f"The loss over the steps: it began at {_loss(path.losses[0])} and is {_loss(path.losses[k])} after {k}."
    return view.plot(items, label, "The loss over the steps", "step", "C")


# ------------------------------------------------------------------------------------ what is said


def _names(stage: _Stage) -> tuple[str, ...]:
    return stage.landscape.parameters if stage.flat else ("w₁, flat", "w₂, steep")


def _rows(stage: _Stage, path: Walk, k: int, eta: float) -> tuple[tuple[str, ...], ...]:
    curvatures = _curvatures(stage, path, k)
    here = " here" if len(stage.landscape.minima) > 1 else ""
    quantities = (
        (f"curvature λ{here}", curvatures),
        ("factor 1 − ηλ", 1 - eta * curvatures),
        ("place w", path.points[k]),
        (f"gradient {_PARTIAL}", path.gradients[k]),
        ("next step −η × gradient", -eta * path.gradients[k]),
    )
    return tuple((name, *map(_shown, values)) for name, values in quantities)


def _curvatures(stage: _Stage, path: Walk, k: int) -> Array:
    """Return the curvature along each parameter; these landscapes have no other second derivatives."""
    return np.diag(stage.landscape.hessian(path.points[k]))


def _in_words(stage: _Stage, path: Walk, k: int, eta: float) -> str:
    now = f"After {_steps(k)} the loss is {_loss(path.losses[k])}."
    if len(stage.landscape.minima) > 1:
        return f"{now} {_which_minimum(stage, path, k)}"
    factors = [float(1 - eta * curvature) for curvature in _curvatures(stage, path, k)]
    if stage.flat:
        return f"Each step multiplies w by 1 − ηλ = {_shown(factors[0])}: it {_motion(factors[0])}. {now}"
    flat, steep = factors
    return (
        f"Each step multiplies w₂ by {_shown(steep)}: the steep direction {_motion(steep)}. It multiplies w₁ by "
        f"{_shown(flat)}: the flat one {_motion(flat)}. {now}"
    )


def _motion(factor: float) -> str:
    """Say what it does to a number to be multiplied by this factor again and again."""
    if abs(factor) < NOTHING:
        return "lands on the minimum at once"
    if abs(factor + 1) < NOTHING:
        return "jumps to and fro between two points for ever"
    if factor > 0:
        return "creeps" if factor >= 0.9 else "comes nearer from one side"
    return f"jumps across the minimum, {'nearer' if factor > -1 else 'further'} each time"


def _which_minimum(stage: _Stage, path: Walk, k: int) -> str:
    landscape = stage.landscape
    (low,), (sharp,) = landscape.minima
    between = np.linspace(sharp, low, 401)
    pass_ = float(between[np.argmax(landscape.formula(between))])
    side = "sharp, higher" if path.points[k, 0] < pass_ else "flat, lower"
    limits = [number(landscape.largest_rate(minimum), 3) for minimum in ((sharp,), (low,))]
    return (
        f"It is on the side of the {side} minimum. A minimum can hold the descent only up to η = 2/λ: the sharp "
        f"one up to {limits[0]}, the flat one up to {limits[1]}. A long step from a steep wall may lead out before."
    )


def _question() -> Question:
    once, twice, beyond = 1 / CURVATURE, 2 / CURVATURE, 0.21
    bowl = parabola(CURVATURE)
    ahead = walk(bowl, GradientDescent(once), [1.0], 1).points[-1, 0]
    far = walk(bowl, GradientDescent(beyond), [1.0], 1).points[-1, 0]
    right = "It jumps to and fro between two points for ever."
    return Question(
        f"A parabola has curvature λ = {number(CURVATURE)}; the descent starts at w = 1. With the learning rate "
        f"η = {number(once)} the first step lands on the minimum, w = {number(ahead)}. What happens with twice the "
        f"rate, η = {number(twice)}?",
        {
            "It is at the minimum in half the time.": (
                "A larger rate is faster only as long as the step does not lead across the minimum. One step of twice "
                "the length ends as far on the other side."
            ),
            "It jumps across once, and then settles.": (
                "On the other side the gradient is as large as it was, only with the other sign. So the next step is "
                "as long as the first, and leads back."
            ),
            right: (
                "Each step multiplies w by $1 - \\eta\\lambda$, which is −1 here. This is the border: below 2/λ it "
                "comes nearer, above it flies off."
            ),
            "It flies off, further at each step.": (
                f"That takes a little more: with η = {number(beyond)} the first step ends at w = {number(far)}. "
                f"At {number(twice)}, which is 2/λ, it just does not."
            ),
        },
        right,
    )


def _steps(k: int) -> str:
    return f"{k} {'step' if k == 1 else 'steps'}"


def _loss(value: float) -> str:
    """Write a loss; where it is next to nothing, but not 0, say so."""
    return f"below {ten_to(round(np.log10(NOTHING)))}" if 0 < value < NOTHING else _shown(value)


def _shown(value: float) -> str:
    return number(0.0 if abs(value) < NOTHING else float(value), 3)


def _all(values: Array) -> str:
    shown = ", ".join(map(_shown, values))
    return shown if len(values) == 1 else f"({shown})"
