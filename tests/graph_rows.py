"""How the tests of the interactives about graphs read a table, and the boxes for the reader's own numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any


def rows(html: str) -> list[tuple[str, ...]]:
    """Return the text of the cells of each row of the table."""
    body = html.split("<tbody>")[1]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", body)]
    return [tuple(re.sub("<[^>]*>", "", cell) for cell in row) for row in cells]


def by_node(html: str) -> dict[str, tuple[str, ...]]:
    """Return the rows by the name of their node: `s = x + y` is that of s."""
    return {row[0].split(" = ")[0]: row for row in rows(html)}


def compute(player: Any, *texts: str) -> str:
    """Type into the boxes for own numbers, press the button, and return the answer."""
    own = next(part for part in _walk(player) if "bl-own" in getattr(part, "_dom_classes", ()))
    *boxes, button = own.children[1].children
    for box, text in zip(boxes, texts, strict=True):
        box.value = text
    button.click()
    return str(own.children[2].value)


def _walk(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _walk(child)
