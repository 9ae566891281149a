"""Promise: PyTorch, TensorFlow and JAX compute what we compute, each in a process of its own, and the record says so.

What is not installed is skipped, and said; its recorded answers are compared with ours all the same.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_lab import Network, check_gradient
from backprop_lab.frameworks import (
    FRAMEWORKS,
    Answers,
    Framework,
    SideBySide,
    ask_frameworks,
    main,
    read_record,
    record,
)

FOLDER = Path(__file__).parents[1] / "book" / "frameworks"
OTHERS = [one.name for one in FRAMEWORKS[1:]]
TIGHT = {"rtol": 1e-11, "atol": 1e-13}
INSTALLED = {one.name: one for one in FRAMEWORKS}


@pytest.fixture(scope="session")
def live() -> SideBySide:
    return ask_frameworks(FOLDER)


@pytest.fixture(scope="session")
def recorded() -> dict[str, Answers]:
    return read_record(FOLDER)


@pytest.fixture(params=[*(f"{name}, run now" for name in OTHERS), *(f"{name}, recorded" for name in OTHERS)])
def theirs(request: pytest.FixtureRequest, live: SideBySide, recorded: dict[str, Answers]) -> Answers:
    """Return the answers of each framework: run now, if it is installed, and recorded."""
    name, how = request.param.split(", ")
    if how == "recorded":
        return recorded[name]
    if not INSTALLED[name].installed:
        pytest.skip(f"{name} is not installed: {INSTALLED[name].install}")
    assert live[name].live
    return live[name]


@pytest.fixture(scope="session")
def ours(live: SideBySide) -> Answers:
    return live["ours"]


@pytest.fixture(scope="session")
def questions() -> Any:
    spec = importlib.util.spec_from_file_location("questions_of_chapter_15", FOLDER / "questions.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def assert_close(given: Any, expected: Any) -> None:
    """Assert that two nested lists of numbers agree, part by part."""
    if isinstance(expected, list) and any(isinstance(one, list) for one in expected):
        assert len(given) == len(expected)
        for g, e in zip(given, expected, strict=True):
            assert_close(g, e)
    else:
        np.testing.assert_allclose(given, expected, **TIGHT)


# ------------------------------------------------------------------ the same numbers


@pytest.mark.parametrize("question", ["gradients", "training", "deltas", "softplus", "plain softplus"])
def test_their_numbers_are_ours(theirs: Answers, ours: Answers, question: str) -> None:
    assert_close(theirs[question], ours[question])


def test_the_gradients_are_those_of_the_loss(ours: Answers, questions: Any) -> None:
    net, x, y = questions.start()
    gradients = ours["gradients"][1]
    vector = net.join(list(zip(gradients[::2], gradients[1::2], strict=True)))
    assert check_gradient(lambda p: net.with_parameters(p).loss(x, y), net.parameters, vector)


def test_every_judge_accepts_softplus_and_rejects_the_straight_through_rule(theirs: Answers, ours: Answers) -> None:
    assert theirs["checker"] == ours["checker"] == [True, False]


def test_only_layer_1_has_no_number_and_the_debugger_says_something(theirs: Answers, ours: Answers) -> None:
    for answers in (theirs, ours):
        loss, norms, told = answers["nan"]
        assert np.isfinite(loss)
        assert np.isfinite(norms).tolist() == [False, True, True]
        assert told != "nothing"
    np.testing.assert_allclose(theirs["nan"][0], ours["nan"][0], rtol=1e-9)
    np.testing.assert_allclose(theirs["nan"][1][1:], ours["nan"][1][1:], rtol=1e-6)  # z is large: a few digits go
    assert ours["nan"][2].startswith("layer 2 (Careless)")


def test_a_cut_graph_is_none_where_the_framework_can_say_so(theirs: Answers) -> None:
    cut = "zeros" if theirs.framework.name == "JAX" else "None"
    assert theirs["silent"] == {"cut": [cut, False], "dead": ["zeros", False], "left out": ["numbers", False]}


def test_pytorch_alone_adds_to_what_was_there(theirs: Answers, ours: Answers) -> None:
    growth = np.array(theirs["again"]) / ours["again"][0]
    np.testing.assert_allclose(growth, [1, 2, 3] if theirs.framework.name == "PyTorch" else [1, 1, 1], rtol=1e-12)


def test_a_traced_function_runs_once_for_each_shape(theirs: Answers) -> None:
    assert theirs["runs"]["plain"] == 4
    assert all(times == 2 for how, times in theirs["runs"].items() if how != "plain")


# ------------------------------------------------------------------ what one alone was asked


@pytest.fixture(params=["run now", "recorded"])
def pytorch(request: pytest.FixtureRequest, live: SideBySide, recorded: dict[str, Answers]) -> Answers:
    if request.param == "recorded":
        return recorded["PyTorch"]
    pytest.importorskip("torch")
    return live["PyTorch"]


def test_each_leaf_has_one_node_however_many_edges_lead_there(pytorch: Answers) -> None:
    """In f = (x + y) y two edges lead to y."""
    assert pytorch["graph"] == "MulBackward0, AddBackward0, AccumulateGrad, AccumulateGrad"


@pytest.mark.parametrize("clear", [True, False])
def test_not_clearing_is_a_step_with_the_sum_of_all_gradients(pytorch: Answers, questions: Any, clear: bool) -> None:
    net, losses, v = questions.xor_network(), [], 0.0
    x, y = questions.xor_examples()
    for _ in range(200):
        loss, g = net.loss_and_gradients(x, y)
        losses.append(loss)
        v = g.vector + (0 if clear else v)
        net.parameters -= 0.5 * v
    np.testing.assert_allclose(pytorch["xor, cleared" if clear else "xor, not cleared"], losses, rtol=1e-8)


def test_two_processes_find_the_gradient_if_the_shards_are_weighted(pytorch: Answers, ours: Answers) -> None:
    whole = np.concatenate([np.ravel(g) for g in ours["gradients"][1]])
    (plain_8, weighted_8), (plain_4, weighted_4) = pytorch["two processes"]
    for right in (plain_8, weighted_8, weighted_4):
        np.testing.assert_allclose(right, whole, **TIGHT)
    assert np.linalg.norm(np.subtract(plain_4, whole)) > 0.1 * np.linalg.norm(whole)


def test_a_column_and_a_flat_list_are_broadcast_with_a_warning(pytorch: Answers) -> None:
    wrong, right, warnings = pytorch["misfit"]
    assert (wrong, right, len(warnings)) == (0.5, 0, 1)


def test_the_function_mse_is_a_list(recorded: dict[str, Answers], live: SideBySide) -> None:
    for answers in (recorded["TensorFlow"], live["TensorFlow"]):
        shape, factor = answers["listed"]
        assert (shape, round(factor, 9)) == ([4], 4)


# ------------------------------------------------------------------ record and runner


def test_the_record_has_every_framework_and_every_question(recorded: dict[str, Answers], live: SideBySide) -> None:
    assert list(recorded) != []
    assert set(recorded) == set(OTHERS)
    for name, answers in recorded.items():
        assert not answers.live
        assert answers.source.startswith(f"not installed here; recorded with {name} {answers.version} on 20")
        assert set(answers) == set(live[name])


FAKE = """
VERSION = "1.5"
def double(x):
    return 2 * x, None, {"text": "yes"}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a framework called fake, of which NumPy is the package."""
    fakes = (Framework("ours", "numpy", "ours", ""), Framework("Fake", "numpy", "fake", "pip install fake"))
    monkeypatch.setattr("backprop_lab.frameworks.FRAMEWORKS", fakes)
    (tmp_path / "ours.py").write_text("VERSION = '0'", encoding="utf-8")
    (tmp_path / "fake.py").write_text(FAKE, encoding="utf-8")
    asks = 'import numpy as np\ndef questions():\n    return {"twice": ("double", np.ones(2)), "nobody": ("gone",)}\n'
    (tmp_path / "questions.py").write_text(asks, encoding="utf-8")
    return tmp_path


def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    fakes = (Framework("ours", "numpy", "ours", ""), Framework("Fake", "no_such_package", "fake", "pip install fake"))
    monkeypatch.setattr("backprop_lab.frameworks.FRAMEWORKS", fakes)


def test_what_is_installed_is_run_and_what_has_no_function_is_left_out(folder: Path) -> None:
    answers = ask_frameworks(folder)["Fake"]
    assert dict(answers) == {"twice": [[2, 2], None, {"text": "yes"}]}
    assert (answers.live, answers.source) == (True, "Fake 1.5, run just now")


def test_what_is_missing_is_taken_from_the_record(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(folder)
    absent(monkeypatch)
    answers = ask_frameworks(folder)["Fake"]
    assert answers["twice"][0] == [2, 2]
    assert answers.source.startswith("not installed here; recorded with Fake 1.5 on ")
    before = (folder / "recorded.json").read_text(encoding="utf-8")
    record(folder)  # where it is missing, what was written stays
    assert (folder / "recorded.json").read_text(encoding="utf-8") == before
    assert json.loads(before)["Fake"]["version"] == "1.5"


def test_what_is_neither_installed_nor_recorded_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent(monkeypatch)
    answers = ask_frameworks(folder)
    assert list(answers) == ["ours"]
    with pytest.raises(KeyError, match="no framework was asked 'twice'"):
        answers.ask("twice")


def test_a_framework_that_fails_is_not_passed_over(folder: Path) -> None:
    (folder / "fake.py").write_text("raise OSError('no such library')", encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"(?s)Fake is installed and failed.*no such library"):
        ask_frameworks(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "fake.py").unlink()
    with pytest.raises(FileNotFoundError, match="holds the functions of Fake"):
        ask_frameworks(folder)


def test_the_command_line_records_or_explains(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", str(folder)]) == 0
    assert "recorded with Fake 1.5" in capsys.readouterr().out
    assert main([]) == 2
    assert "record FOLDER" in capsys.readouterr().out


def test_in_the_browser_ours_answers_in_the_same_process(live: SideBySide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backprop_lab.frameworks.FRAMEWORKS", FRAMEWORKS[:1])
    monkeypatch.setattr("sys.platform", "emscripten")
    monkeypatch.setattr("sys.path", sys.path[:])
    monkeypatch.setattr("subprocess.run", None)
    assert dict(ask_frameworks(FOLDER)["ours"]) == dict(live["ours"])


def test_nothing_is_imported_here(live: SideBySide) -> None:
    assert live["ours"].live
    assert "tensorflow" not in sys.modules


# ------------------------------------------------------------------ test the tester


def test_a_gradient_that_is_off_by_a_millionth_is_noticed(ours: Answers) -> None:
    loss, gradients = ours["gradients"]
    off = [[1 + 1e-6 if k else 1, g] for k, g in enumerate(gradients)]
    with pytest.raises(AssertionError):
        assert_close([loss, [(factor * np.array(g)).tolist() for factor, g in off]], [loss, gradients])


def test_the_network_of_the_questions_is_the_one_of_the_chapter(questions: Any) -> None:
    net, x, _ = questions.start()
    assert isinstance(net, Network)
    assert (net.sizes, x.shape) == ((64, 8, 6, 10), (16, 64))
