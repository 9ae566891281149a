"""How the tests read a frame: its numbers, and what is written in its pictures."""

from __future__ import annotations

import re
from xml.etree import ElementTree

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
POWER = re.compile("\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def numbers(text: str) -> list[float]:
    """Read the numbers of a text that is written with real minus signs and powers of ten."""
    return [float(found) for found in NUMBER.findall(plain(text))]


def plain(text: str) -> str:
    """Write −4.5 × 10⁻⁵ as -4.5e-5, which Python reads."""
    return POWER.sub(lambda power: f"e{power[1].translate(LOWERED)}", text).replace("−", "-")


def value_cells(html: str) -> list[str]:
    """Return the text of the last column of the table."""
    return re.findall(r'class="bl-value">([^<]*)<', html)


def values(html: str) -> list[float]:
    """Return the last column of the table as numbers."""
    return [float(plain(cell)) for cell in value_cells(html)]


def sentence(html: str) -> str:
    """Return the sentence of a frame, as HTML."""
    found = re.search(r'<p class="bl-sentence[^"]*">(.*?)</p>', html, re.DOTALL)
    assert found is not None
    return found[1]


def pictures(html: str) -> list[ElementTree.Element]:
    """Return the pictures of a frame, with plain tag names."""
    found = []
    depth = start = 0
    for tag in re.finditer(r"<svg\b[^>]*>|</svg>", html):
        start = start if depth else tag.start()
        depth += (not tag[0].startswith("</")) - tag[0].endswith(("/>", "</svg>"))
        if not depth:
            root = ElementTree.fromstring(html[start : tag.end()])
            for element in root.iter():
                element.tag = element.tag.split("}")[-1]
            found.append(root)
    return found


def texts(html: str, ink: str = "") -> list[str]:
    """Return every text in the pictures, those of one ink if it is given."""
    return [t.text or "" for picture in pictures(html) for t in picture.iter("text") if ink in t.get("style", "")]
