"""Grade all submissions, on every core; what is done is kept, so that a run can be resumed."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import backprop_lab
from backprop_lab.course.notebook import NotebookError, read_notebook
from backprop_lab.course.submission import exercise_number, exercise_title
from backprop_lab.grading.judging import OPEN, READ, UNGRADED, Graded, Limits, Result, Source, judge, kind_of, marks
from backprop_lab.grading.sandbox import ANSWER_KEY, LEVELS, Level, Sandbox, levels
from backprop_lab.grading.submissions import Submission, Unreadable, clean, find_submissions, read_cells

__all__ = ["Assignment", "cores", "grade", "load_results"]

ITSELF = ""  # the solution, judged like a submission: nobody is called so
KEPT = "results"  # the folder in the output that has a file for each student
ATTEMPTS = 3  # how often a pool of judges is set up anew, if it breaks
JUDGE_MEMORY = 4 << 30  # bytes that a judge may use, however an answer is made


@dataclass(frozen=True)
class Assignment:
    """All that a judge needs to know; crosses to other processes and machines.

    Attributes
    ----------
    name : str
        Of the solution notebook, without ending.
    solution : str
        Its text.
    blank : dict
        What stands in each essay's cell before a student writes.
    level : str
        How workers are confined; empty for the strongest that there is.
    hidden : tuple of str
        Folders that no worker may read, besides the answer key.
    """

    name: str
    solution: str
    blank: dict[str, str]
    limits: Limits
    level: str = ""
    hidden: tuple[str, ...] = ()

    @classmethod
    def of(cls, path: Path, limits: Limits, level: Level, hidden: Iterable[Path] = ()) -> Assignment:
        """Read a solution notebook.

        Raises
        ------
        NotebookError
            If it is none, or its exercises can't be released.
        """
        import nbformat

        from backprop_lab.course.release import release

        read_notebook(path)
        if not any(mark in (text := path.read_text(encoding="utf-8")) for mark in ("BEGIN SOLUTION", "BEGIN HIDDEN")):
            raise NotebookError(
                f"{path}: there is no solution in it: give the notebook of solutions/, not of exercises/"
            )
        released = nbformat.reads(release(path), as_version=4)  # type: ignore[no-untyped-call]
        blank = {marks(cell)["grade_id"]: cell.source for cell in released.cells if kind_of(cell) == "essay"}
        secret = (path.parent, *hidden)
        if inside := [each for each in secret if Path(sys.prefix).resolve().is_relative_to(each.resolve())]:
            raise NotebookError(
                f"{inside[0]}: Python itself lies in it, and students' code may not read it: use another folder"
            )
        return cls(path.stem, text, blank, limits, level.name, tuple(str(each.resolve()) for each in secret))

    def source(self) -> Source:
        """Return the judge's side of the notebook."""
        import nbformat

        return Source.of(nbformat.reads(self.solution, as_version=4), self.blank)  # type: ignore[no-untyped-call]

    @property
    def title(self) -> str:
        """What the notebook is called, or else its file."""
        heading = re.search(r'"# ([^"\\]+)', self.solution)
        return heading[1].strip() if heading else self.name

    @property
    def digest(self) -> str:
        """What the results depend on, besides the submission."""
        chapters = {f"{int(number):02d}" for number in re.findall(r'check\(\\"(\d+)\.', self.solution)}
        names = {path.stem: path for path in sorted(ANSWER_KEY.glob("*.py"))}  # those without a number are shared
        key = [path.read_bytes() for name, path in names.items() if name[-2:] in chapters or not name[-1].isdecimal()]
        text = [
            self.solution.encode(),
            repr((self.limits, self.level)).encode(),
            backprop_lab.__version__.encode(),
            *key,
        ]
        return hashlib.sha256(b"\0".join(text)).hexdigest()


def cores() -> int:
    """Return how many processes can work at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def grade(
    places: Sequence[Path],
    assignment: Assignment,
    out: Path,
    jobs: int,
    on_done: Callable[[int, int, str], None] = lambda done, total, student: None,
    run: Callable[..., Iterator[tuple[str, Graded]]] | None = None,
) -> list[Graded]:
    """Grade submissions and keep a file for each in `out/results`.

    Parameters
    ----------
    places : sequence of Path
        Folders, zips or notebooks.
    jobs : int
        Processes at once.
    on_done : callable
        (submissions done, all, student), after each.
    run : callable, optional
        Does the work elsewhere: see `on_dask`.

    Returns
    -------
    list of Graded
        One for each student, sorted. A submission that is as it was at the last run is not graded again.
    """
    submissions = find_submissions(places, assignment.name)
    kept = out / KEPT
    kept.mkdir(parents=True, exist_ok=True)
    done: dict[str, Graded] = {}
    waiting: dict[str, tuple[Submission, bytes, str]] = {}
    base = assignment.digest
    for submission in submissions:
        try:
            content, problem = submission.read(), ""
        except Unreadable as error:
            content, problem = b"", str(error)
        said = repr((base, submission.student, submission.others, problem)).encode("utf-8", "backslashreplace")
        digest = hashlib.sha256(said + content)
        before = _load(_file(kept, submission.student))
        if before is not None and before.digest == digest.hexdigest():
            done[submission.student] = before
        elif problem:
            refused = _refused(submission, assignment, problem, digest.hexdigest())
            _keep_essays(before, refused)
            done[submission.student] = _cleaned(refused)
            _save(_file(kept, submission.student), done[submission.student])
        else:
            waiting[submission.student] = (submission, content, digest.hexdigest())
    on_done(len(done), len(submissions), "")
    work = {student: content for student, (_, content, _) in waiting.items()}
    if work:
        work = {ITSELF: assignment.solution.encode(), **work}
    for student, graded in (run or on_this_machine)(assignment, work, jobs):
        if student == ITSELF:
            _check_solution(graded)
            continue
        submission, _, digest_of_it = waiting[student]
        graded.digest = graded.digest or digest_of_it
        if submission.others:
            names = ", ".join(submission.others)
            graded.flags.append(f"several notebooks: {Path(submission.place).name} was graded, not {names}")
        graded = _cleaned(graded)
        _keep_essays(_load(_file(kept, student)), graded)
        _save(_file(kept, student), graded)
        done[student] = graded
        on_done(len(done), len(submissions), student)
    before_now = {each.student: each for each in load_results(out)}  # a second folder adds to the first
    return sorted({**before_now, **done}.values(), key=lambda each: each.student.casefold())


def _cleaned(graded: Graded) -> Graded:
    """Return the same with texts that every file and every terminal can hold, flags in one line each."""

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return clean(value)
        if isinstance(value, list):
            return [walk(entry) for entry in value]
        return {key: walk(entry) for key, entry in value.items()} if isinstance(value, dict) else value

    plain = walk(graded.as_json())
    return Graded.from_json({**plain, "flags": [" ".join(flag.split()) for flag in plain["flags"]]})


def _check_solution(graded: Graded) -> None:
    """Refuse a solution that does not pass its own tests: it would fail everybody."""
    for result in graded.results:
        if result.state not in ("right", OPEN):
            reason = " ".join([result.message, *(flag for flag in graded.flags if result.number in flag)]).strip()
            raise NotebookError(
                f"the solution itself does not pass the test of {result.number}: {reason or result.state}"
            )


def _keep_essays(before: Graded | None, now: Graded) -> None:
    """Keep what was given for an essay that is as it was; say where something is to be read again."""
    read = {result.number: result for result in before.results if result.state == READ} if before else {}
    for result in now.results:
        old = read.get(result.number)
        if old is None:
            continue
        if result.state == UNGRADED:  # what can't be read now takes nothing away
            vars(result).update(vars(old))
        elif result.state == OPEN and result.answer == old.answer:
            result.state, result.earned, result.comment = READ, old.earned, old.comment
        else:
            now.flags.append(f"{result.number} was judged anew: you had given it {old.earned:g} points")


def load_results(out: Path) -> list[Graded]:
    """Return what an earlier run has kept.

    Raises
    ------
    NotebookError
        If there is nothing.
    """
    found = [graded for path in (out / KEPT).glob("*.json") if (graded := _load(path))]
    if not found:
        raise NotebookError(f"{out}: there are no results in it, run  backprop-lab grade SUBMISSIONS ...  first")
    return sorted(found, key=lambda graded: graded.student.casefold())


def save_result(out: Path, graded: Graded) -> None:
    """Keep a result that has changed."""
    _save(_file(out / KEPT, graded.student), graded)


def file_name(student: str) -> str:
    """Return a file name for a student, whatever the name holds: readable, and never the same for two."""
    plain = re.sub(r"[^\w-]+", "-", student, flags=re.ASCII).strip("-")[:50] or "student"
    return f"{plain}-{hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"


def _file(folder: Path, student: str) -> Path:
    return folder / f"{file_name(student)}.json"


def _save(path: Path, graded: Graded) -> None:
    """Write all or nothing."""
    text = json.dumps(graded.as_json(), indent=1, ensure_ascii=True)
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _load(path: Path) -> Graded | None:
    try:
        return Graded.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _refused(submission: Submission, assignment: Assignment, problem: str, digest: str) -> Graded:
    return _without_verdicts(submission.student, assignment, f"not graded: {problem}", digest)


def _without_verdicts(student: str, assignment: Assignment, problem: str, digest: str) -> Graded:
    """Return no points for anything, with the reason."""
    source = assignment.source()
    results = []
    for name in source.graded:
        number, points = exercise_number(name), float(marks(source.cells[name])["points"])
        results.append(Result(number, exercise_title(number), points, 0.0, UNGRADED))
    return Graded(student, results, [problem], digest=digest)


# ------------------------------------------------------------------ on this machine

_judge: tuple[Assignment, Source, Sandbox] | None = None


def begin(assignment: Assignment) -> None:
    """Make this process one that judges: read the solution once, start a warm sandbox."""
    global _judge
    if _judge is not None and _judge[0] == assignment:
        return
    if _judge is not None:
        _judge[2].close()
    _limit_memory()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    source = assignment.source()
    level = LEVELS[assignment.level] if assignment.level else levels()[0]
    if not assignment.level and not level.strong:
        raise RuntimeError(f"this machine can't hold the students' code: it would run with {level.says}")
    _judge = (assignment, source, Sandbox(level, source.modules, [Path(path) for path in assignment.hidden]))


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = JUDGE_MEMORY if hard == resource.RLIM_INFINITY else min(hard, JUDGE_MEMORY)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def judge_one(student: str, content: bytes) -> Graded:
    """Judge one submission in a process where `begin` was called."""
    assert _judge is not None
    assignment, source, sandbox = _judge
    try:
        cells = read_cells(content)
    except Unreadable as error:
        return _without_verdicts(student, assignment, f"not graded: {error}", "")
    return judge(student, cells, source, sandbox, assignment.limits)


class Judges:
    """Processes that judge. One that dies or takes too long costs one submission its verdict, and no other."""

    def __init__(self, assignment: Assignment, jobs: int) -> None:
        from pebble import ProcessPool

        self.assignment = assignment
        context = multiprocessing.get_context("spawn")
        self.pool = ProcessPool(jobs, context=context, initializer=begin, initargs=(assignment,))

    def schedule(self, student: str, content: bytes) -> Any:
        """Return the future of one verdict."""
        most = 2 * self.assignment.limits.submission + 60
        return self.pool.schedule(judge_one, args=(student, content), timeout=most)

    def close(self) -> None:
        """Stop what is still going on."""
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()


def on_this_machine(assignment: Assignment, work: dict[str, bytes], jobs: int) -> Iterator[tuple[str, Graded]]:
    """Judge submissions in processes of their own, and yield each as it is done."""
    waiting = dict(work)
    for attempt in range(ATTEMPTS):
        if not waiting:
            return
        judges = Judges(assignment, min(jobs, len(waiting)))
        try:
            futures = {judges.schedule(student, content): student for student, content in waiting.items()}
            for future in as_completed(futures):
                student = futures[future]
                if _is_innocent(future) and attempt < ATTEMPTS - 1:
                    continue  # it waits for the next pool
                del waiting[student]
                yield student, outcome(future, student, assignment)
        finally:
            judges.close()


def _is_innocent(future: Any) -> bool:
    """Say whether a submission was not judged because the whole pool broke, as when a judge is killed at its start."""
    try:
        future.result()
    except (BrokenProcessPool, CancelledError):
        return True
    except Exception:
        return False
    return False


def outcome(future: Any, student: str, assignment: Assignment) -> Graded:
    """Return the verdict, or what went wrong with the judge."""
    try:
        result = future.result()
        assert isinstance(result, Graded)
        return result
    except Exception as error:  # the judge died or was stopped, or no worker could be started
        reason = f"{type(error).__name__}: {error}"[:300]
        return _without_verdicts(student, assignment, f"the grader could not judge it ({reason})", "to be graded again")
