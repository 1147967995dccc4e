"""A fetcher's reply for tests: a whole one, of which a test names what matters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

NOON = datetime(2025, 3, 10, 12)  # noqa: DTZ001 (times are UTC, without a zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The fields that are recorded of an attempt; a page that came whole, unless a test says otherwise."""

    url: str = "https://paper.example/a"
    final_url: str | None = None
    asked_at: datetime = NOON
    outcome: str = "ok"
    http_status: int | None = 200
    media_type: str | None = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    elapsed_ms: int | None = 12
    requests: int | None = 1
    detail: str | None = None


def later(hours: float) -> datetime:
    """Return the time some hours after :data:`NOON`."""
    return NOON + timedelta(hours=hours)
