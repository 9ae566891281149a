"""Promise: the data sets are what the book says they are, and the same each time."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import data as module
from backprop_lab import digits, xor
from backprop_lab.data import Digits, diabetes, measured, wine
from browser_wheel import write_data

SETS = ("digits", "diabetes", "wine")
SHARES = st.floats(min_value=0.05, max_value=0.95)
SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


def test_xor_is_true_where_exactly_one_input_is() -> None:
    x, y = xor()
    assert [(*map(int, row), int(target[0])) for row, target in zip(x, y, strict=True)] == [
        (0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0),
    ]  # fmt: skip
    assert x.dtype == y.dtype == np.float64
    assert y.shape == (4, 1)


def test_each_call_gives_arrays_of_its_own() -> None:
    xor()[0][:] = 7
    assert xor()[0].max() == 1


def test_the_digits_are_the_1797_of_scikit_learn_split_in_two() -> None:
    data = digits()
    assert repr(data) == "Digits(1437 for training, 360 for test)"
    assert data.x_train.shape == (1437, 64)
    assert data.y_test.shape == (360, 10)
    for x in (data.x_train, data.x_test):
        assert x.dtype == np.float64
        assert (x.min(), x.max()) == (0, 1)


def test_no_digit_is_in_both_parts_or_in_neither() -> None:
    from sklearn.datasets import load_digits

    data = digits()
    ours = np.column_stack(
        [np.vstack([data.x_train, data.x_test]) * 16, np.concatenate([data.labels_train, data.labels_test])]
    )
    theirs = np.column_stack(load_digits(return_X_y=True))
    assert sorted(map(tuple, ours)) == sorted(map(tuple, theirs))


def test_each_digit_has_its_share_in_the_test() -> None:
    data = digits(test_share=0.25)
    for digit in range(10):
        held_out, kept = (data.labels_test == digit).sum(), (data.labels_train == digit).sum()
        assert held_out / (held_out + kept) == pytest.approx(0.25, abs=0.01)


def test_the_targets_are_the_labels_one_hot() -> None:
    data = digits()
    np.testing.assert_array_equal(data.y_train.argmax(axis=1), data.labels_train)
    np.testing.assert_array_equal(data.y_test.argmax(axis=1), data.labels_test)
    np.testing.assert_array_equal(data.y_train.sum(axis=1), 1)
    assert data.y_train.shape == (1437, 10)


def test_the_seed_decides_which_are_held_out() -> None:
    first, second, other = digits(seed=1), digits(seed=1), digits(seed=2)
    np.testing.assert_array_equal(first.x_test, second.x_test)
    assert not np.array_equal(first.x_test, other.x_test)


@given(n=st.integers(min_value=2, max_value=60), share=SHARES, seed=SEEDS)
def test_the_split_is_that_of_scikit_learn(n, share, seed) -> None:
    from sklearn.model_selection import train_test_split

    if np.ceil(share * n) == n:
        return  # nothing is left to train on: scikit-learn refuses
    theirs = train_test_split(np.arange(n), test_size=share, random_state=seed)
    for some, expected in zip(module._split(n, share, seed), theirs, strict=True):
        np.testing.assert_array_equal(some, expected)


@given(counts=st.lists(st.integers(min_value=2, max_value=30), min_size=2, max_size=5), share=SHARES, seed=SEEDS)
def test_the_split_by_class_is_that_of_scikit_learn(counts, share, seed) -> None:
    from sklearn.model_selection import train_test_split

    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    held_out = np.ceil(share * len(labels))
    if not len(counts) <= held_out <= len(labels) - len(counts):
        return  # a class would be missing: scikit-learn refuses
    theirs = train_test_split(np.arange(len(labels)), test_size=share, random_state=seed, stratify=labels)
    for some, expected in zip(module._split_by_class(labels, share, seed), theirs, strict=True):
        np.testing.assert_array_equal(some, expected)


def test_the_copies_of_the_browser_are_the_sets_of_scikit_learn(tmp_path, monkeypatch) -> None:
    theirs = {name: measured(name) for name in SETS}
    write_data(tmp_path / "datasets")
    monkeypatch.setattr(module, "COPIES", tmp_path / "datasets")
    monkeypatch.setitem(sys.modules, "sklearn", None)
    for name, expected in theirs.items():
        copy = measured(name)
        np.testing.assert_array_equal(copy.x, expected.x)
        np.testing.assert_array_equal(copy.target, expected.target)
        assert copy.x.dtype == expected.x.dtype
        assert copy.names == expected.names
        assert all(type(column) is str for column in copy.names)
    assert repr(digits()) == "Digits(1437 for training, 360 for test)"


def test_a_set_is_there_as_it_was_measured() -> None:
    assert repr(measured("wine")) == "Measured(178 examples, 13 inputs)"
    assert measured("diabetes").x[:, 0].max() == 79  # years
    with pytest.raises(ValueError, match=r"there is no data set 'iris': expected 'digits', 'diabetes' or 'wine'"):
        measured("iris")


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(
        ModuleNotFoundError, match="the real data sets come with scikit-learn: pip install scikit-learn"
    ):
        digits()


def test_digits_can_be_made_of_other_pictures() -> None:
    data = Digits(np.zeros((2, 64)), np.zeros((1, 64)), np.array([3, 4]), np.array([5]))
    np.testing.assert_array_equal(data.y_test, [[0, 0, 0, 0, 0, 1, 0, 0, 0, 0]])


@pytest.mark.parametrize(("load", "sizes", "targets"), [(diabetes, (353, 89, 10), 1), (wine, (142, 36, 13), 3)])
def test_a_split_is_standardized_by_its_training_part(load, sizes, targets) -> None:
    data = load()
    assert (len(data.x_train), len(data.x_test), len(data.names)) == sizes
    assert data.y_train.shape == (sizes[0], targets)
    np.testing.assert_allclose(data.x_train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(data.x_train.std(axis=0), 1)
    assert np.abs(data.x_test.mean(axis=0)).max() > 1e-3  # by the training part alone


def test_the_wines_keep_their_vineyards_shares() -> None:
    data = wine()
    np.testing.assert_array_equal(data.y_train.sum(axis=1), 1)
    assert data.y_test.mean(axis=0) == pytest.approx(data.y_train.mean(axis=0), abs=0.02)


def test_the_measurements_of_a_patient_stay_with_their_target() -> None:
    from sklearn.datasets import load_diabetes

    loaded, data = load_diabetes(scaled=False), diabetes()
    body_mass = data.names.index("bmi")
    x = np.concatenate([data.x_train, data.x_test])[:, body_mass]
    y = np.concatenate([data.y_train, data.y_test])[:, 0]
    assert np.corrcoef(x, y)[0, 1] == pytest.approx(np.corrcoef(loaded.data[:, body_mass], loaded.target)[0, 1])


@pytest.mark.parametrize("load", [digits, diabetes, wine])
@pytest.mark.parametrize("share", [0, 1, -0.5, float("nan")])
def test_a_share_that_is_none_is_refused(load, share) -> None:
    with pytest.raises(ValueError, match=r"test_share is .*, expected a number between 0 and 1"):
        load(test_share=share)
