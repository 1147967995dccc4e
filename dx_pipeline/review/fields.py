"""The columns that an amendment may set: which they are, what each may hold, and which follow from others.

Which values a column takes is decided by its model in ``schemas/``; the ids by the registry.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from dx_pipeline.registry import read_instruments, read_metrics, read_organisations
from dx_pipeline.review.periods import days_of
from dx_pipeline.schemas.frames import polars_schema
from dx_pipeline.schemas.mentions import DirectiveCandidates, Evidence, IndicatorCandidates

Row = dict[str, Any]

_MODELS = {"directive": DirectiveCandidates, "indicator": IndicatorCandidates}
_FIXED = {*polars_schema(Evidence), "ordinal"}  # where a statement stands is no matter of opinion
FIELDS: Mapping[str, Mapping[str, Any]] = {
    kind: {name: dtype for name, dtype in polars_schema(model).items() if name not in _FIXED}
    for kind, model in _MODELS.items()
}
"""The columns that may be set, with their Polars types, by kind of statement; no column is in both."""

_TYPES = {name: dtype for fields in FIELDS.values() for name, dtype in fields.items()}
_REQUIRED = {
    name
    for model in _MODELS.values()
    for name, column in model.to_schema().columns.items()
    if not column.nullable and name in _TYPES and column.dtype.type != pl.List(pl.String)
}
_AREA = re.compile(r"[A-Z]{3}|[A-Z]{2}-[A-Z0-9]{1,3}|other-countries")
_UNREGISTERED = re.compile(r"[a-z][a-z_-]*:\S+")  # kind and number of a document that the registry lacks
_RECURRENCE = re.compile(r"R[0-9]*/P[0-9]+[YMWD]")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIds:
    """The registry's ids, which a correction may point at."""

    organisations: frozenset[str]
    metrics: frozenset[str]
    instruments: frozenset[str]

    @classmethod
    def read(cls, catalogue: Path) -> "KnownIds":
        """Read them from the catalogue.

        Raises:
            CatalogueError: where a file of the registry cannot be used.
        """
        return cls(
            organisations=frozenset(one.organisation_id for one in read_organisations(catalogue)),
            metrics=frozenset(one.metric_id for one in read_metrics(catalogue)),
            instruments=frozenset(one.instrument_id for one in read_instruments(catalogue)),
        )

    @classmethod
    def none(cls) -> "KnownIds":
        """Return an empty registry, for a file without entries."""
        return cls(organisations=frozenset(), metrics=frozenset(), instruments=frozenset())


def kind_of(names: Mapping[str, Any]) -> str | None:
    """Return the kind of statement that has all these columns; ``None`` where none has, or there are no columns."""
    return next((kind for kind, fields in FIELDS.items() if names and set(names) <= set(fields)), None)


def read_field(name: str, value: object, known: KnownIds) -> Any:
    """Return the value that a column is to be set to; the empty text empties a column that may be empty.

    Args:
        name: The column.
        value: What the file says, as TOML gives it.
        known: The registry's ids.

    Raises:
        ValueError: where there is no such column to set, or the value is none for it; the message tells the remedy.
    """
    if name in _FIXED:
        raise ValueError("cannot be set: where a statement stands and who found it is as it is; remove it")
    if name not in _TYPES:
        raise ValueError(f"unknown; mend its spelling or remove it, known are {', '.join(sorted(_TYPES))}")
    dtype = _TYPES[name]
    if value == "":
        if name in _REQUIRED:
            raise ValueError("cannot be empty; give a value, or reject the statement")
        return [] if dtype == pl.List(pl.String) else None
    read = _READERS[dtype](value)
    _refuse_unknown(name, read if isinstance(read, list) else [read], known)
    return read


def parse_field(name: str, text: str) -> object:
    """Return what a person typed for a column as TOML would give it; text that is no value stays text.

    >>> parse_field("due_on", "2025-05-31"), parse_field("value", "4.5"), parse_field("addressee_ids", "a, b")
    (datetime.date(2025, 5, 31), 4.5, ['a', 'b'])
    """
    dtype = _TYPES.get(name, pl.String)
    if dtype == pl.List(pl.String):
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        if text and dtype == pl.Date:
            return date.fromisoformat(text)
        if text and dtype == pl.Float64:
            return float(text)
    except ValueError:
        pass
    return text


def complete_fields(kind: str, fields: Row) -> Row:
    """Return the columns to set with those that say the same and would else contradict them.

    ``due_on`` and ``due_edtf`` follow each other, and no deadline has no words; the days of a period follow ``period``.

    >>> complete_fields("directive", {"due_edtf": "2025-06"})["due_on"]
    datetime.date(2025, 6, 30)
    """
    whole = dict(fields)
    if kind == "directive":
        if "due_on" in fields:
            whole.setdefault("due_edtf", fields["due_on"].isoformat() if fields["due_on"] else None)
        elif "due_edtf" in fields:
            whole["due_on"] = days_of(fields["due_edtf"])[1] if fields["due_edtf"] else None
        if "due_on" in whole and whole["due_on"] is None and whole["due_edtf"] is None:
            whole.setdefault("due_text", None)
    elif "period" in fields:
        first, last = days_of(fields["period"]) if fields["period"] else (None, None)
        whole.setdefault("period_start", first)
        whole.setdefault("period_end", last)
    return whole


def find_contradiction(row: Row) -> str | None:
    """Say what contradicts what within one statement; ``None`` where all is well."""
    for low, high in (("period_start", "period_end"), ("value", "value_high")):
        one, other = row.get(low), row.get(high)
        if one is not None and other is not None and one > other:
            return f"{low} would be {one} and {high} {other}; set both, the lower one first"
    return None


def _refuse_unknown(name: str, values: list[Any], known: KnownIds) -> None:
    for value in values:
        if name in {"issuer_id", "addressee_ids", "publisher_id"} and value not in known.organisations:
            raise ValueError(f"{value!r} is no organisation of the registry; take an id of the table organisations")
        if name in {"metric_id", "target_metric_id"} and value not in known.metrics:
            raise ValueError(f"{value!r} is no metric of the registry; take an id of the table metrics")
        if name == "instrument_ids" and value not in known.instruments and not _UNREGISTERED.fullmatch(value):
            raise ValueError(f"{value!r} is no id of the table instruments; take one, or write kind:number")
        if name in {"period", "due_edtf", "change_since"}:
            _demand_period(value)
        if name == "area" and not _AREA.fullmatch(value):
            raise ValueError(f"{value!r} is no ISO 3166 code; write VNM for the country, VN-26 for a province")
        if name == "recurrence" and not _RECURRENCE.fullmatch(value):
            raise ValueError(f"{value!r} is no repeating interval; write R/P1Y, R/P3M, R/P1W")


def _demand_period(value: str) -> None:
    try:
        days_of(value)
    except ValueError as error:
        raise ValueError(
            f"{value!r} is no period; write 2024, 2024-H1, 2024-Q2, 2024-05, 2024-05-31 or a range with / between"
        ) from error


def _read_text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is no text; write it between quotes")
    if has_controls(value):
        raise ValueError("holds control characters; remove them")
    return value


def _read_texts(value: object) -> list[str]:
    if not isinstance(value, list):
        raise ValueError(f'{value!r} is no list of texts; write ["…", "…"]')
    return [_read_text(text) for text in value]


def _read_day(value: object) -> date:
    if type(value) is not date:  # a datetime is a date too, and is refused
        raise ValueError(f"{value!r} is no day; write YYYY-MM-DD, in the file without quotes")
    return value


def _read_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no number; write it without quotes, with a point before decimals")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{number!r} is no number that can be compared; write its digits")
    return number


def has_controls(text: str) -> bool:
    r"""Tell whether a text holds characters that steer a terminal, end a text or are half of one.

    >>> has_controls("one line\nand another"), has_controls("\x1b[31m")
    (False, True)
    """
    return any(char not in "\n\t\r" and unicodedata.category(char) in {"Cc", "Cs"} for char in text)


_READERS: Mapping[Any, Callable[[object], Any]] = {
    pl.String: _read_text,
    pl.List(pl.String): _read_texts,
    pl.Date: _read_day,
    pl.Float64: _read_number,
}
