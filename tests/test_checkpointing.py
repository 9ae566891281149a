"""Promise: a schedule costs what walking along it predicts, in steps and bytes, and changes no bit of the gradient."""

from __future__ import annotations

import gc
import heapq
import inspect
import math
import re
import textwrap
import tracemalloc
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_lab import checkpointing
from backprop_lab.checkpointing import (
    Action,
    Cost,
    Schedule,
    bisection,
    checkpointed_gradients,
    checkpointed_layer_gradients,
    every_kth,
    forward_steps,
    optimal_split,
    predicted_cost,
    repetitions,
    reversible_depth,
    revolve,
    square_root,
    store_all,
)
from backprop_lab.gradient_check import check_gradient
from backprop_lab.layers.base import Layer
from backprop_lab.layers.dense import Activate, Dense
from backprop_lab.layers.normalization import BatchNorm
from backprop_lab.layers.residual import Residual
from backprop_lab.layers.sequential import Sequential
from backprop_lab.network import Network

seeds = st.integers(0, 2**32 - 1)
HIDDEN = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "softplus")


def schedules(depth: int) -> list[Schedule]:
    """Return all schedules for so many layers, with several budgets."""
    return [
        store_all(depth),
        square_root(depth),
        bisection(depth),
        *(every_kth(depth, k) for k in (1, 2, 3, depth)),
        *(revolve(depth, snapshots) for snapshots in (1, 2, 3, depth)),
    ]


def random_case(witness: Any, seed: int, dtype: Any = np.float64) -> tuple[Network, np.ndarray, np.ndarray]:
    """Draw a network of random depth, widths, activations and biases, a batch, and targets."""
    rng = np.random.default_rng(seed)
    sizes = [int(n) for n in rng.integers(1, 6, size=rng.integers(2, 12))]
    loss, output = (
        ("half_squared_error", "tanh"),
        ("mean_squared_error", "gelu"),
        ("binary_cross_entropy", "sigmoid"),
    )[rng.integers(3)]
    hidden = [str(name) for name in rng.choice(HIDDEN, size=len(sizes) - 2)]
    network = Network(sizes, hidden=hidden, output=output, loss=loss, seed=rng, dtype=dtype)
    network.parameters += rng.normal(size=network.parameters.shape).astype(dtype) / 2
    batch = int(rng.integers(1, 6))
    x, y = rng.normal(size=(batch, sizes[0])), witness.targets(rng, loss, (batch, sizes[-1]))
    return network, x.astype(dtype), y.astype(dtype)


# --------------------------------------------------------------------- the gradient


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@given(seed=seeds)
def test_no_bit_of_loss_or_gradient_differs_and_the_cost_is_as_predicted(dtype: Any, witness: Any, seed: int) -> None:
    network, x, y = random_case(witness, seed, dtype)
    loss, gradients = network.loss_and_gradients(x, y)
    for schedule in schedules(len(network.layers)):
        found = checkpointed_gradients(network, x, y, schedule)
        assert found.loss == loss
        assert found.gradients.dtype == dtype
        np.testing.assert_array_equal(found.gradients, gradients.vector, err_msg=repr(schedule))
        assert found.cost == predicted_cost(schedule, network, len(x)), schedule


@settings(max_examples=5)
@given(seed=seeds)
def test_the_gradient_is_that_of_central_differences(witness: Any, seed: int) -> None:
    network, x, y = random_case(witness, seed)
    depth = len(network.layers)
    gradient = checkpointed_gradients(network, x, y, revolve(depth, 2)).gradients
    assert check_gradient(lambda theta: network.with_parameters(theta).loss(x, y), network.parameters, gradient)


@settings(max_examples=10)
@given(seed=seeds)
def test_the_gradient_is_that_of_pytorch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    sizes = [3, 5, 2, 6, 4, 3, 5, 2]
    network = Network(sizes, hidden="tanh", output="sigmoid", loss="mean_squared_error", seed=rng)
    x, y = rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    leaves = [[torch.tensor(part.copy(), requires_grad=True) for part in (l.W, l.b)] for l in network.layers]
    a = torch.tensor(x)
    for number, (W, b) in enumerate(leaves, start=1):
        z = a @ W.T + b
        a = torch.tanh(z) if number < len(leaves) else torch.sigmoid(z)
    ((a - torch.tensor(y)) ** 2).mean().backward()
    found = checkpointed_gradients(network, x, y, revolve(7, 2))
    for layer, (W, b) in zip(network.with_parameters(found.gradients).layers, leaves, strict=True):
        np.testing.assert_allclose(layer.W, W.grad.numpy(), rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(layer.b, b.grad.numpy(), rtol=1e-9, atol=1e-14)


@given(seed=seeds)
def test_nothing_that_goes_in_is_changed_and_a_second_pass_gives_the_same(witness: Any, seed: int) -> None:
    network, x, y = random_case(witness, seed)
    schedule = bisection(len(network.layers))
    before = [array.copy() for array in (network.parameters, x, y)]
    x.flags.writeable = y.flags.writeable = False
    first, second = (checkpointed_gradients(network, x, y, schedule) for _ in range(2))
    np.testing.assert_array_equal(first.gradients, second.gradients)
    assert first.cost == second.cost
    assert not np.shares_memory(first.gradients, second.gradients)
    assert not np.shares_memory(first.gradients, network.parameters)
    for array, original in zip((network.parameters, x, y), before, strict=True):
        np.testing.assert_array_equal(array, original)


MISTAKES = {
    "the slope is missing": ("da *= self.layers[l - 2].activation.slope(below, a_in)", "pass"),
    "the slope is of the layer above": ("self.layers[l - 2].activation.slope", "self.layers[l - 1].activation.slope"),
    "the sign": ("return da\n", "return -da\n"),
    "1/N again": ("delta.sum(axis=0)", "delta.mean(axis=0)"),
    "the delta below is used for dW": ("delta.T @ a_in", "np.roll(delta, 1, axis=0).T @ a_in"),
    "+= where nothing was cleared": ("gradient.b[...] =", "gradient.b[...] +="),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_comparison_catches_a_typical_mistake(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = textwrap.dedent(inspect.getsource(checkpointing._NetworkChain.backward))
    right, wrong = MISTAKES[mistake]
    assert source.count(right) == 1
    namespace = dict(vars(checkpointing))
    exec(source.replace(right, wrong), namespace)
    monkeypatch.setattr(checkpointing._NetworkChain, "backward", namespace["backward"])
    rng = np.random.default_rng(0)
    network = Network([3, 4, 4, 4, 2], hidden=["tanh", "sigmoid", "gelu"], seed=1)
    network.parameters += 0.3
    x, y = rng.normal(size=(5, 3)), rng.random((5, 2))
    found = checkpointed_gradients(network, x, y, revolve(4, 2)).gradients
    assert not np.allclose(found, network.gradients(x, y).vector, rtol=1e-3)


# ----------------------------------------------------------------- memory, really


def test_bytes_are_freed_as_predicted_according_to_the_interpreter() -> None:
    """What the interpreter allocates is the prediction plus a constant, the same for all schedules."""
    depth, width, batch = 20, 32, 1024
    network = Network([width] * (depth + 1), hidden="tanh", output="tanh")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(batch, width)), rng.normal(size=(batch, width))
    one = batch * width * 8
    beyond = {}
    for schedule in (square_root(depth), *schedules(depth)):  # the first run also warms up
        gc.collect()
        tracemalloc.start()
        found = checkpointed_gradients(network, x, y, schedule)
        left, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        beyond[schedule.name] = (peak - (found.cost.peak_bytes - x.nbytes) - network.parameters.nbytes) / one
        kept = left - found.gradients.nbytes
        del found
    assert kept < one / 2, "something is kept by reference"
    # inside a layer two or three arrays come and go: the product, the slope, the temporary of 1 - a * a
    assert 1 <= min(beyond.values()) <= max(beyond.values()) <= 3.2, beyond
    assert max(beyond.values()) - min(beyond.values()) < 0.5, beyond


def test_the_meter_strikes_an_array_off_when_it_is_freed_and_counts_a_view_once() -> None:
    data = np.zeros((100, 4))
    x = data[:10]
    meter = checkpointing._Meter(x)
    assert (meter.alive, meter.peak) == (320, 320)
    meter.count(x.reshape(-1))  # the caller's memory, counted as the 320 bytes that x shows of it
    assert meter.alive == 320
    a = meter.count(np.zeros(10))
    view = meter.count(a[:5])
    assert meter.alive == 400
    del a
    assert meter.alive == 400  # the view keeps it
    del view
    assert (meter.alive, meter.peak) == (320, 400)


def test_a_reference_that_is_kept_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, forward = [], checkpointing._NetworkChain.forward

    def forgetful(self: Any, l: int, below: np.ndarray) -> np.ndarray:
        kept.append(forward(self, l, below))
        return kept[-1]

    monkeypatch.setattr(checkpointing._NetworkChain, "forward", forgetful)
    network = Network([2] * 10)
    schedule, x = revolve(9, 2), np.ones((3, 2))
    found = checkpointed_gradients(network, x, x, schedule)
    assert found.cost.peak_bytes > predicted_cost(schedule, network, 3).peak_bytes


# -------------------------------------------------------- costs, from theory and by hand


def test_the_costs_of_64_equal_layers() -> None:
    """In arrays of one size, counted by hand: snapshots, the activation at hand, two deltas."""
    full = store_all(64).cost([1] * 65)
    assert full == Cost(forward_steps=64, recomputed_layers=0, peak_bytes=64 + 2)  # a0 to a63
    assert every_kth(64, 8).cost([1] * 65) == Cost(64 + 7 * 7, 7 * 7, 8 + 7 + 2)  # a0, a8, ..., a56 and a57 to a63
    assert square_root(64).cost([1] * 65) == every_kth(64, 8).cost([1] * 65)
    assert bisection(64).cost([1] * 65) == Cost(1 + 32 * 6, 32 * 6 - 63, 6 + 1 + 2)
    for snapshots, steps in ((10, 116), (6, 156), (4, 200), (2, 420), (1, 64 * 63 // 2)):
        cost = revolve(64, snapshots).cost([1] * 65)
        assert cost == Cost(steps + 1, steps + 1 - 64, snapshots + 1 + 2)


def test_square_root_takes_at_most_28_percent_of_the_memory_and_140_percent_of_the_time() -> None:
    schedule = square_root(64)
    network = Network([8] * 65)
    cost, full = (predicted_cost(s, network, 16) for s in (schedule, store_all(64)))
    assert cost.peak_bytes <= 0.28 * full.peak_bytes
    assert schedule.relative_time() == pytest.approx((113 + 127) / 191)
    assert schedule.relative_time() <= 1.4


def test_relative_time_counts_the_matrix_products() -> None:
    assert store_all(5).relative_time() == 1
    assert store_all(5).relative_time(rerun=True) == pytest.approx((4 + 5 + 9) / (5 + 9))
    assert revolve(5, 1).relative_time() == pytest.approx((10 + 1 + 9) / (5 + 9))


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 7, 8, 9, 16, 31, 64, 100])
def test_each_schedule_keeps_what_its_name_promises(depth: int) -> None:
    runs = [Counter(a.index for a in s.actions if a.name == "forward") for s in schedules(depth)]
    assert runs[0] == Counter(range(1, depth))
    assert max(runs[1].values(), default=0) <= 2
    assert square_root(depth).snapshots <= 2 * math.sqrt(depth)
    assert bisection(depth).snapshots == int(math.log2(depth))
    for snapshots in (1, 2, 5):
        assert revolve(depth, snapshots).snapshots <= snapshots
    if depth & (depth - 1) == 0:
        assert bisection(depth).advances == depth * int(math.log2(depth)) // 2


def test_a_thousand_layers_are_no_problem() -> None:
    assert revolve(1200, 8).advances == forward_steps(1200, 8)
    assert every_kth(1200, 35).snapshots <= 70


# ---------------------------------------------------------------- revolve is optimal


@cache
def fewest(depth: int, snapshots: int) -> tuple[float, float]:
    """Return the fewest forward steps, and among these the fewest stores, by dynamic programming over the split."""
    if depth == 1:
        return 0, 0
    if snapshots == 0:
        return math.inf, math.inf
    costs = []
    for m in range(1, depth):
        lower, upper = fewest(m, snapshots), fewest(depth - m, snapshots - 1)
        costs.append((m + lower[0] + upper[0], (depth - m > 1) + lower[1] + upper[1]))
    return min(costs)


def fewest_of_all_schedules(depth: int, snapshots: int) -> tuple[int, int]:
    """Return the same by searching all sequences of actions, of whatever form: Dijkstra's algorithm over the states."""
    queue: list[Any] = [(0, 0, depth, 0, ())]
    seen = set()
    while queue:
        steps, stores, layer, at_hand, stored = heapq.heappop(queue)
        if layer == 0:
            return steps, stores
        if (layer, at_hand, stored) in seen:
            continue
        seen.add((layer, at_hand, stored))
        if at_hand == layer - 1:
            heapq.heappush(queue, (steps, stores, layer - 1, -1, stored))
        if 0 <= at_hand < layer - 1:
            heapq.heappush(queue, (steps + 1, stores, layer, at_hand + 1, stored))
        if at_hand >= 0 and at_hand not in stored and len(stored) < snapshots:
            heapq.heappush(queue, (steps, stores + 1, layer, at_hand, tuple(sorted((*stored, at_hand)))))
        for a in stored:
            heapq.heappush(queue, (steps, stores, layer, a, stored))
            heapq.heappush(queue, (steps, stores, layer, at_hand, tuple(b for b in stored if b != a)))
    raise AssertionError("no schedule at all")


@pytest.mark.parametrize("snapshots", range(1, 5))
@pytest.mark.parametrize("depth", range(1, 9))
def test_no_schedule_of_any_form_beats_revolve(depth: int, snapshots: int) -> None:
    schedule = revolve(depth, snapshots)
    stores = sum(action.name == "store" for action in schedule.actions)
    assert (schedule.advances, stores) == fewest_of_all_schedules(depth, snapshots)
    assert schedule.advances == forward_steps(depth, snapshots)


@pytest.mark.parametrize("snapshots", range(1, 9))
def test_revolve_has_the_fewest_steps_by_dynamic_programming_and_by_the_formula(snapshots: int) -> None:
    for depth in range(1, 61):
        schedule = revolve(depth, snapshots)
        stores = sum(action.name == "store" for action in schedule.actions)
        if depth > 1:
            assert (schedule.advances, stores - 1) == fewest(depth, snapshots)  # the search begins with x stored
        assert schedule.advances == forward_steps(depth, snapshots)
        runs = Counter(action.index for action in schedule.actions if action.name == "forward")
        assert max(runs.values(), default=0) <= repetitions(depth, snapshots)


def test_a_split_that_is_off_by_one_would_be_found() -> None:
    def off(depth: int, snapshots: int) -> int:
        return min(depth - 1, optimal_split(depth, snapshots) + 1)

    assert checkpointing._plan("off by one", 10, 3, off).advances > forward_steps(10, 3)


def test_the_binomial_is_how_many_layers_can_be_reversed() -> None:
    for s in range(1, 6):
        for r in range(6):
            longest = reversible_depth(s, r)
            assert longest == math.factorial(s + r) // math.factorial(s) // math.factorial(r)
            assert repetitions(longest, s) == r
            assert repetitions(longest + 1, s) == r + 1
    assert [forward_steps(l, 1) for l in range(1, 6)] == [0, 1, 3, 6, 10]  # l (l - 1) / 2: always from the start
    assert [forward_steps(l, 4) for l in range(1, 6)] == [0, 1, 2, 3, 4]  # snapshots for all but the last
    assert reversible_depth(5, 3) == 56
    assert forward_steps(56, 5) == 3 * 56 - 28


# ---------------------------------------------------------------- the schedule as data


def test_a_schedule_reads_like_a_plan() -> None:
    schedule = revolve(3, 1)
    text = "store 0, forward 1, forward 2, backward 3, restore 0, forward 1, backward 2, restore 0, backward 1, free 0"
    assert ", ".join(map(repr, schedule.actions)) == text
    assert repr(schedule) == "Schedule(revolve, s = 1: 3 layers, 3 forward, up to 1 stored)"


def test_moments_tell_what_is_in_memory() -> None:
    moments = list(every_kth(3, 2).moments())
    rows = [(repr(m.action), m.stored, m.activations, m.deltas) for m in moments]
    assert rows == [
        ("store 0", (0,), (0,), ()),
        ("forward 1", (0,), (0, 1), ()),
        ("forward 2", (0,), (0, 1, 2), ()),
        ("backward 3", (0,), (0, 2), (3, 2)),
        ("restore 0", (0,), (0,), (2,)),
        ("forward 1", (0,), (0, 1), (2,)),
        ("backward 2", (0,), (0, 1), (2, 1)),
        ("restore 0", (0,), (0,), (1,)),
        ("backward 1", (0,), (0,), (1,)),
        ("free 0", (), (0,), ()),
    ]
    assert [m.bytes_held([1, 10, 100, 1000]) for m in moments][3] == 1 + 100 + 1000 + 100


def plan(text: str) -> tuple[Action, ...]:
    words = [step.split() for step in text.split(", ")]
    return tuple(Action(name, int(index)) for name, index in words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ("forward 2", "action 1 of mine, forward 2, can't be done: the output layer 2 is run by backward 2"),
        ("forward 1, forward 1", "action 2 of mine, forward 1, can't be done: its input a0 is not at hand"),
        ("forward 1, store 1, restore 1, store 1", "action 4 of mine, store 1, can't be done: a1 is stored already"),
        ("store 0, forward 1, store 1, restore 0, forward 1", "forward 1, can't be done: a1 is stored: restore it"),
        ("store 1", "store 1, can't be done: a1 is not at hand"),
        ("forward 1, backward 2, restore 0", "restore 0, can't be done: a0 is not stored"),
        ("free 0", "free 0, can't be done: a0 is not stored"),
        ("backward 1", "backward 1, can't be done: layer 2 is the next to be reversed"),
        ("backward 2", "backward 2, can't be done: its input a1 is not at hand"),
        ("store 0, forward 1, backward 2, backward 1", "backward 1, can't be done: its input a0 is not at hand"),
        ("store 0, forward 1, backward 2, restore 0, backward 1, restore 0, backward 0", "all layers are reversed"),
        ("store 0, forward 1, backward 2, restore 0", "mine ends before layer 1 is reversed"),
        ("store 0, forward 1, backward 2, restore 0, backward 1", "mine ends with a0 still stored"),
        ("jump 1", "unknown action 'jump': choose one of backward, forward, free, restore, store"),
    ],
)
def test_a_plan_that_can_not_be_carried_out_is_refused(actions: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Schedule("mine", 2, plan(actions))


def test_a_plan_of_your_own_runs() -> None:
    way_up = "store 0, forward 1, store 1, forward 2, backward 3, "
    mine = Schedule("mine", 3, plan(way_up + "restore 1, backward 2, free 1, restore 0, free 0, backward 1"))
    network, x = Network([2, 3, 4, 1], seed=1), np.array([[0.1, 0.2], [0.3, -0.4]])
    found = checkpointed_gradients(network, x, x[:, :1], mine)
    np.testing.assert_array_equal(found.gradients, network.gradients(x, x[:, :1]).vector)
    assert found.cost == predicted_cost(mine, network, 2)


# ----------------------------------------------------------------- layers of any kind


class _TanhLayer(Layer):
    """A layer of a test's own: tanh of a product."""

    def __init__(self, n_in: int, n_out: int, rng: np.random.Generator) -> None:
        super().__init__(W=rng.normal(size=(n_out, n_in)))

    def forward(self, x: Any, *, training: bool = False, rng: Any = None) -> tuple[np.ndarray, Any]:
        a = np.tanh(x @ self.parameters["W"].T)
        return a, (x, a)

    def backward(self, cache: Any, da: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        a_in, a = cache
        delta = da * (1 - a * a)
        return delta @ self.parameters["W"], {"W": delta.T @ a_in}


class _NoiseLayer(Layer):
    """In training it multiplies by what it draws."""

    def forward(self, x: Any, *, training: bool = False, rng: Any = None) -> tuple[np.ndarray, Any]:
        factor = rng.random(x.shape) if training else np.ones_like(x)
        return x * factor, factor

    def backward(self, cache: Any, da: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        return da * cache, {}


def plain_gradients(layers: list[Layer], x: np.ndarray, loss: Any, training: bool, seed: int) -> tuple[float, Any]:
    """Return what a plain pass finds, which keeps all caches."""
    a, caches = x, []
    for l, layer in enumerate(layers, start=1):
        a, layer_cache = layer.forward(a, training=training, rng=np.random.default_rng((seed, l)))
        caches.append(layer_cache)
    value, da = loss(a)
    gradients: list[Any] = []
    for layer, layer_cache in zip(reversed(layers), reversed(caches), strict=True):
        da, gradient = layer.backward(layer_cache, da)
        gradients.insert(0, gradient)
    return value, gradients


@pytest.mark.parametrize("training", [False, True])
@given(seed=seeds)
def test_layers_of_any_kind_have_the_gradients_of_a_plain_pass(training: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    widths = [int(n) for n in rng.integers(1, 6, size=rng.integers(2, 7))]
    layers: list[Layer] = []
    sizes = [widths[0]]
    for n_in, n_out in pairwise(widths):
        layers += [_TanhLayer(n_in, n_out, rng), _NoiseLayer()]
        sizes += [n_out, n_out]
    x, upstream = rng.normal(size=(3, widths[0])), rng.normal(size=(3, widths[-1]))

    def loss(a: np.ndarray) -> tuple[float, np.ndarray]:
        return float((a * upstream).sum()), upstream.copy()

    value, expected = plain_gradients(layers, x, loss, training, 5)
    for schedule in schedules(len(layers)):
        found = checkpointed_layer_gradients(layers, x, loss, schedule, training=training, seed=5)
        assert found.loss == value
        for gradient, other in zip(found.gradients, expected, strict=True):
            assert gradient.keys() == other.keys()
            for name in gradient:
                np.testing.assert_array_equal(gradient[name], other[name])
        assert found.cost == schedule.cost([3 * 8 * n for n in sizes], rerun=True)


def test_dense_and_activate_layers_have_the_gradients_of_the_network_that_they_make_up() -> None:
    network = Network([3, 5, 4, 2], hidden="tanh", output="tanh", loss="mean_squared_error", seed=2)
    layers: list[Layer] = []
    for layer in network.layers:
        dense = Dense(layer.W.shape[1], layer.W.shape[0])
        dense.parameters = {"W": layer.W, "b": layer.b}
        layers += [dense, Activate("tanh")]
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    loss_function = network.loss_function
    found = checkpointed_layer_gradients(
        layers, x, lambda a: (loss_function(a, y), loss_function.slope(a, y)), revolve(6, 2)
    )
    assert found.loss == pytest.approx(network.loss(x, y), rel=1e-14)
    for gradient, expected in zip(found.gradients[::2], network.gradients(x, y), strict=True):
        np.testing.assert_allclose(gradient["W"], expected.dW, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(gradient["b"], expected.db, rtol=1e-12, atol=1e-15)


def test_the_gradients_of_layers_are_those_of_central_differences() -> None:
    rng = np.random.default_rng(3)
    layers: list[Layer] = [_TanhLayer(2, 3, rng), _TanhLayer(3, 4, rng), _TanhLayer(4, 2, rng)]
    x, upstream = rng.normal(size=(4, 2)), rng.normal(size=(4, 2))
    found = checkpointed_layer_gradients(layers, x, lambda a: (float((a * upstream).sum()), upstream), revolve(3, 1))
    for layer, gradient in zip(layers, found.gradients, strict=True):

        def cost(W: np.ndarray, layer: Layer = layer) -> float:
            before, layer.parameters["W"] = layer.parameters["W"], W
            a = x
            for each in layers:
                a = each.forward(a)[0]
            layer.parameters["W"] = before
            return float((a * upstream).sum())

        assert check_gradient(cost, layer.parameters["W"], gradient["W"])


# --------------------------------------------------------------------------- the door


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: store_all(0), "depth is 0, expected a whole number from 1 up"),
        (lambda: bisection(2.0), "depth is 2.0, expected a whole number from 1 up"),  # type: ignore[arg-type]
        (lambda: square_root(-1), "depth is -1, expected a whole number from 1 up"),
        (lambda: every_kth(4, 0), "k is 0, expected a whole number from 1 up"),
        (lambda: revolve(4, 0), "snapshots is 0, expected a whole number from 1 up"),
        (lambda: revolve(True, 1), "depth is True, expected a whole number from 1 up"),
        (lambda: reversible_depth(-1, 2), "snapshots is -1, expected a whole number from 0 up"),
        (lambda: reversible_depth(1, -2), "repetitions is -2, expected a whole number from 0 up"),
        (lambda: repetitions(0, 2), "depth is 0, expected a whole number from 1 up"),
        (lambda: forward_steps(3, 0), "snapshots is 0, expected a whole number from 1 up"),
        (lambda: optimal_split(1, 2), "depth is 1, expected a whole number from 2 up"),
        (lambda: optimal_split(4, 0), "snapshots is 0, expected a whole number from 1 up"),
        (lambda: Schedule("none", 0, ()), "depth is 0, expected a whole number from 1 up"),
        (lambda: store_all(2).cost([1, 1]), "activation_bytes has 2 numbers, expected 3: of the input and of 2 layers"),
        (lambda: predicted_cost(store_all(2), Network([1, 1]), 4), "'store all' is for 2 layers, but there are 1"),
        (
            lambda: predicted_cost(store_all(1), Network([1, 1]), 0),
            "batch_size is 0, expected a whole number from 1 up",
        ),
    ],
)
def test_numbers_that_can_not_be_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (np.ones((3, 1)), np.ones((3, 1)), ValueError, "x has shape (3, 1), expected (N, 2): one example a row"),
        (np.ones((0, 2)), np.ones((0, 1)), ValueError, "x is empty: expected at least one example"),
        (np.ones((3, 2), int), np.ones((3, 1)), TypeError, "x has dtype int64, expected floating point"),
        (np.full((1, 2), np.nan), np.ones((1, 1)), ValueError, "x[0, 0] is nan, expected finite numbers"),
        (np.ones((3, 2)), np.ones(3), ValueError, "y has shape (3,) and the predictions (3, 1)"),
        (np.ones((3, 2)), np.ones((3, 1), int), TypeError, "y has dtype int64, expected floating point"),
    ],
)
def test_a_bad_batch_is_refused_before_anything_is_run(x: Any, y: Any, error: type[Exception], message: str) -> None:
    network = Network([2, 3, 1])
    with pytest.raises(error, match=re.escape(message)):
        checkpointed_gradients(network, x, y, store_all(2))
    with pytest.raises(ValueError, match="the schedule 'store all' is for 3 layers, but there are 2"):
        checkpointed_gradients(network, x, y, store_all(3))


def test_layers_and_their_input_are_checked_too() -> None:
    layers = [_NoiseLayer()]
    with pytest.raises(ValueError, match="the schedule 'store all' is for 2 layers, but there are 1"):
        checkpointed_layer_gradients(layers, np.ones((1, 1)), lambda a: (0.0, a), store_all(2))
    with pytest.raises(TypeError, match="x has dtype int64, expected floating point"):
        checkpointed_layer_gradients(layers, np.ones((1, 1), int), lambda a: (0.0, a), store_all(1))


def half_square(a: np.ndarray) -> tuple[float, np.ndarray]:
    return float((a * a).sum() / 2), a


@pytest.mark.parametrize("schedule", [store_all(3), every_kth(3, 2), revolve(3, 1)])
def test_what_is_run_again_moves_no_running_statistics_again(schedule: Schedule) -> None:
    """Of a layer itself and of one inside a block; the parameters are those of the layers all the while."""

    def layers() -> list[Layer]:
        rng = np.random.default_rng(0)
        return [Dense(3, 4, seed=rng), Residual([BatchNorm(4), Dense(4, 4, seed=rng)]), BatchNorm(4)]

    def statistics(layers: list[Layer]) -> np.ndarray:
        norms: list[Any] = [layers[1].branch[0], layers[2]]  # type: ignore[attr-defined]
        return np.concatenate([(norm.running_mean, norm.running_variance) for norm in norms])

    x, plain, checkpointed = np.random.default_rng(1).normal(size=(5, 3)), layers(), layers()
    expected_loss, expected = plain_gradients(plain, x, half_square, True, 0)
    found = checkpointed_layer_gradients(checkpointed, x, half_square, schedule, training=True)
    np.testing.assert_array_equal(statistics(checkpointed), statistics(plain))
    assert found.loss == expected_loss
    for ours, theirs in zip(found.gradients, expected, strict=True):
        for name in theirs:
            np.testing.assert_array_equal(ours[name], theirs[name])


@pytest.mark.parametrize(
    ("layers", "loss", "schedule", "error", "message"),
    [
        (
            [Sequential([Dense(2, 2)])],
            half_square,
            store_all(1),
            TypeError,
            "put its layers in its place, or a Residual",
        ),
        (["relu"], half_square, store_all(1), TypeError, "layer 1 is 'relu', expected a Layer: write Activate(...)"),
        (None, half_square, store_all(1), TypeError, "layers is None, expected a list of layers"),
        ([Dense(2, 2)], None, store_all(1), TypeError, "loss is None, expected a function of the output that returns"),
        ([Dense(2, 2)], lambda a: 1.0, store_all(1), TypeError, "loss returned 1.0, expected a pair (loss, da)"),
        (
            [Dense(2, 2)],
            lambda a: (1.0, a[0]),
            store_all(1),
            ValueError,
            "loss returned da of shape (2,), expected (3, 2)",
        ),
        ([Dense(2, 2)], half_square, None, TypeError, "schedule is None, expected a Schedule such as store_all(1)"),
    ],
)
def test_what_is_no_layer_no_loss_or_no_schedule_is_refused(
    layers: Any, loss: Any, schedule: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        checkpointed_layer_gradients(layers, np.ones((3, 2)), loss, schedule)


def test_a_model_of_layers_is_no_network_and_a_plan_is_made_of_actions() -> None:
    model, x = Sequential([Dense(2, 2)]), np.ones((3, 2))
    with pytest.raises(
        TypeError, match=r"expected a Network: for layers of any kind there is checkpointed_layer_gradie"
    ):
        checkpointed_gradients(model, x, x, store_all(1))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"network is None, expected a Network$"):
        predicted_cost(store_all(1), None, 3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="schedule is 1, expected a Schedule"):
        checkpointed_gradients(Network([2, 2]), x, x, 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="actions is None, expected a tuple of Action"):
        Schedule("mine", 1, None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="action 1 of mine is 'backward', expected one such as Action"):
        Schedule("mine", 1, ("backward",))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="index of action 1 is None, expected a whole number"):
        Schedule("mine", 1, (Action("backward", None),))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="activation_bytes is None, expected a list of numbers"):
        store_all(1).cost(None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=re.escape("activation_bytes[0] is -1, expected a whole number from 0 up")):
        store_all(1).cost([-1, 2])
