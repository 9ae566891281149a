"""What a page runs in the browser, run here: a cell with what it needs, an answer with its check, what they show."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import nbformat
import pytest

from backprop_lab.course import check
from backprop_lab.live import check_cell, hint_text, run_cell
from backprop_lab.live.needs import needed, statements

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "solutions").glob("*.ipynb"))
CHECK = 'from backprop_lab.course import check\ncheck("5.3", z1)'


class Page:
    """Keeps what is put on it."""

    def __init__(self):
        self.pieces = []

    def put(self, kind, content):
        """Keep a piece."""
        self.pieces.append((kind, content))

    def all_of(self, kind):
        """Return what there is of a kind."""
        return "".join(content for each, content in self.pieces if each == kind)


@pytest.fixture
def page(monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    before = pyplot.get_backend()
    pyplot.close("all")  # what other tests left open is not closed by a switch
    pyplot.switch_backend("module://backprop_lab.live.backend")
    yield Page()
    pyplot.switch_backend(before)


def sources(*cells):
    return [ast.unparse(statement.node) for statement in needed(cells)]


# ---------------------------------------------------------------- what a cell needs


def test_a_cell_needs_what_binds_its_names_and_what_that_needs():
    assert sources("a = 1\nb = 2", "c = a + 1", "print(c)") == ["a = 1", "c = a + 1"]


def test_a_name_may_be_bound_in_any_way():
    binding = [
        "import x",
        "from m import x",
        "def x(): 0",
        "class x: 0",
        "for x in []: 0",
        "(y, x) = 1, 2",
        "x: int = 3",
    ]
    for statement in [*binding, "with o as x: 0", "if (x := 2): 0"]:
        assert len(sources(statement, "x")) == 1, statement


def test_an_import_of_everything_may_bind_any_name():
    assert sources("from math import *", "a = 1", "sqrt(4)") == ["from math import *"]


def test_every_name_of_a_chapter_is_bound_in_a_cell_that_its_page_shows():
    for path in sorted((ROOT / "book").glob("[01][0-9]_*.ipynb")):
        bound = set(dir(builtins)) | {"display"}
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type != "code" or {"remove-input", "remove-cell"} & set(cell.metadata.get("tags", ())):
                continue
            found = statements(cell.source)
            bound |= {name for statement in found for name in statement.binds}
            missing = {name for statement in found for name in statement.uses} - bound
            assert not missing or path.stem.startswith("12"), (path.stem, cell.id, missing)


def test_only_the_imports_that_are_used_are_run():
    assert sources("import numpy as np\nimport sympy as sp", "np.ones(2)") == ["import numpy as np"]


def test_what_a_function_looks_up_is_needed_and_what_is_its_own_is_not():
    assert sources("a = 1", "b = 2", "c = 3", "def f(b):\n    d = [c for c in b]\n    return a + d", "f(1)") == [
        "a = 1",
        "def f(b):\n    d = [c for c in b]\n    return a + d",
    ]


def test_what_may_have_changed_an_object_is_run_too_also_through_a_function():
    assert sources("a = []", "a.append(1)", "b = []", "b.append(1)", "a") == ["a = []", "a.append(1)"]
    assert "f()" in sources("a = []", "def f():\n    a.append(1)", "f()", "a")


def test_a_method_that_is_added_to_a_class_is_run():
    cells = ["class A: 0", "def f(self): 0\nA.f = f", "A.g = 1\na = A()", "A().f()"]
    assert sources(*cells) == ["class A:\n    0", "def f(self):\n    0", "A.f = f", "A.g = 1"]


def test_a_part_may_be_changed_under_another_name():
    assert "for b in a:\n    b += 1" in sources("a = [1]", "for b in a:\n    b += 1", "a")


def test_what_only_looks_is_not_run():
    looks = ["print(a)", "b = len(a)", "for c in enumerate(a): print(c)", "d = a.x + a[0]", "f'{a}'"]
    assert sources("a = [1]", *looks, "a") == ["a = [1]"]


def test_an_interactive_is_not_run():
    assert sources("from backprop_lab.widgets import nudge\na = 1", "nudge(a)", "a") == ["a = 1"]


def test_what_only_calls_the_same_function_is_not_run():
    assert sources("def f(): 0", "x = f()", "y = f()", "y") == ["def f():\n    0", "y = f()"]


def test_a_cell_that_is_no_python_gives_nothing():
    assert sources("a = 1", "a = (", "a") == ["a = 1"]


# ---------------------------------------------------------------- what is shown


def test_what_is_printed_and_the_last_value_are_shown_in_order(page):
    assert run_cell(["a = 1", "print(a, end='')\nprint('!')\na + 1"], page.put)
    assert page.all_of("text") == "1!\n2\n"


def test_what_the_cells_above_print_is_not_shown(page):
    run_cell(["a = [1]\nprint(a)", "a"], page.put)
    assert page.all_of("text") == "[1]\n"


def test_a_long_list_is_shown_line_by_line(page):
    run_cell(["['a' * 40, 'b' * 40]"], page.put)
    assert page.all_of("text") == f"['{'a' * 40}',\n '{'b' * 40}']\n"


def test_a_semicolon_shows_nothing(page):
    run_cell(["1 + 1;"], page.put)
    assert page.pieces == []


def test_each_run_begins_clean(page):
    run_cell(["a = 1"], page.put)
    assert not run_cell(["a"], page.put)
    assert "NameError" in page.all_of("error")


def test_an_error_shows_the_lines_of_the_reader_and_no_others(page):
    assert not run_cell(["import numpy as np", "def f(x):\n    return np.linalg.inv(x)\nf(np.ones((2, 3)))"], page.put)
    error = page.all_of("error")
    assert "line 3" in error
    assert "return np.linalg.inv(x)" in error
    assert error.splitlines()[-1].startswith("numpy.linalg.LinAlgError") or "LinAlgError" in error.splitlines()[-1]
    assert "site-packages" not in error


def test_an_error_is_marked_in_its_line(page):
    run_cell(["a = nothing"], page.put)
    assert "    a = nothing\n        ^^^^^^^\n" in page.all_of("error")


def test_a_syntax_error_points_at_its_place(page):
    assert not run_cell(["def f(:\n    0"], page.put)
    assert "line 1" in page.all_of("error")
    assert "SyntaxError" in page.all_of("error")


def test_it_says_that_a_cell_further_up_stopped(page):
    assert not run_cell(["a = 1 / 0", "a"], page.put)
    assert (
        page.all_of("error")
        == "A cell further up, which this one needs, stopped with ZeroDivisionError: division by zero"
    )


def test_a_warning_is_shown_apart(page):
    run_cell(["import sys\nprint('careful', file=sys.stderr)\nprint(1)"], page.put)
    assert sorted(page.pieces) == [("text", "1\n"), ("warning", "careful\n")]


def test_figures_formulas_and_html_are_shown(page):
    run_cell(["import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nprint('after')"], page.put)
    assert [kind for kind, _ in page.pieces] == ["image", "text"]
    assert page.all_of("image").startswith("data:image/svg+xml;base64,")
    run_cell(["import sympy\nsympy.Symbol('x') ** 2"], page.put)
    assert "x^{2}" in page.all_of("latex")
    run_cell(["class A:\n    def _repr_html_(self):\n        return '<b>a</b>'\nA()"], page.put)
    assert page.all_of("html") == "<b>a</b>"


def test_lines_that_only_a_notebook_understands_are_left_out(page):
    assert run_cell(["%matplotlib inline\nprint(1)"], page.put)
    assert page.all_of("text") == "1\n"


def test_a_module_whose_package_could_be_loaded_is_asked_for(page):
    with pytest.raises(ModuleNotFoundError):
        run_cell(["import no_such_module"], page.put, lambda name: name == "no_such_module")
    with pytest.raises(ModuleNotFoundError):
        run_cell(["import no_such_module", "no_such_module.a"], page.put, lambda name: name == "no_such_module")
    assert not run_cell(["import no_such_module"], page.put)
    assert "No module named 'no_such_module'" in page.all_of("error")


# ---------------------------------------------------------------- verdicts


def verdict(page, answer, *above):
    answer = check_cell([*SETTING, *above, answer], CHECK, page.put)
    return answer.state, answer.message


SETTING = [
    "import numpy as np\nx, W1, b1 = np.array([0.8, -0.4]), np.array([[0.3, -0.7], [0.6, 0.2]]), np.array([0.1, -0.2])"
]


def test_a_right_answer(page, capsys):
    state, message = verdict(page, "z1 = W1 @ x + b1")
    assert state == "right"
    check("5.3", [0.62, 0.2])
    assert message == capsys.readouterr().out.strip()


def test_a_wrong_answer_has_the_message_of_the_desk(page):
    import numpy as np

    with pytest.raises(AssertionError) as error:
        check("5.3", np.array([[0.3, -0.7], [0.6, 0.2]]) @ [0.8, -0.4])
    assert verdict(page, "z1 = W1 @ x") == ("not yet", str(error.value))


def test_an_answer_that_is_still_missing(page):
    for stub in ("z1 = None\nraise NotImplementedError('replace')", "z1 = None"):
        assert verdict(page, stub)[0] == "not answered yet"


def test_an_answer_that_stops_is_no_verdict_on_the_answer(page):
    assert verdict(page, "z1 = W1 @ x + c1") == ("error", "Your code stopped before it could be checked.")
    assert "NameError: name 'c1' is not defined" in page.all_of("error")


def test_it_says_that_an_exercise_further_up_has_no_answer(page):
    assert verdict(page, "z1 = a + 1", "a = None\nraise NotImplementedError('replace')")[0] == "error"
    assert page.all_of("warning") == "It needs an exercise further up that has no answer yet.\n"


def test_it_says_that_a_cell_further_up_is_no_python(page):
    assert verdict(page, "z1 = a + 1", "a = (")[0] == "error"
    assert "A cell further up is no Python" in page.all_of("warning")


def test_an_answer_that_is_called_otherwise(page):
    says = "The check looks for z1, and your code has nothing of this name."
    assert verdict(page, "z = W1 @ x + b1") == ("error", says)


def test_what_an_answer_above_left_unanswered_is_not_to_blame(page):
    assert verdict(page, "z1 = W1 @ x + b1", "def other():\n    raise NotImplementedError")[0] == "right"


def test_hints_come_by_level():
    texts = [hint_text("5.3", level) for level in (1, 2, 3)]
    assert [levels for _, levels in texts] == [3, 3, 3]
    assert len({text for text, _ in texts}) == 3
    with pytest.raises(ValueError, match="1 to 3"):
        hint_text("5.3", 4)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_solution_is_right_with_only_what_its_cell_needs(path, page):
    cells, judged = [], []
    for cell in nbformat.read(path, as_version=4).cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code":
            continue
        if marks.get("grade"):
            answer = check_cell(cells, cell.source, page.put)
            judged.append((marks.grade_id, answer.state, answer.message, page.all_of("error")))
        else:
            cells.append(cell.source)
    assert [each for each in judged if each[1] != "right"] == []
    assert len(judged) > 9
