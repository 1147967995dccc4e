"""One request in its turn, and what a site's robots.txt allows: all that is known of hosts while a process runs.

Only waiting for turns, sending, and keeping robots.txt belongs here; retries and redirects of pages are for ``fetch``.
"""

import threading
import time
from dataclasses import dataclass, field, replace

from dx_pipeline.evidence.addresses import RefusedError, Target, join_target
from dx_pipeline.evidence.answers import AttemptError, Limits, failure_of
from dx_pipeline.evidence.politeness import NotYetError, Turns
from dx_pipeline.evidence.robots import MAX_BYTES as ROBOTS_BYTES
from dx_pipeline.evidence.robots import Robots, read_robots
from dx_pipeline.evidence.routes import Router
from dx_pipeline.evidence.transport import Answer, Deadlines, Sending, TransportError

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEPT_SECONDS = 24 * 3600  # RFC 9309: not to be used for longer
_FAILED_KEPT_SECONDS = 600
_ROBOTS_HOPS = 5


@dataclass(slots=True)
class Course:
    """How an asking goes: its first request on the monotonic clock, requests sent, seconds left of this try.

    ``patience_seconds`` is the longest wait for a turn once it is the turn of this asking.
    """

    seconds_left: float
    patience_seconds: float
    final_url: str
    started: float | None = None
    requests: int = 0
    robots_failure: AttemptError | None = None


@dataclass(slots=True)
class _Site:
    """What is known of one site's robots.txt: what it says, or why it could not be had."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    robots: Robots | None = None
    failure: AttemptError | None = None
    good_until: float = 0.0


class Asker:
    """Sends requests, each in the turn of its host, and keeps what the sites' robots.txt say."""

    def __init__(self, router: Router, limits: Limits, private_hosts: frozenset[str]) -> None:
        self.turns = Turns()
        self._router = router
        self._limits = limits
        self._private_hosts = private_hosts
        self._sites: dict[str, _Site] = {}
        self._guard = threading.Lock()

    def send(
        self, target: Target, sending: Sending, delay_seconds: float, course: Course, *, first_bytes: int | None = None
    ) -> Answer:
        """Send one request once its host may be asked; of a body, ``first_bytes`` suffice where given.

        Raises:
            AttemptError: where there is no whole answer, or the host wants none asked for too long.
        """
        try:
            with self.turns.take(target.authority, delay_seconds, course.patience_seconds):
                return self._send_now(target, sending, course, first_bytes)
        except NotYetError as error:
            detail = f"{target.host} wants no request for {error.seconds:.0f} s; it is asked again later"
            raise AttemptError("throttled", detail, wait_seconds=error.seconds) from error
        except RefusedError as error:
            raise AttemptError("refused", str(error)) from error
        except TransportError as error:
            raise failure_of(error, target) from error

    def robots(self, target: Target, sending: Sending, delay_seconds: float, course: Course) -> Robots:
        """Return what the robots.txt of a target's site says; it is asked for once in a day.

        ``sending`` has the headers to ask with. A site that has none forbids nothing, one whose server fails
        forbids everything until it is asked again.

        Raises:
            AttemptError: where it could not be had.
        """
        with self._guard:
            site = self._sites.setdefault(target.origin, _Site())
        with site.lock:
            own = site.failure is not None and site.failure is course.robots_failure  # this very asking tries again
            if own or time.monotonic() >= site.good_until:
                self._ask_robots(site, target, sending, delay_seconds, course)
            if site.failure:
                raise site.failure.changed(_of_robots(site.failure))
            return site.robots or Robots()

    def forget(self) -> None:
        """Forget what the sites' robots.txt say."""
        with self._guard:
            self._sites.clear()

    def _send_now(self, target: Target, sending: Sending, course: Course, first_bytes: int | None) -> Answer:
        limits, started = self._limits, time.monotonic()
        course.started = started if course.started is None else course.started
        deadlines = Deadlines(
            ends_at=started + course.seconds_left,
            connect_seconds=limits.connect_seconds,
            read_seconds=limits.read_seconds,
            max_bytes=first_bytes or limits.max_bytes,
        )
        course.requests += 1
        try:
            return self._router.send(target, sending, deadlines, cut=first_bytes is not None)
        except RefusedError:
            course.requests -= 1  # found out before anything was sent
            raise
        finally:
            course.seconds_left -= time.monotonic() - started

    def _ask_robots(self, site: _Site, target: Target, sending: Sending, delay_seconds: float, course: Course) -> None:
        site.robots = site.failure = None
        try:
            answer = self._robots_answer(target, sending, delay_seconds, course)
            site.robots = read_robots(answer.body) if answer else Robots()
            site.good_until = time.monotonic() + _KEPT_SECONDS
        except AttemptError as failure:
            site.failure = course.robots_failure = failure
            site.good_until = time.monotonic() + _FAILED_KEPT_SECONDS

    def _robots_answer(self, target: Target, sending: Sending, delay_seconds: float, course: Course) -> Answer | None:
        """Ask for a robots.txt, along its redirects; ``None`` where the site has none."""
        headers = {name: value for name, value in sending.headers.items() if name in {"User-Agent", "Connection"}}
        asking = Sending(
            method="GET", headers={**headers, "Accept": "text/plain, */*;q=0.1", "Accept-Encoding": "gzip"}
        )
        at = replace(target, url=f"{target.url.removesuffix(target.path)}/robots.txt", path="/robots.txt")
        for _ in range(_ROBOTS_HOPS + 1):
            answer = self.send(at, asking, delay_seconds, course, first_bytes=ROBOTS_BYTES)
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or not location:
                return _robots_if_any(answer, at)
            try:
                at = join_target(at, location, self._private_hosts)
            except RefusedError as error:
                raise AttemptError("refused", str(error)) from error
        return None


def _of_robots(failure: AttemptError) -> str:
    if failure.status is None:  # the whole host cannot be had
        return failure.detail
    return f"robots.txt could not be had, so nothing else is asked: {failure.detail}"


def _robots_if_any(answer: Answer, target: Target) -> Answer | None:
    if 200 <= answer.status < 300:
        return answer
    if answer.status < 500 and answer.status != 429:
        return None
    outcome = "throttled" if answer.status == 429 else "server_error"
    raise AttemptError(
        outcome,
        f"the site answered with status {answer.status}; it is asked again next time",
        transient=True,
        authority=target.authority,
        status=answer.status,
        headers=answer.headers,
    )
