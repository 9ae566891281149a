"""Make the students' notebook out of the instructor's, with nbgrader's preprocessors as a library.

What it does is what `nbgrader generate_assignment` does with `ClearMarkScheme.enforce_metadata = False`: a statement
may end in a worked solution between BEGIN MARK SCHEME and END MARK SCHEME. No server, database or configuration.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from backprop_lab.course.notebook import NotebookError, read_notebook

__all__ = ["release"]

STUB = 'raise NotImplementedError("replace this line with your answer")'
ESSAY_STUB = "*Write your answer here.*"
LEFT = re.compile(r"^.*\b(begin|end)[ _]+(hidden|solution|mark)\b.*$", re.IGNORECASE | re.MULTILINE)
SILENT = logging.getLogger(f"{__name__}.silent")  # what nbgrader logs, it raises as well
SILENT.disabled = True


def release(source: Path) -> str:
    """Return the text of the exercise notebook made from a solution notebook: the same on each run.

    Raises
    ------
    NotebookError
        If there is no such file, it is no notebook, it has no exercises, or its regions or ids are broken.
    """
    import nbformat

    notebook = read_notebook(source)
    try:
        notebook = _preprocessed(notebook)
    except Exception as error:  # nbgrader raises RuntimeError, ValidationError and others
        raise NotebookError(f"{source}: {str(error).strip()}") from error
    for cell in notebook.cells:
        if left := LEFT.search(cell.source):
            raise NotebookError(f"{source}: {left[0].strip()!r} is left in cell {cell.id}: is a marker misspelt?")
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def _preprocessed(notebook: Any) -> Any:
    from nbgrader import preprocessors as nbgrader

    clear = (
        nbgrader.LockCells(),
        nbgrader.ClearSolutions(code_stub={"python": STUB}, text_stub=ESSAY_STUB),
        nbgrader.ClearOutput(),
        nbgrader.CheckCellMetadata(),
        nbgrader.ComputeChecksums(),
        nbgrader.ClearHiddenTests(),
        nbgrader.ClearMarkScheme(enforce_metadata=False),
    )
    return _run(_normal(_run(notebook, clear)), (nbgrader.ComputeChecksums(), nbgrader.CheckCellMetadata()))


def _run(notebook: Any, steps: Iterable[Any]) -> Any:
    resources: dict[str, Any] = {}
    for step in steps:
        step.log = SILENT
        notebook, resources = step.preprocess(notebook, resources)
    return notebook


def _normal(notebook: Any) -> Any:
    """Bring what the steps before have left into the normal form of the project's notebooks."""
    for cell in notebook.cells:
        cell.source = cell.source.strip("\n")
    return notebook
