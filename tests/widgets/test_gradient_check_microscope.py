"""Promise: what the microscope shows at a step is what that difference quotient gives, and what a check makes of it."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import numpy as np
import pytest

from backprop_lab.widgets import gradient_check_microscope
from backprop_lab.widgets.gradient_check_microscope import CASES, KINK, METHODS, STEPS
from frames import pictures, sentence, value_cells

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
RIGHT = range(3)  # cases whose claim is the derivative
BUG_64, BUG_32, TINY = 3, 4, 5


def bell(x):
    return np.exp(x * x)


def through_relu(x):
    return (1 - (x if x.real > 0 else 0 * x)) ** 2 / 2


def saturated(x):
    return 1 / (1 + np.exp(20 - x))


# f, x, the derivative, the claim as a multiple of it, the format
WITNESS = [
    (bell, 0.8, 1.6 * math.exp(0.64), 1, np.float64),
    (bell, 0.8, 1.6 * math.exp(0.64), 1, np.float32),
    (through_relu, KINK, KINK - 1, 1, np.float64),
    (bell, 0.8, 1.6 * math.exp(0.64), 1.001, np.float64),
    (bell, 0.8, 1.6 * math.exp(0.64), 1.001, np.float32),
    (saturated, 0.5, math.exp(19.5) / (1 + math.exp(19.5)) ** 2, -1, np.float64),
]
PASSES = {
    ("forward", np.float64): 1e-5,
    ("central", np.float64): 1e-6,
    ("complex", np.float64): 1e-10,
    ("forward", np.float32): 3e-2,
    ("central", np.float32): 1e-2,
    ("complex", np.float32): 1e-4,
}


def quotient(which: int, h: float, method: str) -> float | None:
    """Return the difference quotient in the format of the case; None where x + h is x."""
    f, x, _, _, dtype = WITNESS[which]
    x = dtype(x)
    if method == "complex":
        return float(f(x + dtype(h) * 1j).imag) / float(dtype(h))
    step = dtype(float(x) + float(dtype(h))) - x
    if step == 0:
        return None
    if method == "forward":
        return (float(f(x + step)) - float(f(x))) / float(step)
    return (float(f(x + step)) - float(f(x - step))) / (2 * float(step))


def relative(a: float, b: float) -> float:
    return abs(a - b) / (abs(a) + abs(b)) if a or b else 0.0


def read(cell: str) -> float:
    """Read a number that may be written with a power of ten: −3.4 × 10⁻⁹."""
    plain = cell.replace("\N{NO-BREAK SPACE}", " ").translate(RAISED)
    head, _, power = plain.partition(" × 10")
    return float(head) * 10.0 ** int(power or 0)


@pytest.fixture(scope="module")
def player():
    return gradient_check_microscope()


@pytest.mark.parametrize("which", range(len(WITNESS)))
def test_every_number_is_that_of_the_difference_quotient(player, which):
    assert player.counts == (len(WITNESS), len(STEPS), len(METHODS))
    _, _, slope, factor, dtype = WITNESS[which]
    for place, h in enumerate(STEPS):
        for how, method in enumerate(METHODS):
            html = player.shown(which, place, how)
            n = quotient(which, h, method)
            if n is None:
                assert value_cells(html)[1] == "none"
                continue
            g, shown, absolute, error, right, truncation, rounding = map(read, value_cells(html))
            assert (g, right) == pytest.approx((factor * slope, slope), rel=1e-5)
            assert shown == pytest.approx(n, rel=1e-5, abs=1e-12 * abs(slope))
            noise = 4 * float(np.finfo(dtype).eps)  # the claim is rounded to the format, too
            assert absolute == pytest.approx(abs(n - factor * slope), rel=1e-2, abs=noise * abs(slope))
            assert error == pytest.approx(relative(n, factor * slope), rel=1e-2, abs=noise)
            # what it errs by is its truncation and its rounding; both are shown with two digits
            off = 0.06 * max(abs(truncation), abs(rounding)) + noise * abs(slope)
            assert truncation + rounding == pytest.approx(n - slope, abs=off)


def test_the_truncation_is_the_first_term_of_taylors_series(player):
    f1, f2, f3 = (factor * math.exp(0.64) for factor in (1.6, 2 + 4 * 0.64, 12 * 0.8 + 8 * 0.8**3))
    assert WITNESS[0][2] == f1
    for h in (1e-3, 1e-6, 1e-12):
        expected = {"forward": h * f2 / 2, "central": h * h * f3 / 6, "complex": -h * h * f3 / 6}
        for how, method in enumerate(METHODS):
            cell = value_cells(player.shown(0, STEPS.index(h), how))[5]
            assert read(cell) == pytest.approx(expected[method], rel=0.06)


def test_a_step_is_good_where_the_check_tells_a_right_gradient_from_a_wrong_one(player):
    for which, (_, _, slope, factor, dtype) in enumerate(WITNESS):
        for place, h in enumerate(STEPS):
            for how, method in enumerate(METHODS):
                html, n, bound = player.shown(which, place, how), quotient(which, h, method), PASSES[method, dtype]
                tells = n is not None and relative(n, slope) <= bound
                if which not in RIGHT:
                    tells = tells and relative(n, factor * slope) > bound
                assert ('class="bl-sentence bl-right"' in html) == tells
                assert ('class="bl-sentence bl-wrong"' in html) != tells


def test_the_sentence_names_what_dominates(player):
    for which in range(len(WITNESS)):
        for place, h in enumerate(STEPS):
            for how, method in enumerate(METHODS):
                html = player.shown(which, place, how)
                cells, words = value_cells(html), sentence(html)
                if "none" in cells:
                    assert "the same number" in words
                elif which == 2 and method == "central" and h > KINK:
                    assert "across the kink" in words
                else:
                    truncation, rounding = abs(read(cells[5])), abs(read(cells[6]))
                    slope, eps = abs(WITNESS[which][2]), float(np.finfo(WITNESS[which][4]).eps)
                    if truncation > 3.3 * rounding and truncation > 1.1 * eps * slope:
                        assert "Truncation</strong> dominates" in words
                    elif rounding > 3.3 * truncation and rounding > 1.1 * eps * slope and method != "complex":
                        assert "Rounding</strong> dominates" in words


def test_truncation_is_said_to_dominate_only_where_it_can_be_seen_in_the_format(player):
    for which, (_, _, slope, _, dtype) in enumerate(WITNESS):
        for place in range(len(STEPS)):
            for how in range(len(METHODS)):
                html = player.shown(which, place, how)
                if "Truncation</strong> dominates" in sentence(html):
                    assert abs(read(value_cells(html)[5])) > 0.9 * float(np.finfo(dtype).eps) * abs(slope)


def test_little_is_said_to_be_left_only_where_the_quotient_has_lost_nearly_all_digits(player):
    said = 0
    for which, (_, _, slope, _, _) in enumerate(WITNESS):
        for place in range(len(STEPS)):
            for how in range(len(METHODS)):
                html = player.shown(which, place, how)
                if "little is left" in sentence(html):
                    said += 1
                    assert abs(read(value_cells(html)[6])) > 0.0095 * abs(slope)
    assert said > 10


def test_a_truncation_that_does_not_exist_is_zero(player):
    """To the right of the kink the function is a parabola, for which only the forward difference truncates."""
    for place, h in enumerate(STEPS):
        for method in ("central", "complex"):
            if method == "complex" or h < KINK:
                html = player.shown(2, place, METHODS.index(method))
                assert value_cells(html)[5] == "0"
                assert "Truncation</strong>" not in sentence(html)


def error_at(player, which: int, how: int) -> list[float]:
    return [read(value_cells(player.shown(which, place, how))[3]) for place in range(len(STEPS))]


def test_the_error_of_a_difference_falls_and_grows_again_and_that_of_the_complex_step_does_not(player):
    """The right option of the prediction, and the thought behind the second."""
    for method in ("forward", "central"):
        errors = error_at(player, 0, METHODS.index(method))
        assert min(errors) < 1e-7
        assert errors[0] > 1e5 * min(errors)
        assert errors[-1] > 1e5 * min(errors)
    assert max(error_at(player, 0, METHODS.index("complex"))[: STEPS.index(1e-8)]) < 1e-15


def test_in_float32_only_the_complex_step_finds_an_error_of_a_thousandth(player):
    """What the reader is sent to look for."""
    good = {
        method: [place for place in range(len(STEPS)) if "bl-right" in player.shown(BUG_32, place, how)]
        for how, method in enumerate(METHODS)
    }
    assert good["forward"] == good["central"] == []
    assert len(good["complex"]) > 10
    assert any("bl-right" in player.shown(BUG_64, place, 0) for place in range(len(STEPS)))


def test_where_a_bug_is_missed_it_is_said_that_the_tolerance_lets_it_pass_and_not_that_nothing_is_to_be_seen(player):
    """The two curves may lie apart: then the frame says so, with what the right gradient would give."""
    said = 0
    for which in (BUG_64, BUG_32):
        _, _, slope, factor, dtype = WITNESS[which]
        for place, h in enumerate(STEPS):
            for how, method in enumerate(METHODS):
                n = quotient(which, h, method)
                if n is None or relative(n, factor * slope) > 0.99 * PASSES[method, dtype]:
                    continue
                words, (bad, good) = (
                    sentence(player.shown(which, place, how)),
                    (relative(n, factor * slope), relative(n, slope)),
                )
                assert "the bug is missed" in words
                if bad > 3.1 * good or bad < 2.9 * good:
                    assert ("told apart" in words) == (bad > 3 * good)
                said += "told apart" in words
    assert said >= 3
    assert "with the tolerances that are dashed here" in player.children[-2].children[0].children[0].value


def test_the_key_of_the_curves_lies_on_none_of_them(player):
    for which in range(len(WITNESS)):
        for how in range(len(METHODS)):
            root = pictures(player.shown(which, 0, how))[0]
            lines = [
                [tuple(map(float, p.split(","))) for p in line.get("points").split()] for line in root.iter("polyline")
            ]
            for t in root.iter("text"):
                if re.match("solid: |dashed: ", t.text or ""):
                    half, x, y = 0.31 * 13 * len(t.text), float(t.get("x")), float(t.get("y"))
                    assert x - half > 52
                    for line in lines:
                        for (x1, y1), (x2, y2) in pairwise(line):
                            for share in np.linspace(0, 1, 9):
                                px, py = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
                                assert not (abs(px - x) < half and y - 12 < py < y + 3), (which, how, t.text)


def test_beside_the_complex_step_it_is_said_why_f_is_flat(player):
    for place, h in enumerate(STEPS):
        for which in range(len(WITNESS)):
            spacing = float(np.spacing(WITNESS[which][4](WITNESS[which][1])))
            says = "reads the slope from the imaginary part" in sentence(player.shown(which, place, 2))
            assert says == (h < 12.5 * spacing)
            assert "imaginary part" not in sentence(player.shown(which, place, 1))


def test_a_wrong_sign_hides_behind_a_small_absolute_difference(player):
    html = player.shown(TINY, STEPS.index(1e-6), METHODS.index("central"))
    *_, absolute, error = (read(cell) for cell in value_cells(html)[:4])
    assert absolute < 1e-8
    assert error == pytest.approx(1)
    assert "would have let the wrong sign pass" in sentence(html)


def test_the_secant_runs_through_the_two_points_that_the_quotient_uses(player):
    for which in range(len(WITNESS)):
        for place in range(len(STEPS)):
            for how in (0, 1):
                html = player.shown(which, place, how)
                dots = [(float(c.get("cx")), float(c.get("cy"))) for c in pictures(html)[1].iter("circle")]
                if "none" in value_cells(html):
                    assert dots == []
                    continue
                secant = next(p for p in pictures(html)[1].iter("polyline") if "third" in p.get("style"))
                (x1, y1), (x2, y2) = (map(float, p.split(",")) for p in secant.get("points").split())
                for x, y in dots:
                    assert y == pytest.approx(y1 + (y2 - y1) * (x - x1) / (x2 - x1), abs=0.3)
                assert dots[-1][0] - dots[0][0] > 20


def test_the_dot_on_the_curve_is_at_the_step_and_at_the_error(player):
    for place, h in enumerate(STEPS):
        html = player.shown(0, place, 1)
        left = pictures(html)[0]
        inner = [float(n) for n in list(left.iter("svg"))[1].get("viewBox").split()]
        (dot,) = left.iter("circle")
        across = (float(dot.get("cx")) - inner[0]) / inner[2]
        assert across == pytest.approx((math.log10(h) + 16.3) / 15.6, abs=0.003)
        up = 1 - (float(dot.get("cy")) - inner[1]) / inner[3]
        error = read(value_cells(html)[3])
        assert up == pytest.approx((math.log10(error) + 17) / (math.log10(30) + 17), abs=0.003)


def own(player, *texts: str) -> str:
    """Type texts into the boxes, press Compute, and return what the player answers."""
    stage = player.children[-2].children[0]
    box = next(child for child in stage.children if "bl-own" in child._dom_classes)
    _, row, answer = box.children
    *fields, compute = row.children
    for field, typed in zip(fields, texts, strict=True):
        field.value = typed
    compute.click()
    return answer.value


def test_a_reader_can_check_a_gradient_of_their_own():
    player = gradient_check_microscope()
    assert "Computed" in own(player, "x*sin(x)", "cos(x)", "0.5")
    html = player.shown(0, STEPS.index(1e-6), 1)
    g, n, *_ = map(read, value_cells(html))
    assert (g, n) == pytest.approx((math.cos(0.5), math.sin(0.5) + 0.5 * math.cos(0.5)), rel=1e-5)
    assert "the bug is found" in sentence(html)
    assert "Computed" in own(player, "3*x", "3", "-40")
    assert "rightly" in sentence(player.shown(0, STEPS.index(1e-6), 1))
    assert "Computed" in own(player, "log(1 + exp(x)) * sigmoid(x)", "sigmoid(x)", "0.3")
    assert "the bug is found" in sentence(player.shown(0, STEPS.index(1e-6), 0))


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (("x*sin(", "cos(x)", "0.5"), "x*sin("),
        (("log(x)", "1/x", "0.05"), "not defined from -0.05 to 0.15"),
        (("x*sin(x)", "cos(x)", "1000"), "f is too large in float32 for x = 1000"),
        (("exp(1000*x)", "1", "0.5"), "f is too large in float32 for x = 0.5"),
        (("exp(1000*x)", "1", "0.65"), "too large for a float there"),
        (("x^2", "2*x", "much"), "not a number"),
        (("x^2", "2*y", "1"), "y"),
    ],
)
def test_what_can_not_be_checked_is_refused_and_nothing_is_lost(texts, message):
    player = gradient_check_microscope()
    before = player.shown(0, 0, 0)
    assert message in own(player, *texts)
    assert player.shown(0, 0, 0) == before


@pytest.mark.parametrize(("text", "claim"), [("x", "1"), ("2*x + 1", "2")])
def test_of_a_straight_line_it_is_never_said_that_it_bends(text, claim):
    player = gradient_check_microscope()
    assert "Computed" in own(player, text, claim, "0.5")
    for which in range(player.counts[0]):
        for place in range(len(STEPS)):
            for how in range(len(METHODS)):
                html = player.shown(which, place, how)
                assert "Truncation</strong> dominates" not in sentence(html)
                assert "none" in value_cells(html) or value_cells(html)[5] == "0"


def test_the_cases_are_what_they_are_called():
    for case, (f, x, slope, factor, dtype) in zip(CASES, WITNESS, strict=True):
        assert (case.x, case.dtype) == (x, dtype)
        assert case.right == (factor == 1)
        assert float(case.f(np.float64(x))) == pytest.approx(float(f(np.float64(x))), rel=1e-13)
        assert (case.slope, case.claim) == pytest.approx((slope, factor * slope), rel=1e-13)
        assert re.search(r"float32", case.name) is None or dtype is np.float32
