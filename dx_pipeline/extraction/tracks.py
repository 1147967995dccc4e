"""Tracks: what was recognised in a text, in order of place, and how to search in it.

Nothing here knows a word; what a token stands for is others' matter.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from dx_pipeline.registry import Organisation


class Token(NamedTuple):
    """A phrase found: its span, its class and what it stands for."""

    start: int
    end: int
    kind: str
    value: str


class Span(Protocol):
    """What has a place in the text."""

    @property
    def start(self) -> int:
        """The first code point."""

    @property
    def end(self) -> int:
        """The first code point behind it."""


Spanned = TypeVar("Spanned", bound=Span)


class Track(tuple[Spanned, ...]):
    """What was recognised of one kind, in order of place, with the places beside it to search in."""

    starts: list[int]

    def __new__(cls, items: Iterable[Spanned] = ()) -> "Track[Spanned]":
        """Take items sorted by where they start."""
        track = super().__new__(cls, items)
        track.starts = [item.start for item in track]
        return track


def within(track: Track[Spanned], start: int, end: int) -> Sequence[Spanned]:
    """Return the items of a track that lie wholly in ``[start, end)``."""
    low = bisect_left(track.starts, start)
    high = bisect_left(track.starts, end, low)
    return [item for item in track[low:high] if item.end <= end] if low < high else ()


def last_before(tokens: Sequence[Token], place: int) -> Token | None:
    """Return the last of the tokens, sorted by place, that begins before ``place``."""
    at = bisect_left(tokens, place, key=lambda token: token.start)
    return tokens[at - 1] if at else None


def longest(tokens: Sequence[Token]) -> list[Token]:
    """Keep the longest of overlapping tokens, the first of equals: a longer phrase vetoes a shorter one."""
    taken = bytearray(max((token.end for token in tokens), default=0))  # one byte a place: linear in the text
    kept: list[Token] = []
    for token in sorted(tokens, key=lambda t: (t.start - t.end, t.start)):
        if taken.find(1, token.start, token.end) < 0:
            taken[token.start : token.end] = b"\x01" * (token.end - token.start)
            kept.append(token)
    kept.sort(key=lambda t: t.start)
    return kept


def outside(items: Sequence[Spanned], others: Iterable[Span]) -> list[Spanned]:
    """Return the items that share no place with any of the others."""
    taken = sorted((other.start, other.end) for other in others)
    starts = [start for start, _ in taken]
    kept = []
    for item in items:
        at = bisect_left(starts, item.end)
        if not any(end > item.start for _, end in taken[max(0, at - 3) : at]):
            kept.append(item)
    return kept


def is_office(token: Token | None, organisations: Mapping[str, Organisation]) -> bool:
    """Tell whether a token is an office held by one person, such as the Prime Minister's."""
    organisation = organisations.get(token.value) if token is not None else None
    return organisation is not None and organisation.acts == "head"
