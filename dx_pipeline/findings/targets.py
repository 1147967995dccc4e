"""Targets: every goal that is set on a metric, whether ordered or only told, with its documents and what replaced it.

The gathering of targets belongs here; how far one has come is measured in ``progress``.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

_REACH = 300  # code points before a target within which a document that sets it is named

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What tells of targets that nobody orders: ``Indicators``, ``IndicatorMentions`` and ``InstrumentMentions``."""

    indicators: pl.DataFrame
    mentions: pl.DataFrame
    instruments: pl.DataFrame


def ordered_targets(directives: pl.DataFrame) -> Iterator[Row]:
    """Yield the directives with a numeric target, each with ``target_id``; see ``Directives``."""
    for row in directives.filter(pl.col("target_metric_id").is_not_null()).iter_rows(named=True):
        yield row | {"target_id": row["directive_id"], "indicator_id": None}


def told_targets(told: Told, area: str) -> Iterator[Row]:
    """Yield the indicators of kind ``target`` in the shape of a directive's target; those of other areas are left out.

    A target's day is the last of its period; its documents are those named beside it.
    """
    documents = _documents(told)
    aimed = told.indicators.filter(
        (pl.col("kind") == "target") & pl.col("metric_id").is_not_null() & pl.col("value").is_not_null()
    )
    for row in aimed.filter(pl.col("area").is_null() | (pl.col("area") == area)).iter_rows(named=True):
        yield {
            "target_id": row["indicator_id"],
            "directive_id": None,
            "indicator_id": row["indicator_id"],
            "issued_on": row["stated_on"],
            "due_on": row["period_end"],
            "target_metric_id": row["metric_id"],
            "target_comparator": row["comparator"],
            "target_value": row["value"],
            "target_change": None,
            "instrument_ids": sorted(documents.get(row["indicator_id"], ())),
        }


def supersede(rows: Sequence[Row]) -> list[Row]:
    """Return progress rows with ``superseded_by``: the next target on the metric for the same day with another goal.

    >>> a = {"target_id": "a", "metric_id": "m", "goal_period": "2025", "goal": 20.0, "set_on": 1}
    >>> [row["superseded_by"] for row in supersede([a, a | {"target_id": "b", "goal": 25.0, "set_on": 2}])]
    ['b', None]
    """
    by_aim: dict[tuple[str, str | None], list[Row]] = defaultdict(list)
    for row in rows:
        by_aim[row["metric_id"], row["goal_period"]].append(row)
    superseded: dict[str, str] = {}
    for aims in by_aim.values():
        ordered = sorted(aims, key=lambda row: (row["set_on"], row["target_id"]))
        for place, row in enumerate(ordered):
            later = (
                one for one in ordered[place + 1 :] if one["set_on"] > row["set_on"] and one["goal"] != row["goal"]
            )
            if row["goal"] is not None and (heir := next(later, None)) is not None and heir["goal"] is not None:
                superseded[row["target_id"]] = heir["target_id"]
    return [row | {"superseded_by": superseded.get(row["target_id"])} for row in rows]


def _documents(told: Told) -> dict[str, set[str]]:
    """Return, by indicator, the document named last before each of its statements, or inside it."""
    named: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for article, start, name in told.instruments.select("article_id", "start_char", "instrument_id").iter_rows():
        named[article].append((start, name))
    documents: dict[str, set[str]] = defaultdict(set)
    columns = ("indicator_id", "article_id", "start_char", "end_char")
    for indicator, article, start, end in told.mentions.select(columns).iter_rows():
        near = [(at, name) for at, name in named.get(article, ()) if start - _REACH <= at < end]
        if near:
            documents[indicator].add(max(near)[1])
    return documents
