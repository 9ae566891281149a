"""Promise: every step of a derivation equals what SymPy, the network and autograd find; a wrong step is caught."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from latex2mathml.converter import convert

from backprop_lab import Network, activations, losses, one_hot
from backprop_lab.derivation import (
    Derivation,
    Step,
    SymbolicNetwork,
    VectorFunction,
    count_multiplications,
    count_operations,
    derive_backpropagation,
    derive_chain,
    derive_jacobian_product,
    derive_sigmoid_cross_entropy,
    derive_slope,
    derive_softmax,
    derive_softmax_cross_entropy,
    derive_total_derivative,
    derive_vector_jacobian_product,
    formulas,
    network_of_symbols,
    symbolic_network,
)

seeds = st.integers(0, 2**32 - 1)
X, Y, P, Q, R, T = sympy.symbols("x y p q r t", real=True)
PIECES = [
    VectorFunction((X, Y), (X * Y, sympy.sin(X), X + Y**2)),
    VectorFunction((P, Q, R), (P * Q, sympy.exp(-R))),
    VectorFunction(
        sympy.symbols("g h", real=True), (sympy.Symbol("g", real=True) * sympy.Symbol("h", real=True) ** 2,)
    ),
]
NETWORKS: list[tuple[list[int], dict[str, Any]]] = [
    ([2, 2, 1], {}),
    ([3, 2], {"output": "identity"}),
    ([2, 3, 2], {"hidden": "tanh", "output": "softmax", "loss": "categorical_cross_entropy"}),
    ([2, 2, 2], {"hidden": "relu", "output": "softmax", "loss": "mean_squared_error"}),
    ([1, 2, 2, 1], {"hidden": ["softplus", "leaky_relu"], "loss": "binary_cross_entropy"}),
    ([2, 2, 2], {"hidden": "elu", "output": "tanh", "loss": "mean_squared_error"}),
    ([2, 2, 1], {"hidden": "gelu", "output": "identity", "loss": "hinge"}),
    ([2, 2, 2], {"hidden": "sigmoid", "output": "sigmoid", "loss": "categorical_cross_entropy"}),
]


def all_derivations() -> list[Derivation]:
    return [
        *(derive_slope(name) for name in formulas.ACTIVATIONS),
        *(derive_softmax(n) for n in (2, 3)),
        derive_softmax_cross_entropy(3),
        derive_sigmoid_cross_entropy(),
        *(derive_chain(text) for text in ("sin(x**2)", "sqrt(1 + cos(3*x)^2)", "log(softplus(x))", "x", "x*sin(x)")),
        derive_total_derivative(X**2 * sympy.exp(Y), {X: sympy.cos(T), Y: sympy.log(T)}, T),
        derive_jacobian_product(PIECES),
        derive_vector_jacobian_product(PIECES),
        *(d for sizes, kind in NETWORKS for d in derive_backpropagation(symbolic_network(sizes, **kind)).values()),
    ]


@pytest.fixture(scope="module")
def derivations() -> list[Derivation]:
    return all_derivations()


# ------------------------------------------------------------------- every derivation


def test_every_derivation_is_shown_symbolically(derivations: list[Derivation]) -> None:
    for d in derivations:
        assert d.equal
        assert (d.equal.how, d.equal.wrong) == ("symbolic", ()), d


def test_every_step_is_latex_that_a_page_can_show_and_has_words(derivations: list[Derivation]) -> None:
    for d in derivations:
        for step in d.steps:
            assert convert(step.latex).startswith("<math")
            assert step.latex.count("{") == step.latex.count("}")
            assert step.latex.count(r"\left") - step.latex.count(r"\leftarrow") == step.latex.count(r"\right")
            assert step.words.endswith(".")
            assert "=" in step.latex
            assert not re.search("Piecewise|Symbol|Matrix|_Dummy", step.latex)
        assert convert(d.latex).startswith("<math")
        assert d._repr_latex_() == f"$$\n{d.latex}\n$$"
        assert "0x" not in repr(d)


def test_the_entries_of_a_network_are_written_with_layer_row_and_column() -> None:
    network = symbolic_network([2, 3, 1])
    assert sympy.latex(network.W[0][0, 1]) == "w^{1}_{12}"
    assert sympy.latex(network.W[1][0, 2]) == "w^{2}_{13}"
    latex = derive_backpropagation(network)["BP2"].latex
    assert r"\delta^{2}_{1} w^{2}_{13}" in latex


def test_a_derivation_and_its_steps_can_not_be_changed() -> None:
    d = derive_slope("tanh")
    with pytest.raises(FrozenInstanceError):
        d.title = "other"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        d.steps[0].latex = "other"  # type: ignore[misc]


# --------------------------------------------------------------- the network and autograd


def example(
    witness: SimpleNamespace, seed: int, sizes: list[int], kind: dict[str, Any]
) -> tuple[SymbolicNetwork, Network, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    weights = [(rng.normal(size=(n, m)), rng.normal(size=n)) for m, n in pairwise(sizes)]
    y = witness.targets(rng, kind.get("loss", "half_squared_error"), (1, sizes[-1]))
    return symbolic_network(sizes, **kind), Network.from_weights(weights, **kind), rng.normal(size=(1, sizes[0])), y


@pytest.mark.parametrize(("sizes", "kind"), NETWORKS)
@settings(max_examples=3)
@given(seed=seeds)
def test_the_equations_with_numbers_are_the_gradients_of_the_network(
    sizes: list[int], kind: dict[str, Any], witness: SimpleNamespace, seed: int
) -> None:
    symbols, network, x, y = example(witness, seed, sizes, kind)
    gradients, values = network.gradients(x, y), symbols.values(network, x[0], y[0])
    equations = {name: d.at(values) for name, d in derive_backpropagation(symbols).items()}
    near = {"rtol": 1e-12, "atol": 1e-13}
    np.testing.assert_allclose(equations["BP1"][-1], gradients[-1].delta.T, **near)
    for l, gradient in enumerate(gradients):
        np.testing.assert_allclose(equations["BP3"][2 * l + 1], gradient.dW, **near)
        np.testing.assert_allclose(equations["BP4"][l], gradient.db[:, np.newaxis], **near)
    for number, gradient in enumerate(gradients[-2::-1]):
        np.testing.assert_allclose(equations["BP2"][4 * number + 3], gradient.delta.T, **near)


@pytest.mark.parametrize(("sizes", "kind"), NETWORKS)
@settings(max_examples=3)
@given(seed=seeds)
def test_the_equations_with_numbers_are_those_of_autograd(
    sizes: list[int], kind: dict[str, Any], witness: SimpleNamespace, seed: int
) -> None:
    symbols, network, x, y = example(witness, seed, sizes, kind)
    theta = np.concatenate([np.column_stack((layer.W, layer.b)).ravel() for layer in network.layers])
    expected = witness.grad(witness.loss_of_parameters(network, x, y))(theta)
    equations, values = derive_backpropagation(symbols), symbols.values(network, x[0], y[0])
    dW, db = equations["BP3"].at(values)[1::2], equations["BP4"].at(values)
    ours = np.concatenate([np.column_stack(pair).ravel() for pair in zip(dW, db, strict=True)])
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize(("sizes", "kind"), NETWORKS)
def test_the_lines_of_both_passes_compute_the_gradient(
    sizes: list[int], kind: dict[str, Any], witness: SimpleNamespace
) -> None:
    symbols, network, x, y = example(witness, 3, sizes, kind)
    lines = (*symbols.forward, *symbols.backward)
    steps = tuple(Step("", "", symbol) for symbol, _ in lines)
    found = Derivation("", steps, lines).at(symbols.values(network, x[0], y[0]))
    by_symbol = dict(zip((symbol for symbol, _ in lines), map(float, found), strict=True))
    for W, b, gradient in zip(symbols.W, symbols.b, network.gradients(x, y), strict=True):
        for parameters, expected in ((W, gradient.dW), (b, gradient.db)):
            names = [sympy.Symbol(rf"\frac{{\partial C}}{{\partial {sympy.latex(p)}}}", real=True) for p in parameters]
            np.testing.assert_allclose([by_symbol[name] for name in names], expected.ravel(), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", formulas.ACTIVATIONS)
@given(seed=seeds)
def test_each_step_of_a_slope_is_the_slope_of_the_library(name: str, seed: int) -> None:
    z = np.random.default_rng(seed).normal(size=1) * 3
    f = activations.activation(name)
    value, *slopes = derive_slope(name).at({sympy.Symbol("z", real=True): z[0]})
    assert value == pytest.approx(f(z)[0], rel=1e-12, abs=1e-14)
    for slope in slopes:
        assert slope == pytest.approx(f.slope(z)[0], rel=1e-11, abs=1e-14)


def test_every_activation_and_loss_is_one_of_the_library() -> None:
    assert set(network_of_symbols.OUTPUTS) <= set(activations.ACTIVATIONS)
    assert set(formulas.LOSSES) <= set(losses.LOSSES)


@given(seed=seeds)
def test_softmax_with_cross_entropy_gives_a_minus_y_for_any_target_that_sums_to_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    z, (smooth, sharp) = rng.normal(size=3), (rng.dirichlet(np.ones(3)), one_hot(np.array([1]), 3)[0])
    names = [sympy.Symbol(f"{letter}_{{{i}}}", real=True) for letter in "zy" for i in (1, 2, 3)]
    a = np.exp(z) / np.exp(z).sum()
    for y in (smooth, sharp):
        found = derive_softmax_cross_entropy(3).at(dict(zip(names, [*z, *y], strict=True)))
        np.testing.assert_allclose(found[3], np.diag(a) - np.outer(a, a), rtol=1e-12, atol=1e-14)
        for step in found[-3:]:
            np.testing.assert_allclose(step[:, 0], a - y, rtol=1e-12, atol=1e-14)


def test_softmax_with_cross_entropy_gives_the_example_of_the_errata() -> None:
    """Erratum E-38: z = (2, 1, 0.1), class 2."""
    names = [sympy.Symbol(f"{letter}_{{{i}}}", real=True) for letter in "zy" for i in (1, 2, 3)]
    found = derive_softmax_cross_entropy(3).at(dict(zip(names, [2, 1, 0.1, 0, 1, 0], strict=True)))
    np.testing.assert_allclose(found[-1][:, 0], [0.6590, -0.7576, 0.0986], atol=5e-5)


def test_without_a_target_that_sums_to_one_the_result_does_not_hold() -> None:
    d = derive_softmax_cross_entropy(3)
    verdict = replace(d, steps=(*d.steps[:-1], replace(d.steps[-1], where=()))).equal
    assert not verdict
    assert verdict.wrong == ("step 9, entry (1, 1)", "step 9, entry (2, 1)", "step 9, entry (3, 1)")


# -------------------------------------------------------------------------- the chain rule


def test_a_chain_has_its_links_their_slopes_and_the_product() -> None:
    d = derive_chain("sin(x**2)")
    assert [step.latex for step in d.steps] == [
        "u_{1} = x^{2}",
        r"y = \sin{\left(u_{1} \right)}",
        r"\frac{du_{1}}{dx} = 2 x",
        r"\frac{dy}{du_{1}} = \cos{\left(u_{1} \right)}",
        r"\frac{dy}{dx} = \frac{dy}{du_{1}} \frac{du_{1}}{dx} = 2 x \cos{\left(u_{1} \right)}",
        r"\frac{dy}{dx} = 2 x \cos{\left(x^{2} \right)}",
    ]
    assert float(d.at({X: np.sqrt(np.pi) / 2})[-1]) == pytest.approx(np.sqrt(np.pi / 2))


def test_contributions_of_two_paths_are_added() -> None:
    d = derive_total_derivative(X * sympy.exp(Y), {X: T**2, Y: sympy.sin(T)}, T)
    assert sympy.simplify(d.result - sympy.diff(T**2 * sympy.exp(sympy.sin(T)), T)) == 0
    expected = (2 * 0.7 + 0.49 * np.cos(0.7)) * np.exp(np.sin(0.7))
    assert float(d.at({T: 0.7})[-2]) == pytest.approx(expected, rel=1e-14)


def test_from_the_input_and_from_the_output_the_product_is_the_same() -> None:
    v = sympy.Matrix([[sympy.Symbol("v_{1}", real=True)]])
    forward, backward = derive_jacobian_product(PIECES), derive_vector_jacobian_product(PIECES)
    assert (backward.result - v * forward.result).applyfunc(sympy.expand) == sympy.zeros(1, 2)
    assert derive_vector_jacobian_product(PIECES, [1]).equal
    assert [step.expression.shape for step in backward.steps] == [
        (3, 2),
        (2, 3),
        (1, 2),
        (1, 2),
        (1, 3),
        (1, 2),
        (1, 2),
    ]
    assert [step.expression.shape for step in forward.steps] == [(3, 2), (2, 3), (1, 2), (2, 2), (1, 2), (1, 2)]


def test_the_words_count_the_multiplications_that_the_formula_counts() -> None:
    def total(d: Derivation) -> int:
        return sum(int(n) for step in d.steps for n in re.findall(r"(\d+) multiplications", step.words))

    cost = count_multiplications([2, 3, 2, 1])
    assert total(derive_vector_jacobian_product(PIECES)) == cost.vector_jacobian == 14
    assert total(derive_jacobian_product(PIECES)) == cost.from_input == 16


@given(widths=st.lists(st.integers(1, 5), min_size=2, max_size=5))
def test_the_count_of_multiplications_is_that_of_real_products(widths: list[int]) -> None:
    def multiply(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        counted.append(left.shape[0] * left.shape[1] * right.shape[1])
        return left @ right

    Js = [np.ones((n_out, n_in)) for n_in, n_out in pairwise(widths)]
    totals = []
    for start, rest, swap in (
        (np.ones((1, widths[-1])), Js[::-1], False),
        (Js[-1], Js[-2::-1], False),
        (Js[0], Js[1:], True),
    ):
        counted: list[int] = []
        for J in rest:
            start = multiply(J, start) if swap else multiply(start, J)
        totals.append(sum(counted))
    cost = count_multiplications(widths)
    assert [cost.vector_jacobian, cost.from_output, cost.from_input] == totals


def test_ten_jacobians_cost_what_the_errata_say() -> None:
    """Erratum E-52."""
    cost = count_multiplications([1000] * 10 + [1])
    assert (cost.vector_jacobian, cost.from_input) == (9_001_000, 8_001_000_000)


# ----------------------------------------------------------------------- expression swell


@pytest.mark.parametrize(
    ("sizes", "raw", "shared", "backpropagation"),
    [
        ([2, 2, 1], 725, 42, 42),
        ([3, 3, 2], 4_178, 112, 91),
        ([3, 3, 3, 3, 2], 154_904, 826, 217),
    ],
)
def test_the_symbolic_gradient_swells_and_backpropagation_does_not(
    sizes: list[int], raw: int, shared: int, backpropagation: int
) -> None:
    swell = count_operations(sizes)
    assert (swell.raw, swell.shared, swell.backpropagation) == (raw, shared, backpropagation)
    assert swell.parameters == sum(n * (m + 1) for m, n in pairwise(sizes))


@given(sizes=st.lists(st.integers(1, 3), min_size=2, max_size=4))
@settings(max_examples=10)
def test_the_operations_of_backpropagation_are_those_counted_by_hand(sizes: list[int]) -> None:
    weights = sum(n * m for m, n in pairwise(sizes))
    between = sum((2 * n - 1) * m for m, n in pairwise(sizes[1:]))  # W^T delta, from the second layer on
    hidden, output = sum(sizes[1:-1]), sizes[-1]
    # forward: a product and a sum each weight, 4 each sigmoid; backward: slope 2 and its product 1, a - y, dW
    by_hand = 2 * weights + 4 * (hidden + output) + 3 * (hidden + output) + output + between + weights
    assert count_operations(sizes).backpropagation == by_hand


@pytest.mark.parametrize("n", [2, 3, 5])
def test_backpropagation_computes_each_exponential_of_softmax_once(n: int) -> None:
    # forward: a product and a sum each weight, n exponentials, n - 1 sums, n divisions; backward: a - y, dW
    by_hand = 2 * (2 * n) + n + (n - 1) + n + n + 2 * n
    swell = count_operations([2, n], output="softmax", loss="categorical_cross_entropy")
    assert swell.backpropagation == by_hand


# ---------------------------------------------------------------------------- test the tester


def with_step(d: Derivation, number: int, change: Callable[[Any], Any]) -> Derivation:
    steps = list(d.steps)
    steps[number] = replace(steps[number], expression=change(steps[number].expression))
    return replace(d, steps=tuple(steps))


@pytest.mark.parametrize("mistake", ["sign", "missing slope", "no transpose", "off by 0.1%", "one entry"])
def test_a_wrong_step_of_the_four_equations_is_found(mistake: str) -> None:
    network = symbolic_network([2, 2, 2], hidden="tanh")
    equations = derive_backpropagation(network)
    slopes = [1 - a**2 for a in network.a[1]]
    wrong = {
        "sign": lambda e: -e,
        "missing slope": lambda e: sympy.ImmutableMatrix([entry / s for entry, s in zip(e, slopes, strict=True)]),
        "no transpose": lambda e: sympy.ImmutableMatrix(
            [entry * s for entry, s in zip(network.W[1] * network.delta[1], slopes, strict=True)]
        ),
        "off by 0.1%": lambda e: e * sympy.Rational(1001, 1000),
        "one entry": lambda e: e + sympy.ImmutableMatrix([[0], [sympy.Rational(1, 10**20)]]),
    }[mistake]
    verdict = with_step(equations["BP2"], 3, wrong).equal
    assert not verdict
    assert verdict.how == "numerical"
    entries = ("step 4, entry (2, 1)",) if mistake == "one entry" else ("step 4, entry (1, 1)", "step 4, entry (2, 1)")
    assert verdict.wrong == entries


def test_a_transposed_weight_gradient_is_found_by_its_shape_and_by_its_entries() -> None:
    square = derive_backpropagation(symbolic_network([2, 2, 1]))["BP3"]
    assert with_step(square, 1, lambda e: e.T).equal.wrong == ("step 2, entry (1, 2)", "step 2, entry (2, 1)")
    other = derive_backpropagation(symbolic_network([3, 2, 1]))["BP3"]
    assert with_step(other, 1, lambda e: e.T).equal.wrong == ("step 2, shape (3, 2) instead of (2, 3)",)


def test_an_element_wise_softmax_is_found() -> None:
    """Erratum E-38."""
    kind = {"output": "softmax", "loss": "categorical_cross_entropy"}
    network = symbolic_network([2, 3], **kind)
    bp1 = derive_backpropagation(network)["BP1"]
    wrong = sympy.ImmutableMatrix([-y / a * a * (1 - a) for a, y in zip(network.a[-1], network.y, strict=True)])
    assert not with_step(bp1, 3, lambda e: wrong).equal


@pytest.mark.parametrize(
    ("d", "number", "change"),
    [
        (derive_slope("sigmoid"), 4, lambda e: 1 - sympy.Symbol("a", real=True)),
        (derive_slope("tanh"), 1, lambda e: -e),
        (derive_slope("softplus"), 2, lambda e: e + sympy.Rational(1, 10**25)),
        (derive_chain("sin(x**2)"), 4, lambda e: sympy.cos(X) * 2 * X),
        (derive_total_derivative(X * Y, {X: T**2, Y: sympy.sin(T)}, T), 4, lambda e: e.args[0]),
        (derive_total_derivative(X * Y, {X: T**2, Y: sympy.sin(T)}, T), 0, lambda e: X),
        (derive_softmax(3), 2, lambda e: sympy.ImmutableMatrix(sympy.diag(*e.diagonal()))),
        (derive_sigmoid_cross_entropy(), 5, lambda e: -e),
        (derive_jacobian_product(PIECES[:2]), 0, lambda e: e + sympy.ones(3, 2)),
        (derive_vector_jacobian_product(PIECES), 4, lambda e: 2 * e),
    ],
)
def test_a_wrong_step_is_found(d: Derivation, number: int, change: Callable[[Any], Any]) -> None:
    assert d.equal
    verdict = with_step(d, number, change).equal
    assert not verdict
    assert all(place.startswith(f"step {number + 1}") for place in verdict.wrong)


def test_what_cannot_be_shown_symbolically_is_compared_at_random_points() -> None:
    step = Step("", "", sympy.sin(X) ** 2 + sympy.cos(X) ** 2, sympy.Integer(1))
    verdict = Derivation("Pythagoras", (step,)).equal
    assert (verdict.holds, verdict.how, verdict.wrong) == (True, "numerical", ())
    off = replace(step, witness=1 + sympy.Rational(1, 10**28))
    assert not Derivation("nearly", (off,)).equal


def test_the_same_seed_draws_the_same_points() -> None:
    d = derive_slope("tanh")
    assert d.check(seed=3) == d.check(seed=3) == d.check(np.random.default_rng(3))


# -------------------------------------------------------------------------------- the door


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: symbolic_network([2, 10, 1]), ValueError, "sizes has the width 10, expected at most 9"),
        (lambda: symbolic_network([1] * 8), ValueError, "sizes has 7 layers, expected at most 6"),
        (lambda: symbolic_network([9, 9, 9, 9]), ValueError, "parts, expected at most 3,000"),
        (lambda: symbolic_network([2]), ValueError, "expected at least an input and an output width"),
        (lambda: symbolic_network([2, 0, 1]), ValueError, "expected whole numbers from 1 up"),
        (lambda: symbolic_network([2, 2.0, 1]), ValueError, "expected whole numbers from 1 up"),
        (lambda: symbolic_network("221"), ValueError, "expected at least an input and an output width"),
        (
            lambda: symbolic_network([2, 2, 1], hidden="swash"),
            ValueError,
            "unknown hidden activation 'swash': choose one",
        ),
        (lambda: symbolic_network([2, 2, 1], hidden="softmax"), ValueError, "unknown hidden activation 'softmax'"),
        (lambda: symbolic_network([2, 2, 1], output="swash"), ValueError, "unknown output activation 'swash'"),
        (lambda: symbolic_network([2, 2, 1], loss="regret"), ValueError, "unknown loss 'regret': choose one of binary"),
        (
            lambda: symbolic_network([2, 2, 1], hidden=["tanh"] * 2),
            ValueError,
            "hidden has 2 names, expected one for each",
        ),
        (lambda: symbolic_network([2, 2, 1], hidden=5), ValueError, "hidden is 5, expected a name"),
        (
            lambda: symbolic_network([2, 1], output="tanh", loss="binary_cross_entropy"),
            ValueError,
            "binary_cross_entropy needs predictions from 0 to 1, got those of tanh: choose sigmoid or softmax",
        ),
        (lambda: symbolic_network([2, 1], output="softmax"), ValueError, "softmax has 1 output"),
        (lambda: count_operations([2, 10, 1]), ValueError, "sizes has the width 10"),
        (lambda: count_multiplications([3]), ValueError, r"widths is \[3\], expected at least"),
        (
            lambda: derive_slope("softmax"),
            ValueError,
            "unknown activation 'softmax': choose one of elu, gelu, identity",
        ),
        (lambda: derive_softmax(1), ValueError, "n is 1, expected a whole number of outputs from 2 to 9"),
        (lambda: derive_softmax(True), ValueError, "n is True"),
        (lambda: derive_softmax_cross_entropy(10), ValueError, "n is 10"),
        (lambda: derive_chain("x +"), ValueError, "can't be read"),
        (
            lambda: derive_total_derivative("x*y", {X: T}, T),
            TypeError,
            r"f contains 'x\*y', expected SymPy expressions",
        ),
        (
            lambda: derive_total_derivative(X * Y, {X: T}, T),
            ValueError,
            "f has the variables x, y but inner says nothing of y",
        ),
        (
            lambda: derive_total_derivative(X, {X: Y}, T),
            ValueError,
            "inner says x = y, expected a function of t without y",
        ),
        (lambda: derive_total_derivative(T, {T: T}, T), ValueError, "inner explains t itself"),
        (lambda: derive_total_derivative(X, {X: T}, "t"), TypeError, "t contains 't', expected symbols"),
        (lambda: derive_total_derivative(sympy.Integer(1), {}, T), ValueError, "inner is empty"),
        (lambda: VectorFunction((X,), (X * Y,)), ValueError, r"the output x\*y has y, expected x alone"),
        (lambda: VectorFunction((X, X), (X,)), ValueError, "no input twice"),
        (lambda: VectorFunction((X,), ()), ValueError, "expected at least one each"),
        (lambda: VectorFunction(("x",), (X,)), TypeError, "inputs contains 'x'"),
        (lambda: VectorFunction((X,), (1.0,)), TypeError, "outputs contains 1.0"),
        (lambda: derive_jacobian_product([]), ValueError, "functions is empty"),
        (lambda: derive_jacobian_product([X]), TypeError, "functions contains x, expected VectorFunction"),
        (
            lambda: derive_jacobian_product(PIECES[::2]),
            ValueError,
            "function 2 has 2 inputs but function 1 has 3 outputs",
        ),
        (
            lambda: derive_jacobian_product([VectorFunction((X,), (X**2,))] * 2),
            ValueError,
            "functions have the inputs x, x: expected all of them different",
        ),
        (
            lambda: derive_vector_jacobian_product(PIECES, [1, 2]),
            ValueError,
            "v has 2 entries but the last function has 1",
        ),
        (lambda: derive_slope("tanh").at({}), ValueError, "values has no number for z"),
        (lambda: derive_chain("log(x)").at({X: -1.0}), ValueError, "has no finite real value there"),
        (
            lambda: symbolic_network([2, 1]).values(Network([3, 1]), np.zeros(3), np.zeros(1)),
            ValueError,
            r"network has the sizes \(3, 1\), expected \(2, 1\)",
        ),
        (
            lambda: symbolic_network([2, 1]).values(Network([2, 1]), np.zeros((2, 2)), np.zeros(1)),
            ValueError,
            r"x has shape \(2, 2\), expected one example of 2 numbers",
        ),
    ],
)
def test_bad_input_is_refused_with_a_reason(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
