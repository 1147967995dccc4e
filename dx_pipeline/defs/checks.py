"""Asset checks that hold tables against each other; each shows the rows that fail.

The rules are pure functions in ``proofs`` and in the stages; here they are tied to assets.
"""

from collections.abc import Sequence
from datetime import date

import dagster as dg
import polars as pl

from dx_pipeline.defs import articles, evidence, facts, official, review
from dx_pipeline.defs.metadata import markdown_table
from dx_pipeline.defs.proofs import find_misquotes, find_orphans, find_stale, find_unreadable
from dx_pipeline.defs.sources import Sources
from dx_pipeline.defs.table_assets import StageTable
from dx_pipeline.statistics.editions import overdue_editions
from dx_pipeline.statistics.expectations import check_expectations
from dx_pipeline.statistics.vintages import find_withdrawn

_TOLD = 3  # failing rows


def cross_checks(sources: Sources, as_of: date) -> Sequence[dg.AssetChecksDefinition]:
    """Return the checks between tables; those of statistics need their sources and the day they are judged on."""

    @dg.asset_check(asset=official.STATISTICS.key, description="Official figures are as their source's file expects.")
    def expectations(statistics: pl.DataFrame) -> dg.AssetCheckResult:
        return _result(check_expectations(statistics, sources.statistics))

    @dg.asset_check(
        asset=official.STATISTICS.key,
        description="Editions that their publishers' calendar leads one to expect are there. A late one stops nothing.",
    )
    def editions(statistics: pl.DataFrame) -> dg.AssetCheckResult:
        return _result(overdue_editions(sources.statistics, statistics, as_of), dg.AssetCheckSeverity.WARN)

    @dg.asset_check(
        asset=official.STATISTICS.key,
        description="Publishers still give the figures that they gave before. One that is gone stays, marked.",
    )
    def withdrawn(statistics: pl.DataFrame) -> dg.AssetCheckResult:
        return _result(find_withdrawn(statistics), dg.AssetCheckSeverity.WARN)

    mentions = (facts.DIRECTIVE_MENTIONS, facts.INDICATOR_MENTIONS, facts.INSTRUMENT_MENTIONS, articles.EVENTS)
    return [
        readable,
        expectations,
        editions,
        withdrawn,
        *(_quotes(table) for table in mentions),
        settled_directives,
        settled_indicators,
        applied,
    ]


@dg.asset_check(
    asset=evidence.CAPTURES.key,
    description="Every source gave something to read. Files that could not be read are kept in quarantine.",
)
def readable(captures: pl.DataFrame) -> dg.AssetCheckResult:
    """Show the attempts that gave no bytes to read, by source."""
    return _result(find_unreadable(captures))


@dg.asset_check(
    asset=facts.DIRECTIVES.key,
    additional_ins={"mentions": dg.AssetIn(facts.DIRECTIVE_MENTIONS.key)},
    description="Every statement of a directive points at one that is there.",
)
def settled_directives(directives: pl.DataFrame, mentions: pl.DataFrame) -> dg.AssetCheckResult:
    """Show the statements whose directive is missing."""
    return _result(find_orphans(mentions, "directive_id", directives, "directive_id"))


@dg.asset_check(
    asset=facts.INDICATORS.key,
    additional_ins={"mentions": dg.AssetIn(facts.INDICATOR_MENTIONS.key)},
    description="Every statement of an indicator points at one that is there.",
)
def settled_indicators(indicators: pl.DataFrame, mentions: pl.DataFrame) -> dg.AssetCheckResult:
    """Show the statements whose indicator is missing."""
    return _result(find_orphans(mentions, "indicator_id", indicators, "indicator_id"))


@dg.asset_check(
    asset=review.CORRECTIONS.key,
    description="Every correction took effect. A stale one stops nothing; one that cannot be used is in quarantine.",
)
def applied(corrections: pl.DataFrame) -> dg.AssetCheckResult:
    """Show the corrections whose statement is not in this run."""
    return _result(find_stale(corrections), dg.AssetCheckSeverity.WARN)


def _quotes(table: StageTable) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=table.key,
        name="quoted",
        additional_ins={"articles": dg.AssetIn(articles.ARTICLES.key)},
        description="Every article named is there, and every quote stands at its offsets in it.",
    )
    def quoted(mentions: pl.DataFrame, articles: pl.DataFrame) -> dg.AssetCheckResult:
        return _result(find_misquotes(mentions, articles).select("article_id", "start_char", "quote", "found"))

    return quoted


def _result(
    failing: pl.DataFrame, severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=failing.is_empty(),
        severity=severity,
        description=_in_words(failing) if failing.height else None,
        metadata={
            "failing": failing.height,
            "failing_rows": dg.MetadataValue.md(markdown_table(failing) if failing.height else "none"),
        },
    )


def _in_words(failing: pl.DataFrame) -> str:
    """Name the first of the failing rows, for those who read no table."""
    rows = [", ".join(f"{name} {value}" for name, value in row.items()) for row in failing.head(_TOLD).to_dicts()]
    more = f"; and {failing.height - _TOLD} more" if failing.height > _TOLD else ""
    return "; ".join(rows) + more
