"""Everything that Dagster is told, put together for given settings. No asset is defined here."""

from itertools import chain

import dagster as dg

from dx_pipeline.defs import facts
from dx_pipeline.defs.articles import article_assets
from dx_pipeline.defs.backfill import backfill_job
from dx_pipeline.defs.checks import cross_checks
from dx_pipeline.defs.evidence import evidence_assets
from dx_pipeline.defs.findings import finding_assets
from dx_pipeline.defs.inbox import inbox_sensor
from dx_pipeline.defs.official import official_assets
from dx_pipeline.defs.published import published_assets
from dx_pipeline.defs.quality import quality_assets
from dx_pipeline.defs.review import review_assets
from dx_pipeline.defs.schedules import REFRESH, daily_schedule
from dx_pipeline.defs.sources import Sources
from dx_pipeline.defs.stage_tables import StageTables
from dx_pipeline.defs.templates import template_assets, template_checks
from dx_pipeline.defs.web import web_assets
from dx_pipeline.settings import Settings


def build_definitions(settings: Settings) -> dg.Definitions:
    """Return the code location: assets, checks, jobs, the daily schedule, the sensor of the inbox, the IO manager.

    Raises:
        CatalogueError: where a file of the catalogue cannot be used; the message names it.
    """
    sources = Sources.read(settings)
    stage = StageTables(warehouse=str(settings.warehouse), stage=str(settings.stage))
    tables = [
        *evidence_assets(settings, sources, stage),
        *web_assets(settings, sources.web),
        *article_assets(settings, sources),
        *template_assets(settings, sources),
        *quality_assets(stage),
        *official_assets(settings, sources),
        *review_assets(settings),
        *facts.ASSETS,
        *finding_assets(settings, sources),
    ]
    made = list(chain.from_iterable(asset.keys for asset in tables if isinstance(asset, dg.AssetsDefinition)))
    published = {
        spec.metadata["dagster/table_name"].rpartition(".")[2]: spec.key
        for asset in tables
        if isinstance(asset, dg.AssetsDefinition)
        for spec in asset.specs
        if "dagster/table_name" in spec.metadata
    }
    return dg.Definitions(
        assets=[*tables, *published_assets(settings, stage, published, made)],
        asset_checks=[*cross_checks(sources, settings.as_of), *template_checks(sources)],
        jobs=[REFRESH, backfill_job(settings)],
        schedules=[daily_schedule(running=settings.schedule_running)],
        sensors=[inbox_sensor(settings)],
        resources={"stage": stage},
        executor=dg.in_process_executor,
    )
