"""Promise: every wrong gradient of a network is caught, in its layer and with its cause; every right one passes."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_lab.activations import Activation, make_elu, make_leaky_relu
from backprop_lab.losses import Loss
from backprop_lab.network import Network
from backprop_lab.network_check import check_network, find_wrong_weight

seeds = st.integers(0, 2**32 - 1)
HIDDEN = ["identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "softplus"]
ENDS = [
    ("identity", "half_squared_error"),
    ("sigmoid", "half_squared_error"),
    ("softmax", "half_squared_error"),
    ("tanh", "mean_squared_error"),
    ("sigmoid", "binary_cross_entropy"),
    ("softmax", "binary_cross_entropy"),
    ("softmax", "categorical_cross_entropy"),
    ("sigmoid", "categorical_cross_entropy"),
    ("identity", "hinge"),
    ("tanh", "hinge"),
]


def targets(rng: np.random.Generator, loss: str, shape: tuple[int, int]) -> np.ndarray:
    if loss == "categorical_cross_entropy":
        return rng.dirichlet(np.ones(shape[1]), size=shape[0])
    if loss == "hinge":
        return rng.choice([-1.0, 1.0], size=shape)
    return rng.random(shape)


def problem(
    seed: int = 0,
    hidden: Any = "tanh",
    output: str = "sigmoid",
    loss: str = "half_squared_error",
    sizes: tuple[int, ...] = (3, 5, 4, 4, 2),
    n: int = 6,
    dtype: Any = np.float64,
) -> tuple[Network, np.ndarray, np.ndarray]:
    """Draw a network with biases, and a batch of several examples."""
    rng = np.random.default_rng(seed)
    network = Network(sizes, hidden=hidden, output=output, loss=loss, seed=rng, dtype=dtype)
    network.parameters += 0.3 * rng.normal(size=network.parameters.shape)
    return network, rng.normal(size=(n, sizes[0])), targets(rng, loss, (n, sizes[-1]))


def backward(
    network: Network,
    x: np.ndarray,
    y: np.ndarray,
    layer: int = 0,
    wrong_delta: Callable[..., np.ndarray] | None = None,
    wrong_dW: Callable[..., np.ndarray] | None = None,
    wrong_db: Callable[..., np.ndarray] | None = None,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Backpropagate with a mistake in one layer (from 1), or in every layer where it is 0; return pairs (dW, db)."""
    _, caches = network.forward(x)
    pairs: list[tuple[np.ndarray, np.ndarray]] = []
    delta, above = np.zeros((0, 0)), None
    for number in reversed(range(1, len(network.layers) + 1)):
        here, cache = network.layers[number - 1], caches[number - 1]
        mistaken = layer in (0, number)
        if above is None:
            da, da_t = network.loss_function.slope(cache.a, y), None
            right = network.loss_function.delta(here.activation, cache.z, cache.a, y)
        else:
            da = delta @ above.W
            da_t = delta @ above.W.T if above.W.shape[0] == above.W.shape[1] else None
            right = da * here.activation.slope(cache.z, cache.a)
        made = dict(delta=right, da=da, da_t=da_t, cache=cache, f=here.activation, y=y, W=here.W, b=here.b)
        delta = wrong_delta(**made) if wrong_delta is not None and mistaken else right
        made["delta"] = delta
        dW = wrong_dW(**made) if wrong_dW is not None and mistaken else delta.T @ cache.a_in
        db = wrong_db(**made) if wrong_db is not None and mistaken else delta.sum(axis=0)
        pairs.insert(0, (dW, db))
        above = here
    return pairs


# ----------------------------------------------------------------------------- right gradients


@pytest.mark.parametrize("hidden", HIDDEN)
@given(seed=seeds)
@settings(max_examples=8)
def test_a_right_gradient_passes_to_rounding_with_every_hidden_activation(hidden: str, seed: int) -> None:
    check = check_network(*problem(seed, hidden))
    assert check
    assert check.method == "complex"
    assert check.errors.max() < 1e-13
    assert check.entries == 74


@pytest.mark.parametrize(("output", "loss"), ENDS)
@given(seed=seeds)
@settings(max_examples=8)
def test_a_right_gradient_passes_to_rounding_with_every_output_and_loss(output: str, loss: str, seed: int) -> None:
    check = check_network(*problem(seed, "tanh", output, loss))
    assert check.passed
    assert check.method == "complex"
    assert check.errors.max() < 1e-13


@given(seed=seeds, data=st.data())
@settings(max_examples=15)
def test_a_right_gradient_passes_whatever_the_shape(seed: int, data: st.DataObject) -> None:
    sizes = tuple(data.draw(st.lists(st.integers(1, 6), min_size=2, max_size=6)))
    network, x, y = problem(seed, "softplus", "identity", sizes=sizes, n=data.draw(st.integers(1, 5)))
    before = network.parameters.copy(), x.copy(), y.copy()
    for method in ("complex", "central"):
        check = check_network(network, x, y, method=method)
        assert check.passed
        assert check.entries == network.parameters.size
        assert len(check.tensors) == 2 * len(network.layers)
    for now, then in zip((network.parameters, x, y), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(("output", "loss"), [("sigmoid", "binary_cross_entropy"), ("tanh", "half_squared_error")])
@given(seed=seeds)
@settings(max_examples=5)
def test_the_numbers_agree_with_pytorch(output: str, loss: str, seed: int) -> None:
    """Claims from another implementation pass, and they are not the network's own."""
    torch = pytest.importorskip("torch")
    network, x, y = problem(seed, "gelu", output, loss)
    tensors = [
        (torch.tensor(layer.W.copy(), requires_grad=True), torch.tensor(layer.b.copy(), requires_grad=True))
        for layer in network.layers
    ]
    a = torch.tensor(x)
    for W, b in tensors[:-1]:
        a = torch.nn.functional.gelu(a @ W.T + b)
    z = a @ tensors[-1][0].T + tensors[-1][1]
    target = torch.tensor(y)
    if loss == "binary_cross_entropy":
        cost = torch.nn.functional.binary_cross_entropy_with_logits(z, target, reduction="sum") / len(x)
    else:
        cost = ((torch.tanh(z) - target) ** 2).sum() / 2 / len(x)
    cost.backward()
    claims = [(W.grad.numpy(), b.grad.numpy()) for W, b in tensors]
    check = check_network(network, x, y, gradients=claims)
    assert check.passed
    assert check.errors.max() < 1e-12
    claims[1] = (1.000001 * claims[1][0], claims[1][1])
    assert not check_network(network, x, y, gradients=claims)


@pytest.mark.parametrize("method", ["complex", "central"])
def test_extreme_pre_activations_do_not_overflow(method: str) -> None:
    for output, loss in (
        ("sigmoid", "binary_cross_entropy"),
        ("softmax", "categorical_cross_entropy"),
        ("softmax", "half_squared_error"),
    ):
        network, x, y = problem(1, "softplus", output, loss)
        network.layers[-1].W[...] *= 1e4
        assert check_network(network, x, y, method=method)


def test_the_vanished_gradients_of_a_deep_network_are_still_judged() -> None:
    """Twenty sigmoid layers: the gradient of the first has lost twelve orders of magnitude, and a factor 2 is seen."""
    network, x, y = problem(0, "sigmoid", sizes=(3, *[4] * 20, 2))
    gradients = network.gradients(x, y)
    assert np.linalg.norm(gradients[0].dW) < 1e-10
    assert check_network(network, x, y)
    pairs = [(layer.dW.copy(), layer.db.copy()) for layer in gradients]
    pairs[0] = (2 * pairs[0][0], 2 * pairs[0][1])
    check = check_network(network, x, y, gradients=pairs)
    assert not check
    assert check.cause == "layer 1: delta has the factor 2: a square without its 1/2"


def test_the_tiny_gradients_at_a_fitted_target_are_not_taken_for_wrong() -> None:
    """Where predictions meet targets to eight digits, a - y has only eight digits left, on both sides."""
    network, x, _ = problem(0, "tanh", "identity")
    y = network.predict(x) + 1e-9 * np.random.default_rng(1).normal(size=(6, 2))
    assert check_network(network, x, y)
    pairs = [(1.001 * layer.dW, 1.001 * layer.db) for layer in network.gradients(x, y)]
    assert not check_network(network, x, y, gradients=pairs)


@given(seed=seeds)
@settings(max_examples=5)
def test_sample_weights_are_part_of_the_mean(seed: int) -> None:
    network, x, y = problem(seed)
    weights = np.random.default_rng(seed).random(6)
    gradients = network.gradients(x, y, weights)
    assert check_network(network, x, y, sample_weights=weights)
    assert check_network(network, x, y, sample_weights=weights, gradients=gradients)
    assert not check_network(network, x, y, gradients=gradients)


@given(seed=seeds)
@settings(max_examples=5)
def test_a_float32_network_is_judged_by_a_float64_forward_pass(seed: int) -> None:
    network, x, y = problem(seed, "tanh", dtype=np.float32)
    gradients = network.gradients(x, y)
    assert gradients.vector.dtype == np.float32
    check = check_network(network, x, y)
    assert check.passed
    assert check.tolerance == 1e-4
    assert not check_network(network, x, y, gradients=1.01 * gradients.vector)


def test_mixed_hidden_activations_are_read_layer_by_layer() -> None:
    network, x, y = problem(0, ["relu", "tanh", "elu"])
    assert check_network(network, x, y).method == "complex"
    assert check_network(network, x, y)


# ----------------------------------------------------------------- one's own activations and losses

swish = Activation(
    "swish", "swish", lambda z: z / (1 + np.exp(-z)), lambda z, a: (1 + a * np.exp(-z)) / (1 + np.exp(-z))
)
wrong_swish = Activation("swish", "swish", swish.function, lambda z, a: 1 / (1 + np.exp(-z)))
quartic = Loss("quartic", "(a - y)^4", lambda a, y: (a - y) ** 4, lambda a, y: 4 * (a - y) ** 3)
wrong_quartic = Loss("quartic", "(a - y)^4", lambda a, y: (a - y) ** 4, lambda a, y: 3 * (a - y) ** 3)


@pytest.mark.parametrize(
    ("right", "wrong"), [(dict(hidden=swish), dict(hidden=wrong_swish)), (dict(loss=quartic), dict(loss=wrong_quartic))]
)
def test_functions_of_ones_own_are_judged_by_central_differences(right: Any, wrong: Any) -> None:
    network, x, y = problem(0)
    for options, verdict in ((right, True), (wrong, False)):
        own = Network(network.sizes, **({"hidden": "tanh"} | options))
        own.parameters = network.parameters
        check = check_network(own, x, y)
        assert check.method == "central"
        assert check.passed == verdict


@pytest.mark.parametrize("own", [make_leaky_relu(0.3), make_elu(0.5)])
def test_a_name_is_not_believed_where_the_numbers_differ(own: Activation) -> None:
    """A leaky ReLU of slope 0.3 is no leaky ReLU of slope 0.01, whatever it is called."""
    check = check_network(*problem(0, own))
    assert check.method == "central"
    assert check.passed


def test_a_forward_pass_that_is_not_what_its_layers_say_is_refused() -> None:
    class Scaled(Network):
        def loss(self, *arguments: Any) -> float:
            return 2 * super().loss(*arguments)

    network, x, y = problem(0)
    broken = Scaled(network.sizes, hidden="tanh", seed=0)
    with pytest.raises(ValueError, match="but that is not the loss of its layers' predictions: mend the forward pass"):
        check_network(broken, x, y)


# ------------------------------------------------------------ test the tester: wrong gradients

DELTA_MISTAKES: dict[str, tuple[Callable[..., np.ndarray], str]] = {
    "sign": (lambda delta, **_: -delta, "delta has the factor -1: the sign is turned"),
    "no mean": (lambda delta, **_: 6 * delta, "delta has the factor N = 6: the mean over the batch is missing"),
    "mean twice": (
        lambda delta, **_: delta / 6,
        "delta has the factor 1/N = 1/6: the mean over the batch is taken once too often",
    ),
    "square": (lambda delta, **_: 2 * delta, "delta has the factor 2: a square without its 1/2"),
    "sign and mean": (
        lambda delta, **_: -6 * delta,
        "delta has the factor N = 6: the mean over the batch is missing, and the sign is turned",
    ),
    "any factor": (lambda delta, **_: 1.37 * delta, "delta has the factor 1.37"),
    "no slope": (lambda da, **_: da, "the slope of sigmoid is missing in delta"),
    "slope twice": (
        lambda delta, cache, **_: delta * cache.a * (1 - cache.a),
        "the slope of sigmoid is taken twice",
    ),
    "slope at a": (
        lambda da, cache, f, **_: da * f.slope(cache.a),
        "the slope of sigmoid is taken at a, not at z",
    ),
}
PRODUCT_MISTAKES: dict[str, tuple[dict[str, Callable[..., np.ndarray]], str]] = {
    "dW sign": (
        dict(wrong_dW=lambda delta, cache, **_: -delta.T @ cache.a_in),
        "dW has the factor -1: the sign is turned",
    ),
    "dW mean": (
        dict(wrong_dW=lambda delta, cache, **_: delta.T @ cache.a_in / 6),
        "dW has the factor 1/N = 1/6: the mean over the batch is taken once too often",
    ),
    "dW transposed": (
        dict(wrong_dW=lambda delta, cache, W, **_: (cache.a_in.T @ delta).reshape(W.shape)),
        "dW is transposed: the numbers of delta.T @ a_in in the order of a_in.T @ delta",
    ),
    "dW zero": (dict(wrong_dW=lambda W, **_: 0 * W), "dW is all zero"),
    "dW last": (
        dict(wrong_dW=lambda delta, cache, **_: delta[-1:].T @ cache.a_in[-1:]),
        "dW holds the last example only: = where += is meant",
    ),
    "weight decay": (
        dict(wrong_dW=lambda delta, cache, W, **_: delta.T @ cache.a_in + 0.01 * W),
        "dW holds 0.01 W on top: weight decay, which this loss does not have",
    ),
    "db zero": (dict(wrong_db=lambda b, **_: 0 * b), "db is all zero"),
    "db mean": (
        dict(wrong_db=lambda delta, **_: delta.mean(axis=0)),
        "db is the mean of delta, not its sum: the mean is in delta already",
    ),
    "db sign": (dict(wrong_db=lambda delta, **_: -delta.sum(axis=0)), "db has the factor -1: the sign is turned"),
    "db first": (
        dict(wrong_db=lambda delta, **_: delta[0]),
        "db holds the first example only: = where += is meant",
    ),
    "db over units": (
        dict(wrong_db=lambda delta, b, **_: np.full(b.shape, delta.sum())),
        "db is one number, the sum over the units too",
    ),
}


@pytest.mark.parametrize("layer", [1, 2, 3, 4])
@pytest.mark.parametrize("name", DELTA_MISTAKES)
def test_a_mistake_in_delta_is_named_with_the_topmost_layer_that_has_it(name: str, layer: int) -> None:
    wrong_delta, cause = DELTA_MISTAKES[name]
    for method in ("complex", "central"):
        network, x, y = problem(3, "sigmoid")
        claims = backward(network, x, y, layer, wrong_delta=wrong_delta)
        check = check_network(network, x, y, gradients=claims, method=method)
        assert not check
        assert check.topmost == layer
        below = "; the layers below inherit it" if layer > 1 else ""
        assert check.cause == f"layer {layer}: {cause}{below}"
        assert [tensor.passed for tensor in check.tensors] == [number > layer for number in (1, 1, 2, 2, 3, 3, 4, 4)]
        assert {tensor.cause for tensor in check.tensors if tensor.layer == layer} == {cause}
        inherited = {tensor.cause for tensor in check.tensors if tensor.layer < layer}
        assert inherited <= {"inherited from the layer above"}


@pytest.mark.parametrize("layer", [1, 2, 3, 4])
@pytest.mark.parametrize("name", PRODUCT_MISTAKES)
def test_a_mistake_in_a_product_is_named_and_stays_in_its_tensor(name: str, layer: int) -> None:
    mistake, cause = PRODUCT_MISTAKES[name]
    network, x, y = problem(4, "tanh")
    check = check_network(network, x, y, gradients=backward(network, x, y, layer, **mistake))
    assert not check
    assert check.topmost == layer
    assert check.cause == f"layer {layer}: {cause}"
    tensor = check.worst
    assert (tensor.layer, tensor.name, tensor.cause) == (layer, "b" if "wrong_db" in mistake else "W", cause)
    assert sum(not tensor.passed for tensor in check.tensors) == 1


@pytest.mark.parametrize("layer", [2, 3, 4])
def test_the_pre_activation_in_place_of_the_activation_is_named(layer: int) -> None:
    network, x, y = problem(5, "sigmoid")
    _, caches = network.forward(x)
    claims = backward(network, x, y, layer, wrong_dW=lambda delta, **_: delta.T @ caches[layer - 2].z)
    cause = check_network(network, x, y, gradients=claims).cause
    assert cause == f"layer {layer}: dW is made with z of the layer below, not with its activation"


def test_a_square_matrix_that_is_not_transposed_is_named() -> None:
    network, x, y = problem(6, "tanh")
    claims = backward(network, x, y, 2, wrong_delta=lambda da_t, cache, f, **_: da_t * f.slope(cache.z))
    cause = check_network(network, x, y, gradients=claims).cause
    assert cause == ("layer 2: W of layer 3 is transposed in delta = (delta @ W) * slope; the layers below inherit it")


def test_a_square_dW_that_is_transposed_is_named() -> None:
    network, x, y = problem(6, "tanh")
    claims = backward(network, x, y, 3, wrong_dW=lambda delta, cache, **_: cache.a_in.T @ delta)
    assert check_network(network, x, y, gradients=claims).cause.startswith("layer 3: dW is transposed")


def test_softmax_taken_element_by_element_is_named() -> None:
    """Erratum E-38: the Jacobian of softmax is not a diagonal."""
    network, x, y = problem(7, "tanh", "softmax", "categorical_cross_entropy")
    claims = backward(network, x, y, 4, wrong_delta=lambda da, cache, **_: da * cache.a * (1 - cache.a))
    cause = check_network(network, x, y, gradients=claims).cause
    assert cause.startswith("layer 4: softmax taken element by element, a (1 - a) in place of its Jacobian; the lay")


def test_the_short_delta_of_another_loss_is_named() -> None:
    """Erratum E-31: the code uses a - y, the text speaks of the squared error of a sigmoid."""
    network, x, y = problem(8, "tanh", "sigmoid", "mean_squared_error", sizes=(3, 4, 3))
    claims = backward(network, x, y, 2, wrong_delta=lambda cache, y, **_: (cache.a - y) / len(y))
    cause = check_network(network, x, y, gradients=claims).cause
    assert cause == (
        "layer 2: delta is a - y, which belongs to another loss or activation; the layers below inherit it"
    )


def test_a_slope_that_is_missing_in_every_hidden_layer_is_named_in_every_one() -> None:
    network, x, y = problem(9, "sigmoid")

    def no_slope(delta: np.ndarray, da: np.ndarray, da_t: Any, cache: Any, **_: Any) -> np.ndarray:
        return delta if cache.a.shape[1] == 2 else da

    check = check_network(network, x, y, gradients=backward(network, x, y, wrong_delta=no_slope))
    assert check.topmost == 3
    assert check.cause == "layers 3, 2, 1: the slope of sigmoid is missing in delta"


def test_biases_that_are_forgotten_everywhere_are_one_cause() -> None:
    network, x, y = problem(10)
    check = check_network(network, x, y, gradients=backward(network, x, y, wrong_db=lambda b, **_: 0 * b))
    assert check.cause == "layers 4, 3, 2, 1: db is all zero"


def test_two_mistakes_in_one_network_are_told_apart() -> None:
    network, x, y = problem(11, "sigmoid")
    claims = backward(network, x, y, 3, wrong_db=lambda delta, **_: delta.mean(axis=0))
    claims[0] = (-claims[0][0], -claims[0][1])
    check = check_network(network, x, y, gradients=claims)
    assert check.cause == (
        "layer 3: db is the mean of delta, not its sum: the mean is in delta already; "
        "layer 1: delta has the factor -1: the sign is turned"
    )


@given(seed=seeds, data=st.data())
@settings(max_examples=15)
def test_one_wrong_entry_is_found_with_its_layer_index_and_numbers(seed: int, data: st.DataObject) -> None:
    network, x, y = problem(seed)
    layer = data.draw(st.integers(1, 4))
    name = data.draw(st.sampled_from("Wb"))
    claims = [(part.dW.copy(), part.db.copy()) for part in network.gradients(x, y)]
    tensor = claims[layer - 1]["Wb".index(name)]
    index = tuple(data.draw(st.integers(0, n - 1)) for n in tensor.shape)
    right = float(tensor[index])
    tensor[index] += 1e-6
    check = check_network(network, x, y, gradients=claims)
    worst = check.worst
    assert not check
    assert (worst.layer, worst.name, worst.worst) == (layer, name, index)
    assert worst.absolute_error == pytest.approx(1e-6, rel=1e-6)
    assert worst.given == right + 1e-6
    assert worst.numerical == pytest.approx(right, abs=1e-14)
    assert check.cause == f"layer {layer}: d{name} is wrong in a single entry, {list(index)}"


def test_below_what_is_not_explained_nothing_is_said() -> None:
    network, x, y = problem(12)
    rng = np.random.default_rng(0)
    claims = backward(network, x, y, 3, wrong_delta=lambda delta, **_: delta * rng.random(delta.shape))
    claims[3] = (claims[3][0], -claims[3][1])
    check = check_network(network, x, y, gradients=claims)
    assert check.topmost == 4
    assert check.cause == "layer 4: db has the factor -1: the sign is turned"


def test_what_no_simple_mistake_explains_has_no_cause_but_a_layer() -> None:
    network, x, y = problem(12)
    rng = np.random.default_rng(0)
    claims = backward(network, x, y, 3, wrong_delta=lambda delta, **_: delta * rng.random(delta.shape))
    check = check_network(network, x, y, gradients=claims)
    assert not check
    assert (check.topmost, check.cause) == (3, "")


@pytest.mark.parametrize("factor", [1.001, 0.999, 1 + 1e-9, 0.0])
def test_a_gradient_that_is_off_by_little_is_rejected(factor: float) -> None:
    network, x, y = problem(13)
    assert not check_network(network, x, y, gradients=factor * network.gradients(x, y).vector)


def test_the_claim_may_be_an_object_pairs_or_a_vector() -> None:
    network, x, y = problem(14)
    gradients = network.gradients(x, y)
    for claim in (gradients, gradients.vector, [(layer.dW, layer.db) for layer in gradients]):
        assert check_network(network, x, y, gradients=claim)
    swapped = gradients.vector.copy()
    swapped[[0, 1]] = swapped[[1, 0]]
    assert not check_network(network, x, y, gradients=swapped)


# ------------------------------------------------------------------------------------ a sample


def test_a_sample_compares_as_many_entries_as_asked_for_and_the_same_for_a_seed() -> None:
    network, x, y = problem(15)
    checks = [check_network(network, x, y, entries=20, seed=seed) for seed in (0, 0, 1)]
    assert all(check.passed and check.entries == 20 for check in checks)
    counts = [[tensor.entries for tensor in check.tensors] for check in checks]
    assert counts[0] == counts[1] != counts[2]
    assert check_network(network, x, y, entries=network.parameters.size).entries == network.parameters.size
    assert check_network(network, x, y, entries=1).entries == 1


def test_a_sample_still_finds_and_names_what_is_wrong_throughout() -> None:
    network, x, y = problem(16)
    check = check_network(network, x, y, gradients=-network.gradients(x, y).vector, entries=12)
    assert not check
    assert check.cause.startswith("layer 4: delta has the factor -1: the sign is turned")


# --------------------------------------------------------------------------------------- kinks


def on_its_kinks() -> tuple[Network, np.ndarray, np.ndarray]:
    """Return a ReLU network without biases, and a batch with a blank example: all of its units are at the kink."""
    rng = np.random.default_rng(3)
    network = Network([3, 4, 4, 2], hidden="relu", output="identity", initialization="he", seed=rng)
    return network, np.vstack([np.zeros((1, 3)), rng.normal(size=(4, 3))]), rng.normal(size=(5, 2))


def test_at_a_kink_the_complex_step_takes_the_side_of_the_library() -> None:
    """Erratum E-27: a blank input without biases is exactly at the kink, and that is not rare."""
    network, x, y = on_its_kinks()
    check = check_network(network, x, y)
    assert check.passed
    assert check.kinks == 0


def test_at_a_kink_the_other_side_is_excused_and_counted() -> None:
    """ReLU'(0) = 1 is a subgradient as good as 0, and gives other gradients at the biases below."""
    network, x, y = on_its_kinks()
    closed = Activation("relu", "ReLU", lambda z: np.maximum(z, 0), lambda z, a: z >= 0)
    other = Network(network.sizes, hidden=closed, output="identity")
    other.parameters = network.parameters
    assert not np.allclose(other.gradients(x, y).vector, network.gradients(x, y).vector)
    check = check_network(other, x, y)
    assert check.passed
    assert check.kinks > 0
    assert repr(check).endswith(f"{check.kinks} left out, the loss has a kink there")
    assert not check_network(other, x, y, gradients=1.01 * other.gradients(x, y).vector)


def test_where_the_curvature_jumps_central_differences_look_closer() -> None:
    """ELU has a slope at 0, but another curvature on each side, which costs central differences half their digits."""
    network = Network.from_weights([([[1.0]], [0.0]), ([[1.0]], [0.0])], hidden="elu", output="identity")
    x, y = np.zeros((1, 1)), np.array([[3.0]])
    check = check_network(network, x, y, method="central")
    assert check.passed
    assert check.kinks == 0
    assert not check_network(network, x, y, method="central", gradients=1.0001 * network.gradients(x, y).vector)


def test_a_pre_activation_that_is_zero_by_chance_of_the_layer_below_is_at_a_kink_too() -> None:
    """GELU(0) = 0, so a blank example meets every kink of the layer above; no step may push it to a side."""
    for seed in range(10):
        network = Network([5, 2, 6, 2, 1], hidden=["gelu", "leaky_relu", "gelu"], seed=seed)
        x, y = np.vstack([np.zeros((1, 5)), np.random.default_rng(seed).normal(size=(3, 5))]), np.ones((4, 1))
        for method in ("complex", "central"):
            assert check_network(network, x, y, method=method)
        assert find_wrong_weight(network, x, y) is None


@pytest.mark.parametrize("z", [12.0, 20.0, 30.0])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_the_few_digits_of_a_saturated_slope_are_not_taken_for_wrong(activation: str, z: float) -> None:
    """In a (1 - a) nearly all digits cancel there: at z = 30 three are left. A factor 2 is still seen."""
    network = Network.from_weights([([[1.0]], [0.0]), ([[1.0]], [0.5])], hidden=activation, output="identity")
    x, y = np.array([[z]]), np.array([[0.0]])
    vector = network.gradients(x, y).vector
    assert check_network(network, x, y)
    assert find_wrong_weight(network, x, y) is None
    assert not check_network(network, x, y, gradients=1.001 * vector)
    if z < 20:
        first = [
            (2 * layer.dW, 2 * layer.db) if l == 0 else (layer.dW, layer.db)
            for l, layer in enumerate(network.gradients(x, y))
        ]
        assert check_network(network, x, y, gradients=first).topmost == 1


def test_central_differences_leave_out_what_a_kink_spoils() -> None:
    network, x, y = on_its_kinks()
    check = check_network(network, x, y, method="central")
    assert check.passed
    assert check.kinks > 0
    for factor in (1.01, -1.0, 2.0):
        assert not check_network(network, x, y, method="central", gradients=factor * network.gradients(x, y).vector)


@pytest.mark.parametrize("distance", [1e-7, 1e-6, 4e-6])
def test_a_kink_within_a_step_misleads_central_differences_but_not_the_complex_step(distance: float) -> None:
    network, x, y = on_its_kinks()
    network.layers[0].b[...] = distance
    network.layers[1].b[...] = distance
    for method in ("complex", "central"):
        check = check_network(network, x, y, method=method)
        assert check.passed
        assert check.kinks == 0 or method == "central"
        wrong = check_network(network, x, y, method=method, gradients=-network.gradients(x, y).vector)
        assert not wrong


# ------------------------------------------------------------------------------ one wrong weight


@given(seed=seeds, data=st.data())
@settings(max_examples=15)
def test_one_wrong_weight_is_found_by_bisection(seed: int, data: st.DataObject) -> None:
    network, x, y = problem(seed)
    gradients = network.gradients(x, y)
    assert find_wrong_weight(network, x, y) is None
    place = data.draw(st.integers(0, network.parameters.size - 1))
    wrong = gradients.vector.copy()
    wrong[place] += 1e-6
    found = find_wrong_weight(network, x, y, gradients=wrong)
    assert found is not None
    layer = network.with_parameters(wrong).layers[found.layer - 1]
    assert getattr(layer, found.name)[found.index] == wrong[place] == found.given
    assert found.numerical == pytest.approx(gradients.vector[place], abs=1e-13)
    assert found.probes <= 1 + 7  # one for all, and 7 halvings of 74 parameters


def test_a_wrong_weight_among_a_hundred_thousand_takes_seventeen_halvings() -> None:
    rng = np.random.default_rng(0)
    network = Network([784, 128, 10], output="softmax", loss="categorical_cross_entropy", hidden="relu", seed=rng)
    x, y = rng.random((8, 784)), np.eye(10)[rng.integers(0, 10, 8)]
    vector = network.gradients(x, y).vector
    assert vector.size == 101_770
    assert find_wrong_weight(network, x, y) is None
    for place in rng.integers(0, vector.size, 5):
        wrong = vector.copy()
        wrong[place] += 1e-6
        found = find_wrong_weight(network, x, y, gradients=wrong)
        assert found is not None
        assert found.probes <= 1 + 17
        layer = network.with_parameters(wrong).layers[found.layer - 1]
        assert getattr(layer, found.name)[found.index] == wrong[place]


def test_every_one_of_a_hundred_thousand_parameters_is_judged_to_rounding() -> None:
    rng = np.random.default_rng(0)
    network = Network([784, 128, 10], output="softmax", loss="categorical_cross_entropy", hidden="relu", seed=rng)
    x, y = rng.random((8, 784)), np.eye(10)[rng.integers(0, 10, 8)]
    vector = network.gradients(x, y).vector
    vector[54_321] += 1e-6
    check = check_network(network, x, y, gradients=vector)
    assert check.entries == 101_770
    assert [tensor.passed for tensor in check.tensors] == [False, True, True, True]
    assert check.errors.ravel()[1:].max() < 1e-13
    assert check.worst.absolute_error == pytest.approx(1e-6, rel=1e-6)
    assert check.cause == f"layer 1: dW is wrong in a single entry, {list(check.worst.worst)}"


def test_of_several_wrong_weights_one_is_found() -> None:
    network, x, y = problem(17)
    wrong = network.gradients(x, y).vector
    wrong[[3, 40]] = wrong[[40, 3]]  # two errors of opposite sign and equal size
    found = find_wrong_weight(network, x, y, gradients=wrong)
    assert found is not None
    assert found.given in (wrong[3], wrong[40])
    assert abs(found.given - found.numerical) > 1e-6


def test_what_was_found_says_so() -> None:
    network, x, y = problem(18)
    claims = [(layer.dW.copy(), layer.db.copy()) for layer in network.gradients(x, y)]
    claims[1][1][2] = 0.5
    found = find_wrong_weight(network, x, y, gradients=claims, method="central")
    assert re.match(
        r"wrong at b\[2\] of layer 2: given 0.5, by its own probe -?[0-9.e-]+; found with [5-8] probes", repr(found)
    )


# -------------------------------------------------------------------------------- what it says


def test_a_passing_check_says_a_bound_and_a_failing_one_says_where_and_why() -> None:
    network = Network.from_weights([([[1.0, 2.0]], [0.0]), ([[3.0]], [1.0])], hidden="identity", output="identity")
    x, y = np.array([[1.0, 1.0], [2.0, 0.0]]), np.array([[9.0], [8.0]])
    assert repr(check_network(network, x, y)) == (
        "network gradient right: 5 entries in 2 layers by the complex step, every error below 1e-10"
    )
    # z1 = 3, 2; a2 = 10, 7; delta2 = (1, -1) / 2; delta1 = (3, -3) / 2
    claims = [([[-1.5, 1.5]], [0.5]), ([[0.5]], [0.0])]
    assert repr(check_network(network, x, y, gradients=claims)) == (
        "network gradient WRONG: 5 entries in 2 layers by the complex step\n"
        "  layer 1: W right, b off by 1\n"
        "  layer 2: W right, b right\n"
        "  worst at b[0] of layer 1: given 0.5, by the complex step 0"
    )
    claims = [([[1.5, -1.5]], [0.0]), ([[0.5]], [0.0])]
    assert repr(check_network(network, x, y, gradients=claims)).splitlines()[-1] == (
        "  likely cause: layer 1: dW has the factor -1: the sign is turned"  # the sum over delta is 0 either way
    )


def test_the_verdict_does_not_depend_on_how_the_weights_are_batched(monkeypatch: pytest.MonkeyPatch) -> None:
    network, x, y = problem(19, sizes=(9, 7, 5, 3))
    claims = network.gradients(x, y).vector + 1e-3
    checks = []
    for chunk in (1, 2000, 2**20):
        monkeypatch.setattr("backprop_lab.network_check.check.CHUNK", chunk)
        assert check_network(network, x, y)
        checks.append(check_network(network, x, y, gradients=claims))
    for check in checks[1:]:
        np.testing.assert_allclose(check.errors, checks[0].errors, rtol=1e-12)


def test_memory_stays_bounded() -> None:
    """A plain loop over stacked copies of 40,000 weights would take 40,000 x 16 x 200 numbers, a gigabyte."""
    network, x, y = problem(0, sizes=(200, 200, 3), n=16)
    tracemalloc.start()
    check_network(network, x, y, entries=2000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30e6


# ------------------------------------------------------------------------------------ the door


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (dict(method="forward"), ValueError, "unknown method 'forward': choose one of central, complex"),
        (dict(tolerance=0.0), ValueError, "tolerance is 0.0, expected a positive number"),
        (dict(tolerance=-1.0), ValueError, "tolerance is -1.0, expected a positive number"),
        (dict(tolerance=np.nan), ValueError, "tolerance is nan, expected a positive number"),
        (dict(entries=0), ValueError, "entries is 0, expected a whole number from 1 to 74"),
        (dict(entries=75), ValueError, "entries is 75, expected a whole number from 1 to 74"),
        (dict(entries=2.5), ValueError, "entries is 2.5, expected a whole number from 1 to 74"),
        (dict(gradients=np.ones(73)), ValueError, "gradients has shape (73,), expected (74,): one a parameter"),
        (dict(gradients=np.ones(74, int)), TypeError, "gradients has dtype int64, expected floating point"),
        (dict(gradients=[]), ValueError, "gradients has 0 layers but the network has 4"),
        (
            dict(gradients=[(np.ones((3, 5)), np.ones(5))] * 4),
            ValueError,
            "dW of layer 1 has shape (3, 5), expected (5, 3): its partner's",
        ),
        (
            dict(gradients=[(np.ones((5, 3)), np.ones((5, 1)))] * 4),
            ValueError,
            "db of layer 1 has shape (5, 1), expected (5,): its partner's",
        ),
        (dict(gradients=[(1.0, 2.0, 3.0)] * 4), ValueError, "gradients[0] is no pair (dW, db) for layer 1"),
        (dict(gradients=[1.0] * 4), ValueError, "gradients[0] is no pair (dW, db) for layer 1"),
        (
            dict(gradients=[(np.full((5, 3), np.nan), np.ones(5))] * 4),
            ValueError,
            "dW of layer 1[0, 0] is nan, expected finite numbers",
        ),
    ],
)
def test_what_can_not_be_judged_is_refused(options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        check_network(*problem(), **options)


def test_an_infinite_loss_is_refused() -> None:
    network = Network.from_weights([([[100.0]], [0.0])], output="sigmoid", loss="categorical_cross_entropy")
    with pytest.raises(ValueError, match="the loss is inf: a prediction is as wrong as can be"):
        check_network(network, np.array([[-10.0]]), np.array([[1.0]]))


def test_examples_that_do_not_fit_are_refused() -> None:
    network, x, y = problem()
    with pytest.raises(ValueError, match=re.escape("x has shape (6, 2), expected (N, 3)")):
        check_network(network, x[:, :2], y)
    with pytest.raises(ValueError, match="y has shape"):
        check_network(network, x, y[:5])
    with pytest.raises(TypeError, match="network is of type list, expected a Network"):
        check_network([], x, y)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=re.escape("tolerance is -1, expected a positive number")):
        find_wrong_weight(network, x, y, tolerance=-1)
