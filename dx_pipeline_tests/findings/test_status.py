from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dx_pipeline.findings.rubric import read_rubric
from dx_pipeline.findings.status import judge_directives
from dx_pipeline.schemas.findings import DirectiveStatus
from dx_pipeline.specs import CatalogueError
from dx_pipeline_tests.findings.builders import (
    GCI_BREAKS,
    METRICS,
    Row,
    directive,
    directives,
    egdi,
    figure,
    gci,
    method_break,
    statistics,
)

SHARE = "internet-users-share"
TODAY = date(2026, 11, 24)


def judge(
    order: Row, official: list[Row] | None = None, as_of: date = TODAY, breaks: pl.DataFrame | None = None
) -> Row:
    frame = judge_directives(directives(order), statistics(*(official or [])), METRICS, as_of, breaks=breaks)
    (row,) = DirectiveStatus.validate(frame, lazy=True).to_dicts()
    return row


def five_up(**columns: Any) -> Row:
    goal: Row = {"target_metric_id": "un-egdi-rank", "target_comparator": ">=", "target_change": 5.0}
    return directive("five-up", **(goal | columns))


def top(places: float, metric: str = "un-egdi-rank", **columns: Any) -> Row:
    return directive(
        "top", target_metric_id=metric, target_comparator="<=", target_value=places, target_unit="rank", **columns
    )


def share_of(value: float, **columns: Any) -> Row:
    return directive("share", target_metric_id=SHARE, target_comparator=">=", target_value=value, **columns)


def test_rank_up_fifteen_meets_an_order_for_at_least_five() -> None:
    row = judge(five_up(), egdi())
    assert (row["status"], row["evidence_kind"], row["evidence_id"]) == ("met", "statistics", "un-egdi-rank")
    assert row["explanation"] == ("Rank 86 in 2022, 71 in 2024: up 15, at least 5 was ordered (office, edition 2024).")
    assert row["rubric_version"] == read_rubric().version


def test_change_goal_that_is_not_reached_stays_without_deadline() -> None:
    row = judge(five_up(target_change=20.0), egdi())
    assert row["status"] == "no_deadline"
    assert "up 15, at least 20 was ordered" in row["explanation"]


def test_top_thirty_cannot_be_judged_by_an_edition_of_tiers() -> None:
    row = judge(top(30.0, "itu-gci-rank"), gci(), breaks=GCI_BREAKS)
    assert (row["status"], row["evidence_id"]) == ("not_comparable", "itu-gci-tier")
    assert row["explanation"] == (
        "GCI, rank: at most 30 was ordered, but the 2024 edition gives tier 1 but no rank "
        "(the edition publishes tiers, no ranks); the newest is rank 25 in 2020, from before the order."
    )


def test_edition_of_tiers_is_not_known_before_it_is_published() -> None:
    assert judge(top(30.0, "itu-gci-rank"), gci(), date(2024, 9, 11))["status"] == "no_deadline"
    assert judge(top(30.0, "itu-gci-rank"), gci(), date(2024, 9, 12))["status"] == "not_comparable"


def test_break_alone_makes_not_comparable_once_its_period_is_over() -> None:
    ranks = gci()[:1]
    assert judge(top(30.0, "itu-gci-rank"), ranks, breaks=GCI_BREAKS)["status"] == "not_comparable"
    assert judge(top(30.0, "itu-gci-rank"), ranks, date(2024, 6, 1), GCI_BREAKS)["status"] == "no_deadline"
    assert judge(top(30.0, "itu-gci-rank"), ranks)["status"] == "no_deadline"
    other_method = method_break("itu-gci-rank", "2024")
    assert judge(top(30.0, "itu-gci-rank"), ranks, breaks=other_method)["status"] == "no_deadline"


def test_break_between_two_figures_is_not_comparable() -> None:
    row = judge(five_up(), egdi(), breaks=method_break("un-egdi-rank", "2024"))
    assert row["status"] == "not_comparable"
    assert "new weights" in row["explanation"]


def test_publishers_that_disagree_decide_nothing() -> None:
    official = [
        figure(SHARE, "2024", 79.0, date(2025, 1, 1), series_id="a"),
        figure(SHARE, "2024", 85.0, date(2025, 1, 1), series_id="b"),
    ]
    row = judge(share_of(80.0), official)
    assert row["status"] == "not_comparable"
    assert "79 in 2024" in row["explanation"]
    assert "85 in 2024" in row["explanation"]


def test_level_reached_in_time_and_late() -> None:
    official = [figure(SHARE, "2023", 78.0, date(2024, 3, 1)), figure(SHARE, "2024", 84.15, date(2025, 7, 1))]
    in_time = judge(share_of(80.0, due_on=date(2024, 12, 31)), official)
    assert in_time["status"] == "met"
    late = judge(share_of(80.0, due_on=date(2024, 6, 30)), official)
    assert late["status"] == "met_late"
    assert "after the deadline of 30 June 2024" in late["explanation"]


def test_figure_published_by_the_deadline_is_in_time_though_its_year_goes_on() -> None:
    assert judge(five_up(due_on=date(2024, 10, 31)), egdi())["status"] == "met"
    assert judge(five_up(due_on=date(2024, 9, 16)), egdi())["status"] == "met_late"


def test_level_that_a_figure_of_the_deadline_denies_is_missed() -> None:
    official = [figure(SHARE, "2024", 84.15, date(2025, 7, 1))]
    row = judge(share_of(90.0, due_on=date(2024, 12, 31)), official)
    assert (row["status"], row["evidence_id"]) == ("missed", SHARE)


def test_old_figure_does_not_prove_that_a_later_deadline_was_missed() -> None:
    official = [figure(SHARE, "2024", 84.15, date(2025, 7, 1))]
    assert judge(share_of(90.0, due_on=date(2025, 12, 31)), official)["status"] == "overdue"


def test_figure_from_before_the_order_proves_nothing() -> None:
    official = [figure(SHARE, "2022", 95.0, date(2023, 7, 1))]
    row = judge(share_of(90.0), official)
    assert row["status"] == "no_deadline"
    assert "95% in 2022" in row["explanation"]


def test_change_before_the_order_is_no_answer_to_it() -> None:
    ranks = [
        figure("un-egdi-rank", "2021", 86.0, date(2022, 9, 1)),
        figure("un-egdi-rank", "2023", 71.0, date(2024, 9, 1)),
    ]
    assert judge(five_up(), ranks)["status"] == "no_deadline"


def test_change_goal_without_a_baseline_is_not_guessed() -> None:
    row = judge(five_up(), egdi()[1:])
    assert row["status"] == "no_deadline"
    assert "was known at the order" in row["explanation"]


def test_order_of_unknown_day_is_not_judged_by_figures() -> None:
    row = judge(top(80.0, issued_on=None), egdi())
    assert row["status"] == "no_deadline"
    assert "day of the order is unknown" in row["explanation"]


@pytest.mark.parametrize(
    ("comparator", "value", "status"), [("=", 75.0, "met"), ("~", 71.0, "met"), ("=", 60.0, "no_deadline")]
)
def test_exact_goal_is_met_from_the_better_side(comparator: str, value: float, status: str) -> None:
    order = top(value) | {"target_comparator": comparator}
    assert judge(order, egdi())["status"] == status


@pytest.mark.parametrize(
    ("due_on", "status", "days_left"),
    [
        (date(2026, 11, 23), "overdue", -1),
        (date(2026, 11, 24), "due_soon", 0),
        (date(2026, 12, 24), "due_soon", 30),
        (date(2026, 12, 25), "open", 31),
        (None, "no_deadline", None),
    ],
)
def test_without_a_goal_the_calendar_decides(due_on: date | None, status: str, days_left: int | None) -> None:
    row = judge(directive("plain", due_on=due_on))
    assert (row["status"], row["days_left"], row["evidence_kind"]) == (status, days_left, "none")


def test_overdue_says_that_no_evidence_is_known() -> None:
    row = judge(directive("plain", due_on=date(2024, 5, 9)))
    assert row["explanation"] == "The deadline of 9 May 2024 has passed and no evidence of completion is known."


def test_duty_that_returns_is_never_overdue() -> None:
    assert judge(directive("monthly", recurrence="R/P1M", due_on=date(2024, 5, 9)))["status"] == "no_deadline"
    assert judge(directive("monthly", recurrence="R/P1M"))["status"] == "no_deadline"
    assert judge(directive("monthly", recurrence="R/P1M", due_on=date(2027, 5, 9)))["status"] == "open"


def test_order_of_tomorrow_is_not_known_today() -> None:
    frame = judge_directives(directives(directive("late")), statistics(), METRICS, date(2024, 5, 5))
    assert frame.is_empty()


days = st.dates(date(2023, 1, 1), date(2026, 12, 31))
official_st = st.lists(
    st.tuples(st.sampled_from(["2022", "2024", "2025"]), st.integers(50, 95), days),
    max_size=6,
    unique_by=lambda item: (item[0], item[2]),
)


def judge_unvalidated(orders: list[Row], official: list[Row], as_of: date) -> pl.DataFrame:
    return judge_directives(directives(*orders, valid=False), statistics(*official, valid=False), METRICS, as_of)


@settings(deadline=None, max_examples=60)
@given(official=official_st, as_of=days, due_on=st.none() | days, data=st.data())
def test_the_future_is_not_seen_and_order_of_rows_changes_nothing(
    official: list[tuple[str, int, date]], as_of: date, due_on: date | None, data: st.DataObject
) -> None:
    rows = [figure("un-egdi-rank", period, float(rank), day) for period, rank, day in official]
    orders = [five_up(due_on=due_on), top(80.0, due_on=due_on), directive("plain", due_on=due_on)]
    past = [row for row in rows if row["vintage_on"] <= as_of]
    now = judge_unvalidated(orders, rows, as_of)
    known = judge_unvalidated(orders, past, as_of)
    shuffled = judge_unvalidated(data.draw(st.permutations(orders)), data.draw(st.permutations(rows)), as_of)
    assert now.equals(known)
    assert now.equals(shuffled)
    for row in now.to_dicts():
        if row["status"] in {"overdue", "missed"}:
            assert due_on is not None
            assert due_on < as_of
            assert row["days_left"] == (due_on - as_of) / timedelta(days=1)
        assert (row["status"] == "no_deadline") <= (due_on is None)


def test_rubric_names_the_field_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "rubric.toml"
    path.write_text('version = "1"\nref_area = "VNM"\ndue_soon_days = "soon"\n[progress]\n', encoding="utf-8")
    with pytest.raises(CatalogueError, match="due_soon_days"):
        read_rubric(path)
