"""The picture of the error over the step shows the curves that it was given, and where each is best."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")


from backprop_lab.figures.gradient_check import plot_step_errors
from backprop_lab.figures.style import BACKWARD, FORWARD
from backprop_lab.gradient_check import StepErrors, step_errors


def test_each_curve_is_a_line_on_logarithmic_axes_with_a_dot_at_its_best_step(ax):
    x = np.array([1.0, 2.0])
    curves = {
        method: step_errors(lambda x: np.exp(x).sum(), x, np.exp(x), method=method) for method in ("central", "forward")
    }
    plot_step_errors(ax, curves)
    central, central_dot, forward, forward_dot = ax.get_lines()
    for line, dot, method in ((central, central_dot, "central"), (forward, forward_dot, "forward")):
        np.testing.assert_array_equal(line.get_xdata(), curves[method].h)
        np.testing.assert_array_equal(line.get_ydata(), curves[method].error)
        assert dot.get_xydata().tolist() == [[curves[method].best, curves[method].smallest]]
        assert line.get_color() == dot.get_color() not in (FORWARD, BACKWARD)
    assert central.get_color() != forward.get_color()
    assert central.get_linestyle() != forward.get_linestyle()
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step $h$", "relative error")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["central", "forward"]


def test_an_error_of_zero_is_drawn_at_the_bottom(ax):
    plot_step_errors(ax, {"complex": StepErrors(np.array([1e-9, 1e-8]), np.array([0.0, 1e-16]), "complex")})
    line, dot = ax.get_lines()
    assert line.get_ydata().tolist() == [1e-17, 1e-16]
    assert dot.get_xydata().tolist() == [[1e-9, 1e-17]]
    assert ax.get_legend() is None


def test_no_curve_is_refused(ax):
    with pytest.raises(ValueError, match="curves is empty: expected at least one"):
        plot_step_errors(ax, {})
