"""RSS (0.9, 1.0, 2.0) and Atom: the bytes of a feed read into candidates.

Elements are told by their local names: feeds in the wild mix versions and get namespaces wrong.
"""

from html import unescape

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from dx_pipeline.evidence.candidates import Candidate, Found, short_title
from dx_pipeline.evidence.hostile_xml import HostileXmlError, local_name, read_elements, text_of
from dx_pipeline.evidence.page_addresses import clean_address
from dx_pipeline.evidence.times import read_time

_ROOTS = frozenset({"rss", "rdf", "feed"})
_ITEMS = frozenset({"item", "entry"})
_HEAD = frozenset({"language"})  # of an RSS channel
_PUBLISHED = ("pubdate", "published", "issued", "date", "created")
_MODIFIED = ("updated", "modified")
_XML = "{http://www.w3.org/XML/1998/namespace}"
_LANGUAGE_LENGTH = 35


def read_feed(body: bytes, media_type: str | None, base: str) -> Found:
    """Read a feed; ``base`` is the address that answered.

    Returns:
        Its items as candidates. A feed that is damaged gives what was read before the damage, and says so; a
        body that is no feed is a failure.
    """
    found = Found()
    language: str | None = None
    try:
        for position, (name, element) in enumerate(read_elements(body, media_type, _ITEMS | _HEAD, found.problems)):
            if position == 0:
                if name not in _ROOTS:
                    found.failure = f"no feed: it begins with <{name[:40]}>; look whether the feed has moved"
                    return found
                language, base = element.get(f"{_XML}lang"), _base(element, base)
            elif name in _HEAD:
                language = text_of(element)
            elif not _add(element, base, language, found):
                break
    except HostileXmlError as error:
        found.failure = str(error)
    if not found.candidates and found.problems and not found.failure:
        found.failure = found.problems[0]
    return found


def _add(item: etree._Element, base: str, language: str | None, found: Found) -> bool:
    base = _base(item, base)
    parts: dict[str, etree._Element] = {}
    for child in item:
        parts.setdefault(local_name(child), child)
    url = clean_address(_address(item, parts), base)
    if url is None:
        found.problems.append("an item has no address of a page; passed over")
        return len(found.problems) < 100
    own = text_of(parts["language"]) if "language" in parts else item.get(f"{_XML}lang")
    return found.add(
        Candidate(
            url=url,
            published_at=read_time(_first(parts, _PUBLISHED)),
            modified_at=read_time(_first(parts, _MODIFIED)),
            title=_title(parts.get("title")),
            language=((own or language or "").strip() or None),
        )
    )


def _address(item: etree._Element, parts: dict[str, etree._Element]) -> str:
    original = parts.get("origlink")  # what a service that counts readers puts beside its own link
    if original is not None and text_of(original):
        return text_of(original)
    links = [child for child in item if local_name(child) == "link"]
    pages = [link for link in links if link.get("href") and link.get("rel", "alternate") == "alternate"]
    written = [text_of(link) for link in links if text_of(link)]
    if written:
        return written[0]
    if pages:
        return str(pages[0].get("href"))
    guid = parts.get("guid")
    if guid is not None and guid.get("isPermaLink", "true") != "false":
        return text_of(guid)
    about = [value for key, value in item.attrib.items() if str(key).endswith("}about")]
    return str(about[0]) if about else "urn:none"


def _title(element: etree._Element | None) -> str | None:
    """Titles are text, or HTML as text: once or twice escaped."""
    if element is None:
        return None
    text = text_of(element)
    if "<" in text and ">" in text:
        text = LexborHTMLParser(text[:5_000]).text(separator=" ")
    return short_title(unescape(text))


def _first(parts: dict[str, etree._Element], names: tuple[str, ...]) -> str | None:
    return next((text_of(parts[name]) for name in names if name in parts), None)


def _base(element: etree._Element, base: str) -> str:
    return clean_address(element.get(f"{_XML}base", ""), base) or base
