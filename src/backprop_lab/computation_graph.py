r"""Computation graphs: a program's numbers remember how they were computed, and the gradient follows from that.

Arithmetic with a `Node` gives a new node, which knows its operands and its local derivative (slope) with respect to
each. `gradient(f)` then walks from f back to the inputs: each node multiplies the gradient that it has received by its
slopes and hands the products to its operands, where those from several paths are added up. That is reverse
accumulation (Linnainmaa 1970, 1976), and backpropagation where the program is a neural network.

    >>> x, y = Node(2, "x"), Node(3, "y")
    >>> f = (x + y) * y
    >>> grad = gradient(f)
    >>> f.value, grad[x], grad[y]
    (15.0, 3.0, 8.0)

Each `Operation` stands with its derivative in one line of the table below. The same line serves the nodes here, the
dual numbers of forward mode in `backprop_lab.dual_numbers`, plain numbers, and derivatives of derivatives.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from numbers import Real
from typing import Any, Generic, Literal, TypeAlias, TypeVar, overload

__all__ = [
    "OPERATIONS",
    "Differentiable",
    "Edge",
    "Gradient",
    "Node",
    "Operation",
    "OperationCount",
    "Path",
    "acos",
    "asin",
    "atan",
    "cos",
    "cosh",
    "count_operations",
    "evaluate",
    "exp",
    "gradient",
    "log",
    "maximum",
    "minimum",
    "paths",
    "relu",
    "sigmoid",
    "sin",
    "sinh",
    "slope_cost",
    "sqrt",
    "tan",
    "tanh",
    "topological_order",
]

Number: TypeAlias = Any  # a float, a Node or a Dual: every rule below is written once for all of them
T = TypeVar("T")


# ------------------------------------------------------------------- operations and their derivatives


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Operation:
    """An elementary operation and its slopes.

    Call it with plain numbers, nodes or dual numbers, `log(x)`; it answers in kind.

    Attributes
    ----------
    name : str
        What it is found by in `OPERATIONS`.
    template : str
        How it is written, with {} where the operands stand.
    function : callable
        From floats to a float. May raise what `math` raises.
    slopes : tuple of callable
        For each operand, (operands, result) to the derivative with respect to that operand. Written with arithmetic
        and operations only, so that a slope of nodes is a node, and can be differentiated again.
    """

    name: str
    template: str
    function: Callable[..., float]
    slopes: tuple[Callable[..., Number], ...]

    def __call__(self, *operands: Number) -> Number:
        """Return the result, of the richest kind among the operands: float, Node, Dual.

        Raises
        ------
        TypeError
            If an operand is no number, or there are too many or too few.
        ValueError, ZeroDivisionError, OverflowError
            If there is no finite result, or (but for plain numbers) no finite slope; the message names the operation
            and its operands. Also if an operand is NaN or infinite.
        """
        if len(operands) != len(self.slopes):
            raise TypeError(f"{self.name} takes {len(self.slopes)} operand(s), got {len(operands)}")
        outermost, level = None, -1
        for operand in operands:
            if isinstance(operand, Differentiable):
                if operand.level > level:
                    outermost, level = operand, operand.level
            elif not isinstance(operand, NUMBERS):
                raise TypeError(f"{self.name} takes numbers, nodes or duals, got {type(operand).__name__}: {operand!r}")
            elif not math.isfinite(operand):
                _refuse_infinite(self, operands)
        if outermost is None:
            return self.compute([float(operand) for operand in operands], operands)
        return outermost.apply(self, operands)

    def compute(self, values: Sequence[float], shown: Sequence[Number]) -> float:
        """Return the result for finite numbers; an error speaks of the operands as `shown`."""
        try:
            result = float(self.function(*values))
        except (ValueError, ZeroDivisionError) as error:
            raise type(error)(_place(self, shown, "is not defined")) from None
        except OverflowError:
            result = math.inf
        if result - result:  # 0 for every number but the infinite ones and NaN
            raise OverflowError(_place(self, shown, "is too large for a float"))
        return result

    def slope(self, position: int, operands: Sequence[Number], result: Number, shown: Sequence[Number] = ()) -> Number:
        """Return the derivative of the result with respect to the operand at this position.

        Raises
        ------
        ValueError, ZeroDivisionError, OverflowError
            If there is no finite one, as for the square root at 0.
        """
        try:
            slope = self.slopes[position](*operands, result)
            if type(slope) is float and slope - slope:
                raise OverflowError
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            raise type(error)(_place(self, shown or operands, "has no finite slope")) from None
        return slope

    def __repr__(self) -> str:
        return self.name


def _sigmoid(u: float) -> float:
    e = math.exp(-abs(u))  # at most 1: never overflows
    return (1 if u >= 0 else e) / (1 + e)


def _sign(u: Number) -> float:
    return 1.0 if u > 0 else -1.0 if u < 0 else 0.0


def _share(a: Number, b: Number) -> float:
    """Return a's share of the slope of the larger of the two; equals share it, as in PyTorch and JAX."""
    return 1.0 if a > b else 0.0 if a < b else 0.5


def _power_slope(a: Number, b: Number, out: Number) -> Number:
    constant = isinstance(b, float) and b == 0  # a^0 is 1 whatever a is; b a^(b-1) would divide by zero at a = 0
    return 0.0 if constant else b * a ** (b - 1)


def _exponent_slope(a: Number, b: Number, out: Number) -> Number:
    return 0.0 if not (a < 0 or a > 0) and b > 0 else out * log(a)  # 0^b is 0 for all b > 0


# Each line reads: d out / d operand, from the operands and out. Kinks (abs, relu, maximum) take the frameworks' slopes.
add = Operation("+", "{} + {}", operator.add, (lambda a, b, out: 1.0, lambda a, b, out: 1.0))
subtract = Operation("-", "{} - {}", operator.sub, (lambda a, b, out: 1.0, lambda a, b, out: -1.0))
multiply = Operation("*", "{} * {}", operator.mul, (lambda a, b, out: b, lambda a, b, out: a))
divide = Operation("/", "{} / {}", operator.truediv, (lambda a, b, out: 1 / b, lambda a, b, out: -out / b))
power = Operation("**", "{} ** {}", math.pow, (_power_slope, _exponent_slope))
negative = Operation("neg", "-{}", operator.neg, (lambda u, out: -1.0,))
absolute = Operation("abs", "abs({})", abs, (lambda u, out: _sign(u),))
exp = Operation("exp", "exp({})", math.exp, (lambda u, out: out,))
log = Operation("log", "log({})", math.log, (lambda u, out: 1 / u,))
sqrt = Operation("sqrt", "sqrt({})", math.sqrt, (lambda u, out: 0.5 / out,))
sin = Operation("sin", "sin({})", math.sin, (lambda u, out: cos(u),))
cos: Operation = Operation("cos", "cos({})", math.cos, (lambda u, out: -sin(u),))
tan = Operation("tan", "tan({})", math.tan, (lambda u, out: 1 + out * out,))
asin = Operation("asin", "asin({})", math.asin, (lambda u, out: 1 / sqrt((1 - u) * (1 + u)),))
acos = Operation("acos", "acos({})", math.acos, (lambda u, out: -1 / sqrt((1 - u) * (1 + u)),))
atan = Operation("atan", "atan({})", math.atan, (lambda u, out: 1 / (1 + u * u),))
sinh = Operation("sinh", "sinh({})", math.sinh, (lambda u, out: cosh(u),))
cosh: Operation = Operation("cosh", "cosh({})", math.cosh, (lambda u, out: sinh(u),))
tanh = Operation("tanh", "tanh({})", math.tanh, (lambda u, out: 1 - out * out,))
sigmoid = Operation("sigmoid", "sigmoid({})", _sigmoid, (lambda u, out: out * (1 - out),))
relu = Operation("relu", "relu({})", lambda u: max(u, 0.0), (lambda u, out: 1.0 if u > 0 else 0.0,))
maximum = Operation("maximum", "max({}, {})", max, (lambda a, b, out: _share(a, b), lambda a, b, out: _share(b, a)))
minimum = Operation("minimum", "min({}, {})", min, (lambda a, b, out: _share(b, a), lambda a, b, out: _share(a, b)))

OPERATIONS = {
    o.name: o
    for o in (
        *(add, subtract, multiply, divide, power, negative, absolute, exp, log, sqrt, sin, cos, tan, asin, acos, atan),
        *(sinh, cosh, tanh, sigmoid, relu, maximum, minimum),
    )
}  # found by name


# ---------------------------------------------------------------------------- numbers with a derivative


class Differentiable:
    """A number that is computed with as usual and carries a derivative along; the base of Node and Dual.

    Comparisons compare values. Only `==` does not: two nodes are equal if they are the same node.
    """

    __slots__ = ()
    __array_ufunc__ = None  # so that NumPy's numbers leave np.float64(2) * x to x
    level: int  # a number of a higher level treats the lower ones as constants

    def apply(self, operation: Operation, operands: Sequence[Number]) -> Number:
        """Return the result of an operation on operands of which this is the outermost."""
        raise NotImplementedError

    # `operation(...)` with a foreign type must leave the other side its chance, so NotImplemented and no error here
    def __add__(self, other: Number) -> Any:
        return _infix(add, self, other)

    def __radd__(self, other: Number) -> Any:
        return _infix(add, other, self)

    def __sub__(self, other: Number) -> Any:
        return _infix(subtract, self, other)

    def __rsub__(self, other: Number) -> Any:
        return _infix(subtract, other, self)

    def __mul__(self, other: Number) -> Any:
        return _infix(multiply, self, other)

    def __rmul__(self, other: Number) -> Any:
        return _infix(multiply, other, self)

    def __truediv__(self, other: Number) -> Any:
        return _infix(divide, self, other)

    def __rtruediv__(self, other: Number) -> Any:
        return _infix(divide, other, self)

    def __pow__(self, other: Number) -> Any:
        return _infix(power, self, other)

    def __rpow__(self, other: Number) -> Any:
        return _infix(power, other, self)

    def __neg__(self) -> Any:
        return negative(self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return absolute(self)

    def __lt__(self, other: Number) -> Any:
        return _compare(operator.lt, self, other)

    def __le__(self, other: Number) -> Any:
        return _compare(operator.le, self, other)

    def __gt__(self, other: Number) -> Any:
        return _compare(operator.gt, self, other)

    def __ge__(self, other: Number) -> Any:
        return _compare(operator.ge, self, other)

    def __float__(self) -> float:
        raise NotImplementedError


NUMBERS = (float, int, Differentiable, Real)  # what is computed with; a look at Real takes a while, so it is last


def _refuse_infinite(operation: Operation, operands: Sequence[Number]) -> None:
    for operand in operands:
        if isinstance(operand, Real) and not math.isfinite(operand):
            raise ValueError(f"{_equation(operation, operands)} has an operand {operand}, expected finite numbers")


def _infix(operation: Operation, left: Number, right: Number) -> Number:
    known = isinstance(left, NUMBERS) and isinstance(right, NUMBERS)
    return operation(left, right) if known else NotImplemented


def _compare(relation: Callable[[float, float], bool], left: Number, right: Number) -> Any:
    if not isinstance(right, NUMBERS):
        return NotImplemented
    return relation(float(left), float(right))


# ------------------------------------------------------------------------------------- nodes


class Node(Differentiable):
    """A number that remembers how it was computed: an input, or the result of an operation on other numbers.

    A node never changes: it keeps its value, its operands and its slopes at their values. Plain numbers among the
    operands are constants and no nodes; no gradient flows to them.

    Parameters
    ----------
    value : float
        Of an input. Finite.
    name : str, optional
        How texts and pictures call it.

    Raises
    ------
    TypeError
        If the value is no real number or the name no text.
    ValueError
        If the value is NaN or infinite.
    """

    # 112 bytes a node with its value; a tuple of operands and one of slopes would nearly double that.
    __slots__ = ("_left", "_left_slope", "_name", "_operation", "_right", "_right_slope", "_value")
    level = 0

    _left: Number
    _right: Number
    _left_slope: float | None  # None where nothing flows: a constant, or no operand at all
    _right_slope: float | None
    _name: str | None
    _operation: Operation | None
    _value: float

    def __init__(self, value: float, name: str | None = None) -> None:
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(f"the value of {name or 'an input'} is {value!r}, expected a real number")
        if not math.isfinite(value):
            raise ValueError(f"the value of {name or 'an input'} is {value}, expected a finite number")
        if not isinstance(name, str | None):
            raise TypeError(f"the name of an input is {name!r}, expected text")
        self._value, self._name, self._operation = float(value), name, None
        self._left = self._right = self._left_slope = self._right_slope = None

    @property
    def value(self) -> float:
        """The number itself."""
        return self._value

    @property
    def name(self) -> str | None:
        """The name of an input, if it has one."""
        return self._name

    @property
    def operation(self) -> Operation | None:
        """The operation whose result this is; None for an input."""
        return self._operation

    @property
    def operands(self) -> tuple[Number, ...]:
        """What the operation was applied to: nodes, and floats for constants."""
        if self._operation is None:
            return ()
        return (self._left,) if len(self._operation.slopes) == 1 else (self._left, self._right)

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The edges that come in, with their slopes: one for each operand that is a node."""
        slopes = (self._left_slope, self._right_slope)
        return tuple(
            Edge(operand, self, position, slope)
            for position, (operand, slope) in enumerate(zip(self.operands, slopes, strict=False))
            if slope is not None
        )

    # The most frequent operations need no table: the value, then each operand with its slope.

    def __add__(self, other: Number) -> Node:
        if type(other) is Node:
            return _record(add, self._value + other._value, self, 1.0, other, 1.0)
        if type(other) is float:
            return _record(add, self._value + other, self, 1.0, other, None)
        return super().__add__(other)  # type: ignore[no-any-return]

    def __sub__(self, other: Number) -> Node:
        if type(other) is Node:
            return _record(subtract, self._value - other._value, self, 1.0, other, -1.0)
        if type(other) is float:
            return _record(subtract, self._value - other, self, 1.0, other, None)
        return super().__sub__(other)  # type: ignore[no-any-return]

    def __mul__(self, other: Number) -> Node:
        if type(other) is Node:
            return _record(multiply, self._value * other._value, self, other._value, other, self._value)
        if type(other) is float:
            return _record(multiply, self._value * other, self, other, other, None)
        return super().__mul__(other)  # type: ignore[no-any-return]

    def apply(self, operation: Operation, operands: Sequence[Number]) -> Node:
        """Return the node of this operation on nodes and plain numbers; its slopes are computed at once."""
        if len(operands) == 1:
            result = operation.compute((self._value,), operands)
            return _record(operation, result, self, operation.slope(0, (self._value,), result, operands))
        values = [operand._value if type(operand) is Node else float(operand) for operand in operands]
        result = operation.compute(values, operands)
        sides: list[Any] = []
        for position, operand in enumerate(operands):
            if type(operand) is Node:
                sides += operand, operation.slope(position, values, result, operands)
            else:
                sides += values[position], None
        return _record(operation, result, *sides)

    def __float__(self) -> float:
        return self._value

    def __repr__(self) -> str:
        anonymous = self._operation is None and self._name is None
        return f"Node({self._value:.6g}{'' if anonymous else f', {_text(self)}'})"


_new = object.__new__


def _record(
    operation: Operation,
    value: float,
    left: Number,
    left_slope: float | None,
    right: Number = None,
    right_slope: float | None = None,
) -> Node:
    if value - value:  # infinite or NaN
        _refuse_infinite(operation, (left, right))
        raise OverflowError(_place(operation, (left, right), "is too large for a float"))
    node = _new(Node)  # Node(...) would check the value and the name again, as of an input
    node._value = value
    node._operation = operation
    node._left = left
    node._left_slope = left_slope
    node._right = right
    node._right_slope = right_slope
    node._name = None
    return node


@dataclass(frozen=True)
class Edge:
    """An edge of a graph, with its local derivative.

    Attributes
    ----------
    source, target : Node
        The operand, and the result of the operation on it.
    position : int
        Which operand, 0 or 1: x * x has two edges from x.
    slope : float
        The derivative of the target with respect to this operand alone.
    """

    source: Node
    target: Node
    position: int
    slope: float


# ---------------------------------------------------------------------------- the order of the nodes


def topological_order(*outputs: Node) -> list[Node]:
    """Return the nodes that the outputs depend on and the outputs, each node once and after all of its operands.

    Inputs come first. A graph of any depth: nothing recurses.
    """
    seen: dict[Node, float] = {}
    operations: list[Node] = []
    for output in outputs:
        operations += _walk(_as_node(output), seen)
    return [node for node in seen if node._operation is None] + operations


def _walk(f: Node, seen: dict[Node, Any]) -> list[Node]:
    """Return the operations that lead to f, each after its operands, and enter every node on the way in `seen` as 0.0.

    What is in `seen` already is taken as done. This walk takes half of the time of a gradient, so it is written out.
    """
    order: list[Node] = []
    if f in seen:
        return order
    seen[f] = 0.0
    if f._operation is None:
        return order
    waiting: list[Node] = []  # those that have an operand to come first
    node = f
    while True:
        if node._left_slope is not None:
            operand = node._left
            if operand not in seen:
                seen[operand] = 0.0
                if operand._operation is not None:
                    waiting.append(node)
                    node = operand
                    continue
        if node._right_slope is not None:
            operand = node._right
            if operand not in seen:
                seen[operand] = 0.0
                if operand._operation is not None:
                    waiting.append(node)
                    node = operand
                    continue
        order.append(node)
        if not waiting:
            return order
        node = waiting.pop()


# --------------------------------------------------------------------------------- the gradient


@dataclass(frozen=True, eq=False, repr=False)
class Gradient(Mapping[Node, T], Generic[T]):
    """The derivatives of f with respect to every node that it depends on: `gradient(f)[x]` is df/dx.

    It is 0 for a node that f does not depend on; `x in gradient(f)` says whether it does.
    """

    of: Node
    _entries: dict[Node, T]
    _zero: T

    def __getitem__(self, node: Node) -> T:
        return self._entries.get(_as_node(node), self._zero)

    def __contains__(self, node: object) -> bool:
        return node in self._entries

    def __iter__(self) -> Iterator[Node]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        shown = [(node._name, g) for node, g in self._entries.items() if node._name is not None]
        more = [f"and {len(shown) - 8} more"] if len(shown) > 8 else []
        listed = [f"{name}: {float(g):.6g}" for name, g in shown[:8]]  # type: ignore[arg-type]
        return f"Gradient of {_text(self.of)} ({', '.join([*listed, *more])})"


@overload
def gradient(f: Node, create_graph: Literal[False] = False) -> Gradient[float]: ...
@overload
def gradient(f: Node, create_graph: Literal[True]) -> Gradient[Node]: ...


def gradient(f: Node, create_graph: bool = False) -> Gradient[float] | Gradient[Node]:
    """Return the derivatives of f with respect to every node that it depends on, by reverse accumulation.

    A node hands on what it has received only when all who use it have reported, which is the reverse of a topological
    order. Nothing is left on the nodes, so a second call gives the same.

    Parameters
    ----------
    f : Node
        The output.
    create_graph : bool
        Whether the derivatives are nodes in turn, functions of the same inputs, to be differentiated again:
        `gradient(gradient(f, create_graph=True)[x])[y]` is the second derivative with respect to x and y.

    Returns
    -------
    Gradient
        df/dx as `gradient(f)[x]`, a float, or a Node with `create_graph`.

    Raises
    ------
    TypeError
        If f is no Node.
    OverflowError
        If a derivative is too large for a float.

    References
    ----------
    Linnainmaa (1976); Griewank and Walther (2008), section 3.2.
    """
    entries: dict[Node, Any] = {}
    operations = _walk(_as_node(f), entries)
    entries[f] = 1.0
    if create_graph:
        return _gradient_as_graph(f, operations, entries)
    for node in reversed(operations):
        received = entries[node]
        slope = node._left_slope
        if slope is not None:
            entries[node._left] += received * slope  # +=, not =: other paths may end here too
        slope = node._right_slope
        if slope is not None:
            entries[node._right] += received * slope
    if not math.isfinite(sum(entries.values())):  # one look at them all; what is not finite spreads to the sum
        for node in [f, *reversed(operations), *entries]:
            if not math.isfinite(entries[node]):
                raise OverflowError(f"the derivative with respect to {_text(node)} is too large for a float")
    return Gradient(f, entries, 0.0)


def _gradient_as_graph(f: Node, operations: list[Node], entries: dict[Node, Any]) -> Gradient[Node]:
    """Do the same walk with slopes that are nodes; a sum with 0 and a product with 0 or 1 need no node."""
    for node in reversed(operations):
        operation, operands, received = node._operation, node.operands, entries[node]
        assert operation is not None
        for position, operand in enumerate(operands):
            if isinstance(operand, Node):
                slope = operation.slope(position, operands, node)
                entries[operand] = _sum(entries[operand], _product(received, slope))
    nodes = {node: g if isinstance(g, Node) else Node(g) for node, g in entries.items()}
    return Gradient(f, nodes, Node(0.0))


def _sum(a: Number, b: Number) -> Number:
    if isinstance(a, float) and a == 0:
        return b
    return a if isinstance(b, float) and b == 0 else a + b


def _product(a: Number, b: Number) -> Number:
    for one, other in ((a, b), (b, a)):
        if isinstance(one, float) and one in (0, 1):
            return other if one else 0.0
    return a * b


# ------------------------------------------------------------------- the same graph with other values


def evaluate(f: Node, values: Mapping[Node, Number]) -> Number:
    """Compute f again with other values for some of its nodes; f itself stays as it is.

    Parameters
    ----------
    f : Node
        The output.
    values : mapping
        Node to its new value: an input, or any node on the way, which then is not computed. Floats give a float, dual
        numbers a dual number, and nodes a new graph. Inputs that are not named keep their values, as constants.

    Raises
    ------
    TypeError
        If a value is no number.
    ValueError
        If f does not depend on one of the nodes. Also where an operation is not defined.

    Examples
    --------
    >>> x, y = Node(2, "x"), Node(3, "y")
    >>> evaluate((x + y) * y, {x: 10})
    39.0
    """
    reached: dict[Node, Any] = {}
    _walk(_as_node(f), reached)
    results: dict[Node, Number] = {}
    for node, value in values.items():
        if node not in reached:
            raise ValueError(f"{_text(f)} does not depend on {_text(node)}, so a value for it has no effect")
        results[node] = value if isinstance(value, Differentiable) else Node(value, node._name).value
    for node in _walk(f, dict.fromkeys(results)):  # what is given is not computed
        assert node._operation is not None
        operands = [results.get(o, o._value) if isinstance(o, Node) else o for o in node.operands]
        results[node] = node._operation(*operands)
    return results.get(f, f._value)


# --------------------------------------------------------------------------------------- paths


@dataclass(frozen=True)
class Path:
    """A way from x to f.

    Attributes
    ----------
    edges : tuple of Edge
        From x on; empty where x is f itself.
    """

    edges: tuple[Edge, ...]

    @property
    def factors(self) -> tuple[float, ...]:
        """The slope of each edge."""
        return tuple(edge.slope for edge in self.edges)

    @property
    def product(self) -> float:
        """What this path adds to df/dx."""
        return math.prod(self.factors)


def paths(f: Node, x: Node, most: int = 10_000) -> list[Path]:
    """Return every path from x to f; the sum of their products is df/dx (the multivariate chain rule).

    Shows what reverse accumulation computes, not how: the number of paths can double with every operation.

    Parameters
    ----------
    f, x : Node
        The output, and the node to differentiate with respect to.
    most : int
        The number of paths beyond which to refuse.

    Raises
    ------
    ValueError
        If there are more than `most` paths; the message says how many.

    Examples
    --------
    >>> x, y = Node(2, "x"), Node(3, "y")
    >>> [path.factors for path in paths((x + y) * y, y)]
    [(1.0, 3.0), (5.0,)]
    """
    f, x = _as_node(f), _as_node(x)
    number: dict[Node, int] = {}  # of paths from x to the node
    for node in topological_order(f):
        number[node] = 1 if node is x else sum(number[edge.source] for edge in node.edges)
    if number[f] > most:
        raise ValueError(f"there are {number[f]:,} paths to {_text(f)}, expected at most {most:,}")
    if f is x:
        return [Path(())]
    found = []
    chosen: list[Edge] = []  # from f down to where we are
    open_edges = [iter(f.edges)]  # for each node on that way the edges that are still to try
    while open_edges:
        edge = next((e for e in open_edges[-1] if number[e.source]), None)
        if edge is None:
            open_edges.pop()
            if chosen:
                chosen.pop()
        elif edge.source is x:
            found.append(Path((edge, *reversed(chosen))))
        else:
            chosen.append(edge)
            open_edges.append(iter(edge.source.edges))
    return found


# --------------------------------------------------------------------------------- what it costs


@dataclass(frozen=True)
class OperationCount:
    """How many operations the value of a graph takes, and how many its gradient takes beyond that.

    Attributes
    ----------
    forward : int
        Operations of the graph itself.
    slopes : int
        To compute the local derivatives: none for sums and products, one for sin, two for tanh.
    products : int
        Gradient received times slope: one for each edge.
    sums : int
        Additions where several edges leave one node.
    """

    forward: int
    slopes: int
    products: int
    sums: int

    @property
    def backward(self) -> int:
        """All that the gradient takes beyond the value."""
        return self.slopes + self.products + self.sums

    @property
    def ratio(self) -> float:
        """Value and gradient together, in units of the value alone: a small constant (Baur and Strassen 1983)."""
        return (self.forward + self.backward) / self.forward if self.forward else 1.0


def count_operations(f: Node) -> OperationCount:
    """Count the operations of f and of its gradient with respect to all inputs together.

    Each elementary operation counts one, exp like +.

    Examples
    --------
    >>> x, y = Node(2, "x"), Node(3, "y")
    >>> count_operations((x + y) * y)
    OperationCount(forward=2, slopes=0, products=4, sums=1)
    """
    nodes = topological_order(f)
    edges = [edge for node in nodes for edge in node.edges]
    return OperationCount(
        forward=sum(node._operation is not None for node in nodes),
        slopes=sum(map(slope_cost, edges)),
        products=len(edges),
        sums=len(edges) - (len(nodes) - 1),  # the first edge that reports to a node needs no addition
    )


def slope_cost(edge: Edge) -> int:
    """Return how many operations the slope of an edge takes beyond the value: none for a sum, one for sin."""
    assert edge.target._operation is not None
    return _slope_cost(edge.target._operation, edge.position)


@cache
def _slope_cost(operation: Operation, position: int) -> int:
    """Compute the slope from nodes, and count those that it makes."""
    operands = [Node(0.5) for _ in operation.slopes]
    result = operation(*operands)
    slope = operation.slope(position, operands, result)
    return len(_walk(slope, dict.fromkeys([*operands, result]))) if isinstance(slope, Node) else 0


# ------------------------------------------------------------------------------- how it is written


def _as_node(f: object) -> Node:
    if not isinstance(f, Node):
        raise TypeError(f"expected a Node, got {type(f).__name__}: {f!r}")
    return f


def _text(operand: Number, depth: int = 3, inside: bool = False) -> str:
    """Return the formula of a node, down to a depth; inputs without a name and constants are written as numbers."""
    if not isinstance(operand, Node) or (operand._operation is None and operand._name is None):
        return f"({float(operand):.6g})" if inside and operand < 0 else f"{float(operand):.6g}"
    if operand._operation is None:
        return str(operand._name)
    if depth == 0:
        return "(...)"
    text = _equation(operand._operation, operand.operands, depth - 1)
    return f"({text})" if inside and _is_infix(operand._operation) else text


def _equation(operation: Operation, operands: Sequence[Number], depth: int = 2) -> str:
    return operation.template.format(*(_text(operand, depth, _is_infix(operation)) for operand in operands))


def _is_infix(operation: Operation) -> bool:
    return operation.template.startswith(("{}", "-"))


def _place(operation: Operation, operands: Sequence[Number], what: str) -> str:
    """Say what is wrong with the operation, and where: log(x - y) is not defined at x - y = 0."""
    shown = [o for o in operands if isinstance(o, Node) and (o._name is not None or o._operation is not None)]
    places = [f"{_text(o, 2)} = {o._value:.6g}" for o in dict.fromkeys(shown)]
    return f"{_equation(operation, operands)} {what}{' at ' if places else ''}{', '.join(places)}"
