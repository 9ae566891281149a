"""Every method beside backpropagation, on the same problem from the same start: what it reaches and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from backprop_lab.arrays import Array, choose
from backprop_lab.beyond.credit import as_list
from backprop_lab.beyond.descent import Run, shown, train_by_backpropagation
from backprop_lab.beyond.evolution_strategies import train_by_evolution_strategies
from backprop_lab.beyond.feedback_alignment import train_by_direct_feedback_alignment, train_by_feedback_alignment
from backprop_lab.beyond.forward_forward import ForwardForwardNetwork, train_by_forward_forward
from backprop_lab.beyond.hebbian import train_by_hebbian_rule
from backprop_lab.beyond.levenberg_marquardt import train_by_levenberg_marquardt
from backprop_lab.beyond.problems import Problem, problem
from backprop_lab.beyond.synthetic_gradients import train_by_synthetic_gradients
from backprop_lab.training import accuracy

__all__ = ["METHODS", "Method", "Result", "compare", "run"]

Trained = tuple[Run, Callable[[Array], Array] | None]  # and how the result predicts, where it does


@dataclass(frozen=True, eq=False, repr=False)
class Method:
    """A way to learn.

    Attributes
    ----------
    learns_from : str
        What a hidden layer is told.
    source : str
        Author and year.
    train : callable
        (problem, seed, **settings) to the run and what predicts afterwards.
    settings : dict
        By problem, the arguments that it is run with there. It can't be run on others.
    """

    learns_from: str
    source: str
    train: Callable[..., Trained]
    settings: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Result:
    """What one method reached on one problem, and its cost.

    Attributes
    ----------
    loss : float
        At the end, on the training examples. For forward-forward it is the sum of its layers' own losses, which says
        nothing beside the others'.
    accuracy : float or None
        From 0 to 1, on held-out digits and on all of xor; None where there are no classes.
    forward, backward : int
        Passes of one example through the network in training.
    run : Run
        The whole history.
    """

    method: str
    problem: str
    loss: float
    accuracy: float | None
    forward: int
    backward: int
    run: Run

    def __repr__(self) -> str:
        right = "" if self.accuracy is None else f"{self.accuracy:.0%} right, "
        passes = f"{self.forward:,} forward and {self.backward:,} backward passes"
        return f"{self.method} on {self.problem}: loss {shown(self.loss)}, {right}{passes}"


def run(method: str, on: str | Problem, *, seed: int = 0, **changes: Any) -> Result:
    """Train by one method on one problem.

    Parameters
    ----------
    method : str
        A name in `METHODS`.
    on : str or Problem
        A problem that the method has settings for.
    seed : int
        For the first weights and whatever else is drawn.
    **changes
        Arguments of the method's `train_by_...` function in place of those that it is run with here.

    Raises
    ------
    TypeError
        If the method has no argument of that name.
    ValueError
        If there is no such method or problem, or the method is not for this problem; the message lists those that are.

    Examples
    --------
    >>> run("Levenberg-Marquardt", "xor").accuracy
    1.0
    """
    chosen, on = choose("method", method, METHODS), problem(on)
    settings = choose(f"problem for {method}", on.name, chosen.settings)
    history, predict = chosen.train(on, seed, **settings | changes)
    right = accuracy(predict(on.x_test), on.y_test) if predict and on.classes else None
    return Result(method, on.name, history.loss[-1], right, history.forward, history.backward, history)


def compare(on: str | Problem, *, methods: Sequence[str] | None = None, seed: int = 0) -> tuple[Result, ...]:
    """Train by several methods from the same start.

    Parameters
    ----------
    on : str or Problem
    methods : sequence of str, optional
        Names in `METHODS`. Default: all that have settings for the problem, backpropagation first.
    seed : int
        The same for all.

    Raises
    ------
    ValueError
        As `run` does.
    """
    on = problem(on)
    names = [name for name, method in METHODS.items() if on.name in method.settings] if methods is None else methods
    return tuple(run(name, on, seed=seed) for name in as_list("methods", names, "a list of names"))


def _network(train: Callable[..., Run]) -> Callable[..., Trained]:
    def trained(problem: Problem, seed: int, **settings: Any) -> Trained:
        network = problem.network(seed)
        return train(network, problem.x, problem.y, seed=seed, **settings), network.predict

    return trained


def _levenberg_marquardt(problem: Problem, seed: int, **settings: Any) -> Trained:
    network = problem.network(seed)  # the method itself draws nothing
    return train_by_levenberg_marquardt(network, problem.x, problem.y, **settings), network.predict


def _forward_forward(problem: Problem, seed: int, **settings: Any) -> Trained:
    network = ForwardForwardNetwork.random(problem.sizes[0], (64, 64), problem.sizes[-1], seed)
    return train_by_forward_forward(network, problem.x, problem.y, seed=seed, **settings), network.predict


def _hebbian(problem: Problem, seed: int, **settings: Any) -> Trained:
    return train_by_hebbian_rule(problem.x, seed=seed, **settings), None


_DESCENT = {
    "xor": {"epochs": 1000, "learning_rate": 1.0},
    "fit": {"epochs": 1000, "learning_rate": 0.2},
    "digits": {"epochs": 15, "learning_rate": 0.2, "batch_size": 32},
}

METHODS: dict[str, Method] = {
    "backpropagation": Method(
        "delta of the layer above, through its weights",
        "Rumelhart, Hinton and Williams 1986",
        _network(train_by_backpropagation),
        _DESCENT | {"component": {"epochs": 15, "learning_rate": 0.2, "batch_size": 32}},
    ),
    "Levenberg-Marquardt": Method(
        "the Jacobian by backpropagation, and the curvature it implies",
        "Levenberg 1944, Marquardt 1963",
        _levenberg_marquardt,
        {"xor": {"steps": 30}, "fit": {"steps": 30}},
    ),
    "synthetic gradients": Method(
        "a prediction of its gradient from its own activation and the target",
        "Jaderberg et al. 2017",
        _network(train_by_synthetic_gradients),
        _DESCENT,
    ),
    "feedback alignment": Method(
        "delta of the layer above, through a fixed random matrix",
        "Lillicrap et al. 2016",
        _network(train_by_feedback_alignment),
        _DESCENT,
    ),
    "direct feedback alignment": Method(
        "delta of the output, through a fixed random matrix",
        "Nøkland 2016",
        _network(train_by_direct_feedback_alignment),
        {"digits": _DESCENT["digits"]},  # with one hidden layer it is feedback alignment
    ),
    "forward-forward": Method(
        "its own goodness on real and on false examples",
        "Hinton 2022",
        _forward_forward,
        {"digits": {"epochs": 20, "learning_rate": 0.03, "batch_size": 16}},
    ),
    "evolution strategies": Method(
        "the loss of the whole network, perturbed",
        "Rechenberg 1973, Salimans et al. 2017",
        _network(train_by_evolution_strategies),
        {
            "xor": _DESCENT["xor"] | {"pairs": 8},
            "fit": _DESCENT["fit"] | {"pairs": 8},
            "digits": {"epochs": 6, "learning_rate": 0.1, "batch_size": 64, "pairs": 32},
        },
    ),
    "Oja's rule": Method(
        "nothing but its input and its own activity",
        "Oja 1982",
        _hebbian,
        {"component": {"epochs": 15, "learning_rate": 0.03}},
    ),
}
