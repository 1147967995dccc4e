"""What is new, changed or withdrawn since the warehouse before."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dx_pipeline.schemas.evidence import READABLE
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
        noun="status",
        key=("directive_id",),
        ignored=frozenset({"as_of", "days_left", "explanation", "evidence_on", "evidence_quote", "rubric_version"}),
    ),
    # A later vintage of one figure is a revision of it, not a new figure.
    "statistics": _Compared(
        noun="official figure",
        key=("series_id", "ref_area", "time_period"),
        ignored=frozenset({"capture_id", "edition", "vintage_on", "is_latest", "origin"}),
    ),
    # Of a source only whether it still gives something is news.
    "sources": _Compared(
        noun="source",
        key=("source_id",),
        ignored=frozenset({"kind", "name", "publisher", "url", "language", "licence", "last_capture_at"}),
    ),
}
_NEWS_OF_STATUS = {
    "overdue": "newly_overdue",
    "met": "newly_met",
    "met_late": "newly_met",
    "missed": "newly_missed",
}
_LONGEST_TITLE = 200


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
        titles = _Titles(before, after)
        for name, compared in _COMPARED.items():
            if name in before and name in after:
                rows += _compare(name, compared, before[name], after[name], titles)
    return frame_of(Changes, rows).sort("table_name", "row_id", "column_name", nulls_last=False)


def _compare(
    name: str, compared: _Compared, before: pl.DataFrame, after: pl.DataFrame, titles: "_Titles"
) -> Iterator[dict[str, Any]]:
    columns = [c for c in after.columns if c in before.columns and c not in compared.ignored]
    old, new = (_current(frame, compared).select(columns) for frame in (before, after))
    key = list(compared.key)
    for change, rows in (("new", new.join(old, on=key, how="anti")), ("withdrawn", old.join(new, on=key, how="anti"))):
        for row in rows.iter_rows(named=True):
            side = {"after" if change == "new" else "before": _json(row)}
            news = "lost_source" if name == "sources" and change == "withdrawn" else change
            title = titles.of(row, key)
            text = f"{compared.noun.capitalize()} {change}."
            yield _row(name, _row_id(row, key), change, text, news=news, title=title, **side)
    both = old.join(new, on=key, suffix="__after")
    for column in [c for c in columns if c not in key]:
        differing = both.filter(pl.col(column).ne_missing(pl.col(f"{column}__after")))
        for row in differing.iter_rows(named=True):
            now = row[f"{column}__after"]
            news = _news(name, column, row[column], now)
            values = {"before": _json(row[column]), "after": _json(now)}
            text = f"{compared.noun.capitalize()}: {column} was {values['before']}, is now {values['after']}."
            told = {"news": news, "title": titles.of(row, key), "column_name": column, **values}
            yield _row(name, _row_id(row, key), "changed", text, **told)


def _news(table_name: str, column: str, before: object, after: object) -> str:
    """Return what a changed value means."""
    if table_name == "directive_status" and column == "status":
        if {before, after} == {"met", "met_late"}:
            return "changed"
        return _NEWS_OF_STATUS.get(str(after), "changed")
    if table_name == "statistics" and column == "obs_value":
        return "revised_figure"
    if table_name == "sources" and column == "last_outcome":
        was, now = before in READABLE, after in READABLE
        return "lost_source" if was and not now else "source_back" if now and not was else "changed"
    return "changed"


class _Titles:
    """What a row is about, in a line: the release to come says it, for what is gone the one before."""

    def __init__(self, before: Mapping[str, pl.DataFrame], after: Mapping[str, pl.DataFrame]) -> None:
        """Read the names that rows are told by."""
        self._names: dict[str, dict[str, str]] = {}
        for table, key, columns in _TITLED:
            names: dict[str, str] = {}
            for frame in (before.get(table), after.get(table)):
                if frame is not None and set(columns) <= set(frame.columns):
                    for row in frame.select(key, *columns).iter_rows():
                        names[row[0]] = " ".join(_printed(value) for value in row[1:] if value is not None)
            self._names[table] = names

    def of(self, row: Mapping[str, Any], key: Sequence[str]) -> str:
        """Return the title of a row, its id where nothing names it."""
        for table, named_by, _ in _TITLED:
            name = self._names[table].get(row.get(named_by) or "")
            if name:
                return name[:_LONGEST_TITLE]
        return _row_id(row, list(key))[:_LONGEST_TITLE]


_TITLED = (
    ("directives", "directive_id", ("action",)),
    ("indicators", "indicator_id", ("metric_id", "metric_text", "period", "value", "unit")),
    ("sources", "source_id", ("name",)),
)


def _printed(value: object) -> str:
    return (
        f"{value:,.6g}"
        if isinstance(value, float) and abs(value) < 1e6
        else f"{value:,.0f}"
        if isinstance(value, float)
        else str(value)
    )


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
