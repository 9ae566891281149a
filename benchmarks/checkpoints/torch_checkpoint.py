"""PyTorch: `torch.utils.checkpoint.checkpoint_sequential`, or its plain loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import nn
from torch.utils.checkpoint import checkpoint_sequential

from benchmarks.peers.torch_eager import make_batch, make_loss, make_model
from benchmarks.problems import Pairs, Problem


@dataclass(frozen=True)
class State:
    """The network, its batch, and the number of segments; 0 stores all."""

    model: Any
    segments: int
    loss_of: Any
    x: Any
    y: Any


def build(problem: Problem, way: str) -> State:
    """Make the network; `way` is store_all or segments_8, say."""
    segments = 0 if way == "store_all" else int(way.removeprefix("segments_"))
    modules = list(make_model(problem))
    layers = [nn.Sequential(*modules[i : i + 2]) for i in range(0, len(modules), 2)]  # a linear map and its ReLU
    return State(nn.Sequential(*layers), segments, make_loss(problem), *make_batch(problem))


def gradient(state: State) -> None:
    """Leave the gradient on the parameters."""
    if state.segments:
        a = checkpoint_sequential(state.model, state.segments, state.x, use_reentrant=False)
    else:
        a = state.model(state.x)
    state.loss_of(a, state.y).backward()


def answer(state: State) -> Pairs:
    """Return the gradient."""
    state.model.zero_grad()
    gradient(state)
    return [(layer[0].weight.grad.numpy().copy(), layer[0].bias.grad.numpy().copy()) for layer in state.model]


def work(state: State, n: int) -> None:
    """Compute the gradient n times, into the same arrays: else it would take the place of activations let go."""
    for _ in range(n):
        state.model.zero_grad(set_to_none=False)
        gradient(state)
