r"""What a gradient costs, counted in multiply-adds: one multiplication and the addition of its result to a sum.

For one example, layer $l$ with $n_{l-1}$ inputs and $n_l$ units takes $n_l n_{l-1}$ of them for $W^l a^{l-1}$
(forward), as many again for the gradient of $W^l$ (BP3), and as many once more for carrying `delta` to the layer below
(BP2). Below the first layer there is nothing to carry it to. So loss and gradient together cost less than three forward
passes. That they cost at most a small multiple of the function, however many variables there are, is the cheap gradient
principle (Baur and Strassen 1983; Griewank and Walther 2008).

Only the matrix products are counted. Biases, activations and the loss take a few operations for each unit, not for each
weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from backprop_lab.arrays import as_whole
from backprop_lab.network import Network

__all__ = ["MultiplyAdds", "multiply_adds"]


@dataclass(frozen=True)
class MultiplyAdds:
    """The multiply-adds of one pass each way.

    Attributes
    ----------
    forward, backward : int
        For the whole batch.
    """

    forward: int
    backward: int

    @property
    def forward_passes(self) -> float:
        """What loss and gradient cost together, in forward passes: less than 3 unless dC/dx is computed too."""
        return (self.forward + self.backward) / self.forward


def multiply_adds(network: Network | Sequence[int], batch_size: int = 1, *, inputs: bool = False) -> MultiplyAdds:
    """Count the multiply-adds of the matrix products in `Network.forward` and `Network.backward`.

    Parameters
    ----------
    network : Network or sequence of int
        The network, or its widths from the input to the output, at least two: enough for networks that fit nowhere.
    batch_size : int
        Examples in the batch.
    inputs : bool
        Whether the backward pass computes the gradient with respect to the inputs too.

    Raises
    ------
    TypeError
        If network is neither a Network nor a sequence of widths.
    ValueError
        If there are fewer than two widths, or a width or the batch size is no whole number from 1 up.

    Examples
    --------
    >>> multiply_adds([784, 128, 64, 10])
    MultiplyAdds(forward=109184, backward=118016)
    """
    sizes = network.sizes if isinstance(network, Network) else network
    if not isinstance(sizes, (tuple, list)):
        raise TypeError(f"network is {network!r}, expected a Network, or a list of widths such as [2, 3, 1]")
    widths = [as_whole(f"network[{place}]", size) for place, size in enumerate(sizes)]
    if len(widths) < 2:
        raise ValueError(f"network is {network!r}, expected at least two widths: of the input and of the output")
    weights = [n_in * n_out for n_in, n_out in pairwise(widths)]
    carried = weights if inputs else weights[1:]
    examples = as_whole("batch_size", batch_size)
    return MultiplyAdds(examples * sum(weights), examples * (sum(weights) + sum(carried)))
