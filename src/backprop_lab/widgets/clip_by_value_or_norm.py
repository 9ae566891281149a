"""Clip by value or norm: two ways to limit a gradient, and which of them turns it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.clipping import clip_by_global_norm, clip_by_value
from backprop_lab.computation_graph import Node, gradient, minimum
from backprop_lab.figures.descent import FAINT_INK, ellipses, equal_units
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, GOOD_INK, INK, THIRD_INK, number
from backprop_lab.figures.plot import Dot, Item, Line
from backprop_lab.landscapes import valley
from backprop_lab.optimizers import GradientDescent
from backprop_lab.widgets.own import Field, Own, Scene, read_number, read_vector
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Question, Slider, math

__all__ = ["ANGLES", "LIMITS", "NORM", "WAYS", "clip_by_value_or_norm"]

NORM = 5.0
ANGLES = (0.0, 5.0, 15.0, 30.0, 45.0, 60.0, 75.0, 85.0, 90.0, 105.0, 135.0, 165.0, 175.0)
LIMITS = (0.4, 1.0, 2.0, 3.0, 4.0, 5.0)
WAYS = ("value", "norm")
FLAT, STEEP, RATE = 1.0, 4.0, 0.6  # of the valley, and of the step down it
NOTHING = 1e-9
_SLOPES = tuple(math(rf"\partial C / \partial w_{place}") for place in (1, 2))


def clip_by_value_or_norm() -> FramePlayer:
    """Return the interactive, for gradients of norm 5 in many directions."""
    fields = [
        Field("gradient", "3, -4", read_vector("the gradient", 2)),
        Field("limit", "1", read_number("the limit", 0.001, 1000.0)),
    ]
    return FramePlayer(
        "clip by value or norm",
        *_scene(NORM, ANGLES, LIMITS, (ANGLES.index(15.0), LIMITS.index(2.0))),
        "Clip by value, with the smallest limit. Which gradients turn most: those between two axes, or those almost "
        "along one?",
        predict=_question(),
        printed=(0, LIMITS.index(1.0), ANGLES.index(15.0)),
        own=Own(fields, _own_scene),
    )


def _own_scene(own: Array, limit: float) -> Scene:
    norm = float(np.linalg.norm(own))
    if not 0.001 <= norm <= 1000:
        raise ValueError(f"the gradient is {own.tolist()}, of norm {norm:g}; expected a norm from 0.001 to 1000")
    angle = float(np.degrees(np.arctan2(own[1], own[0])))
    angles, limits = tuple(sorted({*ANGLES, angle})), tuple(sorted({*LIMITS, limit}))
    return _scene(norm, angles, limits, (limits.index(limit), angles.index(angle)))


def _scene(norm: float, angles: Sequence[float], limits: Sequence[float], start: tuple[int, int]) -> Scene:
    reach = 1.15 * norm
    below = reach if min(angles) < 0 else 0.45 * norm
    plane = equal_units((-reach, reach), (-below, reach))
    ground = equal_units((-reach, reach), (-0.36 * reach, 0.36 * reach))
    landscape = valley(FLAT, STEEP)
    rings = ellipses(landscape.hessian([0.0, 0.0]), [norm**2 * share for share in (0.04, 0.15, 0.35, 0.65)])

    def frame(way: int, limit: int, angle: int) -> Frame:
        before = _gradient(norm, angles[angle])
        after = _clip(way, before, limits[limit])
        place = before / np.array([FLAT, STEEP])
        free, held = _step(place, before), _step(place, after)
        return Frame(
            (
                plane.plot(
                    [
                        *_allowed(way, limits[limit]),
                        *plane.arrow((0.0, 0.0), tuple(before), BACKWARD_INK),
                        *plane.arrow((0.0, 0.0), tuple(after), THIRD_INK, thick=3.2),
                        Dot(0, 0, INK, radius=3),
                    ],
                    f"The gradient {_all(before)}, dashed, and what is left of it: {_all(after)}. By {WAYS[way]} "
                    f"it must lie in a {'square' if way == 0 else 'circle'}, of limit {number(limits[limit])}.",
                    f"Gradient, clipped by {WAYS[way]}",
                    "∂C/∂w₁",
                    "∂C/∂w₂",
                ),
                ground.plot(
                    [
                        *rings,
                        Dot(0, 0, GOOD_INK, radius=4),
                        *ground.arrow(tuple(place), tuple(free), FORWARD_INK, thick=1.3),
                        *ground.arrow(tuple(place), tuple(held), THIRD_INK, thick=3.2),
                        Dot(place[0], place[1], INK, radius=4),
                    ],
                    f"A step down a valley from {_all(place)}: thin to {_all(free)} without clipping, thick to "
                    f"{_all(held)} with it.",
                    "Step down a valley",
                    "w₁",
                    "w₂",
                ),
            ),
            _in_words(way, before, after, limits[limit]),
            ("quantity", "before", "after"),
            _rows(before, after, landscape.value(free), landscape.value(held)),
        )

    controls = [
        Buttons("clip by", WAYS),
        Slider("limit", list(map(number, limits)), start=start[0], back="Smaller", forth="Larger"),
        Slider("direction", [f"{number(angle, 3)}°" for angle in angles], start=start[1]),
    ]
    return frame, controls


def _gradient(norm: float, angle: float) -> Array:
    turned = np.radians(angle)
    return np.round(norm * np.array([np.cos(turned), np.sin(turned)]), 12)


def _clip(way: int, before: Array, limit: float) -> Array:
    clip: Callable[[Array, float], tuple[Array, float]] = (clip_by_value, clip_by_global_norm)[way]
    return clip(before, limit)[0]


def _step(place: Array, slopes: Array) -> Array:
    """Return where gradient descent goes from a place when it is handed this gradient."""
    after = place.copy()
    GradientDescent(RATE).step(after, slopes)
    return after


def _allowed(way: int, limit: float) -> list[Item]:
    """Draw the square of what clipping by value lets pass, and the circle of clipping by norm; the other one faint."""
    angles = np.linspace(0, 2 * np.pi, 49)
    corners = limit * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    outlines = (corners.T, limit * np.stack([np.cos(angles), np.sin(angles)]))
    return [
        Line(
            xs,
            ys,
            GOOD_INK if this == way else FAINT_INK,
            thick=2.2 if this == way else 1,
            dashes=() if this == way else (2, 3),
        )
        for this, (xs, ys) in enumerate(outlines)
    ]


# ------------------------------------------------------------------------------------ what is said


def _rows(before: Array, after: Array, free: float, held: float) -> tuple[tuple[str, ...], ...]:
    quantities = [
        (_SLOPES[0], before[0], after[0]),
        (_SLOPES[1], before[1], after[1]),
        ("norm", np.linalg.norm(before), np.linalg.norm(after)),
        ("direction, in degrees", _direction(before), _direction(after)),
        (f"loss after a step, η = {number(RATE)}", free, held),
    ]
    turned = _turned(before, after)
    alone = (("angle turned, in degrees", turned), ("cosine of this angle", float(np.cos(np.radians(turned)))))
    return (
        *((name, _shown(first), _shown(second)) for name, first, second in quantities),
        *((name, "", _shown(value)) for name, value in alone),
    )


def _in_words(way: int, before: Array, after: Array, limit: float) -> str:
    if np.array_equal(before, after):
        what = "No part is larger" if way == 0 else "The norm is not larger"
        return f"{what} than {number(limit)}: the gradient stays as it is. Clipping acts on what is too large only."
    if way == 1:
        factor = limit / float(np.linalg.norm(before))
        return (
            f"By norm: both parts are multiplied by {_shown(factor)}, so that the norm becomes {number(limit)}. The "
            "arrow is shorter, and points where it did."
        )
    cut = int((np.abs(before) > limit).sum())
    turned = _turned(before, after)
    parts = "both parts are cut" if cut == 2 else "one part is cut, the other stays"
    turns = "does not turn" if turned < NOTHING else f"turns by {_shown(turned)}°"
    return (
        f"By value: {parts}, so that none is larger than {number(limit)}. The arrow {turns}. No part changes its sign, "
        "so the step still leads downhill at first."
    )


def _direction(arrow: Array) -> float:
    return float(np.degrees(np.arctan2(arrow[1], arrow[0])))


def _turned(before: Array, after: Array) -> float:
    """Return the angle between two gradients in degrees."""
    turned = abs(_direction(after) - _direction(before))
    return min(turned, 360 - turned)


def _question() -> Question:
    limit = LIMITS[0]
    before = _gradient(NORM, 5.0)
    by_value = _clip(0, before, limit)
    flat = _slope_of_a_clipped_loss()
    right = "By norm: the whole arrow is made shorter."
    return Question(
        f"A gradient is too long: its parts are {_shown(before[0])} and {_shown(before[1])}. Clipping by value limits "
        f"each part to {number(limit)}; clipping by norm limits the length of the arrow to {number(limit)}. Which "
        "keeps the direction?",
        {
            "By value: the limit is the same for all parts.": (
                f"Just because it is the same: both parts become {_shown(by_value[0])}, though one was many times the "
                f"other. The arrow turns by {_shown(_turned(before, by_value))}°."
            ),
            right: "All parts are multiplied by one number. That changes the length and nothing else.",
            "Both: clipping makes an arrow shorter, no more.": (
                "Clipping by norm does. Clipping by value cuts the large parts and leaves the small ones, so the small "
                "ones count for more than before."
            ),
            "Neither. Better limit the loss itself, then its gradient is limited, too.": (
                "A loss that is cut off at a limit is flat above it, and the gradient there is "
                f"{number(flat)}: nothing is learned where it is needed most. The same happens to a unit whose "
                "activation is cut off. To limit a gradient, clip the gradient."
            ),
        },
        right,
    )


def _slope_of_a_clipped_loss() -> float:
    """Return the gradient of min(w², 1) at w = 3, where the loss is above its limit."""
    w = Node(3.0, "w")
    return float(gradient(minimum(w**2, 1.0))[w])


def _shown(value: float) -> str:
    return number(0.0 if abs(value) < NOTHING else float(value), 3)


def _all(values: Array) -> str:
    return f"({', '.join(map(_shown, values))})"
