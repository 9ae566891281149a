"""Who handed in what, in the forms in which courses collect it; and what can't be read is said, not guessed."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from backprop_lab.course.notebook import NotebookError
from backprop_lab.grading import submissions
from backprop_lab.grading.submissions import Unreadable, find_submissions, read_cells

NAME = "05_one_step_by_hand"
NOTEBOOK = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}).encode()


def folder(tmp_path, *names):
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(NOTEBOOK)
    return tmp_path


def students(*places):
    return [each.student for each in find_submissions(places, NAME)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["ann.ipynb", "Bob.ipynb"], ["ann", "Bob"]),
        ([f"ann/{NAME}.ipynb", f"bob/{NAME}.ipynb"], ["ann", "bob"]),
        ([f"ann/ps5/{NAME}.ipynb", f"bob/ps5/{NAME}.ipynb"], ["ann", "bob"]),  # nbgrader
        ([f"all/ann/{NAME}.ipynb", f"all/bob/{NAME}.ipynb"], ["ann", "bob"]),
        (["all/ann.ipynb", "all/bob.ipynb"], ["ann", "bob"]),
        (["readme.txt", f"all/ann/{NAME}.ipynb", f"all/bob/{NAME}.ipynb"], ["ann", "bob"]),
        ([f"ann/{NAME}.ipynb"], ["ann"]),
        ([f"ann/ps5/{NAME}.ipynb"], ["ann"]),
        (
            [f"doejane_12345_678901_{NAME}.ipynb", f"roejo_LATE_54321_1_{NAME}-2.ipynb"],
            ["doejane_12345", "roejo_54321"],
        ),
        ([f"Jane Doe_123_assignsubmission_file_/{NAME}.ipynb"], ["Jane Doe_123"]),  # Moodle
        ([f"{NAME}_ann.ipynb", f"bob-{NAME}.ipynb"], ["ann", "bob"]),
        (["ann/mine.ipynb", "bob/b.ipynb"], ["ann", "bob"]),
    ],
)
def test_students_are_known_by_their_folder_or_their_file(names, expected, tmp_path):
    assert students(folder(tmp_path / "in", *names)) == expected
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        for name in names:
            archive.writestr(name, NOTEBOOK)
    assert students(tmp_path / "in.zip") == expected


def test_files_can_be_given_one_by_one(tmp_path):
    place = folder(tmp_path, "ann.ipynb", "bob.ipynb")
    assert students(place / "ann.ipynb", place / "bob.ipynb") == ["ann", "bob"]


def test_of_several_notebooks_the_right_name_is_taken_and_then_the_newest(tmp_path):
    place = folder(tmp_path, "ann/old.ipynb", f"ann/{NAME}.ipynb", "bob/a.ipynb", "bob/b.ipynb")
    os.utime(place / "bob" / "a.ipynb", (2e9, 2e9))
    ann, bob = find_submissions([place], NAME)
    assert (Path(ann.place).name, Path(bob.place).name) == (f"{NAME}.ipynb", "a.ipynb")
    assert [Path(other).name for other in ann.others] == ["old.ipynb"]


def test_checkpoints_and_hidden_files_are_no_submissions(tmp_path):
    place = folder(
        tmp_path, "ann.ipynb", ".ipynb_checkpoints/ann-checkpoint.ipynb", "__MACOSX/ann.ipynb", "._ann.ipynb"
    )
    assert students(place) == ["ann"]


def test_nobody_hands_in_for_somebody_else(tmp_path):
    place = folder(tmp_path, f"eve/jane/{NAME}.ipynb", f"eve/x/{NAME}.ipynb", f"jane/{NAME}.ipynb")
    found = {each.student: each.place for each in find_submissions([place], NAME)}
    assert found["jane"] == str(place / "jane" / f"{NAME}.ipynb")
    assert set(found) == {"eve", "jane"}


def test_students_whose_names_look_the_same_are_told_apart(tmp_path):
    place = folder(tmp_path, "Ann.ipynb", "Ann .ipynb", "Bo\u200b.ipynb", "Bo\u200c.ipynb", "=cy.ipynb", "'=cy.ipynb")
    assert students(place) == ["'=cy", "=cy (2)", "Ann", "Ann (2)", "Bo?", "Bo? (2)"]


def test_a_damaged_zip_is_said(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ann.ipynb", NOTEBOOK * 50)
    data = bytearray((tmp_path / "in.zip").read_bytes())
    data[45:60] = b"\xff" * 15
    (tmp_path / "in.zip").write_bytes(bytes(data))
    (found,) = find_submissions([tmp_path / "in.zip"], NAME)
    with pytest.raises(Unreadable, match="can't be unpacked"):
        found.read()


def test_links_are_not_followed(tmp_path):
    place = folder(tmp_path / "in", "ann.ipynb")
    (place / "eve.ipynb").symlink_to("/etc/passwd")
    (place / "mal").symlink_to("/etc")
    found = {each.student: each for each in find_submissions([place], NAME)}
    assert sorted(found) == ["ann", "eve", "mal"]
    for name in ("eve", "mal"):
        with pytest.raises(Unreadable, match="symbolic link"):
            found[name].read()


def test_a_link_in_a_zip_is_not_followed_and_no_path_leads_out(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        link = zipfile.ZipInfo("eve.ipynb")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("../../../mal.ipynb", NOTEBOOK)
        archive.writestr("/top/abs.ipynb", NOTEBOOK)
    found = {each.student: each for each in find_submissions([tmp_path / "in.zip"], NAME)}
    assert set(found) == {"eve", "mal", "top"}
    with pytest.raises(Unreadable, match="symbolic link"):
        found["eve"].read()
    assert found["mal"].read() == NOTEBOOK


def test_what_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "MOST", 1000)
    place = folder(tmp_path / "in", "ann.ipynb")
    (place / "ann.ipynb").write_bytes(b" " * 1001)
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bob.ipynb", b" " * 10**6)
    for where in (place, tmp_path / "in.zip"):
        (found,) = find_submissions([where], NAME)
        with pytest.raises(Unreadable, match="larger than"):
            found.read()


def test_a_folder_of_a_student_without_a_notebook_is_a_student(tmp_path):
    place = folder(tmp_path / "in", "ann.ipynb")
    (place / "bob").mkdir()
    (place / "bob" / "notes.txt").write_text("sorry")
    (place / "cy").mkdir()
    (place / "readme.txt").write_text("of the instructor")
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.write(place, "all/")
        for path in sorted(place.rglob("*")):
            archive.write(path, f"all/{path.relative_to(place)}")
    for where in (place, tmp_path / "in.zip"):
        found = {each.student: each for each in find_submissions([where], NAME)}
        assert sorted(found) == ["ann", "bob", "cy"]
        for name in ("bob", "cy"):
            with pytest.raises(Unreadable, match="no notebook"):
                found[name].read()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"{", "not a Jupyter notebook"),
        (b"[1, 2]", "not a Jupyter notebook"),
        (b"\xff\xfe\x00", "not a Jupyter notebook"),
        (b"[" * 200_000, "not a Jupyter notebook"),
        (b'{"nbformat": 4, "cells": 3}', "not a Jupyter notebook"),
    ],
)
def test_what_is_no_notebook_is_said(content, says):
    with pytest.raises(Unreadable, match=says):
        read_cells(content)


def test_of_a_cell_only_what_is_graded_is_read():
    cells = [{"cell_type": "code", "source": ["a", "b"], "metadata": {"nbgrader": "evil"}, "outputs": 7}]
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    (cell,) = read_cells(json.dumps(notebook).encode())
    assert (cell.cell_type, cell.source, cell.metadata["nbgrader"]) == ("code", "ab", {})


def test_nothing_to_grade_is_said(tmp_path):
    with pytest.raises(NotebookError, match="no notebook"):
        find_submissions([tmp_path], NAME)
    with pytest.raises(NotebookError, match="there is no such file"):
        find_submissions([tmp_path / "missing"], NAME)
    (tmp_path / "bad.zip").write_bytes(b"PK")
    with pytest.raises(NotebookError, match="not a zip"):
        find_submissions([tmp_path / "bad.zip"], NAME)


def test_a_name_can_steer_no_terminal(tmp_path):
    place = folder(tmp_path, "a\x1b[31mn.ipynb", "b\nn.ipynb")
    assert students(place) == ["a?[31mn", "b?n"]
