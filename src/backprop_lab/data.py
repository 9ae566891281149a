"""The data sets of the book."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array
from backprop_lab.training import one_hot

__all__ = ["Digits", "digits", "xor"]


def xor() -> tuple[Array, Array]:
    """Return the four examples of exclusive or: x (4, 2) and y (4, 1), as floats."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    y = np.array([[0], [1], [1], [0]], dtype=float)
    return x, y


@dataclass(frozen=True, repr=False)
class Digits:
    """Handwritten digits, 8x8 pixels, split into training and test.

    Attributes
    ----------
    x_train, x_test : array (N, 64)
        Brightness from 0 to 1, rows of the picture one after the other.
    y_train, y_test : array (N, 10)
        One-hot targets.
    labels_train, labels_test : integer array (N,)
        The digit.
    """

    x_train: Array
    x_test: Array
    labels_train: npt.NDArray[np.int64]
    labels_test: npt.NDArray[np.int64]

    @property
    def y_train(self) -> Array:
        """Return the one-hot targets of the training examples."""
        return one_hot(self.labels_train, 10)

    @property
    def y_test(self) -> Array:
        """Return the one-hot targets of the test examples."""
        return one_hot(self.labels_test, 10)

    def __repr__(self) -> str:
        return f"Digits({len(self.x_train)} for training, {len(self.x_test)} for test)"


def digits(test_share: float = 0.2, seed: int = 0) -> Digits:
    """Return the 1,797 handwritten digits that scikit-learn ships (Alpaydin and Kaynak 1998, UCI).

    Parameters
    ----------
    test_share : float
        Share of the examples that is held out, between 0 and 1, the same for each digit.
    seed : int
        Decides which are held out.

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split
    except ModuleNotFoundError:
        raise ModuleNotFoundError("the digits come with scikit-learn: pip install scikit-learn") from None
    x, labels = load_digits(return_X_y=True)
    x_train, x_test, labels_train, labels_test = train_test_split(
        x / 16, labels.astype(np.int64), test_size=test_share, random_state=seed, stratify=labels
    )
    return Digits(x_train, x_test, labels_train, labels_test)
