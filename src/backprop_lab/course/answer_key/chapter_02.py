"""The exercises of chapter 2, The chain rule.

What goes back is always a random upstream gradient, never ones; matrices are not square. Each reference is judged by
central differences.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.activations import sigmoid
from backprop_lab.arrays import Array
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.number import Number
from backprop_lab.gradient_check import check_gradient, numerical_gradient

__all__ = ["EXERCISES"]

Pieces = Mapping[str, Any]

# ------------------------------------------------------------------ 2.2 and 2.9: options

SLOPES = {
    "a": "this would make the function its own slope.",
    "b": "this would make it infinitely steep where it comes near zero.",
    "c": "this would make it fall everywhere.",
    "d": "this would make it flat where it comes near one.",
    "e": "this would make it rise one to one where it is large.",
    "f": "no two inputs lead to one output here: whoever knows what came out knows the place.",
}
NOT_THIS_BUG = {
    "a": ("no-bug", "something is wrong here: try it at a random place."),
    "b": ("M4", "each slope in it is read where it belongs, as far as there is one."),
    "c": ("upstream", "what comes from the loss is a factor here."),
    "d": ("M1", "all ways from the input to the output are in it."),
    "e": (
        "own-factor",
        "no factor of a product takes its own gradient in it: look for what else is missing or in the wrong place.",
    ),
    "f": ("M8", "no matrix lies on its side here."),
}


def slope(right: str) -> Choice:
    """Return the choice among the six slopes."""
    return Choice(right, {letter: ("M4", says) for letter, says in SLOPES.items() if letter != right})


def bug(right: str) -> Choice:
    """Return the choice among all bugs."""
    return Choice.among(NOT_THIS_BUG, right)


# ------------------------------------------------------------------ 2.4: a chain of three


def chain_of_three() -> SimpleNamespace:
    """Return the values of the chain and its local slopes."""
    p = 0.75
    q = p**2 + 1
    r = math.sqrt(q)
    s = math.exp(-r)
    return SimpleNamespace(p=p, q=q, r=r, s=s, inner=2 * p, middle=1 / (2 * r), outer=-s)


def back(outer: float, middle: float, inner: float) -> Array:
    """Return ds/dr, ds/dq, ds/dp of local slopes."""
    return np.cumprod([outer, middle, inner])


def chain_by_differences(q: SimpleNamespace) -> list[float]:
    """Nudge r, q and p, each by itself."""
    links = (lambda r: np.exp(-r), lambda v: np.exp(-np.sqrt(v)), lambda p: np.exp(-np.hypot(p, 1.0)))
    return [float(numerical_gradient(link, np.array(at))) for link, at in zip(links, (q.r, q.q, q.p), strict=True)]


CHAIN_OF_THREE = (
    Mistake(
        "sign",
        lambda q: -back(q.outer, q.middle, q.inner),
        "The minus in the exponent is lost: the last link falls, and its slope is not the value itself.",
    ),
    Mistake(
        "from-input",
        lambda q: np.cumprod([q.inner, q.middle, q.outer]),
        "You began at the input: these say how each value answers to the first, not how the last answers to each.",
    ),
    Mistake(
        "local",
        lambda q: np.array([q.outer, q.middle, q.inner]),
        "These are the three local slopes, side by side: going back, each result is the one before times a slope.",
    ),
    Mistake(
        "swapped",
        lambda q: back(q.outer, q.middle, q.inner)[::-1],
        "The order is turned round: the one nearest to the end is asked for first.",
    ),
    Mistake(
        "M12",
        lambda q: np.cumsum([q.outer, q.middle, q.inner]),
        "You added the slopes: along one path they multiply.",
    ),
    Mistake("slope", lambda q: back(q.outer, 1 / q.r, q.inner), "The half in the slope of the root is missing."),
    Mistake("slope", lambda q: back(q.outer, q.r / 2, q.inner), "You took half the root for its slope."),
    Mistake(
        "slope", lambda q: back(q.outer, 2 * q.r, q.inner), "That is the slope of a square, and the link is a root."
    ),
    Mistake(
        "M4",
        lambda q: back(q.outer, 1 / (2 * q.q), q.inner),
        "In the slope of the root you took what goes in where what comes out belongs.",
    ),
    Mistake(
        "M4",
        lambda q: back(q.outer, 1 / (2 * math.sqrt(q.r)), q.inner),
        "You took the root once more: the slope is read at what goes in, whose root you have already.",
    ),
    Mistake(
        "M4",
        lambda q: back(-math.exp(-q.s), q.middle, q.inner),
        "You put the output of the exponential into it once more: its slope is read at what goes in.",
    ),
    Mistake(
        "place",
        lambda q: back(-math.exp(-q.p), 1 / (2 * math.sqrt(q.p)), q.inner),
        "You read all slopes at the beginning of the chain: each belongs where the value has arrived.",
    ),
    Mistake(
        "place",
        lambda q: back(-math.exp(-q.q), q.middle, q.inner),
        "You read the last slope one value too early: the root comes before the exponential.",
    ),
    Mistake(
        "place",
        lambda q: back(-math.exp(-q.p), q.middle, q.inner),
        "You read the last slope at the beginning of the chain: it belongs where the value has arrived.",
    ),
    Mistake(
        "place",
        lambda q: back(q.outer, 1 / (2 * math.sqrt(q.p)), q.inner),
        "You read the slope of the root at the beginning of the chain: it belongs where the value has arrived.",
    ),
    Mistake(
        "place",
        lambda q: back(q.outer, q.middle, 2 * q.q),
        "You read the first slope at what comes out of the square: it is read at what goes in.",
    ),
    Mistake(
        "slope",
        lambda q: back(q.outer, q.middle, q.inner + 1),
        "The one that is added does not change: it has no slope.",
    ),
    Mistake("slope", lambda q: back(q.outer, q.middle, q.p), "The two of the square's slope is missing."),
    Mistake("slope", lambda q: back(q.outer, q.middle, q.q), "You took the value of the first link for its slope."),
    Mistake("slope", lambda q: back(-1.0, q.middle, q.inner), "Of the last link you kept the minus only."),
    Mistake(
        "values",
        lambda q: back(-math.exp(q.r), q.middle, q.inner),
        "The minus in the exponent is lost: the last value itself is too large.",
    ),
    Mistake(
        "slope", lambda q: back(-q.r * q.s, q.middle, q.inner), "The exponent itself is no factor of the last slope."
    ),
    Mistake(
        "slope",
        lambda q: back(-q.r * math.exp(-q.r - 1), q.middle, q.inner),
        "You used the rule for powers on the exponential: there the variable stands in the exponent.",
    ),
    Mistake(
        "off-by-one",
        lambda q: np.array([1.0, q.outer, q.outer * q.middle]),
        "You are one link behind: the list begins after the last link, not before it.",
    ),
    Mistake("values", lambda q: np.array([q.s, q.r, q.q]), "These are the values of the forward pass, no slopes."),
    Mistake(
        "M6",
        lambda q: 1 / back(q.outer, q.middle, q.inner),
        "You went back by dividing: nothing is undone, slopes are multiplied.",
    ),
    Mistake(
        "link-forgotten",
        lambda q: np.array([q.outer, q.outer * q.middle, q.outer * q.inner]),
        "On the way to the beginning you left out the slope of the root.",
    ),
    Mistake("values", lambda q: [q.q, q.r, q.s], "Those are the values of the way forward: asked for are slopes."),
    Mistake("slope", lambda q: back(q.outer, q.r, q.inner), "You took the root itself for its slope."),
)

# ------------------------------------------------------------------ 2.5: prices carried back


def prices() -> SimpleNamespace:
    """Return a place, its Jacobian and the prices of the two outputs."""
    p, v = np.array([1.5, 1.2, 0.4]), np.array([0.8, -0.5])
    e = math.exp(p[2])
    J = np.array([[2 * p[0] * p[1], p[0] ** 2, 0], [0, e, p[1] * e]])
    return SimpleNamespace(p=p, v=v, e=e, J=J, r=np.array([p[0] ** 2 * p[1], p[1] * e]))


def with_entry(q: SimpleNamespace, row: int, column: int, value: float) -> Array:
    """Return what comes back with another entry in the Jacobian."""
    J = q.J.copy()
    J[row, column] = value
    return np.asarray(q.v @ J)


def with_slope(q: SimpleNamespace, place: int, value: float) -> Array:
    """Return the gradient with one of its entries exchanged."""
    gradient = q.J.T @ q.v
    gradient[place] = value
    return np.asarray(gradient)


PRICES = (
    Mistake("M1", lambda q: q.v[0] * q.J[0], "You followed the paths through the first output only: all are added."),
    Mistake("M1", lambda q: q.v[1] * q.J[1], "You followed the paths through the second output only: all are added."),
    Mistake("M1", lambda q: q.v @ q.J / 2, "You took the mean of the paths: what they bring adds up."),
    Mistake(
        "M1",
        lambda q: np.where(q.J[1] == 0, q.v[0] * q.J[0], q.v[1] * q.J[1]),
        "The last path has overwritten the one before it: what comes along all of them is added.",
    ),
    Mistake("M1", lambda q: q.J[0], "That is one row of the table: prices and the other row are missing."),
    Mistake("upstream", lambda q: q.J.sum(axis=0), "You left out the prices of the outputs: a path ends with one."),
    Mistake(
        "upstream",
        lambda q: q.v.sum() * q.J.sum(axis=0),
        "You added the prices first: each belongs to one output, and so to one row.",
    ),
    Mistake("swapped", lambda q: q.v[::-1] @ q.J, "The prices are swapped: the first belongs to the first output."),
    Mistake("sign", lambda q: np.abs(q.v) @ q.J, "You lost the minus of a price: it turns the path round."),
    Mistake(
        "M6",
        lambda q: np.linalg.pinv(q.J) @ q.v,
        "You went back by a kind of inverse: prices are carried back, and nothing is undone.",
    ),
    Mistake(
        "M6",
        lambda q: q.v @ np.divide(1, q.J, out=np.zeros((2, 3)), where=q.J != 0),
        "You divided by the slopes: along a path price and slope are multiplied.",
    ),
    Mistake("own-factor", lambda q: q.v @ q.J * q.p, "You multiplied with the inputs too: a slope has no such factor."),
    Mistake(
        "values",
        lambda q: (q.v * q.r) @ (q.J != 0),
        "You took the values of the outputs for slopes.",
    ),
    Mistake("slope", lambda q: with_entry(q, 0, 0, q.p[0] * q.p[1]), "The two of the square's slope is missing."),
    Mistake(
        "slope",
        lambda q: with_entry(q, 0, 0, 2 * q.p[0]),
        "In the first slope the other factor is missing: it stands still, and multiplies.",
    ),
    Mistake(
        "slope",
        lambda q: with_entry(q, 0, 0, 2 * q.p[0] + q.p[1]),
        "In the first slope you added the factor: it multiplies.",
    ),
    Mistake(
        "slope",
        lambda q: with_entry(q, 0, 1, 2 * q.p[0]),
        "You differentiated both factors of the first output at once: only the second input moves.",
    ),
    Mistake(
        "slope",
        lambda q: with_entry(q, 0, 1, q.p[0]),
        "In the slope of the first output by the second input the square is gone: it stands still, as it is.",
    ),
    Mistake(
        "slope",
        lambda q: with_entry(q, 1, 2, q.e),
        "In the last slope the factor in front of the exponential is missing: it stands still, and multiplies.",
    ),
    Mistake(
        "slope",
        lambda q: with_entry(q, 1, 2, q.p[1] * q.p[2] * math.exp(q.p[2] - 1)),
        "You used the rule for powers on the exponential: there the variable stands in the exponent.",
    ),
    Mistake(
        "slope",
        lambda q: with_entry(q, 1, 1, q.p[1] * q.e),
        "In the slope of the second output by the second input you kept the input: only its companion stays.",
    ),
    Mistake(
        "slope",
        lambda q: with_entry(q, 1, 1, 1.0),
        "The slope of the second output by the second input is its companion, the exponential.",
    ),
    Mistake(
        "M1",
        lambda q: with_slope(q, 1, q.v[0] * q.J[0, 1]),
        "The second input acts on both outputs, and you followed the path through the first one only.",
    ),
    Mistake(
        "M12",
        lambda q: with_slope(q, 1, q.v[0] * q.J[0, 1] * q.v[1] * q.J[1, 1]),
        "You multiplied the two paths of the second input: links of a path multiply, paths add.",
    ),
    Mistake(
        "M1",
        lambda q: with_slope(q, 1, (q.v[0] * q.J[0, 1] + q.v[1] * q.J[1, 1]) / 2),
        "You took the mean of the two paths of the second input: they add up.",
    ),
    Mistake(
        "upstream",
        lambda q: with_slope(q, 1, q.v.sum() * q.J[:, 1].sum()),
        "For the second input you added prices and slopes apart: each path keeps its own price with its own slope.",
    ),
    Mistake(
        "sign",
        lambda q: with_slope(q, 1, q.v[0] * q.J[0, 1] - q.v[1] * q.J[1, 1]),
        "You lost the minus of a price at the second input: it turns that path round.",
    ),
    Mistake(
        "sign",
        lambda q: with_slope(q, 2, -q.v[1] * q.J[1, 2]),
        "You lost the minus of a price at the third input: it turns the path round.",
    ),
    Mistake(
        "order", lambda q: (q.J.T @ q.v)[::-1], "The order is turned round: the slope of the first input comes first."
    ),
    Mistake(
        "M12",
        lambda q: (q.J != 0).T @ q.v + q.J.sum(axis=0),
        "You added prices and slopes: along a path they multiply.",
    ),
    Mistake(
        "place",
        lambda q: with_slope(q, 2, q.v[1] * q.p[1] * math.exp(q.p[1])),
        "You read the slope of the exponential at the wrong input.",
    ),
    Mistake(
        "M4",
        lambda q: with_slope(q, 2, q.v[1] * q.p[1] * math.exp(q.r[1])),
        "You put an output into the exponential once more: its slope is read at what goes in.",
    ),
    Mistake(
        "slope",
        lambda q: with_slope(q, 0, q.v[0] * 2 * q.p[1]),
        "In the first slope the input itself is gone: the slope of a square is not the same everywhere.",
    ),
)

# ------------------------------------------------------------------ 2.6: back along a chain of functions


def _softplus(u: float) -> float:
    return float(np.logaddexp(0, u))


def _logistic(u: float) -> float:
    return 1 / (1 + math.exp(-u))


POOL: tuple[tuple[Callable[[float], float], Callable[[float], float]], ...] = (
    (lambda u: math.sin(u), lambda u: math.cos(u)),
    (lambda u: math.tanh(u), lambda u: 1 - math.tanh(u) ** 2),
    (lambda u: 1.5 * u - 0.4, lambda u: 1.5),
    (lambda u: u * u + 0.3, lambda u: 2 * u),
    (lambda u: math.exp(-u), lambda u: -math.exp(-u)),
    (_softplus, _logistic),
)


def draw_chain(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return as many functions as asked for, from the inside out, with their slopes, and a place."""
    places = rng.choice(len(POOL), widths[0], replace=False)
    return {
        "functions": [POOL[place][0] for place in places],
        "slopes": [POOL[place][1] for place in places],
        "x": float(rng.uniform(0.4, 1.2)),
    }


def chained(
    place: Callable[[list[float], int], float] = lambda values, k: values[k],
    join: Callable[[float, float], float] = lambda back, slope: back * slope,
    start: Callable[[float], float] = lambda y: 1.0,
    which: Callable[[int, int], int] = lambda k, n: k,
    took: Callable[[Any, Any], Any] = lambda function, slope: slope,
    told: Callable[[Array], Array] = lambda gradients: gradients,
    inside_out: bool = True,
    extra: Callable[[list[float], int], float] = lambda values, k: 1.0,
    nested: bool = False,
    start_at_x: bool = False,
    step: float = 0.0,
) -> Callable[..., tuple[float, Array]]:
    """Return the way forward and back along a chain, with some of its pieces exchanged."""

    def backward(functions: list[Any], slopes: list[Any], x: float) -> tuple[float, Array]:
        n, values = len(functions), [x]
        for function in functions if inside_out else functions[::-1]:
            values.append(function(values[-1]))
        gradients = [x if start_at_x else start(values[-1])]
        for k in range(n)[::-1]:
            link = which(k, n)
            at = place(values, k)
            if nested:
                gradients.append(slopes[link](gradients[-1]))
            elif step:
                gradients.append((functions[link](at + step) - functions[link](at)) / step * gradients[-1])
            else:
                gradients.append(join(gradients[-1], took(functions[link], slopes[link])(at) * extra(values, k)))
        return values[-1], told(np.array(gradients[::-1]))

    return backward


def put_into_each_other(functions: list[Any], slopes: list[Any], x: float) -> tuple[float, Array]:
    """Return slopes of slopes."""
    value, values = all_values(functions, slopes, x)
    nested = [
        functools.reduce(lambda at, link: link(at), slopes[k:], start) for k, start in enumerate(values[:-1].tolist())
    ]
    return value, np.array([*nested, 1.0])


def one_by_one(order: Callable[[int], list[int]], start: float = 0.0) -> Callable[..., tuple[float, Array]]:
    """Return a way back that fills its list in another order."""

    def backward(functions: list[Any], slopes: list[Any], x: float) -> tuple[float, Array]:
        value, values = all_values(functions, slopes, x)
        gradients = np.append(np.full(len(slopes), start), 1.0)
        for k in order(len(slopes)):
            gradients[k] = gradients[k + 1] * slopes[k](float(values[k]))
        return value, gradients

    return backward


LOOPS = (
    (lambda n: list(range(n)), 0.0, "Your loop begins at the first link, when nothing has come back to it yet."),
    (lambda n: list(range(1, n))[::-1], 0.0, "Your loop ends before the first link."),
    (
        lambda n: list(range(n - 1))[::-1],
        0.0,
        "Your loop leaves out the last link, and everything behind gets nothing.",
    ),
)


def from_input(functions: list[Any], slopes: list[Any], x: float) -> tuple[float, Array]:
    """Return how each value answers to the first."""
    values = [x]
    for function in functions:
        values.append(function(values[-1]))
    return values[-1], np.array([1.0] + [link(at) for link, at in zip(slopes, values, strict=False)]).cumprod()


def local_slopes(functions: list[Any], slopes: list[Any], x: float) -> tuple[float, Array]:
    """Return the slope of each link, and a one."""
    values = [x]
    for function in functions:
        values.append(function(values[-1]))
    return values[-1], np.array([link(at) for link, at in zip(slopes, values, strict=False)] + [1.0])


def all_values(functions: list[Any], slopes: list[Any], x: float) -> tuple[float, Array]:
    """Return the values of the forward pass."""
    values = [x]
    for function in functions:
        values.append(function(values[-1]))
    return values[-1], np.array(values)


def chain_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare the value with one written out, and each gradient with central differences."""
    functions, x = inputs["functions"], inputs["x"]

    def rest(u: Any, k: int) -> float:
        value = float(u)
        for function in functions[k:]:
            value = function(value)
        return value

    yield math.isclose(outputs["value"], rest(x, 0), rel_tol=1e-12)
    for place, claim in enumerate(outputs["gradients"]):
        for function in functions[place - 1 : place]:
            x = function(x)
        yield check_gradient(functools.partial(rest, k=place), np.array(x), np.array(claim))


CHAIN_MISTAKES = (
    Mistake(
        "M4",
        chained(place=lambda values, k: values[k + 1]),
        "You read each slope at what comes out of its link: it belongs at what goes in.",
    ),
    Mistake(
        "place",
        chained(place=lambda values, k: values[0]),
        "You read all slopes at the beginning of the chain: each belongs where the value has arrived.",
    ),
    Mistake(
        "place",
        chained(place=lambda values, k: values[-1]),
        "You read all slopes at the end of the chain: each belongs where the value has arrived.",
    ),
    Mistake(
        "place",
        chained(place=lambda values, k: values[len(values) - 2 - k]),
        "You paired slopes from the end with values from the beginning: both have to be turned round.",
    ),
    Mistake(
        "order",
        chained(which=lambda k, n: n - 1 - k),
        "You paired values from the end with slopes from the beginning: both have to be turned round.",
    ),
    Mistake(
        "order",
        chained(which=lambda k, n: n - 1 - k, place=lambda values, k: values[len(values) - 2 - k]),
        "You went back from the first link to the last: the way back begins at the last.",
    ),
    Mistake(
        "from-input",
        from_input,
        "You multiplied from the input on: these say how each value answers to the first.",
    ),
    Mistake(
        "swapped",
        chained(told=lambda gradients: gradients[::-1]),
        "The list is in the order of the way back: the gradient of the first value comes first.",
    ),
    Mistake(
        "M12", chained(join=lambda back, slope: back + slope), "You added the slopes: along one path they multiply."
    ),
    Mistake("M12", put_into_each_other, "You put the slopes into each other: they are stretch factors, and multiply."),
    Mistake(
        "local",
        local_slopes,
        "These are the local slopes: each has yet to be multiplied with what comes from the end.",
    ),
    Mistake(
        "start",
        chained(start=lambda y: y),
        "You began with the value at the end: the way back begins with its slope by itself.",
    ),
    Mistake("start", chained(start=lambda y: 0.0), "You began with zero, and a product with zero stays there."),
    Mistake(
        "slope",
        chained(took=lambda function, slope: function),
        "You called the functions themselves on the way back, where their slopes belong.",
    ),
    Mistake(
        "values",
        all_values,
        "These are the values of the forward pass: the gradients are asked for.",
    ),
    Mistake(
        "M6", chained(join=lambda back, slope: back / slope), "You divided by the slopes: going back undoes nothing."
    ),
    Mistake(
        "off-by-one",
        chained(told=lambda gradients: np.append(gradients[1:2], gradients[1:])),
        "The first link is missing: the way back ends one link too early.",
    ),
    Mistake(
        "off-by-one",
        chained(told=lambda gradients: np.append(gradients[1:], 1.0)),
        "Your list is one place off: it begins with the gradient of the second value.",
    ),
    Mistake(
        "off-by-one",
        chained(told=lambda gradients: gradients / gradients[-2]),
        "The last link is missing on your way back.",
    ),
    Mistake(
        "order",
        chained(inside_out=False),
        "You applied the functions from the last to the first: the first in the list works first.",
    ),
    *(
        Mistake(
            "off-by-one",
            chained(which=which),
            "You took the slope of the link before: link and value belong together.",
        )
        for which in (lambda k, n: k - 1, lambda k, n: max(k - 1, 0))
    ),
    *(
        Mistake(
            "place",
            chained(place=place),
            "You read each slope one value too early: it belongs at what goes into its own link.",
        )
        for place in (lambda values, k: values[k - 1], lambda values, k: values[max(k - 1, 0)])
    ),
    *(Mistake("order", one_by_one(order, kept), says) for order, kept, says in LOOPS),
    Mistake(
        "values",
        chained(extra=lambda values, k: values[k]),
        "You multiplied with the values too: along the path there are slopes only.",
    ),
    Mistake(
        "values",
        chained(extra=lambda values, k: values[k + 1]),
        "You multiplied with the values too: along the path there are slopes only.",
    ),
    Mistake(
        "M4",
        chained(nested=True),
        "You put what has come back into the slope: the slope is read at a value, and multiplies.",
    ),
    Mistake("sign", chained(join=lambda back, slope: abs(back * slope)), "You lost the signs: a chain can turn round."),
    Mistake("start", chained(start_at_x=True), "You began with x: the way back begins with a one, at the other end."),
    Mistake(
        "value",
        lambda functions, slopes, x: (x, chained()(functions, slopes, x)[1]),
        "Instead of the last value you returned the first.",
    ),
    Mistake(
        "nudged",
        chained(step=1e-2),
        "You nudged where the slope is at hand: a quotient is only near to it.",
    ),
    Mistake(
        "squared",
        chained(join=lambda back, slope: back * slope**2),
        "Each slope comes in twice: once is enough.",
    ),
)

# ------------------------------------------------------------------ 2.7: back from outputs

FORWARD: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "sqrt": np.sqrt,
    "reciprocal": lambda z: np.asarray(1 / z),
    "tanh": np.tanh,
    "softplus": lambda z: np.asarray(np.log(1 + np.exp(z))),
}
INVERSE: dict[str, Callable[[Array], Array]] = {
    "exp": np.log,
    "sqrt": np.square,
    "reciprocal": lambda r: np.asarray(1 / r),
    "tanh": np.arctanh,
    "softplus": lambda r: np.asarray(np.log(np.exp(r) - 1)),
}
BY_OUTPUT: dict[str, Callable[[Array], Array]] = {
    "exp": lambda r: r,
    "sqrt": lambda r: 1 / (2 * r),
    "reciprocal": lambda r: -(r**2),
    "tanh": lambda r: 1 - r**2,
    "softplus": lambda r: 1 - np.exp(-r),
}
BY_INPUT: dict[str, Callable[[Array], Array]] = {
    "exp": np.exp,
    "sqrt": lambda z: 1 / (2 * np.sqrt(z)),
    "reciprocal": lambda z: -1 / z**2,
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "softplus": lambda z: 1 / (1 + np.exp(-z)),
}


def draw_outputs(rng: np.random.Generator, shape: tuple[int, ...]) -> Inputs:
    """Return the five functions in some order, what comes out of each, and what comes back to the last."""
    outputs: dict[str, Array] = {"tanh": np.ones(shape)}
    while outputs["tanh"].max() > 0.97:  # until it is not too flat there
        outputs = {}
        value: Array = rng.uniform(0.5, 1.5, shape)
        for name in rng.permutation(list(FORWARD)):
            outputs[str(name)] = value = FORWARD[name](value)
    return {"names": list(outputs), "outputs": list(outputs.values()), "v": rng.normal(size=shape)}


def back_through(
    slopes: Mapping[str, Callable[[Array], Array]] = BY_OUTPUT,
    upstream: Callable[[Array], Array] = lambda v: v,
    join: Callable[[Array, Array], Array] = lambda back, slope: back * slope,
    which: Callable[[int, int], int] = lambda k, n: k,
    links: slice = slice(None),
) -> Callable[..., Array]:
    """Return the way back through the functions, with some of its pieces exchanged."""

    def gradient(names: list[str], outputs: list[Array], v: Array) -> Array:
        back = upstream(v)
        for k in range(len(names))[::-1][links]:
            back = join(back, slopes[names[k]](outputs[which(k, len(names))]))
        return back

    return gradient


def outputs_agree(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Find the input from the first output, and compare with central differences."""
    names, v = inputs["names"], inputs["v"]

    def number(z: Array) -> float:
        for name in names:
            z = FORWARD[name](z)
        return float((v * z).sum())

    z = INVERSE[names[0]](inputs["outputs"][0])
    yield check_gradient(number, z, outputs["dz"])


def listed(names: tuple[str, ...]) -> str:
    """Return names as one writes them in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


OTHER_SLOPES: tuple[tuple[str, str, Callable[[Array], Array], str], ...] = (
    ("slope", "exp", lambda r: r * np.log(r), "For exp you kept the input as a factor: there is none."),
    ("slope", "exp", lambda r: 1 / r, "For exp you divided by what came out: that is the slope of its inverse."),
    ("slope", "exp", lambda r: np.exp(-r), "For exp you took an exponential of what is one already."),
    (
        "slope",
        "reciprocal",
        np.log,
        "For the reciprocal you went the other way: that is no slope, its integral is a log.",
    ),
    ("slope", "tanh", lambda r: (1 - r) ** 2, "In the slope of tanh the square is in the wrong place."),
    ("M4", "tanh", lambda r: sigmoid.slope(r), "For tanh you took the slope of the sigmoid, at the output."),
    (
        "slope",
        "softplus",
        lambda r: 1 / (1 + np.exp(r)),
        "For softplus a sign is wrong, and you read it at the output.",
    ),
    ("M4", "softplus", lambda r: sigmoid.slope(r), "For softplus you took the slope of the sigmoid, at the output."),
    ("slope", "softplus", lambda r: np.log(1 + np.exp(r)), "For softplus you applied the function once more."),
    ("slope", "exp", np.ones_like, "The slope of exp is not one everywhere."),
    (
        "slope",
        "exp",
        lambda r: r - 1,
        "You used the rule for powers on exp: there the variable stands in the exponent.",
    ),
    ("M4", "exp", np.log, "You undid exp to find its slope: its slope is nearer at hand than its input."),
    ("slope", "sqrt", lambda r: 1 / r, "The half in the slope of sqrt is missing."),
    (
        "slope",
        "sqrt",
        lambda r: r / 2,
        "You took half the root for the slope of sqrt: it is steepest where it is small.",
    ),
    ("slope", "sqrt", lambda r: 2 * r, "You took the slope of the square for that of sqrt."),
    ("M4", "sqrt", lambda r: 1 / (2 * r**2), "For sqrt you went back to the input, and left out the root."),
    (
        "sign",
        "reciprocal",
        lambda r: r**2,
        "Every sign is turned round: which of the five functions rise, and which falls?",
    ),
    ("slope", "reciprocal", lambda r: -r, "In the slope of the reciprocal a square is missing."),
    ("slope", "reciprocal", lambda r: -1 / r, "For the slope of the reciprocal you took minus its input."),
    (
        "M4",
        "reciprocal",
        lambda r: 1 / r**2,
        "For the reciprocal you took its output for its input, and lost the minus.",
    ),
    ("slope", "tanh", lambda r: 1 - r, "In the slope of tanh a square is missing."),
    ("slope", "tanh", lambda r: 1 + r**2, "The slope of tanh has a wrong sign in it: it is flat where it is near one."),
    ("slope", "tanh", lambda r: r * (1 - r), "For tanh you took the slope of the sigmoid."),
    ("slope", "tanh", lambda r: r**2, "For tanh you took a slope that is zero where it is steepest."),
    ("slope", "softplus", lambda r: np.exp(-r), "For softplus you took what is missing from its slope to one."),
    ("slope", "softplus", lambda r: 1 - np.exp(r), "In the slope of softplus a sign in the exponent is wrong."),
    ("slope", "softplus", lambda r: r * (1 - r), "For softplus you took the slope of the sigmoid."),
    ("slope", "softplus", lambda r: 1 / r, "For softplus you took the slope of a logarithm, read at its output."),
    (
        "slope",
        "softplus",
        lambda r: np.exp(r),
        "For softplus you took the inner slope of one link, not of all of them.",
    ),
    (
        "slope",
        "softplus",
        lambda r: np.exp(r) - 1,
        "For softplus you have what its exponential is, and not yet a slope.",
    ),
    ("slope", "softplus", lambda r: np.exp(-r) * (1 - np.exp(-r)), "For softplus you differentiated once too often."),
    ("slope", "exp", lambda r: r * np.exp(r), "For exp you took an exponential of what is one already."),
    ("slope", "reciprocal", lambda r: 1 / r, "For the reciprocal you turned the output over: that is the input again."),
)
OUTPUT_MISTAKES = (
    *(
        Mistake(
            "M4",
            back_through({**BY_OUTPUT, **{name: BY_INPUT[name] for name in some}}),
            f"You wrote the slope of {listed(some)} with the input, and put the output in its place.",
        )
        for count in range(1, 6)
        for some in combinations(BY_OUTPUT, count)
    ),
    *(Mistake(kind, back_through({**BY_OUTPUT, name: wrong}), says) for kind, name, wrong, says in OTHER_SLOPES),
    Mistake("upstream", back_through(upstream=np.ones_like), "You left out what comes back to the last function."),
    Mistake(
        "upstream",
        back_through(upstream=lambda v: np.full_like(v, v.mean())),
        "You averaged what comes back over the entries: each entry goes its own way.",
    ),
    Mistake(
        "upstream",
        lambda names, outputs, v: back_through(upstream=lambda v: v * outputs[-1])(names, outputs, v),
        "You multiplied with the last output too: what comes back is all that there is to begin with.",
    ),
    Mistake(
        "upstream",
        lambda names, outputs, v: back_through(upstream=lambda v: outputs[-1])(names, outputs, v),
        "You sent the last output back: what comes back from the loss is handed to you.",
    ),
    Mistake(
        "mean",
        lambda names, outputs, v: back_through()(names, outputs, v) / len(names),
        "You divided by the number of functions: along one path slopes multiply, and that is all.",
    ),
    Mistake("upstream", back_through(upstream=lambda v: v + 1), "You added what comes back: it multiplies."),
    Mistake("upstream", back_through(upstream=lambda v: v**2), "What comes back is a factor twice in your result."),
    Mistake("upstream", back_through(upstream=np.abs), "You lost the sign of what comes back."),
    Mistake(
        "upstream",
        back_through(upstream=lambda v: np.full_like(v, v.sum())),
        "You added up what comes back over the entries: each entry goes its own way.",
    ),
    Mistake(
        "upstream",
        back_through(join=lambda back, slope: slope),
        "Each slope replaces what has come back so far: it has to be multiplied with it.",
    ),
    Mistake(
        "M12", back_through(join=lambda back, slope: back + slope), "You added the slopes: along a path they multiply."
    ),
    Mistake("M6", back_through(join=lambda back, slope: back / slope), "You divided by the slopes: nothing is undone."),
    Mistake(
        "order",
        back_through(which=lambda k, n: n - 1 - k),
        "You paired names from the end with outputs from the beginning: both have to be turned round.",
    ),
    Mistake(
        "off-by-one",
        back_through(which=lambda k, n: max(k - 1, 0)),
        "You paired each function with the output of the one before it, which is its input.",
    ),
    Mistake(
        "off-by-one",
        back_through(which=lambda k, n: k - 1),
        "You paired each function with the output of the one before it, which is its input.",
    ),
    Mistake(
        "place",
        back_through(which=lambda k, n: n - 1),
        "You read all slopes at the last output: each function has an output of its own.",
    ),
    Mistake(
        "place",
        back_through(which=lambda k, n: 0),
        "You read all slopes at the first output: each function has an output of its own.",
    ),
    Mistake("off-by-one", back_through(links=slice(1)), "You went back through the last function only."),
    Mistake("off-by-one", back_through(links=slice(4)), "The first function is missing on your way back."),
    Mistake("off-by-one", back_through(links=slice(1, None)), "The last function is missing on your way back."),
    Mistake(
        "slope",
        back_through(FORWARD),
        "You applied the functions themselves on the way back, where their slopes belong.",
    ),
    Mistake(
        "slope",
        back_through(INVERSE),
        "You undid the functions on the way back: what goes back is a gradient, and slopes are its factors.",
    ),
    Mistake(
        "upstream",
        back_through(links=slice(-1, None)),
        "Each function starts again from what came back to the last one: it has to go on from what is there by now.",
    ),
)

# ------------------------------------------------------------------ 2.8: a matrix that is used twice


def draw_tied(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return weights (n_hidden, n), an input (n,) and what comes back to the output (n,)."""
    n, n_hidden = widths
    return {"W": rng.normal(size=(n_hidden, n)), "x": rng.normal(size=n), "v": rng.normal(size=n)}


TIED: dict[str, Any] = {
    **dict.fromkeys(("carry_x", "carry_h", "outer_h", "inner_v", "inner_h", "dx_h")),  # None: as below
    "bend": np.tanh,
    "upstream": lambda v: v,
    "carry": lambda W, v: W @ v,
    "slope": lambda z, h: 1 - h**2,
    "outer_use": lambda h, z, v: np.outer(h, v),
    "inner_use": lambda delta, x: np.outer(delta, x),
    "join": lambda outer, inner: outer + inner,
    "dx": lambda W, delta, dh, v: W.T @ delta,
}


def tied(pieces: Pieces | None = None) -> Callable[..., tuple[Array, Array]]:
    """Return dW and dx of s, which is W.T @ tanh(W @ x), with some pieces exchanged."""
    piece = SimpleNamespace(**{**TIED, **(pieces or {})})

    def gradients(W: Array, x: Array, v: Array) -> tuple[Array, Array]:
        z, v = W @ x, piece.upstream(v)
        h = piece.bend(z)
        dh = piece.carry_x(W, x) if piece.carry_x else piece.carry_h(h) if piece.carry_h else piece.carry(W, v)
        delta = dh * piece.slope(z, h)
        outer = piece.outer_h(h, x) if piece.outer_h else piece.outer_use(h, z, v)
        inner = piece.inner_use(delta, x)
        if piece.inner_v or piece.inner_h:
            inner = piece.inner_v(delta, v) if piece.inner_v else piece.inner_h(h, x)
        dW = piece.join(outer, inner)
        return dW, piece.dx_h(W, delta, h, x, dW) if piece.dx_h else piece.dx(W, delta, dh, v)

    return gradients


def tied_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with central differences."""
    W, x, v = inputs.values()

    def number(W: Array, x: Array) -> float:
        return float(v @ (W.T @ np.tanh(W @ x)))

    yield check_gradient(lambda value: number(value, x), W, outputs["dW"])
    yield check_gradient(lambda value: number(W, value), x, outputs["dx"])


def no_slope(z: Array, a: Array) -> Array:
    """Return ones."""
    return np.ones_like(z)


FIRST_USE = "You counted the use next to the input only: the same weights work on the way out too, and the two add up."
LAST_USE = "You counted the use next to the output only: the same weights work on the way in too, and the two add up."
USES: tuple[tuple[str, Pieces, str], ...] = (
    ("M1", {"join": lambda outer, inner: outer}, LAST_USE),
    ("M1", {"join": lambda outer, inner: inner}, FIRST_USE),
    ("M1", {"join": lambda outer, inner: (outer + inner) / 2}, "You took the mean of the two uses: they add up."),
    ("M1", {"join": lambda outer, inner: outer - inner}, "You took the difference of the two uses: they add up."),
    ("M1", {"join": lambda outer, inner: inner - outer}, "You took the difference of the two uses: they add up."),
    (
        "M12",
        {"join": lambda outer, inner: outer * inner},
        "You multiplied the two uses: they lie side by side, and add up.",
    ),
)
TIED_SLOPES: tuple[tuple[str, Pieces, str], ...] = (
    (
        "M7",
        {"slope": no_slope},
        "The slope of tanh is missing: what comes back through the weights has yet to pass it.",
    ),
    ("M5", {"slope": lambda z, h: 1 - np.tanh(h) ** 2}, "You applied tanh twice: its slope belongs at what goes in."),
    (
        "M5",
        {"slope": lambda z, h: 1 - z**2},
        "You put the input of tanh into a short form that is meant for its output.",
    ),
    ("slope", {"slope": lambda z, h: h * (1 - h)}, "For tanh you took the slope of the sigmoid."),
    ("slope", {"slope": lambda z, h: 1 - h}, "In the slope of tanh a square is missing."),
    (
        "slope",
        {"slope": lambda z, h: 1 + h**2},
        "The slope of tanh has a wrong sign in it: it is flat where it is near one.",
    ),
    ("slope", {"slope": lambda z, h: h}, "You took the value of tanh for its slope."),
)
SIDEWAYS = "Its gradient has the shape of the matrix: there is a row for each hidden unit, and a column for each input."
TIED_PIECES: tuple[tuple[str, Pieces, str], ...] = (
    *USES,
    *TIED_SLOPES,
    (
        "incoming",
        {"outer_use": lambda h, z, v: np.outer(z, v)},
        "On the way out the weights meet what the hidden units send, and you took what they receive.",
    ),
    (
        "M8",
        {"outer_use": lambda h, z, v: np.outer(v, h)},
        f"The outer product of the way out lies on its side. {SIDEWAYS}",
    ),
    (
        "M8",
        {"inner_use": lambda delta, x: np.outer(x, delta)},
        f"The outer product of the way in lies on its side. {SIDEWAYS}",
    ),
    (
        "slope",
        {"slope": lambda z, h: (1 - h) ** 2},
        "In the slope of tanh the square is in the wrong place.",
    ),
    ("slope", {"slope": lambda z, h: h**2 - 1}, "The slope of tanh has the wrong sign: it rises."),
    ("M5", {"slope": lambda z, h: sigmoid.slope(z)}, "For tanh you took the slope of the sigmoid."),
    (
        "incoming",
        {"outer_use": lambda h, z, v: np.outer(np.ones_like(h), v)},
        "On the way out what comes in through the weights is missing.",
    ),
    (
        "slope",
        {"outer_use": lambda h, z, v: np.outer(h * (1 - h**2), v)},
        "On the way out no tanh follows the weights: its slope belongs to the way in only.",
    ),
    (
        "incoming",
        {"inner_use": lambda delta, x: np.outer(delta, np.ones_like(x))},
        "On the way in what comes in through the weights is missing.",
    ),
    ("M1", {"join": lambda outer, inner: 2 * outer}, "You counted one use twice: the two uses differ."),
    ("M1", {"join": lambda outer, inner: 2 * inner}, "You counted one use twice: the two uses differ."),
    (
        "slope",
        {"dx": lambda W, delta, dh, v: W.T @ delta / 2},
        "You halved what goes back to the input.",
    ),
    *(
        (name, {use: wrong}, says)
        for name, use, wrong, says in (
            (
                "slope",
                "dx_h",
                lambda W, delta, h, x, dW: W.T @ (delta * h),
                "On the way to the input there is no factor h.",
            ),
            (
                "values",
                "dx_h",
                lambda W, delta, h, x, dW: W.T @ h,
                "That is s, a value of the forward pass, no gradient.",
            ),
            (
                "slope",
                "dx_h",
                lambda W, delta, h, x, dW: W.T @ delta * (1 - x**2),
                "The input has passed no tanh: its slope has no place there.",
            ),
            (
                "update-first",
                "dx_h",
                lambda W, delta, h, x, dW: (W - dW).T @ delta,
                "You changed the weights before the way back was done.",
            ),
        )
    ),
    (
        "incoming",
        {"outer_h": lambda h, x: np.outer(h, x)},
        "On the way out what comes back is the upstream gradient, no x.",
    ),
    ("upstream", {"carry_x": lambda W, x: W @ x}, "You carried the input back: what goes back comes from the loss."),
    (
        "upstream",
        {"carry_h": lambda h: h},
        "You began the way back at h with h itself: what goes back comes from the loss.",
    ),
    ("slope", {"bend": sigmoid}, "The bend of this layer is tanh, and you took the sigmoid."),
    ("no-activation", {"bend": lambda z: z}, "The bend of the layer is missing on the way forward."),
    ("incoming", {"inner_v": lambda delta, v: np.outer(delta, v)}, "On the way in the weights meet x."),
    ("incoming", {"inner_h": lambda h, x: np.outer(h, x)}, "On the way in what comes back is delta, not h."),
    (
        "M8",
        {
            "outer_use": lambda h, z, v: np.outer(v, h),
            "inner_use": lambda delta, x: np.outer(x, delta),
        },
        f"Both outer products lie on their side. {SIDEWAYS}",
    ),
    ("M8", {"carry": lambda W, v: W.T @ v}, "On the way back from the output the matrix is the wrong way round."),
    (
        "M8",
        {"dx": lambda W, delta, dh, v: W @ delta},
        "On the way back to the input the matrix is the wrong way round.",
    ),
    (
        "M6",
        {"carry": lambda W, v: np.linalg.pinv(W.T) @ v},
        "You went back from the output by a kind of inverse: nothing is undone.",
    ),
    (
        "M6",
        {"dx": lambda W, delta, dh, v: np.linalg.pinv(W) @ delta},
        "You went back to the input by a kind of inverse: nothing is undone.",
    ),
    (
        "M6",
        {
            "carry": lambda W, v: np.linalg.pinv(W.T) @ v,
            "dx": lambda W, delta, dh, v: np.linalg.pinv(W) @ delta,
        },
        "You went back by kinds of inverses: nothing is undone.",
    ),
    ("upstream", {"upstream": np.ones_like}, "You left out what comes back to the output."),
    (
        "weights-forgotten",
        {"carry": lambda W, v: np.full(len(W), v.sum())},
        "From the output to the hidden units the weights are missing.",
    ),
    (
        "weights-forgotten",
        {"dx": lambda W, delta, dh, v: np.full(W.shape[1], delta.sum())},
        "From the hidden units to the input the weights are missing.",
    ),
    (
        "M7",
        {"dx": lambda W, delta, dh, v: W.T @ dh},
        "On the way to the input the slope of tanh is missing.",
    ),
    (
        "straight",
        {"dx": lambda W, delta, dh, v: W.T @ delta + v},
        "You added what comes back to the output to the gradient of the input: no path goes round the weights.",
    ),
    (
        "straight",
        {"dx": lambda W, delta, dh, v: v},
        "You handed on what comes back to the output as it is: it has to pass weights, tanh, and weights again.",
    ),
)


def tied_with_dx(dx: Callable[[Array, Array, Array], Array]) -> Callable[..., tuple[Array, Array]]:
    """Return the gradients, that of the input from (W, gradient at the hidden units, slope) in another way."""

    def gradients(W: Array, x: Array, v: Array) -> tuple[Array, Array]:
        return tied()(W, x, v)[0], dx(W, W @ v, 1 - np.tanh(W @ x) ** 2)

    return gradients


TIED_MISTAKES = (
    *(Mistake(name, tied(pieces), says) for name, pieces, says in TIED_PIECES),
    *(Mistake("M1", tied({**USES[1][1], **pieces}), f"{FIRST_USE} {says}") for _, pieces, says in TIED_SLOPES),
    Mistake(
        "slope",
        tied_with_dx(lambda W, dh, slope: W.T @ (dh * slope**2)),
        "On the way to the input the slope of tanh is in there twice: each link gives one factor.",
    ),
    Mistake(
        "M1",
        tied_with_dx(lambda W, dh, slope: W.T @ (dh * slope) + W.T @ dh),
        "On the way to the input you added what has not passed the slope: there is one path, through tanh.",
    ),
)

# ------------------------------------------------------------------ 2.10: a gate


def draw_gate(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return two matrices (n_out, n_in), an input and what comes back to the output."""
    n_in, n_out = widths
    return {
        "A": rng.normal(size=(n_out, n_in)),
        "B": rng.normal(size=(n_out, n_in)),
        "x": rng.normal(size=n_in),
        "v": rng.normal(size=n_out),
    }


GATE: dict[str, Any] = {
    "upstream": lambda v: v,
    "factors": lambda g, h: (h, g),
    "slope": lambda z, g: g * (1 - g),
    "outer": lambda back, x: np.outer(back, x),
    "carry": lambda A, back: A.T @ back,
    "paths": lambda by_gate, by_value: by_gate + by_value,
}


def gate(pieces: Pieces | None = None) -> Callable[..., tuple[Array, Array, Array]]:
    """Return dA, dB and dx of sigmoid(A @ x) * (B @ x), with some pieces exchanged."""
    piece = SimpleNamespace(**{**GATE, **(pieces or {})})

    def gradients(A: Array, B: Array, x: Array, v: Array) -> tuple[Array, Array, Array]:
        z, h, v = A @ x, B @ x, piece.upstream(v)
        g = sigmoid(z)
        to_g, to_h = piece.factors(g, h)
        dz, dh = v * to_g * piece.slope(z, g), v * to_h
        dx = piece.paths(piece.carry(A, dz), piece.carry(B, dh))
        return piece.outer(dz, x), piece.outer(dh, x), dx

    return gradients


def gate_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with central differences."""

    def number(A: Array, B: Array, x: Array, v: Array) -> float:
        return float((v * (B @ x) / (1 + np.exp(-(A @ x)))).sum())

    def moved(value: Array, name: str) -> float:
        return number(**{**inputs, name: value})

    for name in ("A", "B", "x"):
        yield check_gradient(functools.partial(moved, name=name), inputs[name], outputs[f"d{name}"])


FIRST_BUG: Pieces = {"factors": lambda g, h: (g, h)}
SECOND_BUG: Pieces = {"slope": lambda z, g: sigmoid.slope(g)}
THIRD_BUG: Pieces = {"paths": lambda by_gate, by_value: by_value}
OWN = "Each factor of the product has itself as its slope: look once more at the strips of the rectangle."
AT_G = "The slope of the sigmoid is read at its output: the function wants what goes in."
OVERWRITTEN = "The input acts along two paths, and the second overwrites the first."


def gate_from(result: Callable[[SimpleNamespace], tuple[Array, ...]]) -> Callable[..., tuple[Array, ...]]:
    """Return gradients made of everything that a right pass has."""

    def gradients(A: Array, B: Array, x: Array, v: Array) -> tuple[Array, ...]:
        z, h = A @ x, B @ x
        g = sigmoid(z)
        q = SimpleNamespace(A=A, B=B, x=x, v=v, z=z, h=h, g=g, dg=v * h, dh=v * g, slope=g * (1 - g))
        q.dz = q.dg * q.slope
        q.dA, q.dB, q.dx = np.outer(q.dz, x), np.outer(q.dh, x), A.T @ q.dz + B.T @ q.dh
        return result(q)

    return gradients


GATE_RESULTS: tuple[tuple[str, Callable[[SimpleNamespace], tuple[Array, ...]], str], ...] = (
    ("swapped", lambda q: (q.dB, q.dA, q.dx), "The gradients of the two matrices are swapped."),
    (
        "swapped",
        lambda q: (q.dA, q.dB, q.A.T @ q.dh + q.B.T @ q.dz),
        "On the way back to the input each gradient went through the other's matrix.",
    ),
    (
        "M1",
        lambda q: (q.dA, q.dB, (q.A + q.B).T @ (q.dz + q.dh)),
        "You added matrices and gradients apart: each path keeps its own matrix with its own gradient.",
    ),
    ("M7", lambda q: (np.outer(q.dg, q.x), q.dB, q.dx), "The slope of the sigmoid is missing for the first matrix."),
    (
        "M7",
        lambda q: (q.dA, q.dB, q.A.T @ q.dg + q.B.T @ q.dh),
        "On the way back to the input the slope of the sigmoid is missing.",
    ),
    (
        "M5",
        lambda q: (np.outer(q.dg * sigmoid.slope(q.h), q.x), q.dB, q.dx),
        "You read the slope of the sigmoid at the value: it belongs at what goes into the gate.",
    ),
    (
        "M5",
        lambda q: (np.outer(q.dg * sigmoid.slope(q.dg), q.x), q.dB, q.dx),
        "You read the slope at a gradient: it belongs at the value that went in on the way forward.",
    ),
    (
        "upstream",
        lambda q: (np.outer(q.slope, q.x), q.dB, q.dx),
        "For the first matrix what comes back to the gate is missing: you kept the slope alone.",
    ),
    (
        "M12",
        lambda q: (np.outer((q.v + q.h) * q.slope, q.x), np.outer(q.v + q.g, q.x), q.dx),
        "You added what comes back and the other factor: they multiply.",
    ),
    (
        "M12",
        lambda q: (np.outer(q.v * q.h * q.g * q.slope, q.x), np.outer(q.v * q.h * q.g, q.x), q.dx),
        "You multiplied with both factors: the one that moves is no factor of its own slope.",
    ),
    (
        "M6",
        lambda q: (np.outer(q.v / q.g * q.slope, q.x), np.outer(q.v / q.h, q.x), q.dx),
        "You divided by the factors: nothing is undone on the way back.",
    ),
    (
        "slope",
        lambda q: (q.dA, np.outer(q.v * q.slope, q.x), q.dx),
        "On the path of the value you took the slope of the gate: the gate itself is the other factor.",
    ),
    (
        "slope",
        lambda q: (q.dA, np.outer(q.dh * q.slope, q.x), q.dx),
        "On the path of the value there is no sigmoid, and so no slope of one.",
    ),
    (
        "slope",
        lambda q: (np.outer(q.dg * (1 - q.g) ** 2, q.x), q.dB, q.dx),
        "In your slope of the sigmoid one factor comes twice, the other not at all.",
    ),
    ("sign", lambda q: (-q.dA, q.dB, q.dx), "The slope of the sigmoid has the wrong sign: it rises."),
    (
        "mean",
        lambda q: (q.dA / len(q.v), q.dB / len(q.v), q.dx / len(q.v)),
        "You divided by the number of outputs: there is no mean in what is asked for.",
    ),
    (
        "M8",
        lambda q: (
            np.outer(q.dg * q.slope, q.x),
            np.outer(q.dh, q.x),
            q.A @ (q.dg * q.slope) + q.B.T @ q.dh,
        ),
        "On the way back to the input one matrix is the wrong way round.",
    ),
    (
        "M8",
        lambda q: (
            np.outer(q.dg * q.slope, q.x),
            np.outer(q.dh, q.x),
            q.A.T @ (q.dg * q.slope) + q.B @ q.dh,
        ),
        "On the way back to the input one matrix is the wrong way round.",
    ),
    (
        "slope",
        lambda q: (
            np.outer(q.dg * q.slope, q.x),
            np.outer(q.dh, q.x),
            q.A.T @ (q.dg * q.slope) + q.B.T @ (q.dh * q.slope),
        ),
        "On the way back to the input both paths have the slope of the sigmoid: one of them does not pass it.",
    ),
)


GATE_PIECES: tuple[tuple[str, Pieces, str], ...] = (
    ("own-factor", FIRST_BUG, OWN),
    ("M5", SECOND_BUG, AT_G),
    ("M1", THIRD_BUG, OVERWRITTEN),
    ("two-left", {**FIRST_BUG, **SECOND_BUG}, f"One bug is gone. {OWN} {AT_G}"),
    ("two-left", {**FIRST_BUG, **THIRD_BUG}, f"One bug is gone. {OWN} {OVERWRITTEN}"),
    ("two-left", {**SECOND_BUG, **THIRD_BUG}, f"One bug is gone. {AT_G} {OVERWRITTEN}"),
    ("three-left", {**FIRST_BUG, **SECOND_BUG, **THIRD_BUG}, "All three bugs are still there."),
    (
        "M1",
        {"paths": lambda by_gate, by_value: by_gate},
        "You followed the path through the gate only: both are added.",
    ),
    (
        "M1",
        {"paths": lambda by_gate, by_value: (by_gate + by_value) / 2},
        "You took the mean of two paths: they add up.",
    ),
    (
        "M1",
        {"paths": lambda by_gate, by_value: by_gate - by_value},
        "You took the difference of two paths: they add up.",
    ),
    (
        "M1",
        {"paths": lambda by_gate, by_value: by_value - by_gate},
        "You took the difference of two paths: they add up.",
    ),
    (
        "M12",
        {"paths": lambda by_gate, by_value: by_gate * by_value},
        "You multiplied the paths: links multiply, paths add.",
    ),
    ("M7", {"slope": no_slope}, "The slope of the sigmoid is missing."),
    ("M5", {"slope": lambda z, g: z * (1 - z)}, "You put the input of the sigmoid into the short form of its slope."),
    ("slope", {"slope": lambda z, g: g}, "Your slope of the sigmoid has one factor only; it has two."),
    ("slope", {"slope": lambda z, g: 1 - g}, "Your slope of the sigmoid has one factor only; it has two."),
    ("slope", {"slope": lambda z, g: 1 - g**2}, "For the sigmoid you took the slope of tanh."),
    ("slope", {"slope": lambda z, g: g * (1 + g)}, "The slope of the sigmoid has a wrong sign in it."),
    (
        "M12",
        {"factors": lambda g, h: (np.ones_like(g), np.ones_like(h))},
        "The other factor of the product is missing: the strip that one side adds is as long as the other side.",
    ),
    (
        "own-factor",
        {"factors": lambda g, h: (g, g)},
        "The gate has itself as its slope: look once more at the strips of the rectangle.",
    ),
    (
        "own-factor",
        {"factors": lambda g, h: (h, h)},
        "The value has itself as its slope: look once more at the strips of the rectangle.",
    ),
    (
        "M12",
        {"factors": lambda g, h: (h, np.ones_like(g))},
        "On the path of the value the gate is missing: it is the other factor of the product.",
    ),
    (
        "M12",
        {"factors": lambda g, h: (np.ones_like(h), g)},
        "On the path of the gate the value is missing: it is the other factor of the product.",
    ),
    ("upstream", {"upstream": np.ones_like}, "You left out what comes back to the output."),
    ("M8", {"outer": lambda back, x: np.outer(x, back)}, "The gradients of the matrices lie on their side."),
    ("M8", {"carry": lambda A, back: A @ back}, "On the way back to the input the matrices are the wrong way round."),
    (
        "M6",
        {"carry": lambda A, back: np.linalg.pinv(A) @ back},
        "You went back to the input by kinds of inverses: nothing is undone.",
    ),
    (
        "weights-forgotten",
        {"carry": lambda A, back: np.full(A.shape[1], back.sum())},
        "On the way back to the input the weights are missing.",
    ),
)
GATE_MISTAKES = (
    *(Mistake(name, gate(pieces), says) for name, pieces, says in GATE_PIECES),
    *(Mistake(name, gate_from(wrong), says) for name, wrong, says in GATE_RESULTS),
)


# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "2.1",
        "Which numbers do you need?",
        rung="predict",
        points=1,
        difficulty=1,
        minutes=3,
        kind=Choice(
            "c",
            {
                "a": (
                    "place",
                    "You read the outer slope at x: the outer function never sees x, only what the inner one sends.",
                ),
                "b": ("inner-slope", "You stopped at the outer slope: its input does not move as fast as x does."),
                "d": ("M12", "You took the rule for a product: here one function stands inside the other."),
                "e": ("M12", "You put one slope into the other: slopes are stretch factors, and multiply."),
            },
        ),
        praise="The outer slope is read where the value has arrived; the value of f at 3 plays no part.",
        hints=(
            "Walk along with the value: x is 3. What does f receive?",
            "Two stretch factors, each at the place where the value stands when it comes to this link.",
            "Multiply the slope of g at 3 with the slope of f at what g makes of 3.",
        ),
    ),
    Exercise(
        "2.2",
        "The slope, from the output alone",
        rung="predict",
        points=6,
        difficulty=2,
        minutes=8,
        kind=Parts(
            {
                "exp": slope("a"),
                "root": slope("b"),
                "reciprocal": slope("c"),
                "tanh": slope("d"),
                "softplus": slope("e"),
                "square": slope("f"),
            }
        ),
        praise="Where a function never takes a value twice, its output knows its slope; the square has lost the sign.",
        hints=(
            "Write each slope with z first. Then look for a way to say the same with r.",
            "exp is its own slope. For the root, z is r squared. For softplus, e to the r is 1 plus e to the z.",
            "The slope of softplus is the sigmoid of z, which is 1 minus 1 / (1 + e to the z): write that denominator "
            "with r. And think which z can lead to one value of the square.",
        ),
    ),
    Exercise(
        "2.3",
        "From which end?",
        rung="predict",
        points=1,
        difficulty=1,
        minutes=3,
        kind=Choice(
            "b",
            {
                "a": (
                    "backward-always",
                    "To begin at the end is cheap where the end is a single number: compare both ends here.",
                ),
                "c": ("result", "The result is the same, the work is not: look at the shapes of what lies between."),
                "d": ("squares", "That multiplies square with square, the dearest of all products here."),
            },
        ),
        praise="The thin end is the cheap one; with a loss, the thin end happens to be the last.",
        hints=(
            "Write the four Jacobians in a row, output side left, with their shapes. Which of them is thin?",
            "A product of two squares has a square as its result. What is the shape of a square times a column?",
            "Count multiplications: n times n for square times column, n times n times n for square times square.",
        ),
    ),
    Exercise(
        "2.4",
        "Back along a chain of three",
        rung="hand-compute",
        points=2,
        difficulty=1,
        minutes=6,
        kind=Number(
            setting=chain_of_three,
            right=lambda q: back(q.outer, q.middle, q.inner),
            witness=chain_by_differences,
            mistakes=CHAIN_OF_THREE,
        ),
        praise="Each result is the one before, times one slope; on the way to the first you found the others.",
        hints=(
            "Forward first: q, r and s are all needed on the way back.",
            "Start at the end. The slope of the last link is read at r; then comes the slope of the root, read at q; "
            "then that of the square, read at p.",
            "ds/dr is minus s. Multiply it with one over twice r for ds/dq, and that with twice p for ds/dp.",
        ),
    ),
    Exercise(
        "2.5",
        "A price list goes back",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=8,
        kind=Number(
            setting=prices,
            right=lambda q: q.J.T @ q.v,
            witness=lambda q: numerical_gradient(
                lambda p: 0.8 * p[0] ** 2 * p[1] - 0.5 * p[1] * np.exp(p[2]), np.array([1.5, 1.2, 0.4])
            ),
            mistakes=PRICES,
        ),
        praise="Only the second input has two paths; the others reach one output each.",
        hints=(
            "Make the table of slopes first: two rows, one for each output, and three columns.",
            "Two of its six entries are zero. For each input go down its column: price times slope, and add.",
            "The first row is twice p1 p2, then p1 squared, then zero. The second is zero, then e to the p3, then p2 "
            "times that. Multiply the first row with the first price, the second with the second, and add.",
        ),
    ),
    Exercise(
        "2.6",
        "Back along any chain",
        rung="complete",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("value", "gradients"),
            inputs=draw_chain,
            right=chained(),
            witness=chain_agrees,
            mistakes=CHAIN_MISTAKES,
            widths=((3,), (5,), (2,)),
            square=None,
        ),
        praise="Values forward, slopes backward: this loop is backpropagation for a network of width one.",
        hints=(
            "The way back runs from the last link to the first. What does each link hand to the one before?",
            "Link k has the slope slopes[k], read at values[k], which is what goes into it; values[k + 1] comes out.",
            "gradients[k] is gradients[k + 1] times slopes[k](values[k]), for k from the last link down to 0; the "
            "last entry is 1.",
        ),
    ),
    Exercise(
        "2.7",
        "Back, with the outputs alone",
        rung="implement",
        points=4,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("dz",),
            inputs=draw_outputs,
            right=back_through(),
            witness=outputs_agree,
            mistakes=OUTPUT_MISTAKES,
            widths=((4,), (2, 3), (5,)),
            square=None,
        ),
        praise="Not one input was kept: an output that knows the slope saves the memory of the other.",
        hints=(
            "You have found all five slopes in exercise 2.2. Which output belongs to which name?",
            "Start with v. For each function multiply with its slope, entry by entry.",
            "A dictionary with one small function for each name, then a loop over zip(names, outputs): dz is dz times "
            "the slope of the name at the output. (Entry by entry the order of factors does not matter.)",
        ),
    ),
    Exercise(
        "2.8",
        "A matrix that is used twice",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=("dW", "dx"),
            inputs=draw_tied,
            right=tied(),
            witness=tied_agrees,
            mistakes=TIED_MISTAKES,
            widths=((3, 5), (4, 2), (1, 3)),
            square=(3, 3),
        ),
        praise="Two uses, two outer products, one sum: whatever is used twice collects twice.",
        hints=(
            "Pretend that there are two matrices, one on the way in and one on the way out. What would each get?",
            "The way out: h meets v. Back to h: the Jacobian of s by h is the transpose of W, so its transpose is W. "
            "Then the slope of tanh, then the way in.",
            "With h from the forward pass, delta is (W @ v) times the slope of tanh. dW is np.outer(h, v) plus "
            "np.outer(delta, x), and dx is W.T @ delta.",
        ),
    ),
    Exercise(
        "2.9",
        "Find the bug",
        rung="debug",
        points=6,
        difficulty=2,
        minutes=9,
        kind=Parts({"A": bug("b"), "B": bug("a"), "C": bug("d"), "D": bug("f"), "E": bug("e"), "F": bug("c")}),
        praise="All run without an error; only a comparison with differences at a random place tells them apart.",
        hints=(
            "Take two entries for x and write the result out. On which inputs does each output depend?",
            "One of the six is right. Ask of the others: where is the slope read, is dy in it, does x act in two ways?",
            "In one, x[0] is used by every entry of y. In one, a square matrix hides that it is the wrong way round. "
            "In one, a factor of a product meets itself.",
        ),
    ),
    Exercise(
        "2.10",
        "Repair the gate",
        rung="debug",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=("dA", "dB", "dx"),
            inputs=draw_gate,
            right=gate(),
            witness=gate_agrees,
            mistakes=GATE_MISTAKES,
            widths=((3, 4), (5, 2), (2, 1)),
            square=(3, 3),
        ),
        praise="A product hands each factor the other one, and x collects from both.",
        hints=(
            "The judge says which gradients are wrong. Which line do they all depend on?",
            "One bug is in how a product hands its gradient to its factors, one in where a slope is read, one in how "
            "many ways lead from x to y.",
            "The strip that one side adds is as long as the other. sigmoid.slope wants what goes into the sigmoid. And "
            "the two lines that begin with dx want to become one sum.",
        ),
    ),
    Exercise(
        "2.11",
        "The slope of a sharpened softplus",
        rung="derive",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Derivation("2.11"),
        praise="The factor of the first link and the one in front cancel, and what is left is a sigmoid.",
        hints=(
            "What would you press first on a calculator? Name what lies between.",
            "Multiply by k, exponentiate, add one, take the logarithm, divide by k: five links, five slopes, each read "
            "where the value has arrived.",
            "The slopes are k, then the exponential of k z, then 1, then 1 over (1 + that exponential), then 1 over k. "
            "Multiply them.",
        ),
    ),
    Exercise(
        "2.12",
        "A neuron that uses its weight twice",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=9,
        kind=Derivation("2.12"),
        praise="The two terms of the product rule are the two paths.",
        hints=(
            "How many paths lead from the weight to the answer?",
            "The answer is w times a, and a depends on w as well. Take each path by itself, with the other use of w "
            "standing still.",
            "On the way out the slope is a. Through the sigmoid it is w, times the slope of the sigmoid, times the "
            "input. Add the two, then multiply with how much the loss minds the answer.",
        ),
    ),
    Exercise(
        "2.13",
        "No inverse",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Essay(
            (
                "Says that the transpose is the right matrix, or that the formula has it, without a reason.",
                "Says why no inverse is wanted, or why it must be the transpose, with a reason for one of the two.",
                "Gives reasons for both: what goes back is no value, and each input collects along its column.",
                "Does that, and shows with an example where inverse and transpose differ or where there is no inverse.",
            )
        ),
        praise="",
        hints=(
            "What exactly travels backward: values of x, or something about the loss?",
            "Turn one input a little. Which outputs move, and by how much? What does the loss make of each?",
            "Take a layer with two inputs and one output, or the one that multiplies everything by ten: what would an "
            "inverse say, and what does a difference quotient say?",
        ),
    ),
)
