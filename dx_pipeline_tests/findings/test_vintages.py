"""A claim is judged by the vintage of its day, from the embedded figures to the verdict."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_files
from dx_pipeline.findings.claims import check_claims
from dx_pipeline.schemas.facts import Indicators, Metrics
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import read_statistics_sources
from dx_pipeline.statistics.read import read_statistics, source_files
from dx_pipeline_tests.findings.builders import indicator

METRIC = {"metric_id": "gdp", "name_en": "GDP", "unit": "USD", "better": "higher", "publisher_id": "wb"}
APRIL, OCTOBER = 476_388_230_307.0, 476_324_572_784.0


@pytest.fixture(scope="module")
def statistics(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    (source,) = (one for one in read_statistics_sources(CATALOGUE) if one.source_id == "world-bank-wdi")
    source.settings["codes"]["NY.GDP.MKTP.CD"]["metric_id"] = "gdp"
    archive = Archive(Path(tmp_path_factory.mktemp("evidence")))
    captures = capture_files(source.source_id, source_files(source, CATALOGUE), CATALOGUE, None, archive)
    return read_statistics([source], captures, archive.get, "run-1").statistics


def _judge(statistics: pl.DataFrame, value: float, stated_on: date) -> dict[str, Any]:
    claim = indicator("gdp", "gdp", value=value, unit="USD", stated_on=stated_on)
    checks = check_claims(frame_of(Indicators, [claim]), statistics, frame_of(Metrics, [METRIC]))
    return checks.filter(check="official").row(0, named=True)


@pytest.mark.parametrize(
    ("stated_on", "known", "vintage_on"),
    [(date(2026, 5, 1), APRIL, date(2026, 4, 8)), (date(2026, 11, 1), OCTOBER, date(2026, 10, 2))],
)
def test_a_claim_is_judged_by_the_vintage_known_on_its_day(
    statistics: pl.DataFrame, stated_on: date, known: float, vintage_on: date
) -> None:
    check = _judge(statistics, known, stated_on)
    assert (check["verdict"], check["vintage_on"]) == ("confirmed", vintage_on)
    assert check["official"] == pytest.approx(known, abs=1)
    other = OCTOBER if known == APRIL else APRIL
    assert _judge(statistics, other, stated_on)["verdict"] == "contradicted"


def test_the_later_vintage_is_named(statistics: pl.DataFrame) -> None:
    told = _judge(statistics, APRIL, date(2026, 5, 1))["explanation"]
    assert "later given as 476,324,572,78" in told
    assert "2 October 2026" in told
    assert "later given as" not in _judge(statistics, OCTOBER, date(2026, 11, 1))["explanation"]
