"""Bytes to text: which encoding a document is in, and the normal form of what it says.

No article holds a replaced character: bytes that do not decode make the document unreadable, unless
they stand where a page is not read.
"""

import codecs
import re
import unicodedata

from dx_pipeline.documents.cues import PageCues
from dx_pipeline.documents.document import UnreadableError
from dx_pipeline.documents.mojibake import mend

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([a-zA-Z0-9_:.-]{2,40})", re.IGNORECASE)
_HEAD_BYTES = 8192
_MIN_LETTERS = 2  # beyond ASCII, different ones: a single stray byte is a letter in some encoding
_MAX_BROKEN = 0.001  # characters of a page that may be broken where it is not read
_OF_DOCUMENTS = re.compile(r"utf-(8|16|32)|iso8859|cp\d|koi8|gb|big5|shift_jis|euc|iso2022|mac|tis|hz")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Signs that texts of every language hold, in all of the old Windows and ISO encodings that have them.
_SIGNS = frozenset("“”‘’„‚«»‹›–—…•·°§€£©®™×±½¼¾²µ\u00a0\u00ad")
# What the WHATWG Encoding Standard, and so every browser, reads these labels as.
_LABELS = {
    **dict.fromkeys(
        (
            "iso-8859-1",
            "latin1",
            "latin-1",
            "us-ascii",
            "ascii",
            "iso8859-1",
            "iso_8859-1",
            "x-cp1252",
            "x-user-defined",
        ),
        "cp1252",
    ),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb_2312-80", "chinese"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "korean"), "cp949"),
    **dict.fromkeys(("tis-620", "iso-8859-11"), "cp874"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
}
_WIDE = re.compile(r"utf-?(?:16|32)|ucs-?[24]|unicode|csunicode", re.IGNORECASE)  # no markup in ASCII can be in them
_MIN_NULLS = 0.3  # of every other byte, in UTF-16 without a mark
_LINE_ENDS = re.compile("\r\n|[\r\u0085\u2028\u2029]")


def decode(body: bytes, media_type: str | None, cues: PageCues) -> str:
    """Return the bytes as text in NFC with line feeds for line ends.

    Tried in this order: byte order mark, UTF-16 by its null bytes, UTF-8, what media type and markup declare, the
    old encodings of the catalogue's languages. UTF-8 comes before the declarations, because other encodings
    hardly ever pass for it while declarations are often wrong: one that gives letters of no alphabet gives way to
    another one, or to an old encoding, that gives those of one. An old encoding counts if every letter then
    belongs to the alphabet of one language, and no other does. What was encoded twice or written for a font is
    made readable at last.

    Raises:
        UnreadableError: where none of them decodes every byte.
    """
    text = _marked(body) or _wide(body) or _utf8(body)
    if text is None:
        declared = _declared(body, media_type)
        plausible = next((one for one, encoding in declared.items() if _is_plausible(one, encoding, cues)), None)
        text = plausible or _recognised(body, cues) or next(iter(declared), None) or _in_font(body)
    if text is None:
        raise _undecodable()
    return normalise(mend(text))


def decode_nearly(body: bytes) -> str:
    """Return UTF-8 bytes as text with U+FFFD for the few that are broken, as in teasers that a site cut short.

    What is read of the page must be searched for U+FFFD by the caller.

    Raises:
        UnreadableError: where more than one character in a thousand is broken.
    """
    text = body.decode("utf-8", "replace")
    if text.count(REPLACEMENT) > _MAX_BROKEN * len(text):
        raise _undecodable()
    return normalise(text)


def _undecodable() -> UnreadableError:
    detail = "no encoding decodes every byte of it; save the document as UTF-8"
    return UnreadableError("undecodable", detail)


def normalise(text: str) -> str:
    r"""Return the text in NFC with ``\n`` line ends.

    >>> normalise("e\u0301\r\n")
    'é\n'
    """
    return unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))


def _marked(body: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return _try(body, encoding)
    return None


def _wide(body: bytes) -> str | None:
    """Read UTF-16 without a mark: in text with blanks and digits, one byte of many pairs is null."""
    head = body[:_HEAD_BYTES]
    for encoding, nulls, others in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if nulls.count(0) > _MIN_NULLS * len(nulls) and not others.count(0):
            return _try(body, encoding)
    return None


def _utf8(body: bytes) -> str | None:
    return _try(body, "utf-8")


def _declared(body: bytes, media_type: str | None) -> dict[str, str]:
    """Return what the bytes say in the encodings that the media type and the markup declare, in this order."""
    texts: dict[str, str] = {}
    for place in ((media_type or "").encode("ascii", "ignore"), body[:_HEAD_BYTES]):
        found = _DECLARED.search(place)
        label = found.group(1).decode("ascii").lower() if found else ""
        encoding = _LABELS.get(label, label)
        text = _try(body, encoding) if label and not _WIDE.match(label) else None
        if text is not None:
            texts.setdefault(text, encoding)
    return texts


def _is_plausible(text: str, encoding: str, cues: PageCues) -> bool:
    """Return whether a text is in letters of one alphabet of those that can be written in the encoding."""
    return any(
        _written_in(text, letters)
        for usual, letters in cues.alphabets
        if codecs.lookup(usual) == codecs.lookup(encoding) or _can_write("".join(letters), encoding)
    )


def _can_write(letters: str, encoding: str) -> bool:
    try:
        return bool(letters.encode(encoding))
    except UnicodeError:
        return False


def _in_font(body: bytes) -> str | None:
    text = body.decode("latin-1")
    mended = mend(text)
    return mended if mended != text else None


def _recognised(body: bytes, cues: PageCues) -> str | None:
    texts = {
        text
        for encoding, letters in cues.alphabets
        if (text := _try(body, encoding)) is not None and _written_in(text, letters)
    }
    return texts.pop() if len(texts) == 1 else None


def _written_in(text: str, letters: frozenset[str]) -> bool:
    used = {character for character in set(normalise(text)) if not character.isascii()}
    return used <= letters | _SIGNS and len(used & letters) >= _MIN_LETTERS


def _try(body: bytes, encoding: str) -> str | None:
    try:
        # Python knows encodings that no document is in, and some of them take time without bound.
        return body.decode(encoding) if _OF_DOCUMENTS.match(codecs.lookup(encoding).name) else None
    except (UnicodeError, LookupError, ValueError):
        return None
