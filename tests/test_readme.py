"""The README keeps its word: its example runs and gives what its comments say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from fetch_pyodide import PINS

README = Path(__file__).resolve().parent.parent / "README.md"


def test_the_sizes_are_those_that_the_pages_promise():
    page, kernel = (round(PINS[part]["bytes"] / 1e6) for part in ("page", "kernel"))
    assert f"{page} MB on a page, {kernel} MB for a live notebook" in README.read_text(encoding="utf-8")


def test_the_example_gives_what_its_comments_say():
    [code] = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    said = np.array([float(number) for number in re.search(r"array\(\[(.*?)\]\)", code)[1].split(",")])
    assert names["network"].predict(names["x"]).round(2).ravel().tolist() == said.tolist()
    before_training = names["Network"]([2, 4, 1], loss="binary_cross_entropy", seed=1)
    x, y = names["x"], names["y"]
    verdict = names["check_gradient"](
        lambda theta: before_training.with_parameters(theta).loss(x, y),
        before_training.parameters,
        before_training.gradients(x, y).vector,
    )
    assert f"# {verdict!r}" in code
