"""The exercises of chapter 13, Memory and compute.

What is right comes from a pass written once more with pieces that can be exchanged for wrong ones, or from the library
where it has a function for it. Each reference is judged by central differences, or by a count that shares no code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.number import Number
from backprop_lab.course.reading import Rejected, describe
from backprop_lab.course.verdict import wrong
from backprop_lab.gradient_check import check_gradient
from backprop_lab.network import Network
from backprop_lab.operations import multiply_adds

__all__ = ["EXERCISES"]

# ------------------------------------------------------------------ 13.1: from a, or from z?


def from_a(says: str) -> Choice:
    """Return the choice where a alone is enough."""
    return Choice("a", {"z": ("from-a", says)})


def from_z(says: str) -> Choice:
    """Return the choice where z is needed."""
    return Choice("z", {"a": ("from-z", says)})


# ------------------------------------------------------------------ 13.2 to 13.4: three bills

SIZES, BATCH = [24, 60, 40, 6], 48
WIDTHS = [250, 48, 36, 12]
MACHINE = SimpleNamespace(flops=2.5e12, bandwidth=1e11, n=600, m=400, batches=(16, 512))


def bill(fixed: float, held: float) -> Callable[[Any], Array]:
    """Return kilobytes of so many numbers of float32: what is always there, and what a batch leaves."""
    return lambda setting: np.array([fixed, held]) * 4 / 1000


PARAMETERS = sum(n * m + m for n, m in pairwise(SIZES))
WEIGHTS = PARAMETERS - sum(SIZES[1:])
HELD = BATCH * sum(SIZES)
FORWARD = sum(n * m for n, m in pairwise(WIDTHS))
CARRIED = FORWARD - WIDTHS[0] * WIDTHS[1]


def microseconds(
    take: Callable[[float, float], float] = max,
    numbers: Callable[[int, int, int], float] = lambda N, n, m: N * n + n * m + N * m,
    wide: int = 4,
    flops: int = 2,
) -> Callable[[Any], Array]:
    """Return the time of one product at both batch sizes, from work and traffic."""

    def times(q: Any) -> Array:
        return np.array(
            [1e6 * take(flops * N * q.n * q.m / q.flops, wide * numbers(N, q.n, q.m) / q.bandwidth) for N in q.batches]
        )

    return times


def under_the_roof(q: Any) -> list[float]:
    """Return the same by the chapter's formula: flops over min(P, B I)."""
    found = []
    for N in q.batches:
        intensity = 2 * N * q.n * q.m / (4 * (N * q.n + q.n * q.m + N * q.m))
        found.append(2 * N * q.n * q.m / min(q.flops, q.bandwidth * intensity) / 1e-6)
    return found


# ------------------------------------------------------------------ 13.5: a reversible block


def draw_block(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return an output of the block and its gradient, for widths (n1, n2, N)."""
    n1, n2, N = widths
    y1, dy1 = rng.normal(size=(2, N, n1))
    y2, dy2 = rng.normal(size=(2, N, n2))
    return {
        "y1": y1,
        "y2": y2,
        "dy1": dy1,
        "dy2": dy2,
        "A": rng.normal(size=(n1, n2)) / 1.5,
        "B": rng.normal(size=(n2, n1)) / 1.5,
    }


Piece = Callable[[SimpleNamespace], Any]
BLOCK_PIECES: dict[str, Piece] = {
    "g": lambda q: np.tanh(q.y1 @ q.B.T),
    "x2": lambda q: q.y2 - q.g,
    "f": lambda q: np.tanh(q.x2 @ q.A.T),
    "x1": lambda q: q.y1 - q.f,
    "slope_g": lambda q: 1 - q.g**2,
    "slope_f": lambda q: 1 - q.f**2,
    "delta_g": lambda q: q.dy2 * q.slope_g,
    "dB": lambda q: q.delta_g.T @ q.y1,
    "back_g": lambda q: q.delta_g @ q.B,
    "dx1": lambda q: q.dy1 + q.back_g,
    "delta_f": lambda q: q.dx1 * q.slope_f,
    "dA": lambda q: q.delta_f.T @ q.x2,
    "back_f": lambda q: q.delta_f @ q.A,
    "dx2": lambda q: q.dy2 + q.back_f,
}
BLOCK = ("x1", "x2", "dx1", "dx2", "dA", "dB")


def block(select: Sequence[str] = BLOCK, **wrong: Callable[[SimpleNamespace], Any]) -> Callable[..., tuple[Array, ...]]:
    """Return a backward pass of the block in which some pieces are exchanged for wrong ones."""

    def backward(**inputs: Array) -> tuple[Array, ...]:
        q = SimpleNamespace(**inputs)
        for name, piece in {**BLOCK_PIECES, **wrong}.items():
            setattr(q, name, piece(q))
        return tuple(getattr(q, name) for name in select)

    return backward


def block_agrees(inputs: Inputs, outputs: Inputs) -> Iterator[object]:
    """Run the block forward from the input that was found, and move each thing alone."""
    held = {name: np.array(value) for name, value in {**inputs, **outputs}.items()}

    def run(x1: Array, x2: Array, A: Array, B: Array) -> tuple[Array, Array]:
        y1 = x1 + np.tanh(np.einsum("nj,ij->ni", x2, A))
        return y1, x2 + np.tanh(np.einsum("nj,ij->ni", y1, B))

    names = ("x1", "x2", "A", "B")
    for y, name in zip(run(*(held[name] for name in names)), ("y1", "y2"), strict=True):
        yield np.allclose(y, held[name], rtol=0, atol=1e-12)
    for name in names:

        def loss(value: Array, name: str = name) -> float:
            y1, y2 = run(*({**held, name: value}[each] for each in names))
            return float((held["dy1"] * y1).sum() + (held["dy2"] * y2).sum())

        yield check_gradient(loss, held[name], held[f"d{name}"])


FLAT_G: dict[str, Piece] = {"slope_g": lambda q: 1}
FLAT_F: dict[str, Piece] = {"slope_f": lambda q: 1}
RAW_G: dict[str, Piece] = {"slope_g": lambda q: 1 - (q.y1 @ q.B.T) ** 2}
RAW_F: dict[str, Piece] = {"slope_f": lambda q: 1 - (q.x2 @ q.A.T) ** 2}
THROUGH_G: dict[str, Piece] = {"dx1": lambda q: q.back_g}
THROUGH_F: dict[str, Piece] = {"dx2": lambda q: q.back_f}
STRAIGHT_1: dict[str, Piece] = {"dx1": lambda q: q.dy1}
STRAIGHT_2: dict[str, Piece] = {"dx2": lambda q: q.dy2}
MINUS_1: dict[str, Piece] = {"dx1": lambda q: q.dy1 - q.back_g}
MINUS_2: dict[str, Piece] = {"dx2": lambda q: q.dy2 - q.back_f}
NO_SLOPE = "You left out a slope: what comes back into a tanh layer has to pass its slope before it meets the weights."
STRAIGHT = (
    "You let the straight path out: each half reaches the loss by itself as well, not only through the other half."
)
ONLY_STRAIGHT = "You followed the straight path only: each half also acts through the function that reads it."
SLOPE_OF_Z = (
    "You put what goes into the tanh where the short form of its slope wants what comes out; "
    "the slope of a tanh is never negative."
)
MINUS = (
    "You carried the minus of the inverse into the gradient: the gradient is that of the forward pass, "
    "which has a plus there."
)
SIDE = "A matrix lies on its side: the gradient of a weight matrix has a row for each unit that the layer feeds."
BACK = "On the way down a matrix lies on its side: what a layer reads collects over all units that read it."
MEAN = "You took the mean over the examples: how the loss counts them is in the gradient that arrives, already."
OF_HALF = "You took the slope of a tanh from a half of the block: it belongs to what that tanh itself put out."
AGAIN = "You took the slope of the tanh at what it put out, as if that went through a tanh once more."
TWICE = "What arrives from above is counted twice: it goes along the straight path once."
STRAIGHT_SLOPE = "You sent the straight path through a slope: along it the half is added as it is."
ONE_EXAMPLE = "Only one example is left in the gradients of the weights: what all examples give is added."


def all_by_examples(**inputs: Array) -> tuple[Array, ...]:
    """Return the pass with all gradients divided by the number of examples."""
    x1, x2, *gradients = block()(**inputs)
    return x1, x2, *(gradient / len(x1) for gradient in gradients)


BLOCK_MISTAKES = (
    Mistake("M7 G", block(BLOCK, **FLAT_G), NO_SLOPE),
    Mistake("M7 F", block(BLOCK, **FLAT_F), NO_SLOPE),
    Mistake(
        "M7 both",
        block(BLOCK, **FLAT_G, **FLAT_F),
        "You left out the slopes of both layers: you carried the gradient back through their weights alone.",
    ),
    Mistake("M5 G", block(BLOCK, **RAW_G), SLOPE_OF_Z),
    Mistake("M5 F", block(BLOCK, **RAW_F), SLOPE_OF_Z),
    Mistake("M5 both", block(BLOCK, **RAW_G, **RAW_F), SLOPE_OF_Z),
    Mistake(
        "M4 both",
        block(slope_g=lambda q: 1 - q.y2**2, slope_f=lambda q: 1 - q.y1**2),
        "You took the slopes from the outputs of the block: what a tanh put out is only one part of that sum.",
    ),
    Mistake(
        "slope",
        block(slope_g=lambda q: 1 - q.g, slope_f=lambda q: 1 - q.f),
        "You forgot the square in the slope of the tanh.",
    ),
    Mistake("M1 all through", block(BLOCK, **THROUGH_G, **THROUGH_F), STRAIGHT),
    Mistake("M1 through G", block(BLOCK, **THROUGH_G), STRAIGHT),
    Mistake("M1 through F", block(BLOCK, **THROUGH_F), STRAIGHT),
    Mistake("M1 all straight", block(BLOCK, **STRAIGHT_1, **STRAIGHT_2), ONLY_STRAIGHT),
    Mistake("M1 straight 1", block(BLOCK, **STRAIGHT_1), ONLY_STRAIGHT),
    Mistake("M1 straight 2", block(BLOCK, **STRAIGHT_2), ONLY_STRAIGHT),
    Mistake(
        "M1 half-way",
        block(delta_f=lambda q: q.dy1 * q.slope_f),
        "You sent into F what arrives from above alone: the first output also acts through G, and F must hear of that.",
    ),
    Mistake("sign 1", block(BLOCK, **MINUS_1), MINUS),
    Mistake("sign 2", block(BLOCK, **MINUS_2), MINUS),
    Mistake("sign both", block(BLOCK, **MINUS_1, **MINUS_2), MINUS),
    Mistake(
        "inverse",
        block(x2=lambda q: q.y2 + q.g, x1=lambda q: q.y1 + q.f),
        "You ran forward where the inverse belongs: what was added has to be taken away again.",
    ),
    Mistake("inverse 1", block(x1=lambda q: q.y1 + q.f), "You added once more where F has to be taken away again."),
    Mistake("inverse 2", block(x2=lambda q: q.y2 + q.g), "You added once more where G has to be taken away again."),
    Mistake(
        "order",
        block(
            f=lambda q: np.tanh(q.y2 @ q.A.T),
            g=lambda q: np.tanh((q.y1 - np.tanh(q.y2 @ q.A.T)) @ q.B.T),
        ),
        "You undid the halves in the order of the forward pass: what was added last has to go first.",
    ),
    Mistake(
        "order F",
        block(f=lambda q: np.tanh(q.y2 @ q.A.T)),
        "You gave F the second half of the output; on the way up it read the second half of the input.",
    ),
    Mistake(
        "incoming A",
        block(dA=lambda q: q.delta_f.T @ q.y2),
        "In the gradient of A you multiplied by the output "
        "of the block; what came in through A was the half of its input.",
    ),
    Mistake(
        "incoming B",
        block(dB=lambda q: q.delta_g.T @ q.x1),
        "In the gradient of B you multiplied by the input "
        "of the block; what came in through B was the first half after its change.",
    ),
    Mistake("M8 A", block(dA=lambda q: q.x2.T @ q.delta_f), SIDE),
    Mistake("M8 B", block(dB=lambda q: q.y1.T @ q.delta_g), SIDE),
    Mistake("M8 both", block(dA=lambda q: q.x2.T @ q.delta_f, dB=lambda q: q.y1.T @ q.delta_g), SIDE),
    Mistake("M8 back G", block(back_g=lambda q: q.delta_g @ q.B.T), BACK),
    Mistake("M8 back F", block(back_f=lambda q: q.delta_f @ q.A.T), BACK),
    Mistake("M8 back", block(back_g=lambda q: q.delta_g @ q.B.T, back_f=lambda q: q.delta_f @ q.A.T), BACK),
    Mistake(
        "M6",
        block(back_g=lambda q: q.delta_g @ np.linalg.pinv(q.B).T, back_f=lambda q: q.delta_f @ np.linalg.pinv(q.A).T),
    ),
    Mistake(
        "weights-forgotten",
        block(
            back_g=lambda q: q.delta_g.sum(axis=1, keepdims=True), back_f=lambda q: q.delta_f.sum(axis=1, keepdims=True)
        ),
    ),
    Mistake(
        "mean", block(dA=lambda q: q.delta_f.T @ q.x2 / len(q.x2), dB=lambda q: q.delta_g.T @ q.y1 / len(q.y1)), MEAN
    ),
    Mistake(
        "swapped", block(("x2", "x1", "dx2", "dx1", "dA", "dB")), "The two halves are exchanged in what you return."
    ),
    Mistake(
        "swapped gradients",
        block(("x1", "x2", "dx2", "dx1", "dA", "dB")),
        "The gradients of the two halves are exchanged in what you return.",
    ),
    Mistake(
        "swapped weights",
        block(("x1", "x2", "dx1", "dx2", "dB", "dA")),
        "The gradients of A and B are exchanged in what you return.",
    ),
    Mistake(
        "half-done",
        block(("x1", "x2", "dy1", "dy2", "dA", "dB")),
        "You return the gradients that you were given, at the output of the block; those at its input are asked for.",
    ),
    Mistake("M4 F", block(slope_f=lambda q: 1 - q.y1**2), OF_HALF),
    Mistake("M4 F input", block(slope_f=lambda q: 1 - q.x1**2), OF_HALF),
    Mistake("M4 G", block(slope_g=lambda q: 1 - q.y2**2), OF_HALF),
    Mistake("M4 G input", block(slope_g=lambda q: 1 - q.x2**2), OF_HALF),
    Mistake("M4 inputs", block(slope_g=lambda q: 1 - q.x2**2, slope_f=lambda q: 1 - q.x1**2), OF_HALF),
    Mistake("M5 again", block(slope_g=lambda q: 1 / np.cosh(q.g) ** 2, slope_f=lambda q: 1 / np.cosh(q.f) ** 2), AGAIN),
    Mistake("M5 again G", block(slope_g=lambda q: 1 / np.cosh(q.g) ** 2), AGAIN),
    Mistake("M5 again F", block(slope_f=lambda q: 1 / np.cosh(q.f) ** 2), AGAIN),
    Mistake(
        "sigmoid",
        block(slope_g=lambda q: q.g * (1 - q.g), slope_f=lambda q: q.f * (1 - q.f)),
        "That is the slope of a sigmoid: both layers are tanh layers.",
    ),
    Mistake("slope G", block(slope_g=lambda q: 1 - q.g), "You forgot the square in the slope of the tanh."),
    Mistake("slope F", block(slope_f=lambda q: 1 - q.f), "You forgot the square in the slope of the tanh."),
    Mistake("counted-twice", block(delta_f=lambda q: (q.dx1 + q.dy1) * q.slope_f), TWICE),
    Mistake("counted-twice 1", block(dx1=lambda q: 2 * q.dy1 + q.back_g), TWICE),
    Mistake("counted-twice 2", block(dx2=lambda q: 2 * q.dy2 + q.back_f), TWICE),
    Mistake("straight-slope 2", block(dx2=lambda q: q.delta_g + q.back_f), STRAIGHT_SLOPE),
    Mistake("straight-slope 1", block(dx1=lambda q: q.dy1 * q.slope_f + q.back_g), STRAIGHT_SLOPE),
    Mistake("mean everywhere", all_by_examples, MEAN),
    Mistake(
        "not-undone 1",
        block(x1=lambda q: q.y1),
        "You return the first half of the output for that of the input: what F added has to be taken away.",
    ),
    Mistake("twice-undone", block(x1=lambda q: q.y1 - 2 * q.f), "You took away twice what F added once."),
    Mistake(
        "one-example",
        block(dA=lambda q: np.outer(q.delta_f[-1], q.x2[-1]), dB=lambda q: np.outer(q.delta_g[-1], q.y1[-1])),
        ONE_EXAMPLE,
    ),
    Mistake(
        "one-example first",
        block(dA=lambda q: np.outer(q.delta_f[0], q.x2[0]), dB=lambda q: np.outer(q.delta_g[0], q.y1[0])),
        ONE_EXAMPLE,
    ),
    Mistake(
        "upward",
        block(delta_g=lambda q: (q.dy2 + (q.dy1 * q.slope_f) @ q.A) * q.slope_g, delta_f=lambda q: q.dy1 * q.slope_f),
        "You went back through F first: the way back takes the last step of the forward pass first, and that is G.",
    ),
    Mistake(
        "no-tanh", block(f=lambda q: q.x2 @ q.A.T), "F has a tanh: you took what goes into it for what it puts out."
    ),
    Mistake("own-delta", block(dx2=lambda q: q.dy2 + q.dx1 @ q.A), NO_SLOPE),
)

# ------------------------------------------------------------------ 13.6: gradient checkpointing


class Up:
    """Runs one layer of a chain forward, and counts how often it is asked to."""

    def __init__(self, Ws: Sequence[Array]) -> None:
        self.Ws, self.calls = Ws, 0

    def __call__(self, l: int, a: Array) -> Array:
        """Return the output of layer l for the input a."""
        self.calls += 1
        return np.asarray(np.tanh(a @ self.Ws[l].T))


def draw_chain(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a chain of layers as functions, for (depth, k, N)."""
    depth, k, N = widths
    Ws, y = list(rng.normal(size=(depth, 3, 3)) / 1.5), rng.normal(size=(N, 3))

    def down(l: int, a_in: Array, da: Array) -> tuple[Array, Array]:
        delta = da * (1 - np.tanh(a_in @ Ws[l].T) ** 2)
        return delta.T @ a_in, delta @ Ws[l]

    def start(a: Array) -> Array:
        return np.asarray((a - y) / N)

    return {"x": rng.normal(size=(N, 3)), "depth": depth, "k": k, "up": Up(Ws), "down": down, "start": start}


def segments(depth: int, k: int) -> list[int]:
    """Return the lengths of the segments."""
    return [min(k, depth - s) for s in range(0, depth, k)]


def checkpointed(
    x: Array,
    depth: int,
    k: int,
    up: Up,
    down: Callable[[int, Array, Array], tuple[Array, Array]],
    start: Callable[[Array], Array],
    *,
    snapshot: Callable[[list[Array], int], Array] = lambda kept, j: kept[j],
    handed: int = 0,
    carried: str = "always",
    first: Callable[[Array, Array], Array] = lambda a, da: da,
) -> tuple[list[Array], Array, int, int]:
    """Return (dWs, dx, runs, peak) of a checkpointed pass; the keywords exchange pieces for wrong ones."""
    before, starts = up.calls, range(0, depth, k)
    kept, run = [], [x]
    for s in starts:
        kept.append(run[-1])
        run = [run[-1]]
        for l in range(s, min(s + k, depth)):
            run.append(up(l, run[-1]))
    da = top = first(run[-1], start(run[-1]))
    peak = 0
    dWs: list[Array] = [x] * depth
    for j, s in reversed(list(enumerate(starts))):
        end = min(s + k, depth)
        if j < len(starts) - 1:
            run = [snapshot(kept, j)]
            for l in range(s, end if handed else end - 1):
                run.append(up(l, run[-1]))
        peak = max(peak, j + end - s)
        da = top if carried == "within" else da
        for l in reversed(range(s, end)):
            dWs[l], below = down(l, run[l - s + handed], da)
            da = da if carried == "never" else below
    return dWs, da, up.calls - before, peak


def with_calls(inputs: Inputs, result: Any) -> tuple[Any, ...]:
    """Return what is compared: the runs twice, as the function says and as its calls of `up` were counted."""
    up = inputs["up"]
    counted, up.calls = up.calls, 0
    if not isinstance(result, tuple | list) or len(result) != 4:
        raise Rejected(wrong("type", f"Expected 4 results (dWs, dx, runs, peak), got {describe(result)}."))
    dWs, dx, runs, peak = result
    return dWs, dx, {"that you return": runs, "that we counted": counted}, peak


def chain_agrees(inputs: Inputs, outputs: Inputs) -> Iterator[object]:
    """Compare with central differences, and with counts by a formula."""
    Ws, start = inputs["up"].Ws, inputs["start"]
    y = -len(inputs["x"]) * start(np.zeros_like(inputs["x"]))

    def loss(x: Array, Ws: Sequence[Array]) -> float:
        for W in Ws:
            x = np.tanh(np.einsum("nj,ij->ni", x, W))
        return float(((x - y) ** 2).sum() / 2 / len(x))

    for l, dW in enumerate(outputs["dWs"]):
        yield check_gradient(lambda W, l=l: loss(inputs["x"], [*Ws[:l], W, *Ws[l + 1 :]]), Ws[l], dW)  # type: ignore[misc]
    yield check_gradient(lambda x: loss(x, Ws), inputs["x"], outputs["dx"])
    n, k = inputs["depth"], inputs["k"]
    count = math.ceil(n / k)
    yield outputs["runs"] == n + (count - 1) * (k - 1)
    yield outputs["peak"] == max(count - 1 + n - (count - 1) * k, (count - 2 + k) if count > 1 else 0)


Count = Callable[[list[int]], int]


def recounted(
    calls: Count | None = None, peak: Count | None = None, runs: Count | None = None
) -> Callable[..., tuple[Any, ...]]:
    """Return a pass with right gradients whose counts are others: of the lengths of the segments."""

    def mutant(**inputs: Any) -> tuple[Any, ...]:
        up, lengths = inputs["up"], segments(inputs["depth"], inputs["k"])
        dWs, dx, up.calls, right_peak = checkpointed(**inputs)
        up.calls = calls(lengths) if calls else up.calls
        return dWs, dx, runs(lengths) if runs else up.calls, peak(lengths) if peak else right_peak

    return mutant


def with_pieces(**wrong: Any) -> Callable[..., tuple[Any, ...]]:
    """Return a pass with wrong pieces."""
    return lambda **inputs: checkpointed(**inputs, **wrong)


def turned(**inputs: Any) -> tuple[Any, ...]:
    """Return the gradients from the last layer to the first."""
    dWs, *rest = checkpointed(**inputs)
    return dWs[::-1], *rest


def top_for_bottom(**inputs: Any) -> tuple[Any, ...]:
    """Return the gradient at the output in place of that at the input."""
    dWs, _, *rest = checkpointed(**inputs)
    a = inputs["x"]
    for W in inputs["up"].Ws:
        a = np.tanh(a @ W.T)
    return dWs, inputs["start"](a), *rest


def least(lengths: list[int]) -> int:
    """Return the fewest runs."""
    return sum(lengths) + sum(n - 1 for n in lengths[:-1])


def most_held(lengths: list[int]) -> int:
    """Return the peak."""
    return max(j + n for j, n in enumerate(lengths))


def cut_into(length: Callable[[int, int], int]) -> Callable[..., tuple[Any, ...]]:
    """Return a pass whose segments have another length, made of (depth, k)."""
    return lambda **inputs: checkpointed(**{**inputs, "k": length(inputs["depth"], inputs["k"])})


def by_formula(
    runs: Callable[[int, int], int] | None = None, peak: Callable[[int, int], int] | None = None
) -> Callable[..., tuple[Any, ...]]:
    """Return a right pass with a count from a formula in (depth, k)."""

    def mutant(**inputs: Any) -> tuple[Any, ...]:
        dWs, dx, right_runs, right_peak = checkpointed(**inputs)
        n, k = inputs["depth"], inputs["k"]
        return dWs, dx, runs(n, k) if runs else right_runs, peak(n, k) if peak else right_peak

    return mutant


def in_segments(arrange: Callable[[list[list[Array]]], list[list[Array]]]) -> Callable[..., tuple[Any, ...]]:
    """Return the gradients in another order of segments, or of layers within them."""

    def mutant(**inputs: Any) -> tuple[Any, ...]:
        dWs, *rest = checkpointed(**inputs)
        k = inputs["k"]
        return [dW for part in arrange([dWs[s : s + k] for s in range(0, len(dWs), k)]) for dW in part], *rest

    return mutant


def exchanged_counts(**inputs: Any) -> tuple[Any, ...]:
    """Return the peak for the runs."""
    dWs, dx, runs, peak = checkpointed(**inputs)
    return dWs, dx, peak, runs


def input_for_gradient(**inputs: Any) -> tuple[Any, ...]:
    """Return the input in place of its gradient."""
    dWs, _, *rest = checkpointed(**inputs)
    return dWs, inputs["x"], *rest


def added_up(**inputs: Any) -> tuple[Any, ...]:
    """Return sums of gradients, from the last layer on."""
    dWs, *rest = checkpointed(**inputs)
    return list(np.cumsum(dWs[::-1], axis=0)[::-1]), *rest


PEAK = "The gradients are right and so are the runs. "
SIMPLE = (
    "Your peak is a formula that does not know the lengths of the segments: count what is held, segment by segment."
)
RUNS_FORMULA = "Your runs come from a formula that does not fit what you ran: count them where you call up."
K_SEGMENTS = "You cut the chain into so many segments: what is given is the number of layers in each."
CHAIN_MISTAKES = (
    Mistake(
        "kept-all",
        recounted(calls=sum, peak=sum),
        "No layer is run twice, so every activation was kept: that is ordinary backpropagation, whatever k is.",
    ),
    Mistake(
        "run-again last",
        recounted(calls=lambda n: least(n) + n[-1] - 1),
        "You run the last segment a second time: its activations were at hand when the way up ended.",
    ),
    Mistake(
        "run-again top",
        recounted(calls=lambda n: least(n) + len(n) - 1),
        "You run the topmost layer of a segment "
        "again, and its output is never read: a layer is reversed from its input.",
    ),
    Mistake(
        "run-again both",
        recounted(calls=lambda n: sum(n) + sum(n)),
        "You run every layer twice. Two savings are "
        "left: a segment that is at hand already, and outputs that nobody reads.",
    ),
    Mistake(
        "run-again last top",
        recounted(calls=lambda n: least(n) + n[-1]),
        "You run the last segment a second time, whole: its activations were at hand when the way up ended.",
    ),
    Mistake(
        "one-by-one",
        recounted(calls=lambda n: sum(n) + sum(m * (m - 1) // 2 for m in n)),
        "You begin at the snapshot anew for every layer of a segment: one run of the segment gives all of its inputs.",
    ),
    Mistake(
        "one-by-one but-last",
        recounted(calls=lambda n: sum(n) + sum(m * (m - 1) // 2 for m in n[:-1])),
        "You begin at the snapshot anew for every layer of a segment: one run of the segment gives all of its inputs.",
    ),
    Mistake(
        "no-snapshots",
        recounted(calls=lambda n: sum(n) * (sum(n) + 1) // 2),
        "You go back to the very input for every layer: the snapshots in between are not used.",
    ),
    Mistake(
        "no-snapshots segments",
        recounted(calls=lambda n: least(n) + sum(sum(n[:j]) for j in range(len(n) - 1))),
        "You start each segment from the very input: its own snapshot would do.",
    ),
    Mistake(
        "skipped-output",
        recounted(calls=lambda n: least(n) - 1),
        "A layer is missing on your way up: the loss needs the output of the last one.",
    ),
    Mistake(
        "peak own",
        recounted(peak=lambda n: most_held(n) - 1),
        PEAK + "In the peak you left out one: the snapshot "
        "of a segment is the input of its first layer, and is held like the others.",
    ),
    Mistake(
        "peak twice",
        recounted(peak=lambda n: most_held(n) + 1),
        PEAK + "In the peak one is too many: the snapshot of the segment itself counts once, the output not at all.",
    ),
    Mistake(
        "peak freed",
        recounted(peak=lambda n: len(n) + max(n)),
        PEAK + "In the peak you count snapshots that have been used and are no longer needed.",
    ),
    Mistake(
        "peak sum",
        recounted(peak=lambda n: len(n) - 1 + max(n)),
        PEAK + "You took the largest of both parts of "
        "the peak, though they may belong to different moments: a short segment at the top.",
    ),
    Mistake(
        "peak formula",
        recounted(peak=lambda n: len(n) - 1 + n[0] if len(n) > 1 else n[0] + 3),
        PEAK + "The peak is that of another chain: count what is held, segment by segment.",
    ),
    Mistake(
        "peak chapter",
        recounted(peak=lambda n: len(n) + n[0] + 1),
        PEAK + "Your peak is the chapter's formula, which counts the gradient and the output of a segment as well.",
    ),
    Mistake(
        "peak snapshots",
        recounted(peak=len),
        PEAK + "Your peak counts the snapshots alone: the inputs within "
        "the segment that is being reversed are held too.",
    ),
    Mistake(
        "peak segment",
        recounted(peak=max),
        PEAK + "Your peak is that of one segment, or of the last moment: the snapshots below a segment wait meanwhile.",
    ),
    Mistake(
        "peak topmost",
        recounted(peak=lambda n: len(n) - 1 + n[-1]),
        PEAK + "You counted at the topmost segment only: where that is a short one, the next may hold more.",
    ),
    Mistake(
        "peak all",
        recounted(peak=sum),
        PEAK + "Your peak has one for each layer: that would be ordinary backpropagation.",
    ),
    Mistake(
        "runs repeats",
        recounted(runs=lambda n: least(n) - sum(n)),
        "You counted the repeated runs only: the way up belongs to the runs.",
    ),
    Mistake(
        "runs first",
        recounted(runs=sum),
        "You counted the way up only: the repeated runs are the price that is asked for.",
    ),
    Mistake(
        "runs down",
        recounted(runs=lambda n: least(n) + sum(n)),
        "You counted the layers on the way down too: reversing is no run.",
    ),
    Mistake(
        "runs twice",
        recounted(runs=lambda n: 2 * sum(n)),
        "Your runs are twice the layers, yet you ran fewer: count them where you call up.",
    ),
    Mistake(
        "off-by-one",
        with_pieces(handed=1),
        "You hand a layer its output when it is reversed: its gradient is made of what came in.",
    ),
    Mistake(
        "not-carried segments",
        with_pieces(carried="within"),
        "Each segment begins with the gradient at the top: it has to take over what the segment above hands down.",
    ),
    Mistake(
        "not-carried",
        with_pieces(carried="never"),
        "Every layer gets the gradient of the loss itself: what a "
        "layer hands down is what the next one below receives.",
    ),
    Mistake(
        "snapshot x",
        with_pieces(snapshot=lambda kept, j: kept[0]),
        "You run each segment again from the very input: a segment starts from its own snapshot.",
    ),
    Mistake(
        "snapshot queue",
        with_pieces(snapshot=lambda kept, j: kept[-1 - j]),
        "The snapshots come in the wrong order: the one that was kept last is needed first.",
    ),
    Mistake(
        "snapshot above",
        with_pieces(snapshot=lambda kept, j: kept[j + 1]),
        "You take the snapshot of the segment above: each must start from where it stood on the way up.",
    ),
    Mistake("order", turned, "The gradients come from the last layer to the first: the first layer's belongs first."),
    Mistake(
        "M13",
        with_pieces(first=lambda a, da: a),
        "You began the way down with the output itself: it begins with what start makes of it.",
    ),
    Mistake(
        "wrong-end",
        top_for_bottom,
        "You return the gradient at the output: that at the input is what is left at the end of the way down.",
    ),
    Mistake("k-segments", cut_into(lambda n, k: -(-n // min(k, n))), K_SEGMENTS),
    Mistake("k-segments down", cut_into(lambda n, k: max(1, n // k)), K_SEGMENTS),
    Mistake(
        "root",
        cut_into(lambda n, k: max(1, round(n**0.5))),
        "You chose the length of a segment yourself, as the root of the depth: it is given.",
    ),
    Mistake(
        "root down",
        cut_into(lambda n, k: max(1, int(n**0.5))),
        "You chose the length of a segment yourself, as the root of the depth: it is given.",
    ),
    Mistake(
        "short-first",
        recounted(calls=lambda n: least(n[::-1]), peak=lambda n: most_held(n[::-1])),
        "Your short segment is the first: segments are cut from the bottom, so what is left over is the last.",
    ),
    Mistake(
        "order segments",
        in_segments(lambda parts: parts[::-1]),
        "The segments stand in the order of the way down: within each the gradients are in place, but the first "
        "segment belongs first.",
    ),
    Mistake(
        "order within",
        in_segments(lambda parts: [part[::-1] for part in parts]),
        "Within each segment the gradients come from the last layer to the first: the first layer's belongs first.",
    ),
    Mistake(
        "peak output",
        recounted(peak=lambda n: max(len(n) + n[-1], most_held(n))),
        PEAK
        + "At the last segment you counted the output of the chain: it is not among what you hold for the way down.",
    ),
    Mistake("peak freed", by_formula(peak=lambda n, k: -(-n // k) + k), PEAK + SIMPLE),
    Mistake("peak floor", by_formula(peak=lambda n, k: n // k + k), PEAK + SIMPLE),
    Mistake("runs formula", by_formula(runs=lambda n, k: 2 * n - k), RUNS_FORMULA),
    Mistake("runs formula", by_formula(runs=lambda n, k: 2 * n - min(k, n)), RUNS_FORMULA),
    Mistake("runs formula", by_formula(runs=lambda n, k: 2 * n - -(-n // k)), RUNS_FORMULA),
    Mistake(
        "runs one-more",
        recounted(runs=lambda n: least(n) + 1),
        "You count one run more than you make: start and down are no runs of a layer.",
    ),
    Mistake("runs one-less", recounted(runs=lambda n: least(n) - 1), "You count one run less than you make."),
    Mistake("swapped", exchanged_counts, "Runs and peak are exchanged in what you return."),
    Mistake(
        "input",
        input_for_gradient,
        "You return the input for its gradient: that is what is handed down by the first layer.",
    ),
    Mistake("added-up", added_up, "You added the gradients of different layers up: each layer has its own."),
)

# ------------------------------------------------------------------ 13.7: loss scaling

SPOILED: Mapping[tuple[int, ...], tuple[tuple[int, float], ...]] = {
    (3, 2): (),
    (2, 4): ((1, np.inf),),
    (4, 3): ((0, np.nan), (1, np.inf)),
    (5, 2): ((0, -np.inf),),
    (2, 3): (),
    (3, 4): ((1, np.nan),),
    (3, 5): (),
}
LARGEST = 65504  # of float16


def draw_half(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return gradients of s C in float16, some with an overflow, some with large numbers."""
    m, n = widths
    scale = float(2 ** int(rng.integers(13, 16)))
    dWs = [(scale * rng.normal(size=shape) * 3e-8).astype(np.float16) for shape in ((m, n), (n + 1, m))]
    dWs[0][0] = 0  # of a unit that is dead
    if widths == (2, 3):
        dWs[1][:2] = [[40000, 30000], [20000, -800]]
    if widths == (3, 5):
        dWs[0][1, :2] = LARGEST, -LARGEST
    for layer, value in SPOILED.get(widths, ()):
        dWs[layer][1, 1] = value
    return {"dWs": dWs, "scale": scale}


def as_finite(inputs: Inputs, result: Any) -> Any:
    """Say of what is not finite in a result where it comes from."""
    dWs = result[0] if isinstance(result, tuple | list) and len(result) == 2 else ()
    for dW in dWs if isinstance(dWs, tuple | list) else ():
        if isinstance(dW, np.ndarray) and dW.dtype.kind == "f" and not np.isfinite(dW).all():
            says = (
                "You return numbers that are infinite or NaN: after an overflow, of either kind and in any layer, all "
                "are zero."
            )
            raise Rejected(wrong("nan", says))
    return result


def finite(dWs: Sequence[Array]) -> bool:
    """Say whether every entry of every layer is a finite number."""
    return all(bool(np.isfinite(dW).all()) for dW in dWs)


def unscaled(
    divide: Callable[[Array, float], Array] = lambda dW, scale: dW.astype(float) / scale,
    skip: Callable[[Array, float], Array] = lambda dW, scale: np.zeros(dW.shape),
    after: Callable[[float], float] = lambda scale: scale / 2,
    otherwise: Callable[[float], float] = lambda scale: scale,
    good: Callable[[Sequence[Array]], bool] = finite,
) -> Callable[..., tuple[list[Array], float]]:
    """Return a function that takes the scale out again, with some pieces exchanged for wrong ones."""

    def function(dWs: list[Array], scale: float) -> tuple[list[Array], float]:
        if good(dWs):
            return [divide(dW, scale) for dW in dWs], otherwise(scale)
        return [skip(dW, scale) for dW in dWs], after(scale)

    return function


def half_agrees(inputs: Inputs, outputs: Inputs) -> Iterator[object]:
    """Go through the entries one by one, with Python's own numbers."""
    scale = inputs["scale"]
    entries = [float(v) for dW in inputs["dWs"] for v in dW.ravel()]
    lost = any(math.isnan(v) or math.isinf(v) for v in entries)
    right = [0.0 if lost else v / scale for v in entries]
    yield np.array_equal([v for dW in outputs["dWs"] for v in dW.ravel()], right)
    yield outputs["new_scale"] == (scale / 2 if lost else scale)


def narrow(dW: Array, scale: float) -> Array:
    """Divide in float16."""
    return (dW / np.float16(scale)).astype(float)


def per_layer(dWs: list[Array], scale: float) -> tuple[list[Array], float]:
    """Give up the spoiled layer only."""
    new: list[Array] = [dW.astype(float) / scale if np.isfinite(dW).all() else np.zeros(dW.shape) for dW in dWs]
    return new, scale if finite(dWs) else scale / 2


def spared(dW: Array, scale: float) -> Array:
    """Give up the spoiled entries only."""
    return np.where(np.isfinite(dW), dW.astype(float), 0) / scale


def clipped(dW: Array, scale: float) -> Array:
    """Put the largest number of the format in place of what overflowed."""
    return np.nan_to_num(dW).astype(float) / scale


ENTRIES_BEFORE = (
    "You let the layers before the overflow take their step: look at all layers before you return anything of one."
)


def each_halves(dWs: list[Array], scale: float) -> tuple[list[Array], float]:
    """Halve the scale for every layer with an overflow."""
    count = sum(not np.isfinite(dW).all() for dW in dWs)
    return unscaled()(dWs=dWs, scale=scale)[0], scale / 2**count


def so_far(dWs: list[Array], scale: float) -> tuple[list[Array], float]:
    """Give up the first layer with an overflow and all that come after it."""
    good = np.cumprod([np.isfinite(dW).all() for dW in dWs])
    new: list[Array] = [
        dW.astype(float) / scale if fine else np.zeros(dW.shape) for dW, fine in zip(dWs, good, strict=True)
    ]
    return new, scale if finite(dWs) else scale / 2


def halved_at_once(dWs: list[Array], scale: float) -> tuple[list[Array], float]:
    """Divide what is left by the new scale."""
    scale = scale if finite(dWs) else scale / 2
    return [spared(dW, scale) for dW in dWs], scale


def half_mistakes() -> Iterator[Mistake]:
    """Yield what can go wrong with the scale."""
    narrow_says = (
        "You divided in half precision, where the quotient is as small as the gradient was before it was scaled: "
        "make the array wide first."
    )
    undivided = "You forgot to take the scale out again: these are gradients of the scaled loss."
    halve = "After an overflow the scale has to become smaller, not larger."
    changed = "You changed the scale though nothing overflowed: that is not this function's work."
    too_large = (
        "You skip a step because its numbers are large: all of them are finite, and so they are right. (A square or a "
        "sum of them may overflow in half precision.)"
    )
    in_half = (
        "You asked whether a sum is finite, and the sum itself overflows in half precision: ask about the numbers, or "
        "make the array wide first."
    )
    kept = "You left the scale as it was after an overflow: the next step would overflow just so."
    entries = (
        "You gave up the spoiled entries and kept the rest: the other entries were made from overflown numbers as "
        "well, so the whole step is skipped."
    )
    yield Mistake("narrow", unscaled(divide=narrow), narrow_says)
    yield Mistake("scale forgotten", unscaled(divide=lambda dW, s: dW.astype(float)), undivided)
    yield Mistake(
        "scale times",
        unscaled(divide=lambda dW, s: dW.astype(float) * s),
        "You multiplied by the scale once more: it was in there already.",
    )
    yield Mistake(
        "one-layer",
        per_layer,
        "You skipped one layer and let the other take its step: an overflow anywhere spoils the whole step.",
    )
    yield Mistake("entries", unscaled(skip=spared), entries)
    yield Mistake(
        "M10",
        unscaled(skip=clipped),
        "You clipped what overflowed to the largest number of the format: "
        "how large it was nobody knows, so the step is skipped.",
    )
    yield Mistake("entries no-change", unscaled(skip=spared, after=lambda s: s), entries)
    yield Mistake("doubled", unscaled(after=lambda s: 2 * s), halve)
    yield Mistake("kept-scale", unscaled(after=lambda s: s), kept)
    yield Mistake(
        "reset",
        unscaled(after=lambda s: 1.0),
        "You went back to a scale of one after an overflow: underflow would be back at once.",
    )
    yield Mistake(
        "by-one", unscaled(after=lambda s: s - 1), "You took one off the scale: in powers of two a step is a factor."
    )
    yield Mistake("by-root", unscaled(after=np.sqrt), "You took the root of the scale after an overflow.")
    yield Mistake("raised", unscaled(otherwise=lambda s: 2 * s), changed)
    yield Mistake("raised", unscaled(otherwise=lambda s: s / 2), changed)
    yield Mistake(
        "returned-one",
        unscaled(otherwise=lambda s: 1.0),
        "You return a scale of one where all went well: the next step needs the scale as it is.",
    )
    yield Mistake(
        "dead",
        unscaled(good=lambda dWs: finite(dWs) and all(np.all(dW != 0) for dW in dWs)),
        "You skip a step because a gradient is zero: a zero is a number like others, and may well be right.",
    )
    yield Mistake(
        "turned",
        unscaled(good=lambda dWs: not finite(dWs), divide=spared),
        "The two cases are exchanged: the good steps are skipped.",
    )
    yield Mistake(
        "mean",
        unscaled(divide=lambda dW, s: dW.astype(float) / s / len(dW)),
        "You divided by the number of rows as well: only the scale has to go.",
    )
    yield Mistake(
        "exponent",
        unscaled(divide=lambda dW, s: dW.astype(float) / np.log2(s)),
        "You divided by the exponent of the scale, not by the scale.",
    )
    yield Mistake(
        "early",
        unscaled(divide=lambda dW, s: dW.astype(float) / (s / 2)),
        "You divided by another scale than the one that is in these gradients.",
    )
    yield Mistake("sum", unscaled(good=lambda dWs: all(np.isfinite(np.sum(dW)) for dW in dWs)), in_half)
    yield Mistake("size", unscaled(good=lambda dWs: all(np.all(np.abs(dW) < LARGEST) for dW in dWs)), too_large)
    yield Mistake("norm", unscaled(good=lambda dWs: all(np.isfinite(np.sum(dW * dW)) for dW in dWs)), too_large)
    yield Mistake(
        "halved-often", each_halves, "You halved the scale once for every layer that overflowed: once for the step."
    )
    yield Mistake("halved-often", unscaled(after=lambda s: s / 4), "You halved the scale more than once.")
    yield Mistake(
        "ones",
        unscaled(skip=lambda dW, s: np.ones(dW.shape)),
        "After an overflow you return ones: an update would move by them.",
    )
    yield Mistake(
        "minus",
        unscaled(divide=lambda dW, s: dW.astype(float) - s),
        "You subtracted the scale: it was a factor of the loss, and is one of its gradients.",
    )
    yield Mistake("so-far", so_far, ENTRIES_BEFORE)
    yield Mistake("entries early", halved_at_once, entries)
    yield Mistake(
        "entries undivided", unscaled(skip=lambda dW, s: np.where(np.isfinite(dW), dW.astype(float), 0)), entries
    )
    yield Mistake("entries half", unscaled(skip=lambda dW, s: spared(dW, s / 2)), entries)
    yield Mistake("narrow kept-scale", unscaled(divide=narrow, after=lambda s: s), f"{narrow_says} Besides, {kept}")
    yield Mistake("narrow doubled", unscaled(divide=narrow, after=lambda s: 2 * s), f"{narrow_says} Besides, {halve}")


# ------------------------------------------------------------------ 13.9: micro-batches


class MeanGradient:
    """The gradient of the mean loss over the examples it is given; refuses more than fit into memory."""

    def __init__(self, W: Array, size: int) -> None:
        self.W, self.size = W, size

    def __call__(self, x: Array, y: Array) -> Array:
        """Return dC/dW for these examples."""
        if len(x) != len(y):
            raise ValueError(f"{len(x)} rows of x but {len(y)} rows of y")
        if len(x) > self.size:
            raise ValueError(f"{len(x)} examples at once: the memory holds {self.size}")
        if len(x) == 0:
            raise ValueError("no example at all: their mean does not exist")
        return self.of_all(x, y)

    def of_all(self, x: Array, y: Array) -> Array:
        """Return the same for any number of examples."""
        a = np.tanh(x @ self.W.T)
        return np.asarray(((a - y) * (1 - a**2)).T @ x / len(x))


def draw_pieces(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a batch and a gradient function, for (N, size, n)."""
    N, size, n = widths
    W = rng.normal(size=(2, n))
    return {
        "gradient": MeanGradient(W, size),
        "x": rng.normal(size=(N, n)),
        "y": rng.uniform(-1, 1, (N, 2)),
        "size": size,
    }


def pieces_agree(inputs: Inputs, outputs: Inputs) -> Iterator[object]:
    """Compare with central differences of the mean loss over all."""
    x, y, W = inputs["x"], inputs["y"], inputs["gradient"].W

    def loss(W: Array) -> float:
        return float(np.mean([((np.tanh(W @ row) - t) ** 2).sum() / 2 for row, t in zip(x, y, strict=True)]))

    yield check_gradient(loss, W, outputs["dW"])


Pieces = list[tuple[int, Array]]


def collected(collect: Callable[[Pieces, int, int], Any], whole: bool = False) -> Callable[..., Any]:
    """Return a function that makes something of (number of examples, mean gradient) of each piece.

    With `whole`, of the full pieces only; `collect` also gets the number of examples and the size of a piece.
    """

    def function(gradient: MeanGradient, x: Array, y: Array, size: int) -> Any:
        cuts = [slice(k, k + size) for k in range(0, len(x), size) if not whole or k + size <= len(x)]
        return collect([(len(x[cut]), gradient.of_all(x[cut], y[cut])) for cut in cuts], len(x), size)

    return function


def running(pieces: Pieces, N: int, size: int) -> Array:
    """Take the mean of the total so far and the next piece."""
    total = pieces[0][1]
    for _, g in pieces[1:]:
        total = (total + g) / 2
    return total


MEANS = (
    "You took the mean of the means: a short piece has fewer examples than the others, and would count as much as "
    "a full one."
)
LOST = "The last piece is lost: where the batch is no multiple of the size, some examples are left over."


def overlapping(gradient: MeanGradient, x: Array, y: Array, size: int) -> Any:
    """Begin a piece at every example."""
    cuts = [slice(k, k + size) for k in range(len(x))]
    return sum(len(x[cut]) * gradient.of_all(x[cut], y[cut]) for cut in cuts) / len(x)


def last_filled(by_size: bool) -> Callable[..., Any]:
    """Return a function that fills the last piece with examples of the one before."""

    def function(gradient: MeanGradient, x: Array, y: Array, size: int) -> Any:
        starts = [min(k, len(x) - size) for k in range(0, len(x), size)]
        total = sum(gradient.of_all(x[k : k + size], y[k : k + size]) for k in starts)
        return total * size / len(x) if by_size else total / len(starts)

    return function


def evenly_split(gradient: MeanGradient, x: Array, y: Array, size: int) -> Any:
    """Take the mean of pieces that differ by one example at most."""
    count = -(-len(x) // size)
    pieces = zip(np.array_split(x, count), np.array_split(y, count), strict=True)
    return sum(gradient.of_all(*piece) for piece in pieces) / count


def by_numbers(gradient: MeanGradient, x: Array, y: Array, size: int) -> Any:
    """Divide by the number of numbers in x."""
    return gradient.of_all(x, y) / x.shape[1]


PIECE_MISTAKES = (
    Mistake("mean", collected(lambda p, N, size: sum(g for _, g in p) / len(p)), MEANS),
    Mistake(
        "sum",
        collected(lambda p, N, size: sum(g for _, g in p)),
        "You added up means: each of them is the "
        "gradient of a whole loss, so the total grows with the number of pieces.",
    ),
    Mistake(
        "not-divided",
        collected(lambda p, N, size: sum(n * g for n, g in p)),
        "That is the sum over all examples: the mean over all is asked for.",
    ),
    Mistake(
        "M1 last",
        collected(lambda p, N, size: p[-1][1]),
        "Only the last piece is left: each piece overwrites those before it.",
    ),
    Mistake(
        "M1 weighted",
        collected(lambda p, N, size: p[-1][0] * p[-1][1] / N),
        "Only the last piece is left: each piece overwrites those before it.",
    ),
    Mistake(
        "M1 last divided",
        collected(lambda p, N, size: p[-1][1] / len(p)),
        "Only the last piece is left: each piece overwrites those before it.",
    ),
    Mistake(
        "M1 last shared",
        collected(lambda p, N, size: p[-1][1] / N),
        "Only the last piece is left, and divided once more: each piece overwrites those before it.",
    ),
    Mistake(
        "M1 last sum",
        collected(lambda p, N, size: p[-1][0] * p[-1][1]),
        "Only the last piece is left, and as a sum: each piece overwrites those before it.",
    ),
    Mistake(
        "two-left",
        collected(lambda p, N, size: p[-1][1], whole=True),
        "Two bugs are still there: pieces overwrite one another, and the examples that are left over are lost.",
    ),
    Mistake(
        "three-left", collected(lambda p, N, size: p[-1][1] / len(p), whole=True), "All three bugs are still there."
    ),
    Mistake(
        "first-only",
        collected(lambda p, N, size: p[0][1]),
        "Only the first piece is in there: the function returns before the others had their turn.",
    ),
    Mistake("last-piece", collected(lambda p, N, size: sum(g for _, g in p) / len(p), whole=True), LOST),
    Mistake("last-piece", collected(lambda p, N, size: sum(n * g for n, g in p) / N, whole=True), LOST),
    Mistake("last-piece", collected(lambda p, N, size: sum(n * g for n, g in p), whole=True), LOST),
    Mistake("last-piece", collected(lambda p, N, size: sum(g for _, g in p) / -(-N // size), whole=True), LOST),
    Mistake(
        "weights",
        collected(lambda p, N, size: size * sum(g for _, g in p) / N),
        "You weighted every piece as if it were full: the last one may be shorter.",
    ),
    Mistake(
        "weights",
        collected(lambda p, N, size: sum(n * g for n, g in p) / (len(p) * size)),
        "You divided by the examples of so many full pieces: the last one may be shorter.",
    ),
    Mistake(
        "divided-twice",
        collected(lambda p, N, size: sum(g for _, g in p) / N),
        "You divided by the number of examples once too often: a mean over its own examples is in each piece already.",
    ),
    Mistake(
        "divided-twice",
        collected(lambda p, N, size: sum(g / n for n, g in p)),
        "You divided by the size of a piece that is a mean already.",
    ),
    Mistake(
        "divided-twice",
        collected(lambda p, N, size: sum(n * g for n, g in p) / N / len(p)),
        "You divided by the number of pieces besides: the number of examples is enough.",
    ),
    Mistake("running", collected(running), "You halve the total at every piece: the first ones count less and less."),
    Mistake(
        "first-twice",
        collected(lambda p, N, size: (p[0][0] * p[0][1] + sum(n * g for n, g in p)) / N),
        "The first piece is in there twice: the total has to start from nothing.",
    ),
    Mistake(
        "wrong-weights",
        collected(lambda p, N, size: sum(g / n for n, g in p) / sum(1 / n for n, _ in p)),
        "Your weights are upside down: a piece counts by how many examples it has.",
    ),
    Mistake(
        "overlapping",
        overlapping,
        "Your pieces overlap: the next one begins where the last one ended, so that each example counts once.",
    ),
    Mistake(
        "filled", last_filled(True), "You filled the last piece up with examples that had their turn: each counts once."
    ),
    Mistake(
        "filled",
        last_filled(False),
        "You filled the last piece up with examples that had their turn: each counts once.",
    ),
    Mistake("mean", evenly_split, MEANS),
    Mistake(
        "pieces",
        collected(lambda p, N, size: sum(g for _, g in p) / (N // size + 1)),
        "You divided by one piece too many where the batch is a multiple of the size; and a short piece counts less "
        "than a full one.",
    ),
    Mistake(
        "pieces",
        collected(lambda p, N, size: sum(g for _, g in p) / (N // size)),
        "You add the short piece but divide by the full ones; and a short piece counts less than a full one.",
    ),
    Mistake("numbers", by_numbers, "You divided by the numbers in x: examples are counted, which are its rows."),
    Mistake(
        "first-only",
        collected(lambda p, N, size: p[0][0] * p[0][1] / N),
        "Only the first piece is in there: the function returns before the others had their turn.",
    ),
    Mistake(
        "first-only",
        collected(lambda p, N, size: p[0][0] * p[0][1]),
        "Only the first piece is in there: the function returns before the others had their turn.",
    ),
)
BILL_SAYS = "In the fixed part one of three is missing: weights and biases, their gradient, what Momentum remembers."

NOT_THIS_BUG = {
    "a": ("no-bug", "something is wrong here: a gradient check of it fails."),
    "b": ("snapshot", "each segment starts again from what stood at its bottom."),
    "c": ("second-draw", "nothing is drawn here that could come out differently the second time."),
    "d": ("update-first", "no weight is changed while somebody still has to read it."),
    "e": ("not-carried", "what a segment hands down is what the next one receives."),
}


def bug(right: str) -> Choice:
    """Return the choice among all bugs."""
    return Choice.among(NOT_THIS_BUG, right)


# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "13.1",
        "From a, or from z?",
        rung="predict",
        points=5,
        difficulty=1,
        minutes=4,
        kind=Parts(
            {
                "softplus": from_a("this function is strictly increasing, so its value tells where it was taken."),
                "sine": from_z("two points with the same value can have slopes of different sign."),
                "leaky": from_a("two pieces with two slopes: the sign of the value tells which one it was."),
                "absolute": from_z("the sign of the pre-activation decides the slope, and the value has lost it."),
                "cube": from_a("this function is strictly increasing, so its value tells where it was taken."),
            }
        ),
        praise="What can be undone need not be kept twice: one array a layer is enough where f has an inverse.",
        hints=(
            "Two different points with the same a: can they have different slopes?",
            "Draw each function. Where a horizontal line meets the curve twice, compare the two slopes.",
            "An increasing function can be undone, so z, and with it the slope, can be had from a. Two of the five "
            "are not of that kind.",
        ),
    ),
    Exercise(
        "13.2",
        "The bill of one step",
        rung="hand-compute",
        points=2,
        difficulty=1,
        minutes=6,
        kind=Number(
            setting=lambda: Network(SIZES, hidden="relu", output="identity"),
            right=lambda net: (
                np.array([3 * net.parameters.size * 4, sum(BATCH * size * 4 for size in net.sizes)]) / 1000
            ),
            witness=bill(3 * PARAMETERS, HELD),
            mistakes=(
                Mistake("bias", bill(3 * WEIGHTS, HELD), "You counted the weights without the biases."),
                Mistake(
                    "optimizer",
                    bill(4 * PARAMETERS, HELD),
                    "You counted two arrays for the optimizer, as Adam has them: Momentum remembers one.",
                ),
                Mistake("missing-part", bill(2 * PARAMETERS, HELD), BILL_SAYS),
                Mistake(
                    "missing-part",
                    bill(PARAMETERS, HELD),
                    "Two parts of the fixed memory are missing: these are the parameters alone.",
                ),
                Mistake(
                    "input",
                    bill(3 * PARAMETERS, BATCH * sum(SIZES[1:])),
                    "You left out the input: the first layer's gradient reads it.",
                ),
                Mistake(
                    "z-and-a",
                    bill(3 * PARAMETERS, BATCH * (SIZES[0] + 2 * sum(SIZES[1:]))),
                    "You counted two arrays a layer: here the slope can be had from the activation.",
                ),
                Mistake(
                    "output",
                    bill(3 * PARAMETERS, BATCH * sum(SIZES[:-1])),
                    "You left out the output: the way back begins with it.",
                ),
                Mistake(
                    "batch",
                    bill(3 * PARAMETERS, sum(SIZES)),
                    "These are the activations of one example: each example of the batch has its own.",
                ),
                Mistake(
                    "batch",
                    bill(BATCH * 3 * PARAMETERS, HELD),
                    "You multiplied the fixed part by the batch: all examples share the parameters.",
                ),
                Mistake("batch", bill(3 * PARAMETERS + 0.0, HELD * BATCH), "You multiplied by the batch twice."),
                Mistake("bytes", bill(6 * PARAMETERS, 2 * HELD), "You took eight bytes for a number: that is float64."),
                Mistake("bytes", bill(0.75 * PARAMETERS, HELD / 4), "You counted numbers: each has four bytes."),
                Mistake("bytes", bill(1.5 * PARAMETERS, HELD / 2), "You took two bytes for a number: that is float16."),
                Mistake("units", bill(3000 * PARAMETERS, 1000 * HELD), "These are bytes: kilobytes are asked for."),
                Mistake(
                    "units",
                    bill(3 * PARAMETERS / 1.024, HELD / 1.024),
                    "You divided by 1024: here a kilobyte has a thousand bytes.",
                ),
                Mistake("swapped", bill(HELD, 3 * PARAMETERS), "The two parts are exchanged."),
                Mistake(
                    "bias", bill(3 * WEIGHTS, BATCH * sum(SIZES[1:])), "You left out the biases, and the input as well."
                ),
                Mistake(
                    "hidden-only",
                    bill(3 * PARAMETERS, BATCH * sum(SIZES[1:-1])),
                    "You held the hidden layers alone: the first layer reads the input, and the way back begins with "
                    "the output.",
                ),
                Mistake(
                    "bytes",
                    bill(3 * PARAMETERS, HELD / 4),
                    "In the second part you counted numbers: each has four bytes.",
                ),
                Mistake(
                    "bytes",
                    bill(0.75 * PARAMETERS, HELD),
                    "In the first part you counted numbers: each has four bytes.",
                ),
                Mistake("units", bill(24 * PARAMETERS, 8 * HELD), "These are kilobits: a byte has eight of them."),
                Mistake("units", bill(3e-3 * PARAMETERS, 1e-3 * HELD), "These are megabytes: kilobytes are asked for."),
                Mistake(
                    "z-and-a",
                    bill(3 * PARAMETERS, 2 * HELD),
                    "You counted two arrays for everything that is held: one array of each layer is enough, and of "
                    "the input as well.",
                ),
                Mistake(
                    "bias",
                    bill(3 * (WEIGHTS + sum(SIZES)), HELD),
                    "You gave the inputs biases as well: only what is computed has one.",
                ),
                Mistake(
                    "bias",
                    bill(3 * WEIGHTS + sum(SIZES[1:]), HELD),
                    "You counted the biases once: they have a gradient and a memory of Momentum too.",
                ),
                Mistake(
                    "counted-twice",
                    bill(3 * PARAMETERS + HELD, HELD),
                    "What is held for a batch is in the first part as well: that part does not depend on the batch.",
                ),
                Mistake(
                    "batch",
                    bill(3 * PARAMETERS / BATCH, HELD),
                    "You divided the fixed part by the batch: it is there once, however many examples share it.",
                ),
                Mistake(
                    "counted-twice",
                    bill(3 * PARAMETERS, HELD + PARAMETERS),
                    "You counted the parameters among what a batch leaves: they are in the first part.",
                ),
            ),
        ),
        praise="Only the second part grows with the batch: about twice this batch and it would be the larger one.",
        hints=(
            "The fixed part has three arrays of one size: what are they?",
            "Count the parameters of each layer, weights and biases. For the other part go through the network and "
            "add up the widths, the input among them.",
            "Fixed: three times the number of parameters, times four bytes. The other: the batch times the sum of "
            "all four widths, times four bytes. Divide both by a thousand.",
        ),
    ),
    Exercise(
        "13.3",
        "Backward over forward",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=5,
        kind=Number(
            setting=lambda: multiply_adds(WIDTHS),
            right=lambda count: count.backward / count.forward,
            witness=lambda count: (FORWARD + CARRIED) / FORWARD,
            mistakes=(
                Mistake(
                    "first-layer",
                    lambda q: 2.0,
                    "You counted two products for every layer: one layer has nobody below who would ask for a delta.",
                ),
                Mistake(
                    "even-widths",
                    lambda q: 2 - 1 / 3,
                    "You used the formula for layers of equal width: this "
                    "network has most of its weights in one layer.",
                ),
                Mistake(
                    "both-passes",
                    lambda q: (2 * FORWARD + CARRIED) / FORWARD,
                    "That is both passes together over the forward pass: only the backward pass is asked for.",
                ),
                Mistake("upside-down", lambda q: FORWARD / (FORWARD + CARRIED), "You divided the other way round."),
                Mistake(
                    "wrong-layer",
                    lambda q: (2 * FORWARD - WIDTHS[-1] * WIDTHS[-2]) / FORWARD,
                    "You spared the last layer a product: the first is the one that hands on nothing.",
                ),
                Mistake(
                    "weights-only",
                    lambda q: 1.0,
                    "You counted the gradients of the weights alone: deltas are carried down as well.",
                ),
                Mistake(
                    "carried-only",
                    lambda q: CARRIED / FORWARD,
                    "You counted the deltas alone: each layer also makes the gradient of its weights.",
                ),
                Mistake(
                    "first-layer",
                    lambda q: 2 * CARRIED / FORWARD,
                    "You spared the first layer both products: it has a gradient of its weights like the others.",
                ),
                Mistake(
                    "bias",
                    lambda q: (FORWARD + CARRIED + sum(WIDTHS[1:])) / (FORWARD + sum(WIDTHS[1:])),
                    "You counted the biases in: they take no products.",
                ),
                Mistake(
                    "both-passes",
                    lambda q: 3.0,
                    "That is both passes over the forward pass, and with two products for every layer on the way "
                    "back: only the backward pass is asked for, and one layer is an exception.",
                ),
                Mistake(
                    "not-divided",
                    lambda q: FORWARD + CARRIED,
                    "That is the count of the backward pass: how many times the forward pass is it?",
                ),
                Mistake(
                    "not-divided",
                    lambda q: 2 * FORWARD,
                    "That is a count: how many times the forward pass is it? And one layer is an exception.",
                ),
                Mistake(
                    "both-passes",
                    lambda q: (2 * FORWARD + CARRIED) / (FORWARD + CARRIED),
                    "You divided both passes together by the backward pass.",
                ),
                Mistake(
                    "one-carried",
                    lambda q: 1 + WIDTHS[-1] * WIDTHS[-2] / FORWARD,
                    "You carried deltas down through the last layer alone: every layer above the first hands one down.",
                ),
                Mistake(
                    "wrong-layer",
                    lambda q: 1 + WIDTHS[1] * WIDTHS[2] / FORWARD,
                    "You carried deltas down through a single layer: every layer above the first hands one down.",
                ),
                Mistake(
                    "wrong-layer",
                    lambda q: 2 - WIDTHS[1] * WIDTHS[2] / FORWARD,
                    "You spared a layer in the middle: the first is the one that hands on nothing.",
                ),
                Mistake(
                    "first-layer",
                    lambda q: 2 - WIDTHS[0] / FORWARD,
                    "You took the inputs away: what is spared is a whole product, inputs times units.",
                ),
                Mistake(
                    "share",
                    lambda q: 1 - CARRIED / FORWARD,
                    "That is the share of the first layer in the forward pass.",
                ),
                Mistake(
                    "bias",
                    lambda q: (FORWARD + CARRIED - sum(WIDTHS[1:])) / FORWARD,
                    "Biases are not among these products: there is nothing to take away for them.",
                ),
                Mistake(
                    "units",
                    lambda q: sum(WIDTHS[1:]) / sum(WIDTHS),
                    "You counted units: a product of a layer takes inputs times units.",
                ),
                Mistake(
                    "half", lambda q: CARRIED / FORWARD + 0.5, "One part of the backward pass counts half in yours."
                ),
            ),
        ),
        praise="A wide first layer makes backward cheap: it is spared the dearest of all products.",
        hints=(
            "Forward, a layer makes one product. Backward, how many, and which layer is the exception?",
            "For each layer multiply its two widths. Forward is the sum; backward has each once for the weights, and "
            "once more for the deltas that are carried down.",
            "Backward over forward is one, plus the products of the layers above the first over all products.",
        ),
    ),
    Exercise(
        "13.4",
        "A roof over one layer",
        rung="hand-compute",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Number(
            setting=lambda: MACHINE,
            right=microseconds(),
            witness=under_the_roof,
            mistakes=(
                Mistake(
                    "compute-only",
                    microseconds(lambda work, moved: work),
                    "You looked at the multipliers alone, or moved numbers without their four bytes: the multipliers "
                    "may have "
                    "to wait for what they multiply.",
                ),
                Mistake(
                    "memory-only",
                    microseconds(lambda work, moved: moved),
                    "You looked at the memory alone: with enough examples the multipliers are the limit.",
                ),
                Mistake(
                    "min",
                    microseconds(min),
                    "You took the faster of the two: the product is done when the slower one is.",
                ),
                Mistake(
                    "sum",
                    microseconds(lambda work, moved: work + moved),
                    "You added both times: moving and "
                    "multiplying go on side by side, and the roof asks for the slower one.",
                ),
                Mistake("bytes", microseconds(wide=8), "You took eight bytes for a number: that is float64."),
                Mistake("bytes", microseconds(wide=2), "You took two bytes for a number: that is float16."),
                Mistake("flops", microseconds(flops=1), "You counted a multiply-add as one operation: it is two."),
                Mistake(
                    "weights-only",
                    microseconds(numbers=lambda N, n, m: n * m),
                    "You moved the weights alone: inputs and outputs have to be moved too.",
                ),
                Mistake(
                    "no-outputs",
                    microseconds(numbers=lambda N, n, m: N * n + n * m),
                    "You left out what the product writes: the outputs have to be moved too.",
                ),
                Mistake(
                    "weights-each",
                    microseconds(numbers=lambda N, n, m: N * (n + n * m + m)),
                    "You fetched the weights anew for each example: in a batch the examples share them.",
                ),
                Mistake(
                    "linear",
                    lambda q: microseconds()(q)[0] * np.array([1, q.batches[1] / q.batches[0]]),
                    "You "
                    "let the time grow with the batch from the start: left of the edge more examples cost next to "
                    "nothing.",
                ),
                Mistake(
                    "free",
                    lambda q: microseconds()(q)[0] * np.ones(2),
                    "You took the larger batch for free: right of the edge twice the work is twice the time.",
                ),
                Mistake("swapped", lambda q: microseconds()(q)[::-1], "The two batches are exchanged."),
                Mistake("units", lambda q: microseconds()(q) / 1e6, "These are seconds: microseconds are asked for."),
                Mistake(
                    "units", lambda q: microseconds()(q) / 1e3, "These are milliseconds: microseconds are asked for."
                ),
                Mistake(
                    "units", lambda q: microseconds()(q) * 1e3, "These are nanoseconds: microseconds are asked for."
                ),
                Mistake(
                    "no-inputs",
                    microseconds(numbers=lambda N, n, m: n * m + N * m),
                    "You left out what the product reads besides the weights: the inputs have to be moved too.",
                ),
                Mistake("bytes", microseconds(wide=32), "You moved bits where the machine moves bytes."),
                Mistake(
                    "bytes",
                    microseconds(lambda work, moved: moved, wide=1),
                    "You moved numbers where the machine moves bytes, and looked at the memory alone.",
                ),
                Mistake(
                    "bytes",
                    lambda q: np.array([microseconds(lambda work, moved: moved, wide=1)(q)[0], microseconds()(q)[1]]),
                    "You moved numbers where the machine moves bytes: each has four. And which of the two times is "
                    "the longer one then?",
                ),
                Mistake(
                    "flops",
                    microseconds(lambda work, moved: work, flops=1),
                    "You counted a multiply-add as one operation, and looked at the multipliers alone.",
                ),
                Mistake(
                    "intensity",
                    lambda q: np.array([2 * N * q.n * q.m / (4 * (N * (q.n + q.m) + q.n * q.m)) for N in q.batches]),
                    "These are flops for a byte: they tell which of the two times is longer, a time is asked for.",
                ),
                Mistake(
                    "speed",
                    lambda q: np.array([2 * N * q.n * q.m for N in q.batches]) / microseconds()(q) * 1e6,
                    "These are flops a second under the roof: a time is asked for.",
                ),
                Mistake(
                    "exchanged",
                    lambda q: np.array([1e6 * 2 * N * q.n * q.m / q.bandwidth for N in q.batches]),
                    "You divided flops by bytes a second.",
                ),
                Mistake(
                    "weights-twice",
                    microseconds(numbers=lambda N, n, m: N * n + 2 * n * m + N * m),
                    "You moved the weights twice: each matrix is read or written once.",
                ),
                Mistake(
                    "three-products",
                    lambda q: 3 * microseconds()(q),
                    "You added the products of the way back: the forward product alone is asked for.",
                ),
                Mistake(
                    "mean",
                    microseconds(lambda work, moved: (work + moved) / 2),
                    "You took the mean of both times: the product is done when the slower one is.",
                ),
            ),
        ),
        praise="The larger batch has 32 times the work and takes less than ten times as long.",
        hints=(
            "Two clocks run at once: one for moving numbers, one for multiplying. Which one do you wait for?",
            "For each batch: flops over flops a second, and bytes over bytes a second. Three matrices are moved.",
            "Bytes: four times the numbers in inputs, weights and outputs. Flops: two for each example, input and "
            "output. Take the larger of the two times, and turn seconds into microseconds.",
        ),
    ),
    Exercise(
        "13.5",
        "Nothing kept but the output",
        rung="complete",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Function(
            outputs=BLOCK,
            inputs=draw_block,
            right=block(),
            witness=block_agrees,
            mistakes=BLOCK_MISTAKES,
            widths=((2, 4, 3), (5, 2, 3), (3, 2, 1)),
            square=(3, 3, 3),
        ),
        praise="The inverse takes away, the gradient adds: undoing a step and differentiating it are two things.",
        hints=(
            "First the inverse, in the order that the given lines begin. Then treat G and F as the two layers that "
            "they are.",
            "A tanh layer turns what arrives into a delta, with its slope, and from the delta come the gradient of "
            "its weights and what it hands down. Who else reaches the loss by a path of its own?",
            "The gradient at x1 is dy1 plus what G hands down; this sum, not dy1, arrives at F. The gradient at x2 is "
            "dy2 plus what F hands down. A slope is one minus the square of what the tanh put out.",
        ),
    ),
    Exercise(
        "13.6",
        "Gradient checkpointing",
        rung="implement",
        points=6,
        difficulty=3,
        minutes=25,
        kind=Function(
            outputs=("dWs", "dx", "runs", "peak"),
            inputs=draw_chain,
            right=checkpointed,
            witness=chain_agrees,
            mistakes=CHAIN_MISTAKES,
            widths=((9, 2, 3), (7, 3, 2), (5, 1, 3), (4, 7, 2), (9, 4, 2)),
            square=None,
            seen=with_calls,
        ),
        praise="The gradient does not depend on k, the bill does: every array that you save is a layer that you run.",
        hints=(
            "Three things happen: a way up that keeps the input of every segment, and for each segment, from the last "
            "to the first, a second run and a way down.",
            "Write down, for a chain of 5 layers and k of 2, which activations are in memory when layer 2 is "
            "reversed. For the last segment you have all inputs when the way up ends.",
            "Loop over the starts of the segments in reverse. Unless it is the last, make a list that begins with the "
            "snapshot and append the outputs of all its layers but the topmost; then call down from its last layer to "
            "its first, each with its input, and hand da on. Before that, compare peak with the waiting snapshots plus "
            "the length of the list.",
        ),
    ),
    Exercise(
        "13.7",
        "Scale, look, divide",
        rung="implement",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("dWs", "new_scale"),
            inputs=draw_half,
            right=unscaled(),
            witness=half_agrees,
            mistakes=tuple(half_mistakes()),
            widths=tuple(SPOILED),
            square=None,
            seen=as_finite,
        ),
        praise="A scale is taken out where there is room for small numbers, and a step is good or bad as a whole.",
        hints=(
            "Two cases: all numbers of all layers are finite, or not.",
            "np.isfinite knows both infinity and NaN. Ask about all layers before you decide about any. In which "
            "format is the quotient of a float16 array and a Python number?",
            "Where all is finite: each array with astype(float), then divided by the scale, and the scale as it was. "
            "Else: an array of zeros for each layer, and half the scale.",
        ),
    ),
    Exercise(
        "13.8",
        "Find the bug",
        rung="debug",
        points=5,
        difficulty=2,
        minutes=8,
        kind=Parts({"A": bug("a"), "B": bug("c"), "C": bug("b"), "D": bug("e"), "E": bug("d")}),
        praise="None of the wrong ones stops with an error: only a gradient check can tell.",
        hints=(
            "A segment that is run again must come out as the first time: same start, same weights, same draws.",
            "For each loop ask: what does kept hold, and is it the input of this segment? What is da when the next "
            "segment begins? Who reads a weight after it was changed?",
            "One changes its weights when nobody needs them any more. One changes a weight a line too early. One "
            "keeps outputs of segments, one never hands anything down, one draws twice.",
        ),
    ),
    Exercise(
        "13.9",
        "Repair the micro-batches",
        rung="debug",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("dW",),
            inputs=draw_pieces,
            right=lambda gradient, x, y, size: gradient.of_all(x, y),
            witness=pieces_agree,
            mistakes=PIECE_MISTAKES,
            widths=((7, 3, 2), (5, 4, 3), (6, 2, 4), (3, 1, 2)),
            square=None,
        ),
        praise="A piece counts by its examples; with pieces of one size nobody would notice that this is missing.",
        hints=(
            "Take seven examples in pieces of three, and follow total through the loop.",
            "What becomes of the first piece when the second comes? Which examples are in no piece? And how much "
            "should a piece with a single example count?",
            "Loop over range(0, len(x), size). Add up each mean gradient times the number of its examples, which is "
            "the length of the slice, and divide once at the end by the number of all.",
        ),
    ),
    Exercise(
        "13.10",
        "Heavy layers",
        rung="derive",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Derivation("13.10"),
        praise="At the best length both terms are equal: as much for what waits as for what is being reversed.",
        hints=(
            "The slope with respect to k vanishes at the best length. One term falls with k, the other one grows.",
            "Differentiate n over k plus c times k. Where the two parts cancel, what is k?",
            "The best length is the root of n over c. Put it into both terms and simplify: they come out equal.",
        ),
    ),
    Exercise(
        "13.11",
        "Three paths from one input",
        rung="derive",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Derivation("13.11"),
        praise="The bracket is what arrives at the first half: the long path needs no work of its own.",
        hints=(
            "In how many ways can you go from this input to the loss?",
            "Straight into the second output; through F into the first one; and through F and G into the second. "
            "Each link that is a layer gives a weight times a slope.",
            "What arrives at the first output is dy_1 plus dy_2 times the slope of G. Send that through F, and add "
            "dy_2 for the straight path. The slope of G is v times one minus the square of its tanh.",
        ),
    ),
    Exercise(
        "13.12",
        "The memory is full",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=15,
        kind=Essay(
            (
                "Names savings, or repeats what the four are: says of none whether the gradient stays the same.",
                "Says of at least two of the four, with a reason, whether the gradient stays the same.",
                "Says of all four, with reasons, whether the gradient stays the same, and what each costs.",
                "Does that, and says what to look at before choosing, with an example in which one would be useless.",
            )
        ),
        praise="",
        hints=(
            "Sort them: which compute the same numbers in another order, and which compute other numbers?",
            "For each ask three things: is it the same function of the same numbers? What does rounding do? What is "
            "paid, in time, in memory or in freedom?",
            "Then think of the bar chart of the bill: parameters, gradient, optimizer, activations. Which of the four "
            "proposals makes which bar shorter?",
        ),
    ),
)
