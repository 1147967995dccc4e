"""Indicators: numbers that say how things stand, with metric, period, change and denominator.

Quantities of a sentence are joined into drafts: a level takes the change, the denominator and the
comparison that explain it. A number inside a directive is that directive's goal and is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from dx_pipeline.extraction.context import Context
from dx_pipeline.extraction.metrics import best_metric
from dx_pipeline.extraction.periods import Interval, Period
from dx_pipeline.extraction.quantities import Quantity, QuantityReader
from dx_pipeline.extraction.tokens import Reading, within

_LEVELS = frozenset({"level", "rank", "total", "from", "to", "compared", "part_of"})
_STRETCH = 72  # code points before a number that its clause may reach back
_SHORT_STRETCH = 24
_BORROW = 130
_PERIOD_NEAR = 14
_ABBREVIATED = 2  # a period's own full stop ("2022 r.") may stand past the quote
_LARGE = 1e6
_SERIES_UNITS = frozenset({"percent", "rank", "points"})
_MARKS = ",;:("
_ENDS = ",;)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One figure being assembled."""

    quantity: Quantity
    unit: str | None
    start: int
    end: int
    rule: str
    change: float | None = None
    change_percent: float | None = None
    change_start: int | None = None
    change_end: int | None = None
    out_of: float | None = None
    is_ellipsis: bool = False
    has_value: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorDraft:
    """One figure as found: spans into the text, not yet a row."""

    rule_id: str
    start: int
    end: int
    metric_id: str | None
    metric_text: str | None
    area: str | None
    interval: Interval | None
    value: float | None
    value_high: float | None
    unit: str | None
    comparator: str
    change: float | None
    change_percent: float | None
    change_since: str | None
    out_of: float | None
    kind: str


@dataclass(slots=True)
class IndicatorReader:
    """Reads the indicators of one article."""

    reading: Reading
    context: Context
    quantities: QuantityReader
    country: str | None
    taken: Sequence[tuple[int, int]]
    scope: Interval | None = field(default=None)
    _paragraph: int = field(default=-1)
    _last: IndicatorDraft | None = field(default=None)

    def read(self, sentences: Sequence[tuple[int, int]], paragraphs: Sequence[int]) -> Iterator[IndicatorDraft]:
        """Yield the figures of the sentences; ``paragraphs`` tells the block of each."""
        for (start, end), paragraph in zip(sentences, paragraphs, strict=True):
            if paragraph != self._paragraph:
                self._paragraph, self.scope, self._last = paragraph, None, None
            self._open_scope(start, end)
            found = [q for q in self.quantities.read(self.reading, start, end) if not self._is_taken(q)]
            if found and not self._is_unreal(start, found[0].start):
                yield from self._drafts(self._levels(found, start, end), start, end)

    def _is_taken(self, quantity: Quantity) -> bool:
        return any(low <= quantity.number.start < high for low, high in self.taken)

    def _is_unreal(self, start: int, end: int) -> bool:
        return any(c.kind == "cue" and c.value == "hypothetical" for c in within(self.reading.cues, start, end))

    def _open_scope(self, start: int, end: int) -> None:
        """A period at the head of a sentence holds for the paragraph until another one does."""
        for period in within(self.reading.periods, start, min(end, start + 70)):
            interval = self._resolve(period)
            if interval is not None and not self._is_since(period) and self._is_lead(start, period):
                self.scope = interval
                return

    def _is_lead(self, start: int, period: Period) -> bool:
        after = self.reading.folded[period.end : period.end + 2]
        return period.start - start <= 25 or after.startswith(",")

    def _resolve(self, period: Period) -> Interval | None:
        reference = self.context.reference
        if reference is None:
            return period.resolve(date(period.year, 12, 31), forward=False) if period.year is not None else None
        return period.resolve(reference, forward=False)

    def _is_since(self, period: Period) -> bool:
        left = self.reading.folded[max(0, period.start - 24) : period.start].rstrip()
        return any(left.endswith(word) for word in self.reading.language.indicators["since"])

    def _levels(self, found: Sequence[Quantity], start: int, end: int) -> list[Level]:
        levels: list[Level] = []
        changes: list[Quantity] = []
        whole: str | None = None
        for quantity in found:
            if quantity.role == "whole":
                whole = quantity.unit
                continue
            if quantity.role == "out_of":
                if levels:
                    levels[-1] = replace(levels[-1], out_of=quantity.number.value, end=max(levels[-1].end, quantity.end))
                continue
            if quantity.role in ("change", "rank_change"):
                changes.append(quantity)
                continue
            level = self._level(quantity, levels, whole, start, end)
            if level is not None:
                levels.append(level)
        for change in changes:
            self._attach(change, levels, end)
        return sorted(levels, key=lambda level: level.quantity.start)

    def _level(self, quantity: Quantity, levels: Sequence[Level], whole: str | None, start: int, end: int) -> Level | None:
        if quantity.role not in _LEVELS:
            return None
        unit = quantity.unit
        is_ellipsis = False
        if unit is None and levels and levels[-1].unit not in (None, "rank", "percent") and self._opens_clause(quantity):
            if quantity.number.scale == 1.0 or quantity.role in ("to", "compared", "from"):
                unit, is_ellipsis = levels[-1].unit, True
        if unit is None and whole is not None and self._opens_clause(quantity):
            unit, is_ellipsis = whole, True
        if unit is None and (quantity.role in ("from", "to", "compared", "total") or quantity.number.scale >= _LARGE):
            unit = self._borrowed(quantity, start, end)
        if unit is None and quantity.role in ("to", "compared", "total") and levels:
            unit, is_ellipsis = levels[-1].unit, True
        if unit is None and quantity.number.scale < _LARGE:
            return None
        return Level(
            quantity=quantity, unit=unit, start=quantity.start, end=quantity.end,
            rule=_rule(quantity, unit, is_ellipsis=is_ellipsis), is_ellipsis=is_ellipsis,
        )  # fmt: skip

    def _borrowed(self, quantity: Quantity, start: int, end: int) -> str | None:
        """The unit of a number that stands without one: of the noun before it, else of the next one."""
        before = [u for u in within(self.reading.units, max(start, quantity.start - _BORROW), quantity.start) if self._is_counted(u.value)]
        if before:
            return before[-1].value
        after = [u for u in within(self.reading.units, quantity.end, min(end, quantity.end + _BORROW)) if self._is_counted(u.value)]
        return after[0].value if after else None

    def _is_counted(self, unit: str) -> bool:
        return self.context.lexicon.units[unit].kind == "count"

    def _opens_clause(self, quantity: Quantity) -> bool:
        left = self.reading.folded[max(0, quantity.start - 28) : quantity.start].rstrip()
        return left == "" or left[-1] in ",;:.(" or any(
            left.endswith(" " + word) or left == word for word in self.reading.language.indicators["subject_stop"] if word.isalpha()
        )

    def _attach(self, change: Quantity, levels: list[Level], end: int) -> None:
        """Give a change to the level that it explains: the total or the "to" that follows, else the level before."""
        ranked = [level for level in levels if level.unit == "rank" and level.end <= change.start]
        wants_rank = change.role == "rank_change" or (change.unit is None and not change.is_percent and bool(ranked))
        fits = [
            i for i, level in enumerate(levels)
            if (level.unit == "rank") == wants_rank and (wants_rank or change.is_percent or change.unit in (None, level.unit) or level.rule == "indicator.total")
        ]  # fmt: skip
        following = [i for i in fits if levels[i].quantity.start > change.start and levels[i].quantity.role in ("total", "to")]
        before = [i for i in fits if levels[i].quantity.start < change.start]
        chosen = (following[-1:] if following and not before else before[-1:] or following[:1]) or [None]
        if following and levels[following[0]].rule in ("indicator.total", "indicator.from_to"):
            chosen = [following[-1] if levels[following[0]].quantity.role != "total" else following[0]]
        index = chosen[0]
        if index is None:
            self._add_change(change, levels)
            return
        level = levels[index]
        size = -change.number.value if change.negative else change.number.value
        if change.is_percent and level.unit != "percent":
            level = replace(level, change_percent=size if level.change_percent is None else level.change_percent)
        else:
            level = replace(level, change=size if level.change is None else level.change)
        near = abs(change.start - level.end) < 60 or change.start < level.start
        levels[index] = replace(
            level,
            start=min(level.start, change.start) if change.start < level.start else level.start,
            end=max(level.end, change.end) if near else level.end,
            change_start=change.start,
            change_end=change.end,
        )

    def _add_change(self, change: Quantity, levels: list[Level]) -> None:
        if change.unit is None or (change.is_small and not change.is_percent):
            return
        size = -change.number.value if change.negative else change.number.value
        as_level = change.role == "change" and change.unit in ("MHz", "Mbps", "Gbps")
        levels.append(
            Level(
                quantity=change, unit=change.unit, start=change.start, end=change.end, rule="indicator.change",
                change=None if as_level or change.is_percent else size,
                change_percent=size if change.is_percent else None,
                change_start=change.start, change_end=change.end, has_value=as_level,
            )
        )  # fmt: skip

    def _drafts(self, levels: Sequence[Level], start: int, end: int) -> Iterator[IndicatorDraft]:
        previous: IndicatorDraft | None = None
        floor = start
        for index, level in enumerate(levels):
            ceiling = levels[index + 1].start if index + 1 < len(levels) else end
            low = self._reach_back(level, floor)
            high = self._reach_on(level, ceiling, end)
            draft = self._draft(level, low, high, start, end, previous)
            floor = max(floor, high)
            if draft is not None:
                yield draft
                previous = self._last = draft

    def _reach_back(self, level: Level, floor: int) -> int:
        folded = self.reading.folded
        low = max(floor, level.start - _STRETCH)
        at = level.start
        while at > low:
            at -= 1
            if folded[at] in _MARKS and (level.start - at > _SHORT_STRETCH or folded[at] == ";") and not _inside_number(folded, at):
                low = at + 1
                break
        while low < level.start and (folded[low].isspace() or folded[low] in ".,;:)("):
            low += 1
        if low > floor and folded[low - 1].isalnum():  # the stretch ended inside a word
            while low < level.start and folded[low].isalnum():
                low += 1
            while low < level.start and folded[low].isspace():
                low += 1
        return low

    def _reach_on(self, level: Level, ceiling: int, end: int) -> int:
        folded = self.reading.folded
        at = level.end
        limit = min(max(ceiling, level.end), end)
        while at < limit and not (folded[at] in _ENDS and not _inside_number(folded, at)):
            at += 1
        if at == ceiling < end:  # no mark parts the two figures: a conjunction does, else the words between lead to the next
            joints = [t.start for t in within(self.reading.structure, level.end, ceiling) if t.kind == "conjunction"]
            if joints:
                return self._trimmed(level.end, joints[0])
            period = next((p for p in within(self.reading.periods, level.end, ceiling) if p.start - level.end <= _PERIOD_NEAR), None)
            at = period.end if period is not None else level.end
        return self._trimmed(level.end, at)

    def _trimmed(self, low: int, at: int) -> int:
        folded = self.reading.folded
        while at > low and (folded[at - 1].isspace() or folded[at - 1] in ".(\"'"):
            at -= 1
        return at

    def _draft(
        self, level: Level, low: int, high: int, start: int, end: int, previous: IndicatorDraft | None
    ) -> IndicatorDraft | None:
        metric_id = self._metric(level, low, high, start, end, previous)
        if not self._counts(level, metric_id, low, start, end):
            return None
        interval = self._period(level, low, high, start, previous)
        since = self._since(level, interval, high, end)
        quantity = level.quantity
        unit = level.unit or (self.context.lexicon.metric_units.get(metric_id) if metric_id else None)
        return IndicatorDraft(
            rule_id=level.rule, start=low, end=high, metric_id=metric_id, metric_text=self.reading.text[low:high],
            area=self._area(low, high), interval=interval,
            value=quantity.number.value if level.has_value else None,
            value_high=quantity.number.high if level.has_value else None,
            unit=unit, comparator=quantity.comparator, change=level.change, change_percent=level.change_percent,
            change_since=since, out_of=level.out_of, kind=self._kind(low, high, interval),
        )  # fmt: skip

    def _metric(
        self, level: Level, low: int, high: int, start: int, end: int, previous: IndicatorDraft | None
    ) -> str | None:
        unit = level.unit
        metrics = self.reading.language.metrics
        inherits = level.is_ellipsis or level.quantity.role in ("to", "compared")
        for reach_low, reach_high in ((low, high), (start, high), (start, end)):
            terms = {cue.value for cue in within(self.reading.cues, reach_low, reach_high) if cue.kind == "metric"}
            best = best_metric(metrics, terms, unit)
            if best is not None:
                return best[0]
            if inherits and previous is not None and previous.unit == unit:
                return previous.metric_id
        dated = any(True for _ in within(self.reading.periods, low, high))
        if dated and unit in _SERIES_UNITS and self._last is not None and self._last.unit == unit:
            return self._last.metric_id  # "… 12.83% in 2022 and 12.87% the year before": a series told on
        return None

    def _counts(self, level: Level, metric_id: str | None, low: int, start: int, end: int) -> bool:
        """Decide whether a figure says how things stand, and is no count of points, guests or words."""
        quantity = level.quantity
        if level.unit == "rank":
            return metric_id is not None or level.out_of is not None
        if level.unit == "MHz" and metric_id is None:
            return False  # the name of a band, not an amount of spectrum
        if metric_id is not None:
            return True
        if level.unit is None:
            return False
        unit = self.context.lexicon.units.get(level.unit)
        kind = unit.kind if unit is not None else "count"
        if kind == "time" and quantity.number.high is None:
            return False
        if any(c.kind == "cue" and c.value == "attendance" for c in within(self.reading.cues, start, end)) and kind == "count":
            return False
        if quantity.is_small and kind == "count":
            return self._opens_clause(quantity) or level.is_ellipsis
        return True

    def _period(
        self, level: Level, low: int, high: int, start: int, previous: IndicatorDraft | None
    ) -> Interval | None:
        if level.quantity.role == "compared" or self._says_earlier(level.end, high):
            explicit = self._explicit(level, low, high)
            return explicit or (_year_before(previous.interval) if previous and previous.interval else None)
        explicit = self._explicit(level, low, high)
        if explicit is not None:
            return _yearly(explicit) if level.unit == "rank" else explicit
        if self.scope is not None:
            return _yearly(self.scope) if level.unit == "rank" else self.scope
        return None

    def _explicit(self, level: Level, low: int, high: int) -> Interval | None:
        number = level.quantity.number
        best: tuple[int, Interval] | None = None
        for period in within(self.reading.periods, low, high + _ABBREVIATED):
            if self._is_since(period) and not (level.change_end is None and period.start < number.start):
                continue
            interval = self._resolve(period)
            distance = period.start - number.end if period.start >= number.end else number.start - period.end + 5
            if interval is not None and (best is None or distance < best[0]):
                best = (distance, interval)
        return best[1] if best is not None else None

    def _says_earlier(self, low: int, high: int) -> bool:
        return any(c.kind == "cue" and c.value == "earlier" and low <= c.start for c in within(self.reading.cues, low, high)) and not any(
            True for _ in within(self.reading.periods, low, high)
        )

    def _since(self, level: Level, interval: Interval | None, high: int, end: int) -> str | None:
        if level.change_end is None:
            return None
        for period in within(self.reading.periods, level.change_end, min(end, level.change_end + 60)):
            resolved = self._resolve(period)
            if self._is_since(period) and resolved is not None:
                return resolved.edtf
        stop = min(end, level.change_end + 45)
        if interval is not None and any(
            c.kind == "cue" and c.value == "earlier" for c in within(self.reading.cues, level.change_end, stop)
        ):
            return _year_before(interval).edtf
        return None

    def _area(self, low: int, high: int) -> str | None:
        for cue in within(self.reading.cues, low, high):
            if cue.kind == "cue" and cue.value == "other_areas":
                return "other-countries"
        return self.country

    def _kind(self, low: int, high: int, interval: Interval | None) -> str:
        reference = self.context.reference
        if interval is not None and reference is not None and interval.last < reference:
            return "actual"
        said = {cue.value for cue in within(self.reading.cues, low, high) if cue.kind == "cue"}
        if "forecast" in said:
            return "forecast"
        if "target" in said:
            return "target"
        if interval is not None and reference is not None and interval.first > reference:
            return "target"
        return "actual"


def _rule(quantity: Quantity, unit: str | None, *, is_ellipsis: bool) -> str:
    if quantity.role == "total":
        return "indicator.total"
    if quantity.role in ("from", "to") and not is_ellipsis:
        return "indicator.from_to"
    if quantity.role == "compared":
        return "indicator.compared"
    if is_ellipsis:
        return "indicator.ellipsis"
    if unit == "rank":
        return "indicator.rank"
    if unit == "percent":
        return "indicator.share"
    if unit in ("Mbps", "Gbps", "MHz", "GHz"):
        return "indicator.speed"
    if unit in ("USD", "VND", "EUR"):
        return "indicator.amount"
    return "indicator.small_count" if quantity.is_small else "indicator.count"


def _inside_number(folded: str, at: int) -> bool:
    return 0 < at < len(folded) - 1 and folded[at - 1].isdigit() and folded[at + 1].isdigit()


def _yearly(interval: Interval) -> Interval:
    return Interval(first=date(interval.last.year, 1, 1), last=date(interval.last.year, 12, 31), edtf=str(interval.last.year))


def _year_before(interval: Interval) -> Interval:
    def back(day: date) -> date:
        return date(day.year - 1, day.month, min(day.day, 28) if day.month == 2 else day.day)

    year = f"{interval.first.year}"
    return Interval(
        first=back(interval.first), last=back(interval.last), edtf=interval.edtf.replace(year, f"{interval.first.year - 1}")
    )
