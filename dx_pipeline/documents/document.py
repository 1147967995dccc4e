"""What a document is made of between its bytes and its rows: lines, blocks, declared header.

Only the records that the other modules of this package hand each other belong here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from dx_pipeline.schemas.documents import STORY_KINDS

CORE_KINDS = STORY_KINDS | {"heading"}  # what tells the story


class UnreadableError(ValueError):
    """A document cannot be parsed; ``check`` names the rule it failed, the message says what to do."""

    def __init__(self, check: str, detail: str) -> None:
        super().__init__(detail)
        self.check = check


class Block(NamedTuple):
    """A run of the document's text, in code points, with the part that it plays."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text that the layout sets apart: a line of a dump, a paragraph of a page.

    ``kind`` is what the markup says it is, if it says so. ``gap`` tells that an empty line stands
    before it. ``after_image`` tells that a picture stands between it and the line before.
    """

    text: str
    start: int
    kind: str | None = None
    gap: bool = True
    after_image: bool = False

    @property
    def end(self) -> int:
        """One past the last code point."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a document says about itself outside its sentences; dates as printed, best source first."""

    title: str | None = None
    canonical_url: str | None = None
    is_based_on: str | None = None
    publisher: str | None = None
    author: str | None = None
    section: str | None = None
    dates: tuple[tuple[str, str], ...] = field(default=())  # (as printed, value of published_on_source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A document as text with its lines; ``remarks`` name what was left out, as (check, detail)."""

    text: str
    lines: tuple[Line, ...]
    declared: Declared = Declared()
    remarks: tuple[tuple[str, str], ...] = ()
    text_by: str = "whole"  # how the main text was found: a value of articles.text_by


class Piece(NamedTuple):
    """A paragraph that is to become a line of a text yet to be put together."""

    text: str
    kind: str | None = None
    after_image: bool = False


def compose(pieces: Iterable[Piece]) -> tuple[str, tuple[Line, ...]]:
    r"""Join paragraphs with an empty line between them and say where each lies.

    >>> compose([Piece("One."), Piece("Two.", "body")])[0]
    'One.\n\nTwo.'
    """
    lines: list[Line] = []
    position = 0
    for piece in pieces:
        lines.append(Line(piece.text, position, piece.kind, after_image=piece.after_image))
        position += len(piece.text) + 2
    return "\n\n".join(line.text for line in lines), tuple(lines)


def printable(text: str) -> str:
    """Return the text without lone surrogates, which no table can hold (JSON may spell them).

    >>> printable("a" + chr(0xD800) + "b")
    'ab'
    """
    return text.encode("utf-8", "ignore").decode("utf-8")
