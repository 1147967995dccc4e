"""Frames that obey a model: empty ones, ones built from rows, and the gate that splits good rows from bad.

Everything that turns a Pandera model into a Polars frame belongs here; no model is defined here.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from dx_pipeline.schemas.operations import Quarantine

_ROW = "__row"
_UNIQUENESS = ("field_uniqueness", "multiple_fields_uniqueness")  # Pandera blames every row that shares a value


@dataclass(frozen=True, slots=True)
class Gated:
    """Rows that passed a model, and the rows that did not with their reasons (a Quarantine frame)."""

    good: pl.DataFrame
    bad: pl.DataFrame


def polars_schema(model: type[pa.DataFrameModel]) -> pl.Schema:
    """Return the model's columns and Polars types, in the model's order."""
    columns = model.to_schema().columns
    return pl.Schema({name: column.dtype.type for name, column in columns.items()})


def empty_frame(model: type[pa.DataFrameModel]) -> pl.DataFrame:
    """Return a frame of the model with no rows."""
    return pl.DataFrame(schema=polars_schema(model))


def frame_of(model: type[pa.DataFrameModel], rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Build a frame of the model from rows by column name; a column that a row lacks is null.

    Nothing is validated here: pass the frame through :func:`gate` or ``model.validate``.
    """
    return pl.DataFrame(list(rows), schema=polars_schema(model), orient="row")


def gate(model: type[pa.DataFrameModel], table_name: str, frame: pl.DataFrame, run_id: str) -> Gated:
    """Split a frame into the rows that the model accepts and a quarantine of the rest.

    The columns must be those of the model. A row that fails several checks has one quarantine row
    per check. Of rows that share what must be unique, the first that is good in itself stays and
    the others go to quarantine.

    Raises:
        SchemaErrors: where the frame as a whole is wrong (a column missing, unknown or of another
            type): that is a defect of the code, no bad row.
    """
    try:
        return Gated(model.validate(frame, lazy=True), empty_frame(Quarantine))
    except SchemaErrors as error:
        cases = error.failure_cases
        if cases.filter(pl.col("index").is_null()).height:
            raise
        failures = cases.filter(~pl.col("check").is_in(_UNIQUENESS)).select(
            pl.col("index").cast(pl.UInt32).alias(_ROW), "column", "check", "failure_case"
        )
    rows = frame.with_row_index(_ROW)
    good = rows.join(failures, on=_ROW, how="anti")
    repeats: list[pl.DataFrame] = []
    for key in _unique_keys(model):
        repeats.append(_repeats(good, key))
        good = good.join(repeats[-1], on=_ROW, how="anti")
    quarantined = _quarantine(pl.concat([failures.unique(maintain_order=True), *repeats]), rows, table_name, run_id)
    return Gated(model.validate(good.drop(_ROW), lazy=True), quarantined)


def _unique_keys(model: type[pa.DataFrameModel]) -> list[list[str]]:
    """Return each set of columns that must be unique together: single columns first, then ``Config.unique``."""
    schema = model.to_schema()
    single = [[name] for name, column in schema.columns.items() if column.unique]
    return [*single, list(schema.unique)] if schema.unique else single


def _repeats(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Return as failures the rows whose key an earlier row has."""
    return rows.filter(~pl.struct(key).is_first_distinct()).select(
        _ROW,
        pl.lit(", ".join(key)).alias("column"),
        pl.lit("unique").alias("check"),
        pl.concat_str((pl.col(name).cast(pl.String).fill_null("null") for name in key), separator=", ").alias(
            "failure_case"
        ),
    )


def _quarantine(failures: pl.DataFrame, rows: pl.DataFrame, table_name: str, run_id: str) -> pl.DataFrame:
    """Return a Quarantine frame: a row per failure, with the row that failed as JSON."""
    failed = {row.pop(_ROW): row for row in rows.join(failures, on=_ROW, how="semi").to_dicts()}
    return frame_of(
        Quarantine,
        (
            {
                "table_name": table_name,
                "row": json.dumps(failed[failure[_ROW]], ensure_ascii=False, default=str, sort_keys=True),
                "check": f"{failure['column']}: {failure['check']}",
                "detail": f"{failure['column']} is {failure['failure_case']!r}; the rule is {failure['check']}",
                "run_id": run_id,
            }
            for failure in failures.to_dicts()
        ),
    )
