"""By when: the last day on which a task is still on time, from the words of its sentence.

A period is a deadline only with a cue ("before", "by", "in") beside it; the date of a document,
the start of a ban and a year in a title are none. Nothing is invented: without a year and without
a day of publication there is no last day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from dx_pipeline.extraction.context import Context
from dx_pipeline.extraction.periods import Interval, Period, add_days
from dx_pipeline.extraction.tokens import Reading, Token, within

_FAR = 48  # code points from "before" to its date: "before the law takes effect, on 1 July"
_WEEK = 7
_LONGEST_LIMIT_DAYS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A deadline: its last day where there is one, as printed, and how it recurs."""

    due_on: date | None
    edtf: str | None
    start: int
    end: int
    recurrence: str | None = None


def read_deadline(reading: Reading, start: int, end: int, context: Context) -> Deadline | None:
    """Return the deadline told in a stretch of text, ``None`` where there is none."""
    cues = within(reading.cues, start, end)
    recurring = next((cue for cue in cues if cue.kind == "recurring"), None)
    if recurring is not None:
        return Deadline(
            due_on=None, edtf=None, start=recurring.start, end=recurring.end, recurrence=f"R/{recurring.value}"
        )
    limit = _time_limit(reading, cues, start, end, context)
    if limit is not None:
        return limit
    found = [d for d in (_dated(reading, period, cues, start, context) for period in _periods(reading, start, end)) if d]
    found.sort(key=lambda pair: pair[0])
    return found[0][1] if found else None


def _periods(reading: Reading, start: int, end: int) -> list[Period]:
    return list(within(reading.periods, start, end))


def _time_limit(
    reading: Reading, cues: "list[Token] | tuple[Token, ...] | object", start: int, end: int, context: Context
) -> Deadline | None:
    """Read "within 30 days of the meeting": counted from signing, event or publication."""
    folded, deadlines = reading.folded, reading.language.deadlines
    for number in within(reading.numbers, start, end):
        cue = next(
            (c for c in within(reading.cues, max(start, number.start - 40), number.start)
             if c.kind == "deadline" and c.value == "within_days" and number.start - c.end <= 2),
            None,
        )  # fmt: skip
        if cue is None or not 0 < number.value <= _LONGEST_LIMIT_DAYS:
            continue
        rest = folded[number.end : number.end + 90].lstrip()
        unit = _unit(rest, deadlines["day_units"])
        if unit is None:
            continue
        base = _base(rest, deadlines, context)
        if base is None:
            return Deadline(due_on=None, edtf=None, start=cue.start, end=number.end)
        due = _later(base, int(number.value), unit)
        stop = number.end + len(folded[number.end : number.end + 90]) - len(rest) + _unit_length(rest, deadlines["day_units"])
        return Deadline(due_on=due, edtf=due.isoformat() if due else None, start=cue.start, end=min(stop, end))
    return None


def _unit(rest: str, units: "dict[str, list[str]]") -> str | None:
    best = max(((len(f), unit) for unit, forms in units.items() for f in forms if rest.startswith(f)), default=None)
    return best[1] if best else None


def _unit_length(rest: str, units: "dict[str, list[str]]") -> int:
    return max((len(f) for forms in units.values() for f in forms if rest.startswith(f)), default=0)


def _base(rest: str, deadlines: "dict[str, list[str]] | object", context: Context) -> date | None:
    words = deadlines  # the pack's table
    near = rest[:80].split(";")[0]
    if any(word in near for word in words["from_signing"]):  # type: ignore[index]
        return context.signed_on or context.published_on
    if any(word in near for word in words["from_event"]):  # type: ignore[index]
        return context.held_on or context.published_on
    return context.signed_on or context.held_on or context.published_on


def _later(base: date, count: int, unit: str) -> date | None:
    if unit == "days":
        return add_days(base, count)
    if unit == "weeks":
        return add_days(base, count * _WEEK)
    if unit == "months":
        months = base.year * 12 + base.month - 1 + count
        interval = Period(start=0, end=0, kind="month", year=months // 12, month=months % 12 + 1).resolve(base, forward=True)
        return min(interval.last, interval.first + timedelta(days=base.day - 1)) if interval else None
    return None  # working days: holidays are not known


def _dated(
    reading: Reading, period: Period, cues: "list[Token] | tuple[Token, ...] | object", start: int, context: Context
) -> tuple[int, Deadline] | None:
    cue = _cue(reading, period, start)
    if cue is None or cue.value in ("since", "within_days"):
        return None
    reference = context.reference
    if reference is None:
        if period.year is None:
            return None
        reference = date(period.year, 1, 1)
    interval = period.resolve(reference, forward=True)
    if interval is None or interval.last < reference:
        return None
    due = _last_day(interval, cue.value)
    rank = {"before": 0, "by": 0, "in": 1}[cue.value]
    return rank, Deadline(due_on=due, edtf=interval.edtf, start=cue.start, end=period.end)


def _cue(reading: Reading, period: Period, start: int) -> Token | None:
    """Return the cue that governs a period: the longest beside it, else "before" or "by" a little way off."""
    cues = [c for c in within(reading.cues, max(start, period.start - _FAR), period.start) if c.kind == "deadline"]
    beside = [c for c in cues if period.start - c.end <= 1]
    nearest = max(beside, key=lambda c: (c.end - c.start, -_ORDER[c.value])) if beside else None
    if nearest is not None and nearest.value != "in":
        return nearest
    between = [p for p in within(reading.periods, max(start, period.start - _FAR), period.start)]
    far = [c for c in cues if c.value in ("before", "by") and not any(p.start >= c.end for p in between)]
    far = [c for c in far if ";" not in reading.folded[c.end : period.start] and _may_be_far(reading, c)]
    return far[-1] if far else nearest


def _may_be_far(reading: Reading, cue: Token) -> bool:
    return reading.folded[cue.start : cue.end] not in reading.language.deadlines.get("only_beside", ())


_ORDER = {"before": 0, "by": 1, "since": 2, "in": 3, "within_days": 4}


def _last_day(interval: Interval, cue: str) -> date:
    return interval.first - timedelta(days=1) if cue == "before" else interval.last
