"""The table of operations: each with its derivatives, in one line.

The same line serves the nodes of a graph, the dual numbers of forward mode in `backprop_lab.dual_numbers`, plain
numbers, and derivatives of derivatives.
"""

from __future__ import annotations

import math
import operator

from backprop_lab.computation_graph.operation import Number, Operation


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
    zero = not (a < 0 or a > 0)  # of a node == asks whether it is the same node
    return 0.0 if zero and b > 0 else out * log(a)  # 0^b is 0 for all b > 0


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
    operation.name: operation
    for operation in (
        *(add, subtract, multiply, divide, power, negative, absolute, exp, log, sqrt, sin, cos, tan, asin, acos, atan),
        *(sinh, cosh, tanh, sigmoid, relu, maximum, minimum),
    )
}  # found by name
