"""Indicators: statements of one figure settled into one fact.

What a settled indicator says, its id, and which other figures contradict it belong here; which
statements are one figure is decided in ``figures``.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from dx_pipeline.facts.figures import group_figures
from dx_pipeline.facts.statements import (
    Article,
    Row,
    Settled,
    best_first,
    count_statements,
    disagreement,
    fill,
    find_conflicts,
    read_articles,
    read_statements,
    review_of,
)
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.facts import Indicators
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.mentions import IndicatorMentions

_PERIOD = ("period", "period_start", "period_end")
_LEVEL = ("value", "value_high")
_SINGLE = ("metric_id", "metric_text", "area", "unit", "change", "change_percent", "change_since", "out_of")
_DISPUTABLE = ("unit", "comparator", "change", "change_percent", "change_since", "out_of", "publisher_id")
_SAME_MEASURE = ("metric_id", "area", "period", "kind")
_STORY_ORDER = ("first_published_on", "story_id")


@dataclass(slots=True)
class _Indicator:
    """One indicator on its way: its id, its statements, and the sentences on rival figures."""

    indicator_id: str
    told: list[Row]
    rivals: list[str] = field(default_factory=list)


def settle_indicators(candidates: pl.DataFrame, articles: pl.DataFrame, stories: pl.DataFrame) -> Settled:
    """Merge statements of one figure across copies, translations, repeats and, where sure, stories.

    ``candidates`` is a ``ReviewedIndicators`` frame, ``articles`` an ``Articles`` frame, ``stories`` a
    ``Stories`` frame. Gives ``IndicatorMentions`` and ``Indicators``, each sorted by its id.

    A figure of which metric, area, period, kind and value are all known is one indicator in every
    story that gives it, and its id depends on these alone; any other belongs to its story. An
    indicator keeps the fields of its best statement and takes what that leaves open from the others.
    Two figures of one story for the same metric, area, period and kind stay two indicators, each
    naming the other in ``conflicts``.

    Raises:
        ValueError: where a candidate's article or story is unknown.
    """
    known = read_articles(articles)
    ranks = {story_id: rank for rank, story_id in enumerate(stories.sort(_STORY_ORDER, nulls_last=True)["story_id"])}
    indicators = _identify(read_statements(candidates, known), ranks)
    settled = {indicator.indicator_id: _settle(indicator, known, ranks) for indicator in indicators}
    _name_rivals(indicators, settled)
    for indicator in indicators:
        settled[indicator.indicator_id]["conflicts"] += indicator.rivals
    mentions = [{**row, "indicator_id": indicator.indicator_id} for indicator in indicators for row in indicator.told]
    return Settled(
        frame_of(IndicatorMentions, mentions).sort("mention_id"),
        frame_of(Indicators, settled.values()).sort("indicator_id"),
    )


def _identify(told: Sequence[Row], ranks: Mapping[str, int]) -> list[_Indicator]:
    """Group statements by figure, story by story, and by identity across stories."""
    by_story: dict[str, list[Row]] = defaultdict(list)
    for row in told:
        by_story[row["story_id"]].append(row)
    indicators: dict[str, _Indicator] = {}
    for story_id, statements in by_story.items():
        if story_id not in ranks:
            raise ValueError(f"story {story_id} has indicators but is not among the stories: settle both from one run")
        repeats: Counter[str] = Counter()
        for figure in group_figures(statements):
            indicator_id = _universal_id(best_first(figure))
            if indicator_id is None:
                signature = stable_id("sig", *_signature(figure[0]))
                indicator_id = stable_id("ind", story_id, signature, repeats[signature])
                repeats[signature] += 1
            indicators.setdefault(indicator_id, _Indicator(indicator_id, [])).told.extend(figure)
    return list(indicators.values())


def _universal_id(trusted: Sequence[Row]) -> str | None:
    """Return the id of a figure that is the same in every story, or ``None`` where too little is known."""
    says = fill(trusted, "metric_id") | fill(trusted, "area") | fill(trusted, *_PERIOD) | fill(trusted, *_LEVEL)
    if any(says[name] is None for name in ("metric_id", "area", "period", "value")):
        return None
    value, value_high = (_number(says[name]) for name in _LEVEL)
    return stable_id("ind", says["metric_id"], says["area"], says["period"], trusted[0]["kind"], value, value_high)


def _signature(row: Row) -> list[object]:
    """Return what makes a figure this figure, apart from its words, which differ between languages."""
    numbers = ("value", "value_high", "change", "change_percent")
    return [
        row["metric_id"] or row["unit"],
        row["area"],
        row["period"],
        row["kind"],
        *(_number(row[n]) for n in numbers),
    ]


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.12g}"


def _settle(indicator: _Indicator, articles: Mapping[str, Article], ranks: Mapping[str, int]) -> Row:
    told = indicator.told
    trusted = best_first(sorted(told, key=lambda row: articles[row["article_id"]].rank))
    best = trusted[0]
    levelled = [row for row in trusted if any(row[name] is not None for name in _LEVEL)] or [best]
    days = [day for row in told if (day := articles[row["article_id"]].published_on)]
    settled = {
        "indicator_id": indicator.indicator_id,
        "story_id": min((row["story_id"] for row in told), key=lambda story_id: ranks[story_id]),
        **fill(trusted, *_LEVEL),
        "comparator": levelled[0]["comparator"],
        **fill(trusted, *_PERIOD),
        "kind": best["kind"],
        "confidence": best["confidence"],
        "mention_id": best["mention_id"],
        "stated_on": min(days, default=None),
        **count_statements(told, articles),
        "conflicts": find_conflicts(trusted, _DISPUTABLE),
        "review": review_of(told),
    }
    for name in (*_SINGLE, "publisher_id"):
        settled |= fill(trusted, name)
    return settled


def _name_rivals(indicators: Sequence[_Indicator], settled: Mapping[str, Row]) -> None:
    """Let figures of one story for the same metric, area, period and kind name each other."""
    measures: dict[tuple[object, ...], list[tuple[_Indicator, Row]]] = defaultdict(list)
    for indicator in indicators:
        says = settled[indicator.indicator_id]
        if says["metric_id"] is None or says["period"] is None or says["value"] is None:
            continue
        first = {row["story_id"]: row for row in reversed(best_first(indicator.told))}
        for story_id, row in first.items():
            measures[(story_id, *(says[name] for name in _SAME_MEASURE))].append((indicator, row))
    for rivals in measures.values():
        for indicator, row in rivals:
            for other, other_row in rivals:
                if other is not indicator:
                    name = "value" if row["value"] != other_row["value"] else "value_high"
                    indicator.rivals.append(disagreement(name, row, other_row))
