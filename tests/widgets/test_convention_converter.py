"""Promise: in each convention the five lines give the numbers of the library, each where the frame says it stands."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest

from backprop_lab.conventions import CONVENTIONS, convention
from backprop_lab.figures.diagram import number
from backprop_lab.widgets import convention_converter
from backprop_lab.widgets.convention_converter import LAYERS, LINES, OURS, example
from drawings import cut_off, overlapping
from frames import pictures, plain, sentence
from interactives import walk

PLAYER = convention_converter()
NAMES = list(CONVENTIONS)
PLACES = [pytest.param(*place, id="-".join(map(str, place))) for place in product(range(4), range(5), range(4))]


def rows_of_a_layer(n_in: int, n_out: int, batch: int) -> dict[str, np.ndarray]:
    """Compute the layer here, index by index, with examples as rows and W (n_out, n_in)."""
    network, x, y = example(n_in, n_out, batch)
    (W1, b1), (W2, b2) = ((layer.W, layer.b) for layer in network.layers)
    a1 = np.tanh(np.einsum("nk,ik->ni", x, W1) + b1)
    z = np.einsum("nk,ik->ni", a1, W2) + b2
    a = np.tanh(z)
    delta = (a - y) / batch * (1 - a**2)
    return {
        "z": z,
        "delta": delta,
        "delta_in": np.einsum("ni,ik->nk", delta, W2) * (1 - a1**2),
        "dW": np.einsum("ni,nk->ik", delta, a1),
        "db": np.einsum("ni->i", delta),
    }


def stands(name: str, result: str, index: tuple[int, ...]) -> tuple[int, ...]:
    """Return where an entry stands in a convention, as its table of shapes says."""
    rows, units_first = name in ("a W^T + b", "X W + b"), name in ("W a + b", "a W^T + b")
    if result == "db":
        return {"W a + b": (*index, 0), "a W^T + b": index, "X W + b": (0, *index), "W^T h + b": (*index, 0)}[name]
    return index if (units_first if result == "dW" else rows) else index[::-1]


def table(html: str) -> list[list[str]]:
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", html)]
    return [[re.sub("<[^>]*>", "", cell) for cell in row] for row in cells if row]


@pytest.mark.parametrize(("which", "line", "layer"), PLACES)
def test_each_number_stands_where_the_table_says_and_is_ours(which, line, layer):
    html, name = PLAYER.shown(which, line, layer), NAMES[which]
    result = ("z", "delta", "delta_in", "dW", "db")[line]
    truth = rows_of_a_layer(*LAYERS[layer])[result]
    rows = table(html)
    assert len(rows) == truth.size
    for index, (ours, value, there, value_there) in zip(np.ndindex(truth.shape), rows, strict=True):
        assert ours == f"[{', '.join(map(str, index))}]"
        assert there == f"[{', '.join(map(str, stands(name, result, index)))}]"
        assert value == value_there
        assert float(plain(value)) == pytest.approx(truth[index], rel=6e-3)
    assert {1: "the one number", 2: "both numbers"}.get(truth.size, f"all {truth.size} numbers") in sentence(html)
    assert f"{result} in ours" in html


@pytest.mark.parametrize(("which", "line", "layer"), PLACES)
def test_the_grids_have_the_shapes_of_the_arrays_and_nothing_is_cut_off(which, line, layer):
    html = PLAYER.shown(which, line, layer)
    drawn = pictures(html)
    assert len(drawn) == (1 if NAMES[which] == OURS else 2)
    for picture in drawn:
        shapes = [re.fullmatch(r"(\d) × (\d)|\((\d),\)", t.text) for t in picture.iter("text") if t.get("y") == "104"]
        cells = sum(int(s[3]) if s[3] else int(s[1]) * int(s[2]) for s in shapes)
        assert len(list(picture.iter("rect"))) == cells > 0
        assert overlapping(picture) == []
        assert cut_off(picture) == []


def test_all_five_lines_are_shown_and_one_of_them_is_marked():
    for which, line in product(range(4), range(5)):
        html, one = PLAYER.shown(which, line, 0), CONVENTIONS[NAMES[which]]
        for equation in one.equations:
            assert str(equation) in html
        assert re.findall(r"<strong>(forward|BP\d)</strong>", html) == [LINES[line]]


def test_bp4_keeps_the_axis_in_code_and_picture_or_the_update_spreads():
    """Where b is a column, `b - rate * db` with a flat db is a matrix, and NumPy says nothing."""
    for which, layer in product(range(4), range(4)):
        html, one = PLAYER.shown(which, LINES.index("BP4"), layer), CONVENTIONS[NAMES[which]]
        network, x, y = example(*LAYERS[layer])
        _, b = one.from_ours(network.layers[1].W, network.layers[1].b)
        delta = one.batch_from_ours(network.gradients(x, y)[1].delta)
        db = one.bp4(delta=delta)
        assert (b - 0.1 * db).shape == b.shape
        drawn = [t.text for t in pictures(html)[0].iter("text")]
        assert ("keepdims=True)" in drawn) == (b.ndim == 2)
        spread = b - 0.1 * delta.sum(axis=0 if one.examples == "rows" else 1)
        told = " × ".join(map(str, spread.shape))
        assert (f"b - rate * db, without a word, {told}" in sentence(html)) == (spread.shape != b.shape)


def test_the_inner_axis_of_bp3_is_the_batch():
    """What its remark and the page of the lab say."""
    for which, layer in product(range(4), range(4)):
        batch = LAYERS[layer][2]
        for picture in pictures(PLAYER.shown(which, LINES.index("BP3"), layer)):
            assert f"{batch} = {batch}" in [t.text for t in picture.iter("text")]


def test_in_every_convention_w_is_transposed_either_forward_or_back():
    """What `try_this` asks for, and the remark on BP2 says."""
    for which, one in enumerate(CONVENTIONS.values()):
        forward, back = ("W.T" in each.code for each in (one.forward, one.bp2))
        assert forward != back
        told = re.sub("<[^>]*>", "", sentence(PLAYER.shown(which, LINES.index("BP2"), 0)))
        written = {True: "W.T", False: "W"}
        assert f"way forward has {written[forward]}, so the way back has {written[back]}:" in told


def test_where_all_is_square_a_misplaced_t_runs_and_is_wrong():
    truth = rows_of_a_layer(*LAYERS[-1])
    assert len(set(LAYERS[-1])) == 1
    for name in NAMES:
        assert "would run as well, and be wrong" in sentence(PLAYER.shown(NAMES.index(name), 3, 3))
        assert "would run" not in sentence(PLAYER.shown(NAMES.index(name), 3, 0))
    network, x, _ = example(*LAYERS[-1])
    a1 = network.forward(x)[1][0].a
    assert not np.allclose(truth["delta"] @ a1.T, truth["dW"], rtol=0.1)


def test_the_mean_enters_in_dc_da():
    network, x, y = example(*LAYERS[0])
    a = network.predict(x)
    assert network.loss_function.slope(a, y) == pytest.approx((a - y) / len(y))
    assert "1/4 of the mean" in sentence(PLAYER.shown(0, LINES.index("BP1"), 0))


def own(player):
    """Return the text box, the button and the answer."""
    _, row, answer = next(w for w in walk(player) if "bl-own" in getattr(w, "_dom_classes", ())).children
    return (*row.children, answer)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("z = W @ a + b", "W a + b"), ("h = phi(W.T @ h + b)", "W^T h + b"), ("a @ W.T + b", OURS)],
)
def test_what_the_reader_types_is_told_to_be_one_of_the_four(typed, name):
    player = convention_converter()
    box, compute, answer = own(player)
    box.value = typed
    compute.click()
    assert "Computed" in answer.value
    assert player.counts == (len(LINES), len(LAYERS))
    assert "This is" in sentence(player.shown(0, 0))
    for equation in convention(name).equations:
        assert str(equation) in player.shown(3, 0)
    shown = sentence(player.shown(3, 0)).split("</strong> ", 1)[1]
    assert shown == sentence(PLAYER.shown(NAMES.index(name), 3, 0))


def test_what_cannot_be_recognized_is_answered_and_the_frames_stay():
    player = convention_converter()
    before = player.shown(1, 2, 0)
    box, compute, answer = own(player)
    for typed, reason in (("W * a + b", "element by element"), ("", "nothing is written"), ("import os", "read")):
        box.value = typed
        compute.click()
        assert 'role="alert"' in answer.value
        assert reason in answer.value
        assert player.shown(1, 2, 0) == before


def test_the_right_answer_of_the_question_is_the_library_s():
    """Each option is computed: one has the shape of W and the numbers."""
    network, x, _ = example(*LAYERS[0])
    a_in, layer = network.forward(x)[1][0].a, rows_of_a_layer(*LAYERS[0])
    X, dZ, W = a_in, layer["delta"], network.layers[1].W.T
    assert np.allclose(X.T @ dZ, layer["dW"].T)
    assert (dZ.T @ X).shape == W.shape[::-1]
    assert (dZ @ W.T).shape == X.shape
    with pytest.raises(ValueError, match="mismatch"):
        X @ dZ.T
    assert number(float((X.T @ dZ)[0, 1]), 3) == table(PLAYER.shown(2, 3, 0))[3][3]
