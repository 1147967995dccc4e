"""Names and quotes: what an id is called, and where a statement stands word for word."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dx_pipeline.report.formats import day, language, safe_link


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A quote with its language and its source."""

    quote: str
    lang: str | None
    language: str
    title: str
    publisher: str | None
    published: str
    link: str | None


class Names:
    """English names by id; an id without a name stands for itself."""

    def __init__(self, frame: pl.DataFrame, key: str, name: str) -> None:
        """Read the names of a registry frame."""
        self._names: dict[str, str | None] = dict(frame.select(key, name).iter_rows())

    def of(self, identifier: str | None, missing: str) -> str:
        """Return the name of an id, ``missing`` where there is no id."""
        return missing if identifier is None else self._names.get(identifier) or identifier


def cite(
    facts: pl.DataFrame, mentions: pl.DataFrame, articles: pl.DataFrame, fact_id: str
) -> dict[str, list[Citation]]:
    """Return the quotes of every fact: the statement that its words are from first, then the most trusted.

    Args:
        facts: ``Directives`` or ``Indicators``.
        mentions: ``DirectiveMentions`` or ``IndicatorMentions``.
        articles: ``Articles``.
        fact_id: the column that names the fact.
    """
    sources = articles.select("article_id", "url", "title", "publisher", "published_on")
    chosen = facts.select(fact_id, "mention_id", pl.lit(value=True).alias("chosen"))
    joined = (
        mentions.select(fact_id, "mention_id", "article_id", "quote", "language", "confidence")
        .join(sources, on="article_id", how="left")
        .join(chosen, on=[fact_id, "mention_id"], how="left")
        .sort("chosen", "confidence", "mention_id", descending=[True, True, False], nulls_last=True)
    )
    quotes: dict[str, list[Citation]] = {}
    for row in joined.iter_rows(named=True):
        quotes.setdefault(row[fact_id], []).append(_citation(row))
    return quotes


def _citation(row: Mapping[str, Any]) -> Citation:
    return Citation(
        quote=row["quote"],
        lang=row["language"],
        language=language(row["language"]),
        title=row["title"] or "Article without a headline",
        publisher=row["publisher"],
        published=day(row["published_on"]) if row["published_on"] else "undated",
        link=safe_link(row["url"]),
    )
