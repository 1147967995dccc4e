"""The two tables that the warehouse writes about itself: what a release holds, and what its columns mean.

Their models are declared here, with the comparison that tells whether a build holds anything new.
"""

import pandera.polars as pa
import polars as pl

from dx_pipeline.schemas.tables import PUBLISHED, Table
from dx_pipeline.schemas.types import Timestamp, column

VOLATILE: dict[str, frozenset[str] | None] = {
    "runs": None,
    "changes": None,
    "quarantine": frozenset({"run_id"}),
}
"""What differs from run to run though nothing is new: whole tables (``None``), or columns of a table."""


class Release(pa.DataFrameModel):
    """What this release holds: one row per table, with its row count and checksum."""

    number: pl.Int64 = column("Number of the release; a later one has a higher number.", ge=1)
    built_at: Timestamp = column("When it was built.", unit="UTC")
    code_version: str = column("Version of the code that built it.")
    duckdb_version: str = column("Version of DuckDB that wrote it.")
    structure_sha256: str = column("SHA-256 over all definitions and comments of tables and views.")
    table_name: str = column("The table.", unique=True)
    row_count: pl.Int64 = column("Its rows.", unit="rows", ge=0)
    checksum: str = column("Sum of 64 bits of each row's MD5, the row as JSON; the order of rows does not matter.")
    content_checksum: str = column(
        "The same without what differs from run to run; empty for a table that differs as a whole.", optional=True
    )

    class Config:
        """No other columns."""

        strict = True


class Descriptions(pa.DataFrameModel):
    """What every table, view and column means; the view data_dictionary shows it."""

    position: pl.Int64 = column("Reading order.", unique=True, ge=1)
    table_name: str = column("The table or view.")
    column_name: str = column("The column; empty for the table or view as a whole.", optional=True)
    kind: str = column("What is described.", values={"table", "view", "column"})
    data_type: str = column("DuckDB type of the column.", optional=True)
    unit: str = column("Unit of its values.", optional=True)
    description: str = column("What it says.")
    source: str = column("Stage that it comes from: evidence, facts, findings, operations, or views over them.")
    is_key: bool = column("Whether the column helps to identify a row.")
    is_required: bool = column("Whether every row has a value.")

    class Config:
        """No other columns."""

        strict = True


RELEASE = Table(name="release", model=Release, key=("table_name",), group="operations")
DESCRIPTIONS = Table(name="descriptions", model=Descriptions, key=("position",), group="operations")
RELEASED: tuple[Table, ...] = (*PUBLISHED, DESCRIPTIONS, RELEASE)
"""All tables of a release, in reading order."""

COUNTED: tuple[Table, ...] = (*PUBLISHED, DESCRIPTIONS)
"""The tables that have a row in ``release``; it has none of itself."""


def holds_nothing_new(build: pl.DataFrame, before: pl.DataFrame) -> bool:
    """Tell whether two ``release`` tables speak of the same content in the same structure."""
    compared = ["structure_sha256", "table_name", "row_count", "content_checksum"]
    lasting = pl.col("content_checksum").is_not_null()
    return build.filter(lasting).select(compared).sort("table_name").equals(
        before.filter(lasting).select(compared).sort("table_name")
    )  # fmt: skip
