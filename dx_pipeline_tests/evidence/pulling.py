"""What tests of pulls need: an archive, a journal and a frontier in one folder, and a fetcher for loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.fetch import Fetcher, Limits
from dx_pipeline.evidence.frontier import Frontier
from dx_pipeline.evidence.journal import FILE_NAME, Journal
from dx_pipeline.evidence.pull import Pulled, pull_source, pull_sources
from dx_pipeline.specs import ArticleSource

LIMITS = Limits(connect_seconds=2, read_seconds=2, total_seconds=5, tries=1, backoff_seconds=0.01, max_wait_seconds=1)


@dataclass(frozen=True)
class Store:
    """Where pulls keep what they get, open."""

    archive: Archive
    journal: Journal
    frontier: Frontier
    fetcher: Fetcher

    def pull(self, source: ArticleSource, now: datetime | None = None, **options: Any) -> Pulled:
        """Pull one source."""
        return pull_source(
            source, self.fetcher, self.archive, self.journal, self.frontier, now=now or utc_now(), **options
        )

    def pull_all(self, sources: list[ArticleSource], now: datetime | None = None, **options: Any) -> list[Pulled]:
        """Pull sources side by side."""
        return pull_sources(
            sources, self.fetcher, self.archive, self.journal, self.frontier, now=now or utc_now(), **options
        )


@contextmanager
def open_store(evidence: Path) -> Iterator[Store]:
    """Open everything in the folder of a warehouse's evidence."""
    path = evidence / FILE_NAME
    with (
        Fetcher(contact=None, private_hosts=frozenset({"127.0.0.1"}), limits=LIMITS) as fetcher,
        Journal.open(path) as journal,
        Frontier.open(path) as frontier,
    ):
        yield Store(Archive(evidence), journal, frontier, fetcher)


def utc_now() -> datetime:
    """Return the time in UTC, without its zone."""
    return datetime.now(UTC).replace(tzinfo=None)
