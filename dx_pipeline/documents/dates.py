"""The day on which a document was published, and where that day is found.

Only the publication date is read here; dates in sentences belong to extraction. A date counts where
a page declares it, prints it in a line of its own near the headline, or carries it in its address.
A numeric date that may be read both ways stays unknown, unless the page shows whose custom it follows.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from dx_pipeline.documents.cues import PageCues, any_of

_MAX_LINE = 160
_MAX_OTHER_WORDS = 8  # "Bao Tin Tuc Bao Tin Tuc", "By Name Surname, Agency | Section"
_FIRST_YEAR = 1995
_YEAR = r"(?P<y>(?:19|20)\d{2})(?!\.?\d)"
_ISO = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})([./])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(?P<d>\d{1,2})\s?([./-])\s?(?P<m>\d{1,2})\s?\2\s?" + _YEAR + r"(?![/-][A-ZĐ]{2})")
# "57-NQ/TW", "749/QĐ-TTg", "13/2023/NĐ-CP": a number, perhaps a year, and the letters of kind and issuer
_DOCUMENT_NUMBER = re.compile(
    r"(?<!\d)\d{1,5}(?:/(?:19|20)\d{2})?(?:/[A-ZĐ]{1,6}\d{0,2}(?:-[A-ZĐ]\w{0,15}){1,3}|-[A-ZĐ]{1,6}/[A-ZĐ]\w{0,15})"
)
_CLOCK = re.compile(
    r"(?<!\d)\d{1,2}\s?[:hg.]\s?\d{2}(?:[:.]\d{2})?(?!\d)(?:\s?[ap]\.?m\.?)?"
    r"|T\d{2}:\d{2}\S{0,20}|(?:GMT|UTC)?\s?[+-]\s?\d{1,2}(?::?00)?\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{1,40}")
# Long runs of digits in addresses: YYYYMMDDhhmmss with a fraction, or a site number of three digits
# before YYMMDDhhmmss, as the content systems of Vietnamese papers form article ids.
_STAMP = re.compile(
    r"(?<!\d)(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?P<clock>(?:[01]\d|2[0-3])[0-5]\d[0-5]\d)\d{0,4}(?!\d)"
)
_SITE_STAMP = re.compile(
    r"(?<!\d)1\d{2}(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})(?P<clock>(?:[01]\d|2[0-3])[0-5]\d[0-5]\d)\d{2,3}(?=\.|$)"
)
_PATH_DAY = re.compile(r"[/_-](?P<y>(?:19|20)\d{2})[/-](?P<m>\d{1,2})[/-](?P<d>\d{1,2})(?![\d])")
_ARCHIVED = re.compile(r"^https?://web\.archive\.org/web/\d{4,14}[a-z_]{0,5}/")  # the day of a copy, not of the page
_PACKED_DAY = re.compile(r"(?<!\d)(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d)")


class PrintedDate(NamedTuple):
    """A date as printed: where it stands, and the days that it may mean."""

    start: int
    end: int
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Custom:
    """How a page writes dates, and the last day that it can have been published on."""

    day_first: bool
    latest: date | None = None
    hints: frozenset[date] = frozenset()  # days found in addresses; they settle a date that may be read both ways


def publication_date(
    declared: Iterable[tuple[str, str]], lines: Sequence[str], addresses: Sequence[str], custom: Custom, cues: PageCues
) -> tuple[date | None, str | None]:
    """Return the day of publication and its source, or two Nones where it is not told; see :func:`told_days`."""
    return next(iter(told_days(declared, lines, addresses, custom, cues)), (None, None))


def told_days(
    declared: Iterable[tuple[str, str]], lines: Sequence[str], addresses: Sequence[str], custom: Custom, cues: PageCues
) -> list[tuple[date, str]]:
    """Return the days of publication that a document tells, one for each source, the best source first.

    ``declared`` are (text, source) pairs of the markup or the head of the file, best first;
    ``lines`` are the date lines of the page's head, the one nearest to the headline first;
    ``addresses`` are the document's own address and the one printed as its source. A day after
    ``custom.latest`` is none.
    """
    hinted = Custom(day_first=custom.day_first, latest=custom.latest, hints=frozenset(address_dates(addresses, cues)))
    told: dict[str, date] = {}
    for text, source in (*declared, *((line, "page") for line in lines)):
        days = [day for found in printed_dates(text, cues) if (day := settle(found, hinted)) is not None]
        if days and source not in told:
            told[source] = min(days)
    for day in address_dates(addresses, cues):
        if _possible(day, custom.latest):
            told.setdefault("url", day)
    return [(day, source) for source, day in told.items()]


def printed_dates(text: str, cues: PageCues) -> list[PrintedDate]:
    """Return the full dates in a short text, in order of place; overlong texts have none.

    >>> from dx_pipeline.documents.cues import read_page_cues
    >>> [found.days for found in printed_dates("Hà Nội, 6 tháng 2, 2025", read_page_cues())]
    [(datetime.date(2025, 2, 6),)]
    """
    if len(text) > _MAX_LINE:
        return []
    found: dict[int, PrintedDate] = {}
    for match in _date_matches(text, cues):
        days = _readings(match, cues)
        overlaps = any(match.start() < other.end and other.start < match.end() for other in found.values())
        if days and not overlaps:
            found[match.start()] = PrintedDate(match.start(), match.end(), days)
    return [found[start] for start in sorted(found)]


def settle(found: PrintedDate, custom: Custom) -> date | None:
    """Return the one day that a printed date means under a custom, or None where it stays open."""
    days = [day for day in found.days if _possible(day, custom.latest)]
    if len(found.days) == 1 or custom.day_first:
        return days[0] if days and days[0] == found.days[0] else None
    agreed = [day for day in days if day in custom.hints]
    return agreed[0] if len(agreed) == 1 else None


def is_date_line(text: str, cues: PageCues) -> bool:
    """Return whether a line is there to say when, and at most by whom, something was published.

    >>> from dx_pipeline.documents.cues import read_page_cues
    >>> is_date_line("Publié le 6 février 2025 à 10h30", read_page_cues())
    True
    >>> is_date_line("The ministry must finish before 10 May 2024", read_page_cues())
    False
    """
    dates = printed_dates(text, cues)
    if not dates or names_document(text) or text.endswith(";"):
        return False
    before, after = _undoubled(text[: dates[0].start]), text[dates[-1].end :]
    left, right = _other_words(before, cues), _other_words(after, cues)
    if left and left[-1] in cues.before_date:
        return False
    if left and right and len(left) + len(right) > 4:
        return False  # words on both sides make a sentence
    return len(left) + len(right) <= _MAX_OTHER_WORDS


def names_document(text: str) -> bool:
    """Return whether a text holds the number of a document, whose parts are no day.

    >>> names_document("749/QĐ-TTg"), names_document("57-NQ/TW"), names_document("12/05/2024")
    (True, True, False)
    """
    return find_document_number(text) is not None


def find_document_number(text: str) -> re.Match[str] | None:
    """Return where the number of a document stands in a text, the first where there are several."""
    return _DOCUMENT_NUMBER.search(text)


def address_dates(addresses: Iterable[str], cues: PageCues) -> list[date]:
    """Return the days that addresses carry, a time stamp before a day in the path; numbers of documents are none.

    >>> from dx_pipeline.documents.cues import read_page_cues
    >>> addresses = ["https://a.example/tin-102240918083311207.htm", "https://b.example/2025/02/06/x"]
    >>> address_dates([*addresses, "https://b.example/quyet-dinh-2021-02-06-qd-ttg"], read_page_cues())
    [datetime.date(2024, 9, 18), datetime.date(2025, 2, 6)]
    """
    found: dict[date, None] = {}
    for pattern in (_STAMP, _SITE_STAMP, _PATH_DAY, _PACKED_DAY):
        for address in addresses:
            for match in pattern.finditer(_ARCHIVED.sub("", address[:2048])):
                year = int(match["y"])
                day = _day(year if year > 99 else 2000 + year, int(match["m"]), int(match["d"]))
                if day and not _numbers_document(address, match.end(), cues):
                    found[day] = None
    return list(found)


def _numbers_document(address: str, end: int, cues: PageCues) -> bool:
    """Return whether digits in an address are part of a document's number: its kind's letters follow."""
    return bool(_whole_words(cues.document_codes).match(address, end + 1)) if cues.document_codes else False


def day_first(language: str | None, frame: str, addresses: Iterable[str], cues: PageCues) -> bool:
    """Return whether a page writes numeric dates day first.

    It does so in every language with that custom, and in English where the address or a line of the
    page shows a site of such a country (Vietnamese sites write 07/05/2024 for 7 May in every edition).
    """
    if language in cues.day_first:
        return True
    domains = "|".join(sorted(map(re.escape, cues.domains)))
    by_domain = re.compile(rf"\w\.(?:{domains})(?![.-]?\w)", re.IGNORECASE)
    hosts = [address.split("/")[2] for address in addresses if address.count("/") >= 3]
    if any(by_domain.search(place) for place in (frame, *hosts)):
        return True
    return not cues.letters.isdisjoint(frame.casefold())


def latest_day(captured_at: datetime | None) -> date | None:
    """Return the last day that a document captured at a time (UTC) can be dated: the next, for eastern clocks."""
    return (captured_at + timedelta(days=1)).date() if captured_at else None


def _date_matches(text: str, cues: PageCues) -> Iterator[re.Match[str]]:
    for pattern in (*_worded(cues), _ISO, _YEAR_FIRST, _NUMERIC):
        yield from pattern.finditer(text)


@cache
def _worded_patterns(names: frozenset[str]) -> tuple[re.Pattern[str], ...]:
    month = rf"(?P<name>{any_of(names)})(?![^\W\d_])\.?"
    day = r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th|er)?\.?"
    filler = r"(?:[\s,]{1,3}|năm\s|of\s|de\s){1,3}"
    forms = (
        rf"{day}\s{{1,3}}(?:of\s|de\s)?{month}{filler}{_YEAR}",
        rf"(?<![^\W\d_]){month}\s{{1,3}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s?,?\s{{1,3}}{_YEAR}",
        rf"(?<![^\W\d_]){month},?\s{{1,3}}(?P<d>\d{{1,2}})/{_YEAR}",
    )
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)


def _worded(cues: PageCues) -> tuple[re.Pattern[str], ...]:
    return _worded_patterns(frozenset(cues.months))


def _readings(match: re.Match[str], cues: PageCues) -> tuple[date, ...]:
    groups = match.groupdict()
    year, day = int(groups["y"]), int(groups["d"])
    if "name" in groups:
        month = cues.months[" ".join(groups["name"].casefold().split())]
        candidates = [_day(year, month, day)]
    else:
        month = int(groups["m"])
        both_ways = match.re is _NUMERIC and day != month
        candidates = [_day(year, month, day)] + ([_day(year, day, month)] if both_ways else [])
    return tuple(candidate for candidate in candidates if candidate)


def _other_words(text: str, cues: PageCues) -> list[str]:
    rest = _frame_words(cues).sub(" ", _CLOCK.sub(" ", text))
    return [word.casefold() for word in _WORD.findall(rest)]


def _undoubled(text: str) -> str:
    """Return a name that is printed twice in a row, as once under a logo and once in letters, once."""
    stripped = text.strip()
    half = len(stripped) // 2
    return stripped[:half] if half and stripped[:half] == stripped[-half:] else text


def _frame_words(cues: PageCues) -> re.Pattern[str]:
    return _whole_words(cues.weekdays | cues.published)


@cache
def _whole_words(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){any_of(words)}(?![^\W_])", re.IGNORECASE)


def _possible(day: date, latest: date | None) -> bool:
    return day.year >= _FIRST_YEAR and (latest is None or day <= latest)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
