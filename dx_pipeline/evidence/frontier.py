"""The frontier: which pages of a source are known, when each was asked, when each is due, and how pulls ended.

Its tables lie in the file of the journal, which tells what came of every attempt; the frontier tells what is to
be done next. Were it lost, discovery would fill it anew and conditional requests would spare the bodies.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dx_pipeline.evidence.candidates import Candidate
from dx_pipeline.evidence.schedule import HELD, next_due

_WAIT_SECONDS = 60.0
_BELIEVED = 2  # times in a row that a site may say "changed" of an unchanged page before it is believed no more
_STRUCTURE = (
    """create table if not exists frontier_pages (
        source_id text not null, url text not null, first_seen text not null, published_at text, modified_at text,
        title text, last_asked text, last_outcome text, was_held integer not null default 0,
        unchanged integer not null default 0, failures integer not null default 0, next_due text,
        primary key (source_id, url)) without rowid""",
    """create table if not exists frontier_documents (
        source_id text not null, url text not null, primary key (source_id, url)) without rowid""",
    """create table if not exists frontier_pulls (
        pull_no integer primary key autoincrement, source_id text not null, started_at text not null,
        finished_at text, asked integer, new integer, changed integer, unchanged integer, failed integer,
        failure text)""",
    "create index if not exists frontier_pulls_by_source on frontier_pulls (source_id, pull_no)",
)
_COLUMNS = (
    "url, first_seen, published_at, modified_at, title, last_asked, last_outcome, was_held, unchanged, failures, "
    "next_due"
)
_TIMES = ("published_at", "modified_at", "last_asked", "next_due")
_NEWEST = "coalesce(published_at, modified_at, first_seen)"
# What was never asked for is due while it is inside the fence; what was, when its time has come.
_DUE = (
    f"select {_COLUMNS} from frontier_pages where source_id = :source_id and "  # noqa: S608 (our own columns)
    f"((last_asked is null and {_NEWEST} >= :fence) or (last_asked is not null and next_due <= :now)) "
    f"order by last_asked is not null, {_NEWEST} desc, url limit :limit"
)
_OFFER = f"""insert into frontier_pages (source_id, url, first_seen, published_at, modified_at, title)
    values (:source_id, :url, :now, :published_at, :modified_at, :title)
    on conflict (source_id, url) do update set
        published_at = coalesce(published_at, excluded.published_at),
        title = coalesce(title, excluded.title),
        modified_at = max(coalesce(modified_at, excluded.modified_at), coalesce(excluded.modified_at, modified_at)),
        next_due = case
            when excluded.modified_at > last_asked and excluded.modified_at > coalesce(modified_at, '')
                and last_outcome in ('ok', 'not_modified') and unchanged < {_BELIEVED} then :now
            else next_due end"""  # noqa: S608 (a number of our own)


class FrontierError(OSError):
    """The frontier cannot be read or written; the message names the file and the remedy."""


class PullUnderWayError(OSError):
    """Another process is pulling the same source; the message says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the frontier. Times are in UTC; ``next_due`` is nothing before the first attempt and after the last."""

    url: str
    first_seen: datetime
    published_at: datetime | None
    modified_at: datetime | None
    title: str | None
    last_asked: datetime | None
    last_outcome: str | None
    was_held: bool
    unchanged: int
    failures: int
    next_due: datetime | None

    @property
    def newest_at(self) -> datetime:
        """When it came out or was changed, as far as that is known, else when it was seen first."""
        return self.published_at or self.modified_at or self.first_seen


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRecord:
    """How one pull of a source ended; ``finished_at`` is nothing where it was killed."""

    source_id: str
    started_at: datetime
    finished_at: datetime | None
    asked: int
    new: int
    changed: int
    unchanged: int
    failed: int
    failure: str | None


class Frontier:
    """The tables of the frontier, open; threads may share it, and processes may have it open side by side."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    @contextmanager
    def open(cls, path: Path, *, read_only: bool = False) -> Iterator["Frontier"]:
        """Open the frontier in the journal's file for the length of a ``with`` block; its tables are made.

        Args:
            path: The file of the journal.
            read_only: Make and write nothing; where the file is missing, nothing is known.

        Raises:
            FrontierError: where the file cannot be opened.
        """
        with _explained(path):
            connection = _connect(path, read_only=read_only)
        try:
            yield cls(path, connection)
        finally:
            connection.close()

    @contextmanager
    def hold(self, source_id: str) -> Iterator[None]:
        """Hold a source for one pull; the kernel lets go of it when the process ends, however it ends.

        Raises:
            PullUnderWayError: where another process holds it.
        """
        folder = self.path.parent / "pulling"
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / f"{source_id}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise PullUnderWayError(f"{source_id}: another process is pulling it; wait until it is done") from error
            yield
        finally:
            os.close(descriptor)

    def offer(self, source_id: str, candidates: Iterable[Candidate], now: datetime) -> int:
        """Make candidates known and return how many were not yet; a page said to have changed becomes due."""
        rows = [
            {
                "source_id": source_id,
                "url": one.url,
                "now": _write(now),
                "published_at": _write(one.published_at),
                "modified_at": _write(one.modified_at),
                "title": one.title,
            }
            for one in candidates
        ]
        with self._writing() as connection:
            before = self._count(source_id)
            connection.executemany(_OFFER, rows)
            return self._count(source_id) - before

    def due(self, source_id: str, now: datetime, fence: datetime, limit: int | None = None) -> list[Page]:
        """Return what is to be asked for now: what is new first, each in order of newness.

        Pages that were never asked are left out where they are from before ``fence``.
        """
        most = -1 if limit is None else limit
        values = {"source_id": source_id, "now": _write(now), "fence": _write(fence), "limit": most}
        return self._pages(_DUE, values)

    def pages(self, source_id: str) -> list[Page]:
        """Return every page that is known of a source, in order of address."""
        statement = f"select {_COLUMNS} from frontier_pages where source_id = :source_id order by url"  # noqa: S608
        return self._pages(statement, {"source_id": source_id})

    def page(self, source_id: str, url: str) -> Page | None:
        """Return one page, or nothing where it is not known."""
        statement = f"select {_COLUMNS} from frontier_pages where source_id = :source_id and url = :url"  # noqa: S608
        return next(iter(self._pages(statement, {"source_id": source_id, "url": url})), None)

    def settle(
        self,
        source_id: str,
        url: str,
        outcome: str,
        now: datetime,
        max_age_days: int,
        *,
        is_unchanged: bool = False,
        not_before: datetime | None = None,
    ) -> None:
        """Keep how an attempt at a page ended and when it is due next; the attempt is in the journal already.

        ``not_before`` is when the host may be asked again, where it said so.

        Raises:
            KeyError: where the page was never offered.
        """
        page = self.page(source_id, url)
        if page is None:
            raise KeyError(url)
        is_held = outcome in HELD
        unchanged = page.unchanged + 1 if is_held and is_unchanged else 0
        failures = 0 if is_held else page.failures + 1
        is_ours = is_held or page.was_held  # a page from a backfill that failed is tried again, old as it is
        due = next_due(
            outcome=outcome,
            now=now,
            born_at=page.newest_at if is_ours else page.first_seen,
            unchanged=unchanged,
            failures=failures,
            max_age_days=max_age_days,
        )
        due = max(due, not_before) if due and not_before else due
        with self._writing() as connection:
            connection.execute(
                "update frontier_pages set last_asked = ?, last_outcome = ?, was_held = ?, unchanged = ?, "
                "failures = ?, next_due = ? where source_id = ? and url = ?",
                (_write(now), outcome, is_ours, unchanged, failures, _write(due), source_id, url),
            )

    def know_document(self, source_id: str, url: str) -> None:
        """Keep that an address is a document of discovery and no page."""
        with self._writing() as connection:
            connection.execute("insert or ignore into frontier_documents values (?, ?)", (source_id, url))

    def count_held(self, source_id: str) -> int:
        """Return how many pages of a source are held."""
        with self._lock, _explained(self.path):
            statement = "select count(*) from frontier_pages where source_id = ? and was_held"
            return int(self._connection.execute(statement, (source_id,)).fetchone()[0])

    def documents(self, source_id: str) -> frozenset[str]:
        """Return the addresses of a source that are documents of discovery: feeds, sitemaps, listings, lists."""
        with self._lock, _explained(self.path):
            rows = self._connection.execute("select url from frontier_documents where source_id = ?", (source_id,))
            return frozenset(url for (url,) in rows)

    def begin_pull(self, source_id: str, now: datetime) -> int:
        """Keep that a pull has begun, and return its number."""
        with self._writing() as connection:
            cursor = connection.execute(
                "insert into frontier_pulls (source_id, started_at) values (?, ?)", (source_id, _write(now))
            )
            return int(cursor.lastrowid or 0)

    def end_pull(self, pull_no: int, now: datetime, counts: dict[str, int], failure: str | None) -> None:
        """Keep how a pull ended; ``counts`` are those of ``PullRecord``."""
        with self._writing() as connection:
            connection.execute(
                "update frontier_pulls set finished_at = :now, asked = :asked, new = :new, changed = :changed, "
                "unchanged = :unchanged, failed = :failed, failure = :failure where pull_no = :pull_no",
                {**counts, "now": _write(now), "failure": failure, "pull_no": pull_no},
            )

    def pulls(self, source_id: str) -> list[PullRecord]:
        """Return the pulls of a source, the newest first."""
        with self._lock, _explained(self.path):
            rows = self._connection.execute(
                "select started_at, finished_at, asked, new, changed, unchanged, failed, failure from frontier_pulls "
                "where source_id = ? order by pull_no desc",
                (source_id,),
            ).fetchall()
        names = ("asked", "new", "changed", "unchanged", "failed")
        return [
            PullRecord(
                source_id=source_id,
                started_at=datetime.fromisoformat(started),
                finished_at=_read(finished),
                failure=failure,
                **{name: count or 0 for name, count in zip(names, counts, strict=True)},
            )
            for started, finished, *counts, failure in rows
        ]

    def _pages(self, statement: str, values: dict[str, Any]) -> list[Page]:
        with self._lock, _explained(self.path):
            rows = self._connection.execute(statement, values).fetchall()
        return [_page(row) for row in rows]

    def _count(self, source_id: str) -> int:
        counted = self._connection.execute("select count(*) from frontier_pages where source_id = ?", (source_id,))
        return int(counted.fetchone()[0])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _explained(self.path):
            self._connection.execute("begin immediate")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")


def failing_since(pulls: Iterable[PullRecord]) -> datetime | None:
    """Return when the first of the failed pulls at the end began, or nothing where the last that ended did well.

    ``pulls`` are in order, the newest first; one that was killed tells nothing.
    """
    since: datetime | None = None
    for pull in pulls:
        if pull.finished_at is None:
            continue
        if pull.failure is None:
            break
        since = pull.started_at
    return since


def _page(row: tuple[Any, ...]) -> Page:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    times = {name: _read(values[name]) for name in _TIMES}
    first_seen = datetime.fromisoformat(values["first_seen"])
    return Page(**{**values, **times, "first_seen": first_seen, "was_held": bool(values["was_held"])})


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = _open(f"{path.absolute().as_uri()}?mode=rwc")
        connection.execute("pragma synchronous = full")
    else:
        connection = _open(f"{path.absolute().as_uri()}?mode=ro" if path.exists() else "file::memory:")
        if connection.execute("select 1 from sqlite_master where name = 'frontier_pages'").fetchone():
            return connection
        connection.close()  # nothing was pulled yet
        connection = _open("file::memory:")
    for statement in _STRUCTURE:
        connection.execute(statement)
    return connection


def _open(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        remedy = "see that the disk has room and the directory can be written, then run again"
        raise FrontierError(f"{path}: the list of known pages cannot be used ({error}); {remedy}") from error


def _write(time: datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
