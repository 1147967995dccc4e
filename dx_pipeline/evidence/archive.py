"""The archive of captured bytes: write-once, named by what they hold.

Only keeping and giving back bytes belongs here; what was asked for, and how that ended, is told by
captures (``folder.py``, ``journal.py``), and whether the two agree by ``verification.py``.
"""

import gzip
import hashlib
import os
import re
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SHA256 = re.compile(r"[0-9a-f]{64}")
_READ_ONLY = 0o444
_DIRECTORY = re.compile(r"[0-9a-f]{2}")
DRAFT = ".tmp-"
_CHUNK_BYTES = 1024 * 1024
_SYNCED_SECONDS = 60  # within which every file system has written a new name down by itself


class MissingBodyError(FileNotFoundError):
    """The archive holds no bytes under that hash; the message names the file and the remedy."""


class CorruptBodyError(OSError):
    """The archived bytes are not the ones that were put; the message names the file and the remedy.

    ``reason`` says in what way.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}; {_remedy(path)}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Archive:
    """A directory of bodies, each compressed and named by the SHA-256 of its bytes.

    A body lies at ``ab/abcd….gz``. Files are written aside, synced and renamed, so that a reader
    sees a whole body or none, and writers of the same body do not disturb each other. The bytes of
    a file depend on the body alone.
    """

    root: Path

    def put(self, body: bytes) -> str:
        """Keep the bytes and return their SHA-256 in hexadecimal; known bytes are not written again.

        Raises:
            OSError: where the directory cannot be written.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        path = self.place(sha256)
        if path.exists():
            if time.time() - path.stat().st_ctime < _SYNCED_SECONDS:
                sync_directory(path.parent)  # whoever wrote it may have been killed before this
            return sha256
        make_directory(path.parent)
        _write_whole(path, gzip.compress(body, compresslevel=6, mtime=0))
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes that were put under this hash, hashed again.

        Raises:
            ValueError: where ``sha256`` is no SHA-256 in hexadecimal.
            MissingBodyError: where the archive has no such body.
            CorruptBodyError: where the file no longer holds what was put.
        """
        body = b"".join(self._chunks(sha256))
        _demand_hash(self.place(sha256), sha256, hashlib.sha256(body).hexdigest())
        return body

    def check(self, sha256: str) -> int:
        """Hash a body again, a piece at a time, and return its length in bytes.

        Raises:
            ValueError, MissingBodyError, CorruptBodyError: as :meth:`get`.
            OSError: where the file cannot be read.
        """
        digest, length = hashlib.sha256(), 0
        for chunk in self._chunks(sha256):
            digest.update(chunk)
            length += len(chunk)
        _demand_hash(self.place(sha256), sha256, digest.hexdigest())
        return length

    def files(self) -> Iterator[tuple[Path, str | None]]:
        """Yield every file in the archive's directories, each with the hash that it is named by.

        A file that is none of the archive's, or was being written when its writer ended, has none. Of the
        files beside the directories only the latter are told: others live there too.
        """
        if self.root.is_dir():
            yield from ((path, None) for path in sorted(self.root.glob(f"{DRAFT}*")))
        for directory in sorted(self.root.iterdir()) if self.root.is_dir() else ():
            if directory.is_dir() and _DIRECTORY.fullmatch(directory.name):
                for path in sorted(directory.iterdir()):
                    sha256 = path.name.removesuffix(".gz")
                    is_body = _SHA256.fullmatch(sha256) and path == self.place(sha256)
                    yield path, sha256 if is_body else None

    def place(self, sha256: str) -> Path:
        """Return the file that holds, or would hold, a body.

        Raises:
            ValueError: where ``sha256`` is no SHA-256 in hexadecimal.
        """
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no SHA-256: give 64 lower-case hexadecimal digits")
        return self.root / sha256[:2] / f"{sha256}.gz"

    def __contains__(self, sha256: object) -> bool:
        """Return whether bytes with this hash are kept; they are not read."""
        return isinstance(sha256, str) and bool(_SHA256.fullmatch(sha256)) and self.place(sha256).exists()

    def _chunks(self, sha256: str) -> Iterator[bytes]:
        path = self.place(sha256)
        try:
            with gzip.open(path) as file:
                while chunk := file.read(_CHUNK_BYTES):
                    yield chunk
        except FileNotFoundError as error:
            raise MissingBodyError(f"{path}: no body is archived under {sha256}; {_remedy(path)}") from error
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise CorruptBodyError(path, f"cannot be unpacked ({error})") from error


def is_draft(path: Path) -> bool:
    """Return whether a file is one that was being written: it lies there only where its writer was killed."""
    return path.name.startswith(DRAFT)


def _demand_hash(path: Path, sha256: str, found: str) -> None:
    if found != sha256:
        raise CorruptBodyError(path, f"holds bytes with the hash {found}")


def _remedy(path: Path) -> str:
    return f"delete {path} if it exists and capture the source again"


def _write_whole(path: Path, packed: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=DRAFT, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_READ_ONLY)
        # A rival writer holds the same bytes, so that whoever renames last changes nothing.
        temporary.rename(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def make_directory(directory: Path) -> None:
    """Make a directory and those above it, each written down in the one above before anything is put into it."""
    if not directory.is_dir():
        make_directory(directory.parent)
        directory.mkdir(exist_ok=True)
        sync_directory(directory.parent)


def sync_directory(directory: Path) -> None:
    """Write down which files a directory holds, so that a power cut does not take a new name away again."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
