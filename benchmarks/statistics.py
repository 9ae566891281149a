"""What is said of a list of measured times: a ratio to ours for each round, their median and their quartiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spread:
    """The median of some numbers, and the lower and upper quartile: half of the numbers lie between these two."""

    median: float
    lower: float
    upper: float


def spread(numbers: Sequence[float]) -> Spread:
    """Return the median and the quartiles, interpolated linearly between neighbors.

    Raises
    ------
    ValueError
        If there are no numbers, or one is not finite.
    """
    if len(numbers) == 0 or not np.isfinite(numbers).all():
        raise ValueError(f"expected finite numbers, at least one, got {list(numbers)}")
    lower, median, upper = np.quantile(numbers, [0.25, 0.5, 0.75])
    return Spread(float(median), float(lower), float(upper))


def ratios(theirs: Sequence[float], ours: Sequence[float]) -> Spread:
    """Return the spread of theirs / ours, each taken within one round, where the machine was in one mood.

    Raises
    ------
    ValueError
        If there is not one time of each in every round.
    """
    if len(theirs) != len(ours):
        raise ValueError(f"there are {len(theirs)} rounds of theirs but {len(ours)} of ours")
    return spread([their / our for their, our in zip(theirs, ours, strict=True)])
