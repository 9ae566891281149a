"""Read a notebook with exercises, or say why it is none."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

__all__ = ["NotebookError", "read_notebook"]


class NotebookError(ValueError):
    """A notebook can't be used; the message says which and why."""


def read_notebook(path: Path) -> Any:
    """Return the notebook in this file.

    Raises
    ------
    NotebookError
        If there is no such file, it is no notebook, it has no exercises, or an nbgrader id is there twice.
    """
    notebook = _read(path)
    _check_ids(path, notebook)
    return notebook


def _read(path: Path) -> Any:
    import nbformat

    if not path.is_file():
        raise NotebookError(f"{path}: there is no such file")
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
    except Exception as error:  # json, unicode, nbformat and jsonschema each have their own
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise NotebookError(f"{path}: not a Jupyter notebook ({reason})") from error
    return notebook


def _check_ids(path: Path, notebook: Any) -> None:
    marked = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    if not any(metadata.get("grade") for metadata in marked):
        raise NotebookError(f"{path}: no exercises, no cell is marked as graded in its nbgrader metadata")
    twice = [name for name, count in Counter(metadata.get("grade_id") for metadata in marked).items() if count > 1]
    if twice:
        raise NotebookError(f"{path}: grade_id {twice[0]!r} is there twice, each must be unique")
