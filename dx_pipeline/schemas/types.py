"""Column types that several boundary tables share, and the helper that declares a column.

Only what Pandera needs to build a model belongs here; no table is defined in this module.
"""

from collections.abc import Collection
from typing import Annotated, Any

import pandera.polars as pa
import polars as pl

Timestamp = Annotated[pl.Datetime, "us", None]  # UTC without a zone: DuckDB needs no ICU to read it
Texts = Annotated[pl.List, pl.String()]

ID_PATTERN = r"^[a-z][a-z0-9]*-[0-9a-f]{16}$"


def column(
    description: str,
    *,
    unit: str | None = None,
    optional: bool = False,
    unique: bool = False,
    values: Collection[str] | None = None,
    pattern: str | None = None,
    ge: float | None = None,
    le: float | None = None,
) -> Any:
    """Declare a column: what it says, its unit, whether it may be empty, which values it may take.

    ``unit`` is kept in the field's metadata, from where the data dictionary and the column tags
    are generated. ``optional`` allows null; ``pattern`` is matched from the start of the value.
    """
    return pa.Field(
        description=description,
        metadata={"unit": unit} if unit else None,
        nullable=optional,
        unique=unique,
        isin=sorted(values) if values is not None else None,
        str_matches=pattern,
        ge=ge,
        le=le,
    )
