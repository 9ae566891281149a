"""The network that the book works through by hand, and comes back to."""

from __future__ import annotations

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.network import Network

__all__ = ["LEARNING_RATE", "worked_example"]

LEARNING_RATE = 0.01


def worked_example() -> tuple[Network, Array, Array]:
    """Return the 2-2-1 network of chapter 5 with its one example: (network, x (1, 2), y (1, 1)).

    Sigmoid in both layers, half the squared error.
    """
    network = Network.from_weights([([[0.15, 0.20], [0.25, 0.30]], [0.35, 0.35]), ([[0.40, 0.45]], [0.50])])
    return network, np.array([[0.05, 0.10]]), np.array([[0.01]])
