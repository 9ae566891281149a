"""Run a student's notebook on their own machine and read its verdicts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from backprop_lab.course.checks import find_exercise
from backprop_lab.course.notebook import NotebookError, read_notebook

__all__ = ["Result", "exercise_number", "exercise_title", "run_checks"]

State = Literal["right", "partly right", "not yet", "not answered yet", "read by a person", "error"]
EXERCISE = re.compile(r"(\d+)-(\d+)$")  # grade_id check-5-4 is of exercise 5.4


@dataclass(frozen=True)
class Result:
    """The verdict on one exercise of a notebook.

    Attributes
    ----------
    state : str
        right, partly right, not yet, not answered yet, read by a person, or error where the check could not run.
    earned : float or None
        Points; None for what a person reads.
    message : str
        What the check said.
    """

    number: str
    title: str
    state: State
    earned: float | None
    points: float
    message: str


def run_checks(
    path: Path, on_cell: Callable[[int, int], None] = lambda done, total: None, timeout: float = 60
) -> list[Result]:
    """Execute a notebook, which stays as it is on disk, and return one result for each exercise.

    Parameters
    ----------
    path : Path
        It runs in its folder, with the rights of whoever calls this.
    on_cell : callable
        (cells done, cells in all), after each cell.
    timeout : float
        Seconds a cell may take.

    Raises
    ------
    NotebookError
        If it is no notebook, has no exercises, or a cell ends the kernel.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    notebook = read_notebook(path)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    total = sum(cell.cell_type == "code" for cell in notebook.cells)
    done = 0

    def count(**_: Any) -> None:
        nonlocal done
        done += 1
        on_cell(done, total)

    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        allow_errors=True,
        interrupt_on_timeout=True,
        on_cell_executed=count,
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        executed = client.execute()
    except DeadKernelError as error:
        raise NotebookError(f"{path}: the kernel died: does a cell end the whole program?") from error
    stopped = {
        cell.metadata.nbgrader.grade_id: _stopped_with(cell, timeout)
        for cell in executed.cells
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code"
    }
    return [_result(cell, stopped) for cell in executed.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def exercise_number(grade_id: str) -> str:
    """Return the number of the exercise to which a graded cell belongs: of check-5-4 it is 5.4."""
    ends = EXERCISE.search(grade_id)
    return f"{ends[1]}.{ends[2]}" if ends else str(grade_id)


def _stopped_with(cell: Any, timeout: float) -> str:
    """Return the error of an answer cell, other than that it is still to be answered."""
    for output in cell.outputs:
        if output.output_type == "error" and output.ename == "KeyboardInterrupt":
            return f"it took more than {timeout:g} seconds: does a loop never end?"
        if output.output_type == "error" and output.ename != "NotImplementedError":
            return f"{output.ename}: {output.evalue}"
    return ""


def _result(cell: Any, stopped: dict[str, str]) -> Result:
    metadata = cell.metadata.nbgrader
    points, number = float(metadata.points), exercise_number(metadata.grade_id)
    if metadata.solution:
        return Result(number, exercise_title(number), "read by a person", None, points, "")
    state, earned, message = _verdict(cell, points)
    cause = stopped.get(metadata.grade_id.replace("check-", "answer-", 1), "")
    if cause and state in ("error", "not answered yet"):
        return Result(
            number, exercise_title(number), "error", 0.0, points, f"the cell with your answer stopped: {cause}"
        )
    return Result(number, exercise_title(number), state, earned, points, message.removeprefix(f"{number} {state}. "))


def _verdict(cell: Any, points: float) -> tuple[State, float, str]:
    text, earned = "", points
    for output in cell.outputs:
        if output.output_type == "error":
            states: dict[str, State] = {"NotYet": "not yet", "NotAnswered": "not answered yet"}
            state = states.get(output.ename, "error")
            message = output.evalue if state != "error" else f"{output.ename}: {output.evalue}"
            if output.ename == "CheckerError":
                message = f"the check itself is broken, your answer is not to blame: {output.evalue}"
            return state, 0.0, message
        if output.output_type == "stream" and output.name == "stdout":
            text += output.text
        if output.output_type == "execute_result":
            earned = _number(output.data.get("text/plain", ""), points)
    return ("right" if earned == points else "partly right"), earned, text.strip()


def _number(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default


def exercise_title(number: str) -> str:
    """Return the title of an exercise, empty where it is not in the answer key."""
    try:
        return find_exercise(number).title
    except ValueError:
        return ""
