"""How the pipeline itself did: quarantine and runs."""

import pandera.polars as pa
import polars as pl

from dx_pipeline.schemas.types import Timestamp, column


class Quarantine(pa.DataFrameModel):
    """Rows and files that failed, kept with the reason; nothing is lost."""

    table_name: str = column("The table they were meant for.")
    row: str = column("The row as JSON.")
    check: str = column("What it failed: the rule's name.")
    detail: str = column("What is wrong, where, and what to do.")
    run_id: str = column("The run that set it aside.")

    class Config:
        strict = True


class Runs(pa.DataFrameModel):
    """Runs that published, one row each."""

    run_id: str = column("Id of the run.", unique=True)
    started_at: Timestamp = column("When it began.", unit="UTC")
    published_at: Timestamp = column("When its release was built.", unit="UTC")
    code_version: str = column("Version of the code.")
    input_sha256: str = column("Hash over everything that it read.")
    as_of: pl.Date = column("The day that statuses were judged on.")
    row_counts: str = column("Rows per table, as JSON.")

    class Config:
        strict = True
