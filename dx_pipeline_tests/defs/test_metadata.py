import polars as pl

from dx_pipeline.defs.metadata import column_schema, markdown_table, row_metadata, source_reference
from dx_pipeline.schemas.frames import empty_frame
from dx_pipeline.schemas.operations import Quarantine
from dx_pipeline.schemas.tables import PUBLISHED


def test_every_published_column_is_described_with_its_constraints() -> None:
    for table in PUBLISHED:
        for entry in column_schema(table.model, table.key).columns:
            assert entry.description, f"{table.name}.{entry.name}"
            assert entry.type
    schema = column_schema(PUBLISHED[1].model, PUBLISHED[1].key)
    by_name = {entry.name: entry for entry in schema.columns}
    assert by_name["capture_id"].constraints.unique
    assert any("isin" in rule for rule in by_name["outcome"].constraints.other)


def test_text_from_outside_cannot_break_the_table() -> None:
    table = markdown_table(
        pl.DataFrame({"a": ["one\n| two | <script>alert(1)</script> [x](javascript:1)" + "y" * 500]})
    )
    assert len(table.splitlines()) == 3
    assert "<script>" not in table
    assert "[x](" not in table
    assert "…" in table


def test_long_tables_are_cut_and_say_so() -> None:
    assert "and 5 more rows" in markdown_table(pl.DataFrame({"a": range(25)}), limit=20)


def test_shares_of_nothing_are_zero() -> None:
    metadata = row_metadata(empty_frame(Quarantine), empty_frame(Quarantine))
    assert metadata["null_share"] == 0.0
    assert row_metadata(pl.DataFrame({"a": [1, None]}), empty_frame(Quarantine))["null_share"] == 0.5


def test_source_reference_points_at_the_function() -> None:
    (reference,) = source_reference(markdown_table)["dagster/code_references"].code_references
    assert reference.file_path.endswith("dx_pipeline/defs/metadata.py")
    assert reference.line_number > 1
