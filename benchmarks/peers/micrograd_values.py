"""micrograd: every number an object, one example after the other. It has no sigmoid, so one is added in its manner."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from micrograd.engine import Value

from benchmarks.problems import Pairs, Problem
from benchmarks.workers import MissingError


def sigmoid(z: Any) -> Any:
    """Return 1 / (1 + exp(-z)) as a node, as `Value.relu` is written."""
    out = Value(1 / (1 + math.exp(-z.data)), (z,), "sigmoid")

    def _backward() -> None:
        z.grad += out.data * (1 - out.data) * out.grad

    out._backward = _backward
    return out


@dataclass(frozen=True)
class State:
    """All that a training loop holds: W of each layer as rows of values."""

    layers: list[tuple[list[list[Any]], list[Any]]]
    examples: list[tuple[list[float], list[float]]]
    learning_rate: float


def build(problem: Problem) -> State:
    """Make the network."""
    if problem.sizes != (2, 4, 1) or problem.dtype != "float64":
        raise MissingError("one object for every number: for 2-4-1 in float64 only")
    layers = [([[Value(w) for w in row] for row in W.tolist()], list(map(Value, b))) for W, b in problem.weights()]
    x, y = problem.batch()
    return State(layers, list(zip(x.tolist(), y.tolist(), strict=True)), problem.learning_rate)


def parameters(state: State) -> list[Any]:
    """Return all weights and biases, as micrograd's own `MLP.parameters` does."""
    return [value for W, b in state.layers for row in [*W, b] for value in row]


def loss_and_gradient(state: State) -> Any:
    """Return the loss, and leave the gradient on the parameters."""
    for value in parameters(state):
        value.grad = 0
    total = Value(0.0)
    for x, y in state.examples:
        a: list[Any] = list(x)
        for W, b in state.layers:
            a = [
                sigmoid(sum((w * a_j for w, a_j in zip(row, a, strict=True)), bias))
                for row, bias in zip(W, b, strict=True)
            ]
        total = total + sum((a_i - y_i) ** 2 for a_i, y_i in zip(a, y, strict=True))
    loss = total * (0.5 / len(state.examples))
    loss.backward()
    return loss


def answer(state: State) -> Pairs:
    """Return the gradient."""
    loss_and_gradient(state)
    return [
        (np.array([[w.grad for w in row] for row in W]), np.array([bias.grad for bias in b])) for W, b in state.layers
    ]


def work(state: State, n: int) -> None:
    """Take n steps."""
    for _ in range(n):
        loss_and_gradient(state)
        for value in parameters(state):
            value.data -= state.learning_rate * value.grad
