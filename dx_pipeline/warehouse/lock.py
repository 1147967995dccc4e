"""Kernel locks on a warehouse: for the length of a run, while what is published changes, while one writes a correction.

The kernel frees a lock when its holder ends, however it ends: nothing is ever left to clean up.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from dx_pipeline.warehouse.errors import WarehouseError

PUBLISH_LOCK = ".publish.lock"
RUN_LOCK = ".run.lock"
REVIEW_LOCK = ".review.lock"
_POLL_SECONDS = 0.05


class LockTimeoutError(WarehouseError):
    """Another process has held the lock for longer than one was willing to wait."""


@contextmanager
def hold_lock(
    root: Path, purpose: str, wait_seconds: float, say: Callable[[str], None], name: str = PUBLISH_LOCK
) -> Iterator[None]:
    """Hold one of the warehouse's locks; where another process holds it, say for whom one waits, and wait.

    Args:
        root: the warehouse directory; made where it is missing.
        purpose: what the holder does, for the message that others read while they wait.
        wait_seconds: how long to wait at most.
        say: takes the message.
        name: which lock: ``PUBLISH_LOCK``, ``RUN_LOCK`` or ``REVIEW_LOCK``.

    Raises:
        LockTimeoutError: where the lock is not free in time; the message names its holder.
    """
    root.mkdir(parents=True, exist_ok=True)
    path = root / name
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(descriptor, path, wait_seconds, say)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} ({purpose}) since {since}".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def find_holder(root: Path, name: str = RUN_LOCK) -> str | None:
    """Say in words who holds a lock of the warehouse; ``None`` where nobody does."""
    try:
        descriptor = os.open(root / name, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(descriptor)
    finally:
        os.close(descriptor)
    return None


def _acquire(descriptor: int, path: Path, wait_seconds: float, say: Callable[[str], None]) -> None:
    deadline = time.monotonic() + wait_seconds
    with suppress(BlockingIOError):
        return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    say(f"waiting up to {wait_seconds:g} s for {_holder(descriptor)}, which holds {path}")
    while time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        with suppress(BlockingIOError):
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    raise LockTimeoutError(
        f"{_holder(descriptor)} has held {path} for more than {wait_seconds:g} s: "
        "let it end, or end it if it hangs, then run again"
    )


def _holder(descriptor: int) -> str:
    return os.pread(descriptor, 500, 0).decode("utf-8", "replace") or "another process"
