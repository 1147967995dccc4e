"""What ``dx doctor`` looks at: versions, places, locks, disk, the release, and what to do about each."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dx_pipeline.defs.sources import Sources
from dx_pipeline.evidence.warc import is_warc
from dx_pipeline.extraction.lexicon import load_lexicon
from dx_pipeline.findings.rubric import read_rubric
from dx_pipeline.packs.check import check_page_words
from dx_pipeline.review.correction_file import read_corrections
from dx_pipeline.review.fields import KnownIds
from dx_pipeline.settings import CATALOGUE, Settings
from dx_pipeline.specs import CatalogueError
from dx_pipeline.warehouse.errors import WarehouseError
from dx_pipeline.warehouse.lock import find_holder
from dx_pipeline.warehouse.releases import current_release, list_releases

_PACKAGES = ("dx-pipeline", "dagster", "dagster-webserver", "duckdb", "polars", "pandera", "pyarrow", "typer")
_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing looked at: what was found and, where it is wrong, what to do."""

    subject: str
    found: str
    remedy: str | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing needs to be done."""
        return self.remedy is None


def diagnose(settings: Settings) -> Iterator[Diagnosis]:
    """Look at everything that a run needs, and yield what was found; nothing is changed but a probe file."""
    yield _python()
    yield from map(_package, _PACKAGES)
    checks: tuple[Callable[[Settings], Diagnosis], ...] = (
        _catalogue,
        _articles,
        _corrections,
        _warehouse,
        _disk,
        _run_lock,
        _dagster_home,
        _release,
        _report,
    )
    for check in checks:
        yield check(settings)


def _python() -> Diagnosis:
    found = ".".join(map(str, sys.version_info[:3]))
    remedy = None if sys.version_info >= (3, 11) else "use Python 3.11 or later"
    return Diagnosis(subject="Python", found=found, remedy=remedy)


def _package(name: str) -> Diagnosis:
    try:
        return Diagnosis(subject=name, found=version(name))
    except PackageNotFoundError:
        return Diagnosis(subject=name, found="not installed", remedy="install the project as README.md says")


def _catalogue(settings: Settings) -> Diagnosis:
    try:
        sources = Sources.read(replace(settings, articles=None))
        lexicon = load_lexicon(CATALOGUE)
        check_page_words(CATALOGUE)
        read_rubric(CATALOGUE / "rules" / "rubric.toml")
    except CatalogueError as error:
        return Diagnosis(subject="catalogue", found=str(error), remedy="mend that file")
    return Diagnosis(
        subject="catalogue",
        found=f"{len(sources.articles)} sources of articles, {len(sources.statistics)} of statistics, "
        f"{len(lexicon.languages)} languages",
    )


def _articles(settings: Settings) -> Diagnosis:
    place = settings.articles
    if place is None:
        return Diagnosis(subject="articles", found="the catalogue's sources")
    is_well = place.is_dir() or (place.is_file() and is_warc(place))
    remedy = None if is_well else "give a folder or a WARC file that is there in DX_ARTICLES, or unset it"
    return Diagnosis(subject="articles", found=str(place), remedy=remedy)


def _corrections(settings: Settings) -> Diagnosis:
    path, must_exist = settings.corrections_file, settings.corrections is not None
    try:
        reading = read_corrections(path, KnownIds.read(CATALOGUE), "", must_exist=must_exist)
    except CatalogueError as error:
        return Diagnosis(subject="corrections", found=str(error), remedy="do as the message says")
    if reading.quarantine.height:
        found = reading.quarantine["detail"][0]
        return Diagnosis(subject="corrections", found=found, remedy="mend it; `dx review list` tells all")
    return Diagnosis(subject="corrections", found=f"{reading.entries.height} in {path}" if path.exists() else "none")


def _warehouse(settings: Settings) -> Diagnosis:
    if settings.warehouse.exists() and not settings.warehouse.is_dir():
        return Diagnosis(
            subject="warehouse", found=f"{settings.warehouse} is a file", remedy="set DX_WAREHOUSE to a directory"
        )
    place = _nearest(settings.warehouse)
    try:
        with tempfile.TemporaryDirectory(prefix=".dx-doctor-", dir=place) as probe:
            (Path(probe) / "link").symlink_to("target")
    except OSError as error:
        return Diagnosis(
            subject="warehouse",
            found=f"{place}: {error.strerror}",
            remedy="make the directory writable on a file system with links, or set DX_WAREHOUSE to one that is",
        )
    return Diagnosis(subject="warehouse", found=f"{settings.warehouse} can be written")


def _disk(settings: Settings) -> Diagnosis:
    free = shutil.disk_usage(_nearest(settings.warehouse)).free
    remedy = None if free >= _FREE_BYTES else "make room: a run needs half a gigabyte"
    return Diagnosis(subject="disk", found=f"{free / 1024**3:.1f} GiB free", remedy=remedy)


def _run_lock(settings: Settings) -> Diagnosis:
    holder = find_holder(settings.warehouse)
    return Diagnosis(subject="run lock", found=f"held by {holder}; a run will wait for it" if holder else "free")


def _dagster_home(settings: Settings) -> Diagnosis:
    home = settings.dagster_home
    if not home.exists():
        return Diagnosis(subject="run history", found=f"{home}: none yet; the first run makes it")
    if not (home / "dagster.yaml").is_file():
        return Diagnosis(
            subject="run history",
            found=f"{home} has no dagster.yaml: Dagster would send telemetry",
            remedy="write it with `python -m dx_pipeline.defs.home`",
        )
    return Diagnosis(subject="run history", found=f"{home} (export it as DAGSTER_HOME for Dagster's own commands)")


def _release(settings: Settings) -> Diagnosis:
    try:
        release = current_release(settings.warehouse)
        kept = len(list_releases(settings.warehouse))
    except (WarehouseError, OSError) as error:
        return Diagnosis(subject="release", found=str(error), remedy="do as the message says")
    if release is None:
        return Diagnosis(subject="release", found="nothing is published yet; `dx run` publishes")
    return Diagnosis(subject="release", found=f"{release.number} is current, {kept} on disk: {settings.database}")


def _report(settings: Settings) -> Diagnosis:
    found = str(settings.report) if settings.report.is_file() else "none yet; `dx run` writes it"
    return Diagnosis(subject="report", found=found)


def _nearest(path: Path) -> Path:
    """The directory itself or the nearest one above it that is there."""
    while not path.is_dir() and path != path.parent:
        path = path.parent
    return path
