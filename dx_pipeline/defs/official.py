"""Assets of what does not come from articles: official statistics and the registry of bodies, metrics and documents."""

import dagster as dg
import polars as pl

from dx_pipeline.defs.evidence import CAPTURES
from dx_pipeline.defs.sources import Sources
from dx_pipeline.defs.table_assets import SET_ASIDE, Frames, Step, published_table, table_assets
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.registry import metrics_frame, organisations_frame, read_metrics, read_organisations
from dx_pipeline.settings import CATALOGUE, Settings
from dx_pipeline.statistics.read import read_statistics

STATISTICS = published_table("statistics", "statistics")
ORGANISATIONS = published_table("registry", "organisations")
METRICS = published_table("registry", "metrics")


def official_assets(settings: Settings, sources: Sources) -> list[dg.AssetsDefinition]:
    """Return the statistics, which need the archive and their sources, and the registry."""
    read_body = Archive(settings.evidence).get
    source_ids = [source.source_id for source in sources.statistics]

    @table_assets(
        Step(
            group="5_statistics",
            tables=[STATISTICS],
            calls=read_statistics,
            reads=["statistics", "catalogue/statistics"],
            ins={"captures": CAPTURES.key},
        )
    )
    def statistics(run_id: str, captures: pl.DataFrame) -> Frames:
        recorded = captures.filter(pl.col("source_id").is_in(source_ids))
        observed = read_statistics(sources.statistics, recorded, read_body, run_id)
        return {"statistics": observed.statistics, SET_ASIDE: observed.quarantine}

    return [statistics, registry]


@table_assets(
    Step(
        group="6_registry",
        tables=[ORGANISATIONS, METRICS],
        calls=read_organisations,
        reads=["catalogue/registry"],
        ins={},
    )
)
def registry(_run_id: str) -> Frames:
    """Read the organisations and metrics that facts point at."""
    return {
        "organisations": organisations_frame(read_organisations(CATALOGUE)),
        "metrics": metrics_frame(read_metrics(CATALOGUE)),
    }
