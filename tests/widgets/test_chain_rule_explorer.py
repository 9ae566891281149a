"""Promise: the explorer shows every factor of the chain rule, and refuses what it can't draw."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_lab import find_chain
from backprop_lab.widgets import chain_rule_explorer
from frames import values


def test_the_explorer_shows_every_factor_and_the_product():
    player = chain_rule_explorer(["sin(x^2)", "exp(sin(2*x))"], x_range=(-1, 2))
    xs = np.linspace(-1, 2, 33)
    for which, text in enumerate(["sin(x^2)", "exp(sin(2*x))"]):
        for place in (0, -1):  # between the ends the slider stops at flat places, too
            point = find_chain(text).at(float(xs[place]))
            shown = values(player.shown(which, place))
            assert shown == pytest.approx([*point.factors, point.derivative], rel=1e-3, abs=1e-12)


def test_a_function_of_one_link_has_one_panel_and_no_product():
    html = chain_rule_explorer(["x*sin(x)"]).shown(0, 5)
    assert html.count("<svg") == 1
    assert "all together" not in html


@pytest.mark.parametrize(
    ("functions", "x_range", "message"),
    [
        ([], (-2, 2), "expected a list"),
        ("sin(x)", (-2, 2), "expected a list"),
        (["sin(y)"], (-2, 2), "contains y"),
        (["log(x)"], (-2, 2), "no finite real value"),
        (["x"], (2, -2), "smaller first"),
        (["x"], (0, float("nan")), "finite"),
    ],
)
def test_the_explorer_refuses_what_it_cannot_draw(functions, x_range, message):
    with pytest.raises(ValueError, match=message):
        chain_rule_explorer(functions, x_range)


def settings(player) -> list[float]:
    """Return where the slider of the explorer stops."""
    return [float(label.replace("−", "-")) for label, _ in player.controls[-1].options]


def test_the_explorer_stops_wherever_a_function_is_flat():
    player = chain_rule_explorer(["sin(x^2)", "(3*x - 1)^2", "log(1 + exp(x))"])
    flat = [0, np.sqrt(np.pi / 2), -np.sqrt(np.pi / 2), 1 / 3]
    assert all(np.abs(np.array(settings(player)) - x).min() < 1e-3 for x in flat)
    products = [
        [values(player.shown(which, place))[-1] for place in range(len(settings(player)))] for which in range(3)
    ]
    assert [product.count(0.0) for product in products] == [3, 1, 0]


def test_between_its_ends_the_explorer_shows_what_the_chain_rule_says():
    player = chain_rule_explorer(["exp(sin(2*x))"], x_range=(-1, 1))
    chain = find_chain("exp(sin(2*x))")
    places = settings(player)
    for place, x in enumerate(places):
        assert values(player.shown(0, place))[-1] == pytest.approx(chain.at(x).derivative, abs=2e-3)
