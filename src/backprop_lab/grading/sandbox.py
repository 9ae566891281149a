"""The trusted side of a worker: start it as strongly confined as this machine can, talk to it, end it."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import backprop_lab
from backprop_lab.grading import confine, wire

__all__ = ["LEVELS", "Level", "Lost", "Sandbox", "Worker", "levels"]

PACKAGE = Path(backprop_lab.__file__).parent
ANSWER_KEY = PACKAGE / "course" / "answer_key"
MEMORY, CPU = 2 << 30, 900  # bytes, seconds; the clock is the nearer limit
FOLDER_SIZE, MOST_FILES, MOST_OPEN = 64 << 20, 2000, 500  # bytes and files that a worker may write
START = 120  # seconds until a worker must be there, on a busy machine too


@dataclass(frozen=True)
class Level:
    """How a worker is confined.

    Attributes
    ----------
    name : str
        As it is chosen on the command line.
    says : str
        As the report says it.
    strong : bool
        Whether work that one doesn't trust may run so.
    """

    name: str
    says: str
    strong: bool


LEVELS = {
    level.name: level
    for level in (
        Level("bubblewrap", "bubblewrap (no network, no other files), Landlock, seccomp and rlimits", True),
        Level("landlock", "Landlock (no other files), seccomp (no network, no processes) and rlimits", True),
        Level(
            "rlimits",
            "limits of memory and time only: the code could read files, write them and use the network",
            False,
        ),
        Level("clock", "a limit of time only: the code could do whatever you can", False),
    )
}


@functools.cache
def levels() -> tuple[Level, ...]:
    """Return the levels that this machine offers, strongest first."""
    found = ["clock"]
    if hasattr(os, "fork"):
        found.insert(0, "rlimits")
    if confine.has_landlock() and confine.seccomp_program():
        found.insert(0, "landlock")
        if shutil.which("bwrap") and _bubblewrap_works():
            found.insert(0, "bubblewrap")
    return tuple(LEVELS[name] for name in found)


def _bubblewrap_works() -> bool:
    """Say whether the system lets an ordinary user make namespaces: some have the program and forbid them."""
    command = ["bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--ro-bind", "/", "/", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Lost(BaseException):
    """The worker is gone, or was ended: nothing more can be asked. No check may catch it.

    Attributes
    ----------
    kind : str
        "time", "memory", "ended", "disk", "forged" or "crash".
    says : str
        For the student.
    """

    def __init__(self, kind: str, says: str) -> None:
        super().__init__(says)
        self.kind, self.says = kind, says


# ------------------------------------------------------------------ one worker


@dataclass
class Worker:
    """A process with a student's code in it.

    Attributes
    ----------
    reading, writing : int
        Its pipes.
    folder : Path or None
        Where it may write, if that is seen from here.
    """

    reading: int
    writing: int
    folder: Path | None = None
    handle: Any = None
    frames: queue.Queue[Any] = field(default_factory=lambda: queue.Queue(4))

    def __post_init__(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        """Read frames until there are no more. Ends when the worker does: only it holds the other end."""
        while True:
            try:
                frame = wire.receive(self.reading)
            except (EOFError, OSError):
                frame = EOFError()
            except wire.Refused as error:
                frame = error
            self.frames.put(frame)
            if isinstance(frame, Exception):
                os.close(self.reading)
                return

    def receive(self, seconds: float) -> dict[str, Any]:
        """Return the next message.

        Raises
        ------
        Lost
            If none comes in time, the worker is gone or what comes is no message.
        """
        end = time.monotonic() + seconds
        while True:
            try:
                frame = self.frames.get(timeout=min(0.2, max(0.0, end - time.monotonic())))
                break
            except queue.Empty:
                if time.monotonic() >= end:
                    raise Lost("time", f"Stopped after {seconds:g} seconds: does a loop never end?") from None
                if self.folder and not _fits(self.folder):
                    raise Lost("disk", f"Stopped: more than {FOLDER_SIZE >> 20} MB or {MOST_FILES} files.") from None
        if isinstance(frame, EOFError):
            raise Lost("ended", "")
        if not isinstance(frame, dict):
            raise Lost("forged", "Stopped: it wrote into the pipe between your code and the check.")
        return frame

    def send(self, message: Any) -> None:
        """Send a message. If the worker is gone, the next `receive` says so."""
        with contextlib.suppress(OSError):
            wire.send(self.writing, message)

    def drained(self) -> None:
        """Let the reading thread end."""
        with contextlib.suppress(OSError):
            os.close(self.writing)
        with contextlib.suppress(queue.Empty):
            while not isinstance(self.frames.get(timeout=1), Exception):
                pass


def _fits(folder: Path) -> bool:
    """Say whether what lies in a folder is not too much; what can't be looked into is."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows
        return True
    size = count = 0
    try:
        waiting = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY)]
    except OSError:
        return True  # it is gone
    try:
        while waiting:
            place = waiting.pop()
            try:
                with os.scandir(place) as entries:
                    for entry in entries:
                        size, count = size + entry.stat(follow_symlinks=False).st_blocks * 512, count + 1
                        if size > FOLDER_SIZE or count > MOST_FILES or len(waiting) > MOST_OPEN:
                            return False
                        if entry.is_dir(follow_symlinks=False):
                            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
                            waiting.append(os.open(entry.name, flags, dir_fd=place))
            finally:
                os.close(place)
    except FileNotFoundError:
        return True  # it was removed meanwhile
    except OSError:
        return False
    finally:
        for number in waiting:
            os.close(number)
    return True


# ------------------------------------------------------------------ what makes workers


class _Source(Protocol):
    def start(self) -> Worker: ...
    def end(self, worker: Worker) -> int: ...
    def close(self) -> None: ...


class Sandbox:
    """Makes workers, one at a time.

    Parameters
    ----------
    level : Level
    modules : sequence of str
        What the notebooks import, so that it is done once.
    hidden : sequence of Path
        What no worker may read, besides the answer key: solutions, submissions, results.
    """

    def __init__(self, level: Level, modules: Sequence[str] = (), hidden: Sequence[Path] = ()) -> None:
        self._source: _Source = (
            _Fresh(modules) if level.name == "clock" else _ForkServer(level, modules, [ANSWER_KEY, *hidden])
        )
        self._worker: Worker | None = None

    def start(self) -> Worker:
        """End the worker that there is, and return a new one, ready.

        Raises
        ------
        RuntimeError
            If no worker can be started on this machine.
        """
        with _unhurried():
            self.end()
            self._worker = self._source.start()
            try:
                self._worker.receive(START)
            except Lost as lost:
                status = self.end()
                raise RuntimeError(f"a worker does not start: {lost.says or lost.kind}, status {status}") from None
            return self._worker

    def end(self) -> int:
        """End the worker, and return how it ended: an exit status, or minus the number of a signal."""
        if self._worker is None:
            return 0
        with _unhurried():
            worker, self._worker = self._worker, None
            status = self._source.end(worker)
            worker.drained()
        return status

    def close(self) -> None:
        """End everything."""
        self.end()
        self._source.close()


@contextlib.contextmanager
def _unhurried() -> Iterator[None]:
    """Let no alarm interrupt: half a talk with the server would put all that follows out of step."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def how_it_ended(status: int) -> Lost:
    """Return what to say of a worker that ended by itself."""
    if status == -getattr(signal, "SIGXCPU", 24):
        return Lost("time", "Stopped: it used more processor time than it may.")
    if status == -9:
        return Lost("memory", "Stopped by the system: it used more memory than it may.")
    if status < 0:
        names = {number.value: number.name for number in signal.Signals}
        return Lost("crash", f"The process crashed ({names.get(-status, f'signal {-status}')}).")
    return Lost("ended", "Your code ended the whole program: take out exit or quit.")


class _ForkServer:
    """A warm process that forks: see `warm`."""

    def __init__(self, level: Level, modules: Sequence[str], hidden: Sequence[Path]) -> None:
        self.level, self.modules, self.hidden = level, list(modules), list(hidden)
        self.process: subprocess.Popen[bytes] | None = None
        self.number = 0

    def start(self) -> Worker:
        """Fork a worker; the server is started where there is none (any more)."""
        for attempt in (1, 2):
            try:
                return self._fork()
            except (OSError, ValueError, KeyError):
                self.close()
                if attempt == 2:
                    raise RuntimeError("the process that starts workers has died twice") from None
        raise AssertionError

    def _fork(self) -> Worker:
        if self.process is None:
            self._start_server()
        reading, their_writing = os.pipe()
        their_reading, writing = os.pipe()
        try:
            answer = self._asked({"action": "fork"}, [their_reading, their_writing])
        except (OSError, ValueError, KeyError):
            os.close(reading)
            os.close(writing)
            raise
        finally:
            os.close(their_reading)
            os.close(their_writing)
        seen = Path(answer["folder"]) if self.level.name != "bubblewrap" else None
        return Worker(reading, writing, seen, answer["process"])

    def _start_server(self) -> None:
        self.control, theirs = socket.socketpair(
            socket.AF_UNIX, socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM
        )
        self.control.settimeout(START)
        contained = self.level.name == "bubblewrap"
        folder = "/tmp" if contained else tempfile.mkdtemp(prefix="backprop-lab-")
        settings = {
            "modules": self.modules,
            "folder": folder,
            "own_folder": not contained,
            "memory": MEMORY,
            "cpu": CPU,
            "grants": confine.grants(_readable(), self.hidden, [Path("/dev/null")]) if self.level.strong else None,
            "seccomp": confine.seccomp_program() if self.level.strong else None,
        }
        command = [os.path.abspath(sys.executable), "-s", "-P", "-m", "backprop_lab.grading.warm"]
        command += [str(theirs.fileno()), json.dumps(settings)]
        if contained:
            command = [*_bubblewrap(self.hidden), *command]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_environment(folder),
            cwd="/",
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        try:
            self._received()
        except (OSError, ValueError):
            self.process.kill()
            assert self.process.stderr is not None
            says = self.process.stderr.read().decode(errors="replace").strip().splitlines()
            raise RuntimeError(f"workers can't be started here: {says[-1] if says else 'no reason given'}") from None

    def _asked(self, request: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        """Return the answer to this request, and to no other."""
        self.number += 1
        message = json.dumps({**request, "number": self.number}).encode()
        socket.send_fds(self.control, [message], list(descriptors))
        answer = self._received()
        if answer.get("number") != self.number:
            raise ConnectionError("the process that starts workers is out of step")
        return answer

    def _received(self) -> dict[str, Any]:
        message = self.control.recv(4096)
        if not message:
            raise ConnectionError("the process that starts workers is gone")
        return dict(json.loads(message))

    def end(self, worker: Worker) -> int:
        """Kill a worker and return how it ended."""
        try:
            return int(self._asked({"action": "end", "process": worker.handle})["status"])
        except (OSError, ValueError, KeyError):
            self.close()
            return -9

    def close(self) -> None:
        """End the server and its workers."""
        process, self.process = self.process, None
        if process is None:
            return
        self.control.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stderr:
            process.stderr.close()


class _Fresh:
    """A new Python for each worker: where there is no fork."""

    def __init__(self, modules: Sequence[str]) -> None:
        self.modules = list(modules)

    def start(self) -> Worker:
        folder = Path(tempfile.mkdtemp(prefix="backprop-lab-"))
        process = subprocess.Popen(
            [os.path.abspath(sys.executable), "-s", "-P", "-m", "backprop_lab.grading.worker", *self.modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(str(folder)),
            cwd=folder,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        reading, writing = os.dup(process.stdout.fileno()), os.dup(process.stdin.fileno())
        process.stdin.close()
        process.stdout.close()
        return Worker(reading, writing, folder, process)

    def end(self, worker: Worker) -> int:
        worker.handle.poll()
        worker.handle.kill()
        status = int(worker.handle.wait())
        shutil.rmtree(worker.folder or "", ignore_errors=True)
        return status

    def close(self) -> None:
        """Do nothing: there is nothing besides the workers."""


# ------------------------------------------------------------------ what a worker sees


def _environment(folder: str) -> dict[str, str]:
    """Return the few variables that a worker gets: no name, no key, no token of whoever grades."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    at = dict.fromkeys(("HOME", "TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR"), folder)
    return {
        **kept,
        **one,
        **at,
        "PATH": os.defpath,
        "MPLBACKEND": "Agg",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
    }


def _python() -> list[Path]:
    """Return where Python, its libraries and this package are."""
    paths = {Path(sys.prefix), Path(sys.base_prefix), Path(sysconfig.get_path("stdlib")), PACKAGE}
    return sorted({path.resolve() for path in paths})


def _readable() -> list[Path]:
    system = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/dev/null", "/dev/urandom", "/dev/zero")
    return [*(Path(path) for path in system if os.path.exists(path)), *_python()]


def _bubblewrap(hidden: Sequence[Path]) -> list[str]:
    """Return the container: the system and Python, read only, a small folder in memory, and nothing else."""
    command = ["bwrap", "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"]
    command += ["--uid", "65534", "--gid", "65534", "--hostname", "grader", "--cap-drop", "ALL"]
    command += ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib64"):
        if os.path.islink(f"/{name}"):
            command += ["--symlink", os.readlink(f"/{name}"), f"/{name}"]
        else:
            command += ["--ro-bind-try", f"/{name}", f"/{name}"]
    for name in ("/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives"):
        command += ["--ro-bind-try", name, name]
    command += ["--proc", "/proc", "--dev", "/dev", "--size", str(FOLDER_SIZE), "--tmpfs", "/tmp"]
    places = _python()
    for path in places:
        command += ["--ro-bind", str(path), str(path)]
    for path in _masked(hidden, [*places, Path("/usr")]):
        command += ["--tmpfs", str(path), "--remount-ro", str(path)]
    return [*command, "--chdir", "/tmp", "--"]


def _masked(hidden: Sequence[Path], seen: Sequence[Path]) -> Iterator[Path]:
    for path in hidden:
        place = path.resolve()
        if place.is_dir() and any(other == place or other in place.parents for other in seen):
            yield place
