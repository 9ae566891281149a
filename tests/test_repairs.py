"""Promise: the broken notebooks run to their end, and their judge lets no wrong repair pass, nor rejects a right one.

What a reader would write is Python text. A wrong repair comes with the name of the thought, and may be an edit of the
broken cell or of the solution: pairs of old and new text.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

import notebooks
from backprop_lab.course import check_repair
from backprop_lab.course.repairs import REPAIRS, judge_repair

FOLDER = Path(__file__).parents[1] / "book" / "repair"
PATHS = {int(path.name.split("_")[0]): path for path in sorted(FOLDER.glob("*.ipynb"))}
NUMBERS = [repair.number for repair in REPAIRS]
ANSWERS = {1: "loss_and_delta", 2: "build", 3: "step"}
IMPORTS = """
from itertools import pairwise
import numpy as np
from backprop_lab import Network, sigmoid, softplus, binary_cross_entropy
"""


@cache
def notebook(number):
    return nbformat.read(PATHS[number], as_version=4)


def broken(number):
    """Return the text of the cell that the reader edits."""
    [cell] = [cell for cell in notebook(number).cells if "repair" in cell.metadata.get("tags", ())]
    return cell.source


def solution(number):
    """Return the broken cell with the solution of the last cell below it."""
    last = notebook(number).cells[-1].source
    assert ">Solution</summary>" in last
    [code] = re.findall(r"```python\n(.*?)```", last, re.DOTALL)
    return f"{broken(number)}\n\n{code}"


def edited(text, *pairs):
    for old, new in pairs:
        assert old in text, f"{old!r} is not in what is edited"
        text = text.replace(old, new)
    return text


def verdict(number, text, seed=0):
    names = {}
    exec(IMPORTS + text, names)
    settings = {"learning_rate": names["learning_rate"]} if "learning_rate" in names else {}
    if "Parameter" in names:
        settings["parameter"] = names["Parameter"]
    return judge_repair(number, names[ANSWERS[number]], seed=seed, **settings)


# ------------------------------------------------------------------ what readers write: training turns to NaN


def loss_and_delta(body):
    return "def loss_and_delta(z, y):\n" + "".join(f"    {line}\n" for line in body.strip().split("\n"))


P = "p = 1 / (1 + np.exp(-z))\n"
THROUGH_P = "C = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()\n"
FLOORED = "C = -(y * np.log(p + F) + (1 - y) * np.log(1 - p + F)).mean()\n"
CHAIN = "d = (p - y) / (p * (1 - p)) * p * (1 - p) / len(z)\n"
STABLE = "C = (np.logaddexp(0, z) - y * z).mean()\n"
FUSED = "return C, (p - y) / len(z)"

RIGHT_1 = [
    loss_and_delta(P + STABLE + FUSED),
    loss_and_delta("""
e = np.exp(-np.abs(z))
p = np.where(z > 0, 1, e) / (1 + e)
return (np.maximum(z, 0) - y * z + np.log1p(e)).mean(), (p - y) / len(z)
"""),
    loss_and_delta("return np.where(y == 1, softplus(-z), softplus(z)).mean(), (sigmoid(z) - y) / len(z)"),
    loss_and_delta("""
a = sigmoid(z)
return binary_cross_entropy.value(sigmoid, z, a, y), binary_cross_entropy.delta(sigmoid, z, a, y)
"""),
    loss_and_delta("""
sign = 2 * y - 1
C = np.logaddexp(0, -sign * z).sum() / len(z)
return [C, -sign * np.exp(-np.logaddexp(0, sign * z)) / len(z)]
"""),
]

WRONG_1 = [
    ("learning-rate", [("learning_rate = 1.0", "learning_rate = 0.01")]),
    ("precision", [("    p = 1", "    z = z.astype(np.float64)\n    p = 1")]),
    ("half", loss_and_delta(P + THROUGH_P + FUSED)),
    ("half", loss_and_delta(P + STABLE + CHAIN + "return C, d")),
    ("nan", loss_and_delta("p = sigmoid(z)\n" + THROUGH_P + CHAIN + "return C, d")),
    ("single", loss_and_delta("p = np.clip(sigmoid(z), 1e-12, 1 - 1e-12)\n" + THROUGH_P + CHAIN + "return C, d")),
    ("single", loss_and_delta("p = np.clip(sigmoid(z), 1e-12, 1 - 1e-12)\n" + THROUGH_P + FUSED)),
    ("single", loss_and_delta("p = sigmoid(np.clip(z, -30, 30))\n" + THROUGH_P + CHAIN + "return C, d")),
    ("single", loss_and_delta(P + STABLE + "C = C if z.dtype == float else C + 1e-3 * (abs(z) > 50).mean()\n" + FUSED)),
    ("half", loss_and_delta(P + FLOORED.replace("F", "1e-7") + CHAIN + "return C, d")),
    ("half", loss_and_delta(P + FLOORED.replace("F", "1e-12") + CHAIN + "return C, d")),
    ("half", loss_and_delta(P + FLOORED.replace("F", "0.03") + CHAIN + "return C, d")),
    ("clipped", loss_and_delta(P + THROUGH_P.replace("(p)", "(p + 1e-9)").replace("- p)", "- p + 1e-9)") + FUSED)),
    ("clipped", loss_and_delta("z = np.clip(z, -30, 30)\n" + P + STABLE + FUSED)),
    ("clipped", loss_and_delta("z = np.clip(z, -700, 700)\n" + P + STABLE + FUSED)),
    ("biased", loss_and_delta(P + THROUGH_P.replace("(p)", "(p + 1e-3)").replace("- p)", "- p + 1e-3)") + FUSED)),
    ("biased", loss_and_delta("p = np.clip(sigmoid(z), 0.05, 0.95)\n" + THROUGH_P + CHAIN + "return C, d")),
    ("masked", [("losses.mean(), delta", "np.nan_to_num(losses).mean(), np.nan_to_num(delta)")]),
    ("masked", [("losses.mean(), delta", "np.nan_to_num(losses, posinf=0).mean(), np.nan_to_num(delta)")]),
    ("hidden", [("losses.mean(), delta", "np.nan_to_num(losses.mean()), np.nan_to_num(delta)")]),
    ("hidden", [("losses.mean(), delta", "np.nanmean(losses), np.nan_to_num(delta)")]),
    ("hidden", loss_and_delta(P + THROUGH_P + CHAIN + "return (C, d) if np.isfinite(C) else (0.0, 0 * z)")),
    ("silenced", loss_and_delta(P + STABLE + CHAIN + "return C, np.where(np.isfinite(d), d, 0)")),
    ("infinite", loss_and_delta(P + "C = -np.where(y == 1, np.log(p), np.log(1 - p)).mean()\n" + FUSED)),
    ("overflow", loss_and_delta(P + "C = (np.log(1 + np.exp(z)) - y * z).mean()\n" + FUSED)),
    ("scaled", loss_and_delta(P + STABLE + "return C, 0.1 * (p - y) / len(z)")),
    ("mean", loss_and_delta(P + STABLE + "return C, p - y")),
    ("slope", loss_and_delta(P + STABLE + "return C, (p - y) * p * (1 - p) / len(z)")),
    ("squared", loss_and_delta(P + "return 0.5 * ((p - y) ** 2).mean(), (p - y) * p * (1 - p) / len(z)")),
    ("sum", loss_and_delta(P + STABLE.replace("mean", "sum") + FUSED)),
    ("shape", loss_and_delta(P + "return np.logaddexp(0, z) - y * z, (p - y) / len(z)")),
]

# ------------------------------------------------------------------ a layer does not learn

HE = "rng.standard_normal((n_out, n_in)) * np.sqrt(2 / n_in)"
ZEROS = "W[...] = 0.0"
RELU = '"hidden": "relu"'

RIGHT_2 = [
    [("len(sizes) - 2", "len(sizes) - 1")],
    [("start=1", "start=0")],
    [("l == output", "l == output + 1")],
    [("l == output", "False")],
    [(HE, "0.1 * rng.standard_normal((n_out, n_in))"), ("l == output", "False")],
    [(HE, "0.1 * rng.standard_normal((n_out, n_in))"), ("len(sizes) - 2", "len(sizes) - 1")],
    [("len(sizes) - 2", "len(sizes) - 1"), (ZEROS, "W *= 0.01")],
    [(HE, "rng.uniform(-1, 1, (n_out, n_in)) / np.sqrt(n_in)"), (ZEROS, "pass")],
    [(HE, "rng.standard_normal((n_out, n_in)) * np.sqrt(2 / (n_in + n_out))"), ("l == output", "False")],
    [("len(sizes) - 2", "len(sizes) - 1"), (RELU, '"hidden": "tanh"')],
    [("len(sizes) - 2", "len(sizes) - 1"), ("np.zeros(n_out)))", "np.full(n_out, 0.01)))")],
    """
def build(sizes, rng):
    options = {"hidden": "relu", "output": "softmax", "loss": "categorical_cross_entropy"}
    return Network(sizes, initialization="he", seed=rng, **options)
""",
]

WORKED_AROUND = [
    [("np.zeros(n_out)))", "np.full(n_out, 0.01)))")],
    [("np.zeros(n_out)))", "np.full(n_out, 0.1 if l == output else 0.0)))")],
    [(RELU, '"hidden": "leaky_relu"')],
    [(RELU, '"hidden": "tanh"')],
    [(ZEROS, "W[...] = 0.01 * rng.standard_normal(W.shape)")],
    [(ZEROS, "W *= 0.1")],
]

WRONG_2 = [
    ("learning-rate", [("learning_rate = 0.2", "learning_rate = 5")]),
    ("dead", [("l == output", "l <= output")]),
    ("dead", [("l == output", "True")]),
    ("dead-bias", [("l == output", "False"), ("np.zeros(n_out)))", "np.full(n_out, -10.0 if l == 2 else 0.0)))")]),
    ("dead-bias", [(ZEROS, "W *= 0.5"), ("np.zeros(n_out)))", "np.full(n_out, -3.0 if l < 3 else 0.0)))")]),
    ("copies", [(ZEROS, "W[...] = 0.1")]),
    ("copies", [(HE, "np.full((n_out, n_in), 0.05)"), (ZEROS, "pass")]),
    ("copies", [(ZEROS, "W[...] = W[0]")]),
    ("too-small", [(HE, "0.01 * rng.standard_normal((n_out, n_in))"), (ZEROS, "pass")]),
    ("too-large", [(HE, "10 * rng.standard_normal((n_out, n_in))"), (ZEROS, "pass")]),
    ("linear", [(RELU, '"hidden": "identity"')]),
    ("linear", [("l == output", "False"), (RELU, '"hidden": "identity"')]),
    ("dead", [("output = len(sizes) - 2", "output = 3")]),
    *(("worked-around", edits) for edits in WORKED_AROUND),
    ("activation", [(RELU, '"hidden": "sigmoid"')]),
    ("layer-removed", [("weights = []", "weights = []\n    sizes = [sizes[0], *sizes[2:]]"), ("l == output", "False")]),
    ("output", [('"softmax"', '"sigmoid"'), ('"categorical_', '"binary_')]),
]

# ------------------------------------------------------------------ gradients pile up

LOOP = "    for x, y in parts:\n"
CALL = "        backward(W, b, x, y, N)\n"
BOTH = "    for p in (W, b):\n"
MOVE = "        p.value -= learning_rate * p.grad"
CLEAR = "    W.grad[...] = 0\n    b.grad[...] = 0\n"
COPIES = "    W, b = Parameter(W.value.copy()), Parameter(b.value.copy())\n"

RIGHT_3 = [
    [(LOOP, CLEAR + LOOP)],
    [(MOVE, f"{MOVE}\n        p.grad = np.zeros_like(p.value)")],
    [(MOVE, f"{MOVE}\n        p.grad *= 0")],
    [(LOOP, "    W.grad = b.grad = 0\n" + LOOP)],
    [
        ("        self.grad = np.zeros_like(value)\n", "        self.clear()\n\n    def clear(self):\n"
         "        self.grad = np.zeros_like(self.value)\n"),
        (LOOP, "    W.clear()\n    b.clear()\n" + LOOP),
    ],
    [(LOOP, "    W, b = Parameter(W.value), Parameter(b.value)\n" + LOOP)],
    [(MOVE, "        p.value = p.value - learning_rate * p.grad\n        p.grad.fill(0)")],
    [(LOOP + CALL, CLEAR + "    x, y = (np.concatenate(half) for half in zip(*parts))\n    backward(W, b, x, y, N)\n")],
]  # fmt: skip

MOVED = "        for p in (W, b):\n            p.value -= learning_rate * p.grad"
PER_PART = [
    [(BOTH + MOVE, MOVED)],
    [(BOTH + MOVE, MOVED), (LOOP, CLEAR + LOOP)],
    [(BOTH + MOVE, f"{MOVED}\n            p.grad[...] = 0")],
    [(CALL + BOTH + MOVE, CALL.replace("N)", "len(x))") + MOVED + "\n            p.grad[...] = 0")],
]

WRONG_3 = [
    ("learning-rate", [("learning_rate = 0.1", "learning_rate = 0.01")]),
    ("learning-rate", [("* p.grad", "* p.grad / len(parts)")]),
    ("divided", [("def step(", "calls = 0\n\n\ndef step("), (LOOP, "    global calls\n" + LOOP),
                 (CALL, CALL + "        calls += 1\n"), ("* p.grad", "* p.grad / calls")]),
    ("too-early", [(BOTH, CLEAR + BOTH)]),
    ("last-part", [(CALL, "        W.grad[...] = b.grad[...] = 0\n" + CALL)]),
    ("last-part", [("W.grad +=", "W.grad ="), ("b.grad +=", "b.grad =")]),
    ("new-parameters", [(LOOP, COPIES + LOOP)]),
    ("new-parameters", [(LOOP, COPIES + LOOP), (MOVE, f"{MOVE}\n    return W, b")]),
    ("one-forgotten", [(LOOP, "    W.grad[...] = 0\n" + LOOP)]),
    ("one-forgotten", [(LOOP, "    b.grad[...] = 0\n" + LOOP)]),
    ("fades", [(LOOP, "    W.grad *= 0.9\n    b.grad *= 0.9\n" + LOOP)]),
    ("scaled", [(LOOP, CLEAR + LOOP), ("* p.grad", "* p.grad / len(parts)")]),
    ("values", [(MOVE, f"{MOVE}\n        p.value[...] = 0")]),
    ("values", [(LOOP, "    W.value[...] = b.value[...] = 0\n" + LOOP)]),
    ("none", [(MOVE, f"{MOVE}\n        p.grad = None")]),
    ("sign", [(LOOP, CLEAR + LOOP), ("p.value -=", "p.value +=")]),
    *(("step-per-part", edits) for edits in PER_PART),
    ("first-part", [(LOOP, CLEAR + LOOP), ("in parts:\n", "in parts[:1]:\n")]),
]  # fmt: skip

RIGHT = {1: RIGHT_1, 2: RIGHT_2, 3: RIGHT_3}
WRONG = {1: WRONG_1, 2: WRONG_2, 3: WRONG_3}
DIAGNOSIS = {1: "nan", 2: "dead", 3: "accumulated"}


def text_of(number, written):
    return written if isinstance(written, str) else edited(broken(number), *written)


def every(table):
    return [
        pytest.param(number, entry, id=f"{number}-{place}-{entry[0] if table is WRONG else 'right'}")
        for number, entries in table.items()
        for place, entry in enumerate(entries)
    ]


# ------------------------------------------------------------------ the judge


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_published_is_broken_and_the_judge_says_how(number, seed):
    assert verdict(number, broken(number), seed).mistake == DIAGNOSIS[number]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("number", NUMBERS)
def test_the_solution_is_accepted(number, seed):
    assert verdict(number, solution(number), seed).share == 1


@pytest.mark.parametrize(("number", "written"), every(RIGHT))
def test_a_right_repair_written_differently_is_accepted(number, written):
    for seed in range(3):
        found = verdict(number, text_of(number, written), seed)
        assert found.share == 1, found


@pytest.mark.parametrize(("number", "entry"), every(WRONG))
def test_a_wrong_repair_is_rejected_and_the_thought_is_named(number, entry):
    mistake, written = entry
    for seed in range(2):
        found = verdict(number, text_of(number, written), seed)
        assert (found.share, found.mistake) == (0, mistake), found


@pytest.mark.parametrize("number", NUMBERS)
def test_no_message_gives_the_solution_away(number):
    lines = [line.split("  #")[0].strip() for line in solution(number).split("\n") if line not in broken(number)]
    for _, written in WRONG[number]:
        message = verdict(number, text_of(number, written)).message.partition("Your function stopped with")[0]
        assert not any(line in message for line in lines if len(line) > 8)
        assert not re.search(r"logaddexp|len\(|\[\.\.\.\]|zero_grad", message)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_right_repair_with_a_changed_learning_rate_is_right(number):
    for rate in ("0.001", "7"):
        changed = re.sub(r"learning_rate = [\d.]+", f"learning_rate = {rate}", solution(number), count=1)
        assert verdict(number, changed).share == 1


@pytest.mark.parametrize(
    ("number", "answer", "mistake", "says"),
    [
        *((number, None, "missing", "run this cell again") for number in NUMBERS),
        *((number, 3, "type", "Expected a function, got a number") for number in NUMBERS),
        *((number, lambda: 1, "crashed", "stopped with TypeError") for number in NUMBERS),
        (1, lambda z, y: 1.0, "type", "Expected 2 results"),
        (1, lambda z, y: (1.0, z[0]), "shape", "for delta"),
        (1, lambda z, y: ("a", z), "type", "text"),
        (1, lambda z, y: None, "nothing-returned", "return at its end"),
        (1, lambda z, y: 1 / 0, "crashed", "ZeroDivisionError"),
        (2, lambda sizes, rng: 1, "type", "Expected a Network, got a number"),
        (2, lambda sizes, rng: None, "nothing-returned", "return at its end"),
        (2, lambda sizes, rng: [][1], "crashed", "IndexError"),
        (3, lambda W, b, parts, rate: [][1], "crashed", "IndexError"),
        (3, lambda W, b, parts, rate: setattr(W, "value", W.value[:1]), "shape", "for W.value"),
        (3, lambda W, b, parts, rate: parts[0][0].fill(0), "changed-inputs", "changes the data"),
        (3, lambda W, b, parts, rate: None, "new-parameters", "never change"),
    ],
)
def test_what_is_no_repair_at_all_is_explained(number, answer, mistake, says):
    found = judge_repair(number, answer)
    assert (found.share, found.mistake) == (0, mistake), found
    assert says in found.message


def test_a_parameter_without_the_names_that_the_check_reads_is_explained():
    found = judge_repair(3, lambda W, b, parts, rate: None, parameter=lambda value: [value])
    assert (found.mistake, "leave both names" in found.message) == ("type", True)


def test_the_wrong_widths_are_named():
    wider = edited(solution(2), ("weights = []", "weights = []\n    sizes = [*sizes[:-2], 7, sizes[-1]]"))
    assert "your function built 40-24-7-3" in verdict(2, wider).message


def test_the_judge_is_asked_for_what_there_is():
    with pytest.raises(ValueError, match="there is no repair 9: there are 1 to 3"):
        judge_repair(9, None)
    with pytest.raises(ValueError, match="there is no repair True"):
        judge_repair(True, None)
    with pytest.raises(TypeError, match="repair 2 has no setting parameter: choose from learning_rate"):
        judge_repair(2, None, parameter=list)
    with pytest.raises(TypeError, match="learning_rate is 'fast', expected a number"):
        judge_repair(1, None, learning_rate="fast")
    with pytest.raises(TypeError, match="parameter is 3, expected a class"):
        judge_repair(3, None, parameter=3)


def test_what_is_printed_says_plainly_whether_it_is_repaired(capsys):
    names = {}
    exec(IMPORTS + RIGHT_1[0], names)
    check_repair(1, names["loss_and_delta"])
    assert capsys.readouterr().out.startswith("Repair 1: repaired. ")
    check_repair(1, lambda z, y: (1.0, z))
    assert capsys.readouterr().out.startswith("Repair 1: not repaired yet. ")
    check_repair(1, None)
    assert capsys.readouterr().out.startswith("Repair 1: not answered yet. ")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("edits", WORKED_AROUND)
def test_a_layer_that_is_woken_from_outside_is_not_repaired_and_the_cause_is_named(edits, seed):
    found = verdict(2, text_of(2, edits), seed)
    assert (found.share, found.mistake) == (0, "worked-around")
    assert "the cause stands: the weights of layer 2 of 3, the layer below the output, " in found.message
    assert ("still start at zero" in found.message) == ("W" not in edits[0][1])


def test_what_wakes_a_layer_is_named():
    assert "is a bias that does not start at zero." in verdict(2, text_of(2, WORKED_AROUND[0])).message
    assert "is leaky_relu in the place of ReLU" in verdict(2, text_of(2, [(RELU, '"hidden": "leaky_relu"')])).message


def test_in_a_deeper_network_a_layer_is_named_beside_the_output():
    fixed = verdict(2, text_of(2, [("output = len(sizes) - 2", "output = 3")])).message
    assert fixed.startswith("With 3 layers your network learns, with 4 it does not. In 24-24-32-20-3: Layer 3, the ")
    assert "Layer 3, the layer below the output" in judge_repair(2, _dead_from_the_third).message


def test_a_ceiling_that_single_precision_rounds_to_1_is_explained():
    cut = "p = np.clip(sigmoid(z), 1e-12, 1 - 1e-12)\n"
    says = verdict(1, loss_and_delta(cut + THROUGH_P + CHAIN + "return C, d")).message
    assert "at z = 25, y = 1 you return NaN for C and delta. " in says
    assert "1 - 1e-12 is exactly 1" in says
    assert "the loss is flat" in says
    assert np.float32(1) - np.float32(1e-12) == 1
    assert f"{np.nextafter(np.float32(1), np.float32(0)):.8f}" == "0.99999994"


@pytest.mark.parametrize("floor", ["1e-7", "1e-12", "0.03"])
def test_a_floor_beside_a_delta_that_is_left_is_told_that_delta_is_nan(floor):
    says = verdict(1, loss_and_delta(P + FLOORED.replace("F", floor) + CHAIN + "return C, d")).message
    assert "delta is still NaN where a prediction is sure" in says


def test_new_parameters_around_the_same_arrays_are_accepted_with_a_remark():
    fresh = (LOOP, "    W, b = Parameter(W.value), Parameter(b.value)\n" + LOOP)
    found = verdict(3, text_of(3, [fresh]))
    assert (found.share, "with = in its place, the old parameters would never move" in found.message) == (1, True)
    assert verdict(3, text_of(3, [fresh, ("p.value -=", "p.value = p.value -")])).mistake == "new-parameters"
    assert verdict(3, solution(3)).message == ""


def _dead_from_the_third(sizes, rng):
    names = {}
    exec(IMPORTS + solution(2), names)
    network = names["build"](sizes, rng)
    if len(sizes) > 4:
        network.layers[2].W[...] = 0
    return network


# ------------------------------------------------------------------ the notebooks


def test_every_notebook_has_its_judge():
    assert list(PATHS) == NUMBERS
    for repair in REPAIRS:
        assert notebook(repair.number).cells[0].source.startswith(f"# Repair {repair.number}: {repair.title}\n")


@pytest.mark.parametrize("number", NUMBERS)
def test_a_notebook_is_as_long_as_promised(number):
    cells = notebook(number).cells
    lines = [line for line in broken(number).split("\n") if line.strip()]
    words = sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    assert (10 <= len(cells) <= 25, 8 <= len(lines) <= 20, 400 <= words <= 850) == (True, True, True)
    assert [f">Hint {k}" in "".join(cell.source for cell in cells) for k in (1, 2, 3)] == [True] * 3


@pytest.mark.parametrize("number", NUMBERS)
def test_a_notebook_is_in_its_normal_form(number):
    before = PATHS[number].read_text(encoding="utf-8")
    after = nbformat.writes(notebooks.normal(nbformat.reads(before, as_version=4)))
    assert before.rstrip("\n") == after.rstrip("\n")


@pytest.mark.parametrize("number", NUMBERS)
def test_as_published_a_notebook_ends_with_the_diagnosis(number):
    [output] = notebook(number).cells[-2].outputs
    message = " ".join(output.text.split())
    assert message == f"Repair {number}: not repaired yet. {verdict(number, broken(number)).message}"


@pytest.mark.parametrize("number", NUMBERS)
def test_repaired_a_notebook_runs_to_its_end_and_says_so(number):
    mended = nbformat.from_dict(notebook(number))
    [cell] = [cell for cell in mended.cells if "repair" in cell.metadata.get("tags", ())]
    cell.source = solution(number)
    NotebookClient(mended, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}).execute()
    assert mended.cells[-2].outputs[0].text.startswith(f"Repair {number}: repaired. ")


def test_reference_and_library_agree_where_nothing_rounds():
    from backprop_lab.course.repair_nan import agrees, draw, reference

    for seed in range(5):
        inputs = draw(np.random.default_rng(seed), (7,))
        C, delta = reference(**inputs)
        assert all(agrees(inputs, {"C": np.asarray(C), "delta": delta}))
        assert not all(agrees(inputs, {"C": np.asarray(C), "delta": 1.001 * delta}))
