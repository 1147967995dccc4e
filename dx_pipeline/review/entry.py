"""One entry of the file of corrections: its keys, what is wrong with one, and the row that a good one makes."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dx_pipeline.identifiers import stable_id
from dx_pipeline.review.fields import FIELDS, KnownIds, Row, has_controls, kind_of, read_field
from dx_pipeline.schemas.review import DECISIONS, KINDS
from dx_pipeline.schemas.types import ID_PATTERN

KEYS = ("mention_id", "kind", "decision", "author", "decided_on", "reason", "quote", "article_url", "fields")
"""The keys that an entry may have, in the order in which they are written."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an entry: the field, and what to do about it."""

    field: str
    text: str


def read_entry(table: Mapping[str, Any], known: KnownIds) -> tuple[Row, list[Problem]]:
    """Return the row of a ``CorrectionEntries`` frame that an entry makes, without its place, and its problems.

    Where there is a problem the row is of no use.

    Args:
        table: The entry as TOML gives it.
        known: The registry's ids.
    """
    problems = [*_unknown_keys(table), *_wrong_texts(table), *_wrong_choices(table)]
    if type(table.get("decided_on")) is not date:
        problems.append(Problem("decided_on", "missing or no day; write decided_on = YYYY-MM-DD without quotes"))
    fields, wrong = _read_fields(table, known)
    problems += wrong
    kind = table.get("kind") or (kind_of(fields) if fields else None)
    row: Row = {name: table.get(name) for name in KEYS if name != "fields"}
    row["kind"] = kind
    row["fields"] = as_json(fields) if fields else None
    if not problems:
        named = ("mention_id", "decision", "author", "decided_on", "reason", "fields")
        row["correction_id"] = stable_id("cor", *(row[name] for name in named))
    return row, problems


def as_json(value: object) -> str:
    """Return a value as JSON, its keys in order; days in ISO 8601."""
    return json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)


def fields_of(entry: Row) -> Row:
    """Return the columns that a row of ``CorrectionEntries`` sets, with values of the columns' types."""
    fields: Row = json.loads(entry["fields"]) if entry["fields"] else {}
    days = {"due_on", "period_start", "period_end"}
    return {
        name: date.fromisoformat(value) if name in days and value is not None else value
        for name, value in fields.items()
    }


def _unknown_keys(table: Mapping[str, Any]) -> Iterator[Problem]:
    for key in table:
        if key not in KEYS:
            yield Problem(key, f"unknown; mend its spelling or remove it, known are {', '.join(KEYS)}")


def _wrong_texts(table: Mapping[str, Any]) -> Iterator[Problem]:
    for name in ("mention_id", "decision", "author", "reason"):
        if name not in table:
            yield Problem(name, f'missing; add {name} = "…"')
    for name in ("mention_id", "kind", "decision", "author", "reason", "quote", "article_url"):
        value = table.get(name, "-")
        if not isinstance(value, str) or not value.strip():
            yield Problem(name, f"{value!r} is no text; write it between quotes")
        elif name in {"author", "reason"} and has_controls(value):
            yield Problem(name, "holds control characters; remove them")


def _wrong_choices(table: Mapping[str, Any]) -> Iterator[Problem]:
    mention_id = table.get("mention_id")
    if isinstance(mention_id, str) and mention_id.strip() and not _is_mention_id(mention_id):
        yield Problem("mention_id", f"{mention_id!r} is no id of a statement; copy it from the column mention_id")
    for name, allowed in (("decision", DECISIONS), ("kind", KINDS)):
        value = table.get(name)
        if isinstance(value, str) and value.strip() and value not in allowed:
            yield Problem(name, f"{value!r} is unknown; take one of {', '.join(sorted(allowed))}")


def _is_mention_id(text: str) -> bool:
    return text.startswith("men-") and re.fullmatch(ID_PATTERN, text) is not None


def _read_fields(table: Mapping[str, Any], known: KnownIds) -> tuple[Row, list[Problem]]:
    fields = table.get("fields")
    if table.get("decision") != "amend":
        if fields is None:
            return {}, []
        return {}, [Problem("fields", 'only an amendment sets columns; write decision = "amend" or remove them')]
    if not isinstance(fields, dict) or not fields:
        return {}, [Problem("fields", "missing; add [correction.fields] with the columns to set below the entry")]
    read: Row = {}
    problems: list[Problem] = []
    for name, value in fields.items():
        try:
            read[name] = read_field(name, value, known)
        except ValueError as error:
            problems.append(Problem(f"fields.{name}", str(error)))
    kind = table.get("kind")
    if not problems and kind_of(read) is None:
        problems.append(Problem("fields", "some are of a directive and some of an indicator; make two entries"))
    elif not problems and isinstance(kind, str) and kind in KINDS and kind != kind_of(read):
        problems.append(Problem("fields", f"{', '.join(sorted(set(read) - set(FIELDS[kind])))}: no column of {kind}s"))
    return read, problems
