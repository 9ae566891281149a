"""Nudge: move one weight by h, and compare what the loss really does with what its slope promises."""

from __future__ import annotations

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.examples import worked_example
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, THIRD_INK, number
from backprop_lab.figures.plot import Dot, Line, plot
from backprop_lab.network import Network
from backprop_lab.widgets.own import Scene, all_or_none, own_example
from backprop_lab.widgets.player import Frame, FramePlayer, Menu, Question, Slider, math

__all__ = ["STEPS", "nudge"]

STEPS = (-4.0, -2.0, -1.0, -0.5, -0.1, -0.01, 0.01, 0.1, 0.5, 1.0, 2.0, 4.0)
REACH = 5.0
POINTS = 61
ASKED = 4.0  # the step that the question is about


def nudge(network: Network | None = None, x: Array | None = None, y: Array | None = None) -> FramePlayer:
    """Return the interactive, on one example of a small network; by default the one that is worked by hand.

    Parameters
    ----------
    network, x, y : Network, array (1, n_in), array (1, n_out), optional
        All three or none.

    Raises
    ------
    TypeError, ValueError
        If the example does not fit the network, or only some of the three are given.
    """
    given = all_or_none(network, x, y, worked_example)
    return FramePlayer(
        "nudge",
        *_scene(*given),
        "All weights have the same scale: which of them matters most, and which hardly? And for which does even a "
        "large step keep the promise?",
        predict=_question(*given),
        own=own_example(*given, _scene),
    )


def _scene(network: Network, x: Array, y: Array) -> Scene:
    theta, slopes = network.parameters.copy(), network.gradients(x, y).vector
    cost = network.loss(x, y)
    names = _names(network)
    places = np.linspace(-REACH, REACH, POINTS)

    def loss_at(which: int, h: float) -> float:
        moved = theta.copy()
        moved[which] += h
        return network.with_parameters(moved).loss(x, y)

    curves = [np.array([loss_at(which, h) for h in places]) for which in range(len(theta))]

    room = _room(curves, cost, float(np.abs(slopes).max()))

    def frame(which: int, step: int) -> Frame:
        h, slope, start = STEPS[step], float(slopes[which]), float(theta[which])
        promised, real = slope * h, loss_at(which, h) - cost
        name = names[which]
        gap = number(real - promised)
        picture = plot(
            [
                Line(start + places, curves[which], FORWARD_INK, "C"),
                Line(
                    [start - REACH, start + REACH],
                    [cost - slope * REACH, cost + slope * REACH],
                    BACKWARD_INK,
                    dashes=(7, 4),
                ),
                Line([start + h, start + h], [cost + promised, cost + real], THIRD_INK, dashes=(2, 2), thick=3),
                Dot(start, cost, INK),
                Dot(start + h, cost + promised, BACKWARD_INK),
                Dot(start + h, cost + real, FORWARD_INK),
            ],
            f"The loss C over {name}, with its tangent at {number(start)}, of slope {number(slope)}. Moved by "
            f"{number(h)}: the slope promises {number(promised)}, the loss really changes by {number(real)}, a gap of "
            f"{gap}.",
            title=f"The loss C over {name}",
            x_name=name,
            y_range=room,
        )
        sentence = (
            f"{name} goes from {number(start)} to {number(start + h)}. Along the dashed tangent its slope promises a "
            f'change of <span class="bl-backward">{number(promised)}</span>; along the curve the loss really changes '
            f'by <span class="bl-forward">{number(real)}</span>. The dotted gap between the two is {gap}.'
        )
        rows = (
            (math(r"\partial C / \partial w"), "the slope, by backpropagation", number(slope)),
            (math(r"h \cdot \partial C / \partial w"), "the change that it promises", number(promised)),
            (math(r"C(w + h) - C(w)"), "the real change, by two forward passes", number(real)),
            ("gap", "the real change − the promised one", gap),
        )
        return Frame((picture,), sentence, ("number", "what it is", "value"), rows)

    controls = [
        Menu("weight", names, start=_first_of_last_layer(network)),
        Slider("h =", [number(h) for h in STEPS], start=STEPS.index(ASKED)),
    ]
    return frame, controls


def _room(curves: list[Array], cost: float, steepest: float) -> tuple[float, float]:
    """Show every curve, and every tangent as far as the largest step goes: one scale, so that weights compare."""
    reach = steepest * max(STEPS)
    low = min(cost - reach, *(curve.min() for curve in curves))
    high = max(cost + reach, *(curve.max() for curve in curves))
    air = 0.08 * (high - low) or 0.01
    return float(low - air), float(high + air)


def _names(network: Network) -> list[str]:
    """Name each entry of the vector of parameters: W1[1,2] from input 2 to unit 1 of layer 1, b1[1]."""
    names = []
    for number_, layer in enumerate(network.layers, start=1):
        n_out, n_in = layer.W.shape
        for unit in range(1, n_out + 1):
            names += [f"W{number_}[{unit},{source}]" for source in range(1, n_in + 1)]
            names.append(f"b{number_}[{unit}]")
    return names


def _first_of_last_layer(network: Network) -> int:
    return int(network.parameters.size - network.layers[-1].matrix.size)


def _question(network: Network, x: Array, y: Array) -> Question:
    which, h = _first_of_last_layer(network), ASKED
    slope = float(network.gradients(x, y).vector[which])
    miss = float((network.predict(x) - y)[0, 0])
    moved = network.parameters.copy()
    moved[which] += h
    real = number(network.with_parameters(moved).loss(x, y) - network.loss(x, y), 2)
    promised = number(slope * h, 2)
    right = f"it promises {promised}, and the change is another"
    return Question(
        f"The network says {number(miss, 2)} too much, and the gradient of one of its weights is {number(slope, 2)}. "
        f"You raise this weight by {number(h)}, which is much. Which change of the loss does the gradient promise, and "
        "does the loss keep to it?",
        {
            f"it promises {number(miss * h, 2)}, and the change is another": (
                "That would be the miss, a − y, times the step. The gradient is not the miss: one and the same miss "
                "gives each weight another gradient."
            ),
            f"it promises {promised}, and the change is just that": (
                "The gradient is the slope where the weight stands now. On the way the curve bends, and the slope "
                f"with it: the loss really changes by {real}. For a tiny step the two agree."
            ),
            right: (
                f"A slope times the step: {number(slope, 2)} · {number(h)}. That is the change along the tangent; the "
                f"curve bends away from it, and the loss really changes by {real}."
            ),
            f"it promises {number(slope, 2)}, and the change is another": (
                f"That is the promise for a step of 1. The weight moves by {number(h)}, so it is {number(h)} times as "
                "much."
            ),
        },
        right,
    )
