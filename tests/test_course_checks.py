"""A check says at once what is right and what is wrong, briefly, and is not fooled: not even by the library."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import nbformat
import numpy as np
import pytest
import sympy
from nbclient import NotebookClient

from backprop_lab import Network
from backprop_lab.course import NotAnswered, NotYet, check, checks, find_exercise, hint
from backprop_lab.course.answer_key.chapter_05 import sister
from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression
from backprop_lab.course.function import Function
from backprop_lab.course.verdict import CheckerError
from right_answers import right_answer


def test_a_right_answer_prints_one_line(capsys):
    assert check("5.3", sister().z1) is None
    assert capsys.readouterr().out == (
        "5.3 right. Each unit reads its own row of the weights: two products, one bias.\n"
    )


def test_a_quiet_check_prints_nothing(capsys):
    check("5.3", sister().z1, quiet=True)
    assert capsys.readouterr().out == ""


def test_a_wrong_answer_fails_as_an_assertion_does():
    with pytest.raises(AssertionError, match="slope of the output's activation is missing"):
        check("5.5", 0.32926)


def test_some_parts_right_earn_their_points(capsys):
    assert check("5.13", {"A": "c", "B": "a", "C": "a", "D": None}) == 2
    assert capsys.readouterr().out.splitlines() == [
        "5.13 partly right. 2 of 4 parts.",
        "C: something is wrong here: a gradient check of it fails.",
        "D: not answered yet.",
    ]
    assert check("5.13", {"A": "c", "B": "a", "C": "e", "D": "b"}) == 4
    with pytest.raises(NotYet):
        check("5.13", {"A": "a", "B": "b", "C": "a", "D": "a"})


def test_parts_that_are_all_missing_are_not_answered():
    with pytest.raises(NotAnswered):
        check("5.13", {"A": None, "B": None, "C": None, "D": None})


@pytest.mark.parametrize(
    ("answer", "mistake", "says"),
    [
        (np.array([0.62, 0.2, 0.1]), "shape", r"Expected an array of shape \(2,\) for your answer, got shape \(3,\)"),
        (np.array([[0.62, 0.2]]), "shape", r"shape \(2,\) for your answer, got shape \(1, 2\)"),
        (0.62, "shape", "got one number"),
        ([0.62, np.nan], "nan", "There is a NaN"),
        ([0.62, np.inf], "nan", "infinite"),
        ("z1", "type", "got text"),
        ([True, False], "type", "True or False"),
        ([[1.0], [1.0, 2.0]], "ragged", "rows of different lengths"),
        ([3, 4], "integers", "whole numbers"),
        (np.array([1j, 2.0]), "type", "complex"),
        (lambda: 1, "type", "got a function"),
        ([5.0, 7.0], "unknown", "not one that I recognise"),
    ],
)
def test_what_is_no_proper_answer_is_explained(answer, mistake, says):
    with pytest.raises(NotYet, match=says) as caught:
        check("5.3", answer)
    assert caught.value.mistake == mistake


def test_sympy_numbers_are_numbers():
    check("5.3", [sympy.Rational(31, 50), sympy.Rational(1, 5)])


def test_text_is_never_evaluated():
    with pytest.raises(NotYet, match="got text"):
        check("5.15", "__import__('os').abort()")


def test_symbols_are_known_by_their_names_whatever_is_assumed_of_them():
    a, y = sympy.symbols("a2_1 y_1", positive=True)
    check("5.15", (a - y) * a * (1 - a))


def test_an_answer_needs_nothing_but_to_be_called():
    """A proxy of a student's function has no signature and no name; a check must not ask for them."""

    class Proxy:
        __slots__ = ()

        def __call__(self, y, z1, z2, a2, W2):
            a1 = 1 / (1 + np.exp(-z1))
            delta2 = (a2 - y) * a2 * (1 - a2)
            return delta2, (W2.T @ delta2) * a1 * (1 - a1)

    check("5.10", Proxy(), seed=7)


def test_a_stub_of_a_function_is_not_answered_even_where_its_error_comes_through_a_pipe():
    def stub(*_):
        raise RuntimeError("NotImplementedError: replace this line with your answer")

    with pytest.raises(NotAnswered):
        check("5.10", stub)


def test_a_function_gets_other_inputs_with_another_seed():
    kind = find_exercise("5.11").kind
    seen = []

    def spy(*inputs):
        seen.append(inputs[0].copy())
        raise NotImplementedError

    for seed in (1, 2):
        kind.judge(spy, seed)
    assert not np.array_equal(seen[0], seen[1])


def break_bp2(monkeypatch):
    """Let the library forget the slope of the hidden activation."""
    right = Network.backward

    def wrong(self, caches, y, *weights, **options):
        gradients = right(self, caches, y, *weights, **options)
        first, cache = gradients.layers[0], caches[0]
        first.delta[...] /= self.layers[0].activation.slope(cache.z, cache.a)
        first.dW[...] = first.delta.T @ cache.a_in
        first.db[...] = first.delta.sum(axis=0)
        return gradients

    monkeypatch.setattr(Network, "backward", wrong)


@pytest.mark.parametrize("number", ["5.6", "5.7", "5.10", "5.11", "5.12", "5.14"])
def test_a_library_with_a_broken_equation_stops_the_checker_rather_than_fool_it(number, monkeypatch):
    exercise = find_exercise(number)
    answer = right_answer(exercise)
    break_bp2(monkeypatch)
    for given in (answer, right_answer(exercise)):  # what is right, and what the broken library takes for right
        with pytest.raises(CheckerError, match="disagree"):
            check(number, given)


def test_a_wrong_reference_of_a_derivation_stops_the_checker():
    kind = find_exercise("5.16").kind
    with pytest.raises(CheckerError):
        replace(kind, right=2 * kind.right).judge(kind.right, 0)


def test_hints_come_one_after_the_other_and_stop_at_the_last(capsys, monkeypatch):
    monkeypatch.setattr(checks, "_hints_shown", {})
    for expected in ("Hint 1 of 3 for 5.6", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"):
        hint("5.6")
        assert capsys.readouterr().out.startswith(expected)
    hint("5.6", 2)
    assert capsys.readouterr().out.startswith("Hint 2 of 3 for 5.6: You pass the weight")
    with pytest.raises(ValueError, match="expected 1 to 3"):
        hint("5.6", 4)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("5.99", r"there are 5\.1 to 5\.18"),
        ("99.1", "chapter 99 has none"),
        ("x", "write chapter"),
        (5.1, "in quotation marks"),
    ],
)
def test_an_exercise_that_there_is_not_is_explained(number, says):
    with pytest.raises(ValueError, match=says):
        find_exercise(number)


def test_an_essay_has_no_check():
    with pytest.raises(TypeError, match="read by a person"):
        check("5.18", "words")


def test_in_a_notebook_a_wrong_answer_shows_its_message_and_no_traceback():
    source = "from backprop_lab.course import check\nimport numpy as np\n"
    cells = [source, "check('5.5', 0.32926)", "check('5.3', None)", "check('5.10', lambda *a: 1 / 0)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=60, kernel_name="python3", allow_errors=True).execute()
    wrong, missing, crashed = (cell.outputs[-1] for cell in notebook.cells[1:])
    assert (wrong.ename, missing.ename, crashed.ename) == ("NotYet", "NotAnswered", "NotYet")
    assert " ".join(wrong.traceback) == (
        "5.5 not yet. You took the miss of the output for its delta: the slope of the output's activation is missing."
    )
    assert " ".join(missing.traceback).startswith("5.3 not answered yet. Write your answer")
    assert "ZeroDivisionError" in " ".join(crashed.traceback)
    for output in (wrong, missing, crashed):
        assert len(output.traceback) <= 3
        assert "Traceback" not in " ".join(output.traceback)


def test_a_student_needs_neither_nbgrader_nor_widgets_for_a_check():
    code = (
        "import sys; from backprop_lab.course import check; check('5.1', 'c', quiet=True); "
        "bad = {'nbgrader', 'nbformat', 'nbclient', 'typer', 'rich', 'ipywidgets', 'matplotlib'} & set(sys.modules); "
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("call", ["check('5.18', 'words')", "check(5.1, 'c')", "hint(5.1)"])
def test_in_a_notebook_a_wrong_call_shows_one_message_and_no_traceback(call):
    with pytest.raises((TypeError, ValueError)) as caught:
        eval(call, {"check": check, "hint": hint})
    assert caught.value._render_traceback_() == str(caught.value).splitlines()


def test_parts_that_all_get_one_answer_do_not_tell_which_of_them_are_right(capsys):
    check("5.13", dict.fromkeys("ABCD", "a"))
    says = capsys.readouterr().out
    assert "1 of 4 parts" in says
    assert not any(f"{name}:" in says for name in "ABCD")


def test_a_function_that_stops_is_told_the_line(tmp_path):
    source = "def deltas(y, z1, z2, a2, W2):\n    e = a2 - y\n    return e + missing, e\n"
    path = tmp_path / "cell.py"
    path.write_text(source, encoding="utf-8")
    names = {}
    exec(compile(source, str(path), "exec"), names)
    with pytest.raises(NotYet, match=r"in line 3 of the cell, inside deltas: return e \+ missing, e"):
        check("5.10", names["deltas"])


def test_a_comprehension_that_stops_is_told_with_the_function_around_it():
    """In each version of Python: before 3.12 a comprehension was a function of its own."""
    names = {}
    exec("def deltas(y, z1, z2, a2, W2):\n    return [missing for _ in y]\n", names)
    with pytest.raises(NotYet, match=r"in line 2 of the cell, inside deltas$"):
        check("5.10", names["deltas"])


def test_a_crash_on_all_shapes_is_not_blamed_on_a_transpose():
    with pytest.raises(NotYet, match=r"dW1 came out with shape \(3,\), expected \(3, 3\)"):
        check("5.11", lambda x, y, W1, b1, W2, b2: (W1[:, 0] * x, b1, W2, b2))


def test_one_entry_is_taken_for_a_number_and_sympy_numbers_for_numbers():
    kind = Function(
        outputs=("total",),
        inputs=lambda rng, widths: {"x": rng.normal(size=widths[0])},
        right=lambda x: x.sum(),
        witness=lambda inputs, outputs: [np.isclose(outputs["total"], sum(inputs["x"].tolist()))],
        mistakes=(),
    )
    for right in (np.sum, lambda x: [x.sum()], lambda x: sympy.Float(x.sum()), lambda x: np.array([x.sum()])):
        assert kind.judge(right, 0).share == 1
    assert kind.judge(lambda x: [x.sum() + 1], 0).share == 0


def test_python_numbers_in_an_expression_stand_for_fractions():
    x = sympy.Symbol("x", positive=True)
    kind = Expression(sympy.root(x, 3) / 7, lambda: x ** sympy.Rational(1, 3) / 7, ())
    for right in (x ** (1 / 3) / 7, x ** (1 / 3) * (1 / 7), sympy.cbrt(x) * 0.14285714285714285, sympy.cbrt(x) / 7.0):
        assert kind.judge(right, 0).share == 1
    for wrong in (x**0.3333 / 7, sympy.cbrt(x) * 0.142857):
        assert kind.judge(wrong, 0).share == 0


def test_a_mutant_that_divides_by_zero_is_recognised():
    def inputs(rng, widths):
        return {"x": np.append(rng.normal(size=widths[0]), 0.0)}

    right = {"outputs": ("y",), "inputs": inputs, "right": lambda x: x * 2, "witness": lambda i, o: [True]}
    kind = Function(**right, mistakes=(Mistake("division", lambda x: x / x, "You divided by it."),))
    assert kind.judge(lambda x: x / x, 0).mistake == "division"
    assert kind.judge(lambda x: x * np.nan, 0).mistake == "nan"
