"""What a single line looks like: its shape, and the part that its own words give away.

Nothing here looks at neighbouring lines; that is done in ``blocks.py``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from dx_pipeline.documents.cues import PageCues, any_of

_CLOSERS = r"[\"'”’»)\]*_]{0,4}"
_SENTENCE_END = re.compile(rf"[.!?…]{{1,3}}{_CLOSERS}(?=\s|$)")
_FULL_STOP = re.compile(rf"[.!?…]{_CLOSERS}$")
_OPEN_END = re.compile(rf"[:;,]{_CLOSERS}$")
_UNLIKE_HEADING = re.compile(rf"[.…:;,]{_CLOSERS}$")
_SIGNATURE = re.compile(
    r"(?<=[.!?…\"”»/])\s{0,2}(?:[—–-]\s?[^\W\d_a-z][^.!?]{1,30}|\([^()]{2,40}\)|\s[^\W\d_a-z]{2,8}(?:/[^\W\d_a-z]{2,8}){0,2})\.?$"
)
_SEPARATORS = re.compile(r"\s[|•·»›/]\s|\S\s{2,}\S|\t")
_KEY_VALUE = re.compile(r"\[\[\s?[\w .-]{1,40}:.{0,4000}\]\]$")
_IMAGE_FILE = re.compile(r"[^\s/\\][^/\\]{0,120}\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?|heic)$", re.IGNORECASE)
_MARKDOWN_IMAGE = re.compile(r"!\[[^\]]{0,400}\]\([^)\s]{0,2000}\)$")
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s{1,4}(?=\S)")
_BULLET = re.compile(r"(?:[-–•·*▪●○✓✔+►▶■◆➢→]|\(?\d{1,2}[.)]|\(?[a-zđ][.)]|\(?[ivx]{1,4}[.)])\s{1,4}\S")
_QUOTED = re.compile(r">\s{1,4}\S")
_TABLE_ROW = re.compile(r"\|.{0,4000}\|$")
_LINK_ONLY = re.compile(r"(?:https?://\S{1,2000}|\[[^\]]{1,400}\]\(https?://[^)\s]{1,2000}\))$")
_COUNTER_BEFORE = re.compile(r"^[\s#*>»›▶•:(-]{0,6}(?:\d{1,5}\s)?")
_COUNTER_AFTER = re.compile(r"[\s(]{0,4}(?:\d{1,6}\)?)?[\s:：….!>»›→*)-]{0,6}$")
_NAME_WORD = r"[^\W\d_a-zà-öø-ÿ][^\W\d_]{0,30}(?:[-'’][^\W\d_]{1,30}){0,3}\.?"
_NAMES = re.compile(rf"{_NAME_WORD}(?:,? (?:[-–&] )?(?:{_NAME_WORD}|[a-z]{{1,3}})){{1,11}}[,;]?$")
_MAX_NAMED_WORDS = 12
_MAX_MARKER = 80
_MAX_NOTICE = 300
_MAX_CAPTION = 600


@dataclass(frozen=True, slots=True)
class Marker:
    """A line that opens or is part of what is no story: comments, related links, the page's foot."""

    kind: str
    whole: bool = True  # the line is nothing but the marker


def sentence_count(text: str) -> int:
    """Return how many sentences a line ends, a lower bound for how many it holds.

    >>> sentence_count("He spoke. They listened")
    1
    """
    return sum(1 for _ in _SENTENCE_END.finditer(text))


def ends_sentence(text: str) -> bool:
    """Return whether a line ends like a sentence, with or without an agency's name behind it.

    >>> ends_sentence("The bridge is open. — VNS"), ends_sentence("A bridge for all")
    (True, False)
    """
    return _ends_like(text, _FULL_STOP)


def _ends_like(text: str, pattern: re.Pattern[str]) -> bool:
    end = text[-60:]
    return bool(pattern.search(end) or pattern.search(_SIGNATURE.sub("", end)))


def is_prose(text: str) -> bool:
    """Return whether a line reads like a paragraph: long, or a full sentence, and no row of short items."""
    if len(_SEPARATORS.findall(text[:400])) >= 2 and not ends_sentence(text):
        return False
    if len(text) >= 160:
        return True
    return len(text) >= 60 and (ends_sentence(text) or bool(_OPEN_END.search(text[-8:])) or sentence_count(text) >= 2)


def is_menu_row(text: str) -> bool:
    """Return whether a line is a row of short items side by side.

    >>> is_menu_row("Home | News | Sport"), is_menu_row("Forsiden  Politikk  Reise")
    (True, True)
    """
    return len(text) < 400 and len(_SEPARATORS.findall(text)) >= 2 and not ends_sentence(text)


def looks_like_heading(text: str) -> bool:
    """Return whether a line is short and ends like no sentence or list item."""
    if len(text) > 120 or len(text.split()) > 24:
        return False
    return not _ends_like(text, _UNLIKE_HEADING)


def image_name(text: str) -> bool:
    """Return whether a line is the file name of a picture, or a picture in Markdown."""
    return bool(_IMAGE_FILE.match(text) or _MARKDOWN_IMAGE.match(text))


def evident_kind(text: str, cues: PageCues) -> str | None:
    """Return the kind that a line's own words give away, or None.

    Menus, headings and what a line is by its place are left to the caller.
    """
    if not any(character.isalnum() for character in text):
        return "meta"
    return next((kind for tells, kind in _EVIDENCE if tells(text, cues)), None)


def _is_notice(text: str, cues: PageCues) -> bool:
    return len(text) <= _MAX_NOTICE and any(notice in text.casefold() for notice in cues.notices)


def heading_text(text: str) -> str:
    """Return a heading without Markdown's number signs.

    >>> heading_text("## A plan")
    'A plan'
    """
    return _MARKDOWN_HEADING.sub("", text, count=1).strip() if text.startswith("#") else text


def is_markdown_heading(text: str, level: int | None = None) -> bool:
    """Return whether a line is a heading in Markdown, of the level where one is given."""
    found = _MARKDOWN_HEADING.match(text)
    return bool(found) and (level is None or text[: level + 1].count("#") == level)


def is_source(text: str, cues: PageCues) -> bool:
    """Return whether a line names where the text was taken from."""
    if bare(text) in cues.source:
        return True
    found = _label(cues.source).match(text)
    return bool(found) and ("://" in text or (len(text) <= 80 and not ends_sentence(text)))


def byline_name(text: str) -> str | None:
    """Return a text that is nothing but a person's name or several, as in a byline; None for any other.

    >>> byline_name("Anna Berg"), byline_name("Lê Vân, Trần Hà"), byline_name("12 April 2025"), byline_name("Home")
    ('Anna Berg', 'Lê Vân, Trần Hà', None, None)
    """
    words = text.split()
    named = 2 <= len(words) <= _MAX_NAMED_WORDS and bool(_NAMES.match(text))
    return text.strip(" ,;") if named else None


def byline_author(text: str, cues: PageCues) -> str | None:
    """Return whom a line names as the author: a byline's cue, a colon or none, and a name.

    >>> from dx_pipeline.documents.cues import read_page_cues
    >>> [byline_author(line, read_page_cues()) for line in ("By Anna Berg", "Tekst: Kari Vik", "By the lake")]
    ['Anna Berg', 'Kari Vik', None]
    """
    opening = _byline(cues.byline).match(text) if len(text) <= _MAX_MARKER else None
    return byline_name(text[opening.end() :].strip()) if opening else None


def has_photo_credit(text: str, cues: PageCues) -> bool:
    """Return whether a line opens with a picture's label or closes with a photographer's credit.

    >>> from dx_pipeline.documents.cues import read_page_cues
    >>> has_photo_credit("Delegates at the fair. Foto: A. Nowak/PAP", read_page_cues())
    True
    """
    if len(text) > _MAX_CAPTION or sentence_count(text) > 4:
        return False
    if _label(cues.photo).match(text) and not is_source(text, cues):
        return True
    end = text[-130:]
    return any(not signs.isdisjoint(end) and pattern.search(end) for signs, pattern in _credits(cues.photo))


def only_credit(text: str, cues: PageCues) -> bool:
    """Return whether a line is a photographer's credit and nothing else."""
    return bool(_label(cues.photo).match(text)) and len(text) <= 60 and not is_source(text, cues)


def marker(text: str, cues: PageCues) -> Marker | None:
    """Return what a line opens that is no story, or None.

    >>> from dx_pipeline.documents.cues import read_page_cues
    >>> marker("Kommentar (0)", read_page_cues())
    Marker(kind='comment', whole=True)
    """
    folded = text.casefold()
    if len(text) <= _MAX_MARKER:
        name = bare(text)
        for kind, words in (("comment", cues.comments), ("related", cues.related), ("tail", cues.tail)):
            if name in words:
                return Marker(kind)
    if len(text) <= 260 and _label(cues.related).match(text):
        return Marker("related", whole=False)
    if len(text) <= 400 and folded.startswith(cues.tail_prefixes):
        return Marker("tail", whole=False)
    return None


def bare(text: str) -> str:
    """Return a line in lower case without leading signs, counter and final punctuation; nothing for a long one.

    >>> bare("» Comments (12):"), bare("3 comments")
    ('comments', 'comments')
    """
    if len(text) > _MAX_MARKER:
        return ""
    return " ".join(_COUNTER_AFTER.sub("", _COUNTER_BEFORE.sub("", text)).casefold().split())


@cache
def _label(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"[\[(\s*_]{{0,4}}{any_of(words)}(?:\s?\([^()]{{1,40}}\))?\s?[:：]", re.IGNORECASE)


@cache
def _byline(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"{any_of(words)}\s?(?:[:：]|(?=\s))\s?", re.IGNORECASE)


@cache
def _credits(words: frozenset[str]) -> tuple[tuple[frozenset[str], re.Pattern[str]], ...]:
    """Return the forms of a credit, each with the signs of which it must hold one."""
    cue = f"(?i:{any_of(words)})"
    name = r"[^\W\d_a-zà-ÿ][\w/&.'’-]{1,30}"
    end = r"(?:\.[^.!?:\n]{1,40}){0,3}[.)\]]{0,3}$"
    labelled = re.compile(rf"(?:^|[\s(\[.,;/–—-]){cue}\s?[:：]\s?[^.!?:\n]{{1,80}}{end}")
    agency = re.compile(rf"[–—-]\s?{name}(?:[ /]{name}){{0,3}}\s{cue}[.)]{{0,2}}$")
    bracketed = re.compile(rf"[(\[]{cue}(?:\s[^()\[\]]{{0,60}})?[)\]][.\s]{{0,2}}$")
    return (frozenset(":："), labelled), (frozenset("–—-"), agency), (frozenset("(["), bracketed)


_EVIDENCE: tuple[tuple[Callable[[str, PageCues], object], str], ...] = (
    (lambda text, _: _KEY_VALUE.match(text), "meta"),
    (lambda text, _: _MARKDOWN_HEADING.match(text), "heading"),
    (lambda text, _: _TABLE_ROW.match(text), "table"),
    (lambda text, cues: image_name(text) or bare(text) in cues.caption, "caption"),
    (lambda text, cues: is_source(text, cues) or _LINK_ONLY.match(text), "meta"),
    (has_photo_credit, "caption"),
    (_is_notice, "menu"),
    (lambda text, _: _BULLET.match(text), "list"),
    (lambda text, _: _QUOTED.match(text) and is_prose(text), "quote"),
)
