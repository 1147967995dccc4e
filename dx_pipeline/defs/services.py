"""What a live run gets of statistics services, and what is told of it: the recorded files, and the answers beside them.

A service that does not answer stops nothing: what was read from it before stays, and the run says so.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl

from dx_pipeline.defs.table_assets import Made
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.fetch import Fetcher, Limits
from dx_pipeline.evidence.journal import FILE_NAME, Journal
from dx_pipeline.evidence.services import Pulled, pull_statistics
from dx_pipeline.schemas.evidence import READABLE
from dx_pipeline.settings import Settings
from dx_pipeline.specs import StatisticsSource

# Some services take minutes for a table, and their tables are larger than pages.
LIMITS = Limits(read_seconds=120.0, total_seconds=300.0, max_bytes=64 * 1024 * 1024)
_TOLD = 3  # failures in the run's words; all are in the table of captures


def pull_services(
    source: StatisticsSource, recorded: pl.DataFrame, settings: Settings, tell: Callable[[str], None] = lambda _: None
) -> Made:
    """Ask a source's services and return all that was ever captured of it, with the account of the pull.

    Args:
        source: with requests.
        recorded: ``Captures`` of its recorded files.
        settings: who asks, and where the evidence lies.
        tell: hears of each attempt.
    """
    with (
        Fetcher(
            contact=settings.contact, private_hosts=settings.private_hosts, proxies=settings.proxies, limits=LIMITS
        ) as fetcher,
        Journal.open(settings.evidence / FILE_NAME) as journal,
    ):
        now = datetime.now(UTC).replace(tzinfo=None)
        pulled = pull_statistics(source, fetcher, Archive(settings.evidence), journal, now=now, tell=tell)
    captures = pl.concat([recorded, pulled.captures])
    return Made(
        frames={source.source_id: captures},
        numbers={"requests_whole": pulled.whole, "tables_fresh": pulled.fresh, "tables_failed": len(pulled.failed)},
        payload=captures.filter(pl.col("outcome").is_in(READABLE)),
        warned=None if source.settings.get("optional") else in_words(source, pulled),
    )


def in_words(source: StatisticsSource, pulled: Pulled) -> str | None:
    """Return what did not come, in words; ``None`` where all came but editions that are not published yet."""
    failed = [one for one in pulled.failed if one[1] != "not_found"]
    if not failed:
        return None
    told = "; ".join(f"{request}: {outcome} ({detail})" for request, outcome, detail in failed[:_TOLD])
    more = f"; and {len(failed) - _TOLD} more" if len(failed) > _TOLD else ""
    return f"{source.source_id}: {told}{more}; what was read before stays"
