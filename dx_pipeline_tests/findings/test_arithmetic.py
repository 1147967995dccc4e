from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dx_pipeline.findings.claims import check_claims
from dx_pipeline.findings.rubric import Share, read_rubric
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.findings import ClaimChecks
from dx_pipeline_tests.findings.builders import METRICS, Row, indicator, indicators, statistics


def arithmetic(*claims: Row) -> list[Row]:
    checks = check_claims(indicators(*claims), statistics(), METRICS)
    rows = ClaimChecks.validate(checks, lazy=True).to_dicts()
    return [row for row in rows if row["check"] != "official"]


def databases(**columns: Any) -> Row:
    fields: Row = {"value": 2990.0, "unit": "databases", "change": 678.0, "change_percent": 30.0}
    return indicator("dbs", "vnm-public-sector-databases", **(fields | columns))


def test_678_more_and_30_percent_and_2990_in_all_agree() -> None:
    (row,) = arithmetic(databases())
    assert row["verdict"] == "consistent"
    assert row["explanation"] == '678 more than 2,312 is 29.3%, which "30%" rounds fairly.'
    assert (row["claimed"], round(row["official"], 2), row["unit"]) == (30.0, 29.33, "percent")


def test_percentage_that_level_and_change_do_not_give_is_contradicted() -> None:
    (row,) = arithmetic(databases(change_percent=40.0))
    assert row["verdict"] == "contradicted"
    assert row["explanation"] == '678 more than 2,312 is 29.3%, not the quoted "40%".'


def test_decimal_percentage_is_held_to_its_own_digit() -> None:
    assert arithmetic(databases(change_percent=29.3))[0]["verdict"] == "consistent"
    assert arithmetic(databases(change_percent=29.8))[0]["verdict"] == "contradicted"


def test_rounded_millions_give_room() -> None:
    claim = databases(value=1_500_000_000.0, change=400_000_000.0, change_percent=38.0)
    assert arithmetic(claim)[0]["verdict"] == "consistent"
    assert arithmetic(claim | {"change_percent": 60.0})[0]["verdict"] == "contradicted"


@pytest.mark.parametrize(
    "silent", [{"unit": "percent"}, {"unit": "rank"}, {"change": 2990.0}, {"value": None}, {"change_percent": None}]
)
def test_what_cannot_be_calculated_gives_no_row(silent: Row) -> None:
    assert arithmetic(databases(**silent)) == []


def yearly(first: float, second: float, **columns: Any) -> list[Row]:
    return [
        indicator("before", "vnm-ndxp-transactions", period="2023", value=first, unit="transactions"),
        indicator("after", "vnm-ndxp-transactions", value=second, unit="transactions", **columns),
    ]


def test_growth_between_two_years_of_one_story() -> None:
    (row,) = arithmetic(*yearly(647e6, 1013e6, change_percent=57.0, change_since="2023"))
    assert row["verdict"] == "consistent"
    assert row["indicator_id"] == stable_id("ind", "after")
    assert "1,013,000,000 in 2024 is 56.6% more than 647,000,000 in 2023" in row["explanation"]
    (row,) = arithmetic(*yearly(647e6, 1013e6, change_percent=75.0, change_since="2023"))
    assert row["verdict"] == "contradicted"


def test_change_between_two_years_and_change_of_rank() -> None:
    assert arithmetic(*yearly(10.0, 14.0, change=4.0))[0]["verdict"] == "consistent"
    assert arithmetic(*yearly(10.0, 14.0, change=5.0))[0]["verdict"] == "contradicted"
    ranks = [
        indicator("r1", "un-egdi-rank", period="2022", value=86.0, unit="rank"),
        indicator("r2", "un-egdi-rank", value=71.0, unit="rank", change=15.0),
    ]
    (row,) = arithmetic(*ranks)
    assert (row["verdict"], row["official"]) == ("consistent", 15.0)


def test_growth_is_not_counted_from_another_year_or_another_story() -> None:
    before, after = yearly(647e6, 1013e6, change_percent=75.0)
    assert arithmetic(before, after | {"change_since": "2020"}) == []
    assert arithmetic(before | {"story_id": stable_id("sty", "other")}, after) == []
    assert arithmetic(before, before | {"indicator_id": stable_id("ind", "twin"), "value": 600e6}, after) == []


def parts(total: float, *values: float) -> list[Row]:
    names = ("vnm-national-databases-in-use", "vnm-national-databases-deploying", "vnm-national-databases-planned")
    return [
        indicator("total", "vnm-national-databases", value=total, unit="databases"),
        *(indicator(name, name, value=value, unit="databases") for name, value in zip(names, values, strict=False)),
    ]


def test_parts_must_add_up_to_the_total() -> None:
    (row,) = arithmetic(*parts(10.0, 5.0, 3.0, 2.0))
    assert (row["check"], row["verdict"], row["explanation"]) == (
        "parts", "consistent", "5 + 3 + 2 is 10, as the total of 10 says.",
    )  # fmt: skip
    (row,) = arithmetic(*parts(11.0, 5.0, 3.0, 2.0))
    assert row["verdict"] == "contradicted"


def test_a_missing_part_is_no_zero() -> None:
    assert arithmetic(*parts(8.0, 5.0, 3.0)) == []


def test_parts_of_another_story_or_period_are_not_added() -> None:
    rows = parts(10.0, 5.0, 3.0, 2.0)
    assert arithmetic(*rows[:-1], rows[-1] | {"story_id": stable_id("sty", "other")}) == []
    assert arithmetic(*rows[:-1], rows[-1] | {"period": "2023", "period_end": date(2023, 12, 31)}) == []


@settings(deadline=None, max_examples=60)
@given(value=st.integers(1, 10**10), change=st.integers(-(10**4), 10**10), quoted=st.integers(-200, 900))
def test_fair_percentages_lie_near_the_calculated_one(value: int, change: int, quoted: int) -> None:
    claim = databases(value=float(value), change=float(change), change_percent=float(quoted))
    checks = check_claims(indicators(claim, valid=False), statistics(valid=False), METRICS)
    for row in checks.filter(pl.col("check") != "official").to_dicts():
        assert row["difference"] == row["claimed"] - row["official"]
        if abs(row["difference"]) <= 1:
            assert row["verdict"] == "consistent"


SHARES = replace(read_rubric(), shares=(Share(part="open", whole="all", percent="open-share"),))


def shares(part: float, whole: float, percent: float | None, **columns: Any) -> list[Row]:
    told = [
        indicator("part", "open", value=part, unit="databases", **columns),
        indicator("whole", "all", value=whole, unit="databases"),
        *([] if percent is None else [indicator("share", "open-share", value=percent, unit="percent")]),
    ]
    checks = check_claims(indicators(*told), statistics(), METRICS, rubric=SHARES)
    return ClaimChecks.validate(checks, lazy=True).to_dicts()


def test_a_share_is_held_to_part_and_whole() -> None:
    (row,) = shares(678.0, 2312.0, 30.0)
    assert (row["check"], row["verdict"], row["indicator_id"]) == (
        "arithmetic",
        "consistent",
        stable_id("ind", "share"),
    )
    assert row["explanation"] == '678 of 2,312 is 29.3%, which "30%" rounds fairly.'
    (row,) = shares(678.0, 2312.0, 29.3)
    assert row["verdict"] == "consistent"
    (row,) = shares(678.0, 2312.0, 34.0)
    assert (row["verdict"], round(row["official"], 1)) == ("contradicted", 29.3)


def test_a_rounded_part_gives_room_to_its_share() -> None:
    (row,) = shares(1_000_000.0, 3_000_000.0, 45.0)
    assert row["verdict"] == "consistent"
    (row,) = shares(1_020_000.0, 3_010_000.0, 45.0)
    assert row["verdict"] == "contradicted"


def test_a_part_cannot_exceed_its_whole() -> None:
    (row,) = shares(131.0, 126.0, None)
    assert (row["check"], row["verdict"]) == ("parts", "contradicted")
    assert row["explanation"] == "131 of 126 is more than there are."
    assert shares(126.0, 126.0, None) == []


@pytest.mark.parametrize("other", [{"period": "2023"}, {"area": "VN-22"}, {"story_id": stable_id("sty", "other")}])
def test_a_part_is_held_to_no_other_whole(other: Row) -> None:
    assert shares(131.0, 126.0, 50.0, **other) == []


def test_the_catalogue_holds_tasks_done_to_tasks_given() -> None:
    told = [
        indicator("done", "vnm-tasks-completed", value=131.0, unit="tasks"),
        indicator("given", "vnm-tasks-assigned", value=126.0, unit="tasks"),
    ]
    assert [row["verdict"] for row in arithmetic(*told)] == ["contradicted"]


def ranked(value: float, **columns: Any) -> list[Row]:
    return arithmetic(indicator("rank", "un-egdi-rank", value=value, unit="rank", **columns))


def test_no_place_is_behind_the_last_or_before_the_first() -> None:
    assert ranked(71.0, out_of=193.0, change=15.0) == []
    (row,) = ranked(195.0, out_of=193.0)
    assert (row["verdict"], row["explanation"]) == ("contradicted", "195 of 193 is more than there are.")
    (row,) = ranked(3.0, change=-5.0)
    assert row["verdict"] == "contradicted"
    assert row["explanation"] == "Rank 3, down 5, would have been rank -2 before, and there is none."
