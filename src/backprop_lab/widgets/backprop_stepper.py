"""The backpropagation stepper: one training step, one quantity at a time, on the picture of the network."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array
from backprop_lab.examples import LEARNING_RATE, worked_example
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, number
from backprop_lab.figures.network_diagram import WIDEST, Edge, Marks, Node, network_diagram
from backprop_lab.figures.powers import with_powers
from backprop_lab.network import Network
from backprop_lab.trace import Quantity, trace_step
from backprop_lab.widgets.own import Field, Scene, all_or_none, own_example, read_number
from backprop_lab.widgets.player import Frame, FramePlayer, Question, Slider, math
from backprop_lab.widgets.words import listed

__all__ = ["backprop_stepper"]

LARGEST_RATE = 1000.0  # that a reader may type
READING_TIME = 5000  # milliseconds a step while it plays: a sentence and a few rows of numbers
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

INKS = {"given": INK, "forward": FORWARD_INK, "loss": FORWARD_INK, "backward": BACKWARD_INK, "update": INK}
CLASSES = {"forward": "bl-forward", "loss": "bl-forward", "backward": "bl-backward"}


def backprop_stepper(
    network: Network | None = None,
    x: npt.ArrayLike | None = None,
    y: npt.ArrayLike | None = None,
    learning_rate: float = LEARNING_RATE,
    *,
    predict: bool | None = None,
) -> FramePlayer:
    """Return a player that steps through one training step on one example; by default the one worked by hand.

    Parameters
    ----------
    network : Network, optional
        Layers of at most six units, so that the numbers can be read.
    x, y : array (1, n_in), array (1, n_out), optional
        One example, as a batch of one. They come with the network, or not at all.
    learning_rate : float
        Step of the update.
    predict : bool, optional
        Whether to ask first what can be computed first. Default: only where no network is given; a page that hands
        over its own has told what comes, and asks in its own words.

    Raises
    ------
    TypeError, ValueError
        If only some of network, x and y are given, x or y is no batch of one finite example, or a layer is too wide
        to draw.
    """
    is_ours = network is None
    given: tuple[Network, npt.ArrayLike, npt.ArrayLike] = all_or_none(network, x, y, worked_example)
    shown, inputs, targets = given
    if max(shown.sizes) > WIDEST:
        raise ValueError(
            f"the network {shown.sizes} has a layer of {max(shown.sizes)} units, expected at most {WIDEST}"
        )
    asks = is_ours if predict is None else predict
    frame, controls = _scene(shown, inputs, targets, learning_rate)
    if asks:  # the question is asked where the forward pass has arrived at the loss
        controls = [replace(controls[0], start=list(controls[0].at(())).index("C"))]
    rate = Field("learning rate", f"{learning_rate:g}", read_number("the learning rate", 0, LARGEST_RATE))
    return FramePlayer(
        "backpropagation stepper",
        frame,
        controls,
        try_this=(
            f"{'' if asks else 'Stop at C. '}Before each Next, say which quantity must come, and what it needs. At the "
            "end: which weights has the step moved most?"
        ),
        predict=_question(len(shown.layers)) if asks else None,
        printed=(len(controls[0].at(())) - 1,),
        own=own_example(shown, np.asarray(inputs, float), np.asarray(targets, float), _scene, [rate]),
    )


def _scene(network: Network, x: npt.ArrayLike | Array, y: npt.ArrayLike | Array, learning_rate: float) -> Scene:
    trace = trace_step(network, x, y, learning_rate)
    given = trace.phase("given")
    steps = [quantity for quantity in trace.values() if quantity.phase != "given"]

    def frame(step: int) -> Frame:
        known = {quantity.name: quantity for quantity in (*given, *steps[:step])}
        if step == 0:
            sentence = f"{_position(0, len(steps))} An example x with its target y, and the weights as they are."
            rows = tuple((math(quantity.symbol), quantity.meaning, _listed_by_row(quantity)) for quantity in given)
            label = "The network before the step. " + "; ".join(f"{q.meaning}: {_listed_by_row(q)}" for q in given)
            return Frame((_picture(network, known, None, label),), sentence, ("given", "what it is", "numbers"), rows)
        quantity = steps[step - 1]
        css_class = CLASSES.get(quantity.phase, "")
        sentence = (
            f'{_position(step, len(steps))} <span class="{css_class}">{quantity.phase.capitalize()}.</span> '
            f"{math(f'{quantity.symbol} = {quantity.formula}')}: {quantity.meaning}. "
            f"It needs {listed([math(trace[name].symbol) for name in quantity.depends_on])}."
        )
        return Frame(
            (_picture(network, known, quantity, _in_words(quantity)),),
            sentence,
            ("entry", "with the numbers", "value"),
            tuple(_rows(quantity)),
        )

    settings = ["start", *(_readout(quantity.name) for quantity in steps)]
    return frame, [Slider("step", settings, milliseconds=READING_TIME)]


def _readout(name: str) -> str:
    """Write the name of a quantity as one reads it: delta2 as δ⁽²⁾, dW2 as ∂C/∂W⁽²⁾, new_b1 as new b⁽¹⁾."""
    letters = name.rstrip("0123456789")
    layer = f"⁽{number_}⁾" if (number_ := name[len(letters) :].translate(RAISED)) else ""
    if letters == "slope":
        return f"f′(z{layer})"
    if letters == "delta":
        return f"δ{layer}"
    if letters.startswith("new_"):
        return f"new {letters[4:]}{layer}"
    return f"∂C/∂{letters[1:]}{layer}" if letters.startswith("d") else letters + layer


def _question(depth: int) -> Question:
    last = f"^{{({depth})}}"
    right = rf"delta of the output, $\delta{last}$"
    options = {
        r"the gradient of the first weights, $\frac{\partial C}{\partial W^{(1)}}$": (
            r"That is the order of the forward pass. This gradient needs delta of its own layer, "
            r"$\delta^{(1)}$, and that can't be had before delta of the output."
        ),
        right: (
            "It needs nothing but what the forward pass has left: the prediction, the target, and the slope at the "
            "output. Everything else is computed from it, backward."
        ),
        f"the new weights $W{last}$, so that the layers before them can use them": (
            "The step needs the gradient first. And delta goes back through the weights that made the prediction: "
            "all gradients are computed before any weight moves."
        ),
        "all gradients at once: their order does not matter": (
            "Each is computed from another. An order that ignores this uses numbers that are not there yet."
        ),
    }
    return Question("The forward pass has arrived at the loss C. What can be computed first?", options, right)


def _position(step: int, last: int) -> str:
    return f"<strong>Step {step} of {last}.</strong>"


def _listed_by_row(quantity: Quantity) -> str:
    """Write a vector as 1, 2 and a matrix as 1, 2; 3, 4."""
    rows = np.atleast_2d(quantity.value)
    return "; ".join(", ".join(number(value, 4) for value in row) for row in rows)


def _rows(quantity: Quantity) -> list[tuple[str, str, str]]:
    """One row an entry: symbol, arithmetic, value to ten decimals."""
    rows = []
    for label, value, arithmetic in quantity.entries():
        place = label.partition("[")[2].rstrip("]")
        digits = f"{value:.10f}".replace("-", "−")
        rows.append((math(_entry_latex(quantity.symbol, place)), _readable(arithmetic), digits))
    return rows


def _entry_latex(symbol: str, place: str) -> str:
    """Put the index of an entry where it belongs: inside a fraction or a bracket, beside another lower index."""
    if not place:
        return symbol
    index = place.replace(",", "") if len(place) == 3 else place
    if symbol.endswith(r"_{\text{new}}"):
        return symbol[:-1] + f",{index}}}"
    if symbol.startswith(r"\frac"):
        return symbol[:-1] + f"_{{{index}}}}}"
    if symbol.endswith(")"):
        return symbol[:-1] + f"_{{{index}}})"
    return f"{symbol}_{{{index}}}"


def _readable(arithmetic: str) -> str:
    """0.4*0.14 - 1 as 0.4 · 0.14 − 1, with powers raised."""
    text = with_powers(arithmetic).replace("*", " · ").replace("-", "−")
    return re.sub(r"\^(\d+)", r"<sup>\1</sup>", text)


def _in_words(quantity: Quantity) -> str:
    values = ", ".join(f"{label} = {number(value, 6)}" for label, value, _ in quantity.entries())
    return f"The network at this step. {quantity.meaning}: {values}"


def _picture(network: Network, known: dict[str, Quantity], new: Quantity | None, label: str) -> str:
    depth = len(network.layers)

    def entry(name: str, *index: int, digits: int = 4) -> str:
        return number(float(known[name].value[index]), digits) if name in known else ""

    def parameter(name: str, *index: int) -> str:
        """Write a weight or bias: once it has moved with six decimals, so that one sees it."""
        new = f"new_{name}"
        return number(round(float(known[new].value[index]), 6), 6) if new in known else entry(name, *index)

    nodes, edges = {}, {}
    for layer, size in enumerate(network.sizes):
        for unit in range(size):
            if layer == 0:
                nodes[layer, unit] = Node(entry("x", unit))
                continue
            received = entry(f"z{layer}", unit)
            beside = []
            if layer == depth:
                beside = [(f"y {entry('y', unit)}", INK)]
                if unit == 0 and "C" in known:
                    beside.append((f"C {entry('C')}", FORWARD_INK))
            nodes[layer, unit] = Node(
                inside=entry(f"a{layer}", unit),
                below=f"z {received}" if received else "",
                above=_above(entry(f"delta{layer}", unit), entry(f"da{layer}", unit, digits=3)),
                bias=f"b {parameter(f'b{layer}', unit)}",
                bias_gradient=entry(f"db{layer}", unit),
                beside=tuple(beside),
            )
            for source in range(network.sizes[layer - 1]):
                edges[layer, unit, source] = Edge(
                    parameter(f"W{layer}", unit, source), entry(f"dW{layer}", unit, source)
                )
    return network_diagram(network.sizes, nodes, edges, _marks(new, depth), label)


def _above(delta: str, da: str) -> str:
    """Write delta of a unit; until it is known, how much the loss changes with what the unit sends on."""
    if delta:
        return f"δ {delta}"
    return f"∂C/∂a {da}" if da else ""


def _marks(new: Quantity | None, depth: int) -> Marks:
    """Mark where the new quantity lives, and the weights that numbers flow through to get there."""
    if new is None:
        return Marks()
    layer = int("".join(filter(str.isdigit, new.name)) or depth)
    if "W" in new.name:
        return Marks(INKS[new.phase], weights=frozenset([layer]))
    through = {"z": layer, "da": layer + 1}.get(new.name.rstrip("0123456789"))
    return Marks(
        INKS[new.phase],
        units=frozenset([layer]),
        through=frozenset() if through is None else frozenset([through]),
    )
