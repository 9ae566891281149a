"""Promise: the counts are those of the matrix products that the network really makes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import Network
from backprop_lab.operations import MultiplyAdds, multiply_adds

widths = st.lists(st.integers(1, 6), min_size=2, max_size=5)


class Counting(np.lib.mixins.NDArrayOperatorsMixin):
    """Stands in for an array, and writes down how many multiply-adds each matrix product with it takes."""

    def __init__(self, array: np.ndarray, counted: list[int]) -> None:
        self.array, self.counted, self.shape = array, counted, array.shape

    def __len__(self) -> int:
        return len(self.array)

    @property
    def T(self) -> Counting:
        """Return the transpose, which counts on."""
        return Counting(self.array.T, self.counted)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *operands: Any, **options: Any) -> Any:
        arrays = [o.array if isinstance(o, Counting) else o for o in operands]
        if ufunc is np.matmul:
            left, right = arrays
            self.counted.append(left.shape[0] * left.shape[1] * right.shape[1])
        return getattr(ufunc, method)(*arrays, **options)


def real_products(network: Network, batch_size: int, **options: bool) -> tuple[int, int]:
    """Return what a pass each way really multiplies, with stand-ins for the weights and for what went into them."""
    x, y = np.ones((batch_size, network.sizes[0])), np.ones((batch_size, network.sizes[-1]))
    counted: list[int] = []
    network.layers = tuple(replace(layer, W=Counting(layer.W, counted)) for layer in network.layers)
    _, caches = network.forward(x)
    forward = sum(counted)
    network.backward([replace(c, a_in=Counting(c.a_in, counted)) for c in caches], y, **options)
    return forward, sum(counted) - forward


@given(sizes=widths, batch_size=st.integers(1, 5), inputs=st.booleans())
def test_the_counts_are_those_of_the_products_that_the_network_makes(
    sizes: list[int], batch_size: int, inputs: bool
) -> None:
    network = Network(sizes)
    cost = multiply_adds(network, batch_size, inputs=inputs)
    assert real_products(network, batch_size, inputs=inputs) == (cost.forward, cost.backward)


@given(sizes=widths, batch_size=st.integers(1, 5))
def test_the_widths_alone_say_it_too(sizes: list[int], batch_size: int) -> None:
    assert multiply_adds(sizes, batch_size) == multiply_adds(Network(sizes), batch_size)


@given(sizes=widths)
def test_loss_and_gradient_cost_at_least_two_and_less_than_three_forward_passes(sizes: list[int]) -> None:
    assert 2 <= multiply_adds(sizes).forward_passes < 3
    assert multiply_adds(sizes, inputs=True).forward_passes == 3


@pytest.mark.parametrize(
    ("sizes", "forward", "backward"),
    [([1000] * 11, 10_000_000, 19_000_000), ([784, 128, 64, 10], 109_184, 118_016)],
)
def test_the_networks_of_the_errata_cost_what_they_say(sizes: list[int], forward: int, backward: int) -> None:
    """Errata E-33 and E-04."""
    assert multiply_adds(sizes) == MultiplyAdds(forward, backward)


@pytest.mark.parametrize(
    ("network", "options", "error", "says"),
    [
        ([3], {}, ValueError, r"network is \[3\], expected at least two widths"),
        ([3, 0], {}, ValueError, r"network\[1\] is 0, expected a whole number"),
        ([3, 2.0], {}, ValueError, r"network\[1\] is 2.0, expected a whole number"),
        ("32", {}, TypeError, r"network is '32', expected a Network"),
        ([3, 2], {"batch_size": 0}, ValueError, "batch_size is 0, expected a whole number"),
    ],
)
def test_what_is_no_network_or_batch_is_refused(
    network: Any, options: dict[str, int], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        multiply_adds(network, **options)
