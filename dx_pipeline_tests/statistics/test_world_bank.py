"""The World Bank's API and Data360, asked at the loopback server: whole series, faults, revisions, withdrawals."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from dx_pipeline.evidence.services import pull_statistics
from dx_pipeline.statistics.vintages import find_withdrawn
from dx_pipeline_tests.loopback.statistics_server import (
    Answer,
    Asked,
    StatisticsServer,
    at_loopback,
    serve_statistics,
)
from dx_pipeline_tests.loopback.statistics_world_bank import (
    BAD_REQUEST,
    EMPTY,
    XML,
    Data360,
    WorldBank,
    as_json,
)
from dx_pipeline_tests.statistics.pulling import Desk, catalogue_source, desk

GDP, USERS = "NY.GDP.MKTP.CD", "IT.NET.USER.ZS"
SHARED = {"unit_measure": "any", "name": "a series"}


@pytest.fixture
def bank() -> WorldBank:
    areas = ("VNM", "THA", "SGP")
    users = {(area, str(year)): 80.0 + year % 7 for year in range(2019, 2025) for area in areas}
    return WorldBank({USERS: {**users, ("VNM", "2025"): None, ("VNM", "1990"): 1.0}})


@pytest.fixture
def at_bank(tmp_path: Path, bank: WorldBank) -> Iterator[Desk]:
    with serve_statistics({"api.worldbank.org": bank}) as server:
        source = catalogue_source("world-bank-wdi", codes={USERS: SHARED}, series=[])
        with desk(tmp_path, at_loopback(source, server, ("per_page=20000", "per_page=5")), server) as working:
            yield working


def test_a_series_comes_whole_page_by_page_and_unchanged_the_second_time(at_bank: Desk) -> None:
    pulled = at_bank.pull()
    assert pulled.failed == ()
    assert at_bank.server.count(f"indicator/{USERS}") == 5  # 21 rows, five on a page
    first = at_bank.observed()
    assert first.quarantine.is_empty()
    assert first.statistics.height == 19
    assert at_bank.figures("wb-it-net-user-zs") == {
        "2019": 83.0, "2020": 84.0, "2021": 85.0, "2022": 86.0, "2023": 80.0, "2024": 81.0, "2025": None
    }  # fmt: skip
    bodies = at_bank.bodies()
    assert at_bank.pull().fresh == 2  # a short time later nothing is asked
    assert at_bank.server.count(f"indicator/{USERS}") == 5
    assert at_bank.pull(hours=2).failed == ()
    assert at_bank.server.count(f"indicator/{USERS}") == 10
    assert at_bank.bodies() == bodies
    assert at_bank.observed().statistics.equals(first.statistics)


def test_a_pull_that_was_broken_off_goes_on_at_its_next_page(at_bank: Desk) -> None:
    at_bank.server.fail("&page=3", *[Answer(b"", 502, "text/html")] * 2)
    ((request, outcome, _),) = at_bank.pull().failed
    assert (request, outcome) == ("indicator", "server_error")
    assert at_bank.observed().statistics.height == 8  # what came is read
    assert at_bank.pull().failed == ()
    assert at_bank.server.count("&page=1") == 2  # countries and the series
    assert at_bank.observed().statistics.height == 19


def test_pages_are_counted_by_the_first_answer_only(at_bank: Desk) -> None:
    beyond = as_json([{"page": 6, "pages": 1, "per_page": 5, "total": 21, "lastupdated": "2026-07-13"}, []])
    at_bank.server.fail("&page=6", beyond)
    at_bank.server.fail("&page=4", as_json([{"page": 4, "pages": 1, "per_page": 5, "lastupdated": "2026-07-13"}, []]))
    at_bank.pull()
    assert at_bank.server.count("&page=5") == 1
    assert at_bank.server.count("&page=6") == 0


def test_rows_of_null_are_no_rows(at_bank: Desk) -> None:
    at_bank.server.fail(f"indicator/{USERS}", EMPTY)
    assert at_bank.pull().failed == ()
    assert at_bank.server.count(f"indicator/{USERS}") == 1
    assert at_bank.observed().statistics.is_empty()
    assert at_bank.observed().quarantine.is_empty()


@pytest.mark.parametrize("fault", [BAD_REQUEST, XML, Answer(b'[{"page":1,"pages"', 200), Answer(b"", 503, "text/html")])
def test_a_passing_fault_is_asked_again(at_bank: Desk, fault: Answer) -> None:
    at_bank.server.fail(f"indicator/{USERS}", fault)
    assert at_bank.pull().failed == ()
    assert at_bank.observed().statistics.height == 19


def test_a_lasting_fault_leaves_what_was_there(at_bank: Desk) -> None:
    at_bank.pull()
    before = at_bank.observed().statistics
    at_bank.server.fail(f"indicator/{USERS}", *[XML] * 9)
    ((_, outcome, detail),) = at_bank.pull(hours=2).failed
    assert outcome == "malformed"
    assert "XML" in detail
    assert at_bank.observed().statistics.equals(before)


@pytest.mark.parametrize(("code", "outcome"), [("GONE", "gone"), ("NO.SUCH", "refused")])
def test_an_error_with_status_200_is_told_and_not_asked_again(
    tmp_path: Path, bank: WorldBank, code: str, outcome: str
) -> None:
    with serve_statistics({"api.worldbank.org": bank}) as server:
        source = at_loopback(catalogue_source("world-bank-wdi", codes={code: SHARED, USERS: SHARED}, series=[]), server)
        with desk(tmp_path, source, server) as working:
            ((_, found, detail),) = working.pull().failed
            assert found == outcome
            assert "the service says: " in detail
            assert server.count(f"indicator/{code}") == 1
            assert working.observed().statistics.height == 19  # the other series is none the worse


def test_groups_and_rows_without_a_code_are_no_countries(at_bank: Desk) -> None:
    at_bank.pull()
    observed = at_bank.observed()
    assert set(observed.statistics["ref_area"]) == {"VNM", "THA", "SGP"}
    assert observed.quarantine.is_empty()


def test_an_area_that_nobody_knows_is_named(at_bank: Desk, bank: WorldBank) -> None:
    bank.figures[USERS]["ATL", "2024"] = 50.0
    at_bank.pull()
    row = at_bank.observed().quarantine.row(0, named=True)
    assert row["check"] == "ref_area"
    assert "'ATL' is no known area" in row["detail"]
    assert "api.worldbank.org" in row["detail"]


def test_a_revision_is_a_further_row_and_the_newest_is_marked(at_bank: Desk, bank: WorldBank) -> None:
    at_bank.pull()
    bank.figures[USERS]["VNM", "2024"] = 84.15
    bank.last_updated = "2026-10-02"
    at_bank.pull(hours=2)
    rows = at_bank.observed().statistics.filter(ref_area="VNM", time_period="2024")
    assert rows.select("obs_value", "edition", pl.col("vintage_on").cast(pl.String), "is_latest").rows() == [
        (81.0, "WDI 2026-07-13", "2026-07-13", False),
        (84.15, "WDI 2026-10-02", "2026-10-02", True),
    ]
    assert at_bank.observed().statistics.height == 20  # nothing else was said anew
    assert rows["capture_id"].n_unique() == 2


def test_a_change_without_a_new_release_is_seen_by_its_day(at_bank: Desk, bank: WorldBank) -> None:
    at_bank.pull()
    bank.figures[USERS]["VNM", "2024"] = 84.15
    at_bank.pull(hours=2)
    old, new = at_bank.observed().statistics.filter(ref_area="VNM", time_period="2024").to_dicts()
    assert (old["obs_value"], old["is_latest"], new["obs_value"], new["is_latest"]) == (81.0, False, 84.15, True)
    assert new["edition"].startswith("WDI 2026-07-13, revised 20")
    assert new["vintage_on"] == at_bank.now.date()
    assert "changed by the publisher" in new["note"]


@pytest.mark.parametrize("empty", [True, False])
def test_a_figure_that_its_publisher_takes_away_stays_and_is_told(at_bank: Desk, bank: WorldBank, empty: bool) -> None:
    at_bank.pull()
    if empty:
        bank.figures[USERS]["VNM", "2024"] = None
    else:
        del bank.figures[USERS]["VNM", "2024"]
    at_bank.pull(hours=2)
    statistics = at_bank.observed().statistics
    row = statistics.filter(ref_area="VNM", time_period="2024").row(0, named=True)
    assert (row["obs_value"], row["is_latest"], row["withdrawn_on"]) == (81.0, True, at_bank.now.date())
    assert find_withdrawn(statistics).select("ref_area", "time_period", "obs_value").rows() == [("VNM", "2024", 81.0)]
    bank.figures[USERS]["VNM", "2024"] = 81.0
    at_bank.pull(hours=4)
    assert find_withdrawn(at_bank.observed().statistics).is_empty()


def test_a_round_that_lacks_a_page_takes_nothing_away(at_bank: Desk, bank: WorldBank) -> None:
    at_bank.pull()
    bank.last_updated = "2026-10-02"
    at_bank.server.fail("&page=2", *[XML] * 9)
    at_bank.pull(hours=2)
    assert find_withdrawn(at_bank.observed().statistics).is_empty()


@dataclass
class Restless(WorldBank):
    """A service that brings out a new release behind a page: once, or whenever a page is asked for."""

    always: bool = False

    def __call__(self, asked: Asked) -> Answer:
        answer = super().__call__(asked)
        is_due = self.always or (asked.query["page"] == "2" and self.last_updated == "2026-07-13")
        if "indicator/" in asked.path and is_due:
            self.last_updated = (date.fromisoformat(self.last_updated) + timedelta(days=1)).isoformat()
        return answer


def _at(tmp_path: Path, server: StatisticsServer) -> AbstractContextManager[Desk]:
    source = catalogue_source("world-bank-wdi", codes={USERS: SHARED}, series=[])
    return desk(tmp_path, at_loopback(source, server, ("per_page=20000", "per_page=5")), server)


def test_a_new_release_in_the_middle_of_a_pull_begins_it_anew(tmp_path: Path, bank: WorldBank) -> None:
    restless = Restless(bank.figures)
    with serve_statistics({"api.worldbank.org": restless}) as server, _at(tmp_path, server) as working:
        assert working.pull().failed == ()
        assert server.count("&page=1") == 3  # countries, and the series twice
        assert working.observed().statistics.height == 19
        assert working.figures("wb-it-net-user-zs")["2024"] == 81.0


def test_pages_of_several_releases_are_no_whole_answer(tmp_path: Path, bank: WorldBank) -> None:
    restless = Restless(bank.figures, always=True)
    with serve_statistics({"api.worldbank.org": restless}) as server, _at(tmp_path, server) as working:
        working.pull()
        assert working.observed().statistics.height == 3  # a first page, with a group and a year of long ago
        working.pull(hours=2)
        assert find_withdrawn(working.observed().statistics).is_empty()


def test_a_figure_in_another_unit_is_set_aside(tmp_path: Path) -> None:
    figures: dict[tuple[str, str], float | None] = {("VNM", str(year)): 4e11 for year in range(2019, 2025)}
    bank = WorldBank({GDP: {**figures, ("VNM", "2022"): 4e8}})
    with serve_statistics({"api.worldbank.org": bank}) as server:
        source = catalogue_source("world-bank-wdi", codes={GDP: SHARED | {"jump": 100}}, series=[])
        with desk(tmp_path, at_loopback(source, server), server) as working:
            working.pull()
            observed = working.observed()
            assert "2022" not in set(observed.statistics["time_period"])
            assert observed.statistics.height == 5
            assert observed.quarantine["check"].to_list() == ["wb-ny-gdp-mktp-cd: jump"]


@pytest.fixture
def data360() -> Data360:
    one = Data360(page=2)
    for year in range(2019, 2025):
        one.add("ITU_DH_POP_COV_4G", "VNM", str(year), f"{95 + (year - 2018) * 0.8:.4f}")
    one.add("ITU_DH_POP_COV_4G", "VNM", "2024", "12.5", SEX="F")
    one.add("ITU_DH_POP_COV_4G", "VNM", "2024", "99.1", COMP_BREAKDOWN_1="RURAL")
    one.add("ITU_DH_POP_COV_4G", "WLD", "2024", "92.5", OBS_STATUS="E")
    one.add("ITU_DH_POP_COV_4G", "THA", "2024", "98.8", OBS_STATUS="E")
    return one


@pytest.mark.parametrize("bulk", [True, False])
def test_data360_is_read_from_its_files_or_else_from_its_interface(
    tmp_path: Path, data360: Data360, bulk: bool
) -> None:
    services = {"data360api.worldbank.org": data360.interface}
    if bulk:
        services |= {"data360files.worldbank.org": data360.files}
    kept = {"ITU_DH_POP_COV_4G": {"name": "4G", "metric_id": "mobile-4g-coverage"}}
    with serve_statistics(services) as server:
        source = catalogue_source("world-bank-data360", codes=kept)
        requests = [{**one, "series": []} for one in source.settings["requests"] if one["name"] != "egdi"]
        source.settings["requests"] = requests
        with desk(tmp_path, at_loopback(source, server), server) as working:
            pulled = working.pull()
            assert [outcome for _, outcome, _ in pulled.failed] == ([] if bulk else ["not_found"])
            assert server.count("skip=") == (0 if bulk else 5)  # ten rows, two on a page
            observed = working.observed()
            assert observed.quarantine.is_empty()
            assert working.figures("data360-itu-dh-pop-cov-4g")["2024"] == 99.8
            thai = observed.statistics.filter(ref_area="THA").row(0, named=True)
            assert (thai["obs_value"], thai["obs_status"]) == (98.8, "E")
            assert observed.statistics.height == 7
            again = working.pull(hours=2)
            assert again.failed == pulled.failed
            assert working.observed().statistics.equals(observed.statistics)


class Killed(BaseException):
    """The process ends here."""


def test_a_pull_that_is_killed_at_any_attempt_loses_nothing(tmp_path: Path, bank: WorldBank) -> None:
    source = catalogue_source("world-bank-wdi", codes={USERS: SHARED}, series=[])
    heights = []
    for death in range(1, 7):
        with (
            serve_statistics({"api.worldbank.org": bank}) as server,
            desk(
                tmp_path / str(death), at_loopback(source, server, ("per_page=20000", "per_page=5")), server
            ) as working,
        ):
            told: list[str] = []

            def tell(text: str, death: int = death, told: list[str] = told) -> None:
                told.append(text)
                if len(told) == death:
                    raise Killed

            with pytest.raises(Killed):
                pull_statistics(
                    working.source, working.fetcher, working.archive, working.journal, now=working.now, tell=tell
                )
            assert working.pull().failed == ()
            assert server.count("GET") == 6  # no page was asked twice
            heights.append(working.observed().statistics.height)
    assert heights == [19] * 6
