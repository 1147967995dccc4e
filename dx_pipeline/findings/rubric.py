"""The rules of judgement as data: margins, thresholds and which parts make up which whole.

Only the reading of ``catalogue/rules/rubric.toml`` belongs here; what a rule does is written where it is used.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dx_pipeline.settings import CATALOGUE
from dx_pipeline.specs import CatalogueError, read_toml

RUBRIC = CATALOGUE / "rules" / "rubric.toml"


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
    percent_margin_last_digits: float
    about_margin_last_digits: float
    substantial_ratio: float
    moderate_ratio: float
    breakdowns: tuple[Breakdown, ...]
    shares: tuple[Share, ...] = ()


def read_rubric(path: Path = RUBRIC) -> Rubric:
    """Read the rubric.

    Raises:
        CatalogueError: where the file, a field or a field's type is not as it should be; the message names it.

    >>> read_rubric().due_soon_days
    30
    """
    entry = read_toml(path)
    progress = _field(entry, "progress", dict, path)
    return Rubric(
        version=_field(entry, "version", str, path),
        ref_area=_field(entry, "ref_area", str, path),
        due_soon_days=_field(entry, "due_soon_days", int, path),
        percent_margin_last_digits=_field(entry, "percent_margin_last_digits", float, path),
        about_margin_last_digits=_field(entry, "about_margin_last_digits", float, path),
        substantial_ratio=_field(progress, "substantial_ratio", float, path),
        moderate_ratio=_field(progress, "moderate_ratio", float, path),
        breakdowns=tuple(
            Breakdown(total=_field(row, "total", str, path), parts=tuple(_field(row, "parts", list, path)))
            for row in entry.get("parts", [])
        ),
        shares=tuple(
            Share(
                part=_field(row, "part", str, path),
                whole=_field(row, "whole", str, path),
                percent=_field(row, "percent", str, path) if "percent" in row else None,
            )
            for row in entry.get("shares", [])
        ),
    )


def _field(entry: dict[str, Any], key: str, kind: type, path: Path) -> Any:
    value = entry.get(key)
    if not isinstance(value, kind):
        raise CatalogueError(f"{path}: field {key!r} is {value!r}; give a value of type {kind.__name__}")
    return value
