"""The exercises of chapter 15, Frameworks. They run with NumPy alone; the frameworks are read, not run.

A custom function is plain data too: what goes in, what comes out, and a backward rule that multiplies. References come
from the library where it has them, witnesses from differences or from arithmetic written out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.activations import softmax
from backprop_lab.arrays import Array
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.number import Number
from backprop_lab.course.reading import Rejected, describe
from backprop_lab.course.verdict import wrong
from backprop_lab.gradient_check import numerical_gradient

__all__ = ["EXERCISES"]

# ------------------------------------------------------------------ 15.1 what is printed

PRINTED = "abcdefg"  # 0, 1, 3, 6, 9, 12, None


def printed(right: str, otherwise: tuple[str, str], **special: tuple[str, str]) -> Choice:
    """Return the choice among all outputs."""
    return Choice(right, {letter: special.get(letter, otherwise) for letter in PRINTED if letter != right})


VALUE = ("value", "that is the value of the square, not a slope.")

# ------------------------------------------------------------------ 15.3 shards

COUNTS = (6, 3, 1)
SHARDS = np.array([[0.8, -0.4], [-0.25, 1.1], [2.6, 0.7]])


def shards() -> SimpleNamespace:
    """Return what the machines with examples report."""
    return SimpleNamespace(counts=np.array(COUNTS), g=SHARDS, total=sum(COUNTS))


def weighted(q: SimpleNamespace, weights: Any) -> Array:
    """Return a combination of the shards' gradients."""
    return np.asarray(np.asarray(weights, float) @ q.g)


# ------------------------------------------------------------------ 15.4 three steps, nothing cleared

STEPS = {"start": 2.0, "rate": 0.25, "curvature": 1.6, "rest": 0.5}


def forgetful(
    keep: Callable[[float, float, int], float] = lambda v, g, step: v + g,
    slope: Callable[[float], float] = lambda w: STEPS["curvature"] * (w - STEPS["rest"]),
    move: Callable[[float, float], float] = lambda w, v: w - STEPS["rate"] * v,
) -> Callable[[Any], list[float]]:
    """Return w after each of three steps with some pieces exchanged."""

    def weights(_: Any) -> list[float]:
        w, v, path = STEPS["start"], 0.0, []
        for step in range(3):
            v = keep(v, slope(w), step)
            w = move(w, v)
            path.append(w)
        return path

    return weights


def look_ahead() -> list[float]:
    """Return w where each new gradient is added twice."""
    w, v, path = STEPS["start"], 0.0, []
    for _ in range(3):
        g = STEPS["curvature"] * (w - STEPS["rest"])
        v += g
        w -= STEPS["rate"] * (v + g)
        path.append(w)
    return path


def by_recurrence(_: Any) -> list[float]:
    """Return the same from the law of the swing, which knows no sum of gradients."""
    s, rest = STEPS["rate"] * STEPS["curvature"], STEPS["rest"]
    before = now = STEPS["start"] - rest
    path = []
    for step in range(3):
        before, now = now, (2 - s) * now - before if step else (1 - s) * now
        path.append(now + rest)
    return path


def added_gradients(_: Any) -> list[float]:
    """Return what stands in .grad after each pass."""
    w = [STEPS["start"], *forgetful()(None)]
    return [float(v) for v in np.cumsum([STEPS["curvature"] * (at - STEPS["rest"]) for at in w[:3]])]


# ------------------------------------------------------------------ 15.5 the logarithm of a sum of exponentials


def draw_rows(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return z (N, K), near 0 or far from it, and an upstream gradient (N,). The last width says which."""
    rows, columns, kind = widths
    z = rng.normal(size=(rows, columns))
    far = {7: np.zeros(rows), 8: np.full(rows, 800.0), 9: np.full(rows, -800.0), 10: np.linspace(-900, 900, rows)}
    z += np.linspace(-900, 900, columns) if kind == 11 else far[kind][:, np.newaxis]
    return {"z": z, "upstream": rng.normal(size=rows)}


def logsumexp(z: Array, upstream: Array) -> tuple[Array, Array]:
    """Return the result and the gradient, from NumPy and the library."""
    return np.logaddexp.reduce(z, axis=1), upstream[:, np.newaxis] * softmax(z)


def rows_agree(inputs: Inputs, outputs: Mapping[str, Array]) -> Iterator[bool]:
    """Compare with plain sums and with differences, near 0: both change as they should when a row is shifted."""
    z, upstream = inputs["z"], inputs["upstream"]
    top = np.array([[max(row)] for row in z.tolist()])
    near = z - top
    yield np.allclose(outputs["out"], np.log(np.exp(near).sum(axis=1)) + top[:, 0], rtol=1e-12)
    differences = numerical_gradient(lambda v: float(upstream @ np.log(np.exp(v).sum(axis=1))), near)
    yield np.allclose(outputs["dz"], differences, rtol=1e-5, atol=1e-9)


def told_apart(inputs: Inputs, result: Any) -> Any:
    """Say of a row that it is no number (1e9), and of a row far from 0 that it is wrong (2e9); keep all others.

    So an overflow is recognised, and a clip or a small number added, of whatever size.
    """
    if not isinstance(result, tuple | list) or len(result) != 2:
        return result
    far = np.abs(inputs["z"]).max(axis=1) > 100
    parts = []
    for value, right in zip(result, logsumexp(**inputs), strict=True):
        array = np.array(value)
        if array.shape == right.shape and array.dtype.kind == "f":
            for n in range(len(far)):
                if not np.isfinite(array[n]).all():
                    array[n] = 1e9
                elif far[n] and not np.allclose(array[n], right[n], rtol=1e-6, atol=1e-9):
                    array[n] = 2e9
        parts.append(np.nan_to_num(array) if array.dtype.kind == "f" else value)
    return tuple(parts)


Piece = Callable[[Array, Array], Any]
OVERFLOW = "The exponential overflows, or all of them become 0: is something subtracted before it is taken?"
CLIPPED = (
    "You kept exponents or their sum away from the extremes, by a clip or a small number: there is no overflow now, "
    "but "
    "a number that is not the right one."
)
ADDED = "A small number was added to the sum: where all exponentials become 0 it is all that is left."
ONE_FOR_ALL = "One number is subtracted from all rows: where rows differ much, one of them becomes 0 altogether."


def shares(z: Array, axis: int | None = 1) -> Array:
    """Return exponentials over their sum along the rows, made safe along an axis."""
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def plain_shares(z: Array, more: float = 0.0) -> Array:
    """Return exponentials over their sum along the rows, with nothing made safe."""
    e = np.exp(z)
    return np.asarray(e / (e.sum(axis=1, keepdims=True) + more))


def one_hot(z: Array) -> Array:
    """Return 1 at the largest entry of each row."""
    return np.asarray(z == z.max(axis=1, keepdims=True), float)


def shifted(z: Array, top: Array) -> Array:
    """Return the result with something else than the row's largest entry subtracted and added again."""
    return np.asarray((np.log(np.exp(z - top).sum(axis=1, keepdims=True)) + top)[:, 0])


def largest_of_columns(z: Array) -> Array:
    """Return the largest entry of each column."""
    return np.asarray(z.max(axis=0, keepdims=True))


def plain_sum(z: Array) -> Array:
    """Return the sum of the exponentials along the rows, with nothing made safe."""
    return np.asarray(np.exp(z).sum(axis=1))


SMALLEST = "What is subtracted is too small: in a row whose entries are far apart the largest exponent stays large."
SIZE = "What you subtract is no entry of the row: where all are very negative, each exponential becomes 0 all the same."
DOWN = "You subtracted the largest entry of each column: a row needs a number of its own."
OUTS: tuple[tuple[str, Piece, str], ...] = (
    ("", lambda z, up: np.logaddexp.reduce(z, axis=1), ""),
    ("overflow", lambda z, up: np.log(np.exp(z).sum(axis=1)), OVERFLOW),
    ("overflow", lambda z, up: np.log(np.exp(z - z.max()).sum(axis=1)) + z.max(), ONE_FOR_ALL),
    ("overflow", lambda z, up: shifted(z, z.min(axis=1, keepdims=True)), SMALLEST),
    ("overflow", lambda z, up: shifted(z, np.abs(z).max(axis=1, keepdims=True)), SIZE),
    ("axis", lambda z, up: np.log(plain_sum(z - largest_of_columns(z))) + largest_of_columns(z)[0, 0], DOWN),
    ("clip", lambda z, up: np.log(np.exp(np.clip(z, -50, 50)).sum(axis=1)), CLIPPED),
    ("clip", lambda z, up: np.log(np.exp(np.minimum(z, 50)).sum(axis=1)), CLIPPED),
    ("eps", lambda z, up: np.log(np.exp(z).sum(axis=1) + 1e-12), ADDED),
    (
        "shift",
        lambda z, up: np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1)),
        "What you subtracted before the exponential has not come back: it leaves the sum as a factor.",
    ),
    (
        "shift",
        lambda z, up: np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1)) - z.max(axis=1),
        "What you subtracted before the exponential comes back with the wrong sign.",
    ),
    (
        "shift",
        lambda z, up: np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1)) * z.max(axis=1),
        "What you subtracted before the exponential has come back as a factor: after the logarithm it is added.",
    ),
    (
        "axis",
        lambda z, up: np.logaddexp.reduce(z, axis=0),
        "You added up over the examples: each row is one by itself.",
    ),
    ("axis", lambda z, up: np.logaddexp.reduce(z.ravel()), "You added up over everything: each row is one by itself."),
    (
        "mean",
        lambda z, up: np.logaddexp.reduce(z, axis=1) - np.log(z.shape[1]),
        "You took the mean of the exponentials: it is their sum.",
    ),
    ("max", lambda z, up: z.max(axis=1), "That is the largest entry: near it, but the others count a little too."),
    (
        "log",
        lambda z, up: np.exp(np.logaddexp.reduce(z, axis=1)),
        "The logarithm is missing: that is the sum of the exponentials.",
    ),
    (
        "order",
        lambda z, up: z.sum(axis=1),
        "You took logarithms before the sum: they undo the exponentials one by one.",
    ),
    (
        "base",
        lambda z, up: (shifted(z, z.max(axis=1, keepdims=True)) - z.max(axis=1)) / np.log(2) + z.max(axis=1),
        "You took the logarithm to the base two: it is the natural one that undoes the exponential.",
    ),
    (
        "base",
        lambda z, up: (shifted(z, z.max(axis=1, keepdims=True)) - z.max(axis=1)) / np.log(10) + z.max(axis=1),
        "You took the logarithm to the base ten: it is the natural one that undoes the exponential.",
    ),
    (
        "shift",
        lambda z, up: shifted(z, z.max(axis=1, keepdims=True)) + z.max(axis=1),
        "What you subtracted before the exponential comes back twice.",
    ),
    (
        "upstream",
        lambda z, up: np.logaddexp.reduce(z, axis=1) * up,
        "The way forward knows no upstream gradient: it belongs to the way back.",
    ),
    (
        "shares",
        lambda z, up: softmax(z).max(axis=1),
        "These are shares of the largest: the logarithm of the sum is asked for.",
    ),
    (
        "shares",
        lambda z, up: np.log(softmax(z)).max(axis=1),
        "That is the logarithm of a share: the logarithm of the sum is asked for.",
    ),
)
DZS: tuple[tuple[str, Piece, str], ...] = (
    ("", lambda z, up: up[:, np.newaxis] * shares(z), ""),
    ("overflow", lambda z, up: up[:, np.newaxis] * plain_shares(z), OVERFLOW),
    ("overflow", lambda z, up: up[:, np.newaxis] * shares(z, axis=None), ONE_FOR_ALL),
    ("overflow", lambda z, up: up[:, np.newaxis] * plain_shares(z - z.min(axis=1, keepdims=True)), SMALLEST),
    ("overflow", lambda z, up: up[:, np.newaxis] * plain_shares(z - np.abs(z).max(axis=1, keepdims=True)), SIZE),
    ("axis", lambda z, up: up[:, np.newaxis] * plain_shares(z - largest_of_columns(z)), DOWN),
    (
        "log",
        lambda z, up: up[:, np.newaxis] * np.log(shares(z)),
        "A logarithm is too many: the slope is the share itself.",
    ),
    ("clip", lambda z, up: up[:, np.newaxis] * softmax(np.clip(z, -50, 50)), CLIPPED),
    ("clip", lambda z, up: up[:, np.newaxis] * plain_shares(np.minimum(z, 50)), CLIPPED),
    ("eps", lambda z, up: up[:, np.newaxis] * plain_shares(z, 1e-12), ADDED),
    (
        "upstream",
        lambda z, up: shares(z),
        "That is the slope alone: a backward rule multiplies what it receives by it.",
    ),
    (
        "upstream",
        lambda z, up: up.sum() * shares(z),
        "You added up what all rows receive: each row has an upstream gradient of its own.",
    ),
    (
        "upstream",
        lambda z, up: up.mean() * shares(z),
        "You took the mean of what the rows receive: each row has an upstream gradient of its own.",
    ),
    (
        "mean",
        lambda z, up: up[:, np.newaxis] * shares(z) / len(z),
        "You divided by the number of rows: the mean over a batch belongs to the loss, and has come in from there.",
    ),
    (
        "slope",
        lambda z, up: up[:, np.newaxis] * shares(z) * (1 - shares(z)),
        "You differentiated once too often: that is how the shares themselves change.",
    ),
    (
        "normalise",
        lambda z, up: up[:, np.newaxis] * np.exp(z - z.max(axis=1, keepdims=True)),
        "The slope of the logarithm is missing: the entries of a row have to be shares of their sum.",
    ),
    (
        "normalise",
        lambda z, up: up[:, np.newaxis] * np.exp(z),
        "The slope of the logarithm is missing, and the exponential can overflow.",
    ),
    (
        "normalise",
        lambda z, up: up[:, np.newaxis] / np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True) + 0 * z,
        "The slope of the exponential is missing: the entries of a row do not all move the sum alike.",
    ),
    (
        "axis",
        lambda z, up: up[:, np.newaxis] * softmax(z.T).T,
        "Your shares add up to one down the columns: each row is one by itself.",
    ),
    ("max", lambda z, up: up[:, np.newaxis] * one_hot(z), "That is how the largest entry moves: the others count too."),
    (
        "cross-entropy",
        lambda z, up: up[:, np.newaxis] * (shares(z) - one_hot(z)),
        "You subtracted a target: that is a loss's business, and there is none here.",
    ),
    ("slope", lambda z, up: up[:, np.newaxis] + 0 * z, "You handed the upstream gradient through as it came."),
    (
        "upstream",
        lambda z, up: shares(z) / up[:, np.newaxis],
        "You divided by the upstream gradient: a backward rule multiplies.",
    ),
    (
        "value",
        lambda z, up: up[:, np.newaxis] * z,
        "You multiplied by the input itself, as if this were half a square.",
    ),
    (
        "upstream",
        lambda z, up: up[:, np.newaxis] / shares(z),
        "You divided by the shares: a backward rule multiplies by them.",
    ),
    (
        "upstream",
        lambda z, up: up[:, np.newaxis] + shares(z),
        "You added the upstream gradient: a backward rule multiplies by it.",
    ),
    (
        "sign",
        lambda z, up: -up[:, np.newaxis] * shares(z),
        "Your slope has a minus: where an entry grows, the sum grows.",
    ),
    (
        "slope",
        lambda z, up: up[:, np.newaxis] * (1 - shares(z)),
        "Your slope is what a share lacks to one: the share itself is the slope.",
    ),
    (
        "normalise",
        lambda z, up: (
            up[:, np.newaxis] * shares(z) * np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True) ** 2
        ),
        "You multiplied by the sum: the slope of a logarithm divides by it.",
    ),
    (
        "normalise",
        lambda z, up: (
            up[:, np.newaxis]
            * np.exp(z - z.max(axis=1, keepdims=True))
            / np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))
        ),
        "You divided by the logarithm of the sum: its slope divides by the sum.",
    ),
)


def pairs(outs: Sequence[tuple[str, Piece, str]], dzs: Sequence[tuple[str, Piece, str]]) -> Iterator[Mistake]:
    """Yield each wrong way forward and each wrong backward rule, and pairs of a kind."""
    for out_name, out, out_says in outs:
        for dz_name, dz, dz_says in dzs:
            if (out_name or dz_name) and (not out_name or not dz_name or out_name == dz_name):
                says = out_says if out_says == dz_says else f"{out_says} {dz_says}".strip()
                yield Mistake(
                    out_name or dz_name,
                    lambda z, upstream, out=out, dz=dz: (out(z, upstream), dz(z, upstream)),
                    says,
                )


def added_only(z: Array, upstream: Array) -> tuple[Array, Array]:
    """Add the largest entry that was never subtracted."""
    return np.log(plain_sum(z)) + z.max(axis=1), upstream[:, np.newaxis] * plain_shares(z)


def large_only(z: Array, upstream: Array) -> tuple[Array, Array]:
    """Subtract the largest entries only if there is a large one."""
    top = z.max(axis=1, keepdims=True) * (z.max() > 100)
    return shifted(z, top), upstream[:, np.newaxis] * plain_shares(z - top)


ROW_MISTAKES = (
    Mistake("shift", added_only, "The largest entry is added in the end, and was not subtracted before."),
    Mistake(
        "overflow",
        large_only,
        "You subtract where entries are large: where all are very negative, each exponential becomes 0.",
    ),
)

# ------------------------------------------------------------------ 15.6 undo a broadcast

SHAPES: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((3,), (4, 3)),
    ((4, 1), (4, 3)),
    ((), (2, 3)),
    ((1, 3), (4, 3)),
    ((2, 1, 3), (2, 4, 3)),
    ((3, 1), (2, 3, 4)),
    ((1, 1), (2, 5)),
    ((2, 3), (2, 3)),
    ((5, 1), (2, 5, 1)),
    ((3,), (2, 4, 3)),
    ((3,), (3, 3)),
    ((3, 1), (3, 3)),
    ((1, 3), (2, 3, 3)),
)


def draw_broadcast(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return an upstream gradient, and the shape that was spread. `widths` holds the number of the case."""
    shape, spread = SHAPES[widths[0]]
    return {"upstream": rng.normal(size=spread), "shape": shape}


def unbroadcast(upstream: Array, shape: tuple[int, ...]) -> Array:
    """Return the sum over all copies: one at a time, without a word about axes."""
    total = np.zeros(shape)
    source = np.broadcast_to(np.arange(total.size).reshape(shape), upstream.shape)
    np.add.at(total.reshape(-1), source.ravel(), upstream.ravel())
    return total


def broadcast_agrees(inputs: Inputs, outputs: Mapping[str, Array]) -> Iterator[bool]:
    """Compare with differences of what is spread, weighted by the upstream gradient."""
    upstream, shape = inputs["upstream"], inputs["shape"]
    differences = numerical_gradient(
        lambda v: float((np.broadcast_to(v, upstream.shape) * upstream).sum()), np.zeros(shape)
    )
    gradient = np.asarray(outputs["gradient"])
    yield gradient.shape == shape and np.allclose(gradient, differences, rtol=1e-6, atol=1e-9)


def new_axes(upstream: Array, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes in front that the shape does not have."""
    return tuple(range(upstream.ndim - len(shape)))


def stretched(upstream: Array, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes that the shape has, of length 1, counted in the upstream gradient."""
    extra = upstream.ndim - len(shape)
    return tuple(extra + axis for axis, size in enumerate(shape) if size == 1)


def reduced(how: Callable[..., Any]) -> Callable[[Array, tuple[int, ...]], Array]:
    """Return a function that brings an upstream gradient to the shape by something else than a sum."""

    def reduce(upstream: Array, shape: tuple[int, ...]) -> Array:
        axes = (*new_axes(upstream, shape), *stretched(upstream, shape))
        return np.asarray(how(upstream, axes)).reshape(shape)

    return reduce


def sliced(place: int) -> Callable[[Array, tuple[int, ...]], Array]:
    """Return a function that takes what one of the copies receives."""
    return reduced(lambda up, axes: up[tuple(place if k in axes else slice(None) for k in range(up.ndim))])


def first_copy(upstream: Array, axis: int) -> Array:
    """Return what the first copy along an axis receives."""
    return np.asarray(upstream.take(0, axis=axis))


def in_two(front: Callable[..., Any], inside: Callable[..., Any]) -> Callable[[Array, tuple[int, ...]], Array]:
    """Return a function that treats axes in front and stretched axes each in its own way."""

    def reduce(upstream: Array, shape: tuple[int, ...]) -> Array:
        while upstream.ndim > len(shape):
            upstream = np.asarray(front(upstream, axis=0))
        for axis, size in enumerate(shape):
            if size == 1:
                upstream = np.expand_dims(inside(upstream, axis=axis), axis)
        return upstream

    return reduce


def one_stretched(upstream: Array, shape: tuple[int, ...]) -> Array:
    """Return after the first axis of length 1."""
    while upstream.ndim > len(shape):
        upstream = upstream.sum(axis=0)
    return upstream.sum(axis=shape.index(1), keepdims=True) if 1 in shape else upstream


def one_in_front(upstream: Array, shape: tuple[int, ...]) -> Array:
    """Add up one axis in front, however many there are."""
    if upstream.ndim > len(shape):
        upstream = upstream.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            upstream = upstream.sum(axis=axis, keepdims=True)
    return upstream


def from_behind(upstream: Array, shape: tuple[int, ...]) -> Array:
    """Add up axes behind, where those in front are meant."""
    while upstream.ndim > len(shape):
        upstream = upstream.sum(axis=-1)
    for axis, size in enumerate(shape):
        if size == 1:
            upstream = upstream.sum(axis=axis, keepdims=True)
    return upstream


BROADCAST_MISTAKES = (
    Mistake(
        "mean",
        reduced(lambda up, axes: up.mean(axis=axes)),
        "You took the mean over the copies: what they receive adds up.",
    ),
    Mistake("M1", sliced(0), "You kept what the first copy receives: all of them send something back."),
    Mistake("M1", sliced(-1), "You kept what the last copy receives: all of them send something back."),
    Mistake(
        "M1",
        reduced(lambda up, axes: up.max(axis=axes)),
        "You kept the largest of what the copies receive: all of it adds up.",
    ),
    Mistake(
        "leading-only",
        lambda upstream, shape: upstream.sum(axis=new_axes(upstream, shape)),
        "You added over the new axes in front, not over those that were stretched from length 1.",
    ),
    Mistake(
        "stretched-only",
        lambda upstream, shape: upstream.sum(axis=stretched(upstream, shape), keepdims=True),
        "You added over the axes that were stretched from length 1, not over the new ones in front.",
    ),
    Mistake(
        "shape",
        lambda upstream, shape: upstream.sum(axis=(*new_axes(upstream, shape), *stretched(upstream, shape))),
        "The axes of length 1 have vanished in the sum: a gradient has the shape of its partner.",
    ),
    Mistake(
        "shape",
        lambda upstream, shape: upstream.sum(
            axis=(*new_axes(upstream, shape), *stretched(upstream, shape)), keepdims=True
        ),
        "The new axes in front are still there, with length 1: a gradient has the shape of its partner.",
    ),
    Mistake("identity", lambda upstream, shape: upstream, "You handed on what came, in the spread shape."),
    Mistake(
        "all",
        lambda upstream, shape: np.full(shape, upstream.sum()),
        "You added everything up and gave each entry all of it: each gets what its own copies receive.",
    ),
    Mistake(
        "all",
        lambda upstream, shape: upstream.sum(),
        "You added everything up: each entry gets what its own copies receive.",
    ),
    Mistake(
        "all",
        lambda upstream, shape: upstream if upstream.shape == shape else np.full(shape, upstream.sum()),
        "You added everything up and gave each entry all of it: each gets what its own copies receive.",
    ),
    Mistake(
        "first-axis",
        lambda upstream, shape: upstream if upstream.shape == shape else upstream.sum(axis=0),
        "You always add over the first axis: which axes were spread depends on the shape.",
    ),
    Mistake(
        "reshape",
        lambda upstream, shape: np.resize(upstream, shape),
        "You cut the array to the right shape: the numbers that do not fit are lost, where they should be added.",
    ),
    Mistake(
        "counted",
        lambda upstream, shape: unbroadcast(upstream, shape) * upstream.size / max(int(np.prod(shape)), 1),
        "You multiplied by the number of copies after adding them up.",
    ),
    Mistake(
        "mean",
        in_two(np.mean, np.sum),
        "Where axes were put in front you took a mean: each copy is a use of its own, and their gradients add.",
    ),
    Mistake(
        "mean",
        in_two(np.sum, np.mean),
        "Where axes were stretched you took a mean: each copy is a use of its own, and their gradients add.",
    ),
    Mistake(
        "M1",
        in_two(np.sum, first_copy),
        "Where an axis was stretched you kept what the first copy receives: all of them add.",
    ),
    Mistake(
        "M1",
        in_two(first_copy, np.sum),
        "Where axes were put in front you kept what the first copy receives: all of them add.",
    ),
    Mistake(
        "reshape",
        lambda upstream, shape: upstream.reshape(int(np.prod(shape)), -1).sum(axis=1).reshape(shape),
        "You added up neighbours in memory: copies lie along axes, and shapes are matched from the right.",
    ),
    Mistake(
        "reshape",
        lambda upstream, shape: upstream.reshape(-1, int(np.prod(shape))).sum(axis=0).reshape(shape),
        "You added up blocks of memory: that is right for axes in front, but stretched axes may lie behind.",
    ),
    Mistake(
        "mean",
        lambda upstream, shape: upstream if upstream.shape == shape else np.ones(shape) * upstream.mean(),
        "You gave the mean of everything to each: an entry hears from its own copies alone, and they add.",
    ),
    Mistake("square", lambda upstream, shape: unbroadcast(upstream, shape) ** 2, "The gradient is squared."),
    Mistake(
        "unsigned",
        lambda upstream, shape: np.abs(unbroadcast(upstream, shape)),
        "You dropped the signs of the gradient.",
    ),
    Mistake(
        "no-upstream", lambda upstream, shape: np.ones(shape), "The upstream gradient is missing: you return ones."
    ),
    Mistake(
        "no-upstream",
        lambda upstream, shape: np.full(shape, upstream.size / max(int(np.prod(shape)), 1)),
        "You counted the copies: each has a gradient of its own.",
    ),
    Mistake(
        "one-axis", one_stretched, "Your function stops after the first axis that was stretched: there may be more."
    ),
    Mistake("one-axis", one_in_front, "You added up one axis in front: there may be more."),
    Mistake(
        "front", from_behind, "You added up the last axes where the shape has fewer: missing axes were put in front."
    ),
)

# ------------------------------------------------------------------ 15.7 a small engine

Entry = tuple[str, tuple[int, ...]]
Rules = dict[str, Callable[..., Any]]


def draw_engine(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a tape with leaves that are reached, cut off and not used, and gradients that a former pass has left."""
    rows, n_in, n_out = widths
    leaves: dict[int, Array] = {
        0: rng.normal(size=(n_in, n_out)),
        1: rng.normal(size=n_out),
        3: rng.normal(size=(rows, 1)),
        4: rng.normal(size=(2,)),
        5: rng.normal(size=(1, n_out)),
        6: rng.normal(size=(n_out, n_in)),
        7: rng.normal(size=n_in),
    }
    tape: list[Entry] = [("leaf", ()) if k in leaves else ("constant", ()) for k in range(8)]
    tape += [
        ("@", (2, 0)),  # 8
        ("+", (8, 1)),  # 9, used three times
        ("exp", (9,)),  # 10
        ("*", (9, 10)),  # 11
        ("detach", (11,)),  # 12
        ("*", (11, 12)),  # 13
        ("detach", (5,)),  # 14: the only use of leaf 5; leaves 4 and 7 have none
        ("+", (13, 14)),  # 15
        ("*", (15, 3)),  # 16
        ("+", (9, 16)),  # 17
        ("*", (17, 17)),  # 18, one node as both operands
        ("@", (18, 6)),  # 19
    ]
    starts = {**{k: 0.4 * leaf for k, leaf in leaves.items()}, 2: rng.normal(size=(rows, n_in)) * 0.5}
    values = run(tape, starts, {})
    kept = [*rng.permutation([0, 1, 3, 6])[: 1 + rows % 2].tolist(), 4]
    return {
        "tape": tape,
        "values": values,
        "upstream": rng.normal(size=values[-1].shape),
        "grads": {int(k): rng.normal(size=values[k].shape) for k in kept},
    }


def run(tape: Sequence[Entry], starts: Mapping[int, Array], held: Mapping[int, Array]) -> list[Array]:
    """Return the values of all nodes; nodes in `held` keep theirs."""
    values: list[Array] = []
    for k, (operation, operands) in enumerate(tape):
        a = [values[o] for o in operands]
        if k in held:
            values.append(held[k])
        elif operation in ("leaf", "constant"):
            values.append(starts[k])
        elif operation == "@":
            values.append(a[0] @ a[1])
        elif operation == "*":
            values.append(a[0] * a[1])
        elif operation == "+":
            values.append(a[0] + a[1])
        else:
            values.append(np.exp(a[0]) if operation == "exp" else a[0])
    return values


RULES: Rules = {
    "+": lambda g, out, a, b: (g, g),
    "*": lambda g, out, a, b: (g * b, g * a),
    "@": lambda g, out, a, b: (g @ b.T, a.T @ g),
    "exp": lambda g, out, a: (g * out,),
    "detach": lambda g, out, a: (None,),
}


def engine(
    rules: Mapping[str, Callable[..., Any]] = RULES,
    into: Callable[[Any, Any], Any] = lambda old, new: new if old is None else old + new,
    shrink: Callable[[Array, tuple[int, ...]], Array] = unbroadcast,
    start: Callable[[Array], Array] = lambda upstream: upstream,
    leave: Callable[[Any, Any], Any] = lambda old, new: old + new,
    listed: Callable[[str], bool] = lambda operation: operation == "leaf",
    unreached: Callable[[Array], Any] = lambda value: None,
    keep: bool = True,
    order: Callable[[int], Iterable[int]] = lambda n: range(n - 1, -1, -1),
    once: bool = False,
) -> Callable[..., dict[int, Array]]:
    """Return a backward pass over arrays with some pieces exchanged for wrong ones."""
    rules = {**RULES, **rules}

    def backward(
        tape: Sequence[Entry], values: Sequence[Array], upstream: Array, grads: Mapping[int, Array]
    ) -> dict[int, Array]:
        received: list[Any] = [None] * len(tape)
        received[-1] = start(upstream)
        found = dict(grads) if keep else {}
        for node in order(len(tape)):
            operation, operands = tape[node]
            g = received[node]
            if listed(operation):
                g = unreached(values[node]) if g is None else g
                if g is not None:
                    found[node] = leave(grads[node], g) if node in grads else g
            if g is None or not operands:
                continue
            parts = rules[operation](g, values[node], *(values[o] for o in operands))
            handed = list(zip(operands, parts, strict=True))
            for operand, part in dict(handed).items() if once else handed:
                if part is not None:
                    part = shrink(part, values[operand].shape)
                    received[operand] = into(received[operand], part)
        return found

    return backward


def engine_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compare with differences in which what is detached stays as it is, and former gradients are added."""
    tape, values, upstream, grads = inputs.values()
    held = {k: values[k] for k, (operation, _) in enumerate(tape) if operation == "detach"}
    reached, found = {0, 1, 3, 6}, outputs["grads"]
    expected = {}
    for leaf in reached:

        def total(v: Array, leaf: int = leaf) -> float:
            return float((run(tape, {**dict(enumerate(values)), leaf: v}, held)[-1] * upstream).sum())

        expected[leaf] = numerical_gradient(total, values[leaf]) + grads.get(leaf, 0)
    expected |= {leaf: g for leaf, g in grads.items() if leaf not in reached}
    yield found.keys() == expected.keys() and all(np.allclose(found[k], expected[k], rtol=1e-5) for k in expected)


def listed_grads(inputs: Inputs, result: Any) -> dict[str, Array]:
    """Return for each leaf whether it has a gradient, and the numbers; and how many others have one."""
    if not isinstance(result, Mapping):
        says = f"Expected a dictionary from leaves to their gradients, got {describe(result)}."
        raise Rejected(wrong("type", says))
    tape, values = inputs["tape"], inputs["values"]
    seen: dict[str, Array] = {}
    nothing = [key for key, value in result.items() if value is None]
    if nothing:
        says = f"Node {nothing[0]} stands in your dictionary with None: what has no gradient is not in it at all."
        raise Rejected(wrong("none", says))
    for k, (operation, _) in enumerate(tape):
        if operation != "leaf":
            continue
        if k not in result:
            seen[f"leaf {k}"] = np.zeros(1 + values[k].size)
            continue
        array = np.asarray(result[k], float)
        if array.shape != values[k].shape:
            if array.shape == values[k].shape[::-1]:
                raise Rejected(
                    wrong("M8", f"The gradient of node {k} lies on its side: it has the shape of its value.")
                )
            says = f"The gradient of node {k} has shape {array.shape}, its value {values[k].shape}: what an operation "
            says += "has spread on the way forward comes back summed."
            raise Rejected(wrong("broadcast", says))
        seen[f"leaf {k}"] = np.concatenate([[1.0], array.ravel()])
    kinds = [tape[k][0] if isinstance(k, int | np.integer) and k < len(tape) else "?" for k in result]
    seen["other nodes"] = np.array(["constant" in kinds, not {"leaf", "constant"}.issuperset(kinds)], float)
    return seen


def averaged(part: Array, shape: tuple[int, ...]) -> Array:
    """Bring a gradient to its shape by a mean."""
    return reduced(lambda up, axes: up.mean(axis=axes) if up.shape != shape else up)(part, shape)


def impatient(
    tape: Sequence[Entry], values: Sequence[Array], upstream: Array, grads: Mapping[int, Array]
) -> dict[int, Array]:
    """Hand on the whole of what is there, each time that something arrives."""
    received: dict[int, Any] = {}

    def take(node: int, g: Array) -> None:
        received[node] = received.get(node, 0) + g
        operation, operands = tape[node]
        if operands:
            parts = RULES[operation](received[node], values[node], *(values[o] for o in operands))
            for operand, part in zip(operands, parts, strict=True):
                if part is not None:
                    take(operand, unbroadcast(part, values[operand].shape))

    take(len(tape) - 1, upstream)
    new = {k: g for k, g in received.items() if tape[k][0] == "leaf"}
    return {k: grads.get(k, 0) + new.get(k, 0) for k in {*grads, *new}}


def cleared_unreached(
    tape: Sequence[Entry], values: Sequence[Array], upstream: Array, grads: Mapping[int, Array]
) -> dict[int, Array]:
    """Set what is not reached to zero."""
    reached = engine()(tape, values, upstream, {})
    return {k: g if k in reached else 0 * g for k, g in engine()(tape, values, upstream, grads).items()}


ENGINE_MISTAKES = (
    Mistake(
        "M2",
        engine(order=range),
        "You went through the tape from its beginning: a node hands on before anything has arrived.",
    ),
    Mistake(
        "M2",
        impatient,
        "Your nodes hand on their whole total each time something arrives: what came first counts again.",
    ),
    Mistake("M1", engine(into=lambda old, new: new)),
    Mistake(
        "M1",
        engine(into=lambda old, new: new if old is None else old),
        "You kept what arrived first: what comes back from several users is added.",
    ),
    Mistake(
        "fresh",
        engine(leave=lambda old, new: new),
        "What a former pass has left on a leaf is overwritten: here it stays, and the new gradient is added to it.",
    ),
    Mistake(
        "dropped",
        engine(keep=False),
        "A leaf that this pass does not reach has lost what a former pass had left: nobody has cleared it.",
    ),
    Mistake(
        "fresh",
        engine(keep=False, leave=lambda old, new: new),
        "What former passes have left is gone: here it stays until somebody clears it.",
    ),
    Mistake(
        "detach",
        engine(rules={"detach": lambda g, out, a: (g,)}),
        "You handed a gradient through a detach: there the graph is cut.",
    ),
    Mistake(
        "detach",
        engine(rules={"detach": lambda g, out, a: (np.zeros_like(g),)}),
        "You handed zeros through a detach: a leaf that is cut off has no gradient at all, not one of zeros.",
    ),
    Mistake(
        "zeros",
        engine(unreached=np.zeros_like),
        "A leaf that is not reached has got zeros: zeros mean that there is a path, and there is none.",
    ),
    Mistake(
        "zeros",
        engine(rules={"detach": lambda g, out, a: (g,)}, unreached=np.zeros_like),
        "You handed a gradient through a detach, and gave zeros to a leaf that no path reaches.",
    ),
    Mistake("M4", engine(rules={"exp": lambda g, out, a: (g * a,)})),
    Mistake(
        "M4",
        engine(rules={"exp": lambda g, out, a: (g * np.exp(out),)}),
        "You applied the exponential once more, to its own output.",
    ),
    Mistake(
        "slope", engine(rules={"exp": lambda g, out, a: (g,)}), "The exponential hands on what it received as it came."
    ),
    Mistake(
        "upstream",
        engine(rules={"exp": lambda g, out, a: (out,)}),
        "The exponential hands on its slope alone: what it received is a factor.",
    ),
    Mistake(
        "swapped",
        engine(rules={"*": lambda g, out, a, b: (g * a, g * b)}),
        "At a product each factor has got its own value; it is the other's.",
    ),
    Mistake(
        "slope",
        engine(rules={"*": lambda g, out, a, b: (g, g)}),
        "A product hands on what it received as it came, like a sum.",
    ),
    Mistake(
        "upstream",
        engine(rules={"*": lambda g, out, a, b: (b + 0 * g, a + 0 * g)}),
        "A product hands on the other factor alone: what it received is missing.",
    ),
    Mistake(
        "M8",
        engine(rules={"@": lambda g, out, a, b: (g @ b, a.T @ g)}),
        "At a matrix product the right matrix has to lie on its side on the way back to the left one.",
    ),
    Mistake(
        "M8",
        engine(rules={"@": lambda g, out, a, b: (g @ b.T, a @ g)}),
        "At a matrix product the left matrix has to lie on its side on the way back to the right one.",
    ),
    Mistake(
        "M8",
        engine(rules={"@": lambda g, out, a, b: (g @ b, a @ g)}),
        "At a matrix product both matrices have to lie on their sides on the way back.",
    ),
    Mistake(
        "M8",
        engine(rules={"@": lambda g, out, a, b: (g @ b.T, g.T @ a)}),
        "The gradient of the right matrix lies on its side.",
    ),
    Mistake(
        "M8",
        engine(rules={"@": lambda g, out, a, b: (b.T @ g, g @ a.T)}),
        "At a matrix product the two factors stand on the wrong sides on the way back.",
    ),
    Mistake(
        "detach",
        engine(rules={"detach": lambda g, out, a: (g * out,)}),
        "Your detach falls through to the rule of the exponential: it should hand nothing on.",
    ),
    Mistake(
        "M12",
        engine(rules={"+": lambda g, out, a, b: (g * b, g * a)}),
        "A sum hands on as if it were a product.",
    ),
    Mistake(
        "M1 mean",
        engine(rules={"+": lambda g, out, a, b: (g / 2, g / 2)}),
        "A sum has shared out what it received: each operand gets all of it.",
    ),
    Mistake("M6", engine(rules={"@": lambda g, out, a, b: (g @ np.linalg.pinv(b), a.T @ g)})),
    Mistake(
        "mean", engine(shrink=averaged), "Where something was spread you took the mean of what comes back: it adds up."
    ),
    Mistake(
        "M1",
        engine(shrink=lambda part, shape: part if part.shape == shape else sliced(0)(part, shape)),
        "Where something was spread you kept what the first copy receives: all of them send something back.",
    ),
    Mistake("upstream", engine(start=np.ones_like), "You started with ones: the last node receives what is given."),
    Mistake(
        "upstream",
        engine(start=lambda up: np.full_like(up, up.sum())),
        "You added up what the last node receives: each entry has its own.",
    ),
    Mistake(
        "constants",
        engine(listed=lambda operation: operation in ("leaf", "constant")),
        "Constants have got gradients too: only leaves are asked for.",
    ),
    Mistake(
        "all-nodes",
        engine(listed=lambda operation: operation != "constant"),
        "Nodes on the way have got gradients too: only the leaves keep theirs.",
    ),
    Mistake(
        "all-nodes",
        engine(listed=lambda operation: True),
        "Every node has got a gradient, constants too: only the leaves keep theirs.",
    ),
    Mistake(
        "doubled",
        engine(leave=lambda old, new: old + 2 * new),
        "The new gradient has been added twice: once on its way, once at the end.",
    ),
    Mistake(
        "doubled",
        engine(leave=lambda old, new: 2 * old + new),
        "What a former pass has left has been added twice.",
    ),
    Mistake(
        "M1 mean",
        engine(leave=lambda old, new: (old + new) / 2),
        "You took the mean of old and new gradient: they are added.",
    ),
    Mistake(
        "M1",
        engine(once=True),
        "A node that is both operands of an operation has got one part only: it is used twice, and both parts are "
        "added.",
    ),
    Mistake(
        "M1",
        engine({"+": lambda g, out, a, b: (g, None)}),
        "A sum hands on to its first operand only: each gets all of what the sum received.",
    ),
    Mistake("M1", engine({"*": lambda g, out, a, b: (g * b, None)}), "A product hands on to its first operand only."),
    Mistake(
        "M1",
        engine({"@": lambda g, out, a, b: (g @ b.T, None)}),
        "A matrix product hands on to its first operand only.",
    ),
    Mistake(
        "M1",
        engine({"@": lambda g, out, a, b: (None, a.T @ g)}),
        "A matrix product hands on to its second operand only.",
    ),
    Mistake(
        "fresh",
        engine(leave=lambda old, new: old * new),
        "You multiplied what a former pass has left by the new gradient: it is added.",
    ),
    Mistake(
        "M1",
        engine(into=lambda old, new: new if old is None else (old + new) / 2),
        "You took means of what comes back from several users: it is added.",
    ),
    Mistake("upstream", engine(start=lambda up: 2 * up), "The last node starts with twice what arrives there."),
    Mistake(
        "slope",
        engine({"exp": lambda g, out, a: (g / out,)}),
        "You divided by the exponential, or put a minus into it: on the way back it is a factor, as it is.",
    ),
    Mistake(
        "upstream",
        engine({"@": lambda g, out, a, b: (g @ b.T, a.T @ np.ones_like(g))}),
        "The right operand of a matrix product lacks what the product received.",
    ),
    Mistake(
        "skipped",
        engine(order=lambda n: range(n - 1, 0, -1)),
        "Your loop ends too early: the first node of the tape may be a leaf as well.",
    ),
    Mistake(
        "cleared",
        cleared_unreached,
        "A leaf that this pass does not reach has lost what a former pass had left: it is not set to zero.",
    ),
)

# ------------------------------------------------------------------ 15.9 a layer with three bugs


def draw_layer(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return inputs (N, K), a gain (K,) and an upstream gradient (N, K)."""
    rows, columns = widths
    return {
        "x": rng.normal(size=(rows, columns)) * 1.5,
        "gain": rng.uniform(0.5, 2, columns) * rng.choice([-1, 1], columns),
        "upstream": rng.normal(size=(rows, columns)),
    }


def layer(
    saved: Callable[[Array, Array], Array] = lambda s, u: s,
    slope: Callable[[Array, Array, Array], Array] = lambda x, s, u: 1 / s**2,
    factor: Callable[[Array], Any] = lambda gain: gain,
    gather: Callable[[Array], Any] = lambda up: up.sum(axis=0),
    received: Callable[[Array], Any] = lambda up: up,
    unit: Callable[[Array, Array], Array] = lambda u, gain: u,
    out: Callable[[Array, Array], Array] = lambda u, gain: gain * u,
) -> Callable[..., tuple[Any, ...]]:
    """Return the softsign layer with some pieces exchanged for wrong ones."""

    def passes(x: Array, gain: Array, upstream: Array) -> tuple[Any, ...]:
        s = 1 + np.abs(x)
        u = x / s
        dx = received(upstream) * factor(gain) * slope(x, saved(s, u), u)
        return out(u, gain), dx, gather(upstream * unit(u, gain))

    return passes


def layer_agrees(inputs: Inputs, outputs: Mapping[str, Array]) -> Iterator[bool]:
    """Compare with plain arithmetic, and with differences."""
    x, gain, upstream = inputs.values()

    def forward(x: Array, gain: Array) -> Array:
        return np.array([[c * v / (1 + abs(v)) for v, c in zip(row, gain, strict=True)] for row in x])

    yield np.allclose(outputs["out"], forward(x, gain), rtol=1e-12)
    dx = numerical_gradient(lambda v: float((upstream * forward(v, gain)).sum()), x)
    yield np.allclose(outputs["dx"], dx, rtol=1e-5, atol=1e-8)
    dgain = numerical_gradient(lambda v: float((upstream * forward(x, v)).sum()), gain)
    yield np.allclose(outputs["dgain"], dgain, rtol=1e-5, atol=1e-8)


LAYER_BUGS: dict[str, tuple[dict[str, Any], str]] = {
    "in-place": ({"saved": lambda s, u: u}, "What was kept for the way back is no longer what it was."),
    "gain": ({"factor": lambda gain: 1.0}, "On its way back to the input the gradient has to pass the gain."),
    "mean": (
        {"gather": lambda up: up.mean(axis=0)},
        "The gradient of the gain is averaged over the rows: the mean over a batch belongs to the loss.",
    ),
}


def layer_mistakes() -> Iterator[Mistake]:
    """Yield what is left when some bugs are repaired, and what repairs bring in."""
    for count, name in ((1, ""), (2, "two-left"), (3, "three-left")):
        for left in combinations(LAYER_BUGS, count):
            pieces = {key: piece for bug in left for key, piece in LAYER_BUGS[bug][0].items()}
            first = {1: "Two bugs are gone.", 2: "One bug is gone.", 3: "All three bugs are still there."}[count]
            says = " ".join([first, *(LAYER_BUGS[bug][1] for bug in left)]) if count < 3 else first
            yield Mistake(name or left[0], layer(**pieces), says)
    repairs: tuple[tuple[str, dict[str, Any], str], ...] = (
        (
            "slope",
            {"slope": lambda x, s, u: 1 / s},
            "In the slope of the quotient a square is missing: both x and the divisor move.",
        ),
        (
            "slope",
            {"slope": lambda x, s, u: 1 / s - x / s**2},
            "In the slope of the quotient the sign of x has been lost: the divisor has its absolute value.",
        ),
        ("slope", {"slope": lambda x, s, u: 1 - u**2}, "That is the slope of the hyperbolic tangent."),
        ("slope", {"slope": lambda x, s, u: np.ones_like(x)}, "The slope of the quotient is missing."),
        (
            "slope",
            {"slope": lambda x, s, u: 1 / (1 + x) ** 2},
            "The absolute value in the slope is lost: where x is negative it is not flat enough.",
        ),
        (
            "sign",
            {"slope": lambda x, s, u: np.sign(x) / s**2},
            "The slope of the quotient does not change its sign with x: it rises everywhere.",
        ),
        ("upstream", {"received": np.ones_like}, "On its way to the input the gradient lacks what the layer receives."),
        ("gain", {"factor": lambda gain: gain**2}, "The gain is there twice on the way back to the input."),
        ("gain", {"factor": lambda gain: 1 / gain}, "You divided by the gain: going back undoes nothing."),
        ("gain", {"unit": lambda u, gain: u * gain}, "You multiplied the gradient of the gain by the gain itself."),
        (
            "broadcast",
            {"gather": lambda up: up},
            "The gain is shared by all rows: what comes back from them has to be added up, or it keeps the wrong "
            "shape.",
        ),
        (
            "axis",
            {"gather": lambda up: up.sum(axis=1)},
            "You added over the columns: the gain has one number for each column.",
        ),
        ("axis", {"gather": lambda up: up.sum()}, "You added everything up: the gain has one number for each column."),
        ("M1", {"gather": lambda up: up[0]}, "The gain gets what the first row sends: all rows use it."),
        ("M1", {"gather": lambda up: up[-1]}, "The gain gets what the last row sends: all rows use it."),
        ("upstream", {"gather": lambda up: up.sum(axis=0) * 0 + 1}, "The gradient of the gain is all ones."),
        (
            "squash",
            {"unit": lambda u, gain: u / (1 - np.abs(u))},
            "For the gain you took x itself: what it multiplies is what is squashed.",
        ),
        (
            "squash",
            {"unit": lambda u, gain: 1.0},
            "For the gain you added what arrives: what the gain multiplies is a factor.",
        ),
    )
    own: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("slope", {"slope": lambda x, s, u: u / s**2}, "In the slope the squashed value has become a factor."),
        (
            "slope",
            {"slope": lambda x, s, u: (1 - u) ** 2},
            "The absolute value in the slope is lost: look at negative entries.",
        ),
        ("slope", {"slope": lambda x, s, u: 1 / (1 + x**2)}, "That is the slope of the arcus tangent."),
        ("slope", {"slope": lambda x, s, u: u * (1 - u)}, "That is the slope of the sigmoid, in its short form."),
        ("slope", {"slope": lambda x, s, u: 1 / s**3}, "The power in the slope is too high."),
        (
            "slope",
            {"slope": lambda x, s, u: 1 / (1 + x**2) ** 2},
            "In the slope the square of the input stands for its absolute value.",
        ),
        (
            "gain",
            {"factor": lambda gain: gain.sum()},
            "Each column has a gain of its own on the way back: you added them up.",
        ),
        (
            "gain",
            {"factor": lambda gain: gain.mean()},
            "Each column has a gain of its own on the way back: you took their mean.",
        ),
        (
            "mean",
            {"received": lambda up: up / len(up)},
            "You divided by the number of rows on the way to the input: that belongs to the loss.",
        ),
        (
            "mean",
            {"gather": lambda up: up.sum(axis=0) / up.size},
            "You divided the gradient of the gain by the number of entries: that belongs to the loss.",
        ),
        (
            "unsigned",
            {"unit": lambda u, gain: np.abs(u)},
            "In the gradient of the gain the sign of the squashed value is lost.",
        ),
    )
    for name, pieces, says in own:
        yield Mistake(name, layer(**pieces), says)
    yield Mistake(
        "upstream",
        lambda x, gain, upstream: (
            layer()(x, gain, upstream)[0],
            layer()(x, gain, upstream)[0] * gain / (1 + np.abs(x)) ** 2,
            layer()(x, gain, upstream)[2],
        ),
        "You sent the output back in place of what arrives there.",
    )
    yield Mistake(
        "axis",
        lambda x, gain, upstream: (*layer()(x, gain, upstream)[:2], (upstream.T @ (x / (1 + np.abs(x)))).sum(axis=0)),
        "You mixed the columns: the gain of a column hears from that column alone.",
    )
    for name, pieces, says in repairs:
        yield Mistake(name, layer(**pieces), says)
        if name not in ("upstream",):
            for bug in ("mean", "gain", "in-place"):
                other, tells = LAYER_BUGS[bug]
                if not other.keys() & pieces.keys() and not (bug == "in-place" and "slope" in pieces):
                    yield Mistake(name, layer(**pieces, **other), f"{says} {tells}")
    yield Mistake(
        "upstream",
        lambda x, gain, upstream: (*layer()(x, gain, upstream)[:2], (x / (1 + np.abs(x))).sum(axis=0)),
        "The gradient of the gain lacks what the layer receives.",
    )
    yield Mistake(
        "forward",
        layer(out=lambda u, gain: u),
        "The gradients are right, but the output lacks the gain.",
    )


# ------------------------------------------------------------------ 15.8 not a number

NAN = {
    "a": ("no-bug", "something is wrong here: follow what happens at 0, forward and then back."),
    "b": ("nan", "there is no infinite slope that could meet a zero on the way back."),
    "c": ("nan", "its values are numbers: look at what is computed at 0 on the way forward."),
    "d": ("cut", "no path is cut here: the slope at 4 is what it should be."),
}


def nan(right: str, **special: tuple[str, str]) -> Choice:
    """Return the choice among what can come out."""
    return Choice(right, {letter: special.get(letter, says) for letter, says in NAN.items() if letter != right})


TOO_LATE = ("nan", "the choice comes after the root: what is thrown away forward still hands something back.")

# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "15.1",
        "What does it print?",
        rung="predict",
        points=5,
        difficulty=1,
        minutes=6,
        kind=Parts(
            {
                "A": printed(
                    "f",
                    ("slope", "count the passes, and what each of them brings."),
                    d=("M3", "the second pass adds to what the first one has left."),
                    e=VALUE,
                ),
                "B": printed(
                    "c",
                    ("slope", "two edges lead from the product to its factors: which of them is still there?"),
                    d=(
                        "detach",
                        "what is detached is a constant on the way back: one of the factors hands nothing on.",
                    ),
                    e=VALUE,
                    a=("detach", "one of the two factors is detached, the other is not."),
                    g=("detach", "one of the two factors is detached, the other is not."),
                ),
                "C": printed(
                    "b",
                    ("no_grad", "what is computed under no_grad leaves no edges; what remains of the sum?"),
                    a=("no_grad", "the sum itself is recorded, and it has one more operand."),
                    g=("no_grad", "the sum itself is recorded, and it has one more operand."),
                ),
                "D": printed(
                    "g",
                    ("None", "does the loss depend on this number at all?"),
                    a=("None", "a zero would say that there is a path with slope 0. Is there a path?"),
                ),
                "E": printed(
                    "c",
                    ("broadcast", "one number was spread over a vector: how many copies send something back?"),
                    b=("M1", "one copy sends that: the number was spread over several."),
                ),
            }
        ),
        praise="What is printed depends on what was recorded, and on what a former pass has left.",
        hints=(
            "For each snippet draw the graph that is recorded: which edges are there when the backward pass comes by?",
            "A backward pass adds to .grad. A detached tensor, and what is computed under no_grad, are constants to "
            "it. A leaf without a path gets nothing at all.",
            "A: two passes, each brings twice w. B: of the two edges of the product one is cut. C: of the sum one "
            "edge is left. D: no edge. E: three copies, each with slope 1.",
        ),
    ),
    Exercise(
        "15.2",
        "Traced",
        rung="predict",
        points=1,
        difficulty=2,
        minutes=4,
        kind=Choice(
            "b",
            {
                "a": (
                    "dynamic",
                    "That is what Python would do. Under the trace the lines run once for each shape, and the "
                    "recording has arithmetic alone.",
                ),
                "c": (
                    "shape",
                    "One recording does not serve all calls: it was made for one shape, and another one comes along.",
                ),
                "d": (
                    "overwritten",
                    "The recording for the first shape is kept beside the second: the last call has the first shape "
                    "again.",
                ),
                "e": (
                    "constant",
                    "The list is appended to while the function is traced, and its length at that moment is what gets "
                    "into the recording.",
                ),
            },
        ),
        praise="A number that Python computes during the trace becomes a constant of the recording.",
        hints=(
            "When do the lines of the function run, under jit?",
            "Once for each shape of the input. What is the length of the list at the first run, and at the second?",
            "The recording for length 2 has the factor that was true at the first run, the one for length 3 that of "
            "the second. The other calls replay.",
        ),
    ),
    Exercise(
        "15.3",
        "Unequal shards",
        rung="hand-compute",
        points=2,
        difficulty=1,
        minutes=4,
        kind=Number(
            setting=shards,
            right=lambda q: np.average(q.g, axis=0, weights=q.counts),
            witness=lambda q: (
                sum((row for row, n in zip(q.g, COUNTS, strict=True) for _ in range(n)), np.zeros(2)) / 10
            ),
            mistakes=(
                Mistake(
                    "plain-mean",
                    lambda q: q.g.mean(axis=0),
                    "You took the plain mean of three machines: the single example of the third counts as much as the "
                    "six of the first.",
                ),
                Mistake(
                    "plain-mean",
                    lambda q: q.g.sum(axis=0) / 4,
                    "You took the plain mean of four machines: the shards are of different sizes, and one is empty.",
                ),
                Mistake(
                    "sum",
                    lambda q: q.g.sum(axis=0),
                    "You added the gradients up: it is the gradient of a mean that is asked for.",
                ),
                Mistake(
                    "sum", lambda q: weighted(q, q.counts), "You added up over all examples; the loss is their mean."
                ),
                Mistake(
                    "sum",
                    lambda q: q.g.sum(axis=0) / 10,
                    "You divided the sum of three means by the number of examples: each mean stands for several of "
                    "them.",
                ),
                Mistake(
                    "inverse",
                    lambda q: weighted(q, (1 / q.counts) / (1 / q.counts).sum()),
                    "Your weights are upside down: few examples should count less in all, not more.",
                ),
                Mistake(
                    "inverse",
                    lambda q: weighted(q, 1 / q.counts),
                    "You divided each mean by its number of examples once more.",
                ),
                Mistake(
                    "inverse",
                    lambda q: weighted(q, 1 - q.counts / 10) / 2,
                    "You weighted each machine by the examples that it has not.",
                ),
                Mistake(
                    "inverse",
                    lambda q: weighted(q, 1 - q.counts / 10),
                    "You weighted each machine by the examples that it has not.",
                ),
                Mistake(
                    "weights",
                    lambda q: weighted(q, q.counts) / 3,
                    "Your weights do not add up to one: you divided by the number of machines.",
                ),
                Mistake(
                    "weights",
                    lambda q: weighted(q, q.counts) / 4,
                    "Your weights do not add up to one: you divided by the number of machines.",
                ),
                Mistake(
                    "weights",
                    lambda q: weighted(q, q.counts) / 30,
                    "You divided by the examples, and by the number of machines besides.",
                ),
                Mistake(
                    "weights",
                    lambda q: weighted(q, q.counts) / 40,
                    "You divided by the examples, and by the number of machines besides.",
                ),
                Mistake("largest", lambda q: q.g[0], "You took the gradient of the largest shard alone."),
                Mistake(
                    "pairs",
                    lambda q: ((q.g[0] + q.g[1]) / 2 + q.g[2]) / 2,
                    "You averaged pair by pair: the last to come counts as much as all before.",
                ),
                Mistake(
                    "largest",
                    lambda q: (6 * q.g[0] + 3 * q.g[1]) / 9,
                    "You left the smallest shard out: it has an example too.",
                ),
                Mistake(
                    "unsigned",
                    lambda q: np.abs(q.g).T @ q.counts / q.total,
                    "You dropped the signs of what the machines report.",
                ),
                Mistake(
                    "weights",
                    lambda q: weighted(q, [0.1, 0.3, 0.6]),
                    "The machine with the fewest examples counts most in yours: it is the other way round.",
                ),
                Mistake(
                    "weights",
                    lambda q: weighted(q, [0.3, 0.6, 0.1]),
                    "The weights of the first two machines are exchanged.",
                ),
                Mistake(
                    "weights",
                    lambda q: weighted(q, q.counts) / 9,
                    "You divided by another number than that of all examples.",
                ),
                Mistake(
                    "weights",
                    lambda q: weighted(q, np.sqrt(q.counts) / np.sqrt(q.counts).sum()),
                    "You weighted by roots: in a mean over all each example counts the same.",
                ),
                Mistake("median", lambda q: np.median(q.g, axis=0), "You took the median: the loss is a mean."),
                Mistake("swapped", lambda q: weighted(q, q.counts / q.total)[::-1], "The two weights are exchanged."),
            ),
        ),
        praise="Each example counts once, wherever it lies; and a machine without examples has nothing to say.",
        hints=(
            "A machine's gradient is a mean over its own examples. How can you get back the sum that it was made from?",
            "Multiply each gradient by its number of examples, add up, and divide by the number of all examples.",
            "The weights are 6, 3 and 1 tenths. The fourth machine has no examples: leave it out before you multiply, "
            "since nothing times not a number is not a number.",
        ),
    ),
    Exercise(
        "15.4",
        "Three steps, nothing cleared",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Number(
            setting=lambda: None,
            right=forgetful(),
            witness=by_recurrence,
            mistakes=(
                Mistake(
                    "cleared",
                    forgetful(keep=lambda v, g, step: g),
                    "You cleared the gradient before each pass: that is the one line which this loop has not.",
                ),
                Mistake(
                    "M3",
                    forgetful(keep=lambda v, g, step: 2 * v + g),
                    "You let what is kept be handed on again: only the leaf keeps its gradient, so it is added once.",
                ),
                Mistake(
                    "mean",
                    forgetful(keep=lambda v, g, step: (v * step + g) / (step + 1)),
                    "You took the mean of the gradients: they are added.",
                ),
                Mistake(
                    "mean",
                    forgetful(keep=lambda v, g, step: (v + g) / 2 if step else g),
                    "You took the mean of old and new gradient: they are added.",
                ),
                Mistake(
                    "stale",
                    forgetful(slope=lambda w: 2.4),
                    "You used the first gradient in every step: each pass computes it at the new place.",
                ),
                Mistake("ascent", forgetful(move=lambda w, v: w + STEPS["rate"] * v)),
                Mistake("learning-rate", forgetful(move=lambda w, v: w - v)),
                Mistake(
                    "slope",
                    forgetful(slope=lambda w: 0.8 * (w - 0.5)),
                    "The two that comes down from the square is missing in your gradient.",
                ),
                Mistake(
                    "slope",
                    forgetful(slope=lambda w: 3.2 * (w - 0.5)),
                    "Your gradient is twice as steep as it should be.",
                ),
                Mistake(
                    "slope",
                    forgetful(slope=lambda w: 1.6 * w),
                    "Your gradient vanishes at zero: where is the bottom of this bowl?",
                ),
                Mistake(
                    "slope",
                    forgetful(slope=lambda w: 0.8 * (w - 0.5) ** 2),
                    "You took the loss itself for its gradient.",
                ),
                Mistake(
                    "last-two",
                    forgetful(keep=lambda v, g, step: g if step > 1 else v + g),
                    "You cleared once on the way: nothing is cleared here.",
                ),
                Mistake(
                    "gradients",
                    added_gradients,
                    "That is what stands in the gradient after each pass: the weight is asked for.",
                ),
                Mistake(
                    "momentum",
                    forgetful(keep=lambda v, g, step: 0.9 * v + g),
                    "You gave the old gradients a friction: nothing wears them down here.",
                ),
                Mistake(
                    "shifted",
                    lambda _: [2.0, *forgetful()(None)[:2]],
                    "You began with the start: asked for is what is printed after each step.",
                ),
                Mistake(
                    "moves",
                    lambda _: list(np.diff([2.0, *forgetful()(None)])),
                    "These are the moves: asked for is where they lead.",
                ),
                Mistake(
                    "losses",
                    lambda _: [0.8 * (at - 0.5) ** 2 for at in [2.0, *forgetful()(None)[:2]]],
                    "These are the losses: the program prints the weight.",
                ),
                Mistake(
                    "ascent",
                    forgetful(keep=lambda v, g, step: g, move=lambda w, v: w + STEPS["rate"] * v),
                    "You went uphill, and cleared the gradient each time.",
                ),
                Mistake(
                    "slope",
                    forgetful(slope=lambda w: 2 * (w - 0.5)),
                    "The factor before the square is missing in your gradient.",
                ),
                Mistake(
                    "slope",
                    forgetful(slope=lambda w: 1.6 * (w - 0.5) ** 2),
                    "In your gradient the bracket is still squared.",
                ),
                Mistake(
                    "slope",
                    forgetful(slope=lambda w: 1.6 * (w + 0.5)),
                    "In your gradient the bracket has lost its minus.",
                ),
                Mistake(
                    "learning-rate",
                    forgetful(move=lambda w, v: w - 0.1 * v),
                    "You took another learning rate than the one that is given.",
                ),
                Mistake(
                    "momentum",
                    forgetful(keep=lambda v, g, step: 0.5 * v + g),
                    "You let the old gradient fade, as momentum does: it stays whole.",
                ),
                Mistake("look-ahead", lambda _: look_ahead(), "The new gradient has been added twice."),
            ),
        ),
        praise="It shot past the bottom, while its gradient there had already changed sign: momentum without friction.",
        hints=(
            "Keep a second column beside the weight: what stands in its .grad. When does that change, and how?",
            "Each pass adds the gradient at the present weight. Each step takes the whole of what stands there, times "
            "the learning rate.",
            "The gradient is 1.6 times the way from the bottom to w. Step two: add the gradient at the new weight to "
            "that of step one, and go against the sum. Step three: the new gradient is negative, the sum is not.",
        ),
    ),
    Exercise(
        "15.5",
        "A function of your own",
        rung="complete",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Function(
            outputs=("out", "dz"),
            inputs=draw_rows,
            right=logsumexp,
            witness=rows_agree,
            mistakes=(*pairs(OUTS, DZS), *ROW_MISTAKES),
            widths=((3, 4, 7), (1, 5, 7), (4, 2, 8), (2, 3, 9), (3, 2, 10), (2, 3, 11)),
            square=None,
            seen=told_apart,
        ),
        praise="The backward rule of this function is softmax: shares of one, row by row, times what comes in.",
        hints=(
            "What happens to the exponential of 800, and of minus 800? And what to both if you subtract the largest "
            "entry of the row first?",
            "A number that is subtracted from all entries of a row leaves the sum as a factor, and the logarithm as a "
            "summand. For the slope: the outer derivative is one over the sum, the inner one the exponential.",
            "top is z.max(axis=1, keepdims=True), e is np.exp(z - top), total is e.sum(axis=1, keepdims=True). The "
            "result is the logarithm of total, plus top, as a vector; the slope is e / total, and upstream[:, "
            "np.newaxis] multiplies it.",
        ),
    ),
    Exercise(
        "15.6",
        "Undo a broadcast",
        rung="implement",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("gradient",),
            inputs=draw_broadcast,
            right=unbroadcast,
            witness=broadcast_agrees,
            mistakes=BROADCAST_MISTAKES,
            widths=tuple((k,) for k in range(len(SHAPES))),
            square=None,
        ),
        praise="Copying on the way forward is adding on the way back: the sum over paths, in NumPy's clothes.",
        hints=(
            "An entry that was copied five times is used five times. What is its gradient?",
            "Two things happen in a broadcast: new axes are put in front, and axes of length 1 are stretched. Which "
            "sum undoes each of them?",
            "First add over axis 0 as long as there are more axes than in shape. Then, for each axis where shape has "
            "a 1, sum(axis=that, keepdims=True).",
        ),
    ),
    Exercise(
        "15.7",
        "The engine under the bonnet",
        rung="implement",
        points=6,
        difficulty=3,
        minutes=25,
        kind=Function(
            outputs=("grads",),
            inputs=draw_engine,
            right=engine(),
            witness=engine_agrees,
            mistakes=ENGINE_MISTAKES,
            widths=((3, 2, 4), (1, 4, 2), (4, 3, 2)),
            square=(3, 3, 3),
            seen=listed_grads,
        ),
        praise="Three kinds of leaves, three answers: a sum, nothing new, nothing at all. It is PyTorch's bookkeeping.",
        hints=(
            "It is the way back of chapter 3, with arrays: read the tape from its end, and let each node hand on what "
            "it has received.",
            "None is a good start for what a node has received: it tells no path from a gradient of zeros. A node "
            "that has received None hands nothing on, and a detach never does.",
            "For a matrix product the left one gets g @ b.T, the right one a.T @ g. After each rule call "
            "unbroadcast(part, values[operand].shape). In the end start from dict(grads), and for each leaf that has "
            "received something put in a new array, old plus new.",
        ),
    ),
    Exercise(
        "15.8",
        "Where is the NaN?",
        rung="debug",
        points=5,
        difficulty=2,
        minutes=8,
        kind=Parts(
            {
                "A": nan("b", a=TOO_LATE),
                "B": nan("a"),
                "C": nan("b", a=("nan", "zero times the slope of the root at 0: what is that?")),
                "D": nan("d", a=("cut", "does the gradient know the way to x, at 4?")),
                "E": nan(
                    "c", a=("nan", "what is nothing divided by nothing?"), b=("nan", "look at the value first, at 0.")
                ),
            }
        ),
        praise="A choice made after the dangerous function saves the value; only one made before it saves the "
        "gradient.",
        hints=(
            "Go through each at 0 first: what is the value of each piece, and which of them is not finite?",
            "The root has the value 0 at 0, and an infinite slope there. What comes back to it in each version, and "
            "what is that times infinity?",
            "One never takes the root of 0, one divides by it on the way forward, one is cut off from x; in the other "
            "two a zero comes back from the loss and meets an infinite slope.",
        ),
    ),
    Exercise(
        "15.9",
        "Repair a layer",
        rung="debug",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Function(
            outputs=("out", "dx", "dgain"),
            inputs=draw_layer,
            right=layer(),
            witness=layer_agrees,
            mistakes=tuple(layer_mistakes()),
            widths=((4, 3), (1, 5), (2, 4)),
            square=None,
        ),
        praise="What is kept for the way back must stay as it was; frameworks keep a version number to notice.",
        hints=(
            "Ask the judge which of the gradients is wrong. The value is right: what does that say of the line that "
            "makes it?",
            "Look at what s holds before and after the second line. Then: through what does a gradient pass on its "
            "way from out to x? And who divides by the number of rows?",
            "Without out=s the division makes an array of its own. dx has three factors: upstream, gain, 1 / s ** 2. "
            "The gradient of the gain is a sum over the rows.",
        ),
    ),
    Exercise(
        "15.10",
        "Derive a backward rule",
        rung="derive",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Derivation("15.10"),
        praise="Two terms, one factor g: whatever comes from the loss side multiplies the whole slope.",
        hints=(
            "z is used twice. How many terms does that make, and what multiplies all of them?",
            "First let the factor z move and hold the sigmoid still; then the other way round. The sigmoid has an "
            "inner function.",
            "The first term is s. The second is z, times the slope s (1 - s), times the inner slope beta. What is "
            "received multiplies their sum.",
        ),
    ),
    Exercise(
        "15.11",
        "What a stopped gradient leaves",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=8,
        kind=Derivation("15.11"),
        praise="A stop changes the gradient and leaves the loss as it is; differences would reject it, and rightly.",
        hints=(
            "Write each stopped thing as a constant with a name of its own. What is left to differentiate?",
            "In the first term u moves, in the second v. Differentiate each half square by what moves in it, and go "
            "on to w.",
            "First term: (u - v), times the slope of u, which is x. Second: beta (u - v), times minus the slope of v, "
            "which is 2 w. Only after differentiating do the names mean the same numbers again.",
        ),
    ),
    Exercise(
        "15.12",
        "Can a framework's gradient be wrong?",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=15,
        kind=Essay(
            (
                "Says that frameworks are right, or that they have bugs, without a case.",
                "Gives one case in which a right gradient misleads, without saying what was meant and what was "
                "computed.",
                "Gives two cases, and says for each what was meant and what was computed.",
                "Does that, and says for each which check would have shown it, and what that check can't show.",
            )
        ),
        praise="",
        hints=(
            "The framework differentiates the program that you wrote. When is that not what you meant?",
            "The chapter has at least six such cases. Choose two of different kinds: in one the program is not the "
            "function that you meant, in the other the gradient is right and is used wrongly.",
            "For each case ask what would have shown it: a difference quotient, a look at one gradient before the "
            "step, the weights before and after, or the loss of one step. And which of these would have been silent?",
        ),
    ),
)
