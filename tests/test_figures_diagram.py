"""Promise: numbers are written as in a book, and what flows backward can be told without its colour."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, number, text
from frames import numbers


@pytest.mark.parametrize(
    ("value", "shown"),
    [(-0.0, "0"), (0.59327, "0.5933"), (-2.0, "−2"), (1234567.0, "1.235 × 10⁶"), (-1e-7, "−1 × 10⁻⁷")],
)
def test_numbers_are_written_with_a_real_minus_sign(value, shown):
    assert number(value) == shown.replace(" ", "\N{NO-BREAK SPACE}")


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 16))
def test_no_number_is_written_in_the_way_of_a_program_and_each_can_be_read_to_its_digits(value, digits):
    shown = number(value, digits)
    assert "e" not in shown
    assert " " not in shown
    assert numbers(shown) == [pytest.approx(float(f"{value:.{digits}g}"), rel=1e-15)]


def test_what_flows_backward_leans_and_what_flows_forward_stands():
    assert 'font-style="italic"' in text("δ", 0, 0, ink=BACKWARD_INK).as_str()
    assert "font-style" not in text("a", 0, 0, ink=FORWARD_INK).as_str()
