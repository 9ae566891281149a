"""The quantities of one training step of the 2-2-1 network, and the wrong values that common thoughts give.

Each wrong value is computed from the right quantities with one thought exchanged. What is asked is one entry of each
quantity, in the order in which a step computes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

from backprop_lab.activations import sigmoid

__all__ = ["ASKED", "Asked", "Slip"]

Values = SimpleNamespace  # every quantity of a step by its name in code: z1, delta2, slope1, new_W2, ...


@dataclass(frozen=True)
class Slip:
    """A wrong value: the thought in a few words, the value it gives, and what to say to who had it."""

    thought: str
    value: Callable[[Values], float]
    says: str


@dataclass(frozen=True)
class Asked:
    """One entry of one quantity.

    Attributes
    ----------
    name : str
        As in a trace.
    index : tuple of int
        Of the entry, from 0.
    symbol : str
        LaTeX.
    asks : str
        What it is, in words that do not give the formula away.
    slips : tuple of Slip
        The first four are offered as options; what is typed is compared with all.
    digits : int
        Significant digits that are shown.
    """

    name: str
    index: tuple[int, ...]
    symbol: str
    asks: str
    slips: tuple[Slip, ...]
    digits: int = 4

    @property
    def label(self) -> str:
        """The entry as in code, counted from 1: `W1[1,2]`."""
        place = ",".join(str(i + 1) for i in self.index)
        return f"{self.name}[{place}]" if place else self.name

    def right(self, values: Values) -> float:
        """Return the right value."""
        return float(getattr(values, self.name)[self.index])


def _miss(q: Values) -> float:
    return float(q.a2[0] - q.y[0])


ASKED = (
    Asked(
        "z1",
        (0,),
        r"z^{(1)}_1",
        "what hidden unit 1 receives",
        (
            Slip(
                "without the bias",
                lambda q: q.z1[0] - q.b1[0],
                "You stopped at the weighted sum. The unit adds its bias to it.",
            ),
            Slip(
                "W read by columns",
                lambda q: q.W1[:, 0] @ q.x + q.b1[0],
                "You took the weights that leave input 1. Unit 1 has the weights that arrive at it: row 1 of the "
                "matrix.",
            ),
            Slip(
                "the weights alone",
                lambda q: q.W1[0].sum() + q.b1[0],
                "You added up the weights. Each counts only as much as its input: multiply first.",
            ),
            Slip(
                "the activation already",
                lambda q: q.a1[0],
                "You went on through the sigmoid. That is what the unit sends on; asked is what it receives.",
            ),
        ),
    ),
    Asked(
        "a1",
        (0,),
        r"a^{(1)}_1",
        "what hidden unit 1 sends on",
        (
            Slip(
                "the slope of the sigmoid",
                lambda q: q.slope1[0],
                "That is how steep the sigmoid is here. On the way forward its value counts; the slope comes back "
                "later.",
            ),
            Slip(
                "the wrong sign in the exponent",
                lambda q: sigmoid(-q.z1)[0],
                "You left out the minus sign in the exponent: a positive z must give more than one half.",
            ),
            Slip(
                "no reciprocal",
                lambda q: 1 / q.a1[0],
                "You stopped at the denominator. A sigmoid lies between 0 and 1.",
            ),
            Slip(
                "z handed on",
                lambda q: q.z1[0],
                "You sent on what the unit received. The sigmoid comes between.",
            ),
        ),
    ),
    Asked(
        "z2",
        (0,),
        r"z^{(2)}_1",
        "what the output receives",
        (
            Slip(
                "z in place of a",
                lambda q: q.W2[0] @ q.z1 + q.b2[0],
                "You weighted what the hidden units receive. The output sees only what they send on.",
            ),
            Slip(
                "without the bias",
                lambda q: q.z2[0] - q.b2[0],
                "You stopped at the weighted sum. The output adds its bias to it.",
            ),
            Slip(
                "the inputs once more",
                lambda q: q.W2[0] @ q.x + q.b2[0],
                "You weighted the inputs. They have done their work in layer 1; here the hidden units are the inputs.",
            ),
            Slip(
                "the mean of the inputs",
                lambda q: q.W2[0] @ q.a1 / 2 + q.b2[0],
                "You took a mean. A unit adds up; nothing is divided by the number of its inputs.",
            ),
        ),
    ),
    Asked(
        "a2",
        (0,),
        r"a^{(2)}_1",
        "the prediction",
        (
            Slip(
                "the slope of the sigmoid",
                lambda q: q.slope2[0],
                "That is how steep the sigmoid is here. The prediction is its value.",
            ),
            Slip(
                "the wrong sign in the exponent",
                lambda q: sigmoid(-q.z2)[0],
                "You left out the minus sign in the exponent: a positive z must give more than one half.",
            ),
            Slip(
                "z handed on",
                lambda q: q.z2[0],
                "You took what the output receives. The sigmoid of the output comes after it.",
            ),
            Slip(
                "the sigmoid twice",
                lambda q: sigmoid(q.a2)[0],
                "You went through the sigmoid twice. Each layer has it once.",
            ),
        ),
    ),
    Asked(
        "C",
        (),
        "C",
        "the loss, half the squared error",
        (
            Slip(
                "without the half",
                lambda q: _miss(q) ** 2,
                "You left out the factor one half. It is there so that the derivative becomes simple.",
            ),
            Slip(
                "the miss alone",
                _miss,
                "That is the miss, a − y: prediction minus target. The loss squares it, so that both signs cost.",
            ),
            Slip(
                "half the miss",
                lambda q: _miss(q) / 2,
                "You halved the miss, a − y, and did not square it.",
            ),
            Slip(
                "squares apart",
                lambda q: (q.a2[0] ** 2 - q.y[0] ** 2) / 2,
                "You squared prediction and target each for itself. First the difference, then the square.",
            ),
            Slip(
                "z compared with the target",
                lambda q: (q.z2[0] - q.y[0]) ** 2 / 2,
                "You compared what the output receives with the target. The prediction is what it sends on.",
            ),
        ),
    ),
    Asked(
        "delta2",
        (0,),
        r"\delta^{(2)}_1",
        "how much the loss changes with what the output receives",
        (
            Slip(
                "the miss alone",
                _miss,
                "You took the miss, a − y, for the gradient. It says how the loss changes with the prediction; from "
                "there back to z the slope of the sigmoid is still to be passed.",
            ),
            Slip(
                "the slope taken at a",
                lambda q: _miss(q) * sigmoid.slope(q.a2)[0],
                "You took the slope of the sigmoid at its own output a. The sigmoid was applied to z, so its slope "
                "belongs at z. There it equals a(1 − a): the short form uses a, and has no sigmoid in it any more.",
            ),
            Slip(
                "z in the short form",
                lambda q: _miss(q) * q.z2[0] * (1 - q.z2[0]),
                "You put z into the short form of the slope. It is a(1 − a), with the activation; for z it makes no "
                "sense.",
            ),
            Slip(
                "target minus prediction",
                lambda q: -q.delta2[0],
                "The sign is turned round: the prediction is too large, and raising it raises the loss, so the "
                "gradient "
                "is positive. Prediction minus target.",
            ),
            Slip(
                "twice: no half in the loss",
                lambda q: 2 * q.delta2[0],
                "That is twice too much: the half in the loss cancels the 2 that comes down from the square.",
            ),
            Slip(
                "the slope alone",
                lambda q: q.slope2[0],
                "That is the slope of the sigmoid alone; how much the loss minds the prediction is missing.",
            ),
            Slip(
                "the loss times the slope",
                lambda q: float(q.C) * q.slope2[0],
                "You took the loss itself, where its derivative belongs.",
            ),
        ),
    ),
    Asked(
        "dW2",
        (0, 0),
        r"\partial C/\partial W^{(2)}_{11}",
        "how much the loss changes with the weight from hidden unit 1 to the output",
        (
            Slip(
                "z in place of a",
                lambda q: q.delta2[0] * q.z1[0],
                "You multiplied by what the hidden unit receives. The weight was multiplied by what it sends on.",
            ),
            Slip(
                "times the weight",
                lambda q: q.delta2[0] * q.W2[0, 0],
                "You multiplied by the weight itself. That is what travels on to the hidden unit; the derivative with "
                "respect to a weight is the other factor, the activation.",
            ),
            Slip(
                "delta alone",
                lambda q: q.delta2[0],
                "You stopped at delta. A weight acts on z only as much as its input is large.",
            ),
            Slip(
                "the miss in place of delta",
                lambda q: _miss(q) * q.a1[0],
                "You started from the miss, a − y; the slope of the output's sigmoid is left out. Start from delta.",
            ),
            Slip(
                "the other hidden unit",
                lambda q: q.delta2[0] * q.a1[1],
                "You took hidden unit 2. This weight comes from hidden unit 1.",
            ),
        ),
    ),
    Asked(
        "db2",
        (0,),
        r"\partial C/\partial b^{(2)}_1",
        "how much the loss changes with the bias of the output",
        (
            Slip(
                "times the bias",
                lambda q: q.delta2[0] * q.b2[0],
                "You multiplied by the bias. It is a weight whose input is always 1, so delta is multiplied by 1.",
            ),
            Slip(
                "no gradient at all",
                lambda q: 0.0,
                "You thought of the bias as a constant. It can be changed, and z changes with it one for one.",
            ),
            Slip(
                "the slope of z alone",
                lambda q: 1.0,
                "That is how z changes with the bias. From z to the loss delta is still to be multiplied.",
            ),
            Slip(
                "the miss alone",
                _miss,
                "You took the miss, a − y; the slope of the output's sigmoid is left out.",
            ),
        ),
    ),
    Asked(
        "delta1",
        (0,),
        r"\delta^{(1)}_1",
        "how much the loss changes with what hidden unit 1 receives",
        (
            Slip(
                "without the slope",
                lambda q: q.W2[0, 0] * q.delta2[0],
                "You carried delta back through the weight and stopped at what the unit sends on. Back to what it "
                "receives, the slope of its own sigmoid is still to be passed.",
            ),
            Slip(
                "the slope taken at a",
                lambda q: q.da1[0] * sigmoid.slope(q.a1)[0],
                "You took the slope of the hidden sigmoid at its own output a. The sigmoid was applied to z, so its "
                "slope belongs at z, where it equals a(1 − a).",
            ),
            Slip(
                "without the weight",
                lambda q: q.delta2[0] * q.slope1[0],
                "You left out the weight. The output listens to this unit only as far as the weight lets it.",
            ),
            Slip(
                "the miss in place of delta",
                lambda q: q.W2[0, 0] * _miss(q) * q.slope1[0],
                "You carried the miss, a − y, back. What travels is delta, which has the slope of the output in it.",
            ),
            Slip(
                "z in the short form",
                lambda q: q.da1[0] * q.z1[0] * (1 - q.z1[0]),
                "You put z into the short form of the slope. It is a(1 − a), with the activation.",
            ),
            Slip(
                "divided by the weight",
                lambda q: q.delta2[0] / q.W2[0, 0] * q.slope1[0],
                "You divided by the weight. Nothing is undone on the way back: a sensitivity is passed on, multiplied.",
            ),
            Slip(
                "the weight of the other unit",
                lambda q: q.W2[0, 1] * q.delta2[0] * q.slope1[0],
                "You went back through the weight of hidden unit 2.",
            ),
            Slip(
                "the slope of the output",
                lambda q: q.da1[0] * q.slope2[0],
                "You took the slope of the output once more. Each unit has its own.",
            ),
        ),
    ),
    Asked(
        "dW1",
        (0, 1),
        r"\partial C/\partial W^{(1)}_{12}",
        "how much the loss changes with the weight from input 2 to hidden unit 1",
        (
            Slip(
                "indices exchanged",
                lambda q: q.dW1[1, 0],
                "You took the weight from input 1 to hidden unit 2. The first index is the unit where the weight "
                "arrives, the second the input it comes from.",
            ),
            Slip(
                "delta alone",
                lambda q: q.delta1[0],
                "You stopped at delta. A weight acts on z only as much as its input is large.",
            ),
            Slip(
                "times the activation of the unit",
                lambda q: q.delta1[0] * q.a1[0],
                "You multiplied by what the unit sends on. The weight was multiplied by what comes in.",
            ),
            Slip(
                "delta of the output",
                lambda q: q.delta2[0] * q.x[1],
                "You took delta of the output. This weight arrives at hidden unit 1, so its delta counts.",
            ),
            Slip(
                "without the hidden slope",
                lambda q: q.da1[0] * q.x[1],
                "The slope of the hidden sigmoid is missing: start from delta of the hidden unit.",
            ),
        ),
    ),
    Asked(
        "db1",
        (0,),
        r"\partial C/\partial b^{(1)}_1",
        "how much the loss changes with the bias of hidden unit 1",
        (
            Slip(
                "times the bias",
                lambda q: q.delta1[0] * q.b1[0],
                "You multiplied by the bias. It is a weight whose input is always 1.",
            ),
            Slip(
                "summed over the units",
                lambda q: q.delta1.sum(),
                "You added up both hidden units. Each has a bias of its own; one adds up over examples, not over "
                "units.",
            ),
            Slip(
                "delta of the output",
                lambda q: q.delta2[0],
                "That is the gradient of the output's bias. This bias belongs to hidden unit 1.",
            ),
            Slip(
                "without the slope",
                lambda q: q.da1[0],
                "That is the gradient of what the unit sends on. The bias acts before the sigmoid, so its slope "
                "counts.",
            ),
        ),
    ),
    Asked(
        "new_W2",
        (0, 0),
        r"W^{(2)}_{\text{new},11}",
        "the weight from hidden unit 1 to the output, after the step",
        (
            Slip(
                "uphill",
                lambda q: 2 * q.W2[0, 0] - q.new_W2[0, 0],
                "You added. The gradient points to where the loss grows; the step goes against it.",
            ),
            Slip(
                "without the learning rate",
                lambda q: q.W2[0, 0] - q.dW2[0, 0],
                "You took the whole gradient as the step. The learning rate makes it small.",
            ),
            Slip(
                "the step alone",
                lambda q: q.new_W2[0, 0] - q.W2[0, 0],
                "That is the step. The new weight is where it leads to.",
            ),
            Slip(
                "the old weight",
                lambda q: q.W2[0, 0],
                "That is the old weight. Backpropagation only finds the gradient; now the step is taken.",
            ),
            Slip(
                "the gradient",
                lambda q: q.dW2[0, 0],
                "That is the gradient. Backpropagation has done its part; the step is still to be taken.",
            ),
        ),
        digits=5,
    ),
    Asked(
        "new_W1",
        (0, 1),
        r"W^{(1)}_{\text{new},12}",
        "the weight from input 2 to hidden unit 1, after the step",
        (
            Slip(
                "uphill",
                lambda q: 2 * q.W1[0, 1] - q.new_W1[0, 1],
                "You added. The gradient points to where the loss grows; the step goes against it.",
            ),
            Slip(
                "without the learning rate",
                lambda q: q.W1[0, 1] - q.dW1[0, 1],
                "You took the whole gradient as the step. The learning rate makes it small.",
            ),
            Slip(
                "the step of the other weight",
                lambda q: q.W1[0, 1] + q.new_W1[0, 0] - q.W1[0, 0],
                "You took the gradient of the weight from input 1. Each weight has its own.",
            ),
            Slip(
                "the old weight",
                lambda q: q.W1[0, 1],
                "That is the old weight. Its step is small, but it is one: the input is small, and so is the "
                "learning rate.",
            ),
            Slip(
                "the step alone",
                lambda q: q.new_W1[0, 1] - q.W1[0, 1],
                "That is the step. The new weight is where it leads to.",
            ),
        ),
        digits=7,
    ),
)
