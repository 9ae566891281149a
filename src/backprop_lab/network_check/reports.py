"""What the check of a network says: for each tensor, for the whole network, and for one wrong weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.network_check.judge import Way

__all__ = ["NetworkCheck", "TensorCheck", "WrongWeight"]


@dataclass(frozen=True)
class TensorCheck:
    """What was found in the weights or in the biases of one layer.

    Attributes
    ----------
    layer : int
        From 1.
    name : str
        "W" or "b".
    relative_error : float
        |given - numerical| / (|given| + |numerical|), norms over the entries that were compared: from 0 to 1. The
        denominator has a floor, below which both are rounding noise.
    absolute_error : float
        Largest absolute difference of an entry.
    worst : tuple of int
        Index of that entry in W or b, with its two values in `given` and `numerical`.
    entries, kinks : int
        How many were compared, and how many of these left out because the loss has a kink there; with central
        differences, within a tenth of a step of there.
    passed : bool
        Whether the relative error is within the tolerance.
    cause : str
        What probably went wrong, where a simple mistake fits the numbers; else empty.
    """

    layer: int
    name: str
    relative_error: float
    absolute_error: float
    worst: tuple[int, ...]
    given: float
    numerical: float
    entries: int
    kinks: int
    passed: bool
    cause: str = ""


@dataclass(frozen=True)
class NetworkCheck:
    """What the comparison found, for W and b of each layer, first layer first.

    Attributes
    ----------
    tensors : tuple of TensorCheck
        W and b of layer 1, W and b of layer 2, and so on.
    method : str
        "complex", or "central" where an activation or the loss is not one of the library's.
    tolerance : float
        The relative error up to which a tensor passes.
    cause : str
        What probably went wrong and in which layer, where simple mistakes explain it; else empty.
    """

    tensors: tuple[TensorCheck, ...]
    method: Way
    tolerance: float
    cause: str = ""

    @property
    def passed(self) -> bool:
        """Whether every tensor passed."""
        return all(tensor.passed for tensor in self.tensors)

    def __bool__(self) -> bool:
        return self.passed

    @property
    def errors(self) -> Array:
        """The relative errors, shape (n_layers, 2): a row for each layer, W and b."""
        return np.array([tensor.relative_error for tensor in self.tensors]).reshape(-1, 2)

    @property
    def worst(self) -> TensorCheck:
        """The tensor with the largest absolute error, of those that failed if any did."""
        return max(self.tensors, key=lambda tensor: (not tensor.passed, tensor.absolute_error))

    @property
    def topmost(self) -> int | None:
        """The highest layer that is wrong; the layers below may have inherited its error. None if all is right."""
        return max((tensor.layer for tensor in self.tensors if not tensor.passed), default=None)

    @property
    def entries(self) -> int:
        """How many parameters were compared."""
        return sum(tensor.entries for tensor in self.tensors)

    @property
    def kinks(self) -> int:
        """How many of them were left out because the loss has a kink there."""
        return sum(tensor.kinks for tensor in self.tensors)

    def __repr__(self) -> str:
        how = "the complex step" if self.method == "complex" else "central differences"
        n_layers = len(self.tensors) // 2
        scope = f"{self.entries:,} entries in {n_layers} layer{'s' * (n_layers > 1)} by {how}"
        if self.passed:  # as a bound: the digits of a passing error are rounding noise and differ between machines
            text = f"network gradient right: {scope}, every error below {self.tolerance:g}"
        else:
            text = f"network gradient WRONG: {scope}"
            for W, b in zip(self.tensors[::2], self.tensors[1::2], strict=True):
                errors = (f"{t.name} {'right' if t.passed else f'off by {t.relative_error:.2g}'}" for t in (W, b))
                text += f"\n  layer {W.layer}: {', '.join(errors)}"
            worst = self.worst
            text += (
                f"\n  worst at {worst.name}{list(worst.worst)} of layer {worst.layer}: "
                f"given {worst.given:.6g}, by {how} {worst.numerical:.6g}"
            )
            if self.cause:
                text += f"\n  likely cause: {self.cause}"
        if self.kinks:
            text += f"\n  {self.kinks} left out, the loss has a kink there"
        return text


@dataclass(frozen=True)
class WrongWeight:
    """A parameter whose gradient is wrong: layer from 1, "W" or "b", its index, its two values, the probes it took."""

    layer: int
    name: str
    index: tuple[int, ...]
    given: float
    numerical: float
    probes: int

    def __repr__(self) -> str:
        return (
            f"wrong at {self.name}{list(self.index)} of layer {self.layer}: given {self.given:.9g}, "
            f"by its own probe {self.numerical:.9g}; found with {self.probes} probes"
        )
