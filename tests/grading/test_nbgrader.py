"""A department's nbgrader takes solutions/ for its source, makes the same release, and grades what students hand in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from classroom import SOLUTION, cell_of, honest, save, solution

pytestmark = pytest.mark.xdist_group("nbgrader autograde")  # one course for all
POINTS = {"check-5-3": 1, "check-5-10": 2, "check-5-15": 2}


def submitted(release, answers):
    """Return what a student makes of the release: the release, with answers in it."""
    notebook = nbformat.read(release, as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell.source = answers[name]
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    place = tmp_path_factory.mktemp("course")
    save(solution(), place / "source" / "ps5" / SOLUTION.name)
    (place / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'lab'\nc.ClearMarkScheme.enforce_metadata = False\n"
        "c.ClearSolutions.code_stub = {'python': 'raise NotImplementedError'}\n"
    )
    run(place, "generate_assignment")
    release = place / "release" / "ps5" / SOLUTION.name
    right = {cell.metadata.nbgrader.grade_id: cell.source for cell in honest().cells}
    right = {name: text for name, text in right.items() if name.startswith(("answer", "essay"))}
    wrong = {
        **right,
        "answer-5-3": "z1 = W1 @ x",
        "answer-5-10": "def deltas(y, z1, z2, a2, W2):\n    return a2 - y, z1",
    }
    for student, answers in {"ann": right, "bob": wrong, "dan": {}}.items():
        save(submitted(release, answers), place / "submitted" / student / "ps5" / SOLUTION.name)
    run(place, "autograde")
    return place


def run(place, command):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])  # for its alembic
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", command, "ps5"],
        cwd=place,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_autograde_gives_the_points_that_our_checks_give(course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        for student, expected in {
            "ann": POINTS,
            "bob": {**POINTS, "check-5-3": 0, "check-5-10": 0},
            "dan": dict.fromkeys(POINTS, 0),
        }.items():
            notebook = book.find_submission_notebook(SOLUTION.stem, "ps5", student)
            earned = {grade.name: grade.auto_score for grade in notebook.grades if grade.name in POINTS}
            assert earned == expected, student
            (essay,) = (grade for grade in notebook.grades if grade.name == "essay-5-18")
            assert essay.needs_manual_grade is (student != "dan")


def test_its_release_has_nothing_of_the_solution(course):
    text = (course / "release" / "ps5" / SOLUTION.name).read_text(encoding="utf-8")
    for region in ("BEGIN SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "Worked solution", "An answer for"):
        assert region not in text
    assert cell_of(nbformat.reads(text, 4), "answer-5-3")


def test_our_grader_reads_the_folder_that_nbgrader_collects(course):
    from backprop_lab.grading.submissions import find_submissions

    assert [each.student for each in find_submissions([course / "submitted"], SOLUTION.stem)] == ["ann", "bob", "dan"]
    shutil.rmtree(course / "autograded")
