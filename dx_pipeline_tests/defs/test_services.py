"""What a live run gets of statistics services and tells of them."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dx_pipeline.defs.services import pull_services
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import empty_frame
from dx_pipeline.settings import Settings
from dx_pipeline_tests.loopback.statistics_server import Answer, StatisticsServer, at_loopback, serve_statistics
from dx_pipeline_tests.loopback.statistics_united_nations import Ranking
from dx_pipeline_tests.statistics.pulling import catalogue_source

ROWS = [("VNM", "Viet Nam", 44, "37,1")]


def _settings(folder: Path, server: StatisticsServer) -> Settings:
    host = server.url.removeprefix("http://")
    return Settings(warehouse=folder, as_of=date(2026, 11, 25), live=True, private_hosts=frozenset({host}))


@pytest.mark.parametrize("optional", [True, False])
def test_a_service_that_fails_is_told_unless_it_may(tmp_path: Path, optional: bool) -> None:
    recorded = empty_frame(Captures)
    with serve_statistics({"www.wipo.int": Ranking({"2024": ROWS, "2025": ROWS})}) as server:
        source = at_loopback(catalogue_source("wipo-gii", optional=optional), server)
        settings = _settings(tmp_path, server)
        made = pull_services(source, recorded, settings)
        assert made.warned is None  # that an edition is not published yet is no failure
        assert made.frames["wipo-gii"].filter(outcome="ok").height == 2
        assert made.payload is not None
        assert made.payload.height == 2
        server.fail("2025", Answer(b"<html>Sign in</html>", media_type="text/html"))
        source.settings["rhythm_hours"] = 0
        again = pull_services(source, recorded, settings)
        assert again.frames["wipo-gii"].height > made.frames["wipo-gii"].height
        assert again.numbers["tables_failed"] > 0
        if optional:
            assert again.warned is None
        else:
            assert again.warned is not None
            assert "wipo-gii: ranking: blocked" in again.warned


def test_recorded_files_stay_beside_the_answers(tmp_path: Path) -> None:
    row = {"capture_id": "cap-0000000000000001", "source_id": "wipo-gii", "url": "file:///a.csv", "outcome": "ok"}
    recorded = pl.concat([empty_frame(Captures), pl.DataFrame([row])], how="diagonal")
    with serve_statistics({"www.wipo.int": Ranking({"2025": ROWS})}) as server:
        source = at_loopback(catalogue_source("wipo-gii"), server)
        made = pull_services(source, recorded, _settings(tmp_path, server))
    assert "file:///a.csv" in made.frames["wipo-gii"]["url"].to_list()
