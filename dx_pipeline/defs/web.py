"""Assets of the web sites: one asset a source, all made by one step that asks their hosts side by side.

Sites are asked politely, with seconds between two requests to one host, so that a step for each source would take the
sum of their pauses; in one step it takes as long as the slowest. A site that fails keeps what it gave before and says
so in its check; only the network is tried again.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import polars as pl

from dx_pipeline.defs.evidence import source_step, source_table
from dx_pipeline.defs.metadata import markdown_table
from dx_pipeline.defs.source_health import Verdict, is_passing_failure, judge_answers, judge_pages, pull_numbers
from dx_pipeline.defs.table_assets import Made, StageTable, asset_spec, check_spec, emit
from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.fetch import Fetcher
from dx_pipeline.evidence.frontier import Frontier
from dx_pipeline.evidence.journal import FILE_NAME, Journal
from dx_pipeline.evidence.pull import Progress, Pulled, Tell, page_captures, pull_source, pull_sources
from dx_pipeline.schemas.evidence import READABLE
from dx_pipeline.settings import Settings
from dx_pipeline.specs import ArticleSource

STEP = "evidence__pull"
ANSWERS, PAGES = "answers", "pages_as_expected"
RETRY_SECONDS = (10, 60)
_TOLD_EVERY_SECONDS = 2.0
_SITES_AT_ONCE = 16


def web_assets(settings: Settings, sources: Sequence[ArticleSource]) -> list[dg.AssetsDefinition]:
    """Return the assets of these web sites; none where there is no site."""
    if not sources:
        return []
    steps = {source.source_id: source_step(source, pull_source, _freshness(source)) for source in sources}
    tables = {source.source_id: source_table(source.source_id) for source in sources}
    done: dict[str, dict[str, Pulled]] = {}  # by run: a retry asks the sites again that failed, and no other

    @dg.multi_asset(
        name=STEP,
        specs=[asset_spec(steps[name], table) for name, table in tables.items()],
        check_specs=[spec for table in tables.values() for spec in _check_specs(table)],
        can_subset=True,
    )
    def pull(context: dg.AssetExecutionContext) -> Iterator[Any]:
        """Ask every site for what is new and what has changed, hosts side by side."""
        chosen = [one for one in sources if tables[one.source_id].key in context.selected_asset_keys]
        started = time.monotonic()
        pulled = done.setdefault(context.run.run_id, {})
        with open_evidence(settings) as evidence:
            waiting = [one for one in chosen if one.source_id not in pulled]
            pulled.update((one.source_id, one) for one in evidence.pull(waiting, tell=_Teller(context.log.info)))
            _try_again_later(context, pulled)
            for source in chosen:
                account = done[context.run.run_id].pop(source.source_id)
                made, verdicts = evidence.settle(source, account)
                yield from emit(steps[source.source_id], made, context.run.run_id, started)
                yield from (_result(tables[source.source_id], name, one) for name, one in verdicts.items())

    return [pull]


@dataclass(frozen=True, slots=True)
class WebEvidence:
    """All that a pull needs, open."""

    fetcher: Fetcher
    archive: Archive
    journal: Journal
    frontier: Frontier

    def pull(self, sources: Sequence[ArticleSource], tell: Tell) -> list[Pulled]:
        """Pull the sites side by side; see :func:`dx_pipeline.evidence.pull.pull_sources`."""
        return pull_sources(sources, self.fetcher, self.archive, self.journal, self.frontier, tell=tell)

    def pull_window(self, sources: Sequence[ArticleSource], start: datetime, end: datetime) -> list[Pulled]:
        """Pull the pages that came out from ``start`` to before ``end`` (UTC) and are not kept yet.

        Discovery goes back to the first day; of a page whose day it does not tell, the day it was seen first counts.
        """
        files = self.fetcher, self.archive, self.journal, self.frontier
        looks = pull_sources(sources, *files, since=start.date(), limit=0)

        def pull(source: ArticleSource, look: Pulled) -> Pulled:
            pages = self.frontier.pages(source.source_id)
            urls = [page.url for page in pages if start <= page.newest_at < end and not page.was_held]
            now = datetime.now(UTC).replace(tzinfo=None)
            return pull_source(source, *files, now=now, urls=urls) if urls and not look.is_failed else look

        with ThreadPoolExecutor(max_workers=_SITES_AT_ONCE, thread_name_prefix="backfill") as pool:
            return list(pool.map(pull, sources, looks))

    def settle(self, source: ArticleSource, pulled: Pulled) -> tuple[Made, dict[str, Verdict]]:
        """Return every attempt at a site so far with the account of its last pull, and what is to be said of it."""
        captures = self.journal.captures(source.source_id)
        pages = page_captures(captures, self.frontier)
        now = datetime.now(UTC).replace(tzinfo=None)
        problems = pl.DataFrame({"problem": pulled.problems}, schema={"problem": pl.String})
        made = Made(
            frames={source.source_id: captures},
            numbers=pull_numbers(pulled),
            shown={"problems": dg.MetadataValue.md(markdown_table(problems) if problems.height else "none")},
            payload=pages.filter(pl.col("outcome").is_in(READABLE)),
        )
        pulls = self.frontier.pulls(source.source_id)
        return made, {ANSWERS: judge_answers(source, pulled, pulls, now), PAGES: judge_pages(source, pages, now)}


@contextmanager
def open_evidence(settings: Settings) -> Iterator[WebEvidence]:
    """Open the archive, the journal, the frontier and what asks the web, as the settings have it.

    Raises:
        ValueError: where the contact cannot be used; the message names the setting.
        OSError: where a file of the evidence cannot be opened.
    """
    path = settings.evidence / FILE_NAME
    with (
        Fetcher(contact=settings.contact, private_hosts=settings.private_hosts, proxies=settings.proxies) as fetcher,
        Journal.open(path) as journal,
        Frontier.open(path) as frontier,
    ):
        yield WebEvidence(fetcher, Archive(settings.evidence), journal, frontier)


class _Teller:
    """Tells now and then how far all pulls together are; pulls call it from their threads."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._lock = threading.Lock()
        self._pages: dict[str, tuple[int, int]] = {}
        self._told_at = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        with self._lock:
            if progress.total:
                self._pages[progress.source_id] = progress.done, progress.total
            if self._pages and time.monotonic() - self._told_at > _TOLD_EVERY_SECONDS:
                done, total = (sum(counts) for counts in zip(*self._pages.values(), strict=True))
                self._say(f"{done} of {total} pages asked, {len(self._pages)} sites")
                self._told_at = time.monotonic()


def _try_again_later(context: dg.AssetExecutionContext, pulled: dict[str, Pulled]) -> None:
    """Ask for a retry where a site failed for a reason of the network, as long as there are any left."""
    failed = sorted(source_id for source_id, account in pulled.items() if is_passing_failure(account))
    if not failed or context.retry_number >= len(RETRY_SECONDS):
        return
    for source_id in failed:
        del pulled[source_id]
    seconds = RETRY_SECONDS[context.retry_number]
    context.log.info(f"asked again in {seconds} s, as the network failed: {', '.join(failed)}")
    raise dg.RetryRequested(max_retries=len(RETRY_SECONDS), seconds_to_wait=seconds)


def _freshness(source: ArticleSource) -> dg.FreshnessPolicy:
    rhythm = timedelta(hours=source.expect.rhythm_hours)
    return dg.FreshnessPolicy.time_window(fail_window=1.5 * rhythm, warn_window=rhythm + timedelta(hours=1))


def _check_specs(table: StageTable) -> Iterator[dg.AssetCheckSpec]:
    yield check_spec(table)
    yield dg.AssetCheckSpec(
        ANSWERS,
        asset=table.key,
        description="The site answered. Where it fails, what it gave before stays; a long failure is an error.",
    )
    yield dg.AssetCheckSpec(PAGES, asset=table.key, description="It gives as many new pages a day as its file expects.")


def _result(table: StageTable, name: str, verdict: Verdict) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=table.key,
        check_name=name,
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity.ERROR if verdict.is_error else dg.AssetCheckSeverity.WARN,
        description=verdict.words,
    )
