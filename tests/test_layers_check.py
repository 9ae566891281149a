"""Promise: check_layer passes every layer of the library, and names whatever wrong gradient is planted in one."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop_lab.layers import (
    GRU,
    LSTM,
    Activate,
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    LastStep,
    Layer,
    LayerNorm,
    MaxPool2D,
    Residual,
    ScaledDotProductAttention,
    Sequential,
    SimpleRNN,
    check_layer,
    convolution,
    normalization,
    pooling,
)
from layer_witness import plant, stirred

# A layer, the shape of a batch for it, and whether to judge it in training. Square where a transposed matrix would
# else not fit. Integers stand for indices below them.
CASES: dict[str, tuple[Callable[[], Layer], tuple[int, ...], bool]] = {
    "Dense": (lambda: Dense(3, 3), (4, 3), False),
    "Dense on sequences": (lambda: Dense(3, 3), (2, 3, 3), False),
    "Activate tanh": (lambda: Activate("tanh"), (4, 3), False),
    "Activate relu": (lambda: Activate("relu"), (4, 3), False),
    "Activate softmax": (lambda: Activate("softmax"), (4, 3), False),
    "Dropout in training": (lambda: Dropout(0.4), (4, 5), True),
    "Dropout": (lambda: Dropout(0.4), (4, 5), False),
    "BatchNorm in training": (lambda: BatchNorm(3), (4, 3), True),
    "BatchNorm of images in training": (lambda: BatchNorm(3), (2, 3, 2, 2), True),
    "BatchNorm": (lambda: BatchNorm(3), (4, 3), False),
    "LayerNorm": (lambda: LayerNorm(3), (4, 3), False),
    "Conv2D": (lambda: Conv2D(2, 3, 3, stride=2, padding=1), (2, 2, 5, 5), False),
    "Flatten": (lambda: Flatten(), (2, 2, 3, 2), False),
    "MaxPool2D": (lambda: MaxPool2D(3, stride=1), (2, 2, 5, 5), False),
    "AveragePool2D": (lambda: AveragePool2D((2, 3), stride=1), (2, 2, 4, 4), False),
    "Embedding": (lambda: Embedding(4, 3), (5, 2), False),
    "Residual": (lambda: Residual([Dense(3, 3, seed=1), Activate("tanh")], Dense(3, 3, seed=2)), (4, 3), False),
    "SimpleRNN": (lambda: SimpleRNN(3, 3), (2, 4, 3), False),
    "LSTM": (lambda: LSTM(3, 2), (2, 4, 3), False),
    "GRU": (lambda: GRU(3, 2), (2, 4, 3), False),
    "LastStep": (lambda: LastStep(), (2, 4, 3), False),
    "ScaledDotProductAttention": (lambda: ScaledDotProductAttention(3, 2), (2, 4, 3), False),
}  # fmt: skip


def case(name: str, seed: int = 0) -> tuple[Layer, np.ndarray, bool]:
    build, shape, training = CASES[name]
    rng = np.random.default_rng([seed, len(name)])
    layer = stirred(build(), rng)
    x = rng.integers(4, size=shape) if isinstance(layer, Embedding) else rng.normal(size=shape)
    return layer, x, training


@pytest.mark.parametrize("name", CASES)
def test_every_layer_is_right(name: str) -> None:
    for seed in range(3):
        layer, x, training = case(name, seed)
        report = check_layer(layer, x, training=training, seed=seed)
        assert report, report
        expected = [*([] if isinstance(layer, Embedding) else ["x"]), *layer.parameters]
        assert list(report.checks) == expected
        assert repr(report).splitlines() == [f"{layer!r}: gradients right", f"  right: {', '.join(expected)}"]


# ------------------------------------------------------------------ mistakes that any layer can have


def one_entry_off(gradient: np.ndarray) -> np.ndarray:
    wrong = gradient.copy()
    largest = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
    wrong[largest] *= 1.001
    return wrong


ANY_LAYER: dict[str, Callable[[np.ndarray], Any]] = {
    "off by 0.1%": lambda gradient: 1.001 * gradient,
    "with the sign turned": lambda gradient: -gradient,
    "forgotten": lambda gradient: np.zeros_like(gradient),
    "divided by N once more": lambda gradient: gradient / 4,
    "one entry off by 0.1%": one_entry_off,
    "transposed": lambda gradient: gradient.T,
    "reversed": lambda gradient: np.flip(gradient),
    "missing": lambda gradient: None,
    "summed up": lambda gradient: gradient.sum(),
    "not a number": lambda gradient: np.full_like(gradient, np.nan),
    "whole numbers": lambda gradient: np.ones(gradient.shape, int),
}


def names_of(name: str) -> list[str]:
    layer, x, _ = case(name)
    return [*(["x"] if x.dtype == float else []), *layer.parameters]


@pytest.mark.parametrize(("name", "gradient"), [(name, gradient) for name in CASES for gradient in names_of(name)])
@pytest.mark.parametrize("mistake", ANY_LAYER)
def test_a_wrong_gradient_is_found_in_every_layer_and_named(
    name: str, gradient: str, mistake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer, x, training = case(name)
    right = type(layer).backward
    changed = []

    def backward(self: Layer, cache: Any, da: Any) -> Any:
        dx, gradients = right(self, cache, da)
        value = dx if gradient == "x" else gradients[gradient]
        wrong = ANY_LAYER[mistake](value)
        changed.append(wrong is None or np.shape(wrong) != value.shape or not np.array_equal(wrong, value))
        return (wrong, gradients) if gradient == "x" else (dx, {**gradients, gradient: wrong})

    monkeypatch.setattr(type(layer), "backward", backward)
    report = check_layer(layer, x, training=training)
    if not changed[0]:  # the transpose of a vector, the reverse of one number
        assert mistake in ("transposed", "reversed")
        assert report, report
        return
    assert not report
    assert re.search(rf"^  {gradient}(\[[\d, ]+\])?: ", repr(report), flags=re.MULTILINE), report
    others = [other for other in names_of(name) if other != gradient]
    assert all(report.checks[other] for other in others)


# ------------------------------------------------------------------ mistakes of one layer, in its own text

THROUGH = (normalization, "_through_normalization")
# mistake: (case, (owner, function), a piece of its text, the piece with the mistake)
Mistake = tuple[str, tuple[Any, str], str, str]
MISTAKES: dict[str, Mistake] = {
    "dense: W transposed on the way down": ("Dense", (Dense, "backward"), "return delta @ W,", "return delta @ W.T,"),
    "dense: dW transposed": (
        "Dense",
        (Dense, "backward"),
        "dW = rows.T @ a_in.reshape(-1, W.shape[1])",
        "dW = a_in.T @ rows",
    ),
    "dense: 1/N in dW": ("Dense", (Dense, "backward"), "W.shape[1])\n", "W.shape[1]) / len(rows)\n"),
    "dense: mean for the sum in db": ("Dense", (Dense, "backward"), "rows.sum(axis=0)", "rows.mean(axis=0)"),
    "dense: only the first step of a sequence": (
        "Dense on sequences",
        (Dense, "backward"),
        "db = rows.sum(axis=0)",
        "db = delta[:, 0].sum(axis=0)",
    ),
    "activate: slope forgotten": (
        "Activate tanh",
        (Activate, "backward"),
        "self.activation.delta(upstream(self, da, a.shape), z, a)",
        "da",
    ),
    "activate: slope taken at a": (
        "Activate tanh",
        (Activate, "backward"),
        "upstream(self, da, a.shape), z, a)",
        "da, a, self.activation(a))",
    ),
    "softmax: the diagonal of the Jacobian only": (
        "Activate softmax",
        (Activate, "backward"),
        "self.activation.delta(upstream(self, da, a.shape), z, a)",
        "da * a * (1 - a)",
    ),
    "dropout: no mask": ("Dropout in training", (Dropout, "backward"), "cache.shape) * cache", "cache.shape)"),
    "dropout: the mask without its scale": (
        "Dropout in training",
        (Dropout, "backward"),
        "* cache, {}",
        "* (cache > 0), {}",
    ),
    "batch: mean forgotten": ("BatchNorm in training", THROUGH, "dnormalized - mean -", "dnormalized -"),
    "batch: variance forgotten": ("BatchNorm in training", THROUGH, " - cache.normalized * along", ""),
    "batch: statistics taken for constants": ("BatchNorm in training", THROUGH, "not cache.from_input", "True"),
    "batch: running statistics differentiated": ("BatchNorm", THROUGH, "not cache.from_input", "False"),
    "batch: scale forgotten": (
        "BatchNorm",
        (BatchNorm, "backward"),
        'da * _along_units(self.parameters["scale"], da)',
        "da",
    ),
    "batch: mean for the sum": (
        "BatchNorm",
        (BatchNorm, "backward"),
        "cache.normalized).sum(axis=axes)",
        "cache.normalized).mean(axis=axes)",
    ),
    "batch: images summed over the batch only": (
        "BatchNorm of images in training",
        (BatchNorm, "backward"),
        "_all_but_units(cache.normalized)\n",
        "(0,)\n",
    ),
    "layer norm: variance forgotten": ("LayerNorm", THROUGH, " - cache.normalized * along", ""),
    "layer norm: scale forgotten": ("LayerNorm", (LayerNorm, "backward"), 'da * self.parameters["scale"]', "da"),
    "layer norm: over the batch": ("LayerNorm", (LayerNorm, "backward"), "(-1,)", "(0,)"),
    "convolution: = for +=": ("Conv2D", (convolution, "add_windows"), "+= dwindows", "= dwindows"),
    "convolution: the window turned over": (
        "Conv2D",
        (Conv2D, "backward"),
        "delta @ W.reshape",
        "delta @ W[:, :, ::-1, ::-1].reshape",
    ),
    "convolution: padding cut off on one side only": (
        "Conv2D",
        (Conv2D, "backward"),
        "above : cache.padded[2] - above",
        ": cache.padded[2] - 2 * above",
    ),
    "convolution: one place for all in db": ("Conv2D", (Conv2D, "backward"), "delta.sum(axis=0)", "delta.mean(axis=0)"),
    "convolution: examples and channels mixed up": (
        "Conv2D",
        (Conv2D, "backward"),
        ".transpose(0, 2, 3, 1).reshape(-1, len(W))",
        ".reshape(-1, len(W))",
    ),
    "flatten: in another order": ("Flatten", (Flatten, "backward"), ".reshape(cache)", '.reshape(cache, order="F")'),
    "max: = for +=": ("MaxPool2D", (pooling, "add_windows"), "+= dwindows", "= dwindows"),
    "max: everyone wins": (
        "MaxPool2D",
        (MaxPool2D, "_spread"),
        "cache.winners[..., np.newaxis] == entries",
        "entries >= 0",
    ),
    "max: the next one wins": (
        "MaxPool2D",
        (MaxPool2D, "_spread"),
        "np.newaxis] == entries",
        "np.newaxis] == entries - 1",
    ),
    "average: = for +=": ("AveragePool2D", (pooling, "add_windows"), "+= dwindows", "= dwindows"),
    "average: not shared": ("AveragePool2D", (AveragePool2D, "_spread"), " / entries", ""),
    "embedding: = for +=": ("Embedding", (Embedding, "backward"), "np.add.at(dtable, cache, da)", "dtable[cache] = da"),
    "embedding: += that is carried out once a row": (
        "Embedding",
        (Embedding, "backward"),
        "np.add.at(dtable, cache, da)",
        "dtable[cache] += da",
    ),
    "residual: the straight way forgotten": (
        "Residual",
        (Residual, "backward"),
        "return straight + bent",
        "return bent",
    ),
    "residual: the branch forgotten": ("Residual", (Residual, "backward"), "return straight + bent", "return straight"),
    "residual: the shortcut's input taken for untouched": (
        "Residual",
        (Residual, "backward"),
        "return straight + bent",
        "return da + bent",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_typical_mistakes_of_each_layer_are_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, (owner, function), right, wrong = MISTAKES[mistake]
    plant(monkeypatch, owner, function, right, wrong)
    for seed in range(3):
        layer, x, training = case(name, seed)
        assert not check_layer(layer, x, training=training, seed=seed)


def test_zeros_for_the_gradient_of_an_index_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, Embedding, "backward", "return None,", "return np.zeros(cache.shape),")
    layer, x, _ = case("Embedding")
    report = check_layer(layer, x)
    assert not report
    assert repr(report).splitlines()[1] == "  x: integers have no derivative, expected None for dx"


# ------------------------------------------------------------------ what is no gradient, but wrong


class Spoiled(Dense):
    """A dense layer that does right, and one thing besides."""

    def __init__(self, deed: Callable[[Dense, Any, Any], Any]) -> None:
        super().__init__(3, 2)
        self.deed = deed

    def backward(self, cache: Any, da: Any) -> Any:
        """Return what Dense does, and do the deed."""
        dx, gradients = super().backward(cache, da)
        self.deed(self, cache, da)
        return dx, gradients


def double(array: np.ndarray) -> None:
    array *= 2


@pytest.mark.parametrize(
    ("deed", "fault"),
    [
        (lambda layer, cache, da: double(cache), "x was changed in place"),
        (lambda layer, cache, da: double(da), "da was changed in place"),
        (lambda layer, cache, da: double(layer.parameters["W"]), "W was changed in place"),
    ],
)
def test_a_layer_that_writes_into_what_it_was_handed_is_found(deed: Any, fault: str) -> None:
    report = check_layer(Spoiled(deed), np.random.default_rng(0).normal(size=(4, 3)))
    assert not report
    assert report.faults == (fault,)
    assert repr(report).splitlines() == ["Dense(3, 2): gradients WRONG", f"  {fault}", "  right: x, W, b"]


def test_a_layer_that_adds_to_its_last_gradient_is_found() -> None:
    class Accumulating(Dense):
        total = 0.0

        def backward(self, cache: Any, da: Any) -> Any:
            dx, gradients = super().backward(cache, da)
            self.total = self.total + gradients["b"]
            return dx, {**gradients, "b": self.total}

    report = check_layer(Accumulating(3, 2), np.random.default_rng(0).normal(size=(4, 3)))
    assert report.faults == ("a second backward with the same cache gave another gradient",)


def test_a_gradient_of_something_that_is_no_parameter_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, Dense, "backward", '"b": db}', '"b": db, "c": db}')
    report = check_layer(*case("Dense")[:2])
    assert report.faults == ("c: a gradient, but no parameter of this name",)


def test_a_layer_that_keeps_its_cache_on_itself_is_found() -> None:
    class Remembering(Dense):
        def forward(self, x: Any, **options: Any) -> Any:
            z, self.last = super().forward(x, **options)
            return z, None

        def backward(self, cache: Any, da: Any) -> Any:
            return super().backward(self.last, da)

    assert check_layer(Remembering(3, 2), np.random.default_rng(0).normal(size=(4, 3))).wrong == ("W",)


def test_a_layer_that_returns_one_buffer_again_is_found() -> None:
    class Saving(Dense):
        def forward(self, x: Any, **options: Any) -> Any:
            z, cache = super().forward(x, **options)
            self.buffer = getattr(self, "buffer", z)
            self.buffer[...] = z
            return self.buffer, cache

    report = check_layer(Saving(3, 2), np.random.default_rng(0).normal(size=(4, 3)))
    assert report.faults == ("the output was changed by the next forward pass: it is a buffer that is used again",)


def test_a_gradient_that_is_zero_throughout_is_said_to_prove_little(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, Dense, "backward", '{"W": dW,', '{"W": -dW,')
    report = check_layer(Dense(3, 2), np.zeros((4, 3)))
    assert report
    assert report.zero == ("W",)
    assert repr(report).splitlines()[1:] == ["  right: x, b", "  W: the gradient is zero here, which proves little"]
    assert not check_layer(Dense(3, 2), np.ones((4, 3)))


def test_a_layer_that_does_not_read_its_parameters_is_found() -> None:
    class Deaf(Dense):
        def __init__(self) -> None:
            super().__init__(3, 2)
            self.W = self.parameters["W"]

        def forward(self, x: Any, **options: Any) -> Any:
            return x @ self.W.T + self.parameters["b"], x

    assert check_layer(Deaf(), np.random.default_rng(0).normal(size=(4, 3))).wrong == ("W",)


# ------------------------------------------------------------------ the report and the door


def test_the_report_names_layer_parameter_entry_and_both_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, x, _ = case("Dense")
    plant(monkeypatch, Dense, "backward", "rows.sum(axis=0)", "3 * rows.sum(axis=0)")
    report = check_layer(layer, x)
    assert report.wrong == ("b",)
    check = report.checks["b"]
    assert check.given == pytest.approx(3 * check.numerical, rel=1e-6)
    assert repr(report).splitlines() == [
        "Dense(3, 3): gradients WRONG",
        f"  b[{check.worst[0]}]: given {check.given:.6g}, by differences {check.numerical:.6g} (relative error 0.5)",
        "  right: x, W",
    ]


def test_a_kink_is_left_out_and_said() -> None:
    report = check_layer(Activate("relu"), np.array([[0.0, 1.0], [-1.0, 2.0]]))
    assert report
    assert repr(report).splitlines()[-1] == "  left out, the function has a kink there: 1 of x"


@pytest.mark.parametrize("name", ["BatchNorm in training", "Residual", "LSTM", "Embedding"])
def test_nothing_of_the_layer_that_is_judged_is_changed(name: str) -> None:
    layer, x, training = case(name)
    before, x_before = copy.deepcopy(layer), x.copy()
    check_layer(layer, x, training=training)
    np.testing.assert_array_equal(x, x_before)
    for key, value in vars(before).items():
        if key == "parameters":
            for parameter, array in value.items():
                np.testing.assert_array_equal(layer.parameters[parameter], array)
        elif isinstance(value, np.ndarray):
            np.testing.assert_array_equal(getattr(layer, key), value)


def test_a_float32_layer_is_judged_in_float64() -> None:
    layer = Dense(3, 2, dtype=np.float32)
    report = check_layer(layer, np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32))
    assert report
    assert all(check.tolerance <= 1e-6 for check in report.checks.values())
    assert layer.parameters["W"].dtype == np.float32


def test_the_tolerance_may_be_set() -> None:
    layer, x, _ = case("Activate tanh")
    assert not check_layer(layer, x, tolerance=1e-15)
    assert check_layer(layer, x, seed=np.random.default_rng(3))


@pytest.mark.parametrize("name", CASES)
def test_every_layer_refuses_the_cache_of_another_kind(name: str) -> None:
    layer, x, training = case(name)
    a, cache = layer.forward(x, training=training, rng=np.random.default_rng(0))
    others = [None, "cache", (), 3.0]
    others += [Dense(7, 2).forward(np.ones((2, 7)))[1]] if not isinstance(cache, np.ndarray) else [layer]
    for other in others:
        with pytest.raises(
            ValueError, match=f"^{type(layer).__name__} expects the cache that its forward returned but"
        ):
            layer.backward(other, np.ones(a.shape))


@pytest.mark.parametrize(
    ("layer", "wider", "shape"),
    [
        (Dense(3, 2), Dense(4, 2), (5, 4)),
        (Conv2D(1, 2, 2), Conv2D(3, 2, 2), (2, 3, 4, 4)),
        (LSTM(3, 2), LSTM(4, 2), (2, 5, 4)),
        (ScaledDotProductAttention(3, 2), ScaledDotProductAttention(4, 2), (2, 5, 4)),
    ],
)
def test_the_cache_of_a_layer_of_another_width_is_refused(layer: Layer, wider: Layer, shape: tuple[int, ...]) -> None:
    a, cache = wider.forward(np.ones(shape))
    with pytest.raises(ValueError, match="that its forward returned but got that of another layer"):
        layer.backward(cache, np.ones(a.shape))


@pytest.mark.parametrize("name", [name for name in CASES if case(name)[0].parameters])
def test_every_float32_layer_stays_float32_whatever_it_is_handed(name: str) -> None:
    layer, x, training = case(name)
    for key, array in layer.parameters.items():
        layer.parameters[key] = array.astype(np.float32)
    a, cache = layer.forward(x, training=training, rng=np.random.default_rng(0))
    dx, gradients = layer.backward(cache, np.ones(a.shape))
    assert {array.dtype for array in (a, dx, *gradients.values()) if array is not None} == {np.dtype(np.float32)}


def test_what_can_not_be_judged_is_refused() -> None:
    with pytest.raises(TypeError, match="expected a Layer: put its layers in its place, or a Residual of them"):
        check_layer(Sequential([Dense(2, 2)]), np.ones((2, 2)))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected a Layer: that is the class, write Dense"):
        check_layer(Dense, np.ones((2, 2)))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="x is a masked array, whose mask would be lost"):
        check_layer(Dense(2, 2), np.ma.masked_array(np.ones((2, 2)), mask=[[True, False]] * 2))
    for tolerance, error in (
        (0, ValueError),
        (2.0, ValueError),
        (np.nan, ValueError),
        ("a", TypeError),
        (True, TypeError),
    ):
        with pytest.raises(error, match=f"tolerance is {tolerance!r}, expected a positive number below 1"):
            check_layer(Dense(2, 2), np.ones((2, 2)), tolerance=tolerance)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="layer is 'relu', expected a Layer"):
        check_layer("relu", np.ones((2, 2)))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=re.escape("x[0, 1] is nan, expected finite numbers")):
        check_layer(Dense(2, 2), np.array([[0.0, np.nan]]))
    with pytest.raises(TypeError, match="Dense expects floating-point inputs but got dtype int64"):
        check_layer(Dense(2, 2), np.ones((2, 2), int))
    with pytest.raises(ValueError, match="Dense expects inputs of width 2 but got shape"):
        check_layer(Dense(2, 2), np.ones((2, 3)))
