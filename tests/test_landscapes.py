"""Promise: gradients and curvatures of the landscapes are right, minima are minima, and a walk is the optimizer's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import Adam, GradientDescent, Momentum, check_gradient, numerical_gradient
from backprop_lab.landscapes import bent_valley, crater, parabola, saddle, two_minima, valley, walk

LANDSCAPES = [
    *(parabola(), parabola(3.0), two_minima(), two_minima(0.5, 8.0)),
    *(valley(), bent_valley(), saddle(), crater()),
]
everywhere = pytest.mark.parametrize("landscape", LANDSCAPES, ids=lambda landscape: landscape.name)


@everywhere
@given(seed=st.integers(0, 1000))
def test_gradients_and_second_derivatives_are_the_difference_quotients(landscape, seed):
    n = len(landscape.parameters)
    point = np.random.default_rng(seed).uniform(-2.5, 2.5, n)
    assert check_gradient(landscape.value, point, landscape.gradient(point))
    hessian = landscape.hessian(point)
    for row in range(n):
        differences = numerical_gradient(lambda w, row=row: landscape.gradient(w)[row], point)
        assert hessian[row] == pytest.approx(differences, rel=1e-5, abs=1e-5)


@everywhere
def test_the_formula_takes_whole_arrays_at_once(landscape):
    points = np.random.default_rng(0).uniform(-2, 2, (6, len(landscape.parameters)))
    assert landscape.formula(*points.T) == pytest.approx([landscape.value(point) for point in points])


@everywhere
def test_the_minima_are_minima_and_the_first_is_the_lowest(landscape):
    for minimum in landscape.minima:
        assert landscape.gradient(minimum) == pytest.approx(0, abs=1e-9)
        assert landscape.curvatures(minimum)[0] > 0
    assert np.argmin([landscape.value(minimum) for minimum in landscape.minima]) == 0


def test_the_formulas_are_those_of_the_table():
    w1, w2 = 0.7, -1.3
    assert parabola(4.0).value([w1]) == pytest.approx(2 * w1**2)
    assert valley(0.5, 10.0).value([w1, w2]) == pytest.approx(0.25 * w1**2 + 5 * w2**2)
    assert bent_valley().value([w1, w2]) == pytest.approx((1 - w1) ** 2 + 100 * (w2 - w1**2) ** 2)
    assert saddle().value([w1, w2]) == pytest.approx(w1**2 / 2 + w2**4 / 4 - w2**2 / 2)


def test_on_the_wall_of_a_crater_the_gradient_is_as_long_as_asked_for_and_points_away_from_the_minimum():
    for steepness in (5.0, 0.2):
        for angle in (0.0, 0.7, 2.9):
            place = np.array([np.cos(angle), np.sin(angle)])
            assert crater(steepness).gradient(place) == pytest.approx(steepness * place)
    assert crater(5.0).value([0.6, 0.8]) == pytest.approx(5 * (0.05 + 0.45 / 2))
    assert crater(5.0).value([0.0, 3.0]) - crater(5.0).value([0.1, 0.0]) > 4


def test_curvatures_are_those_asked_for():
    assert parabola(3.0).curvatures([5.0]) == pytest.approx([3.0])
    assert valley(0.5, 10.0).curvatures([4.0, -1.0]) == pytest.approx([0.5, 10.0])
    sharp = two_minima(-3.0, 8.0)
    assert sharp.minima[1] == (-3.0,)
    assert sharp.curvatures([-3.0]) == pytest.approx([8.0])
    assert sharp.curvatures(sharp.minima[0]) == pytest.approx([1.0], rel=1e-3)
    assert saddle().curvatures([0.0, 0.0]) == pytest.approx([-1.0, 1.0])


def test_the_largest_rate_is_the_border_between_nearer_and_further():
    landscape = parabola(8.0)
    rate = landscape.largest_rate([0.0])
    assert rate == 0.25
    for factor, holds in ((0.99, np.less), (1.01, np.greater)):
        sizes = np.abs(walk(landscape, GradientDescent(factor * rate), [1.0], 10).points[:, 0])
        assert holds(sizes[1:], sizes[:-1]).all()


def test_a_walk_is_what_the_rule_of_gradient_descent_says():
    path = walk(valley(0.5, 10.0), GradientDescent(0.1), [-4.0, 1.0], 3)
    assert path.points == pytest.approx(np.array([[-4 * 0.95**k, 0.0**k] for k in range(4)]))
    assert path.gradients == pytest.approx(path.points * [0.5, 10.0])
    assert path.losses == pytest.approx(0.25 * path.points[:, 0] ** 2 + 5 * path.points[:, 1] ** 2)
    assert len(path) == 3


def test_a_walk_leaves_the_optimizer_and_the_start_as_they_were():
    start, optimizer = np.array([-4.0, 1.0]), Momentum(0.1)
    first = walk(valley(), optimizer, start, 4)
    assert optimizer.memory.steps == 0
    optimizer.step(np.array([1.0, 1.0]), np.array([9.0, 9.0]))
    assert walk(valley(), optimizer, start, 4).points == pytest.approx(first.points)
    assert start.tolist() == [-4.0, 1.0]


def test_a_walk_ends_where_the_loss_flies_off():
    path = walk(parabola(10.0), GradientDescent(10.0), [1.0], 100)
    assert 1 < len(path) < 100
    assert np.isfinite(path.losses).all()


def test_no_step_at_all_is_a_walk_too():
    assert walk(saddle(), Adam(0.1), [1.0, 0.5], 0).points.tolist() == [[1.0, 0.5]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: valley().value([1.0]), r"shape \(1,\)"),
        (lambda: parabola(0.0), "curvature is 0"),
        (lambda: valley(1.0, -1.0), "steep is -1"),
        (lambda: two_minima(0.0), "place is 0"),
        (lambda: two_minima(2.0, 1.0), "curvature is 1"),
        (lambda: two_minima().largest_rate([-1.5]), "largest curvature"),
        (lambda: walk(parabola(), GradientDescent(0.1), [1.0], -1), "steps is -1"),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
