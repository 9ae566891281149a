"""The loop of the textbooks: central differences, one weight after the other; a sample is enough for its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_lab import Network
from benchmarks.peers.ours import build_network
from benchmarks.problems import Array, Problem

SAMPLE = 200  # parameters
H = 6e-6  # about the cube root of the rounding unit


@dataclass(frozen=True)
class State:
    """The accused, and which of its parameters are looked at."""

    network: Network
    x: Array
    y: Array
    sample: Array


def build(problem: Problem) -> State:
    """Draw the sample."""
    network = build_network(problem)
    sample = np.random.default_rng(0).choice(network.parameters.size, SAMPLE, replace=False)
    return State(network, *problem.batch(), sample)


def differences(state: State) -> Array:
    """Return the central differences of the sample."""
    network, x, y = state.network, state.x, state.y
    theta, slopes = network.parameters, np.empty(len(state.sample))
    for k, i in enumerate(state.sample):
        kept = theta[i]
        theta[i] = kept + H
        ahead = network.loss(x, y)
        theta[i] = kept - H
        behind = network.loss(x, y)
        theta[i] = kept
        slopes[k] = (ahead - behind) / (2 * H)
    return slopes


def work(state: State, n: int) -> None:
    """Check n times."""
    for _ in range(n):
        differences(state)


def report(state: State) -> dict[str, Any]:
    """Return how many entries were compared, and the norm-relative error over the sample."""
    given = state.network.gradients(state.x, state.y).vector[state.sample]
    found = differences(state)
    error = np.linalg.norm(given - found) / (np.linalg.norm(given) + np.linalg.norm(found))
    return {"entries": len(given), "error": float(error), "passed": bool(error < 1e-6)}
