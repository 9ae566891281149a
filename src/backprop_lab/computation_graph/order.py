"""The order of the nodes: each after all of its operands."""

from __future__ import annotations

from typing import Any

from backprop_lab.computation_graph.node import Node, as_node


def topological_order(*outputs: Node) -> list[Node]:
    """Return the nodes that the outputs depend on and the outputs, each node once and after all of its operands.

    Inputs come first. A graph of any depth: nothing recurses.
    """
    found: dict[Node, float] = {}
    for output in outputs:
        collect(as_node(output), found)
    inputs = [node for node in found if node._operation is None]
    return inputs + [node for node in found if node._operation is not None]


def collect(f: Node, found: dict[Node, Any]) -> None:
    """Enter f and all that it depends on as 0.0, each node after its operands: the dictionary keeps that order.

    What is in there already is taken as done, with all that lies below it.
    """
    if f in found:
        return
    waiting: list[Node] = []  # those of which an operand comes first
    node = f
    while True:
        if node._left_slope is not None and node._left not in found:
            waiting.append(node)
            node = node._left
        elif node._right_slope is not None and node._right not in found:
            waiting.append(node)
            node = node._right
        else:
            found[node] = 0.0
            if not waiting:
                return
            node = waiting.pop()
