"""What the current release says at a glance: counts for the table that ends a run.

Only reading and counting belongs here; printing is the commands'.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from dx_pipeline.defs.proofs import find_unreadable
from dx_pipeline.warehouse.read import read_tables

QUERIES = (
    "select status, count(*) as directives from directive_status group by all order by 2 desc",
    "select due_on, action from directives join directive_status using (directive_id) where status = 'overdue'",
    "select claimed, official, explanation from claim_checks where verdict = 'contradicted'",
)
"""Queries to begin with."""

_TABLES = (
    "articles",
    "captures",
    "directive_status",
    "directives",
    "indicators",
    "claim_checks",
    "corrections",
    "quarantine",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts by name, and what could not be used with its reason."""

    articles_by_language: dict[str, int]
    relevant_articles: int
    directives_by_status: dict[str, int]
    directives: int
    indicators_by_kind: dict[str, int]
    verdicts: dict[str, int]
    corrections: dict[str, int]
    quarantined: list[dict[str, Any]]
    unreadable: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def read_summary(warehouse: Path) -> Summary:
    """Summarise the current release.

    Raises:
        ReleaseError: where the link names nothing.
    """
    return summarize(read_tables(warehouse, _TABLES))


def summarize(tables: Mapping[str, pl.DataFrame]) -> Summary:
    """Count what published tables hold; the tables are ``articles`` and the others that a release has by name."""
    articles, captures, quarantine = tables["articles"], tables["captures"], tables["quarantine"]
    return Summary(
        articles_by_language=_counts(articles, "language"),
        relevant_articles=int(articles["relevant"].sum()),
        directives_by_status=_counts(tables["directive_status"], "status"),
        directives=tables["directives"].height,
        indicators_by_kind=_counts(tables["indicators"], "kind"),
        verdicts=_counts(tables["claim_checks"], "verdict"),
        corrections={
            "applied": int(tables["corrections"]["applied"].sum()),
            "stale": int((~tables["corrections"]["applied"]).sum()),
        },
        quarantined=quarantine.group_by("table_name", "check")
        .agg(pl.len().alias("rows"), pl.col("detail").first())
        .sort("table_name", "check")
        .to_dicts(),
        unreadable=find_unreadable(captures).to_dicts(),
    )


def _counts(frame: pl.DataFrame, column: str) -> dict[str, int]:
    counted = frame.group_by(pl.col(column).fill_null("unknown")).len().sort("len", column, descending=[True, False])
    return dict(counted.iter_rows())
