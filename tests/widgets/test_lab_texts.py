"""Promise: what a reviewer found to be false in the texts of the lab's pages does not come back."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from backprop_lab.examples import worked_example
from backprop_lab.widgets.player import math
from interactives import LAB, NAMES, make, walk


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
        ("1_slopes", "and no error", "some a hundred times as large as others"),
        ("4_equations", "bring the error to every unit", "bring a delta to every unit"),
        ("6_checking", "too coarse to see a small bug", "the two curves may still lie apart"),
        ("7_descent", "has a cliff", "with a limit of 1 or 2, either way of clipping lands in it"),
        ("8_depth", "^\\top", "sigmoid layers, whose $\\delta$ vanishes, are helped by each of the three"),
        ("8_depth", "a normalization, or a residual", "it lets $\\delta$ grow on the way back"),
        ("8_depth", "found their initialization with", "derived their initialization from the variances"),
        ("8_depth", "it is for good, because the inputs are the data.", "for good under plain gradient descent"),
    ],
)
def test_a_page_says_what_is_true_and_not_what_is_false(name, false, true):
    assert false not in page(name)
    assert true in page(name)


def test_some_weights_have_a_gradient_a_hundred_times_as_large_as_others():
    network, x, y = worked_example()
    slopes = np.abs(network.gradients(x, y).vector)
    assert slopes.max() > 100 * slopes.min()


@pytest.mark.parametrize("name", NAMES)
def test_delta_is_delta_and_no_error_and_the_miss_of_a_prediction_is_a_miss(name):
    """Said of both, the word confuses them: a slope, and a difference. It is told once that others call delta so."""
    player = make(name)
    said = [child.value for child in walk(player) if isinstance(getattr(child, "value", None), str)]
    plain = re.sub("<style.*?</style>|<[^>]*>", "", " ".join(said), flags=re.DOTALL)
    known = r"squared error|relative error|called (?:its|the unit's|the) error|error of (?:the (?:check|numerical)|n:)"
    if name != "gradient_check_microscope":
        assert re.findall(r"[^.]*\berrors?\b[^.]*", re.sub(known, "", plain)) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_number_of_a_layer_stands_in_brackets_so_that_nobody_reads_a_square(name):
    player = make(name)
    for child in walk(player):
        text = getattr(child, "value", None)
        if isinstance(text, str):
            assert re.search(r"[Wbδ][¹²³]", text) is None
            letter = "<mi>(?:W|b|z|a|&#x003B4;|δ)</mi>"
            raised = rf"(?:<msup>{letter}|<msubsup>{letter}<mrow>(?:(?!</mrow>).)*</mrow>)(?:<mrow>)?<mn>[123]</mn>"
            assert re.search(raised, text) is None


def test_the_sign_of_the_transpose_is_one_upright_letter_everywhere():
    """Browsers set a single letter in italics, unless it is said to be normal; they know no sans-serif."""
    assert '<mi mathvariant="normal">T</mi>' in math(r"W^{\mathsf T}")
    for name in NAMES:
        said = [child.value for child in walk(make(name)) if isinstance(getattr(child, "value", None), str)]
        assert not [text for text in said if re.search(r'<mi>T</mi>|<mi>⊤</mi>|"sans-serif"', text)], name
