"""Stored notebooks are in one normal form, and a number that is changed in one is noticed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import nbformat.v4 as new
import pytest

import notebooks

ROOT = Path(__file__).resolve().parent.parent


def stream(text: str, name: str = "stdout"):
    return new.new_output("stream", name=name, text=text)


def notebook_with(*outputs, **metadata):
    cell = new.new_code_cell("print(1)", execution_count=7, outputs=list(outputs), metadata=metadata)
    return new.new_notebook(cells=[cell], metadata={"editor": "x"})


def test_text_stays_and_pictures_go():
    data = {"text/plain": "<Figure size 640x480 with 1 Axes>", "image/png": "aaaa", "text/html": "<b>1</b>"}
    [cell] = notebooks.normal(notebook_with(new.new_output("display_data", data))).cells
    assert cell.outputs[0].data == {"text/plain": "<Figure size 640x480 with 1 Axes>"}


def test_what_a_kernel_prints_in_pieces_is_joined():
    cut = notebook_with(stream("a\n"), stream("b\n"), stream("c\n", "stderr"), stream("d\n"))
    [cell] = notebooks.normal(cut).cells
    assert [(output.name, output.text) for output in cell.outputs] == [
        ("stdout", "a\nb\n"),
        ("stderr", "c\n"),
        ("stdout", "d\n"),
    ]


def test_cells_are_counted_from_one_and_keep_only_the_projects_metadata():
    notebook = notebook_with(collapsed=True, tags=["hide-input"], covers=[], editable=False)
    [cell] = notebooks.normal(notebook).cells
    assert cell.execution_count == 1
    assert cell.metadata == {"tags": ["hide-input"], "editable": False}
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_the_normal_form_of_a_normal_notebook_is_itself():
    once = nbformat.writes(notebooks.normal(notebook_with(stream("a\n"), stream("b\n"))))
    assert nbformat.writes(notebooks.normal(nbformat.reads(once, as_version=4))) == once


def test_check_names_the_notebook_that_is_not_normal(tmp_path, capsys):
    path = tmp_path / "n.ipynb"
    nbformat.write(notebook_with(stream("a\n"), stream("b\n")), path)
    assert notebooks.main(["check", str(path)]) == 1
    assert str(path) in capsys.readouterr().out
    assert notebooks.main(["normalise", str(path)]) == 0
    assert notebooks.main(["check", str(path)]) == 0


@pytest.mark.parametrize(("stored", "code"), [("3.25\n", 0), ("3.26\n", 1)])
def test_a_changed_number_is_noticed(tmp_path, stored, code):
    cell = new.new_code_cell("print(13 / 4)", execution_count=1, outputs=[stream(stored)])
    path = tmp_path / "n.ipynb"
    nbformat.write(notebooks.normal(new.new_notebook(cells=[cell])), path)
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "-W", "default", "-p", "no:cacheprovider", str(path)]
    found = subprocess.run([*command, "-c", str(ROOT / "pyproject.toml")], capture_output=True, text=True, cwd=ROOT)
    assert found.returncode == code, found.stdout


NOTEBOOKS = [*ROOT.glob("book/*.ipynb"), *ROOT.glob("book/*/*.ipynb"), *ROOT.glob("solutions/*.ipynb")]


@pytest.mark.parametrize("path", sorted(NOTEBOOKS), ids=lambda path: path.name)
def test_every_code_cell_of_a_stored_notebook_was_executed(path):
    """Where nothing is stored, nbval compares nothing."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code" and cell.source]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
