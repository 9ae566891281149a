"""The shape puzzle: which expression is the gradient? Shapes rule some out, numbers the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.figures.diagram import BACKWARD_INK, FORWARD_INK, GOOD_INK, INK, THIRD_INK, number
from backprop_lab.figures.shape_diagram import Grid, Sign, shape_diagram
from backprop_lab.gradient_check import numerical_gradient
from backprop_lab.network import Network
from backprop_lab.widgets.matrices import bracketed_matrix
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Menu, math, with_math

__all__ = ["LETTERS", "SEED", "example", "shape_puzzle"]

LETTERS = "ABCDE"
SEED = 7
BATCH, SQUARE = 4, 3
CLOSE = 1e-6


def example(sizes: Sequence[int], batch: int) -> tuple[Network, Array, Array]:
    """Return a network of these sizes with random weights, biases and examples: (network, x, y)."""
    rng = np.random.default_rng(SEED)
    network = Network(sizes, hidden="tanh", output="identity", seed=rng)
    network.parameters = rng.normal(size=network.parameters.size)
    return network, rng.normal(size=(batch, sizes[0])), rng.normal(size=(batch, sizes[-1]))


def shape_puzzle() -> FramePlayer:
    """Return the interactive: six puzzles with five answers each; the frame says whether the answer is right."""
    puzzles = _puzzles()

    def frame(which: int, answer: int) -> Frame:
        puzzle = puzzles[which]
        return _asked(puzzle) if answer == 0 else _answered(puzzle, answer - 1)

    return FramePlayer(
        "shape puzzle",
        frame,
        [Menu("puzzle", [puzzle.name for puzzle in puzzles]), Buttons("answer", ["?", *LETTERS], afresh=True)],
        "Rule out by shapes alone what you can. In “hidden delta, square W” that rules out nothing: all five fit. What "
        "still tells the gradient?",
        printed=(1, 1 + puzzles[1].right),
    )


# -------------------------------------------------------------------- expressions, from left to right


@dataclass(frozen=True, eq=False)
class _Operand:
    """What stands in an expression: its name in the picture, its matrix (None: there is none), its ink."""

    name: str
    matrix: Array | None
    shape: tuple[int, int]
    ink: str


@dataclass(frozen=True, eq=False)
class _Step:
    """A sign and the operand after it; a sign without an operand works on what stands before it."""

    sign: str
    operand: _Operand | None = None


@dataclass(frozen=True, eq=False)
class _Candidate:
    """An expression, computed from left to right: how it is written (HTML), and what is to be said of it."""

    html: str
    first: _Operand
    steps: tuple[_Step, ...]
    remark: str

    @cached_property
    def outcome(self) -> tuple[Array | None, tuple[Sign, ...], str]:
        """Return the value, the signs with what the shapes say, and why there is no value."""
        value, signs, problem = self.first.matrix, list[Sign](), ""
        if value is None:
            problem = _no_inverse(self.first)
        for step in self.steps:
            if problem:  # what comes after is not looked at
                signs.append(Sign(step.sign))
                continue
            assert value is not None
            value, sign, problem = _apply(value, step)
            signs.append(sign)
        return (None if problem else value), tuple(signs), problem


def _apply(value: Array, step: _Step) -> tuple[Array, Sign, str]:
    """Return the value after a step, its sign with what the shapes say, and the problem if they do not fit."""
    if step.operand is None:
        return np.atleast_2d(UNARY[step.sign](value)), Sign(step.sign), ""
    other = step.operand.matrix
    assert other is not None  # an inverse stands first
    if step.sign in "·@":
        (_, inner), (outer, _) = value.shape, other.shape
        if inner != outer:
            columns = f"{inner} column{'s' if inner > 1 else ''}"
            problem = (
                f"{_shape(value.shape)} times {_shape(other.shape)}: {columns} on the left, "
                f"{outer} row{'s' if outer > 1 else ''} on the right."
            )
            return value, Sign(step.sign, f"{inner} ≠ {outer}", BACKWARD_INK, True), problem
        return value @ other, Sign(step.sign, f"{inner} = {outer}", GOOD_INK), ""
    if value.shape != other.shape:
        problem = f"{_shape(value.shape)} and {_shape(other.shape)}: entry by entry needs two shapes alike."
        return value, Sign(step.sign, "differ", BACKWARD_INK, True), problem
    return value * other, Sign(step.sign, "alike", GOOD_INK), ""


UNARY: dict[str, Callable[[Array], Array]] = {
    ".sum(axis=0)": lambda m: m.sum(axis=0, keepdims=True),
    ".sum(axis=1)": lambda m: m.sum(axis=1, keepdims=True),
    ".mean(axis=0)": lambda m: m.mean(axis=0, keepdims=True),
    ".sum()": lambda m: m.sum(keepdims=True),
    "/ N": lambda m: m / SQUARE,
}


def _no_inverse(operand: _Operand) -> str:
    rows, columns = operand.shape
    shape = _shape((columns, rows))
    return f"{operand.name} does not exist: W⁽²⁾ is {shape}, and only a square matrix can have an inverse."


# ------------------------------------------------------------------------------------ the puzzles


@dataclass(frozen=True, eq=False)
class _Puzzle:
    """What is given, what is wanted, and five answers.

    `truth` is what the library computes, `differences` what the loss says; `entry` writes one entry of them.
    """

    name: str
    question: str
    given: tuple[tuple[str, _Operand], ...]
    wanted: str
    wanted_latex: str
    why_shape: str
    truth: Array
    differences: Array
    entry: Callable[[int, int], str]
    candidates: tuple[_Candidate, ...]
    right: int


def _differences(network: Network, x: Array, y: Array, layer: int, what: str) -> Array:
    """Return dC/dW or dC/db of a layer (counted from 0) by difference quotients of the loss alone."""
    pairs = [(each.W.copy(), each.b.copy()) for each in network.layers]

    def loss(value: Array) -> float:
        moved = list(pairs)
        moved[layer] = (value, pairs[layer][1]) if what == "W" else (pairs[layer][0], value)
        return network.with_parameters(network.join(moved)).loss(x, y)

    return numerical_gradient(loss, pairs[layer][0 if what == "W" else 1])


def _operand(name: str, matrix: Array, ink: str) -> _Operand:
    rows, columns = matrix.shape
    return _Operand(name, matrix, (rows, columns), ink)


@dataclass(frozen=True, eq=False)
class _Letters:
    """The operands of one network, as columns of one example or as rows of a batch."""

    W: _Operand
    W_turned: _Operand
    W_inverse: _Operand
    delta: _Operand
    delta_turned: _Operand
    a: _Operand
    a_turned: _Operand
    slope: _Operand


def _letters(network: Network, x: Array, y: Array, code: bool) -> _Letters:
    _, caches = network.forward(x)
    W, delta, a = network.layers[1].W, network.gradients(x, y)[1].delta, caches[0].a
    slope = network.activations[0].slope(caches[0].z, a)
    if not code:
        delta, a, slope = delta.T, a.T, slope.T
    rows, columns = W.shape
    inverse = np.linalg.inv(W) if rows == columns else None
    names = (
        ("W2", "W2.T", "inv(W2)", "delta2", "delta2.T", "a1", "a1.T", "slope1")
        if code
        else ("W⁽²⁾", "(W⁽²⁾)ᵀ", "(W⁽²⁾)⁻¹", "δ⁽²⁾", "(δ⁽²⁾)ᵀ", "a⁽¹⁾", "(a⁽¹⁾)ᵀ", "f′(z⁽¹⁾)")
    )
    return _Letters(
        _operand(names[0], W, GOOD_INK),
        _operand(names[1], W.T, GOOD_INK),
        _Operand(names[2], inverse, (columns, rows), GOOD_INK),
        _operand(names[3], delta, THIRD_INK),
        _operand(names[4], delta.T, THIRD_INK),
        _operand(names[5], a, FORWARD_INK),
        _operand(names[6], a.T, FORWARD_INK),
        _operand(names[7], slope, FORWARD_INK),
    )


FORWARD_W = (
    "Forward, $W^{(2)}$ takes what the hidden units send and makes sums for the units above. Deltas come from above."
)
NO_SLOPE = (
    "This is how the loss changes with what the hidden units send, $\\partial C / \\partial a^{(1)}$. The slope of the "
    "activation is missing."
)
INVERSE = (
    "The inverse would undo the forward pass. Nothing is undone here: each delta is weighed with the weight it meets."
)
BP2 = (
    "Each hidden unit adds the deltas above it, weighed with the weights of its own edges, and multiplies by its slope."
)


def _puzzles() -> tuple[_Puzzle, ...]:
    return (
        _hidden_delta("hidden delta", (2, 3, 2)),
        _hidden_delta("hidden delta, square W", (3, 3, 3)),
        _weights(),
        _hidden_delta_in_rows(),
        _weights_in_rows(),
        _biases_in_rows(),
    )


def _hidden_delta(name: str, sizes: tuple[int, int, int]) -> _Puzzle:
    network, x, y = example(sizes, 1)
    of = _letters(network, x, y, code=False)
    times_slope = _Step("⊙", of.slope)
    slope = r"\odot f'(z^{(1)})"
    turned, inverse, delta = r"(W^{(2)})^{\mathsf T}", "(W^{(2)})^{-1}", r"\delta^{(2)}"
    plain = _candidate(rf"(W^{{(2)}} {delta}) {slope}", of.W, [_Step("·", of.delta), times_slope], FORWARD_W)
    no_slope = _candidate(rf"{turned} {delta}", of.W_turned, [_Step("·", of.delta)], NO_SLOPE)
    undone = _candidate(rf"({inverse} {delta}) {slope}", of.W_inverse, [_Step("·", of.delta), times_slope], INVERSE)
    right = _candidate(rf"({turned} {delta}) {slope}", of.W_turned, [_Step("·", of.delta), times_slope], BP2)
    outer = _candidate(
        rf"{delta} (a^{{(1)}})^{{\mathsf T}}",
        of.delta,
        [_Step("·", of.a_turned)],
        "That is the gradient of the weights $W^{(2)}$.",
    )
    activation = _candidate(
        rf"({turned} {delta}) \odot a^{{(1)}}",
        of.W_turned,
        [_Step("·", of.delta), _Step("⊙", of.a)],
        "It takes the activation for its slope. $f'$ is how fast $a^{(1)}$ changes with $z^{(1)}$, not $a^{(1)}$ "
        "itself.",
    )
    square = sizes[1] == sizes[2]
    candidates = (undone, right, plain, no_slope, activation) if square else (plain, no_slope, undone, right, outer)
    return _Puzzle(
        name,
        "One example, vectors as columns. Which expression is delta of the hidden layer, $\\delta^{(1)}$?",
        (*_given(of), ("the slopes of the hidden units", of.slope)),
        "δ⁽¹⁾",
        r"\delta^{(1)}",
        "one number for each hidden unit",
        network.gradients(x, y)[0].delta.T,
        _differences(network, x, y, 0, "b")[:, np.newaxis],
        lambda i, _: rf"\delta^{{(1)}}_{{{i + 1}}}",
        candidates,
        candidates.index(right),
    )


def _weights() -> _Puzzle:
    network, x, y = example((2, 3, 2), 1)
    of = _letters(network, x, y, code=False)
    return _Puzzle(
        "weights",
        r"One example, vectors as columns. Which expression is the gradient of the weights, "
        r"$\partial C / \partial W^{(2)}$?",
        _given(of),
        "∂C/∂W⁽²⁾",
        r"\partial C / \partial W^{(2)}",
        "one number for each weight",
        network.gradients(x, y)[1].dW,
        _differences(network, x, y, 1, "W"),
        lambda i, k: rf"\partial C / \partial W^{{(2)}}_{{{i + 1}{k + 1}}}",
        (
            _candidate(
                r"a^{(1)} (\delta^{(2)})^{\mathsf T}", of.a, [_Step("·", of.delta_turned)],
                "All products are there, but rows and columns are swapped: row i must belong to output unit i, as in "
                "$W^{(2)}$.",
            ),
            _candidate(
                r"\delta^{(2)} a^{(1)}", of.delta, [_Step("·", of.a)],
                "Two columns can't be multiplied. One of them has to lie down.",
            ),
            _candidate(
                r"\delta^{(2)} (a^{(1)})^{\mathsf T}", of.delta, [_Step("·", of.a_turned)],
                "An outer product: every delta times every activation, one product for each weight.",
            ),
            _candidate(
                r"\delta^{(2)} \odot a^{(1)}", of.delta, [_Step("⊙", of.a)],
                "A delta and an activation belong to different layers. Every one meets every other.",
            ),
            _candidate(
                r"(W^{(2)})^{\mathsf T} \delta^{(2)}", of.W_turned, [_Step("·", of.delta)],
                "That is what goes back to the hidden units. The gradient of a weight does not contain the weight.",
            ),
        ),
        2,
    )  # fmt: skip


def _hidden_delta_in_rows() -> _Puzzle:
    network, x, y = example((2, 3, 2), BATCH)
    of = _letters(network, x, y, code=True)
    one_by_one = [_differences(network, x[n : n + 1], y[n : n + 1], 0, "b") / BATCH for n in range(BATCH)]
    times_slope = _Step("*", of.slope)
    return _Puzzle(
        "hidden delta, rows",
        f"A batch of N = {BATCH} examples, each a row. Which code gives delta1?",
        (*_given(of, "row"), ("the slopes of the hidden units", of.slope)),
        "delta1",
        r"\delta^{(1)}",
        "one number for each example and hidden unit",
        network.gradients(x, y)[0].delta,
        np.array(one_by_one),
        lambda n, i: rf"\delta^{{(1)}}_{{{i + 1}}}, \text{{ row }} {n + 1}",
        (
            _candidate("(delta2 @ W2) * slope1", of.delta, [_Step("@", of.W), times_slope],
                       "Rows turn the order round: $(W^{\\mathsf T} \\delta)^{\\mathsf T} = \\delta^{\\mathsf T} W$. "
                       "It is the same equation, and no T is left.", code=True),
            _candidate("(W2.T @ delta2) * slope1", of.W_turned, [_Step("@", of.delta), times_slope],
                       "It is copied from the formula for columns. Here the examples are rows.", code=True),
            _candidate("(delta2 @ W2.T) * slope1", of.delta, [_Step("@", of.W_turned), times_slope],
                       "The order is turned round, and the T is kept from the formula for columns: one turn too many.",
                       code=True),
            _candidate("delta2 @ W2", of.delta, [_Step("@", of.W)], NO_SLOPE, code=True),
            _candidate("delta2.T @ a1", of.delta_turned, [_Step("@", of.a)],
                       "That is the gradient of the weights $W^{(2)}$.", code=True),
        ),
        0,
    )  # fmt: skip


def _weights_in_rows() -> _Puzzle:
    network, x, y = example((SQUARE, SQUARE, SQUARE), SQUARE)
    of = _letters(network, x, y, code=True)
    right = [_Step("@", of.a)]
    return _Puzzle(
        "weights, rows, all square",
        f"A batch of N = {SQUARE} examples, each a row; {SQUARE} units in each layer. Which code gives dW2?",
        _given(of, "row"),
        "dW2",
        r"\partial C / \partial W^{(2)}",
        "one number for each weight",
        network.gradients(x, y)[1].dW,
        _differences(network, x, y, 1, "W"),
        lambda i, k: rf"\partial C / \partial W^{{(2)}}_{{{i + 1}{k + 1}}}",
        (
            _candidate("delta2 @ a1.T", of.delta, [_Step("@", of.a_turned)],
                       "It adds over the units and leaves the examples apart. A gradient adds over the examples.",
                       code=True),
            _candidate("a1.T @ delta2", of.a_turned, [_Step("@", of.delta)],
                       "All numbers are there, in the wrong places: it is the transpose of the gradient. Row i must "
                       "belong to unit i of layer 2.", code=True),
            _candidate("delta2 * a1", of.delta, [_Step("*", of.a)],
                       "It lets each unit meet only the one of its own number, and adds over nothing.", code=True),
            _candidate("delta2.T @ a1 / N", of.delta_turned, [*right, _Step("/ N")],
                       "The mean over the batch is in delta2 already: it enters once, in the loss. This is too small "
                       "by the factor N.", code=True),
            _candidate("delta2.T @ a1", of.delta_turned, right,
                       "For each weight, delta times activation, added over the examples.", code=True),
        ),
        4,
    )  # fmt: skip


def _biases_in_rows() -> _Puzzle:
    network, x, y = example((2, 3, 2), BATCH)
    of = _letters(network, x, y, code=True)

    def one(call: str, remark: str) -> _Candidate:
        return _candidate(f"delta2{call}", of.delta, [_Step(call)] if call else [], remark, code=True)

    return _Puzzle(
        "biases, rows",
        f"A batch of N = {BATCH} examples, each a row. Which code gives db2?",
        _given(of, "row"),
        "db2",
        r"\partial C / \partial b^{(2)}",
        "one number for each unit of layer 2",
        network.gradients(x, y)[1].db[np.newaxis],
        _differences(network, x, y, 1, "b")[np.newaxis],
        lambda _, i: rf"\partial C / \partial b^{{(2)}}_{{{i + 1}}}",
        (
            one(".sum(axis=1)", "It adds over the units, and leaves one number for each example."),
            one(
                ".mean(axis=0)",
                "The mean over the batch is in delta2 already: it enters once, in the loss. This is too small by the "
                "factor N.",
            ),
            one(".sum(axis=0)", "All examples share the bias, so what they say of it is added."),
            one("", "For one example the gradient of the biases is delta. Here there is one row for each example."),
            one(".sum()", "It adds over the units, too, and leaves one number."),
        ),
        2,
    )


def _given(of: _Letters, stands: str = "column") -> tuple[tuple[str, _Operand], ...]:
    each = "one row for each example" if stands == "row" else "a column"
    return (
        ("the weights from layer 1 to layer 2", of.W),
        (f"the deltas of layer 2, {each}", of.delta),
        (f"what layer 1 sends, {each}", of.a),
    )


def _candidate(written: str, first: _Operand, steps: Sequence[_Step], remark: str, *, code: bool = False) -> _Candidate:
    html = f'<code style="white-space:nowrap">{escape(written)}</code>' if code else math(written)
    return _Candidate(html, first, tuple(steps), remark)


# ------------------------------------------------------------------------------- what is shown of it


def _asked(puzzle: _Puzzle) -> Frame:
    grids = [Grid(operand.name, *operand.shape, operand.ink) for _, operand in puzzle.given]
    wanted = Grid(puzzle.wanted, *_two(puzzle.truth.shape), INK, outline=True)
    label = "Given: " + ", ".join(f"{g.name} is {g.shape}" for g in grids)
    pictures = (_list(puzzle, None), shape_diagram(grids, label), _wanted(wanted))
    sentence = "Look at the shapes first. What is wanted has " + puzzle.why_shape + f": {_shape(puzzle.truth.shape)}."
    rows = [(escape(o.name), what, _shape(o.shape)) for what, o in puzzle.given]
    rows.append((puzzle.wanted, f"wanted: {puzzle.why_shape}", wanted.shape))
    return Frame(pictures, sentence, ("name", "what it is", "shape"), tuple(rows))


def _answered(puzzle: _Puzzle, answer: int) -> Frame:
    candidate = puzzle.candidates[answer]
    value, _, problem = candidate.outcome
    wanted = _two(puzzle.truth.shape)
    fits = value is not None and value.shape == puzzle.truth.shape
    right = value is not None and fits and bool(np.abs(value - puzzle.differences).max() < CLOSE)
    if value is None:
        verdict = f"<strong>{LETTERS[answer]}. Shapes do not fit.</strong> {escape(problem)}"
    elif not fits:
        verdict = (
            f"<strong>{LETTERS[answer]}. Legal, but not the gradient.</strong> It is {_shape(value.shape)}, and "
            f"{puzzle.wanted} is {_shape(wanted)}: {puzzle.why_shape}."
        )
    elif not right:
        worst = np.unravel_index(np.abs(value - puzzle.differences).argmax(), value.shape)
        i, k = (int(place) for place in worst)
        verdict = (
            f"<strong>{LETTERS[answer]}. Legal and of the right shape, but not the gradient.</strong> For "
            f"{math(puzzle.entry(i, k))} it says {number(float(value[i, k]))}; the loss itself says "
            f"{number(puzzle.differences[i, k])}."
        )
    else:
        verdict = f"<strong>{LETTERS[answer]}. Right.</strong> Every number is what the loss itself says."
    rows = tuple(
        (
            math(puzzle.entry(i, k)),
            number(float(value[i, k])) if value is not None and fits else "–",
            number(float(puzzle.differences[i, k])),
            number(float(puzzle.truth[i, k])),
        )
        for i, k in np.ndindex(wanted)
    )
    return Frame(
        (_list(puzzle, answer), _given_again(puzzle), _worked_out(puzzle, candidate)),
        f"{verdict} {with_math(candidate.remark)}{_two_matrices(candidate)}",
        ("entry", "this expression", "by differences of C", "the gradient"),
        rows,
        right,
    )


def _list(puzzle: _Puzzle, chosen: int | None) -> str:
    """Return the question with its five answers, the chosen one framed."""
    items = "".join(
        f'<div style="display:flex;gap:8px;align-items:center;padding:1px 8px 1px 4px;border-radius:4px;'
        f'border:2px solid {"currentColor" if place == chosen else "transparent"}">'
        f"<strong>{letter}</strong> <span>{candidate.html}</span></div>"
        for place, (letter, candidate) in enumerate(zip(LETTERS, puzzle.candidates, strict=True))
    )
    return (
        f'<div style="flex:1 1 100%"><p style="margin:4px 0">{with_math(puzzle.question)}</p>'
        f'<div style="display:flex;flex-wrap:wrap;gap:2px 12px">{items}</div></div>'
    )


def _given_again(puzzle: _Puzzle) -> str:
    grids = [Grid(operand.name, *operand.shape, operand.ink) for _, operand in puzzle.given]
    return shape_diagram(grids, "Given: " + ", ".join(f"{g.name} is {g.shape}" for g in grids))


def _wanted(wanted: Grid) -> str:
    items: list[Grid | Sign] = [wanted, Sign("="), Sign("?")]
    return shape_diagram(items, f"Wanted: {wanted.name}, of shape {wanted.shape}. Not chosen yet.")


def _worked_out(puzzle: _Puzzle, candidate: _Candidate) -> str:
    """Return what is wanted, and the expression as grids with what the shapes say at each sign."""
    value, signs, problem = candidate.outcome
    wanted = Grid(puzzle.wanted, *_two(puzzle.truth.shape), INK, outline=True)
    fits = value is not None and value.shape == puzzle.truth.shape
    first = Grid(candidate.first.name, *candidate.first.shape, candidate.first.ink)
    about = Sign("=") if fits else Sign("≠", "" if value is None else _shape(value.shape), BACKWARD_INK, True)
    items: list[Grid | Sign] = [wanted, about, first]
    said = [f"Wanted: {wanted.name}, {wanted.shape}", f"{first.name}, {first.shape}"]
    for step, sign in zip(candidate.steps, signs, strict=True):
        items.append(sign)
        said.append(f"sign {sign.sign} {sign.check}".strip())
        if step.operand is not None:
            items.append(Grid(step.operand.name, *step.operand.shape, step.operand.ink))
            said.append(f"{step.operand.name}, {_shape(step.operand.shape)}")
    said.append(problem or (f"together {_shape(value.shape)}" if value is not None else ""))
    return shape_diagram(items, "; ".join(said))


def _two_matrices(candidate: _Candidate) -> str:
    """Show that the inverse is another matrix than the transpose, where it exists."""
    inverse = candidate.first.matrix
    if "⁻¹" not in candidate.first.name or inverse is None:
        return ""
    W = np.linalg.inv(inverse)
    names = math("(W^{(2)})^{-1} ="), math(r"(W^{(2)})^{\mathsf T} =")
    return (
        '<span style="display:flex;flex-wrap:wrap;gap:8px 24px;margin-top:8px;align-items:center">'
        f"<span>{names[0]}{bracketed_matrix(inverse, 2)}</span>"
        f"<span>{names[1]}{bracketed_matrix(W.T, 2)}</span><span>are two matrices.</span></span>"
    )


def _shape(shape: tuple[int, ...]) -> str:
    return "\u00a0×\u00a0".join(map(str, shape))  # on one line


def _two(shape: tuple[int, ...]) -> tuple[int, int]:
    rows, columns = shape
    return rows, columns
