from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.findings.claims import check_claims
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.findings import ClaimChecks
from dx_pipeline_tests.findings.builders import METRICS, Row, figure, indicator, indicators, statistics

SIMS = "sim-cards"


def told(name: str, value: float, **columns: Any) -> Row:
    return indicator(name, SIMS, value=value, unit="cards", story_id=stable_id("sty", name), **columns)


def check(*claims: Row, official: list[Row] | None = None) -> dict[str, Row]:
    frame = check_claims(indicators(*claims), statistics(*(official or [])), METRICS)
    rows = ClaimChecks.validate(frame, lazy=True).filter(pl.col("check") == "sources").to_dicts()
    names = {stable_id("ind", name): name for name in ("a", "b", "c")}
    return {names[row["indicator_id"]]: row for row in rows}


def test_two_stories_that_cannot_both_be_right_contradict_each_other() -> None:
    rows = check(told("a", 55_250_000.0), told("b", 60_000_000.0))
    assert {name: row["verdict"] for name, row in rows.items()} == {"a": "contradicted", "b": "contradicted"}
    assert (rows["a"]["claimed"], rows["a"]["official"]) == (55_250_000.0, 60_000_000.0)
    assert rows["a"]["explanation"] == (
        "SIM cards: 55,250,000 for 2024 (en, told on 6 February 2025) against "
        "60,000,000 for 2024 (en, told on 6 February 2025)."
    )


def test_rounding_is_no_contradiction() -> None:
    assert check(told("a", 55_250_000.0), told("b", 55_000_000.0, comparator="~"))["a"]["verdict"] == "consistent"


def test_independent_origins_that_agree_are_counted() -> None:
    row = check(told("a", 40_000_000.0, origin_count=3))["a"]
    assert (row["verdict"], row["explanation"]) == (
        "consistent",
        "3 independent origins give 40,000,000 for 2024 (en, told on 6 February 2025).",
    )
    assert not check(told("a", 40_000_000.0))


def test_other_periods_and_far_days_are_not_compared() -> None:
    assert not check(told("a", 55.0), told("b", 60.0, period="2023"))
    assert not check(told("a", 55.0, period=None), told("b", 60.0, period=None, stated_on=date(2025, 9, 1)))
    assert not check(told("a", 55.0, period="2025-01-09"), told("b", 60.0, period=None))


def test_figures_without_a_period_are_compared_where_told_within_a_month() -> None:
    rows = check(told("a", 55.0, period=None), told("b", 60.0, period=None, stated_on=date(2025, 2, 20)))
    assert rows["a"]["verdict"] == "contradicted"


def test_figures_far_apart_may_not_measure_the_same() -> None:
    row = check(told("a", 10_000.0), told("b", 60_000.0))["a"]
    assert (row["verdict"], row["reason"]) == ("not_comparable", "far_apart")


def test_named_publishers_may_follow_two_definitions() -> None:
    row = check(told("a", 55.0, publisher_id="x"), told("b", 60.0, publisher_id="y"))["a"]
    assert (row["verdict"], row["reason"]) == ("not_comparable", "definition")


def test_so_may_sources_of_a_metric_with_two_official_series() -> None:
    official = [
        figure(SIMS, "2024", 55.0, date(2025, 1, 1), series_id="x", unit_measure="cards"),
        figure(SIMS, "2024", 60.0, date(2025, 1, 1), series_id="y", unit_measure="cards"),
    ]
    assert check(told("a", 55.0), told("b", 60.0), official=official)["a"]["reason"] == "definition"


def test_an_official_figure_decides_for_the_one_it_bears_out() -> None:
    official = [figure(SIMS, "2024", 55.0, date(2025, 1, 1), unit_measure="cards")]
    rows = check(told("a", 55.0), told("b", 60.0), official=official)
    assert {name: row["verdict"] for name, row in rows.items()} == {"a": "consistent", "b": "contradicted"}
    assert rows["a"]["explanation"].endswith("an official figure bears this one out.")


def test_a_story_that_gives_several_figures_disagrees_only_where_none_fits() -> None:
    several = told("b", 55.0) | {"story_id": stable_id("sty", "a")}
    assert set(check(told("a", 50.0), several, told("c", 55.0))) == {"b", "c"}
    rows = check(told("a", 50.0), several, told("c", 60.0))
    assert {name: row["verdict"] for name, row in rows.items()} == {"b": "contradicted", "c": "contradicted"}
