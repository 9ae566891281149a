"""Grade on several machines: one task for each submission, on a cluster of dask.distributed.

Each machine needs this package and its own means of confinement. A task is a function of its bytes alone: if a worker
of the cluster is lost, its tasks run elsewhere, and each result is taken once.
"""

from __future__ import annotations

import atexit
import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import replace

from backprop_lab.course.notebook import NotebookError
from backprop_lab.grading.judging import Graded
from backprop_lab.grading.run import Assignment, Judges, outcome
from backprop_lab.grading.sandbox import LEVELS

__all__ = ["on_dask"]


def on_dask(address: str) -> Callable[[Assignment, dict[str, bytes], int], Iterator[tuple[str, Graded]]]:
    """Return what `grade` calls to have submissions judged on the cluster at this address.

    Raises
    ------
    NotebookError
        If dask.distributed is not installed, or nobody answers there.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise NotebookError("--dask needs dask.distributed: pip install 'backprop-lab[dask]'") from None

    def run(assignment: Assignment, work: dict[str, bytes], jobs: int) -> Iterator[tuple[str, Graded]]:
        try:
            client = Client(address, timeout=10)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise NotebookError(f"{address}: no scheduler of dask answers there ({error})") from None
        # Each machine takes its own strongest way; one that has only weak ones refuses, unless they were asked for.
        there = replace(assignment, level="" if LEVELS[assignment.level].strong else assignment.level, hidden=())
        with client:
            futures = {
                client.submit(
                    _judge_there, there, student, content, pure=False, key=f"judge-{assignment.digest}-{student}"
                ): student
                for student, content in work.items()
            }
            for future in as_completed(list(futures)):  # type: ignore[no-untyped-call]
                yield futures[future], future.result()

    return run


_here: Judges | None = None  # the judge of this worker, kept for the next submission


def _judge_there(assignment: Assignment, student: str, content: bytes) -> Graded:
    """Judge in a process of its own, which a worker of the cluster must be allowed to start."""
    global _here
    if multiprocessing.current_process().daemon:
        raise RuntimeError(
            "this worker of dask may not start processes: set DASK_DISTRIBUTED__WORKER__DAEMON=False before it starts"
        )
    if _here is None or _here.assignment != assignment:
        if _here is not None:
            _here.close()
        _here = Judges(assignment, 1)
        atexit.register(_here.close)
    return outcome(_here.schedule(student, content), student, assignment)
