"""Builders of valid rows and frames for tests: each gives a whole row, of which a test names what matters.

Things are named by short words; ``article_id("a")`` is the id that ``article("a", …)`` has.
"""

import hashlib
from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.documents import Articles, ParsedArticles, Stories
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.mentions import DirectiveCandidates, Events, IndicatorCandidates, InstrumentCandidates

Row = dict[str, Any]

DAY = date(2025, 3, 10)


def article_id(name: str) -> str:
    """Return the id of the article called ``name``."""
    return stable_id("art", name)


def story_id(name: str) -> str:
    """Return the id of the story called ``name``."""
    return stable_id("sty", name)


def parsed_article(name: str, text: str, **columns: Any) -> Row:
    """Return a ``ParsedArticles`` row: in English, of :data:`DAY`, unless ``columns`` says otherwise."""
    return {
        "article_id": article_id(name),
        "source_id": "tests",
        "capture_id": stable_id("cap", name),
        "url": f"file:///articles/{name}.txt",
        "publisher": f"Publisher {name}",
        "language": "en",
        "title": f"Title {name}",
        "published_on": DAY,
        "published_on_source": "page",
        "version_no": 1,
        "is_latest": True,
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
    } | columns


def parsed_articles(*rows: Row) -> pl.DataFrame:
    """Return a valid ``ParsedArticles`` frame of rows from :func:`parsed_article`."""
    return ParsedArticles.validate(frame_of(ParsedArticles, rows))


def article(name: str, *, story: str = "story", origin: str | None = None, **columns: Any) -> Row:
    """Return an ``Articles`` row of the story ``story``; ``origin`` names the earliest article of its origin."""
    return parsed_article(name, f"Text of {name}.") | {
        "story_id": story_id(story),
        "origin_id": article_id(origin) if origin else None,
        "relevance": 1.0,
        "relevant": True,
        "relevance_reason": "test",
        **columns,
    }


def articles(*rows: Row) -> pl.DataFrame:
    """Return a valid ``Articles`` frame of rows from :func:`article`."""
    return Articles.validate(frame_of(Articles, rows))


def stories(*names: str, **columns: Any) -> pl.DataFrame:
    """Return a valid ``Stories`` frame with a story of one article for each name."""
    row = {
        "first_published_on": DAY,
        "article_count": 1,
        "language_count": 1,
        "publisher_count": 1,
        "origin_count": 1,
        "languages": ["en"],
        "linked_by": [],
    } | columns
    return Stories.validate(frame_of(Stories, [{"story_id": story_id(name), **row} for name in names]))


def statement(article: str, ordinal: int, *, story: str = "story", **columns: Any) -> Row:
    """Return the columns that every statement has; ``ordinal`` also places it in the text."""
    return {
        "mention_id": stable_id("men", article, ordinal, columns.get("language", "en")),
        "article_id": article_id(article),
        "story_id": story_id(story),
        "quote": f"quote {ordinal}",
        "start_char": 100 * ordinal,
        "end_char": 100 * ordinal + 90,
        "language": "en",
        "confidence": 0.8,
        "rule_id": "test",
        "extractor_version": "1",
        "ordinal": ordinal,
    } | columns


def directive(article: str, ordinal: int, action: str, **columns: Any) -> Row:
    """Return a ``DirectiveCandidates`` row: the Prime Minister requests ``action`` of the ministries."""
    order = {
        "issuer_id": "vnm-prime-minister",
        "addressee_ids": ["vnm-ministries"],
        "action": action,
        "modality": "request",
        "instrument_ids": [],
    }
    return statement(article, ordinal, **(order | columns))


def directives(*rows: Row) -> pl.DataFrame:
    """Return a valid ``DirectiveCandidates`` frame of rows from :func:`directive`."""
    return DirectiveCandidates.validate(frame_of(DirectiveCandidates, rows))


def indicator(article: str, ordinal: int, value: float | None, **columns: Any) -> Row:
    """Return an ``IndicatorCandidates`` row: an exact actual value."""
    return statement(article, ordinal, **({"value": value, "comparator": "=", "kind": "actual"} | columns))


def indicators(*rows: Row) -> pl.DataFrame:
    """Return a valid ``IndicatorCandidates`` frame of rows from :func:`indicator`."""
    return IndicatorCandidates.validate(frame_of(IndicatorCandidates, rows))


def instrument(article: str, ordinal: int, instrument_id: str, **columns: Any) -> Row:
    """Return an ``InstrumentCandidates`` row: a decision that is only mentioned."""
    row = statement(
        article, ordinal, **({"instrument_id": instrument_id, "kind": "decision", "role": "mention"} | columns)
    )
    del row["ordinal"]
    return row


def instruments(*rows: Row) -> pl.DataFrame:
    """Return a valid ``InstrumentCandidates`` frame of rows from :func:`instrument`."""
    return InstrumentCandidates.validate(frame_of(InstrumentCandidates, rows))


def event(article: str, held_on: date | None, *, story: str = "story", **columns: Any) -> Row:
    """Return an ``Events`` row: a meeting held on ``held_on``."""
    return {
        "event_id": stable_id("evt", article, held_on),
        "story_id": story_id(story),
        "kind": "meeting",
        "held_on": held_on,
        "article_id": article_id(article),
        "quote": "met",
        "start_char": 0,
        "end_char": 3,
    } | columns


def events(*rows: Row) -> pl.DataFrame:
    """Return a valid ``Events`` frame of rows from :func:`event`."""
    return Events.validate(frame_of(Events, rows))
