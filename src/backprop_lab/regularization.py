r"""Regularization: what keeps a model from learning its training examples by heart.

**Penalties** are added to the loss, for the weights and not for the biases: a bias shifts a unit and does not make it
steeper. L2 adds $\frac{\lambda}{2} \sum W^2$, whose gradient is $\lambda W$; L1 adds $\lambda \sum |W|$, whose gradient
$\lambda\, \mathrm{sign}(W)$ does not get smaller near zero, so that many weights end there.

**Weight decay** shrinks the weights by a share, $W \leftarrow (1 - \eta \lambda) W$, next to the step. Under plain
gradient descent that is the L2 penalty exactly, since $W - \eta (g + \lambda W) = (1 - \eta \lambda) W - \eta g$. Under
an optimizer that rescales or remembers the gradient it is not (Loshchilov and Hutter 2019, proposition 2): Adam divides
$g + \lambda W$ by its size, and the weights with large gradients hardly shrink. `optimizers.AdamW` shrinks all alike.

**Early stopping** ends training where the validation set stops getting better, and **augmentation** makes new examples
out of the old ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args

import numpy as np
import numpy.typing as npt
from numpy.lib.array_utils import byte_bounds
from numpy.lib.stride_tricks import as_strided

from backprop_lab.arrays import Array, as_float_array, as_number, as_whole

__all__ = [
    "L1",
    "L2",
    "EarlyStopping",
    "Part",
    "Penalty",
    "add_noise",
    "is_weight",
    "parts",
    "penalty_and_gradient",
    "random_shift",
    "shift",
]

# ------------------------------------------------------------------------ penalties


class Penalty(Protocol):
    """A cost of the weights alone; zero, with a gradient of zero, where they are zero."""

    def __call__(self, W: Array) -> float:
        """Return the cost of these weights, of any shape."""

    def gradient(self, W: Array) -> Array:
        """Return its gradient, of the shape of W."""


@dataclass(frozen=True)
class L1:
    """Cost strength * sum |W| (Tibshirani 1996).

    Parameters
    ----------
    strength : float
        From 0 up.
    """

    strength: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "strength", _from_zero("strength", self.strength))

    def __call__(self, W: Array) -> float:
        """Return the cost of these weights, of any shape."""
        return self.strength * float(np.abs(W).sum())

    def gradient(self, W: Array) -> Array:
        """Return its gradient, of the shape of W; at the kink, W = 0, it is 0."""
        return np.sign(W) * self.strength


@dataclass(frozen=True)
class L2:
    """Cost strength / 2 * sum W^2: ridge regression, `weight_decay` of torch.optim.SGD (Krogh and Hertz 1991).

    Parameters
    ----------
    strength : float
        From 0 up.
    """

    strength: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "strength", _from_zero("strength", self.strength))

    def __call__(self, W: Array) -> float:
        """Return the cost of these weights, of any shape."""
        return self.strength / 2 * float(np.vdot(W, W))

    def gradient(self, W: Array) -> Array:
        """Return its gradient, of the shape of W."""
        return W * self.strength


def penalty_and_gradient(
    penalties: Penalty | Sequence[Penalty], parameters: Array, where: npt.NDArray[np.bool_] | None = None
) -> tuple[float, Array]:
    """Return what the penalties cost together, and the gradient with respect to all parameters.

    Parameters
    ----------
    penalties : Penalty or sequence of them
        One sum of L1 and L2 is the elastic net.
    parameters : array (n_parameters,)
        Those of a model, in one vector.
    where : array of bool (n_parameters,), optional
        Which of them cost: `is_weight(model)`. Default: all.

    Returns
    -------
    cost : float
    gradient : array (n_parameters,)
        Zero where nothing costs.

    Raises
    ------
    ValueError
        If `where` and the parameters differ in shape.

    Examples
    --------
    >>> import numpy as np
    >>> penalty_and_gradient(L2(0.1), np.array([1.0, 2.0]), np.array([True, False]))
    (0.05, array([0.1, 0. ]))
    """
    if where is not None and where.shape != parameters.shape:
        raise ValueError(f"where has shape {where.shape} but parameters has {parameters.shape}")
    each = penalties if isinstance(penalties, Sequence) else [penalties]
    costly = parameters if where is None else parameters * where
    gradient = np.zeros_like(parameters)
    for penalty in each:
        gradient += penalty.gradient(costly)
    return float(sum(penalty(costly) for penalty in each)), gradient


# ------------------------------------------------------- the arrays that lie in a vector of parameters


@dataclass(frozen=True, eq=False)
class Part:
    """One of the arrays of a model: layer number, from 1 up, its name there, and the array."""

    layer: int
    name: str
    array: Array


def parts(model: Any, vector: Array | None = None) -> list[Part]:
    """Return views into a vector at the places where the model's arrays lie in its parameters.

    Parameters
    ----------
    model : Network, Sequential, or what is built like them
        With `parameters`, one vector, and `layers`, whose arrays are views into it.
    vector : array (n_parameters,), optional
        A gradient, say. Default: the parameters themselves.

    Raises
    ------
    ValueError
        If the model has no layers, one of their arrays does not lie in its parameters, or the vector has another size.
    """
    parameters = model.parameters
    vector = parameters if vector is None else vector
    if vector.shape != parameters.shape or not vector.flags.c_contiguous:
        raise ValueError(f"vector has shape {vector.shape}, expected {parameters.shape}, in one piece")
    found = [Part(number, name, _same_place(array, parameters, vector)) for number, name, array in _arrays_of(model)]
    if not found:
        raise ValueError(f"{type(model).__name__} has no layers that tell which of its parameters are weights")
    return found


def is_weight(model: Any) -> npt.NDArray[np.bool_]:
    """Return for each parameter of a model whether it is a weight, shape (n_parameters,).

    Weights are arrays of two axes or more: matrices and kernels. Biases, and the scales and shifts of normalization,
    have one.

    Raises
    ------
    ValueError
        As for `parts`.
    """
    where = np.zeros(model.parameters.shape, bool)
    for part in parts(model, where):  # the places are those in a vector of any type
        part.array[...] = part.array.ndim > 1
    return where


def _arrays_of(model: Any) -> Iterator[tuple[int, str, Array]]:
    for number, layer in enumerate(getattr(model, "layers", ()), start=1):
        own = getattr(layer, "parameters", None)
        arrays = {name: getattr(layer, name) for name in "Wb" if hasattr(layer, name)} if own is None else own
        yield from ((number, name, array) for name, array in arrays.items())


def _same_place(array: Array, parameters: Array, vector: Array) -> Array:
    (start, end), (first, last) = byte_bounds(array), byte_bounds(parameters)
    if not (first <= start and end <= last) or array.dtype != parameters.dtype:
        raise ValueError(f"an array of shape {array.shape} does not lie in the model's parameters, expected a view")
    size = parameters.itemsize
    strides = [stride // size * vector.itemsize for stride in array.strides]
    return as_strided(vector[(start - first) // size :], array.shape, strides)


# ------------------------------------------------------------------- early stopping


@dataclass
class EarlyStopping:
    """Stop where the validation set stops getting better, and go back to the best epoch (Prechelt 1998).

    A callback of `train`, which needs `validation` for it. Watching the training loss instead stops where it has
    settled, which says nothing about new examples. The last entries of the history are those of the epochs after the
    best.

    Parameters
    ----------
    patience : int
        Epochs without a new best that are waited for.
    watch : {"validation_loss", "validation_accuracy", "loss"}
        Which list of the history; a loss should fall, an accuracy rise.
    least_change : float
        By how much an epoch must be better than the best before it to count, from 0 up.

    Attributes
    ----------
    best : float
        The best value.
    best_epoch : int
        Its epoch, from 1 up.

    Raises
    ------
    ValueError
        If a number is out of range, or there is nothing to watch.
    """

    patience: int
    watch: Literal["validation_loss", "validation_accuracy", "loss"] = "validation_loss"
    least_change: float = 0.0
    best: float = field(default=np.nan, init=False)
    best_epoch: int = field(default=0, init=False)
    _kept: list[Array] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        as_whole("patience", self.patience)
        self.least_change = _from_zero("least_change", self.least_change)
        known = get_args(Literal["validation_loss", "validation_accuracy", "loss"])
        if self.watch not in known:
            raise ValueError(f"watch is {self.watch!r}: choose one of {', '.join(known)}")

    def __call__(self, model: Any, history: Any) -> bool:
        """Look at the epoch that has just ended; return whether to stop."""
        values = getattr(history, self.watch)
        if not values:
            raise ValueError(f"early stopping watches {self.watch}, which needs held-out examples: pass validation")
        change = values[-1] - self.best if self.watch == "validation_accuracy" else self.best - values[-1]
        if len(values) == 1 or change > self.least_change:
            self.best, self.best_epoch = values[-1], len(values)
            self._kept = [array.copy() for array in _state(model)]
        return len(values) - self.best_epoch >= self.patience

    def finish(self, model: Any, history: Any) -> None:
        """Go back to the best epoch, also where training came to its end before patience did."""
        for array, kept in zip(_state(model), self._kept, strict=True):
            array[...] = kept
        self._kept = []


def _state(model: Any) -> Iterator[Array]:
    """Yield everything that training changes: the parameters, and what layers keep beside them (batch statistics)."""
    yield model.parameters
    waiting = [layer for layer in getattr(model, "layers", ()) if hasattr(layer, "parameters")]
    while waiting:
        layer = waiting.pop()
        for value in vars(layer).values():
            if isinstance(value, np.ndarray):
                yield value
            elif isinstance(value, (tuple, list)):
                waiting.extend(inner for inner in value if hasattr(inner, "parameters"))


# --------------------------------------------------------------------- augmentation


def add_noise(x: npt.ArrayLike, rng: np.random.Generator, scale: float) -> Array:
    """Return the examples with normal noise on every number; for little noise that is a penalty (Bishop 1995).

    Parameters
    ----------
    x : array, any shape
        Examples.
    rng : numpy.random.Generator
        Where the noise comes from.
    scale : float
        Its standard deviation, from 0 up, in units of x.

    Raises
    ------
    TypeError, ValueError
        If x is not an array of finite floats, or the scale is negative.
    """
    x, scale = as_float_array("x", x), _from_zero("scale", scale)
    return x + (scale * _generator(rng).standard_normal(x.shape)).astype(x.dtype)


def shift(
    x: npt.ArrayLike,
    down: int | npt.NDArray[np.integer[Any]],
    right: int | npt.NDArray[np.integer[Any]],
    shape: tuple[int, int] = (8, 8),
) -> Array:
    """Return pictures moved down and to the right by whole pixels; zeros come in, and what leaves is lost.

    Parameters
    ----------
    x : array (N, height * width) or (N, ..., height, width)
        Pictures, in rows one after the other, or in two axes with channels before them.
    down, right : int or integer array (N,)
        Pixels, for all pictures or for each; negative numbers move up and to the left.
    shape : pair of int
        Height and width of a picture.

    Raises
    ------
    TypeError
        If x is not floating point, or a distance is not whole.
    ValueError
        If x or the distances have another shape.

    Examples
    --------
    >>> import numpy as np
    >>> shift(np.array([[1.0, 2.0, 3.0, 4.0]]), down=0, right=1, shape=(2, 2))
    array([[0., 1., 0., 3.]])
    """
    x = as_float_array("x", x)
    height, width = _picture(shape)
    if x.ndim < 2 or not (x.shape[1:] == (height * width,) or (x.ndim > 2 and x.shape[-2:] == (height, width))):
        raise ValueError(f"x has shape {x.shape}, expected (N, {height * width}) or (N, ..., {height}, {width})")
    n = len(x)
    rows = np.arange(height) - _distance("down", down, n)
    columns = np.arange(width) - _distance("right", right, n)
    inside = ((rows >= 0) & (rows < height))[:, :, np.newaxis] & ((columns >= 0) & (columns < width))[:, np.newaxis, :]
    places = (rows % height)[:, :, np.newaxis] * width + (columns % width)[:, np.newaxis, :]
    pictures = x.reshape(n, -1, height * width)  # channels in the middle
    places, inside = places.reshape(n, 1, -1), inside.reshape(n, 1, -1)
    return np.where(inside, np.take_along_axis(pictures, places, axis=2), 0).astype(x.dtype).reshape(x.shape)


def random_shift(
    x: npt.ArrayLike, rng: np.random.Generator, largest: int = 1, shape: tuple[int, int] = (8, 8)
) -> Array:
    """Return each picture moved by up to `largest` pixels in any direction (Simard et al. 2003).

    Parameters
    ----------
    x, shape
        As for `shift`.
    rng : numpy.random.Generator
        Where the distances come from: each of those from -largest to largest is as likely as any other.
    largest : int
        Pixels, at least 1.

    Raises
    ------
    TypeError, ValueError
        As for `shift`.
    """
    largest, x = as_whole("largest", largest), as_float_array("x", x)
    down, right = _generator(rng).integers(-largest, largest, size=(2, len(x) if x.ndim else 1), endpoint=True)
    return shift(x, down, right, shape)


def _generator(rng: np.random.Generator) -> np.random.Generator:
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {rng!r}, expected a Generator such as np.random.default_rng(0)")
    return rng


def _picture(shape: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(shape, (tuple, list)) or len(shape) != 2:
        raise ValueError(f"shape is {shape!r}, expected a pair (height, width)")
    return as_whole("height", shape[0]), as_whole("width", shape[1])


def _distance(name: str, value: int | npt.NDArray[np.integer[Any]], n: int) -> npt.NDArray[np.integer[Any]]:
    """Return a distance for each of n pictures, shape (n, 1)."""
    distance = np.asarray(value)
    if not np.issubdtype(distance.dtype, np.integer):
        raise TypeError(f"{name} has dtype {distance.dtype}, expected whole numbers of pixels")
    if distance.shape not in ((), (n,)):
        raise ValueError(f"{name} has shape {distance.shape}, expected one number or ({n},), one for each picture")
    return np.broadcast_to(distance, (n,))[:, np.newaxis]


def _from_zero(name: str, value: float) -> float:
    return as_number(name, value, "a number from 0 up", lambda number: number >= 0)
