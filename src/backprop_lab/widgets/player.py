"""The frame player: interactives that answer with no kernel.

Every frame is computed in Python before the page is published: a picture, a sentence that says what it shows, and a
table with its numbers. In the browser a slider or a menu chooses which frame is seen. The same object works in
JupyterLab.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from math import prod

import ipywidgets as widgets
from latex2mathml.converter import convert

__all__ = ["Frame", "FramePlayer", "Menu", "Slider", "math", "with_math"]

_FULL = widgets.Layout(width="100%", margin="0")
_STYLE = widgets.HTML().style  # one for all frames: three models a frame would triple the page
MOST_FRAMES = 2000


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
    """

    pictures: tuple[str, ...]
    sentence: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def html(self) -> str:
        """Return the frame as HTML."""
        parts = [f'<div class="bl-pictures">{"".join(self.pictures)}</div>'] if self.pictures else []
        parts.append(f'<p class="bl-sentence">{self.sentence}</p>')
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


@dataclass(frozen=True)
class Slider:
    """A slider over some settings, with buttons back and next, and play where the order is a story.

    Attributes
    ----------
    label : str
        Short plain text before the slider.
    settings : sequence of str
        What the readout shows at each place.
    start : int
        Index of the setting that is shown first.
    milliseconds : int or None
        Time a frame while playing; None: no play button.
    """

    label: str
    settings: Sequence[str]
    start: int = 0
    milliseconds: int | None = None


@dataclass(frozen=True)
class Menu:
    """A drop-down menu over some settings."""

    label: str
    settings: Sequence[str]
    start: int = 0


class FramePlayer(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """An interactive over frames that are computed beforehand.

    Parameters
    ----------
    name : str
        What `repr` and the outline for screen readers call it.
    frame : callable
        From one index for each control to the Frame.
    controls : sequence of Slider or Menu
        One to three.
    try_this : str
        One line, HTML: something surprising to find.

    Raises
    ------
    ValueError
        If there are no or more than three controls, a control has no setting, or there would be over 2,000 frames.
    """

    def __init__(
        self, name: str, frame: Callable[..., Frame], controls: Sequence[Slider | Menu], try_this: str = ""
    ) -> None:
        counts = [len(control.settings) for control in controls]
        if not 1 <= len(controls) <= 3 or 0 in counts:
            raise ValueError(
                f"{name} has controls with {counts} settings, expected one to three with at least one each"
            )
        if prod(counts) > MOST_FRAMES:
            raise ValueError(f"{name} would have {prod(counts)} frames, expected at most {MOST_FRAMES}")
        self.name, self.counts = name, tuple(counts)
        choosers = [_chooser(control) for control in controls]
        stack = _stack(frame, [chooser for chooser, _ in choosers], controls, ())
        intro = [_html(f'<p class="bl-try"><strong>Try this.</strong> {try_this}</p>')] if try_this else []
        bar = widgets.HBox([control for _, control in choosers], layout=_FULL)
        bar.add_class("bl-controls")
        super().__init__([style_sheet(), *intro, bar, stack], layout=_FULL)
        self.add_class("bl-player")

    def __repr__(self) -> str:
        return f"{self.name}: {' x '.join(map(str, self.counts))} frames"


def _chooser(control: Slider | Menu) -> tuple[widgets.Widget, widgets.Widget]:
    """Return the widget whose index chooses the frame, and the whole control that it stands in."""
    if isinstance(control, Menu):
        menu = widgets.Dropdown(
            options=list(control.settings),
            index=control.start,
            description=control.label,
            style={"description_width": "initial"},
        )
        return menu, menu
    slider = widgets.SelectionSlider(
        options=_unique(control.settings),
        index=control.start,
        description=control.label,
        style={"description_width": "initial"},
        layout=widgets.Layout(flex="1 1 200px", width="auto"),
    )
    last = len(control.settings) - 1
    back, forth = _button("Back", "bl-back"), _button("Next", "bl-next")
    back.on_click(lambda _: setattr(slider, "index", max(slider.index - 1, 0)))
    forth.on_click(lambda _: setattr(slider, "index", min(slider.index + 1, last)))
    buttons = [back, forth]
    if control.milliseconds is not None:
        play = widgets.Play(max=last, value=control.start, interval=control.milliseconds, layout=_hidden())
        toggle = widgets.ToggleButton(description="Play / pause", layout=widgets.Layout(width="auto"))
        toggle.add_class("bl-play")
        widgets.jslink((toggle, "value"), (play, "playing"))
        widgets.jslink((play, "value"), (slider, "index"))
        buttons += [toggle, play]
    whole = widgets.HBox([slider, widgets.HBox(buttons)], layout=widgets.Layout(flex="1 1 380px"))
    whole.add_class("bl-control")
    return slider, whole


def _button(label: str, css_class: str) -> widgets.Button:
    """Make a button that a kernel answers; without one, the page's page.js presses the slider's arrow key."""
    button = widgets.Button(description=label, layout=widgets.Layout(width="auto"))
    button.add_class(css_class)
    return button


def _hidden() -> widgets.Layout:
    return widgets.Layout(display="none")


def _unique(settings: Sequence[str]) -> list[tuple[str, int]]:
    """Pair each label with its index: a SelectionSlider wants values that differ."""
    return [(setting, index) for index, setting in enumerate(settings)]


def _stack(
    frame: Callable[..., Frame],
    choosers: list[widgets.Widget],
    controls: Sequence[Slider | Menu],
    chosen: tuple[int, ...],
) -> widgets.Widget:
    """Nest one Stack in the other, one level for each control; a link in the browser turns the pages."""
    if len(chosen) == len(controls):
        return _html(frame(*chosen).html())
    control, chooser = controls[len(chosen)], choosers[len(chosen)]
    pages = [_stack(frame, choosers, controls, (*chosen, index)) for index in range(len(control.settings))]
    stack = widgets.Stack(pages, selected_index=control.start, layout=_FULL)
    widgets.jslink((chooser, "index"), (stack, "selected_index"))
    return stack


def _html(text: str) -> widgets.HTML:
    return widgets.HTML(text, layout=_FULL, style=_STYLE)


def style_sheet() -> widgets.HTML:
    """Return the players' style sheet as a widget: the same look on the page and in JupyterLab."""
    return widgets.HTML(f"<style>{_css()}</style>", layout=_hidden(), style=_STYLE)


@cache
def _css() -> str:
    return files("backprop_lab.widgets").joinpath("player.css").read_text(encoding="utf-8")


@cache
def math(latex: str) -> str:
    r"""Return TeX as MathML, which browsers draw at once: `math(r"\sigma'(z)")`."""
    return str(convert(latex.replace("'", "′")))  # a prime that stands, not one raised twice


def with_math(text: str) -> str:
    """Return plain text as HTML, with what stands between dollar signs as formulas."""
    plain, *rest = re.split(r"\$([^$]+)\$([.,;:?!)]?)", text)
    html = escape(plain, quote=False)
    for formula, mark, plain in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        # A mark must not stand alone on the next line.
        html += f'<span class="bl-together">{math(formula)}{mark}</span>' if mark else math(formula)
        html += escape(plain, quote=False)
    return html
