"""Kinds of content: which are welcome where, and which one bytes are by their look.

Only recognising kinds belongs here; what a page says is judged by ``judgement``.
"""

import codecs
import re
from enum import Enum

_HEAD_BYTES = 1024
_TAIL_BYTES = 2048
_ZIP_TAIL_BYTES = 66_000  # a zip ends with a directory and a comment of at most 64 KiB
_HTML = re.compile(r"<(!doctype\s{1,5}html|html|head|body|title|meta|article|h1|p|div)[\s>/]", re.IGNORECASE)
_XML = re.compile(r"\s{0,100}<(\?xml|rss|feed|urlset|sitemapindex|rdf:rdf|message|structure)[\s>:]", re.IGNORECASE)
_XHTML = re.compile(r"<(!doctype\s{1,5}html|html)[\s>]", re.IGNORECASE)
_JSON = re.compile(r"\s{0,100}[\[{]")
_CLOSING = re.compile(rb"</(html|body)\s{0,5}>", re.IGNORECASE)
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"RIFF", "image"),
)
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_NAMES = {
    "html": "text/html", "xml": "application/xml", "json": "application/json", "pdf": "application/pdf",
    "zip": "application/zip", "gzip": "application/gzip", "ole": "application/vnd.ms-excel",
    "parquet": "application/vnd.apache.parquet", "image": "image/*", "text": "text/plain",
    "unknown": "application/octet-stream",
}  # fmt: skip
_UNSAID = {"", "application/octet-stream", "binary/octet-stream", "application/binary", "application/x-download"}
_HYPERTEXT = {"text/html", "application/xhtml+xml"}
_PLAIN = {"text/plain", "text/markdown"}
_TABLES = {"text/csv", "text/tab-separated-values", "application/csv", "text/comma-separated-values"}
_DATA_KINDS = {"json", "xml", "zip", "gzip", "ole", "parquet"}


class Accept(Enum):
    """What is welcome: pages that people read, feeds and sitemaps, or data; the value is the Accept header."""

    PAGE = "text/html, application/xhtml+xml, application/pdf;q=0.9, text/plain;q=0.8, */*;q=0.1"
    FEED = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
    DATA = "application/json, text/csv, application/xml;q=0.9, */*;q=0.5"


def sniff(body: bytes) -> str:
    r"""Return the kind of the bytes: html, xml, json, pdf, zip, gzip, ole, parquet, image, text or unknown.

    >>> sniff(b"\n<!DOCTYPE html><p>"), sniff(b"%PDF-1.7"), sniff(b"a,b")
    ('html', 'pdf', 'text')
    """
    head = body[:_HEAD_BYTES]
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if b"%PDF-" in head:
        return "pdf"
    text = head.decode(_UTF16.get(head[:2], "utf-8"), "replace").removeprefix("\ufeff")
    if _XML.match(text):
        return "html" if _XHTML.search(text) else "xml"
    if _JSON.match(text):
        return "json"
    if _HTML.search(text):
        return "html"
    return "unknown" if "\0" in text else "text"


def essence(media_type: str | None) -> str:
    """Return a media type without its parameters, in lower case.

    >>> essence("Text/HTML; charset=utf-8")
    'text/html'
    """
    return (media_type or "").partition(";")[0].strip().lower()


def name_of(kind: str) -> str:
    """Return the media type of a kind."""
    return _NAMES[kind]


def why_unwelcome(media_type: str | None, kind: str, accept: Accept) -> str | None:
    """Say why bytes of a kind, sent as a media type, are not what was asked for; ``None`` where they are.

    >>> why_unwelcome("text/html", "pdf", Accept.PAGE)
    'sent as text/html, but the bytes are application/pdf'
    """
    said = essence(media_type)
    check = {Accept.PAGE: _fits_page, Accept.FEED: _fits_feed, Accept.DATA: _fits_data}[accept]
    if check(said, kind):
        return None
    is_lie = said not in _UNSAID and kind not in {"text", "unknown"} and _NAMES[kind] != said
    if is_lie and not (said in _HYPERTEXT and kind == "html"):
        return f"sent as {said}, but the bytes are {_NAMES[kind]}"
    wanted = {Accept.PAGE: "a page", Accept.FEED: "a feed or sitemap", Accept.DATA: "data"}[accept]
    return f"{said if said not in _UNSAID else _NAMES[kind]} is no {wanted.removeprefix('a ')} that is read here"


def looks_cut(body: bytes, kind: str, media_type: str | None) -> bool:
    """Return whether a body whose length nobody declared lacks the end that its kind has."""
    tail = body[-_TAIL_BYTES:].rstrip()
    whole = {
        "html": bool(_CLOSING.search(tail)),
        "xml": tail.endswith(b">"),
        "json": tail.endswith((b"}", b"]")),
        "pdf": b"%%EOF" in tail,
        "zip": b"PK\x05\x06" in body[-_ZIP_TAIL_BYTES:],
        "parquet": body.endswith(b"PAR1"),
    }
    is_table = essence(media_type) in _TABLES
    return not whole.get(kind, not is_table or body.endswith((b"\n", b"\r")))


def _fits_page(said: str, kind: str) -> bool:
    if kind == "html":
        return said in _HYPERTEXT | _UNSAID | {"application/xml", "text/xml"}
    if kind == "pdf":
        return said in {"application/pdf", "application/x-pdf"} | _UNSAID
    return kind == "text" and said in _HYPERTEXT | _PLAIN | {""}


def _fits_feed(said: str, kind: str) -> bool:
    return kind in {"xml", "gzip"} and not said.startswith(("image/", "audio/", "video/"))


def _fits_data(said: str, kind: str) -> bool:
    if kind in _DATA_KINDS:
        return not said.startswith(("image/", "audio/", "video/"))
    return kind == "text" and (said in _TABLES | _PLAIN | _UNSAID or said.startswith("application/vnd."))
