"""Times as feeds and sitemaps write them.

Reading a written time belongs here; what a page itself says of its date is read by ``documents``.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST = 64
_NAMED_ZONE = re.compile(r"\b(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d\d))?$")
_ZONES = {"ICT": "+0700", "CET": "+0100", "CEST": "+0200"}
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](20\d\d)(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?)?$")


def read_time(text: str | None) -> datetime | None:
    """Return a written time in UTC without its zone, or nothing where it is none.

    RFC 822, ISO 8601 and W3C forms are read, and numbers parted by strokes where only one of them can be the
    month. A time without a zone counts as UTC.

    >>> read_time("Wed, 12 Mar 2025 09:30:00 +0700")
    datetime.datetime(2025, 3, 12, 2, 30)
    >>> read_time("2025-03-12T09:30+07:00"), read_time("2025-03")
    (datetime.datetime(2025, 3, 12, 2, 30), datetime.datetime(2025, 3, 1, 0, 0))
    >>> read_time("Wed, 12 Mar 2025 09:30:00 GMT+7")
    datetime.datetime(2025, 3, 12, 2, 30)
    >>> read_time("24/03/2025 10:00"), read_time("04/03/2025"), read_time("soon")
    (datetime.datetime(2025, 3, 24, 10, 0), None, None)
    """
    written = " ".join((text or "").split())
    if not written or len(written) > _LONGEST:
        return None
    for read in (_iso, _rfc_822, _slashed):
        try:
            time = read(written)
            if time is not None:
                return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _iso(written: str) -> datetime | None:
    if re.fullmatch(r"20\d\d-\d\d", written):  # sitemaps may give a month
        written += "-01"
    return datetime.fromisoformat(written)


def _rfc_822(written: str) -> datetime | None:
    zoned = _NAMED_ZONE.sub(lambda one: f"{one[1]}{int(one[2]):02d}{one[3] or '00'}", written)
    head, _, last = zoned.rpartition(" ")
    return parsedate_to_datetime(f"{head} {_ZONES[last]}" if last in _ZONES else zoned)


def _slashed(written: str) -> datetime | None:
    found = _SLASHED.match(written)
    if not found:
        return None
    first, second, year, hour, minute, seconds = (int(part or 0) for part in found.groups())
    if first <= 12 and second <= 12 and first != second:
        return None  # the day and the month cannot be told apart, and a wrong day is worse than none
    day, month = (first, second) if second <= 12 else (second, first)
    return datetime(year, month, day, hour, minute, seconds)  # noqa: DTZ001 (naive times are UTC here)
