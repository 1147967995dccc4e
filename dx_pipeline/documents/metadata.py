"""What an HTML page declares about itself: JSON-LD, Open Graph and other meta elements.

Only the page's head matter is read here; what its sentences say, and what is printed between them,
is read elsewhere. Broken JSON-LD is passed over, except for its date.
"""

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from dx_pipeline.documents.cues import MarkupCues
from dx_pipeline.documents.decode import normalise
from dx_pipeline.documents.document import Declared, printable
from dx_pipeline.documents.header import web_address

_ARTICLE_TYPES = frozenset(
    {
        "NewsArticle", "Article", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle",
        "OpinionNewsArticle", "BlogPosting", "LiveBlogPosting", "Report", "PressRelease", "GovernmentService",
        "TechArticle", "ScholarlyArticle", "SocialMediaPosting",
    }
)  # fmt: skip
_BROKEN_DATE = re.compile(r"\"datePublished\"\s{0,5}:\s{0,5}\"([^\"]{8,40})\"")
_BROKEN_TITLE = re.compile(r"\"headline\"\s{0,5}:\s{0,5}\"([^\"\\]{8,300})\"")
_MAX_ITEMS = 500
_MAX_FIELD = 1000
_MAX_AUTHORS = 10
_AUTHOR_METAS = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author")
_SECTION_METAS = ("article:section", "og:article:section", "section", "parsely-section")


def read_declared(tree: LexborHTMLParser, cues: MarkupCues) -> Declared:
    """Return what a page declares: headline, addresses, publisher, authors, section, times of publication as printed.

    JSON-LD goes before Open Graph and other meta elements. Addresses are absolute ones of the web or None.
    """
    article, loose_date, loose_title = _read_json_ld(tree)
    metas = _metas(tree)
    canonical = tree.css_first("link[rel='canonical']")
    dates = [(_text(article.get("datePublished")) or loose_date, "json-ld")]
    dates += [(metas.get(name), "meta") for name in cues.published]
    publisher = metas.get("og:site_name") or _name(article.get("publisher"))
    title = _text(article.get("headline")) or loose_title or metas.get("og:title") or metas.get("twitter:title")
    return Declared(
        title=title,
        canonical_url=web_address(canonical.attributes.get("href") if canonical else None)
        or web_address(metas.get("og:url")),
        is_based_on=web_address(_first_address(article.get("isBasedOn"))),
        publisher=publisher,
        author=_authors(article, metas, publisher),
        section=_section(article) or next((metas[name] for name in _SECTION_METAS if name in metas), None),
        dates=tuple((text, source) for text, source in dates if text),
    )


def title_element(tree: LexborHTMLParser) -> str | None:
    """Return the text of ``<title>``, which may hold the site's name as well."""
    node = tree.css_first("title")
    return _text(node.text()) if node else None


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        content = _text(attributes.get("content"))
        for key in ("property", "name", "itemprop"):
            name = attributes.get(key)
            if name and content:
                found.setdefault(name.strip().casefold(), content)
    return found


def _read_json_ld(tree: LexborHTMLParser) -> tuple[Mapping[str, Any], str | None, str | None]:
    """Return the first article that JSON-LD describes, and date and headline out of JSON that is broken."""
    loose_date = loose_title = None
    for node in tree.css("script[type='application/ld+json']"):
        source = node.text().strip().rstrip(";").strip()
        try:
            items = list(_items(json.loads(source, strict=False)))
        except (ValueError, RecursionError):
            date, title = _BROKEN_DATE.search(source), _BROKEN_TITLE.search(source)
            loose_date = loose_date or (date.group(1) if date else None)
            loose_title = loose_title or (title.group(1) if title else None)
            continue
        for item in items:
            if _types(item) & _ARTICLE_TYPES:
                return item, None, None
    return {}, loose_date, loose_title


def _items(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-LD document, through lists and ``@graph``, up to a bound."""
    waiting, seen = [value], 0
    while waiting and seen < _MAX_ITEMS:
        item = waiting.pop(0)
        seen += 1
        if isinstance(item, list):
            waiting += item[:_MAX_ITEMS]
        elif isinstance(item, dict):
            yield item
            waiting += [item[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in item]


def _types(item: Mapping[str, Any]) -> set[str]:
    value = item.get("@type")
    values = value if isinstance(value, list) else [value]
    return {entry.rsplit("/", 1)[-1] for entry in values if isinstance(entry, str)}


def _name(value: Any) -> str | None:
    entry = value[0] if isinstance(value, list) and value else value
    return _text(entry.get("name") if isinstance(entry, dict) else entry)


def _authors(article: Mapping[str, Any], metas: Mapping[str, str], publisher: str | None) -> str | None:
    """Return the names of the authors, parted by commas; a site that names itself or an address names nobody."""
    value = article.get("author")
    entries = value if isinstance(value, list) else [value]
    declared = [_name(entry) for entry in entries[:_MAX_AUTHORS]]
    for names in (declared, *([metas.get(name)] for name in _AUTHOR_METAS)):
        told = [name for name in names if name and "://" not in name and name != publisher]
        if told:
            return ", ".join(dict.fromkeys(told))
    return None


def _section(article: Mapping[str, Any]) -> str | None:
    value = article.get("articleSection")
    return _text(value[0] if isinstance(value, list) and value else value)


def _first_address(value: Any) -> str | None:
    entry = value[0] if isinstance(value, list) and value else value
    entry = (entry.get("url") or entry.get("@id")) if isinstance(entry, dict) else entry
    return entry if isinstance(entry, str) else None


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    return normalise(printable(" ".join(unescape(value[:_MAX_FIELD]).split()))) or None
