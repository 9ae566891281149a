"""A small network in the middle of a training step: each quantity at its place, as far as it is known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from backprop_lab.figures.diagram import FORWARD_INK, INK
from backprop_lab.figures.network_diagram import Edge, Marks, Node, network_diagram

__all__ = ["step_diagram"]


def step_diagram(sizes: tuple[int, ...], written: Callable[..., str], marks: Marks, label: str) -> str:
    """Return the SVG of the network with the quantities of a step.

    Parameters
    ----------
    sizes : tuple of int
        Units a layer, the input first; at most six each.
    written : callable
        From a name as in code (`x`, `W1`, `b1`, `z1`, `a1`, `y`, `C`, `delta1`, `dW1`, `db1`) and the places from 0 to
        what is written there; empty where it is not known.
    marks : Marks
        What is drawn strong.
    label : str
        The picture in words.
    """
    depth = len(sizes) - 1
    nodes = {(0, unit): Node(written("x", unit)) for unit in range(sizes[0])}
    edges = {}
    for layer, (below, size) in enumerate(pairwise(sizes), start=1):
        for unit in range(size):
            beside = []
            if layer == depth:
                beside = [(_named("y", written("y", unit)), INK)]
                beside += [(_named("C", written("C")), FORWARD_INK)] if unit == 0 else []
            nodes[layer, unit] = Node(
                inside=written(f"a{layer}", unit),
                below=_named("z", written(f"z{layer}", unit)),
                above=_named("δ", written(f"delta{layer}", unit)),
                bias=_named("b", written(f"b{layer}", unit)),
                bias_gradient=written(f"db{layer}", unit),
                beside=tuple(line for line in beside if line[0]),
            )
            for source in range(below):
                edges[layer, unit, source] = Edge(
                    written(f"W{layer}", unit, source), written(f"dW{layer}", unit, source)
                )
    return network_diagram(sizes, nodes, edges, marks, label)


def _named(name: str, value: str) -> str:
    return f"{name} {value}" if value else ""
