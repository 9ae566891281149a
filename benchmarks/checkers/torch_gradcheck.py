"""PyTorch's `gradcheck`, of the last layer's W and b only: each entry costs two passes through the whole network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.func import functional_call

from benchmarks.peers.torch_eager import make_batch, make_loss, make_model
from benchmarks.problems import Problem


@dataclass(frozen=True)
class State:
    """The loss as a function of the last layer's parameters, and these."""

    loss_at: Any
    inputs: tuple[Any, ...]


def build(problem: Problem) -> State:
    """Make the network; all but its last layer are constants."""
    model, loss_of, (x, y) = make_model(problem), make_loss(problem), make_batch(problem)
    parameters = {name: parameter.detach() for name, parameter in model.named_parameters()}
    last = list(parameters)[-2:]

    def loss_at(*inputs: Any) -> Any:
        return loss_of(functional_call(model, parameters | dict(zip(last, inputs, strict=True)), (x,)), y)

    return State(loss_at, tuple(parameters[name].clone().requires_grad_() for name in last))


def work(state: State, n: int) -> None:
    """Check n times."""
    for _ in range(n):
        torch.autograd.gradcheck(state.loss_at, state.inputs, fast_mode=False)


def report(state: State) -> dict[str, Any]:
    """Return how many entries were compared; gradcheck raises where one is wrong, and does not say the error."""
    work(state, 1)
    return {"entries": sum(tensor.numel() for tensor in state.inputs), "error": None, "passed": True}
