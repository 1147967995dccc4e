"""Numbered releases on disk: naming, listing, linking, and removing the oldest.

Only files and directories are handled here; what is inside a release is no matter of this module.
"""

import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dx_pipeline.warehouse.errors import ReleaseError
from dx_pipeline.warehouse.lock import hold_lock

DATABASE = "dx.duckdb"
_RELEASES = "releases"
_BUILD = ".build-"
_REMOVED = ".removed-"
_NEW_LINK = ".dx.duckdb.new"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One published release: its number, its directory, and whether the link names it."""

    number: int
    folder: Path
    is_current: bool

    @property
    def database(self) -> Path:
        """The DuckDB file."""
        return self.folder / DATABASE

    def parquet(self, table_name: str) -> Path:
        """The same table as Parquet."""
        return self.folder / "parquet" / f"{table_name}.parquet"


def current_release(root: Path) -> Release | None:
    """Return the release that the link names; ``None`` where nothing was published yet.

    Raises:
        ReleaseError: where the link is no link, or names a release that is not there.
    """
    link = root / DATABASE
    if link.is_symlink():
        folder = root / link.readlink().parent
        if folder.name.isdecimal() and (folder / DATABASE).is_file():
            return Release(number=int(folder.name), folder=folder, is_current=True)
        raise ReleaseError(
            f"{link} points at {link.readlink()}, which is not there: releases there are "
            f"{_listed(root)}; `dx release use N` points the link at one of them"
        )
    if link.exists():
        raise ReleaseError(f"{link} is a file, but must be a link to a release: move it away and publish again")
    return None


def list_releases(root: Path) -> list[Release]:
    """Return all releases on disk, the newest first."""
    link = root / DATABASE
    target = link.readlink().parent.name if link.is_symlink() else None
    return [
        Release(number=number, folder=_folder(root, number), is_current=_folder(root, number).name == target)
        for number in sorted(_numbers(root), reverse=True)
    ]


def use_release(
    root: Path, number: int, *, wait_seconds: float = 600, say: Callable[[str], None] = _log.info
) -> Release:
    """Point the link at a release, by one atomic rename, and return that release.

    Args:
        root: the warehouse directory.
        number: the release's number.
        wait_seconds: how long to wait for a publish that is under way.
        say: takes a message, where one waits.

    Raises:
        ReleaseError: where there is no such release; the message names those that there are.
        LockTimeoutError: where another process holds the lock for too long.
    """
    _demand_release(root, number)
    with hold_lock(root, f"use of release {number}", wait_seconds, say):
        _demand_release(root, number)
        _refuse_file(root)
        point_link(root, number)
    return Release(number=number, folder=_folder(root, number), is_current=True)


def prepare_build(root: Path) -> tuple[int, Path]:
    """Remove what killed publishes left; return the next number and the directory to build it in.

    The number is one more than the highest there is, whatever the clock says. The lock must be held.
    """
    releases = root / _RELEASES
    releases.mkdir(exist_ok=True)
    for prefix in (_BUILD, _REMOVED):
        for leftover in releases.glob(f"{prefix}*"):
            shutil.rmtree(leftover)
    number = 1 + max(_numbers(root), default=0)
    return number, releases / f"{_BUILD}{number:06d}"


def adopt_build(root: Path, number: int, build: Path) -> Release:
    """Make a finished build the current release: durable, read-only, renamed, linked.

    Each step is on disk before the next begins, so that a cut at any moment leaves the link on
    a whole release. The lock must be held.

    Raises:
        OSError: where the file system refuses; the link then names the release that it named before.
        ReleaseError: where the link's place is taken by a file.
    """
    _refuse_file(root)
    for folder, _, names in os.walk(build, topdown=False):
        for name in sorted(names):
            _seal(Path(folder, name))
        _fsync_directory(Path(folder))
    build.rename(_folder(root, number))
    _fsync_directory(root / _RELEASES)
    point_link(root, number)
    return Release(number=number, folder=_folder(root, number), is_current=True)


def point_link(root: Path, number: int) -> None:
    """Replace the link by one that names a release; it is relative, so the warehouse may be moved."""
    fresh = root / _NEW_LINK
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(Path(_RELEASES, f"{number:06d}", DATABASE))
    fresh.replace(root / DATABASE)
    _fsync_directory(root)


def remove_oldest(root: Path, keep: int) -> None:
    """Remove all but the ``keep`` newest releases beside the current one. The lock must be held.

    A release is renamed before it is emptied: what carries a number is whole.
    """
    others = [release for release in list_releases(root) if not release.is_current]
    for release in others[keep:]:
        removed = release.folder.with_name(f"{_REMOVED}{release.folder.name}")
        release.folder.rename(removed)
        shutil.rmtree(removed)


def _numbers(root: Path) -> list[int]:
    releases = root / _RELEASES
    if not releases.is_dir():
        return []
    return [int(entry.name) for entry in releases.iterdir() if entry.name.isdecimal() and entry.is_dir()]


def _folder(root: Path, number: int) -> Path:
    return root / _RELEASES / f"{number:06d}"


def _listed(root: Path) -> str:
    return ", ".join(str(number) for number in sorted(_numbers(root))) or "none"


def _demand_release(root: Path, number: int) -> None:
    if number not in _numbers(root):
        raise ReleaseError(f"there is no release {number} in {root / _RELEASES}; there are: {_listed(root)}")


def _refuse_file(root: Path) -> None:
    link = root / DATABASE
    if link.exists() and not link.is_symlink():
        raise ReleaseError(f"{link} is a file, but must be a link to a release: move it away and publish again")


def _seal(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fchmod(descriptor, 0o444)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fsync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
