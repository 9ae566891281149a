"""Promise: training lowers the loss, a seed tells its whole story, and it stops with a reason when numbers run away."""

from __future__ import annotations

import re
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backprop_lab import Activation, GradientDescent, History, Loss, Network, accuracy, digits, one_hot, train, xor
from backprop_lab.clipping import Clipping, clip_by_global_norm, clip_by_norm, clip_by_value
from backprop_lab.layers import Activate, Conv2D, Dense, Dropout, Embedding, Flatten, Sequential
from backprop_lab.optimizers import OPTIMIZERS, Adam, AdamW, Momentum
from backprop_lab.regularization import L1, L2, EarlyStopping, is_weight, penalty_and_gradient, random_shift
from backprop_lab.schedules import ExponentialDecay, WarmUp


class Onlooker:
    """An optimizer that moves nothing and remembers the gradients that it was handed."""

    def __init__(self) -> None:
        self.gradients: list[np.ndarray] = []

    def step(self, parameters: np.ndarray, gradient: np.ndarray) -> None:
        """Remember."""
        self.gradients.append(gradient.copy())


# ---------------------------------------------------------------------- it learns


@pytest.mark.parametrize("seed", range(3))
def test_the_loss_falls_on_xor_until_all_four_are_right(seed: int) -> None:
    network, (x, y) = Network([2, 4, 1], hidden="tanh", loss="binary_cross_entropy", seed=seed), xor()
    history = train(network, x, y, epochs=1000, learning_rate=1.0)
    assert history.loss[-1] < 0.05 * history.loss[0]
    assert accuracy(network.predict(x), y) == 1
    assert len(history.loss) == 1000


def test_the_loss_falls_on_digits_and_the_held_out_ones_are_read() -> None:
    data = digits()
    network = Network(
        [64, 16, 10], hidden="relu", output="softmax", loss="categorical_cross_entropy", initialization="he", seed=0
    )
    held_out = (data.x_test, data.y_test)
    history = train(
        network,
        data.x_train[:600],
        data.y_train[:600],
        epochs=12,
        learning_rate=0.3,
        batch_size=32,
        validation=held_out,
    )
    assert history.loss[-1] < 0.1 * history.loss[0]
    assert history.validation_accuracy[-1] > 0.85
    assert history.validation_loss[-1] == network.loss(*held_out)
    assert history.validation_accuracy[-1] == accuracy(network.predict(data.x_test), data.y_test)
    assert len(history.validation_loss) == len(history.validation_accuracy) == 12


def test_a_step_is_the_learning_rate_against_the_gradient() -> None:
    network, (x, y) = Network([2, 3, 1], seed=1), xor()
    expected = network.parameters - 0.25 * network.gradients(x, y).vector
    train(network, x, y, epochs=1, learning_rate=0.25)
    np.testing.assert_allclose(network.parameters, expected, rtol=1e-14)


@pytest.mark.parametrize("batch_size", [None, 3])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_training_takes_the_steps_that_are_written_out_here(batch_size: int | None, dtype: Any) -> None:
    """One permutation an epoch, the mean weighted by the batch, and the plain step: the same up to rounding."""
    rng, options = np.random.default_rng(3), {"hidden": "tanh", "seed": 5, "dtype": dtype}
    x, y = rng.normal(size=(10, 4)).astype(dtype), rng.random((10, 2)).astype(dtype)
    network, by_hand = Network([4, 5, 2], **options), Network([4, 5, 2], **options)
    history = train(network, x, y, epochs=6, learning_rate=0.3, batch_size=batch_size, seed=8, validation=(x, y))
    shuffle, losses, validation_losses = np.random.default_rng(8), [], []
    for _ in range(6):
        order, total = np.arange(10) if batch_size is None else shuffle.permutation(10), 0.0
        for start in range(0, 10, batch_size or 10):
            rows = order[start : start + (batch_size or 10)]
            loss, gradients = by_hand.loss_and_gradients(x[rows], y[rows])
            parameters = by_hand.parameters
            parameters -= 0.3 * gradients.vector
            total += loss * len(rows)
        losses.append(total / 10)
        validation_losses.append(by_hand.loss(x, y))
    tolerance = 1e-13 if dtype is np.float64 else 1e-5
    np.testing.assert_allclose(network.parameters, by_hand.parameters, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(history.loss, losses, rtol=tolerance)
    np.testing.assert_allclose(history.validation_loss, validation_losses, rtol=tolerance)
    assert history.penalty == history.gradient_norm == []


# ---------------------------------------------------------------- it is repeatable


def trained(network_seed: int, shuffle_seed: Any) -> tuple[Network, History]:
    network, (x, y) = Network([2, 3, 1], seed=network_seed), xor()
    return network, train(network, x, y, epochs=7, learning_rate=0.5, batch_size=2, seed=shuffle_seed)


def test_a_seed_tells_the_whole_story() -> None:
    first, first_history = trained(4, 9)
    np.random.seed(0)  # noqa: NPY002  the global generator has no say
    second, second_history = trained(4, np.random.default_rng(9))
    np.testing.assert_array_equal(first.parameters, second.parameters)
    assert first_history == second_history


def test_another_seed_shuffles_in_another_order() -> None:
    assert trained(4, 9)[1] != trained(4, 10)[1]
    assert trained(4, 9)[1] != trained(5, 9)[1]


def test_each_epoch_shuffles_anew() -> None:
    network, onlooker, (x, y) = Network([2, 3, 1]), Onlooker(), xor()
    train(network, x, y, epochs=20, optimizer=onlooker, batch_size=1)
    orders = {tuple(float(g[0]) for g in onlooker.gradients[start : start + 4]) for start in range(0, 80, 4)}
    assert len(orders) > 5
    assert len({tuple(sorted(order)) for order in orders}) == 1  # each example once in every epoch


def test_the_data_stay_as_they_are() -> None:
    (x, y), network = xor(), Network([2, 3, 1])
    x.flags.writeable = y.flags.writeable = False
    train(network, x, y, epochs=3, learning_rate=0.5, batch_size=3)
    np.testing.assert_array_equal(x, xor()[0])


# --------------------------------------------------------------------- the batches


def test_a_short_last_batch_has_a_mean_of_its_own_and_its_share_in_the_epoch() -> None:
    rng = np.random.default_rng(0)
    network, onlooker = Network([2, 3, 1], seed=2), Onlooker()
    x, y = rng.normal(size=(10, 2)), rng.random((10, 1))
    history = train(network, x, y, epochs=1, optimizer=onlooker, batch_size=4)
    first, second, last = onlooker.gradients  # of 4, 4 and 2 examples
    np.testing.assert_allclose((4 * first + 4 * second + 2 * last) / 10, network.gradients(x, y).vector, rtol=1e-10)
    assert history.loss == [pytest.approx(network.loss(x, y), rel=1e-12)]


@pytest.mark.parametrize(("batch_size", "steps"), [(None, 1), (1, 4), (2, 2), (3, 2), (4, 1), (100, 1)])
def test_an_epoch_takes_as_many_steps_as_there_are_batches(batch_size: int | None, steps: int) -> None:
    onlooker = Onlooker()
    train(Network([2, 1]), *xor(), epochs=3, optimizer=onlooker, batch_size=batch_size)
    assert len(onlooker.gradients) == 3 * steps


# --------------------------------------------------------------------- the history


def test_the_loss_of_an_epoch_is_measured_before_its_steps() -> None:
    network, (x, y) = Network([2, 3, 1], seed=1), xor()
    at_start = network.loss(x, y)
    history = train(network, x, y, epochs=2, learning_rate=0.5)
    assert history.loss[0] == at_start
    assert history.loss[1] < at_start
    assert history.validation_loss == history.validation_accuracy == []
    assert repr(history) == f"History(2 epochs, loss {history.loss[0]:.4f} to {history.loss[1]:.4f})"
    assert repr(History()) == "History(0 epochs)"


def test_nothing_is_printed_unless_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    train(Network([2, 1]), *xor(), epochs=3, learning_rate=0.1)
    assert capfd.readouterr() == ("", "")
    train(Network([2, 1]), *xor(), epochs=3, learning_rate=0.1, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "training" in err
    assert "3/3" in err
    assert "loss=" in err


# --------------------------------------------------------------- when it runs away


def running_away(**options: Any) -> tuple[Network, np.ndarray, np.ndarray]:
    network = Network([2, 3, 3, 1], hidden="identity", output="identity", seed=1, **options)
    return network, *xor()


@pytest.mark.parametrize("options", [{}, {"loss": "mean_squared_error"}, {"dtype": np.float32}])
def test_it_stops_when_the_gradient_is_no_number_and_names_the_layer(options: dict[str, Any]) -> None:
    network, x, y = running_away(**options)
    message = r"the gradient of layer \d is not finite at epoch \d+, step 1: try a smaller learning rate"
    with pytest.raises(FloatingPointError, match=message):
        train(network, x, y, epochs=2000, learning_rate=30.0)
    assert np.isfinite(network.parameters).all()


def test_the_network_keeps_the_parameters_that_it_had_before_that_step() -> None:
    network, x, y = running_away()
    network.parameters[:] = 1e150
    before = network.parameters.copy()
    with pytest.raises(FloatingPointError, match="the gradient of layer 3 is not finite at epoch 1, step 1"):
        train(network, x, y, epochs=5, learning_rate=0.1)
    np.testing.assert_array_equal(network.parameters, before)


def test_an_overflow_on_the_validation_set_stops_it_too() -> None:
    network, x, y = running_away()
    validation = (np.full((1, 2), 1e300), np.zeros((1, 1)))
    network.parameters *= 1e5
    message = "the predictions on the validation set are not finite after epoch 1: try a smaller learning rate"
    with pytest.raises(FloatingPointError, match=message):
        train(network, x, y, epochs=5, learning_rate=1e-30, validation=validation)


def test_a_saturated_matched_pair_keeps_learning() -> None:
    """Its loss and gradient come from z, so that a wrong prediction of exactly 1 is no reason to stop."""
    network = Network.from_weights([([[1000.0]], [0.0])], loss="binary_cross_entropy")
    history = train(network, np.array([[1.0]]), np.array([[0.0]]), epochs=3, learning_rate=600.0)
    assert history.loss[:2] == [1000.0, pytest.approx(0, abs=1e-12)]


class Runaway:
    """An optimizer of one's own that divides by zero at its third step."""

    def __init__(self, layer: int) -> None:
        self.layer, self.steps, self.before = layer, 0, np.empty(0)

    def step(self, parameters: np.ndarray, gradient: np.ndarray) -> None:
        """Move, or not."""
        self.steps += 1
        self.before = parameters.copy()
        parameters -= 0.1 * gradient
        if self.steps == 3:
            parameters[0 if self.layer == 1 else -1] = np.nan


@pytest.mark.parametrize("layer", [1, 2])
def test_a_step_to_parameters_that_are_no_numbers_is_taken_back(layer: int) -> None:
    network, optimizer = Network([2, 3, 1]), Runaway(layer)
    message = f"the parameters of layer {layer} are not finite after epoch 2, step 1, though the gradient was"
    with pytest.raises(FloatingPointError, match=message):
        train(network, *xor(), epochs=5, optimizer=optimizer, batch_size=2)
    np.testing.assert_array_equal(network.parameters, optimizer.before)


def test_a_gradient_whose_square_overflows_is_large_and_not_infinite() -> None:
    network = Network.from_weights([([[1.0]], [0.0])], output="identity")
    network.parameters[:] = 1e160, 0.0
    x, y = np.array([[1e-155]]), np.array([[1e160]])  # the loss overflows before the gradient does ...
    with pytest.raises(
        FloatingPointError, match="the loss is inf, though the gradient of every layer is finite, at ep"
    ):
        train(network, x, y, epochs=1, learning_rate=1e-10)
    np.testing.assert_array_equal(network.parameters, [1e160, 0.0])
    onlooker = Onlooker()  # ... unless there is a huge input
    network.parameters[:] = 0.0
    train(network, np.array([[1e160]]), np.array([[1.0]]), epochs=1, optimizer=onlooker)
    np.testing.assert_allclose(onlooker.gradients, [[-1e160, -1.0]])


class Duck:
    """A model that is neither of the two, with nothing but what training asks for."""

    def __init__(self, loss: float = 1.0, slope: float = 1.0) -> None:
        self.parameters, self.value, self.slope = np.ones(3), loss, slope

    def loss_and_gradients(self, x: Any, y: Any) -> tuple[float, Any]:
        """Return what it was told to."""
        return self.value, SimpleNamespace(vector=np.full(3, self.slope))

    def loss(self, x: Any, y: Any) -> float:
        """Return it too."""
        return self.value

    def predict(self, x: Any) -> np.ndarray:
        """Return nothing much."""
        return np.zeros((len(x), 1))


@pytest.mark.parametrize(
    "optimizer",
    [
        GradientDescent(1e308),
        Momentum(1e308),
        GradientDescent(lambda step: 1e308),
        AdamW(1.0, weight_decay=1e250),
    ],
)
def test_a_step_of_a_rule_of_the_library_that_overflows_is_taken_back_too(optimizer: Any) -> None:
    duck = Duck(slope=100.0)
    duck.parameters[:] = 1e100
    with pytest.raises(FloatingPointError, match=r"the parameters are not finite after epoch 1, step 1, .* taken back"):
        train(duck, *xor(), epochs=5, optimizer=optimizer)
    np.testing.assert_array_equal(duck.parameters, 1e100)


def test_a_gradient_too_large_to_be_squared_is_stepped_along_with_care() -> None:
    duck = Duck(slope=1.5e308)
    train(duck, *xor(), epochs=1, learning_rate=1.0)
    np.testing.assert_array_equal(duck.parameters, -1.5e308)
    with pytest.raises(FloatingPointError, match=r"the parameters are not finite after epoch 1, step 1, .* taken back"):
        train(duck, *xor(), epochs=1, learning_rate=1.0)
    np.testing.assert_array_equal(duck.parameters, -1.5e308)


def test_an_epsilon_that_float32_rounds_to_zero_leads_to_infinity_and_back() -> None:
    duck = Duck()
    duck.parameters = np.ones(3, np.float32)
    duck.loss_and_gradients = lambda x, y: (1.0, SimpleNamespace(vector=np.full(3, 1e-30, np.float32)))  # type: ignore[method-assign]
    with pytest.raises(FloatingPointError, match=r"the parameters are not finite after epoch 1, step 1, .* taken back"):
        train(duck, *xor(), epochs=5, optimizer=Adam(1.0, epsilon=1e-60))
    np.testing.assert_array_equal(duck.parameters, 1)


@pytest.mark.parametrize("loss", [np.nan, np.inf, -np.inf])
def test_a_loss_that_is_no_number_stops_it_though_the_gradient_is_one(loss: float) -> None:
    duck = Duck(loss)
    message = f"the loss is {loss}, though the gradient of every layer is finite, at epoch 1, step 1"
    with pytest.raises(FloatingPointError, match=message):
        train(duck, *xor(), epochs=5, learning_rate=0.1)
    np.testing.assert_array_equal(duck.parameters, 1)


def test_a_model_without_layers_is_trained_and_its_runaways_are_told() -> None:
    duck = Duck()
    assert train(duck, *xor(), epochs=5, learning_rate=0.1).loss == [1.0] * 5
    np.testing.assert_allclose(duck.parameters, 0.5)
    with pytest.raises(FloatingPointError, match="the gradient is not finite at epoch 1, step 1"):
        train(Duck(slope=np.inf), *xor(), epochs=5, learning_rate=0.1)
    with pytest.raises(ValueError, match="Duck has no layers that tell which of its parameters are weights"):
        train(Duck(), *xor(), epochs=5, learning_rate=0.1, regularization=L2(0.1))


# --------------------------------------------------------------- optimizers and schedules


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_can_be_named(name: str) -> None:
    networks = [Network([2, 3, 1], seed=1) for _ in range(2)]
    train(networks[0], *xor(), epochs=7, optimizer=name, learning_rate=0.05)
    train(networks[1], *xor(), epochs=7, optimizer=OPTIMIZERS[name](0.05))
    np.testing.assert_array_equal(networks[0].parameters, networks[1].parameters)


def test_adam_by_name_alone_has_the_learning_rate_of_its_paper() -> None:
    networks = [Network([2, 3, 1], seed=1) for _ in range(2)]
    train(networks[0], *xor(), epochs=7, optimizer="adam")
    train(networks[1], *xor(), epochs=7, optimizer=Adam(0.001))
    np.testing.assert_array_equal(networks[0].parameters, networks[1].parameters)


def test_a_schedule_counts_the_steps_through_all_epochs() -> None:
    asked: list[int] = []

    def rule(step: int) -> float:
        asked.append(step)
        return 0.1

    networks = [Network([2, 3, 1], seed=1) for _ in range(2)]
    train(networks[0], *xor(), epochs=3, batch_size=2, learning_rate=rule)
    train(networks[1], *xor(), epochs=3, batch_size=2, learning_rate=0.1)
    assert asked == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(networks[0].parameters, networks[1].parameters)
    train(networks[0], *xor(), epochs=3, optimizer="momentum", learning_rate=WarmUp(3, ExponentialDecay(0.1, 0.9)))


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"])
def test_each_optimizer_learns_xor(optimizer: str) -> None:
    network, (x, y) = Network([2, 8, 1], hidden="tanh", loss="binary_cross_entropy", seed=0), xor()
    train(network, x, y, epochs=500, optimizer=optimizer, learning_rate=0.1)
    assert accuracy(network.predict(x), y) == 1


# -------------------------------------------------- what is done to the gradient and the data


def data(seed: int, n: int = 10) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 3)), rng.random((n, 2))


@pytest.mark.parametrize("penalties", [L1(0.1), L2(0.3), [L1(0.1), L2(0.3)]])
def test_penalties_are_added_to_the_gradient_and_told_apart_from_the_loss(penalties: Any) -> None:
    network, onlooker, (x, y) = Network([3, 4, 2], seed=2), Onlooker(), data(0)
    cost, slope = penalty_and_gradient(penalties, network.parameters, is_weight(network))
    loss, gradients = network.loss_and_gradients(x, y)
    history = train(network, x, y, epochs=1, optimizer=onlooker, regularization=penalties)
    np.testing.assert_allclose(onlooker.gradients[0], gradients.vector + slope, rtol=1e-14)
    assert history.loss == [loss]
    assert history.penalty == [pytest.approx(cost, rel=1e-12)]


def test_l2_makes_the_weights_small() -> None:
    norms = []
    for strength in (0.0, 0.01, 0.1):
        network, (x, y) = Network([3, 8, 2], seed=2), data(0)
        train(network, x, y, epochs=300, learning_rate=0.5, regularization=L2(strength))
        norms.append(np.linalg.norm(network.parameters[is_weight(network)]))
    assert norms[0] > 1.1 * norms[1] > 1.5 * norms[2]


@pytest.mark.parametrize("by", ["value", "norm", "global_norm"])
def test_clipping_limits_the_gradient_and_tells_the_norm(by: Any) -> None:
    network, onlooker, (x, y) = Network([3, 4, 2], seed=2), Onlooker(), data(0)
    gradients = network.gradients(x, y)
    arrays = [array for layer in gradients for array in (layer.dW, layer.db)]
    limit = 0.5 * min(np.abs(array).max() for array in arrays)
    history = train(network, x, y, epochs=1, optimizer=onlooker, clipping=Clipping(by, limit))
    function = {"value": clip_by_value, "norm": clip_by_norm, "global_norm": clip_by_global_norm}[by]
    expected, found = function(arrays, limit)  # type: ignore[operator]
    inside = network.with_parameters(onlooker.gradients[0])
    ours = [array for layer in inside.layers for array in (layer.W, layer.b)]
    for mine, theirs in zip(ours, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-14)
    assert history.gradient_norm == [pytest.approx(max(found) if by == "norm" else found, rel=1e-14)]


def test_the_gradient_norm_of_an_epoch_is_the_largest() -> None:
    networks, (x, y) = [Network([3, 4, 2], seed=2) for _ in range(2)], data(0)
    onlooker = Onlooker()
    train(networks[0], x, y, epochs=1, optimizer=onlooker, batch_size=3)
    clipping = Clipping("global_norm", 1e9)
    history = train(networks[1], x, y, epochs=1, optimizer=Onlooker(), batch_size=3, clipping=clipping)
    assert history.gradient_norm == [pytest.approx(max(map(np.linalg.norm, onlooker.gradients)), rel=1e-14)]


def test_a_sample_weight_of_two_is_the_example_twice_and_of_zero_none() -> None:
    (x, y), weights = data(1, 4), np.array([1.0, 2.0, 0.0, 1.0])
    networks = [Network([3, 4, 2], seed=2) for _ in range(2)]
    first = train(networks[0], x, y, epochs=5, learning_rate=0.3, sample_weights=weights)
    rows = [0, 1, 1, 3]
    second = train(networks[1], x[rows], y[rows], epochs=5, learning_rate=0.3)
    np.testing.assert_allclose(networks[0].parameters, networks[1].parameters, rtol=1e-12)
    np.testing.assert_allclose(first.loss, second.loss, rtol=1e-12)


def test_sample_weights_go_with_their_examples_through_the_shuffling() -> None:
    """All weights but those of one kind of examples are zero, in batches that would else be empty."""
    (x, y), weights = data(1, 12), np.zeros(12)
    weights[[2, 7, 9]] = 1.0, 2.0, 3.0
    network, onlooker = Network([3, 4, 2], seed=2), Onlooker()
    history = train(network, x, y, epochs=4, optimizer=onlooker, batch_size=1, sample_weights=weights)
    singles = {tuple(network.gradients(x[i : i + 1], y[i : i + 1]).vector.round(12)) for i in (2, 7, 9)}
    assert {tuple(gradient.round(12)) for gradient in onlooker.gradients} == singles
    assert len(onlooker.gradients) == 12
    np.testing.assert_allclose(history.loss, network.loss(x, y, weights), rtol=1e-12)


def test_augmentation_sees_each_batch_and_does_not_change_the_order() -> None:
    seen: list[np.ndarray] = []

    def watch(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        seen.append(x.copy())
        rng.random(5)
        return x

    (x, y), networks = data(2), [Network([3, 4, 2], seed=2) for _ in range(2)]
    train(networks[0], x, y, epochs=2, learning_rate=0.3, batch_size=4, augmentation=watch, seed=7)
    train(networks[1], x, y, epochs=2, learning_rate=0.3, batch_size=4, seed=7)
    np.testing.assert_array_equal(networks[0].parameters, networks[1].parameters)
    assert [len(batch) for batch in seen] == [4, 4, 2] * 2
    np.testing.assert_array_equal(np.sort(np.concatenate(seen[:3]), axis=0), np.sort(x, axis=0))


def test_augmented_training_is_repeatable_and_another() -> None:
    digit = digits()
    ends = []
    for seed, augmentation in ((0, random_shift), (0, random_shift), (1, random_shift), (0, None)):
        network = Network([64, 5, 10], output="softmax", loss="categorical_cross_entropy")
        train(
            network,
            digit.x_train[:40],
            digit.y_train[:40],
            epochs=2,
            learning_rate=0.3,
            seed=seed,
            augmentation=augmentation,
        )
        ends.append(network.parameters)
    np.testing.assert_array_equal(ends[0], ends[1])
    assert not np.allclose(ends[0], ends[2])
    assert not np.allclose(ends[0], ends[3])


# -------------------------------------------------------------------------- callbacks


def test_a_callback_is_called_after_each_epoch_and_may_stop() -> None:
    seen: list[tuple[Any, int]] = []

    def third(network: Network, history: History) -> bool:
        seen.append((network, len(history.loss)))
        return len(history.loss) == 3

    network, others = Network([2, 1]), []
    history = train(
        network,
        *xor(),
        epochs=10,
        learning_rate=0.1,
        callbacks=[third, lambda network, history: others.append(len(history.validation_loss))],
        validation=xor(),
    )
    assert seen == [(network, 1), (network, 2), (network, 3)]
    assert others == [1, 2, 3]  # also in the epoch in which another one stops
    assert len(history.loss) == 3


# ------------------------------------------------------------------------- other models


def convolutional(dropout: float) -> Sequential:
    rng = np.random.default_rng(0)
    return Sequential(
        [
            Conv2D(1, 4, 3, seed=rng),
            Activate("relu"),
            Flatten(),
            Dropout(dropout),
            Dense(144, 10, seed=rng),
            Activate("softmax"),
        ],
        "categorical_cross_entropy",
    )


def test_a_sequential_with_dropout_learns_digits_and_a_seed_tells_its_story() -> None:
    digit = digits()
    x, y = digit.x_train[:300].reshape(-1, 1, 8, 8), digit.y_train[:300]
    held_out = digit.x_test.reshape(-1, 1, 8, 8), digit.y_test
    ends = []
    for seed in (3, 3, 4):
        model = convolutional(0.3)
        history = train(
            model,
            x,
            y,
            epochs=8,
            optimizer="adam",
            learning_rate=0.01,
            batch_size=20,
            seed=seed,
            validation=held_out,
            regularization=L2(1e-4),
            clipping=Clipping("norm", 1.0),
            augmentation=random_shift,
            sample_weights=np.ones(300),
        )
        ends.append(model.parameters)
        assert history.validation_accuracy[-1] > 0.75
        assert history.validation_loss[-1] == model.loss(*held_out)
    np.testing.assert_array_equal(ends[0], ends[1])
    assert not np.allclose(ends[0], ends[2])


def test_dropout_does_not_change_the_order_of_the_examples() -> None:
    x, y = data(4)
    orders = []
    for layers in ([Dense(3, 2)], [Dropout(0.5), Dense(3, 2)]):
        seen: list[np.ndarray] = []

        def watch(x: np.ndarray, rng: np.random.Generator, seen: list[np.ndarray] = seen) -> np.ndarray:
            seen.append(x.copy())
            return x

        train(Sequential(layers), x, y, epochs=2, learning_rate=0.1, batch_size=3, augmentation=watch)
        orders.append(np.concatenate(seen))
    np.testing.assert_array_equal(*orders)


def test_a_sequential_of_dense_layers_is_trained_like_the_network() -> None:
    network, (x, y) = Network([3, 4, 2], hidden="tanh", seed=1), data(3)
    dense = [Dense(3, 4), Dense(4, 2)]
    for layer, ours in zip(dense, network.layers, strict=True):
        layer.parameters["W"][...], layer.parameters["b"][...] = ours.W, ours.b
    model = Sequential([dense[0], Activate("tanh"), dense[1], Activate("sigmoid")])
    options: dict[str, Any] = {"epochs": 5, "batch_size": 4, "regularization": L1(0.01), "optimizer": "nesterov"}
    first = train(network, x, y, learning_rate=0.2, **options)
    second = train(model, x, y, learning_rate=0.2, **options)
    np.testing.assert_allclose(first.loss, second.loss, rtol=1e-12)
    for number, ours in zip((0, 2), network.layers, strict=True):
        np.testing.assert_allclose(model.layers[number].parameters["W"], ours.W, rtol=1e-11)


def test_a_sequential_may_read_integers() -> None:
    model = Sequential([Embedding(5, 3), Flatten(), Dense(6, 1), Activate("sigmoid")], "binary_cross_entropy")
    x, y = np.array([[0, 1], [2, 3], [4, 0]]), np.array([[0.0], [1.0], [1.0]])
    history = train(model, x, y, epochs=50, learning_rate=0.5)
    assert history.loss[-1] < 0.5 * history.loss[0]


def test_the_layer_of_a_sequential_is_named_too() -> None:
    model = Sequential([Dense(2, 3), Activate("identity"), Dense(3, 1)])
    model.parameters[:] = 1e150
    before = model.parameters.copy()
    with pytest.raises(FloatingPointError, match="the gradient of layer 3 is not finite at epoch 1, step 1"):
        train(model, *xor(), epochs=5, learning_rate=0.1)
    np.testing.assert_array_equal(model.parameters, before)


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (np.zeros((4, 3)), np.zeros((4, 1)), ValueError, "layer 1 (Dense) expects inputs of width 2"),
        (np.zeros((4, 2)), np.zeros((4, 2)), ValueError, "y has shape (1, 2) and the predictions (1, 1)"),
        (np.zeros((4, 2)), np.zeros((3, 1)), ValueError, "x has 4 examples but y has 3"),
        (np.zeros((4, 2), int), np.zeros((4, 1)), TypeError, "x has dtype int64, expected floating point"),
        (np.zeros((0, 2)), np.zeros((0, 1)), ValueError, "x has shape (0, 2), expected at least one example"),
        (np.full((4, 2), np.nan), np.zeros((4, 1)), ValueError, "x[0, 0] is nan, expected finite numbers"),
    ],
)
def test_data_that_a_sequential_can_not_read_are_refused_before_anything_moves(
    x: np.ndarray, y: np.ndarray, error: type[Exception], message: str
) -> None:
    model = Sequential([Dense(2, 3), Dense(3, 1)])
    before = model.parameters.copy()
    with pytest.raises(error, match=re.escape(message)):
        train(model, x, y, epochs=1, learning_rate=0.1)
    np.testing.assert_array_equal(model.parameters, before)


# ------------------------------------------------------------------------ the door

GOOD: dict[str, Any] = {"epochs": 1, "learning_rate": 0.1}
X, Y = xor()


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs is 0, expected a whole number, at least 1"),
        ({"epochs": -5}, ValueError, "epochs is -5, expected a whole number"),
        ({"epochs": 2.5}, ValueError, "epochs is 2.5, expected a whole number"),
        ({"epochs": True}, ValueError, "epochs is True, expected a whole number"),
        ({"batch_size": 0}, ValueError, "batch_size is 0, expected a whole number, at least 1"),
        ({"batch_size": 1.5}, ValueError, "batch_size is 1.5, expected a whole number"),
        ({"learning_rate": 0.0}, ValueError, "learning_rate is 0.0, expected a positive number"),
        ({"learning_rate": -0.1}, ValueError, "learning_rate is -0.1, expected a positive number"),
        ({"learning_rate": float("nan")}, ValueError, "learning_rate is nan, expected a positive number"),
        ({"learning_rate": float("inf")}, ValueError, "learning_rate is inf, expected a positive number"),
        ({"learning_rate": None}, ValueError, "give either learning_rate or optimizer"),
        ({"optimizer": GradientDescent(0.1)}, ValueError, "give either learning_rate or optimizer"),
        ({"learning_rate": "0.1"}, TypeError, "learning_rate is '0.1', expected a positive number or a schedule"),
        ({"learning_rate": True}, TypeError, "learning_rate is True, expected a positive number or a schedule"),
        ({"learning_rate": ExponentialDecay}, TypeError, "learning_rate is the class ExponentialDecay"),
        (
            {"learning_rate": None, "optimizer": Adam},
            TypeError,
            "optimizer is the class Adam, expected one made with it: Adam(learning_rate=...)",
        ),
        (
            {"learning_rate": None, "optimizer": 0.1},
            TypeError,
            "optimizer is 0.1, expected one with step(parameters, gra",
        ),
        ({"optimizer": "adem"}, ValueError, "unknown optimizer 'adem': choose one of adagrad, adam, adamw"),
        ({"learning_rate": None, "optimizer": "sgd"}, ValueError, "optimizer='sgd' needs learning_rate too"),
        ({"network": Network}, TypeError, "network is the class Network, expected a network made with it"),
        ({"network": [1]}, TypeError, "network is a list without parameters, expected a Network or a Sequential"),
        ({"sample_weights": np.ones(3)}, ValueError, "sample_weights has shape (3,), expected (4,)"),
        ({"sample_weights": -np.ones(4)}, ValueError, "sample_weights has a smallest value of -1"),
        ({"regularization": 0.1}, TypeError, "regularization is 0.1, expected a penalty such as L2(0.01), or several"),
        ({"regularization": [L2]}, TypeError, "expected a penalty such as L2(0.01), or several"),
        ({"clipping": 1.0}, TypeError, 'clipping is 1.0, expected one such as Clipping("global_norm", 1.0)'),
        ({"augmentation": 1}, TypeError, "augmentation is 1, expected a function of (x, rng)"),
        ({"callbacks": EarlyStopping(1)}, TypeError, "expected a list of functions of (network, history)"),
        ({"callbacks": [EarlyStopping]}, TypeError, "expected functions of (network, history)"),
        ({"x": X + 0, "y": Y[::-1] * 2, "loss": "binary_cross_entropy"}, ValueError, "needs targets from 0 to 1"),
        ({"x": X[:3]}, ValueError, "x has 3 examples but y has 4"),
        ({"x": X[:, :1]}, ValueError, "x has shape (4, 1), expected (N, 2): one example a row"),
        ({"y": Y.ravel()}, ValueError, "y has shape (4,), expected (N, 1): write y[:, np.newaxis] for a column"),
        ({"x": X.astype(int)}, TypeError, "x has dtype int64, expected floating point"),
        ({"x": X * np.nan}, ValueError, "x[0, 0] is nan, expected finite numbers"),
        ({"x": X[:0], "y": Y[:0]}, ValueError, "x is empty: expected at least one example"),
        ({"validation": (X, Y[:2])}, ValueError, "validation x has 4 examples but validation y has 2"),
        ({"validation": (X[:, :1], Y)}, ValueError, "validation x has shape (4, 1), expected (N, 2)"),
    ],
)
def test_a_bad_option_is_refused_before_anything_moves(
    changes: dict[str, Any], error: type[Exception], message: str
) -> None:
    changes = dict(changes)
    network = Network([2, 3, 1], loss=changes.pop("loss", "half_squared_error"))
    before = network.parameters.copy()
    with pytest.raises(error, match=re.escape(message)):
        train(**{"network": network, "x": X, "y": Y} | GOOD | changes)
    np.testing.assert_array_equal(network.parameters, before)


# ------------------------------------------------------------- targets and accuracy


def test_one_hot_puts_a_one_in_the_column_of_each_label() -> None:
    np.testing.assert_array_equal(one_hot([2, 0, 1], 3), [[0, 0, 1], [1, 0, 0], [0, 1, 0]])
    assert one_hot(np.array([1]), 4).dtype == np.float64
    assert one_hot(np.array([], dtype=int), 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0.0, 1.0], TypeError, "labels has dtype float64, expected integers"),
        ([[0], [1]], ValueError, "labels has shape (2, 1), expected (N,)"),
        ([0, 3], ValueError, "labels run from 0 to 3, expected 0 to 2"),
        ([-1, 1], ValueError, "labels run from -1 to 1, expected 0 to 2"),
    ],
)
def test_labels_that_are_none_are_refused(labels: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        one_hot(labels, 3)


def test_accuracy_by_hand() -> None:
    assert accuracy([[0.2], [0.5], [0.9], [0.4]], [[0.0], [1.0], [0.0], [1.0]]) == 0.5
    assert accuracy([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]], [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]) == 0.5


@pytest.mark.parametrize("shapes", [((3, 2), (2, 2)), ((3,), (3,)), ((0, 2), (0, 2)), ((3, 1), (3,))])
def test_accuracy_refuses_what_can_not_be_compared(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match=r"expected two equal shapes \(N, n\)"):
        accuracy(np.zeros(shapes[0]), np.zeros(shapes[1]))


@pytest.mark.parametrize("validation", [True, "a", [1.0], (1, 2, 3)])
def test_a_validation_set_that_is_no_pair_is_refused(validation):
    x, y = xor()
    with pytest.raises(ValueError, match="must be a pair"):
        train(Network([2, 2, 1]), x, y, epochs=1, learning_rate=0.1, validation=validation)


# ------------------------------------------------------------ what is recorded, and what is not


def test_a_rule_that_somebody_puts_in_the_place_of_the_library_s_is_the_one_that_trains(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On the network itself, on the class, in a subclass: a planted mistake must show."""

    class Backwards(Network):
        def backward(self, *args: Any, **options: Any) -> Any:
            gradients = super().backward(*args, **options)
            gradients.vector[...] *= -1
            return gradients

    on_the_object, right = Network([2, 3, 1]), Network.backward

    def wrong(self: Network, *args: Any, **options: Any) -> Any:
        gradients = right(self, *args, **options)
        gradients.vector[...] *= -1
        return gradients

    on_the_object.backward = partial(wrong, on_the_object)  # type: ignore[method-assign]
    for network in (on_the_object, Backwards([2, 3, 1])):
        losses = train(network, *xor(), epochs=3, learning_rate=0.5).loss
        assert losses == sorted(losses)
    monkeypatch.setattr(Network, "backward", wrong)
    losses = train(Network([2, 3, 1]), *xor(), epochs=3, learning_rate=0.5).loss
    assert losses == sorted(losses)


def test_a_loss_of_your_own_sees_examples_as_rows() -> None:
    scale = np.array([1.0, 3.0])
    own = Loss("own", "", lambda a, y: scale * (a - y) ** 2 / a.shape[1], lambda a, y: 2 * scale * (a - y) / a.shape[1])
    rng = np.random.default_rng(0)
    for n in (2, 6):
        x, y, network = rng.normal(size=(n, 3)), rng.normal(size=(n, 2)), Network([3, 2], output="identity", loss=own)
        expected = network.loss(x, y)
        assert train(network, x, y, epochs=1, learning_rate=0.1).loss == [pytest.approx(expected, rel=1e-12)]


def test_an_activation_of_your_own_is_asked_at_every_step() -> None:
    asked = []

    def function(z: Any) -> Any:
        asked.append(z.shape)
        return 2 * z

    own = Activation("own", "", function, lambda z, a: np.full_like(z, 2.0))
    train(Network([2, 3, 1], hidden=own), *xor(), epochs=3, learning_rate=0.1)
    assert asked == [(4, 3)] * 3


def test_a_saturated_output_that_does_not_match_its_loss_is_told_apart_from_a_large_rate() -> None:
    network = Network([1, 1], output="sigmoid", loss="categorical_cross_entropy", initialization="zeros")
    network.layers[0].b[...] = -800.0
    with pytest.raises(FloatingPointError, match=r"or softmax as output, .*: sigmoid has saturated"):
        train(network, np.array([[1.0]]), np.array([[1.0]]), epochs=1, learning_rate=0.1)
