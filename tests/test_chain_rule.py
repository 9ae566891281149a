"""Promise: the links of a function multiply to its derivative; what can't be a function of x is refused at once."""

from __future__ import annotations

import re
import time
import warnings

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

from backprop_lab import find_chain, numerical_gradient

X = sympy.Symbol("x", real=True)
SPELLED_OUT = {
    "sigmoid": lambda u: 1 / (1 + sympy.exp(-u)),
    "softplus": lambda u: sympy.log(1 + sympy.exp(u)),
    "ln": sympy.log,
    "e": sympy.E,
    "x": X,
}


def by_sympy(text: str) -> sympy.Expr:
    """Read the text with SymPy's own parser, with the sigmoid written out: nothing of the library is used."""
    return sympy.sympify(text.replace("^", "**"), locals=SPELLED_OUT)


def exact_slope(text: str, x: float) -> complex:
    with mpmath.workdps(40):
        return complex(sympy.diff(by_sympy(text), X).subs(X, sympy.Float(x, 40)).evalf(30))


# ----------------------------------------------------------------- taking apart

LINKS = {
    "sin(x**2)": ["x**2", "sin(u1)"],
    "(3*x - 1)^2": ["3*x - 1", "u1**2"],
    "exp(-x^2)": ["x**2", "-u1", "exp(u2)"],
    "sigmoid(2*x + 1)": ["2*x + 1", "sigmoid(u1)"],
    "tanh(x)^2": ["tanh(x)", "u1**2"],
    "sin(exp(x))": ["exp(x)", "sin(u1)"],
    "sqrt(1 + cos(3*x)^2)": ["3*x", "cos(u1)", "u2**2", "u3 + 1", "sqrt(u4)"],
    "log(softplus(x))": ["softplus(x)", "log(u1)"],
    "2*(3*x + 1) - 5": ["6*x - 3"],
    "sin(x) + sin(x)^2": ["sin(x)", "u1**2 + u1"],
    "x*sin(x)": ["x*sin(x)"],
    "x": ["x"],
    "e^(2*x)": ["2*x", "exp(u1)"],
    "1/(1 + x^2)": ["x**2", "u1 + 1", "1/u2"],
}


@pytest.mark.parametrize("text", LINKS)
def test_a_function_is_taken_apart_from_the_inside_out(text: str) -> None:
    chain = find_chain(text)
    assert [str(link.expression) for link in chain.links] == LINKS[text]
    names = ["x", *(f"u{number}" for number in range(1, len(chain.links))), "y"]
    assert [link.inner.name for link in chain.links] == names[:-1]
    assert [link.output.name for link in chain.links] == names[1:]
    assert chain.text == text


@pytest.mark.parametrize("text", LINKS)
def test_each_slope_is_the_derivative_of_its_link_alone(text: str) -> None:
    for link in find_chain(text).links:
        assert link.expression.free_symbols <= {link.inner}
        assert sympy.simplify(sympy.diff(link.expression, link.inner) - link.slope) == 0


@pytest.mark.parametrize("text", [*LINKS, "tan(x/2)", "sin(cos(tanh(x)))", "x^3 - 2*x", "x^x + 1"])
@pytest.mark.parametrize("x", [0.3, 0.7853981633974483, 1.25])
def test_the_product_of_the_slopes_is_the_derivative(text: str, x: float) -> None:
    chain = find_chain(text)
    point = chain.at(x)
    assert point.derivative == pytest.approx(exact_slope(text, x).real, rel=1e-12, abs=1e-14)
    assert point.derivative == pytest.approx(np.prod(point.factors), rel=1e-14)
    assert point.y == point.values[-1] == pytest.approx(float(by_sympy(text).subs(X, x)), rel=1e-12)
    assert len(point.factors) == len(point.values) == len(chain.links)
    assert numerical_gradient(lambda x: chain.at(float(x)).y, x) == pytest.approx(point.derivative, rel=1e-7, abs=1e-8)


@pytest.mark.parametrize("text", LINKS)
def test_the_whole_derivative_is_that_of_the_whole_function(text: str) -> None:
    chain = find_chain(text)
    assert sympy.simplify(sympy.diff(chain.expression, X) - chain.derivative) == 0


def test_each_factor_is_taken_at_the_value_of_the_link_below() -> None:
    """M4, M5: the slope of the outer function is taken at the inner value, not at x."""
    point = find_chain("sin(x**2)").at(3.0)
    assert point.values == (9.0, pytest.approx(np.sin(9.0)))
    assert point.factors == (6.0, pytest.approx(np.cos(9.0)))


def test_the_quick_check_of_the_sources() -> None:
    """Erratum E-64: the slope of sin(x^2) at pi/4."""
    assert find_chain("sin(x^2)").at(np.pi / 4).derivative == pytest.approx(1.2813056597, abs=5e-11)


def test_the_formulas_are_shown_in_latex() -> None:
    first, second = find_chain("sigmoid(x^2)").links
    assert first.latex == "u_{1} = x^{2}"
    assert first.slope_latex == r"\frac{du_{1}}{dx} = 2 x"
    assert second.latex == r"y = \sigma{\left(u_{1}\right)}"
    assert second.slope_latex.startswith(r"\frac{dy}{du_{1}} = ")
    assert r"\sigma{\left(u_{1}\right)}" in second.slope_latex
    (single,) = find_chain("x*sigmoid(x)^2*softplus(x)^3").links
    assert r"\sigma{\left(x\right)}^{2}" in single.latex
    assert r"\mathrm{softplus}{\left(x\right)}^{3}" in single.latex


WRAPPERS = [
    "sin({})", "cos({})", "exp({})", "tanh({})", "sigmoid({})", "softplus({})", "({})**2", "({})**3", "2*({}) - 1",
    "-({})", "({})/3", "1/(2 + ({})**2)", "sqrt(4 + ({})**2)", "log(3 + ({})**2)", "({})*sin({})", "({}) + cos({})",
]  # fmt: skip


@st.composite
def compositions(draw: st.DrawFn) -> str:
    text = "x"
    for wrapper in draw(st.lists(st.sampled_from(WRAPPERS), min_size=1, max_size=5)):
        text = wrapper.replace("{}", text)
    assume(len(text) <= 200)
    return text


@given(compositions(), st.floats(-1, 1))
def test_any_composition_is_differentiated_right(text: str, x: float) -> None:
    assume("exp(exp" not in text)
    chain = find_chain(text)
    try:
        point = chain.at(x)
    except ValueError:
        assume(False)
    exact = exact_slope(text, x).real
    assert point.derivative == pytest.approx(exact, rel=1e-9, abs=1e-11)
    if abs(exact) < 1e3:
        difference = numerical_gradient(lambda x: chain.at(float(x)).y, np.float64(x))
        assert difference == pytest.approx(exact, rel=1e-4, abs=1e-5)


@given(compositions())
def test_links_put_back_together_are_the_function(text: str) -> None:
    chain = find_chain(text)
    whole: sympy.Expr = X
    for link in chain.links:
        whole = link.expression.subs(link.inner, whole)
    assert whole == chain.expression


# --------------------------------------------------------------- where it is defined


@pytest.mark.parametrize(
    ("text", "x", "message"),
    [
        ("sqrt(x)", -1.0, "y = sqrt(x) has no finite real value and slope at x = -1"),
        ("sqrt(x)", 0.0, "y = sqrt(x) has no finite real value and slope at x = 0"),
        ("log(x)", 0.0, "y = log(x) has no finite real value"),
        ("log(x)", -2.0, "y = log(x) has no finite real value"),
        ("log(sin(x))", 4.0, "y = log(u1) has no finite real value and slope at u1 = -0.756802"),
        ("sin(1/x)", 0.0, "u1 = 1/x has no finite real value and slope at x = 0"),
        ("x**(1/3)", -8.0, "y = x**(1/3) has no finite real value"),
        ("exp(exp(x))", 7.0, "y = exp(u1) has no finite real value and slope at u1 = 1096.63"),
        ("x", float("nan"), "y = x has no finite real value"),
        ("x**2", float("inf"), "y = x**2 has no finite real value"),
        ("sin((100*x)**100)", 12.0, "the product of the slopes at x = 12 is too large for a float"),
    ],
)
def test_a_point_outside_the_domain_is_refused_with_the_link_that_fails(text: str, x: float, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        find_chain(text).at(x)


def test_saturated_functions_are_no_reason_to_refuse() -> None:
    for text, x, y, slope in (
        ("sigmoid(x)", 800.0, 1.0, 0.0),
        ("sigmoid(x)", -800.0, 0.0, 0.0),
        ("softplus(x)", 800.0, 800.0, 1.0),
        ("softplus(x)", -800.0, 0.0, 0.0),
        ("tanh(x)", 800.0, 1.0, 0.0),
        ("exp(-x^2)", 50.0, 0.0, 0.0),
    ):
        point = find_chain(text).at(x)
        assert (point.y, point.derivative) == (y, slope)


# ------------------------------------------------------------------------ the door

REFUSED = {
    "": "the function is empty: write it in x, as sin(x**2)",
    "   ": "the function is empty",
    "sin(x": "can't be read as a function: write it as sin(x**2) or (3*x - 1)**2",
    "3x - 1": "can't be read as a function",
    "x +": "can't be read as a function",
    "x; x": "can't be read as a function",
    "x = 2": "can't be read as a function",
    "x := 2": "can't be read as a function",
    "x\n+ 1": "can't be read as a function",
    "\0x": "can't be read as a function",
    "²x": "can't be read as a function",
    "import os": "can't be read as a function",
    "x*y": "contains y: expected a function of x alone",
    "x + z1": "contains z1: expected a function of x alone",
    "X": "contains X: expected a function of x alone",
    "sin": "contains sin: sin(...) is a function of something",
    "sin + x": "contains sin: sin(...) is a function of something",
    "arcsin(x)": "uses arcsin: the functions are sin, cos, tan, exp",
    "eval(x)": "uses eval: the functions are",
    "__import__('os').system('true')": "contains \"__import__('os').system('true')\": expected numbers, x, + - * / ^",
    "x.real": "contains 'x.real': expected numbers",
    "sin.__class__(x)": "contains 'sin.__class__(x)': expected numbers",
    "(lambda: x)()": "expected numbers, x, + - * / ^ and functions",
    "lambda x: x": "expected numbers, x, + - * / ^ and functions",
    "'x'": "expected numbers, x, + - * / ^ and functions",
    "f'{x}'": "expected numbers, x, + - * / ^ and functions",
    "b'x' + x": "expected numbers, x, + - * / ^ and functions",
    "[x for x in (1, 2)]": "expected numbers, x, + - * / ^ and functions",
    "(x, x)": "expected numbers, x, + - * / ^ and functions",
    "x[0]": "expected numbers, x, + - * / ^ and functions",
    "x if x else 1": "expected numbers, x, + - * / ^ and functions",
    "x and 1": "expected numbers, x, + - * / ^ and functions",
    "1or x": "expected numbers, x, + - * / ^ and functions",
    "x < 1": "expected numbers, x, + - * / ^ and functions",
    "x // 2": "expected numbers, x, + - * / ^ and functions",
    "x % 2": "expected numbers, x, + - * / ^ and functions",
    "~x": "expected numbers, x, + - * / ^ and functions",
    "x + ...": "expected numbers, x, + - * / ^ and functions",
    "True*x": "contains True, expected real numbers",
    "2j*x": "contains 2j, expected real numbers",
    "x(x + 1)": "calls x like a function: write 2*x, or x*(...), with a star",
    "3(x + 1)": "puts a number before a bracket: write the star, as 3*(x + 1)",
    "sin(x, 2)": "gives sin 2 arguments, expected one",
    "sin()": "gives sin 0 arguments, expected one",
    "sin(*x)": "expected numbers, x, + - * / ^ and functions",
    "sin(x=x)": "expected numbers, x, + - * / ^ and functions",
    "7": "does not depend on x, so there is nothing to differentiate",
    "sin(2) + pi": "does not depend on x",
    "x + 1" * 50: "the function has 250 characters, expected at most 200",
    "-" * 150 + "x": "is nested 151 deep, expected at most 30",
    "exp(" * 40 + "x" + ")" * 40: "the function has 201 characters",
    "(" * 99 + "x" + ")" * 98: "can't be read as a function",
    "x" + "**x" * 60: "is nested 61 deep",
    "x**1000": "has the exponent 1000, expected at most 100",
    "x**-101": "has the exponent -101, expected at most 100",
    "9**9**9*x": "contains 9 ** 9, which is no real number of at most 1,000,000",
    "x**9**9**9": "contains 9 ** 9, which is no real number",
    "0.5**100000000000*x": "contains 100000000000, which is no real number of at most",
    "1e-300**1000*x": "has the exponent 1000, expected at most 100",
    "1e-300**100*x": "takes powers of powers that need up to",
    "x*2**(10**sqrt(400))": "contains 10 ** sqrt(400), which is no real number",
    "x + exp(10000000*log(2))": "contains 10000000, which is no real number",
    "x + exp(1000*log(2))": "contains exp(1000 * log(2)), which is no real number",
    "(((2*x)**100)**100)**100": "takes powers of powers that need up to",
    "(1.000001**100)**100*x": "takes powers of powers that need up to",
    "1e400*x": "contains 1e309, which is no real number",
    "1/0*x": "contains 1 / 0, which is no real number",
    "log(0)*x": "contains log(0), which is no real number",
    "log(-1) + x": "contains log(-1), which is no real number",
    "sqrt(-4)*x": "contains sqrt(-4), which is no real number",
    "(-8)**(1/3)*x": "contains (-8) ** (1 / 3), which is no real number",
    "x/0": "divides by zero whatever x is",
    "1/(x - x)": "divides by zero whatever x is",
    "sin(1/(0*x))": "divides by zero whatever x is",
    "log(x - x)": "divides by zero whatever x is",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:40]))
def test_what_is_no_function_of_x_is_refused_at_once_and_told_why(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ValueError, match=re.escape(REFUSED[text])):
        find_chain(text)
    assert time.process_time() - start < 0.5


def test_two_hundred_characters_are_not_too_many() -> None:
    text = "x**2" + " " * 194 + "+1"
    assert len(text) == 200
    assert [str(link.expression) for link in find_chain(text).links] == ["x**2", "u1 + 1"]


@pytest.mark.parametrize("text", [None, 3, b"x", ["x"]])
def test_what_is_no_text_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"expected text such as 'sin\(x\*\*2\)'"):
        find_chain(text)  # type: ignore[arg-type]


@given(st.text(alphabet="x0123456789.()+-*/^ sincoexplgtahq_'[]:,=", max_size=40))
def test_any_other_text_is_read_or_refused_but_never_runs(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            chain = find_chain(text)
        except ValueError:
            return
    assert chain.links[-1].output.name == "y"


@pytest.mark.parametrize(
    "text",
    [
        "+".join(f"{n}*x**{n}" for n in range(1, 14)),
        "sin(" * 28 + "x" + ")" * 28,
        "+".join(f"sin({n}*x)" for n in range(1, 17)),
        "((x+1)*(x+2)*(x+3)*(x+4)*(x+5)*(x+6))**50",
        "x**x**x**x**x",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_long_but_allowed_takes_no_longer_than_a_reader_waits(text: str) -> None:
    start = time.process_time()
    find_chain(text)
    assert time.process_time() - start < 2
