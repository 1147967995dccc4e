"""The journal of attempts: what the web was asked for and what came of it, one row per attempt, for ever.

Only keeping attempts and telling them belongs here. Bytes lie in the archive (``archive.py``), and are there
before the attempt that names them is recorded: a process that is killed leaves at most a body that no
attempt names, never an attempt without its body.
"""

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path

import polars as pl

from dx_pipeline.evidence.archive import DRAFT, make_directory, sync_directory
from dx_pipeline.evidence.attempt import Attempt, ReplyLike, attempt_of, utf8_text
from dx_pipeline.schemas.evidence import READABLE, Captures
from dx_pipeline.schemas.frames import frame_of

FILE_NAME = "journal.sqlite"
_WAIT_SECONDS = 60.0  # for another process that is writing: its commit takes milliseconds
_LAYOUT = 1
_TIME = "microseconds"  # all times are of one width, so that their order is that of their letters

_STRUCTURE = """
create table if not exists attempts (
    attempt_no integer primary key autoincrement,
    capture_id text not null unique,
    source_id text not null,
    url text not null,
    captured_at text not null,
    outcome text not null,
    http_status integer,
    media_type text,
    bytes integer,
    sha256 text,
    etag text,
    last_modified text,
    final_url text,
    headers text,
    elapsed_ms integer,
    requests integer,
    detail text
);
create index if not exists attempts_by_address on attempts (source_id, url, attempt_no);
create index if not exists attempts_by_body on attempts (sha256, attempt_no) where sha256 is not null;
create trigger if not exists attempts_are_never_changed before update on attempts
begin select raise(abort, 'the journal is never changed'); end;
create trigger if not exists attempts_are_never_removed before delete on attempts
begin select raise(abort, 'the journal is never changed'); end;
"""


class JournalError(OSError):
    """The journal cannot be read or written; the message names the file and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of an address: the body last seen there, what it answers to, when it was last seen to hold."""

    sha256: str
    etag: str | None
    last_modified: str | None
    captured_at: datetime


_COLUMNS = tuple(field.name for field in fields(Attempt))
_SELECT = f"select {', '.join(_COLUMNS)} from attempts"  # noqa: S608 (the names of our own columns)
_INSERT = (
    f"insert into attempts ({', '.join(_COLUMNS)}) values ({', '.join(f':{name}' for name in _COLUMNS)}) "  # noqa: S608
    "on conflict (capture_id) do nothing"
)
_LAST_GOOD = (
    f"{_SELECT} where source_id = ? and url = ? and sha256 is not null "
    f"and outcome in ({', '.join(repr(outcome) for outcome in READABLE)}) order by attempt_no desc limit 1"
)
_FIRST_WITH = (
    f"{_SELECT} where sha256 = ? and outcome = 'ok' order by (source_id = ? and url = ?) desc, attempt_no limit 1"
)


class Journal:
    """The journal's file, open; threads may share it, and processes may have it open side by side.

    Rows are added and never changed: SQLite itself refuses it. Every row is on the disk when
    :meth:`record` returns.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    @contextmanager
    def open(cls, path: Path, *, read_only: bool = False) -> Iterator["Journal"]:
        """Open the journal for the length of a ``with`` block; it is made where it is missing.

        Args:
            path: the file; the directory above it is made where it is missing.
            read_only: make and write nothing; the file must be there.

        Raises:
            JournalError: where the file cannot be opened, or is no journal of this version.
        """
        with _explained(path):
            if not read_only and not path.exists():
                _make(path)
            connection = _connect(path, read_only=read_only)
            try:
                connection.execute("pragma synchronous = full")
                _demand_layout(connection, path)
            except BaseException:
                connection.close()
                raise
        try:
            yield cls(path, connection)
        finally:
            connection.close()

    def record(self, source_id: str, reply: ReplyLike, sha256: str | None) -> Attempt:
        """Keep one attempt; it is on the disk when this returns.

        A ``not_modified`` reply says that the last good body still holds: its row names that body, its
        length, media type and validators where the reply leaves them out. The same attempt recorded
        twice is one row.

        Args:
            source_id: the source that was asked.
            reply: how the attempt ended.
            sha256: the body's name in the archive, which must hold it already; ``None`` where nothing was kept.

        Raises:
            ValueError: where the outcome is unknown or the time has a zone.
            JournalError: where the file cannot be written.
        """
        with self._lock, _explained(self.path), _transaction(self._connection):
            held = self._held(source_id, utf8_text(reply.url), sha256) if reply.outcome == "not_modified" else None
            attempt = attempt_of(source_id, reply, sha256, held)
            self._connection.execute(_INSERT, _row(attempt))
        return attempt

    def last_good(self, source_id: str, url: str) -> Known | None:
        """Return what is known of an address, or ``None`` where no attempt there gave bytes to read.

        Before asking conditionally, make sure that the archive still holds the body (``known.sha256 in
        archive``): a body that was lost would otherwise never come back.
        """
        with self._lock, _explained(self.path):
            found = self._last_good(source_id, utf8_text(url))
        if found is None or found.sha256 is None:
            return None
        return Known(
            sha256=found.sha256, etag=found.etag, last_modified=found.last_modified, captured_at=found.captured_at
        )

    def captures(self, source_id: str | None = None) -> pl.DataFrame:
        """Return all attempts, or those at one source, in order of time (``Captures``)."""
        rows = (asdict(attempt) for attempt in self.attempts(source_id))
        return Captures.validate(frame_of(Captures, rows), lazy=True)

    def attempts(self, source_id: str | None = None, since: date | None = None) -> Iterator[Attempt]:
        """Yield the attempts in order of time, as they were when the first is asked for; writing may go on.

        Args:
            source_id: only those at this source.
            since: only those on this day (UTC) or later.
        """
        where, values = _filter(source_id, since)
        statement = f"{_SELECT} where {where} order by captured_at, attempt_no"
        # A connection of its own: what it reads does not move while rows are added by the other one.
        with _explained(self.path), closing(_connect(self.path, read_only=True)) as connection:
            for row in connection.execute(statement, values):
                yield _read(row)

    def first_with(self, sha256: str, source_id: str, url: str) -> Attempt | None:
        """Return the first attempt that brought these bytes, at this address or else at any; ``None`` for none."""
        with self._lock, _explained(self.path):
            return self._first_with(sha256, source_id, url)

    def count(self, source_id: str | None = None, since: date | None = None) -> int:
        """Return how many attempts :meth:`attempts` would yield."""
        where, values = _filter(source_id, since)
        with self._lock, _explained(self.path):
            row = self._connection.execute(f"select count(*) from attempts where {where}", values).fetchone()  # noqa: S608
        return int(row[0])

    def source_ids(self) -> list[str]:
        """Return the sources that were ever asked, in order of id."""
        with self._lock, _explained(self.path):
            rows = self._connection.execute("select distinct source_id from attempts order by source_id").fetchall()
        return [source_id for (source_id,) in rows]

    def find_defects(self) -> list[str]:
        """Return what SQLite finds wrong with the file itself, in its words; nothing where it is whole."""
        with self._lock, _explained(self.path):
            try:
                rows = self._connection.execute("pragma integrity_check(20)").fetchall()
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError as error:  # damage that the check itself stumbles over
                return [str(error)]
        return [message for (message,) in rows if message != "ok"]

    def _held(self, source_id: str, url: str, sha256: str | None) -> Attempt | None:
        """The attempt that brought the body of which a reply says that it still holds."""
        last = self._last_good(source_id, url)
        return last if sha256 is None or (last and last.sha256 == sha256) else self._first_with(sha256, source_id, url)

    def _first_with(self, sha256: str, source_id: str, url: str) -> Attempt | None:
        row = self._connection.execute(_FIRST_WITH, [sha256, source_id, url]).fetchone()
        return _read(row) if row else None

    def _last_good(self, source_id: str, url: str) -> Attempt | None:
        row = self._connection.execute(_LAST_GOOD, [source_id, url]).fetchone()
        return _read(row) if row else None


def _filter(source_id: str | None, since: date | None) -> tuple[str, list[str]]:
    """The condition that keeps to a source and to a day and later, with its values."""
    conditions = {"source_id = ?": source_id, "captured_at >= ?": since.isoformat() if since else None}
    given = {condition: value for condition, value in conditions.items() if value is not None}
    return " and ".join(given) or "true", list(given.values())


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}",
        uri=True,
        timeout=_WAIT_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def _make(path: Path) -> None:
    """Make a journal without rows: aside, and named once it is whole, so that a kill leaves all of it or nothing.

    With a write-ahead log readers never wait for a writer, and a commit costs one sync instead of four.
    """
    make_directory(path.parent)
    handle, name = tempfile.mkstemp(prefix=f"{DRAFT}{path.name}-", dir=path.parent)
    os.close(handle)
    draft = Path(name)
    try:
        with closing(_connect(draft, read_only=False)) as connection:
            connection.execute("pragma synchronous = full")
            for statement in _statements(_STRUCTURE):
                connection.execute(statement)
            connection.execute(f"pragma user_version = {_LAYOUT}")
            connection.execute("pragma journal_mode = wal").fetchone()
        draft.chmod(0o644)
        with suppress(FileExistsError):  # another process was faster: its journal stays
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    sync_directory(path.parent)


def _statements(script: str) -> Iterator[str]:
    """Yield a script's statements; those of triggers hold semicolons of their own."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _demand_layout(connection: sqlite3.Connection, path: Path) -> None:
    (layout,) = connection.execute("pragma user_version").fetchone()
    if layout != _LAYOUT:
        raise JournalError(
            f"{path}: has the layout {layout}, and this version of dx reads layout {_LAYOUT}; "
            "use the version of dx that wrote it, or name another warehouse"
        )


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("begin immediate")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Tell SQLite's errors with the file and the remedy."""
    try:
        yield
    except sqlite3.Error as error:
        remedy = "see that the disk has room and the directory can be written; else restore the file from a backup"
        raise JournalError(f"{path}: the journal cannot be used ({error}); {remedy}") from error


def _row(attempt: Attempt) -> dict[str, object]:
    return asdict(attempt) | {"captured_at": attempt.captured_at.isoformat(timespec=_TIME)}


def _read(row: tuple[object, ...]) -> Attempt:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["captured_at"] = datetime.fromisoformat(str(values["captured_at"]))
    return Attempt(**values)  # type: ignore[arg-type]  # the columns are the fields
