"""Promise: clipping limits what it says and keeps the direction it says, tells what it found, and changes no input."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import Network, xor
from backprop_lab.clipping import Clipping, clip_by_global_norm, clip_by_norm, clip_by_value

FUNCTIONS: list[Callable[..., Any]] = [clip_by_value, clip_by_norm, clip_by_global_norm]
seeds = st.integers(0, 2**32 - 1)
limits = st.floats(1e-3, 1e3)


def drawn(seed: int) -> list[np.ndarray]:
    """Draw arrays of odd shapes and sizes of many orders of magnitude."""
    rng = np.random.default_rng(seed)
    shapes = [tuple(rng.integers(1, 5, size=rng.integers(1, 4))) for _ in range(rng.integers(1, 5))]
    return [rng.normal(size=shape) * 10.0 ** rng.uniform(-3, 3) for shape in shapes]


def flat(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([array.ravel() for array in arrays])


# ------------------------------------------------------------------------------ the rule


@given(seed=seeds, limit=limits)
def test_by_value_each_entry_ends_within_the_limit(seed: int, limit: float) -> None:
    arrays = drawn(seed)
    clipped, largest = clip_by_value(arrays, limit)
    before, after = flat(arrays), flat(clipped)
    assert largest == np.abs(before).max()
    assert np.abs(after).max() <= limit
    np.testing.assert_array_equal(after[np.abs(before) <= limit], before[np.abs(before) <= limit])
    np.testing.assert_array_equal(np.sign(after), np.sign(before))


@given(seed=seeds, limit=limits)
def test_by_norm_each_array_keeps_its_direction_and_ends_within_the_limit(seed: int, limit: float) -> None:
    arrays = drawn(seed)
    clipped, norms = clip_by_norm(arrays, limit)
    for before, after, norm in zip(arrays, clipped, norms, strict=True):
        assert norm == pytest.approx(np.linalg.norm(before), rel=1e-12)
        assert np.linalg.norm(after) == pytest.approx(min(norm, limit), rel=1e-12)
        np.testing.assert_allclose(after * norm, before * min(norm, limit), rtol=1e-12)


@given(seed=seeds, limit=limits)
def test_by_global_norm_the_whole_keeps_its_direction_and_ends_within_the_limit(seed: int, limit: float) -> None:
    arrays = drawn(seed)
    clipped, norm = clip_by_global_norm(arrays, limit)
    assert norm == pytest.approx(np.linalg.norm(flat(arrays)), rel=1e-12)
    assert np.linalg.norm(flat(clipped)) == pytest.approx(min(norm, limit), rel=1e-12)
    np.testing.assert_allclose(flat(clipped) * norm, flat(arrays) * min(norm, limit), rtol=1e-12)


@pytest.mark.parametrize("function", FUNCTIONS)
@given(seed=seeds)
def test_within_the_limit_nothing_changes(function: Callable[..., Any], seed: int) -> None:
    arrays = drawn(seed)
    clipped, _ = function(arrays, 2 * np.linalg.norm(flat(arrays)))
    for before, after in zip(arrays, clipped, strict=True):
        np.testing.assert_array_equal(before, after)


@given(seed=seeds, limit=limits)
def test_pytorch_agrees(seed: int, limit: float) -> None:
    """It divides by the norm plus 1e-6, which is less than a millionth here."""
    torch = pytest.importorskip("torch")
    arrays = [array + np.sign(array) for array in drawn(seed)]

    def held(clip: Callable[[Any], Any]) -> tuple[np.ndarray, Any]:
        parameters = [torch.zeros(array.shape, dtype=torch.float64) for array in arrays]
        for parameter, array in zip(parameters, arrays, strict=True):
            parameter.grad = torch.tensor(array)
        found = clip(parameters)
        return flat([parameter.grad.numpy() for parameter in parameters]), found

    expected, norm = held(lambda p: torch.nn.utils.clip_grad_norm_(p, limit))
    clipped, found = clip_by_global_norm(arrays, limit)
    assert found == pytest.approx(float(norm), rel=1e-12)
    np.testing.assert_allclose(flat(clipped), expected, rtol=2e-6)
    expected, _ = held(lambda p: torch.nn.utils.clip_grad_value_(p, limit))
    np.testing.assert_array_equal(flat(clip_by_value(arrays, limit)[0]), expected)


def test_by_hand() -> None:
    arrays = [np.array([[3.0], [-4.0]]), np.array([12.0])]
    clipped, largest = clip_by_value(arrays, 3.5)
    np.testing.assert_array_equal(flat(clipped), [3, -3.5, 3.5])
    assert largest == 12
    clipped, norms = clip_by_norm(arrays, 6.0)
    np.testing.assert_array_equal(flat(clipped), [3, -4, 6])
    assert norms == [5, 12]
    clipped, norm = clip_by_global_norm(arrays, 6.5)  # the norm is 13
    np.testing.assert_allclose(flat(clipped), [1.5, -2, 6], rtol=1e-15)
    assert norm == 13


# ------------------------------------------------------------------------ the arrays


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("limit", [1e-3, 1e3])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_new_arrays_of_the_same_type_come_back_and_the_old_ones_stay(
    function: Callable[..., Any], limit: float, dtype: Any
) -> None:
    array = np.array([[1.0, -2.0], [3.0, 0.5]], dtype)
    array.flags.writeable = False
    for clipped in (function(array, limit)[0], function([array], limit)[0][0]):
        assert clipped.dtype == dtype
        assert clipped.shape == array.shape
        assert not np.shares_memory(clipped, array)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_one_array_comes_back_as_one(function: Callable[..., Any]) -> None:
    gradient = Network([2, 3, 1]).gradients(*xor()).vector
    clipped, found = function(gradient, 1e-3)
    (expected,), _ = function([gradient], 1e-3)
    np.testing.assert_array_equal(clipped, expected)
    assert isinstance(found, float)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_zeros_stay_zeros(function: Callable[..., Any]) -> None:
    clipped, found = function(np.zeros(3), 1.0)
    np.testing.assert_array_equal(clipped, 0)
    assert found == 0


@pytest.mark.parametrize("size", [1e300, 1e-300])
def test_the_square_of_no_entry_overflows(size: float) -> None:
    clipped, norm = clip_by_global_norm([np.array([3 * size]), np.array([4 * size])], size)
    assert norm == pytest.approx(5 * size, rel=1e-14)
    np.testing.assert_allclose(flat(clipped), [0.6 * size, 0.8 * size], rtol=1e-14)


def test_a_mistake_would_be_found() -> None:
    """The sum of the norms in place of the norm of all, and no limit where it is not reached."""
    arrays, limit = [np.array([3.0]), np.array([4.0])], 1.0
    clipped, norm = clip_by_global_norm(arrays, limit)
    assert norm != sum(np.linalg.norm(array) for array in arrays)
    assert clip_by_global_norm(arrays, 100.0)[0][0] != arrays[0] * 100 / norm
    assert not np.allclose(flat(clipped), flat(clip_by_norm(arrays, limit)[0]))


# ------------------------------------------------------------------------ for training


def test_a_clipping_is_the_function_of_its_name() -> None:
    arrays = drawn(0)
    for by, function in (("value", clip_by_value), ("norm", clip_by_norm), ("global_norm", clip_by_global_norm)):
        clipped, found = Clipping(by, 0.5)(arrays)  # type: ignore[arg-type]
        expected, expected_found = function(arrays, 0.5)
        np.testing.assert_array_equal(flat(clipped), flat(expected))
        assert found == expected_found
    assert repr(Clipping("norm", 1)) == "Clipping(by='norm', limit=1.0)"


# ------------------------------------------------------------------------------ the door


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("gradients", "limit", "error", "message"),
    [
        (np.ones(3), 0, ValueError, "limit is 0, expected a positive number"),
        (np.ones(3), -1.0, ValueError, "limit is -1.0, expected a positive number"),
        (np.ones(3), np.nan, ValueError, "limit is nan, expected a positive number"),
        (np.ones(3), "1", TypeError, "limit is '1', expected a positive number"),
        (np.ones(3, int), 1.0, TypeError, "gradient has dtype int64, expected floating point"),
        (np.array([1.0, np.nan]), 1.0, ValueError, "gradient[1] is nan, expected finite numbers"),
        ([np.ones(3), np.array([np.inf])], 1.0, ValueError, "gradient 2[0] is inf, expected finite numbers"),
        ([], 1.0, ValueError, "gradients is empty: expected at least one array"),
        (3.0, 1.0, TypeError, "gradients is 3.0, expected an array, or a sequence of arrays"),
    ],
)
def test_what_can_not_be_clipped_is_refused(
    function: Callable[..., Any], gradients: Any, limit: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        function(gradients, limit)


def test_an_unknown_way_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="unknown way of clipping 'l2': choose one of global_norm, norm, value"):
        Clipping("l2", 1.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=re.escape("limit is 0, expected a positive number")):
        Clipping("norm", 0)
