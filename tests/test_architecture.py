"""Promise: imports point down only: the mathematics works without the widgets, the judge without the accused.

    mathematics  <-  figures  <-  widgets  <-  book, tests
    mathematics  <-  course  <-  grading  <-  command line
                     course  <-  live  <-  pages in the browser

A module that lies in none of the rooms named here belongs to the mathematics.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = "backprop_lab"
SOURCE = Path(__file__).parents[1] / "src" / PACKAGE

MAY_IMPORT = {
    "mathematics": {"mathematics"},
    "figures": {"mathematics", "figures"},
    "widgets": {"mathematics", "figures", "widgets"},
    "course": {"mathematics", "figures", "course"},
    "live": {"mathematics", "figures", "course", "live"},
    "grading": {"mathematics", "figures", "course", "grading"},
    "cli": {"mathematics", "figures", "course", "grading", "cli"},
}
# What a room may import from outside; tqdm is the progress bar of training. No entry: anything.
OUTSIDE = {
    "mathematics": {"numpy", "sympy", "tqdm", "sklearn"},
    "figures": {"numpy", "matplotlib", "matplotlib_inline", "svg", "cycler"},
}
# Narrower promises of single modules; inside a function an import costs only those who call it.
ONLY = {"gradient_check": {"numpy"}}
BACKEND = f"{PACKAGE}.live.backend"  # matplotlib's own, imported by it
ONLY_IN_A_FUNCTION = {"sklearn", "matplotlib", "nbgrader", "nbformat", "nbclient", "jinja2", "pebble", "distributed"}


def modules(source: Path) -> dict[str, str]:
    """Return the source of each module, by its dotted name: backprop_lab.figures.style."""
    found = {}
    for path in sorted(source.rglob("*.py")):
        parts = [PACKAGE, *path.relative_to(source).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


def imports(name: str, code: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield what a module imports, with the names resolved to modules, and whether that happens at import time."""
    tree = ast.parse(code[name])
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
    }
    is_package = any(other.startswith(f"{name}.") for other in code)
    for node in ast.walk(tree):
        at_once = node not in inside
        if isinstance(node, ast.Import):
            yield from ((alias.name, at_once) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = name.split(".")
                above = here[: len(here) - node.level + is_package]
                base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield (whole if whole in code else base), at_once


def room(name: str) -> str:
    part = [*name.split("."), ""][1]
    return part if part in MAY_IMPORT else "mathematics"


def wrong_arrows(code: Mapping[str, str]) -> list[str]:
    """Say which imports point up or sideways, or reach outside where they may not."""
    wrong = []
    for name in code:
        short = name.removeprefix(f"{PACKAGE}.")
        for target, at_once in imports(name, code):
            top = target.split(".")[0]
            if top == PACKAGE:
                if room(target) not in MAY_IMPORT[room(name)] or short in ONLY:
                    wrong.append(f"{name} imports {target}")
            elif top not in sys.stdlib_module_names:
                allowed = ONLY.get(short, OUTSIDE.get(room(name), {top}))
                late_enough = not at_once or top not in ONLY_IN_A_FUNCTION or room(name) == "figures" or name == BACKEND
                if top not in allowed or not late_enough:
                    wrong.append(f"{name} imports {target}")
    return wrong


def cycle(code: Mapping[str, str]) -> list[str]:
    """Return modules that import each other in a circle at import time, or nothing."""
    below = {name: {t for t, at_once in imports(name, code) if at_once and t in code and t != name} for name in code}
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for target in sorted(below[name]):
            if found := walk(target, [*path, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(code) if (found := walk(name, []))), [])


def test_imports_point_down_only() -> None:
    assert wrong_arrows(modules(SOURCE)) == []


def test_there_are_no_circles() -> None:
    assert cycle(modules(SOURCE)) == []


def test_the_judge_imports_numpy_alone() -> None:
    code = modules(SOURCE)
    imported = {target.split(".")[0] for target, _ in imports(f"{PACKAGE}.gradient_check", code)}
    assert imported - sys.stdlib_module_names == {"numpy"}


def test_the_network_does_not_import_its_judge() -> None:
    code = modules(SOURCE)
    for accused in ("activations", "losses", "network"):
        assert f"{PACKAGE}.gradient_check" not in {target for target, _ in imports(f"{PACKAGE}.{accused}", code)}


def test_the_judge_of_networks_shares_no_formula_with_them() -> None:
    code = modules(SOURCE)
    judges = {name for name in code if name.startswith(f"{PACKAGE}.network_check")}
    assert len(judges) > 1
    may_import = judges | {f"{PACKAGE}.arrays", f"{PACKAGE}.network"}  # so the public surface is no way around either
    for name in judges:
        assert {t for t, _ in imports(name, code) if t.split(".")[0] == PACKAGE} <= may_import


def test_importing_the_package_loads_no_widgets_plots_data_or_grader() -> None:
    heavy = "{'ipywidgets', 'matplotlib', 'sklearn', 'nbgrader', 'IPython', 'svg', 'typer', 'backprop_lab.widgets'}"
    program = f"import sys, {PACKAGE}; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (result.stdout.strip(), result.stderr) == ("[]", "")


def test_the_public_surface_is_names_and_nothing_else() -> None:
    tree = ast.parse(modules(SOURCE)[PACKAGE])
    docstring, typing, *names, with_sympy, version = tree.body
    assert isinstance(docstring, ast.Expr)
    assert ast.unparse(typing) == "from typing import TYPE_CHECKING"
    assert isinstance(with_sympy, ast.If)
    for node in (*names, *with_sympy.body):
        assert isinstance(node, ast.ImportFrom)
        assert node.names[0].asname == node.names[0].name
    assert isinstance(version, ast.Assign)


# ------------------------------------------------------------------- test the tester

GOOD = {
    PACKAGE: f"from {PACKAGE}.network import Network as Network",
    f"{PACKAGE}.network": "import numpy as np\nfrom itertools import pairwise",
    f"{PACKAGE}.gradient_check": "import numpy as np",
    f"{PACKAGE}.layers": "",
    f"{PACKAGE}.layers.dense": f"from {PACKAGE} import network\nfrom ..network import Network",
    f"{PACKAGE}.figures": "",
    f"{PACKAGE}.figures.curve": f"import svg\nfrom {PACKAGE}.network import Network",
    f"{PACKAGE}.widgets": "",
    f"{PACKAGE}.widgets.player": f"import ipywidgets\nfrom {PACKAGE}.figures import curve",
    f"{PACKAGE}.course": "",
    f"{PACKAGE}.course.release": f"from {PACKAGE} import Network\ndef f():\n    import nbgrader",
    f"{PACKAGE}.cli": f"import typer\nfrom {PACKAGE}.course.release import release",
}


def test_a_sound_package_has_no_wrong_arrows() -> None:
    assert wrong_arrows(GOOD) == []
    assert cycle(GOOD) == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("network", f"from {PACKAGE}.widgets.player import Player"),
        ("network", f"from {PACKAGE} import widgets"),
        ("network", f"import {PACKAGE}.figures.curve as c"),
        ("network", "from .figures import curve"),
        ("network", f"def f():\n    from {PACKAGE}.course import release"),
        ("network", "import matplotlib.pyplot as plt"),
        ("network", "import ipywidgets"),
        ("network", "import sklearn"),
        ("layers.dense", f"from {PACKAGE}.cli import app"),
        ("layers.dense", "from ..widgets import player"),
        ("gradient_check", f"from {PACKAGE}.network import Network"),
        ("gradient_check", f"from {PACKAGE} import arrays"),
        ("gradient_check", "import sympy"),
        ("figures.curve", "from ..widgets.player import Player"),
        ("figures.curve", f"import {PACKAGE}.course.release"),
        ("widgets.player", f"from {PACKAGE}.course import release"),
        ("course.release", f"from {PACKAGE}.widgets.player import Player"),
        ("course.release", f"from {PACKAGE}.cli import app"),
        ("course.release", "import nbgrader"),
        ("cli", f"from {PACKAGE} import widgets"),
    ],
)
def test_a_wrong_arrow_is_found(name: str, line: str) -> None:
    code = GOOD | {f"{PACKAGE}.{name}": line}
    assert [arrow.split(" imports ")[0] for arrow in wrong_arrows(code)] == [f"{PACKAGE}.{name}"]


def test_a_circle_is_found() -> None:
    code = GOOD | {f"{PACKAGE}.network": f"from {PACKAGE}.layers import dense"}
    found = cycle(code)
    assert {f"{PACKAGE}.network", f"{PACKAGE}.layers.dense"} <= set(found)
    assert found[0] == found[-1]
