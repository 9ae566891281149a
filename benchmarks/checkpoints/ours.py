"""Backprop Lab: `checkpointed_gradients` along a schedule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backprop_lab import Network
from backprop_lab.checkpointing import (
    Schedule,
    bisection,
    checkpointed_gradients,
    every_kth,
    predicted_cost,
    revolve,
    square_root,
    store_all,
)
from benchmarks.peers.ours import build_network
from benchmarks.problems import Array, Pairs, Problem


@dataclass(frozen=True)
class State:
    """The network, its batch, and the way."""

    network: Network
    schedule: Schedule
    x: Array
    y: Array


def make_schedule(way: str, depth: int) -> Schedule:
    """Return the schedule of a name: store_all, square_root, bisection, every_8 or revolve_4, say."""
    name, _, number = way.rpartition("_")
    if name in ("every", "revolve"):
        return (every_kth if name == "every" else revolve)(depth, int(number))
    return {"store_all": store_all, "square_root": square_root, "bisection": bisection}[way](depth)


def build(problem: Problem, way: str) -> State:
    """Make the network and the schedule."""
    network = build_network(problem)
    return State(network, make_schedule(way, len(network.layers)), *problem.batch())


def answer(state: State) -> Pairs:
    """Return the gradient."""
    found = checkpointed_gradients(state.network, state.x, state.y, state.schedule)
    return [(layer.W.copy(), layer.b.copy()) for layer in state.network.with_parameters(found.gradients).layers]


def work(state: State, n: int) -> None:
    """Compute the gradient n times."""
    for _ in range(n):
        checkpointed_gradients(state.network, state.x, state.y, state.schedule)


def plan(state: State) -> dict[str, float]:
    """Return what the schedule says of itself: bytes of activations and deltas, forward steps, time by the products."""
    cost = predicted_cost(state.schedule, state.network, len(state.x))
    return {
        "peak_bytes": cost.peak_bytes,
        "advances": state.schedule.advances,
        "snapshots": state.schedule.snapshots,
        "relative_time": float(np.round(state.schedule.relative_time(), 6)),
    }
