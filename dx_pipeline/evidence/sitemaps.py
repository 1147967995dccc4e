"""Sitemaps, news sitemaps and indexes of sitemaps, packed or not: their bytes read into candidates and branches."""

from lxml import etree

from dx_pipeline.evidence.candidates import Branch, Candidate, Found, short_title
from dx_pipeline.evidence.hostile_xml import HostileXmlError, local_name, read_elements, text_of
from dx_pipeline.evidence.page_addresses import clean_address
from dx_pipeline.evidence.times import read_time

_ROOTS = frozenset({"urlset", "sitemapindex"})
_ENTRIES = frozenset({"url", "sitemap"})


def read_sitemap(body: bytes, media_type: str | None, base: str) -> Found:
    """Read a sitemap or an index of sitemaps; ``base`` is the address that answered.

    Returns:
        The pages as candidates, with what a news sitemap says of them; the sitemaps of an index as branches. A
        damaged one gives what was read before the damage, and says so; a body that is none is a failure.
    """
    found = Found()
    try:
        for position, (name, element) in enumerate(read_elements(body, media_type, _ENTRIES, found.problems)):
            if position == 0:
                if name not in _ROOTS:
                    found.failure = f"no sitemap: it begins with <{name[:40]}>; look whether it has moved"
                    return found
            elif not _add(name, element, base, found):
                break
    except HostileXmlError as error:
        found.failure = str(error)
    if not found.candidates and not found.branches and found.problems and not found.failure:
        found.failure = found.problems[0]
    return found


def _add(name: str, entry: etree._Element, base: str, found: Found) -> bool:
    parts = {local_name(child): child for child in entry}
    url = clean_address(text_of(parts["loc"]), base) if "loc" in parts else None
    if url is None:
        found.problems.append("an entry has no address; passed over")
        return len(found.problems) < 100
    modified_at = read_time(text_of(parts["lastmod"])) if "lastmod" in parts else None
    if name == "sitemap":
        found.branches.append(Branch(url=url, modified_at=modified_at))
        return True
    said = {local_name(part): text_of(part) for part in parts["news"].iter()} if "news" in parts else {}
    return found.add(
        Candidate(
            url=url,
            published_at=read_time(said.get("publication_date")),
            modified_at=modified_at,
            title=short_title(said.get("title")),
            language=said.get("language") or None,
        )
    )
