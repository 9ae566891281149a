"""Promise: a player shows the frame that its controls choose, and says what is wrong with bad controls or input."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_lab import Network
from backprop_lab.widgets import backprop_stepper, chain_rule_explorer
from backprop_lab.widgets.own import Field, Own, own_example, read_matrix, read_number, read_vector, read_whole
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Menu, Slider


def find(widget, css_class: str):
    """Return the first widget of a class, at any depth."""
    if css_class in getattr(widget, "_dom_classes", ()):
        return widget
    found = (find(child, css_class) for child in getattr(widget, "children", ()))
    return next((child for child in found if child is not None), None)


def test_a_repr_names_the_player_and_no_address():
    network = Network([2, 3, 1], hidden="tanh", seed=3)
    assert repr(backprop_stepper(network, [[0.5, -1.0]], [[1.0]], 0.1)) == "backpropagation stepper: 20 frames"
    assert "0x" not in repr(chain_rule_explorer(["x"]))


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(ValueError, match="name is empty"):
        FramePlayer("", lambda i: Frame((), ""), [Slider("s", "ab")])
    with pytest.raises(ValueError, match="2 cells, expected 1"):
        Frame((), "", ("head",), (("a", "b"),))
    with pytest.raises(IndexError):
        FramePlayer("p", lambda i: Frame((), ""), [Slider("s", "ab")], printed=(7,))


def test_back_and_next_work_with_a_kernel_and_stop_at_the_ends():
    player = FramePlayer("p", lambda i: Frame((), str(i)), [Slider("s", ["a", "b"])])
    (slider,), back, forth = player.controls, find(player, "bl-back"), find(player, "bl-next")
    back.click()
    assert slider.index == 0
    forth.click()
    forth.click()
    assert slider.index == 1


def test_each_kind_of_control_chooses_by_its_index():
    controls = [Menu("m", "ab", start=1), Buttons("b", "cde"), Slider("s", "fg", start=1)]
    player = FramePlayer("p", lambda *places: Frame((), f"{places}"), controls)
    assert player.counts == (2, 3, 2)
    assert [control.index for control in player.controls] == [1, 0, 1]
    assert "(1, 2, 0)" in player.shown(1, 2, 0)


def test_an_answer_to_one_question_is_not_pressed_at_the_next():
    controls = [Slider("question", "ab"), Buttons("answer", "?AB", afresh=True)]
    player = FramePlayer("p", lambda *places: Frame((), f"{places}"), controls)
    first, second = player.children[-2].children[0].children[-1].children  # one page for each question
    first.children[0].index = 2
    assert second.children[0].index == 0
    assert "(1, 2)" in player.shown(1, 2)


def test_the_last_control_may_offer_something_else_at_each_setting_of_the_others():
    controls = [Menu("story", ["short", "long"]), Slider("step", lambda story: "ab" if story == 0 else "abcd", start=1)]
    player = FramePlayer("p", lambda *places: Frame((), f"{places}"), controls)
    assert list(player.places()) == [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (1, 3)]
    assert [player.count(0), player.count(1), player.counts] == [2, 4, (2, 4)]
    assert "(1, 3)" in player.shown(1, 3)


@pytest.mark.parametrize(
    ("controls", "message"),
    [
        ([], "one to three"),
        ([Buttons("b", "ab", afresh=True), Slider("s", "ab")], "only the last"),
        ([Slider("s", lambda *_: "ab"), Buttons("b", "ab")], "only the last"),
        ([Menu("m", [])], "has 0 settings"),
        ([Slider("s", "abcd")] * 4, "one to three"),
        ([Slider("s", [str(i) for i in range(50)])] * 2, "2500 frames, expected 1 to 2000"),
        ([Slider("s", "abc", start=3)], "starts at 3, expected"),
        ([Menu("m", "abc", start=-1)], "starts at -1, expected"),
    ],
)
def test_a_player_refuses_controls_that_make_no_sense(controls, message):
    with pytest.raises(ValueError, match=message):
        FramePlayer("p", lambda *places: Frame((), ""), controls)


# ------------------------------------------------------------------------- own input


def powers() -> FramePlayer:
    def scene(base):
        if base == 0:
            raise ValueError("base is 0, expected another number")
        return (lambda i: Frame((), f"{base ** (i + 1):g}")), [Slider("s", "abc")]

    own = Own([Field("base", "2", read_number("base"))], scene)
    return FramePlayer("p", *scene(2.0), own=own)


def type_in(player: FramePlayer, *typed: str) -> str:
    """Type into the boxes, press Compute, and return the answer."""
    _, row, answer = find(player, "bl-own").children
    *boxes, compute = row.children
    for box, text in zip(boxes, typed, strict=True):
        box.value = text
    compute.click()
    return answer.value


def test_own_input_is_computed_and_shown():
    player = powers()
    assert "Computed" in type_in(player, "−3")
    assert ["9" in player.shown(1), player.counts] == [True, (3,)]


@pytest.mark.parametrize(
    ("typed", "message"), [("zwei", "not a number"), ("", "not a number"), ("nan", "finite"), ("0", "another number")]
)
def test_bad_input_is_answered_and_loses_nothing(typed, message):
    player = powers()
    before, controls = player.shown(2), player.controls
    answer = type_in(player, typed)
    assert message in answer
    assert 'role="alert"' in answer
    assert (player.shown(2), player.controls) == (before, controls)


def test_an_error_message_is_escaped():
    assert "&lt;b&gt;" in type_in(powers(), "<b>")


def test_matrices_are_read_by_rows():
    assert read_matrix("W", (2, 2))("0.15, −0.2; 1e-3, 4").tolist() == [[0.15, -0.2], [0.001, 4.0]]
    assert read_vector("x", 3)("1, 2, 3").tolist() == [1.0, 2.0, 3.0]


def test_of_a_whole_number_every_digit_is_read():
    assert read_whole("seed", 0, 2**63)("9007199254740993") == 2**53 + 1
    assert read_whole("k", -5, 5)(" −3 ") == -3


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_matrix("W", (2, 2)), "1, 2", "expected 2 numbers with commas between, in 2 rows"),
        (read_matrix("W", (2, 1)), "1, 2; 3, 4", "expected 1 number with commas between, in 2 rows"),
        (read_vector("x", 3), "1, 2", "expected 3 numbers"),
        (read_vector("x", 2), "1; 2", "expected 2 numbers"),
        (read_vector("x", 2), "1, inf", "finite"),
        (
            read_matrix("W", (1, 2), largest=10),
            "1, -11",
            "W contains a number of size 11, expected numbers from -10 to 10",
        ),
        (read_whole("seed", 0, 9), "2.0", "seed contains '2.0', expected a whole number from 0 to 9"),
        (read_whole("seed", 0, 9), "10", "seed is 10, expected a whole number from 0 to 9"),
        (read_number("rate", 0, 1), "2", "rate is 2, expected a number from 0 to 1"),
    ],
)
def test_what_cannot_be_read_is_said(read, text, message):
    with pytest.raises(ValueError, match=message):
        read(text)


def test_own_weights_make_a_network_with_the_same_activations_and_loss():
    network = Network([2, 3, 1], hidden="tanh", loss="binary_cross_entropy", seed=1)
    seen = []
    own = own_example(
        network,
        np.array([[0.5, 1.0]]),
        np.array([[1.0]]),
        lambda *given: seen.append(given) or (None, None),
        [Field("rate", "0.1", read_number("rate"))],
    )
    own.read([field.text for field in own.fields])
    made, x, y, rate = seen[0]
    assert made.parameters == pytest.approx(network.parameters, rel=1e-5)
    assert (made.activations, made.loss_function) == (network.activations, network.loss_function)
    assert (x.tolist(), y.tolist(), rate) == ([[0.5, 1.0]], [[1.0]], 0.1)
