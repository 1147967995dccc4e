from contextlib import suppress
from pathlib import Path

import duckdb
import polars as pl
import pytest

from dx_pipeline.schemas.frames import empty_frame
from dx_pipeline.schemas.tables import table
from dx_pipeline.warehouse.errors import QueryError, ReleaseError
from dx_pipeline.warehouse.publish import publish
from dx_pipeline.warehouse.read import open_current, query, read_tables
from dx_pipeline_tests.warehouse.examples import edition, run_record


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("warehouse")
    publish(edition("A"), root, run_record("r1"), 5)
    return root


def test_tables_come_back_as_they_were_given(root: Path) -> None:
    given = edition("A")
    read = read_tables(root, given)
    assert {name: frame.height for name, frame in read.items()} == {name: frame.height for name, frame in given.items()}
    assert read["directives"].equals(given["directives"])
    assert read["sources"].equals(given["sources"].sort("source_id"))


def test_before_the_first_release_tables_are_empty(tmp_path: Path) -> None:
    assert read_tables(tmp_path, ["directives"])["directives"].is_empty()
    with pytest.raises(ReleaseError, match="nothing is published"):
        open_current(tmp_path)


def test_unknown_tables_are_named(root: Path) -> None:
    with pytest.raises(KeyError, match="directivs"):
        read_tables(root, ["directivs"])


@pytest.mark.parametrize(
    "sql",
    [
        "select source_id from sources",
        "with s as (select * from sources) select * from s;",
        "from sources",
        "describe sources",
        "show tables",
        "summarize sources",
        "explain select 1",
        "pragma table_info('sources')",
        "PRAGMA database_size;",
        "-- a remark\nselect 1",
    ],
)
def test_reading_statements_are_run(root: Path, sql: str) -> None:
    assert query(root, sql).rows.height > 0


@pytest.mark.parametrize(
    "sql",
    [
        "delete from sources",
        "create temp table t as select 1",
        "copy sources to '/tmp/stolen.csv'",
        "attach '/tmp/other.duckdb'",
        "set threads = 1",
        "pragma threads = 1",
        "pragma enable_profiling",
        "load httpfs",
        "install httpfs",
        "checkpoint",
        "export database '/tmp/all'",
        "explain analyze delete from sources",
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from glob('/*')",
        "from read_csv('http://127.0.0.1:9/x')",
        "from parquet_metadata('/etc/passwd')",
        "from sniff_csv('/etc/passwd')",
        "call enable_logging()",
        "from statement",
        "select 1; select 2",
        "",
        "selec 1",
        "select no_such_column from sources",
    ],
)
def test_all_else_is_refused(root: Path, sql: str) -> None:
    with pytest.raises(QueryError):
        query(root, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "from enable_logging(storage = 'file', storage_path = '{}/log')",
        "from enable_profiling(format = 'json', save_location = '{}/profile.json')",
        "copy (select 1) to '{}/copy.csv'",
        "export database '{}'",
    ],
)
def test_nothing_is_ever_written(root: Path, tmp_path: Path, sql: str) -> None:
    before = sorted(root.rglob("*"))
    with suppress(QueryError):
        query(root, sql.format(tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert sorted(root.rglob("*")) == before


def test_connections_are_independent_of_one_another(root: Path) -> None:
    with (
        open_current(root) as one,
        open_current(root) as other,
        duckdb.connect(str(root / "dx.duckdb"), read_only=True),
    ):
        for connection in (one, other):
            assert connection.execute("select count(*) from sources").fetchall() == [(2,)]
        assert query(root, "from sources").rows.height == 2


def test_long_answers_are_cut_and_say_so(root: Path) -> None:
    cut = query(root, "from range(5)", limit=2)
    assert cut.is_cut
    assert cut.rows.height == 2
    assert not query(root, "from range(2)", limit=2).is_cut


def test_a_table_that_an_older_release_lacks_is_empty(tmp_path: Path) -> None:
    """A release of the version before must be comparable with the next, which may have more tables."""
    release = publish(edition("A"), tmp_path, run_record("r1"), 5, verify=lambda _: None).release
    manifest = release.parquet("release")
    older = pl.read_parquet(manifest).filter(pl.col("table_name") != "corrections")
    (release.folder / "parquet").chmod(0o755)
    for path in (manifest, release.parquet("corrections")):
        path.unlink()
    older.write_parquet(manifest)
    tables = read_tables(tmp_path, ["corrections", "directives"])
    assert tables["corrections"].equals(empty_frame(table("corrections").model))
    assert tables["directives"].height == 1
