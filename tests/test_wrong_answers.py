"""The checkers are checked: every plausible wrong answer is rejected with its name, every right one is accepted.

And no message gives the answer away.
"""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import numpy as np
import pytest

from backprop_lab.course import NotAnswered, check, find_exercise
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Essay
from backprop_lab.course.expression import Expression
from backprop_lab.course.function import Function
from backprop_lab.course.number import Number
from judged import CHAPTERS, answer_of, load, rejection_at, rejection_of
from one_process import chapter

STRENGTHS = Path(__file__).parents[1] / "book" / "strengths.json"
LEAST_WRONG = {Function: 8, Expression: 8, Number: 4, Choice: 3, Parts: 3}
FORMULA = re.compile(r"[=@*^\\]")


def numbers():
    return [
        pytest.param(path, number, id=number, marks=chapter(path)) for path in CHAPTERS for number in load(path).RIGHT
    ]


@pytest.mark.parametrize(("path", "number"), numbers())
def test_right_answers_written_differently_are_accepted(path, number):
    for entry in load(path).RIGHT[number]:
        assert rejection_of(number, answer_of(path, number, entry)) is None, entry


@pytest.mark.parametrize(("path", "number"), numbers())
def test_wrong_answers_are_rejected_and_their_mistakes_are_named(path, number):
    for place, entry in enumerate(load(path).WRONG[number]):
        rejection = rejection_at(path, number, place)
        assert rejection is not None, f"a wrong answer was accepted: {entry}"
        mistake, message = rejection
        assert mistake == entry[0], f"{entry}: {message}"
        assert_nothing_leaks(number, message)


@pytest.mark.parametrize(("path", "number"), numbers())
def test_each_exercise_has_enough_wrong_and_right_answers(path, number):
    answers, kind = load(path), type(find_exercise(number).kind)
    assert len(answers.WRONG[number]) >= LEAST_WRONG[kind]
    assert len(answers.RIGHT[number]) >= (2 if kind in (Function, Expression, Number) else 1)


@pytest.mark.parametrize(("path", "number"), numbers())
def test_no_message_of_an_exercise_gives_the_answer_away(path, number):
    kind = find_exercise(number).kind
    for mistake in getattr(kind, "mistakes", ()):
        assert_nothing_leaks(number, mistake.verdict.message)
    for choice in getattr(kind, "parts", {"": kind}).values():
        for _, says in getattr(choice, "reasons", {}).values():
            assert_nothing_leaks(number, says)


@pytest.mark.parametrize(("path", "number"), numbers())
def test_no_hint_gives_the_number_away(path, number):
    for text in find_exercise(number).hints:
        assert not gives_away(text, number), text


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_exercise_of_a_chapter_that_can_be_checked_is_in_its_list(path):
    exercises = importlib.import_module(f"backprop_lab.course.answer_key.chapter_{path.stem[:2]}").EXERCISES
    checked = {exercise.number for exercise in exercises if not isinstance(exercise.kind, Essay)}
    assert checked == set(load(path).RIGHT) == set(load(path).WRONG)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_published_strengths_are_of_these_answers(path):
    """That all wrong answers are rejected and named is what the tests above assert; here the book says of how many."""
    published = {row["number"]: (row["wrong"], row["right"]) for row in json.loads(STRENGTHS.read_text())[path.stem]}
    answers = load(path)
    assert published == {
        number: (len(answers.WRONG[number]), len(answers.RIGHT[number])) for number in answers.RIGHT
    }, "run: .venv/bin/python tools/strengths.py"


def test_the_book_publishes_strengths_of_what_there_is():
    rows = [row for rows in json.loads(STRENGTHS.read_text()).values() for row in rows]
    assert list(json.loads(STRENGTHS.read_text())) == [path.stem for path in CHAPTERS]
    assert all(row["named"] == row["wrong"] and row["accepted"] == row["right"] for row in rows)


def test_the_leak_detector_detects_a_leak():
    right = float(find_exercise("5.5").kind.right(find_exercise("5.5").kind.setting()))
    for leak in (f"it is {right:.3f}", f"expected {right:.6g}", f"{right:.2e}", "use delta = a - y", "W2.T @ delta2"):
        with pytest.raises(AssertionError):
            assert_nothing_leaks("5.5", leak)
    assert_nothing_leaks("5.5", "Expected an array of shape (1, 2), got shape (2,).")


def assert_nothing_leaks(number, message):
    """No right number, no formula. What Python said of a crash is the student's own."""
    message = message.removeprefix(f"{number} not yet. ").partition("Your function stopped with")[0]
    assert not FORMULA.search(message), f"a formula: {message}"
    assert not gives_away(message, number), f"the right number: {message}"


def gives_away(text, number):
    """Say whether a text has a decimal number within two percent of a right one."""
    found = [float(digits) for digits in re.findall(r"\d+\.\d+(?:e-?\d+)?", text)]
    return any(abs(value - right) <= 0.02 * right for value in found for right in right_numbers(number))


def right_numbers(number):
    kind = find_exercise(number).kind
    if not isinstance(kind, Number):
        return []
    setting = kind.setting()
    return np.abs(np.ravel(kind.right(setting))).astype(float).tolist()


def test_an_answer_that_is_still_missing_is_not_called_wrong():
    for number in [number for path in CHAPTERS for number in load(path).RIGHT]:
        for nothing in (None, ..., NotImplementedError, NotImplementedError("later"), ""):
            with pytest.raises(NotAnswered, match=rf"^{number} not answered yet"):
                check(number, nothing)
