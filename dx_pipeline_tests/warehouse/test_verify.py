import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dx_pipeline.warehouse.errors import PublishError
from dx_pipeline.warehouse.publish import publish
from dx_pipeline.warehouse.verify import find_defects, verify_in_fresh_process
from dx_pipeline_tests.warehouse.examples import edition, run_record


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("warehouse")
    return publish(edition("A"), root, run_record("r1"), 5, verify=lambda _: None).release.folder


def run_sql(sql: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        with duckdb.connect(str(folder / "dx.duckdb")) as connection:
            connection.execute(sql)

    return damage


def cut_in_half(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])

    return damage


@pytest.mark.parametrize(
    ("damage", "defect"),
    [
        (run_sql("update sources set name = 'another'"), "sources in the database has"),
        (run_sql("insert into sources select * from sources limit 1"), "sources in the database has"),
        (run_sql("drop view overdue; drop table stories"), "missing or unknown: stories"),
        (run_sql("create table more as select 1 as a"), "missing or unknown: more"),
        (run_sql("update release set number = 9"), "release in .*parquet has"),
        (run_sql("create view broken as select cast(name as integer) as a from sources"), "the view broken"),
        (run_sql("update directive_mentions set quote = 'another'"), "1 rows whose quote is not"),
        (cut_in_half("dx.duckdb"), "cannot be"),
        (cut_in_half("parquet/articles.parquet"), "cannot be"),
        (lambda folder: (folder / "dx.duckdb.wal").write_bytes(b""), "write-ahead log"),
        (lambda folder: (folder / "dx.duckdb").unlink(), "cannot be opened"),
    ],
)
def test_damage_is_found(release: Path, tmp_path: Path, damage: Callable[[Path], None], defect: str) -> None:
    shutil.copytree(release, tmp_path / "copy")
    for path in (tmp_path / "copy").rglob("*.*"):
        path.chmod(0o644)
    assert find_defects(tmp_path / "copy") == []
    damage(tmp_path / "copy")
    assert re.search(defect, "\n".join(find_defects(tmp_path / "copy")))


def test_the_fresh_process_tells_what_it_found(release: Path, tmp_path: Path) -> None:
    verify_in_fresh_process(release)
    with pytest.raises(PublishError, match=r"did not stand its check: .* cannot be opened"):
        verify_in_fresh_process(tmp_path)
