"""Assets of what follows from the facts: verdicts, statuses, progress, boards."""

import dagster as dg
import polars as pl

from dx_pipeline.defs import facts, official
from dx_pipeline.defs.sources import Sources
from dx_pipeline.defs.table_assets import Frames, Step, published_table, table_assets
from dx_pipeline.findings.boards import count_by_addressee
from dx_pipeline.findings.claims import check_claims
from dx_pipeline.findings.progress import measure_progress
from dx_pipeline.findings.status import judge_directives
from dx_pipeline.settings import Settings
from dx_pipeline.statistics.editions import method_breaks

CLAIM_CHECKS = published_table("findings", "claim_checks")
STATUS = published_table("findings", "directive_status")
PROGRESS = published_table("findings", "target_progress")
BOARD = published_table("findings", "organisation_board")
_GROUP = "8_findings"
_READS = ("findings", "catalogue/rules", "catalogue/statistics")
_OFFICIAL = {"statistics": official.STATISTICS.key, "metrics": official.METRICS.key}
_CLAIMS = {"indicators": facts.INDICATORS.key, **_OFFICIAL}
_GOALS = {"directives": facts.DIRECTIVES.key, **_OFFICIAL}


def finding_assets(settings: Settings, sources: Sources) -> list[dg.AssetsDefinition]:
    """Return the findings.

    Those about directives are as of the day of the settings; none compares figures across a break of
    method that the sources tell of.
    """
    as_of = settings.as_of
    breaks = method_breaks(sources.statistics)

    @table_assets(Step(group=_GROUP, tables=[CLAIM_CHECKS], calls=check_claims, reads=_READS, ins=_CLAIMS))
    def claims(_run_id: str, indicators: pl.DataFrame, statistics: pl.DataFrame, metrics: pl.DataFrame) -> Frames:
        return {"claim_checks": check_claims(indicators, statistics, metrics, breaks)}

    @table_assets(Step(group=_GROUP, tables=[STATUS], calls=judge_directives, reads=_READS, ins=_GOALS))
    def status(_run_id: str, directives: pl.DataFrame, statistics: pl.DataFrame, metrics: pl.DataFrame) -> Frames:
        return {"directive_status": judge_directives(directives, statistics, metrics, as_of, breaks=breaks)}

    @table_assets(Step(group=_GROUP, tables=[PROGRESS], calls=measure_progress, reads=_READS, ins=_GOALS))
    def progress(_run_id: str, directives: pl.DataFrame, statistics: pl.DataFrame, metrics: pl.DataFrame) -> Frames:
        return {"target_progress": measure_progress(directives, statistics, metrics, as_of, breaks=breaks)}

    return [claims, status, progress, board]


@table_assets(
    Step(
        group=_GROUP,
        tables=[BOARD],
        calls=count_by_addressee,
        reads=_READS,
        ins={"directives": facts.DIRECTIVES.key, "status": STATUS.key},
    )
)
def board(_run_id: str, directives: pl.DataFrame, status: pl.DataFrame) -> Frames:
    """Count each addressee's directives by status."""
    return {"organisation_board": count_by_addressee(directives, status)}
