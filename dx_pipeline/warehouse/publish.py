"""Publishing: tables in, a numbered release out, or word that nothing is new.

A release is built aside, checked in a fresh process, made durable and read-only, renamed to its
number, and only then named by the link, in one atomic step. Whatever kills a publish, readers have
the release before or the new one, whole; the next publish removes what the killed one left.
"""

import json
import logging
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from dx_pipeline.schemas.frames import empty_frame, frame_of, polars_schema
from dx_pipeline.schemas.operations import Runs
from dx_pipeline.schemas.tables import PUBLISHED, Table
from dx_pipeline.warehouse.build import BuildLabel, build_release
from dx_pipeline.warehouse.errors import PublishError, ReleaseError
from dx_pipeline.warehouse.lock import hold_lock
from dx_pipeline.warehouse.manifest import RELEASE, holds_nothing_new
from dx_pipeline.warehouse.releases import Release, adopt_build, current_release, prepare_build, remove_oldest
from dx_pipeline.warehouse.verify import verify_in_fresh_process

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """The run that publishes; times are in UTC and carry no zone."""

    run_id: str
    started_at: datetime
    code_version: str
    input_sha256: str
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What became of a publish: the release that is current now, and whether it is a new one."""

    published: bool
    release: Release


def publish(
    tables: Mapping[str, pl.DataFrame],
    root: Path,
    run: RunRecord,
    keep: int,
    *,
    wait_seconds: float = 600,
    say: Callable[[str], None] = _log.info,
    verify: Callable[[Path], None] = verify_in_fresh_process,
    threads: int | None = None,
) -> Publication:
    """Publish tables as the next release, unless the current one holds the same.

    The release has every table of :data:`PUBLISHED`, empty where ``tables`` has none, rows sorted by key; ``runs``
    is the current release's with this run added. What differs by run (``manifest.VOLATILE``) makes no release.

    Args:
        tables: published tables by name, without ``runs``.
        root: the warehouse directory; made where it is missing.
        run: the run that publishes.
        keep: how many older releases stay beside the current one, at least 1.
        wait_seconds: how long to wait for another publish.
        say: takes a message a person may want to read, such as whom one waits for.
        verify: checks the finished build and raises where it must not be published.
        threads: how many threads DuckDB takes; ``None`` for as many as there are cores.

    Raises:
        PublishError, LockTimeoutError, ReleaseError, OSError: a table fits no model or the build no check; another
            publish took too long; a file has the link's place; the disk failed. The link names a whole release still.
    """
    frames = _arrange(tables)
    root.mkdir(parents=True, exist_ok=True)
    with hold_lock(root, f"publish by run {run.run_id}", wait_seconds, say):
        number, build = prepare_build(root)
        before = _readable_release(root, say)
        label = BuildLabel(number=number, built_at=_now(), code_version=run.code_version)
        frames["runs"] = _add_run(before, run, label.built_at, frames)
        try:
            manifest = build_release(frames, build, label, threads)
            if before and holds_nothing_new(manifest, pl.read_parquet(before.parquet(RELEASE.name))):
                say(f"nothing is new since release {before.number}, which stays the current one")
                return Publication(published=False, release=before)
            verify(build)
            release = adopt_build(root, number, build)
        finally:
            with suppress(OSError):  # the next publish removes what cannot be removed now
                shutil.rmtree(build)
        say(f"published release {number}")
        _remove_oldest(root, keep, say)
    return Publication(published=True, release=release)


def _remove_oldest(root: Path, keep: int, say: Callable[[str], None]) -> None:
    """Remove the releases that need not stay; what is published does not depend on it."""
    try:
        remove_oldest(root, keep)
    except OSError as error:
        say(f"an older release could not be removed ({error}); the next publish tries again")


def _arrange(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """All published tables, their columns in the model's order, their rows by key."""
    unknown = sorted(set(tables) - {table.name for table in PUBLISHED if table.model is not Runs})
    if unknown:
        raise PublishError(
            f"these tables cannot be given to publish: {', '.join(unknown)}; "
            "dx_pipeline/schemas/tables.py lists those that can, and runs is written by publish itself"
        )
    return {
        table.name: _sort(table, _fit(table, tables[table.name])) if table.name in tables else empty_frame(table.model)
        for table in PUBLISHED
    }


def _fit(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame in the model's order of columns; columns, types, empty values and keys are as the model says."""
    schema = polars_schema(table.model)
    differing = sorted({name for name, _ in set(schema.items()) ^ set(frame.schema.items())})
    if differing:
        raise PublishError(
            f"table {table.name} does not fit its model: look at the names and types of {', '.join(differing)}"
        )
    model = table.model.to_schema()
    empty = [name for name, column in model.columns.items() if not column.nullable and frame[name].has_nulls()]
    if empty:
        raise PublishError(
            f"table {table.name} has rows without a value for {', '.join(empty)}: put them in quarantine"
        )
    uniques = [[name] for name, column in model.columns.items() if column.unique]
    uniques += [list(model.unique)] if model.unique else []
    for unique in uniques:
        repeated = frame.filter(frame.select(unique).is_duplicated()).select(unique)
        if repeated.height:
            raise PublishError(
                f"table {table.name} has {repeated.height} rows that share {repeated.row(0, named=True)}"
            )
    return frame.select(schema.names())


def _sort(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows by key, then by every other plain column, so that rows of equal key have one order too."""
    rest = [name for name, kind in frame.schema.items() if name not in table.key and not kind.is_nested()]
    return frame.sort([*table.key, *rest])


def _readable_release(root: Path, say: Callable[[str], None]) -> Release | None:
    """The current release, to compare with and to take ``runs`` from; a damaged one is left alone and named."""
    try:
        release = current_release(root)
        if release:
            for name in ("runs", RELEASE.name):
                pl.read_parquet(release.parquet(name))
    except (ReleaseError, OSError, pl.exceptions.PolarsError) as error:
        say(f"the current release cannot be read ({error}); a new one is published without its table runs")
        return None
    return release


def _add_run(
    before: Release | None, run: RunRecord, published_at: datetime, frames: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    earlier = pl.read_parquet(before.parquet("runs")) if before else empty_frame(Runs)
    counts = {name: frame.height for name, frame in frames.items() if name != "runs"}
    row = asdict(run) | {"published_at": published_at, "row_counts": json.dumps(counts)}
    return pl.concat([earlier.filter(pl.col("run_id") != run.run_id), frame_of(Runs, [row])]).sort("run_id")


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
