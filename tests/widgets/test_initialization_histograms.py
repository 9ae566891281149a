"""Promise: bars, outlines and spreads are those of the activations and deltas of the network that is described."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from backprop_lab import Network
from backprop_lab.initialization import he, normal, xavier, zeros
from backprop_lab.widgets import initialization_histograms
from backprop_lab.widgets.initialization_histograms import BINS, INITIALIZATIONS, LAYERS, UNITS, examples, network
from frames import pictures, sentence, texts, value_cells
from written import read

DRAWS, KINDS = list(INITIALIZATIONS), list(UNITS)
WEIGHTS = dict(zip(DRAWS, (zeros, normal(scale=0.01), xavier, he, normal(scale=1.0)), strict=True))


@cache
def player():
    return initialization_histograms()


def shown(draw: str, unit: str, layer: int) -> str:
    return player().shown(DRAWS.index(draw), KINDS.index(unit), layer - 1)


@cache
def truth(draw: str, unit: str) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return a, delta and slope of each hidden layer, with both passes written out."""
    x, y = examples()
    network = Network(
        [100] * 7 + [10],
        hidden=UNITS[unit],
        output="softmax",
        loss="categorical_cross_entropy",
        initialization=WEIGHTS[draw],
        seed=0,
    )
    f = {"tanh": np.tanh, "ReLU": lambda z: np.maximum(z, 0), "sigmoid": lambda z: 1 / (1 + np.exp(-z))}[unit]
    slope = {"tanh": lambda a: 1 - a**2, "ReLU": lambda a: 1.0 * (a > 0), "sigmoid": lambda a: a * (1 - a)}[unit]
    activations = [x]
    for layer in network.layers[:-1]:
        activations.append(f(activations[-1] @ layer.W.T))
    z = activations[-1] @ network.layers[-1].W.T
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    delta, found = (powers / powers.sum(axis=1, keepdims=True) - y) / len(x), []
    for above, a in zip(reversed(network.layers[1:]), reversed(activations[1:]), strict=True):
        delta = (delta @ above.W) * slope(a)
        found.append((a, delta, slope(a)))
    return found[::-1]


def every():
    return [(draw, unit) for draw in DRAWS for unit in KINDS]


@pytest.mark.parametrize(("draw", "unit"), every())
def test_the_table_says_the_spreads_of_every_layer(draw, unit):
    layers = truth(draw, unit)
    of_a, of_delta = ([np.std(layer[i]) for layer in layers] for i in (0, 1))
    largest = {"tanh": 1, "ReLU": 1, "sigmoid": 0.25}[unit]
    for number, (a, delta, slope) in enumerate(layers, start=1):
        html = shown(draw, unit, number)
        cells = value_cells(html)
        assert [read(cell) for cell in cells[:2]] == pytest.approx([a.std(), delta.std()], rel=6e-3)
        assert read(cells[4]) == pytest.approx((slope < largest / 20).mean(), abs=0.0051)
        if draw == "zeros":
            assert cells[3] == "0 ÷ 0"
            assert "exactly 0" in sentence(html)
            continue
        ratios = [of_a[-1] / of_a[0], of_delta[0] / of_delta[-1]]
        assert [read(cell) for cell in cells[2:4]] == pytest.approx(ratios, rel=6e-3)
        said = [read(word.strip(".;:,")) for word in sentence(html).split(" ") if word[:1].isdigit()]
        assert said == pytest.approx([number, LAYERS, a.std(), delta.std(), *ratios], rel=0.06)


def heights(picture, bottom_label="0", top_label="0.5") -> tuple[float, float]:
    """Return the pixels of 0 and of 0.5 on the vertical axis."""
    places = {t.text: float(t.get("y")) - 4 for t in picture.iter("text") if t.get("text-anchor") == "end"}
    return places[bottom_label], places[top_label]


@pytest.mark.parametrize(("draw", "unit"), every())
def test_the_bars_hold_the_share_of_the_activations_between_their_edges(draw, unit):
    layers = truth(draw, unit)
    low, high = {"tanh": (-1, 1), "sigmoid": (0, 1), "ReLU": (0, None)}[unit]
    for number in (1, LAYERS):
        picture = pictures(shown(draw, unit, number))[0]
        if high is None:
            label = picture.get("aria-label").rstrip(".")
            high = read(label.rpartition(" to ")[2])
            assert high >= 3 * max(a.std() for a, _, _ in layers) * 0.99
        zero, half = heights(picture)
        bars = [float(rect.get("height")) for rect in picture.iter("rect") if "bl-forward" in rect.get("style")]
        shares = np.histogram(layers[number - 1][0].clip(low, high), BINS, (low, high))[0] / layers[number - 1][0].size
        assert [bar * 0.5 / (zero - half) for bar in bars] == pytest.approx(shares, abs=0.002)


@pytest.mark.parametrize(("draw", "unit"), every())
def test_the_outline_is_the_histogram_of_the_deltas_on_the_same_axis_in_every_layer(draw, unit):
    layers = truth(draw, unit)
    reaches = set()
    for number in range(1, LAYERS + 1):
        picture = pictures(shown(draw, unit, number))[1]
        reach = read(picture.get("aria-label").rstrip(".").rpartition(" to ")[2])
        reaches.add(reach)
        zero, half = heights(picture)
        (outline,) = picture.iter("polyline")
        ys = [float(point.split(",")[1]) for point in outline.get("points").split()]
        shares = np.histogram(layers[number - 1][1].clip(-reach, reach), BINS, (-reach, reach))[0] / layers[0][1].size
        assert [(zero - y) * 0.5 / (zero - half) for y in ys[1:-1:2]] == pytest.approx(shares, abs=0.002)
    assert len(reaches) == 1
    assert reaches.pop() >= 3 * max(delta.std() for _, delta, _ in layers) * 0.99


def test_a_bar_that_leaves_the_frame_says_how_high_it_is():
    assert "100%" in texts(shown("small normal (0.01)", "tanh", 6), "bl-forward")
    assert "100%" in texts(shown("small normal (0.01)", "tanh", 1), "bl-backward")
    assert not [t for t in texts(shown("small normal (0.01)", "tanh", 1), "bl-forward") if t.endswith("%")]


def test_the_strip_shows_every_spread():
    layers = truth("Xavier", "ReLU")
    picture = pictures(shown("Xavier", "ReLU", 3))[2]
    ticks = [(read(t.text), float(t.get("y")) - 4) for t in picture.iter("text") if t.get("text-anchor") == "end"]
    (low, bottom), (high, top) = ticks[0], ticks[-1]
    lines = [[float(p.split(",")[1]) for p in line.get("points").split()] for line in picture.iter("polyline")]
    for line, which in zip(lines, (0, 1), strict=True):
        spreads = [low * (high / low) ** ((bottom - y) / (bottom - top)) for y in line]
        assert np.log10(spreads) == pytest.approx(np.log10([layer[which].std() for layer in layers]), abs=0.1)


def test_the_right_prediction_is_right_though_every_slope_is_almost_1():
    layers = truth("small normal (0.01)", "tanh")
    assert all(slope.mean() > 0.98 for _, _, slope in layers)
    spreads = np.array([delta.std() for _, delta, _ in layers])
    assert spreads[0] / spreads[-1] < 1e-4
    assert spreads[:-1] / spreads[1:] == pytest.approx(0.1, rel=0.1)  # the root of 100 times 0.01


def test_what_there_is_to_find_can_be_found():
    """With large weights tanh units are flat and delta grows nevertheless; sigmoids shrink it with Xavier's weights."""
    html = shown("large normal (1)", "tanh", 3)
    assert read(value_cells(html)[4]) > 0.75
    assert read(value_cells(html)[3]) > 10
    assert "the gradient grows" in sentence(html)
    near_the_ends = [np.abs(a) > 0.9 for a, _, _ in truth("large normal (1)", "tanh")]
    assert 0.8 < min(share.mean() for share in near_the_ends) < 0.9  # most, not almost all
    assert read(value_cells(shown("Xavier", "sigmoid", 1))[3]) < 1e-2
    assert read(value_cells(shown("He", "ReLU", 1))[3]) == pytest.approx(1, abs=0.3)


def test_with_zeros_no_hidden_layer_learns_in_the_first_step_only():
    """With sigmoid units the last weights move in the first step, and after that a delta comes through."""
    x, y = examples()
    model = network("sigmoid", "zeros")
    for step in range(2):
        _, caches = model.forward(x)
        gradients = model.backward(caches, y)
        assert gradients[-2].delta.any() == (step == 1)
        for layer, gradient in zip(model.layers, gradients, strict=True):
            layer.W[...] -= gradient.dW
            layer.b[...] -= gradient.db
    assert "in this step no hidden layer learns" in sentence(shown("zeros", "sigmoid", 0))


def test_with_zeros_all_units_of_a_layer_are_copies():
    for unit in KINDS:
        for a, delta, _ in truth("zeros", unit):
            assert np.ptp(a, axis=1).max() == 0
            assert not delta.any()
