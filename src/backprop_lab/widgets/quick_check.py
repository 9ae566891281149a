"""Quick checks: choose an answer and read at once why it is right or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_uppercase

import ipywidgets as widgets

from backprop_lab.widgets.player import style_sheet, with_math

__all__ = ["QuickCheck", "quick_check"]


class QuickCheck(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A question with lettered options; made by `quick_check`."""

    def __init__(self, question: str, options: Mapping[str, str], right: str) -> None:
        self.question = question
        letters = ascii_uppercase[: len(options)]
        listed = "".join(f"<li>{with_math(option)}</li>" for option in options)
        text = (
            f'<p><strong>Quick check.</strong> {with_math(question)}</p><ol type="A" class="bl-options">{listed}</ol>'
        )
        choice = widgets.ToggleButtons(options=list(letters), value=None, style={"button_width": "3em"})
        reasons = [
            widgets.HTML(_reason(letter, reason, option == right))
            for letter, (option, reason) in zip(letters, options.items(), strict=True)
        ]
        answer = widgets.Stack(reasons, selected_index=None)
        widgets.jslink((choice, "index"), (answer, "selected_index"))
        super().__init__([style_sheet(), widgets.HTML(text), choice, answer])
        self.add_class("bl-player")
        self.add_class("bl-check")

    def __repr__(self) -> str:
        return f"Quick check: {self.question}"


def quick_check(question: str, options: Mapping[str, str], *, right: str) -> QuickCheck:
    r"""Return a question that answers on the static page.

    Parameters
    ----------
    question : str
        Plain text with formulas between dollar signs.
    options : mapping of str to str
        From each option to the reason that is shown when it is chosen: why it is right, or the thought behind the
        mistake. Two to six, in the order in which they are listed.
    right : str
        The option that is right.

    Raises
    ------
    ValueError
        If there are fewer than two or more than six options, a reason is empty, or `right` is not among them.
    """
    if not 2 <= len(options) <= 6:
        raise ValueError(f"a quick check has {len(options)} options, expected two to six")
    if right not in options:
        raise ValueError(f"the right option {right!r} is not among {list(options)}")
    for option, reason in options.items():
        if not reason.strip():
            raise ValueError(f"option {option!r} has no reason")
    return QuickCheck(question, options, right)


def _reason(letter: str, reason: str, is_right: bool) -> str:
    verdict, css_class = ("Right.", "bl-right") if is_right else ("Not quite.", "bl-wrong")
    return f'<p class="bl-sentence {css_class}"><strong>{letter}. {verdict}</strong> {with_math(reason)}</p>'
