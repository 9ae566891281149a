"""Progress is kept: what has been solved is remembered, and never more than that."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from backprop_lab import cli
from backprop_lab.course import NotYet, check, find_exercise, progress, solved
from right_answers import right_answer


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("BACKPROP_LAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_solved_exercise_is_remembered_and_a_wrong_or_quiet_one_is_not(capsys):
    assert solved.count(5) == (0, 17)
    check("5.1", "c")
    check("5.1", "c")
    with pytest.raises(NotYet):
        check("5.3", [1.0, 2.0])
    check("5.4", right_answer(find_exercise("5.4")), quiet=True)
    check("5.13", {"A": "c", "B": "a", "C": "a", "D": None})  # two of four parts
    assert solved.count(5) == (1, 17)
    capsys.readouterr()
    progress(5)
    assert capsys.readouterr().out == "chapter 5: 1 of 17 solved\n"


@pytest.mark.parametrize("text", ["", "{", "5", '{"5.1": 1}', "[5.1, null]"])
def test_a_damaged_file_counts_as_none_and_is_mended(text, home):
    home.mkdir()
    (home / "progress.json").write_text(text)
    assert solved.count(5)[0] == 0
    check("5.1", "c")
    assert json.loads((home / "progress.json").read_text()) == ["5.1"]


def test_where_nothing_can_be_written_a_check_still_works(home, capsys):
    home.write_text("a file where the folder should be")
    check("5.1", "c")
    assert "5.1 right" in capsys.readouterr().out


def test_the_command_shows_every_chapter():
    check("5.1", "c")
    output = CliRunner().invoke(cli.app, ["progress"], env={"COLUMNS": "100"}).output
    assert "1 of 17" in output
    assert len([line for line in output.splitlines() if " of " in line]) == len(solved.chapters())


def test_a_chapter_without_exercises_is_said():
    with pytest.raises(ValueError, match="chapter 99 has no exercises"):
        progress(99)
