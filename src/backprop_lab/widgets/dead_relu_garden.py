"""Dead ReLU garden: which units of a hidden layer no example activates any more, and whether they come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.figures.diagram import FORWARD_INK, INK, THIRD_INK
from backprop_lab.figures.garden import Plant, garden
from backprop_lab.figures.plot import Dot, Line, plot
from backprop_lab.figures.powers import in_powers
from backprop_lab.gradient_flow import measure_gradient_flow
from backprop_lab.network import Network
from backprop_lab.training import History, train
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Menu, Question, Slider

__all__ = ["STEPS", "STORIES", "UNITS", "Story", "dead_relu_garden", "start", "two_rings"]

STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 400)
UNITS = {"ReLU": "relu", "leaky ReLU": "leaky_relu"}
SIZE = 16


@dataclass(frozen=True)
class Story:
    """How a network starts and is trained.

    Attributes
    ----------
    first, rate : float
        Learning rate of the first step, and of all others.
    bias : float
        Where the biases of the layer that is shown start.
    sizes : tuple of int
    layer : int
        The layer that is shown, counted from 0.
    seed : int
    """

    first: float
    rate: float
    bias: float = 0.0
    sizes: tuple[int, ...] = (2, SIZE, 1)
    layer: int = 0
    seed: int = 2


STORIES = {
    "small steps: rate 0.5": Story(0.5, 0.5),
    "one step at 60, then rate 0.5": Story(60.0, 0.5),
    "large steps: rate 10": Story(10.0, 10.0),
    "biases from −2, rate 0.5": Story(0.5, 0.5, bias=-2.0),
    "2nd hidden layer, biases −1": Story(0.5, 0.5, bias=-1.0, sizes=(2, 8, SIZE, 1), layer=1, seed=1),
}


@dataclass(frozen=True)
class State:
    """The garden after some steps: loss, the plants, the share that the library calls dead, units that came back."""

    loss: float
    plants: tuple[Plant, ...]
    dead: int
    returned: int

    @property
    def asleep(self) -> int:
        """How many units no example activates."""
        return sum(plant.share == 0 for plant in self.plants)


def two_rings(n: int = 40, seed: int = 0) -> tuple[Array, Array]:
    """Return points of an inner ring, y = 0, and of an outer one, y = 1: x (n, 2) and y (n, 1)."""
    rng = np.random.default_rng(seed)
    outer = np.arange(n) % 2
    radius, angle = np.where(outer, 1.6, 0.6), rng.uniform(0, 2 * np.pi, n)
    x = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + 0.1 * rng.standard_normal((n, 2))
    return x, outer[:, np.newaxis].astype(float)


def start(story: Story, units: str) -> Network:
    """Return the network of a story before its first step; `units` is "relu" or "leaky_relu"."""
    network = Network(story.sizes, hidden=units, loss="binary_cross_entropy", initialization="he", seed=story.seed)
    network.layers[story.layer].b[...] = story.bias
    return network


def dead_relu_garden() -> FramePlayer:
    """Return the interactive: a hidden layer of 16 units that learns to tell two rings apart."""
    x, y = two_rings()
    stories, units = list(STORIES), list(UNITS)
    runs = {(story, unit): _run(STORIES[story], UNITS[unit], x, y) for story in stories for unit in units}

    def frame(story: int, unit: int, place: int) -> Frame:
        both = {name: runs[stories[story], name] for name in units}
        return _frame(STORIES[stories[story]], stories[story], units[unit], place, both, len(x))

    return FramePlayer(
        "dead ReLU garden",
        frame,
        [
            Menu("training", stories, start=stories.index("large steps: rate 10")),
            Buttons("units", units),
            Slider("after step", [str(step) for step in STEPS], start=1, milliseconds=900),
        ],
        "With large steps, go on until step 400 with both kinds of unit. Then look for dead ReLU units that come back: "
        "there is one training in which some do. What moved?",
        predict=_question(),
        printed=(stories.index("large steps: rate 10"), 0, len(STEPS) - 1),
    )


def _run(story: Story, units: str, x: Array, y: Array) -> list[State]:
    """Train, and look at the garden at each of the steps."""
    network = start(story, units)
    asleep = np.zeros(SIZE, dtype=bool)
    returned = np.zeros(SIZE, dtype=bool)
    states: list[State] = []

    def look(network: Network, history: History | None = None) -> None:
        step = 0 if history is None else len(history.loss)
        nonlocal asleep
        _, caches = network.forward(x)
        share = (caches[story.layer].z > 0).mean(axis=0)
        returned[asleep & (share > 0)] = True
        asleep = share == 0
        if step in STEPS:
            gradient = network.backward(caches, y)[story.layer]
            sizes = np.linalg.norm(np.column_stack([gradient.dW, gradient.db]), axis=1)
            states.append(
                State(
                    loss=network.loss(x, y),
                    plants=tuple(Plant(float(s), float(g)) for s, g in zip(share, sizes, strict=True)),
                    dead=round(SIZE * float(measure_gradient_flow(network, x, y).dead[story.layer])),
                    returned=int(returned.sum()),
                )
            )

    look(network)
    train(network, x, y, epochs=STEPS[-1], learning_rate=partial(_rate, story), callbacks=[look])
    return states


def _rate(story: Story, step: int) -> float:
    return story.first if step == 0 else story.rate


def _frame(story: Story, name: str, unit: str, place: int, runs: dict[str, list[State]], examples: int) -> Frame:
    state, step = runs[unit][place], STEPS[place]
    shares = ", ".join(f"{100 * plant.share:.0f}%" for plant in state.plants)
    grows = garden(
        state.plants,
        f"{SIZE} {unit} units after step {step}; each is active for this share of the {examples} examples: {shares}. "
        f"{state.dead} are dead: marked with a cross.",
        title=f"{SIZE} {unit} units, step {step}",
    )
    rows = (
        ("units that no example activates", str(state.asleep)),
        ("of these dead: their gradient is exactly 0", str(state.dead)),
        ("units that came back so far", str(state.returned)),
        ("loss C", in_powers(state.loss)),
    )
    pictures = (grows, _over_time(name, unit, place, runs))
    return Frame(pictures, _sentence(story, unit, step, state), ("what is counted", "value"), rows)


def _sentence(story: Story, unit: str, step: int, state: State) -> str:
    if not state.asleep:
        return (
            f"After step {step}, each of the {SIZE} {unit} units is active for some example, and to each of them a "
            "gradient comes."
        )
    count = f"After step {step}, {_silent(state.asleep, unit)}."
    if unit != "ReLU":
        back = f" So far {state.returned} came back." if state.returned else ""
        return f"{count} A leaky unit has the slope 0.01 below zero: its gradient is small, but it is there.{back}"
    if state.asleep == SIZE:
        return (
            f"{count} The network gives the same answer whatever it is shown. Only the bias of the output still learns."
        )
    if story.layer:
        back = f"Yet {state.returned} came back so far" if state.returned else "They may come back, though"
        return f"{count} Their own weights get no gradient. {back}: the layer below learns, and moves their inputs."
    return f"{count} Their slope is 0, so no gradient reaches their weights, and nothing else moves their z."


def _silent(asleep: int, unit: str) -> str:
    if asleep == 1:
        return f"1 of {SIZE} {unit} units is silent: no example activates it"
    return f"{asleep} of {SIZE} {unit} units are silent: no example activates them"


def _over_time(name: str, unit: str, place: int, runs: dict[str, list[State]]) -> str:
    """Draw how many units no example activates, for both kinds, over the steps so far."""
    counts = {kind: [state.asleep for state in states[: place + 1]] for kind, states in runs.items()}
    places: Sequence[int] = range(place + 1)
    inks = dict(zip(runs, (FORWARD_INK, THIRD_INK), strict=True))
    told = "; ".join(f"{kind} {', '.join(map(str, values))}" for kind, values in counts.items())
    solid, dashed = counts
    return plot(
        [
            *[
                Line(places, values, inks[kind], dashes=() if kind == solid else (6, 4), dots=kind == solid)
                for kind, values in counts.items()
            ],
            Dot(place, counts[unit][place], INK, radius=6),
        ],
        f"Units that no example activates, at the steps {', '.join(map(str, STEPS[: place + 1]))}; {name}: {told}.",
        title="Units that no example activates",
        y_name=f"solid: {solid}, dashed: {dashed}",
        x_name="after step",
        x_range=(-0.4, len(STEPS) - 0.6),
        y_range=(-0.8, SIZE + 0.8),
        x_ticks=[(i, str(step)) for i, step in enumerate(STEPS)],
        height=250,
    )


def _question() -> Question:
    right = "it stays 0: the gradient of its weights and of its bias is exactly 0"
    return Question(
        "A network has one hidden layer. One of its ReLU units is 0 for every example. You go on with plain gradient "
        "descent on all examples. What becomes of this unit?",
        {
            "training wakes it up, since the loss could fall with its help": (
                r"The loss can't tell it so. What comes back to the unit is multiplied by its slope $f'(z)$, which is "
                "0 at every example."
            ),
            "its weights stand still, but its bias still learns and lifts it": (
                r"The gradient of the bias is the sum of the unit's $\delta$, and each $\delta$ is 0."
            ),
            "it comes back at a larger learning rate": "Any learning rate times 0 is 0.",
            right: (
                r"$\delta = \partial C / \partial a \cdot f'(z)$ is 0 at every example, and with it the gradients. The "
                "inputs of this layer are the data, which do not move either: it is dead for good. (Plain gradient "
                "descent has nothing else that moves weights. Weight decay, or momentum left over, could.)"
            ),
        },
        right,
    )
