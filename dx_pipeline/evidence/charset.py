"""Whether a page's bytes are text at all, and whether in the charset that it says.

Only the judgement belongs here; reading the text is for ``documents``.
"""

import codecs
import re

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARK_CHARSETS = ("utf-8", "utf-32", "utf-32", "utf-16", "utf-16")
_DECLARED = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([a-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML = re.compile(r"^\s{0,20}<\?xml[^>]{0,100}encoding\s{0,5}=\s{0,5}[\"']([a-z0-9_.-]{2,40})", re.IGNORECASE)
_HEAD_BYTES = 8192
# In browsers these labels mean windows-1252, and pages are written for browsers.
_LATIN = {"iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "us-ascii", "ascii"}
_OLD = ("cp1252", "cp1250", "cp1258")
_ON_THE_WEB = re.compile(r"(utf-(8|16|32)|iso8859|cp\d|koi8|gb|big5|shift_jis|euc|iso2022|mac|tis|hz)")
_MAX_BROKEN = 0.05  # broken sequences among those beyond ASCII: teasers that a site cut short
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_MAX_NO_TEXT = 0.001


class UndecodableError(ValueError):
    """The bytes are no text in any charset tried."""


def read_charset(body: bytes, media_type: str | None) -> tuple[str, str, str | None]:
    """Return a body as text, the charset it is in, and a remark where that is not the one declared.

    Tried in this order: byte order mark, UTF-8, the charset of the media type, the one of the markup, UTF-8 with a
    few broken characters, the old charsets of the West.

    Raises:
        UndecodableError: where none gives a text.

    >>> read_charset("café".encode("cp1252"), "text/html; charset=utf-8")
    ('café', 'windows-1252', 'declared utf-8, but the bytes are windows-1252')
    """
    declared = _declared(body, media_type)
    for mark, charset in zip(_MARKS, _MARK_CHARSETS, strict=True):
        if body.startswith(mark):
            text = _try(body, charset)
            if text is not None:
                return text.removeprefix("\ufeff"), charset, _remark(declared, charset)
    text = _try(body, "utf-8")
    if text is not None:
        return text, "utf-8", None if body.isascii() else _remark(declared, "utf-8")
    for label in dict.fromkeys(declared):
        text = _try(body, "cp1252" if label in _LATIN else label)
        if text is not None:
            return text, label, _remark(declared, label)
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if _is_text(text) and broken <= _MAX_BROKEN * sum(1 for character in text if not character.isascii()):
        return text, "utf-8", f"{broken} characters are broken; the rest is UTF-8"
    for charset in _OLD:
        text = _try(body, charset)
        if text is not None:
            name = charset.replace("cp", "windows-")
            return text, name, _remark(declared, name) or f"no charset is declared; the bytes may be {name}"
    raise UndecodableError(f"the bytes are no text in any charset tried{_saying(declared)}")


def _declared(body: bytes, media_type: str | None) -> list[str]:
    head = body[:_HEAD_BYTES].decode("latin-1")
    found = [_DECLARED.search(media_type or ""), _XML.match(head), _DECLARED.search(head)]
    return [match.group(1).lower() for match in found if match]


def _remark(declared: list[str], charset: str) -> str | None:
    others = [label for label in declared if _same(label) != _same(charset)]
    return f"declared {others[0]}, but the bytes are {charset}" if others else None


def _saying(declared: list[str]) -> str:
    return f"; {declared[0]} is declared" if declared else ""


def _same(label: str) -> str:
    try:
        name = codecs.lookup("cp1252" if label in _LATIN else label).name
    except (LookupError, ValueError):
        return label
    return name.removesuffix("-le").removesuffix("-be").removesuffix("-sig")


def _try(body: bytes, charset: str) -> str | None:
    try:
        # Python knows charsets that no page is in, and some of them take time without bound.
        text = body.decode(charset) if _ON_THE_WEB.match(codecs.lookup(charset).name) else None
    except (UnicodeError, LookupError, ValueError):
        return None
    return text if text is not None and _is_text(text) else None


def _is_text(text: str) -> bool:
    return sum(1 for _ in _NO_TEXT.finditer(text)) <= _MAX_NO_TEXT * len(text)
