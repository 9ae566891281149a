"""Remember which exercises have been solved on this machine, and say how far one is."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from backprop_lab.course.exercise import Essay

__all__ = ["chapters", "count", "place", "record"]


def place() -> Path:
    """Return the file: in `$BACKPROP_LAB_HOME`, or in `.backprop-lab` in the home folder."""
    return Path(os.environ.get("BACKPROP_LAB_HOME") or Path.home() / ".backprop-lab") / "progress.json"


def _solved() -> set[str]:
    """Return the numbers of the exercises that have been solved. A file that can't be read counts as none."""
    try:
        numbers = json.loads(place().read_text(encoding="utf-8"))
        return {number for number in numbers if isinstance(number, str)} if isinstance(numbers, list) else set()
    except (OSError, ValueError, TypeError):
        return set()


def record(*numbers: str) -> None:
    """Remember that these exercises are solved. Where nothing can be written, nothing is remembered."""
    before = _solved()
    if set(numbers) <= before:
        return
    with contextlib.suppress(OSError):
        place().parent.mkdir(parents=True, exist_ok=True)
        new = place().with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(sorted(before | set(numbers))), encoding="utf-8")
        new.replace(place())


def chapters() -> list[int]:
    """Return the chapters that have exercises."""
    names = (path.stem for path in (Path(__file__).parent / "answer_key").glob("chapter_*.py"))
    return sorted(int(name.removeprefix("chapter_")) for name in names)


def count(chapter: int) -> tuple[int, int]:
    """Return (how many are solved, how many can be checked) of a chapter's exercises."""
    from backprop_lab.course.checks import exercises

    numbers = {each.number for each in exercises(chapter) if not isinstance(each.kind, Essay)}
    return len(numbers & _solved()), len(numbers)
