"""The account of a pull: its counts, its attempts as a frame, its progress while it is under way."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime

import polars as pl

from dx_pipeline.evidence.attempt import Attempt
from dx_pipeline.evidence.frontier import Frontier
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import frame_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a pull is: ``done`` of ``total`` pages, the address asked for last, or something to say to a person."""

    source_id: str
    done: int = 0
    total: int = 0
    url: str | None = None
    message: str | None = None


Tell = Callable[[Progress], None]


@dataclass(slots=True, kw_only=True)
class Pulled:
    """What one pull of a source gave.

    Pages are counted by what came of them: ``new`` (held for the first time), ``changed`` (other bytes than those
    held), ``unchanged`` (not modified, or the same bytes again) and ``failed`` by outcome. ``documents`` counts the
    documents of discovery that were asked for, ``found`` the pages not known before, ``left`` the pages that are
    due and were not asked. ``bodies`` and ``bytes`` are what came over the network. ``failure`` says why the source
    gave nothing at all.
    """

    source_id: str
    started_at: datetime
    documents: int = 0
    found: int = 0
    asked: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    left: int = 0
    bodies: int = 0
    bytes: int = 0
    problems: list[str] = field(default_factory=list)
    failure: str | None = None
    seconds: float = 0.0
    captures: pl.DataFrame = field(default_factory=lambda: frame_of(Captures, []))
    pages: pl.DataFrame = field(default_factory=lambda: frame_of(Captures, []))

    @property
    def is_failed(self) -> bool:
        """Whether the source gave nothing at all."""
        return self.failure is not None

    def counts(self) -> dict[str, int]:
        """Return the counts of pages by what came of them."""
        names = ("asked", "new", "changed", "unchanged")
        return {name: getattr(self, name) for name in names} | {"failed": self.failed.total()}


def page_captures(captures: pl.DataFrame, frontier: Frontier) -> pl.DataFrame:
    """Return the captures of pages (``Captures``), without those of feeds, sitemaps and listings."""
    sources = captures["source_id"].unique().to_list()
    documents = [(source_id, url) for source_id in sources for url in frontier.documents(source_id)]
    known = pl.DataFrame(documents, schema={"source_id": pl.String, "url": pl.String}, orient="row")
    return captures.join(known, on=["source_id", "url"], how="anti", maintain_order="left")


def captures_of(attempts: Iterable[Attempt]) -> pl.DataFrame:
    """Return attempts as a frame (``Captures``), in their order."""
    return Captures.validate(frame_of(Captures, (asdict(one) for one in attempts)), lazy=True)
