"""The pictures of gradient flow show the numbers that they were given, red backward and blue forward."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

mpl.use("Agg")


from backprop_lab.figures.gradient_flow import plot_flow_over_training, plot_gradient_flow
from backprop_lab.figures.style import BACKWARD, FORWARD
from backprop_lab.gradient_flow import compare_gradient_flow


def test_each_configuration_is_a_line_over_the_layers_on_a_logarithmic_axis(ax):
    plot_gradient_flow(ax, {"sigmoid": [1e-6, 1e-3, 1.0], "relu": np.array([1.0, 2.0])})
    sigmoid, relu = ax.get_lines()
    assert sigmoid.get_xydata().tolist() == [[1, 1e-6], [2, 1e-3], [3, 1.0]]
    assert relu.get_xydata().tolist() == [[1, 1.0], [2, 2.0]]
    assert ax.get_yscale() == "log"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("layer", "$|dW|$")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["sigmoid", "relu"]


def test_the_table_of_the_experiment_goes_straight_into_the_picture(ax):
    table = compare_gradient_flow(depths=[6], normalizations=["none"], residual=[False], width=8)
    plot_gradient_flow(ax, table.lines())
    for line, row in zip(ax.get_lines(), table, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), row.gradient_norm)
        assert line.get_label() == row.label


@pytest.mark.parametrize(("direction", "ink"), [("backward", BACKWARD), ("forward", FORWARD)])
def test_gradients_are_red_and_activations_blue(ax, direction, ink):
    plot_gradient_flow(ax, {"one": [1.0, 2.0]}, direction=direction)
    assert to_hex(ax.get_lines()[0].get_color()) == ink
    assert ax.get_legend() is None
    ax.clear()
    plot_gradient_flow(ax, {str(n): [1.0, 2.0] for n in range(6)}, direction=direction)
    strongest = int(np.argmax(to_rgb(ink)))
    for line in ax.get_lines():
        assert int(np.argmax(to_rgb(line.get_color()))) == strongest


def test_lines_differ_in_shade_and_in_more_than_color(ax):
    plot_gradient_flow(ax, {str(n): [1.0, 2.0] for n in range(9)})
    lines = ax.get_lines()
    assert len({line.get_color() for line in lines}) == 9
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 9


def test_the_legend_stands_beside_the_lines(ax):
    plot_gradient_flow(ax, {"a": [1.0, 2.0], "b": [2.0, 1.0]})
    ax.figure.canvas.draw()
    assert ax.get_legend().get_window_extent().x0 >= ax.get_window_extent().x1


def test_what_a_logarithm_can_not_show_leaves_a_gap(ax):
    plot_gradient_flow(ax, {"dead": [0.0, 1.0, np.inf, np.nan, 2.0]})
    np.testing.assert_array_equal(ax.get_lines()[0].get_ydata(), [np.nan, 1.0, np.nan, np.nan, 2.0])


def test_shares_are_drawn_on_a_plain_axis_with_their_zeros(ax):
    plot_gradient_flow(ax, {"dead": [0.0, 0.5]}, label="dead units", log=False)
    assert ax.get_lines()[0].get_ydata().tolist() == [0.0, 0.5]
    assert (ax.get_yscale(), ax.get_ylabel()) == ("linear", "dead units")


def test_over_training_each_layer_is_a_line_and_the_first_the_lightest(ax):
    plot_flow_over_training(ax, [1, 4, 7], [[1.0, 10.0], [2.0, 20.0], [0.0, 30.0]])
    first, second = ax.get_lines()
    assert first.get_xdata().tolist() == second.get_xdata().tolist() == [1, 4, 7]
    np.testing.assert_array_equal(first.get_ydata(), [1.0, 2.0, np.nan])
    assert second.get_ydata().tolist() == [10.0, 20.0, 30.0]
    assert sum(to_rgb(first.get_color())) > sum(to_rgb(second.get_color()))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["layer 1", "layer 2"]
    assert (ax.get_xlabel(), ax.get_yscale()) == ("epoch", "log")


def test_what_can_not_be_drawn_is_refused(ax):
    with pytest.raises(ValueError, match="lines is empty: expected at least one configuration"):
        plot_gradient_flow(ax, {})
    with pytest.raises(ValueError, match="unknown direction 'up': choose one of backward, forward"):
        plot_gradient_flow(ax, {"a": [1.0]}, direction="up")
    with pytest.raises(ValueError, match=r"steps has shape \(3,\) and values \(2, 2\), expected \(n,\) and"):
        plot_flow_over_training(ax, [1, 2, 3], [[1.0, 2.0], [1.0, 2.0]])
