"""Cells as publishers write them: numbers, periods, days and the many marks for "no figure".

Only the reading of a single cell belongs here; what a value may be is decided by its series.
"""

import math
import re
from datetime import date
from decimal import Decimal

from dx_pipeline.statistics.problems import RejectionError

MISSING_MARKS = frozenset({"", "-", "–", "—", "..", "...", "…", "n", "na", "n/a", "n.a.", "nan", "null", "none"})

_LONGEST_NUMBER = 40  # digits and sign of any real figure; longer text is no number
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_PERIOD = re.compile(r"[0-9]{4}(-([0-9]{2}|Q[1-4]|H[12]))?")
_SEMESTER = re.compile(r"([0-9]{4})-S([12])")  # what SDMX calls a half-year
_FLOAT_YEAR = re.compile(r"([0-9]{4})\.0+")  # the UN SDG API gives years as floats
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PART_OF_A_DAY = re.compile(r"([0-9]{4}(-[0-9]{2}|-[0-9]{4})?)?")


def is_missing(text: str) -> bool:
    """Tell whether a cell says that there is no figure.

    >>> is_missing(" NaN "), is_missing("0")
    (True, False)
    """
    return text.strip().casefold() in MISSING_MARKS


def parse_number(text: str, decimal: str = ".", power: int = 0) -> float | None:
    """Read a number and multiply it by ten to the ``power``; ``None`` for a mark that says there is none, never 0.

    Thousands marks are not read: a publisher's machine-readable file has none, and "1,234" could be
    either number.

    Raises:
        RejectionError: where the cell is neither a number nor a mark for none.

    >>> parse_number("65,96", decimal=","), parse_number(".."), parse_number(" 0 "), parse_number("99467.93", power=3)
    (65.96, None, 0.0, 99467930.0)
    """
    if is_missing(text):
        return None
    written = text.strip()
    plain = written if decimal == "." else written.replace(".", "\0").replace(decimal, ".")
    if len(plain) <= _LONGEST_NUMBER and _NUMBER.fullmatch(plain) and math.isfinite(float(plain)):
        value = float(Decimal(plain).scaleb(power))
        if math.isfinite(value):
            return value
    raise RejectionError(
        "number",
        f"{shorten(text)} is no number with {decimal!r} as the decimal mark",
        "correct the cell, or set decimal for this file in the catalogue",
    )


def parse_period(text: str) -> str:
    """Read an ISO 8601 period: year, month, quarter or half-year.

    Raises:
        RejectionError: where the cell is none.

    >>> parse_period("2024.0"), parse_period("2024-Q3"), parse_period("2024-S1")
    ('2024', '2024-Q3', '2024-H1')
    """
    period = text.strip()
    if year := _FLOAT_YEAR.fullmatch(period):
        period = year[1]
    if half := _SEMESTER.fullmatch(period):
        period = f"{half[1]}-H{half[2]}"
    if not _PERIOD.fullmatch(period) or (period[4:].lstrip("-").isdecimal() and not 1 <= int(period[5:]) <= 12):
        raise RejectionError("time_period", f"{shorten(text)} is no period", "write YYYY, YYYY-MM, YYYY-Qn or YYYY-Hn")
    return period


def parse_day(text: str) -> date | None:
    """Read a day; ``None`` for an empty cell, a year, a month or a span of years: the day is then unknown.

    Raises:
        RejectionError: where the cell is something else.

    >>> parse_day("2026-07-13"), parse_day("2026-04")
    (datetime.date(2026, 7, 13), None)
    """
    written = text.strip()
    if _PART_OF_A_DAY.fullmatch(written):
        return None
    try:
        if _DAY.fullmatch(written):
            return date.fromisoformat(written)
    except ValueError:
        pass  # such as 30 February: refused below like any other text
    raise RejectionError("vintage_on", f"{shorten(text)} is no day", "write YYYY-MM-DD, or leave the cell empty")


def shorten(text: str, limit: int = 80) -> str:
    """Return a cell's text in quotes for a message, cut to ``limit`` code points."""
    return repr(text if len(text) <= limit else text[:limit] + "…")
