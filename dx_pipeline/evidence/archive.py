"""The archive of captured bytes: write-once, named by what they hold.

Only keeping and giving back bytes belongs here; what was asked for, and how that ended, is told by
captures (``folder.py``).
"""

import gzip
import hashlib
import os
import re
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

_SHA256 = re.compile(r"[0-9a-f]{64}")
_READ_ONLY = 0o444


class MissingBodyError(FileNotFoundError):
    """The archive holds no bytes under that hash; the message names the file and the remedy."""


class CorruptBodyError(OSError):
    """The archived bytes are not the ones that were put; the message names the file and the remedy."""


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
        path = self._path(sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, gzip.compress(body, compresslevel=6, mtime=0))
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes that were put under this hash, hashed again.

        Raises:
            ValueError: where ``sha256`` is no SHA-256 in hexadecimal.
            MissingBodyError: where the archive has no such body.
            CorruptBodyError: where the file no longer holds what was put.
        """
        path = self._path(sha256)
        remedy = f"delete {path} if it exists and capture the source again"
        try:
            body = gzip.decompress(path.read_bytes())
        except FileNotFoundError as error:
            raise MissingBodyError(f"{path}: no body is archived under {sha256}; {remedy}") from error
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise CorruptBodyError(f"{path}: cannot be unpacked ({error}); {remedy}") from error
        found = hashlib.sha256(body).hexdigest()
        if found != sha256:
            raise CorruptBodyError(f"{path}: holds bytes with the hash {found}; {remedy}")
        return body

    def __contains__(self, sha256: object) -> bool:
        """Return whether bytes with this hash are kept; they are not read."""
        return isinstance(sha256, str) and bool(_SHA256.fullmatch(sha256)) and self._path(sha256).exists()

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no SHA-256: give 64 lower-case hexadecimal digits")
        return self.root / sha256[:2] / f"{sha256}.gz"


def _write_whole(path: Path, packed: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".tmp-", dir=path.parent)
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
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
