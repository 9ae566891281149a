r"""Four ways to write one layer for a batch, and how to get from one to another.

Two choices are free: whether the examples of a batch are the rows or the columns of its arrays, and whether the weights
have the shape (n_out, n_in) or its transpose. Together they make the four conventions that are met in books and code:

| convention | examples | W | b | met in |
|---|---|---|---|---|
| `W a + b` | columns | (n_out, n_in) | (n_out, 1) | most mathematics, Nielsen (2015) |
| `a W^T + b` | rows | (n_out, n_in) | (n_out,) | this library, PyTorch |
| `X W + b` | rows | (n_in, n_out) | (1, n_out) | much NumPy code; Keras, whose b is flat, (n_out,) |
| `W^T h + b` | columns | (n_in, n_out) | (n_out, 1) | Goodfellow, Bengio and Courville (2016), for one example |

In each of them the same four equations hold, with their factors in another order and their transposes in another place.
The numbers are the same: `to_ours` of the gradient is our gradient. Capital letters stand for a whole batch, $\delta_n$
for the delta of one example, a row or a column of $\Delta$. The mean over the batch is in $\Delta^L$ already, as in
`losses.py`.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_float_array, choose
from backprop_lab.network import Network

__all__ = ["CONVENTIONS", "Convention", "Equation", "convention", "gradients_in", "recognize"]

_BUILTINS = {"__import__": __import__}  # NumPy imports a part of itself the first time that an array is summed


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
        return np.asarray(eval(self.code, {"__builtins__": _BUILTINS}, arrays))

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
        n_out = W.shape[1 if self.turned else 0]
        if b.shape != self._bias_shape(n_out):
            raise ValueError(
                f"b has shape {b.shape}, expected {self._bias_shape(n_out)}: in the convention {self.name} with W of "
                f"shape {W.shape} there are {n_out} units, and b is {self.bias}"
            )
        return (W.T if self.turned else W).copy(), b.reshape(n_out).copy()

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
        return (W.T if self.turned else W).copy(), b.reshape(self._bias_shape(len(b))).copy()

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
    def turned(self) -> bool:
        """Whether W has the transposed shape, (n_in, n_out)."""
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


# ---------------------------------------------------------------------- from a line of text to its convention

LONGEST = 200
_T = r"(?:\\(?:mathsf|mathrm|text)\s*(?:\{\s*T\s*\}|T)|\\top\b|\\intercal\b|T|⊤)"  # after ^ one letter, as in TeX
_INDEX = r"(?:_\s*(?:\{[^{}]*\}|\w))?"
_TRANSPOSED = re.compile(rf"\^\s*(?:\{{[^{{}}]*?{_T}\s*\}}|{_T}){_INDEX}|[ᵀ⊤]")  # W^T, W^{\mathsf T}, W^{(2)T}, W^T_1
_RAISED = re.compile(r"\b([wW]\w*|kernel|theta)\s*\^\s*(\{[^{}]*\}|\([^()]*\)|\w)")
_LAYER = re.compile(r"[({\[\s]*(?:[a-su-zL](?:\s*[+-]\s*\d+)?|\d+)[)}\]\s]*")  # no t: that may be meant for T
_PRODUCT = re.compile(r"\\cdot|\\times|[·×]")
_ADORNMENT = re.compile(r"[\^_]\s*\{[^{}]*\}|\^\s*(?:\([\w+\-]+\)|\w+)|\\(?:left|right|[,;! ])|\$")
_SIDE_BY_SIDE = re.compile(r"(?<=[\w)\]])\s+(?=[^\W\d]|\(\s*\w+\s*\)\s*\.T)")  # W a, a (W).T; no call: f (a)
_PRODUCTS = ("dot", "matmul", "mm")
_TURNS = ("transpose", "t")
_READ = "z = x @ W + b, z = W @ a + b or h = phi(W.T @ h + b)"


def recognize(text: str) -> Convention:
    """Return the convention of a forward pass that somebody wrote: `z = x @ W + b`.

    Read are NumPy and the way of formulas: `W^T h` is `W.T @ h`, an activation may stand around the sum, an index or a
    superscript may count layers, the bias may be missing. The text is parsed and looked at; nothing in it runs.

    Parameters
    ----------
    text : str
        One line. The factor whose name starts with w or W, or is `kernel` or `theta`, holds the weights.

    Raises
    ------
    TypeError
        If it is no text.
    ValueError
        If it is no layer, or one that is written in none of the four conventions; the message says why.

    Examples
    --------
    >>> recognize("z = x @ W + b")
    Convention(X W + b: examples in rows, W (n_in, n_out), b (1, n_out))
    >>> recognize("h = phi(W.T @ h + b)").name, recognize("z^l = W^l a^{l-1} + b^l").name
    ('W^T h + b', 'W a + b')
    >>> recognize("W * a + b")
    Traceback (most recent call last):
        ...
    ValueError: * multiplies element by element, and a layer needs the product of matrices: write W @ a
    """
    if not isinstance(text, str):
        raise TypeError(f"text is a {type(text).__name__}, expected a str such as {_READ}")
    left, right = _factors(_product(_parsed(text)))
    (one, one_turned), (other, other_turned) = left, right
    weights = [_is_weight(one), _is_weight(other)]
    if weights == [True, True]:
        raise ValueError(f"{one} and {other} both look like weights: give the data another name, such as x or a")
    if weights == [False, False]:
        raise ValueError(f"neither {one} nor {other} looks like weights: let their name start with W")
    weight = one if weights[0] else other
    if re.fullmatch(r"\w+T", weight):
        raise ValueError(f"{weight} may be a matrix that is transposed already: write W.T, or another name without a T")
    data, data_turned = (other, other_turned) if weights[0] else (one, one_turned)
    if data_turned:
        raise ValueError(
            f"{data} is transposed on its way in, so its examples lie one way before the product and the other way "
            f"after it: none of the four. Write {data} as it lies"
        )
    turned = one_turned if weights[0] else other_turned
    name = {
        (True, False): "W a + b",
        (False, True): "a W^T + b",
        (False, False): "X W + b",
        (True, True): "W^T h + b",
    }
    return CONVENTIONS[name[weights[0], turned]]


def _parsed(text: str) -> ast.expr:
    """Return the right side of the line as a tree."""
    if not text.strip():
        raise ValueError(f"nothing is written, expected a line such as {_READ}")
    if len(text) > LONGEST:
        raise ValueError(f"the line has {len(text)} characters, expected at most {LONGEST}: one layer, such as {_READ}")
    turned = _TRANSPOSED.sub(".T ", text)
    for name, raised in _RAISED.findall(turned):
        if not _LAYER.fullmatch(raised):
            raise ValueError(f"{name}^{raised} is neither {name}^T nor {name} of a layer, such as {name}^2 or {name}^l")
    code = _ADORNMENT.sub(" ", _PRODUCT.sub("@", turned)).replace("\\", " ")
    code = re.sub(r"\s+\.T\b", ".T", code).strip()
    code = _SIDE_BY_SIDE.sub(" @ ", code)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what nobody will run
            statements = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"{text.strip()!r} can't be read, expected a line such as {_READ}") from None
    match statements:
        case [ast.Expr(value=value)]:
            return value
        case [ast.Assign(targets=[ast.Name() | ast.Attribute() | ast.Subscript()], value=value)]:
            return value
    raise ValueError(f"{text.strip()!r} is not one layer, expected a line such as {_READ}")


def _product(tree: ast.expr) -> ast.expr:
    """Return the product in a sum with a bias, and inside an activation."""
    match tree:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            products = [side for side in (left, right) if not _is_array(side)]
            if len(products) != 1:
                missing = "no product" if not products else "no bias, which is an array with a name"
                raise ValueError(f"in {_written(tree)} there is {missing}: expected a line such as {_READ}")
            return products[0]
        case ast.Call(func=function, args=[inner], keywords=[]) if _last(function) not in (*_PRODUCTS, *_TURNS):
            return _product(inner)
        case ast.Call(args=[ast.Constant(), inner] | [inner, ast.Constant()], keywords=[]):  # maximum(0, x @ W + b)
            return _product(inner)
    return tree


def _factors(tree: ast.expr) -> tuple[tuple[str, bool], tuple[str, bool]]:
    """Return the two factors of a product, each with its name and whether it is transposed."""
    match tree:
        case ast.BinOp(op=ast.MatMult(), left=left, right=right):
            return _factor(left), _factor(right)
        case ast.Call(func=ast.Attribute(value=left, attr=name), args=[right], keywords=[]) if name in _PRODUCTS:
            return _factor(left), _factor(right)
        case ast.Call(func=function, args=[left, right], keywords=[]) if _last(function) in _PRODUCTS:
            return _factor(left), _factor(right)
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            raise ValueError(
                "* multiplies element by element, and a layer needs the product of matrices: write "
                f"{_written(left)} @ {_written(right)}"
            )
    raise ValueError(f"{_written(tree)} is no product of weights and data, expected a line such as {_READ}")


def _factor(tree: ast.expr) -> tuple[str, bool]:
    """Return the name of an array and whether it is transposed: W.T, W.transpose(), transpose(W)."""
    match tree:
        case ast.Attribute(value=inner, attr="T" | "mT"):
            name, turned = _factor(inner)
            return name, not turned
        case ast.Call(func=ast.Attribute(value=inner, attr=method), args=[], keywords=[]) if method in _TURNS:
            name, turned = _factor(inner)
            return name, not turned
        case ast.Call(func=function, args=[inner], keywords=[]) if _last(function) in _TURNS:
            name, turned = _factor(inner)
            return name, not turned
        case ast.BinOp(op=ast.MatMult()):
            raise ValueError(f"{_written(tree)} is a product within a product, expected one layer: {_READ}")
    if not _is_array(tree):
        raise ValueError(f"{_written(tree)} is no name of an array, expected a line such as {_READ}")
    return _last(tree), False


def _is_array(tree: ast.expr) -> bool:
    """Return whether this is the name of an array: b, self.b, b[1], parameters["b"]."""
    match tree:
        case ast.Name():
            return True
        case ast.Attribute(value=inner, attr=attribute):
            return attribute not in ("T", "mT") and _is_array(inner)
        case ast.Subscript(value=inner, slice=ast.Constant() | ast.Name() | ast.BinOp()):
            return _is_array(inner)
    return False


def _last(tree: ast.expr) -> str:
    """Return the last part of a name: weight of self.weight, W of W[1], W1 of parameters["W1"]."""
    match tree:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
        case ast.Subscript(value=inner):
            return _last(inner)
    return ""


def _is_weight(name: str) -> bool:
    return name.lower().startswith("w") or name.lower() in ("kernel", "theta", "θ")


def _written(tree: ast.expr) -> str:
    return ast.unparse(tree)
