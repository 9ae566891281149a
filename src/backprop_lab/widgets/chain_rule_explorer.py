r"""The chain-rule explorer: choose a composite function, move x, see every factor, their product and the tangent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import sympy

from backprop_lab.arrays import Array
from backprop_lab.chain_rule import Chain, ChainPoint, Link, find_chain
from backprop_lab.figures.curve import curve_panel
from backprop_lab.figures.diagram import number
from backprop_lab.widgets.player import Frame, FramePlayer, Menu, Slider, math

__all__ = ["FUNCTIONS", "chain_rule_explorer", "places"]

FUNCTIONS = ("sin(x^2)", "(3*x - 1)^2", "exp(-x^2)", "1/(1 + x^2)", "log(1 + exp(x))", "sin(exp(x))")
POINTS = 33
CURVE_POINTS = 81
NOISE = 1e-11


def chain_rule_explorer(
    functions: Sequence[str] = FUNCTIONS, x_range: tuple[float, float] = (-2.0, 2.0)
) -> FramePlayer:
    """Return the explorer.

    Parameters
    ----------
    functions : sequence of str
        As `find_chain` reads them; up to four links each. A reader with a kernel gives their own.
    x_range : pair of float
        Where x moves.

    Raises
    ------
    ValueError
        If there is no function, one can't be read or is not defined on the range, or the range is empty.
    """
    if isinstance(functions, str) or not functions:
        raise ValueError(f"functions is {functions!r}, expected a list such as ['sin(x^2)']")
    low, high = x_range
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(f"x_range is {x_range}, expected two finite numbers, the smaller first")
    chains = [_Curves.of(find_chain(text), x_range) for text in functions]
    xs = np.array(places([curves.chain for curves in chains], x_range))
    return FramePlayer(
        "chain-rule explorer",
        lambda which, place: chains[which].frame(float(xs[place])),
        [
            Menu("y =", [text.replace("**", "^").replace("*", "·") for text in functions]),
            Slider("x =", [number(x) for x in xs], start=int(np.searchsorted(xs, low + 0.69 * (high - low)))),
        ],
        try_this="For each function, find every x at which the product is zero. Which factor is to blame?",
    )


def places(chains: Sequence[Chain], x_range: tuple[float, float]) -> list[float]:
    """Return where the slider stops: even steps, and every x at which one of the functions is flat."""
    flat = [x for chain in chains for x in _flat_places(chain, x_range)]
    even = [x for x in np.linspace(*x_range, POINTS) if np.abs(np.subtract(x, flat)).min(initial=np.inf) > 1e-9]
    return [float(x) for x in np.unique(np.round([*even, *flat], 12))]


def _flat_places(chain: Chain, x_range: tuple[float, float]) -> list[float]:
    """Return every x at which the derivative changes sign, by bisection between closely spaced points."""

    def slope(x: float) -> float:
        return chain.at(x).derivative

    low, high = x_range
    found = []
    grid = np.linspace(low, high, CURVE_POINTS) + 1e-7 * (high - low)  # so that no point of it is a zero by accident
    for a, b in pairwise(map(float, [low, *grid[:-1], high])):
        if slope(a) * slope(b) >= 0:
            continue
        while b - a > 1e-13 * max(1.0, abs(a)):
            middle = (a + b) / 2
            a, b = (middle, b) if slope(a) * slope(middle) > 0 else (a, middle)
        found.append((a + b) / 2)
    return found


@dataclass(frozen=True)
class _Curves:
    """A chain with the curve of each of its links, and of the whole, over the range of x."""

    chain: Chain
    links: tuple[tuple[Array, Array], ...]
    whole: tuple[Array, Array]

    @classmethod
    def of(cls, chain: Chain, x_range: tuple[float, float]) -> _Curves:
        xs = np.linspace(*x_range, CURVE_POINTS)
        points = [chain.at(float(x)) for x in xs]
        inputs = np.array([(point.x, *point.values[:-1]) for point in points])
        links = []
        for link, column in zip(chain.links, inputs.T, strict=True):
            us = np.linspace(column.min(), column.max(), CURVE_POINTS)
            links.append((us, np.array([link.at(float(u))[0] for u in us])))
        return cls(chain, tuple(links), (xs, np.array([point.y for point in points])))

    def frame(self, x: float) -> Frame:
        point = _without_noise(self.chain.at(x))
        panels = self._link_panels(point) if len(self.links) > 1 else []
        slope = number(point.derivative)
        panels.append(
            curve_panel(
                *self.whole, x, point.y, point.derivative, title=f"y from x: slope {slope}", x_name="x", y_name="y"
            )
        )
        rows = [
            (math(link.latex), f"{_name(link.inner)} = {number(u)}", math(link.slope_latex), number(factor))
            for link, u, _, factor in self._steps(point)
        ]
        if len(rows) > 1:
            rows.append(("all together", f"x = {number(x)}", "the product of the slopes", slope))
        factors = [_bracketed(factor) for factor in reversed(point.factors)]
        product = f"{' × '.join(factors)} = {slope}" if len(factors) > 1 else slope
        sentence = f"At x = {number(x)}: dy/dx = {product}, the slope of the last tangent."
        return Frame(tuple(panels), sentence, ("link", "taken at", "its slope", "number"), tuple(rows))

    def _steps(self, point: ChainPoint) -> Iterator[tuple[Link, float, float, float]]:
        """Yield (link, its input, its output, its slope), innermost first."""
        return zip(self.chain.links, (point.x, *point.values), point.values, point.factors, strict=False)

    def _link_panels(self, point: ChainPoint) -> list[str]:
        return [
            curve_panel(
                *curve,
                u,
                value,
                factor,
                title=f"{_name(link.output)} from {_name(link.inner)}: slope {number(factor)}",
                x_name=_name(link.inner),
                y_name=_name(link.output),
            )
            for curve, (link, u, value, factor) in zip(self.links, self._steps(point), strict=True)
        ]


def _without_noise(point: ChainPoint) -> ChainPoint:
    """Set a slope to zero where it is zero but for rounding: at the places where the function is flat."""
    factors = tuple(0.0 if abs(factor) < NOISE else factor for factor in point.factors)
    return replace(point, factors=factors, derivative=float(np.prod(factors)))


def _name(symbol: sympy.Symbol) -> str:
    """u1 as u with a lowered 1."""
    return str(symbol.name).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _bracketed(factor: float) -> str:
    return number(factor) if factor >= 0 else f"({number(factor)})"
