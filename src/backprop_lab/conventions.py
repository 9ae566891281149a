r"""Four ways to write one layer for a batch, and how to get from one to another.

Two choices are free: whether the examples of a batch are the rows or the columns of its arrays, and whether the weights
have the shape (n_out, n_in) or its transpose. Together they make the four conventions that are met in books and code:

| convention | examples | W | b | met in |
|---|---|---|---|---|
| `W a + b` | columns | (n_out, n_in) | (n_out, 1) | most mathematics, Nielsen (2015) |
| `a W^T + b` | rows | (n_out, n_in) | (n_out,) | this library, PyTorch |
| `X W + b` | rows | (n_in, n_out) | (1, n_out) | much NumPy code, Keras |
| `W^T h + b` | columns | (n_in, n_out) | (n_out, 1) | Goodfellow, Bengio and Courville (2016), for one example |

In each of them the same four equations hold, with their factors in another order and their transposes in another place.
The numbers are the same: `to_ours` of the gradient is our gradient. Capital letters stand for a whole batch, $\delta_n$
for the error of one example, a row or a column of $\Delta$. The mean over the batch is in $\Delta^L$ already, as in
`losses.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_float_array, choose
from backprop_lab.network import Network

__all__ = ["CONVENTIONS", "Convention", "Equation", "convention", "gradients_in"]


@dataclass(frozen=True)
class Equation:
    r"""One equation of a layer, for the eye and for the machine.

    Attributes
    ----------
    name : str
        forward, BP1, BP2, BP3 or BP4.
    result : str
        What it gives, as it is called in code: `z`, `delta`, `delta_in`, `dW`, `db`.
    latex : str
        The equation in LaTeX: $Z^l = A^{l-1} (W^l)^{\mathsf T} + b^l$.
    code : str
        Its right side in NumPy: `a_in @ W.T + b`.
    """

    name: str
    result: str
    latex: str
    code: str

    def __call__(self, **arrays: Array) -> Array:
        """Return the right side for these arrays, by the names in `code`.

        It is the shown text that runs (a constant of this module), so that no other line can differ from it.

        Raises
        ------
        NameError
            If an array that the code names is missing.
        ValueError
            If the shapes do not fit together.
        """
        return np.asarray(eval(self.code, {"__builtins__": {}}, arrays))

    def __str__(self) -> str:
        return f"{self.result} = {self.code}"


@dataclass(frozen=True)
class Convention:
    """A way to write a layer for a batch.

    Attributes
    ----------
    name : str
        The forward pass in short: "W a + b", "a W^T + b" (ours), "X W + b", "W^T h + b".
    examples : str
        "rows" or "columns": where an example lies in the arrays of a batch.
    weights : str
        "(n_out, n_in)" or "(n_in, n_out)": the shape of W.
    bias : str
        "(n_out,)", "(1, n_out)" or "(n_out, 1)": the shape of b.
    forward, bp1, bp2, bp3, bp4 : Equation
    """

    name: str
    examples: Literal["rows", "columns"]
    weights: Literal["(n_out, n_in)", "(n_in, n_out)"]
    bias: Literal["(n_out,)", "(1, n_out)", "(n_out, 1)"]
    forward: Equation
    bp1: Equation
    bp2: Equation
    bp3: Equation
    bp4: Equation

    @property
    def equations(self) -> tuple[Equation, ...]:
        """Return the forward pass and BP1 to BP4."""
        return self.forward, self.bp1, self.bp2, self.bp3, self.bp4

    def to_ours(self, W: npt.ArrayLike, b: npt.ArrayLike) -> tuple[Array, Array]:
        """Return W and b, or dW and db, of this convention in ours: shapes (n_out, n_in) and (n_out,).

        A gradient has the shape of its partner, so it travels by the same road. The arrays are copies.

        Raises
        ------
        TypeError, ValueError
            If they are not floating point, or have not the shapes of this convention.
        """
        W, b = as_float_array("W", W), as_float_array("b", b)
        if W.ndim != 2:
            raise ValueError(f"W has shape {W.shape}, expected {self.weights}")
        n_out = W.shape[1 if self._turned else 0]
        if b.shape != self._bias_shape(n_out):
            raise ValueError(
                f"b has shape {b.shape}, expected {self._bias_shape(n_out)}: in the convention {self.name} with W of "
                f"shape {W.shape} there are {n_out} units, and b is {self.bias}"
            )
        return (W.T if self._turned else W).copy(), b.reshape(n_out).copy()

    def from_ours(self, W: npt.ArrayLike, b: npt.ArrayLike) -> tuple[Array, Array]:
        """Return our W (n_out, n_in) and b (n_out,), or dW and db, in this convention; the arrays are copies.

        Raises
        ------
        TypeError, ValueError
            If they are not floating point, or have not our shapes.
        """
        W, b = as_float_array("W", W), as_float_array("b", b)
        if W.ndim != 2 or b.shape != W.shape[:1]:
            raise ValueError(f"W has shape {W.shape} and b {b.shape}, expected (n_out, n_in) and (n_out,)")
        return (W.T if self._turned else W).copy(), b.reshape(self._bias_shape(len(b))).copy()

    def batch_to_ours(self, batch: npt.ArrayLike) -> Array:
        """Return x, y, z, a or delta of this convention with its examples as rows, (N, n); a copy."""
        return self._turn_batch(batch)

    def batch_from_ours(self, batch: npt.ArrayLike) -> Array:
        """Return x, y, z, a or delta (N, n) with its examples where this convention has them; a copy."""
        return self._turn_batch(batch)

    def __repr__(self) -> str:
        return f"Convention({self.name}: examples in {self.examples}, W {self.weights}, b {self.bias})"

    def __str__(self) -> str:
        lines = [f"{equation.name:8} {equation}" for equation in self.equations]
        return "\n".join([f"{self.name}   (examples in {self.examples}, W {self.weights}, b {self.bias})", *lines])

    def _repr_latex_(self) -> str:
        lines = [rf"{e.latex.replace('=', '&=', 1)} && \text{{({e.name})}}" for e in self.equations]
        return r"$\displaystyle \begin{aligned} " + r" \\[6pt] ".join(lines) + r" \end{aligned}$"

    @property
    def _turned(self) -> bool:
        return self.weights == "(n_in, n_out)"

    def _bias_shape(self, n_out: int) -> tuple[int, ...]:
        return {"(n_out,)": (n_out,), "(1, n_out)": (1, n_out), "(n_out, 1)": (n_out, 1)}[self.bias]

    def _turn_batch(self, batch: npt.ArrayLike) -> Array:
        batch = as_float_array("batch", batch)
        if batch.ndim != 2:
            raise ValueError(f"batch has shape {batch.shape}, expected two axes: examples in {self.examples}")
        return (batch.T if self.examples == "columns" else batch).copy()


_TURNED = r"^{\mathsf T}"
_BP1 = Equation("BP1", "delta", r"\Delta^L = \frac{\partial C}{\partial A^L} \odot f'(Z^L)", "dC_da * slope")
_SUM = r"\frac{\partial C}{\partial b^l} = \sum_n \delta_n^l"
_DW = r"\frac{\partial C}{\partial W^l} = "


def _make(
    name: str,
    examples: Literal["rows", "columns"],
    weights: Literal["(n_out, n_in)", "(n_in, n_out)"],
    bias: Literal["(n_out,)", "(1, n_out)", "(n_out, 1)"],
    forward: tuple[str, str],
    back: tuple[str, str],
    gradient: tuple[str, str],
    total: str,
) -> Convention:
    """Put a convention together; each pair is the right side in LaTeX and in code."""
    return Convention(
        name,
        examples,
        weights,
        bias,
        Equation("forward", "z", f"Z^l = {forward[0]} + b^l", f"{forward[1]} + b"),
        _BP1,
        Equation("BP2", "delta_in", rf"\Delta^l = \left({back[0]}\right) \odot f'(Z^l)", f"({back[1]}) * slope_in"),
        Equation("BP3", "dW", _DW + gradient[0], gradient[1]),
        Equation("BP4", "db", _SUM, total),
    )


CONVENTIONS: Mapping[str, Convention] = {
    each.name: each
    for each in (
        _make(
            "W a + b", "columns", "(n_out, n_in)", "(n_out, 1)",
            (r"W^l A^{l-1}", "W @ a_in"),
            (rf"(W^{{l+1}}){_TURNED} \Delta^{{l+1}}", "W.T @ delta"),
            (rf"\Delta^l (A^{{l-1}}){_TURNED}", "delta @ a_in.T"),
            "delta.sum(axis=1, keepdims=True)",
        ),
        _make(
            "a W^T + b", "rows", "(n_out, n_in)", "(n_out,)",
            (rf"A^{{l-1}} (W^l){_TURNED}", "a_in @ W.T"),
            (r"\Delta^{l+1} W^{l+1}", "delta @ W"),
            (rf"(\Delta^l){_TURNED} A^{{l-1}}", "delta.T @ a_in"),
            "delta.sum(axis=0)",
        ),
        _make(
            "X W + b", "rows", "(n_in, n_out)", "(1, n_out)",
            (r"A^{l-1} W^l", "a_in @ W"),
            (rf"\Delta^{{l+1}} (W^{{l+1}}){_TURNED}", "delta @ W.T"),
            (rf"(A^{{l-1}}){_TURNED} \Delta^l", "a_in.T @ delta"),
            "delta.sum(axis=0, keepdims=True)",
        ),
        _make(
            "W^T h + b", "columns", "(n_in, n_out)", "(n_out, 1)",
            (rf"(W^l){_TURNED} A^{{l-1}}", "W.T @ a_in"),
            (r"W^{l+1} \Delta^{l+1}", "W @ delta"),
            (rf"A^{{l-1}} (\Delta^l){_TURNED}", "a_in @ delta.T"),
            "delta.sum(axis=1, keepdims=True)",
        ),
    )
}  # fmt: skip


def convention(name: str) -> Convention:
    """Return the convention of this name: "W a + b", "a W^T + b" (ours), "X W + b" or "W^T h + b".

    Raises
    ------
    TypeError, ValueError
        If there is none of this name.
    """
    return choose("convention", name, CONVENTIONS)


def gradients_in(
    convention: Convention, network: Network, x: npt.ArrayLike, y: npt.ArrayLike
) -> list[tuple[Array, Array]]:
    """Return (dW, db) of each layer, computed with the equations of a convention alone, in its shapes.

    The network's weights and the batch are turned into the convention first. Only what works on each number by
    itself, or on each example by itself, is taken from the library: activations, their slopes, and BP1.

    Parameters
    ----------
    convention : Convention
    network : Network
        Any depth, activations and loss.
    x, y : array (N, n_in), array (N, n_out)
        Examples as rows.

    Raises
    ------
    TypeError, ValueError
        If x or y is no batch for this network.
    """
    network.loss(x, y)  # the door
    turn, back = convention.batch_from_ours, convention.batch_to_ours
    weights = [convention.from_ours(layer.W, layer.b) for layer in network.layers]
    a, caches = turn(x), []
    for (W, b), f in zip(weights, network.activations, strict=True):
        z = convention.forward(W=W, b=b, a_in=a)
        caches.append((a, z))
        a = turn(f(back(z)))
    delta = turn(network.loss_function.delta(network.activations[-1], back(z), back(a), as_float_array("y", y)))
    gradients = []
    for l, (a_in, _) in reversed(list(enumerate(caches))):
        gradients.append((convention.bp3(delta=delta, a_in=a_in), convention.bp4(delta=delta)))
        if l > 0:
            slope_in = turn(network.activations[l - 1].slope(back(caches[l - 1][1]), back(a_in)))
            delta = convention.bp2(delta=delta, W=weights[l][0], slope_in=slope_in)
    return gradients[::-1]
