"""Composition gears: two functions as pairs of wheels, whose stretch factors multiply, each where it applies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backprop_lab.chain_rule import Chain, ChainPoint, find_chain
from backprop_lab.figures.diagram import bracketed, number
from backprop_lab.figures.gears import MOST_TURN, Axle, Pair, gear_train
from backprop_lab.gradient_check import numerical_gradient
from backprop_lab.widgets.own import Field, Own, Scene, read_number
from backprop_lab.widgets.player import Frame, FramePlayer, Menu, Question, Slider, math

__all__ = ["INNER", "OUTER", "XS", "composition_gears"]

# As they are shown, and as find_chain reads them: it calls every variable x.
INNER = {"x²": "x^2", "1 − 2x": "1 - 2*x", "x/2 + 1": "x/2 + 1", "sin x": "sin(x)"}
OUTER = {"sin u": "sin(x)", "(u − 1)²/2": "(x - 1)^2/2", "e^(u/2)": "exp(x/2)", "2 − u/2": "2 - x/2"}
XS = tuple(float(x) for x in np.linspace(-1.5, 1.5, 13))
TURN = 30.0  # degrees by which x turns
STEEPEST = 1e6
ASKED, ASKED_AT = "(u − 1)²/2", -0.5


def composition_gears() -> FramePlayer:
    """Return the interactive; a reader with a kernel gives two functions and the range of x."""
    return FramePlayer(
        "composition gears",
        *_scene(INNER, OUTER, XS, start=XS.index(ASKED_AT), outer_start=list(OUTER).index(ASKED)),
        try_this=(
            "Keep u = x². Taking the outer slope at x, and not at u, is a wrong rule, and yet at some x it gives the "
            "right number for every y. At which, and why just there?"
        ),
        predict=_question(INNER["x²"], OUTER[ASKED], ASKED_AT),
        own=Own(
            [
                Field("u =", "tanh(2*x)"),
                Field("y =", "cos(u)"),
                Field("x from", "-1", read_number("the left end of x", -1e6, 1e6)),
                Field("to", "1", read_number("the right end of x", -1e6, 1e6)),
            ],
            _own_scene,
        ),
    )


def _scene(
    inner: Mapping[str, str], outer: Mapping[str, str], xs: Sequence[float], start: int, outer_start: int = 0
) -> Scene:
    gs = [find_chain(text) for text in inner.values()]
    fs = [find_chain(text) for text in outer.values()]
    points = {
        (i, j, k): _Point.of(g, f, x) for i, g in enumerate(gs) for j, f in enumerate(fs) for k, x in enumerate(xs)
    }
    widest = max(max(abs(point.g.derivative), abs(point.slope), 1) for point in points.values())
    if not widest < STEEPEST:
        raise ValueError(f"a slope reaches {widest:.2g}, too steep for wheels: choose another range of x")
    turn = min(TURN, float(f"{MOST_TURN / widest / 1.05:.2g}"))
    controls = [
        Menu("u =", list(inner)),
        Menu("y =", list(outer), start=outer_start),
        Slider("x =", [number(x) for x in xs], start=start),
    ]
    return lambda i, j, k: points[i, j, k].frame(turn), controls


def _own_scene(g_text: str, f_text: str, low: float, high: float) -> Scene:
    if not low < high:
        raise ValueError(f"x goes from {low:g} to {high:g}, expected the smaller number first")
    if re.search(r"\bx\b", f_text):
        raise ValueError(f"y = {f_text} contains x, expected a function of u alone: the second wheel never sees x")
    if re.search(r"\bu\b", g_text):
        raise ValueError(f"u = {g_text} contains u, expected a function of x alone")
    f = re.sub(r"\bu\b", "x", f_text)
    try:
        find_chain(f)
    except ValueError as error:
        raise ValueError(f"y = {f_text}, read with x in the place of u: {error}") from None
    frame, controls = _scene({g_text: g_text}, {f_text: f}, [float(x) for x in np.linspace(low, high, 25)], start=16)
    return lambda k: frame(0, 0, k), controls[2:]


@dataclass(frozen=True)
class _Point:
    """Two functions at one x: y = f(u), u = g(x)."""

    outer: Chain
    g: ChainPoint
    f: ChainPoint
    measured: float

    @classmethod
    def of(cls, g: Chain, f: Chain, x: float) -> _Point:
        inner = g.at(x)
        try:
            return cls(f, inner, f.at(inner.y), _measured(g, f, x))
        except ValueError:
            raise ValueError(
                f"y has no finite real value with a finite slope at u = {inner.y:g}, which is what arrives where "
                f"x = {x:g}: choose another range of x"
            ) from None

    @property
    def slope(self) -> float:
        """The slope of the composite."""
        return self.f.derivative * self.g.derivative

    def frame(self, turn: float) -> Frame:
        axles = [Axle("x", self.g.x), Axle("u", self.g.y), Axle("y", self.f.y)]
        pairs = [Pair("g′(x)", self.g.derivative), Pair("f′(u)", self.f.derivative)]
        rows = (
            (math("g'(x)"), "the inner slope, at x", number(self.g.derivative)),
            (math("f'(u)"), f"the outer slope, at u = {number(self.g.y)}", number(self.f.derivative)),
            (math(r"f'(g(x)) \, g'(x)"), "<strong>right:</strong> the two multiplied", number(self.slope)),
            (math(r"\Delta y / \Delta x"), "measured: a tiny step of x, how far y moves", number(self.measured, 4)),
            *self._wrong_rules(),
            (math("f(g(x))"), "the composite: what y is", number(self.f.y)),
            (math(r"f(x) \cdot g(x)"), f"the product: another function{self._by_luck()}", _shown(self._product())),
        )
        return Frame((gear_train(axles, pairs, turn),), self._in_words(turn), ("number", "what it is", "value"), rows)

    def _outer_at(self, u: float) -> ChainPoint | None:
        try:
            return self.outer.at(u)
        except ValueError:
            return None

    def _product(self) -> float | None:
        f_at_x = self._outer_at(self.g.x)
        return None if f_at_x is None else f_at_x.y * self.g.y

    def _by_luck(self) -> str:
        product = self._product()
        return ", though <strong>equal here</strong>" if product is not None and _equal(product, self.f.y) else ""

    def _wrong_rules(self) -> list[tuple[str, str, str]]:
        """Return the three mistakes; at some places one gives the right number, and the table says so."""
        f_at_x, f_at_slope = self._outer_at(self.g.x), self._outer_at(self.g.derivative)
        at_x = None if f_at_x is None else f_at_x.derivative * self.g.derivative
        nested = None if f_at_slope is None else f_at_slope.derivative
        product = None if f_at_x is None else f_at_x.derivative * self.g.y + f_at_x.y * self.g.derivative
        rules = (
            (r"f'(x) \, g'(x)", "the outer slope taken at x", at_x),
            ("f'(g'(x))", "one slope put into the other", nested),
            (r"(f \cdot g)'(x)", "the rule for the product, f′(x) g(x) + f(x) g′(x)", product),
        )
        return [(math(latex), f"{self._judged(value)} {thought}", _shown(value)) for latex, thought, value in rules]

    def _judged(self, value: float | None) -> str:
        agrees = value is not None and _equal(value, self.slope)
        return "a wrong rule, though <strong>equal here</strong>:" if agrees else "wrong:"

    def _in_words(self, turn: float) -> str:
        g, f = self.g.derivative, self.f.derivative
        moved = f"{_moved('u', g, 'x', turn * g)}; {_moved('y', f, 'u', turn * self.slope)}"
        return (
            f"x turns by {number(turn, 3)}° (a small step, drawn large). {moved}. So y turns {bracketed(f)} × "
            f"{bracketed(g)} = {number(self.slope)} times as far as x."
        )


def _equal(value: float, other: float) -> bool:
    """Compare but for rounding."""
    return abs(value - other) < 1e-9 * max(1, abs(other))


def _measured(g: Chain, f: Chain, x: float) -> float:
    """Return the slope of the composite by differences, which know no rule."""
    return float(numerical_gradient(lambda at: f.at(g.at(float(at)).y).y, np.array(x)))


def _moved(name: str, factor: float, by: str, turn: float) -> str:
    if factor == 0:
        return f"{name} turns 0 times as far as {by}: the wheel that should pull it has shrunk to a point"
    way = ", so the other way round:" if factor < 0 else ","
    return f"{name} turns {number(factor)} times as far as {by}{way} by {number(turn, 3)}°"


def _shown(value: float | None) -> str:
    return "not defined" if value is None else number(value)


def _question(g_text: str, f_text: str, x: float) -> Question:
    g, f = find_chain(g_text).at(x), find_chain(f_text)
    at_u, at_x, at_slope = f.at(g.y), f.at(x), f.at(g.derivative)
    right = number(at_u.derivative * g.derivative)
    in_u = re.sub(r"\bx\b", "u", f_text)
    return Question(
        f"$u = {g_text}$ and $y = {in_u}$. We stand at $x = {number(x)}$ and move x by a tiny step. How many times as "
        "far does y move?",
        {
            f"{number(at_x.derivative * g.derivative)} times": (
                f"This takes the outer slope at x = {number(x)}. But y never sees x: it sees u, which is "
                f"{number(g.y)} here, and there its slope is {number(at_u.derivative)}."
            ),
            f"{number(at_u.derivative + g.derivative)} times": (
                f"This adds the slopes {number(g.derivative)} and {number(at_u.derivative)}. A stretch of what was "
                "stretched before is a product."
            ),
            f"{right} times": (
                f"u moves {number(g.derivative)} times as far as x, and y moves {number(at_u.derivative)} times as far "
                f"as u, its slope at u = {number(g.y)}. Twice the other way round is the same way."
            ),
            f"{number(at_x.derivative * g.y + at_x.y * g.derivative)} times": (
                "This is the rule for the product of two functions of x. Here the one works on the result of the other."
            ),
            f"{number(at_slope.derivative)} times": (
                "This puts the inner slope into the outer slope. The outer function receives u, and slopes multiply."
            ),
        },
        f"{right} times",
    )
