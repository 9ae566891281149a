"""Sphinx extension: the exercise notebooks become pages of the book.

What stands in exercises/ is what a student downloads. A copy is made for the page, in book/exercises/ (which git
ignores): in it the cells say what they are. `live-answer`, `live-check`, `live-locked` and `live-id-...` become
classes, by which the scripts of the page find them (book/_live/).
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from live_pages import PINS, ROOT

SOURCE = ROOT / "exercises"
HOW = re.compile(r"\*\*How to work\*\*\n\n1\. .*?(?=\n\n|\Z)", re.DOTALL)
HOW_HERE = """**How to work**

1. Write your answer in place of the line `raise NotImplementedError(...)`, and press **Check**. It says at once what is
   right, or what kind of mistake you made. Try as often as you like. **Run** shows what your code prints.
2. Stuck? **Hint** gives you three, one after the other; the last is nearly the solution.
3. Your answers stay in this browser. **Download my notebook** gives you a notebook with them, to keep, to hand in, or
   to go on with elsewhere.

The first check loads Python into your browser, which keeps it for the next time (about MEGABYTES MB); the first
derivation loads SymPy, too, and takes some seconds. Nothing is installed, and what you write stays on your machine.

:::{container} bl-work
The scripts of this page do not run: your browser has none, or it has opened a file and not an address of a server. Work
on the notebook in Jupyter instead.
:::"""


def page_of(notebook: Any) -> Any:
    """Return the notebook as a page: cells with classes, and how to work here."""
    first = notebook.cells[0]
    if not HOW.search(first.source):
        raise ExtensionError(f"{first.source.splitlines()[0]}: its first cell has no list under **How to work**")
    here = HOW_HERE.replace("MEGABYTES", f"{round(PINS['page']['bytes'] / 1e6)}")
    first.source = HOW.sub(lambda _: here, first.source)
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader")
        if cell.cell_type == "code":
            cell.metadata.tags = [*cell.metadata.get("tags", ()), *tags_of(marks, cell.id)]
        elif marks:
            cell.source = f":::{{container}} bl-essay live-id-{marks.grade_id}\n{cell.source}\n:::"
    return notebook


def tags_of(marks: Any, name: str) -> list[str]:
    """Return the tags of a code cell with these marks of nbgrader; one without any is free, and has its own name."""
    if not marks:
        return [f"live-id-{name}"]
    kind = "answer" if marks.solution else "check" if marks.grade else "locked"
    return [f"live-{kind}", f"live-id-{marks.grade_id}"]


def write_pages(app: Sphinx, config: Config) -> None:
    """Write the pages, before Sphinx looks for them; one that has not changed keeps its time."""
    target = Path(app.srcdir, "exercises")
    notebooks = sorted(SOURCE.glob("*.ipynb"))
    if {path.name for path in target.glob("*.ipynb")} - {path.name for path in notebooks}:
        shutil.rmtree(target)
    target.mkdir(exist_ok=True)
    for path in notebooks:
        text = nbformat.writes(page_of(nbformat.read(path, as_version=4)))
        page = target / path.name
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the hook."""
    app.connect("config-inited", write_pages, priority=100)  # before the table of contents is read
    return {"parallel_read_safe": True, "parallel_write_safe": True}
