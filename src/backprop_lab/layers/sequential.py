"""Layers in a row with a loss at the end: a model that trains like `Network`, out of any layers."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Self, overload

import numpy as np
import numpy.typing as npt

from backprop_lab.activations import ACTIVATIONS, Activation, identity
from backprop_lab.arrays import Array, as_float_array, as_type, as_whole
from backprop_lab.layers.base import Layer
from backprop_lab.layers.dense import Activate, Dense
from backprop_lab.layers.embedding import Embedding
from backprop_lab.losses import Loss, as_sample_weights
from backprop_lab.losses import loss as find_loss
from backprop_lab.tables import table

__all__ = [
    "Sequential",
    "SequentialCache",
    "SequentialGradients",
    "as_layer",
    "backward_through",
    "copies",
    "flat",
    "forward_through",
    "held",
]


# --------------------------------------------------------------------- layers in a row, without a loss


def copies(layers: Layer | Sequential | Iterable[Layer | Sequential]) -> tuple[Layer, ...]:
    """Return copies of layers, a Sequential giving its own in place: the new owner's numbers are nobody else's.

    Raises
    ------
    TypeError
        If one is no layer.
    ValueError
        If there is none, or two share what they learn: as copies the two would part.
    """
    originals = flat(layers)
    numbered = [(number, layer, held(layer)) for number, layer in enumerate(originals, start=1)]
    for (i, one, arrays), (j, other, others) in combinations(numbered, 2):
        if any(np.shares_memory(a, b) for a in arrays for b in others):
            what = f"is layer {i} once more, {one!r}" if one is other else f"({other!r}) shares numbers with layer {i}"
            raise ValueError(
                f"layer {j} {what}: the layers are copied, so that the two would not share what they learn; "
                "build a second one"
            )
    return tuple(copy.deepcopy(layer) for layer in originals)


def flat(layers: Layer | Sequential | Iterable[Layer | Sequential]) -> list[Layer]:
    """Return the layers in one list, a Sequential giving its own in place; refuse what is no layer, or none at all."""
    if isinstance(layers, (Layer, Sequential)):
        layers = [layers]
    if isinstance(layers, (str, Mapping)) or not isinstance(layers, Iterable):
        raise TypeError(f"layers is {layers!r}, expected a list of layers")
    found: list[Layer] = []
    for layer in layers:
        if isinstance(layer, Sequential):
            found.extend(layer.layers)
        else:
            found.append(as_layer(f"layer {len(found) + 1}", layer))
    if not found:
        raise ValueError("layers is empty: expected at least one")
    return found


def as_layer(name: str, value: object) -> Layer:
    """Return value, if it is a Layer; else say what to write in its place."""
    if isinstance(value, Layer):
        return value
    hint = ""
    if isinstance(value, Sequential):
        hint = ": put its layers in its place, or a Residual of them"
    elif isinstance(value, type) and issubclass(value, Layer):
        hint = f": that is the class, write {value.__name__}(...)"
    elif isinstance(value, Activation) or (isinstance(value, str) and value in ACTIVATIONS):
        hint = ": write Activate(...) around it"
    raise TypeError(f"{name} is {value!r}, expected a Layer{hint}")


def held(layer: Layer) -> list[Array]:
    """Return the arrays that a layer learns, and those that a block copied its own from."""
    originals = [reference() for reference in getattr(layer, "copied_from", ())]
    return [*layer.parameters.values(), *(array for array in originals if array is not None)]


def forward_through(
    layers: Sequence[Layer], x: Array, *, training: bool, rng: np.random.Generator | None
) -> tuple[Array, list[Any]]:
    """Return the output of the last layer, and the cache of each."""
    caches = []
    for number, layer in enumerate(layers, start=1):
        with _named(number, layer):
            x, cache = layer.forward(x, training=training, rng=rng)
        caches.append(cache)
    return x, caches


def backward_through(layers: Sequence[Layer], caches: Sequence[Any], da: Array) -> tuple[Array, list[dict[str, Array]]]:
    """Return dC/d(input of the first layer), and the gradients of each layer: the chain rule, last layer first."""
    gradients = []
    for number, layer, cache in reversed(list(zip(range(1, len(layers) + 1), layers, caches, strict=True))):
        with _named(number, layer):
            da, gradient = layer.backward(cache, da)
        gradients.append(gradient)
    return da, gradients[::-1]


@contextmanager
def _named(number: int, layer: Layer) -> Iterator[None]:
    """Put the number and kind of the layer in front of what it complains of."""
    try:
        yield
    except (ValueError, TypeError, FloatingPointError) as error:
        kind, text = type(layer).__name__, str(error)
        text = text.removeprefix(kind) if text.startswith(f"{kind} ") else f": {text}"
        same = next(one for one in (ValueError, TypeError, FloatingPointError) if isinstance(error, one))
        raise same(f"layer {number} ({kind}){text}") from error


# --------------------------------------------------------------------------------- the model


@dataclass(frozen=True, eq=False)
class SequentialCache:
    """What a forward pass keeps: the cache of each layer, and the last z and a = y_hat, where the loss sets in."""

    layers: tuple[Any, ...]
    z: Array
    a: Array


@dataclass(frozen=True, eq=False)
class SequentialGradients(Sequence[dict[str, Array]]):
    """The gradient at every layer, first layer first, and as one vector.

    Attributes
    ----------
    layers : tuple of dict of str to array
        For each layer dC/d(parameter), by the names of its `parameters`; views into the vector.
    vector : array (n_parameters,)
        dC/d(parameters), in the order of `Sequential.parameters`.
    dx : array or None
        dC/dx, where it was asked for.
    """

    layers: tuple[dict[str, Array], ...]
    vector: Array
    dx: Array | None = None

    @overload
    def __getitem__(self, index: int) -> dict[str, Array]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[dict[str, Array], ...]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Array] | tuple[dict[str, Array], ...]:
        return self.layers[index]

    def __len__(self) -> int:
        return len(self.layers)

    def __repr__(self) -> str:
        norm = np.linalg.norm(self.vector)
        return f"SequentialGradients({len(self)} layers, {self.vector.size} parameters, norm {norm:.6g})"


class Sequential:
    """Layers in a row, with a loss.

    Parameters
    ----------
    layers : sequence of Layer
        First layer first. They are copied: the model's own are in `layers`, and train there. A Sequential among them
        gives its layers, without its loss.
    loss : str or Loss
        What the model is trained to lower.
    dtype : dtype, optional
        float64 or float32. Default: the type of the layers' parameters.

    Attributes
    ----------
    layers : tuple of Layer
        Their parameters are views into `Sequential.parameters`: write into them (`W[...] = `), don't exchange them.
    loss_function : Loss

    Raises
    ------
    ValueError
        If there is no layer, two share what they learn, or the loss is unknown.
    TypeError
        If one is no layer, or the dtype is neither of the two.

    Examples
    --------
    >>> import numpy as np
    >>> from backprop_lab.layers import Activate, Dense, Dropout, Sequential
    >>> rng = np.random.default_rng(0)
    >>> model = Sequential([Dense(2, 4, seed=rng), Activate("tanh"), Dropout(0.5), Dense(4, 1, seed=rng)])
    >>> x, y = np.array([[0.0, 1.0]]), np.array([[1.0]])
    >>> model.predict(x).shape
    (1, 1)
    >>> loss, gradients = model.loss_and_gradients(x, y, rng=0)
    >>> gradients[0]["W"].shape, gradients.vector.shape
    ((4, 2), (17,))
    """

    def __init__(
        self,
        layers: Iterable[Layer | Sequential],
        loss: str | Loss = "half_squared_error",
        *,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        self.layers = copies(layers)
        self.loss_function = find_loss(loss)
        types = [array.dtype for layer in self.layers for array in layer.parameters.values()]
        if dtype is None:
            dtype = np.result_type(*types) if types else np.float64
        self._join(as_type(dtype))

    # ------------------------------------------------------------------ forward

    def forward(
        self, x: npt.ArrayLike, *, training: bool = False, rng: int | np.random.Generator | None = None
    ) -> tuple[Array, SequentialCache]:
        """Return the predictions, and what the layers must remember for the backward pass.

        Parameters
        ----------
        x : array (N, ...)
            Examples along the first axis, floating point; integers where the first layer is an Embedding.
        training : bool
            Whether dropout drops and batch normalization uses the statistics of the batch.
        rng : int or numpy.random.Generator, optional
            What dropout draws from, in training. The same seed drops the same units.

        Raises
        ------
        TypeError, ValueError
            If x is not a non-empty batch of finite floats that fits the layers; the message names the layer.
        FloatingPointError
            If the inputs of batch normalization overflow in training.
        """
        x = np.asarray(x) if self._reads_integers else as_float_array("x", x, self._vector.dtype)
        if x.size == 0:
            raise ValueError("x is empty: expected at least one example")
        generator = None if rng is None else np.random.default_rng(rng)
        a, caches = forward_through(self.layers, x, training=training, rng=generator)
        z = caches[-1].z if self._output else a
        return a, SequentialCache(tuple(caches), z, a)

    def predict(self, x: npt.ArrayLike) -> Array:
        """Return the predictions for the examples x, in evaluation: nothing is dropped."""
        return self.forward(x)[0]

    def loss(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weights: npt.ArrayLike | None = None,
        *,
        training: bool = False,
        rng: int | np.random.Generator | None = None,
    ) -> float:
        """Return C, the mean loss over the batch, for targets y (N, n_out) and, if given, sample weights (N,).

        In evaluation by default. `training=True` with a seed gives the loss whose gradient `loss_and_gradients`
        returns for the same seed.
        """
        _, caches = self.forward(x, training=training, rng=rng)
        return self._loss(caches, *self._targets(caches, y, sample_weights))

    # ----------------------------------------------------------------- backward

    def backward(
        self,
        caches: SequentialCache,
        y: npt.ArrayLike,
        sample_weights: npt.ArrayLike | None = None,
        *,
        inputs: bool = False,
    ) -> SequentialGradients:
        """Return the gradient of the loss with respect to every parameter.

        Where the last layer is an activation the loss is differentiated through it at once (BP1), so that matched
        pairs such as softmax and cross-entropy give (a - y) / N.

        Parameters
        ----------
        caches : SequentialCache
            What `forward` returned for the same parameters.
        y : array (N, n_out)
            Targets.
        sample_weights : array (N,), optional
            How much each example counts in the mean.
        inputs : bool
            Whether to return the gradient with respect to x too, as `dx`.

        Raises
        ------
        TypeError, ValueError
            If the caches are not those of this model, y or the weights don't fit the predictions, a layer gives a
            gradient that is not its parameter's twin, or the gradient is asked for with respect to indices.
        """
        if not isinstance(caches, SequentialCache) or len(caches.layers) != len(self.layers):
            raise ValueError(f"caches is not what forward returned for these {len(self.layers)} layers")
        y, sample_weights = self._targets(caches, y, sample_weights)
        if inputs and self._reads_integers:
            raise TypeError(f"layer 1 ({self.layers[0]!r}) reads integers: there is no gradient with respect to them")
        delta = self.loss_function.delta(self._output or identity, caches.z, caches.a, y, sample_weights)  # BP1
        below = len(self.layers) - bool(self._output)
        dx, found = backward_through(self.layers[:below], caches.layers[:below], delta)
        found += [{}] * bool(self._output)

        vector = np.empty_like(self._vector)
        gradients = tuple(self._views(vector))
        for number, (views, gradient) in enumerate(zip(gradients, found, strict=True), start=1):
            self._check_twins(number, gradient)
            for name, view in views.items():
                view[...] = gradient[name]
        return SequentialGradients(gradients, vector, dx if inputs else None)

    def gradients(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weights: npt.ArrayLike | None = None,
        *,
        inputs: bool = False,
        training: bool = True,
        rng: int | np.random.Generator | None = None,
    ) -> SequentialGradients:
        """Return the gradient of the loss, one pass each way; by default in training.

        `inputs=True, training=False` gives the gradient of what `loss` returns with respect to x. Targets are compared
        with the predictions, so after the forward pass: where they are refused, the running statistics of batch
        normalization have moved.
        """
        _, caches = self.forward(x, training=training, rng=rng)
        return self.backward(caches, y, sample_weights, inputs=inputs)

    def loss_and_gradients(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weights: npt.ArrayLike | None = None,
        *,
        rng: int | np.random.Generator | None = None,
    ) -> tuple[float, SequentialGradients]:
        """Return C and its gradient in training, from one forward and one backward pass; dropout draws from rng.

        As in `gradients`, targets are looked at after the forward pass.
        """
        _, caches = self.forward(x, training=True, rng=rng)
        return self._loss(caches, *self._targets(caches, y, sample_weights)), self.backward(caches, y, sample_weights)

    # --------------------------------------------------------------- parameters

    @property
    def parameters(self) -> Array:
        """All parameters in one vector (n_parameters,), layer by layer; the layers' arrays are views into it.

        Setting it copies the numbers, so that the layers follow.
        """
        return self._vector

    @parameters.setter
    def parameters(self, parameters: npt.ArrayLike) -> None:
        parameters = as_float_array("parameters", parameters, self._vector.dtype)
        if parameters.shape != self._vector.shape:
            raise ValueError(f"parameters has shape {parameters.shape}, expected {self._vector.shape}")
        self._vector[...] = parameters

    def with_parameters(self, parameters: npt.ArrayLike) -> Self:
        """Return a model of the same layers with other parameters; this one stays as it is."""
        model = copy.deepcopy(self)
        model.parameters = parameters
        return model

    def __copy__(self) -> Self:
        return copy.deepcopy(self)  # two models on the same numbers would part as soon as one got others

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_vector": self._vector[:0]}  # the layers hold the numbers, this their type

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Let the layers of a copy, or of what was stored, be views into a vector of its own."""
        vars(self).update(state)
        self._join(self._vector.dtype)

    # -------------------------------------------------------------------- words

    def summary(self, shape: int | Sequence[int] | None = None) -> str:
        """Return a table as text: for each layer the shape of its output and how many numbers it learns.

        Parameters
        ----------
        shape : int or sequence of int, optional
            Shape of one example, without N: 64, or (1, 28, 28). Default: the width of the first layer, if it is Dense.

        Raises
        ------
        ValueError
            If the shape is needed and was not given, or does not fit.
        """
        first = self.layers[0]
        if shape is None and isinstance(first, Dense):
            shape = first.parameters["W"].shape[1]
        if shape is None:
            raise ValueError(f"shape is missing: {first!r} does not say the shape of one example, such as (1, 28, 28)")
        lengths = shape if isinstance(shape, Sequence) else [shape]
        shape = tuple(as_whole("a length in shape", n) for n in lengths)
        x = np.zeros((1, *shape), np.intp if self._reads_integers else self._vector.dtype)
        rows = [("layer", "kind", "output", "parameters"), ("", "input", _batch_of(x), "")]
        for number, layer in enumerate(self.layers, start=1):
            with _named(number, layer):
                x, _ = layer.forward(x)
            count = sum(array.size for array in layer.parameters.values())
            rows.append((f"{number}", f"{layer!r}", _batch_of(x), f"{count:,}"))
        rows.append(("total", f"{self.loss_function.name}, {self._vector.dtype}", "", f"{self._vector.size:,}"))
        return table(rows, "<<<>")

    def __repr__(self) -> str:
        layers = ", ".join(map(repr, self.layers))
        return f"Sequential([{layers}], loss={self.loss_function}, {self._vector.size} parameters)"

    # ------------------------------------------------------------------ helpers

    @property
    def _reads_integers(self) -> bool:
        return isinstance(self.layers[0], Embedding)

    @property
    def _output(self) -> Activation | None:
        """The activation at the end, if there is one: BP1 goes through it together with the loss."""
        last = self.layers[-1]
        return last.activation if type(last) is Activate else None  # a subclass may have a backward rule of its own

    def _join(self, dtype: np.dtype[Any]) -> None:
        """Put the numbers of the layers into one vector, and let their parameters be views into it."""
        arrays = [array.ravel() for layer in self.layers for array in layer.parameters.values()]
        self._vector = np.concatenate([np.zeros(0, dtype), *arrays], dtype=dtype, casting="same_kind")
        for layer, views in zip(self.layers, self._views(self._vector), strict=True):
            layer.parameters.update(views)

    def _loss(self, caches: SequentialCache, y: Array, sample_weights: Array | None) -> float:
        return self.loss_function.value(self._output or identity, caches.z, caches.a, y, sample_weights)

    def _targets(
        self, caches: SequentialCache, y: npt.ArrayLike, sample_weights: npt.ArrayLike | None
    ) -> tuple[Array, Array | None]:
        a = caches.a
        y = self.loss_function.check_targets(as_float_array("y", y, a.dtype), a.shape)
        return y, as_sample_weights(sample_weights, len(a), a.dtype)

    def _check_twins(self, number: int, gradient: dict[str, Array]) -> None:
        layer = self.layers[number - 1]
        expected = {name: array.shape for name, array in layer.parameters.items()}
        found = {name: np.shape(array) for name, array in gradient.items()}
        if found != expected:
            raise ValueError(
                f"layer {number} ({type(layer).__name__}) has parameters of shapes {expected} but gave gradients of "
                f"{found}: they must be twins"
            )

    def _views(self, vector: Array) -> Iterator[dict[str, Array]]:
        """Cut a parameter vector into the arrays of each layer, by name, without copying."""
        start = 0
        for layer in self.layers:
            views = {}
            for name, array in layer.parameters.items():
                views[name] = vector[start : start + array.size].reshape(array.shape)
                start += array.size
            yield views


def _batch_of(x: Array) -> str:
    return f"({', '.join(['N', *map(str, x.shape[1:])])})" if x.ndim > 1 else "(N,)"
