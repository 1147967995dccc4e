"""Answers of services to tables: JSON of rows, PX-Web's JSON of positions, JSON-stat, SDMX, and delimited files.

Only the formats belong here. Every cell is text as the publisher wrote it, numbers too; what the columns mean is the
mapping's.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from math import prod
from typing import Any

from dx_pipeline.services import AnswerError, decode_json, dig
from dx_pipeline.statistics.mapping import SourceFile
from dx_pipeline.statistics.problems import RejectionError
from dx_pipeline.statistics.sdmx import read_sdmx
from dx_pipeline.statistics.tables import Table, canonical, read_delimited, table_of

_MOST_CELLS = 2_000_000  # of a table that says its size: a hostile one is refused, not built
_DEEPEST, _WIDEST = 6, 300


def read_answer(body: bytes, file: SourceFile, description: bytes | None = None) -> Table:
    """Read the rows of an answer, with the columns that the source's file adds to the publisher's.

    Args:
        body: the bytes.
        file: the format, and where rows and further columns are.
        description: for PX-Web, the table's description, which says what the positions in an answer stand for.

    Raises:
        RejectionError: where the bytes are of another format.
    """
    try:
        table = _read(body, file, description)
    except AnswerError as error:
        raise RejectionError("format", str(error), "fetch it again, or mend the format in the source's file") from error
    return _with_own_columns(table, file)


def _read(body: bytes, file: SourceFile, description: bytes | None) -> Table:
    if file.format == "csv":
        return read_delimited(body, file.delimiter)
    if file.format == "sdmx":
        return table_of(read_sdmx(body))
    document = decode_json(body)
    if file.format == "px":
        return table_of(_px_rows(document, None if description is None else decode_json(description)))
    if file.format == "json-stat":
        return table_of(_json_stat_rows(document))
    head = {name: _text(dig(document, path)) for name, path in file.head.items()}
    rows = dig(document, file.rows)
    if rows is None:
        rows = []  # how a service says that it has none
    if not isinstance(rows, list):
        raise AnswerError(f"no list of rows at {file.rows!r}")
    return table_of({**_flat(row), **head} for row in rows)


def _with_own_columns(table: Table, file: SourceFile) -> Table:
    """Give the publisher's columns our names beside their own, and count the rows where wanted."""
    aliases = {canonical(own): canonical(told) for own, told in file.columns.items()}
    found = {own: told for own, told in aliases.items() if told in table.columns}
    for row in table.rows:
        row.cells.update({own: row.cells[told] for own, told in found.items()})
    columns = list(dict.fromkeys([*table.columns, *found]))
    for own, counted in file.counted.items():
        number = sum(bool(row.cells.get(canonical(counted), "").strip()) for row in table.rows)
        for row in table.rows:
            row.cells[canonical(own)] = str(number)
        columns.append(canonical(own))
    return Table(tuple(columns), table.rows, table.misfits)


def _flat(value: Any, name: str = "", depth: int = 0) -> dict[str, str]:
    """Return a JSON value's cells by dotted path.

    >>> _flat({"country": {"id": "VN"}, "answer": [{"value": "87.1"}]})
    {'country.id': 'VN', 'answer.0.value': '87.1'}
    """
    parts: Iterable[tuple[Any, Any]]
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    else:
        return {name: _text(value)}
    cells: dict[str, str] = {}
    for key, one in islice(parts, _WIDEST) if depth < _DEEPEST else ():
        path = f"{name}.{key}" if name else str(key)
        if isinstance(one, dict | list):
            cells |= _flat(one, path, depth + 1)
        else:
            cells[path] = _text(one)
    return cells


def _text(value: Any) -> str:
    if value.__class__ is str:
        return str(value)
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _px_rows(document: Any, description: Any) -> Iterator[dict[str, str]]:
    """Yield the rows of PX-Web's JSON, each position in a key replaced by the label that the description has for it."""
    columns, data = dig(document, "columns"), dig(document, "data")
    if not isinstance(columns, list) or not isinstance(data, list):
        raise AnswerError("no columns and data of PX-Web")
    labels = {}
    for variable in dig(description, "variables") or []:
        values, texts = variable.get("values") or [], variable.get("valueTexts") or []
        labels[str(variable.get("code"))] = dict(zip(map(str, values), map(str, texts), strict=False))
    keys = [str(column.get("code")) for column in columns if column.get("type") != "c"]
    contents = [str(column.get("code")) for column in columns if column.get("type") == "c"]
    for row in data:
        told, values = [str(one) for one in row.get("key") or []], [_text(one) for one in row.get("values") or []]
        # An answer that does not mark its figures' columns lists them last, behind those of the key.
        named = keys[: len(told)]
        cells = {
            code: labels.get(code, {}).get(position, position) for code, position in zip(named, told, strict=False)
        }
        cells |= dict(zip(contents or keys[len(told) :], values, strict=False))
        yield {**cells, "value": values[0] if values else ""}


def _json_stat_rows(document: Any) -> Iterator[dict[str, str]]:
    """Yield the rows of JSON-stat, of both versions: labels by dimension, codes as ``<dimension>.code``."""
    dataset = _dataset(document)
    dimensions: Mapping[str, Any] = dataset["dimension"]
    ids = dataset.get("id") or dimensions.get("id")
    if not isinstance(ids, list) or not all(
        isinstance(dig(dimensions, str(one)), Mapping) for one in ids if "." not in one
    ):
        raise AnswerError("no dimensions of JSON-stat")
    categories = [_categories(dimensions[name]) for name in ids]
    if prod(map(len, categories)) > _MOST_CELLS:
        raise AnswerError(f"more than {_MOST_CELLS} cells")
    values, statuses = dataset.get("value") or [], dataset.get("status") or {}
    for number, place in enumerate(product(*categories)):
        cells = {name: label for name, (_, label) in zip(ids, place, strict=True)}
        cells |= {f"{name}.code": code for name, (code, _) in zip(ids, place, strict=True)}
        yield {**cells, "value": _text(_at(values, number)), "status": _text(_at(statuses, number))}


def _dataset(document: Any) -> Mapping[str, Any]:
    candidates = [document, *(document.values() if isinstance(document, Mapping) else ())]
    for one in candidates:
        if isinstance(one, Mapping) and isinstance(one.get("dimension"), Mapping) and "value" in one:
            return one
    raise AnswerError("no dataset of JSON-stat")


def _categories(dimension: Mapping[str, Any]) -> list[tuple[str, str]]:
    category = dimension.get("category") or {}
    index, labels = category.get("index"), category.get("label") or {}
    if isinstance(index, Mapping):
        codes = sorted(index, key=lambda code: int(index[code]) if str(index[code]).isdecimal() else 0)
    else:
        codes = [str(code) for code in (index or labels)]
    return [(code, str(labels.get(code, code))) for code in codes]


def _at(values: Any, number: int) -> Any:
    if isinstance(values, Mapping):
        return values.get(str(number))
    return values[number] if isinstance(values, list) and number < len(values) else None
