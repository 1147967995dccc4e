"""How the pipeline itself did: quarantine, runs, quality."""

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


class ExtractionQuality(pa.DataFrameModel):
    """Precision, recall and F1 on a labelled set."""

    kind: str = column("Directives or indicators.")
    field: str = column("Field judged; empty for the fact as a whole.", optional=True)
    language: str = column("BCP 47 tag; empty for all together.", optional=True)
    hits: pl.Int64 = column("Right.", unit="facts", ge=0)
    false_alarms: pl.Int64 = column("Found but not there.", unit="facts", ge=0)
    misses: pl.Int64 = column("There but not found.", unit="facts", ge=0)
    precision: float = column("Hits over all found.", unit="share", optional=True, ge=0, le=1)
    recall: float = column("Hits over all there.", unit="share", optional=True, ge=0, le=1)
    f1: float = column("Harmonic mean of the two.", unit="share", optional=True, ge=0, le=1)
    gold_sha256: str = column("Hash of the labelled set.")

    class Config:
        strict = True
