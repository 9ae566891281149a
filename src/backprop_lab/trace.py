r"""One training step as a list of quantities: each with its formula, its numbers and what it depends on.

The trace is what the stepper shows and what chapter 5 prints. Vectors are written as in the mathematics, for one example:
a layer's $z$ has shape (n_out,), its $W$ (n_out, n_in).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_batch
from backprop_lab.network import Network

__all__ = ["Quantity", "Trace", "trace_step"]

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
        For each entry of the value, row by row, the formula with the numbers put in, as text: `0.15*0.05 + 0.2*0.1 + 0.35`.
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
        """Yield (label, value, arithmetic) for each entry: `z1[2]`, `dW1[2,1]`, counted from 1 as in the mathematics."""
        for index, arithmetic in zip(np.ndindex(self.value.shape), self.arithmetic, strict=True):
            place = ",".join(str(i + 1) for i in index)
            yield f"{self.name}[{place}]" if place else self.name, float(self.value[index]), arithmetic

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
        Any depth, element-wise output activation.
    x, y : array (1, n_in), array (1, n_out)
        One example, as a batch of one.
    learning_rate : float
        Step of the update.

    Raises
    ------
    TypeError, ValueError
        If x or y is no batch of finite floats, or of more than one example.
    """
    x = as_batch("x", x, network.sizes[0])
    y = as_batch("y", y, network.sizes[-1])
    if len(x) != 1 or len(y) != 1:
        raise ValueError(f"x has {len(x)} examples and y {len(y)}: a trace follows one")
    return Trace(tuple(_quantities(network, x, y, float(learning_rate))))


def _quantities(network: Network, x: Array, y: Array, rate: float) -> Iterator[Quantity]:
    _, caches = network.forward(x)
    cost, gradients = network.loss_and_gradients(x, y)
    depth = len(network.layers)

    yield _given("x", "x", "the input", x[0])
    yield _given("y", "y", "the target", y[0])
    for l, layer in enumerate(network.layers, start=1):
        yield _given(f"W{l}", f"W^{{({l})}}", f"the weights of layer {l}", layer.W)
        yield _given(f"b{l}", f"b^{{({l})}}", f"the biases of layer {l}", layer.b)

    for l, (layer, cache) in enumerate(zip(network.layers, caches, strict=True), start=1):
        below, below_latex = _activation_below(l)
        yield _quantity(
            f"z{l}",
            "forward",
            f"z^{{({l})}}",
            f"W^{{({l})}} {below_latex} + b^{{({l})}}",
            f"what layer {l} receives: the weighted sum of its inputs, plus its bias",
            cache.z[0],
            (f"W{l}", below, f"b{l}"),
            [
                _sum([_product(w, a) for w, a in zip(row, cache.a_in[0], strict=True)] + [_number(b)])
                for row, b in zip(layer.W, layer.b, strict=True)
            ],
        )
        f = layer.activation
        yield _quantity(
            f"a{l}",
            "forward",
            f"a^{{({l})}}",
            rf"{f.latex}(z^{{({l})}})",
            f"what layer {l} sends on" if l < depth else "the prediction",
            cache.a[0],
            (f"z{l}",),
            [f"{f.name}({_number(z)})" for z in cache.z[0]],
        )
    a, z = caches[-1].a[0], caches[-1].z[0]
    loss_function, f = network.loss_function, network.layers[-1].activation
    yield _quantity(
        "C",
        "loss",
        "C",
        loss_function.latex.replace("a_i", f"a^{{({depth})}}_i"),
        "how wrong the prediction is",
        np.array(cost),
        (f"a{depth}", "y"),
        [_loss_arithmetic(loss_function.name, a, y[0])],
    )

    for l in range(depth, 0, -1):
        layer, cache, gradient = network.layers[l - 1], caches[l - 1], gradients[l - 1]
        below, below_latex = _activation_below(l)
        delta = gradient.delta[0]
        if l == depth:
            yield from _output_error(network, l, z, a, y, delta)
        else:
            above, above_delta = network.layers[l], gradients[l].delta[0]
            pulled = above_delta @ above.W
            slope = layer.activation.slope(cache.z, cache.a)[0]
            yield _quantity(
                f"da{l}",
                "backward",
                rf"\frac{{\partial C}}{{\partial a^{{({l})}}}}",
                rf"(W^{{({l + 1})}})^{{\mathsf T}} \delta^{{({l + 1})}}",
                f"how much the loss changes with what layer {l} sends on: the errors above, weighted",
                pulled,
                (f"W{l + 1}", f"delta{l + 1}"),
                [_sum([_product(w, d) for w, d in zip(column, above_delta, strict=True)]) for column in above.W.T],
            )
            yield _slope(l, layer.activation, cache.z[0], cache.a[0], slope)
            yield _quantity(
                f"delta{l}",
                "backward",
                rf"\delta^{{({l})}}",
                rf"\frac{{\partial C}}{{\partial a^{{({l})}}}} \odot {_prime(layer.activation)}(z^{{({l})}})",
                f"the error of layer {l}: how much the loss changes with what it receives (BP2)",
                delta,
                (f"da{l}", f"slope{l}"),
                [_product(d, s) for d, s in zip(pulled, slope, strict=True)],
            )
        yield _quantity(
            f"dW{l}",
            "backward",
            rf"\frac{{\partial C}}{{\partial W^{{({l})}}}}",
            rf"\delta^{{({l})}} {_transposed(below_latex)}",
            f"the gradient of the weights of layer {l}: error times input (BP3)",
            gradient.dW,
            (f"delta{l}", below),
            [_product(d, s) for d in delta for s in cache.a_in[0]],
        )
        yield _quantity(
            f"db{l}",
            "backward",
            rf"\frac{{\partial C}}{{\partial b^{{({l})}}}}",
            rf"\delta^{{({l})}}",
            f"the gradient of the biases of layer {l}: the error itself (BP4)",
            gradient.db,
            (f"delta{l}",),
            [_number(d) for d in delta],
        )

    for l in range(depth, 0, -1):
        layer, gradient = network.layers[l - 1], gradients[l - 1]
        for name, latex, old, slope in (("W", "W", layer.W, gradient.dW), ("b", "b", layer.b, gradient.db)):
            yield _quantity(
                f"new_{name}{l}",
                "update",
                rf"{latex}^{{({l})}}_{{\text{{new}}}}",
                rf"{latex}^{{({l})}} - \eta \frac{{\partial C}}{{\partial {latex}^{{({l})}}}}",
                f"the {'weights' if name == 'W' else 'biases'} of layer {l} after the step",
                old - rate * slope,
                (f"{name}{l}", f"d{name}{l}"),
                [
                    f"{_number(o)} - {_number(rate)}*{_factor(g)}"
                    for o, g in zip(old.ravel(), slope.ravel(), strict=True)
                ],
            )


def _output_error(network: Network, l: int, z: Array, a: Array, y: Array, delta: Array) -> Iterator[Quantity]:
    """BP1: fused where loss and activation match, else as its two factors."""
    loss_function, f = network.loss_function, network.layers[-1].activation
    symbol, words = (
        rf"\delta^{{({l})}}",
        "the error of the output layer: how much the loss changes with what it receives (BP1)",
    )
    if loss_function.matched == f.name:
        lines = [f"{_number(p)} - {_factor(t)}" for p, t in zip(a, y[0], strict=True)]
        yield _quantity(f"delta{l}", "backward", symbol, f"a^{{({l})}} - y", words, delta, (f"a{l}", "y"), lines)
        return
    da = loss_function.slope(a[np.newaxis], y)[0]
    slope = f.slope(z, a)
    yield _quantity(
        f"da{l}",
        "backward",
        rf"\frac{{\partial C}}{{\partial a^{{({l})}}}}",
        _loss_slope_latex(loss_function.name, l),
        "how much the loss changes with the prediction",
        da,
        (f"a{l}", "y"),
        [_loss_slope_arithmetic(loss_function.name, p, t, len(a)) for p, t in zip(a, y[0], strict=True)],
    )
    yield _slope(l, f, z, a, slope)
    yield _quantity(
        f"delta{l}",
        "backward",
        symbol,
        rf"\frac{{\partial C}}{{\partial a^{{({l})}}}} \odot {_prime(f)}(z^{{({l})}})",
        words,
        delta,
        (f"da{l}", f"slope{l}"),
        [_product(d, s) for d, s in zip(da, slope, strict=True)],
    )


def _slope(l, f, z, a, slope) -> Quantity:  # type: ignore[no-untyped-def]
    lines = {
        "sigmoid": [f"{_number(p)}*(1 - {_number(p)})" for p in a],
        "tanh": [f"1 - {_factor(p)}^2" for p in a],
        "identity": ["1" for _ in a],
        "relu": [f"1 if {_number(q)} > 0 else 0" for q in z],
    }
    formula = {
        "sigmoid": rf"a^{{({l})}} \odot (1 - a^{{({l})}})",
        "tanh": rf"1 - a^{{({l})}} \odot a^{{({l})}}",
        "identity": "1",
        "relu": rf"[z^{{({l})}} > 0]",
    }
    return _quantity(
        f"slope{l}",
        "backward",
        rf"{_prime(f)}(z^{{({l})}})",
        formula.get(f.name, ""),
        f"how steep the activation of layer {l} is, here",
        slope,
        (f"a{l}",) if f.name in ("sigmoid", "tanh") else (f"z{l}",),
        lines.get(f.name, [f"{f.name}'({_number(q)})" for q in z]),
    )


def _prime(f) -> str:  # type: ignore[no-untyped-def]
    return f"{f.latex}'"


def _transposed(latex: str) -> str:
    return rf"({latex})^{{\mathsf T}}" if "^" in latex else rf"{latex}^{{\mathsf T}}"


def _activation_below(l: int) -> tuple[str, str]:
    return ("x", "x") if l == 1 else (f"a{l - 1}", f"a^{{({l - 1})}}")


def _given(name: str, symbol: str, meaning: str, value: Array) -> Quantity:
    return _quantity(name, "given", symbol, "", meaning, value, (), [_number(v) for v in value.ravel()])


def _quantity(
    name: str,
    phase: Phase,
    symbol: str,
    formula: str,
    meaning: str,
    value: Array,
    depends_on: tuple[str, ...],
    arithmetic: list[str],
) -> Quantity:
    value = np.array(value)
    value.flags.writeable = False
    return Quantity(name, phase, symbol, formula, meaning, value, depends_on, tuple(arithmetic))


def _loss_arithmetic(name: str, a: Array, y: Array) -> str:
    pairs = list(zip(a, y, strict=True))
    match name:
        case "half_squared_error":
            return _sum([f"({_number(p)} - {_factor(t)})^2/2" for p, t in pairs])
        case "mean_squared_error":
            return _sum([f"({_number(p)} - {_factor(t)})^2/{len(a)}" for p, t in pairs])
        case "binary_cross_entropy":
            return _sum([f"-{_number(t)}*ln({_number(p)}) - {_number(1 - t)}*ln({_number(1 - p)})" for p, t in pairs])
        case _:
            return _sum([f"-{_number(t)}*ln({_number(p)})" for p, t in pairs if t])


def _loss_slope_latex(name: str, l: int) -> str:
    return {
        "half_squared_error": f"a^{{({l})}} - y",
        "mean_squared_error": rf"\tfrac2n (a^{{({l})}} - y)",
        "binary_cross_entropy": rf"\frac{{1 - y}}{{1 - a^{{({l})}}}} - \frac{{y}}{{a^{{({l})}}}}",
    }.get(name, rf"-\frac{{y}}{{a^{{({l})}}}}")


def _loss_slope_arithmetic(name: str, p: float, t: float, n: int) -> str:
    match name:
        case "half_squared_error":
            return f"{_number(p)} - {_factor(t)}"
        case "mean_squared_error":
            return f"2/{n}*({_number(p)} - {_factor(t)})"
        case "binary_cross_entropy":
            return f"{_number(1 - t)}/{_number(1 - p)} - {_number(t)}/{_number(p)}"
        case _:
            return f"-{_number(t)}/{_number(p)}"


def _number(value: float) -> str:
    return f"{float(value):.6g}"


def _factor(value: float) -> str:
    """A number inside a product or after a minus: brackets where it is negative."""
    return f"({_number(value)})" if value < 0 else _number(value)


def _product(left: float, right: float) -> str:
    return f"{_number(left)}*{_factor(right)}"


def _sum(terms: list[str]) -> str:
    """Join with +, or - before a term that starts with a minus."""
    text = terms[0]
    for term in terms[1:]:
        text += f" - {term[1:]}" if term.startswith("-") else f" + {term}"
    return text
