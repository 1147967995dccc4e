"""The head of an official document: who issued it, its number, state and motto, place and day.

It is printed in two columns, which a text layer gives row by row or column by column; what a row runs together is
parted again. Which words show such a head is data (``letterhead`` in ``catalogue/pages``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dx_pipeline.documents.cues import PageCues
from dx_pipeline.documents.dates import find_document_number, printed_dates

_MOST_LINES = 20
_MAX_LINE = 130
_NUMBER_FROM = 14  # characters before a document's number in a line that gives it
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """A letterhead: how many lines it takes, its parts in order, and of these the issuer's name and the day."""

    lines: int
    parts: tuple[str, ...]
    issuer: str | None
    dated: str | None


def read_letterhead(lines: Sequence[str], cues: PageCues) -> Letterhead | None:
    """Return the letterhead with which a document's lines begin, or None.

    >>> from dx_pipeline.documents.cues import read_page_cues
    >>> head = ["BỘ Y TẾ CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 8/QĐ-BYT Hà Nội, ngày 2 tháng 3 năm 2025", "Tin"]
    >>> found = read_letterhead(head, read_page_cues())
    >>> found.lines, found.issuer, found.dated
    (2, 'BỘ Y TẾ', 'Hà Nội, ngày 2 tháng 3 năm 2025')
    """
    first = lines[:_MOST_LINES]
    if not any(_motto(line, cues) is not None for line in first):
        return None
    end = max(i for i, line in enumerate(first) if _belongs(line, cues)) + 1
    parts = [part for line in first[:end] if line for part in _parts(line, cues)]
    numbered = next((i for i, part in enumerate(parts) if find_document_number(part)), len(parts))
    issuers = [part for part in parts[:numbered] if is_upper(part) and _motto(part, cues) is None]
    dated = next((part for part in parts if printed_dates(part, cues)), None)
    return Letterhead(lines=end, parts=tuple(parts), issuer=" ".join(issuers) or None, dated=dated)


def is_upper(text: str) -> bool:
    """Return whether a line is in capitals, as are the names of documents and issuers.

    >>> is_upper("QUYẾT ĐỊNH:"), is_upper("Quyết định"), is_upper("12/2025")
    (True, False, False)
    """
    return text == text.upper() and len(_LETTER.findall(text)) >= 4


def _motto(line: str, cues: PageCues) -> int | None:
    """Return where in a line the words of a letterhead begin."""
    folded = line.casefold()
    places = [place for words in cues.letterhead if (place := folded.find(words)) >= 0]
    return min(places, default=None) if len(line) <= _MAX_LINE else None


def _belongs(line: str, cues: PageCues) -> bool:
    if not line or len(line) > _MAX_LINE:
        return False
    number = find_document_number(line)
    dates = printed_dates(line, cues)
    is_dated = bool(dates) and not line[dates[-1].end :].strip() and "," in line[: dates[-1].start]
    numbers = number is not None and number.start() <= _NUMBER_FROM and (is_dated or not line[number.end() :].strip())
    return _motto(line, cues) is not None or is_dated or numbers


def _parts(line: str, cues: PageCues) -> Iterator[str]:
    number = find_document_number(line)
    cut = _motto(line, cues)
    if cut is None and number is not None:
        cut = number.end()
    for part in (line[:cut], line[cut:] if cut is not None else ""):
        if _LETTER.search(part):
            yield part.strip()
