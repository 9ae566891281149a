"""Judge the answers in `wrong_answers/`: what a student would have typed, run and checked."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import io
import re
from pathlib import Path

import nbformat
import numpy as np

from backprop_lab.course import NotYet, check, find_exercise

TESTS = Path(__file__).parent
CHAPTERS = sorted((TESTS / "wrong_answers").glob("[0-9]*.py"))


@functools.cache
def load(path):
    spec = importlib.util.spec_from_file_location(f"wrong_answers_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def notebook_names(path):
    """Run set-up and answer cells of the solution notebook: what a student's answer may refer to."""
    names = {"counter": []}
    for cell in nbformat.read(TESTS.parent / "solutions" / f"{path.stem}.ipynb", 4).cells:
        marks = cell.metadata.get("nbgrader")
        if cell.cell_type == "code" and marks and not marks.grade:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(cell.source, names)
    return names


def text_of(path, number, entry):
    """Return what the student has typed; an edit is of the first right answer."""
    if isinstance(entry, str):
        return entry
    if len(entry) == 2:
        return entry[1]
    _, old, new = entry
    source = load(path).RIGHT[number][0]
    assert old in source, f"{old!r} is not in the right answer to {number}"
    return source.replace(old, new)


def answer_of(path, number, entry):
    """Return the answer that this text stands for."""
    text = text_of(path, number, entry)
    names = dict(notebook_names(path))
    if not text.lstrip().startswith("def "):
        return eval(text, names)
    exec(text, names)
    return names[re.search(r"def (\w+)", text).group(1)]


@functools.cache
def rejection_at(path, number, place):
    """Return the rejection of the wrong answer at this place of its list."""
    return rejection_of(number, answer_of(path, number, load(path).WRONG[number][place]))


def rejection_of(number, answer):
    """Return (name of the mistake, message) of a rejected answer, None of an accepted one."""
    with np.errstate(all="ignore"):
        try:
            points = check(number, answer, quiet=True)
        except NotYet as error:
            return error.mistake, str(error)
    verdict = find_exercise(number).kind.judge(answer, 0)
    return None if points in (None, find_exercise(number).points) else (verdict.mistake, verdict.message)
