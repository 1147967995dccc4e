"""Indicators: figures that say how things stand, with metric, period and kind.

A number inside a directive is that directive's goal and is left out.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dx_pipeline.extraction.context import Context
from dx_pipeline.extraction.levels import Level, LevelReader
from dx_pipeline.extraction.metrics import best_metric
from dx_pipeline.extraction.negation import Negations
from dx_pipeline.extraction.periods import Interval, Period, shift_years, whole_year
from dx_pipeline.extraction.quantities import Quantity, QuantityReader
from dx_pipeline.extraction.stretches import reach_back, reach_further, reach_on
from dx_pipeline.extraction.tokens import Reading
from dx_pipeline.extraction.tracks import within

_RANKED = frozenset({"rank", "points"})
_COMPARABLE = frozenset({"percent", "rank", "points", "Mbps", "Gbps"})  # units in which countries are compared
_SERIES_UNITS = frozenset({"percent", "rank", "points"})
_EARLIER_ROLES = frozenset({"compared", "from"})  # a figure of an earlier time, which the next one does not share
_OVERLAPPING = 4  # tasks that may share words
_SINCE_REACH = 60  # code points after a change in which "compared with 2022" is looked for
_SINCE_BEFORE = 24  # the same, ahead of it: "higher than in 2022 by 15 places"
_EARLIER_REACH = 45
_RANK_SAID = 30  # code points behind a rank that may say among whom
_LEAD_REACH = 70
_LEAD = 25
_ABBREVIATED = 2  # a period's own full stop ("2022 r.") may stand past the quote


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorDraft:
    """One figure as found: spans into the text, not yet a row."""

    rule_id: str
    start: int
    end: int
    metric_id: str | None
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


class IndicatorReader:
    """Reads the indicators of one article."""

    def __init__(
        self,
        reading: Reading,
        context: Context,
        quantities: QuantityReader,
        taken: Sequence[tuple[int, int]],
    ) -> None:
        """Take what is known of the article; ``taken`` are the spans of its directives."""
        self._reading = reading
        self._context = context
        self._quantities = quantities
        self._taken = sorted(taken)
        self._counted_units = {m.unit for m in reading.language.metrics if self._is_count(m.unit)}
        self._levels = LevelReader(reading, context.lexicon)
        self._negations = Negations(reading)
        self._scope: Interval | None = None
        self._ahead: Interval | None = None
        self._last: IndicatorDraft | None = None
        self._told: dict[str | None, str] = {}  # the last metric told, by unit
        self._terms = {metric.metric_id: metric.terms for metric in reading.language.metrics}
        self._anchor: Interval | None = None  # of the sentence's last figure that is not compared with

    def read(self, sentences: Sequence[tuple[int, int]], paragraphs: Sequence[int]) -> Iterator[IndicatorDraft]:
        """Yield the figures of the sentences; ``paragraphs`` tells the block of each."""
        paragraph = -1
        for (start, end), number in zip(sentences, paragraphs, strict=True):
            if number != paragraph:
                paragraph, self._scope, self._last = number, None, None
            self._open_scope(start, end)
            found = [q for q in self._quantities.read(self._reading, start, end) if not self._is_taken(q)]
            self._ahead = self._period_ahead(start, found[0].start) if found else None
            self._scope = self._scope or self._ahead
            if found and not self._says("hypothetical", start, found[0].start):
                yield from self._drafts(self._levels.read(found, start, end), start, end)

    def _is_count(self, unit: str | None) -> bool:
        known = self._context.lexicon.units.get(unit or "")
        return known is not None and known.kind == "count"

    def _is_taken(self, quantity: Quantity) -> bool:
        at = bisect_right(self._taken, quantity.number.start, key=lambda span: span[0])
        return any(quantity.number.start < high for _, high in self._taken[max(0, at - _OVERLAPPING) : at])

    def _says(self, cue: str, low: int, high: int) -> bool:
        return any(c.kind == "cue" and c.value == cue for c in within(self._reading.cues, low, high))

    def _open_scope(self, start: int, end: int) -> None:
        """A period at the head of a sentence holds for the paragraph until another one does."""
        for period in within(self._reading.periods, start, min(end, start + _LEAD_REACH)):
            is_lead = period.start - start <= _LEAD or self._reading.folded[period.end : period.end + 1] == ","
            interval = self._resolve(period)
            if interval is not None and is_lead and not self._is_since(period):
                self._scope = interval
                return

    def _period_ahead(self, start: int, first: int) -> Interval | None:
        """The period that stands before a sentence's first figure: it is that of its later figures too."""
        for period in reversed(within(self._reading.periods, start, first)):
            interval = self._resolve(period)
            if interval is not None and not self._is_since(period):
                return interval
        return None

    def _resolve(self, period: Period) -> Interval | None:
        reference = self._context.reference
        if period.kind == "lunar_new_year" and period.year is None:
            return None  # a feast that a deadline may name, no time that a figure is true of
        if reference is None:
            return period.resolve(date(period.year, 12, 31), forward=False) if period.year is not None else None
        return period.resolve(reference, forward=False)

    def _is_since(self, period: Period) -> bool:
        left = self._reading.folded[max(0, period.start - 24) : period.start].rstrip()
        return any(left.endswith(word) for word in self._reading.language.indicators["since"])

    def _drafts(self, levels: Sequence[Level], start: int, end: int) -> Iterator[IndicatorDraft]:
        previous: IndicatorDraft | None = None
        floor = start
        for index, level in enumerate(levels):
            ceiling = levels[index + 1].start if index + 1 < len(levels) else end
            low = reach_back(self._reading, level, floor)
            high = reach_on(self._reading, level, ceiling, end)
            floor = max(floor, high if high <= ceiling else level.end)
            behind = levels[index - 1].end if index else start
            metric_id = self._metric(level, ((low, high), (min(behind, low), high)), (start, end), previous)
            is_denied = self._says("negated", low, level.start) or self._negations.denies(low, level.quantity.start)
            if not is_denied and self._counts(level, metric_id, start, end):
                previous = self._draft(level, metric_id, (low, high), end, previous)
                told = reach_further(self._reading, level, (high, ceiling), end)
                previous = self._last = replace(previous, end=max(previous.end, told))
                self._told |= {level.unit: metric_id} if metric_id is not None else {}
                if index == 0 or level.quantity.role not in _EARLIER_ROLES:
                    self._anchor = previous.interval
                yield previous

    def _draft(
        self, level: Level, metric_id: str | None, span: tuple[int, int], end: int, previous: IndicatorDraft | None
    ) -> IndicatorDraft:
        low, high = span
        number = level.quantity.number
        interval = self._period(level, low, high, previous)
        return IndicatorDraft(
            rule_id=level.rule,
            start=low,
            end=high,
            metric_id=metric_id,
            area=self._area(level, low, high),
            interval=interval,
            value=number.value if level.has_value else None,
            value_high=number.high if level.has_value else None,
            unit=self._unit(level, metric_id),
            comparator=level.quantity.comparator,
            change=level.change,
            change_percent=level.change_percent,
            change_since=self._since(level, interval, end),
            out_of=level.out_of,
            kind=self._kind(low, high, interval),
        )

    def _area(self, level: Level, low: int, high: int) -> str | None:
        """Where a figure is true of; "20th in the world" is a place of the country's own.

        Another country or a province that its clause names, and home not, has the figure.
        """
        if level.unit in _COMPARABLE and not self._says("here", low, level.end):
            named = [c.value for c in within(self._reading.cues, low, high) if c.kind == "country"]
            if named and named[0] != self._context.area:
                return named[0]
        is_abroad = level.unit != "rank" and self._says("other_areas", low, high)
        return "other-countries" if is_abroad else self._province(level, low) or self._context.area

    def _province(self, level: Level, low: int) -> str | None:
        """The one province that a figure's clause names, in an article of the whole country."""
        home = self._context.lexicon.country.home
        if self._context.area != home or self._says("here", low, level.end):
            return None
        bodies = within(self._reading.structure, low, level.start)
        organisations = self._context.lexicon.organisations
        places = {organisations[t.value].area for t in bodies if t.kind in ("actor", "weak_actor", "head")}
        places.discard(None)
        found = places.pop() if len(places) == 1 else None
        return (
            found if found is not None and found.startswith(self._context.lexicon.country.subdivision_prefix) else None
        )

    def _unit(self, level: Level, metric_id: str | None) -> str | None:
        """The unit printed beside the number; one that stands apart gives way to the metric's own."""
        own = self._context.lexicon.metric_units.get(metric_id or "")
        return own or level.unit if level.unit is None or level.is_borrowed else level.unit

    def _metric(
        self,
        level: Level,
        stretches: tuple[tuple[int, int], tuple[int, int]],
        sentence: tuple[int, int],
        previous: IndicatorDraft | None,
    ) -> str | None:
        """The metric told in the figure's clause, else in its sentence, else carried on from the figure before.

        ``stretches`` are the clause, and all that stands between the figure before and the clause's end.
        """
        span = stretches[0]
        units: Collection[str | None] = {level.unit, *self._counted_units} if level.is_borrowed else {level.unit}
        carries = level.is_ellipsis or level.quantity.role in ("to", "compared")
        for low, high in (*stretches, (sentence[0], span[1]), sentence):
            terms = {cue.value for cue in within(self._reading.cues, low, high) if cue.kind == "metric"}
            best = best_metric(self._reading.language.metrics, terms, units)
            if best is not None:
                return best[0]
            if carries and previous is not None and (previous.unit == level.unit or level.is_borrowed):
                return self._narrower(span, sentence[0], units) or previous.metric_id
        told = self._told.get(level.unit)
        if told is not None and self._shares_term(told, span):
            return told  # "Revenue reached … in 2024. For 2025, revenue of … is expected"
        if level.unit == "rank" and self._names_country(span) and self._last is not None and self._last.unit == "rank":
            return self._last.metric_id  # "Malaysia was 57th", behind a rank of home's
        is_series = level.unit in _SERIES_UNITS and self._last is not None and self._last.unit == level.unit
        is_dated = bool(within(self._reading.periods, *span)) or self._says("later", *span)
        if is_series and self._last is not None and is_dated:
            return self._last.metric_id  # "… 12.83% in 2022 and 12.87% the year before": a series told on
        return None

    def _narrower(self, span: tuple[int, int], start: int, units: Collection[str | None]) -> str | None:
        """The metric that a clause tells of with the noun of the figure before: "… databases, five are in use"."""
        own, told = (
            {cue.value for cue in within(self._reading.cues, low, span[1]) if cue.kind == "metric"}
            for low in (span[0], start)
        )
        metrics = [metric for metric in self._reading.language.metrics if own & metric.terms]
        best = best_metric(metrics, told, units) if metrics else None
        return best[0] if best is not None else None

    def _names_country(self, span: tuple[int, int]) -> bool:
        return any(cue.kind == "country" for cue in within(self._reading.cues, *span))

    def _shares_term(self, metric_id: str, span: tuple[int, int]) -> bool:
        """Whether a word by which a metric is known stands in a stretch of text."""
        terms = self._terms.get(metric_id, frozenset())
        return any(cue.kind == "metric" and cue.value in terms for cue in within(self._reading.cues, *span))

    def _counts(self, level: Level, metric_id: str | None, start: int, end: int) -> bool:
        """Decide whether a figure says how things stand, and is no count of points, guests or words."""
        if level.unit == "rank":
            is_known = metric_id is not None or level.out_of is not None or self._is_world_rank(level)
            return is_known or self._says("here", start, level.start)
        if metric_id is not None:
            return True
        if level.unit is None or level.unit == "MHz":
            return False  # a frequency without more is the name of a band
        unit = self._context.lexicon.units.get(level.unit)
        kind = unit.kind if unit is not None else "count"
        if kind == "time" and level.quantity.number.high is None and level.quantity.role not in ("from", "to"):
            return False
        if kind == "count" and self._says("attendance", start, end):
            return False
        is_small = level.quantity.is_small and kind == "count"
        return not is_small or level.is_ellipsis or self._levels.opens_clause(level.quantity)

    def _is_world_rank(self, level: Level) -> bool:
        """Whether the words behind a rank say among whom ("37th in the world"): it counts though no index is known."""
        cues = within(self._reading.cues, level.quantity.end, level.quantity.end + _RANK_SAID)
        return any(c.kind == "cue" and c.value == "rank_after" and c.start - level.quantity.end <= 1 for c in cues)

    def _period(self, level: Level, low: int, high: int, previous: IndicatorDraft | None) -> Interval | None:
        before = self._anchor if previous is not None else None
        if before is not None and all(self._says(cue, low, level.start) for cue in ("earlier", "same_period")):
            return shift_years(before, -1)  # "…, while in the same period of last year it was 45.97 Mbps"
        is_relative = level.quantity.role == "compared" and before is not None
        explicit = self._explicit(level, low, high, is_relative=is_relative)
        if explicit is not None and before is not None and self._says("same_period", level.end, high):
            return shift_years(before, explicit.first.year - before.first.year)
        if previous is not None and self._says("same_period", low, high) and not self._says("earlier", low, high):
            return before
        is_earlier = level.quantity.role == "compared" or self._says("earlier", level.end, high)
        if explicit is None and is_earlier and level.change_end is None:
            return shift_years(before, -1) if before is not None else None
        if explicit is None and self._says("later", low, level.start) and self._last is not None:
            return shift_years(self._last.interval, 1) if self._last.interval is not None else None
        is_next = previous is not None and _is_alike(previous.unit, level.unit) and level.quantity.role == "level"
        found = explicit or (before if is_next else None) or self._ahead or self._scope
        return whole_year(found) if found is not None and level.unit == "rank" else found

    def _explicit(self, level: Level, low: int, high: int, *, is_relative: bool) -> Interval | None:
        """The period printed nearest to the number, one after it before one ahead of it.

        ``is_relative`` leaves out "the year before", which counts from the figure it is compared with.
        """
        number = level.quantity.number
        best: tuple[int, Interval] | None = None
        for period in within(self._reading.periods, low, high + _ABBREVIATED):
            interval = self._resolve(period)
            if interval is None or self._is_since(period) or (is_relative and self._is_earlier(period)):
                continue
            distance = period.start - number.end if period.start >= number.end else number.start - period.end + 5
            if best is None or distance < best[0]:
                best = (distance, interval)
        return best[1] if best is not None else None

    def _is_earlier(self, period: Period) -> bool:
        cues = within(self._reading.cues, max(0, period.start - _SINCE_BEFORE), period.end + _SINCE_BEFORE)
        earlier = [cue for cue in cues if cue.kind == "cue" and cue.value == "earlier"]
        return any(cue.start <= period.start and period.end <= cue.end for cue in earlier)

    def _since(self, level: Level, interval: Interval | None, end: int) -> str | None:
        """The period that a change is counted from."""
        if level.change_end is None or level.change_start is None:
            return None
        low, high = level.change_start - _SINCE_BEFORE, min(end, level.change_end + _SINCE_REACH)
        for period in within(self._reading.periods, max(0, low), high):
            resolved = self._resolve(period)
            if resolved is not None and self._is_since(period):
                is_day = interval is not None and interval.first == interval.last  # "last year" is not that day of it
                if interval is not None and not is_day and (period.year_offset or 0) < 0:
                    return shift_years(interval, -1).edtf
                if interval is not None and self._says("same_period", level.change_end, period.end):
                    return shift_years(interval, resolved.first.year - interval.first.year).edtf
                return resolved.edtf
        if interval is not None and self._says(
            "earlier", level.change_end, min(end, level.change_end + _EARLIER_REACH)
        ):
            return shift_years(interval, -1).edtf
        return None

    def _kind(self, low: int, high: int, interval: Interval | None) -> str:
        """Past is past whatever a verb's tense; else the words decide, else a day that lies ahead."""
        reference = self._context.reference
        if interval is not None and reference is not None and interval.last < reference:
            return "actual"
        for kind in ("forecast", "target"):
            if self._says(kind, low, high):
                return kind
        return "target" if interval is not None and reference is not None and interval.first > reference else "actual"


def _is_alike(unit: str | None, other: str | None) -> bool:
    """Whether two figures side by side are of one period: counted alike, or a rank and its score."""
    return unit == other or {unit, other} <= _RANKED
