"""Run a cell, check an answer, and put what comes of it on the page: text, errors, formulas, pictures."""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import pprint
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from backprop_lab.course.verdict import CheckerError, NotAnswered, NotYet, Plain
from backprop_lab.live.figures import shown_with
from backprop_lab.live.needs import needed

__all__ = ["Answer", "Loadable", "Put", "check_cell", "run_cell"]

Put = Callable[[str, str], None]
Loadable = Callable[[str], bool]
State = Literal["right", "partly right", "not yet", "not answered yet", "error"]
YOURS, ABOVE, CHECK = "<your code>", "<a cell further up>", "<the check>"
MAGIC = re.compile(r"^[%!]\w.*$", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """The verdict on an answer.

    Attributes
    ----------
    state : str
        right, partly right, not yet, not answered yet, or error where the answer or its check stopped.
    message : str
        What the student reads, the same as in a notebook.
    """

    state: State
    message: str


class _Stopped(Exception):  # noqa: N818
    """The reader's code has stopped, and the page says why."""


def run_cell(cells: Sequence[str], put: Put, loadable: Loadable = lambda name: False) -> bool:
    """Run the last of these cells with fresh names, and with what it needs of the others.

    Parameters
    ----------
    cells : sequence of str
        The code cells of a page, down to the one to run.
    put : callable
        Called with (kind, content) for each piece of output: "text", "warning" and "error" are plain text, "html" and
        "latex" what they say, "image" is the address of a picture, a `data:` URL.
    loadable : callable
        (name of a module that is not there) to whether its package could be loaded.

    Returns
    -------
    bool
        Whether the cell came to its end.

    Raises
    ------
    ModuleNotFoundError
        If a module is missing that is loadable: load it and call again.
    """
    run = _Run(put, loadable)
    try:
        run.prepare(cells)
        run.execute(cells[-1])
    except _Stopped:
        return False
    return True


def check_cell(cells: Sequence[str], check: str, put: Put, loadable: Loadable = lambda name: False) -> Answer:
    """Run the last of these cells, the answer to an exercise, and then its check.

    Parameters
    ----------
    check : str
        The cell that checks it, such as `check("5.3", z1)`.
    cells, put, loadable :
        As of `run_cell`, which also says what is raised.
    """
    *above, answer = cells
    run = _Run(put, loadable)
    try:
        run.prepare([*above, f"{answer}\n\n{check}"])
        with contextlib.suppress(NotImplementedError):  # the check says that there is no answer yet
            run.execute(answer, quiet=True)
    except _Stopped:
        return Answer("error", "Your code stopped before it could be checked.")
    return run.judged(check)


class _Run:
    """The names of one run, and what it puts on the page."""

    def __init__(self, put: Put, loadable: Loadable) -> None:
        self.put, self.loadable = put, loadable
        self.names: dict[str, Any] = {"__name__": "__main__", "display": self.show}
        self.broken = False  # whether a cell above is no Python

    def prepare(self, cells: Sequence[str]) -> None:
        """Run what the last cell needs of the others, and show nothing of it."""
        cells = [_without_magics(cell) for cell in cells]
        try:
            ast.parse(cells[-1], YOURS)
        except SyntaxError as error:
            raise self.stopped(error) from None
        statements, silence = needed(cells), io.StringIO()
        trees = [_parsed(cell) for cell in cells]
        self.broken = None in trees
        if any(_is_unanswered(trees[place]) for place in {statement.cell for statement in statements}):
            self.put("warning", "It needs an exercise further up that has no answer yet.\n")
        for statement in statements:
            try:
                with _printing(silence, silence), shown_with(None):
                    exec(compile(ast.Module([statement.node], []), ABOVE, "exec"), self.names)
            except NotImplementedError:
                continue  # an exercise that has no answer yet
            except BaseException as error:
                self.raise_if_loadable(error)
                if statement.binds:
                    self.put("error", f"A cell further up, which this one needs, stopped with {_named(error)}")
                    raise _Stopped from None

    def execute(self, source: str, quiet: bool = False) -> None:
        """Run the reader's cell, and show what it prints, draws and ends in; `quiet` lets NotImplementedError pass."""
        source = _without_magics(source)
        linecache.cache[YOURS] = (len(source), None, f"{source}\n".splitlines(keepends=True), YOURS)
        out, err = _Lines(self.put, "text"), _Lines(self.put, "warning")
        try:
            with _printing(out, err), shown_with(lambda address: self.put("image", address)):
                value = self.value(source, YOURS)
                out.flush()
                self.show(value, ends=source.rstrip())
        except BaseException as error:
            self.raise_if_loadable(error)
            if quiet and isinstance(error, NotImplementedError):
                raise
            raise self.stopped(error) from None
        finally:
            out.flush()
            err.flush()

    def value(self, source: str, name: str) -> Any:
        """Run code, and return the value of the expression in its last line, if it is one."""
        body = ast.parse(source, name).body
        if not body or not isinstance(last := body[-1], ast.Expr):
            exec(compile(ast.Module(body, []), name, "exec"), self.names)
            return None
        exec(compile(ast.Module(body[:-1], []), name, "exec"), self.names)
        return eval(compile(ast.Expression(last.value), name, "eval"), self.names)

    def judged(self, check: str) -> Answer:
        """Return what the check says."""
        said = io.StringIO()
        try:
            with _printing(said, io.StringIO()):
                self.value(check, CHECK)
        except NotYet as error:
            return Answer("not answered yet" if isinstance(error, NotAnswered) else "not yet", str(error))
        except NameError as error:
            return Answer("error", f"The check looks for {error.name}, and your code has nothing of this name.")
        except CheckerError as error:
            return Answer("error", f"The check itself is broken, your answer is not to blame: {error}")
        except BaseException as error:
            self.raise_if_loadable(error)
            return Answer("error", _named(error))
        message = said.getvalue().strip()
        return Answer("partly right" if re.match(r"\S+ partly right\.", message) else "right", message)

    def raise_if_loadable(self, error: BaseException) -> None:
        """Let the error of a module pass whose package could be loaded."""
        if isinstance(error, ModuleNotFoundError) and error.name and self.loadable(error.name.partition(".")[0]):
            raise error

    def stopped(self, error: BaseException) -> _Stopped:
        """Put an error on the page, with the lines of the reader's code that led to it."""
        if isinstance(error, Plain):
            self.put("error", str(error))
        else:
            lines = traceback.TracebackException.from_exception(error)
            lines.stack = traceback.StackSummary.from_list([frame for frame in lines.stack if frame.filename == YOURS])
            lines.__cause__ = lines.__context__ = None
            self.put("error", "".join(lines.format()).strip())
            if self.broken and isinstance(error, NameError):
                self.put("warning", "A cell further up is no Python: what it would define is missing here.\n")
        return _Stopped()

    def show(self, value: Any, ends: str = "") -> None:
        """Show a value as a notebook would: as HTML, as a formula, or as its repr."""
        if value is None or ends.endswith(";"):
            return
        for method, kind in (("_repr_html_", "html"), ("_repr_svg_", "html"), ("_repr_latex_", "latex")):
            shown = getattr(value, method, None)
            if callable(shown) and not isinstance(value, type) and (content := shown()):
                self.put(kind, str(content))
                return
        self.put("text", f"{pprint.pformat(value, sort_dicts=False)}\n")


class _Lines(io.TextIOBase):
    """Puts what is written on the page at once, line by line."""

    def __init__(self, put: Put, kind: str) -> None:
        self.put, self.kind, self.rest = put, kind, ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self.rest = (self.rest + text).split("\n")
        if lines:
            self.put(self.kind, "\n".join([*lines, ""]))
        return len(text)

    def flush(self) -> None:
        if self.rest:
            self.put(self.kind, self.rest)
        self.rest = ""


@contextlib.contextmanager
def _printing(out: io.TextIOBase, err: io.TextIOBase) -> Iterator[None]:
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield


def _without_magics(source: str) -> str:
    """Blank the lines that only a notebook understands, such as `%matplotlib inline`, where they are no Python."""
    try:
        ast.parse(source)
    except SyntaxError:
        return MAGIC.sub("", source)
    return source


def _parsed(cell: str) -> ast.Module | None:
    try:
        return ast.parse(cell)
    except SyntaxError:
        return None


def _is_unanswered(cell: ast.Module | None) -> bool:
    """Say whether it is an exercise whose line for the answer still stands."""
    raised = [node for node in cell.body if isinstance(node, ast.Raise)] if cell else []
    return any("NotImplementedError" in ast.unparse(node) for node in raised)


def _named(error: BaseException) -> str:
    return str(error) if isinstance(error, Plain) else f"{type(error).__name__}: {error}".removesuffix(": ")
