"""Promise: the promised and the real change of the loss are the slope times h and the difference of two losses."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_lab import Network
from backprop_lab.widgets import nudge
from backprop_lab.widgets.nudge import STEPS
from frames import numbers, pictures, sentence, values


def test_every_frame_compares_the_promise_with_the_truth():
    network = Network([2, 2, 1], hidden="tanh", loss="binary_cross_entropy", seed=4)
    x, y = np.array([[0.5, -1.0]]), np.array([[1.0]])
    player, theta, slopes = nudge(network, x, y), network.parameters.copy(), network.gradients(x, y).vector
    assert player.counts == (theta.size, len(STEPS))
    for which in range(theta.size):
        for place, h in enumerate(STEPS):
            moved = theta.copy()
            moved[which] += h
            real = network.with_parameters(moved).loss(x, y) - network.loss(x, y)
            html = player.shown(which, place)
            expected = [slopes[which], slopes[which] * h, real, real - slopes[which] * h]
            assert values(html) == pytest.approx(expected, rel=1e-3, abs=1e-12)
            assert numbers(sentence(html))[-2:] == pytest.approx([slopes[which] * h, real], rel=1e-3)


def test_the_tangent_touches_the_curve_where_the_weight_is():
    player = nudge()
    curve, tangent = list(pictures(player.shown(0, 0))[0].iter("polyline"))
    points = np.array([[float(n) for n in p.split(",")] for p in curve.get("points").split()])
    (x1, y1), (x2, y2) = (map(float, p.split(",")) for p in tangent.get("points").split())
    middle = points[len(points) // 2]
    assert middle == pytest.approx([(x1 + x2) / 2, (y1 + y2) / 2], abs=0.2)


def test_an_example_that_is_no_example_is_refused():
    network = Network([2, 2, 1])
    with pytest.raises(TypeError, match="all three or none"):
        nudge(network)
    with pytest.raises(ValueError, match="3"):
        nudge(network, np.ones((1, 3)), np.ones((1, 1)))
