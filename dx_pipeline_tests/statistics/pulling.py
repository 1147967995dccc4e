"""A source of the catalogue pulled from the loopback server and read by the real parts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.fetch import Fetcher, Limits
from dx_pipeline.evidence.folder import capture_files
from dx_pipeline.evidence.journal import Journal
from dx_pipeline.evidence.services import Pulled, pull_statistics
from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import StatisticsSource, read_statistics_sources
from dx_pipeline.statistics.read import Observed, read_statistics, source_files
from dx_pipeline_tests.loopback.statistics_server import StatisticsServer

LIMITS = Limits(connect_seconds=5, read_seconds=5, total_seconds=10, tries=2, backoff_seconds=0.001, max_wait_seconds=1)


def catalogue_source(source_id: str, **settings: Any) -> StatisticsSource:
    """A source of the catalogue, some of its settings changed; without its recorded files unless they are given."""
    (found,) = (one for one in read_statistics_sources(CATALOGUE) if one.source_id == source_id)
    kept = {name: value for name, value in found.settings.items() if name not in {"files", "expectations"}}
    return StatisticsSource(
        source_id=found.source_id,
        name=found.name,
        publisher=found.publisher,
        licence=found.licence,
        url=found.url,
        settings=kept | settings,
    )


@dataclass
class Desk:
    """One source at work: its server, the fetcher, archive and journal."""

    source: StatisticsSource
    server: StatisticsServer
    fetcher: Fetcher
    archive: Archive
    journal: Journal
    now: datetime

    def pull(self, hours: float = 0) -> Pulled:
        """Pull the source some hours from now."""
        later = self.now + timedelta(hours=hours)
        return pull_statistics(self.source, self.fetcher, self.archive, self.journal, now=later)

    def observed(self) -> Observed:
        """Read all that was ever captured, recorded files of the source included."""
        captures = self.journal.captures(self.source.source_id)
        files = source_files(self.source, CATALOGUE)
        if files:
            day = self.source.settings["captured_on"]
            captures = pl.concat([capture_files(self.source.source_id, files, CATALOGUE, day, self.archive), captures])
        return read_statistics([self.source], captures, self.archive.get, "run-1")

    def figures(self, series_id: str, area: str = "VNM") -> dict[str, float | None]:
        """The newest figures of a series for an area, by period."""
        rows = self.observed().statistics.filter("is_latest", series_id=series_id, ref_area=area)
        return dict(rows.select("time_period", "obs_value").iter_rows())

    def bodies(self) -> int:
        """The number of bodies in the archive."""
        return sum(1 for path in self.archive.root.rglob("*.gz"))


@contextmanager
def desk(folder: Path, source: StatisticsSource, server: StatisticsServer) -> Iterator[Desk]:
    """Set a source to work in a folder."""
    host = server.url.removeprefix("http://")
    archive = Archive(folder / "evidence")
    with (
        Fetcher(contact=None, private_hosts=frozenset({host}), limits=LIMITS) as fetcher,
        Journal.open(folder / "evidence" / "journal.sqlite") as journal,
    ):
        yield Desk(source, server, fetcher, archive, journal, datetime.now(UTC).replace(tzinfo=None))
