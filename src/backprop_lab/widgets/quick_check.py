"""Quick checks: choose an answer and read at once why it is right or wrong."""

from __future__ import annotations

from collections.abc import Mapping

import ipywidgets as widgets

from backprop_lab.widgets.parts import FULL, style_sheet
from backprop_lab.widgets.question import Question, choice_of

__all__ = ["QuickCheck", "quick_check"]


class QuickCheck(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A question with lettered options; made by `quick_check`."""

    def __init__(self, question: Question) -> None:
        self.question = question.question
        answer = widgets.Stack(question.reasons(), selected_index=None, layout=FULL)
        super().__init__([style_sheet(), question.text("Quick check."), choice_of(question.letters, answer), answer])
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
    return QuickCheck(Question(question, options, right))
