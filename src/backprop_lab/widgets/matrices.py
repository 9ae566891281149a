"""Matrices of numbers between brackets that are as high as they are."""

from __future__ import annotations

from backprop_lab.arrays import Array
from backprop_lab.figures.diagram import number
from backprop_lab.widgets.frame import math

__all__ = ["bracketed_matrix"]

# Browsers stretch the brackets of a formula only with a font made for it: a curved border needs none.
_BRACKETS = (
    "display:inline-block;vertical-align:middle;padding:1px 0.35em;"
    "border:solid currentColor;border-width:0 1.6px;border-radius:0.55em/50%"
)


def bracketed_matrix(matrix: Array, digits: int) -> str:
    """Return a matrix as HTML, its numbers with so many significant digits."""
    rows = r" \\ ".join(" & ".join(number(float(v), digits) for v in row) for row in matrix)
    table = math(rf"\begin{{matrix}} {rows} \end{{matrix}}")
    return f'<span style="{_BRACKETS}">{table}</span>'
