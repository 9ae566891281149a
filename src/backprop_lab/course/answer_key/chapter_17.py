"""The exercises of the capstone: a reverse-mode engine and a network, from NumPy alone, and a comparison of the two.

Only plain data crosses the border. A *program* is a dictionary from the name of a node to (operation, names of its
operands), in any order; parameters are one flat list W1, b1, W2, b2, ...
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial, reduce
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np

from backprop_lab import computation_graph as graph
from backprop_lab.activations import softmax
from backprop_lab.arrays import Array
from backprop_lab.beyond import carry_back, gradient_from_deltas
from backprop_lab.course.choice import Choice, Parts
from backprop_lab.course.exercise import Derivation, Essay, Exercise, Mistake
from backprop_lab.course.function import Function, Inputs
from backprop_lab.course.number import Number
from backprop_lab.course.reading import Rejected
from backprop_lab.course.verdict import wrong as rejection
from backprop_lab.gradient_check import numerical_gradient
from backprop_lab.initialization import xavier
from backprop_lab.losses import categorical_cross_entropy
from backprop_lab.network import Network
from backprop_lab.training import one_hot

__all__ = ["EXERCISES"]

Named = Mapping[str, Any]
Piece = Callable[..., Any]
Program = Mapping[str, tuple[str, Sequence[str]]]
Pieces = tuple[tuple[str, dict[str, Piece], str], ...]


def made(run: Callable[..., Any], pieces: Pieces) -> tuple[Mistake, ...]:
    """Return a mistake for each (name, exchanged pieces, says)."""
    return tuple(
        Mistake(name, lambda wrong=wrong, **inputs: run(wrong, **inputs), says) for name, wrong, says in pieces
    )


# ------------------------------------------------------------------ 17.2 three logits through the engine


def three_logits() -> SimpleNamespace:
    """Return three logits, of which the first is the target's, with the nodes computed from them."""
    z = np.array([0.6, -0.5, 1.2])
    e = np.exp(z)
    return SimpleNamespace(z=z, e=e, s=e.sum(), p=e / e.sum(), C=math.log(e.sum()) - z[0], y=np.array([1.0, 0, 0]))


def logits_by_engine(q: SimpleNamespace) -> list[float]:
    """Return the slopes from the library's graph."""
    nodes = [graph.Node(z) for z in q.z.tolist()]
    slopes = graph.gradient(graph.log(graph.exp(nodes[0]) + graph.exp(nodes[1]) + graph.exp(nodes[2])) - nodes[0])
    return [slopes[node] for node in nodes]


LOGITS = (
    Mistake(
        "M1",
        lambda q: q.p,
        "You followed the edges through the sum alone: one logit has a second edge, to the subtraction.",
    ),
    Mistake(
        "M1",
        lambda q: -q.y,
        "You followed the edge to the subtraction alone: every logit reaches the loss through the sum too.",
    ),
    Mistake("sign", lambda q: q.p + q.y, "You lost the minus of the subtraction."),
    Mistake("M4", lambda q: 1 / q.s - q.y, "You went back through the exponentials as if their slope were one."),
    Mistake(
        "M4",
        lambda q: q.z / q.s - q.y,
        "You took the logits for the slopes of their exponentials: the exponential is its own slope.",
    ),
    Mistake(
        "log",
        lambda q: q.e - q.y,
        "The logarithm is missing on the way back: what passes it is divided by what went in.",
    ),
    Mistake(
        "log",
        lambda q: q.e / math.log(q.s) - q.y,
        "You divided by what comes out of the logarithm; its slope has what goes in.",
    ),
    Mistake("log", lambda q: q.e * q.s - q.y, "You multiplied where the logarithm divides."),
    Mistake("swapped", lambda q: q.p - q.y[::-1], "The minus one went to the wrong logit: which one is subtracted?"),
    Mistake("swapped", lambda q: (q.p - q.y)[::-1], "The three are in reverse order."),
    Mistake(
        "slope", lambda q: (q.p - q.y) * q.p * (1 - q.p), "One slope too many: no sigmoid comes after the softmax."
    ),
    Mistake("M12", lambda q: q.p * (1 - q.y), "Where two edges come back, you multiplied; they are added."),
    Mistake("M12", lambda q: -q.p * q.y, "Where two edges come back, you multiplied; they are added."),
    Mistake("values", lambda q: q.e, "Those are values of nodes; the slopes of the loss are asked for."),
    Mistake("values", lambda q: q.z, "Those are the logits; the slopes of the loss are asked for."),
    Mistake(
        "log", lambda q: np.log(q.p), "Those are logarithms of probabilities; the slopes of the loss are asked for."
    ),
    Mistake(
        "M1",
        lambda q: q.p * (1 - q.y) - q.y,
        "At the logit with two edges you kept the one from the subtraction only: what comes back along both is added.",
    ),
    Mistake(
        "M13", lambda q: -q.y / q.p, "That is the slope with respect to the probability; it has to go on to the logits."
    ),
    Mistake(
        "target",
        lambda q: q.p - 1,
        "You took the target off at every logit: one of them is subtracted, the others are not.",
    ),
    Mistake(
        "swapped", lambda q: q.p - q.y[[1, 0, 2]], "The minus one went to the wrong logit: which one is subtracted?"
    ),
    Mistake("swapped", lambda q: (q.p - q.y)[[0, 2, 1]], "The second and the third are swapped."),
    Mistake("mean", lambda q: (q.p - q.y) / 3, "You divided by the number of logits; nothing is averaged over them."),
    Mistake(
        "softmax",
        lambda q: q.p[0] * (q.y - q.p),
        "That is how the probability of the right class moves; the loss is minus its logarithm.",
    ),
    Mistake(
        "softmax",
        lambda q: q.p * (1 - q.p),
        "Those are slopes of each probability by itself; the slopes of the loss are asked for.",
    ),
    Mistake("log", lambda q: (q.p - q.y) / math.log(2), "Your logarithm has the base two; the natural one is meant."),
    Mistake("log", lambda q: q.p / math.log(10) - q.y, "Your logarithm has the base ten; the natural one is meant."),
    Mistake(
        "log",
        lambda q: q.e * math.log(q.s) - q.y,
        "You multiplied by the logarithm itself; its slope is another thing.",
    ),
    Mistake(
        "exp",
        lambda q: np.exp(-q.z) / np.exp(-q.z).sum() - q.y,
        "There is a minus in your exponentials that nobody asked for.",
    ),
    Mistake("exp", lambda q: np.exp(abs(q.z)) / np.exp(abs(q.z)).sum() - q.y, "You lost the minus of a logit."),
    Mistake(
        "M4",
        lambda q: q.z * np.exp(q.z - 1) / q.s - q.y,
        "You took the rule for powers for an exponential: here the exponent is what moves.",
    ),
    Mistake(
        "M4", lambda q: q.z / q.z.sum() - q.y, "The exponentials are missing: you shared out the logits themselves."
    ),
    Mistake(
        "values",
        lambda q: np.full(3, 1 / q.s),
        "Those are slopes of nodes further up: the way down to the logits goes on from there.",
    ),
    Mistake("values", lambda q: np.full(3, q.C), "That is the loss itself; its slopes are asked for."),
    Mistake("values", lambda q: q.C, "That is the loss itself; its slopes are asked for."),
)

# ------------------------------------------------------------------ 17.3 and 17.4: the engine

OPERATE: dict[str, Piece] = {
    "+": lambda values: sum(values),
    "-": lambda values: values[0] - values[1],
    "*": lambda values: math.prod(values),
    "exp": lambda values: math.exp(values[0]),
    "log": lambda values: math.log(values[0]),
    "tanh": lambda values: math.tanh(values[0]),
}
SLOPES: dict[str, Piece] = {
    "+": lambda values, out: [1.0] * len(values),
    "-": lambda values, out: [1.0, -1.0],
    "*": lambda values, out: [math.prod(values[:k] + values[k + 1 :]) for k in range(len(values))],
    "exp": lambda values, out: [out],
    "log": lambda values, out: [1 / values[0]],
    "tanh": lambda values, out: [1 - out**2],
}


def draw_program(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a program in a random order, with reused nodes, repeated operands, a zero, and nodes that lead nowhere."""
    extra, more = widths
    steps: list[tuple[str, str, list[str]]] = [
        ("t", "tanh", ["x"]),
        ("s", "+", ["t", "y", "x"]),
        ("m", "*", ["s", "y", "s"]),
        ("e", "exp", ["t"]),
        ("e2", "exp", ["y"]),
        ("n", "+", ["e", "e2"]),
        ("l", "log", ["n"]),
        ("d", "-", ["l", "m"]),
        ("o", "*", ["zero", "d", "x"]),
        ("r", "+", ["d", "o", "d"]),
        ("g", "tanh", ["r"]),
        ("f", "*", ["g", "l"]),
        ("h0", "+", ["f", "x"]),
        ("h1", "exp", ["h0"]),
        ("h2", "-", ["y", "h1"]),
    ]
    last = "h2"
    for k in range(extra):
        steps.append((f"k{k}", *(("tanh", [last]) if k % 2 else ("-", [last, ("s", "m", "x")[more % 3]]))))
        last = f"k{k}"
    steps.append(("result", "*", [last, "t"]))
    aside = "x"
    for k in range(16 + extra):  # leads nowhere, and is the longest of all
        steps.append((f"u{k}", *(("tanh", [aside]) if k % 2 else ("+", [aside, "y"]))))
        aside = f"u{k}"
    names = ["x", "y", "zero", "unused", *(name for name, _, _ in steps)]
    new = dict(zip(names, (f"n{k}" for k in rng.permutation(len(names))), strict=True))
    order = [*rng.permutation(len(steps) - 1), len(steps) - 1]  # what is listed last leads nowhere
    program = {new[steps[k][0]]: (steps[k][1], [new[operand] for operand in steps[k][2]]) for k in order}
    values = {"x": float(rng.uniform(0.3, 1.2)), "y": float(rng.uniform(-0.9, -0.2)), "zero": 0.0, "unused": 0.7}
    return {"program": program, "inputs": {new[name]: value for name, value in values.items()}, "result": new["result"]}


def complete_names(inputs: Inputs, result: Any) -> Any:
    """Refuse a dictionary in which whole kinds of names are missing, and say which."""
    if isinstance(result, Mapping):
        says = {
            "inputs": "The inputs are not all in your dictionary: they are asked for as well, even "
            "one that nothing uses.",
            "program": "Not all nodes are in your dictionary. Does a loop end before every node has "
            "had its turn, or does it "
            "follow one result only? What leads nowhere is asked for as well.",
        }
        for kind, message in says.items():
            if any(name not in result for name in inputs[kind]):
                raise Rejected(rejection("type", message))
    return result


def draw_run(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a program with its inputs."""
    drawn = draw_program(rng, widths)
    return {"program": drawn["program"], "inputs": drawn["inputs"]}


def in_order(program: Program, inputs: Mapping[str, float]) -> list[str]:
    """Return all names of the program, each after its operands; refuse what has no order."""
    done, waiting = dict.fromkeys(inputs), dict(program)
    while ready := [name for name, (_, operands) in waiting.items() if all(each in done for each in operands)]:
        for name in ready:
            done[name] = None
            del waiting[name]
    if waiting:
        name = next(iter(waiting))
        raise ValueError(
            f"{name} has an operand that is nowhere computed, or that needs {name} itself: are two nodes of one name?"
        )
    return [name for name in done if name in program]


def values_by(program: Program, inputs: Named, **changed: Piece) -> dict[str, Any]:
    """Return the value of every node, with some operations exchanged."""
    operate, values = {**OPERATE, **changed}, dict(inputs)
    for name in in_order(program, inputs):
        operation, operands = program[name]
        values[name] = operate[operation]([values[each] for each in operands])
    return values


def values_in_numpy(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Evaluate each name from the inputs anew, without any order."""
    program, given = inputs["program"], inputs["inputs"]

    def value(name: str) -> Any:
        if name in given:
            return given[name]
        operation, operands = program[name]
        array = np.array([value(each) for each in operands])
        numpy: dict[str, Piece] = {"+": np.sum, "*": np.prod, "-": lambda pair: -np.diff(pair)[0]}
        return numpy[operation](array) if operation in numpy else getattr(np, operation)(array[0])

    names = {*program, *given}
    yield outputs["values"].keys() == names and all(np.isclose(outputs["values"][n], value(n)) for n in names)


ONLY_TWO = "You took the first two operands only: a sum and a product may have more."
RUN_MISTAKES = tuple(
    Mistake(name, lambda program, inputs, changed=changed: values_by(program, inputs, **changed), says)
    for name, changed, says in (
        ("operands", {"+": lambda v: v[0] + v[1]}, ONLY_TWO),
        ("operands", {"*": lambda v: v[0] * v[1]}, ONLY_TWO),
        ("operands", {"+": lambda v: v[0] + v[1], "*": lambda v: v[0] * v[1]}, ONLY_TWO),
        (
            "operands",
            {"+": lambda v: sum(set(v)), "*": lambda v: math.prod(set(v))},
            "An operand that occurs twice counts twice.",
        ),
        (
            "operands",
            {"+": lambda v: v[0] + v[-1], "*": lambda v: v[0] * v[-1]},
            "You took the first and the last operand only.",
        ),
        ("sign", {"-": lambda v: v[1] - v[0]}, "Your subtraction is turned round: the second operand is subtracted."),
        ("sign", {"-": lambda v: v[0] + v[1]}, "Your subtraction adds."),
        ("log", {"log": lambda v: math.log10(v[0])}, "Your logarithm has the base ten; the natural one is meant."),
        ("log", {"log": lambda v: math.log2(v[0])}, "Your logarithm has the base two; the natural one is meant."),
        ("log", {"log": lambda v: math.log1p(v[0])}, "Your logarithm adds one first."),
        ("exp", {"exp": lambda v: 2 ** v[0]}, "Your exponential has another base."),
        ("exp", {"exp": lambda v: math.exp(-v[0])}, "There is a minus in your exponential that nobody asked for."),
        ("tanh", {"tanh": lambda v: 1 / (1 + math.exp(-v[0]))}, "You took the sigmoid for the hyperbolic tangent."),
        ("tanh", {"tanh": lambda v: math.tan(v[0])}, "You took the tangent; the hyperbolic one is meant."),
        ("tanh", {"tanh": lambda v: v[0]}, "Your hyperbolic tangent does nothing."),
        ("mean", {"+": lambda v: sum(v) / len(v)}, "You took a mean where a sum is asked for."),
    )
)

RIGHT_ENGINE: dict[str, Piece] = {
    "order": lambda order: list(reversed(order)),
    "seed": lambda values, result, last: {result: 1.0},
    "collect": lambda before, product: before + product,
    "product": lambda received, slope: received * slope,
    "operands": lambda operands, slopes: list(zip(operands, slopes, strict=False)),
    "returned": lambda slopes, inputs, result: slopes,
}


def engine(wrong: Mapping[str, Piece], program: Program, inputs: Mapping[str, float], result: str) -> Any:
    """Return the slope of the result with respect to every node, with some pieces or local slopes exchanged."""
    piece = SimpleNamespace(**{**RIGHT_ENGINE, **{k: v for k, v in wrong.items() if k in RIGHT_ENGINE}})
    local = {**SLOPES, **wrong}
    values, order = values_by(program, inputs), in_order(program, inputs)
    received = dict.fromkeys(values, 0.0) | piece.seed(values, result, order[-1])
    for name in piece.order(order):
        operation, operands = program[name]
        slopes = local[operation]([values[each] for each in operands], values[name])
        for operand, slope in piece.operands(operands, slopes):
            received[operand] = piece.collect(received[operand], piece.product(received[name], slope))
    return piece.returned(received, inputs, result)


def engine_of_library(program: Program, inputs: Mapping[str, float], result: str) -> dict[str, float]:
    """Return the same from the library's graph."""
    nodes: dict[str, Any] = {name: graph.Node(value) for name, value in inputs.items()}
    for name in in_order(program, inputs):
        operation, names = program[name]
        operands = [nodes[each] for each in names]
        if operation in ("+", "*"):
            nodes[name] = reduce(lambda a, b, op=operation: a + b if op == "+" else a * b, operands)  # type: ignore[misc]
        elif operation == "-":
            nodes[name] = operands[0] - operands[1]
        else:
            nodes[name] = getattr(graph, operation)(operands[0])
    slopes, known = graph.gradient(nodes[result]), set(graph.topological_order(nodes[result]))
    return {name: slopes[node] if node in known else 0.0 for name, node in nodes.items()}


def engine_by_moving(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Move each node a little and let all that is computed from it follow."""
    program, given, result = inputs.values()

    def at(name: str, value: float) -> float:
        rest = {other: step for other, step in program.items() if other != name}
        return float(values_by(rest, {**given, name: value})[result])

    values, slopes = values_by(program, given), outputs["slopes"]
    found = {name: (at(name, v + 1e-6) - at(name, v - 1e-6)) / 2e-6 for name, v in values.items()}
    yield slopes.keys() == found.keys() and all(np.isclose(slopes[n], found[n], rtol=1e-5, atol=1e-7) for n in found)


def handed_on_at_once(program: Program, inputs: Mapping[str, float], result: str, total: bool) -> dict[str, float]:
    """Go back without an order; hand on all that has been received so far, or only what is new of it."""
    values = values_by(program, inputs)
    received = dict.fromkeys(values, 0.0)

    def take(name: str, amount: float) -> None:
        received[name] += amount
        if name in program:
            operation, operands = program[name]
            slopes = SLOPES[operation]([values[each] for each in operands], values[name])
            for operand, slope in zip(operands, slopes, strict=True):
                take(operand, (received[name] if total else amount) * slope)

    take(result, 1.0)
    return received


def once_each(operands: Sequence[str], slopes: Sequence[float]) -> list[tuple[str, float]]:
    """Return each operand once, with its last slope."""
    return list(dict(zip(operands, slopes, strict=True)).items())


def orders_of(program: Program, inputs: Mapping[str, float], result: str) -> Iterator[list[str]]:
    """Yield topological orders that students come by; with = for += the result depends on the order."""
    yield in_order(program, inputs)

    def visits(first: Sequence[str]) -> list[str]:
        done: dict[str, None] = {}

        def visit(name: str) -> None:
            if name in program and name not in done:
                for each in program[name][1]:
                    visit(each)
                done[name] = None

        for name in first:
            visit(name)
        return list(done)

    yield visits([result])
    yield visits(list(program))
    scanned, waiting = dict.fromkeys(inputs), list(program)
    while waiting:
        for name in list(waiting):
            if all(each in scanned for each in program[name][1]):
                scanned[name] = None
                waiting.remove(name)
    yield [name for name in scanned if name in program]


def in_another_order(place: int, wrong: Mapping[str, Piece]) -> Callable[..., Any]:
    """Return an engine with wrong pieces that goes back by one of several orders."""

    def run(program: Program, inputs: Mapping[str, float], result: str) -> Any:
        order = list(orders_of(program, inputs, result))[place]
        return engine({**wrong, "order": lambda _: order[::-1]}, program, inputs, result)

    return run


FIRST_KEPT = "You kept the first contribution and threw away those that came later: they are added."
SWAPPED_FACTORS = "At a product each factor gets its own value back: what it is multiplied by is the others."
TWICE = "An operand that occurs twice has two edges: you went back along one of them."


def powers(values: list[float], out: float) -> list[float]:
    """Return the slope of an exponential by the rule for powers."""
    return [values[0] * math.exp(values[0] - 1)]


def handed_on_once(program: Program, inputs: Mapping[str, float], result: str, place: int) -> dict[str, float]:
    """Return slopes where each node hands on as soon as it has heard from one user: by a queue (0) or a stack (-1)."""
    values, waiting = values_by(program, inputs), [result]
    received, met = dict.fromkeys(values, 0.0) | {result: 1.0}, {result}
    while waiting:
        name = waiting.pop(place)
        if name in program:
            operation, operands = program[name]
            slopes = SLOPES[operation]([values[each] for each in operands], values[name])
            for each, slope in zip(operands, slopes, strict=True):
                received[each] += received[name] * slope
                if each not in met:
                    met.add(each)
                    waiting.append(each)
    return received


ENGINE_MISTAKES = (
    *made(
        engine,
        (
            (
                "M1 mean",
                {"collect": lambda before, product: (before + product) / 2 if before else product},
                "You took means where contributions come together: they are added.",
            ),
            (
                "M2",
                {"order": lambda order: order},
                "You read the program from its beginning: on the way back a node's turn comes after all its users.",
            ),
            (
                "received",
                {"product": lambda received, slope: slope},
                "You added up local slopes alone: what the node itself has received is a factor too.",
            ),
            (
                "received",
                {"product": lambda received, slope: received},
                "You handed on what came, without the local slope.",
            ),
            (
                "chain",
                {"product": lambda received, slope: received + slope},
                "Along an edge you added what came and the slope: they are multiplied.",
            ),
            ("operands", {"operands": once_each}, TWICE),
            ("operands", {"operands": lambda o, s: list(zip(o, s, strict=True))[:2]}, ONLY_TWO),
            (
                "operands",
                {"operands": lambda o, s: list(zip(o, s, strict=True))[:1]},
                "You went back to the first operand only.",
            ),
            (
                "seed",
                {"seed": lambda values, result, last: {result: values[result]}},
                "You began with the value of the result; its slope with respect to itself is what the way back "
                "begins with.",
            ),
            (
                "seed",
                {"seed": lambda values, result, last: {last: 1.0}},
                "You began at the last node; the result that is asked about may stand elsewhere.",
            ),
            (
                "seed",
                {"seed": lambda values, result, last: dict.fromkeys(values, 1.0)},
                "You gave every node a slope to begin with; nothing has arrived yet except at the result.",
            ),
            (
                "seed",
                {"seed": lambda values, result, last: {result: 1.0, last: 1.0}},
                "You gave a slope to begin with to more than the result.",
            ),
            (
                "result",
                {"returned": lambda s, inputs, result: {**s, result: 0.0}},
                "The result's slope with respect to itself is missing.",
            ),
            (
                "inputs-only",
                {"returned": lambda s, inputs, result: {n: v if n in inputs else 0.0 for n, v in s.items()}},
                "Only the inputs have their slopes; every node was asked for.",
            ),
            (
                "unsigned",
                {"returned": lambda s, inputs, result: {n: abs(v) for n, v in s.items()}},
                "All your slopes are positive: a result can also fall.",
            ),
            ("swapped", {"*": lambda v, out: v}, SWAPPED_FACTORS),
            (
                "product",
                {"*": lambda v, out: [math.prod(v) / a if a else 0.0 for a in v]},
                "You divided the product by the factor: where a factor is zero, that gives no slope, and yet there "
                "is one.",
            ),
            (
                "product",
                {"*": lambda v, out: [sum(v) - a for a in v]},
                "At a product of three you added the other factors: they are multiplied.",
            ),
            (
                "product",
                {"*": lambda v, out: [v[1], v[0], *v[2:]]},
                "At a product of three a slope is not right: it is the product of all the other factors.",
            ),
            (
                "product",
                {"*": lambda v, out: [v[(k + 1) % len(v)] for k in range(len(v))]},
                "At a product of three you took one other factor: all the others belong to the slope.",
            ),
            (
                "product",
                {"*": lambda v, out: [math.prod(w for w in v if w != a) for a in v]},
                "At a product you left out every factor of the same value: only the one place itself is left out.",
            ),
            (
                "product",
                {"*": lambda v, out: [out] * len(v)},
                "At a product the slope does not contain the factor itself.",
            ),
            ("sign", {"-": lambda v, out: [1.0, 1.0]}, "On the way back the minus of the subtraction is lost."),
            (
                "sign",
                {"-": lambda v, out: [-1.0, 1.0]},
                "On the way back the minus of the subtraction went to the wrong operand.",
            ),
            (
                "M4",
                {"exp": lambda v, out: [v[0]]},
                "You took what goes into the exponential for its slope: it is its own slope.",
            ),
            (
                "M4",
                {"exp": lambda v, out: [math.exp(out)]},
                "You took the exponential of the exponential: the output is the slope already.",
            ),
            (
                "M4",
                {"log": lambda v, out: [1 / out]},
                "You took what comes out of the logarithm: its slope is written with what goes in.",
            ),
            ("log", {"log": lambda v, out: [v[0]]}, "The slope of your logarithm stands on its head."),
            (
                "M4",
                {"tanh": lambda v, out: [1 - v[0] ** 2]},
                "You put the input into the short form of the slope of tanh, which is meant for the output.",
            ),
            (
                "M4",
                {"tanh": lambda v, out: [1 - math.tanh(out) ** 2]},
                "You took the slope of tanh at its output; it belongs at its input.",
            ),
            (
                "tanh",
                {"tanh": lambda v, out: [out * (1 - out)]},
                "That is the slope of the sigmoid; the operation is tanh.",
            ),
            ("tanh", {"tanh": lambda v, out: [1 - out]}, "In the slope of tanh a square is missing."),
            ("tanh", {"tanh": lambda v, out: [1 + out**2]}, "The sign inside the slope of tanh is wrong."),
            ("tanh", {"tanh": lambda v, out: [1.0]}, "You went back through tanh as if its slope were one."),
            (
                "mean",
                {"+": lambda v, out: [1 / len(v)] * len(v)},
                "At a sum you shared out what came; each operand gets all of it.",
            ),
        ),
    ),
    *(Mistake("M1", in_another_order(k, {"collect": lambda before, product: product})) for k in range(4)),
    *(
        Mistake("M1", in_another_order(k, {"collect": lambda before, product: before or product}), FIRST_KEPT)
        for k in range(4)
    ),
    *(
        Mistake(
            "seed",
            lambda place=place, **i: engine({}, i["program"], i["inputs"], list(orders_of(**i))[place][-1]),
            "You began at the last node; the result that is asked about may stand elsewhere.",
        )
        for place in (2, 3)
    ),
    Mistake(
        "M2",
        lambda **inputs: engine({"order": lambda _: list(inputs["program"])[::-1]}, **inputs),
        "You went back in the reverse order of the listing, which is no order of the graph: a node's turn comes after "
        "all its users.",
    ),
    Mistake(
        "M2",
        lambda **inputs: engine({"order": lambda _: list(inputs["program"])}, **inputs),
        "You went back in the order of the listing, which is no order of the graph: a node's turn comes after all its "
        "users.",
    ),
    Mistake(
        "M2",
        lambda **inputs: handed_on_at_once(**inputs, total=True),
        "You went back without an order: a node handed on its total each time that something arrived, so that parts "
        "count more than once.",
    ),
    Mistake(
        "values",
        lambda program, inputs, result: values_by(program, inputs),
        "Those are the values; the slopes of the result are asked for.",
    ),
    *(
        Mistake(
            "M2",
            lambda place=place, **inputs: handed_on_once(**inputs, place=place),
            "A node hands on as soon as the first of its users has spoken, and what arrives later "
            "stays there: its turn "
            "comes after all its users.",
        )
        for place in (0, -1)
    ),
    *made(
        lambda wrong, **inputs: engine(wrong, **inputs),
        (
            (
                "operands",
                {"*": lambda v, out: [v[1], v[0]]},
                "You went back to the first two factors only: a product may have more.",
            ),
            (
                "operands",
                {"+": lambda v, out: [1.0, 1.0]},
                "You went back to the first two operands only: a sum may have more.",
            ),
            (
                "operands",
                {"+": lambda v, out: [1.0, 1.0], "*": lambda v, out: [v[1], v[0]]},
                "You went back to the first two operands only: a sum and a product may have more.",
            ),
            (
                "M4",
                {"exp": powers},
                "You took the rule for powers for an exponential: here the exponent is what moves.",
            ),
            (
                "log",
                {"log": lambda v, out: [out]},
                "You took the logarithm for its own slope; that is so with the exponential only.",
            ),
            (
                "log",
                {"log": lambda v, out: [1 / (v[0] * math.log(10))]},
                "Your logarithm has the base ten; the natural one is meant.",
            ),
            (
                "sum",
                {"+": lambda v, out: list(v)},
                "At a sum you handed on the values of the operands: those belong to a product.",
            ),
            (
                "M1",
                {"collect": lambda before, product: max(before, product, key=abs)},
                "You kept the largest contribution; all are added.",
            ),
        ),
    ),
    Mistake(
        "seed",
        lambda program, inputs, result: engine({}, program, inputs, next(iter(program))),
        "You began at the node that is listed first; the result that is asked about may stand elsewhere.",
    ),
)

# ------------------------------------------------------------------ 17.5: where it starts

RIGHT_START: dict[str, Piece] = {
    "rng": lambda rng, seed: rng,
    "draw": lambda rng, n_out, n_in: rng.standard_normal((n_out, n_in)),
    "scale": lambda n_out, n_in: math.sqrt(2 / (n_in + n_out)),
    "bias": lambda rng, n_out, n_in: np.zeros(n_out),
    "widths": lambda widths: widths,
    "order": lambda theta: theta,
    "before": lambda rng, n_out: None,
}


def draw_start(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return widths and a seed."""
    return {"widths": list(widths), "seed": int(rng.integers(1, 10**6))}


def start(wrong: Mapping[str, Piece], widths: list[int], seed: int) -> Any:
    """Return initial parameters with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_START, **wrong})
    rng, theta = np.random.default_rng(seed), []
    for n_in, n_out in pairwise(piece.widths(widths)):
        rng = piece.rng(rng, seed)
        piece.before(rng, n_out)
        W = piece.draw(rng, n_out, n_in) * piece.scale(n_out, n_in)
        theta += [W, piece.bias(rng, n_out, n_in)]
    return piece.order(theta)


def start_of_library(widths: list[int], seed: int) -> list[Array]:
    """Return the library's draws."""
    rng = np.random.default_rng(seed)
    pairs = [(xavier(rng, n_out, n_in), np.zeros(n_out)) for n_in, n_out in pairwise(widths)]
    return [array for pair in pairs for array in pair]


def start_in_one_draw(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Draw all numbers at once and cut them up."""
    widths = inputs["widths"]
    sizes = [a * b for a, b in pairwise(widths)]
    numbers = np.random.Generator(np.random.PCG64(inputs["seed"])).standard_normal(sum(sizes))
    parts = np.split(numbers, np.cumsum(sizes)[:-1])
    theta, right = outputs["theta"], []
    for part, n_in, n_out in zip(parts, widths, widths[1:], strict=False):
        right += [part.reshape(n_out, n_in) * (2 / (n_in + n_out)) ** 0.5, [0.0] * n_out]
    yield len(theta) == len(right) and all(np.allclose(a, b) for a, b in zip(theta, right, strict=True))


SPREAD = "That is another spread than the one asked for: the variance has both widths in it."


def legacy(rng: Any, seed: int) -> Any:
    """Return NumPy's old generator, made once."""
    return rng if isinstance(rng, np.random.RandomState) else np.random.RandomState(seed)


def standardised(W: Array) -> Array:
    """Return numbers with a mean of 0 and a variance of 1."""
    return np.asarray((W - W.mean()) / W.std())


START_PIECES: Pieces = (
    (
        "root",
        {"scale": lambda n_out, n_in: 2 / (n_in + n_out)},
        "You multiplied by the variance; numbers are scaled by its root.",
    ),
    (
        "root",
        {"scale": lambda n_out, n_in: math.sqrt((n_in + n_out) / 2)},
        "Your factor stands on its head: wider layers need smaller weights.",
    ),
    (
        "scale",
        {"scale": lambda n_out, n_in: 1.0},
        "The weights are not scaled: in wide layers every tanh would be saturated.",
    ),
    ("scale", {"scale": lambda n_out, n_in: math.sqrt(1 / n_in)}, SPREAD),
    (
        "scale",
        {"scale": lambda n_out, n_in: math.sqrt(2 / n_in)},
        "That is He's spread, meant for ReLU; the variance asked for has both widths in it.",
    ),
    ("scale", {"scale": lambda n_out, n_in: math.sqrt(2 / n_out)}, SPREAD),
    ("scale", {"scale": lambda n_out, n_in: math.sqrt(1 / (n_in + n_out))}, SPREAD),
    (
        "scale",
        {"scale": lambda n_out, n_in: math.sqrt(6 / (n_in + n_out))},
        "That is the bound of the uniform distribution; these numbers are normal.",
    ),
    ("scale", {"scale": lambda n_out, n_in: math.sqrt(2 / (n_in * n_out))}, SPREAD),
    ("scale", {"scale": lambda n_out, n_in: 0.01}, SPREAD),
    (
        "M8",
        {"draw": lambda rng, n_out, n_in: rng.standard_normal((n_in, n_out))},
        "Your weight matrices lie on their sides: a row belongs to a unit of its own layer.",
    ),
    (
        "M8",
        {"draw": lambda rng, n_out, n_in: rng.standard_normal((n_in, n_out)).T},
        "You drew the matrix lying on its side and then turned it: the numbers land in other places than asked for.",
    ),
    (
        "reseeded",
        {"rng": lambda rng, seed: np.random.default_rng(seed)},
        "Each layer begins with a new generator of the same seed: all layers get the same numbers.",
    ),
    (
        "uniform",
        {"draw": lambda rng, n_out, n_in: rng.random((n_out, n_in))},
        "You drew evenly between zero and one: all weights are positive.",
    ),
    (
        "uniform",
        {"draw": lambda rng, n_out, n_in: rng.uniform(-1, 1, (n_out, n_in))},
        "You drew from a uniform distribution; the normal one is asked for.",
    ),
    (
        "zeros",
        {"draw": lambda rng, n_out, n_in: np.zeros((n_out, n_in))},
        "With zero weights all hidden units stay copies of each other.",
    ),
    (
        "bias",
        {"bias": lambda rng, n_out, n_in: rng.standard_normal(n_out)},
        "Biases begin at zero; yours are drawn, and move the numbers of the next layer as well.",
    ),
    ("bias", {"bias": lambda rng, n_out, n_in: np.ones(n_out)}, "Biases begin at zero."),
    (
        "bias",
        {"bias": lambda rng, n_out, n_in: np.zeros(n_in)},
        "A layer has a bias for each of its own units, not for each input.",
    ),
    (
        "bias",
        {"before": lambda rng, n_out: rng.standard_normal(n_out)},
        "Something is drawn before the weights of a layer: the numbers land in other places than asked for.",
    ),
    ("order", {"widths": lambda widths: widths[::-1]}, "You began at the output: the first layer comes first."),
    ("order", {"order": lambda theta: theta[::-1]}, "The list begins at the output: the first layer comes first."),
    (
        "order",
        {"order": lambda theta: [*theta[::2], *theta[1::2]]},
        "The weights come first and then the biases; each layer's bias stands behind its weights.",
    ),
    (
        "order",
        {"order": lambda theta: [theta[k + 1 - 2 * (k % 2)] for k in range(len(theta))]},
        "In each layer the bias stands before the weights.",
    ),
    ("bias", {"bias": lambda rng, n_out, n_in: np.full(n_out, 0.01)}, "Biases begin at zero."),
    ("bias", {"bias": lambda rng, n_out, n_in: np.full(n_out, 0.1)}, "Biases begin at zero."),
    ("scale", {"scale": lambda n_out, n_in: 0.1}, SPREAD),
    ("root", {"scale": lambda n_out, n_in: 2 / math.sqrt(n_in + n_out)}, "The root has to cover the two as well."),
    ("scale", {"scale": lambda n_out, n_in: n_out**-0.5}, SPREAD),
    (
        "scale",
        {"scale": lambda n_out, n_in: math.sqrt(2 / n_in + n_out)},
        "A bracket is missing: both widths stand under the fraction, as a sum.",
    ),
    (
        "root",
        {"scale": lambda n_out, n_in: math.sqrt(2) / (n_in + n_out)},
        "The root is over the two only: the widths belong under it as well.",
    ),
    (
        "rng",
        {"rng": legacy},
        "Those are numbers of NumPy's old generator, which draws others from the same seed: make one with default_rng.",
    ),
    (
        "bias",
        {"bias": lambda rng, n_out, n_in: 0 * rng.standard_normal(n_out)},
        "You drew numbers for the biases and threw them away: the weights of the next layer are then "
        "others than asked for.",
    ),
    (
        "bias",
        {"bias": lambda rng, n_out, n_in: math.sqrt(2 / (n_in + n_out)) * rng.standard_normal(n_out)},
        "Biases begin at zero: yours are drawn.",
    ),
    (
        "shape",
        {"bias": lambda rng, n_out, n_in: np.zeros((n_out, 1))},
        "Your biases are columns: they have one axis, with an entry for each unit.",
    ),
    ("bias", {"bias": lambda rng, n_out, n_in: np.zeros(())}, "Each layer has one bias in all: each unit has its own."),
    (
        "uniform",
        {"draw": lambda rng, n_out, n_in: rng.uniform(-math.sqrt(3), math.sqrt(3), (n_out, n_in))},
        "Your numbers are uniform; normal ones are asked for.",
    ),
    (
        "scale",
        {"draw": lambda rng, n_out, n_in: standardised(rng.standard_normal((n_out, n_in)))},
        "You gave the drawn numbers mean and spread by force: the variance is that of the "
        "distribution, not of this draw.",
    ),
)

# ------------------------------------------------------------------ 17.6 to 17.8: the network


def draw_theta(rng: np.random.Generator, widths: Sequence[int], scale: float = 1.0) -> list[Array]:
    """Return random parameters, biases too."""
    theta: list[Array] = []
    for n_in, n_out in pairwise(widths):
        theta += [scale * rng.normal(size=(n_out, n_in)) / math.sqrt(n_in), scale * rng.normal(size=n_out)]
    return theta


def draw_forward(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a batch and parameters, for widths (N, n_in, ..., n_out)."""
    return {"x": rng.normal(size=widths[:2]), "theta": draw_theta(rng, widths[1:])}


def pairs_of(theta: Sequence[Array]) -> list[tuple[Array, Array]]:
    """Return (W, b) of each layer."""
    return list(zip(theta[::2], theta[1::2], strict=True))


def network_of(theta: Sequence[Array], **options: Any) -> Network:
    """Return the library's network with these parameters."""
    return Network.from_weights(pairs_of(theta), hidden="tanh", **{"output": "identity", **options})


RIGHT_FORWARD: dict[str, Piece] = {
    "z": lambda a, W, b: a @ W.T + b,
    "last": lambda a, W, b: a @ W.T + b,
    "f": np.tanh,
    "out": lambda z: z,
    "keep": lambda z, a: a,
    "returned": lambda kept: kept,
    "next": lambda z, a: a,
}


def forward(wrong: Mapping[str, Piece], x: Array, theta: list[Array]) -> Any:
    """Return the activations with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_FORWARD, **wrong})
    kept, a, layers = [x], x, pairs_of(theta)
    for number, (W, b) in enumerate(layers, start=1):
        z = (piece.z if number < len(layers) else piece.last)(a, W, b)
        out = piece.f(z) if number < len(layers) else piece.out(z)
        kept.append(piece.keep(z, out) if number < len(layers) else out)
        a = piece.next(z, out)
    return piece.returned(kept)


def forward_of_library(x: Array, theta: list[Array]) -> list[Array]:
    """Return the activations from the library."""
    y_hat, caches = network_of(theta).forward(x)
    return [*(cache.a_in for cache in caches), y_hat]


def forward_in_loops(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Compute each activation by itself."""
    theta, here = inputs["theta"], inputs["x"].tolist()
    right = [here]
    for k, (W, b) in enumerate(pairs_of(theta)):
        z = [[sum(w * v for w, v in zip(row, a, strict=True)) + c for row, c in zip(W, b, strict=True)] for a in here]
        here = z if 2 * k + 2 == len(theta) else [[math.tanh(v) for v in row] for row in z]
        right.append(here)
    given = outputs["activations"]
    yield len(given) == len(right) and all(np.allclose(a, b) for a, b in zip(given, right, strict=True))


FORWARD_PIECES: Pieces = (
    (
        "output",
        {"out": np.tanh},
        "The output has gone through tanh: logits are left as they are, so that they can be any number.",
    ),
    (
        "output",
        {"out": lambda z: softmax(z)},
        "The output has gone through softmax already: that is left to the loss, which needs the logits.",
    ),
    ("no-activation", {"f": lambda z: z}, "The tanh is missing: a network without it is one linear map."),
    ("activation", {"f": lambda z: 1 / (1 + np.exp(-z))}, "The hidden units are sigmoids; tanh is asked for."),
    ("activation", {"f": lambda z: np.maximum(z, 0)}, "The hidden units are ReLUs; tanh is asked for."),
    (
        "no-activation",
        {"next": lambda z, a: z},
        "The activations are kept, but what goes on to the next layer has not gone through tanh.",
    ),
    (
        "z-kept",
        {"keep": lambda z, a: z},
        "Of the hidden layers you kept what they receive; what they send is asked for.",
    ),
    ("order", {"returned": lambda kept: kept[::-1]}, "Your list begins at the output: the input comes first."),
    ("sign", {"out": lambda z: -z}, "The logits have the wrong sign."),
    (
        "output",
        {"out": lambda z: z - np.log(np.exp(z).sum(axis=1, keepdims=True))},
        "The output has gone through the logarithm of a softmax already: that is left to the loss.",
    ),
    (
        "output",
        {"out": lambda z: np.exp(z) / np.exp(z).sum(axis=0)},
        "The output has gone through softmax already, down the examples at that: it is left to the loss.",
    ),
    ("activation", {"f": np.arctan}, "The hidden units are arc tangents; tanh is asked for."),
    ("activation", {"f": lambda z: np.tanh(z / 2)}, "Your activation is tanh at half of what the unit receives."),
    (
        "activation",
        {"f": lambda z: np.where(z > 0, z, 0.01 * z)},
        "The hidden units are leaky ReLUs; tanh is asked for.",
    ),
    ("activation", {"f": lambda z: np.log1p(np.exp(z))}, "The hidden units are softplus; tanh is asked for."),
    ("activation", {"f": lambda z: 1 - np.tanh(z) ** 2}, "You sent the slope of tanh on instead of tanh itself."),
)

WRONG_SUMS: tuple[tuple[str, Piece, str], ...] = (
    ("bias", lambda a, W, b: a @ W.T, "You left out the bias."),
    ("bias", lambda a, W, b: a @ W.T - b, "The bias is subtracted."),
    ("bias", lambda a, W, b: a @ W.T + b.mean(), "All units of a layer got one bias: each has its own."),
    ("M8", lambda a, W, b: a @ W + b, "The weights lie on their sides: each unit has a row of its own."),
    ("axis", lambda a, W, b: a @ W.T + b[:, np.newaxis], "The bias runs down the examples; it belongs to the units."),
    ("scaled", lambda a, W, b: a @ W.T / a.shape[-1] + b, "You took means where each unit adds up its inputs."),
)


def with_tanh_at(where: Piece, x: Array, theta: list[Array], outside: bool = False) -> list[Array]:
    """Return activations with tanh at the layers where it is wanted; `outside`: with the bias added after it."""
    kept, layers = [x], pairs_of(theta)
    for k, (W, b) in enumerate(layers):
        z = kept[-1] @ W.T
        kept.append((np.tanh(z) + b if outside else np.tanh(z + b)) if where(k, len(layers) - 1) else z + b)
    return kept


FORWARD_MISTAKES = (
    *made(forward, FORWARD_PIECES),
    *(
        Mistake(name, lambda wrong=wrong, **inputs: forward(wrong, **inputs), f"{says}{where}")
        for name, sums, says in WRONG_SUMS
        for wrong, where in (
            ({"z": sums, "last": sums}, ""),
            ({"z": sums}, " It is so in the hidden layers only."),
            ({"last": sums}, " It is so in the output layer only."),
        )
    ),
    Mistake(
        "bias",
        lambda **i: with_tanh_at(lambda k, last: k < last, **i, outside=True),
        "The bias is added after tanh: it belongs to what the unit receives.",
    ),
    Mistake(
        "no-activation",
        lambda **i: with_tanh_at(lambda k, last: k < last - 1, **i),
        "The last hidden layer has no tanh: only the output layer has none.",
    ),
    Mistake(
        "no-activation",
        lambda **i: with_tanh_at(lambda k, last: k == 0 < last, **i),
        "Only the first hidden layer has a tanh: all hidden layers have one.",
    ),
    Mistake(
        "output",
        lambda **i: with_tanh_at(lambda k, last: k == last, **i),
        "It is the other way round: the hidden layers have tanh, and the output layer has none.",
    ),
    Mistake(
        "activation",
        lambda x, theta: [np.tanh(x), *forward({}, np.tanh(x), theta)[1:]],
        "The inputs have gone through tanh: they are taken as they come.",
    ),
)

# ------------------------------------------------------------------ 17.7: softmax and cross-entropy


def draw_logits(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return logits and labels, for widths (N, K); with four rows they are huge, and on very different levels."""
    N, K = widths
    z = rng.normal(size=(N, K))
    if N == 4:
        z = 30 * z + 1000.0 * np.arange(-2, 2)[:, np.newaxis]
        z[0, 0] += 2500.0  # and far apart within a row
    labels = rng.permutation(np.arange(N) % (K - 1))
    labels[0] = K - 1
    return {"z": z, "labels": labels}


def log_shares(z: Array) -> Array:
    """Return the logarithms of the softmax, row by row."""
    below = z - z.max(axis=1, keepdims=True)
    return np.asarray(below - np.log(np.exp(below).sum(axis=1, keepdims=True)))


def hot(labels: Any, K: int) -> Array:
    """Return one-hot targets."""
    return np.asarray(np.eye(K)[labels])


RIGHT_LOSS: dict[str, Piece] = {
    "log": log_shares,
    "shares": lambda z: np.exp(log_shares(z)),
    "each": lambda log, p, y: -np.where(y > 0, log * y, 0.0).sum(axis=1),
    "pool": lambda each, K: each.mean(),
    "labels": lambda labels, K: labels,
    "delta": lambda p, y, z: p - y,
    "share": lambda delta: delta / len(delta),
}


def loss_and_delta(wrong: Mapping[str, Piece], z: Array, labels: Any) -> tuple[Any, Any]:
    """Return loss and delta with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_LOSS, **wrong})
    y, p = hot(piece.labels(labels, z.shape[1]), z.shape[1]), piece.shares(z)
    return piece.pool(piece.each(piece.log(z), p, y), z.shape[1]), piece.share(piece.delta(p, y, z))


def loss_of_library(z: Array, labels: Any) -> tuple[float, Array]:
    """Return loss and delta from the library."""
    p, y = softmax(z), one_hot(labels, z.shape[1])
    return categorical_cross_entropy.value(softmax, z, p, y), categorical_cross_entropy.delta(softmax, z, p, y)


def loss_in_numbers(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Compute the loss by differences between logits, example by example, and delta from shares."""
    total, rows = 0.0, []
    for z, label in zip(inputs["z"].tolist(), inputs["labels"].tolist(), strict=True):
        top = max(z)
        total += math.log(math.fsum(math.exp(v - top) for v in z)) + top - z[label]
        shares = [1 / math.fsum(math.exp(min(other - v, 700)) for other in z) for v in z]
        rows.append([p - (k == label) for k, p in enumerate(shares)])
    yield bool(np.isclose(outputs["loss"], total / len(rows)))
    yield np.allclose(outputs["delta"], np.array(rows) / len(rows), rtol=1e-9, atol=1e-12)


def clipped(at: float) -> dict[str, Piece]:
    """Return a logarithm that is cut off."""
    return {"log": lambda z: np.log(np.maximum(np.exp(log_shares(z)), at))}


def added(little: float) -> dict[str, Piece]:
    """Return a logarithm with a little number added under it."""
    return {"log": lambda z: np.log(np.exp(log_shares(z)) + little)}


CLIPPED = (
    "Something keeps your logarithm from becoming too large: for an example that is badly wrong the loss is then not "
    "the loss. Work with the logits."
)
OVERFLOWS = (
    "An exponential of a logit becomes infinite, or all of a row become zero: logits may be "
    "thousands. Take off each row "
    "its own largest logit first, and the logarithm of the sum, not of a probability that may have become zero."
)
OVERFLOWING: tuple[Piece, ...] = tuple(
    lambda z, top=top: (z - top(z)) - np.log(np.exp(z - top(z)).sum(axis=1, keepdims=True))
    for top in (
        lambda z: 0.0,
        lambda z: z.max(),
        lambda z: z.max(axis=0, keepdims=True),
        lambda z: z.mean(axis=1, keepdims=True),
        lambda z: z.min(axis=1, keepdims=True),
    )
)
BY_SHARES: tuple[tuple[Piece, Piece], ...] = tuple(
    (lambda z, top=top: np.log(shares_below(z, top(z))), lambda z, top=top: shares_below(z, top(z)))
    for top in (lambda z: 0.0, lambda z: z.max(), lambda z: z.max(axis=1, keepdims=True))
)


DOWN: tuple[Piece, ...] = (
    lambda z: below_top(z) - np.log(np.exp(below_top(z)).sum(axis=0, keepdims=True)),
    lambda z: below_top(z) - np.log(np.exp(below_top(z)).sum()),
)


def below_top(z: Array) -> Array:
    """Return the logits less the largest of their row."""
    return np.asarray(z - z.max(axis=1, keepdims=True))


def shares_below(z: Array, top: Any) -> Array:
    """Return the softmax as it is written without much thought."""
    e = np.exp(z - top)
    return np.asarray(e / e.sum(axis=1, keepdims=True))


LOSS_PIECES: Pieces = (
    ("mean", {"pool": lambda each, K: each.sum()}, "The loss is a sum over the batch; the mean is asked for."),
    ("mean", {"share": lambda delta: delta}, "The mean over the batch is in the loss, and missing in delta."),
    (
        "mean",
        {"pool": lambda each, K: each.sum(), "share": lambda delta: delta},
        "The mean over the batch is missing, in the loss and in delta.",
    ),
    ("mean", {"share": lambda delta: delta / len(delta) ** 2}, "The mean over the batch is in delta twice."),
    (
        "mean",
        {"share": lambda delta: delta / delta.size},
        "You divided delta by the number of logits, not of examples.",
    ),
    (
        "mean",
        {"share": lambda delta: delta / delta.shape[1]},
        "You divided delta by the number of classes, not of examples.",
    ),
    (
        "mean",
        {"pool": lambda each, K: each.mean() / K},
        "You took a mean over the classes as well: each example has one loss.",
    ),
    (
        "mean",
        {"pool": lambda each, K: each.mean() / K, "share": lambda delta: delta / delta.size},
        "You took a mean over the classes as well: each example has one loss.",
    ),
    (
        "not-summed",
        {"pool": lambda each, K: each},
        "Your loss has an entry for each example: the mean of them is asked for.",
    ),
    ("sign", {"delta": lambda p, y, z: y - p}, "Your delta has the wrong sign: it points to where the loss falls."),
    (
        "sign",
        {"each": lambda log, p, y: (log * y).sum(axis=1)},
        "Your loss is negative: the logarithm of a probability is, the loss is not.",
    ),
    ("target", {"delta": lambda p, y, z: p}, "In your delta the target is missing: that is the softmax alone."),
    (
        "target",
        {"delta": lambda p, y, z: (p - 1) * y},
        "Your delta sees the right class only: the others have a share as well, and want less of it.",
    ),
    ("target", {"delta": lambda p, y, z: p * (1 - y)}, "Your delta leaves out the right class."),
    (
        "slope",
        {"delta": lambda p, y, z: (p - y) * p * (1 - p)},
        "One slope too many: that of the softmax is in the difference already.",
    ),
    (
        "slope",
        {"delta": lambda p, y, z: -y / np.maximum(p, 1e-300)},
        "That is the slope with respect to the probabilities; delta is the one with respect to the logits.",
    ),
    (
        "M13",
        {"delta": lambda p, y, z: z - y},
        "You took the miss of the logits: what is compared with the target is the softmax of them.",
    ),
    (
        "M13 loss",
        {"delta": lambda p, y, z: -log_shares(z) * y},
        "You took the loss itself, entry by entry, where its slope belongs.",
    ),
    ("no-log", {"each": lambda log, p, y: -(p * y).sum(axis=1)}, "The logarithm is missing in your loss."),
    (
        "no-log",
        {"each": lambda log, p, y: 1 - (p * y).sum(axis=1)},
        "Your loss is the share that the right class lacks; cross-entropy takes a logarithm.",
    ),
    (
        "no-softmax",
        {"log": lambda z: z},
        "Your loss takes the logits for logarithms of probabilities: the sum of the exponentials is missing.",
    ),
    (
        "log",
        {"log": lambda z: log_shares(z) / math.log(2)},
        "Your logarithm has the base two: the loss is in bits, not in nats.",
    ),
    (
        "log",
        {"log": lambda z: log_shares(z) / math.log(10)},
        "Your logarithm has the base ten: the loss is not in nats.",
    ),
    (
        "binary",
        {
            "each": lambda log, p, y: (
                -(log * y).sum(axis=1) - (np.log1p(-np.minimum(p, 1 - 1e-16)) * (1 - y)).sum(axis=1)
            )
        },
        "That is a binary cross-entropy of each class: here one softmax shares out among all.",
    ),
    (
        "all-classes",
        {"each": lambda log, p, y: -log.sum(axis=1)},
        "You added up over all classes: only the right one pays.",
    ),
    (
        "entropy",
        {"each": lambda log, p, y: -(p * log).sum(axis=1)},
        "That is the entropy of the predictions: no label occurs in it.",
    ),
    (
        "squares",
        {"each": lambda log, p, y: ((p - y) ** 2).sum(axis=1) / 2},
        "That is a squared error; the cross-entropy is asked for.",
    ),
    (
        "best-class",
        {"each": lambda log, p, y: -log.max(axis=1)},
        "Your loss looks at the class that the network likes best; the label says which one counts.",
    ),
    (
        "axis",
        {"log": lambda z: log_shares(z.T).T, "shares": lambda z: np.exp(log_shares(z.T).T)},
        "Your softmax shares out among the examples; each row is one example and shares out among its classes.",
    ),
    (
        "labels",
        {"labels": lambda labels, K: labels - 1},
        "Your labels are off by one: the first class has the number zero.",
    ),
    (
        "labels",
        {"labels": lambda labels, K: labels[::-1]},
        "Labels and rows have come apart: each row has its own label.",
    ),
    ("labels", {"labels": lambda labels, K: np.zeros_like(labels)}, "The labels are not used."),
    (
        "M13 loss",
        {"delta": lambda p, y, z: (p - y) * -(log_shares(z) * y).sum(axis=1).mean()},
        "You multiplied the gradient by the loss itself, which is no factor of its own slope.",
    ),
    (
        "normalized",
        {"share": lambda delta: delta / np.linalg.norm(delta)},
        "You brought delta to length one: its length says how much there is to learn.",
    ),
    ("max", {"pool": lambda each, K: each.max()}, "You took the largest of the losses; their mean is asked for."),
    ("max", {"pool": lambda each, K: np.median(each)}, "You took the median of the losses; their mean is asked for."),
    (
        "all-pairs",
        {"delta": lambda p, y, z: p - (y.sum(axis=0) > 0)},
        "You took the target off in every row at every label of the batch: each row has one label, so rows and "
        "labels go in pairs.",
    ),
    (
        "all-pairs",
        {"each": lambda log, p, y: -(log * y.mean(axis=0)).sum(axis=1)},
        "You let each row pay at every label of the batch: each row has one label, so rows and labels go in pairs.",
    ),
    *(("nan", {"log": log, "shares": lambda z, log=log: np.exp(log(z))}, OVERFLOWS) for log in OVERFLOWING),
    *(("nan", {"log": log}, OVERFLOWS) for log in OVERFLOWING),
    *(
        ("nan", {"log": lambda z, log=log: log(z), "shares": lambda z, shares=shares: shares(z)}, OVERFLOWS)
        for log, shares in BY_SHARES
    ),
    (
        "squares",
        {"each": lambda log, p, y: ((p - y) ** 2).sum(axis=1)},
        "That is a squared error; the cross-entropy is asked for.",
    ),
    (
        "accuracy",
        {"each": lambda log, p, y: (p.argmax(axis=1) == y.argmax(axis=1)) * 1.0},
        "That is a share of right answers; the loss is asked for.",
    ),
    (
        "perplexity",
        {"pool": lambda each, K: np.exp(each.mean())},
        "You took the exponential of the loss: leave it as it is.",
    ),
    ("mean", {"pool": lambda each, K: each.mean() / len(each)}, "The mean over the batch is in the loss twice."),
    (
        "mean",
        {"pool": lambda each, K: -np.log(np.exp(-each).mean())},
        "You took the logarithm of the mean probability; the mean of the logarithms is asked for.",
    ),
    (
        "target",
        {"delta": lambda p, y, z: p - 1},
        "You took the target off at every class: it is one at the label alone.",
    ),
    (
        "target",
        {"delta": lambda p, y, z: y - p + (1 - y)},
        "You took each share from one: what is taken off is the target, and only at the label.",
    ),
    (
        "M13",
        {"delta": lambda p, y, z: np.eye(p.shape[1])[p.argmax(axis=1)] - y},
        "You took the answer of the network for its shares: delta knows how sure it was.",
    ),
    (
        "slope",
        {"delta": lambda p, y, z: 1 / (1 + np.exp(-z)) - y},
        "Your shares come from a sigmoid of each logit: here one softmax shares out among all.",
    ),
    ("log", {"delta": lambda p, y, z: log_shares(z) - y}, "You took logarithms of the shares for the shares in delta."),
    (
        "no-softmax",
        {"log": lambda z: z - z.max(axis=1, keepdims=True)},
        "The logarithm of the sum is missing in your loss: the largest logit alone is taken off.",
    ),
    (
        "shift",
        {"log": lambda z: log_shares(z) - z.max(axis=1, keepdims=True)},
        "What you took off the logits has come back into the loss: it is to cancel.",
    ),
    *(("nan", {"log": log}, OVERFLOWS) for log, _ in BY_SHARES),
    *(
        (
            "clipped",
            {
                "log": lambda z, at=at: log_shares(np.clip(z, -at, at)),
                "shares": lambda z, at=at: np.exp(log_shares(np.clip(z, -at, at))),
            },
            "You cut the logits off at a bound: then those beyond it are all alike. Take off each "
            "row its own largest logit instead.",
        )
        for at in (100, 500, 700, 709)
    ),
    (
        "target",
        {"delta": lambda p, y, z: p, "share": lambda delta: delta},
        "You returned the shares for delta: the target is still to be taken off, and the mean over "
        "the batch is missing.",
    ),
    *(
        (
            "slope",
            {"delta": lambda p, y, z, e=e: -y / (p + e)},
            "That is the slope with respect to the probabilities; delta is the one with respect to the logits.",
        )
        for e in (1e-8, 1e-9, 1e-10, 1e-12, 1e-15)
    ),
    *(
        (
            "axis",
            {"log": log, "shares": lambda z, log=log: np.exp(log(z))},
            "The sum of the exponentials runs over the examples: the classes of one example share "
            "out among themselves.",
        )
        for log in DOWN
    ),
    (
        "slope",
        {"delta": lambda p, y, z: -y / p},
        "That is the slope with respect to the probabilities; delta is the one with respect to the logits.",
    ),
    (
        "binary",
        {"each": lambda log, p, y: -(y * log + (1 - y) * np.log(1 - p)).sum(axis=1)},
        "That is a binary cross-entropy of each class: here one softmax shares out among all.",
    ),
    (
        "log",
        {"log": lambda z: np.log2(np.exp(log_shares(z)))},
        "Your logarithm has the base two, and is taken of probabilities that may have become zero: "
        "work with the logits, in nats.",
    ),
)

# ------------------------------------------------------------------ 17.8: the way back


def draw_backward(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return activations, parameters and a delta of the output, for widths (N, n_in, ..., n_out)."""
    drawn = draw_forward(rng, widths)
    activations = forward({}, drawn["x"], drawn["theta"])
    return {"activations": activations, "theta": drawn["theta"], "delta": rng.normal(size=activations[-1].shape)}


RIGHT_BACKWARD: dict[str, Piece] = {
    "delta": lambda delta, a: delta,
    "carry": lambda delta, W, dW: delta @ W,
    "slope": lambda a: 1 - a**2,
    "outer": lambda delta, a_in: delta.T @ a_in,
    "sent": lambda activations, k: activations[k],
    "bias": lambda delta: delta.sum(axis=0),
    "returned": lambda gradients: gradients,
}


def backward(wrong: Mapping[str, Piece], activations: list[Array], theta: list[Array], delta: Array) -> Any:
    """Return the gradients with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_BACKWARD, **wrong})
    delta = piece.delta(delta, activations[-1])
    gradients: list[Any] = []
    for k in reversed(range(len(theta) // 2)):
        dW = piece.outer(delta, piece.sent(activations, k))
        gradients[:0] = [dW, piece.bias(delta)]
        if k:
            delta = piece.carry(delta, theta[2 * k], dW) * piece.slope(activations[k])
    return piece.returned(gradients)


def backward_of_library(activations: list[Array], theta: list[Array], delta: Array) -> list[Array]:
    """Return the gradients from the library."""
    network = network_of(theta)
    _, caches = network.forward(activations[0])
    vector = gradient_from_deltas(network, caches, carry_back(network, caches, delta))
    return [array for layer in network.with_parameters(vector).layers for array in (layer.W, layer.b)]


def scalar_of(theta: list[Array], x: Array, f: Callable[[Array], float]) -> Callable[[int, Array], float]:
    """Return f of the logits as a function of one of the parameter arrays."""

    def at(place: int, value: Array) -> float:
        here = [value if k == place else array for k, array in enumerate(theta)]
        a = x
        for k in range(0, len(here) - 2, 2):
            a = np.tanh(np.einsum("ei,ji->ej", a, here[k]) + here[k + 1])
        return f(np.einsum("ei,ji->ej", a, here[-2]) + here[-1])

    return at


def backward_by_differences(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Compare with differences of the logits, weighed by delta."""
    theta, x, delta = inputs["theta"], inputs["activations"][0], inputs["delta"]
    at = scalar_of(theta, x, lambda z: float((delta * z).sum()))
    right = [numerical_gradient(partial(at, k), array) for k, array in enumerate(theta)]
    yield all(np.allclose(a, b, rtol=1e-5, atol=1e-7) for a, b in zip(outputs["gradients"], right, strict=True))


BACKWARD_PIECES: Pieces = (
    ("M7", {"slope": lambda a: 1.0}, ""),
    (
        "M5",
        {"slope": lambda a: 1 - np.tanh(a) ** 2},
        "You took the slope of tanh at its activation; it belongs at z, or in the short form with the activation "
        "alone.",
    ),
    (
        "M5",
        {"slope": lambda a: 1 - np.arctanh(a) ** 2},
        "You put z into the short form of the slope of tanh, which is meant for the activation.",
    ),
    ("slope", {"slope": lambda a: a * (1 - a)}, "That is the slope of the sigmoid; the hidden units are tanh."),
    ("slope", {"slope": lambda a: 1 - a}, "In the slope of tanh a square is missing."),
    ("slope", {"slope": lambda a: 1 + a**2}, "The sign inside the slope of tanh is wrong: it is never above one."),
    ("slope", {"slope": lambda a: (a > 0) * 1.0}, "That is the slope of ReLU; the hidden units are tanh."),
    ("slope", {"slope": lambda a: a}, "You multiplied by the activation where its slope belongs."),
    (
        "output",
        {"delta": lambda delta, a: delta * (1 - a**2)},
        "You multiplied the output's delta by a slope: the logits went through no tanh.",
    ),
    (
        "M8",
        {"carry": lambda delta, W, dW: delta @ W.T},
        "On the way back the weight matrix is the wrong way round: each hidden unit must collect over what it feeds.",
    ),
    ("M6", {"carry": lambda delta, W, dW: delta @ np.linalg.pinv(W).T}, ""),
    (
        "M1",
        {"carry": lambda delta, W, dW: delta[:, :1] * W[0]},
        "You followed one path only: a hidden unit acts on all units of the next layer, and all its paths must be "
        "added.",
    ),
    (
        "weights-forgotten",
        {"carry": lambda delta, W, dW: np.repeat(delta.sum(axis=1, keepdims=True), W.shape[1], axis=1)},
        "",
    ),
    (
        "update-first",
        {"carry": lambda delta, W, dW: delta @ (W - dW)},
        "You changed the weights before the way back used them: gradients belong to the old weights.",
    ),
    ("M8", {"outer": lambda delta, a_in: a_in.T @ delta}, ""),
    (
        "mean",
        {"outer": lambda delta, a_in: delta.T @ a_in / len(a_in), "bias": lambda delta: delta.mean(axis=0)},
        "You took the mean over the batch once more: it is in delta already.",
    ),
    (
        "mean",
        {"outer": lambda delta, a_in: delta.T @ a_in / len(a_in)},
        "You took the mean over the batch once more in the weight gradients: it is in delta already.",
    ),
    (
        "mean",
        {"bias": lambda delta: delta.mean(axis=0)},
        "You took the mean over the batch once more in the bias gradients: it is in delta already.",
    ),
    ("bias", {"bias": lambda delta: delta[0]}, "Of the bias gradients only the first example is left."),
    ("bias", {"bias": lambda delta: delta[-1]}, "Of the bias gradients only the last example is left."),
    (
        "axis",
        {"bias": lambda delta: delta.sum(axis=1)},
        "The bias gradients are added up over the units; the examples are what is added.",
    ),
    (
        "axis",
        {"bias": lambda delta: np.full(delta.shape[1], delta.sum())},
        "The bias gradients are added up over everything: each unit has a bias of its own.",
    ),
    (
        "not-summed",
        {"bias": lambda delta: delta},
        "Your bias gradients have a row for each example: they are yet to be added up.",
    ),
    (
        "mixed",
        {"outer": lambda delta, a_in: np.outer(delta.sum(axis=0), a_in.sum(axis=0))},
        "You added up the batch before you multiplied: each example's delta meets its own activation.",
    ),
    (
        "one-example",
        {"outer": lambda delta, a_in: np.outer(delta[0], a_in[0])},
        "Your weight gradients are those of the first example alone.",
    ),
    ("sign", {"delta": lambda delta, a: -delta}, "Every gradient has the wrong sign."),
    (
        "incoming",
        {"sent": lambda activations, k: np.arctanh(activations[k]) if k else activations[k]},
        "For the weights you took what a layer receives before its tanh, where what it sends belongs.",
    ),
    (
        "order",
        {"returned": lambda gradients: gradients[::-1]},
        "Your list begins at the output: the first layer comes first.",
    ),
    (
        "order",
        {"returned": lambda g: [g[k + 1 - 2 * (k % 2)] for k in range(len(g))]},
        "In each layer the bias gradient stands before that of the weights.",
    ),
    (
        "order",
        {"returned": lambda g: [each for k in reversed(range(0, len(g), 2)) for each in g[k : k + 2]]},
        "Your list begins with the output layer: the first layer comes first.",
    ),
    (
        "slope",
        {"slope": lambda a: (1 - a) ** 2},
        "In the slope of tanh the square is in the wrong place: the activation alone is squared.",
    ),
    ("slope", {"slope": lambda a: a**2 - 1}, "The slope of tanh has the wrong sign: tanh never falls."),
    ("slope", {"slope": lambda a: -2 * a}, "You took the derivative of the slope of tanh, not the slope."),
    (
        "carry",
        {"carry": lambda delta, W, dW: delta @ dW},
        "On the way back you took the gradient of the weights where the weights belong.",
    ),
    (
        "mean",
        {"delta": lambda delta, a: delta, "carry": lambda delta, W, dW: delta @ W / len(delta)},
        "You took the mean over the batch once more at every layer: it is in delta already.",
    ),
    (
        "one-example",
        {"outer": lambda delta, a: np.outer(delta[-1], a[-1]), "bias": lambda delta: delta[-1]},
        "Those are the gradients of the last example alone: does each example overwrite the one "
        "before? They are added.",
    ),
    (
        "bias",
        {"bias": lambda delta: np.zeros(delta.shape[1])},
        "The bias gradients are zero: each is the delta of its unit, added up over the examples.",
    ),
    (
        "bias",
        {"bias": lambda delta: delta.max(axis=0)},
        "You took the largest delta of the batch for the bias gradient: they are added.",
    ),
    (
        "bias",
        {"bias": lambda delta: delta.sum(axis=0, keepdims=True)},
        "Your bias gradients have two axes: they have the shape of the biases, which have one.",
    ),
    (
        "bias",
        {"bias": lambda delta: delta.sum()},
        "Your bias gradients are added up over the units as well: each unit has its own.",
    ),
)

# ------------------------------------------------------------------ 17.9: training


def draw_training(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return a small problem with the orders of its epochs, for widths (N, batch size, n_in, n_hidden, classes)."""
    N, batch_size, *sizes = widths
    return {
        "x": rng.normal(size=(N, sizes[0])),
        "labels": rng.permutation(np.arange(N) % sizes[-1]),
        "theta": draw_theta(rng, sizes, 0.7),
        "orders": [rng.permutation(N) for _ in range(2)],
        "batch_size": batch_size,
        "learning_rate": float(rng.uniform(0.2, 0.4)),
        "momentum": float(rng.uniform(0.6, 0.9)),
    }


def gradients_at(theta: list[Array], x: Array, labels: Any) -> tuple[float, list[Array]]:
    """Return loss and gradients of a batch."""
    activations = forward({}, x, theta)
    loss, delta = loss_and_delta({}, activations[-1], labels)
    return float(loss), backward({}, activations, theta, delta)


RIGHT_TRAINING: dict[str, Piece] = {
    "order": lambda orders, epoch, N: orders[epoch],
    "batches": lambda order, size: [order[k : k + size] for k in range(0, len(order), size)],
    "labels": lambda labels, rows, place: labels[rows],
    "pictures": lambda x, rows, place: x[rows],
    "velocity": lambda v, g, momentum, rate: momentum * v + g,
    "step": lambda p, v, g, momentum, rate: p - rate * v,
    "epoch": lambda velocity: velocity,
    "batch": lambda velocity: velocity,
    "gradient": lambda g, n, N: g,
    "loss": lambda every, last, batches: every,
    "losses": lambda losses, first: losses,
    "epochs": lambda n: n,
    "returned": lambda theta, old, velocity: theta,
    "moves": lambda place, number: True,
    "shown": lambda x, orders, epoch: x,
}


def training(
    wrong: Mapping[str, Piece],
    x: Array,
    labels: Any,
    theta: list[Array],
    orders: list[Any],
    batch_size: int,
    learning_rate: float,
    momentum: float,
) -> tuple[Any, Any]:
    """Return parameters and losses with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_TRAINING, **wrong})
    old, velocity, losses = theta, [np.zeros_like(p) for p in theta], []
    first = gradients_at(theta, x, labels)[0]
    for epoch in range(piece.epochs(len(orders))):
        velocity, seen = piece.epoch(velocity), []
        batches = list(piece.batches(piece.order(orders, epoch, len(x)), batch_size))
        for place, rows in enumerate(batches):
            velocity = piece.batch(velocity)
            shown = piece.pictures(x, rows, place * batch_size)
            loss, gradients = gradients_at(theta, shown, piece.labels(labels, rows, place * batch_size))
            gradients = [piece.gradient(g, len(rows), len(x)) for g in gradients]
            velocity = [piece.velocity(v, g, momentum, learning_rate) for v, g in zip(velocity, gradients, strict=True)]
            if piece.moves(place, len(batches)):
                moves = zip(theta, velocity, gradients, strict=True)
                theta = [piece.step(*each, momentum, learning_rate) for each in moves]
            seen.append(loss)
        every = gradients_at(theta, piece.shown(x, orders, epoch), labels)[0]
        losses.append(piece.loss(every, seen[-1], np.mean(seen)))
    return piece.returned(theta, old, velocity), piece.losses(losses, first)


def training_of_library(
    x: Array, labels: Any, theta: list[Array], orders: list[Any], batch_size: int, learning_rate: float, momentum: float
) -> tuple[list[Array], list[float]]:
    """Return the same with the library's network, all parameters in one vector."""
    network = network_of(theta, output="softmax", loss="categorical_cross_entropy")
    y = one_hot(labels, network.sizes[-1])
    velocity, losses = np.zeros_like(network.parameters), []
    for order in orders:
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            velocity = momentum * velocity + network.gradients(x[rows], y[rows]).vector
            network.parameters = network.parameters - learning_rate * velocity
        losses.append(network.loss(x, y))
    return [array for layer in network.layers for array in (layer.W.copy(), layer.b.copy())], losses


def training_by_hand(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Train once more, with one hidden layer written out and old steps remembered in place of a velocity."""
    x, labels, (W1, b1, W2, b2), orders, size, rate, momentum = inputs.values()
    y = hot(labels, len(b2))
    theta, before, losses = [W1, b1, W2, b2], [W1, b1, W2, b2], []

    def shares(a: Array, theta: list[Array]) -> Array:
        e = np.exp(a @ theta[2].T + theta[3])
        return np.asarray(e / e.sum(axis=1, keepdims=True))

    for order in orders:
        left = list(order)
        while left:
            rows, left = left[:size], left[size:]
            a = np.tanh(x[rows] @ theta[0].T + theta[1])
            d = (shares(a, theta) - y[rows]) / len(rows)
            h = d @ theta[2] * (1 - a * a)
            g = [h.T @ x[rows], h.sum(0), d.T @ a, d.sum(0)]
            theta, before = (
                [p + momentum * (p - q) - rate * s for p, q, s in zip(theta, before, g, strict=True)],
                theta,
            )
        p = shares(np.tanh(x @ theta[0].T + theta[1]), theta)
        losses.append(-np.log(p[np.arange(len(x)), labels]).mean())
    for right, given in zip((theta, losses), outputs.values(), strict=True):
        yield all(np.allclose(a, b, rtol=1e-7) for a, b in zip(right, given, strict=True))


def fresh(velocity: list[Array]) -> list[Array]:
    """Return a velocity of nothing."""
    return [np.zeros_like(v) for v in velocity]


def shuffled_on(orders: list[Any], epoch: int, N: int) -> Any:
    """Return the order in which examples come that are shuffled again in each epoch, from how they lay before."""
    rows = np.arange(N)
    for order in orders[: epoch + 1]:
        rows = rows[order]
    return rows


def updated_on_the_way(
    x: Array, labels: Any, theta: list[Array], orders: list[Any], batch_size: int, learning_rate: float, momentum: float
) -> tuple[list[Array], list[float]]:
    """Return parameters and losses where delta is carried back through weights that have moved already."""
    theta, velocity, losses = list(theta), fresh(theta), []

    def move(k: int, gradient: Array) -> None:
        velocity[k] = momentum * velocity[k] + gradient
        theta[k] = theta[k] - learning_rate * velocity[k]

    for order in orders:
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            activations = forward({}, x[rows], theta)
            delta = loss_and_delta({}, activations[-1], labels[rows])[1]
            for k in reversed(range(len(theta) // 2)):
                move(2 * k, delta.T @ activations[k])
                move(2 * k + 1, delta.sum(axis=0))
                delta = (delta @ theta[2 * k]) * (1 - activations[k] ** 2)
        losses.append(gradients_at(theta, x, labels)[0])
    return theta, losses


def from_the_start(
    x: Array, labels: Any, theta: list[Array], orders: list[Any], batch_size: int, learning_rate: float, momentum: float
) -> tuple[list[Array], list[float]]:
    """Return parameters and losses where all gradients are taken at the parameters that came in."""
    new, velocity, losses = list(theta), fresh(theta), []
    for order in orders:
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            gradients = gradients_at(theta, x[rows], labels[rows])[1]
            velocity = [momentum * v + g for v, g in zip(velocity, gradients, strict=True)]
            new = [p - learning_rate * v for p, v in zip(new, velocity, strict=True)]
        losses.append(gradients_at(new, x, labels)[0])
    return new, losses


OLD_AND_NEW = (
    Mistake(
        "old-and-new",
        updated_on_the_way,
        "Each layer is moved before delta has passed it: the whole way back belongs to the old "
        "weights, and then all of them move.",
    ),
    Mistake(
        "old-and-new",
        from_the_start,
        "Every gradient is taken at the parameters that came in: each batch sees those that the one before has left.",
    ),
)
TRAINING_PIECES: Pieces = (
    (
        "last-batch",
        {"batches": lambda order, size: [order[k : k + size] for k in range(0, len(order) - size + 1, size)]},
        "The last batch, which is not full, is left out: every example has its turn in each epoch.",
    ),
    (
        "batches",
        {"batches": lambda order, size: [order] * -(-len(order) // size)},
        "You took all examples at once: a batch has the given size.",
    ),
    ("batches", {"batches": lambda order, size: [order]}, "You took all examples at once: a batch has the given size."),
    (
        "batches",
        {"batches": lambda order, size: [order[k : k + 1] for k in range(len(order))]},
        "You took the examples one by one: a batch has the given size.",
    ),
    (
        "batches",
        {"batches": lambda order, size: [order[k : k + size] for k in range(len(order))]},
        "Your batches overlap: each begins one example after the one before.",
    ),
    ("batches", {"batches": lambda order, size: [order[:size]]}, "Only the first batch of each epoch is used."),
    (
        "batches",
        {"batches": lambda order, size: [order[k :: -(-len(order) // size)] for k in range(-(-len(order) // size))]},
        "Your batches take every few examples, skipping those between: a batch is a run of neighbours in the order.",
    ),
    (
        "batches",
        {"batches": lambda order, size: [order[k : k + size - 1] for k in range(0, len(order), size)]},
        "An example is lost at the end of each batch: a slice ends before its second number.",
    ),
    (
        "order",
        {"order": lambda orders, epoch, N: np.arange(N)},
        "The given orders are not used: you took the examples as they stand.",
    ),
    (
        "order",
        {"order": lambda orders, epoch, N: orders[0]},
        "Each epoch has an order of its own; you took the first one in all.",
    ),
    (
        "order",
        {"order": lambda orders, epoch, N: orders[-1 - epoch]},
        "The orders are used from the last to the first.",
    ),
    (
        "order",
        {"order": lambda orders, epoch, N: np.argsort(orders[epoch])},
        "You used the orders the wrong way round: an order lists which example comes next.",
    ),
    (
        "labels",
        {"labels": lambda labels, rows, place: labels[place : place + len(rows)]},
        "The pictures are shuffled and the labels are not: nearly every example is taught a wrong label.",
    ),
    (
        "reset",
        {"epoch": fresh},
        "The velocity starts from nothing in each epoch: it goes on through the whole training.",
    ),
    ("reset", {"batch": fresh}, "The velocity starts from nothing in each batch: then there is no momentum at all."),
    (
        "momentum",
        {"velocity": lambda v, g, m, r: m * v + (1 - m) * g},
        "You took a weighted mean of velocity and gradient; here the gradient is added whole.",
    ),
    (
        "momentum",
        {"velocity": lambda v, g, m, r: v + m * g},
        "You put the momentum before the gradient; it belongs before the old velocity.",
    ),
    ("momentum", {"velocity": lambda v, g, m, r: v + g}, "The old velocity never fades: the momentum is missing."),
    (
        "momentum",
        {"velocity": lambda v, g, m, r: (1 - m) * v + g},
        "You kept the share of the velocity that should be lost.",
    ),
    (
        "momentum",
        {"step": lambda p, v, g, m, r: p - r * (m * v + g)},
        "You looked ahead, as Nesterov does: the momentum is in the step once more.",
    ),
    (
        "velocity-first",
        {"step": lambda p, v, g, m, r: p - r * (v - g) / m},
        "You took the step along the velocity of the step before: first the velocity, then the step.",
    ),
    ("learning-rate", {"step": lambda p, v, g, m, r: p - v}, ""),
    (
        "learning-rate",
        {"step": lambda p, v, g, m, r: p - v / r},
        "You divided by the learning rate: a smaller rate must give a smaller step.",
    ),
    (
        "learning-rate",
        {"velocity": lambda v, g, m, r: m * v + r * g},
        "The learning rate is in it twice: in the velocity and in the step.",
    ),
    ("ascent", {"step": lambda p, v, g, m, r: p + r * v}, ""),
    ("mean", {"gradient": lambda g, n, N: g / n}, "The mean over the batch is taken twice: delta has it already."),
    ("mean", {"gradient": lambda g, n, N: g * n}, "Your gradients are sums over the batch: the mean is missing."),
    (
        "mean",
        {"gradient": lambda g, n, N: g * n / N},
        "You took the mean over all examples; each batch has its own number of them.",
    ),
    (
        "loss",
        {"loss": lambda every, last, batches: last},
        "Your losses are those of the last batch; the loss on all examples after the epoch is asked for.",
    ),
    (
        "loss",
        {"loss": lambda every, last, batches: batches},
        "Your losses are means over the batches, taken while the parameters moved; the loss on all examples after "
        "the epoch is asked for.",
    ),
    (
        "loss",
        {"losses": lambda losses, first: [first, *losses[:-1]]},
        "Your losses are those before each epoch; those after it are asked for.",
    ),
    ("loss", {"losses": lambda losses, first: losses[::-1]}, "Your losses run from the last epoch to the first."),
    ("loss", {"losses": lambda losses, first: np.cumsum(losses).tolist()}, "Your losses add up from epoch to epoch."),
    ("no-step", {"returned": lambda theta, old, velocity: old}, "You returned the parameters of the start."),
    (
        "step-only",
        {"returned": lambda theta, old, velocity: velocity},
        "You returned the velocities in place of the parameters.",
    ),
    (
        "step-only",
        {"returned": lambda theta, old, velocity: [a - b for a, b in zip(theta, old, strict=True)]},
        "You returned how far the parameters moved, not where they are.",
    ),
    ("half-trained", {"step": lambda p, v, g, m, r: p - r * v if p.ndim == 2 else p}, "The biases never move."),
    ("half-trained", {"step": lambda p, v, g, m, r: p - r * v if p.ndim == 1 else p}, "The weights never move."),
    (
        "learning-rate",
        {"step": lambda p, v, g, m, r: p - r * m * v},
        "The momentum is in the step as well: it belongs to the velocity alone.",
    ),
    (
        "once-an-epoch",
        {"moves": lambda place, number: place == number - 1},
        "The parameters move once in each epoch; they move after every batch.",
    ),
    (
        "labels",
        {"shown": lambda x, orders, epoch: x[orders[epoch]]},
        "In your losses the examples are shuffled and the labels are not.",
    ),
    (
        "batches",
        {"batches": lambda order, size: np.array_split(order, -(-len(order) // size))},
        "Your batches are of about equal size: each has the given size, and only the last may be smaller.",
    ),
    (
        "batches",
        {"batches": lambda order, size: np.array_split(order, size)},
        "You took the batch size for the number of batches.",
    ),
    (
        "batches",
        {
            "batches": lambda order, size: [
                np.take(order, range(k, k + size), mode="wrap") for k in range(0, len(order), size)
            ]
        },
        "Your last batch is filled up with examples from the beginning: it may be smaller.",
    ),
    (
        "batches",
        {"batches": lambda order, size: [order[k : k + size + 1] for k in range(0, len(order), size)]},
        "Your batches overlap by one example: a slice ends before its second number.",
    ),
    (
        "order",
        {"order": lambda orders, epoch, N: orders[-1]},
        "Each epoch has an order of its own; you took the last one in all.",
    ),
    (
        "order",
        {"order": shuffled_on},
        "You shuffled what was shuffled already: each order is of the examples as they came in.",
    ),
    (
        "learning-rate",
        {"step": lambda p, v, g, momentum, rate: p - momentum * v},
        "You took the momentum for the learning rate in the step.",
    ),
    (
        "learning-rate",
        {
            "velocity": lambda v, g, momentum, rate: rate * v + g,
            "step": lambda p, v, g, momentum, rate: p - momentum * v,
        },
        "Learning rate and momentum are swapped.",
    ),
    (
        "learning-rate",
        {"velocity": lambda v, g, momentum, rate: rate * v + g},
        "You took the learning rate for the momentum in the velocity.",
    ),
    (
        "labels",
        {"pictures": lambda x, rows, place: x[place : place + len(rows)]},
        "The labels are taken in the given order and the pictures are not: nearly every example is "
        "taught a wrong label.",
    ),
    (
        "loss",
        {"losses": lambda losses, first: [0 * first + round(loss, 3) for loss in losses]},
        "Your losses are rounded: keep all digits.",
    ),
)

# ------------------------------------------------------------------ 17.10: the network as a program


def draw_written(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return one example and parameters."""
    return {
        "x": rng.normal(size=widths[0]),
        "label": widths[-1] - 2,
        "theta": draw_theta(rng, widths),
    }


RIGHT_WRITTEN: dict[str, Piece] = {
    "terms": lambda j, layer, n_in: [f"p{layer}_{j}_{i}" for i in range(n_in)],
    "bias": lambda j, layer: [f"b{layer}_{j}"],
    "factors": lambda j, i, layer, sent: [f"W{layer}_{j}_{i}", sent[i]],
    "hidden": lambda layer, last: "tanh" if layer < last else "",
    "end": lambda right, sent: {"lse": ("log", ["s"]), "C": ("-", ["lse", right])},
    "exps": lambda K, label: list(range(K)),
    "label": lambda label, K: label,
}


def written(wrong: Mapping[str, Piece], x: Array, label: int, theta: list[Array]) -> tuple[Any, Any]:
    """Return the loss of one example as a program, with some pieces exchanged for wrong ones."""
    piece = SimpleNamespace(**{**RIGHT_WRITTEN, **wrong})
    program: dict[str, tuple[str, list[str]]] = {}
    inputs: dict[str, float] = {f"x_{i}": float(v) for i, v in enumerate(x)}
    sent, layers = list(inputs), pairs_of(theta)
    for layer, (W, b) in enumerate(layers, start=1):
        out = []
        for j in range(len(b)):
            inputs[f"b{layer}_{j}"] = float(b[j])
            for i in range(W.shape[1]):
                inputs[f"W{layer}_{j}_{i}"] = float(W[j, i])
                program[f"p{layer}_{j}_{i}"] = ("*", piece.factors(j, i, layer, sent))
            name = f"z{layer}_{j}" if layer < len(layers) else f"z_{j}"
            program[name] = ("+", piece.terms(j, layer, W.shape[1]) + piece.bias(j, layer))
            if operation := piece.hidden(layer, len(layers)):
                program[f"a{layer}_{j}"], name = (operation, [name]), f"a{layer}_{j}"
            out.append(name)
        sent = out
    K, label = len(sent), piece.label(label, len(sent))
    program |= {f"e_{k}": ("exp", [sent[k]]) for k in range(K)}
    program["s"] = ("+", [f"e_{k}" for k in piece.exps(K, label)])
    end = piece.end(sent[label], sent)
    return {**program, **end}, inputs


def no_program(says: str) -> Rejected:
    """Return the rejection of a program that can't be run."""
    return Rejected(rejection("program", says))


def seen_by_engine(inputs: Inputs, result: Any) -> tuple[Any, Any]:
    """Run a program through the engine: what is compared is its loss, and its slopes by the names of the parameters."""
    program, given = result
    if not isinstance(program, Mapping) or not isinstance(given, Mapping):
        raise no_program("Both parts of the pair are dictionaries: the program first, then the inputs.")
    if given and all(isinstance(step, list | tuple) and isinstance(step[0], str) for step in given.values() if step):
        raise no_program("The pair is swapped: the program comes first, then the inputs.")
    if odd := [n for n, value in given.items() if np.ndim(value)]:
        raise no_program(f"The input {odd[0]} is no single number: each entry of an array has a name of its own.")
    if len(program) > 5000:
        raise no_program("Your program has more than five thousand nodes, which no network of this size needs.")
    steps = {str(n): (str(step[0]), [str(o) for o in step[1]]) for n, step in program.items()}
    numbers = {str(n): float(value) for n, value in given.items()}
    names, needs = sorted_names(inputs["theta"]), {"-": 2, "exp": 1, "log": 1, "tanh": 1}
    if missing := [each for each in names if each not in numbers]:
        raise no_program(f"There is no {missing[0]} among the inputs of your program.")
    if "C" not in steps:
        raise no_program("There is no node C in your program.")
    for name, (operation, operands) in steps.items():
        if operation not in OPERATE:
            raise no_program("A node of your program has an operation that is not in the table of the engine.")
        if name in numbers:
            raise no_program(f"{name} is an input of your program and a node as well.")
        if not operands or len(operands) != needs.get(operation, len(operands)):
            raise no_program(f"The node {name} has another number of operands than its operation takes.")
    try:
        loss, slopes = values_by(steps, numbers)["C"], engine({}, steps, numbers, "C")
    except (ValueError, OverflowError) as error:
        raise no_program(f"The engine can't run your program: {error}.") from None
    flat, sizes = np.array([slopes[name] for name in names]), [array.size for array in inputs["theta"]]
    parts = np.split(flat, np.cumsum(sizes)[:-1])
    return loss, [part.reshape(array.shape) for part, array in zip(parts, inputs["theta"], strict=True)]


def sorted_names(theta: list[Array]) -> list[str]:
    """Return the names of all parameters, in the order of the list."""
    names: list[str] = []
    for layer, (W, b) in enumerate(pairs_of(theta), start=1):
        names += [f"W{layer}_{j}_{i}" for j in range(W.shape[0]) for i in range(W.shape[1])]
        names += [f"b{layer}_{j}" for j in range(len(b))]
    return names


def written_by_differences(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Run the program node by node with other parameters, and compare with differences of a network's loss."""
    x, label, theta = inputs.values()

    def loss(z: Array) -> float:
        return float(np.log(np.exp(z[0]).sum()) - z[0, label])

    at = scalar_of(theta, x[np.newaxis], loss)
    program, given = outputs["loss"], dict(outputs["gradients"])  # not yet seen by the engine: program and inputs
    yield bool(np.isclose(values_by(program, given)["C"], at(0, theta[0])))
    moved = [array + 0.1 for array in theta]
    given |= dict(zip(sorted_names(theta), (float(v) for array in moved for v in array.ravel()), strict=True))
    other = scalar_of(moved, x[np.newaxis], loss)
    yield bool(np.isclose(values_by(program, given)["C"], other(0, moved[0])))


WRITTEN_PIECES: Pieces = (
    (
        "no-activation",
        {"hidden": lambda layer, last: ""},
        "There is no tanh in your program: a network without it is one linear map.",
    ),
    ("output", {"hidden": lambda layer, last: "tanh"}, "Your logits go through tanh: only the hidden units do."),
    ("bias", {"bias": lambda j, layer: []}, "The biases are among the inputs, and no node uses them."),
    ("bias", {"bias": lambda j, layer: [f"b{layer}_0"]}, "All units of a layer use one bias: each has its own."),
    ("bias", {"bias": lambda j, layer: [f"b{layer}_{j}"] * 2}, "The bias is added twice."),
    (
        "incoming",
        {"factors": lambda j, i, layer, sent: [f"W{layer}_{j}_{i}"]},
        "Your weights are multiplied with nothing: what comes in is missing.",
    ),
    (
        "M8",
        {"factors": lambda j, i, layer, sent: [sent[i]]},
        "The units of a layer differ by their biases alone in your program: each has a row of weights of its own.",
    ),
    (
        "incoming",
        {"factors": lambda j, i, layer, sent: [f"W{layer}_{j}_{i}", sent[0]]},
        "Every weight is multiplied with the first incoming value: each has its own.",
    ),
    (
        "squared",
        {"factors": lambda j, i, layer, sent: [f"W{layer}_{j}_{i}", sent[i], sent[i]]},
        "What comes in is multiplied twice.",
    ),
    ("M1", {"terms": lambda j, layer, n: [f"p{layer}_{j}_0"]}, "Each unit hears its first input only: all are added."),
    (
        "M1",
        {"terms": lambda j, layer, n: [f"p{layer}_{j}_{n - 1}"]},
        "Each unit hears its last input only: all are added. Is a node overwritten in the loop?",
    ),
    (
        "M1",
        {"terms": lambda j, layer, n: [f"p{layer}_{j}_{i}" for i in range(n - 1)]},
        "Each unit misses its last input: where does the loop end?",
    ),
    (
        "sign",
        {"end": lambda right, sent: {"lse": ("log", ["s"]), "C": ("-", [right, "lse"])}},
        "Your loss is negative: it is turned round.",
    ),
    (
        "sign",
        {"end": lambda right, sent: {"lse": ("log", ["s"]), "C": ("+", ["lse", right])}},
        "The logit of the right class is added; it lowers the loss.",
    ),
    (
        "no-target",
        {"end": lambda right, sent: {"C": ("log", ["s"])}},
        "The logit of the right class does not occur: no label is learned from this loss.",
    ),
    (
        "no-softmax",
        {"end": lambda right, sent: {"m": ("-", [right, right]), "C": ("-", ["m", right])}},
        "The sum of the exponentials does not occur: this loss falls for ever.",
    ),
    ("no-log", {"end": lambda right, sent: {"C": ("-", ["s", right])}}, "The logarithm of the sum is missing."),
    (
        "no-log",
        {
            "end": lambda right, sent: {
                "l": ("log", ["s"]),
                "d": ("-", [right, "l"]),
                "q": ("exp", ["d"]),
                "n": ("-", [right, right]),
                "C": ("-", ["n", "q"]),
            }
        },
        "Your loss is minus the probability; cross-entropy takes its logarithm.",
    ),
    (
        "probability",
        {"end": lambda right, sent: {"l": ("log", ["s"]), "d": ("-", [right, "l"]), "C": ("exp", ["d"])}},
        "Your result is the probability of the right class, not the loss.",
    ),
    (
        "log-twice",
        {"end": lambda right, sent: {"lse": ("log", ["s"]), "r": ("exp", [right]), "C": ("-", ["lse", "r"])}},
        "You subtracted the exponential; under a logarithm it becomes the logit itself.",
    ),
    (
        "M1",
        {"exps": lambda K, label: [k for k in range(K) if k != label]},
        "The right class is missing in the sum of the exponentials: the shares are of all classes.",
    ),
    (
        "M1",
        {"exps": lambda K, label: list(range(K - 1))},
        "The last class is missing in the sum of the exponentials: where does the loop end?",
    ),
    (
        "M1",
        {"exps": lambda K, label: list(range(1, K))},
        "The first class is missing in the sum of the exponentials: where does the loop begin?",
    ),
    ("labels", {"label": lambda label, K: label - 1}, "The label is off by one: the first class has the number zero."),
    ("labels", {"label": lambda label, K: 0}, "The label is not used: it is always the first class."),
    ("labels", {"label": lambda label, K: K - 1}, "The label is not used: it is always the last class."),
    (
        "no-activation",
        {"hidden": lambda layer, last: "tanh" if layer == 1 < last else ""},
        "Only the first hidden layer has a tanh in your program: all hidden layers have one.",
    ),
    (
        "bias",
        {"bias": lambda j, layer: [f"b{layer}_{j}"] if layer > 1 else []},
        "The biases of the first layer are used by no node.",
    ),
    (
        "log-left",
        {"end": lambda right, sent: {"er": ("exp", [right]), "C": ("-", ["s", "er"])}},
        "The logarithm is missing: you subtracted the exponential of the right logit from the sum of all.",
    ),
    (
        "log-left",
        {"end": lambda right, sent: {"lse": ("+", sent), "C": ("-", ["lse", right])}},
        "You added up the logits: the logarithm of the sum of their exponentials is meant.",
    ),
)

# ------------------------------------------------------------------ 17.11: the judge of the digits


def draw_confusion(rng: np.random.Generator, widths: tuple[int, ...]) -> Inputs:
    """Return logits and labels of classes of unequal size, in which the same confusion occurs more than once."""
    N, K = widths
    labels = np.concatenate([np.arange(K), rng.integers(0, max(K - 1, 1), N - K)]).astype(np.intp)
    if N % 2:  # a class that does not occur still has its row
        labels[labels == K - 1] = 0
    labels[-3:], z = 0, rng.normal(size=(N, K))
    z[np.arange(N), labels] += 1
    z[-3:] = 0.1 * rng.normal(size=(3, K))
    z[-3:-1, 1] += 5  # zeros that are taken for ones, twice
    order = rng.permutation(N)
    return {"z": z[order], "labels": labels[order]}


def counted_once(rows: Any, columns: Any, K: int) -> Array:
    """Count with a buffered +=, which sees each place once."""
    table = np.zeros((K, K))
    table[rows, columns] += 1
    return table


def counted(rows: Any, columns: Any, K: int) -> Array:
    """Count every pair."""
    table = np.zeros((K, K))
    np.add.at(table, (rows, columns), 1)
    return table


RIGHT_JUDGE: dict[str, Piece] = {
    "said": lambda z: z.argmax(axis=1),
    "count": counted,
    "places": lambda labels, said: (labels, said),
    "accuracy": lambda labels, said, table, K: (said == labels).mean(),
    "returned": lambda accuracy, table: (accuracy, table),
}


def judged(wrong: Mapping[str, Piece], z: Array, labels: Any) -> Any:
    """Return accuracy and table with some pieces exchanged for wrong ones."""
    piece, K = SimpleNamespace(**{**RIGHT_JUDGE, **wrong}), z.shape[1]
    said = piece.said(z)
    table = piece.count(*piece.places(labels, said), K)
    return piece.returned(piece.accuracy(labels, said, table, K), table)


def judged_in_loops(inputs: Inputs, outputs: Named) -> Iterator[bool]:
    """Count with plain Python."""
    z, labels = inputs["z"].tolist(), inputs["labels"].tolist()
    pairs = [(label, row.index(max(row))) for row, label in zip(z, labels, strict=True)]
    K = len(z[0])
    yield bool(np.isclose(outputs["accuracy"], sum(a == b for a, b in pairs) / len(pairs)))
    yield np.array_equal(outputs["table"], [[pairs.count((a, b)) for b in range(K)] for a in range(K)])


def share_of(hits: Any) -> float:
    """Return the share of hits; of nothing it is no number."""
    return float(hits.sum() / len(hits)) if len(hits) else math.nan


BUFFERED: dict[str, Piece] = {"count": counted_once}
TURNED: dict[str, Piece] = {"places": lambda labels, said: (said, labels)}
BY_CLASS: dict[str, Piece] = {
    "accuracy": lambda labels, said, table, K: np.mean([share_of(said[labels == k] == k) for k in range(K)])
}
OF_TABLE: Piece = lambda labels, said, table, K: np.trace(table) / table.sum()  # noqa: E731
COUNTS = "A confusion that occurs several times is counted once: a list of places with one place twice adds to it once."
SIDES = "Your table lies on its side: the rows are for what the picture shows, the columns for what the network says."
CLASSES = "You took the mean of the shares of the classes: then a rare class counts as much as a frequent one."
BY_CLASS_OTHERWISE: tuple[Piece, ...] = (
    lambda labels, said, table, K: np.nanmean([share_of(said[labels == k] == k) for k in range(K)]),
    lambda labels, said, table, K: sum(share_of(said[labels == k] == k) for k in np.unique(labels)) / K,
)
JUDGE_PIECES: Pieces = (
    ("buffered", BUFFERED, COUNTS),
    ("M8", TURNED, SIDES),
    ("classes", BY_CLASS, CLASSES),
    ("two-left", {**BUFFERED, **TURNED}, "One bug is gone. Look at how the table counts and at which side is which."),
    (
        "two-left",
        {**BUFFERED, **BY_CLASS},
        "One bug is gone. Look at how the table counts and at what the accuracy is a mean of.",
    ),
    (
        "two-left",
        {**TURNED, **BY_CLASS},
        "One bug is gone. Look at which side of the table is which and at what the accuracy is a mean of.",
    ),
    ("three-left", {**BUFFERED, **TURNED, **BY_CLASS}, "All three bugs are still there."),
    ("buffered", {**BUFFERED, "accuracy": OF_TABLE}, COUNTS),
    (
        "percent",
        {"accuracy": lambda labels, said, table, K: 100 * (said == labels).mean()},
        "Your accuracy is in percent; a share between zero and one is asked for.",
    ),
    (
        "count",
        {"accuracy": lambda labels, said, table, K: (said == labels).sum()},
        "You counted the right ones; their share is asked for.",
    ),
    (
        "wrong-ones",
        {"accuracy": lambda labels, said, table, K: (said != labels).mean()},
        "That is the share of the wrong ones.",
    ),
    (
        "classes",
        {"accuracy": lambda labels, said, table, K: (said == labels).sum() / K},
        "You divided by the number of classes; the share is of the examples.",
    ),
    (
        "classes",
        {
            "accuracy": lambda labels, said, table, K: np.mean(
                [share_of(labels[said == k] == k) if (said == k).any() else 0.0 for k in range(K)]
            )
        },
        CLASSES,
    ),
    ("said", {"said": lambda z: z.argmin(axis=1)}, "You took the smallest logit for the answer of the network."),
    (
        "said",
        {"said": lambda z: np.abs(z).argmax(axis=1)},
        "You took the size of the logits: the largest is the answer, and negative ones are small.",
    ),
    (
        "said",
        {"said": lambda z: z.argmax(axis=1) + (z.argmax(axis=1) < z.shape[1] - 1)},
        "The answers are off by one: the first class has the number zero.",
    ),
    (
        "shares",
        {"returned": lambda accuracy, table: (accuracy, table / table.sum())},
        "Your table has shares; counts are asked for.",
    ),
    (
        "shares",
        {"returned": lambda accuracy, table: (accuracy, table / table.sum(axis=1, keepdims=True))},
        "Your table has shares; counts are asked for.",
    ),
    (
        "diagonal",
        {"returned": lambda accuracy, table: (accuracy, table - np.diag(np.diag(table)))},
        "The right answers are missing in your table: they belong on its diagonal.",
    ),
    ("order", {"returned": lambda accuracy, table: (table, accuracy)}, "Accuracy and table are swapped."),
    *(
        (name, {**others, "accuracy": share}, says)
        for share in BY_CLASS_OTHERWISE
        for name, others, says in (
            ("classes", {}, CLASSES),
            (
                "two-left",
                BUFFERED,
                "One bug is gone. Look at how the table counts and at what the accuracy is a mean of.",
            ),
            (
                "two-left",
                TURNED,
                "One bug is gone. Look at which side of the table is which and at what the accuracy is a mean of.",
            ),
            ("three-left", {**BUFFERED, **TURNED}, "All three bugs are still there."),
        )
    ),
    (
        "classes",
        {"accuracy": lambda labels, said, table, K: np.mean([share_of(labels[said == k] == k) for k in range(K)])},
        "You took, for each answer, the share in which it is right, and the mean of those: the share "
        "of all examples is asked for.",
    ),
    (
        "classes",
        {"accuracy": lambda labels, said, table, K: np.nanmean([share_of(labels[said == k] == k) for k in range(K)])},
        "You took, for each answer, the share in which it is right, and the mean of those: the share "
        "of all examples is asked for.",
    ),
    (
        "cut-off",
        {"accuracy": lambda labels, said, table, K: (said == labels).sum() // len(labels)},
        "Your accuracy is cut off to a whole number: is there a division that drops the rest?",
    ),
    (
        "cut-off",
        {"accuracy": lambda labels, said, table, K: round((said == labels).mean(), 2)},
        "Your accuracy is rounded: keep all digits.",
    ),
    (
        "diagonal",
        {"count": lambda rows, columns, K: np.diag(np.diag(counted(rows, columns, K)))},
        "Only the right answers are in your table: the confusions are what it is for.",
    ),
    (
        "labels",
        {"places": lambda labels, said: (labels - 1, said)},
        "The rows of your table are off by one: the first class has the number zero.",
    ),
    (
        "shares",
        {"returned": lambda accuracy, table: (accuracy, table / np.maximum(table.sum(axis=0), 1))},
        "Your table has shares; counts are asked for.",
    ),
    (
        "last-example",
        {"count": lambda rows, columns, K: counted(rows[:-1], columns[:-1], K)},
        "The last example is missing in your table.",
    ),
    (
        "shares",
        {"returned": lambda accuracy, table: (accuracy, table / np.maximum(table.sum(axis=1, keepdims=True), 1))},
        "Your table has shares; counts are asked for.",
    ),
    ("buffered", {**BUFFERED, "accuracy": lambda labels, said, table, K: np.trace(table) / len(labels)}, COUNTS),
)

# ------------------------------------------------------------------ 17.1: before anything is built

BEFORE_BUILDING = {
    "first loss": Choice(
        "c",
        {
            "a": ("loss", "that would be certain and right: an untrained network is neither."),
            "b": ("accuracy", "that is a share of right answers; the loss is minus the logarithm of a probability."),
            "d": (
                "confident",
                "that is the loss of a network that is sure and wrong; this one is not sure of anything.",
            ),
        },
    ),
    "all logits up": Choice(
        "b",
        {
            "a": (
                "shift",
                "the right logit rises, and so does the logarithm of the sum: what is left of the difference?",
            ),
            "c": ("shift", "the logit of the right class is not alone in the loss: what becomes of the others' sum?"),
            "d": ("overflow", "an engine without care would overflow, but the loss itself is a number like any other."),
        },
    ),
    "zero weights": Choice(
        "b",
        {
            "a": (
                "zeros",
                "something does move: ask which gradient is multiplied neither by a weight nor by an activation.",
            ),
            "c": (
                "zeros",
                "what comes in to the output layer is zero, since tanh of zero is: which of the two hears that?",
            ),
            "d": ("zeros", "to reach the first layer, delta has to pass the weights of the second: what are they?"),
        },
    ),
    "sum of delta": Choice(
        "a",
        {
            "b": ("shares", "the shares add up to that; delta is what is left of them when the target is taken off."),
            "c": ("shares", "a positive entry has its price in a negative one: add shares and target separately."),
            "d": ("shares", "it does not depend on the logits: add shares and target separately."),
        },
    ),
}

# ------------------------------------------------------------------ the table

EXERCISES = (
    Exercise(
        "17.1",
        "Before anything is built",
        rung="predict",
        points=4,
        difficulty=2,
        minutes=6,
        kind=Parts(BEFORE_BUILDING),
        praise="Four facts that cost nothing to know, and each of them finds a bug on the first day.",
        hints=(
            "A network that knows nothing gives each class about the same probability. What is minus the logarithm "
            "of it?",
            "The loss is the logarithm of the sum of exponentials minus one logit. Delta is the softmax minus the "
            "one-hot target. Tanh of zero is zero.",
            "A number added to all logits comes out of the logarithm of the sum unchanged, and meets the one that is "
            "subtracted. With zero weights all hidden activations are zero, and delta can't get past zero weights.",
        ),
    ),
    Exercise(
        "17.2",
        "Three logits through the engine",
        rung="hand-compute",
        points=2,
        difficulty=2,
        minutes=8,
        kind=Number(
            setting=three_logits,
            right=logits_by_engine,
            witness=lambda q: q.p - q.y,
            mistakes=LOGITS,
        ),
        praise="The way back through six nodes gives the softmax minus the target: nobody had to derive it.",
        hints=(
            "Go back node by node: from C to the logarithm and to the logit that is subtracted, from the logarithm to "
            "the sum, from the sum to each exponential.",
            "The slope of the logarithm is one over what went in; the slope of an exponential is what came out.",
            "Every logit gets its exponential over the sum. One of them has a second edge, with the slope minus one: "
            "add it.",
        ),
    ),
    Exercise(
        "17.3",
        "The engine: forward",
        rung="complete",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("values",),
            inputs=draw_run,
            right=lambda program, inputs: values_by(program, inputs),
            witness=values_in_numpy,
            mistakes=RUN_MISTAKES,
            seen=complete_names,
            widths=((1, 3), (4, 1), (3, 2)),
            square=None,
        ),
        praise="The program came in any order, and each node waited for its operands.",
        hints=(
            "A node can be computed when all of its operands have values. Which nodes are that at the beginning?",
            "Go round: look for nodes whose operands are all there, compute them, and repeat until none is waiting. "
            "Or write a function that computes a name by first computing its operands.",
            "While names are left: for each name of program that is not in values, if all operands are in values, set "
            "values[name] to OPERATE[operation] of the list of the operands' values.",
        ),
    ),
    Exercise(
        "17.4",
        "The engine: back",
        rung="implement",
        points=5,
        difficulty=3,
        minutes=20,
        kind=Function(
            outputs=("slopes",),
            inputs=draw_program,
            right=engine_of_library,
            witness=engine_by_moving,
            mistakes=ENGINE_MISTAKES,
            seen=complete_names,
            widths=((1, 3), (4, 1), (3, 2)),
            square=None,
        ),
        praise=(
            "Reused nodes, operands that occur twice, a factor of zero: each edge was passed once, and all was added."
        ),
        hints=(
            "Compute the values first. Then the order: in it each node stands after its operands. The way back reads "
            "it "
            "from its end.",
            "For a node: one slope for each operand, by its place. For a product the slope is the product of all other "
            "places, computed, not divided. What the node has received, times the slope, is added to the operand.",
            "received is zero for all names, one for the result. For each node of the reversed order and each operand "
            "with its slope: received[operand] += received[node] * slope. Values are entered in a right order already: "
            "a dictionary remembers it.",
        ),
    ),
    Exercise(
        "17.5",
        "The network: where it starts",
        rung="implement",
        points=2,
        difficulty=1,
        minutes=6,
        kind=Function(
            outputs=("theta",),
            inputs=draw_start,
            right=start_of_library,
            witness=start_in_one_draw,
            mistakes=(
                *made(start, START_PIECES),
                Mistake(
                    "seed", lambda widths, seed: start({}, widths, 0), "The seed that was handed over is not used."
                ),
            ),
            widths=((2, 4, 3), (5, 2, 3, 4), (3, 6)),
            square=None,
        ),
        praise="The same seed gives the same network, today and next year.",
        hints=(
            "One generator for the whole network, made once from the seed.",
            "For each pair of neighbours in widths: a matrix with a row for each unit of the right one, then a bias.",
            "W is rng.standard_normal((n_out, n_in)) times the square root of 2 / (n_in + n_out), b is "
            "np.zeros(n_out).",
        ),
    ),
    Exercise(
        "17.6",
        "The network: forward",
        rung="implement",
        points=2,
        difficulty=1,
        minutes=6,
        kind=Function(
            outputs=("activations",),
            inputs=draw_forward,
            right=forward_of_library,
            witness=forward_in_loops,
            mistakes=FORWARD_MISTAKES,
            widths=((4, 2, 5, 3), (1, 5, 2, 4, 3), (5, 3, 2)),
            square=(3, 3, 3, 3),
        ),
        praise="Everything that the way back will read is in the list.",
        hints=(
            "The list begins with x. Each layer adds one array to it.",
            "Go through theta two by two: weights and bias. All layers but the last end with tanh.",
            "z is a @ W.T + b. If it is not the last layer, a becomes np.tanh(z), else z. Append it.",
        ),
    ),
    Exercise(
        "17.7",
        "The network: loss and first delta",
        rung="implement",
        points=3,
        difficulty=2,
        minutes=12,
        kind=Function(
            outputs=("loss", "delta"),
            inputs=draw_logits,
            right=loss_of_library,
            witness=loss_in_numbers,
            mistakes=made(
                loss_and_delta,
                (
                    *LOSS_PIECES,
                    *(
                        ("clipped", cut(10.0**-k), CLIPPED)
                        for k in (7, 8, 9, 10, 12, 15, 16)
                        for cut in (clipped, added)
                    ),
                ),
            ),
            widths=((5, 3), (4, 6), (1, 4)),
            square=None,
        ),
        praise=(
            "Logits of thousands, and no overflow: whatever all of a row have in common has no effect, so it can go."
        ),
        hints=(
            "The loss of one example is the logarithm of the sum of the exponentials of its logits, minus the right "
            "logit. What happens when a logit is 1000?",
            "Subtract from each row its largest logit: neither loss nor softmax changes, and no exponential is above "
            "one. "
            "Take the logarithm of the sum, not of a probability that may have become zero.",
            "With below for the shifted logits: log_p is below minus the logarithm of np.exp(below).sum(axis=1, "
            "keepdims=True). The loss is minus the mean of log_p[np.arange(N), labels]. delta is np.exp(log_p), "
            "minus one "
            "at the labels, over N.",
        ),
    ),
    Exercise(
        "17.8",
        "The network: back",
        rung="implement",
        points=4,
        difficulty=2,
        minutes=12,
        kind=Function(
            outputs=("gradients",),
            inputs=draw_backward,
            right=backward_of_library,
            witness=backward_by_differences,
            mistakes=made(backward, BACKWARD_PIECES),
            widths=((4, 2, 5, 3), (1, 5, 2, 4, 3), (6, 3, 2)),
            square=(3, 3, 3, 3),
        ),
        praise="Four equations and a loop, for any depth and any width.",
        hints=(
            "Begin with the last layer, whose delta you are given. What does each layer need: its delta, and what "
            "came in.",
            "Weights get delta.T @ (what came in), the bias the sum of delta over the examples. Then delta goes down: "
            "through the weights, then through the slope of tanh, which is written with the activation.",
            "For layer k from the last to the first: insert delta.T @ activations[k] and delta.sum(axis=0) at the "
            "front; "
            "if k > 0, delta becomes (delta @ theta[2 * k]) * (1 - activations[k]**2).",
        ),
    ),
    Exercise(
        "17.9",
        "Training",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=18,
        kind=Function(
            outputs=("new_theta", "losses"),
            inputs=draw_training,
            right=training_of_library,
            witness=training_by_hand,
            mistakes=(*made(training, TRAINING_PIECES), *OLD_AND_NEW),
            widths=((7, 3, 2, 4, 5), (8, 5, 4, 2, 3), (5, 2, 3, 6, 4)),
            square=None,
        ),
        praise="Batches, momentum, losses: the loop is the only place where a weight moves.",
        hints=(
            "Two loops: over the orders, and in each over the places 0, batch_size, 2 batch_size, ... A slice that "
            "goes "
            "beyond the end simply stops there.",
            "In a batch: rows, then forward, loss_and_delta, backward with x[rows] and labels[rows]. Then all "
            "velocities, "
            "then all parameters. Velocities begin at zero, once.",
            "velocity is [momentum * v + g for ...], theta is [p - learning_rate * v for ...], both new lists. After "
            "an "
            "epoch, append loss_and_delta(forward(x, theta)[-1], labels)[0], of all examples.",
        ),
    ),
    Exercise(
        "17.10",
        "The network, written for the engine",
        rung="implement",
        points=4,
        difficulty=3,
        minutes=20,
        kind=Function(
            outputs=("loss", "gradients"),
            inputs=draw_written,
            right=lambda **inputs: written({}, **inputs),
            witness=written_by_differences,
            mistakes=made(written, WRITTEN_PIECES),
            widths=((2, 4, 3), (3, 2, 5, 4), (4, 5)),
            square=None,
            seen=seen_by_engine,
        ),
        praise=(
            "Your program writes a program, and the engine, which has never heard of layers, finds all its gradients."
        ),
        hints=(
            "Write down the nodes of one unit by hand: a product for each input, a sum of the products and the bias, a "
            "tanh. Then let loops write them.",
            "Keep a list of the names that a layer sends; for the first one it is the names of x. At the end: an "
            "exponential for each logit, their sum, its logarithm, and C.",
            "For unit j of layer l: products 'p..' from ['W' + f'{l}_{j}_{i}', sent[i]], then ('+', [all products, the "
            "bias's name]), then ('tanh', [that]) unless it is the last layer. Finally C is ('-', [the logarithm, "
            "the name "
            "of the logit of the label]).",
        ),
    ),
    Exercise(
        "17.11",
        "Repair the judge",
        rung="debug",
        points=3,
        difficulty=2,
        minutes=10,
        kind=Function(
            outputs=("accuracy", "table"),
            inputs=draw_confusion,
            right=lambda z, labels: judged({}, z, labels),
            witness=judged_in_loops,
            mistakes=made(judged, JUDGE_PIECES),
            widths=((12, 4), (15, 5), (9, 3)),
            square=None,
        ),
        praise=(
            "A judge that is wrong makes every network look better or worse than it is, and no gradient check sees it."
        ),
        hints=(
            "Add up all entries of the broken table: how many should there be?",
            "Look up in chapter 3 what += does to a list of places in which one occurs twice. Then ask which index "
            "of the "
            "table is the row.",
            "np.add.at(table, (labels, said), 1) counts every pair. The accuracy is the mean of said == labels.",
        ),
    ),
    Exercise(
        "17.12",
        "Derive what one hidden unit learns",
        rung="derive",
        points=4,
        difficulty=3,
        minutes=12,
        kind=Derivation("17.12"),
        praise=(
            "The unit compares its weight to the right class with the mean of its weights, as the network shares out."
        ),
        hints=(
            "From v to the loss: through z, through tanh, and then by three paths, one for each logit.",
            "How does the loss change with each logit? That is the delta of the output, which you have computed in "
            "exercise 17.2.",
            "Add over the three logits: (share minus target) times the weight to it. Then the slope of tanh, written "
            "with a, and what comes in.",
        ),
    ),
    Exercise(
        "17.13",
        "A report",
        rung="essay",
        points=4,
        difficulty=2,
        minutes=25,
        kind=Essay(
            (
                "Says what was built, or that it works: no check is reported, and no surprise.",
                "Describes both parts and their checks, but not what the comparison of the two shows beyond that "
                "they agree.",
                "Describes both, says what each check could find and what it could not, and what the comparison adds.",
                "Does that, and tells of one surprise or mistake: what was expected, what was seen, and how the "
                "cause was found.",
            )
        ),
        praise="",
        hints=(
            "Think of a reader who has not done this: what are the parts, and why should anybody believe them?",
            "You had three judges: numerical differences, the engine, and the held-out digits. What does each of them "
            "see, and to what is each blind?",
            "A wrong label in the loss would pass two of the judges. A lost minus in the update would pass two as "
            "well: "
            "which? And what did your own mistakes look like, before you knew what they were?",
        ),
    ),
)
