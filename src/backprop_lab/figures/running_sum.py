"""A running sum as SVG text: bars laid end to end, and the total that they should reach."""

from __future__ import annotations

from collections.abc import Sequence

import svg

from backprop_lab.figures.diagram import BACKWARD_INK, GOOD_INK, INK, PAPER, number, picture, text

__all__ = ["running_sum"]

WIDTH, SIDE, TOP, ROW, BAR, HEAD = 320, 26, 26, 44, 14, 9
SIZE, LETTER = 14, 8.2
ABOVE = 18  # the words, over their bar


def running_sum(
    parts: Sequence[tuple[str, float]], counted: int, total: float, *, newest: int | None = None, name: str = "total"
) -> str:
    """Return the SVG of a sum: each part is a bar that starts where the one before it ends.

    Parameters
    ----------
    parts : sequence of (str, float)
        What each part is, written above its bar, and how much it adds.
    counted : int
        How many of them are there yet; the others have their place, empty.
    total : float
        Where the sum should end: a dashed upright line, solid once it is reached.
    newest : int, optional
        The part that is drawn strong.
    name : str
        What the total is called.

    Raises
    ------
    ValueError
        If more parts are counted than there are.
    """
    if not 0 <= counted <= len(parts):
        raise ValueError(f"{counted} parts are counted, expected 0 to {len(parts)}")
    ends = [0.0]
    for _, part in parts:
        ends.append(ends[-1] + part)
    low, high = min(*ends, total), max(*ends, total)
    span = high - low or 1.0

    def px(value: float) -> float:
        return round(SIDE + (value - low) / span * (WIDTH - 2 * SIDE), 1)

    bottom = TOP + ROW * len(parts)
    reached = counted == len(parts)
    ink = GOOD_INK if reached else INK
    bars: list[svg.Element] = []
    elements: list[svg.Element] = [
        svg.Line(x1=px(0), x2=px(0), y1=TOP, y2=bottom, stroke_width=1, opacity=0.5, style=f"stroke:{INK}"),
        svg.Line(
            x1=px(total),
            x2=px(total),
            y1=TOP,
            y2=bottom,
            stroke_width=2.5 if reached else 1.5,
            stroke_dasharray=None if reached else [5, 4],
            style=f"stroke:{ink}",
        ),
    ]
    for row, (words, _) in enumerate(parts[:counted]):
        strong, y = row == newest, TOP + ROW * row + ROW - BAR - 6
        tip = px(ends[row + 1])
        if row + 1 < len(parts):  # down towards where the next bar starts, and not into the words above that
            below = y + ROW - ABOVE - 4
            elements.append(
                svg.Line(x1=tip, x2=tip, y1=y, y2=below, stroke_width=1, stroke_dasharray=[2, 3], style=f"stroke:{INK}")
            )
        start = px(ends[row])
        head = min(HEAD, abs(tip - start)) * (1 if tip >= start else -1)
        bars += [
            # Paper, so that no line runs through the words.
            svg.Rect(x=4, y=y - ABOVE, width=round(LETTER * len(words), 1), height=16, style=f"fill:{PAPER}"),
            text(words, 4, y - 6, size=SIZE, ink=BACKWARD_INK, bold=strong),
            svg.Polygon(  # pointed, for what is taken away goes back
                points=[
                    svg.Point(start, y),
                    svg.Point(round(tip - head, 1), y),
                    svg.Point(tip, y + BAR / 2),
                    svg.Point(round(tip - head, 1), y + BAR),
                    svg.Point(start, y + BAR),
                ],
                stroke_width=1,
                opacity=1 if strong or newest is None else 0.55,
                style=f"fill:{BACKWARD_INK};stroke:{BACKWARD_INK}",
            ),
        ]
    elements += bars
    title = f"{name} = {number(total)}"
    elements.append(text(title, 4, 15, size=SIZE, ink=ink, bold=True))
    elements.append(text("0", px(0), bottom + 16, size=13, anchor="middle"))
    if abs(px(total) - px(0)) > 24:
        elements.append(text(number(total), px(total), bottom + 16, size=13, anchor="middle", ink=ink, bold=reached))
    said = "; ".join(words for words, _ in parts[:counted]) or "nothing yet"
    label = f"Running sum: {said}. Sum so far {number(ends[counted])}; {title}."
    return picture(WIDTH, bottom + 22, elements, label)
