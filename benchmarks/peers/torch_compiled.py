"""PyTorch with the whole step, update included, compiled into one function: `torch.compile` and `torch.func`.

`torch.compile` of the usual loop with `backward()` breaks at that call and is slower than the loop itself on small
networks; the gradient as a function is what it can compile as a whole. It needs a C++ compiler.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

import torch
from torch.func import functional_call, grad_and_value

from benchmarks.peers.torch_eager import make_batch, make_loss, make_model
from benchmarks.problems import Pairs, Problem
from benchmarks.workers import MissingError

PROBE = 1024.0  # a step this long, a power of two, shows the gradient in the weights without loss of digits


@dataclass(frozen=True)
class State:
    """All that a training loop holds."""

    step: Any
    parameters: dict[str, Any]
    x: Any
    y: Any
    learning_rate: Any


def build(problem: Problem) -> State:
    """Make the network. The first step compiles."""
    if not (shutil.which("g++") or shutil.which("clang++")):
        raise MissingError("torch.compile needs a C++ compiler, and there is none")
    torch._dynamo.reset()  # what was compiled for the last network would slow down this one
    model, loss_of = make_model(problem), make_loss(problem)
    parameters = {name: parameter.detach() for name, parameter in model.named_parameters()}

    def loss_at(parameters: dict[str, Any], x: Any, y: Any) -> Any:
        return loss_of(functional_call(model, parameters, (x,)), y)

    @torch.compile(fullgraph=True, dynamic=False)
    def step(parameters: dict[str, Any], x: Any, y: Any, learning_rate: Any) -> Any:
        gradient, loss = grad_and_value(loss_at)(parameters, x, y)
        for name, parameter in parameters.items():
            parameter.sub_(gradient[name] * learning_rate)
        return loss

    rate = torch.tensor(problem.learning_rate, dtype=getattr(torch, problem.dtype))
    return State(step, parameters, *make_batch(problem), rate)


def answer(state: State) -> Pairs:
    """Return the gradient: where a step of length 1024 leads, as the compiled code takes it."""
    after = {name: parameter.clone() for name, parameter in state.parameters.items()}
    state.step(after, state.x, state.y, torch.full_like(state.learning_rate, PROBE))
    gradient = {name: ((state.parameters[name] - after[name]) / PROBE).numpy() for name in after}
    names = list(gradient)
    return [(gradient[W], gradient[b]) for W, b in zip(names[::2], names[1::2], strict=True)]


def work(state: State, n: int) -> None:
    """Take n steps."""
    for _ in range(n):
        state.step(state.parameters, state.x, state.y, state.learning_rate)
