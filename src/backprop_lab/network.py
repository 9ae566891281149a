r"""A fully connected network, and the four equations of backpropagation.

Layers are numbered from 1. Layer $l$ computes $z^l = W^l a^{l-1} + b^l$ and $a^l = f^l(z^l)$, with $W^l$ of shape
(n_out, n_in). Examples are rows, so in code `z = a_in @ W.T + b`. `delta` is $\partial C / \partial z$ and nothing
else. The equations have the names BP1 to BP4 from Nielsen (2015), chapter 2; his BP3 (bias) and BP4 (weights) change
places here.

This is the network to read. `recorded.py` holds the same step for training, with its arrays made once.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from backprop_lab.activations import ACTIVATIONS, Activation, activation
from backprop_lab.arrays import Array, as_batch, as_float_array, as_type
from backprop_lab.initialization import Initialization, draw
from backprop_lab.losses import LOSSES, Loss, as_sample_weights
from backprop_lab.losses import loss as find_loss
from backprop_lab.tables import table

__all__ = ["Gradients", "Layer", "LayerCache", "LayerGradient", "Network"]

FILE_VERSION = 1  # of what `Network.save` writes
DAMAGED = (KeyError, ValueError, AttributeError, EOFError, TypeError, OSError, NotImplementedError, zipfile.BadZipFile)


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer: a = activation(a_in @ W.T + b).

    Attributes
    ----------
    W : array (n_out, n_in)
        Weights; row i belongs to unit i of this layer. A view into the network's parameter vector.
    b : array (n_out,)
        Biases. A view too.
    activation : Activation
    matrix : array (n_out, n_in + 1)
        [W | b] in one, the view that W and b are parts of: a row holds the weights of a unit and then its bias.
    """

    W: Array
    b: Array
    activation: Activation
    matrix: Array


@dataclass(frozen=True, eq=False)
class LayerCache:
    """What the forward pass keeps of one layer for the backward pass: a_in (N, n_in), z and a (N, n_out)."""

    a_in: Array
    z: Array
    a: Array


@dataclass(frozen=True, eq=False)
class LayerGradient:
    """The gradient of the loss at one layer: delta = dC/dz (N, n_out), dW (n_out, n_in), db (n_out,)."""

    delta: Array
    dW: Array
    db: Array


@dataclass(frozen=True, eq=False)
class Gradients(Sequence[LayerGradient]):
    """The gradient at every layer, first layer first, and as one vector.

    Attributes
    ----------
    vector : array (n_parameters,)
        dC/d(parameters), in the order of `Network.parameters`. The dW and db of the layers are views into it.
    dx : array (N, n_in) or None
        dC/dx, where it was asked for.
    """

    layers: tuple[LayerGradient, ...]
    vector: Array
    dx: Array | None = None

    @overload
    def __getitem__(self, index: int) -> LayerGradient: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[LayerGradient, ...]: ...
    def __getitem__(self, index: int | slice) -> LayerGradient | tuple[LayerGradient, ...]:
        return self.layers[index]

    def __len__(self) -> int:
        return len(self.layers)

    def __repr__(self) -> str:
        return f"Gradients({len(self)} layers, {self.vector.size} parameters, norm {np.linalg.norm(self.vector):.6g})"


class Network:
    """A fully connected network with its loss.

    Parameters
    ----------
    sizes : sequence of int
        Widths from the input to the output, at least two: [64, 32, 10] has one hidden layer.
    hidden : str or Activation, or a sequence of them
        Activation of the hidden layers: one for all, or one for each. Softmax is for the output only.
    output : str or Activation
        Activation of the output layer.
    loss : str or Loss
        What the network is trained to lower.
    initialization : str or Initialization
        How the weights are drawn; biases start at zero.
    seed : int or numpy.random.Generator
        Where the draw starts. The same seed gives the same network.
    dtype : dtype
        float64 or float32.

    Raises
    ------
    TypeError
        If the dtype is neither of the two.
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
        hidden: str | Activation | Sequence[str | Activation] = "sigmoid",
        output: str | Activation = "sigmoid",
        loss: str | Loss = "half_squared_error",
        initialization: str | Initialization = "xavier",
        seed: int | np.random.Generator = 0,
        dtype: npt.DTypeLike = np.float64,
    ) -> None:
        self.sizes = _check_sizes(sizes)
        self.activations = _check_activations(hidden, output, len(self.sizes) - 2)
        self.loss_function = find_loss(loss)
        self._vector = np.zeros(sum(n * (m + 1) for m, n in pairwise(self.sizes)), as_type(dtype))
        self._cut()
        rng = np.random.default_rng(seed)
        for layer in self.layers:
            layer.W[...] = draw(initialization, rng, *layer.W.shape)

    # ------------------------------------------------------------------ forward

    def forward(self, x: npt.ArrayLike) -> tuple[Array, list[LayerCache]]:
        """Return the predictions (N, n_out) and what each layer must remember for the backward pass.

        Parameters
        ----------
        x : array (N, n_in)
            One example a row, floating point.

        Returns
        -------
        y_hat : array (N, n_out)
            The activations of the last layer: the same array as in its cache.
        caches : list of LayerCache
            One a layer. They hold what was computed, not copies of it: leave them, and the parameters, as they are
            until the backward pass.

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

    def loss(self, x: npt.ArrayLike, y: npt.ArrayLike, sample_weights: npt.ArrayLike | None = None) -> float:
        """Return C, the mean loss over the batch, for targets y (N, n_out) and, if given, sample weights (N,)."""
        _, caches = self.forward(x)
        return self._loss(caches, *self._targets(caches, y, sample_weights))

    # ----------------------------------------------------------------- backward

    def backward(
        self,
        caches: Sequence[LayerCache],
        y: npt.ArrayLike,
        sample_weights: npt.ArrayLike | None = None,
        *,
        inputs: bool = False,
    ) -> Gradients:
        """Return the gradient of the loss with respect to every parameter: the four equations.

        Parameters
        ----------
        caches : sequence of LayerCache
            What `forward` returned for the same parameters.
        y : array (N, n_out)
            Targets.
        sample_weights : array (N,), optional
            How much each example counts in the mean: a weight of 2 is the same as having the example twice.
        inputs : bool
            Whether to compute the gradient with respect to x too, one matrix product more.

        Raises
        ------
        TypeError, ValueError
            If the caches are not those of this network, or y or the weights don't fit them.
        """
        y, sample_weights = self._targets(caches, y, sample_weights)
        vector = np.empty_like(self.parameters)
        gradients = []
        above = None
        for layer, cache, (dW, db) in reversed(list(zip(self.layers, caches, self._parts(vector), strict=True))):
            if above is None:  # the output: dC/da * f'(z), or both at once where loss and activation match
                delta = self.loss_function.delta(layer.activation, cache.z, cache.a, y, sample_weights)  # BP1
            else:
                delta = (delta @ above.W) * layer.activation.slope(cache.z, cache.a)  # BP2
            dW[...] = delta.T @ cache.a_in  # BP3
            db[...] = delta.sum(axis=0)  # BP4
            gradients.append(LayerGradient(delta, dW, db))
            above = layer
        dx = delta @ self.layers[0].W if inputs else None
        return Gradients(tuple(reversed(gradients)), vector, dx)

    def gradients(
        self, x: npt.ArrayLike, y: npt.ArrayLike, sample_weights: npt.ArrayLike | None = None, *, inputs: bool = False
    ) -> Gradients:
        """Return the gradient of the loss at the examples x (N, n_in), y (N, n_out): one pass each way."""
        _, caches = self.forward(x)
        return self.backward(caches, y, sample_weights, inputs=inputs)

    def loss_and_gradients(
        self, x: npt.ArrayLike, y: npt.ArrayLike, sample_weights: npt.ArrayLike | None = None
    ) -> tuple[float, Gradients]:
        """Return C and its gradient from one forward and one backward pass."""
        _, caches = self.forward(x)
        loss = self._loss(caches, *self._targets(caches, y, sample_weights))
        return loss, self.backward(caches, y, sample_weights)

    # --------------------------------------------------------------- parameters

    @property
    def parameters(self) -> Array:
        """All weights and biases in one vector (n_parameters,), unit by unit: its weights, then its bias.

        The layers' W and b are views into it. Setting it copies the numbers, so that the layers follow.
        """
        return self._vector

    @parameters.setter
    def parameters(self, parameters: npt.ArrayLike) -> None:
        self._vector[...] = self._check_parameters(parameters)

    def join(self, pairs: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]]) -> Array:
        """Return one vector in the order of `parameters` from a pair (W, b), or (dW, db), for each layer.

        Raises
        ------
        TypeError, ValueError
            If a pair is no pair, or does not have the shapes of its layer.
        """
        vector = np.empty_like(self.parameters)
        checked = _check_weights(pairs)
        given, expected = [W.shape for W, _ in checked], [layer.W.shape for layer in self.layers]
        if given != expected:
            raise ValueError(f"the matrices have the shapes {given}, expected {expected}")
        for (W, b), (into_W, into_b) in zip(checked, self._parts(vector), strict=True):
            into_W[...], into_b[...] = W, b
        return vector

    def with_parameters(self, parameters: npt.ArrayLike) -> Network:
        """Return a network of the same shape with other parameters; this one stays as it is.

        The loss as a function of the parameters is
        `lambda theta: network.with_parameters(theta).loss(x, y)`, which is what a gradient check needs.
        """
        network = copy(self)
        network.parameters = parameters
        return network

    @classmethod
    def from_weights(
        cls,
        weights: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]],
        *,
        hidden: str | Activation | Sequence[str | Activation] = "sigmoid",
        output: str | Activation = "sigmoid",
        loss: str | Loss = "half_squared_error",
    ) -> Network:
        """Return a network with these weights: one pair (W, b) for each layer, first layer first.

        Raises
        ------
        TypeError
            If a weight is not floating point.
        ValueError
            If a pair is no pair, or the widths of neighbouring layers differ; the message names the layer.
        """
        pairs = _check_weights(weights)
        network = cls(
            [pairs[0][0].shape[1], *(len(b) for _, b in pairs)],
            hidden=hidden,
            output=output,
            loss=loss,
            initialization="zeros",
            dtype=np.result_type(*(array for pair in pairs for array in pair)),
        )
        for layer, (W, b) in zip(network.layers, pairs, strict=True):
            layer.W[...], layer.b[...] = W, b
        return network

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network to `path`, a NumPy archive (.npz) that `Network.load` reads.

        Raises
        ------
        ValueError
            If an activation or the loss is your own, or made with a parameter of your own: a file holds names, and
            can't hold a function. Also if a parameter is not finite.
        """
        for kind, known, used in (
            ("activation", ACTIVATIONS, self.activations),
            ("loss", LOSSES, (self.loss_function,)),
        ):
            for function in used:
                if known.get(function.name) != function:
                    raise ValueError(
                        f"the {kind} {function.name} is not found by its name, so a file can't hold it: keep "
                        "network.parameters, and build the network again with your function"
                    )
        self._check_parameters(self.parameters)
        with open(path, "wb") as file:  # a file object, so that NumPy adds no second ending to the name
            np.savez(
                file,
                version=FILE_VERSION,
                sizes=self.sizes,
                activations=[f.name for f in self.activations],
                loss=self.loss_function.name,
                parameters=self.parameters,
            )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Network:
        """Return the network that `save` wrote to `path`.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is not one that `save` wrote, or of a later version.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                saved = {name: file[name] for name in ("version", "sizes", "activations", "loss", "parameters")}
            version = int(saved["version"])
            if version <= FILE_VERSION:
                *hidden, output = map(str, saved["activations"])
                network = cls(
                    [int(size) for size in saved["sizes"]],
                    hidden=hidden,
                    output=output,
                    loss=str(saved["loss"]),
                    initialization="zeros",
                    dtype=saved["parameters"].dtype,
                )
                network.parameters = saved["parameters"]
                return network
        except FileNotFoundError:
            raise
        except DAMAGED as error:
            raise ValueError(f"{os.fspath(path)} is not a file that Network.save wrote ({error})") from None
        raise ValueError(
            f"{os.fspath(path)} has version {version}, and this library reads up to {FILE_VERSION}: update backprop_lab"
        )

    def summary(self) -> str:
        """Return a table as text: for each layer its shape, its activation and how many numbers it learns."""
        rows = [("layer", "inputs", "units", "activation", "parameters")]
        for number, (layer, (n_in, n_out)) in enumerate(zip(self.layers, pairwise(self.sizes), strict=True), start=1):
            rows.append((f"{number}", f"{n_in:,}", f"{n_out:,}", layer.activation.name, f"{layer.matrix.size:,}"))
        rows.append(("total", "", "", f"{self.loss_function.name}, {self.parameters.dtype}", f"{self._vector.size:,}"))
        return table(rows, "<>><>")

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a pickle holds: not the layers, which are views into the vector."""
        return {name: value for name, value in vars(self).items() if name != "layers"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._vector = self._vector.copy()
        self._cut()

    def __repr__(self) -> str:
        hidden = ", ".join(dict.fromkeys(f.name for f in self.activations[:-1])) or "none"
        if len(set(self.activations[:-1])) > 1:
            hidden = f"[{', '.join(f.name for f in self.activations[:-1])}]"
        return (
            f"Network({'-'.join(map(str, self.sizes))}, hidden={hidden}, output={self.activations[-1]}, "
            f"loss={self.loss_function}, {self.parameters.size} parameters)"
        )

    # ------------------------------------------------------------------ helpers

    def _loss(self, caches: Sequence[LayerCache], y: Array, sample_weights: Array | None) -> float:
        return self.loss_function.value(self.activations[-1], caches[-1].z, caches[-1].a, y, sample_weights)

    def _targets(
        self, caches: Sequence[LayerCache], y: npt.ArrayLike, sample_weights: npt.ArrayLike | None
    ) -> tuple[Array, Array | None]:
        """Return what belongs to these caches, checked."""
        if not isinstance(caches, Sequence) or [type(cache) for cache in caches] != [LayerCache] * len(self.layers):
            raise ValueError(f"caches is not what forward returned: expected {len(self.layers)}, one a layer")
        for number, (layer, cache) in enumerate(zip(self.layers, caches, strict=True), start=1):
            if cache.a_in.shape[1:] != layer.W.shape[1:] or cache.z.shape[1:] != layer.b.shape:
                raise ValueError(
                    f"the cache of layer {number} has {cache.a_in.shape[1]} inputs and {cache.z.shape[1]} units, but "
                    f"the layer has {layer.W.shape[1]} and {len(layer.b)}: these caches are another network's"
                )
        if len({len(array) for cache in caches for array in (cache.a_in, cache.z, cache.a)}) > 1:
            raise ValueError("the caches hold batches of different lengths: they are not of one forward pass")
        dtype, a = self.parameters.dtype, caches[-1].a
        y = self.loss_function.check_targets(as_float_array("y", y, dtype), a.shape)
        return y, as_sample_weights(sample_weights, len(a), dtype)

    def _cut(self) -> None:
        """Make the layers: views into the vector."""
        self.layers = tuple(
            Layer(matrix[:, :-1], matrix[:, -1], f, matrix)
            for matrix, f in zip(self._matrices(self._vector), self.activations, strict=True)
        )

    def _check_parameters(self, parameters: npt.ArrayLike) -> Array:
        parameters = as_float_array("parameters", parameters, self._vector.dtype)
        if parameters.shape != self._vector.shape:
            raise ValueError(f"parameters has shape {parameters.shape}, expected {self._vector.shape}")
        return parameters

    def _matrices(self, vector: Array) -> Iterator[Array]:
        """Cut a vector of the parameters' length into [W | b] for each layer, without copying."""
        start = 0
        for n_in, n_out in pairwise(self.sizes):
            end = start + n_out * (n_in + 1)
            yield vector[start:end].reshape(n_out, n_in + 1)
            start = end

    def _parts(self, vector: Array) -> Iterator[tuple[Array, Array]]:
        """Cut it into (W, b) for each layer, without copying."""
        return ((matrix[:, :-1], matrix[:, -1]) for matrix in self._matrices(vector))


def _check_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    if isinstance(sizes, str) or not isinstance(sizes, (Sequence, np.ndarray)) or len(sizes) < 2:
        raise ValueError(f"sizes is {sizes!r}, expected at least an input and an output width such as [2, 4, 1]")
    for size in sizes:
        if not isinstance(size, (int, np.integer)) or isinstance(size, bool) or size < 1:
            raise ValueError(f"sizes is {list(sizes)!r}, expected whole numbers from 1 up")
    return tuple(int(size) for size in sizes)


def _check_activations(
    hidden: str | Activation | Sequence[str | Activation], output: str | Activation, n_hidden: int
) -> tuple[Activation, ...]:
    if not isinstance(hidden, (str, Activation, list, tuple)):
        raise TypeError(f"hidden is {hidden!r}, expected the name of an activation, an Activation, or a list of them")
    if isinstance(hidden, (str, Activation)):
        each = [activation(hidden)] * max(n_hidden, 1)  # also looked up where there is no hidden layer to use it
    else:
        each = [activation(one) for one in hidden]
        if len(each) != n_hidden:
            raise ValueError(f"hidden names {len(each)} activations, but there are {n_hidden} hidden layers")
    for f in each[:n_hidden]:
        if not f.element_wise:
            raise ValueError(f"{f} is for the output layer: a hidden layer needs an element-wise slope")
    return (*each[:n_hidden], activation(output))


def _check_weights(weights: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]]) -> list[tuple[Array, Array]]:
    expected = "expected one pair (W, b) for each layer"
    if not isinstance(weights, Iterable):
        raise TypeError(f"weights is {weights!r}, {expected}")
    pairs: list[tuple[Array, Array]] = []
    for number, pair in enumerate(weights, start=1):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            what = f"{len(pair)} things" if isinstance(pair, (tuple, list)) else f"a {type(pair).__name__}"
            raise TypeError(f"weights holds {what} for layer {number}, {expected}")
        W, b = as_float_array(f"W of layer {number}", pair[0]), as_float_array(f"b of layer {number}", pair[1])
        if W.ndim != 2:
            raise ValueError(f"W of layer {number} has shape {W.shape}, expected (n_out, n_in)")
        if b.shape != (len(W),):
            raise ValueError(f"b of layer {number} has shape {b.shape}, expected ({len(W)},): W has {len(W)} rows")
        if pairs and W.shape[1] != len(pairs[-1][1]):
            raise ValueError(
                f"W of layer {number} has {W.shape[1]} columns but layer {number - 1} has {len(pairs[-1][1])} units"
            )
        pairs.append((W, b))
    if not pairs:
        raise ValueError(f"weights is empty: {expected}")
    return pairs
