"""One pull of a web site: discovery, what is due, asking for it, keeping what comes, and the account of it.

The order of things belongs here. Every step leaves what the next pull needs: a pull that is killed loses nothing
but the request that was under way.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.attempt import Attempt
from dx_pipeline.evidence.candidates import Candidate, Found
from dx_pipeline.evidence.fetch import Accept, Fetcher, Reply
from dx_pipeline.evidence.frontier import Frontier, Page, PullUnderWayError
from dx_pipeline.evidence.journal import Journal, Known
from dx_pipeline.evidence.page_addresses import clean_address, host_of, source_hosts
from dx_pipeline.evidence.pulled import Progress, Pulled, Tell, captures_of, page_captures
from dx_pipeline.evidence.schedule import HELD
from dx_pipeline.evidence.scope import Scope, oldest_day
from dx_pipeline.evidence.walk import Reader, walk
from dx_pipeline.specs import ArticleSource

__all__ = ["Progress", "Pulled", "Tell", "page_captures", "pull_source", "pull_sources"]

_PATIENCE = 5
_OF_THE_SITE = frozenset(
    {"timeout", "dns_failure", "tls_failure", "unreachable", "server_error", "throttled", "blocked"}
)
_MAX_PROBLEMS = 100
_SOURCES_AT_ONCE = 16


def pull_source(
    source: ArticleSource,
    fetcher: Fetcher,
    archive: Archive,
    journal: Journal,
    frontier: Frontier,
    *,
    now: datetime,
    since: date | None = None,
    urls: Sequence[str] | None = None,
    limit: int | None = None,
    tell: Tell | None = None,
    stopping: threading.Event | None = None,
) -> Pulled:
    """Pull a web site: ask what it has, then for the pages that are due, the newest first, and keep every attempt.

    Args:
        source: A source with ``discovery``.
        fetcher: Asks; it holds the hosts apart and obeys robots.txt.
        archive: Keeps the bytes.
        journal: Keeps the attempts.
        frontier: Knows the pages, in the journal's file.
        now: The time of the pull, in UTC without a zone: what is due and too old is judged by it.
        since: Take pages from this day on instead of those of the last ``max_age_days``, and follow sitemaps and
            listings back to it.
        urls: Ask for these addresses alone, due or not, whatever their age and topic.
        limit: Ask for so many pages at most.
        tell: Takes the progress.
        stopping: Once set, the pull ends after the page under way; the rest stays due.

    Returns:
        What came of it. A site that fails is told there and raises nothing.

    Raises:
        OSError: where archive, journal or frontier cannot be written.
        ValueError: where the source is no web site.
    """
    if not source.discovery:
        raise ValueError(f"source {source.source_id} is no web site: it has no [[discovery]]")
    pull = _Pull(source, fetcher, archive, journal, frontier, now, tell, stopping or threading.Event())
    try:
        with frontier.hold(source.source_id):
            pull.run(since, urls, limit)
    except PullUnderWayError as error:
        pull.pulled.failure = str(error)
    return pull.pulled


def pull_sources(
    sources: Iterable[ArticleSource],
    fetcher: Fetcher,
    archive: Archive,
    journal: Journal,
    frontier: Frontier,
    *,
    now: datetime | None = None,
    since: date | None = None,
    limit: int | None = None,
    tell: Tell | None = None,
) -> list[Pulled]:
    """Pull web sites side by side, a thread each; whatever one of them does, the others go on.

    Arguments are those of ``pull_source``. An interrupt (Ctrl-C) lets every source end its page under way.

    Returns:
        What came of each, in the order of ``sources``.

    Raises:
        OSError: where archive, journal or frontier cannot be written.
    """
    at = now or datetime.now(UTC).replace(tzinfo=None)
    stopping = threading.Event()

    def pull(source: ArticleSource) -> Pulled:
        try:
            return pull_source(
                source, fetcher, archive, journal, frontier,
                now=at, since=since, limit=limit, tell=tell, stopping=stopping,
            )  # fmt: skip
        except OSError:
            stopping.set()  # what comes could not be kept
            raise
        except Exception as error:  # a defect that one site brings to light must not cost the others their day
            return Pulled(
                source_id=source.source_id, started_at=at, failure=f"unforeseen {type(error).__name__}: {error}"
            )

    listed = list(sources)
    with ThreadPoolExecutor(max_workers=max(1, min(len(listed), _SOURCES_AT_ONCE)), thread_name_prefix="pull") as pool:
        futures = [pool.submit(pull, source) for source in listed]
        with _stopped_by_interrupt(stopping):
            _wait_for(futures)
    return [future.result() for future in futures]


@dataclass(slots=True)
class _Pull:
    """A pull under way."""

    source: ArticleSource
    fetcher: Fetcher
    archive: Archive
    journal: Journal
    frontier: Frontier
    now: datetime
    tell: Tell | None
    stopping: threading.Event
    pulled: Pulled = field(init=False)
    attempts: list[tuple[Attempt, bool]] = field(default_factory=list)
    failures_in_a_row: int = 0
    good_documents: int = 0

    def __post_init__(self) -> None:
        self.pulled = Pulled(source_id=self.source.source_id, started_at=self.now)

    @property
    def id(self) -> str:
        return self.source.source_id

    def run(self, since: date | None, urls: Sequence[str] | None, limit: int | None) -> None:
        began = time.monotonic()
        pull_no = self.frontier.begin_pull(self.id, self.now)
        if urls is None:
            self.discover(since)
        self.ask_pages(self.given(urls) if urls is not None else self.due(since), limit)
        self.account()
        self.pulled.seconds = time.monotonic() - began
        ended_at = self.now + timedelta(seconds=self.pulled.seconds)
        self.frontier.end_pull(pull_no, ended_at, self.pulled.counts(), self.pulled.failure)

    def fence(self, since: date | None) -> datetime:
        return oldest_day(self.now, self.source.max_age_days, since)

    def discover(self, since: date | None) -> None:
        scope = Scope(self.source, self.fence(since), self.now)
        for visit in walk(self.source, scope.fence, self._ask_document, is_backfill=since is not None):
            for problem in [*visit.found.problems, *([visit.found.failure] if visit.found.failure else [])]:
                self._note(f"{visit.url}: {problem}")
            tidied = map(scope.tidy, visit.found.candidates.values())
            inside = [one for one in tidied if scope.why_out(one, visit.discovery) is None]
            self.pulled.found += self.frontier.offer(self.id, inside, self.now)
            if self.stopping.is_set():
                return

    def due(self, since: date | None) -> list[Page]:
        return self.frontier.due(self.id, self.now, self.fence(since))

    def given(self, urls: Sequence[str]) -> list[Page]:
        hosts = source_hosts(self.source)
        wanted: dict[str, None] = {}
        for written in urls:
            url = clean_address(written, self.source.url)
            if url is None or host_of(url) not in hosts:
                self._note(f"{written}: no address on a host of this source ({', '.join(sorted(hosts))}); not asked")
            else:
                wanted[url] = None
        self.frontier.offer(self.id, (Candidate(url=url) for url in wanted), self.now)
        return [page for url in wanted if (page := self.frontier.page(self.id, url))]

    def ask_pages(self, pages: list[Page], limit: int | None) -> None:
        chosen = pages[:limit]
        for page in chosen:
            if self.stopping.is_set():
                self._note("stopped; the next pull goes on from here")
                break
            if self.failures_in_a_row >= _PATIENCE:
                self._note("the site fails or asks for a pause; left alone until the next pull")
                break
            self._say(Progress(source_id=self.id, done=self.pulled.asked, total=len(chosen), url=page.url))
            self._ask_page(page)
        self.pulled.left = len(pages) - self.pulled.asked
        self._say(Progress(source_id=self.id, done=self.pulled.asked, total=len(chosen)))

    def account(self) -> None:
        pulled = self.pulled
        held = pulled.new + pulled.changed + pulled.unchanged
        if not held and not self.good_documents and (pulled.failed or pulled.problems):
            worst = pulled.failed.most_common(1)
            reason = pulled.problems[0] if pulled.problems else f"{worst[0][1]} pages failed ({worst[0][0]})"
            pulled.failure = f"{self.id}: {reason}"
        pulled.captures = captures_of(attempt for attempt, _ in self.attempts)
        pulled.pages = captures_of(attempt for attempt, is_page in self.attempts if is_page)

    def _ask_document(self, url: str, kind: str, read: Reader, modified_at: datetime | None = None) -> Found:
        if self.failures_in_a_row >= _PATIENCE or self.stopping.is_set():
            return Found(failure="not asked: the site fails, or the pull was stopped")
        self._say(Progress(source_id=self.id, message=None, url=url))
        self.frontier.know_document(self.id, url)
        known = self._known(url)
        if known and modified_at and known.captured_at >= modified_at + timedelta(days=1):  # lastmod may be a day alone
            return _read(read, self.archive.get(known.sha256), None, url)
        reply = self._get(url, known, Accept.PAGE if kind in {"listing", "addresses"} else Accept.FEED)
        self.pulled.documents += 1
        if reply.outcome == "not_modified" and known:
            found = _read(read, self.archive.get(known.sha256), reply.media_type, url)
        elif reply.outcome == "ok" and reply.body:
            found = _read(read, reply.body, reply.media_type, reply.final_url or url)
        else:
            found = Found(failure=f"{reply.outcome}: {reply.detail or 'no more is known'}")
        if found.failure and reply.outcome in HELD:
            reply = replace(reply, outcome="malformed", detail=found.failure)
        self.good_documents += found.failure is None
        self._keep(reply, known, is_page=False)
        return found

    def _ask_page(self, page: Page) -> None:
        known = self._known(page.url)
        reply = self._get(page.url, known, Accept.PAGE)
        attempt = self._keep(reply, known, is_page=True)
        is_unchanged = known is not None and attempt.sha256 == known.sha256
        self.pulled.asked += 1
        if reply.outcome not in HELD:
            self.pulled.failed[reply.outcome] += 1
        elif is_unchanged:
            self.pulled.unchanged += 1
        elif known is None:
            self.pulled.new += 1
        else:
            self.pulled.changed += 1
        self.frontier.settle(
            self.id,
            page.url,
            reply.outcome,
            self.now,
            self.source.max_age_days,
            is_unchanged=is_unchanged,
            not_before=reply.not_before,
        )

    def _known(self, url: str) -> Known | None:
        """What is held of an address; a body that was lost from the archive is asked for anew."""
        known = self.journal.last_good(self.id, url)
        return known if known and known.sha256 in self.archive else None

    def _get(self, url: str, known: Known | None, accept: Accept) -> Reply:
        reply = self.fetcher.get(
            url,
            etag=known.etag if known else None,
            last_modified=known.last_modified if known else None,
            delay_seconds=self.source.crawl_delay_seconds,
            accept=accept,
            allowed_hosts=source_hosts(self.source) | {host_of(one.url) for one in self.source.discovery},
        )
        if reply.outcome in _OF_THE_SITE and (reply.outcome != "blocked" or reply.http_status is not None):
            self.failures_in_a_row += 1
        elif reply.http_status is not None:  # what robots.txt forbids says nothing of how the site does
            self.failures_in_a_row = 0
        if reply.not_before:  # the site said itself that more would be too much
            self.failures_in_a_row = _PATIENCE
        return replace(reply, url=url)

    def _keep(self, reply: Reply, known: Known | None, *, is_page: bool) -> Attempt:
        """First the bytes, then the word of them: killed between the two, a body lies there that nobody names."""
        sha256 = self.archive.put(reply.body) if reply.body else None
        if reply.outcome == "not_modified" and known:
            sha256 = known.sha256
        if reply.body:
            self.pulled.bodies += 1
            self.pulled.bytes += len(reply.body)
        attempt = self.journal.record(self.id, reply, sha256)
        self.attempts.append((attempt, is_page))
        return attempt

    def _note(self, problem: str) -> None:
        if len(self.pulled.problems) < _MAX_PROBLEMS:
            self.pulled.problems.append(problem)
        self._say(Progress(source_id=self.id, message=problem))

    def _say(self, progress: Progress) -> None:
        if self.tell:
            self.tell(progress)


def _read(read: Reader, body: bytes, media_type: str | None, base: str) -> Found:
    try:
        return read(body, media_type, base)
    except Exception as error:  # whatever a hostile document does to a parser, the others are read
        return Found(failure=f"cannot be read ({type(error).__name__}: {error}); look at the document")


def _wait_for(futures: Sequence[Future[Pulled]]) -> None:
    waiting = set(futures)
    while waiting:
        _, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)


@contextmanager
def _stopped_by_interrupt(stopping: threading.Event) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        stopping.set()
        raise
