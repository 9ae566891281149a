"""Nothing of the book is left out of the lists that lead to it: contents, map, answers, reference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from public_names import public_names

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
MADE = {"_build", ".ipynb_checkpoints", "exercises"}
PAGES = sorted(
    [f"exercises/{path.stem}" for path in (ROOT / "exercises").glob("*.ipynb")]  # the build copies them
    + [
        str(path.relative_to(BOOK).with_suffix(""))
        for kind in ("ipynb", "md")
        for path in BOOK.rglob(f"*.{kind}")
        if not MADE & set(path.relative_to(BOOK).parent.parts)
    ]
)
CHAPTERS = [page for page in PAGES if re.match(r"\d\d_", page)]


def text(page: str, kind: str = "markdown") -> str:
    """Return the text, or the code, of a page."""
    path = BOOK / f"{page}.ipynb"
    if not path.exists():
        return (BOOK / f"{page}.md").read_text(encoding="utf-8")
    return "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind)


def listed(entry: dict[str, Any]) -> Iterator[str]:
    """Return the pages of the table of contents."""
    yield from [entry[key] for key in ("root", "file") if key in entry]
    for key in ("parts", "chapters", "sections"):
        for inner in entry.get(key, ()):
            yield from listed(inner)


def test_every_page_is_in_the_table_of_contents():
    assert sorted(listed(yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8")))) == PAGES


@pytest.mark.parametrize("page", CHAPTERS)
def test_every_chapter_is_on_the_map_with_its_minutes(page):
    card = re.search(rf":link: {page}\n.*?\*(\d+) minutes\*", text("index"), re.DOTALL)
    assert card, f"book/index.ipynb has no card for {page}"
    assert f"**It takes** about {card[1]} minutes to read" in " ".join(text(page).split())


@pytest.mark.parametrize(
    "page", [page for page in PAGES if not page.startswith("exercises/") and "quick_check(" in text(page, "code")]
)
def test_every_quick_check_is_answered_in_appendix_f(page):
    assert f"```{{answers}} {page}\n" in text("appendices/F_answers")


def test_every_module_has_its_place_in_the_reference():
    reference = "".join(text(page) for page in PAGES if page.startswith("appendices/api/"))
    modules = {name.rpartition(".")[0] for name in public_names()}
    assert sorted(modules - set(re.findall(r"automodule:: (\S+)", reference))) == []


def test_every_module_at_the_top_has_its_place_in_the_table_of_contributing():
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    modules = {name.split(".")[1] for name in public_names()}
    assert sorted(module for module in modules if not re.search(rf"`{module}/?`", table)) == []
