"""The same graph with other values."""

from __future__ import annotations

from collections.abc import Mapping

from backprop_lab.computation_graph.differentiable import Differentiable
from backprop_lab.computation_graph.node import Node, as_node
from backprop_lab.computation_graph.operation import Number
from backprop_lab.computation_graph.order import collect


def evaluate(f: Node, values: Mapping[Node, Number]) -> Number:
    """Compute f again with other values for some of its nodes; f itself stays as it is.

    Parameters
    ----------
    f : Node
        The output.
    values : mapping
        Node to its new value: an input, or any node on the way, which then is not computed. Floats give a float, dual
        numbers a dual number, and nodes a new graph. Inputs that are not named keep their values, as constants.

    Raises
    ------
    TypeError
        If a value is no number.
    ValueError
        If f does not depend on one of the nodes. Also where an operation is not defined.

    Examples
    --------
    >>> x, y = Node(2, "x"), Node(3, "y")
    >>> evaluate((x + y) * y, {x: 10})
    39.0
    """
    below: dict[Node, Number] = {}
    collect(as_node(f), below)
    results: dict[Node, Number] = {}
    for node, value in values.items():
        if as_node(node) not in below:
            raise ValueError(f"{f.formula()} does not depend on {node.formula()}, so a value for it has no effect")
        results[node] = value if isinstance(value, Differentiable) else Node(value, node.name).value
    collect(f, results)  # neither what is given is computed nor what only that needs
    for node in results:
        if node not in values:
            operation = node.operation
            operands = [results[o] if isinstance(o, Node) else o for o in node.operands]
            results[node] = node.value if operation is None else operation(*operands)
    return results[f]
