"""The Sphinx extensions of the book: docstrings, answers taken from the widgets, exercise pages, streams."""

from __future__ import annotations

import nbformat
import pytest
from docutils.core import publish_doctree
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx.errors import ExtensionError
from sphinx.testing.util import SphinxTestApp

from answers import quick_checks
from docstrings import translate
from exercise_pages import page_of
from whole_streams import joined


def translated(docstring: str) -> str:
    lines = docstring.split("\n")
    translate(None, "function", "f", None, None, lines)
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Return `x` for $a_i$.", "Return ``x`` for :math:`a_i`."),
        ("a name `over\ntwo lines`", "a name ``over two lines``"),
        ("in code `f'${x}'` no formula", "in code ``f'${x}'`` no formula"),
        ("$$ a\n= b $$", ".. math:: a = b"),
        ("    $$ a $$", "    .. math:: a"),
        ("already ``literal`` and :func:`f`", "already ``literal`` and :func:`f`"),
        ("a sum |x| of *args, 2 * 3", r"a sum \|x| of \*args, 2 * 3"),
        (">>> f(`x`) * $y$\n2*x*|y|\n\nwith *x*", ">>> f(`x`) * $y$\n2*x*|y|\n\nwith \\*x*"),
        (">>> f(x)\n| a | b |\n", ">>> f(x)\n| a | b |\n"),
        ("", ""),
        ("last line\n", "last line\n"),
    ],
)
def test_docstrings_are_translated(written, expected):
    assert translated(written) == expected


def test_a_table_becomes_a_table():
    table = translated("Before.\n\n| name | what |\n|---|---|\n| `a` | $x$ |\n| b | |\n\nAfter.")
    rows = list(publish_doctree(table).findall(lambda node: node.tagname == "row"))
    assert [[entry.astext() for entry in row.children] for row in rows] == [["name", "what"], ["a", "x"], ["b", ""]]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Return a notebook with two quick checks, one with a computed number, as Jupyter Book leaves it."""
    check = "from backprop_lab.widgets import quick_check\nn = 6 * 7\n"
    check += "quick_check(f'How much is ${n}$?', {'much': 'It is.', 'little': 'Compare with 41.'}, right='much')"
    again = "quick_check('And now?', {'yes': 'Right so.', 'no': 'Look again.'}, right='no')"
    notebook = new_notebook(cells=[new_code_cell(source) for source in (check, "print('between')", again)])
    NotebookClient(notebook, kernel_name="python3").execute()
    path = tmp_path_factory.mktemp("executed") / "chapter.ipynb"
    nbformat.write(notebook, path)
    return path


def test_the_answers_are_those_of_the_widgets(executed):
    first, second = quick_checks(executed)
    assert "<strong>1.</strong>" in first
    assert "<mn>42</mn>" in first
    assert first.index("<summary>Answer</summary>") < first.index("It is.") < first.index("Compare with 41.")
    assert "<strong>2.</strong> And now?" in second
    assert 'bl-right"><strong>B. Right.</strong> Look again.' in second


@pytest.fixture
def small_book(tmp_path):
    """Build two pages and a glossary with our extensions."""

    def build(page: str) -> str:
        source = tmp_path / "book"
        (source / "appendices").mkdir(parents=True, exist_ok=True)
        (source / "conf.py").write_text("extensions = ['myst_parser', 'glossary_links', 'answers']\n")
        (source / "index.md").write_text(page)
        (source / "appendices" / "B_glossary.md").write_text(
            "---\norphan: true\n---\n# B\n\n"
            "```{glossary}\nChain rule\nchain rules\n  A rule of **delta**.\n\ndelta\n  dC/dz.\n```\n"
        )
        app = SphinxTestApp("html", srcdir=source, warningiserror=True)
        try:
            app.build()
            return (app.outdir / "index.html").read_text()
        finally:
            app.cleanup()

    return build


def test_the_first_bold_term_of_a_page_is_a_link_to_the_glossary(small_book):
    page = small_book("# Page\n\nThe **chain rule**, the **chain rule** again, **Delta.** and **nothing**.")
    assert page.count('href="appendices/B_glossary.html#term-Chain-rule"') == 1
    assert page.count('href="appendices/B_glossary.html#term-delta"') == 1
    assert page.count("<strong>") == 4


def test_answers_that_are_missing_stop_the_build(small_book, tmp_path):
    page = "# Page\n\n```{answers} 03_none\n```\n"
    with pytest.raises(ExtensionError, match="index asks for the answers of 03_none, which was not executed"):
        small_book(page)
    path = tmp_path / "book" / "_build" / "jupyter_execute" / "03_none.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(new_notebook(), path)
    with pytest.raises(ExtensionError, match="03_none, which has no quick check"):
        small_book(page)


def test_a_line_that_the_kernel_sent_in_two_pieces_is_one_line_on_the_page():
    pieces = [new_output("stream", name="stdout", text=text) for text in ("hidden deltas: ", "True\n", "right\n")]
    [output] = joined(pieces)
    assert output.text == "hidden deltas: True\nright\n"


def test_streams_of_two_kinds_stay_apart():
    pieces = [new_output("stream", name=name, text="a\n") for name in ("stdout", "stderr", "stdout")]
    assert [(output.name, output.text) for output in joined(pieces)] == [("stdout", "a\na\n"), ("stderr", "a\n")]


MARKS = {"schema_version": 3, "grade": False, "solution": True, "locked": False, "task": False}


def exercise_notebook():
    marked = {"nbgrader": MARKS | {"grade_id": "answer-5-3"}}
    check = {"nbgrader": MARKS | {"grade_id": "check-5-3", "grade": True, "solution": False, "locked": True}}
    return new_notebook(
        cells=[
            new_markdown_cell("# Exercises\n\n**How to work**\n\n1. In a notebook.\n2. So.\n\nAnd then."),
            new_code_cell("a = 1", metadata=marked),
            new_code_cell("check(a)", metadata=check),
            new_code_cell("try_it()", id="free"),
            new_markdown_cell("*Write.*", metadata={"nbgrader": MARKS | {"grade_id": "essay-5-18"}}),
        ]
    )


def test_the_page_of_an_exercise_says_what_its_cells_are():
    first, answer, check, free, essay = page_of(exercise_notebook()).cells
    assert answer.metadata.tags == ["live-answer", "live-id-answer-5-3"]
    assert check.metadata.tags == ["live-check", "live-id-check-5-3"]
    assert free.metadata.tags == ["live-id-free"]
    assert essay.source == ":::{container} bl-essay live-id-essay-5-18\n*Write.*\n:::"
    assert "In a notebook" not in first.source
    assert "press **Check**" in first.source
    assert first.source.endswith("And then.")


def test_an_exercise_without_how_to_work_is_refused():
    notebook = exercise_notebook()
    notebook.cells[0].source = "# Exercises"
    with pytest.raises(ExtensionError, match="How to work"):
        page_of(notebook)
