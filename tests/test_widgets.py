"""The interactives show the library's numbers, frame by frame, and refuse what they can't draw."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from backprop_lab import Network, find_chain, trace_step
from backprop_lab.figures.curve import curve_panel
from backprop_lab.figures.diagram import number
from backprop_lab.widgets import backprop_stepper, chain_rule_explorer, quick_check
from backprop_lab.widgets.backprop_stepper import _entry_latex
from backprop_lab.widgets.player import Frame, FramePlayer, Menu, Slider, math, with_math


def frame_html(player, *places: int) -> str:
    """Return the HTML of one frame, following the nested stacks."""
    widget = player.children[-1]
    for place in places:
        widget = widget.children[place]
    return widget.value


def cells(html: str) -> list[float]:
    return [float(cell.replace("−", "-")) for cell in re.findall(r'class="bl-value">([^<]*)<', html)]


def example():
    network = Network([2, 3, 1], hidden="tanh", seed=3)
    return network, np.array([[0.5, -1.0]]), np.array([[1.0]])


def test_the_explorer_shows_every_factor_and_the_product():
    player = chain_rule_explorer(["sin(x^2)", "exp(sin(2*x))"], x_range=(-1, 2))
    xs = np.linspace(-1, 2, 33)
    for which, text in enumerate(["sin(x^2)", "exp(sin(2*x))"]):
        for place in (0, -1):  # between the ends the slider stops at flat places, too
            point = find_chain(text).at(float(xs[place]))
            shown = cells(frame_html(player, which, place))
            assert shown == pytest.approx([*point.factors, point.derivative], rel=1e-3, abs=1e-12)


def test_a_function_of_one_link_has_one_panel_and_no_product():
    html = frame_html(chain_rule_explorer(["x*sin(x)"]), 0, 5)
    assert html.count("<svg") == 1
    assert "all together" not in html


def test_the_tangent_of_a_panel_has_the_slope_that_the_axes_say():
    xs = np.linspace(-1, 1, 21)
    root = ET.fromstring(curve_panel(xs, xs**2, 0.5, 0.25, 1.0, title="t", x_name="x", y_name="y"))
    line = root.find("{http://www.w3.org/2000/svg}line").attrib
    curve = root.find("{http://www.w3.org/2000/svg}polyline").attrib["points"]
    points = np.array([float(value) for value in re.split(r"[ ,]+", curve.strip())]).reshape(-1, 2)
    pixels_per_unit = (points[-1, 0] - points[0, 0]) / 2, points[0, 1] - points[10, 1]
    run = (float(line["x2"]) - float(line["x1"])) / pixels_per_unit[0]
    rise = (float(line["y2"]) - float(line["y1"])) / pixels_per_unit[1]
    assert rise / run == pytest.approx(1.0, abs=0.02)


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


def test_the_stepper_shows_each_quantity_of_the_trace_in_order():
    network, x, y = example()
    player = backprop_stepper(network, x, y, 0.1)
    steps = [quantity for quantity in trace_step(network, x, y, 0.1).values() if quantity.phase != "given"]
    assert player.counts == (len(steps) + 1,)
    for place, quantity in enumerate(steps, start=1):
        assert cells(frame_html(player, place)) == pytest.approx(quantity.value.ravel().tolist(), abs=6e-11)


def test_the_stepper_shows_no_gradient_before_it_is_computed():
    network, x, y = example()
    player = backprop_stepper(network, x, y, 0.1)
    names = [quantity.name for quantity in trace_step(network, x, y, 0.1).values() if quantity.phase != "given"]
    for place, name in enumerate(names, start=1):
        drawn = "δ" in re.sub("<math.*?</math>", "", frame_html(player, place))
        assert drawn == (place > names.index("delta2")), name


def test_the_stepper_refuses_a_network_that_is_too_wide_and_two_examples():
    with pytest.raises(ValueError, match="at most 6"):
        backprop_stepper(Network([2, 9, 1]), np.ones((1, 2)), np.ones((1, 1)), 0.1)
    with pytest.raises(ValueError, match="follows one"):
        backprop_stepper(Network([2, 2, 1]), np.ones((2, 2)), np.ones((2, 1)), 0.1)


@pytest.mark.parametrize(
    ("symbol", "place", "expected"),
    [
        ("C", "", "C"),
        ("z^{(1)}", "2", "z^{(1)}_{2}"),
        (r"\frac{\partial C}{\partial W^{(1)}}", "2,1", r"\frac{\partial C}{\partial W^{(1)}_{21}}"),
        (r"\sigma'(z^{(2)})", "1", r"\sigma'(z^{(2)}_{1})"),
        (r"W^{(1)}_{\text{new}}", "1,2", r"W^{(1)}_{\text{new},12}"),
    ],
)
def test_an_entry_gets_its_index_where_it_belongs(symbol, place, expected):
    assert _entry_latex(symbol, place) == expected


def test_a_repr_names_the_player_and_no_address():
    network, x, y = example()
    assert repr(backprop_stepper(network, x, y, 0.1)) == "backpropagation stepper: 20 frames"
    assert "0x" not in repr(chain_rule_explorer(["x"]))


def test_back_and_next_work_with_a_kernel_and_stop_at_the_ends():
    player = FramePlayer("p", lambda i: Frame((), str(i)), [Slider("s", ["a", "b"])])
    slider, buttons = player.children[-2].children[0].children
    back, forth = buttons.children
    back.click()
    assert slider.index == 0
    forth.click()
    forth.click()
    assert slider.index == 1


@pytest.mark.parametrize(
    ("controls", "message"),
    [
        ([], "one to three"),
        ([Menu("m", [])], "at least one"),
        ([Slider("s", "abcd")] * 4, "one to three"),
        ([Slider("s", [str(i) for i in range(50)])] * 2, "at most 2000"),
    ],
)
def test_a_player_refuses_controls_that_make_no_sense(controls, message):
    with pytest.raises(ValueError, match=message):
        FramePlayer("p", lambda *places: Frame((), ""), controls)


def test_a_quick_check_shows_the_reason_of_the_chosen_option():
    check = quick_check("What is $x'$?", {"$1$": "The slope of a line.", "$x$": "That is its value."}, right="$1$")
    _, question, choice, answer = check.children
    assert "<math" in question.value
    assert choice.index is None
    assert answer.selected_index is None
    assert "Right." in answer.children[0].value
    assert "Not quite." in answer.children[1].value


@pytest.mark.parametrize(
    ("options", "right", "message"),
    [
        ({"a": "r"}, "a", "two to six"),
        ({"a": "r", "b": "s"}, "c", "not among"),
        ({"a": "r", "b": " "}, "a", "no reason"),
    ],
)
def test_a_quick_check_is_refused_where_something_is_missing(options, right, message):
    with pytest.raises(ValueError, match=message):
        quick_check("q", options, right=right)


def test_text_is_escaped_and_formulas_become_mathml():
    assert with_math("a < b & $x$") == f"a &lt; b &amp; {math('x')}"
    assert with_math("$x$, at $5") == f'<span class="bl-together">{math("x")},</span> at $5'
    assert "′" in math(r"\sigma'")
    ET.fromstring(curve_panel(np.array([0.0, 1.0]), np.array([0.0, 1.0]), 0, 0, 1, title="a<b", x_name="&", y_name='"'))


@pytest.mark.parametrize(("value", "text"), [(-0.0, "0"), (0.59327, "0.5933"), (-2.0, "−2"), (1e-7, "1e−07")])
def test_numbers_are_written_with_a_real_minus_sign(value, text):
    assert number(value) == text


def settings(player) -> list[float]:
    """Return where the slider of the explorer stops."""
    slider = player.children[-2].children[-1].children[0]
    return [float(label.replace("−", "-")) for label, _ in slider.options]


def test_the_explorer_stops_wherever_a_function_is_flat():
    player = chain_rule_explorer(["sin(x^2)", "(3*x - 1)^2", "log(1 + exp(x))"])
    flat = [0, np.sqrt(np.pi / 2), -np.sqrt(np.pi / 2), 1 / 3]
    assert all(np.abs(np.array(settings(player)) - x).min() < 1e-3 for x in flat)
    products = [
        [cells(frame_html(player, which, place))[-1] for place in range(len(settings(player)))] for which in range(3)
    ]
    assert [product.count(0.0) for product in products] == [3, 1, 0]


def test_between_its_ends_the_explorer_shows_what_the_chain_rule_says():
    player = chain_rule_explorer(["exp(sin(2*x))"], x_range=(-1, 1))
    chain = find_chain("exp(sin(2*x))")
    places = settings(player)
    for place, x in enumerate(places):
        assert cells(frame_html(player, 0, place))[-1] == pytest.approx(chain.at(x).derivative, abs=2e-3)
