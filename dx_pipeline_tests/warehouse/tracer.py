"""Watching every system call by which a child process touches files below a directory, and killing it there.

Pure Python over Linux's ptrace, so that it runs wherever the tests run. A seccomp filter makes the
child stop at the listed calls only, so that it runs nearly as fast as unwatched. Arguments come from
``PTRACE_GET_SYSCALL_INFO`` (Linux 5.3), which is the same on every machine; only the numbers of the
calls differ, and those of x86_64 and aarch64 are listed. All threads of the child are followed.
"""

import ctypes
import os
import platform
import signal
import struct
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_CALLS: dict[str, tuple[int | None, int | None, str]] = {  # numbers on x86_64 and aarch64, and the arguments
    "write": (1, 64, "fd"),
    "open": (2, None, "path"),
    "pwrite64": (18, 68, "fd"),
    "writev": (20, 66, "fd"),
    "flock": (73, 32, "fd"),
    "fsync": (74, 82, "fd"),
    "fdatasync": (75, 83, "fd"),
    "truncate": (76, 45, "path"),
    "ftruncate": (77, 46, "fd"),
    "rename": (82, None, "path path"),
    "mkdir": (83, None, "path"),
    "rmdir": (84, None, "path"),
    "creat": (85, None, "path"),
    "link": (86, None, "path path"),
    "unlink": (87, None, "path"),
    "symlink": (88, None, "other path"),
    "chmod": (90, None, "path"),
    "fchmod": (91, 52, "fd"),
    "openat": (257, 56, "at"),
    "mkdirat": (258, 34, "at"),
    "unlinkat": (263, 35, "at"),
    "renameat": (264, 38, "at at"),
    "linkat": (265, 37, "at at"),
    "symlinkat": (266, 36, "other at"),
    "fchmodat": (268, 53, "at"),
    "fallocate": (285, 47, "fd"),
    "pwritev": (296, 70, "fd"),
    "renameat2": (316, 276, "at at"),
    "openat2": (437, 437, "at"),
    "fchmodat2": (452, 452, "at"),
}
_FLAGS = {"open": 1, "openat": 2}  # which argument says how a file is opened
_KEEPING = {"flock", "fsync", "fdatasync"}  # a killed process leaves the same files with them or without
_MACHINE = {"x86_64": 0, "aarch64": 1}.get(platform.machine())
_NAMES = {} if _MACHINE is None else {call[_MACHINE]: name for name, call in _CALLS.items() if call[_MACHINE]}

_CONT, _SEIZE, _GET_SYSCALL_INFO = 7, 0x4206, 0x420E
_OPTIONS = 0x2 | 0x4 | 0x8 | 0x80 | 0x100000  # follow FORK, VFORK and CLONE; report SECCOMP; EXITKILL
_EVENT_SECCOMP = 7
_WALL = 0x40000000
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _MODE_FILTER = 22, 38, 2
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _TRACE = 0x7FFF0000, 0x7FF00000
_AT_FDCWD = -100
_PAGE = 4096

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


class TracingForbiddenError(OSError):
    """The machine does not let a process watch its own child."""


class _SyscallInfo(ctypes.Structure):
    _fields_ = [
        ("op", ctypes.c_uint8),
        ("arch", ctypes.c_uint32),
        ("instruction_pointer", ctypes.c_uint64),
        ("stack_pointer", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
        ("data", ctypes.c_uint64),
    ]


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


@dataclass(frozen=True, slots=True)
class Call:
    """A system call that is about to happen: its name, the paths that it touches, whether files stay as they are."""

    name: str
    paths: tuple[str, ...]
    changes_nothing: bool


def run_traced(body: Callable[[], object], root: Path, stop_at: Callable[[Call], bool]) -> bool:
    """Run a function in a forked child and kill it with SIGKILL just before a chosen system call.

    Args:
        body: what the child does; an exception in it makes the child end with status 1.
        root: only calls that touch paths below this directory are shown to ``stop_at``.
        stop_at: is shown each call before it happens; says whether the child is killed there.

    Returns:
        Whether the child was killed.

    Raises:
        TracingForbiddenError: where this machine does not permit or know the ways of tracing used here.
        ChildProcessError: where the child ended with an error of its own.
    """
    if not _NAMES:
        raise TracingForbiddenError(f"the system calls of {platform.machine()} are not listed in the tracer")
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        _run_child(body, ready)
    os.close(ready)
    try:
        _ptrace(_SEIZE, child, 0, _OPTIONS)
    except OSError as error:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise TracingForbiddenError(f"ptrace is not permitted here: {error}") from error
    finally:
        os.close(go)  # the child waits for the end of this pipe
    return _follow(child, f"{root}/", stop_at)


def _run_child(body: Callable[[], object], ready: int) -> None:
    status = 1
    try:
        os.read(ready, 1)
        _install_filter()
        body()
        status = 0
    except TracingForbiddenError:
        status = 2
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _install_filter() -> None:
    """Make the listed calls stop this process, and every thread it will have, for its tracer."""
    program = [struct.pack("HBBI", _LOAD, 0, 0, 0)]
    numbers = [number for number in _NAMES if number is not None]
    for position, number in enumerate(numbers):
        program.append(struct.pack("HBBI", _JUMP_IF_EQUAL, len(numbers) - position, 0, number))
    program += [struct.pack("HBBI", _RETURN, 0, 0, action) for action in (_ALLOW, _TRACE)]
    filter_program = _FilterProgram(len(program), b"".join(program))
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or _libc.prctl(
        _PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(filter_program), 0, 0
    ):
        raise TracingForbiddenError("seccomp is not permitted here")


def _follow(child: int, below: str, stop_at: Callable[[Call], bool]) -> bool:
    killed = False
    while True:
        thread, status = os.waitpid(-1, _WALL)
        if os.WIFSTOPPED(status):
            event = status >> 16
            call = _announced_call(thread, below) if event == _EVENT_SECCOMP and not killed else None
            if call and stop_at(call):
                os.kill(child, signal.SIGKILL)
                killed = True
                continue
            with suppress(ProcessLookupError):  # killed in the meantime; waitpid will tell
                _ptrace(_CONT, thread, 0, 0 if event else os.WSTOPSIG(status))
        elif thread == child:
            return killed or _ended_well(os.waitstatus_to_exitcode(status))


def _ended_well(status: int) -> bool:
    if status == 2:
        raise TracingForbiddenError("seccomp is not permitted here")
    if status:
        raise ChildProcessError(f"the traced child ended with {status}")
    return False


def _announced_call(thread: int, below: str) -> Call | None:
    info = _SyscallInfo()
    try:
        _ptrace(_GET_SYSCALL_INFO, thread, ctypes.sizeof(info), ctypes.addressof(info))
    except ProcessLookupError:
        return None
    name = _NAMES[info.number]
    arguments = list(info.arguments)
    only_reads = name in _FLAGS and not arguments[_FLAGS[name]] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    changes_nothing = only_reads or name in _KEEPING
    paths = tuple(path for path in _paths(thread, name, arguments) if path.startswith(below))
    return Call(name, paths, changes_nothing) if paths else None


def _paths(thread: int, name: str, arguments: list[int]) -> list[str]:
    paths = []
    for kind in _CALLS[name][2].split():
        first = arguments.pop(0)
        if kind == "fd":
            paths.append(_opened(thread, first))
        elif kind == "path":
            paths.append(_text(thread, first))
        elif kind == "at":
            paths.append(_below(thread, first, _text(thread, arguments.pop(0))))
    return paths


def _below(thread: int, directory: int, path: str) -> str:
    if path.startswith("/") or _signed(directory) == _AT_FDCWD:
        return path
    return f"{_opened(thread, directory)}/{path}"


def _opened(thread: int, descriptor: int) -> str:
    with suppress(OSError):
        return str(Path(f"/proc/{thread}/fd/{_signed(descriptor)}").readlink())
    return ""


def _signed(value: int) -> int:
    return ctypes.c_int(value & 0xFFFFFFFF).value


def _text(thread: int, address: int) -> str:
    with Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
        to_page_end = _PAGE - address % _PAGE
        text = os.pread(memory.fileno(), to_page_end, address)
        if b"\0" not in text:
            text += os.pread(memory.fileno(), _PAGE, address + to_page_end)
    return os.fsdecode(text.split(b"\0", 1)[0])


def _ptrace(request: int, thread: int, address: int = 0, data: int = 0) -> None:
    if _libc.ptrace(request, thread, address, data) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
