"""Promise: what is said to flow through a network does, and the known facts of vanishing and exploding come out."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_lab.activations import make_leaky_relu
from backprop_lab.gradient_flow import FlowRecorder, compare_gradient_flow, measure_gradient_flow
from backprop_lab.initialization import normal, xavier
from backprop_lab.network import Network
from backprop_lab.training import train

seeds = st.integers(0, 2**32 - 1)


def random_network(seed: int, hidden: Any = "tanh") -> tuple[Network, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    network = Network([3, 5, 4, 2], hidden=hidden, seed=rng)
    network.parameters += 0.3 * rng.normal(size=network.parameters.shape)
    return network, rng.normal(size=(6, 3)), rng.random((6, 2))


# ------------------------------------------------------------------------------ one network, one batch


@given(seed=seeds)
def test_the_numbers_of_each_layer_are_those_of_its_arrays(seed: int) -> None:
    network, x, y = random_network(seed)
    before = network.parameters.copy(), x.copy(), y.copy()
    flow = measure_gradient_flow(network, x, y)
    _, caches = network.forward(x)
    for l, (gradient, cache) in enumerate(zip(network.backward(caches, y), caches, strict=True)):
        assert flow.gradient_norm[l] == pytest.approx(np.sqrt((gradient.dW**2).sum()), rel=1e-12)
        assert flow.mean_delta[l] == pytest.approx(np.abs(gradient.delta).sum() / gradient.delta.size, rel=1e-12)
        assert flow.mean_activation[l] == pytest.approx(np.abs(cache.a).sum() / cache.a.size, rel=1e-12)
    assert len(flow) == 3
    for now, then in zip((network.parameters, x, y), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("hidden", ["sigmoid", "relu"])
@given(seed=seeds)
@settings(max_examples=5)
def test_gradient_norms_and_deltas_agree_with_pytorch(hidden: str, seed: int) -> None:
    torch = pytest.importorskip("torch")
    network, x, y = random_network(seed, hidden)
    flow = measure_gradient_flow(network, x, y)
    a, zs, Ws = torch.tensor(x), [], []
    for layer in network.layers:
        Ws.append(torch.tensor(layer.W.copy(), requires_grad=True))
        zs.append(a @ Ws[-1].T + torch.tensor(layer.b))
        zs[-1].retain_grad()
        a = {"sigmoid": torch.sigmoid, "relu": torch.relu}[layer.activation.name](zs[-1])
    (((a - torch.tensor(y)) ** 2).sum() / 2 / len(x)).backward()
    np.testing.assert_allclose(flow.gradient_norm, [float(W.grad.norm()) for W in Ws], rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(flow.mean_delta, [float(z.grad.abs().mean()) for z in zs], rtol=1e-9, atol=1e-300)


def one_layer(z: list[list[float]], activation: str) -> Any:
    """Measure a network whose hidden layer has exactly these pre-activations."""
    rows = np.array(z)
    network = Network.from_weights(
        [(np.eye(rows.shape[1]), np.zeros(rows.shape[1])), (np.ones((1, rows.shape[1])), np.zeros(1))],
        hidden=activation,
    )
    return measure_gradient_flow(network, rows, np.zeros((len(rows), 1)))


@pytest.mark.parametrize(
    ("activation", "z", "saturated", "dead"),
    [
        ("sigmoid", [[4.3, 4.5, -4.3, -4.5], [0.0, 9.0, 0.0, -9.0]], 0.5, 0.0),  # 0.0125 is the slope at 4.36
        ("tanh", [[2.1, 2.3, -2.1, -2.3], [0.0, 9.0, 0.0, 0.0]], 3 / 8, 0.0),  # 0.05 is the slope at 2.18
        ("relu", [[-1.0, 1.0, 0.0, -2.0], [-3.0, -1.0, 0.0, 1.0]], 6 / 8, 0.5),
        ("leaky_relu", [[-1.0, 1.0], [-3.0, -1.0]], 0.75, 0.0),
        ("identity", [[-100.0, 100.0]], 0.0, 0.0),
    ],
)
def test_shares_by_hand(activation: str, z: list[list[float]], saturated: float, dead: float) -> None:
    flow = one_layer(z, activation)
    assert flow.saturated[0] == saturated
    assert flow.dead[0] == dead


def test_a_dead_unit_gets_no_gradient_for_its_weights() -> None:
    network, x, y = random_network(0, "relu")
    network.layers[0].b[:2] = -100
    flow = measure_gradient_flow(network, x, y)
    gradients = network.gradients(x, y)
    assert flow.dead[0] == (np.abs(gradients[0].dW).sum(axis=1) == 0).mean() >= 0.4


def test_softmax_has_no_slope_and_no_shares() -> None:
    network = Network([2, 3, 2], hidden="tanh", output="softmax", loss="categorical_cross_entropy")
    flow = measure_gradient_flow(network, np.eye(2), np.eye(2))
    assert np.isnan([flow.saturated[1], flow.dead[1]]).all()
    assert repr(flow).splitlines()[-1].split()[-2:] == ["-", "-"]


def test_the_table_of_a_network_by_hand() -> None:
    network = Network.from_weights([([[2.0]], [0.0]), ([[3.0]], [0.0])], hidden="relu", output="identity")
    flow = measure_gradient_flow(network, np.array([[1.0]]), np.array([[5.0]]))
    # z1 = 2, a2 = 6: delta2 = 1, dW2 = 2; delta1 = 3, dW1 = 3
    assert repr(flow) == (
        "layer  activation  |dW|      mean |delta|  mean |a|  saturated  dead\n"
        "    1  relu        3.00e+00      3.00e+00  2.00e+00         0%    0%\n"
        "    2  identity    2.00e+00      1.00e+00  6.00e+00         0%    0%"
    )


# ------------------------------------------------------------------------------------ known facts


def test_ten_sigmoid_layers_with_unit_weights_leave_a_millionth_though_nothing_is_saturated() -> None:
    """Erratum E-36: the slope is at most 1/4, and 4^-10 is 9.5e-7; at z = 0 it is exactly that."""
    chain = [([[1.0]], [-0.5])] * 11  # from 0.5 to z = 0 to 0.5
    network = Network.from_weights(chain, hidden="sigmoid", output="sigmoid")
    flow = measure_gradient_flow(network, np.array([[0.5]]), np.array([[1.0]]))
    assert flow.mean_delta[0] / flow.mean_delta[10] == pytest.approx(0.25**10, rel=1e-12)
    assert flow.mean_delta[0] / flow.mean_delta[10] == pytest.approx(9.5e-7, rel=0.01)
    assert not flow.saturated.any()


@given(seed=seeds)
def test_a_sigmoid_layer_passes_on_at_most_a_quarter_of_what_its_weights_do(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = Network([4, *[6] * 5, 2], hidden="sigmoid", initialization="normal", seed=rng)
    gradients = network.gradients(rng.normal(size=(5, 4)), rng.random((5, 2)))
    for l in range(len(gradients) - 1):
        passed_on = np.linalg.norm(gradients[l].delta)
        stretch = np.linalg.norm(network.layers[l + 1].W, ord=2)
        assert passed_on <= 0.25 * stretch * np.linalg.norm(gradients[l + 1].delta) * (1 + 1e-12)


def plain(activation: str, initialization: str, depth: int = 20, seed: int = 0) -> Any:
    return compare_gradient_flow(
        depths=[depth],
        activations=[activation],
        initializations=[initialization],
        normalizations=["none"],
        residual=[False],
        seed=seed,
    )[0]


def test_sigmoids_lose_a_factor_of_four_in_every_layer() -> None:
    for seed in range(3):
        assert 1e-14 < plain("sigmoid", "xavier", seed=seed).ratio < 1e-10  # 4^-19 is 3.6e-12
        assert not plain("sigmoid", "xavier", seed=seed).saturated.any()


def test_he_keeps_the_size_of_gradients_and_activations_through_fifty_relu_layers() -> None:
    rows = [plain("relu", "he", 50, seed) for seed in range(5)]
    assert 0.2 < np.exp(np.mean([np.log(row.ratio) for row in rows])) < 5
    assert all(0.01 < row.mean_activation[-1] / row.mean_activation[0] < 100 for row in rows)


def test_xavier_halves_the_square_of_what_a_relu_layer_hands_on() -> None:
    row = plain("relu", "xavier")
    per_layer = (row.mean_activation[-1] / row.mean_activation[0]) ** (1 / 19)
    assert per_layer == pytest.approx(np.sqrt(0.5), rel=0.1)
    assert row.gradient_norm.max() < 0.1 * plain("relu", "he").gradient_norm.min()


def test_xavier_keeps_the_size_of_gradients_through_tanh_layers() -> None:
    for seed in range(3):
        assert 0.1 < plain("tanh", "xavier", seed=seed).ratio < 10


def test_large_weights_explode_with_relu_and_saturate_tanh() -> None:
    assert plain("relu", "normal").gradient_norm.min() > 1e10
    assert plain("tanh", "normal").saturated.mean() > 0.5
    assert plain("tanh", "normal").ratio > 1e3


def test_half_of_the_slopes_of_relu_are_zero_at_the_start_and_few_units_dead() -> None:
    row = plain("relu", "he", 5)
    assert row.saturated == pytest.approx(0.5, abs=0.1)
    assert row.dead.max() < 0.2


def test_normalization_over_the_batch_and_residual_connections_keep_the_gradients_of_sigmoids() -> None:
    table = compare_gradient_flow(activations=["sigmoid"], initializations=["xavier"])
    assert len(table) == 6
    ratios = {(row.normalization, row.residual): row.ratio for row in table}
    assert ratios["none", False] < 1e-10
    assert ratios["layer", False] < 1e-6  # its sigmoids are centered, but a slope of 1/4 remains
    for kept in (("batch", False), ("none", True), ("batch", True), ("layer", True)):
        assert 0.01 < ratios[kept] < 100


# ---------------------------------------------------------------------------------- the experiment


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "gelu"])
def test_a_plain_row_is_what_the_same_network_gives(activation: str) -> None:
    """`Network` is another implementation than the layers that the experiment is built of."""
    rng = np.random.default_rng(7)
    x = rng.standard_normal((16, 8))
    y = np.eye(3)[rng.integers(0, 3, 16)]
    network = Network(
        [8, *[8] * 4, 3],
        hidden=activation,
        output="softmax",
        loss="categorical_cross_entropy",
        seed=np.random.default_rng([7, 1]),
    )
    flow = measure_gradient_flow(network, x, y)
    (row,) = compare_gradient_flow(
        depths=[4],
        activations=[activation],
        initializations=["xavier"],
        normalizations=["none"],
        residual=[False],
        width=8,
        examples=16,
        classes=3,
        seed=7,
    )
    for quantity in ("gradient_norm", "mean_delta", "mean_activation", "saturated", "dead"):
        np.testing.assert_allclose(getattr(row, quantity), getattr(flow, quantity)[:-1], rtol=1e-10)


@pytest.mark.parametrize("normalization", ["none", "batch", "layer"])
@pytest.mark.parametrize("residual", [False, True])
def test_every_kind_of_row_agrees_with_pytorch(normalization: str, residual: bool) -> None:
    torch = pytest.importorskip("torch")
    (row,) = compare_gradient_flow(
        depths=[5],
        activations=["tanh"],
        initializations=["xavier"],
        normalizations=[normalization],
        residual=[residual],
        width=8,
        examples=16,
        classes=3,
        seed=5,
    )
    rng = np.random.default_rng(5)
    a = torch.tensor(rng.standard_normal((16, 8)))
    labels = torch.tensor(rng.integers(0, 3, 16))
    draw = np.random.default_rng([5, 1])
    Ws, zs, means = [], [], []
    for _ in range(5):
        Ws.append(torch.tensor(xavier(draw, 8, 8), requires_grad=True))
        zs.append(z := a @ Ws[-1].T)
        z.retain_grad()
        if normalization == "batch":
            z = torch.nn.functional.batch_norm(z, None, None, training=True)
        if normalization == "layer":
            z = torch.nn.functional.layer_norm(z, (8,))
        a = torch.tanh(z) + a if residual else torch.tanh(z)
        means.append(float(a.detach().abs().mean()))
    torch.nn.functional.cross_entropy(a @ torch.tensor(xavier(draw, 3, 8)).T, labels).backward()
    np.testing.assert_allclose(row.gradient_norm, [float(W.grad.norm()) for W in Ws], rtol=1e-9)
    np.testing.assert_allclose(row.mean_delta, [float(z.grad.abs().mean()) for z in zs], rtol=1e-9)
    np.testing.assert_allclose(row.mean_activation, means, rtol=1e-9)


def test_the_table_holds_every_combination_once_and_in_order() -> None:
    table = compare_gradient_flow(
        depths=[1, 2],
        activations=["relu", make_leaky_relu(0.2, name="leaky")],
        initializations=["he"],
        normalizations=["none", "layer"],
        residual=[False, True],
        width=4,
        examples=3,
        classes=2,
    )
    keys = [(row.depth, row.activation, row.normalization, row.residual) for row in table]
    assert len(keys) == len(set(keys)) == len(table) == 16
    assert keys[0] == (1, "relu", "none", False)
    assert keys[-1] == (2, "leaky", "layer", True)
    assert all(len(row.gradient_norm) == len(row.dead) == row.depth for row in table)
    chosen = table.select(depth=2, activation="leaky", residual=True)
    assert [row.label for row in chosen] == ["leaky, he, residual", "leaky, he, layer norm, residual"]
    assert list(chosen.lines()) == [row.label for row in chosen]
    assert list(table.select(activation="relu", normalization="none", residual=False).lines("dead")) == [
        "1 x relu, he",
        "2 x relu, he",
    ]
    assert len(table[2:5]) == 3


def test_an_initialization_may_be_one_with_a_scale_and_goes_by_its_name() -> None:
    options: Any = dict(depths=[2], activations=["tanh"], normalizations=["none"], residual=[False], width=4)
    named, scaled = compare_gradient_flow(initializations=["normal", normal(scale=1.0)], **options)
    np.testing.assert_array_equal(named.mean_delta, scaled.mean_delta)
    assert [named.label, scaled.label] == ["tanh, normal", "tanh, normal(scale=1)"]


def test_the_same_seed_gives_the_same_table_and_another_another() -> None:
    options: Any = dict(depths=[2], activations=["tanh"], normalizations=["batch"], residual=[True], width=4)
    first, again, other = (compare_gradient_flow(seed=seed, **options) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first[0].gradient_norm, again[0].gradient_norm)
    assert not np.allclose(first[0].gradient_norm, other[0].gradient_norm)


def test_a_table_says_its_rows() -> None:
    lines = repr(
        compare_gradient_flow(activations=["sigmoid"], initializations=["xavier"], normalizations=["none"])
    ).splitlines()
    assert lines[0].split("  ")[0] == "depth"
    assert len({len(line) for line in lines}) == 1
    assert [line.split()[:5] for line in lines[1:]] == [
        ["20", "sigmoid", "xavier", "none", "no"],
        ["20", "sigmoid", "xavier", "none", "yes"],
    ]


# ------------------------------------------------------------------------------------- the recorder


def test_a_recorder_measures_while_a_network_trains() -> None:
    network, x, y = random_network(1)
    by_hand, recorder = network.with_parameters(network.parameters), FlowRecorder(x, y, every=3)
    expected = []
    train(network, x, y, epochs=7, learning_rate=0.5, callbacks=[recorder])
    for epoch in range(7):
        train(by_hand, x, y, epochs=1, learning_rate=0.5)
        if epoch % 3 == 0:
            expected.append(measure_gradient_flow(by_hand, x, y).gradient_norm)
    assert recorder.calls == [1, 4, 7]
    np.testing.assert_allclose(recorder.over_time("gradient_norm"), expected, rtol=1e-12)
    assert recorder.over_time("dead").shape == (3, 3)
    assert not np.allclose(expected[0], expected[-1])
    assert repr(recorder) == "FlowRecorder(3 measurements, every=3)"


def test_a_recorder_does_not_change_the_training() -> None:
    network, x, y = random_network(3)
    alone = network.with_parameters(network.parameters)
    train(network, x, y, epochs=5, learning_rate=0.5, batch_size=2, callbacks=[FlowRecorder(x, y)])
    train(alone, x, y, epochs=5, learning_rate=0.5, batch_size=2)
    np.testing.assert_array_equal(network.parameters, alone.parameters)


def test_a_recorder_changes_nothing_and_keeps_its_own_examples() -> None:
    network, x, y = random_network(2)
    before = network.parameters.copy()
    recorder = FlowRecorder(x, y)
    recorder(network)
    x[...] = 0
    recorder(network)
    np.testing.assert_array_equal(network.parameters, before)
    np.testing.assert_array_equal(*recorder.over_time("gradient_norm"))


# ------------------------------------------------------------------------------------------ the door


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(activations=["swish"]), "unknown activation 'swish': choose one of"),
        (dict(initializations=["best"]), "unknown initialization 'best'"),
        (dict(normalizations=["group"]), "unknown normalization 'group': choose one of batch, layer, none"),
        (dict(depths=[]), "depths is [], expected a list of at least one"),
        (dict(activations="relu"), "activations is 'relu', expected a list of at least one"),
        (dict(depths=[0]), "a depth is 0, expected a whole number, at least 1"),
        (dict(width=2.5), "width is 2.5, expected a whole number, at least 1"),
        (dict(examples=1), "examples is 1, expected a whole number, at least 2"),
    ],
)
def test_an_experiment_that_is_none_is_refused(options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        compare_gradient_flow(**options)


def test_what_can_not_be_measured_is_refused() -> None:
    network, x, y = random_network(0)
    with pytest.raises(ValueError, match=re.escape("x has shape (6, 2), expected (N, 3)")):
        measure_gradient_flow(network, x[:, :2], y)
    with pytest.raises(ValueError, match="y has shape"):
        FlowRecorder(x, y[:4])(network)
    with pytest.raises(ValueError, match="every is 0, expected a whole number, at least 1"):
        FlowRecorder(x, y, every=0)
    with pytest.raises(ValueError, match="unknown quantity 'norm': choose one of dead, gradient_norm, mean_activation"):
        FlowRecorder(x, y).over_time("norm")
    with pytest.raises(ValueError, match="nothing has been measured yet"):
        FlowRecorder(x, y).over_time("dead")
    table = compare_gradient_flow(depths=[1], width=3)
    with pytest.raises(ValueError, match="unknown column 'norm': choose one of activation, depth"):
        table.select(norm="batch")
    with pytest.raises(ValueError, match="unknown quantity 'norm': choose one of dead, gradient_norm"):
        table.lines("norm")
