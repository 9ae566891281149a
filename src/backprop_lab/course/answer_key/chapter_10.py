"""The exercises of chapter 10, Gradient descent and its variants.

An optimizer is a function here: what it remembers is passed in and returned. Epsilon is large in all draws, so that the
place where it is added can be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.number import Number
from backprop_lab.gradient_check import numerical_gradient
from backprop_lab.optimizers import Adam, Momentum, Nesterov, RMSProp

__all__ = ["EXERCISES"]

Piece = Callable[..., Any]
Pieces = Mapping[str, Piece]

# ------------------------------------------------------------------ 10.1, 10.2 and 10.9: what the options say

ONE_HALF = ("curvature", "you may have taken the number in front for the curvature: that is the second derivative.")
BEHAVIOUR = {
    "a": ("creeps", "on the same side it stays only while the factor of a step is positive."),
    "b": ("one-step", "it arrives at once only where the factor of a step is nothing."),
    "c": ("crosses", "it jumps across and still comes nearer only while the factor is between minus one and nothing."),
    "d": ("to-and-fro", "for ever to and fro it goes at one rate only: where the factor is minus one."),
    "e": ("flies-off", "it flies off only where the factor is below minus one."),
}


def behaves(right: str, half: str) -> Choice:
    """Return the choice among the behaviours; `half` is what half the curvature leads to."""
    reasons = {**BEHAVIOUR, **({half: ONE_HALF} if half != right else {})}
    return Choice(right, {letter: reason for letter, reason in reasons.items() if letter != right})


def same_or_not(right: str, name: str, says: str) -> Choice:
    """Return the choice between the same (s) and different (d)."""
    return Choice(right, {"d" if right == "s" else "s": (name, says)})


CAUSES = {
    "a": ("sign", "a turned sign climbs at every rate, however small."),
    "b": ("too-far", "a rate beyond the limit shows as a growing jump that a smaller rate cures."),
    "c": ("M14", "the rate scales all layers alike; how large are the layers beside one another here?"),
    "d": ("stationary", "at a stationary point the gradient is zero and the rate has no say: is it so here?"),
    "e": ("noise", "noise shows as a level at which the loss hovers, and which is lower for a smaller rate."),
    "f": ("valley", "a narrow valley is slow at every allowed rate, and nothing in it is zero or noisy."),
    "g": (
        "M10",
        "that nothing moves, or that the loss rests, does not mean that it is finished: look at the rest of it.",
    ),
}


def cause(right: str, **reasons: tuple[str, str]) -> Choice:
    """Return the choice among all causes."""
    return Choice(right, {letter: says for letter, says in {**CAUSES, **reasons}.items() if letter != right})


# ------------------------------------------------------------------ 10.3: a valley

ROOT = np.sqrt(6.0)


def valley() -> SimpleNamespace:
    """Return the Hessian of a valley and its curvatures."""
    H = np.array([[5.0, 2.0], [2.0, 2.0]])
    low, high = np.linalg.eigvalsh(H)
    return SimpleNamespace(H=H, low=low, high=high, kappa=high / low)


def told(q: SimpleNamespace) -> list[float]:
    """Return limit, best rate and its factor."""
    return [2 / q.high, 2 / (q.low + q.high), (q.kappa - 1) / (q.kappa + 1)]


def walked(q: SimpleNamespace) -> list[float]:
    """Find limit, best rate and factor by looking at the matrix of a step."""

    def radius(rate: float) -> float:
        return float(np.abs(np.linalg.eigvals(np.eye(2) - rate * q.H)).max())

    def bisect(goes_on: Callable[[float], bool]) -> float:
        low, high = 0.1, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if goes_on(middle) else (low, middle)
        return low

    best = bisect(lambda rate: radius(rate + 1e-9) < radius(rate - 1e-9))
    return [bisect(lambda rate: radius(rate) < 1), best, radius(best)]


def entry(place: int, value: Callable[[SimpleNamespace], float]) -> Callable[[SimpleNamespace], list[float]]:
    """Return the right numbers with one exchanged."""

    def wrong(q: SimpleNamespace) -> list[float]:
        numbers = told(q)
        numbers[place] = value(q)
        return numbers

    return wrong


VALLEY_MISTAKES = (
    Mistake(
        "diagonal",
        lambda q: [2 / 5, 2 / 7, 3 / 7],
        "You took the numbers on the diagonal for the curvatures: this valley lies askew, ask for eigenvalues.",
    ),
    Mistake(
        "diagonal",
        lambda q: [2 / 5, 2 / 7, 5 / 7],
        "Your limit comes from a number on the diagonal: ask for eigenvalues.",
    ),
    Mistake(
        "half",
        lambda q: [1 / 6, 1 / 7, 5 / 7],
        "Your rates are half of what they may be: the half in front of the form cancels the two of its derivative.",
    ),
    Mistake(
        "half",
        lambda q: [4 / 6, 4 / 7, 5 / 7],
        "Your rates are twice too large: the half in front of the form cancels the two of its derivative.",
    ),
    Mistake(
        "one-step",
        entry(0, lambda q: 1 / q.high),
        "Your limit is the rate that arrives in one step; it may go farther.",
    ),
    Mistake(
        "flattest",
        entry(0, lambda q: 2 / q.low),
        "The flattest direction has set your limit: the steepest must live too.",
    ),
    Mistake(
        "flattest",
        entry(0, lambda q: 1 / q.low),
        "The flattest direction has set your limit: the steepest must live too.",
    ),
    Mistake("half", entry(1, lambda q: 1 / (q.low + q.high)), "Your best rate has lost a factor of two."),
    Mistake(
        "one-step",
        lambda q: [2 / q.high, 1 / q.high, 1 - q.low / q.high],
        "Your best rate suits the steepest direction alone: the flattest could go faster.",
    ),
    Mistake(
        "one-step",
        entry(1, lambda q: 1 / q.high),
        "Your best rate suits the steepest direction alone: the flattest could go faster.",
    ),
    Mistake(
        "momentum",
        entry(2, lambda q: (ROOT - 1) / (ROOT + 1)),
        "Your factor is that of momentum: here nothing is remembered.",
    ),
    Mistake(
        "momentum",
        lambda q: [2 / q.high, 4 / (1 + ROOT) ** 2, (ROOT - 1) / (ROOT + 1)],
        "Best rate and factor are those of momentum: here nothing is remembered.",
    ),
    Mistake(
        "sign", entry(2, lambda q: -5 / 7), "That is the factor of the steepest direction with its sign: give its size."
    ),
    Mistake("inverted", entry(2, lambda q: 7 / 5), "A factor above one would lead away: you have it upside down."),
    Mistake("kappa", entry(2, lambda q: q.kappa), "Where the factor is asked for you gave the condition number."),
    Mistake(
        "kappa",
        entry(2, lambda q: 1 / q.kappa),
        "Your factor is one over the condition number: how far the slower end comes.",
    ),
    Mistake(
        "kappa", entry(2, lambda q: 1 - 1 / q.kappa), "Your factor belongs to a rate of one over the largest curvature."
    ),
    Mistake(
        "swapped",
        lambda q: [told(q)[1], told(q)[0], told(q)[2]],
        "Limit and best rate have changed places: the best is inside the limit.",
    ),
    Mistake("kappa", entry(2, lambda q: 2 / 7), "Your factor is what a step takes away; asked is what it leaves."),
    Mistake(
        "squared",
        entry(2, lambda q: told(q)[2] ** 2),
        "Your factor is that of the loss: asked is that of the distance.",
    ),
    Mistake(
        "half",
        lambda q: [2 / q.high, 1 / (q.low + q.high), 1 - q.low / (q.low + q.high)],
        "Your best rate has lost a factor of two.",
    ),
    Mistake(
        "one-step",
        lambda q: [2 / q.high, 1 / q.high, 0],
        "Your best rate suits the steepest direction alone, and so does your factor: the flattest lags behind.",
    ),
    Mistake(
        "mean",
        lambda q: [2 / q.high, 1 / np.sqrt(q.low * q.high), ROOT - 1],
        "You took the geometric mean of the curvatures for your best rate: at the best rate both ends shrink alike.",
    ),
    Mistake(
        "kappa",
        entry(2, lambda q: 1 - 2 / (q.low + q.high) * q.low / 2),
        "Your factor has lost a two: look at the flattest direction at this rate.",
    ),
)

# ------------------------------------------------------------------ 10.4 and 10.6: momentum

START = {"w": 2.0, "curvature": 3.0, "rate": 0.05, "mu": 0.6}


def ball() -> SimpleNamespace:
    """Return a parabola, a place to start, a rate and a share."""
    return SimpleNamespace(**START)


def rolled(q: SimpleNamespace) -> list[float]:
    """Return three steps of the library's momentum."""
    w, optimizer, way = np.array([q.w]), Momentum(q.rate, momentum=q.mu), []
    for _ in range(3):
        optimizer.step(w, q.curvature * w)
        way.append(float(w[0]))
    return way


def mixed(q: SimpleNamespace) -> list[float]:
    """Return the same places without a velocity: each is a mixture of the last two."""
    way = [q.w, q.w]
    for _ in range(3):
        way.append((1 + q.mu - q.rate * q.curvature) * way[-1] - q.mu * way[-2])
    return way[2:]


def rolling(
    velocity: Callable[[SimpleNamespace, float, float], float] = lambda q, v, g: q.mu * v + g,
    step: Callable[[SimpleNamespace, float, float], float] = lambda q, v, g: q.rate * v,
    asked_at: Callable[[SimpleNamespace, float, float], float] = lambda q, w, v: w,
) -> Callable[[SimpleNamespace], list[float]]:
    """Return three steps with another velocity, another step, or the gradient asked elsewhere."""

    def way(q: SimpleNamespace) -> list[float]:
        w, v, places = q.w, 0.0, []
        for _ in range(3):
            g = q.curvature * asked_at(q, w, v)
            v = velocity(q, v, g)
            w -= step(q, v, g)
            places.append(w)
        return places

    return way


def rolled_by(q: SimpleNamespace, gradient: Callable[[float], float]) -> list[float]:
    """Return three steps with another gradient."""
    w, v, places = q.w, 0.0, []
    for _ in range(3):
        v = q.mu * v + gradient(w)
        w -= q.rate * v
        places.append(w)
    return places


def old_roll(q: SimpleNamespace) -> list[float]:
    """Return three steps along the velocity of the step before."""
    w, v, places = q.w, 0.0, []
    for _ in range(3):
        old, v = v, q.mu * v + q.curvature * w
        w -= q.rate * old
        places.append(w)
    return places


def velocities(q: SimpleNamespace) -> list[float]:
    """Return the three velocities."""
    return [step / q.rate for step in (-np.diff([q.w, *rolled(q)])).tolist()]


NO_MEMORY = "You forgot what has gone before: that is plain gradient descent, and the velocity has no part in it."
DAMPED = "You took a running mean of the gradients, as Adam does: this velocity is a sum, the gradient goes in whole."
NO_FORGETTING = "Your velocity forgets nothing: of the old one only a share survives."
WHOLE_SHARE = "You let the share act on the new gradient as well: only the old velocity fades."
RATE_TWICE = "The learning rate is in the velocity already, and then it acts once more."
ROLL_MISTAKES = (
    Mistake("no-memory", rolling(velocity=lambda q, v, g: g), NO_MEMORY),
    Mistake("mean", rolling(velocity=lambda q, v, g: q.mu * v + (1 - q.mu) * g), DAMPED),
    Mistake("no-forgetting", rolling(velocity=lambda q, v, g: v + g), NO_FORGETTING),
    Mistake("share", rolling(velocity=lambda q, v, g: q.mu * (v + g)), WHOLE_SHARE),
    Mistake("learning-rate", rolling(velocity=lambda q, v, g: q.mu * v + q.rate * g), RATE_TWICE),
    Mistake(
        "learning-rate",
        rolling(velocity=lambda q, v, g: q.mu * v + q.rate * g, step=lambda q, v, g: v + 0 * g + q.mu * q.rate * g),
        "That is the step of the method that looks ahead, with the rate in the velocity.",
    ),
    Mistake("ascent", rolling(step=lambda q, v, g: -q.rate * v)),
    Mistake(
        "sign", rolling(velocity=lambda q, v, g: g - q.mu * v), "The old velocity goes into the new one with a plus."
    ),
    Mistake(
        "nesterov",
        rolling(step=lambda q, v, g: q.rate * (g + q.mu * v)),
        "That is the method that looks ahead; plain momentum is asked for.",
    ),
    Mistake(
        "nesterov",
        rolling(asked_at=lambda q, w, v: w - q.rate * q.mu * v),
        "You asked for the gradient where the velocity is about to lead; plain momentum asks where it stands.",
    ),
    Mistake(
        "stale",
        rolling(asked_at=lambda q, w, v: q.w),
        "You used the first gradient three times: after each step it is another.",
    ),
    Mistake(
        "curvature",
        rolling(asked_at=lambda q, w, v: w / 2),
        "Your gradient is half of what it is: differentiate the square.",
    ),
    Mistake(
        "curvature",
        rolling(asked_at=lambda q, w, v: 2 * w),
        "Your gradient is twice too large: the half in front cancels the two of the square.",
    ),
    Mistake(
        "M9",
        lambda q: [q.curvature * w for w in (q.w, *rolled(q)[:2])],
        "Those are the gradients: the places that the steps lead to are asked for.",
    ),
    Mistake(
        "step-only",
        lambda q: (-np.diff([q.w, *rolled(q)])).tolist(),
        "Those are the steps: the places that they lead to are asked for.",
    ),
    Mistake(
        "off-by-one",
        lambda q: [q.w, *rolled(q)[:2]],
        "You began with the place before the first step: three places after it are asked for.",
    ),
    Mistake(
        "old-velocity", lambda q: old_roll(q), "The step uses the old velocity: first the new velocity, then the step."
    ),
    Mistake(
        "M13 loss",
        lambda q: rolled_by(q, lambda w: q.curvature * w**2 / 2),
        "Where the gradient belongs you put the loss itself.",
    ),
    Mistake(
        "curvature",
        lambda q: rolled_by(q, lambda w: q.curvature * w**2),
        "Differentiating lowers the power: your gradient has a square left.",
    ),
    Mistake(
        "curvature",
        rolling(asked_at=lambda q, w, v: 2 * w / 3),
        "You differentiated the square and left out the number in front.",
    ),
    Mistake(
        "share",
        rolling(velocity=lambda q, v, g: v + q.mu * g),
        "The share acts on the wrong one: the old velocity fades, the gradient goes in whole.",
    ),
    Mistake(
        "share",
        lambda q: [q.w * (q.mu - q.rate * q.curvature) ** k for k in (1, 2, 3)],
        "You let the place fade in place of the velocity.",
    ),
    Mistake(
        "swapped",
        rolling(velocity=lambda q, v, g: q.rate * v + g, step=lambda q, v, g: q.mu * v),
        "The rate and the share have changed places.",
    ),
    Mistake("velocities", velocities, "Those are the velocities: the places that the steps lead to are asked for."),
    Mistake("order", lambda q: rolled(q)[::-1], "The places are in the wrong order: the first step comes first."),
)


def draw_momentum(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a place, a velocity and a gradient; matrices look ahead."""
    return {
        **{name: rng.normal(size=widths) for name in ("w", "v", "g")},
        "learning_rate": float(rng.uniform(0.1, 0.4)),
        "mu": float(rng.uniform(0.5, 0.9)),
        "look_ahead": len(widths) == 2,
    }


def library_momentum(
    w: Array, v: Array, g: Array, learning_rate: float, mu: float, look_ahead: bool
) -> tuple[Array, Array]:
    """Take a step with the library's optimizer, which is told what to remember."""
    optimizer = (Nesterov if look_ahead else Momentum)(learning_rate, momentum=mu)
    moved = w.copy()
    optimizer.step(moved, 0 * g)  # makes its arrays; from a velocity of zero along a gradient of zero
    optimizer.memory.arrays["velocity"][...] = v
    optimizer.step(moved, g)
    return moved, optimizer.memory.arrays["velocity"].copy()


def momentum_in_loops(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Do the same number by number."""
    rate, mu = inputs["learning_rate"], inputs["mu"]
    places = zip(inputs["w"].flat, inputs["v"].flat, inputs["g"].flat, strict=True)
    new_w, new_v = [], []
    for w, v, g in places:
        new_v.append(mu * v + g)
        new_w.append(w - rate * (mu * new_v[-1] + g if inputs["look_ahead"] else new_v[-1]))
    yield np.allclose(np.ravel(outputs["new_w"]), new_w, rtol=1e-10)
    yield np.allclose(np.ravel(outputs["new_v"]), new_v, rtol=1e-10)


RIGHT_MOMENTUM: dict[str, Piece] = {
    "velocity": lambda v, g, mu, rate: mu * v + g,
    "plain": lambda new_v, v, g, mu: new_v,
    "ahead": lambda new_v, v, g, mu: g + mu * new_v,
    "move": lambda w, direction, rate: w - rate * direction,
    "kept": lambda new_v, v, direction: new_v,
    "asked": lambda look_ahead: look_ahead,
}


def momentum(**wrong: Piece) -> Callable[..., tuple[Any, Any]]:
    """Return a step with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_MOMENTUM, **wrong})

    def step(w: Array, v: Array, g: Array, learning_rate: float, mu: float, look_ahead: bool) -> tuple[Any, Any]:
        new_v = piece.velocity(v, g, mu, learning_rate)
        direction = (piece.ahead if piece.asked(look_ahead) else piece.plain)(new_v, v, g, mu)
        return piece.move(w, direction, learning_rate), piece.kept(new_v, v, direction)

    return step


MOMENTUM_MISTAKES = (
    Mistake("no-memory", momentum(velocity=lambda v, g, mu, rate: g), NO_MEMORY),
    Mistake(
        "no-memory",
        momentum(plain=lambda new_v, v, g, mu: g, ahead=lambda new_v, v, g, mu: g),
        "You made the velocity and then stepped along the gradient alone.",
    ),
    Mistake("mean", momentum(velocity=lambda v, g, mu, rate: mu * v + (1 - mu) * g), DAMPED),
    Mistake(
        "share", momentum(velocity=lambda v, g, mu, rate: (1 - mu) * v + mu * g), "The share acts on the wrong one."
    ),
    Mistake("share", momentum(velocity=lambda v, g, mu, rate: v + mu * g), "The share acts on the wrong one."),
    Mistake("share", momentum(velocity=lambda v, g, mu, rate: mu * (v + g)), WHOLE_SHARE),
    Mistake("no-forgetting", momentum(velocity=lambda v, g, mu, rate: v + g), NO_FORGETTING),
    Mistake("learning-rate", momentum(velocity=lambda v, g, mu, rate: mu * v + rate * g), RATE_TWICE),
    Mistake(
        "learning-rate",
        momentum(velocity=lambda v, g, mu, rate: mu * v + rate * g, move=lambda w, direction, rate: w - direction),
        "You keep the learning rate inside the velocity: here it multiplies the step, and the velocity does not "
        "know it.",
    ),
    Mistake(
        "learning-rate",
        momentum(velocity=lambda v, g, mu, rate: mu * v - rate * g, move=lambda w, direction, rate: w + direction),
        "You keep rate and sign inside the velocity: here the velocity is a sum of gradients, nothing more.",
    ),
    Mistake("learning-rate", momentum(move=lambda w, direction, rate: w - direction)),
    Mistake(
        "sign", momentum(velocity=lambda v, g, mu, rate: mu * v - g), "The gradient goes into the velocity with a plus."
    ),
    Mistake(
        "sign",
        momentum(velocity=lambda v, g, mu, rate: g - mu * v),
        "The old velocity goes into the new one with a plus.",
    ),
    Mistake("ascent", momentum(move=lambda w, direction, rate: w + rate * direction)),
    Mistake(
        "old-velocity",
        momentum(plain=lambda new_v, v, g, mu: v, ahead=lambda new_v, v, g, mu: g + mu * v),
        "The step uses the old velocity: first the new velocity, then the step.",
    ),
    Mistake("old-velocity", momentum(plain=lambda new_v, v, g, mu: v), "The plain step uses the old velocity."),
    Mistake(
        "no-look-ahead",
        momentum(asked=lambda look_ahead: False),
        "Looking ahead you do the same as without: either nothing is different, or the old velocity stands where the "
        "new one belongs.",
    ),
    Mistake(
        "no-look-ahead",
        momentum(asked=lambda look_ahead: True),
        "You look ahead always, also when it is not asked for.",
    ),
    Mistake(
        "no-look-ahead", momentum(asked=lambda look_ahead: not look_ahead), "The two branches have changed places."
    ),
    Mistake(
        "ahead",
        momentum(ahead=lambda new_v, v, g, mu: mu * new_v),
        "Looking ahead, the gradient itself is missing: only the faded velocity is left.",
    ),
    Mistake(
        "ahead",
        momentum(ahead=lambda new_v, v, g, mu: g + new_v),
        "Looking ahead, the velocity goes in whole: the share acts on it once more.",
    ),
    Mistake(
        "ahead",
        momentum(ahead=lambda new_v, v, g, mu: new_v + mu * g),
        "Looking ahead, the share acts on the gradient instead of on the velocity.",
    ),
    Mistake(
        "ahead",
        momentum(ahead=lambda new_v, v, g, mu: new_v + mu * new_v),
        "Looking ahead, you added the velocity to its own share: the gradient belongs in its place.",
    ),
    Mistake(
        "state",
        momentum(kept=lambda new_v, v, direction: v),
        "You return the velocity that you were given: the next step would begin where this one did.",
    ),
    Mistake(
        "state",
        momentum(kept=lambda new_v, v, direction: direction),
        "You return the direction of the step as the velocity: looking ahead, the two are different.",
    ),
    Mistake("no-step", lambda w, v, g, learning_rate, mu, look_ahead: (w, mu * v + g), "The place has not moved."),
    Mistake(
        "results-swapped",
        lambda **inputs: momentum()(**inputs)[::-1],
        "The two results have changed places: the place comes first, then the velocity.",
    ),
    Mistake(
        "step-only",
        momentum(move=lambda w, direction, rate: rate * direction),
        "That is the step alone: the new place is where it leads to.",
    ),
    Mistake(
        "step-only",
        momentum(move=lambda w, direction, rate: -rate * direction),
        "That is the step alone: the new place is where it leads to.",
    ),
    Mistake(
        "M9",
        momentum(move=lambda w, direction, rate: direction),
        "That is the direction: the step has yet to be taken.",
    ),
    Mistake(
        "no-memory",
        momentum(plain=lambda new_v, v, g, mu: g),
        "The plain step goes along the gradient alone: it goes along the new velocity.",
    ),
    Mistake(
        "ahead",
        momentum(ahead=lambda new_v, v, g, mu: (1 + mu) * g),
        "Looking ahead, the old velocity is forgotten: you made the first step, from rest, into the rule.",
    ),
    Mistake(
        "share",
        momentum(plain=lambda new_v, v, g, mu: mu * new_v),
        "In the plain step the share acts once more: the velocity itself is the direction.",
    ),
)

# ------------------------------------------------------------------ 10.7: Adam


def draw_adam(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a place, what Adam remembers after some steps, and a gradient of which one part is zero."""
    w, m, g = rng.normal(size=(3, *widths))
    g.flat[0] = 0.0
    return {
        "w": w,
        "m": m,
        "s": rng.uniform(0.05, 0.8, widths),
        "t": {1: 1, 2: 4, 3: 11}[len(widths)],
        "g": g,
        "learning_rate": float(rng.uniform(0.1, 0.4)),
        "beta1": float(rng.uniform(0.6, 0.9)),
        "beta2": float(rng.uniform(0.9, 0.97)),
        "epsilon": float(rng.uniform(0.05, 0.3)),
    }


def library_adam(
    w: Array,
    m: Array,
    s: Array,
    t: int,
    g: Array,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
) -> tuple[Array, Array, Array, int]:
    """Take a step with the library's Adam, which is told what to remember."""
    optimizer = Adam(learning_rate, decay_mean=beta1, decay_square=beta2, epsilon=epsilon)
    moved = w.copy()
    optimizer.step(moved, 0 * g)
    arrays, optimizer.memory.steps = optimizer.memory.arrays, t
    arrays["mean"][...], arrays["square_mean"][...] = m, s
    optimizer.step(moved, g)
    return moved, arrays["mean"].copy(), arrays["square_mean"].copy(), optimizer.memory.steps


def adam_in_loops(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Do the same number by number."""
    one, two, t = inputs["beta1"], inputs["beta2"], inputs["t"] + 1
    places: list[list[float]] = []
    for w, m, s, g in zip(*(inputs[name].flat for name in "wmsg"), strict=True):
        mean, square = one * m + (1 - one) * g, two * s + (1 - two) * g * g
        root = (square / (1 - two**t)) ** 0.5
        step = inputs["learning_rate"] * mean / (1 - one**t) / (root + inputs["epsilon"])
        places.append([w - step, mean, square])
    for name, column in zip(("new_w", "new_m", "new_s"), np.array(places).T, strict=True):
        yield np.allclose(np.ravel(outputs[name]), column, rtol=1e-10)
    yield outputs["new_t"] == t


RIGHT_ADAM: dict[str, Piece] = {
    "mean": lambda m, g, b: b * m + (1 - b) * g,
    "square": lambda s, g, b: b * s + (1 - b) * g**2,
    "count": lambda t: t + 1,
    "m_hat": lambda m, b, t: m / (1 - b**t),
    "s_hat": lambda s, b, t: s / (1 - b**t),
    "top": lambda m_hat, g, m: m_hat,
    "below": lambda s_hat, s, eps, b, t: np.sqrt(s_hat) + eps,
    "move": lambda w, rate, quotient: w - rate * quotient,
    "kept": lambda new, hat: new,
    "returned": lambda t, new_t: new_t,
}


def adam(swapped: bool = False, **wrong: Piece) -> Callable[..., tuple[Any, ...]]:
    """Return a step of Adam with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_ADAM, **wrong})

    def step(
        w: Array,
        m: Array,
        s: Array,
        t: int,
        g: Array,
        learning_rate: float,
        beta1: float,
        beta2: float,
        epsilon: float,
    ) -> tuple[Any, ...]:
        if swapped:
            beta1, beta2 = beta2, beta1
        new_m, new_s, now = piece.mean(m, g, beta1), piece.square(s, g, beta2), piece.count(t)
        m_hat, s_hat = piece.m_hat(new_m, beta1, now), piece.s_hat(new_s, beta2, now)
        quotient = piece.top(m_hat, g, m) / piece.below(s_hat, new_s, epsilon, beta2, now)
        new_w = piece.move(w, learning_rate, quotient)
        return new_w, piece.kept(new_m, m_hat), piece.kept(new_s, s_hat), piece.returned(t, t + 1)

    return step


def uncorrected(mean: Any, b: float, t: int) -> Any:
    """Return the mean as it is."""
    return mean


def adam_results(order: tuple[int, ...]) -> Callable[..., tuple[Any, ...]]:
    """Return a right step with its results in another order."""

    def step(**inputs: Any) -> tuple[Any, ...]:
        results = adam()(**inputs)
        return tuple(results[place] for place in order)

    return step


def with_defaults(**usual: float) -> Callable[..., tuple[Any, ...]]:
    """Return a step with usual settings in place of the given ones."""
    return lambda **inputs: adam()(**{**inputs, **usual})


def with_one_beta(**inputs: Any) -> tuple[Any, ...]:
    """Correct both means with the first beta."""
    return adam(s_hat=lambda s, b, t: s / (1 - inputs["beta1"] ** t))(**inputs)


def means_exchanged(**inputs: Any) -> tuple[Any, ...]:
    """Give each mean the beta of the other, and correct with the right ones."""
    one, two = inputs["beta1"], inputs["beta2"]
    return adam(mean=lambda m, g, b: two * m + (1 - two) * g, square=lambda s, g, b: one * s + (1 - one) * g**2)(
        **inputs
    )


def square_of_mean(**inputs: Any) -> tuple[Any, ...]:
    """Put the square of the new mean where that of the gradient belongs."""
    new_m = inputs["beta1"] * inputs["m"] + (1 - inputs["beta1"]) * inputs["g"]
    return adam(square=lambda s, g, b: b * s + (1 - b) * new_m**2)(**inputs)


EPSILON = "Your epsilon is at another place: it is added to the root of the corrected mean, outside of the root."
ADAM_MISTAKES = (
    Mistake("correction", adam(m_hat=uncorrected, s_hat=uncorrected), "Both bias corrections are missing."),
    Mistake("correction", adam(m_hat=uncorrected), "The bias correction of the mean of gradients is missing."),
    Mistake("correction", adam(s_hat=uncorrected), "The bias correction of the mean of squares is missing."),
    Mistake(
        "correction",
        adam(m_hat=lambda m, b, t: m * (1 - b**t), s_hat=lambda s, b, t: s * (1 - b**t)),
        "You multiplied where the correction divides: the means are too small at first.",
    ),
    Mistake(
        "correction",
        adam(m_hat=lambda m, b, t: m / (1 - b), s_hat=lambda s, b, t: s / (1 - b)),
        "Your correction has no power: it stays as large as in the first step.",
    ),
    Mistake(
        "correction",
        adam(m_hat=lambda m, b, t: m / b**t, s_hat=lambda s, b, t: s / b**t),
        "You divided by the power itself: what is missing of the weights to one is something else.",
    ),
    Mistake(
        "count", adam(count=lambda t: t), "The corrections use the steps before this one: this step counts as well."
    ),
    Mistake("count", adam(count=lambda t: t + 2), "The corrections count one step too many."),
    Mistake("count", adam(returned=lambda t, new_t: t), "You return the count that you were given: it has to grow."),
    Mistake(
        "count",
        adam(count=lambda t: t, returned=lambda t, new_t: t),
        "This step is not counted: neither in the corrections nor in what you return.",
    ),
    Mistake(
        "corrected-kept",
        adam(kept=lambda new, hat: hat),
        "You keep the corrected means: the next step would correct them once more. They are for this step only.",
    ),
    Mistake("epsilon", adam(below=lambda s_hat, s, eps, b, t: np.sqrt(s_hat + eps)), EPSILON),
    Mistake("epsilon", adam(below=lambda s_hat, s, eps, b, t: np.sqrt(s_hat + eps**2)), EPSILON),
    Mistake(
        "epsilon",
        adam(below=lambda s_hat, s, eps, b, t: (np.sqrt(s) + eps) / np.sqrt(1 - b**t)),
        "Your epsilon is added before the correction, which then makes it larger.",
    ),
    Mistake("epsilon", adam(below=lambda s_hat, s, eps, b, t: np.sqrt(s_hat)), "Epsilon is missing."),
    Mistake("root", adam(below=lambda s_hat, s, eps, b, t: s_hat + eps), "The root is missing below the line."),
    Mistake(
        "root",
        adam(below=lambda s_hat, s, eps, b, t: s_hat**2 + eps),
        "You squared once more instead of taking the root.",
    ),
    Mistake(
        "no-mean", adam(top=lambda m_hat, g, m: g), "Above the line stands the gradient: that is the other method."
    ),
    Mistake("old-mean", adam(top=lambda m_hat, g, m: m), "Above the line stands the mean from before this step."),
    Mistake("square", adam(square=lambda s, g, b: b * s + (1 - b) * np.abs(g)), "The second mean is one of squares."),
    Mistake(
        "square",
        adam(square=lambda s, g, b: b * s + ((1 - b) * g) ** 2),
        "You squared the share as well: only the gradient is squared.",
    ),
    Mistake(
        "one-size",
        adam(square=lambda s, g, b: b * s + (1 - b) * np.mean(g**2)),
        "You took one size for all entries: each has a mean of its own.",
    ),
    Mistake(
        "one-size",
        adam(square=lambda s, g, b: b * s + (1 - b) * np.sum(g**2)),
        "You took one size for all entries: each has a mean of its own.",
    ),
    Mistake("shares-swapped", adam(swapped=True), "The two betas have changed places."),
    Mistake(
        "share",
        adam(mean=lambda m, g, b: (1 - b) * m + b * g, square=lambda s, g, b: (1 - b) * s + b * g**2),
        "The shares are the wrong way round: beta is what stays.",
    ),
    Mistake(
        "sum",
        adam(mean=lambda m, g, b: b * m + g),
        "Your first memory is a sum, as with momentum; here it is a mean, and a new gradient goes in with a share.",
    ),
    Mistake(
        "sum",
        adam(mean=lambda m, g, b: b * m + g, square=lambda s, g, b: b * s + g**2),
        "Both memories are sums; they are means, and what is new goes in with a share.",
    ),
    Mistake("sum", adam(square=lambda s, g, b: s + g**2), "You add up all squares, and nothing is forgotten."),
    Mistake("ascent", adam(move=lambda w, rate, quotient: w + rate * quotient)),
    Mistake("learning-rate", adam(move=lambda w, rate, quotient: w - quotient)),
    Mistake("step-only", adam(move=lambda w, rate, quotient: rate * quotient)),
    Mistake("step-only", adam(move=lambda w, rate, quotient: -rate * quotient)),
    Mistake("no-step", adam(move=lambda w, rate, quotient: w), "The place has not moved."),
    Mistake(
        "rmsprop",
        adam(m_hat=uncorrected, s_hat=uncorrected, top=lambda m_hat, g, m: g),
        "That is the method without a mean of gradients and without corrections.",
    ),
    Mistake(
        "square",
        adam(square=lambda s, g, b: b * s + (1 - b) * g),
        "The square is missing in the second mean: under the root there may then be something negative.",
    ),
    Mistake(
        "square", square_of_mean, "You squared the mean of the gradients: the second mean is one of squared gradients."
    ),
    Mistake(
        "correction",
        adam(m_hat=lambda m, b, t: m / (1 - b * t), s_hat=lambda s, b, t: s / (1 - b * t)),
        "In the correction you multiplied beta with the count: it is a power.",
    ),
    Mistake(
        "correction",
        adam(s_hat=lambda s, b, t: s / np.sqrt(1 - b**t)),
        "You took the root of the correction, and then the root of all: it stands under the root as it is.",
    ),
    Mistake(
        "shares-swapped",
        means_exchanged,
        "In the two means the betas have changed places; in the corrections they have not.",
    ),
    Mistake("shares-swapped", with_one_beta, "Both corrections use the first beta: each mean has its own."),
    Mistake(
        "defaults", with_defaults(beta1=0.9, beta2=0.999), "Your betas are the usual ones: use those that are given."
    ),
    Mistake("defaults", with_defaults(beta1=0.9), "Your first beta is the usual one: use the one that is given."),
    Mistake("defaults", with_defaults(beta2=0.999), "Your second beta is the usual one: use the one that is given."),
    Mistake(
        "defaults",
        with_defaults(beta1=0.9, beta2=0.999, epsilon=1e-8),
        "Betas and epsilon are the usual ones: use those that are given.",
    ),
    Mistake(
        "epsilon",
        adam(below=lambda s_hat, s, eps, b, t: np.sqrt(s_hat) - eps),
        "Epsilon is subtracted: it is there to keep the denominator away from zero.",
    ),
    Mistake(
        "epsilon",
        lambda **q: (lambda r: (r[0] + q["epsilon"], *r[1:]))(
            adam(below=lambda s_hat, s, eps, b, t: np.sqrt(s_hat))(**q)
        ),
        "Python divides before it adds: your epsilon moves the place. Brackets help.",
    ),
    Mistake(
        "learning-rate",
        lambda **q: adam(move=lambda w, rate, quotient: w - rate**2 * quotient)(**q),
        "The learning rate is in there twice.",
    ),
    Mistake(
        "decay",
        adam(move=lambda w, rate, quotient: w - rate * (quotient + 0.01 * w)),
        "You let the weights decay as well: nothing asks for it here.",
    ),
    Mistake("results-swapped", adam_results((0, 2, 1, 3)), "The two means have changed places in what you return."),
    Mistake(
        "results-swapped",
        adam_results((1, 2, 3, 0)),
        "The results are in another order than asked: the place comes first, the count last.",
    ),
    Mistake(
        "results-swapped",
        adam_results((1, 2, 0, 3)),
        "The results are in another order than asked: the place comes first.",
    ),
)

# ------------------------------------------------------------------ 10.8: one epoch


def draw_epoch(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return data of a straight line, an order of the rows, a batch size that leaves a rest, and a schedule."""
    n, N, B = widths
    first, fall = float(rng.uniform(0.1, 0.3)), float(rng.uniform(0.2, 0.6))
    return {
        "X": rng.normal(size=(N, n)),
        "y": rng.normal(size=N),
        "w": rng.normal(size=n),
        "order": rng.permutation(N),
        "batch_size": B,
        "rate": lambda step: first / (1 + fall * step),
    }


RIGHT_EPOCH: dict[str, Piece] = {
    "rows": lambda order, start, B: order[start : start + B],
    "targets": lambda order, start, B: order[start : start + B],
    "starts": lambda N, B: range(0, N, B),
    "mean": lambda rows, N, B: len(rows),
    "miss": lambda X, y, w: X @ w - y,
    "at": lambda w, first: w,
    "step": lambda k, start: k,
    "loss": lambda miss, rows, B: (miss**2).sum() / (2 * len(rows)),
    "seen": lambda before, after, whole: before,
    "move": lambda w, rate, g: w - rate * g,
}


def epoch(**wrong: Piece) -> Callable[..., tuple[Array, Array]]:
    """Return one epoch with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_EPOCH, **wrong})

    def walk(
        X: Array, y: Array, w: Array, order: Array, batch_size: int, rate: Callable[[int], float]
    ) -> tuple[Array, Array]:
        first, losses = w, []
        for k, start in enumerate(piece.starts(len(X), batch_size)):
            rows = piece.rows(order, start, batch_size)
            x_batch, y_batch = X[rows], y[piece.targets(order, start, batch_size)]
            miss = piece.miss(x_batch, y_batch, piece.at(w, first))
            before, whole = piece.loss(miss, rows, batch_size), ((X @ w - y) ** 2).sum() / (2 * len(X))
            g = x_batch.T @ miss / piece.mean(rows, len(X), batch_size)
            w = piece.move(w, rate(piece.step(k, start)), g)
            losses.append(piece.seen(before, piece.loss(x_batch @ w - y_batch, rows, batch_size), whole))
        return w, np.array(losses)

    return walk


def epoch_by_differences(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Take the same steps along numerical gradients of a loss that goes example by example."""
    X, y, w, left = inputs["X"], inputs["y"], inputs["w"], list(inputs["order"])
    losses: list[float] = []
    while left:
        batch, left = left[: inputs["batch_size"]], left[inputs["batch_size"] :]

        def loss(w: Array, batch: list[int] = batch) -> float:
            return float(np.mean([0.5 * (float(np.dot(X[n], w)) - y[n]) ** 2 for n in batch]))

        losses, w = [*losses, loss(w)], w - inputs["rate"](len(losses)) * numerical_gradient(loss, w)
    yield np.allclose(outputs["new_w"], w, rtol=1e-6, atol=1e-8)
    yield np.allclose(outputs["losses"], losses, rtol=1e-6)


def everywhere(rows: Piece) -> dict[str, Piece]:
    """Take the same other rows for examples and targets."""
    return {"rows": rows, "targets": rows}


def one_by_one(share: Callable[[int], float]) -> Callable[..., tuple[Array, Array]]:
    """Step after each example of a batch; a batch has one rate."""

    def walk(
        X: Array, y: Array, w: Array, order: Array, batch_size: int, rate: Callable[[int], float]
    ) -> tuple[Array, Array]:
        losses = []
        for k, start in enumerate(range(0, len(X), batch_size)):
            rows = order[start : start + batch_size]
            losses.append(((X[rows] @ w - y[rows]) ** 2).mean() / 2)
            for row in rows:
                w = w - rate(k) * share(len(rows)) * X[row] * (X[row] @ w - y[row])
        return w, np.array(losses)

    return walk


def of_means(X: Array, y: Array, w: Array, order: Array, batch_size: int, rate: Piece) -> tuple[Array, Array]:
    """Multiply the mean example with the sum of the misses."""
    losses = []
    for k, start in enumerate(range(0, len(X), batch_size)):
        rows = order[start : start + batch_size]
        miss = X[rows] @ w - y[rows]
        losses.append((miss**2).mean() / 2)
        w = w - rate(k) * X[rows].mean(axis=0) * miss.mean()
    return w, np.array(losses)


EPOCH_MISTAKES = (
    Mistake(
        "order",
        epoch(
            rows=lambda order, start, B: np.arange(len(order))[start : start + B],
            targets=lambda order, start, B: np.arange(len(order))[start : start + B],
        ),
        "You took the rows as they lie: the order that you were given has not been used.",
    ),
    Mistake(
        "order",
        epoch(targets=lambda order, start, B: np.arange(len(order))[start : start + B]),
        "The targets do not follow the order of the examples: each belongs to its row.",
    ),
    Mistake(
        "last-batch",
        epoch(starts=lambda N, B: range(0, N - N % B, B)),
        "The examples that are left over at the end are dropped: they make a smaller batch.",
    ),
    Mistake(
        "last-batch",
        epoch(mean=lambda rows, N, B: B),
        "In the gradient you divide by the batch size also where the last batch is smaller: divide by what is in it.",
    ),
    Mistake(
        "last-batch",
        epoch(mean=lambda rows, N, B: B, loss=lambda miss, rows, B: (miss**2).sum() / (2 * B)),
        "You divide by the batch size also where the last batch is smaller: divide by what is in it.",
    ),
    Mistake("mean", epoch(mean=lambda rows, N, B: 1), "Your gradient is a sum over the batch: a mean is asked for."),
    Mistake("mean", epoch(mean=lambda rows, N, B: N), "You divided by all examples: the mean is over the batch."),
    Mistake(
        "mean",
        epoch(mean=lambda rows, N, B: len(rows) ** 2),
        "The mean over the batch is taken twice in the gradient.",
    ),
    Mistake(
        "stale",
        epoch(at=lambda w, first: first),
        "All gradients are taken where the epoch began: after each step the place is another.",
    ),
    Mistake(
        "schedule",
        epoch(step=lambda k, start: 0),
        "The rate is the same for all steps: the schedule asks which step it is.",
    ),
    Mistake("schedule", epoch(step=lambda k, start: k + 1), "You count steps from one: the schedule counts from zero."),
    Mistake(
        "schedule",
        epoch(step=lambda k, start: start),
        "You hand the schedule the number of an example: it counts steps.",
    ),
    Mistake(
        "factor-2", epoch(mean=lambda rows, N, B: len(rows) / 2), "The half in the loss cancels the two of the square."
    ),
    Mistake(
        "factor-2",
        epoch(mean=lambda rows, N, B: len(rows) * 2),
        "The half in the loss is used up by the two of the square.",
    ),
    Mistake("ascent", epoch(move=lambda w, rate, g: w + rate * g)),
    Mistake("learning-rate", epoch(move=lambda w, rate, g: w - g)),
    Mistake("no-step", epoch(move=lambda w, rate, g: w), "The weights have not moved."),
    Mistake(
        "M9",
        epoch(move=lambda w, rate, g: g),
        "The weights have been replaced by a gradient: a step leads on from where they were.",
    ),
    Mistake("losses", epoch(seen=lambda before, after, whole: after), "Your losses are those after the steps."),
    Mistake(
        "losses", epoch(seen=lambda before, after, whole: whole), "Your losses are of all examples, not of the batch."
    ),
    Mistake("losses", epoch(loss=lambda miss, rows, B: (miss**2).mean()), "In your losses the half is missing."),
    Mistake(
        "losses",
        epoch(loss=lambda miss, rows, B: (miss**2).sum() / 2),
        "Your losses are sums over the batch, not means.",
    ),
    Mistake(
        "losses",
        epoch(loss=lambda miss, rows, B: abs(miss).mean()),
        "Your losses are mean misses; the square is missing.",
    ),
    Mistake(
        "losses",
        epoch(loss=lambda miss, rows, B: (miss**2).sum() / (2 * B)),
        "In the loss of the last batch you divide by the batch size, not by what is in it.",
    ),
    Mistake(
        "first-only",
        epoch(starts=lambda N, B: range(0, min(N, B), B)),
        "Only the first batch was used: where does the return stand?",
    ),
    Mistake(
        "full-batch",
        epoch(starts=lambda N, B: range(1), rows=lambda order, start, B: order, targets=lambda order, start, B: order),
        "You took one step along the gradient of all examples: an epoch has a step for each batch.",
    ),
    Mistake(
        "overlap",
        epoch(starts=lambda N, B: range(0, N)),
        "Your batches overlap: each begins one example after the last, and examples come several times.",
    ),
    Mistake(
        "off-by-one",
        epoch(**everywhere(lambda order, start, B: order[start : start + B - 1])),
        "Your batches are one example short: in Python the end of a slice is left out already.",
    ),
    Mistake(
        "overlap",
        epoch(**everywhere(lambda order, start, B: order[start : start + B + 1])),
        "Your batches have one example too many: in Python the end of a slice is left out, so you need not go "
        "round it.",
    ),
    Mistake(
        "order",
        epoch(**everywhere(lambda order, start, B: order[start // B :: -(-len(order) // B)])),
        "You dealt the examples out like cards: the first ones of the order are the first batch.",
    ),
    Mistake(
        "order",
        epoch(**everywhere(lambda order, start, B: np.argsort(order)[start : start + B])),
        "You sorted by the order, which turns it round: it holds row numbers, use it as an index.",
    ),
    Mistake(
        "order",
        epoch(**everywhere(lambda order, start, B: order[order][start : start + B])),
        "The rows have been shuffled twice: once they lie in order, a slice is enough.",
    ),
    Mistake(
        "order",
        epoch(starts=lambda N, B: list(range(0, N, B))[::-1]),
        "You began with the last batch: the first ones of the order come first.",
    ),
    Mistake(
        "last-batch",
        epoch(**everywhere(lambda order, start, B: np.take(order, range(start, start + B), mode="wrap"))),
        "You filled up the last batch from the beginning: it is to be a smaller one.",
    ),
    Mistake(
        "last-batch",
        epoch(**everywhere(lambda order, start, B: np.resize(order[start : start + B], B))),
        "You filled up the last batch by repeating its examples: it is to be a smaller one.",
    ),
    Mistake(
        "one-by-one",
        one_by_one(lambda count: 1.0),
        "You took a step after each example: a batch has one step, along the mean of its gradients.",
    ),
    Mistake(
        "one-by-one",
        one_by_one(lambda count: 1 / count),
        "You took a small step after each example, so that later ones of a batch meet another place: a batch has "
        "one step.",
    ),
    Mistake(
        "product",
        of_means,
        "You multiplied a mean of examples with a mean of misses: each miss belongs to its own example.",
    ),
    Mistake(
        "losses",
        epoch(loss=lambda miss, rows, B: np.sqrt((miss**2).mean())),
        "Your losses are roots of mean squares: the loss is half of a mean square.",
    ),
    Mistake(
        "losses",
        epoch(loss=lambda miss, rows, B: abs(miss).mean() / 2),
        "Your losses are of misses without their squares.",
    ),
    Mistake(
        "losses",
        lambda **q: (lambda r: (r[0], r[1][-1]))(epoch()(**q)),
        "You return one loss: one for each batch is asked for.",
    ),
    Mistake(
        "losses",
        lambda **q: (lambda r: (r[0], r[1].mean()))(epoch()(**q)),
        "You return the mean of the losses: one for each batch is asked for.",
    ),
    Mistake(
        "results-swapped",
        lambda **q: epoch()(**q)[::-1],
        "The two results have changed places: the weights come first.",
    ),
)

# ------------------------------------------------------------------ 10.10: RMSProp with three bugs


def draw_rmsprop(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return the gradient of a bent bowl as a function, a start and settings."""
    A, c = rng.normal(size=(widths[0], widths[0])), rng.normal(size=widths[0])
    H = A @ A.T / widths[0] + np.eye(widths[0])

    def gradient(w: Array) -> Array:
        return np.asarray(H @ np.asarray(w) + c + 0.5 * np.sin(w))

    return {
        "gradient": gradient,
        "w": 2 * rng.normal(size=widths[0]),
        "learning_rate": float(rng.uniform(0.1, 0.3)),
        "rho": float(rng.uniform(0.6, 0.95)),
        "epsilon": float(rng.uniform(0.05, 0.3)),
        "steps": widths[1],
    }


def library_rmsprop(
    gradient: Piece, w: Array, learning_rate: float, rho: float, epsilon: float, steps: int
) -> tuple[Array, Array]:
    """Take some steps with the library's optimizer."""
    moved, optimizer = w.copy(), RMSProp(learning_rate, decay=rho, epsilon=epsilon)
    for _ in range(steps):
        optimizer.step(moved, gradient(moved))
    return moved, optimizer.memory.arrays["square_mean"].copy()


def rmsprop_in_loops(inputs: Inputs, outputs: Mapping[str, Any]) -> Iterator[bool]:
    """Do the same number by number, with the mean of squares as a weighted sum."""
    w, seen = inputs["w"].tolist(), []
    rho, size, mean = inputs["rho"], len(inputs["w"]), [0.0]
    for _ in range(inputs["steps"]):
        seen.append(inputs["gradient"](np.array(w)).tolist())
        ages = range(len(seen))
        mean = [sum((1 - rho) * rho**age * seen[-1 - age][i] ** 2 for age in ages) for i in range(size)]
        w = [w[i] - inputs["learning_rate"] * seen[-1][i] / (mean[i] ** 0.5 + inputs["epsilon"]) for i in range(size)]
    yield np.allclose(outputs["new_w"], w, rtol=1e-9)
    yield np.allclose(outputs["s"], mean, rtol=1e-9)


RIGHT_RMSPROP: dict[str, Piece] = {
    "asked": lambda w, first: w,
    "square": lambda s, g, rho: rho * s + (1 - rho) * g**2,
    "start": lambda g: 0 * g,
    "before": lambda s, start: s,
    "below": lambda s, old, eps, rho, t: np.sqrt(s) + eps,
    "move": lambda w, rate, quotient: w - rate * quotient,
    "count": lambda steps: steps,
    "top": lambda g: g,
}


def rmsprop(*bugs: Pieces, **wrong: Piece) -> Callable[..., tuple[Any, Any]]:
    """Return steps of RMSProp with some pieces exchanged for wrong ones."""
    exchanged = {name: piece for some in (*bugs, wrong) for name, piece in some.items()}
    piece = SimpleNamespace(**{**RIGHT_RMSPROP, **exchanged})

    def walk(
        gradient: Piece, w: Array, learning_rate: float, rho: float, epsilon: float, steps: int
    ) -> tuple[Any, Any]:
        first = w
        s = start = piece.start(gradient(w))
        for t in range(1, piece.count(steps) + 1):
            g = gradient(piece.asked(w, first))
            old, s = s, piece.square(piece.before(s, start), g, rho)
            w = piece.move(w, learning_rate, piece.top(g) / piece.below(s, old, epsilon, rho, t))
        return w, s

    return walk


STALE: Pieces = {"asked": lambda w, first: first}
SWAPPED: Pieces = {"square": lambda s, g, rho: (1 - rho) * s + rho * g**2}
NO_ROOT: Pieces = {"below": lambda s, old, eps, rho, t: s + eps}
RMSPROP_MISTAKES = (
    Mistake("stale", rmsprop(STALE), "The gradient is asked once, where the walk began: each step needs a new one."),
    Mistake("share", rmsprop(SWAPPED), "The shares of the mean are the wrong way round: rho is what stays."),
    Mistake("root", rmsprop(NO_ROOT), "The root is missing below the line: a gradient is divided by its square."),
    Mistake(
        "two-left", rmsprop(STALE, SWAPPED), "One bug is gone. Look at where the gradient is asked, and at a mean."
    ),
    Mistake(
        "two-left", rmsprop(STALE, NO_ROOT), "One bug is gone. Look at where the gradient is asked, and below the line."
    ),
    Mistake("two-left", rmsprop(SWAPPED, NO_ROOT), "One bug is gone. Look at a mean, and below the line."),
    Mistake("three-left", rmsprop(STALE, SWAPPED, NO_ROOT), "All three bugs are still there."),
    Mistake(
        "epsilon", rmsprop(below=lambda s, old, eps, rho, t: np.sqrt(s + eps)), "Epsilon belongs outside of the root."
    ),
    Mistake("epsilon", rmsprop(below=lambda s, old, eps, rho, t: np.sqrt(s)), "Epsilon is missing."),
    Mistake(
        "epsilon",
        rmsprop(NO_ROOT, below=lambda s, old, eps, rho, t: np.sqrt(s + eps**2)),
        "Epsilon belongs outside of the root.",
    ),
    Mistake("sum", rmsprop(square=lambda s, g, rho: s + g**2), "You add up all squares: a mean forgets the old ones."),
    Mistake("sum", rmsprop(square=lambda s, g, rho: rho * s + g**2), "The new square goes into the mean with a share."),
    Mistake("square", rmsprop(square=lambda s, g, rho: rho * s + (1 - rho) * np.abs(g)), "The mean is one of squares."),
    Mistake(
        "one-size",
        rmsprop(square=lambda s, g, rho: rho * s + (1 - rho) * np.mean(g**2)),
        "You took one size for all entries: each has a mean of its own.",
    ),
    Mistake(
        "no-memory",
        rmsprop(before=lambda s, start: start),
        "The mean begins anew in each step: nothing is remembered.",
    ),
    Mistake(
        "old-mean",
        rmsprop(below=lambda s, old, eps, rho, t: np.sqrt(old) + eps),
        "The step divides by the mean from before: first the mean, then the step.",
    ),
    Mistake(
        "correction",
        rmsprop(below=lambda s, old, eps, rho, t: np.sqrt(s / (1 - rho**t)) + eps),
        "You corrected the mean for its start at zero: this method keeps that flaw.",
    ),
    Mistake("start", rmsprop(start=lambda g: 0 * g + 1), "Your mean begins at one: it begins at zero."),
    Mistake("start", rmsprop(start=lambda g: g**2), "Your mean begins at the first square: it begins at zero."),
    Mistake("off-by-one", rmsprop(count=lambda steps: steps - 1), "There is one step too few."),
    Mistake("off-by-one", rmsprop(count=lambda steps: steps + 1), "There is one step too many."),
    Mistake(
        "off-by-one", rmsprop(count=lambda steps: 1), "There is one step only: does the return stand inside the loop?"
    ),
    Mistake("ascent", rmsprop(move=lambda w, rate, quotient: w + rate * quotient)),
    Mistake("learning-rate", rmsprop(move=lambda w, rate, quotient: w - quotient)),
    Mistake("sign", rmsprop(top=np.sign), "Only the sign of the gradient is left: its size has a part as well."),
    Mistake(
        "no-mean", rmsprop(below=lambda s, old, eps, rho, t: 1), "Nothing is divided: that is plain gradient descent."
    ),
    Mistake(
        "one-size",
        rmsprop(square=lambda s, g, rho: rho * s + (1 - rho) * (g**2).sum()),
        "You took one size for all entries: each has a mean of its own.",
    ),
    Mistake(
        "square",
        rmsprop(square=lambda s, g, rho: rho * s + ((1 - rho) * g) ** 2),
        "You squared the share as well: only the gradient is squared.",
    ),
    Mistake("root", rmsprop(below=lambda s, old, eps, rho, t: s**0.25 + eps), "You took the root twice."),
    Mistake(
        "root",
        lambda **q: (lambda r: (r[0], np.sqrt(r[1])))(rmsprop()(**q)),
        "You return the root: the mean of squares itself is asked for.",
    ),
    Mistake(
        "results-swapped",
        lambda **q: rmsprop()(**q)[::-1],
        "The two results have changed places: the place comes first.",
    ),
    Mistake(
        "defaults",
        lambda **q: rmsprop()(**{**q, "rho": 0.9}),
        "Your share is the usual one: use the one that is given.",
    ),
    Mistake(
        "normalized",
        rmsprop(
            square=lambda s, g, rho: rho * s + (1 - rho) * g**2,
            top=lambda g: g / np.linalg.norm(g),
            below=lambda s, old, eps, rho, t: 1.0,
        ),
        "You divided by the length of the gradient: each entry has a size of its own, and it is a mean over the steps.",
    ),
)


# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "10.1",
        "Five rates on one parabola",
        rung="predict",
        points=5,
        difficulty=1,
        minutes=4,
        kind=Parts(
            {
                "0.1": behaves("a", "a"),
                "0.25": behaves("b", "a"),
                "0.4": behaves("c", "a"),
                "0.5": behaves("d", "b"),
                "0.6": behaves("e", "c"),
            }
        ),
        praise="One number decides, the rate times the curvature: below 1, 1, below 2, 2, above.",
        hints=(
            "A step multiplies the distance from the minimum by a factor. Which one?",
            "The factor is one minus rate times curvature, and the curvature is the second derivative of the loss. "
            "What is "
            "it here?",
            "Compute 1 - rate * curvature for all five. Positive: same side. Zero: there. Between -1 and 0: across and "
            "nearer. Then -1, and beyond.",
        ),
    ),
    Exercise(
        "10.2",
        "Same network, two optimizers",
        rung="predict",
        points=5,
        difficulty=1,
        minutes=3,
        kind=Parts(
            {
                "loss_1": same_or_not("s", "M9", "the loss is measured before anybody has taken a step."),
                "gradient_1": same_or_not(
                    "s", "M9", "backpropagation has not heard of the optimizer: what does it compute with?"
                ),
                "step_1": same_or_not("d", "M9", "what is done with the gradient is just what the two differ in."),
                "gradient_2": same_or_not(
                    "d", "place", "the second gradient is asked at the place to which the first step has led."
                ),
                "equations": same_or_not(
                    "s", "M9", "how a gradient is computed does not depend on what becomes of it afterwards."
                ),
            }
        ),
        praise="Backpropagation is one and the same; the optimizers differ in the step, and from then on in the place.",
        hints=(
            "Go through the loop of six steps: in which of them does the optimizer have its only appearance?",
            "Everything before its first appearance is the same. What comes after it is computed at other weights.",
            "The optimizer makes the fifth step. Loss and gradient of the first round come before; the second gradient "
            "comes after, by the same equations.",
        ),
    ),
    Exercise(
        "10.3",
        "A valley that lies askew",
        rung="hand-compute",
        points=3,
        difficulty=2,
        minutes=6,
        kind=Number(setting=valley, right=told, witness=walked, mistakes=VALLEY_MISTAKES),
        praise="Neither number on the diagonal is a curvature: the steepest direction lies between the axes.",
        hints=(
            "The curvatures of a quadratic are not the numbers on the diagonal of its matrix, unless the rest is zero.",
            "Eigenvalues of a matrix of two rows: their sum is the sum of the diagonal, their product the determinant.",
            "With low and high for the two eigenvalues: 2 / high, then 2 / (low + high), then "
            "(high - low) / (high + low).",
        ),
    ),
    Exercise(
        "10.4",
        "Three steps of momentum",
        rung="hand-compute",
        points=2,
        difficulty=1,
        minutes=5,
        kind=Number(setting=ball, right=rolled, witness=mixed, mistakes=ROLL_MISTAKES),
        praise="The second step is longer than the first, although the gradient has become smaller: the velocity "
        "has grown.",
        hints=(
            "Two lines in each step: first the velocity, then the place. Where is the gradient asked each time?",
            "The first velocity is the first gradient alone. From then on half of the old velocity is added to the "
            "gradient "
            "at the new place.",
            "Write a loop of three rounds: g = 3 * w, then v = mu * v + g, then w = w - rate * v, and note w.",
        ),
    ),
    Exercise(
        "10.5",
        "Complete two kinds of momentum",
        rung="complete",
        points=3,
        difficulty=2,
        minutes=7,
        kind=Function(
            outputs=("new_w", "new_v"),
            inputs=draw_momentum,
            right=library_momentum,
            witness=momentum_in_loops,
            mistakes=MOMENTUM_MISTAKES,
            widths=((4,), (2, 5), (3, 2, 4)),
            square=None,
        ),
        praise="What is remembered goes in and comes out: the function itself keeps nothing, and is easy to test.",
        hints=(
            "Both kinds have the same velocity. What differs is the direction of the step.",
            "The velocity keeps a share of itself and adds the gradient. Looking ahead, the direction is made of the "
            "gradient and the new velocity.",
            "new_v is mu * v + g. The direction is new_v, or g + mu * new_v with look_ahead.",
        ),
    ),
    Exercise(
        "10.6",
        "A step of Adam",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Function(
            outputs=("new_w", "new_m", "new_s", "new_t"),
            inputs=draw_adam,
            right=library_adam,
            witness=adam_in_loops,
            mistakes=ADAM_MISTAKES,
            widths=((4,), (2, 5), (3, 2, 4)),
            square=None,
        ),
        praise="Corrected for the step, kept uncorrected: the two means go on as they are.",
        hints=(
            "Five lines: count, two means, two corrections. Then the step. Which of all these are kept for the "
            "next step?",
            "The corrections need the number of steps with this one. They are used in this step and then thrown away; "
            "the means that you return are uncorrected.",
            "t + 1 first. Then m and s with their betas, m / (1 - beta1**t) and s / (1 - beta2**t) with the new t, and "
            "the quotient with np.sqrt of the second plus epsilon below.",
        ),
    ),
    Exercise(
        "10.7",
        "An epoch of mini-batches",
        rung="implement",
        points=5,
        difficulty=3,
        minutes=14,
        kind=Function(
            outputs=("new_w", "losses"),
            inputs=draw_epoch,
            right=epoch(),
            witness=epoch_by_differences,
            mistakes=EPOCH_MISTAKES,
            widths=((2, 7, 3), (3, 5, 2), (2, 4, 6)),
            square=None,
        ),
        praise="Each example once, each batch at the place where the last one has led, the small last batch with "
        "its own mean.",
        hints=(
            "Cut the order into pieces, not the data: each piece names the rows of one batch.",
            "range(0, len(X), batch_size) gives the beginnings; a slice that reaches too far just ends earlier. "
            "Each batch "
            "is asked at the newest weights.",
            "For each piece: rows = order[start : start + batch_size], miss = X[rows] @ w - y[rows], note the mean "
            "of the "
            "halved squares, then w = w - rate(k) * X[rows].T @ miss / len(rows), with k counted from 0.",
        ),
    ),
    Exercise(
        "10.8",
        "Five runs, five causes",
        rung="debug",
        points=5,
        difficulty=2,
        minutes=7,
        kind=Parts(
            {
                "A": cause("a", b=("too-far", "a rate beyond the limit is cured by a smaller one: was it?")),
                "B": cause(
                    "c",
                    b=("M14", "the rate has been tried: it scales all layers alike, and the upper ones bear no more."),
                ),
                "C": cause("d"),
                "D": cause("e", b=("too-far", "beyond the limit it would not fall in the first place.")),
                "E": cause("b", a=("sign", "with a turned sign the smaller rate would climb as well.")),
            }
        ),
        praise="Ask of each symptom what the rate does to it: the rate scales steps, it heals neither signs nor "
        "layers.",
        hints=(
            "For each run ask what a smaller rate has done, or would do.",
            "A turned sign climbs at every rate; a rate beyond the limit is cured by a smaller one; a noise floor "
            "sinks with "
            "the rate; a zero gradient does not care about it.",
            "B: compare the layers with one another. C: all weights zero is a point of its own kind, and not a "
            "finished one. "
            "D: it hovers, and lower with a smaller rate.",
        ),
    ),
    Exercise(
        "10.9",
        "Repair an optimizer",
        rung="debug",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Function(
            outputs=("new_w", "s"),
            inputs=draw_rmsprop,
            right=library_rmsprop,
            witness=rmsprop_in_loops,
            mistakes=RMSPROP_MISTAKES,
            widths=((4, 3), (2, 5), (5, 2)),
            square=None,
        ),
        praise="Steady gradients lead to steady steps again, in every entry.",
        hints=(
            "Read the four lines aloud beside the chapter's two. Then ask of the gradient: at which place?",
            "One bug is outside the loop and belongs inside. One is in what stays and what is new. One is below "
            "the line.",
            "The gradient is asked anew in each round; rho belongs to s, 1 - rho to the square; and s goes through "
            "np.sqrt "
            "before epsilon is added.",
        ),
    ),
    Exercise(
        "10.10",
        "The best rate for one step",
        rung="derive",
        points=3,
        difficulty=2,
        minutes=8,
        kind=Derivation("10.10"),
        praise="One over a mean curvature, in which each direction counts as much as the gradient goes along it.",
        hints=(
            "Along the line the loss is a parabola of the rate alone. Where is its bottom?",
            "In each direction the place is the gradient over the curvature, and the step subtracts rate times "
            "gradient. Put "
            "that into the loss and differentiate with respect to the rate.",
            "The derivative is minus the squared length of the gradient, plus the rate times the sum of curvature "
            "times "
            "squared gradient. Set it to zero.",
        ),
    ),
    Exercise(
        "10.11",
        "How much calmer is a running mean?",
        rung="derive",
        points=3,
        difficulty=3,
        minutes=10,
        kind=Derivation("10.11"),
        praise="With beta 0.9 a running mean is as calm as a batch 19 times as large, for the price of one array.",
        hints=(
            "A mean at rest has the same variance before and after a step. What does a step do to the variance?",
            "Old mean and new gradient know nothing of each other, so their variances add, each with the square of its "
            "factor.",
            "V is beta squared times V, plus the square of (1 - beta) times sigma squared. Solve for V, and cancel 1 - "
            "beta.",
        ),
    ),
    Exercise(
        "10.12",
        "A report to judge",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Essay(
            (
                "Says that Adam may be better or not, or that more epochs are needed, without a reason.",
                "Finds one fault of the comparison, with a reason.",
                "Finds the rate that was not tuned and one fault more, each with a reason.",
                "Does that, says what is wrong with the last sentence of the report, and describes a comparison that "
                "could be believed.",
            )
        ),
        praise="",
        hints=(
            "What does a learning rate of one thousandth mean to each of the two? Think of the length of the first "
            "step.",
            "How many runs were there, and on which examples was the loss measured? Which parts of the loop does "
            "the last "
            "sentence compare?",
            "Same search over rates for both, several seeds, a validation set to choose by and a test set for the "
            "end. And "
            "backpropagation hands both their gradient.",
        ),
    ),
)
