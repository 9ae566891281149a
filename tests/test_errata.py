"""Appendix D lists each mistake of the sources once, and has every section that a chapter points to."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from backprop_lab import trace_step
from backprop_lab.examples import LEARNING_RATE, PRINTED, judge_printed, worked_example

BOOK = Path(__file__).resolve().parent.parent / "book"
ERRATA = BOOK / "appendices" / "D_errata.ipynb"
PAGES = [path for path in sorted(BOOK.rglob("*.ipynb")) if "_build" not in path.parts]
ITEM = re.compile(r'^(?:\s+"|\* \*\*)(E-\d\d[a-i]?)(?:",|":|\*\*)', re.MULTILINE)


def source(path: Path) -> str:
    return "\n\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)


def test_each_of_the_77_items_is_listed_once() -> None:
    expected = {f"E-{number:02}" for number in range(1, 71)} - {"E-65", "E-67"}
    expected |= {f"E-65{letter}" for letter in "abcdefghi"}
    assert Counter(ITEM.findall(source(ERRATA))) == dict.fromkeys(expected, 1)
    assert len(expected) == 77


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_link_to_the_errata_finds_its_section(path: Path) -> None:
    labels = set(re.findall(r"^\((errata-\w+)\)=$", source(ERRATA), re.MULTILINE))
    assert {f"errata-{number}" for number in range(1, 10)} | {"errata-c"} <= labels
    assert set(re.findall(r"\{ref\}`[^`]*?(errata-\w+)>?`", source(path))) <= labels


def test_14_of_the_31_printed_results_of_the_worked_example_are_not_right_and_6_of_these_are_cut_off() -> None:
    trace = trace_step(*worked_example(), LEARNING_RATE)
    verdicts = [
        judge_printed(value, text)
        for name, texts in PRINTED.items()
        for (_, value, _), text in zip(trace[name].entries(), texts, strict=True)
    ]
    assert Counter(verdicts) == {"right": 17, "cut off": 6, "wrong": 8}


@pytest.mark.parametrize(
    ("value", "text", "verdict"),
    [
        (0.59688, "0.5969", "right"),
        (0.59688, "0.5968", "cut off"),
        (0.59327, "0.5930", "wrong"),
        (-0.59688, "-0.5968", "cut off"),
        (-0.59688, "-0.5969", "right"),
        (0.6, "0.6", "right"),
    ],
)
def test_a_printed_number_is_judged_by_its_own_decimals(value: float, text: str, verdict: str) -> None:
    assert judge_printed(value, text) == verdict
