"""SQL definitions of a release's tables and views: types, NOT NULL, comments.

Only statements are made here; :mod:`dx_pipeline.warehouse.build` runs them. Keys are checked before
a build and not declared: an index makes a table more than twice as large and serves no reader.
"""

import hashlib
from collections.abc import Iterator

import polars as pl

from dx_pipeline.schemas.frames import polars_schema
from dx_pipeline.schemas.tables import Table
from dx_pipeline.warehouse.descriptions import describe_release
from dx_pipeline.warehouse.manifest import RELEASED
from dx_pipeline.warehouse.sql import identifier, literal
from dx_pipeline.warehouse.views import VIEWS

_TYPES: dict[pl.DataType, str] = {
    pl.String(): "VARCHAR",
    pl.Int64(): "BIGINT",
    pl.Float64(): "DOUBLE",
    pl.Boolean(): "BOOLEAN",
    pl.Date(): "DATE",
    pl.Datetime("us"): "TIMESTAMP",
    pl.List(pl.String()): "VARCHAR[]",
}


def definition_statements() -> Iterator[str]:
    """Yield the CREATE statements of all tables and views, each after those that it reads."""
    for table in RELEASED:
        yield _create_table(table)
    for view in VIEWS:
        yield view.statement


def comment_statements() -> Iterator[str]:
    """Yield the COMMENT ON statements of all tables, views and their columns."""
    for described in describe_release():
        target = identifier(described.table_name)
        if described.column_name is not None:
            target = f"{target}.{identifier(described.column_name)}"
        text = f"{described.description} Unit: {described.unit}." if described.unit else described.description
        yield f"comment on {described.kind} {target} is {literal(text)}"


def structure_sha256() -> str:
    """Return a hash over all definitions and comments, so that a change of them counts as one of content."""
    return hashlib.sha256("\n".join([*definition_statements(), *comment_statements()]).encode()).hexdigest()


def _create_table(table: Table) -> str:
    columns = table.model.to_schema().columns
    listed = ", ".join(
        f"{identifier(name)} {_TYPES[polars_type]}{'' if columns[name].nullable else ' not null'}"
        for name, polars_type in polars_schema(table.model).items()
    )
    return f"create table {identifier(table.name)} ({listed})"
