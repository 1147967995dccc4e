"""Labelled stories, and how well linking finds their pairs: the articles of one story against those of any two."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import polars as pl

from dx_pipeline.identifiers import stable_id
from dx_pipeline.quality.labels import read_label
from dx_pipeline.quality.measure import read_documents
from dx_pipeline.quality.sets import shipped_sets
from dx_pipeline.schemas.documents import ParsedArticles
from dx_pipeline.schemas.frames import frame_of, polars_schema
from dx_pipeline.settings import CATALOGUE
from dx_pipeline_tests.builders import Row

WRITTEN = Path(__file__).parent / "labelled_pairs.toml"


class Labelled(NamedTuple):
    """Articles (``ParsedArticles``) and the story of each by article id."""

    articles: pl.DataFrame
    story_of: dict[str, str]


class Score(NamedTuple):
    """Pairs found that are one story, pairs found that are not, and pairs not found."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of the pairs found that are right."""
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of the right pairs that are found."""
        return self.right / (self.right + self.missed)


def written_stories() -> Labelled:
    """Return the texts written for the purpose."""
    rows: list[Row] = []
    story_of: dict[str, str] = {}
    for story in tomllib.loads(WRITTEN.read_text(encoding="utf-8"))["story"]:
        for article in story["article"]:
            key = stable_id("art", article["url"])
            story_of[key] = story["id"]
            rows.append(_article(key, article))
    return Labelled(ParsedArticles.validate(frame_of(ParsedArticles, rows)), story_of)


def shipped_articles() -> Labelled:
    """Return the labelled articles that come with the project; those whose labels name one another are one story."""
    frames, story_of = [], {}
    for labelled in shipped_sets(CATALOGUE):
        read = read_documents(labelled.articles).articles.filter(~pl.col("url").str.ends_with("README.md"))
        articles = read.select(polars_schema(ParsedArticles).names())
        first = _stories_by_file(labelled.gold)
        for article_id, url in articles.select("article_id", "url").iter_rows():
            name = url.rpartition("/")[2]
            story_of[article_id] = f"{labelled.name}/{first.get(name, name)}"
        frames.append(articles)
    return Labelled(pl.concat(frames), story_of)


def score(
    story_of: Mapping[str, str], found: Mapping[str, str], chosen: Iterable[tuple[str, str]] | None = None
) -> Score:
    """Count the pairs of articles; ``found`` gives the story that linking put each in, ``chosen`` limits the pairs."""
    pairs = combinations(sorted(story_of), 2) if chosen is None else chosen
    verdicts = [(story_of[a] == story_of[b], found[a] == found[b]) for a, b in pairs]
    return Score(*(verdicts.count(kind) for kind in ((True, True), (False, True), (True, False))))


def _stories_by_file(gold: Path) -> dict[str, str]:
    """Return, by file name, the first file of its story."""
    first: dict[str, str] = {}
    links = []
    for path in sorted(gold.glob("*.yaml")):
        label = read_label(path)
        links.append((label.document, label.header.get("same_story_as") or label.document))
    for _ in links:
        for document, other in links:
            least = min(first.get(document, document), first.get(other, other))
            first[document] = first[other] = least
    return first


def _article(key: str, article: Row) -> Row:
    return {
        "article_id": key,
        "source_id": "labelled",
        "capture_id": stable_id("cap", article["url"]),
        "publisher": None,
        "title": None,
        "published_on_source": "page",
        "version_no": 1,
        "is_latest": True,
        "text_sha256": hashlib.sha256(article["text"].encode()).hexdigest(),
        **article,
    }
