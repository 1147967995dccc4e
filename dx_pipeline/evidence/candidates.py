"""What discovery finds: candidates for pages, further documents of discovery, and what was wrong.

The records that feeds, sitemaps, listings and lists of addresses are read into belong here.
"""

from dataclasses import dataclass, field
from datetime import datetime

MAX_CANDIDATES = 50_000
"""Candidates of one document at most: as many addresses as a sitemap may have."""

_MAX_TITLE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """The address of a page that may be asked for, and what its discovery says of it.

    Times are in UTC without a zone. ``modified_at`` is the last change of the page, where it is told.
    """

    url: str
    published_at: datetime | None = None
    modified_at: datetime | None = None
    title: str | None = None
    language: str | None = None

    @property
    def newest_at(self) -> datetime | None:
        """When the page came out, or else when it was changed last: it is not younger than that."""
        return self.published_at or self.modified_at

    def merge(self, other: "Candidate") -> "Candidate":
        """Return the same page with what this one does not say taken from the other; the later change counts."""
        changes = [one for one in (self.modified_at, other.modified_at) if one]
        return Candidate(
            url=self.url,
            published_at=self.published_at or other.published_at,
            modified_at=max(changes) if changes else None,
            title=self.title or other.title,
            language=self.language or other.language,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A further document that a document of discovery leads to; nothing in it is younger than ``modified_at``."""

    url: str
    modified_at: datetime | None = None


@dataclass(slots=True)
class Found:
    """What one document of discovery gives.

    ``candidates`` are by address, in the document's order. ``branches`` are the sitemaps of an index,
    ``next_url`` is a listing's next page. ``problems`` say what was wrong and was read round; ``failure`` says
    why the document gives nothing at all.
    """

    candidates: dict[str, Candidate] = field(default_factory=dict)
    branches: list[Branch] = field(default_factory=list)
    next_url: str | None = None
    problems: list[str] = field(default_factory=list)
    failure: str | None = None

    def add(self, candidate: Candidate) -> bool:
        """Add a candidate, merged with what is known of its address; return whether there was room."""
        known = self.candidates.get(candidate.url)
        if known is None and len(self.candidates) >= MAX_CANDIDATES:
            self.problems.append(f"more than {MAX_CANDIDATES} addresses; the rest was not read")
            return False
        self.candidates[candidate.url] = known.merge(candidate) if known else candidate
        return True


def short_title(text: str | None) -> str | None:
    """Return a title with its blanks squeezed and of bearable length, or nothing where it is empty.

    >>> short_title("  A  headline ")
    'A headline'
    """
    squeezed = " ".join((text or "").split())[:_MAX_TITLE]
    return squeezed or None
