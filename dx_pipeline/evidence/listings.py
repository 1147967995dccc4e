"""Pages that list links, and plain lists of addresses: their bytes read into candidates."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dx_pipeline.evidence.candidates import Candidate, Found, short_title
from dx_pipeline.evidence.hostile_xml import HostileXmlError, charset_of, decode, unpack
from dx_pipeline.evidence.page_addresses import clean_address
from dx_pipeline.evidence.times import read_time

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)


def read_listing(body: bytes, media_type: str | None, base: str, links: str, next_link: str | None = None) -> Found:
    """Read a page that lists links.

    Args:
        body: The page.
        media_type: Its Content-Type.
        base: The address that answered.
        links: CSS selector of the links, or of the elements that hold a link each with its headline and ``<time>``.
        next_link: CSS selector of the link to the next page.

    Returns:
        The links as candidates. A page in which the selector finds nothing is a failure: the layout has changed.
    """
    found = Found()
    declared = _META_CHARSET.search(body[:4_096])
    text = decode(body, charset_of(media_type), declared[1].decode("ascii").lower() if declared else None)
    page = LexborHTMLParser(text)
    first = page.css_first("base[href]")
    base = clean_address(first.attributes.get("href") or "", base) or base if first else base
    try:
        nodes = page.css(links)
        following = page.css_first(next_link) if next_link else None
    except Exception as error:
        found.failure = f"a selector is not understood ({error}); mend 'links' or 'next' of its [[discovery]]"
        return found
    for node in nodes:
        candidate = _candidate(node, base)
        if candidate and not found.add(candidate):
            break
    if not found.candidates:
        found.failure = f"the selector {links!r} finds no link; where the layout of the page has changed, mend it"
    found.next_url = clean_address(_href(following), base) if following and _href(following) else None
    return found


def read_addresses(body: bytes, media_type: str | None, base: str) -> Found:
    """Read a text file of addresses, one a line; what follows a blank and lines that begin with ``#`` are comments."""
    found = Found()
    try:
        text = decode(unpack(body), charset_of(media_type))
    except HostileXmlError as error:
        found.failure = str(error)
        return found
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        url = clean_address(words[0], base)
        if url is None or "<" in words[0]:
            if len(found.problems) < 100:
                found.problems.append(f"line {number} is no address; passed over")
        elif not found.add(Candidate(url=url)):
            break
    if not found.candidates:
        found.failure = "no address in it; look whether the list has moved"
    return found


def _candidate(node: LexborNode, base: str) -> Candidate | None:
    link = node if _href(node) else next((one for one in node.css("a[href]") if one.text(strip=True)), None)
    link = link or node.css_first("a[href]")
    url = clean_address(_href(link), base) if link and not _href(link).startswith("#") else None
    if link is None or url is None:
        return None
    time = node.css_first("time[datetime]")
    title = link.text(separator=" ") or link.attributes.get("title")
    return Candidate(
        url=url, title=short_title(title), published_at=read_time(time.attributes.get("datetime")) if time else None
    )


def _href(node: LexborNode | None) -> str:
    return (node.attributes.get("href") or "").strip() if node else ""
