r"""Gradient checkpointing: keep few activations, and compute the others again when the backward pass asks for them.

The backward pass reads the activations in reverse order, so a plain forward pass keeps all of them. It doesn't have to:
from a kept one, a snapshot, the layers above it can be run again. A *schedule* says what to run, keep and forget, in
which order. It is data, a list of actions, so it can be drawn, and walking along it tells what it will cost.

What the backward pass of layer $l$ needs, when it is handed $\delta^l$ and hands on $\delta^{l-1}$:

| equation | needs |
|---|---|
| BP3: $dW^l = (\delta^l)^\mathsf{T} a^{l-1}$ | the input $a^{l-1}$ |
| BP4: $db^l$, the column sums of $\delta^l$ | nothing |
| BP2: $\delta^{l-1} = (\delta^l W^l) \odot f'(z^{l-1})$ | the slope of the layer below, from $a^{l-1}$ or $z^{l-1}$ |

So one array of each layer is enough: $a$ where the slope can be taken from it (sigmoid, tanh, ReLU), else $z$, from
which $a$ is one element-wise call away. Either is called activation $l$ here; activation 0 is the input x.
"""

from __future__ import annotations

import copy
import math
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Literal, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from backprop_lab.activations import identity, relu, sigmoid, tanh
from backprop_lab.arrays import Array, as_batch, as_float_array, choose
from backprop_lab.layers.base import Layer
from backprop_lab.layers.sequential import as_layer
from backprop_lab.network import Network

__all__ = [
    "Action",
    "CheckpointedGradients",
    "Cost",
    "Moment",
    "Schedule",
    "bisection",
    "checkpointed_gradients",
    "checkpointed_layer_gradients",
    "every_kth",
    "forward_steps",
    "optimal_split",
    "predicted_cost",
    "repetitions",
    "reversible_depth",
    "revolve",
    "square_root",
    "store_all",
]

SLOPE_FROM_A = (identity, relu, sigmoid, tanh)  # slope(a, a) is slope(z, a), bit for bit

G = TypeVar("G")


# ---------------------------------------------------------------- a schedule is data


@dataclass(frozen=True)
class Action:
    """One step of a schedule.

    Attributes
    ----------
    name : str
        forward: run layer `index`, from the activation at hand, and have its activation at hand instead.
        store: keep a snapshot of activation `index`, which is at hand.
        restore: have the snapshot of activation `index` at hand.
        free: forget the snapshot of activation `index`.
        backward: reverse layer `index`, whose input is at hand and is used up. For the output layer this runs the layer
        and the loss first: it is where the pass turns around.
    index : int
        A layer, counted from 1, or its activation; activation 0 is the input x.
    """

    name: Literal["forward", "store", "restore", "free", "backward"]
    index: int

    def __repr__(self) -> str:
        return f"{self.name} {self.index}"


@dataclass(frozen=True)
class Moment:
    """What is in memory while an action runs.

    Attributes
    ----------
    action : Action
    stored : tuple of int
        The activations that are snapshots when the action is over.
    activations : tuple of int
        All activations that the action finds or makes: snapshots, the one at hand before and after, and the input x.
    deltas : tuple of int
        The layers whose delta it finds or makes.
    """

    action: Action
    stored: tuple[int, ...]
    activations: tuple[int, ...]
    deltas: tuple[int, ...]

    def bytes_held(self, activation_bytes: Sequence[int]) -> int:
        """Return the bytes of these arrays; `activation_bytes[l]` is the size of activation l, and of its delta."""
        return sum(activation_bytes[l] for l in (*self.activations, *self.deltas))


@dataclass(frozen=True)
class Cost:
    """What a schedule costs.

    Attributes
    ----------
    forward_steps : int
        How often a layer is run forward, in all.
    recomputed_layers : int
        How many of these steps had been done before: `forward_steps` without the first run of each layer.
    peak_bytes : int
        The most bytes of activations and deltas alive at once, the input x among them. What passes from one action to
        the next is counted, and the results of an action together with what it reads; not the temporary arrays inside
        one layer, and not the parameters and their gradients.
    """

    forward_steps: int
    recomputed_layers: int
    peak_bytes: int


@dataclass(frozen=True, repr=False)
class Schedule:
    """A plan for the backward pass through `depth` layers.

    Attributes
    ----------
    name : str
        What to call it in a figure.
    depth : int
        Number of layers.
    actions : tuple of Action

    Raises
    ------
    TypeError
        If it is made of anything but actions.
    ValueError
        If the plan can't be carried out: the message says which action asks for what is not there, or what is left
        undone at the end.

    Examples
    --------
    >>> revolve(depth=3, snapshots=1).actions
    (store 0, forward 1, forward 2, backward 3, restore 0, forward 1, backward 2, restore 0, backward 1, free 0)
    """

    name: str
    depth: int
    actions: tuple[Action, ...]

    def __post_init__(self) -> None:
        _check_whole("depth", self.depth, 1)
        _check_list("actions", self.actions, "a tuple of Action")
        for number, action in enumerate(self.actions, start=1):
            if not isinstance(action, Action):
                raise TypeError(
                    f"action {number} of {self.name} is {action!r}, expected one such as Action('store', 0)"
                )
            _check_whole(f"index of action {number}", action.index, 0)
        for _ in self.moments():
            pass

    @property
    def advances(self) -> int:
        """How many `forward` actions there are: the t(l, s) of Griewank and Walther (2000)."""
        return sum(action.name == "forward" for action in self.actions)

    @property
    def snapshots(self) -> int:
        """The most snapshots that it keeps at once; the input x is one of them."""
        return max(len(moment.stored) for moment in self.moments())

    def moments(self) -> Iterator[Moment]:
        """Walk along the schedule without running it, and yield what is in memory at each action."""
        at_hand: int | None = 0
        stored: list[int] = []
        layer = self.depth  # the next to be reversed
        for number, action in enumerate(self.actions, start=1):
            if obstacle := _obstacle(action, self.depth, layer, at_hand, stored):
                raise ValueError(f"action {number} of {self.name}, {action}, can't be done: {obstacle}")
            l, held = action.index, {0, at_hand, *stored}
            deltas: tuple[int, ...] = (layer,) if 0 < layer < self.depth else ()
            if action.name == "store":
                stored.append(l)
            elif action.name == "free":
                stored.remove(l)
            elif action.name == "backward":
                at_hand, layer, deltas = None, l - 1, (l, l - 1) if l > 1 else (l,)
            else:
                at_hand = l
            held |= {at_hand}
            yield Moment(action, tuple(stored), tuple(sorted(a for a in held if a is not None)), deltas)
        if layer > 0:
            raise ValueError(f"{self.name} ends before layer {layer} is reversed")
        if stored:
            raise ValueError(f"{self.name} ends with a{stored[-1]} still stored")

    def cost(self, activation_bytes: Sequence[int], *, rerun: bool = False) -> Cost:
        """Return what the schedule will cost, without running it.

        Parameters
        ----------
        activation_bytes : sequence of int
            Bytes of the activations, the input first: depth + 1 numbers.
        rerun : bool
            Whether reversing a layer runs it forward once more, as `checkpointed_layer_gradients` does.

        Raises
        ------
        ValueError
            If the number of sizes is not depth + 1, or one is no whole number from 0 up.
        """
        _check_list("activation_bytes", activation_bytes, "a list of numbers")
        for l, size in enumerate(activation_bytes):
            _check_whole(f"activation_bytes[{l}]", size, 0)
        if len(activation_bytes) != self.depth + 1:
            raise ValueError(
                f"activation_bytes has {len(activation_bytes)} numbers, expected {self.depth + 1}: "
                f"of the input and of {self.depth} layers"
            )
        steps = self.advances + (self.depth if rerun else 1)
        peak = max(moment.bytes_held(activation_bytes) for moment in self.moments())
        return Cost(steps, steps - self.depth, peak)

    def relative_time(self, *, rerun: bool = False) -> float:
        """Return the time over the time of `store_all`, for layers of one width, from the matrix products alone.

        Forward a layer costs one product, backward two (dW and dC/da), and the first layer one, as nothing is passed
        on to the data.
        """
        backward = 2 * self.depth - 1
        return (self.advances + (self.depth if rerun else 1) + backward) / (self.depth + backward)

    def __repr__(self) -> str:
        return f"Schedule({self.name}: {self.depth} layers, {self.advances} forward, up to {self.snapshots} stored)"


def _obstacle(action: Action, depth: int, layer: int, at_hand: int | None, stored: Sequence[int]) -> str | None:
    """Say why the action can't be done where `layer` is the next to be reversed, or return None."""
    l = action.index
    no_input = at_hand != l - 1, f"its input a{l - 1} is not at hand"
    no_snapshot = l not in stored, f"a{l} is not stored"
    obstacles = {
        "forward": (
            (l >= depth, f"the output layer {depth} is run by backward {depth}"),
            no_input,
            (l in stored, f"a{l} is stored: restore it"),
        ),
        "store": ((at_hand != l, f"a{l} is not at hand"), (l in stored, f"a{l} is stored already")),
        "restore": (no_snapshot,),
        "free": (no_snapshot,),
        "backward": (
            (layer == 0, "all layers are reversed"),
            (l != layer, f"layer {layer} is the next to be reversed"),
            no_input,
        ),
    }
    return next((reason for there, reason in choose("action", action.name, obstacles) if there), None)


# ------------------------------------------------------------------- the schedules


def store_all(depth: int) -> Schedule:
    """Return the schedule that keeps every activation and runs no layer twice."""
    return _plan("store all", depth, depth, lambda left, snapshots: 1)


def every_kth(depth: int, k: int) -> Schedule:
    """Return the schedule that keeps every k-th activation, and runs a segment of k layers again to reverse it.

    It holds about depth / k + k activations and runs each layer at most twice (Chen et al. 2016).

    Raises
    ------
    ValueError
        If k is not a whole number from 1 up.
    """
    _check_whole("k", k, 1)
    return _plan(f"every {k}", depth, depth, lambda left, snapshots: k if left > k else 1)


def square_root(depth: int) -> Schedule:
    """Return `every_kth` with k = sqrt(depth), rounded up: where depth / k + k is smallest, 2 sqrt(depth).

    Chen et al. (2016).
    """
    _check_whole("depth", depth, 1)
    k = math.isqrt(depth - 1) + 1
    return Schedule(f"square root (every {k})", depth, every_kth(depth, k).actions)


def bisection(depth: int) -> Schedule:
    """Return the schedule that reverses the upper half, then the lower half, each in this same way.

    It keeps at most floor(log2(depth)) snapshots, and runs a layer about log2(depth) / 2 times on average
    (Griewank 1992; Chen et al. 2016).
    """
    return _plan("bisection", depth, depth, lambda left, snapshots: (left + 1) // 2)


def revolve(depth: int, snapshots: int) -> Schedule:
    """Return the schedule that runs the fewest layers forward with so many snapshots, of which the input x is one.

    Griewank and Walther (2000), algorithm 799. Among the schedules with the fewest forward steps it stores the fewest
    snapshots.

    Raises
    ------
    ValueError
        If depth or snapshots is not a whole number from 1 up.
    """
    _check_whole("snapshots", snapshots, 1)
    return _plan(f"revolve, s = {snapshots}", depth, snapshots, optimal_split)


def _plan(name: str, depth: int, snapshots: int, split: Callable[[int, int], int]) -> Schedule:
    """Reverse the layers from the last to the first; `split` says how far to the next snapshot.

    It is told how many layers are left up to the one to be reversed, and how many snapshots may be kept there, the one
    where it stands included.
    """
    _check_whole("depth", depth, 1)
    actions: list[Action] = []
    stored: list[int] = []
    here = 0
    for layer in range(depth, 0, -1):
        if layer < depth:
            here = stored[-1]
            actions.append(Action("restore", here))
        while here < layer - 1:
            if stored[-1:] != [here]:
                actions.append(Action("store", here))
                stored.append(here)
            ahead = here + split(layer - here, snapshots - len(stored) + 1)
            actions += [Action("forward", l) for l in range(here + 1, ahead + 1)]
            here = ahead
        actions.append(Action("backward", layer))
        if stored[-1:] == [here]:
            actions.append(Action("free", stored.pop()))
    return Schedule(name, depth, tuple(actions))


# ---------------------------------------------------------------- the theory of revolve


def reversible_depth(snapshots: int, repetitions: int) -> int:
    r"""Return how many layers can be reversed if each is run forward at most so many times, with so many snapshots.

    The binomial $\beta(s, r) = \binom{s + r}{s}$ of Griewank (1992). The run that reversing a layer may include is not
    counted.

    Raises
    ------
    ValueError
        If a number is not whole or below 0.
    """
    _check_whole("snapshots", snapshots, 0)
    _check_whole("repetitions", repetitions, 0)
    return _beta(snapshots, repetitions)


def repetitions(depth: int, snapshots: int) -> int:
    r"""Return how often a layer is run at most: the r with $\beta(s, r - 1) < l \le \beta(s, r)$."""
    _check_whole("depth", depth, 1)
    _check_whole("snapshots", snapshots, 1)
    r = 0
    while _beta(snapshots, r) < depth:
        r += 1
    return r


def forward_steps(depth: int, snapshots: int) -> int:
    r"""Return the fewest `forward` actions that reverse so many layers with so many snapshots.

    The $t(l, s) = r\,l - \beta(s + 1, r - 1)$ of Griewank and Walther (2000), with r from `repetitions`. For the $l$
    layers it counts the $l - 1$ steps of the first sweep and what is run again, but not the output layer, which is run
    where the pass turns around.
    """
    r = repetitions(depth, snapshots)
    return r * depth - _beta(snapshots + 1, r - 1)


def optimal_split(depth: int, snapshots: int) -> int:
    r"""Return after how many of these layers `revolve` takes its next snapshot.

    With r from `repetitions`, a split into m and l - m layers keeps both parts within their repetitions, and so the
    number of forward steps the smallest, if (Griewank and Walther 2000)

    $$ \beta(s, r - 2) \le m \le \beta(s, r - 1), \qquad \beta(s - 1, r - 1) \le l - m \le \beta(s - 1, r). $$

    Of these m it takes one that stores the fewest snapshots in all.

    Raises
    ------
    ValueError
        If there are fewer than two layers, which leaves nothing to split, or no snapshot.
    """
    _check_whole("depth", depth, 2)
    s, r = snapshots, repetitions(depth, snapshots)
    if depth <= _beta(s, r - 1) + _beta(s - 2, r - 1):
        return max(1, _beta(s, r - 2))
    if depth >= _beta(s, r) - _beta(s - 3, r):
        return _beta(s, r - 1)
    return depth - _beta(s - 1, r - 1) - _beta(s - 2, r - 1)


def _beta(s: int, r: int) -> int:
    return math.comb(s + r, s) if s >= 0 and r >= 0 else 0


# ------------------------------------------------------------------------- running it


@dataclass(frozen=True, eq=False)
class CheckpointedGradients(Generic[G]):
    """What a pass along a schedule found, and what it cost.

    Attributes
    ----------
    loss : float
        C.
    gradients : array (n_parameters,), or tuple of dict
        For a network one vector, in the order of `Network.parameters`; for a list of layers one dict for each.
    cost : Cost
        As counted during the pass: the bytes are those of the arrays that were alive.
    """

    loss: float
    gradients: G
    cost: Cost


def predicted_cost(schedule: Schedule, network: Network, batch_size: int) -> Cost:
    """Return what `checkpointed_gradients` will cost for a batch of this size, without running it."""
    _check_network(network)
    _check_depth(schedule, len(network.layers))
    _check_whole("batch_size", batch_size, 1)
    itemsize = network.parameters.dtype.itemsize
    return schedule.cost([batch_size * n * itemsize for n in network.sizes])


def checkpointed_gradients(
    network: Network, x: npt.ArrayLike, y: npt.ArrayLike, schedule: Schedule
) -> CheckpointedGradients[Array]:
    """Return the loss and its gradient at the examples x (N, n_in), y (N, n_out), in the memory of the schedule.

    The gradient is that of `Network.backward`, bit for bit.

    Raises
    ------
    TypeError
        If x or y is not floating point, network no Network or schedule no Schedule.
    ValueError
        If the schedule is for another depth, or x and y are not what the network and its loss expect.

    Examples
    --------
    >>> import numpy as np
    >>> network, x, y = Network([2, 3, 3, 3, 1]), np.ones((5, 2)), np.zeros((5, 1))
    >>> found = checkpointed_gradients(network, x, y, revolve(depth=4, snapshots=2))
    >>> bool((found.gradients == network.gradients(x, y).vector).all()), found.cost.recomputed_layers
    (True, 1)
    """
    _check_network(network)
    _check_depth(schedule, len(network.layers))
    x = as_batch("x", x, network.sizes[0], network.parameters.dtype)
    y = as_float_array("y", y, network.parameters.dtype)
    y = network.loss_function.check_targets(y, (len(x), network.sizes[-1]))
    chain = _NetworkChain(network, y)
    cost = _run(schedule, chain, x)
    return CheckpointedGradients(chain.loss, chain.gradients.parameters, cost)


def checkpointed_layer_gradients(
    layers: Sequence[Layer],
    x: npt.ArrayLike,
    loss: Callable[[Array], tuple[float, Array]],
    schedule: Schedule,
    *,
    training: bool = False,
    seed: int = 0,
) -> CheckpointedGradients[tuple[Mapping[str, Array], ...]]:
    """Return the loss and its gradient for layers of any kind, one after the other.

    What such a layer needs for its backward pass only its own cache holds, so reversing a layer runs it forward once
    more. A layer may be a block of several, a Residual say: a schedule over blocks keeps what is between them. The
    first run of a layer is the one that counts: in training it moves the running statistics of batch normalization, and
    what is run again is a copy that shares the parameters and nothing else.

    Parameters
    ----------
    layers : sequence of Layer
        First layer first.
    x : array
        The input, examples along the first axis.
    loss : callable
        From the output of the last layer to a pair: the loss, and its gradient with respect to that output.
    schedule : Schedule
        For as many layers.
    training : bool
        Handed to the layers.
    seed : int
        Each layer draws from its own generator, started anew at each run, so that dropout drops the same again.

    Raises
    ------
    TypeError
        If x is not floating point, one of the layers is none (a Sequential, say), loss does not return a pair, or
        schedule is no Schedule.
    ValueError
        If the schedule is for another number of layers, x is not finite, or the gradient of the loss has not the shape
        of the output.
    """
    _check_list("layers", layers, "a list of layers")
    for number, layer in enumerate(layers, start=1):
        as_layer(f"layer {number}", layer)
    _check_depth(schedule, len(layers))
    if not callable(loss):
        raise TypeError(f"loss is {loss!r}, expected a function of the output that returns (loss, da)")
    chain = _LayerChain(layers, loss, training, seed)
    cost = _run(schedule, chain, as_float_array("x", x))
    return CheckpointedGradients(chain.loss, tuple(chain.gradients), cost)


class _Chain(Protocol):
    """Layers 1 to depth, as the executor sees them.

    What the backward pass carries down is delta for a network and dC/da for layers of any kind. Reversing layer 1 hands
    back what it was given, as there is nothing below.
    """

    loss: float
    steps: int  # how often a layer was run forward

    def forward(self, l: int, below: Array) -> Array: ...
    def turn(self, below: Array) -> Array: ...
    def backward(self, l: int, below: Array, carried: Array) -> Array: ...


def _run(schedule: Schedule, chain: _Chain, x: Array) -> Cost:
    """Carry out the schedule, and count."""
    meter = _Meter(x)
    at_hand, stored = x, dict[int, Array]()
    carried: Array  # there from the first backward on, which is where the pass turns around
    for action in schedule.actions:
        l = action.index
        if action.name == "forward":
            at_hand = meter.count(chain.forward(l, at_hand))
        elif action.name == "store":
            stored[l] = at_hand
        elif action.name == "restore":
            at_hand = stored[l]
        elif action.name == "free":
            del stored[l]
        else:
            if l == schedule.depth:
                carried = meter.count(chain.turn(at_hand))
            carried = meter.count(chain.backward(l, at_hand, carried))
    return Cost(chain.steps, chain.steps - schedule.depth, meter.peak)


class _Meter:
    """Counts the bytes of arrays that are alive: an array is struck off when the interpreter frees it, not before."""

    def __init__(self, x: Array) -> None:
        self.alive = self.peak = x.nbytes
        self._seen: dict[int, weakref.ref[Array] | None] = {id(_owner(x)): None}  # the caller's: never struck off

    def count(self, array: Array) -> Array:
        owner = _owner(array)
        if id(owner) not in self._seen:
            self.alive += owner.nbytes
            self.peak = max(self.peak, self.alive)
            self._seen[id(owner)] = weakref.ref(owner, partial(self._strike_off, id(owner), owner.nbytes))
        return array

    def _strike_off(self, key: int, nbytes: int, _: object) -> None:
        del self._seen[key]
        self.alive -= nbytes


def _owner(array: Array) -> Array:
    """Return the array that owns the memory: a view holds no bytes of its own."""
    return array.base if isinstance(array.base, np.ndarray) else array


class _NetworkChain:
    """A network's layers: the four equations, from one array a layer."""

    def __init__(self, network: Network, y: Array) -> None:
        self.layers, self.loss_function, self.y = network.layers, network.loss_function, y
        self.gradients = network.with_parameters(network.parameters)  # its W and b are to be overwritten by dW and db
        self.loss, self.steps = math.nan, 0

    def _pre_activation(self, l: int, below: Array) -> Array:
        self.steps += 1
        z = self._input(l, below) @ self.layers[l - 1].W.T
        z += self.layers[l - 1].b
        return z

    def _input(self, l: int, below: Array) -> Array:
        """Return a of the layer below from what is kept of it: a or z."""
        return below if l == 1 or self._keeps_a(l - 1) else self.layers[l - 2].activation(below)

    def _keeps_a(self, l: int) -> bool:
        return self.layers[l - 1].activation in SLOPE_FROM_A

    def forward(self, l: int, below: Array) -> Array:
        z = self._pre_activation(l, below)
        return self.layers[l - 1].activation(z) if self._keeps_a(l) else z

    def turn(self, below: Array) -> Array:
        z, f = self._pre_activation(len(self.layers), below), self.layers[-1].activation
        a = f(z)
        self.loss = self.loss_function.value(f, z, a, self.y)
        return self.loss_function.delta(f, z, a, self.y)  # BP1

    def backward(self, l: int, below: Array, carried: Array) -> Array:
        delta, a_in, gradient = carried, self._input(l, below), self.gradients.layers[l - 1]
        gradient.W[...] = delta.T @ a_in  # BP3
        gradient.b[...] = delta.sum(axis=0)  # BP4
        if l == 1:
            return delta
        da = delta @ self.layers[l - 1].W
        da *= self.layers[l - 2].activation.slope(below, a_in)  # BP2; where a is kept, slope(a, a)
        return da


class _LayerChain:
    """Layers of any kind: each run gives a cache, and the cache lives as long as the layer is being reversed."""

    def __init__(
        self, layers: Sequence[Layer], loss: Callable[[Array], tuple[float, Array]], training: bool, seed: int
    ) -> None:
        self.layers, self.loss_of, self.training, self.seed = layers, loss, training, seed
        self.gradients: list[Mapping[str, Array]] = [{} for _ in layers]
        self.loss, self.steps = math.nan, 0
        self._last_cache: Any = None
        self._has_run: set[int] = set()

    def _run(self, l: int, below: Array) -> tuple[Array, Any]:
        self.steps += 1
        rng, layer = np.random.default_rng((self.seed, l)), self.layers[l - 1]
        if l in self._has_run:  # what the first run changed in the layer is not to be changed again
            layer = copy.deepcopy(layer, {id(array): array for array in layer.parameters.values()})
        self._has_run.add(l)
        return layer.forward(below, training=self.training, rng=rng)

    def forward(self, l: int, below: Array) -> Array:
        return self._run(l, below)[0]

    def turn(self, below: Array) -> Array:
        a, self._last_cache = self._run(len(self.layers), below)
        found = self.loss_of(a)
        if not isinstance(found, tuple) or len(found) != 2:
            raise TypeError(f"loss returned {found!r}, expected a pair (loss, da)")
        self.loss, da = float(found[0]), found[1]
        if np.shape(da) != a.shape:
            raise ValueError(f"loss returned da of shape {np.shape(da)}, expected {a.shape}, that of the output")
        return da

    def backward(self, l: int, below: Array, carried: Array) -> Array:
        cache = self._last_cache if l == len(self.layers) else self._run(l, below)[1]
        self._last_cache = None
        da_in, self.gradients[l - 1] = self.layers[l - 1].backward(cache, carried)
        return da_in if l > 1 else carried


def _check_network(network: Network) -> None:
    if not isinstance(network, Network):
        hint = ": for layers of any kind there is checkpointed_layer_gradients" if hasattr(network, "layers") else ""
        raise TypeError(f"network is {network!r}, expected a Network{hint}")


def _check_list(name: str, value: object, expected: str) -> None:
    if not isinstance(value, (tuple, list)):
        raise TypeError(f"{name} is {value!r}, expected {expected}")


def _check_depth(schedule: Schedule, layers: int) -> None:
    if not isinstance(schedule, Schedule):
        raise TypeError(f"schedule is {schedule!r}, expected a Schedule such as store_all({layers})")
    if schedule.depth != layers:
        raise ValueError(f"the schedule {schedule.name!r} is for {schedule.depth} layers, but there are {layers}")


def _check_whole(name: str, value: int, lowest: int) -> None:
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < lowest:
        raise ValueError(f"{name} is {value!r}, expected a whole number from {lowest} up")
