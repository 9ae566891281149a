"""Judge the second repair: a hidden layer that starts at zero under ReLU, and so never gets a gradient.

The reader's function builds a network from its widths and a generator. It is judged by what the network does: it is
trained on classes that no straight cut separates, and has to learn them. Where it does not, the flow of its gradient
says why. And where it does, no hidden layer may still start at zero, or much smaller than the others: something else
has then woken it, and the cause stands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_lab.activations import relu
from backprop_lab.arrays import Array
from backprop_lab.course.calling import call, no_function
from backprop_lab.course.reading import Rejected, describe, is_missing
from backprop_lab.course.verdict import CheckerError, Verdict, wrong
from backprop_lab.gradient_flow import GradientFlow, measure_gradient_flow
from backprop_lab.network import Network

__all__ = ["LEARNING_RATE", "judge", "reference"]

LEARNING_RATE = 0.2  # as published
SIZES = ((40, 24, 20, 3), (30, 20, 24, 4), (24, 24, 32, 20, 3))
RATE, STEPS = 0.5, 150  # of the check
MUCH_SMALLER = 0.4  # of the largest scale of a hidden layer; scale is the spread of the weights times sqrt(n_in)
LEARNED = 0.5  # of the loss of a network that knows nothing; right ones come below 0.02


@dataclass(frozen=True)
class Trial:
    """One network, before and after training.

    Attributes
    ----------
    matrices : list of arrays
        [W | b] of each layer, before.
    first, last : float
        The loss before and after, in units of that of equal shares for all classes; infinite where values overflow.
    start : GradientFlow
        Before.
    hidden : tuple of str
        The activations of the hidden layers.
    """

    matrices: list[Array]
    first: float
    last: float
    start: GradientFlow
    hidden: tuple[str, ...]

    @property
    def learned(self) -> bool:
        """Whether it tells the classes apart."""
        return self.last < LEARNED


def reference(sizes: tuple[int, ...], rng: np.random.Generator) -> Network:
    """Return a network that learns."""
    return Network(
        sizes, hidden="relu", output="softmax", loss="categorical_cross_entropy", initialization="he", seed=rng
    )


def examples(rng: np.random.Generator, n_in: int, classes: int, N: int = 120) -> tuple[Array, Array]:
    """Return two clusters for each class, on opposite sides of the origin: no straight cut separates them."""
    centers = rng.standard_normal((classes, n_in))
    labels = np.arange(N) % classes
    x = rng.choice([-1.0, 1.0], N)[:, np.newaxis] * centers[labels] + 0.3 * rng.standard_normal((N, n_in))
    return x, np.eye(classes)[labels]


def judge(answer: Any, seed: int, *, learning_rate: float = LEARNING_RATE) -> Verdict:
    """Return the verdict on a repaired `build`.

    Parameters
    ----------
    answer : callable
        (sizes, rng) to a `Network` with softmax and categorical cross-entropy.
    seed : int
        Where the draws start.
    learning_rate : float
        What the reader trains with now, to name the thought where it was raised. The check trains with its own.
    """
    if refused := no_function(answer):
        return refused
    try:
        trials = [_trial(_built(answer, sizes, seed), sizes, seed) for sizes in SIZES]
    except Rejected as rejected:
        return rejected.verdict
    for trial in trials:
        if all(name == "identity" for name in trial.hidden):
            return wrong(
                "linear",
                "You took the activation out. Every layer gets a gradient now, but without a bend between them all "
                "layers together are one affine map, and most problems need more.",
            )
        if l := _alike(trial):
            return wrong(
                "copies",
                f"Layer {l} is awake, but all its units start alike. They compute the same, and as long as nothing "
                "else tells them apart they stay copies: the layer counts as one unit. That they part is then luck. "
                "Let chance draw each weight of its own.",
            )
    for sizes, trial in zip(SIZES, trials, strict=True):
        if not trial.learned:
            if not _trial(reference(sizes, np.random.default_rng(seed)), sizes, seed).learned:
                raise CheckerError("a network that is right does not learn these examples")
            verdict = _diagnosis(trial, learning_rate > LEARNING_RATE)
            if len(sizes) == len(SIZES[0]):
                return verdict
            says = (
                f"With {len(SIZES[0]) - 1} layers your network learns, with {len(sizes) - 1} it does not. In "
                f"{'-'.join(map(str, sizes))}: {verdict.message}"
            )
            return wrong(verdict.mistake, says)
    return next(filter(None, map(_worked_around, trials)), Verdict(1))


def _worked_around(trial: Trial) -> Verdict | None:
    """Find a hidden layer that learns, though what put it to sleep is still in the code."""
    hidden = trial.matrices[:-1]
    scales = [matrix[:, :-1].std() * math.sqrt(matrix.shape[1] - 1) for matrix in hidden]
    for l in range(len(hidden), 0, -1):
        where = f"layer {l} of {len(hidden) + 1}, {_place(l, len(hidden))},"
        if not hidden[l - 1][:, :-1].any():
            changed = next((name for name in trial.hidden if name != relu.name), "")
            waker = "the other thing that you changed"
            if changed:
                waker = f"{changed} in the place of ReLU"
            elif hidden[l - 1][:, -1].any():
                waker = "a bias that does not start at zero"
            return wrong(
                "worked-around",
                f"It learns, but the cause stands: the weights of {where} still start at zero. What wakes them is "
                f"{waker}. Which layer was meant to start at zero?",
            )
        if scales[l - 1] < MUCH_SMALLER * max(scales):
            return wrong(
                "worked-around",
                f"It learns, but the cause stands: the weights of {where} start much smaller than those of the other "
                "hidden layers. The line that was meant for another layer still meets this one. Which was meant?",
            )
    return None


def _place(l: int, n_hidden: int) -> str:
    return "the layer below the output" if l == n_hidden else "a hidden layer"


def _built(answer: Any, sizes: tuple[int, ...], seed: int) -> Network:
    """Return the reader's network, or reject what is none of these widths."""
    network = call(answer, list(sizes), np.random.default_rng(seed))
    if is_missing(network):
        raise Rejected(wrong("nothing-returned", "Your function returns nothing: is there a return at its end?"))
    if not isinstance(network, Network):
        raise Rejected(wrong("type", f"Expected a Network, got {describe(network)}."))
    if network.sizes != sizes:
        widths = "-".join(map(str, network.sizes))
        if len(network.sizes) < len(sizes):
            says = (
                f"Asked for {len(sizes) - 1} layers, your function built {widths}: a layer that is taken out can't be "
                "dead, but the network is another one then. Repair the layer."
            )
            raise Rejected(wrong("layer-removed", says))
        raise Rejected(
            wrong("shape", f"Asked for the widths {'-'.join(map(str, sizes))}, your function built {widths}.")
        )
    if network.activations[-1].name != "softmax" or network.loss_function.name != "categorical_cross_entropy":
        raise Rejected(wrong("output", "The output is no longer softmax with categorical cross-entropy; it was well."))
    return network


def _trial(network: Network, sizes: tuple[int, ...], seed: int) -> Trial:
    x, y = examples(np.random.default_rng([seed, len(sizes)]), sizes[0], sizes[-1])
    x, y = x.astype(network.parameters.dtype), y.astype(network.parameters.dtype)
    matrices = [layer.matrix.copy() for layer in network.layers]
    nothing = math.log(sizes[-1])
    last = math.inf
    with np.errstate(all="ignore"):
        first, start = network.loss(x, y) / nothing, measure_gradient_flow(network, x, y)
        for _ in range(STEPS):
            vector = network.parameters - RATE * network.gradients(x, y).vector
            if not np.isfinite(vector).all():
                break
            network.parameters = vector
        else:
            last = network.loss(x, y) / nothing
    return Trial(matrices, first, last, start, tuple(f.name for f in network.activations[:-1]))


def _alike(trial: Trial) -> int:
    """Return the number of a hidden layer whose units start as copies, though not at zero, or 0."""
    for l, matrix in enumerate(trial.matrices[:-1], start=1):
        if len(matrix) > 1 and matrix[:, :-1].any() and np.ptp(matrix, axis=0).max() == 0:
            return l
    return 0


def _diagnosis(trial: Trial, raised: bool) -> Verdict:
    """Say why a network did not learn."""
    hidden = trial.matrices[:-1]
    for l in range(len(hidden), 0, -1):
        if trial.start.dead[l - 1] == 1:
            return _dead(l, hidden[l - 1], len(hidden), raised)
    if math.isinf(trial.last) or trial.first > 5:
        return wrong(
            "too-large",
            "The layer is awake, but its weights start so large that values grow from layer to layer: the first loss "
            "is far above that of pure guessing, and training does not recover. Ask how z grows with the number of "
            "inputs.",
        )
    changed = next((name for name in trial.hidden if name != relu.name), "")
    if changed:
        return wrong(
            "activation",
            f"With {changed} in the place of ReLU some gradient comes through, but too little to learn in good time. "
            "The activation was not the cause: look at where the weights start.",
        )
    if any(matrix[:, :-1].std() < 0.2 / math.sqrt(matrix.shape[1]) for matrix in hidden):
        return wrong(
            "too-small",
            "No longer zero, but so small that each layer passes on a tiny share of its values and of its gradient: "
            "training waits on a plateau. Ask which size keeps z as large as its inputs.",
        )
    if any(matrix[:, -1].mean() < -0.5 for matrix in hidden):
        return wrong(
            "dead-bias",
            "Some units wake, many never do: their biases start so far below zero that z stays negative at nearly "
            "every example, and ReLU lets no gradient through there.",
        )
    return wrong("unknown", "It does not learn yet, and the reason is not one that I recognise. Print the flow again.")


def _dead(l: int, matrix: Array, n_hidden: int, raised: bool) -> Verdict:
    W, b = matrix[:, :-1], matrix[:, -1]
    if raised:
        return wrong(
            "learning-rate",
            f"You raised the learning rate, and layer {l} is as dead as before. Its gradient is not small, it is 0: a "
            "step is the rate times the gradient, and any rate times 0 is 0.",
        )
    if W.any() and b.max() < 0:
        return wrong(
            "dead-bias",
            f"Layer {l} is dead: its biases start so far below zero that z is negative at every example. ReLU passes "
            "on 0 there, and its slope is 0, so that no gradient ever moves these biases.",
        )
    if W.any():
        return wrong("dead", f"Layer {l} is dead: no z of it is above 0 at any example. Print its z.")
    return wrong(
        "dead",
        f"Layer {l}, {_place(l, n_hidden)}, is dead: its weights are all 0, so z is 0 at every example, and there the "
        "slope of ReLU is 0. No gradient comes through, to this layer or to those below it; and the layer above sees "
        "only zeros.",
    )
