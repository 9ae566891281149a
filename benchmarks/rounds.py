"""Peers against each other, in one run: the same answer first, then their times, in rounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from benchmarks.statistics import ratios, spread
from benchmarks.workers import FailedError, MissingError, Worker

Same = Callable[[Any, Any], float]
Result = dict[str, Any]  # what goes into the JSON file


class UnequalError(Exception):
    """Two peers that should compute the same numbers do not: their times must not be compared."""


def gradient_error(theirs: Sequence[Any], ours: Sequence[Any]) -> float:
    """Return the largest |theirs - ours| / |ours| of a tensor, norms over its entries; 0 is equal.

    Parameters
    ----------
    theirs, ours : sequence
        Arrays or pairs of arrays, in the same order.

    Raises
    ------
    ValueError
        If the numbers of arrays or their shapes differ.
    """
    if len(theirs) != len(ours):
        raise ValueError(f"{len(theirs)} gradients but ours are {len(ours)}")
    errors = []
    for their, our in zip(theirs, ours, strict=True):
        if isinstance(our, tuple):
            errors.append(gradient_error(their, our))
            continue
        their, our = np.asarray(their, float), np.asarray(our, float)
        if their.shape != our.shape:
            raise ValueError(f"a gradient of shape {their.shape} but ours has {our.shape}")
        size = float(np.linalg.norm(our))
        errors.append(float(np.linalg.norm(their - our)) / (size or 1.0))
    return float(np.max(errors))  # NaN, where there is one; Python's max would overlook it


def assert_equal(name: str, theirs: Sequence[Any], ours: Sequence[Any], tolerance: float) -> float:
    """Return the error of a peer's gradient.

    Raises
    ------
    UnequalError
        If it is beyond the tolerance, or the gradients do not match in number and shape.
    """
    try:
        error = gradient_error(theirs, ours)
    except ValueError as mismatch:
        raise UnequalError(f"{name} has {mismatch}") from None
    if not error <= tolerance:  # NaN is unequal too
        raise UnequalError(
            f"the gradient of {name} is off by {error:.2g}, expected at most {tolerance:g}: no times are taken"
        )
    return error


def compare(
    peers: Mapping[str, Worker],
    arguments: Mapping[str, tuple[Any, ...]],
    *,
    tolerance: float,
    rounds: int,
    target: float,
    yardsticks: Sequence[str] = (),
) -> list[Result]:
    """Return for each peer its time, the ratio of its time to that of the first, and how equal its answer was.

    Parameters
    ----------
    peers : mapping
        Name to worker; the first is ours.
    arguments : mapping
        Name to what the peer's `build` is given.
    tolerance : float
        The relative error up to which a gradient is equal.
    rounds : int
        How often each is asked for its time. The order turns from round to round.
    target : float
        About how many seconds a peer works in a round.
    yardsticks : sequence of str
        Those that have no answer, only a time.

    Raises
    ------
    UnequalError
        If a peer's answer is not ours.
    """
    results: dict[str, Result] = {name: {"peer": name} for name in peers}
    there: dict[str, int] = {}  # the repetitions of each peer that takes part
    ours: Any = None
    for name, worker in peers.items():
        try:
            worker.call("build", *arguments[name])
            if name not in yardsticks:
                answer = worker.call("answer")
                ours = answer if ours is None else ours
                results[name]["gradient_error"] = assert_equal(name, answer, ours, tolerance)
            there[name] = worker.call("repetitions", target)
        except MissingError as reason:
            results[name]["skipped"] = str(reason)
        except FailedError as reason:
            results[name]["failed"] = str(reason)
    times, busy = measure(peers, there, rounds)
    first = next(iter(peers))
    for name in there:
        results[name] |= {
            "seconds": asdict(spread(times[name])),
            "ratio": asdict(ratios(times[name], times[first])),
            "processors": float(np.median(busy[name])),
            "repetitions": there[name],
            "rounds": rounds,
        }
    return list(results.values())


def measure(
    peers: Mapping[str, Worker], repetitions: Mapping[str, int], rounds: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Return for each peer the seconds of one repetition in every round, and how many processors were busy."""
    times: dict[str, list[float]] = {name: [] for name in repetitions}
    busy: dict[str, list[float]] = {name: [] for name in repetitions}
    order = list(repetitions)
    for number in range(rounds):
        turn = number % len(order) if order else 0
        for name in order[turn:] + order[:turn]:
            took, processors = peers[name].call("seconds", repetitions[name])
            times[name].append(took / repetitions[name])
            busy[name].append(processors)
    return times, busy
