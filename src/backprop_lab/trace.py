r"""One training step as a list of quantities: each with its formula, its numbers and what it depends on.

The trace is what the stepper shows and what chapter 5 prints. Vectors are written as in the mathematics, for one
example: a layer's $z$ has shape (n_out,), its $W$ (n_out, n_in).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from backprop_lab import arithmetic
from backprop_lab.activations import Activation
from backprop_lab.arrays import Array, as_batch
from backprop_lab.network import Gradients, LayerCache, Network
from backprop_lab.optimizers import GradientDescent

__all__ = ["Quantity", "Trace", "trace_step"]

DELTA = r"\delta"
Phase = Literal["given", "forward", "loss", "backward", "update"]


@dataclass(frozen=True)
class Quantity:
    r"""One quantity of a training step.

    Attributes
    ----------
    name : str
        As in code: `z1`, `a1`, `C`, `delta2`, `dW2`, `new_b1`. The number is the layer.
    phase : str
        given, forward, loss, backward or update.
    symbol, formula : str
        LaTeX: $\delta^{(1)}$ and what it equals. The formula of a given quantity is empty.
    meaning : str
        In words.
    value : array
        Read-only; shape () for C, (n_out,) for vectors, (n_out, n_in) for matrices.
    depends_on : tuple of str
        The names of the quantities in the formula.
    arithmetic : tuple of str
        For each entry of the value, row by row, the formula with the numbers put in, as text:
        `0.15*0.05 + 0.2*0.1 + 0.35`.
    """

    name: str
    phase: Phase
    symbol: str
    formula: str
    meaning: str
    value: Array
    depends_on: tuple[str, ...]
    arithmetic: tuple[str, ...]

    def entries(self) -> Iterator[tuple[str, float, str]]:
        """Yield (label, value, arithmetic) for each entry: `z1[2]`, `dW1[2,1]`, counted from 1."""
        for index, text in zip(np.ndindex(self.value.shape), self.arithmetic, strict=True):
            place = ",".join(str(i + 1) for i in index)
            yield f"{self.name}[{place}]" if place else self.name, float(self.value[index]), text

    def __repr__(self) -> str:
        return f"{self.name} = {np.array2string(self.value, precision=10, separator=', ')}"


@dataclass(frozen=True)
class Trace(Mapping[str, Quantity]):
    """A training step, in the order in which it is computed; look a quantity up by its name."""

    quantities: tuple[Quantity, ...]

    def __getitem__(self, name: str) -> Quantity:
        for quantity in self.quantities:
            if quantity.name == name:
                return quantity
        raise KeyError(f"no quantity {name!r} in this trace: there are {', '.join(self)}")

    def __iter__(self) -> Iterator[str]:
        return (quantity.name for quantity in self.quantities)

    def __len__(self) -> int:
        return len(self.quantities)

    def phase(self, phase: Phase) -> tuple[Quantity, ...]:
        """Return the quantities of one phase, in order."""
        return tuple(quantity for quantity in self.quantities if quantity.phase == phase)

    def __repr__(self) -> str:
        return f"Trace({len(self)} quantities: {', '.join(self)})"


def trace_step(network: Network, x: npt.ArrayLike, y: npt.ArrayLike, learning_rate: float) -> Trace:
    """Trace one step of gradient descent on one example; the network stays as it is.

    Parameters
    ----------
    network : Network
        Any depth, any activation and loss.
    x, y : array (1, n_in), array (1, n_out)
        One example, as a batch of one.
    learning_rate : float
        Step of the update.

    Raises
    ------
    TypeError, ValueError
        If x or y is no batch of finite floats, or of more than one example, or the learning rate is not positive, or
        the gradient is not finite.
    """
    x = as_batch("x", x, network.sizes[0], network.parameters.dtype)
    y = as_batch("y", y, network.sizes[-1], network.parameters.dtype)
    if len(x) != 1 or len(y) != 1:
        raise ValueError(f"x has {len(x)} examples and y {len(y)}: a trace follows one")
    _, caches = network.forward(x)
    cost, gradients = network.loss_and_gradients(x, y)
    if not np.isfinite(gradients.vector).all():
        raise ValueError("the gradient is not finite here, so there is no step to trace")
    return Trace(
        (
            *_given(network, x[0], y[0]),
            *_forward(network, caches),
            _loss(network, caches, y[0], cost),
            *_backward(network, caches, y, gradients),
            *_update(network, gradients, float(learning_rate)),
        )
    )


def _given(network: Network, x: Array, y: Array) -> Iterator[Quantity]:
    yield _plain("x", "x", "the input", x)
    yield _plain("y", "y", "the target", y)
    for l, layer in enumerate(network.layers, start=1):
        yield _plain(f"W{l}", _of_layer("W", l), f"the weights of layer {l}", layer.W)
        yield _plain(f"b{l}", _of_layer("b", l), f"the biases of layer {l}", layer.b)


def _forward(network: Network, caches: Sequence[LayerCache]) -> Iterator[Quantity]:
    depth = len(network.layers)
    for l, (layer, cache) in enumerate(zip(network.layers, caches, strict=True), start=1):
        below, below_symbol = _below(l)
        yield _quantity(
            f"z{l}",
            "forward",
            _of_layer("z", l),
            f"{_of_layer('W', l)} {below_symbol} + {_of_layer('b', l)}",
            f"what layer {l} receives: the weighted sum of its inputs, plus its bias",
            cache.z[0],
            (f"W{l}", below, f"b{l}"),
            [arithmetic.weighted_sum(row, cache.a_in[0], b) for row, b in zip(layer.W, layer.b, strict=True)],
        )
        yield _quantity(
            f"a{l}",
            "forward",
            _of_layer("a", l),
            f"{layer.activation.latex}({_of_layer('z', l)})",
            f"what layer {l} sends on" if l < depth else "the prediction",
            cache.a[0],
            (f"z{l}",),
            layer.activation.texts(cache.z[0]),
        )


def _loss(network: Network, caches: Sequence[LayerCache], y: Array, cost: float) -> Quantity:
    depth, loss = len(network.layers), network.loss_function
    return _quantity(
        "C",
        "loss",
        "C",
        loss.formula(_of_layer("a", depth)),
        "how wrong the prediction is",
        np.array(cost),
        (f"a{depth}", "y"),
        [loss.texts(caches[-1].a[0], y)],
    )


def _backward(network: Network, caches: Sequence[LayerCache], y: Array, gradients: Gradients) -> Iterator[Quantity]:
    depth = len(network.layers)
    for l in range(depth, 0, -1):
        cache, gradient = caches[l - 1], gradients[l - 1]
        if l == depth:
            yield from _output_delta(network, cache, y, gradient.delta[0])
        else:
            yield from _hidden_delta(network, l, cache, gradients[l].delta[0], gradient.delta[0])
        below, below_symbol = _below(l)
        yield _quantity(
            f"dW{l}",
            "backward",
            _slope_of_cost(_of_layer("W", l)),
            rf"{_of_layer(DELTA, l)} {_transposed(below_symbol)}",
            f"the gradient of the weights of layer {l}: delta times input (BP3)",
            gradient.dW,
            (f"delta{l}", below),
            [arithmetic.product(d, s) for d in gradient.delta[0] for s in cache.a_in[0]],
        )
        yield _quantity(
            f"db{l}",
            "backward",
            _slope_of_cost(_of_layer("b", l)),
            _of_layer(DELTA, l),
            f"the gradient of the biases of layer {l}: delta itself (BP4)",
            gradient.db,
            (f"delta{l}",),
            [arithmetic.number(d) for d in gradient.delta[0]],
        )


def _output_delta(network: Network, cache: LayerCache, y: Array, delta: Array) -> Iterator[Quantity]:
    """BP1: fused where loss and activation match, else as its two factors."""
    l, f, loss = len(network.layers), network.activations[-1], network.loss_function
    a = cache.a[0]
    name, symbol = f"delta{l}", _of_layer(DELTA, l)
    meaning = "delta of the output layer, also called its error: how much the loss changes with what it receives (BP1)"
    if loss.matched == f:
        lines = [arithmetic.difference(p, t) for p, t in zip(a, y[0], strict=True)]
        yield _quantity(name, "backward", symbol, f"{_of_layer('a', l)} - y", meaning, delta, (f"a{l}", "y"), lines)
        return
    da = loss.slope(cache.a, y)[0]
    da_symbol = _slope_of_cost(_of_layer("a", l))
    yield _quantity(
        f"da{l}",
        "backward",
        da_symbol,
        loss.slope_formula(_of_layer("a", l)),
        "how much the loss changes with the prediction",
        da,
        (f"a{l}", "y"),
        loss.slope_texts(a, y[0]),
    )
    if not f.element_wise:
        formula = rf"{_of_layer('a', l)} \odot \left({da_symbol} - {_of_layer('a', l)} \cdot {da_symbol}\right)"
        lines = f.delta_texts(a, da)
        yield _quantity(name, "backward", symbol, formula, meaning, delta, (f"a{l}", f"da{l}"), lines)
    else:
        yield from _through_activation(l, f, cache, da, delta, meaning)


def _hidden_delta(network: Network, l: int, cache: LayerCache, delta_above: Array, delta: Array) -> Iterator[Quantity]:
    """BP2: what comes back through the weights of the layer above, times the slope."""
    W_above = network.layers[l].W
    da = delta_above @ W_above
    yield _quantity(
        f"da{l}",
        "backward",
        _slope_of_cost(_of_layer("a", l)),
        rf"({_of_layer('W', l + 1)})^{{\mathsf T}} {_of_layer(DELTA, l + 1)}",
        f"how much the loss changes with what layer {l} sends on: the deltas above, weighted",
        da,
        (f"W{l + 1}", f"delta{l + 1}"),
        [arithmetic.weighted_sum(column, delta_above) for column in W_above.T],
    )
    meaning = f"delta of layer {l}: how much the loss changes with what it receives (BP2)"
    yield from _through_activation(l, network.activations[l - 1], cache, da, delta, meaning)


def _through_activation(
    l: int, f: Activation, cache: LayerCache, da: Array, delta: Array, meaning: str
) -> Iterator[Quantity]:
    """Yield the slope of an element-wise activation, and delta: dC/da times that slope."""
    z, a, slope = cache.z[0], cache.a[0], f.slope(cache.z, cache.a)[0]
    slope_symbol = f"{f.latex}'({_of_layer('z', l)})"
    yield _quantity(
        f"slope{l}",
        "backward",
        slope_symbol,
        f.slope_formula(_of_layer("z", l), _of_layer("a", l)),
        f"how steep the activation of layer {l} is, here",
        slope,
        (f"{f.slope_needs()}{l}",),
        f.slope_texts(z, a),
    )
    yield _quantity(
        f"delta{l}",
        "backward",
        _of_layer(DELTA, l),
        rf"{_slope_of_cost(_of_layer('a', l))} \odot {slope_symbol}",
        meaning,
        delta,
        (f"da{l}", f"slope{l}"),
        [arithmetic.product(d, s) for d, s in zip(da, slope, strict=True)],
    )


def _update(network: Network, gradients: Gradients, learning_rate: float) -> Iterator[Quantity]:
    parameters = network.parameters.copy()
    GradientDescent(learning_rate).step(parameters, gradients.vector)
    stepped = network.with_parameters(parameters)
    for l in range(len(network.layers), 0, -1):
        old, new, gradient = network.layers[l - 1], stepped.layers[l - 1], gradients[l - 1]
        for name, meaning, before, after, slope in (
            ("W", "weights", old.W, new.W, gradient.dW),
            ("b", "biases", old.b, new.b, gradient.db),
        ):
            symbol = _of_layer(name, l)
            yield _quantity(
                f"new_{name}{l}",
                "update",
                rf"{symbol}_{{\text{{new}}}}",
                rf"{symbol} - \eta {_slope_of_cost(symbol)}",
                f"the {meaning} of layer {l} after the step",
                after,
                (f"{name}{l}", f"d{name}{l}"),
                [
                    f"{arithmetic.number(p)} - {arithmetic.product(learning_rate, g)}"
                    for p, g in zip(before.ravel(), slope.ravel(), strict=True)
                ],
            )


def _plain(name: str, symbol: str, meaning: str, value: Array) -> Quantity:
    return _quantity(name, "given", symbol, "", meaning, value, (), [arithmetic.number(v) for v in value.ravel()])


def _quantity(
    name: str,
    phase: Phase,
    symbol: str,
    formula: str,
    meaning: str,
    value: Array,
    depends_on: tuple[str, ...],
    lines: list[str],
) -> Quantity:
    value = np.array(value)
    value.flags.writeable = False
    return Quantity(name, phase, symbol, formula, meaning, value, depends_on, tuple(lines))


def _below(l: int) -> tuple[str, str]:
    """Return the name and the symbol of what layer l takes in."""
    return ("x", "x") if l == 1 else (f"a{l - 1}", _of_layer("a", l - 1))


def _of_layer(letter: str, l: int) -> str:
    return f"{letter}^{{({l})}}"


def _slope_of_cost(symbol: str) -> str:
    return rf"\frac{{\partial C}}{{\partial {symbol}}}"


def _transposed(symbol: str) -> str:
    return rf"({symbol})^{{\mathsf T}}" if "^" in symbol else rf"{symbol}^{{\mathsf T}}"
