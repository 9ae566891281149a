"""Promise: penalties fit their gradients and leave biases alone; early stopping goes back to the best epoch."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import History, Network, check_gradient, train, xor
from backprop_lab.layers import Activate, BatchNorm, Conv2D, Dense, Flatten, Residual, Sequential
from backprop_lab.optimizers import Adam, AdamW, GradientDescent, Momentum
from backprop_lab.regularization import (
    L1,
    L2,
    EarlyStopping,
    add_noise,
    is_weight,
    parts,
    penalty_and_gradient,
    random_shift,
    shift,
)

seeds = st.integers(0, 2**32 - 1)
strengths = st.floats(0, 10)


def drawn(seed: int) -> Network:
    """Draw a network of random shape, with biases."""
    rng = np.random.default_rng(seed)
    network = Network([int(n) for n in rng.integers(1, 6, size=rng.integers(2, 5))], hidden="tanh", seed=rng)
    network.parameters += rng.normal(size=network.parameters.shape)
    return network


def convolutional() -> Sequential:
    rng = np.random.default_rng(0)
    branch = [Dense(18, 18, seed=rng), BatchNorm(18), Activate("relu")]
    return Sequential([Conv2D(1, 2, 2, seed=rng), Flatten(), Residual(branch), Dense(18, 3, seed=rng)])


# ------------------------------------------------------------------------------ penalties


@given(seed=seeds, strength=strengths)
def test_a_penalty_is_the_sum_over_the_weights_of_the_layers(seed: int, strength: float) -> None:
    network = drawn(seed)
    where = is_weight(network)
    for penalty, of_one in ((L1(strength), np.abs), (L2(strength), lambda W: W**2 / 2)):
        cost, gradient = penalty_and_gradient(penalty, network.parameters, where)
        assert cost == pytest.approx(strength * sum(of_one(layer.W).sum() for layer in network.layers), rel=1e-12)
        assert gradient.shape == network.parameters.shape
        for layer, found in zip(network.layers, network.with_parameters(gradient).layers, strict=True):
            np.testing.assert_array_equal(found.W, strength * (np.sign(layer.W) if of_one is np.abs else layer.W))
            np.testing.assert_array_equal(found.b, 0)


@pytest.mark.parametrize("penalties", [L1(0.3), L2(0.7), [L1(0.2), L2(0.5)]])
@given(seed=seeds)
def test_its_gradient_is_that_of_central_differences(penalties: Any, seed: int) -> None:
    network = drawn(seed)
    where, theta = is_weight(network), network.parameters
    _, gradient = penalty_and_gradient(penalties, theta, where)
    assert check_gradient(lambda theta: penalty_and_gradient(penalties, theta, where)[0], theta, gradient)
    for wrong in (2 * gradient, -gradient, gradient + (1 - where) * 0.1):
        assert not check_gradient(lambda theta: penalty_and_gradient(penalties, theta, where)[0], theta, wrong)


@given(seed=seeds, strength=strengths)
def test_autograd_agrees(seed: int, strength: float, witness: SimpleNamespace) -> None:
    anp = pytest.importorskip("autograd.numpy")
    W = np.random.default_rng(seed).normal(size=(3, 5))
    for penalty, cost in (
        (L1(strength), lambda W: strength * anp.sum(anp.abs(W))),
        (L2(strength), lambda W: strength / 2 * anp.sum(W**2)),
    ):
        assert penalty(W) == pytest.approx(cost(W), rel=1e-12)
        np.testing.assert_allclose(penalty.gradient(W), witness.grad(cost)(W), rtol=1e-12, atol=1e-15)


def test_at_zero_the_l1_penalty_pulls_nowhere() -> None:
    np.testing.assert_array_equal(L1(0.5).gradient(np.array([-2.0, 0.0, 3.0])), [-0.5, 0, 0.5])


@pytest.mark.parametrize("penalty", [L1(0.1), L2(0.1)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_it_keeps_the_type_and_the_parameters(penalty: Any, dtype: Any) -> None:
    theta = np.linspace(-1, 1, 5, dtype=dtype)
    theta.flags.writeable = False
    cost, gradient = penalty_and_gradient(penalty, theta, np.array([True, False] * 2 + [True]))
    assert isinstance(cost, float)
    assert gradient.dtype == dtype
    assert penalty_and_gradient(penalty, theta)[1].all() == (theta != 0).all()


def test_l2_in_the_loss_is_the_weight_decay_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    theta, gradient = np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.1, -0.2])
    parameters = torch.tensor(theta.copy(), requires_grad=True)
    optimizer = torch.optim.SGD([parameters], lr=0.1, momentum=0.9, weight_decay=0.2)
    ours = Momentum(0.1, 0.9)
    for _ in range(5):
        parameters.grad = torch.tensor(gradient)
        optimizer.step()
        ours.step(theta, gradient + penalty_and_gradient(L2(0.2), theta)[1])
        np.testing.assert_allclose(theta, parameters.detach().numpy(), rtol=1e-13)


# ------------------------------------------------- weight decay, and where it is not the L2 penalty


@given(seed=seeds, rate=st.floats(1e-3, 0.5), strength=st.floats(0, 1))
def test_under_gradient_descent_weight_decay_is_the_l2_penalty(seed: int, rate: float, strength: float) -> None:
    rng = np.random.default_rng(seed)
    start, gradient = rng.normal(size=(2, 7))
    penalized, decayed = start.copy(), start * (1 - rate * strength)
    GradientDescent(rate).step(penalized, gradient + L2(strength).gradient(start))
    GradientDescent(rate).step(decayed, gradient)
    np.testing.assert_allclose(penalized, decayed, rtol=1e-12, atol=1e-14)


def test_under_adam_a_large_gradient_hides_the_l2_penalty_but_not_weight_decay() -> None:
    """Two weights, the gradient of one a thousand times larger, of changing signs (Loshchilov and Hutter 2019)."""
    penalized, decayed = np.ones(2), np.ones(2)
    with_penalty, with_decay, rng = Adam(0.001), AdamW(0.001, weight_decay=0.1), np.random.default_rng(0)
    for _ in range(2000):
        gradient = np.array([1.0, 1000.0]) * rng.choice([-1.0, 1.0])
        with_penalty.step(penalized, gradient + L2(0.1).gradient(penalized))
        with_decay.step(decayed, gradient)
    assert decayed[0] == pytest.approx(decayed[1], abs=1e-9)  # both shrink alike
    assert penalized[0] < penalized[1] - 0.1  # the penalty reaches the one with the small gradient alone


# ------------------------------------------------------------------- which are the weights


@given(seed=seeds)
def test_weights_are_told_from_biases(seed: int) -> None:
    network = drawn(seed)
    marked = network.with_parameters(is_weight(network).astype(float))
    for layer in marked.layers:
        assert (layer.W == 1).all()
        assert (layer.b == 0).all()


def test_in_a_sequential_weights_are_what_has_two_axes_or_more() -> None:
    model = convolutional()
    marked = model.with_parameters(is_weight(model).astype(float))
    for layer in marked.layers:
        for array in layer.parameters.values():
            np.testing.assert_array_equal(array, float(array.ndim > 1))
    assert is_weight(model).sum() == 2 * 4 + 18 * 18 + 18 * 3


@pytest.mark.parametrize("make", [lambda: drawn(3), convolutional])
def test_parts_are_views_at_the_places_of_the_arrays(make: Callable[[], Any]) -> None:
    model = make()
    vector = np.arange(model.parameters.size, dtype=float)
    found = parts(model, vector)
    own = parts(model.with_parameters(vector))
    assert [(p.layer, p.name) for p in found] == [(p.layer, p.name) for p in own]
    assert sum(part.array.size for part in found) == vector.size
    for part, other in zip(found, own, strict=True):
        np.testing.assert_array_equal(part.array, other.array)
        assert np.shares_memory(part.array, vector)


def test_what_can_not_be_told_apart_is_refused() -> None:
    bare = SimpleNamespace(parameters=np.zeros(3))
    with pytest.raises(ValueError, match="SimpleNamespace has no layers that tell which of its parameters are weights"):
        is_weight(bare)
    elsewhere = SimpleNamespace(parameters=np.zeros(3), layers=[SimpleNamespace(parameters={"W": np.zeros((1, 3))})])
    with pytest.raises(ValueError, match=re.escape("an array of shape (1, 3) does not lie in the model's parameters")):
        is_weight(elsewhere)
    with pytest.raises(ValueError, match=re.escape("vector has shape (2,), expected (3,), in one piece")):
        parts(bare, np.zeros(2))


# --------------------------------------------------------------------------- early stopping


def told(stopping: EarlyStopping, values: list[float], watch: str = "validation_loss") -> list[bool]:
    """Return what early stopping says after each epoch; the parameters are the number of the epoch."""
    model, history, said = SimpleNamespace(parameters=np.zeros(1)), History(), []
    for epoch, value in enumerate(values, start=1):
        model.parameters[:] = epoch
        getattr(history, watch).append(value)
        said.append(stopping(model, history))
        if said[-1]:
            break
    stopping.finish(model, history)
    assert model.parameters == [stopping.best_epoch]
    return said


@pytest.mark.parametrize(
    ("options", "values", "stops", "best"),
    [
        ({"patience": 1}, [3, 2, 2.5, 1], 3, 2),
        ({"patience": 2}, [3, 2, 2.5, 2.5, 1], 4, 2),
        ({"patience": 2}, [3, 2, 2.5, 1, 2, 3], 6, 4),
        ({"patience": 2}, [3, 2, 1], None, 3),
        ({"patience": 1}, [3, 3], 2, 1),  # as good is not better
        ({"patience": 2, "least_change": 0.5}, [3, 2.9, 2.8], 3, 1),
        ({"patience": 9}, [3, 1, 2], None, 2),  # back to the best, though patience had not run out
    ],
)
def test_it_waits_for_a_new_best_and_goes_back_to_the_best(
    options: dict[str, Any], values: list[float], stops: int | None, best: int
) -> None:
    stopping = EarlyStopping(**options)
    said = told(stopping, values)
    assert said == [epoch == stops for epoch in range(1, (stops or len(values)) + 1)]
    assert (stopping.best_epoch, stopping.best) == (best, values[best - 1])


def test_an_accuracy_should_rise() -> None:
    stopping = EarlyStopping(2, "validation_accuracy")
    assert told(stopping, [0.5, 0.7, 0.6, 0.65], "validation_accuracy") == [False, False, False, True]
    assert stopping.best == 0.7


def test_it_can_be_used_for_another_training() -> None:
    stopping = EarlyStopping(1)
    assert told(stopping, [0.1, 0.2]) == [False, True]
    assert told(stopping, [3, 2, 2.5]) == [False, False, True]
    assert stopping.best == 2


def noisy(seed: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, 4))
    y = (x[:, :1] + rng.normal(size=(60, 1)) > 0).astype(float)
    return x[:20], y[:20], (x[20:], y[20:])


@pytest.mark.parametrize("seed", range(3))
def test_in_training_the_best_network_is_left(seed: int) -> None:
    x, y, held_out = noisy(seed)
    network, stopping = Network([4, 30, 1], hidden="tanh", loss="binary_cross_entropy", seed=seed), EarlyStopping(5)
    history = train(network, x, y, epochs=500, learning_rate=1.0, validation=held_out, callbacks=[stopping])
    assert len(history.loss) == stopping.best_epoch + 5 < 500
    assert network.loss(*held_out) == stopping.best == min(history.validation_loss)
    again = Network([4, 30, 1], hidden="tanh", loss="binary_cross_entropy", seed=seed)
    train(again, x, y, epochs=stopping.best_epoch, learning_rate=1.0)
    np.testing.assert_array_equal(network.parameters, again.parameters)


def test_the_running_statistics_of_batch_normalization_go_back_too() -> None:
    x, y, held_out = noisy(0)
    rng = np.random.default_rng(0)
    inner = Residual([Dense(30, 30, seed=rng), BatchNorm(30), Activate("tanh")])
    layers = [Dense(4, 30, seed=rng), BatchNorm(30), Activate("tanh"), inner, Dense(30, 1, seed=rng)]
    model, stopping = Sequential([*layers, Activate("sigmoid")], "binary_cross_entropy"), EarlyStopping(4)
    history = train(model, x, y, epochs=200, learning_rate=0.5, validation=held_out, callbacks=[stopping])
    assert len(history.loss) == stopping.best_epoch + 4
    assert model.loss(*held_out) == stopping.best


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"patience": 0}, ValueError, "patience is 0, expected a whole number, at least 1"),
        ({"patience": 2.5}, ValueError, "patience is 2.5, expected a whole number"),
        (
            {"patience": 1, "watch": "penalty"},
            ValueError,
            "watch is 'penalty': choose one of validation_loss, validation_acc",
        ),
        ({"patience": 1, "least_change": -1}, ValueError, "least_change is -1, expected a number from 0 up"),
    ],
)
def test_a_bad_option_is_refused(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        EarlyStopping(**options)


def test_there_must_be_something_to_watch() -> None:
    message = "early stopping watches validation_loss, which needs held-out examples: pass validation"
    with pytest.raises(ValueError, match=message):
        train(Network([2, 1]), *xor(), epochs=3, learning_rate=0.1, callbacks=[EarlyStopping(1)])


# ---------------------------------------------------------------------------- augmentation


def shifted_by_loops(picture: np.ndarray, down: int, right: int) -> np.ndarray:
    result = np.zeros_like(picture)
    for i, j in np.ndindex(picture.shape):
        if 0 <= i + down < picture.shape[0] and 0 <= j + right < picture.shape[1]:
            result[i + down, j + right] = picture[i, j]
    return result


@given(seed=seeds, height=st.integers(1, 6), width=st.integers(1, 6))
def test_each_picture_moves_by_its_own_distance_and_zeros_come_in(seed: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(4, height, width))
    down, right = rng.integers(-7, 8, size=(2, 4))
    expected = np.stack([shifted_by_loops(*each) for each in zip(x, down, right, strict=True)])
    np.testing.assert_array_equal(shift(x, down, right, (height, width)), expected)
    rows, flat = x.reshape(4, -1), expected.reshape(4, -1)
    np.testing.assert_array_equal(shift(rows, down, right, (height, width)), flat)
    channels = np.stack([x, 2 * x], axis=1)
    np.testing.assert_array_equal(
        shift(channels, down, right, (height, width)), np.stack([expected, 2 * expected], axis=1)
    )


def test_a_digit_moves_in_each_direction() -> None:
    x = np.zeros((1, 64))
    x[0, 8 * 3 + 4] = 1.0  # row 3, column 4
    for down, right in ((1, 0), (-1, 0), (0, 1), (0, -1), (2, -3)):
        assert shift(x, down, right)[0, 8 * (3 + down) + 4 + right] == 1
        assert shift(x, down, right).sum() == 1
    assert shift(x, 0, 4).sum() == 0  # out of the picture, and not in again at the other side
    assert shift(x, 8, 0).sum() == 0


def test_a_random_shift_goes_everywhere_up_to_the_largest() -> None:
    x, rng = np.zeros((3000, 64)), np.random.default_rng(0)
    x[:, 8 * 3 + 4] = 1.0
    moved = random_shift(x, rng, largest=2)
    rows, columns = np.divmod(moved.argmax(axis=1), 8)
    counts = np.zeros((5, 5))
    np.add.at(counts, (rows - 1, columns - 2), 1)
    np.testing.assert_allclose(counts, 3000 / 25, atol=5 * np.sqrt(3000 / 25))


@pytest.mark.parametrize("scale", [0.0, 0.5])
def test_noise_has_the_scale_that_was_asked_for(scale: float) -> None:
    x = np.random.default_rng(0).normal(size=(100, 200))
    noise = add_noise(x, np.random.default_rng(1), scale) - x
    assert noise.std() == pytest.approx(scale, rel=0.03)
    assert abs(noise.mean()) <= 5 * scale / np.sqrt(noise.size)


@pytest.mark.parametrize("augment", [lambda x, rng: add_noise(x, rng, 0.1), random_shift])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_augmentation_is_new_repeatable_and_of_the_same_type(augment: Any, dtype: Any) -> None:
    x = np.random.default_rng(0).random((5, 64)).astype(dtype)
    x.flags.writeable = False
    first, second = (augment(x, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first.dtype == dtype
    assert first.shape == x.shape
    assert not np.shares_memory(first, x)
    assert not np.array_equal(first, augment(x, np.random.default_rng(4)))


RNG = np.random.default_rng(0)
PICTURES = np.zeros((2, 64))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: shift(np.zeros((2, 60)), 1, 0), ValueError, "x has shape (2, 60), expected (N, 64) or (N, ..., 8, 8)"),
        (lambda: shift(np.zeros(64), 1, 0), ValueError, "x has shape (64,), expected (N, 64) or (N, ..., 8, 8)"),
        (lambda: shift(PICTURES.astype(int), 1, 0), TypeError, "x has dtype int64, expected floating point"),
        (lambda: shift(PICTURES, 0.5, 0), TypeError, "down has dtype float64, expected whole numbers of pixels"),
        (lambda: shift(PICTURES, 0, np.zeros(3, int)), ValueError, "right has shape (3,), expected one number or (2,)"),
        (lambda: shift(PICTURES, 0, 0, 8), ValueError, "shape is 8, expected a pair (height, width)"),
        (lambda: shift(PICTURES, 0, 0, (0, 8)), ValueError, "height is 0, expected a whole number, at least 1"),
        (
            lambda: random_shift(PICTURES, 0),
            TypeError,
            "rng is 0, expected a Generator such as np.random.default_rng(0)",
        ),
        (lambda: random_shift(PICTURES, RNG, 0), ValueError, "largest is 0, expected a whole number, at least 1"),
        (lambda: add_noise(PICTURES, None, 0.1), TypeError, "rng is None, expected a Generator"),
        (lambda: add_noise(PICTURES, RNG, -0.1), ValueError, "scale is -0.1, expected a number from 0 up"),
        (lambda: add_noise(PICTURES * np.nan, RNG, 0.1), ValueError, "x[0, 0] is nan, expected finite numbers"),
        (lambda: L1(-1), ValueError, "strength is -1, expected a number from 0 up"),
        (lambda: L2("0.1"), TypeError, "strength is '0.1', expected a number from 0 up"),
        (lambda: L2(np.nan), ValueError, "strength is nan, expected a number from 0 up"),
        (
            lambda: penalty_and_gradient(L2(1), np.ones(3), np.ones(2, bool)),
            ValueError,
            "where has shape (2,) but parameters has (3,)",
        ),
    ],
)
def test_a_bad_argument_is_refused(call: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        call()
