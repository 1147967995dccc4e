import json
from datetime import date, datetime

import polars as pl
import pytest

from dx_pipeline.findings.changes import compare_tables
from dx_pipeline.findings.status import judge_directives
from dx_pipeline.schemas.evidence import Sources
from dx_pipeline.schemas.findings import Changes
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline_tests.findings.builders import (
    METRICS,
    Row,
    directive,
    directives,
    egdi,
    figure,
    indicator,
    indicators,
    statistics,
)

Tables = dict[str, pl.DataFrame]


def changes(before: Tables, after: Tables) -> list[Row]:
    return Changes.validate(compare_tables(before, after), lazy=True).to_dicts()


def test_first_release_is_no_news() -> None:
    after = {"directives": directives(directive("a")), "statistics": statistics(*egdi())}
    assert changes({}, after) == []
    assert changes({name: frame.clear() for name, frame in after.items()}, after) == []


def test_same_tables_in_another_order_have_no_changes() -> None:
    tables = {
        "directives": directives(directive("a"), directive("b")),
        "indicators": indicators(indicator("x", None), indicator("y", None)),
        "statistics": statistics(*egdi()),
    }
    assert changes(tables, {name: frame.reverse() for name, frame in tables.items()}) == []


def test_new_changed_and_withdrawn_rows() -> None:
    kept, gone, fresh = directive("kept"), directive("gone"), directive("fresh")
    moved = kept | {"due_on": date(2025, 3, 31), "addressee_ids": ["vnm-mic", "vnm-moh"]}
    rows = changes({"directives": directives(kept, gone)}, {"directives": directives(moved, fresh)})
    told = {(row["row_id"], row["change"], row["column_name"]) for row in rows}
    assert told == {
        (fresh["directive_id"], "new", None),
        (gone["directive_id"], "withdrawn", None),
        (kept["directive_id"], "changed", "due_on"),
        (kept["directive_id"], "changed", "addressee_ids"),
    }
    by_column = {row["column_name"]: row for row in rows if row["change"] == "changed"}
    assert (by_column["due_on"]["before"], by_column["due_on"]["after"]) == ("null", '"2025-03-31"')
    assert json.loads(by_column["addressee_ids"]["after"]) == ["vnm-mic", "vnm-moh"]
    assert "due_on was null" in by_column["due_on"]["explanation"]
    assert all(json.loads(row["after"] or row["before"]) for row in rows if row["change"] != "changed")


def test_a_day_that_passes_is_no_change_of_status_but_a_deadline_that_passes_is() -> None:
    orders = directives(directive("a", due_on=date(2024, 6, 1)))
    on = {
        day: {"directive_status": judge_directives(orders, statistics(), METRICS, date(2024, *day))}
        for day in ((5, 30), (5, 31), (6, 2))
    }
    assert changes(on[5, 30], on[5, 31]) == []
    (row,) = changes(on[5, 31], on[6, 2])
    assert (row["column_name"], row["before"], row["after"]) == ("status", '"due_soon"', '"overdue"')


def test_new_vintage_is_a_revision() -> None:
    first = figure("gdp", "2024", 476.388, date(2026, 4, 8))
    second = figure("gdp", "2024", 476.325, date(2026, 10, 2), edition="October")
    before = {"statistics": statistics(first)}
    after = {"statistics": statistics(first | {"is_latest": False}, second)}
    (row,) = changes(before, after)
    assert (row["row_id"], row["change"], row["column_name"]) == ("gdp/VNM/2024", "changed", "obs_value")
    assert (row["before"], row["after"]) == ("476.388", "476.325")


@pytest.mark.parametrize("side", ["before", "after"])
def test_table_or_column_of_one_side_only_is_not_compared(side: str) -> None:
    full: Tables = {"directives": directives(directive("a")), "indicators": indicators(indicator("x", None))}
    part: Tables = {"directives": full["directives"].drop("modality")}
    assert (changes(part, full) if side == "before" else changes(full, part)) == []


def test_news_say_what_a_change_means() -> None:
    orders = directives(directive("a", due_on=date(2024, 6, 1), action="build the centre"))
    early, late = (judge_directives(orders, statistics(), METRICS, day) for day in (date(2024, 5, 7), date(2024, 7, 1)))
    tables = {"directives": orders, "directive_status": early}
    (row,) = changes(tables, {**tables, "directive_status": late})
    assert (row["news"], row["title"]) == ("newly_overdue", "build the centre")
    (back,) = changes({**tables, "directive_status": late}, tables)
    assert back["news"] == "changed"


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [("ok", "not_found", "lost_source"), ("timeout", "not_modified", "source_back"), ("timeout", "blocked", "changed")],
)
def test_a_source_that_gives_nothing_any_more_is_lost(before: str, after: str, news: str) -> None:
    one = {"source_id": "gazette", "kind": "articles", "name": "The Gazette", "publisher": "P"}
    frames = [frame_of(Sources, [one | {"last_outcome": outcome}]) for outcome in (before, after)]
    (row,) = changes({"sources": frames[0]}, {"sources": frames[1]})
    assert (row["news"], row["title"]) == (news, "The Gazette")


def test_so_is_one_that_is_gone_and_a_later_capture_is_no_news() -> None:
    one = {"source_id": "gazette", "kind": "articles", "name": "The Gazette", "publisher": "P", "last_outcome": "ok"}
    kept = one | {"source_id": "other"}
    later = kept | {"last_capture_at": datetime.fromisoformat("2025-01-01")}
    before, after = frame_of(Sources, [one, kept]), frame_of(Sources, [later])
    (row,) = changes({"sources": before}, {"sources": after})
    assert (row["change"], row["news"]) == ("withdrawn", "lost_source")


def test_a_revised_figure_is_called_so() -> None:
    first = figure("gdp", "2024", 476.388, date(2026, 4, 8))
    second = figure("gdp", "2024", 476.325, date(2026, 10, 2), edition="October")
    rows = changes({"statistics": statistics(first)}, {"statistics": statistics(first | {"is_latest": False}, second)})
    assert [row["news"] for row in rows] == ["revised_figure"]
