"""What a reader with a kernel can type in: their own function, inputs, weights or learning rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.network import Network
from backprop_lab.widgets.controls import Control
from backprop_lab.widgets.frame import Frame

__all__ = [
    "Field",
    "Own",
    "Scene",
    "all_or_none",
    "own_example",
    "read_matrix",
    "read_number",
    "read_vector",
    "read_whole",
]

LARGEST = 1e6  # of an example's and a network's numbers: losses and slopes stay finite, and can be drawn

T = TypeVar("T")
Scene = tuple[Callable[..., Frame], Sequence[Control]]


@dataclass(frozen=True)
class Field:
    """One text box.

    Attributes
    ----------
    label : str
        Plain text before the box.
    text : str
        What stands in it at first.
    read : callable
        From the text to the value that the interactive takes; a ValueError says what was expected instead.
    """

    label: str
    text: str
    read: Callable[[str], Any] = str.strip


@dataclass(frozen=True)
class Own:
    """The boxes, and what makes frames and controls of what is typed in.

    Attributes
    ----------
    fields : sequence of Field
    scene : callable
        From one value for each field to (frame, controls), as a FramePlayer takes them. It raises a ValueError or a
        TypeError where the input is bad; the reader is shown its message.
    """

    fields: Sequence[Field]
    scene: Callable[..., Scene]

    def read(self, texts: Sequence[str]) -> Scene:
        """Return the frames and controls for these texts, one for each field."""
        return self.scene(*(field.read(text) for field, text in zip(self.fields, texts, strict=True)))


def read_number(name: str, low: float = -math.inf, high: float = math.inf) -> Callable[[str], float]:
    """Return a reader of one finite number between `low` and `high`."""
    bounds = "" if math.isinf(low) and math.isinf(high) else f" from {low:g} to {high:g}"

    def read(text: str) -> float:
        value = _number(name, text)
        if not low <= value <= high:
            raise ValueError(f"{name} is {value:g}, expected a number{bounds}")
        return value

    return read


def read_whole(name: str, low: int, high: int) -> Callable[[str], int]:
    """Return a reader of one whole number from `low` to `high`; of a long one, too, every digit counts."""

    def read(text: str) -> int:
        try:
            value = int(text.strip().replace("−", "-"))
        except ValueError:
            raise ValueError(
                f"{name} contains {text.strip()!r}, expected a whole number from {low} to {high}"
            ) from None
        if not low <= value <= high:
            raise ValueError(f"{name} is {value}, expected a whole number from {low} to {high}")
        return value

    return read


def read_vector(name: str, length: int) -> Callable[[str], Array]:
    """Return a reader of numbers between commas: "0.05, 0.10"."""
    matrix = read_matrix(name, (1, length))
    return lambda text: matrix(text)[0]


def read_matrix(name: str, shape: tuple[int, int], largest: float = math.inf) -> Callable[[str], Array]:
    """Return a reader of a matrix by rows, "0.15, 0.20; 0.25, 0.30", of numbers from -largest to largest."""

    def read(text: str) -> Array:
        rows = [[_number(name, entry) for entry in row.split(",")] for row in text.split(";")]
        if [len(row) for row in rows] != [shape[1]] * shape[0]:
            per_row = f"{shape[1]} number{'s' if shape[1] > 1 else ''} with commas between"
            by_rows = f", in {shape[0]} rows with semicolons between" if shape[0] > 1 else ""
            raise ValueError(f"{name} is {text.strip()!r}, expected {per_row}{by_rows}")
        matrix = np.array(rows)
        if (size := float(np.abs(matrix).max())) > largest:
            raise ValueError(
                f"{name} contains a number of size {size:g}, expected numbers from {-largest:g} to {largest:g}"
            )
        return matrix

    return read


def _number(name: str, text: str) -> float:
    try:
        value = float(text.strip().replace("−", "-"))
    except ValueError:
        raise ValueError(f"{name} contains {text.strip()!r}, which is not a number") from None
    if not math.isfinite(value):
        raise ValueError(f"{name} contains {text.strip()!r}, expected finite numbers")
    return value


def all_or_none(
    network: Network | None, x: T | None, y: T | None, example: Callable[[], tuple[Network, Array, Array]]
) -> tuple[Network, T | Array, T | Array]:
    """Return the network with its example that is given, or those of `example` where nothing is.

    Raises
    ------
    TypeError
        If only some of the three are given.
    """
    if network is None and x is None and y is None:
        return example()
    if network is None or x is None or y is None:
        raise TypeError("network, x and y go together: give all three or none")
    return network, x, y


def own_example(network: Network, x: Array, y: Array, scene: Callable[..., Scene], extra: Sequence[Field] = ()) -> Own:
    """Return boxes for one example and for every weight of a network of this shape.

    Parameters
    ----------
    network : Network
        Its numbers stand in the boxes at first; the reader's keeps its activations and its loss.
    x, y : array (1, n_in), array (1, n_out)
    scene : callable
        From (network, x, y) and one value for each extra field to (frame, controls).
    extra : sequence of Field
        Further boxes, such as a learning rate.
    """
    fields = [_matrix_field("x", x), _matrix_field("y", y)]
    for number, layer in enumerate(network.layers, start=1):
        fields += [_matrix_field(f"W{number}", layer.W), _matrix_field(f"b{number}", layer.b[np.newaxis])]
    hidden = [layer.activation for layer in network.layers[:-1]]

    def make(x: Array, y: Array, *values: Any) -> Scene:
        n = 2 * len(network.layers)
        pairs = [(W, b[0]) for W, b in zip(values[:n:2], values[1:n:2], strict=True)]
        own = Network.from_weights(
            pairs, hidden=hidden, output=network.layers[-1].activation, loss=network.loss_function
        )
        return scene(own, x, y, *values[n:])

    return Own([*fields, *extra], make)


def _matrix_field(name: str, value: Array) -> Field:
    rows, columns = value.shape
    text = "; ".join(", ".join(f"{entry:g}" for entry in row) for row in value)
    return Field(name, text, read_matrix(name, (rows, columns), LARGEST))
