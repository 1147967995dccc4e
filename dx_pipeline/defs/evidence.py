"""Assets of the evidence: one per source of the catalogue, the publishers upstream, and their tables together.

What is got and how belongs in ``evidence/``; what there is to get, in the catalogue.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import dagster as dg
import polars as pl

from dx_pipeline.defs.stage_tables import StageTables
from dx_pipeline.defs.table_assets import OWNERS, Frames, StageTable, Step, published_table, table_assets
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_files, capture_folder
from dx_pipeline.evidence.warc import is_warc
from dx_pipeline.registry import read_metrics
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.evidence import Sources as SourcesModel
from dx_pipeline.schemas.frames import frame_of, polars_schema
from dx_pipeline.settings import CATALOGUE, Settings
from dx_pipeline.specs import (
    ArticleSource,
    CatalogueError,
    StatisticsSource,
    read_article_sources,
    read_statistics_sources,
)
from dx_pipeline.statistics.mapping import check_metrics
from dx_pipeline.statistics.read import source_files

GROUP = "1_evidence"
SOURCES = published_table("evidence", "sources")
CAPTURES = published_table("evidence", "captures")
_READS = ("evidence", "defs/evidence.py")


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources that a run reads."""

    articles: tuple[ArticleSource, ...]
    statistics: tuple[StatisticsSource, ...]

    @property
    def every(self) -> tuple[ArticleSource | StatisticsSource, ...]:
        """All of them."""
        return (*self.articles, *self.statistics)

    @classmethod
    def read(cls, settings: Settings) -> "Sources":
        """Read the sources of the catalogue; a folder that the user names stands in for its article sources.

        Raises:
            CatalogueError: where a file of the catalogue cannot be used.
        """
        statistics = tuple(read_statistics_sources(CATALOGUE))
        check_metrics(statistics, {metric.metric_id for metric in read_metrics(CATALOGUE)})
        if settings.articles is None:
            articles = tuple(source for source in read_article_sources(CATALOGUE) if source.folder is not None)
            shared = {s.source_id for s in articles} & {s.source_id for s in statistics}
            if shared:
                raise CatalogueError(
                    f"{CATALOGUE}: articles/ and statistics/ both have a source called {', '.join(sorted(shared))}; "
                    "a source's id is its file's name, so rename one of the files"
                )
            return cls(articles, statistics)
        folder = ArticleSource(
            source_id="folder",
            name=f"{'Web archive' if is_warc(settings.articles) else 'Folder'} {settings.articles.name}",
            publisher="not stated",
            licence="not stated",
            folder=settings.articles,
        )
        return cls((folder,), statistics)


def evidence_assets(
    settings: Settings, sources: Sources, stage: StageTables
) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Return the assets that get the bytes: publishers (external), captures per source, all captures, all sources."""
    archive = Archive(settings.evidence)
    captures = [
        *(_article_source(source, archive) for source in sources.articles),
        *(_statistics_source(source, archive) for source in sources.statistics),
    ]
    publishers = {spec.key: spec for spec in map(_publisher, sources.every)}
    return [*publishers.values(), *captures, _captures(sources, stage)]


def source_table(source_id: str) -> StageTable:
    """Return the table of one source's captures."""
    return StageTable(stage="evidence", name=source_id, model=Captures, table_name="captures")


def payload_sha256(captures: pl.DataFrame) -> str:
    """Return a hash over what came: sources and the bytes' own hashes, whatever the order and the folder.

    >>> one = pl.DataFrame({"source_id": ["a", "b"], "sha256": ["0", None]})
    >>> payload_sha256(one) == payload_sha256(one.reverse())
    True
    """
    payload = sorted(captures.select("source_id", pl.col("sha256").fill_null("")).rows())
    return hashlib.sha256(repr(payload).encode()).hexdigest()


def list_sources(sources: Sources, captures: pl.DataFrame) -> pl.DataFrame:
    """Return every source with its newest attempt (``Sources``), in order of kind and id.

    Args:
        sources: The sources that the run reads.
        captures: ``Captures`` of all of them; a source without any has no last attempt.
    """
    rows = [
        {
            "source_id": source.source_id,
            "kind": "articles" if isinstance(source, ArticleSource) else "statistics",
            "name": source.name,
            "publisher": source.publisher,
            "url": source.url,
            "language": _only_language(source),
            "licence": source.licence,
        }
        for source in sources.every
    ]
    newest = captures.sort("captured_at", "capture_id", nulls_last=False).group_by("source_id", maintain_order=True)
    last = newest.agg(
        pl.col("captured_at").last().alias("last_capture_at"), pl.col("outcome").last().alias("last_outcome")
    )
    listed = frame_of(SourcesModel, rows).drop("last_capture_at", "last_outcome")
    return listed.join(last, on="source_id", how="left", maintain_order="left").select(
        polars_schema(SourcesModel).names()
    )


def _only_language(source: ArticleSource | StatisticsSource) -> str | None:
    languages = source.languages if isinstance(source, ArticleSource) else ()
    return languages[0] if len(languages) == 1 else None


def _article_source(source: ArticleSource, archive: Archive) -> dg.AssetsDefinition:
    return _source(source, capture_folder, lambda: capture_folder(source, archive))


def _statistics_source(source: StatisticsSource, archive: Archive) -> dg.AssetsDefinition:
    paths = source_files(source, CATALOGUE)
    captured_on: date | None = source.settings.get("captured_on")
    return _source(
        source, capture_files, lambda: capture_files(source.source_id, paths, CATALOGUE, captured_on, archive)
    )


def _source(
    source: ArticleSource | StatisticsSource, calls: Callable[..., object], capture: Callable[[], pl.DataFrame]
) -> dg.AssetsDefinition:
    step = Step(
        group=GROUP,
        tables=[source_table(source.source_id)],
        calls=calls,
        reads=_READS,
        ins={},
        deps=[_publisher(source).key],
        data_version=payload_sha256,
        describes=f"Captures of {source.name} ({source.publisher}), one row per attempt; licence: {source.licence}.",
        metadata={"url": dg.MetadataValue.url(source.url)} if source.url else {},
    )

    @table_assets(step)
    def captures(_run_id: str) -> Frames:
        return {source.source_id: capture()}

    return captures


def _captures(sources: Sources, stage: StageTables) -> dg.AssetsDefinition:
    keys = {source.source_id: source_table(source.source_id).key for source in sources.every}
    step = Step(
        group=GROUP,
        tables=[CAPTURES, SOURCES],
        calls=list_sources,
        reads=_READS,
        ins={},
        deps=list(keys.values()),
    )

    @table_assets(step)
    def evidence(_run_id: str) -> Frames:
        together = pl.concat(stage.read_tables(keys).values())
        return {"captures": together, "sources": list_sources(sources, together)}

    return evidence


def _publisher(source: ArticleSource | StatisticsSource) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["publishers", re.sub(r"\W+", "_", source.publisher).strip("_").lower()],
        description=f"{source.publisher}: outside of this pipeline, it publishes what is read here.",
        group_name="0_publishers",
        owners=OWNERS,
    )
