"""Promise: a trace is one real step of gradient descent, in an order that can be computed, with its arithmetic."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from backprop_lab import GradientDescent, Network, Trace, trace_step, train
from witness import HIDDEN, PAIRS

RATE = 0.3

Case = tuple[Network, np.ndarray, np.ndarray]


@st.composite
def cases(draw: st.DrawFn, loss: str, output: str) -> Case:
    """Draw a network up to five layers deep and six units wide, with biases, and one example."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes = [*draw(st.lists(st.integers(1, 6), min_size=1, max_size=5)), draw(st.integers(2, 6))]
    network = Network(sizes, hidden=draw(st.sampled_from(HIDDEN)), output=output, loss=loss, seed=rng)
    network.parameters += 0.3 * rng.normal(size=network.parameters.shape)
    y = np.eye(sizes[-1])[[rng.integers(sizes[-1])]]
    if loss == "hinge":
        y = 2 * y - 1
    elif draw(st.booleans()):
        y = rng.dirichlet(np.ones(sizes[-1]), size=1)
    return network, rng.normal(size=(1, sizes[0])), y


def mazur() -> Case:
    """Return the 2-2-2 example of Mazur (2015), A Step by Step Backpropagation Example."""
    first = (np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([0.35, 0.35]))
    second = (np.array([[0.40, 0.45], [0.50, 0.55]]), np.array([0.60, 0.60]))
    return Network.from_weights([first, second]), np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])


# ------------------------------------------------------------- a published example


def test_the_example_of_mazur_is_traced_to_the_digits_that_he_prints() -> None:
    trace = trace_step(*mazur(), learning_rate=0.5)
    np.testing.assert_allclose(trace["a1"].value, [0.593269992, 0.596884378], atol=5e-10)
    np.testing.assert_allclose(trace["a2"].value, [0.75136507, 0.772928465], atol=5e-9)
    np.testing.assert_allclose(trace["C"].value, 0.298371109, atol=5e-10)
    np.testing.assert_allclose(
        trace["new_W2"].value, [[0.35891648, 0.408666186], [0.511301270, 0.561370121]], atol=5e-9
    )
    np.testing.assert_allclose(trace["new_W1"].value, [[0.149780716, 0.19956143], [0.24975114, 0.29950229]], atol=5e-9)


def test_the_entries_of_the_worked_example_have_labels_numbers_and_arithmetic() -> None:
    first, second = (np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([0.35, 0.35])), ([[0.40, 0.45]], [0.50])
    network = Network.from_weights([first, second])
    trace = trace_step(network, np.array([[0.05, 0.10]]), np.array([[0.01]]), 0.01)
    entries = [entry for quantity in trace.values() for entry in quantity.entries()]
    lines = {label: (f"{value:.10f}", text) for label, value, text in entries}
    assert lines["z1[1]"] == ("0.3775000000", "0.15*0.05 + 0.2*0.1 + 0.35")
    assert lines["a1[2]"] == ("0.5968843783", "sigmoid(0.3925)")
    assert lines["C"] == ("0.2607995472", "(0.732218 - 0.01)^2/2")
    assert lines["da2[1]"] == ("0.7222181764", "0.732218 - 0.01")
    assert lines["slope2[1]"] == ("0.1960747185", "0.732218*(1 - 0.732218)")
    assert lines["delta2[1]"] == ("0.1416087257", "0.722218*0.196075")
    assert lines["dW2[1,2]"] == ("0.0845240362", "0.141609*0.596884")
    assert lines["db2[1]"] == ("0.1416087257", "0.141609")
    assert lines["da1[1]"] == ("0.0566434903", "0.4*0.141609")
    assert lines["delta1[1]"] == ("0.0136681143", "0.0566435*0.241301")
    assert lines["dW1[2,1]"] == ("0.0007666416", "0.0153328*0.05")
    assert lines["new_W1[2,1]"] == ("0.2499923336", "0.25 - 0.01*0.000766642")
    assert lines["new_b2[1]"] == ("0.4985839127", "0.5 - 0.01*0.141609")


# ----------------------------------------------------------------------- the order


@pytest.mark.parametrize(("loss", "output"), PAIRS)
@settings(max_examples=6)
@given(data=st.data())
def test_each_quantity_depends_only_on_earlier_ones(loss: str, output: str, data: st.DataObject) -> None:
    trace = trace_step(*data.draw(cases(loss, output)), RATE)
    known: set[str] = set()
    for quantity in trace.values():
        assert set(quantity.depends_on) <= known
        assert bool(quantity.depends_on) == bool(quantity.formula) == (quantity.phase != "given")
        assert quantity.name not in known
        known.add(quantity.name)
    phases = [quantity.phase for quantity in trace.values()]
    assert phases == sorted(phases, key=["given", "forward", "loss", "backward", "update"].index)
    deltas = [name for name in trace if name.startswith("delta")]
    assert deltas == sorted(deltas, key=lambda name: -int(name[5:]))


def test_the_worked_example_takes_these_steps() -> None:
    trace = trace_step(*mazur(), learning_rate=0.5)
    assert [quantity.name for quantity in trace.phase("forward")] == ["z1", "a1", "z2", "a2"]
    assert [quantity.name for quantity in trace.phase("backward")] == [
        *("da2", "slope2", "delta2", "dW2", "db2"),
        *("da1", "slope1", "delta1", "dW1", "db1"),
    ]
    assert [quantity.name for quantity in trace.phase("update")] == ["new_W2", "new_b2", "new_W1", "new_b1"]


# ------------------------------------------------------ each value from its formula

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, z / 100),
    "elu": lambda z: np.where(z > 0, z, np.exp(z) - 1),
    "gelu": lambda z: z * norm.cdf(z),
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(),
}
SLOPES: dict[str, Callable[[Any], Any]] = {
    "identity": np.ones_like,
    "sigmoid": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
    "relu": lambda z: np.where(z > 0, 1.0, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, 1.0, 0.01),
    "elu": lambda z: np.where(z > 0, 1.0, np.exp(z)),
    "gelu": lambda z: norm.cdf(z) + z * norm.pdf(z),
    "softplus": lambda z: 1 / (1 + np.exp(-z)),
}
COSTS: dict[str, Callable[[Any, Any], Any]] = {
    "half_squared_error": lambda a, y: ((a - y) ** 2).sum() / 2,
    "mean_squared_error": lambda a, y: ((a - y) ** 2).mean(),
    "binary_cross_entropy": lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum(),
    "categorical_cross_entropy": lambda a, y: -(y * np.log(a)).sum(),
    "hinge": lambda a, y: np.maximum(0, 1 - y * a).sum(),
}
COST_SLOPES: dict[str, Callable[[Any, Any], Any]] = {
    "half_squared_error": lambda a, y: a - y,
    "mean_squared_error": lambda a, y: 2 * (a - y) / len(a),
    "binary_cross_entropy": lambda a, y: (a - y) / (a * (1 - a)),
    "categorical_cross_entropy": lambda a, y: -y / a,
    "hinge": lambda a, y: np.where(y * a < 1, -y, 0),
}


def softmax_delta(a: np.ndarray, da: np.ndarray) -> np.ndarray:
    return (np.diag(a) - np.outer(a, a)) @ da  # the Jacobian, written out


def by_the_formula(name: str, trace: Trace, network: Network) -> Any:
    """Compute a quantity from the values of those that it depends on, with formulas written here."""
    kind, l = name.rstrip("0123456789"), int(re.sub(r"\D", "", name) or 0)
    needs = [trace[other].value for other in trace[name].depends_on]
    activation = network.activations[l - 1].name
    match kind, needs:
        case "z", [W, a, b]:
            return W @ a + b
        case "a", [z]:
            return FUNCTIONS[activation](z)
        case "C", [a, y]:
            return COSTS[network.loss_function.name](a, y)
        case "da", [W, delta] if W.ndim == 2:
            return W.T @ delta
        case "da", [a, y]:
            return COST_SLOPES[network.loss_function.name](a, y)
        case "slope", [_]:
            return SLOPES[activation](trace[f"z{l}"].value)
        case "delta", [a, other] if trace[name].depends_on == (f"a{l}", "y"):
            return a - other
        case "delta", [a, da] if activation == "softmax":
            return softmax_delta(a, da)
        case "delta", [da, slope]:
            return da * slope
        case "dW", [delta, a]:
            return np.outer(delta, a)
        case "db", [delta]:
            return delta
        case (("new_W" | "new_b"), [old, gradient]):
            return old - RATE * gradient
    raise AssertionError(name)


@pytest.mark.parametrize(("loss", "output"), PAIRS)
@settings(max_examples=6)
@given(data=st.data())
def test_each_value_is_its_formula_of_what_it_depends_on(loss: str, output: str, data: st.DataObject) -> None:
    network, x, y = data.draw(cases(loss, output))
    trace = trace_step(network, x, y, RATE)
    for name, quantity in trace.items():
        if quantity.phase != "given":
            np.testing.assert_allclose(
                quantity.value, by_the_formula(name, trace, network), rtol=1e-10, atol=1e-13, err_msg=name
            )


@pytest.mark.parametrize(("loss", "output"), PAIRS)
@settings(max_examples=6)
@given(data=st.data())
def test_the_trace_is_one_real_step_of_gradient_descent(loss: str, output: str, data: st.DataObject) -> None:
    network, x, y = data.draw(cases(loss, output))
    before = network.parameters.copy()
    trace = trace_step(network, x, y, RATE)
    np.testing.assert_array_equal(network.parameters, before)
    assert trace["C"].value == network.loss(x, y)
    train(network, x, y, epochs=1, optimizer=GradientDescent(RATE))
    for l, layer in enumerate(network.layers, start=1):
        np.testing.assert_allclose(trace[f"new_W{l}"].value, layer.W, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(trace[f"new_b{l}"].value, layer.b, rtol=1e-12, atol=1e-14)


# ------------------------------------------------------------------- the arithmetic

NAMES = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0),
    "leaky_relu": lambda z: max(z, z / 100),
    "elu": lambda z: z if z > 0 else math.expm1(z),
    "gelu": lambda z: z * norm.cdf(z),
    "softplus": lambda z: math.log1p(math.exp(z)),
    "Phi": norm.cdf,
    "phi": norm.pdf,
    "max": max,
    "exp": math.exp,
    "ln": math.log,
}
NUMBER = re.compile(r"(?<![\w.^])\d+\.?\d*(?:e[+-]?\d+)?")


def evaluated(text: str) -> float:
    return float(eval(text.replace("^", "**"), {"__builtins__": {}}, NAMES))


def how_far_rounding_goes(text: str) -> float:
    """Say how far the value of the text can be off because each of its numbers was rounded to six digits."""
    value, reach = evaluated(text), 0.0
    for literal in NUMBER.finditer(text):
        number = float(literal.group())
        moved = text[: literal.start()] + repr(number * (1 + 1e-5)) + text[literal.end() :]  # at most half of that
        reach += abs(evaluated(moved) - value)
    return reach


@pytest.mark.parametrize(("loss", "output"), PAIRS)
@settings(max_examples=6)
@given(data=st.data())
def test_each_line_of_arithmetic_gives_the_value_to_the_digits_that_are_printed(
    loss: str, output: str, data: st.DataObject
) -> None:
    trace = trace_step(*data.draw(cases(loss, output)), RATE)
    for quantity in trace.values():
        assert len(quantity.arithmetic) == quantity.value.size
        for label, value, text in quantity.entries():
            assert abs(evaluated(text) - value) <= how_far_rounding_goes(text) + 1e-15, (label, text)
            assert "--" not in text.replace(" ", "")
            assert "+-" not in text.replace(" ", "")
            assert not re.search(r"(?<![\d.])-0(?![.\d])", text)


def test_a_sum_puts_its_signs_before_its_terms_and_its_negative_factors_in_brackets() -> None:
    network = Network.from_weights([(np.array([[-0.5, 2.0]]), np.array([-1.0]))], output="tanh")
    trace = trace_step(network, np.array([[1.0, -3.0]]), np.array([[-0.25]]), 0.1)
    assert trace["z1"].arithmetic == ("-0.5*1 + 2*(-3) - 1",)
    assert trace["slope1"].arithmetic == ("1 - (-0.999999)^2",)
    assert trace["da1"].arithmetic == ("-0.999999 - (-0.25)",)


def test_a_term_with_a_target_of_zero_is_left_out_of_a_cross_entropy() -> None:
    """Otherwise a certain and right prediction would show 0*ln(0)."""
    network = Network.from_weights(
        [(np.array([[0.0], [0.0]]), np.array([0.0, 0.0]))], output="sigmoid", loss="binary_cross_entropy"
    )
    trace = trace_step(network, np.array([[1.0]]), np.array([[0.0, 1.0]]), 0.1)
    assert trace["C"].arithmetic == ("-1*ln(0.5) - 1*ln(0.5)",)


def test_softmax_shows_the_sum_that_it_divides_by() -> None:
    network = Network.from_weights(
        [(np.array([[2.0], [1.0], [0.1]]), np.zeros(3))], output="softmax", loss="half_squared_error"
    )
    trace = trace_step(network, np.array([[1.0]]), np.array([[0.0, 1.0, 0.0]]), 0.1)
    assert trace["a1"].arithmetic[2] == "exp(0.1)/(exp(2) + exp(1) + exp(0.1))"
    assert trace["delta1"].depends_on == ("a1", "da1")
    assert trace["delta1"].arithmetic[0].startswith("0.659001*(0.659001 - (0.659001*0.659001 + 0.242433*(-0.757567) + ")


# ----------------------------------------------------------------- what it is made of


def test_a_trace_is_looked_up_by_name_and_says_what_it_has() -> None:
    trace = trace_step(*mazur(), learning_rate=0.5)
    assert list(trace)[:4] == ["x", "y", "W1", "b1"]
    assert len(trace) == len(trace.quantities) == 25
    assert repr(trace).startswith("Trace(25 quantities: x, y, W1, b1, W2, b2, z1")
    assert repr(trace["x"]) == "x = [0.05, 0.1 ]"
    with pytest.raises(KeyError, match="no quantity 'z3' in this trace: there are x, y, W1"):
        trace["z3"]


def test_the_values_have_the_shapes_of_the_mathematics_and_can_not_be_written_to() -> None:
    trace = trace_step(Network([3, 4, 2]), np.zeros((1, 3)), np.zeros((1, 2)), 1.0)
    shapes = {"x": (3,), "y": (2,), "z1": (4,), "C": (), "delta2": (2,), "dW1": (4, 3), "new_W2": (2, 4), "db2": (2,)}
    assert {name: trace[name].value.shape for name in shapes} == shapes
    for quantity in trace.values():
        assert not quantity.value.flags.writeable


def test_a_later_step_of_the_network_does_not_change_the_trace() -> None:
    network, x, y = mazur()
    trace = trace_step(network, x, y, 0.5)
    before = trace["W1"].value.copy()
    network.parameters += 1
    x += 1
    np.testing.assert_array_equal(trace["W1"].value, before)
    np.testing.assert_array_equal(trace["x"].value, [0.05, 0.10])


def test_a_float32_network_is_traced_with_the_numbers_that_it_uses() -> None:
    network = Network([2, 3, 1], dtype=np.float32)
    trace = trace_step(network, np.array([[0.1, 0.2]]), np.array([[0.3]]), 0.1)
    assert {quantity.value.dtype for quantity in trace.values() if quantity.name != "C"} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("x", "y", "rate", "error", "message"),
    [
        (np.zeros((2, 2)), np.zeros((2, 2)), 0.5, ValueError, "x has 2 examples and y 2: a trace follows one"),
        (np.zeros((1, 3)), np.zeros((1, 2)), 0.5, ValueError, r"x has shape \(1, 3\), expected \(N, 2\)"),
        (np.zeros((1, 2)), np.zeros((1, 1)), 0.5, ValueError, r"y has shape \(1, 1\), expected \(N, 2\)"),
        (np.zeros((1, 2), dtype=int), np.zeros((1, 2)), 0.5, TypeError, "x has dtype int64, expected floating point"),
        (np.full((1, 2), np.nan), np.zeros((1, 2)), 0.5, ValueError, r"x\[0, 0\] is nan, expected finite numbers"),
        (np.zeros((1, 2)), np.zeros((1, 2)), 0.0, ValueError, "learning_rate is 0.0, expected a positive number"),
        (np.zeros((1, 2)), np.zeros((1, 2)), float("nan"), ValueError, "learning_rate is nan, expected a positive"),
    ],
)
def test_what_can_not_be_traced_is_refused(x: Any, y: Any, rate: float, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        trace_step(mazur()[0], x, y, rate)
