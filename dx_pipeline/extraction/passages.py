"""Passages: what the sentences before have established, and how a sentence falls into segments and list items."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dx_pipeline.extraction.tokens import Item

_LEADING_INSTRUMENT = re.compile(r"[gkxc]{0,3}L,")
_LEADING_ITEMS = 8
_LIST_ITEM = re.compile(r"[-–—•*+·]|\(?(?:[ivx]{1,4}|[a-z0-9]{1,2})[.)]|[a-zà-ỹ]")
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
    instruments: tuple[str, ...] = ()


def split_segments(items: list[Item]) -> Iterator[list[Item]]:
    """Cut a sentence at semicolons outside brackets; a list's items stand apart there in every language."""
    depth, at = 0, 0
    for index, item in enumerate(items):
        depth = max(0, depth + {"(": 1, ")": -1}.get(item.letter, 0))
        if item.letter == ";" and depth == 0:
            if index > at:
                yield items[at:index]
            at = index + 1
    if at < len(items):
        yield items[at:]


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
