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
from backprop_lab.course import solved
from backprop_lab.course.notebook import NotebookError
from backprop_lab.course.release import release
from backprop_lab.course.submission import Result, run_checks
from backprop_lab.grading.export import FORMATS, export
from backprop_lab.grading.judging import OPEN, Graded, Limits
from backprop_lab.grading.on_dask import on_dask
from backprop_lab.grading.report import GRADES, MANUAL, REPORT, merge_essays, write_all
from backprop_lab.grading.run import KEPT, Assignment, cores, grade, load_results, save_result
from backprop_lab.grading.sandbox import Level, levels
from backprop_lab.grading.submissions import find_submissions

__all__ = ["app"]

app = typer.Typer(
    help="Backprop Lab: check your exercises; for instructors, make them from their solutions and grade them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
UNFINISHED = "unfinished"  # among the results, while a run is going on
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
    """Backprop Lab: check your exercises; for instructors, make them from their solutions and grade them."""


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
    solved.record(*(result.number for result in checked if result.state == "right"))
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


@app.command("progress")
def progress_command() -> None:
    """Show how far you are: for each chapter, how many of its exercises you have solved on this machine."""
    table = Table("chapter", "solved", "", title="Your progress", title_justify="left")
    for chapter in solved.chapters():
        done, total = solved.count(chapter)
        table.add_row(str(chapter), f"{done} of {total}", Text("█" * done, "green") + Text("░" * (total - done)))
    Console().print(table)


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


@app.command("grade")
def grade_command(
    submissions: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[SUBMISSIONS]...", help="A folder, a zip, or notebooks named by student."),
    ] = None,
    solution: Annotated[Path | None, typer.Option(help="Such as solutions/05_one_step_by_hand.ipynb.")] = None,
    out: Annotated[Path, typer.Option(help="Where the results go.")] = Path("graded"),
    merge: Annotated[bool, typer.Option("--merge", help="Read the essays' points back from manual.csv.")] = False,
    jobs: Annotated[int | None, typer.Option(help="Submissions at once. Default: one for each core.", min=1)] = None,
    timeout: Annotated[float, typer.Option(help="Seconds that a cell may take.", min=1)] = 20,
    confinement: Annotated[
        str, typer.Option(help="bubblewrap, landlock, rlimits or clock. Default: the strongest that this machine has.")
    ] = "",
    weakly_confined: Annotated[
        bool, typer.Option("--weakly-confined", help="Run even where nothing keeps the code from your files.")
    ] = False,
    dask: Annotated[str, typer.Option(help="Grade on a cluster: the address of its scheduler, tcp://...")] = "",
) -> None:
    """Grade submissions of one notebook.

    Writes grades.csv, manual.csv (essays, to be read by you), feedback/ (a page for each student) and report.html.
    What is graded already is not graded again: after an interruption run the same command. Exit status: 0 if done, 2
    if not.
    """
    try:
        if merge:
            _merge(out)
            return
        if not submissions or solution is None:
            raise NotebookError("give the submissions and --solution NOTEBOOK (or --merge)")
        level = _level(confinement, weakly_confined)
        limits = Limits(cell=timeout, submission=max(Limits.submission, 6 * timeout))
        assignment = Assignment.of(solution, limits, level, [out, *(each for each in submissions if each.is_dir())])
        find_submissions(submissions, assignment.name)  # what can't be found leaves no trace
        _keep_apart(out, assignment.name)
        (out / KEPT).mkdir(parents=True, exist_ok=True)
        (out / KEPT / UNFINISHED).touch()
        (out / KEPT / "assignment.txt").write_text(
            f"{assignment.name}\n{assignment.title}\n{level.says}\n", encoding="utf-8"
        )
        with Progress(console=Console(stderr=True)) as progress:
            bar = progress.add_task(f"grading {assignment.name}", total=None)
            graded = grade(
                submissions,
                assignment,
                out,
                jobs or cores(),
                lambda done, total, _: progress.update(bar, completed=done, total=total),
                on_dask(dask) if dask else None,
            )
        write_all(out, assignment.title, graded, level.says)
        (out / KEPT / UNFINISHED).unlink()
    except NotebookError as error:
        raise _failed(error) from None
    except KeyboardInterrupt:
        raise _failed(RuntimeError("interrupted: what is done is kept, run the same command to go on")) from None
    _summary(out, graded, level.says)


def _level(name: str, weakly: bool) -> Level:
    offered = {level.name: level for level in levels()}
    if name and name not in offered:
        raise NotebookError(f"--confinement {name}: this machine offers {', '.join(offered)}")
    level = offered[name] if name else levels()[0]
    if not level.strong:
        warning = f"The students' code would run with {level.says}."
        if not weakly:
            raise NotebookError(
                f"{warning} On Linux, install bubblewrap. Use a machine where nothing can be lost, and if you trust "
                "the submissions, say  --weakly-confined"
            )
        Console(stderr=True, soft_wrap=True).print(f"warning: {warning}", style="yellow", highlight=False)
    return level


def _keep_apart(out: Path, name: str) -> None:
    """Refuse to mix the results of two assignments."""
    kept = out / KEPT / "assignment.txt"
    if kept.exists() and (before := kept.read_text(encoding="utf-8").splitlines()[0]) != name:
        raise NotebookError(f"{out}: holds the results of {before}; choose another --out for {name}")


def _finished(out: Path) -> list[Graded]:
    """Return the results, if the run that made them came to its end."""
    graded = load_results(out)
    if (out / KEPT / UNFINISHED).exists():
        raise NotebookError(f"{out}: the grading was interrupted, run the same  backprop-lab grade ...  again first")
    return graded


def _merge(out: Path) -> None:
    graded = _finished(out)
    _, title, confinement = (out / KEPT / "assignment.txt").read_text(encoding="utf-8").splitlines()[:3]
    read = merge_essays(out / MANUAL, graded)
    for each in graded:
        save_result(out, each)
    write_all(out, title, graded, confinement)
    left = sum(result.state == OPEN for each in graded for result in each.results)
    print(f"points taken over from {read} rows, {left} essays left to read.")
    print(f"Written: {out / GRADES}, feedback/ and {out / REPORT}")


def _summary(out: Path, graded: list[Graded], confinement: str) -> None:
    table = Table("student", "points", "essays to read", "what you should know", title="Grades", title_justify="left")
    for each in graded:
        to_read = sum(result.state == OPEN for result in each.results)
        shown = f"{each.earned:g} / {each.points:g}"
        table.add_row(Text(each.student), shown, str(to_read or ""), Text("; ".join(each.flags)))
    Console().print(table)
    print(f"{len(graded)} submissions, run with {confinement}.")
    print(f"Written: {out / GRADES}, {out / MANUAL}, {out / 'feedback'}, {out / REPORT}")


@app.command("export")
def export_command(
    system: Annotated[str, typer.Argument(help="canvas or moodle.")],
    roster: Annotated[Path, typer.Option(help="The CSV that the system has exported.")],
    column: Annotated[str, typer.Option(help="The assignment's name there: the column that gets the points.")],
    out: Annotated[Path, typer.Option(help="Where the results are, as at grade.")] = Path("graded"),
    to: Annotated[Path | None, typer.Option(help="The file to write. Default: SYSTEM.csv among the results.")] = None,
    add_column: Annotated[bool, typer.Option("--add-column", help="Add the column where there is none.")] = False,
) -> None:
    """Fill the points into a table of Canvas or Moodle, which that system then imports.

    Exit status: 0 if every student was found in the table, 1 if some must be entered by hand, 2 if it can't be done.
    """
    try:
        if system not in FORMATS:
            raise NotebookError(f"there is no export for {system}: choose {' or '.join(FORMATS)}")
        graded, target = _finished(out), to or out / f"{system}.csv"
        exported = export(graded, system, roster, column, target, add_column)
    except NotebookError as error:
        raise _failed(error) from None
    print(f"{exported.filled} of {len(graded)} students filled in: {target}")
    print(f"{exported.without} rows of the table have no points")
    unread = [each.student for each in graded if any(result.state == OPEN for result in each.results)]
    if unread:
        print(f"Mind: {len(unread)} students have essays that nobody has read yet; their points are without them.")
    if exported.unmatched:
        print("Not in the table, or two for one row; enter these by hand:", *exported.unmatched, sep="\n  ")
        raise typer.Exit(1)


def _exercise_of(source: Path) -> Path:
    return source.parent.parent / EXERCISES / source.name


def _failed(error: Exception) -> typer.Exit:
    Console(stderr=True, soft_wrap=True).print(f"error: {error}", markup=False, highlight=False)
    return typer.Exit(2)


if __name__ == "__main__":
    app()
