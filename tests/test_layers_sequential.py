"""Promise: layers in a row train like a network: one vector, the right gradient, and errors that name the layer."""

from __future__ import annotations

import copy
import pickle
import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import GradientDescent, Network, check_gradient
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
)
from backprop_lab.layers import sequential as module
from backprop_lab.losses import LOSSES
from layer_witness import plant

seeds = st.integers(0, 2**32 - 1)
OUTPUTS = [
    ("half_squared_error", "identity"),
    ("half_squared_error", "softmax"),
    ("mean_squared_error", "tanh"),
    ("binary_cross_entropy", "sigmoid"),
    ("categorical_cross_entropy", "softmax"),
    ("categorical_cross_entropy", "sigmoid"),
]


def image_model(rng: np.random.Generator, **options: Any) -> Sequential:
    return Sequential(
        [
            Conv2D(2, 3, 3, padding=1, seed=rng),
            BatchNorm(3),
            Activate("tanh"),
            MaxPool2D(2),
            Residual([Conv2D(3, 3, 3, padding=1, seed=rng), Activate("tanh"), Dropout(0.5)]),
            AveragePool2D(2, stride=1),
            Flatten(),
            Dense(3, 4, seed=rng),
            LayerNorm(4),
            Activate("softmax"),
        ],
        "categorical_cross_entropy",
        **options,
    )


def image_batch(seed: int) -> tuple[Sequential, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    model = image_model(rng)
    model.parameters += rng.normal(size=model.parameters.shape) / 4
    return model, rng.normal(size=(3, 2, 4, 4)), rng.dirichlet(np.ones(4), size=3)


def gradient_is_right(model: Sequential, x: np.ndarray, y: np.ndarray, seed: int = 0, **weights: Any) -> bool:
    return bool(
        check_gradient(
            lambda theta: model.with_parameters(theta).loss(x, y, **weights, training=True, rng=seed),
            model.parameters,
            model.loss_and_gradients(x, y, **weights, rng=seed)[1].vector,
        )
    )


# ----------------------------------------------------------------- the gradient, by other means


@pytest.mark.parametrize(("loss", "output"), OUTPUTS)
@given(seed=seeds)
def test_dense_layers_are_the_network_of_the_same_weights(
    loss: str, output: str, witness: SimpleNamespace, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    sizes = [int(n) for n in rng.integers(2, 5, size=4)]
    network = Network(sizes, hidden="tanh", output=output, loss=loss, seed=rng)
    layers: list[Layer] = []
    for layer in network.layers:
        dense = Dense(*reversed(layer.W.shape))
        dense.parameters.update(W=layer.W, b=layer.b + 0.1)
        layer.b[...] += 0.1
        layers += [dense, Activate(layer.activation)]
    model = Sequential(layers, loss)
    x, y = rng.normal(size=(3, sizes[0])), witness.targets(rng, loss, (3, sizes[-1]))
    weights = rng.random(3)
    np.testing.assert_allclose(model.predict(x), network.predict(x), rtol=1e-12)
    assert model.loss(x, y, weights) == pytest.approx(network.loss(x, y, weights), rel=1e-12)
    loss_value, gradients = model.loss_and_gradients(x, y, weights)
    assert loss_value == pytest.approx(network.loss(x, y, weights), rel=1e-12)
    for ours, theirs in zip(gradients[::2], network.gradients(x, y, weights), strict=True):
        np.testing.assert_allclose(ours["W"], theirs.dW, rtol=1e-9, atol=1e-13)
        np.testing.assert_allclose(ours["b"], theirs.db, rtol=1e-9, atol=1e-13)
    assert gradients[1::2] == ({},) * 3
    expected = network.gradients(x, y, weights, inputs=True).dx
    np.testing.assert_allclose(model.gradients(x, y, weights, inputs=True).dx, expected, rtol=1e-9, atol=1e-13)


@given(seed=st.integers(0, 100))
def test_a_convolutional_network_is_that_of_pytorch(seed: int) -> None:
    torch = pytest.importorskip("torch")
    model, x, y = image_batch(seed)
    model.layers[4].branch[2].rate = 0.0  # PyTorch draws another mask
    F = torch.nn.functional
    leaves = [torch.tensor(array, requires_grad=True) for layer in model.layers for array in layer.parameters.values()]
    W1, b1, scale, shift, W2, b2, W3, b3, scale2, shift2 = leaves
    image = torch.tensor(x, requires_grad=True)
    a = torch.tanh(F.batch_norm(F.conv2d(image, W1, b1, padding=1), None, None, scale, shift, training=True))
    a = F.max_pool2d(a, 2)
    a = F.avg_pool2d(a + torch.tanh(F.conv2d(a, W2, b2, padding=1)), 2, stride=1).flatten(1)
    z = F.layer_norm(F.linear(a, W3, b3), (4,), scale2, shift2)
    cost = F.cross_entropy(z, torch.tensor(y))
    cost.backward()
    loss, gradients = model.loss_and_gradients(x, y)
    assert loss == pytest.approx(cost.item(), rel=1e-10)
    expected = np.concatenate([leaf.grad.numpy().ravel() for leaf in leaves])
    np.testing.assert_allclose(gradients.vector, expected, rtol=1e-9, atol=1e-11)
    dx = model.gradients(x, y, inputs=True).dx
    np.testing.assert_allclose(dx, image.grad.numpy(), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_in_training_is_that_of_central_differences_for_the_same_draw(seed: int) -> None:
    model, x, y = image_batch(seed)
    assert gradient_is_right(model, x, y, seed)
    assert gradient_is_right(model, x, y, seed, sample_weights=np.array([0.0, 1.0, 2.5]))
    gradients = model.loss_and_gradients(x, y, rng=seed)[1].vector
    other = model.loss_and_gradients(x, y, rng=seed + 1)[1].vector
    assert not np.allclose(gradients, other)


def test_the_gradient_with_respect_to_the_input_is_that_of_the_loss_in_evaluation() -> None:
    model, x, y = image_batch(7)
    dx = model.gradients(x, y, inputs=True, training=False).dx
    assert dx is not None
    assert check_gradient(lambda moved: model.loss(moved, y), x, dx)
    assert model.gradients(x, y, training=False).dx is None


@pytest.mark.parametrize("recurrent", [SimpleRNN, LSTM, GRU, ScaledDotProductAttention])
def test_words_go_through_an_embedding_and_a_sequence_layer(recurrent: Any) -> None:
    rng = np.random.default_rng(3)
    model = Sequential(
        [Embedding(5, 3, seed=rng), recurrent(3, 2, seed=rng), LastStep(), Dense(2, 2, seed=rng), Activate("softmax")],
        "categorical_cross_entropy",
    )
    x, y = rng.integers(5, size=(4, 6)), np.eye(2)[rng.integers(2, size=4)]
    assert gradient_is_right(model, x, y)
    with pytest.raises(TypeError, match=re.escape("layer 1 (Embedding(5, 3)) reads integers: there is no gradient")):
        model.gradients(x, y, inputs=True)
    with pytest.raises(TypeError, match=re.escape("layer 1 (Embedding) expects integer indices but got dtype float64")):
        model.predict(np.ones((4, 6)))
    assert "input" in model.summary((6,))


def test_an_activation_with_a_backward_rule_of_its_own_is_asked_for_it() -> None:
    class Louder(Activate):
        def backward(self, cache: Any, da: Any) -> Any:
            return 2 * super().backward(cache, da)[0], {}

    x, y = np.ones((2, 2)), np.zeros((2, 1))
    plain, louder = (Sequential([Dense(2, 1), kind("sigmoid")], "binary_cross_entropy") for kind in (Activate, Louder))
    np.testing.assert_allclose(louder.gradients(x, y).vector, 2 * plain.gradients(x, y).vector, rtol=1e-12)


def test_softmax_with_cross_entropy_is_fused_so_that_a_hopeless_prediction_still_learns() -> None:
    model = Sequential([Dense(1, 2), Activate("softmax")], "categorical_cross_entropy")
    model.parameters[:] = [1000, -1000, 0, 0]
    loss, gradients = model.loss_and_gradients(np.array([[1.0]]), np.array([[0.0, 1.0]]))
    assert loss == 2000
    np.testing.assert_array_equal(gradients[0]["b"], [1, -1])


# ------------------------------------------------------------------------- one vector


def test_the_layers_are_views_into_one_vector_and_so_are_their_gradients() -> None:
    model, x, y = image_batch(0)
    before = model.predict(x)
    gradients = model.loss_and_gradients(x, y, rng=0)[1]
    assert len(gradients) == len(model.layers)
    assert gradients[:2] == (gradients[0], gradients[1])
    for layer, gradient in zip(model.layers, gradients, strict=True):
        assert layer.parameters.keys() == gradient.keys()
        for name, array in layer.parameters.items():
            assert np.shares_memory(array, model.parameters)
            assert np.shares_memory(gradient[name], gradients.vector)
            assert gradient[name].shape == array.shape
    flat = [array.ravel() for layer in model.layers for array in layer.parameters.values()]
    np.testing.assert_array_equal(np.concatenate(flat), model.parameters)
    assert not np.shares_memory(gradients.vector, model.parameters)
    GradientDescent(0.1).step(model.parameters, gradients.vector)
    assert not np.allclose(model.predict(x), before)
    assert re.fullmatch(r"SequentialGradients\(10 layers, 171 parameters, norm [\d.]+\)", repr(gradients))


def test_setting_the_parameters_moves_the_layers_and_wrong_ones_are_refused() -> None:
    model, x, _ = image_batch(0)
    other = model.with_parameters(model.parameters + 0.5)
    model.parameters = model.parameters + 0.5
    np.testing.assert_array_equal(model.predict(x), other.predict(x))
    with pytest.raises(ValueError, match=re.escape("parameters has shape (3,), expected (171,)")):
        model.parameters = np.zeros(3)
    with pytest.raises(TypeError, match="parameters has dtype int64, expected floating point"):
        model.with_parameters(np.zeros(171, int))
    single = image_model(np.random.default_rng(0), dtype=np.float32)
    before = single.parameters.copy()
    for change in (single.with_parameters, lambda theta: setattr(single, "parameters", theta)):
        with pytest.raises(ValueError, match=re.escape("parameters[0] is inf, expected finite numbers")):
            change(np.full(171, 1e300))
    np.testing.assert_array_equal(single.parameters, before)


COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "with_parameters": lambda model: model.with_parameters(model.parameters),
}


class Named(Sequential):
    """A model of its own kind, whose constructor takes something else."""

    def __init__(self, name: str) -> None:
        super().__init__([Dense(2, 1)], dtype=np.float32)
        self.name = name


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_a_copy_has_its_layers_in_its_own_vector_and_is_of_the_same_kind(copied: Any) -> None:
    for model in (Named("mine"), image_batch(0)[0], Sequential([Activate("tanh")], dtype=np.float32)):
        twin = copied(model)
        assert vars(twin).keys() == vars(model).keys()
        assert type(twin) is type(model)
        assert twin.loss_function is model.loss_function
        assert twin.parameters.dtype == model.parameters.dtype
        np.testing.assert_array_equal(twin.parameters, model.parameters)
        twin.parameters += 1
        assert not np.shares_memory(twin.parameters, model.parameters)
        flat = [array.ravel() for layer in twin.layers for array in layer.parameters.values()]
        np.testing.assert_array_equal(np.concatenate([*flat, []]), model.parameters + 1)
    assert copied(Named("mine")).name == "mine"


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_a_copy_stands_on_its_own(copied: Any) -> None:
    model, x, y = image_batch(0)
    model.loss_and_gradients(x, y, rng=0)  # moves the running statistics
    twin, before = copied(model), model.predict(x)
    np.testing.assert_array_equal(twin.predict(x), before)
    twin.parameters += 1
    twin.loss_and_gradients(x, y, rng=0)
    assert not np.allclose(twin.predict(x), before)
    np.testing.assert_array_equal(model.predict(x), before)
    assert repr(twin) == repr(model)


def test_the_layers_that_are_handed_in_stay_as_they_are() -> None:
    dense = Dense(2, 1)
    first, second = Sequential([dense]), Sequential([dense])
    first.parameters += 1
    assert not np.shares_memory(dense.parameters["W"], first.parameters)
    np.testing.assert_array_equal(dense.parameters["W"], second.layers[0].parameters["W"])


def test_nothing_that_goes_in_is_changed_and_a_second_backward_gives_the_same() -> None:
    model, x, y = image_batch(0)
    for array in (x, y):
        array.flags.writeable = False
    before = model.parameters.copy()
    _, caches = model.forward(x, training=True, rng=0)
    first, second = model.backward(caches, y), model.backward(caches, y)
    np.testing.assert_array_equal(first.vector, second.vector)
    assert not np.shares_memory(first.vector, second.vector)
    np.testing.assert_array_equal(model.parameters, before)


def test_a_sequential_inside_a_sequential_gives_its_layers() -> None:
    a, b, c = Dense(2, 3, seed=1), Activate("tanh"), Dense(3, 1, seed=2)
    inner = Sequential([b, c])
    inner.parameters += 1
    nested, flat = Sequential([a, inner]), Sequential([a, b, c])
    assert repr(nested) == repr(flat)
    np.testing.assert_array_equal(nested.layers[2].parameters["W"], c.parameters["W"] + 1)
    assert not np.shares_memory(nested.parameters, inner.parameters)
    x, y = np.ones((2, 2)), np.zeros((2, 1))
    assert gradient_is_right(Sequential([Residual(Sequential([a, b, Dense(3, 2)])), nested]), x, y)


def test_a_layer_without_numbers_may_occur_twice() -> None:
    tanh = Activate("tanh")
    assert len(Sequential([Dense(2, 2), tanh, Dense(2, 1, seed=1), tanh]).layers) == 4


def test_a_model_without_parameters_still_has_a_gradient_with_respect_to_its_input() -> None:
    model, x, y = Sequential([Activate("tanh")]), np.ones((2, 3)), np.zeros((2, 3))
    gradients = model.gradients(x, y, inputs=True)
    assert gradients.vector.shape == (0,)
    assert gradients.dx is not None
    assert check_gradient(lambda moved: model.loss(moved, y), x, gradients.dx)


# --------------------------------------------------------------------------- float32


def test_a_float32_model_stays_float32_and_agrees() -> None:
    double, x, y = image_batch(0)
    single = Sequential(double.layers, double.loss_function, dtype=np.float32)
    y_hat, caches = single.forward(x, training=True, rng=0)
    gradients = single.backward(caches, y, inputs=True)
    assert gradients.dx is not None
    found = [y_hat, gradients.vector, gradients.dx, single.predict(x), *gradients[0].values()]
    assert {array.dtype for array in found} == {np.dtype(np.float32)}
    expected = double.loss_and_gradients(x, y, rng=0)[1].vector
    np.testing.assert_allclose(gradients.vector, expected, rtol=1e-3, atol=1e-5)
    assert Sequential([Dense(2, 1, dtype=np.float32)]).parameters.dtype == np.float32
    assert copy.deepcopy(single).parameters.dtype == np.float32


# --------------------------------------------------------------------------- the door

MODEL = Sequential([Dense(2, 4), Activate("relu"), Dense(4, 1)])
X, Y = np.array([[0.1, 0.2]]), np.array([[0.3]])


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (np.ones((4, 3)), Y, ValueError, "layer 1 (Dense) expects inputs of width 2 but got shape (4, 3)"),
        (np.ones(2), Y, ValueError, "layer 1 (Dense) expects inputs of width 2 but got shape (2,): write x[np"),
        (np.array([[0, 1]]), Y, TypeError, "x has dtype int64, expected floating point: write np.array(..., dtype=flo"),
        (np.array([[0.1, np.nan]]), Y, ValueError, "x[0, 1] is nan, expected finite numbers"),
        (np.array([[0.1, np.inf]]), Y, ValueError, "x[0, 1] is inf, expected finite numbers"),
        (np.zeros((0, 2)), Y, ValueError, "x is empty: expected at least one example"),
        (X, np.array([0.3]), ValueError, "y has shape (1,) and the predictions (1, 1)"),
        (X, np.array([[0.3], [0.4]]), ValueError, "y has shape (2, 1) and the predictions (1, 1)"),
        (X, np.array([[1]]), TypeError, "y has dtype int64, expected floating point"),
        (X, np.array([[np.nan]]), ValueError, "y[0, 0] is nan, expected finite numbers"),
    ],
)
def test_a_bad_batch_is_refused_with_what_was_expected(x: Any, y: Any, error: type[Exception], message: str) -> None:
    for use in (MODEL.loss, MODEL.gradients, MODEL.loss_and_gradients):
        with pytest.raises(error, match=re.escape(message)):
            use(x, y)


def test_sample_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=re.escape("sample_weights has shape (2,), expected (1,)")):
        MODEL.loss_and_gradients(X, Y, np.ones(2))


def test_widths_that_do_not_fit_are_told_with_number_and_kind_of_the_layer() -> None:
    model = Sequential([Dense(2, 30), Activate("relu"), Dense(32, 1)])
    message = "layer 3 (Dense) expects inputs of width 32 but got shape (4, 30)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        model.predict(np.ones((4, 2)))
    with pytest.raises(ValueError, match=f"^{re.escape(message.replace('4, 30', '1, 30'))}$"):
        model.summary()
    nested = Sequential([Dense(2, 3), Residual([Dense(3, 30), Dense(32, 3)])])
    message = "layer 2 (Residual): layer 2 (Dense) expects inputs of width 32 but got shape (4, 30)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        nested.predict(np.ones((4, 2)))


def test_a_hint_says_which_axis_is_missing_and_only_where_it_helps() -> None:
    for layer, shape, hint in (
        (Dense(1, 2), (5,), ": write x[:, np.newaxis] for a column"),
        (Dense(5, 2), (5,), ": write x[np.newaxis] for one example"),
        (Dense(3, 2), (5,), ""),
        (Conv2D(2, 2, 2), (2, 4, 4), ": write x[np.newaxis] for one example"),
        (Conv2D(1, 2, 2), (7, 4, 4), ": write x[:, np.newaxis] for one channel"),
        (Conv2D(1, 2, 2), (16,), ""),
        (LSTM(3, 2), (5, 3), ": write x[np.newaxis] for one example"),
    ):
        with pytest.raises(ValueError, match=f"but got shape {re.escape(str(shape) + hint)}$"):
            Sequential([layer]).predict(np.ones(shape))


def test_overflow_in_batch_normalization_is_told_before_anything_has_moved() -> None:
    model = Sequential([Dense(2, 2), BatchNorm(2), Dense(2, 1)])
    x = np.array([[1e200, 0.0], [-1e200, 1.0]])
    with pytest.raises(
        FloatingPointError, match=re.escape("layer 2 (BatchNorm) expects inputs whose variance is finite")
    ):
        model.loss_and_gradients(x, np.zeros((2, 1)))
    norm = model.layers[1]
    assert isinstance(norm, BatchNorm)
    np.testing.assert_array_equal(norm.running_mean, [0, 0])
    np.testing.assert_array_equal(norm.running_variance, [1, 1])


def test_dropout_without_a_draw_is_told_with_number_and_kind() -> None:
    model = Sequential([Dense(2, 3), Dropout(0.5), Dense(3, 1)])
    with pytest.raises(ValueError, match=re.escape("layer 2 (Dropout) draws in training: pass rng, such as")):
        model.loss_and_gradients(X, Y)
    assert np.isfinite(model.loss(X, Y))


@pytest.mark.parametrize("gradients", [{}, {"W": np.zeros((1, 2)), "b": np.zeros(())}, {"W": 0.0, "b": 0.0, "c": 0.0}])
def test_a_layer_whose_gradients_are_no_twins_is_told(gradients: Any) -> None:
    class Wrong(Dense):
        def backward(self, cache: Any, da: Any) -> Any:
            return super().backward(cache, da)[0], gradients

    with pytest.raises(ValueError, match=r"layer 1 \(Wrong\) has parameters of shapes .* they must be twins"):
        Sequential([Wrong(2, 1)]).gradients(X, Y)


@pytest.mark.parametrize(
    ("layers", "options", "error", "message"),
    [
        ([], {}, ValueError, "layers is empty: expected at least one"),
        ([Dense(2, 1), "relu"], {}, TypeError, "layer 2 is 'relu', expected a Layer: write Activate(...) around it"),
        ([Dense(2, 1), 3], {}, TypeError, "layer 2 is 3, expected a Layer"),
        ([Dense(2, 1), np.tanh], {}, TypeError, "layer 2 is <ufunc 'tanh'>, expected a Layer"),
        ([Dense], {}, TypeError, "expected a Layer: that is the class, write Dense(...)"),
        (Dense, {}, TypeError, "layers is <class 'backprop_lab.layers.dense.Dense'>, expected a list of layers"),
        (None, {}, TypeError, "layers is None, expected a list of layers"),
        ("relu", {}, TypeError, "layers is 'relu', expected a list of layers"),
        ({"first": 1}, {}, TypeError, "layers is {'first': 1}, expected a list of layers"),
        (Network([2, 1]), {}, TypeError, "layers is Network(2-1,"),
        ([Network([2, 1])], {}, TypeError, "layer 1 is Network(2-1,"),
        (
            [Dense(2, 1)],
            {"dtype": np.float16},
            TypeError,
            "dtype is float16, expected a floating-point type: float64 o",
        ),
        ([Dense(2, 1)], {"loss": "mse"}, ValueError, "unknown loss 'mse': choose one of"),
        ([Dense(2, 1)], {"dtype": int}, TypeError, "dtype is int64, expected a floating-point type"),
        ([Dense(1, 1)] * 2, {}, ValueError, "layer 2 is layer 1 once more, Dense(1, 1): the layers are copied, so th"),
    ],
)
def test_a_model_that_can_not_be_is_refused(layers: Any, options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)) as caught:
        Sequential(layers, **options)
    assert ("write Activate" in str(caught.value)) == ("relu', expected a Layer" in message)


def test_layers_that_share_their_numbers_are_refused_since_copies_of_them_would_part() -> None:
    one, other = Dense(2, 2), Dense(2, 2, seed=1)
    other.parameters["W"] = one.parameters["W"].T
    with pytest.raises(
        ValueError, match=re.escape("layer 3 (Dense(2, 2)) shares numbers with layer 1: the layers are")
    ):
        Sequential([one, Activate("tanh"), other])
    for layers in ([one, Residual(one)], [Residual([Residual(one)]), one], [Residual(one), Residual(one)]):
        with pytest.raises(ValueError, match=r"layer 2 .* shares numbers with layer 1"):
            Sequential(layers)
    assert len(Sequential([one, Residual(copy.deepcopy(one))]).layers) == 2
    block = Residual(one)
    assert len(Sequential([one, copy.deepcopy(block), pickle.loads(pickle.dumps(block))]).layers) == 3


def test_the_caches_of_another_model_are_refused() -> None:
    wider = Sequential([Dense(2, 5), Activate("relu"), Dense(5, 1)])
    for caches in (None, [], Network([2, 4, 1]).forward(X)[1], Sequential([Dense(2, 1)]).forward(X)[1]):
        with pytest.raises(ValueError, match="caches is not what forward returned for these 3 layers"):
            MODEL.backward(caches, Y)
    with pytest.raises(
        ValueError, match=re.escape("layer 3 (Dense) expects the cache that its forward returned but got ")
    ):
        MODEL.backward(wider.forward(X)[1], Y)


# ------------------------------------------------------------------------------ words


def test_a_model_says_what_it_is() -> None:
    assert repr(MODEL) == (
        "Sequential([Dense(2, 4), Activate(relu), Dense(4, 1)], loss=half_squared_error, 17 parameters)"
    )


def test_the_summary_lists_layers_output_shapes_and_counts() -> None:
    assert [line.rstrip() for line in MODEL.summary().splitlines()] == [
        "layer  kind                         output  parameters",
        "------------------------------------------------------",
        "       input                        (N, 2)",
        "1      Dense(2, 4)                  (N, 4)          12",
        "2      Activate(relu)               (N, 4)           0",
        "3      Dense(4, 1)                  (N, 1)           5",
        "------------------------------------------------------",
        "total  half_squared_error, float64                  17",
    ]
    model = image_model(np.random.default_rng(0))
    assert "(N, 3, 2, 2)          84" in model.summary((2, 4, 4))
    with pytest.raises(ValueError, match=re.escape("shape is missing: Conv2D(2, 3, 3, padding=1) does not say")):
        model.summary()
    assert Sequential([Activate("tanh")]).summary(5).count("(N, 5)") == 2
    for shape in ("abc", -1, (None, 3)):
        with pytest.raises(ValueError, match=r"a length in shape is .*, expected a whole number, at least 1"):
            MODEL.summary(shape)


# ---------------------------------------------------------------------------- training


def test_a_convolutional_network_learns_what_a_dense_one_could_not_be_told() -> None:
    """A bright dot anywhere in the upper or the lower half: 200 steps of plain gradient descent."""
    rng = np.random.default_rng(0)
    x = np.zeros((32, 1, 4, 4))
    rows, columns = rng.integers(4, size=(2, 32))
    x[np.arange(32), 0, rows, columns] = 1
    y = np.eye(2)[(rows >= 2).astype(int)]
    model = Sequential(
        [Conv2D(1, 4, 2, seed=rng), BatchNorm(4), Activate("relu"), Flatten(), Dense(36, 2), Activate("softmax")],
        "categorical_cross_entropy",
    )
    before = model.loss(x, y)
    for _ in range(200):
        model.parameters -= 0.1 * model.loss_and_gradients(x, y)[1].vector
    assert model.loss(x, y) < before / 10
    assert (model.predict(x).argmax(axis=1) == y.argmax(axis=1)).all()


def test_every_loss_of_the_library_can_stand_at_the_end(witness: SimpleNamespace) -> None:
    rng = np.random.default_rng(0)
    for name in LOSSES:
        model = Sequential([Dense(3, 2, seed=rng), Activate("sigmoid")], name)
        assert gradient_is_right(model, rng.normal(size=(4, 3)), witness.targets(rng, name, (4, 2))), name


# ----------------------------------------------------------------------- mutation proof

# mistake: (owner, function, a piece of its text, the piece with the mistake)
MISTAKES: dict[str, tuple[Any, str, str, str]] = {
    "BP1 with the sign turned": (Sequential, "backward", "delta = self.", "delta = -self."),
    "BP1 without the mean": (Sequential, "backward", "sample_weights)  # BP1", "sample_weights) * len(y)  # BP1"),
    "BP1 without the last activation": (Sequential, "backward", "self._output or identity", "identity"),
    "the last activation twice": (Sequential, "backward", "len(self.layers) - bool(self._output)", "len(self.layers)"),
    "the gradients in the wrong order": (module, "backward_through", "gradients[::-1]", "gradients"),
    "the layers in the wrong order": (module, "backward_through", "reversed(list(zip(range(1", "(list(zip(range(1"),
    "each layer with the last delta": (module, "backward_through", "da, gradient =", "_, gradient ="),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_in_the_backward_pass_is_found(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    layers: list[Layer] = [layer for _ in range(3) for layer in (Dense(3, 3, seed=rng), Activate("tanh"))]
    model, x, y = Sequential(layers, "mean_squared_error"), rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    assert gradient_is_right(model, x, y)
    plant(monkeypatch, *MISTAKES[mistake])
    if mistake == "the last activation twice":  # one gradient too many for the layers
        with pytest.raises(ValueError, match="zip"):
            model.gradients(x, y)
        return
    assert not gradient_is_right(model, x, y)
