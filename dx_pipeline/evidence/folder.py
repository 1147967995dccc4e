"""Captures of files: what lies in a folder, and files that a source names.

Only reading files into the archive and telling how each attempt ended belongs here. What the bytes
mean, and whether they can be parsed, is judged by ``documents`` and ``statistics``.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from dx_pipeline.evidence.archive import Archive
from dx_pipeline.evidence.media_types import DATA_TYPES, DOCUMENT_TYPES, MAX_BYTES, UNREAD_TYPES
from dx_pipeline.evidence.warc import WarcFile, capture_warc, capture_warcs, is_warc
from dx_pipeline.identifiers import stable_id
from dx_pipeline.schemas.evidence import Captures
from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.specs import ArticleSource

_DIRECTORY = "inode/directory"
_WARC_TYPE = "application/warc"
_FIRST_CREDIBLE_YEAR = 2000  # archivers that keep no time write 1970 or 1980


@dataclass(frozen=True, slots=True)
class _Place:
    """A file to capture: where it lies, and how it is named inside its source."""

    source_id: str
    path: Path
    name: str
    media_type: str
    captured_on: date | None


@dataclass(frozen=True, slots=True)
class _Failure:
    outcome: str
    detail: str


def capture_folder(source: ArticleSource, archive: Archive) -> pl.DataFrame:
    """Capture every document of a source's folder, the ones in its subfolders too.

    HTML, text, Markdown and PDF files of at most ``MAX_BYTES`` bytes are archived. A file that
    cannot be read, is empty or too large, or is a document of another kind has a row that says so.
    WARC files are read page by page (``warc.py``); the folder itself may be one.
    Hidden files are passed over, as are pictures, styles and the like; links that lead out of the
    folder are never followed.

    Returns:
        A ``Captures`` frame, one row per file, in order of path, then the pages of WARC files.
        ``captured_at`` of a file is midnight of ``source.captured_on`` or else its modification time in UTC.

    Raises:
        ValueError: where the source is a web site.
    """
    root = source.folder
    if root is None:
        raise ValueError(f"source {source.source_id} has no folder: it is asked over the network")
    if is_warc(root) and not root.is_dir():
        return capture_warc(source, archive)
    if not root.is_dir():
        place = _Place(source.source_id, root, ".", _DIRECTORY, source.captured_on)
        detail = f"{root}: is no folder that can be read; give the folder that holds the documents"
        return _frame([_row(place, _Failure("unreachable", detail))])
    places = [
        _Place(source.source_id, path, _name(path, root), media_type, source.captured_on)
        for path, media_type in _documents(root)
    ]
    warcs = [
        WarcFile(place.path, place.name)
        for place in places
        if place.media_type == _WARC_TYPE and _is_inside(place.path, root)
    ]
    files = (place for place in places if place.media_type != _WARC_TYPE or not _is_inside(place.path, root))
    captured = _frame(_refuse(place) or _capture(place, root, archive) for place in files)
    return pl.concat([captured, capture_warcs(source.source_id, warcs, archive)]) if warcs else captured


def capture_files(
    source_id: str, paths: Iterable[Path], root: Path, captured_on: date | None, archive: Archive
) -> pl.DataFrame:
    """Capture named files below ``root``, whatever their kind.

    A path is absolute or relative to ``root``; one that leads out of it is refused.

    Returns:
        A ``Captures`` frame, one row per path, in the order given without repeats.
    """
    located = dict.fromkeys(Path(os.path.normpath(root / path)) for path in paths)
    return _frame(
        _capture(_Place(source_id, path, _name(path, root), media_type_of(path), captured_on), root, archive)
        for path in located
    )


def media_type_of(path: Path) -> str:
    """Return the media type that a file's ending stands for.

    >>> media_type_of(Path("a/INDEX.HTM"))
    'text/html'
    >>> media_type_of(Path("a/b.bin"))
    'application/octet-stream'
    """
    known = DOCUMENT_TYPES | DATA_TYPES
    return known.get(path.suffix.lower(), "application/octet-stream")


def _documents(root: Path) -> Iterator[tuple[Path, str]]:
    unreadable: list[OSError] = []
    found: list[Path] = []
    for directory, folders, files in os.walk(root, onerror=unreadable.append):  # follows no links
        folders[:] = [name for name in folders if not name.startswith(".")]
        entries = files + [name for name in folders if (Path(directory) / name).is_symlink()]
        found += [Path(directory) / name for name in entries if not name.startswith(".")]
    closed = {Path(error.filename) for error in unreadable}
    for path in sorted({*found, *closed}, key=lambda path: os.fsencode(path.relative_to(root).as_posix())):
        suffix = path.suffix.lower()
        if path in closed or (path.is_symlink() and path.is_dir()):
            if path in closed or not _is_inside(path, root):
                yield path, _DIRECTORY
        elif is_warc(path):
            yield path, _WARC_TYPE
        elif suffix in DOCUMENT_TYPES:
            yield path, DOCUMENT_TYPES[suffix]
        elif suffix in UNREAD_TYPES:
            yield path, UNREAD_TYPES[suffix]


def _refuse(place: _Place) -> dict[str, Any] | None:
    if place.path.suffix.lower() not in UNREAD_TYPES or place.media_type in {_DIRECTORY, _WARC_TYPE}:
        return None
    detail = f"{place.path}: {place.media_type} is not read; save it as one of {' '.join(DOCUMENT_TYPES)}"
    return _row(place, _Failure("wrong_media_type", detail))


def _capture(place: _Place, root: Path, archive: Archive) -> dict[str, Any]:
    if not _is_inside(place.path, root):
        detail = f"{place.path}: leads out of {root} and is not followed; copy it into the folder"
        return _row(place, _Failure("unreachable", detail))
    try:
        status = place.path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            detail = f"{place.path}: is no readable file; put a readable, regular file in its place"
            return _row(place, _Failure("unreachable", detail))
        failure = _unfit(place, status.st_size)
        if failure:
            return _row(place, failure, status)
        with place.path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)  # the file may have grown meanwhile
    except OSError as error:
        detail = f"{place.path}: cannot be read ({error.strerror or error}); make the file readable or remove it"
        return _row(place, _Failure("unreachable", detail))
    failure = _unfit(place, len(body))
    return _row(place, failure, status) if failure else _row(place, archive.put(body), status, len(body))


def _unfit(place: _Place, size: int) -> _Failure | None:
    if size == 0:
        return _Failure("empty", f"{place.path}: holds no bytes; save the document again")
    if size > MAX_BYTES:
        detail = f"{place.path}: {size} bytes are more than {MAX_BYTES}; split the document"
        return _Failure("too_large", detail)
    return None


def _row(
    place: _Place, result: str | _Failure, status: os.stat_result | None = None, size: int | None = None
) -> dict[str, Any]:
    sha256 = result if isinstance(result, str) else None
    failure = result if isinstance(result, _Failure) else None
    return {
        "capture_id": stable_id("cap", place.source_id, place.name, sha256),
        "source_id": place.source_id,
        "url": place.path.absolute().as_uri(),
        "captured_at": _captured_at(place.captured_on, status),
        "outcome": failure.outcome if failure else "ok",
        "media_type": place.media_type,
        "bytes": size if size is not None else (status.st_size if status else None),
        "sha256": sha256,
        "detail": _printable(failure.detail) if failure else None,
    }


def _captured_at(captured_on: date | None, status: os.stat_result | None) -> datetime | None:
    if captured_on is not None:
        return datetime(captured_on.year, captured_on.month, captured_on.day)  # noqa: DTZ001 (column is UTC, no zone)
    if status is None:
        return None
    modified = datetime.fromtimestamp(int(status.st_mtime), UTC).replace(tzinfo=None)
    return modified if modified.year >= _FIRST_CREDIBLE_YEAR else None


def _is_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a loop of links
        return False


def _name(path: Path, root: Path) -> str:
    return _printable(Path(os.path.relpath(path, root)).as_posix())


def _printable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")  # a name need not be UTF-8, a column must


def _frame(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    return Captures.validate(frame_of(Captures, rows), lazy=True)
