import errno
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import duckdb
import polars as pl
import pytest

from dx_pipeline.schemas.frames import frame_of, polars_schema
from dx_pipeline.schemas.tables import PUBLISHED, table
from dx_pipeline.warehouse.errors import PublishError, ReleaseError, WarehouseError
from dx_pipeline.warehouse.lock import LockTimeoutError, hold_lock
from dx_pipeline.warehouse.publish import Publication, publish
from dx_pipeline.warehouse.read import read_manifest, read_tables
from dx_pipeline.warehouse.releases import current_release, list_releases
from dx_pipeline.warehouse.verify import find_defects
from dx_pipeline_tests.warehouse.examples import QUOTE, edition, run_record

CHANGE = {
    "table_name": "articles",
    "row_id": "x",
    "change": "new",
    "news": "new",
    "title": "x",
    "explanation": "It is new.",
}
REFUSED = {"table_name": "articles", "row": "{}", "check": "text: not empty", "detail": "text is empty"}


def publish_tables(root: Path, tables: dict[str, pl.DataFrame], run: str = "run", keep: int = 5) -> Publication:
    """Publish without the check of the build, which has tests of its own."""
    return publish(tables, root, run_record(run), keep, verify=lambda _: None, threads=1)


def refuse_disk(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def files(root: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.lstat().st_ino, path.lstat().st_size)
        for path in root.rglob("*")
        if path.name != ".publish.lock" and not path.is_dir()
    }


def fetch(database: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_the_link_leads_to_a_whole_read_only_release(tmp_path: Path) -> None:
    publication = publish(edition("A"), tmp_path / "new", run_record("r1"), 5)
    database = tmp_path / "new" / "dx.duckdb"
    assert publication.published
    assert database.readlink() == Path("releases/000001/dx.duckdb")
    assert find_defects(publication.release.folder) == []
    assert fetch(database, "select status, days_left, quote, url from directives_board") == [
        ("overdue", -31, QUOTE, "file:///one.txt")
    ]
    assert fetch(database, "select days_overdue from overdue") == [(31,)]
    for path in publication.release.folder.rglob("*.*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert not list(publication.release.folder.rglob("*.wal"))


def test_the_link_holds_when_the_warehouse_moves(tmp_path: Path) -> None:
    publish_tables(tmp_path / "here", edition("A"))
    (tmp_path / "here").rename(tmp_path / "there")
    assert fetch(tmp_path / "there" / "dx.duckdb", "select count(*) from sources") == [(2,)]


def test_every_table_is_there_with_its_columns_in_the_models_order(tmp_path: Path) -> None:
    release = publish_tables(tmp_path, {}).release
    for published in PUBLISHED:
        described = fetch(release.database, f'describe "{published.name}"')
        assert [row[0] for row in described] == polars_schema(published.model).names()
        assert pl.read_parquet(release.parquet(published.name)).schema == polars_schema(published.model)
    [(version,)] = fetch(release.database, "select tags['storage_version'] from duckdb_databases() where not internal")
    assert str(version).startswith("v1.4.0")


def test_everything_is_described(tmp_path: Path) -> None:
    database = publish_tables(tmp_path, {}).release.database
    columns = fetch(database, "select table_name, column_name, comment from duckdb_columns() where not internal")
    tables = fetch(
        database,
        "select table_name, comment from duckdb_tables() union all "
        "select view_name, comment from duckdb_views() where not internal",
    )
    assert [row for row in [*columns, *tables] if not row[-1]] == []
    listed = fetch(database, "select table_name, column_name from data_dictionary")
    assert sorted(listed, key=str) == sorted(
        [row[:2] for row in columns] + [(name, None) for name, _ in tables], key=str
    )
    [(data_type, unit, source)] = fetch(
        database,
        "select data_type, unit, source from data_dictionary where table_name = 'captures' and column_name = 'bytes'",
    )
    assert (data_type, unit, source) == ("BIGINT", "bytes", "evidence")
    assert fetch(database, "select count(*) from data_dictionary where kind = 'column' and data_type is null") == [(0,)]


def test_the_release_table_counts_every_table(tmp_path: Path) -> None:
    release = publish_tables(tmp_path, edition("A")).release
    manifest = read_manifest(release)
    assert set(manifest["table_name"]) == {published.name for published in PUBLISHED} | {"descriptions"}
    assert manifest.filter(table_name="sources")["row_count"].item() == 2
    assert manifest["number"].unique().to_list() == [1]


def test_the_same_rows_in_another_order_give_the_same_bytes(tmp_path: Path) -> None:
    there = publish_tables(tmp_path / "there", edition("A")).release
    turned = {name: frame.reverse().select(frame.columns[::-1]) for name, frame in edition("A").items()}
    here = publish_tables(tmp_path / "here", turned, "another run").release
    for published in PUBLISHED:
        if published.name != "runs":
            assert here.parquet(published.name).read_bytes() == there.parquet(published.name).read_bytes()


def test_nothing_new_makes_no_release(tmp_path: Path) -> None:
    changes, quarantine = table("changes").model, table("quarantine").model
    first = edition("A") | {"quarantine": frame_of(quarantine, [REFUSED | {"run_id": "r1"}])}
    publish_tables(tmp_path, first, "r1")
    before = files(tmp_path)
    second = edition("A") | {
        "quarantine": frame_of(quarantine, [REFUSED | {"run_id": "r2"}]),
        "changes": frame_of(changes, [CHANGE]),
    }
    publication = publish_tables(tmp_path, second, "r2")
    assert not publication.published
    assert publication.release.number == 1
    assert files(tmp_path) == before
    third = second | {"quarantine": frame_of(quarantine, [REFUSED | {"run_id": "r2", "detail": "text is too short"}])}
    assert publish_tables(tmp_path, third, "r3").published


def test_runs_accumulate(tmp_path: Path) -> None:
    for run, name in (("r1", "A"), ("r2", "B"), ("r3", "B"), ("r4", "A")):
        publish_tables(tmp_path, edition(name), run)
    runs = read_tables(tmp_path, ["runs"])["runs"]
    assert runs["run_id"].to_list() == ["r1", "r2", "r4"]
    assert '"sources": 2' in runs["row_counts"][0]


def test_old_releases_go_and_numbers_never_return(tmp_path: Path) -> None:
    for number in range(5):
        publish_tables(tmp_path, edition(f"edition {number}"), keep=2)
    assert [(release.number, release.is_current) for release in list_releases(tmp_path)] == [
        (5, True), (4, False), (3, False),
    ]  # fmt: skip
    assert {path.name for path in (tmp_path / "releases").iterdir()} == {"000003", "000004", "000005"}


def test_an_old_release_that_cannot_be_removed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "AB":
        publish_tables(tmp_path, edition(name), keep=1)
    monkeypatch.setattr(os, "rmdir", refuse_disk)
    said: list[str] = []
    publication = publish(edition("C"), tmp_path, run_record("r"), 1, say=said.append, verify=lambda _: None)
    assert publication.release.number == 3
    assert "could not be removed" in said[-1]
    monkeypatch.undo()
    publish_tables(tmp_path, edition("D"), keep=1)
    assert {path.name for path in (tmp_path / "releases").iterdir()} == {"000003", "000004"}


def test_an_open_reader_keeps_its_release(tmp_path: Path) -> None:
    publish_tables(tmp_path, edition("A"), keep=1)
    with duckdb.connect(str(tmp_path / "dx.duckdb"), read_only=True) as reader:
        for name in "BCD":
            publish_tables(tmp_path, edition(name), keep=1)
        assert reader.execute("select distinct name from sources").fetchall() == [("A",)]
        assert reader.execute("select action from overdue").fetchall() == [("open 40 data sets",)]
    assert fetch(tmp_path / "dx.duckdb", "select distinct name from sources") == [("D",)]


def test_what_an_analyst_wrote_beside_the_old_release_stays_there(tmp_path: Path) -> None:
    old = publish_tables(tmp_path, edition("A")).release
    old.database.chmod(0o644)
    written = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute(\"set wal_autocheckpoint = '1TB'\"); "
        "c.execute(\"update sources set name = 'phantom'; update runs set run_id = 'phantom'\"); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", written, str(tmp_path / "dx.duckdb")], check=True)
    assert old.database.with_name("dx.duckdb.wal").exists()
    new = publish_tables(tmp_path, edition("B")).release
    assert new.number == 2
    assert find_defects(new.folder) == []
    assert fetch(tmp_path / "dx.duckdb", "select distinct name from sources") == [("B",)]
    assert fetch(tmp_path / "dx.duckdb", "select count(*) from runs where run_id = 'phantom'") == [(0,)]


def test_text_from_outside_is_stored_and_never_run(tmp_path: Path) -> None:
    hostile = "x'); drop table articles; -- \"'; $$ \\ \u202e"
    articles = edition("A")["articles"].with_columns(title=pl.lit(hostile))
    database = publish_tables(tmp_path, edition("A") | {"articles": articles}, hostile).release.database
    assert fetch(database, "select title from articles") == [(hostile,)]
    assert fetch(database, "select run_id from runs") == [(hostile,)]


@contextmanager
def refuses(root: Path, error: type[Exception], match: str) -> Iterator[None]:
    """What happens within must fail, leave release 1 as it is and nothing else, and not hinder the next publish."""
    publish_tables(root, edition("A"))
    before = files(root / "releases" / "000001")
    with pytest.raises(error, match=match):
        yield
    current = current_release(root)
    assert current is not None
    assert current.number == 1
    assert files(root / "releases" / "000001") == before
    assert find_defects(current.folder) == []
    assert not list(root.glob("releases/.*"))


@pytest.mark.parametrize("shift", [1, 1000])
def test_a_quote_that_is_not_in_the_text_is_refused(tmp_path: Path, shift: int) -> None:
    mentions = edition("B")["directive_mentions"].with_columns(pl.col("start_char") + shift, pl.col("end_char") + shift)
    with refuses(tmp_path, PublishError, r"directive_mentions: 1 rows whose quote is not .* belong in quarantine"):
        publish(edition("B") | {"directive_mentions": mentions}, tmp_path, run_record("bad"), 5)


def test_a_quote_of_an_article_that_is_not_there_is_refused(tmp_path: Path) -> None:
    tables = edition("B")
    del tables["articles"]
    with refuses(tmp_path, PublishError, "directive_mentions: 1 rows"):
        publish(tables, tmp_path, run_record("bad"), 5)


@pytest.mark.parametrize(
    ("tables", "match"),
    [
        ({"artcles": edition("B")["articles"]}, "artcles"),
        ({"runs": pl.DataFrame()}, "runs is written by publish itself"),
        ({"sources": edition("B")["sources"].drop("name")}, "sources does not fit its model.*name"),
        ({"sources": edition("B")["sources"].with_columns(more=1)}, "sources does not fit its model.*more"),
        ({"sources": edition("B")["sources"].with_columns(url=pl.lit(1))}, "sources does not fit its model.*url"),
        ({"sources": edition("B")["sources"].with_columns(name=pl.lit(None, pl.String))}, "without a value for name"),
        ({"sources": pl.concat([edition("B")["sources"]] * 2)}, "sources has 4 rows that share.*source_id"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path: Path, tables: dict[str, pl.DataFrame], match: str) -> None:
    with pytest.raises(PublishError, match=match):
        publish_tables(tmp_path / "new", edition("B") | tables)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("call", ["fsync", "fchmod", "symlink", "replace", "rename"])
def test_a_failing_disk_leaves_the_old_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    with refuses(tmp_path, OSError, "No space left"), monkeypatch.context() as patch:
        patch.setattr(os, call, refuse_disk)
        publish_tables(tmp_path, edition("B"))
    assert publish_tables(tmp_path, edition("B")).published
    assert fetch(tmp_path / "dx.duckdb", "select distinct name from sources") == [("B",)]


@pytest.mark.parametrize("limit_bytes", [100, 2_000, 400_000])
def test_a_full_disk_leaves_the_old_release(tmp_path: Path, limit_bytes: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with refuses(tmp_path, (WarehouseError, OSError, pl.exceptions.PolarsError), "."):  # type: ignore[arg-type]
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
        try:
            publish_tables(tmp_path, edition("B"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert publish_tables(tmp_path, edition("B")).published


def test_a_file_in_the_links_place_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "dx.duckdb").write_text("precious")
    with pytest.raises(ReleaseError, match="move it away"):
        publish_tables(tmp_path, edition("A"))
    assert (tmp_path / "dx.duckdb").read_text() == "precious"


def test_a_damaged_current_release_is_named_and_replaced(tmp_path: Path) -> None:
    release = publish_tables(tmp_path, edition("A")).release
    release.parquet("release").unlink()
    said: list[str] = []
    publication = publish(edition("A"), tmp_path, run_record("r2"), 5, say=said.append, verify=lambda _: None)
    assert publication.release.number == 2
    assert "cannot be read" in said[0]


def test_a_publish_waits_for_another_and_says_for_whom(tmp_path: Path) -> None:
    said: list[str] = []
    with (
        hold_lock(tmp_path, "publish by run r1", 1, said.append),
        pytest.raises(
            LockTimeoutError, match=rf"process {os.getpid()} \(publish by run r1\) since .* 0\.1 s: let it end"
        ),
    ):
        publish(edition("A"), tmp_path, run_record("r2"), 5, wait_seconds=0.1, say=said.append)
    assert len(said) == 1
    assert f"for process {os.getpid()} (publish by run r1)" in said[0]
    assert publish_tables(tmp_path, edition("A")).release.number == 1
