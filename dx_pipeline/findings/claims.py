"""Claims held against official figures, and all checks of claims together.

The comparison with official figures belongs here; sums and percentages that a story can be held to
without any official figure are in ``arithmetic``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.findings.arithmetic import check_arithmetic
from dx_pipeline.findings.official import (
    Metric,
    Observation,
    OfficialFigures,
    first_known,
    known_on,
    newest_known,
    period_end,
    read_figures,
    read_metrics,
    reference_series,
)
from dx_pipeline.findings.rounding import last_digit, rounded_digit, within
from dx_pipeline.findings.rubric import Rubric, read_rubric
from dx_pipeline.findings.sources import Known, check_sources
from dx_pipeline.findings.wording import in_words, plain, qualified
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.findings import ClaimChecks
from dx_pipeline.schemas.frames import frame_of

_SEVERITY = {"confirmed": 0, "consistent": 1, "not_comparable": 2, "contradicted": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A claim about a registered metric, with everything official that is known of it."""

    claim: dict[str, Any]
    metric: Metric
    observations: Sequence[Observation]
    figures: OfficialFigures
    rubric: Rubric


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aspect:
    """One figure of a claim (level, change, number of ranked areas) beside the official one."""

    verdict: str
    claimed: float | None
    official: float | None
    unit: str | None
    text: str
    reason: str = "figures"
    accepted: tuple[float | None, float | None] = (None, None)


def check_claims(
    indicators: pl.DataFrame,
    statistics: pl.DataFrame,
    metrics: pl.DataFrame,
    breaks: pl.DataFrame | None = None,
    *,
    rubric: Rubric | None = None,
    parity: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Hold every claim of what happened against official figures, its own arithmetic and other sources.

    Args:
        indicators: ``Indicators``; only rows of kind ``actual`` are checked.
        statistics: ``Statistics``. A claim is held against the vintage that was known when it was
            stated; where none was yet, against the earliest.
        metrics: ``Metrics``; a claim about a metric that is not in it is checked by arithmetic alone.
        breaks: breaks of series with ``metric_id``, ``from_period``, ``kind`` and ``reason``.
        rubric: the margins; the catalogue's without it.
        parity: ``TranslationParity``, for what translations have wrong.

    Returns:
        ``ClaimChecks``, sorted by claim and check; ``claimed``, ``official`` and ``difference`` are in ``unit``.
    """
    rubric = rubric or read_rubric()
    figures = read_figures(statistics, breaks)
    registry = read_metrics(metrics)
    claims = indicators.filter(pl.col("kind") == "actual").sort("indicator_id").to_dicts()
    rows = [row for claim in claims for row in _check_official(claim, figures, registry, rubric)]
    rows += check_arithmetic(claims, registry, rubric)
    confirmed = {row["indicator_id"] for row in rows if row["verdict"] == "confirmed"}
    rows += check_sources(claims, parity, Known(figures, registry, rubric, confirmed))
    return frame_of(ClaimChecks, rows).sort("indicator_id", "check", "check_id")


def _check_official(
    claim: dict[str, Any], figures: OfficialFigures, registry: dict[str, Metric], rubric: Rubric
) -> Iterator[dict[str, Any]]:
    metric = registry.get(claim["metric_id"] or "")
    if metric is None or (claim["value"] is None and claim["change"] is None and claim["change_percent"] is None):
        return
    observations = figures.of(metric.metric_id, claim["area"] or "")
    siblings = figures.siblings(metric.metric_id, claim["area"] or "")
    if not observations and not siblings:
        text = f"No official series of {metric.name} covers {claim['area'] or 'an area that the claim leaves out'}."
        yield _row(claim, "no_official_series", None, text, _without_figure(claim, "no_series"))
        return
    at_period = [o for o in observations if o.time_period == claim["period"]]
    if not at_period:
        newest = reference_series(newest_known(observations), metric.publisher_id)[-1:]
        text = _why_no_figure(claim, metric, newest, [o for o in siblings if o.time_period == claim["period"]], figures)
        reason = "no_period" if claim["period"] is None else "no_figure"
        if claim["period"] is not None and figures.discontinued(metric.metric_id, claim["period"]) is not None:
            reason = "method_break"
        yield _row(claim, "not_comparable", newest[0] if newest else None, text, _without_figure(claim, reason))
        return
    case = _Case(claim=claim, metric=metric, observations=observations, figures=figures, rubric=rubric)
    yield _judge(case, _as_stated(at_period, claim["stated_on"]))


def _as_stated(observations: Sequence[Observation], stated_on: date | None) -> list[Observation]:
    """Return the vintage that the writer could know, else the first one that came; without a day, the newest."""
    if stated_on is None:
        return newest_known(observations)
    known = known_on(observations, stated_on)
    told = {o.series_id for o in known}
    dated = [o for o in observations if o.vintage_on is not None] or observations
    return known + first_known(o for o in dated if o.series_id not in told)


def _judge(case: _Case, candidates: list[Observation]) -> dict[str, Any]:
    claim, metric = case.claim, case.metric
    own = reference_series(candidates, metric.publisher_id)
    judged = [(_compare(case, o), o) for o in own]
    aspects, best = min(judged, key=lambda pair: _SEVERITY[_worst(pair[0]).verdict])
    decisive = _worst(aspects)
    verdict, text = decisive.verdict, _sentence(case, best, aspects)
    others = [o for o in candidates if o.obs_value != best.obs_value]
    if others:
        text += "; also published: " + ", ".join(f"{_level(metric, o)} ({o.origin})" for o in others)
    if verdict == "contradicted" and _other_definition(claim, metric, case.observations):
        verdict, decisive = "not_comparable", replace(decisive, reason="definition")
        text += "; figures of this name rest on more than one definition, so neither refutes the other"
    elif verdict == "contradicted" and _unknown_then(claim, best):
        verdict, decisive = "not_comparable", replace(decisive, reason="not_known_then")
        text += "; no official figure was known when the claim was made"
    elif len(own) == len(candidates) > 1 and any(o.series_id != best.series_id for o in others):
        verdict, decisive = "not_comparable", replace(decisive, reason="publishers_differ")
        text += "; publishers disagree and the claim does not say whose figure it is"
    return _row(claim, verdict, best, text + ".", decisive)


def _unknown_then(claim: dict[str, Any], observation: Observation) -> bool:
    """Tell whether the figure came out only after the claim, which may have followed an earlier one."""
    stated_on = claim["stated_on"]
    return stated_on is not None and observation.vintage_on is not None and observation.vintage_on > stated_on


def _other_definition(claim: dict[str, Any], metric: Metric, candidates: Sequence[Observation]) -> bool:
    """Tell whether the claim may follow another definition than the official figure it is held against."""
    named, official = claim["publisher_id"], metric.publisher_id
    if named is not None and official is not None:
        return bool(named != official)
    return len({o.series_id for o in candidates}) > 1 and len({o.obs_value for o in candidates}) > 1


def _compare(case: _Case, official: Observation) -> list[_Aspect]:
    claim, metric = case.claim, case.metric
    aspects = []
    if claim["value"] is not None:
        verdict, accepted = _match_level(case, official.obs_value)
        text = _level(metric, official) + ("" if verdict == "confirmed" else f", the claim says {_quoted(claim)}")
        figures = (claim["value"], official.obs_value, official.unit_measure)
        aspects.append(_aspect(verdict, *figures, text, accepted=accepted))
    if claim["out_of"] is not None and official.out_of is not None:
        verdict, text = _match_denominator(claim["out_of"], official.out_of)
        count = float(official.out_of)
        reason = "shared_places" if verdict == "not_comparable" else "figures"
        aspects.append(_aspect(verdict, claim["out_of"], count, "areas", text, reason=reason, accepted=(count, count)))
    if claim["change_since"] is not None and (claim["change"] is not None or claim["change_percent"] is not None):
        aspects += _compare_change(case, official)
    elif claim["change"] is not None and claim["value"] is not None:
        aspects += _compare_with_edition_before(case, official)
    if not aspects:
        text = f"{_level(metric, official)}; a change cannot be checked without the period it is counted from"
        aspects.append(_aspect("not_comparable", claim["change"], None, metric.unit, text, reason="no_start"))
    return aspects


def _match_denominator(claimed: float, official: int) -> tuple[str, str]:
    """Judge "of 182": where areas share places there are fewer places than areas, and both are counted."""
    if claimed == official:
        return "confirmed", ""
    text = f"{official} areas were ranked, not {plain(claimed)}"
    if claimed < official:
        return "not_comparable", f"{text}, which may be the number of places where some are shared"
    return "contradicted", text


def _compare_change(case: _Case, official: Observation) -> list[_Aspect]:
    claim, metric = case.claim, case.metric
    since = claim["change_since"]
    earlier = [o for o in case.observations if o.series_id == official.series_id and o.time_period == since]
    if not earlier:
        text = f"the series has no figure for {since} to count the change from"
        verdict, reason = (
            ("consistent", "start_unknown") if claim["value"] is not None else ("not_comparable", "no_start")
        )
        return [_aspect(verdict, claim["change"], None, metric.unit, text, reason=reason)]
    broken = case.figures.broken_between(metric.metric_id, period_end(since), period_end(official.time_period))
    if broken is not None:
        text = f"the method changed from {broken.from_period} ({broken.reason}), so no change since {since} can be told"
        return [_aspect("not_comparable", claim["change"], None, metric.unit, text, reason="method_break")]
    before = _as_stated(earlier, claim["stated_on"])[-1].obs_value
    change = official.obs_value - before
    if metric.is_rank:
        change = metric.gain(before, official.obs_value)
    aspects = []
    if claim["change"] is not None:
        half = 0.0 if metric.is_rank else last_digit(claim["change"]) / 2
        fair = within(claim["change"], change - half, change + half)
        text = _change_text(change, before, since) + ("" if fair else _other_change(claim["change"], change))
        verdict, accepted = ("confirmed" if fair else "contradicted"), (change - half, change + half)
        aspects.append(_aspect(verdict, claim["change"], change, metric.unit, text, accepted=accepted))
    if claim["change_percent"] is not None and before > 0 and not metric.is_rank:
        quoted, percent = claim["change_percent"], 100 * (official.obs_value - before) / before
        margin = last_digit(quoted) * case.rubric.percent_margin_last_digits
        fair = within(quoted, percent - margin, percent + margin)
        text = f"{plain(abs(percent), 1)}% {'more' if percent >= 0 else 'less'} than {plain(before)} in {since}"
        text += "" if fair else f", the claim says {plain(quoted)}%"
        verdict, accepted = ("confirmed" if fair else "contradicted"), (percent - margin, percent + margin)
        aspects.append(_aspect(verdict, quoted, percent, "percent", text, accepted=accepted))
    return aspects


def _compare_with_edition_before(case: _Case, official: Observation) -> list[_Aspect]:
    """Confirm a change that names no start where it is the one from the edition before; it refutes nothing."""
    claim, metric = case.claim, case.metric
    own = [o for o in case.observations if o.series_id == official.series_id]
    periods = sorted({o.time_period for o in own if period_end(o.time_period) < period_end(official.time_period)})
    if not periods or not metric.is_rank:
        return []
    if case.figures.broken_between(metric.metric_id, period_end(periods[-1]), period_end(official.time_period)):
        return []
    before = _as_stated([o for o in own if o.time_period == periods[-1]], claim["stated_on"])[-1].obs_value
    change = metric.gain(before, official.obs_value)
    if change != claim["change"]:
        return []
    text = _change_text(change, before, periods[-1])
    return [_aspect("confirmed", claim["change"], change, metric.unit, text, accepted=(change, change))]


def _other_change(claimed: float, change: float) -> str:
    """Say what the claim has instead, the direction first where it is the other one."""
    if claimed * change < 0:
        return f", the claim says {'up' if claimed > 0 else 'down'} {plain(abs(claimed))}: the other way"
    return f", the claim says {plain(claimed)}"


def _change_text(change: float, before: float, since: str) -> str:
    return f"{'up' if change >= 0 else 'down'} {plain(abs(change))} from {plain(before)} in {since}"


def _aspect(
    verdict: str,
    claimed: float | None,
    official: float | None,
    unit: str | None,
    text: str,
    *,
    reason: str = "figures",
    accepted: tuple[float | None, float | None] = (None, None),
) -> _Aspect:
    return _Aspect(
        verdict=verdict, claimed=claimed, official=official, unit=unit, text=text, reason=reason, accepted=accepted
    )


def _quoted(claim: dict[str, Any]) -> str:
    figure = qualified(claim["value"], claim["comparator"])
    high = "" if claim["value_high"] is None else f" to {plain(claim['value_high'])}"
    return f"{figure}{high}{'%' if claim['unit'] == 'percent' else ''}"


def _match_level(case: _Case, official: float) -> tuple[str, tuple[float | None, float | None]]:
    """Return the verdict on a level, and the least and the greatest claim that the official figure bears out."""
    claim, metric = case.claim, case.metric
    quoted, comparator = claim["value"], claim["comparator"]
    exact = 0.0 if metric.is_rank else last_digit(quoted) / 2
    loose = exact if metric.is_rank else rounded_digit(quoted) / 2
    if comparator == "~":
        loose = rounded_digit(quoted) * case.rubric.about_margin_last_digits
    width = (claim["value_high"] or quoted) - quoted
    accepted: tuple[float | None, float | None] = (None, None)
    for verdict, margin in (("confirmed", exact), ("consistent", loose)):
        least = None if comparator == ">=" else official - margin - width
        most = None if comparator == "<=" else official + margin
        accepted = (least, most)
        if within(quoted, float("-inf") if least is None else least, float("inf") if most is None else most):
            return verdict, accepted
    return "contradicted", accepted


def _worst(aspects: Sequence[_Aspect]) -> _Aspect:
    """Return the aspect that decides: the first of the gravest."""
    return max(aspects, key=lambda aspect: _SEVERITY[aspect.verdict])


def _level(metric: Metric, official: Observation) -> str:
    if metric.is_rank:
        place = f"rank {plain(official.obs_value)}"
        return f"{place} of {official.out_of}" if official.out_of else place
    return f"{plain(official.obs_value)}{_unit(official.unit_measure)}"


def _unit(unit: str) -> str:
    return "%" if unit == "percent" else f" {unit}"


def _sentence(case: _Case, official: Observation, aspects: Sequence[_Aspect]) -> str:
    details = ", ".join(aspect.text for aspect in aspects if aspect.text)
    text = f"The official figure for {official.time_period} is {details} ({official.origin})"
    stated = case.claim["stated_on"]
    if stated is not None and official.vintage_on is not None and official.vintage_on > stated:
        text += f", first published on {in_words(official.vintage_on)}, after the claim"
    same = [o for o in case.observations if o.series_id == official.series_id and o.time_period == official.time_period]
    latest = newest_known(same)[-1]
    if latest.vintage_on is not None and latest.obs_value != official.obs_value:
        text += f"; later given as {plain(latest.obs_value)} ({latest.origin}, {in_words(latest.vintage_on)})"
    return text


def _why_no_figure(
    claim: dict[str, Any],
    metric: Metric,
    newest: Sequence[Observation],
    siblings: Sequence[Observation],
    figures: OfficialFigures,
) -> str:
    known = (
        f"the newest is {_level(metric, newest[0])} in {newest[0].time_period} ({newest[0].origin})" if newest else ""
    )
    if claim["period"] is None:
        text = f"The claim names no period, so no official figure of {metric.name} can be held against it"
        return f"{text}; {known}." if known else f"{text}."
    text = f"There is no official figure of {metric.name} for {claim['period']}"
    if siblings:
        text += ", whose edition gives " + " and ".join(dict.fromkeys(map(_describe, newest_known(siblings))))
    broken = figures.discontinued(metric.metric_id, claim["period"])
    if broken is not None:
        text += f" ({broken.reason})"
    return f"{text}; {known}." if known else f"{text}."


def _describe(observation: Observation) -> str:
    """Write a figure with what it is: "tier 1", "score 99.74"."""
    name = observation.metric_id.rsplit("-", 1)[-1]
    label = name if name in {"rank", "score", "tier"} else observation.metric_id
    return f"{label} {plain(observation.obs_value)}"


def _without_figure(claim: dict[str, Any], reason: str) -> _Aspect:
    return _aspect("not_comparable", claim["value"], None, claim["unit"], "", reason=reason)


def _row(
    claim: dict[str, Any], verdict: str, official: Observation | None, explanation: str, aspect: _Aspect
) -> dict[str, Any]:
    told = aspect.claimed is not None and aspect.official is not None
    return {
        "check_id": stable_id("chk", claim["indicator_id"], "official"),
        "indicator_id": claim["indicator_id"],
        "check": "official",
        "verdict": verdict,
        "claimed": aspect.claimed,
        "official": aspect.official,
        "difference": (aspect.claimed or 0.0) - (aspect.official or 0.0) if told else None,
        "unit": aspect.unit,
        "accepted_from": aspect.accepted[0],
        "accepted_to": aspect.accepted[1],
        "reason": aspect.reason,
        "series_id": official.series_id if official else None,
        "source_id": official.source_id if official else None,
        "vintage_on": official.vintage_on if official else None,
        "explanation": explanation,
    }
