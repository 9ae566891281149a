"""Clip by value or norm: two ways to limit a gradient, and which of them turns it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.clipping import clip_by_global_norm, clip_by_value
from backprop_lab.computation_graph import Node, gradient, minimum
from backprop_lab.figures.descent import FAINT_INK, equal_units
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, GOOD_INK, INK, THIRD_INK, number
from backprop_lab.figures.plot import Dot, Item, Line
from backprop_lab.landscapes import crater
from backprop_lab.optimizers import GradientDescent
from backprop_lab.widgets.own import Field, Own, Scene, read_number, read_vector
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Question, Slider, math

__all__ = ["ANGLES", "LIMITS", "NORM", "WAYS", "clip_by_value_or_norm"]

NORM = 5.0
ANGLES = (0.0, 5.0, 15.0, 30.0, 45.0, 60.0, 75.0, 85.0, 90.0, 105.0, 135.0, 165.0, 175.0)
LIMITS = (0.4, 1.0, 2.0, 3.0, 4.0, 5.0)
WAYS = ("value", "norm")
LEAP = 3.0  # how far the step leads without clipping, in radii of the crater
RINGS = (0.35, 0.65, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.6, 2.1)  # of equal loss; where they are dense is the wall
ASKED_LIMIT, ASKED_ANGLE = 1.0, 15.0
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
        *_scene(NORM, ANGLES, LIMITS, (LIMITS.index(ASKED_LIMIT), ANGLES.index(ASKED_ANGLE))),
        "Clip by value, with the smallest limit. Which gradients turn most: those between two axes, or those almost "
        "along one?",
        predict=_question(),
        printed=(0, LIMITS.index(ASKED_LIMIT), ANGLES.index(ASKED_ANGLE)),
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
    ground = equal_units((-2.4, 2.4), (-2.3, 1.3) if min(angles) >= 0 else (-2.4, 2.4))
    landscape, rate, (across, up) = crater(norm), LEAP / norm, _circle()
    rings = [Line(radius * across, radius * up, FAINT_INK, thick=0.7) for radius in RINGS]

    def frame(way: int, limit: int, angle: int) -> Frame:
        before = _gradient(norm, angles[angle])
        after = _clip(way, before, limits[limit])
        place = before / norm  # on the wall, whose gradient there is this one
        free, held = _step(place, before, rate), _step(place, after, rate)
        losses = tuple(landscape.value(point) for point in (place, free, held))
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
                    f"A crater seen from above, its wall at a distance of 1 from the minimum. A step from the wall, "
                    f"from {_all(place)}: thin to {_all(free)} without clipping, thick to {_all(held)} with it.",
                    "A step from the wall of a crater",
                    "w₁",
                    "w₂",
                ),
            ),
            f"{_in_words(way, before, after, limits[limit])} {_landing(free, held, losses)}",
            ("quantity", "without clipping", "with clipping"),
            _rows(before, after, losses, rate),
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


def _step(place: Array, slopes: Array, rate: float) -> Array:
    """Return where gradient descent goes from a place when it is handed this gradient."""
    after = place.copy()
    GradientDescent(rate).step(after, slopes)
    return after


def _allowed(way: int, limit: float) -> list[Item]:
    """Draw the square of what clipping by value lets pass, and the circle of clipping by norm; the other one faint."""
    corners = limit * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    outlines = (corners.T, limit * _circle())
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


def _circle() -> Array:
    angles = np.linspace(0, 2 * np.pi, 49)
    return np.stack([np.cos(angles), np.sin(angles)])


# ------------------------------------------------------------------------------------ what is said


def _landing(free: Array, held: Array, losses: tuple[float, ...]) -> str:
    """Say where the step leads, without clipping and with it."""
    here, far, near = map(_shown, losses)
    start = f"The loss here is {here}. Without clipping the step leads over the opposite wall and far out, to {far};"
    where = "into the crater" if np.hypot(*held) < 1 else "as far" if np.array_equal(free, held) else "over it, too"
    return f"{start} with it {where}, to {near}."


def _rows(before: Array, after: Array, losses: tuple[float, ...], rate: float) -> tuple[tuple[str, ...], ...]:
    here, free, held = losses
    quantities = [
        (_SLOPES[0], before[0], after[0]),
        (_SLOPES[1], before[1], after[1]),
        ("norm", np.linalg.norm(before), np.linalg.norm(after)),
        ("direction, in degrees", _direction(before), _direction(after)),
        ("loss before the step", here, here),
        (f"loss after the step, η = {number(rate)}", free, held),
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
    limit = ASKED_LIMIT
    before = _gradient(NORM, ASKED_ANGLE)
    by_value = _clip(0, before, limit)
    flat = _slope_of_a_clipped_loss()
    right = "By norm: the whole arrow is made shorter."
    return Question(
        f"A gradient is too long: its parts are {_shown(before[0])} and {_shown(before[1])}. Clipping by value limits "
        f"each part to {number(limit)}; clipping by norm limits the length of the arrow to {number(limit)}. Which "
        "keeps the direction?",
        {
            "By value: the limit is the same for all parts.": (
                f"Just because it is the same: both parts become {_shown(by_value[0])}, though one was "
                f"{_shown(before[0] / before[1])} times the other. The arrow turns by "
                f"{_shown(_turned(before, by_value))}°."
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
    return number(0.0 if abs(value) < NOTHING else round(float(value), 9), 3)


def _all(values: Array) -> str:
    return f"({', '.join(map(_shown, values))})"
