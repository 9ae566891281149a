"""The four equations: each term of BP1 to BP4 in one ink, in the formula, in the code and in the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.figures.diagram import number
from backprop_lab.figures.powers import with_powers
from backprop_lab.figures.term_diagram import (
    FACTOR,
    KNOWN,
    RESULT,
    WEIGHT,
    WIDEST,
    Cue,
    Part,
    Unit,
    term_diagram,
)
from backprop_lab.network import Network
from backprop_lab.trace import trace_step
from backprop_lab.widgets.matrices import bracketed_matrix
from backprop_lab.widgets.own import Scene, all_or_none, own_example
from backprop_lab.widgets.player import Buttons, Frame, FramePlayer, Question, Slider, math, with_math

__all__ = ["NAMES", "TERMS", "example", "four_equations"]

NAMES = ("BP1", "BP2", "BP3", "BP4")
TERMS = ("all", "①", "②", "③", "④")
TRANSPOSED = r"^{\mathsf T}"


def example() -> tuple[Network, Array, Array]:
    """Return a 2-3-2 network with one example; its third hidden unit is saturated, so that its slope is small."""
    network = Network.from_weights(
        [
            ([[0.5, -0.4], [-0.3, 0.6], [1.5, 2.0]], [0.1, 0.2, 1.5]),
            ([[0.6, -0.5, 1.2], [-0.3, 0.8, 0.9]], [0.1, -0.4]),
        ]
    )
    return network, np.array([[1.0, 0.5]]), np.array([[0.2, 0.1]])


def four_equations(network: Network | None = None, x: Array | None = None, y: Array | None = None) -> FramePlayer:
    """Return the interactive, on one example of a network with one hidden layer.

    Parameters
    ----------
    network, x, y : Network, array (1, n_in), array (1, n_out), optional
        All three or none. At most three units a layer; the output's activation has a slope (so it is not softmax).

    Raises
    ------
    TypeError, ValueError
        If the example does not fit the network, only some of the three are given, or the network can't be shown.
    """
    given = all_or_none(network, x, y, example)
    return FramePlayer(
        "four equations",
        *_scene(*given),
        "In BP2, find the hidden unit with the smallest δ, and look at its weights. It is the one to which most comes "
        "back! Which term is to blame?",
        predict=_question(_numbers(*given)),
        printed=(1, 0),
        own=own_example(*given, _scene),
    )


# --------------------------------------------------------------------------------- the numbers


@dataclass(frozen=True, eq=False)
class _Numbers:
    """What the library computes for this example; vectors (n,), W and dW (n_out, n_in).

    The arithmetic has for each quantity one text an entry.
    """

    sizes: tuple[int, int, int]
    values: Mapping[str, Array]
    arithmetic: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Array:
        return self.values[name]


def _numbers(network: Network, x: Array, y: Array) -> _Numbers:
    if len(network.sizes) != 3 or max(network.sizes) > WIDEST:
        raise ValueError(f"the network has sizes {network.sizes}, expected three layers of at most {WIDEST} units")
    output = network.activations[-1]
    if not output.element_wise:
        raise ValueError(f"the output is {output.name}, which has no slope of each unit alone: BP1 needs one")
    trace = trace_step(network, x, y, 1.0)
    _, caches = network.forward(x)
    last = caches[-1]
    values = {name: quantity.value for name, quantity in trace.items()}
    # Where loss and activation match, the trace has their product alone.
    values["da2"] = network.loss_function.slope(last.a, np.asarray(y, float))[0]
    values["slope2"] = output.slope(last.z, last.a)[0]
    n_in, n_hidden, n_out = network.sizes
    return _Numbers((n_in, n_hidden, n_out), values, {name: quantity.arithmetic for name, quantity in trace.items()})


# -------------------------------------------------------------------------------- the equations


@dataclass(frozen=True, eq=False)
class _Term:
    """One term: how it is written, how it looks, where it lives, and its numbers as a matrix."""

    latex: str
    cue: Cue
    where: str
    meaning: str
    matrix: Array
    entry: Callable[[int, int], str]
    source: Callable[[int, int], str]


@dataclass(frozen=True)
class _Further:
    """What is no term of an equation, and yet is to be explained: as it is written."""

    written: str


@dataclass(frozen=True, eq=False)
class _Equation:
    """An equation: signs and places of its terms, in words, in code, and what it looks like in the network.

    `written` and `code` hold text, whole numbers for the terms, and what `more` is about, if it is not a term: a sign,
    the place of one that is not written, or a call in the code.
    """

    title: str
    words: str
    terms: tuple[_Term, ...]
    written: tuple[str | int | _Further, ...]
    code: tuple[str | int | _Further, ...]
    code_names: tuple[str, ...]
    more: tuple[str, str, frozenset[int]] | None
    draw: Callable[[frozenset[int], str], str]


def _scene(network: Network, x: Array, y: Array) -> Scene:
    numbers = _numbers(network, x, y)
    equations = (_bp1(numbers), _bp2(numbers), _bp3(numbers), _bp4(numbers))

    def frame(which: int, chosen: int) -> Frame:
        equation = equations[which]
        about, sentence = _about(equation, chosen)
        # With all terms, and with what is about several, the numbers are those of the result.
        term = equation.terms[chosen - 1] if 1 <= chosen <= len(equation.terms) else equation.terms[0]
        plain = f"{NAMES[which]} on the network. " + " ".join(
            f"{t.where}: {'; '.join(', '.join(number(v, 3) for v in row) for row in t.matrix)}." for t in equation.terms
        )
        pictures = (
            _formula(equation, about),
            f'<div style="flex:3 1 230px">{equation.draw(about, plain)}</div>',
            _legend(equation, about),
        )
        return Frame(pictures, sentence, ("entry", "where it comes from", "value"), _rows(term))

    return frame, [Buttons("equation", NAMES, start=1), Slider("term", TERMS)]


def _about(equation: _Equation, chosen: int) -> tuple[frozenset[int], str]:
    """Return the terms that a frame is about, and its sentence."""
    if chosen == 0:
        return frozenset(), f"<strong>{equation.title}.</strong> {with_math(equation.words)}"
    if chosen <= len(equation.terms):
        term = equation.terms[chosen - 1]
        rows, columns = term.matrix.shape
        head = f"<strong>{TERMS[chosen]}</strong> {_styled(math(term.latex), term.cue)}"
        return frozenset([chosen - 1]), f"{head}, {rows} × {columns}, {term.where}. {with_math(term.meaning)}"
    assert equation.more is not None
    _, meaning, about = equation.more
    return about, f"<strong>{TERMS[chosen]}</strong> {with_math(meaning)}"


def _rows(term: _Term) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (math(term.entry(i, k)), term.source(i, k), number(float(term.matrix[i, k]), 4))
        for i, k in np.ndindex(term.matrix.shape)
    )


def _bp1(n: _Numbers) -> _Equation:
    outputs = range(n.sizes[2])
    terms = (
        _Term(
            r"\delta^{L}", RESULT, "below the output units, on their ring",
            "How fast the loss changes with $z^L$, what the output units receive. It is also called the error of the "
            "unit, though it is a slope.",
            _column(n["delta2"]), _vector_entry(r"\delta^{(2)}"),
            lambda i, _: f"{_n(n['da2'][i])} · {_n(n['slope2'][i])}",
        ),
        _Term(
            r"\frac{\partial C}{\partial a^{L}}", KNOWN, "between the output and the loss",
            "How much the loss changes with each prediction; as a column it is also written $\\nabla_{a^L} C$. For "
            "half the squared error it is the miss, $a^L - y$. It says nothing yet of what the unit received.",
            _column(n["da2"]), _vector_entry(r"\partial C / \partial a^{(2)}"),
            lambda i, _: f"the slope of the loss at a = {_n(n['a2'][i])}, y = {_n(n['y'][i])}",
        ),
        _Term(
            r"f'(z^{L})", FACTOR, "above the output units",
            "How steep the activation is where the unit stands. Where it is flat, the prediction hardly follows "
            "$z^L$, and neither does the loss.",
            _column(n["slope2"]), _vector_entry(r"f'(z^{(2)}", ")"),
            lambda i, _: f"the slope of f at z = {_n(n['z2'][i])}",
        ),
    )  # fmt: skip

    def draw(about: frozenset[int], label: str) -> str:
        part = _parts(terms, about)
        units = {(2, i): Unit(part(2, i, "⊙ f′ "), _value(n["a2"][i]), part(0, i, "δ "), part(0, i)) for i in outputs}
        return term_diagram(n.sizes, units, {}, label, to_loss={i: part(1, i, "∂C/∂a ") for i in outputs})

    return _Equation(
        "Delta of the output layer",
        "How the loss changes with the prediction, times how the prediction changes with $z^L$: the chain rule, unit "
        "by unit. Here $L = 2$.",
        terms,
        (0, "=", 1, _Further(r"\odot"), 2),
        (0, " = ", 1, " * ", 2),
        ("delta2", "dC_da2", "slope2"),
        (
            "the sign ⊙, at each output unit",
            "$\\odot$ multiplies entry by entry, so shapes stay. The first unit's slope touches the first entry of "
            "$\\partial C / \\partial a^L$ alone: no output unit hears of another's slope. In NumPy it is the plain "
            "star.",
            frozenset([1, 2]),
        ),
        draw,
    )


def _bp2(n: _Numbers) -> _Equation:
    _, hidden, outputs = (range(size) for size in n.sizes)
    terms = (
        _Term(
            r"\delta^{l}", RESULT, "below the hidden units, on their ring",
            "How fast the loss changes with $z^l$, what the hidden units receive.",
            _column(n["delta1"]), _vector_entry(r"\delta^{(1)}"),
            lambda i, _: f"({_readable(n.arithmetic['da1'][i])}) · {_n(n['slope1'][i])}",
        ),
        _Term(
            rf"(W^{{l+1}}){TRANSPOSED}", WEIGHT, "on the edges from the hidden to the output units",
            "The same weights that carried activations forward carry deltas back, each along its own edge. Forward, a "
            "unit adds over a row of $W$; backward, over a column. So $W$ is transposed: its rows become columns. It "
            "is not inverted: nothing is undone.",
            n["W2"].T, lambda i, k: rf"W^{{(2)}}_{{{k + 1}{i + 1}}}",
            lambda i, k: f"the weight from hidden unit {i + 1} to output unit {k + 1}",
        ),
        _Term(
            r"\delta^{l+1}", KNOWN, "below the output units, on their ring",
            "The deltas of the layer above. They are known already: that is why the pass goes backward.",
            _column(n["delta2"]), _vector_entry(r"\delta^{(2)}"),
            lambda i, _: f"from BP1, at output unit {i + 1}",
        ),
        _Term(
            r"f'(z^{l})", FACTOR, "above the hidden units",
            "How steep the activation of the hidden unit is, where it stands. It is what is forgotten most often. A "
            "unit with a flat activation passes hardly anything on to what lies below it.",
            _column(n["slope1"]), _vector_entry(r"f'(z^{(1)}", ")"),
            lambda i, _: f"the slope of f at z = {_n(n['z1'][i])}",
        ),
    )  # fmt: skip

    def draw(about: frozenset[int], label: str) -> str:
        part = _parts(terms, about)
        units = {(1, i): Unit(part(3, i, "f′ "), _value(n["a1"][i]), part(0, i, "δ "), part(0, i)) for i in hidden}
        units |= {(2, k): Unit(None, _value(n["a2"][k]), part(2, k, "δ "), part(2, k)) for k in outputs}
        edges = {(2, k, i): part(1, i, "", k) for k in outputs for i in hidden}
        return term_diagram(n.sizes, units, edges, label)

    return _Equation(
        "Delta of a hidden layer, from that of the layer above",
        "Each hidden unit reaches the loss through every unit above it: weigh their deltas, add them up, and multiply "
        "by the unit's own slope. Here $l = 1$.",
        terms,
        (0, "=", "(", 1, 2, ")", r"\odot", 3),
        (0, " = (", 2, " @ ", 1, ") * ", 3),
        ("delta1", "W2", "delta2", "slope1"),
        None,
        draw,
    )


def _bp3(n: _Numbers) -> _Equation:
    _, hidden, outputs = (range(size) for size in n.sizes)
    terms = (
        _Term(
            r"\frac{\partial C}{\partial W^{l}}", RESULT, "on the edges from the hidden to the output units",
            "One number for each weight, so it has the shape of $W^l$: how much the loss changes for each unit that "
            "this weight rises.",
            n["dW2"], lambda i, k: rf"\partial C / \partial W^{{(2)}}_{{{i + 1}{k + 1}}}",
            lambda i, k: f"{_n(n['delta2'][i])} · {_n(n['a1'][k])}",
        ),
        _Term(
            r"\delta^{l}", KNOWN, "at the end of each edge: below the output units",
            "Delta of the unit that the weight leads to.",
            _column(n["delta2"]), _vector_entry(r"\delta^{(2)}"),
            lambda i, _: f"from BP1, at output unit {i + 1}",
        ),
        _Term(
            rf"(a^{{l-1}}){TRANSPOSED}", FACTOR, "at the start of each edge: in the hidden units",
            "What came in along the weight, in the forward pass. A weight that got 0 has gradient 0, however large "
            "delta is.",
            n["a1"][np.newaxis], lambda _, k: rf"a^{{(1)}}_{{{k + 1}}}",
            lambda _, k: f"what hidden unit {k + 1} sends",
        ),
    )  # fmt: skip

    def draw(about: frozenset[int], label: str) -> str:
        part = _parts(terms, about)
        row = _parts((terms[0], terms[1], _flipped(terms[2])), about)
        units = {(1, k): Unit(inside=row(2, k), ring=row(2, k)) for k in hidden}
        units |= {(2, i): Unit(None, _value(n["a2"][i]), part(1, i, "δ "), part(1, i)) for i in outputs}
        edges = {(2, i, k): part(0, i, "", k) for i in outputs for k in hidden}
        return term_diagram(n.sizes, units, edges, label)

    return _Equation(
        "The gradient of the weights",
        "Delta at the end of the edge times activation at its start, for every edge. Here $l = 2$. The weight with the "
        "largest gradient leads from the unit that sends most to the unit with the largest delta.",
        terms,
        (0, "=", 1, _Further(""), 2),
        (0, " = ", 1, ".T @ ", 2),
        ("dW2", "delta2", "a1"),
        (
            "the product, one for each edge: between ② and ③",
            "A column times a row: an outer product. Every delta meets every activation once, "
            f"{n.sizes[2]} times {n.sizes[1]} products for as many edges. With examples as rows, the product adds "
            "over the examples, too.",
            frozenset([1, 2]),
        ),
        draw,
    )


def _bp4(n: _Numbers) -> _Equation:
    outputs = range(n.sizes[2])
    ones = np.ones((1, 1))
    terms = (
        _Term(
            r"\frac{\partial C}{\partial b^{l}}", RESULT, "on the edges from the 1, written above the output units",
            "One number for each bias, so it has the shape of $b^l$.",
            _column(n["db2"]), _vector_entry(r"\partial C / \partial b^{(2)}"),
            lambda i, _: f"{_n(n['delta2'][i])} · 1",
        ),
        _Term(
            r"\delta^{l}", KNOWN, "below the output units, on their ring",
            "Delta of the unit that the bias belongs to. Raising the bias raises $z^l$ by the same: so the two "
            "have the same gradient.",
            _column(n["delta2"]), _vector_entry(r"\delta^{(2)}"),
            lambda i, _: f"from BP1, at output unit {i + 1}",
        ),
        _Term(
            r"1", FACTOR, "the input at the foot, which is always 1",
            "A bias is a weight whose input is always 1. BP4 is BP3 for this weight, and nobody writes the 1.",
            ones, lambda *_: "1", lambda *_: "always",
        ),
    )  # fmt: skip

    def draw(about: frozenset[int], label: str) -> str:
        part = _parts(terms, about)
        units = {(2, i): Unit(part(0, i, "∂C/∂b "), _value(n["a2"][i]), part(1, i, "δ "), part(1, i)) for i in outputs}
        edges = {i: Part("", RESULT, bool(about & {0, 2})) for i in outputs}
        return term_diagram(n.sizes, units, {}, label, from_one=edges)

    return _Equation(
        "The gradient of the biases",
        "It is delta itself. Here $l = 2$.",
        terms,
        (0, "=", 1, r"\cdot", 2),
        (0, " = ", 1, _Further(".sum(axis=0)")),
        ("db2", "delta2", ""),
        (
            "the sum over the examples, in the code",
            "All examples share one bias, so its gradient is the sum of theirs. With examples as rows, "
            "that is the sum of each column of delta. With one example there is one row, and nothing to add.",
            frozenset([0, 1]),
        ),
        draw,
    )


# ------------------------------------------------------------------------------ how it is shown


def _parts(terms: tuple[_Term, ...], about: frozenset[int]) -> Callable[..., Part]:
    """Return what makes the part of a term at an entry, with a name before its number."""

    def part(which: int, row: int, name: str = "", column: int = 0) -> Part:
        term = terms[which]
        return Part(f"{name}{number(float(term.matrix[row, column]), 2)}", term.cue, which in about)

    return part


def _value(activation: float) -> Part:
    """Write an activation that is no term of the equation."""
    return Part(number(float(activation), 2), Cue("currentColor", "solid"))


def _flipped(term: _Term) -> _Term:
    return _Term(term.latex, term.cue, term.where, term.meaning, term.matrix.T, term.entry, term.source)


def _styled(content: str, cue: Cue, strong: bool = False) -> str:
    """Write something in the ink of its term, on its stroke; strong on a shade."""
    shade = "background:var(--bl-shade);border-radius:4px 4px 0 0;" if strong else ""
    line = f"border-bottom:3px {cue.stroke} {cue.ink}"
    return f'<span style="color:{cue.ink};{line};display:inline-block;padding:0 3px 2px;{shade}">{content}</span>'


def _formula(equation: _Equation, about: frozenset[int]) -> str:
    """Return the equation as a grid: the number of each term, the term, its shape, its numbers; below it the code."""
    columns = ["", "", "", ""]
    cells: list[list[str]] = [[], [], [], []]
    mark = TERMS[len(equation.terms) + 1] if equation.more else ""
    for token in equation.written:
        if isinstance(token, _Further):
            sign = math(token.written) if token.written else ""
            columns = [mark, sign, "", sign]
        elif isinstance(token, str):
            columns = ["", math(token), "", math(token)]
        else:
            term = equation.terms[token]
            rows, width = term.matrix.shape
            columns = [
                TERMS[token + 1],
                _styled(math(term.latex), term.cue, token in about),
                f"{rows} × {width}",
                f'<span style="color:{term.cue.ink}">{bracketed_matrix(term.matrix, 3)}</span>',
            ]
        for row, cell in zip(cells, columns, strict=True):
            row.append(cell)
    # On a telephone the letters shrink so far that the whole equation is seen.
    sizes = ("0.9rem", "min(1.25rem,3.9vw)", "min(0.85rem,3.1vw)", "min(0.88rem,2.9vw)")
    grid = "".join(
        f'<div style="font-size:{size};text-align:center;padding-bottom:3px">{cell}</div>'
        for row, size in zip(cells, sizes, strict=True)
        for cell in row
    )
    code = "".join(
        token
        if isinstance(token, str)
        else f"{token.written}<sup>{mark}</sup>"
        if isinstance(token, _Further)
        else _styled(equation.code_names[token], equation.terms[token].cue, token in about)
        for token in equation.code
    )
    return (
        '<div role="group" tabindex="0" aria-label="the equation with its numbers" '
        'style="flex:1 1 100%;min-width:0;overflow-x:auto">'
        f'<div style="display:inline-grid;grid-template-columns:repeat({len(equation.written)},auto);'
        f'gap:2px min(6px,0.5vw);align-items:center;min-width:max-content">{grid}</div>'
        f'<div style="margin-top:8px">Code, examples as rows: '
        f'<span style="font-family:monospace;white-space:nowrap">{code}</span></div></div>'
    )


def _legend(equation: _Equation, about: frozenset[int]) -> str:
    """Say where in the network each term is to be found."""
    lines = [
        f"{TERMS[which + 1]} {_styled(math(term.latex), term.cue, which in about)} {term.where}"
        for which, term in enumerate(equation.terms)
    ]
    if equation.more is not None:
        lines.append(f"{TERMS[len(equation.terms) + 1]} {equation.more[0]}")
    items = "".join(f'<li style="margin:0 0 10px">{line}</li>' for line in lines)
    return f'<ul style="flex:1 1 200px;list-style:none;padding:0;margin:16px 0 0">{items}</ul>'


def _vector_entry(latex: str, closing: str = "") -> Callable[[int, int], str]:
    """Return how an entry of a vector is written: its index comes before what closes the symbol."""
    inner = latex[: -len(closing)] if closing and latex.endswith(closing) else latex
    return lambda i, _: f"{inner}_{{{i + 1}}}{closing}"


def _column(vector: Array) -> Array:
    return vector[:, np.newaxis]


def _n(value: float) -> str:
    return number(float(value), 4)


def _readable(arithmetic: str) -> str:
    """0.4*0.14 - 1 as 0.4 · 0.14 − 1."""
    return with_powers(arithmetic).replace("*", " · ").replace("-", "−")


def _question(n: _Numbers) -> Question:
    def vector(name: str) -> str:
        return ", ".join(number(float(v), 2) for v in n[name])

    right = "the slope of the hidden activation, $f'(z^{(1)})$"
    return Question(
        "Somebody writes for a hidden layer: $\\delta^{(1)} = (W^{(2)})^{\\mathsf T} \\delta^{(2)}$. What is missing?",
        {
            "nothing: the deltas above, weighted, are delta of the hidden units": (
                f"That is how the loss changes with what the units send, here {vector('da1')}. Delta is how the "
                f"loss changes with what they receive, $z^{{(1)}}$: here {vector('delta1')}."
            ),
            right: (
                "The way from $z^{(1)}$ to the loss begins in the unit's own activation. Entry by entry, its slope is "
                "here "
                f"{vector('slope1')}."
            ),
            "the input of the layer, $x$": (
                "The input comes in later: the gradient of a weight is delta times input. Delta itself knows nothing "
                "of what lies before $z^{(1)}$."
            ),
            "it should be the inverse of $W^{(2)}$, to undo the forward pass": (
                "Nothing is undone. The same weights are met on the way back, each by the delta at its other end: "
                "that is the transpose. Here $W^{(2)}$ is "
                f"{n.sizes[2]} × {n.sizes[1]}"
                f"{', so it has no inverse' if n.sizes[1] != n.sizes[2] else ', and its inverse is another matrix'}."
            ),
        },
        right,
    )
