"""A look ahead at a pull: robots.txt and discovery are asked, nothing else is, and nothing is kept.

What a pull would do and why belongs here; doing it is ``pull``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from dx_pipeline.evidence.candidates import Candidate, Found
from dx_pipeline.evidence.fetch import Accept, Fetcher
from dx_pipeline.evidence.frontier import Frontier, Page
from dx_pipeline.evidence.page_addresses import host_of, source_hosts
from dx_pipeline.evidence.robots import Robots, read_robots
from dx_pipeline.evidence.scope import Scope, oldest_day
from dx_pipeline.evidence.walk import Reader, walk
from dx_pipeline.specs import ArticleSource


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLook:
    """A document of discovery: how asking for it ended, how many addresses it has, and what is wrong with it."""

    url: str
    kind: str
    outcome: str
    candidates: int
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateLook:
    """A candidate: whether a pull would ask for it now, and why or why not."""

    url: str
    title: str | None
    newest_at: datetime | None
    is_asked: bool
    reason: str


@dataclass(slots=True)
class Preview:
    """What one pull of a source would do; candidates to be asked come first, the newest first."""

    source_id: str
    crawl_delay_seconds: float = 0.0
    documents: list[DocumentLook] = field(default_factory=list)
    candidates: list[CandidateLook] = field(default_factory=list)

    @property
    def asked(self) -> int:
        """How many pages would be asked for."""
        return sum(one.is_asked for one in self.candidates)

    @property
    def is_failing(self) -> bool:
        """Whether no document of discovery can be read."""
        return not any(one.problem is None or one.candidates for one in self.documents)


def preview_source(
    source: ArticleSource, fetcher: Fetcher, frontier: Frontier, *, now: datetime, since: date | None = None
) -> Preview:
    """Ask a web site for robots.txt and discovery, and tell what a pull would ask for; nothing is written.

    Args:
        source: A source with ``discovery``.
        fetcher: Asks.
        frontier: Knows the pages; it may be opened for reading only.
        now: The time that is judged by, in UTC without a zone.
        since: As for ``pull_source``.
    """
    looking = _Looking(source, fetcher, Scope(source, oldest_day(now, source.max_age_days, since), now))
    verdicts: dict[str, CandidateLook] = {}
    for visit in walk(source, looking.scope.fence, looking.ask, is_backfill=since is not None):
        for candidate in map(looking.scope.tidy, visit.found.candidates.values()):
            why_out = looking.scope.why_out(candidate, visit.discovery)
            if why_out is None or candidate.url not in verdicts:  # one document that has it in is enough
                verdicts[candidate.url] = looking.judge(candidate, why_out, frontier)
    for page in frontier.due(source.source_id, now, looking.scope.fence):
        if page.url not in verdicts:
            verdicts[page.url] = looking.judge(_candidate(page), None, frontier)
    order = sorted(verdicts.values(), key=lambda one: (one.is_asked, one.newest_at or now), reverse=True)
    delay = max([source.crawl_delay_seconds, *(one.crawl_delay_seconds for one in looking.robots.values())])
    return Preview(source.source_id, delay, looking.documents, order)


@dataclass(slots=True)
class _Looking:
    source: ArticleSource
    fetcher: Fetcher
    scope: Scope
    documents: list[DocumentLook] = field(default_factory=list)
    robots: dict[str, Robots] = field(default_factory=dict)

    def ask(self, url: str, kind: str, read: Reader, modified_at: datetime | None = None) -> Found:  # noqa: ARG002
        reply = self.fetcher.get(
            url,
            delay_seconds=self.source.crawl_delay_seconds,
            accept=Accept.PAGE if kind in {"listing", "addresses"} else Accept.FEED,
            allowed_hosts=source_hosts(self.source) | {host_of(one.url) for one in self.source.discovery},
        )
        if reply.outcome == "ok" and reply.body:
            try:
                found = read(reply.body, reply.media_type, reply.final_url or url)
            except Exception as error:  # as in a pull: whatever it does to a parser, the others are read
                found = Found(failure=f"cannot be read ({type(error).__name__}: {error})")
        else:
            found = Found(failure=reply.detail or reply.outcome)
        outcome = "malformed" if found.failure and reply.outcome == "ok" else reply.outcome
        problem = found.failure or ("; ".join(found.problems) or None)
        count = len(found.candidates) + len(found.branches)
        self.documents.append(DocumentLook(url=url, kind=kind, outcome=outcome, candidates=count, problem=problem))
        return found

    def judge(self, candidate: Candidate, why_out: str | None, frontier: Frontier) -> CandidateLook:
        page = frontier.page(self.source.source_id, candidate.url)
        is_asked, reason = (False, why_out) if why_out else self._when(page)
        if is_asked and (line := self._robots(candidate.url).refusal(_path(candidate.url))):
            is_asked, reason = False, f"robots.txt says '{line}'"
        return CandidateLook(
            url=candidate.url, title=candidate.title, newest_at=candidate.newest_at, is_asked=is_asked, reason=reason
        )

    def _when(self, page: Page | None) -> tuple[bool, str]:
        if page is None:
            return True, "new"
        if page.last_asked is None:
            return True, "known, and not asked for yet"
        last = f"{page.last_outcome} on {page.last_asked:%Y-%m-%d %H:%M}"
        if page.next_due is None:
            return False, f"{last}, and left alone from then on"
        if page.next_due > self.scope.now:
            return False, f"{last}, not due before {page.next_due:%Y-%m-%d %H:%M}"
        return True, f"{last}, due again"

    def _robots(self, url: str) -> Robots:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self.robots:
            reply = self.fetcher.get(f"{site}/robots.txt", delay_seconds=self.source.crawl_delay_seconds)
            self.robots[site] = read_robots(reply.body) if reply.outcome == "ok" and reply.body else Robots()
        return self.robots[site]


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _candidate(page: Page) -> Candidate:
    return Candidate(url=page.url, published_at=page.published_at, modified_at=page.modified_at, title=page.title)
