"""One run at a time in a warehouse: a kernel lock, which ends with the process that holds it.

A killed run leaves no lock behind. Publishing has a lock of its own in ``warehouse/``. Nothing here
imports Dagster.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

WAIT_SECONDS = 600.0
_POLL_SECONDS = 0.2


class RunLockedError(RuntimeError):
    """Another run held the warehouse for longer than this one would wait."""


def lock_path(warehouse: Path) -> Path:
    """Return the file that the lock lies on."""
    return warehouse / ".run.lock"


@contextmanager
def hold_run_lock(
    warehouse: Path, run_id: str, on_wait: Callable[[str], None], wait_seconds: float = WAIT_SECONDS
) -> Iterator[None]:
    """Hold the warehouse for one run; wait for another run to end first.

    Args:
        warehouse: The directory of the warehouse; made where it is missing.
        run_id: Named to whoever waits for this run.
        on_wait: Called once with a sentence that says who holds the lock, where this run must wait.
        wait_seconds: How long to wait.

    Raises:
        RunLockedError: where the other run has not ended by then; the message names it.
    """
    warehouse.mkdir(parents=True, exist_ok=True)
    with lock_path(warehouse).open("a+", encoding="utf-8") as file:
        _acquire(file, on_wait, wait_seconds)
        file.truncate(0)
        json.dump({"pid": os.getpid(), "run_id": run_id, "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"}, file)
        file.flush()
        yield


def find_holder(warehouse: Path) -> str | None:
    """Say in words which run holds the warehouse; ``None`` where no run does."""
    try:
        with lock_path(warehouse).open("r", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _describe(file)
    except FileNotFoundError:
        pass
    return None


def _acquire(file: IO[str], on_wait: Callable[[str], None], wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    told = False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _describe(file)
        else:
            return
        if time.monotonic() >= deadline:
            raise RunLockedError(
                f"gave up after {wait_seconds:.0f} s: {holder} holds {file.name}; "
                "wait for it to end, or end that process, and run again"
            )
        if not told:
            on_wait(f"waiting up to {wait_seconds:.0f} s for {holder} to end (it holds {file.name})")
            told = True
        time.sleep(_POLL_SECONDS)


def _describe(file: IO[str]) -> str:
    file.seek(0)
    try:
        holder = json.loads(file.read())
        return f"run {holder['run_id']} (process {holder['pid']}, since {holder['since']})"
    except (ValueError, KeyError, TypeError):  # the holder is just writing its name
        return "another run"
