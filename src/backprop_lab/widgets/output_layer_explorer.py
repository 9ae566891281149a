"""Output layer explorer: a sigmoid unit that is more and more wrong, and what two losses tell it."""

from __future__ import annotations

import numpy as np

from backprop_lab.activations import sigmoid
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, number
from backprop_lab.figures.plot import Dot, Item, Line, plot
from backprop_lab.losses import Loss, binary_cross_entropy, half_squared_error
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Question, Slider, math

__all__ = ["LOSSES", "TARGETS", "ZS", "output_layer_explorer"]

LOSSES = (half_squared_error, binary_cross_entropy)
TARGETS = (0.0, 1.0)
REACH = 10.0
_RIGHT = (*np.arange(1, 13) / 10, *np.arange(3, 11) / 2, *np.arange(6, 11) * 1.0)  # fine around ln 2 = 0.69, the top
ZS = tuple(float(z) for z in (*(-z for z in reversed(_RIGHT)), 0.0, *_RIGHT))
DIGITS = 5  # with four, a unit that receives 10 would say 1
MOST_TOLD = 4 / 27  # the largest delta of the half squared error: a^2 (1 - a) at a = 2/3
FAR, NEAR, DEAF = 0.9, 0.1, 0.1 * MOST_TOLD  # when the sentence says far off, nearly right, told next to nothing
_CURVE = np.linspace(-REACH, REACH, 61)


def output_layer_explorer() -> FramePlayer:
    """Return the interactive on one sigmoid unit with a target of 0 or 1."""
    return FramePlayer(
        "output layer explorer",
        _frame,
        [
            Buttons("loss", [_name(loss) for loss in LOSSES]),
            Buttons("target", [number(y) for y in TARGETS]),
            Slider("z =", [number(z) for z in ZS], start=ZS.index(REACH), back="Lower", forth="Higher"),
        ],
        "With the half squared error and the target 0, find the z at which the unit is told most. Is that where it is "
        "most wrong?",
        predict=_question(),
        printed=(0, 0, ZS.index(5.0)),
    )


def _frame(which: int, target: int, place: int) -> Frame:
    loss, y, z = LOSSES[which], TARGETS[target], ZS[place]
    point = _at(loss, y, z)
    curve = [_at(loss, y, float(one)) for one in _CURVE]
    title = f"C, the {_name(loss)}"
    costs = plot(
        [
            Line(_CURVE, [one["C"] for one in curve], FORWARD_INK),
            _tangent(z, point),
            Dot(z, point["C"], INK),
        ],
        f"{title}, over z, for the target {number(y)}, with its tangent. At z = {number(z)} it is "
        f"{number(point['C'])}, and its slope, delta, is {number(point['delta'], DIGITS)}.",
        title=title,
        x_name="z",
        x_range=(-1.06 * REACH, 1.06 * REACH),
        y_range=_room(loss),
    )
    slopes = plot(
        [*_lines(loss, curve), Dot(z, point["delta"], INK)],
        f"Delta, the slope of that loss, over z, beside the dotted difference a minus y. At z = {number(z)} delta is "
        f"{number(point['delta'], DIGITS)} and the difference is {number(point['off'], DIGITS)}.",
        title="δ = dC/dz, what the unit is told",
        x_name="z",
        x_range=(-1.06 * REACH, 1.06 * REACH),
        y_range=(-0.2, 1.15) if y == 0 else (-1.15, 0.2),
    )
    rows = (
        (math(r"a = \sigma(z)"), "what the unit says", number(point["a"], DIGITS)),
        (math("a - y"), "how far off it is", number(point["off"], DIGITS)),
        (math("C"), "the loss", number(point["C"])),
        (math(r"\partial C / \partial a"), "slope of the loss", number(point["da"], DIGITS)),
        (math(r"\sigma'(z)"), "slope of the sigmoid", number(point["slope"])),
        (math(r"\delta"), "the two slopes multiplied", number(point["delta"], DIGITS)),
    )
    return Frame((costs, slopes), _in_words(loss, y, z, point), ("symbol", "what it is", "value"), rows)


def _at(loss: Loss, y: float, z: float) -> dict[str, float]:
    """Return all numbers of the unit at this z."""
    one, target = np.array([[z]]), np.array([[y]])
    a = sigmoid(one)
    return {
        "a": float(a[0, 0]),
        "off": float(a[0, 0] - y),
        "C": loss.value(sigmoid, one, a, target),
        "da": float(loss.slope(a, target)[0, 0]),
        "slope": float(sigmoid.slope(one)[0, 0]),
        "delta": float(loss.delta(sigmoid, one, a, target)[0, 0]),
    }


def _name(loss: Loss) -> str:
    return "binary cross-entropy" if loss is binary_cross_entropy else loss.name.replace("_", " ")


def _room(loss: Loss) -> tuple[float, float]:
    top = max(_at(loss, 0.0, REACH)["C"], _at(loss, 1.0, -REACH)["C"])
    return -0.1 * top, 1.2 * top


def _tangent(z: float, point: dict[str, float]) -> Line:
    ends = np.array([-REACH, REACH])
    return Line(ends, point["C"] + point["delta"] * (ends - z), BACKWARD_INK, dashes=(7, 4))


def _lines(loss: Loss, curve: list[dict[str, float]]) -> list[Item]:
    """Draw delta, and dotted what it would be with the other loss; where they are one, one name is enough."""
    one = loss.matched is sigmoid
    return [
        Line(_CURVE, [point["off"] for point in curve], INK, "" if one else "a − y", dashes=(2, 3), thick=1.6),
        Line(_CURVE, [point["delta"] for point in curve], BACKWARD_INK, "δ = a − y" if one else "δ"),
    ]


def _in_words(loss: Loss, y: float, z: float, point: dict[str, float]) -> str:
    off, delta = point["off"], point["delta"]
    start = (
        f'The unit receives {number(z)} and says <span class="bl-forward">{number(point["a"], DIGITS)}</span>; '
        f"it should say {number(y)}. It is told δ = {number(point['da'], DIGITS)} × {number(point['slope'])} = "
        f'<span class="bl-backward">{number(delta, DIGITS)}</span>. '
    )
    if abs(off) < NEAR:
        return start + "The answer is nearly right, so there is little to say."
    if loss.matched is sigmoid:
        return start + (
            "That is just how far off it is: the slope of this loss is the difference divided by the slope of the "
            "sigmoid, and the two slopes cancel."
        )
    if abs(off) > FAR and abs(delta) < DEAF:
        return start + (
            "It is nearly as wrong as it can be, and told less than a tenth of the most that this loss ever tells it: "
            "the sigmoid is flat there."
        )
    return start + "The slope of the sigmoid, at most a quarter, takes away most of it."


def _question() -> Question:
    z, y = ZS[-1], TARGETS[0]
    point = _at(half_squared_error, y, z)
    steepest = number(point["off"] * float(sigmoid.slope(0.0)))
    right = number(point["delta"], 2)
    return Question(
        f"A sigmoid unit receives {number(z)} and says {number(point['a'], DIGITS)}. It should say {number(y)}. "
        r"The loss is half the squared error. How large is $\delta = \partial C / \partial z$, which it is told?",
        {
            number(point["off"], DIGITS): (
                "That is how far off the answer is. δ is a slope: it says how much the loss changes when z moves, and "
                "the flat sigmoid stands in between."
            ),
            steepest: (
                f"That takes the sigmoid where it is steepest, at z = 0. Its slope is read where the unit is, at z = "
                f"{number(z)}."
            ),
            right: (
                f"The difference is nearly 1, but the sigmoid is nearly flat at z = {number(z)}, with the slope "
                f"{number(point['slope'], 2)}, and the two multiply. A unit that is as wrong as it can be hears hardly "
                "anything."
            ),
            "more than 1: so wrong an answer must be corrected strongly": (
                "One would wish so. But δ is the difference, which is at most 1, times the slope of the sigmoid, which "
                "is at most a quarter. It can't come to more than a quarter."
            ),
        },
        right,
    )
