"""What went wrong in a backward pass, and in which layer: the gradient that it claims tells.

A wrong gradient in one layer makes all layers below it wrong. The diagnosis therefore walks from the output down,
carries along what a mistake would have handed on, and names the topmost layer at fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.network_check.judge import Judge

__all__ = ["diagnose"]

# How near a guess must come to the claim, as a share of it, in float64 and for gradients computed in float32.
CLOSE = {"complex": (1e-6, 1e-3), "central": (1e-4, 1e-3)}

PARTS = (np.s_[:, :-1], np.s_[:, -1:])  # dW and db of a claim [dW | db]

Guess = tuple[str, Array, list[bool]]  # the mistake, the delta that it makes, whether dW and db follow from it


def diagnose(judge: Judge, claims: Sequence[Array], wrong: Sequence[bool]) -> tuple[list[str], str]:
    """Explain the wrong tensors, from the output down.

    At each layer the delta that the accused must have had is guessed from what it handed down and a list of mistakes.
    The guess counts if the gradient of the weights or of the biases follows from it; for the other one mistakes in the
    product are tried.

    Parameters
    ----------
    claims : sequence of array (n_out, n_in + 1)
        [dW | db] of each layer.
    wrong : sequence of bool
        For W and b of layer 1, W and b of layer 2, and so on.

    Returns
    -------
    list of str, str
        A cause for each tensor, empty where none is known, and a summary.
    """
    close = CLOSE[judge.method][0 if judge.eps < 1e-12 else 1]
    causes = [""] * len(wrong)
    said: dict[str, list[int]] = {}  # cause: layers, topmost first
    delta_above: Array | None = None
    inherited = False
    for l in reversed(range(len(claims))):
        text, delta, fits = _guess_delta(judge, l, claims[l], delta_above, close)
        explained = True
        for tensor, fit, name, part in zip((2 * l, 2 * l + 1), fits, ("dW", "db"), PARTS, strict=True):
            given, cause = claims[l][part], text
            if not fit:
                cause = _mistake(judge, l, name, given, delta, close)
                explained = explained and bool(cause)
            elif wrong[tensor] and not text and not inherited:  # wrong by less than the guesses can tell
                cause = _single_entry(name, given, next(_products(judge, l, name, delta))[1])
            if wrong[tensor]:
                causes[tensor] = cause or ("inherited from the layer above" if inherited else "")
                if cause and l + 1 not in said.setdefault(cause, []):
                    said[cause].append(l + 1)
        if not explained:  # what lies below can't be told from what was handed down
            return causes, _summary(said)
        inherited = inherited or bool(text)
        delta_above = delta
    named = {layer for layers in said.values() for layer in layers}
    unnamed = any(flag and tensor // 2 + 1 not in named for tensor, flag in enumerate(wrong))
    return causes, _summary(said) + ("; the layers below inherit it" if said and unnamed else "")


def _summary(said: dict[str, list[int]]) -> str:
    return "; ".join(
        f"layer{'s' * (len(layers) > 1)} {', '.join(map(str, layers))}: {cause}" for cause, layers in said.items()
    )


# ------------------------------------------------------------------------------------------ mistakes in delta


def _guess_delta(judge: Judge, l: int, claim: Array, delta_above: Array | None, close: float) -> Guess:
    """Return the first guess from which both dW and db follow, else one of them, else the right delta."""
    directions = judge.layers[l].directions.T

    def guess(text: str, delta: Array) -> Guess:
        made, size = delta.T @ directions, np.abs(delta).T @ np.abs(directions)
        return text, delta, [_fits(claim[part], made[part], close, size[part]) for part in PARTS]

    guesses = [guess(text, delta) for text, delta in _deltas(judge, l, delta_above)]
    if not any(any(fits) for _, _, fits in guesses):
        plain = guesses[0][1]
        factor = _multiple(claim, plain.T @ directions)
        meaning = _factor(factor, judge, close)
        scaled = guess(f"delta has the {meaning}", factor * plain)
        if meaning and all(scaled[2]):
            return scaled
    return max(guesses, key=lambda one: sum(one[2]))  # the first of the best


def _deltas(judge: Judge, l: int, delta_above: Array | None) -> Iterator[tuple[str, Array]]:
    """Yield what delta of a layer may have been: first without a new mistake, then with one, and its name."""
    name, z, a = judge.layers[l].name, judge.layers[l].z, judge.layers[l].a
    if delta_above is None:
        plain, da = judge.delta(l), judge.output_gradient(a)
    else:
        W_above = judge.layers[l + 1].W
        da = delta_above @ W_above
        plain = da * judge.slope(l, z)
    yield "", plain
    yield f"the slope of {name} is missing in delta", da
    if name == "softmax":
        yield "softmax taken element by element, a (1 - a) in place of its Jacobian", da * a * (1 - a)
    else:
        slope = judge.slope(l, z)
        yield f"the slope of {name} is taken twice", da * slope * slope
        yield f"the slope of {name} is taken at a, not at z", da * judge.slope(l, a)
    if delta_above is None:
        difference = (a - judge.y) * judge.shares[:, np.newaxis]
        if not _fits(plain, difference, 1e-6):
            yield "delta is a - y, which belongs to another loss or activation", difference
    elif W_above.shape[0] == W_above.shape[1]:
        transposed = (delta_above @ W_above.T) * judge.slope(l, z)
        yield f"W of layer {l + 2} is transposed in delta = (delta @ W) * slope", transposed


# --------------------------------------------------------------------------------- mistakes in dW and db


def _products(judge: Judge, l: int, name: str, delta: Array) -> Iterator[tuple[str, Array]]:
    """Yield dW, or db as a column, as it follows from delta: first rightly, then with a mistake, and its name."""
    inputs = judge.layers[l].a_in if name == "dW" else np.ones((len(delta), 1))
    right = delta.T @ inputs
    yield "", right
    yield "is all zero", np.zeros_like(right)
    if name == "db":
        yield "is the mean of delta, not its sum: the mean is in delta already", right / len(delta)
        yield "is one number, the sum over the units too", np.full_like(right, delta.sum())
    else:
        turned = right.T.reshape(right.shape)
        yield "is transposed: the numbers of delta.T @ a_in in the order of a_in.T @ delta", turned
        if l > 0:
            yield "is made with z of the layer below, not with its activation", delta.T @ judge.layers[l - 1].z
    for which, row in (("last", [-1]), ("first", [0])):
        yield f"holds the {which} example only: = where += is meant", delta[row].T @ inputs[row]


def _mistake(judge: Judge, l: int, name: str, given: Array, delta: Array, close: float) -> str:
    """Name the mistake that makes the dW or db that was given from a right delta."""
    products = _products(judge, l, name, delta)
    right = next(products)[1]
    for text, made in products:
        if _fits(given, made, close):
            return f"{name} {text}"
    if given.size > 1:
        factor = _multiple(given, right)
        if _fits(given, factor * right, close) and (meaning := _factor(factor, judge, close)):
            return f"{name} has the {meaning}"
        parameter, rest = judge.layers[l].W if name == "dW" else judge.layers[l].b[:, np.newaxis], given - right
        decay = _multiple(rest, parameter)
        if decay and _fits(rest, decay * parameter, close):
            return f"{name} holds {decay:.4g} {name[1]} on top: weight decay, which this loss does not have"
    return _single_entry(name, given, right)


def _single_entry(name: str, given: Array, right: Array) -> str:
    """Say where the only wrong entry is, if there is but one."""
    off = np.abs(given - right)
    wrong = np.argwhere(off > 1e-3 * off.max())
    if given.size == 1 or len(wrong) != 1:
        return ""
    return f"{name} is wrong in a single entry, {wrong[0].tolist() if name == 'dW' else wrong[0, :1].tolist()}"


# ------------------------------------------------------------------------------------------ comparing


def _factor(factor: float, judge: Judge, close: float) -> str:
    """Say what a factor means, knowing the batch and the outputs; nothing where it is 0 or 1."""
    examples, outputs = judge.y.shape
    if not factor or abs(factor - 1) <= close:
        return ""
    if abs(factor + 1) <= close:
        return "factor -1: the sign is turned"
    for value, meaning in (
        (examples, f"factor N = {examples}: the mean over the batch is missing"),
        (1 / examples, f"factor 1/N = 1/{examples}: the mean over the batch is taken once too often"),
        (2, "factor 2: a square without its 1/2"),
        (1 / 2, "factor 1/2: a 1/2 too many"),
        (outputs, f"factor n = {outputs}: the mean over the outputs is missing"),
        (1 / outputs, f"factor 1/n = 1/{outputs}: a mean over the outputs too many"),
    ):
        if abs(abs(factor) - value) <= close * value:
            return meaning + (", and the sign is turned" if factor < 0 else "")
    return f"factor {factor:.6g}"


def _multiple(given: Array, of: Array) -> float:
    """Return the factor that makes `of` most like what was given."""
    square = float((of * of).sum())
    return float((given * of).sum()) / square if square else 0.0


def _fits(given: Array, made: Array, close: float, size: Array | float = 0.0) -> bool:
    """Say whether one was made like the other; `size` is that of the terms which may have cancelled in them."""
    allowed = close * np.linalg.norm(given) + close**2 * np.linalg.norm(size)
    return bool(np.linalg.norm(given - made) <= allowed)
