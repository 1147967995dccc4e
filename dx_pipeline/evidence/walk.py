"""The way through a source's documents of discovery: feeds, sitemaps down to the pages, listings page by page.

The order of asking and where it ends belong here. How a document is asked for is handed in, so that a pull keeps
what it gets and a look ahead does not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol

from dx_pipeline.evidence.candidates import Branch, Found
from dx_pipeline.evidence.feeds import read_feed
from dx_pipeline.evidence.listings import read_addresses, read_listing
from dx_pipeline.evidence.page_addresses import clean_address, host_of, month_in_address, source_hosts
from dx_pipeline.evidence.sitemaps import read_sitemap
from dx_pipeline.specs import ArticleSource, Discovery

MAX_LEVEL = 2
"""How deep sitemaps may be nested: an index of indexes of sitemaps is 2."""

_MAX_SITEMAPS = 1_000
_MAX_PAGES = 1_000

Reader = Callable[[bytes, str | None, str], Found]
"""From body, Content-Type and the address that answered to what the document gives."""


class Ask(Protocol):
    """Asks for a document and reads it; what fails is told in ``Found.failure``."""

    def __call__(self, url: str, kind: str, read: Reader, modified_at: datetime | None = None) -> Found:
        """``modified_at`` is the last change that its index tells of: what is held and younger need not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A document of discovery and what it gave."""

    discovery: Discovery
    url: str
    found: Found


def walk(source: ArticleSource, fence: datetime, ask: Ask, *, is_backfill: bool = False) -> Iterator[Visit]:
    """Ask for all documents of discovery of a source, in the order of its file, and yield each as it comes.

    Args:
        source: A web site.
        fence: Sitemaps with nothing younger are not asked, and a listing is not followed beyond it.
        ask: Asks for one document.
        is_backfill: Follow listings back to the fence, and not only ``pages`` pages.
    """
    for discovery in source.discovery:
        url = clean_address(discovery.url)
        if url is None:
            failure = "no address that can be asked; mend the url of its [[discovery]]"
            yield Visit(discovery=discovery, url=discovery.url, found=Found(failure=failure))
        elif discovery.kind == "listing":
            yield from _listing(source, discovery, url, fence, ask, is_backfill=is_backfill)
        elif discovery.kind in {"sitemap", "news_sitemap"}:
            yield from _sitemaps(source, discovery, url, fence, ask)
        else:
            read = read_feed if discovery.kind == "feed" else read_addresses
            yield Visit(discovery=discovery, url=url, found=ask(url, discovery.kind, read))


def _sitemaps(source: ArticleSource, discovery: Discovery, url: str, fence: datetime, ask: Ask) -> Iterator[Visit]:
    hosts = source_hosts(source) | {host_of(url)}
    waiting, seen = [(Branch(url=url), 0)], {url}
    asked = 0
    while waiting:
        branch, level = waiting.pop(0)
        found = ask(branch.url, discovery.kind, read_sitemap, branch.modified_at)
        asked += 1
        wanted = [one for one in found.branches if _is_wanted(one, discovery)]
        if found.branches and not wanted:
            named = ", ".join(discovery.maps)
            found.problems.append(f"none of its {len(found.branches)} sitemaps has {named} in its address; mend 'maps'")
        for one in wanted:
            if one.url in seen or _is_before(one, fence):
                continue
            seen.add(one.url)
            if host_of(one.url) not in hosts:
                found.problems.append(f"{one.url} is on a host that is not of the source; add it to 'hosts'")
            elif level >= MAX_LEVEL:
                found.problems.append(f"{one.url} is nested more than {MAX_LEVEL} levels deep; not asked")
            elif asked + len(waiting) >= _MAX_SITEMAPS:
                found.problems.append(f"more than {_MAX_SITEMAPS} sitemaps; the rest was not asked")
                break
            else:
                waiting.append((one, level + 1))
        yield Visit(discovery=discovery, url=branch.url, found=found)


def _is_wanted(branch: Branch, discovery: Discovery) -> bool:
    return not discovery.maps or any(text in branch.url for text in discovery.maps)


def _is_before(branch: Branch, fence: datetime) -> bool:
    """Return whether nothing in a sitemap can be young enough, by its last change or the month in its address."""
    if branch.modified_at is not None:
        return branch.modified_at < fence
    month = month_in_address(branch.url)
    return month is not None and datetime.combine(month, time.max) < fence


def _listing(
    source: ArticleSource, discovery: Discovery, url: str, fence: datetime, ask: Ask, *, is_backfill: bool
) -> Iterator[Visit]:
    hosts = source_hosts(source) | {host_of(url)}

    def read(body: bytes, media_type: str | None, base: str) -> Found:
        return read_listing(body, media_type, base, discovery.links or "a", discovery.next)

    seen: set[str] = set()
    following: str | None = url
    while following and following not in seen and len(seen) < (_MAX_PAGES if is_backfill else discovery.pages):
        seen.add(following)
        found = ask(following, discovery.kind, read)
        yield Visit(discovery=discovery, url=following, found=found)
        times = [one.newest_at for one in found.candidates.values() if one.newest_at]
        if times and max(times) < fence:
            return
        following = found.next_url if host_of(found.next_url or "") in hosts else None
