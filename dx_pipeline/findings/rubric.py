"""The rules of judgement as data: margins, thresholds and which parts make up which whole.

Only the reading of ``catalogue/rules/rubric.toml`` belongs here; what a rule does is written where it is used.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dx_pipeline.settings import CATALOGUE
from dx_pipeline.shape import error, is_texts
from dx_pipeline.specs import read_toml

RUBRIC = CATALOGUE / "rules" / "rubric.toml"

_PROGRESS = ("substantial_ratio", "moderate_ratio")
_PARTS = ("total", "parts")
_SHARES = ("part", "whole", "percent")
_FIELDS = (
    "version", "ref_area", "due_soon_days", "sources_days", "sources_ratio", "percent_margin_last_digits",
    "about_margin_last_digits", "progress", "parts", "shares",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A total and the metrics whose values must add up to it."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole, by metric, and the metric of its percentage where there is one."""

    part: str
    whole: str
    percent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """The numbers that judgements rest on, with the version that every status names."""

    version: str
    ref_area: str
    due_soon_days: int
    sources_days: int
    sources_ratio: float
    percent_margin_last_digits: float
    about_margin_last_digits: float
    substantial_ratio: float
    moderate_ratio: float
    breakdowns: tuple[Breakdown, ...]
    shares: tuple[Share, ...] = ()


def read_rubric(path: Path = RUBRIC) -> Rubric:
    """Read the rubric.

    Raises:
        CatalogueError: where a field is missing, unknown or of another type; the message names file, field and remedy.

    >>> read_rubric().due_soon_days
    30
    """
    entry = read_toml(path)
    _refuse_others(entry, _FIELDS, "", path)
    progress = _table(entry, "progress", path)
    _refuse_others(progress, _PROGRESS, "progress.", path)
    return Rubric(
        version=_text(entry, "version", path),
        ref_area=_text(entry, "ref_area", path),
        due_soon_days=_whole(entry, "due_soon_days", path),
        sources_days=_whole(entry, "sources_days", path),
        sources_ratio=_number(entry, "sources_ratio", path),
        percent_margin_last_digits=_number(entry, "percent_margin_last_digits", path),
        about_margin_last_digits=_number(entry, "about_margin_last_digits", path),
        substantial_ratio=_number(progress, "substantial_ratio", path, "progress."),
        moderate_ratio=_number(progress, "moderate_ratio", path, "progress."),
        breakdowns=tuple(_breakdowns(entry, path)),
        shares=tuple(_shares(entry, path)),
    )


def _breakdowns(entry: Mapping[str, Any], path: Path) -> Iterator[Breakdown]:
    for prefix, row in _rows(entry, "parts", _PARTS, path):
        parts = row.get("parts")
        if not is_texts(parts) or not parts:
            raise error(str(path), f"{prefix}parts", 'is missing or no list of metrics; write parts = ["…", "…"]')
        yield Breakdown(total=_text(row, "total", path, prefix), parts=tuple(parts))


def _shares(entry: Mapping[str, Any], path: Path) -> Iterator[Share]:
    for prefix, row in _rows(entry, "shares", _SHARES, path):
        yield Share(
            part=_text(row, "part", path, prefix),
            whole=_text(row, "whole", path, prefix),
            percent=_text(row, "percent", path, prefix) if "percent" in row else None,
        )


def _rows(
    entry: Mapping[str, Any], key: str, known: Sequence[str], path: Path
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each table of an array, with what its fields are called by in an error."""
    rows = entry.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise error(str(path), key, f"is no list of tables; write [[{key}]] above each")
    for number, row in enumerate(rows, start=1):
        prefix = f"{key}, entry {number}, "
        _refuse_others(row, known, prefix, path)
        yield prefix, row


def _refuse_others(table: Mapping[str, Any], known: Sequence[str], prefix: str, path: Path) -> None:
    for key in table:
        if key not in known:
            names = ", ".join(known)
            raise error(str(path), prefix + key, f"is unknown; mend its spelling or remove it, known are {names}")


def _table(entry: Mapping[str, Any], key: str, path: Path) -> Mapping[str, Any]:
    value = entry.get(key)
    if not isinstance(value, Mapping):
        raise error(str(path), key, f"is missing or no table; write a heading [{key}] above its keys")
    return value


def _text(table: Mapping[str, Any], key: str, path: Path, prefix: str = "") -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise error(str(path), prefix + key, f'is missing or no text; write {key} = "…"')
    return value


def _whole(table: Mapping[str, Any], key: str, path: Path) -> int:
    value = table.get(key)
    if type(value) is not int or value < 0:
        raise error(str(path), key, f"is missing or no whole number from 0 on; write {key} = 30 or such")
    return value


def _number(table: Mapping[str, Any], key: str, path: Path, prefix: str = "") -> float:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise error(str(path), prefix + key, f"is missing or no number from 0 on; write {key} = 1.0 or such")
    return float(value)
