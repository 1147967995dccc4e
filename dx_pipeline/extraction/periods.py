"""Dates and periods: recognised from an anchor, kept with the precision that is printed, resolved later.

What a language writes is data (``[time]`` of its pack). A period without a year stays without one
until somebody says on which side of which day it lies: a deadline lies ahead, a report behind.
"""

import calendar
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

_WORD = re.compile(r"\w+")
_PLACE = re.compile(r"\{([DMmYZQHNRS]2?)\}")
# "between January and June" and "the first six months" are the half-year that other pages call so
_PARTS = {
    (1, 3): "year-Q1", (4, 6): "year-Q2", (7, 9): "year-Q3", (10, 12): "year-Q4", (1, 6): "year-H1", (7, 12): "year-H2",
}  # fmt: skip
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_DAY_LENGTH = len("2024-02-29")
_MIDDLE = 15  # day of the month
_MIDDLE_MONTH = 6  # with which "the middle of 2026" ends
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
# month and day of the first day of the lunar year in Viet Nam's time zone; beyond it the day stays unknown
_LUNAR_NEW_YEARS = {
    2019: (2, 5), 2020: (1, 25), 2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29),
    2026: (2, 17), 2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 2),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """First day, last day and the ISO 8601 / EDTF spelling of a resolved period."""

    first: date
    last: date
    edtf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period as printed: where it stands and which parts of it are said."""

    start: int
    end: int
    kind: str
    year: int | None = None
    year_to: int | None = None
    year_offset: int | None = None
    month: int | None = None
    month_offset: int | None = None
    day: int | None = None
    part: int | None = None
    count: int | None = None

    def resolve(self, reference: date, *, forward: bool) -> Interval | None:
        """Return the interval meant, seen from ``reference``; ``None`` where no such day exists.

        A missing year is the first that ends on or after the reference where ``forward``, else the
        last that begins on or before it.
        """
        if self.year is not None:
            return self._interval(self.year)
        if self.year_offset is not None:
            return self._interval(reference.year + self.year_offset)
        if self.month_offset is not None:
            months = reference.year * 12 + reference.month - 1 + self.month_offset
            return _span(months // 12, months % 12 + 1, months % 12 + 1, f"{months // 12}-{months % 12 + 1:02}")
        years = (reference.year - 1, reference.year, reference.year + 1)
        found = [i for i in map(self._interval, years) if i is not None]
        if forward:
            return next((i for i in found if i.last >= reference), None)
        return next((i for i in reversed(found) if i.first <= reference), None)

    def _interval(self, year: int) -> Interval | None:
        """The interval in a given year."""
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            return None
        if self.kind == "day":
            return _day(year, self.month or 0, self.day or 0)
        if self.kind == "lunar_new_year":
            day = _LUNAR_NEW_YEARS.get(year)
            return _day(year, *day) if day is not None else None
        if self.kind == "mid_month":
            return _middle(year, self.month or 0)
        if self.kind == "years":
            last_year = max(year, self.year_to or year)
            return Interval(first=date(year, 1, 1), last=date(last_year, 12, 31), edtf=f"{year}/{last_year}")
        month, part, count = self.month or 0, self.part or 0, self.count or 0
        first, last, edtf = {
            "month": (month, month, f"{year}-{month:02}"),
            "mid_year": (_MIDDLE_MONTH, _MIDDLE_MONTH, f"{year}-{_MIDDLE_MONTH:02}"),
            "months": (month, part, f"{year}-{month:02}/{year}-{part:02}"),
            "quarter": (part * 3 - 2, part * 3, f"{year}-Q{part}"),
            "half": (part * 6 - 5, part * 6, f"{year}-H{part}"),
            "first_months": (1, count, f"{year}-01/{year}-{count:02}"),
            "last_months": (13 - count, 12, f"{year}-{13 - count:02}/{year}-12"),
        }.get(self.kind, (1, 12, str(year)))
        return _span(year, first, last, _PARTS.get((first, last), "").replace("year", str(year)) or edtf)


def _day(year: int, month: int, day: int) -> Interval | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return Interval(first=found, last=found, edtf=found.isoformat())


def _middle(year: int, month: int) -> Interval | None:
    """The fifteenth, which "mid-December" ends with, printed no finer than its month."""
    day = _day(year, month, _MIDDLE)
    return replace(day, edtf=f"{year}-{month:02}") if day is not None else None


def _span(year: int, month: int, month_to: int, edtf: str) -> Interval | None:
    if not 1 <= month <= month_to <= 12:
        return None
    last = date(year, month_to, calendar.monthrange(year, month_to)[1])
    return Interval(first=date(year, month, 1), last=last, edtf=edtf)


class PeriodRecogniser:
    """Recognises the periods of one language; built once from its pack."""

    def __init__(self, time: Mapping[str, Any], number_words: Mapping[str, float]) -> None:
        """Compile the pack's patterns.

        ``time`` holds ``months``, ``quarters``, ``halves`` (lists of forms in order), ``years`` and
        ``months_relative`` (offset to forms), ``starts`` (words that can begin a period) and
        ``patterns`` (kind and regular expression with the placeholders {D} {M} {m} {Y} {Z} {Q} {H} {N} {R} {S}).
        """
        self._months = _ordered(time["months"])
        self._quarters = _ordered(time.get("quarters", []))
        self._halves = _ordered(time.get("halves", []))
        self._years = {form: int(offset) for offset, forms in time.get("years", {}).items() for form in forms}
        self._months_relative = {
            form: int(offset) for offset, forms in time.get("months_relative", {}).items() for form in forms
        }
        self._weekdays = frozenset(time.get("weekdays", []))
        self._counts = {word: int(value) for word, value in number_words.items() if 1 <= value <= 12}
        self._anchors = self._weekdays | set(time.get("starts", [])) | {form.split()[0] for form in self._months}
        self._anchors |= {form.split()[0] for forms in (self._years, self._months_relative) for form in forms}
        places = {
            "D": r"(?P<D>0?[1-9]|[12]\d|3[01])(?!\d)",
            "M": f"(?P<M>{_either(self._months)})",
            "M2": f"(?P<M2>{_either(self._months)})",
            "m": r"(?P<m>0?[1-9]|1[0-2])(?!\d)",
            "Y": r"(?P<Y>(?:19|20)\d\d)(?![\d%])",
            "Z": r"(?P<Z>(?:19|20)\d\d)(?!\d)",
            "Q": f"(?P<Q>{_either(self._quarters)})",
            "H": f"(?P<H>{_either(self._halves)})",
            "N": f"(?P<N>\\d{{1,2}}(?!\\d)|{_either(self._counts)})",
            "R": f"(?P<R>{_either(self._years)})(?! (?:19|20)[0-9])",  # "của năm 2023" is no "of this year"
            "S": f"(?P<S>{_either(self._months_relative)})",
        }
        self._patterns = [(kind, re.compile(_fill(pattern, places) + r"(?!\w)")) for kind, pattern in time["patterns"]]

    def find(self, folded: str, start: int, end: int) -> Iterator[Period]:
        """Yield the periods of ``folded[start:end]`` from left to right; none overlaps another."""
        at = start
        anchors = self._anchors
        for word in _WORD.finditer(folded, start, end):
            # digits sort before every letter: a word below ":" begins with one
            if not ((said := word.group()) < ":" or said in anchors) or word.start() < at:
                continue
            if said in self._weekdays:
                dated = self._after_weekday(folded, word, end)
                if dated is not None:
                    yield dated
                    at = dated.end
                continue
            if word.start() > start and folded[word.start() - 1] in "-/.,":  # inside a number or a document's number
                continue
            period = self._match(folded, word.start(), end)
            if period is not None:
                yield period
                at = period.end

    def _after_weekday(self, folded: str, word: re.Match[str], end: int) -> Period | None:
        """Read "Tuesday, 15 October" as one day that begins with its weekday."""
        at = word.end()
        while at < end and folded[at] in ", ":
            at += 1
        period = self._match(folded, at, end) if at < end and folded[at].isalnum() else None
        return replace(period, start=word.start()) if period is not None and period.kind == "day" else None

    def _match(self, folded: str, at: int, end: int) -> Period | None:
        for kind, pattern in self._patterns:
            match = pattern.match(folded, at, end)
            if match is not None and not folded[match.end() : match.end() + 2].startswith(("%", " %")):
                return self._period(kind, match)
        return None

    def _period(self, kind: str, match: re.Match[str]) -> Period:
        said = {name.split("_")[0]: value for name, value in match.groupdict().items() if value is not None}
        month = self._months.get(said.get("M", "")) or (int(said["m"]) if "m" in said else None)
        part = self._quarters.get(said.get("Q", "")) or self._halves.get(said.get("H", ""))
        count = said.get("N")
        return Period(
            start=match.start(),
            end=match.end(),
            kind=kind,
            year=int(said["Y"]) if "Y" in said else None,
            year_to=_year_to(said),
            year_offset=self._years.get(said.get("R", "")),
            month=month,
            month_offset=self._months_relative.get(said.get("S", "")),
            day=int(said["D"]) if "D" in said else None,
            part=part or self._months.get(said.get("M2", "")),
            count=None if count is None else int(count) if count.isdigit() else self._counts[count],
        )


def whole_year(interval: Interval) -> Interval:
    """Return the calendar year in which an interval ends.

    >>> whole_year(Interval(first=date(2024, 9, 1), last=date(2024, 9, 30), edtf="2024-09")).edtf
    '2024'
    """
    year = interval.last.year
    return Interval(first=date(year, 1, 1), last=date(year, 12, 31), edtf=str(year))


def shift_years(interval: Interval, years: int) -> Interval:
    """Return the interval the same number of years later or earlier.

    >>> shift_years(Interval(first=date(2024, 2, 29), last=date(2024, 2, 29), edtf="2024-02-29"), -1).edtf
    '2023-02-28'
    """
    first, last = _shifted(interval.first, years), _shifted(interval.last, years)
    if interval.first == interval.last == _printed_day(interval.edtf):
        return Interval(first=first, last=last, edtf=first.isoformat())
    edtf = _YEAR.sub(lambda match: f"{int(match.group()) + years:04}", interval.edtf)
    return Interval(first=first, last=last, edtf=edtf)


def _printed_day(edtf: str) -> date | None:
    """The day that an interval is printed with, ``None`` where it is printed coarser ("mid-November")."""
    return date.fromisoformat(edtf) if len(edtf) == _DAY_LENGTH else None


def _shifted(day: date, years: int) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28) if is_leap_day else day.replace(year=day.year + years)


def add_days(day: date, count: int) -> date:
    """Return the day ``count`` days later, as a time limit counts.

    >>> add_days(date(2024, 9, 16), 30)
    datetime.date(2024, 10, 16)
    """
    return day + timedelta(days=count)


def _year_to(said: Mapping[str, str]) -> int | None:
    return int(said["Z"]) if "Z" in said else None


def _ordered(groups: Sequence[Sequence[str]]) -> dict[str, int]:
    return {form: number for number, forms in enumerate(groups, 1) for form in forms}


def _either(forms: Mapping[str, int]) -> str:
    return "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) or "(?!)"


def _fill(pattern: str, places: Mapping[str, str]) -> str:
    """Put the placeholders' expressions in; a group that stands twice in a pattern gets a numbered name."""
    counts: Counter[str] = Counter()

    def place(match: re.Match[str]) -> str:
        name = match.group(1)
        counts[name] += 1
        return places[name].replace(f"(?P<{name}>", f"(?P<{name}_{counts[name]}>")

    return _PLACE.sub(place, pattern)
