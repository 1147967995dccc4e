"""Extraction: linked articles and their blocks in, judged articles and candidate facts out.

The order of steps for one article stands here and nowhere else; what each step does is its own
module's matter. The result depends on text and catalogue alone.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dx_pipeline.extraction.context import read_context
from dx_pipeline.extraction.directives import DirectiveReader
from dx_pipeline.extraction.events import OrdinalReader, find_events
from dx_pipeline.extraction.folding import fold
from dx_pipeline.extraction.indicators import IndicatorReader
from dx_pipeline.extraction.lexicon import Language, Lexicon
from dx_pipeline.extraction.quantities import QuantityReader
from dx_pipeline.extraction.relevance import judge_relevance
from dx_pipeline.extraction.rows import RowMaker
from dx_pipeline.extraction.sentences import split_sentences
from dx_pipeline.extraction.tokens import read_text
from dx_pipeline.schemas.documents import STORY_KINDS, Articles
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.mentions import DirectiveCandidates, Events, IndicatorCandidates, InstrumentCandidates


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
    without a pack, off topic, or superseded by a later version keeps its row and yields nothing.
    """
    kinds = {unit.unit_id: unit.kind for unit in lexicon.units.values()}
    readers = _Readers(
        {code: QuantityReader(language.indicators, kinds) for code, language in lexicon.languages.items()},
        {
            code: OrdinalReader(language.events, language.indicators["ordinal_suffixes"])
            for code, language in lexicon.languages.items()
        },
    )
    spans: dict[str, list[tuple[int, int]]] = {}
    headings, listed = _starts(blocks, "heading"), _starts(blocks, "list")
    told = blocks.filter(pl.col("kind").is_in(sorted(STORY_KINDS))).sort("article_id", "start_char")
    for article_id, start, end in told.select("article_id", "start_char", "end_char").iter_rows():
        spans.setdefault(article_id, []).append((start, end))
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
    if not article["is_latest"]:
        return 0.0, False, "a later version of the page is read instead"
    language = lexicon.languages.get(article["language"] or "")
    if language is None:
        return 0.0, False, f"no language pack for {article['language'] or 'an unknown language'}"
    text, spans, headings = article["text"], page.spans, page.headings
    reading = read_text(text, fold(text), language, lexicon, spans, published_on=article["published_on"])
    verdict = judge_relevance(reading, spans, lexicon.relevance)
    if not verdict[1]:
        return verdict
    sentences, paragraphs = _sentences(text, spans, language)
    context = read_context(reading, sentences, article["published_on"], lexicon)
    quantities = readers.quantities[language.code]
    directives = list(
        DirectiveReader(reading, context, quantities).read(sentences, _sections(sentences, headings), page.listed)
    )
    taken = [(draft.start, draft.end) for draft in directives]
    figures = IndicatorReader(reading, context, quantities, taken).read(sentences, paragraphs)
    maker = RowMaker(article, reading, lexicon)
    rows["directives"].extend(maker.directives(directives))
    rows["indicators"].extend(maker.indicators(figures))
    rows["instruments"].extend(maker.instruments(spans, directives))
    rows["events"].extend(maker.events(find_events(reading, sentences, context, readers.ordinals[language.code])))
    return verdict


def _sentences(text: str, spans: list[tuple[int, int]], language: Language) -> tuple[list[tuple[int, int]], list[int]]:
    sentences: list[tuple[int, int]] = []
    paragraphs: list[int] = []
    for number, (start, end) in enumerate(spans):
        found = split_sentences(text, start, end, language.abbreviations)
        sentences.extend(found)
        paragraphs.extend([number] * len(found))
    return sentences, paragraphs


def _sections(sentences: list[tuple[int, int]], headings: list[int]) -> list[int]:
    return [bisect_right(headings, start) for start, _ in sentences]
