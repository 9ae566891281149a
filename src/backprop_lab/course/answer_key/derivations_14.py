"""The derivations of chapter 14, Beyond the MLP: convolution and recurrence."""

from __future__ import annotations

import sympy

from backprop_lab.course.exercise import Mistake
from backprop_lab.course.expression import Expression

__all__ = ["DERIVATIONS"]

w, x, x_1, x_2, y, h, h_0, h_1, h_2, n, u = sympy.symbols("w x x_1 x_2 y h h_0 h_1 h_2 n u", real=True)
STATES = {h_1: sympy.tanh(w * h_0 + x_1), h_2: sympy.tanh(w * h_1 + x_2)}
delta_2 = (h_2 - y) * (1 - h_2**2)
back_1 = w * (1 - h_1**2)  # from h_2's pre-activation to h_1's


def of_two_steps() -> sympy.Expr:
    """Let SymPy differentiate the loss by the shared weight."""
    last_state = sympy.tanh(w * sympy.tanh(w * h_0 + x_1) + x_2)
    return sympy.diff((last_state - y) ** 2 / 2, w)


def gate(z: sympy.Expr) -> sympy.Expr:
    """Return the sigmoid, written out."""
    return 1 / (1 + sympy.exp(-z))


def of_the_mixture() -> sympy.Expr:
    """Let SymPy differentiate the new state by the old one."""
    return sympy.diff((1 - gate(w * h + x)) * n + gate(w * h + x) * h, h)


z_u = w * h + x


DERIVATIONS = {
    "14.10": Expression(
        right=delta_2 * (h_1 + back_1 * h_0),
        claim=of_two_steps,
        where=STATES,
        mistakes=(
            Mistake(
                "M1 late",
                delta_2 * h_1,
                "You counted the use at the second step only: the weight also made the state that comes in there.",
            ),
            Mistake(
                "M1 early",
                delta_2 * back_1 * h_0,
                "You counted the use at the first step only: the weight is used once more at the second.",
            ),
            Mistake("M1 mean", delta_2 * (h_1 + back_1 * h_0) / 2, "You took the mean of the two uses: uses add."),
            Mistake(
                "M1 twice",
                2 * delta_2 * h_1,
                "You counted the later use twice: each use has a gradient of its own.",
            ),
            Mistake(
                "M12",
                delta_2 * h_1 * back_1 * h_0,
                "You multiplied the two uses: the links of one path are multiplied, paths are added.",
            ),
            Mistake("M7 first", delta_2 * (h_1 + w * h_0), "On the long path the slope of the first tanh is missing."),
            Mistake(
                "M7 last",
                (h_2 - y) * (h_1 + back_1 * h_0),
                "The slope of the second tanh is missing: that of the last state is a factor of both uses.",
            ),
            Mistake(
                "M7 both",
                (h_2 - y) * (h_1 + w * h_0),
                "Both slopes are missing: you differentiated steps without a tanh.",
            ),
            Mistake(
                "weights-forgotten",
                delta_2 * (h_1 + (1 - h_1**2) * h_0),
                "On the long path the weight that leads from the first state to the second is missing.",
            ),
            Mistake(
                "late-state",
                delta_2 * (h_2 + back_1 * h_1),
                "You multiplied by the states that the steps made: the weight met those that came in.",
            ),
            Mistake(
                "slope",
                (h_2 - y) * (1 - h_2) * (h_1 + w * (1 - h_1) * h_0),
                "You forgot the square in the slope of the tanh.",
            ),
            Mistake(
                "slope sigmoid",
                (h_2 - y) * h_2 * (1 - h_2) * (h_1 + w * h_1 * (1 - h_1) * h_0),
                "That is the slope of the sigmoid: these states come out of a tanh.",
            ),
            Mistake(
                "M5",
                (h_2 - y) * (1 - sympy.tanh(h_2) ** 2) * (h_1 + w * (1 - sympy.tanh(h_1) ** 2) * h_0),
                "You took the slopes of the tanh at the states, which came out of it already.",
            ),
            Mistake(
                "slope",
                delta_2 * (h_1 + w * (1 - h_2**2) * h_0),
                "You took the slope of the second tanh twice: each step has its own.",
            ),
            Mistake("incoming", delta_2 * (1 + back_1), "What came in through the weight is missing at both uses."),
            Mistake(
                "incoming",
                delta_2 * (x_2 + back_1 * x_1),
                "You multiplied by the inputs: this weight meets states.",
            ),
            Mistake(
                "M13",
                (h_2 - y) ** 2 / 2 * (1 - h_2**2) * (h_1 + back_1 * h_0),
                "You took the loss itself, where its derivative belongs.",
            ),
            Mistake(
                "wrong-variable",
                delta_2 * back_1 * w,
                "That is the gradient at the first state of all: asked for is that of the weight.",
            ),
            Mistake(
                "factor-2",
                2 * delta_2 * (h_1 + back_1 * h_0),
                "It is twice too large: the half in the loss cancels the two that comes down.",
            ),
            Mistake(
                "no-miss",
                (1 - h_2**2) * (h_1 + back_1 * h_0),
                "That is the derivative of the last state: how much the loss minds it is missing.",
            ),
            Mistake(
                "own-miss",
                delta_2 * h_1 + (h_1 - y) * (1 - h_1**2) * h_0,
                "You gave the first state a miss of its own: the loss looks at the last state only.",
            ),
            Mistake(
                "slope",
                delta_2 * (h_1 + w * (1 - h_0**2) * h_0),
                "You took the slope at the state that came in: the tanh made the first state.",
            ),
            Mistake(
                "exchanged",
                delta_2 * (h_0 + back_1 * h_1),
                "What came in is exchanged: the late use met the first state, the early one the state before it.",
            ),
            Mistake(
                "late-state",
                delta_2 * (h_1 + back_1 * h_1),
                "At the early use the weight met the state before the first step.",
            ),
            Mistake(
                "early-state",
                delta_2 * (h_0 + back_1 * h_0),
                "At the late use the weight met the state that the first step made.",
            ),
            Mistake(
                "no-way-back",
                delta_2 * (h_1 + h_0),
                "From the early use the way leads through a weight and a tanh to the second step: both are missing.",
            ),
            Mistake(
                "weights-twice",
                delta_2 * (h_1 + w**2 * (1 - h_1**2) * h_0),
                "On the long path the weight occurs once: only between the two states.",
            ),
            Mistake(
                "slope twice",
                delta_2 * (1 - h_2**2) * (h_1 + back_1 * h_0),
                "The slope of the second tanh is in there twice.",
            ),
            Mistake(
                "slope",
                (h_2 - y) * ((1 - h_2**2) * h_1 + back_1 * h_0),
                "The long path also passes the second tanh: its slope is missing there.",
            ),
            Mistake(
                "M13",
                (h_2 - y) * delta_2 * (h_1 + back_1 * h_0),
                "The miss is squared: the derivative of the loss has it once.",
            ),
            Mistake(
                "incoming",
                delta_2 * (h_1 + x_2 + back_1 * (h_0 + x_1)),
                "The inputs are added inside the tanh: this weight met the states alone.",
            ),
            Mistake(
                "M12",
                (delta_2 + delta_2 * back_1) * (h_0 + h_1),
                "Each use has its own delta and its own state: you multiplied every one with every other.",
            ),
            Mistake(
                "slope plus",
                (h_2 - y) * (1 + h_2**2) * (h_1 + w * (1 + h_1**2) * h_0),
                "The slope of the tanh falls where the state is large: look at the sign in it.",
            ),
            Mistake(
                "M5",
                (h_2 - y) * (1 - (w * h_1 + x_2) ** 2) * (h_1 + w * (1 - (w * h_0 + x_1) ** 2) * h_0),
                "You put what goes into the tanh where the short form of its slope wants what comes out.",
            ),
            Mistake("minus", delta_2 * (h_1 - back_1 * h_0), "The two uses are subtracted: their effects add."),
            Mistake(
                "slope",
                (h_2 - y) * (1 - h_1**2) * (h_1 + back_1 * h_0),
                "You took the slope of the first tanh twice: each step has its own.",
            ),
            Mistake(
                "M13",
                -y * (1 - h_2**2) * (h_1 + back_1 * h_0),
                "Of the miss the prediction is gone: the loss minds the difference.",
            ),
            Mistake(
                "not-done",
                (h_2 - y) * h_2 * (h_1 + w * h_1 * h_0),
                "You multiplied by the values of the tanh: their slopes belong there.",
            ),
            Mistake("M1 flat", (h_2 - y) * h_1, "The late use alone, and without its slope: the weight is used twice."),
            Mistake(
                "M1 flat",
                (h_2 - y) * w * h_0,
                "The early use alone, and without its slopes: the weight is used twice.",
            ),
            Mistake(
                "M1 early flat",
                (h_2 - y) * (1 - h_2**2) * w * h_0,
                "The early use alone, and a slope is missing: the weight is used twice.",
            ),
            Mistake(
                "target",
                (h_2 - y) * (1 - h_2**2) * h_1 + w,
                "You differentiated the weight between the states by something else: follow each use by itself.",
            ),
        ),
    ),
    "14.11": Expression(
        right=u + (h - n) * u * (1 - u) * w,
        claim=of_the_mixture,
        where={u: gate(z_u)},
        mistakes=(
            Mistake("M1 straight", u, "That is the straight way alone: the old state also moves the gate."),
            Mistake(
                "M1 gate",
                (h - n) * u * (1 - u) * w,
                "That is the way through the gate alone: the old state is also handed on as it is.",
            ),
            Mistake(
                "M1 half",
                u + h * u * (1 - u) * w,
                "The gate stands in two places of the mixture, and you "
                "followed it from one: what is kept less, is renewed more.",
            ),
            Mistake(
                "M1 other-half",
                u - n * u * (1 - u) * w,
                "The gate stands in two places of the mixture, and you followed it from one.",
            ),
            Mistake(
                "sign",
                u + (n - h) * u * (1 - u) * w,
                "The way through the gate has the wrong sign: a larger "
                "gate means more of the old state, and less of the proposal.",
            ),
            Mistake(
                "sign plus",
                u + (h + n) * u * (1 - u) * w,
                "You lost the minus before the gate: what is kept is not renewed.",
            ),
            Mistake("M7", u + (h - n) * w, "You left out the slope of the gate's sigmoid."),
            Mistake("M7 one-factor", u + (h - n) * u * w, "Your slope of the sigmoid has one factor only."),
            Mistake("M7 other-factor", u + (h - n) * (1 - u) * w, "Your slope of the sigmoid has one factor only."),
            Mistake(
                "weights-forgotten",
                u + (h - n) * u * (1 - u),
                "In the gate stands a product: its inner derivative is missing.",
            ),
            Mistake(
                "M5",
                u + (h - n) * z_u * (1 - z_u) * w,
                "You put what goes into the gate into the short form of the slope, which is meant for what comes out.",
            ),
            Mistake(
                "M5 again",
                u + (h - n) * gate(u) * (1 - gate(u)) * w,
                "You took the slope of the sigmoid at the gate, which came out of it already.",
            ),
            Mistake(
                "exchanged",
                (1 - u) + (n - h) * u * (1 - u) * w,
                "You exchanged old and new: here the gate says how much of the old state stays.",
            ),
            Mistake("exchanged straight", 1 - u, "You exchanged old and new, and followed the straight way alone."),
            Mistake("tanh", u + (h - n) * (1 - u**2) * w, "That is the slope of the tanh: a gate is a sigmoid."),
            Mistake("M12", u * (h - n) * u * (1 - u) * w, "You multiplied the two ways: ways are added."),
            Mistake(
                "wrong-variable",
                (h - n) * u * (1 - u),
                "You differentiated by what goes into the gate: asked for is the old state.",
            ),
            Mistake(
                "wrong-variable",
                (h - n) * u * (1 - u) * h,
                "You differentiated by the weight: asked for is the old state.",
            ),
            Mistake("not-done", (1 - u) * n + u * h, "That is the new state itself, not yet its derivative."),
            Mistake(
                "M1 factor",
                u * (1 - u) * w,
                "How the mixture changes with the gate is missing, and so is the straight way.",
            ),
            Mistake(
                "factor",
                u + u * (1 - u) * w,
                "How the mixture changes with the gate is missing: it depends on old state and proposal.",
            ),
            Mistake("not-through", u + h - n, "You stopped at the gate: how it changes with the old state is missing."),
            Mistake(
                "not-through",
                h - n,
                "That is how the mixture changes with the gate: how the gate changes with the old state is "
                "missing, and so is the straight way.",
            ),
            Mistake(
                "wrong-variable",
                u + (h - n) * u * (1 - u) * x,
                "Inside the gate the old state is multiplied by the weight, not by the input.",
            ),
            Mistake(
                "wrong-variable",
                u + (h - n) * u * (1 - u) * h,
                "Inside the gate you differentiated by the weight: asked for is the old state.",
            ),
            Mistake(
                "wrong-variable",
                u + (h - n) * u * (1 - u) * w * h,
                "Inside the gate stands a product: its derivative in the old state no longer contains that state.",
            ),
            Mistake(
                "slope",
                u + (h - n) * (1 - 2 * u) * w,
                "That is the slope of the slope: the sigmoid's own has two factors, the gate and what it lacks to one.",
            ),
            Mistake(
                "slope",
                u + (h - n) * u**2 * w,
                "The slope of the sigmoid has two different factors: the gate, and what it lacks to one.",
            ),
            Mistake("slope", u + (h - n) * (u * (1 - u)) ** 2 * w, "The slope of the sigmoid is squared in yours."),
            Mistake(
                "tanh",
                u + (h - n) * (1 - u**2),
                "That is the slope of the tanh, and the weight is missing: a gate is a sigmoid.",
            ),
            Mistake(
                "M1 flat",
                u * w,
                "You multiplied the two ways: the straight way needs no weight, and the other one a slope.",
            ),
            Mistake(
                "M1 flat",
                u + w,
                "On the way through the gate the slope is missing, and how the mixture changes with it.",
            ),
            Mistake(
                "M1 half",
                u + n * u * (1 - u) * w,
                "The gate stands in two places of the mixture: you followed it from one, and lost the minus there.",
            ),
            Mistake("counted-twice", 2 * u + (h - n) * u * (1 - u) * w, "The straight way is counted twice."),
            Mistake(
                "straight",
                1 + (h - n) * u * (1 - u) * w,
                "Along the straight way the old state is weighed by the gate.",
            ),
            Mistake(
                "straight",
                sympy.Integer(1),
                "The old state is weighed by the gate, and moves the gate: it is not handed on as it is.",
            ),
            Mistake(
                "exchanged",
                1 - u + (h - n) * u * (1 - u) * w,
                "Along the straight way you exchanged old and new: the gate says how much of the old state stays.",
            ),
            Mistake(
                "M1 half",
                u + h * u * (1 - u),
                "The gate stands in two places of the mixture, and inside it the weight: both are missing.",
            ),
            Mistake(
                "factor",
                u + (1 - n) * u * (1 - u) * w,
                "The mixture changes with the gate by old state minus proposal: you have a one there.",
            ),
            Mistake(
                "factor",
                u - n + h * u * (1 - u) * w,
                "One part of the mixture has lost its gate: it stands before both.",
            ),
            Mistake("held", sympy.Integer(0), "Something moves: the old state stands in the mixture, and in the gate."),
        ),
    ),
}
