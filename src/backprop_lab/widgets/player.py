"""The frame player: interactives that answer with no kernel.

Every frame is computed in Python before the page is published: a picture, a sentence that says what it shows, and a
table with its numbers. In the browser the controls choose which frame is seen. A prediction can be asked first, and
opens the rest. The same object works in JupyterLab, and offers there what needs a kernel: the reader's own input.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import product

import ipywidgets as widgets

from backprop_lab.widgets.controls import Buttons, Control, Menu, Slider
from backprop_lab.widgets.frame import Frame, math, with_math
from backprop_lab.widgets.own import Own
from backprop_lab.widgets.parts import FULL, html, style_sheet
from backprop_lab.widgets.question import Question, choice_of

__all__ = ["Buttons", "Frame", "FramePlayer", "Menu", "Own", "Question", "Slider", "math", "with_math"]

MOST_FRAMES = 2000
SHOW = "Just show me"


class FramePlayer(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """An interactive over frames that are computed beforehand.

    Parameters
    ----------
    name : str
        Its title; `repr` and the outline for screen readers call it so, too.
    frame : callable
        From one index for each control to the Frame.
    controls : sequence of Slider, Menu or Buttons
        One to three.
    try_this : str
        One line, HTML: something surprising to find.
    predict : Question, optional
        Asked first; any answer opens the interactive.
    printed : tuple of int, optional
        The setting that stands on paper; default: where the controls start.
    own : Own, optional
        What a reader with a kernel can type in.

    Attributes
    ----------
    counts : tuple of int
        How many settings each control has, at most.
    controls : tuple of Widget
        What chooses the frame by its index, one for each control; for one that stands afresh at each setting of the
        others, one like those in the frames.

    Raises
    ------
    ValueError
        If there are no or more than three controls, a control has no setting or starts at none, a control before the
        last stands afresh, or there would be over 2,000 frames.
    """

    def __init__(
        self,
        name: str,
        frame: Callable[..., Frame],
        controls: Sequence[Control],
        try_this: str = "",
        *,
        predict: Question | None = None,
        printed: tuple[int, ...] | None = None,
        own: Own | None = None,
    ) -> None:
        if not name:
            raise ValueError("name is empty, expected the title of the interactive")
        self.name = name
        self._scene = widgets.VBox(layout=FULL)
        self._show(frame, controls)
        hint = [html(f'<p class="bl-try"><strong>Try this.</strong> {try_this}</p>')] if try_this else []
        stage = widgets.VBox([*hint, self._scene, *([self._own_box(own)] if own else [])], layout=FULL)
        stage.add_class("bl-stage")
        on_paper = html(self.shown(*(tuple(control.start for control in controls) if printed is None else printed)))
        on_paper.add_class("bl-paper")
        title = html(f'<p class="bl-title">{escape(name[0].upper() + name[1:])}</p>')
        super().__init__([style_sheet(), title, *_gate(predict, stage), on_paper], layout=FULL)
        self.add_class("bl-player")
        self.add_class("bl-" + re.sub("[^a-z0-9]+", "-", name.lower()).strip("-"))

    def __repr__(self) -> str:
        return f"{self.name}: {' x '.join(map(str, self.counts))} frames"

    def shown(self, *places: int) -> str:
        """Return the HTML of one frame, by its index at each control."""
        return str(self._page(places).value)

    def count(self, *places: int) -> int:
        """Return how many settings the next control has, where those before it stand at `places`."""
        return len(_stack_of(self._page(places)).children)

    def _page(self, places: tuple[int, ...]) -> widgets.Widget:
        """Return what the first controls choose at `places`: a frame, or what the next control chooses from."""
        page = self._scene.children[-1]
        for place in places:
            page = _stack_of(page).children[place]
        return page

    def places(self, *chosen: int) -> Iterator[tuple[int, ...]]:
        """Yield the index at each control, for every frame."""
        if len(chosen) == len(self.controls):
            yield chosen
            return
        for place in range(self.count(*chosen)):
            yield from self.places(*chosen, place)

    def _show(self, frame: Callable[..., Frame], controls: Sequence[Control]) -> None:
        """Put other frames and controls on the stage; where they can't be made, what was there stays."""
        _check(self.name, controls)
        starts = tuple(control.start for control in controls)
        built = [control.build(control.at(starts[:place])) for place, control in enumerate(controls)]
        choosers = tuple(chooser for chooser, _ in built)
        rows = [row for (_, row), control in zip(built, controls, strict=True) if not control.is_afresh]
        bar = widgets.HBox(rows, layout=FULL)
        bar.add_class("bl-controls")
        self._scene.children = [bar, _stack(frame, controls, choosers, ())]
        self.controls = choosers
        self.counts = tuple(max(places) + 1 for places in zip(*self.places(), strict=True))

    def _own_box(self, own: Own) -> widgets.Widget:
        """Return the text boxes for readers with a kernel; a page without one does not show them."""
        boxes = [
            widgets.Text(
                field.text,
                description=field.label,
                style={"description_width": "initial"},
                layout=widgets.Layout(flex="1 1 220px", width="auto"),
            )
            for field in own.fields
        ]
        compute = widgets.Button(description="Compute", layout=widgets.Layout(width="auto"))
        answer = html("")

        def recompute(_: object) -> None:
            try:
                self._show(*own.read([box.value for box in boxes]))
            except (ValueError, TypeError, ArithmeticError) as error:
                answer.value = f'<p class="bl-wrong" role="alert">{escape(str(error))}</p>'
            else:
                answer.value = '<p class="bl-right" role="status">Computed.</p>'

        compute.on_click(recompute)
        row = widgets.HBox([*boxes, compute], layout=FULL)
        row.add_class("bl-controls")
        whole = widgets.VBox([html('<p class="bl-try"><strong>Your own.</strong></p>'), row, answer], layout=FULL)
        whole.add_class("bl-own")
        return whole


def _check(name: str, controls: Sequence[Control]) -> None:
    if not 1 <= len(controls) <= 3:
        raise ValueError(f"{name} has {len(controls)} controls, expected one to three")
    if any(control.is_afresh for control in controls[:-1]):
        raise ValueError(f"{name}: only the last control can stand afresh at each setting of the others")
    frames = 0
    for chosen in product(*(range(len(control.at(()))) for control in controls[:-1])):
        for place, control in enumerate(controls):
            count = len(control.at(chosen[:place]))
            if not 0 <= control.start < count:
                raise ValueError(
                    f"{name}: {control.label!r} has {count} settings and starts at {control.start}, expected at least "
                    "one and a start among them"
                )
        frames += len(controls[-1].at(chosen))
    if not 0 < frames <= MOST_FRAMES:
        raise ValueError(f"{name} would have {frames} frames, expected 1 to {MOST_FRAMES}")


def _gate(predict: Question | None, stage: widgets.Widget) -> list[widgets.Widget]:
    """Return the stage, behind the question if there is one: every answer opens the same stage."""
    if predict is None:
        return [stage]
    answers = [*predict.reasons(name_the_right=True), predict.answer()]
    reasons = widgets.Stack(answers, selected_index=None, layout=FULL)
    opened = widgets.Stack([stage] * len(answers), selected_index=None, layout=FULL)
    question = widgets.VBox(
        [predict.text("Predict first."), choice_of([*predict.letters, SHOW], reasons, opened), reasons], layout=FULL
    )
    question.add_class("bl-predict")
    return [question, opened]


def _stack(
    frame: Callable[..., Frame],
    controls: Sequence[Control],
    choosers: tuple[widgets.Widget, ...],
    chosen: tuple[int, ...],
) -> widgets.Widget:
    """Nest one Stack in the other, one level for each control; a link in the browser turns the pages."""
    if len(chosen) == len(controls):
        return html(frame(*chosen).html())
    control, chooser = controls[len(chosen)], choosers[len(chosen)]
    settings, rows = control.at(chosen), []
    if control.is_afresh:
        chooser, row = control.build(settings)
        row.add_class("bl-afresh")
        rows.append(row)
    pages = [_stack(frame, controls, choosers, (*chosen, index)) for index in range(len(settings))]
    stack = widgets.Stack(pages, selected_index=control.start, layout=FULL)
    widgets.jslink((chooser, "index"), (stack, "selected_index"))
    return widgets.VBox([*rows, stack], layout=FULL) if rows else stack


def _stack_of(page: widgets.Widget) -> widgets.Stack:
    """Return the Stack of a page; a control that stands afresh is above it."""
    return page.children[-1] if isinstance(page, widgets.VBox) else page
