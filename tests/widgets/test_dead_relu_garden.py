"""Promise: the garden shows the units of the network that is trained; a dead unit stays dead where its inputs stay."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from backprop_lab import Network, measure_gradient_flow
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK
from backprop_lab.optimizers import GradientDescent, Momentum
from backprop_lab.widgets import dead_relu_garden
from backprop_lab.widgets.dead_relu_garden import STEPS, STORIES, UNITS, start, two_rings
from frames import numbers, pictures, sentence, value_cells
from interactives import walk
from written import read

NAMES = list(STORIES)
LARGE, DEEP = "large steps: rate 10", "2nd hidden layer, biases −1"
RELU, LEAKY = range(2)


@cache
def player():
    return dead_relu_garden()


def shown(story: str, unit: int, step: int) -> str:
    return player().shown(NAMES.index(story), unit, STEPS.index(step))


@cache
def history(story: str, unit: int) -> list[tuple[np.ndarray, np.ndarray, float, float]]:
    """Train step by step, by hand; return shares, gradients' sizes, loss and the library's share of dead, each step."""
    about, (x, y) = STORIES[story], two_rings()
    network = start(about, list(UNITS.values())[unit])
    states = []
    for step in range(STEPS[-1] + 1):
        _, caches = network.forward(x)
        gradients = network.gradients(x, y)
        here = gradients[about.layer]
        sizes = np.sqrt((here.dW**2).sum(axis=1) + here.db**2)
        dead = measure_gradient_flow(network, x, y).dead[about.layer]
        states.append(((caches[about.layer].z > 0).mean(axis=0), sizes, network.loss(x, y), dead))
        network.parameters -= (about.first if step == 0 else about.rate) * gradients.vector
    return states


@pytest.mark.parametrize("unit", [RELU, LEAKY])
@pytest.mark.parametrize("story", NAMES)
def test_every_frame_shows_the_network_after_so_many_steps(story, unit):
    states, asleep_before, returned = history(story, unit), np.zeros(16, bool), np.zeros(16, bool)
    for step, (share, sizes, loss, dead) in enumerate(states):
        returned |= asleep_before & (share > 0)
        asleep_before = share == 0
        if step not in STEPS:
            continue
        html = shown(story, unit, step)
        cells = [read(cell) for cell in value_cells(html)]
        assert cells[:3] == [(share == 0).sum(), 16 * dead, returned.sum()]
        assert cells[3] == pytest.approx(loss, rel=6e-3)
        written = [t for t in pictures(html)[0].iter("text")][4:]
        in_blue = [read(t.text) for t in written if FORWARD_INK in t.get("style")]
        in_red = [read(t.text) for t in written if BACKWARD_INK in t.get("style")]
        assert in_blue == pytest.approx(share, abs=0.0051)
        assert in_red == pytest.approx(sizes, rel=0.06)
        asleep = [(share == 0).sum()] if (share == 0).any() else []
        assert numbers(sentence(html))[: 2 + len(asleep)] == [step, *asleep, 16]
        assert ("no example activates" in sentence(html)) == bool(asleep)


@pytest.mark.parametrize("story", NAMES)
def test_what_the_library_calls_dead_are_the_relu_units_that_no_example_activates(story):
    for share, sizes, _, dead in history(story, RELU):
        assert 16 * dead == (share == 0).sum() == (sizes == 0).sum()
    for _, sizes, _, dead in history(story, LEAKY):
        assert dead == 0
        assert (sizes > 0).all()


def test_the_right_prediction_is_right_for_every_training_of_one_hidden_layer():
    for story in NAMES:
        if STORIES[story].layer:
            continue
        shares = np.array([state[0] for state in history(story, RELU)])
        assert (np.diff((shares == 0).astype(int), axis=0) >= 0).all()


def test_a_dead_unit_stays_where_it_is_at_any_learning_rate():
    x, y = two_rings()
    network = start(STORIES["biases from −2, rate 0.5"], "relu")
    dead = (network.forward(x)[1][0].z <= 0).all(axis=0)
    gradient = network.gradients(x, y)[0]
    assert dead.sum() >= 5
    assert not gradient.dW[dead].any()
    assert not gradient.db[dead].any()


def test_dead_for_good_holds_for_plain_gradient_descent_and_that_is_said():
    """Weight decay or momentum that is left over moves a weight without a gradient."""
    question = next(v for c in walk(dead_relu_garden()) if "dead for good" in (v := str(getattr(c, "value", ""))))
    assert "Weight decay, or momentum left over, could" in question
    weights = np.ones(1)
    momentum = Momentum(0.1)
    momentum.step(weights, np.ones(1))
    before = weights.copy()
    momentum.step(weights, np.zeros(1))
    assert weights != before
    plain = GradientDescent(0.1)
    plain.step(weights, np.zeros(1))
    assert weights == before - 0.1 * 0.9


def test_what_there_is_to_find_can_be_found():
    """Large steps kill every ReLU unit; leaky ones come back; dead ReLU ones only in a second hidden layer."""
    assert [read(cell) for cell in value_cells(shown(LARGE, RELU, 400))][:3] == [16, 16, 0]
    assert "same answer whatever it is shown" in sentence(shown(LARGE, RELU, 400))
    asleep, dead, returned, loss = (read(cell) for cell in value_cells(shown(LARGE, LEAKY, 400)))
    assert asleep <= 12
    assert dead == 0
    assert returned >= 4
    assert loss < 0.01 < 0.5 < read(value_cells(shown(LARGE, RELU, 400))[3])
    came_back = {story: read(value_cells(shown(story, RELU, 400))[2]) for story in NAMES}
    assert came_back.pop(DEEP) >= 3
    assert set(came_back.values()) == {0}
    assert "the layer below learns" in sentence(shown(DEEP, RELU, 400))


def test_one_large_step_kills_several_at_once():
    assert read(value_cells(shown("one step at 60, then rate 0.5", RELU, 0))[1]) == 0
    assert read(value_cells(shown("one step at 60, then rate 0.5", RELU, 1))[1]) >= 4


def test_an_all_dead_network_gives_one_answer():
    about, (x, y) = STORIES[LARGE], two_rings()
    network: Network = start(about, "relu")
    for _ in range(50):
        network.parameters -= about.rate * network.gradients(x, y).vector
    assert np.ptp(network.predict(x)) == 0


def test_it_starts_where_a_unit_has_just_died():
    places = [control.index for control in player().controls]
    assert read(value_cells(player().shown(*places))[1]) >= 1
    assert read(value_cells(player().shown(*places[:2], places[2] - 1))[1]) == 0


def test_the_curve_of_what_is_still_to_come_is_not_drawn():
    for place, step in enumerate(STEPS):
        picture = pictures(shown(LARGE, RELU, step))[1]
        lines = [len(line.get("points").split()) for line in picture.iter("polyline")]
        assert lines == ([place + 1] * 2 if place else [])
        assert f"{STEPS[place]}; {LARGE}" in picture.get("aria-label")


def test_the_curve_counts_both_kinds_of_units():
    html = shown(LARGE, LEAKY, 400)
    relu, leaky = (
        [float(p.split(",")[1]) for p in line.get("points").split()] for line in pictures(html)[1].iter("polyline")
    )
    counts = [[(history(LARGE, unit)[step][0] == 0).sum() for step in STEPS] for unit in (RELU, LEAKY)]
    per_unit = (relu[0] - relu[-1]) / (counts[0][-1] - counts[0][0])
    for line, count in zip((relu, leaky), counts, strict=True):
        assert [relu[0] - y for y in line] == pytest.approx([per_unit * (n - counts[0][0]) for n in count], abs=0.15)
