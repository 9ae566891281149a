"""The parts of a network: choose a word, see where it lives, what it means, and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop_lab.examples import LEARNING_RATE, worked_example
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, number
from backprop_lab.figures.network_diagram import Marks
from backprop_lab.figures.step_diagram import step_diagram
from backprop_lab.trace import Trace, trace_step
from backprop_lab.widgets.player import Frame, FramePlayer, Menu, Question, math, with_math

__all__ = ["PARTS", "parts_of_a_network"]

DIGITS = 4
INPUT, HIDDEN, OUTPUT = 0, 1, 2


@dataclass(frozen=True)
class Part:
    """A word, its sign, what it means, and the quantities of a training step that it names.

    Attributes
    ----------
    word, symbol, meaning : str
        Plain text, TeX, and plain text with formulas between dollar signs.
    names : tuple of str
        Quantities as in `trace_step`, which are written into the picture.
    units, weights : tuple of int
        Layers of units and of weights that are drawn strong.
    ink : str
    """

    word: str
    symbol: str
    meaning: str
    names: tuple[str, ...]
    units: tuple[int, ...] = ()
    weights: tuple[int, ...] = ()
    ink: str = FORWARD_INK


PARTS = (
    Part(
        "input",
        "x",
        "What the network is given: the numbers of one example, such as the brightness of each pixel of a picture.",
        ("x",),
        units=(INPUT,),
    ),
    Part(
        "layer",
        "l",
        r"Units that work side by side. The inputs are no layer of their own: this network has two, a hidden one "
        r"($l = 1$) and the output ($l = 2$). A number in brackets says which, as in $W^{(2)}$; it is no power.",
        ("a1", "a2"),
        units=(HIDDEN, OUTPUT),
    ),
    Part(
        "weight",
        "W",
        r"One number on each connection: how loudly one unit hears another. $W^{(1)}_{12}$ leads to unit 1 of "
        "layer 1 from input 2. Learning changes the weights.",
        ("W1", "W2"),
        weights=(1, 2),
        ink=INK,
    ),
    Part(
        "bias",
        "b",
        "One number for each unit, added to all that it hears. Learning changes the biases, too.",
        ("b1", "b2"),
        units=(HIDDEN, OUTPUT),
        ink=INK,
    ),
    Part(
        "what a unit receives",
        "z",
        r"Each thing it hears times its weight, all added up, plus the bias: $z = W a + b$. "
        "Also called the pre-activation.",
        ("z1", "z2"),
        units=(HIDDEN, OUTPUT),
    ),
    Part(
        "what a unit sends",
        "a",
        r"A function of what it receives, $a = f(z)$: its activation. Here f is the sigmoid, "
        r"$\sigma(z) = 1 / (1 + e^{-z})$, which squeezes every number between 0 and 1.",
        ("a1", "a2"),
        units=(HIDDEN, OUTPUT),
    ),
    Part(
        "prediction",
        "a^{(2)}",
        "What the output sends: the network's answer.",
        ("a2",),
        units=(OUTPUT,),
    ),
    Part(
        "target",
        "y",
        "The answer that would be right. It comes with the example, as the input does.",
        ("a2", "y"),
        units=(OUTPUT,),
        ink=INK,
    ),
    Part(
        "loss",
        "C",
        r"One number that says how wrong the prediction is. Here $C = \frac{1}{2} (a^{(2)} - y)^2$. "
        "Also called cost.",
        ("a2", "y", "C"),
        units=(OUTPUT,),
    ),
    Part(
        "gradient",
        r"\partial C / \partial W",
        "For each weight and each bias: by how much the loss would change for each unit that it moves, all others held "
        "still. Computing all of them is what backpropagation does.",
        ("W1", "W2", "b1", "b2", "dW1", "dW2", "db1", "db2"),
        weights=(1, 2),
        ink=BACKWARD_INK,
    ),
    Part(
        "delta",
        r"\delta = \partial C / \partial z",
        "For each unit: by how much the loss would change for each bit more that the unit receives. "
        "Also called the unit's error, though it is a slope and not a miss.",
        ("z1", "z2", "delta1", "delta2"),
        units=(HIDDEN, OUTPUT),
        ink=BACKWARD_INK,
    ),
)


def parts_of_a_network() -> FramePlayer:
    """Return the interactive, on the network that the book works through by hand."""
    trace = trace_step(*worked_example(), LEARNING_RATE)

    def frame(which: int) -> Frame:
        part = PARTS[which]
        rows = _rows(trace, part)
        listed = "; ".join(f"{name} is {value}" for name, _, value in rows)
        picture = step_diagram(
            worked_example()[0].sizes,
            lambda name, *index: _written(trace, part, name, index),
            Marks(part.ink, frozenset(part.units), frozenset(part.weights)),
            f"A network of two inputs, two hidden units and one output. Shown is the {part.word}: {listed}",
        )
        return Frame(
            (picture,),
            f"<strong>{part.word[0].upper()}{part.word[1:]}</strong>, {math(part.symbol)}. {with_math(part.meaning)}",
            ("name in code", "what it is", "value"),
            tuple(rows),
        )

    return FramePlayer(
        "parts of a network",
        frame,
        [Menu("word", [part.word for part in PARTS])],
        "Go through the words in order. Which of them is the first that can be computed only from right to left?",
        predict=Question(
            "A network reads a picture and says a number. Which numbers does it change when it learns?",
            {
                "the inputs": "The inputs are the picture itself: they are given.",
                "what its units send": "That changes with every picture. Learning changes what lasts.",
                "its weights and biases": "These belong to the network; all else follows from them and the input.",
                "the targets": "The targets are the right answers. They come with the examples.",
            },
            "its weights and biases",
        ),
    )


def _written(trace: Trace, part: Part, name: str, index: Sequence[int]) -> str:
    if name not in part.names:
        return ""
    return number(float(trace[name].value[tuple(index)] if index else trace[name].value), DIGITS)


def _rows(trace: Trace, part: Part) -> list[tuple[str, str, str]]:
    """One row a quantity: a vector as 1, 2 and a matrix by its rows, 1, 2; 3, 4."""
    rows = []
    for name in part.names:
        by_rows = np.atleast_2d(trace[name].value)
        listed = "; ".join(", ".join(number(float(value), DIGITS) for value in row) for row in by_rows)
        rows.append((name, trace[name].meaning, listed))
    return rows
