"""Judge the first repair: a cross-entropy computed through p, which is NaN where p has rounded to 0 or 1.

The reader's function takes z and y, both (N, 1), and returns the mean binary cross-entropy through a sigmoid and
delta = dC/dz. It is judged at ordinary z first, then where the prediction is sure: right, wrong, and so far out that
exp overflows; in double precision and in single, in which the notebook trains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from backprop_lab.activations import sigmoid
from backprop_lab.arrays import Array
from backprop_lab.course.calling import call
from backprop_lab.course.exercise import Mistake
from backprop_lab.course.function import Function
from backprop_lab.course.reading import Rejected, read_array, same
from backprop_lab.course.verdict import Verdict, wrong
from backprop_lab.gradient_check import numerical_gradient
from backprop_lab.losses import binary_cross_entropy

__all__ = ["LEARNING_RATE", "judge"]

LEARNING_RATE = 1.0  # as published
TOLERANCE = 1e-6
SINGLE = 1e-4, 1e-6  # tolerances in single precision, relative and absolute
SURE_IN_SINGLE = np.array([25.0, -25.0], np.float32)  # its sigmoid rounds to 1 from about 17 on
FLOORS = [10.0**-k for k in range(1, 8)]  # smaller ones can't be seen at ordinary z

HALF = (
    "{right} is right now, also where the prediction is {where}; {wrong} is still NaN there. You mended one of the two "
    "places that read p; the other needs the same thought."
)

HALF_FLOORED = (
    "The floor that you put under p, or under the logarithm, keeps C from NaN. delta is still NaN where a prediction "
    "is sure: it divides by p (1 - p) as before, which is 0 there. And the floor is no cure for C either: the loss is "
    "flat beyond it, where its slope should be steepest."
)


def reference(z: Array, y: Array) -> tuple[float, Array]:
    """Return C and delta, finite and right for every z."""
    return float((np.logaddexp(0, z) - y * z).mean()), (np.exp(-np.logaddexp(0, -z)) - y) / len(z)


def draw(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Array]:
    """Draw z at which nothing rounds, and targets of both classes."""
    N = widths[0]
    return {"z": rng.uniform(-4, 4, (N, 1)), "y": rng.permutation(np.arange(N) % 2)[:, np.newaxis].astype(float)}


def agrees(inputs: Mapping[str, Any], outputs: Mapping[str, Array]) -> list[bool]:
    """Compare the reference with the library's loss, and with its slope by differences."""
    z, y = inputs["z"], inputs["y"]

    def loss(moved: Array) -> float:
        return binary_cross_entropy(sigmoid(moved), y)

    return [
        bool(np.isclose(outputs["C"], loss(z))),
        bool(np.allclose(outputs["delta"], numerical_gradient(loss, z), atol=1e-7)),
    ]


def _floored(floor: float, cut: bool) -> Callable[..., Any]:
    def wrong_answer(z: Array, y: Array) -> tuple[float, Array]:
        p = sigmoid(z)
        up, down = (np.clip(q, floor, 1 - floor) if cut else q + floor for q in (p, 1 - p))
        losses = -(y * np.log(up) + (1 - y) * np.log(down))
        return losses.mean(), ((1 - y) / down - y / up) * p * (1 - p) / len(z)

    return wrong_answer


BIASED = (
    "You kept p away from 0 and 1 by a number large enough to show in ordinary predictions too: this is another loss. "
    "And no number is small enough to cure the cause, which is the way through p."
)

ORDINARY = Function(
    outputs=("C", "delta"),
    inputs=draw,
    right=reference,
    witness=agrees,
    widths=((5,), (8,), (3,)),
    square=(4,),
    mistakes=(
        *(Mistake("biased", _floored(floor, cut), BIASED) for floor in FLOORS for cut in (False, True)),
        Mistake(
            "mean",
            lambda z, y: (reference(z, y)[0], reference(z, y)[1] * len(z)),
            "The mean over the batch is lost: delta is the slope of the mean loss, so it carries a share of each.",
        ),
        Mistake(
            "sum",
            lambda z, y: (reference(z, y)[0] * len(z), reference(z, y)[1]),
            "C is the sum over the batch: the loss is the mean.",
        ),
        Mistake(
            "slope",
            lambda z, y: (reference(z, y)[0], reference(z, y)[1] * sigmoid.slope(z)),
            "The slope of the sigmoid is still a factor of delta. In the fused form it has cancelled with the slope of "
            "the loss; with both in the product, the gradient is that of no loss here.",
        ),
        Mistake(
            "squared",
            lambda z, y: (0.5 * ((sigmoid(z) - y) ** 2).mean(), reference(z, y)[1] * sigmoid.slope(z)),
            "You replaced the loss by the squared error. It has no logarithm and so no NaN, but it is another loss, "
            "and it hardly corrects a prediction that is sure and wrong. Keep the cross-entropy.",
        ),
    ),
)


def judge(answer: Any, seed: int, *, learning_rate: float = LEARNING_RATE) -> Verdict:
    """Return the verdict on a repaired `loss_and_delta`.

    Parameters
    ----------
    answer : callable
        (z, y), both (N, 1), to C and delta.
    seed : int
        Where the draws start.
    learning_rate : float
        What the reader trains with now, to name the thought where it was lowered.
    """
    ordinary = ORDINARY.judge(answer, seed)
    try:
        if ordinary.mistake == "biased":
            return _half_floored(answer) or ordinary
        if ordinary.mistake in ("unknown", "factor-2"):
            return _half_floored(answer) or _biased(answer) or _scaled(answer, seed) or ordinary
        if ordinary.share < 1:
            return ordinary
        return _sure(answer, np.random.default_rng([seed, 1]), learning_rate < LEARNING_RATE) or Verdict(1)
    except Rejected as rejected:
        return rejected.verdict


def _half_floored(answer: Any) -> Verdict | None:
    """Find a floor that keeps C from NaN and bounds it, beside a delta that is left as it was."""
    z = np.array([50.0, -50.0])
    kept = [_answered(answer, *example) for example in _examples(z, True)]
    bounded = [_answered(answer, factor * one, y)[0] for one, y in _examples(z, False) for factor in (1, 1.4)]
    deaf = any(not np.isfinite(delta).all() for _, delta in kept)
    if not deaf or not np.isfinite([*(C for C, _ in kept), *bounded]).all():
        return None
    return wrong("half", HALF_FLOORED) if _close(bounded[0], bounded[1]) or _close(bounded[2], bounded[3]) else None


def _biased(answer: Any) -> Verdict | None:
    """Find a loss that is flat already where a prediction is only fairly sure."""
    target = np.zeros((1, 1))
    C, further = (_answered(answer, np.full((1, 1), z), target)[0] for z in (8.0, 11.0))
    return wrong("biased", BIASED) if np.isfinite(C) and abs(C - further) < 0.1 else None


def _scaled(answer: Any, seed: int) -> Verdict | None:
    inputs = draw(np.random.default_rng([seed, 2]), (6,))
    (C, delta), (right_C, right) = _answered(answer, **inputs), reference(**inputs)
    factor = float((delta * right).sum() / (right**2).sum())
    if abs(factor - 1) < TOLERANCE or not (_close(C, right_C) and _close(delta, factor * right)):
        return None
    return wrong(
        "scaled",
        "delta is the right one times a number of yours. That is a learning rate in disguise: it changes how soon the "
        "NaN comes, and no longer belongs to C.",
    )


def _answered(answer: Any, z: Array, y: Array) -> tuple[float, Array]:
    """Return C, a float, and delta, of the shape of z; they may hold NaN."""
    result = call(answer, z.copy(), y.copy())
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Rejected(wrong("type", "Where predictions are sure, your function does not return C and delta."))
    shaped = []
    for value, shape, name in zip(result, ((), z.shape), ("C", "delta"), strict=True):
        try:
            given = np.asarray(value, float)
            filled = np.where(np.isfinite(given), given, 0)
        except (TypeError, ValueError):
            filled = value  # `read_array` says what it is
        read_array(filled, shape, name)
        shaped.append(given.reshape(shape))
    return float(shaped[0]), shaped[1]


def _close(given: float | Array, expected: float | Array) -> bool:
    return same(np.asarray(given), np.asarray(expected), TOLERANCE)


def _examples(z: Array, right: bool) -> Iterator[tuple[Array, Array]]:
    """Yield each z as a batch of its own, with the target that makes it right or wrong."""
    for one in z.ravel():
        yield np.array([[one]]), np.array([[float((one > 0) == right)]], one.dtype)


def _sure(answer: Any, rng: np.random.Generator, lowered: bool) -> Verdict | None:
    """Judge where the prediction is sure; None where all is right."""
    sides = np.array([1.0, -1.0])
    near, far = sides * rng.uniform(45, 60, 2), sides * rng.uniform(800, 1200, 2)
    return (
        _together(answer, rng, near)
        or _right_and_sure(answer, near, lowered)
        or _single(answer, near)
        or _wrong_and_sure(answer, near)
        or _far_out(answer, far)
        or _single_values(answer)
    )


def _right_and_sure(answer: Any, near: Array, lowered: bool) -> Verdict | None:
    C, delta = map(np.array, zip(*(_answered(answer, z, y) for z, y in _examples(near, True)), strict=True))
    lost, deaf = not np.isfinite(C).all(), not np.isfinite(delta).all()
    if not (lost or deaf):
        return None
    if lowered:
        return wrong(
            "learning-rate",
            "You lowered the learning rate, and the function is as it was. Smaller steps only take longer to the first "
            "prediction that is too sure; it comes all the same. The rate did nothing wrong: look at what "
            "loss_and_delta divides by, and of what it takes the logarithm.",
        )
    if lost and deaf:
        single = [_answered(answer, z, y) for z, y in _examples(SURE_IN_SINGLE, True)]
        if all(np.isfinite(value).all() for pair in single for value in pair):
            return wrong(
                "precision",
                "In single precision it holds now, in double precision it breaks a little further out: more digits "
                "move the place where p rounds to 1, and do not remove it.",
            )
        return wrong(
            "nan",
            "Where a prediction is sure and right, C and delta are NaN. p has rounded to exactly 1 there, so that "
            "1 - p is 0: its logarithm is infinite, and nothing times infinity, or nothing over nothing, is no number.",
        )
    return _half_floored(answer) or wrong(
        "half", HALF.format(right="delta" if lost else "C", wrong="C" if lost else "delta", where="sure")
    )


def _single(answer: Any, near: Array) -> Verdict | None:
    """Find a NaN that is gone in double precision only: mostly a ceiling that single precision rounds to 1."""
    for z, y in _examples(SURE_IN_SINGLE, True):
        C, delta = _answered(answer, z, y)
        lost = [name for name, value in (("C", C), ("delta", delta)) if not np.isfinite(value).all()]
        if not lost:
            continue
        flat = [_close(_answered(answer, z, y)[0], _answered(answer, 1.4 * z, y)[0]) for z, y in _examples(near, False)]
        return wrong(
            "single",
            "In double precision the NaN is gone. In single precision, in which this notebook trains, it is not: at "
            f"z = {z.item():.0f}, y = {y.item():.0f} you return NaN for {' and '.join(lost)}. The last number below 1 "
            "is about 0.99999994 there, so that 1 - 1e-12 is exactly 1: a ceiling as close to 1 as that does nothing."
            + (" And where it does something, the loss is flat, just where its slope should be steepest." * any(flat)),
        )
    return None


def _single_values(answer: Any) -> Verdict | None:
    """Judge in single precision what is right in double."""
    for right in (True, False):
        for z, y in _examples(np.concatenate([SURE_IN_SINGLE, 4 * SURE_IN_SINGLE]), right):
            (C, delta), (right_C, right_delta) = _answered(answer, z, y), reference(z.astype(float), y.astype(float))
            if not (np.allclose(C, right_C, *SINGLE) and np.allclose(delta, right_delta, *SINGLE)):
                return wrong(
                    "single",
                    "In double precision all is right. In single precision, in which this notebook trains, C or delta "
                    f"is not, at z = {z.item():.0f}, y = {y.item():.0f}: what rounds to 0, to 1 or to infinity there?",
                )
    return None


def _together(answer: Any, rng: np.random.Generator, near: Array) -> Verdict | None:
    """Judge ordinary examples in the company of sure ones, right and wrong."""
    batch = draw(rng, (6,))
    for right in (True, False):
        sure = list(_examples(near, right))
        z = np.concatenate([batch["z"], *(z for z, _ in sure)])
        y = np.concatenate([batch["y"], *(y for _, y in sure)])
        (C, delta), (right_C, right_delta) = _answered(answer, z, y), reference(z, y)
        if right and np.isfinite(C) and not _close(C, right_C):
            return _hidden()
        if np.isfinite(delta).all() and not _close(delta[:6], right_delta[:6]):
            return _hidden()
    return None


def _hidden() -> Verdict:
    return wrong(
        "hidden",
        "One sure example spoils what the others of its batch get: the NaN is made as before, and then you put "
        "something else in its place. A NaN that nobody sees still costs a step; mend the line that makes it.",
    )


def _wrong_and_sure(answer: Any, near: Array) -> Verdict | None:
    for z, y in _examples(near, False):
        (C, delta), (right_C, right) = _answered(answer, z, y), reference(z, y)
        further = _answered(answer, 1.4 * z, y)[0]
        if not np.isfinite(C):
            return wrong(
                "infinite",
                "Where a prediction is sure and wrong, C is infinite or NaN: the loss still takes the logarithm of a "
                "probability that has rounded to 0. The true loss there is about as large as z itself.",
            )
        if C > 1e100:
            return wrong(
                "masked",
                "Where a prediction is sure and wrong, C is the largest number there is. np.nan_to_num, or something "
                "like it, hides a NaN or an infinity that is made as before; what stands in its place is made up.",
            )
        if not np.isfinite(delta).all():
            return wrong("half", HALF.format(right="C", wrong="delta", where="sure and wrong"))
        if _close(C, further):
            heard = "" if delta.any() else " Its delta is 0 there: such an example is never corrected."
            if abs(C) < 1:
                return wrong(
                    "masked",
                    f"Where a prediction is sure and wrong, C says {C:.3g}. You put a harmless number in the place of "
                    f"NaN, so that the worst example of all counts as a good one.{heard}",
                )
            return wrong(
                "clipped",
                f"Where a prediction is sure and wrong, C stops growing at {C:.3g}: a floor under p, a cut through z, "
                "or something added under the logarithm. No NaN is left, but the loss is flat where its slope should "
                f"be steepest.{heard}",
            )
        if not delta.any():
            return wrong(
                "silenced",
                "Where a prediction is sure and wrong, delta is 0: you put 0 in the place of NaN. The example that "
                "most needs correcting gets no correction. NaN was the symptom; the cause is a slope of 0 multiplied "
                "by a slope that is infinite.",
            )
        if not _close(C, right_C) or not _close(delta, right):
            return wrong("unknown", "Where a prediction is sure and wrong, C or delta is not right yet.")
    return None


def _far_out(answer: Any, far: Array) -> Verdict | None:
    for right in (True, False):
        for z, y in _examples(far, right):
            (C, delta), (right_C, right_delta) = _answered(answer, z, y), reference(z, y)
            if not (np.isfinite(C) and np.isfinite(delta).all()):
                return wrong(
                    "overflow",
                    "The form is better now, but exp overflows far out, where z is beyond about 700 (in single "
                    "precision already beyond 88). Take exp of negative numbers only: it then rounds to 0, which does "
                    "no harm.",
                )
            if not _close(C, right_C) or not _close(delta, right_delta):
                return wrong(
                    "clipped",
                    f"Far out, C stops growing at {C:.3g}: z is cut off. It is late enough for most trainings, and "
                    "still a loss that is flat where its slope should be steepest.",
                )
    return None
