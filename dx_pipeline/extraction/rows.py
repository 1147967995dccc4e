"""Rows: drafts of one article as rows of the candidate tables, each with its quote, offsets and rule."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from dx_pipeline.extraction.directives import Draft
from dx_pipeline.extraction.events import EventDraft
from dx_pipeline.extraction.indicators import IndicatorDraft
from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.extraction.references import Reference
from dx_pipeline.extraction.tokens import Reading
from dx_pipeline.extraction.tracks import within
from dx_pipeline.identifiers import stable_id

Row = dict[str, Any]
_DATE_REACH = 32  # code points after a document's number in which its date is printed


class RowMaker:
    """Makes the rows of one article."""

    def __init__(self, article: Mapping[str, Any], reading: Reading, lexicon: Lexicon) -> None:
        """Take the article's row, its tokens and the lexicon that read it."""
        self._article = article
        self._reading = reading
        self._lexicon = lexicon

    def directives(self, drafts: Iterable[Draft]) -> Iterator[Row]:
        """Yield rows of ``DirectiveCandidates``."""
        text = self._reading.text
        for ordinal, draft in enumerate(drafts):
            deadline, target = draft.deadline, draft.target
            yield self._evidence("directive", (draft.start, draft.end), ordinal, draft.rule.rule_id) | {
                "confidence": self._lexicon.confidence[draft.rule.rule_id],
                "issuer_id": draft.issuer_id,
                "issuer_text": draft.issuer_text,
                "addressee_ids": list(draft.addressee_ids),
                "addressee_text": draft.addressee_text,
                "action": text[draft.action_start : draft.end],
                "modality": draft.modality,
                "due_on": deadline.due_on if deadline else None,
                "due_edtf": deadline.edtf if deadline else None,
                "due_text": text[deadline.start : deadline.end] if deadline else None,
                "recurrence": deadline.recurrence if deadline else None,
                "target_metric_id": target.metric_id if target else None,
                "target_comparator": target.comparator if target else None,
                "target_value": target.value if target else None,
                "target_change": target.change if target else None,
                "target_unit": target.unit if target else None,
                "instrument_ids": list(draft.instrument_ids),
            }

    def indicators(self, drafts: Iterable[IndicatorDraft]) -> Iterator[Row]:
        """Yield rows of ``IndicatorCandidates``."""
        for ordinal, draft in enumerate(drafts):
            interval = draft.interval
            yield self._evidence("indicator", (draft.start, draft.end), ordinal, draft.rule_id) | {
                "confidence": self._lexicon.confidence[draft.rule_id],
                "metric_id": draft.metric_id,
                "metric_text": self._reading.text[draft.start : draft.end],
                "area": draft.area,
                "period": interval.edtf if interval else None,
                "period_start": interval.first if interval else None,
                "period_end": interval.last if interval else None,
                "value": draft.value,
                "value_high": draft.value_high,
                "unit": draft.unit,
                "comparator": draft.comparator,
                "change": draft.change,
                "change_percent": draft.change_percent,
                "change_since": draft.change_since,
                "out_of": draft.out_of,
                "kind": draft.kind,
            }

    def instruments(self, spans: Sequence[tuple[int, int]], drafts: Sequence[Draft]) -> Iterator[Row]:
        """Yield rows of ``InstrumentCandidates`` for every document and programme named in the given spans."""
        found: list[tuple[int, int, str, Reference | None]] = []
        for start, end in spans:
            tokens = (t for t in within(self._reading.structure, start, end) if t.kind == "instrument")
            found += [(t.start, t.end, t.value, None) for t in tokens]
            found += [(r.start, r.end, r.instrument_id, r) for r in within(self._reading.references, start, end)]
        found.sort(key=lambda item: item[:2])
        for ordinal, (start, end, identifier, reference) in enumerate(found):
            rule = "instrument.number" if reference else "instrument.name"
            is_ordered = any(draft.start <= start < draft.end for draft in drafts)
            row = self._evidence("instrument", (start, end), ordinal, rule) | self._identity(identifier, reference, end)
            del row["ordinal"]
            yield row | {"confidence": self._lexicon.confidence[rule], "role": "basis" if is_ordered else "mention"}

    def events(self, drafts: Iterable[EventDraft]) -> Iterator[Row]:
        """Yield rows of ``Events``."""
        article = self._article
        for draft in drafts:
            yield {
                "event_id": stable_id("evt", article["article_id"], draft.kind, draft.start),
                "story_id": article["story_id"],
                "kind": draft.kind,
                "body_id": draft.body_id,
                "ordinal": draft.ordinal,
                "held_on": draft.held_on,
                "article_id": article["article_id"],
                "quote": self._reading.text[draft.start : draft.end],
                "start_char": draft.start,
                "end_char": draft.end,
            }

    def _evidence(self, kind: str, span: tuple[int, int], ordinal: int, rule_id: str) -> Row:
        start, end = span
        return {
            "mention_id": stable_id("men", self._article["article_id"], kind, start, end, ordinal),
            "article_id": self._article["article_id"],
            "story_id": self._article["story_id"],
            "quote": self._reading.text[start:end],
            "start_char": start,
            "end_char": end,
            "language": self._article["language"],
            "rule_id": rule_id,
            "extractor_version": self._lexicon.version,
            "ordinal": ordinal,
        }

    def _identity(self, identifier: str, reference: Reference | None, end: int) -> Row:
        """What is known of a document: from the registry, else from its number and the date printed after it."""
        known = self._lexicon.instruments.get(identifier)
        if known is not None:
            names = known.names.get("en") or next(iter(known.names.values()))
            return {
                "instrument_id": identifier,
                "kind": known.kind,
                "number": known.number,
                "date": known.date,
                "issuer_id": known.issuer,
                "name": names[0],
            }
        number = reference.number if reference is not None else None
        return {
            "instrument_id": identifier,
            "kind": reference.kind if reference is not None else "document",
            "number": number,
            "date": self._printed_date(end),
            "issuer_id": self._lexicon.country.issuer_of(number) if number is not None else None,
            "name": None,
        }

    def _printed_date(self, end: int) -> date | None:
        published_on: date | None = self._article["published_on"]
        for period in within(self._reading.periods, end, end + _DATE_REACH):
            if period.kind == "day" and (period.year is not None or published_on is not None):
                interval = period.resolve(published_on or date(period.year or 1, 12, 31), forward=False)
                return interval.first if interval else None
        return None
