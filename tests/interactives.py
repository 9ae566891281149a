"""The interactives that the tests go through: those of `backprop_lab.widgets`, and the page of the lab with each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ipywidgets import Widget

from backprop_lab import widgets

NAMES = [name for name in vars(widgets) if callable(vars(widgets)[name]) and name != "quick_check"]
LAB = Path(__file__).resolve().parents[1] / "book" / "lab"


@cache
def make(name: str) -> widgets.player.FramePlayer:
    """Return the interactive as it is without arguments."""
    return getattr(widgets, name)()


def walk(widget: Widget) -> Iterator[Widget]:
    """Return a widget and all that is in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


@cache
def lab_page(name: str) -> str:
    """Return the page that shows it: lab/1_slopes.html."""
    for path in sorted(LAB.glob("*.ipynb")):
        code = "\n".join(
            "".join(cell["source"])
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
            if cell["cell_type"] == "code"
        )
        if re.search(rf"\b{name}\(\)", code):
            return f"lab/{path.stem}.html"
    raise LookupError(f"no page of the lab shows {name}()")
