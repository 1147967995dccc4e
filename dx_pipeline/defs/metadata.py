"""What an asset's page shows: columns, counts, a preview, failing rows, the place in the source.

Everything is generated from the Pandera models and the frames; no asset is defined here.
"""

import inspect
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pandera.polars as pa
import polars as pl

_CELL_CHARS = 120
_SHOWN_ROWS = 20
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()#|~!]")


def column_schema(model: type[pa.DataFrameModel], key: Sequence[str]) -> dg.TableSchema:
    """Return the model's columns with description, type, constraints and unit; the key is a table constraint."""
    columns = []
    for name, column in model.to_schema().columns.items():
        unit = (column.metadata or {}).get("unit")
        columns.append(
            dg.TableColumn(
                name=name,
                type=str(column.dtype),
                description=column.description,
                constraints=dg.TableColumnConstraints(
                    nullable=column.nullable, unique=column.unique, other=[str(check.error) for check in column.checks]
                ),
                tags={"unit": unit.replace(" ", "_")} if unit else None,
            )
        )
    constraints = dg.TableConstraints(other=[f"one row per {', '.join(key)}"] if key else [])
    return dg.TableSchema(columns=columns, constraints=constraints)


def row_metadata(good: pl.DataFrame, bad: pl.DataFrame) -> dict[str, Any]:
    """Return the numbers that plot over time, and a preview of the first five rows."""
    cells = good.height * good.width
    return {
        "dagster/row_count": good.height,
        "quarantined_rows": bad.height,
        "null_share": sum(good.null_count().row(0)) / cells if cells else 0.0,
        "preview": dg.MetadataValue.md(markdown_table(good.head(5))),
    }


def markdown_table(frame: pl.DataFrame, limit: int = _SHOWN_ROWS) -> str:
    r"""Return the first rows as a markdown table; text from outside is escaped and cut short.

    >>> print(markdown_table(pl.DataFrame({"a": ["x|y"], "b": [None]})))
    | a | b |
    |---|---|
    | x\|y |  |
    """
    lines = [_line([_cell(name) for name in frame.columns]), "|" + "---|" * frame.width]
    lines += [_line([_cell(value) for value in row]) for row in frame.head(limit).iter_rows()]
    if frame.height > limit:
        lines.append(f"\n… and {frame.height - limit} more rows")
    return "\n".join(lines)


def source_reference(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the metadata that links an asset's page to the pure function behind it."""
    function = inspect.unwrap(function)
    path = inspect.getsourcefile(function)
    if path is None:
        return {}
    line = inspect.getsourcelines(function)[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        reference = dg.LocalFileCodeReference(
            file_path=str(Path(path).resolve()), line_number=line, label=function.__name__
        )
        return {"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=[reference])}


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = " ".join(str(value).split())
    text = text if len(text) <= _CELL_CHARS else text[: _CELL_CHARS - 1] + "…"
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(lambda match: "\\" + match.group(), text)
