"""Reading the current release: whole tables for the pipeline, safe queries for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from dx_pipeline.schemas.frames import empty_frame
from dx_pipeline.schemas.tables import table
from dx_pipeline.warehouse.errors import QueryError, ReleaseError
from dx_pipeline.warehouse.manifest import RELEASE
from dx_pipeline.warehouse.releases import Release, current_release
from dx_pipeline.warehouse.sql import literal

_READING = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})
_PRAGMAS = frozenset({"database_size", "show_tables", "storage_info", "table_info", "version"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The first rows of a query's result, and whether there are more."""

    rows: pl.DataFrame
    is_cut: bool


def open_current(root: Path) -> duckdb.DuckDBPyConnection:
    """Open the current release read-only, for whom nothing else on the machine or the network is within reach.

    The connection keeps reading that release though a newer one be published. Close it after use.

    Raises:
        ReleaseError: where nothing is published yet, or the link names nothing.
    """
    return _open(_demand_current(root))


def read_tables(root: Path, names: Iterable[str]) -> dict[str, pl.DataFrame]:
    """Return tables of the current release by name; empty ones where nothing is published yet.

    They are read from the Parquet files of the release: what somebody left beside the database
    (a write-ahead log) cannot enter them. A table that was not yet there when the release was built is empty.

    Raises:
        KeyError: where a name is that of no published table.
        ReleaseError: where the link names nothing.
    """
    release = current_release(root)
    if release is None:
        return {name: empty_frame(table(name).model) for name in names}
    known = set(read_manifest(release)["table_name"]) | {RELEASE.name}
    return {
        name: pl.read_parquet(release.parquet(table(name).name)) if name in known else empty_frame(table(name).model)
        for name in names
    }


def read_manifest(release: Release) -> pl.DataFrame:
    """Return what a release says of itself: number, time, code version, one row per table."""
    return pl.read_parquet(release.parquet(RELEASE.name))


def query(root: Path, sql: str, limit: int = 1000) -> Answer:
    """Run one reading statement on the current release.

    SELECT, WITH, FROM, VALUES, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN and a few PRAGMAs are read; files,
    network, extensions and settings are out of reach whatever the statement says.

    Args:
        root: the warehouse directory.
        sql: the statement, written by a person and not trusted.
        limit: how many rows to return at most.

    Raises:
        QueryError: where it is not one reading statement, or DuckDB refuses it.
        ReleaseError: where nothing is published yet.
    """
    connection = open_current(root)
    try:
        _demand_reading(connection, sql)
        relation = connection.sql(sql)
        rows = relation.limit(limit + 1).pl()
    except duckdb.Error as error:
        raise QueryError(f"the query cannot be run: {error}") from error
    finally:
        connection.close()
    return Answer(rows=rows.head(limit), is_cut=rows.height > limit)


def _demand_current(root: Path) -> Release:
    release = current_release(root)
    if release is None:
        raise ReleaseError(f"nothing is published in {root} yet: run the pipeline first (`dx run`)")
    return release


def _open(release: Release) -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own: one opened on the file would share its settings with every other in this process."""
    connection = duckdb.connect()
    connection.execute(f"attach {literal(str(release.database))} as dx (read_only)")
    connection.execute("use dx")
    connection.execute("set python_enable_replacements = false")  # a name in a query is never a variable of ours
    connection.execute("set temp_directory = ''")  # nothing is written anywhere
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def _demand_reading(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise QueryError(f"one statement at a time, please: there are {len(statements)} here")
    statement = statements[0]
    words = statement.query.lower().replace("(", " ").replace(";", " ").replace("=", " = ").split()
    is_pragma = len(words) > 1 and words[0] == "pragma" and words[1] in _PRAGMAS and "=" not in words
    if statement.type not in _READING and not is_pragma:
        raise QueryError("the warehouse can only be read: use SELECT, WITH, FROM, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN")
