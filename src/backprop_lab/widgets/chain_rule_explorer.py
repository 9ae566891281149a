r"""The chain-rule explorer: choose a composite function, move x, see every factor, their product and the tangent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import sympy

from backprop_lab.arrays import Array
from backprop_lab.chain_rule import Chain, Link, find_chain
from backprop_lab.figures.curve import curve_panel, panel_grid
from backprop_lab.figures.diagram import bracketed, number
from backprop_lab.widgets.own import Field, Own, Scene, read_number
from backprop_lab.widgets.player import Frame, FramePlayer, Menu, Question, Slider, math

__all__ = ["FUNCTIONS", "chain_rule_explorer", "places"]

FUNCTIONS = ("sin(x^2)", "(3*x - 1)^2", "exp(-x^2)", "log(1 + exp(x))", "sin(exp(x))", "exp(sin(x^2))")
RANGE = (-2.0, 2.0)
POINTS = 33
CURVE_POINTS = 51
FLAT = 1e-9
MOST_LINKS = 5
LONGEST_TITLE = 28
WIDEST = 1e6

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def chain_rule_explorer(functions: Sequence[str] = FUNCTIONS, x_range: tuple[float, float] = RANGE) -> FramePlayer:
    """Return the explorer.

    Parameters
    ----------
    functions : sequence of str
        As `find_chain` reads them; up to five links each. A reader with a kernel gives their own.
    x_range : pair of float
        Where x moves. Where a link has no value the explorer says so.

    Raises
    ------
    ValueError
        If there is no function, one can't be read, has more than five links or is defined nowhere on the range, or the
        range is empty.
    """
    if isinstance(functions, str) or not functions:
        raise ValueError(f"functions is {functions!r}, expected a list such as ['sin(x^2)']")
    curves, xs, slider = _prepare(functions, x_range)
    is_default = tuple(functions) == FUNCTIONS and tuple(x_range) == RANGE
    return FramePlayer(
        "chain-rule explorer",
        lambda which, place: curves[which].frame(float(xs[place])),
        [Menu("y =", [_plain(text) for text in functions]), slider],
        try_this="For each function, find every x at which the product is zero. Which factor is to blame?"
        + (" One of the functions has no such x." if is_default else ""),
        predict=_question(FUNCTIONS[0]) if is_default else None,
        own=Own(
            [
                Field("y =", "cos(1 + x^2)"),
                Field("x from", "-2", read_number("the left end of x", -WIDEST, WIDEST)),
                Field("to", "2", read_number("the right end of x", -WIDEST, WIDEST)),
            ],
            _own_scene,
        ),
    )


def places(chains: Sequence[Chain], x_range: tuple[float, float]) -> list[float]:
    """Return where the slider stops: even steps, and every x at which one of the functions is flat."""
    return _stops([x for chain in chains for x in _flat_places(chain, x_range)], x_range)


def _stops(flat: Sequence[float], x_range: tuple[float, float]) -> list[float]:
    """Return even steps and the flat places; an even step that can hardly be told from one gives way."""
    even = np.linspace(*x_range, POINTS)
    close = 0.1 * (even[1] - even[0])
    kept = [x for x in even[1:-1] if np.abs(np.subtract(x, flat)).min(initial=np.inf) > close]
    kept += [x for x in x_range if np.abs(np.subtract(x, flat)).min(initial=np.inf) > FLAT * close]
    return [float(x) for x in np.unique(np.round([*kept, *flat], 12))]


def _prepare(functions: Sequence[str], x_range: tuple[float, float]) -> tuple[list[_Curves], list[float], Slider]:
    low, high = map(float, x_range)
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(f"x goes from {low:g} to {high:g}, expected as x_range two finite numbers, the smaller first")
    if high - low < 1e-6 * max(1, abs(low), abs(high)):
        raise ValueError(f"x goes from {low!r} to {high!r}, which is too narrow to show a curve")
    curves = [_Curves.of(find_chain(text), (low, high)) for text in functions]
    xs = _stops([x for curve in curves for x in curve.flat], (low, high))
    start = int(np.searchsorted(xs, low + 0.69 * (high - low)))
    return curves, xs, Slider("x =", _labels(xs), start=start)


def _own_scene(text: str, low: float, high: float) -> Scene:
    (curves,), xs, slider = _prepare([text], (low, high))
    return lambda place: curves.frame(xs[place]), [slider]


def _labels(xs: Sequence[float]) -> list[str]:
    """Write the stops with as few digits as tell them apart."""
    tried = ([number(x, digits) for x in xs] for digits in range(4, 17))
    return next(labels for labels in tried if len(set(labels)) == len(labels))


# ------------------------------------------------------------------------------ the numbers


@dataclass(frozen=True)
class _Step:
    """One link at work: what arrives, what it hands on, and its slope there; None where there is no such number."""

    link: Link
    at: float | None
    value: float | None = None
    slope: float | None = None


def _walk(chain: Chain, x: float) -> list[_Step]:
    """Go through the links as far as they are defined."""
    steps: list[_Step] = []
    u: float | None = x
    for link in chain.links:
        step = _Step(link, u)
        if u is not None:
            with suppress(ValueError):  # raised where there is no finite real value with a finite slope
                step = _Step(link, u, *link.at(u))
        steps.append(step)
        u = step.value
    return steps


def _slope(chain: Chain, x: float) -> float:
    """Return the slope of the whole, NaN where it is not defined."""
    try:
        return chain.at(x).derivative
    except ValueError:
        return float("nan")


def _value(chain: Chain | Link, x: float) -> float:
    """Return the value, NaN where there is none."""
    try:
        return chain.at(x).y if isinstance(chain, Chain) else chain.at(x)[0]
    except ValueError:
        return float("nan")


def _flat_places(chain: Chain, x_range: tuple[float, float]) -> list[float]:
    """Return every x at which the derivative is zero, found between closely spaced points."""
    low, high = x_range
    grid = np.linspace(low, high, 81) + 1e-7 * (high - low)  # so that no point of it is a zero by accident
    points = [(x, _slope(chain, x)) for x in map(float, [low, *grid[:-1], high])]
    largest = np.nanmax(np.abs([slope for _, slope in points]), initial=0)
    found = [_crossing(chain, a, b) for (a, s), (b, t) in pairwise(points) if s * t < 0]
    for (a, s), (_, t), (b, r) in zip(points, points[1:], points[2:], strict=False):
        if s * t > 0 and t * r > 0 and abs(t) < min(abs(s), abs(r)):
            found.append(_turning(chain, a, b))  # the slope may touch zero and turn back, as 3x^2 does
    # Where the slope stays away from zero there is a pole or a corner.
    return sorted(x for x in found if abs(_slope(chain, x)) < FLAT * largest)


def _crossing(chain: Chain, a: float, b: float) -> float:
    """Return where the slope changes its sign, by bisection."""
    sign = _slope(chain, a)
    while b - a > 1e-13 * max(1.0, abs(a)):
        middle = (a + b) / 2
        a, b = (middle, b) if sign * _slope(chain, middle) > 0 else (a, middle)
    return (a + b) / 2


def _turning(chain: Chain, a: float, b: float) -> float:
    """Return where the slope is smallest in size, by leaving out one third after the other."""
    while b - a > 1e-13 * max(1.0, abs(a)):
        third = (b - a) / 3
        is_left = abs(_slope(chain, a + third)) < abs(_slope(chain, b - third))
        a, b = (a, b - third) if is_left else (a + third, b)
    return (a + b) / 2


def _curve(what: Chain | Link, low: float, high: float) -> tuple[Array, Array]:
    """Return a curve with its ends: where the function stops being defined, a point close to that place."""
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)
    points = [(x, _value(what, x)) for x in map(float, np.linspace(low, high, CURVE_POINTS))]
    ends = []
    for (a, y_a), (b, y_b) in pairwise(points):
        if np.isnan(y_a) == np.isnan(y_b):
            continue
        inside, outside = (b, a) if np.isnan(y_a) else (a, b)
        for _ in range(30):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if np.isnan(_value(what, middle)) else (middle, outside)
        ends.append((inside, _value(what, inside)))
    xs, ys = np.array(sorted([*points, *ends])).T
    return xs, ys


# ----------------------------------------------------------------------------- what is seen


@dataclass(frozen=True)
class _Curves:
    """A chain with the curve of each of its links, and of the whole, over the range of x; and where it is flat."""

    chain: Chain
    flat: tuple[float, ...]
    links: tuple[tuple[Array, Array], ...]
    whole: tuple[Array, Array]

    @classmethod
    def of(cls, chain: Chain, x_range: tuple[float, float]) -> _Curves:
        if len(chain.links) > MOST_LINKS:
            raise ValueError(f"{chain.text!r} has {len(chain.links)} links, expected at most {MOST_LINKS}")
        whole = _curve(chain, *x_range)
        if np.isnan(whole[1]).all():
            raise ValueError(
                f"{chain.text!r} has no finite real value with a finite slope anywhere from x = {x_range[0]:g} to "
                f"{x_range[1]:g}: choose another range of x"
            )
        walks = [_walk(chain, float(x)) for x in np.linspace(*x_range, CURVE_POINTS)]
        links = []
        for link, steps in zip(chain.links, zip(*walks, strict=True), strict=True):
            inputs = [step.at for step in steps if step.at is not None]
            links.append(_curve(link, min(inputs), max(inputs)))
        return cls(chain, tuple(_flat_places(chain, x_range)), tuple(links), whole)

    def frame(self, x: float) -> Frame:
        steps = self._without_noise(_walk(self.chain, x), x)
        factors = [step.slope for step in steps if step.slope is not None]
        slope = float(np.prod(factors)) if len(factors) == len(steps) else None
        slope = slope if slope is None or np.isfinite(slope) else None
        sentence = _in_words(steps, x, factors, slope)
        header = ("link", "taken at", "its slope", "number")
        return Frame((panel_grid(self._panels(steps, x, slope)),), sentence, header, _rows(steps, x, slope))

    def _without_noise(self, steps: Sequence[_Step], x: float) -> list[_Step]:
        """Set values and slopes to zero where they are zero but for rounding: at the places where the whole is flat."""
        if not any(abs(x - flat) < 1e-11 for flat in self.flat):
            return list(steps)
        cleaned: list[_Step] = []
        for step, (_, ys) in zip(steps, self.links, strict=True):
            size = float(np.nanmax(np.abs(ys), initial=0))
            at = cleaned[-1].value if cleaned else step.at
            value = 0.0 if step.value is not None and abs(step.value) < FLAT * size else step.value
            slope = 0.0 if step.slope is not None and abs(step.slope) < FLAT else step.slope
            cleaned.append(replace(step, at=at, value=value, slope=slope))
        return cleaned

    def _panels(self, steps: Sequence[_Step], x: float, slope: float | None) -> list[str]:
        panels = []
        if len(steps) > 1:
            for place, (step, curve) in enumerate(zip(steps, self.links, strict=True), start=1):
                names = _name(step.link.inner), _name(step.link.output)
                shown = "nothing arrives" if step.at is None else "not defined here"
                if step.slope is not None:
                    shown = f"{'× ' if place > 1 else ''}slope {number(step.slope)}"
                title = _title(f"Link {place}: ", f"{names[1]} = {_plain(step.link.expression)}", names)
                panels.append(
                    curve_panel(
                        *curve,
                        step.at,
                        step.value,
                        step.slope,
                        title=title,
                        x_name=names[0],
                        y_name=names[1],
                        note=shown,
                    )
                )
        several = len(steps) > 1
        shown = "not defined here" if slope is None else f"{'= ' if several else ''}slope {number(slope)}"
        panels.append(
            curve_panel(
                *self.whole,
                x,
                None if slope is None else steps[-1].value,
                slope,
                title=_title("Whole: " if several else "", f"y = {_plain(self.chain.text)}", ("x", "y")),
                x_name="x",
                y_name="y",
                note=shown,
                is_whole=several,
            )
        )
        return panels


def _in_words(steps: Sequence[_Step], x: float, factors: Sequence[float], slope: float | None) -> str:
    here = f"At x = {number(x)}"
    if len(factors) < len(steps):
        broken = steps[len(factors)]
        link = f"{_name(broken.link.output)} = {_plain(broken.link.expression)}"
        inner = _name(broken.link.inner)
        arrives = "" if inner == "x" else f"link {len(factors) + 1} receives {inner} = {number(broken.at or 0)}, and "
        return (
            f"{here}, {arrives}{link} has no finite real value with a finite slope there. It hands nothing on, so "
            "y has no slope at this x."
        )
    if slope is None:
        return f"{here}, the product of the slopes is too large for the computer's numbers."
    if len(steps) == 1:
        return f"{here}: dy/dx = {number(slope)}, the slope of the tangent. This function is a single link."
    flat = [str(place) for place, factor in enumerate(factors, start=1) if factor == 0]
    product = " × ".join(bracketed(factor) for factor in reversed(factors))
    told = f"{here}: dy/dx = {product} = {number(slope)}, the slope of the tangent to the whole."
    if flat:
        told += f" Link {' and link '.join(flat)} {'is' if len(flat) == 1 else 'are'} flat here, and so is the whole."
    return told


def _rows(steps: Sequence[_Step], x: float, slope: float | None) -> tuple[tuple[str, ...], ...]:
    rows = []
    for step in steps:
        arrives = "nothing arrives" if step.at is None else f"{_name(step.link.inner)} = {number(step.at)}"
        factor = "not defined" if step.slope is None else number(step.slope)
        rows.append((math(step.link.latex), arrives, math(step.link.slope_latex), factor))
    if len(rows) > 1:
        whole = "not defined" if slope is None else number(slope)
        rows.append(("all together", f"x = {number(x)}", "the product of the slopes", whole))
    return tuple(rows)


def _title(before: str, equation: str, names: tuple[str, str]) -> str:
    whole = before + equation
    return whole if len(whole) <= LONGEST_TITLE else f"{before}{names[1]} from {names[0]}"


def _plain(what: object) -> str:
    """Write an expression as one writes it: sin(x**2) as sin(x²), 3*x - 1 as 3·x − 1, u1 as u₁."""
    written = re.sub(r"\bE\b", "e", str(what)).replace("**", "^")
    written = re.sub(r"\^(\d+)(?![\d.])", lambda found: found[1].translate(RAISED), written)
    written = re.sub(r"\bu(\d+)", lambda found: "u" + found[1].translate(LOWERED), written)
    return written.replace("*", "·").replace("-", "−")


def _name(symbol: object) -> str:
    """Write u1 as u with a lowered 1."""
    return _plain(symbol)


def _question(text: str) -> Question:
    """Ask where the whole is flat; the places in the options are found, not typed."""
    chain = find_chain(text)
    inner, outer = chain.links
    flat = _flat_places(chain, RANGE)
    by_inner = [x for x in flat if abs(inner.at(x)[1]) < FLAT]
    by_outer = [x for x in flat if x not in by_inner]
    outer_alone = _flat_places(find_chain(str(outer.expression).replace(str(outer.inner), "x")), RANGE)
    u = inner.at(by_outer[0])[0]
    right = f"at {_listed(by_inner)} and at {_listed(by_outer)}"
    return Question(
        f"$y = {sympy.latex(chain.expression)}$ has two links: first square, then take the sine. Where between "
        f"{number(RANGE[0])} and {number(RANGE[1])} is the whole curve flat?",
        {
            f"only at {_listed(by_inner)}": (
                "There the inner function is flat, and so the whole. But the outer function has flat places of its "
                "own, and where one of them is reached the whole is flat, too."
            ),
            f"at {_listed(by_inner)} and at {_listed(outer_alone)}": (
                "This looks for the flat places of the sine at x. The sine never sees x, it sees what the square hands "
                f"over: it is flat where that is {number(u)}."
            ),
            right: (
                f"At {_listed(by_inner)} the square is flat. At {_listed(by_outer)} it hands over {number(u)}, where "
                "the sine is flat. One factor of zero makes the product zero."
            ),
            "nowhere: the two links are never flat at once": (
                "One flat link is enough: the slopes multiply, and zero times anything is zero. They do not add."
            ),
        },
        right,
    )


def _listed(xs: Sequence[float]) -> str:
    """Write places as x = 0, and pairs of them as x = ±1.25."""
    xs = sorted(xs)
    if len(xs) == 2 and abs(xs[0] + xs[1]) < FLAT:
        return f"x = ±{number(xs[1])}"
    return "x = " + ", ".join(number(round(x, 12) + 0.0) for x in xs)
