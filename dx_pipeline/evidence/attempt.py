"""What is kept of one attempt to get bytes from the web.

Only the making of that record from a fetcher's reply belongs here; records are kept by ``journal.py``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.evidence import OUTCOMES


class ReplyLike(Protocol):
    """What is recorded of an attempt: the fields of a fetcher's reply."""

    @property
    def url(self) -> str:
        """The address asked for."""

    @property
    def final_url(self) -> str | None:
        """The address that answered."""

    @property
    def asked_at(self) -> datetime:
        """When, in UTC without a zone."""

    @property
    def outcome(self) -> str:
        """One of ``OUTCOMES``."""

    @property
    def http_status(self) -> int | None:
        """Status of the last answer."""

    @property
    def media_type(self) -> str | None:
        """Media type as sent."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that matter, with names in lower case."""

    @property
    def body(self) -> bytes | None:
        """The body, decompressed."""

    @property
    def elapsed_ms(self) -> int | None:
        """Time from the first request to the last byte."""

    @property
    def requests(self) -> int | None:
        """Requests sent."""

    @property
    def detail(self) -> str | None:
        """What went wrong and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt as it is kept: a row of ``Captures``."""

    capture_id: str
    source_id: str
    url: str
    captured_at: datetime
    outcome: str
    http_status: int | None = None
    media_type: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    final_url: str | None = None
    headers: str | None = None
    elapsed_ms: int | None = None
    requests: int | None = None
    detail: str | None = None


def attempt_of(source_id: str, reply: ReplyLike, sha256: str | None, held: Attempt | None = None) -> Attempt:
    """Return what is kept of an attempt.

    Args:
        source_id: the source that was asked.
        reply: how the attempt ended.
        sha256: the name of the body that was kept.
        held: for a ``not_modified`` reply the attempt that brought the body which still holds; what the reply
            leaves out is taken from it.

    Raises:
        ValueError: where the outcome is unknown or the time has a zone.
    """
    if reply.outcome not in OUTCOMES:
        raise ValueError(f"{reply.outcome!r} is no outcome; known are {', '.join(sorted(OUTCOMES))}")
    if reply.asked_at.tzinfo is not None:
        raise ValueError(f"asked_at is {reply.asked_at}: give it in UTC, without a zone")
    headers = {utf8_text(name): utf8_text(value) for name, value in reply.headers.items()}
    etag, last_modified = headers.pop("etag", None), headers.pop("last-modified", None)
    url, final_url = utf8_text(reply.url), utf8_text(reply.final_url or reply.url)
    named = sha256 or (held.sha256 if held else None)
    length = len(reply.body) if reply.body is not None else None
    return Attempt(
        capture_id=stable_id("cap", source_id, url, named or reply.outcome, reply.asked_at.isoformat()),
        source_id=source_id,
        url=url,
        captured_at=reply.asked_at,
        outcome=reply.outcome,
        http_status=reply.http_status,
        media_type=_optional(reply.media_type) or (held.media_type if held else None),
        bytes=held.bytes if held else length,
        sha256=named,
        etag=etag or (held.etag if held else None),
        last_modified=last_modified or (held.last_modified if held else None),
        final_url=final_url if final_url != url else None,
        headers=json.dumps(headers, ensure_ascii=False, sort_keys=True) if headers else None,
        elapsed_ms=reply.elapsed_ms,
        requests=reply.requests,
        detail=_optional(reply.detail),
    )


def _optional(value: str | None) -> str | None:
    return None if value is None else utf8_text(value)


def utf8_text(value: str) -> str:
    r"""Return a site's text with what UTF-8 cannot hold spelled out.

    >>> utf8_text("caf\udce9")
    'caf\\udce9'
    """
    return value.encode("utf-8", "backslashreplace").decode("utf-8")
