"""Extraction: linked articles and their blocks in, judged articles and candidate facts out.

The order of steps for one article stands here and nowhere else; what each step does is its own
module's matter. The result depends on text and catalogue alone.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.extraction.context import Context, read_context
from dx_pipeline.extraction.directives import DirectiveReader, Draft
from dx_pipeline.extraction.events import OrdinalReader, find_events
from dx_pipeline.extraction.folding import fold
from dx_pipeline.extraction.indicators import IndicatorDraft, IndicatorReader
from dx_pipeline.extraction.lexicon import Language, Lexicon
from dx_pipeline.extraction.quantities import QuantityReader
from dx_pipeline.extraction.references import issuer_of
from dx_pipeline.extraction.relevance import judge_relevance
from dx_pipeline.extraction.sentences import split_sentences
from dx_pipeline.extraction.tokens import Reading, read_text, within
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.documents import Articles
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.mentions import DirectiveCandidates, Events, IndicatorCandidates, InstrumentCandidates

STORY_BLOCKS = frozenset({"body", "list", "quote", "table"})
_LONGEST_BLOCK = 50_000  # code points; what is longer is no paragraph and is left unread
_HOME = "VNM"


@dataclass(frozen=True, slots=True)
class Extracted:
    """What extraction gives: judged articles and candidates, frames of the models in ``schemas``."""

    articles: pl.DataFrame
    directives: pl.DataFrame
    indicators: pl.DataFrame
    instruments: pl.DataFrame
    events: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Readers:
    quantities: Mapping[str, QuantityReader]
    ordinals: Mapping[str, OrdinalReader]


@dataclass(frozen=True, slots=True)
class _Page:
    spans: list[tuple[int, int]]  # the blocks that tell the story
    headings: list[int]  # where each heading begins
    listed: frozenset[int]  # where list items begin


def extract(articles: pl.DataFrame, blocks: pl.DataFrame, lexicon: Lexicon) -> Extracted:
    """Read every fact candidate from linked articles.

    ``articles`` is a LinkedArticles frame, ``blocks`` a Blocks frame. An article in a language
    without a pack, or off topic, keeps its row and yields nothing.
    """
    readers = _Readers(
        {code: QuantityReader(language.indicators) for code, language in lexicon.languages.items()},
        {
            code: OrdinalReader(language.events, language.indicators["ordinal_suffixes"])
            for code, language in lexicon.languages.items()
        },
    )
    spans: dict[str, list[tuple[int, int]]] = {}
    headings, listed = _starts(blocks, "heading"), _starts(blocks, "list")
    told = blocks.filter(pl.col("kind").is_in(sorted(STORY_BLOCKS))).sort("article_id", "start_char")
    for article_id, start, end in told.select("article_id", "start_char", "end_char").iter_rows():
        spans.setdefault(article_id, []).append((start, min(end, start + _LONGEST_BLOCK)))
    rows: dict[str, list[dict[str, Any]]] = {"directives": [], "indicators": [], "instruments": [], "events": []}
    judged = []
    for article in articles.sort("article_id").iter_rows(named=True):
        key = article["article_id"]
        page = _Page(spans.get(key, []), headings.get(key, []), frozenset(listed.get(key, ())))
        verdict = _read_article(article, page, lexicon, readers, rows)
        judged.append(article | dict(zip(("relevance", "relevant", "relevance_reason"), verdict, strict=True)))
    return Extracted(
        articles=frame_of(Articles, judged),
        directives=frame_of(DirectiveCandidates, rows["directives"]),
        indicators=frame_of(IndicatorCandidates, rows["indicators"]),
        instruments=frame_of(InstrumentCandidates, rows["instruments"]),
        events=frame_of(Events, rows["events"]),
    )


def _starts(blocks: pl.DataFrame, kind: str) -> dict[str, list[int]]:
    """Where the blocks of a kind begin, by article."""
    starts: dict[str, list[int]] = {}
    of_kind = blocks.filter(pl.col("kind") == kind).sort("article_id", "start_char")
    for article_id, start in of_kind.select("article_id", "start_char").iter_rows():
        starts.setdefault(article_id, []).append(start)
    return starts


def _read_article(
    article: Mapping[str, Any],
    page: _Page,
    lexicon: Lexicon,
    readers: _Readers,
    rows: dict[str, list[dict[str, Any]]],
) -> tuple[float, bool, str]:
    language = lexicon.languages.get(article["language"] or "")
    if language is None:
        return 0.0, False, f"no language pack for {article['language'] or 'an unknown language'}"
    text, spans, headings = article["text"], page.spans, page.headings
    reading = read_text(text, fold(text), language, lexicon, spans)
    verdict = judge_relevance(reading, spans, lexicon.relevance)
    if not verdict[1]:
        return verdict
    sentences, paragraphs = _sentences(text, spans, language)
    context = read_context(reading, sentences, article["published_on"], lexicon)
    quantities = readers.quantities[language.code]
    directives = list(DirectiveReader(reading, context, quantities).read(sentences, _sections(sentences, headings), page.listed))
    taken = [(draft.start, draft.end) for draft in directives]
    figures = IndicatorReader(reading, context, quantities, _country(reading, lexicon), taken).read(sentences, paragraphs)
    rows["directives"].extend(_directive_rows(article, reading, directives, lexicon))
    rows["indicators"].extend(_indicator_rows(article, reading, figures, lexicon))
    rows["instruments"].extend(_instrument_rows(article, reading, spans, directives, lexicon))
    rows["events"].extend(_event_rows(article, reading, sentences, context, readers.ordinals[language.code]))
    return verdict


def _sentences(
    text: str, spans: list[tuple[int, int]], language: Language
) -> tuple[list[tuple[int, int]], list[int]]:
    sentences: list[tuple[int, int]] = []
    paragraphs: list[int] = []
    for number, (start, end) in enumerate(spans):
        found = split_sentences(text, start, end, language.abbreviations)
        sentences.extend(found)
        paragraphs.extend([number] * len(found))
    return sentences, paragraphs


def _sections(sentences: list[tuple[int, int]], headings: list[int]) -> list[int]:
    return [bisect_right(headings, start) for start, _ in sentences]


def _country(reading: Reading, lexicon: Lexicon) -> str | None:
    """The country that the article tells of: home where home or one of its bodies is named."""
    if any(cue.kind == "cue" and cue.value == "here" for cue in reading.cues):
        return _HOME
    bodies = (t.value for t in reading.structure if t.kind in ("actor", "head"))
    return _HOME if any((lexicon.organisations[b].area or "").startswith("V") for b in bodies) else None


def _evidence(
    article: Mapping[str, Any], text: str, kind: str, start: int, end: int, ordinal: int, rule_id: str, lexicon: Lexicon
) -> dict[str, Any]:
    return {
        "mention_id": stable_id("men", article["article_id"], kind, start, end, ordinal),
        "article_id": article["article_id"],
        "story_id": article["story_id"],
        "quote": text[start:end],
        "start_char": start,
        "end_char": end,
        "language": article["language"],
        "rule_id": rule_id,
        "extractor_version": lexicon.version,
    }


def _directive_rows(
    article: Mapping[str, Any], reading: Reading, drafts: list[Draft], lexicon: Lexicon
) -> Iterator[dict[str, Any]]:
    text = reading.text
    for ordinal, draft in enumerate(drafts):
        row = _evidence(article, text, "directive", draft.start, draft.end, ordinal, draft.rule.rule_id, lexicon)
        deadline, target = draft.deadline, draft.target
        yield row | {
            "confidence": draft.rule.prior,
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
            "ordinal": ordinal,
        }


def _indicator_rows(
    article: Mapping[str, Any], reading: Reading, drafts: Iterator[IndicatorDraft], lexicon: Lexicon
) -> Iterator[dict[str, Any]]:
    for ordinal, draft in enumerate(drafts):
        row = _evidence(article, reading.text, "indicator", draft.start, draft.end, ordinal, draft.rule_id, lexicon)
        interval = draft.interval
        yield row | {
            "confidence": lexicon.priors[draft.rule_id],
            "metric_id": draft.metric_id,
            "metric_text": draft.metric_text,
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
            "ordinal": ordinal,
        }


def _instrument_rows(
    article: Mapping[str, Any], reading: Reading, spans: list[tuple[int, int]], directives: list[Draft], lexicon: Lexicon
) -> Iterator[dict[str, Any]]:
    found = [(t.start, t.end, t.value, None) for s, e in spans for t in within(reading.structure, s, e) if t.kind == "instrument"]
    found += [(r.start, r.end, r.instrument_id, r) for s, e in spans for r in within(reading.references, s, e)]
    for ordinal, (start, end, identifier, reference) in enumerate(sorted(found, key=lambda f: f[:2])):
        known = lexicon.instruments.get(identifier)
        number = reference.number if reference else (known.number if known else None)
        rule = "instrument.number" if reference else "instrument.name"
        row = _evidence(article, reading.text, "instrument", start, end, ordinal, rule, lexicon)
        ordered = any(draft.start <= start < draft.end for draft in directives)
        yield row | {
            "confidence": lexicon.priors[rule],
            "instrument_id": identifier,
            "kind": known.kind if known else (reference.kind if reference else "document"),
            "number": number,
            "date": known.date if known else _printed_date(reading, end, article["published_on"]),
            "issuer_id": known.issuer if known else (issuer_of(number) if number else None),
            "name": known.names["en"][0] if known and known.names.get("en") else None,
            "role": "basis" if ordered else "mention",
        }


def _printed_date(reading: Reading, end: int, published_on: date | None) -> date | None:
    """The day printed right after a document's number."""
    for period in within(reading.periods, end, end + 32):
        if period.kind == "day" and (period.year is not None or published_on is not None):
            interval = period.resolve(published_on or date(period.year or 1, 12, 31), forward=False)
            return interval.first if interval else None
    return None


def _event_rows(
    article: Mapping[str, Any],
    reading: Reading,
    sentences: list[tuple[int, int]],
    context: Context,
    ordinals: OrdinalReader,
) -> Iterator[dict[str, Any]]:
    for draft in find_events(reading, sentences, context, ordinals):
        yield {
            "event_id": stable_id("evt", article["article_id"], draft.kind, draft.start),
            "story_id": article["story_id"],
            "kind": draft.kind,
            "body_id": draft.body_id,
            "ordinal": draft.ordinal,
            "held_on": draft.held_on,
            "article_id": article["article_id"],
            "quote": reading.text[draft.start : draft.end],
            "start_char": draft.start,
            "end_char": draft.end,
        }
