"""Grade on several machines: one task for each submission, on a cluster of dask.distributed.

Each machine needs this package and its own means of confinement. A task is a function of its bytes alone: if a worker
of the cluster is lost, its tasks run elsewhere, and each result is taken once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backprop_lab.course.notebook import NotebookError
from backprop_lab.grading.judging import Graded
from backprop_lab.grading.run import Assignment, on_this_machine

__all__ = ["on_dask"]

LOST_AT_MOST = 3  # how many workers one submission may outlive


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
            client = Client(address, timeout=10)
        except (OSError, ValueError) as error:
            raise NotebookError(f"{address}: no scheduler of dask answers there ({error})") from None
        with client:
            futures = {
                client.submit(
                    _judge_there, assignment, student, content, pure=False, retries=LOST_AT_MOST, key=f"judge-{student}"
                ): student
                for student, content in work.items()
            }
            for future in as_completed(list(futures)):
                yield futures[future], future.result()

    return run


def _judge_there(assignment: Assignment, student: str, content: bytes) -> Graded:
    """Judge in a process of its own, which a worker of the cluster must be allowed to start."""
    import multiprocessing

    if multiprocessing.current_process().daemon:
        raise RuntimeError(
            "this worker of dask may not start processes: set DASK_DISTRIBUTED__WORKER__DAEMON=False before it starts"
        )
    ((_, graded),) = on_this_machine(assignment, {student: content}, 1)
    return graded
