"""Depth laboratory: how much of the gradient reaches the first layer, and why no learning rate mends it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.figures.diagram import BACKWARD_INK, THIRD_INK, number
from backprop_lab.figures.plot import Dot, Line, plot
from backprop_lab.figures.powers import in_powers
from backprop_lab.gradient_flow import FlowConfiguration, compare_gradient_flow
from backprop_lab.initialization import Initialization, normal
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Menu, Question, Slider
from backprop_lab.widgets.player import math as formula

__all__ = ["CURES", "DEPTHS", "EXAMPLES", "KINDS", "RATES", "SEED", "WIDTH", "Kind", "depth_laboratory"]

DEPTHS = (2, 5, 10, 20, 50)
WIDTH, EXAMPLES, SEED = 32, 32, 0
RATES = (0.1, 1.0)
SEEN = (1e-16, 1e14)  # what the axes show, the same for every network
TICKS = [(1.0, "1"), (10.0, "10"), (20.0, "20"), (30.0, "30"), (40.0, "40"), (50.0, "50")]
MUCH = 100.0  # times: from here on one learning rate does not suit both ends
TINY, HUGE = 1e-3, 1e3  # norms of dW that a usual learning rate makes nothing of, or far too much
DOTTED = 20  # layers; dots of more would touch


@dataclass(frozen=True)
class Kind:
    """A kind of unit with weights to start from.

    Attributes
    ----------
    units : str
    draw : str or Initialization
    factor : float or None
        What theory says that delta is multiplied by in each layer: the root of n Var(W), times the slope. A sigmoid's
        slope is 1/4 and tanh's is 1 where z = 0, ReLU's square is 1/2 on average. None: the units saturate.
    """

    units: str
    draw: str | Initialization
    factor: float | None = None


KINDS = {
    "sigmoid, Xavier": Kind("sigmoid", "xavier", 1 / 4),
    "tanh, small normal (0.1)": Kind("tanh", normal(scale=0.1), 0.1 * math.sqrt(WIDTH)),
    "tanh, Xavier": Kind("tanh", "xavier", 1.0),
    "tanh, large normal (1)": Kind("tanh", "normal"),
    "ReLU, Xavier": Kind("relu", "xavier", math.sqrt(1 / 2)),
    "ReLU, He": Kind("relu", "he", 1.0),
    "ReLU, large normal (1)": Kind("relu", "normal", math.sqrt(WIDTH / 2)),
}
# What the button says: a normalization, and whether each layer adds to its input.
CURES = {
    "none": ("none", False),
    "residual": ("none", True),
    "batch norm": ("batch", False),
    "both": ("batch", True),
}
WITH = {
    "none": "",
    "residual": ", with residual connections",
    "batch norm": ", with batch normalization",
    "both": ", with batch normalization and residual connections",
}


def depth_laboratory() -> FramePlayer:
    """Return the interactive: |delta| layer by layer before training, for depths, kinds of networks and cures."""
    kinds, cures = list(KINDS), list(CURES)
    flows = {(kind, cure): _measure(KINDS[kind], cure) for kind in kinds for cure in cures}

    def frame(depth: int, kind: int, cure: int) -> Frame:
        name, help_ = kinds[kind], cures[cure]
        factor = KINDS[name].factor if help_ == "none" else None
        return _frame(flows[name, help_][depth], f"{name}{WITH[help_]}", factor)

    return FramePlayer(
        "depth laboratory",
        frame,
        [
            Slider("layers", [str(depth) for depth in DEPTHS], start=DEPTHS.index(20)),
            Menu("network", kinds),
            Buttons("cure", cures),
        ],
        "Take 50 layers of sigmoid: which cures bring δ of the first layer within a hundred times that of the last? "
        "Then give the same cures to 50 layers of “ReLU, He”, which needs none.",
        predict=_question(flows[kinds[0], "none"][DEPTHS.index(20)]),
    )


def _measure(kind: Kind, cure: str) -> list[FlowConfiguration]:
    """Measure this network at every depth."""
    normalization, residual = CURES[cure]
    return list(
        compare_gradient_flow(
            depths=DEPTHS,
            activations=[kind.units],
            initializations=[kind.draw],
            normalizations=[normalization],
            residual=[residual],
            width=WIDTH,
            examples=EXAMPLES,
            seed=SEED,
        )
    )


def _frame(flow: FlowConfiguration, name: str, factor: float | None) -> Frame:
    delta, dW = flow.mean_delta, flow.gradient_norm
    middle = (flow.depth + 1) // 2
    kept = float(delta[0] / delta[-1])
    sentence = (
        f"{flow.depth} hidden layers, {name}. In the first, δ is {in_powers(kept, 2)} times as large as in the last, "
        f"a factor of {in_powers(_factor(delta), 2)} for each layer on the way back. {_verdict(flow, kept)}"
    )
    rows = (
        ("first, 1", in_powers(delta[0], 3), in_powers(dW[0], 3)),
        *(
            [(f"middle, {middle}", in_powers(delta[middle - 1], 3), in_powers(dW[middle - 1], 3))]
            if 1 < middle < flow.depth
            else []
        ),
        (f"last, {flow.depth}", in_powers(delta[-1], 3), in_powers(dW[-1], 3)),
        ("first ÷ last", in_powers(kept, 3), in_powers(flow.ratio, 3)),
        ("factor for each layer back", in_powers(_factor(delta), 3), in_powers(_factor(dW), 3)),
    )
    header = ("hidden layer", "mean " + formula(r"|\delta|"), "size of " + formula("dW"))
    return Frame((_deltas(flow, name, factor), _steps(flow, name)), sentence, header, rows)


def _factor(sizes: Array) -> float:
    """Return what each layer multiplies by on the way back, as a geometric mean."""
    return float((sizes[0] / sizes[-1]) ** (1 / (len(sizes) - 1)))


def _verdict(flow: FlowConfiguration, kept: float) -> str:
    """Say what that means for learning, where a weight's step is the learning rate times its gradient."""
    ratio, dW = flow.ratio, flow.gradient_norm
    if ratio < 1 / MUCH:
        return (
            "For its weights to step as far as those of the last, they would need a learning rate "
            f"{in_powers(1 / ratio, 2)} times as large."
        )
    if ratio > MUCH:
        return f"Its weights step {in_powers(ratio, 2)} times as far as those of the last."
    if 1 / MUCH <= kept <= MUCH:
        return "First and last layer can learn at the same learning rate."
    change = "shrink" if kept < 1 else "grow"
    size = (
        ", and is tiny in all layers" if dW.max() < TINY else ", and is huge in all layers" if dW.min() > HUGE else ""
    )
    return (
        f"Yet dW is δ times activations, and these {change} on the way forward: from first to last layer |dW| differs "
        f"by a factor of {in_powers(max(ratio, 1 / ratio), 2)} only{size}."
    )


def _deltas(flow: FlowConfiguration, name: str, factor: float | None) -> str:
    """Draw mean |delta| of every layer, and the line of the theory where there is one."""
    layers, delta = np.arange(1, flow.depth + 1), flow.mean_delta
    items: list[Line | Dot] = []
    if factor is not None:
        ends = [delta[-1] * factor ** (flow.depth - 1), delta[-1]]
        items.append(Line(layers[[0, -1]], ends, THIRD_INK, dashes=(6, 4), thick=1.8))
    items.append(Line(layers, delta, BACKWARD_INK, thick=1.6))
    if flow.depth <= DOTTED:
        items += [Dot(float(x), float(y), BACKWARD_INK, radius=2.2) for x, y in zip(layers, delta, strict=True)][1:-1]
    items += [Dot(float(layers[end]), float(delta[end]), BACKWARD_INK, radius=4.5) for end in (0, -1)]
    theory = "" if factor is None else f"dashed: theory, × {number(factor, 3)} a layer"
    return plot(
        [*items, *_left_of_view(delta[0])],
        f"Mean |δ| over the hidden layers, on a logarithmic axis: {name}, {flow.depth} hidden layers. In the first "
        f"layer {in_powers(delta[0], 3)}, in the last {in_powers(delta[-1], 3)}. {theory}",
        title="What comes back: mean |δ|",
        y_name=theory or " ",
        x_name="hidden layer",
        x_range=(0.0, 51.0),
        y_range=SEEN,
        x_ticks=TICKS,
        log_y=True,
        height=270,
    )


def _steps(flow: FlowConfiguration, name: str) -> str:
    """Draw how far the weights of every layer step, at two learning rates."""
    layers, (low, high) = np.arange(1, flow.depth + 1), RATES
    short, long = low * flow.gradient_norm, high * flow.gradient_norm
    return plot(
        [
            Line(layers, long, BACKWARD_INK, dashes=(2, 3), thick=2.4),
            Line(layers, short, BACKWARD_INK),
            *[Dot(float(layers[end]), float(short[end]), BACKWARD_INK, radius=4.5) for end in (0, -1)],
            *_left_of_view(short[0]),
        ],
        f"How far the weights of each hidden layer step, on a logarithmic axis: {name}, {flow.depth} hidden layers. At "
        f"the learning rate {number(low)} in the first layer {in_powers(short[0], 3)}, in the last "
        f"{in_powers(short[-1], 3)}; at {number(high)} {in_powers(long[0], 3)} and {in_powers(long[-1], 3)}: the same "
        "line, moved up.",
        title="The weights’ steps: rate × |dW|",
        y_name=f"solid: rate {number(low)}, dotted: rate {number(high)}",
        x_name="hidden layer",
        x_range=(0.0, 51.0),
        y_range=SEEN,
        x_ticks=TICKS,
        log_y=True,
        height=270,
    )


def _left_of_view(value: float) -> list[Dot]:
    """Write down the first layer's value where it lies above or below what the axis shows."""
    low, high = SEEN
    if low <= value <= high:
        return []
    arrow, edge = ("↓", low) if value < low else ("↑", high)
    return [Dot(1.0, edge, BACKWARD_INK, f"{arrow} {in_powers(value, 2)}", radius=0)]


def _question(flow: FlowConfiguration) -> Question:
    low, high = RATES
    ratio, more = in_powers(flow.ratio, 2), in_powers(1 / flow.ratio, 2)
    right = "every layer steps ten times as far, so the first layers still hardly move"
    return Question(
        f"A network of {flow.depth} sigmoid layers does not learn in its first layers. You raise the learning rate "
        f"tenfold, from {number(low)} to {number(high)}. What happens?",
        {
            "the first layers catch up: their steps were only too short": (
                f"They were too short by far more than ten. The weights of the first layer step {ratio} times as far "
                f"as those of the last. A learning rate that makes up for this would be {more} times as large, and "
                "would throw the last layers far away."
            ),
            "their gradient grows tenfold, so that it no longer vanishes": (
                "The learning rate does not occur in the backward pass. The gradient is computed first, by BP1 to BP4, "
                "and only then multiplied by the rate."
            ),
            right: (
                f"The rate multiplies every layer's step alike, so the ratio of first to last stays {ratio}. What "
                "vanishes, vanishes in the backward pass: in every layer δ is multiplied by W and by $\\sigma'(z)$, "
                "which is at most 1/4."
            ),
            "nothing at all: their gradient is exactly 0": (
                f"It is small, not 0: mean |δ| in the first layer is {in_powers(flow.mean_delta[0], 2)}. It has been "
                "multiplied by about a quarter in each layer."
            ),
        },
        right,
    )
