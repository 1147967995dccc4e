"""The job that pulls a past: the pages of one month, of the web sites that are named, into archive and journal.

It is a job of its own, by months, so that the daily one has no partitions. What it brings is read by the next live run.
"""

from datetime import UTC

import dagster as dg
from pydantic import Field

from dx_pipeline.defs.sources import read_web_sources
from dx_pipeline.defs.web import open_evidence
from dx_pipeline.settings import Settings

JOB_NAME = "backfill"
_FIRST_MONTH = "2020-01-01"


class BackfillConfig(dg.Config):
    """Which web sites are asked."""

    sources: list[str] = Field(default=[], description="Their ids; all where none is named.")


def backfill_job(settings: Settings) -> dg.JobDefinition:
    """Return the job; each of its partitions is a month of publication."""

    @dg.op(description="Look for the month's pages back to its first day, and ask for those that are not kept yet.")
    def pull_month(context: dg.OpExecutionContext, config: BackfillConfig) -> None:
        window = context.partition_time_window
        start, end = (at.astimezone(UTC).replace(tzinfo=None) for at in (window.start, window.end))
        known = {source.source_id: source for source in read_web_sources(settings)}
        unknown = sorted(set(config.sources) - set(known))
        if unknown:
            raise dg.Failure(
                f"no web site is called {', '.join(unknown)}; they are {', '.join(known)}", allow_retries=False
            )
        sources = [known[source_id] for source_id in config.sources or known]
        with open_evidence(settings) as evidence:
            for pulled in evidence.pull_window(sources, start, end):
                counts = f"{pulled.new} pages of {start:%Y-%m} came, {pulled.failed.total()} failed"
                context.log.info(f"{pulled.source_id}: {counts}")
                if pulled.failure:
                    context.log.warning(pulled.failure)

    @dg.job(
        name=JOB_NAME,
        partitions_def=dg.MonthlyPartitionsDefinition(start_date=_FIRST_MONTH, end_offset=1),
        description="Pull a month's pages of the web sites that are named, or of all. The next live run reads them.",
        executor_def=dg.in_process_executor,
    )
    def backfill() -> None:
        pull_month()

    return backfill
