"""Indicators as the page lists them: level, change, verdict, proof; and what does not agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dx_pipeline.report.citations import Citation, Names, cite
from dx_pipeline.report.formats import change, figure, review_mark

LIMIT = 600
"""Indicators shown; a page is read by people, the rest is in the table."""

_VERDICTS = {  # gravest first: the badge tells the worst that is known
    "contradicted": "Contradicted",
    "not_comparable": "Not comparable",
    "confirmed": "Confirmed",
    "consistent": "Consistent",
    "no_official_series": "No official series",
}
_READING_ORDER = ("contradicted", "confirmed", "consistent", "not_comparable", "no_official_series", "unchecked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check with its verdict and its reason."""

    verdict: str
    label: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One indicator."""

    indicator_id: str
    name: str
    lang: str | None
    figure: str
    period: str
    area: str
    change: str
    kind: str
    verdict: str
    label: str
    review: str | None
    checks: Sequence[Check]
    citations: Sequence[Citation]
    conflicts: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The indicators shown and the number of all."""

    shown: Sequence[Claim]
    total: int

    @property
    def disputed(self) -> list[Claim]:
        """Those that an official figure, their own arithmetic or another statement does not bear out."""
        return [c for c in self.shown if c.verdict in {"contradicted", "not_comparable"} or c.conflicts]


def list_claims(tables: Mapping[str, pl.DataFrame]) -> Claims:
    """Return the indicators, what a reader looks for first by verdict, then by name and period.

    Args:
        tables: published tables by name.
    """
    metrics = Names(tables["metrics"], "metric_id", "name_en")
    citations = cite(tables["indicators"], tables["indicator_mentions"], tables["articles"], "indicator_id")
    checks: dict[str, list[Check]] = {}
    for row in tables["claim_checks"].sort("indicator_id", "check", "check_id").iter_rows(named=True):
        check = Check(verdict=row["verdict"], label=_VERDICTS[row["verdict"]], explanation=row["explanation"])
        checks.setdefault(row["indicator_id"], []).append(check)
    claims = [_claim(row, metrics, checks, citations) for row in tables["indicators"].iter_rows(named=True)]
    claims.sort(key=lambda c: (_READING_ORDER.index(c.verdict), c.name.casefold(), c.period, c.indicator_id))
    return Claims(shown=claims[:LIMIT], total=len(claims))


def _claim(
    row: dict[str, Any],
    metrics: Names,
    checks: Mapping[str, list[Check]],
    citations: Mapping[str, list[Citation]],
) -> Claim:
    own = checks.get(row["indicator_id"], [])
    worst = min((check.verdict for check in own), key=_rank, default="unchecked")
    quotes = citations.get(row["indicator_id"], [])
    return Claim(
        indicator_id=row["indicator_id"],
        name=metrics.of(row["metric_id"], row["metric_text"] or "What is measured is not stated"),
        lang=quotes[0].lang if quotes and row["metric_id"] is None and row["metric_text"] else None,
        figure=figure(row),
        period=row["period"] or "—",
        area=row["area"] or "",
        change=change(row),
        kind=row["kind"],
        verdict=worst,
        label=_VERDICTS.get(worst, "Not checked"),
        review=review_mark(row["review"]),
        checks=sorted(own, key=lambda check: _rank(check.verdict)),
        citations=quotes,
        conflicts=row["conflicts"],
    )


def _rank(verdict: str) -> int:
    return list(_VERDICTS).index(verdict) if verdict in _VERDICTS else len(_VERDICTS)
