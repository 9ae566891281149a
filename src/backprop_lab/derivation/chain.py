"""The chain rule with one variable in and one out: along a chain, and over several paths."""

from __future__ import annotations

from collections.abc import Mapping

import sympy

from backprop_lab.chain_rule import find_chain
from backprop_lab.derivation.door import check_expressions, check_symbols, names
from backprop_lab.derivation.expressions import Formula, latex, ordinary, partial, substitution
from backprop_lab.derivation.steps import Derivation, Step

__all__ = ["derive_chain", "derive_total_derivative"]


def derive_chain(text: str) -> Derivation:
    """Derive the slope of a function of x along its chain of links.

    Parameters
    ----------
    text : str
        As `find_chain` reads it: `sin(x**2)`, `sigmoid(2*x + 1)`.

    Returns
    -------
    Derivation
        The links from the inside out, the slope of each, their product, and the product written out in x.

    Raises
    ------
    ValueError
        If the text can't be read; see `find_chain`.

    Examples
    --------
    >>> derivation = derive_chain("sin(x**2)")
    >>> derivation.result, derivation.equal.how
    (2*x*cos(x**2), 'symbolic')
    """
    chain = find_chain(text)
    dy_dx, total = ordinary("y", "x"), sympy.diff(chain.expression, chain.links[0].inner)
    steps = [Step(f"Name what the link makes of {link.inner}.", link.latex, link.expression) for link in chain.links]
    for link in chain.links:
        words = f"How fast {link.output} changes with {link.inner} alone."
        steps.append(Step(words, link.slope_latex, link.slope, sympy.diff(link.expression, link.inner)))
    if len(chain.links) > 1:
        words = "Along a chain the slopes multiply, each taken where the value has arrived."
        factors = " ".join(ordinary(latex(link.output), latex(link.inner)) for link in reversed(chain.links))
        product = sympy.Mul(*(link.slope for link in reversed(chain.links)))
        steps.append(Step(words, rf"{dy_dx} = {factors} = {latex(product)}", product, total))
    words = "Write the inner values out in x."
    steps.append(Step(words, rf"{dy_dx} = {latex(chain.derivative)}", chain.derivative, total))
    definitions = tuple((link.output, link.expression) for link in chain.links[:-1])
    return Derivation(f"the chain rule for {text}", tuple(steps), definitions)


def derive_total_derivative(f: Formula, inner: Mapping[Formula, Formula], t: Formula) -> Derivation:
    """Derive df/dt for f(x(t), y(t), ...): multiply along each path from t to f, and add over the paths.

    Parameters
    ----------
    f : sympy.Expr
        A function of the symbols that `inner` explains.
    inner : mapping of sympy.Symbol to sympy.Expr
        Each of those symbols as a function of t.
    t : sympy.Symbol

    Raises
    ------
    TypeError
        If f, t or an entry of inner is no SymPy object.
    ValueError
        If f has a symbol that inner does not explain, or an entry of inner has another symbol than t.

    Examples
    --------
    >>> x, y, t = sympy.symbols("x y t", real=True)
    >>> derive_total_derivative(x * y, {x: t**2, y: sympy.sin(t)}, t).result
    t**2*cos(t) + 2*t*sin(t)
    """
    _check_paths(f, inner, t)
    below, write_out = latex(t), substitution(inner)
    steps, products, rule = [], [], []
    for variable, meaning in inner.items():
        name, slope_of_f, slope = latex(variable), sympy.diff(f, variable), sympy.diff(meaning, t)
        words = f"How fast f changes with {variable} while the others stay."
        steps.append(Step(words, rf"{partial('f', name)} = {latex(slope_of_f)}", slope_of_f, slope_of_f))
        words = f"How fast {variable} changes with {t}."
        steps.append(Step(words, rf"{ordinary(name, below)} = {latex(slope)}", slope, slope))
        products.append(slope_of_f * slope)
        rule.append(rf"{partial('f', name)} {ordinary(name, below)}")
    total, sum_of_paths, df_dt = sympy.diff(write_out(f), t), sympy.Add(*products), ordinary("f", below)
    words = f"Multiply along each path from {t} to f, and add over the paths."
    steps.append(Step(words, rf"{df_dt} = {' + '.join(rule)} = {latex(sum_of_paths)}", sum_of_paths, total))
    result = write_out(sum_of_paths)
    steps.append(Step(f"Write everything out in {t}.", rf"{df_dt} = {latex(result)}", result, total))
    return Derivation(f"the chain rule over {len(inner)} paths", tuple(steps), tuple(inner.items()))


def _check_paths(f: Formula, inner: Mapping[Formula, Formula], t: Formula) -> None:
    check_expressions("f", [f])
    check_symbols("t", [t])
    check_symbols("inner", inner)
    check_expressions("inner", inner.values())
    if not inner:
        raise ValueError("inner is empty: expected what each variable of f is as a function of t")
    if strange := f.free_symbols - set(inner):
        raise ValueError(f"f has the variables {names(f.free_symbols)} but inner says nothing of {names(strange)}")
    for variable, meaning in inner.items():
        if strange := meaning.free_symbols - {t}:
            raise ValueError(f"inner says {variable} = {meaning}, expected a function of {t} without {names(strange)}")
    if t in inner:
        raise ValueError(f"inner explains {t} itself: give the variable of f another name")
