"""The derivations of chapter 13, Memory and compute."""

from __future__ import annotations

import sympy

from backprop_lab.course.answer_key.chapter_13 import MINUS, SLOPE_OF_Z
from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

ONE_PATH = "You followed one path only: from this input three lead to the loss, and what comes along them is added."
TWO_PATHS = "One of three paths is missing: "
HALF_SLOPE = "You took the slope of a tanh from a half of the block, not from what that tanh put out."
ROOT = "At the best length both terms are equal, and yours are not: did a root get lost when you solved for k?"

n, c, k = sympy.symbols("n c k", positive=True)
held_at_once = n / k + c * k


def best() -> sympy.Expr:
    """Let SymPy find where the slope vanishes, and what is held there."""
    (length,) = sympy.solve(sympy.diff(held_at_once, k), k)
    return held_at_once.subs(k, length)


x_1, x_2, y_1, u, v, dy_1, dy_2 = sympy.symbols("x_1 x_2 y_1 u v dy_1 dy_2", real=True)
tanh_f, tanh_g = sympy.tanh(u * x_2), sympy.tanh(v * y_1)
F, G = u * (1 - tanh_f**2), v * (1 - tanh_g**2)  # the slopes of the two layers


def through_the_block() -> sympy.Expr:
    """Let SymPy differentiate the loss by x_2, with dy_1 and dy_2 held fixed."""
    y1 = x_1 + sympy.tanh(u * x_2)
    y2 = x_2 + sympy.tanh(v * y1)
    return sympy.diff(dy_1 * y1 + dy_2 * y2, x_2)


DERIVATIONS = {
    "13.10": Expression(
        right=2 * sympy.sqrt(c * n),
        claim=best,
        mistakes=(
            Mistake(
                "best-k",
                sympy.sqrt(n / c),
                "That is the best length of a segment: the number of arrays that it leads to is asked for.",
            ),
            Mistake("inside", 2 * sympy.sqrt(n), "You forgot that a layer of the segment holds several arrays."),
            Mistake(
                "one-term",
                sympy.sqrt(c * n),
                "That is one of the two terms at the best length: snapshots and segment are both in memory.",
            ),
            Mistake(
                "chapter",
                (1 + c) * sympy.sqrt(n),
                "You took the best length from the chapter, where a layer holds one array: it is another one here.",
            ),
            Mistake("chapter", 2 * sympy.sqrt(n) + 1, "That is the chapter's chain, where a layer holds one array."),
            Mistake(
                "outside",
                2 * c * sympy.sqrt(n),
                "You multiplied the chapter's result: heavier layers ask for shorter segments, which saves part of it.",
            ),
            Mistake(
                "upside-down",
                2 * sympy.sqrt(n / c),
                "Heavier layers would need less memory by your result: something is upside down.",
            ),
            Mistake(
                "upside-down",
                held_at_once.subs(k, sympy.sqrt(c * n)),
                "Your best length grows with the weight of a layer: solve for k once more.",
            ),
            Mistake("root", 2 * c * n, ROOT),
            Mistake(
                "root",
                c + n,
                ROOT,
            ),
            Mistake("root", c * n, ROOT),
            Mistake("one-segment", 1 + c * n, "That is a single segment for all layers, which is no saving."),
            Mistake(
                "middle",
                held_at_once.subs(k, n / 2),
                "You cut the chain into two halves: that is not where the slope vanishes.",
            ),
            Mistake(
                "counted-da",
                2 * sympy.sqrt(c * n) + 1,
                "You counted one array more than the formula that is given.",
            ),
            Mistake(
                "second",
                2 * n / sympy.sqrt(n / c) ** 3,
                "That is the second derivative: it tells that this is a minimum, not how deep it is.",
            ),
            Mistake(
                "half-put-in",
                (1 + c) * sympy.sqrt(n / c),
                "You put in the best length for both terms alike: the first has it below the line, the second has "
                "another factor.",
            ),
            Mistake(
                "inside",
                2 * sympy.sqrt(n) / c,
                "Heavier layers would need less memory by your result: something is upside down.",
            ),
            Mistake("root", n / c, "That is the square of the best length, and not yet what it leads to."),
            Mistake(
                "solve",
                sympy.sqrt(2 * n * c),
                "The two terms are equal at the best length, each a root: adding them does not double what is "
                "under it.",
            ),
            Mistake(
                "solve",
                held_at_once.subs(k, sympy.sqrt(2 * n / c)),
                "A two got into your best length: differentiate once more.",
            ),
            Mistake("root", 2 * n * sympy.sqrt(c), "The root belongs over the number of layers too."),
            Mistake(
                "one-term",
                sympy.sqrt(n * c) / 2,
                "Each term is the whole root at the best length, and there are two of them.",
            ),
            Mistake(
                "chapter",
                2 * sympy.sqrt(n) + c,
                "You added the weight of a layer to the chapter's result: it changes the best length, and with it "
                "both terms.",
            ),
            Mistake(
                "chapter",
                sympy.sqrt(n) + c,
                "You added the weight of a layer: it is a factor of the layers in a segment.",
            ),
            Mistake("chapter", sympy.sqrt(n * c) + c, "You counted one layer of a segment for all of its layers."),
            Mistake(
                "outside",
                2 * c**2 * sympy.sqrt(n),
                "The weight of a layer has too high a power: put the best length in once more.",
            ),
            Mistake(
                "outside",
                c * sympy.sqrt(n),
                "You multiplied one term of the chapter's result: the best length is another one here.",
            ),
            Mistake(
                "sum",
                2 * sympy.sqrt(n + c),
                "Under your root stands a sum: solve for k once more, there a product or a quotient comes out.",
            ),
            Mistake("root", 2 * n / sympy.sqrt(c), "The root belongs over the number of layers too."),
            Mistake("root", sympy.sqrt(n * c) + n, ROOT),
            Mistake("slope", sympy.Integer(0), "The slope vanishes at the best length: how much is held there?"),
            Mistake(
                "inside",
                sympy.sqrt(n) * (1 + 1 / c),
                "The weight of a layer divides in your result: heavier layers need more.",
            ),
            Mistake(
                "inside",
                sympy.sqrt(n) * (1 + sympy.sqrt(c)),
                "You put the best length in for one of the terms only.",
            ),
        ),
    ),
    "13.11": Expression(
        right=dy_2 + (dy_1 + dy_2 * G) * F,
        claim=through_the_block,
        where={y_1: x_1 + tanh_f},
        mistakes=(
            Mistake("M1 long", dy_2 + dy_1 * F, TWO_PATHS + "the first output goes into G too."),
            Mistake("M1 short", dy_2 + dy_2 * G * F, TWO_PATHS + "the first output reaches the loss by itself, too."),
            Mistake(
                "M1 straight",
                (dy_1 + dy_2 * G) * F,
                TWO_PATHS + "this input is added to the second output as it is.",
            ),
            Mistake("M1 only-straight", dy_2, ONE_PATH),
            Mistake("M1 only-short", dy_1 * F, ONE_PATH),
            Mistake("M1 only-long", dy_2 * F * G, ONE_PATH),
            Mistake("other-half", dy_1 + dy_2 * G, "That is the gradient at the first half of the input."),
            Mistake("other-half", dy_1 + dy_2 * F, "You took F where G belongs, and the other half of the input."),
            Mistake(
                "M7",
                dy_2 + (dy_1 + dy_2 * v) * u,
                "You left out the slopes of both tanh: you carried the gradient back through the weights alone.",
            ),
            Mistake("M7", dy_2 + (dy_1 + dy_2 * v) * F, "You left out the slope of the tanh in G."),
            Mistake("M7", dy_2 + (dy_1 + dy_2 * G) * u, "You left out the slope of the tanh in F."),
            Mistake(
                "weights-forgotten",
                dy_2 + (dy_1 + dy_2 * G / v) * F / u,
                "Inside each tanh stands a product: its inner derivative is missing.",
            ),
            Mistake(
                "weights-forgotten",
                dy_2 + (dy_1 + dy_2 * G) * F / u,
                "Inside the tanh of F stands a product: its inner derivative is missing.",
            ),
            Mistake(
                "weights-forgotten",
                dy_2 + (dy_1 + dy_2 * G / v) * F,
                "Inside the tanh of G stands a product: its inner derivative is missing.",
            ),
            Mistake(
                "slope",
                dy_2 + (dy_1 + dy_2 * v * (1 - tanh_g)) * u * (1 - tanh_f),
                "You forgot the square in the slope of the tanh.",
            ),
            Mistake("M5", dy_2 + (dy_1 + dy_2 * v * (1 - (v * y_1) ** 2)) * u * (1 - (u * x_2) ** 2), SLOPE_OF_Z),
            Mistake(
                "M4",
                dy_2 + (dy_1 + dy_2 * v * (1 - y_1**2)) * u * (1 - x_2**2),
                "You took the slopes of the tanh from halves of the block, not from what each tanh put out.",
            ),
            Mistake(
                "M4",
                dy_2 + (dy_1 + dy_2 * v * (1 - sympy.tanh(v * x_1) ** 2)) * F,
                "You took G at the first half of the input: it reads that half after its change.",
            ),
            Mistake("sign", dy_2 - (dy_1 - dy_2 * G) * F, MINUS),
            Mistake("sign", dy_2 - (dy_1 + dy_2 * G) * F, MINUS),
            Mistake(
                "M12",
                dy_2 + dy_1 * dy_2 * F * G,
                "You multiplied different paths by one another: the links of one path are multiplied, paths are added.",
            ),
            Mistake(
                "M12",
                dy_2 + (dy_1 + dy_2) * F * G,
                "You sent both gradients through both layers: only the one of the second output passes G.",
            ),
            Mistake(
                "wrong-variable",
                (dy_1 + dy_2 * G) * F * x_2 / u,
                "You differentiated by the weight u: asked for is the gradient at the input.",
            ),
            Mistake(
                "M1 cut",
                dy_2 + dy_1 * F + dy_2 * G,
                "One path ends too early: on the way through G this input has to go through F first.",
            ),
            Mistake(
                "M1 cut",
                dy_2 + dy_1 + dy_2 * G * F,
                "One path ends too early: to the first output this input goes through F.",
            ),
            Mistake(
                "exchanged",
                dy_2 + (dy_1 + dy_2 * G / v * u) * F / u * v,
                "The two weights are exchanged: u belongs to F, v to G.",
            ),
            Mistake(
                "exchanged",
                dy_1 + (dy_2 + dy_1 * G) * F,
                "What arrives is exchanged: dy_2 belongs to the second output.",
            ),
            Mistake("exchanged", dy_2 + (dy_1 + dy_1 * G) * F, "Into G goes what arrives at the second output."),
            Mistake(
                "exchanged",
                dy_2 + (dy_2 + dy_2 * G) * F,
                "At the first output arrives what belongs to it, not the gradient of the second.",
            ),
            Mistake("M4", dy_2 + (dy_1 + dy_2 * G) * u * (1 - y_1**2), HALF_SLOPE),
            Mistake("M4", dy_2 + (dy_1 + dy_2 * G) * u * (1 - x_2**2), HALF_SLOPE),
            Mistake("M4", dy_2 + (dy_1 + dy_2 * v * (1 - y_1**2)) * F, HALF_SLOPE),
            Mistake("M4", dy_2 + (dy_1 + dy_2 * v * (1 - x_1**2)) * F, HALF_SLOPE),
            Mistake(
                "M4",
                dy_2 + (dy_1 + dy_2 * v * (1 - sympy.tanh(v * x_2) ** 2)) * F,
                "You took G at the second half of the input: it reads the first half after its change.",
            ),
            Mistake(
                "argument",
                dy_2 + (dy_1 + dy_2 * v * (1 - sympy.tanh(y_1) ** 2)) * u * (1 - sympy.tanh(x_2) ** 2),
                "Inside each tanh stands a product: you left out the weight there.",
            ),
            Mistake(
                "argument",
                dy_2 + (dy_1 + dy_2 * (1 - sympy.tanh(y_1) ** 2)) * (1 - sympy.tanh(x_2) ** 2),
                "The weights are missing altogether: each tanh has a product inside.",
            ),
            Mistake(
                "weights",
                dy_2 + (dy_1 + dy_2 * G / v * y_1) * F / u * x_2,
                "You differentiated by the weights: inside each tanh the input is what moves.",
            ),
            Mistake(
                "weights",
                dy_2 + (dy_1 + dy_2 * G) * F / u * x_2,
                "In F you differentiated by the weight: inside the tanh the input is what moves.",
            ),
            Mistake("counted-twice", 2 * dy_2 + (dy_1 + dy_2 * G) * F, "The straight path is counted twice."),
            Mistake(
                "straight",
                1 + (dy_1 + dy_2 * G) * F,
                "Along the straight path comes what arrives at the second output, not one.",
            ),
            Mistake(
                "slope",
                dy_2 + (dy_1 + dy_2 * v * (1 + tanh_g**2)) * u * (1 + tanh_f**2),
                "The slope of the tanh falls where its value is large: look at the sign in it.",
            ),
            Mistake(
                "slope",
                dy_2 + (dy_1 + dy_2 * v * tanh_g * (1 - tanh_g)) * u * tanh_f * (1 - tanh_f),
                "That is the slope of a sigmoid: F and G are tanh.",
            ),
            Mistake(
                "not-done",
                dy_2 + (dy_1 + dy_2 * tanh_g) * tanh_f,
                "You carried the gradient through the values of the layers: their slopes belong there.",
            ),
            Mistake("M12", dy_1 * dy_2 * F, "You multiplied what comes along different paths: paths are added."),
            Mistake(
                "M12",
                dy_2 * F * G + dy_1 * F * G,
                "The links of the paths are mixed: follow each path by itself, from the loss to the input.",
            ),
            Mistake(
                "M1 straight",
                dy_2 * (1 + G) + dy_1 * F,
                "One path ends too early: on the way through G this input has to go through F first.",
            ),
        ),
    ),
}
