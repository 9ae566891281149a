"""The backpropagation stepper: one training step, one quantity at a time, on the picture of the network."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, number
from backprop_lab.figures.network_diagram import WIDEST, Edge, Marks, Node, network_diagram
from backprop_lab.network import Network
from backprop_lab.trace import Quantity, trace_step
from backprop_lab.widgets.player import Frame, FramePlayer, Slider, math

__all__ = ["backprop_stepper"]

INKS = {"given": INK, "forward": FORWARD_INK, "loss": FORWARD_INK, "backward": BACKWARD_INK, "update": INK}
CLASSES = {"forward": "bl-forward", "loss": "bl-forward", "backward": "bl-backward"}


def backprop_stepper(network: Network, x: npt.ArrayLike, y: npt.ArrayLike, learning_rate: float) -> FramePlayer:
    """Return a player that steps through one training step on one example.

    Parameters
    ----------
    network : Network
        Layers of at most six units, so that the numbers can be read.
    x, y : array (1, n_in), array (1, n_out)
        One example, as a batch of one.
    learning_rate : float
        Step of the update.

    Raises
    ------
    TypeError, ValueError
        If x or y is no batch of one finite example, or a layer is too wide to draw.
    """
    if max(network.sizes) > WIDEST:
        raise ValueError(
            f"the network {network.sizes} has a layer of {max(network.sizes)} units, expected at most {WIDEST}"
        )
    trace = trace_step(network, x, y, learning_rate)
    given = trace.phase("given")
    steps = [quantity for quantity in trace.values() if quantity.phase != "given"]

    def frame(step: int) -> Frame:
        known = {quantity.name: quantity for quantity in (*given, *steps[:step])}
        if step == 0:
            sentence = f"{_position(0, len(steps))} An example x with its target y, and the weights as they are."
            rows = tuple((math(quantity.symbol), quantity.meaning, _listed_by_row(quantity)) for quantity in given)
            return Frame(
                (_picture(network, known, None, sentence),), sentence, ("given", "what it is", "numbers"), rows
            )
        quantity = steps[step - 1]
        css_class = CLASSES.get(quantity.phase, "")
        sentence = (
            f'{_position(step, len(steps))} <span class="{css_class}">{quantity.phase.capitalize()}.</span> '
            f"{math(f'{quantity.symbol} = {quantity.formula}')}: {quantity.meaning}. "
            f"It needs {_listed([math(trace[name].symbol) for name in quantity.depends_on])}."
        )
        return Frame(
            (_picture(network, known, quantity, _in_words(quantity)),),
            sentence,
            ("entry", "with the numbers", "value"),
            tuple(_rows(quantity)),
        )

    settings = ["start", *(quantity.name for quantity in steps)]
    return FramePlayer(
        "backpropagation stepper",
        frame,
        [Slider("step", settings, milliseconds=1500)],
        try_this="Stop at C. Before you press Next, say which quantity must come next, and what it needs.",
    )


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
    text = arithmetic.replace("*", " · ").replace("-", "−").replace("e−", "e-")
    return re.sub(r"\^(\d+)", r"<sup>\1</sup>", text)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _in_words(quantity: Quantity) -> str:
    values = ", ".join(f"{label} = {number(value, 6)}" for label, value, _ in quantity.entries())
    return f"The network at this step. {quantity.meaning}: {values}"


def _picture(network: Network, known: dict[str, Quantity], new: Quantity | None, label: str) -> str:
    depth = len(network.layers)

    def entry(name: str, *index: int, digits: int = 4) -> str:
        return number(float(known[name].value[index]), digits) if name in known else ""

    def parameter(name: str, *index: int) -> str:
        """Write a weight or bias: with more digits once it has moved, so that one sees it."""
        new = f"new_{name}"
        return entry(new, *index, digits=6) if new in known else entry(name, *index)

    nodes, edges = {}, {}
    for layer, size in enumerate(network.sizes):
        for unit in range(size):
            if layer == 0:
                nodes[layer, unit] = Node(entry("x", unit))
                continue
            error, received = entry(f"delta{layer}", unit), entry(f"z{layer}", unit)
            beside = []
            if layer == depth:
                beside = [(f"y {entry('y', unit)}", INK)]
                if unit == 0 and "C" in known:
                    beside.append((f"C {entry('C')}", FORWARD_INK))
            nodes[layer, unit] = Node(
                inside=entry(f"a{layer}", unit),
                below=f"z {received}" if received else "",
                above=f"δ {error}" if error else "",
                bias=f"b {parameter(f'b{layer}', unit)}",
                bias_gradient=entry(f"db{layer}", unit),
                beside=tuple(beside),
            )
            for source in range(network.sizes[layer - 1]):
                edges[layer, unit, source] = Edge(
                    parameter(f"W{layer}", unit, source), entry(f"dW{layer}", unit, source)
                )
    return network_diagram(network.sizes, nodes, edges, _marks(new, depth), label)


def _marks(new: Quantity | None, depth: int) -> Marks:
    """Mark the layer that the new quantity belongs to: its weights, or its units."""
    if new is None:
        return Marks()
    layer = frozenset([int("".join(filter(str.isdigit, new.name)) or depth)])
    if "W" in new.name:
        return Marks(INKS[new.phase], weights=layer)
    return Marks(INKS[new.phase], units=layer)
