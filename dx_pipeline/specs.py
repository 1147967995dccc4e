"""The things anyone can add to the catalogue, as typed records, and the reading of their files.

A source is one TOML file; its id is the file's stem. What a source means is decided by the stage
that uses it: this module only reads, checks and reports what is wrong with a file.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any


class CatalogueError(ValueError):
    """A catalogue file cannot be used; the message names the file, the field and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSource:
    """A source of articles: a folder of documents of the embedded edition or of the user."""

    source_id: str
    name: str
    publisher: str
    licence: str
    folder: Path
    url: str | None = None
    languages: tuple[str, ...] = ()
    captured_on: date | None = None  # day of an embedded edition; files from outside tell their own time


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsSource:
    """A source of official statistics: recorded files, and how their rows become observations.

    ``settings`` holds the rest of the file as read; its keys are documented by the reader that uses
    them (``dx_pipeline/statistics/``).
    """

    source_id: str
    name: str
    publisher: str
    licence: str
    url: str
    settings: dict[str, Any] = field(default_factory=dict)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        CatalogueError: where the file is missing or is no TOML; the message names file and line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read ({error.strerror}); restore the file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: no valid TOML ({error}); mend that line") from error


def read_article_sources(catalogue: Path) -> Iterator[ArticleSource]:
    """Yield the article sources of ``catalogue/articles/*.toml``, in order of id.

    ``folder`` is relative to the catalogue.

    Raises:
        CatalogueError: where a file lacks a field.
    """
    for path in sorted((catalogue / "articles").glob("*.toml")):
        entry = read_toml(path)
        yield ArticleSource(
            source_id=path.stem,
            name=_text(entry, "name", path),
            publisher=_text(entry, "publisher", path),
            licence=_text(entry, "licence", path),
            folder=catalogue / _text(entry, "folder", path),
            url=entry.get("url"),
            languages=tuple(entry.get("languages", ())),
            captured_on=entry.get("captured_on"),
        )


def read_statistics_sources(catalogue: Path) -> Iterator[StatisticsSource]:
    """Yield the statistics sources of ``catalogue/statistics/*.toml``, in order of id.

    Raises:
        CatalogueError: where a file lacks a field.
    """
    for path in sorted((catalogue / "statistics").glob("*.toml")):
        entry = read_toml(path)
        yield StatisticsSource(
            source_id=path.stem,
            name=_text(entry, "name", path),
            publisher=_text(entry, "publisher", path),
            licence=_text(entry, "licence", path),
            url=_text(entry, "url", path),
            settings={k: v for k, v in entry.items() if k not in {"name", "publisher", "licence", "url"}},
        )


def _text(entry: dict[str, Any], key: str, path: Path) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise CatalogueError(f'{path}: field {key!r} is missing or no text; add {key} = "…"')
    return value
