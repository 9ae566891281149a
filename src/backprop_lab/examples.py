"""The network that the book works through by hand, and comes back to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.network import Network

__all__ = ["LEARNING_RATE", "PRINTED", "judge_printed", "worked_example"]

LEARNING_RATE = 0.01
PRINTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "z1": ("0.3775", "0.3925"),
        "a1": ("0.5930", "0.5968"),
        "z2": ("1.0058",),
        "a2": ("0.7322",),
        "C": ("0.2600",),
        "slope2": ("0.1960",),
        "delta2": ("0.1418",),
        "dW2": ("0.0841", "0.0846"),
        "db2": ("0.1418",),
        "slope1": ("0.2414", "0.2406"),
        "delta1": ("0.0137", "0.0153"),
        "dW1": ("0.0007", "0.0014", "0.0008", "0.0015"),
        "db1": ("0.0137", "0.0153"),
        "new_W2": ("0.3992", "0.4492"),
        "new_b2": ("0.4986",),
        "new_W1": ("0.1499", "0.1999", "0.2499", "0.2999"),
        "new_b1": ("0.3499", "0.3498"),
    }
)
"""What one published version of the worked example prints, four decimals each, by the names of `trace_step`."""


def worked_example() -> tuple[Network, Array, Array]:
    """Return the 2-2-1 network of chapter 5 with its one example: (network, x (1, 2), y (1, 1)).

    Sigmoid in both layers, half the squared error.
    """
    network = Network.from_weights([([[0.15, 0.20], [0.25, 0.30]], [0.35, 0.35]), ([[0.40, 0.45]], [0.50])])
    return network, np.array([[0.05, 0.10]]), np.array([[0.01]])


def judge_printed(value: float, text: str) -> Literal["right", "cut off", "wrong"]:
    """Say whether a printed number is the value rounded to its decimals, cut off there, or neither.

    Examples
    --------
    >>> judge_printed(0.5968843783, "0.5969"), judge_printed(0.5968843783, "0.5968")
    ('right', 'cut off')
    >>> judge_printed(0.5932699921, "0.5930")
    'wrong'
    """
    decimals = len(text.partition(".")[2])
    if text == f"{value:.{decimals}f}":
        return "right"
    cut = np.trunc(value * 10**decimals) / 10**decimals
    return "cut off" if text == f"{cut:.{decimals}f}" else "wrong"
