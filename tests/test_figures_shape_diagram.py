"""Promise: a matrix is a grid of as many cells as it has entries, its name above and its shape below."""

from __future__ import annotations

import pytest

from backprop_lab.figures.diagram import BACKWARD_INK, GOOD_INK
from backprop_lab.figures.shape_diagram import Grid, Sign, shape_diagram
from drawings import cut_off, number_of, overlapping, parse, written


def test_each_grid_stands_between_its_name_and_its_shape():
    grids = [Grid("W²", 2, 3, GOOD_INK), Grid("δ²", 3, 1), Grid("∂C/∂W²", 4, 3, outline=True)]
    items = [grids[0], Sign("·", "3 = 3", GOOD_INK), grids[1], Sign("≠"), grids[2]]
    root = parse(shape_diagram(items, "three matrices"))
    stands = {t.text: t for t in written(root)}
    rects = list(root.iter("rect"))
    for grid in grids:
        name, shape = stands[grid.name], stands[f"{grid.rows} × {grid.columns}"]
        assert name.at[0] == pytest.approx(shape.at[0], abs=0.2)
        mine = [r for r in rects if abs(number_of(r, "x") + number_of(r, "width") / 2 - name.at[0]) < 25]
        assert len({number_of(r, "y") for r in mine}) == grid.rows
        assert len({number_of(r, "x") for r in mine}) == grid.columns
        assert len(mine) == grid.rows * grid.columns
        assert all(name.at[1] < number_of(r, "y") < shape.box[1] for r in mine)
        assert {r.get("stroke-dasharray") is not None for r in mine} == {grid.outline}
    assert overlapping(root) == []
    assert cut_off(root) == []


def test_what_a_look_at_the_shapes_says_stands_below_its_sign():
    items = [Grid("a", 2, 2), Sign("@", "2 ≠ 3", BACKWARD_INK, True), Grid("b", 3, 2)]
    stands = {t.text: t for t in written(parse(shape_diagram(items, "a misfit")))}
    assert stands["@"].at[0] == pytest.approx(stands["2 ≠ 3"].at[0])
    assert stands["2 ≠ 3"].at[1] > stands["3 × 2"].at[1]
    assert BACKWARD_INK in stands["2 ≠ 3"].ink
    assert stands["2 ≠ 3"].bold


def test_the_first_row_or_column_can_be_dark_and_the_shape_can_be_written_otherwise():
    for dark, axis in (("row", "y"), ("column", "x")):
        rects = list(parse(shape_diagram([Grid("W", 2, 3, dark=dark)], "one unit")).iter("rect"))
        first = min(number_of(r, axis) for r in rects)
        for r in rects:
            assert (number_of(r, "fill-opacity") > 0.8) == (number_of(r, axis) == first)
    flat = parse(shape_diagram([Grid("b", 1, 2, written="(2,)")], "one axis"))
    assert [t.text for t in written(flat)] == ["b", "(2,)"]


def test_a_row_that_is_too_wide_is_refused():
    with pytest.raises(ValueError, match="at most 340"):
        shape_diagram([Grid("W", 2, 30)], "too wide")
