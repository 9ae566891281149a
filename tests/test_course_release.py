"""Exercises come out of solutions: the same on each run, nothing of the solution left in them, as nbgrader does it."""

from __future__ import annotations

import copy
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from backprop_lab import sigmoid
from backprop_lab.course.answer_key.chapter_05 import EXERCISES, LEARNING_RATE, SISTER
from backprop_lab.course.answer_key.two_layers import by_differences, plain_prediction
from backprop_lab.course.notebook import NotebookError
from backprop_lab.course.number import Number
from backprop_lab.course.release import ESSAY_STUB, STUB, release
from backprop_lab.course.submission import run_checks

ROOT = Path(__file__).parents[1]
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
CHAPTER_5 = ROOT / "solutions" / "05_one_step_by_hand.ipynb"
by_stem = pytest.mark.parametrize("source", SOLUTIONS, ids=lambda path: path.stem)

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning")


def read(path):
    return nbformat.read(path, as_version=4)


def exercise_of(source):
    return ROOT / "exercises" / source.name


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def cell_of(notebook, grade_id):
    return next(cell for cell in notebook.cells if marks(cell).get("grade_id") == grade_id)


@by_stem
def test_the_exercises_are_what_their_solutions_make(source):
    assert exercise_of(source).read_text(encoding="utf-8") == release(source)


@by_stem
def test_a_release_is_the_same_on_each_run(source):
    assert release(source) == release(source)


@by_stem
def test_nothing_of_the_solution_is_left(source):
    text = release(source)
    for region in ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "Worked solution", "quiet=True", "An answer for"):
        assert region not in text
    for solved, blank in zip(read(source).cells, nbformat.reads(text, 4).cells, strict=True):
        assert solved.id == blank.id
        assert not blank.get("outputs")
        if marks(solved).get("solution"):
            inside = re.findall(r"BEGIN SOLUTION.*?\n(.*?)\n[^\n]*END SOLUTION", solved.source, re.DOTALL)
            assert len(inside) == 1, f"{solved.id} has no solution region"
            assert inside[0] not in blank.source
            assert (STUB if solved.cell_type == "code" else ESSAY_STUB) in blank.source


@by_stem
def test_a_stub_has_the_signature_and_the_docstring_of_its_solution(source):
    """What a student sees before the stub is what stands before the solution: signature, docstring, given lines."""
    blank = read(exercise_of(source))
    for cell in read(source).cells:
        if cell.cell_type == "code" and marks(cell).get("solution"):
            given = cell.source.partition("### BEGIN SOLUTION")[0]
            assert given.strip()
            assert cell_of(blank, marks(cell).grade_id).source.startswith(given)


@pytest.fixture(scope="module")
def nbgraders_release(tmp_path_factory):
    """Let nbgrader make an assignment of all notebooks, and return its folder."""
    place = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "solutions", place / "source" / "ps", ignore=shutil.ignore_patterns(".*"))
    (place / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        "c.ClearMarkScheme.enforce_metadata = False\n"
        f"c.ClearSolutions.code_stub = {{'python': {STUB!r}}}\n"
        f"c.ClearSolutions.text_stub = {ESSAY_STUB!r}\n"
    )
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "ps", "--no-db"]
    subprocess.run(command, cwd=place, check=True, capture_output=True)
    return place / "release" / "ps"


@pytest.mark.xdist_group("nbgrader")
@by_stem
def test_release_does_what_nbgrader_generate_assignment_does(source, nbgraders_release):
    theirs, ours = read(nbgraders_release / source.name), nbformat.reads(release(source), 4)
    for cell in theirs.cells:  # all that the normal form of the project's notebooks changes
        cell.source = cell.source.strip("\n")
    assert theirs == ours


def changed(tmp_path, change):
    notebook = read(CHAPTER_5)
    change(notebook)
    path = tmp_path / "solutions" / "changed.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook, path)
    return path


def without_marks(notebook):
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)


def without_end(notebook):
    cell = cell_of(notebook, "answer-5-3")
    cell.source = cell.source.replace("### END SOLUTION", "")


def without_end_of_tests(notebook):
    cell = cell_of(notebook, "check-5-11")
    cell.source = cell.source.replace("### END HIDDEN TESTS", "")


def same_id_twice(notebook):
    marks(cell_of(notebook, "check-5-3")).grade_id = "check-5-4"


def misspelt_marker(notebook):
    cell = cell_of(notebook, "check-5-11")
    cell.source = cell.source.replace("HIDDEN TESTS", "HIDDEN TEST")


def solution_outside(notebook):
    del cell_of(notebook, "answer-5-3").metadata["nbgrader"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (without_marks, "no exercises"),
        (without_end, "no end solution statement found"),
        (without_end_of_tests, "No end hidden tests statement found"),
        (misspelt_marker, "is a marker misspelt"),
        (same_id_twice, "grade_id 'check-5-4' is there twice"),
        (solution_outside, "Solution region detected in a non-solution cell"),
    ],
)
def test_a_broken_solution_is_refused_with_its_name_and_a_reason(change, says, tmp_path, capfd):
    path = changed(tmp_path, change)
    with pytest.raises(NotebookError, match=says) as caught:
        release(path)
    assert str(caught.value).startswith(str(path))
    assert capfd.readouterr().err == ""


def test_what_is_no_notebook_is_refused(tmp_path):
    with pytest.raises(NotebookError, match="there is no such file"):
        release(tmp_path / "missing.ipynb")
    broken = tmp_path / "broken.ipynb"
    for text in ("{", "[]", '{"cells": 3}', ""):
        broken.write_text(text)
        with pytest.raises(NotebookError, match="not a Jupyter notebook"):
            release(broken)


# ------------------------------------------------------------------ chapter 5


def statements():
    return {cell.id: cell.source for cell in read(CHAPTER_5).cells if cell.id.startswith("statement-")}


def test_the_sister_of_the_notebook_is_the_sister_of_the_checks():
    names = {}
    notebook = read(CHAPTER_5)
    exec(cell_of(notebook, "set-up").source, names)
    exec(cell_of(notebook, "sister").source, names)
    for name, value in SISTER.items():
        np.testing.assert_array_equal(names[name], value)
    assert names["learning_rate"] == LEARNING_RATE


@pytest.mark.parametrize(("letter", "right"), [("A", False), ("B", True), ("C", False), ("D", False)])
def test_of_the_four_passes_only_the_second_is_right(letter, right):
    text = re.search(rf"# pass {letter}\n(.*?)```", statements()["statement-5-13"], re.DOTALL).group(1)
    names = {name: value.copy() for name, value in SISTER.items()} | {"np": np, "sigmoid": sigmoid}
    names["learning_rate"] = LEARNING_RATE
    names["z1"] = SISTER["W1"] @ SISTER["x"] + SISTER["b1"]
    names["a1"] = sigmoid(names["z1"])
    names["z2"] = SISTER["W2"] @ names["a1"] + SISTER["b2"]
    names["a2"] = plain_prediction(*(SISTER[name] for name in ("x", "W1", "b1", "W2", "b2")))
    exec(text, names)
    assert np.allclose(names["dW2"], by_differences("W2", SISTER), rtol=1e-6)
    assert np.allclose(names["dW1"], by_differences("W1", SISTER), rtol=1e-6) is right


def test_the_broken_function_is_broken():
    notebook, names = read(CHAPTER_5), {}
    for grade_id in ("set-up", "sister", "broken"):
        exec(cell_of(notebook, grade_id).source, names)
    broken = names["broken_gradients"](**SISTER)
    for gradient, name in zip(broken, ("W1", "b1", "W2", "b2"), strict=True):
        assert gradient.shape == SISTER[name].shape
        assert not np.allclose(gradient, by_differences(name, SISTER), rtol=1e-2)


# ------------------------------------------------------------------ run in a kernel


def outputs(cell, kind):
    return [output for output in cell.outputs if output.output_type == kind]


@pytest.fixture(scope="module")
def blank_run():
    """Return the exercise notebook, executed as a student gets it."""
    from nbclient import NotebookClient

    notebook = read(exercise_of(CHAPTER_5))
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
    return notebook


def test_an_untouched_exercise_raises_only_not_implemented_and_not_answered(blank_run):
    for cell in blank_run.cells:
        if cell.cell_type != "code":
            continue
        errors = [output.ename for output in outputs(cell, "error")]
        if marks(cell).get("grade"):
            assert errors == ["NotAnswered"], cell.id
            assert "not answered yet" in outputs(cell, "error")[0].evalue
        elif marks(cell).get("solution"):
            is_function = cell.source.startswith("def ")
            assert errors == ([] if is_function else ["NotImplementedError"]), cell.id
        else:
            assert errors == [], cell.id


def test_no_output_of_an_untouched_exercise_has_a_right_number(blank_run):
    right = [
        abs(float(value))
        for exercise in EXERCISES
        if isinstance(exercise.kind, Number)
        for value in np.ravel(exercise.kind.right(exercise.kind.setting()))
    ]
    for cell in blank_run.cells:
        for output in cell.get("outputs", []):
            found = re.findall(r"\d+\.\d{3,}", str(output))
            assert not [digits for digits in found for value in right if abs(float(digits) - value) < 0.01 * value], (
                cell.id
            )


def test_every_check_of_the_solution_passes_with_all_points():
    results = run_checks(CHAPTER_5)
    assert [result.number for result in results] == [
        marks(cell).grade_id.partition("-")[2].replace("-", ".")
        for cell in read(CHAPTER_5).cells
        if marks(cell).get("grade")
    ]
    for result in results:
        if result.number == "5.18":
            assert (result.state, result.earned) == ("read by a person", None)
        else:
            assert (result.state, result.earned) == ("right", result.points), result


ANSWERS = {
    "answer-5-1": 'biggest_change = "b"',
    "answer-5-2": 'signs = {"dW2_11": "-", "delta1_1": "-", "delta1_2": "+", "dW1_11": "-", "dW1_12": "+"}',
    "answer-5-3": "z1 = W1 @ x + b1",
    "answer-5-4": "a2 = 0.58",
    "answer-5-5": "delta2 = undefined_name",
    "answer-5-11": "def gradients(x, y, W1, b1, W2, b2):\n    return W1.T @ W1, b1, W2, b2",
    "answer-5-15": "output_delta = a2_1 - y_1",
}


def test_a_student_sees_which_answers_are_right_and_why_others_are_not(tmp_path):
    notebook = copy.deepcopy(read(exercise_of(CHAPTER_5)))
    for grade_id, source in ANSWERS.items():
        cell_of(notebook, grade_id).source = source
    cell_of(notebook, "check-5-15").source = "1 / 0"  # a student's accident
    path = tmp_path / "mine.ipynb"
    nbformat.write(notebook, path)
    before = path.read_bytes()
    seen = []
    results = {result.number: result for result in run_checks(path, lambda done, total: seen.append((done, total)))}
    assert path.read_bytes() == before
    assert seen[-1][0] == seen[-1][1] == len(seen)
    states = {number: results[number].state for number in ("5.1", "5.2", "5.3", "5.4", "5.5", "5.11", "5.15", "5.16")}
    assert states == {
        "5.1": "not yet",
        "5.2": "partly right",
        "5.3": "right",
        "5.4": "not yet",
        "5.5": "error",
        "5.11": "not yet",
        "5.15": "error",
        "5.16": "not answered yet",
    }
    assert results["5.2"].earned == 4
    assert "Too few digits" in results["5.4"].message
    assert "ZeroDivisionError" in results["5.15"].message


def test_a_cell_that_never_ends_or_does_not_parse_costs_its_own_exercise_only(tmp_path):
    notebook = copy.deepcopy(read(exercise_of(CHAPTER_5)))
    notebook.cells = [
        cell for cell in notebook.cells if cell.id in ("set-up", "sister") or cell.id.endswith(("-5-3", "-5-4", "-5-5"))
    ]
    cell_of(notebook, "answer-5-3").source = "while True: pass"
    cell_of(notebook, "answer-5-4").source = "a2 = (0.57926"
    cell_of(notebook, "answer-5-5").source = "delta2 = 0.080247"
    path = tmp_path / "mine.ipynb"
    nbformat.write(notebook, path)
    loop, syntax, right = run_checks(path, timeout=5)
    assert (loop.state, syntax.state, right.state) == ("error", "error", "right")
    assert "took more than 5 seconds" in loop.message
    assert "SyntaxError" in syntax.message
