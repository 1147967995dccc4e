"""Sources made of a few lines, captured and read by the real parts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_files
from dx_pipeline.specs import StatisticsSource
from dx_pipeline.statistics.read import Observed, read_statistics, source_files

HEADER = "iso3,year,rank,index,source\n"
LAYOUT = {"path": "index.csv", "area": "{iso3}", "period": "{year}", "edition": "{year}", "origin": "{source}"}
INDEX = {
    "series_id": "some-index",
    "name": "Some index",
    "metric_id": "some-index",
    "unit_measure": "points",
    "column": "index",
    "minimum": 0,
    "maximum": 1,
}
RANK = {"series_id": "some-rank", "name": "Some rank", "unit_measure": "rank", "column": "rank"}


def source(source_id: str = "some-office", **settings: Any) -> StatisticsSource:
    """A source with one file of ranks and an index, unless the settings say otherwise."""
    defaults: dict[str, Any] = {"files": [LAYOUT], "series": [INDEX, RANK]}
    return StatisticsSource(
        source_id=source_id,
        name="Some index",
        publisher="Some office",
        licence="CC BY 4.0",
        url="https://example.org/",
        settings=defaults | settings,
    )


def read(folder: Path, one: StatisticsSource, files: Mapping[str, str | bytes]) -> Observed:
    """Write the files, capture them as a run does and read the source."""
    catalogue = folder / "catalogue"
    for path, body in files.items():
        (catalogue / path).parent.mkdir(parents=True, exist_ok=True)
        (catalogue / path).write_bytes(body.encode() if isinstance(body, str) else body)
    archive = Archive(folder / "evidence")
    captures = capture_files(one.source_id, source_files(one, catalogue), catalogue, None, archive)
    return read_statistics([one], captures, archive.get, "run-1")


def values(observed: Observed, series_id: str) -> dict[tuple[str, str], float | None]:
    """The values of a series by area and period."""
    rows = observed.statistics.filter(series_id=series_id)
    return {
        (area, period): value for area, period, value in rows.select("ref_area", "time_period", "obs_value").iter_rows()
    }
