"""Asking the web: politely, within limits, only where it is allowed, with every end told apart.

Only the course of asking belongs here: which hop comes next, and whether to try again. Addresses are judged by
``addresses``, turns are taken in ``asking``, the wire is ``transport``, a body's worth is told by ``judgement``.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType

from dx_pipeline.evidence.addresses import RefusedError, Resolver, Target, join_target, read_target, system_resolve
from dx_pipeline.evidence.answers import Asked, AttemptError, Limits, Reply, failure_by_status, reply_of, reply_of_error
from dx_pipeline.evidence.asking import REDIRECTS, Asker, Course
from dx_pipeline.evidence.judgement import Walls, read_walls
from dx_pipeline.evidence.media import Accept
from dx_pipeline.evidence.retries import backoff_seconds, retry_after_seconds
from dx_pipeline.evidence.robots import PRODUCT
from dx_pipeline.evidence.routes import Router
from dx_pipeline.evidence.transport import Sending

__all__ = ["Accept", "Fetcher", "Limits", "Reply"]

_LONGEST_PAUSE_SECONDS = 24 * 3600
_OWN_HEADERS = {"user-agent", "host", "content-length", "transfer-encoding", "connection", "accept-encoding"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is asked, the same in every try."""

    asked: Asked
    sending: Sending
    delay_seconds: float
    allowed_hosts: frozenset[str] | None
    obey_robots: bool


class Fetcher:
    """Asks addresses for their bytes, from any number of threads.

    ``contact`` is put into the User-Agent. ``private_hosts`` may be asked though they are private: ``host`` or
    ``host:port``. ``proxies`` maps ``http``, ``https`` and ``no`` to what the variables HTTP_PROXY, HTTPS_PROXY and
    NO_PROXY hold; through a proxy, names are looked up and checked by the proxy, while literal private addresses
    are refused all the same. ``authorities`` is a PEM file of certificate authorities to trust besides the usual ones.

    One request at a time goes to a host, with the larger of ``delay_seconds`` and the Crawl-delay of its robots.txt
    between two; hosts are asked side by side. A host that asks for a pause has it from every thread.
    """

    def __init__(
        self,
        *,
        contact: str | None,
        private_hosts: frozenset[str] = frozenset(),
        limits: Limits = Limits(),  # noqa: B008 - frozen
        resolve: Resolver = system_resolve,
        proxies: Mapping[str, str] | None = None,
        authorities: str | None = None,
        walls: Walls | None = None,
    ) -> None:
        """Prepare; nothing is asked yet.

        Raises:
            ValueError: where the contact or a proxy cannot be used; the message tells which.
            OSError: where the file of authorities cannot be read.
        """
        self._agent = _user_agent(contact)
        self._limits = limits
        self._walls = walls or read_walls()
        self._private_hosts = frozenset(host.strip().lower() for host in private_hosts)
        self._asker = Asker(Router(resolve, proxies or {}, authorities), limits, self._private_hosts)

    def __enter__(self) -> "Fetcher":
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget what sites allow; no connection outlives its request."""
        self._asker.forget()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        delay_seconds: float = 0.0,
        accept: Accept = Accept.PAGE,
        allowed_hosts: frozenset[str] | None = None,
        obey_robots: bool = True,
    ) -> Reply:
        """Ask for an address; whatever site and network do, the reply tells how it ended.

        ``etag`` and ``last_modified`` are those of the version already kept: where it still holds, the outcome is
        ``not_modified``. Of ``allowed_hosts``, where given, every hop must be one.
        """
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        known = {name: value for name, value in validators.items() if value and value.isascii() and value.isprintable()}
        return self._ask(
            _Question(
                asked=Asked(url=url, at=_now(), accept=accept, conditional=bool(known)),
                sending=Sending(method="GET", headers={**self._headers(accept), **known}),
                delay_seconds=delay_seconds,
                allowed_hosts=_lowered(allowed_hosts),
                obey_robots=obey_robots,
            )
        )

    def post(
        self,
        url: str,
        *,
        data: bytes,
        content_type: str,
        headers: Mapping[str, str] | None = None,
        delay_seconds: float = 0.0,
        accept: Accept = Accept.DATA,
        allowed_hosts: frozenset[str] | None = None,
        obey_robots: bool = True,
    ) -> Reply:
        """Ask a service that takes its questions by POST, through the same guard.

        It is repeated as ``get`` is, so it is for questions only, never for orders. A redirect of status 307 or 308
        is asked by POST again, any other by GET. ``headers`` are sent too; the User-Agent stays the honest one.
        """
        more = {name: value for name, value in (headers or {}).items() if name.lower() not in _OWN_HEADERS}
        sent = {**self._headers(accept), **more, "Content-Type": content_type}
        return self._ask(
            _Question(
                asked=Asked(url=url, at=_now(), accept=accept),
                sending=Sending(method="POST", headers=sent, data=data),
                delay_seconds=delay_seconds,
                allowed_hosts=_lowered(allowed_hosts),
                obey_robots=obey_robots,
            )
        )

    def _headers(self, accept: Accept) -> dict[str, str]:
        return {
            "User-Agent": self._agent,
            "Accept": accept.value,
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }

    def _ask(self, question: _Question) -> Reply:
        course = Course(
            seconds_left=self._limits.total_seconds,
            patience_seconds=max(self._limits.max_wait_seconds, question.delay_seconds),
            final_url=question.asked.url,
        )
        reply = self._until_it_ends(question, course)
        elapsed = 0.0 if course.started is None else time.monotonic() - course.started
        return replace(reply, elapsed_ms=round(elapsed * 1000), requests=course.requests)

    def _until_it_ends(self, question: _Question, course: Course) -> Reply:
        number = 1
        while True:
            course.seconds_left = self._limits.total_seconds
            try:
                return self._follow(question, course)
            except AttemptError as failure:
                last = self._pause(failure, number)
                if not last.transient or number >= self._limits.tries:
                    return reply_of_error(last, question.asked, course.final_url, number)
            number += 1

    def _pause(self, failure: AttemptError, number: int) -> AttemptError:
        """Hold everybody off a host that asks for it, or failed; the failure is final where that takes too long."""
        if not failure.transient or failure.authority is None:
            return failure
        limits = self._limits
        asked = retry_after_seconds(failure.headers) if failure.status in {429, 503} else None
        if asked is not None:
            seconds = min(asked, _LONGEST_PAUSE_SECONDS)
            self._asker.turns.pause(failure.authority, seconds)
            if asked > limits.max_wait_seconds or number >= limits.tries:
                detail = (
                    f"the site asks for a pause of {asked:.0f} s (status {failure.status}); it is asked again later"
                )
                return failure.changed(detail, outcome="throttled", wait_seconds=seconds)
        elif number < limits.tries:
            seconds = backoff_seconds(number, limits.backoff_seconds, limits.max_wait_seconds)
            self._asker.turns.pause(failure.authority, seconds)
        return failure

    def _follow(self, question: _Question, course: Course) -> Reply:
        """Make one try, redirects included."""
        sending = question.sending
        target = self._admit(read_target, question, question.asked.url)
        course.final_url = question.asked.url
        seen: set[tuple[str, str]] = set()
        while True:
            seen.add((sending.method, target.url))
            answer = self._asker.send(target, sending, self._delay(question, target, course), course)
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or not location:
                break
            before, target = target, self._admit(partial(join_target, target), question, location)
            course.final_url = target.url
            sending = self._redirected(sending, answer.status, question, same_site=before.origin == target.origin)
            self._refuse_circles(sending.method, target, seen)
        failure = failure_by_status(answer, target, self._walls)
        if failure:
            raise failure
        return reply_of(answer, target, question.asked, self._walls, redirected=len(seen) > 1)

    def _redirected(self, sending: Sending, status: int, question: _Question, *, same_site: bool) -> Sending:
        """Return what is sent to where a redirect leads: keys meant for one site go to no other."""
        plain = self._headers(question.asked.accept)
        if sending.method == "POST" and status not in {307, 308}:
            return Sending(method="GET", headers=plain)
        if sending.method == "POST" and not same_site:
            return replace(sending, headers={**plain, "Content-Type": sending.headers["Content-Type"]})
        return sending

    def _refuse_circles(self, method: str, target: Target, seen: set[tuple[str, str]]) -> None:
        if (method, target.url) in seen:
            raise AttemptError(
                "redirect_loop", f"a redirect leads back to {target.url}; look at the address in a browser"
            )
        if len(seen) > self._limits.max_redirects:
            detail = f"more than {self._limits.max_redirects} redirects, the next to {target.url}"
            raise AttemptError("redirect_loop", f"{detail}; write the address that they lead to")

    def _admit(self, read: Callable[[str, frozenset[str]], Target], question: _Question, url: str) -> Target:
        try:
            target = read(url, self._private_hosts)
            if question.allowed_hosts is not None and target.host not in question.allowed_hosts:
                names = ", ".join(sorted(question.allowed_hosts))
                raise RefusedError(f"{target.host} is no host of the source, which has {names}; add it to its hosts")
        except RefusedError as error:
            raise AttemptError("refused", str(error)) from error
        return target

    def _delay(self, question: _Question, target: Target, course: Course) -> float:
        """Return the seconds to keep between two requests to a site, once its robots.txt allows this one."""
        if not question.obey_robots:
            return question.delay_seconds
        robots = self._asker.robots(target, question.sending, question.delay_seconds, course)
        line = robots.refusal(target.path)
        if line:
            detail = f"robots.txt of {target.host} says '{line}'; leave the page out, or ask the site for consent"
            raise AttemptError("blocked", detail)
        return max(question.delay_seconds, robots.crawl_delay_seconds)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _lowered(hosts: frozenset[str] | None) -> frozenset[str] | None:
    return None if hosts is None else frozenset(host.lower() for host in hosts)


def _user_agent(contact: str | None) -> str:
    try:
        number = version("dx-pipeline")
    except PackageNotFoundError:
        number = "0"
    if not contact:
        return f"{PRODUCT}/{number}"
    if not (contact.isascii() and contact.isprintable()) or set("()") & set(contact):
        raise ValueError(f"the contact {contact!r} (DX_CONTACT) is no mail or web address in plain ASCII; mend it")
    return f"{PRODUCT}/{number} (+{contact})"
