"""Promise: exactly one offered value is right; each wrong one comes from the thought that its feedback names."""

from __future__ import annotations

import re

import numpy as np
import pytest

from backprop_lab.widgets import backprop_by_hand
from backprop_lab.widgets.backprop_by_hand import LETTERS, _own, _scene, _sheet
from backprop_lab.widgets.slips import ASKED
from frames import numbers, pictures, sentence, texts, value_cells, values

x1, x2, y = 0.05, 0.10, 0.01
w = {"11": 0.15, "12": 0.20, "21": 0.25, "22": 0.30, "1": 0.40, "2": 0.45}
b1, b2, rate = 0.35, 0.50, 0.01


def s(z: float) -> float:
    return float(1 / (1 + np.exp(-z)))


def loss(**moved: float) -> float:
    """Return the loss by school arithmetic; `z2=h` moves the output's z by h, `w12=h` a weight, and so on."""
    z = [
        (w["11"] + moved.get("w11", 0)) * x1 + (w["12"] + moved.get("w12", 0)) * x2 + b1 + moved.get("z1", 0),
        (w["21"] + moved.get("w21", 0)) * x1 + w["22"] * x2 + b1,
    ]
    out = (w["1"] + moved.get("w1", 0)) * s(z[0]) + w["2"] * s(z[1]) + b2 + moved.get("z2", 0)
    return (s(out) - y) ** 2 / 2


def slope(name: str, h: float = 1e-5) -> float:
    return (loss(**{name: h}) - loss(**{name: -h})) / (2 * h)


z1 = w["11"] * x1 + w["12"] * x2 + b1
z2 = w["1"] * s(z1) + w["2"] * s(w["21"] * x1 + w["22"] * x2 + b1) + b2
d1, d2 = slope("z1"), slope("z2")
RIGHT = {
    "z1": z1,
    "a1": s(z1),
    "z2": z2,
    "a2": s(z2),
    "C": loss(),
    "delta2": d2,
    "dW2": slope("w1"),
    "db2": d2,
    "delta1": d1,
    "dW1": slope("w12"),
    "db1": d1,
    "new_W2": w["1"] - rate * slope("w1"),
    "new_W1": w["12"] - rate * slope("w12"),
}
miss, spread = s(z2) - y, s(z1) * (1 - s(z1))
WRONG = {  # thoughts of the misconceptions, worked out once more
    ("delta2", "the miss alone"): miss,
    ("delta2", "the slope taken at a"): miss * s(s(z2)) * (1 - s(s(z2))),
    ("delta2", "z in the short form"): miss * z2 * (1 - z2),
    ("delta2", "target minus prediction"): -d2,
    ("delta1", "without the slope"): w["1"] * d2,
    ("delta1", "the slope taken at a"): w["1"] * d2 * s(s(z1)) * (1 - s(s(z1))),
    ("delta1", "without the weight"): d2 * spread,
    ("delta1", "the miss in place of delta"): w["1"] * miss * spread,
    ("C", "without the half"): miss**2,
    ("z1", "W read by columns"): w["11"] * x1 + w["21"] * x2 + b1,
    ("dW1", "indices exchanged"): slope("w21"),
    ("dW2", "z in place of a"): d2 * z1,
    ("new_W2", "uphill"): w["1"] + rate * slope("w1"),
    ("new_W1", "without the learning rate"): w["12"] - slope("w12"),
}


@pytest.fixture(scope="module")
def player():
    return backprop_by_hand()


def right_answers(player, place: int) -> list[int]:
    return [answer for answer in range(1, 6) if "bl-right" in player.shown(place, answer)]


def test_the_quantities_come_in_the_order_of_a_step():
    assert [asked.name for asked in ASKED] == list(RIGHT)


def test_one_answer_is_right_and_it_is_what_differences_of_the_loss_give(player):
    assert player.counts == (len(RIGHT), 1 + len(LETTERS))
    for place, (asked, expected) in enumerate(zip(ASKED, RIGHT.values(), strict=True)):
        (right,) = right_answers(player, place)
        offered = values(player.shown(place, right))
        exact = 5.1 * 10.0 ** (np.floor(np.log10(abs(expected))) - asked.digits)
        assert offered[right - 1] == pytest.approx(expected, abs=exact)
        assert numbers(re.sub("<[^>]*>", "", sentence(player.shown(place, right))))[-1] == offered[right - 1]


def test_the_options_of_a_question_differ_and_stay_the_same(player):
    for place in range(len(ASKED)):
        tables = [value_cells(player.shown(place, answer)) for answer in range(6)]
        assert len(set(tables[0])) == len(LETTERS)
        assert all(table == tables[0] for table in tables)


def test_each_button_says_the_value_that_it_stands_for(player):
    """So that on a telephone nobody scrolls to and fro between buttons and table."""
    buttons = _scene(_sheet())[1][1]
    for place in range(len(ASKED)):
        mark, *labels = buttons.at((place,))
        assert mark == "?"
        assert labels == [f"{a}: {v}" for a, v in zip(LETTERS, value_cells(player.shown(place, 0)), strict=True)]


def test_the_right_letter_can_not_be_guessed_from_the_one_before(player):
    letters = [right_answers(player, place)[0] for place in range(len(ASKED))]
    assert len(set(letters)) >= 4


def test_each_wrong_value_is_what_its_thought_gives(player):
    found = {}
    for place, asked in enumerate(ASKED):
        html = player.shown(place, right_answers(player, place)[0])
        thoughts = re.findall(r"<tr><td>[A-E]</td><td>(.*?)</td>", html)
        found |= {(asked.name, thought): value for thought, value in zip(thoughts, values(html), strict=True)}
    for key, expected in WRONG.items():
        assert found[key] == pytest.approx(expected, rel=6e-4), key


def test_a_wrong_answer_is_explained_and_does_not_give_the_right_one_away(player):
    for place, asked in enumerate(ASKED):
        (right,) = right_answers(player, place)
        told = {slip.says for slip in asked.slips}
        for answer in set(range(1, 6)) - {right}:
            html = player.shown(place, answer)
            assert "bl-wrong" in html
            assert any(says in sentence(html) for says in told)
            assert "?" in "".join(texts(html))
            assert "the right value" not in html
            shown = value_cells(html)[right - 1]
            known_before = texts(player.shown(place, 0))
            assert shown not in texts(html) or shown in known_before


def test_nothing_is_said_to_equal_another_number_than_itself(player):
    """A gradient of a bias is a copy of delta; that it is shown with fewer digits is said."""
    for place in range(player.counts[0]):
        for answer in range(player.counts[1]):
            assert re.search(r"here [−\d.]+ = [−\d.]+", sentence(player.shown(place, answer))) is None
    assert any(
        re.search(r"here 0\.\d{5,}, rounded 0\.\d{4}[;.]", sentence(player.shown(place, answer)))
        for place in range(player.counts[0])
        for answer in range(player.counts[1])
    )


def test_a_question_shows_what_is_known_and_asks_for_one_number(player):
    for place, asked in enumerate(ASKED):
        html = player.shown(place, 0)
        assert "bl-wrong" not in html
        assert "bl-right" not in html
        assert "".join(texts(html)).count("?") == 1
        for before in ASKED[:place]:
            if not before.name.startswith("new"):
                assert any(f"{RIGHT[before.name]:.4g}" in text for text in texts(html)), (asked.name, before.name)
        assert f"Asked: {asked.label}" in pictures(html)[0].get("aria-label")


def test_what_there_is_to_find_is_there(player):
    """Two of the numbers stand in the picture before they are asked for: the gradients of the biases."""
    free = []
    for place, asked in enumerate(ASKED):
        (right,) = right_answers(player, place)
        value = value_cells(player.shown(place, right))[right - 1]
        drawn = {text.split()[-1] for text in texts(player.shown(place, 0)) if text}
        free += [asked.name] if value in drawn else []
    assert free == ["db2", "db1"]


def test_the_feedback_to_the_output_delta_fits_the_example():
    """It says that the prediction is too large."""
    assert s(z2) > y


def test_no_slip_gives_the_right_value_and_no_two_slips_the_same():
    sheet = _sheet()
    for question in sheet.questions:
        every = [float(slip.value(sheet.values)) for slip in question.asked.slips] + [RIGHT[question.asked.name]]
        digits = question.asked.digits
        assert len({f"{value:.{digits}g}" for value in every}) == len(every)


# ------------------------------------------------------------------ what a reader with a kernel types


def typed(**given: str):
    """Return (html of the typed answer, place where the controls start) for values by the name of the quantity."""
    frame, controls = _own(_sheet()).read([given.get(asked.name, "") for asked in ASKED])
    places = [place for place, asked in enumerate(ASKED) if asked.name in given]
    answers = controls[1].at((places[0],))
    assert answers[-1] == "typed"
    return frame(places[0], len(answers) - 1).html(), controls[0].start


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_a_right_value_is_taken_rounded_or_cut_off(asked):
    value = RIGHT[asked.name]
    for text in (f"{value:.{asked.digits}g}", f"{value:.8f}", f"{value:.9g}".replace("-", "−")):
        html, _ = typed(**{asked.name: text})
        assert "bl-right" in html, text
    if asked.digits == 4:
        assert "bl-right" in typed(**{asked.name: f"{value * 1.001:.6g}"})[0], "rounded on the way"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("delta2", "0.7222", "You took the miss, a − y, for the gradient."),
        ("delta2", "0.1584", "its slope belongs at z"),
        ("delta2", "0.1586", "its slope belongs at z"),  # rounded on the way
        ("delta2", "0.2832", "twice too much"),
        ("delta1", "0.0566", "the slope of its own sigmoid is still to be passed"),
        ("delta1", "0.0854", "You divided by the weight."),
        ("db2", "1", "That is how z changes with the bias."),
        ("db2", "0.00", "You thought of the bias as a constant."),
        ("dW1", "0.000767", "The first index is the unit where the weight arrives"),
        ("new_W2", "0.40084", "The gradient points to where the loss grows"),
        ("z1", "12", "No slip that we know gives this number."),
    ],
)
def test_a_typed_slip_is_recognised(name, text, says):
    html, start = typed(**{name: text})
    assert "bl-wrong" in html
    assert says in sentence(html)
    assert "?" in "".join(texts(html))
    assert start == 0 or name == "z1"


def test_too_few_digits_are_no_answer():
    for name, text in (("delta1", "0"), ("new_W2", "0.4"), ("C", "0.3")):
        html, _ = typed(**{name: text})
        assert "type more digits" in sentence(html)
        assert "bl-right" not in html
        assert "bl-wrong" not in html


def test_one_goes_on_at_the_first_quantity_that_is_not_right_yet():
    right = {asked.name: f"{RIGHT[asked.name]:.9g}" for asked in ASKED[:3]}
    assert typed(**right)[1] == 3
    assert typed(**right | {"a1": "0.2413"})[1] == 1


def test_an_empty_box_is_no_answer():
    frame, _ = _own(_sheet()).read([""] * len(ASKED))
    assert "You have not typed a value" in sentence(frame(4, 6).html())


def test_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match=r"delta2\[1\] contains 'small', which is not a number"):
        typed(delta2="small")
