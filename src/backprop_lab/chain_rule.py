r"""The chain rule of a function given as text: its links, the slope of each, and their product.

`find_chain("sin(x**2)")` takes the function apart from the outside in, names what lies between the parts $u_1, u_2,
\dots$, and has SymPy differentiate each link by itself. The derivative of the whole is the product.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

__all__ = ["Chain", "ChainPoint", "Link", "find_chain"]


class sigmoid(sympy.Function):  # noqa: N801  SymPy prints the name of the class
    """The sigmoid for SymPy, so that its slope reads sigma(u) (1 - sigma(u)) and not as a quotient of exponentials."""

    nargs = 1
    is_real = True

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        return self * (1 - self)

    def _latex(self, printer: sympy.printing.printer.Printer, exp: str | None = None) -> str:
        text = rf"\sigma{{\left({printer._print(self.args[0])}\right)}}"
        return text if exp is None else rf"{text}^{{{exp}}}"


class softplus(sympy.Function):  # noqa: N801
    """log(1 + exp(u)) for SymPy; its slope is the sigmoid."""

    nargs = 1
    is_real = True

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        return sigmoid(self.args[0])

    def _latex(self, printer: sympy.printing.printer.Printer, exp: str | None = None) -> str:
        text = rf"\mathrm{{softplus}}{{\left({printer._print(self.args[0])}\right)}}"
        return text if exp is None else rf"{text}^{{{exp}}}"


FUNCTIONS = {
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "exp": sympy.exp,
    "log": sympy.log,
    "ln": sympy.log,
    "sqrt": sympy.sqrt,
    "tanh": sympy.tanh,
    "sigmoid": sigmoid,
    "softplus": softplus,
}
CONSTANTS = {"pi": sympy.pi, "e": sympy.E}
OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
LONGEST, DEEPEST = 200, 30
LARGEST_NUMBER, LARGEST_EXPONENT, MOST_DIGITS = 1e6, 100, 4000


def _sigmoid(u: complex) -> complex:
    e = np.exp(-u if u.real > 0 else u)  # at most 1: never overflows
    return complex((1 if u.real > 0 else e) / (1 + e))


def _softplus(u: complex) -> complex:
    return complex((u if u.real > 0 else 0) + np.log1p(np.exp(-u if u.real > 0 else u)))


NUMERICAL: dict[str, Callable[[Any], Any]] = {"sigmoid": _sigmoid, "softplus": _softplus, "ln": np.log}


@dataclass(frozen=True)
class Link:
    """One link of a chain: `output` as a function of `inner` alone.

    Attributes
    ----------
    inner, output : sympy.Symbol
        What goes in and what comes out: x and u1, u1 and u2, ..., the last output is y.
    expression : sympy.Expr
        The output in terms of inner.
    slope : sympy.Expr
        d(output)/d(inner), in terms of inner: the factor that this link gives to the product.
    """

    inner: sympy.Symbol
    output: sympy.Symbol
    expression: sympy.Expr
    slope: sympy.Expr

    def at(self, u: float) -> tuple[float, float]:
        """Return the output and the slope at inner = u; a ValueError says where there is no finite real one."""
        return _real(self, self.expression, u), _real(self, self.slope, u)

    @property
    def latex(self) -> str:
        """The link as an equation, in LaTeX."""
        return f"{sympy.latex(self.output)} = {_latex(self.expression)}"

    @property
    def slope_latex(self) -> str:
        """Its slope as an equation, in LaTeX."""
        d_out, d_in = sympy.latex(self.output), sympy.latex(self.inner)
        return rf"\frac{{d{d_out}}}{{d{d_in}}} = {_latex(self.slope)}"


@dataclass(frozen=True)
class ChainPoint:
    """A chain at one x.

    Attributes
    ----------
    values : tuple of float
        The output of each link, innermost first; the last is y.
    factors : tuple of float
        The slope of each link at its own input.
    derivative : float
        The product of the factors: dy/dx.
    """

    x: float
    values: tuple[float, ...]
    factors: tuple[float, ...]
    derivative: float

    @property
    def y(self) -> float:
        """The value of the whole function."""
        return self.values[-1]


@dataclass(frozen=True)
class Chain:
    """A composite function of x as a chain of links, innermost first.

    Attributes
    ----------
    text : str
        The function as it was given.
    links : tuple of Link
    expression, derivative : sympy.Expr
        The whole function of x, and the product of the slopes with every inner value written out in x.
    """

    text: str
    links: tuple[Link, ...]
    expression: sympy.Expr
    derivative: sympy.Expr

    def at(self, x: float) -> ChainPoint:
        """Return the value and the slope of every link at x, and their product.

        Raises
        ------
        ValueError
            If a link has no finite real value or slope there; the message names the link. Also if the product is too
            large for a float.
        """
        values, factors, u = [], [], float(x)
        for link in self.links:
            value, factor = link.at(u)
            values.append(value)
            factors.append(factor)
            u = value
        derivative = math.prod(factors)
        if not math.isfinite(derivative):
            raise ValueError(f"the product of the slopes at x = {x:g} is too large for a float")
        return ChainPoint(float(x), tuple(values), tuple(factors), derivative)


def find_chain(text: str) -> Chain:
    """Take a function of x apart into links, each a function of the one inside it.

    Parameters
    ----------
    text : str
        In Python's or a calculator's spelling: `sin(x**2)`, `(3x - 1)^2` as `(3*x - 1)^2`, `sigmoid(2*x + 1)`.
        Numbers, x, pi, e, + - * / ^ and sin, cos, tan, exp, log (natural), sqrt, tanh, sigmoid, softplus.

    Returns
    -------
    Chain
        With one link where the function can't be taken apart, as `x * sin(x)`: two of its parts depend on x.

    Raises
    ------
    ValueError
        If the text can't be read, uses another variable or function, does not depend on x, is longer than 200
        characters, or holds numbers or powers that would take SymPy long.

    Examples
    --------
    >>> chain = find_chain("sin(x**2)")
    >>> [str(link.slope) for link in chain.links]
    ['2*x', 'cos(u1)']
    >>> str(chain.derivative)
    '2*x*cos(x**2)'
    """
    x = sympy.Symbol("x", real=True)
    functions = _join_linear([_to_sympy(piece, x) for piece in reversed(list(_peel(_read(text))))], x)
    links, derivative = [], sympy.Integer(1)
    inner, whole = x, x
    for number, function in enumerate(functions, start=1):
        output = sympy.Symbol("y" if number == len(functions) else f"u{number}", real=True)
        slope = sympy.diff(function, x)
        links.append(Link(inner, output, function.subs(x, inner), slope.subs(x, inner)))
        derivative = derivative * slope.subs(x, whole)
        whole = function.subs(x, whole)
        inner = output
    if any(part.has(sympy.zoo, sympy.oo, sympy.nan) for part in (*functions, whole, derivative)):
        raise ValueError(f"{text!r} divides by zero whatever x is")
    return Chain(text, tuple(links), whole, derivative)


# ------------------------------------------------------------------- taking it apart


def _peel(body: ast.expr) -> Iterator[ast.expr]:
    """From the outside in: each link as a tree in which the name x stands for what lies inside."""
    while True:
        inner = _inside(body)
        if inner is None:
            yield body
            return
        yield _Replace(inner).visit(ast.parse(ast.unparse(body), mode="eval").body)
        body = inner


def _inside(body: ast.expr) -> ast.expr | None:
    """Return the largest proper part of `body` through which all of its dependence on x runs."""
    equal_parts: defaultdict[str, list[ast.expr]] = defaultdict(list)
    for part in ast.walk(body):
        if isinstance(part, ast.expr) and not isinstance(part, ast.Name) and part is not body:
            equal_parts[ast.unparse(part)].append(part)
    for text in sorted(equal_parts, key=len, reverse=True):
        if sum(map(_count_x, equal_parts[text])) == _count_x(body):
            return equal_parts[text][0]
    return None


class _Replace(ast.NodeTransformer):
    """Put x in the place of a part."""

    def __init__(self, part: ast.expr) -> None:
        self.part = ast.unparse(part)

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.expr) and ast.unparse(node) == self.part:
            return ast.Name("x")
        return self.generic_visit(node)


def _count_x(node: ast.AST) -> int:
    return sum(isinstance(part, ast.Name) and part.id == "x" for part in ast.walk(node))


def _join_linear(functions: list[sympy.Expr], x: sympy.Symbol) -> list[sympy.Expr]:
    """Make one link of neighbours that are both straight lines: 3*x - 1 is one step, not two."""
    joined = functions[:1]
    for function in functions[1:]:
        if sympy.diff(function, x).is_number and sympy.diff(joined[-1], x).is_number:
            joined[-1] = function.subs(x, joined[-1])
        else:
            joined.append(function)
    return joined


# ---------------------------------------------------------------------- reading it


def _read(text: str) -> ast.expr:
    if not isinstance(text, str):
        raise ValueError(f"the function is {text!r}, expected text such as 'sin(x**2)'")
    if not text.strip():
        raise ValueError("the function is empty: write it in x, as sin(x**2)")
    if len(text) > LONGEST:
        raise ValueError(f"the function has {len(text)} characters, expected at most {LONGEST}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python warns of what is refused below
            body = ast.parse(text.strip().replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"{text!r} can't be read as a function: write it as sin(x**2) or (3*x - 1)**2") from None
    if _depth(body) > DEEPEST:
        raise ValueError(f"{text!r} is nested {_depth(body)} deep, expected at most {DEEPEST}")
    _check(body, text)
    _check_numbers(body, text)
    if not _count_x(body):
        raise ValueError(f"{text!r} does not depend on x, so there is nothing to differentiate")
    return body


def _depth(node: ast.AST) -> int:
    return 1 + max((_depth(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)), default=0)


def _check(node: ast.AST, text: str) -> None:
    """Let through arithmetic, known functions and x; nothing else can be computed, so nothing else can do harm."""
    match node:
        case ast.Constant(value=bool() | complex()):
            raise ValueError(f"{text!r} contains {node.value!r}, expected real numbers")
        case ast.Constant(value=int() | float()):
            return
        case ast.Name(id=name):
            if name != "x" and name not in CONSTANTS:
                hint = (
                    f"{name}(...) is a function of something" if name in FUNCTIONS else "expected a function of x alone"
                )
                raise ValueError(f"{text!r} contains {name}: {hint}")
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            _check(left, text)
            _check(right, text)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
            _check(operand, text)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            if name == "x":
                raise ValueError(f"{text!r} calls x like a function: write 2*x, or x*(...), with a star")
            if name not in FUNCTIONS:
                raise ValueError(f"{text!r} uses {name}: the functions are {', '.join(FUNCTIONS)}")
            if len(args) != 1:
                raise ValueError(f"{text!r} gives {name} {len(args)} arguments, expected one")
            _check(args[0], text)
        case ast.Call(func=ast.Constant()):
            raise ValueError(f"{text!r} puts a number before a bracket: write the star, as 3*(x + 1)")
        case _:
            raise ValueError(f"{text!r} contains {ast.unparse(node)!r}: expected numbers, x, + - * / ^ and functions")


def _check_numbers(node: ast.expr, text: str) -> tuple[np.float64 | None, float]:
    """Refuse numbers such as 9**9**9, which no float holds and SymPy would compute digit by digit.

    Returns the value of a part without x (None for one with x), and how many digits SymPy may need for it.
    """
    value: np.float64 | None
    digits: float
    with np.errstate(all="ignore"):  # what is infinite or not real is refused below
        match node:
            case ast.Constant(value=int() | float() as number):
                value = np.float64(number)
                digits = len(str(sympy.Rational(str(number)))) if np.isfinite(value) else math.inf
            case ast.Name(id=name):
                value, digits = None if name == "x" else np.float64(CONSTANTS[name]), 1
            case ast.UnaryOp(op=op, operand=operand):
                inner, digits = _check_numbers(operand, text)
                value = -inner if inner is not None and isinstance(op, ast.USub) else inner
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                inner, digits = _check_numbers(argument, text)
                function = NUMERICAL.get(name) or getattr(np, name)
                value = None if inner is None else np.float64(function(inner).real)
            case ast.BinOp(left=left, op=op, right=right):
                (a, digits), (b, more) = _check_numbers(left, text), _check_numbers(right, text)
                if isinstance(op, ast.Pow) and b is not None and abs(b) > LARGEST_EXPONENT:
                    raise ValueError(f"{text!r} has the exponent {b:g}, expected at most {LARGEST_EXPONENT}")
                digits = digits * max(1, abs(b)) if isinstance(op, ast.Pow) and b is not None else digits + more
                value = None if a is None or b is None else np.float64(OPERATORS[type(op)](a, b))
            case _:
                raise AssertionError(ast.dump(node))
    if value is not None and not abs(value) <= LARGEST_NUMBER:
        part = ast.unparse(node)
        raise ValueError(f"{text!r} contains {part}, which is no real number of at most {LARGEST_NUMBER:,.0f}")
    if digits > MOST_DIGITS:
        raise ValueError(f"{text!r} takes powers of powers that need up to {digits:.0f} digits")
    return value, digits


def _to_sympy(node: ast.expr, symbol: sympy.Symbol) -> sympy.Expr:
    match node:
        case ast.Constant(value=value):
            return sympy.Integer(value) if isinstance(value, int) else sympy.Rational(str(value))
        case ast.Name(id=name):
            return symbol if name == "x" else CONSTANTS[name]
        case ast.UnaryOp(op=op, operand=operand):
            inside = _to_sympy(operand, symbol)
            return -inside if isinstance(op, ast.USub) else inside
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return FUNCTIONS[name](_to_sympy(argument, symbol))
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](_to_sympy(left, symbol), _to_sympy(right, symbol))
    raise AssertionError(ast.dump(node))


@lru_cache(maxsize=512)
def _compiled(inner: sympy.Symbol, expression: sympy.Expr) -> Callable[[np.complex128], complex]:
    compiled: Callable[[np.complex128], complex] = sympy.lambdify(inner, expression, [NUMERICAL, "numpy"])
    return compiled


def _real(link: Link, expression: sympy.Expr, u: float) -> float:
    with np.errstate(all="ignore"):
        try:
            value = complex(_compiled(link.inner, expression)(np.complex128(u)))
        except (ZeroDivisionError, OverflowError, TypeError):
            value = complex("nan")
    if not np.isfinite(value) or abs(value.imag) > 1e-12 * max(1, abs(value.real)):
        raise ValueError(
            f"{link.output} = {link.expression} has no finite real value and slope at {link.inner} = {u:g}"
        )
    return value.real


def _latex(expression: sympy.Expr) -> str:
    return str(sympy.latex(expression, ln_notation=True))
