"""The data sets of the book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_number
from backprop_lab.training import one_hot

__all__ = ["Digits", "Split", "diabetes", "digits", "wine", "xor"]


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
    TypeError, ValueError
        If `test_share` is no number between 0 and 1.
    ModuleNotFoundError
        If scikit-learn is not installed.
    """
    test_share, (datasets, split) = _share(test_share), _scikit_learn()
    x, labels = datasets.load_digits(return_X_y=True)
    x_train, x_test, labels_train, labels_test = split(
        x / 16, labels.astype(np.int64), test_size=test_share, random_state=seed, stratify=labels
    )
    return Digits(x_train, x_test, labels_train, labels_test)


@dataclass(frozen=True, repr=False)
class Split:
    """Examples in two parts, one to train on and one held out, inputs standardized by the training part.

    Attributes
    ----------
    x_train, x_test : array (N, n)
        Each column with mean 0 and standard deviation 1 over the training examples.
    y_train, y_test : array (N, m)
        Targets.
    names : tuple of str
        What the columns of x are.
    """

    x_train: Array
    x_test: Array
    y_train: Array
    y_test: Array
    names: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Split({len(self.x_train)} for training, {len(self.x_test)} for test, {len(self.names)} inputs)"


def diabetes(test_share: float = 0.2, seed: int = 0) -> Split:
    """Return 442 patients: ten measurements, and how far their diabetes went on in a year (Efron et al. 2004).

    The target (N, 1) is standardized like the inputs: an error of 1 is one standard deviation of the training targets.

    Parameters
    ----------
    test_share, seed
        As for `digits`.

    Raises
    ------
    TypeError, ValueError
        If `test_share` is no number between 0 and 1.
    ModuleNotFoundError
        If scikit-learn is not installed.
    """
    test_share, (datasets, split) = _share(test_share), _scikit_learn()
    loaded = datasets.load_diabetes(scaled=False)
    x_train, x_test, y_train, y_test = split(
        loaded.data, loaded.target[:, np.newaxis], test_size=test_share, random_state=seed
    )
    return Split(*_standardized(x_train, x_test), *_standardized(y_train, y_test), tuple(loaded.feature_names))


def wine(test_share: float = 0.2, seed: int = 0) -> Split:
    """Return 178 wines of three vineyards with thirteen chemical measurements each (Aeberhard and Forina, UCI).

    The target (N, 3) is one-hot.

    Parameters
    ----------
    test_share, seed
        As for `digits`.

    Raises
    ------
    TypeError, ValueError
        If `test_share` is no number between 0 and 1.
    ModuleNotFoundError
        If scikit-learn is not installed.
    """
    test_share, (datasets, split) = _share(test_share), _scikit_learn()
    loaded = datasets.load_wine()
    x_train, x_test, y_train, y_test = split(
        loaded.data, one_hot(loaded.target, 3), test_size=test_share, random_state=seed, stratify=loaded.target
    )
    return Split(*_standardized(x_train, x_test), y_train, y_test, tuple(loaded.feature_names))


def _share(value: float) -> float:
    return as_number("test_share", value, "a number between 0 and 1", lambda share: 0 < share < 1)


def _standardized(train: Array, test: Array) -> tuple[Array, Array]:
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / deviation, (test - mean) / deviation


def _scikit_learn() -> tuple[Any, Any]:
    try:
        from sklearn import datasets
        from sklearn.model_selection import train_test_split
    except ModuleNotFoundError:
        raise ModuleNotFoundError("the real data sets come with scikit-learn: pip install scikit-learn") from None
    return datasets, train_test_split
