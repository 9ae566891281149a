r"""How much of the gradient reaches the first layers? Measure it, layer by layer.

On its way down the gradient is multiplied by $W$ and by the slopes in every layer, $\delta^l = (\delta^{l+1} W^{l+1})
\odot f'(z^l)$. A sigmoid's slope is at most 1/4, even where nothing is saturated, so ten layers with weights that keep
lengths leave at most $4^{-10} = 9.5 \cdot 10^{-7}$ (Hochreiter 1991; Bengio, Simard and Frasconi 1994). Large weights
make it grow in the same way. Initializations choose the scale of $W$ so that it does neither (Glorot and Bengio 2010;
He et al. 2015); normalization and residual connections change what is multiplied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from backprop_lab.activations import Activation, activation
from backprop_lab.arrays import Array, as_whole, choose
from backprop_lab.initialization import Initialization
from backprop_lab.initialization import initialization as find_initialization
from backprop_lab.layers import Activate, BatchNorm, Dense, Layer, LayerNorm, Residual, Sequential
from backprop_lab.network import Network

__all__ = [
    "FlowComparison",
    "FlowConfiguration",
    "FlowRecorder",
    "GradientFlow",
    "compare_gradient_flow",
    "measure_gradient_flow",
]

SATURATED = 0.05  # of the largest slope; for sigmoid |z| above 4.4, for tanh above 2.2


@dataclass(frozen=True, eq=False)
class GradientFlow:
    """What flows through a network at one batch: one number a layer, first layer first, each array (n_layers,).

    Attributes
    ----------
    activations : tuple of str
        The layers' activations.
    gradient_norm : array
        |dW|, the root of the sum of squares.
    mean_delta : array
        Mean of |delta| over units and examples. The mean over the batch is in delta, so that more examples make it
        smaller.
    mean_activation : array
        Mean of |a| over units and examples.
    saturated : array
        Share, over units and examples, of slopes that are below a twentieth of the activation's largest: for sigmoid
        |z| > 4.4, for tanh |z| > 2.2, for ReLU z <= 0. NaN for softmax, which has no slope.
    dead : array
        Share of units whose slope is 0 at every example: for ReLU those that are 0 throughout. No gradient reaches
        their weights. NaN for softmax.
    """

    activations: tuple[str, ...]
    gradient_norm: Array
    mean_delta: Array
    mean_activation: Array
    saturated: Array
    dead: Array

    def __len__(self) -> int:
        return len(self.activations)

    def __repr__(self) -> str:
        lines = ["layer  activation  |dW|      mean |delta|  mean |a|  saturated  dead"]
        for number, name in enumerate(self.activations, start=1):
            l = number - 1
            lines.append(
                f"{number:5}  {name:10}  {self.gradient_norm[l]:8.2e}  {self.mean_delta[l]:12.2e}  "
                f"{self.mean_activation[l]:8.2e}  {_percent(self.saturated[l]):>9}  {_percent(self.dead[l]):>4}"
            )
        return "\n".join(lines)


def measure_gradient_flow(network: Network, x: npt.ArrayLike, y: npt.ArrayLike) -> GradientFlow:
    """Return what flows through each layer of a network at the examples x (N, n_in), y (N, n_out).

    Raises
    ------
    TypeError, ValueError
        If the examples do not fit the network.

    Examples
    --------
    >>> import numpy as np
    >>> network = Network([2, *[8] * 10, 1], hidden="sigmoid", seed=0)
    >>> flow = measure_gradient_flow(network, np.eye(2), np.array([[0.0], [1.0]]))
    >>> bool(flow.gradient_norm[0] < 1e-4 * flow.gradient_norm[-1])
    True
    """
    _, caches = network.forward(x)
    gradients = network.backward(caches, y)
    shares = [_slope_shares(layer.activation, c.z, c.a) for layer, c in zip(network.layers, caches, strict=True)]
    return GradientFlow(
        activations=tuple(layer.activation.name for layer in network.layers),
        gradient_norm=np.array([np.linalg.norm(gradient.dW) for gradient in gradients]),
        mean_delta=np.array([np.abs(gradient.delta).mean() for gradient in gradients]),
        mean_activation=np.array([np.abs(cache.a).mean() for cache in caches]),
        saturated=np.array([saturated for saturated, _ in shares]),
        dead=np.array([dead for _, dead in shares]),
    )


@dataclass
class FlowRecorder:
    """Measures the flow again and again while a network trains: `train(..., callbacks=[recorder])`.

    Parameters
    ----------
    x, y : array (N, n_in), array (N, n_out)
        The examples that are measured, always the same.
    every : int
        Measure at the first call and at each `every`-th after it; training calls after every epoch.

    Attributes
    ----------
    calls : list of int
        The numbers of the calls at which it measured, from 1. To have the start too, call `recorder(network)` before
        training: it is call 1.
    flows : list of GradientFlow
        What it measured.

    Examples
    --------
    >>> import numpy as np
    >>> from backprop_lab.training import train
    >>> network, x, y = Network([2, 3, 1], seed=0), np.eye(2), np.array([[0.0], [1.0]])
    >>> recorder = FlowRecorder(x, y)
    >>> _ = train(network, x, y, epochs=5, learning_rate=0.1, callbacks=[recorder])
    >>> recorder.over_time("gradient_norm").shape
    (5, 2)
    """

    x: npt.ArrayLike
    y: npt.ArrayLike
    every: int = 1
    calls: list[int] = field(default_factory=list, init=False)
    flows: list[GradientFlow] = field(default_factory=list, init=False)
    _count: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        as_whole("every", self.every)
        self.x, self.y = np.array(self.x), np.array(self.y)  # whatever becomes of the caller's

    def __call__(self, network: Network, history: object = None) -> None:
        """Measure, if it is time; the network is read, never changed."""
        if self._count % self.every == 0:
            self.flows.append(measure_gradient_flow(network, self.x, self.y))
            self.calls.append(self._count + 1)
        self._count += 1

    def over_time(self, quantity: str) -> Array:
        """Return one quantity, such as "gradient_norm" or "dead", as an array (n_measurements, n_layers)."""
        _choose_quantity(quantity, GradientFlow)
        if not self.flows:
            raise ValueError(
                "nothing has been measured yet: train(..., callbacks=[recorder]), or call recorder(network)"
            )
        return np.array([getattr(flow, quantity) for flow in self.flows])

    def __repr__(self) -> str:
        return f"FlowRecorder({len(self.flows)} measurements, every={self.every})"


# ----------------------------------------------------------------------------------------- the experiment


@dataclass(frozen=True, eq=False)
class FlowConfiguration:
    """One deep network, and what flows through its hidden layers before training, each array (depth,).

    Attributes
    ----------
    depth : int
        Hidden layers.
    activation, initialization, normalization : str
    residual : bool
        Whether each hidden layer adds to its input: a = a_in + f(W a_in + b).
    gradient_norm, mean_delta, mean_activation, saturated, dead : array
        As in `GradientFlow`, at the hidden layers. `mean_delta` is of delta = dC/dz at z = W a_in + b, before a
        normalization. `mean_activation` is of what the layer hands on, with a residual connection the sum.
    """

    depth: int
    activation: str
    initialization: str
    normalization: str
    residual: bool
    gradient_norm: Array
    mean_delta: Array
    mean_activation: Array
    saturated: Array
    dead: Array

    @property
    def ratio(self) -> float:
        """|dW| of the first hidden layer over that of the last: 1 where the gradient keeps its size."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(self.gradient_norm[0] / self.gradient_norm[-1])

    @property
    def label(self) -> str:
        """Its name for a legend: "relu, he, batch norm, residual"."""
        extras = [f"{self.normalization} norm"] * (self.normalization != "none") + ["residual"] * self.residual
        return ", ".join([self.activation, self.initialization, *extras])


@dataclass(frozen=True)
class FlowComparison(Sequence[FlowConfiguration]):
    """Configurations side by side: a table, with a row for each."""

    rows: tuple[FlowConfiguration, ...]

    def __getitem__(self, index: Any) -> Any:
        return FlowComparison(self.rows[index]) if isinstance(index, slice) else self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[FlowConfiguration]:
        return iter(self.rows)

    def select(self, **wanted: object) -> FlowComparison:
        """Return the rows with these values: `select(activation="relu", residual=False)`."""
        for name in wanted:
            choose(
                "column", name, dict.fromkeys(("depth", "activation", "initialization", "normalization", "residual"))
            )
        return FlowComparison(tuple(row for row in self if all(getattr(row, k) == v for k, v in wanted.items())))

    def lines(self, quantity: str = "gradient_norm") -> dict[str, Array]:
        """Return one quantity of each row by its label, for a plot; the depth is named where it differs."""
        _choose_quantity(quantity, FlowConfiguration)
        one_depth = len({row.depth for row in self}) < 2
        return {row.label if one_depth else f"{row.depth} x {row.label}": getattr(row, quantity) for row in self}

    def __repr__(self) -> str:
        lines = ["depth  activation  initialization  normalization  residual  |dW| first  |dW| last  first / last"]
        lines += [
            f"{row.depth:5}  {row.activation:10}  {row.initialization:14}  {row.normalization:13}  "
            f"{'yes' if row.residual else 'no':8}  {row.gradient_norm[0]:10.1e}  {row.gradient_norm[-1]:9.1e}  "
            f"{row.ratio:12.1e}"
            for row in self
        ]
        return "\n".join(lines)


NORMALIZATIONS: dict[str, Callable[[int], list[Layer]]] = {
    "none": lambda width: [],
    "batch": lambda width: [BatchNorm(width)],
    "layer": lambda width: [LayerNorm(width)],
}


def compare_gradient_flow(
    *,
    depths: Sequence[int] = (20,),
    activations: Sequence[str | Activation] = ("sigmoid", "tanh", "relu"),
    initializations: Sequence[str | Initialization] = ("xavier", "he"),
    normalizations: Sequence[str] = ("none", "batch", "layer"),
    residual: Sequence[bool] = (False, True),
    width: int = 64,
    examples: int = 64,
    classes: int = 10,
    seed: int = 0,
) -> FlowComparison:
    """Build a deep network for every combination, and measure how much of the gradient reaches its first layers.

    A hidden layer is an affine map, a normalization (Ioffe and Szegedy 2015; Ba, Kiros and Hinton 2016), an activation,
    and with `residual` its input is added (He et al. 2016). On top is a softmax with cross-entropy. Inputs are standard
    normal, of the width of the layers; classes are drawn at random. All networks get the same data, and the same draw
    of weights up to their scale.

    Parameters
    ----------
    depths : sequence of int
        Numbers of hidden layers.
    activations, initializations, normalizations, residual : sequences
        What is combined; normalizations are "none", "batch" and "layer".
    width, examples, classes : int
        Units a hidden layer, examples in the batch (at least 2, for batch normalization), outputs.
    seed : int
        Where the draws start.

    Returns
    -------
    FlowComparison
        One row for each combination; the first parameter changes slowest.

    Raises
    ------
    ValueError
        If a name is unknown, a number is below 1, or there is nothing to combine.

    Examples
    --------
    >>> table = compare_gradient_flow(initializations=["xavier"], normalizations=["none"], residual=[False])
    >>> [row.label for row in table]
    ['sigmoid, xavier', 'tanh, xavier', 'relu, xavier']
    >>> bool(table[0].ratio < 1e-9 < 1e-3 < table[1].ratio)
    True
    """
    columns = {
        "depths": depths,
        "activations": activations,
        "initializations": initializations,
        "normalizations": normalizations,
        "residual": residual,
    }
    for name, values in columns.items():
        if isinstance(values, str) or len(values) == 0:
            raise ValueError(f"{name} is {values!r}, expected a list of at least one")
    for name, number in (*(("a depth", depth) for depth in depths), ("width", width), ("classes", classes)):
        as_whole(name, number)
    as_whole("examples", examples, 2)
    chosen = [activation(name) for name in activations]
    for draw in initializations:
        find_initialization(draw)
    for name in normalizations:
        choose("normalization", name, NORMALIZATIONS)

    rng = np.random.default_rng(seed)
    x = rng.standard_normal((examples, width))
    y = np.eye(classes)[rng.integers(0, classes, examples)]
    return FlowComparison(
        tuple(
            _measure(depth, f, draw, normalization, bool(around), x, y, seed)
            for depth, f, draw, normalization, around in product(
                depths, chosen, initializations, normalizations, residual
            )
        )
    )


class _Watched(Dense):
    """A Dense layer that keeps what its last backward pass was given: delta (N, n_out)."""

    delta: Array

    def backward(self, cache: Array, da: Array) -> tuple[Array, dict[str, Array]]:
        self.delta = da
        return super().backward(cache, da)


def _measure(
    depth: int,
    f: Activation,
    draw: str | Initialization,
    normalization: str,
    residual: bool,
    x: Array,
    y: Array,
    seed: int,
) -> FlowConfiguration:
    rng = np.random.default_rng([seed, 1])
    width = x.shape[1]
    layers: list[Layer] = []
    for _ in range(depth):
        hidden = [
            _Watched(width, width, initialization=draw, seed=rng),
            *NORMALIZATIONS[normalization](width),
            Activate(f),
        ]
        layers += [Residual(hidden)] if residual else hidden
    layers += [Dense(width, y.shape[1], initialization="xavier", seed=rng), Activate("softmax")]
    model = Sequential(layers, "categorical_cross_entropy")
    with np.errstate(over="ignore", invalid="ignore"):  # what explodes is what is to be seen
        _, caches = model.forward(x, training=True)
        gradients = model.backward(caches, y)
        parts = list(_parts(model.layers, caches.layers))
        deltas = [layer.delta for layer, _ in parts if isinstance(layer, _Watched)]
        handed_on = [a_in for layer, a_in in parts if isinstance(layer, Dense)][1:]
        activated = [cache for layer, cache in parts if isinstance(layer, Activate)][:depth]
        weights = [array for gradient in gradients for name, array in gradient.items() if name.endswith("W")][:depth]
        shares = [_slope_shares(f, cache.z, cache.a) for cache in activated]
        return FlowConfiguration(
            depth=depth,
            activation=f.name,
            initialization=draw if isinstance(draw, str) else getattr(draw, "__name__", repr(draw)),
            normalization=normalization,
            residual=residual,
            gradient_norm=np.array([np.linalg.norm(dW) for dW in weights]),
            mean_delta=np.array([np.abs(delta).mean() for delta in deltas]),
            mean_activation=np.array([np.abs(a).mean() for a in handed_on]),
            saturated=np.array([saturated for saturated, _ in shares]),
            dead=np.array([dead for _, dead in shares]),
        )


def _parts(layers: Sequence[Layer], caches: Sequence[Any]) -> Iterator[tuple[Layer, Any]]:
    """Yield each layer with its cache; of a residual connection those inside."""
    for layer, cache in zip(layers, caches, strict=True):
        if isinstance(layer, Residual):
            yield from zip(layer.branch, cache.branch, strict=True)
        else:
            yield layer, cache


def _slope_shares(f: Activation, z: Array, a: Array) -> tuple[float, float]:
    """Return the share of slopes that are nearly 0, and the share of units whose slope is 0 at every example."""
    if f.slope_from is None:
        return np.nan, np.nan
    slope = np.abs(f.slope(z, a))
    largest = float(np.abs(f.slope(np.linspace(-8, 8, 1601))).max())
    return float((slope < SATURATED * largest).mean()), float((slope == 0).all(axis=0).mean())


def _percent(share: float) -> str:
    return "-" if np.isnan(share) else f"{100 * share:.0f}%"


def _choose_quantity(name: str, owner: type) -> None:
    names = [key for key, kind in owner.__annotations__.items() if kind == "Array"]
    choose("quantity", name, dict.fromkeys(names))
