"""When to ask again: the pause that a server asks for, and the one that is taken unasked.

Only counting seconds belongs here; there is one layer of retries, in ``fetch``.
"""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_RANDOM = random.Random()  # noqa: S311 - spreads requests, guards no secret


def backoff_seconds(tries: int, first_seconds: float, longest_seconds: float) -> float:
    """Return how long to wait after so many failed tries: doubled each time, with jitter of a half.

    >>> 0.5 <= backoff_seconds(1, 1.0, 60.0) <= 1.0
    True
    >>> backoff_seconds(99, 1.0, 60.0) <= 60.0
    True
    """
    return min(longest_seconds, first_seconds * 2.0 ** min(tries - 1, 30)) * _RANDOM.uniform(0.5, 1.0)


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Return the pause that ``retry-after`` asks for, ``None`` where it asks for none that can be read.

    A date is judged against the answer's own ``date``, since the two clocks need not agree; this machine's clock
    stands in where that is missing.

    >>> retry_after_seconds({"retry-after": "120"})
    120.0
    >>> same = {"retry-after": "Wed, 21 Oct 2015 07:28:30 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}
    >>> retry_after_seconds(same)
    30.0
    >>> retry_after_seconds({"retry-after": "soon"}) is None
    True
    """
    value = headers.get("retry-after", "").strip()
    if value.isdecimal() and value.isascii():
        return float(value[:18])
    until = _date(value)
    if until is None:
        return None
    now = _date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
