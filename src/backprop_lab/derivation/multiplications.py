"""How many multiplications a product of Jacobians takes, by the side that one starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from backprop_lab.derivation.door import check_sizes

__all__ = ["Multiplications", "count_multiplications"]


@dataclass(frozen=True)
class Multiplications:
    r"""How many multiplications a product of Jacobians takes, by the side that one starts from.

    Attributes
    ----------
    widths : tuple of int
        From the input to the output.
    vector_jacobian : int
        $v^{\mathsf T} J_k \cdots J_1$ from the output, for one v.
    from_output, from_input : int
        The whole Jacobian, with the last two factors multiplied first, or the first two.
    """

    widths: tuple[int, ...]
    vector_jacobian: int
    from_output: int
    from_input: int


def count_multiplications(widths: Sequence[int]) -> Multiplications:
    """Count the multiplications for a chain of functions between these widths; (m, k) times (k, n) takes m k n.

    Parameters
    ----------
    widths : sequence of int
        Number of inputs, what lies between, number of outputs: one more than there are Jacobians.

    Raises
    ------
    ValueError
        If there are fewer than two widths, or one is no whole number from 1 up.

    Examples
    --------
    >>> count_multiplications([1000, 1000, 1000, 1])
    Multiplications(widths=(1000, 1000, 1000, 1), vector_jacobian=2001000, from_output=2000000, from_input=1001000000)
    """
    sizes = check_sizes("widths", widths)
    areas = [n_in * n_out for n_in, n_out in pairwise(sizes)]
    return Multiplications(
        sizes, vector_jacobian=sum(areas), from_output=sizes[-1] * sum(areas[:-1]), from_input=sizes[0] * sum(areas[1:])
    )
