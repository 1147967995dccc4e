"""Statements of one fact: which comes first, which is best, how many there are and where they disagree.

What every settled fact needs, whatever its kind, belongs here; which statements are one fact is
decided by the modules of each kind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import polars as pl

Row = dict[str, Any]


class Settled(NamedTuple):
    """Mentions, each with the distinct fact that it states, and those facts."""

    mentions: pl.DataFrame
    facts: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Article:
    """What settling needs of an article: its place in time, its day and its independent origin."""

    rank: int
    published_on: date | None
    origin: str


def read_articles(articles: pl.DataFrame) -> dict[str, Article]:
    """Return the articles of an ``Articles`` or ``LinkedArticles`` frame by id, ranked earliest first."""
    ordered = articles.sort(["published_on", "article_id"], nulls_last=True)
    columns = ("article_id", "published_on", "origin_id", "story_id")
    rows = ordered.select(columns).iter_rows()
    return {key: Article(rank, day, origin or story) for rank, (key, day, origin, story) in enumerate(rows)}


def read_statements(candidates: pl.DataFrame, articles: Mapping[str, Article]) -> list[Row]:
    """Return the candidates as rows in the order told: earliest article first, then order in the text.

    Raises:
        ValueError: where a candidate's article is unknown; the message names both.
    """
    for mention, article in candidates.select("mention_id", "article_id").iter_rows():
        if article not in articles:
            raise ValueError(
                f"mention {mention} names article {article}, which is not among the articles: settle both from one run"
            )
    rows = candidates.to_dicts()
    return sorted(rows, key=lambda row: (articles[row["article_id"]].rank, row["ordinal"], row["mention_id"]))


def best_first(told: Iterable[Row]) -> list[Row]:
    """Return statements by trust: what a person has reviewed, then highest confidence first, then in the order told.

    >>> sure, reviewed = {"confidence": 1.0}, {"confidence": 1.0, "review": "amended"}
    >>> best_first([sure, reviewed])[0]["review"]
    'amended'
    """
    return sorted(told, key=lambda row: (row.get("review") is None, -row["confidence"]))


def fill(trusted: Sequence[Row], *fields: str) -> Row:
    """Return the fields from the first statement that gives any of them.

    Fields that belong together, such as a deadline and its words, are given together, so that they
    are never mixed from two statements.

    >>> fill([{"due_on": None, "due_text": None}, {"due_on": 1, "due_text": "soon"}], "due_on", "due_text")
    {'due_on': 1, 'due_text': 'soon'}
    """
    source = next((row for row in trusted if any(row[field] not in (None, []) for field in fields)), trusted[0])
    return {field: source[field] for field in fields}


def count_statements(told: Sequence[Row], articles: Mapping[str, Article]) -> Row:
    """Return how often, in which languages and from how many independent origins a fact is stated."""
    languages = sorted({row["language"] for row in told})
    return {
        "mention_count": len(told),
        "origin_count": len({articles[row["article_id"]].origin for row in told}),
        "language_count": len(languages),
        "languages": languages,
    }


def review_of(told: Sequence[Row]) -> str | None:
    """Return what people decided on a fact's statements; a correction of one says more than a confirmation.

    >>> review_of([{"review": "confirmed"}, {"review": "amended"}, {"review": None}, {}])
    'amended'
    """
    decided = {row.get("review") for row in told}
    return next((review for review in ("amended", "confirmed") if review in decided), None)


def find_conflicts(trusted: Sequence[Row], fields: Iterable[str]) -> list[str]:
    """Return a sentence for each value that disagrees with the first stated one of its field."""
    sentences: list[str] = []
    for field in fields:
        stated: dict[str, Row] = {}
        for row in trusted:
            if row[field] not in (None, []):
                stated.setdefault(printed(row[field]), row)
        first, *others = stated.values() or [None]
        sentences.extend(disagreement(field, first, other) for other in others if first and other)
    return sentences


def disagreement(field: str, one: Row, other: Row) -> str:
    """Say who says what of a field.

    >>> en = {"due_on": date(2024, 5, 31), "language": "en", "article_id": "art-1"}
    >>> fr = {"due_on": date(2024, 6, 30), "language": "fr", "article_id": "art-2"}
    >>> disagreement("due_on", en, fr)
    'due_on: 2024-05-31 (en, art-1) against 2024-06-30 (fr, art-2)'
    """
    return f"{field}: {_witness(field, one)} against {_witness(field, other)}"


def _witness(field: str, row: Row) -> str:
    return f"{printed(row[field])} ({row['language']}, {row['article_id']})"


def printed(value: Any) -> str:
    """Return a field's value in print: lists sorted, numbers without a tail of noughts."""
    if isinstance(value, list):
        return ", ".join(sorted(value))
    return f"{value:.15g}" if isinstance(value, float) else str(value)
