"""The data sets of the book.

The three real ones come with scikit-learn. The wheel for the browser, where there is none, brings a copy of them
(`tools/browser_wheel.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backprop_lab.arrays import Array, as_number
from backprop_lab.training import one_hot

__all__ = ["Digits", "Measured", "Split", "diabetes", "digits", "measured", "wine", "xor"]

COPIES = Path(__file__).with_name("datasets")  # of the three sets, in the wheel for the browser


@dataclass(frozen=True, repr=False)
class Measured:
    """A data set as it was measured, nothing split or scaled.

    Attributes
    ----------
    x : array (N, n)
        One example a row.
    target : array (N,)
        The number to be foretold, or the number of the class.
    names : tuple of str
        What the columns of x are.
    """

    x: Array
    target: npt.NDArray[Any]
    names: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Measured({len(self.x)} examples, {len(self.names)} inputs)"


def measured(name: str) -> Measured:
    """Return "digits", "diabetes" or "wine" as scikit-learn ships it, in its order.

    Parameters
    ----------
    name : str
        One of the three; `digits`, `diabetes` and `wine` say what each is.

    Raises
    ------
    ValueError
        If there is no set of that name.
    ModuleNotFoundError
        If scikit-learn is not installed.
    """
    if name not in ("digits", "diabetes", "wine"):
        raise ValueError(f"there is no data set {name!r}: expected 'digits', 'diabetes' or 'wine'")
    copy = COPIES / f"{name}.npz"
    if copy.exists():
        with np.load(copy) as kept:
            return Measured(kept["x"], kept["target"], tuple(kept["names"].tolist()))
    try:
        from sklearn import datasets
    except ModuleNotFoundError:
        raise ModuleNotFoundError("the real data sets come with scikit-learn: pip install scikit-learn") from None
    loaded = datasets.load_diabetes(scaled=False) if name == "diabetes" else getattr(datasets, f"load_{name}")()
    return Measured(loaded.data, loaded.target, tuple(loaded.feature_names))


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
    labels_train: npt.NDArray[np.intp]
    labels_test: npt.NDArray[np.intp]

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
    test_share, all_of_them = _share(test_share), measured("digits")
    x, labels = all_of_them.x / 16, all_of_them.target.astype(np.intp)
    train, test = _split_by_class(labels, test_share, seed)
    return Digits(x[train], x[test], labels[train], labels[test])


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
    test_share, patients = _share(test_share), measured("diabetes")
    x, y = patients.x, patients.target[:, np.newaxis]
    train, test = _split(len(x), test_share, seed)
    return Split(*_standardized(x[train], x[test]), *_standardized(y[train], y[test]), patients.names)


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
    test_share, wines = _share(test_share), measured("wine")
    x, y = wines.x, one_hot(wines.target, 3)
    train, test = _split_by_class(wines.target, test_share, seed)
    return Split(*_standardized(x[train], x[test]), y[train], y[test], wines.names)


def _share(value: float) -> float:
    return as_number("test_share", value, "a number between 0 and 1", lambda share: 0 < share < 1)


def _standardized(train: Array, test: Array) -> tuple[Array, Array]:
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return (train - mean) / deviation, (test - mean) / deviation


# scikit-learn's train_test_split, without and with `stratify`: the same examples held out, in the same order.

Places = npt.NDArray[np.intp]


def _split(n: int, test_share: float, seed: int) -> tuple[Places, Places]:
    """Return which of n examples are for training and which are held out, in random order."""
    mixed = np.random.RandomState(seed).permutation(n)
    held_out = _held_out(n, test_share)
    return mixed[held_out:], mixed[:held_out]


def _split_by_class(labels: npt.NDArray[Any], test_share: float, seed: int) -> tuple[Places, Places]:
    """Do the same, and hold out of each class its share."""
    rng, (classes, there_are) = np.random.RandomState(seed), np.unique(labels, return_counts=True)
    held_out = _held_out(len(labels), test_share)
    to_train = _shared_out(len(labels) - held_out, there_are, rng)
    to_test = _shared_out(held_out, there_are - to_train, rng)
    train, test = [], []
    for one, some, others in zip(classes, to_train, to_test, strict=True):
        mixed = rng.permutation(np.flatnonzero(labels == one))
        train.append(mixed[:some])
        test.append(mixed[some : some + others])
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))


def _held_out(n: int, test_share: float) -> int:
    return int(np.ceil(test_share * n))


def _shared_out(draws: int, there_are: Places, rng: np.random.RandomState) -> Places:
    """Return how many of the draws each class gets: its share rounded down, then one more by the largest remainders."""
    exact = there_are / there_are.sum() * draws
    each: Places = np.floor(exact).astype(np.intp)
    remainders = exact - each
    for remainder in np.unique(remainders)[::-1]:
        left = draws - int(each.sum())
        if not left:
            break
        equal = np.flatnonzero(remainders == remainder)
        each[rng.choice(equal, size=min(len(equal), left), replace=False)] += 1
    return each
