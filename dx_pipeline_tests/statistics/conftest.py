from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.folder import capture_files
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import StatisticsSource, read_statistics_sources
from dx_pipeline.statistics.read import Observed, read_statistics, source_files


@dataclass(frozen=True)
class Embedded:
    """The embedded figures: sources, captures, archive and what is read from them."""

    sources: list[StatisticsSource]
    captures: pl.DataFrame
    archive: Archive
    observed: Observed


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Embedded:
    sources = list(read_statistics_sources(CATALOGUE))
    archive = Archive(Path(tmp_path_factory.mktemp("evidence")))
    captures = pl.concat(
        capture_files(one.source_id, source_files(one, CATALOGUE), CATALOGUE, one.settings.get("captured_on"), archive)
        for one in sources
    )
    return Embedded(sources, captures, archive, read_statistics(sources, captures, archive.get, "run-1"))
