"""Tables of rows with their line numbers, and their reading from a delimited file.

Only the file format belongs here: encoding, header, rows. What the columns mean is the mapping's; the formats of
services are read by ``answers.py``.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from dx_pipeline.statistics.problems import RejectionError


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on, counted from 1, and its cells by canonical column name."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file, and those that do not fit its header with the reason."""

    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    misfits: list[tuple[Row, str]] = field(default_factory=list)


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """Return a column's name without case and surplus blanks, in which publishers' files differ by edition.

    >>> canonical(" Survey  Year ") == canonical("survey year")
    True
    """
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def table_of(rows: Iterator[Mapping[str, str]]) -> Table:
    """Return the table of rows that come with their cells by name; a cell that a row lacks is empty.

    >>> table_of(iter([{"A": "1"}, {"b": "2"}])).rows[0].cells
    {'a': '1', 'b': ''}
    """
    read = [{canonical(name): cell for name, cell in cells.items()} for cells in rows]
    columns = tuple(dict.fromkeys(name for cells in read for name in cells))
    empty = dict.fromkeys(columns, "")
    return Table(columns, [Row(line, {**empty, **cells}) for line, cells in enumerate(read, start=1)])


def read_delimited(body: bytes, delimiter: str = ",") -> Table:
    """Read a delimited text file in UTF-8.

    A byte order mark is dropped and the text ends at the first NUL: the UN SDG API pads its files
    with them. Rows without any text are layout and dropped.

    Raises:
        RejectionError: where the bytes are no UTF-8, or the header is empty or names a column twice.
    """
    try:
        text = body.split(b"\0", 1)[0].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RejectionError("encoding", f"no UTF-8 at byte {error.start}", "save the file as UTF-8") from error
    lines = _numbered(text, delimiter)
    _, header = next(lines, (1, []))
    columns = tuple(canonical(name) for name in header if isinstance(header, list))
    if not any(columns):
        raise RejectionError("header", "there is no header", "fetch the file again; its first line names the columns")
    if len(set(columns)) < len(columns):
        raise RejectionError(
            "header", f"columns named twice: {', '.join(columns)}", "give each column a name of its own"
        )
    table = Table(columns)
    for line, cells in lines:
        _add(table, line, cells)
    return table


def _numbered(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row's first line and its cells, or the reason why it cannot be split."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, str(error)


def _add(table: Table, line: int, cells: list[str] | str) -> None:
    if isinstance(cells, str):
        table.misfits.append((Row(line, {}), f"the row cannot be split ({cells}); look for an unclosed quote"))
    elif len(cells) != len(table.columns) and any(map(str.strip, cells)):
        kept = {str(position): cell for position, cell in enumerate(cells)}
        wrong = f"{len(cells)} cells under {len(table.columns)} columns; look for a missing or unquoted delimiter"
        table.misfits.append((Row(line, kept), wrong))
    elif any(map(str.strip, cells)):
        table.rows.append(Row(line, dict(zip(table.columns, cells, strict=True))))
