"""The pictures of training show the numbers that they were given, each where it belongs."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes

mpl.use("Agg")


from backprop_lab.figures.training import (
    plot_confusion_matrix,
    plot_decision_surface,
    plot_losses,
    plot_pictures,
)


def test_each_list_of_losses_is_a_line_that_starts_at_the_first_epoch(ax):
    plot_losses(ax, {"training": [2.0, 1.0, 0.5], "validation": [2.5, 1.5]})
    training, validation = ax.get_lines()
    assert training.get_xydata().tolist() == [[1, 2.0], [2, 1.0], [3, 0.5]]
    assert validation.get_xydata().tolist() == [[1, 2.5], [2, 1.5]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]
    assert ax.get_xlabel() == "epoch"


def test_losses_taken_every_hundred_steps_stand_at_those_steps(ax):
    plot_losses(ax, {"C": [3.0, 2.0, 1.0]}, first=0, every=100, unit="step")
    assert ax.get_lines()[0].get_xdata().tolist() == [0, 100, 200]
    assert ax.get_xlabel() == "step"


def test_a_single_line_needs_no_legend(ax):
    plot_losses(ax, {"C": [1.0, 0.5]})
    assert ax.get_legend() is None


def test_lines_differ_in_more_than_their_colour(ax):
    plot_losses(ax, {"one": [1.0], "two": [1.0], "three": [1.0]})
    assert len({line.get_linestyle() for line in ax.get_lines()}) == 3


def test_a_loss_that_is_not_finite_leaves_a_gap(ax):
    plot_losses(ax, {"C": [1.0, np.inf, np.nan, 2.0]})
    np.testing.assert_array_equal(ax.get_lines()[0].get_ydata(), [1.0, np.nan, np.nan, 2.0])


def test_the_confusion_matrix_writes_each_count_at_its_column_and_row(ax):
    plot_confusion_matrix(ax, [[5, 0, 1], [0, 7, 0], [2, 0, 6]])
    written = {(text.get_position(), text.get_text()) for text in ax.texts}
    assert written == {((0, 0), "5"), ((2, 0), "1"), ((1, 1), "7"), ((0, 2), "2"), ((2, 2), "6")}


def test_the_rows_of_the_confusion_matrix_are_what_the_picture_is(ax):
    image = plot_confusion_matrix(ax, [[1, 2], [0, 3]])
    assert image.get_array().tolist() == [[1, 2], [0, 3]]
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("what it is", "what the network said")


def test_counts_are_written_in_a_colour_that_stands_out(ax):
    plot_confusion_matrix(ax, [[100, 1], [0, 100]])
    assert {text.get_text(): text.get_color() for text in ax.texts} == {"100": "white", "1": "black"}


def test_a_confusion_matrix_without_any_example_is_blank(ax):
    plot_confusion_matrix(ax, np.zeros((3, 3), dtype=int))
    assert len(ax.texts) == 0


def test_a_confusion_matrix_that_is_not_square_is_refused(ax):
    with pytest.raises(ValueError, match=r"counts has shape \(2, 3\)"):
        plot_confusion_matrix(ax, np.ones((2, 3), dtype=int))


def test_pictures_lie_in_rows_with_a_gap_between_them(ax):
    image = plot_pictures(ax, [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], columns=2)
    sheet = image.get_array().filled(np.nan)
    gap = np.nan
    expected = [
        [1, 2, gap, 5, 6, gap],
        [3, 4, gap, 7, 8, gap],
        [gap] * 6,
        [9, 10, gap, gap, gap, gap],
        [11, 12, gap, gap, gap, gap],
        [gap] * 6,
    ]
    np.testing.assert_array_equal(sheet, expected)


def test_each_caption_stands_below_its_picture(ax):
    plot_pictures(ax, np.ones((3, 16)), ["a", "b", "c"], columns=2)
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places["a"][0] == places["c"][0] == 1.5  # the middle of columns 0 to 3
    assert places["b"][0] == 6.5  # one gap, then columns 5 to 8
    assert places["a"][1] == places["b"][1] > 3.5  # below the last row of pixels
    assert places["c"][1] > places["a"][1] + 4


def test_unsigned_pictures_run_from_white_at_zero_to_the_largest_value(ax):
    assert plot_pictures(ax, [[0.25, 0.5, 0.75, 0.5]]).get_clim() == (0, 0.75)


def test_signed_pictures_have_zero_in_the_middle_of_their_colours(ax):
    assert plot_pictures(ax, [[-3.0, 1.0, 0.0, 2.0]], signed=True).get_clim() == (-3, 3)


def test_pictures_of_nothing_but_zeros_can_be_drawn(ax):
    assert plot_pictures(ax, np.zeros((2, 4)), signed=True).get_clim() == (-1, 1)


@pytest.mark.parametrize("pictures", [np.ones((2, 5)), np.ones(4), np.ones((0, 4)), np.ones((2, 2, 2))])
def test_pictures_that_are_not_square_are_refused(ax, pictures):
    with pytest.raises(ValueError, match="expected"):
        plot_pictures(ax, pictures)


def test_a_missing_caption_is_refused(ax):
    with pytest.raises(ValueError, match="1 captions for 2 pictures"):
        plot_pictures(ax, np.ones((2, 4)), ["only one"])


def _line_of_one_half(ax: Axes) -> list[np.ndarray]:
    """Return the vertices of the contours at one half; the filled surface has many levels."""
    return [
        path.vertices
        for collection in ax.collections
        if np.array_equal(getattr(collection, "levels", []), [0.5])
        for path in collection.get_paths()
    ]


def test_the_line_of_one_half_lies_where_the_surface_crosses_it(ax):
    grid = np.linspace(0, 1, 11)
    plot_decision_surface(ax, grid, grid, np.tile(grid, (11, 1)), [[0, 0], [1, 0]], [[0], [1]])
    (vertices,) = _line_of_one_half(ax)
    np.testing.assert_allclose(vertices[:, 0], 0.5)  # values grow with the first input only


@pytest.mark.parametrize("values", [np.full((5, 5), 0.9), 0.5 + 1e-15 * np.arange(-12, 13).reshape(5, 5)])
def test_a_surface_that_crosses_one_half_nowhere_or_by_rounding_has_no_line(ax, values):
    grid = np.linspace(0, 1, 5)
    plot_decision_surface(ax, grid, grid, values, [[0, 0], [1, 0]], [[0], [1]])
    assert _line_of_one_half(ax) == []


def test_examples_of_the_two_targets_have_different_markers(ax):
    grid = np.linspace(0, 1, 5)
    x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    plot_decision_surface(ax, grid, grid, np.zeros((5, 5)), x, y)
    drawn = {line.get_marker(): line.get_xydata().tolist() for line in ax.get_lines()}
    assert drawn == {"o": [[0, 0], [1, 1]], "s": [[0, 1], [1, 0]]}
