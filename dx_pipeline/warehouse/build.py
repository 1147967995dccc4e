"""Building a release aside: Parquet files and one DuckDB file, complete and closed, not yet published."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from dx_pipeline.schemas.frames import frame_of
from dx_pipeline.schemas.tables import PUBLISHED, Table
from dx_pipeline.warehouse.ddl import comment_statements, definition_statements, structure_sha256
from dx_pipeline.warehouse.descriptions import describe_release
from dx_pipeline.warehouse.errors import PublishError
from dx_pipeline.warehouse.manifest import COUNTED, DESCRIPTIONS, RELEASE, VOLATILE
from dx_pipeline.warehouse.releases import DATABASE
from dx_pipeline.warehouse.sql import content_query, identifier, literal

STORAGE_VERSION = "v1.4.0"
"""Newest DuckDB storage that 1.4, 1.5 and 2.0 all read, and that rejects a write-ahead log that is not its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildLabel:
    """What a release says of itself: its number, when it was built, by which code."""

    number: int
    built_at: datetime
    code_version: str


def build_release(
    frames: Mapping[str, pl.DataFrame], folder: Path, label: BuildLabel, threads: int | None = None
) -> pl.DataFrame:
    """Write all tables, views and comments of a release into a new directory.

    Args:
        frames: every published table, columns in the model's order, rows in the order to be written.
        folder: the directory to make.
        label: what the table ``release`` says.
        threads: how many threads DuckDB takes; ``None`` for as many as there are cores.

    Returns:
        The table ``release``: one row per table.

    Raises:
        PublishError: where DuckDB refuses a row or cannot write, or leaves a write-ahead log.
        OSError: where a Parquet file cannot be written.
    """
    (folder / "parquet").mkdir(parents=True)
    try:
        with _open_new(folder / DATABASE, threads) as connection:
            release = _fill(connection, frames, folder, label)
    except duckdb.Error as error:
        raise PublishError(f"{folder / DATABASE} could not be built: {error}") from error
    if (folder / f"{DATABASE}.wal").exists():
        raise PublishError(f"{folder / DATABASE} was not written out whole: a write-ahead log remains beside it")
    return release


@contextmanager
def _open_new(database: Path, threads: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose default catalog is the new file, in one transaction; written out and closed at the end.

    The checkpoint is explicit, because closing a connection hides that its own has failed.
    """
    connection = duckdb.connect(config={} if threads is None else {"threads": threads})
    try:
        connection.execute(f"attach {literal(str(database))} as building (storage_version '{STORAGE_VERSION}')")
        connection.execute("use building")
        connection.execute("begin")
        yield connection
        connection.execute("commit")
        connection.execute("checkpoint")
        connection.execute("use memory")
        connection.execute("detach building")
    finally:
        connection.close()


def _fill(
    connection: duckdb.DuckDBPyConnection, frames: Mapping[str, pl.DataFrame], folder: Path, label: BuildLabel
) -> pl.DataFrame:
    for statement in definition_statements():
        connection.execute(statement)
    for table in PUBLISHED:
        _load(connection, table, frames[table.name], folder)
    _load(connection, DESCRIPTIONS, _describe(connection), folder)
    release = _count(connection, label)
    _load(connection, RELEASE, release, folder)
    for statement in comment_statements():
        connection.execute(statement)
    return release


def _load(connection: duckdb.DuckDBPyConnection, table: Table, frame: pl.DataFrame, folder: Path) -> None:
    path = folder / "parquet" / f"{table.name}.parquet"
    frame.write_parquet(path)
    columns = ", ".join(identifier(name) for name in frame.columns)
    connection.execute(
        f"insert into {identifier(table.name)} ({columns}) select {columns} from read_parquet(?)",  # noqa: S608 - quoted
        [str(path)],
    )


def _describe(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The table ``descriptions``; the types are those that DuckDB gave, so views have theirs too."""
    columns = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() where database_name = 'building'"
    ).fetchall()
    types = {(table_name, column_name): data_type for table_name, column_name, data_type in columns}
    rows = [
        asdict(described)
        | {"position": position, "data_type": types.get((described.table_name, described.column_name))}
        for position, described in enumerate(describe_release(), start=1)
    ]
    return frame_of(DESCRIPTIONS.model, rows)


def _count(connection: duckdb.DuckDBPyConnection, label: BuildLabel) -> pl.DataFrame:
    """The table ``release``."""
    same_for_all = asdict(label) | {"duckdb_version": duckdb.__version__, "structure_sha256": structure_sha256()}
    rows = []
    for table in COUNTED:
        row_count, checksum = _content(connection, table, frozenset())
        volatile = VOLATILE.get(table.name, frozenset())
        lasting = None if volatile is None else _content(connection, table, volatile)[1] if volatile else checksum
        rows.append(
            same_for_all
            | {
                "table_name": table.name,
                "row_count": row_count,
                "checksum": checksum,
                "content_checksum": lasting,
            }
        )
    return frame_of(RELEASE.model, rows)


def _content(connection: duckdb.DuckDBPyConnection, table: Table, without: frozenset[str]) -> tuple[int, str]:
    row_count, checksum = connection.execute(content_query(identifier(table.name), sorted(without))).fetchall()[0]
    return row_count, checksum
