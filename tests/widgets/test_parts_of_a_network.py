"""Promise: every word stands with its numbers at its place in the picture, and nothing else does."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_lab.examples import LEARNING_RATE, worked_example
from backprop_lab.figures.diagram import BACKWARD_INK, number
from backprop_lab.trace import trace_step
from backprop_lab.widgets import parts_of_a_network
from backprop_lab.widgets.parts_of_a_network import PARTS
from frames import numbers, texts, value_cells

WORDS = [part.word for part in PARTS]


@pytest.mark.parametrize("which", range(len(PARTS)), ids=WORDS)
def test_a_word_shows_its_quantities_and_no_others(which):
    trace, html = trace_step(*worked_example(), LEARNING_RATE), parts_of_a_network().shown(which)
    names = PARTS[which].names
    expected = [number(float(v)) for name in names for v in np.ravel(trace[name].value)]
    assert sorted(text.split()[-1] for text in texts(html) if text) == sorted(expected)
    in_table = [value for cell in value_cells(html) for value in numbers(cell)]
    assert in_table == pytest.approx([float(v) for name in names for v in np.ravel(trace[name].value)], rel=1e-3)


def test_what_is_computed_from_right_to_left_comes_last_and_is_red():
    player = parts_of_a_network()
    red = [word for which, word in enumerate(WORDS) if texts(player.shown(which), BACKWARD_INK)]
    assert red == WORDS[-2:] == ["gradient", "delta"]


def test_the_weights_and_biases_are_all_that_learning_changes():
    changed = {name.removeprefix("new_") for name in trace_step(*worked_example(), LEARNING_RATE) if "new" in name}
    assert changed == {name for part in PARTS[:4] for name in part.names if name[0] in "Wb"}
