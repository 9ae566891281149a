"""Network playground: a small network learns exclusive or, one training step at a time, with every gradient shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backprop_lab.arrays import Array, as_whole
from backprop_lab.data import xor
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, number
from backprop_lab.figures.network_flow import MOST_HIDDEN, Edges, Square, decimal, network_flow
from backprop_lab.figures.plot import Dot, Line, plot
from backprop_lab.network import Gradients, LayerCache, Network
from backprop_lab.optimizers import GradientDescent
from backprop_lab.widgets.own import Field, Own, Scene, read_number, read_whole
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Question, Slider

__all__ = ["HIDDEN", "RATE", "SEED", "STEPS", "network_playground"]

HIDDEN, RATE, SEED = 3, 3.0, 2
STEPS = 30
FORWARD, BACKWARD = 0, 1
WEIGHT, GRADIENT = 0, 1
PRINTED_STEP = 15


def network_playground() -> FramePlayer:
    """Return the interactive: thirty steps of gradient descent on exclusive or."""
    return FramePlayer(
        "network playground",
        *_scene(RATE, HIDDEN, SEED),
        "Here the loss C falls at every step. Yet one of the four examples stays worse off than at the start for more "
        "than ten steps. Which one?",
        predict=_question(_story(RATE, HIDDEN, SEED)),
        printed=(BACKWARD, GRADIENT, PRINTED_STEP),
        own=_own(),
    )


def _own() -> Own:
    return Own(
        [
            Field("learning rate", f"{RATE:g}", read_number("learning rate", 0.001, 50)),
            Field("hidden units", f"{HIDDEN}", read_whole("hidden units", 1, MOST_HIDDEN)),
            Field("seed", f"{SEED}", read_whole("seed", 0, 2**63)),
        ],
        _scene,
    )


@dataclass(frozen=True, eq=False)
class Moment:
    """The network after some training steps, with what flows forward and backward, and each example's loss (4,)."""

    network: Network
    caches: list[LayerCache]
    gradients: Gradients
    loss: float
    losses: Array


def _story(learning_rate: float, hidden: int, seed: int) -> list[Moment]:
    if as_whole("hidden units", hidden) > MOST_HIDDEN:
        raise ValueError(f"hidden units is {hidden}, expected 1 to {MOST_HIDDEN}, so that the picture stays legible")
    as_whole("seed", seed, least=0)
    x, y = xor()
    network = Network([2, hidden, 1], hidden="tanh", loss="binary_cross_entropy", seed=seed)
    optimizer, parameters, moments = GradientDescent(learning_rate), network.parameters, []
    for _ in range(STEPS + 1):
        still = network.with_parameters(parameters)
        _, caches = still.forward(x)
        losses = np.array([still.loss(x[i : i + 1], y[i : i + 1]) for i in range(len(x))])
        moments.append(Moment(still, caches, still.backward(caches, y), still.loss(x, y), losses))
        optimizer.step(parameters, moments[-1].gradients.vector)
    return moments


def _scene(learning_rate: float, hidden: int, seed: int) -> Scene:
    moments = _story(learning_rate, hidden, seed)
    losses = [moment.loss for moment in moments]
    curves = [_curve(losses, step, learning_rate) for step in range(STEPS + 1)]
    scales = Scales(
        delta=max(float(abs(g.delta).max()) for moment in moments for g in moment.gradients),
        weight=max(float(abs(layer.W).max()) for moment in moments for layer in moment.network.layers),
        gradient=max(float(abs(g.dW).max()) for moment in moments for g in moment.gradients),
    )

    def frame(way: int, edges: int, step: int) -> Frame:
        moment = moments[step]
        words = [_progress(losses, step), _squares_in_words(moment, way), _edges_in_words(moment, edges, learning_rate)]
        header, rows = _table(moment, way, edges)
        return Frame((_network(moment, way, edges, scales), curves[step]), " ".join(words), header, rows)

    controls = [
        Buttons("pass", ("Forward", "Backward")),
        Buttons("edges show", ("weight", "gradient")),
        Slider("training steps", [str(step) for step in range(STEPS + 1)], milliseconds=900, forth="Training step"),
    ]
    return frame, controls


# ------------------------------------------------------------------ pictures


@dataclass(frozen=True)
class Scales:
    """What is drawn strongest: the largest of all steps, so that sizes can be compared from step to step."""

    delta: float
    weight: float
    gradient: float


def _network(moment: Moment, way: int, edges: int, scales: Scales) -> str:
    x, y = xor()
    shown = _through_units(moment, way)
    ink, decimals, full = (FORWARD_INK, 2, 1.0) if way == FORWARD else (BACKWARD_INK, 3, scales.delta)
    parts = _weights(moment, edges)

    def unit(name: str, layer: int, place: int) -> Square:
        bias = float(parts[layer][1][place])
        below = f"b {decimal(bias, 2)}" if edges == WEIGHT else f"∂C/∂b {decimal(bias, 3)}"
        return Square(name, shown[layer][:, place], decimals, full, ink, below)

    hidden = [unit(name, 0, place) for place, name in enumerate(_hidden_names(moment))]
    return network_flow(
        [Square(f"x{_low(i + 1)}", x[:, i], decimals=0, full=1.0) for i in range(2)],
        hidden,
        unit("output", 1, 0),
        (Square("target y", y[:, 0], 0, 1.0, INK), Square("loss", moment.losses, 2, 0.0, INK)),
        Edges(parts[0][0], parts[1][0], 2, scales.weight)
        if edges == WEIGHT
        else Edges(parts[0][0], parts[1][0], 3, scales.gradient, BACKWARD_INK),
        (
            "Forward →  a" if way == FORWARD else "← Backward  δ = ∂C/∂z",
            "edges: W" if edges == WEIGHT else "edges: ∂C/∂W",
        ),
        _label(moment, way, edges),
    )


def _curve(losses: list[float], step: int, learning_rate: float) -> str:
    steps, top = range(step + 1), max(losses)
    return plot(
        [
            Line(list(steps), losses[: step + 1], FORWARD_INK),
            Dot(step, losses[step], FORWARD_INK),
        ],
        f"The loss C, the binary cross-entropy, over the training steps with learning rate {number(learning_rate)}: "
        f"{number(losses[0])} at the start, {number(losses[step])} after {step}.",
        title=f"Loss C = {decimal(losses[step], 3)}, the mean of four",
        y_name=f"binary cross-entropy; learning rate {number(learning_rate)}",
        x_name="training steps",
        x_range=(0, STEPS),
        y_range=(0, 1.06 * top),
        height=310,
    )


def _label(moment: Moment, way: int, edges: int) -> str:
    """Say what the picture shows; all its numbers stand in the table, too."""
    name, value = _largest(moment, edges)
    outputs = _listed(_through_units(moment, way)[-1][:, 0])
    return (
        f"The network. {'Activations' if way == FORWARD else 'Deltas'} of the output for the four examples: {outputs}; "
        f"their losses: {_listed(moment.losses)}. "
        f"The largest {'weight' if edges == WEIGHT else 'gradient of a weight'}: {name}, {number(value, 3)}."
    )


def _listed(values: Array) -> str:
    return ", ".join(number(value, 3) for value in values)


# ------------------------------------------------------------------ words and numbers


def _progress(losses: list[float], step: int) -> str:
    start = (
        f"<strong>After {step} training step{'' if step == 1 else 's'}</strong> the loss is C = {number(losses[step])}"
    )
    if step == 0:
        return f"{start}: the network has not learned yet."
    change = losses[step] - losses[step - 1]
    return f"{start}; the last step changed it by {number(change, 3)}."


def _squares_in_words(moment: Moment, way: int) -> str:
    x, y = xor()
    if way == FORWARD:
        right = int(((moment.caches[-1].a > 0.5) == (y > 0.5)).sum())
        return (
            '<span class="bl-forward">Forward</span>: each square holds what a unit sends on for the four examples. '
            f"The output is on the right side of one half for {right} of 4."
        )
    delta = moment.gradients[-1].delta[:, 0]
    worst = int(abs(delta).argmax())
    return (
        f'<span class="bl-backward">Backward</span>: each square holds δ, how much C changes '
        "with what a unit receives. "
        f"At the output it is largest for the example ({x[worst, 0]:g}, {x[worst, 1]:g}), {number(delta[worst], 3)}: "
        f"there the prediction should {'fall' if delta[worst] > 0 else 'rise'}."
    )


def _edges_in_words(moment: Moment, edges: int, learning_rate: float) -> str:
    name, value = _largest(moment, edges)
    if edges == WEIGHT:
        return f"The thickest edge is the largest weight, {name}: {number(value, 3)}."
    step, shown = -learning_rate * value, number(value, 3) if value > 0 else f"({number(value, 3)})"
    return (
        f"The thickest edge has the largest gradient, {name}: {number(value, 3)}; the next step changes its weight by "
        f"−{number(learning_rate)} · {shown} = {number(step, 3)}."
    )


def _table(moment: Moment, way: int, edges: int) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return a row for each unit with what it holds for each example, and one with each weight that leads to it."""
    x, y = xor()
    symbol, names = "a" if way == FORWARD else "δ", [*_hidden_names(moment), "output"]
    weights = _weights(moment, edges)
    columns = max(len(x), len(names))  # the weights of the output and its bias

    def row(name: str, cells: list[str]) -> tuple[str, ...]:
        return (name, *cells, *[""] * (columns - len(cells)))

    rows = [
        row(f"{symbol} of {name}", _decimals(held, 3))
        for name, held in zip(names, np.hstack(_through_units(moment, way)).T, strict=True)
    ]
    rows += [row("target", [f"{target:g}" for target in y[:, 0]]), row("loss", _decimals(moment.losses, 3))]
    heads = [*(f"<strong>{place + 1}</strong>" for place in range(columns - 1)), "<strong>bias</strong>"]
    rows.append(row(f"<strong>{'W' if edges == WEIGHT else '∂C/∂W'} from unit</strong>", heads))
    learned = [pair for W, b in weights for pair in zip(W, b, strict=True)]
    for name, (into, bias) in zip(names, learned, strict=True):
        cells = _decimals(into, 3)
        rows.append(row(f"to {name}", [*cells, *[""] * (columns - 1 - len(cells)), decimal(bias, 3)]))
    examples = [f"({a:g}, {b:g})" for a, b in x]
    return ("example", *examples, *["bias"] * (columns - len(x))), tuple(rows)


def _decimals(values: Array, digits: int) -> list[str]:
    return [decimal(value, digits) for value in values]


def _through_units(moment: Moment, way: int) -> list[Array]:
    """Return what each layer's units hold, (4, n): activations, or deltas."""
    if way == FORWARD:
        return [cache.a for cache in moment.caches]
    return [gradient.delta for gradient in moment.gradients]


def _weights(moment: Moment, edges: int) -> list[tuple[Array, Array]]:
    """Return (W, b) of each layer, or their gradients."""
    if edges == WEIGHT:
        return [(layer.W, layer.b) for layer in moment.network.layers]
    return [(gradient.dW, gradient.db) for gradient in moment.gradients]


def _named_weights(moment: Moment, edges: int) -> list[tuple[str, float]]:
    """Return a pair (`x₁ to h₂`, number) for each edge."""
    (hidden, _), (output, _) = _weights(moment, edges)
    names = _hidden_names(moment)
    first = [
        (f"x{_low(source + 1)} to {name}", float(hidden[unit, source]))
        for unit, name in enumerate(names)
        for source in range(2)
    ]
    return first + [(f"{name} to output", float(output[0, source])) for source, name in enumerate(names)]


def _largest(moment: Moment, edges: int) -> tuple[str, float]:
    return max(_named_weights(moment, edges), key=lambda pair: abs(pair[1]))


def _hidden_names(moment: Moment) -> list[str]:
    return [f"h{_low(unit + 1)}" for unit in range(moment.network.sizes[1])]


def _low(digit: int) -> str:
    return "₀₁₂₃₄₅₆₇₈₉"[digit]


# ------------------------------------------------------------------ question and input


def _question(moments: list[Moment]) -> Question:
    before, after = moments[:2]
    fewer = int((after.losses < before.losses).sum())
    pairs = "; ".join(f"{decimal(b, 2)} to {decimal(a, 2)}" for b, a in zip(before.losses, after.losses, strict=True))
    right = "some get smaller, some get larger"
    return Question(
        "A network starts to learn exclusive or: the answer should be 1 where just one of two inputs is 1. One "
        "training step lowers its loss C, the mean over the four examples, "
        f"from {number(before.loss, 3)} to {number(after.loss, 3)}. What happens to the losses of the four examples?",
        {
            "all four get smaller": (
                "That would be four networks. The four examples share every weight, and the step goes down the slope "
                "of their mean: what helps one may harm another."
            ),
            "only the example that was most wrong changes": (
                "Its gradient is the largest, but all four gradients are added up, and the weights that move act on "
                "every example."
            ),
            right: (
                f"The step follows the mean of four gradients, on weights that all four share. Here the losses of "
                f"{fewer} examples fall, those of the others rise: {pairs}."
            ),
            "all change by the same amount, as C does": (
                "C is a mean. Each example has its own gradient, and so its own change."
            ),
        },
        right,
    )
