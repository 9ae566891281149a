"""Measure how strong the checks are and write it down for the book; run it when exercises or answers have changed.

    python tools/strengths.py

For each exercise: how many wrong answers are rejected with the name of their thought, how many right ones accepted.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
STRENGTHS = ROOT / "book" / "strengths.json"
sys.path.insert(0, str(ROOT / "tests"))

from judged import CHAPTERS, answer_of, load, rejection_at, rejection_of  # noqa: E402  # from the tests


def measured(path: Path) -> list[dict[str, str | int]]:
    """Judge all answers to the exercises of a chapter."""
    answers, rows = load(path), []
    for number in answers.RIGHT:
        rejections = [rejection_at(path, number, place) for place in range(len(answers.WRONG[number]))]
        names = [entry[0] for entry in answers.WRONG[number]]
        right = [rejection_of(number, answer_of(path, number, entry)) for entry in answers.RIGHT[number]]
        named = sum(r is not None and r[0] == name for r, name in zip(rejections, names, strict=True))
        rows.append(
            {"number": number, "wrong": len(names), "named": named, "right": len(right), "accepted": right.count(None)}
        )
    return sorted(rows, key=lambda row: int(str(row["number"]).partition(".")[2]))


def main() -> None:
    """Measure, write, and say where a check is weak."""
    strengths = {path.stem: measured(path) for path in CHAPTERS}
    lines = [f'"{stem}": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]" for stem, rows in strengths.items()]
    STRENGTHS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    for rows in strengths.values():
        for row in rows:
            if row["named"] != row["wrong"] or row["accepted"] != row["right"]:
                print(
                    f"{row['number']}: {row['named']} of {row['wrong']} wrong answers named, "
                    f"{row['accepted']} of {row['right']} right ones accepted"
                )


if __name__ == "__main__":
    main()
