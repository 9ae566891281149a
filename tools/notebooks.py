"""Keep notebooks small, diffable and checked.

    python tools/notebooks.py run NOTEBOOK ...         execute in place, then normalise
    python tools/notebooks.py normalise NOTEBOOK ...   in place
    python tools/notebooks.py check NOTEBOOK ...       fail where one is not normal

A normal notebook keeps its text outputs, so that nbval can compare every number; it drops pictures, HTML, widget state
and what editors write into the metadata. Cells have an id, and the execution counts 1, 2, 3.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

KEPT_MIMES = ("text/plain", "text/latex", "application/papermill.record/text/plain")
KEPT_METADATA = ("tags", "nbgrader", "mystnb", "covers", "deletable", "editable")
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def normal(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook in its normal form, changed in place."""
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    count = 0
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{number:03d}")
        kept = {key: cell.metadata.get(key) for key in KEPT_METADATA}
        cell.metadata = {key: value for key, value in kept.items() if value not in (None, [], {})}
        cell.source = cell.source.strip("\n")
        if cell.cell_type != "code":
            continue
        executed = cell.execution_count is not None
        count += executed
        cell.execution_count = count if executed else None
        cell.outputs = _merged([output for output in map(_normal_output, cell.outputs) if output])
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
    return notebook


def _merged(outputs: list[Any]) -> list[Any]:
    """Join neighbours of one stream: how a kernel cuts what it prints is chance."""
    merged: list[Any] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def _normal_output(output: Any) -> Any:
    if output.output_type in ("display_data", "execute_result"):
        output.data = {mime: value for mime, value in output.data.items() if mime in KEPT_MIMES}
        output.metadata = {key: value for key, value in output.metadata.items() if key == "scrapbook"}
        return output if output.data else None
    if output.output_type == "error":
        output.traceback = []
    return output


def run(path: Path) -> None:
    """Execute a notebook in its folder, in place."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    nbformat.write(normal(notebook), path)


def main(arguments: list[str]) -> int:
    """Do what the command line asks; return 1 where a notebook is not normal."""
    if len(arguments) < 2 or arguments[0] not in ("run", "normalise", "check"):
        print(__doc__)
        return 2
    bad = 0
    for path in map(Path, arguments[1:]):
        if arguments[0] == "run":
            run(path)
            continue
        before = path.read_text(encoding="utf-8")
        after = nbformat.writes(normal(nbformat.reads(before, as_version=4))) + "\n"
        if arguments[0] == "normalise":
            path.write_text(after, encoding="utf-8")
        elif before.rstrip("\n") != after.rstrip("\n"):
            print(f"{path} is not normal: run python tools/notebooks.py normalise {path}")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
