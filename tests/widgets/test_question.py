"""Promise: every answer to a question gets its reason, and a prediction opens what it stands before."""

from __future__ import annotations

import pytest

from backprop_lab.widgets import quick_check
from backprop_lab.widgets.player import Frame, FramePlayer, Question, Slider, math, with_math

QUESTION = Question("Which?", {"one": "No, two.", "two": "Yes."}, "two")


def test_a_quick_check_shows_the_reason_of_the_chosen_option():
    check = quick_check("What is $x'$?", {"$1$": "The slope of a line.", "$x$": "That is its value."}, right="$1$")
    _, question, choice, answer = check.children
    assert "<math" in question.value
    assert choice.index is None
    assert answer.selected_index is None
    assert "Right." in answer.children[0].value
    assert "Not quite." in answer.children[1].value


@pytest.mark.parametrize(
    ("options", "right", "message"),
    [
        ({"a": "r"}, "a", "two to six"),
        ({"a": "r", "b": "s"}, "c", "not among"),
        ({"a": "r", "b": " "}, "a", "no reason"),
    ],
)
def test_a_quick_check_is_refused_where_something_is_missing(options, right, message):
    with pytest.raises(ValueError, match=message):
        quick_check("q", options, right=right)


def predicting() -> tuple:
    player = FramePlayer("p", lambda i: Frame((), f"frame {i}"), [Slider("s", "abc", start=1)], predict=QUESTION)
    (_, _, question, opened, paper) = player.children
    return player, question.children[1], question.children[2], opened, paper


def test_nothing_is_shown_before_the_prediction():
    _, choice, reasons, opened, _ = predicting()
    assert (choice.index, reasons.selected_index, opened.selected_index) == (None, None, None)


def test_every_answer_opens_the_same_interactive_with_its_own_reason():
    _, choice, reasons, opened, _ = predicting()
    assert list(choice.options) == ["A", "B", "Just show me"]
    assert len({id(stage) for stage in opened.children}) == 1
    assert len(opened.children) == len(reasons.children) == 3
    assert ["Not quite." in reasons.children[0].value, "Right." in reasons.children[1].value] == [True, True]


def test_a_wrong_prediction_and_who_looks_first_are_told_which_is_right():
    _, _, reasons, _, _ = predicting()
    wrong, right, skipped = (child.value for child in reasons.children)
    assert "B is right." in wrong
    assert "is right." not in right
    assert "B is right." in skipped
    assert "Yes." in skipped


def test_a_quick_check_does_not_tell_which_is_right_so_that_one_tries_again():
    answer = quick_check("q", {"a": "No.", "b": "Yes."}, right="b").children[-1]
    assert "is right" not in answer.children[0].value


def test_paper_shows_a_frame_even_where_nobody_predicted():
    *_, paper = predicting()
    assert "frame 1" in paper.value


def test_text_is_escaped_and_formulas_become_mathml():
    assert with_math("a < b & $x$") == f"a &lt; b &amp; {math('x')}"
    assert with_math("$x$, at $5") == f'<span class="bl-together">{math("x")},</span> at $5'
    assert "′" in math(r"\sigma'")


@pytest.mark.parametrize("latex", [r"\begin{aligned} a &= b \end{aligned}", r"\nonsense{x}"])
def test_a_formula_that_would_be_printed_as_it_is_written_is_refused(latex):
    with pytest.raises(ValueError, match="can't be set as MathML"):
        math(latex)
