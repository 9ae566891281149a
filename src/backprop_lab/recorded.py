r"""The training step, recorded: the four equations once more, as a list of NumPy calls to be played again and again.

A small network spends its time not in arithmetic but on the way to it: making arrays, checking, looking things up. So
all arrays of a step are made once, the calls that fill them are written down once, and a step is nothing but these
calls. Compilers such as `jax.jit` and `torch.compile` do the same for other machines.

Three things differ from `network.py`, which is the code to read first:

* Examples are columns here, as in $z = W a + b$. Then the activations of a layer and a row of ones lie in one array,
  and with $[W \mid b]$ in one matrix the bias costs nothing: $[W \mid b] \, [a; 1] = W a + b$, and
  $\delta \, [a; 1]^{\mathsf T} = [dW \mid db]$, so that BP3 and BP4 are one product.
* The library's activations and slopes are computed in place. They are not written here a second time: they are asked
  once, with a stand-in for an array that notes down every operation. Your own functions are called at every step.
* Nothing is checked but shapes. `train` checks its data once, before the first step.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from backprop_lab.activations import ACTIVATIONS, Activation, sigmoid, softmax
from backprop_lab.arrays import Array, as_whole
from backprop_lab.losses import LOSSES, Loss, categorical_cross_entropy
from backprop_lab.network import Network

__all__ = ["Plan", "RecordedStep", "record"]

Arrays = tuple[npt.NDArray[Any], ...]


class Plan(list[tuple[Callable[..., Any], tuple[Any, ...]]]):
    """Calls to be made later: `plan(f, x, y)` writes down f(x, y), `plan.run()` makes all calls in turn."""

    def __call__(self, f: Callable[..., Any], *arguments: Any, **options: Any) -> None:
        """Write down f(*arguments, **options)."""
        self.append((partial(f, **options) if options else f, arguments))

    def run(self) -> None:
        """Make the calls."""
        for f, arguments in self:
            f(*arguments)


class RecordedStep:
    """Forward, loss and backward of a network, for batches of one size.

    It follows the network: a step sees the parameters as they are when it runs. One at a time: two threads need two.

    Parameters
    ----------
    network : Network
        Any depth, activations and loss.
    batch_size : int
        Examples in a batch.

    Attributes
    ----------
    gradient : array (n_parameters,)
        dC/d(parameters) at the last batch, in the order of `Network.parameters`. The next run overwrites it.

    Raises
    ------
    TypeError
        If network is no Network.
    ValueError
        If batch_size is not a whole number, at least 1.
    """

    def __init__(self, network: Network, batch_size: int) -> None:
        if not isinstance(network, Network):
            raise TypeError(f"network is {network!r}, expected a Network")
        dtype, N = network.parameters.dtype, as_whole("batch_size", batch_size)
        self.gradient = np.empty_like(network.parameters)
        self._x_and_1 = np.ones((N, network.sizes[0] + 1), dtype)
        self._x, self._y = self._x_and_1[:, :-1], np.empty((network.sizes[-1], N), dtype)
        self._plan = do = Plan()

        a_and_1 = self._x_and_1.T
        steps = []
        for layer, dW_db in zip(network.layers, network._matrices(self.gradient), strict=True):
            below, a_and_1 = a_and_1, np.ones((len(layer.b) + 1, N), dtype)
            a = a_and_1[:-1]
            z = np.empty_like(a)
            do(np.dot, layer.matrix, below, z)  # z = W a + b
            if layer is not network.layers[-1]:
                _activation(do, layer.activation, z, a)  # a = f(z)
            steps.append((layer, below, z, a, dW_db))

        above = None
        for layer, below, z, a, dW_db in reversed(steps):
            if above is None:
                delta, self._loss = _output(do, network.loss_function, layer.activation, z, a, self._y)  # BP1
            else:
                da_and_1 = np.empty((len(layer.b) + 1, N), dtype)  # what comes back to the ones is not read
                do(np.dot, above.matrix.T, delta, da_and_1)  # BP2: back through the weights ...
                delta = da_and_1[:-1]
                _slope(do, layer.activation, delta, z, a)  # ... and through f
            do(np.dot, delta, below.T, dW_db)  # BP3 and BP4
            above = layer

    def run(self, x: Array, y: Array) -> float:
        """Return the loss of the batch x (N, n_in), y (N, n_out), and leave its gradient in `gradient`.

        The values are not checked, and where one overflows NumPy warns: `train` does the one before it starts, and
        watches the result.

        Raises
        ------
        ValueError
            If the shapes are not those that were recorded.
        """
        if x.shape != self._x.shape or y.shape != self._y.shape[::-1]:
            raise ValueError(
                f"x has shape {x.shape} and y {y.shape}, expected {self._x.shape} and {self._y.shape[::-1]}: "
                "a recorded step is for one batch size"
            )
        self._x[...] = x
        self._y[...] = y.T
        self._plan.run()
        return self._loss()

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError("a recorded step can't be copied or stored: record another one, RecordedStep(network, n)")


def _activation(do: Plan, f: Activation, z: Array, a: Array) -> None:
    """Record a = f(z)."""
    if _is_recordable(f):
        record(do, f.function, z, out=a)
    else:
        do(lambda: np.copyto(a.T, f(z.T)))  # as it is, on rows


def _slope(do: Plan, f: Activation, delta: Array, z: Array, a: Array) -> None:
    """Record delta = delta * f'(z), in place."""
    if _is_recordable(f):
        slope_from = cast(Callable[[Array, Array], Array], f.slope_from)
        record(do, lambda da, z, a: da * slope_from(z, a), delta, z, a, out=delta)
    else:
        do(lambda: np.copyto(delta.T, f.delta(delta.T, z.T, a.T)))


def _is_recordable(f: Activation) -> bool:
    """Whether f is the library's and element-wise. Your own may look at its rows, draw, or change from run to run."""
    return f.element_wise and ACTIVATIONS.get(f.name) is f


def _output(do: Plan, loss: Loss, f: Activation, z: Array, a: Array, y: Array) -> tuple[Array, Callable[[], float]]:
    """Record the output's activation and BP1; return delta, and a function that tells the loss after a run."""
    n, N = z.shape
    delta = np.empty_like(z)
    if loss is categorical_cross_entropy and f is softmax:
        top, total, below = np.empty(N, z.dtype), np.empty(N, z.dtype), z
        do(np.maximum.reduce, z, axis=0, out=top)
        do(np.subtract, z, top, below)  # in the place of z: the largest exponent is 0
        do(np.exp, below, a)
        do(np.add.reduce, a, axis=0, out=total)
        do(np.divide, a, total, a)  # a = softmax(z)
        record(do, lambda a, y: (a - y) / N, a, y, out=delta)
        # ln a = below - ln(total), and the targets of an example sum to 1
        return delta, lambda: float(np.log(total).sum() - np.vdot(y, below)) / N

    _activation(do, f, z, a)
    checked = loss.needs_probabilities and f not in (sigmoid, softmax)  # each prediction has to be looked at
    if checked or not _is_recordable(f) or LOSSES.get(loss.name) is not loss:
        do(lambda: np.copyto(delta.T, loss.delta(f, z.T, a.T, y.T)))
        return delta, lambda: loss.value(f, z.T, a.T, y.T)

    elements, ones = np.empty_like(z), np.ones_like(z)
    share = 1 / N / (n if loss.mean_over_outputs else 1)
    if f is loss.matched:
        record(do, lambda a, y: (a - y) * share, a, y, out=delta)
    else:
        record(do, lambda a, y: loss.slope_of(a, y) * share, a, y, out=delta)
        _slope(do, f, delta, z, a)
    if f is loss.matched and loss.from_z is not None:
        record(do, loss.from_z, z, y, out=elements)
    else:
        record(do, loss.function, a, y, out=elements)
    return delta, lambda: float(np.vdot(elements, ones)) * share  # a sum, by the fastest call there is for small arrays


# ------------------------------------------------------------------- asking a function what it does


class Noted(np.lib.mixins.NDArrayOperatorsMixin):
    """Stands in for an array: every operation on it goes onto the tape, and its result is another stand-in."""

    def __init__(self, tape: Tape, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.tape, self.shape, self.dtype = tape, shape, dtype

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *operands: Any, **options: Any) -> Any:
        if method != "__call__" or options or ufunc.nout != 1:
            return NotImplemented
        examples = [np.ones((), o.dtype) if isinstance(o, Noted) else o for o in operands]
        shape = np.broadcast_shapes(*(o.shape for o in operands if isinstance(o, Noted)))
        result = Noted(self.tape, shape, ufunc(*examples).dtype)
        self.tape.append((ufunc, operands, result))
        return result

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError("a stand-in has no numbers")


Tape = list[tuple[np.ufunc, tuple[Any, ...], Noted]]


def record(do: Plan, function: Callable[..., Any], *arrays: npt.NDArray[Any], out: Array) -> None:
    """Record `out[...] = function(*arrays)` as NumPy calls that make no new arrays.

    The tape of the sigmoid's slope times da, da * (a * (1 - a)), and the calls that it becomes:

        t = 1 - a       subtract(1, a, t)      t is a new array
        u = a * t       multiply(a, t, t)      t is not needed any more, so that u takes its place
        v = da * u      multiply(da, t, out)   the result

    Parameters
    ----------
    do : Plan
        Where the calls go.
    function : callable
        Element by element, of arrays of the shape of `out`, and the same at every run: numbers in it are recorded too.
        One that does more than arithmetic and NumPy's functions of one element (`np.where`, say) can't be taken apart:
        it is called as it is.
    *arrays : array
        Its arguments. They are not changed, except for `out` itself if it is one of them.
    out : array
        Where the result goes.
    """
    tape: Tape = []
    stands = [Noted(tape, array.shape, array.dtype) for array in arrays]
    try:
        result = function(*stands)
    except (TypeError, AttributeError):
        result = None
    if not isinstance(result, Noted) or result.shape != out.shape or result.dtype != out.dtype:
        do(lambda: np.copyto(out, function(*arrays)))
        return
    place = {id(stand): array for stand, array in zip(stands, arrays, strict=True)}
    if id(result) in place:
        do(np.copyto, out, place[id(result)])
        return
    given = set(map(id, arrays))
    free = [] if any(array is out for array in arrays) else [out]  # arrays that hold nothing that is needed any more
    while tape[-1][-1] is not result:
        tape.pop()
    for number, (ufunc, operands, value) in enumerate(tape):
        needed = {id(operand) for _, later, _ in tape[number + 1 :] for operand in later}
        for operand in operands:
            if isinstance(operand, Noted) and id(operand) not in needed:
                array = place[id(operand)]
                if array is out or id(array) not in given:
                    free.append(array)
        homes = [array for array in free if (array.shape, array.dtype) == (value.shape, value.dtype)]
        home = out if value is result else next(iter(homes), None)
        home = np.empty(value.shape, value.dtype) if home is None else home
        free = [array for array in free if array is not home]
        place[id(value)] = home
        inputs = [place[id(o)] if isinstance(o, Noted) else np.asarray(o, out.dtype) for o in operands]
        if ufunc in (np.maximum, np.minimum):  # NumPy wants their output by its name
            do(ufunc, *inputs, out=home)
        else:  # and takes it faster without
            do(ufunc, *inputs, home)
