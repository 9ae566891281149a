r"""A fully connected network, and the four equations of backpropagation.

Layers are numbered from 1. Layer $l$ computes $z^l = W^l a^{l-1} + b^l$ and $a^l = f^l(z^l)$, with $W^l$ of shape
(n_out, n_in). Examples are rows, so in code `z = a_in @ W.T + b`. `delta` is $\partial C / \partial z$ and nothing
else. The equations are numbered BP1 to BP4 as in Nielsen (2015), chapter 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import overload

import numpy as np
import numpy.typing as npt

from backprop_lab.activations import Activation, activation
from backprop_lab.arrays import Array, as_batch, as_float_array
from backprop_lab.initialization import initialization as find_initialization
from backprop_lab.losses import Loss
from backprop_lab.losses import loss as find_loss

__all__ = ["Gradients", "Layer", "LayerCache", "LayerGradient", "Network"]


@dataclass(frozen=True)
class Layer:
    """One layer: a = activation(a_in @ W.T + b).

    Attributes
    ----------
    W : array (n_out, n_in)
        Weights; row i belongs to unit i of this layer. A view into the network's parameter vector.
    b : array (n_out,)
        Biases. A view too.
    activation : Activation
    """

    W: Array
    b: Array
    activation: Activation


@dataclass(frozen=True)
class LayerCache:
    """What the forward pass keeps of one layer for the backward pass: a_in (N, n_in), z and a (N, n_out)."""

    a_in: Array
    z: Array
    a: Array


@dataclass(frozen=True)
class LayerGradient:
    """The gradient of the loss at one layer: delta = dC/dz (N, n_out), dW (n_out, n_in), db (n_out,)."""

    delta: Array
    dW: Array
    db: Array


@dataclass(frozen=True)
class Gradients(Sequence[LayerGradient]):
    """The gradient at every layer, first layer first, and as one vector.

    Attributes
    ----------
    vector : array (n_parameters,)
        dC/d(parameters), in the order of `Network.parameters`. The dW and db of the layers are views into it.
    """

    layers: tuple[LayerGradient, ...]
    vector: Array

    @overload
    def __getitem__(self, index: int) -> LayerGradient: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[LayerGradient, ...]: ...
    def __getitem__(self, index: int | slice) -> LayerGradient | tuple[LayerGradient, ...]:
        return self.layers[index]

    def __len__(self) -> int:
        return len(self.layers)


class Network:
    """A fully connected network with its loss.

    Parameters
    ----------
    sizes : sequence of int
        Widths from the input to the output, at least two: [64, 32, 10] has one hidden layer.
    hidden, output : str or Activation
        Activation of the hidden layers and of the output layer. Softmax is for the output only.
    loss : str or Loss
        What the network is trained to lower.
    initialization : str
        How the weights are drawn; biases start at zero.
    seed : int or numpy.random.Generator
        Where the draw starts. The same seed gives the same network.
    dtype : dtype
        float64 or float32.

    Raises
    ------
    ValueError
        If a name is unknown, a width is below 1, there is no layer, or softmax is hidden.

    Examples
    --------
    >>> import numpy as np
    >>> network = Network([2, 4, 1], loss="binary_cross_entropy", seed=0)
    >>> x, y = np.array([[0.0, 1.0]]), np.array([[1.0]])
    >>> network.predict(x).shape
    (1, 1)
    >>> [layer.dW.shape for layer in network.gradients(x, y)]
    [(4, 2), (1, 4)]
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        hidden: str | Activation = "sigmoid",
        output: str | Activation = "sigmoid",
        loss: str | Loss = "half_squared_error",
        initialization: str = "xavier",
        seed: int | np.random.Generator = 0,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        rng = np.random.default_rng(seed)
        self._build(sizes, hidden, output, loss, dtype)
        draw = find_initialization(initialization)
        for layer in self.layers:
            layer.W[...] = draw(rng, *layer.W.shape)

    def _build(
        self,
        sizes: Sequence[int],
        hidden: str | Activation,
        output: str | Activation,
        loss_function: str | Loss,
        dtype: npt.DTypeLike,
    ) -> None:
        self.sizes = _check_sizes(sizes)
        self.hidden, self.output = activation(hidden), activation(output)
        if self.hidden.slope_from is None and len(self.sizes) > 2:
            raise ValueError(f"{self.hidden} is for the output layer: a hidden layer needs an element-wise slope")
        if not np.issubdtype(dtype, np.floating):
            raise TypeError(f"dtype is {np.dtype(dtype)}, expected a floating-point type such as float64")
        self.loss_function = find_loss(loss_function)
        self._vector = np.zeros(sum(n * (m + 1) for m, n in pairwise(self.sizes)), dtype)
        activations = [self.hidden] * (len(self.sizes) - 2) + [self.output]
        views = self._views(self._vector)
        self.layers = tuple(Layer(W, b, f) for (W, b), f in zip(views, activations, strict=True))

    @classmethod
    def from_weights(
        cls,
        weights: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]],
        *,
        hidden: str | Activation = "sigmoid",
        output: str | Activation = "sigmoid",
        loss: str | Loss = "half_squared_error",
    ) -> Network:
        """Return a network with these weights: one pair (W, b) for each layer, first layer first.

        Raises
        ------
        TypeError
            If a weight is not floating point.
        ValueError
            If the widths of neighbouring layers differ; the message names the layer.
        """
        if len(weights) == 0:
            raise ValueError("weights is empty: expected one pair (W, b) for each layer")
        pairs: list[tuple[Array, Array]] = []
        for number, (W, b) in enumerate(weights, start=1):
            W, b = as_float_array(f"W of layer {number}", W), as_float_array(f"b of layer {number}", b)
            if W.ndim != 2:
                raise ValueError(f"W of layer {number} has shape {W.shape}, expected (n_out, n_in)")
            if b.shape != (len(W),):
                raise ValueError(f"b of layer {number} has shape {b.shape}, expected ({len(W)},): W has {len(W)} rows")
            if pairs and W.shape[1] != len(pairs[-1][1]):
                raise ValueError(
                    f"W of layer {number} has {W.shape[1]} columns but layer {number - 1} has {len(pairs[-1][1])} units"
                )
            pairs.append((W, b))
        network = cls.__new__(cls)
        sizes = [pairs[0][0].shape[1], *(len(b) for _, b in pairs)]
        network._build(sizes, hidden, output, loss, np.result_type(*(array for pair in pairs for array in pair)))
        network.parameters[...] = np.concatenate([array.ravel() for pair in pairs for array in pair])
        return network

    @property
    def parameters(self) -> Array:
        """All weights and biases in one vector (n_parameters,); the layers' W and b are views into it.

        Setting it copies the numbers, so that the layers follow.
        """
        return self._vector

    @parameters.setter
    def parameters(self, parameters: npt.ArrayLike) -> None:
        self._vector[...] = self._check_parameters(parameters)

    def _check_parameters(self, parameters: npt.ArrayLike) -> Array:
        parameters = as_float_array("parameters", parameters)
        if parameters.shape != self._vector.shape:
            raise ValueError(f"parameters has shape {parameters.shape}, expected {self._vector.shape}")
        return parameters

    def __deepcopy__(self, memo: dict[int, object]) -> Network:
        """Return a copy whose layers are views into its own vector."""
        return self.with_parameters(self._vector)

    def with_parameters(self, parameters: npt.ArrayLike) -> Network:
        """Return a network of the same shape with other parameters; this one stays as it is.

        The loss as a function of the parameters is
        `lambda theta: network.with_parameters(theta).loss(x, y)`, which is what a gradient check needs.
        """
        parameters = self._check_parameters(parameters)
        network = type(self).__new__(type(self))
        network._build(self.sizes, self.hidden, self.output, self.loss_function, self.parameters.dtype)
        network.parameters[...] = parameters
        return network

    # ------------------------------------------------------------------ forward

    def forward(self, x: npt.ArrayLike) -> tuple[Array, list[LayerCache]]:
        """Return the predictions (N, n_out) and what each layer must remember for the backward pass.

        Parameters
        ----------
        x : array (N, n_in)
            One example a row, floating point.

        Raises
        ------
        TypeError, ValueError
            If x is not a non-empty batch of finite floats of the width of the input layer.
        """
        a = as_batch("x", x, self.sizes[0], self.parameters.dtype)
        caches = []
        for layer in self.layers:
            a_in = a
            z = a_in @ layer.W.T + layer.b
            a = layer.activation(z)
            caches.append(LayerCache(a_in, z, a))
        return a, caches

    def predict(self, x: npt.ArrayLike) -> Array:
        """Return the predictions (N, n_out) for the examples x (N, n_in)."""
        return self.forward(x)[0]

    def loss(self, x: npt.ArrayLike, y: npt.ArrayLike) -> float:
        """Return C, the mean loss over the batch, for targets y (N, n_out)."""
        _, caches = self.forward(x)
        return self._loss(caches, self._targets(y, caches))

    # ----------------------------------------------------------------- backward

    def backward(self, caches: Sequence[LayerCache], y: npt.ArrayLike) -> Gradients:
        """Return the gradient of the loss with respect to every parameter: the four equations.

        Parameters
        ----------
        caches : sequence of LayerCache
            What `forward` returned for the same parameters.
        y : array (N, n_out)
            Targets.
        """
        y = self._targets(y, caches)
        last, cache = self.layers[-1], caches[-1]
        delta = self.loss_function.delta(last.activation, cache.z, cache.a, y)  # BP1
        deltas = [delta]
        for above, layer, cache in self._hidden_backward(caches):
            slope = layer.activation.slope(cache.z, cache.a)
            delta = (delta @ above.W) * slope  # BP2
            deltas.insert(0, delta)

        vector = np.empty_like(self.parameters)
        gradients = []
        for delta, cache, (dW, db) in zip(deltas, caches, self._views(vector), strict=True):
            np.matmul(delta.T, cache.a_in, out=dW)  # BP3
            np.sum(delta, axis=0, out=db)  # BP4
            gradients.append(LayerGradient(delta, dW, db))
        return Gradients(tuple(gradients), vector)

    def gradients(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Gradients:
        """Return the gradient of the loss at the examples x (N, n_in), y (N, n_out): one pass each way."""
        return self.loss_and_gradients(x, y)[1]

    def loss_and_gradients(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[float, Gradients]:
        """Return C and its gradient from one forward and one backward pass."""
        _, caches = self.forward(x)
        y = self._targets(y, caches)
        return self._loss(caches, y), self.backward(caches, y)

    # ------------------------------------------------------------------ helpers

    def _loss(self, caches: Sequence[LayerCache], y: Array) -> float:
        return self.loss_function.value(self.output, caches[-1].z, caches[-1].a, y)

    def _hidden_backward(self, caches: Sequence[LayerCache]) -> Iterator[tuple[Layer, Layer, LayerCache]]:
        """From the last hidden layer to the first: (layer above, layer, its cache)."""
        return zip(self.layers[:0:-1], self.layers[-2::-1], caches[-2::-1], strict=True)

    def _targets(self, y: npt.ArrayLike, caches: Sequence[LayerCache]) -> Array:
        return self.loss_function.check_targets(as_float_array("y", y, self.parameters.dtype), caches[-1].a.shape)

    def _views(self, vector: Array) -> Iterator[tuple[Array, Array]]:
        """Cut a parameter vector into (W, b) for each layer, without copying."""
        start = 0
        for n_in, n_out in pairwise(self.sizes):
            W = vector[start : start + n_out * n_in].reshape(n_out, n_in)
            start += W.size
            b = vector[start : start + n_out]
            start += b.size
            yield W, b

    def __repr__(self) -> str:
        return (
            f"Network({'-'.join(map(str, self.sizes))}, hidden={self.hidden}, output={self.output}, "
            f"loss={self.loss_function}, {self.parameters.size} parameters)"
        )


def _check_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    if isinstance(sizes, str) or not isinstance(sizes, Sequence) or len(sizes) < 2:
        raise ValueError(f"sizes is {sizes!r}, expected at least an input and an output width such as [2, 4, 1]")
    for size in sizes:
        if not isinstance(size, (int, np.integer)) or isinstance(size, bool) or size < 1:
            raise ValueError(f"sizes is {list(sizes)!r}, expected whole numbers from 1 up")
    return tuple(int(size) for size in sizes)
