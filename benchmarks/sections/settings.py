"""How long and how thoroughly is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.workers import Worker

# glibc's allocator, which others ignore. By default it gives large arrays back to the system at once and gets fresh
# pages for the next, which can cost as much as the arithmetic does.
KEEP_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
    "MALLOC_TRIM_THRESHOLD_": str(2**40),
    "MALLOC_TOP_PAD_": str(2**26),
}
GIVE_BACK_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**16), "MALLOC_TRIM_THRESHOLD_": "0"}


@dataclass(frozen=True)
class Settings:
    """What the command line asks for.

    Attributes
    ----------
    quick : bool
        A smoke test: fewer networks, fewer rounds.
    peers : tuple of str
        Keys of the peers of a training step that take part; ours always does.
    rounds : int
        Of a training step.
    target : float
        About how many seconds each peer works in a round.
    say : callable
        Where progress is told.
    """

    quick: bool
    peers: tuple[str, ...]
    rounds: int
    target: float
    say: Callable[[str], None] = print


@contextmanager
def workers(
    modules: Mapping[str, str] | Iterable[tuple[str, str]], threads: int = 1, variables: Mapping[str, str] | None = None
) -> Iterator[dict[str, Worker]]:
    """Start a process for each name, and end them all."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(Worker(module, threads, variables)) for name, module in dict(modules).items()}
