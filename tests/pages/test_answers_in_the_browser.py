"""Promise: the verdict on the page is the one of the desk, word for word.

Of each exercise a right answer and a wrong one are judged in the browser; with BACKPROP_LAB_ALL_ANSWERS set, all that
`tests/wrong_answers/` has.
"""

from __future__ import annotations

import os
import re

import nbformat
import pytest

from backprop_lab.live import check_cell
from judged import CHAPTERS, TESTS, load, text_of

from .live_site import live_site

ALL = bool(os.environ.get("BACKPROP_LAB_ALL_ANSWERS"))
ASK = """async ([cells, check]) => {
    const { Python } = await import("./_static/live/python.js");
    window.python ??= new Python(() => {});
    return window.python.request("check", { cells, check });
}"""
pytestmark = pytest.mark.xdist_group("answers in the browser")


@pytest.fixture(scope="module")
def site(browser):
    with live_site(browser) as site:
        yield site


@pytest.fixture(scope="module")
def page(site):
    page = site.context.new_page()
    page.set_default_timeout(0)
    page.goto(f"{site.address}index.html")
    return page


def as_cell(text, name):
    """Return the cell that a student would have written."""
    if not text.lstrip().startswith("def "):
        return f"{name} = (\n{text.strip()}\n)"
    own = re.search(r"def (\w+)", text)[1]
    return text if own == name else f"{text}\n{name} = {own}"


def questions(path):
    """Yield (number, code cells above it, name of the answer, check) of each exercise of a chapter."""
    above = ["counter = []"]
    for cell in nbformat.read(TESTS.parent / "solutions" / f"{path.stem}.ipynb", as_version=4).cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and not marks.get("grade"):
            above.append(cell.source)
        elif cell.cell_type == "code":
            found = re.search(r'check\("([\d.]+)", (\w+)\)', cell.source)
            yield found[1], list(above), found[2], cell.source


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_verdict_in_the_browser_is_that_of_the_desk(path, page):
    answers = load(path)
    asked = 0
    for number, above, name, check in questions(path):
        right, wrong = answers.RIGHT[number], answers.WRONG[number]
        for entry in [*right, *wrong] if ALL else [right[-1], wrong[asked % len(wrong)]]:
            cells = [*above, as_cell(text_of(path, number, entry), name)]
            desk = check_cell(cells, check, lambda kind, content: None)
            seen = page.evaluate(ASK, [cells, check])
            assert (seen["state"], seen["message"]) == (desk.state, desk.message), (number, entry)
            asked += 1
    assert asked >= 2 * len(answers.RIGHT)
