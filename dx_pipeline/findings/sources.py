"""Sources held against each other: what independent articles say of one figure, and translations of one text.

Checks that need no official figure and more than one source belong here.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

import polars as pl

from dx_pipeline.findings.official import Metric, OfficialFigures
from dx_pipeline.findings.rounding import quoted_range
from dx_pipeline.findings.rubric import Rubric
from dx_pipeline.findings.wording import in_words, plain, qualified
from dx_pipeline.identifiers import stable_id

Claim = dict[str, Any]


class _Verdict(NamedTuple):
    """A verdict and what it rests on."""

    verdict: str
    reason: str


class Known(NamedTuple):
    """What sources are held against each other with.

    ``figures`` tell which metrics have several definitions, ``registry`` what they are called, ``rubric`` the margins;
    ``confirmed`` are the ids of claims that an official figure bears out.
    """

    figures: OfficialFigures
    registry: Mapping[str, Metric]
    rubric: Rubric
    confirmed: Set[str] = frozenset()


def check_sources(claims: Sequence[Claim], parity: pl.DataFrame | None, known: Known) -> list[dict[str, Any]]:
    """Hold each claim against what other stories claim of the same thing, and against the original it translates.

    Args:
        claims: rows of ``Indicators``.
        parity: ``TranslationParity``; a value that a translation has wrong is contradicted by its own original.
        known: what else is known; where official figures give one metric several definitions, sources may follow
            either.

    Returns:
        Rows of ``ClaimChecks``: ``consistent`` where independent origins agree or an official figure decides for
        the claim, ``contradicted`` where another story gives a figure that cannot be the same, ``not_comparable``
        where it may rest on another definition.
    """
    errors = _translation_errors(parity)
    rows = [_translated(claim, errors[claim["indicator_id"]]) for claim in claims if claim["indicator_id"] in errors]
    groups: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        comparable = claim["metric_id"] and claim["value"] is not None and claim["indicator_id"] not in errors
        if comparable and claim["value_high"] is None:
            groups[claim["metric_id"], claim["area"] or "", claim["unit"] or ""].append(claim)
    for (metric_id, area, _), group in sorted(groups.items()):
        definitions = len({o.series_id for o in known.figures.of(metric_id, area)})
        for claim in group:
            rows += _compare(claim, group, definitions, known)
    return rows


def _compare(claim: Claim, group: Sequence[Claim], definitions: int, known: Known) -> Iterator[dict[str, Any]]:
    agreeing, differing = _hold_against(claim, group, known.rubric)
    if not differing:
        origins = claim["origin_count"] + sum(one["origin_count"] for one in agreeing)
        if origins > 1:
            text = f"{origins} independent origins give {_say(claim)}."
            yield _row(claim, _Verdict("consistent", "figures"), claim["value"], text, _bounds(claim))
        return
    nearest = min(differing, key=lambda one: (_apart(claim, one), one["indicator_id"]))
    metric = known.registry.get(claim["metric_id"])
    name = metric.name if metric is not None else claim["metric_id"]
    text = f"{name}: {_say(claim)} against " + ", ".join(_say(one) for one in _distinct(differing))
    named = {claim["publisher_id"], nearest["publisher_id"]}
    if definitions > 1 or (None not in named and len(named) > 1):
        text += "; figures of this name rest on more than one definition, so neither refutes the other."
        yield _row(claim, _Verdict("not_comparable", "definition"), nearest["value"], text, _accepted(claim, nearest))
    elif any(one["indicator_id"] in known.confirmed for one in (claim, *agreeing)):
        text += "; an official figure bears this one out."
        yield _row(claim, _Verdict("consistent", "official"), nearest["value"], text, _accepted(claim, nearest))
    elif _apart(claim, nearest) > known.rubric.sources_ratio:
        text += "; so far apart, they may not measure the same."
        yield _row(claim, _Verdict("not_comparable", "far_apart"), nearest["value"], text, _accepted(claim, nearest))
    else:
        yield _row(claim, _Verdict("contradicted", "figures"), nearest["value"], text + ".", _accepted(claim, nearest))


def _hold_against(claim: Claim, group: Sequence[Claim], rubric: Rubric) -> tuple[list[Claim], list[Claim]]:
    """Return the claims of other stories that agree with one, and the nearest of each story that agrees with none.

    A story that gives several figures of one thing means several things by it: it disagrees with another only
    where none of them can be the other's, and then by its nearest.
    """
    own = [one for one in group if one["story_id"] == claim["story_id"]]
    stories: dict[str, list[Claim]] = defaultdict(list)
    for one in group:
        if one["story_id"] != claim["story_id"] and _same_time(claim, one, rubric):
            stories[one["story_id"]].append(one)
    agreeing = [one for told in stories.values() for one in told if _may_be_equal(claim, one)]
    differing = []
    for told in stories.values():
        if not any(_may_be_equal(mine, one) for mine in own for one in told):
            nearest = min(told, key=lambda one: (_apart(claim, one), one["indicator_id"]))
            if all(_apart(claim, nearest) <= _apart(mine, nearest) for mine in own):
                differing.append(nearest)
    return agreeing, differing


def _apart(claim: Claim, other: Claim) -> float:
    """Return how many times the one figure is the other; without end where they have no common sign."""
    low, high = sorted((claim["value"], other["value"]))
    return float(high / low) if low > 0 else float("inf")


def _same_time(claim: Claim, other: Claim, rubric: Rubric) -> bool:
    """Tell whether two claims are of one time: one period, or told within days of each other where one has none.

    The figure of a day is of no other time.
    """
    periods = (claim["period"], other["period"])
    if None not in periods:
        return bool(claim["period"] == other["period"])
    if any(period is not None and period.count("-") > 1 for period in periods):
        return False
    told = claim["stated_on"] is not None and other["stated_on"] is not None
    return told and abs(_days(claim, other)) <= rubric.sources_days


def _days(claim: Claim, other: Claim) -> int:
    if claim["stated_on"] is None or other["stated_on"] is None:
        return 0
    return int((claim["stated_on"] - other["stated_on"]).days)


def _may_be_equal(claim: Claim, other: Claim) -> bool:
    (low, high), (least, most) = _bounds(claim), _bounds(other)
    return low <= most and least <= high


def _bounds(claim: Claim) -> tuple[float, float]:
    return quoted_range(claim["value"], claim["comparator"], counted=claim["unit"] != "percent")


def _accepted(claim: Claim, other: Claim) -> tuple[float, float]:
    """Return the claims that another figure bears out, quoted as exactly as this one."""
    (low, high), (least, most) = _bounds(claim), _bounds(other)
    return least - (high - claim["value"]), most + (claim["value"] - low)


def _distinct(claims: Sequence[Claim]) -> list[Claim]:
    by_value = {claim["value"]: claim for claim in sorted(claims, key=lambda one: one["indicator_id"], reverse=True)}
    return [by_value[value] for value in sorted(by_value)]


def _say(claim: Claim) -> str:
    figure = qualified(claim["value"], claim["comparator"]) + ("%" if claim["unit"] == "percent" else "")
    period = f" for {claim['period']}" if claim["period"] else ""
    day = f", told on {in_words(claim['stated_on'])}" if claim["stated_on"] else ""
    return f"{figure}{period} ({', '.join(claim['languages'])}{day})"


def _translation_errors(parity: pl.DataFrame | None) -> dict[str, dict[str, Any]]:
    """Return, by indicator, where a translation gives another value than its original."""
    if parity is None:
        return {}
    wrong = parity.filter(
        (pl.col("fact_kind") == "indicator") & (pl.col("field") == "value") & (pl.col("verdict") == "translation_error")
    )
    return {row["said_fact_id"]: row for row in wrong.to_dicts() if row["said_fact_id"] is not None}


def _translated(claim: Claim, error: dict[str, Any]) -> dict[str, Any]:
    original = float(error["other_said"])
    text = (
        f"A translation ({error['language']}) says {plain(claim['value'])} where its own origin "
        f"({error['other_language']}) says {plain(original)}: an error of translation."
    )
    return _row(claim, _Verdict("contradicted", "translation"), original, text, (original, original))


def _row(claim: Claim, verdict: _Verdict, other: float, text: str, accepted: tuple[float, float]) -> dict[str, Any]:
    return {
        "check_id": stable_id("chk", claim["indicator_id"], "sources"),
        "indicator_id": claim["indicator_id"],
        "check": "sources",
        "verdict": verdict.verdict,
        "claimed": claim["value"],
        "official": other,
        "difference": claim["value"] - other,
        "unit": claim["unit"],
        "accepted_from": accepted[0],
        "accepted_to": accepted[1],
        "reason": verdict.reason,
        "explanation": text,
    }
