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

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

_ARTICLE_KEYS = frozenset(
    {
        "name", "publisher", "licence", "terms", "folder", "url", "languages", "captured_on",
        "crawl_delay_seconds", "max_age_days", "hosts", "topic", "discovery", "selectors", "expect",
    }
)  # fmt: skip
_DISCOVERY_KEYS = frozenset({"kind", "url", "language", "links", "next", "pages", "match", "maps"})
DISCOVERY_KINDS = ("feed", "news_sitemap", "sitemap", "listing", "addresses")
_SELECTOR_KEYS = frozenset({"valid_from", "title", "author", "section", "published", "body", "remove"})
_EXPECT_KEYS = frozenset({"pages_a_day", "rhythm_hours", "languages"})
_DEFAULT_DELAY_SECONDS = 5.0
_DEFAULT_RHYTHM_HOURS = 24.0
_STATISTICS_KEYS = frozenset({"name", "publisher", "licence", "url"})
_STATISTICS_SETTINGS = frozenset(
    {
        "captured_on", "attribution", "status_codes", "area_codes", "layout", "files", "requests", "series", "codes",
        "each_series", "editions", "breaks", "expectations", "optional", "local_only", "rhythm_hours", "delay_seconds",
    }
)  # fmt: skip


_EMPTY_PAGE = LexborHTMLParser("<html></html>")


class CatalogueError(ValueError):
    """A catalogue file cannot be used; the message names the file, the field and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """One way in which a web source tells of its pages.

    ``kind`` is one of ``DISCOVERY_KINDS``: an RSS or Atom feed, a news sitemap, a sitemap or an index of
    sitemaps, a page that lists links, or a text file of addresses. ``links`` and ``next`` are the CSS
    selectors of a listing's links and of the link to its next page, of which at most ``pages`` are read.
    Where ``match`` is given, only addresses whose path holds one of its texts are pages of the source. Where
    ``maps`` is given, only those sitemaps of an index whose address holds one of its texts are asked for.
    """

    kind: str
    url: str
    language: str | None = None
    links: str | None = None
    next: str | None = None
    pages: int = 1
    match: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """Where a site's pages hold their parts, as CSS selectors, from a day on.

    What ``remove`` finds is cut from the body, and from what stands between it and the headline.
    """

    valid_from: date = date.min
    title: str | None = None
    author: str | None = None
    section: str | None = None
    published: str | None = None
    body: str | None = None
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a source is expected to give: new pages a day (least, most), its rhythm, its languages."""

    pages_a_day: tuple[int, int] = (0, 10_000)
    rhythm_hours: float = _DEFAULT_RHYTHM_HOURS
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSource:
    """A source of articles: a folder of documents (``folder``), or a web site (``discovery``).

    Of a web site, only pages on the host of ``url`` and on ``hosts`` are asked for, one at a time with
    ``crawl_delay_seconds`` between them, none older than ``max_age_days`` by what its discovery says. A page
    whose title and address hold none of the words of ``topic`` is not asked for; an empty topic takes all.
    ``selectors`` are in order of ``valid_from``.
    """

    source_id: str
    name: str
    publisher: str
    licence: str
    terms: str | None = None
    folder: Path | None = None
    url: str | None = None
    languages: tuple[str, ...] = ()
    captured_on: date | None = None  # day of an embedded edition; files from outside tell their own time
    crawl_delay_seconds: float = _DEFAULT_DELAY_SECONDS
    max_age_days: int = 30
    hosts: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    discovery: tuple[Discovery, ...] = ()
    selectors: tuple[Selectors, ...] = ()
    expect: Expectation = Expectation()


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
        yield _article_source(read_toml(path), path, catalogue)


def _article_source(entry: dict[str, Any], path: Path, catalogue: Path) -> ArticleSource:
    _refuse_others(entry, _ARTICLE_KEYS, path)
    discovery = tuple(_discovery(table, path) for table in _tables(entry, "discovery", path))
    if discovery and "folder" in entry:
        raise CatalogueError(f"{path}: has a folder and [[discovery]]; a source is one or the other, so remove one")
    if not discovery and "folder" not in entry:
        detail = "field 'folder' is missing or no text; add folder = \"…\", or [[discovery]] for a web site"
        raise CatalogueError(f"{path}: {detail}")
    selectors = (_selectors(table, path) for table in _tables(entry, "selectors", path))
    return ArticleSource(
        source_id=path.stem,
        name=_text(entry, "name", path),
        publisher=_text(entry, "publisher", path),
        licence=_text(entry, "licence", path),
        terms=_optional(entry, "terms", path),
        folder=catalogue / _text(entry, "folder", path) if "folder" in entry else None,
        url=_text(entry, "url", path) if discovery else _optional(entry, "url", path),
        languages=_texts(entry, "languages", path),
        captured_on=_day(entry, "captured_on", path),
        crawl_delay_seconds=_number(entry, "crawl_delay_seconds", path, _DEFAULT_DELAY_SECONDS),
        max_age_days=int(_number(entry, "max_age_days", path, 30)),
        hosts=_texts(entry, "hosts", path),
        topic=_texts(entry, "topic", path),
        discovery=discovery,
        selectors=tuple(sorted(selectors, key=lambda one: one.valid_from)),
        expect=_expectation(entry.get("expect", {}), path),
    )


def _discovery(entry: dict[str, Any], path: Path) -> Discovery:
    _refuse_others(entry, _DISCOVERY_KEYS, path)
    kind = _text(entry, "kind", path)
    if kind not in DISCOVERY_KINDS:
        raise CatalogueError(
            f"{path}: kind {kind!r} of [[discovery]] is unknown; known are {', '.join(DISCOVERY_KINDS)}"
        )
    return Discovery(
        kind=kind,
        url=_text(entry, "url", path),
        language=_optional(entry, "language", path),
        links=_selector(entry, "links", path, needed=kind == "listing"),
        next=_selector(entry, "next", path),
        pages=int(_number(entry, "pages", path, 1)),
        match=_texts(entry, "match", path),
        maps=_texts(entry, "maps", path),
    )


def _selectors(entry: dict[str, Any], path: Path) -> Selectors:
    _refuse_others(entry, _SELECTOR_KEYS, path)
    return Selectors(
        valid_from=_day(entry, "valid_from", path) or date.min,
        remove=_selector_texts(entry, "remove", path),
        **{key: _selector(entry, key, path) for key in ("title", "author", "section", "published", "body")},
    )


def _expectation(entry: dict[str, Any], path: Path) -> Expectation:
    _refuse_others(entry, _EXPECT_KEYS, path)
    least, most = _pair(entry, "pages_a_day", path, (0, 10_000))
    return Expectation(
        pages_a_day=(least, most),
        rhythm_hours=_number(entry, "rhythm_hours", path, _DEFAULT_RHYTHM_HOURS),
        languages=_texts(entry, "languages", path),
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


def _tables(entry: dict[str, Any], key: str, path: Path) -> list[dict[str, Any]]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise CatalogueError(f"{path}: field {key!r} is {value!r}; write a table for each, headed [[{key}]]")
    return value


def _number(entry: dict[str, Any], key: str, path: Path, otherwise: float) -> float:
    value = entry.get(key, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise CatalogueError(f"{path}: field {key!r} is {value!r}; write a number of at least 0")
    return float(value)


def _pair(entry: dict[str, Any], key: str, path: Path, otherwise: tuple[int, int]) -> tuple[int, int]:
    value = entry.get(key, list(otherwise))
    if not isinstance(value, list) or [type(one) for one in value] != [int, int] or not 0 <= value[0] <= value[1]:
        raise CatalogueError(f"{path}: field {key!r} is {value!r}; write the least and the most, as [0, 20]")
    return value[0], value[1]


def _optional(entry: dict[str, Any], key: str, path: Path) -> str | None:
    return _text(entry, key, path) if key in entry else None


def _selector(entry: dict[str, Any], key: str, path: Path, *, needed: bool = False) -> str | None:
    value = _text(entry, key, path) if needed else _optional(entry, key, path)
    if value is not None:
        _refuse_no_selector(value, key, path)
    return value


def _selector_texts(entry: dict[str, Any], key: str, path: Path) -> tuple[str, ...]:
    values = _texts(entry, key, path)
    for value in values:
        _refuse_no_selector(value, key, path)
    return values


def _refuse_no_selector(value: str, key: str, path: Path) -> None:
    try:
        _EMPTY_PAGE.css(value)
    except SelectolaxError as error:
        raise CatalogueError(f"{path}: field {key!r} is {value!r}, which is no CSS selector; mend it") from error


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
