"""Write grades so that a learning-management system takes them: into the table that it has exported itself.

Canvas imports the CSV of its own gradebook; Moodle imports any CSV with a column that names the user. Both match rows
by what they know, so their own export is filled in, and nothing else in it is changed.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backprop_lab.course.notebook import NotebookError
from backprop_lab.grading.judging import UNGRADED, Graded
from backprop_lab.grading.report import points, read_table

__all__ = ["FORMATS", "Exported", "export"]

WHO = {  # the columns by which a student is known, surest first
    "canvas": ("ID", "SIS User ID", "SIS Login ID", "Student"),
    "moodle": ("Identifier", "ID number", "Username", "Email address", "Full name"),
}
NUMBERS = ("ID", "Identifier")  # the numbers that the systems write behind a name
NAMES = ("First name", "Surname", "Last name", "Section", "Institution", "Department")
FORMATS = tuple(WHO)


@dataclass
class Exported:
    """How a table was filled in.

    Attributes
    ----------
    filled : int
        How many rows got points.
    without : int
        How many rows of the table got none: nothing was handed in, or it could not be graded.
    unmatched : list of str
        Students whom the table does not know, and those whose submission could not be read.
    """

    filled: int = 0
    without: int = 0
    unmatched: list[str] = field(default_factory=list)


def export(graded: Sequence[Graded], system: str, roster: Path, column: str, out: Path, add: bool = False) -> Exported:
    """Fill the points into a table that the system has exported.

    Parameters
    ----------
    system : str
        "canvas" or "moodle".
    roster : Path
        Canvas: Grades, Export. Moodle: Grades, Export, Plain text file; or the grading worksheet of an assignment.
    column : str
        The column that gets the points: the name of the assignment there, or a part of it that no other has.
    add : bool
        Add the column where there is none.

    Raises
    ------
    NotebookError
        If the table can't be read, or has no column by which students are known.
    """
    rows = read_table(roster)
    if not rows:
        raise NotebookError(f"{roster}: there are no rows in it")
    known = [name for name in WHO[system] if name in rows[0]]
    names = {"First name", "Surname"} <= rows[0].keys() or {"First name", "Last name"} <= rows[0].keys()
    if not known and not names:
        expected = ", ".join(WHO[system])
        raise NotebookError(f"{roster}: expected one of the columns {expected}; got {', '.join(rows[0])}")
    target = _column(rows, column, system, roster, add)
    result = Exported()
    places = _by_key(rows, known)
    judged = {each.student: any(result.state != UNGRADED for result in each.results) for each in graded}
    targets = {each.student: _find(each.student, places) if judged[each.student] else None for each in graded}
    claims = Counter(targets.values())
    for each in graded:
        found = targets[each.student]
        if found is None or claims[found] > 1:  # of two who claim one row, neither gets it
            result.unmatched.append(each.student)
        else:
            rows[found][target] = points(each.earned)
            result.filled += 1
    result.without = sum(not row[target].strip() for row in rows)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({name: row.get(name, "") for name in rows[0]} for row in rows)
    return result


def _column(rows: list[dict[str, str]], column: str, system: str, roster: Path, add: bool) -> str:
    """Return the column of the assignment. Systems write more around its name: "Chapter 5 (1234)"."""
    able = [name for name in rows[0] if name not in WHO[system] and name not in NAMES]
    found = [name for name in able if name == column] or [name for name in able if column.casefold() in name.casefold()]
    if len(found) == 1:
        return found[0]
    if add and not found and column not in rows[0]:
        for row in rows:
            row[column] = ""
        return column
    which = "more than one column is" if found else "no column is"
    raise NotebookError(
        f"{roster}: {which} called {column!r} among {', '.join(able) or 'those that can get points'}"
        + ("" if found else "; say --add-column to add it")
    )


def _by_key(rows: list[dict[str, str]], known: Sequence[str]) -> dict[str, int | None]:
    """Return the row of each key. A key that two rows share belongs to none."""
    places: dict[str, int | None] = {}
    for place, row in enumerate(rows):
        numbers = {_plain(row[name]).removeprefix("participant") for name in known if name in NUMBERS}
        keys = {_plain(row[name]) for name in known if name not in NUMBERS and row[name].strip()}
        keys |= {f"#{number}" for number in numbers if number}
        keys |= {key.partition("@")[0] for key in set(keys) if "@" in key}
        first, last = row.get("First name", ""), row.get("Surname", "") or row.get("Last name", "")
        if first and last:
            keys |= {_plain(first + last), _plain(last + first)}
        full = row.get("Full name", "") or row.get("Student", "")
        if full:
            words = full.replace(",", " ").split()
            keys |= {_plain("".join(words)), _plain("".join(words[1:] + words[:1]))}
            keys.add(_plain("".join(words[-1:] + words[:-1])))
        for key in keys:
            places[key] = place if key not in places or places[key] == place else None
    return places


def _find(student: str, places: dict[str, int | None]) -> int | None:
    """Look for the whole name, then for the number behind it, then for the name before it."""
    name, _, number = student.rpartition("_")
    for key in (_plain(student), f"#{number}" if number.isdigit() else "", _plain(name)):
        if key and (place := places.get(key)) is not None:
            return place
    return None


def _plain(text: str) -> str:
    """Return letters and digits, without accents, in small letters; an address keeps its @."""
    letters = unicodedata.normalize("NFKD", text.strip().lower())
    return "".join(letter for letter in letters if letter.isalnum() or letter == "@")
