"""How rows are printed: as a table for people, as CSV or JSON for programs.

Text from outside may hold terminal escapes and Rich markup: nothing is printed for people without
passing :func:`plain_text`.
"""

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text


def plain_text(value: object) -> Text:
    r"""Return a value as text that a terminal shows and does not obey.

    >>> plain_text("[red]\x1b[31mno[/]").plain
    '[red] [31mno[/]'
    """
    shown = "" if value is None else str(value)
    return Text("".join(" " if unicodedata.category(char) in {"Cc", "Cf", "Cs"} else char for char in shown))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows on standard output as a table; numbers stand to the right."""
    table = Table(show_edge=False)
    listed = [list(row) for row in rows]
    for position, column in enumerate(columns):
        is_number = bool(listed) and all(isinstance(row[position], int | float) for row in listed)
        table.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for row in listed:
        table.add_row(*(plain_text(value) for value in row))
    console = Console()
    if title:
        console.print(Text(title, style="bold"), soft_wrap=True)
    console.print(table)


def print_json(value: object) -> None:
    """Print one JSON value on standard output, and nothing else; dates are in ISO 8601."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str, indent=2) + "\n")


def print_csv(frame: pl.DataFrame) -> None:
    """Print a frame on standard output as CSV; lists and structures are in JSON."""
    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    flat = frame.with_columns(
        pl.Series(name, [None if value is None else _json(value) for value in frame[name].to_list()], pl.String)
        for name in nested
    )
    sys.stdout.write(flat.write_csv())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
