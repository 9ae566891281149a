"""What players and questions are built of: HTML that fills its place, and one style sheet."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import ipywidgets as widgets

__all__ = ["FULL", "html", "style_sheet"]

FULL = widgets.Layout(width="100%", margin="0")
_STYLE = widgets.HTML().style  # one for all frames: three models a frame would triple the page


def html(text: str) -> widgets.HTML:
    """Return HTML as a widget as wide as its place."""
    return widgets.HTML(text, layout=FULL, style=_STYLE)


def style_sheet() -> widgets.HTML:
    """Return the players' style sheet as a widget: the same look on the page and in JupyterLab."""
    return widgets.HTML(f"<style>{_css()}</style>", layout=widgets.Layout(display="none"), style=_STYLE)


@cache
def _css() -> str:
    return files("backprop_lab.widgets").joinpath("player.css").read_text(encoding="utf-8")
