"""Stories: articles that are copies or translations of one text, joined on text and header alone.

The stage's function and the frames that it gives belong here.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.schemas.documents import LinkedArticles, Stories
from dx_pipeline.schemas.frames import frame_of, polars_schema
from dx_pipeline.stories.evidence import FENCE_DAYS, Bond, Reading, find_bonds, find_reprints, read_evidence
from dx_pipeline.stories.naming import Published, name_aliases, name_stories
from dx_pipeline.stories.origins import find_origins
from dx_pipeline.stories.partition import Partition


@dataclass(frozen=True, slots=True)
class Linked:
    """Articles joined to their stories (``LinkedArticles``, by article id), the ``Stories`` and ``StoryAliases``."""

    articles: pl.DataFrame
    stories: pl.DataFrame
    aliases: pl.DataFrame


def link_stories(articles: pl.DataFrame, before: Published | None = None) -> Linked:
    """Join articles that are copies or translations of one text into stories.

    ``articles`` is a ``ParsedArticles`` frame. Evidence is a shared address (the printed source, or
    one article's own address), one slug whatever the language before it, shared wording, shared images,
    or shared numbers whatever the language. A story's known days of publication span at most three
    days, so that two meetings of one body stay two stories; only a reprint, with the same printed source
    and nearly the same words, may come later. An undated article takes its story's first day. Which
    articles are one story depends on the articles alone, never on their order. No method needs a model of
    any language; numbers as the link between languages follow R. Steinberger, B. Pouliquen and C. Ignat (2004).

    A story's id comes from its earliest article. ``before`` is what the release before says: a story that was
    published keeps its id though an earlier article arrives, and where published stories turn out to be
    one, the older id stays and the others become aliases of it. Of a page in several versions the latest is
    read, and the others are in its story.
    """
    readings = read_evidence(articles.filter("is_latest").sort("article_id"))
    before = before.follow(articles) if before else None
    bonds = find_bonds(readings)
    reprints = find_reprints(readings)
    partition = Partition(readings, {key: reading.published_on for key, reading in readings.items()})
    for bond in bonds:
        partition.join(bond.left, bond.right, most_days=FENCE_DAYS)
    for reprint in reprints:
        partition.join(reprint.left, reprint.right)
    stories, places = _describe_stories(articles, readings, [*bonds, *reprints], partition, before)
    aliases = name_aliases({place["article_id"]: place["story_id"] for place in places}, before)
    return Linked(_place_articles(articles, places), frame_of(Stories, stories).sort("story_id"), aliases)


def _describe_stories(
    articles: pl.DataFrame,
    readings: Mapping[str, Reading],
    bonds: Sequence[Bond],
    partition: Partition,
    before: Published | None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of the stories, and for each article its story, origin and the story's first day."""
    titles = dict(zip(articles["article_id"], articles["title"], strict=True))
    members: dict[str, list[Reading]] = defaultdict(list)
    for reading in sorted(readings.values(), key=_earliest):
        members[partition.name(reading.article_id)].append(reading)
    evidence: dict[str, list[Bond]] = defaultdict(list)
    for bond in bonds:
        if partition.name(bond.left) == partition.name(bond.right):
            evidence[partition.name(bond.left)].append(bond)
    stories: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    ids = name_stories({name: [reading.article_id for reading in story] for name, story in members.items()}, before)
    for name, story in members.items():
        origins = find_origins(story, evidence[name])
        row = {"story_id": ids[name], **_story_row(story, titles, origins, evidence[name])}
        stories.append(row)
        places.extend(
            {
                "article_id": article_id,
                "story_id": row["story_id"],
                "origin_id": origin_id,
                "first_published_on": row["first_published_on"],
            }
            for article_id, origin_id in origins.items()
        )
    return stories, places


def _story_row(
    story: Sequence[Reading], titles: Mapping[str, str | None], origins: Mapping[str, str], bonds: Sequence[Bond]
) -> dict[str, Any]:
    languages = sorted({reading.language for reading in story if reading.language})
    return {
        "title": next((title for reading in story if (title := titles[reading.article_id])), None),
        "first_published_on": story[0].published_on,
        "article_count": len(story),
        "language_count": len(languages),
        "publisher_count": len({reading.publisher for reading in story if reading.publisher}),
        "origin_count": len(set(origins.values())),
        "languages": languages,
        "linked_by": sorted({bond.kind for bond in bonds}),
    }


def _place_articles(articles: pl.DataFrame, places: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    schema = {"article_id": pl.String, "story_id": pl.String, "origin_id": pl.String, "first_published_on": pl.Date}
    takes_day = pl.col("published_on").is_null() & pl.col("first_published_on").is_not_null()
    latest = pl.col("article_id").filter("is_latest").first().over("source_id", "url")
    placed = pl.DataFrame(places, schema=schema).rename({"article_id": "latest_id"})
    return (
        articles.with_columns(pl.when("is_latest").then("article_id").otherwise(latest).alias("latest_id"))
        .join(placed, on="latest_id", how="left")
        .with_columns(
            pl.when(takes_day).then(pl.lit("story")).otherwise("published_on_source").alias("published_on_source"),
            pl.coalesce("published_on", "first_published_on").alias("published_on"),
        )
        .select(polars_schema(LinkedArticles).names())
        .sort("article_id")
    )


def _earliest(reading: Reading) -> tuple[date, str]:
    return reading.published_on or date.max, reading.article_id
