"""The untrusted side: runs a student's cells and answers questions about what they defined.

It knows no test, no solution and no grade. What it sends is what the student's code could send.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import os
import sys
from collections.abc import Callable
from typing import Any

from backprop_lab.course.calling import Failure
from backprop_lab.grading import wire

__all__ = ["serve", "warm_up"]

MOST_TEXT = 64 << 10  # characters kept of what a cell prints
LONGEST = 2000  # characters kept of an error


class _Capped(io.TextIOBase):
    """Keeps the first characters of what is written and counts the others."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        text = str(text)
        if self.length < MOST_TEXT:
            self.parts.append(text[: MOST_TEXT - self.length])
        self.length += len(text)
        return len(text)

    def taken(self) -> str:
        """Return what was written since the last time."""
        dropped = f"\n[{self.length - MOST_TEXT} more characters]" if self.length > MOST_TEXT else ""
        text = "".join(self.parts) + dropped
        self.parts, self.length = [], 0
        return text


def warm_up(modules: list[str]) -> Any:
    """Import what notebooks import, make the shell that runs cells, and return it."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy  # noqa: F401  # each worker then has it
    import sympy
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    from backprop_lab import course

    for module in modules:
        with contextlib.suppress(Exception):
            __import__(module)
    figure = plt.figure()
    figure.add_subplot().set_title("$x$")
    figure.savefig(io.BytesIO())  # fonts are found once
    plt.close(figure)
    x = sympy.Symbol("x")
    sympy.simplify(sympy.diff(1 / (1 + sympy.exp(-x)), x)).evalf(30, subs={x: 1})
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    # What judges is elsewhere: here a check says nothing, and there is nothing to ask for.
    course.check = course.hint = course.progress = lambda *_, **__: None  # type: ignore[assignment]
    shell = InteractiveShell.instance(config=config)
    shell.enable_gui = lambda *_: None  # type: ignore[method-assign]  # %matplotlib inline asks for it
    shell.loop_runner = shell.loop_runner_map["sync"][0]  # await without a loop, which would need sockets
    return shell


def serve(reading: int, writing: int, shell: Any) -> None:
    """Answer requests until the other side is gone."""
    # Bound before student code runs; but nothing depends on it: see `wire`.
    receive, send, encode, decode = wire.receive, wire.send, wire.encode, wire.decode
    out = _Capped()
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = out  # type: ignore[misc, assignment]
    kept: dict[int, Callable[..., Any]] = {}
    names = shell.user_ns
    names["__name__"] = "__main__"

    def keep(function: Callable[..., Any]) -> int:
        kept[id(function)] = function
        return id(function)

    def theirs(number: int, name: str) -> Callable[..., Any]:
        """Return what calls a function of the judge."""

        def function(*arguments: Any) -> Any:
            send(writing, {"id": serial, "call": number, "arguments": [encode(each) for each in arguments]})
            answer = receive(reading)
            if "error" in answer:
                kind = getattr(builtins, str(answer.get("kind")), ValueError)
                known = kind if isinstance(kind, type) and issubclass(kind, Exception) else ValueError
                raise known(answer["error"])
            return decode(answer["value"])

        function.__name__ = name
        return function

    def run(request: dict[str, Any]) -> dict[str, Any]:
        result = shell.run_cell(request["source"], store_history=False)
        error = result.error_before_exec or result.error_in_exec
        return {"failure": None if error is None else _described(error)}

    def get(request: dict[str, Any]) -> dict[str, Any]:
        if request["name"] not in names:
            return {"missing": True}
        return {"value": encode(names[request["name"]], keep)}

    def called(request: dict[str, Any]) -> dict[str, Any]:
        arguments = [decode(each, theirs) for each in request["arguments"]]
        options = {name: decode(each, theirs) for name, each in request["options"].items()}
        value = kept[request["function"]](*arguments, **options)
        return {"value": encode(value, keep), "arguments": [encode(each) for each in arguments]}

    serial = 0
    actions = {"run": run, "get": get, "call": called}
    send(writing, {"ready": os.getpid()})
    while True:
        try:
            request = receive(reading)
        except EOFError:
            os._exit(0)
        serial = request["id"]
        try:
            answer = actions[request["action"]](request)
        except BaseException as error:
            answer = {"failure": _described(error)}
        send(writing, {"id": serial, **answer, "output": out.taken()})


def _described(error: BaseException) -> dict[str, Any]:
    try:
        failure = Failure.of(error)
        frames = [[frame.name[:80], frame.line, frame.code[:200]] for frame in failure.frames[-5:]]
        return {"kind": failure.kind[:80], "text": failure.text[:LONGEST], "frames": frames}
    except Exception:  # an exception whose text is an exception
        return {"kind": type(error).__name__[:80], "text": "", "frames": []}


def _alone() -> None:
    """Serve over standard input and output: one fresh process for one submission, where there is no fork."""
    reading, writing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    serve(reading, writing, warm_up(sys.argv[1:]))


if __name__ == "__main__":
    _alone()
