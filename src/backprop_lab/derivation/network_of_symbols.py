"""A network with symbols for numbers: its forward and its backward pass, line by line, and its loss as one formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import sympy

from backprop_lab import losses
from backprop_lab.arrays import choose
from backprop_lab.derivation.door import WIDEST, check_sizes
from backprop_lab.derivation.expressions import (
    Definitions,
    Formula,
    column,
    latex,
    letters,
    matrix,
    partial,
    substitution,
    symbol,
)
from backprop_lab.derivation.formulas import ACTIVATIONS, LOSSES
from backprop_lab.network import Network

__all__ = [
    "OUTPUTS",
    "SymbolicNetwork",
    "hidden_error",
    "loss_gradient",
    "slopes",
    "symbolic_network",
    "times",
]

DEEPEST, MOST_PARTS = 6, 3000
OUTPUTS = dict.fromkeys([*ACTIVATIONS, "softmax"])
Lines = Iterator[tuple[Formula, Formula]]


@dataclass(frozen=True)
class SymbolicNetwork:
    r"""A fully connected network with symbols for numbers, and its loss for one example.

    The entries are written $w^{1}_{12}$: layer 1, to unit 1, from input 2. The lists start with layer 1; `a[0]` is x.

    Attributes
    ----------
    sizes : tuple of int
        Widths from the input to the output.
    activations : tuple of str
        One for each layer.
    loss : str
    W : tuple of sympy.ImmutableMatrix
        (n_out, n_in) each.
    b, z, delta : tuple of sympy.ImmutableMatrix
        Columns (n_out, 1). delta stands for dC/dz.
    a : tuple of sympy.ImmutableMatrix
        Columns: the input, then the activation of each layer.
    y : sympy.ImmutableMatrix
        The target, a column.
    cost : sympy.Expr
        The loss in terms of the last a, and y.
    forward : tuple of (symbol, expression)
        The forward pass, line by line: each entry of z and a in terms of those before it.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    W: tuple[Formula, ...]
    b: tuple[Formula, ...]
    z: tuple[Formula, ...]
    delta: tuple[Formula, ...]
    a: tuple[Formula, ...]
    y: Formula
    cost: Formula
    forward: Definitions

    @property
    def parameters(self) -> tuple[Formula, ...]:
        """All weights and biases, layer by layer: the rows of W, then b."""
        return tuple(entry for W, b in zip(self.W, self.b, strict=True) for entry in (*W, *b))

    @property
    def matched(self) -> bool:
        """Whether loss and output activation match, so that the output's delta is a - y."""
        activation = losses.LOSSES[self.loss].matched
        return activation is not None and activation.name == self.activations[-1]

    def cost_from(self, *start: Formula) -> Formula:
        """Return the loss as a nested formula, written out until the symbols in these matrices, or x, are met."""
        return self.written_out(self.cost, *start)

    def written_out(self, formula: Formula, *start: Formula) -> Formula:
        """Return a formula with the forward pass put in, until the symbols in these matrices, or x, are met."""
        stop = {entry: entry for entries in start for entry in entries}
        return substitution(stop, self.forward)(formula)

    @property
    def backward(self) -> Definitions:
        """The backward pass, line by line: each entry of delta, dW and db by the four equations.

        Where loss and activation match, the output's delta is a - y, as in `Network`.
        """
        lines: list[tuple[Formula, Formula]] = []
        for l in reversed(range(len(self.z))):
            is_output = l == len(self.z) - 1
            lines += _output_lines(self) if is_output else zip(self.delta[l], hidden_error(self, l), strict=True)
            lines += zip(_d_cost(self.W[l]), self.delta[l] * self.a[l].T, strict=True)
            lines += zip(_d_cost(self.b[l]), self.delta[l], strict=True)
        return tuple(lines)

    def values(self, network: Network, x: npt.ArrayLike, y: npt.ArrayLike) -> dict[Formula, float]:
        """Return the number that each symbol of W, b, x and y has in a network of this shape, for one example.

        Parameters
        ----------
        network : Network
            Of the same sizes.
        x, y : array (n_in,), array (n_out,)

        Raises
        ------
        ValueError
            If the sizes differ.
        """
        if tuple(network.sizes) != self.sizes:
            raise ValueError(f"network has the sizes {tuple(network.sizes)}, expected {self.sizes}")
        numbers = [("x", self.a[0], x), ("y", self.y, y)]
        for W, b, layer in zip(self.W, self.b, network.layers, strict=True):
            numbers += [("W", W, layer.W), ("b", b, layer.b)]
        values: dict[Formula, float] = {}
        for name, symbols, array in numbers:
            if np.size(array) != len(symbols):
                raise ValueError(f"{name} has shape {np.shape(array)}, expected one example of {len(symbols)} numbers")
            values |= zip(symbols, map(float, np.ravel(array)), strict=True)
        return values

    def __repr__(self) -> str:
        return f"SymbolicNetwork({'-'.join(map(str, self.sizes))}, {', '.join(self.activations)}, loss={self.loss})"


def symbolic_network(
    sizes: Sequence[int],
    *,
    hidden: str | Sequence[str] = "sigmoid",
    output: str = "sigmoid",
    loss: str = "half_squared_error",
) -> SymbolicNetwork:
    """Return a network of symbols.

    Parameters
    ----------
    sizes : sequence of int
        Widths from the input to the output.
    hidden : str or sequence of str
        Activation of the hidden layers, or one for each.
    output, loss : str

    Raises
    ------
    ValueError
        If a name is unknown, a width is below 1 or above 9, there are more than 6 layers, or the loss written out as
        one formula has more than 3000 parts (symbols, numbers and operations; 899 for 3-3-3-3-2 with sigmoids). Also if
        a cross-entropy gets predictions that are no probabilities.
    """
    sizes = _check_network_sizes(sizes)
    activations = (*_check_hidden(hidden, len(sizes) - 2), output)
    _check_output(output, loss, sizes[-1])
    W = tuple(
        matrix([symbol(f"w^{{{l}}}_{{{j}{k}}}") for k in range(1, n_in + 1)] for j in range(1, n_out + 1))
        for l, (n_in, n_out) in enumerate(pairwise(sizes), start=1)
    )
    b, z, delta, activated = (
        tuple(column(letters(f"{letter}^{{{l}}}", n)) for l, n in enumerate(sizes[1:], start=1))
        for letter in ("b", "z", r"\delta", "a")
    )
    a = (column(letters("x", sizes[0])), *activated)
    y = column(letters("y", sizes[-1]))
    forward: list[tuple[Formula, Formula]] = []
    for name, W_here, b_here, z_here, a_in, a_out in zip(activations, W, b, z, a[:-1], activated, strict=True):
        forward += zip(z_here, W_here * a_in + b_here, strict=True)
        forward += _activation_lines(name, z_here, a_out)
    cost = sympy.Add(*map(LOSSES[loss].term, a[-1], y)) / _share(loss, sizes[-1])
    network = SymbolicNetwork(sizes, activations, loss, W, b, z, delta, a, y, cost, tuple(forward))
    if (parts := _count_parts(network.cost_from(), {})) > MOST_PARTS:
        raise ValueError(
            f"the loss of {network} is a formula of {parts:,} parts, expected at most {MOST_PARTS:,}: "
            "choose fewer or narrower layers, or an activation with a shorter formula"
        )
    return network


def loss_gradient(network: SymbolicNetwork) -> Formula:
    """Return dC/da of the output layer, a column."""
    return column(map(LOSSES[network.loss].slope, network.a[-1], network.y)) / _share(network.loss, len(network.y))


def slopes(network: SymbolicNetwork, l: int) -> Formula:
    """Return the slopes of the activation of `z[l]`, a column."""
    return column(map(ACTIVATIONS[network.activations[l]].slope, network.z[l], network.a[l + 1]))


def hidden_error(network: SymbolicNetwork, l: int) -> Formula:
    """Return the right-hand side of BP2 for `delta[l]`, a column."""
    return times(network.W[l + 1].T * network.delta[l + 1], slopes(network, l))


def times(left: Formula, right: Formula) -> Formula:
    """Multiply two columns entry by entry."""
    return sympy.ImmutableMatrix(sympy.matrix_multiply_elementwise(left, right))


def _activation_lines(name: str, z: Formula, a: Formula) -> Lines:
    """Yield a = f(z) line by line; for softmax the exponentials, their sum, the shares."""
    if name != "softmax":
        yield from zip(a, map(ACTIVATIONS[name].function, z), strict=True)
        return
    powers, total = letters("e", len(z)), symbol("s")
    yield from zip(powers, map(sympy.exp, z), strict=True)
    yield total, sympy.Add(*powers)
    yield from zip(a, (power / total for power in powers), strict=True)


def _output_lines(network: SymbolicNetwork) -> Lines:
    """Yield BP1 line by line: fused where loss and activation match, else by way of dC/da."""
    a, delta = network.a[-1], network.delta[-1]
    if network.matched:
        yield from zip(delta, a - network.y, strict=True)
        return
    da = column(_d_cost(a))
    yield from zip(da, loss_gradient(network), strict=True)
    if network.activations[-1] != "softmax":
        yield from zip(delta, times(da, slopes(network, len(network.z) - 1)), strict=True)
        return
    mean = symbol("m")  # softmax's Jacobian times dC/da, without the Jacobian
    yield mean, sympy.Add(*times(a, da))
    yield from ((d, p * (q - mean)) for d, p, q in zip(delta, a, da, strict=True))


def _d_cost(variables: Formula) -> list[Formula]:
    return [symbol(partial("C", latex(variable))) for variable in variables]


def _share(loss: str, n: int) -> int:
    return n if losses.LOSSES[loss].mean_over_outputs else 1


def _count_parts(expression: Formula, memo: dict[Formula, int]) -> int:
    """Return how many symbols, numbers and operations an expression is written with; equal ones count each time."""
    if expression not in memo:
        memo[expression] = 1 + sum(_count_parts(arg, memo) for arg in expression.args)
    return memo[expression]


def _check_network_sizes(sizes: Sequence[int]) -> tuple[int, ...]:
    sizes = check_sizes("sizes", sizes)
    if len(sizes) - 1 > DEEPEST:
        raise ValueError(f"sizes has {len(sizes) - 1} layers, expected at most {DEEPEST}: the formulas nest too deep")
    if max(sizes) > WIDEST:
        raise ValueError(f"sizes has the width {max(sizes)}, expected at most {WIDEST}: indices have one digit")
    return sizes


def _check_hidden(hidden: str | Sequence[str], n_hidden: int) -> list[str]:
    if not isinstance(hidden, (str, Sequence)):
        raise ValueError(f"hidden is {hidden!r}, expected a name or one for each hidden layer")
    # one name is looked up even where there is no hidden layer to use it
    names = [hidden] * max(n_hidden, 1) if isinstance(hidden, str) else list(hidden)
    if not isinstance(hidden, str) and len(names) != n_hidden:
        raise ValueError(f"hidden has {len(names)} names, expected one for each of the {n_hidden} hidden layers")
    for name in names:
        choose("hidden activation", name, ACTIVATIONS)
    return names[:n_hidden]


def _check_output(output: str, loss: str, width: int) -> None:
    choose("output activation", output, OUTPUTS)
    choose("loss", loss, LOSSES)
    if losses.LOSSES[loss].needs_probabilities and output not in ("sigmoid", "softmax"):
        raise ValueError(f"{loss} needs predictions from 0 to 1, got those of {output}: choose sigmoid or softmax")
    if output == "softmax" and width == 1:
        raise ValueError("softmax has 1 output, which is 1 whatever goes in: expected at least 2")
