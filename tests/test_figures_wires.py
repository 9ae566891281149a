"""Promise: every weight is a line, from its input to its unit, and the strongest is the thickest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex

from backprop_lab.figures.wires import plot_wires


def test_every_weight_is_a_line(ax: Any) -> None:
    plot_wires(ax, [3, 2, 4])
    assert [len(lines.get_segments()) for lines in ax.collections[:2]] == [6, 8]


def test_the_first_unit_stands_on_top(ax: Any) -> None:
    plot_wires(ax, [2, 1])
    ends = [segment.tolist() for segment in ax.collections[0].get_segments()]
    assert ends == [[[0, 0.75], [1, 0.5]], [[0, 0.25], [1, 0.5]]]


def test_the_strongest_weight_whatever_its_sign_is_the_thickest_and_drawn_last(ax: Any) -> None:
    plot_wires(ax, [2, 2], [np.array([[0.5, -2.0], [1.0, 0.0]])])
    drawn = ax.collections[1]
    assert np.asarray(drawn.get_linewidths()) / max(drawn.get_linewidths()) == pytest.approx([0, 0.25, 0.5, 1])
    assert drawn.get_segments()[-1].tolist() == [[0, 0.25], [1, 0.75]]  # from input 2 to unit 1


def test_one_scale_holds_for_all_layers(ax: Any) -> None:
    plot_wires(ax, [1, 1, 1], [np.array([[1.0]]), np.array([[4.0]])])
    first, second = (float(lines.get_linewidths()[0]) for lines in (ax.collections[1], ax.collections[3]))
    assert first / second == pytest.approx(0.25)


def test_the_more_lines_the_fainter_is_each(ax: Any) -> None:
    plot_wires(ax, [2, 3, 60])
    few, many = (lines.get_alpha() for lines in ax.collections[:2])
    assert 0 < many < few < 1


def test_the_ink_can_be_chosen(ax: Any) -> None:
    plot_wires(ax, [1, 1], [np.array([[1.0]])], ink="#0a7d45")
    assert to_hex(ax.collections[1].get_edgecolor()[0]) == "#0a7d45"


def test_a_gradient_of_zero_is_drawn_too(ax: Any) -> None:
    plot_wires(ax, [1, 1], [np.zeros((1, 1))])


def test_strengths_of_another_network_are_refused(ax: Any) -> None:
    with pytest.raises(ValueError, match=r"shapes \[\(2, 3\)\], expected \[\(3, 2\)\]"):
        plot_wires(ax, [2, 3], [np.zeros((2, 3))])
