"""Tables that a step keeps from run to run, so that it need not make again what it has made; no step is defined here.

They lie under the stage as Parquet, with a manifest that names each file's hash and what they were made by. Nothing
rests on them: where they are missing, damaged or made by other code, the step makes everything anew.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was kept, by name: empty where there is nothing to be used.

    ``news`` says why nothing can be used, where that is nothing to worry about, ``fault`` where it is.
    """

    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    news: str | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class KeptTables:
    """The directory in which one step keeps its tables."""

    root: Path

    def read(self, version: str) -> Kept:
        """Return what was kept by this version of the step; a damaged file makes all of it unusable.

        Args:
            version: of everything that the tables depend on beside their input.
        """
        path = self.root / _MANIFEST
        if not path.exists():
            return Kept()
        try:
            manifest = json.loads(path.read_bytes())
            if manifest["version"] != version:
                return Kept(news="everything is read anew, as the code or the catalogue that it is read by has changed")
            return Kept(tables={name: self._read(name, digest) for name, digest in manifest["files"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError, pl.exceptions.PolarsError) as error:
            return Kept(fault=f"everything is read anew, as what was kept cannot be used ({path}: {error})")

    def write(self, version: str, tables: Mapping[str, pl.DataFrame]) -> None:
        """Keep these tables instead of the ones before; the manifest comes last, and without it nothing counts.

        Raises:
            OSError: where the directory cannot be written.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / _MANIFEST).unlink(missing_ok=True)
        files = {name: self._write(name, frame) for name, frame in tables.items()}
        manifest = json.dumps({"version": version, "files": files}, indent=1)
        _replace(self.root / _MANIFEST, manifest.encode())

    def _path(self, name: str) -> Path:
        return self.root / f"{name}.parquet"

    def _read(self, name: str, digest: str) -> pl.DataFrame:
        path = self._path(name)
        if _sha256(path) != digest:
            raise ValueError(f"{path.name} is not what was written")
        return pl.read_parquet(path)

    def _write(self, name: str, frame: pl.DataFrame) -> str:
        path = self._path(name)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            frame.write_parquet(draft)
            digest = _sha256(draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        return digest


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
