"""The convention converter: one layer in four ways of writing it, the same numbers in each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.conventions import CONVENTIONS, Convention, Equation, convention, recognize
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, GOOD_INK, THIRD_INK, number
from backprop_lab.figures.shape_diagram import Grid, Sign, shape_diagram
from backprop_lab.network import Network
from backprop_lab.widgets.own import Field, Own, Scene
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Menu, Question, math

__all__ = ["LAYERS", "LINES", "convention_converter", "example"]

LINES = ("forward", "BP1", "BP2", "BP3", "BP4")
LAYERS = ((3, 2, 4), (3, 2, 1), (2, 4, 3), (3, 3, 3))  # units below, units, examples
SEED = 3
OURS = "a W^T + b"
MET_IN = {"W a + b": "Nielsen", OURS: "ours, PyTorch", "X W + b": "NumPy programs", "W^T h + b": "Goodfellow et al."}
LEGEND = '<div style="flex:1 1 100%">Dark: the first example; in W, b and their gradients, the first unit.</div>'
TYPED = "z = x @ W + b"
RESULTS = ("z", "delta", "delta_in", "dW", "db")
_INKS = dict.fromkeys(("a_in", "z", "slope", "slope_in"), FORWARD_INK) | dict.fromkeys(("W", "b"), THIRD_INK)


def convention_converter() -> FramePlayer:
    """Return the interactive: a convention, one of its five lines, a layer; beside it the same line in ours."""
    conventions = tuple(CONVENTIONS.values())
    return FramePlayer(
        "convention converter",
        lambda which, line, layer: _frame(conventions[which], line, layer),
        [
            Menu("written as", [_label(one) for one in conventions], start=list(CONVENTIONS).index("X W + b")),
            *_controls(),
        ],
        "Look for T on W, in “forward” and in BP2. Is there a convention with a T in both, or in none? Then take "
        f"{_layer(LAYERS[-1])}: what would now tell you that a T is in the wrong place?",
        predict=_question(),
        printed=(2, LINES.index("BP3"), 0),
        own=Own([Field("a forward pass", TYPED, recognize)], _typed),
    )


def example(n_in: int, n_out: int, batch: int) -> tuple[Network, Array, Array]:
    """Return a network whose second layer has these sizes, with random parameters and examples: (network, x, y)."""
    rng = np.random.default_rng(SEED)
    network = Network([2, n_in, n_out], hidden="tanh", output="tanh", seed=rng)
    network.parameters = rng.normal(size=network.parameters.size)
    return network, rng.normal(size=(batch, 2)), rng.normal(size=(batch, n_out))


def _typed(one: Convention) -> Scene:
    """Return the frames for a convention that was recognized in what the reader typed."""
    found = f"<strong>This is {_name(one)}.</strong> "
    return lambda line, layer: _frame(one, line, layer, found), _controls()


def _controls() -> tuple[Buttons, Menu]:
    return (
        Buttons("line", LINES, start=LINES.index("BP3")),
        Menu("layer", [_layer(sizes) for sizes in LAYERS]),
    )


def _layer(sizes: tuple[int, int, int]) -> str:
    n_in, n_out, batch = sizes
    return f"{n_in} → {n_out} units, {batch} example{'s' if batch > 1 else ''}"


def _label(one: Convention) -> str:
    return f"{one.name.replace('^T', 'ᵀ')} ({MET_IN[one.name]})"


def _name(one: Convention) -> str:
    return math(one.name.replace(" ", r"\,").replace("^T", r"^{\mathsf T}"))


# ----------------------------------------------------------------------------- one layer in a convention


@dataclass(frozen=True, eq=False)
class _Layer:
    """The arrays of a layer in a convention, by their names in code: what goes in, and what the five lines give."""

    convention: Convention
    arrays: dict[str, Array]

    def to_ours(self, name: str) -> Array:
        """Return a result turned into our convention."""
        if name == "dW":
            return self.convention.to_ours(self.arrays["dW"], self.arrays["db"])[0]
        if name == "db":
            return self.convention.to_ours(self.arrays["dW"], self.arrays["db"])[1]
        return self.convention.batch_to_ours(self.arrays[name])

    def place(self, name: str, index: tuple[int, ...]) -> tuple[int, ...]:
        """Return where the entry at our index stands here."""
        if name == "db":
            return {"(n_out,)": index, "(1, n_out)": (0, *index), "(n_out, 1)": (*index, 0)}[self.convention.bias]
        turned = self.convention.turned if name == "dW" else self.convention.examples == "columns"
        return index[::-1] if turned else index

    def grid(self, name: str) -> Grid:
        """Return an array as it is drawn, `W.T` too; the first example or the first unit is dark."""
        plain, transposed = name.removesuffix(".T"), name.endswith(".T")
        array, ink = self.arrays[plain], _INKS.get(plain, BACKWARD_INK)
        rows, columns = np.atleast_2d(array).shape
        first: Literal["row", "column"] = "row" if self.convention.examples == "rows" else "column"
        if plain in ("W", "dW"):
            first = "column" if self.convention.turned else "row"
        elif plain in ("b", "db"):
            first = "row" if self.convention.bias == "(n_out, 1)" else "column"
        if transposed:
            rows, columns, first = columns, rows, "row" if first == "column" else "column"
        return Grid(name, rows, columns, ink, dark=first, written=f"({array.size},)" if array.ndim == 1 else "")


@cache
def _computed(one: Convention, layer: int) -> _Layer:
    """Compute the five lines with the equations of a convention; what goes in is turned into it first."""
    network, x, y = example(*LAYERS[layer])
    _, (below, above) = network.forward(x)
    hidden, output = network.activations
    turn = one.batch_from_ours
    W, b = one.from_ours(network.layers[1].W, network.layers[1].b)
    arrays = {
        "W": W,
        "b": b,
        "a_in": turn(above.a_in),
        "dC_da": turn(network.loss_function.slope(above.a, y)),
        "slope": turn(output.slope(above.z, above.a)),
        "slope_in": turn(hidden.slope(below.z, below.a)),
    }
    for equation in one.equations:
        arrays[equation.result] = equation(**arrays)
    return _Layer(one, arrays)


@cache
def _library(layer: int) -> dict[str, Array]:
    """Return the same results as the library has them, which knows one convention."""
    network, x, y = example(*LAYERS[layer])
    first, second = network.gradients(x, y)
    z = network.forward(x)[1][1].z
    return dict(zip(RESULTS, (z, second.delta, first.delta, second.dW, second.db), strict=True))


# ------------------------------------------------------------------------------------------- the frame


def _frame(one: Convention, line: int, layer: int, found: str = "") -> Frame:
    here, ours = _computed(one, layer), _computed(convention(OURS), layer)
    equation, truth = one.equations[line], _library(layer)[RESULTS[line]]
    back = here.to_ours(equation.result)
    pictures = [_list(one, line), LEGEND, _drawn(here, line, f"in {_name(one)}")]
    if one.name != OURS:
        pictures.append(_drawn(ours, line, f"in ours, {_name(ours.convention)}"))
    agree, size = int(np.isclose(back, truth, rtol=1e-9, atol=1e-12).sum()), truth.size
    sentence = (
        f"{found}<strong>{equation.name}.</strong> {_REMARKS[line](here, LAYERS[layer])} "
        f"{_turned_back(here, equation)}, {_counted(agree, size)} of {_code(equation.result)} "
        f"{'is that' if size == 1 else 'are those'} of the library."
    )
    rows = tuple(
        (
            _entry(index),
            number(float(truth[index]), 3),
            _entry(here.place(equation.result, index)),
            number(float(here.arrays[equation.result][here.place(equation.result, index)]), 3),
        )
        for index in np.ndindex(truth.shape)
    )
    header = (f"{equation.result} in ours", "its value", "stands there at", "its value there")
    return Frame(tuple(pictures), sentence, header, rows)


def _list(one: Convention, line: int) -> str:
    """Return the forward pass and the four equations, as formulas and as code; the chosen line is marked."""
    rows = "".join(
        f'<div style="display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 14px;padding:3px 0 3px 8px;'
        f'border-left:4px solid {"currentColor" if place == line else "transparent"}">'
        f'<span style="min-width:4.2em">{_bold(each.name, place == line)}</span>'
        f'<span style="min-width:14.6em">{math(each.latex)}</span>{_code(str(each))}</div>'
        for place, each in enumerate(one.equations)
    )
    return (
        '<div role="group" tabindex="0" aria-label="the five lines in this convention" '
        f'style="flex:1 1 100%;min-width:0;overflow-x:auto">{rows}</div>'
    )


def _counted(agree: int, size: int) -> str:
    if agree < size:
        return f"{agree} of the {size} numbers"
    return {1: "the one number", 2: "both numbers"}.get(size, f"all {size} numbers")


def _bold(text: str, bold: bool) -> str:
    return f"<strong>{text}</strong>" if bold else text


def _code(text: str) -> str:
    return f'<span style="font-family:monospace;font-size:0.85rem;white-space:nowrap">{text}</span>'


def _drawn(layer: _Layer, line: int, title: str) -> str:
    """Return one line as a row of grids under its title: what is drawn is read off from the code."""
    equation = layer.convention.equations[line]
    items: list[Grid | Sign] = [layer.grid(equation.result), Sign("=")]
    for token in re.findall(r"\.sum\(.*?\)|[A-Za-z_]+(?:\.T)?|[@*+]", equation.code):
        items.append(layer.grid(token) if token[0].isalpha() else Sign(token.replace(", ", ",\n")))
    for place, item in enumerate(items):
        if isinstance(item, Sign) and item.sign == "@":
            left, right = items[place - 1], items[place + 1]
            assert isinstance(left, Grid)
            assert isinstance(right, Grid)
            items[place] = Sign("@", f"{left.columns} = {right.rows}", GOOD_INK)
    shapes = ", ".join(f"{item.name} {item.shape}" for item in items if isinstance(item, Grid))
    picture = shape_diagram(items, f"{equation}. The arrays as grids of cells, with their shapes: {shapes}.")
    return f'<div style="flex:1 1 230px;min-width:200px;max-width:430px">{title}{picture}</div>'


def _entry(index: tuple[int, ...]) -> str:
    return _code(f"[{', '.join(map(str, index))}]")


def _shape(array: Array) -> str:
    return f"({array.size},)" if array.ndim == 1 else " × ".join(map(str, array.shape))


def _turned_back(layer: _Layer, equation: Equation) -> str:
    result = layer.arrays[equation.result]
    if equation.result == "db":
        return "With nothing to turn" if result.ndim == 1 else "Laid flat"
    return "Transposed back" if layer.place(equation.result, (0, 1)) == (1, 0) else "With nothing to turn"


def _forward(layer: _Layer, sizes: tuple[int, int, int]) -> str:
    one, batch = layer.convention, sizes[2]
    to = "each of the examples" if batch > 1 else "the example"
    example = "row" if one.examples == "rows" else "column"
    unit = "column" if layer.convention.turned else "row"
    return (
        f"An example is a {example}; a unit is a {unit} of W, with its weights. "
        f"b, {_shape(layer.arrays['b'])}, is added to {to}."
    )


def _bp1(layer: _Layer, sizes: tuple[int, int, int]) -> str:
    mean = f"the 1/{sizes[2]} of the mean" if sizes[2] > 1 else "the 1/N of a mean, here 1,"
    return (
        f"For the last layer. It works entry by entry, so it reads the same in all four; the examples are "
        f"{layer.convention.examples}. {mean[0].upper()}{mean[1:]} is in dC_da, and enters nowhere else."
    )


def _bp2(layer: _Layer, sizes: tuple[int, int, int]) -> str:
    forward, back = ("W.T" if "W.T" in each.code else "W" for each in (layer.convention.forward, layer.convention.bp2))
    return (
        f"The way forward has {_code(forward)}, so the way back has {_code(back)}: this layer hands its delta, through "
        f"its W, to the layer below.{_all_fit(sizes)}"
    )


def _bp3(layer: _Layer, sizes: tuple[int, int, int]) -> str:
    batch = sizes[2]
    inner = (
        f"The axis between the two factors is the batch, {batch}: the product adds over the examples."
        if batch > 1
        else "The axis between the two factors has length 1: an outer product, each delta times each input."
    )
    return f"{inner} dW has the shape of W, {_shape(layer.arrays['W'])}.{_all_fit(sizes)}"


def _bp4(layer: _Layer, sizes: tuple[int, int, int]) -> str:
    axis = 0 if layer.convention.examples == "rows" else 1
    b = layer.arrays["b"]
    adds = (
        f"It adds over the examples, which are {layer.convention.examples}: axis {axis}."
        if sizes[2] > 1
        else f"With 1 example there is nothing to add; examples are {layer.convention.examples}, axis {axis}."
    )
    return f"{adds} db has the shape of b, {_shape(b)}{_kept(layer)}."


def _kept(layer: _Layer) -> str:
    """Return what keepdims is for, and what would become of the update without it."""
    b = layer.arrays["b"]
    if b.ndim == 1:
        return ""
    flat = (b.size,)
    updated = np.broadcast_shapes(b.shape, flat)
    if updated != b.shape:
        spread = " × ".join(map(str, updated))
        return f", by keepdims=True: without it db is {flat}, and b - rate * db, without a word, {spread}"
    keras = "; Keras keeps b and db flat" if layer.convention.name == "X W + b" else ""
    return f", by keepdims=True{keras}"


def _all_fit(sizes: tuple[int, int, int]) -> str:
    if len(set(sizes)) > 1:
        return ""
    return (
        f" All matrices here are {sizes[0]} × {sizes[0]}: with a T in another place it would run as well, and be wrong."
    )


_REMARKS: tuple[Callable[[_Layer, tuple[int, int, int]], str], ...] = (_forward, _bp1, _bp2, _bp3, _bp4)


def _question() -> Question:
    n_in, n_out, batch = LAYERS[0]
    return Question(
        f"A program computes Z = X @ W + b. X holds {batch} examples as rows, with {n_in} inputs each, and W is "
        f"{n_in} × {n_out}. Its dZ is the gradient for Z. Which line gives the gradient for W?",
        {
            "dZ.T @ X": (
                f"That is {n_out} × {n_in}, one row for each unit: right where W is written so, as in this book and in "
                "PyTorch. This W has one column for each unit."
            ),
            "X.T @ dZ": (
                f"{n_in} × {batch} times {batch} × {n_out} is {n_in} × {n_out}, the shape of W, and the {batch} "
                "examples are added up on the way."
            ),
            "X @ dZ.T": (
                f"Its inner axes are {n_in} and {n_out}, which don't fit. Where they happen to be equal it runs, and "
                "adds over units instead of examples."
            ),
            "dZ @ W.T": "That goes back to X: it is the product in BP2. The gradient for W has no W in it.",
        },
        "X.T @ dZ",
    )
