"""Excerpts as the engine is handed them: linked articles with their blocks, built from a text and a language.

The frames that extraction takes are built here for tests; what a test expects of them stands with the test.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.extraction.extract import Extracted, extract
from dx_pipeline.extraction.lexicon import Lexicon
from dx_pipeline.schemas.documents import Blocks, LinkedArticles
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline_tests.builders import Row, article_id, parsed_article, story_id

PARAGRAPH = re.compile(r"[^\n]+(?:\n(?!\n)[^\n]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A text with what extraction must know of it; a blank line parts its paragraphs."""

    text: str
    language: str | None
    published_on: date | None = None
    name: str = "excerpt"


def linked_articles(excerpts: Iterable[Excerpt]) -> pl.DataFrame:
    """Return a valid ``LinkedArticles`` frame, one article and one story for each excerpt."""
    rows = [
        parsed_article(excerpt.name, excerpt.text, language=excerpt.language, published_on=excerpt.published_on)
        | {"story_id": story_id(excerpt.name), "origin_id": None}
        for excerpt in excerpts
    ]
    return LinkedArticles.validate(frame_of(LinkedArticles, rows))


def body_blocks(excerpts: Iterable[Excerpt]) -> pl.DataFrame:
    """Return a valid ``Blocks`` frame with a body block for each paragraph."""
    return Blocks.validate(frame_of(Blocks, (row for excerpt in excerpts for row in _blocks(excerpt))))


def read(excerpts: Iterable[Excerpt], lexicon: Lexicon) -> Extracted:
    """Extract from excerpts."""
    told = list(excerpts)
    return extract(linked_articles(told), body_blocks(told), lexicon)


def _blocks(excerpt: Excerpt) -> Iterator[Row]:
    for number, paragraph in enumerate(PARAGRAPH.finditer(excerpt.text)):
        block: dict[str, Any] = {"article_id": article_id(excerpt.name), "block_no": number, "kind": "body"}
        yield block | {"start_char": paragraph.start(), "end_char": paragraph.end()}
