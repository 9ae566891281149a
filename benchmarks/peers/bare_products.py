"""A yardstick, not a peer: the matrix products of our recorded step, on arrays of the same layout, and nothing else."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.problems import Array, Problem

Products = list[tuple[Array, Array, Array]]  # what `np.dot` is called with: two factors and the result


def build(problem: Problem) -> Products:
    """Make the arrays: [W | b] and [a; 1], examples in columns."""
    N, rng = problem.batch_size, np.random.default_rng(0)

    def array(*shape: int) -> Array:
        return rng.normal(size=shape).astype(problem.dtype)

    matrices = [array(n_out, n_in + 1) for n_in, n_out in pairwise(problem.sizes)]
    below = [array(N, problem.sizes[0] + 1).T, *(array(n + 1, N) for n in problem.sizes[1:-1])]
    forward: list[Any] = [(M, a, array(len(M), N)) for M, a in zip(matrices, below, strict=True)]
    backward: list[Any] = []
    delta = array(problem.sizes[-1], N)
    for l in reversed(range(len(matrices))):
        backward.append((delta, below[l].T, np.empty_like(matrices[l])))
        if l:
            da_and_1 = np.empty((problem.sizes[l] + 1, N), problem.dtype)
            backward.append((matrices[l].T, delta, da_and_1))
            delta = da_and_1[:-1]
    return forward + backward


def work(state: Products, n: int) -> None:
    """Do the products of n steps."""
    for _ in range(n):
        for left, right, result in state:
            np.dot(left, right, result)
