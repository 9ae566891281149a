"""Backprop Lab, to read: the network's own two passes, with every door and every cache."""

from __future__ import annotations

from dataclasses import dataclass

from backprop_lab import Network
from backprop_lab.optimizers import GradientDescent
from benchmarks.peers.ours import build_network
from benchmarks.problems import Array, Pairs, Problem


@dataclass(frozen=True)
class State:
    """All that a training loop holds."""

    network: Network
    optimizer: GradientDescent
    x: Array
    y: Array


def build(problem: Problem) -> State:
    """Make the network."""
    return State(build_network(problem), GradientDescent(problem.learning_rate), *problem.batch())


def answer(state: State) -> Pairs:
    """Return the gradient."""
    return [(layer.dW.copy(), layer.db.copy()) for layer in state.network.gradients(state.x, state.y)]


def work(state: State, n: int) -> None:
    """Take n steps."""
    for _ in range(n):
        _, gradients = state.network.loss_and_gradients(state.x, state.y)
        state.optimizer.step(state.network.parameters, gradients.vector)
