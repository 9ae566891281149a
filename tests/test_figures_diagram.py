"""Promise: numbers are written as in a book, and what flows backward can be told without its colour."""

from __future__ import annotations

import pytest

from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, number, text


@pytest.mark.parametrize(("value", "shown"), [(-0.0, "0"), (0.59327, "0.5933"), (-2.0, "−2"), (1e-7, "1e−07")])
def test_numbers_are_written_with_a_real_minus_sign(value, shown):
    assert number(value) == shown


def test_what_flows_backward_leans_and_what_flows_forward_stands():
    assert 'font-style="italic"' in text("δ", 0, 0, ink=BACKWARD_INK).as_str()
    assert "font-style" not in text("a", 0, 0, ink=FORWARD_INK).as_str()
