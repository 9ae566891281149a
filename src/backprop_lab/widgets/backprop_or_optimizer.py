"""Backprop or optimizer: one gradient, five optimizers, five ways. Backpropagation never says where to step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from backprop_lab.arrays import Array, as_number
from backprop_lab.figures.descent import FAINT_INK, ellipses, equal_units, sum_of_two
from backprop_lab.figures.diagram import BACKWARD_INK, GOOD_INK, INK, THIRD_INK, number
from backprop_lab.figures.plot import Dot, Item, Line
from backprop_lab.landscapes import Walk, valley, walk
from backprop_lab.optimizers import Adam, GradientDescent, Momentum, Nesterov, RMSProp
from backprop_lab.widgets.own import Field, Own, Scene, read_number, read_vector
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Question, Slider, math

__all__ = ["NAMES", "RATES", "START", "STEPS", "backprop_or_optimizer"]

MAKERS: dict[str, Callable[[float], GradientDescent]] = {
    "gradient descent": GradientDescent,
    "Momentum": Momentum,
    "Nesterov": Nesterov,
    "RMSProp": RMSProp,
    "Adam": Adam,
}
NAMES = tuple(MAKERS)
RATES = (0.15, 0.03, 0.03, 0.2, 0.4)
START = (-4.5, 1.0)
FLAT, STEEP = 0.5, 10.0
STEPS = 20
SHRUNK = 0.1  # the arrow of the gradient is drawn at a tenth of its length
FAR = 10.0  # how far from the minimum a reader may start
NOTHING = 1e-9
_PARTIAL = math(r"\partial C / \partial w")


def backprop_or_optimizer() -> FramePlayer:
    """Return the interactive, in a valley of curvatures 0.5 and 10."""
    fields = [
        Field("start", ", ".join(map(number, START)).replace("−", "-"), read_vector("the start", 2)),
        *(
            Field(f"learning rate of {name}", number(rate), read_number(f"the learning rate of {name}", 0.0001, 10.0))
            for name, rate in zip(NAMES, RATES, strict=True)
        ),
    ]
    return FramePlayer(
        "backprop or optimizer",
        *_scene(START, RATES),
        "At step 0, one part of the gradient is several times the other. Two of the five make a first step that is "
        "equally long in both directions all the same. Which two, and why?",
        predict=_question(),
        printed=(NAMES.index("Adam"), 0),
        own=Own(fields, _own_scene),
    )


def _own_scene(start: Array, *rates: float) -> Scene:
    if np.abs(start).max() > FAR:
        raise ValueError(f"the start is {start.tolist()}, expected numbers from {-FAR:g} to {FAR:g}")
    return _scene(tuple(start.tolist()), rates)


def _walks(start: Sequence[float], rates: Sequence[float]) -> list[Walk]:
    optimizers = [make(as_number("rate", rate)) for make, rate in zip(MAKERS.values(), rates, strict=True)]
    return [walk(valley(FLAT, STEEP), optimizer, start, STEPS + 1) for optimizer in optimizers]


def _scene(start: Sequence[float], rates: Sequence[float]) -> Scene:
    landscape = valley(FLAT, STEEP)
    walks = _walks(start, rates)
    up = max(1.5, 1.4 * abs(start[1]))
    across = max(5.0, 1.2 * abs(start[0]), up)
    sign, tilt = (-1 if start[0] <= 0 else 1), (1 if start[1] >= 0 else -1)
    view = equal_units(_between(sign * across, -sign * 0.4 * across), _between(-tilt * up, tilt * (up + 0.6)))
    cost = max(landscape.value(start), 0.1)
    rings = ellipses(landscape.hessian(landscape.minima[0]), [cost * share for share in (0.05, 0.4, 1.2)])
    faint = [
        Line(path.points[: STEPS + 1, 0], path.points[: STEPS + 1, 1], FAINT_INK, thick=1.3, dashes=(1, 2))
        for path in walks
    ]

    def frame(which: int, step: int) -> Frame:
        path, name = walks[which], NAMES[which]
        k = min(step, len(path) - 1)
        place, here, after = path.points[k], path.gradients[k], path.points[k + 1]
        _, loss = landscape.graph(place)
        tip = place + SHRUNK * here
        items: list[Item] = [
            *rings,
            Dot(0, 0, GOOD_INK, radius=4),
            *(line for other, line in enumerate(faint) if other != which),
            Line(path.points[: k + 1, 0], path.points[: k + 1, 1], INK, dots=True, thick=1.4),
            Dot(place[0], place[1], INK, radius=6),
            *view.arrow(place, tip, BACKWARD_INK),
            *view.arrow(place, after, THIRD_INK, thick=3),
        ]
        label = (
            f"The way of {name} after {k} {'step' if k == 1 else 'steps'}, at {_all(place)}. The gradient there is "
            f"{_all(here)}, drawn dashed at {number(SHRUNK)} of its length; the step that {name} makes of it is "
            f"{_all(after - place)}."
        )
        picture = view.plot(items, label, f"2. {name[0].upper()}{name[1:]}: the step", "w₁", "w₂")
        graph = sum_of_two(loss, "1. Backpropagation: the gradient", view.height, shown=_shown)
        words = _in_words(which, rates[which], k, here, after - place)
        if k < step:
            words += f" Then the loss has grown beyond all bounds: no step after {k} is shown."
        return Frame((graph, picture), words, _HEADER, _rows(path, k))

    controls = [
        Buttons("optimizer", NAMES),
        Slider("step", [str(step) for step in range(STEPS + 1)], milliseconds=600),
    ]
    return frame, controls


_HEADER = ("quantity", "who makes it", "w₁", "w₂")


def _rows(path: Walk, k: int) -> tuple[tuple[str, ...], ...]:
    place, here, after = path.points[k], path.gradients[k], path.points[k + 1]
    quantities = (
        ("parameters w", "", place),
        (f"gradient {_PARTIAL}", "backpropagation", here),
        ("step", "optimizer", after - place),
        ("new parameters", "optimizer", after),
    )
    return tuple((what, who, *map(_shown, values)) for what, who, values in quantities)


def _in_words(which: int, rate: float, k: int, here: Array, step: Array) -> str:
    gets = f"the gradient {_all(here)}{', the same for all five' if k == 0 else ''}"
    size = number(rate)
    rules = (
        f"Gradient descent multiplies it by −{size}",
        f"Momentum adds it to 0.9 times its velocity and multiplies the sum by −{size}",
        f"Nesterov does as Momentum, looks one step further along the velocity, and multiplies by −{size}",
        f"RMSProp divides each part by the root of a running mean of its squares, and multiplies by −{size}",
        "Adam takes a running mean of all gradients, divides each part by the root of one of its squares, both "
        f"corrected for their start at 0, and multiplies by −{size}",
    )
    off = _angle(step, -here)
    turn = "" if np.isnan(off) else f", {off:.0f}° off from straight against the gradient"
    return f"Backpropagation delivers {gets} (dashed). {rules[which]}. This makes the step {_all(step)} (solid){turn}."


def _angle(a: Array, b: Array) -> float:
    """Return the angle between two arrows in degrees, from 0 to 180; NaN where one has no length."""
    sizes = float(np.linalg.norm(a) * np.linalg.norm(b))
    if sizes < NOTHING**2:
        return float("nan")
    return float(np.degrees(np.arccos(np.clip(a @ b / sizes, -1, 1))))


def _between(a: float, b: float) -> tuple[float, float]:
    return min(a, b), max(a, b)


def _question() -> Question:
    plain, adam = (_walks(START, RATES)[NAMES.index(name)] for name in ("gradient descent", "Adam"))
    off = _angle(adam.points[1] - adam.points[0], -adam.gradients[0])
    right = "The gradient; their steps and their new weights differ."
    return Question(
        "Two programs start from the same weights, with the same examples and the same backpropagation. One learns by "
        "gradient descent, the other by Adam. What do they have in common at the first step?",
        {
            "All of it, the new weights too: backpropagation is how both learn.": (
                "Backpropagation computes the gradient, and there it ends. What is done with it is the optimizer's "
                f"business: here gradient descent goes to {_all(plain.points[1])}, Adam to {_all(adam.points[1])}."
            ),
            "The gradient and the direction of the step; only its length differs.": (
                f"Adam's first step is {off:.0f}° off. Only gradient descent goes straight against the gradient at "
                "every step; at the first, Momentum and Nesterov do, too."
            ),
            right: (
                "Backpropagation gives both the same numbers. Only what they make of them differs, and from the second "
                "step on also the place at which they ask."
            ),
            "Nothing: Adam computes a gradient of its own.": (
                "Adam gets the same numbers from the same backward pass. It keeps running means of them and divides, "
                "but it differentiates nothing."
            ),
        },
        right,
    )


def _shown(value: float) -> str:
    return number(0.0 if abs(value) < NOTHING else float(value), 3)


def _all(values: Array) -> str:
    return f"({', '.join(map(_shown, values))})"
