"""Promise: backpropagation through time gives the gradient, whole or cut, of every input, state and weight."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backprop_lab.layers.recurrent
from backprop_lab.gradient_check import check_gradient
from backprop_lab.layers.recurrent import GRU, LSTM, LastStep, Recurrent, RecurrentCache, SimpleRNN

seeds = st.integers(0, 2**32 - 1)
CELLS: dict[str, Callable[..., Recurrent]] = {
    "tanh": SimpleRNN,
    "relu": lambda *widths, **options: SimpleRNN(*widths, activation="relu", **options),
    "lstm": LSTM,
    "gru": GRU,
}
TIGHT = {"rtol": 1e-9, "atol": 1e-11}


class Case:
    """A layer with random weights and biases, a batch, an initial state, and what a loss asks of its outputs."""

    def __init__(self, cell: str, seed: int, **fixed: Any) -> None:
        rng = np.random.default_rng(seed)
        self.cell = cell
        self.N, self.T, self.n_in, self.n_hidden = (int(n) for n in rng.integers(1, 6, size=4))
        self.T = fixed.pop("T", self.T)
        if fixed.pop("square", False):  # so that a transposed matrix still fits
            self.n_in = self.n_hidden = self.N = 3
        self.layer = CELLS[cell](self.n_in, self.n_hidden, seed=rng, **fixed)
        for array in self.layer.parameters.values():
            array += rng.normal(size=array.shape) / 2
        self.x = rng.normal(size=(self.N, self.T, self.n_in))
        self.da = rng.normal(size=(self.N, self.T, self.n_hidden))
        self.state, self.d_final_state = (
            tuple(rng.normal(size=(self.N, self.n_hidden)) for _ in self.layer.state_names) for _ in range(2)
        )

    def loss(self, x: np.ndarray | None = None, state: tuple[np.ndarray, ...] | None = None) -> float:
        """Return a loss of which da and d_final_state are the gradients."""
        h, cache = self.layer.run(self.x if x is None else x, self.state if state is None else state)
        parts = zip(cache.final_state, self.d_final_state, strict=True)
        return float((h * self.da).sum() + sum((s * ds).sum() for s, ds in parts))

    def loss_with(self, name: str, value: np.ndarray) -> float:
        """Return the loss with another value of one parameter."""
        own = self.layer.parameters[name]
        self.layer.parameters[name] = value
        try:
            return self.loss()
        finally:
            self.layer.parameters[name] = own

    def backward(self) -> Any:
        """Return all gradients of the loss, by the layer."""
        _, cache = self.layer.run(self.x, self.state)
        return self.layer.backward_through_time(cache, self.da, self.d_final_state)


# ------------------------------------------------------------------ against PyTorch


def torch_twin(case: Case) -> Any:
    """Return PyTorch's module with the weights of the case; the bias that a layer lacks is zero there."""
    torch = pytest.importorskip("torch")
    kinds = {"tanh": torch.nn.RNN, "relu": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    options = {"nonlinearity": case.cell} if kinds[case.cell] is torch.nn.RNN else {}
    module = kinds[case.cell](case.n_in, case.n_hidden, batch_first=True, dtype=torch.float64, **options)
    theirs = {
        "W_x": module.weight_ih_l0,
        "W_h": module.weight_hh_l0,
        "b_x": module.bias_ih_l0,
        "b_h": module.bias_hh_l0,
    }
    with torch.no_grad():
        for name, tensor in theirs.items():
            own = case.layer.parameters.get(name)
            tensor.copy_(torch.zeros_like(tensor) if own is None else torch.from_numpy(own))
    return module, theirs


def torch_gradients(case: Case, segment: int) -> dict[str, Any]:
    """Return outputs and gradients by PyTorch, the state detached every `segment` steps."""
    torch = pytest.importorskip("torch")
    module, theirs = torch_twin(case)
    x = torch.tensor(case.x, requires_grad=True)
    start = [torch.tensor(s[np.newaxis], requires_grad=True) for s in case.state]
    state: Any = tuple(start) if len(start) > 1 else start[0]
    outputs = []
    for t in range(0, case.T, segment):
        if t > 0:
            state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
        h, state = module(x[:, t : t + segment], state)
        outputs.append(h)
    final = state if isinstance(state, tuple) else (state,)
    h = torch.cat(outputs, dim=1)
    loss = (h * torch.tensor(case.da)).sum()
    loss = loss + sum((s[0] * torch.tensor(ds)).sum() for s, ds in zip(final, case.d_final_state, strict=True))
    loss.backward()
    return {
        "h": h.detach().numpy(),
        "final_state": [s[0].detach().numpy() for s in final],
        "dx": x.grad.numpy(),
        "d_initial_state": [s.grad[0].numpy() for s in start],
        "gradients": {name: theirs[name].grad.numpy() for name in case.layer.parameters},
    }


def agrees_with_torch(case: Case) -> None:
    expected = torch_gradients(case, case.layer.truncate or case.T)
    h, cache = case.layer.run(case.x, case.state)
    through_time = case.backward()
    np.testing.assert_allclose(h, expected["h"], **TIGHT)
    np.testing.assert_allclose(cache.final_state, expected["final_state"], **TIGHT)
    np.testing.assert_allclose(through_time.dx, expected["dx"], **TIGHT)
    np.testing.assert_allclose(through_time.d_initial_state, expected["d_initial_state"], **TIGHT)
    assert through_time.gradients.keys() == case.layer.parameters.keys()
    for name, gradient in through_time.gradients.items():
        np.testing.assert_allclose(gradient, expected["gradients"][name], **TIGHT, err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
@given(seed=seeds)
def test_outputs_states_and_gradients_are_those_of_pytorch(cell: str, seed: int) -> None:
    agrees_with_torch(Case(cell, seed))


@pytest.mark.parametrize("cell", CELLS)
@given(seed=seeds, T=st.integers(1, 9), truncate=st.integers(1, 10))
def test_the_cut_gradient_is_that_of_pytorch_with_the_state_detached(
    cell: str, seed: int, T: int, truncate: int
) -> None:
    agrees_with_torch(Case(cell, seed, T=T, truncate=truncate))


@pytest.mark.parametrize("cell", CELLS)
@given(seed=seeds)
def test_a_layer_begins_at_zero_as_that_of_pytorch_does(cell: str, seed: int) -> None:
    case = Case(cell, seed)
    case.state = tuple(np.zeros_like(s) for s in case.state)
    case.d_final_state = case.state
    expected = torch_gradients(case, case.T)
    h, cache = case.layer.forward(case.x)
    dx, gradients = case.layer.backward(cache, case.da)
    np.testing.assert_allclose(h, expected["h"], **TIGHT)
    np.testing.assert_allclose(dx, expected["dx"], **TIGHT)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, expected["gradients"][name], **TIGHT, err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
@given(seed=seeds)
def test_the_gradient_at_each_step_is_that_of_pytorch(cell: str, seed: int) -> None:
    """PyTorch's cells, one step at a time: the gradient that arrives at every h_t, which is what `norms` measures."""
    torch = pytest.importorskip("torch")
    case = Case(cell, seed)
    module, _ = torch_twin(case)
    kind = {"lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell}.get(cell, torch.nn.RNNCell)
    options = {} if cell in ("lstm", "gru") else {"nonlinearity": cell}
    step = kind(case.n_in, case.n_hidden, dtype=torch.float64, **options)
    step.load_state_dict({name.removesuffix("_l0"): tensor for name, tensor in module.state_dict().items()})
    state = tuple(torch.tensor(s, requires_grad=True) for s in case.state)
    hidden, loss = [state[0]], 0
    for t in range(case.T):
        out = step(torch.tensor(case.x[:, t]), state if cell == "lstm" else state[0])
        state = out if cell == "lstm" else (out,)
        state[0].retain_grad()
        hidden.append(state[0])
        loss = loss + (state[0] * torch.tensor(case.da[:, t])).sum()
    loss = loss + sum((s * torch.tensor(ds)).sum() for s, ds in zip(state, case.d_final_state, strict=True))
    loss.backward()
    through_time = case.backward()
    for h, (dh, *_) in zip(hidden, through_time.d_states, strict=True):
        np.testing.assert_allclose(dh, h.grad.numpy(), **TIGHT)
    np.testing.assert_allclose(through_time.norms, [h.grad.norm() for h in hidden], **TIGHT)


# ------------------------------------------------------- against central differences


def gradient_is_right(case: Case) -> bool:
    """Check the gradient of every parameter, of x and of the initial state."""
    through_time = case.backward()
    checks = [
        check_gradient(lambda value, name=name: case.loss_with(name, value), case.layer.parameters[name], gradient)
        for name, gradient in through_time.gradients.items()
    ]
    checks.append(check_gradient(lambda x: case.loss(x=x), case.x, through_time.dx))
    start, d_start = np.stack(case.state), np.stack(through_time.d_initial_state)
    checks.append(check_gradient(lambda state: case.loss(state=tuple(state)), start, d_start))
    return all(checks)


@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=8)
@given(seed=seeds)
def test_the_gradient_is_that_of_central_differences(cell: str, seed: int) -> None:
    assert gradient_is_right(Case(cell, seed))


@pytest.mark.parametrize("activation", ["identity", "sigmoid"])
@settings(max_examples=5)
@given(seed=seeds)
def test_any_element_wise_activation_will_do(activation: str, seed: int) -> None:
    assert gradient_is_right(Case("tanh", seed, activation=activation))


# ------------------------------------------------------------------- the equations


def test_a_simple_rnn_of_one_unit_is_right_by_hand() -> None:
    """Linear, with h_t = 2 x_t + 3 h_(t-1), x = 1, 1, and C = h_2: h is 2, 8; dC/dh is 3 * 3, 3, 1 from h_0 on."""
    rnn = SimpleRNN(1, 1, activation="identity")
    rnn.parameters["W_x"][:], rnn.parameters["W_h"][:] = 2, 3
    h, cache = rnn.run(np.ones((1, 2, 1)))
    through_time = rnn.backward_through_time(cache, np.array([[[0.0], [1.0]]]))
    assert h.ravel().tolist() == [2, 8]
    assert through_time.norms.tolist() == [9, 3, 1]
    assert through_time.dx.ravel().tolist() == [6, 2]
    assert through_time.gradients["W_x"].item() == 3 * 1 + 1 * 1
    assert through_time.gradients["W_h"].item() == 3 * 0 + 1 * 2
    assert through_time.gradients["b_x"].item() == 3 + 1


@given(seed=seeds, T=st.integers(2, 12))
def test_in_a_linear_rnn_the_gradient_is_a_power_of_the_matrix(seed: int, T: int) -> None:
    case = Case("tanh", seed, T=T, activation="identity")
    last = np.zeros_like(case.da)
    last[:, -1] = case.da[:, -1]
    _, cache = case.layer.run(case.x)
    through_time = case.layer.backward_through_time(cache, last)
    for t in range(T + 1):
        power = np.linalg.matrix_power(case.layer.parameters["W_h"], T - t)
        np.testing.assert_allclose(through_time.d_states[t][0], last[:, -1] @ power, rtol=1e-8, atol=1e-10)


def test_the_gradient_vanishes_in_a_simple_rnn_and_lasts_along_the_open_cell_of_an_lstm() -> None:
    """Sixty steps with a factor of a half leave 1e-18; with a forget gate of 1 - 5e-5 nearly nothing is lost."""
    x, last = np.zeros((1, 60, 2)), np.zeros((1, 60, 3))
    last[:, -1] = 1.0
    rnn = SimpleRNN(2, 3)
    rnn.parameters["W_h"][:] = np.eye(3) / 2
    _, cache = rnn.run(x)
    assert rnn.backward_through_time(cache, last).norms[0] == pytest.approx(np.sqrt(3) / 2**60)
    lstm = LSTM(2, 3)
    lstm.parameters["W_h"][:] = 0
    lstm.parameters["b_x"][3:6] = 10
    _, cache = lstm.run(x)
    cell = [np.linalg.norm(dc) for _, dc in lstm.backward_through_time(cache, last).d_states]
    assert cell[0] / cell[-2] == pytest.approx((1 / (1 + np.exp(-10))) ** 59)


def test_where_the_update_gate_of_a_gru_is_closed_state_and_gradient_pass_untouched() -> None:
    case = Case("gru", 1, T=5)
    n = case.n_hidden
    case.layer.parameters["b_x"][n : 2 * n] = 1000
    h, cache = case.layer.run(case.x, case.state)
    nothing = np.zeros_like(case.da)
    through_time = case.layer.backward_through_time(cache, nothing, case.d_final_state)
    np.testing.assert_array_equal(h[:, -1], case.state[0])
    np.testing.assert_array_equal(through_time.d_initial_state[0], case.d_final_state[0])


def test_the_forget_gate_of_a_new_lstm_is_open_and_every_other_bias_zero() -> None:
    assert LSTM(2, 2).parameters["b_x"].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert not SimpleRNN(2, 2).parameters["b_x"].any()
    assert not GRU(2, 2).parameters["b_x"].any()
    assert not GRU(2, 2).parameters["b_h"].any()


@pytest.mark.parametrize("cell", CELLS)
@given(seed=seeds, T=st.integers(2, 7))
def test_a_sequence_run_in_two_pieces_is_the_sequence_run_at_once(cell: str, seed: int, T: int) -> None:
    """The state handed over, and its gradient handed back, say all that one piece must know of the other."""
    case = Case(cell, seed, T=T)
    cut = 1 + seed % (T - 1)
    whole_h, _ = case.layer.run(case.x, case.state)
    whole = case.backward()
    first_h, first_cache = case.layer.run(case.x[:, :cut], case.state)
    second_h, second_cache = case.layer.run(case.x[:, cut:], first_cache.final_state)
    second = case.layer.backward_through_time(second_cache, case.da[:, cut:], case.d_final_state)
    first = case.layer.backward_through_time(first_cache, case.da[:, :cut], second.d_initial_state)
    np.testing.assert_allclose(np.concatenate([first_h, second_h], axis=1), whole_h, **TIGHT)
    np.testing.assert_allclose(np.concatenate([first.dx, second.dx], axis=1), whole.dx, **TIGHT)
    np.testing.assert_allclose(np.array(first.d_states + second.d_states[1:]), np.array(whole.d_states), **TIGHT)
    for name, gradient in whole.gradients.items():
        np.testing.assert_allclose(first.gradients[name] + second.gradients[name], gradient, **TIGHT)


@pytest.mark.parametrize("cell", CELLS)
@given(seed=seeds, T=st.integers(1, 9), truncate=st.integers(1, 10))
def test_the_cut_gradient_is_the_sum_over_segments_that_know_nothing_of_what_follows(
    cell: str, seed: int, T: int, truncate: int
) -> None:
    case = Case(cell, seed, T=T, truncate=truncate)
    cut = case.backward()
    case.layer.truncate = None
    state, total = case.state, {name: np.zeros_like(array) for name, array in case.layer.parameters.items()}
    for start in range(0, T, truncate):
        segment = slice(start, start + truncate)
        _, cache = case.layer.run(case.x[:, segment], state)
        d_final = case.d_final_state if start + truncate >= T else None
        piece = case.layer.backward_through_time(cache, case.da[:, segment], d_final)
        np.testing.assert_allclose(cut.dx[:, segment], piece.dx, **TIGHT)
        total = {name: total[name] + piece.gradients[name] for name in total}
        state = cache.final_state
    for name, gradient in cut.gradients.items():
        np.testing.assert_allclose(gradient, total[name], **TIGHT, err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("truncate", [6, 7, 100])
def test_a_cut_at_the_end_or_beyond_it_cuts_nothing(cell: str, truncate: int) -> None:
    case, whole = Case(cell, 3, T=6, truncate=truncate), Case(cell, 3, T=6)
    np.testing.assert_array_equal(case.backward().dx, whole.backward().dx)


@pytest.mark.parametrize("cell", CELLS)
def test_from_beyond_the_cut_the_last_output_hears_but_nothing_goes_back(cell: str) -> None:
    case = Case(cell, 2, T=8, truncate=3)  # segments 1 to 3, 4 to 6, 7 and 8
    last = np.zeros_like(case.da)
    last[:, -1] = case.da[:, -1]
    h, cache = case.layer.run(case.x)
    dx = case.layer.backward(cache, last)[0]
    assert not dx[:, :6].any()
    assert np.abs(dx[:, 6:]).max(axis=(0, 2)).min() > 0
    moved = case.x.copy()
    moved[:, 0] += 1
    assert np.abs(case.layer.run(moved)[0] - h)[:, -1].max() > 0


def test_where_it_is_cut_only_the_output_is_left_of_the_gradient() -> None:
    case = Case("lstm", 4, T=5, truncate=2)
    d_states = case.backward().d_states
    for t in (2, 4):
        np.testing.assert_array_equal(d_states[t][0], case.da[:, t - 1])
        np.testing.assert_array_equal(d_states[t][1], 0)
    assert np.abs(d_states[3][1]).min() > 0
    assert np.abs(d_states[0][1]).min() > 0


# ------------------------------------------------- nothing is kept, nothing is changed


def arrays_in(value: Any) -> list[np.ndarray]:
    """Collect the arrays of a cache."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, RecurrentCache):
        value = (value.x, value.states, value.steps)
    return [array for part in value for array in arrays_in(part)]


@pytest.mark.parametrize("cell", CELLS)
@given(seed=seeds)
def test_nothing_that_goes_in_is_changed_and_a_second_backward_gives_the_same(cell: str, seed: int) -> None:
    case = Case(cell, seed, truncate=2)
    h, cache = case.layer.run(case.x, case.state)
    inputs = [case.x, case.da, *case.state, *case.d_final_state, *case.layer.parameters.values()]
    kept = [*inputs, *arrays_in(cache)]
    before = [array.copy() for array in kept]
    for array in kept:
        array.flags.writeable = False
    first, second = (case.layer.backward_through_time(cache, case.da, case.d_final_state) for _ in range(2))
    for array, original in zip(kept, before, strict=True):
        np.testing.assert_array_equal(array, original)
    results = [[each.dx, *each.gradients.values(), *arrays_in(each.d_states)] for each in (first, second)]
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)
        assert not np.shares_memory(one, other)
        assert not any(np.shares_memory(one, array) for array in kept)
    assert not any(np.shares_memory(h, array) for array in inputs)


def test_a_layer_reads_its_parameters_at_every_call_so_they_may_be_views_of_one_vector() -> None:
    case = Case("gru", 5)
    expected, _ = case.layer.forward(case.x)
    vector, start = np.concatenate([array.ravel() for array in case.layer.parameters.values()]), 0
    for name, array in case.layer.parameters.items():
        case.layer.parameters[name] = vector[start : start + array.size].reshape(array.shape)
        start += array.size
    np.testing.assert_array_equal(case.layer.forward(case.x)[0], expected)
    vector[:] = 0
    assert not case.layer.forward(case.x)[0].any()


def test_the_same_seed_gives_the_same_layer_whether_it_cuts_or_not() -> None:
    first, second, other = LSTM(3, 4, seed=5), LSTM(3, 4, seed=5, truncate=2), LSTM(3, 4, seed=6)
    for name, array in first.parameters.items():
        np.testing.assert_array_equal(array, second.parameters[name])
    assert not np.array_equal(first.parameters["W_x"], other.parameters["W_x"])


@pytest.mark.parametrize("cell", CELLS)
def test_a_float32_layer_stays_float32_and_agrees(cell: str) -> None:
    double = Case(cell, 7)
    single = CELLS[cell](double.n_in, double.n_hidden, dtype=np.float32)
    assert {array.dtype for array in single.parameters.values()} == {np.dtype(np.float32)}
    for name, array in double.layer.parameters.items():
        single.parameters[name][...] = array
    for x, da in ((double.x, double.da), (double.x.astype(np.float32), double.da.astype(np.float32))):
        h, cache = single.run(x, double.state)
        through_time = single.backward_through_time(cache, da, double.d_final_state)
        arrays = [h, through_time.dx, through_time.norms, *through_time.gradients.values(), *arrays_in(cache)]
        assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
        np.testing.assert_allclose(through_time.dx, double.backward().dx, rtol=1e-3, atol=1e-4)


def test_huge_pre_activations_do_not_overflow() -> None:
    for cell in (LSTM, GRU, SimpleRNN):
        layer = cell(1, 2)
        h, cache = layer.forward(np.array([[[1e6], [-1e6]]]))
        dx, _ = layer.backward(cache, np.ones_like(h))
        assert np.isfinite(h).all()
        assert np.isfinite(dx).all()


def test_a_layer_says_what_it_is() -> None:
    assert repr(SimpleRNN(2, 3)) == "SimpleRNN(2, 3, truncate=None)"
    assert repr(LSTM(2, 3, truncate=4)) == "LSTM(2, 3, truncate=4)"
    assert repr(LastStep()) == "LastStep()"


# ------------------------------------------------------------------ the last step


@given(seed=seeds)
def test_the_last_step_gets_the_whole_gradient_and_the_others_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    N, T, n = (int(size) for size in rng.integers(1, 5, size=3))
    x, da, layer = rng.normal(size=(N, T, n)), rng.normal(size=(N, n)), LastStep()
    a, cache = layer.forward(x)
    dx, gradients = layer.backward(cache, da)
    np.testing.assert_array_equal(a, x[:, -1])
    assert not np.shares_memory(a, x)
    assert gradients == {} == layer.parameters
    assert check_gradient(lambda x: float((layer.forward(x)[0] * da).sum()), x, dx)


def test_the_last_step_keeps_float32() -> None:
    a, cache = LastStep().forward(np.ones((2, 3, 4), np.float32))
    dx, _ = LastStep().backward(cache, a)
    assert a.dtype == dx.dtype == np.float32


# ---------------------------------------------------------------------- the door

X = np.ones((4, 5, 3))
H = np.ones((4, 2))


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.ones((4, 3)), ValueError, "LSTM expects inputs of shape (N, T, 3) but got shape (4, 3)"),
        (np.ones((4, 5, 2)), ValueError, "LSTM expects inputs of shape (N, T, 3) but got shape (4, 5, 2)"),
        (np.ones((4, 0, 3)), ValueError, "LSTM expects at least one example but got shape (4, 0, 3)"),
        (np.ones((0, 5, 3)), ValueError, "LSTM expects at least one example but got shape (0, 5, 3)"),
        (np.ones((4, 5, 3), int), TypeError, "LSTM expects floating-point inputs but got dtype int64"),
    ],
)
def test_a_bad_sequence_is_refused(x: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        LSTM(3, 2).forward(x)


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        (H, TypeError, "is of type ndarray, expected a tuple of 2: h, c"),
        ((H,), ValueError, "has length 1, expected a tuple of 2: h, c"),
        ((H, H[:, :1]), ValueError, "has shape (4, 1), expected (4, 2)"),
        ((H[:1], H), ValueError, "has shape (1, 2), expected (4, 2)"),
        ((H, H.astype(int)), TypeError, "has dtype int64, expected floating point"),
    ],
)
def test_a_bad_state_is_refused_both_ways(state: Any, error: type[Exception], message: str) -> None:
    lstm = LSTM(3, 2)
    h, cache = lstm.run(X)
    with pytest.raises(error, match=re.escape(message)) as refusal:
        lstm.run(X, state)
    assert re.match(r"(\w of )?state ", str(refusal.value))
    with pytest.raises(error, match=re.escape(message)) as refusal:
        lstm.backward_through_time(cache, h, state)
    assert re.match(r"(\w of )?d_final_state ", str(refusal.value))


def test_a_bad_upstream_gradient_is_refused() -> None:
    gru = GRU(3, 2)
    _, cache = gru.forward(X)
    with pytest.raises(ValueError, match=re.escape("GRU has an output of shape (4, 5, 2) but da has shape (4, 1, 2)")):
        gru.backward(cache, np.ones((4, 1, 2)))
    with pytest.raises(TypeError, match="GRU expects da in floating point but got dtype int64"):
        gru.backward(cache, np.ones((4, 5, 2), int))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_in": 0}, ValueError, "n_in is 0, expected a whole number, at least 1"),
        ({"n_hidden": 2.5}, ValueError, "n_hidden is 2.5, expected a whole number, at least 1"),
        ({"truncate": 0}, ValueError, "truncate is 0, expected a whole number, at least 1"),
        ({"truncate": True}, ValueError, "truncate is True, expected a whole number, at least 1"),
        ({"dtype": int}, TypeError, "dtype is int64, expected a floating-point type: float64 or float32"),
        ({"initialization": "ones"}, ValueError, "unknown initialization 'ones': choose one of he,"),
        ({"activation": "sin"}, ValueError, "unknown activation 'sin': choose one of"),
        ({"activation": "softmax"}, ValueError, "softmax has no element-wise slope: a recurrent layer needs one"),
    ],
)
def test_a_layer_that_can_not_be_is_refused(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        SimpleRNN(**({"n_in": 3, "n_hidden": 2} | options))


def test_the_last_step_refuses_what_has_no_steps() -> None:
    with pytest.raises(ValueError, match=r"LastStep expects inputs of shape \(N, T, n\) but got shape \(4, 3\)"):
        LastStep().forward(np.ones((4, 3)))
    with pytest.raises(TypeError, match="LastStep expects floating-point inputs but got dtype int64"):
        LastStep().forward(np.ones((4, 3, 2), int))
    with pytest.raises(ValueError, match=r"LastStep has an output of shape \(4, 2\) but da has shape \(4, 3, 2\)"):
        LastStep().backward((4, 3, 2), np.ones((4, 3, 2)))


# ------------------------------------------------------------------ mutation proof

# Each typical mistake, as a change of one place; the layers are square so that all shapes fit.
LOOP = "backward_through_time"
STEP = "step_backward"
MISTAKES = {
    "what comes back from later steps is forgotten": ("tanh", LOOP, "(d_state[0] + da[:, t - 1]", "(da[:, t - 1]"),
    "the output counts at the last step only": ("tanh", LOOP, "+ da[:, t - 1]", "+ da[:, t - 1] * (t == T)"),
    "the outputs are one step off": ("tanh", LOOP, "+ da[:, t - 1]", "+ da[:, t - 2]"),
    "the final state's gradient is forgotten": ("lstm", LOOP, "d_final_state, N)", "None, N)"),
    "dW_h pairs delta with the state of its own step": ("gru", LOOP, "cache.states[:-1]", "cache.states[1:]"),
    "dW_h of the last step only, = for +=": ("tanh", LOOP, "delta_h, h_in,", "delta_h[:, -1:], h_in[:, -1:],"),
    "dW_h transposed": ("tanh", LOOP, "np.tensordot(delta_h, h_in,", "np.tensordot(h_in, delta_h,"),
    "db with a mean over the steps": ("tanh", LOOP, "delta_x.sum(axis=(0, 1))", "delta_x.sum(axis=0).mean(axis=0)"),
    "dx through the wrong matrix": ("tanh", LOOP, "RecurrentGradient(delta_x @ W_x", "RecurrentGradient(delta_x @ W_h"),
    "dx transposed": ("tanh", LOOP, "delta_x @ W_x", "delta_x @ W_x.T"),
    "simple: no slope": ("tanh", STEP, "dh * self.activation.slope(z, h)", "dh"),
    "simple: slope at a": ("tanh", STEP, "slope(z, h)", "slope(h)"),
    "simple: W_h transposed": ("tanh", STEP, 'delta @ self.parameters["W_h"]', 'delta @ self.parameters["W_h"].T'),
    "lstm: the cell forgets what comes from later steps": ("lstm", STEP, "dc + dh * o", "dh * o"),
    "lstm: the cell ignores the output": ("lstm", STEP, "dc + dh * o * (1 - tanh_c * tanh_c)", "dc"),
    "lstm: slope of tanh taken at tanh": ("lstm", STEP, "(1 - tanh_c * tanh_c)", "(1 - np.tanh(tanh_c) ** 2)"),
    "lstm: the gradient passes the input gate": ("lstm", STEP, "dc_in = dc * f", "dc_in = dc * i"),
    "lstm: the gate for the candidate": ("lstm", STEP, "= dc * g, dc * c_in, dc * i", "= dc * i, dc * c_in, dc * g"),
    "lstm: candidate with the slope of the sigmoid": ("lstm", STEP, "dg * (1 - g * g)", "dg * g * (1 - g)"),
    "lstm: gates in another order": ("lstm", STEP, "di, df, dg, do =", "df, di, dg, do ="),
    "lstm: the output gate has no gradient": ("lstm", STEP, "do * o * (1 - o)", "0 * o"),
    "gru: the direct way through u is forgotten": ("gru", STEP, "dh * u + delta_h", "delta_h"),
    "gru: the direct way through 1 - u": ("gru", STEP, "dh * u + delta_h", "dh * (1 - u) + delta_h"),
    "gru: the sign of the update gate": ("gru", STEP, "dh * (h_in - n)", "dh * (n - h_in)"),
    "gru: the reset gate is forgotten on the way back": ("gru", STEP, "delta_n * r]", "delta_n]"),
    "gru: the reset gate on the input's side too": ("gru", STEP, "delta_u, delta_n], ax", "delta_u, delta_n * r], ax"),
    "gru: the reset gate sees the state": ("gru", STEP, "dr = delta_n * z_hn", "dr = delta_n * h_in"),
}  # fmt: skip


def break_it(monkeypatch: pytest.MonkeyPatch, cell: str, method: str, right: str, wrong: str) -> None:
    owner = Recurrent if method == LOOP else {"tanh": SimpleRNN, "lstm": LSTM, "gru": GRU}[cell]
    source = textwrap.dedent(inspect.getsource(getattr(owner, method)))
    assert source.count(right) == 1
    namespace = dict(vars(backprop_lab.layers.recurrent))
    exec(source.replace(right, wrong), namespace)
    monkeypatch.setattr(owner, method, namespace[method])


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_typical_mistake_is_found_by_the_gradient_check(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    break_it(monkeypatch, *MISTAKES[mistake])
    for seed in range(2):
        assert not gradient_is_right(Case(MISTAKES[mistake][0], seed, T=3, square=True))


@pytest.mark.parametrize("cell", CELLS)
def test_without_a_mistake_the_same_layers_pass(cell: str) -> None:
    for seed in range(2):
        assert gradient_is_right(Case(cell, seed, T=3, square=True))


CUTS = {
    "nothing is cut": ('d_state = self._state("d_state", None, N)', "pass"),
    "cut one step late": ("(t - 1) % self.truncate", "t % self.truncate"),
    "cut counted from the end": ("(t - 1) % self.truncate", "(T - t + 1) % self.truncate"),
    "the initial state is cut off": ("t > 1 and (t - 1)", "(t - 1)"),
    "only h is cut, not c": ('self._state("d_state", None, N)', "(0 * d_state[0], *d_state[1:])"),
}


@pytest.mark.parametrize("mistake", CUTS)
def test_a_cut_at_the_wrong_place_is_found_by_the_comparison_with_pytorch(
    mistake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    agrees_with_torch(Case("lstm", 0, T=5, truncate=2))
    break_it(monkeypatch, "lstm", LOOP, *CUTS[mistake])
    with pytest.raises(AssertionError):
        agrees_with_torch(Case("lstm", 0, T=5, truncate=2))
