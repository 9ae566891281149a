"""Layers in a row with a loss at the end: a model that trains like `Network`, out of any layers."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from backprop_lab.activations import Activation, identity
from backprop_lab.arrays import Array, as_float_array
from backprop_lab.layers.base import Layer
from backprop_lab.layers.dense import Activate, Dense
from backprop_lab.layers.door import as_type
from backprop_lab.layers.embedding import Embedding
from backprop_lab.losses import Loss, as_sample_weights
from backprop_lab.losses import loss as find_loss

__all__ = [
    "Sequential",
    "SequentialCache",
    "SequentialGradients",
    "backward_through",
    "copies",
    "forward_through",
]


# --------------------------------------------------------------------- layers in a row, without a loss


def copies(layers: Layer | Sequential | Iterable[Layer | Sequential]) -> tuple[Layer, ...]:
    """Return copies of layers, a Sequential giving its own in place: the new owner's numbers are nobody else's.

    Raises
    ------
    TypeError
        If one is no layer.
    ValueError
        If there is none, or one that learns occurs twice: as copies the two would part.
    """
    flat: list[Layer] = []
    for layer in [layers] if isinstance(layers, (Layer, Sequential)) else layers:
        flat.extend(layer.layers if isinstance(layer, Sequential) else [layer])
    if not flat:
        raise ValueError("layers is empty: expected at least one")
    for number, layer in enumerate(flat, start=1):
        if not isinstance(layer, Layer):
            hint = ": write Activate(...) around it" if callable(layer) or isinstance(layer, str) else ""
            raise TypeError(f"layer {number} is {layer!r}, expected a Layer{hint}")
        first = next(other for other, same in enumerate(flat, start=1) if same is layer)
        if first < number and layer.parameters:
            raise ValueError(
                f"layer {number} is layer {first} once more, {layer!r}: the layers are copied, so that the two would "
                "not share what they learn; build a second one"
            )
    return tuple(copy.deepcopy(layer) for layer in flat)


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
    except (ValueError, TypeError) as error:
        kind, text = type(layer).__name__, str(error)
        text = text.removeprefix(kind) if text.startswith(f"{kind} ") else f": {text}"
        raise (TypeError if isinstance(error, TypeError) else ValueError)(f"layer {number} ({kind}){text}") from error


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
        If there is no layer, one that learns occurs twice, or the loss is unknown.
    TypeError
        If one is no layer, or the dtype is not floating point.

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
        arrays = [array for layer in self.layers for array in layer.parameters.values()]
        vector = np.concatenate([array.ravel() for array in arrays]) if arrays else np.zeros(0)
        self._vector = vector.astype(vector.dtype if dtype is None else as_type(dtype))
        for layer, views in zip(self.layers, self._views(self._vector), strict=True):
            layer.parameters.update(views)

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
            If y or the weights don't fit the predictions, a layer gives a gradient that is not its parameter's twin, or
            the gradient is asked for with respect to indices.
        """
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

        `inputs=True, training=False` gives the gradient of what `loss` returns with respect to x.
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
        """Return C and its gradient in training, from one forward and one backward pass; dropout draws from rng."""
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
        parameters = as_float_array("parameters", parameters)
        if parameters.shape != self._vector.shape:
            raise ValueError(f"parameters has shape {parameters.shape}, expected {self._vector.shape}")
        self._vector[...] = parameters

    def with_parameters(self, parameters: npt.ArrayLike) -> Sequential:
        """Return a model of the same layers with other parameters; this one stays as it is."""
        model = Sequential(self.layers, self.loss_function, dtype=self._vector.dtype)
        model.parameters = parameters
        return model

    def __deepcopy__(self, memo: dict[int, object]) -> Sequential:
        """Return a copy whose layers are views into its own vector."""
        return self.with_parameters(self._vector)

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
        shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
        x = np.zeros((1, *shape), np.intp if self._reads_integers else self._vector.dtype)
        rows = [("layer", "kind", "output", "parameters"), ("", "input", _batch_of(x), "")]
        for number, layer in enumerate(self.layers, start=1):
            with _named(number, layer):
                x, _ = layer.forward(x)
            count = sum(array.size for array in layer.parameters.values())
            rows.append((f"{number}", f"{layer!r}", _batch_of(x), f"{count:,}"))
        rows.append(("total", f"{self.loss_function.name}, {self._vector.dtype}", "", f"{self._vector.size:,}"))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        form = "  ".join(f"{{:{side}{width}}}" for side, width in zip("<<<>", widths, strict=True))
        lines = [form.format(*row) for row in rows]
        rule = "-" * len(lines[0])
        return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])

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
