"""Periods as people write them in a correction: EDTF and ISO 8601, to the day where they begin and end."""

import calendar
import re
from datetime import date

_PART = re.compile(r"([0-9]{4})(?:-(?:([0-9]{2})(?:-([0-9]{2}))?|Q([1-4])|H([12])))?")


def days_of(period: str) -> tuple[date, date]:
    """Return the first and the last day of a year, half-year, quarter, month, day or of a range of them.

    Raises:
        ValueError: where it is none of these.

    >>> days_of("2024-Q2"), days_of("2024-02/2024-03")[1].isoformat()
    ((datetime.date(2024, 4, 1), datetime.date(2024, 6, 30)), '2024-03-31')
    """
    first, _, last = period.partition("/")
    (start, end) = (_days(first)[0], _days(last if "/" in period else first)[1])
    if end < start:
        raise ValueError(f"{period!r} ends before it begins")
    return start, end


def _days(part: str) -> tuple[date, date]:
    match = _PART.fullmatch(part)
    if match is None:
        raise ValueError(f"{part!r} is no period")
    year = int(match[1])
    if match[3]:
        day = date(year, int(match[2]), int(match[3]))
        return day, day
    first, last = 1, 12
    if match[2]:
        first = last = int(match[2])
    elif match[4]:
        first, last = int(match[4]) * 3 - 2, int(match[4]) * 3
    elif match[5]:
        first, last = int(match[5]) * 6 - 5, int(match[5]) * 6
    begin = date(year, first, 1)  # a month 13 is refused here
    return begin, date(year, last, calendar.monthrange(year, last)[1])
