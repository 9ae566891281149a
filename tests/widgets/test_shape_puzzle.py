"""Promise: each answer gets the verdict that NumPy and the loss itself give it, and its numbers are shown."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from backprop_lab.figures.diagram import number
from backprop_lab.widgets import shape_puzzle
from backprop_lab.widgets.shape_puzzle import BATCH, LETTERS, SQUARE, _puzzles, example
from drawings import cut_off, overlapping
from frames import pictures, sentence, value_cells, values

PLAYER = shape_puzzle()
NARROW, WIDE = (2, 3, 2), (SQUARE, SQUARE, SQUARE)
MISFIT, NOT_THE_SHAPE, NOT_THE_NUMBERS, RIGHT = "do not fit", "not the gradient", "of the right shape", "Right."


def of(sizes, batch):
    """Return W2, delta2, a1 and slope1, computed here; examples are rows."""
    network, x, y = example(sizes, batch)
    (W1, b1), (W2, b2) = ((layer.W, layer.b) for layer in network.layers)
    a1 = np.tanh(x @ W1.T + b1)
    delta2 = (a1 @ W2.T + b2 - y) / batch
    return W2, delta2, a1, 1 - a1**2


def answers():
    """Return for each puzzle a function for each answer, as one would write it in NumPy, and the gradient."""
    W, d, a, s = of(NARROW, 1)
    Q, dq, aq, sq = of(WIDE, 1)
    V, dn, an, sn = of(NARROW, BATCH)
    _, du, au, _ = of(WIDE, SQUARE)

    def star(one, other):
        assert one.shape == other.shape
        return one * other

    return [
        ([
            lambda: star(W @ d.T, s.T), lambda: W.T @ d.T, lambda: star(np.linalg.inv(W) @ d.T, s.T),
            lambda: star(W.T @ d.T, s.T), lambda: d.T @ a,
        ], "narrow"),
        ([
            lambda: star(np.linalg.inv(Q) @ dq.T, sq.T), lambda: star(Q.T @ dq.T, sq.T),
            lambda: star(Q @ dq.T, sq.T), lambda: Q.T @ dq.T, lambda: star(Q.T @ dq.T, aq.T),
        ], "square"),
        ([lambda: a.T @ d, lambda: d.T @ a.T, lambda: d.T @ a, lambda: star(d.T, a.T), lambda: W.T @ d.T], "weights"),
        ([
            lambda: star(dn @ V, sn), lambda: star(V.T @ dn, sn), lambda: star(dn @ V.T, sn), lambda: dn @ V,
            lambda: dn.T @ an,
        ], "rows"),
        ([
            lambda: du @ au.T, lambda: au.T @ du, lambda: star(du, au), lambda: du.T @ au / SQUARE, lambda: du.T @ au,
        ], "weights in rows"),
        ([
            lambda: dn.sum(axis=1, keepdims=True), lambda: dn.mean(axis=0)[np.newaxis],
            lambda: dn.sum(axis=0)[np.newaxis], lambda: dn, lambda: dn.sum(keepdims=True),
        ], "biases"),
    ]  # fmt: skip


def slopes_of_the_loss():
    """Return what is wanted in each puzzle, by central differences of the loss, computed here."""
    h, found = 1e-5, []
    for sizes, batch, what in (
        (NARROW, 1, "z1"), (WIDE, 1, "z1"), (NARROW, 1, "W2"), (NARROW, BATCH, "z1"), (WIDE, SQUARE, "W2"),
        (NARROW, BATCH, "b2"),
    ):  # fmt: skip
        network, x, y = example(sizes, batch)
        (W1, b1), (W2, b2) = ((layer.W, layer.b) for layer in network.layers)
        parts = {"z1": x @ W1.T + b1, "W2": W2, "b2": b2[np.newaxis]}

        def loss(what, moved, parts=parts, y=y):
            here = parts | {what: moved}
            return (((np.tanh(here["z1"]) @ here["W2"].T + here["b2"] - y) ** 2).sum(axis=1) / 2).mean()

        slope = np.empty_like(parts[what])
        for index in np.ndindex(slope.shape):
            step = np.zeros_like(slope)
            step[index] = h
            slope[index] = (loss(what, parts[what] + step) - loss(what, parts[what] - step)) / (2 * h)
        # Vectors of one example stand as columns.
        found.append(slope.T if (batch, what) == (1, "z1") else slope)
    return found


TRUTHS = slopes_of_the_loss()


@pytest.mark.parametrize("which", range(6))
def test_the_verdict_on_each_answer_is_numpy_s_and_the_loss_s(which):
    truth = TRUTHS[which]
    for place, compute in enumerate(answers()[which][0], start=1):
        html = PLAYER.shown(which, place)
        try:
            value = compute()
        except (ValueError, AssertionError, np.linalg.LinAlgError):
            verdict, shown = MISFIT, None
        else:
            fits = value.shape == truth.shape
            right = fits and np.allclose(value, truth, atol=1e-7)
            verdict, shown = (RIGHT if right else NOT_THE_NUMBERS if fits else NOT_THE_SHAPE), value if fits else None
        assert verdict in sentence(html), (place, sentence(html))
        assert f"{LETTERS[place - 1]}. " in sentence(html)
        assert ("bl-right" in html) == (verdict == RIGHT)
        assert values(html) == pytest.approx(truth.ravel().tolist(), rel=1e-3, abs=1e-7)
        second = [re.sub("<[^>]*>", "", row) for row in re.findall(r"<tr><td>.*?</td><td>(.*?)</td>", html)]
        if shown is None:
            assert set(second) == {"–"}
        else:
            assert [float(cell.replace("−", "-")) for cell in second] == pytest.approx(shown.ravel().tolist(), rel=1e-3)


def test_every_puzzle_has_one_right_answer_and_not_the_same_as_the_one_before():
    right = []
    for which in range(6):
        verdicts = ["bl-right" in PLAYER.shown(which, place) for place in range(1, 6)]
        assert sum(verdicts) == 1
        right.append(verdicts.index(True))
    assert all(one != other for one, other in pairwise(right))
    assert right == [puzzle.right for puzzle in _puzzles()]


def test_with_a_square_W_all_five_fit_and_only_the_numbers_tell():
    """What the reader is asked to find."""
    for place in range(1, 6):
        told = sentence(PLAYER.shown(1, place))
        assert RIGHT in told or NOT_THE_NUMBERS in told


def test_a_misfit_names_the_two_shapes_and_the_two_numbers_that_differ():
    html = PLAYER.shown(0, 1)
    told = sentence(html).replace("\u00a0", " ")
    assert "2 × 3 times 2 × 1: 3 columns on the left, 2 rows on the right" in told
    assert "3 ≠ 2" in [t.text for t in pictures(html)[1].iter("text")]


def test_a_legal_but_wrong_answer_is_shown_where_it_is_most_wrong():
    W, d, _, s = of(WIDE, 1)
    wrong = (np.linalg.inv(W) @ d.T) * s.T
    worst = np.abs(wrong - TRUTHS[1]).argmax()
    told = sentence(PLAYER.shown(1, 1))
    assert number(float(wrong[worst, 0])) in told
    assert number(float(TRUTHS[1][worst, 0])) in told


def test_the_inverse_is_shown_to_be_another_matrix_than_the_transpose():
    W = of(WIDE, 1)[0]
    told = re.sub("<[^>]*>", "", re.sub("</mtd>", " ", sentence(PLAYER.shown(1, 1))))
    for matrix in (np.linalg.inv(W), W.T):
        entries = r"\s*".join(re.escape(number(float(v), 2)) for v in matrix.ravel())
        assert re.search(entries, told), told
    assert not np.allclose(np.linalg.inv(W), W.T, atol=0.3)
    assert "square" in sentence(PLAYER.shown(0, 3))


def test_the_grids_have_as_many_cells_as_the_shapes_say():
    for which in range(6):
        for place in range(6):
            for picture in pictures(PLAYER.shown(which, place)):
                shapes = [re.fullmatch(r"(\d) × (\d)", t.text) for t in picture.iter("text") if t.get("y") == "104"]
                cells = sum(int(shape[1]) * int(shape[2]) for shape in shapes)
                assert len(list(picture.iter("rect"))) == cells > 0


def test_no_text_lies_on_another_or_is_cut_off():
    for which in range(6):
        for place in range(6):
            for picture in pictures(PLAYER.shown(which, place)):
                assert overlapping(picture) == []
                assert cut_off(picture) == []


def test_before_an_answer_only_shapes_are_shown():
    html = PLAYER.shown(0, 0)
    assert "bl-right" not in html
    assert "bl-wrong" not in html
    assert [cell.replace("\u00a0", " ") for cell in value_cells(html)] == ["2 × 3", "2 × 1", "3 × 1", "3 × 1", "3 × 1"]
