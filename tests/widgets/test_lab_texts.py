"""Promise: what a reviewer found to be false in the texts of the lab's pages does not come back."""

from __future__ import annotations

import json

import pytest

from interactives import LAB


def page(name: str) -> str:
    """Return the prose of a page, its lines joined."""
    cells = json.loads((LAB / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return " ".join(" ".join("".join(cell["source"]).split()) for cell in cells if cell["cell_type"] == "markdown")


@pytest.mark.parametrize(
    ("name", "false", "true"),
    [
        ("2_graphs", "and none on f.", "and to first order none on f"),
        ("2_graphs", "quick check", "answer the question"),
        ("3_order", "Solid arrows are gradients", "Dashed arrows are gradients that are needed, solid ones values"),
        ("4_equations", "and it is another matrix", "in general it is another matrix"),
        ("6_checking", "wrong in every digit", "its relative error is 1"),
        ("7_descent", "goes straight against the gradient. ", "straight against the gradient at every step"),
        ("7_descent", "the size of the very same number", "corrects both means for their start at 0"),
        ("8_depth", "a normalization, or a residual", "it lets $\\delta$ grow on the way back"),
        ("8_depth", "found their initialization with", "derived their initialization from the variances"),
        ("8_depth", "it is for good, because the inputs are the data.", "for good under plain gradient descent"),
    ],
)
def test_a_page_says_what_is_true_and_not_what_is_false(name, false, true):
    assert false not in page(name)
    assert true in page(name)
