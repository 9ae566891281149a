"""Promise: a number is written so that its digits and its size can be read, and nothing breaks in its middle."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.figures.powers import in_powers
from written import read


@given(st.floats(-1e200, 1e200).filter(lambda value: value == 0 or abs(value) > 1e-200), st.integers(1, 4))
def test_what_is_written_is_the_number_to_its_digits(value, digits):
    assert read(in_powers(value, digits)) == pytest.approx(value, rel=0.5001 * 10 ** (1 - digits))


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.2331, 3, "0.233"),
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (-0.00123, 2, "−0.0012"),
        (0.000999, 2, "0.001"),
        (9.514e-13, 2, "9.5 × 10⁻¹³"),
        (1234.0, 2, "1200"),
        (9999.6, 4, "1 × 10⁴"),
        (math.inf, 3, "inf"),
    ],
)
def test_examples(value, digits, text):
    assert in_powers(value, digits).replace("\N{NO-BREAK SPACE}", " ") == text


def test_it_does_not_break():
    assert " " not in in_powers(3.2e11)
