"""What all SVG diagrams share: inks that follow the theme, text that is escaped, a label for who can't see."""

from __future__ import annotations

from html import escape
from typing import Literal

import svg

__all__ = [
    "BACKWARD_INK",
    "FORWARD_INK",
    "GOOD_INK",
    "INK",
    "PAPER",
    "THIRD_INK",
    "bracketed",
    "number",
    "on_paper",
    "picture",
    "ten_to",
    "text",
]

# The player's style sheet sets the variables for the light and the dark theme; without it the first colour stands.
FORWARD_INK = "var(--bl-forward, #2563c9)"
BACKWARD_INK = "var(--bl-backward, #c4351b)"
GOOD_INK = "var(--bl-good, #0a6b3c)"
THIRD_INK = "var(--bl-third, #8a5a00)"
PAPER = "var(--bl-paper, #fff)"
INK = "currentColor"

TIMES = "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 4) -> str:
    """Return `value` to some significant digits with a real minus sign: 0.5933, −0.02.

    Below 0.0001, and from 10,000 on where the digits do not reach, with a power of ten; the spaces around the sign of
    multiplication do not break.

    Examples
    --------
    >>> print(number(-0.02), number(12345.0, 6), number(1234.0, 2), number(-4.54e-5), sep="; ")
    −0.02; 12345; 1200; −4.54\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10⁻⁵
    """
    shown = f"{value:.{digits}g}"
    if "e" in shown:
        head, power = shown.split("e")
        if 0 <= int(power) < 4:
            shown = f"{float(shown):.0f}"
        else:
            return f"{head.replace('-', '−')}{TIMES}{ten_to(int(power))}"
    return ("0" if shown == "-0" else shown).replace("-", "−")


def ten_to(power: int) -> str:
    """Return a power of ten: 10⁻⁵."""
    return f"10{str(power).translate(RAISED)}"


def bracketed(value: float, digits: int = 4) -> str:
    """Return a number as `number` does, in brackets where it is negative: 3 × (−2)."""
    return number(value, digits) if value >= 0 else f"({number(value, digits)})"


def text(
    content: str,
    x: float,
    y: float,
    *,
    size: float = 13,
    anchor: Literal["start", "middle", "end"] = "start",
    ink: str = INK,
    bold: bool = False,
) -> svg.Text:
    """Return a line of text at (x, y); the baseline is at y. What flows backward leans, in colour or not."""
    return svg.Text(
        text=escape(content, quote=False),
        x=round(x, 1),
        y=round(y, 1),
        font_size=size,
        text_anchor=anchor,
        font_weight="bold" if bold else None,
        font_style="italic" if ink == BACKWARD_INK else None,
        style=f"fill:{ink}",
    )


def on_paper(
    content: str, x: float, y: float, *, size: float = 15, ink: str = INK, bold: bool = False
) -> list[svg.Element]:
    """Return text around x that hides the lines below it: on a piece of paper of its size."""
    width = 0.6 * size * len(content) + 2
    paper = svg.Rect(
        x=round(x - width / 2, 1),
        y=round(y - 0.87 * size, 1),
        width=round(width, 1),
        height=round(1.13 * size, 1),
        style=f"fill:{PAPER}",
    )
    return [paper, text(content, x, y, size=size, anchor="middle", ink=ink, bold=bold)]


def picture(width: float, height: float, elements: list[svg.Element], label: str, scale: float = 1.3) -> str:
    """Return the SVG text of a picture that fills its place up to `scale` times its size.

    Parameters
    ----------
    width, height : float
        The coordinates that the elements use.
    label : str
        What the picture says, with its numbers, for readers who can't see it.
    """
    return svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, width, height),
        elements=elements,
        class_=["bl-picture"],
        style=f"max-width:{width * scale:.0f}px",
        extra={"role": "img", "aria-label": escape(label)},
    ).as_str()
