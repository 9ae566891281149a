"""The exercises of chapter 3, Computation graphs and automatic differentiation.

A graph is plain data here, a *tape*: entry k is the list of (operand, slope) pairs of node k, empty for inputs and
constants, and operands have smaller numbers. References come from the library, witnesses from linear algebra, plain
arithmetic or differences.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.computation_graph import OPERATIONS, Node, exp, gradient, topological_order
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.misconceptions import SAYS
from backprop_lab.course.number import Number
from backprop_lab.course.reading import Rejected, describe
from backprop_lab.course.verdict import wrong
from backprop_lab.dual_numbers import Dual
from backprop_lab.gradient_check import numerical_gradient

__all__ = ["EXERCISES"]

Tape = list[list[tuple[int, float]]]

# ------------------------------------------------------------------ 3.1 how many passes


def passes(right: str, **reasons: tuple[str, str]) -> Choice:
    """Return the choice between one pass forward (a), one pass back (b) and neither (c)."""
    return Choice(right, reasons)


MANY_OUT = ("reverse", "a pass back answers for one output only, and each of these outputs has slopes of its own.")
MANY_IN = ("forward", "a forward-mode pass answers for one way of moving the inputs, and each input moves by itself.")
COUNT = "one pass of the one kind does it: count what moves and what is asked about, before the sizes."

# ------------------------------------------------------------------ 3.2 and 3.3 one program by hand

X, Y = 1.3, 0.9
MOVES = (1.0, -0.5)


def nodes_of(x: Any, y: Any) -> tuple[Any, ...]:
    """Return u, v, w, t, f of the program."""
    u = x - y
    v = exp(u)
    w, t = u * v, x * v
    return u, v, w, t, w + t


def program() -> SimpleNamespace:
    """Return the values of the program by name."""
    return SimpleNamespace(x=X, y=Y, **dict(zip("uvwtf", nodes_of(X, Y), strict=True)))


def gradients_of_program(q: SimpleNamespace) -> list[float]:
    """Return dv, du, dx, dy from the library."""
    x, y = Node(q.x), Node(q.y)
    u, v, _, _, f = nodes_of(x, y)
    grad = gradient(f)
    return [grad[v], grad[u], grad[x], grad[y]]


def tangents_of_program(q: SimpleNamespace) -> list[float]:
    """Return the tangents of u, v, w, t, f from the library."""
    return [dual.tangent for dual in nodes_of(Dual(q.x, MOVES[0]), Dual(q.y, MOVES[1]))]


def slope_at(f: Callable[[float], float], at: float) -> float:
    """Return the slope of a function of one number, by differences."""
    return float(numerical_gradient(lambda n: f(float(n)), np.array(at)))


def differences_of_program(q: SimpleNamespace) -> list[float]:
    """Return dv, du, dx, dy: move each number, and let all that is computed from it follow."""

    def rest(u: float, v: float, x: float) -> float:
        return u * v + x * v

    moved: tuple[Callable[[float], float], ...] = (
        lambda v: rest(q.u, v, q.x),
        lambda u: rest(u, math.exp(u), q.x),
        lambda x: rest(x - q.y, math.exp(x - q.y), x),
        lambda y: rest(q.x - y, math.exp(q.x - y), q.x),
    )
    return [slope_at(f, at) for f, at in zip(moved, (q.v, q.u, q.x, q.y), strict=True)]


def moves_of_program(q: SimpleNamespace) -> list[float]:
    """Return the tangents by differences along the direction."""

    def value(step: float, place: int) -> float:
        x, y = q.x + MOVES[0] * step, q.y + MOVES[1] * step
        u, v = x - y, math.exp(x - y)
        return (u, v, u * v, x * v, u * v + x * v)[place]

    return [slope_at(partial(value, place=k), 0.0) for k in range(5)]


def back(
    dv: Callable[[SimpleNamespace], float] = lambda q: q.u + q.x,
    du: Callable[[SimpleNamespace, float], float] = lambda q, dv: q.v + dv * q.v,
    dx: Callable[[SimpleNamespace, float], float] = lambda q, du: q.v + du,
    dy: Callable[[SimpleNamespace, float], float] = lambda q, du: -du,
) -> Callable[[SimpleNamespace], list[float]]:
    """Return a way back through the program with some lines exchanged."""

    def gradients(q: SimpleNamespace) -> list[float]:
        at_v = dv(q)
        at_u = du(q, at_v)
        return [at_v, at_u, dx(q, at_u), dy(q, at_u)]

    return gradients


LOST = "You followed one edge where two come back to {}: who uses it, and who of them has reported?"


def backward_mistakes() -> Iterator[Mistake]:
    """Yield wrong ways back through the program."""
    for lost in (lambda q: q.u, lambda q: q.x):
        yield Mistake("M1", back(dv=lost), LOST.format("v"))
    for missed in (lambda q, dv: dv * q.v, lambda q, dv: q.v):
        yield Mistake("M1", back(du=missed), LOST.format("u"))
    for gone in (lambda q, du: du, lambda q, du: q.v):
        yield Mistake("M1", back(dx=gone), LOST.format("x"))
    yield Mistake("M4", back(du=lambda q, dv: q.v + dv * q.u))
    yield Mistake(
        "M4", back(du=lambda q, dv: q.v + dv), "You went back through the exponential as if its slope were 1."
    )
    yield Mistake(
        "received",
        back(du=lambda q, dv: q.v + q.v),
        "At the exponential you handed on its slope alone: what it has received is a factor too.",
    )
    yield Mistake(
        "M2",
        back(dx=lambda q, du: 2 * q.v, dy=lambda q, du: -q.v),
        "You let u hand on before the exponential had reported to it: x and y got the first contribution only.",
    )
    yield Mistake("sign", back(dy=lambda q, du: du), "You lost the minus of the subtraction on the way back to y.")
    yield Mistake(
        "sign",
        back(dx=lambda q, du: q.v - du),
        "You gave the minus of the subtraction to x; it belongs to the number that is subtracted.",
    )
    yield Mistake(
        "swapped",
        back(lambda q: 2 * q.v, lambda q, dv: q.u + dv * q.v, lambda q, du: q.x + du),
        "At the products you gave each factor its own value back: the slope for one factor is the other one.",
    )
    yield Mistake(
        "M12",
        back(dv=lambda q: q.u * q.x),
        "You multiplied what comes back over two edges: along an edge slopes multiply, different edges add.",
    )
    yield Mistake(
        "M1 mean",
        back(dv=lambda q: (q.u + q.x) / 2),
        "You took the mean of what comes back over two edges: two effects of one move add up.",
    )
    for i, at_v in enumerate((lambda q: q.u + q.x, lambda q: q.u, lambda q: q.x)):
        for j, at_u in enumerate((lambda q, dv: q.v + dv * q.v, lambda q, dv: dv * q.v, lambda q, dv: q.v)):
            for k, at_x in enumerate((lambda q, du: q.v + du, lambda q, du: du, lambda q, du: q.v)):
                if (i > 0) + (j > 0) + (k > 0) > 1:  # one lost edge alone has its message above
                    yield Mistake("M1", back(at_v, at_u, at_x), LOST.format("several nodes"))
    yield Mistake(
        "M4",
        back(du=lambda q, dv: q.v + dv * math.exp(q.v)),
        "You applied the exponential once more, to its own output.",
    )
    yield Mistake("sign", back(dx=lambda q, du: du - q.v), "You subtracted a contribution to x: contributions add up.")
    yield Mistake(
        "sign", back(dy=lambda q, du: -q.v - du), "You gave y what x gets, with a minus: y has one user only."
    )
    yield Mistake("M1", back(dy=lambda q, du: 0.0), "You gave y nothing: it acts on f through u.")
    yield Mistake(
        "M12",
        back(dx=lambda q, du: q.v * du),
        "You multiplied what comes back to x over two edges: along an edge slopes multiply, different edges add.",
    )
    yield Mistake(
        "swapped",
        back(dx=lambda q, du: q.x + du),
        "At the product of x and v you gave x its own value back: the slope for one factor is the other one.",
    )
    yield Mistake("values", lambda q: [q.v, q.u, q.x, q.y], "Those are the values: what is asked for are slopes of f.")
    yield Mistake("order", lambda q: list(reversed(back()(q))), "All four are there, in another order than asked for.")
    yield Mistake("order", lambda q: [back()(q)[k] for k in (2, 3, 1, 0)], "All four are there, in another order.")
    yield Mistake("order", lambda q: [back()(q)[k] for k in (1, 0, 2, 3)], "You swapped the entries of u and v.")


def moved(
    du: Callable[[float, float], float] = lambda dx, dy: dx - dy,
    dv: Callable[[SimpleNamespace, float], float] = lambda q, du: q.v * du,
    product: Callable[[float, float, float, float], float] = lambda a, b, da, db: da * b + a * db,
    moves: tuple[float, float] = MOVES,
) -> Callable[[SimpleNamespace], list[float]]:
    """Return a forward-mode pass through the program with some lines exchanged."""

    def tangents(q: SimpleNamespace) -> list[float]:
        dx, dy = moves
        at_u = du(dx, dy)
        at_v = dv(q, at_u)
        at_w, at_t = product(q.u, q.v, at_u, at_v), product(q.x, q.v, dx, at_v)
        return [at_u, at_v, at_w, at_t, at_w + at_t]

    return tangents


def one_product(which: str, product: Callable[[float, float, float, float], float]) -> Callable[..., list[float]]:
    """Return a forward-mode pass in which the product w, or t, is differentiated in another way."""

    def tangents(q: SimpleNamespace) -> list[float]:
        du, dv, dw, dt, _ = moved()(q)
        if which == "w":
            dw = product(q.u, q.v, du, dv)
        else:
            dt = product(q.x, q.v, MOVES[0], dv)
        return [du, dv, dw, dt, dw + dt]

    return tangents


PRODUCT_MISTAKES = tuple(
    Mistake(name, one_product(which, product), says.format(which))
    for which in "wt"
    for name, product, says in (
        ("M1", lambda a, b, da, db: da * b, "Your product {} moves with its first factor only."),
        ("M1", lambda a, b, da, db: a * db, "Your product {} moves with its second factor only."),
        (
            "M12",
            lambda a, b, da, db: da * db,
            "In the product {} you multiplied the two tangents: that part is of second order, and does not count.",
        ),
        (
            "swapped",
            lambda a, b, da, db: da * a + b * db,
            "In the product {} each tangent has its own factor beside it: it is the other one that it goes with.",
        ),
        ("M12", lambda a, b, da, db: da + db, "You treated the product {} like a sum."),
        (
            "sign",
            lambda a, b, da, db: da * b - a * db,
            "In the product {} you subtracted one part: both parts are added.",
        ),
    )
)


TANGENT_MISTAKES = (
    Mistake("M1", moved(product=lambda a, b, da, db: da * b), "Your product moves with its first factor only."),
    Mistake("M1", moved(product=lambda a, b, da, db: a * db), "Your product moves with its second factor only."),
    Mistake(
        "M12",
        moved(product=lambda a, b, da, db: da * db),
        "You multiplied the tangents of two factors: that part is of second order, and does not count.",
    ),
    Mistake(
        "M12",
        moved(product=lambda a, b, da, db: da * b + a * db + da * db),
        "You kept the product of the two tangents: it is of second order, and does not count.",
    ),
    Mistake(
        "swapped",
        moved(product=lambda a, b, da, db: da * a + b * db),
        "In the products each tangent has its own factor beside it: it is the other one that it goes with.",
    ),
    Mistake("M12", moved(product=lambda a, b, da, db: da + db), "You treated the products like sums."),
    Mistake("M4", moved(dv=lambda q, du: q.u * du)),
    Mistake(
        "tangent",
        moved(dv=lambda q, du: q.v),
        "At the exponential you wrote its slope alone: how fast u moves is a factor too.",
    ),
    Mistake("slope", moved(dv=lambda q, du: du), "The exponential passed its tangent through as if its slope were 1."),
    Mistake(
        "M4", moved(dv=lambda q, du: math.exp(du)), "You took the exponential of the tangent: only slopes are applied."
    ),
    Mistake("sign", moved(du=lambda dx, dy: dx + dy), "You lost a minus: y is subtracted, and it moves down."),
    Mistake("sign", moved(du=lambda dx, dy: dy - dx), "You subtracted the tangents the wrong way round."),
    Mistake("one-input", moved(moves=(1.0, 0.0)), "You moved x alone: y moves at the same time."),
    Mistake("one-input", moved(moves=(0.0, -0.5)), "You moved y alone: x moves at the same time."),
    Mistake(
        "one-input",
        moved(moves=(0.0, 1.0)),
        "You moved y alone, and by one: x moves at the same time, and each at its own speed.",
    ),
    Mistake(
        "seed", lambda q: [-0.5 * t for t in moved()(q)], "You have the right shape of it, scaled by the speed of y."
    ),
    Mistake("M1", lambda q: [*moved()(q)[:4], moved()(q)[2]], "In the last sum you added one tangent only."),
    Mistake("M1", lambda q: [*moved()(q)[:4], moved()(q)[3]], "In the last sum you added one tangent only."),
    Mistake("M12", lambda q: [*moved()(q)[:4], moved()(q)[2] * moved()(q)[3]], "In a sum tangents add."),
    Mistake("values", lambda q: [q.u, q.v, q.w, q.t, q.f], "Those are the values: the tangents are asked for."),
    *PRODUCT_MISTAKES,
    Mistake(
        "wrong-tangent",
        lambda q: [
            *moved()(q)[:3],
            q.v * moved()(q)[0] + q.x * moved()(q)[1],
            sum(moved()(q)[2:3]) + q.v * moved()(q)[0] + q.x * moved()(q)[1],
        ],
        "In the product of x and v you let x move as u does: each has a tangent of its own.",
    ),
    Mistake("sign", lambda q: [*moved()(q)[:4], moved()(q)[2] - moved()(q)[3]], "In the last sum you subtracted."),
    Mistake(
        "M4",
        moved(dv=lambda q, du: math.exp(q.v) * du),
        "You applied the exponential once more, to its own output.",
    ),
    Mistake(
        "M12",
        moved(du=lambda dx, dy: dx * dy),
        "You multiplied the two speeds: a difference moves by their difference.",
    ),
    Mistake("order", lambda q: moved()(q)[::-1], "All five are there, in another order than asked for."),
)

# ------------------------------------------------------------------ 3.4 local slopes

Slopes = Callable[..., list[float]]
RIGHT_SLOPES: dict[str, Slopes] = {
    "+": lambda a, b, out: [1, 1],
    "-": lambda a, b, out: [1, -1],
    "*": lambda a, b, out: [b, a],
    "/": lambda a, b, out: [1 / b, -a / b**2],
    "exp": lambda a, out: [out],
    "sqrt": lambda a, out: [1 / (2 * out)],
    "tanh": lambda a, out: [1 - out**2],
    "relu": lambda a, out: [float(a > 0)],
}
OWN = "For {} you used the input where the slope is written with the output."
WRONG_SLOPES: tuple[tuple[str, str, Slopes, str], ...] = (
    ("M12", "+", lambda a, b, out: [b, a], "For a sum you wrote the slopes of a product."),
    ("value", "+", lambda a, b, out: [a, b], "For a sum you wrote its operands: how fast does it move with each?"),
    (
        "sign",
        "-",
        lambda a, b, out: [1, 1],
        "For a difference both slopes have one sign: what does the second do to it?",
    ),
    ("sign", "-", lambda a, b, out: [-1, 1], "For a difference the two slopes are the wrong way round."),
    ("swapped", "*", lambda a, b, out: [a, b], "For a product each operand got its own value; it is the other's."),
    ("M12", "*", lambda a, b, out: [1, 1], "For a product you wrote the slopes of a sum."),
    ("M12", "*", lambda a, b, out: [out, out], "For a product you wrote its own value: hold one factor still."),
    ("square", "/", lambda a, b, out: [1 / b, -a / b], "For a quotient the second slope lacks a power of its divisor."),
    ("sign", "/", lambda a, b, out: [1 / b, a / b**2], "For a quotient: what happens to it when the divisor grows?"),
    (
        "numerator",
        "/",
        lambda a, b, out: [1 / b, -1 / b**2],
        "For a quotient the second slope forgets what is divided.",
    ),
    ("M12", "/", lambda a, b, out: [b, a], "For a quotient you wrote the slopes of a product."),
    (
        "M12",
        "/",
        lambda a, b, out: [1 / b, 1 / a],
        "For a quotient you wrote two quotients: differentiate by the divisor.",
    ),
    ("M12", "/", lambda a, b, out: [1 / b, a], "For a quotient the second slope is that of a product."),
    ("swapped", "/", lambda a, b, out: [-a / b**2, 1 / b], "For a quotient the two slopes have changed places."),
    ("M4", "exp", lambda a, out: [a], OWN.format("the exponential")),
    ("M4", "exp", lambda a, out: [math.exp(out)], "For the exponential you applied it once more, to its own output."),
    ("M4", "exp", lambda a, out: [a * math.exp(a - 1)], "You differentiated the exponential like a power."),
    ("M4", "exp", lambda a, out: [a * out], "For the exponential a factor is too many: the input is not in its slope."),
    ("slope", "exp", lambda a, out: [1], "For the exponential you wrote 1: it is not equally steep everywhere."),
    ("M4", "sqrt", lambda a, out: [1 / (2 * a)], OWN.format("the root")),
    ("factor-2", "sqrt", lambda a, out: [1 / out], "For the root a factor of two is missing."),
    ("power", "sqrt", lambda a, out: [out / 2], "For the root the power did not go down: it gets flatter further out."),
    ("M6", "sqrt", lambda a, out: [2 * out], "For the root you wrote the slope of the square, its inverse."),
    ("sign", "sqrt", lambda a, out: [-1 / (2 * out)], "For the root the sign is wrong: it rises."),
    ("M4", "tanh", lambda a, out: [1 - a**2], OWN.format("the hyperbolic tangent")),
    (
        "M4",
        "tanh",
        lambda a, out: [1 - math.tanh(out) ** 2],
        "You applied the hyperbolic tangent once more, to its output.",
    ),
    ("square", "tanh", lambda a, out: [1 - out], "For the hyperbolic tangent a square is missing."),
    (
        "sigmoid",
        "tanh",
        lambda a, out: [out * (1 - out)],
        "For the hyperbolic tangent you wrote the slope of the sigmoid.",
    ),
    (
        "sign",
        "tanh",
        lambda a, out: [1 + out**2],
        "For the hyperbolic tangent: it gets flatter, not steeper, further out.",
    ),
    (
        "kink",
        "relu",
        lambda a, out: [float(a >= 0)],
        "At exactly zero your ReLU has slope 1: the table takes the other.",
    ),
    ("kink", "relu", lambda a, out: [0.5 * (a == 0) + (a > 0)], "At exactly zero your ReLU has slope one half."),
    ("M5", "relu", lambda a, out: [1], "Your ReLU is open everywhere: was its output compared with at least zero?"),
    ("value", "relu", lambda a, out: [out], "For the ReLU you wrote its output: how fast does that move?"),
    ("sign", "relu", lambda a, out: [float(a <= 0)], "Your ReLU is open on the wrong side."),
    ("sign", "relu", lambda a, out: [float(a < 0)], "Your ReLU is open on the wrong side."),
    ("sign", "relu", lambda a, out: [float(np.sign(a))], "Left of its kink your ReLU falls; it is flat there."),
)
RARE_SLOPES: tuple[tuple[str, str, Slopes, str], ...] = (
    ("M12", "*", lambda a, b, out: [1 / a, 1 / b], "For a product you divided: hold one factor still."),
    ("numerator", "/", lambda a, b, out: [1 / b, -1 / b], "For a quotient the second slope forgets what is divided."),
    ("M12", "/", lambda a, b, out: [b, -a], "For a quotient you wrote the slopes of a product, with a sign."),
    ("square", "tanh", lambda a, out: [(1 - out) ** 2], "For the hyperbolic tangent only its output is squared."),
    ("power", "sqrt", lambda a, out: [0.5 / a**2], "For the root the power went down too far."),
    ("sign", "relu", lambda a, out: [1.0 if a > 0 else -1.0], "Left of its kink your ReLU falls; it is flat there."),
    (
        "M6",
        "/",
        lambda a, b, out: [b, -a / b**2],
        "For a quotient the first slope is turned over: hold the divisor still.",
    ),
    ("square", "/", lambda a, b, out: [1 / b**2, -a / b**2], "For a quotient the first slope has a power too many."),
    ("swapped", "/", lambda a, b, out: [1 / b, -b / a**2], "For a quotient the second slope has its operands swapped."),
    (
        "M4",
        "sqrt",
        lambda a, out: [1 / (2 * math.sqrt(out))],
        "For the root you took the root once more, of its own output.",
    ),
)


def slopes_with(*changes: tuple[str, str, Slopes, str]) -> Callable[..., list[float]]:
    """Return the table of slopes with some entries exchanged for wrong ones."""
    table = {**RIGHT_SLOPES, **{operation: slopes for _, operation, slopes, _ in changes}}
    return lambda operation, operands, out: table[operation](*operands, out)


SLOPE_MISTAKES = (
    *(Mistake(change[0], slopes_with(change), change[3]) for change in (*WRONG_SLOPES, *RARE_SLOPES)),
    *(
        Mistake(first[0], slopes_with(first, second), f"{first[3]} {second[3]}")
        for first, second in combinations(WRONG_SLOPES, 2)
        if first[1] != second[1]
    ),
    Mistake(
        "M4",
        slopes_with(*(change for change in WRONG_SLOPES if "used the input" in change[3])),
        "For the exponential, the root and the hyperbolic tangent you used the input; there the output belongs.",
    ),
    Mistake(
        "swapped",
        lambda operation, operands, out: RIGHT_SLOPES[operation](*operands, out)[::-1],
        "Wherever there are two operands, the slopes have changed places.",
    ),
    Mistake(
        "multiplied",
        lambda operation, operands, out: [out * slope for slope in RIGHT_SLOPES[operation](*operands, out)],
        "You multiplied by the output as well: local slopes know nothing of what they will be multiplied with.",
    ),
    Mistake(
        "multiplied",
        lambda operation, operands, out: [
            a * slope for a, slope in zip(operands, RIGHT_SLOPES[operation](*operands, out), strict=True)
        ],
        "You multiplied each slope by its operand: a slope is how fast, not how far.",
    ),
)
CALLS = ("+", "-", "*", "/", "exp", "sqrt", "tanh", "relu", "relu", "relu", "tanh", "*")


def draw_call(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return an operation with operands and output. `widths` holds the number of the call."""
    (call,) = widths
    operation = CALLS[call]
    size = 2 if operation in "+-*/" else 1
    operands = [float(v) for v in rng.uniform(0.3, 1.6, size) * rng.choice([-1, 1], size)]
    if operation == "sqrt":
        operands[0] = abs(operands[0])
    if operation == "relu":
        operands[0] = abs(operands[0]) * {7: 1, 8: -1, 9: 0}[call]
    out = float(OPERATIONS[operation](*operands))  # NumPy's numbers: a table that divides by zero elsewhere may go on
    return {"operation": operation, "operands": list(np.array(operands)), "out": np.float64(out)}


def slopes_from_library(operation: str, operands: list[float], out: float) -> list[float]:
    """Return the local slopes of one operation."""
    return [float(edge.slope) for edge in OPERATIONS[operation](*map(Node, operands)).edges]


PLAIN: dict[str, Callable[..., float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "relu": lambda a: max(a, 0.0),
}


def slopes_agree(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare local slopes with differences; at its kink the ReLU's is a matter of convention, 0."""
    at = np.array(inputs["operands"])
    if inputs["operation"] == "relu" and at[0] == 0:
        yield outputs["slopes"] == [0.0]
    else:
        differences = numerical_gradient(lambda v: PLAIN[inputs["operation"]](*map(float, v)), at)
        yield np.allclose(outputs["slopes"], differences, rtol=1e-6)


def as_slopes(inputs: Inputs, result: Any) -> list[float]:
    """Take any sequence of numbers, a bare number, and truth values for 0 and 1."""
    return [float(v) for v in np.atleast_1d(np.asarray(result, float))]


# ------------------------------------------------------------------ 3.5 a topological order

Graph = dict[str, list[str]]
NAMES = ("b", "d", "h", "k", "m", "p", "r", "t", "u", "w", "z", "c", "n", "s")


def draw_graph(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a graph with names by chance, listed in an order that is none of the right ones, and its result.

    A short and a long way lead from the result to the same node, whichever operand is visited first; some nodes are
    not needed for it.
    """
    (chain,) = widths
    operands: dict[str, list[str]] = {"t": ["i", "j"], "s": ["t", "k"], "r0": ["s", "s"]}
    operands |= {f"r{l + 1}": [f"r{l}", "i"] for l in range(chain)}
    operands |= {"p": [f"r{chain}", "j"], "q": ["i", "t"], "end": ["p", "q"], "g": ["s", "l"], "after": ["end", "g"]}
    operands |= {leaf: [] for leaf in "ijkl"}
    while True:
        fresh = [f"{a}{b}" for a in NAMES for b in (1, 2)]
        name = dict(zip(operands, rng.permutation(fresh)[: len(operands)].tolist(), strict=True))
        keys = rng.permutation(list(operands)).tolist()
        graph = {name[k]: [name[o] for o in rng.permutation(operands[k]).tolist()] for k in keys}
        result = name["end"]
        inputs = {"graph": graph, "result": result}
        listed = (list(graph), [k for k in graph if k in needed(graph, result)], sorted(needed(graph, result)))
        if all(violations(inputs, each) == 4 for each in listed):
            return inputs


def needed(graph: Graph, result: str) -> list[str]:
    """Return what the result needs, and the result, each after its operands."""
    nodes: dict[str, Node] = {}

    def node(name: str) -> Node:
        if name not in nodes:
            total = Node(1.0, name) if not graph[name] else sum((node(o) for o in graph[name]), Node(0.0))
            nodes[name] = total
        return nodes[name]

    places = {at: place for place, at in enumerate(topological_order(node(result)))}
    return sorted(nodes, key=lambda name: places[nodes[name]])


def violations(inputs: Inputs, order: list[str]) -> int:
    """Say how an order breaks the rule: 0 nowhere, 1 everywhere, 2 to 4 in places (result last, first, elsewhere)."""
    graph, need = inputs["graph"], _below(inputs["graph"], inputs["result"])
    place = {name: k for k, name in enumerate(dict.fromkeys(name for name in order if name in need))}
    edges = [place[o] < place[n] for n in place for o in graph[n] if o in place]
    if all(edges):
        return 0
    if not any(edges):
        return 1
    there = place.get(inputs["result"])
    return 2 if there == len(place) - 1 else 3 if there == 0 else 4


def judged_order(inputs: Inputs, result: Any) -> list[float]:
    """Return what counts of an order: what is missing, what is too many, what comes twice, how the rule is broken."""
    if isinstance(result, str | set | frozenset) or not isinstance(result, Iterable):
        raise Rejected(wrong("type", f"Expected a list of names in their order, got {describe(result)}."))
    order, graph, end = list(result), inputs["graph"], inputs["result"]
    if not all(isinstance(name, str) and name in graph for name in order):
        raise Rejected(wrong("type", "Your list has an entry that is not the name of a node of this graph."))
    need = set(_below(graph, end))
    leaves, missing = {name for name in need if not graph[name]}, need - set(order)
    kinds = [set(), {end}, leaves, leaves | {end}]
    gone = kinds.index(missing) if missing in kinds else 4
    return [gone, float(bool(set(order) - need)), float(len(set(order)) < len(order)), violations(inputs, order)]


def _below(graph: Graph, end: str) -> list[str]:
    """Return all that a node needs and itself, without the library."""
    found = [end]
    for name in found:
        found += [o for o in dict.fromkeys(graph[name]) if o not in found]
    return found


def order_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Walk through the order as a forward pass would: each operand must be known, and all that is needed is."""
    known: set[str] = set()
    for name in outputs["order"]:
        if name in known or not known.issuperset(inputs["graph"][name]):
            yield False
        known.add(name)
    yield known == set(_below(inputs["graph"], inputs["result"]))


def _preorder(graph: Graph, result: str) -> list[str]:
    found: dict[str, None] = {}
    waiting = [result]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += reversed(graph[name])
    return list(found)


BASES: tuple[tuple[str, Callable[[Graph, str], list[str]], str], ...] = (
    ("", needed, ""),
    (
        "reversed",
        lambda g, r: needed(g, r)[::-1],
        "Each node stands before its operands: that is the order of the way back.",
    ),
    (
        "M2",
        lambda g, r: _preorder(g, r)[::-1],
        "The result comes last, but some node stands before one of its operands: turning round the list of who was "
        "met first is not enough where a long and a short way lead to the same node.",
    ),
    (
        "M2 preorder",
        _preorder,
        "You enter a node when you meet it; its operands have yet to come. It may be entered only when they all are "
        "in.",
    ),
    (
        "listed",
        lambda g, r: [name for name in g if name in needed(g, r)],
        "Some node stands before one of its operands: the order in which the dictionary, or the alphabet, lists them "
        "says nothing of who needs whom.",
    ),
    (
        "listed inputs first",
        lambda g, r: [n for n in needed(g, r) if not g[n]] + [n for n in g if g[n] and n in needed(g, r)],
        "The inputs come first, which is fine; but among the others some node stands before one of its operands: the "
        "number of operands, or the order in the dictionary, says nothing of who needs whom.",
    ),
)
CHANGES: tuple[tuple[str, Callable[[Graph, str, list[str]], list[str]], str], ...] = (
    ("", lambda g, r, order: order, ""),
    ("result-missing", lambda g, r, order: [n for n in order if n != r], "The result itself is missing."),
    ("inputs-missing", lambda g, r, order: [n for n in order if g[n]], "The inputs are missing: they are nodes too."),
    (
        "both-missing",
        lambda g, r, order: [n for n in order if g[n] and n != r],
        "The inputs and the result itself are missing: they are nodes too.",
    ),
    (
        "nodes-missing",
        lambda g, r, order: [n for n in order if n != g[r][0]],
        "Nodes are missing: was only one operand followed, or those of the result alone?",
    ),
    (
        "extra",
        lambda g, r, order: [*order, *(n for n in g if n not in order and not g[n])],
        "Some node is in it that the result does not need.",
    ),
    ("twice", lambda g, r, order: [*order, order[1]], "A node that is used twice stands in it twice: enter each once."),
)


LEVELLED = ("result-missing", "inputs-missing", "both-missing")


def order_mistakes() -> Iterator[Mistake]:
    """Yield each wrong order with each thing that can be missing or too many."""
    for base, make, first in BASES:
        for change, alter, second in CHANGES:
            lost = change in ("result-missing", "both-missing") and base.startswith("M2")  # shows as "listed"
            lost |= change in LEVELLED and base == "listed inputs first"  # is then the same as "listed"
            if (base or change) and not lost:
                yield Mistake(
                    base or change,
                    lambda graph, result, make=make, alter=alter: alter(graph, result, make(graph, result)),
                    f"{first} {second}".strip(),
                )


# ------------------------------------------------------------------ 3.6, 3.7 and 3.9: tapes


def draw_tape(rng: np.random.Generator, widths: tuple[int, ...]) -> tuple[Tape, int]:
    """Return a tape and the number of its first operation.

    Inputs first, then a constant. Nodes use another one twice, with different slopes and with one; many are used again.
    """

    def slope() -> float:
        return float(rng.choice([-1, 1]) * rng.uniform(0.4, 1.4))

    n_in, n_more, _ = widths
    first = n_in + 1
    tape: Tape = [[] for _ in range(first)]
    uses = [(0, 1), (first, first), (first + 1, first), (first + 2, 1)]
    for operands in uses:
        tape.append([(operand, slope()) for operand in operands])
    for _ in range(n_more):
        tape.append([(len(tape) - 1, slope()), (int(rng.integers(len(tape) - 1)), slope())])
    twice = (first + 1, slope())  # an operand that is added to itself: two edges that are the same
    tape.append([(len(tape) - 1, slope()), (n_in, slope()), twice, twice])
    return tape, first


def draw_backward(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a tape, and what some nodes receive from the loss, one of them on the way."""
    tape, first = draw_tape(rng, widths)
    outputs = [len(tape) - 1, first + 1, first + 3]
    return {"tape": tape, "from_loss": {k: float(rng.choice([-1, 1]) * rng.uniform(0.5, 2)) for k in outputs}}


def draw_forward(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a tape, and how fast its inputs move."""
    tape, first = draw_tape(rng, widths)
    moves = {k: float(rng.choice([-1, 1]) * rng.uniform(0.5, 2)) for k in range(first - 1)[::-1]}
    return {"tape": tape, "moves": moves}


def draw_jacobian(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a tape, its inputs and several outputs, one of them on the way to others."""
    tape, first = draw_tape(rng, widths)
    outputs = [len(tape) - 1, first + 1, first + 3, len(tape) - 2][: widths[2]]
    return {"tape": tape, "inputs": list(range(first - 1))[::-1], "outputs": outputs}


def with_library(tape: Tape, leaf: Callable[[int], Any]) -> list[Any]:
    """Run a tape as a linear program of the library's numbers."""
    numbers: list[Any] = []
    for k, edges in enumerate(tape):
        total = leaf(k)
        for operand, slope in edges:
            total = total + slope * numbers[operand]
        numbers.append(total)
    return numbers


def gradients_from_library(tape: Tape, from_loss: Mapping[int, float]) -> Array:
    """Return what each node receives, from the library's graph."""
    nodes = with_library(tape, lambda k: Node(0.0))
    loss = sum((g * nodes[k] for k, g in from_loss.items()), Node(0.0))
    grad = gradient(loss)
    return np.array([grad[node] for node in nodes])


def tangents_from_library(tape: Tape, moves: Mapping[int, float]) -> Array:
    """Return all tangents, from the library's dual numbers."""
    return np.array([dual.tangent for dual in with_library(tape, lambda k: Dual(0.0, moves.get(k, 0.0)))])


def all_slopes(tape: Tape) -> Array:
    """Return the slope of every node (row) for every other (column), by one linear solve."""
    local = np.zeros((len(tape), len(tape)))
    for k, edges in enumerate(tape):
        for operand, slope in edges:
            local[k, operand] += slope
    return np.asarray(np.linalg.inv(np.eye(len(tape)) - local))


def dense(entries: Mapping[int, float], size: int) -> Array:
    """Return a vector with these entries."""
    vector = np.zeros(size)
    vector[list(entries)] = list(entries.values())
    return vector


def backward_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare gradients with the solution of a linear system."""
    tape = inputs["tape"]
    yield np.allclose(outputs["gradients"], dense(inputs["from_loss"], len(tape)) @ all_slopes(tape))


def forward_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare tangents with the solution of a linear system."""
    tape = inputs["tape"]
    yield np.allclose(outputs["tangents"], all_slopes(tape) @ dense(inputs["moves"], len(tape)))


def jacobian_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare a Jacobian with the solution of a linear system."""
    yield np.allclose(outputs["J"], all_slopes(inputs["tape"])[np.ix_(inputs["outputs"], inputs["inputs"])])


def in_order(inputs: Inputs, result: Any) -> Any:
    """Take a dictionary from node numbers as well as a list."""
    return [result[k] for k in range(len(inputs["tape"]))] if isinstance(result, Mapping) else result


Edges = list[tuple[int, float]]
Walk = Callable[[Tape, Mapping[int, float]], Any]


def walk(
    order: Callable[[int], Iterable[int]] = lambda n: range(n - 1, -1, -1),
    hand_on: Callable[[float, float], float] = lambda g, slope: g * slope,
    into: Callable[[float, float], float] = lambda old, new: old + new,
    edges: Callable[[Edges], Edges] = lambda edges: edges,
    begin: float = 0.0,
    passes: int = 1,
    turn: Callable[[float, float | None], float] = lambda received, given: received,
) -> Walk:
    """Return a backward pass with some pieces exchanged for wrong ones."""

    def gradients(tape: Tape, from_loss: Mapping[int, float]) -> Array:
        received = [begin] * len(tape)
        for node, g in from_loss.items():
            received[node] += g
        for _ in range(passes):
            for node in order(len(tape)):
                received[node] = turn(received[node], from_loss.get(node))
                for operand, slope in edges(tape[node]):
                    received[operand] = into(received[operand], hand_on(received[node], slope))
        return np.array(received)

    return gradients


def recursive(tape: Tape, from_loss: Mapping[int, float]) -> Array:
    """Hand on the whole of what is there, each time that something arrives."""
    received = [0.0] * len(tape)

    def take(node: int, amount: float) -> None:
        received[node] += amount
        for operand, slope in tape[node]:
            take(operand, received[node] * slope)

    for node, g in from_loss.items():
        take(node, g)
    return np.array(received)


def late(tape: Tape, from_loss: Mapping[int, float]) -> Array:
    """Let what nodes on the way receive from the loss come when the walk is over."""
    last = len(tape) - 1
    received: Array = walk()(tape, {last: from_loss[last]})
    for node, g in from_loss.items():
        received[node] += g * (node != last)
    return received


def mean_of_users(tape: Tape, from_loss: Mapping[int, float]) -> Array:
    """Divide what a node has received by the number of its users."""
    users = np.bincount([operand for edges in tape for operand, _ in edges], minlength=len(tape))
    received = dense(from_loss, len(tape))
    for node in range(len(tape) - 1, -1, -1):
        received[node] /= max(users[node], 1)
        for operand, slope in tape[node]:
            received[operand] += received[node] * slope
    return received


SAME_TWICE = "A node that uses the same operand twice has two edges to it: one of them got lost."
WALKS: tuple[tuple[str, Walk, str], ...] = (
    ("", walk(), ""),
    ("M1", walk(into=lambda old, new: new), ""),
    (
        "M1 first",
        walk(into=lambda old, new: old or new),
        "You kept what arrived first, and ignored what came after it.",
    ),
    ("M1 mean", mean_of_users, "You divided by the number of users: what they send is added, not averaged."),
    (
        "M1 mean",
        walk(edges=lambda edges: [(operand, slope / len(edges)) for operand, slope in edges]),
        "You shared out what a node has received among its operands: each gets all of it, times its own slope.",
    ),
    (
        "M1 larger",
        walk(into=lambda old, new: max(old, new, key=abs)),
        "You kept the larger of two contributions: both count.",
    ),
    ("M1 twice", walk(edges=lambda e: list(dict(e).items())), SAME_TWICE),
    ("M1 twice", walk(edges=lambda e: list(dict.fromkeys(e))), SAME_TWICE),
    ("M1 twice", walk(edges=lambda e: list(dict(reversed(e)).items())), SAME_TWICE),
    (
        "M2",
        walk(order=range),
        "You went through the tape from its beginning: a node hands on before anything has arrived.",
    ),
    (
        "M2",
        recursive,
        "Your nodes hand on their whole total each time something arrives: what came first counts again.",
    ),
    (
        "M3",
        walk(passes=2),
        "The pass runs twice over the same numbers: the second one starts from what the first has left.",
    ),
    (
        "M3",
        walk(begin=1.0),
        "Your nodes start with 1: only what has arrived may be handed on, so they start from nothing.",
    ),
    ("off-by-one", walk(order=lambda n: range(n - 2, -1, -1)), "The last node never has its turn."),
    (
        "off-by-one",
        walk(order=lambda n: range(n - 1, n - 4, -1)),
        "You stopped after the outputs: go back to the inputs.",
    ),
    (
        "slope",
        walk(hand_on=lambda g, slope: g),
        "Nodes hand on what they received as it is: the local slope is a factor.",
    ),
    (
        "received",
        walk(hand_on=lambda g, slope: slope),
        "Nodes hand on their slopes alone: what they received is a factor.",
    ),
    (
        "M12",
        walk(hand_on=lambda g, slope: g + slope),
        "You added what was received and the slope: along an edge they multiply.",
    ),
    ("M6", walk(hand_on=lambda g, slope: g / slope), "You divided by the slopes: going back undoes nothing."),
    ("sign", walk(hand_on=lambda g, slope: -g * slope), "You subtract what comes back over an edge."),
    (
        "from-loss",
        walk(turn=lambda received, given: received if given is None else given),
        "An output that others use as well loses what they send: what comes from the loss overwrites it.",
    ),
)
STARTS: tuple[tuple[str, Callable[[Tape, Mapping[int, float]], dict[int, float]], str], ...] = (
    ("", lambda tape, given: dict(given), ""),
    (
        "ones",
        lambda tape, given: dict.fromkeys(given, 1.0),
        "You started the outputs with 1: they receive what is given.",
    ),
    (
        "last-only",
        lambda tape, given: {len(tape) - 1: given[len(tape) - 1]},
        "You started at the last node only: others receive from the loss too.",
    ),
    (
        "ones",
        lambda tape, given: {len(tape) - 1: 1.0},
        "You started the last node with 1, and no other: look at what is given.",
    ),
    (
        "ones",
        lambda tape, given: {len(tape) - 1: 1.0, **{k: g for k, g in given.items() if k < len(tape) - 1}},
        "The last node receives what is given, not 1.",
    ),
)


def combined(
    walks: Iterable[tuple[str, Walk, str]],
    starts: Sequence[tuple[str, Callable[[Tape, Mapping[int, float]], dict[int, float]], str]],
    given: str,
    fewer: Mapping[str, int],
) -> Iterator[Mistake]:
    """Yield each wrong walk with each wrong start: with the first few only where the others make no difference."""
    for name, go, says in walks:
        for start_name, start, start_says in starts[: fewer.get(name)]:
            if name or start_name:

                def mutant(tape: Tape, go: Walk = go, start: Any = start, **rest: Any) -> Any:
                    return go(tape, start(tape, rest[given]))

                first = says or SAYS.get(name, "")
                yield Mistake(name or start_name, mutant, f"{first} {start_says}".strip())


def seeded_recursive(tape: Tape, from_loss: Mapping[int, float]) -> Array:
    """Give all outputs what they receive, then hand on the whole of what is there along every edge."""
    received = dense(from_loss, len(tape))

    def go(node: int) -> None:
        for operand, slope in tape[node]:
            received[operand] += received[node] * slope
            go(operand)

    for node in from_loss:
        go(node)
    return received


def in_waves(tape: Tape, from_loss: Mapping[int, float]) -> Array:
    """Let each node hand on once, in the order in which they were met."""
    received, met = dense(from_loss, len(tape)), list(from_loss)
    for node in met:
        for operand, slope in tape[node]:
            received[operand] += received[node] * slope
            if operand not in met:
                met.append(operand)
    return received


def not_fresh(tape: Tape, from_loss: Mapping[int, float]) -> Array:
    """Make a pass for each output, and keep what the passes before have left."""
    received = np.zeros(len(tape))
    for output, g in from_loss.items():
        received[output] += g
        for node in range(len(tape) - 1, -1, -1):
            for operand, slope in tape[node]:
                received[operand] += received[node] * slope
    return received


def emptied(tape: Tape, from_loss: Mapping[int, float]) -> Array:
    """Set a node to zero when it has handed on."""
    return np.array([0.0 if edges else g for edges, g in zip(tape, walk()(tape, from_loss), strict=True)])


def from_operands(tape: Tape, from_loss: Mapping[int, float]) -> Array:
    """Let each node collect from its operands, last node first."""
    received = dense(from_loss, len(tape))
    for node in range(len(tape) - 1, -1, -1):
        for operand, slope in tape[node]:
            received[node] += received[operand] * slope
    return received


BACKWARD_MISTAKES = (
    *combined(WALKS, STARTS, "from_loss", fewer={"M1": 2, "from-loss": 2}),
    Mistake(
        "from-loss",
        late,
        "What a node on the way receives from the loss is added at the end: it has to be there when its turn comes.",
    ),
    Mistake(
        "M2",
        seeded_recursive,
        "A node hands on each time that something arrives, and each time all that is there: it may do so once, when "
        "all of its users have reported.",
    ),
    Mistake(
        "M2",
        in_waves,
        "Nodes have their turns in the order in which they were met: one may hand on only when all of its users have.",
    ),
    Mistake(
        "M3",
        not_fresh,
        "You made a pass for each output, and each pass hands on once more what the one before has left.",
    ),
    Mistake("emptied", emptied, "A node loses what it has received when it hands on: its own slope is asked for too."),
    Mistake(
        "direction",
        from_operands,
        "Your nodes collect from their operands: on the way back they hand on to them.",
    ),
    Mistake(
        "off-by-one",
        walk(order=lambda n: [n - 1]),
        "Only the last node has handed on: is the return inside the loop?",
    ),
    Mistake("M1", walk(edges=lambda e: e[:1]), "Your nodes hand on to their first operand only."),
    Mistake("M1", walk(edges=lambda e: e[-1:]), "Your nodes hand on to their last operand only."),
    Mistake("M1", walk(into=max), "You kept the larger of two contributions: both count."),
    Mistake(
        "mean",
        lambda tape, from_loss: walk()(tape, from_loss) / len(from_loss),
        "You divided by the number of outputs: what comes from the loss counts in full.",
    ),
    Mistake(
        "last-only",
        lambda tape, from_loss: walk()(tape, dict([list(from_loss.items())[-1]])),
        "Only one of the outputs has been given what it receives: is the list of slopes made anew for each of them?",
    ),
    Mistake(
        "reversed",
        lambda tape, from_loss: walk()(tape, from_loss)[::-1],
        "The list is in the order of the way back: node 0 comes first.",
    ),
)


def ahead(
    part: Callable[[float, float], float] = lambda slope, tangent: slope * tangent,
    total: Callable[[list[float]], float] = sum,
    edges: Callable[[Edges], Edges] = lambda edges: edges,
    leaf: float = 0.0,
    begin: float = 0.0,
    order: Callable[[int], Iterable[int]] = range,
) -> Walk:
    """Return a forward-mode pass with some pieces exchanged for wrong ones."""

    def tangents(tape: Tape, moves: Mapping[int, float]) -> Array:
        found = [0.0] * len(tape)
        for node in order(len(tape)):
            parts = [part(slope, found[operand]) for operand, slope in edges(tape[node])]
            found[node] = begin + total(parts) if parts else moves.get(node, leaf)
        return np.array(found)

    return tangents


def turned(tape: Tape, moves: Mapping[int, float]) -> Array:
    """Go backward from the last node."""
    return np.asarray(walk()(tape, {len(tape) - 1: 1.0}))


def from_the_end(tape: Tape, moves: Mapping[int, float]) -> Array:
    """Know the moves of the inputs, but ask the last node first."""
    found = dense(moves, len(tape))
    for node in range(len(tape) - 1, -1, -1):
        for operand, slope in tape[node]:
            found[node] += slope * found[operand]
    return found


AHEADS: tuple[tuple[str, Walk, str], ...] = (
    ("", ahead(), ""),
    (
        "M1",
        ahead(total=lambda parts: parts[-1]),
        "Your node moves with its last operand only: all that move it add up.",
    ),
    (
        "M1",
        ahead(total=lambda parts: parts[0]),
        "Your node moves with its first operand only: all that move it add up.",
    ),
    (
        "M1 mean",
        ahead(total=lambda parts: sum(parts) / len(parts)),
        "You took the mean over the operands: moves add up.",
    ),
    ("M1 twice", ahead(edges=lambda e: list(dict(e).items())), SAME_TWICE),
    ("M1 twice", ahead(edges=lambda e: list(dict.fromkeys(e))), SAME_TWICE),
    ("M1 twice", ahead(edges=lambda e: list(dict(reversed(e)).items())), SAME_TWICE),
    (
        "M1 larger",
        ahead(total=lambda parts: max(parts, key=abs)),
        "You kept the largest contribution: all of them count.",
    ),
    (
        "M12",
        ahead(total=lambda parts: float(np.prod(parts))),
        "You multiplied what comes from several operands: it is added.",
    ),
    ("M12", ahead(part=lambda s, t: s + t), "You added slope and tangent: along an edge they multiply."),
    (
        "slope",
        ahead(part=lambda s, t: t),
        "You added the tangents of the operands as they are: each has to pass its slope.",
    ),
    ("tangent", ahead(part=lambda s, t: s), "You added slopes alone: how fast each operand moves is a factor."),
    ("M6", ahead(part=lambda s, t: t / s), "You divided by the slopes: they say how much of a move gets through."),
    ("sign", ahead(part=lambda s, t: -s * t), "You subtract what comes over an edge."),
    ("constant", ahead(leaf=1.0), "A node that nobody moves has got the tangent 1: constants stand still."),
    ("M3", ahead(begin=1.0), "Your sums start with 1: what is collected has to start from nothing."),
    (
        "M2",
        ahead(order=lambda n: range(n - 1, -1, -1)),
        "You went through the tape from its end: a node was asked before its operands had an answer.",
    ),
    (
        "M2 start",
        from_the_end,
        "You went through the tape from its end: a node was asked before its operands had an answer.",
    ),
    ("off-by-one", ahead(order=lambda n: range(n - 1)), "The last node has been left out."),
    ("reverse", turned, "You went backward from the last node: that answers what moves it, not what these moves do."),
)
MOVES_ALL: tuple[tuple[str, Callable[[Tape, Mapping[int, float]], dict[int, float]], str], ...] = (
    ("", lambda tape, given: dict(given), ""),
    (
        "ones",
        lambda tape, given: dict.fromkeys(given, 1.0),
        "You let every input move at speed 1: the speeds are given.",
    ),
    ("one-input", lambda tape, given: {0: given[0]}, "You let the first input move alone: they all move at once."),
    (
        "one-input",
        lambda tape, given: {0: 1.0},
        "You let the first input move alone, with 1: the speeds of all are given.",
    ),
    (
        "by-place",
        lambda tape, given: dict(enumerate(given.values())),
        "You took the speeds in the order in which they are listed: each is listed with the number of its node.",
    ),
)
FORWARD_MISTAKES = tuple(combined(AHEADS, MOVES_ALL, "moves", fewer={"constant": 3, "M2": 2, "reverse": 1}))


def jacobian(
    fresh: Callable[[list[float], Tape], list[float]] = lambda received, tape: [0.0] * len(tape),
    order: Callable[[int], Iterable[int]] = lambda n: range(n - 1, -1, -1),
    into: Callable[[float, float], float] = lambda old, new: old + new,
    start: Callable[[float], float] = lambda received: 1.0,
    hand_on: Callable[[float, float], float] = lambda g, slope: g * slope,
    edges: Callable[[Edges], Edges] = lambda edges: edges,
) -> Callable[..., Array]:
    """Return a Jacobian by rows with some pieces exchanged for wrong ones."""

    def rows(tape: Tape, inputs: list[int], outputs: list[int]) -> Array:
        received, found = [0.0] * len(tape), []
        for output in outputs:
            received = fresh(received, tape)
            received[output] = start(received[output])
            for node in order(len(tape)):
                for operand, slope in edges(tape[node]):
                    received[operand] = into(received[operand], hand_on(received[node], slope))
            found.append([received[k] for k in inputs])
        return np.array(found)

    return rows


def seed_taken_back(tape: Tape, inputs: list[int], outputs: list[int]) -> Array:
    """Set only the output itself back to zero after its row."""
    received, found = [0.0] * len(tape), []
    for output in outputs:
        received[output] = 1.0
        for node in range(len(tape) - 1, -1, -1):
            for operand, slope in tape[node]:
                received[operand] += received[node] * slope
        found.append([received[k] for k in inputs])
        received[output] = 0.0
    return np.array(found)


def stopped_at_outputs(tape: Tape, inputs: list[int], outputs: list[int]) -> Array:
    """Let no other output hand on."""
    return np.array(
        [walk()([[] if k in outputs and k != o else e for k, e in enumerate(tape)], {o: 1.0}) for o in outputs]
    )[:, inputs]


BUGS: dict[str, dict[str, Any]] = {
    "M1": {"into": lambda old, new: new},
    "M2": {"order": range},
    "M3": {"fresh": lambda received, tape: received},
}
TELLS = {
    "M1": "A contribution overwrites the one before.",
    "M2": "The nodes have their turns in the wrong order.",
    "M3": "What one row has collected is still there when the next one starts.",
}


def jacobian_mistakes() -> Iterator[Mistake]:
    """Yield what is left when some bugs are repaired, and what repairs bring in."""
    for count, name in ((1, ""), (2, "two-left"), (3, "three-left")):
        for left in combinations(BUGS, count):
            pieces = {key: piece for bug in left for key, piece in BUGS[bug].items()}
            says = {1: "Two bugs are gone. ", 2: "One bug is gone. ", 3: "All three bugs are still there."}[count]
            yield Mistake(
                name or left[0], jacobian(**pieces), says + (" ".join(TELLS[bug] for bug in left) if count < 3 else "")
            )
    yield Mistake(
        "M3 inputs",
        jacobian(fresh=lambda received, tape: [0.0 if not e else g for g, e in zip(received, tape, strict=True)]),
        "You set the inputs to nothing for a new row, but the nodes on the way keep what the row before has left.",
    )
    yield Mistake(
        "M3 outputs",
        jacobian(fresh=lambda received, tape: [0.0 if e else g for g, e in zip(received, tape, strict=True)]),
        "You set the nodes on the way to nothing for a new row, but the inputs keep what the row before has left.",
    )
    yield Mistake(
        "M3",
        jacobian(fresh=BUGS["M3"]["fresh"], start=lambda received: received + 1.0),
        "The rows share one list: what one row has collected is still there when the next one starts.",
    )
    yield Mistake(
        "M8",
        lambda **kept: jacobian()(**kept).T,
        "Your Jacobian lies on its side: there is one row for each output, one column for each input.",
    )
    yield Mistake(
        "columns",
        lambda **kept: jacobian()(**kept)[:, ::-1],
        "The columns are in the order of the tape: they should follow the list of inputs that is given.",
    )
    yield Mistake(
        "rows",
        lambda **kept: jacobian()(**kept)[np.argsort(kept["outputs"])],
        "The rows are in the order of the tape: they should follow the list of outputs that is given.",
    )
    yield Mistake(
        "off-by-one",
        jacobian(order=lambda n: range(n - 2, -1, -1)),
        "The last node never has its turn: look at where your walk begins.",
    )
    yield Mistake(
        "all-at-once",
        lambda tape, inputs, outputs: np.tile(walk()(tape, dict.fromkeys(outputs, 1.0))[inputs], (len(outputs), 1)),
        "You started all outputs at once: that gives the sum of the rows, and each output needs a pass of its own.",
    )
    yield Mistake(
        "all-at-once",
        lambda tape, inputs, outputs: walk()(tape, dict.fromkeys(outputs, 1.0))[inputs],
        "You started all outputs at once: that gives the sum of the rows, and each output needs a pass of its own.",
    )
    yield Mistake(
        "last-only",
        lambda tape, inputs, outputs: jacobian()(tape, inputs, outputs)[-1],
        "That is the row of the last output: is the return inside, or the list of rows made anew each time?",
    )
    yield Mistake(
        "first-only",
        lambda tape, inputs, outputs: jacobian()(tape, inputs, outputs)[0],
        "That is the row of the first output: is the return inside the loop?",
    )
    yield Mistake(
        "M3",
        seed_taken_back,
        "For a new row you set back the output alone: the nodes on the way keep what the row before has left.",
    )
    yield Mistake(
        "stopped",
        stopped_at_outputs,
        "Where another output lies on the way, nothing goes through it: in this row it is a node like all others.",
    )
    yield Mistake("slope", jacobian(hand_on=lambda g, slope: g), "Nodes hand on what they received as it is.")
    yield Mistake("received", jacobian(hand_on=lambda g, slope: slope), "Nodes hand on their slopes alone.")
    for edges in (lambda e: list(dict(e).items()), lambda e: list(dict.fromkeys(e))):
        yield Mistake("M1 twice", jacobian(edges=edges), SAME_TWICE)
    yield Mistake(
        "rows",
        lambda **kept: jacobian()(**kept)[::-1],
        "The rows are turned round: they should follow the list of outputs that is given.",
    )


# ------------------------------------------------------------------ 3.8 find the bug

NOT_THIS_BUG = {
    "a": ("no-bug", "something is wrong here: differences disagree with it."),
    "b": ("M1", "no contribution is overwritten: follow each name from line to line."),
    "c": ("M4", "each local slope is taken where it belongs."),
    "d": ("M2", "every node has all its contributions when it hands on."),
    "e": ("swapped", "at each product the factors go to the right places."),
}


def bug(right: str) -> Choice:
    """Return the choice among all bugs."""
    return Choice.among(NOT_THIS_BUG, right)


# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "3.1",
        "One pass, or many?",
        rung="predict",
        points=5,
        difficulty=2,
        minutes=5,
        kind=Parts(
            {
                "A": passes("a", b=MANY_OUT, c=("count", COUNT)),
                "B": passes("b", a=MANY_IN, c=("count", COUNT)),
                "C": passes("c", a=MANY_IN, b=MANY_OUT),
                "D": passes(
                    "a",
                    b=MANY_OUT,
                    c=("direction", "the inputs move all at once, in one given way: how many tangents does that take?"),
                ),
                "E": passes(
                    "b",
                    a=MANY_IN,
                    c=(
                        "sum",
                        "the weighted sum is one number more at the end of the graph: how many outputs are asked "
                        "about?",
                    ),
                ),
            }
        ),
        praise="One move of the inputs is one forward pass, one number at the end is one pass back; sizes play no "
        "part.",
        hints=(
            "Forward mode asks: what if the inputs move like this? Reverse mode asks: what moves this one number?",
            "For each part count two things: in how many ways do the inputs move, and of how many numbers are the "
            "slopes asked for?",
            "One way of moving takes one forward-mode pass, even if many inputs take part in it. One number at the "
            "end takes one backward pass, even if it was put together from several.",
        ),
    ),
    Exercise(
        "3.2",
        "Back through five nodes",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=8,
        kind=Number(
            setting=program,
            right=gradients_of_program,
            witness=differences_of_program,
            mistakes=tuple(backward_mistakes()),
        ),
        praise="Three nodes are used twice, and each of them waited for both its users before it handed on.",
        hints=(
            "Draw the graph first, and count the edges that leave each node: that many contributions come back to it.",
            "Begin with f, which receives 1 and hands 1 to w and to t. Then v, then u, then x and y: in this order "
            "everybody has received all when the turn comes.",
            "v gets u from w and x from t. u gets v from w, and what v has received times v. x gets v from t and what "
            "u has received; y the same as x gets from u, with a minus.",
        ),
    ),
    Exercise(
        "3.3",
        "The same, alongside",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=7,
        kind=Number(setting=program, right=tangents_of_program, witness=moves_of_program, mistakes=TANGENT_MISTAKES),
        praise="One pass for one direction; and the last tangent is the gradient of the exercise before, times the "
        "moves.",
        hints=(
            "Every number gets a companion. How fast does u move, if x gains 1 and y loses a half in the same time?",
            "A difference subtracts tangents, the exponential multiplies by its slope, a product has two terms.",
            "v moves with v times the tangent of u. w moves with (tangent of u) times v plus u times (tangent of v); "
            "t in the same way with x, whose tangent is 1. Add the two for f.",
        ),
    ),
    Exercise(
        "3.4",
        "The table of slopes",
        rung="complete",
        points=3,
        difficulty=1,
        minutes=8,
        kind=Function(
            outputs=("slopes",),
            inputs=draw_call,
            right=slopes_from_library,
            witness=slopes_agree,
            mistakes=SLOPE_MISTAKES,
            widths=tuple((k,) for k in range(len(CALLS))),
            square=None,
            seen=as_slopes,
        ),
        praise="Three of them need only the output: what the way forward has computed is not computed again.",
        hints=(
            "Move one operand a little and hold the other: how much faster or slower does the output move?",
            "The exponential, the root and the hyperbolic tangent have slopes that are short when written with the "
            "output. And the second operand of a difference and of a quotient pulls the other way.",
            "The quotient has 1 / b and -a / b ** 2. The root has 1 / (2 * out), the hyperbolic tangent 1 - out ** 2. "
            "The ReLU asks whether its operand is above zero, and zero itself is not.",
        ),
    ),
    Exercise(
        "3.5",
        "Each after its operands",
        rung="implement",
        points=3,
        difficulty=2,
        minutes=12,
        kind=Function(
            outputs=("order",),
            inputs=draw_graph,
            right=lambda graph, result: needed(graph, result),
            witness=order_agrees,
            mistakes=tuple(order_mistakes()),
            widths=((1,), (0,), (3,)),
            square=None,
            seen=judged_order,
        ),
        praise="Read from its end, this list is the schedule of the way back: all users of a node come before it.",
        hints=(
            "When may a node be entered in the list? What has to be in there already?",
            "Visit the result: that means visiting all its operands first, and only then entering it. A node that is "
            "in already needs no second visit.",
            "A function visit(name) inside yours: if name is in the list, return; else call visit for each operand in "
            "graph[name], and after that append name. Start it with the result.",
        ),
    ),
    Exercise(
        "3.6",
        "The way back",
        rung="implement",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Function(
            outputs=("gradients",),
            inputs=draw_backward,
            right=gradients_from_library,
            witness=backward_agrees,
            mistakes=BACKWARD_MISTAKES,
            widths=((2, 3, 4), (3, 1, 2), (4, 6, 1)),
            square=None,
            seen=in_order,
        ),
        praise="One walk, each edge once, and every node on the tape has its gradient, not the inputs alone.",
        hints=(
            "On the tape each node stands after its operands. In which direction do you have to read it?",
            "Start with a list of zeros, put in what comes from the loss, and let each node, from the last to the "
            "first, hand on what it has received by then.",
            "Two loops: for node from the last to the first, for (operand, slope) in tape[node]. Inside, operand "
            "receives, in addition to what it has, what node has received times slope.",
        ),
    ),
    Exercise(
        "3.7",
        "The other direction",
        rung="implement",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("tangents",),
            inputs=draw_forward,
            right=tangents_from_library,
            witness=forward_agrees,
            mistakes=FORWARD_MISTAKES,
            widths=((2, 3, 4), (3, 1, 2), (4, 6, 1)),
            square=None,
            seen=in_order,
        ),
        praise="The same tape, read from its beginning: the edges are the same, only who collects has changed.",
        hints=(
            "Here nothing is handed back. Each node collects from its operands, which have had their turn already.",
            "A node with operands moves by the sum, over its edges, of slope times the tangent of the operand. A node "
            "without moves as it is told, or not at all.",
            "One loop over the tape; for a node without edges append moves.get(node, 0.0), for the others the sum of "
            "slope * tangents[operand] over its edges.",
        ),
    ),
    Exercise(
        "3.8",
        "Find the bug",
        rung="debug",
        points=4,
        difficulty=2,
        minutes=8,
        kind=Parts({"A": bug("d"), "B": bug("c"), "C": bug("a"), "D": bug("b")}),
        praise="On a chain of sums and products all four would be right: the branches and the exponential give them "
        "away.",
        hints=(
            "Draw the graph: which of its nodes are used twice? There the bugs of this chapter live.",
            "For every line ask two things: has the node on the right received everything by now? And is the local "
            "slope right?",
            "One pass lets p hand on too early, one replaces a contribution where it should add, one takes the slope "
            "of the exponential from the wrong side, and one is right, though its lines come in an unusual order.",
        ),
    ),
    Exercise(
        "3.9",
        "Repair it",
        rung="debug",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=("J",),
            inputs=draw_jacobian,
            right=lambda tape, inputs, outputs: np.array(
                [gradients_from_library(tape, {output: 1.0})[inputs] for output in outputs]
            ),
            witness=jacobian_agrees,
            mistakes=tuple(jacobian_mistakes()),
            widths=((2, 5, 3), (4, 1, 2), (3, 2, 4)),
            square=None,
        ),
        praise="Each row starts from nothing, adds over edges, and lets a node hand on only when all have reported.",
        hints=(
            "Try it on the chain first, then on the graph with a branch, then with two outputs: each shows another "
            "bug.",
            "Ask where the list of what was received is made, in which direction the tape is read, and what happens "
            "when a second contribution arrives.",
            "The list of zeros belongs inside the loop over the outputs. The tape is read from its end. And a "
            "contribution is added to what is there.",
        ),
    ),
    Exercise(
        "3.10",
        "Derive a slope with three ways",
        rung="derive",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Derivation("3.10"),
        praise="Three ways, three products, one sum; and s needs its total only once.",
        hints=(
            "Draw the graph. Two edges leave h, and two leave s. How many ways lead from h to f?",
            "First what s receives: from the sum, and from the root. Then what h receives: from s, and from the sum.",
            "s receives r from the sum, and from the root what the root has received, (s + h), times the slope 1 / (2 "
            "r). h receives r from the sum, and k times all that s has received.",
        ),
    ),
    Exercise(
        "3.11",
        "Derive the tangent of a quotient",
        rung="derive",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Derivation("3.11"),
        praise="The quotient rule, from nothing but a square that does not count.",
        hints=(
            "Call the result p + q times the small unit. Multiplied by the divisor it must give back the upper number.",
            "Compare what stands without the unit on both sides, then what stands with it. The square of the unit is "
            "gone.",
            "Without: p c equals a. With: p d + q c equals b. Solve the first for p, put it into the second, solve "
            "for q.",
        ),
    ),
    Exercise(
        "3.12",
        "Why the price matters",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=15,
        kind=Essay(
            (
                "Says that backpropagation is fast, or repeats a number of passes, and draws nothing from it.",
                "Says what a step of training consists of, or what a dear backward pass would do to it, not both.",
                "Draws from the prices of both passes what a step costs and what a dear way back would change.",
                "Does that, says how similar the two prices really are and why, and names what it is paid with.",
            )
        ),
        praise="",
        hints=(
            "How often is each of the two passes run, in one step of training? And how many steps are there?",
            "Multiply the price of the way back by a thousand, and then by the number of parameters. What would you "
            "still train, and what would you do in place of gradients?",
            "The work of the way back goes with the edges of the graph: two products for each edge of a layer, where "
            "forward there is one. Say also what has to be kept for it.",
        ),
    ),
)
