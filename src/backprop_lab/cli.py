"""The command line: backprop-lab ..."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

import backprop_lab
from backprop_lab.course.notebook import NotebookError
from backprop_lab.course.release import release
from backprop_lab.course.submission import Result, run_checks

__all__ = ["app"]

app = typer.Typer(
    help="Backprop Lab: check your exercises; for instructors, make them from their solutions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
STYLES = {"right": "green", "partly right": "yellow", "not yet": "red", "error": "red"}
SOLUTIONS, EXERCISES = "solutions", "exercises"


def _version(asked: bool) -> None:
    if asked:
        print(f"backprop-lab {backprop_lab.__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Backprop Lab: check your exercises; for instructors, make them from their solutions."""


@app.command("check")
def check_command(
    notebook: Annotated[Path, typer.Argument(help="Such as exercises/05_one_step_by_hand.ipynb.")],
    timeout: Annotated[float, typer.Option(help="Seconds that a cell may take.", min=1)] = 60,
) -> None:
    """Run a notebook from top to bottom and show the verdict on each exercise.

    The notebook is not changed. Its code runs as if you had run it yourself: check only notebooks that you trust.
    Exit status: 0 if all that can be checked is right, 1 if not, 2 if it can't be run.
    """
    try:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task("running", total=None)
            results = run_checks(
                notebook, lambda done, total: progress.update(bar, completed=done, total=total), timeout
            )
    except NotebookError as error:
        raise _failed(error) from None
    Console().print(_table(results))
    checked = [result for result in results if result.earned is not None]
    right = sum(result.state == "right" for result in checked)
    earned, points = sum(result.earned or 0 for result in checked), sum(result.points for result in checked)
    print(f"{right} of {len(checked)} right, {earned:g} of {points:g} points")
    for result in results:
        if result.earned is None:
            print(f"{result.number} {result.title}: {result.points:g} more points, read by a person")
    raise typer.Exit(0 if right == len(checked) else 1)


def _table(results: list[Result]) -> Table:
    table = Table("exercise", "verdict", "points", "what the check says", title="Your exercises", title_justify="left")
    for result in results:
        earned = "" if result.earned is None else f"{result.earned:g} / {result.points:g}"
        verdict = Text(result.state, STYLES.get(result.state, ""))
        message = "" if result.state in ("right", "not answered yet") else result.message
        table.add_row(f"{result.number} {result.title}", verdict, earned, Text(message))  # Text: no markup in it
    return table


@app.command("release")
def release_command(
    notebooks: Annotated[
        list[Path] | None, typer.Argument(metavar="[NOTEBOOK]...", help="Default: all of solutions/*.ipynb.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail where an exercise is not what its solution makes.")
    ] = False,
) -> None:
    """Make the exercises from their solutions: solutions/NAME.ipynb gives exercises/NAME.ipynb.

    Exit status: 0 if done, 1 if --check found a difference, 2 if a notebook can't be released.
    """
    sources = notebooks or sorted(Path(SOLUTIONS).glob("*.ipynb"))
    try:
        if not sources:
            raise NotebookError(f"{SOLUTIONS}: there are no notebooks, run this in the folder of the project")
        made = {_exercise_of(source): release(source) for source in sources}
    except NotebookError as error:
        raise _failed(error) from None
    different = []
    for path, text in made.items():
        same = path.is_file() and path.read_text(encoding="utf-8") == text
        if check and not same:
            different.append(
                f"{path}: differs from what its solution makes" if path.exists() else f"{path}: is missing"
            )
        elif not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{path}: {'as it was' if same else 'written'}")
    if check and not notebooks:
        orphans = sorted(set(Path(EXERCISES).glob("*.ipynb")) - set(made))
        different += [f"{path}: has no solution" for path in orphans]
    for line in different:
        print(line)
    if different:
        print("run: backprop-lab release")
        raise typer.Exit(1)


def _exercise_of(source: Path) -> Path:
    return source.parent.parent / EXERCISES / source.name


def _failed(error: Exception) -> typer.Exit:
    Console(stderr=True, soft_wrap=True).print(f"error: {error}", markup=False, highlight=False)
    return typer.Exit(2)
