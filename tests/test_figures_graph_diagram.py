"""Promise: the picture of a graph shows its numbers, each where it belongs, and nothing lies on anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop_lab.computation_graph import (
    Edge,
    Node,
    exp,
    gradient,
    log,
    maximum,
    paths,
    sigmoid,
    sin,
    tanh,
    topological_order,
)
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, number
from backprop_lab.figures.graph_diagram import MOST_NODES, graph_diagram

Rectangle = tuple[float, float, float, float]
seeds = st.integers(0, 2**32 - 1)


def parse(drawing: str) -> ElementTree.Element:
    """Return the svg element of a drawing, with plain tag names."""
    root = ElementTree.fromstring(drawing)
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
    return root if root.tag == "svg" else next(root.iter("svg"))


def texts(drawing: str, ink: str = "") -> list[str]:
    return [t.text or "" for t in parse(drawing).iter("text") if ink in t.get("style", "")]


def label(drawing: str) -> str:
    return parse(drawing).get("aria-label", "")


def boxes(drawing: str) -> list[Rectangle]:
    """Return left, top, right, bottom of each box."""
    found = []
    for r in parse(drawing).iter("rect"):
        x, y, w, h = (float(r.get(name, "nan")) for name in ("x", "y", "width", "height"))
        found.append((x, y, x + w, y + h))
    return found


def letters(drawing: str) -> list[tuple[str, Rectangle]]:
    """Return where each text stands; a letter is 8.5 wide at most, and 11 high without what hangs below the line."""
    found = []
    for t in parse(drawing).iter("text"):
        x, y, width = float(t.get("x", "nan")), float(t.get("y", "nan")), 8.5 * len(t.text or "")
        left = x - width * {"start": 0, "middle": 0.5, "end": 1}[t.get("text-anchor", "start")]
        found.append((t.text or "", (left, y - 11, left + width, y)))
    return found


def overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def clashes(drawing: str) -> list[str]:
    """Name what lies on something else, or outside of the picture."""
    frames, words = boxes(drawing), letters(drawing)
    wrong = [f"box on box at {a}" for i, a in enumerate(frames) for b in frames[i + 1 :] if overlap(a, b)]
    wrong += [f"{s} on {t}" for i, (s, a) in enumerate(words) for t, b in words[i + 1 :] if overlap(a, b)]
    for word, place in words:
        inside = [f for f in frames if f[0] <= place[0] and f[1] <= place[1] and place[2] <= f[2] and place[3] <= f[3]]
        wrong += [f"{word} on the edge of a box" for f in frames if overlap(f, place) and f not in inside]
    _, _, width, height = map(float, parse(drawing).get("viewBox", "").split())
    places = [*frames, *(place for _, place in words)]
    wrong += [f"{p} outside" for p in places if p[0] < 0 or p[1] < 0 or p[2] > width or p[3] > height]
    return wrong + [f"an edge behind a box at {at}" for at in edges_behind_boxes(drawing)]


def edges_behind_boxes(drawing: str) -> Iterator[tuple[float, float]]:
    """Yield points of edges that lie within a box; bends are followed too."""
    frames = np.array(boxes(drawing))
    share = np.linspace(0, 1, 12)[:, np.newaxis]
    for path in parse(drawing).iter("path"):
        start = np.zeros(2)
        for command, numbers in re.findall(r"([MLC])([^MLC]*)", path.get("d", "")):
            points = np.array([float(n) for n in re.findall(r"-?[\d.]+", numbers)]).reshape(-1, 2)
            p, q, end = points[0], points[-2 if command == "C" else 0], points[-1]
            if command == "C":
                way = (
                    (1 - share) ** 3 * start
                    + 3 * share * (1 - share) ** 2 * p
                    + 3 * share**2 * (1 - share) * q
                    + share**3 * end
                )
            else:
                way = start + share * (end - start) if command == "L" else np.empty((0, 2))
            for x, y in way:
                if ((frames[:, :2] + 1 < (x, y)) & (frames[:, 2:] - 1 > (x, y))).all(axis=1).any():
                    yield x, y
            start = end


def example() -> tuple[Node, Node, Node, Node]:
    x, y = Node(2, "x"), Node(3, "y")
    s = x + y
    return x, y, s, s * y


def neuron() -> Node:
    x1, x2, w1, w2, b, y = (
        Node(v, n) for v, n in zip((0.05, 0.1, 0.4, 0.45, 0.6, 0.0), ("x1", "x2", "w1", "w2", "b", "y"), strict=True)
    )
    a = sigmoid(w1 * x1 + w2 * x2 + b)
    return -(y * log(a) + (1 - y) * log(1 - a))


def random_graph(seed: int, operations: int) -> Node:
    rng = np.random.default_rng(seed)
    numbers = [Node(float(v), name) for v, name in zip(rng.normal(size=3), "xyz", strict=True)]
    for _ in range(operations):
        a, b = numbers[-1], numbers[int(rng.integers(len(numbers)))]
        numbers.append([a + b, tanh(a) * 1.5, a * b, sin(a) - b, 1 - a, exp(-a * a), maximum(a, b)][rng.integers(7)])
    return numbers[-1]


# ---------------------------------------------------------------- the numbers


def test_the_example_shows_its_values_gradients_slopes_and_names() -> None:
    _, _, s, f = example()
    drawing = graph_diagram(f, names={s: "s", f: "f"})
    assert sorted(texts(drawing, FORWARD_INK)) == ["15", "2", "3", "5"]
    assert sorted(texts(drawing, BACKWARD_INK)) == ["1", "3", "3", "8"]
    assert sorted(texts(drawing, "currentColor")) == sorted(["x", "y", "s", "f", "+", "×", "1", "1", "3", "5"])
    assert label(drawing) == (
        "computation graph of f. x: value 2, gradient 3; y: value 3, gradient 8; "
        "s = x + y: value 5, gradient 3, slope 1 for x, slope 1 for y; "
        "f = s * y: value 15, gradient 1, slope 3 for s, slope 5 for y"
    )


def test_the_label_of_a_node_without_a_name_is_a_number_of_the_way() -> None:
    z = Node(2.0) * 3 + 5
    assert label(graph_diagram(z)) == (
        "computation graph of v2. input 1: value 2, gradient 3; v1 = input 1 * 3: value 6, gradient 1, "
        "slope 3 for input 1; v2 = v1 + 5: value 11, gradient 1, slope 1 for v1"
    )


def test_a_constant_stands_beside_its_operation_on_its_side() -> None:
    x = Node(2.0, "x")
    for f, title in (
        (x * 3, "× 3"),
        (3 * x, "× 3"),
        (x + 5, "+ 5"),
        (1 - x, "1 −"),
        (x - 1, "− 1"),
        (6 / x, "6 ÷"),
        (x**2, "^ 2"),
        (maximum(0, x), "max 0"),
        (-x, "neg"),
        (log(x), "log"),
    ):
        assert title in texts(graph_diagram(f))


@given(seed=seeds)
def test_every_number_of_the_graph_is_in_the_picture_and_in_its_label(seed: int) -> None:
    f = random_graph(seed, 6)
    drawing, grad, nodes = graph_diagram(f), gradient(f), topological_order(f)
    assert sorted(texts(drawing, FORWARD_INK)) == sorted(number(n.value) for n in nodes)
    assert sorted(texts(drawing, BACKWARD_INK)) == sorted(number(grad[n]) for n in nodes)
    for node in nodes:
        assert f"value {number(node.value)}, gradient {number(grad[node])}" in label(drawing)
        for edge in node.edges:
            assert f"slope {number(edge.slope)} for " in label(drawing)
    assert len(boxes(drawing)) == len(nodes)


def test_values_and_gradients_appear_as_they_become_known_and_nothing_moves() -> None:
    x, y, s, f = example()
    frames = [
        graph_diagram(f, values=[], gradients={}, slopes=False),
        graph_diagram(f, values=[x, y], gradients={}, slopes=False),
        graph_diagram(f, gradients={f: 1.0, s: 3.0}, slopes=False),
    ]
    assert texts(frames[0], FORWARD_INK) == texts(frames[1], BACKWARD_INK) == []
    assert texts(frames[1], FORWARD_INK) == ["2", "3"]
    assert texts(frames[2], BACKWARD_INK) == ["3", "1"]
    assert boxes(frames[0]) == boxes(frames[1]) == boxes(frames[2])
    assert "value" not in label(frames[0])
    assert label(frames[0]).endswith("v1 = x + y; v2 = v1 * y")


def test_a_wrong_gradient_can_be_shown_as_given() -> None:
    x, y, s, f = example()
    drawing = graph_diagram(f, gradients={x: 3.0, y: 5.0, s: 3.0, f: 1.0})  # = for +=
    assert "y: value 3, gradient 5" in label(drawing)


def test_what_is_marked_is_strong_and_in_its_ink() -> None:
    _, y, _, f = example()
    plain, path = graph_diagram(f), paths(f, y)[0]
    drawing = graph_diagram(f, marked=[y, *path.edges], ink=FORWARD_INK)
    strong = [e for e in parse(drawing).iter("path") if e.get("stroke-width") == "3"]
    assert len(strong) == 2
    assert all(FORWARD_INK in e.get("style", "") for e in strong)
    assert [r.get("stroke-width") for r in parse(drawing).iter("rect")].count("4") == 1
    assert not [e for e in parse(plain).iter("path") if e.get("stroke-width") == "3"]
    assert boxes(plain) == boxes(drawing)


def test_each_edge_is_drawn_also_two_between_the_same_nodes() -> None:
    x = Node(3.0, "x")
    drawing = graph_diagram(x * x, gradients={})
    assert len(list(parse(drawing).iter("path"))) == len(list(parse(drawing).iter("polygon"))) == 2
    assert texts(drawing, "currentColor").count("3") == 2
    assert clashes(drawing) == []


def test_the_left_operand_comes_in_above_where_the_order_matters() -> None:
    x, y = Node(2.0, "x"), Node(7.0, "y")
    drawing = graph_diagram(y / x, gradients={})
    heights = {word: place[1] for word, place in letters(drawing)}
    assert heights["0.5"] < heights["−1.75"]  # 1/x for y, -y/x^2 for x


# ---------------------------------------------------------------- the layout


@given(seed=seeds, operations=st.integers(0, 12))
def test_nothing_lies_on_anything_else(seed: int, operations: int) -> None:
    f = random_graph(seed, operations)
    nodes = topological_order(f)
    assert clashes(graph_diagram(f)) == []
    assert clashes(graph_diagram(f, names={n: f"u{i}" for i, n in enumerate(nodes)}, digits=6)) == []


def test_the_pictures_of_the_book_are_clear() -> None:
    x = Node(2.0, "x")
    for f in (example()[-1], neuron(), x * 3 + 5, x, gradient(exp(x * x) / x, create_graph=True)[x]):
        assert clashes(graph_diagram(f)) == []


def test_boxes_that_overlap_and_letters_outside_would_be_found() -> None:
    """Test the tester."""
    drawing = graph_diagram(example()[-1])
    first, second = ([f'{name}="{r.get(name)}"' for name in ("x", "y")] for r in list(parse(drawing).iter("rect"))[:2])

    def moved(old: str, new: str) -> str:
        return re.sub(rf"(<rect [^>]*){re.escape(old)}", lambda m: m.group(1) + new, drawing)

    assert any("box on box" in w for w in clashes(moved(second[1], first[1])))
    assert any("outside" in w for w in clashes(re.sub(r'viewBox="0 0 [\d.]+', 'viewBox="0 0 200', drawing)))
    assert any("on the edge" in w for w in clashes(moved(first[0], 'x="29"')))
    assert any("behind" in w for w in clashes(moved(first[0], 'x="70"')))


def test_edges_go_from_left_to_right() -> None:
    for seed in range(20):
        drawing = graph_diagram(random_graph(seed, 8))
        for path in parse(drawing).iter("path"):
            xs = [float(x) for x in re.findall(r"(-?[\d.]+)[ ,]-?[\d.]+", path.get("d", ""))]
            assert xs == sorted(xs)


def test_the_same_graph_gives_the_same_text() -> None:
    assert graph_diagram(neuron()) == graph_diagram(neuron())


def test_a_wide_picture_scrolls_and_a_narrow_one_does_not() -> None:
    wide, narrow = graph_diagram(neuron()), graph_diagram(example()[-1])
    assert narrow.startswith("<svg")
    root = ElementTree.fromstring(wide)
    assert root.tag == "div"
    assert (root.get("role"), root.get("tabindex"), root.get("style")) == (
        "group",
        "0",
        "overflow-x:auto;flex:1 1 100%",
    )
    assert parse(wide).get("role") == "img"


def test_a_name_that_looks_like_markup_is_text() -> None:
    x = Node(2.0, 'x<y & "z"')
    assert 'x<y & "z"' in texts(graph_diagram(x * 2))
    assert 'x<y & "z": value 2' in label(graph_diagram(x * 2))


# ---------------------------------------------------------------- the door


def test_what_is_not_in_the_graph_is_refused_by_name() -> None:
    *_, f = example()
    other = Node(1.0, "other")
    for name, options in (
        ("names", {"names": {other: "o"}}),
        ("values", {"values": [other]}),
        ("gradients", {"gradients": {other: 1.0}}),
        ("marked", {"marked": [other]}),
    ):
        with pytest.raises(ValueError, match=rf"{name} contains Node\(1, other\), which is not in the graph of Node"):
            graph_diagram(f, **options)
    with pytest.raises(ValueError, match="marked contains Edge"):
        graph_diagram(f, marked=[Edge(other, other, 0, 1.0)])


def test_a_graph_that_can_not_be_drawn_is_refused() -> None:
    x = Node(1.0)
    f = x
    for _ in range(MOST_NODES):
        f = f + x
    with pytest.raises(ValueError, match=f"the graph has {MOST_NODES + 1} nodes, expected at most {MOST_NODES}"):
        graph_diagram(f)
    with pytest.raises(TypeError, match=r"expected a Node, got float: 2\.0"):
        graph_diagram(2.0)  # type: ignore[arg-type]


# ---------------------------------------------------------------- the way back


def test_what_flows_back_is_written_where_it_is_added_and_its_edges_are_dashed() -> None:
    _, y, _, f = example()
    grad = gradient(f)
    back = {edge: grad[edge.target] * edge.slope for node in topological_order(f) for edge in node.edges}
    some = {edge: amount for edge, amount in back.items() if edge.source is y}
    drawing = graph_diagram(f, contributions=some)
    assert {"+3", "+5"} <= set(texts(drawing, BACKWARD_INK))
    assert [p.get("stroke-dasharray") for p in parse(drawing).iter("path")].count("6 4") == 2
    assert "adds 3 to the gradient of y" in label(drawing)
    assert "adds 5 to the gradient of y" in label(drawing)
    assert not {"+3", "+5"} & set(
        texts(graph_diagram(f, contributions={e: g for e, g in back.items() if e not in some}))
    )


def test_the_head_of_an_edge_that_leads_back_is_at_its_operand() -> None:
    x = Node(2.0, "x")
    f = x * 3

    def tip(drawing: str) -> float:
        (head,) = parse(drawing).iter("polygon")
        return float(re.findall(r"-?[\d.]+", head.get("points", ""))[0])

    (left, _), (_, right) = ((frame[2], frame[0]) for frame in sorted(boxes(graph_diagram(f))))
    assert tip(graph_diagram(f)) == right
    assert tip(graph_diagram(f, contributions={f.edges[0]: 3.0})) == left


@given(seed=seeds, operations=st.integers(1, 10))
def test_nothing_lies_on_anything_else_on_the_way_back(seed: int, operations: int) -> None:
    f = random_graph(seed, operations)
    grad = gradient(f)
    back = {edge: grad[edge.target] * edge.slope for node in topological_order(f) for edge in node.edges}
    assert clashes(graph_diagram(f, contributions=back)) == []


def test_slopes_appear_as_they_become_known_and_room_keeps_everything_in_its_place() -> None:
    _, _, s, f = example()
    edges = [edge for node in (s, f) for edge in node.edges]
    room = dict.fromkeys([*topological_order(f), *edges], 9)
    early = graph_diagram(f, slopes=s.edges, values=[s], gradients={}, room=room)
    late = graph_diagram(f, contributions={edge: -0.001234 for edge in edges}, room=room)
    assert sorted(texts(early, "currentColor")) == sorted(["x", "y", "+", "×", "1", "1"])
    assert boxes(early) == boxes(late)
    with pytest.raises(ValueError, match="slopes contains Edge"):
        graph_diagram(s, slopes=f.edges)
