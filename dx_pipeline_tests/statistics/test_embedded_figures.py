"""The embedded official figures: what they must show, and that they are complete and licensed."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import dx_pipeline
from dx_pipeline.schemas.statistics import Statistics
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.statistics.editions import method_breaks, overdue_editions
from dx_pipeline.statistics.expectations import check_expectations
from dx_pipeline.statistics.mapping import read_mapping
from dx_pipeline.statistics.read import read_statistics, source_files
from dx_pipeline_tests.statistics.conftest import Embedded

NOTICE = Path(dx_pipeline.__file__).parent.parent / "NOTICE"


def _figures(embedded: Embedded, **where: str) -> pl.DataFrame:
    return embedded.observed.statistics.filter(**where)


def test_every_row_is_read_and_every_expectation_holds(embedded: Embedded) -> None:
    assert embedded.observed.quarantine.is_empty()
    assert check_expectations(embedded.observed.statistics, embedded.sources).is_empty()
    Statistics.validate(embedded.observed.statistics, lazy=True)


def test_ranks_of_viet_nam_are_exactly_the_eight_of_the_surveys(embedded: Embedded) -> None:
    with duckdb.connect() as connection:
        connection.register("statistics", embedded.observed.statistics.to_arrow())
        rows = connection.execute(
            "select time_period, obs_value from statistics"
            " where metric_id = 'un-egdi-rank' and ref_area = 'VNM' order by time_period"
        ).fetchall()
    years = ["2010", "2012", "2014", "2016", "2018", "2020", "2022", "2024"]
    assert rows == list(zip(years, [90, 83, 99, 89, 88, 86, 86, 71], strict=True))


def test_world_mean_of_2024_is_the_published_one(embedded: Embedded) -> None:
    index = _figures(embedded, metric_id="un-egdi", time_period="2024")["obs_value"]
    assert index.count() == 193
    assert index.mean() == pytest.approx(0.6382, abs=5e-5)


def test_economies_that_were_not_ranked_have_neither_rank_nor_index(embedded: Embedded) -> None:
    for edition, unranked in (("2010", 10), ("2012", 3), ("2014", 0)):
        for series in ("un-egdi", "un-egdi-rank"):
            rows = _figures(embedded, series_id=series, edition=edition)
            missing = rows.filter(obs_status="M")
            assert missing.height == unranked, (edition, series)
            assert missing["obs_value"].is_null().all()
            assert rows.filter(pl.col("obs_value") == 0).is_empty()


def test_a_part_of_an_index_may_truly_be_zero(embedded: Embedded) -> None:
    human_capital = _figures(embedded, series_id="un-hci", ref_area="SOM", time_period="2018")
    assert human_capital["obs_value"].to_list() == [0.0]
    assert human_capital["obs_status"].to_list() == ["A"]


def test_ranks_before_2010_are_another_series(embedded: Embedded) -> None:
    earlier = _figures(embedded, series_id="un-egri-rank", ref_area="VNM")
    assert earlier.select("time_period", "obs_value", "obs_status", "out_of").rows() == [
        ("2005", 105.0, "E", None),
        ("2008", 91.0, "A", 192),
    ]
    assert set(earlier["metric_id"]) == {"un-egri-rank"}


def test_cybersecurity_of_2024_has_a_tier_and_no_rank(embedded: Embedded) -> None:
    ranks = _figures(embedded, metric_id="itu-gci-rank", ref_area="VNM")
    assert ranks.select("time_period", "obs_value", "out_of").rows() == [
        ("2017", 101.0, 193),
        ("2018", 50.0, 175),
        ("2020", 25.0, 194),
    ]
    assert _figures(embedded, metric_id="itu-gci-rank").filter(pl.col("time_period") >= "2024").is_empty()
    tiers = _figures(embedded, metric_id="itu-gci-tier", ref_area="VNM", time_period="2024")
    assert set(tiers["obs_value"]) == {1.0}
    assert tiers["note"].str.contains("Tier 1, role-modelling").all()
    assert tiers["note"].str.contains("tiers, not ranks").all()


def test_why_the_rank_of_2024_is_missing_is_kept_as_data(embedded: Embedded) -> None:
    rank = method_breaks(embedded.sources).filter(metric_id="itu-gci-rank").row(0, named=True)
    assert (rank["from_period"], rank["from_edition"], rank["kind"]) == ("2024", "2024", "discontinued")
    assert "tiers, not ranks" in rank["reason"]


def test_scores_on_two_scales_do_not_share_a_metric(embedded: Embedded) -> None:
    scores = _figures(embedded, metric_id="itu-gci-score")
    assert scores["time_period"].min() == "2020"
    early = _figures(embedded, series_id="itu-gci-score-0-1", ref_area="VNM")
    assert early["obs_value"].to_list() == [0.245, 0.693]
    assert early["metric_id"].is_null().all()


def test_two_publications_of_one_score_are_both_kept(embedded: Embedded) -> None:
    scores = _figures(embedded, series_id="itu-gci-score", ref_area="VNM", time_period="2020")
    assert scores.select("obs_value", "edition", "is_latest").rows() == [
        (94.59, "2020", False),
        (94.55, "2020 (Data360)", True),
    ]


def test_a_changed_method_shows_on_the_observations_and_as_a_break(embedded: Embedded) -> None:
    breaks = method_breaks(embedded.sources)
    assert set(breaks.filter(kind="method")["metric_id"]) >= {"un-epi", "un-hci"}
    participation = _figures(embedded, series_id="un-epi", ref_area="VNM").sort("time_period")
    assert dict(participation.select("time_period", "obs_status").iter_rows())["2022"] == "B"
    assert "compare ranks" in participation.filter(time_period="2022")["note"].item()
    assert set(participation.filter(pl.col("time_period") != "2022")["obs_status"]) == {"A"}


def test_share_of_the_digital_economy_is_two_series_of_two_publishers(embedded: Embedded) -> None:
    shares = _figures(embedded, metric_id="digital-economy-share-of-gdp", time_period="2024").filter("is_latest")
    assert shares.select("source_id", "obs_value").rows() == [
        ("vnm-mic-digital-economy", 18.3),
        ("vnm-nso-digital-economy", 13.17),
    ]
    assert shares["series_id"].n_unique() == 2
    assert shares["note"].n_unique() == 2
    assert shares["note"].null_count() == 0
    assert set(shares["obs_status"]) == {"E"}


def test_a_revised_figure_keeps_both_vintages(embedded: Embedded) -> None:
    share = _figures(embedded, series_id="vnm-nso-digital-economy-share-of-gdp", time_period="2022")
    assert share.select("obs_value", "vintage_on", "is_latest", "obs_status").rows() == [
        (12.67, date(2023, 12, 4), False, "P"),
        (12.83, date(2025, 1, 6), True, "A"),
    ]
    gdp = _figures(embedded, series_id="wb-ny-gdp-mktp-cd", ref_area="VNM", time_period="2024")
    assert gdp.select("vintage_on", "is_latest").rows() == [(date(2026, 4, 8), False), (date(2026, 10, 2), True)]
    assert gdp["obs_value"].n_unique() == 2


def test_units_are_the_publishers(embedded: Embedded) -> None:
    units = {
        "wb-it-net-user-zs": ("percent", 84.15),
        "un-egdi": ("points", 0.77092),
        "un-egdi-rank": ("rank", 71.0),
        "wb-ny-gdp-mktp-cd": ("USD", 476_324_572_784.0),
        "itu-gci-tier": ("tier", 1.0),
    }
    for series_id, (unit, value) in units.items():
        row = _figures(embedded, series_id=series_id, ref_area="VNM", time_period="2024").filter("is_latest")
        assert row["unit_measure"].to_list() == [unit]
        assert row["obs_value"].item() == pytest.approx(value, rel=1e-4)


def test_regions_and_the_world_are_no_areas(embedded: Embedded) -> None:
    assert not {"WLD", "EAS", "EAP"} & set(embedded.observed.statistics["ref_area"])
    assert set(_figures(embedded, series_id="wb-it-net-user-zs")["ref_area"]) >= {"VNM", "THA", "SGP"}


def test_an_edition_that_does_not_come_is_told_apart_from_an_error(embedded: Embedded) -> None:
    statistics = embedded.observed.statistics
    overdue = overdue_editions(embedded.sources, statistics, date(2026, 10, 10)).filter(source_id="un-desa-egdi")
    assert overdue.select("edition", "days_late").rows() == [("2026", 10)]
    assert overdue_editions(embedded.sources, statistics, date(2026, 9, 1)).is_empty()
    arrived = statistics.filter(edition="2024").with_columns(edition=pl.lit("2026"))
    assert overdue_editions(embedded.sources, arrived, date(2026, 10, 10)).is_empty()


def test_every_figure_tells_where_it_is_from(embedded: Embedded) -> None:
    statistics = embedded.observed.statistics
    assert statistics["origin"].null_count() == 0
    assert set(statistics["capture_id"]) <= set(embedded.captures["capture_id"])
    assert set(statistics["source_id"]) == {one.source_id for one in embedded.sources if one.settings.get("files")}


def test_every_source_has_a_licence_and_a_line_in_the_notice(embedded: Embedded) -> None:
    notice = NOTICE.read_text(encoding="utf-8")
    for one in embedded.sources:
        for line in (
            f"Source: {one.name} ({one.source_id})",
            f"Publisher: {one.publisher}",
            f"Licence: {one.licence}",
            f"Attribution: {one.settings['attribution']}",
        ):
            assert line in notice.splitlines(), line


def test_every_embedded_file_is_read_by_a_source(embedded: Embedded) -> None:
    read = {path for one in embedded.sources for path in source_files(one, CATALOGUE)}
    assert read == set((CATALOGUE / "sample" / "statistics").rglob("*.csv"))


def test_series_of_one_metric_agree_on_unit_and_direction(embedded: Embedded) -> None:
    seen: dict[str, tuple[str, str | None]] = {}
    for one in embedded.sources:
        for series in read_mapping(one).series.values():
            if series.metric_id is not None:
                told = (series.unit_measure, series.better)
                assert seen.setdefault(series.metric_id, told) == told, series.series_id


def test_the_same_captures_give_the_same_rows_in_any_order(embedded: Embedded) -> None:
    again = read_statistics(
        reversed(embedded.sources), embedded.captures.reverse(), embedded.archive.get, "run-1"
    ).statistics
    assert_frame_equal(again, embedded.observed.statistics)
