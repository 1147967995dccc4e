"""Claims held to their own arithmetic: percentages, changes between two years, totals and their parts.

Checks that need no official figure belong here; comparison with official figures is in ``claims``.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from dx_pipeline.findings.official import Metric
from dx_pipeline.findings.rounding import last_digit, quoted_range, within
from dx_pipeline.findings.rubric import Breakdown, Rubric
from dx_pipeline.findings.wording import plain
from dx_pipeline.identifiers import stable_id

_SHARES = frozenset({"percent", "points"})  # "up 5%" of a share may mean points: no check can tell
Claim = dict[str, Any]


class _Figures(NamedTuple):
    """The figure quoted, the one calculated, and the unit of both."""

    claimed: float
    calculated: float
    unit: str | None


def check_arithmetic(claims: Sequence[Claim], registry: dict[str, Metric], rubric: Rubric) -> list[dict[str, Any]]:
    """Check percentages, changes and totals that a story gives all the numbers for.

    Args:
        claims: rows of ``Indicators``.
        registry: metrics by id, for the direction that is better.
        rubric: the margins, and which parts make up which total.

    Returns:
        Rows of ``ClaimChecks``: ``consistent`` or ``contradicted``. A check whose numbers are not all
        there gives no row.
    """
    rows = [row for claim in claims for row in _check_percent_of_level(claim, rubric)]
    rows += [row for series in _series(claims) for row in _check_series(series, registry, rubric)]
    for breakdown in rubric.breakdowns:
        rows += _check_parts(claims, breakdown)
    return rows


def _check_percent_of_level(claim: Claim, rubric: Rubric) -> Iterator[Claim]:
    value, change, quoted = claim["value"], claim["change"], claim["change_percent"]
    if value is None or change is None or quoted is None or claim["unit"] in _SHARES | {"rank"}:
        return
    before = value - change
    if before <= 0:
        return
    percent = 100 * change / before
    low, high = _percent_range(quoted_range(value, claim["comparator"], counted=True), quoted_range(change, "="))
    fair = _is_fair_percent(quoted, low, high, rubric)
    text = (
        f"{plain(abs(change))} {_more(change)} than {plain(before)} is {plain(percent, 1)}%, {_verdict(quoted, fair)}."
    )
    yield _row(claim, "percent-of-level", fair, _Figures(quoted, percent, "percent"), text)


def _percent_range(level: tuple[float, float], change: tuple[float, float]) -> tuple[float, float]:
    """Return the least and the greatest percentage that level and change, as quoted, allow."""
    percents = [100 * c / (v - c) for v in level for c in change if v - c > 0]
    return min(percents), max(percents)


def _check_series(series: Sequence[Claim], registry: dict[str, Metric], rubric: Rubric) -> Iterator[Claim]:
    for earlier, later in pairwise(series):
        if later["change_since"] not in {None, earlier["period"]}:
            continue
        before, after = earlier["value"], later["value"]
        quoted = later["change_percent"]
        if quoted is not None and before > 0 and later["unit"] not in _SHARES | {"rank"}:
            percent = 100 * (after - before) / before
            low, high = _growth_range(quoted_range(before, "="), quoted_range(after, later["comparator"]))
            fair = _is_fair_percent(quoted, low, high, rubric)
            text = (
                f"{plain(after)} in {later['period']} is {plain(abs(percent), 1)}% {_more(percent)} than "
                f"{plain(before)} in {earlier['period']}, {_verdict(quoted, fair)}."
            )
            yield _row(later, "growth", fair, _Figures(quoted, percent, "percent"), text)
        if later["change"] is not None:
            yield _check_change(earlier, later, registry)


def _growth_range(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float]:
    percents = [100 * (a - b) / b for b in before for a in after if b > 0]
    return min(percents), max(percents)


def _check_change(earlier: Claim, later: Claim, registry: dict[str, Metric]) -> Claim:
    before, after, quoted = earlier["value"], later["value"], later["change"]
    metric = registry.get(later["metric_id"] or "")
    is_rank = later["unit"] == "rank"
    calculated = metric.gain(before, after) if metric is not None and is_rank else after - before
    slack = sum(_slack(claim["value"], claim["comparator"]) for claim in (earlier, later)) + _slack(quoted, "=")
    fair = within(calculated, quoted - slack, quoted + slack)
    text = (
        f"From {plain(before)} in {earlier['period']} to {plain(after)} in {later['period']} is a change of "
        f"{plain(calculated)}, {'as' if fair else 'not'} the quoted {plain(quoted)}{'' if fair else ' allows'}."
    )
    return _row(later, "change", fair, _Figures(quoted, calculated, later["unit"]), text)


def _slack(value: float, comparator: str) -> float:
    low, high = quoted_range(value, comparator, counted=True)
    return max(value - low, high - value)


def _series(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Return runs of levels of one thing in one story, by period; a period told twice is left out."""
    groups: dict[tuple[Any, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        what = claim["metric_id"] or claim["metric_text"]
        if what is not None and claim["value"] is not None and claim["value_high"] is None and claim["period_end"]:
            groups[claim["story_id"], what, claim["area"] or "", claim["unit"] or ""].append(claim)
    runs = []
    for _, group in sorted(groups.items()):
        ends = [claim["period_end"] for claim in group]
        run = sorted((c for c in group if ends.count(c["period_end"]) == 1), key=lambda c: c["period_end"])
        runs.append(run)
    return runs


def _check_parts(claims: Sequence[Claim], breakdown: Breakdown) -> Iterator[Claim]:
    stories: dict[tuple[str, str, str], dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        if claim["metric_id"] in {breakdown.total, *breakdown.parts} and claim["value"] is not None:
            key = (claim["story_id"], claim["area"] or "", claim["period"] or "")
            stories[key][claim["metric_id"]].append(claim)
    for _, told in sorted(stories.items()):
        found = [told.get(name, []) for name in (breakdown.total, *breakdown.parts)]
        if all(len(claims_of_one) == 1 for claims_of_one in found):
            total, *parts = (claims_of_one[0] for claims_of_one in found)
            yield _check_total(total, parts)


def _check_total(total: Claim, parts: Sequence[Claim]) -> Claim:
    calculated = sum(part["value"] for part in parts)
    slack = sum(_slack(claim["value"], claim["comparator"]) for claim in (total, *parts))
    fair = within(calculated, total["value"] - slack, total["value"] + slack)
    added = " + ".join(plain(part["value"]) for part in parts)
    text = f"{added} is {plain(calculated)}, {'as' if fair else 'not'} the total of {plain(total['value'])} says."
    return _row(total, "parts", fair, _Figures(total["value"], calculated, total["unit"]), text)


def _is_fair_percent(quoted: float, low: float, high: float, rubric: Rubric) -> bool:
    margin = last_digit(quoted) * rubric.percent_margin_last_digits
    return within(quoted, low - margin, high + margin)


def _verdict(quoted: float, fair: bool) -> str:
    return f'which "{plain(quoted)}%" rounds fairly' if fair else f'not the quoted "{plain(quoted)}%"'


def _more(change: float) -> str:
    return "more" if change >= 0 else "less"


def _row(claim: Claim, which: str, fair: bool, figures: _Figures, text: str) -> Claim:
    return {
        "check_id": stable_id("chk", claim["indicator_id"], which),
        "indicator_id": claim["indicator_id"],
        "check": "parts" if which == "parts" else "arithmetic",
        "verdict": "consistent" if fair else "contradicted",
        "claimed": figures.claimed,
        "official": figures.calculated,
        "difference": figures.claimed - figures.calculated,
        "unit": figures.unit,
        "explanation": text,
    }
