"""How the tests read numbers that are written with a real minus sign and a power of ten."""

from __future__ import annotations

import re

LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def read(text: str) -> float:
    """Read one number: 0.23, 9.5 × 10⁻¹³, 10⁻⁶, or a share: 84%."""
    if re.fullmatch("10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", text):
        return 10.0 ** int(text[2:].translate(LOWERED))
    head, _, power = re.sub(r"\s", "", text).translate(LOWERED).partition("×10")
    share = head.endswith("%")
    return float(head.rstrip("%")) * 10.0 ** int(power or 0) / (100 if share else 1)
