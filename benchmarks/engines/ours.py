"""Backprop Lab's computation graph."""

from __future__ import annotations

import tracemalloc

from backprop_lab.computation_graph import Node, gradient, relu
from benchmarks.engines import Graph


def build(graph: Graph) -> tuple[Graph, list[Node]]:
    """Make the inputs."""
    return graph, [Node(value) for value in graph.inputs()]


def answer(state: tuple[Graph, list[Node]]) -> list[float]:
    """Return the derivatives with respect to the inputs."""
    graph, inputs = state
    derivatives = gradient(graph.build(inputs, relu))
    return [derivatives[x] for x in inputs]


def work(state: tuple[Graph, list[Node]], n: int) -> None:
    """Build the graph and differentiate it, n times."""
    for _ in range(n):
        gradient(state[0].build(state[1], relu))


def bytes_per_node(state: tuple[Graph, list[Node]]) -> float:
    """Return the bytes that the graph takes, before the backward pass, by node."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    f = state[0].build(state[1], relu)
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    del f
    return taken / state[0].nodes
