from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dx_pipeline.findings.claims import check_claims
from dx_pipeline.schemas.findings import ClaimChecks
from dx_pipeline_tests.findings.builders import (
    GCI_BREAKS,
    METRICS,
    Row,
    egdi,
    figure,
    gci,
    indicator,
    indicators,
    method_break,
    statistics,
)

SHARE = "digital-economy-share-of-gdp"


def check(*claims: Row, official: list[Row] | None = None, breaks: pl.DataFrame | None = None) -> list[Row]:
    checks = check_claims(indicators(*claims), statistics(*(official or [])), METRICS, breaks=breaks)
    return ClaimChecks.validate(checks, lazy=True).to_dicts()


def check_one(claim: Row, official: list[Row], breaks: pl.DataFrame | None = None) -> Row:
    (row,) = check(claim, official=official, breaks=breaks)
    return row


def rank_claim(**columns: Any) -> Row:
    fields: Row = {"value": 71.0, "unit": "rank", "out_of": 193.0, "change": 15.0, "change_since": "2022"}
    return indicator("rank", "un-egdi-rank", **(fields | columns))


def test_rank_with_its_change_and_its_field_is_confirmed() -> None:
    row = check_one(rank_claim(), egdi())
    assert (row["verdict"], row["claimed"], row["official"], row["difference"]) == ("confirmed", 71.0, 71.0, 0.0)
    assert row["vintage_on"] == date(2024, 9, 17)
    assert row["explanation"] == (
        "The official figure for 2024 is rank 71 of 193, up 15 from 86 in 2022 (office, edition 2024)."
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"value": 70.0}, "the claim says 70"), ({"change": 14.0}, "the claim says 14"), ({"out_of": 200.0}, "not 200")],
)
def test_each_wrong_part_of_a_rank_contradicts_it(wrong: Row, said: str) -> None:
    row = check_one(rank_claim(**wrong), egdi())
    assert row["verdict"] == "contradicted"
    assert said in row["explanation"]
    assert row["difference"] != 0


def test_fewer_places_than_areas_refute_nothing() -> None:
    """Areas that share a place leave fewer places than areas, and pages count either."""
    row = check_one(rank_claim(out_of=182.0), egdi())
    assert row["verdict"] == "not_comparable"
    assert "193 areas were ranked, not 182, which may be the number of places" in row["explanation"]


def test_change_from_an_edition_that_is_not_held_is_only_consistent() -> None:
    row = check_one(rank_claim(change_since="2003"), egdi())
    assert row["verdict"] == "consistent"
    assert "no figure for 2003" in row["explanation"]


def test_change_across_a_break_of_method_is_not_comparable() -> None:
    row = check_one(rank_claim(), egdi(), method_break("un-egdi-rank", "2024"))
    assert row["verdict"] == "not_comparable"
    assert "new weights" in row["explanation"]


def test_change_without_its_start_alone_cannot_be_checked() -> None:
    row = check_one(rank_claim(value=None, out_of=None, change_since=None), egdi())
    assert row["verdict"] == "not_comparable"


@pytest.mark.parametrize(
    ("value", "comparator", "verdict"),
    [
        (13.2, "=", "confirmed"),
        (13.1, "=", "contradicted"),
        (13.0, "=", "confirmed"),
        (14.0, "=", "contradicted"),
        (13.1, "~", "consistent"),
        (12.0, ">=", "confirmed"),
        (13.0, ">=", "confirmed"),
        (13.3, ">=", "contradicted"),
        (14.0, "<=", "confirmed"),
        (13.0, "<=", "confirmed"),
        (12.0, "<=", "contradicted"),
    ],
)
def test_tolerance_is_half_the_last_digit_quoted(value: float, comparator: str, verdict: str) -> None:
    claim = indicator("share", SHARE, value=value, unit="percent", comparator=comparator)
    assert check_one(claim, [figure(SHARE, "2024", 13.17, date(2025, 1, 6))])["verdict"] == verdict


def test_range_holds_the_official_figure() -> None:
    claim = indicator("share", SHARE, value=12.0, value_high=14.0, unit="percent")
    assert check_one(claim, [figure(SHARE, "2024", 13.17, date(2025, 1, 6))])["verdict"] == "confirmed"
    assert check_one(claim, [figure(SHARE, "2024", 14.7, date(2025, 1, 6))])["verdict"] == "contradicted"


def test_rounded_millions_are_consistent_and_not_confirmed() -> None:
    claim = indicator("sims", "sim-cards", value=129_000_000.0, unit="cards")
    official = figure("sim-cards", "2024", 128_866_823.0, date(2025, 1, 6), unit_measure="cards")
    assert check_one(claim, [official])["verdict"] == "consistent"
    assert check_one(claim | {"value": 127_000_000.0}, [official])["verdict"] == "contradicted"


def test_about_a_rank_is_at_most_consistent() -> None:
    claim = rank_claim(value=70.0, comparator="~", out_of=None, change=None)
    assert check_one(claim, egdi())["verdict"] == "consistent"


def test_percent_change_is_held_against_official_figures() -> None:
    official = [
        figure("sim-cards", "2023", 100.0, date(2024, 1, 6), unit_measure="cards"),
        figure("sim-cards", "2024", 129.0, date(2025, 1, 6), unit_measure="cards"),
    ]
    claim = indicator("sims", "sim-cards", change_percent=30.0, change_since="2023", unit="cards")
    assert check_one(claim, official)["verdict"] == "confirmed"
    row = check_one(claim | {"change_percent": 40.0}, official)
    assert (row["verdict"], row["official"], row["unit"]) == ("contradicted", 29.0, "percent")


def test_claim_is_held_against_the_vintage_it_could_know() -> None:
    vintages = [
        figure(SHARE, "2022", 12.67, date(2023, 12, 4), edition="first release", is_latest=False),
        figure(SHARE, "2022", 12.83, date(2025, 1, 6), edition="revision"),
    ]
    early = indicator("share", SHARE, period="2022", value=12.67, unit="percent", stated_on=date(2024, 1, 1))
    row = check_one(early, vintages)
    assert (row["verdict"], row["vintage_on"]) == ("confirmed", date(2023, 12, 4))
    assert "later given as 12.83" in row["explanation"]
    assert check_one(early | {"stated_on": date(2025, 2, 1)}, vintages)["verdict"] == "contradicted"
    before_any = check_one(early | {"stated_on": date(2023, 1, 1)}, vintages)
    assert (before_any["verdict"], before_any["vintage_on"]) == ("confirmed", date(2023, 12, 4))
    assert "after the claim" in before_any["explanation"]
    undated = check_one(early | {"stated_on": None, "value": 12.83}, vintages)
    assert (undated["verdict"], undated["vintage_on"]) == ("confirmed", date(2025, 1, 6))


def test_rank_of_an_edition_without_ranks_is_not_comparable() -> None:
    row = check_one(indicator("gci", "itu-gci-rank", value=17.0, unit="rank"), gci(), GCI_BREAKS)
    assert row["verdict"] == "not_comparable"
    assert row["official"] is None
    assert "tier 1 (the edition publishes tiers, no ranks)" in row["explanation"]
    assert "rank 25 of 194 in 2020" in row["explanation"]


def test_claim_without_a_period_is_not_comparable() -> None:
    row = check_one(rank_claim(period=None), egdi())
    assert row["verdict"] == "not_comparable"
    assert "names no period" in row["explanation"]


def test_other_publishers_definition_is_never_contradicted() -> None:
    official = [figure(SHARE, "2024", 13.17, date(2025, 1, 6), source_id="vnm-nso")]
    claim = indicator("share", SHARE, value=18.3, unit="percent")
    assert check_one(claim, official)["verdict"] == "contradicted"
    row = check_one(claim | {"publisher_id": "vnm-mic"}, official)
    assert row["verdict"] == "not_comparable"
    assert "13.17" in row["explanation"]
    assert "18.3" in row["explanation"]


def test_second_definition_among_the_figures_is_shown_and_decides_nothing() -> None:
    two = [
        figure(SHARE, "2024", 13.17, date(2025, 1, 6), source_id="vnm-nso"),
        figure(SHARE, "2024", 18.3, date(2025, 1, 9), source_id="vnm-mic", series_id="ministry-share"),
    ]
    ministry = check_one(indicator("share", SHARE, value=18.3, unit="percent"), two)
    assert ministry["verdict"] == "not_comparable"
    assert "also published: 18.3%" in ministry["explanation"]
    office = check_one(indicator("share", SHARE, value=13.17, unit="percent"), two)
    assert office["verdict"] == "confirmed"
    nobodys = [row | {"source_id": "archive"} for row in two]
    assert check_one(indicator("share", SHARE, value=18.3, unit="percent"), nobodys)["verdict"] == "not_comparable"


def test_definition_that_was_published_later_is_seen_too() -> None:
    two = [
        figure(SHARE, "2024", 13.17, date(2025, 1, 6), source_id="vnm-nso"),
        figure(SHARE, "2024", 18.6, date(2024, 11, 15), source_id="vnm-mic", series_id="ministry-share"),
    ]
    row = check_one(indicator("share", SHARE, value=18.3, unit="percent", stated_on=date(2024, 12, 1)), two)
    assert (row["verdict"], row["official"]) == ("not_comparable", 13.17)


def test_known_metric_without_series_is_told_and_unknown_metric_is_silent() -> None:
    known = check_one(indicator("dbs", "vnm-public-sector-databases", value=2990.0, unit="databases"), egdi())
    assert known["verdict"] == "no_official_series"
    assert check(indicator("odd", "no-such-metric", value=1.0), official=egdi()) == []
    assert check(indicator("odd", None, value=1.0), official=egdi()) == []
    assert check_one(rank_claim(area="VN-22"), egdi())["verdict"] == "no_official_series"


@pytest.mark.parametrize("kind", ["target", "forecast"])
def test_only_what_happened_is_checked(kind: str) -> None:
    assert check(rank_claim(kind=kind), official=egdi()) == []


def test_missing_official_value_is_no_zero() -> None:
    official = [*egdi(), figure("un-egdi-rank", "2026", None, date(2026, 9, 1), obs_status="M")]
    row = check_one(rank_claim(period="2026", value=0.0, change=None, out_of=None), official)
    assert (row["verdict"], row["official"]) == ("not_comparable", None)


figures_st = st.lists(
    st.tuples(st.sampled_from(["2022", "2023", "2024"]), st.integers(1, 40), st.integers(0, 700)),
    max_size=5,
    unique_by=lambda item: (item[0], item[2]),
)


def check_unvalidated(claims: list[Row], official: list[Row]) -> list[Row]:
    return check_claims(indicators(*claims, valid=False), statistics(*official, valid=False), METRICS).to_dicts()


@settings(deadline=None, max_examples=60)
@given(figures=figures_st, value=st.integers(1, 40), change=st.none() | st.integers(-9, 9), data=st.data())
def test_verdict_follows_from_its_columns_and_not_from_the_order_of_rows(
    figures: list[tuple[str, int, int]], value: int, change: int | None, data: st.DataObject
) -> None:
    rows = [
        figure("un-egdi-rank", period, float(rank), date.fromordinal(date(2024, 1, 1).toordinal() + day))
        for period, rank, day in figures
    ]
    claims = [
        rank_claim(value=float(value), change=None if change is None else float(change), out_of=None),
        indicator("other", "un-egdi-rank", period="2023", value=3.0, unit="rank"),
    ]
    checks = check_unvalidated(claims, rows)
    shuffled = check_unvalidated(claims[::-1], data.draw(st.permutations(rows)))
    assert shuffled == checks
    for row in checks:
        if row["official"] is not None:
            assert row["difference"] == row["claimed"] - row["official"]
            if row["difference"] == 0:
                assert row["verdict"] != "contradicted"
            else:  # a figure that came out after the claim may not refute it
                is_known = row["vintage_on"] is None or row["vintage_on"] <= date(2025, 2, 6)
                assert row["verdict"] == ("contradicted" if is_known else "not_comparable")
