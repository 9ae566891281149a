"""Answers that are functions of arrays."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop_lab.arrays import Array
from backprop_lab.course.calling import call, no_function
from backprop_lab.course.exercise import Mistake
from backprop_lab.course.reading import Rejected, describe, is_missing, read_array, same
from backprop_lab.course.verdict import CheckerError, Verdict, wrong

__all__ = ["Function"]

Inputs = Mapping[str, Any]
Leaves = dict[str, Any]  # the arrays of one output by their names: {"dW": ...} or {"dW[0]": ..., "dW[1]": ...}
TOLERANCE = 1e-6
ROUNDED = 1.5e-4  # what rounding to four decimals on the way can do to an entry


@dataclass(frozen=True)
class Function:
    """A function, called with random inputs of several non-square shapes and compared with a reference.

    An output is an array or a number. Where the reference gives a list (or a dictionary) of arrays for it, the student
    must give one of the same length (or with the same keys), and each entry is judged.

    Attributes
    ----------
    outputs : tuple of str
        The names of what it returns, in order.
    inputs : callable
        (generator, widths) to the arguments by name, in the order of the signature: arrays, numbers, text, functions,
        or lists and dictionaries of them.
    right : callable
        The reference. Takes the inputs by name, returns one output or a tuple of them.
    witness : callable
        (inputs, outputs by name) to one truth value for each output: an independent judge of the reference.
    mistakes : tuple of Mistake
        Mutants: their `wrong` is the reference with one misconception.
    widths : sequence of tuples
        Layer widths of each draw. Non-square, so that a transpose can't hide.
    square : tuple, optional
        Widths on which a matrix that lies on its side does not crash. None: a crash is a crash.
    tolerance : float
        Relative to the largest entry of an output.
    seen : callable, optional
        (inputs, result) to what is compared, where many results are right: of an order, say, what comes before what.
        Is applied to what the student, the reference and the mutants return.
    """

    outputs: tuple[str, ...]
    inputs: Callable[[np.random.Generator, tuple[int, ...]], Inputs]
    right: Callable[..., Any]
    witness: Callable[[Inputs, Mapping[str, Any]], Iterable[object]]
    mistakes: tuple[Mistake, ...]
    widths: Sequence[tuple[int, ...]] = ((2, 4, 3), (5, 2, 3), (3, 4, 2))
    square: tuple[int, ...] | None = (3, 3, 3)
    tolerance: float = TOLERANCE
    seen: Callable[[Inputs, Any], Any] | None = None

    def judge(self, answer: Any, seed: int) -> Verdict:
        """Return the verdict; `seed` is where what is random starts."""
        if refused := no_function(answer):
            return refused
        rng = np.random.default_rng(seed)
        draws = [self.inputs(rng, widths) for widths in self.widths]
        expected = [self._expected(inputs) for inputs in draws]
        try:
            given = [self._call(answer, *pair) for pair in zip(draws, expected, strict=True)]
            again = self._call(answer, draws[0], expected[0])
        except Rejected as rejected:
            if rejected.verdict.mistake == "crashed":
                return self._recognise_square(answer, rng, rejected.verdict, seed) or rejected.verdict
            return rejected.verdict
        if not _repeated(again, given[0]):
            return wrong("second-call", "Called twice with the same inputs, it answers differently: something is kept.")
        if self._all_equal(given, expected):
            return Verdict(1)
        return self._recognise(given, expected, draws, seed) or self._general(given, expected)

    def _expected(self, inputs: Inputs) -> list[Leaves]:
        result = self.right(**_copied(inputs))
        values = result if isinstance(result, tuple) else (result,)
        if not all(self.witness(inputs, dict(zip(self.outputs, values, strict=True)))):
            raise CheckerError("the reference and an independent computation disagree about this exercise")
        return self._leaves_of(inputs, result)

    def _leaves_of(self, inputs: Inputs, result: Any) -> list[Leaves]:
        """Return what is compared of a result of the reference or of a mutant."""
        if self.seen:
            result = self.seen(inputs, result)
        values = result if isinstance(result, tuple) else (result,)
        return [_leaves(name, value) for name, value in zip(self.outputs, values, strict=True)]

    def _call(self, answer: Callable[..., Any], inputs: Inputs, expected: list[Leaves]) -> list[Leaves]:
        """Return what the student's function returns, not yet looked at, by the names of what is expected."""
        arguments = _copied(inputs)
        result = call(answer, *arguments.values())
        for name, value in inputs.items():
            if not _unchanged(arguments[name], value):
                says = f"Your function changes its input {name}, which the caller still needs: work on a copy."
                raise Rejected(wrong("changed-inputs", says))
        if is_missing(result):
            raise Rejected(wrong("nothing-returned", "Your function returns nothing: is there a return at its end?"))
        if self.seen:
            result = self._seen(inputs, result)
        results = list(result) if isinstance(result, tuple | list) and len(self.outputs) > 1 else [result]
        if len(results) != len(self.outputs):
            count = f"{len(self.outputs)} results ({', '.join(self.outputs)})"
            raise Rejected(wrong("type", f"Expected {count}, got {describe(result)}."))
        return [
            _matched(name, value, leaves) for name, value, leaves in zip(self.outputs, results, expected, strict=True)
        ]

    def _seen(self, inputs: Inputs, result: Any) -> Any:
        assert self.seen is not None
        try:
            return self.seen(inputs, result)
        except Rejected:
            raise
        except Exception:
            says = f"Your function returns {describe(result)}, which can't be read as {', '.join(self.outputs)}."
            raise Rejected(wrong("type", says)) from None

    @functools.cached_property
    def _tried(self) -> dict[tuple[int, bool], list[list[list[Leaves]]]]:
        return {}

    def _recognise(
        self,
        given: list[list[Leaves]],
        expected: list[list[Leaves]],
        draws: list[Inputs],
        seed: int,
        square: bool = False,
    ) -> Verdict | None:
        """Find the mutant that explains all results, or else the first wrong one."""
        if (seed, square) not in self._tried:  # the draws are the same for every answer with this seed
            self._tried[seed, square] = [
                [self._try(mistake.wrong, inputs) for inputs in draws] for mistake in self.mistakes
            ]
        mutants = list(zip(self.mistakes, self._tried[seed, square], strict=True))
        for mistake, mutant in mutants:
            if self._all_equal(given, mutant):
                return mistake.verdict
        for place, name in enumerate(self.outputs):
            values = [g[place] for g in given]
            if self._equal(values, [e[place] for e in expected]):
                continue
            for mistake, mutant in mutants:
                if all(mutant) and self._equal(values, [m[place] for m in mutant]):
                    return wrong(mistake.verdict.mistake, f"Look at {name}. {mistake.verdict.message}")
            break
        return None

    def _try(self, mutant: Callable[..., Any], inputs: Inputs) -> list[Leaves]:
        try:
            with np.errstate(all="ignore"):
                return self._leaves_of(inputs, mutant(**_copied(inputs)))
        except (ValueError, IndexError):  # a mutant with a matrix the wrong way round runs on square shapes only
            return []

    def _recognise_square(
        self, answer: Callable[..., Any], rng: np.random.Generator, crash: Verdict, seed: int
    ) -> Verdict | None:
        """Try square shapes, on which a matrix that is the wrong way round does not crash and can be recognised."""
        if self.square is None:
            return None
        draws = [self.inputs(rng, self.square) for _ in self.widths]
        expected = [self._expected(inputs) for inputs in draws]
        try:
            given = [self._call(answer, *pair) for pair in zip(draws, expected, strict=True)]
        except Rejected:
            return None
        if self._all_equal(given, expected):
            return None  # right where it runs: no mistake can be told from it
        if verdict := self._recognise(given, expected, draws, seed, square=True):
            return verdict
        for name, value, right in _pairs(given[0], expected[0]):
            if np.shape(value) != right.shape:
                n = self.square[0]
                came = f"{name} came out with shape {np.shape(value)}, expected {right.shape}"
                says = f"With {n} units in every layer {came}"
                return wrong("shape", f"{says}. With other widths: {crash.message}")
        return None

    def _general(self, given: list[list[Leaves]], expected: list[list[Leaves]]) -> Verdict:
        for place, output in enumerate(self.outputs):
            pairs = [
                pair
                for g, e in zip(given, expected, strict=True)
                for pair in _pairs(g[place : place + 1], e[place : place + 1])
            ]
            try:
                values = [read_array(value, right.shape, name) for name, value, right in pairs]
            except Rejected as rejected:
                return rejected.verdict
            rights = [right for _, _, right in pairs]
            if self._agree(values, rights):
                continue
            name = next(n for (n, _, r), v in zip(pairs, values, strict=True) if not self._same(v, r))
            if all(isinstance(v, np.ndarray) and v.dtype.kind in "iu" for _, v, _ in pairs) and any(
                np.any(right % 1) for right in rights
            ):
                return wrong("integers", f"{output} holds whole numbers: were the decimals cut off on the way?")
            if not any(map(np.any, values)):
                return wrong("zeros", f"{output} is zero everywhere.")
            if all(
                np.abs(v - r).max(initial=0) <= min(ROUNDED, 0.1 * np.abs(r).max(initial=0))
                for v, r in zip(values, rights, strict=True)
            ):
                says = f"{output} is very close: is something rounded or cut off on the way? Keep all digits."
                return wrong("rounded", says)
            for factor, mistake in ((-1, "sign"), (2, "factor-2"), (0.5, "factor-2")):
                if self._agree(values, [factor * right for right in rights]):
                    says = "has the wrong sign" if mistake == "sign" else "is off by a factor of two"
                    return wrong(mistake, f"{output} {says}, everywhere.")
            good = [
                other
                for k, other in enumerate(self.outputs)
                if self._equal([g[k] for g in given], [e[k] for e in expected])
            ]
            others = f" ({' and '.join(good)} {'is' if len(good) == 1 else 'are'} right)" if good else ""
            if self.seen:
                name = output  # what is compared has no line of the student's
            return wrong(
                "unknown",
                f"{name} is not right yet{others}, and the mistake is not one that I recognise. Look first at the "
                f"line that makes {name}, then at what that line reads.",
            )
        return Verdict(1)  # what was no array of the right shape can be read as one: [2.0] for 2.0, SymPy's numbers

    def _all_equal(self, given: list[list[Leaves]], expected: list[list[Leaves]]) -> bool:
        return all(len(g) == len(e) and self._equal(g, e) for g, e in zip(given, expected, strict=True))

    def _equal(self, given: Sequence[Leaves], expected: Sequence[Leaves]) -> bool:
        if any(g.keys() != e.keys() for g, e in zip(given, expected, strict=True)):
            return False
        values = [value for leaves in given for value in leaves.values()]
        rights = [right for leaves in expected for right in leaves.values()]
        if not all(isinstance(value, np.ndarray) and value.dtype.kind in "iuf" for value in values):
            return False
        return self._agree(values, rights)

    def _agree(self, values: Sequence[Array], rights: Sequence[Array]) -> bool:
        return all(self._same(np.asarray(v, float), np.asarray(r, float)) for v, r in zip(values, rights, strict=True))

    def _same(self, value: Array, right: Array) -> bool:
        """Compare; what is not finite in a mutant must be so in the same way in an answer."""
        finite = np.isfinite(right)
        if finite.all() or value.shape != right.shape:
            return same(value, right, self.tolerance)
        strange = np.array_equal(value[~finite], right[~finite], equal_nan=True)
        return strange and same(value[finite], right[finite], self.tolerance)


def _leaves(name: str, value: Any) -> Leaves:
    """Name the arrays of one output of the reference: a list or a dictionary has several."""
    return {leaf: np.asarray(array, float) for leaf, array in _entries(name, value).items()}


def _entries(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {f"{name}[{key!r}]": entry for key, entry in value.items()}
    if isinstance(value, list):
        return {f"{name}[{k}]": entry for k, entry in enumerate(value)}
    return {name: value}


def _matched(name: str, value: Any, expected: Leaves) -> Leaves:
    """Name the parts of one output of the student as those that are expected."""
    if expected.keys() == {name}:
        return {name: _copy(value)}
    named = any("'" in leaf for leaf in expected)
    if named and not isinstance(value, Mapping):
        raise Rejected(wrong("type", f"Expected a dictionary for {name}, got {describe(value)}."))
    is_list = isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)
    if not named and not is_list:
        raise Rejected(wrong("type", f"Expected a list for {name}, got {describe(value)}."))
    given = _entries(name, value if named else list(value))
    if missing := [leaf for leaf in expected if leaf not in given]:
        raise Rejected(
            wrong("type", f"There is no {missing[0]} in what your function returns: expected {len(expected)}.")
        )
    if extra := [leaf for leaf in given if leaf not in expected]:
        raise Rejected(wrong("type", f"There is one too many: {extra[0]} is not expected."))
    return {leaf: _copy(given[leaf]) for leaf in expected}


def _pairs(given: list[Leaves], expected: list[Leaves]) -> list[tuple[str, Any, Array]]:
    """Return (name, value, right value) of every array."""
    return [(leaf, g[leaf], e[leaf]) for g, e in zip(given, expected, strict=True) for leaf in e]


def _copied(value: Any) -> Any:
    """Return a copy in which nothing is shared, with arrays made writable; functions are passed as they are."""
    if isinstance(value, Mapping):
        return {key: _copied(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_copied(entry) for entry in value)
    return np.array(value) if isinstance(value, np.ndarray) else value


def _unchanged(now: Any, before: Any) -> bool:
    if isinstance(before, Mapping):
        return (
            isinstance(now, Mapping)
            and list(now) == list(before)
            and all(_unchanged(now[k], before[k]) for k in before)
        )
    if isinstance(before, list | tuple):
        return isinstance(now, list | tuple) and len(now) == len(before) and all(map(_unchanged, now, before))
    if isinstance(before, np.ndarray):
        return bool(np.array_equal(now, before, equal_nan=before.dtype.kind == "f"))
    return now is before or bool(now == before)


def _copy(value: Any) -> Any:
    """Return numbers as an array of their own, which a later call can't change, and all else as it is."""
    try:
        array = np.array(value)
    except ValueError:  # rows of different lengths
        return value
    return array if array.dtype.kind in "biufc" else value


def _repeated(again: list[Leaves], before: list[Leaves]) -> bool:
    """Say whether two calls gave the same, NaN included."""
    return all(
        np.array_equal(a[leaf], b[leaf], equal_nan=a[leaf].dtype.kind == "f")
        if isinstance(a[leaf], np.ndarray) and isinstance(b[leaf], np.ndarray)
        else type(a[leaf]) is type(b[leaf])
        for a, b in zip(again, before, strict=True)
        for leaf in b
    )
