"""PyTorch as in its tutorials: `Sequential`, a loss, `backward()`, `SGD`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from benchmarks.problems import Pairs, Problem

ACTIVATIONS = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU}


@dataclass(frozen=True)
class State:
    """All that a training loop holds."""

    model: Any
    loss_of: Any
    optimizer: Any
    x: Any
    y: Any


def make_model(problem: Problem) -> Any:
    """Return the network with the problem's weights; softmax is part of the loss."""
    modules: list[nn.Module] = []
    names = [problem.hidden] * (len(problem.sizes) - 2) + [problem.output]
    for (W, b), name in zip(problem.weights(), names, strict=True):
        linear = nn.Linear(W.shape[1], W.shape[0], dtype=getattr(torch, problem.dtype))
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(W))
            linear.bias.copy_(torch.from_numpy(b))
        modules.append(linear)
        if name in ACTIVATIONS:
            modules.append(ACTIVATIONS[name]())
    return nn.Sequential(*modules)


def make_loss(problem: Problem) -> Any:
    """Return the loss; PyTorch's squared error has no 1/2 and takes the mean over the outputs too."""
    if problem.loss == "categorical_cross_entropy":
        return nn.CrossEntropyLoss()
    squared_error, factor = nn.MSELoss(), problem.sizes[-1] / 2
    return lambda a, y: squared_error(a, y) * factor


def make_batch(problem: Problem) -> tuple[Any, Any]:
    """Return x, and y as class numbers where the loss is cross-entropy."""
    x, y = map(torch.from_numpy, problem.batch())
    return (x, y.argmax(dim=1)) if problem.loss == "categorical_cross_entropy" else (x, y)


def build(problem: Problem) -> State:
    """Make the network."""
    model = make_model(problem)
    optimizer = torch.optim.SGD(model.parameters(), lr=problem.learning_rate)
    return State(model, make_loss(problem), optimizer, *make_batch(problem))


def answer(state: State) -> Pairs:
    """Return the gradient."""
    state.optimizer.zero_grad()
    state.loss_of(state.model(state.x), state.y).backward()
    linears: list[Any] = [module for module in state.model if isinstance(module, nn.Linear)]
    return [(linear.weight.grad.numpy().copy(), linear.bias.grad.numpy().copy()) for linear in linears]


def work(state: State, n: int) -> None:
    """Take n steps."""
    for _ in range(n):
        state.optimizer.zero_grad()
        loss = state.loss_of(state.model(state.x), state.y)
        loss.backward()
        state.optimizer.step()
