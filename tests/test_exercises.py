"""What holds for the exercises of every chapter: notebooks and tables belong together, and each check is sound."""

from __future__ import annotations

import contextlib
import functools
import io
import warnings
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
import sympy

from backprop_lab.course import NotAnswered, NotYet, check, exercises, find_exercise
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Essay
from backprop_lab.course.expression import Expression
from backprop_lab.course.function import Function
from backprop_lab.course.number import Number
from one_process import chapter
from right_answers import right_answer

ROOT = Path(__file__).parents[1]
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
TABLES = {path: [find_exercise(each.number) for each in exercises(int(path.stem[:2]))] for path in SOLUTIONS}
EVERY = [(path, exercise) for path, table in TABLES.items() for exercise in table]
RUNGS = {"predict", "hand-compute", "complete", "implement", "debug", "derive", "essay"}

by_chapter = pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem, marks=chapter(path)) for path in SOLUTIONS]
)


def of_kind(*kinds):
    chosen = [(path, exercise) for path, exercise in EVERY if isinstance(exercise.kind, kinds)]
    return pytest.mark.parametrize(
        ("path", "exercise"),
        [pytest.param(path, exercise, id=exercise.number, marks=chapter(path)) for path, exercise in chosen],
    )


by_exercise = of_kind(object)


@functools.cache
def cells(path):
    return nbformat.read(path, as_version=4).cells


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def dashed(exercise):
    return exercise.number.replace(".", "-")


def cell_of(path, cell_id):
    return next(cell for cell in cells(path) if cell.id == cell_id)


# ------------------------------------------------------------------ the tables


def test_there_is_a_notebook_for_each_chapter_and_a_capstone():
    assert [path.stem[:2] for path in SOLUTIONS] == [f"{chapter:02d}" for chapter in range(1, 18)]
    assert len(EVERY) >= 160


@by_chapter
def test_a_chapter_has_at_least_ten_exercises_in_order(path):
    table = TABLES[path]
    assert [exercise.number for exercise in table] == [f"{int(path.stem[:2])}.{k}" for k in range(1, len(table) + 1)]
    assert len(table) >= 10


@by_chapter
def test_the_ladder_has_every_rung(path):
    rungs = {exercise.rung for exercise in TABLES[path]}
    assert len(RUNGS & rungs) >= 6, f"missing: {RUNGS - rungs}"
    assert {"predict", "implement", "debug", "derive", "essay"} <= rungs


@by_exercise
def test_an_exercise_has_three_hints_a_difficulty_and_minutes(path, exercise):
    assert len(set(exercise.hints)) == 3
    assert exercise.difficulty in (1, 2, 3)
    assert 1 <= exercise.minutes <= 60
    assert exercise.rung in RUNGS


@by_exercise
def test_a_statement_carries_the_label_of_the_table(path, exercise):
    statement = cell_of(path, f"statement-{dashed(exercise)}").source
    assert statement.startswith(f"### {exercise.number} {exercise.title}\n\n*{exercise.label}*\n\n")


@by_chapter
def test_points_in_the_notebook_are_those_of_the_table(path):
    graded = {marks(cell).grade_id: marks(cell).points for cell in cells(path) if marks(cell).get("grade")}
    assert graded == {
        f"{'essay' if isinstance(e.kind, Essay) else 'check'}-{dashed(e)}": e.points for e in TABLES[path]
    }


@of_kind(Essay)
def test_an_essay_shows_its_scale_and_has_an_answer_at_each_level(path, exercise):
    for level in exercise.kind.levels:
        assert level in cell_of(path, f"statement-{dashed(exercise)}").source
    essay = cell_of(path, f"essay-{dashed(exercise)}").source
    for points in (1, 2, 3, 4):
        assert f"An answer for {points} point" in essay


@by_exercise
def test_a_worked_solution_explains(path, exercise):
    if not isinstance(exercise.kind, Essay):
        assert "**Worked solution.**" in cell_of(path, f"statement-{dashed(exercise)}").source


# ------------------------------------------------------------------ the checks


@of_kind(Number, Function, Expression)
def test_all_mistakes_of_an_exercise_can_be_told_apart(path, exercise):
    """Each recognised mistake, handed in as an answer, is met with its own message and with no other's."""
    for mistake in exercise.kind.mistakes:
        if isinstance(exercise.kind, Number):
            answer = mistake.wrong(exercise.kind.setting())
        elif isinstance(exercise.kind, Function):
            answer = right_answer(replace(exercise, kind=replace(exercise.kind, right=mistake.wrong)))
        else:
            answer = mistake.wrong
        assert exercise.kind.judge(answer, 0) == mistake.verdict


JUNK = {
    "zero": 0,
    "text": "words",
    "bytes": b"x",
    "truth": True,
    "object": object(),
    "empty list": [],
    "nested": [[1.0], [1.0, 2.0]],
    "objects": [object(), None],
    "dictionary": {"A": 1, 2: "b"},
    "set": {1, 2},
    "a class": dict,
    "complex": 1j,
    "nan": float("nan"),
    "huge": 10**400,
    "empty array": np.empty((0, 2)),
    "text array": np.array(["a", "b"]),
    "a module": np,
    "symbol": sympy.Symbol("q"),
    "equation": sympy.Eq(sympy.Symbol("a2_1"), 1),
    "matrix": sympy.eye(2),
    "not a number": sympy.nan,
    "infinity": sympy.oo,
    "returns junk": lambda *_: object(),
    "returns text": lambda *_: "ab",
    "returns rows": lambda *_: ([[1.0], [1.0, 2.0]], None, "x", {}),
    "returns two": lambda *_: ([[1.0], [1.0, 2.0]], None),
    "returns four": lambda *_: (np.nan, np.inf, 1j, True),
    "returns the number of its arguments": lambda *a: len(a),
    "takes nothing": lambda: None,
    "exits": lambda *_: 1 / 0,
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@of_kind(Choice, Parts, Number, Function, Expression)
def test_whatever_is_handed_in_gets_a_verdict(path, exercise):
    for name, junk in JUNK.items():
        with pytest.raises(NotYet) as caught:
            check(exercise.number, junk)
        assert caught.value.mistake != "", name
        assert "0x" not in str(caught.value), name


def test_shapes_of_the_inputs_are_not_square():
    for _, exercise in EVERY:
        for widths in getattr(exercise.kind, "widths", ()):
            assert len(set(widths)) == len(widths)


@of_kind(Expression)
def test_the_notebook_defines_every_symbol_that_a_derivation_may_use(path, exercise):
    names = ran(path)[0]
    symbols = {value.name for value in names.values() if isinstance(value, sympy.Symbol)}
    assert set(exercise.kind.symbols) <= symbols


# ------------------------------------------------------------------ the notebooks, run in this process


@functools.cache
def ran(path):
    """Run the code cells of a notebook and return (names, {cell id: error or None})."""
    names, errors = {"__name__": "__main__"}, {}
    for cell in cells(path):
        if cell.cell_type != "code":
            continue
        try:
            with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")
                exec(compile(cell.source, f"<{cell.id}>", "exec"), names)
            errors[cell.id] = None
        except Exception as error:
            errors[cell.id] = error
    return names, errors


@by_chapter
def test_a_solution_runs_and_every_check_of_it_passes(path):
    assert [(cell_id, error) for cell_id, error in ran(path)[1].items() if error] == []


@by_chapter
def test_an_untouched_exercise_raises_only_not_implemented_and_not_answered(path):
    blank = ROOT / "exercises" / path.name
    errors = ran(blank)[1]
    for cell in cells(blank):
        if cell.cell_type != "code":
            continue
        error = errors[cell.id]
        if marks(cell).get("grade"):
            assert isinstance(error, NotAnswered), (cell.id, error)
        elif marks(cell).get("solution"):
            is_code = "def " in cell.source or "class " in cell.source
            assert isinstance(error, NotImplementedError) or (error is None and is_code), (cell.id, error)
        else:
            assert error is None or isinstance(error, NotImplementedError | NameError), (cell.id, error)
