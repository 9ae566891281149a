"""A small assignment made of cells of chapter 5, and submissions of it: honest ones and others."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
SOLUTION = ROOT / "solutions" / "05_one_step_by_hand.ipynb"
KEPT = (
    "set-up",
    "sister",
    "symbols",
    *(f"{kind}-5-{k}" for kind in ("answer", "check", "essay") for k in (3, 10, 15, 18)),
)
ESSAY = "The weight's change reaches the unit through the activation, and the loss through delta."


def solution():
    """Return the instructor's notebook: a number, a function, a derivation and an essay."""
    notebook = nbformat.read(SOLUTION, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id in KEPT]
    return notebook


def save(notebook, path):
    """Write a notebook, with the folders that it needs, and return its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def cell_of(notebook, grade_id):
    return next(cell for cell in notebook.cells if cell.metadata.nbgrader.get("grade_id") == grade_id)


def honest():
    """Return a submission in which all is right."""
    notebook = solution()
    for cell in notebook.cells:
        lines = [line for line in cell.source.split("\n") if "### BEGIN SOLUTION" not in line and "### END" not in line]
        cell.source = "\n".join(lines)
        cell.source = cell.source.partition("### BEGIN HIDDEN TESTS")[0].strip("\n")
    cell_of(notebook, "essay-5-18").source = ESSAY
    return notebook


def with_cell(source, before="answer-5-3", notebook=None):
    """Return an honest submission with one more cell, before another."""
    notebook = copy.deepcopy(notebook) if notebook else honest()
    place = next(k for k, cell in enumerate(notebook.cells) if cell.metadata.nbgrader.get("grade_id") == before)
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata.nbgrader = {}
    notebook.cells.insert(place, cell)
    return notebook


def with_answer(number, source, notebook=None):
    """Return an honest submission with another answer to one exercise."""
    notebook = copy.deepcopy(notebook) if notebook else honest()
    cell_of(notebook, f"answer-{number.replace('.', '-')}").source = source
    return notebook
