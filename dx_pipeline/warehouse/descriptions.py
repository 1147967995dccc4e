"""What every table, view and column of a release means, collected from models and views.

One list serves the comments in the file and the rows of ``descriptions``, so that they cannot differ.
"""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass

from dx_pipeline.schemas.tables import Table
from dx_pipeline.warehouse.manifest import RELEASED
from dx_pipeline.warehouse.views import VIEWS, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What one table, view or column means."""

    table_name: str
    column_name: str | None = None
    kind: str
    unit: str | None = None
    description: str
    source: str
    is_key: bool = False
    is_required: bool = False


def describe_release() -> Iterator[Description]:
    """Yield the description of every table and view, each followed by those of its columns, in reading order."""
    for table in RELEASED:
        yield from _describe_table(table)
    for view in VIEWS:
        yield from _describe_view(view)


def _describe_table(table: Table) -> Iterator[Description]:
    meaning = " ".join(inspect.cleandoc(table.model.__doc__ or "").split())
    yield Description(table_name=table.name, kind="table", description=meaning, source=table.group)
    for name, column in table.model.to_schema().columns.items():
        yield Description(
            table_name=table.name,
            column_name=name,
            kind="column",
            unit=(column.metadata or {}).get("unit"),
            description=column.description or "",
            source=table.group,
            is_key=name in table.key,
            is_required=not column.nullable,
        )


def _describe_view(view: View) -> Iterator[Description]:
    yield Description(table_name=view.name, kind="view", description=view.description, source="views")
    for column in view.columns:
        yield Description(
            table_name=view.name,
            column_name=column.name,
            kind="column",
            unit=column.unit,
            description=column.description,
            source="views",
        )
