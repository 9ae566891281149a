"""The problems of the comparison: small ones that the book already knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backprop_lab.arrays import Array, choose
from backprop_lab.data import digits, xor
from backprop_lab.network import Network

__all__ = ["PROBLEMS", "Problem", "problem"]


@dataclass(frozen=True, eq=False, repr=False)
class Problem:
    """Examples, and the network that is to learn them.

    Attributes
    ----------
    name : str
        What `problem(name)` finds it by.
    x, y : array (N, n_in), array (N, n_out)
        To train on.
    x_test, y_test : array
        To be judged by.
    classes : bool
        Whether y are classes, so that there is an accuracy.
    sizes, hidden, output, loss
        Of the network.
    """

    name: str
    x: Array
    y: Array
    x_test: Array
    y_test: Array
    classes: bool
    sizes: tuple[int, ...]
    hidden: str
    output: str
    loss: str

    def network(self, seed: int | np.random.Generator = 0) -> Network:
        """Return the network as it is before training."""
        return Network(self.sizes, hidden=self.hidden, output=self.output, loss=self.loss, seed=seed)

    def __repr__(self) -> str:
        return f"Problem({self.name}: {len(self.x)} examples, {'-'.join(map(str, self.sizes))}, {self.loss})"


def _xor() -> Problem:
    x, y = xor()
    return Problem("xor", x, y, x, y, True, (2, 8, 1), "tanh", "sigmoid", "half_squared_error")


def _fit() -> Problem:
    x = np.linspace(-1, 1, 40)[:, np.newaxis]
    y = np.sin(np.pi * x)
    return Problem("fit", x, y, x, y, False, (1, 8, 1), "tanh", "identity", "half_squared_error")


def _digits() -> Problem:
    d = digits()
    sizes, loss = (64, 32, 32, 10), "categorical_cross_entropy"
    return Problem("digits", d.x_train, d.y_train, d.x_test, d.y_test, True, sizes, "tanh", "softmax", loss)


def _component() -> Problem:
    d = digits()
    mean = d.x_train.mean(axis=0)
    x, x_test = d.x_train - mean, d.x_test - mean
    return Problem("component", x, x, x_test, x_test, False, (64, 1, 64), "identity", "identity", "half_squared_error")


PROBLEMS: dict[str, Callable[[], Problem]] = {"component": _component, "digits": _digits, "fit": _fit, "xor": _xor}


def problem(name: str | Problem) -> Problem:
    """Return the problem of this name; a Problem is returned as it is.

    | name | what is to be learned |
    |---|---|
    | xor | exclusive or, 2-8-1 |
    | fit | one period of the sine from 40 points, 1-8-1 |
    | digits | the 8x8 digits, 64-32-32-10 |
    | component | to give back the centered digits through one linear unit, 64-1-64 |

    Raises
    ------
    ValueError
        If there is none of this name; the message lists those that there are.
    """
    return name if isinstance(name, Problem) else choose("problem", name, PROBLEMS)()
