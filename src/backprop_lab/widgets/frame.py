"""One frame of an interactive: pictures, a sentence that says what they show, and a table with the numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import escape

from latex2mathml.converter import convert

__all__ = ["Frame", "math", "with_math"]


@dataclass(frozen=True)
class Frame:
    """What the reader sees at one setting of the controls.

    Attributes
    ----------
    pictures : tuple of str
        SVG texts; they stand side by side, or below each other where the page is narrow.
    sentence : str
        HTML: the picture in words. It is read aloud when the setting changes.
    header, rows : tuples of str
        The numbers as a table, cells in HTML; empty where there are none. The last column is set as numbers.
    verdict : bool or None
        Where the setting is an answer: whether it is right. None: it is no answer.

    Raises
    ------
    ValueError
        If a row of the table has not one cell for each head.
    """

    pictures: tuple[str, ...]
    sentence: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    verdict: bool | None = None

    def __post_init__(self) -> None:
        """Refuse a table whose rows have not one cell for each head."""
        for row in self.rows:
            if len(row) != len(self.header):
                raise ValueError(f"the row {row} has {len(row)} cells, expected {len(self.header)}: {self.header}")

    def html(self) -> str:
        """Return the frame as HTML."""
        parts = [f'<div class="bl-pictures">{"".join(self.pictures)}</div>'] if self.pictures else []
        mark = {None: "", True: " bl-right", False: " bl-wrong"}[self.verdict]
        parts.append(f'<p class="bl-sentence{mark}">{self.sentence}</p>')
        if self.rows:
            head = "".join(f'<th scope="col">{cell}</th>' for cell in self.header)
            body = "".join(f"<tr>{_cells(row)}</tr>" for row in self.rows)
            parts.append(
                f'<div class="bl-numbers" tabindex="0" role="group" aria-label="numbers">'
                f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
            )
        return "".join(parts)


def _cells(row: tuple[str, ...]) -> str:
    *first, last = row
    return "".join(f"<td>{cell}</td>" for cell in first) + f'<td class="bl-value">{last}</td>'


@cache
def math(latex: str, block: bool = False) -> str:
    r"""Return TeX as MathML, which browsers draw at once: `math(r"\sigma'(z)")`.

    Raises
    ------
    ValueError
        If it contains a command or an environment that has no MathML here; it would be printed as it is written.
    """
    primed = latex.replace("'", "′")  # a prime that stands, not one raised twice
    mathml = str(convert(primed, display="block" if block else "inline"))
    if unknown := re.search(r"<m[io]>(\\\w+|&)</m[io]>", mathml):
        raise ValueError(f"{latex!r} contains {unknown[1]}, which can't be set as MathML: write it another way")
    return mathml.replace('mathvariant="sans-serif"', 'mathvariant="normal"')  # upright: browsers know no other variant


def with_math(text: str) -> str:
    """Return plain text as HTML, with what stands between dollar signs as formulas."""
    plain, *rest = re.split(r"\$([^$]+)\$([.,;:?!)]?)", text)
    html = escape(plain, quote=False)
    for formula, mark, plain in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        # A mark must not stand alone on the next line.
        html += f'<span class="bl-together">{math(formula)}{mark}</span>' if mark else math(formula)
        html += escape(plain, quote=False)
    return html
