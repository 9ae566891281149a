"""Answers that are chosen: one of several options, or one for each of several parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backprop_lab.course.reading import describe, is_missing
from backprop_lab.course.verdict import MISSING, Verdict, wrong

__all__ = ["Choice", "Parts"]


@dataclass(frozen=True)
class Choice:
    """One option of several, named by a letter or a sign.

    Attributes
    ----------
    right : str
    reasons : mapping
        For each other option the name of the mistake and what it says.
    """

    right: str
    reasons: Mapping[str, tuple[str, str]]

    @classmethod
    def among(cls, options: Mapping[str, tuple[str, str]], right: str) -> Choice:
        """Return the choice among options of which each has a reason, for where it is not the right one."""
        return cls(right, {option: reason for option, reason in options.items() if option != right})

    def judge(self, answer: Any, seed: int) -> Verdict:
        """Return the verdict; nothing is random here."""
        options = ", ".join(f'"{option}"' for option in sorted({self.right, *self.reasons}))
        if is_missing(answer):
            return MISSING
        if not isinstance(answer, str):
            return wrong("type", f"Expected one of {options} in quotation marks, got {describe(answer)}.")
        chosen = answer.strip().lower().replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
        if chosen == self.right:
            return Verdict(1)
        if chosen not in self.reasons:
            return wrong("type", f"That is not among the options: choose one of {options}.")
        return wrong(*self.reasons[chosen])


@dataclass(frozen=True)
class Parts:
    """A dictionary with one choice for each part; each part that is right earns its share of the points."""

    parts: Mapping[str, Choice]

    def judge(self, answer: Any, seed: int) -> Verdict:
        """Return the verdict; nothing is random here."""
        if is_missing(answer):
            return MISSING
        if not isinstance(answer, dict):
            return wrong("type", f"Expected a dictionary with one entry for each part, got {describe(answer)}.")
        unknown = [str(key) for key in answer if key not in self.parts]
        if unknown:
            return wrong("type", f"There is no part {unknown[0]}: the parts are {', '.join(self.parts)}.")
        verdicts = {name: choice.judge(answer.get(name), seed) for name, choice in self.parts.items()}
        if all(verdict.mistake == "missing" for verdict in verdicts.values()):
            return MISSING
        share = sum(verdict.share for verdict in verdicts.values()) / len(verdicts)
        lines = [f"{share * len(verdicts):.0f} of {len(verdicts)} parts."]
        if len(answer) == len(verdicts) > 2 and len({str(chosen) for chosen in answer.values()}) == 1:
            lines.append("You gave all parts one answer. Decide about each by itself.")
            verdicts_told = {}  # else the ones that are not told would be known to be right
        else:
            verdicts_told = verdicts
        for name, verdict in verdicts_told.items():
            if verdict.share < 1:
                lines.append(f"{name}: {'not answered yet.' if verdict.mistake == 'missing' else verdict.message}")
        mistakes = [verdict.mistake for verdict in verdicts.values() if verdict.mistake]
        return Verdict(share, mistakes[0] if mistakes else "", "\n".join(lines))
