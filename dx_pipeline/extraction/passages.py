"""Passages: what the sentences before have established, and how a sentence falls into segments and list items."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dx_pipeline.extraction.rules import RUN
from dx_pipeline.extraction.tokens import Item

_LEADING_INSTRUMENT = re.compile(r"[gkxc]{0,3}L,")
_LEADING_ITEMS = 8
_LONGEST_HEADING = 16  # items
_MOST_OF_A_DAY = 6
_LIST_ITEM = re.compile(r"[-–—•*+·]|\(?(?:[ivx]{1,4}|[a-z0-9]{1,2})[.)]|[a-zà-ỹ]")
_ENUMERATOR = re.compile(
    r"(?:[-–—•*+·] ?)?"
    r"(?:\(?(?:[ivx]{1,4}|[IVX]{1,4}|[a-zđ]{1,2}|[A-Z]|\d{1,2}(?:\.\d{1,2}){0,2})[.)]|\d{1,2}(?:\.\d{1,2}){1,2})(?=\s)"
)
_BODY_HEADING = re.compile(rf"[gkc]{{0,2}}(?P<addr>{RUN}):?")
_ONLY_A_DAY = re.compile(
    r"[^AHVWPMBOIDLNT;]{0,4}T[^AHVWPMBOIDLNT;]{0,1}"
)  # "; to be done by 5 May" is no task of its own
_BULLETS = frozenset("-–•*")


@dataclass(slots=True)
class Passage:
    """Who orders whom, and where the last order stood."""

    issuer_id: str | None = None
    issuer_text: str | None = None
    addressee_ids: tuple[str, ...] = ()
    addressee_text: str | None = None
    last_sentence: int = -100
    section: int = -1
    is_new_section: bool = False
    is_list_open: bool = False
    body_mark: str | None = None  # how the heading is marked that names who must do what the open list holds
    instruments: tuple[str, ...] = ()


def split_segments(items: list[Item]) -> Iterator[list[Item]]:
    """Cut a sentence at semicolons outside brackets; a list's items stand apart there in every language.

    What holds nothing but a day stays with the segment before it, whose day it is.
    """
    depth, at = 0, 0
    cuts = []
    for index, item in enumerate(items):
        depth = max(0, depth + {"(": 1, ")": -1}.get(item.letter, 0))
        if item.letter == ";" and depth == 0:
            cuts.append(index)
    for index, cut in enumerate(cuts):
        following = items[cut + 1 : cuts[index + 1] if index + 1 < len(cuts) else len(items)]
        if len(following) <= _MOST_OF_A_DAY and _ONLY_A_DAY.fullmatch(letters_of(following)):
            continue
        if cut > at:
            yield items[at:cut]
        at = cut + 1
    if at < len(items):
        yield items[at:]


def after_enumerator(text: str, start: int, end: int) -> int:
    """Return where a sentence begins behind the number or letter that counts it: "1.", "2.3.", "a)", "(iv)"."""
    match = _ENUMERATOR.match(text, start, end)
    if match is None:
        return start
    at = match.end()
    while at < end and text[at].isspace():
        at += 1
    return at


def mark_of(text: str, start: int, end: int) -> str:
    """Return how a sentence is marked as an item, alike for all items of one list: "0." for "1." and "12."."""
    mark = text[start : after_enumerator(text, start, end)].strip()
    return re.sub(r"[^\W\d]+", "a", re.sub(r"\d+", "0", mark))


def body_heading(items: list[Item]) -> tuple[int, int] | None:
    """Return the bodies that a sentence names and nothing else, as a heading over their tasks does."""
    match = _BODY_HEADING.fullmatch(letters_of(items)) if len(items) <= _LONGEST_HEADING else None
    return match.span("addr") if match is not None else None


def leading_instrument(items: list[Item]) -> tuple[str, ...]:
    """Return the document or programme that a sentence opens with: "For Project 06, speed up …; connect …"."""
    match = _LEADING_INSTRUMENT.match("".join(item.letter for item in items[:_LEADING_ITEMS]))
    token = items[match.end() - 2].token if match is not None else None
    return (token.value,) if token is not None else ()


def is_list_item(text: str, start: int) -> bool:
    """Tell whether a sentence begins as an item of a list does: with a bullet, a number or a small letter."""
    return _LIST_ITEM.match(text, start) is not None or text[max(0, start - 2) : start].strip() in _BULLETS


def letters_of(segment: list[Item]) -> str:
    """Return a segment's string of class letters."""
    return "".join(item.letter for item in segment)


def trim(segment: list[Item], low: int, high: int) -> int:
    """Return the end of a stretch without the marks and joints that trail it."""
    while high > low and segment[high - 1].letter in ',&c:("':
        high -= 1
    return high
