"""Promise: |delta| and |dW| of every layer are the network's; the learning rate moves the steps, not their ratio."""

from __future__ import annotations

import math
import re
from functools import cache

import numpy as np
import pytest

from backprop_lab import Network, measure_gradient_flow, train
from backprop_lab.initialization import draw, xavier
from backprop_lab.widgets import depth_laboratory
from backprop_lab.widgets.depth_laboratory import CURES, DEPTHS, EXAMPLES, KINDS, RATES, SEED, WIDTH
from frames import pictures, sentence, texts
from written import read

NAMES, HELP = list(KINDS), list(CURES)


@cache
def player():
    return depth_laboratory()


def shown(depth: int, kind: str, cure: str = "none") -> str:
    return player().shown(DEPTHS.index(depth), NAMES.index(kind), HELP.index(cure))


def table(html: str) -> tuple[list[float], list[float]]:
    """Return the two columns of numbers."""
    rows = re.findall(r"<tr><td>[^<]*</td><td>([^<]*)</td><td[^>]*>([^<]*)</td></tr>", html)
    assert len(rows) == (4 if "<td>last, 2</td>" in html else 5)  # between two layers there is none
    return [read(delta) for delta, _ in rows], [read(dW) for _, dW in rows]


def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(SEED)
    x = rng.standard_normal((EXAMPLES, WIDTH))
    return x, np.eye(10)[rng.integers(0, 10, EXAMPLES)]


def plain_network(kind: str, depth: int) -> Network:
    """Build it with `Network`; the laboratory builds it of layers."""
    rng = np.random.default_rng([SEED, 1])
    weights = [draw(KINDS[kind].draw, rng, WIDTH, WIDTH) for _ in range(depth)] + [xavier(rng, 10, WIDTH)]
    return Network.from_weights(
        [(W, np.zeros(len(W))) for W in weights],
        hidden=KINDS[kind].units,
        output="softmax",
        loss="categorical_cross_entropy",
    )


def expected(sizes: np.ndarray) -> list[float]:
    first, last = sizes[0], sizes[-1]
    middle = [sizes[(len(sizes) + 1) // 2 - 1]] if len(sizes) > 2 else []
    return [first, *middle, last, first / last, (first / last) ** (1 / (len(sizes) - 1))]


@pytest.mark.parametrize("kind", NAMES)
def test_every_plain_network_shows_the_gradients_of_the_same_network_built_otherwise(kind):
    for depth in DEPTHS:
        flow = measure_gradient_flow(plain_network(kind, depth), *data())
        of_delta, of_dW = table(shown(depth, kind))
        assert of_delta == pytest.approx(expected(flow.mean_delta[:-1]), rel=6e-3)
        assert of_dW == pytest.approx(expected(flow.gradient_norm[:-1]), rel=6e-3)


@pytest.mark.parametrize("cure", HELP[1:])
@pytest.mark.parametrize("kind", ["sigmoid, Xavier", "ReLU, He"])
def test_every_cured_network_agrees_with_pytorch(kind, cure):
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    x, y = data()
    f = {"sigmoid": torch.sigmoid, "relu": torch.relu}[KINDS[kind].units]
    for depth in (2, 20):
        rng, a, Ws, zs = np.random.default_rng([SEED, 1]), torch.tensor(x), [], []
        for _ in range(depth):
            Ws.append(torch.tensor(draw(KINDS[kind].draw, rng, WIDTH, WIDTH), requires_grad=True))
            zs.append(z := a @ Ws[-1].T)
            z.retain_grad()
            if cure in ("batch norm", "both"):
                z = torch.nn.functional.batch_norm(z, None, None, training=True)
            a = f(z) + a if cure in ("residual", "both") else f(z)
        top = a @ torch.tensor(xavier(rng, 10, WIDTH)).T
        torch.nn.functional.cross_entropy(top, torch.tensor(y.argmax(axis=1))).backward()
        of_delta, of_dW = table(shown(depth, kind, cure))
        assert of_delta == pytest.approx(expected(np.array([float(z.grad.abs().mean()) for z in zs])), rel=6e-3)
        assert of_dW == pytest.approx(expected(np.array([float(W.grad.norm()) for W in Ws])), rel=6e-3)


def test_through_50_layers_a_normalization_alone_does_not_keep_delta_and_with_residual_connections_it_does():
    """What the page says below; and that the right weights do without."""
    for kind in NAMES:
        alone, both = (table(shown(50, kind, cure))[0][3] for cure in ("batch norm", "both"))
        assert alone > (100 if not kind.startswith("sigmoid") else 1)
        assert 1 / 100 < both < 100
    assert 0.1 < table(shown(50, "ReLU, He"))[0][3] < 10


def polylines(picture) -> list[np.ndarray]:
    return [
        np.array([[*map(float, p.split(","))] for p in line.get("points").split()]) for line in picture.iter("polyline")
    ]


def decades(picture) -> float:
    """Return how many pixels a power of ten takes."""
    ticks = [t for t in picture.iter("text") if t.get("text-anchor") == "end" and t.text.startswith("10")]
    (low, y_low), (high, y_high) = ((math.log10(read(t.text)), float(t.get("y"))) for t in (ticks[0], ticks[-1]))
    return (y_low - y_high) / (high - low)


@pytest.mark.parametrize(("kind", "depth"), [("sigmoid, Xavier", 20), ("ReLU, Xavier", 50), ("tanh, Xavier", 5)])
def test_the_line_goes_through_every_layers_delta(kind, depth):
    picture = pictures(shown(depth, kind))[0]
    theory, measured = polylines(picture)
    flow = measure_gradient_flow(plain_network(kind, depth), *data())
    per_decade, delta = decades(picture), flow.mean_delta[:-1]
    assert len(measured) == depth
    heights = (measured[-1, 1] - measured[:, 1]) / per_decade
    assert heights == pytest.approx(np.log10(delta / delta[-1]), abs=0.06)
    rise = (theory[1, 1] - theory[0, 1]) / per_decade
    assert rise == pytest.approx((depth - 1) * math.log10(KINDS[kind].factor), abs=0.06)
    circles = list(picture.iter("circle"))
    assert len(circles) == (depth if depth <= 20 else 2)


def test_ten_times_the_learning_rate_moves_the_line_of_steps_up_by_one_power_of_ten_and_keeps_its_shape():
    for kind in NAMES[:2]:
        picture = pictures(shown(10, kind))[1]
        long, short = polylines(picture)
        assert RATES[1] == pytest.approx(10 * RATES[0])
        assert short[:, 1] - long[:, 1] == pytest.approx(decades(picture), abs=0.15)


def test_the_right_prediction_is_right_in_training():
    """One real step at each rate: ten times as far in every layer, the ratio of first to last the same."""
    x, y = data()
    steps = []
    for rate in RATES:
        network = plain_network("sigmoid, Xavier", 20)
        before = [layer.W.copy() for layer in network.layers]
        train(network, x, y, epochs=1, learning_rate=rate)
        after = [layer.W for layer in network.layers]
        steps.append([np.linalg.norm(now - then) for now, then in zip(after, before, strict=True)][:20])
    ratio = measure_gradient_flow(plain_network("sigmoid, Xavier", 20), x, y).gradient_norm
    for step in steps:  # what is subtracted from a weight of size 1 keeps few digits of 1e-13
        assert step[0] / step[-1] == pytest.approx(ratio[0] / ratio[19], rel=0.05)
        assert 0 < step[0] / step[-1] < 1e-11
    assert steps[1] == pytest.approx(10 * np.array(steps[0]), rel=0.05)
    reasons = " ".join(option.value for option in player().children[2].children[-1].children)
    assert "1.1\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10⁻¹²" in reasons
    assert read(f"{1.1e-12:.1e}".replace("e-12", "×10⁻¹²")) == pytest.approx(ratio[0] / ratio[19], rel=0.05)


def test_theory_says_how_fast_it_vanishes_or_explodes():
    for kind, about in KINDS.items():
        if about.factor is None:
            continue
        found = table(shown(50, kind))[0][-1]
        assert found == pytest.approx(about.factor, rel=0.08)
        assert "theory" in pictures(shown(50, kind))[0].get("aria-label")
        assert "theory" not in pictures(shown(50, kind, "both"))[0].get("aria-label")
    assert table(shown(20, "sigmoid, Xavier"))[0][-1] < 0.25


def test_what_there_is_to_find_can_be_found():
    """Sigmoid layers are ill, and each cure helps; He's ReLU is well, and each of the two alone makes it explode."""
    kept = {
        (kind, cure): table(shown(50, kind, cure))[0][3] for kind in ("sigmoid, Xavier", "ReLU, He") for cure in HELP
    }
    assert kept["sigmoid, Xavier", "none"] < 1e-30
    assert all(1 / 100 < kept["sigmoid, Xavier", cure] < 100 for cure in ("residual", "batch norm", "both"))
    assert all(1 / 100 < kept["ReLU, He", cure] < 100 for cure in ("none", "both"))
    assert kept["ReLU, He", "residual"] > 1e10
    assert kept["ReLU, He", "batch norm"] > 1e3
    alone, both = table(shown(50, "ReLU, He", "residual")), table(shown(50, "ReLU, He", "both"))
    assert alone[0][3] > 1e8
    assert min(alone[1][:3]) > 1e3
    assert "huge in all layers" in sentence(shown(50, "ReLU, He", "residual"))
    assert both[0][3] < 100
    assert max(both[1][:3]) < 100
    assert "can learn at the same learning rate" in sentence(shown(50, "ReLU, He", "both"))
    # ReLU with Xavier's weights vanishes where He's do not, and large weights explode
    assert table(shown(50, "ReLU, Xavier"))[0][3] < 1e-6 < 1e-2 < table(shown(50, "ReLU, He"))[0][3]
    assert table(shown(50, "tanh, large normal (1)"))[0][3] > 1e8


def test_in_a_plain_relu_network_dW_is_alike_in_all_layers_even_where_delta_vanishes_or_explodes():
    for kind in ("ReLU, Xavier", "ReLU, He", "ReLU, large normal (1)"):
        dW = measure_gradient_flow(plain_network(kind, 50), *data()).gradient_norm[:-1]
        assert dW.max() / dW.min() < 20
        assert table(shown(50, kind))[1][3] == pytest.approx(dW[0] / dW[-1], rel=6e-3)


def test_with_both_cures_the_gradient_keeps_its_size_in_every_network():
    for kind in NAMES:
        for depth in DEPTHS:
            assert 0.01 < table(shown(depth, kind, "both"))[0][3] < 100


def test_the_sentence_draws_the_conclusion_from_the_numbers():
    for kind in NAMES:
        for cure in HELP:
            for depth in DEPTHS:
                html = shown(depth, kind, cure)
                of_delta, of_dW = table(html)
                said = sentence(html)
                assert said.startswith(f"{depth} hidden layers, {kind}")
                kept, factor = re.search(
                    r"δ is ([^ ]+) times as large as in the last, a factor of ([^ ]+) for", said
                ).groups()
                assert read(kept) == pytest.approx(of_delta[3], rel=0.06)
                assert read(factor) == pytest.approx(of_delta[-1], rel=0.06)
                if of_dW[3] < 0.0099:
                    assert read(re.search(r"learning rate ([^ ]+) times", said)[1]) == pytest.approx(
                        1 / of_dW[3], rel=0.06
                    )
                elif of_dW[3] > 101:
                    assert read(re.search(r"step ([^ ]+) times as far", said)[1]) == pytest.approx(of_dW[3], rel=0.06)
                else:
                    assert "can learn" in said or "Yet dW" in said


def test_what_lies_below_or_above_the_axis_is_written_down():
    html = shown(50, "sigmoid, Xavier")
    arrows = [read(text[1:]) for text in texts(html) if text.startswith("↓")]
    of_delta, of_dW = table(html)
    assert arrows == pytest.approx([of_delta[0], RATES[0] * of_dW[0]], rel=0.06)
    assert any(text.startswith("↑") for text in texts(shown(50, "ReLU, large normal (1)")))
