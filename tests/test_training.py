"""Promise: training lowers the loss, a seed tells its whole story, and it stops with a reason when numbers run away."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from backprop_lab import GradientDescent, History, Network, accuracy, digits, one_hot, train, xor


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
    np.testing.assert_array_equal(network.parameters, expected)


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
    network = Network([2, 3, 1])
    before = network.parameters.copy()
    with pytest.raises(error, match=re.escape(message)):
        train(network, **{"x": X, "y": Y} | GOOD | changes)
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
