"""A network with one hidden layer while it learns four examples: each unit is a square with its four numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import svg

from backprop_lab.arrays import Array
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, INK, PAPER, on_paper, picture, text

__all__ = ["MOST_HIDDEN", "Edges", "Square", "decimal", "network_flow"]

WIDTH, HEIGHT = 374, 356
MIDDLE = 186  # of the height
LEFT, HIDDEN, OUTPUT = 4, 110, 272  # where the squares of each layer begin
CELL_IN, CELL, CELL_HEIGHT = 20, 50, 22
FARTHEST, ROOM = 104, 236  # most from one hidden unit to the next, and from the first to the last
SIZE = 12
NEAR_HIDDEN, NEAR_START = 0.6, 0.42  # where on an edge its number stands: there the numbers have equal distances
THICK, THIN = 7.0, 0.8
STRONGEST = 0.15  # of a tint: the number on it stays legible
MOST_HIDDEN = 4


@dataclass(frozen=True, eq=False)
class Square:
    """Four numbers of a unit, one for each example, at the place of its inputs: x1 to the right, x2 upward.

    Attributes
    ----------
    name : str
        Above it.
    values : array (4,)
        For the examples (0, 0), (0, 1), (1, 0) and (1, 1).
    decimals : int
    full : float
        The size at which the tint is strongest; 0 for none.
    ink : str
        BACKWARD_INK for what flows backward.
    below : str
        The bias, or its gradient.
    """

    name: str
    values: Array
    decimals: int = 2
    full: float = 0.0
    ink: str = FORWARD_INK
    below: str = ""


@dataclass(frozen=True, eq=False)
class Edges:
    """What is drawn at the weights: their values or their gradients.

    Attributes
    ----------
    hidden, output : array (n_hidden, 2), array (1, n_hidden)
    decimals : int
    full : float
        The size that is drawn thickest.
    ink : str
        BACKWARD_INK for gradients.
    """

    hidden: Array
    output: Array
    decimals: int
    full: float
    ink: str = INK


def network_flow(
    inputs: Sequence[Square],
    hidden: Sequence[Square],
    output: Square,
    beside: tuple[Square, Square],
    edges: Edges,
    title: tuple[str, str],
    label: str,
) -> str:
    """Return the SVG of the network, inputs at the left.

    Parameters
    ----------
    inputs, hidden : sequence of Square
        Two inputs and one to four hidden units.
    output : Square
    beside : pair of Square
        Above and below the output: the targets and the losses.
    edges : Edges
        Drawn by their size; dashed where negative.
    title : pair of str
        What the squares show, and what the edges show.
    label : str
        The picture in words.

    Raises
    ------
    ValueError
        If there are too few or too many units, or the weights don't fit them.
    """
    _check(inputs, hidden, edges)
    step = min(FARTHEST, ROOM / max(len(hidden) - 1, 1))
    at_hidden = [MIDDLE + (unit - (len(hidden) - 1) / 2) * step for unit in range(len(hidden))]
    # so far that the numbers at the edges stand evenly, and the squares apart
    apart = max(step * NEAR_HIDDEN / (2 * (1 - NEAR_HIDDEN)), 3 * CELL_HEIGHT)
    at_input = [MIDDLE - apart / 2, MIDDLE + apart / 2]

    lines: list[svg.Element] = []
    numbers: list[svg.Element] = []
    for y_in, of_input in zip(at_input, edges.hidden.T, strict=True):
        for y, value in zip(at_hidden, of_input, strict=True):
            _edge(lines, numbers, (LEFT + 2 * CELL_IN, y_in), (HIDDEN, y), NEAR_HIDDEN, value, edges)
    for y, value in zip(at_hidden, edges.output[0], strict=True):
        _edge(lines, numbers, (HIDDEN + 2 * CELL, y), (OUTPUT, MIDDLE), NEAR_START, value, edges)

    squares = [_square(square, LEFT, y, CELL_IN) for y, square in zip(at_input, inputs, strict=True)]
    squares += [_square(square, HIDDEN, y, CELL) for y, square in zip(at_hidden, hidden, strict=True)]
    at_output = (MIDDLE - FARTHEST, MIDDLE, MIDDLE + FARTHEST)
    at_right = zip(at_output, (beside[0], output, beside[1]), strict=True)
    squares += [_square(square, OUTPUT, y, CELL) for y, square in at_right]
    words = [
        text(title[0], LEFT, 17, size=14, ink=output.ink, bold=True),
        text(title[1], WIDTH - 2, 17, size=14, anchor="end", ink=edges.ink, bold=True),
        *(
            text(line, LEFT, HEIGHT - 52 + 16 * row, size=SIZE)
            for row, line in enumerate(("In each square", "x₁ goes right,", "x₂ goes up.", "Dashed: negative."))
        ),
    ]
    drawn = [
        svg.G(elements=lines, style=f"stroke:{edges.ink}", opacity=0.5),
        svg.G(elements=numbers, style=_style(edges.ink)),
    ]
    return picture(WIDTH, HEIGHT, [*drawn, *squares, *words], label)


def decimal(value: float, decimals: int) -> str:
    """Return a number with some decimals and a real minus sign; a negative zero is a zero."""
    return f"{round(float(value), decimals) + 0.0:.{decimals}f}".replace("-", "−")


def _check(inputs: Sequence[Square], hidden: Sequence[Square], edges: Edges) -> None:
    if len(inputs) != 2 or not 1 <= len(hidden) <= MOST_HIDDEN:
        raise ValueError(
            f"a network with {len(inputs)} inputs and {len(hidden)} hidden units, expected 2 and 1 to {MOST_HIDDEN}"
        )
    found, expected = (edges.hidden.shape, edges.output.shape), ((len(hidden), 2), (1, len(hidden)))
    if found != expected:
        raise ValueError(f"the edges have the shapes {found}, expected {expected}")


def _edge(
    lines: list[svg.Element],
    numbers: list[svg.Element],
    start: tuple[float, float],
    end: tuple[float, float],
    share: float,
    value: float,
    edges: Edges,
) -> None:
    size = min(abs(value) / edges.full, 1.0) if edges.full else 0.0
    (x1, y1), (x2, y2) = start, end
    lines.append(
        svg.Line(
            x1=x1,
            y1=_short(y1),
            x2=x2,
            y2=_short(y2),
            stroke_width=_short(THIN + (THICK - THIN) * size),
            stroke_dasharray=[7, 4] if value < 0 else None,
        )
    )
    shown = decimal(value, edges.decimals)
    x, y, width = x1 + share * (x2 - x1), y1 + share * (y2 - y1), 0.6 * SIZE * len(shown) + 2
    numbers += [
        svg.Rect(
            x=_short(x - width / 2),
            y=_short(y - 6),
            width=_short(width),
            height=13,
            style=f"fill:{PAPER}",
        ),
        svg.Text(text=shown, x=_short(x), y=_short(y + 4), font_size=SIZE),
    ]


def _square(square: Square, left: float, middle: float, cell: float) -> svg.G:
    """Draw a square around (0, 0), and move it: so all squares are the same text, which a page compresses well."""
    parts: list[svg.Element] = []
    for example, value in enumerate(square.values):
        x, y = cell * (example // 2 - 1), -CELL_HEIGHT * (example % 2)
        strength = round(STRONGEST * min(abs(value) / square.full, 1.0), 2) if square.full else 0.0
        if strength:
            parts.append(svg.Rect(x=x, y=y, width=cell, height=CELL_HEIGHT, opacity=strength))
        shown = decimal(value, square.decimals)
        parts.append(svg.Text(text=shown, x=_short(x + cell / 2), y=y + 15, font_size=SIZE))
    around = svg.Rect(
        x=-cell,
        y=-CELL_HEIGHT,
        width=2 * cell,
        height=2 * CELL_HEIGHT,
        rx=4,
        style=f"fill:{PAPER};stroke:{square.ink};stroke-width:1.5",
    )
    elements: list[svg.Element] = [
        svg.G(elements=[around, *parts], style=_style(square.ink)),
        *on_paper(square.name, 0, -CELL_HEIGHT - 5, size=SIZE),
    ]
    if square.below:
        ink = BACKWARD_INK if "∂" in square.below else INK
        elements += on_paper(square.below, 0, CELL_HEIGHT + 13, size=SIZE, ink=ink)
    return svg.G(elements=elements, transform=[svg.Translate(_short(left + cell), _short(middle))])


def _style(ink: str) -> str:
    """Return the style of a group; what flows backward leans, in colour or not."""
    return f"text-anchor:middle;fill:{ink}" + (";font-style:italic" if ink == BACKWARD_INK else "")


def _short(value: float) -> float:
    """Return a coordinate to a tenth, without a zero that only makes the page longer."""
    return int(value) if value == int(value) else round(value, 1)
