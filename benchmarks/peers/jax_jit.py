"""JAX as in its tutorials: pure functions, `value_and_grad`, and the whole step under `jit`, called once a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.problems import Pairs, Problem

jax.config.update("jax_enable_x64", True)  # arrays of float32 stay so

ACTIVATIONS = {"sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu, "identity": lambda z: z, "softmax": lambda z: z}


@dataclass
class State:
    """All that a training loop holds."""

    step: Any
    loss: Any
    parameters: Any
    x: Any
    y: Any


def make_loss(problem: Problem) -> Callable[[Any, Any, Any], Any]:
    """Return the loss as a function of the parameters and the batch."""
    names = [problem.hidden] * (len(problem.sizes) - 2) + [problem.output]

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        for (W, b), name in zip(parameters, names, strict=True):
            x = ACTIVATIONS[name](x @ W + b)
        if problem.loss == "categorical_cross_entropy":
            return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(x), axis=1))
        return jnp.mean(jnp.sum((x - y) ** 2, axis=1)) / 2

    return loss


def make_step(problem: Problem) -> Callable[[Any, Any, Any], Any]:
    """Return the step, not compiled yet: (parameters, x, y) to (parameters, loss)."""
    loss, learning_rate = make_loss(problem), problem.learning_rate

    def step(parameters: Any, x: Any, y: Any) -> Any:
        value, gradient = jax.value_and_grad(loss)(parameters, x, y)
        return jax.tree.map(lambda p, g: p - learning_rate * g, parameters, gradient), value

    return step


def build(problem: Problem) -> State:
    """Make the network. The parameters are donated: their memory is that of the new ones."""
    parameters = [(jnp.array(W.T), jnp.array(b)) for W, b in problem.weights()]
    step = jax.jit(make_step(problem), donate_argnums=0)
    return State(step, make_loss(problem), parameters, *map(jnp.array, problem.batch()))


def answer(state: State) -> Pairs:
    """Return the gradient."""
    gradient = jax.jit(jax.grad(state.loss))(state.parameters, state.x, state.y)
    return [(np.asarray(W).T, np.asarray(b)) for W, b in gradient]


def work(state: State, n: int) -> None:
    """Take n steps, and wait for the last."""
    for _ in range(n):
        state.parameters, loss = state.step(state.parameters, state.x, state.y)
    jax.block_until_ready((state.parameters, loss))
