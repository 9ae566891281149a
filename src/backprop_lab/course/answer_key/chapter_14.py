"""The exercises of chapter 14, Beyond the MLP: convolution and recurrence.

Where the library has a layer, it is the reference; else the pass is written once more with pieces that can be exchanged
for wrong ones. Witnesses move each number alone, in a forward pass of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.number import Number
from backprop_lab.gradient_check import check_gradient, numerical_gradient
from backprop_lab.layers import Conv2D, MaxPool2D
from backprop_lab.layers.attention import attention, attention_backward

__all__ = ["EXERCISES"]

Piece = Callable[[SimpleNamespace], Any]


def differences(
    loss: Callable[..., float], inputs: Inputs, outputs: Mapping[str, Any], names: Mapping[str, str]
) -> Iterator[object]:
    """Compare each output with central differences of `loss` in the input of the other name."""
    for output, name in names.items():

        def moved(value: Array, name: str = name) -> float:
            return loss(**{**inputs, name: value})

        yield check_gradient(moved, np.asarray(inputs[name], float), np.asarray(outputs[output], float))


def assembled(right: Mapping[str, Piece], select: Sequence[str], wrong: Mapping[str, Piece]) -> Callable[..., Any]:
    """Return a pass of named pieces, each of which reads what is there already; `wrong` ones take their places."""

    def function(**inputs: Any) -> Any:
        q = SimpleNamespace(**inputs)
        for name, piece in {**right, **wrong}.items():
            setattr(q, name, piece(q))
        return tuple(getattr(q, name) for name in select)

    return function


# ------------------------------------------------------------------ 14.1 and 14.8


def answer(right: str, mistake: str, says: str) -> Choice:
    """Return the choice between yes and no."""
    return Choice(right, {"no" if right == "yes" else "yes": (mistake, says)})


NOT_THIS_BUG = {
    "a": ("no-bug", "something is wrong here: a gradient check of it fails."),
    "b": ("M1", "nothing is overwritten here: whatever comes a second time is added."),
    "c": ("flip", "the weights come back in the order that the indices ask for."),
    "d": ("mean", "nothing is divided by a number of uses here."),
    "e": ("late-state", "each use meets the value that came in at that moment."),
}


def bug(right: str) -> Choice:
    """Return the choice among all bugs."""
    return Choice.among(NOT_THIS_BUG, right)


# ------------------------------------------------------------------ 14.2: max-pooling of a row

ROW = SimpleNamespace(x=np.array([1.0, 3, 3, 0, 5, 2, 5]), da=np.array([0.7, -1.2, 0.45]), size=3, stride=2)


def library_pooled(q: SimpleNamespace) -> Array:
    """Return dC/dx from the library."""
    pool = MaxPool2D((1, q.size), stride=(1, q.stride))
    _, cache = pool.forward(q.x[None, None, None])
    return np.asarray(pool.backward(cache, q.da[None, None, None])[0][0, 0, 0])


def pooled(
    share: Callable[[Array, float], Array], stride: int = 2, keep: Callable[[float, float], float] = lambda a, b: a + b
) -> Callable[[SimpleNamespace], Array]:
    """Return dC/dx where each window gets `share` of what arrives, and `keep` combines entries of two windows."""

    def dx(q: SimpleNamespace) -> Array:
        total, touched = np.zeros(len(q.x)), np.zeros(len(q.x), bool)
        for i, da in enumerate(q.da):
            for k, part in enumerate(share(q.x[stride * i : stride * i + q.size], da)):
                if part:
                    j = stride * i + k
                    total[j] = keep(total[j], part) if touched[j] else part
                    touched[j] = True
        return total

    return dx


def at_places(q: SimpleNamespace, place: Callable[[int, int], int]) -> Array:
    """Return dC/dx where the winner of window i, which is its number k, is put at another place."""
    total = np.zeros(len(q.x))
    for i, da in enumerate(q.da):
        total[place(i, int(np.argmax(q.x[2 * i : 2 * i + q.size])))] += da
    return total


def first_of(window: Array, da: float) -> Array:
    """Give all to the first of the largest."""
    return np.where(np.arange(len(window)) == int(np.argmax(window)), da, 0)


def last_of(window: Array, da: float) -> Array:
    """Give all to the last of the largest."""
    return first_of(window[::-1], da)[::-1]


# ------------------------------------------------------------------ 14.3: a kernel's gradient by hand

STRIP = SimpleNamespace(
    x=np.array([0.4, -1.0, 0.7, 1.5, -0.6]),
    w=np.array([0.2, -0.5, 0.9]),
    delta=np.array([0.5, -0.8, 0.3]),
    stride=2,
    padding=1,
)


def library_kernel(q: SimpleNamespace) -> Array:
    """Return dC/dw from the library."""
    layer = Conv2D(1, 1, (1, 3), stride=(1, q.stride), padding=(0, q.padding))
    layer.parameters["W"] = q.w[None, None, None]
    _, cache = layer.forward(q.x[None, None, None])
    return np.asarray(layer.backward(cache, q.delta[None, None, None])[1]["W"][0, 0, 0])


def kernel_by_differences(q: SimpleNamespace) -> Array:
    """Move each weight alone."""
    row = [0.0, *q.x, 0.0]
    return np.asarray(
        numerical_gradient(
            lambda w: sum(d * sum(w[k] * row[2 * i + k] for k in range(3)) for i, d in enumerate(q.delta)), q.w
        )
    )


def by_windows(
    row: Callable[[SimpleNamespace], Array] = lambda q: np.pad(q.x, 1), stride: int = 2, kept: slice = slice(None)
) -> Callable[[SimpleNamespace], Array]:
    """Return the sum of delta times window, over some of the windows that there are."""

    def dw(q: SimpleNamespace) -> Array:
        windows = [row(q)[stride * i : stride * i + 3] for i in range(3)]
        uses = [d * window for d, window in zip(q.delta, windows, strict=True) if len(window) == 3]
        return np.asarray(sum(uses[kept]))

    return dw


def spread(q: SimpleNamespace) -> Array:
    """Return dC/dx, the other gradient."""
    dx = np.zeros(7)
    for i, d in enumerate(q.delta):
        dx[2 * i : 2 * i + 3] += d * q.w
    return dx[1:-1]


# ------------------------------------------------------------------ 14.4: a convolution of rows


def draw_rows(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return rows, a kernel and deltas, for (N, K, stride); where the stride is above 1 some inputs are left over."""
    N, K, stride = widths
    return {
        "x": rng.normal(size=(N, K + 4 * stride - 1)),
        "w": rng.normal(size=K),
        "delta": rng.normal(size=(N, 4)),
        "stride": stride,
    }


def library_rows(x: Array, w: Array, delta: Array, stride: int) -> tuple[Array, Array, Array]:
    """Return (dx, dw, db) from the library."""
    layer = Conv2D(1, 1, (1, len(w)), stride=(1, stride))
    layer.parameters["W"] = w[None, None, None]
    _, cache = layer.forward(x[:, None, None])
    dx, parameters = layer.backward(cache, delta[:, None, None])
    return dx[:, 0, 0], parameters["W"][0, 0, 0], parameters["b"][0]


def rows_agree(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with central differences of a forward pass in plain sums."""

    def loss(x: Array, w: Array, delta: Array, stride: int, b: Any = 0.0) -> float:
        z = [[np.dot(w, row[stride * i : stride * i + len(w)]) for i in range(delta.shape[1])] for row in x]
        return float((delta * (np.array(z) + b)).sum())

    return differences(loss, {**inputs, "b": 0.0}, outputs, {"dx": "x", "dw": "w", "db": "b"})


Place = Callable[[int, int, int], int]


def rows(
    at_w: Place = lambda i, k, s: s * i + k,
    at_x: Place = lambda i, k, s: s * i + k,
    weight: Callable[[Array, int], float] = lambda w, k: w[k],
    **after: Piece,
) -> Callable[..., tuple[Any, ...]]:
    """Return (dx, dw, db) by loops, with other places, another weight, or a result changed afterwards."""

    def function(x: Array, w: Array, delta: Array, stride: int) -> tuple[Any, ...]:
        dx, dw = np.zeros_like(x), np.zeros_like(w)
        for n, i, k in np.ndindex(*delta.shape, len(w)):
            dw[k] += delta[n, i] * x[n, at_w(i, k, stride)]
            dx[n, at_x(i, k, stride)] += delta[n, i] * weight(w, k)
        q = SimpleNamespace(x=x, w=w, delta=delta, stride=stride, dx=dx, dw=dw, db=delta.sum(), K=len(w))
        q.N, q.M = delta.shape
        return tuple(after[name](q) if name in after else getattr(q, name) for name in ("dx", "dw", "db"))

    return function


def overwritten(by_weight: bool) -> Piece:
    """Return dC/dx in which the last use of an input is left, in the order of places or of weights."""

    def dx(q: SimpleNamespace) -> Array:
        found = np.zeros_like(q.x)
        for a, b in np.ndindex((q.K, q.M) if by_weight else (q.M, q.K)):
            i, k = (b, a) if by_weight else (a, b)
            found[:, q.stride * i + k] = q.delta[:, i] * q.w[k]
        return np.asarray(found)

    return dx


def of_uses(select: Callable[[Array], Array]) -> Piece:
    """Return dC/dw made of some of the uses, which stand in an array (N, M, K)."""

    def dw(q: SimpleNamespace) -> Array:
        views = np.stack([q.x[:, q.stride * i : q.stride * i + q.K] for i in range(q.M)], axis=1)
        return np.asarray(select(q.delta[:, :, None] * views))

    return dw


def shared_out(q: SimpleNamespace) -> Array:
    """Return dC/dx divided by the number of windows that an input lies in."""
    count = np.zeros(q.x.shape[1])
    for i in range(q.M):
        count[q.stride * i : q.stride * i + q.K] += 1
    return np.asarray(q.dx / np.maximum(count, 1))


def without(kept: Callable[[int], range]) -> Callable[..., tuple[Any, ...]]:
    """Return a pass over some places only."""

    def function(x: Array, w: Array, delta: Array, stride: int) -> tuple[Any, ...]:
        some = np.zeros_like(delta)
        some[:, kept(delta.shape[1])] = delta[:, kept(delta.shape[1])]
        return rows()(x, w, some, stride)

    return function


def one_example(x: Array, w: Array, delta: Array, stride: int) -> tuple[Any, ...]:
    """Return a pass that sees the first example only."""
    return rows()(x, w, delta * (np.arange(len(delta)) == 0)[:, None], stride)


def short_kernel(x: Array, w: Array, delta: Array, stride: int) -> tuple[Any, ...]:
    """Return a pass in which the loop over the kernel ends too early."""
    dx, dw, db = rows()(x, w[:-1], delta, stride)
    return dx, np.append(dw, 0.0), db


LATER = "A later use overwrites the earlier ones: what comes along all of them is added."
FLIP = "On the way back to the input your kernel lies the wrong way round: follow one delta to its window."
STEP = "You moved the window by one, where it moves by the stride."
AVERAGED = "You took a mean where the sum belongs: every use moves the loss, and their effects add."
ROW_MISTAKES = (
    Mistake("flip dx", rows(weight=lambda w, k: w[len(w) - 1 - k]), FLIP),
    Mistake(
        "flip dw",
        rows(dw=lambda q: q.dw[::-1]),
        "The gradient of the kernel stands in reverse: it has its kernel's order.",
    ),
    Mistake(
        "flip both",
        rows(weight=lambda w, k: w[len(w) - 1 - k], dw=lambda q: q.dw[::-1]),
        "You differentiated a convolution that flips its kernel: this one lays it on the row as it is.",
    ),
    Mistake("M1 dw", rows(dw=of_uses(lambda uses: uses[-1, -1])), LATER),
    Mistake(
        "M1 places",
        rows(dw=of_uses(lambda uses: uses[:, -1].sum(axis=0))),
        "Only the last place is left in the gradient of the kernel: its uses at all places are added.",
    ),
    Mistake(
        "M1 first",
        rows(dw=of_uses(lambda uses: uses[:, 0].sum(axis=0))),
        "Only the first place is in the gradient of the kernel: its uses at all places are added.",
    ),
    Mistake(
        "M1 example",
        rows(dw=of_uses(lambda uses: uses[-1].sum(axis=0)), db=lambda q: q.delta[-1].sum()),
        "Only the last example is left: the examples of a batch are uses as well.",
    ),
    Mistake(
        "M1 one",
        rows(dw=of_uses(lambda uses: uses[0].sum(axis=0)), db=lambda q: q.delta[0].sum()),
        "Only the first example is in there: the examples of a batch are uses as well.",
    ),
    Mistake(
        "M1 dx",
        rows(dx=overwritten(False)),
        "An input that lies in several windows keeps what the last of them sent: what comes from all of them is added.",
    ),
    Mistake(
        "M1 dx weights",
        rows(dx=overwritten(True)),
        "An input that meets several weights keeps what came "
        "through the last of them: what comes through all of them is added.",
    ),
    Mistake("M1 db", rows(db=lambda q: q.delta[-1, -1]), LATER),
    Mistake(
        "M1 all",
        rows(dw=of_uses(lambda uses: uses[-1, -1]), db=lambda q: q.delta[-1, -1], dx=overwritten(False)),
        "Everywhere the last use overwrites the others: what comes along all of them is added.",
    ),
    Mistake("mean places", rows(dw=lambda q: q.dw / q.M, db=lambda q: q.db / q.M), AVERAGED),
    Mistake(
        "mean examples",
        rows(dw=lambda q: q.dw / q.N, db=lambda q: q.db / q.N),
        "You took the mean over the examples: how the loss counts them is in the deltas already.",
    ),
    Mistake("mean all", rows(dw=lambda q: q.dw / q.N / q.M, db=lambda q: q.db / q.N / q.M), AVERAGED),
    Mistake(
        "mean dx",
        rows(dx=shared_out),
        "You shared out what an input gets among its windows: it is in all of them, and their effects add.",
    ),
    Mistake(
        "mean examples dx",
        rows(dx=lambda q: q.dx / q.N, dw=lambda q: q.dw / q.N, db=lambda q: q.db / q.N),
        "You divided by the number of examples: how the loss counts them is in the deltas already.",
    ),
    Mistake("stride", rows(at_w=lambda i, k, s: i + k, at_x=lambda i, k, s: i + k), STEP),
    Mistake("stride dw", rows(at_w=lambda i, k, s: i + k), STEP),
    Mistake("stride dx", rows(at_x=lambda i, k, s: i + k), STEP),
    Mistake(
        "place",
        rows(at_w=lambda i, k, s: i + s * k, at_x=lambda i, k, s: i + s * k),
        "You stretched the kernel by the stride: it is the window that takes larger steps.",
    ),
    Mistake(
        "place minus",
        rows(at_w=lambda i, k, s: s * i - k, at_x=lambda i, k, s: s * i - k),
        "You went to the left of where the window begins: places before the row are taken from its end.",
    ),
    Mistake(
        "stride flip",
        rows(at_x=lambda i, k, s: i + k, weight=lambda w, k: w[len(w) - 1 - k]),
        f"{FLIP} Besides, the window moves by the stride.",
    ),
    Mistake(
        "weights-forgotten",
        rows(weight=lambda w, k: 1.0),
        "On the way back to the input you left out the weights of the kernel.",
    ),
    Mistake(
        "incoming",
        rows(dw=lambda q: np.full(q.K, q.delta.sum())),
        "Every weight got the sum of the deltas: what the weight met at each place is missing.",
    ),
    Mistake(
        "incoming dx",
        rows(dw=of_uses(lambda u: u.sum(axis=(0, 1))), dx=lambda q: q.dx * q.x),
        "In the gradient of the input you multiplied by the input itself.",
    ),
    Mistake(
        "M13",
        rows(dw=lambda q: q.dw * q.w),
        "You multiplied the gradient of the kernel by the kernel itself: "
        "its derivative leaves what it is multiplied with.",
    ),
    Mistake(
        "swapped",
        rows(dw=lambda q: q.db, db=lambda q: q.dw),
        "The gradients of kernel and bias are exchanged in what you return.",
    ),
    Mistake(
        "bias",
        rows(db=lambda q: 1.0),
        "The gradient of the bias is not the slope of z in the bias: the deltas are missing.",
    ),
    Mistake(
        "bias count",
        rows(db=lambda q: float(q.delta.size)),
        "You counted the uses of the bias: each has a delta of its own.",
    ),
    Mistake(
        "bias kernel",
        rows(db=lambda q: q.delta.sum() * q.K),
        "You added delta to the bias once for every weight of the kernel: once for every place is enough.",
    ),
    Mistake(
        "bias slope",
        rows(db=lambda q: (q.delta * q.x[:, : q.M]).sum()),
        "You multiplied the deltas of the bias by inputs: a bias has an input of one.",
    ),
    Mistake(
        "places last",
        without(lambda M: range(M - 1)),
        "The last place of the kernel is left out: there are as many places as there are deltas.",
    ),
    Mistake(
        "places first",
        without(lambda M: range(1, M)),
        "The first place of the kernel is left out: there are as many places as there are deltas.",
    ),
    Mistake("one-example", one_example, "Only the first example is in there: the others were passed over."),
    Mistake(
        "M1 dw example",
        rows(dw=of_uses(lambda uses: uses[0].sum(axis=0) if len(uses) > 1 else uses.sum(axis=(0, 1)))),
        "The gradient of the kernel comes from one example: what all of them give is added.",
    ),
    Mistake(
        "own-row",
        rows(dw=lambda q: np.array([(q.delta * q.x[0, q.stride * np.arange(q.M) + k]).sum() for k in range(q.K)])),
        "All deltas met the first example in yours: each belongs to its own row.",
    ),
    Mistake(
        "across",
        rows(dx=lambda q: np.ones((q.N, 1)) * q.dx.sum(axis=0)),
        "What the examples send is mixed: each row gets what its own deltas send.",
    ),
    Mistake("weights last", short_kernel, "The last weight of the kernel is left out."),
    Mistake(
        "square", rows(weight=lambda w, k: w[k] ** 2), "You squared the weight: a delta comes back through it once."
    ),
    Mistake("mean", rows(dx=lambda q: q.dx / q.M, dw=lambda q: q.dw / q.M, db=lambda q: q.delta.sum() / q.M), AVERAGED),
    Mistake("mean dx", rows(dx=lambda q: q.dx / q.K), AVERAGED),
    Mistake("mean dx", rows(dx=lambda q: q.dx / q.M), AVERAGED),
    Mistake("bias", rows(db=lambda q: (q.delta**2).sum()), "You squared the deltas of the bias."),
    Mistake(
        "bias",
        rows(db=lambda q: q.dw.sum()),
        "You added up the gradient of the kernel for the bias: a bias meets no input.",
    ),
    Mistake(
        "bias",
        rows(db=lambda q: q.delta[0].sum() if q.N > 1 else q.delta.sum()),
        "The bias hears from one example only: what all of them give is added.",
    ),
    Mistake(
        "stride less",
        rows(at_w=lambda i, k, s: (s - 1) * i + k, at_x=lambda i, k, s: (s - 1) * i + k),
        "Your windows move by one less than the stride.",
    ),
)

# ------------------------------------------------------------------ 14.5: pictures, by loops

WINDOWS: Mapping[tuple[int, ...], tuple[int, int]] = {(2, 1, 3): (2, 3), (1, 3, 2): (3, 1), (3, 2, 1): (2, 2)}


def draw_pictures(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return pictures, kernels and deltas for (N, channels in, channels out)."""
    N, C, O = widths
    K, L = WINDOWS[widths]
    return {
        "x": rng.normal(size=(N, C, K + 2, L + 1)),
        "W": rng.normal(size=(O, C, K, L)),
        "delta": rng.normal(size=(N, O, 3, 2)),
    }


def library_pictures(x: Array, W: Array, delta: Array) -> tuple[Array, Array, Array]:
    """Return (dx, dW, db) from the library."""
    layer = Conv2D(W.shape[1], W.shape[0], (W.shape[2], W.shape[3]))
    layer.parameters["W"] = W
    _, cache = layer.forward(x)
    dx, parameters = layer.backward(cache, delta)
    return dx, parameters["W"], parameters["b"]


def pictures_agree(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with central differences of a forward pass by its formula."""

    def loss(x: Array, W: Array, delta: Array, b: Array) -> float:
        views = np.lib.stride_tricks.sliding_window_view(x, W.shape[2:], axis=(2, 3))
        return float((delta * (np.einsum("ncijkl,ockl->noij", views, W) + b[:, None, None])).sum())

    start = {**inputs, "b": np.zeros(len(inputs["W"]))}
    return differences(loss, start, outputs, {"dx": "x", "dW": "W", "db": "b"})


Put = Callable[[Any, Any], Any]


def pictures(
    sign: int = 1,
    put_w: Put = lambda old, new: old + new,
    put_x: Put = lambda old, new: old + new,
    weight: Callable[[Array, int, int], Array] = lambda W, k, l: W[:, :, k, l],
    **after: Piece,
) -> Callable[..., tuple[Any, ...]]:
    """Return (dx, dW, db) by loops, with some pieces exchanged for wrong ones."""

    def function(x: Array, W: Array, delta: Array) -> tuple[Any, ...]:
        dx, dW = np.zeros_like(x), np.zeros_like(W)
        N, O, I, J = delta.shape
        for n, o, i, j, c, k, l in np.ndindex(N, O, I, J, *W.shape[1:]):
            at = n, c, i + sign * k, j + sign * l
            dW[o, c, k, l] = put_w(dW[o, c, k, l], delta[n, o, i, j] * x[at])
            dx[at] = put_x(dx[at], delta[n, o, i, j] * weight(W, k, l)[o, c])
        q = SimpleNamespace(x=x, W=W, delta=delta, dx=dx, dW=dW, db=delta.sum(axis=(0, 2, 3)))
        return tuple(after[name](q) if name in after else getattr(q, name) for name in ("dx", "dW", "db"))

    return function


def last(old: float, new: float) -> float:
    """Overwrite."""
    return new


def last_example(q: SimpleNamespace) -> Array:
    """Return dC/dW of the last example alone."""
    return np.asarray(pictures()(q.x[-1:], q.W, q.delta[-1:])[1])


def anywhere(q: SimpleNamespace) -> Array:
    """Return dC/dW with the picture at (i, j), whatever the place in the kernel."""
    corner = q.x[:, :, : q.delta.shape[2], : q.delta.shape[3]]
    return np.asarray(np.einsum("noij,ncij->oc", q.delta, corner)[:, :, None, None] * np.ones(q.W.shape))


def to_corner(q: SimpleNamespace) -> Array:
    """Return dC/dx where all that a window sends goes to its corner."""
    dx = np.zeros_like(q.x)
    dx[:, :, : q.delta.shape[2], : q.delta.shape[3]] = np.einsum("noij,ockl->ncij", q.delta, q.W)
    return np.asarray(dx)


def window_sums(q: SimpleNamespace) -> Array:
    """Return dC/dW where each weight meets the sum of a window, over the place in it and channels together."""
    views = np.lib.stride_tricks.sliding_window_view(q.x, q.W.shape[2:], axis=(2, 3))
    return np.asarray(np.einsum("ncijkl,noij->oc", views, q.delta)[:, :, None, None] * np.ones(q.W.shape))


def first_channel(x: Array, W: Array, delta: Array) -> tuple[Any, ...]:
    """Return a pass that sees the first channel only."""
    dx, dW, db = pictures()(x, W, delta)
    dx[:, 1:], dW[:, 1:] = 0, 0
    return dx, dW, db


def short_rows(x: Array, W: Array, delta: Array) -> tuple[Any, ...]:
    """Return a pass in which the loop over the rows of a kernel ends too early."""
    kept = np.array(W)
    kept[:, :, -1] = 0
    dx, dW, db = pictures()(x, kept, delta)
    dW[:, :, -1] = 0
    return dx, dW, db


PICTURE_MISTAKES = (
    Mistake("flip", pictures(weight=lambda W, k, l: W[:, :, W.shape[2] - 1 - k, W.shape[3] - 1 - l]), FLIP),
    Mistake(
        "flip dW",
        pictures(dW=lambda q: q.dW[:, :, ::-1, ::-1]),
        "The gradient of a kernel stands in reverse: it has its kernel's order.",
    ),
    Mistake("flip rows", pictures(weight=lambda W, k, l: W[:, :, W.shape[2] - 1 - k, l]), FLIP),
    Mistake(
        "M1 dW",
        pictures(put_w=last),
        "In the gradient of the kernels a later use overwrites the earlier ones: "
        "an equals sign where something is to be added.",
    ),
    Mistake(
        "M1 dx",
        pictures(put_x=last),
        "In the gradient of the picture a later use overwrites the earlier ones: "
        "an equals sign where something is to be added.",
    ),
    Mistake(
        "M1 db",
        pictures(db=lambda q: q.delta[-1, :, -1, -1]),
        "In the gradient of the bias a later use overwrites the earlier ones.",
    ),
    Mistake("M1 all", pictures(put_w=last, put_x=last, db=lambda q: q.delta[-1, :, -1, -1]), LATER),
    Mistake("M1 weights", pictures(put_w=last, put_x=last), LATER),
    Mistake(
        "M1 example",
        pictures(dW=last_example, db=lambda q: q.delta[-1].sum(axis=(1, 2))),
        "Only the last example is left: the examples of a batch are uses as well.",
    ),
    Mistake(
        "bias often",
        pictures(db=lambda q: q.db * q.W[0].size),
        "You added delta to the bias once for every weight of its kernel: it belongs outside of the inner loop.",
    ),
    Mistake(
        "bias mean",
        pictures(db=lambda q: q.delta.mean(axis=(0, 2, 3))),
        "You took the mean of the deltas for the bias: its uses add.",
    ),
    Mistake(
        "bias one",
        pictures(db=lambda q: np.ones(len(q.W))),
        "The gradient of the bias is not the slope of z in the bias: the deltas are missing.",
    ),
    Mistake(
        "bias all",
        pictures(db=lambda q: np.full(len(q.W), q.delta.sum())),
        "You added the deltas of all feature maps up: each has a bias of its own.",
    ),
    Mistake("bias missing", pictures(db=lambda q: np.zeros(len(q.W))), "You left out the bias."),
    Mistake(
        "mean places",
        pictures(dW=lambda q: q.dW / q.delta[0, 0].size, db=lambda q: q.db / q.delta[0, 0].size),
        AVERAGED,
    ),
    Mistake(
        "mean examples",
        pictures(dW=lambda q: q.dW / len(q.x), db=lambda q: q.db / len(q.x)),
        "You took the mean over the examples: how the loss counts them is in the deltas already.",
    ),
    Mistake(
        "mean all", pictures(dW=lambda q: q.dW / q.delta[:, 0].size, db=lambda q: q.db / q.delta[:, 0].size), AVERAGED
    ),
    Mistake(
        "mean examples dx",
        pictures(dx=lambda q: q.dx / len(q.x), dW=lambda q: q.dW / len(q.x), db=lambda q: q.db / len(q.x)),
        "You divided by the number of examples: how the loss counts them is in the deltas already.",
    ),
    Mistake(
        "place",
        pictures(sign=-1),
        "You went up and to the left of where the window begins: places outside of "
        "the picture are taken from its other side.",
    ),
    Mistake(
        "place dW",
        pictures(dW=lambda q: pictures(sign=-1)(q.x, q.W, q.delta)[1]),
        "In the gradient of the kernels you went up and to the left of where the window begins.",
    ),
    Mistake(
        "place dx",
        pictures(dx=lambda q: pictures(sign=-1)(q.x, q.W, q.delta)[0]),
        "In the gradient of the picture you went up and to the left of where the window begins.",
    ),
    Mistake(
        "place corner dx",
        pictures(dx=to_corner),
        "All that a window sends back went to its corner: each pixel gets what its own weight carries.",
    ),
    Mistake(
        "place corner both",
        pictures(dW=anywhere, dx=to_corner),
        "Every weight met the corner of the window, in both gradients: the place in the kernel is missing.",
    ),
    Mistake(
        "place corner",
        pictures(dW=anywhere),
        "Every weight of a kernel met the corner of the window: each meets the pixel at its own place.",
    ),
    Mistake(
        "weights-forgotten",
        pictures(weight=lambda W, k, l: np.ones(W.shape[:2])),
        "On the way back to the picture you left out the weights of the kernels.",
    ),
    Mistake(
        "incoming",
        pictures(dW=lambda q: q.db[:, None, None, None] * np.ones(q.W.shape)),
        "Every weight got the sum of the deltas: what the weight met at each place is missing.",
    ),
    Mistake(
        "swapped dx",
        pictures(dx=lambda q: q.dx * q.x),
        "In the gradient of the picture you multiplied by the picture itself.",
    ),
    Mistake(
        "swapped dW",
        pictures(dW=lambda q: q.dW * q.W),
        "In the gradient of the kernels you multiplied by the "
        "kernels themselves: the derivative leaves what they meet.",
    ),
    Mistake(
        "turned",
        pictures(weight=lambda W, k, l: W.reshape(*W.shape[:2], W.shape[3], W.shape[2]).swapaxes(2, 3)[:, :, k, l]),
        "Rows and columns of the kernel are mixed up on the way back to the picture.",
    ),
    Mistake(
        "pooled",
        pictures(dW=window_sums),
        "Each weight got the sum of a whole window: it met one pixel of it, the one at its own place.",
    ),
    Mistake(
        "channels out",
        pictures(weight=lambda W, k, l: np.ones_like(W[:, :, k, l]) * W[:, :, k, l].sum(axis=0)),
        "Channels are mixed: what a feature map sends back passes the weights between this map and this channel.",
    ),
    Mistake(
        "channels in",
        pictures(weight=lambda W, k, l: np.ones_like(W[:, :, k, l]) * W[:, :, k, l].sum(axis=1, keepdims=True)),
        "Channels are mixed: what a feature map sends back passes the weights between this map and this channel.",
    ),
    Mistake(
        "channels first",
        pictures(weight=lambda W, k, l: np.ones_like(W[:, :, k, l]) * W[:1, :, k, l]),
        "Every feature map sent its deltas back through the weights of the first: each has kernels of its own.",
    ),
    Mistake(
        "channels dW",
        pictures(dW=lambda q: np.ones_like(q.dW) * q.dW.sum(axis=1, keepdims=True)),
        "In the gradient of the kernels all channels are added up: each weight met one of them.",
    ),
    Mistake(
        "channels dW first",
        pictures(dW=lambda q: np.ones_like(q.dW) * q.dW[:, :1]),
        "In the gradient of the kernels every weight met the first channel: each has its own.",
    ),
    Mistake("channels one", first_channel, "Only the first channel is in there: the others were passed over."),
    Mistake(
        "own-picture",
        pictures(dW=lambda q: pictures()(np.broadcast_to(q.x[:1], q.x.shape), q.W, q.delta)[1]),
        "All deltas met the first picture in yours: each belongs to its own example.",
    ),
    Mistake(
        "own-picture dx",
        pictures(dx=lambda q: q.dx.sum(axis=0) * (np.arange(len(q.x)) == 0)[:, None, None, None]),
        "All deltas went to the first picture in yours: each belongs to its own example.",
    ),
    Mistake(
        "no-delta dW",
        pictures(dW=lambda q: pictures()(q.x, q.W, np.ones_like(q.delta))[1]),
        "In the gradient of the kernels the deltas are missing.",
    ),
    Mistake(
        "no-delta dx",
        pictures(dx=lambda q: pictures()(q.x, q.W, np.ones_like(q.delta))[0]),
        "In the gradient of the picture the deltas are missing.",
    ),
    Mistake(
        "bias count",
        pictures(db=lambda q: np.full(len(q.W), q.delta[:, 0].size) * 1.0),
        "You counted the uses of the biases: each has a delta of its own.",
    ),
    Mistake("short", short_rows, "The last row of the kernels is left out."),
    Mistake(
        "mean dx",
        pictures(dx=lambda q: q.dx / q.W[0].size),
        "You took a mean over the kernel on the way back to the picture: all its weights send, and what they send is "
        "added.",
    ),
)

# ------------------------------------------------------------------ 14.6: backpropagation through time


def draw_sequence(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return inputs, states, their own gradients and weights, for (n_in, n, T)."""
    n_in, n, T = widths
    N = 1 + n % 3
    W_x, W_h, b = rng.normal(size=(n, n_in)), rng.normal(size=(n, n)) / np.sqrt(n), rng.normal(size=n) / 2
    x, h = rng.normal(size=(N, T, n_in)), [np.tanh(rng.normal(size=(N, n)))]
    for t in range(T):
        h.append(np.tanh(x[:, t] @ W_x.T + h[-1] @ W_h.T + b))
    return {"x": x, "h": np.stack(h, axis=1), "dh": rng.normal(size=(N, T, n)), "W_x": W_x, "W_h": W_h}


def sequence_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with central differences; the bias is what the first state tells of it."""
    h, x, W_x, W_h = (np.asarray(inputs[name]) for name in ("h", "x", "W_x", "W_h"))
    b = np.arctanh(h[0, 1]) - W_x @ x[0, 0] - W_h @ h[0, 0]

    def loss(x: Array, h: Array, dh: Array, W_x: Array, W_h: Array, b: Array, h0: Array) -> float:
        total = 0.0
        for n in range(len(x)):
            state = h0[n]
            for t in range(x.shape[1]):
                state = np.tanh(W_x @ x[n, t] + W_h @ state + b)
                total += float(dh[n, t] @ state)
        return total

    names = {"dx": "x", "dW_x": "W_x", "dW_h": "W_h", "db": "b", "dh0": "h0"}
    return differences(loss, {**inputs, "b": b, "h0": h[:, 0]}, outputs, names)


TIME = ("dx", "dW_x", "dW_h", "db", "dh0")


def in_time(
    own: Callable[[Array, int, int], Array] = lambda dh, t, T: dh[:, t - 1],
    joined: Callable[[Array, Array], Array] = lambda own, carried: own + carried,
    slope: Callable[[Array, int], Array] = lambda h, t: 1 - h[:, t] ** 2,
    carry: Callable[[Array, Array], Array] = lambda delta, W_h: delta @ W_h,
    met: Callable[[Array, int], Array] = lambda h, t: h[:, t - 1],
    order: Callable[[int], Sequence[int]] = lambda T: range(T, 0, -1),
    put: Callable[[Any, Array], Any] = lambda total, new: total + new,
    select: Callable[[SimpleNamespace], tuple[Any, ...]] = lambda q: (q.dx, q.dW_x, q.dW_h, q.db, q.dh0),
    flat: Sequence[str] = (),
) -> Callable[..., tuple[Any, ...]]:
    """Return backpropagation through time with some pieces exchanged for wrong ones.

    What is named in `flat`, of input, weights and carry, reads what arrives at the state in place of delta.
    """

    def function(x: Array, h: Array, dh: Array, W_x: Array, W_h: Array) -> tuple[Any, ...]:
        T, carried = x.shape[1], np.zeros_like(h[:, 0])
        q = SimpleNamespace(x=x, h=h, dh=dh, W_x=W_x, W_h=W_h, T=T, dx=np.zeros_like(x), dW_x=0, dW_h=0, db=0)
        for t in order(T):
            q.total = joined(own(dh, t, T), carried)
            delta = q.total * slope(h, t)
            down, use, back = (q.total if name in flat else delta for name in ("input", "weights", "carry"))
            q.dW_x = put(q.dW_x, use.T @ x[:, t - 1])
            q.dW_h = put(q.dW_h, use.T @ met(h, t))
            q.db = put(q.db, use.sum(axis=0))
            q.dx[:, t - 1] = down @ W_x
            carried = carry(back, W_h)
        q.dh0, q.N = carried, len(x)
        return select(q)

    return function


def averaged(by: Callable[[SimpleNamespace], float]) -> Callable[[SimpleNamespace], tuple[Any, ...]]:
    """Divide the gradients of the parameters."""
    return lambda q: (q.dx, q.dW_x / by(q), q.dW_h / by(q), q.db / by(q), q.dh0)


def only_last(own: Array, t: int, T: int) -> Array:
    """Let the last state alone have an output."""
    return own[:, t - 1] if t == T else np.zeros_like(own[:, 0])


def first_step_only(total: Any, new: Array) -> Any:
    """Keep what came first, which is the last step."""
    return new if np.ndim(total) == 0 else total


def deltas_of(q: SimpleNamespace) -> Array:
    """Return the right deltas (N, T, n)."""
    found, carried = np.zeros(q.dh.shape), np.zeros(q.dh[:, 0].shape)
    for t in range(q.T, 0, -1):
        found[:, t - 1] = (q.dh[:, t - 1] + carried) * (1 - q.h[:, t] ** 2)
        carried = found[:, t - 1] @ q.W_h
    return found


def with_inputs(q: SimpleNamespace, index: Callable[[int], int]) -> Array:
    """Return dC/dW_x with the inputs of other steps."""
    deltas = deltas_of(q)
    return np.asarray(sum(deltas[:, t - 1].T @ q.x[:, index(t)] for t in range(1, q.T + 1)))


def first_place(q: SimpleNamespace) -> Array:
    """Return dC/dx with everything at the first step."""
    dx = np.zeros(q.dx.shape)
    dx[:, 0] = q.dx.sum(axis=1)
    return dx


def from_deltas(step: Callable[[Array, Any, Array], Array], back: Callable[..., Array]) -> Callable[..., Any]:
    """Return a pass: `step` makes a delta of (own, carried, slope), `back` what goes to the state before."""

    def function(x: Array, h: Array, dh: Array, W_x: Array, W_h: Array) -> tuple[Any, ...]:
        deltas, carried = np.zeros_like(dh), np.zeros_like(dh[:, 0])
        for t in range(dh.shape[1], 0, -1):
            slope = 1 - h[:, t] ** 2
            deltas[:, t - 1] = step(dh[:, t - 1], carried, slope)
            carried = back(deltas[:, t - 1], W_h, carried, slope, 1 - h[:, t - 1] ** 2, dh[:, t - 1])
        dW_x, dW_h = (np.einsum("nti,ntj->ij", deltas, met) for met in (x, h[:, :-1]))
        return deltas @ W_x, dW_x, dW_h, deltas.sum(axis=(0, 1)), carried

    return function


def joined_first(own: Array, carried: Any, slope: Array) -> Array:
    """Return the right delta."""
    return np.asarray((own + carried) * slope)


piled_up = from_deltas(joined_first, lambda d, W, carried, slope, before, own: carried + d @ W)
split_slope = from_deltas(lambda own, carried, slope: own * slope + carried, lambda d, W, *_: d @ W)
slope_before = from_deltas(joined_first, lambda d, W, carried, slope, before, own: (d @ W) * before)
slope_again = from_deltas(joined_first, lambda d, W, carried, slope, before, own: (d * slope) @ W)
one_back = from_deltas(joined_first, lambda d, W, carried, slope, before, own: (own * slope) @ W)

TIME_MISTAKES = (
    Mistake(
        "own-output last",
        in_time(own=only_last),
        "You took the loss at the last state only: each state has an output of its own, and hears from it.",
    ),
    Mistake(
        "own-output same",
        in_time(own=lambda dh, t, T: dh[:, -1] if t == T else dh[:, t - 1] * 0 + dh[:, -1]),
        "Every step got the gradient of the last output: each has its own.",
    ),
    Mistake(
        "own-output next", in_time(own=lambda dh, t, T: dh[:, t % T]), "The gradients of the outputs are off by a step."
    ),
    Mistake(
        "M1 own",
        in_time(joined=lambda own, carried: own),
        "Nothing comes back from later steps: a state is used "
        "by its own output and by the next step, and both are added.",
    ),
    Mistake(
        "M12",
        in_time(joined=lambda own, carried: own * (1 + carried)),
        "You multiplied what comes along two paths: paths are added.",
    ),
    Mistake(
        "M7",
        in_time(slope=lambda h, t: np.ones_like(h[:, 0])),
        "You left out the slope of the tanh: each step back in time passes one.",
    ),
    Mistake(
        "start",
        in_time(select=lambda q: (q.dx, q.dW_x, q.dW_h, q.db, np.zeros_like(q.dh0))),
        "The state before the first step got nothing: it is read by that step, and the loss hears of it.",
    ),
    *(
        Mistake(f"M7 {name}", in_time(flat=(name,)), f"You left out the slope of the tanh on the way to the {where}.")
        for name, where in (("input", "input"), ("weights", "parameters"), ("carry", "state before"))
    ),
    Mistake(
        "cut",
        in_time(slope=lambda h, t: 1 - h[:, t] ** 2, carry=lambda delta, W_h: np.zeros_like(delta)),
        "You cut the way back after a single step.",
    ),
    Mistake("slope", in_time(slope=lambda h, t: 1 - h[:, t]), "You forgot the square in the slope of the tanh."),
    Mistake(
        "slope sigmoid",
        in_time(slope=lambda h, t: h[:, t] * (1 - h[:, t])),
        "That is the slope of the sigmoid: these states come out of a tanh.",
    ),
    Mistake(
        "M5",
        in_time(slope=lambda h, t: 1 - np.tanh(h[:, t]) ** 2),
        "You took the slope of the tanh at the state: the state is what came out of the tanh already.",
    ),
    Mistake(
        "old-state",
        in_time(slope=lambda h, t: 1 - h[:, t - 1] ** 2),
        "You took the slope from the state before: it belongs to the state that came out of this tanh.",
    ),
    Mistake(
        "late-state",
        in_time(met=lambda h, t: h[:, t]),
        "You multiplied delta by the state that the step made: the recurrent weights met the one before.",
    ),
    Mistake(
        "M1 weights",
        in_time(put=lambda total, new: new),
        "The weights keep the share of one step only: they are used at every step, and all shares are added.",
    ),
    Mistake(
        "M1 last",
        in_time(put=first_step_only),
        "The weights have the share of the last step only: they are used at every step, and all shares are added.",
    ),
    Mistake(
        "M8",
        in_time(carry=lambda delta, W_h: delta @ W_h.T),
        "The recurrent matrix lies on its side on the way "
        "back: each unit of the old state collects from all units that it feeds.",
    ),
    Mistake("M6", in_time(carry=lambda delta, W_h: delta @ np.linalg.inv(W_h).T)),
    Mistake("weights-forgotten", in_time(carry=lambda delta, W_h: delta)),
    Mistake(
        "M8 dW_h",
        in_time(select=lambda q: (q.dx, q.dW_x, q.dW_h.T, q.db, q.dh0)),
        "The gradient of the recurrent weights lies on its side: a row belongs to a unit of the new state.",
    ),
    Mistake(
        "M8 dW_x",
        in_time(select=lambda q: (q.dx, q.dW_x.T, q.dW_h, q.db, q.dh0)),
        "The gradient of the input weights lies on its side: a row belongs to a unit of the state.",
    ),
    Mistake(
        "M8 both",
        in_time(select=lambda q: (q.dx, q.dW_x.T, q.dW_h.T, q.db, q.dh0)),
        "The weight gradients lie on their sides: a row belongs to a unit of the state.",
    ),
    Mistake(
        "order",
        in_time(order=lambda T: range(1, T + 1)),
        "You went from the first step to the last: what a state hears depends on all that comes after it.",
    ),
    Mistake(
        "mean steps",
        in_time(select=averaged(lambda q: q.T)),
        "You took the mean over the steps: the uses of a weight add.",
    ),
    Mistake(
        "mean examples",
        in_time(select=averaged(lambda q: q.N)),
        "You took the mean over the examples: how the loss counts them is in the gradients that arrive.",
    ),
    Mistake("mean all", in_time(select=averaged(lambda q: q.N * q.T)), AVERAGED),
    Mistake(
        "reversed",
        in_time(select=lambda q: (q.dx[:, ::-1], q.dW_x, q.dW_h, q.db, q.dh0)),
        "The gradients of the inputs come in reverse: the first step's belongs first.",
    ),
    Mistake(
        "one-short",
        in_time(select=lambda q: (q.dx, q.dW_x, q.dW_h, q.db, q.total)),
        "You stopped at the first state that was computed: the state before it hears through the weights once more.",
    ),
    Mistake(
        "wrong-matrix",
        in_time(select=lambda q: (q.dx, q.dW_x, q.dW_h, q.db, q.dh[:, 0])),
        "The first state has no output of its own: it is heard of through the first step.",
    ),
    Mistake(
        "double",
        in_time(joined=lambda own, carried: own + 2 * carried),
        "What comes back from the next step counts twice.",
    ),
    Mistake(
        "bias",
        in_time(select=lambda q: (q.dx, q.dW_x, q.dW_h, np.ones_like(q.db), q.dh0)),
        "The gradient of the bias is not the slope of z in the bias: the deltas are missing.",
    ),
    Mistake(
        "piled-up",
        piled_up,
        "What goes back to the state before is piled up over steps: what came earlier is in this delta already.",
    ),
    Mistake(
        "start slope",
        in_time(select=lambda q: (q.dx, q.dW_x, q.dW_h, q.db, q.dh0 * (1 - q.h[:, 0] ** 2))),
        "The state before the first step came out of no tanh here: it has no slope to pass.",
    ),
    Mistake(
        "start delta",
        in_time(
            carry=lambda delta, W_h: delta @ W_h,
            select=lambda q: (q.dx, q.dW_x, q.dW_h, q.db, q.total * (1 - q.h[:, 1] ** 2)),
        ),
        "You return the first step's delta for the state before it: it has yet to go back through the recurrent "
        "weights.",
    ),
    Mistake(
        "start flat",
        in_time(select=lambda q: (q.dx, q.dW_x, q.dW_h, q.db, q.total @ q.W_h)),
        "On the last way, to the state before the first step, the slope is missing.",
    ),
    Mistake(
        "start own",
        in_time(select=lambda q: (q.dx, q.dW_x, q.dW_h, q.db, q.dh0 - q.dh[:, 0])),
        "The state before the first step has no output of its own: nothing but what comes back is there.",
    ),
    Mistake(
        "start own",
        in_time(select=lambda q: (q.dx, q.dW_x, q.dW_h, q.db, q.dh0 + q.dh[:, 0])),
        "The state before the first step has no output of its own: nothing but what comes back is there.",
    ),
    Mistake(
        "input before",
        in_time(select=lambda q: (q.dx, with_inputs(q, lambda t: t - 2), q.dW_h, q.db, q.dh0)),
        "In the gradient of the input weights the inputs are off by a step.",
    ),
    Mistake(
        "input last",
        in_time(select=lambda q: (q.dx, with_inputs(q, lambda t: -1), q.dW_h, q.db, q.dh0)),
        "In the gradient of the input weights every delta met the last input: each has its own.",
    ),
    Mistake(
        "start unseen",
        in_time(met=lambda h, t: h[:, t - 1] if t > 1 else 0 * h[:, 0]),
        "At the first step you took the state before it for zero: it is given, and need not be zero.",
    ),
    Mistake(
        "tanh again",
        in_time(met=lambda h, t: np.tanh(h[:, t - 1])),
        "The states came out of a tanh already: the weights met them as they are.",
    ),
    Mistake(
        "first-missing",
        in_time(order=lambda T: range(T, 1, -1)),
        "The loop ends too early: the first step has its share too.",
    ),
    Mistake(
        "last-missing",
        in_time(order=lambda T: range(T - 1, 0, -1)),
        "The loop begins too late: the last step has its share too.",
    ),
    Mistake(
        "slope own",
        split_slope,
        "What comes back from the next step has to pass the slope as well: add it before you multiply.",
    ),
    Mistake(
        "slope twice",
        slope_before,
        "On the way from a step to the one before you multiplied by the slope there, and do so again when that step "
        "comes.",
    ),
    Mistake(
        "slope twice",
        slope_again,
        "What goes back through the recurrent weights has passed its slope already: you multiplied by it twice.",
    ),
    Mistake(
        "one-back",
        one_back,
        "Your way back ends after a single step: what comes back is made of delta, in which all later steps are.",
    ),
    Mistake(
        "all-outputs",
        in_time(own=lambda dh, t, T: dh.sum(axis=1)),
        "Every step got the gradients of all outputs: its own, and the others through what comes back.",
    ),
    Mistake(
        "dx first",
        in_time(select=lambda q: (first_place(q), q.dW_x, q.dW_h, q.db, q.dh0)),
        "The gradients of all inputs ended up at the first step: each step has its own input.",
    ),
    Mistake(
        "square",
        in_time(carry=lambda delta, W_h: delta @ W_h @ W_h),
        "From one step to the one before the way leads through the recurrent weights once.",
    ),
    Mistake(
        "slope square",
        in_time(slope=lambda h, t: (1 - h[:, t]) ** 2),
        "The square in the slope of the tanh belongs to the state, not to the difference.",
    ),
    Mistake(
        "slope plus",
        in_time(slope=lambda h, t: 1 + h[:, t] ** 2),
        "The slope of the tanh falls where the state is large: look at the sign in it.",
    ),
)

# ------------------------------------------------------------------ 14.7: one step of an LSTM


def draw_cell(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return gates, proposal and cells of one step, and what arrives, for (N, n)."""
    i, f, o = 1 / (1 + np.exp(-rng.normal(size=(3, *widths))))
    g, c_old = np.tanh(rng.normal(size=widths)), rng.normal(size=widths)
    dh, dc = rng.normal(size=(2, *widths))
    return {"i": i, "f": f, "g": g, "o": o, "c_old": c_old, "c": f * c_old + i * g, "dh": dh, "dc": dc}


CELL_PIECES: dict[str, Piece] = {
    "t": lambda q: np.tanh(q.c),
    "slope_t": lambda q: 1 - q.t**2,
    "through_h": lambda q: q.dh * q.o * q.slope_t,
    "total": lambda q: q.dc + q.through_h,
    "slope_i": lambda q: q.i * (1 - q.i),
    "slope_f": lambda q: q.f * (1 - q.f),
    "slope_o": lambda q: q.o * (1 - q.o),
    "slope_g": lambda q: 1 - q.g**2,
    "dz_i": lambda q: q.total * q.g * q.slope_i,
    "dz_f": lambda q: q.total * q.c_old * q.slope_f,
    "dz_g": lambda q: q.total * q.i * q.slope_g,
    "dz_o": lambda q: q.dh * q.t * q.slope_o,
    "dc_old": lambda q: q.total * q.f,
}
CELL = ("dz_i", "dz_f", "dz_g", "dz_o", "dc_old")


def cell(select: Sequence[str] = CELL, **wrong: Piece) -> Callable[..., Any]:
    """Return the backward pass of one step, with some pieces exchanged for wrong ones."""
    return assembled(CELL_PIECES, select, wrong)


def cell_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with central differences in the pre-activations."""

    def sigma(z: Array) -> Array:
        return np.asarray(1 / (1 + np.exp(-z)))

    def loss(z_i: Array, z_f: Array, z_g: Array, z_o: Array, c_old: Array) -> float:
        c = sigma(z_f) * c_old + sigma(z_i) * np.tanh(z_g)
        return float((inputs["dc"] * c + inputs["dh"] * sigma(z_o) * np.tanh(c)).sum())

    start = {f"z_{gate}": np.log(inputs[gate] / (1 - inputs[gate])) for gate in "ifo"}
    start |= {"z_g": np.arctanh(inputs["g"]), "c_old": inputs["c_old"]}
    order = {name: start[name] for name in ("z_i", "z_f", "z_g", "z_o", "c_old")}
    return differences(loss, order, outputs, {f"d{name}": name for name in order})


def ones(q: SimpleNamespace) -> Array:
    """Leave a slope out."""
    return np.ones_like(q.c)


def raw(name: str) -> Piece:
    """Take the slope of the sigmoid once more at a gate that is a sigmoid's value already."""

    def slope(q: SimpleNamespace) -> Array:
        s = 1 / (1 + np.exp(-getattr(q, name)))
        return np.asarray(s * (1 - s))

    return slope


NO_GATE_SLOPE: dict[str, Piece] = {"slope_i": ones, "slope_f": ones, "slope_o": ones}
GATE = "You left out the slope of a gate: what arrives at the gate's value has yet to pass its sigmoid."
PARTNER = "A product passes on its other factor: the partner of a gate or of the proposal is missing in its gradient."


def averaged_cell(**inputs: Array) -> tuple[Array, ...]:
    """Return the pass divided by the number of examples."""
    return tuple(part / len(inputs["c"]) for part in cell()(**inputs))


CELL_MISTAKES = (
    Mistake(
        "M1 straight",
        cell(total=lambda q: q.through_h),
        "You forgot what comes back along the cell: the cell is "
        "read by this step's output and by the next step, and both are added.",
    ),
    Mistake(
        "M1 through-h",
        cell(total=lambda q: q.dc),
        "You forgot what comes through the output: the cell is also shown in this step's state.",
    ),
    Mistake(
        "M1 dc_old",
        cell(dc_old=lambda q: q.dc * q.f),
        "To the old cell you sent on only what came along the "
        "cell: what comes through this step's state goes that way too.",
    ),
    Mistake(
        "M12", cell(total=lambda q: q.dc * q.through_h), "You multiplied what comes along two paths: paths are added."
    ),
    Mistake("M7 tanh", cell(slope_t=ones), "You left out the slope of the tanh between cell and state."),
    Mistake(
        "M7 gates",
        cell(CELL, **NO_GATE_SLOPE),
        "You left out the slopes of the three gates: what arrives at a gate's value has yet to pass its sigmoid.",
    ),
    Mistake("M7 g", cell(slope_g=ones), "You left out the slope of the proposal's tanh."),
    Mistake(
        "M7 all",
        cell(CELL, **NO_GATE_SLOPE, slope_g=ones),
        "You left out the slopes of gates and proposal: these are "
        "gradients of their values, not of what goes into them.",
    ),
    *(Mistake(f"M7 {gate}", cell(CELL, **{f"slope_{gate}": ones}), GATE) for gate in "ifo"),
    Mistake(
        "M5 gates",
        cell(slope_i=raw("i"), slope_f=raw("f"), slope_o=raw("o")),
        "You took the slope of the sigmoid at the gate: the gate is what came out of the sigmoid already.",
    ),
    Mistake(
        "M5 g",
        cell(slope_g=lambda q: 1 - np.tanh(q.g) ** 2),
        "You took the slope of the tanh at the proposal: it is what came out of the tanh already.",
    ),
    Mistake(
        "M5 tanh",
        cell(slope_t=lambda q: 1 - q.c**2),
        "You put the cell itself into the short form of the slope, which wants what comes out of the tanh.",
    ),
    Mistake(
        "tanh g",
        cell(slope_g=lambda q: q.g * (1 - q.g)),
        "You gave the proposal the slope of a sigmoid: it comes out of a tanh.",
    ),
    Mistake(
        "tanh gates",
        cell(slope_i=lambda q: 1 - q.i**2, slope_f=lambda q: 1 - q.f**2, slope_o=lambda q: 1 - q.o**2),
        "You gave the gates the slope of a tanh: they come out of a sigmoid.",
    ),
    Mistake(
        "slope",
        cell(slope_t=lambda q: 1 - q.t, slope_g=lambda q: 1 - q.g),
        "You forgot the square in the slope of a tanh.",
    ),
    Mistake("slope t", cell(slope_t=lambda q: 1 - q.t), "You forgot the square in the slope of the tanh of the cell."),
    Mistake(
        "swapped i g",
        cell(dz_i=lambda q: q.total * q.i * q.slope_i, dz_g=lambda q: q.total * q.g * q.slope_g),
        "Input gate and proposal are multiplied with one another, so each finds the other in its gradient: you "
        "gave each itself.",
    ),
    Mistake(
        "swapped places",
        cell(("dz_f", "dz_i", "dz_g", "dz_o", "dc_old")),
        "Input gate and forget gate are exchanged in what you return.",
    ),
    Mistake(
        "swapped g o",
        cell(("dz_i", "dz_f", "dz_o", "dz_g", "dc_old")),
        "Proposal and output gate are exchanged in what you return.",
    ),
    Mistake(
        "swapped f",
        cell(dz_f=lambda q: q.total * q.f * q.slope_f),
        "The forget gate got itself as a factor: it is multiplied with the old cell, and finds that in its gradient.",
    ),
    Mistake(
        "new-cell",
        cell(dz_f=lambda q: q.total * q.c * q.slope_f),
        "The forget gate met the old cell, not the one that it made.",
    ),
    Mistake(
        "no-tanh",
        cell(dz_o=lambda q: q.dh * q.c * q.slope_o),
        "The output gate met the tanh of the cell, not the cell.",
    ),
    Mistake(
        "wrong-source",
        cell(dz_o=lambda q: q.total * q.t * q.slope_o),
        "The output gate does not act on the cell: it hears of the state alone.",
    ),
    Mistake(
        "output-gate",
        cell(through_h=lambda q: q.dh * q.slope_t),
        "You left out the output gate on the way from the state to the cell.",
    ),
    Mistake(
        "forget-gate",
        cell(dc_old=lambda q: q.total),
        "You left out the forget gate on the way to the old cell: it says how much of it stayed.",
    ),
    Mistake(
        "wrong-gate", cell(dc_old=lambda q: q.total * q.i), "To the old cell leads the forget gate, not the input gate."
    ),
    Mistake(
        "M6",
        cell(dc_old=lambda q: q.total / q.f),
        "You divided by the forget gate: nothing is undone on the way back, sensitivities are multiplied.",
    ),
    Mistake(
        "sign",
        cell(slope_i=lambda q: q.i * (q.i - 1), slope_f=lambda q: q.f * (q.f - 1), slope_o=lambda q: q.o * (q.o - 1)),
        "The slopes of your gates are negative: a sigmoid always rises.",
    ),
    Mistake("partner i", cell(dz_i=lambda q: q.total * q.slope_i), PARTNER),
    Mistake("partner f", cell(dz_f=lambda q: q.total * q.slope_f), PARTNER),
    Mistake("partner g", cell(dz_g=lambda q: q.total * q.slope_g), PARTNER),
    Mistake("partner o", cell(dz_o=lambda q: q.dh * q.slope_o), PARTNER),
    Mistake(
        "partner all",
        cell(
            dz_i=lambda q: q.total * q.slope_i,
            dz_f=lambda q: q.total * q.slope_f,
            dz_g=lambda q: q.total * q.slope_g,
            dz_o=lambda q: q.dh * q.slope_o,
        ),
        PARTNER,
    ),
    Mistake(
        "partner exchanged",
        cell(dz_i=lambda q: q.total * q.c_old * q.slope_i, dz_f=lambda q: q.total * q.g * q.slope_f),
        "The input gate has the proposal as its partner, the forget gate the old cell: yours are exchanged.",
    ),
    Mistake(
        "own-factor",
        cell(dz_i=lambda q: q.total * q.i * q.slope_i),
        "The input gate got itself as a factor: it is multiplied with the proposal, and finds that in its gradient.",
    ),
    Mistake(
        "own-factor",
        cell(dz_o=lambda q: q.dh * q.o * q.slope_o),
        "The output gate got itself as a factor: it is multiplied with the cell behind its tanh, and finds that in "
        "its gradient.",
    ),
    Mistake(
        "forget-gate",
        cell(dc_old=lambda q: q.total * (1 - q.f)),
        "The forget gate says how much stays, not how much goes.",
    ),
    Mistake(
        "forget-gate",
        cell(dc_old=lambda q: q.dc + q.through_h * q.f),
        "Both that arrive at the cell go on to the old cell through the forget gate: you let one of them pass as it "
        "is.",
    ),
    Mistake(
        "forget-gate",
        cell(dc_old=lambda q: q.dc * q.f + q.through_h),
        "Both that arrive at the cell go on to the old cell through the forget gate: you let one of them pass as it "
        "is.",
    ),
    Mistake(
        "forget-early",
        cell(total=lambda q: q.dc * q.f + q.through_h),
        "What comes along the cell from the next step is at this cell already: the forget gate lies below it.",
    ),
    Mistake(
        "output-gate",
        cell(total=lambda q: (q.dc + q.dh) * q.o * q.slope_t),
        "What comes along the cell passes neither output gate nor tanh: only what comes through the state does.",
    ),
    Mistake(
        "output-gate",
        cell(total=lambda q: q.dc * q.slope_t + q.through_h),
        "What comes along the cell does not pass the tanh: only what comes through the state does.",
    ),
    Mistake(
        "output-gate",
        cell(through_h=lambda q: q.dh * q.o * (1 - q.o) * q.slope_t),
        "On the way to the cell the output gate is a factor: its slope belongs to its own gradient.",
    ),
    Mistake(
        "M5 cell",
        cell(slope_t=lambda q: 1 - np.tanh(q.t) ** 2),
        "You took the slope of the tanh at what came out of it already.",
    ),
    Mistake("old-cell", cell(t=lambda q: np.tanh(q.c_old)), "The state shows the new cell: you took the old one."),
    Mistake(
        "old-cell",
        cell(slope_t=lambda q: 1 - np.tanh(q.c_old) ** 2),
        "The state shows the new cell: you took the slope at the old one.",
    ),
    Mistake(
        "old-cell",
        cell(dz_o=lambda q: q.dh * np.tanh(q.c_old) * q.slope_o),
        "The output gate shows the new cell: you took the old one.",
    ),
    Mistake(
        "old-cell",
        cell(dz_f=lambda q: q.total * np.tanh(q.c_old) * q.slope_f),
        "The forget gate multiplies the old cell as it is: there is no tanh around it.",
    ),
    Mistake(
        "both-to-o",
        cell(dz_o=lambda q: (q.dh + q.dc) * q.t * q.slope_o),
        "The output gate acts on the state alone: what comes along the cell does not pass it.",
    ),
    Mistake(
        "added-cell", cell(dc_old=lambda q: q.total * q.f + q.c_old), "You added the old cell itself to its gradient."
    ),
    Mistake(
        "through-gate",
        cell(dc_old=lambda q: q.total * q.f + q.dz_f),
        "Gates are held fixed for the gradient of the old cell: the way through them is another.",
    ),
    Mistake(
        "mean",
        averaged_cell,
        "You took the mean over the examples: each array has a row for each example, and nothing is shared here.",
    ),
    Mistake(
        "slope square",
        cell(
            slope_i=lambda q: q.i * (1 - q.i) ** 2,
            slope_f=lambda q: q.f * (1 - q.f) ** 2,
            slope_o=lambda q: q.o * (1 - q.o) ** 2,
        ),
        "The slope of a sigmoid has two factors, and none of them is squared.",
    ),
    Mistake(
        "slope square",
        cell(slope_i=lambda q: q.i * (1 - q.i) ** 2),
        "The slope of a sigmoid has two factors, and none of them is squared.",
    ),
    Mistake(
        "slope half",
        cell(slope_i=lambda q: 1 - q.i, slope_f=lambda q: 1 - q.f, slope_o=lambda q: 1 - q.o),
        "The slope of a sigmoid has two factors: one is missing.",
    ),
    Mistake("slope half", cell(slope_i=lambda q: 1 - q.i), "The slope of a sigmoid has two factors: one is missing."),
    Mistake(
        "minus",
        cell(total=lambda q: q.dc - q.through_h),
        "What arrives at the cell along two paths is added, not subtracted.",
    ),
    Mistake(
        "swapped", cell(("dz_i", "dz_f", "dz_g", "dc_old", "dz_o")), "The last two are exchanged in what you return."
    ),
)

# ------------------------------------------------------------------ 14.9: attention


def draw_attention(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return queries, keys, values and what arrives, for (queries, keys, width of a key, width of a value)."""
    M, T, d, e = widths
    return {
        "q": rng.normal(size=(M, d)),
        "k": rng.normal(size=(T, d)),
        "v": rng.normal(size=(T, e)),
        "do": rng.normal(size=(M, e)),
    }


def library_attention(q: Array, k: Array, v: Array, do: Array) -> tuple[Array, Array, Array]:
    """Return (dq, dk, dv) from the library."""
    return attention_backward(attention(q, k, v)[1], do)


def attention_agrees(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[object]:
    """Compare with central differences of attention, query by query."""

    def loss(q: Array, k: Array, v: Array, do: Array) -> float:
        total = 0.0
        for query, d in zip(q, do, strict=True):
            weights = np.exp([query @ key / len(query) ** 0.5 for key in k])
            total += float(d @ (weights @ v)) / float(weights.sum())
        return total

    return differences(loss, inputs, outputs, {"dq": "q", "dk": "k", "dv": "v"})


def soft(s: Array, axis: int) -> Array:
    """Return the softmax along an axis."""
    e = np.exp(s - s.max())
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


ATTENTION_PIECES: dict[str, Piece] = {
    "root": lambda p: p.q.shape[1] ** 0.5,
    "a": lambda p: soft(p.q @ p.k.T / p.root, 1),
    "dv": lambda p: p.a.T @ p.do,
    "da": lambda p: p.do @ p.v.T,
    "ds": lambda p: p.a * (p.da - (p.a * p.da).sum(axis=1, keepdims=True)),
    "dq": lambda p: p.ds @ p.k / p.root,
    "dk": lambda p: p.ds.T @ p.q / p.root,
}
ATTENTION = ("dq", "dk", "dv")


def attended(select: Sequence[str] = ATTENTION, **wrong: Piece) -> Callable[..., Any]:
    """Return the backward pass of attention, with some pieces exchanged for wrong ones."""
    return assembled(ATTENTION_PIECES, select, wrong)


AXIS: dict[str, Piece] = {"a": lambda p: soft(p.q @ p.k.T / p.root, 0)}
EVEN: dict[str, Piece] = {"ds": lambda p: p.a * (p.da - p.da.mean(axis=1, keepdims=True))}
UNSCALED: dict[str, Piece] = {"dk": lambda p: p.ds.T @ p.q}
LEFT = {
    "axis": "Your softmax runs down the columns: each query shares out a weight of one among all keys.",
    "even": "From what arrives at the weights you take away the plain mean: rows of a softmax take away the mean "
    "that is weighted by themselves.",
    "scale": "The keys miss the scale of the scores: it was in the forward pass, so it is in both gradients.",
}
ATTENTION_MISTAKES = (
    Mistake("axis", attended(ATTENTION, **AXIS), LEFT["axis"]),
    Mistake("even", attended(ATTENTION, **EVEN), LEFT["even"]),
    Mistake("scale", attended(ATTENTION, **UNSCALED), LEFT["scale"]),
    Mistake(
        "two-left even scale",
        attended(ATTENTION, **EVEN, **UNSCALED),
        "Two bugs are still there: look at what is taken away from da, and at the scale of the keys' gradient.",
    ),
    Mistake(
        "two-left axis scale",
        attended(ATTENTION, **AXIS, **UNSCALED),
        "Two bugs are still there: look at the direction of the softmax, and at the scale of the keys' gradient.",
    ),
    Mistake(
        "two-left axis even",
        attended(ATTENTION, **AXIS, **EVEN),
        "Two bugs are still there: look at the direction of the softmax, and at what is taken away from da.",
    ),
    Mistake("three-left", attended(ATTENTION, **AXIS, **EVEN, **UNSCALED), "All three bugs are still there."),
    Mistake(
        "diagonal",
        attended(ds=lambda p: p.a * (1 - p.a) * p.da),
        "You took the slope of each weight in its own score alone: a softmax ties the whole row together.",
    ),
    Mistake(
        "no-coupling",
        attended(ds=lambda p: p.a * p.da),
        "You left out what a row takes away: its weights share a sum of one.",
    ),
    Mistake(
        "unweighted",
        attended(ds=lambda p: p.a * (p.da - p.da.sum(axis=1, keepdims=True))),
        "You took away the plain sum: each entry counts with its own weight.",
    ),
    Mistake(
        "M7",
        attended(ds=lambda p: p.da),
        "You left out the softmax on the way back: the scores got what belongs to the weights.",
    ),
    Mistake(
        "wrong-axis",
        attended(ds=lambda p: p.a * (p.da - (p.a * p.da).sum(axis=0, keepdims=True))),
        "You summed down the columns on the way back: each row of weights is a softmax of its own.",
    ),
    Mistake(
        "whole-sum",
        attended(ds=lambda p: p.a * (p.da - (p.a * p.da).sum())),
        "You summed over all queries: each row of weights is a softmax of its own.",
    ),
    Mistake(
        "sign",
        attended(ds=lambda p: p.a * ((p.a * p.da).sum(axis=1, keepdims=True) - p.da)),
        "You subtracted the wrong way round on the way through the softmax.",
    ),
    Mistake(
        "plus",
        attended(ds=lambda p: p.a * (p.da + (p.a * p.da).sum(axis=1, keepdims=True))),
        "You added where the row takes something away.",
    ),
    Mistake("scale dq", attended(dq=lambda p: p.ds @ p.k), "The queries miss the scale of the scores."),
    Mistake(
        "scale both",
        attended(dq=lambda p: p.ds @ p.k, dk=lambda p: p.ds.T @ p.q),
        "Both gradients miss the scale of the scores: it was in the forward pass.",
    ),
    Mistake(
        "scale twice",
        attended(dq=lambda p: p.ds @ p.k / p.root**2, dk=lambda p: p.ds.T @ p.q / p.root**2),
        "The scale of the scores is in there twice.",
    ),
    Mistake(
        "scale dk twice",
        attended(dk=lambda p: p.ds.T @ p.q / p.root**2),
        "In the gradient of the keys the scale is in there twice.",
    ),
    Mistake(
        "scale times",
        attended(dq=lambda p: p.ds @ p.k * p.root, dk=lambda p: p.ds.T @ p.q * p.root),
        "You multiplied by the root on the way back, as if the scale were to be undone.",
    ),
    Mistake(
        "scale keys",
        attended(root=lambda p: len(p.k) ** 0.5),
        "You took the root of the number of keys: the scale asks for the width of one.",
    ),
    Mistake(
        "scale root",
        attended(root=lambda p: float(p.q.shape[1])),
        "You divided by the width of a key, without the root.",
    ),
    Mistake("scale none", attended(root=lambda p: 1.0), "You left out the scale of the scores altogether."),
    Mistake(
        "M8 dv",
        attended(dv=lambda p: p.a @ p.do),
        "The weights lie on their side on the way to the values: each "
        "value collects from all queries that looked at it.",
    ),
    Mistake(
        "M8 dk",
        attended(dk=lambda p: p.ds @ p.q / p.root),
        "The scores lie on their side on the way to the keys: each key collects from all queries.",
    ),
    Mistake(
        "M8 dq",
        attended(dq=lambda p: p.ds.T @ p.k / p.root),
        "The scores lie on their side on the way to the queries: each query collects from all keys.",
    ),
    Mistake(
        "swapped", attended(("dk", "dq", "dv")), "The gradients of queries and keys are exchanged in what you return."
    ),
    Mistake(
        "swapped factors",
        attended(dq=lambda p: p.ds.sum(axis=1, keepdims=True) * p.q / p.root),
        "The queries got themselves as a factor: a query is multiplied with keys, and finds them in its gradient.",
    ),
    Mistake(
        "mean",
        attended(dk=lambda p: p.ds.T @ p.q / p.root / len(p.q), dv=lambda p: p.a.T @ p.do / len(p.q)),
        "You took the mean over the queries: a key and a value are used by all of them, and uses add.",
    ),
    Mistake(
        "M1",
        attended(dk=lambda p: np.outer(p.ds[-1], p.q[-1]) / p.root, dv=lambda p: np.outer(p.a[-1], p.do[-1])),
        "Only the last query is left in keys and values: all queries use them, and uses add.",
    ),
    Mistake(
        "axis all",
        attended(
            a=lambda p: (
                soft(p.q @ p.k.T / p.root, 1) * 0 + np.exp(p.q @ p.k.T / p.root) / np.exp(p.q @ p.k.T / p.root).sum()
            )
        ),
        "Your softmax shares out a weight of one among all queries together: each query has one of its own.",
    ),
    Mistake(
        "root values",
        attended(root=lambda p: p.v.shape[1] ** 0.5),
        "The scale is made of the width of queries and keys, not of that of the values.",
    ),
    Mistake(
        "bracket",
        attended(ds=lambda p: p.a * p.da - (p.a * p.da).sum(axis=1, keepdims=True)),
        "The weight multiplies the whole bracket: what you take away has to be weighted too.",
    ),
    Mistake(
        "no-softmax",
        attended(a=lambda p: p.q @ p.k.T / p.root),
        "The softmax is missing: the weights are not the scores themselves.",
    ),
    Mistake(
        "no-softmax",
        attended(a=lambda p: np.exp(p.q @ p.k.T / p.root - (p.q @ p.k.T / p.root).max())),
        "The softmax is not finished: each row has yet to be divided by its sum.",
    ),
    Mistake(
        "output", attended(da=lambda p: (p.a @ p.v) @ p.v.T), "You took the output of attention for what arrives there."
    ),
    Mistake(
        "mean weighted",
        attended(ds=lambda p: p.a * (p.da - (p.a * p.da).mean(axis=1, keepdims=True))),
        "The weighted mean is a sum over weights that add up to one: you divided by the number of keys besides.",
    ),
    Mistake(
        "largest",
        attended(ds=lambda p: p.a * (p.da - p.da.max(axis=1, keepdims=True))),
        "You took away the largest of what arrives: that trick is for the exponentials of the forward pass.",
    ),
    Mistake(
        "scale forward", attended(a=lambda p: soft(p.q @ p.k.T, 1)), "In the forward pass the scores miss their scale."
    ),
    Mistake(
        "mean dq",
        attended(dq=lambda p: p.ds @ p.k / p.root / len(p.k)),
        "You took the mean over the keys: all of them act on a query, and what they give is added.",
    ),
    Mistake(
        "square",
        attended(ds=lambda p: p.a * (p.da - (p.a**2 * p.da).sum(axis=1, keepdims=True))),
        "In the weighted mean the weights occur twice.",
    ),
    Mistake(
        "wrong-axis",
        attended(ds=lambda p: p.a * (p.da - p.da.mean(axis=0, keepdims=True))),
        "You took away a mean over the queries: the softmax ties together the keys of one query, and weights them.",
    ),
    Mistake(
        "hard",
        attended(dv=lambda p: (p.a == p.a.max(axis=1, keepdims=True)).T @ p.do),
        "The values hear from every query as far as it looked at them, not only from those that looked most.",
    ),
    Mistake(
        "minus",
        attended(a=lambda p: soft(-p.q @ p.k.T / p.root, 1)),
        "Your softmax prefers small scores: look at the sign in the exponential.",
    ),
    Mistake(
        "own-factor",
        attended(dk=lambda p: p.ds.T @ (p.a @ p.k) / p.root),
        "A key is multiplied with queries, and finds them in its gradient.",
    ),
    Mistake(
        "own-factor",
        attended(dq=lambda p: p.ds @ (p.ds.T @ p.q) / p.root),
        "A query is multiplied with keys, and finds them in its gradient.",
    ),
    Mistake("swapped", attended(("dv", "dk", "dq")), "The order of what you return is turned round."),
)

# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "14.1",
        "What a cut hides",
        rung="predict",
        points=5,
        difficulty=2,
        minutes=5,
        kind=Parts(
            {
                "x_5": answer(
                    "yes",
                    "cut-early",
                    "this step lies in the same piece as the loss: the way back reaches the first step of the piece.",
                ),
                "x_4": answer(
                    "no", "cut-missed", "the way back would have to cross a cut to get there, and crosses none."
                ),
                "x_8": answer(
                    "no",
                    "future",
                    "this input comes in when the loss has been taken: nothing leads from it to the loss.",
                ),
                "moved_4": answer(
                    "yes",
                    "forward-cut",
                    "only the way back is cut: on the way forward the state still carries what this input did.",
                ),
                "W_5": answer(
                    "yes",
                    "cut-early",
                    "this use of the weights lies in the piece of the loss; the state "
                    "that it met is taken as a constant, and is there.",
                ),
            }
        ),
        praise="The cut makes the gradient blind, not the network: what it can't see still acts.",
        hints=(
            "Draw the twelve steps, the two cuts and the loss. Arrows forward are whole, arrows back end at a cut.",
            "For a gradient ask: does a way lead back from the loss to here, without crossing a cut? For the fourth "
            "part ask for a way forward.",
            "From the loss the way back reaches the steps of its own piece that lie before it. The weights of a step "
            "are used inside that step.",
        ),
    ),
    Exercise(
        "14.2",
        "Winners of overlapping windows",
        rung="hand-compute",
        points=2,
        difficulty=1,
        minutes=5,
        kind=Number(
            setting=lambda: ROW,
            right=library_pooled,
            witness=lambda q: [
                sum(
                    da
                    for i, da in enumerate(q.da)
                    if 2 * i <= j < 2 * i + 3 and j == 2 * i + list(q.x[2 * i : 2 * i + 3]).index(max(q.x[2 * i :][:3]))
                )
                for j in range(7)
            ],
            mistakes=(
                Mistake(
                    "M1",
                    pooled(first_of, keep=lambda a, b: b),
                    "An entry that wins twice keeps only what came last: both are added.",
                ),
                Mistake(
                    "M1",
                    pooled(first_of, keep=lambda a, b: a),
                    "An entry that wins twice keeps only what came first: both are added.",
                ),
                Mistake(
                    "M1",
                    pooled(first_of, keep=lambda a, b: (a + b) / 2),
                    "An entry that wins twice got the mean: what comes along two paths is added.",
                ),
                Mistake("tie-last", pooled(last_of), "Where two tie you let the last one win."),
                Mistake(
                    "tie-both",
                    pooled(lambda v, da: np.where(v == v.max(), da, 0)),
                    "Where two tie you gave the whole to both: the window has one gradient to give.",
                ),
                Mistake(
                    "tie-shared",
                    pooled(lambda v, da: np.where(v == v.max(), da / (v == v.max()).sum(), 0)),
                    "Where two tie you shared: here the first of them wins.",
                ),
                Mistake(
                    "average",
                    pooled(lambda v, da: np.full(3, da / 3)),
                    "You shared the gradient out among the window: that is average pooling.",
                ),
                Mistake(
                    "all",
                    pooled(lambda v, da: np.full(3, da)),
                    "You gave the whole to every entry of the window: those that did not win made no difference.",
                ),
                Mistake(
                    "value",
                    pooled(lambda v, da: first_of(v, da) * v.max()),
                    "You multiplied by the value that won: the slope of the maximum in its winner is one.",
                ),
                Mistake(
                    "value",
                    pooled(lambda v, da: first_of(v, v.max())),
                    "These are values: what goes back is the gradient that arrives.",
                ),
                Mistake("stride", pooled(first_of, stride=1), "You moved the window by one: it moves by two."),
                Mistake(
                    "stride",
                    lambda q: np.r_[
                        pooled(first_of, stride=3)(SimpleNamespace(x=np.r_[q.x, -9, -9], da=q.da, size=3))[:7]
                    ],
                    "You moved the window by its own size: here the windows overlap.",
                ),
                Mistake("minimum", pooled(lambda v, da: first_of(-v, da)), "You sent the gradient to the smallest."),
                Mistake(
                    "sign", pooled(lambda v, da: first_of(v, abs(da))), "You lost the minus of the second gradient."
                ),
                Mistake(
                    "short",
                    lambda q: q.da,
                    "That is what arrives at the windows: the gradient of the row has an "
                    "entry for each of its numbers.",
                ),
                Mistake(
                    "place",
                    lambda q: at_places(q, lambda i, k: k),
                    "A winner stands where its window begins, plus its place in the window: you left the beginning "
                    "out, or counted it in windows.",
                ),
                Mistake(
                    "place",
                    lambda q: at_places(q, lambda i, k: i + k),
                    "A winner stands where its window begins, plus its place in the window: you left the beginning "
                    "out, or counted it in windows.",
                ),
                Mistake(
                    "off-by-one", lambda q: np.roll(pooled(first_of)(q), 1), "All places are one too far to the right."
                ),
                Mistake(
                    "off-by-one", lambda q: np.roll(pooled(first_of)(q), -1), "All places are one too far to the left."
                ),
                Mistake(
                    "place",
                    lambda q: at_places(q, lambda i, k: 2 * i + 1),
                    "You gave it to the middle of each window: the largest gets it.",
                ),
                Mistake(
                    "place",
                    lambda q: at_places(q, lambda i, k: 2 * i),
                    "You gave it to the first of each window: the largest gets it.",
                ),
                Mistake(
                    "whole-row",
                    lambda q: np.where(np.arange(7) == 4, q.da.sum(), 0),
                    "You gave everything to the largest of the row: each window has a winner of its own.",
                ),
                Mistake(
                    "product",
                    lambda q: np.array([0, q.da[0], 0, 0, q.da[1] * q.da[2], 0, 0]),
                    "You multiplied what comes from two windows: what comes along all paths is added.",
                ),
                Mistake(
                    "no-gradient",
                    lambda q: np.array([0, 1.0, 0, 0, 2, 0, 0]),
                    "You counted how often each number wins: what comes from above is missing.",
                ),
                Mistake(
                    "no-gradient",
                    lambda q: np.array([0, 1.0, 0, 0, 1, 0, 0]),
                    "You marked the winners: what comes from above is missing.",
                ),
                Mistake(
                    "forward",
                    lambda q: np.array([3.0, 5, 5]),
                    "These are the largest of each window: the way back is asked for.",
                ),
                Mistake(
                    "forward",
                    lambda q: q.x + pooled(first_of)(q),
                    "You added the gradient to the row: the gradient alone is asked for.",
                ),
                Mistake(
                    "tie-both",
                    lambda q: np.array([0, q.da[0], 0, 0, q.da[1] + q.da[2], 0, q.da[2]]),
                    "In the last window two tie, and you gave to both: the first of them wins.",
                ),
                Mistake(
                    "tie-both",
                    lambda q: np.array([0, q.da[0], q.da[0], 0, q.da[1] + q.da[2], 0, 0]),
                    "In the first window two tie, and you gave to both: the first of them wins.",
                ),
                Mistake(
                    "tie-shared",
                    lambda q: np.array([0, q.da[0], 0, 0, q.da[1] + q.da[2] / 2, 0, q.da[2] / 2]),
                    "In the last window you let two that tie share: the first of them wins.",
                ),
                Mistake(
                    "tie-shared",
                    lambda q: np.array([0, q.da[0] / 2, q.da[0] / 2, 0, q.da[1] + q.da[2], 0, 0]),
                    "In the first window you let two that tie share: the first of them wins.",
                ),
                Mistake(
                    "tie-last",
                    lambda q: np.array([0, 0, q.da[0], 0, q.da[1] + q.da[2], 0, 0]),
                    "In the first window you let the last of two that tie win.",
                ),
            ),
        ),
        praise="One entry won two windows, and hears from both; a tie goes to one, by a rule that one has to fix.",
        hints=(
            "Write out the three windows, and mark the winner in each.",
            "The windows begin at the first, third and fifth number. Two of the three have a tie, and the first of the "
            "two wins.",
            "Start with seven zeros. Add each of the three gradients at the place of its winner; one place gets two "
            "of them.",
        ),
    ),
    Exercise(
        "14.3",
        "A kernel with stride and padding",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=7,
        kind=Number(
            setting=lambda: STRIP,
            right=library_kernel,
            witness=kernel_by_differences,
            mistakes=(
                Mistake(
                    "flip",
                    lambda q: by_windows()(q)[::-1],
                    "Your gradient stands in reverse: it has its kernel's "
                    "order, and the kernel is laid on the row as it is.",
                ),
                Mistake("mean", lambda q: by_windows()(q) / 3, AVERAGED),
                Mistake("stride", by_windows(stride=1), STEP),
                Mistake(
                    "padding",
                    by_windows(row=lambda q: q.x),
                    "You left out the padding: the first window begins with a zero.",
                ),
                Mistake(
                    "padding",
                    by_windows(row=lambda q: np.r_[q.x, 0, 0]),
                    "You put both zeros behind the row: one stands before it.",
                ),
                Mistake(
                    "padding",
                    by_windows(row=lambda q: np.r_[0, 0, q.x]),
                    "You put both zeros before the row: one stands behind it.",
                ),
                Mistake(
                    "padding",
                    by_windows(row=lambda q: np.pad(q.x, 1, mode="edge")),
                    "You repeated the numbers at the ends: padding puts zeros there.",
                ),
                Mistake(
                    "stride",
                    by_windows(row=lambda q: q.x, stride=1),
                    "You left out stride and padding: the window moves by two, and begins with a zero.",
                ),
                Mistake(
                    "M1",
                    by_windows(kept=slice(-1, None)),
                    "Only the last window is left: the weights are used at all places, and their uses add.",
                ),
                Mistake(
                    "M1",
                    by_windows(kept=slice(1)),
                    "Only the first window is in there: the weights are used at all places, and their uses add.",
                ),
                Mistake(
                    "no-delta",
                    lambda q: by_windows()(SimpleNamespace(x=q.x, delta=np.ones(3))),
                    "You added the windows without their deltas.",
                ),
                Mistake(
                    "M13",
                    lambda q: by_windows()(q) * q.w,
                    "You multiplied by the weights themselves: the derivative leaves what they are multiplied with.",
                ),
                Mistake(
                    "sign",
                    lambda q: by_windows()(SimpleNamespace(x=q.x, delta=abs(q.delta))),
                    "You lost the minus of a delta.",
                ),
                Mistake(
                    "sign",
                    lambda q: by_windows()(SimpleNamespace(x=abs(q.x), delta=q.delta)),
                    "You lost the minus of an input.",
                ),
                Mistake("other-gradient", spread, "That is the gradient of the row: that of the kernel is asked for."),
                Mistake(
                    "total",
                    lambda q: q.delta.sum() * np.ones(3),
                    "Every weight got the sum of the deltas: what it met at each place is missing.",
                ),
                Mistake(
                    "reversed",
                    lambda q: by_windows()(SimpleNamespace(x=q.x, delta=q.delta[::-1])),
                    "The deltas meet the windows in the wrong order: the first belongs to the first window.",
                ),
                Mistake(
                    "forward",
                    lambda q: np.array([np.pad(q.x, 1)[2 * i : 2 * i + 3] @ q.w for i in range(3)]),
                    "These are the outputs of the convolution: the gradient of the kernel is asked for.",
                ),
                Mistake(
                    "M13",
                    lambda q: np.array([np.pad(q.x, 1)[2 * i : 2 * i + 3] @ q.w for i in range(3)]) * q.delta,
                    "You multiplied each delta by its output: a weight is moved by what it met.",
                ),
                Mistake(
                    "step",
                    lambda q: q.w - by_windows()(q),
                    "That is the kernel after a step: the gradient is asked for.",
                ),
                Mistake(
                    "mean",
                    lambda q: by_windows()(q) / 5,
                    "You divided by the length of the row: every use moves the loss, and their effects add.",
                ),
                Mistake(
                    "row-sums",
                    lambda q: np.array([np.pad(q.x, 1)[2 * i : 2 * i + 3].sum() for i in range(3)]) * q.delta,
                    "You added up within windows: each weight collects over the windows, at its own place in them.",
                ),
                Mistake(
                    "stride", by_windows(stride=3), "Your windows stand side by side: they move by two, and overlap."
                ),
                Mistake(
                    "M1",
                    by_windows(kept=slice(1, 2)),
                    "Only the window in the middle is left: the weights are used at all places, and their uses add.",
                ),
                Mistake(
                    "unsigned",
                    lambda q: np.abs(by_windows()(q)),
                    "You dropped the signs: deltas and inputs have them, and so has the gradient.",
                ),
                Mistake(
                    "other-gradient",
                    lambda q: np.array(
                        [sum(q.delta[i] * q.w[j - 2 * i] for i in range(3) if 0 <= j - 2 * i < 3) for j in range(7)]
                    ),
                    "That is the gradient of the row with its zeros: asked for is that of the kernel.",
                ),
            ),
        ),
        praise="A zero of the padding takes part in no gradient: what it meets, it meets with nothing.",
        hints=(
            "Write out the padded row and the three windows under one another. Each weight has a column.",
            "The padded row has seven numbers; the windows begin at its first, third and fifth. Multiply each window "
            "by its delta.",
            "Then add up the columns: each sum is the gradient of one weight. The weights themselves are not needed.",
        ),
    ),
    Exercise(
        "14.4",
        "Back through a convolution",
        rung="implement",
        points=4,
        difficulty=2,
        minutes=15,
        kind=Function(
            outputs=("dx", "dw", "db"),
            inputs=draw_rows,
            right=library_rows,
            witness=rows_agree,
            mistakes=ROW_MISTAKES,
            widths=((4, 3, 2), (2, 3, 1), (1, 2, 3), (3, 4, 2)),
            square=None,
        ),
        praise="One rule for both: wherever a weight met an input, each gets delta times the other, and all is added.",
        hints=(
            "In the output i of example n, which inputs met which weights? Write the forward pass as loops first.",
            "Each meeting of an input with a weight makes two contributions: one to the input, one to the weight. "
            "Where do they go, and with which sign of equality?",
            "Start from zeros. For each i: window is x[:, stride * i : stride * i + K], d is delta[:, i]. Add the sum "
            "over the examples of d times the window to dw, and d times w to that part of dx.",
        ),
    ),
    Exercise(
        "14.5",
        "Turn the loops round",
        rung="complete",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("dx", "dW", "db"),
            inputs=draw_pictures,
            right=library_pictures,
            witness=pictures_agree,
            mistakes=PICTURE_MISTAKES,
            widths=tuple(WINDOWS),
            square=None,
        ),
        praise="The indices of the forward pass are those of the backward pass; the flip takes care of itself.",
        hints=(
            "In the forward pass z[n, o, i, j] gets one product for each c, k, l. Whose product?",
            "The same three loops, and in them two lines: each factor gets delta times the other factor, added to "
            "what it has.",
            "The bias gets delta once for each z, outside of the inner loops. Inside, the pixel at i + k, j + l and "
            "the weight at k, l stand in one product.",
        ),
    ),
    Exercise(
        "14.6",
        "A loss at every step",
        rung="implement",
        points=5,
        difficulty=3,
        minutes=20,
        kind=Function(
            outputs=TIME,
            inputs=draw_sequence,
            right=in_time(),
            witness=sequence_agrees,
            mistakes=TIME_MISTAKES,
            widths=((2, 4, 3), (3, 2, 5), (4, 3, 1)),
        ),
        praise="Each state hears from its own output and from the next step; each weight hears from every step.",
        hints=(
            "Begin at the last step. What arrives at its state, and what at the state before?",
            "Keep one array for what comes back from the next step, zeros at first. At each step add the state's own "
            "gradient, make a delta of it, and collect five things.",
            "For t from T down to 1: total is dh[:, t - 1] plus carried; delta is total times the slope of tanh, which "
            "is made of h[:, t]. delta meets x[:, t - 1] and h[:, t - 1]; carried becomes delta @ W_h. What is carried "
            "at the end belongs to the first state.",
        ),
    ),
    Exercise(
        "14.7",
        "One step of an LSTM",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=15,
        kind=Function(
            outputs=CELL,
            inputs=draw_cell,
            right=cell(),
            witness=cell_agrees,
            mistakes=CELL_MISTAKES,
            widths=((3, 2), (1, 4), (2, 5)),
            square=None,
        ),
        praise="Everything but the output gate hears of the loss through the cell, so its total is computed first.",
        hints=(
            "Draw the step as a graph: two products make the cell, one more makes the state. Which paths lead from the "
            "cell to the loss?",
            "First the whole gradient at the cell: what comes from the next step, plus what comes through the state. "
            "Then each factor of a product gets the total times the other factor.",
            "The total is dc plus dh times the output gate times the slope of the tanh at the cell. To get from a "
            "gate's value to its z multiply by value times one minus value; the proposal is a tanh.",
        ),
    ),
    Exercise(
        "14.8",
        "Find the bug",
        rung="debug",
        points=5,
        difficulty=2,
        minutes=8,
        kind=Parts({"A": bug("b"), "B": bug("c"), "C": bug("a"), "D": bug("e"), "E": bug("d")}),
        praise="Each wrong one returns the right shapes; what gives it away is a gradient check with overlaps.",
        hints=(
            "For each ask what is used more than once, and what happens at the second use.",
            "Check indices with the chapter's formulas: a kernel's gradient has delta and x growing together, an "
            "input's has them running against each other. In time, delta of a step meets what came in.",
            "One assigns where two windows share a winner. One correlates where it should convolve. One divides by the "
            "number of places, one meets the new state. The remaining one adds up all steps at once.",
        ),
    ),
    Exercise(
        "14.9",
        "Repair the attention",
        rung="debug",
        points=3,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=ATTENTION,
            inputs=draw_attention,
            right=library_attention,
            witness=attention_agrees,
            mistakes=ATTENTION_MISTAKES,
            widths=((2, 5, 3, 4), (4, 3, 2, 5), (1, 4, 5, 2)),
            square=(3, 3, 3, 3),
        ),
        praise="All three are gone: forward, softmax and both products now belong to one function.",
        hints=(
            "Compare line by line with the chapter's six formulas; begin with the forward lines.",
            "One bug is in the direction of a sum, one in what is taken away from da, one in a factor that two "
            "gradients should share.",
            "Each row of the weights sums to one. What a row takes away is its own weighted mean of da. And the scale "
            "of the scores comes back in the gradients of queries and keys alike.",
        ),
    ),
    Exercise(
        "14.10",
        "One weight, two moments",
        rung="derive",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Derivation("14.10"),
        praise="The bracket is a sum over time: each use, with the way from there to the loss.",
        hints=(
            "Untie: call the weight of the first step w1 and that of the second w2, and differentiate by each.",
            "The use at the second step is one delta away from the loss. From the use at the first step the way leads "
            "through a tanh, a weight and a tanh.",
            "Delta of the second step is the miss times one minus the square of its state. Times what came in, that is "
            "the late use. For the early one carry delta back, through w and the first slope, and multiply by h_0.",
        ),
    ),
    Exercise(
        "14.11",
        "Both ways through an update gate",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=10,
        kind=Derivation("14.11"),
        praise="The straight way has no matrix and no slope; the other one dies out where the gate is sure of itself.",
        hints=(
            "In how many places does the old state stand, once the gate is written out?",
            "Hold the gate fixed and move the old state: that is the straight way. Then hold the old state and move "
            "the gate: how does the mixture change with it?",
            "The mixture changes with the gate by the old state minus the proposal. The gate changes with the old "
            "state by its sigmoid's slope, which is u times one minus u, times its weight. Add the straight way.",
        ),
    ),
    Exercise(
        "14.12",
        "Thirty-six uses",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=15,
        kind=Essay(
            (
                "Says that the gradients of shared weights are added, without a reason.",
                "Gives a reason for the sum by what a small change of the weight does.",
                "Does that, and says what a mean would do, rightly: the direction for this weight, and the balance "
                "between shared weights and others.",
                "Does that, and explains why a vanishing gradient in time is not cured by the sum, with its reason.",
            )
        ),
        praise="",
        hints=(
            "Move the weight a little. Where does something change, and what becomes of these changes at the loss?",
            "A mean is the sum divided by a number. For a network that has nothing but this weight, what would differ? "
            "And for one with a shared weight and others beside it?",
            "For the last question take the chapter's list of shares, one for each step. What does a sum do to a share "
            "that is nearly zero beside one that is not?",
        ),
    ),
)
