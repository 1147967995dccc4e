"""Whose turn it is: one request at a time per host, with a pause after each, and hosts side by side.

Only waiting belongs here. What a host may be asked is told by ``robots``, what it answered by ``fetch``.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class NotYetError(Exception):
    """A host wants no request for longer than one is ready to wait; ``seconds`` tells how long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no request for {seconds:.0f} s")
        self.seconds = seconds


@dataclass(slots=True)
class _Host:
    turn: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0  # on the monotonic clock
    paused_until: float = 0.0


class Turns:
    """The turns of all hosts, for the threads of one process."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}
        self._guard = threading.Lock()

    @contextmanager
    def take(self, host: str, delay_seconds: float, max_wait_seconds: float) -> Iterator[None]:
        """Hold the turn of a host, once ``delay_seconds`` have passed since the request before ended.

        Raises:
            NotYetError: where a pause that the host asked for, or its delay, is longer than ``max_wait_seconds``.
        """
        one = self._host(host)
        with one.turn:
            self._wait(one, delay_seconds, max_wait_seconds)
            try:
                yield
            finally:
                one.free_at = time.monotonic()

    def pause(self, host: str, seconds: float) -> None:
        """Let nobody ask a host for so long; a longer pause already set stays."""
        one = self._host(host)
        one.paused_until = max(one.paused_until, time.monotonic() + seconds)

    def _wait(self, one: _Host, delay_seconds: float, max_wait_seconds: float) -> None:
        while True:  # another thread may lengthen the pause meanwhile
            asked_before = one.free_at > 0
            free_at = max(one.paused_until, one.free_at + delay_seconds if asked_before else 0.0)
            seconds = free_at - time.monotonic()
            if seconds <= 0:
                return
            if seconds > max_wait_seconds:
                raise NotYetError(seconds)
            time.sleep(seconds)

    def _host(self, host: str) -> _Host:
        with self._guard:
            return self._hosts.setdefault(host, _Host())
