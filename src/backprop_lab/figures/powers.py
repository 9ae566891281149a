"""Numbers of very different sizes, as people write them: 0.23, and 9.5 × 10⁻¹³."""

from __future__ import annotations

import math
import re

from backprop_lab.figures.diagram import TIMES, number, ten_to

__all__ = ["in_powers", "with_powers"]


def in_powers(value: float, digits: int = 3) -> str:
    """Return `value` to some significant digits, with a power of ten where it is below 0.001 or from 10,000 on.

    This is `number` with a power of ten below 0.001 already, for numbers of very different sizes.

    Examples
    --------
    >>> print(*map(in_powers, (0.2331, 0.0, -9.514e-13, 3.2e11)), sep="; ")
    0.233; 0; −9.51\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10⁻¹³; 3.2\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10¹¹
    """
    if value == 0 or not math.isfinite(value):
        return number(value, digits)
    head, power = f"{value:.{digits - 1}e}".split("e")
    if -3 <= int(power) < 4:
        return number(value, digits)
    return f"{number(float(head), digits)}{TIMES}{ten_to(int(power))}"


def with_powers(arithmetic: str) -> str:
    """Return a calculation with powers of ten where a program writes an e: 0.2*4.5e-05 as 0.2*4.5 × 10⁻⁵.

    Examples
    --------
    >>> with_powers("0.2*4.5e-05").replace("\N{NO-BREAK SPACE}", " ")
    '0.2*4.5 × 10⁻⁵'
    """
    return re.sub(r"(?<=\d)e([-+]?\d+)", lambda power: f"{TIMES}{ten_to(int(power[1]))}", arithmetic)
