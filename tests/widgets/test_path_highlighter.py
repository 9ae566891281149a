"""Promise: each path shows the product of its slopes, and the sum over all paths is the gradient."""

from __future__ import annotations

import pytest

from backprop_lab.figures.diagram import BACKWARD_INK, number
from backprop_lab.widgets import path_highlighter
from backprop_lab.widgets.path_highlighter import GRAPHS, _question
from frames import numbers, pictures, sentence, texts
from graph_rows import compute, rows

# By hand: for each graph and input the product along each path, at the point where the graph is looked at.
PRODUCTS = {
    (0, 0): {"x → s → f": 3},
    (0, 1): {"y → s → f": 3, "y → f": 5},
    (1, 0): {"x → s → f": 3},
    (1, 1): {"y → s → f": -3, "y → f": 3},
    (2, 0): {"x → s → u → f": 6, "x → t → u → f": 12, "x → s → v → f": 10, "x → t → v → f": 30},
    (2, 1): {"y → s → u → f": 6, "y → t → u → f": 6, "y → s → v → f": 10, "y → t → v → f": 15},
}
LONGEST = 5  # settings of the slider
FUNCTIONS = (
    lambda x, y: (x + y) * y,
    lambda x, y: (x - y) * y,
    lambda x, y: (x + y + x * y) * ((x + y) * x * y),
)


@pytest.fixture(scope="module")
def player():
    return path_highlighter()


def slope(which: int, side: int, h: float = 1e-5) -> float:
    """Measure the gradient: a witness that knows no paths."""
    up, down = list(GRAPHS[which].at), list(GRAPHS[which].at)
    up[side] += h
    down[side] -= h
    return (FUNCTIONS[which](*up) - FUNCTIONS[which](*down)) / (2 * h)


def test_the_products_and_their_running_sum_are_those_by_hand(player):
    assert player.counts == (3, 2, 5)
    for (which, side), products in PRODUCTS.items():
        gradient = sum(products.values())
        assert gradient == pytest.approx(slope(which, side), abs=1e-6)
        for place in range(5):
            counted = min(place + 1, len(products))
            table = rows(player.shown(which, side, place))
            found = {row[0]: row[2] for row in table[:-3] if row[2]}
            so_far = dict(list(products.items())[:counted])
            assert found == {way: number(product) for way, product in so_far.items()}
            assert all(numbers(row[1])[-1] == so_far[row[0]] for row in table[:counted])
            total = sum(so_far.values())
            assert [float(row[2].replace("−", "-")) for row in table[-3:]] == [total, gradient, gradient - total]


def test_the_factors_along_a_path_multiply_to_what_it_adds(player):
    for which, side in PRODUCTS:
        for row in rows(player.shown(which, side, 4))[:-3]:
            factors, _, product = row[1].partition(" = ")
            result = 1.0
            for factor in numbers(factors):
                result *= factor
            assert result == numbers(product or factors)[0]


def test_the_path_is_drawn_strong(player):
    for (which, side), products in PRODUCTS.items():
        for place, way in enumerate(products):
            graph = pictures(player.shown(which, side, place))[0]
            strong = [path for path in graph.iter("path") if path.get("stroke-width") == "3"]
            assert len(strong) == way.count("→")
            assert all(BACKWARD_INK in path.get("style") for path in strong)
            assert [r.get("stroke-width") for r in graph.iter("rect")].count("4") == way.count("→") + 1


def test_one_path_is_not_enough_and_the_frame_says_so(player):
    assert "one path is not enough, 5 is still missing" in sentence(player.shown(0, 1, 0))
    assert "3 paths are not enough, 30 is still missing" in sentence(player.shown(2, 0, 2))
    for (which, side), products in PRODUCTS.items():
        said = sentence(player.shown(which, side, len(products) - 1))
        assert "enough" not in said
        assert numbers(said)[-1] == sum(products.values())


def test_the_gradient_appears_in_the_graph_when_all_paths_are_counted(player):
    for (which, side), products in PRODUCTS.items():
        for place in range(5):
            picture = pictures(player.shown(which, side, place))[0]
            red = [t.text for t in picture.iter("text") if BACKWARD_INK in t.get("style")]
            assert red == ([number(sum(products.values()))] if place >= len(products) - 1 else [])


def test_in_one_graph_every_path_counts_and_the_gradient_is_zero(player):
    """What to try."""
    cancel = [key for key, products in PRODUCTS.items() if sum(products.values()) == 0]
    assert cancel == [(1, 1)]
    assert all(PRODUCTS[1, 1].values())
    assert rows(player.shown(1, 1, 1))[-2][2] == "0"


def test_the_sum_picture_writes_what_the_table_says(player):
    for which, side in PRODUCTS:
        html = player.shown(which, side, 4)
        written = {t for t in texts(html) if "→" in t}
        assert written == {f"{row[0]}: {row[1]}" for row in rows(html)[:-3]}


def test_the_question_counts_paths_and_not_edges_or_inputs():
    question = _question()
    assert question.right == str(len(PRODUCTS[2, 0])) == "4"
    assert set(question.options) == {"1", "2", "4", "8"}


def test_where_the_paths_to_come_give_0_nothing_is_said_to_be_missing():
    player = path_highlighter()
    assert "Computed" in compute(player, "0", "0")
    for which in range(len(GRAPHS)):
        for side in range(2):
            for place in range(LONGEST):
                told = sentence(player.shown(which, side, place))
                assert "0 is still missing" not in told
                assert "not enough" not in told
    assert "Nothing is missing here, but 1 path is still to come" in sentence(player.shown(0, 1, 0))


def test_own_values_are_taken_and_bad_ones_refused():
    player = path_highlighter()
    assert "Computed" in compute(player, "0.1", "0.7")
    for which, function in enumerate(FUNCTIONS):
        measured = (function(0.1, 0.70001) - function(0.1, 0.69999)) / 2e-5
        table = rows(player.shown(which, 1, 4))
        assert float(table[-2][2].replace("−", "-")) == pytest.approx(measured, rel=1e-3)
        assert table[-1][2] == "0"
    assert "y contains &#x27;&#x27;" in compute(player, "1", "")


def test_it_starts_with_the_graph_and_the_input_that_it_asks_about():
    graph, side, _ = path_highlighter().controls
    assert (graph.label, side.label) == ("f = (s + t) · (s · t)", "x")
