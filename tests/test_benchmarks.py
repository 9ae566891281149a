"""Promise: no time is taken before the gradients are equal, every peer computes ours, and the ratios are as by hand.

Nothing here measures seconds.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the benchmarks are no part of the package

from benchmarks import report, statistics  # noqa: E402
from benchmarks.__main__ import SECTIONS, main, write  # noqa: E402
from benchmarks.engines import Graph  # noqa: E402
from benchmarks.machine import describe  # noqa: E402
from benchmarks.peers import PEERS, ours  # noqa: E402
from benchmarks.plot import plot_speed  # noqa: E402
from benchmarks.problems import Problem, in_both_types  # noqa: E402
from benchmarks.rounds import UnequalError, assert_equal, compare, gradient_error, measure  # noqa: E402
from benchmarks.workers import FailedError, MissingError, Worker, environment, one_thread, repetitions  # noqa: E402

SMALL = (
    Problem((2, 4, 1), 4, "sigmoid", "sigmoid", "half_squared_error"),
    Problem((5, 4, 3, 6), 7, "relu", "softmax", "categorical_cross_entropy"),
    Problem((3, 3, 3, 3), 5, "relu", "identity", "half_squared_error"),
)


class Peer:
    """In the place of a worker: answers at once, and its time is what it is told."""

    def __init__(self, gradient: Any, seconds: float = 1.0, fails: Exception | None = None) -> None:
        self.gradient, self.seconds, self.fails = gradient, seconds, fails
        self.called: list[str] = []

    def call(self, function: str, *arguments: Any) -> Any:
        """Answer, and note that it was asked."""
        self.called.append(function)
        if self.fails:
            raise self.fails
        answers = {"build": None, "answer": self.gradient, "repetitions": 4, "seconds": (4 * self.seconds, 1.0)}
        return answers[function]


def compared(peers: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    arguments = dict.fromkeys(peers, ())
    return compare(peers, arguments, **({"tolerance": 1e-10, "rounds": 3, "target": 1.0} | options))


# ------------------------------------------------------------------------------ equal gradients first


@pytest.fixture
def right() -> list[tuple[np.ndarray, np.ndarray]]:
    return ours.answer(ours.build(SMALL[1]))


def one_entry_off(W: np.ndarray) -> np.ndarray:
    W = W.copy()
    W[-1, 0] += 1e-9 * np.linalg.norm(W)
    return W


WRONG: list[tuple[str, Any]] = [
    ("one entry off by a billionth of the norm", lambda W, b: (one_entry_off(W), b)),
    ("the sign", lambda W, b: (-W, -b)),
    ("without the mean over the batch", lambda W, b: (7 * W, 7 * b)),
    ("a bias of zero", lambda W, b: (W, 0 * b)),
    ("not a number", lambda W, b: (W * np.nan, b)),
    ("transposed", lambda W, b: (W.T, b)),
]


@pytest.mark.parametrize(("mistake", "spoil"), WRONG)
@pytest.mark.parametrize("layer", [0, 2])
def test_a_peer_with_a_wrong_gradient_stops_the_run_before_a_time_is_taken(
    right: list[Any], mistake: str, spoil: Any, layer: int
) -> None:
    wrong = [spoil(*pair) if l == layer else pair for l, pair in enumerate(right)]
    peers = {"ours": Peer(right), "wrong one": Peer(wrong)}
    with pytest.raises(UnequalError, match="wrong one"):
        compared(peers)
    assert "seconds" not in peers["ours"].called + peers["wrong one"].called


def test_a_gradient_with_a_layer_too_few_is_unequal(right: list[Any]) -> None:
    with pytest.raises(UnequalError, match="a peer has 2 gradients but ours are 3"):
        assert_equal("a peer", right[:2], right, 1e-10)


def test_the_error_is_that_of_the_worst_tensor_relative_to_its_norm() -> None:
    theirs = [(np.array([[3.0, 4.0]]), np.array([1.0])), (np.array([[1.0]]), np.array([0.0]))]
    ours_ = [(np.array([[3.0, 4.5]]), np.array([2.0])), (np.array([[1.0]]), np.array([0.0]))]
    assert gradient_error(theirs, ours_) == pytest.approx(0.5)  # of the bias: |1 - 2| / 2
    assert gradient_error([0.3], [0.0]) == 0.3  # nothing to be relative to
    assert gradient_error(ours_, ours_) == 0


def test_the_message_says_whose_gradient_and_by_how_much() -> None:
    with pytest.raises(UnequalError, match=r"the gradient of torch is off by 0\.5, expected at most 1e-10"):
        assert_equal("torch", [np.array([1.5])], [np.array([1.0])], 1e-10)


def test_the_command_ends_with_an_error_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_: Any) -> None:
        raise UnequalError("the gradient of jax is off")

    monkeypatch.setattr(SECTIONS["steps"], "run", run)
    assert main(["--only", "steps", "--output", str(tmp_path)]) == 1
    assert "stopped: the gradient of jax is off" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------------------------------ the peers


@pytest.mark.parametrize(
    "problem", [small for pair in map(in_both_types, [(p,) for p in SMALL]) for small in pair], ids=str
)
@pytest.mark.parametrize("key", [key for key, peer in PEERS.items() if not peer.yardstick])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_every_peer_that_is_installed_gives_our_gradient(key: str, problem: Problem) -> None:
    if key == "compile" and problem != SMALL[0]:
        pytest.skip("compiling takes seconds: once is enough here, and the benchmark itself looks at all")
    try:
        peer = importlib.import_module(PEERS[key].module)
        state = peer.build(problem)
    except (ModuleNotFoundError, MissingError) as reason:
        pytest.skip(str(reason))
    tolerance = 1e-10 if problem.dtype == "float64" else 1e-4
    assert_equal(key, peer.answer(state), ours.answer(ours.build(problem)), tolerance)
    assert_equal(key, peer.answer(state), ours.answer(ours.build(problem)), tolerance)  # asking changes nothing
    assert [np.asarray(W).shape for W, _ in peer.answer(state)] == [W.shape for W, _ in problem.weights()]
    peer.work(state, 2)


def test_the_peers_start_from_the_same_numbers() -> None:
    for problem in SMALL:
        for first, second in zip(problem.weights(), problem.weights(), strict=True):
            for one, other in zip(first, second, strict=True):
                np.testing.assert_array_equal(one, other)
        assert {array.dtype for array in problem.batch()} == {np.dtype("float64")}


def test_a_peer_takes_steps_of_gradient_descent() -> None:
    """Two steps of the textbook's network and of ours end at the same weights."""
    from dataclasses import replace

    from benchmarks.peers import textbook

    problem = replace(SMALL[1], learning_rate=0.1)
    state, (network, *batch) = ours.build(problem), textbook.build(problem)
    ours.work(state, 2)
    textbook.work((network, *batch), 2)
    for layer, W, b in zip(state.network.layers, network.weights, network.biases, strict=True):
        np.testing.assert_allclose(layer.W, W.T, rtol=1e-12)
        np.testing.assert_allclose(layer.b, b, rtol=1e-12)


def test_the_bare_products_are_those_of_the_step() -> None:
    from benchmarks.peers import bare_products

    for problem in SMALL:
        recorded = [arguments for f, arguments in ours.build(problem).step._plan if f is np.dot]
        bare = bare_products.build(problem)
        assert [[(a.shape, a.strides) for a in call] for call in bare] == [
            [(a.shape, a.strides) for a in call] for call in recorded
        ]


@pytest.mark.parametrize("graph", [Graph(sizes=(3, 4, 2, 1)), Graph(links=5)])
def test_the_engines_agree_and_the_nodes_are_counted(graph: Graph) -> None:
    from benchmarks.engines import ours as engine

    from backprop_lab.computation_graph import topological_order

    _, inputs = state = engine.build(graph)
    output = graph.build(inputs, engine.relu)
    assert sum(node.operands != () for node in topological_order(output)) == graph.nodes
    pytest.importorskip("micrograd")
    from benchmarks.engines import micrograd_engine

    assert gradient_error(micrograd_engine.answer(micrograd_engine.build(graph)), engine.answer(state)) < 1e-12


# ----------------------------------------------------------------------------------------- the numbers


def test_the_median_and_the_quartiles_are_as_by_hand() -> None:
    assert statistics.spread([5.0, 1.0, 4.0, 2.0, 3.0]) == statistics.Spread(3.0, 2.0, 4.0)
    assert statistics.spread([1.0, 2.0]) == statistics.Spread(1.5, 1.25, 1.75)
    assert statistics.spread([7.0]) == statistics.Spread(7.0, 7.0, 7.0)


def test_ratios_are_taken_within_each_round() -> None:
    """A machine that is three times slower in one round changes both times, and not their ratio."""
    assert statistics.ratios([2.0, 6.0, 2.0], [1.0, 3.0, 1.0]) == statistics.Spread(2.0, 2.0, 2.0)
    assert statistics.ratios([2.0, 9.0, 4.0], [1.0, 3.0, 4.0]) == statistics.Spread(2.0, 1.5, 2.5)


@pytest.mark.parametrize(
    ("numbers", "message"), [([], "at least one"), ([1.0, np.nan], "finite"), ([np.inf], "finite")]
)
def test_no_spread_of_nothing(numbers: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        statistics.spread(numbers)


def test_a_round_without_one_of_the_two_is_refused() -> None:
    with pytest.raises(ValueError, match="3 rounds of theirs but 2 of ours"):
        statistics.ratios([1.0, 1.0, 1.0], [1.0, 1.0])


def test_the_result_holds_time_ratio_and_error(right: list[Any]) -> None:
    first, second = compared({"ours": Peer(right, 2.0), "other": Peer(right, 3.0)})
    assert first["ratio"] == {"median": 1.0, "lower": 1.0, "upper": 1.0}
    assert second["ratio"]["median"] == 1.5
    assert (second["seconds"]["median"], second["gradient_error"]) == (3.0, 0.0)


def test_who_is_missing_or_breaks_down_is_named_and_the_others_go_on(right: list[Any]) -> None:
    _, missing, failed, last = compared(
        {
            "ours": Peer(right),
            "missing": Peer(right, fails=MissingError("jax is not installed")),
            "failed": Peer(right, fails=FailedError("RecursionError: too deep")),
            "last": Peer(right, 5.0),
        }
    )
    assert missing == {"peer": "missing", "skipped": "jax is not installed"}
    assert failed == {"peer": "failed", "failed": "RecursionError: too deep"}
    assert last["ratio"]["median"] == 5


def test_a_yardstick_needs_no_gradient(right: list[Any]) -> None:
    peers = {"ours": Peer(right), "products": Peer(None, 0.5)}
    assert compared(peers, yardsticks=["products"])[1]["ratio"]["median"] == 0.5
    assert "answer" not in peers["products"].called


def test_the_order_turns_from_round_to_round() -> None:
    order: list[str] = []

    class Noting(Peer):
        def call(self, function: str, *arguments: Any) -> Any:
            order.append(self.gradient)
            return super().call(function, *arguments)

    peers: Any = {name: Noting(name) for name in "abc"}
    measure(peers, dict.fromkeys("abc", 4), 4)
    assert "".join(order) == "abcbcacababc"


def test_repetitions_fill_a_round() -> None:
    class Slow:
        """Its seconds are its repetitions: the clock is replaced."""

        done = 0

        def work(self, state: Any, n: int) -> None:
            self.done += n

    slow = Slow()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("benchmarks.workers.seconds", lambda peer, state, n: (0.01 * n, 1.0))
        assert repetitions(slow, None, 1.0) == 100
        assert repetitions(slow, None, 0.001) == 1
        patch.setattr(Slow, "AT_LEAST", 8, raising=False)
        assert repetitions(slow, None, 0.001) == 8


# ----------------------------------------------------------------------------------------- the workers


def test_a_worker_keeps_its_state_and_says_what_is_wrong() -> None:
    with Worker("benchmarks.peers.ours") as worker:
        worker.call("build", SMALL[0])
        assert gradient_error(worker.call("answer"), ours.answer(ours.build(SMALL[0]))) == 0
        assert worker.call("seconds", 1)[0] > 0
        with pytest.raises(FailedError, match=r"AttributeError.*no attribute 'dance'"):
            worker.call("dance")
        worker.call("answer")  # and goes on


def test_a_worker_whose_module_is_not_there_says_so() -> None:
    with (
        Worker("benchmarks.peers.not_there") as worker,
        pytest.raises(MissingError, match="not_there is not installed"),
    ):
        worker.call("build", SMALL[0])


def test_the_environment_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("NPROC", "7")
    with environment(one_thread(2)):
        assert os.environ["NPROC"] == os.environ["OPENBLAS_NUM_THREADS"] == "2"
    assert os.environ["NPROC"] == "7"


# ------------------------------------------------------------------------------------------ the report


def test_a_setting_that_tilts_the_scales_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(describe()["settings"]):
        monkeypatch.delenv(name)
    assert "was set" not in report.describe_machine(describe())
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    assert "`OPENBLAS_CORETYPE=Haswell` was set" in report.describe_machine(describe())


RATIO = {"median": 2.345, "lower": 2.0, "upper": 12.0}
STEP = {
    "network": "2-4-1",
    "batch": 4,
    "loss": "half_squared_error",
    "dtype": "float64",
    "threads": 1,
    "peers": [
        {
            "peer": "ours",
            "seconds": {"median": 1e-5},
            "ratio": {"median": 1, "lower": 1, "upper": 1},
            "processors": 1.0,
        },
        {"peer": "torch", "seconds": {"median": 2e-5}, "ratio": RATIO, "processors": 1.9},
        {"peer": "jax", "skipped": "jax is not installed"},
        {"peer": "compile", "failed": "RuntimeError: no compiler"},
    ],
}


def test_the_table_says_ratio_spread_and_aim_and_names_who_is_missing() -> None:
    text = SECTIONS["steps"].table([STEP])
    assert "| ours, time of a step | 10 µs |" in text
    assert "| PyTorch eager | **2.35** (2.00 to 12.0)<br>*aim 23 to 29* |" in text
    assert "* JAX jit, per step: jax is not installed (2-4-1 float64)" in text
    assert "* torch.compile, whole step: RuntimeError: no compiler (2-4-1 float64)" in text
    assert "* PyTorch eager kept 1.9 processors busy at 2-4-1" in text


def test_the_picture_shows_the_measured_ratios() -> None:
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    plot_speed(ax, {"steps": [STEP]})
    ((points, _, _),) = (container.lines for container in ax.containers)
    assert points.get_xdata().tolist() == [2.345]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["PyTorch eager"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["2-4-1\nbatch 4"]
    with pytest.raises(ValueError, match=r"no training step in float32 with 1 thread"):
        plot_speed(ax, {"steps": [STEP]}, "float32")


def test_the_files_are_written_and_the_json_can_be_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--quick", "--only", "swell", "--output", str(tmp_path)]) == 0
    results = json.loads((tmp_path / "results.json").read_text())
    assert [entry["raw"] for entry in results["swell"]] == [725, 4178]
    assert results["machine"]["versions"]["numpy"] == np.__version__
    text = (tmp_path / "RESULTS.md").read_text()
    assert "A quick run" in text
    assert "| 2-2-1 | 9 | 725 |" in text
    both = results | {"steps": [STEP, STEP | {"dtype": "float32"}]}
    write(both, tmp_path)
    assert "speed.svg" in (tmp_path / "RESULTS.md").read_text()
    assert (tmp_path / "speed.svg").read_text().startswith("<?xml")


@pytest.mark.parametrize("option", ["--only", "--peers"])
def test_an_unknown_name_is_refused_with_those_that_there_are(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([option, "nobody"])
    assert "unknown: nobody; choose of " + ("steps, " if option == "--only" else "ours, ") in capsys.readouterr().err


def test_numbers_are_written_with_three_digits() -> None:
    assert [report.number(value) for value in (0.0456, 2.345, 12.34, 1234.5)] == ["0.05", "2.35", "12.3", "1,234"]
