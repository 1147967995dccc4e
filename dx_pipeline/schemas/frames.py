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
    per check. Raises ``SchemaErrors`` where the frame as a whole is wrong (a column missing,
    unknown or of another type): that is a defect of the code, no bad row.
    """
    numbered = frame.with_row_index("__row")
    try:
        return Gated(model.validate(frame, lazy=True), empty_frame(Quarantine))
    except SchemaErrors as error:
        cases = error.failure_cases
        if cases.filter(pl.col("index").is_null()).height:
            raise
        failures = cases.select(pl.col("index").cast(pl.UInt32), "column", "check", "failure_case")
    bad_rows = {
        row["__row"]: row for row in numbered.join(failures, left_on="__row", right_on="index", how="semi").to_dicts()
    }
    quarantined = []
    for failure in failures.unique(maintain_order=True).to_dicts():
        row = {k: v for k, v in bad_rows[failure["index"]].items() if k != "__row"}
        quarantined.append(
            {
                "table_name": table_name,
                "row": json.dumps(row, ensure_ascii=False, default=str, sort_keys=True),
                "check": f"{failure['column']}: {failure['check']}",
                "detail": f"{failure['column']} is {failure['failure_case']!r}; the rule is {failure['check']}",
                "run_id": run_id,
            }
        )
    good = numbered.filter(~pl.col("__row").is_in(list(bad_rows))).drop("__row")
    return Gated(model.validate(good, lazy=True), frame_of(Quarantine, quarantined))
