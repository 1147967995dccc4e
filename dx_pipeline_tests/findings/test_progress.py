from datetime import date
from math import ceil
from typing import Any

import polars as pl
import pytest

from dx_pipeline.findings.progress import measure_progress
from dx_pipeline.schemas.findings import TargetProgress
from dx_pipeline_tests.findings.builders import (
    GCI_BREAKS,
    METRICS,
    Row,
    directive,
    directives,
    egdi,
    figure,
    gci,
    statistics,
)

SHARE = "internet-users-share"


def measure(order: Row, official: list[Row], breaks: pl.DataFrame | None = None) -> Row:
    frame = measure_progress(directives(order), statistics(*official), METRICS, date(2026, 11, 24), breaks=breaks)
    (row,) = TargetProgress.validate(frame, lazy=True).to_dicts()
    return row


def target(metric_id: str, **columns: Any) -> Row:
    return directive("goal", target_metric_id=metric_id, **columns)


def test_change_goal_is_counted_from_the_figure_known_at_the_order() -> None:
    row = measure(target("un-egdi-rank", target_change=5.0, target_comparator=">="), egdi())
    assert (row["baseline"], row["goal"], row["latest"], row["verdict"]) == (86.0, 81.0, 71.0, "reached")
    assert (row["baseline_period"], row["latest_period"]) == ("2022", "2024")


@pytest.mark.parametrize(("place", "verdict"), [(62.0, "off_track"), (63.0, "on_track"), (71.0, "reached")])
def test_rank_is_held_against_the_straight_line(place: float, verdict: str) -> None:
    order = target("un-egdi-rank", target_value=place, target_comparator="<=", due_on=date(2025, 12, 31))
    row = measure(order, egdi())
    assert row["verdict"] == verdict
    if verdict != "reached":
        passed = (date(2024, 12, 31) - date(2022, 12, 31)) / (date(2025, 12, 31) - date(2022, 12, 31))
        line = row["baseline"] + (row["goal"] - row["baseline"]) * passed
        assert (row["latest"] <= ceil(line)) == (verdict == "on_track")


@pytest.mark.parametrize(("latest", "verdict"), [(80.0, "off_track"), (84.9, "on_track"), (84.6, "off_track")])
def test_level_is_on_track_from_95_percent_of_the_growth_needed(latest: float, verdict: str) -> None:
    official = [figure(SHARE, "2023", 80.0, date(2024, 3, 1)), figure(SHARE, "2024", latest, date(2025, 7, 1))]
    order = target(SHARE, target_value=90.0, target_comparator=">=", due_on=date(2025, 12, 31))
    row = measure(order, official)
    ratio = (row["latest"] / row["baseline"] - 1) / ((row["goal"] / row["baseline"]) ** 0.5 - 1)
    assert (ratio >= 0.95) == (verdict == "on_track")
    assert row["verdict"] == verdict
    assert row["pace_needed"] == pytest.approx(5.0, abs=0.02)
    assert row["pace_achieved"] == pytest.approx(latest - 80.0, abs=0.02)


def test_edition_without_the_figure_is_not_comparable() -> None:
    row = measure(target("itu-gci-rank", target_value=30.0, target_comparator="<="), gci(), GCI_BREAKS)
    assert (row["verdict"], row["baseline"], row["latest"]) == ("not_comparable", 25.0, None)


def test_without_figures_or_deadline_it_is_unknown() -> None:
    order = target("un-egdi-rank", target_value=50.0, target_comparator="<=")
    assert measure(order, egdi()[:1])["verdict"] == "unknown"
    assert measure(order, egdi())["verdict"] == "unknown"


def test_growth_from_zero_is_unknown() -> None:
    official = [figure(SHARE, "2023", 0.0, date(2024, 3, 1)), figure(SHARE, "2024", 10.0, date(2025, 7, 1))]
    order = target(SHARE, target_value=90.0, target_comparator=">=", due_on=date(2025, 12, 31))
    assert measure(order, official)["verdict"] == "unknown"


def test_only_numeric_goals_have_a_row() -> None:
    frame = measure_progress(directives(directive("plain")), statistics(*egdi()), METRICS, date(2026, 1, 1))
    assert frame.is_empty()


def test_a_later_goal_for_the_same_day_supersedes_and_documents_stay_with_their_own() -> None:
    year_end = date(2025, 12, 31)
    orders = [
        directive(
            name,
            issued_on=day,
            due_on=due_on,
            target_metric_id="un-egdi-rank",
            target_value=place,
            target_comparator="<=",
            instrument_ids=[document],
        )
        for name, day, due_on, place, document in (
            ("first", date(2022, 3, 1), year_end, 70.0, "vnm-a"),
            ("again", date(2023, 3, 1), year_end, 70.0, "vnm-a"),  # the same goal supersedes nothing
            ("raised", date(2024, 3, 1), year_end, 60.0, "vnm-b"),
            ("further", date(2024, 4, 1), date(2030, 12, 31), 50.0, "vnm-b"),  # another day
        )
    ]
    frame = measure_progress(directives(*orders), statistics(*egdi()), METRICS, date(2026, 11, 24))
    rows = {row["target_id"]: row for row in TargetProgress.validate(frame, lazy=True).to_dicts()}
    names = {
        order["directive_id"]: name for order, name in zip(orders, ("first", "again", "raised", "further"), strict=True)
    }
    heirs = {names[key]: names.get(row["superseded_by"]) for key, row in rows.items()}
    assert heirs == {"first": "raised", "again": "raised", "raised": None, "further": None}
    assert {names[key]: row["instrument_ids"] for key, row in rows.items()} == {
        "first": ["vnm-a"],
        "again": ["vnm-a"],
        "raised": ["vnm-b"],
        "further": ["vnm-b"],
    }


def test_a_goal_of_tomorrow_supersedes_nothing_today() -> None:
    year_end = date(2025, 12, 31)
    orders = [
        directive(
            str(place),
            issued_on=day,
            due_on=year_end,
            target_metric_id="un-egdi-rank",
            target_value=place,
            target_comparator="<=",
        )
        for day, place in ((date(2022, 3, 1), 70.0), (date(2024, 3, 1), 60.0))
    ]
    frame = measure_progress(directives(*orders), statistics(*egdi()), METRICS, date(2023, 11, 24))
    assert frame["superseded_by"].to_list() == [None]
