"""The gradient-check microscope: how good a numerical gradient is at a step h, and whether it finds a bug."""

from __future__ import annotations

import math as m
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath  # type: ignore[import-untyped]  # what SymPy computes with
import numpy as np
import sympy

from backprop_lab import chain_rule
from backprop_lab.arrays import Array
from backprop_lab.chain_rule import Chain, find_chain
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, GOOD_INK, INK, THIRD_INK, number
from backprop_lab.figures.plot import Dot, Line, Mark, plot
from backprop_lab.figures.powers import in_powers
from backprop_lab.gradient_check import Method, StepErrors, check_gradient, numerical_gradient, step_errors
from backprop_lab.widgets.own import Field, Own, Scene, read_number
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Menu, Question, Slider, math

__all__ = ["CASES", "KINK", "METHODS", "STEPS", "Case", "gradient_check_microscope"]

STEPS = tuple(float(f"1e-{k}") for k in range(16, 0, -1))
METHODS: tuple[Method, ...] = ("forward", "central", "complex")
KINK = 0.003
BUG = 1.001
SATURATED = "sigmoid(x - 20)"
ZERO = 1e-17  # where an error of exactly 0 is drawn
POINTS = 31
MOST_FLOATS = 50  # so many numbers of the format are drawn one by one
DIGITS = 60
NO_ERROR = 1e-30  # times the slope: what is smaller, the 60 digits may have left
APART = 3.0  # times the error of the right gradient: then one sees two curves
MUCH = 0.01  # of the slope: an error that leaves two digits at most
HEADER = ("number", "what it is", "value")
NAMES = {"central": "central difference", "forward": "forward difference", "complex": "complex step"}

Function = Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
    """A gradient that is to be checked.

    Attributes
    ----------
    name, title : str
        In the menu, and over the picture.
    f : callable
        From one number of any format, NumPy's or mpmath's, to one of the same.
    x : float
    slope, claim : float
        The right derivative at x, and the one that is checked.
    dtype : type
        The precision in which f is computed.
    kink : float
        How far to the left of x the function has a kink; infinite where it has none.
    """

    name: str
    title: str
    f: Function
    x: float
    slope: float
    claim: float
    dtype: type[np.floating[Any]] = np.float64
    kink: float = m.inf

    @property
    def right(self) -> bool:
        """Whether the claim is the derivative."""
        return abs(self.claim - self.slope) <= 1e-9 * abs(self.slope)

    @property
    def place(self) -> Array:
        """The x of the case as the checker takes it: array (1,) of its precision."""
        return np.array([self.x], self.dtype)

    def scalar(self, part: Any) -> Any:
        """Return f of an array (1,)."""
        with np.errstate(all="ignore"):
            return self.f(part[0])


def _relu_case() -> Case:
    def f(t: Any) -> Any:
        return (1 - (t if t.real > 0 else 0 * t)) ** 2 / 2

    title = f"f(x) = ½ (1 − ReLU(x))², x = {number(KINK)}"
    return Case("right, near a kink", title, f, KINK, KINK - 1, KINK - 1, kink=KINK)


def _cases() -> tuple[Case, ...]:
    chain, x = find_chain("exp(x^2)"), 0.8
    f, slope, title = _function(chain), chain.at(x).derivative, f"f(x) = exp(x²), x = {number(x)}"
    tiny = find_chain(SATURATED)
    tiny_slope = tiny.at(0.5).derivative
    return (
        Case("right, float64", title, f, x, slope, slope),
        Case("right, float32", title, f, x, slope, slope, np.float32),
        _relu_case(),
        Case("0.1 % too large, float64", title, f, x, slope, BUG * slope),
        Case("0.1 % too large, float32", title, f, x, slope, BUG * slope, np.float32),
        Case("tiny, wrong sign", "f(x) = σ(x − 20), x = 0.5", _function(tiny), 0.5, tiny_slope, -tiny_slope),
    )


def _function(chain: Chain) -> Function:
    """Return the function of a chain for numbers of NumPy, real or complex, and of mpmath."""
    u = sympy.Symbol("u")
    exp = sympy.exp
    expression = chain.expression.replace(chain_rule.sigmoid, sympy.Lambda(u, 1 / (1 + exp(-u)))).replace(
        chain_rule.softplus, sympy.Lambda(u, sympy.log(1 + exp(u)))
    )
    fast, exact = (sympy.lambdify(chain.links[0].inner, expression, module) for module in ("numpy", "mpmath"))
    return lambda t: exact(t) if isinstance(t, mpmath.mpf | mpmath.mpc) else fast(t)


CASES = _cases()


def gradient_check_microscope() -> FramePlayer:
    """Return the interactive: gradients right and wrong, three kinds of difference, steps from 0.1 down to 1e-16."""
    return FramePlayer(
        "gradient-check microscope",
        *_scene(CASES),
        "In float32, with the tolerances that are dashed here, only one of the three differences tells a gradient that "
        "is 0.1\N{NO-BREAK SPACE}% too large from the right one. Which one, and what does it not do that the other two "
        "do?",
        predict=_question(),
        printed=(0, STEPS.index(1e-9), METHODS.index("central")),
        own=Own(
            [
                Field("f(x) =", "x*sin(x)"),
                Field("you claim f′(x) =", "cos(x)"),
                Field("x =", "0.5", read_number("x", -1000, 1000)),
            ],
            _own_scene,
        ),
    )


def _own_scene(text: str, claimed: str, x: float) -> Scene:
    chain = find_chain(text)
    claim, slope, f = _value(claimed, x), chain.at(x).derivative, _function(chain)
    reach = 0.1 * max(1.0, abs(x))
    with np.errstate(all="ignore"):
        if not np.isfinite([f(np.float64(x + side * reach)) for side in (-1, 1)]).all():
            raise ValueError(
                f"f is not defined from {x - reach:g} to {x + reach:g}, or too large for a float there: expected an x "
                "with room on both sides"
            )
        for kind in (np.float32, np.float64):
            at = (x - reach, x, x + reach, complex(x, reach))
            if not np.isfinite([f(_as(kind, place)) for place in at]).all():
                raise ValueError(
                    f"f is too large in {kind.__name__} for x = {x:g}: the steps that are tried reach {reach:g} to "
                    f"each side, and {reach:g}i for the complex step, and f must be a finite number there. Expected an "
                    "x nearer to 0, or an f that grows less"
                )
    shown = text.replace("**", "^").replace("*", "·")
    title = f"f(x) = {shown}, x = {number(x)}" if len(shown) < 20 else f"your f(x), x = {number(x)}"
    return _scene(
        [Case(f"yours, {dtype.__name__}", title, f, x, slope, claim, dtype) for dtype in (np.float64, np.float32)]
    )


def _as(kind: type[np.floating[Any]], place: complex) -> Any:
    """Return a number of this precision, real or complex."""
    return kind(place.real) if place.imag == 0 else kind(place.real) + kind(place.imag) * 1j


def _value(text: str, x: float) -> float:
    """Read a function of x at x; it may be a constant."""
    try:
        return read_number("the claim")(text)
    except ValueError:
        return find_chain(text).at(x).y


# ------------------------------------------------------------------- what is measured


@dataclass(frozen=True, eq=False)
class _Curves:
    """The errors of a claim over many steps, those of the right gradient, and what a check lets pass."""

    claim: StepErrors
    right: StepErrors
    tolerance: float

    @classmethod
    def of(cls, case: Case, method: Method) -> _Curves:
        dense = np.array([h * 10 ** (j / 2) for h in STEPS[:-1] for j in range(2)] + [STEPS[-1]])
        steps = dense if method == "complex" else np.array([h for h in dense if _moves(case, h)])

        def errors(gradient: float) -> StepErrors:
            return step_errors(
                case.scalar, case.place, np.array([gradient], case.dtype), method=method, steps=steps.astype(case.dtype)
            )

        check = check_gradient(case.scalar, case.place, np.array([case.claim], case.dtype), method=method)
        return cls(errors(case.claim), errors(case.slope), check.tolerance)


def _moves(case: Case, h: float) -> bool:
    here = case.dtype(case.x)
    return bool(case.dtype(float(here) + _step(case, h)) != here)


def _step(case: Case, h: float) -> float:
    """Return the step that the checker takes: it grows with large x."""
    return h * max(1.0, abs(case.x))


def _exact(case: Case, h: float, method: Method) -> tuple[float, float]:
    """Return the difference quotient with no rounding, and its error, the truncation: computed with 60 digits.

    The truncation is exactly 0 where there is none, as on a straight line.
    """
    with mpmath.workdps(DIGITS):
        x, step, f = mpmath.mpf(float(case.dtype(case.x))), mpmath.mpf(_step(case, h)), case.f
        if method == "complex":
            quotient = mpmath.im(f(mpmath.mpc(x, step))) / step
        elif method == "forward":
            quotient = (f(x + step) - f(x)) / step
        else:
            quotient = (f(x + step) - f(x - step)) / (2 * step)
        slope = mpmath.diff(f, x)
        truncation = quotient - slope
        noise = NO_ERROR * max(abs(slope), abs(f(x)))
        return float(quotient), 0.0 if abs(truncation) < noise else float(truncation)


# ------------------------------------------------------------------------- the frames


def _scene(cases: Sequence[Case]) -> Scene:
    curves = [[_Curves.of(case, method) for method in METHODS] for case in cases]

    def frame(which: int, place: int, how: int) -> Frame:
        return _frame(cases[which], curves[which][how], STEPS[place], METHODS[how])

    return frame, [
        Menu("gradient", [case.name for case in cases]),
        Slider("h =", [_power(h) for h in STEPS], start=len(STEPS) - 1, back="Smaller h", forth="Larger h"),
        Buttons("difference", ["forward", "central", "complex step"]),
    ]


def _number(value: float, digits: int) -> str:
    """Return a number that does not break at the end of a line."""
    return in_powers(value, digits).replace(" ", "\N{NO-BREAK SPACE}")


def _power(h: float) -> str:
    return "10" + str(round(m.log10(h))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _frame(case: Case, curves: _Curves, h: float, method: Method) -> Frame:
    if method != "complex" and not _moves(case, h):
        return _frame_without_step(case, curves, h, method)
    numerical = float(numerical_gradient(case.scalar, case.place, float(case.dtype(h)), method=method)[0])
    place = int(np.abs(np.log(curves.claim.h / h)).argmin())
    error, of_right = float(curves.claim.error[place]), float(curves.right.error[place])
    quotient, truncation = _exact(case, h, method)
    rounding = numerical - quotient
    verdict, words = _verdict(case, error, of_right, curves.tolerance)
    sentence = f"{_what_dominates(case, h, method, truncation, rounding)}{_beside_f(case, h, method)} {words}"
    difference = abs(numerical - case.claim)
    rows = (
        ("g", "the gradient that is checked", _number(case.claim, 6)),
        ("n", f"the numerical one, by {NAMES[method]}", _number(numerical, 6)),
        (math(r"|n - g|"), "absolute difference", _number(difference, 3)),
        (
            math(r"\frac{|n - g|}{|n| + |g|}"),
            f"relative error; passes up to {_round(curves.tolerance)}",
            _number(error, 3),
        ),
        (math("f'(x)"), "the right derivative", _number(case.slope, 6)),
        (
            "truncation",
            "error of n: the same quotient without any rounding, compared with the derivative",
            _number(truncation, 2),
        ),
        ("rounding", "error of n: the rest", _number(rounding, 2)),
    )
    return Frame(
        (_v_curve(case, curves, h, method, error), _microscope(case, h, method, numerical)),
        sentence,
        HEADER,
        rows,
        verdict,
    )


def _frame_without_step(case: Case, curves: _Curves, h: float, method: Method) -> Frame:
    sentence = (
        f"In {case.dtype.__name__} x and x + h are the same number: the step is lost before f is even asked, and the "
        "quotient would be 0/0. There is no numerical gradient at this h."
    )
    rows = (
        ("g", "the gradient that is checked", _number(case.claim, 6)),
        ("n", f"the numerical one, by {NAMES[method]}", "none"),
        (
            "spacing",
            "distance from x to the next number of this format",
            _number(float(np.spacing(case.dtype(case.x))), 3),
        ),
    )
    pictures = (_v_curve(case, curves, h, method, None), _microscope(case, h, method, None))
    return Frame(pictures, sentence, HEADER, rows, False)


def _what_dominates(case: Case, h: float, method: Method, truncation: float, rounding: float) -> str:
    if case.kink < _step(case, h) and method == "central":
        return (
            f"The step reaches across the kink, {number(case.kink)} to the left of x: the secant mixes two slopes, and "
            "no digit of it is to be trusted."
        )
    last_digit = float(np.finfo(case.dtype).eps) * abs(case.slope)
    if abs(truncation) > max(3 * abs(rounding), last_digit):
        if method == "complex":
            return "<strong>Truncation</strong> dominates: the imaginary step is so long that higher powers of h count."
        return "<strong>Truncation</strong> dominates: the step is so long that the curve bends within it."
    if method == "complex":
        return (
            "Only the rounding of f itself is left: the complex step subtracts nothing, so that h can be as small as "
            "one likes."
        )
    if max(abs(truncation), abs(rounding)) <= last_digit:
        return "There is next to no error: the quotient is right to the last digit of the format."
    if abs(rounding) > 3 * abs(truncation):
        if abs(rounding) > MUCH * abs(case.slope):
            return (
                "<strong>Rounding</strong> dominates: the two values of f agree in so many digits that little is left "
                "of their difference."
            )
        return "<strong>Rounding</strong> dominates: what error there is, is rounding, and smaller steps make it grow."
    return "<strong>Truncation and rounding</strong> are of about one size: h is near the best."


def _beside_f(case: Case, h: float, method: Method) -> str:
    """Say why f and the slope of the complex step do not lie on each other in the picture."""
    if method != "complex" or not _few(case, _step(case, h)):
        return ""
    return (
        " On the right, f is drawn over real numbers: so near x there are hardly any, and it is a flat line or a "
        "stair. The complex step does not walk along it. It goes to x + ih, off to the side, and reads the slope from "
        "the imaginary part of f there."
    )


def _few(case: Case, step: float) -> bool:
    """Whether the window holds so few numbers of the format that each is seen."""
    return 4 * step / float(np.spacing(case.dtype(case.x))) <= MOST_FLOATS


def _verdict(case: Case, error: float, of_right: float, tolerance: float) -> tuple[bool, str]:
    passes, right_passes, bound = error <= tolerance, of_right <= tolerance, _round(tolerance)
    facts = f"The relative error {_number(error, 2)} is {'below' if passes else 'above'} {bound}, "
    if case.right:
        return passes, facts + (
            "so the gradient passes: rightly." if passes else "so a right gradient is rejected: a false alarm."
        )
    if passes:
        apart = ""
        if error > APART * of_right:
            apart = (
                f" The right one would give {_number(of_right, 2)}, and side by side the two are told apart. But who "
                "checks has one of them, and the dashes must leave room for the rounding of a whole network."
            )
        return False, facts + "so the wrong gradient passes: the bug is missed." + apart
    if not right_passes:
        return False, facts + (
            f"so the wrong gradient is rejected, but so would be the right one ({_number(of_right, 2)}): at "
            "this h the check tells nothing."
        )
    found = "so the wrong gradient is rejected, and the right one would pass: the bug is found."
    if (difference := 2 * abs(case.slope)) < 1e-6 and case.claim == -case.slope:
        found += (
            f" The absolute difference is only {_number(difference, 2)}: a rule “below 0.000001 is right” would "
            "have let the wrong sign pass."
        )
    return True, facts + found


def _round(tolerance: float) -> str:
    return _power(tolerance) if m.isclose(m.log10(tolerance), round(m.log10(tolerance))) else number(tolerance)


def _v_curve(case: Case, curves: _Curves, h: float, method: Method, error: float | None) -> str:
    claim, right = curves.claim, curves.right
    items: list[Line | Dot | Mark] = [Mark(y=curves.tolerance, ink=GOOD_INK), Mark(x=h, ink=INK)]
    if m.isfinite(case.kink):
        items.append(Mark(x=case.kink, ink=THIRD_INK, name="kink"))
    items.append(Line(right.h, np.maximum(right.error, ZERO), FORWARD_INK))
    # The key stands where no curve is: lower left, but for the complex step, which is right to the last digit there.
    x, y = 10**-11.0, 1e-14 if method != "complex" else 1e-6 if case.dtype is np.float64 else 0.03
    items.append(Line([x], [y], FORWARD_INK, name="solid: the right one", thick=0))
    if not case.right:
        items.append(Line(claim.h, np.maximum(claim.error, ZERO), BACKWARD_INK, dashes=(6, 3)))
        items.append(Line([x], [y / 60], BACKWARD_INK, name="dashed: the wrong one", thick=0))
    if error is None:
        facts = "there is no numerical gradient"
    else:
        items.append(Dot(h, max(error, ZERO), INK, radius=6))
        facts = f"the relative error is {_number(error, 3)}"
    return plot(
        items,
        f"The relative error over the step h, both logarithmic, by {NAMES[method]}. At h = {_power(h)} {facts}; a "
        f"check passes up to {_round(curves.tolerance)}. The right one is best at {_number(right.best, 2)}: "
        f"{_number(right.smallest, 2)}.",
        title=f"Error of the check, {case.dtype.__name__}",
        x_name="step h",
        y_name=f"relative error; passes below the dashes, {_round(curves.tolerance)}",
        x_range=(10**-16.3, 10**-0.7),
        y_range=(ZERO, 30.0),
        log_x=True,
        log_y=True,
        x_ticks=[(h, _power(h)) for h in STEPS[-2::-3]],
        height=260,
    )


def _microscope(case: Case, h: float, method: Method, numerical: float | None) -> str:
    step = _step(case, h)
    us, ys = _magnified(case, step)
    room = 2.7 * max(abs(case.slope), abs(case.claim)) or 1.0
    unit = 1.0 if 1e-2 < room < 1e4 else 10.0 ** m.floor(m.log10(room))  # of the axis
    room, ys = room / unit, ys / unit
    items: list[Line | Dot | Mark] = [
        Line(us, ys, FORWARD_INK),
        Line([-2, 2], [-2 * case.claim / unit, 2 * case.claim / unit], BACKWARD_INK, dashes=(7, 4)),
    ]
    names = [("f", FORWARD_INK), ("claimed slope", BACKWARD_INK)]
    facts = "there is no secant"
    if numerical is not None:
        secant, ends = _secant(case, h, method, numerical)
        items.insert(0, Line([-2, 2], [(secant + numerical * u) / unit for u in (-2, 2)], THIRD_INK, thick=4))
        items += [Dot(u, y / unit, INK) for u, y in ends]
        names.insert(1, ("secant" if method != "complex" else "its slope", THIRD_INK))
        facts = f"the secant has the slope {_number(numerical, 6)}"
    for row, (name, ink) in enumerate(names):
        items.append(Line([0], [room * (0.74 - 0.21 * row)], ink, name=name, thick=0))
    return plot(
        items,
        f"The function near x, in a window four steps of {_power(h)} wide: {facts}, the claimed gradient is "
        f"{_number(case.claim, 6)}, the right one {_number(case.slope, 6)}.",
        title=case.title,
        x_name="the window is four steps wide",
        y_name="(f(t) − f(x)) / h" + (f", in {_power(unit)}" if unit != 1 else ""),
        x_range=(-2, 2),
        y_range=(-room, room),
        x_ticks=[(-2, "−2h"), (-1, "−h"), (0, "x"), (1, "+h"), (2, "+2h")],
        height=260,
    )


def _magnified(case: Case, step: float) -> tuple[Array, Array]:
    """Return f around x in units of the step, as the format has it: with steps where there are few numbers."""
    here = case.dtype(case.x)
    spacing = float(np.spacing(here))
    few = _few(case, step)
    if few:
        reach = m.ceil(2 * step / spacing) + 1
        places = np.array([here + case.dtype(i * spacing) for i in range(-reach, reach + 1)])
    else:
        places = (float(here) + step * np.linspace(-2, 2, POINTS)).astype(case.dtype)
        if case.kink < 2 * step:
            places = np.sort(np.append(places, case.dtype(case.x - case.kink)))
    start = float(case.scalar(case.place))
    values = np.array([float(case.scalar(np.array([t]))) for t in places])
    us, ys = (places.astype(float) - float(here)) / step, (values - start) / step
    if few:  # each number stands for what is nearest to it
        half = spacing / step / 2
        return np.column_stack([us - half, us + half]).ravel(), np.repeat(ys, 2)
    line = ys[0] + (ys[-1] - ys[0]) * (us - us[0]) / (us[-1] - us[0])
    if np.abs(ys - line).max() < 0.004 * np.abs(ys).max():
        return us[[0, -1]], ys[[0, -1]]
    return us, ys


def _secant(case: Case, h: float, method: Method, numerical: float) -> tuple[float, list[tuple[float, float]]]:
    """Return where the line with the numerical slope stands over x, and the points of the curve that it joins."""
    if method == "complex":
        return 0.0, [(0.0, 0.0)]
    here, step = case.dtype(case.x), _step(case, h)
    start = float(case.scalar(case.place))
    real = float(case.dtype(float(here) + step)) - float(here)  # the step that the format can take

    def point(side: int) -> tuple[float, float]:
        value = float(case.scalar(np.array([here + case.dtype(side * real)])))
        return side * real / step, (value - start) / step

    ends = [point(-1) if method == "central" else (0.0, 0.0), point(1)]
    return ends[1][1] - numerical * ends[1][0], ends


def _question() -> Question:
    tiny, errors = CASES[-1], _Curves.of(CASES[0], "forward").right
    complex_best = _Curves.of(CASES[0], "complex").right.error[0]
    right = "it falls, and from some h on it grows again"
    return Question(
        "You check a gradient with difference quotients, and make the step h smaller and smaller: 0.1, 0.01, and so on "
        "down to $10^{-16}$. What does the error of the numerical gradient do?",
        {
            "it falls and falls: the derivative is the limit for h to 0": (
                f"On paper. In a computer the values of f are rounded, and the quotient divides their rounding by h: "
                f"at the smallest step here the error is {_number(float(errors.error[0]), 2)}, at the best "
                f"{_number(errors.smallest, 1)}."
            ),
            "it falls to the last digit of a float, and stays there": (
                "That needs a method that subtracts nothing. A difference of two nearly equal numbers loses the digits "
                f"in which they agree. (There is such a method: the complex step ends at {_number(complex_best, 1)}.)"
            ),
            right: (
                "Truncation falls with h, rounding grows with 1/h. Their sum is a V, and the best h lies in between, "
                f"here near {_number(errors.best, 1)}."
            ),
            "never mind: if the difference to my gradient is below 0.000001, mine is right": (
                f"Below compared with what? The last gradient of the menu is {_number(tiny.slope, 2)}. With the "
                f"wrong sign it differs by {_number(2 * tiny.slope, 2)} only: next to nothing, and yet twice its own "
                "size. The relative error is 1."
            ),
        },
        right,
    )
