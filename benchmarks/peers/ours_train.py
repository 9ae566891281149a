"""Backprop Lab, as one calls it: `train`, one step an epoch."""

from __future__ import annotations

from backprop_lab import train
from benchmarks.peers.ours_to_read import State, answer, build

__all__ = ["AT_LEAST", "State", "answer", "build", "work"]

AT_LEAST = 8  # steps a call: it looks at its data and records the step first, which belongs to no single step


def work(state: State, n: int) -> None:
    """Train for n epochs of one batch."""
    train(state.network, state.x, state.y, epochs=n, learning_rate=state.optimizer.learning_rate)
