"""Claims held to their own arithmetic: percentages, changes, places in a ranking, totals and their parts.

Checks that need no official figure belong here; comparison with official figures is in ``claims``.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from dx_pipeline.findings.official import Metric
from dx_pipeline.findings.rounding import last_digit, quoted_range, within
from dx_pipeline.findings.rubric import Breakdown, Rubric, Share
from dx_pipeline.findings.wording import plain
from dx_pipeline.identifiers import stable_id

_SHARES = frozenset({"percent", "points"})  # "up 5%" of a share may mean points: no check can tell
Claim = dict[str, Any]


class _Figures(NamedTuple):
    """The figure quoted, the one calculated, the unit of both, and the bounds within which the quoted one is fair."""

    claimed: float
    calculated: float
    unit: str | None
    least: float | None = None
    most: float | None = None


def check_arithmetic(claims: Sequence[Claim], registry: dict[str, Metric], rubric: Rubric) -> list[dict[str, Any]]:
    """Check percentages, changes, places, shares and totals that a story gives all the numbers for.

    Args:
        claims: rows of ``Indicators``.
        registry: metrics by id, for the direction that is better.
        rubric: the margins, and which parts make up which total.

    Returns:
        Rows of ``ClaimChecks``: ``consistent`` or ``contradicted``. A check whose numbers are not all
        there gives no row, nor does a number that is only possible, such as place 71 of 193.
    """
    rows = [row for claim in claims for row in _check_percent_of_level(claim, rubric)]
    rows += [row for series in _series(claims) for row in _check_series(series, registry, rubric)]
    rows += [row for claim in claims for row in (*_check_place(claim, registry), *_check_out_of(claim))]
    for breakdown in rubric.breakdowns:
        rows += _check_parts(claims, breakdown)
    for share in rubric.shares:
        rows += _check_share(claims, share, rubric)
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
    bounds = _fair_percents(quoted, low, high, rubric)
    fair = within(quoted, *bounds)
    text = (
        f"{plain(abs(change))} {_more(change)} than {plain(before)} is {plain(percent, 1)}%, {_verdict(quoted, fair)}."
    )
    yield _row(claim, "percent-of-level", fair, _Figures(quoted, percent, "percent", *bounds), text)


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
            bounds = _fair_percents(quoted, low, high, rubric)
            fair = within(quoted, *bounds)
            text = (
                f"{plain(after)} in {later['period']} is {plain(abs(percent), 1)}% {_more(percent)} than "
                f"{plain(before)} in {earlier['period']}, {_verdict(quoted, fair)}."
            )
            yield _row(later, "growth", fair, _Figures(quoted, percent, "percent", *bounds), text)
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
    fair = within(quoted, calculated - slack, calculated + slack)
    text = (
        f"From {plain(before)} in {earlier['period']} to {plain(after)} in {later['period']} is a change of "
        f"{plain(calculated)}, {'as' if fair else 'not'} the quoted {plain(quoted)}{'' if fair else ' allows'}."
    )
    bounds = (calculated - slack, calculated + slack)
    return _row(later, "change", fair, _Figures(quoted, calculated, later["unit"], *bounds), text)


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


def _check_place(claim: Claim, registry: dict[str, Metric]) -> Iterator[Claim]:
    """Refuse a gain or loss of places from a place before the first: "rank 3, down 5 places"."""
    metric = registry.get(claim["metric_id"] or "")
    if claim["unit"] != "rank" or claim["value"] is None or claim["change"] is None:
        return
    if metric is not None and metric.better != "lower":
        return
    before = claim["value"] + claim["change"]
    if before < 1:
        way = "up" if claim["change"] >= 0 else "down"
        text = (
            f"Rank {plain(claim['value'])}, {way} {plain(abs(claim['change']))}, "
            f"would have been rank {plain(before)} before, and there is none."
        )
        yield _row(claim, "place", False, _Figures(claim["value"], before, "rank"), text)


def _check_out_of(claim: Claim) -> Iterator[Claim]:
    """Refuse a place behind the last one, or more of something than there is: "25 of 21"."""
    value, out_of = claim["value"], claim["out_of"]
    if value is not None and out_of is not None and value > out_of:
        text = f"{plain(value)} of {plain(out_of)} is more than there are."
        yield _row(claim, "out-of", False, _Figures(value, out_of, claim["unit"], None, out_of), text)


def _check_parts(claims: Sequence[Claim], breakdown: Breakdown) -> Iterator[Claim]:
    for told in _by_story(claims, (breakdown.total, *breakdown.parts)):
        total = told.get(breakdown.total)
        parts = [told[name] for name in breakdown.parts if name in told]
        if total is not None and len(parts) == len(breakdown.parts):
            yield _check_total(total, parts)


def _by_story(claims: Sequence[Claim], metrics: Sequence[str]) -> Iterator[dict[str, Claim]]:
    """Yield, for each story, area and period, the levels of some metrics; a metric told twice is left out."""
    stories: dict[tuple[str, str, str], dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        if claim["metric_id"] in metrics and claim["value"] is not None:
            key = (claim["story_id"], claim["area"] or "", claim["period"] or "")
            stories[key][claim["metric_id"]].append(claim)
    for _, told in sorted(stories.items()):
        yield {metric: found[0] for metric, found in told.items() if len(found) == 1}


def _check_share(claims: Sequence[Claim], share: Share, rubric: Rubric) -> Iterator[Claim]:
    """Hold a part to its whole, and its percentage to both."""
    metrics = (share.part, share.whole, *((share.percent,) if share.percent else ()))
    for told in _by_story(claims, metrics):
        part, whole, quoted = told.get(share.part), told.get(share.whole), told.get(share.percent or "")
        if part is None or whole is None or whole["value"] <= 0:
            continue
        parts, wholes = (quoted_range(c["value"], c["comparator"], counted=True) for c in (part, whole))
        if parts[0] > wholes[1]:
            text = f"{plain(part['value'])} of {plain(whole['value'])} is more than there are."
            yield _row(
                part, "part", False, _Figures(part["value"], whole["value"], part["unit"], None, wholes[1]), text
            )
        elif quoted is not None:
            percent = 100 * part["value"] / whole["value"]
            low, high = 100 * parts[0] / wholes[1], 100 * parts[1] / wholes[0]
            bounds = _fair_percents(quoted["value"], low, high, rubric)
            fair = within(quoted["value"], *bounds)
            text = (
                f"{plain(part['value'])} of {plain(whole['value'])} is {plain(percent, 1)}%, "
                f"{_verdict(quoted['value'], fair)}."
            )
            yield _row(quoted, "share", fair, _Figures(quoted["value"], percent, "percent", *bounds), text)


def _check_total(total: Claim, parts: Sequence[Claim]) -> Claim:
    calculated = sum(part["value"] for part in parts)
    slack = sum(_slack(claim["value"], claim["comparator"]) for claim in (total, *parts))
    bounds = (calculated - slack, calculated + slack)
    fair = within(total["value"], *bounds)
    added = " + ".join(plain(part["value"]) for part in parts)
    text = f"{added} is {plain(calculated)}, {'as' if fair else 'not'} the total of {plain(total['value'])} says."
    return _row(total, "parts", fair, _Figures(total["value"], calculated, total["unit"], *bounds), text)


def _fair_percents(quoted: float, low: float, high: float, rubric: Rubric) -> tuple[float, float]:
    """Return the bounds within which a percentage is fair, quoted as exactly as this one."""
    margin = last_digit(quoted) * rubric.percent_margin_last_digits
    return low - margin, high + margin


def _verdict(quoted: float, fair: bool) -> str:
    return f'which "{plain(quoted)}%" rounds fairly' if fair else f'not the quoted "{plain(quoted)}%"'


def _more(change: float) -> str:
    return "more" if change >= 0 else "less"


def _row(claim: Claim, which: str, fair: bool, figures: _Figures, text: str) -> Claim:
    return {
        "check_id": stable_id("chk", claim["indicator_id"], which),
        "indicator_id": claim["indicator_id"],
        "check": "parts" if which in {"parts", "part"} else "arithmetic",
        "verdict": "consistent" if fair else "contradicted",
        "claimed": figures.claimed,
        "official": figures.calculated,
        "difference": figures.claimed - figures.calculated,
        "unit": figures.unit,
        "accepted_from": figures.least,
        "accepted_to": figures.most,
        "reason": "impossible" if which == "place" else "figures",
        "explanation": text,
    }
