"""Bytes to text: which encoding a document is in, and the normal form of what it says.

No article holds a replaced character: bytes that do not decode make the document unreadable, unless
they stand where a page is not read.
"""

import codecs
import re
import unicodedata
from functools import partial

from dx_pipeline.documents.cues import PageCues
from dx_pipeline.documents.document import UnreadableError

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
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Signs that texts of every language hold, in all of the old Windows and ISO encodings that have them.
_SIGNS = frozenset("“”‘’„‚«»‹›–—…•·°§€£©®™×±½¼¾²µ\u00a0\u00ad")
# The WHATWG Encoding Standard reads these labels as windows-1252, as every browser does.
_LATIN = {"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", "iso8859-1", "iso_8859-1"}
_LINE_ENDS = re.compile("\r\n|[\r\u0085\u2028\u2029]")


def decode(body: bytes, media_type: str | None, cues: PageCues) -> str:
    """Return the bytes as text in NFC with line feeds for line ends.

    Tried in this order: byte order mark, UTF-8, the charset that the media type or the markup
    declares, the old encodings of the catalogue's languages. UTF-8 comes before the declaration,
    because other encodings hardly ever pass for it while declarations are often wrong. An old
    encoding counts if every letter then belongs to the alphabet of one language, and no other does.

    Raises:
        UnreadableError: where none of them decodes every byte.
    """
    text = _marked(body)
    for attempt in (_utf8, partial(_declared, media_type=media_type), partial(_recognised, cues=cues)):
        text = attempt(body) if text is None else text
    if text is None:
        raise _undecodable()
    return normalise(text)


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


def _utf8(body: bytes) -> str | None:
    return _try(body, "utf-8")


def _declared(body: bytes, media_type: str | None) -> str | None:
    for place in ((media_type or "").encode("ascii", "ignore"), body[:_HEAD_BYTES]):
        found = _DECLARED.search(place)
        if found:
            label = found.group(1).decode("ascii").lower()
            text = _try(body, "cp1252" if label in _LATIN else label)
            if text is not None:
                return text
    return None


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
        return body.decode(encoding)
    except (UnicodeError, LookupError, ValueError):
        return None
