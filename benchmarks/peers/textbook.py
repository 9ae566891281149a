"""The network of the textbooks in NumPy, as Nielsen (2015) and many tutorials write it, with a batch as a matrix.

Examples are rows, W is (n_in, n_out), every line makes a new array, and there are no tricks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.problems import Array, Pairs, Problem


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + exp(-z))."""
    return 1 / (1 + np.exp(-z))


def softmax(z: Array) -> Array:
    """Return the shares of exp(z), row by row."""
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


ACTIVATIONS: dict[str, Any] = {
    "sigmoid": sigmoid,
    "relu": lambda z: np.maximum(0, z),
    "softmax": softmax,
    "identity": lambda z: z,
}
SLOPES: dict[str, Any] = {
    "sigmoid": lambda a: a * (1 - a),
    "relu": lambda a: a > 0,
    "identity": lambda a: np.ones_like(a),
}


class NeuralNetwork:
    """A network as a list of weights and a list of biases."""

    def __init__(self, problem: Problem) -> None:
        pairs = problem.weights()
        self.weights = [W.T.copy() for W, _ in pairs]
        self.biases = [b for _, b in pairs]
        self.activations = [problem.hidden] * (len(pairs) - 1) + [problem.output]
        self.loss = problem.loss

    def forward(self, x: Array) -> list[Array]:
        """Return the activations of all layers, the input first."""
        activations = [x]
        for W, b, name in zip(self.weights, self.biases, self.activations, strict=True):
            z = np.dot(activations[-1], W) + b
            activations.append(ACTIVATIONS[name](z))
        return activations

    def cost(self, a: Array, y: Array) -> float:
        """Return the mean loss."""
        if self.loss == "categorical_cross_entropy":
            return float(-np.mean(np.sum(y * np.log(a), axis=1)))
        return float(np.mean(np.sum((a - y) ** 2, axis=1)) / 2)

    def backprop(self, activations: list[Array], y: Array) -> tuple[list[Array], list[Array]]:
        """Return the gradient of the weights and that of the biases, layer by layer."""
        N = len(y)
        delta = activations[-1] - y
        if self.loss != "categorical_cross_entropy":
            delta = delta * SLOPES[self.activations[-1]](activations[-1])
        grad_weights: list[Array] = []
        grad_biases: list[Array] = []
        for l in range(len(self.weights) - 1, -1, -1):
            grad_weights.insert(0, np.dot(activations[l].T, delta) / N)
            grad_biases.insert(0, np.sum(delta, axis=0) / N)
            if l > 0:
                delta = np.dot(delta, self.weights[l].T) * SLOPES[self.activations[l - 1]](activations[l])
        return grad_weights, grad_biases

    def step(self, x: Array, y: Array, learning_rate: float) -> float:
        """Take one step of gradient descent, and return the loss before it."""
        activations = self.forward(x)
        cost = self.cost(activations[-1], y)
        grad_weights, grad_biases = self.backprop(activations, y)
        self.weights = [W - learning_rate * g for W, g in zip(self.weights, grad_weights, strict=True)]
        self.biases = [b - learning_rate * g for b, g in zip(self.biases, grad_biases, strict=True)]
        return cost


def build(problem: Problem) -> tuple[NeuralNetwork, Array, Array, float]:
    """Make the network."""
    return NeuralNetwork(problem), *problem.batch(), problem.learning_rate


def answer(state: tuple[NeuralNetwork, Array, Array, float]) -> Pairs:
    """Return the gradient."""
    network, x, y, _ = state
    grad_weights, grad_biases = network.backprop(network.forward(x), y)
    return [(W.T, b) for W, b in zip(grad_weights, grad_biases, strict=True)]


def work(state: tuple[NeuralNetwork, Array, Array, float], n: int) -> None:
    """Take n steps."""
    network, x, y, learning_rate = state
    for _ in range(n):
        network.step(x, y, learning_rate)
