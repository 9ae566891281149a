"""Promise: four ways to write a layer, one gradient; what is shown of an equation is what runs."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab import Network, check_gradient
from backprop_lab.conventions import CONVENTIONS, Convention, convention, gradients_in, recognize

seeds = st.integers(0, 2**32 - 1)
each = pytest.mark.parametrize("one", CONVENTIONS.values(), ids=list(CONVENTIONS))
KINDS = (("identity", "half_squared_error"), ("sigmoid", "binary_cross_entropy"), ("softmax", "half_squared_error"))


def drawn(seed: int) -> tuple[Network, np.ndarray, np.ndarray]:
    """Draw a network of random widths, with biases, and a batch whose size is none of them."""
    rng = np.random.default_rng(seed)
    output, loss = KINDS[seed % len(KINDS)]
    sizes = [int(n) for n in rng.integers(1, 6, size=rng.integers(2, 5))]
    network = Network(sizes, hidden="tanh", output=output, loss=loss)
    network.parameters = rng.normal(size=network.parameters.size)
    return network, rng.normal(size=(7, sizes[0])), rng.uniform(size=(7, sizes[-1]))


@each
@given(seed=seeds)
def test_the_equations_of_each_convention_give_our_gradient(one: Convention, seed: int) -> None:
    network, x, y = drawn(seed)
    for (dW, db), ours in zip(gradients_in(one, network, x, y), network.gradients(x, y), strict=True):
        back_dW, back_db = one.to_ours(dW, db)
        np.testing.assert_allclose(back_dW, ours.dW, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(back_db, ours.db, rtol=1e-10, atol=1e-12)


@each
@given(seed=seeds)
def test_each_equation_agrees_with_differences_of_its_own_forward_pass(one: Convention, seed: int) -> None:
    rng = np.random.default_rng(seed)
    W, b = one.from_ours(rng.normal(size=(3, 2)), rng.normal(size=3))
    a_in, pull = one.batch_from_ours(rng.normal(size=(5, 2))), one.batch_from_ours(rng.normal(size=(5, 3)))

    def C(W, b, a_in):
        return np.sum(pull * np.sin(one.forward(W=W, b=b, a_in=a_in)))

    delta = one.bp1(dC_da=pull, slope=np.cos(one.forward(W=W, b=b, a_in=a_in)))
    assert check_gradient(lambda W: C(W, b, a_in), W, one.bp3(delta=delta, a_in=a_in))
    assert check_gradient(lambda b: C(W, b, a_in), b, one.bp4(delta=delta))
    below = one.bp2(delta=delta, W=W, slope_in=np.ones_like(a_in))
    assert check_gradient(lambda a_in: C(W, b, a_in), a_in, below)


@each
def test_gradients_have_the_shapes_of_their_partners(one: Convention) -> None:
    network, x, y = drawn(1)
    for layer, (dW, db) in zip(network.layers, gradients_in(one, network, x, y), strict=True):
        W, b = one.from_ours(layer.W, layer.b)
        assert (dW.shape, db.shape) == (W.shape, b.shape)


@each
@given(seed=seeds)
def test_there_and_back_changes_nothing(one: Convention, seed: int) -> None:
    rng = np.random.default_rng(seed)
    W, b, x = rng.normal(size=(3, 2)), rng.normal(size=3), rng.normal(size=(5, 2))
    for before, after in zip((W, b), one.to_ours(*one.from_ours(W, b)), strict=True):
        np.testing.assert_array_equal(before, after)
    np.testing.assert_array_equal(one.batch_to_ours(one.batch_from_ours(x)), x)


def test_the_shapes_are_those_of_the_table() -> None:
    W, b, x = np.ones((3, 2)), np.ones(3), np.ones((5, 2))
    shapes = {
        name: (*(part.shape for part in one.from_ours(W, b)), one.batch_from_ours(x).shape)
        for name, one in CONVENTIONS.items()
    }
    assert shapes == {
        "W a + b": ((3, 2), (3, 1), (2, 5)),
        "a W^T + b": ((3, 2), (3,), (5, 2)),
        "X W + b": ((2, 3), (1, 3), (5, 2)),
        "W^T h + b": ((2, 3), (3, 1), (2, 5)),
    }


def test_a_gradient_worked_by_hand() -> None:
    a_in, delta = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0], [100.0]])  # two examples as rows
    dW, db = np.array([[310.0, 420.0]]), np.array([110.0])  # 10*1 + 100*3, 10*2 + 100*4; 10 + 100
    for one in CONVENTIONS.values():
        arrays = {"delta": one.batch_from_ours(delta), "a_in": one.batch_from_ours(a_in)}
        found = one.to_ours(one.bp3(**arrays), one.bp4(delta=arrays["delta"]))
        np.testing.assert_array_equal(found[0], dW)
        np.testing.assert_array_equal(found[1], db)


@each
def test_converted_arrays_are_copies(one: Convention) -> None:
    W, b, x = np.ones((3, 2)), np.ones(3), np.ones((5, 2))
    for changed in (*one.from_ours(W, b), one.batch_from_ours(x)):
        changed += 1
    assert (W == 1).all()
    assert (b == 1).all()
    assert (x == 1).all()


@each
def test_what_is_shown_names_every_array_and_has_balanced_braces(one: Convention) -> None:
    for equation in one.equations:
        assert equation.latex.count("{") == equation.latex.count("}")
        assert str(equation) in str(one)
        assert set(re.findall(r"\b(?:W|b|a_in|delta|slope_in|slope|dC_da)\b", equation.code))
    assert one._repr_latex_().count("&=") == 5
    assert repr(one) == f"Convention({one.name}: examples in {one.examples}, W {one.weights}, b {one.bias})"


def test_no_two_conventions_are_written_alike() -> None:
    for equations in zip(*(one.equations for one in CONVENTIONS.values()), strict=True):
        if equations[0].name in ("forward", "BP2", "BP3"):
            assert len({equation.latex for equation in equations}) == 4
            assert len({equation.code for equation in equations}) == 4


def test_ours_is_the_code_of_the_network() -> None:
    ours = convention("a W^T + b")
    assert [str(e) for e in ours.equations] == [
        "z = a_in @ W.T + b",
        "delta = dC_da * slope",
        "delta_in = (delta @ W) * slope_in",
        "dW = delta.T @ a_in",
        "db = delta.sum(axis=0)",
    ]


@pytest.mark.parametrize(
    ("name", "W", "b", "message"),
    [
        ("X W + b", np.ones((2, 3)), np.ones(3), r"b has shape \(3,\), expected \(1, 3\)"),
        ("X W + b", np.ones((3, 2)), np.ones((1, 3)), r"there are 2 units"),
        ("W a + b", np.ones((3, 2)), np.ones((1, 3)), r"expected \(3, 1\)"),
        ("a W^T + b", np.ones((3, 2)), np.ones((3, 1)), r"expected \(3,\)"),
        ("W^T h + b", np.ones(3), np.ones((3, 1)), r"W has shape \(3,\), expected \(n_in, n_out\)"),
    ],
)
def test_weights_of_another_convention_are_refused(name: str, W: np.ndarray, b: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        convention(name).to_ours(W, b)


def test_the_doors_refuse_what_is_not_ours() -> None:
    one = convention("X W + b")
    with pytest.raises(ValueError, match=r"expected \(n_out, n_in\) and \(n_out,\)"):
        one.from_ours(np.ones((3, 2)), np.ones((1, 3)))
    with pytest.raises(ValueError, match="two axes"):
        one.batch_from_ours(np.ones(3))
    with pytest.raises(TypeError, match="dtype=float"):
        one.to_ours(np.ones((2, 3), dtype=int), np.ones((1, 3)))
    with pytest.raises(ValueError, match="unknown convention 'W x'"):
        convention("W x")
    with pytest.raises(ValueError, match="expected two equal shapes"):
        gradients_in(one, Network([2, 1]), np.ones((3, 2)), np.ones((2, 1)))
    with pytest.raises(NameError, match="a_in"):
        one.bp3(delta=np.ones((3, 2)))


def test_the_equations_run_in_a_program_that_has_not_summed_anything_before() -> None:
    """NumPy imports a part of itself the first time."""
    code = (
        "import numpy as np; from backprop_lab.conventions import CONVENTIONS\n"
        "print([one.bp4(delta=np.ones((2, 2))).size for one in CONVENTIONS.values()])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[2, 2, 2, 2]\n"


# What people write, in NumPy, in the frameworks and in formulas. None of it was made from the code that reads it.
WRITTEN = {
    "W a + b": (
        "z = W @ a + b", "W @ a", "b + W @ a", "np.dot(W, a) + b", "W1.dot(x) + b1", "a = sigmoid(W @ x + b)",
        "W a + b", "z^l = W^l a^{l-1} + b^l", "$Z^{(2)} = W^{(2)} A^{(1)} + b^{(2)}$", "W[l] @ a[l - 1] + b[l]",
        "W·x + b", r"z = W \cdot a + b", "self.weights @ x + self.bias", "w0 @ x + b", "W.T.T @ a + b",
    ),
    "a W^T + b": (
        "z = a_in @ W.T + b", "a W^T + b", "x @ self.weight.T + self.bias", "torch.mm(x, W.t()) + b",
        "x @ W.mT + b", "np.matmul(a, W.transpose()) + b", "x @ np.transpose(W) + b", r"x W^{\top} + b",
    ),
    "X W + b": (
        "z = x @ W + b", "X W + b", "tf.matmul(x, self.kernel) + self.bias", "X.dot(params['W1']) + params['b1']",
        "np.maximum(0, np.dot(x, W1) + b1)", "softmax(h @ W2 + b2)", "x @ theta", "x @ θ + b",
        "parameters['A1'] @ parameters['W2'] + parameters['b2']",
    ),
    "W^T h + b": (
        "h = phi(W.T @ h + b)", "W^T h + b", "σ(Wᵀh + b)", "W⊤ h + b", r"h_l = \phi(W_l^T h_{l-1} + b_l)",
        r"h_l = \phi\left(W_l^{\mathsf T} h_{l-1} + b_l\right)", r"(W^{l})^{\mathsf{T}} h^{l-1} + b^l",
        "np.transpose(W) @ h + b", r"W^{(l)\top} x + b", "W^{(2)T} a^{(1)} + b", "tanh(W_o.T @ h_L + b_o)",
        "W^T_1 h + b", "W^Tx + b", r"W^{\top}_{(1)} x",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRITTEN.items() for text in texts])
def test_what_somebody_wrote_is_recognized(name: str, text: str) -> None:
    assert recognize(text) is CONVENTIONS[name]
    assert recognize(f"  {text}  ") is CONVENTIONS[name]


@each
def test_our_own_code_and_our_own_formulas_are_recognized(one: Convention) -> None:
    assert recognize(str(one.forward)) is one
    assert recognize(one.forward.latex) is one
    assert recognize(one.name) is one


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "nothing is written"),
        ("  ", "nothing is written"),
        ("z = ", "can't be read"),
        ("((((", "can't be read"),
        ("import os", "can't be read"),
        ("W\0@ a", "can't be read"),
        ("W' * a + b", "can't be read"),
        ("x @ W if x else y", "can't be read"),
        ("z = W @ a; a = f(z)", "not one layer"),
        ("z, a = W @ a + b", "not one layer"),
        ("z += W @ a", "not one layer"),
        ("W " * 150, "300 characters"),
        ("W * a + b", r"\* multiplies element by element.* write W @ a"),
        ("W @ x.T + b", "x is transposed on its way in"),
        ("x^T W + b", "x is transposed on its way in"),
        ("x @ y + b", "neither x nor y looks like weights"),
        ("W1 @ W2 + b", "W1 and W2 both look like weights"),
        ("WT @ h + b", "WT may be a matrix that is transposed already"),
        ("x @ W_T + b", "W_T may be a matrix that is transposed already"),
        ("W @ V @ x + b", "W @ V is a product within a product"),
        ("a + b", "there is no product"),
        ("wx + b", "there is no product"),
        ("W @ a + 1", "there is no bias"),
        ("W @ a + b[:, None]", "there is no bias"),
        ("W1 @ x + W2 @ h", "there is no bias"),
        ("x @ W + b + c", "x @ W . b is no product of weights and data"),
        ("x @ W - b", "no product of weights and data"),
        ("z == W @ a + b", "no product of weights and data"),
        ("(x @ W.T).T + b", "no product of weights and data"),
        ("relu(x @ W + b, inplace=True)", "no product of weights and data"),
        ("W(x) + b", "no product of weights and data"),
        ("lambda: W @ a", "no product of weights and data"),
        ("[x @ W]", "no product of weights and data"),
        ("5", "no product of weights and data"),
        ("1if 2else 3", "no product of weights and data"),
        ("W @ f(x) + b", r"f\(x\) is no name of an array"),
        ("W @ 3 + b", "3 is no name of an array"),
        ("-W @ x + b", "-W is no name of an array"),
        ("W^t x", r"W\^t is neither W\^T nor W of a layer"),
        ("W^{tr} x", "is neither"),
        ("W^H x + b", "is neither"),
        ("W^{-1} x", "is neither"),
    ],
)
def test_what_is_none_of_the_four_is_answered_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        recognize(text)


@pytest.mark.parametrize(
    "text", ["open('made', 'w') @ W + b", "__import__('os').abort() @ W", "exit() + b", "exit(W @ a)"]
)
def test_nothing_that_is_read_is_run(text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with contextlib.suppress(ValueError):  # the last may be an activation
        recognize(text)
    assert list(tmp_path.iterdir()) == []


def test_only_a_text_is_read() -> None:
    with pytest.raises(TypeError, match="text is a list, expected a str"):
        recognize(["W @ a"])  # type: ignore[arg-type]


@given(st.text(max_size=60) | st.text(alphabet="W aTb.@()[]^{}=+*xl,'\\", max_size=40))
def test_any_text_is_recognized_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert recognize(text) in CONVENTIONS.values()
