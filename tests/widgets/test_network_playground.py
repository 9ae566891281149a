"""Promise: the playground shows a training that really happened: every activation, delta, weight, gradient and loss."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from backprop_lab import Network
from backprop_lab.data import xor
from backprop_lab.widgets import network_playground
from backprop_lab.widgets.network_playground import HIDDEN, RATE, SEED, STEPS, _own
from frames import numbers, pictures, sentence, texts

X, Y = xor()


class Training:
    """The same training once more, by NumPy alone from the first weights on."""

    def __init__(self, rate: float, hidden: int, seed: int) -> None:
        first, second = Network([2, hidden, 1], hidden="tanh", loss="binary_cross_entropy", seed=seed).layers
        self.W1, self.b1, self.W2, self.b2 = first.W.copy(), first.b.copy(), second.W.copy(), second.b.copy()
        self.rate = rate

    def look(self) -> dict[str, np.ndarray]:
        """Return what each unit holds forward and backward, weights and gradients, and the losses."""
        a1 = np.tanh(X @ self.W1.T + self.b1)
        a2 = 1 / (1 + np.exp(-(a1 @ self.W2.T + self.b2)))
        delta2 = (a2 - Y) / 4
        delta1 = delta2 @ self.W2 * (1 - a1**2)
        losses = -(Y * np.log(a2) + (1 - Y) * np.log(1 - a2))[:, 0]
        weights = [self.W1.copy(), self.b1.copy(), self.W2.copy(), self.b2.copy()]
        gradients = [delta1.T @ X, delta1.sum(0), delta2.T @ a1, delta2.sum(0)]
        return {
            "held": (np.hstack([a1, a2]), np.hstack([delta1, delta2])),
            "learned": (weights, gradients),
            "losses": losses,
        }

    def step(self) -> None:
        """Take one step of gradient descent."""
        for weight, gradient in zip((self.W1, self.b1, self.W2, self.b2), self.look()["learned"][1], strict=True):
            weight -= self.rate * gradient

    def story(self) -> list[dict[str, np.ndarray]]:
        """Return the whole training."""
        moments = []
        for _ in range(STEPS + 1):
            moments.append(self.look())
            self.step()
        return moments


@pytest.fixture(scope="module")
def player():
    return network_playground()


@pytest.fixture(scope="module")
def story():
    return Training(RATE, HIDDEN, SEED).story()


def table(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", html.partition("<tbody>")[2])
    return [[re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in rows]


def floats(cells) -> list[float]:
    return [float(cell.replace("−", "-")) for cell in cells if cell]


def check(html: str, moment, way: int, edges: int, hidden: int) -> None:
    """Compare table and picture of one frame with a training by NumPy."""
    rows = table(html)
    held, (W1, b1, W2, b2) = moment["held"][way], moment["learned"][edges]
    for row, values in zip(rows, [*held.T, Y[:, 0], moment["losses"]], strict=False):
        assert floats(row[1:]) == pytest.approx(list(values), abs=0.00051)
    into = [*zip(W1, b1, strict=True), *zip(W2, b2, strict=True)]
    assert [cell for cell in rows[hidden + 3][1:]][-1] == "bias"
    for row, (weights, bias) in zip(rows[hidden + 4 :], into, strict=True):
        assert floats(row[1:]) == pytest.approx([*weights, bias], abs=0.00051)
        assert row[-1] == shown(bias, 3)

    in_squares, at_edges, biases = (2, 3)[way], (2, 3)[edges], (2, 3)[edges]
    seen = texts(html)
    for value in held.ravel():
        assert shown(value, in_squares) in seen
    for value in (*W1.ravel(), *W2.ravel()):
        assert shown(value, at_edges) in seen
    for value in (*b1, *b2):
        assert f"{('b', '∂C/∂b')[edges]} {shown(value, biases)}" in seen
    for loss in moment["losses"]:
        assert shown(loss, 2) in seen


def shown(value: float, decimals: int) -> str:
    return f"{round(float(value), decimals) + 0.0:.{decimals}f}".replace("-", "−")


def test_every_frame_shows_the_training_as_it_is(player, story):
    assert player.counts == (2, 2, STEPS + 1)
    for step, way, edges in itertools.product(range(STEPS + 1), range(2), range(2)):
        check(player.shown(way, edges, step), story[step], way, edges, HIDDEN)


def test_the_sentence_says_the_loss_its_change_and_the_next_step_of_a_weight(player, story):
    cost = [moment["losses"].mean() for moment in story]
    for step in range(1, STEPS + 1):
        words = sentence(player.shown(0, 0, step))
        assert numbers(words)[:3] == pytest.approx([step, cost[step], cost[step] - cost[step - 1]], rel=6e-3)
        right = ((story[step]["held"][0][:, -1] > 0.5) == (Y[:, 0] > 0.5)).sum()
        assert f"for {right} of 4" in words
        W1, _, W2, _ = story[step]["learned"][1]
        largest = max((*W1.ravel(), *W2.ravel()), key=abs)
        assert numbers(sentence(player.shown(0, 1, step)))[-1] == pytest.approx(-RATE * largest, rel=6e-3)


def test_a_weight_moves_by_what_the_frame_before_announced(player):
    """What the table says of weights and gradients fits together from step to step."""
    for step in range(STEPS):
        old, slope, new = (
            np.array(floats(table(player.shown(*place))[HIDDEN + 4][1:]))
            for place in ((0, 0, step), (0, 1, step), (0, 0, step + 1))
        )
        assert new == pytest.approx(old - RATE * slope, abs=0.0026)


def test_the_loss_curve_grows_by_a_point_each_step_on_axes_that_stay(player):
    ticks = set()
    for step in range(STEPS + 1):
        curve = pictures(player.shown(1, 0, step))[1]
        lines = list(curve.iter("polyline"))
        assert len(lines[0].get("points").split()) == step + 1 if step else lines == []
        ticks.add(tuple(t.text for t in curve.iter("text") if re.fullmatch(r"[\d.]+", t.text or "")))
    assert len(ticks) == 1


def test_the_loss_and_the_learning_rate_are_named_where_they_are_seen(player):
    assert "binary cross-entropy; learning rate 3" in texts(player.shown(0, 0, 0))
    assert "1 where just one of two inputs is 1" in player.children[2].children[0].value


def test_the_prediction_is_right_some_losses_grow_in_the_first_step_although_their_mean_falls(player, story):
    before, after = story[0]["losses"], story[1]["losses"]
    assert after.mean() < before.mean()
    assert (after < before).sum() == 2
    question, reasons = player.children[2].children[0], player.children[2].children[2]
    assert f"from {before.mean():.3f} to {after.mean():.3f}" in question.value
    right = next(reason.value for reason in reasons.children if "bl-right" in reason.value)
    assert "C. " in right
    assert "Here the losses of 2 examples fall" in right
    assert numbers(right)[1:] == pytest.approx(np.column_stack([before, after]).ravel(), abs=0.0051)


def test_what_there_is_to_find_is_there(story):
    losses = np.array([moment["losses"] for moment in story])
    assert (np.diff(losses.mean(axis=1)) < 0).all()
    longer = [int((column[1:] > column[0]).sum()) for column in losses.T]
    assert [steps > 10 for steps in longer] == [False, False, False, True]
    assert (losses[1:11, 3] > losses[0, 3]).all()


def test_it_learns_all_four_in_the_steps_that_are_shown(story):
    assert ((story[-1]["held"][0][:, -1] > 0.5) == (Y[:, 0] > 0.5)).all()
    assert ((story[0]["held"][0][:, -1] > 0.5) == (Y[:, 0] > 0.5)).sum() == 2


@pytest.mark.parametrize("hidden", [1, 2, 4])
def test_a_reader_with_a_kernel_trains_another_network(player, hidden):
    frame, _ = _own().read(["0.5", str(hidden), "7"])
    story = Training(0.5, hidden, 7).story()
    for step, way, edges in ((0, 0, 0), (3, 1, 0), (STEPS, 1, 1)):
        check(frame(way, edges, step).html(), story[step], way, edges, hidden)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (["0", "3", "1"], "learning rate is 0, expected a number from 0.001 to 50"),
        (["1", "5", "1"], "hidden units is 5, expected a whole number from 1 to 4"),
        (["1", "0", "1"], "hidden units is 0"),
        (["1", "2.5", "1"], "hidden units contains '2.5', expected a whole number from 1 to 4"),
        (["1", "2", "-1"], "seed is -1"),
        (["1", "2", "7.0"], "seed contains '7.0', expected a whole number"),
        (["fast", "2", "1"], "'fast', which is not a number"),
    ],
)
def test_what_can_not_be_trained_is_refused(typed, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        _own().read(typed)
