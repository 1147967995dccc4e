"""Assets of what people open: the quarantine, the changes, the numbered release, the report."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import polars as pl

from dx_pipeline.defs.code_versions import code_version
from dx_pipeline.defs.metadata import source_reference
from dx_pipeline.defs.review import ENTRIES, input_sha256
from dx_pipeline.defs.stage_tables import StageTables
from dx_pipeline.defs.table_assets import FRESHNESS, OWNERS, Frames, Step, published_table, table_assets
from dx_pipeline.findings.changes import compare_tables
from dx_pipeline.report.feed import Edition, render_changes_atom, render_changes_json
from dx_pipeline.report.page import render_report
from dx_pipeline.schemas.frames import polars_schema
from dx_pipeline.settings import Settings
from dx_pipeline.warehouse.publish import RunRecord, publish
from dx_pipeline.warehouse.read import read_manifest, read_tables
from dx_pipeline.warehouse.releases import current_release, list_releases

GROUP = "9_published"
QUARANTINE = published_table("warehouse", "quarantine")
CHANGES = published_table("findings", "changes")
RELEASE_KEY = dg.AssetKey(["warehouse", "release"])
REPORT_KEY = dg.AssetKey(["report", "page"])


def published_assets(
    settings: Settings, stage: StageTables, tables: Mapping[str, dg.AssetKey], made: Sequence[dg.AssetKey]
) -> list[dg.AssetsDefinition]:
    """Return the last assets of the graph.

    Args:
        settings: Where the warehouse is and how many releases stay.
        stage: From where the quarantine is collected.
        tables: The asset of each published table by the table's name.
        made: All assets whose rows may be in quarantine.
    """
    published = {**tables, "quarantine": QUARANTINE.key, "changes": CHANGES.key}
    return [
        _quarantine(stage, [*made, CHANGES.key]),
        _changes(settings, stage, tables),
        _release(settings, published),
        _report(settings, published),
    ]


def _quarantine(stage: StageTables, made: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    @table_assets(
        Step(group=GROUP, tables=[QUARANTINE], calls=StageTables.read_quarantine, reads=["defs"], ins={}, deps=made)
    )
    def quarantine(_run_id: str) -> Frames:
        return {"quarantine": stage.read_quarantine(made)}

    return quarantine


def _changes(settings: Settings, stage: StageTables, tables: Mapping[str, dg.AssetKey]) -> dg.AssetsDefinition:
    deps = list(tables.values())

    @table_assets(Step(group=GROUP, tables=[CHANGES], calls=compare_tables, reads=["findings"], ins={}, deps=deps))
    def changes(_run_id: str) -> Frames:
        return {"changes": compare_tables(read_tables(settings.warehouse, tables), stage.read_tables(tables))}

    return changes


def _release(settings: Settings, published: Mapping[str, dg.AssetKey]) -> dg.AssetsDefinition:
    @dg.asset(
        key=RELEASE_KEY,
        deps=list(published.values()),
        group_name=GROUP,
        code_version=code_version("warehouse"),
        owners=OWNERS,
        kinds={"python", "duckdb", "parquet"},
        tags={"domain": "warehouse"},
        metadata=source_reference(publish),
        freshness_policy=FRESHNESS,
        description="The numbered release that `warehouse/dx.duckdb` links to, or word that nothing is new.",
    )
    def release(context: dg.AssetExecutionContext, stage: dg.ResourceParam[StageTables]) -> dg.MaterializeResult[None]:
        frames = stage.read_tables(published)
        record = context.instance.get_run_record_by_id(context.run.run_id)
        started = record.start_time if record else None
        run = RunRecord(
            run_id=context.run.run_id,
            started_at=_utc(started) if started else _utc(datetime.now(UTC).timestamp()),
            code_version=code_version("."),
            input_sha256=input_sha256(frames["captures"], stage.read_table(ENTRIES.key)),
            as_of=settings.as_of,
        )
        publication = publish(frames, settings.warehouse, run, settings.keep_releases, say=context.log.info)
        return dg.MaterializeResult(
            metadata={
                "release": publication.release.number,
                "published": int(publication.published),
                "quarantined_rows": frames["quarantine"].height,
                "rows": sum(frame.height for frame in frames.values()),
                "bytes": publication.release.database.stat().st_size,
                "database": dg.MetadataValue.path(settings.database),
            }
        )

    return release


def _report(settings: Settings, published: Mapping[str, dg.AssetKey]) -> dg.AssetsDefinition:
    @dg.asset(
        key=REPORT_KEY,
        deps=[RELEASE_KEY, *published.values()],
        group_name=GROUP,
        code_version=code_version("report"),
        owners=OWNERS,
        kinds={"python", "html"},
        tags={"domain": "report"},
        metadata=source_reference(render_report),
        freshness_policy=FRESHNESS,
        description="One self-contained HTML page of what the newest release says, and what changed as JSON and Atom.",
    )
    def page(stage: dg.ResourceParam[StageTables]) -> dg.MaterializeResult[None]:
        release = current_release(settings.warehouse)
        tables = stage.read_tables(published) | ({"release": read_manifest(release)} if release else {})
        size = _write_text(settings.report, render_report(tables))
        editions = _editions(settings)
        folder = settings.report.parent
        _write_text(folder / "changes.json", render_changes_json(editions))
        _write_text(folder / "changes.atom", render_changes_atom(editions))
        return dg.MaterializeResult(metadata={"bytes": size, "path": dg.MetadataValue.path(settings.report)})

    return page


def _editions(settings: Settings) -> list[Edition]:
    """Return what the releases on disk say has changed; one that was built before changes had kinds says nothing."""
    editions = []
    for release in list_releases(settings.warehouse):
        changes = pl.read_parquet(release.parquet(CHANGES.name))
        built_at = read_manifest(release)["built_at"].max()
        if isinstance(built_at, datetime) and changes.columns == polars_schema(CHANGES.model).names():
            editions.append(Edition(number=release.number, built_at=built_at, changes=changes))
    return editions


def _utc(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC).replace(tzinfo=None)


def _write_text(path: Path, text: str) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path.stat().st_size
