"""Promise: each term of the four equations shows the numbers that it has, in its ink, where it lives in the network."""

from __future__ import annotations

import re
from html import unescape

import numpy as np
import pytest

from backprop_lab import Network
from backprop_lab.examples import worked_example
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, GOOD_INK, THIRD_INK, number
from backprop_lab.gradient_check import numerical_gradient
from backprop_lab.widgets import four_equations
from backprop_lab.widgets.four_equations import NAMES, TERMS, _question, _scene, example
from backprop_lab.widgets.four_equations import _numbers as numbers_of
from backprop_lab.widgets.own import own_example
from drawings import circles, cut_off, distance, overlapping, written
from frames import numbers, pictures, sentence, values

PLAYER = four_equations()


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def by_hand(network, x, y):
    """Compute everything again, one unit at a time, for sigmoid layers and half the squared error."""
    (W1, b1), (W2, b2) = ((layer.W, layer.b) for layer in network.layers)
    a0, t = x[0], y[0]
    a1 = np.array(
        [sigmoid(sum(w * a for w, a in zip(row, a0, strict=True)) + b) for row, b in zip(W1, b1, strict=True)]
    )
    a2 = np.array(
        [sigmoid(sum(w * a for w, a in zip(row, a1, strict=True)) + b) for row, b in zip(W2, b2, strict=True)]
    )
    da2, slope2, slope1 = a2 - t, a2 * (1 - a2), a1 * (1 - a1)
    delta2 = da2 * slope2
    back = np.array([sum(W2[k, i] * delta2[k] for k in range(len(a2))) for i in range(len(a1))])
    return {
        "a1": a1, "a2": a2, "da2": da2, "slope2": slope2, "slope1": slope1, "W2": W2, "delta2": delta2, "back": back,
        "delta1": back * slope1, "dW2": np.array([[d * a for a in a1] for d in delta2]),
    }  # fmt: skip


def terms_of(n):
    """Return the matrices of the terms of each equation, in order; where a term is about several, the result."""
    ones = np.ones((1, 1))
    column = {name: value[:, np.newaxis] for name, value in n.items() if value.ndim == 1}
    return [
        [column["delta2"], column["da2"], column["slope2"], column["delta2"]],
        [column["delta1"], n["W2"].T, column["delta2"], column["slope1"]],
        [n["dW2"], column["delta2"], column["a1"].T, n["dW2"]],
        [column["delta2"], column["delta2"], ones, column["delta2"]],
    ]


def formula(html: str) -> str:
    """Return the part of a frame with the equation, its shapes, its numbers and its code."""
    return html[: html.index("<svg")]


def plain(html: str) -> str:
    """Return what is written, with a space between the entries of a matrix and the cells of the grid."""
    html = re.sub(r"</mtd>|</mtr>|</div>|</mrow></math>", " ", html)
    return unescape(re.sub("<[^>]*>", "", html))


@pytest.mark.parametrize("make", [example, worked_example])
def test_every_term_shows_its_numbers_in_the_table(make):
    network, x, y = make()
    player = four_equations(network, x, y)
    assert player.counts == (len(NAMES), len(TERMS))
    for which, terms in enumerate(terms_of(by_hand(network, x, y))):
        for chosen, matrix in enumerate([terms[0], *terms]):
            assert values(player.shown(which, chosen)) == pytest.approx(matrix.ravel().tolist(), rel=1e-3)


def test_the_equation_stands_over_its_shapes_and_its_numbers():
    n = by_hand(*example())
    symbols = [3, 4, 3, 3]
    for which, terms in enumerate(terms_of(n)):
        shown = plain(formula(PLAYER.shown(which, 0)))
        for matrix in terms[: symbols[which]]:
            rows, columns = matrix.shape
            assert f"{rows} × {columns}" in shown
            entries = [number(float(v), 3) for v in matrix.ravel()]
            assert re.search(r"\s*".join(map(re.escape, entries)), shown), (which, entries, shown)


def test_the_code_computes_what_the_library_does_on_a_batch():
    network = example()[0]
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(5, 2)), rng.uniform(size=(5, 2))
    _, caches = network.forward(x)
    gradients = network.gradients(x, y)
    names = {
        "dC_da2": (caches[1].a - y) / 5, "slope2": caches[1].a * (1 - caches[1].a), "a1": caches[0].a,
        "slope1": caches[0].a * (1 - caches[0].a), "W2": network.layers[1].W, "delta2": gradients[1].delta,
    }  # fmt: skip
    wanted = {
        "delta2": gradients[1].delta,
        "delta1": gradients[0].delta,
        "dW2": gradients[1].dW,
        "db2": gradients[1].db,
    }
    seen = set()
    for which in range(4):
        code = plain(formula(PLAYER.shown(which, 0))).split("Code, examples as rows:")[1]
        left, right = code.replace(TERMS[4], "").strip().split(" = ")
        result = eval(right, {"__builtins__": {}}, names)  # the code that the reader sees
        np.testing.assert_allclose(result, wanted[left], rtol=1e-12)
        seen.add(left)
    assert seen == set(wanted)


def test_a_term_has_the_same_ink_and_stroke_in_the_formula_the_code_and_the_legend_and_that_ink_in_the_picture():
    inks = {
        0: (BACKWARD_INK, THIRD_INK, FORWARD_INK),
        1: (BACKWARD_INK, GOOD_INK, THIRD_INK, FORWARD_INK),
        2: (BACKWARD_INK, THIRD_INK, FORWARD_INK),
        3: (BACKWARD_INK, THIRD_INK, FORWARD_INK),
    }
    for which, expected in inks.items():
        html = PLAYER.shown(which, 0)
        strokes = dict.fromkeys(expected)
        for ink, stroke in re.findall(r"color:(var\([^)]*\));border-bottom:3px (\w+)", html):
            assert strokes[ink] in (None, stroke)
            strokes[ink] = stroke
        assert len(set(strokes.values())) == len(expected)  # a second cue for each
        drawn = {style for t in pictures(html)[0].iter("text") if (style := t.get("style"))}
        assert all(f"fill:{ink}" in drawn for ink in expected)


def test_the_picture_has_each_number_at_its_own_unit_or_edge():
    n = by_hand(*example())
    for which in range(4):
        root = pictures(PLAYER.shown(which, 0))[0]
        middles = iter(
            sorted(at for at, r, _ in circles(root))[: 2 + 3] + sorted(at for at, _, _ in circles(root))[-2:]
        )
        at = {(layer, unit): next(middles) for layer, size in enumerate((2, 3, 2)) for unit in range(size)}
        found = written(root)

        def near(text, point, found=found):
            return min(
                (abs(t.at[0] - point[0]) + abs(t.at[1] - point[1]) for t in found if t.text == text), default=999
            )

        for k in range(2):
            x, y = at[2, k]
            assert near(f"δ {number(n['delta2'][k], 2)}", (x, y + 34)) < 8
            if which == 0:
                assert near(f"⊙ f′ {number(n['slope2'][k], 2)}", (x, y - 25)) < 8
                assert near(f"∂C/∂a {number(n['da2'][k], 2)}", (x + 60, y + (16 if k else -6))) < 12
            if which == 3:
                assert near(f"∂C/∂b {number(n['delta2'][k], 2)}", (x, y - 25)) < 8
        for i in range(3):
            x, y = at[1, i]
            if which == 1:
                assert near(f"f′ {number(n['slope1'][i], 2)}", (x, y - 25)) < 8
                assert near(f"δ {number(n['delta1'][i], 2)}", (x, y + 34)) < 8
            for k in range(2):
                if which in (1, 2):
                    text = number(float((n["W2"] if which == 1 else n["dW2"])[k, i]), 2)
                    stands = [t for t in found if t.text == text and t.at[0] < at[2, k][0] - 20]
                    assert min(distance((t.at[0], t.at[1] - 4.5), at[1, i], at[2, k]) for t in stands) < 1, (
                        which,
                        k,
                        i,
                    )


@pytest.mark.parametrize("player", [PLAYER, four_equations(*worked_example())], ids=["2-3-2", "2-2-1"])
def test_no_text_lies_on_another_or_is_cut_off(player):
    for which in range(4):
        for chosen in range(5):
            root = pictures(player.shown(which, chosen))[0]
            assert overlapping(root) == []
            assert cut_off(root) == []


def test_the_chosen_term_alone_is_strong_in_the_picture():
    """Choose (W^2)^T: its six edges carry bold numbers, and nothing else does."""
    bold = {t.text for t in written(pictures(PLAYER.shown(1, 2))[0]) if t.bold}
    assert bold == {number(float(w), 2) for w in example()[0].layers[1].W.ravel()}
    assert not any(t.bold for t in written(pictures(PLAYER.shown(1, 0))[0]))


def test_the_unit_to_which_most_comes_back_has_the_smallest_delta_because_of_its_slope():
    """What the reader is asked to find."""
    n = by_hand(*example())
    most = np.abs(n["back"]).argmax()
    assert most == np.abs(n["delta1"]).argmin() == n["slope1"].argmin() == np.abs(n["W2"]).sum(axis=0).argmax()


def test_the_slope_is_what_the_question_s_formula_lacks():
    network, x, y = example()
    n = by_hand(network, x, y)
    (W1, b1), second = ((layer.W, layer.b) for layer in network.layers)
    numerical = numerical_gradient(
        lambda b: network.with_parameters(network.join([(W1, b), second])).loss(x, y), b1.copy()
    )
    assert n["back"] * n["slope1"] == pytest.approx(numerical, abs=1e-9)
    assert np.abs(n["back"] - numerical).min() > 0.01
    question = _question(numbers_of(network, x, y))
    assert "slope" in question.right
    wrong = next(reason for option, reason in question.options.items() if option.startswith("nothing"))
    said = numbers(wrong)
    for expected in (*n["back"], *n["delta1"]):
        assert min(abs(v - expected) / abs(expected) for v in said) < 0.05
    assert question.options[question.right].count(number(float(n["slope1"][2]), 2)) == 1


def test_each_mark_of_the_slider_stands_once_in_the_equation_or_its_code_and_once_beside_the_picture():
    for which in range(4):
        html = PLAYER.shown(which, 0)
        places = formula(html), html[html.rindex("</svg>") : html.index('class="bl-sentence')]
        assert [[place.count(mark) >= 1 for mark in TERMS[1:]] for place in places] == [[True] * 4] * 2
        assert [formula(html).count(mark) for mark in TERMS[1:]] == [1] * 4
    assert plain(formula(PLAYER.shown(3, 0))).strip().endswith(f".sum(axis=0){TERMS[4]}")


def test_the_largest_gradient_of_a_weight_is_where_the_sentence_of_bp3_says():
    assert "leads from the unit that sends most to the unit with the largest delta" in sentence(PLAYER.shown(2, 0))
    n = by_hand(*example())
    unit, source = np.unravel_index(np.abs(n["dW2"]).argmax(), n["dW2"].shape)
    assert (unit, source) == (np.abs(n["delta2"]).argmax(), np.abs(n["a1"]).argmax())


def test_the_brackets_of_a_matrix_are_as_high_as_it_is():
    """A border on both sides: a bracket of a formula stays small where the browser has no font for it."""
    for which in range(4):
        found = re.findall(r"border-width:0 1.6px[^>]*><math.*?</math></span>", formula(PLAYER.shown(which, 0)))
        assert len(found) == [3, 4, 3, 3][which]
        assert all("<mtable>" in each and "(" not in each for each in found)


def test_each_sentence_tells_the_place_and_the_shape_of_its_term():
    told = sentence(PLAYER.shown(1, 2))
    assert "3 × 2" in told
    assert "edges" in told
    assert len({sentence(PLAYER.shown(which, chosen)) for which in range(4) for chosen in range(5)}) == 20


def test_where_loss_and_activation_match_the_two_factors_are_shown_all_the_same():
    network = Network([2, 2, 1], loss="binary_cross_entropy", seed=2)
    x, y = np.array([[0.4, -0.2]]), np.array([[1.0]])
    player = four_equations(network, x, y)
    (delta,), (da,), (slope,) = (values(player.shown(0, chosen)) for chosen in (1, 2, 3))
    assert da * slope == pytest.approx(delta, rel=1e-3)
    assert delta == pytest.approx(network.predict(x)[0, 0] - 1, rel=1e-3)


def test_a_reader_with_a_kernel_can_give_their_own_weights():
    network, x, y = worked_example()
    own = own_example(network, x, y, _scene)
    texts = [field.text for field in own.fields]
    texts[0] = "1, −1"
    frame, _ = own.read(texts)
    expected = network.gradients(np.array([[1.0, -1.0]]), y)[0].delta[0]
    assert values(frame(1, 1).html()) == pytest.approx(expected.tolist(), rel=1e-3)


def test_an_example_or_a_network_that_can_t_be_shown_is_refused():
    with pytest.raises(TypeError, match="all three or none"):
        four_equations(Network([2, 2, 1]))
    with pytest.raises(ValueError, match="at most 3"):
        four_equations(Network([2, 5, 1]), np.ones((1, 2)), np.ones((1, 1)))
    network = Network([2, 2, 2], output="softmax", loss="categorical_cross_entropy")
    with pytest.raises(ValueError, match="softmax"):
        four_equations(network, np.ones((1, 2)), np.array([[1.0, 0.0]]))
    with pytest.raises(ValueError, match="follows one"):
        four_equations(Network([2, 2, 1]), np.ones((2, 2)), np.ones((2, 1)))
