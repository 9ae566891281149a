"""What comes out: tables for the instructor, a page for each student, a report on the class; and essays read back."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from backprop_lab.course.misconceptions import MEANS
from backprop_lab.course.notebook import NotebookError
from backprop_lab.grading.judging import OPEN, READ, UNGRADED, Graded, Result, rubric
from backprop_lab.grading.run import file_name

__all__ = ["merge_essays", "neutral", "read_table", "write_all"]

GRADES, MANUAL, REPORT, FEEDBACK = "grades.csv", "manual.csv", "report.html", "feedback"
FORMULA = re.compile(r"^(?=[\t\r\n])|(^|[;\t])\s*(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])")
MOST_MISTAKES = 12
UNNAMED = {
    "",
    "missing",
    "stopped-time",
    "stopped-ended",
    "stopped-memory",
    "stopped-crash",
    "stopped-forged",
    "stopped-disk",
    "unknown",
    "cell-stopped",
    "missing-name",
    "crashed",
    "checker",
    "type",
    "shape",
}
COLOURS = {
    "right": "#2e8b57",
    "partly right": "#e0a030",
    "not yet": "#c8453b",
    "error": "#7a3b8f",
    "not answered yet": "#c3cad6",
}


def points(value: float) -> str:
    """Return points as one writes them: 3, 2.5."""
    return f"{round(value, 2):g}"


# ------------------------------------------------------------------ tables


def neutral(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, also where it splits cells at semicolons or tabs."""
    return FORMULA.sub(r"\g<0>'", text)


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table that spreadsheets open with the right letters, all or nothing."""
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows([neutral(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    new.replace(path)


def read_table(path: Path, empty: bool = False) -> list[dict[str, str]]:
    """Return the rows of a CSV file, also of one that a spreadsheet has saved with semicolons.

    Raises
    ------
    NotebookError
        If there is no such file, or it is no table.
    """
    if not path.is_file():
        raise NotebookError(f"{path}: there is no such file")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotebookError(f"{path}: not UTF-8 text: save it as CSV UTF-8") from None
    if text.startswith("sep="):  # a hint for spreadsheets
        text = text.partition("\n")[2]
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    if not rows and not empty:
        raise NotebookError(f"{path}: there are no rows in it")
    return [{str(key): value or "" for key, value in row.items() if key is not None} for row in rows]


def _write_grades(out: Path, graded: Sequence[Graded]) -> None:
    numbers = list(dict.fromkeys(result.number for each in graded for result in each.results))
    rows = []
    for each in graded:
        by_number = {result.number: result for result in each.results}
        earned = [_shown(by_number.get(number)) for number in numbers]
        to_read = sum(result.state == OPEN for result in each.results)
        rows.append(
            [
                each.student,
                points(each.earned),
                points(each.points),
                to_read,
                *earned,
                "; ".join(each.flags),
                each.seconds,
            ]
        )
    head = ["student", "points", "out_of", "essays_to_read", *numbers, "flags", "seconds"]
    _write(out / GRADES, head, rows)


def _shown(result: Result | None) -> str:
    return "" if result is None or result.earned is None else points(result.earned)


def _rows_before(path: Path) -> list[dict[str, str]]:
    """Return what stands in the table now. One that can't be read is not written over: points may be in it."""
    if not path.exists() or not path.read_bytes().strip():
        return []
    return read_table(path, empty=True)


LEVELS = ("level_1", "level_2", "level_3", "level_4")


def _write_manual(out: Path, graded: Sequence[Graded]) -> None:
    """Write a row for each essay. What stands in the columns points and comment from before stays there."""
    path = out / MANUAL
    before = {(row.get("student"), row.get("exercise")): row for row in _rows_before(path)}
    rows = []
    for each in graded:
        for result in each.results:
            if result.state not in (OPEN, READ):
                continue
            old = before.get((neutral(each.student), result.number), {})
            same = old.get("answer") == neutral(result.answer)
            given, comment = (old.get("points", ""), old.get("comment", "")) if same else ("", "")
            if result.state == READ:
                given, comment = points(result.earned or 0.0), result.comment
            levels = (*rubric(result.number), "", "", "", "")[:4]
            row = [
                each.student,
                result.number,
                result.title,
                result.answer,
                *levels,
                points(result.points),
                given,
                comment,
            ]
            rows.append(row)
    head = ["student", "exercise", "title", "answer", *LEVELS, "out_of", "points", "comment"]
    _write(path, head, rows)


def merge_essays(table: Path, graded: Sequence[Graded]) -> int:
    """Take over the points and comments of a manual.csv, all or nothing, and return how many rows had points.

    A row for an exercise that a check has judged overrides that check.

    Raises
    ------
    NotebookError
        If a row names no student or exercise that there is, or its points are none: with the number of the row.
    """
    rows = [row for row in read_table(table) if any(value.strip() for value in row.values())]
    if not rows or not {"student", "exercise", "points"} <= rows[0].keys():
        raise NotebookError(f"{table}: expected a first row with student, exercise, points and comment")
    results = {(neutral(each.student), result.number): result for each in graded for result in each.results}
    new: dict[int, tuple[Result, float | None, str]] = {}
    wrong = []
    for number, row in enumerate(rows, 2):
        student, exercise = row["student"].strip(), row["exercise"].strip()
        result = results.get((student, exercise)) or results.get((neutral(student), exercise))
        if result is None:
            wrong.append(f"row {number}: {student[:60]} has handed in no essay {exercise[:20]}")
            continue
        given = row["points"].strip().replace(",", ".")
        value = _number(given) if given else None
        if given and (value is None or not 0 <= value <= result.points):
            expected = f"expected a number from 0 to {points(result.points)}"
            wrong.append(f"row {number}: points are {row['points']!r}, {expected}")
        elif id(result) in new and new[id(result)][1] != value:
            wrong.append(f"row {number}: {student[:60]} has points for {exercise[:20]} in an earlier row already")
        elif row.get("title", "").strip() not in ("", result.title, neutral(result.title)):
            wrong.append(
                f"row {number}: exercise {exercise[:20]} is called {result.title!r}: did a spreadsheet change 5.10?"
            )
        elif value is not None or (result.answer and result.state in (OPEN, READ)):
            new[id(result)] = (result, value, row.get("comment", "").strip())
    if wrong:
        raise NotebookError(f"{table}: nothing was taken over\n" + "\n".join(wrong[:20]))
    for result, value, comment in new.values():
        result.earned, result.comment = value, comment
        result.state = OPEN if value is None else READ
    return sum(value is not None for _, value, _ in new.values())


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value == value else None


# ------------------------------------------------------------------ pages


def write_all(out: Path, assignment: str, graded: Sequence[Graded], confinement: str) -> None:
    """Write grades.csv, manual.csv, a page of feedback for each student, and the class report."""
    out.mkdir(parents=True, exist_ok=True)
    _write_grades(out, graded)
    _write_manual(out, graded)
    pages = _environment()
    folder = out / FEEDBACK
    folder.mkdir(exist_ok=True)
    for each in graded:
        text = pages.get_template("feedback.html").render(
            graded=each,
            assignment=assignment,
            open=sum(result.state == OPEN for result in each.results),
            essays=[result for result in each.results if result.answer],
            shown_flags=[flag for flag in each.flags if flag.startswith("not graded") or flag.startswith("another")],
        )
        path = folder / f"{file_name(each.student)}.html"
        path.write_text(text, encoding="utf-8")
    (out / REPORT).write_text(_report(pages, assignment, graded, confinement), encoding="utf-8")


def _environment() -> Any:
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("backprop_lab.grading"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    word = {OPEN: "to be read", READ: "read", "error": "stopped"}
    colour = {"right": "right", "partly right": "partly", "not yet": "wrong", "error": "wrong"}
    environment.globals.update(
        points=points,
        word=lambda state: word.get(state, state),
        colour=lambda state: colour.get(state, ""),
        file_name=file_name,
    )
    return environment


def _report(pages: Any, assignment: str, graded: Sequence[Graded], confinement: str) -> str:
    rows, mistakes = exercise_statistics(graded), commonest_mistakes(graded)
    plots = {"points": _plot_points(graded), "exercises": _plot_exercises(rows)}
    if mistakes:
        plots["mistakes"] = _plot_mistakes(mistakes)
    text = pages.get_template("report.html").render(
        **{"class": graded},
        assignment=assignment,
        rows=rows,
        mistakes=mistakes,
        plots=plots,
        confinement=confinement,
        total=graded[0].points if graded else 0,
        open=sum(result.state == OPEN for each in graded for result in each.results),
    )
    return str(text)


def exercise_statistics(graded: Sequence[Graded]) -> list[dict[str, Any]]:
    """Return for each exercise how many are right, partly right, wrong or missing, and the commonest mistake."""
    by_number: dict[str, list[Result]] = defaultdict(list)
    for each in graded:
        for result in each.results:
            if result.state != UNGRADED:
                by_number[result.number].append(result)
    rows = []
    for number, results in by_number.items():
        states = Counter(result.state for result in results)
        named = Counter(result.mistake for result in results if result.mistake not in UNNAMED)
        common = named.most_common(1)
        known = [result.earned for result in results if result.earned is not None]
        essay = bool(rubric(number)) or any(result.answer for result in results)
        rows.append(
            {
                "number": number,
                "title": results[0].title,
                "points": results[0].points,
                "states": states,
                "right": states["right"],
                "partly": states["partly right"],
                "wrong": states["not yet"],
                "stopped": states["error"],
                "missing": states["not answered yet"],
                "mean": mean(known) if known else None,
                "commonest": f"{common[0][0]} ({common[0][1]})" if common else "",
                "essay": essay,
                "read": states[READ],
                "handed_in": states[READ] + states[OPEN],
            }
        )
    return rows


def commonest_mistakes(graded: Sequence[Graded]) -> list[dict[str, Any]]:
    """Return the misconceptions that most students show, with where, and how a check says it."""
    students: dict[str, set[str]] = defaultdict(set)
    where: dict[str, Counter[str]] = defaultdict(Counter)
    says: dict[str, str] = {}
    for each in graded:
        for result in each.results:
            if result.mistake not in UNNAMED and result.state != "right":
                students[result.mistake].add(each.student)
                where[result.mistake][result.number] += 1
                says.setdefault(result.mistake, f"{result.number}: {_first_sentence(result.message)}")
    order = sorted(students, key=lambda name: (-len(students[name]), name))[:MOST_MISTAKES]
    return [
        {
            "name": name,
            "means": MEANS.get(name, ""),
            "students": len(students[name]),
            "exercises": ", ".join(f"{number} ({count})" for number, count in where[name].most_common(5)),
            "message": says[name],
        }
        for name in order
    ]


def _first_sentence(message: str) -> str:
    """Return what is said of the first mistake: of an answer in parts, the line after their count."""
    lines = message.splitlines() or [""]
    return lines[1] if len(lines) > 1 and lines[0].endswith("parts.") else lines[0]


# ------------------------------------------------------------------ plots


def _image(figure: Any) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode()


def _axes(height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _plot_points(graded: Sequence[Graded]) -> str:
    figure, axes = _axes(2.6)
    judged = [each for each in graded if any(r.state != UNGRADED for r in each.results)]
    known = [(each.earned, sum(r.points for r in each.results if r.earned is not None)) for each in judged]
    shares = [100 * earned / most for earned, most in known if most]
    axes.hist(shares, bins=[10 * k for k in range(11)], color="#3b6fb6", edgecolor="white")
    axes.set(xlabel="share of the points (%)", ylabel="students", xlim=(0, 100))
    axes.yaxis.get_major_locator().set_params(integer=True)
    return _image(figure)


def _plot_exercises(rows: Sequence[Mapping[str, Any]]) -> str:
    judged = [row for row in rows if not row["essay"]]
    figure, axes = _axes(1.2 + 0.28 * len(judged))
    left = [0] * len(judged)
    names = [row["number"] for row in judged]
    for state, colour in COLOURS.items():
        counts = [row["states"][state] for row in judged]
        label = {"error": "stopped", "not answered yet": "no answer"}.get(state, state)
        axes.barh(names, counts, left=left, color=colour, label=label)
        left = [a + b for a, b in zip(left, counts, strict=True)]
    axes.invert_yaxis()
    axes.set(xlabel="students", ylabel="exercise")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(ncols=5, loc="lower left", bbox_to_anchor=(0, 1), frameon=False)
    return _image(figure)


def _plot_mistakes(mistakes: Sequence[Mapping[str, Any]]) -> str:
    figure, axes = _axes(1.0 + 0.32 * len(mistakes))
    names = [f"{each['means']} ({each['name']})" if each["means"] else each["name"] for each in mistakes]
    axes.barh(names, [each["students"] for each in mistakes], color="#c8453b")
    axes.invert_yaxis()
    axes.set(xlabel="students")
    axes.xaxis.get_major_locator().set_params(integer=True)
    for place, each in enumerate(mistakes):
        axes.annotate(f" {each['exercises']}", (each["students"], place), va="center", fontsize=8, color="#566074")
    return _image(figure)
