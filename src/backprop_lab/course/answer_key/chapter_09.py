"""The exercises of chapter 9, Gradient checking.

Where a difference quotient is itself the answer, the step of the draws is long: then each way to form one has its own
value, and a mistake shows in the first digits instead of the seventh.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.misconceptions import REVERSED
from backprop_lab.course.number import Number
from backprop_lab.gradient_check import check_gradient
from backprop_lab.network import Network

__all__ = ["EXERCISES"]

Loss = Callable[[Any], float]
Named = Mapping[str, Array]
norm = np.linalg.norm

# ------------------------------------------------------------------ 9.1: how the error follows the step

SMALLER = (
    "smaller-is-better",
    "a smaller step is not a better one everywhere: two nearly equal numbers are subtracted.",
)
STEADY = ("no-step", "the slope does not depend on the step, but the quotient is not yet the slope.")


def follows(right: str, **reasons: tuple[str, str]) -> Choice:
    """Return the choice between: as before, 3 times smaller, 9 times smaller, 3 times larger, 9 times larger."""
    others = {"a": STEADY, "b": SMALLER, "c": SMALLER, "d": ARM, "e": POWER, **reasons}
    return Choice(right, {letter: reason for letter, reason in others.items() if letter != right})


ARM = ("arm", "that is what rounding does: which of the two errors counts here?")
POWER = ("order", "this error has no such power of the step in it: look at the formula once more.")

# ------------------------------------------------------------------ 9.7 and 9.8: what the options say

NOT_THIS_TRACE = {
    "a": (
        "sign",
        "with a turned sign claim and truth point in opposite directions, which is the largest error there is.",
    ),
    "b": ("mean", "a common factor in the output's delta reaches every array, and gives all of them the same error."),
    "c": (
        "M7",
        "this delta is used for its own layer and for all below it, but not above: which arrays does it reach?",
    ),
    "d": ("M7", "this delta is used for the first layer only: which arrays are wrong here?"),
    "e": ("bias", "nothing else is computed from this bias gradient: which arrays are wrong here?"),
    "f": ("incoming", "nothing else is computed from this weight gradient: which arrays are wrong here?"),
    "g": ("step", "an error of the measurement follows the step; a bug does not care about it. Compare the two rows."),
}
NOT_THIS_HOLE = {
    "a": ("sound", "there is a hole in it: think of a wrong claim that gets through."),
    "b": ("signed", "look whether a difference can be negative here, and what becomes of it."),
    "c": ("nan", "that needs nothing divided by nothing: is there a quotient, and can both lengths vanish?"),
    "d": ("M11", "this one does compare in proportion, or the size of the gradient is not the trouble here."),
    "e": ("upstream", "look at what is put in for the upstream gradient, if there is one at all."),
    "f": ("shared-code", "look where the two numbers come from: is there a piece of code that both have used?"),
}


# ------------------------------------------------------------------ 9.2 and 9.3: by hand


def coarse() -> SimpleNamespace:
    """Return a loss, a weight, a long step, the slope there and the central difference."""
    w, h = 1.3, 0.2

    def C(w: float) -> float:
        return (w**2 - 1) ** 2 / 2

    return SimpleNamespace(w=w, h=h, C=C, g=2 * w * (w**2 - 1), n=(C(w + h) - C(w - h)) / (2 * h))


def relative(g: Any, n: Any) -> float:
    """Return the relative error of one number."""
    return float(abs(g - n) / (abs(g) + abs(n)))


def coarse_by_taylor(q: SimpleNamespace) -> float:
    """Return the relative error from Taylor's formula, which ends with the third derivative for this loss."""
    loss = np.polynomial.Polynomial([0.5, 0, -1, 0, 0.5])
    slope, error = loss.deriv()(q.w), loss.deriv(3)(q.w) * q.h**2 / 6
    return float(error / (2 * slope + error))


def arm() -> SimpleNamespace:
    """Return a loss, a step on the right arm and the error there, and the rounding unit."""
    return SimpleNamespace(F=0.8, h=0.01, error=4e-7, D3=6 * 4e-7 / 0.01**2, u=2.0**-53)


def best_by_halving(q: SimpleNamespace) -> float:
    """Return the bottom of the sum of both errors, between two steps that are drawn together."""

    def slope(h: float) -> float:
        return float(2 * q.error * h / q.h**2 - q.u * q.F / h**2)

    low, high = 1e-7, 1e-2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if slope(middle) > 0 else (middle, high)
    return low


# ------------------------------------------------------------------ 9.4: the relative error

Sizes = Callable[[float, float, float], float]


def draw_claim(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a claim, a measurement and a floor; vectors are below the floor, of boxes the claim is nearly right."""
    n = rng.normal(size=widths)
    floor = float(rng.uniform(0.5, 2) * 1e-3)
    if len(widths) == 1:
        n = 1e-5 * n
    if len(widths) == 3:  # nearly right, and a little shorter than the measurement
        return {"g": 0.9997 * n * (1 + 1e-4 * rng.normal(size=widths)), "n": n, "floor": floor}
    return {"g": 1.6 * n + 0.5 * np.abs(n).mean() * rng.normal(size=widths), "n": n, "floor": floor}


def error_in_loops(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Compute the relative error with plain loops."""
    g, n = inputs["g"].ravel().tolist(), inputs["n"].ravel().tolist()
    bottom = math.hypot(*g) + math.hypot(*n)
    top = math.hypot(*(a - b for a, b in zip(g, n, strict=True)))
    yield abs(top / (bottom if bottom > inputs["floor"] else inputs["floor"]) - outputs["relative_error"]) < 1e-12


def ratio(
    bottom: Sizes = lambda g, n, floor: max(g + n, floor),
    length: Callable[[Array], Any] = norm,
    top: Callable[[Array, Array], Any] | None = None,
) -> Callable[..., float]:
    """Return a relative error with its length, its numerator or what is below it exchanged."""

    def error(g: Array, n: Array, floor: float) -> float:
        above = length(g - n) if top is None else top(g, n)
        return float(above / bottom(float(length(g)), float(length(n)), floor))

    return error


def by_entry(reduce: Callable[[Array], Any]) -> Callable[..., float]:
    """Return the relative error of each entry alone, made into one number."""
    return lambda g, n, floor: float(reduce(np.abs(g - n) / np.maximum(np.abs(g) + np.abs(n), floor)))


ABSOLUTE = "You looked at the difference itself, without its proportion to the two gradients: it depends on the units."
ONE_SIZE = "You compared with the size of one of the two only: then claim and measurement are not treated alike."
PER_ENTRY = (
    "You took the proportion entry by entry: one tiny entry, which drowns in rounding, then decides the verdict."
)
ERROR_PIECES: tuple[tuple[str, Callable[..., float], str], ...] = (
    ("M11", ratio(lambda g, n, floor: 1), ABSOLUTE),
    ("M11", lambda g, n, floor: float(np.abs(g - n).max()), ABSOLUTE),
    ("M11", lambda g, n, floor: float(np.abs(g - n).mean()), ABSOLUTE),
    ("M11", lambda g, n, floor: float(np.abs(g - n).sum()), ABSOLUTE),
    ("one-size", ratio(lambda g, n, floor: max(g, floor)), ONE_SIZE),
    ("one-size", ratio(lambda g, n, floor: max(n, floor)), ONE_SIZE),
    (
        "larger-size",
        ratio(lambda g, n, floor: max(g, n, floor)),
        "You compared with the larger of the two lengths; the chapter takes both together, so that one is the worst.",
    ),
    (
        "mean-size",
        ratio(lambda g, n, floor: max((g + n) / 2, floor)),
        "You compared with the mean of the two lengths: then the worst error is not one.",
    ),
    ("entries", by_entry(np.max), PER_ENTRY),
    ("entries", by_entry(np.mean), PER_ENTRY),
    (
        "squared",
        ratio(length=lambda v: (v**2).sum()),
        "You forgot the roots: a length is the root of the sum of the squares.",
    ),
    (
        "lengths-only",
        ratio(top=lambda g, n: abs(norm(g) - norm(n))),
        "You subtracted the lengths: a claim in the opposite direction, equally long, would pass.",
    ),
    (
        "signed",
        ratio(top=lambda g, n: abs((g - n).sum())),
        "You added up differences with their signs, so that they cancel: take a length.",
    ),
    (
        "length-of-sum",
        ratio(lambda g, n, floor: 1, top=lambda g, n: norm(g - n) / norm(g + n)),
        "You took the length of the sum, not the sum of the lengths: a turned sign would be divided by nothing.",
    ),
    (
        "length",
        ratio(length=lambda v: np.abs(v).sum()),
        "Your length adds absolute values; here it is the root of squares.",
    ),
    (
        "length",
        ratio(length=lambda v: np.abs(v).max()),
        "Your length is the largest entry; here it is the root of squares.",
    ),
    (
        "mean",
        ratio(length=lambda v: np.sqrt((v**2).mean())),
        "You took means in place of sums: the proportion does not mind, but then the floor is met by another size.",
    ),
    (
        "length-of-both",
        ratio(lambda g, n, floor: max(math.hypot(g, n), floor)),
        "You put all squares of both under one root: below the line two lengths are added, each with a root of "
        "its own.",
    ),
    (
        "mean",
        lambda g, n, floor: ratio()(g, n, floor) / math.sqrt(np.size(g)),
        "Your numerator is a root mean square, what is below it are lengths: take both the same way.",
    ),
)
FLOOR_MISTAKES = (
    Mistake(
        "length-of-sum",
        lambda g, n, floor: float(norm(g - n) / max(norm(g + n), floor)),
        "You took the length of the sum, not the sum of the lengths: a turned sign would be divided by nearly nothing.",
    ),
    Mistake(
        "floor", ratio(lambda g, n, floor: g + n), "You left out the floor: two tiny gradients look badly different."
    ),
    Mistake(
        "floor", ratio(lambda g, n, floor: g + n + floor), "You added the floor; it acts only where the sum is below."
    ),
    Mistake(
        "floor", ratio(lambda g, n, floor: min(g + n, floor)), "Your floor is a ceiling: it acts where it need not."
    ),
    Mistake(
        "floor",
        ratio(lambda g, n, floor: max(g, floor) + max(n, floor)),
        "You put a floor under each length; there is one, under their sum.",
    ),
    Mistake(
        "floor",
        lambda g, n, floor: max(ratio(lambda g, n, floor: g + n)(g, n, floor), floor),
        "You put the floor under the result; it belongs under the denominator.",
    ),
    Mistake(
        "floor",
        lambda g, n, floor: 0.0 if norm(g) + norm(n) < floor else ratio()(g, n, floor),
        "Below the floor you call everything right: a difference still counts, in proportion to the floor.",
    ),
    *(
        Mistake(
            "rounded",
            lambda g, n, floor, digits=digits: round(ratio()(g, n, floor), digits),
            "The result is rounded: an error of a millionth, which is what one looks for, is then none.",
        )
        for digits in (3, 4, 6)
    ),
    Mistake(
        "spectral",
        ratio(length=lambda v: norm(v, 2)),
        "You asked for the norm of a matrix as a map; the length takes all entries, whatever the shape.",
    ),
)

# ------------------------------------------------------------------ 9.5: difference quotients


def random_loss(rng: np.random.Generator, shape: tuple[int, ...]) -> Loss:
    """Return a smooth loss over arrays of this shape, in which each entry feels all others."""
    c, w, d = rng.normal(size=(3, *shape))
    size = c.size

    def f(x: Any) -> float:
        x = np.asarray(x, float)
        if x.shape != shape:
            raise ValueError(f"f takes an array of shape {shape}, got one of shape {x.shape}")
        return float((c * np.sin(x)).sum() + (w * x).sum() ** 2 / size + (d * x**3).sum() / 4 + (w * x).sum() ** 3 / 50)

    return f


def draw_loss(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a loss, a place and a long step; matrices are of whole numbers."""
    x: Any = rng.normal(size=widths)
    if len(widths) == 2:
        x = rng.integers(-3, 4, size=widths)
    return {"f": random_loss(rng, widths), "x": x, "h": float(rng.uniform(0.15, 0.35))}


def quotients(
    f: Loss,
    x: Any,
    h: float,
    *,
    up: float = 1,
    down: float = -1,
    over: Callable[[float], float] = lambda h: 2 * h,
    leave: float = 0,
    cut: type = float,
    step: Callable[[Any, float], float] = lambda value, h: h,
) -> Array:
    """Return difference quotients at x, entry by entry: central ones, unless told otherwise.

    Parameters
    ----------
    up, down : float
        Where f is asked, in steps.
    over : callable
        What the difference is divided by.
    leave : float
        Where an entry stays afterwards, in steps.
    cut : type
        What the moved array holds.
    step : callable
        (entry, h) to the step.
    """
    moved: Any = np.array(x, cut)
    slopes: Array = np.zeros(np.shape(x))
    for index in np.ndindex(slopes.shape):
        kept = moved[index]
        s = step(kept, h)
        moved[index] = kept + up * s
        above = f(moved)
        moved[index] = kept + down * s
        below = f(moved)
        moved[index] = kept + leave * s
        slopes[index] = (above - below) / over(s)
    return slopes


def central_by_vectors(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Form each central difference with a unit vector."""
    f, x, h = inputs["f"], np.asarray(inputs["x"], float), inputs["h"]
    units = np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [(f(x + h * e) - f(x - h * e)) / h / 2 for e in units]
    yield np.allclose(np.ravel(outputs["gradient"]), slopes, rtol=1e-9)


def all_at_once(f: Loss, x: Any, h: float) -> Array:
    """Move all entries together."""
    return np.full(np.shape(x), (f(np.asarray(x) + h) - f(np.asarray(x) - h)) / (2 * h))


def rows_at_once(f: Loss, x: Any, h: float) -> Array:
    """Move the entries of a row together."""
    slopes = np.zeros(np.shape(x))
    for i in range(len(slopes)):
        e = np.zeros(np.shape(x))
        e[i] = h
        slopes[i] = (f(x + e) - f(x - e)) / (2 * h)
    return slopes


def only(places: Callable[[int], slice]) -> Callable[..., Array]:
    """Return a gradient of which only some entries are filled in."""

    def some(f: Loss, x: Any, h: float) -> Array:
        slopes, all_of_them = np.zeros(np.size(x)), quotients(f, x, h).ravel()
        here = places(slopes.size)
        slopes[here] = all_of_them[here]
        return slopes.reshape(np.shape(x))

    return some


def relative_steps(f: Loss, x: Any, h: float) -> Array:
    """Move each entry by a share of itself, and divide by the step as it was given."""
    slopes = quotients(f, x, h, step=lambda value, h: value * h, over=lambda s: 1)
    return slopes / (2 * h)


def with_quotients(**changes: Any) -> Callable[..., Array]:
    """Return quotients with some of the choices changed."""
    return functools.partial(quotients, **changes)


ONE_SIDED = "You moved to one side only: that is of order 1, and half of the difference is not measured."
LOOP = "Some entries are left at zero: look where your loop begins, where it ends, and where the return stands."
CUT = "An array of whole numbers cuts off what you put into it: the moved entries, or the slopes, need decimals."
NOT_RESTORED = "An entry that has been moved stays moved: when the next one has its turn, the loss is asked elsewhere."
STEP = "Your step is not the given one: it has been replaced, or scaled with the entry."
QUOTIENT_PIECES: tuple[tuple[str, Callable[..., Array], str], ...] = (
    ("one-sided", with_quotients(down=0, over=lambda h: h), ONE_SIDED),
    ("one-sided", with_quotients(up=0, over=lambda h: h), ONE_SIDED),
    (
        "one-sided",
        with_quotients(down=0),
        "After the move up you went back to the middle, not to the other side of it.",
    ),
    ("factor-2", with_quotients(over=lambda h: h), "You divided by the step: the two places are farther apart."),
    (
        "precedence",
        with_quotients(over=lambda h: 2 / h),
        "Python reads from left to right: you divided by two and multiplied by the step. Brackets help.",
    ),
    ("undivided", with_quotients(over=lambda h: 1), "A difference is not yet a slope: divide by the distance."),
    ("undivided", with_quotients(over=lambda h: 2), "You divided by two, and not by the step."),
    ("sign", with_quotients(up=-1, down=1), "Down minus up: every slope has the wrong sign."),
    ("not-restored", with_quotients(leave=-1), NOT_RESTORED),
    ("not-restored", with_quotients(leave=1), NOT_RESTORED),
    (
        "all-at-once",
        all_at_once,
        "You moved all entries at once: that is one slope, along one direction, not one for each.",
    ),
    (
        "rows",
        rows_at_once,
        "You moved whole rows: one index reaches a row of a matrix; each entry needs a move of its own.",
    ),
    ("step", with_quotients(step=lambda value, h: 1e-5), STEP),
    ("step", with_quotients(step=lambda value, h: h / 2), "You stepped half as far as asked, to each side."),
    ("step", with_quotients(step=lambda value, h: h * max(1.0, abs(value))), STEP),
    (
        "unsigned",
        lambda f, x, h: np.abs(quotients(f, x, h)),
        "All your slopes are positive: the loss may also fall when an entry grows.",
    ),
    ("some-entries", only(lambda size: slice(0, 1)), LOOP),
    ("some-entries", only(lambda size: slice(0, size - 1)), LOOP),
    ("some-entries", only(lambda size: slice(1, size)), LOOP),
    (
        "aliased",
        lambda f, x, h: np.zeros(np.shape(x)),
        "All slopes are zero: nothing was filled in, or both moves went into one and the same array and cancel.",
    ),
    ("step", with_quotients(up=0.5, down=-0.5), "You moved half a step to each side, and divided by two whole ones."),
    (
        "step",
        lambda f, x, h: relative_steps(f, x, h),
        "You moved each entry by a share of itself, and divided by a step that is none.",
    ),
    (
        "accumulated",
        lambda f, x, h: np.full(np.shape(x), quotients(f, x, h).sum()),
        "Each slope was added to all entries: the array has no index where you fill it.",
    ),
    (
        "all-at-once",
        lambda f, x, h: np.asarray((f(np.asarray(x) + h) - f(np.asarray(x) - h)) / (2 * h)),
        "You moved all entries at once: that is one slope, along one direction, not one for each.",
    ),
)
CENTRAL_MISTAKES = (
    *(Mistake(*piece) for piece in QUOTIENT_PIECES),
    Mistake(
        "flat",
        lambda f, x, h: quotients(f, x, h).ravel(),
        "Your slopes stand in one row: they belong into the shape of the place.",
    ),
    Mistake(
        "M8", lambda f, x, h: quotients(f, x, h).T, "Your slopes lie on their side: each belongs where its entry is."
    ),
    Mistake("integers", lambda f, x, h: quotients(f, x, h, cut=np.asarray(x).dtype.type), CUT),
    Mistake("integers", lambda f, x, h: quotients(f, x, h).astype(np.asarray(x).dtype), CUT),
    Mistake(
        "integers",
        lambda f, x, h: quotients(f, x, h, cut=np.asarray(x).dtype.type).astype(np.asarray(x).dtype),
        CUT,
    ),
    Mistake("integers", lambda f, x, h: quotients(f, np.trunc(x), h), "You cut off the decimals of the place itself."),
)

# ------------------------------------------------------------------ 9.6: every weight of a network


def draw_network(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return the loss of a network over its arrays, the arrays, disturbed claims and a long step.

    The last of the usual draws has other names, and a loss so small that a floor of any size would show.
    """
    n_in, n_hidden, n_out = widths
    one_W, one_b, two_W, two_b = ("V", "c", "U", "d") if widths == (3, 4, 2) else ("W1", "b1", "W2", "b2")
    size = 0.001 if widths == (3, 4, 2) else 1.0
    x, y = rng.normal(size=(4, n_in)), rng.normal(size=(4, n_out))
    parameters = {
        one_W: rng.normal(size=(n_hidden, n_in)),
        one_b: rng.normal(size=n_hidden),
        two_W: rng.normal(size=(n_out, n_hidden)),
        two_b: rng.normal(size=n_out),
    }
    layers = [(parameters[one_W], parameters[one_b]), (parameters[two_W], parameters[two_b])]
    one, two = Network.from_weights(layers, hidden="tanh", output="identity").gradients(x, y)
    claims = {
        name: size * (gradient * rng.uniform(0.5, 1.5) + 0.1 * rng.normal(size=gradient.shape))
        for name, gradient in zip(parameters, (one.dW, one.db, two.dW, two.db), strict=True)
    }

    def loss(p: Named) -> float:
        a2 = np.tanh(x @ p[one_W].T + p[one_b]) @ p[two_W].T + p[two_b]
        return float(size * ((a2 - y) ** 2).sum() / (2 * len(x)))

    return {"loss": loss, "parameters": parameters, "claims": claims, "h": float(rng.uniform(0.15, 0.35))}


def every_array(
    slope: Callable[..., Array] = quotients, error: Callable[..., float] | None = None, overall: bool = False
) -> Callable[..., tuple[dict[str, Array], dict[str, float]]]:
    """Return a check of every array, with its quotients or its error exchanged."""
    error = error or ratio()

    def check_all(
        loss: Callable[[Named], float], parameters: Named, claims: Named, h: float
    ) -> tuple[dict[str, Array], dict[str, float]]:
        slopes = {
            name: slope(lambda moved, name=name: loss({**parameters, name: moved}), array, h)
            for name, array in parameters.items()
        }
        errors = {name: error(claims[name], slopes[name], 0.0) for name in parameters}
        if overall:
            flat = [np.concatenate([np.ravel(d[name]) for name in parameters]) for d in (claims, slopes)]
            errors = dict.fromkeys(parameters, error(*flat, 0.0))
        return slopes, errors

    return check_all


def moves_pile_up(
    loss: Callable[[Named], float], parameters: Named, claims: Named, h: float
) -> tuple[dict[str, Array], dict[str, float]]:
    """Leave every entry moved, in this array and in those that follow."""
    moved: dict[str, Array] = {name: array.copy() for name, array in parameters.items()}
    slopes: dict[str, Array] = {}
    for name, array in moved.items():
        slopes[name] = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            array[index] += h
            up = loss(moved)
            array[index] -= 2 * h
            slopes[name][index] = (up - loss(moved)) / (2 * h)
    return slopes, {name: ratio()(claims[name], slopes[name], 0.0) for name in parameters}


def steps_taken(
    loss: Callable[[Named], float], parameters: Named, claims: Named, h: float
) -> tuple[dict[str, Array], dict[str, float]]:
    """Go downhill with every array before the next is measured."""
    now = dict(parameters)
    slopes: dict[str, Array] = {}
    for name, array in parameters.items():

        def alone(moved: Array, name: str = name) -> float:
            return loss({**now, name: moved})

        slopes[name] = quotients(alone, array, h)
        now[name] = array - slopes[name]
    return slopes, {name: ratio()(claims[name], slopes[name], 0.0) for name in parameters}


def network_by_vectors(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Judge slopes with unit vectors and errors with loops, name by name."""
    parameters = inputs["parameters"]
    for output in outputs:
        yield all(
            all(
                central_by_vectors(
                    {
                        "f": lambda moved, name=name: inputs["loss"]({**parameters, name: moved}),
                        "x": array,
                        "h": inputs["h"],
                    },
                    {"gradient": outputs["slopes"][name]},
                )
            )
            if output == "slopes"
            else all(
                error_in_loops(
                    {"g": inputs["claims"][name], "n": outputs["slopes"][name], "floor": 0.0},
                    {"relative_error": outputs["errors"][name]},
                )
            )
            for name, array in parameters.items()
        )


def ratio_above(least: float, g: Array, n: Array, floor: float) -> float:
    """Return the relative error with a floor that nobody asked for."""
    return ratio()(g, n, least)


NETWORK_MISTAKES = (
    *(Mistake(name, every_array(slope=piece), says) for name, piece, says in QUOTIENT_PIECES if name != "aliased"),
    Mistake(
        "aliased",
        every_array(slope=lambda f, x, h: np.zeros(np.shape(x))),
        "All slopes are zero: nothing was filled in, or you moved an array that the loss does not read.",
    ),
    *(
        Mistake(name, every_array(error=piece), says)
        for name, piece, says in ERROR_PIECES
        if name not in ("entries", "mean")  # a mean in place of a sum cancels here; one entry can't be told from many
    ),
    Mistake("entries", every_array(error=by_entry(np.max)), PER_ENTRY),
    Mistake("entries", every_array(error=by_entry(np.mean)), PER_ENTRY),
    Mistake("overall", every_array(overall=True), "You made one error of all arrays: then it no longer says where."),
    Mistake("not-restored", moves_pile_up, NOT_RESTORED),
    Mistake(
        "shared-code",
        lambda loss, parameters, claims, h: (dict(claims), dict.fromkeys(claims, 0.0)),
        "You gave back the claims as if you had measured them: the judge has asked the accused.",
    ),
    Mistake(
        "claims",
        lambda loss, parameters, claims, h: (dict(claims), every_array()(loss, parameters, claims, h)[1]),
        "Where the slopes that you measured are asked for, you returned the claims.",
    ),
    *(
        Mistake(
            "floor",
            every_array(error=functools.partial(ratio_above, least)),
            "A floor that is larger than the gradients hides their error: none is needed here.",
        )
        for least in (1.0, 0.1, 0.01)
    ),
    Mistake(
        "spectral",
        every_array(error=lambda g, n, floor: float(norm(g - n, 2) / (norm(g, 2) + norm(n, 2)))),
        "You asked for the norm of a matrix as a map; the length takes all entries, whatever the shape.",
    ),
    Mistake(
        "stale",
        steps_taken,
        "The parameters change while you measure: a check takes no step, all slopes belong to one place.",
    ),
    Mistake(
        "results-swapped",
        lambda loss, parameters, claims, h: every_array()(loss, parameters, claims, h)[::-1],
        "The two dictionaries have changed places: the slopes come first.",
    ),
)

# ------------------------------------------------------------------ 9.9: a bottleneck with a shortcut

Piece = Callable[..., Any]
RIGHT_PIECES: dict[str, Piece] = {
    "miss": lambda a, y: (a - y) / len(y),
    "sent": lambda z, t: t,
    "outer": lambda delta, a_in: delta.T @ a_in,
    "back": lambda da, U: da @ U,
    "slope": lambda z, t: 1 - t**2,
    "bias": lambda delta: delta.sum(axis=0),
    "shortcut": lambda da, delta, W: da + delta @ W,
}


def draw_block(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a batch, targets and the arrays of a block, for widths (N, n, m)."""
    N, n, m = widths
    shapes = {"x": (N, n), "y": (N, n), "W": (m, n), "b": (m,), "U": (n, m)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def block_gradients(pieces: Mapping[str, Piece], x: Array, y: Array, W: Array, b: Array, U: Array) -> tuple[Any, ...]:
    """Return dx, dW, db, dU with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_PIECES, **pieces})
    z = x @ W.T + b
    t = np.tanh(z)
    da = piece.miss(x + t @ U.T, y)
    delta = piece.back(da, U) * piece.slope(z, t)
    return piece.shortcut(da, delta, W), piece.outer(delta, x), piece.bias(delta), piece.outer(da, piece.sent(z, t))


def block_agrees(inputs: Inputs, outputs: Named) -> Iterator[Any]:
    """Compare the gradients of the block with central differences."""

    def loss_of(name: str) -> Loss:
        def loss(value: Array) -> float:
            x, y, W, b, U = {**inputs, name: value}.values()
            return float(((x + np.tanh(x @ W.T + b) @ U.T - y) ** 2).sum() / 2 / len(x))

        return loss

    for name, gradient in outputs.items():
        yield check_gradient(loss_of(name[1:]), inputs[name[1:]], gradient)


FIRST_BUG: dict[str, Piece] = {"slope": lambda z, t: 1 - z**2}
SECOND_BUG: dict[str, Piece] = {"shortcut": lambda da, delta, W: delta @ W}
THIRD_BUG: dict[str, Piece] = {"bias": lambda delta: delta.mean(axis=0)}
ONE_PATH = "You followed one path only: x reaches the output through the bottleneck and past it, and both count."
BLOCK_PIECES: tuple[tuple[str, dict[str, Piece], str], ...] = (
    ("M5", FIRST_BUG, "The short form of the slope of tanh is written with the activation; it was given z."),
    ("M1", SECOND_BUG, ONE_PATH),
    ("M1", {"shortcut": lambda da, delta, W: da}, ONE_PATH),
    ("M1", {"shortcut": lambda da, delta, W: da - delta @ W}, "You subtracted one path from the other: paths add."),
    ("mean", THIRD_BUG, "The mean over the batch is in delta already: a bias gradient adds up over the examples."),
    (
        "bias",
        {"bias": lambda delta: delta[-1]},
        "Of the bias gradient only the last example is left: all of them count.",
    ),
    (
        "bias",
        {"bias": lambda delta: delta[0]},
        "Of the bias gradient only the first example is left: all of them count.",
    ),
    (
        "M7",
        {"slope": lambda z, t: 1.0},
        "You left out the slope of tanh: what comes back through U has yet to pass it.",
    ),
    (
        "M5",
        {"slope": lambda z, t: 1 - np.tanh(t) ** 2},
        "You took the slope of tanh at its activation; it belongs at z.",
    ),
    ("slope", {"slope": lambda z, t: t * (1 - t)}, "That is the slope of the sigmoid; the activation here is tanh."),
    ("slope", {"slope": lambda z, t: 1 - t}, "In the slope of tanh a square is missing."),
    ("slope", {"slope": lambda z, t: 1 + t**2}, "The sign inside the slope of tanh is wrong: it is never above one."),
    ("sign", {"miss": lambda a, y: (y - a) / len(y)}, "Every sign is turned: look at which way round you subtracted."),
    ("mean", {"miss": lambda a, y: a - y}, "The mean over the batch is missing in the loss gradient."),
    ("mean", {"miss": lambda a, y: (a - y) / y.size}, "You divided by all numbers of the batch, not by its examples."),
    (
        "mean",
        {"miss": lambda a, y: (a - y) / len(y) ** 2},
        "The mean over the batch is taken twice: it enters once, in the loss gradient.",
    ),
    ("factor-2", {"miss": lambda a, y: 2 * (a - y) / len(y)}, "The half in the loss cancels the two of the square."),
    ("incoming", {"sent": lambda z, t: z}, "For U you took what tanh receives, where what it sends belongs."),
    ("M8", {"outer": lambda delta, a_in: a_in.T @ delta}, ""),
    ("M8", {"back": lambda da, U: da @ U.T}, ""),
    ("M8", {"shortcut": lambda da, delta, W: da + delta @ W.T}, ""),
    ("M6", {"back": lambda da, U: da @ np.linalg.pinv(U).T}, ""),
)


def block(*wrong: Mapping[str, Piece]) -> Callable[..., tuple[Any, ...]]:
    """Return the gradients of the block with all these wrong pieces."""
    pieces = {name: piece for some in wrong for name, piece in some.items()}
    return functools.partial(block_gradients, pieces)


def other_dx(wrong: Callable[[SimpleNamespace], Array]) -> Callable[..., tuple[Any, ...]]:
    """Return the right gradients, but for that of x."""

    def gradients(x: Array, y: Array, W: Array, b: Array, U: Array) -> tuple[Any, ...]:
        t = np.tanh(x @ W.T + b)
        da = (x + t @ U.T - y) / len(x)
        q = SimpleNamespace(x=x, W=W, U=U, da=da, delta=(da @ U) * (1 - t**2))
        return (wrong(q), *block()(x, y, W, b, U)[1:])

    return gradients


def other_miss(wrong: Callable[..., Array]) -> Callable[..., tuple[Any, ...]]:
    """Return gradients that go back from another miss of the output."""

    def gradients(x: Array, y: Array, W: Array, b: Array, U: Array) -> tuple[Any, ...]:
        return block({"miss": lambda a, y: wrong(a, y, x)})(x, y, W, b, U)

    return gradients


BLOCK_MISTAKES = (
    *(Mistake(name, block(wrong), says) for name, wrong, says in BLOCK_PIECES),
    *(
        Mistake(name, block(wrong, {"miss": lambda a, y: (y - a) / len(y)}), f"{says} {REVERSED}")
        for name, wrong, says in BLOCK_PIECES
        if "miss" not in wrong and says
    ),
    Mistake("two-left", block(FIRST_BUG, SECOND_BUG), "One bug is gone. Look at a slope and at the paths to x."),
    Mistake("two-left", block(FIRST_BUG, THIRD_BUG), "One bug is gone. Look at a slope and at a bias gradient."),
    Mistake(
        "two-left", block(SECOND_BUG, THIRD_BUG), "One bug is gone. Look at the paths to x and at a bias gradient."
    ),
    Mistake("three-left", block(FIRST_BUG, SECOND_BUG, THIRD_BUG), "All three bugs are still there."),
    Mistake(
        "M4",
        other_dx(lambda q: q.x + q.delta @ q.W),
        "Along the shortcut comes back what has arrived at its end, not what was sent along it.",
    ),
    Mistake(
        "M4",
        other_dx(lambda q: 1 + q.delta @ q.W),
        "The slope of the shortcut is one, but it has to be multiplied with what comes back.",
    ),
    Mistake(
        "M12",
        other_dx(lambda q: q.da * (q.delta @ q.W)),
        "You multiplied the two paths by one another: links of one path are multiplied, paths are added.",
    ),
    Mistake("twice", other_dx(lambda q: 2 * q.da + q.delta @ q.W), "The shortcut is counted twice."),
    Mistake(
        "twice",
        other_dx(lambda q: 2 * q.delta @ q.W),
        "The way through the bottleneck is counted twice: the other way leads past it.",
    ),
    Mistake(
        "wrong-path",
        other_dx(lambda q: (q.da @ q.U + q.delta) @ q.W),
        "Your shortcut goes around the tanh only: it leads past both matrices.",
    ),
    Mistake(
        "too-many-paths",
        lambda x, y, W, b, U: (
            (r := block()(x, y, W, b, U))[0],
            r[1] + ((x + np.tanh(x @ W.T + b) @ U.T - y) / len(x) @ U).T @ x,
            *r[2:],
        ),
        "The gradient of W has a shortcut as well: past the bottleneck there is no weight.",
    ),
    Mistake(
        "inner-sign", other_miss(lambda a, y, x: (a + y) / len(y)), "You added the targets: the miss is a difference."
    ),
    Mistake(
        "forward",
        other_miss(lambda a, y, x: (a - x - y) / len(y)),
        "Your output lacks the shortcut: it counts on the way forward too.",
    ),
    Mistake(
        "mean",
        other_miss(lambda a, y, x: (a - y) / 5),
        "You divide by a fixed number: batches have several sizes here.",
    ),
    Mistake(
        "order",
        lambda x, y, W, b, U: (lambda r: (*r[1:], r[0]))(block()(x, y, W, b, U)),
        "The gradients are the right ones in another order: look at the order that the statement asks for.",
    ),
    Mistake(
        "bias",
        block({"bias": lambda delta: np.asarray(delta.sum())}),
        "You added up the units too: each has a bias of its own.",
    ),
    Mistake(
        "bias",
        block({"bias": lambda delta: delta.sum(axis=1)}),
        "For the bias you added up the units of each example: add up the examples, unit by unit.",
    ),
)

# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "9.1",
        "A step three times smaller",
        rung="predict",
        points=5,
        difficulty=1,
        minutes=4,
        kind=Parts(
            {
                "A": follows(
                    "b",
                    c=("order", "that is the central difference, where the term with the second derivative cancels."),
                ),
                "B": follows(
                    "c", b=("order", "that is the forward difference: here both sides have one term in common.")
                ),
                "C": follows("d"),
                "D": follows(
                    "a",
                    b=("order", "its error is far below the last digit already, so there is nothing left to win."),
                    c=("order", "its error is far below the last digit already, so there is nothing left to win."),
                    d=("arm", "that is the price of a subtraction: is there one?"),
                ),
                "E": follows(
                    "d",
                    c=("order", "which derivative stands in that error, and what is it for a parabola?"),
                    b=("order", "which derivative stands in that error, and what is it for a parabola?"),
                    a=("no-step", "the quotient has no truncation error here, but the subtraction still costs digits."),
                ),
            }
        ),
        praise="Order 1, order 2, then rounding, which grows; and a method that subtracts nothing has no left arm.",
        hints=(
            "Two errors are at work: the curve bends, and the digits run out. Decide for each part which of them "
            "counts.",
            "Truncation has a power of the step above the line, rounding has the step below it. The complex step "
            "subtracts nothing.",
            "Forward: the step itself; central: its square; rounding: one over the step. For E write down the "
            "third derivative of a parabola.",
        ),
    ),
    Exercise(
        "9.2",
        "How wrong is a long step?",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Number(
            setting=coarse,
            right=lambda q: relative(q.g, q.n),
            witness=coarse_by_taylor,
            mistakes=(
                Mistake("M11", lambda q: abs(q.g - q.n), ABSOLUTE),
                Mistake("one-size", lambda q: abs(q.g - q.n) / abs(q.g), ONE_SIZE),
                Mistake("one-size", lambda q: abs(q.g - q.n) / abs(q.n), ONE_SIZE),
                Mistake(
                    "mean-size",
                    lambda q: 2 * relative(q.g, q.n),
                    "You compared with the mean of the two sizes: then the worst error is not one.",
                ),
                Mistake("one-sided", lambda q: relative(q.g, (q.C(q.w + q.h) - q.C(q.w)) / q.h), ONE_SIDED),
                Mistake("one-sided", lambda q: relative(q.g, (q.C(q.w) - q.C(q.w - q.h)) / q.h), ONE_SIDED),
                Mistake(
                    "one-sided",
                    lambda q: relative(q.g, (q.C(q.w + q.h) - q.C(q.w)) / (2 * q.h)),
                    "You moved up only, and divided by the whole distance.",
                ),
                Mistake(
                    "factor-2",
                    lambda q: relative(q.g, 2 * q.n),
                    "One of your slopes is off by two: the places are two steps apart, and of the twos of both "
                    "squares the half "
                    "cancels one.",
                ),
                Mistake("sign", lambda q: relative(q.g, -q.n), "One of your two slopes has the wrong sign."),
                Mistake(
                    "slope",
                    lambda q: relative(q.w**2 - 1, q.n),
                    "In your exact slope the inner derivative is missing: the square is inside another square.",
                ),
                Mistake(
                    "factor-2",
                    lambda q: relative(2 * q.g, q.n),
                    "In your exact slope there is a two too many: the half in the loss cancels one.",
                ),
                Mistake("percent", lambda q: 100 * relative(q.g, q.n), "That is in percent: give the share itself."),
                Mistake("M12", lambda q: relative(q.g * q.w, q.n), "The chain has one factor too many."),
                Mistake("too-early", lambda q: q.n, "That is the central difference: compare it with the exact slope."),
                Mistake("too-early", lambda q: q.g, "That is the exact slope: compare it with the central difference."),
                Mistake(
                    "squared", lambda q: relative(q.g, q.n) ** 2, "You squared the proportion: it is taken as it is."
                ),
                Mistake(
                    "step",
                    lambda q: relative(q.g, (q.C(q.w + q.h / 2) - q.C(q.w - q.h / 2)) / q.h),
                    "You went half a step to each side: the step is how far each of the two places lies from the "
                    "weight.",
                ),
                Mistake(
                    "M13 loss",
                    lambda q: relative(q.C(q.w), q.n),
                    "Where the exact slope belongs you put the loss itself.",
                ),
            ),
        ),
        praise="A right gradient, and a share of some hundredths: the error is the measurement's, not the claim's.",
        hints=(
            "Two slopes of one loss: the exact one by the chain rule, the other from two values. Then their "
            "proportion.",
            "Exact: the derivative of half a square is what was squared, times the inner derivative. Measured: the "
            "values at both sides, over their distance.",
            "In code, with C(w) written as a function: n is (C(w + h) - C(w - h)) / (2 * h), g is (w**2 - 1) * 2 * w, "
            "and the answer abs(g - n) / (abs(g) + abs(n)).",
        ),
    ),
    Exercise(
        "9.3",
        "Find the bottom of the V",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=6,
        kind=Number(
            setting=arm,
            right=lambda q: np.cbrt(3 * q.u * q.F / q.D3),
            witness=best_by_halving,
            mistakes=(
                Mistake(
                    "eps",
                    lambda q: np.cbrt(6 * q.u * q.F / q.D3),
                    "You took the distance from one to the next number for the rounding unit, which is half of it; "
                    "or the step at which both errors are equal, where their sum is not yet smallest.",
                ),
                Mistake(
                    "factorial",
                    lambda q: np.cbrt(18 * q.u * q.F / q.D3),
                    "The six below the truncation error has been lost on the way to the third derivative.",
                ),
                Mistake(
                    "factorial",
                    lambda q: np.cbrt(6 * 18 * q.u * q.F / q.D3),
                    "The six of the truncation error has gone to the wrong side.",
                ),
                Mistake("u-only", lambda q: np.cbrt(q.u), "That is the rule of thumb: here more is known of the loss."),
                Mistake(
                    "u-only", lambda q: np.cbrt(2 * q.u), "That is the rule of thumb: here more is known of the loss."
                ),
                Mistake(
                    "constants",
                    lambda q: np.cbrt(q.u * q.F / q.D3),
                    "The letters are right, the number in front has been left out.",
                ),
                Mistake(
                    "F", lambda q: np.cbrt(3 * q.u / q.D3), "How large the loss is matters: its last digit is lost."
                ),
                Mistake(
                    "bend",
                    lambda q: np.cbrt(3 * q.u * q.F),
                    "How much the curve bends matters: the error on the right arm tells it.",
                ),
                Mistake(
                    "bend",
                    lambda q: np.cbrt(3 * q.u * q.F / q.error),
                    "You put the error itself where the third derivative belongs.",
                ),
                Mistake(
                    "bend",
                    lambda q: np.cbrt(3 * q.u * q.F / (6 * q.error / q.h)),
                    "On the way to the third derivative you divided by the step: the error has its square.",
                ),
                Mistake(
                    "order-1", lambda q: np.sqrt(3 * q.u * q.F / q.D3), "A square root belongs to a method of order 1."
                ),
                Mistake(
                    "order-1",
                    lambda q: 2 * np.sqrt(q.u * q.F / (2 * q.error / q.h)),
                    "That is the best step of a forward difference.",
                ),
                Mistake(
                    "order-1",
                    lambda q: 2 * np.sqrt(q.u * q.F / q.D3),
                    "That is the formula of the forward difference, with a third derivative in it.",
                ),
                Mistake(
                    "no-root", lambda q: 3 * q.u * q.F / q.D3, "That is far too small to be a step: a root is missing."
                ),
                Mistake(
                    "error-there",
                    lambda q: best_by_halving(q) ** 2 * q.D3 / 6 + q.u * q.F / best_by_halving(q),
                    "That is the error at the best step: the step itself is asked for.",
                ),
                Mistake(
                    "bend",
                    lambda q: q.D3,
                    "That is the third derivative, which is half of the way: now the step.",
                ),
                Mistake(
                    "order-1",
                    lambda q: np.sqrt(q.u * q.F * q.h / q.error),
                    "You let the truncation error grow with the step itself: for a central difference it grows "
                    "with its square.",
                ),
                Mistake(
                    "bend",
                    lambda q: np.cbrt(q.u * q.F / (2 * q.error)),
                    "You took the error at the long step for the number in front of the square of the step: "
                    "divide the square out first.",
                ),
                Mistake(
                    "constants",
                    lambda q: np.cbrt(2 * q.u * q.F * q.h**2 / q.error),
                    "The two that the square brings down has gone to the wrong side.",
                ),
                Mistake(
                    "no-root",
                    lambda q: (q.u * q.F * q.h**2 / (2 * q.error)) ** 0.25,
                    "You took a fourth root: count the powers of the step once both terms are on one side.",
                ),
                Mistake(
                    "habit", lambda q: 1e-5, "That is the step one takes out of habit: here more is known of the loss."
                ),
            ),
        ),
        praise="A loss that bends little wants a longer step than the rule of thumb: some 4 times longer here.",
        hints=(
            "The right arm tells how large the third derivative is. With it you know both errors at every step.",
            "The error there is the step squared times the third derivative over six: free the third derivative. Then "
            "where is the sum of both errors smallest?",
            "D3 is 6 * error / h**2, with the long step. The best step is the cube root of 3 * u * F / D3, with "
            "u = 2**-53.",
        ),
    ),
    Exercise(
        "9.4",
        "In proportion, with a floor",
        rung="complete",
        points=2,
        difficulty=1,
        minutes=5,
        kind=Function(
            outputs=("relative_error",),
            inputs=draw_claim,
            right=ratio(),
            witness=error_in_loops,
            mistakes=(*(Mistake(*piece) for piece in ERROR_PIECES), *FLOOR_MISTAKES),
            widths=((6,), (4, 3), (3, 2, 4)),
            square=(3, 4),
        ),
        praise="Symmetric, without a unit, from zero to one; and two gradients that are both rounding noise are "
        "left in peace.",
        hints=(
            "Three lengths, one proportion. What is the worst that can happen, and what should the function say then?",
            "Below the line stand both lengths together, but never less than the floor.",
            "Divide the given difference by max(length of g plus length of n, floor); np.linalg.norm gives the length "
            "of an array of any shape.",
        ),
    ),
    Exercise(
        "9.5",
        "Ask the loss, entry by entry",
        rung="implement",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Function(
            outputs=("gradient",),
            inputs=draw_loss,
            right=quotients,
            witness=central_by_vectors,
            mistakes=CENTRAL_MISTAKES,
            widths=((5,), (2, 4), (3, 2, 4)),
            square=None,
        ),
        praise="One entry at a time, both ways, nothing left behind; and whole numbers are not cut off.",
        hints=(
            "The derivative belongs to one entry, all others held still. How do you visit the entries of an array of "
            "any shape?",
            "np.ndindex(x.shape) gives all indices. Move one entry of a float copy up, ask, move it down, ask, and "
            "put it "
            "back before the next.",
            "Work on np.array(x, float), fill np.zeros(x.shape), and keep the old entry in a variable: set entry "
            "+ h, ask, set entry - h, ask, set the old entry again; the slope is (up - down) / (2 * h), with the "
            "brackets.",
        ),
    ),
    Exercise(
        "9.6",
        "Every weight of a network",
        rung="implement",
        points=5,
        difficulty=3,
        minutes=15,
        kind=Function(
            outputs=("slopes", "errors"),
            inputs=draw_network,
            right=every_array(),
            witness=network_by_vectors,
            mistakes=NETWORK_MISTAKES,
            square=None,
        ),
        praise="One error for each array: it says not only that something is wrong, but where.",
        hints=(
            "You have both halves: the difference quotients of one array, and the proportion of two arrays.",
            "For each name make a function of that one array: it calls the loss with a dictionary in which only this "
            "array is exchanged.",
            "lambda moved: loss({**parameters, name: moved}) is such a function; hand it to central_gradient with "
            "parameters[name] and h, then compare with claims[name], floor 0.",
        ),
    ),
    Exercise(
        "9.7",
        "Read the traces",
        rung="debug",
        points=5,
        difficulty=2,
        minutes=8,
        kind=Parts({part: Choice.among(NOT_THIS_TRACE, right) for part, right in zip("ABCDE", "ebgcf", strict=True)}),
        praise="What is wrong names the line, how wrong names the mistake, and the step tells a bug from a bad "
        "measurement.",
        hints=(
            "A mistake in a line spoils all that is computed from it, and nothing else. Draw which line feeds which.",
            "First compare the two rows of a specimen: what follows the step is no bug. Then find the line that feeds "
            "just the wrong arrays.",
            "delta3 feeds all six arrays, delta2 the four of layers 1 and 2, delta1 two; dW and db feed nothing "
            "else. Equal errors mean a common factor, an error of one means a turned sign.",
        ),
    ),
    Exercise(
        "9.8",
        "Checks that pass too much",
        rung="debug",
        points=6,
        difficulty=3,
        minutes=10,
        kind=Parts({part: Choice.among(NOT_THIS_HOLE, right) for part, right in zip("ABCDEF", "beacfd", strict=True)}),
        praise="A check is a program too. Test it with a wrong claim before you trust it with a right one.",
        hints=(
            "For each check invent a wrong claim that gets through: all zeros, a turned sign, something huge.",
            "Ask of each: is the difference taken without its sign? Compared with what? What if a quotient is not a "
            "number? Was the measurement made without the rule?",
            "A comparison with NaN is never true. The outputs of softmax always sum to one. A loop that calls the "
            "same helper inherits its mistake. One of the six is sound.",
        ),
    ),
    Exercise(
        "9.9",
        "Repair a block with a shortcut",
        rung="debug",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=("dx", "dW", "db", "dU"),
            inputs=draw_block,
            right=block(),
            witness=block_agrees,
            mistakes=BLOCK_MISTAKES,
            widths=((5, 2, 3), (1, 4, 2), (3, 2, 4)),
        ),
        praise="Your own check has led you to three lines, and now it is silent.",
        hints=(
            "Let your check speak first: which arrays are wrong, and what do the wrong ones share that the right "
            "one lacks?",
            "dU is right, so da is. One bug sits in delta and spoils three arrays; the other two spoil one array each.",
            "The slope of tanh is written with t, not with z. x acts on the output along two paths, and one is lost. "
            "The mean over the batch is in da already, so db adds up.",
        ),
    ),
    Exercise(
        "9.10",
        "Two sides of different length",
        rung="derive",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Derivation("9.10"),
        praise="Order 1 again: what makes the central difference good is not that it has two sides, but that they "
        "are equal.",
        hints=(
            "Write Taylor's formula for both places, up to the square: once with h, once with minus k.",
            "Subtract, power by power: values vanish, slopes give the whole distance, and of the squares?",
            "The squares leave half of f_2 times the difference of h squared and k squared. Divide by h + k: a "
            "difference of squares has that factor.",
        ),
    ),
    Exercise(
        "9.11",
        "What is measured across a kink",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=8,
        kind=Derivation("9.11"),
        praise="A mean of both slopes, weighted by how much of the way lies on each side; for d above h the kink "
        "is out of reach.",
        hints=(
            "Draw it: two straight pieces, and three points on the axis. Which piece is how long?",
            "Start in x with the value f_0. Up is one piece. Down is two: first to the kink, then on from there.",
            "The upper value is f_0 plus s_right h; the lower is f_0 minus s_right d minus s_left (h - d). "
            "Subtract, and "
            "divide by 2h.",
        ),
    ),
    Exercise(
        "9.12",
        "The loss fell, so it is right",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Essay(
            (
                "Says that one should check more, or with a smaller threshold, without a reason.",
                "Takes one of the two arguments apart, with a reason or an example, and asserts the other.",
                "Takes both apart, each with a reason or an example.",
                "Does that, and says what a sound check would look like and what even a passed one does not prove.",
            )
        ),
        praise="",
        hints=(
            "Take the two arguments one after the other. Can you name a gradient that is wrong and still lowers "
            "the loss?",
            "For the second: in which unit is that difference, and how large are the gradients themselves? The first "
            "layer of a deep network of sigmoids is a good place to look.",
            "A sound check: proportion, each array by itself, float64, random weights, random upstream, every "
            "mode, and "
            "the judge shares no code. What it vouches for is the gradient of this loss: is it the loss that was "
            "meant?",
        ),
    ),
)
