"""Take rights away from the process that is about to run a student's code. Nothing can give them back.

Three layers, each on its own: rlimits (POSIX: memory, processor time, sizes of files), Landlock (Linux 5.13 and newer:
which files can be opened) and seccomp (Linux: no sockets, processes, threads or signals). No administrator is needed.
Around them, where there is one, bubblewrap puts a container without network: see `sandbox`.
"""

from __future__ import annotations

import base64
import ctypes
import errno
import os
import struct
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["grants", "has_landlock", "landlock", "rlimits", "seccomp", "seccomp_program"]

MB = 1 << 20
LARGEST_FILE, OPEN_FILES = 8 * MB, 64

# ------------------------------------------------------------------ rlimits


def rlimits(memory: int, cpu: int) -> None:
    """Limit this process: bytes of memory, seconds of processor time, sizes and number of files. POSIX only."""
    if sys.platform == "win32":
        return
    import resource

    limits = {"AS": memory, "CPU": cpu, "FSIZE": LARGEST_FILE, "NOFILE": OPEN_FILES, "CORE": 0}
    for name, value in limits.items():
        _, hard = resource.getrlimit(number := getattr(resource, f"RLIMIT_{name}"))
        most = value + 5 if name == "CPU" else value  # at the soft limit a signal says why
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(number, (min(value, most), most))
        except (ValueError, OSError):
            if name != "AS":  # macOS refuses a limit on the address space
                raise


# ------------------------------------------------------------------ Landlock (see landlock(7))

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE, IOCTL = 1, 2, 4, 8, 1 << 14, 1 << 15
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL
READ = EXECUTE | READ_FILE | READ_DIR
PR_SET_NO_NEW_PRIVS = 38
RIGHTS_OF_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}  # how many file rights there are; 16 since version 5


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _version() -> int:
    return int(_libc().syscall(CREATE_RULESET, None, 0, 1)) if sys.platform == "linux" else 0


def has_landlock() -> bool:
    """Say whether this kernel has Landlock."""
    return _version() >= 1


def landlock(grants: Iterable[tuple[str, int]]) -> None:
    """Open no file from now on but those below the granted paths, each with its rights.

    Where the kernel knows how, TCP, abstract sockets and signals to other processes are refused too.
    """
    libc, version = _libc(), _version()
    every = (1 << RIGHTS_OF_VERSION.get(version, 16)) - 1
    network, scope = (3 if version >= 4 else 0), (3 if version >= 6 else 0)
    attributes = struct.pack("QQQ", every, network, scope)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = libc.syscall(CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    for path, rights in grants:
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        rights &= every if os.path.isdir(path) else every & FILE_RIGHTS
        if libc.syscall(ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, descriptor), 0):
            raise OSError(ctypes.get_errno(), f"landlock_add_rule {path}")
        os.close(descriptor)
    _no_new_privileges(libc)
    if libc.syscall(RESTRICT_SELF, ruleset, 0):
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    os.close(ruleset)


def grants(readable: Iterable[Path], hidden: Iterable[Path], writable: Iterable[Path] = ()) -> list[tuple[str, int]]:
    """Return the rights that make `readable` readable, except what lies below a hidden path.

    Of a folder with something hidden in it the names are readable, and each entry that is not hidden.
    """
    secret = {path.resolve() for path in hidden}
    read = [right for path in readable for right in _readable(path.resolve(), secret)]
    return read + [(str(path), (1 << 16) - 1) for path in writable]


def _readable(path: Path, secret: set[Path]) -> Iterator[tuple[str, int]]:
    if path in secret or secret & set(path.parents):
        return
    if not any(path in hidden.parents for hidden in secret):
        yield str(path), READ
        return
    yield str(path), READ_DIR
    for entry in sorted(path.iterdir()):
        if not entry.is_symlink():
            yield from _readable(entry, secret)


def _no_new_privileges(libc: ctypes.CDLL) -> None:
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")


# ------------------------------------------------------------------ seccomp

# No processes, threads, signals, sockets, no rights of files; nothing that reaches other processes or the kernel.
REFUSED = """
    fork vfork clone execve execveat kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open
    pidfd_send_signal pidfd_getfd socket socketpair memfd_create memfd_secret shmget mq_open msgget semget
    ptrace process_vm_readv process_vm_writev process_madvise kcmp mount umount2 pivot_root chroot unshare
    setns open_tree move_mount fsopen fsmount open_by_handle_at keyctl add_key request_key bpf perf_event_open
    userfaultfd io_uring_setup io_uring_enter io_uring_register kexec_load init_module finit_module
    delete_module swapon reboot acct quotactl fanotify_init mknod mknodat truncate truncate64 personality
    move_pages migrate_pages setpriority chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime
    utimes utimensat futimesat setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr
    removexattrat sched_setscheduler sched_setaffinity ioprio_set setrlimit
""".split()  # noqa: SIM905  # one word a line reads worse


def seccomp_program() -> str | None:
    """Return the filter as text, or None where it can't be made: it needs Linux, libseccomp and pyseccomp."""
    if sys.platform != "linux":
        return None
    try:
        import pyseccomp as library
    except (ImportError, RuntimeError, OSError):  # not installed, or no libseccomp
        return None
    rules = library.SyscallFilter(library.ALLOW)
    for name in REFUSED:
        try:
            rules.add_rule(library.ERRNO(errno.EPERM), name)
        except (OSError, ValueError, RuntimeError):  # this architecture has no such call
            continue
    rules.add_rule(library.ERRNO(errno.ENOSYS), "clone3")  # glibc then tries clone
    rules.add_rule(library.ERRNO(errno.EPERM), "prlimit64", library.Arg(2, library.NE, 0))  # asking is allowed
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return base64.b64encode(file.read()).decode()


def seccomp(program: str) -> None:
    """Load a filter made by `seccomp_program`: from now on its calls fail."""
    libc, code = _libc(), base64.b64decode(program)
    _no_new_privileges(libc)
    buffer = ctypes.create_string_buffer(code, len(code))
    filter_ = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    if libc.prctl(22, 2, filter_, 0, 0):  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        raise OSError(ctypes.get_errno(), "seccomp")
