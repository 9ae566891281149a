"""Initialization histograms: what the activations and the deltas of each layer look like before training."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK
from backprop_lab.figures.plot import Bars, Dot, Line, Mark, plot
from backprop_lab.figures.powers import in_powers
from backprop_lab.gradient_flow import measure_gradient_flow
from backprop_lab.initialization import Initialization, normal
from backprop_lab.network import Network
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Menu, Question, Slider

__all__ = [
    "BINS",
    "INITIALIZATIONS",
    "LAYERS",
    "UNITS",
    "examples",
    "initialization_histograms",
    "network",
]

WIDTH, LAYERS, EXAMPLES, CLASSES, SEED = 100, 6, 60, 10, 0
BINS = 21
REACH = 3.0  # standard deviations that the axes show, of the layer where they are largest
HIGHEST = 0.5  # share; a bar that is higher leaves the frame
SEEN = (1e-14, 1e7)
INITIALIZATIONS: dict[str, str | Initialization] = {
    "zeros": "zeros",
    "small normal (0.01)": normal(scale=0.01),
    "Xavier": "xavier",
    "He": "he",
    "large normal (1)": "normal",
}
UNITS = {"tanh": "tanh", "ReLU": "relu", "sigmoid": "sigmoid"}


@dataclass(frozen=True, eq=False)
class Flow:
    """What the hidden layers hold, first layer first.

    Attributes
    ----------
    activations, deltas : list of array (N, width)
    saturated : array (n_layers,)
        Share of slopes below a twentieth of the largest, as in `GradientFlow`.
    """

    activations: list[Array]
    deltas: list[Array]
    saturated: Array

    @property
    def spread_of_a(self) -> Array:
        """Standard deviation of the activations, by layer."""
        return np.array([a.std() for a in self.activations])

    @property
    def spread_of_delta(self) -> Array:
        """Standard deviation of delta, by layer."""
        return np.array([delta.std() for delta in self.deltas])


def examples() -> tuple[Array, Array]:
    """Return standard normal inputs x (N, width), and classes y (N, classes) drawn at random, one-hot."""
    rng = np.random.default_rng(SEED)
    x = rng.standard_normal((EXAMPLES, WIDTH))
    return x, np.eye(CLASSES)[rng.integers(0, CLASSES, EXAMPLES)]


def network(units: str, draw: str | Initialization) -> Network:
    """Return a network of six hidden layers of a hundred units; `units` is the name of an activation."""
    return Network(
        [WIDTH] * (LAYERS + 1) + [CLASSES],
        hidden=units,
        output="softmax",
        loss="categorical_cross_entropy",
        initialization=draw,
        seed=SEED,
    )


def initialization_histograms() -> FramePlayer:
    """Return the interactive: histograms of a and of delta, as in figures 6 and 7 of Glorot and Bengio (2010)."""
    draws, units = list(INITIALIZATIONS), list(UNITS)
    flows = {(draw, unit): _flow(UNITS[unit], INITIALIZATIONS[draw]) for draw in draws for unit in units}
    small = draws.index("small normal (0.01)")

    def frame(draw: int, unit: int, place: int) -> Frame:
        return _frame(flows[draws[draw], units[unit]], draws[draw], units[unit], place)

    return FramePlayer(
        "initialization histograms",
        frame,
        [
            Menu("weights", draws, start=small),
            Buttons("units", units),
            Slider("layer", [str(layer + 1) for layer in range(LAYERS)]),
        ],
        "Large normal weights push most tanh units to the flat ends, −1 and 1. Does δ shrink on its way back?",
        predict=_question(flows["small normal (0.01)", "tanh"]),
        printed=(small, 0, LAYERS - 1),
    )


def _flow(units: str, draw: str | Initialization) -> Flow:
    x, y = examples()
    model = network(units, draw)
    _, caches = model.forward(x)
    gradients = model.backward(caches, y)
    return Flow(
        [cache.a for cache in caches[:-1]],
        [gradient.delta for gradient in gradients[: len(caches) - 1]],
        measure_gradient_flow(model, x, y).saturated[:-1],
    )


def _frame(flow: Flow, draw: str, unit: str, place: int) -> Frame:
    of_a, of_delta = flow.spread_of_a, flow.spread_of_delta
    name = f"{unit} units, {draw} weights" if draw != "zeros" else f"{unit} units, all weights 0"
    rows = (
        (f"spread of a in layer {place + 1}", in_powers(of_a[place])),
        (f"spread of δ in layer {place + 1}", in_powers(of_delta[place])),
        ("spread of a, last layer ÷ first", _ratio(of_a[-1], of_a[0])),
        ("spread of δ, first layer ÷ last", _ratio(of_delta[0], of_delta[-1])),
        (
            f"flat in layer {place + 1}: share of slopes below 1/20 of the largest",
            f"{100 * flow.saturated[place]:.0f}%",
        ),
    )
    pictures = (
        _forward(flow, unit, name, place),
        _backward(flow, name, place),
        _spreads(of_a, of_delta, name, place),
    )
    return Frame(pictures, _sentence(flow, name, place), ("spread = standard deviation", "value"), rows)


def _ratio(above: float, below: float) -> str:
    return "0 ÷ 0" if below == 0 else in_powers(above / below)


def _sentence(flow: Flow, name: str, place: int) -> str:
    of_a, of_delta = flow.spread_of_a, flow.spread_of_delta
    if of_delta[-1] == 0:
        return (
            f"Layer {place + 1} of {LAYERS}, {name}. The units of a layer are copies of each other, and with W = 0 "
            "no δ comes through: it is exactly 0, and in this step no hidden layer learns."
        )
    forward, back = of_a[-1] / of_a[0], of_delta[0] / of_delta[-1]
    if back < 0.1:
        meaning = "little of the gradient reaches the first layer."
    elif back > 10:
        meaning = "the gradient grows on its way to the first layer."
    else:
        meaning = "it keeps its size to within a factor of ten."
    return (
        f"Layer {place + 1} of {LAYERS}, {name}: a spreads by {in_powers(of_a[place], 2)}, δ by "
        f"{in_powers(of_delta[place], 2)}. From the first layer to the last the spread of a changes by a factor of "
        f"{in_powers(forward, 2)}; back from the last to the first that of δ by {in_powers(back, 2)}: {meaning}"
    )


def _forward(flow: Flow, unit: str, name: str, place: int) -> str:
    half = 0.5 if unit != "ReLU" else _round_up(REACH / 2 * float(flow.spread_of_a.max()))
    low, high = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0), "ReLU": (0.0, 2 * half)}[unit]
    edges, shares = _histogram(flow.activations[place], low, high)
    middle, end = (low + high) / 2, "1" if unit != "ReLU" else ""
    ticks = [(low, in_powers(low)), (middle, in_powers(middle)), (high, end)]
    return _draw([Bars(edges, shares, FORWARD_INK), *_too_high(edges, shares, FORWARD_INK)], "a", name, place, ticks)


def _backward(flow: Flow, name: str, place: int) -> str:
    half = _round_up(REACH / 2 * float(flow.spread_of_delta.max()))
    edges, shares = _histogram(flow.deltas[place], -2 * half, 2 * half)
    outline = Line(np.repeat(edges, 2), [0, *np.repeat(shares, 2), 0], BACKWARD_INK, thick=1.8)
    ticks = [(-half, in_powers(-half)), (0.0, "0"), (half, in_powers(half))]
    return _draw([outline, *_too_high(edges, shares, BACKWARD_INK)], "δ", name, place, ticks, 2 * half)


def _histogram(values: Array, low: float, high: float) -> tuple[Array, Array]:
    """Return edges and shares; the outermost bars hold what lies beyond, too."""
    counts, edges = np.histogram(values.clip(low, high), BINS, (low, high))
    return edges, counts / values.size


def _too_high(edges: Array, shares: Array, ink: str) -> list[Dot]:
    """Write the share on bars that leave the frame."""
    middles = (edges[:-1] + edges[1:]) / 2
    return [
        Dot(float(middles[i]), 0.78 * HIGHEST, ink, f"{100 * shares[i]:.0f}%", radius=0)
        for i in np.flatnonzero(shares > HIGHEST)
    ]


def _draw(
    items: list[Bars | Line | Dot],
    what: str,
    name: str,
    place: int,
    ticks: list[tuple[float, str]],
    reach: float | None = None,
) -> str:
    direction = "Forward" if what == "a" else "Backward"
    bars = next(item for item in items if isinstance(item, (Bars, Line)))
    heights = np.asarray(bars.heights if isinstance(bars, Bars) else bars.ys)
    edges = np.asarray(bars.edges if isinstance(bars, Bars) else bars.xs)
    return plot(
        items,
        f"Histogram of {what} in hidden layer {place + 1}; {name}. The highest bar holds {100 * heights.max():.0f}% of "
        f"the values; the bars run from {in_powers(edges[0])} to {in_powers(edges[-1])}.",
        title=f"{direction}: {what} in layer {place + 1}",
        y_name="share of all values in the layer",
        x_name=what,
        x_range=(ticks[0][0], ticks[-1][0]) if reach is None else (-reach, reach),
        y_range=(0.0, HIGHEST),
        x_ticks=ticks,
        height=210,
    )


def _round_up(value: float) -> float:
    """Return the next number of one digit, or 1 for 0."""
    if value == 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return float(f"{math.ceil(value / power) * power:.0e}")


def _spreads(of_a: Array, of_delta: Array, name: str, place: int) -> str:
    layers = range(1, LAYERS + 1)
    told = [", ".join(in_powers(value, 2) for value in spreads) for spreads in (of_a, of_delta)]
    return plot(
        [
            Mark(x=place + 1, ink=INK),
            Line(layers, of_a, FORWARD_INK, dots=True),
            Line(layers, of_delta, BACKWARD_INK, dashes=(6, 4), dots=True),
        ],
        f"Standard deviations in the hidden layers 1 to {LAYERS}; {name}. Of a: {told[0]}. Of δ: {told[1]}.",
        title="Spread, layer by layer",
        y_name="standard deviation; solid: a, dashed: δ" if of_delta[-1] else "all 0, which has no place on this axis",
        x_name="hidden layer",
        x_range=(0.7, LAYERS + 0.3),
        y_range=SEEN,
        x_ticks=[(layer, str(layer)) for layer in layers],
        log_y=True,
        height=180,
    )


def _question(flow: Flow) -> Question:
    of_a, of_delta = flow.spread_of_a, flow.spread_of_delta
    back = in_powers(of_delta[0] / of_delta[-1], 2)
    right = "hardly any of it: it shrinks in every layer"
    return Question(
        f"{LAYERS} layers of {WIDTH} tanh units. All weights are close to 0, drawn with a standard deviation of 0.01, "
        "so that no unit is anywhere near its flat ends: every slope is almost 1. How much of the gradient reaches the "
        "first layer?",
        {
            "all of it: only flat slopes make gradients vanish": (
                r"The slopes are half of the story. In $\delta^l = (W^{l+1})^{\mathsf T} \delta^{l+1} \odot f'(z^l)$ "
                r"there is W, "
                f"too, and small weights make δ small: its spread falls to {back} of what it was."
            ),
            right: (
                f"Each layer multiplies the spread of δ by about {in_powers(math.sqrt(WIDTH) * 0.01, 2)}: the root of "
                f"{WIDTH}, times 0.01, as every slope is almost 1. So {back} of it is left in the first layer, and on "
                f"the way forward a shrinks alike, to a spread of {in_powers(of_a[-1], 2)}."
            ),
            "more than all: it grows in every layer": (
                "It would grow with large weights. Here every layer multiplies by small ones."
            ),
            "that depends on the learning rate": (
                "The learning rate does not occur in the backward pass; it multiplies the gradient once that is known."
            ),
        },
        right,
    )
