"""By when: the last day on which a task is still on time, from the words of its sentence.

A period is a deadline only with a cue ("before", "by", "in") beside it; the date of a document,
the start of a ban and a year in a title are none. Nothing is invented: without a year and without
a day of publication there is no last day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dx_pipeline.extraction.context import Context
from dx_pipeline.extraction.periods import Interval, Period, add_days
from dx_pipeline.extraction.tokens import Reading
from dx_pipeline.extraction.tracks import Token, within

_FAR = 72  # code points from "before" to its date: "before the law takes effect, on 1 July"
_LIMIT_REACH = 90  # code points after "within 30 days" in which is told of what
_CUE_REACH = 40
_WEEK = 7
_LONGEST_LIMITS = {"days": 400, "working_days": 400, "weeks": 60, "months": 36}  # longer ones are no deadline of a task
_OVER_REACH = 24
_HOUR_REACH = 24
_ATTRIBUTE_REACH = 16
_ATTRIBUTIVE = frozenset({"marker", "glue", "instrument", "document"})  # "for this year", "of this year"
_CLOSING = frozenset({"", ",", ";", "."})
_RANK = {"before": 0, "by": 0, "in": 1}
_FIRMNESS = {"before": 0, "by": 1, "since": 2, "in": 3, "within_days": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A deadline: its last day where there is one, as printed, and how it recurs."""

    due_on: date | None
    edtf: str | None
    start: int
    end: int
    recurrence: str | None = None


def read_deadline(reading: Reading, start: int, end: int, context: Context) -> Deadline | None:
    """Return the deadline told in a stretch of text, ``None`` where there is none.

    A duty that returns has a recurrence and no last day; a time limit counts from signing, event or
    publication; of several dates the one with "before" or "by" wins over one with "in".
    """
    recurring = next((cue for cue in within(reading.cues, start, end) if cue.kind == "recurring"), None)
    if recurring is not None:
        return Deadline(
            due_on=None, edtf=None, start=recurring.start, end=recurring.end, recurrence=f"R/{recurring.value}"
        )
    limit = _time_limit(reading, start, end, context)
    if limit is not None:
        return limit
    dated = [_dated(reading, period, (start, end), context) for period in within(reading.periods, start, end)]
    found = [pair for pair in dated if pair is not None]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _time_limit(reading: Reading, start: int, end: int, context: Context) -> Deadline | None:
    """Read "within 30 days of the meeting"."""
    deadlines = reading.language.deadlines
    for number in within(reading.numbers, start, end):
        cues = _cues(reading, max(start, number.start - _CUE_REACH), number.start)
        beside = [c for c in cues if c.value == "within_days" and number.start - c.end <= 2]
        rest = reading.folded[number.end : number.end + _LIMIT_REACH]
        unit, length = _unit(rest.lstrip(), deadlines["day_units"])
        granted = reading.folded[max(start, number.start - _CUE_REACH) : number.start].split()[-1:]
        if not beside and set(granted) & reading.language.grants:  # "has 30 days to …"
            beside = [Token(number.start, number.start, "deadline", "within_days")]
        if not beside or unit is None or not 0 < number.value <= _LONGEST_LIMITS.get(unit, 0):
            continue
        base = _base(rest.split(";")[0], deadlines, context)
        due = _later(base, int(number.value), unit) if base is not None else None
        stop = number.end + len(rest) - len(rest.lstrip()) + length
        return Deadline(due_on=due, edtf=due.isoformat() if due else None, start=beside[0].start, end=min(stop, end))
    return None


def _unit(rest: str, units: Mapping[str, Sequence[str]]) -> tuple[str | None, int]:
    """Return the unit of time that a text begins with, and the length of its word."""
    fits = [(len(form), unit) for unit, forms in units.items() for form in forms if rest.startswith(form)]
    length, unit = max(fits, default=(0, None))
    return unit, length


def _base(rest: str, deadlines: Mapping[str, Sequence[str]], context: Context) -> date | None:
    """The day that a time limit counts from."""
    if any(word in rest for word in deadlines["from_signing"]):
        return context.signed_on or context.published_on
    if any(word in rest for word in deadlines["from_event"]):
        return context.held_on or context.published_on
    return context.signed_on or context.held_on or context.published_on


def _later(base: date, count: int, unit: str) -> date | None:
    if unit == "days":
        return add_days(base, count)
    if unit == "weeks":
        return add_days(base, count * _WEEK)
    if unit == "months":
        months = base.year * 12 + base.month - 1 + count
        month = Period(start=0, end=0, kind="month", year=months // 12, month=months % 12 + 1)
        interval = month.resolve(base, forward=True)
        return min(interval.last, interval.first + timedelta(days=base.day - 1)) if interval else None
    return None  # working days: holidays are not known


def _dated(reading: Reading, period: Period, span: tuple[int, int], context: Context) -> tuple[int, Deadline] | None:
    """Return a period as a deadline with its rank among others, where a cue makes it one and it lies ahead."""
    cue = _cue(reading, period, span[0])
    if cue is None and _is_adverb(reading, period, span[1]):
        cue = Token(period.start, period.start, "deadline", "in")
    reference = context.reference or (date(period.year, 1, 1) if period.year is not None else None)
    if cue is None or cue.value not in _RANK or reference is None:
        return None
    interval = period.resolve(reference, forward=True)
    if interval is None or (period.year is None and interval.last < reference):
        return None
    is_over = cue.value == "before" and _is_over(reading, cue, period)
    due = _last_day(interval, "by" if is_over else cue.value)
    return _RANK[cue.value], Deadline(due_on=due, edtf=interval.edtf, start=cue.start, end=period.end)


def _is_over(reading: Reading, cue: Token, period: Period) -> bool:
    """Whether "before" leaves the period whole: "before the third quarter is out", "before 17 h on 20 March"."""
    if period.kind == "mid_year":
        return True  # nobody means the day before the middle
    said, behind = reading.folded[period.start : period.end], reading.folded[period.end :].lstrip()[:_OVER_REACH]
    if any(said.endswith(word) or behind.startswith(word) for word in reading.language.deadlines["over"]):
        return True
    between = reading.folded[cue.end : period.start]
    return period.kind == "day" and len(between) <= _HOUR_REACH and any(map(str.isdigit, between))


def _is_adverb(reading: Reading, period: Period, end: int) -> bool:
    """Whether a period needs no cue: "finish it this year", no word before it that makes it an attribute."""
    is_relative = period.year_offset in (0, 1) or period.month_offset in (0, 1)
    if not is_relative and period.kind not in ("mid_month", "mid_year"):
        return False
    if reading.folded[period.end : min(end, period.end + 1)] not in _CLOSING:
        return False
    before = within(reading.structure, max(0, period.start - _ATTRIBUTE_REACH), period.start)
    return not any(t.kind in _ATTRIBUTIVE and period.start - t.end <= 1 for t in before)


def _cue(reading: Reading, period: Period, start: int) -> Token | None:
    """Return the cue that governs a period: the longest beside it, but a firm one a little way off over "in"."""
    low = max(start, period.start - _FAR)
    cues = _cues(reading, low, period.start)
    beside = [c for c in cues if reading.folded[c.end : period.start].strip() in ("", ":")]
    nearest = max(beside, key=lambda c: (c.end - c.start, -_FIRMNESS[c.value])) if beside else None
    if nearest is not None and nearest.value != "in":
        return nearest
    between = within(reading.periods, low, period.start)
    far = [c for c in cues if c.value in ("before", "by") and _reaches(reading, c, period, between)]
    return far[-1] if far else nearest


def _cues(reading: Reading, start: int, end: int) -> list[Token]:
    return [cue for cue in within(reading.cues, start, end) if cue.kind == "deadline"]


def _reaches(reading: Reading, cue: Token, period: Period, between: Sequence[Period]) -> bool:
    """Whether a cue may govern a period that stands apart from it."""
    if reading.folded[cue.start : cue.end] in reading.language.deadlines.get("only_beside", ()):
        return False
    return ";" not in reading.folded[cue.end : period.start] and not any(p.start >= cue.end for p in between)


def _last_day(interval: Interval, cue: str) -> date:
    return interval.first - timedelta(days=1) if cue == "before" else interval.last
