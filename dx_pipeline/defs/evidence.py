"""Assets of the evidence: one per source of the catalogue, the publishers upstream, and their tables together.

What is got and how belongs in ``evidence/``; what there is to get, in the catalogue.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl

from dx_pipeline.defs.services import pull_services
from dx_pipeline.defs.sources import INBOX, Sources
from dx_pipeline.defs.stage_tables import StageTables
from dx_pipeline.defs.table_assets import OWNERS, Frames, Made, StageTable, Step, published_table, table_assets
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_files, capture_folder
from dx_pipeline.evidence.services import pull_statistics
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.evidence import Sources as SourcesModel
from dx_pipeline.schemas.frames import frame_of, polars_schema
from dx_pipeline.settings import Settings
from dx_pipeline.specs import ArticleSource, StatisticsSource
from dx_pipeline.statistics.read import source_files

GROUP = "1_evidence"
SOURCES = published_table("evidence", "sources")
CAPTURES = published_table("evidence", "captures")
_READS = ("evidence", "defs/evidence.py")


def evidence_assets(
    settings: Settings, sources: Sources, stage: StageTables
) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Return the assets that get the bytes: publishers (external), captures per source, all captures, all sources.

    Those of the web sites are in ``web.py``.
    """
    archive = Archive(settings.evidence)
    captures = [
        *(_article_source(source, archive) for source in sources.folders),
        *(_statistics_source(source, sources.statistics_root, settings) for source in sources.statistics),
    ]
    publishers = {spec.key: spec for spec in map(publisher_of, sources.every) if spec}
    return [*publishers.values(), *captures, _captures(sources, stage)]


def source_table(source_id: str) -> StageTable:
    """Return the table of one source's captures."""
    return StageTable(stage="evidence", name=source_id, model=Captures, table_name="captures")


def payload_sha256(captures: pl.DataFrame) -> str:
    """Return a hash over what came: sources and the bytes' own hashes, whatever the order of addresses and the folder.

    Of an address that was asked several times the bytes count in the order in which they came, and those that
    had not changed only once: a pull that brought nothing new leaves the hash as it was. So does one that failed,
    but for a file, which is not read then.

    >>> one = pl.DataFrame({"source_id": ["a", "b"], "url": ["file:1", "file:2"], "sha256": ["0", None]})
    >>> payload_sha256(one) == payload_sha256(one.reverse())
    True
    >>> again = pl.DataFrame({"source_id": ["a"] * 3, "url": ["https://1"] * 3, "sha256": ["0", None, "0"]})
    >>> payload_sha256(again) == payload_sha256(again.head(1))
    True
    """
    is_file = pl.col("url").str.starts_with("file:")
    came = captures.filter(pl.col("sha256").is_not_null() | is_file).with_columns(pl.col("sha256").fill_null(""))
    bodies = came.group_by("source_id", "url", maintain_order=True).agg(
        pl.col("sha256").rle().struct.field("value").str.join(" ").alias("bodies")
    )
    return hashlib.sha256(repr(sorted(bodies.select("source_id", "bodies").rows())).encode()).hexdigest()


def list_sources(sources: Sources, captures: pl.DataFrame) -> pl.DataFrame:
    """Return every source with its newest attempt (``Sources``), in order of kind and id.

    Args:
        sources: The sources that the run reads.
        captures: ``Captures`` of all of them; a source without any has no last attempt. An inbox without any is no
            source.
    """
    seen = set(captures["source_id"].unique())
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
        if source.source_id != INBOX or source.source_id in seen
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
    def capture() -> pl.DataFrame:
        if source.source_id == INBOX and source.folder is not None:
            source.folder.mkdir(parents=True, exist_ok=True)  # so that people find where to put their files
        return capture_folder(source, archive)

    return _source(source, capture_folder, capture)


def _statistics_source(source: StatisticsSource, root: Path, settings: Settings) -> dg.AssetsDefinition:
    paths, archive = source_files(source, root), Archive(settings.evidence)
    captured_on: date | None = source.settings.get("captured_on")

    def capture() -> pl.DataFrame | Made:
        recorded = capture_files(source.source_id, paths, root, captured_on, archive)
        return pull_services(source, recorded, settings) if settings.live else recorded

    return _source(source, pull_statistics if settings.live else capture_files, capture)


def _source(
    source: ArticleSource | StatisticsSource, calls: Callable[..., object], capture: Callable[[], pl.DataFrame | Made]
) -> dg.AssetsDefinition:
    step = source_step(source, calls)

    @table_assets(step)
    def captures(_run_id: str) -> Frames | Made:
        captured = capture()
        return captured if isinstance(captured, Made) else {source.source_id: captured}

    return captures


def source_step(
    source: ArticleSource | StatisticsSource, calls: Callable[..., object], freshness: dg.FreshnessPolicy | None = None
) -> Step:
    """Return how the captures of one source stand in the graph; ``calls`` gets them."""
    publisher = publisher_of(source)
    return Step(
        group=GROUP,
        tables=[source_table(source.source_id)],
        calls=calls,
        reads=_READS,
        ins={},
        deps=[publisher.key] if publisher else [],
        data_version=payload_sha256,
        describes=f"Captures of {source.name} ({source.publisher}), one row per attempt; licence: {source.licence}.",
        metadata={"url": dg.MetadataValue.url(source.url)} if source.url else {},
        freshness=freshness,
    )


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


def publisher_of(source: ArticleSource | StatisticsSource) -> dg.AssetSpec | None:
    """Return the asset that stands for who publishes a source, outside of this pipeline; nobody does an inbox."""
    if source.source_id == INBOX:
        return None
    return dg.AssetSpec(
        ["publishers", _key_of(source.publisher)],
        description=f"{source.publisher}: outside of this pipeline, it publishes what is read here.",
        group_name="0_publishers",
        owners=OWNERS,
    )


def _key_of(name: str) -> str:
    """Return a name in the letters that Dagster takes.

    >>> _key_of("Báo Nghệ An / Đảng")
    'bao_nghe_an_dang'
    """
    plain = unicodedata.normalize("NFKD", name.lower().replace("đ", "d").replace("ł", "l").replace("ø", "o"))
    return re.sub(r"[^a-z0-9]+", "_", plain.encode("ascii", "ignore").decode()).strip("_") or "unnamed"
