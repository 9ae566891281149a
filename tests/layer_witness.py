"""What the tests of the layers share: PyTorch as the witness, what holds for every layer, and mistakes to plant."""

from __future__ import annotations

import copy
import inspect
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop_lab.layers import Layer, check_layer

TIGHT = {"rtol": 1e-9, "atol": 1e-11}


def stirred(layer: Layer, rng: np.random.Generator) -> Layer:
    """Return the layer with every parameter moved, so that no bias is 0 and no scale is 1."""
    for array in layer.parameters.values():
        array += rng.normal(size=array.shape) / 2
    return layer


def by_pytorch(
    function: Callable[..., Any], x: np.ndarray, parameters: dict[str, np.ndarray], da: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None, list[np.ndarray]]:
    """Return output, dC/dx and dC/d(parameters) by PyTorch, for function(x, *parameters) on tensors."""
    torch = pytest.importorskip("torch")
    floating = np.issubdtype(x.dtype, np.floating)
    tensor = torch.tensor(x, requires_grad=floating)
    leaves = [torch.tensor(array, requires_grad=True) for array in parameters.values()]
    a = function(tensor, *leaves)
    a.backward(torch.tensor(da))
    return a.detach().numpy(), tensor.grad.numpy() if floating else None, [leaf.grad.numpy() for leaf in leaves]


def frozen(array: np.ndarray) -> np.ndarray:
    """Return a copy that nobody can write into."""
    array = array.copy()
    array.flags.writeable = False
    return array


def run(layer: Layer, x: np.ndarray, *, training: bool, seed: int) -> tuple[np.ndarray, Any]:
    return layer.forward(x, training=training, rng=np.random.default_rng(seed))


def assert_right(
    layer: Layer, x: np.ndarray, function: Callable[..., Any], *, training: bool = False, seed: int = 0
) -> None:
    """Assert all that holds for every layer.

    Output and gradients are PyTorch's, and those of central differences, for an upstream gradient that is not uniform;
    a second backward gives the same; nothing that goes in is written into; float32 stays float32.
    """
    other, same, single = (copy.deepcopy(layer) for _ in range(3))
    for name, array in layer.parameters.items():
        other.parameters[name] = frozen(array)
        single.parameters[name] = array.astype(np.float32)
    a, cache = run(other, frozen(x), training=training, seed=seed)
    da = np.random.default_rng([seed, 1]).normal(size=a.shape)
    dx, gradients = other.backward(cache, frozen(da))
    again, gradients_again = other.backward(cache, frozen(da))
    assert list(gradients) == list(layer.parameters)

    expected_a, expected_dx, expected = by_pytorch(function, x, layer.parameters, da)
    np.testing.assert_allclose(a, expected_a, **TIGHT)
    if expected_dx is None:
        assert dx is again is None
    else:
        np.testing.assert_allclose(dx, expected_dx, **TIGHT)
        np.testing.assert_array_equal(dx, again)
    for (name, gradient), value in zip(gradients.items(), expected, strict=True):
        np.testing.assert_allclose(gradient, value, err_msg=name, **TIGHT)
        np.testing.assert_array_equal(gradient, gradients_again[name])

    report = check_layer(same, x, training=training, seed=seed)
    assert report, report

    x_single = x.astype(np.float32) if np.issubdtype(x.dtype, np.floating) else x
    a_single, cache = run(single, x_single, training=training, seed=seed)
    dx_single, gradients = single.backward(cache, da.astype(np.float32))
    found = [a_single, *gradients.values(), *([] if dx_single is None else [dx_single])]
    assert {array.dtype for array in found} == {np.dtype(np.float32)}


def plant(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, right: str, wrong: str) -> None:
    """Put a mistake into a function of a module or a method of a class, by a change of its text."""
    function = getattr(owner, name)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(right) == 1, source
    namespace = dict(vars(sys.modules[function.__module__]))
    exec(source.replace(right, wrong), namespace)
    monkeypatch.setattr(owner, name, namespace[name])
