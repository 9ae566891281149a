"""Promise: attention is that of Vaswani et al. (2017), equation 1, and so is its gradient, masked or not."""

from __future__ import annotations

import inspect
import re
import textwrap
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backprop_lab.layers.attention
from backprop_lab.gradient_check import check_gradient
from backprop_lab.layers.attention import (
    ScaledDotProductAttention,
    attention,
    attention_backward,
    causal_mask,
)

seeds = st.integers(0, 2**32 - 1)
TIGHT = {"rtol": 1e-9, "atol": 1e-12}
MASKS = ("none", "causal", "random", "one for all")


def random_case(seed: int, mask: str = "none") -> tuple[np.ndarray, np.ndarray, np.ndarray, Any, np.ndarray]:
    """Draw queries, keys, values of random widths with up to two axes in front, a mask, and dC/d(out)."""
    rng = np.random.default_rng(seed)
    T_q, T_k, d_k, d_v = (int(n) for n in rng.integers(1, 6, size=4))
    if mask == "causal":
        T_k = T_q
    front = tuple(int(n) for n in rng.integers(1, 4, size=rng.integers(0, 3)))
    q, k, v = (rng.normal(size=(*front, *shape)) for shape in ((T_q, d_k), (T_k, d_k), (T_k, d_v)))
    masks = {
        "none": None,
        "causal": causal_mask(T_q),
        "random": rng.random((*front, T_q, T_k)) < 0.5,
        "one for all": rng.random(T_k) < 0.5,
    }
    chosen = masks[mask]
    if chosen is not None:
        chosen[..., 0] = True  # nobody looks nowhere
    return q, k, v, chosen, rng.normal(size=(*front, T_q, d_v))


def random_layer(seed: int, causal: bool) -> tuple[ScaledDotProductAttention, np.ndarray, np.ndarray]:
    """Draw a layer, a batch of sequences, and dC/da."""
    rng = np.random.default_rng(seed)
    N, T, n_in, n_key, n_value = (int(n) for n in rng.integers(1, 6, size=5))
    layer = ScaledDotProductAttention(n_in, n_key, n_value, causal=causal, initialization="normal", seed=rng)
    return layer, rng.normal(size=(N, T, n_in)), rng.normal(size=(N, T, n_value))


# ------------------------------------------------------------------ against PyTorch


@pytest.mark.parametrize("mask", MASKS)
@given(seed=seeds)
def test_the_output_and_its_gradients_are_those_of_pytorch(mask: str, seed: int) -> None:
    torch = pytest.importorskip("torch")
    q, k, v, allowed, d_out = random_case(seed, mask)
    theirs = [torch.tensor(array, requires_grad=True) for array in (q, k, v)]
    attn_mask = None if allowed is None else torch.tensor(np.broadcast_to(allowed, (*q.shape[:-1], k.shape[-2])))
    expected = torch.nn.functional.scaled_dot_product_attention(*theirs, attn_mask=attn_mask)
    expected.backward(torch.tensor(d_out))
    out, cache = attention(q, k, v, allowed)
    np.testing.assert_allclose(out, expected.detach().numpy(), **TIGHT)
    for name, gradient, tensor in zip("qkv", attention_backward(cache, d_out), theirs, strict=True):
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), **TIGHT, err_msg=f"d{name}")


@pytest.mark.parametrize("causal", [False, True])
@given(seed=seeds)
def test_the_layer_and_its_gradients_are_those_of_pytorch(causal: bool, seed: int) -> None:
    torch = pytest.importorskip("torch")
    layer, x, da = random_layer(seed, causal)
    theirs = {name: torch.tensor(W, requires_grad=True) for name, W in layer.parameters.items()}
    tensor = torch.tensor(x, requires_grad=True)
    maps = (tensor @ theirs[name].T for name in ("W_q", "W_k", "W_v"))
    expected = torch.nn.functional.scaled_dot_product_attention(*maps, is_causal=causal)
    expected.backward(torch.tensor(da))
    out, cache = layer.forward(x)
    dx, gradients = layer.backward(cache, da)
    np.testing.assert_allclose(out, expected.detach().numpy(), **TIGHT)
    np.testing.assert_allclose(dx, tensor.grad.numpy(), rtol=1e-9, atol=1e-11)
    assert gradients.keys() == layer.parameters.keys()
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, theirs[name].grad.numpy(), rtol=1e-9, atol=1e-11, err_msg=name)


# ------------------------------------------------------- against central differences


def attention_is_right(q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: Any, d_out: np.ndarray) -> bool:
    """Check dq, dk and dv of the loss (out * d_out).sum()."""
    inputs = {"q": q, "k": k, "v": v}
    _, cache = attention(q, k, v, mask)
    return all(
        [
            check_gradient(
                lambda moved, name=name: float((attention(**inputs | {name: moved}, mask=mask)[0] * d_out).sum()),
                inputs[name],
                gradient,
            )
            for name, gradient in zip(inputs, attention_backward(cache, d_out), strict=True)
        ]
    )


def layer_is_right(layer: ScaledDotProductAttention, x: np.ndarray, da: np.ndarray) -> bool:
    """Check dx and the gradient of each matrix."""

    def loss_with(name: str, W: np.ndarray) -> float:
        own, layer.parameters[name] = layer.parameters[name], W
        try:
            return float((layer.forward(x)[0] * da).sum())
        finally:
            layer.parameters[name] = own

    dx, gradients = layer.backward(layer.forward(x)[1], da)
    checks = [
        check_gradient(lambda W, name=name: loss_with(name, W), layer.parameters[name], gradient)
        for name, gradient in gradients.items()
    ]
    return all([*checks, check_gradient(lambda x: float((layer.forward(x)[0] * da).sum()), x, dx)])


@pytest.mark.parametrize("mask", MASKS)
@settings(max_examples=10)
@given(seed=seeds)
def test_the_gradients_are_those_of_central_differences(mask: str, seed: int) -> None:
    assert attention_is_right(*random_case(seed, mask))


@pytest.mark.parametrize("causal", [False, True])
@settings(max_examples=10)
@given(seed=seeds)
def test_the_gradients_of_the_layer_are_those_of_central_differences(causal: bool, seed: int) -> None:
    assert layer_is_right(*random_layer(seed, causal))


# ------------------------------------------------------------------- the equation


def test_one_query_and_two_keys_are_right_by_hand() -> None:
    """The scores are 2 ln 3 / sqrt(4) = ln 3 and 0, so the weights are 3/4 and 1/4."""
    q = np.array([[2 * np.log(3), 0.0, 0.0, 0.0]])
    k = np.array([[1.0, 5.0, 0.0, 0.0], [0.0, 0.0, 7.0, 0.0]])
    v = np.array([[4.0], [8.0]])
    out, cache = attention(q, k, v)
    np.testing.assert_allclose(cache.weights, [[3 / 4, 1 / 4]])
    np.testing.assert_allclose(out, [[3 / 4 * 4 + 1 / 4 * 8]])
    dq, dk, dv = attention_backward(cache, np.ones((1, 1)))
    d_score = 3 / 4 * (4 - 5)  # weight times (its value minus the average)
    np.testing.assert_allclose(dv, [[3 / 4], [1 / 4]])
    np.testing.assert_allclose(dq, d_score * (k[:1] - k[1:]) / 2)
    np.testing.assert_allclose(dk, [d_score * q[0] / 2, -d_score * q[0] / 2])


@pytest.mark.parametrize("mask", MASKS)
@given(seed=seeds)
def test_the_weights_of_a_query_sum_to_one_and_are_zero_where_it_may_not_look(mask: str, seed: int) -> None:
    q, k, v, allowed, _ = random_case(seed, mask)
    weights = attention(q, k, v, allowed)[1].weights
    np.testing.assert_allclose(weights.sum(axis=-1), 1)
    if allowed is not None:
        assert not weights[~np.broadcast_to(allowed, weights.shape)].any()


@given(seed=seeds)
def test_a_causal_layer_hears_nothing_from_later_steps_and_sends_nothing_back_to_them(seed: int) -> None:
    layer, x, da = random_layer(seed, causal=True)
    cut = seed % x.shape[1]
    changed = x.copy()
    changed[:, cut + 1 :] += 1
    out, cache = layer.forward(x)
    np.testing.assert_allclose(layer.forward(changed)[0][:, : cut + 1], out[:, : cut + 1], **TIGHT)
    da[:, cut + 1 :] = 0
    assert not layer.backward(cache, da)[0][:, cut + 1 :].any()


@given(seed=seeds)
def test_the_order_of_the_sequence_is_all_one_to_self_attention_without_a_mask(seed: int) -> None:
    layer, x, da = random_layer(seed, causal=False)
    order = np.random.default_rng(seed).permutation(x.shape[1])
    out, cache = layer.forward(x)
    shuffled, shuffled_cache = layer.forward(x[:, order])
    np.testing.assert_allclose(shuffled, out[:, order], rtol=1e-9, atol=1e-11)
    dx, dx_shuffled = layer.backward(cache, da)[0], layer.backward(shuffled_cache, da[:, order])[0]
    np.testing.assert_allclose(dx_shuffled, dx[:, order], rtol=1e-9, atol=1e-10)


def test_a_causal_mask_is_true_on_the_diagonal_and_below() -> None:
    assert causal_mask(3).tolist() == [[True, False, False], [True, True, False], [True, True, True]]


def test_scores_of_any_size_do_not_overflow() -> None:
    q, k, v = np.array([[1e150], [-1e150]]), np.array([[1e150], [-1e150]]), np.array([[1.0], [2.0]])
    out, cache = attention(q, k, v)
    np.testing.assert_array_equal(out, [[1], [2]])
    assert all(np.isfinite(gradient).all() for gradient in attention_backward(cache, np.ones((2, 1))))


# ------------------------------------------------- nothing is kept, nothing is changed


@pytest.mark.parametrize("mask", MASKS)
@given(seed=seeds)
def test_nothing_that_goes_in_is_changed_and_a_second_backward_gives_the_same(mask: str, seed: int) -> None:
    q, k, v, allowed, d_out = random_case(seed, mask)
    kept = [array for array in (q, k, v, allowed, d_out) if array is not None]
    before = [array.copy() for array in kept]
    for array in kept:
        array.flags.writeable = False
    out, cache = attention(q, k, v, allowed)
    kept.append(cache.weights)
    cache.weights.flags.writeable = False
    first, second = attention_backward(cache, d_out), attention_backward(cache, d_out)
    for array, original in zip(kept, before, strict=False):
        np.testing.assert_array_equal(array, original)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
        assert not any(np.shares_memory(one, array) for array in (other, out, *kept))


@given(seed=seeds)
def test_a_layer_changes_nothing_and_gives_the_same_twice(seed: int) -> None:
    layer, x, da = random_layer(seed, causal=True)
    kept = [x, da, *layer.parameters.values()]
    before = [array.copy() for array in kept]
    for array in kept:
        array.flags.writeable = False
    _, cache = layer.forward(x)
    (dx, gradients), (dx_again, again) = layer.backward(cache, da), layer.backward(cache, da)
    np.testing.assert_array_equal(dx, dx_again)
    for name, gradient in gradients.items():
        np.testing.assert_array_equal(gradient, again[name])
        assert not any(np.shares_memory(gradient, array) for array in (again[name], *kept))
    for array, original in zip(kept, before, strict=True):
        np.testing.assert_array_equal(array, original)


@pytest.mark.parametrize("mask", MASKS)
def test_float32_stays_float32_and_agrees(mask: str) -> None:
    q, k, v, allowed, d_out = random_case(3, mask)
    singles = [array.astype(np.float32) for array in (q, k, v)]
    out, cache = attention(*singles, allowed)
    gradients = attention_backward(cache, d_out.astype(np.float32))
    assert {array.dtype for array in (out, cache.weights, *gradients)} == {np.dtype(np.float32)}
    expected = attention_backward(attention(q, k, v, allowed)[1], d_out)
    for single, double in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(single, double, rtol=1e-3, atol=1e-5)


def test_a_float32_layer_stays_float32() -> None:
    layer = ScaledDotProductAttention(3, 4, 2, causal=True, dtype=np.float32)
    for dtype in (np.float32, np.float64):
        out, cache = layer.forward(np.ones((2, 5, 3), dtype))
        dx, gradients = layer.backward(cache, np.ones((2, 5, 2), dtype))
        assert {array.dtype for array in (out, dx, *gradients.values())} == {np.dtype(np.float32)}


def test_the_values_are_as_wide_as_the_keys_unless_told_otherwise() -> None:
    shapes = {name: W.shape for name, W in ScaledDotProductAttention(3, 4).parameters.items()}
    assert shapes == {"W_q": (4, 3), "W_k": (4, 3), "W_v": (4, 3)}
    assert repr(ScaledDotProductAttention(3, 4, 2, causal=True)) == "ScaledDotProductAttention(3, 4, 2, causal=True)"


# ---------------------------------------------------------------------- the door

Q, K, V = np.ones((2, 3, 4)), np.ones((2, 5, 4)), np.ones((2, 5, 6))


@pytest.mark.parametrize(
    ("q", "k", "v", "error", "message"),
    [
        (Q[..., :3], K, V, ValueError, "a query of width 3 can't meet a key of width 4"),
        (Q, K, V[:, :4], ValueError, "q has shape (2, 3, 4), k (2, 5, 4) and v (2, 4, 6): 5 keys need as many values"),
        (Q[0], K, V, ValueError, "expected (..., T_q, d_k), (..., T_k, d_k), (..., T_k, d_v) with equal axes in front"),
        (Q, K[:1], V[:1], ValueError, "with equal axes in front"),
        (Q[0, 0], K[0, 0], V[0, 0], ValueError, "q has shape (4,), k (4,) and v (6,), expected (..., T_q, d_k)"),
        (Q, K[:, :0], V[:, :0], ValueError, "expected at least one of each"),
        (Q[..., :0], K[..., :0], V, ValueError, "expected at least one of each"),
        (Q.astype(int), K, V, TypeError, "q has dtype int64, expected floating point"),
        (Q, K, V.astype(bool), TypeError, "v has dtype bool, expected floating point"),
    ],
)
def test_queries_keys_and_values_that_do_not_fit_are_refused(
    q: Any, k: Any, v: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        attention(q, k, v)


@pytest.mark.parametrize(
    ("mask", "error", "message"),
    [
        (np.ones((3, 5)), TypeError, "mask has dtype float64, expected bool: True where a query may look"),
        (np.ones((5, 3), bool), ValueError, "mask has shape (5, 3), expected one that broadcasts to (2, 3, 5)"),
        (np.ones((4, 2, 3, 5), bool), ValueError, "mask has shape (4, 2, 3, 5), expected one that broadcasts to"),
        (np.tri(3, 5, -1, dtype=bool), ValueError, "mask is False all along row [0, 0]: each query needs a key"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused(mask: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        attention(Q, K, V, mask)


def test_a_gradient_that_does_not_fit_is_refused() -> None:
    _, cache = attention(Q, K, V)
    with pytest.raises(ValueError, match=r"d_out has shape \(3, 6\), expected \(2, 3, 6\), that of the output"):
        attention_backward(cache, np.ones((3, 6)))
    with pytest.raises(TypeError, match="d_out has dtype int64, expected floating point"):
        attention_backward(cache, np.ones((2, 3, 6), int))


@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        (np.ones((5, 3)), ValueError, "expects inputs of shape (N, T, 3) but got shape (5, 3)"),
        (np.ones((2, 5, 4)), ValueError, "expects inputs of shape (N, T, 3) but got shape (2, 5, 4)"),
        (np.ones((2, 0, 3)), ValueError, "expects at least one example but got shape (2, 0, 3)"),
        (np.ones((2, 5, 3), int), TypeError, "expects floating-point inputs but got dtype int64"),
    ],
)
def test_a_layer_refuses_what_is_no_sequence_of_its_width(x: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(f"ScaledDotProductAttention {message}")):
        ScaledDotProductAttention(3, 4).forward(x)


def test_a_layer_refuses_an_upstream_gradient_that_would_be_broadcast() -> None:
    layer = ScaledDotProductAttention(3, 4)
    _, cache = layer.forward(np.ones((2, 5, 3)))
    with pytest.raises(ValueError, match=r"has an output of shape \(2, 5, 4\) but da has shape \(2, 1, 4\)"):
        layer.backward(cache, np.ones((2, 1, 4)))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_in": 0}, ValueError, "n_in is 0, expected a whole number, at least 1"),
        ({"n_key": -1}, ValueError, "n_key is -1, expected a whole number, at least 1"),
        ({"n_value": 1.5}, ValueError, "n_value is 1.5, expected a whole number, at least 1"),
        ({"dtype": int}, TypeError, "dtype is int64, expected a floating-point type: float64 or float32"),
        ({"initialization": "ones"}, ValueError, "unknown initialization 'ones': choose one of he,"),
    ],
)
def test_a_layer_that_can_not_be_is_refused(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        ScaledDotProductAttention(**({"n_in": 3, "n_key": 4} | options))


def test_a_causal_mask_of_no_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="steps is 0, expected a whole number, at least 1"):
        causal_mask(0)


# ------------------------------------------------------------------ mutation proof

# Each typical mistake, as a change of one place; everything is square so that all shapes fit.
FUNCTION_MISTAKES = {
    "dv with the weights not transposed": ("np.swapaxes(weights, -1, -2) @ d_out", "weights @ d_out"),
    "the values not transposed": ("d_out @ np.swapaxes(v, -1, -2)", "d_out @ v"),
    "the softmax taken for element-wise": (
        "weights * (d_weights - (weights * d_weights).sum(axis=-1, keepdims=True))",
        "weights * (1 - weights) * d_weights",
    ),
    "the softmax's Jacobian along the queries": ("sum(axis=-1", "sum(axis=-2"),
    "the softmax's Jacobian without the weights in front": ("weights * (d_weights -", "(d_weights -"),
    "the scale forgotten": (" / math.sqrt(q.shape[-1])", ""),
    "the scale applied twice": ("math.sqrt(q.shape[-1])", "q.shape[-1]"),
    "dq and dk exchanged": ("return dq, dk, dv", "return dk, dq, dv"),
    "dq with the queries": ("dq = d_products @ k", "dq = d_products @ q"),
    "dk not transposed": ("np.swapaxes(d_products, -1, -2) @ q", "d_products @ q"),
    "the sign": ("d_scores = weights", "d_scores = -weights"),
}
LAYER_MISTAKES = {
    "x gets the gradient of the queries only, = for +=": ("dq @ W_q + dk @ W_k + dv @ W_v", "dq @ W_q"),
    "the values' share is forgotten": (" + dv @ W_v", ""),
    "the matrices of queries and keys exchanged": ("dq @ W_q + dk @ W_k", "dq @ W_k + dk @ W_q"),
    "dW transposed": ("np.tensordot(dk, x,", "np.tensordot(x, dk,"),
    "dW with a mean": ("np.tensordot(dq, x,", "np.tensordot(dq / len(x), x,"),
}


def mutate(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, right: str, wrong: str, places: tuple[Any, ...]
) -> None:
    source = textwrap.dedent(inspect.getsource(getattr(owner, name)))
    assert source.count(right) == 1
    namespace = dict(vars(backprop_lab.layers.attention))
    exec(source.replace(right, wrong), namespace)
    for place in places:
        monkeypatch.setattr(place, name, namespace[name])


def square_case(seed: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    q, k, v, d_out = (rng.normal(size=(2, 3, 3)) for _ in range(4))
    return q, k, v, causal_mask(3), d_out


def square_layer(seed: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    layer = ScaledDotProductAttention(3, 3, initialization="normal", seed=rng)
    return layer, rng.normal(size=(2, 3, 3)), rng.normal(size=(2, 3, 3))


@pytest.mark.parametrize("mistake", FUNCTION_MISTAKES)
def test_every_typical_mistake_in_the_function_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = backprop_lab.layers.attention
    mutate(monkeypatch, module, "attention_backward", *FUNCTION_MISTAKES[mistake], (module,))
    monkeypatch.setitem(globals(), "attention_backward", module.attention_backward)
    for seed in range(3):
        assert not attention_is_right(*square_case(seed))
        assert not layer_is_right(*square_layer(seed))


@pytest.mark.parametrize("mistake", LAYER_MISTAKES)
def test_every_typical_mistake_in_the_layer_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, ScaledDotProductAttention, "backward", *LAYER_MISTAKES[mistake], (ScaledDotProductAttention,))
    for seed in range(3):
        assert not layer_is_right(*square_layer(seed))


def test_without_a_mistake_the_same_cases_pass() -> None:
    for seed in range(3):
        assert attention_is_right(*square_case(seed))
        assert layer_is_right(*square_layer(seed))
