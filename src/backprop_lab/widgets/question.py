"""A question with lettered options, and a reason for each: what quick checks and predictions share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import ipywidgets as widgets

from backprop_lab.widgets.frame import with_math
from backprop_lab.widgets.parts import FULL, html

__all__ = ["Question", "choice_of"]

MOST_OPTIONS = 6


@dataclass(frozen=True)
class Question:
    """A question whose every answer gets a reason.

    Attributes
    ----------
    question : str
        Plain text with formulas between dollar signs.
    options : mapping of str to str
        From each option to the reason that is shown when it is chosen. Two to six, in the order in which they are
        listed.
    right : str
        The option that is right.

    Raises
    ------
    ValueError
        If there are fewer than two or more than six options, a reason is empty, or `right` is not among them.
    """

    question: str
    options: Mapping[str, str]
    right: str

    def __post_init__(self) -> None:
        """Refuse a question that can't be answered."""
        if not 2 <= len(self.options) <= MOST_OPTIONS:
            raise ValueError(f"a question has {len(self.options)} options, expected two to six")
        if self.right not in self.options:
            raise ValueError(f"the right option {self.right!r} is not among {list(self.options)}")
        for option, reason in self.options.items():
            if not reason.strip():
                raise ValueError(f"option {option!r} has no reason")

    @property
    def letters(self) -> str:
        """The letters of the options: ABC."""
        return ascii_uppercase[: len(self.options)]

    def text(self, kind: str) -> widgets.HTML:
        """Return the question and its options; `kind` stands before it in bold."""
        listed = "".join(f"<li>{with_math(option)}</li>" for option in self.options)
        return html(
            f'<p class="bl-question"><strong>{kind}</strong> {with_math(self.question)}</p>'
            f'<ol type="A" class="bl-options">{listed}</ol>'
        )

    def reasons(self, name_the_right: bool = False) -> list[widgets.HTML]:
        """Return what is shown when each option is chosen; a wrong one may name the right one, too."""
        right = f" {self.right_letter} is right." if name_the_right else ""
        return [
            html(_reason(letter, reason, option == self.right, "" if option == self.right else right))
            for letter, (option, reason) in zip(self.letters, self.options.items(), strict=True)
        ]

    @property
    def right_letter(self) -> str:
        """The letter of the right option."""
        return self.letters[list(self.options).index(self.right)]

    def answer(self) -> widgets.HTML:
        """Return the right option with its reason, for who wants to look first."""
        reason = with_math(self.options[self.right])
        return html(f'<p class="bl-sentence"><strong>{self.right_letter} is right.</strong> {reason}</p>')


def choice_of(settings: Sequence[str], *stacks: widgets.Stack) -> widgets.ToggleButtons:
    """Return a row of buttons, none pressed, that turns the pages of some stacks."""
    row = widgets.ToggleButtons(options=list(settings), value=None, style={"button_width": "auto"}, layout=FULL)
    row.add_class("bl-choice")
    for stack in stacks:
        widgets.jslink((row, "index"), (stack, "selected_index"))
    return row


def _reason(letter: str, reason: str, is_right: bool, and_then: str) -> str:
    verdict, css_class = ("Right.", "bl-right") if is_right else ("Not quite.", "bl-wrong")
    said = f"<strong>{letter}. {verdict}</strong> {with_math(reason)}{and_then}"
    return f'<p class="bl-sentence {css_class}">{said}</p>'
