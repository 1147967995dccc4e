"""What came of an asking: the reply that is recorded, and how answers and failures become one.

Only telling ends apart belongs here; nothing is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from dx_pipeline.evidence.addresses import Target
from dx_pipeline.evidence.judgement import Body, Judgement, Walls, judge, judge_refusal
from dx_pipeline.evidence.media import Accept
from dx_pipeline.evidence.transport import Answer, TransportError

_KEPT = (
    "etag", "last-modified", "date", "age", "expires", "cache-control", "content-type", "content-length",
    "content-encoding", "content-language", "content-disposition", "location", "link", "retry-after", "server", "via",
    "x-robots-tag", "cf-mitigated",
)  # fmt: skip
_MAX_VALUE = 1_000
_GOOD = {200, 201, 203}
_NOTHING_YET = {202, 204, 205}
_TRANSIENT = {408, 425, 429}
_LASTING = {501, 505, 511}  # of the server's errors those that the next try meets again

_REMEDIES = {
    "timeout": "it is asked again next time; give the site more time (limits) if it is always slow",
    "unreachable": "it is asked again next time; look whether the site is up and has not moved",
    "dns_failure": "mend the host's name in the source's file, or look whether the site has moved",
    "tls_failure": "the site's operator has to mend it; no page is taken without a valid certificate",
    "truncated": "it is not kept and asked again next time; tell the site's operator if it stays so",
    "too_large": "it is not kept; ask for a smaller part, or raise the limit of bytes",
    "malformed": "it is not kept; look at the address in a browser, and tell the site's operator",
}
_STATUSES = {
    401: ("blocked", "the site asks for a login (status 401); get access, or take another source"),
    402: ("paywall", "the site asks for payment (status 402); get access, or take another source"),
    403: ("blocked", "the site forbids it (status 403); name a contact (DX_CONTACT), ask less often, or ask the site"),
    404: ("not_found", "there is no such page (status 404); look for its new address"),
    407: ("unreachable", "the proxy asks for a login (status 407); put it into HTTPS_PROXY"),
    408: ("timeout", "the site gave up waiting (status 408); it is asked again next time"),
    410: ("gone", "the page was taken away for good (status 410); what was kept of it stays"),
    429: ("throttled", "the site wants fewer requests (status 429); raise crawl_delay_seconds in the source's file"),
    451: ("blocked", "the site may not show it for legal reasons (status 451); take another source"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one asking may cost.

    ``connect_seconds`` and ``read_seconds`` bound a connection and each read; ``total_seconds`` one try with all
    its redirects, from connection to last byte; ``max_bytes`` a body, as sent and unpacked. A try that failed for a
    passing reason is repeated up to ``tries`` in all, after ``backoff_seconds`` and more, or the pause that the
    server asks for, up to ``max_wait_seconds``.
    """

    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    total_seconds: float = 120.0
    max_bytes: int = 20 * 1024 * 1024
    max_redirects: int = 5
    tries: int = 3
    backoff_seconds: float = 1.0
    max_wait_seconds: float = 120.0

    def __post_init__(self) -> None:
        """Refuse limits with which nothing could be asked."""
        if self.tries < 1 or min(self.connect_seconds, self.read_seconds, self.total_seconds, self.max_bytes) <= 0:
            raise ValueError(f"{self} leaves no room for a request; give at least one try, some time and some bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for, and when, in UTC without a zone; ``conditional`` where a version is kept already."""

    url: str
    at: datetime
    accept: Accept
    conditional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How the asking for one address ended.

    ``outcome`` is one of ``OUTCOMES``. ``body`` is there where a body came whole, unpacked; it is what was asked for
    where the outcome is ``ok``, and else shows what stood in its place. ``media_type`` is as sent, or told by the
    bytes where none was. ``headers`` are those of the last answer that matter, names in lower case. ``elapsed_ms``
    counts from the first request to the last byte, waits and retries included; ``requests`` counts every one, those
    for robots.txt too. ``detail`` tells what went wrong and what to do; of an ``ok`` it may remark on the charset.
    ``not_before`` is when the host may be asked again, where it said so.
    """

    url: str
    final_url: str
    asked_at: datetime
    outcome: str
    http_status: int | None = None
    media_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    elapsed_ms: int = 0
    requests: int = 0
    detail: str | None = None
    not_before: datetime | None = None

    @property
    def etag(self) -> str | None:
        """The ETag header, as sent."""
        return self.headers.get("etag")

    @property
    def last_modified(self) -> str | None:
        """The Last-Modified header, as sent."""
        return self.headers.get("last-modified")


class AttemptError(Exception):
    """A try that gave nothing to keep; ``transient`` tells whether another may.

    ``authority`` is the host that failed, ``status`` and ``headers`` are those of its answer, as far as it came.
    """

    def __init__(
        self,
        outcome: str,
        detail: str,
        *,
        transient: bool = False,
        authority: str | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        wait_seconds: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail
        self.transient = transient
        self.authority = authority
        self.status = status
        self.headers = headers or {}
        self.wait_seconds = wait_seconds

    def changed(self, detail: str, *, outcome: str | None = None, wait_seconds: float | None = None) -> "AttemptError":
        """Return the failure with other words; with a wait, it is final."""
        return AttemptError(
            outcome or self.outcome,
            detail,
            transient=self.transient and wait_seconds is None,
            authority=self.authority,
            status=self.status,
            headers=self.headers,
            wait_seconds=self.wait_seconds if wait_seconds is None else wait_seconds,
        )


def failure_of(error: TransportError, target: Target) -> AttemptError:
    """Return the failure that the wire met, with its remedy."""
    return AttemptError(
        error.outcome,
        f"{error}; {_REMEDIES[error.outcome]}",
        transient=error.transient,
        authority=target.authority,
        status=error.status,
        headers=error.headers,
    )


def failure_by_status(answer: Answer, target: Target, walls: Walls) -> AttemptError | None:
    """Return the failure that a status tells of, or ``None`` where the answer is to be judged by its body."""
    status = answer.status
    if status in _GOOD | _NOTHING_YET | {304}:
        return None
    refusal = None
    if status >= 400:
        refusal = judge_refusal(_body(answer, target.url, target.url), walls)
    if refusal:
        outcome, detail, transient = "blocked", f"{refusal} (status {status})", False
    elif status in _STATUSES:
        outcome, detail = _STATUSES[status]
        transient = status in _TRANSIENT
    elif status >= 500:
        outcome, transient = "server_error", status not in _LASTING
        detail = f"the site failed (status {status}); it is asked again next time, tell the operator if it stays so"
    elif status >= 400:
        outcome, transient = "blocked", status in _TRANSIENT
        detail = f"the site refuses the request (status {status}); look at the address in the source's file"
    else:
        outcome, transient = "malformed", False
        detail = f"the answer has status {status} and no page; {_REMEDIES['malformed']}"
    return AttemptError(
        outcome, detail, transient=transient, authority=target.authority, status=status, headers=answer.headers
    )


def reply_of(answer: Answer, target: Target, asked: Asked, walls: Walls, *, redirected: bool) -> Reply:
    """Return the reply for an answer of a good status, its body judged.

    Raises:
        AttemptError: where the body is not whole.
    """
    final_url = target.url if redirected else asked.url
    body = _body(answer, asked.url, final_url)
    judgement = _judge(answer, body, asked, walls)
    if judgement.outcome == "truncated":
        raise AttemptError(
            "truncated",
            judgement.detail or "",
            transient=True,
            authority=target.authority,
            status=answer.status,
            headers=answer.headers,
        )
    return Reply(
        url=asked.url,
        final_url=final_url,
        asked_at=asked.at,
        outcome=judgement.outcome,
        http_status=answer.status,
        media_type=judgement.media_type,
        headers=_that_matter(answer.headers),
        body=answer.body or None,
        detail=judgement.detail,
    )


def reply_of_error(error: AttemptError, asked: Asked, final_url: str, tries: int) -> Reply:
    """Return the reply for a failure that no further try followed."""
    detail, not_before = error.detail, None
    if error.wait_seconds is not None:
        not_before = (datetime.now(UTC) + timedelta(seconds=error.wait_seconds)).replace(tzinfo=None, microsecond=0)
        detail = f"{detail}; not before {not_before.isoformat()}Z"
    if tries > 1:
        detail = f"{detail} ({tries} tries)"
    return Reply(
        url=asked.url,
        final_url=final_url,
        asked_at=asked.at,
        outcome=error.outcome,
        http_status=error.status,
        media_type=error.headers.get("content-type"),
        headers=_that_matter(error.headers),
        detail=detail,
        not_before=not_before,
    )


def _judge(answer: Answer, body: Body, asked: Asked, walls: Walls) -> Judgement:
    media_type = answer.headers.get("content-type")
    if answer.status == 304 and asked.conditional:
        return Judgement("not_modified", None, media_type)
    if answer.status == 304:
        return Judgement("malformed", f"status 304 came unasked; {_REMEDIES['malformed']}", media_type)
    if answer.status in _NOTHING_YET:
        refusal = judge_refusal(body, walls)
        nothing = f"the site has nothing to give yet (status {answer.status}); it is asked again next time"
        return Judgement("blocked" if refusal else "empty", refusal or nothing, media_type)
    return judge(body, asked.accept, walls)


def _body(answer: Answer, url: str, final_url: str) -> Body:
    return Body(url=url, final_url=final_url, headers=answer.headers, content=answer.body, framed=answer.framed)


def _that_matter(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name][:_MAX_VALUE] for name in _KEPT if name in headers}
