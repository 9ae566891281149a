r"""Recurrent layers, and backpropagation through time.

A recurrent layer applies one step again and again: step $t$ makes the state $h_t$ out of the input $x_t$ and the state
$h_{t-1}$, with the same weights at every $t$. Unrolled, that is a network of $T$ layers that share their weights, and
backpropagation through time (Werbos 1990) is backpropagation in it. Two things are new:

* $h_t$ is used twice, as the output of step $t$ and as the input of step $t + 1$: its gradient is the sum of both.
* A weight is used $T$ times: its gradient is the sum over the steps, $dW_h = \sum_t \delta_t^T h_{t-1}$.

Each layer writes one step and its backward rule; `Recurrent` does the unrolling. Sequences have shape (N, T, n):
example, step, unit. Steps are numbered from 1 as in the equations, so $x_t$ is `x[:, t - 1]`, and $h_0$ is the initial
state.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from backprop_lab.activations import Activation, sigmoid
from backprop_lab.activations import activation as find_activation
from backprop_lab.arrays import Array, as_type, as_whole
from backprop_lab.initialization import Initialization, draw
from backprop_lab.layers.base import Layer
from backprop_lab.layers.door import floats, misfit, recall, upstream

__all__ = ["GRU", "LSTM", "LastStep", "Recurrent", "RecurrentCache", "RecurrentGradient", "SimpleRNN", "State"]

State = tuple[Array, ...]
"""What one step hands to the next: (h,), and (h, c) in an LSTM; each (N, n_hidden)."""


@dataclass(frozen=True)
class RecurrentCache:
    """What a run keeps for the backward pass.

    Attributes
    ----------
    x : array (N, T, n_in)
    states : tuple of State
        T + 1 of them: `states[t]` is the state after step t, `states[0]` the initial one.
    steps : tuple
        What each of the T steps kept, its gates among it: `steps[t - 1]` belongs to step t.
    """

    x: Array
    states: tuple[State, ...]
    steps: tuple[Any, ...]

    @property
    def final_state(self) -> State:
        """The state after the last step: the initial state of the piece of the sequence that follows."""
        return self.states[-1]


@dataclass(frozen=True)
class RecurrentGradient:
    """What backpropagation through time finds.

    Attributes
    ----------
    dx : array (N, T, n_in)
        dC/dx.
    d_states : tuple of State
        `d_states[t]` is the gradient with respect to `states[t]`: dC/dh_t counts the output of step t and all that
        follows. In an LSTM, h_t and c_t count as two variables: dC/dc_t is what comes back along the cell from step
        t + 1, and what c_t does through h_t is in dC/dh_t.
    gradients : dict of str to array
        dC/d(parameter), summed over the steps.
    """

    dx: Array
    d_states: tuple[State, ...]
    gradients: dict[str, Array]

    @property
    def d_initial_state(self) -> State:
        """The gradient with respect to the initial state."""
        return self.d_states[0]

    @property
    def norms(self) -> Array:
        """|dC/dh_t| over batch and units, shape (T + 1,): read from right to left, how the gradient fares in time."""
        return np.array([np.linalg.norm(dh) for dh, *_ in self.d_states])


class Recurrent(Layer):
    r"""One step, repeated along the sequence with the same weights: (N, T, n_in) to (N, T, n_hidden).

    A subclass gives the step and its backward rule. Everything that is the same for all of them is here: the input's
    share $z^x_t = W_x x_t + b_x$, which needs no state and so is one product for all steps at once, the loop through
    time, and the sum of the gradients over it.

    Parameters
    ----------
    n_in, n_hidden : int
        Width of the input and of the state.
    truncate : int, optional
        Cut the gradient every so many steps (k). The backward pass falls into segments of k steps, counted from the
        first: 1 to k, k + 1 to 2k, and so on; the last may be shorter. States cross from one segment to the next,
        gradients don't: what step k + 1 would send back to the state after step k is dropped, as `.detach()` on the
        state would drop it. An output so reaches back to the beginning of its segment, k steps at most; a weight still
        gets its share from step k + 1, with the state it met taken for a constant. The forward pass does not change.
        Segments that overlap are a refinement (Williams and Peng 1990). Default: no cut, the exact gradient.
    initialization : str or Initialization
        How each gate's W_x and W_h are drawn. Biases start at zero, but for the forget gate of an LSTM.
    seed : int or numpy.random.Generator
        Where the draw starts.
    dtype : dtype
        float64 or float32.

    Attributes
    ----------
    parameters : dict
        W_x (k * n_hidden, n_in), W_h (k * n_hidden, n_hidden), b_x (k * n_hidden,), the k gates above one another in
        PyTorch's order; a GRU has b_h (k * n_hidden,) too. PyTorch calls them weight_ih_l0, weight_hh_l0, bias_ih_l0
        and bias_hh_l0, and has b_h always; where the two biases are only ever added, one does.

    Raises
    ------
    TypeError
        If dtype is neither of the two.
    ValueError
        If a width or `truncate` is not a whole number from 1 up, or a name is unknown.
    """

    gates: ClassVar[int]
    state_names: ClassVar[tuple[str, ...]] = ("h",)

    def __init__(
        self,
        n_in: int,
        n_hidden: int,
        *,
        truncate: int | None = None,
        initialization: str | Initialization = "xavier",
        seed: int | np.random.Generator = 0,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        n_in, n_hidden, dtype = as_whole("n_in", n_in), as_whole("n_hidden", n_hidden), as_type(dtype)
        self.truncate = None if truncate is None else as_whole("truncate", truncate)
        rng = np.random.default_rng(seed)
        parameters = {
            name: np.concatenate([draw(initialization, rng, n_hidden, width) for _ in range(self.gates)])
            for name, width in (("W_x", n_in), ("W_h", n_hidden))
        } | self._biases(n_hidden)
        super().__init__(**{name: array.astype(dtype) for name, array in parameters.items()})

    def _biases(self, n_hidden: int) -> dict[str, Array]:
        return {"b_x": np.zeros(self.gates * n_hidden)}

    @abstractmethod
    def step(self, z_x: Array, state: State) -> tuple[State, Any]:
        """Make one step.

        Parameters
        ----------
        z_x : array (N, k * n_hidden)
            The input's share of the pre-activations, W_x x_t + b_x.
        state : State
            The state after the step before.

        Returns
        -------
        state : State
            The state after this step.
        kept
            What `step_backward` needs.
        """

    @abstractmethod
    def step_backward(self, kept: Any, d_state: State) -> tuple[Array, Array, State]:
        """Go back one step.

        Parameters
        ----------
        kept
            What `step` kept.
        d_state : State
            The gradient with respect to the state after this step.

        Returns
        -------
        delta_x, delta_h : array (N, k * n_hidden)
            dC/dz of the two shares of the pre-activation, W_x x_t + b_x and W_h h_(t-1) + b_h.
        d_state : State
            The gradient with respect to the state after the step before.
        """

    def run(self, x: npt.ArrayLike, state: Sequence[npt.ArrayLike] | None = None) -> tuple[Array, RecurrentCache]:
        """Run along a sequence, from a given state.

        Parameters
        ----------
        x : array (N, T, n_in)
        state : tuple of array (N, n_hidden), optional
            The initial state: (h,), in an LSTM (h, c). Default: zeros.

        Returns
        -------
        h : array (N, T, n_hidden)
            The hidden state after each step.
        cache : RecurrentCache
            What `backward_through_time` needs; `cache.final_state` continues the sequence.

        Raises
        ------
        TypeError
            If an array is not floating point, or the state is not a tuple.
        ValueError
            If a shape does not fit, or the batch or the sequence is empty.
        """
        W_x, b_x = self.parameters["W_x"], self.parameters["b_x"]
        x = floats(self, x)
        if x.ndim != 3 or x.shape[2] != W_x.shape[1]:
            raise misfit(self, f"shape (N, T, {W_x.shape[1]})", x, (None, None, W_x.shape[1]))
        states, steps = [self._state("state", state, len(x))], []
        z_x = x @ W_x.T + b_x
        for t in range(1, x.shape[1] + 1):
            state_t, kept = self.step(z_x[:, t - 1], states[-1])
            states.append(state_t)
            steps.append(kept)
        h = np.stack([state_t[0] for state_t in states[1:]], axis=1)
        return h, RecurrentCache(x, tuple(states), tuple(steps))

    def backward_through_time(
        self, cache: RecurrentCache, da: npt.ArrayLike, d_final_state: Sequence[npt.ArrayLike] | None = None
    ) -> RecurrentGradient:
        """Backpropagate from the last step to the first (Werbos 1990).

        Parameters
        ----------
        cache : RecurrentCache
            What `run` returned.
        da : array (N, T, n_hidden)
            dC/dh, from each step's output alone.
        d_final_state : tuple of array (N, n_hidden), optional
            What the loss gets from the final state besides: (dh,), in an LSTM (dh, dc). Default: nothing.

        Returns
        -------
        RecurrentGradient
            The gradients with respect to x, every state and the parameters.

        Raises
        ------
        TypeError
            If an array is not floating point, or d_final_state is not a tuple.
        ValueError
            If a shape does not fit, or the cache is that of another layer.
        """
        W_x, W_h = self.parameters["W_x"], self.parameters["W_h"]
        cache = recall(self, cache, RecurrentCache, lambda kept: kept.x.shape[2:] == W_x.shape[1:])
        N, T, _ = cache.x.shape
        da = upstream(self, da, (N, T, W_h.shape[1]))
        d_state = self._state("d_final_state", d_final_state, N)
        d_states = []
        delta_x, delta_h = (np.empty((N, T, len(W_h)), W_h.dtype) for _ in range(2))
        for t in range(T, 0, -1):
            d_state = (d_state[0] + da[:, t - 1], *d_state[1:])  # h_t is an output and a state
            d_states.append(d_state)
            delta_x[:, t - 1], delta_h[:, t - 1], d_state = self.step_backward(cache.steps[t - 1], d_state)
            if self.truncate is not None and t > 1 and (t - 1) % self.truncate == 0:
                d_state = self._state("d_state", None, N)
        d_states.append(d_state)
        h_in = np.stack([state[0] for state in cache.states[:-1]], axis=1)
        examples_and_steps = ([0, 1], [0, 1])  # a weight is shared by both, so its gradient sums over both
        gradients = {
            "W_x": np.tensordot(delta_x, cache.x, examples_and_steps),
            "W_h": np.tensordot(delta_h, h_in, examples_and_steps),
            "b_x": delta_x.sum(axis=(0, 1)),
            "b_h": delta_h.sum(axis=(0, 1)),
        }
        own = {name: gradients[name] for name in self.parameters}
        return RecurrentGradient(delta_x @ W_x, tuple(reversed(d_states)), own)

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, RecurrentCache]:
        """Return the hidden state after each step, from a zero initial state; see `run`."""
        return self.run(x)

    def backward(self, cache: RecurrentCache, da: Array) -> tuple[Array, dict[str, Array]]:
        """Return dC/dx and the gradients of the parameters; see `backward_through_time`."""
        through_time = self.backward_through_time(cache, da)
        return through_time.dx, through_time.gradients

    def _state(self, name: str, state: Sequence[npt.ArrayLike] | None, N: int) -> State:
        """Return the state as arrays, zeros where there is none, or say why it is no state."""
        W_h = self.parameters["W_h"]
        shape = (N, W_h.shape[1])
        if state is None:
            return tuple(np.zeros(shape, W_h.dtype) for _ in self.state_names)
        expected = f"expected a tuple of {len(self.state_names)}: {', '.join(self.state_names)}"
        if not isinstance(state, (tuple, list)):
            raise TypeError(f"{name} is of type {type(state).__name__}, {expected}")
        if len(state) != len(self.state_names):
            raise ValueError(f"{name} has length {len(state)}, {expected}")
        arrays = [np.asarray(array) for array in state]
        for part, array in zip(self.state_names, arrays, strict=True):
            if array.shape != shape:
                raise ValueError(f"{part} of {name} has shape {array.shape}, expected {shape}")
            if not np.issubdtype(array.dtype, np.floating):
                raise TypeError(f"{part} of {name} has dtype {array.dtype}, expected floating point")
        return tuple(array.astype(W_h.dtype) for array in arrays)

    def __repr__(self) -> str:
        n_hidden, n_in = self.parameters["W_h"].shape[1], self.parameters["W_x"].shape[1]
        return f"{type(self).__name__}({n_in}, {n_hidden}, truncate={self.truncate})"


class SimpleRNN(Recurrent):
    r"""The simple recurrent layer (Elman 1990): $h_t = f(W_x x_t + b_x + W_h h_{t-1})$.

    Going back, each step multiplies the gradient by $W_h^T$ and the slope. That power of one matrix is why it vanishes
    or explodes with the number of steps (Bengio et al. 1994; Pascanu et al. 2013).

    Parameters
    ----------
    activation : str or Activation
        f: tanh or relu, or another that acts element by element.
    n_in, n_hidden, truncate, initialization, seed, dtype
        See `Recurrent`.

    Raises
    ------
    ValueError
        For softmax, which has no element-wise slope, and for what `Recurrent` refuses.

    Examples
    --------
    >>> import numpy as np
    >>> rnn = SimpleRNN(3, 5, seed=0)
    >>> h, cache = rnn.run(np.ones((2, 7, 3)))
    >>> h.shape
    (2, 7, 5)
    >>> through_time = rnn.backward_through_time(cache, np.ones((2, 7, 5)))
    >>> through_time.gradients["W_h"].shape, through_time.norms.shape
    ((5, 5), (8,))
    """

    gates = 1

    def __init__(
        self,
        n_in: int,
        n_hidden: int,
        *,
        activation: str | Activation = "tanh",
        truncate: int | None = None,
        initialization: str | Initialization = "xavier",
        seed: int | np.random.Generator = 0,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        super().__init__(n_in, n_hidden, truncate=truncate, initialization=initialization, seed=seed, dtype=dtype)
        self.activation = find_activation(activation)
        if self.activation.slope_from is None:
            raise ValueError(f"{self.activation} has no element-wise slope: a recurrent layer needs one, such as tanh")

    def step(self, z_x: Array, state: State) -> tuple[State, tuple[Array, Array]]:
        """Make one step; see `Recurrent.step`."""
        (h_in,) = state
        z = z_x + h_in @ self.parameters["W_h"].T
        h = self.activation(z)
        return (h,), (z, h)

    def step_backward(self, kept: tuple[Array, Array], d_state: State) -> tuple[Array, Array, State]:
        """Go back one step; see `Recurrent.step_backward`."""
        z, h = kept
        (dh,) = d_state
        delta = dh * self.activation.slope(z, h)
        dh_in = delta @ self.parameters["W_h"]
        return delta, delta, (dh_in,)


class LSTMStep(NamedTuple):
    """What one step of an LSTM keeps, each (N, n_hidden): the cell it met, its gates, and tanh of the new cell."""

    c_in: Array
    i: Array
    f: Array
    g: Array
    o: Array
    tanh_c: Array


class LSTM(Recurrent):
    r"""Long short-term memory (Hochreiter and Schmidhuber 1997), with the forget gate of Gers et al. (2000).

    With $z_t = W_x x_t + b_x + W_h h_{t-1}$ cut into four, in the order of PyTorch:

    $$
    i = \sigma(z^i), \quad f = \sigma(z^f), \quad g = \tanh(z^g), \quad o = \sigma(z^o), \qquad
    c_t = f \odot c_{t-1} + i \odot g, \quad h_t = o \odot \tanh(c_t)
    $$

    The cell $c$ meets no matrix on its way: back along it the gradient is multiplied by the forget gate alone, and it
    lasts as long as the gate stays near 1. So that it begins open, its bias starts at 1 (Jozefowicz et al. 2015). That
    eases vanishing; exploding still needs clipping.

    Parameters
    ----------
    n_in, n_hidden, truncate, initialization, seed, dtype
        See `Recurrent`. The state is (h, c).
    """

    gates = 4
    state_names = ("h", "c")

    def _biases(self, n_hidden: int) -> dict[str, Array]:
        return {"b_x": np.repeat([0.0, 1.0, 0.0, 0.0], n_hidden)}

    def step(self, z_x: Array, state: State) -> tuple[State, LSTMStep]:
        """Make one step; see `Recurrent.step`."""
        h_in, c_in = state
        z_i, z_f, z_g, z_o = np.split(z_x + h_in @ self.parameters["W_h"].T, 4, axis=1)
        i, f, g, o = sigmoid(z_i), sigmoid(z_f), np.tanh(z_g), sigmoid(z_o)
        c = f * c_in + i * g
        tanh_c = np.tanh(c)
        h = o * tanh_c
        return (h, c), LSTMStep(c_in, i, f, g, o, tanh_c)

    def step_backward(self, kept: LSTMStep, d_state: State) -> tuple[Array, Array, State]:
        """Go back one step; see `Recurrent.step_backward`."""
        c_in, i, f, g, o, tanh_c = kept
        dh, dc = d_state
        dc = dc + dh * o * (1 - tanh_c * tanh_c)  # c_t goes on as the cell, and into h_t
        di, df, dg, do = dc * g, dc * c_in, dc * i, dh * tanh_c
        delta = np.concatenate([di * i * (1 - i), df * f * (1 - f), dg * (1 - g * g), do * o * (1 - o)], axis=1)
        dh_in = delta @ self.parameters["W_h"]
        dc_in = dc * f
        return delta, delta, (dh_in, dc_in)


class GRUStep(NamedTuple):
    """What one step of a GRU keeps, each (N, n_hidden): the state it met, its gates, and what the reset gate meets."""

    h_in: Array
    r: Array
    u: Array
    n: Array
    z_hn: Array


class GRU(Recurrent):
    r"""The gated recurrent unit (Cho et al. 2014), with the reset gate behind the product, as in PyTorch.

    With $z^x_t = W_x x_t + b_x$ and $z^h_t = W_h h_{t-1} + b_h$, each cut into three, in the order of PyTorch:

    $$
    r = \sigma(z^{xr} + z^{hr}), \quad u = \sigma(z^{xu} + z^{hu}), \quad n = \tanh(z^{xn} + r \odot z^{hn}), \qquad
    h_t = (1 - u) \odot n + u \odot h_{t-1}
    $$

    Where the update gate $u$ (their $z$) is 1 the state is handed on untouched, and so is its gradient. Equation 8 of
    the published paper resets $h_{t-1}$ before it meets $W_h$; resetting $z^{hn}$ after it lets one product serve all
    three gates. It is also why $b_h$ is a parameter of its own: its last third stands under $r$.

    Parameters
    ----------
    n_in, n_hidden, truncate, initialization, seed, dtype
        See `Recurrent`.
    """

    gates = 3

    def _biases(self, n_hidden: int) -> dict[str, Array]:
        return {"b_x": np.zeros(3 * n_hidden), "b_h": np.zeros(3 * n_hidden)}

    def step(self, z_x: Array, state: State) -> tuple[State, GRUStep]:
        """Make one step; see `Recurrent.step`."""
        (h_in,) = state
        z_xr, z_xu, z_xn = np.split(z_x, 3, axis=1)
        z_hr, z_hu, z_hn = np.split(h_in @ self.parameters["W_h"].T + self.parameters["b_h"], 3, axis=1)
        r, u = sigmoid(z_xr + z_hr), sigmoid(z_xu + z_hu)
        n = np.tanh(z_xn + r * z_hn)
        h = (1 - u) * n + u * h_in
        return (h,), GRUStep(h_in, r, u, n, z_hn)

    def step_backward(self, kept: GRUStep, d_state: State) -> tuple[Array, Array, State]:
        """Go back one step; see `Recurrent.step_backward`."""
        h_in, r, u, n, z_hn = kept
        (dh,) = d_state
        du, dn = dh * (h_in - n), dh * (1 - u)
        delta_n = dn * (1 - n * n)
        dr = delta_n * z_hn
        delta_r, delta_u = dr * r * (1 - r), du * u * (1 - u)
        delta_x = np.concatenate([delta_r, delta_u, delta_n], axis=1)
        delta_h = np.concatenate([delta_r, delta_u, delta_n * r], axis=1)
        dh_in = dh * u + delta_h @ self.parameters["W_h"]
        return delta_x, delta_h, (dh_in,)


class LastStep(Layer):
    """Pass on the last step only, (N, T, n) to (N, n), so that a sequence is classified by its final state."""

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, tuple[int, ...]]:
        """Return x[:, -1], and the shape of x, which the backward pass needs."""
        x = floats(self, x)
        if x.ndim != 3:
            raise misfit(self, "shape (N, T, n)", x, (None,) * 3)
        return x[:, -1].copy(), x.shape

    def backward(self, cache: tuple[int, ...], da: Array) -> tuple[Array, dict[str, Array]]:
        """Return dC/dx: da at the last step, zero at the others."""
        cache = recall(self, cache, tuple, lambda shape: len(shape) == 3)
        N, _, n = cache
        da = upstream(self, da, (N, n))
        dx = np.zeros(cache, da.dtype)
        dx[:, -1] = da
        return dx, {}

    def __repr__(self) -> str:
        return "LastStep()"
