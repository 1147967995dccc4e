"""The check of a release in a process of its own: what is on disk is what was meant, and can be read.

Run as ``python -m dx_pipeline.warehouse.verify DIRECTORY``; it ends with 1 and one line per defect
where the release must not be published. It imports little, so that it starts fast.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb

from dx_pipeline.warehouse.errors import PublishError
from dx_pipeline.warehouse.sql import content_query, identifier

_QUOTE_COLUMNS = ("article_id", "quote", "start_char", "end_char")
_TIMEOUT_SECONDS = 3600


def verify_in_fresh_process(folder: Path) -> None:
    """Check a release in a new process, which shares neither memory nor open files with its builder.

    Raises:
        PublishError: where the release has defects; the message lists them.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and a path that we made
            [sys.executable, "-m", "dx_pipeline.warehouse.verify", str(folder)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise PublishError(f"the check of the release took more than {_TIMEOUT_SECONDS} s and was ended") from error
    if done.returncode:
        raise PublishError(f"the release did not stand its check: {(done.stdout or done.stderr).strip()}")


def find_defects(folder: Path) -> list[str]:
    """Return what is wrong with a release, one sentence each; nothing where it is whole.

    Held against the release's own table ``release``: the set of tables, each one's row count and
    content in the database and in Parquet. Held against the articles: every quote, in Unicode code
    points. And every view is read to its last column.

    Args:
        folder: the directory of the release.
    """
    database = folder / "dx.duckdb"
    if (folder / "dx.duckdb.wal").exists():
        return [f"a write-ahead log lies beside {database}"]
    try:
        connection = duckdb.connect(str(database), read_only=True)
    except duckdb.Error as error:
        return [f"{database} cannot be opened: {error}"]
    try:
        return [
            *_table_defects(connection, folder),
            *_quote_defects(connection),
            *_view_defects(connection),
        ]
    except duckdb.Error as error:
        return [f"{database} cannot be read: {error}"]
    finally:
        connection.close()


def _table_defects(connection: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[str]:
    meant = {
        name: (row_count, checksum)
        for name, row_count, checksum in connection.execute(
            "select table_name, row_count, checksum from release"
        ).fetchall()
    }
    found = _names(connection, "select table_name from duckdb_tables() where not internal")
    if found != {*meant, "release"}:
        yield f"tables missing or unknown: {', '.join(sorted(found ^ {*meant, 'release'}))}"
    meant["release"] = _content(connection, identifier("release"))
    for name in sorted(found & set(meant)):
        parquet = folder / "parquet" / f"{name}.parquet"
        for place, content in (
            ("the database", _content(connection, identifier(name))),
            (str(parquet), _content(connection, "read_parquet(?)", [str(parquet)])),
        ):
            if content != meant[name]:
                yield f"{name} in {place} has (rows, checksum) {content}, meant were {meant[name]}"


def _quote_defects(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    quoting = connection.execute(
        "select table_name from duckdb_columns() where table_name in (select table_name from duckdb_tables()) "
        "and column_name in (?, ?, ?, ?) group by table_name having count(*) = 4 order by table_name",
        list(_QUOTE_COLUMNS),
    ).fetchall()
    for (name,) in quoting:
        count, example = connection.execute(
            "select count(*), min(m.article_id || ' at ' || m.start_char) "  # noqa: S608 - a quoted identifier
            f"from {identifier(name)} as m left join articles as a on a.article_id = m.article_id "
            "where m.quote is distinct from substring(a.text, m.start_char + 1, m.end_char - m.start_char)"
        ).fetchall()[0]
        if count:
            yield (
                f"{name}: {count} rows whose quote is not articles.text[start_char:end_char], first in {example}; "
                "such rows belong in quarantine"
            )


def _view_defects(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for name in sorted(_names(connection, "select view_name from duckdb_views() where not internal")):
        try:
            _content(connection, identifier(name))
        except duckdb.Error as error:
            yield f"the view {name} cannot be read: {error}"


def _content(
    connection: duckdb.DuckDBPyConnection, relation: str, parameters: list[str] | None = None
) -> tuple[int, str]:
    row_count, checksum = connection.execute(content_query(relation), parameters or []).fetchall()[0]
    return row_count, checksum


def _names(connection: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    return {name for (name,) in connection.execute(query).fetchall()}


def main(arguments: list[str]) -> int:
    """Check the release in the directory given; return the exit status."""
    defects = find_defects(Path(arguments[0]))
    sys.stdout.writelines(f"{defect}\n" for defect in defects)
    return 1 if defects else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
