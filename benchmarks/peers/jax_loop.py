"""JAX with the training loop itself inside `jit`: no other peer can do that, and no Python runs between the steps."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from benchmarks.peers.jax_jit import State, answer, make_loss, make_step
from benchmarks.problems import Problem

__all__ = ["State", "answer", "build", "work"]


def build(problem: Problem) -> State:
    """Make the network, and a function of n, the number of steps."""
    one = make_step(problem)

    def steps(parameters: Any, x: Any, y: Any, n: int) -> Any:
        return jax.lax.fori_loop(0, n, lambda _, carried: one(carried[0], x, y), (parameters, jnp.zeros((), x.dtype)))

    parameters = [(jnp.array(W.T), jnp.array(b)) for W, b in problem.weights()]
    return State(jax.jit(steps, donate_argnums=0), make_loss(problem), parameters, *map(jnp.array, problem.batch()))


def work(state: State, n: int) -> None:
    """Take n steps in one call."""
    state.parameters, loss = state.step(state.parameters, state.x, state.y, n)
    jax.block_until_ready((state.parameters, loss))
