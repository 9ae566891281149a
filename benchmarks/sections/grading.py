"""A class of submissions: our grader against nbgrader's autograde and otter's run, the same points first."""

from __future__ import annotations

import copy
import csv
import importlib.util
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.report import markdown, number
from benchmarks.rounds import Result, UnequalError
from benchmarks.sections.settings import Settings

TITLE = "Grading"
ROOT = Path(__file__).parents[2]
STEM = "05_one_step_by_hand"
STUDENTS, STUDENTS_OF_OTTER = 100, 20  # otter takes seconds for each
SHARE_WRONG = 0.3
PEERS = {"ours": "backprop-lab grade", "nbgrader": "nbgrader autograde", "otter": "otter run"}


def run(settings: Settings) -> list[Result]:
    """Return the seconds that each grader takes, and the largest memory of all its processes."""
    students, of_otter = (3, 2) if settings.quick else (STUDENTS, STUDENTS_OF_OTTER)
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        place = Path(folder)
        names = make_class(place / "submissions", students)
        results: list[Result] = []
        points: dict[str, dict[str, dict[str, float]]] = {}
        for peer, grade in {"ours": _ours, "nbgrader": _nbgrader, "otter": _otter}.items():
            settings.say(f"grading: {PEERS[peer]}")
            graded = names if peer != "otter" else names[:of_otter]
            if peer == "otter" and importlib.util.find_spec("otter") is None:
                results.append({"peer": peer, "missing": True})
                continue
            measured, points[peer] = grade(place, graded)
            results.append({"peer": peer, "submissions": len(graded), **measured})
    _assert_equal(points)
    ours = results[0]
    for result in results[1:]:
        if "seconds" in result:
            result["ratio"] = (result["seconds"] / result["submissions"]) / (ours["seconds"] / ours["submissions"])
    return results


def table(results: list[Result]) -> str:
    """Return the results as Markdown."""
    rows = []
    for result in results:
        if "missing" in result:
            rows.append([PEERS[result["peer"]], "", "*not installed*", "", ""])
            continue
        each = result["submissions"]
        rows.append(
            [
                PEERS[result["peer"]],
                str(each),
                f"{result['seconds'] / each:.2f}",
                f"{result['memory'] / 2**20:,.0f}",
                f"**{number(result['ratio'])}**" if "ratio" in result else "",
            ]
        )
    head = ["grader", "submissions", "seconds each", "peak memory, MB", "time over ours"]
    return markdown(head, rows)


# ------------------------------------------------------------------ the class


def make_class(folder: Path, students: int) -> list[str]:
    """Write notebooks with right answers and, for three in ten, with one of the wrong ones of the tests."""
    import nbformat

    folder.mkdir(parents=True)
    path = ROOT / "tests" / "wrong_answers" / f"{STEM}.py"
    spec = importlib.util.spec_from_file_location("answers", path)
    assert spec is not None
    assert spec.loader is not None
    answers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(answers)
    solution = nbformat.read(ROOT / "solutions" / f"{STEM}.ipynb", as_version=4)
    solved = {cell.id: cell.source for cell in solution.cells}
    blank = nbformat.read(ROOT / "exercises" / f"{STEM}.ipynb", as_version=4)
    rng = random.Random(0)
    names = [f"student{k:03d}" for k in range(students)]
    for name in names:
        notebook = copy.deepcopy(blank)
        for cell in notebook.cells:
            if cell.id.startswith("answer-"):
                exercise = cell.id.removeprefix("answer-").replace("-", ".")
                wrong = rng.choice(answers.WRONG[exercise]) if rng.random() < SHARE_WRONG else None
                cell.source = _answer(cell.source, solved[cell.id], answers.RIGHT[exercise][0], wrong)
            elif cell.id.startswith("essay-"):
                cell.source = "Both factors are needed, since a change has to get in and has to matter."
        nbformat.write(notebook, folder / f"{name}.ipynb")
    return names


def _answer(stub: str, solution: str, right: str, wrong: tuple[str, ...] | None) -> str:
    if wrong is None:
        return "\n".join(line for line in solution.split("\n") if "### " not in line)
    text = wrong[1] if len(wrong) == 2 else right.replace(wrong[1], wrong[2])
    if text.lstrip().startswith("def "):
        return text.strip("\n")
    assigned = re.match(r"\w+ = ", stub)
    assert assigned is not None
    return assigned[0] + text


# ------------------------------------------------------------------ the graders

Points = dict[str, dict[str, float]]  # of each student, of each exercise


def _ours(place: Path, names: list[str]) -> tuple[Result, Points]:
    out = place / "ours"
    solution = ROOT / "solutions" / f"{STEM}.ipynb"
    measured = _measured(
        ["-m", "backprop_lab.cli", "grade", str(place / "submissions"), "--solution", str(solution), "--out", str(out)],
        place,
    )
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return measured, {
        row["student"]: {name: float(value) for name, value in row.items() if name.startswith("5.") and value}
        for row in rows
    }


def _nbgrader(place: Path, names: list[str]) -> tuple[Result, Points]:
    from nbgrader.api import Gradebook

    course = place / "course"
    (course / "source" / "ps").mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / f"{STEM}.ipynb", course / "source" / "ps")
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'lab'\nc.ClearMarkScheme.enforce_metadata = False\n"
    )
    _measured(["-m", "nbgrader", "generate_assignment", "ps"], course)
    for name in names:
        target = course / "submitted" / name / "ps"
        target.mkdir(parents=True)
        shutil.copy(place / "submissions" / f"{name}.ipynb", target / f"{STEM}.ipynb")
    measured = _measured(["-m", "nbgrader", "autograde", "ps"], course)
    points: Points = {}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        for name in names:
            grades = book.find_submission_notebook(STEM, "ps", name).grades
            points[name] = {
                grade.name.removeprefix("check-").replace("-", "."): grade.auto_score
                for grade in grades
                if grade.name.startswith("check-")
            }
    return measured, points


def _otter(place: Path, names: list[str]) -> tuple[Result, Points]:
    """Give otter a test for each exercise, which passes where the answer has all points."""
    import nbformat

    folder = place / "otter"
    (folder / "tests").mkdir(parents=True)
    for cell in nbformat.read(ROOT / "solutions" / f"{STEM}.ipynb", as_version=4).cells:
        if not cell.id.startswith("check-"):
            continue
        calls = [line for line in cell.source.split("\n") if line.startswith("check(")]
        asserted = [f">>> assert {call} in (None, {cell.metadata.nbgrader.points})" for call in calls]
        code = "\n".join([">>> from backprop_lab.course import check", *asserted]).replace('"', "'")
        code = re.sub(r"check\(('5\.\d+', \w+)\)", r"check(\1, quiet=True)", code)
        name = "q" + cell.id.removeprefix("check-").replace("-", "_")
        test = {
            "name": name,
            "points": cell.metadata.nbgrader.points,
            "suites": [{"cases": [{"code": code, "hidden": False}], "type": "doctest"}],
        }
        (folder / "tests" / f"{name}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
    _measured(["-m", "otter", "generate", "-t", "tests", "-o", "autograder.zip"], folder)
    points: Points = {}
    parts = []
    for name in names:
        shutil.copy(place / "submissions" / f"{name}.ipynb", folder / f"{name}.ipynb")
        arguments = ["-m", "otter", "run", "-a", "autograder.zip", "-o", name, "--no-logo", f"{name}.ipynb"]
        (folder / name).mkdir()
        parts.append(_measured(arguments, folder))
        tests = json.loads((folder / name / "results.json").read_text())["tests"]
        points[name] = {
            test["name"].removeprefix("q").replace("_", "."): test["score"]
            for test in tests
            if re.fullmatch(r"q5_\d+", test["name"])
        }
    return {"seconds": sum(part["seconds"] for part in parts), "memory": max(part["memory"] for part in parts)}, points


def _assert_equal(points: dict[str, Points]) -> None:
    """Stop where a grader gives other points: otter knows no partial ones."""
    for peer in points.keys() - {"ours"}:
        for student, theirs in points[peer].items():
            ours = points["ours"][student]
            for exercise, given in theirs.items():
                same = given == ours[exercise] if peer == "nbgrader" or given else True
                if not same:
                    raise UnequalError(f"{peer} gives {student} {given} for {exercise}, we give {ours[exercise]}")


# ------------------------------------------------------------------ seconds and memory


def _measured(arguments: list[str], folder: Path) -> Result:
    """Run Python with these arguments and return its seconds and the largest memory of all its processes together."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path, "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with _watched(process.pid) as peak:
        output, _ = process.communicate()
    seconds = time.perf_counter() - start
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed: {output[-2000:]}")
    return {"seconds": seconds, "memory": peak()}


@contextmanager
def _watched(process: int) -> Iterator[Callable[[], int]]:
    """Look every tenth of a second how much memory a process and its descendants hold."""
    import psutil

    largest, done = 0, threading.Event()

    def watch() -> None:
        nonlocal largest
        while not done.wait(0.1):
            try:
                root = psutil.Process(process)
                family = [root, *root.children(recursive=True)]
            except psutil.Error:
                continue
            largest = max(largest, sum(_held(each) for each in family))

    def _held(each: Any) -> int:
        try:
            return int(each.memory_full_info().pss)  # what forks share counts once
        except (psutil.Error, AttributeError):
            return 0

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield lambda: largest
    done.set()
    thread.join()
