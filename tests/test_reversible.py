"""Promise: a chain of reversible blocks keeps its output alone, and has the gradient of one that keeps everything."""

from __future__ import annotations

import gc
import inspect
import re
import textwrap
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_lab import reversible
from backprop_lab.gradient_check import check_gradient
from backprop_lab.layers.base import Layer
from backprop_lab.layers.dense import Dense
from backprop_lab.layers.sequential import Sequential
from backprop_lab.reversible import ReversibleBlock, ReversibleChain, inversion_errors

seeds = st.integers(0, 2**32 - 1)


class _Linear(Layer):
    """A product with a matrix, and nothing else."""

    def __init__(self, W: np.ndarray) -> None:
        super().__init__(W=W)

    def forward(self, x: np.ndarray, *, training: bool = False, rng: Any = None) -> tuple[np.ndarray, Any]:
        return x @ self.parameters["W"].T, x

    def backward(self, cache: Any, da: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        return da @ self.parameters["W"], {"W": da.T @ cache}


class _Tanh(Layer):
    """tanh of an affine map, which keeps the width."""

    def __init__(self, n: int, rng: np.random.Generator, scale: float = 1.0, dtype: Any = np.float64) -> None:
        W, b = scale * rng.normal(size=(n, n)) / np.sqrt(n), scale * rng.normal(size=n)
        super().__init__(W=W.astype(dtype), b=b.astype(dtype))

    def forward(self, x: np.ndarray, *, training: bool = False, rng: Any = None) -> tuple[np.ndarray, Any]:
        a = np.tanh(x @ self.parameters["W"].T + self.parameters["b"])
        return a, (x, a)

    def backward(self, cache: Any, da: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        a_in, a = cache
        delta = da * (1 - a * a)
        return delta @ self.parameters["W"], {"W": delta.T @ a_in, "b": delta.sum(axis=0)}


class _Scale(Layer):
    """Each channel times a number, for inputs of any number of axes."""

    def __init__(self, factors: np.ndarray) -> None:
        super().__init__(factors=factors)

    def forward(self, x: np.ndarray, *, training: bool = False, rng: Any = None) -> tuple[np.ndarray, Any]:
        return np.einsum("nc...,c->nc...", x, self.parameters["factors"]), x

    def backward(self, cache: Any, da: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        factors = self.parameters["factors"]
        return np.einsum("nc...,c->nc...", da, factors), {
            "factors": np.moveaxis(da * cache, 1, 0).reshape(len(factors), -1).sum(axis=1)
        }


def make_chain(half: int, blocks: int, rng: np.random.Generator, **options: Any) -> ReversibleChain:
    return ReversibleChain(
        [ReversibleBlock(_Tanh(half, rng, **options), _Tanh(half, rng, **options)) for _ in range(blocks)]
    )


def random_case(seed: int, dtype: Any = np.float64) -> tuple[ReversibleChain, np.ndarray, np.ndarray]:
    """Draw a chain of up to five blocks, an input, and dC/dy of the loss sum(dy * y)."""
    rng = np.random.default_rng(seed)
    half, batch = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    chain = make_chain(half, int(rng.integers(1, 6)), rng, dtype=dtype)
    x, dy = rng.normal(size=(2, batch, 2 * half)).astype(dtype)
    return chain, x, dy


def layers_with_gradients(chain: ReversibleChain, found: Any) -> list[tuple[Layer, Any]]:
    pairs = zip(chain.blocks, found.F, found.G, strict=True)
    return [pair for block, dF, dG in pairs for pair in ((block.F, dF), (block.G, dG))]


# -------------------------------------------------------------------- the block


def test_a_block_by_hand() -> None:
    """Multiply by 3 and by 5: y1 = 1 + 3*2, y2 = 2 + 5*7; backward dy1 = 1 + 5*1, dx2 = 1 + 3*6."""
    block = ReversibleBlock(_Linear(np.array([[3.0]])), _Linear(np.array([[5.0]])))
    y = block.forward([[1.0, 2.0]])
    np.testing.assert_array_equal(y, [[7, 37]])
    np.testing.assert_array_equal(block.inverse(y), [[1, 2]])
    found = block.backward(y, [[1.0, 1.0]])
    np.testing.assert_array_equal(found.x, [[1, 2]])
    np.testing.assert_array_equal(found.dx, [[6, 19]])
    np.testing.assert_array_equal(found.F["W"], [[6 * 2]])
    np.testing.assert_array_equal(found.G["W"], [[1 * 7]])


@given(seed=seeds)
def test_the_inverse_gives_the_input_back(seed: int) -> None:
    chain, x, _ = random_case(seed)
    y = chain.forward(x)
    np.testing.assert_allclose(chain.inverse(y), x, rtol=0, atol=1e-12 * max(1, np.abs(y).max()))
    np.testing.assert_allclose(chain.forward(chain.inverse(x)), x, rtol=0, atol=1e-9)


def test_channels_are_cut_in_half_where_there_are_more_axes() -> None:
    rng = np.random.default_rng(0)
    block = ReversibleBlock(_Scale(rng.normal(size=2)), _Scale(rng.normal(size=2)))
    x, dy = rng.normal(size=(2, 3, 4, 5, 6))
    found = block.backward(block.forward(x), dy)
    np.testing.assert_allclose(found.x, x, atol=1e-14)
    assert check_gradient(lambda x: float((block.forward(x) * dy).sum()), x, found.dx)


# ---------------------------------------------------------------- the gradients


@given(seed=seeds)
def test_the_gradients_are_those_of_central_differences(seed: int) -> None:
    chain, x, dy = random_case(seed)
    found = chain.backward(chain.forward(x), dy)
    assert check_gradient(lambda x: float((chain.forward(x) * dy).sum()), x, found.dx)
    for layer, gradients in layers_with_gradients(chain, found):
        assert gradients.keys() == layer.parameters.keys()
        for name in gradients:

            def cost(value: np.ndarray, layer: Layer = layer, name: str = name) -> float:
                before, layer.parameters[name] = layer.parameters[name], value
                loss = float((chain.forward(x) * dy).sum())
                layer.parameters[name] = before
                return loss

            assert check_gradient(cost, layer.parameters[name], gradients[name])


@given(seed=seeds)
def test_the_gradients_are_those_of_pytorch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    chain, x, dy = random_case(seed)
    found = chain.backward(chain.forward(x), dy)
    expected = []

    def run(layer: Layer, half: Any) -> Any:
        leaves = {name: torch.tensor(value, requires_grad=True) for name, value in layer.parameters.items()}
        expected.append(leaves)
        return torch.tanh(half @ leaves["W"].T + leaves["b"])

    leaf = torch.tensor(x, requires_grad=True)
    x1, x2 = leaf.chunk(2, dim=1)
    for block in chain.blocks:
        x1 = x1 + run(block.F, x2)
        x2 = x2 + run(block.G, x1)
    (torch.cat([x1, x2], dim=1) * torch.tensor(dy)).sum().backward()
    size = max(1, float(leaf.grad.abs().max()))
    np.testing.assert_allclose(found.dx, leaf.grad.numpy(), rtol=1e-9, atol=1e-11 * size)
    for (_, gradients), leaves in zip(layers_with_gradients(chain, found), expected, strict=True):
        for name, leaf in leaves.items():
            size = max(1, float(leaf.grad.abs().max()))
            np.testing.assert_allclose(gradients[name], leaf.grad.numpy(), rtol=1e-9, atol=1e-11 * size)


MISTAKES = {
    "y1 acts through y2 too": ("dy1 = dy1 + dy1_through_G", "pass"),
    "= for +=": ("dy1 = dy1 + dy1_through_G", "dy1 = dy1_through_G"),
    "the sign": ("dy2 + dx2_through_F", "dy2 - dx2_through_F"),
    "F at the output instead of the input": ('_run("F", self.F, x2)', '_run("F", self.F, y2)'),
    "G at the other half": ('_run("G", self.G, y1)', '_run("G", self.G, y2)'),
    "the inverse adds": ("x2 = y2 - g", "x2 = y2 + g"),
    "the halves exchanged": ("np.concatenate([dx1, dx2], axis=1)", "np.concatenate([dx2, dx1], axis=1)"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_check_catches_a_typical_mistake(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    source = textwrap.dedent(inspect.getsource(ReversibleBlock.backward))
    right, wrong = MISTAKES[mistake]
    assert source.count(right) == 1
    namespace = dict(vars(reversible))
    exec(source.replace(right, wrong), namespace)
    monkeypatch.setattr(ReversibleBlock, "backward", namespace["backward"])
    rng = np.random.default_rng(1)
    chain = make_chain(3, 2, rng)
    x, dy = rng.normal(size=(2, 4, 6))
    found = chain.backward(chain.forward(x), dy)
    assert not check_gradient(lambda x: float((chain.forward(x) * dy).sum()), x, found.dx)


# ----------------------------------------------------- nothing is kept, nothing is changed


@given(seed=seeds)
def test_nothing_that_goes_in_is_changed_and_a_second_backward_gives_the_same(seed: int) -> None:
    chain, x, dy = random_case(seed)
    y = chain.forward(x)
    for array in (x, y, dy):
        array.flags.writeable = False
    first, second = chain.backward(y, dy), chain.backward(y, dy)
    np.testing.assert_array_equal(first.dx, second.dx)
    np.testing.assert_array_equal(first.x, second.x)
    for found in (first.x, first.dx, chain.forward(x), chain.inverse(y)):
        assert not any(np.shares_memory(found, array) for array in (x, y, dy))


@settings(max_examples=5)
@given(seed=seeds)
def test_float32_stays_float32(seed: int) -> None:
    chain, x, dy = random_case(seed, np.float32)
    found = chain.backward(chain.forward(x), dy)
    assert {found.x.dtype, found.dx.dtype, chain.inverse(x).dtype} == {np.dtype(np.float32)}
    np.testing.assert_allclose(found.x, x, atol=1e-3)


def peak_arrays(blocks: int) -> float:
    """Return the most memory that a step takes, in arrays of the size of the input, without the parameters' gradients.

    The gradients grow with the number of blocks, as they do for every network.
    """
    rng = np.random.default_rng(0)
    chain = make_chain(8, blocks, rng)
    x, dy = rng.normal(size=(2, 2048, 16))
    gradients = sum(p.nbytes for b in chain.blocks for layer in (b.F, b.G) for p in layer.parameters.values())
    gc.collect()
    tracemalloc.start()
    chain.backward(chain.forward(x), dy)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (peak - gradients) / x.nbytes


def test_the_activation_memory_of_a_step_does_not_depend_on_the_number_of_blocks() -> None:
    peak_arrays(1)  # warms up
    few, many = peak_arrays(3), peak_arrays(60)
    assert many == pytest.approx(few, abs=0.5)
    assert many < 10


# -------------------------------------------------------------------------- rounding


def test_small_functions_let_the_rounding_grow_in_step_with_the_depth() -> None:
    rng = np.random.default_rng(0)
    chain, x = make_chain(16, 100, rng, scale=0.1), rng.normal(size=(32, 32))
    errors = inversion_errors(chain, x)
    eps = np.finfo(np.float64).eps
    assert errors.shape == (101,)
    assert errors[0] == 0
    assert 0 < errors[100] < 100 * eps
    assert errors[100] < 20 * errors[10]


def test_large_functions_let_the_rounding_grow_exponentially_and_float32_loses_the_input() -> None:
    rng = np.random.default_rng(0)
    double = make_chain(16, 100, rng, scale=4)
    single = make_chain(16, 100, np.random.default_rng(0), scale=4, dtype=np.float32)
    x = rng.normal(size=(32, 32))
    errors, lost = inversion_errors(double, x), inversion_errors(single, x.astype(np.float32))
    assert errors[100] > 1e3 * errors[50] > 1e5 * errors[10]
    assert errors[100] < 1e-3
    assert lost[100] > 0.1


def test_inversion_errors_are_those_of_the_definition() -> None:
    chain, x, _ = random_case(5)
    errors = inversion_errors(chain, x)
    back = chain.inverse(chain.forward(x))
    assert len(errors) == len(chain.blocks) + 1
    assert errors[-1] == pytest.approx(np.linalg.norm(back - x) / np.linalg.norm(x), rel=1e-12)


# -------------------------------------------------------------------------- the door

GOOD = np.ones((2, 4))


def one_block() -> ReversibleBlock:
    return ReversibleBlock(_Tanh(2, np.random.default_rng(0)), _Tanh(2, np.random.default_rng(1)))


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.ones((2, 3)), ValueError, "x has shape (2, 3), expected (N, n, ...) with an even n, to be cut into halves"),
        (np.ones(4), ValueError, "x has shape (4,), expected (N, n, ...) with an even n"),
        (np.ones((2, 0)), ValueError, "x has shape (2, 0), expected (N, n, ...) with an even n"),
        (np.ones((0, 4)), ValueError, "x is empty: expected at least one example"),
        (np.ones((2, 4), int), TypeError, "x has dtype int64, expected floating point"),
        (np.full((1, 4), np.inf), ValueError, "x[0, 0] is inf, expected finite numbers"),
    ],
)
def test_a_bad_input_is_refused(x: np.ndarray, error: type[Exception], message: str) -> None:
    block = one_block()
    chain = ReversibleChain([block])
    for use in (block.forward, chain.forward, lambda x: inversion_errors(chain, x)):
        with pytest.raises(error, match=re.escape(message)):
            use(x)
    as_output = re.escape("y" + message[1:])
    for use in (block.inverse, chain.inverse, lambda y: block.backward(y, GOOD), lambda y: chain.backward(y, GOOD)):
        with pytest.raises(error, match=as_output):
            use(x)


def test_a_gradient_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("dy has shape (1, 4) but y has (2, 4): they must be twins")):
        one_block().backward(GOOD, GOOD[:1])
    with pytest.raises(TypeError, match="dy has dtype int64, expected floating point"):
        one_block().backward(GOOD, np.ones((2, 4), int))


def test_a_function_that_changes_the_shape_is_refused() -> None:
    wide, fits = _Linear(np.ones((3, 2))), _Linear(np.ones((2, 2)))
    with pytest.raises(ValueError, match=re.escape("F makes (2, 3) of (2, 2): a half must keep its shape")):
        ReversibleBlock(wide, fits).forward(GOOD)
    with pytest.raises(ValueError, match=re.escape("G makes (2, 3) of (2, 2): a half must keep its shape")):
        ReversibleBlock(fits, wide).backward(GOOD, GOOD)


def test_a_chain_needs_a_block() -> None:
    with pytest.raises(ValueError, match="blocks is empty: expected at least one block"):
        ReversibleChain([])


def test_what_is_no_layer_no_block_or_no_chain_is_refused() -> None:
    dense: Any = Dense(2, 2)
    for wrong, hint in (
        (None, ""),
        ("tanh", ": write Activate"),
        (Sequential([dense]), ": put its layers in its place"),
    ):
        with pytest.raises(TypeError, match=re.escape(f"F is {wrong!r}, expected a Layer{hint}")):
            ReversibleBlock(wrong, dense)
        with pytest.raises(TypeError, match=re.escape(f"G is {wrong!r}, expected a Layer{hint}")):
            ReversibleBlock(dense, wrong)
    for blocks in (None, one_block()):
        with pytest.raises(TypeError, match=r"blocks is .*, expected a list of ReversibleBlock"):
            ReversibleChain(blocks)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="block 2 is 'a', expected a ReversibleBlock"):
        ReversibleChain([one_block(), "a"])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="chain is None, expected a ReversibleChain"):
        inversion_errors(None, np.ones((2, 4)))  # type: ignore[arg-type]
