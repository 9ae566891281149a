"""The command line says what it did, and what is wrong in words that help."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

import backprop_lab
from backprop_lab import cli
from backprop_lab.course.notebook import NotebookError
from backprop_lab.course.submission import Result

ROOT = Path(__file__).parents[1]
NAME = "05_one_step_by_hand.ipynb"


def run(*arguments):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments], env={"COLUMNS": "120"})


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a folder with one solution and its exercise, which is where the command runs."""
    for folder in ("solutions", "exercises"):
        (tmp_path / folder).mkdir()
        shutil.copy(ROOT / folder / NAME, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_version_and_help():
    assert run("--version").stdout == f"backprop-lab {backprop_lab.__version__}\n"
    text = run("--help").stdout
    assert "check" in text
    assert "release" in text
    assert "Run a notebook from top to bottom" in run("check", "--help").stdout
    assert "--check" in run("release", "--help").stdout


def test_release_writes_and_says_what_changed(project):
    exercise = project / "exercises" / NAME
    before = exercise.read_bytes()
    assert run("release").stdout == f"exercises/{NAME}: as it was\n"
    exercise.unlink()
    result = run("release", f"solutions/{NAME}")
    assert (result.exit_code, result.stdout) == (0, f"exercises/{NAME}: written\n")
    assert exercise.read_bytes() == before


def test_release_check_passes_where_nothing_differs(project):
    result = run("release", "--check")
    assert (result.exit_code, result.stdout) == (0, "")


def test_release_check_names_what_differs_and_writes_nothing(project):
    exercise = project / "exercises" / NAME
    text = exercise.read_text(encoding="utf-8").replace("The sister predicts", "The sister foretells")
    exercise.write_text(text, encoding="utf-8")
    (project / "exercises" / "99_orphan.ipynb").write_text("{}")
    result = run("release", "--check")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"exercises/{NAME}: differs from what its solution makes",
        "exercises/99_orphan.ipynb: has no solution",
        "run: backprop-lab release",
    ]
    assert exercise.read_text(encoding="utf-8") == text
    exercise.unlink()
    assert f"exercises/{NAME}: is missing" in run("release", "--check").stdout


def test_release_refuses_what_is_broken_and_writes_none_of_the_others(project):
    (project / "exercises" / NAME).unlink()
    (project / "solutions" / "06_broken.ipynb").write_text("{")
    result = run("release")
    assert result.exit_code == 2
    assert "error: solutions/06_broken.ipynb: not a Jupyter notebook" in result.stderr
    assert not (project / "exercises" / NAME).exists()


def test_release_in_the_wrong_folder_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("release")
    assert result.exit_code == 2
    assert "run this in the folder of the project" in result.stderr


RESULTS = [
    Result("5.1", "Which parameter moves most?", "right", 1.0, 1.0, "The bias hears delta undamped."),
    Result("5.2", "Signs before numbers", "partly right", 4.0, 5.0, "4 of 5 parts."),
    Result("5.3", "What the hidden layer receives", "not yet", 0.0, 1.0, "You left out [bold]the bias[/]."),
    Result("5.18", "Two factors, in words", "read by a person", None, 4.0, ""),
]


def test_check_shows_verdicts_points_and_reasons(monkeypatch):
    monkeypatch.setattr(cli, "run_checks", lambda *_: RESULTS)
    result = run("check", "mine.ipynb")
    assert result.exit_code == 1
    assert "5.2 Signs before numbers" in result.stdout
    assert "4 / 5" in result.stdout
    assert "You left out [bold]the bias[/]." in result.stdout
    assert "1 of 3 right, 5 of 7 points" in result.stdout
    assert "5.18 Two factors, in words: 4 more points, read by a person" in result.stdout


def test_check_succeeds_where_all_is_right(monkeypatch):
    monkeypatch.setattr(cli, "run_checks", lambda *_: [RESULTS[0], RESULTS[3]])
    result = run("check", "mine.ipynb")
    assert result.exit_code == 0
    assert "1 of 1 right" in result.stdout


@pytest.mark.parametrize("reason", ["there is no such file", "a cell took too long (limit 1 seconds a cell)"])
def test_check_says_why_a_notebook_cannot_be_run(reason, monkeypatch):
    def fail(*_):
        raise NotebookError(f"mine.ipynb: {reason}")

    monkeypatch.setattr(cli, "run_checks", fail)
    result = run("check", "mine.ipynb")
    assert result.exit_code == 2
    assert result.stderr.strip() == f"error: mine.ipynb: {reason}"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_cell_that_never_ends_is_stopped(tmp_path):
    notebook = nbformat.read(ROOT / "exercises" / NAME, 4)
    notebook.cells = [cell for cell in notebook.cells if cell.id in ("set-up", "answer-5-1", "check-5-1")]
    notebook.cells[1].source = "while True: pass"
    path = tmp_path / "endless.ipynb"
    nbformat.write(notebook, path)
    result = run("check", path, "--timeout", "2")
    assert result.exit_code == 1
    assert "took more than 2 seconds" in " ".join(result.stdout.replace("│", " ").split())
