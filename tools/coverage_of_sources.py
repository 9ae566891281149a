"""Say which items of the five sources the book meets, and where.

A notebook cell names the items that it meets in its metadata, `"covers": ["S1-018"]`. coverage_of_sources.csv lists all
380 items with their chapters: the first is where an item must be met.

    python tools/coverage_of_sources.py            a table, one row a chapter
    python tools/coverage_of_sources.py --missing  the items that are not met yet
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent


def items() -> dict[str, dict[str, str]]:
    """Return id: row for every item of the sources."""
    with (ROOT / "tools" / "coverage_of_sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def met() -> dict[str, list[str]]:
    """Return id: the places that say they meet it, as file:cell."""
    places: dict[str, list[str]] = {}
    for place, item in _marks():
        places.setdefault(item, []).append(place)
    return places


def first_chapter(row: dict[str, str]) -> str:
    """Return the chapter in which an item must be met: `P`, `2`, `C`, or `none`."""
    return row["chapters"].split(",")[0].strip()


def chapters() -> set[str]:
    """Return the codes of the chapters that the book has."""
    codes = {"P"}
    for path in [*(ROOT / "book").glob("*.ipynb"), *(ROOT / "book" / "appendices").glob("*.ipynb")]:
        if found := re.match(r"(\d\d|[A-F])_", path.name):
            codes.add(found[1].lstrip("0"))
    return codes


def _marks() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "book").rglob("*.ipynb")):
        if "_build" in path.parts or ".ipynb_checkpoints" in path.parts:
            continue
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
            for item in cell.metadata.get("covers", []):
                yield f"{path.relative_to(ROOT)}:{number}", item


def main(arguments: list[str]) -> int:
    """Print the table, or the items that are missing."""
    rows, places = items(), met()
    if "--missing" in arguments:
        for key, row in rows.items():
            if key not in places:
                print(f"{key}  chapter {row['chapters']:<8} {row['content']}")
        return 0
    codes = dict.fromkeys(first_chapter(row) for row in rows.values())
    print("chapter  items  met")
    for code in codes:
        own = [key for key, row in rows.items() if first_chapter(row) == code]
        print(f"{code:<7}  {len(own):>5}  {sum(key in places for key in own):>3}")
    print(f"{'all':<7}  {len(rows):>5}  {sum(key in places for key in rows):>3}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
