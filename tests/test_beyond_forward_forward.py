"""Promise: a layer's gradient is that of its own loss and of nothing else, and the layers together know the digits."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import Network, accuracy, check_gradient
from backprop_lab.beyond import ForwardForwardNetwork, local_gradient, normalized, problem, train_by_forward_forward

seeds = st.integers(0, 2**32 - 1)


def random_case(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n, n_in, n_out = (int(size) for size in rng.integers(1, 6, size=3))
    W, b, a_in = rng.normal(size=(n_out, n_in)), rng.normal(size=n_out), rng.normal(size=(n, n_in))
    return W, b, a_in, rng.integers(0, 2, size=(n, 1)).astype(float)


def local_loss(W: np.ndarray, b: np.ndarray, a_in: np.ndarray, real: np.ndarray) -> float:
    """Compute the loss from the definition: -log of the probability of the right verdict, example by example."""
    total = 0.0
    for example, is_real in zip(a_in, real.ravel(), strict=True):
        a = np.maximum(W @ example + b, 0)
        logit = (a**2).sum() - len(b)
        total += np.log1p(np.exp(-logit if is_real else logit))
    return total / len(a_in)


# -------------------------------------------------------------------------- the layer


@given(seed=seeds)
def test_the_gradient_of_a_layer_is_that_of_central_differences(seed: int) -> None:
    W, b, a_in, real = random_case(seed)
    gradient = local_gradient(W, b, a_in, real)
    assert gradient.loss == pytest.approx(local_loss(W, b, a_in, real))
    assert check_gradient(lambda W: local_loss(W, b, a_in, real), W, gradient.dW)
    assert check_gradient(lambda b: local_loss(W, b, a_in, real), b, gradient.db)


@given(seed=seeds)
def test_the_gradient_of_a_layer_is_that_of_pytorch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    W, b, a_in, real = random_case(seed)
    W_t, b_t = (torch.tensor(array, requires_grad=True) for array in (W, b))
    goodness = torch.relu(torch.tensor(a_in) @ W_t.T + b_t).square().sum(dim=1, keepdim=True)
    torch.nn.functional.binary_cross_entropy_with_logits(goodness - len(b), torch.tensor(real)).backward()
    gradient = local_gradient(W, b, a_in, real)
    np.testing.assert_allclose(gradient.dW, W_t.grad.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(gradient.db, b_t.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("mistake", ["sign", "factor 2", "mean over the batch", "goodness of the mean"])
def test_a_wrong_gradient_would_be_found(mistake: str) -> None:
    rng = np.random.default_rng(1)
    W, b, a_in, real = rng.normal(size=(4, 3)) / 2, rng.normal(size=4), rng.normal(size=(5, 3)), np.eye(5)[:, :1]
    right = local_gradient(W, b, a_in, real).dW
    wrong = {"sign": -right, "factor 2": right / 2, "mean over the batch": right / 5, "goodness of the mean": right / 4}
    assert check_gradient(lambda W: local_loss(W, b, a_in, real), W, right)
    assert not check_gradient(lambda W: local_loss(W, b, a_in, real), W, wrong[mistake])


def test_a_step_makes_the_real_better_and_the_false_worse() -> None:
    rng = np.random.default_rng(0)
    W, b, a_in = rng.normal(size=(8, 5)) / 2, np.zeros(8), rng.normal(size=(6, 5))
    for real, better in ((1.0, 1), (0.0, -1)):
        gradient = local_gradient(W, b, a_in, np.full((6, 1), real))
        after = local_gradient(W - 0.01 * gradient.dW, b - 0.01 * gradient.db, a_in, np.full((6, 1), real))
        assert better * ((after.a**2).sum() - (gradient.a**2).sum()) > 0


@given(seed=seeds, factor=st.floats(0.1, 100))
def test_what_a_layer_hands_on_says_nothing_of_its_goodness(seed: int, factor: float) -> None:
    a = np.random.default_rng(seed).normal(size=(4, 3)) + 0.1
    np.testing.assert_allclose(normalized(factor * a), normalized(a), rtol=1e-5)
    np.testing.assert_allclose((normalized(a) ** 2).mean(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(normalized(np.zeros((1, 3))), np.zeros((1, 3)))


# ------------------------------------------------------------------------ the network


@pytest.mark.parametrize("hidden", [[9], [9, 8], [9, 8, 7]])
def test_a_label_is_judged_by_the_goodness_of_all_layers_but_the_first(hidden: list[int]) -> None:
    network, x = ForwardForwardNetwork.random(4, hidden, 3, seed=1), np.random.default_rng(0).normal(size=(5, 4))
    predicted = network.predict(x)
    assert predicted.shape == (5, 3)
    for e in range(5):
        for label in range(3):
            a, goodness = np.concatenate([x[e], np.eye(3)[label]]), []
            for W, b in network.layers:
                a = np.maximum(W @ (a / np.sqrt((a**2).mean())) + b, 0)
                goodness.append((a**2).sum())
            expected = sum(goodness[1:]) if len(hidden) > 1 else goodness[0]
            assert predicted[e, label] == pytest.approx(expected, rel=1e-5)


def test_it_learns_the_digits_without_a_backward_pass() -> None:
    p = problem("digits")
    network = ForwardForwardNetwork.random(64, (64, 64), 10, seed=0)
    untrained = accuracy(network.predict(p.x_test), p.y_test)
    run = train_by_forward_forward(network, p.x, p.y, epochs=15, seed=0)
    assert untrained < 0.3
    assert accuracy(network.predict(p.x_test), p.y_test) > 0.85  # a tenth by chance
    assert run.loss[-1] < 1 < 2 * np.log(2) < run.loss[0]  # nats, of two layers that can't tell
    assert (run.forward, run.backward) == (2 * 15 * 1437, 0)
    assert len(run.loss) == 16


def test_with_labels_that_say_nothing_it_learns_nothing() -> None:
    p = problem("digits")
    shuffled = np.random.default_rng(0).permutation(p.y)
    network = ForwardForwardNetwork.random(64, (64, 64), 10, seed=0)
    train_by_forward_forward(network, p.x, shuffled, epochs=5, seed=0)
    assert accuracy(network.predict(p.x_test), p.y_test) < 0.3


def test_each_layer_learns_from_its_own_loss_whatever_lies_above() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 4)), np.eye(3)[rng.integers(0, 3, size=8)]
    deep = ForwardForwardNetwork.random(4, [6, 5], 3, seed=1)
    shallow = ForwardForwardNetwork(tuple((W.copy(), b.copy()) for W, b in deep.layers[:1]), 3)
    for network in (deep, shallow):
        train_by_forward_forward(network, x, y, epochs=3, batch_size=None, seed=2)
    np.testing.assert_array_equal(deep.layers[0][0], shallow.layers[0][0])


def test_a_seed_tells_the_whole_story_and_the_data_stay_as_they_are() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 4)), np.eye(3)[rng.integers(0, 3, size=8)]
    x.flags.writeable = y.flags.writeable = False
    first, second, third = (
        train_by_forward_forward(ForwardForwardNetwork.random(4, [6], 3, seed=1), x, y, epochs=3, seed=seed)
        for seed in (4, 4, 5)
    )
    assert first == second != third


# --------------------------------------------------------------------------- the door

X, Y = np.ones((2, 4)), np.eye(3)[:2]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"x": X[:, :3]}, ValueError, "x has shape (2, 3), expected (N, 4)"),
        ({"x": X[:1]}, ValueError, "x has 1 examples but y has 2"),
        ({"x": X.astype(int)}, TypeError, "x has dtype int64, expected floating point"),
        ({"y": Y / 2}, ValueError, "row 0 of y is [0.5, 0.0, 0.0], expected a single 1 among zeros"),
        ({"y": np.ones((2, 3))}, ValueError, "row 0 of y is [1.0, 1.0, 1.0], expected a single 1 among zeros"),
        ({"epochs": 0}, ValueError, "epochs is 0, expected a whole number"),
        ({"learning_rate": 0.0}, ValueError, "learning_rate is 0.0, expected a positive number"),
        ({"batch_size": -1}, ValueError, "batch_size is -1, expected a whole number"),
        ({"learning_rate": 1e200}, FloatingPointError, "the loss is not finite in epoch"),
    ],
)
def test_a_bad_option_is_refused(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    network = ForwardForwardNetwork.random(4, [3, 3], 3)
    with pytest.raises(error, match=re.escape(message)):
        train_by_forward_forward(network, **{"x": X, "y": Y, "epochs": 5} | changes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, [3], 3), "n_in is 0, expected a whole number, at least 1"),
        ((4, [], 3), "hidden is empty: expected the width of at least one layer"),
        ((4, [3, 0], 3), "a width in hidden is 0, expected a whole number"),
        ((4, [3], 1), "classes is 1, expected a whole number, at least 2"),
    ],
)
def test_a_network_that_can_not_be_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        ForwardForwardNetwork.random(*arguments)


def test_arrays_that_do_not_fit_a_layer_are_refused() -> None:
    W, b, a_in, real = np.ones((2, 3)), np.ones(2), np.ones((4, 3)), np.ones((4, 1))
    for wrong, message in (
        ((W, b[:1], a_in, real), "b has shape (1,), expected (2,)"),
        ((W, b, a_in[:, :2], real), "a_in has shape (4, 2), expected (4, 3)"),
        ((W, b, a_in, real.ravel()), "real has shape (4,), expected (4, 1)"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            local_gradient(*wrong)


def test_rows_are_normalized_without_a_square_that_overflows() -> None:
    np.testing.assert_allclose(normalized(np.array([[1e200, -1e200], [0.0, 0.0]])), [[1, -1], [0, 0]], rtol=1e-14)
    a = np.random.default_rng(0).normal(size=(4, 3))
    np.testing.assert_array_equal(normalized(a), a / (np.sqrt((a * a).mean(axis=1, keepdims=True)) + 1e-8))
    assert normalized(a.astype(np.float32)).dtype == np.float32
    with pytest.raises(ValueError, match=re.escape("a has shape (3,), expected (N, n)")):
        normalized(np.ones(3))


def test_what_is_no_such_network_and_labels_that_do_not_fit_are_refused() -> None:
    network, y = ForwardForwardNetwork.random(3, (4, 4), 2), np.eye(2)
    for wrong in (None, Network([3, 2]), ForwardForwardNetwork):
        with pytest.raises(TypeError, match=r"network is .*, expected a ForwardForwardNetwork"):
            train_by_forward_forward(wrong, np.ones((2, 3)), y, epochs=1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="x has 5 examples but y has 2"):
        network.goodness(np.ones((5, 3)), y)
    with pytest.raises(ValueError, match="layers is empty: expected at least one pair"):
        ForwardForwardNetwork((), 2)
    for hidden in (4, None, "44"):
        with pytest.raises(TypeError, match=f"hidden is {hidden!r}, expected a list of widths"):
            ForwardForwardNetwork.random(3, hidden, 2)  # type: ignore[arg-type]


def test_a_step_beyond_all_numbers_is_not_taken() -> None:
    network = ForwardForwardNetwork.random(3, (4,), 2)
    network.layers[0][0][...] *= 1e3  # very active, also for false examples, and so very wrong
    before = [array.copy() for array in network.layers[0]]
    x = np.random.default_rng(0).normal(size=(6, 3))
    with pytest.raises(FloatingPointError, match="the update is not finite in epoch 1: try a smaller learning rate"):
        train_by_forward_forward(network, x, np.eye(2)[[0, 1] * 3], epochs=1, learning_rate=1.7e308)
    for array, kept in zip(network.layers[0], before, strict=True):
        np.testing.assert_array_equal(array, kept)
