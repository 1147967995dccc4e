"""What is new, changed or withdrawn since the warehouse before."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dx_pipeline.schemas.findings import Changes
from dx_pipeline.schemas.frames import frame_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """A table that is compared: what a row is called, what identifies it, and what is not news in itself."""

    noun: str
    key: tuple[str, ...]
    ignored: frozenset[str] = frozenset()


_COMPARED = {
    "directives": _Compared(noun="directive", key=("directive_id",), ignored=frozenset({"mention_id"})),
    "indicators": _Compared(noun="indicator", key=("indicator_id",), ignored=frozenset({"mention_id"})),
    "claim_checks": _Compared(noun="check", key=("check_id",), ignored=frozenset({"explanation"})),
    # A status is judged anew every day: the day and the countdown are no change of status.
    "directive_status": _Compared(
        noun="status", key=("directive_id",), ignored=frozenset({"as_of", "days_left", "explanation"})
    ),
    # A later vintage of one figure is a revision of it, not a new figure.
    "statistics": _Compared(
        noun="official figure",
        key=("series_id", "ref_area", "time_period"),
        ignored=frozenset({"capture_id", "edition", "vintage_on", "is_latest", "origin"}),
    ),
}


def compare_tables(before: Mapping[str, pl.DataFrame], after: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Compare two states of the warehouse, table by table.

    Args:
        before: tables of the release before, by name. Where it is empty, or holds no row, there is
            nothing to compare with and nothing is reported, else a first release would be all news.
        after: tables of the release to come, by name.

    Returns:
        ``Changes``, sorted. Values are JSON. A table or a column that only one side has is not compared.
    """
    rows: list[dict[str, Any]] = []
    if any(frame.height for frame in before.values()):
        for name, compared in _COMPARED.items():
            if name in before and name in after:
                rows += _compare(name, compared, before[name], after[name])
    return frame_of(Changes, rows).sort("table_name", "row_id", "column_name", nulls_last=False)


def _compare(name: str, compared: _Compared, before: pl.DataFrame, after: pl.DataFrame) -> Iterator[dict[str, Any]]:
    columns = [c for c in after.columns if c in before.columns and c not in compared.ignored]
    old, new = (_current(frame, compared).select(columns) for frame in (before, after))
    key = list(compared.key)
    for change, rows in (("new", new.join(old, on=key, how="anti")), ("withdrawn", old.join(new, on=key, how="anti"))):
        for row in rows.iter_rows(named=True):
            side = {"after" if change == "new" else "before": _json(row)}
            yield _row(name, _row_id(row, key), change, f"{compared.noun.capitalize()} {change}.", **side)
    both = old.join(new, on=key, suffix="__after")
    for column in [c for c in columns if c not in key]:
        differing = both.filter(pl.col(column).ne_missing(pl.col(f"{column}__after")))
        for row in differing.iter_rows(named=True):
            was, now = _json(row[column]), _json(row[f"{column}__after"])
            text = f"{compared.noun.capitalize()}: {column} was {was}, is now {now}."
            yield _row(name, _row_id(row, key), "changed", text, column_name=column, before=was, after=now)


def _current(frame: pl.DataFrame, compared: _Compared) -> pl.DataFrame:
    """Return one row per key: of several vintages or days, the newest."""
    order = [c for c in ("as_of", "is_latest", "vintage_on", "edition", "obs_value") if c in frame.columns]
    ordered = frame.sort(order, nulls_last=False) if order else frame
    return ordered.unique(list(compared.key), keep="last", maintain_order=True)


def _row(table_name: str, row_id: str, change: str, explanation: str, **columns: str) -> dict[str, Any]:
    return {"table_name": table_name, "row_id": row_id, "change": change, "explanation": explanation, **columns}


def _row_id(row: Mapping[str, Any], key: list[str]) -> str:
    return "/".join(str(row[column]) for column in key)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)
