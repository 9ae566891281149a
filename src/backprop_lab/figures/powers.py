"""Numbers of very different sizes, as people write them: 0.23, and 9.5 × 10⁻¹³."""

from __future__ import annotations

import math

from backprop_lab.figures.diagram import number

__all__ = ["in_powers"]

TIMES = "\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def in_powers(value: float, digits: int = 3) -> str:
    """Return `value` to some significant digits, with a power of ten where it is below 0.001 or from 10,000 on.

    The spaces around the sign of multiplication do not break.

    Examples
    --------
    >>> print(*map(in_powers, (0.2331, 0.0, -9.514e-13, 3.2e11)), sep="; ")
    0.233; 0; −9.51\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10⁻¹³; 3.2\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10¹¹
    """
    if value == 0 or not math.isfinite(value):
        return number(value, digits)
    head, power = f"{value:.{digits - 1}e}".split("e")
    if -3 <= int(power) < 4:
        return number(value, digits) if abs(value) < 10**digits else f"{float(head) * 10 ** int(power):.0f}"
    return f"{number(float(head), digits)}{TIMES}10{str(int(power)).translate(RAISED)}"
