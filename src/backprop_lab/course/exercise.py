"""What an exercise is. A chapter declares its own in one table, in `answer_key/chapter_NN.py`."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from backprop_lab.course.misconceptions import SAYS
from backprop_lab.course.verdict import NoCheck, Verdict, wrong

__all__ = ["Derivation", "Essay", "Exercise", "Kind", "Mistake", "Rung"]

Rung = Literal["predict", "hand-compute", "complete", "implement", "debug", "derive", "essay"]


class Kind(Protocol):
    """A kind of answer, which knows how to judge one."""

    def judge(self, answer: Any, seed: int) -> Verdict:
        """Return the verdict; what is random about the check starts at `seed`."""
        ...


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that is recognised.

    Attributes
    ----------
    name : str
        The misconception: M1 to M14, or a word such as `sign`; words after the first tell variants apart.
    wrong : callable or SymPy expression
        The answer that this thought leads to, in the form of the right one.
    says : str
        What the student reads: names the thought, not the right answer. Default: what `misconceptions` says.
    """

    name: str
    wrong: Any
    says: str = ""

    @property
    def verdict(self) -> Verdict:
        """What an answer with this mistake gets."""
        return wrong(self.name.split()[0], self.says or SAYS[self.name])


@dataclass(frozen=True)
class Essay:
    """An answer in words, read by a person along a rubric.

    Attributes
    ----------
    levels : four texts
        What an answer of each level does, from the lowest to the highest.
    """

    levels: tuple[str, str, str, str]

    def judge(self, answer: Any, seed: int) -> Verdict:
        """Refuse."""
        raise NoCheck("An essay is read by a person: there is no check for it.")


@dataclass(frozen=True)
class Derivation:
    """An answer that is a SymPy expression; looked up when it is asked for, as SymPy takes long to load in a browser.

    Attributes
    ----------
    number : str
        Of the exercise: the chapter's `answer_key/derivations_NN.py` has its `Expression`.
    """

    number: str

    @property
    def expression(self) -> Kind:
        """The kind of answer that this stands for."""
        chapter = int(self.number.partition(".")[0])
        module = importlib.import_module(f"backprop_lab.course.answer_key.derivations_{chapter:02d}")
        expression: Kind = module.DERIVATIONS[self.number]
        return expression

    def judge(self, answer: Any, seed: int) -> Verdict:
        """Return the verdict of the expression."""
        return self.expression.judge(answer, seed)


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Attributes
    ----------
    number : str
        Chapter and place, "5.4".
    rung : str
        Where it stands on the ladder from predicting to writing.
    difficulty : int
        1, 2 or 3.
    minutes : int
        How long a reader of the chapter needs.
    kind : Kind
        How an answer is judged.
    praise : str
        What to notice, shown with a right answer.
    hints : three texts
        From a nudge to nearly the solution.
    """

    number: str
    title: str
    rung: Rung
    points: int
    difficulty: int
    minutes: int
    kind: Kind
    praise: str
    hints: tuple[str, str, str]

    @property
    def label(self) -> str:
        """The line under the title: rung, difficulty, minutes, points."""
        points = "1 point" if self.points == 1 else f"{self.points} points"
        return f"{self.rung} · difficulty {self.difficulty} of 3 · {self.minutes} minutes · {points}"
