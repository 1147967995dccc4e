"""The examples of docs/statistics.md are what they say: a line that is a series, a file that is a source."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from dx_pipeline.services import read_requests, read_sheets
from dx_pipeline.specs import StatisticsSource
from dx_pipeline.statistics.mapping import read_mapping
from dx_pipeline_tests.statistics.pulling import catalogue_source

PAGE = Path(__file__).parents[2] / "docs" / "statistics.md"


def _examples() -> list[dict[str, Any]]:
    blocks = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [tomllib.loads(text) for text in blocks]


def test_one_line_adds_a_series_of_the_world_bank() -> None:
    line = _examples()[0]
    assert len(line) == 1
    source = catalogue_source("world-bank-wdi")
    source.settings["codes"] |= line
    assert "wb-it-cel-covr-zs" in read_mapping(source).series
    addresses = [
        sheet.address(0)
        for request in read_requests(source)
        for sheet in read_sheets(source, request, date(2026, 11, 25))
    ]
    assert any("/indicator/IT.CEL.COVR.ZS?" in address for address in addresses)


def test_one_file_adds_an_sdmx_provider() -> None:
    entry = _examples()[1]
    known = {key: entry.pop(key) for key in ("name", "publisher", "url", "licence")}
    source = StatisticsSource(source_id="adb", settings=entry, **known)
    mapping = read_mapping(source)
    assert mapping.answers["national accounts"].format == "sdmx"
    ((sheet,),) = (read_sheets(source, request, date(2026, 11, 25)) for request in mapping.requests)
    assert sheet.address(0).endswith("/A.NGDP_XDC.VIE?format=sdmx-json")


def test_every_source_of_the_catalogue_is_in_the_table() -> None:
    told = PAGE.read_text(encoding="utf-8")
    folder = PAGE.parents[1] / "dx_pipeline" / "catalogue" / "statistics"
    assert [path.stem for path in folder.glob("*.toml") if f"`{path.stem}`" not in told] == []
