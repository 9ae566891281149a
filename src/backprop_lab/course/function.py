"""Answers that are functions of arrays."""

from __future__ import annotations

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
TOLERANCE = 1e-6
ROUNDED = 1.5e-4  # what rounding to four decimals on the way can do to an entry


@dataclass(frozen=True)
class Function:
    """A function, called with random inputs of several non-square shapes and compared with a reference.

    Attributes
    ----------
    outputs : tuple of str
        The names of what it returns, in order.
    inputs : callable
        (generator, widths) to the arguments by name, in the order of the signature.
    right : callable
        The reference. Takes the inputs by name, returns one array or a tuple of them.
    witness : callable
        (inputs, outputs by name) to one truth value for each output: an independent judge of the reference.
    mistakes : tuple of Mistake
        Mutants: their `wrong` is the reference with one misconception.
    widths : sequence of tuples
        Layer widths of each draw. Non-square, so that a transpose can't hide.
    """

    outputs: tuple[str, ...]
    inputs: Callable[[np.random.Generator, tuple[int, ...]], Inputs]
    right: Callable[..., Any]
    witness: Callable[[Inputs, Mapping[str, Array]], Iterable[object]]
    mistakes: tuple[Mistake, ...]
    widths: Sequence[tuple[int, ...]] = ((2, 4, 3), (5, 2, 3), (3, 4, 2))
    square: tuple[int, ...] = (3, 3, 3)

    def judge(self, answer: Any, seed: int) -> Verdict:
        """Return the verdict; `seed` is where what is random starts."""
        if refused := no_function(answer):
            return refused
        rng = np.random.default_rng(seed)
        draws = [self.inputs(rng, widths) for widths in self.widths]
        expected = [self._expected(inputs) for inputs in draws]
        try:
            given = [self._call(answer, inputs) for inputs in draws]
            again = self._call(answer, draws[0])
        except Rejected as rejected:
            if rejected.verdict.mistake == "crashed":
                return self._recognise_square(answer, rng, rejected.verdict) or rejected.verdict
            return rejected.verdict
        if not _repeated(again, given[0]):
            return wrong("second-call", "Called twice with the same inputs, it answers differently: something is kept.")
        if all(map(_equal, given, expected)):
            return Verdict(1)
        return self._recognise(given, expected, draws) or self._general(given, expected)

    def _expected(self, inputs: Inputs) -> list[Array]:
        expected = _arrays(self.right(**inputs))
        if not all(self.witness(inputs, dict(zip(self.outputs, expected, strict=True)))):
            raise CheckerError("the library and numerical differences disagree about this exercise")
        return expected

    def _call(self, answer: Callable[..., Any], inputs: Inputs) -> list[Any]:
        """Return what the student's function returns, one entry for each output, not yet looked at."""
        arguments = {name: np.array(value) if np.ndim(value) else value for name, value in inputs.items()}
        result = call(answer, *arguments.values())
        for name, value in inputs.items():
            if not np.array_equal(arguments[name], value):
                says = f"Your function changes its input {name}, which the caller still needs: work on a copy."
                raise Rejected(wrong("changed-inputs", says))
        if is_missing(result):
            raise Rejected(wrong("nothing-returned", "Your function returns nothing: is there a return at its end?"))
        results = list(result) if isinstance(result, tuple | list) and len(self.outputs) > 1 else [result]
        if len(results) != len(self.outputs):
            count = f"{len(self.outputs)} results ({', '.join(self.outputs)})"
            raise Rejected(wrong("type", f"Expected {count}, got {describe(result)}."))
        return [_copy(value) for value in results]

    def _recognise(self, given: list[list[Any]], expected: list[list[Array]], draws: list[Inputs]) -> Verdict | None:
        """Find the mutant that explains all results, or else the first wrong one."""
        mutants = [(mistake, [_try(mistake.wrong, inputs) for inputs in draws]) for mistake in self.mistakes]
        for mistake, mutant in mutants:
            if all(map(_equal, given, mutant)):
                return mistake.verdict
        for place, name in enumerate(self.outputs):
            values, rights = [g[place] for g in given], [e[place] for e in expected]
            if _equal(values, rights):
                continue
            for mistake, mutant in mutants:
                if all(mutant) and _equal(values, [m[place] for m in mutant]):
                    return wrong(mistake.verdict.mistake, f"Look at {name}. {mistake.verdict.message}")
            break
        return None

    def _recognise_square(self, answer: Callable[..., Any], rng: np.random.Generator, crash: Verdict) -> Verdict | None:
        """Try square shapes, on which a matrix that is the wrong way round does not crash and can be recognised."""
        draws = [self.inputs(rng, self.square) for _ in self.widths]
        try:
            given = [self._call(answer, inputs) for inputs in draws]
        except Rejected:
            return None
        expected = [self._expected(inputs) for inputs in draws]
        if verdict := self._recognise(given, expected, draws):
            return verdict
        for name, value, right in zip(self.outputs, given[0], expected[0], strict=True):
            if np.shape(value) != right.shape:
                n = self.square[0]
                came = f"{name} came out with shape {np.shape(value)}, expected {right.shape}"
                says = f"With {n} units in every layer {came}"
                return wrong("shape", f"{says}. With other widths: {crash.message}")
        return None

    def _general(self, given: list[list[Any]], expected: list[list[Array]]) -> Verdict:
        for place, name in enumerate(self.outputs):
            rights = [e[place] for e in expected]
            try:
                values = [read_array(g[place], r.shape, name) for g, r in zip(given, rights, strict=True)]
            except Rejected as rejected:
                return rejected.verdict
            if _equal(values, rights):
                continue
            if all(g[place].dtype.kind in "iu" for g in given):
                return wrong("integers", f"{name} holds whole numbers: were the decimals cut off on the way?")
            if not any(map(np.any, values)):
                return wrong("zeros", f"{name} is zero everywhere.")
            if all(
                np.abs(v - r).max() <= min(ROUNDED, 0.1 * np.abs(r).max()) for v, r in zip(values, rights, strict=True)
            ):
                says = f"{name} is very close: is something rounded or cut off on the way? Keep all digits."
                return wrong("rounded", says)
            for factor, mistake in ((-1, "sign"), (2, "factor-2"), (0.5, "factor-2")):
                if _equal(values, [factor * right for right in rights]):
                    says = "has the wrong sign" if mistake == "sign" else "is off by a factor of two"
                    return wrong(mistake, f"{name} {says}, everywhere.")
            good = [
                other for k, other in enumerate(self.outputs) if _equal([g[k] for g in given], [e[k] for e in expected])
            ]
            others = f" ({' and '.join(good)} {'is' if len(good) == 1 else 'are'} right)" if good else ""
            return wrong(
                "unknown",
                f"{name} is not right yet{others}, and the mistake is not one that I recognise. Look first at the "
                f"line that makes {name}, then at what that line reads.",
            )
        raise AssertionError("judge compares before it asks")


def _arrays(result: Any) -> list[Array]:
    return [np.asarray(value, float) for value in (result if isinstance(result, tuple) else (result,))]


def _try(mutant: Callable[..., Any], inputs: Inputs) -> list[Array]:
    try:
        with np.errstate(all="ignore"):
            return _arrays(mutant(**inputs))
    except ValueError:  # a mutant with a matrix the wrong way round runs on square shapes only
        return []


def _copy(value: Any) -> Any:
    """Return numbers as an array of their own, which a later call can't change, and all else as it is."""
    try:
        array = np.array(value)
    except ValueError:  # rows of different lengths
        return value
    return array if array.dtype.kind in "biufc" else value


def _repeated(again: list[Any], before: list[Any]) -> bool:
    """Say whether two calls gave the same, NaN included."""
    return all(
        np.array_equal(a, b, equal_nan=a.dtype.kind == "f") if isinstance(a, np.ndarray) else type(a) is type(b)
        for a, b in zip(again, before, strict=True)
    )


def _equal(given: Sequence[Any], expected: Sequence[Any]) -> bool:
    if len(given) != len(expected):
        return False
    for value, right in zip(given, expected, strict=True):
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf":
            return False
        if not same(value.astype(float), np.asarray(right, float), TOLERANCE):
            return False
    return True
