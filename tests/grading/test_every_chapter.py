"""Through the pipe every chapter gets the verdicts that its notebook gives."""

from __future__ import annotations

import importlib
from pathlib import Path

import nbformat
import pytest

from backprop_lab.course.exercise import Essay
from backprop_lab.grading.judging import Limits, Source, judge, kind_of, marks
from backprop_lab.grading.sandbox import Sandbox, levels

ROOT = Path(__file__).parents[2]
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))

pytestmark = pytest.mark.skipif(not levels()[0].strong, reason="this machine has neither bubblewrap nor Landlock")


@pytest.fixture(scope="module")
def sandbox():
    sandbox = Sandbox(levels()[0], ["backprop_lab"], [ROOT / "solutions"])
    yield sandbox
    sandbox.close()


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_a_solution_gets_all_points_and_an_untouched_exercise_none(path, sandbox):
    solution = nbformat.read(path, as_version=4)
    blank = nbformat.read(ROOT / "exercises" / path.name, as_version=4)
    untouched = {marks(cell)["grade_id"]: cell.source for cell in blank.cells if kind_of(cell) == "essay"}
    source = Source.of(solution, untouched)
    right = judge("ann", solution.cells, source, sandbox, Limits())
    none = judge("dan", blank.cells, source, sandbox, Limits())
    table = importlib.import_module(f"backprop_lab.course.answer_key.chapter_{path.stem[:2]}").EXERCISES
    essays = {exercise.number for exercise in table if isinstance(exercise.kind, Essay)}
    assert [(r.number, r.state) for r in right.results] == [
        (exercise.number, "open" if exercise.number in essays else "right") for exercise in table
    ], right.results
    assert (right.flags, none.flags) == ([], [])
    assert {result.state for result in none.results} == {"not answered yet"}, none.results
    assert [entry for entry in none.cells if entry["output"]] == []  # what given cells print is not the student's
