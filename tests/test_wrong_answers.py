"""The checkers are checked: every plausible wrong answer is rejected with its name, every right one is accepted.

And no message gives the answer away.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from backprop_lab.course import NotAnswered, NotYet, check, find_exercise
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Essay
from backprop_lab.course.expression import Expression
from backprop_lab.course.function import Function
from backprop_lab.course.number import Number

TESTS = Path(__file__).parent
CHAPTERS = sorted((TESTS / "wrong_answers").glob("[0-9]*.py"))
LEAST_WRONG = {Function: 8, Expression: 8, Number: 4, Choice: 3, Parts: 3}
FORMULA = re.compile(r"[=@*^\\]")


@functools.cache
def load(path):
    spec = importlib.util.spec_from_file_location(f"wrong_answers_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def every(name):
    return [
        pytest.param(path, number, place, id=f"{number}-{place}-{entry[0] if name == 'WRONG' else 'right'}")
        for path in CHAPTERS
        for number, entries in getattr(load(path), name).items()
        for place, entry in enumerate(entries)
    ]


def numbers():
    return [pytest.param(path, number, id=number) for path in CHAPTERS for number in load(path).RIGHT]


@functools.cache
def notebook_names(path):
    """Run set-up and answer cells of the solution notebook: what a student's answer may refer to."""
    names = {"counter": []}
    for cell in nbformat.read(TESTS.parent / "solutions" / f"{path.stem}.ipynb", 4).cells:
        marks = cell.metadata.get("nbgrader")
        if cell.cell_type == "code" and marks and not marks.grade:
            exec(cell.source, names)
    return names


def answer_of(path, number, entry):
    """Return the answer that this text stands for; an edit is of the first right answer."""
    text = entry if isinstance(entry, str) else entry[1]
    if len(entry) == 3 and not isinstance(entry, str):
        _, old, new = entry
        source = load(path).RIGHT[number][0]
        assert old in source, f"{old!r} is not in the right answer to {number}"
        text = source.replace(old, new)
    names = dict(notebook_names(path))
    if not text.lstrip().startswith("def "):
        return eval(text, names)
    exec(text, names)
    return names[re.search(r"def (\w+)", text).group(1)]


@functools.cache
def rejection_at(path, number, place):
    """Return the rejection of the wrong answer at this place of its list."""
    return rejection_of(number, answer_of(path, number, load(path).WRONG[number][place]))


def rejection_of(number, answer):
    """Return (name of the mistake, message) of a rejected answer, None of an accepted one."""
    with np.errstate(all="ignore"):
        try:
            points = check(number, answer)
        except NotYet as error:
            return error.mistake, str(error)
    verdict = find_exercise(number).kind.judge(answer, 0)
    return None if points in (None, find_exercise(number).points) else (verdict.mistake, verdict.message)


@pytest.mark.parametrize(("path", "number", "place"), every("RIGHT"))
def test_a_right_answer_written_differently_is_accepted(path, number, place):
    assert rejection_of(number, answer_of(path, number, load(path).RIGHT[number][place])) is None


@pytest.mark.parametrize(("path", "number", "place"), every("WRONG"))
def test_a_wrong_answer_is_rejected_and_its_mistake_is_named(path, number, place):
    rejection = rejection_at(path, number, place)
    assert rejection is not None, "a wrong answer was accepted"
    mistake, message = rejection
    assert mistake == load(path).WRONG[number][place][0], message
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
def test_the_checkers_of_a_chapter_have_full_strength(path, capsys):
    rejected = total = 0
    for number, entries in load(path).WRONG.items():
        for place, entry in enumerate(entries):
            rejection = rejection_at(path, number, place)
            rejected += rejection is not None and rejection[0] == entry[0]
            total += 1
    with capsys.disabled():
        print(f"\n{path.stem}: {rejected} of {total} wrong answers rejected and named, strength {rejected / total:.0%}")
    assert rejected == total


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
