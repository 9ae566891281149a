"""Find who handed in what: in a folder, a zip, or files named by student. Nothing is unpacked, no link is followed.

A notebook in a folder belongs to the student that the folder is named after (so nbgrader, Moodle); one that lies open
belongs to the student that it is named after (`jane.ipynb`; so Canvas).
"""

from __future__ import annotations

import json
import re
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

from backprop_lab.course.notebook import NotebookError

__all__ = ["Submission", "Unreadable", "clean", "find_submissions", "read_cells"]

MOST = 20 << 20  # bytes of a notebook
CANVAS = re.compile(r"^([^_\d]+)(?:_late)?_(\d+)_\d+_.+", re.IGNORECASE)  # doejane_LATE_1234_567890_05_one_step
MOODLE = re.compile(r"^(.+_\d+)_assignsubmission_\w+$")  # Jane Doe_1234_assignsubmission_file
SKIPPED = ("__MACOSX", ".ipynb_checkpoints")


class Unreadable(ValueError):  # noqa: N818
    """A submission can't be read; the message says why."""


@dataclass(frozen=True)
class Submission:
    """What one student handed in.

    Attributes
    ----------
    student : str
        As the folder or the file is named; may hold any letter.
    place : str
        Where it was found.
    read : callable
        () to its bytes. Raises Unreadable.
    others : tuple of str
        The names of further notebooks of the same student, which are not graded.
    """

    student: str
    place: str
    read: Callable[[], bytes]
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    parts: tuple[str, ...]
    when: float
    place: str
    read: Callable[[], bytes]
    given: bool = False  # named on the command line

    @property
    def is_notebook(self) -> bool:
        return self.parts[-1].lower().endswith(".ipynb")

    @property
    def stem(self) -> str:
        return PurePosixPath(self.parts[-1]).stem


def find_submissions(places: Sequence[Path], notebook: str) -> list[Submission]:
    """Return the submissions in these folders, zips and notebooks, sorted by student.

    Parameters
    ----------
    notebook : str
        The solution's name without ending, "05_one_step_by_hand": of several notebooks of a student the one that is
        called so is taken, or else the newest.

    Raises
    ------
    NotebookError
        If a place does not exist or is no zip, or there is nothing to grade.
    """
    found = [each for place in places for each in _without_common_folder(list(_found_in(place)), notebook)]
    found = [each for each in found if len(each.parts) > 1 or each.is_notebook or each.given]
    if not found:
        names = ", ".join(map(str, places))
        raise NotebookError(f"{names}: there is no notebook (.ipynb) and no folder of a student in it")
    by_student: dict[str, list[_Found]] = {}
    for each in found:
        by_student.setdefault(_student(each, notebook), []).append(each)
    names_taken: set[str] = set()
    chosen = []
    for student in sorted(by_student, key=lambda name: (name.casefold(), name)):
        shown = _unlike(_printable(student), names_taken)
        names_taken.add(shown.lstrip("'"))
        chosen.append(_chosen(shown, by_student[student], notebook))
    return chosen


def _unlike(name: str, taken: set[str]) -> str:
    """Return the name with a number behind it, if two students would look the same."""
    number, unlike = 1, name
    while unlike.lstrip("'") in taken:
        number += 1
        unlike = f"{name} ({number})"
    return unlike


def _chosen(student: str, found: list[_Found], notebook: str) -> Submission:
    notebooks = [each for each in found if each.is_notebook] or found
    best = max(notebooks, key=lambda each: (each.stem == notebook, notebook in each.stem, each.when, each.place))
    others = tuple(sorted(_printable(each.parts[-1]) for each in notebooks if each is not best))
    return Submission(student, best.place, best.read, others)


def _without_common_folder(found: list[_Found], notebook: str) -> list[_Found]:
    """Take off a folder that everything lies in, if it holds more than one student: a zip often has one."""
    loose = [each for each in found if len(each.parts) == 1 and not (each.is_notebook or each.given)]
    found = [each for each in found if each not in loose]  # a readme beside the folder of all
    tops = {each.parts[0] for each in found}
    if len(tops) != 1 or any(len(each.parts) == 1 for each in found):
        return found
    files = [each for each in found if len(each.parts) == 2 and each.is_notebook]
    folders = {each.parts[1] for each in found if len(each.parts) > 2}
    if len(folders) + len({each.stem for each in files if notebook not in each.stem}) < 2:
        return found
    peeled = [_Found(each.parts[1:], each.when, each.place, each.read) for each in found]
    return _without_common_folder(peeled, notebook)


def _student(found: _Found, notebook: str) -> str:
    if len(found.parts) > 1:
        name = found.parts[0]
        moodle = MOODLE.match(name.rstrip("_"))
        return moodle[1] if moodle else name
    stem = found.stem
    if canvas := CANVAS.match(stem):
        return f"{canvas[1]}_{canvas[2]}"
    return re.sub(rf"[-_. ]*{re.escape(notebook)}[-_. ]*", "", stem) or stem


def _printable(name: str) -> str:
    """Return a name without line breaks and other marks that steer a terminal or a table."""
    return "".join(letter if letter.isprintable() else "?" for letter in name).strip()[:120] or "?"


def clean(text: str) -> str:
    """Return a text that every file can hold: without half letters (surrogates) and control characters."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


# ------------------------------------------------------------------ where things lie


def _found_in(place: Path) -> Iterator[_Found]:
    if place.is_dir():
        yield from _in_folder(place)
    elif not place.exists():
        raise NotebookError(f"{place}: there is no such file or folder")
    elif zipfile.is_zipfile(place):
        yield from _in_zip(place)
    elif place.suffix.lower() == ".zip":
        raise NotebookError(f"{place}: not a zip archive, or a damaged one")
    else:
        yield _Found((place.name,), place.lstat().st_mtime, str(place), _reader(place), given=True)


def _in_folder(root: Path) -> Iterator[_Found]:
    for folder, subfolders, files in _walk(root):
        subfolders[:] = sorted(name for name in subfolders if name not in SKIPPED and not name.startswith("."))
        parts = folder.relative_to(root).parts
        for name in sorted(files):
            path = folder / name
            if name.startswith("."):
                continue
            is_one = name.lower().endswith(".ipynb") or (path.is_symlink() and not parts)
            yield _Found(
                (*parts, name),
                path.lstat().st_mtime,
                str(path),
                _reader(path) if is_one else _nothing,
                not parts and is_one,
            )
        for name in subfolders:
            if (folder / name).is_symlink() and not parts:
                yield _Found((name, "link.ipynb"), 0.0, str(folder / name), _reader(folder / name))
        if not files and not subfolders and parts:
            yield _Found((*parts, "nothing"), 0.0, str(folder), _nothing)


def _walk(root: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    import os

    for folder, subfolders, files in os.walk(root, followlinks=False):
        yield Path(folder), subfolders, files


def _nothing() -> bytes:
    raise Unreadable("there is no notebook (.ipynb) in the folder")


def _reader(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        if path.is_symlink():
            raise Unreadable("a symbolic link, which is not followed")
        if not path.is_file():
            raise Unreadable("not a file")
        _limited(path.stat().st_size)
        try:
            return path.read_bytes()
        except OSError as error:
            raise Unreadable(f"can't be read: {error.strerror}") from None

    return read


def _in_zip(place: Path) -> Iterator[_Found]:
    try:
        with zipfile.ZipFile(place) as archive:
            members = archive.infolist()
    except Exception as error:  # zipfile lets many kinds through
        raise NotebookError(f"{place}: a damaged zip archive ({type(error).__name__})") from None
    for member in members:
        parts = tuple(part for part in PurePosixPath(member.filename).parts if part not in ("..", ".", "/"))
        hidden = not parts or any(part in SKIPPED or part.startswith(".") for part in parts)
        if hidden:
            continue
        if member.is_dir() or not parts[-1].lower().endswith(".ipynb"):
            parts = (*parts, "nothing") if member.is_dir() else parts
            yield _Found(parts, 0.0, f"{place}: {member.filename}", _nothing)
            continue
        when = float("".join(f"{number:02d}" for number in member.date_time))
        yield _Found(parts, when, f"{place}: {member.filename}", _zip_reader(place, member))


def _zip_reader(place: Path, member: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        if stat.S_ISLNK(member.external_attr >> 16):
            raise Unreadable("a symbolic link, which is not followed")
        _limited(member.file_size)
        try:
            with zipfile.ZipFile(place) as archive, archive.open(member) as file:
                content = file.read(MOST + 1)
        except Exception as error:  # zlib, lzma and zipfile each have their own
            raise Unreadable(f"can't be unpacked ({type(error).__name__}: {error})"[:200]) from None
        _limited(len(content))
        return content

    return read


def _limited(size: int) -> None:
    if size > MOST:
        raise Unreadable(f"larger than {MOST >> 20} MB: were pictures or data stored in it?")


# ------------------------------------------------------------------ what is in a notebook


def read_cells(content: bytes) -> list[Any]:
    """Return the cells of a notebook: only what is graded of them, kind, source and metadata.

    Raises
    ------
    Unreadable
        If it is no notebook.
    """
    import nbformat

    if not content.strip():
        raise Unreadable("the file is empty")
    try:
        text = content.decode("utf-8-sig")
        notebook = json.loads(text)
        if notebook.get("nbformat") != 4:
            notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        cells = [_cell(cell) for cell in notebook["cells"]]
    except RecursionError:
        raise Unreadable("not a Jupyter notebook (nested too deeply)") from None
    except Exception as error:  # json, unicode, nbformat and jsonschema each have their own
        reason = (str(error).splitlines() or [type(error).__name__])[0][:100]
        raise Unreadable(f"not a Jupyter notebook ({reason})") from None
    return cells


def _cell(cell: Any) -> Any:
    metadata = dict(cell.get("metadata") or {})
    marks = metadata.get("nbgrader")
    metadata["nbgrader"] = dict(marks) if isinstance(marks, dict) else {}
    source = cell.get("source", "")
    source = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return SimpleNamespace(cell_type=str(cell.get("cell_type")), source=clean(source), metadata=metadata)
