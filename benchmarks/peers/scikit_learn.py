"""scikit-learn: `partial_fit` of its multilayer perceptron with plain gradient descent, one batch a call.

Only its loss decides what it can train: cross-entropy of a softmax, or the half squared error of an identity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sklearn.neural_network import MLPClassifier, MLPRegressor

from benchmarks.problems import Pairs, Problem
from benchmarks.workers import MissingError

ACTIVATIONS = {"sigmoid": "logistic", "relu": "relu"}
PROBE = 1024.0  # a step this long, a power of two, shows the gradient in the weights without loss of digits


@dataclass(frozen=True)
class State:
    """All that a training loop holds."""

    model: Any
    problem: Problem
    x: Any
    y: Any


def build(problem: Problem) -> State:
    """Make the network: a first call of `partial_fit` makes the arrays, and then the weights are put in."""
    if problem.output == "sigmoid":
        raise MissingError("it has no sigmoid output with a squared error")
    classifies = problem.output == "softmax"
    model = (MLPClassifier if classifies else MLPRegressor)(
        hidden_layer_sizes=problem.sizes[1:-1],
        activation=ACTIVATIONS[problem.hidden],
        solver="sgd",
        alpha=0.0,
        batch_size=problem.batch_size,
        learning_rate_init=problem.learning_rate,
        momentum=0.0,
        nesterovs_momentum=False,
        shuffle=False,
    )
    x, y = problem.batch()
    if classifies:
        labels = y.argmax(axis=1)
        model.partial_fit(x, labels, classes=range(problem.sizes[-1]))
        y = labels
    else:
        model.partial_fit(x, y)
    for (W, b), coefs, intercepts in zip(problem.weights(), model.coefs_, model.intercepts_, strict=True):
        coefs[...], intercepts[...] = W.T, b
    return State(model, problem, x, y)


def answer(state: State) -> Pairs:
    """Return the gradient: where a step of length 1024 leads, seen from the first weights."""
    probe = build(replace(state.problem, learning_rate=PROBE))
    probe.model.partial_fit(probe.x, probe.y)
    return [
        ((W - coefs.T) / PROBE, (b - intercepts) / PROBE)
        for (W, b), coefs, intercepts in zip(
            state.problem.weights(), probe.model.coefs_, probe.model.intercepts_, strict=True
        )
    ]


def work(state: State, n: int) -> None:
    """Take n steps."""
    for _ in range(n):
        state.model.partial_fit(state.x, state.y)
