"""Promise: SymPy and what else is slow to load in a browser is imported where it is asked for, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import backprop_lab
from backprop_lab import chain_rule
from backprop_lab.course import exercises, find_exercise
from backprop_lab.course.exercise import Derivation
from backprop_lab.course.expression import Expression
from right_answers import right_answer

SLOW = {"sympy", "mpmath", "tqdm", "matplotlib", "ipywidgets", "IPython", "sklearn"}
DERIVATIONS = [each.number for n in range(1, 18) for each in exercises(n) if isinstance(each.kind, Derivation)]

CHECK_EVERYTHING_ELSE = f"""
import sys
import numpy as np
from backprop_lab import Network, train, xor
from backprop_lab.course import NotYet, check, exercises, hint, progress
from backprop_lab.course.exercise import Derivation, Essay
from right_answers import right_answer

train(Network([2, 2, 1]), *xor(), epochs=1, learning_rate=0.1)
for chapter in range(1, 18):
    for exercise in exercises(chapter):
        hint(exercise.number)
        if not isinstance(exercise.kind, Derivation | Essay):
            check(exercise.number, right_answer(exercise))
            for wrong in ("words", np.ones(3), lambda *_: 1, []):
                try:
                    check(exercise.number, wrong)
                except NotYet:
                    pass
    progress(chapter)
print(sorted({SLOW} & sys.modules.keys()))
"""


def run(program: str, home: Path) -> list[str]:
    """Run a program in a fresh interpreter and return the lines that it prints."""
    environment = {**os.environ, "BACKPROP_LAB_HOME": str(home), "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.splitlines()


def test_what_is_no_derivation_is_checked_without_sympy(tmp_path: Path) -> None:
    lines = run(CHECK_EVERYTHING_ELSE, tmp_path)
    assert "chapter 5: 14 of 17 solved" in lines
    assert lines[-1] == "[]"


def test_a_derivation_imports_sympy_when_it_is_checked(tmp_path: Path) -> None:
    program = """
import sys
from backprop_lab.course import check, exercises, hint
hint("5.15")
(listed,) = (each.kind for each in exercises(5) if each.number == "5.15")
print("sympy" in sys.modules)
try:
    check("5.15", 0)
except AssertionError:
    print("sympy" in sys.modules)
"""
    assert run(program, tmp_path)[-2:] == ["False", "True"]


@pytest.mark.parametrize("number", DERIVATIONS)
def test_a_derivation_is_found_as_an_expression(number: str) -> None:
    exercise = find_exercise(number)
    assert isinstance(exercise.kind, Expression)
    assert exercise.kind is find_exercise(number).kind
    (listed,) = (each for each in exercises(int(number.partition(".")[0])) if each.number == number)
    assert listed.title == exercise.title
    for answer in (right_answer(exercise), 0):
        assert listed.kind.judge(answer, 0) == exercise.kind.judge(answer, 0)


@pytest.mark.parametrize("name", ["Chain", "ChainPoint", "find_chain"])
def test_names_that_need_sympy_are_there(name: str) -> None:
    assert getattr(backprop_lab, name) is getattr(chain_rule, name)
    assert name in dir(backprop_lab)


def test_a_name_that_is_not_there_is_told() -> None:
    with pytest.raises(AttributeError, match="module 'backprop_lab' has no attribute 'find_chains'"):
        _ = backprop_lab.find_chains
