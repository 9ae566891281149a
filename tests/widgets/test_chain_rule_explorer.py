"""Promise: the explorer shows every factor of the chain rule, says where there is none, refuses what it can't draw."""

from __future__ import annotations

import re

import numpy as np
import pytest

from backprop_lab import find_chain
from backprop_lab.widgets import chain_rule_explorer
from backprop_lab.widgets.chain_rule_explorer import FUNCTIONS, places
from frames import numbers, pictures, sentence, texts, value_cells, values

# The functions of the explorer once more, each link with its slope: written by hand, not found by the library.
BY_HAND = {
    "sin(x^2)": [(np.square, lambda u: 2 * u), (np.sin, np.cos)],
    "(3*x - 1)^2": [(lambda u: 3 * u - 1, lambda u: 3), (np.square, lambda u: 2 * u)],
    "exp(-x^2)": [(np.square, lambda u: 2 * u), (np.negative, lambda u: -1), (np.exp, np.exp)],
    "log(1 + exp(x))": [(np.exp, np.exp), (lambda u: u + 1, lambda u: 1), (np.log, lambda u: 1 / u)],
    "sin(exp(x))": [(np.exp, np.exp), (np.sin, np.cos)],
    "exp(sin(x^2))": [(np.square, lambda u: 2 * u), (np.sin, np.cos), (np.exp, np.exp)],
}


@pytest.fixture(scope="module")
def explorer():
    return chain_rule_explorer()


def settings(player) -> list[float]:
    """Return where the slider of the explorer stops."""
    return [float(label.replace("−", "-")) for label, _ in player.controls[-1].options]


def factors_by_hand(text: str, x: float) -> list[float]:
    """Return the slope of each link at what arrives there."""
    factors = []
    for function, slope in BY_HAND[text]:
        factors.append(float(slope(x)))
        x = function(x)
    return factors


def own(player, *typed: str):
    """Type a function and the ends of x into the reader's own boxes, compute, and return what is answered."""
    stage = player.children[-2]  # there is no question before it where the functions are not the usual ones
    _, row, answer = stage.children[-1].children
    for text_box, text in zip(row.children, typed, strict=False):
        text_box.value = text
    row.children[-1].click()
    return answer.value


def test_no_value_is_what_rounding_leaves_of_0(explorer):
    which = FUNCTIONS.index("(3*x - 1)^2")
    place = next(i for i, x in enumerate(settings(explorer)) if abs(x - 1 / 3) < 1e-3)
    assert {"u₁ = 0", "y = 0"} <= set(texts(explorer.shown(which, place)))
    for which, text in enumerate(FUNCTIONS):
        for place in range(explorer.counts[1]):
            sizes = [abs(n) for t in texts(explorer.shown(which, place)) for n in numbers(t)]
            assert not [n for n in sizes if 0 < n < 1e-6], text


def test_every_frame_shows_every_factor_and_the_product(explorer):
    xs = places([find_chain(text) for text in FUNCTIONS], (-2, 2))
    assert set(FUNCTIONS) == set(BY_HAND)
    assert explorer.counts == (len(FUNCTIONS), len(xs))
    for which, text in enumerate(FUNCTIONS):
        for place, x in enumerate(xs):
            html, factors = explorer.shown(which, place), factors_by_hand(text, x)
            expected = [*factors, np.prod(factors)]
            assert values(html) == pytest.approx(expected, rel=1e-3, abs=1e-11)
            told = numbers(sentence(html))
            shown = [x, *factors[::-1], np.prod(factors)]
            assert told[: len(shown)] == pytest.approx(shown, rel=1e-3, abs=1e-11)


def test_the_product_is_the_slope_that_differences_measure(explorer):
    for which, text in enumerate(FUNCTIONS):
        for place, x in enumerate(settings(explorer)):
            y, h = find_chain(text), 1e-5
            measured = (y.at(x + h).y - y.at(x - h).y) / (2 * h)
            assert values(explorer.shown(which, place))[-1] == pytest.approx(measured, rel=2e-3, abs=2e-2)


def test_the_panels_are_the_links_and_the_whole_and_say_the_same_numbers(explorer):
    for which, text in enumerate(FUNCTIONS):
        for place in (0, 11, 20, 35):
            html = explorer.shown(which, place)
            labels = [picture.get("aria-label") for picture in pictures(html)]
            assert len(labels) == len(BY_HAND[text]) + 1
            assert [numbers(label)[-1] for label in labels] == values(html)
            notes = [note for note in texts(html) if "slope" in note]
            assert [numbers(note)[0] for note in notes] == values(html)
            assert notes[1].startswith("×")
            assert notes[-1].startswith("=")
            assert [len(list(picture.iter("rect"))) for picture in pictures(html)] == [0] * len(BY_HAND[text]) + [1]
            assert len({picture.get("viewBox") for picture in pictures(html)}) == 1


def test_there_are_functions_of_two_links_and_of_three():
    assert {len(find_chain(text).links) for text in FUNCTIONS} >= {2, 3}


def test_a_function_of_one_link_has_one_panel_and_no_product():
    html = chain_rule_explorer(["x*sin(x)"]).shown(0, 5)
    assert len(pictures(html)) == 1
    assert "all together" not in html


def test_one_function_has_no_flat_place_and_at_those_of_the_others_a_link_is_to_blame(explorer):
    """What `try_this` claims."""
    flat = {}
    for which, text in enumerate(FUNCTIONS):
        shown = [values(explorer.shown(which, place)) for place in range(explorer.counts[1])]
        flat[text] = [x for x, row in zip(settings(explorer), shown, strict=True) if row[-1] == 0]
        assert all(0 in row[:-1] for row in shown if row[-1] == 0)
    assert [text for text, xs in flat.items() if not xs] == ["log(1 + exp(x))"]
    root = np.sqrt(np.pi / 2)
    assert flat["sin(x^2)"] == pytest.approx([-root, 0, root], abs=1e-3)
    assert flat["(3*x - 1)^2"] == pytest.approx([1 / 3], abs=1e-3)
    assert flat["sin(exp(x))"] == pytest.approx(np.log([np.pi / 2, 3 * np.pi / 2]), abs=1e-3)
    assert flat["exp(sin(x^2))"] == flat["sin(x^2)"]


def test_the_link_to_blame_is_named(explorer):
    place = [label for label, _ in explorer.controls[1].options].index("1.253")
    assert "Link 2 is flat here" in sentence(explorer.shown(0, place))
    place = [label for label, _ in explorer.controls[1].options].index("0")
    assert "Link 1 is flat here" in sentence(explorer.shown(0, place))


def test_the_slider_stops_where_a_slope_touches_zero_and_at_no_pole_and_no_corner():
    def stops(text):
        return places([find_chain(text)], (-2, 2))

    assert 0.3 in np.round(stops("(x - 0.3)^3"), 9)
    assert len(stops("1/x^2")) == len(stops("sqrt(x^2)")) == len(stops("tan(x)")) == 33


def test_the_prediction_is_right_about_where_the_whole_is_flat(explorer):
    listed = next(part.value for part in explorer.children[2].children if "bl-options" in getattr(part, "value", ""))
    options = re.findall("<li>(.*?)</li>", listed)
    reasons = [page.value for page in explorer.children[2].children[-1].children]
    right = next(option for option, reason in zip(options, reasons, strict=False) if "Right." in reason)
    shown = numbers(right)
    for x in [shown[0], shown[1], -shown[1]]:
        assert 2 * x * np.cos(x**2) == pytest.approx(0, abs=2e-3)
    wrong = numbers(options[1])[1]  # where the sine of x itself is flat
    assert np.cos(wrong) == pytest.approx(0, abs=1e-3)
    assert abs(2 * wrong * np.cos(wrong**2)) > 1


def test_where_a_link_has_no_value_the_explorer_says_which_and_what_it_received():
    player = chain_rule_explorer(["sqrt(1 - x^2)", "log(x)"])
    html = player.shown(0, 0)
    assert value_cells(html) == ["−4", "−1", "not defined", "not defined"]
    assert "link 3 receives u₂ = −3" in sentence(html)
    assert "has no value" in pictures(html)[-1].get("aria-label")
    assert "not defined here" in texts(html)
    place = settings(player).index(0.5)
    assert values(player.shown(0, place))[-1] == pytest.approx(-0.5 / np.sqrt(1 - 0.25), rel=1e-3)
    assert value_cells(player.shown(1, 0)) == ["not defined"]


def test_a_link_after_one_without_a_value_receives_nothing():
    html = chain_rule_explorer(["exp(log(x))"]).shown(0, 0)
    assert "nothing arrives" in texts(html)
    assert value_cells(html) == ["not defined"] * 3


def test_a_link_that_always_receives_the_same_still_has_a_curve():
    html = chain_rule_explorer(["sin(0*x + 1)"]).shown(0, 3)
    assert all(list(picture.iter("polyline")) for picture in pictures(html))


@pytest.mark.parametrize(
    ("functions", "x_range", "message"),
    [
        ([], (-2, 2), "expected a list"),
        ("sin(x)", (-2, 2), "expected a list"),
        (["sin(y)"], (-2, 2), "contains y"),
        (["log(-1 - x^2)"], (-2, 2), "no finite real value with a finite slope anywhere from x = -2 to 2"),
        (["exp(sin(exp(sin(exp(sin(x))))))"], (-2, 2), "6 links, expected at most 5"),
        (["x"], (2, -2), "smaller first"),
        (["x"], (0, float("nan")), "finite"),
        (["x"], (1, 1 + 1e-9), "too narrow"),
    ],
)
def test_the_explorer_refuses_what_it_cannot_draw(functions, x_range, message):
    with pytest.raises(ValueError, match=message):
        chain_rule_explorer(functions, x_range)


def test_a_reader_with_a_kernel_gives_a_function_and_the_range_of_x():
    player = chain_rule_explorer(["x"])
    assert "Computed." in own(player, "tanh(2*x)", "0", "1")
    assert player.counts == (33,)
    assert values(player.shown(0)) == pytest.approx([2, 1, 2])
    assert settings(player)[-1] == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("sin(y)", "0", "1"), "contains y"),
        (("", "0", "1"), "the function is empty"),
        (("log(x)", "-2", "-1"), "no finite real value"),
        (("x", "1", "0"), "the smaller first"),
        (("x", "one", "2"), "which is not a number"),
        (("x", "-1e9", "2"), "expected a number from"),
    ],
)
def test_what_a_reader_types_wrong_is_answered_and_nothing_is_lost(typed, message):
    player = chain_rule_explorer(["x"])
    before = player.shown(0, 3)
    answer = own(player, *typed)
    assert message in answer
    assert 'role="alert"' in answer
    assert player.shown(0, 3) == before


def test_stops_that_lie_close_together_have_labels_that_differ():
    labels = [label for label, _ in chain_rule_explorer(["x"], (1000, 1000.1)).controls[1].options]
    assert len(set(labels)) == len(labels)
