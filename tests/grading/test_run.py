"""From a folder of submissions to tables and pages: complete, resumable, and what an instructor typed is never lost."""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import shutil
import signal
import threading
import time

import nbformat
import pytest
from classroom import ESSAY, cell_of, honest, save, solution, with_answer, with_cell
from typer.testing import CliRunner

from backprop_lab.cli import app
from backprop_lab.course.notebook import NotebookError
from backprop_lab.grading import run as running
from backprop_lab.grading.export import export
from backprop_lab.grading.judging import Graded, Limits, Result
from backprop_lab.grading.report import merge_essays, neutral
from backprop_lab.grading.run import Assignment, grade, load_results
from backprop_lab.grading.sandbox import ANSWER_KEY, levels

runner = CliRunner()
pytestmark = [
    pytest.mark.skipif(not levels()[0].strong, reason="this machine has neither bubblewrap nor Landlock"),
    pytest.mark.xdist_group("class"),  # graded once for all
]


def blank():
    notebook = honest()
    for name in ("answer-5-3", "answer-5-15"):
        cell_of(notebook, name).source = "x = None\nraise NotImplementedError('replace this line with your answer')"
    cell_of(notebook, "answer-5-10").source = "def deltas(y, z1, z2, a2, W2):\n    raise NotImplementedError('later')"
    cell_of(notebook, "essay-5-18").source = "*Write your answer here.*"
    return notebook


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade a mixed class by the command line, and return its folder."""
    place = tmp_path_factory.mktemp("class")
    save(solution(), place / "solutions" / "05_small.ipynb")
    inside = place / "in"
    save(honest(), inside / "ann.ipynb")
    save(with_answer("5.3", "z1 = W1 @ x"), inside / "bob.ipynb")
    save(
        with_answer(
            "5.10", "def deltas(y, z1, z2, a2, W2):\n    d = a2 - y\n    return d, (W2.T @ d) * sigmoid.slope(z1)"
        ),
        inside / "=cy.ipynb",
    )
    save(blank(), inside / "dan.ipynb")
    save(with_cell("print('<script>alert(1)</script>')\nimport os; os._exit(0)"), inside / "eve.ipynb")
    formula = honest()
    cell_of(formula, "essay-5-18").source = '=HYPERLINK("http://x")\n<script>alert(2)</script>'
    save(formula, inside / "<b>fay.ipynb")
    (inside / "gus.ipynb").write_text("{")
    result = runner.invoke(
        app,
        ["grade", str(inside), "--solution", str(place / "solutions" / "05_small.ipynb"), "--out", str(place / "out")],
    )
    assert result.exit_code == 0, result.output
    return place


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def grades(place):
    return {row["student"]: row for row in table(place / "out" / "grades.csv")}


def test_every_student_has_a_row(graded):
    rows = grades(graded)
    assert sorted(rows) == sorted(["ann", "bob", "'=cy", "dan", "eve", "<b>fay", "gus"])
    assert (rows["ann"]["points"], rows["ann"]["out_of"], rows["ann"]["essays_to_read"]) == ("5", "9", "1")
    assert [rows["bob"][number] for number in ("5.3", "5.10", "5.15", "5.18")] == ["0", "2", "2", ""]
    assert rows["dan"]["points"] == "0"
    assert rows["eve"]["points"] == "5"
    assert "stopped" in rows["eve"]["flags"]
    assert "not graded: not a Jupyter notebook" in rows["gus"]["flags"]


def test_feedback_tells_the_mistake_and_neither_tests_nor_solutions(graded):
    pages = {path.name: path.read_text(encoding="utf-8") for path in (graded / "out" / "feedback").iterdir()}
    assert len(pages) == 7
    bob = next(text for name, text in pages.items() if name.startswith("bob"))
    assert "You left out the bias." in bob
    for text in pages.values():
        for secret in ("HIDDEN", "seed=", "Worked solution", "0.62", "<script>"):
            assert secret not in text
        assert "default-src 'none'" in text
    fay = next(text for text in pages.values() if "&lt;script&gt;alert(2)" in text)
    assert "<b>fay" not in fay


def test_names_with_marks_of_html_and_paths_make_safe_files(graded):
    for path in (graded / "out" / "feedback").iterdir():
        assert path.name.replace("-", "").replace(".html", "").replace("_", "").isalnum()


def test_no_cell_of_a_table_is_a_formula(graded):
    for name in ("grades.csv", "manual.csv"):
        for row in table(graded / "out" / name):
            for value in row.values():
                assert not value.startswith(("=", "+", "@", "\t", "\r"))
                assert not value.startswith("-")
    for text in ("=1", "+1", "-1", "@x", "\uff1d1"):
        assert neutral(text) == f"'{text}"
    for text in ("\t=1", "\r=1", "\n=1"):
        assert neutral(text).startswith("'")
    assert neutral("hello;=1+1; -2") == "hello;'=1+1; '-2"
    assert neutral("a=1") == "a=1"


def test_the_report_shows_statistics_and_misconceptions_and_how_the_code_was_confined(graded):
    report = (graded / "out" / "report.html").read_text(encoding="utf-8")
    for expected in ("Class report", "M13", "bias", "data:image/svg+xml", "Landlock", "7 students"):
        assert expected in report
    assert "<b>fay" not in report


def test_a_second_run_grades_only_what_has_changed(graded, monkeypatch):
    seen = []
    real = running.on_this_machine

    def spy(assignment, work, jobs):
        seen.extend(work)
        return real(assignment, work, jobs)

    monkeypatch.setattr(running, "on_this_machine", spy)
    save(with_answer("5.3", "z1 = W1 @ x + b1"), graded / "in" / "bob.ipynb")
    command = ["grade", str(graded / "in"), "--solution", str(graded / "solutions" / "05_small.ipynb")]
    assert runner.invoke(app, [*command, "--out", str(graded / "out")]).exit_code == 0
    assert seen == [running.ITSELF, "bob"]
    assert grades(graded)["bob"]["5.3"] == "1"


def test_essays_are_read_back_and_what_was_typed_stays(graded):
    manual = graded / "out" / "manual.csv"
    rows = table(manual)
    assert {row["student"] for row in rows} >= {"ann", "bob", "<b>fay"}
    assert "dan" not in {row["student"] for row in rows}
    assert rows[0]["level_4"].startswith("Does that")
    for row in rows:
        if row["student"] == "ann":
            row.update(points="3,5", comment="Well told.")
    write(manual, rows)
    command = ["grade", str(graded / "in"), "--solution", str(graded / "solutions" / "05_small.ipynb")]
    assert runner.invoke(app, [*command, "--out", str(graded / "out")]).exit_code == 0  # before it was read back
    result = runner.invoke(app, ["grade", "--merge", "--out", str(graded / "out")])
    assert result.exit_code == 0, result.output
    assert "points taken over from 1 rows" in result.output
    ann = grades(graded)["ann"]
    assert (ann["points"], ann["5.18"], ann["essays_to_read"]) == ("8.5", "3.5", "0")
    page = next(path for path in (graded / "out" / "feedback").iterdir() if path.name.startswith("ann"))
    assert "Well told." in page.read_text(encoding="utf-8")
    assert runner.invoke(app, [*command, "--out", str(graded / "out")]).exit_code == 0  # and after
    assert grades(graded)["ann"]["points"] == "8.5"


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")  # as a spreadsheet in many countries does
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"points": "5"}, "from 0 to 4"),
        ({"points": "-1"}, "from 0 to 4"),
        ({"points": "nan"}, "from 0 to 4"),
        ({"points": "good"}, "row 2: points are 'good'"),
        ({"student": "nobody"}, "nobody has handed in no essay"),
        ({"exercise": "5.99"}, "no essay 5.99"),
    ],
)
def test_a_wrong_row_takes_over_nothing(change, says, graded, tmp_path):
    rows = [{**row} for row in table(graded / "out" / "manual.csv")]
    rows[0].update(change)
    write(tmp_path / "manual.csv", rows)
    results = load_results(graded / "out")
    before = json.dumps([each.as_json() for each in results])
    with pytest.raises(NotebookError, match=says):
        merge_essays(tmp_path / "manual.csv", results)
    assert json.dumps([each.as_json() for each in results]) == before


def exported(graded, tmp_path, system, roster, *arguments):
    (tmp_path / "roster.csv").write_text(roster)
    command = ["export", system, "--roster", str(tmp_path / "roster.csv"), "--out", str(graded / "out")]
    return runner.invoke(app, [*command, "--to", str(tmp_path / "filled.csv"), *arguments])


def test_the_points_go_into_the_tables_of_canvas_and_moodle(graded, tmp_path):
    points = {name: row["points"] for name, row in grades(graded).items()}
    canvas = (
        "Student,ID,SIS Login ID,Section,Chapter 5 (77)\n    Points Possible,,,,9\n"
        '"Ann, Ann",1,ann,A,\n"Bob, B",2,bob,A,1\n"Zoe, Z",3,zoe,A,\n'
    )
    result = exported(graded, tmp_path, "canvas", canvas, "--column", "Chapter 5")
    assert result.exit_code == 1  # the others are not in the table, and are named
    assert "gus" in result.output
    assert "1 rows of the table have no points" in result.output
    assert [row["Chapter 5 (77)"] for row in table(tmp_path / "filled.csv")] == ["9", points["ann"], points["bob"], ""]
    moodle = "First name,Surname,Username,Email address\nA,N,ann,ann@x.org\nE,V,e,eve@x.org\n"
    result = exported(graded, tmp_path, "moodle", moodle, "--column", "Chapter 5", "--add-column")
    assert [row["Chapter 5"] for row in table(tmp_path / "filled.csv")] == [points["ann"], points["eve"]]
    assert "2 of 7 students filled in" in result.output
    assert "essays that nobody has read yet" in result.output


@pytest.mark.parametrize("column", ["Nope", "Email address", "Chapter"])
def test_a_column_that_is_none_is_refused(column, graded, tmp_path):
    moodle = "Username,Email address,Assignment: Chapter 4 (Real),Assignment: Chapter 5 (Real)\nann,ann@x.org,,\n"
    result = exported(graded, tmp_path, "moodle", moodle, "--column", column)
    assert result.exit_code == 2
    assert "column is called" in result.output
    assert not (tmp_path / "filled.csv").exists()


def test_a_second_folder_adds_to_the_first_and_loses_nothing(tmp_path):
    save(honest(), tmp_path / "in" / "ann.ipynb")
    save(honest(), tmp_path / "late" / "bob.ipynb")
    command = ["--solution", str(save(solution(), tmp_path / "s" / "05_small.ipynb")), "--out", str(tmp_path / "out")]
    assert runner.invoke(app, ["grade", str(tmp_path / "in"), *command]).exit_code == 0
    rows = table(tmp_path / "out" / "manual.csv")
    write(tmp_path / "out" / "manual.csv", [{**rows[0], "points": "3"}])
    assert runner.invoke(app, ["grade", "--merge", "--out", str(tmp_path / "out")]).exit_code == 0
    assert runner.invoke(app, ["grade", str(tmp_path / "late"), *command]).exit_code == 0
    assert {row["student"]: row["points"] for row in table(tmp_path / "out" / "grades.csv")} == {"ann": "8", "bob": "5"}
    assert len(list((tmp_path / "out" / "feedback").iterdir())) == 2


def with_test(code):
    notebook = solution()
    cell_of(notebook, "check-5-3").source = code
    return notebook


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("assert z1[0] == 7, 'the first unit'", "the test of 5.3: the first unit"),
        ("assert hepler == 5", "hepler"),
        ("assert (", "check 5.3 failed: SyntaxError"),
    ],
)
def test_a_solution_that_fails_its_own_test_is_refused(code, says, tmp_path):
    save(honest(), tmp_path / "in" / "ann.ipynb")
    path = save(with_test(code), tmp_path / "s" / "05_small.ipynb")
    result = runner.invoke(
        app, ["grade", str(tmp_path / "in"), "--solution", str(path), "--out", str(tmp_path / "out")]
    )
    assert result.exit_code == 2
    assert says in " ".join(result.output.split())


def test_a_student_reads_what_an_instructor_wrote_behind_the_comma(tmp_path):
    path = save(with_test("check('5.3', z1)\nassert z1[1] > 0.1, 'Mind the bias.'"), tmp_path / "s" / "05_small.ipynb")
    given = Assignment.of(path, Limits(), levels()[0])
    save(honest(), tmp_path / "in" / "bob.ipynb")
    assert grade([tmp_path / "in"], given, tmp_path / "out", 1)[0].results[0].state == "right"
    path = save(with_test("assert z1[1] > 0.1, 'Mind the bias.'"), tmp_path / "s" / "05_small.ipynb")
    given = Assignment.of(path, Limits(), levels()[0])
    save(with_answer("5.3", "z1 = W1 @ x * 0"), tmp_path / "in" / "bob.ipynb")
    (bob,) = grade([tmp_path / "in"], given, tmp_path / "out", 1)
    assert (bob.results[0].state, bob.results[0].message) == ("not yet", "Mind the bias.")


def test_a_check_can_be_overridden_and_a_new_version_says_so(tmp_path):
    save(with_answer("5.3", "z1 = W1 @ x"), tmp_path / "in" / "bob.ipynb")
    command = ["grade", str(tmp_path / "in"), "--solution", str(save(solution(), tmp_path / "s" / "05_small.ipynb"))]
    command += ["--out", str(tmp_path / "out")]
    assert runner.invoke(app, command).exit_code == 0
    rows = table(tmp_path / "out" / "manual.csv")
    extra = {**rows[0], "exercise": "5.3", "title": "", "points": "0.5", "comment": "half the way", "answer": ""}
    write(tmp_path / "out" / "manual.csv", [*rows, extra, dict.fromkeys(rows[0], "")])
    assert runner.invoke(app, ["grade", "--merge", "--out", str(tmp_path / "out")]).exit_code == 0
    assert table(tmp_path / "out" / "grades.csv")[0]["5.3"] == "0.5"
    save(with_answer("5.3", "z1 = W1 @ x + 1"), tmp_path / "in" / "bob.ipynb")
    assert runner.invoke(app, command).exit_code == 0
    row = table(tmp_path / "out" / "grades.csv")[0]
    assert row["5.3"] == "0"
    assert "5.3 was judged anew: you had given it 0.5 points" in row["flags"]


def test_an_unfinished_run_is_neither_merged_nor_exported(tmp_path):
    save(honest(), tmp_path / "in" / "ann.ipynb")
    command = ["grade", str(tmp_path / "in"), "--solution", str(save(solution(), tmp_path / "s" / "05_small.ipynb"))]
    assert runner.invoke(app, [*command, "--out", str(tmp_path / "out")]).exit_code == 0
    (tmp_path / "out" / "results" / "unfinished").touch()
    for arguments in (["grade", "--merge", "--out", str(tmp_path / "out")],):
        result = runner.invoke(app, arguments)
        assert result.exit_code == 2
        assert "interrupted" in result.output


def test_what_can_not_be_done_is_said(graded, tmp_path):
    def says(*arguments):
        result = runner.invoke(app, ["grade", *map(str, arguments)])
        assert result.exit_code == 2
        return " ".join(result.output.split())

    right = graded / "solutions" / "05_small.ipynb"
    assert "give the submissions and --solution" in says(graded / "in")
    assert "there is no such file" in says(graded / "in", "--solution", tmp_path / "no.ipynb", "--out", tmp_path)
    assert "there is no such file" in says(tmp_path / "no", "--solution", right, "--out", tmp_path / "o")
    save(blank(), tmp_path / "blank.ipynb")
    assert "not of exercises" in says(graded / "in", "--solution", tmp_path / "blank.ipynb", "--out", tmp_path / "o")
    assert "this machine offers" in says(graded / "in", "--solution", right, "--confinement", "magic")
    assert "--weakly-confined" in says(graded / "in", "--solution", right, "--confinement", "rlimits")
    save(solution(), tmp_path / "other.ipynb")
    assert "holds the results of 05_small" in says(
        graded / "in", "--solution", tmp_path / "other.ipynb", "--out", graded / "out"
    )
    assert "there are no results" in says("--merge", "--out", tmp_path / "empty")


def assignment(tmp_path, **limits):
    save(solution(), tmp_path / "solutions" / "05_small.ipynb")
    return Assignment.of(tmp_path / "solutions" / "05_small.ipynb", Limits(**limits), levels()[0])


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("chapter_05.py", True),
        ("derivations_05.py", True),
        ("two_layers.py", True),
        ("chapter_06.py", False),
        ("derivations_06.py", False),
    ],
)
def test_results_are_as_old_as_what_their_chapter_accepts(file, counts, tmp_path, monkeypatch):
    key = shutil.copytree(ANSWER_KEY, tmp_path / "key")
    monkeypatch.setattr(running, "ANSWER_KEY", key)
    before = assignment(tmp_path).digest
    (key / file).write_text("changed")
    assert (assignment(tmp_path).digest != before) == counts


def test_a_judge_that_dies_costs_one_submission_and_is_tried_again(tmp_path):
    """An expression that brings down the judge itself: simulated by killing it from outside."""
    save(honest(), tmp_path / "in" / "ann.ipynb")
    save(with_cell("import time; time.sleep(3)"), tmp_path / "in" / "eve.ipynb")
    given = assignment(tmp_path)

    def kill_one():
        end = time.monotonic() + 60
        while time.monotonic() < end and not (children := multiprocessing.active_children()):
            time.sleep(0.05)
        time.sleep(4)
        for child in children[:1]:
            os.kill(child.pid, signal.SIGKILL)

    thread = threading.Thread(target=kill_one)
    thread.start()
    results = {each.student: each for each in grade([tmp_path / "in"], given, tmp_path / "out", 1)}
    thread.join()
    assert sorted(results) == ["ann", "eve"]
    lost = [each for each in results.values() if any("could not judge" in flag for flag in each.flags)]
    again = {each.student: each for each in grade([tmp_path / "in"], given, tmp_path / "out", 1)}
    assert all(each.earned == 5 for each in again.values())
    assert len(lost) <= 1


def test_texts_that_no_file_can_hold_stop_no_output(tmp_path):
    save(honest(), tmp_path / "in" / "ann.ipynb")
    (tmp_path / "in" / "bob.ipynb").write_text('{"nbformat": "\\ud800\\u001b[31m", "cells": []}')
    save(honest(), tmp_path / "in" / "cy" / "a.ipynb")
    (tmp_path / "in" / "cy" / os.fsdecode(b"b\xff.ipynb")).write_text("{")
    command = ["grade", str(tmp_path / "in"), "--solution", str(save(solution(), tmp_path / "s" / "05_small.ipynb"))]
    result = runner.invoke(app, [*command, "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    rows = {row["student"]: row for row in table(tmp_path / "out" / "grades.csv")}
    assert rows["ann"]["points"] == "5"
    assert "\x1b" not in result.output
    assert len(list((tmp_path / "out" / "feedback").iterdir())) == 3


def test_two_students_who_claim_one_row_are_both_left_to_the_instructor(tmp_path):
    one = Result("5.3", "", 1.0, 1.0, "right")
    unread = Result("5.3", "", 1.0, 0.0, "not graded")
    results = [Graded(name, [one]) for name in ("jane_1001", "zeve_1001", "ann_1002")] + [Graded("bo_1003", [unread])]
    (tmp_path / "canvas.csv").write_text("Student,ID,Chapter 5\nJane,1001,\nAnn,1002,\nBo,1003,\n")
    exported = export(results, "canvas", tmp_path / "canvas.csv", "Chapter 5", tmp_path / "out.csv")
    assert (exported.filled, exported.unmatched) == (1, ["jane_1001", "zeve_1001", "bo_1003"])
    assert [row["Chapter 5"] for row in table(tmp_path / "out.csv")] == ["", "1", ""]


def test_a_number_is_looked_for_among_numbers_of_its_kind(tmp_path):
    (tmp_path / "moodle.csv").write_text(
        "Identifier,ID number,Full name,Chapter 5\nParticipant 77,1234,Bob B,\nParticipant 1234,9,Jane Doe,\n"
    )
    jane = Graded("Jane Doe_1234", [Result("5.3", "", 1.0, 1.0, "right")])
    export([jane], "moodle", tmp_path / "moodle.csv", "Chapter 5", tmp_path / "out.csv")
    assert [row["Chapter 5"] for row in table(tmp_path / "out.csv")] == ["", "1"]


def test_a_table_of_essays_that_can_not_be_read_is_not_written_over(tmp_path):
    save(honest(), tmp_path / "in" / "ann.ipynb")
    command = ["grade", str(tmp_path / "in"), "--solution", str(save(solution(), tmp_path / "s" / "05_small.ipynb"))]
    command += ["--out", str(tmp_path / "out")]
    assert runner.invoke(app, command).exit_code == 0
    typed = "student;exercise;points\nann;5.18;3\nJos\u00e9;5.18;2\n".encode("latin-1")
    (tmp_path / "out" / "manual.csv").write_bytes(typed)
    result = runner.invoke(app, command)
    assert result.exit_code == 2
    assert "UTF-8" in result.output
    assert (tmp_path / "out" / "manual.csv").read_bytes() == typed


def test_an_interrupted_run_keeps_what_is_done(tmp_path):
    for name in ("ann", "bob", "cy"):
        save(honest(), tmp_path / "in" / f"{name}.ipynb")
    given = assignment(tmp_path)

    def stop(done, total, student):
        if student:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade([tmp_path / "in"], given, tmp_path / "out", 1, stop)
    (kept,) = load_results(tmp_path / "out")
    assert kept.earned == 5
    seen = []
    results = grade([tmp_path / "in"], given, tmp_path / "out", 2, lambda done, total, student: seen.append(student))
    assert [each.earned for each in results] == [5, 5, 5]
    assert kept.student not in seen


def test_an_essay_that_was_changed_is_read_again(tmp_path):
    notebook = honest()
    save(notebook, tmp_path / "in" / "ann.ipynb")
    command = ["grade", str(tmp_path / "in"), "--solution", str(save(solution(), tmp_path / "s" / "05_small.ipynb"))]
    command += ["--out", str(tmp_path / "out")]
    assert runner.invoke(app, command).exit_code == 0
    rows = table(tmp_path / "out" / "manual.csv")
    assert rows[0]["answer"] == ESSAY
    write(tmp_path / "out" / "manual.csv", [{**rows[0], "points": "2"}])
    cell_of(notebook, "essay-5-18").source = "Something else."
    nbformat.write(notebook, tmp_path / "in" / "ann.ipynb")
    assert runner.invoke(app, command).exit_code == 0
    assert table(tmp_path / "out" / "manual.csv")[0]["points"] == ""
