"""Backprop Lab: `check_network`, every parameter."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from backprop_lab.network_check import check_network, find_wrong_weight
from benchmarks.peers.ours_to_read import State, build
from benchmarks.problems import Problem

__all__ = ["Problem", "State", "build", "report", "work"]


def work(state: State, n: int) -> None:
    """Check n times."""
    for _ in range(n):
        check_network(state.network, state.x, state.y)


def report(state: State) -> dict[str, Any]:
    """Return how many entries were compared, and the largest norm-relative error of a W or b."""
    check = check_network(state.network, state.x, state.y)
    return {"entries": check.entries, "error": float(check.errors.max()), "passed": check.passed, "kinks": check.kinks}


def find_planted(state: State, error: float) -> dict[str, Any]:
    """Make one entry of the gradient wrong by so much, search for it, and return what that took.

    Raises
    ------
    AssertionError
        If it is not found, or found elsewhere.
    """
    network, x, y = state.network, state.x, state.y
    gradient, only = network.gradients(x, y).vector.copy(), np.zeros_like(network.parameters)
    place = int(np.random.default_rng(3).integers(gradient.size))
    gradient[place] += error
    only[place] = 1
    start = time.perf_counter()
    found = find_wrong_weight(network, x, y, gradients=gradient)
    took = time.perf_counter() - start
    layer = network.with_parameters(only).layers[found.layer - 1] if found else None
    if found is None or layer is None or (layer.W if found.name == "W" else layer.b)[found.index] != 1:
        raise AssertionError(f"an error of {error:g} was planted at parameter {place}, and the search says: {found}")
    return {"error": error, "probes": found.probes, "seconds": took, "found": repr(found)}
