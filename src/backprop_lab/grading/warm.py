"""A process that has imported everything, and forks one worker for each submission. POSIX only.

It holds no test, no solution and no submission: its children inherit its memory. Each child confines itself before
it runs a line of a student's code.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
from typing import Any

from backprop_lab.grading import confine
from backprop_lab.grading.worker import serve, warm_up

__all__ = ["main"]


def main(descriptor: int, settings: dict[str, Any]) -> None:
    """Serve requests on this socket until the other side is gone: `fork`, and `end` of a worker."""
    control = socket.socket(fileno=descriptor)
    shell = warm_up(settings["modules"])
    gc.freeze()
    folders: dict[int, str] = {}
    control.send(b'{"ready": true}')
    while True:
        message, descriptors = _receive(control)
        if not message:
            break
        request = json.loads(message)
        answer: dict[str, Any]
        if request["action"] == "fork":
            folder = tempfile.mkdtemp(prefix="worker-", dir=settings["folder"])
            process = os.fork()
            if process == 0:
                _become_worker(control, descriptors, folder, settings, shell)
            for each in descriptors:
                os.close(each)
            folders[process] = folder
            answer = {"process": process, "folder": folder}
        else:
            answer = {"status": _end(request["process"])}
            if not _removed(folders.pop(request["process"])):
                break  # the next ones would find no room: a new server starts with an empty folder
        control.send(json.dumps({**answer, "number": request["number"]}).encode())
    for process in folders:
        _end(process)
    if settings["own_folder"]:
        _removed(settings["folder"])


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    message, ancillary, _, _ = control.recvmsg(4096, socket.CMSG_SPACE(2 * array.array("i").itemsize))
    descriptors = array.array("i")
    for _, _, data in ancillary:
        descriptors.frombytes(data)
    return message, list(descriptors)


def _end(process: int) -> int:
    """Kill a worker, and return how it ended: by itself before, or now."""
    ended, status = os.waitpid(process, os.WNOHANG)
    if not ended:
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)  # what it left behind, where it may start processes
    return os.waitstatus_to_exitcode(status)


def _removed(folder: str) -> bool:
    """Remove a folder, however deep it is and whatever rights its entries have; say whether it is gone."""
    for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
        subprocess.run([*command, "--", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return not os.path.lexists(folder)


def _become_worker(
    control: socket.socket, descriptors: list[int], folder: str, settings: dict[str, Any], shell: Any
) -> None:
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        reading, writing = (os.dup2(each, 900 + k) for k, each in enumerate(descriptors))
        control.detach()
        os.closerange(3, 900)
        reading, writing = os.dup2(reading, 3), os.dup2(writing, 4)
        os.closerange(5, 1024)
        os.chdir(folder)
        os.environ.update(dict.fromkeys(("HOME", "TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR"), folder))
        tempfile.tempdir = folder
        _reseed()
        confine.rlimits(settings["memory"], settings["cpu"])
        if settings["grants"] is not None:
            confine.landlock([*map(tuple, settings["grants"]), (folder, (1 << 16) - 1)])
        if settings["seccomp"] is not None:
            confine.seccomp(settings["seccomp"])
        serve(reading, writing, shell)
    finally:
        os._exit(1)


def _reseed() -> None:
    """Give each worker random numbers of its own: a fork copies the generators."""
    import numpy as np

    random.seed()
    np.random.seed()  # noqa: NPY002  # the generator that students may use


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
