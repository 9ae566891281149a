"""Promise: every method learns its problem, beside backpropagation from the same start, and says what it cost."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import backprop_lab.beyond
from backprop_lab.beyond import METHODS, Result, Run, compare, problem, run

PAIRS = [(method, on) for method in METHODS for on in METHODS[method].settings]


def trivial_loss(on: str) -> float:
    """Return what a constant, or for the fit a straight line, reaches: what is learned lies well below."""
    p = problem(on)
    if on == "xor":
        return 0.125  # one half for each example
    if on == "fit":
        line = np.polyval(np.polyfit(p.x[:, 0], p.y[:, 0], 1), p.x)
        return float(((line - p.y) ** 2).mean() / 2)
    if on == "digits":
        return float(np.log(10))
    return float((p.x**2).sum() / (2 * len(p.x)))


@pytest.mark.parametrize(("method", "on"), PAIRS)
def test_it_learns_what_chance_can_not(method: str, on: str) -> None:
    result = run(method, on)
    assert (result.method, result.problem) == (method, on)
    assert result.loss == result.run.loss[-1] < result.run.loss[0]
    if on == "component":
        assert result.loss < 0.87 * trivial_loss(on)  # one direction of 64; the best has 0.85 left
    else:
        assert result.loss < 0.25 * trivial_loss(on)
    if problem(on).classes:
        assert result.accuracy is not None
        assert result.accuracy > {"xor": 0.99, "digits": 0.8}[on]
    else:
        assert result.accuracy is None
    assert (result.forward, result.backward) == (result.run.forward, result.run.backward)


def test_what_reaches_the_least_on_the_fit_is_levenberg_marquardt_and_what_costs_most_is_evolution() -> None:
    results = {result.method: result for result in compare("fit")}
    assert next(iter(results)) == "backpropagation"
    assert min(results.values(), key=lambda r: r.loss).method == "Levenberg-Marquardt"
    assert max(results.values(), key=lambda r: r.forward + r.backward).method == "evolution strategies"


def test_all_begin_at_the_same_point() -> None:
    changes = {"epochs": 1}
    starts = {
        run(method, "xor", seed=3, **({"steps": 1} if method == "Levenberg-Marquardt" else changes)).run.loss[0]
        for method, on in PAIRS
        if on == "xor"
    }
    assert len(starts) == 1
    assert run("backpropagation", "xor", seed=4, epochs=1).run.loss[0] not in starts


def test_a_seed_tells_the_whole_story() -> None:
    options = {"methods": ["backpropagation", "feedback alignment"], "seed": 5}
    assert compare("xor", **options) == compare(problem("xor"), **options)
    assert run("feedback alignment", "xor", seed=5) != run("feedback alignment", "xor", seed=6)


def test_a_result_reads_as_one_line() -> None:
    result = Result("Oja's rule", "component", 1e-12, None, 12345, 0, Run((1.0, 1e-12), 12345, 0))
    assert repr(result) == "Oja's rule on component: loss below 1e-9, 12,345 forward and 0 backward passes"
    result = Result("backpropagation", "xor", 0.01234567, 0.75, 8, 4, Run((1.0,), 8, 4))
    assert repr(result) == "backpropagation on xor: loss 0.01235, 75% right, 8 forward and 4 backward passes"


def test_problems_say_what_they_are() -> None:
    assert repr(problem("digits")) == "Problem(digits: 1437 examples, 64-32-32-10, categorical_cross_entropy)"
    assert problem("component").x.mean(axis=0) == pytest.approx(np.zeros(64))
    p = problem("xor")
    assert problem(p) is p


def test_every_method_names_its_source() -> None:
    for method in METHODS.values():
        assert re.search(r"\d{4}$", method.source)
        assert method.learns_from
        assert method.settings


@pytest.mark.parametrize(
    ("method", "on", "message"),
    [
        ("hope", "xor", "unknown method 'hope': choose one of Levenberg-Marquardt, Oja's rule, backpropagation"),
        ("backpropagation", "life", "unknown problem 'life': choose one of component, digits, fit, xor"),
        ("Oja's rule", "xor", "unknown problem for Oja's rule 'xor': choose one of component"),
    ],
)
def test_a_name_that_there_is_not_is_refused(method: str, on: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        run(method, on)


def test_an_argument_that_a_method_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="steps"):
        run("backpropagation", "xor", steps=3)


def test_the_public_surface_is_names_and_nothing_else() -> None:
    tree = ast.parse(Path(backprop_lab.beyond.__file__).read_text(encoding="utf-8"))
    docstring, *names = tree.body
    assert isinstance(docstring, ast.Expr)
    assert all(isinstance(node, ast.ImportFrom) and node.names[0].asname == node.names[0].name for node in names)


def test_names_that_are_none_are_refused() -> None:
    for method in (None, ["backpropagation"]):
        with pytest.raises(TypeError, match=r"method is .*, expected a name: one of"):
            run(method, "xor")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="methods is 'backpropagation', expected a list of names"):
        compare("xor", methods="backpropagation")
