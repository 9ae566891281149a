"""Judge one submission: its cells run in a worker, each verdict is made here.

The test cells are those of the solution, run here unmodified, with `check` in its trusted form. A name that a test
uses and an answer defines is fetched from the worker: plain values as they are, a function as something to call.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import io
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from backprop_lab.course.calling import Failure, Frame, StudentError
from backprop_lab.course.checks import find_exercise
from backprop_lab.course.exercise import Essay
from backprop_lab.course.submission import exercise_number, exercise_title
from backprop_lab.course.verdict import NotAnswered, NotYet, Verdict
from backprop_lab.grading import wire
from backprop_lab.grading.sandbox import Lost, Sandbox, Worker, how_it_ended
from backprop_lab.grading.submissions import clean

__all__ = ["Graded", "Limits", "Result", "Source", "judge"]

MOST_SHOWN, MOST_LETTERS = 200, 2000  # cells whose output is kept, letters of a message
UNGRADED = "not graded"  # of a submission that can't be read
OPEN, READ = "open", "read"  # the states of an essay: nobody has read it yet, or somebody has


@dataclass(frozen=True)
class Limits:
    """Seconds of wall clock.

    Attributes
    ----------
    cell : float
        For one cell of the student's.
    call : float
        For one call of a student's function.
    check : float
        For one test cell, calls included.
    submission : float
        For all of it.
    """

    cell: float = 20
    call: float = 5
    check: float = 20
    submission: float = 120


@dataclass
class Result:
    """The verdict on one exercise.

    Attributes
    ----------
    state : str
        right, partly right, not yet, not answered yet, error; open or read for an essay.
    earned : float or None
        None for an essay that is still to be read.
    mistake : str
        The name of the misconception.
    message : str
        What the student reads.
    answer : str
        An essay's text.
    comment : str
        What the reader of an essay wrote.
    """

    number: str
    title: str
    points: float
    earned: float | None
    state: str
    mistake: str = ""
    message: str = ""
    answer: str = ""
    comment: str = ""


@dataclass
class Graded:
    """What came out for one student.

    Attributes
    ----------
    flags : list of str
        What the instructor should know: "tests deleted", "stopped: time", ...
    cells : list
        For each cell that printed or failed: its id, the text and the error.
    """

    student: str
    results: list[Result]
    flags: list[str] = field(default_factory=list)
    cells: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    digest: str = ""

    @property
    def earned(self) -> float:
        """The points so far."""
        return sum(result.earned or 0.0 for result in self.results)

    @property
    def points(self) -> float:
        """The points that there are."""
        return sum(result.points for result in self.results)

    def as_json(self) -> dict[str, Any]:
        """Return plain data, which `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Graded:
        """Return what `as_json` wrote."""
        return cls(**{**data, "results": [Result(**result) for result in data["results"]]})


# ------------------------------------------------------------------ the solution notebook


def marks(cell: Any) -> dict[str, Any]:
    """Return the nbgrader metadata of a cell."""
    return dict(cell.metadata.get("nbgrader") or {})


def kind_of(cell: Any) -> str:
    """Return check, essay, answer, given, or nothing."""
    its = marks(cell)
    if its.get("grade"):
        return "essay" if its.get("solution") else "check"
    if its.get("solution"):
        return "answer"
    return "given" if its.get("locked") and cell.cell_type == "code" else ""


@dataclass(frozen=True)
class Source:
    """A solution notebook, as far as the grader needs it: the judge's side, which no worker ever sees.

    Attributes
    ----------
    cells : dict
        Its marked cells by their grade_id, in order.
    blank : dict
        What stands in each essay's cell before a student writes.
    shown : frozenset of str
        The code of its other cells, such as pictures: what they print is no work of the student's.
    """

    cells: dict[str, Any]
    blank: dict[str, str]
    shown: frozenset[str] = frozenset()

    @classmethod
    def of(cls, notebook: Any, blank: dict[str, str]) -> Source:
        """Return what is needed of a solution notebook."""
        shown = frozenset(
            cell.source.strip() for cell in notebook.cells if cell.cell_type == "code" and not marks(cell)
        )
        return cls({marks(cell)["grade_id"]: cell for cell in notebook.cells if marks(cell)}, blank, shown)

    @property
    def graded(self) -> list[str]:
        """The grade_ids of all checks and essays, in order."""
        return [name for name, cell in self.cells.items() if kind_of(cell) in ("check", "essay")]

    @functools.cached_property
    def modules(self) -> list[str]:
        """What the notebook imports."""
        found: dict[str, None] = {}
        for cell in self.cells.values():
            for node in ast.walk(_parsed(cell.source)) if cell.cell_type == "code" else ():
                if isinstance(node, ast.Import):
                    found.update(dict.fromkeys(alias.name for alias in node.names))
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found[node.module] = None
        return list(found)

    @functools.cached_property
    def answered(self) -> set[str]:
        """The names that answer cells define: a test gets these from the student, never from here."""
        return {
            name for cell in self.cells.values() if kind_of(cell) == "answer" for name in _defined(_parsed(cell.source))
        }

    @functools.cached_property
    def given(self) -> dict[str, Any]:
        """What the given cells define, run here once. One that needs an answer is left out."""
        names: dict[str, Any] = {"__name__": "given"}
        for cell in self.cells.values():
            if kind_of(cell) == "given" and not _used(_parsed(cell.source)) & self.answered:
                with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(cell.source, f"<{marks(cell)['grade_id']}>", "exec"), names)
        return {name: value for name, value in names.items() if name not in self.answered}


def _parsed(code: str) -> ast.Module:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _defined(tree: ast.Module) -> set[str]:
    """Return the names that a cell defines, those inside its functions not among them."""
    found: set[str] = set()
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        waiting += ast.iter_child_nodes(node)
    return found


def _used(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


# ------------------------------------------------------------------ what is done, in which order


@dataclass(frozen=True)
class Step:
    """Run a cell in the worker, or a test here."""

    kind: str  # "run" or "check"
    name: str
    code: str


def steps_of(source: Source, cells: list[Any]) -> list[Step]:
    """Return what is done with a submission, in the order of its cells.

    Tests and given cells are always the solution's. Those that are missing are put back where they belong.
    """
    steps: list[Step] = []
    names = [str(marks(cell).get("grade_id", "")) for cell in cells]
    last = {name: place for place, name in enumerate(names)}
    for place, (cell, name) in enumerate(zip(cells, names, strict=True)):
        kind = kind_of(source.cells[name]) if name in source.cells else ""
        if kind == "check":
            if place == last[name]:  # of a test that is there twice, the last counts
                steps.append(Step("check", name, source.cells[name].source))
        elif kind == "given":
            steps.append(Step("run", name, source.cells[name].source))
        elif kind != "essay" and cell.cell_type == "code" and cell.source.strip():
            steps.append(Step("run", name or f"cell {place + 1}", cell.source))
    order = list(source.cells)
    for place, name in enumerate(order):
        if kind_of(source.cells[name]) in ("check", "given") and not any(step.name == name for step in steps):
            before = [k for k, step in enumerate(steps) if step.name in order[:place]]
            kind = "check" if kind_of(source.cells[name]) == "check" else "run"
            steps.insert(max(before, default=-1) + 1, Step(kind, name, source.cells[name].source))
    return steps


# ------------------------------------------------------------------ talking to the worker


class Session:
    """One student's code, in a worker that is started again when it is lost."""

    def __init__(self, sandbox: Sandbox, limits: Limits) -> None:
        self.sandbox, self.limits = sandbox, limits
        self.worker: Worker | None = None
        self.serial, self.busy = 0, False
        self.callbacks: dict[int, Callable[..., Any]] = {}
        self.deadline = time.monotonic() + limits.submission
        self.done: list[Step] = []  # what a new worker has to run again

    def run(self, step: Step) -> dict[str, Any]:
        """Run a cell. One in which the worker is lost is not run again."""
        answer = self._ask(self.limits.cell, action="run", source=step.code)
        self.done.append(step)
        return answer

    def fetch(self, name: str) -> Any:
        """Return the value of a student's name.

        Raises
        ------
        KeyError
            If there is none.
        """
        answer = self._ask(self.limits.call, action="get", name=name)
        if answer.get("missing"):
            raise KeyError(name)
        return self._decoded(answer.get("value"))

    def call(self, number: int, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """Call a student's function; what it changes in its arguments is changed here too."""
        request = {
            "action": "call",
            "function": number,
            "arguments": [wire.encode(each, self._keep) for each in arguments],
            "options": {name: wire.encode(each, self._keep) for name, each in options.items()},
        }
        answer = self._ask(self.limits.call, **request)
        if failure := answer.get("failure"):
            raise StudentError(_failure(failure))
        for mine, theirs in zip(arguments, answer.get("arguments") or (), strict=False):
            if isinstance(mine, np.ndarray | list | dict):
                _take_over(mine, self._decoded(theirs))
        return self._decoded(answer.get("value"))

    def _keep(self, function: Callable[..., Any]) -> int:
        self.callbacks[id(function)] = function
        return id(function)

    def _decoded(self, item: Any) -> Any:
        try:
            return wire.decode(item, lambda number, name: StudentFunction(self, number, name))
        except wire.Refused as error:
            raise self._lost(Lost("forged", f"Stopped: what came back can't be read, {error}.")) from None

    def _ask(self, seconds: float, **request: Any) -> dict[str, Any]:
        worker = self._alive()
        self.serial += 1
        end = min(time.monotonic() + seconds, self.deadline)
        self.busy = True
        worker.send({"id": self.serial, **request})
        while True:
            try:
                if time.monotonic() > end:  # it may never stop to call back
                    raise Lost("time", "")
                answer = worker.receive(end - time.monotonic())
            except Lost as lost:
                raise self._lost(Lost("time", _too_long(seconds)) if lost.kind == "time" else lost) from None
            if answer.get("id") != self.serial:
                raise self._lost(Lost("forged", "Stopped: it wrote into the pipe between your code and the check."))
            if "call" not in answer:
                self.busy = False
                return answer
            worker.send(self._called_back(answer))

    def _called_back(self, request: dict[str, Any]) -> dict[str, Any]:
        """Call a function of ours that a test passed to the student."""
        try:
            arguments = [self._decoded(each) for each in request["arguments"]]
            return {"value": wire.encode(self.callbacks[int(request["call"])](*arguments), self._keep)}
        except Exception as error:
            return {"error": str(error)[:500], "kind": type(error).__name__}

    def _alive(self) -> Worker:
        if self.worker is None:
            self.worker = self.sandbox.start()
            again, self.done = self.done, []
            for place, step in enumerate(again):
                try:
                    self.run(step)
                except Lost:
                    self.done += again[place + 1 :]  # the next worker gets those too
                    raise
        return self.worker

    def settle(self) -> None:
        """End a worker that is still at work on what nobody waits for any more."""
        if self.busy and self.worker is not None:
            self._lost(Lost("time", ""))

    def _lost(self, lost: Lost) -> Lost:
        """End what is left of the worker, and say what happened."""
        self.worker, self.busy = None, False
        status = self.sandbox.end()
        return how_it_ended(status) if lost.kind == "ended" else lost


def _too_long(seconds: float) -> str:
    return f"Stopped after {seconds:g} seconds: does a loop never end?"


def _failure(data: Any) -> Failure:
    try:
        frames = tuple(Frame(str(name), int(line), str(code)) for name, line, code in data["frames"][:5])
        return Failure(str(data["kind"])[:80], str(data["text"])[:2000], frames)
    except Exception:  # forged
        return Failure("Error", "")


def _take_over(mine: Any, theirs: Any) -> None:
    """Let what the student's function did to its argument happen to ours."""
    if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray) and mine.shape == theirs.shape:
        mine[...] = theirs
    elif isinstance(mine, list) and isinstance(theirs, list):
        if len(mine) != len(theirs):
            mine[:] = theirs
        for place, (here, there) in enumerate(zip(mine, theirs, strict=True)):
            if isinstance(here, np.ndarray | list | dict):
                _take_over(here, there)
            elif not isinstance(there, wire.Opaque):
                mine[place] = there
    elif isinstance(mine, dict) and isinstance(theirs, dict):
        for key, there in theirs.items():
            if isinstance(mine.get(key), np.ndarray | list | dict):
                _take_over(mine[key], there)
            elif not isinstance(there, wire.Opaque):
                mine[key] = there


class StudentFunction:
    """Stands for a function that stays in the worker: can be called, and nothing else."""

    __slots__ = ("__name__", "_number", "_session", "_worker")

    def __init__(self, session: Session, number: int, name: str) -> None:
        self.__name__, self._session, self._number = name, session, number
        self._worker = session.worker

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        if self._worker is not self._session.worker or self._worker is None:
            raise Lost("ended", "Stopped: the function was lost in the call before.")
        return self._session.call(self._number, arguments, options)


# ------------------------------------------------------------------ the verdict


class _Names(dict[str, Any]):
    """What a test cell sees: `check` and given names from here, the student's from the worker."""

    def __init__(self, source: Source, session: Session, check: Callable[..., Any]) -> None:
        super().__init__({**source.given, "check": check})
        self.session = session

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)  # Python then looks there
        self[name] = self.session.fetch(name)
        return self[name]


def judge(student: str, cells: list[Any], source: Source, sandbox: Sandbox, limits: Limits) -> Graded:
    """Judge a submission.

    Parameters
    ----------
    cells : list
        Of the student's notebook.

    Returns
    -------
    Graded
        With a result for every exercise of the source, whatever the submission does.
    """
    begin = time.monotonic()
    session = Session(sandbox, limits)
    found: dict[str, Result] = {}
    flags: dict[str, None] = {}
    shown: list[dict[str, str]] = []
    for step in steps_of(source, cells):
        if time.monotonic() > session.deadline:
            flags["stopped: time of the whole submission"] = None
            if step.kind == "check":
                found[step.name] = _too_late(step.name, source)
            continue
        try:
            if step.kind == "check":
                found[step.name] = _judged(step, source, session, flags)
                continue
            with _at_most(limits.submission):
                answer = session.run(step)
            given = step.name in source.cells and kind_of(source.cells[step.name]) == "given"
            own = not given and step.code.strip() not in source.shown
            entry = {"cell": step.name, "output": str(answer.get("output", ""))[:20_000] if own else "", "error": ""}
            if failure := answer.get("failure"):
                entry["error"] = _failure(failure).headline
                if _is_stub(_failure(failure)):
                    continue
        except Lost as lost:
            session.settle()
            flags[f"stopped: {lost.kind}"] = None
            entry = {"cell": step.name, "output": "", "error": lost.says}
        number = exercise_number(step.name)
        entry["title"] = f"exercise {number}" if number != step.name else step.code.strip().partition("\n")[0][:80]
        if (entry["output"] or entry["error"]) and len(shown) < MOST_SHOWN:
            shown.append({key: clean(text) for key, text in entry.items()})
    sandbox.end()
    present = {str(marks(cell).get("grade_id", "")) for cell in cells}
    if not present & source.cells.keys():
        flags["another notebook: none of its exercises is in it"] = None
    elif not all(name in present for name in source.graded):
        flags["cells deleted"] = None
    for name in source.graded:
        if kind_of(source.cells[name]) == "essay":
            found[name] = _essay(name, source, cells)
    _name_causes(found, shown)
    results = [found[name] for name in source.graded]
    for result in results:
        result.message = clean(result.message[:MOST_LETTERS])
    return Graded(student, results, list(flags), shown, round(time.monotonic() - begin, 2))


def _empty(name: str, source: Source) -> Result:
    number = exercise_number(name)
    return Result(number, exercise_title(number), float(marks(source.cells[name])["points"]), 0.0, "not answered yet")


def _is_stub(failure: Failure) -> bool:
    """Say whether a cell stopped at the line that is still to be replaced."""
    return failure.kind == "NotImplementedError" and bool(failure.frames) and "raise" in failure.frames[-1].code


def _too_late(name: str, source: Source) -> Result:
    result = _empty(name, source)
    result.state, result.mistake = "error", "stopped-time"
    result.message = "The time for the whole notebook was used up before this exercise."
    return result


def _judged(step: Step, source: Source, session: Session, flags: dict[str, None]) -> Result:
    result = _empty(step.name, source)
    verdicts: list[Verdict] = []

    def check(number: str, answer: Any, *, seed: int = 0, quiet: bool = False) -> float | None:
        """Judge as `course.check` does, and remember the verdict."""
        exercise = find_exercise(number)
        verdict = exercise.kind.judge(answer, seed)
        verdicts.append(verdict)
        if verdict.share == 0:
            raise (NotAnswered if verdict.mistake == "missing" else NotYet)(number, verdict)
        return round(exercise.points * verdict.share, 2) if hasattr(exercise.kind, "parts") else None

    try:
        with _at_most(session.limits.check):
            value = _value_of(step, _Names(source, session, check))
        earned = result.points
        if isinstance(value, int | float) and not isinstance(value, bool):
            earned = min(max(float(value), 0.0), result.points)
        shares = [verdict.share for verdict in verdicts]
        result.earned = earned = min([earned, *(result.points * share for share in shares)])
        result.state = "right" if earned == result.points else "partly right" if earned else "not yet"
    except NotAnswered as error:
        result.message = error.says
    except NotYet as error:
        result.state, result.message = "not yet", str(error)
    except AssertionError as error:  # of a test that the instructor wrote
        result.state, result.message = "not yet", str(error) or "A test of your instructor does not hold."
        verdicts.clear()
    except Lost as lost:
        session.settle()
        flags[f"stopped: {lost.kind}"] = None
        result.state, result.mistake, result.message = "error", f"stopped-{lost.kind}", lost.says
    except (KeyError, NameError) as error:
        name = str(error.args[0]) if isinstance(error, KeyError) else str(getattr(error, "name", error))
        if name in source.answered:
            result.state, result.mistake = "error", "missing-name"
            result.message = f"There is no {name}: the cell that defines it is missing, or stopped before."
        else:
            _blame_test(result, error, flags)
    except StudentError as error:
        result.state, result.mistake = "error", "crashed"
        result.message = f"Your function stopped with {error.failure.headline}{error.failure.place}"
    except Exception as error:
        _blame_test(result, error, flags)
    if verdicts and result.state != "error":
        last = verdicts[-1] if result.state != "right" else verdicts[0]
        answered = result.state != "not answered yet"
        result.mistake, result.message = (last.mistake, last.message) if answered else ("", "")
    return result


def _blame_test(result: Result, error: Exception, flags: dict[str, None]) -> None:
    result.state, result.mistake = "error", "checker"
    result.message = "The check could not be made. Your instructor has been told."
    flags[f"check {result.number} failed: {type(error).__name__}: {error}"[:200]] = None


def _value_of(step: Step, names: _Names) -> Any:
    """Run a test cell; its last line, if that is an expression, is the value."""
    tree = ast.parse(step.code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    file = f"<{step.name}>"
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(tree, file, "exec"), names)
        if last is None:
            return None
        assert isinstance(last, ast.Expr)
        return eval(compile(ast.Expression(last.value), file, "eval"), names)


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Stop what takes too long here: an expression can be made so that to compare it takes for ever."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise Lost("time", f"Stopped: your answer and its check took more than {seconds:g} seconds.")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _essay(name: str, source: Source, cells: list[Any]) -> Result:
    result = _empty(name, source)
    texts = [cell.source for cell in cells if marks(cell).get("grade_id") == name]
    result.answer = "\n\n".join(texts).strip()[:20_000]
    if result.answer and result.answer != source.blank.get(name, "").strip():
        result.state, result.earned = OPEN, None
    else:
        result.answer = ""
    return result


def _name_causes(found: dict[str, Result], shown: list[dict[str, str]]) -> None:
    """Where an answer is missing because its cell stopped, say with which error."""
    errors = {entry["cell"]: entry["error"] for entry in shown if entry["error"]}
    for name, result in found.items():
        cause = errors.get(name.replace("check-", "answer-", 1), "")
        unknown = result.mistake in ("", "missing-name") and result.state in ("error", "not answered yet")
        if cause and unknown:
            result.state, result.mistake = "error", "cell-stopped"
            result.message = f"The cell with your answer stopped: {cause}"


def rubric(number: str) -> tuple[str, ...]:
    """Return the four levels of an essay, lowest first; nothing where the exercise is not in the answer key."""
    try:
        kind = find_exercise(number).kind
    except ValueError:
        return ()
    return kind.levels if isinstance(kind, Essay) else ()
