"""Backprop Lab, to train fast: the recorded step."""

from __future__ import annotations

from dataclasses import dataclass

from backprop_lab import Network
from backprop_lab.optimizers import GradientDescent
from backprop_lab.recorded import RecordedStep
from benchmarks.problems import Array, Pairs, Problem


@dataclass(frozen=True)
class State:
    """All that a training loop holds."""

    network: Network
    step: RecordedStep
    optimizer: GradientDescent
    x: Array
    y: Array


def build_network(problem: Problem) -> Network:
    """Return the network of the problem, with its weights."""
    return Network.from_weights(problem.weights(), hidden=problem.hidden, output=problem.output, loss=problem.loss)


def build(problem: Problem) -> State:
    """Record the step once."""
    network = build_network(problem)
    step = RecordedStep(network, problem.batch_size)
    return State(network, step, GradientDescent(problem.learning_rate), *problem.batch())


def answer(state: State) -> Pairs:
    """Return the gradient that the recorded step leaves."""
    state.step.run(state.x, state.y)
    gradient = state.network.with_parameters(state.step.gradient)  # its W and b hold dW and db
    return [(layer.W.copy(), layer.b.copy()) for layer in gradient.layers]


def work(state: State, n: int) -> None:
    """Take n steps."""
    network, step, optimizer, x, y = state.network, state.step, state.optimizer, state.x, state.y
    for _ in range(n):
        step.run(x, y)
        optimizer.step(network.parameters, step.gradient)
