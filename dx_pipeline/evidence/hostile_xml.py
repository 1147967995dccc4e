"""XML from outside, read without harm: no entities, no other files, bounded, as far as it goes.

Only reading elements belongs here; what they mean is told by ``feeds`` and ``sitemaps``.
"""

import html
import io
import re
import zlib
from collections import deque
from collections.abc import Iterator
from email.message import Message

from lxml import etree

MAX_BYTES = 32 * 1024 * 1024
"""Length of an unpacked document at most: four times what a full sitemap has, and no burden on memory."""

_MAX_ELEMENTS = 2_000_000
_MAX_INSIDE = 5_000
_MAX_ENTITIES = 1_000_000
_GZIP = b"\x1f\x8b"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARATION = re.compile(r"<\?xml\s[^>]{0,200}\?>")
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,100}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9._-]{1,40})[\"']")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_AMPERSAND = re.compile(r"&(#\d{1,8};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{0,31};)?")
_OF_XML = frozenset({"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"})


class HostileXmlError(ValueError):
    """The document is not read at all; the message says why and what to do."""


def read_elements(
    body: bytes, media_type: str | None, wanted: frozenset[str], problems: list[str]
) -> Iterator[tuple[str, etree._Element]]:
    """Yield the root's and the wanted elements with their local names, in order; damage is added to ``problems``.

    The root comes first and is empty then. A wanted element is whole, and empty again once the next one is asked
    for. The reading ends where the document is broken beyond repair or too long; what came before it stands.

    Raises:
        HostileXmlError: where the document declares entities, is no XML or unpacks to more than ``MAX_BYTES``.
    """
    text = _decode(unpack(body), media_type)
    _refuse_entities(text)
    text = _without_half(_mend(text), wanted)
    source = io.BytesIO(_DECLARATION.sub("", text, count=1).lstrip().encode("utf-8", "replace"))
    options = {"recover": True, "resolve_entities": False, "load_dtd": False, "no_network": True, "huge_tree": False}
    parsing = etree.iterparse(source, events=("start", "end"), encoding="utf-8", **options)
    try:
        yield from _walk(parsing, wanted, problems)
    except etree.XMLSyntaxError as error:
        problems.append(f"broken XML ({error.msg}); what comes before it was read")
        return
    if len(parsing.error_log):
        first = parsing.error_log[0]
        problems.append(f"damaged XML (line {first.line}: {first.message}); read as far as it goes")


def unpack(body: bytes) -> bytes:
    """Return the body, unpacked where it is gzip; one that is cut gives what it holds.

    Raises:
        HostileXmlError: where it unpacks to more than ``MAX_BYTES``, or is no gzip though it begins so.
    """
    if not body.startswith(_GZIP):
        return body
    whole, rest = b"", body
    try:
        while rest.startswith(_GZIP) and len(whole) <= MAX_BYTES:
            member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            whole += member.decompress(rest, MAX_BYTES + 1 - len(whole))
            rest = member.unused_data
    except zlib.error as error:
        raise HostileXmlError(f"damaged gzip ({error}); the site has to mend it") from error
    if len(whole) > MAX_BYTES:
        raise HostileXmlError(f"unpacks to more than {MAX_BYTES} bytes; the site has to part it")
    return whole


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace, in lower case; a comment has none.

    >>> local_name(etree.fromstring('<a:B xmlns:a="urn:x"/>'))
    'b'
    """
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def text_of(element: etree._Element) -> str:
    """Return all text within an element, its blanks squeezed.

    >>> text_of(etree.fromstring("<a> one <b>two</b></a>"))
    'one two'
    """
    return " ".join("".join(part for part in element.itertext() if isinstance(part, str)).split())


def charset_of(media_type: str | None) -> str | None:
    """Return the charset that a Content-Type names.

    >>> charset_of('text/xml; charset="ISO-8859-2"')
    'iso-8859-2'
    """
    message = Message()
    message["Content-Type"] = media_type or ""
    return message.get_content_charset()


def decode(body: bytes, *named: str | None) -> str:
    """Return bytes as text, by what fits first: byte-order mark, UTF-8, the named encodings, CP1252 with gaps."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    for encoding in ("utf-8", *filter(None, named)):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("utf-8" if {"utf-8", "utf8"} & set(named) else "cp1252", "replace")


def _decode(body: bytes, media_type: str | None) -> str:
    declared = _DECLARED.match(body.lstrip()[:400])
    return decode(body, declared[1].decode("ascii").lower() if declared else None, charset_of(media_type))


def _mend(text: str) -> str:
    """Drop characters that XML forbids; make bare ampersands and the entities of HTML readable outside CDATA."""
    text = _UNFIT.sub("", text)
    mended, place = [], 0
    while place < len(text):
        opened = text.find("<![CDATA[", place)
        closed = text.find("]]>", opened) if opened >= 0 else -1
        end = opened if closed >= 0 else len(text)
        mended.append(_AMPERSAND.sub(_plain, text[place:end]))
        mended.append(text[end : closed + 3] if closed >= 0 else "")
        place = closed + 3 if closed >= 0 else len(text)
    return "".join(mended)


def _without_half(text: str, wanted: frozenset[str]) -> str:
    """Cut off a wanted element that has no end: half an address is another address."""
    tags = re.compile(rf"<(/?)(?:[\w.-]{{1,40}}:)?(?:{'|'.join(sorted(wanted))})(?=[\s/>])", re.IGNORECASE)
    last = next(iter(deque(tags.finditer(text), maxlen=1)), None)
    if last is None or last[1]:
        return text
    end = _end_of_tag(text, last.end())
    return text if text[end - 1] == "/" else text[: last.start()]


def _plain(found: re.Match[str]) -> str:
    written = found[0]
    if written in _OF_XML or written.startswith("&#"):
        return written
    known = html.unescape(written) if found[1] else written
    return known.replace("&", "&amp;").replace("<", "&lt;")


def _refuse_entities(text: str) -> None:
    """A document type may be named, as RSS 0.91 does; what it declares inside itself is refused unread."""
    if text.count("&") > _MAX_ENTITIES:
        raise HostileXmlError(f"has more than {_MAX_ENTITIES} entities; it is not read")
    if "<!ENTITY" in text:
        raise HostileXmlError("declares entities, which no feed needs; it is not read")
    start = text.find("<!DOCTYPE")
    if start >= 0 and "[" in text[start : _end_of_tag(text, start)]:
        raise HostileXmlError("declares a document type of its own, which no feed needs; it is not read")


def _end_of_tag(text: str, start: int) -> int:
    end = text.find(">", start)
    return end if end >= 0 else len(text)


def _walk(
    parsing: "etree.iterparse[tuple[str, etree._Element]]", wanted: frozenset[str], problems: list[str]
) -> Iterator[tuple[str, etree._Element]]:
    outer: etree._Element | None = None
    root: etree._Element | None = None
    inside = 0
    for count, (event, element) in enumerate(parsing):
        if root is None:
            root = element
            yield local_name(root), root
        if count > 2 * _MAX_ELEMENTS or inside > _MAX_INSIDE:
            problems.append("far more elements than any feed or sitemap has; the rest was not read")
            return
        if event == "start":
            inside += outer is not None
            if outer is None and element is not root and local_name(element) in wanted:
                outer, inside = element, 0
        elif outer is None or element is outer:
            if element is outer:
                yield local_name(element), element
                outer = None
            _forget(element)


def _forget(element: etree._Element) -> None:
    """Free an element that was read and those before it, so that memory does not grow with the document."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
