"""micrograd."""

from __future__ import annotations

import tracemalloc
from typing import Any

from micrograd.engine import Value

from benchmarks.engines import Graph


def build(graph: Graph) -> tuple[Graph, list[Any]]:
    """Make the inputs."""
    return graph, [Value(value) for value in graph.inputs()]


def answer(state: tuple[Graph, list[Any]]) -> list[float]:
    """Return the derivatives with respect to the inputs."""
    work(state, 1)
    return [x.grad for x in state[1]]


def work(state: tuple[Graph, list[Any]], n: int) -> None:
    """Build the graph and differentiate it, n times."""
    for _ in range(n):
        for x in state[1]:
            x.grad = 0
        state[0].build(state[1], Value.relu).backward()


def bytes_per_node(state: tuple[Graph, list[Any]]) -> float:
    """Return the bytes that the graph takes, before the backward pass, by node."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    f = state[0].build(state[1], Value.relu)
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    del f
    return taken / state[0].nodes
