from pathlib import Path

import polars as pl
import pytest

from dx_pipeline.defs.kept_tables import KeptTables

TOWNS = pl.DataFrame(
    {"town": ["Lakeside", "Hilltop"], "names": [["L"], []]}, schema_overrides={"names": pl.List(pl.String)}
)
ROADS = pl.DataFrame({"road": ["A 1"]})


@pytest.fixture
def kept_tables(tmp_path: Path) -> KeptTables:
    tables = KeptTables(tmp_path / "kept")
    tables.write("1", {"towns": TOWNS, "roads": ROADS})
    return tables


def test_tables_come_back_as_they_were(kept_tables: KeptTables) -> None:
    kept = kept_tables.read("1")
    assert kept.tables["towns"].equals(TOWNS)
    assert kept.tables["towns"].schema == TOWNS.schema
    assert kept.tables["roads"].equals(ROADS)
    assert kept.news is None
    assert kept.fault is None


def test_a_first_run_has_nothing_and_nothing_to_tell(tmp_path: Path) -> None:
    kept = KeptTables(tmp_path).read("1")
    assert not kept.tables
    assert kept.news is None
    assert kept.fault is None


def test_tables_of_another_version_are_not_used(kept_tables: KeptTables) -> None:
    kept = kept_tables.read("2")
    assert not kept.tables
    assert "code or the catalogue" in (kept.news or "")
    assert kept.fault is None


@pytest.mark.parametrize("name", ["towns.parquet", "roads.parquet", "manifest.json"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "other"])
def test_damage_is_told_and_nothing_is_used(kept_tables: KeptTables, name: str, damage: str) -> None:
    path = kept_tables.root / name
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(
        {
            "cut": content[:middle],
            "flipped": content[:middle] + bytes([content[middle] ^ 0x80]) + content[middle + 1 :],
            "emptied": b"",
            "other": b"[]",
        }[damage]
    )
    kept = kept_tables.read("1")
    assert not kept.tables
    assert str(kept_tables.root) in (kept.fault or "")


def test_a_missing_table_is_told(kept_tables: KeptTables) -> None:
    (kept_tables.root / "towns.parquet").unlink()
    kept = kept_tables.read("1")
    assert not kept.tables
    assert "towns.parquet" in (kept.fault or "")


def test_what_a_killed_write_leaves_counts_for_nothing(kept_tables: KeptTables) -> None:
    class Killed(pl.DataFrame):
        def write_parquet(self, *_: object, **__: object) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept_tables.write("1", {"roads": ROADS.clear(), "towns": Killed(TOWNS)})
    assert not kept_tables.read("1").tables
    assert sorted(path.name for path in kept_tables.root.iterdir()) == ["roads.parquet", "towns.parquet"]
