"""Promise: the gears show each stretch factor where it applies and their product; wrong rules are shown to be wrong."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from backprop_lab.widgets import composition_gears
from backprop_lab.widgets.composition_gears import INNER, OUTER, XS
from frames import numbers, pictures, sentence, texts, values

# Each function with its slope, written by hand.
G = {
    "x²": (np.square, lambda x: 2 * x),
    "1 − 2x": (lambda x: 1 - 2 * x, lambda x: -2),
    "x/2 + 1": (lambda x: x / 2 + 1, lambda x: 0.5),
    "sin x": (np.sin, np.cos),
}
F = {
    "sin u": (np.sin, np.cos),
    "(u − 1)²/2": (lambda u: (u - 1) ** 2 / 2, lambda u: u - 1),
    "e^(u/2)": (lambda u: np.exp(u / 2), lambda u: np.exp(u / 2) / 2),
    "2 − u/2": (lambda u: 2 - u / 2, lambda u: -0.5),
}
PLACES = list(itertools.product(enumerate(INNER), enumerate(OUTER), enumerate(XS)))


@pytest.fixture(scope="module")
def gears():
    return composition_gears()


@pytest.fixture(scope="module")
def typist():
    """Another one, to type into."""
    return composition_gears()


def by_hand(g_name: str, f_name: str, x: float) -> list[float]:
    """Return what the table should show."""
    (g, dg), (f, df) = G[g_name], F[f_name]
    u = g(x)
    return [
        dg(x),
        df(u),
        df(u) * dg(x),
        (f(g(x + 1e-5)) - f(g(x - 1e-5))) / 2e-5,
        df(x) * dg(x),
        df(dg(x)),
        df(x) * g(x) + f(x) * dg(x),
        f(u),
        f(x) * g(x),
    ]


def own(player, *typed: str) -> str:
    """Type into the reader's own boxes, compute, and return what is answered."""
    stage = next(pages.children[0] for pages in player.children if type(pages).__name__ == "Stack")
    _, row, answer = stage.children[-1].children
    for box, text in zip(row.children, typed, strict=False):
        box.value = text
    row.children[-1].click()
    return answer.value


def test_every_number_of_every_table_is_what_it_is_called(gears):
    assert list(INNER) == list(G)
    assert list(OUTER) == list(F)
    for (i, g), (j, f), (k, x) in PLACES:
        assert values(gears.shown(i, j, k)) == pytest.approx(by_hand(g, f, x), rel=1e-3, abs=1e-8)


def test_the_picture_and_the_sentence_say_the_same_numbers(gears):
    for (i, g), (j, f), (k, x) in PLACES:
        html, row = gears.shown(i, j, k), by_hand(g, f, x)
        shown = texts(html)
        assert [numbers(t)[0] for t in shown if t.startswith("×")] == pytest.approx(row[:2], rel=1e-3, abs=1e-8)
        named = [numbers(t)[0] for t in shown if re.match("[xuy] =", t)]
        assert named == pytest.approx([x, G[g][0](x), row[7]], rel=1e-3, abs=1e-8)
        turns = [numbers(t)[0] for t in shown if t.startswith("turns")]
        assert turns == pytest.approx([30, 30 * row[0], 30 * row[2]], rel=6e-3, abs=1e-8)
        assert numbers(shown[-1]) == pytest.approx([row[2]], rel=1e-3, abs=1e-8)
        told = numbers(sentence(html))
        assert told[-3:] == pytest.approx([row[1], row[0], row[2]], rel=1e-3, abs=1e-8)


def test_a_slope_below_zero_turns_the_other_way_and_is_said_to(gears):
    for (i, g), (j, f), (k, x) in PLACES:
        row = by_hand(g, f, x)
        told = sentence(gears.shown(i, j, k))
        assert told.count("so the other way round") == int(row[0] < 0) + int(row[1] < 0)
        assert "far, the other way round" not in told


def test_where_the_question_is_asked_composite_and_product_are_equal_by_luck_and_the_table_says_so(gears):
    html = gears.shown(0, 1, XS.index(-0.5))
    assert "another function, though <strong>equal here</strong>" in html


def test_there_are_slopes_below_zero_and_flat_places_of_both_functions():
    rows = np.array([by_hand(g, f, x) for (_, g), (_, f), (_, x) in PLACES])
    for column in (0, 1):
        assert (rows[:, column] < 0).any()
        assert (rows[:, column] == 0).any()


def test_the_composite_is_no_product(gears):
    """But for single places, the function in the table that is not the composite has another value and slope."""
    for g, f in itertools.product(INNER, OUTER):
        rows = np.array([by_hand(g, f, x) for x in XS])
        assert (np.abs(rows[:, 7] - rows[:, 8]) > 1e-3).sum() > len(XS) / 2
        assert (np.abs(rows[:, 2] - rows[:, 6]) > 1e-3).sum() > len(XS) / 2


def test_a_wrong_rule_is_called_wrong_and_said_to_agree_just_where_it_does(gears):
    for (i, g), (j, f), (k, x) in PLACES:
        row = by_hand(g, f, x)
        agreeing = sum(abs(wrong - row[2]) < 1e-8 for wrong in row[4:7])
        html = gears.shown(i, j, k)
        by_luck = abs(row[7] - row[8]) < 1e-9 * max(1, abs(row[7]))
        assert html.count("equal here") == agreeing + by_luck
        assert ("another function, though" in html) == by_luck
        assert html.count("wrong:") == 3 - agreeing


def test_the_outer_slope_at_x_is_right_for_every_y_where_x_is_0_and_where_it_is_1():
    """What `try_this` asks for: where the inner function is flat, and where it hands over x itself."""
    right = [x for x in XS if all(abs(by_hand("x²", f, x)[4] - by_hand("x²", f, x)[2]) < 1e-9 for f in OUTER)]
    assert right == [0, 1]


def test_the_prediction_offers_each_mistake_and_calls_the_chain_rule_right(gears):
    question = gears.children[2].children
    options = re.findall("<li>(.*?)</li>", question[0].value)
    reasons = [page.value for page in question[-1].children]
    dg, df, slope, _, at_x, nested, product, _, _ = by_hand("x²", "(u − 1)²/2", -0.5)
    assert [numbers(option)[0] for option in options] == [at_x, df + dg, slope, product, nested]
    assert len(set(options)) == 5
    assert ["Right." in reason for reason in reasons[:5]] == [False, False, True, False, False]


def test_all_frames_of_a_slider_have_one_size(gears):
    sizes = {pictures(gears.shown(i, j, k))[0].get("viewBox") for (i, _), (j, _), (k, _) in PLACES}
    assert len(sizes) == 1


def test_a_reader_with_a_kernel_gives_both_functions(typist):
    assert "Computed." in own(typist, "3*x", "log(u)", "1", "2")
    assert typist.counts == (25,)
    assert values(typist.shown(0))[:4] == pytest.approx([3, 1 / 3, 1, 1], rel=1e-3)


def test_steep_functions_turn_by_less_so_that_no_axle_goes_round_twice(typist):
    assert "Computed." in own(typist, "50*x", "u^2", "1", "2")
    turns = [numbers(t)[0] for t in texts(typist.shown(24)) if t.startswith("turns")]
    assert turns[2] < 330
    assert turns[2] == pytest.approx(turns[0] * 50 * 2 * 100, rel=0.02)


def test_a_mistake_that_has_no_value_is_not_defined(typist):
    own(typist, "x + 3", "log(u)", "-2", "2")
    assert "not defined" in typist.shown(0)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("x^2", "sin(x)", "0", "1"), "expected a function of u alone"),
        (("u^2", "sin(u)", "0", "1"), "expected a function of x alone"),
        (("x^2", "sin(v)", "0", "1"), "read with x in the place of u"),
        (("x - 3", "log(u)", "0", "1"), "at u = -3, which is what arrives where x = 0"),
        (("log(x)", "u", "-1", "1"), "no finite real value"),
        (("x", "u", "1", "1"), "the smaller number first"),
        (("x", "u", "1", "two"), "which is not a number"),
        (("exp(x)", "exp(u)", "6", "6.55"), "too steep for wheels"),
    ],
)
def test_what_a_reader_types_wrong_is_answered_and_nothing_is_lost(typist, typed, message):
    own(typist, "x", "u", "0", "1")
    before = typist.shown(0)
    answer = own(typist, *typed)
    assert message in answer
    assert typist.shown(0) == before


def test_it_starts_where_it_asks():
    gears = composition_gears()
    assert gears.controls[1].label == "(u − 1)²/2"
    assert gears.controls[2].label == "−0.5"
    assert "<mn>0.5</mn>" in gears.children[2].children[0].value
