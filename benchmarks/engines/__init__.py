"""Engines of scalar automatic differentiation, on the same graphs of sums, products and ReLUs.

build(graph)        nothing but inputs
answer(state)       the derivatives with respect to the inputs
work(state, n)      n times forward and backward: the graph is built anew each time
bytes_per_node(state)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Graph:
    """A graph to be built from inputs: a network for one example, or a chain of so many links.

    Attributes
    ----------
    sizes : tuple of int
        Widths of a network with ReLU in its hidden layers; empty for a chain.
    links : int
        Of a chain y <- 0.999 y + x: two nodes each.
    """

    sizes: tuple[int, ...] = ()
    links: int = 0

    @property
    def name(self) -> str:
        """What the tables call it."""
        return f"network {'-'.join(map(str, self.sizes))}" if self.sizes else f"chain of {self.nodes:,} nodes"

    @property
    def nodes(self) -> int:
        """How many operations there are: products, sums and ReLUs."""
        pairs = list(pairwise(self.sizes))
        return sum(2 * m * n for m, n in pairs) + sum(n for _, n in pairs[:-1]) + 2 * self.links

    def inputs(self) -> list[float]:
        """Draw the numbers that it is differentiated with respect to: x, then W and b of each unit."""
        n_parameters = sum((m + 1) * n for m, n in pairwise(self.sizes))
        first = self.sizes[0] if self.sizes else 2
        drawn: list[float] = np.random.default_rng(0).normal(size=first + n_parameters).tolist()
        return drawn

    def build(self, inputs: list[Any], relu: Callable[[Any], Any]) -> Any:
        """Return the output, computed with the engine's numbers."""
        if not self.sizes:
            y, x = inputs
            for _ in range(self.links):
                y = y * 0.999 + x
            return y
        given = iter(inputs)
        a = [next(given) for _ in range(self.sizes[0])]
        for l, (_, n_out) in enumerate(pairwise(self.sizes)):
            z = []
            for _ in range(n_out):
                total = next(given)
                for a_j in a:
                    total = total + next(given) * a_j
                z.append(total)
            a = z if l == len(self.sizes) - 2 else [relu(z_i) for z_i in z]
        return a[0]
