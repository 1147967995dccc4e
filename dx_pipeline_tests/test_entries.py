"""Entries of the registry's files: what is no entry and what no entry of its kind knows is refused."""

from pathlib import Path

import pytest

from dx_pipeline.entries import FIELDS, read_entries
from dx_pipeline.specs import CatalogueError


@pytest.mark.parametrize("kind", sorted(set(FIELDS) - {"office"}))  # an office has tables of its own
def test_an_unknown_field_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file.toml"
    path.write_text(f'[[{kind}]]\nid = "x"\nlabel = "X"\n', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"file\.toml: entry 'x', field 'label': unknown; mend .* known are \w+,"):
        list(read_entries(path, kind))


def test_another_kind_of_entry_is_refused_unless_it_may_stand_beside(tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.write_text('[[unit]]\nid = "x"\n[[metric]]\nid = "y"\n', encoding="utf-8")
    assert [entry.id for entry in read_entries(path, "unit", beside=("metric",))] == ["x"]
    with pytest.raises(CatalogueError, match=r"'metric' is unknown here; begin each entry with \[\[unit\]\]"):
        list(read_entries(path, "unit"))


@pytest.mark.parametrize("text", ["unit = [1]", "unit = 1", "[unit]"])
def test_what_is_no_array_of_tables_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"'unit' is no array of tables; begin each entry with \[\[unit\]\]"):
        list(read_entries(path, "unit"))
