"""The controls of a player: each chooses one of several settings, in the browser, with no kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets as widgets

__all__ = ["Buttons", "Control", "Menu", "Slider"]

Settings = Sequence[str] | Callable[..., Sequence[str]]
_LABEL = {"description_width": "initial"}


@dataclass(frozen=True)
class Control:
    """What all controls have.

    Attributes
    ----------
    label : str
        Short plain text before the control.
    settings : sequence of str, or callable
        What it offers. The last control may offer something else at each setting of the others: a function from their
        indices to a sequence of str. It then stands in the frame, once for each of them.
    start : int
        Index of the setting that is shown first.
    afresh : bool
        For answers: also a last control that offers the same everywhere stands in the frame, once for each setting of
        the others, so that an answer to one question is not pressed at the next.
    """

    label: str
    settings: Settings
    start: int = 0
    afresh: bool = False

    @property
    def is_afresh(self) -> bool:
        """Whether each setting of the other controls has this control for itself."""
        return self.afresh or callable(self.settings)

    def at(self, chosen: tuple[int, ...]) -> Sequence[str]:
        """Return what it offers where the controls before it stand at `chosen`."""
        return self.settings(*chosen) if callable(self.settings) else self.settings

    def build(self, settings: Sequence[str]) -> tuple[widgets.Widget, widgets.Widget]:
        """Return the widget whose index chooses one of the settings, and the whole control that it stands in."""
        raise NotImplementedError


@dataclass(frozen=True)
class Slider(Control):
    """A slider over settings that have an order, with buttons for one step, and play where the order is a story.

    Attributes
    ----------
    milliseconds : int or None
        Time a frame while playing; None: no play button.
    back, forth : str
        What stands on the two buttons.
    """

    milliseconds: int | None = None
    back: str = "Back"
    forth: str = "Next"

    def build(self, settings: Sequence[str]) -> tuple[widgets.Widget, widgets.Widget]:
        """Return the widget whose index chooses the frame, and the whole control that it stands in."""
        slider = widgets.SelectionSlider(
            options=_with_places(settings),
            index=self.start,
            description=self.label,
            style=_LABEL,
            layout=widgets.Layout(flex="1 1 200px", width="auto"),
        )
        last = len(settings) - 1
        back, forth = _button(self.back, "bl-back"), _button(self.forth, "bl-next")
        back.on_click(lambda _: setattr(slider, "index", max(slider.index - 1, 0)))
        forth.on_click(lambda _: setattr(slider, "index", min(slider.index + 1, last)))
        buttons = [back, forth]
        if self.milliseconds is not None:
            buttons += _play(slider, self.start, last, self.milliseconds)
        whole = widgets.HBox([slider, widgets.HBox(buttons)], layout=widgets.Layout(flex="1 1 380px"))
        whole.add_class("bl-control")
        return slider, whole


@dataclass(frozen=True)
class Menu(Control):
    """A drop-down menu over settings; for many, or for long names."""

    def build(self, settings: Sequence[str]) -> tuple[widgets.Widget, widgets.Widget]:
        """Return the menu, twice: its index chooses the frame, and it stands by itself."""
        menu = widgets.Dropdown(options=_with_places(settings), index=self.start, description=self.label, style=_LABEL)
        menu.layout.width, menu.layout.max_width = "auto", "100%"  # as wide as its longest setting
        return menu, menu


@dataclass(frozen=True)
class Buttons(Control):
    """A row of buttons of which one is pressed; for two to six settings with short names."""

    def build(self, settings: Sequence[str]) -> tuple[widgets.Widget, widgets.Widget]:
        """Return the row, twice: its index chooses the frame, and it stands by itself."""
        row = widgets.ToggleButtons(
            options=_with_places(settings),
            index=self.start,
            description=self.label,
            style=_LABEL | {"button_width": "auto"},
        )
        row.add_class("bl-choice")
        return row, row


def _play(slider: widgets.SelectionSlider, start: int, last: int, milliseconds: int) -> list[widgets.Widget]:
    """Return a button that plays, and the player behind it: its own buttons have no names."""
    play = widgets.Play(max=last, value=start, interval=milliseconds, layout=widgets.Layout(display="none"))
    toggle = widgets.ToggleButton(description="Play / pause", layout=widgets.Layout(width="auto"))
    toggle.add_class("bl-play")
    widgets.jslink((toggle, "value"), (play, "playing"))
    widgets.jslink((play, "value"), (slider, "index"))
    return [toggle, play]


def _button(label: str, css_class: str) -> widgets.Button:
    """Make a button that a kernel answers; without one, the page's page.js presses the slider's arrow key."""
    button = widgets.Button(description=label, layout=widgets.Layout(width="auto"))
    button.add_class(css_class)
    return button


def _with_places(settings: Sequence[str]) -> list[tuple[str, int]]:
    """Pair each label with its index: a selection wants values that differ."""
    return [(setting, index) for index, setting in enumerate(settings)]
