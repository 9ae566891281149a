"""Sphinx extension: the docstrings of the library on the pages of its reference.

They are written to be read in the code: formulas between dollar signs, names between single backticks, tables as in
Markdown. Autodoc and numpydoc expect reStructuredText, so these are translated before numpydoc reads the sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from sphinx.application import Sphinx

BLOCK = re.compile(r"^( *)\$\$(.+?)\$\$", re.DOTALL | re.MULTILINE)
FORMULA = re.compile(r"\$([^$]+)\$")
MARKUP = re.compile(r"[*|](?=\S)")
NAME = re.compile(r"(?<![`:\\])`([^`]+)`(?![`_])")


def translate(app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
    """Translate a docstring, in place."""
    pairs = zip(kinds(lines), lines, strict=True)
    blocks = [TRANSLATIONS[kind]([line for _, line in block]) for kind, block in groupby(pairs, key=itemgetter(0))]
    lines[:] = "\n".join(blocks).split("\n")


def kinds(lines: list[str]) -> Iterator[str]:
    """Say of each line whether it is text, part of a table, or of an example, which goes on to the next blank line."""
    kind = "text"
    for line in lines:
        if line.lstrip().startswith(">>>"):
            kind = "code"
        elif kind != "code" or not line.strip():
            kind = "table" if line.lstrip().startswith(("| ", "|-")) else "text"
        yield kind


def text(lines: list[str]) -> str:
    """Translate the formulas and the names of a text; what stands in one is not looked at for the other."""
    kept: list[str] = []

    def keep(markup: str, found: re.Match[str]) -> str:
        kept.append(markup.format(*(" ".join(part.split()) or part for part in found.groups())))
        return f"\0{len(kept) - 1}\0"

    marked = NAME.sub(lambda found: keep("``{}``", found), "\n".join(lines))
    marked = BLOCK.sub(lambda found: keep("{}.. math:: {}", found), marked)
    marked = FORMULA.sub(lambda found: keep(":math:`{}`", found), marked)
    return re.sub("\0(\\d+)\0", lambda found: kept[int(found[1])], MARKUP.sub(r"\\\g<0>", marked))


def table(rows: list[str]) -> str:
    """Translate a table."""
    indent = " " * (len(rows[0]) - len(rows[0].lstrip()))
    cells = [re.split(r" \|(?= |$)", row.strip()[1:-1]) for row in rows if set(row.strip()) - set("|-: ")]
    lines = ["", ".. list-table::", "   :header-rows: 1", ""]
    for row in cells:
        lines += [f"   {'  -' if number else '* -'} {text([cell.strip()])}" for number, cell in enumerate(row)]
    return "\n".join(indent + line for line in [*lines, ""])


TRANSLATIONS = {"table": table, "code": "\n".join, "text": text}


def setup(app: Sphinx) -> dict[str, bool]:
    """Translate before numpydoc, which comes at 500."""
    app.connect("autodoc-process-docstring", translate, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
