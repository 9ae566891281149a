"""HIPS autograd, as in its examples: the loss in autograd's NumPy, and `value_and_grad`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import autograd.numpy as np
from autograd import value_and_grad

from benchmarks.problems import Pairs, Problem

ACTIVATIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "relu": lambda z: np.maximum(z, 0),
    "identity": lambda z: z,
    "softmax": lambda z: z,
}


@dataclass
class State:
    """All that a training loop holds."""

    loss_and_gradient: Any
    parameters: Any
    x: Any
    y: Any
    learning_rate: float


def build(problem: Problem) -> State:
    """Make the network."""
    names = [problem.hidden] * (len(problem.sizes) - 2) + [problem.output]

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        for (W, b), name in zip(parameters, names, strict=True):
            x = ACTIVATIONS[name](np.dot(x, W) + b)
        if problem.loss == "categorical_cross_entropy":
            x = x - np.max(x, axis=1, keepdims=True)
            return -np.mean(np.sum(y * (x - np.log(np.sum(np.exp(x), axis=1, keepdims=True))), axis=1))
        return np.mean(np.sum((x - y) ** 2, axis=1)) / 2

    parameters = [(W.T.copy(), b) for W, b in problem.weights()]
    return State(value_and_grad(loss), parameters, *problem.batch(), problem.learning_rate)


def answer(state: State) -> Pairs:
    """Return the gradient."""
    _, gradient = state.loss_and_gradient(state.parameters, state.x, state.y)
    return [(W.T, b) for W, b in gradient]


def work(state: State, n: int) -> None:
    """Take n steps."""
    rate = state.learning_rate
    for _ in range(n):
        _, gradient = state.loss_and_gradient(state.parameters, state.x, state.y)
        state.parameters = [
            (W - rate * dW, b - rate * db) for (W, b), (dW, db) in zip(state.parameters, gradient, strict=True)
        ]
