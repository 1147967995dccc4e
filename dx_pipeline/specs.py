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

_ARTICLE_KEYS = frozenset({"name", "publisher", "licence", "folder", "url", "languages", "captured_on"})
_STATISTICS_KEYS = frozenset({"name", "publisher", "licence", "url"})
_STATISTICS_SETTINGS = frozenset(
    {
        "captured_on", "attribution", "status_codes", "layout", "files", "series", "editions", "breaks", "expectations"
    }
)  # fmt: skip


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
        CatalogueError: where a file lacks a field, or has one that is unknown or wrong.
    """
    for path in sorted((catalogue / "articles").glob("*.toml")):
        entry = read_toml(path)
        _refuse_others(entry, _ARTICLE_KEYS, path)
        yield ArticleSource(
            source_id=path.stem,
            name=_text(entry, "name", path),
            publisher=_text(entry, "publisher", path),
            licence=_text(entry, "licence", path),
            folder=catalogue / _text(entry, "folder", path),
            url=_text(entry, "url", path) if "url" in entry else None,
            languages=_texts(entry, "languages", path),
            captured_on=_day(entry, "captured_on", path),
        )


def read_statistics_sources(catalogue: Path) -> Iterator[StatisticsSource]:
    """Yield the statistics sources of ``catalogue/statistics/*.toml``, in order of id.

    Raises:
        CatalogueError: where a file lacks a field, or has one that is unknown or wrong.
    """
    for path in sorted((catalogue / "statistics").glob("*.toml")):
        entry = read_toml(path)
        _refuse_others(entry, _STATISTICS_KEYS | _STATISTICS_SETTINGS, path)
        _day(entry, "captured_on", path)
        yield StatisticsSource(
            source_id=path.stem,
            name=_text(entry, "name", path),
            publisher=_text(entry, "publisher", path),
            licence=_text(entry, "licence", path),
            url=_text(entry, "url", path),
            settings={k: v for k, v in entry.items() if k not in _STATISTICS_KEYS},
        )


def _refuse_others(entry: dict[str, Any], known: frozenset[str], path: Path) -> None:
    for key in entry:
        if key not in known:
            names = ", ".join(sorted(known))
            raise CatalogueError(f"{path}: field {key!r} is unknown; mend its spelling or remove it, known are {names}")


def _day(entry: dict[str, Any], key: str, path: Path) -> date | None:
    value = entry.get(key)
    if value is not None and type(value) is not date:  # a datetime is a date too, and is refused
        raise CatalogueError(f"{path}: field {key!r} is {value!r}; write YYYY-MM-DD without quotes")
    return value


def _texts(entry: dict[str, Any], key: str, path: Path) -> tuple[str, ...]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise CatalogueError(f'{path}: field {key!r} is {value!r}; write a list of texts, ["…", "…"]')
    return tuple(value)


def _text(entry: dict[str, Any], key: str, path: Path) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise CatalogueError(f'{path}: field {key!r} is missing or no text; add {key} = "…"')
    return value
