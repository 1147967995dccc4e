"""Whether the archive holds what the attempts say: the manifest is ours, and every body is hashed again.

Only looking belongs here; nothing is changed or mended.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from dx_pipeline.evidence.archive import Archive, CorruptBodyError, MissingBodyError, is_draft

_SETTLED_SECONDS = 600.0  # a pull may be going on: what is younger may still get its attempt, or its name
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with the evidence, and what to do about it.

    ``kind`` is ``corrupt``, ``missing``, ``unreadable`` or ``length`` (of a body), or ``journal``.
    """

    kind: str
    path: Path
    detail: str
    remedy: str
    sha256: str | None = None


@dataclass(slots=True, kw_only=True)
class Verification:
    """What was looked at and what was found.

    ``unnamed`` are whole bodies that no attempt names, ``leftovers`` files that a killed writer left,
    ``foreign`` files that are none of the archive's: all of them do no harm. ``arriving`` counts files so
    young that a pull may still be at work on them.
    """

    bodies: int = 0
    bytes: int = 0
    attempts: int = 0
    faults: list[Fault] = field(default_factory=list)
    unnamed: list[Path] = field(default_factory=list)
    leftovers: list[Path] = field(default_factory=list)
    foreign: list[Path] = field(default_factory=list)
    arriving: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify_archive(
    archive: Archive, captures: pl.DataFrame, tell: Tell = lambda _done, _total: None, *, settled: float | None = None
) -> Verification:
    """Hash every body again, and look for every body that an attempt names.

    A pull may go on meanwhile: the attempts are older than this look, and their bodies are older than they.

    Args:
        archive: the archive.
        captures: the attempts (``Captures``), read before this is called.
        tell: is told how many files of how many are done.
        settled: seconds after which a file that no attempt names is taken as left behind.

    Returns:
        What was found. A body at a time is in memory, and of it a piece.
    """
    youngest = time.time() - (_SETTLED_SECONDS if settled is None else settled)
    named = _named(captures)
    found = Verification(attempts=captures.filter(pl.col("sha256").is_not_null())["capture_id"].n_unique())
    files = list(archive.files())
    present = {sha256 for _, sha256 in files}
    missing = sorted(named.keys() - present)
    total = len(files) + len(missing)
    for done, (path, sha256) in enumerate(files, 1):
        if sha256 is None:
            _note_other(path, youngest, found)
        else:
            _check(archive, sha256, named.get(sha256), youngest, found)
        tell(done, total)
    for done, sha256 in enumerate(missing, len(files) + 1):
        _check(archive, sha256, named[sha256], youngest, found)
        tell(done, total)
    return found


def _named(captures: pl.DataFrame) -> Mapping[str, Mapping[str, Any]]:
    """Every body that is named, with the lengths told of it, how often it is named, and the first attempt to do so."""
    by_body = captures.filter(pl.col("sha256").is_not_null()).group_by("sha256", maintain_order=True)
    grouped = by_body.agg(
        pl.col("bytes").drop_nulls().unique(maintain_order=True).alias("lengths"),
        pl.col("capture_id").n_unique().alias("attempts"),
        pl.col("source_id").first(),
        pl.col("url").first(),
    )
    return {row["sha256"]: row for row in grouped.iter_rows(named=True)}


def _check(
    archive: Archive, sha256: str, named: Mapping[str, Any] | None, youngest: float, found: Verification
) -> None:
    path = archive.place(sha256)
    try:
        length = archive.check(sha256)
    except MissingBodyError:
        if named:  # one that nobody names was deleted while this looked
            found.faults.append(_missing(path, sha256, named))
        return
    except CorruptBodyError as error:
        found.bodies += 1
        found.faults.append(_corrupt(path, sha256, named, error.reason))
        return
    except OSError as error:
        found.bodies += 1
        detail = f"{path}: cannot be read ({error.strerror or error})"
        remedy = "make the file readable, then verify again"
        found.faults.append(Fault(kind="unreadable", path=path, sha256=sha256, detail=detail, remedy=remedy))
        return
    found.bodies += 1
    found.bytes += length
    if named is None:
        _note(path, youngest, found, found.unnamed)
    elif set(named["lengths"]) - {length}:
        told = ", ".join(map(str, named["lengths"]))
        detail = f"{path}: holds {length} bytes, and attempts tell of {told} ({_who(named)})"
        remedy = "restore the archive and the journal from the same backup"
        found.faults.append(Fault(kind="length", path=path, sha256=sha256, detail=detail, remedy=remedy))


def _missing(path: Path, sha256: str, named: Mapping[str, Any]) -> Fault:
    remedy = f"restore {path} from a backup; if there is none, {_capture_again(named)}"
    detail = f"{path}: is not there, and {_who(named)} names it"
    return Fault(kind="missing", path=path, sha256=sha256, detail=detail, remedy=remedy)


def _corrupt(path: Path, sha256: str, named: Mapping[str, Any] | None, reason: str) -> Fault:
    detail, remedy = f"{path}: {reason}", f"delete {path}: no attempt names it"
    if named:
        detail += f"; {_who(named)} names it"
        remedy = f"restore {path} from a backup; if there is none, delete it and {_capture_again(named)}"
    return Fault(kind="corrupt", path=path, sha256=sha256, detail=detail, remedy=remedy)


def _capture_again(named: Mapping[str, Any]) -> str:
    return f"capture {named['source_id']} again, though what is there now may be another version"


def _who(named: Mapping[str, Any]) -> str:
    others = f" and {named['attempts'] - 1} more" if named["attempts"] > 1 else ""
    return f"an attempt at {named['url']}{others}"


def _note_other(path: Path, youngest: float, found: Verification) -> None:
    _note(path, youngest, found, found.leftovers if is_draft(path) else found.foreign)


def _note(path: Path, youngest: float, found: Verification, into: list[Path]) -> None:
    try:
        is_young = path.stat().st_ctime > youngest
    except FileNotFoundError:  # a draft that has got its name by now
        return
    if is_young:
        found.arriving += 1
    else:
        into.append(path)


def faults_of_journal(path: Path, defects: Iterable[str]) -> list[Fault]:
    """Return as faults what SQLite finds wrong with the journal's file."""
    remedy = f"restore {path} from a backup, or save what can still be read of it with `sqlite3 FILE .recover`"
    return [Fault(kind="journal", path=path, detail=f"{path}: {defect}", remedy=remedy) for defect in defects]
