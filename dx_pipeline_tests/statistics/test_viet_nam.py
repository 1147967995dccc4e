"""Viet Nam's statistics office, asked at the loopback server: both ways into PX-Web, and SDMX."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dx_pipeline.services import AnswerError
from dx_pipeline.statistics.sdmx import read_sdmx
from dx_pipeline_tests.loopback.statistics_server import Answer, at_loopback, serve_statistics
from dx_pipeline_tests.loopback.statistics_viet_nam import PxWeb, sdmx_message
from dx_pipeline_tests.statistics.pulling import Desk, catalogue_source, desk

POPULATION = {"2022": 99_467_930.0, "2023": 100_309_210.0, "2024": 101_343_750.0, "2025": 102_300_000.0, "2026": None}


@pytest.fixture
def px() -> PxWeb:
    return PxWeb(
        {"2022": "99467.93", "2023": "100309.21", "2024": "101343.75", "Sơ bộ 2025": "102300.00", "2026": ".."}
    )


@pytest.fixture
def office(tmp_path: Path, px: PxWeb) -> Iterator[Desk]:
    source = catalogue_source("vnm-nso-pxweb")
    source.settings["requests"] = [{**one, "batch": 2} for one in source.settings["requests"]]
    with (
        serve_statistics({"pxweb.nso.gov.vn": px}) as server,
        desk(tmp_path, at_loopback(source, server), server) as working,
    ):
        yield working


def test_a_table_comes_in_batches_and_its_positions_are_labels(office: Desk) -> None:
    assert office.pull().failed == ()
    assert office.server.count("POST") == 3  # five years, two at a time
    observed = office.observed()
    assert observed.quarantine.is_empty()
    assert office.figures("vnm-nso-population") == POPULATION
    told = dict(observed.statistics.select("time_period", "obs_status").iter_rows())
    assert (told["2024"], told["2025"], told["2026"]) == ("A", "P", "M")
    assert set(observed.statistics["unit_mult"]) == {3}
    office.pull(hours=2)
    assert office.observed().statistics.equals(observed.statistics)


def test_a_table_that_was_broken_off_goes_on_at_its_next_batch(office: Desk) -> None:
    office.server.fail("POST", Answer(b'{"columns":[],"data":[]}'))
    office.server.heal()
    office.server.fail("POST", *[Answer(b'{"columns"')] * 3)
    office.server.fail("GET /pxweb.nso.gov.vn/pxweb", *[Answer(b"", 500, "text/html")] * 2)
    assert [outcome for _, outcome, _ in office.pull().failed] == ["malformed", "server_error"]
    assert office.pull().failed == ()
    assert office.server.count("GET /pxweb.nso.gov.vn/api") == 1
    assert office.figures("vnm-nso-population") == POPULATION


def test_the_form_gives_the_table_where_the_interface_is_closed(office: Desk, px: PxWeb) -> None:
    px.closed = True
    assert [outcome for _, outcome, _ in office.pull().failed] == ["not_found"]
    observed = office.observed()
    assert observed.quarantine.is_empty()
    assert office.figures("vnm-nso-population") == POPULATION
    assert office.server.count("/pxweb/vi/") == 2
    px.closed = False
    office.pull(hours=2)
    assert office.observed().statistics.equals(observed.statistics)  # whichever way, the figures are the same


def test_answers_that_describe_nothing_are_told(office: Desk) -> None:
    office.server.fail("GET /pxweb.nso.gov.vn/api", Answer(b'{"title": "a table"}'))
    page = Answer(
        b"<!DOCTYPE html><html><body>Maintenance of the database until noon</body></html>", media_type="text/html"
    )
    office.server.fail("GET /pxweb.nso.gov.vn/pxweb", page)
    failed = {request: (outcome, detail) for request, outcome, detail in office.pull().failed}
    assert failed["population"][0] == "malformed"
    assert "lists no variables" in failed["population"][1]
    assert "has no form" in failed["population by form"][1]
    assert office.observed().statistics.is_empty()
    assert office.pull().failed == ()
    assert office.figures("vnm-nso-population") == POPULATION


def test_the_office_that_is_out_of_reach_is_left_with_what_was_read(office: Desk) -> None:
    office.pull()
    before = office.observed().statistics
    office.server.fail("api/v1", *[Answer(b"", 403, "text/html")] * 9)
    office.server.fail("/pxweb/vi", *[Answer(b"", 403, "text/html")] * 9)
    assert {outcome for _, outcome, _ in office.pull(hours=2).failed} == {"blocked"}
    assert office.observed().statistics.equals(before)


@pytest.fixture
def accounts() -> dict[str, Answer]:
    return {"": sdmx_message("NGDP_XDC", {"2023": "10319.0", "2024": "11511.9", "2025": "NaN"})}


def test_an_sdmx_message_keeps_multiplier_status_and_codes(tmp_path: Path, accounts: dict[str, Answer]) -> None:
    source = catalogue_source("vnm-nso-national-accounts")
    with (
        serve_statistics({"nsdp.nso.gov.vn": lambda _asked: accounts[""]}) as server,
        desk(tmp_path, at_loopback(source, server), server) as working,
    ):
        assert working.pull().failed == ()
        assert working.observed().quarantine.is_empty()
        assert working.figures("vnm-nso-ngdp-xdc") == {"2023": 10_319e9, "2024": 11_511.9e9}
        row = working.observed().statistics.row(0, named=True)
        assert (row["unit_mult"], row["unit_measure"], row["ref_area"]) == (9, "VND", "VNM")
        working.pull(hours=2)
        assert working.observed().statistics.height == 2
        accounts[""] = sdmx_message("NGDP_XDC", {"2023": "10319.0", "2024": "11500.0"}, status="P")
        working.pull(hours=4)
        newest = working.observed().statistics.filter("is_latest")
        assert set(newest["obs_status"]) == {"P"}
        assert working.figures("vnm-nso-ngdp-xdc")["2024"] == 11_500e9


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "entities"),
        (b"<a>", "no SDMX message"),
        (b"{}", "no SDMX message"),
    ],
)
def test_what_is_no_message_is_refused(body: bytes, told: str) -> None:
    with pytest.raises(AnswerError, match=told):
        list(read_sdmx(body))


def test_a_page_in_place_of_a_message_is_blocked(tmp_path: Path) -> None:
    page = Answer(b"<!DOCTYPE html><html><body>Sign in</body></html>", media_type="text/html")
    source = catalogue_source("vnm-nso-national-accounts")
    with (
        serve_statistics({"nsdp.nso.gov.vn": lambda _asked: page}) as server,
        desk(tmp_path, at_loopback(source, server), server) as working,
    ):
        assert [outcome for _, outcome, _ in working.pull().failed] == ["blocked"]
