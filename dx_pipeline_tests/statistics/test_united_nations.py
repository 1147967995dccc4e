"""UN, WIPO, ITU and who passes their figures on, asked at the loopback server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_statistics_sources
from dx_pipeline.statistics.editions import overdue_editions
from dx_pipeline.statistics.expectations import check_expectations
from dx_pipeline_tests.loopback.statistics_server import Answer, at_loopback, serve_statistics
from dx_pipeline_tests.loopback.statistics_united_nations import (
    CHALLENGE,
    FORBIDDEN,
    HOST,
    MISSING_TOKEN,
    NOTHING,
    DataHub,
    Goals,
    Knowledgebase,
    Ranking,
    chart,
    survey_rows,
)
from dx_pipeline_tests.statistics.pulling import Desk, catalogue_source, desk

RANKS = {"2010": 90, "2012": 83, "2014": 99, "2016": 89, "2018": 88, "2020": 86, "2022": 86, "2024": 71}


@pytest.fixture
def base() -> Knowledgebase:
    return Knowledgebase()


@pytest.fixture
def surveys(tmp_path: Path, base: Knowledgebase) -> Iterator[Desk]:
    (source,) = (one for one in read_statistics_sources(CATALOGUE) if one.source_id == "un-desa-egdi")
    source.settings["files"] = []
    with serve_statistics({HOST: base}) as server, desk(tmp_path, at_loopback(source, server), server) as working:
        yield working


def test_eight_surveys_come_whole_through_the_form(surveys: Desk) -> None:
    pulled = surveys.pull()
    assert [(request, outcome) for request, outcome, _ in pulled.failed] == [("survey", "not_found")]  # 2026
    assert "EGOV_DATA_2026.csv: it is not published yet" in pulled.failed[0][2]
    observed = surveys.observed()
    assert observed.quarantine.is_empty()
    ranks = observed.statistics.filter(metric_id="un-egdi-rank", ref_area="VNM").sort("time_period")
    assert dict(ranks.select("time_period", "obs_value").iter_rows()) == RANKS
    assert set(ranks["source_id"]) == {"un-desa-egdi"}
    for year in RANKS:
        assert observed.statistics.filter(series_id="un-egdi", edition=year).height == 193
    index = observed.statistics.filter(series_id="un-egdi", time_period="2024")["obs_value"]
    assert index.mean() == pytest.approx(0.6382, abs=5e-5)
    assert check_expectations(observed.statistics, [surveys.source]).is_empty()
    overdue = overdue_editions([surveys.source], observed.statistics, surveys.now.date())
    assert overdue["edition"].to_list() == ["2026"]
    again = surveys.pull(hours=2)
    assert len(again.failed) == 1
    assert surveys.observed().statistics.equals(observed.statistics)


def test_a_survey_that_failed_is_asked_alone_the_next_time(surveys: Desk) -> None:
    surveys.server.fail("EGOV_DATA_2018", *[Answer(b"", 500, "text/html")] * 2)
    assert [outcome for _, outcome, _ in surveys.pull().failed] == ["server_error", "not_found"]
    downloads = surveys.server.count(".csv")
    assert [outcome for _, outcome, _ in surveys.pull().failed] == ["not_found"]
    assert surveys.server.count(".csv") == downloads + 1
    assert surveys.observed().statistics.filter(series_id="un-egdi", edition="2018").height == 193


def test_zero_says_not_ranked(surveys: Desk) -> None:
    surveys.pull()
    unranked = surveys.observed().statistics.filter(series_id="un-egdi-rank", edition="2012", obs_status="M")
    assert unranked.height == 3
    assert unranked["obs_value"].null_count() == 3


def test_a_survey_that_agrees_with_the_recorded_one_says_nothing_new(tmp_path: Path, base: Knowledgebase) -> None:
    (source,) = (one for one in read_statistics_sources(CATALOGUE) if one.source_id == "un-desa-egdi")
    with serve_statistics({HOST: base}) as server, desk(tmp_path, at_loopback(source, server), server) as working:
        recorded = working.observed().statistics
        base.years["2024"] = [{**row, "egdi": "0.77100"} if row["iso3"] == "VNM" else row for row in base.years["2024"]]
        working.pull()
        now = working.observed().statistics
        assert now.height == recorded.height + 1
        old, new = now.filter(series_id="un-egdi", ref_area="VNM", time_period="2024").to_dicts()
        assert (old["obs_value"], old["is_latest"]) == (0.77092, False)
        assert (new["obs_value"], new["is_latest"]) == (0.771, True)
        assert new["edition"].startswith("2024, revised ")


def test_a_rank_out_of_order_and_an_index_apart_from_its_parts_are_set_aside(
    surveys: Desk, base: Knowledgebase
) -> None:
    base.years["2024"] = [
        {**row, "rank": "17"} if row["iso3"] == "VNM" else {**row, "egdi": "0.11"} if row["iso3"] == "LAO" else row
        for row in survey_rows()["2024"]
    ]
    surveys.pull()
    observed = surveys.observed()
    checks = {(row["check"], "Viet Nam" in row["row"]) for row in observed.quarantine.to_dicts()}
    assert checks == {("un-egdi: weighted_mean", False), ("un-egdi-rank: monotone", True)}
    ranks = observed.statistics.filter(series_id="un-egdi-rank", edition="2024")
    assert ranks.height == 192
    assert "VNM" not in set(ranks["ref_area"])
    failed = check_expectations(observed.statistics, [surveys.source])
    assert "ranked" in failed["check"].to_list()  # the count tells that rows are missing


def test_an_edition_by_another_method_is_told_as_a_whole(surveys: Desk, base: Knowledgebase) -> None:
    base.years["2024"] = [{**row, "osi": f"{float(row['osi']) * 0.8:.5f}"} for row in survey_rows()["2024"]]
    surveys.pull()
    observed = surveys.observed()
    assert observed.quarantine.is_empty()
    failed = check_expectations(observed.statistics, [surveys.source])
    assert failed.select("check", "edition").rows() == [("weighted_mean", "2024")]


@pytest.fixture
def goals() -> Goals:
    one = Goals()
    for year in (2021.0, 2022.0, 2023.0):
        one.add("IT_MOB_OWN", "704", year, str(70 + (year - 2020)), Sex="BOTHSEX")
        one.add("IT_MOB_OWN", "704", year, "60.5", Sex="FEMALE")
    one.add("IT_MOB_OWN", "764", 2023.0, "NaN", Sex="BOTHSEX")
    one.add("IT_MOB_OWN", "702", 2023.0, "N", Sex="BOTHSEX")
    one.add("IT_MOB_OWN", "001", 2023.0, "80.0", Sex="BOTHSEX")
    return one


@pytest.fixture
def at_goals(tmp_path: Path, goals: Goals) -> Iterator[Desk]:
    source = catalogue_source("un-sdg", codes={"IT_MOB_OWN": {"name": "Owners"}})
    with (
        serve_statistics({"unstats.un.org": goals}) as server,
        desk(tmp_path, at_loopback(source, server), server) as working,
    ):
        yield working


def test_goals_come_page_by_page_with_their_release(at_goals: Desk) -> None:
    assert at_goals.pull().failed == ()
    assert at_goals.server.count("Series/Data?") == 5
    assert at_goals.server.count("DataCSV") == 0
    observed = at_goals.observed()
    assert observed.quarantine.is_empty()
    assert at_goals.figures("sdg-it-mob-own") == {"2021": 71.0, "2022": 72.0, "2023": 73.0}
    assert at_goals.figures("sdg-it-mob-own", "THA") == {"2023": None}  # "NaN" is no figure, and not 0
    assert at_goals.figures("sdg-it-mob-own", "SGP") == {"2023": None}
    assert set(observed.statistics["edition"]) == {"SDG 2026.Q1.G.02"}
    at_goals.pull(hours=2)
    assert at_goals.observed().statistics.equals(observed.statistics)


def test_goals_go_on_at_the_page_that_failed(at_goals: Desk) -> None:
    at_goals.server.fail("&page=3", *[Answer(b'{"size":2', 200)] * 3)
    at_goals.server.fail("DataCSV", Answer(b"", 503, "text/html"), Answer(b"", 503, "text/html"))
    assert [outcome for _, outcome, _ in at_goals.pull().failed] == ["malformed", "server_error"]
    assert at_goals.pull().failed == ()
    assert at_goals.server.count("&page=1") == 1
    assert at_goals.figures("sdg-it-mob-own")["2023"] == 73.0


def test_goals_are_read_from_the_padded_table_where_the_pages_fail(at_goals: Desk) -> None:
    at_goals.server.fail("Series/Data?", *[Answer(b'{"size":2', 200)] * 9)
    at_goals.pull()
    assert at_goals.observed().quarantine.is_empty()
    assert at_goals.figures("sdg-it-mob-own") == {"2021": 71.0, "2022": 72.0, "2023": 73.0}


def test_a_ranking_with_decimal_commas_and_spoilt_names(tmp_path: Path) -> None:
    rows = [("CHE", "Switzerland", 1, "65,96195221"), ("TUR", "Türkiye", 2, "39,1"), ("VNM", "Viet Nam", 3, "37,5")]
    ranking = Ranking({"2025": rows})
    source = catalogue_source("wipo-gii")
    with (
        serve_statistics({"www.wipo.int": ranking}) as server,
        desk(tmp_path, at_loopback(source, server), server) as working,
    ):
        outcomes = [outcome for _, outcome, _ in working.pull().failed]
        assert set(outcomes) == {"not_found"}
        observed = working.observed()
        assert observed.quarantine.is_empty()
        assert working.figures("wipo-gii-score", "CHE") == {"2025": 65.96195221}
        assert working.figures("wipo-gii-rank", "TUR") == {"2025": 2.0}
        assert set(observed.statistics.filter(series_id="wipo-gii-rank")["out_of"]) == {3}
        ranking.years["2026"] = rows
        working.pull(hours=2)
        assert working.figures("wipo-gii-rank") == {"2025": 3.0, "2026": 3.0}
        assert working.observed().statistics.filter(edition="2025").equals(observed.statistics)


@pytest.fixture
def hub() -> DataHub:
    return DataHub(
        {"34239": {"2024": "135070000", "2025": "174980000"}, "11624": {"2024": "84.15", "2025": "", "2023": "78.1"}}
    )


def _hub_source() -> Any:
    codes = catalogue_source("itu-datahub").settings["codes"]
    return catalogue_source("itu-datahub", codes={code: codes[code] for code in ("11624", "34239")})


def test_the_datahub_is_read_where_it_lets_us_in(tmp_path: Path, hub: DataHub) -> None:
    with (
        serve_statistics({"api.datahub.itu.int": hub}) as server,
        desk(tmp_path, at_loopback(_hub_source(), server), server) as working,
    ):
        assert working.pull().failed == ()
        assert working.figures("itu-i146mwdl") == {"2024": 135.07, "2025": 174.98}  # published in bit/s
        rows = working.observed().statistics.filter(series_id="itu-i146mwdl")
        assert set(rows["unit_mult"]) == {-6}
        assert working.figures("itu-i99h") == {"2023": 78.1, "2024": 84.15, "2025": None}
        before = working.observed().statistics
        working.pull(hours=2)
        assert working.observed().statistics.equals(before)


PORTAL = Answer(
    f"<!DOCTYPE html><html><body><p>{'Welcome to our new portal of figures. ' * 60}</p></body></html>".encode(),
    media_type="text/html",
)


@pytest.mark.parametrize(
    "fault", [NOTHING, CHALLENGE, PORTAL, Answer(b"", 200), Answer(b"<html>no</html>", 403, "text/html")]
)
def test_the_datahub_that_blocks_us_is_left_alone(tmp_path: Path, hub: DataHub, fault: Answer) -> None:
    with (
        serve_statistics({"api.datahub.itu.int": hub}) as server,
        desk(tmp_path, at_loopback(_hub_source(), server), server) as working,
    ):
        server.fail("bycode", *[fault] * 9)
        assert {outcome for _, outcome, _ in working.pull().failed} == {"blocked"}
        assert server.count("bycode") == 1
        assert set(working.journal.captures()["outcome"]) == {"blocked"}
        assert working.observed().statistics.is_empty()


def test_a_path_that_a_service_does_not_know_is_refused(tmp_path: Path, hub: DataHub) -> None:
    with (
        serve_statistics({"api.datahub.itu.int": hub}) as server,
        desk(tmp_path, at_loopback(_hub_source(), server), server) as working,
    ):
        server.fail("bycode/11624", MISSING_TOKEN)
        assert [outcome for _, outcome, _ in working.pull().failed] == ["refused"]
        assert working.figures("itu-i146mwdl")["2025"] == 174.98


@pytest.mark.parametrize("lower", [True, False])
def test_a_chart_is_read_whatever_the_case_of_its_columns(tmp_path: Path, lower: bool) -> None:
    rows = [("Vietnam", "VNM", "2024", "84.15"), ("World", "OWID_WRL", "2024", "71"), ("Asia", "", "2024", "70")]
    with (
        serve_statistics({"ourworldindata.org": lambda _asked: chart(rows, lower=lower)}) as server,
        desk(tmp_path, at_loopback(catalogue_source("our-world-in-data"), server), server) as working,
    ):
        assert working.pull().failed == ()
        observed = working.observed()
        assert observed.quarantine.is_empty()
        assert observed.statistics.select("ref_area", "obs_value").rows() == [("VNM", 84.15)]
        working.pull(hours=2)
        assert working.observed().statistics.equals(observed.statistics)


def test_a_chart_whose_licence_forbids_it_is_refused(tmp_path: Path) -> None:
    with (
        serve_statistics({"ourworldindata.org": lambda _asked: FORBIDDEN}) as server,
        desk(tmp_path, at_loopback(catalogue_source("our-world-in-data"), server), server) as working,
    ):
        assert [outcome for _, outcome, _ in working.pull().failed] == ["refused"]
