"""A process for each peer, asked for its round in turn.

In one process the peers disturb each other: a library's threads keep spinning after its call, its allocator keeps the
memory, and a setting of one (the size of floats in JAX, the number of threads) holds for all. So each lives in a
process of its own, and while one works the others wait at their pipes, which takes no time of the processor.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any


class MissingError(Exception):
    """A peer that can't take part: it is not installed, or can't do what is asked. The message says which."""


class FailedError(Exception):
    """A peer that broke down; the message is its own."""


def one_thread(threads: int = 1) -> dict[str, str]:
    """Return the environment that holds every peer to so many threads.

    XLA (JAX) asks the operating system how many processors there are unless NPROC tells it; the flag that is usually
    named, --xla_cpu_multi_thread_eigen=false, does not hold it back (JAX 0.10).
    """
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NPROC")
    return dict.fromkeys(names, str(threads))


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for what is started within."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Worker:
    """A process that has one module and one state.

    `call("build", ...)` keeps the result there, as the state; every other function of the module gets the state first.

    Parameters
    ----------
    module : str
        The peer: `benchmarks.peers.torch_eager`.
    threads : int
        How many threads its libraries may use.
    variables : mapping
        More environment variables.
    """

    def __init__(self, module: str, threads: int = 1, variables: Mapping[str, str] | None = None) -> None:
        context = multiprocessing.get_context("spawn")  # a fresh interpreter: libraries read the environment once
        self._pipe, theirs = context.Pipe()
        with environment(one_thread(threads) | dict(variables or {})):
            self._process = context.Process(target=serve, args=(theirs, module, threads), daemon=True)
            self._process.start()
        theirs.close()

    def call(self, function: str, *arguments: Any) -> Any:
        """Run a function of the module in the process, and return what it returns.

        Raises
        ------
        MissingError, FailedError
            If the peer can't take part, or broke down.
        """
        try:
            self._pipe.send((function, arguments))
            kind, answer = self._pipe.recv()
        except (EOFError, OSError):
            raise FailedError(f"its process ended in {function}") from None
        if kind == "missing":
            raise MissingError(answer)
        if kind == "failed":
            raise FailedError(answer)
        return answer

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.join(timeout=2)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(pipe: Connection, module: str, threads: int) -> None:
    """Answer calls until the pipe is closed: what runs in the process."""
    state, absent = None, ""
    try:
        peer = importlib.import_module(module)
        _limit(threads)
    except ModuleNotFoundError as error:
        absent = f"{error.name} is not installed"
    while True:
        try:
            function, arguments = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            if absent:
                raise MissingError(absent)
            if function == "build":
                state = None  # let go of the one before first
                state = peer.build(*arguments)
                answer = None
            elif function in OF_EVERY_PEER:
                answer = OF_EVERY_PEER[function](peer, state, *arguments)
            else:
                answer = getattr(peer, function)(state, *arguments)
            pipe.send(("answer", answer))
        except MissingError as error:
            pipe.send(("missing", str(error)))
        except Exception as error:
            pipe.send(("failed", f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"))


def _limit(threads: int) -> None:
    """Hold the libraries that are loaded by now to so many threads, whatever they made of the environment."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(threads)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)


def seconds(peer: Any, state: Any, n: int) -> tuple[float, float]:
    """Return the wall time in seconds of n repetitions of the peer's work, and how many processors were busy."""
    wall, busy = time.perf_counter(), time.process_time()
    peer.work(state, n)
    busy = time.process_time() - busy
    wall = time.perf_counter() - wall
    return wall, busy / wall


def repetitions(peer: Any, state: Any, target: float) -> int:
    """Return how many repetitions take about `target` seconds; this warms the peer up, too.

    At least one, or as many as its module says: AT_LEAST, where a call of `work` has to set something up first.
    """
    n = least = getattr(peer, "AT_LEAST", 1)
    peer.work(state, 1)  # not counted: here a compiler compiles
    took = seconds(peer, state, n)[0]
    while took < target / 2:
        n *= 2 if took > target / 16 else 8
        took = min(seconds(peer, state, n)[0] for _ in range(2))  # the shorter: something else may run for a moment
    return max(least, round(n * target / took))


def peak_memory(peer: Any, state: Any) -> int | None:
    """Return by how many bytes the process grew at most during one piece of work; None where Linux doesn't say."""
    peer.work(state, 1)
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")  # the high-water mark starts again from what is held now
    except OSError:
        return None
    before = _status("VmRSS")
    peer.work(state, 1)
    return _status("VmHWM") - before


def _status(name: str) -> int:
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith(f"{name}:"))
    return 1024 * int(line.split()[1])


OF_EVERY_PEER: dict[str, Any] = {"seconds": seconds, "repetitions": repetitions, "peak_memory": peak_memory}
