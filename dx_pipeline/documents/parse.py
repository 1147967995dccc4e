"""Captures to articles and blocks: the entry to this package.

Each captured document becomes one article with its blocks, or a quarantine row that says why not.
How a format is read is told by the module of that format.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dx_pipeline.documents import hypertext, pdf
from dx_pipeline.documents.blocks import label_lines, read_lines
from dx_pipeline.documents.cues import MarkupCues, PageCues, read_markup_cues, read_page_cues
from dx_pipeline.documents.dates import Custom, day_first, latest_day, told_days
from dx_pipeline.documents.decode import REPLACEMENT, decode, decode_nearly
from dx_pipeline.documents.document import CORE_KINDS, Block, Declared, Page, UnreadableError
from dx_pipeline.documents.header import (
    find_author,
    find_publisher,
    find_source_address,
    first_key,
    read_head,
    read_keys,
    title_text,
    web_address,
)
from dx_pipeline.documents.languages import detect_language
from dx_pipeline.documents.repeats import name_repeats
from dx_pipeline.documents.templates import choose_selectors
from dx_pipeline.documents.versions import article_id_of, choose_captures, number_versions
from dx_pipeline.schemas.documents import STORY_KINDS, Blocks, ParsedArticles
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.operations import Quarantine
from dx_pipeline.specs import Selectors

MAX_CHARACTERS = 4_000_000
_TEXT_TYPES = frozenset({"text/plain", "text/markdown", "text/html"})
SiteSelectors = Mapping[str, Sequence[Selectors]]
NO_SELECTORS: SiteSelectors = {}
_FRAME_CHARACTERS = 5000  # of a page's beginning that shows whose customs it follows


@dataclass(frozen=True, slots=True)
class Parsed:
    """Articles, their blocks, and what could not be parsed (frames of the models of those names)."""

    articles: pl.DataFrame
    blocks: pl.DataFrame
    quarantine: pl.DataFrame


def parse_captures(
    captures: pl.DataFrame, read_body: Callable[[str], bytes], run_id: str, selectors: SiteSelectors = NO_SELECTORS
) -> Parsed:
    """Parse every captured document: :func:`read_pages` on what is to be read, then :func:`compare_pages`.

    Args:
        captures: a ``Captures`` frame with every attempt.
        read_body: from SHA-256 to bytes; an OSError of its own sets the row aside.
        run_id: names the run in quarantine rows.
        selectors: by source, the selectors of its pages in order of ``valid_from``.

    Returns:
        ``ParsedArticles`` with one row per version of a document, ``Blocks`` in the order of the text,
        ``Quarantine`` with one row per document that was not parsed and one per document that was parsed in part.
    """
    return compare_pages(read_pages(choose_captures(captures), read_body, run_id, selectors), captures)


def compare_pages(parsed: Parsed, captures: pl.DataFrame) -> Parsed:
    """Settle what only several pages together tell: versions, and lines that a site repeats on page after page.

    Args:
        parsed: everything that :func:`read_pages` gave for the captures, in one run or in several, its blocks not
            compared before.
        captures: a ``Captures`` frame with every attempt at their addresses.
    """
    articles = number_versions(parsed.articles, captures)
    blocks = parsed.blocks.join(articles, on="article_id", how="semi", maintain_order="left")
    return Parsed(articles, name_repeats(articles, blocks, read_page_cues()), parsed.quarantine)


def read_pages(
    captures: pl.DataFrame, read_body: Callable[[str], bytes], run_id: str, selectors: SiteSelectors = NO_SELECTORS
) -> Parsed:
    """Parse documents, each by itself: what it gives depends on its capture, its bytes and its selectors alone.

    ``captures`` are those that :func:`choose_captures` gives, or any part of them; the rest is as for
    :func:`parse_captures`. Version and ``is_latest`` are those of a page that was captured once. A capture whose
    outcome is not ``ok`` is set aside with its detail.
    """
    articles: list[dict[str, Any]] = []
    blocks: list[dict[str, Any]] = []
    quarantine: list[dict[str, str]] = []
    pages, markup = read_page_cues(), read_markup_cues()
    for capture in captures.iter_rows(named=True):
        try:
            body = _body(capture, read_body)
            chosen = choose_selectors(selectors.get(capture["source_id"], ()), _day(capture))
            page = read_document(body, capture["media_type"], pages, markup, chosen)
            article, parts = _article(capture, page, pages)
        except UnreadableError as error:
            quarantine.append(_set_aside(capture, error.check, str(error), run_id))
            continue
        except Exception as error:  # one hostile document that breaks a parsing library must not stop the rest
            detail = f"cannot be parsed ({type(error).__name__}: {error}); save the document in another format"
            quarantine.append(_set_aside(capture, "parse", detail, run_id))
            continue
        articles.append(article)
        blocks += parts
        quarantine += [_set_aside(capture, check, detail, run_id) for check, detail in page.remarks]
    return Parsed(
        articles=ParsedArticles.validate(frame_of(ParsedArticles, articles), lazy=True),
        blocks=Blocks.validate(frame_of(Blocks, blocks), lazy=True),
        quarantine=Quarantine.validate(frame_of(Quarantine, quarantine), lazy=True),
    )


def read_document(
    body: bytes, media_type: str | None, pages: PageCues, markup: MarkupCues, selectors: Selectors | None = None
) -> Page:
    """Read a document's bytes by what they hold, which need not be what their file's name says.

    ``selectors`` are those of its source that hold on its day; they count for HTML pages.

    Raises:
        UnreadableError: where no text can be had from them.
    """
    if pdf.is_pdf(body):
        return pdf.read_pdf(body, pages)
    if media_type == "application/pdf":
        raise UnreadableError("broken_pdf", "the file does not begin like a PDF; save it again")
    if media_type is not None and media_type.split(";")[0].strip() not in _TEXT_TYPES:
        raise UnreadableError("wrong_media_type", f"{media_type} is not read; save it as HTML, text, Markdown or PDF")
    is_html = (media_type or "").startswith("text/html")
    try:
        text = decode(body, media_type, pages)
    except UnreadableError as error:
        if is_html:
            return _read_damaged_page(body, markup, selectors, error)
        raise
    if is_html or hypertext.is_page(text):
        return hypertext.read_page(text.replace("\0", ""), markup, selectors)  # as the HTML standard has it
    if "\0" in text:
        raise UnreadableError("undecodable", "holds null characters and is no text; save the document as UTF-8 text")
    if hypertext.holds_markup(text):
        return hypertext.read_fragment(text, markup)
    if not any(character.isalnum() for character in text):
        raise UnreadableError("no_text", "the file holds no words; save the document again")
    return Page(text=text, lines=read_lines(text))


def _read_damaged_page(body: bytes, markup: MarkupCues, selectors: Selectors | None, error: UnreadableError) -> Page:
    """Read a page of which a few characters are broken, if none of them is in what is read of it."""
    page = hypertext.read_page(decode_nearly(body).replace("\0", ""), markup, selectors)
    if REPLACEMENT in page.text or REPLACEMENT in (page.declared.title or ""):
        raise error
    return page


def _day(capture: Mapping[str, Any]) -> date | None:
    return capture["captured_at"].date() if capture["captured_at"] else None


def _body(capture: Mapping[str, Any], read_body: Callable[[str], bytes]) -> bytes:
    if capture["outcome"] != "ok":
        raise UnreadableError(f"outcome: {capture['outcome']}", capture["detail"] or "capture the document again")
    if capture["sha256"] is None:
        raise UnreadableError("body", "the capture names no body; capture the document again")
    try:
        return read_body(capture["sha256"])
    except OSError as error:
        raise UnreadableError("body", f"its bytes cannot be had: {error}") from error


def _article(capture: Mapping[str, Any], page: Page, cues: PageCues) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    if len(page.text) > MAX_CHARACTERS:
        raise UnreadableError("too_long", f"its text has more than {MAX_CHARACTERS} characters; split the document")
    article_id = article_id_of(capture)
    keys = read_keys(page.lines)
    declared = _with_keys(page.declared, keys)
    head = read_head(page.lines, declared.title, cues)
    blocks = label_lines(page.lines, head, cues)
    language = detect_language(_story(page.text, blocks))
    source = declared.is_based_on or find_source_address(page.lines, cues)
    addresses = [address for address in (declared.canonical_url, capture["url"], source) if address]
    printed = [page.lines[index].text for index in head.dates]
    custom = Custom(
        day_first=day_first(language, page.text[:_FRAME_CHARACTERS], addresses, cues),
        latest=latest_day(capture["captured_at"]),
    )
    days = told_days(declared.dates, printed, addresses, custom, cues)
    published_on, published_on_source = days[0] if days else (None, None)
    title = declared.title or title_text(page.lines, head)
    article = {
        "article_id": article_id,
        "source_id": capture["source_id"],
        "capture_id": capture["capture_id"],
        "url": capture["url"],
        "canonical_url": declared.canonical_url,
        "is_based_on": source,
        "publisher": declared.publisher or find_publisher(page.lines, head, cues),
        "language": language,
        "title": " ".join(title.split()) if title else None,
        "author": declared.author or find_author(page.lines, head, cues),
        "section": declared.section,
        "published_on": published_on,
        "published_on_source": published_on_source,
        "published_on_sources": len(days),
        "published_on_agreeing": sum(day == published_on for day, _ in days),
        "version_no": 1,
        "is_latest": True,
        "text_by": page.text_by,
        "text": page.text,
        "text_sha256": hashlib.sha256(page.text.encode("utf-8")).hexdigest(),
    }
    return article, [
        {"article_id": article_id, "block_no": i, "kind": b.kind, "start_char": b.start, "end_char": b.end}
        for i, b in enumerate(blocks)
    ]


def _with_keys(declared: Declared, keys: Mapping[str, str]) -> Declared:
    """Add what ``[[key:value]]`` lines and a YAML head say to what the markup declares."""
    printed = first_key(keys, "date", "published", "published_on", "published_time", "pubdate", "publishdate")
    return Declared(
        title=declared.title or first_key(keys, "title", "headline"),
        canonical_url=declared.canonical_url or web_address(first_key(keys, "canonical", "canonical_url")),
        is_based_on=declared.is_based_on or web_address(first_key(keys, "source", "url", "link", "source_url")),
        publisher=declared.publisher or first_key(keys, "publisher", "site", "site_name"),
        author=declared.author or first_key(keys, "author", "authors", "byline"),
        section=declared.section or first_key(keys, "section", "category"),
        dates=declared.dates + (((printed, "meta"),) if printed else ()),
    )


def _story(text: str, blocks: Iterable[Block]) -> list[str]:
    told = [text[b.start : b.end] for b in blocks if b.kind in STORY_KINDS]
    return told or [text[b.start : b.end] for b in blocks if b.kind in CORE_KINDS]


def _set_aside(capture: Mapping[str, Any], check: str, detail: str, run_id: str) -> dict[str, str]:
    return {
        "table_name": "articles",
        "row": json.dumps(capture, ensure_ascii=False, default=str, sort_keys=True),
        "check": check,
        "detail": detail if capture["url"] in detail else f"{capture['url']}: {detail}",
        "run_id": run_id,
    }
