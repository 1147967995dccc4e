"""Assets of what follows from the facts: verdicts, statuses, progress, boards."""

import dagster as dg
import polars as pl

from dx_pipeline.defs import facts, official
from dx_pipeline.defs.sources import Sources
from dx_pipeline.defs.table_assets import Frames, Step, published_table, table_assets
from dx_pipeline.findings.boards import count_by_addressee, count_by_instrument, count_by_province, score_clarity
from dx_pipeline.findings.claims import check_claims
from dx_pipeline.findings.progress import measure_progress
from dx_pipeline.findings.status import judge_directives
from dx_pipeline.findings.targets import Told
from dx_pipeline.settings import Settings
from dx_pipeline.statistics.editions import method_breaks

CLAIM_CHECKS = published_table("findings", "claim_checks")
STATUS = published_table("findings", "directive_status")
PROGRESS = published_table("findings", "target_progress")
BOARD = published_table("findings", "organisation_board")
INSTRUMENT_BOARD = published_table("findings", "instrument_board")
PROVINCE_BOARD = published_table("findings", "province_board")
CLARITY = published_table("findings", "directive_clarity")
_GROUP = "8_findings"
_READS = ("findings", "catalogue/rules", "catalogue/statistics")
_OFFICIAL = {"statistics": official.STATISTICS.key, "metrics": official.METRICS.key}
_CLAIMS = {"indicators": facts.INDICATORS.key, "parity": facts.PARITY.key, **_OFFICIAL}
_GOALS = {"directives": facts.DIRECTIVES.key, **_OFFICIAL}
_PROOFS = {"evidence": facts.EVIDENCE.key, "repetitions": facts.REPETITIONS.key}
_TOLD = {
    "indicators": facts.INDICATORS.key,
    "mentions": facts.INDICATOR_MENTIONS.key,
    "instruments": facts.INSTRUMENT_MENTIONS.key,
}


def finding_assets(settings: Settings, sources: Sources) -> list[dg.AssetsDefinition]:
    """Return the findings.

    Those about directives are as of the day of the settings; none compares figures across a break of
    method that the sources tell of.
    """
    as_of = settings.as_of
    breaks = method_breaks(sources.statistics)

    @table_assets(Step(group=_GROUP, tables=[CLAIM_CHECKS], calls=check_claims, reads=_READS, ins=_CLAIMS))
    def claims(
        _run_id: str,
        indicators: pl.DataFrame,
        statistics: pl.DataFrame,
        metrics: pl.DataFrame,
        parity: pl.DataFrame,
    ) -> Frames:
        return {"claim_checks": check_claims(indicators, statistics, metrics, breaks, parity=parity)}

    @table_assets(Step(group=_GROUP, tables=[STATUS], calls=judge_directives, reads=_READS, ins=_GOALS | _PROOFS))
    def status(
        _run_id: str, directives: pl.DataFrame, statistics: pl.DataFrame, metrics: pl.DataFrame, **proofs: pl.DataFrame
    ) -> Frames:
        evidence, repetitions = (proofs[name] for name in _PROOFS)
        judged = judge_directives(
            directives, statistics, metrics, as_of, evidence=evidence, repetitions=repetitions, breaks=breaks
        )
        return {"directive_status": judged}

    @table_assets(Step(group=_GROUP, tables=[PROGRESS], calls=measure_progress, reads=_READS, ins=_GOALS | _TOLD))
    def progress(
        _run_id: str, directives: pl.DataFrame, statistics: pl.DataFrame, metrics: pl.DataFrame, **told: pl.DataFrame
    ) -> Frames:
        targets = Told(**told)
        measured = measure_progress(directives, statistics, metrics, as_of, told=targets, breaks=breaks)
        return {"target_progress": measured}

    return [claims, status, progress, boards]


@table_assets(
    Step(
        group=_GROUP,
        tables=[BOARD, INSTRUMENT_BOARD, PROVINCE_BOARD, CLARITY],
        calls=count_by_addressee,
        reads=_READS,
        ins={
            "directives": facts.DIRECTIVES.key,
            "status": STATUS.key,
            "organisations": official.ORGANISATIONS.key,
            "repetitions": facts.REPETITIONS.key,
        },
    )
)
def boards(
    _run_id: str,
    directives: pl.DataFrame,
    status: pl.DataFrame,
    organisations: pl.DataFrame,
    repetitions: pl.DataFrame,
) -> Frames:
    """Count directives by addressee, by programme and by province, and score how clearly they are put."""
    return {
        "organisation_board": count_by_addressee(directives, status, organisations, repetitions),
        "instrument_board": count_by_instrument(directives, status, repetitions),
        "province_board": count_by_province(directives, status, organisations, repetitions),
        "directive_clarity": score_clarity(directives),
    }
